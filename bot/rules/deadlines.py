"""When something must be done, as a message says it: moments relative to a day that is passed in. Pure, no clock."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ABOUT_A_WEEK = 8  # days: "hoog" is a deadline within about a week
_FAR = 1000

_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_DAYS_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = {"ma": 0, "di": 1, "wo": 2, "do": 3, "vr": 4, "vrij": 4, "za": 5, "zo": 6}
_WEEKDAY = {**{name: i for i, name in enumerate(_DAYS)}, **{name: i for i, name in enumerate(_DAYS_EN)}}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari jan january",
            "februari feb february",
            "maart mrt march",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "augustus aug august",
            "september sept sep",
            "oktober okt october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "",
            "een één 'n one a",
            "twee two",
            "drie three",
            "vier four",
            "vijf five",
            "zes six",
            "zeven seven",
            "acht eight",
            "negen",
            "tien ten",
        )
    )
    for word in words.split()
}
_NUMBER = rf"(?:\d{{1,3}}|{'|'.join(re.escape(word) for word in sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = {
    "min": 0,
    "uur": 0,
    "uren": 0,
    "hour": 0,
    "dag": 1,
    "dagen": 1,
    "werkdagen": 1,
    "werkdag": 1,
    "day": 1,
    "days": 1,
    "week": 7,
    "weken": 7,
    "weeks": 7,
    "maand": 30,
    "maanden": 30,
    "month": 30,
    "months": 30,
    "jaar": 365,
    "year": 365,
}
_SPAN = re.compile(
    rf"\b(?:over|binnen|nog|per|in|within|de komende)\s+(?:hooguit |maximaal |ongeveer |zo'n |slechts |maar )?"
    rf"(?P<number>{_NUMBER})\s*(?P<unit>min|uur|uren|hours?|werkdag(?:en)?|dag(?:en)?|days?|week|weken|weeks|maand(?:en)?|months?|jaar|years?)\w*"
)
_NOW = re.compile(
    r"\b(?:vandaag|vanmiddag|vanavond|vannacht|straks|today|tonight|this (?:afternoon|evening)|nu meteen|binnen het uur"
    r"|(?:voor|om) middernacht|einde? van de (?:mid)?dag|dezen? (?:middag|avond))\b"
)
_TOMORROW = re.compile(r"(?<!goede )(?<!goeie )\b(?:morgen(?:ochtend|middag|avond|vroeg)?|tomorrow)\b(?!\s*[,!]?\s*$)")
_TOMORROW_END = re.compile(r"(?<=\S)\s{1,3}(?:voor |vóór |tot |dan |al )?\b(?:morgen|tomorrow)\b\s*[,!.?]*\s*$")
_AFTER_TOMORROW = re.compile(r"\b(?:overmorgen|day after tomorrow)\b")
_THIS_WEEK = re.compile(r"\b(?:deze week|dit weekend|(?:einde?|eind) (?:van )?(?:de|deze) week|this week)\b")
_NEXT_WEEK = re.compile(r"\b(?:volgende week|komende week|next week|week later)\b")
_MONTH_END = re.compile(r"\b(?:einde?|eind) (?:van )?(?:de|deze) maand\b|\bend of (?:the|this) month\b")
_ON_WEEKDAY = re.compile(
    rf"\b(?P<before>afgelopen|vorige|elke|iedere|last|every|volgende week|next week|(?:ma|di|wo|do|vr)\b t/m)?\s*"
    rf"(?P<day>{'|'.join(_WEEKDAY)})(?:ochtend|middag|avond|nacht)?\b(?!\s*(?:jl|t/m|tot en met|en (?:{'|'.join(_DAYS)})))"
)
_SHORT_DAY = re.compile(r"\b(?:voor|vóór|uiterlijk|tot|a\.?s\.?|per)\s+(?P<day>ma|di|wo|do|vr|vrij|za|zo)\b")
_ON_DATE = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})(?:e|ste|de|st|nd|rd|th)?\s+(?P<month>{'|'.join(_MONTHS)})\b\.?(?:\s+(?P<year>\d{{4}}))?"
)
_ON_NUMBERS = re.compile(
    r"(?<![\d.,/-])(?P<day>\d{1,2})[-/](?P<month>\d{1,2})(?:[-/](?P<year>\d{4}|\d{2}))?(?![\d/-])(?! fte)"
)
_BORN = re.compile(r"\bgeb(?:oren|\.)?\b|\bgeboortedatum\b|\bborn\b|\bdob\b")

# A moment counts when the sentence says that something has to be ready, decided or is over by then.
_DUE = re.compile(
    r"\b(?:uiterlijk|deadline|voor|vóór|tot|moet(?:en)?|sluit\w*|verlo\w+|vervalt?\w*|stopt?|eindig\w*|beeindig\w*|af"
    r"|besl(?:ui|is|oo)\w*|vergader\w*|(?:onder)?teken\w*|inlever\w*|ingeleverd|indien\w*|ingediend|instur\w*|ingestuurd"
    r"|binnen|klaar|nodig|anders|zonder|laatste|weten|antwoord|reactie|reageren|audit\w*|meting|hermeting|stuurgroep|mt|raad"
    r"|bestuur\w*|directie|wethouder|inspectie|overleg|gesprek|zitting|begint?|start\w*|spoed|snel|zsm|examen|toets"
    r"|publice\w+|verschijnt|uitzending|offerte|kwijt|verlie\w+|weg|terug|failliet|intrek\w*|notaris|commissie|training"
    r"|cursus|webinar|gast|deur uit|hebben|betaalt?|by|until|before|due|needs?|must|expires?|ends?|closes?|decides?)\b"
)
_BOUND = re.compile(r"(?<=[.!?;])\s+|\n+")


@dataclass(frozen=True)
class Moment:
    """A moment that a message names: days from the day of writing, and whether something is due by then."""

    days: int
    due: bool


def moments(text: str, today: date) -> tuple[Moment, ...]:
    """Return the moments that lie ahead (0 days is today), in the order of the text."""
    found: list[Moment] = []
    for sentence in _BOUND.split(text.lower()):
        due = bool(_DUE.search(sentence))
        found += [Moment(days, due) for days in _days_in(sentence, today)]
    return tuple(found)


def days_left(text: str, today: date) -> int | None:
    """Return the days until the nearest moment by which something is due, or None."""
    ahead = [moment.days for moment in moments(text, today) if moment.due]
    return min(ahead, default=None)


def _days_in(sentence: str, today: date) -> Iterator[int]:
    if _NOW.search(sentence):
        yield 0
    if _TOMORROW.search(sentence) or _TOMORROW_END.search(sentence):
        yield 1
    if _AFTER_TOMORROW.search(sentence):
        yield 2
    if _THIS_WEEK.search(sentence):
        yield max(0, 6 - today.weekday())
    if _NEXT_WEEK.search(sentence):
        yield 7
    if _MONTH_END.search(sentence):
        yield monthrange(today.year, today.month)[1] - today.day
    yield from _spans(sentence)
    yield from _weekdays(sentence, today)
    if not _BORN.search(sentence):
        yield from _dates(sentence, today)


def _spans(sentence: str) -> Iterator[int]:
    for match in _SPAN.finditer(sentence):
        number, unit = match["number"], match["unit"]
        count = int(number) if number.isdecimal() else _NUMBERS[number]
        step = next(days for name, days in _UNIT.items() if unit.startswith(name))
        yield count * step


def _weekdays(sentence: str, today: date) -> Iterator[int]:
    for match in _ON_WEEKDAY.finditer(sentence):
        before = match["before"] or ""
        if before and "week" not in before:
            continue
        ahead = (_WEEKDAY[match["day"]] - today.weekday() - 1) % 7 + 1
        yield ahead + (7 if "week" in before and ahead + today.weekday() < 7 else 0)
    for match in _SHORT_DAY.finditer(sentence):
        yield (_SHORT[match["day"]] - today.weekday() - 1) % 7 + 1


def _dates(sentence: str, today: date) -> Iterator[int]:
    for pattern in (_ON_DATE, _ON_NUMBERS):
        for match in pattern.finditer(sentence):
            month = _MONTHS.get(match["month"]) or int(match["month"]) if match["month"] else 0
            ahead = _ahead(int(match["day"]), int(month), match["year"], today)
            if ahead is not None:
                yield ahead


def _ahead(day: int, month: int, year: str | None, today: date) -> int | None:
    """Return the days until a date; without a year the next time that it comes; None for no date or the past."""
    given = int(year) + (2000 if len(year) == 2 else 0) if year else None
    try:
        moment = date(given or today.year, month, day)
        if given is None and moment < today:
            moment = date(today.year + 1, month, day)
    except ValueError:
        return None
    return (moment - today).days if today <= moment <= today + timedelta(days=_FAR) else None
