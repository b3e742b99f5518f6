"""Whom a clause speaks about: the speaker's organisation, the partner, each of them, or both together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.interview.reading.clauses import Clause
from bot.interview.reading.organisations import DENIED, OWN, PARTNER, Mention

EACH, JOINT, SOMEBODY = "each", "joint", "somebody"
OURS = frozenset((OWN, EACH, JOINT))

_JOINT = re.compile(
    r"\b(?:samen|gezamenlijk|tezamen|erbij|met elkaar|gecombineerd|bij elkaar|met zijn (?:2en|tweeen|"
    r"drieen|allen))\b"
)
_EACH = re.compile(
    r"\b(?:los van elkaar|ieder voor zich|ieder apart|elk apart|allebei|alle [2-7] (?:(?:ook|zelf|los|"
    r"voldoen|apart|halen)\b)|beiden|"
    r"beide (?:organisaties|partijen|instellingen|partners|ggz)|ieder(?:een)? (?:van ons )?(?:zelf|zelfstandig|"
    r"levert|voldoet|haalt)|"
    r"elk (?:van ons|met|zelf|levert|voldoet)|wij allebei|allemaal zelfstandig|(?:ieder|elk)e? (?:deelnemer|"
    r"partij|organisatie|instelling))\b"
)
_WE = re.compile(r"\b(?:wij|we|wijzelf|ik|onszelf|wij zelf)\b")
_PARTY = (
    r"(?:instelling(?:en)?|organisaties?|partij(?:en)?|club|bureau|bedrijf|stichting|aanbieder|uitvoerder|uitlener|"
    r"ggz|ribw|reintegratiebedrijf)"
)
# Another organisation by a noun; "de organisatie" may be the own one.
_THIRD_PARTY = re.compile(
    rf"\b(?:(?:de|het|een|die|dat|onze|ons|hun|2|beide) (?:ander|andere|naburige|collega|zuster|bevriende) "
    rf"?{_PARTY}|(?:die|dat|deze|hun) (?:eigen )?{_PARTY}|het (?:bureau|bedrijf)|de (?:uitvoerder|uitlener)|"
    rf"(?:de|onze|ons|een|hun|die|elke|iedere) (?:samenwerkings ?)?partner(?:organisatie|s)?|de andere partij|de ander|"
    rf"(?:de|het|een) {_PARTY} (?:waar|waarmee|met wie|die|dat|hiernaast|verderop|om de hoek)\b|"
    rf"(?:bij|van|door) hen|hun (?:caseloads?|traject(?:en)?|trajectduur|(?:traject)?begeleiders?|coach(?:es)?|teams?|"
    rf"bestuur|directie))\b"
)
_THEY = re.compile(rf"\b(?:zij|ze|zijzelf|hij|hun|hen|het andere)\b|{_THIRD_PARTY.pattern}")
_RELATIVE_TO_US = re.compile(r"^ (?:waar|waarmee|met wie|die|dat)\b")
# A type that is the subject of its clause: "de ggz voldoet aan alle acht".
_SUBJECT_LEFT = re.compile(r"(?:(?:en|maar|want|ook|alleen|dus) )*(?:de|het|een|die|dat|deze|[2-9])(?: \w+)? ")
_SOMEBODY = re.compile(
    r"\bde (?:organisatie|instelling|stichting) (?:\w+ ){0,2}(?:voldoet|haalt|mist|heeft|doet|biedt)\b|"
    r"\b(?:voldoet|haalt|mist) de (?:organisatie|instelling|stichting)\b"
)
_PRONOUNS = ("zij", "ze", "hun", "hen")
_OURS = re.compile(r"\b(?:onze|ons|mijn)\b")
_AT_NAME = re.compile(
    r"^(?:bij|in) (?!ons\b|onze\b|de\b|het\b|een\b|elkaar\b|mij\b|iedere?\b|elke?\b|die\b|deze\b|dit\b|"
    r"principe\b|totaal\b|zorg\b)"
    r"\w+ (?:is|zijn|hebben|heeft|doen|doet|zit|zitten|ligt|werken)\b"
)
_RELATIVE = re.compile(r"^(?:en |maar |want |waarvan )*(?:die|dat|deze)\b")


_RELATIVE_AFTER = re.compile(r"^(?: \w+){0,3} (?:die|dat|welke|wie)\b(?!.*\b(?:we|wij)\b)")


class Subjects:
    """Tells per clause who it is about; knows the organisations that the message names."""

    def __init__(self, clauses: Sequence[Clause], mentions: Sequence[Mention]) -> None:
        self._by_start: dict[int, str] = {}
        previous = OWN
        for clause in clauses:
            inside = [m for m in mentions if clause.start <= m.start < clause.end and m.role in (OWN, PARTNER)]
            before = [m for m in mentions if m.end <= clause.start and m.role in (OWN, PARTNER)]
            spoken = _subject(clause.text, inside, before, clause.start, previous)
            if spoken == OWN and not _WE.search(clause.text) and not inside:
                spoken = _somebody_else(clause, mentions) or spoken
            self._by_start[clause.start] = spoken
            previous = previous if spoken == SOMEBODY else spoken
        self._mentions = tuple(mentions)
        self._partners = tuple(mention.start for mention in mentions if mention.role == PARTNER)
        self.has_partner = bool(self._partners)

    def names_partner(self, clause: Clause) -> bool:
        """Say whether a partner is named in the clause."""
        named = any(clause.start <= start < clause.end for start in self._partners)
        return named or _THIRD_PARTY.search(clause.text) is not None

    def surely_partner(self, clause: Clause) -> bool:
        """Say whether a clause is about a partner that the message names; a bare "ze" may be the clients."""
        return self.of(clause) == PARTNER and (self.has_partner or _THIRD_PARTY.search(clause.text) is not None)

    def of_position(self, clause: Clause, position: int) -> str:
        """Return whom the words at `position` are about: in "een ggz die alle acht haalt" that ggz, not the speaker."""
        for mention in reversed(self._mentions):
            if clause.start <= mention.start and mention.end < position:
                relative = _RELATIVE_AFTER.match(clause.text[mention.end - clause.start : position - clause.start])
                if relative and mention.role in (OWN, PARTNER):
                    return mention.role
        return self.of(clause)

    def of(self, clause: Clause) -> str:
        """Return OWN, PARTNER, EACH, JOINT, or SOMEBODY: an organisation that may be the own one or not."""
        return self._by_start[clause.start]


def _describes(text: str, they: re.Match[str]) -> bool:
    """Say whether "wij" only says which one is meant: "de instelling waar wij mee samenwerken haalt …"."""
    return _RELATIVE_TO_US.match(text, they.end()) is not None or they.group().endswith(("waar", "waarmee", "wie"))


def elsewhere(clause: Clause) -> bool:
    """Say whether a clause is about another named place or organisation ("bij X is de caseload 15")."""
    return _AT_NAME.match(clause.text) is not None and not _WE.search(clause.text) and not _OURS.search(clause.text)


def _somebody_else(clause: Clause, mentions: Sequence[Mention]) -> str | None:
    """Return whom a clause without "wij" is about when a third person is its subject, or None."""
    for mention in mentions:
        inside = clause.start <= mention.start < clause.end and mention.role not in (OWN, DENIED)
        if inside and _SUBJECT_LEFT.fullmatch(clause.text[: mention.start - clause.start]):
            return PARTNER
    known = any(mention.role == OWN for mention in mentions)
    return SOMEBODY if _SOMEBODY.search(clause.text) and not known else None


def _subject(text: str, inside: Sequence[Mention], before: Sequence[Mention], start: int, previous: str) -> str:
    if _EACH.search(text):
        return EACH
    they, we = _THEY.search(text), _WE.search(text)
    if _JOINT.search(text) and not (they and not we and "elkaar" not in text and "met ons" not in text):
        return JOINT if we or previous == JOINT or "met ons" in text or not they else PARTNER
    if we and they:
        if they.start() < we.start() and _describes(text, they):
            return PARTNER
        object_form = they.group() in ("hun", "hen", "ze") or "partner" in they.group()
        return OWN if we.start() < they.start() or object_form else PARTNER
    if we:
        return OWN
    if inside:
        return inside[0].role
    if they and they.group() in _PRONOUNS and _OURS.search(text, 0, they.start()):
        return OWN  # "onze trajectbegeleiders … wat ze doen"
    if they:
        return PARTNER
    if _OURS.search(text):
        return OWN
    if _RELATIVE.match(text) and before:
        return before[-1].role if start - before[-1].end < 80 else previous
    return OWN if previous in (EACH, JOINT) else previous
