"""The words of the field as frozen data: what knowledge holds, what rules say, what a reply looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

# A fact's key is its path in the request of POST /api/v1/advice: "organisation_type", "criteria.6", "near_partner".
# A key that is absent is *unknown*, which is never the same as no.
FactValue = bool | str | tuple[str, ...]
Facts = Mapping[str, FactValue]

CRITERION_NUMBERS = (1, 2, 3, 4, 5, 6, 7, 8)


def criterion_key(number: int) -> str:
    """Return the fact key of a kwaliteitscriterium, `criteria.1` to `criteria.8`."""
    return f"criteria.{number}"


class Status(str, Enum):
    """How an organisation stands to one kwaliteitscriterium."""

    VOLDOET = "voldoet"
    VOLDOET_NIET = "voldoet_niet"
    ONBEKEND = "onbekend"


class OptionStatus(str, Enum):
    """What the facts say about one option."""

    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"
    UNDECIDED = "undecided"


# --- knowledge ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """One publication: where it stands and which sections it has (ids of SourceRef.section)."""

    id: str
    title: str
    short: str
    publisher: str
    date: str
    authors: str
    sections: tuple[str, ...]


@dataclass(frozen=True)
class SourceRef:
    """A place in a publication."""

    id: str
    section: str


@dataclass(frozen=True)
class Limit:
    """A measurable limit of a criterion: `value` in `unit`, met when the measure is `at_least` or `at_most` it."""

    kind: str  # "at_least" | "at_most"
    value: Decimal
    unit: str  # "jaar" | "clienten_per_fte"


@dataclass(frozen=True)
class Criterion:
    """One kwaliteitscriterium: plain name, what it asks, its limit where it has one, its guiding questions."""

    number: int
    name: str
    asks: str
    question: str
    why: str
    limit: Limit | None
    silent: str | None
    guiding_questions: tuple[str, ...]
    source: SourceRef


@dataclass(frozen=True)
class HelpDocument:
    """A hulpdocument of the Handreiking and the criteria that it serves; `remark` names an oddity in the source."""

    number: int
    title: str
    about: str
    criteria: tuple[int, ...]
    remark: str | None
    source: SourceRef


@dataclass(frozen=True)
class FactDefinition:
    """A fact that can be asked: its allowed values with a plain label each, the question, and why it matters."""

    key: str
    kind: str  # "choice" | "bool" | "choices" | "criterion"
    values: tuple[tuple[str, str], ...]  # (value, label); a bool has ("true", label) and ("false", label)
    question: str
    why: str
    subject: str
    source: SourceRef


@dataclass(frozen=True)
class Term:
    """A word of the field in plain Dutch; `own` when the explanation is ours because the publications give none."""

    id: str
    names: tuple[str, ...]
    explanation: str
    source: SourceRef | None


@dataclass(frozen=True)
class Card:
    """An answer: our own plain Dutch, its sources, where and when it holds, and examples of how people ask."""

    id: str
    title: str
    answer: str
    more: str | None
    sources: tuple[SourceRef, ...]
    scope: str | None
    related: tuple[str, ...]
    reviewed_on: date
    examples: tuple[str, ...]


# When something holds: every fact named has one of the values listed. Empty: always.
When = Mapping[str, tuple[FactValue, ...]]


@dataclass(frozen=True)
class Reason:
    """Why a verdict is what it is: a code of the contract, a sentence, and the place it rests on."""

    code: str
    text: str
    source: SourceRef


@dataclass(frozen=True)
class Missing:
    """What must (required) or should (not required) still be arranged."""

    code: str
    text: str
    required: bool
    source: SourceRef


@dataclass(frozen=True)
class Responsible:
    """Who answers for what in an option, in plain Dutch; where the source is silent the sentence says so."""

    execution: str
    contract: str
    funding: str
    fidelity_review: str
    source: SourceRef | None = None


@dataclass(frozen=True)
class Condition:
    """A hard condition of an option: its code in the contract, what it asks, what to say when it fails.

    `remedy` is the code of what would mend it, None when nothing can (the type of organisation, say).
    """

    code: str
    asks: str
    fails: str
    facts: tuple[str, ...]
    remedy: str | None
    source: SourceRef


@dataclass(frozen=True)
class Note:
    """A sentence about an option (a reason to like it, or what the source leaves open) and when it holds."""

    reason: Reason
    when: When


@dataclass(frozen=True)
class ResponsibleCase:
    """Who answers for what in an option when `when` holds; the last case of an option always holds."""

    responsible: Responsible
    when: When


@dataclass(frozen=True)
class OptionDefinition:
    """One option as the publications describe it: conditions and missing things by code, notes, responsibility."""

    id: str
    name: str
    summary: str
    source: SourceRef
    conditions: Mapping[str, Condition]
    fits: tuple[Note, ...]
    missing: Mapping[str, Missing]
    responsible: tuple[ResponsibleCase, ...]
    remarks: tuple[Note, ...]


@dataclass(frozen=True)
class Knowledge:
    """Everything the YAML holds, validated. `texts` are the assistant's fixed sentences; `version` hashes all files."""

    sources: Mapping[str, Source]
    criteria: Mapping[int, Criterion]
    help_documents: tuple[HelpDocument, ...]
    facts: Mapping[str, FactDefinition]
    options: Mapping[str, OptionDefinition]
    terms: Mapping[str, Term]
    cards: Mapping[str, Card]
    texts: Mapping[str, str]
    version: str
    outside: tuple[str, ...] = ()  # questions that no publication answers


