"""Finds the question or chapter that somebody names: "criterium 6", "6.2", "de motivatie"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.interview.commands import plain
from bot.interview.plan.seat import Seat
from bot.model import PlanQuestion

TOGETHER_NUMBER = 9  # the chapter on the collaboration comes after the eight criteria
_NUMBERS = {"een": 1, "één": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8}
_DOTTED = re.compile(r"(?:vraag |nummer |punt |antwoord |criterium )?([1-9])\s?[.,-]\s?(\d)")
_CRITERION = re.compile(r"(?:kwaliteits)?crit\w*\.? ?(?:nummer )?(\d|\w+)|c ?(\d)")
_QUESTION = re.compile(r"(?:vraag|antwoord|nummer) (\d)")
_LAST = re.compile(
    r"(?:mijn |het |de |dat |ons )?(?:vorige?|laatste)(?: vraag| antwoord)?|dat|dit|dat antwoord|die|het antwoord|antwoord|mijn antwoord|"
)
_ARTICLES = re.compile(r"^(?:(?:de|het|een|onze|ons|mijn|vraag|vragen|over|naar|bij|hoofdstuk|deel|onderdeel|stuk) )+")
_CLOSE, _TYPED = 90, 82
_ALSO_CALLED = {
    "organisatie.type": ("type", "type organisatie", "soort"),
    "organisatie.naam": ("naam", "namen", "organisatienaam"),
    "contact.gegevens": ("telefoon", "telefoonnummer", "mail", "e-mail", "mailadres", "e-mailadres"),
    "k6.caseload": ("caseload",),
    "samenwerking.vorm": ("vorm",),
}
_CHAPTER_WORDS = {
    "contact": ("contact", "contactpersoon", "contactgegevens", "contact gegevens", "mijn gegevens"),
    "organisatie": ("organisatie", "de organisatie", "algemene informatie", "begin"),
    "motivatie": ("motivatie",),
    "samenwerking": ("samenwerking", "afspraken", "coalitie", "samenwerkingsafspraken", "scenario"),
}


@dataclass(frozen=True)
class Found:
    """A chapter, or one question of it."""

    chapter: str
    question: PlanQuestion | None = None


def number_of(question: PlanQuestion, asked: tuple[PlanQuestion, ...]) -> str:
    """Return what people may call a question: "6.2", or "" outside the criteria and the collaboration."""
    chapter = chapter_number(question.chapter)
    if not chapter:
        return ""
    return f"{chapter}.{of_chapter(question.chapter, asked).index(question) + 1}"


def chapter_number(chapter: str) -> int:
    """Return 1 to 8 for a criterion, 9 for the collaboration, 0 for the rest."""
    if chapter.startswith("criterium."):
        return int(chapter.split(".")[1])
    return TOGETHER_NUMBER if chapter == "samenwerking" else 0


def of_chapter(chapter: str, asked: tuple[PlanQuestion, ...]) -> list[PlanQuestion]:
    """Return the questions of one chapter."""
    return [question for question in asked if question.chapter == chapter]


def find(ref: str, seat: Seat, asked: tuple[PlanQuestion, ...]) -> Found | None:
    """Return what a reference names, None when that isn't clear; "" is the question answered last."""
    words = plain(ref)
    by_id = {question.id: question for question in asked}
    if _LAST.fullmatch(words):
        last = by_id.get(seat.last or "")
        return Found(last.chapter, last) if last else None
    return _numbered(words, seat, by_id, asked) or _named(words, asked)


def _numbered(words: str, seat: Seat, by_id: dict[str, PlanQuestion], asked: tuple[PlanQuestion, ...]) -> Found | None:
    dotted, criterion, question = _DOTTED.fullmatch(words), _CRITERION.search(words), _QUESTION.search(words)
    if dotted:
        return _nth(int(dotted[1]), int(dotted[2]), asked)
    if criterion:
        said = criterion[1] or criterion[2]
        number = int(said) if said.isdigit() else _NUMBERS.get(said, 0)
        if not 1 <= number <= 8:
            return None
        return _nth(number, int(question[1]), asked) if question else Found(f"criterium.{number}")
    here = by_id.get(seat.pending or "")
    if question and here and question.end() == len(words):
        return _nth(chapter_number(here.chapter), int(question[1]), asked)
    return None


def _nth(chapter: int, place: int, asked: tuple[PlanQuestion, ...]) -> Found | None:
    questions = [question for question in asked if chapter_number(question.chapter) == chapter]
    if not chapter or not 1 <= place <= len(questions):
        return None
    return Found(questions[place - 1].chapter, questions[place - 1])


def _named(words: str, asked: tuple[PlanQuestion, ...]) -> Found | None:
    words = _ARTICLES.sub("", words)
    if len(words) < 4:
        return None
    chapters = {question.chapter for question in asked}
    for chapter, names in _CHAPTER_WORDS.items():
        if chapter in chapters and any(fuzz.ratio(words, name) >= _TYPED for name in names):
            return Found(chapter)
    called = next((each for each in asked if words in _ALSO_CALLED.get(each.id, ())), None)
    if called:
        return Found(called.chapter, called)
    best = max(asked, key=lambda question: _likeness(words, question.name.lower()))
    return Found(best.chapter, best) if _likeness(words, best.name.lower()) >= _CLOSE else None


def _likeness(words: str, name: str) -> float:
    """How much a name is meant: the words are (nearly) the name, or one long word of it."""
    heads = [word for word in re.findall(r"\w+", name) if len(word) > 6]
    return max([fuzz.ratio(words, name), *(fuzz.ratio(words, word) for word in heads)])
