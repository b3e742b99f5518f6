"""An answer to a question with a few choices, by the words of a choice or of its label."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.interview.reading.clauses import Clause, Mood
from bot.interview.reading.findings import Finding
from bot.interview.reading.normalise import normalise
from bot.model import FactValue, Knowledge

_SHORT = 12
_VERY_SHORT = 7

# How people say a choice right after its question; never read without that question.
_LOOSE: dict[str, tuple[tuple[FactValue, re.Pattern[str]], ...]] = {
    "trained_coaches": (
        ("geen", re.compile(r"^(?:nee\b.*|nog )?(?:geen|niemand|nergens|ze zijn er (?:nog )?niet|"
                            r"die zijn er (?:nog )?niet|nog niet|zijn er niet|die hebben we (?:nog )?niet|"
                            r"niet)(?: (?:getraind\w*|opgeleid\w*|trajectbegeleiders|mensen|eigenlijk|hoor|dus|"
                            r"helaas|een|1|geen|hebben|we|die|nog))*$")),
        ("partner", re.compile(r"\b(?:bij (?:de|het|dat|onze|een|die) (?:partner|ander|andere|ggz|reintegratiebedrijf|"
                               r"gemeente|uwv|uitvoerder)\b|bij (?:hen|hun)|de partner|partner|zij hebben (?:ze|"
                               r"die)|ze hebben ze daar)\b|^(?:daar|zij)$")),
        ("eigen", re.compile(r"\b(?:zelf|eigen|bij ons|onszelf|in huis|in eigen huis|wij hebben (?:ze|die)|"
                             r"die hebben (?:we|wij))\b|^(?:hier|wij|ons|wij wel)$")),
    ),
    "team_form": (
        ("aparte_organisatie", re.compile(r"\b(?:apart|aparte|stichting|los|losse|eigen (?:organisatie|"
                                          r"stichting|bv)|zelfstandig|zelfstandige|bv|cooperatie)\b")),
        ("onderdeel_van_een_ggz", re.compile(r"\b(?:onderdeel|bij een van|bij 1 van|ondergebracht|onder (?:een|"
                                             r"1|ons|de|hen)|bij ons|binnen (?:een|de|1)|bij (?:de|een) ggz|"
                                             r"van een ggz)\b")),
    ),
    "capacity": (
        ("tijdelijk_tekort", re.compile(r"^(?:ja |een |alleen |het is |dat is |is |maar |gewoon |nu |"
                                        r"even )*(?:tijdelijk|tijdelijke|tijdelijk tekort|even)\b")),
        ("structureel_tekort", re.compile(r"^(?:ja |een |het is |dat is |is |nee |helaas )*(?:structureel|"
                                          r"blijvend|chronisch|permanent|structurele?|blijvende?)\b")),
    ),
}  # fmt: skip


def read_choice(
    text: str, clauses: Sequence[Clause], pending: str | None, knowledge: Knowledge, found: Sequence[Finding]
) -> list[Finding]:
    """Return the choice that a short answer to the pending question names, when nothing else read it."""
    definition = knowledge.facts.get(pending or "")
    if definition is None or definition.kind != "choice" or any(finding.key == pending for finding in found):
        return []
    stated = " ".join(clause.text for clause in clauses if clause.mood in (Mood.STATED, Mood.PLANNED))
    if not stated or len(stated.split()) > _SHORT:
        return []
    loose = _LOOSE.get(definition.key, ()) if len(stated.split()) <= _VERY_SHORT else ()
    values = [value for value, pattern in loose if pattern.search(stated)]
    if not values:
        values = [value for value, label in definition.values if _names(stated, value, label)]
    if definition.key == "trained_coaches" and "geen" in values:
        values = ["geen"]
    return [Finding(definition.key, clauses[0].start, values[0])] if len(values) == 1 else []


def _names(stated: str, value: str, label: str) -> bool:
    """Say whether the answer is a choice's value or label, or holds it whole."""
    for words in (normalise(value.replace("_", " ")), normalise(label)):
        if f" {words} " in f" {stated} " or (len(stated) >= 5 and f" {stated} " in f" {words} "):
            return True
    return False
