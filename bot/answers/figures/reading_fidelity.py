"""Which fidelity score a message asks about, if any: "98 van de 130", "hoeveel procent is 115", "gemiddeld 4,2"."""

from __future__ import annotations

import re
from decimal import Decimal

from bot.answers.figures.asked import Score, Situation
from bot.answers.figures.words import MOST_WORDS, NUMBER, plain
from bot.model import FidelityScale

_FIDELITY = re.compile(r"\b(?:modeltrouw\w*|modelgetrouw\w*|fidelity|audit\w*|ankerpunt\w*)\b")
# Questions about somebody else's score or about the scale itself: those have cards.
_OTHER_SUBJECT = re.compile(
    r"\b(?:waarom|wie|iemand|ooit|cordaan|pluryn|nodig|vanaf|welke|criteri\w+|client\w*|klant\w*|fte|caseload|euro|epa|cmd"
    r"|traject\w*|verstandelijk\w*|jaar|uur|gemeenten?|vergeleken|uwv"
    r"|leg|hoe (?:dat )?kan|beschut\w*|werkt|baan|banen)\b|€"
)
_ASKS = re.compile(r"\?|\b(?:hoeveel|wat|reken|bereken)\b|\bis (?:dat|het|dit) |\bgoed of\b")
_JUDGES = re.compile(
    r"\b(?:goed|goede|redelijk|redelijke|voldoende|voorbeeldig|voorbeeldige|genoeg|slecht|laag|hoog|geslaagd)\b"
)
_HAVE = re.compile(
    r"\b(?:haal\w*|halen|haalden|scor\w+|scoor\w*|behaald\w*|gehaald|kregen|krijgen|hebben|heb|kwamen|komen)\b"
)
_HOW_JUDGED = re.compile(
    r"^(?:en )?is (?:dat|dit|het) (?:dan |nu )?(?:goed|voldoende|genoeg|voorbeeldig|redelijk|slecht)"
    r"|^(?:en )?hoeveel (?:procent|%|punten) (?:is|zijn) (?:dat|het)\b|^(?:en )?hoeveel punten (?:missen|komen) we\b"
)
_MAXIMUM = re.compile(
    r"\b(?:maximale|maximum|hoogste|hoogst (?:haalbare|mogelijke))\b.{0,20}\b(?:score|punten|puntental)\b"
)
_EVER = re.compile(r"\b(?:gehaald|behaald|halen|haalt|haalbaar)\b")
_AVERAGE = (
    re.compile(rf"\bgemiddelde?\b(?: (?:score|cijfer|van|is|een))* ({NUMBER})"),
    re.compile(rf"({NUMBER})(?: punten)? (?:gemiddeld|per item)\b"),
)
_PER_ITEM = re.compile(r"\bitems?\b|\b26\b|\bper onderdeel\b|\bscore\b")
_OUT_OF = rf"({NUMBER}) ?(?:punten )?(?:van|op|uit|/|v/d|v\.d\.) ?(?:de |het |totaal |in totaal |die )*(\d{{2,4}})\b"
_PERCENT_OF = re.compile(
    rf"\bhoeveel (?:procent|%) is (?:de |een |onze )?(?:score (?:van )?)?({NUMBER})(?: punten)?"
    r"(?: van (?:de )?(?:130|punten))?[ ?.!]*$"
)
_IN_PERCENT = re.compile(rf"\b({NUMBER})(?: punten)? (?:in|als) (?:procent\w*|%|percentage)")
_PERCENT = re.compile(rf"({NUMBER}) ?(?:%|procent\b)")
_POINTS = re.compile(rf"({NUMBER}) punten\b")
_SCORED = re.compile(rf"\b(?:scor\w+|scoor\w*)(?: (?:van|is|was|we|wij|nu|op|de|een|ongeveer|met))* ({NUMBER})\b")
_WE_HAVE = r"(?:met |bij |als |we |wij |er |halen |haalden |hebben |hadden )*"
_BARE = re.compile(
    rf"(?:(?:en|maar|of|dan|stel) )+{_WE_HAVE}({NUMBER})(?: punten)?(?: halen| hebben| zijn)?[ ?.!]*"
    rf"|{_WE_HAVE}({NUMBER}) punten(?: halen| hebben| zijn)?[ ?.!]*"
)


def read_score(text: str, scale: FidelityScale, situation: Situation) -> Score | None:
    """Return the score that a message asks about, or None when it asks about none."""
    words = plain(text)
    if len(words.split()) > MOST_WORDS or _OTHER_SUBJECT.search(words):
        return None
    if situation.interview and not _ASKS.search(words):
        return None
    hot = situation.hot and isinstance(situation.last, Score)
    about = _FIDELITY.search(words) is not None
    for reader in (_out_of, _average, _percent, _points):
        found = reader(words, scale, about)
        if found is not None:
            return found
    return _maximum(words) or (_leaning(words, scale, situation) if hot else None)


def _out_of(words: str, scale: FidelityScale, about: bool) -> Score | None:
    match = re.search(_OUT_OF, words)
    if match is None:
        return None
    if int(match[2]) == scale.maximum:
        return _score(Decimal(match[1]), scale)
    if int(match[2]) == scale.items and about:
        return None  # an average, "4,2 op 26 items", or a number of items
    wrong = about and "punten" in words and int(match[2]) > 2 * scale.items
    return Score(problem="figures_other_scale", word=match[2]) if wrong else None


def _average(words: str, scale: FidelityScale, about: bool) -> Score | None:
    match = next((found for found in (pattern.search(words) for pattern in _AVERAGE) if found), None)
    if match is None or not (about or _PER_ITEM.search(words)):
        return None
    average = Decimal(match[1])
    if not 0 <= average <= scale.anchor_points:
        return Score(problem="figures_average_range")
    return Score(average=average)


def _percent(words: str, scale: FidelityScale, about: bool) -> Score | None:
    match = _PERCENT_OF.search(words) or (_IN_PERCENT.search(words) if about or "punten" in words else None)
    if match:
        return _score(Decimal(match[1]), scale) if about or 0 <= Decimal(match[1]) <= 10 * scale.maximum else None
    match = _PERCENT.search(words)
    if match is None or not about or not re.search(r"\bpunten\b|\bscor\w+|\bscoor\w*", words):
        return None
    percent = Decimal(match[1])
    return Score(percent=percent) if 0 <= percent <= 100 else Score(problem="figures_percent_range")


def _points(words: str, scale: FidelityScale, about: bool) -> Score | None:
    match = _POINTS.search(words)
    own = _HAVE.search(words) is not None
    if (
        match
        and (about or _JUDGES.search(words))
        and (own or _JUDGES.search(words) or Decimal(match[1]) != scale.maximum)
    ):
        return _score(Decimal(match[1]), scale)
    match = _SCORED.search(words) if about else None
    return _score(Decimal(match[1]), scale) if match else None


def _maximum(words: str) -> Score | None:
    short = len(words.split()) <= 8 and not re.search(r"\d", words)
    return Score() if short and _MAXIMUM.search(words) and not _EVER.search(words) else None


def _leaning(words: str, scale: FidelityScale, situation: Situation) -> Score | None:
    """ "En 110?" and "is dat goed?" after a score."""
    match = _BARE.fullmatch(words)
    if match and not situation.interview:
        return _score(Decimal(match[1] or match[2]), scale)
    if _HOW_JUDGED.search(words) and isinstance(situation.last, Score):
        return situation.last
    return None


def _score(points: Decimal, scale: FidelityScale) -> Score:
    return Score(points=points) if 0 <= points <= scale.maximum else Score(problem="figures_points_range")
