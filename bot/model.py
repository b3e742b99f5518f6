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
class TrajectoryPrice:
    """What one trajectory of a kind costs, in euro cents, and how many of them the pilot of the plan has."""

    id: str  # "epa" | "cmd"
    name: str
    plural: str
    price: int
    pilot: int
    price_source: SourceRef
    pilot_source: SourceRef


@dataclass(frozen=True)
class Contribution:
    """What somebody else pays for each trajectory, and what was reserved for it in all; in euro cents."""

    name: str
    per_trajectory: int
    reserved: int
    source: SourceRef


@dataclass(frozen=True)
class ExtraCost:
    """A fixed amount in euro cents; `percent` of it counts for the gemeenten, and the plan pays it from `paid_from`."""

    id: str
    name: str
    total: int
    percent: int
    pilot: bool
    paid_from: str
    sources: tuple[SourceRef, ...]

    @property
    def amount(self) -> int:
        """What counts for the gemeenten, in euro cents."""
        return self.total * self.percent // 100


@dataclass(frozen=True)
class KeyShare:
    """How many of the key's candidates come from a gemeente, and other ways to write its name."""

    gemeente: str
    share: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class CostBook:
    """Every figure that costs are computed from, and where and when they hold."""

    region: str
    valid_from: date
    valid_until: date
    valid_source: SourceRef
    trajectories: Mapping[str, TrajectoryPrice]
    contribution: Contribution
    extras: Mapping[str, ExtraCost]
    printed_total: int
    printed_source: SourceRef
    shares: tuple[KeyShare, ...]
    key_source: SourceRef
    elsewhere: tuple[str, ...]


@dataclass(frozen=True)
class KnownScore:
    """A fidelity score of which a publication prints the verdict."""

    points: int
    teams: str
    verdict: str
    remark: str | None
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True)
class FidelityScale:
    """The fidelity review: items, points per item, verdicts from best to worst. No source gives their limits."""

    items: int
    anchor_points: int
    maximum: int
    verdicts: tuple[str, ...]
    known_scores: tuple[KnownScore, ...]
    source: SourceRef


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
    plan: Mapping[str, PlanQuestion] = field(default_factory=dict)  # in the order of the Handreiking
    costs: CostBook | None = None  # None only in tests that need no figures
    fidelity: FidelityScale | None = None


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


@dataclass(frozen=True)
class CostLine:
    """One line of a receipt: `count` × `each` = `amount` (in euro cents), what it is for, and where it stands."""

    name: str
    count: int
    each: int
    amount: int
    sources: tuple[SourceRef, ...]


@dataclass(frozen=True)
class Receipt:
    """What trajectories cost and what that was computed from: the sum of `costs`, less `covered`, is what `remains`.

    `beyond_reserve` is how much more the contribution is than was reserved for it. All amounts in euro cents.
    """

    costs: tuple[CostLine, ...]
    covered: tuple[CostLine, ...]
    total: int
    remains: int
    trajectories: int
    beyond_reserve: int
    is_pilot: bool

    @property
    def sources(self) -> tuple[SourceRef, ...]:
        """Every place that a line rests on, once, in order."""
        return tuple(dict.fromkeys(ref for line in (*self.costs, *self.covered) for ref in line.sources))


@dataclass(frozen=True)
class FidelityResult:
    """A fidelity score beside its maximum; `verdict_known` is the printed score with exactly these points, or None."""

    points: Decimal
    maximum: int
    percent: Decimal  # one decimal, rounded half up
    average: Decimal  # per item, two decimals, rounded half up
    short_of_maximum: Decimal
    verdict_known: KnownScore | None
    sources: tuple[SourceRef, ...]


# --- conversation ------------------------------------------------------------------------------------------------


class Miss(str, Enum):
    """Why a message is kept for the people who keep the content."""

    NIET_IN_BRONNEN = "niet in de bronnen"
    KEUZE_GEVRAAGD = "niet zeker welk antwoord"
    NIET_BEGREPEN = "niet begrepen"
    BETWIJFELD = "antwoord betwijfeld"


