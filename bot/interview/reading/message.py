"""What an utterance states: facts, measures, polarity.

Pure text in, `Reading` out; what to do with it is the engine's. A message is normalised and cut in clauses with a mood;
readers then return findings with their position, and only what is stated becomes a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.interview.reading.asked import read_asked, read_whole
from bot.interview.reading.bulk import read_bulk
from bot.interview.reading.clauses import Clause, Mood, asks, at, embeds_question, says_unknown, split
from bot.interview.reading.corrections import corrects, other_command, read_commands, without_put_aside
from bot.interview.reading.findings import CORRECTED, NUMBERED, UNIVERSAL, Finding
from bot.interview.reading.hypotheses import read_hypotheses
from bot.interview.reading.measures import CAPACITY, read_measures
from bot.interview.reading.merging import Merged, label, merge
from bot.interview.reading.normalise import normalise
from bot.interview.reading.organisations import (
    DENIED,
    LABELS,
    OWN,
    PARTNER,
    TOWN,
    UWV,
    Mention,
    mentions,
    mixed,
    no_partner,
    private,
    says_own,
)
from bot.interview.reading.people import HIRING, read_capacity, read_people, read_trained
from bot.interview.reading.polarity import going_to, plain_answer, polarity
from bot.interview.reading.relations import read_relations
from bot.interview.reading.subjects import SOMEBODY, Subjects, elsewhere
from bot.interview.reading.topics import names_criterion, read_topics
from bot.model import CriterionVerdict, FactValue, Knowledge, Status, criterion_key


@dataclass(frozen=True)
class Reading:
    """What one message says.

    `facts`: asserted facts by key ("organisation_type", "criteria.6", "near_partner"…), values as in the contract.
    `notes`: per key a short Dutch phrase of what was read, for repeating it ("30 cliënten per fte").
    `verdicts`: criteria judged by a measure, with their reason and source.
    `hypothetical`: facts under "stel dat", "wat als", "als we … zouden": never to be stored.
    `in_progress`: keys said to be in the works ("we werken eraan"): not yes.
    `unclear`: per key, in Dutch, why a value can't be decided ("6 tot 18 maanden" against a limit of one year); the
    key "criteria" stands for all eight ("zeven van de acht").
    `answer`: the polarity of the message as an answer to a yes/no question: "ja", "nee", "weet_niet", "deels" or None.
    `asks`: the message asks something; `corrects`: it has words of correction ("ik bedoel", "verander … naar", "toch").
    """

    facts: Mapping[str, FactValue] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    verdicts: Mapping[int, CriterionVerdict] = field(default_factory=dict)
    hypothetical: Mapping[str, FactValue] = field(default_factory=dict)
    in_progress: tuple[str, ...] = ()
    unclear: Mapping[str, str] = field(default_factory=dict)
    answer: str | None = None
    asks: bool = False
    corrects: bool = False


def read(text: str, pending: str | None, knowledge: Knowledge) -> Reading:
    """Read one masked message of at most 8,000 characters; `pending` is the key that was asked last, or None."""
    plain = without_put_aside(normalise(text))
    clauses = split(plain)
    if not clauses:
        return Reading(answer=polarity(plain, clauses).answer, asks="?" in plain)
    return _Message(plain, clauses, pending, knowledge).reading()


# "Wat als een van de partners …" asks in general; it supposes nothing about this organisation.
_ANY_ONE = re.compile(r"\b(?:een|1) van de\b")


# "Is er een partij die geen afspraken wil?": a yes or no with more words may be meant either way.
_ASKED_IN_THE_NEGATIVE = ("agreements_refused", "phrenos_review_refused", "lacks_funding_or_governance_power")
# A bare "ze" may be the clients, but those don't guide anybody.
_THEY_GUIDE = re.compile(r"\b(?:zij|ze|hij) (?:begeleiden|begeleidt|bieden|biedt|geven|geeft|garanderen|doen|doet)\b")


# "Ja, en we hebben ook een netwerk" adds to an answer that was given.
_ADDS = re.compile(r"(?:en|ook|want|maar|plus|omdat|verder)\b")


# "Mogen wij als gemeente …" asks, and says what we are on the way.
_WE_AS = re.compile(r"\b(?:mogen|kunnen|moeten) (?:wij|we) als (?:een )?(?:\w+e )?$")


class _Message:
    """One message on its way from findings to a reading."""

    def __init__(self, text: str, clauses: tuple[Clause, ...], pending: str | None, knowledge: Knowledge) -> None:
        self.text, self.clauses, self.pending, self.knowledge = text, clauses, pending, knowledge
        self.mentions = mentions(text, clauses, pending)
        self.subjects = Subjects(clauses, self.mentions)
        self.own = next((mention.type for mention in self.mentions if mention.role == OWN), None)
        self.corrects = corrects(text)
        self.polarity = polarity(text, clauses)

    def reading(self) -> Reading:
        command = other_command(self.text)
        if command and command[0] != self.pending:
            return replace(read(command[1], command[0], self.knowledge), corrects=True)
        stated, supposed = self._sorted_by_mood(self._findings())
        merged = merge(stated, last_wins=self.corrects)
        answer = self._answer_to_pending(merged)
        return Reading(
            facts=merged.facts,
            notes={key: merged.notes.get(key) or self._label(key, value) for key, value in merged.facts.items()},
            verdicts=merged.verdicts,
            hypothetical=merge(supposed, last_wins=False).facts,
            in_progress=tuple(merged.in_progress),
            unclear=merged.unclear,
            answer=answer,
            asks=asks(self.text, self.clauses),
            corrects=self.corrects,
        )

    # --- what is found -------------------------------------------------------------------------------------------

    def _findings(self) -> list[Finding]:
        if private(self.text):
            return []
        commands = read_commands(self.text)
        if commands:
            return commands
        hiring = HIRING.search(self.text) is not None or self.own in (TOWN, UWV)
        found = self._organisations()
        bulk = read_bulk(self.text, self.clauses, self.subjects, self.pending)
        listed = any(finding.value is not None for finding in bulk)  # then a bare "1 t/m 8" is criteria, not years
        measures = read_measures(self.text, self.clauses, self.pending, self.knowledge, bare=not listed)
        found += [*bulk, *self._own_only(measures)]
        found += read_topics(self.clauses, self.subjects, self.pending)
        found += read_capacity(self.clauses, self.subjects, self.pending)
        found += read_trained(self.clauses, self.subjects, self.mentions, hiring=hiring, own=self.own)
        found += read_people(
            self.clauses, self.subjects, self.mentions, hiring=hiring, own=self.own, pending=self.pending
        )
        found += read_relations(self.clauses, self.subjects, own=self.own, pending=self.pending)
        found += read_hypotheses(self.clauses, found)
        found += read_whole(self.text, self.pending, found)
        return found + read_asked(self.text, self.clauses, self.pending, self.knowledge, found)

    def _own_only(self, found: list[Finding]) -> list[Finding]:
        """Keep measures of the own organisation: somebody else's caseload says nothing about ours."""
        return [finding for finding in found if finding.key == self.pending or not self._of_others(finding)]

    def _of_others(self, finding: Finding) -> bool:
        clause = at(self.clauses, finding.at)
        theirs = finding.key == criterion_key(CAPACITY) or _THEY_GUIDE.search(clause.text)
        if theirs and self.subjects.of(clause) == PARTNER:
            return True
        return self.subjects.surely_partner(clause) or self.subjects.of(clause) == SOMEBODY or elsewhere(clause)

    def _organisations(self) -> list[Finding]:
        found = [self._own_type(mention) for mention in self.mentions if mention.role == OWN]
        for mood in (False, True):
            partners = [m for m in self.mentions if m.role == PARTNER and self._supposed(m.start) is mood]
            types = tuple(dict.fromkeys(mention.type for mention in partners))
            if types:
                found.append(Finding("partner_types", partners[0].start, types))
        return found + self._no_organisation(found)

    def _own_type(self, mention: Mention) -> Finding:
        return Finding("organisation_type", mention.start, mention.type, LABELS[mention.type])

    def _no_organisation(self, found: list[Finding]) -> list[Finding]:
        more = []
        keys = {finding.key for finding in found}
        denied = [m for m in self.mentions if m.role == DENIED and says_own(self.text[: m.start])]
        if "organisation_type" not in keys and denied:
            more.append(
                Finding("organisation_type", denied[0].start, unclear="wat voor soort organisatie zijn jullie dan wel?")
            )
        if "organisation_type" not in keys and mixed(self.text):
            more.append(Finding("organisation_type", 0, unclear="bij welke van die organisaties werk je zelf?"))
        if "partner_types" not in keys:
            more += [Finding("partner_types", c.start, ()) for c in self.clauses if self._lacks_partner(c)]
        return more

    def _lacks_partner(self, clause: Clause) -> bool:
        if clause.mood in (Mood.ASKED, Mood.UNKNOWN):
            return False
        asked = self.pending == "partner_types" and self.polarity.answer == "nee" and clause is self.clauses[0]
        named = any(clause.start <= mention.start < clause.end for mention in self.mentions)
        return (no_partner(clause) and not named) or asked

    # --- how it is meant -----------------------------------------------------------------------------------------

    def _supposed(self, position: int) -> bool:
        return at(self.clauses, position).mood is Mood.SUPPOSED

    def _sorted_by_mood(self, found: list[Finding]) -> tuple[list[Finding], list[Finding]]:
        """Return the findings that are stated and those that are only supposed; the rest says nothing about now."""
        stated, supposed = [], []
        for finding in found:
            mood = at(self.clauses, finding.at).mood
            if mood is Mood.SUPPOSED and finding.weight != CORRECTED:
                if not _ANY_ONE.search(at(self.clauses, finding.at).text):
                    supposed.append(finding)
            elif self._counts(finding, mood):
                stated.append(finding)
        return stated, supposed

    def _counts(self, finding: Finding, mood: Mood) -> bool:
        if finding.weight == CORRECTED or mood is Mood.STATED:
            return True
        if mood is Mood.UNKNOWN:
            return finding.value == Status.ONBEKEND.value or self._beside_the_unknown(finding)
        if mood is Mood.ASKED:
            return finding.key == "organisation_type" and _WE_AS.search(self.text[: finding.at]) is not None
        return mood is Mood.PLANNED and not finding.key.startswith("criteria")

    def _beside_the_unknown(self, finding: Finding) -> bool:
        """Say whether a finding stands by itself in a clause that also says that something isn't known."""
        text = at(self.clauses, finding.at).text
        if embeds_question(text) or not says_unknown(text):
            return False
        return finding.weight in (UNIVERSAL, NUMBERED) or finding.key == "organisation_type"

    # --- the question that was asked -----------------------------------------------------------------------------

    def _answer_to_pending(self, merged: Merged) -> str | None:
        """Fill the fact that was asked from a clear yes or no, unless the message's content says otherwise."""
        answer, key = self.polarity.answer, self.pending
        if answer == "nee" and self._denies_type() and key not in merged.facts:
            return None
        if key is not None and self._is_coming(key, merged):
            merged.in_progress.append(key)
            return "deels"
        if key is None or answer is None:
            return answer
        if key not in merged.facts and self._answers_another(key):
            return None
        if self.polarity.in_progress and key not in merged.facts and key not in merged.in_progress:
            merged.in_progress.append(key)
        if key in merged.facts:
            return self._agreed(answer, merged.facts[key])
        if key in merged.unclear or key in merged.in_progress:
            return answer if answer == "weet_niet" else "deels"
        value = self._value(key, answer)
        if key in _ASKED_IN_THE_NEGATIVE and not plain_answer(self.text, answer):
            return answer
        if value is not None and self.polarity.firm:
            merged.facts[key] = value
        return answer

    def _is_coming(self, key: str, merged: Merged) -> bool:
        """Say whether "dat gaan we regelen" is the answer: not a no where the question is about now or later."""
        known = key in merged.facts or key in merged.unclear or key in merged.in_progress
        return key.startswith("criteria.") and not known and going_to(self.text)

    def _answers_another(self, key: str) -> bool:
        """Say whether a leading yes or no goes on about another criterion: "jawel, ze krijgen alle vrijheid"."""
        said = self.clauses[0].text
        if len(self.clauses) > 1 and len(said.split()) == 1 and not _ADDS.match(self.clauses[1].text):
            said = self.clauses[1].text
        named = names_criterion(said)
        return key.startswith("criteria.") and bool(named) and key not in named

    def _denies_type(self) -> bool:
        return self.pending != "organisation_type" and any(m.role in (DENIED, OWN) for m in self.mentions)

    def _agreed(self, answer: str, value: FactValue) -> str:
        negative = value in (False, Status.VOLDOET_NIET.value)
        positive = value in (True, Status.VOLDOET.value)
        contrary = (answer == "ja" and negative) or (answer == "nee" and positive)
        return "deels" if contrary else answer

    def _value(self, key: str, answer: str) -> FactValue | None:
        if key.startswith("criteria."):
            status = {"ja": Status.VOLDOET, "nee": Status.VOLDOET_NIET, "weet_niet": Status.ONBEKEND}.get(answer)
            return status.value if status else None
        definition = self.knowledge.facts.get(key)
        if definition is None or definition.kind != "bool":
            return None
        return {"ja": True, "nee": False}.get(answer)

    def _label(self, key: str, value: FactValue) -> str:
        return label(key, value, self.knowledge)
