"""Whom a clause speaks about: the speaker's organisation, the partner, each of them, or both together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.interview.reading.clauses import Clause
from bot.interview.reading.organisations import OWN, PARTNER, Mention

EACH, JOINT = "each", "joint"

_JOINT = re.compile(
    r"\b(?:samen|gezamenlijk|tezamen|erbij|met elkaar|gecombineerd|bij elkaar|met zijn (?:2en|tweeen|"
    r"drieen|allen))\b"
)
_EACH = re.compile(
    r"\b(?:los van elkaar|ieder voor zich|ieder apart|elk apart|allebei|alle (?:[2-9]|drie) (?:(?:ook|zelf|los|"
    r"voldoen|apart|halen)\b)|beiden|"
    r"beide (?:organisaties|partijen|instellingen|partners|ggz)|ieder(?:een)? (?:van ons )?(?:zelf|zelfstandig|"
    r"levert|voldoet|haalt)|"
    r"elk (?:van ons|met|zelf|levert|voldoet)|wij allebei|allemaal zelfstandig|(?:ieder|elk)e? (?:deelnemer|"
    r"partij|organisatie|instelling))\b"
)
_WE = re.compile(r"\b(?:wij|we|wijzelf|ik|onszelf|wij zelf)\b")
_THEY = re.compile(
    r"\b(?:zij|ze|zijzelf|hij|hun|hen|(?:de|onze|een|hun|die) partner(?:organisatie)?|"
    r"de andere partij|de ander|het andere|die partij|dat bedrijf|die ggz|de partners)\b"
)
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
            previous = _subject(clause.text, inside, before, clause.start, previous)
            self._by_start[clause.start] = previous
        self._mentions = tuple(mentions)
        self._partners = tuple(mention.start for mention in mentions if mention.role == PARTNER)
        self.has_partner = bool(self._partners)

    def names_partner(self, clause: Clause) -> bool:
        """Say whether a partner is named in the clause."""
        return "partner" in clause.text or any(clause.start <= start < clause.end for start in self._partners)

    def surely_partner(self, clause: Clause) -> bool:
        """Say whether a clause is about a partner that the message names; a bare "ze" may be the clients."""
        return self.of(clause) == PARTNER and (self.has_partner or "partner" in clause.text)

    def of_position(self, clause: Clause, position: int) -> str:
        """Return whom the words at `position` are about: in "een ggz die alle acht haalt" that ggz, not the speaker."""
        for mention in reversed(self._mentions):
            if clause.start <= mention.start and mention.end < position:
                relative = _RELATIVE_AFTER.match(clause.text[mention.end - clause.start : position - clause.start])
                if relative and mention.role in (OWN, PARTNER):
                    return mention.role
        return self.of(clause)

    def of(self, clause: Clause) -> str:
        """Return OWN, PARTNER, EACH or JOINT."""
        return self._by_start[clause.start]


def elsewhere(clause: Clause) -> bool:
    """Say whether a clause is about another named place or organisation ("bij X is de caseload 15")."""
    return _AT_NAME.match(clause.text) is not None and not _WE.search(clause.text) and not _OURS.search(clause.text)


def _subject(text: str, inside: Sequence[Mention], before: Sequence[Mention], start: int, previous: str) -> str:
    if _EACH.search(text):
        return EACH
    they, we = _THEY.search(text), _WE.search(text)
    if _JOINT.search(text) and not (they and not we and "elkaar" not in text and "met ons" not in text):
        return JOINT if we or previous == JOINT or "met ons" in text or not they else PARTNER
    if we and they:
        return (
            OWN
            if we.start() < they.start() or they.group() in ("hun", "hen", "ze") or "partner" in they.group()
            else PARTNER
        )
    if we:
        return OWN
    if inside:
        return inside[0].role
    if they:
        return PARTNER
    if _OURS.search(text):
        return OWN
    if _RELATIVE.match(text) and before:
        return before[-1].role if start - before[-1].end < 80 else previous
    return OWN if previous in (EACH, JOINT) else previous