@dataclass(frozen=True)
class KeptQuestion:
    """A masked message that got no good answer, without who asked it; `card` is the answer given before, or None."""

    on: date
    miss: Miss
    text: str
    card: str | None = None


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
    """One message of a user as the NLU understood it (already masked).

    `id` is the client's own mark for it, "" when it gave none: a message that comes again by its id is not done twice.
    """

    conversation: str
    text: str
    intent: str = ""
    confidence: float = 0.0
    answers: tuple[RankedAnswer, ...] = ()
    id: str = ""
    contact: str = ""  # the text with e-mail addresses and phone numbers unmasked, for the plan's contact question only


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
class Download:
    """A document to fetch: what it is called, in which formats ("docx", "pdf", "md"), and a token that expires.

    The token is kept nowhere: "" in a reply that is given again.
    """

    title: str
    formats: tuple[str, ...]
    token: str


@dataclass(frozen=True)
class Reply:
    """One message to the user: light Markdown (paragraphs, `- ` lists, **bold**), buttons, sources, progress, file.

    `missed` says that the reply is no answer to what was asked, and why; those questions are kept for the keepers.
    `restart` says that the conversation begins anew here: what stood above it is over.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    sources: tuple[SourceRef, ...] = ()
    progress: Progress | None = None
    download: Download | None = None
    missed: Miss | None = None
    contact_kept: bool = False  # contact details that the port had masked went into the plan all the same
    restart: bool = False
    handover: Mapping[str, Any] | None = None  # what the public port must do about a person (bot.interview.handover)


@dataclass(frozen=True)
class Dossier:
    """What one conversation has told so far. `facts` is flat (see FactValue); the rest steers the interview.

    `pending` is the key that was asked last (or None); `proposal` holds a value that waits for the user's yes;
    `history` holds earlier states of `facts` for 'terug'; `version` guards against two writers; `answered` holds the
    last messages that came with an id and what was replied (see bot.repeats).
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
    figures: Mapping[str, Any] | None = None  # the last calculation: what it was computed from (see answers/figures)
    plan: Mapping[str, Any] | None = None  # where this conversation is in its plan (interview.plan.seat); no answers
    person: Mapping[str, Any] | None = None  # what was asked and offered about a person (interview.handover)
    codes: Mapping[str, Any] = field(default_factory=dict)  # how often a wrong plan code was tried, until when to wait
    answered: tuple[Mapping[str, Any], ...] = ()
    misses: int = 0  # how often the open question got something that we could not read
    version: int = 0
    updated_at: datetime | None = None

    def with_(self, **changes: Any) -> Dossier:
        """Return a copy with these fields replaced."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Entry:
    """One line of a conversation's log, as every tab that shows the conversation gets it; texts are masked.

    `who` is "user", "bot", "person" (an employee), "notice" (said by the system, whoever has the floor: who joined,
    where to call) or "system" (nothing to show). `id` is the client's own mark of a user's message, `answers` the mark
    that a reply belongs to, `last` marks the last reply to it. `extra` holds what the channel adds to a text: buttons,
    custom, an employee's name. `seq` and `at` are the store's.
    """

    who: str
    text: str = ""
    id: str = ""
    answers: str = ""
    last: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    seq: int = 0
    at: datetime | None = None


@dataclass(frozen=True)
class Floor:
    """Who speaks in a conversation: the employee `holder`, or the assistant when that is empty.

    `ticket` and `version` say by which state of which ticket, so that what comes late changes nothing.
    """

    holder: str = ""
    ticket: int = 0
    version: int = 0


@dataclass(frozen=True)
class Delivery:
    """Where a conversation elsewhere is answered, and how far: all up to `seq`, `part` messages of the next entry."""

    conversation: str
    channel: str
    address: Mapping[str, Any]
    seq: int = 0
    part: int = 0


@dataclass(frozen=True)
class Waiting:
    """A user's message that has no answer yet: what must be said to the assistant, and what was masked in it.

    `raw` is the text before masking. It is never stored: "" once the process that took the message is gone.
    """

    conversation: str
    id: str
    text: str
    masked: tuple[str, ...]
    at: datetime
    raw: str = ""


@dataclass(frozen=True)
class Feedback:
    """What somebody thought of an answer: "up" or "down", perhaps in a few (masked) words."""

    at: datetime
    value: str
    word: str
    question: str
    answer: str
    sources: tuple[SourceRef, ...] = ()


# --- the implementation plan -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanQuestion:
    """A question that the implementation plan answers; `chapter` groups questions, in the order of the Handreiking.

    `when` says for which earlier answers or facts it is asked ({} means always); `fact` is the key of the criteria
    check that already answers it, or None; `name` says in a few words what it is about, `values` are those of a choice.
    """

    id: str  # "contact.gegevens", "k3.beleidsplan"
    chapter: str  # "contact" | "organisatie" | "motivatie" | "criterium.1" .. "criterium.8" | "samenwerking"
    kind: str  # "text" | "line" (a few words) | "yes_no" | "number" | "choice" | "contact"
    ask: str
    help: str  # "wat wordt hier bedoeld?", our own words
    example: str  # an answer as somebody could give it, our own
    help_documents: tuple[int, ...]
    when: When
    fact: str | None
    source: SourceRef
    name: str = ""
    values: tuple[tuple[str, str], ...] = ()
    unless_yes: str = ""  # the rule to point at when the answer is no


@dataclass(frozen=True)
class PlanRemark:
    """A gap in an answer, pointed out once: a code, a sentence, and the place it rests on (None: our own remark)."""

    code: str
    text: str
    source: SourceRef | None


@dataclass(frozen=True)
class PlanAnswer:
    """The user's own words, verbatim; parts that came in several messages are joined by a newline. `by` is initials.

    `value` is what was read in them: "ja", "nee", "deels" or "weet_niet" for a yes/no question, the id of a choice.
    """

    question: str
    text: str
    at: datetime
    by: str = ""
    remarks: tuple[PlanRemark, ...] = ()
    value: str = ""


@dataclass(frozen=True)
class PlanChange:
    """Who did what to which answer, and when; `kind` is "gegeven", "aangevuld", "gewijzigd" or "gewist"."""

    question: str
    kind: str
    at: datetime
    by: str = ""


@dataclass(frozen=True)
class Plan:
    """An implementation plan in the making, shared by whoever has its code. `id` is internal and never shown.

    `facts` and `notes` are those of the criteria check (see Dossier); `version` guards against two writers.
    """

    id: str
    answers: Mapping[str, PlanAnswer] = field(default_factory=dict)
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    changes: tuple[PlanChange, ...] = ()
    version: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def with_(self, **changes: Any) -> Plan:
        """Return a copy with these fields replaced."""
        return replace(self, **changes)


# --- triage ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Triage:
    """What a helpdesk message is and needs; categories, urgencies and flags as in bot/rules/triage.py.

    `answer` is there exactly when the flags hold `automatisch`; `reasons` are the codes of the rules that spoke;
    `redacted_text` is the message without the personal data that we recognise, the only text of it that may be kept.
    """

    category: str
    category_confidence: float  # 0 to 1
    urgency: str
    flags: tuple[str, ...]
    answer: Reply | None
    redacted_text: str
    reasons: tuple[str, ...] = ()


# --- numbers for the institute -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class QuestionCount:
    """How many questions about a subject ended how on one day; subjects and outcomes as in bot/rules/numbers.py."""

    day: date
    subject: str
    outcome: str
    count: int


# --- the helpdesk ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Contact:
    """Where the asker wants the answer, and the sentence that they agreed to. It stands in the ticket only."""

    email: str
    consent: str
    at: datetime


@dataclass(frozen=True)
class TicketMessage:
    """One message of a ticket. What an asker wrote is masked before it gets here; `id` is unique in its ticket."""

    id: str
    who: str  # "asker" | "bot" | "person" | "note" (for employees only)
    text: str
    at: datetime
    by: str = ""  # the employee who wrote it
    sources: tuple[SourceRef, ...] = ()


@dataclass(frozen=True)
class Ticket:
    """A question that a person answers. `category`, `urgency`, `flags` and `reasons` are those of its triage.

    `key` names what it was made for, so that the same request makes no second ticket. `held`: a person has the
    conversation and the bot is silent. `due` is when the asker must have an answer, None when none is needed.
    `outside` holds what other systems call it, such as {"zammad": "42"}. `version` guards against two writers.
    """

    key: str
    channel: str  # "widget" | "slack" | "teams" | "rest" | "mail"
    category: str
    urgency: str
    number: int = 0  # given out by the store
    state: str = "nieuw"  # "nieuw" | "in_behandeling" | "wacht_op_vrager" | "opgelost"
    why: str = "gevraagd"  # "gevraagd" | "niet_begrepen" | "mens_nodig" | "nood" | "mail"
    flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    conversation: str = ""  # its log, "" when there is none
    subject: str = ""
    messages: tuple[TicketMessage, ...] = ()
    summary: tuple[str, ...] = ()  # lines on what the conversation had told: criteria, scenario
    suggestion: str = ""  # an answer from the sources, to edit and send
    suggestion_sources: tuple[SourceRef, ...] = ()
    contact: Contact | None = None
    assignee: str = ""
    held: bool = False
    due: datetime | None = None
    outside: Mapping[str, str] = field(default_factory=dict)
    version: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None

    def with_(self, **changes: Any) -> Ticket:
        """Return a copy with these fields replaced."""
        return replace(self, **changes)


@dataclass(frozen=True)
class TicketEvent:
    """What happened to a ticket: one line of its audit trail, which only grows. `id` counts over all tickets.

    `what` is one of bot.helpdesk.WHAT; `by` an employee, a system such as "zammad", or "" for the assistant itself.
    `detail` holds ids and codes, never a text that somebody wrote.
    """

    ticket: int
    what: str
    by: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
    id: int = 0  # given out by the store
    at: datetime | None = None


# --- employees ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """An employee who may open the inbox; `name` is what they type and what colleagues see.

    `password` is an argon2 hash, "" for one who comes over OpenID Connect and has a `subject` (issuer and sub) instead.
    """

    name: str
    role: str  # "medewerker" | "beheerder"
    password: str = field(default="", repr=False)
    subject: str = ""
    disabled: bool = False
    created_at: datetime | None = None
    seen_at: datetime | None = None  # when they last logged in

    def with_(self, **changes: Any) -> Account:
        """Return a copy with these fields replaced."""
        return replace(self, **changes)


@dataclass(frozen=True)
class InboxSession:
    """An employee who is logged in: since when, and when they last did something."""

    account: Account
    started_at: datetime
    used_at: datetime


# --- mail --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MailPlace:
    """How far a mailbox was read: the last UID that is done with, under this UIDVALIDITY, and when that was."""

    validity: int
    uid: int
    at: datetime


@dataclass(frozen=True)
class MailListing:
    """The UIDs that a mailbox has for us, in order. `in_order`: each may be noted as the place once it is done.

    `end` is the UID to note when all are done; after a new UIDVALIDITY or at a first look only that may be.
    """

    validity: int
    uids: tuple[int, ...]
    end: int
    in_order: bool


@dataclass(frozen=True)
class RawMail:
    """A mail as the server gave it; `whole` is False when it was too big and only its beginning was fetched."""

    uid: int
    raw: bytes
    whole: bool = True


@dataclass(frozen=True)
class MailThread:
    """A mail that belongs to a ticket. `side`: "asker" or "staff", who may answer it; `address` is theirs, hashed."""

    message_id: str
    ticket: int
    side: str
    address: str
    at: datetime