# --- rules -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OptionVerdict:
    """One option judged on the facts. `remarks` are what the source leaves open."""

    id: str
    name: str
    status: OptionStatus
    reasons: tuple[Reason, ...]
    missing: tuple[Missing, ...]
    responsible: Responsible
    remarks: tuple[Reason, ...] = ()
    fits: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Question:
    """A question whose answer would change the verdict most."""

    key: str
    text: str
    why: str
    source: SourceRef


@dataclass(frozen=True)
class Advice:
    """The verdict on all five options."""

    best: str
    possible: tuple[str, ...]
    options: tuple[OptionVerdict, ...]
    next_question: Question | None
    knowledge_version: str

    def option(self, option_id: str) -> OptionVerdict:
        """Return the verdict on one option; raises KeyError for an unknown id."""
        for verdict in self.options:
            if verdict.id == option_id:
                return verdict
        raise KeyError(option_id)


@dataclass(frozen=True)
class CriterionVerdict:
    """One criterion judged: status, the reason in plain Dutch, and the place it rests on."""

    number: int
    status: Status
    reason: str
    source: SourceRef


@dataclass(frozen=True)
class Difference:
    """What changes in the advice when one fact changes: best before and after, and per option both statuses."""

    before: Advice
    after: Advice
    changed: tuple[str, ...]


# --- conversation ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RankedAnswer:
    """A card that a message may be asking for; `score` is the chance, from 0 to 1, that it answers the message.

    `part` says which question of the message it was ranked for: 0 the whole message, 1 and 2 its two questions.
    """

    card_id: str
    score: float
    part: int = 0


@dataclass(frozen=True)
class Message:
    """One message of a user as the NLU understood it (already masked)."""

    conversation: str
    text: str
    intent: str = ""
    confidence: float = 0.0
    answers: tuple[RankedAnswer, ...] = ()


@dataclass(frozen=True)
class Button:
    """A choice under a reply: what it shows and what it sends."""

    title: str
    payload: str


@dataclass(frozen=True)
class Progress:
    """How far the interview is: `done` of `total` steps, with a label for people."""

    done: int
    total: int
    label: str


@dataclass(frozen=True)
class Reply:
    """One message to the user: light Markdown (paragraphs, `- ` lists, **bold**), buttons, sources, progress."""

    text: str
    buttons: tuple[Button, ...] = ()
    sources: tuple[SourceRef, ...] = ()
    progress: Progress | None = None


@dataclass(frozen=True)
class Dossier:
    """What one conversation has told so far. `facts` is flat (see FactValue); the rest steers the interview.

    `pending` is the key that was asked last (or None); `proposal` holds a value that waits for the user's yes;
    `history` holds earlier states of `facts` for 'terug'; `version` guards against two writers.
    """

    conversation: str
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    active: bool = False
    greeted: bool = False
    advised: bool = False
    pending: str | None = None
    proposal: Mapping[str, Any] | None = None
    history: tuple[Mapping[str, Any], ...] = ()
    last_card: str | None = None
    version: int = 0
    updated_at: datetime | None = None

    def with_(self, **changes: Any) -> Dossier:
        """Return a copy with these fields replaced."""
        return replace(self, **changes)
