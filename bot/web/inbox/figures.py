"""The numbers for the institute as tables, bars and CSV. Pure; subjects and amounts only, nobody's words."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.rules.numbers import ALL, Numbers
from bot.web.inbox import words

Cell = str | int | float | None
SPANS = {"4": "4 weken", "12": "12 weken", "52": "een jaar"}
USUAL_SPAN = "12"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what a spreadsheet would compute


@dataclass(frozen=True)
class Bar:
    """One bar of a chart: what it is called, what stands beside it, and how long it is, from 0 to 100."""

    label: str
    shown: str
    length: float


@dataclass(frozen=True)
class Chart:
    """Horizontal bars; `told` says in one sentence what there is to see."""

    told: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Table:
    """A table: its name in an address, title, an explanation, column heads, rows, and its chart or None."""

    id: str
    title: str
    about: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: Chart | None = None


def since(span: str, today: date) -> date:
    """Return the Monday on which a span of weeks began, this week included."""
    weeks = int(span if span in SPANS else USUAL_SPAN)
    return today - timedelta(days=today.weekday() + 7 * (weeks - 1))


def tables(numbers: Numbers) -> tuple[Table, ...]:
    """Return every table, in the order in which they are shown."""
    return (
        _shares(numbers),
        _subjects(numbers),
        _weeks(numbers),
        _unanswered(numbers),
        _response(numbers),
        _rest(numbers),
    )


def spelled(cell: Cell) -> str:
    """Return a cell as people read it."""
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.1f}".replace(".", ",")
    return str(cell)


def is_amount(cell: Cell) -> bool:
    """Tell whether a cell stands on the right, under its like."""
    return not isinstance(cell, str) or cell.endswith("%")


def to_csv(table: Table) -> bytes:
    """Return a table for a spreadsheet: semicolons and a decimal comma, as Dutch ones read it, and no formula in it."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_safe(head) for head in table.heads])
    writer.writerows([_safe("" if cell is None else spelled(cell)) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _shares(numbers: Numbers) -> Table:
    weeks = [each for each in numbers.shares if each.week != ALL]
    rows = tuple(
        (_week(each.week), each.questions, each.without_person, _percent(each.share)) for each in numbers.shares
    )
    bars = [(_week(each.week), (each.share or 0.0) * 100, _percent(each.share) or "–") for each in weeks]
    whole = next((each for each in numbers.shares if each.week == ALL), None)
    told = (
        f"In deze periode kreeg {_percent(whole.share)} van de vragen een antwoord zonder mens."
        if whole and whole.questions
        else ""
    )
    return Table(
        "zonder-mens",
        "Beantwoord zonder mens",
        "Een vraag die ook naar een medewerker ging, telt niet als beantwoord zonder mens.",
        ("Week", "Vragen", "Zonder mens", "Aandeel"),
        rows,
        _chart(told, bars, 100),
    )


def _subjects(numbers: Numbers) -> Table:
    sums: dict[str, tuple[int, int, int]] = {}
    for line in numbers.weeks:
        asked, answered, tickets = sums.get(line.subject, (0, 0, 0))
        sums[line.subject] = (asked + line.asked, answered + line.answered, tickets + line.tickets)
    ordered = sorted(sums.items(), key=lambda item: (-item[1][0] - item[1][2], item[0]))
    bars = [(_subject(name), float(asked + tickets), str(asked + tickets)) for name, (asked, _, tickets) in ordered]
    return Table(
        "onderwerpen",
        "Vragen per onderwerp",
        "Vragen aan de bot en vragen aan een medewerker, in de hele periode.",
        ("Onderwerp", "Aan de bot", "Door de bot beantwoord", "Aan een medewerker"),
        tuple((_subject(name), *counted) for name, counted in ordered),
        _chart("Hoeveel vragen er per onderwerp waren, het vaakst gevraagde bovenaan.", bars),
    )


def _weeks(numbers: Numbers) -> Table:
    return Table(
        "weken",
        "Vragen per onderwerp en week",
        "",
        ("Week", "Onderwerp", "Aan de bot", "Door de bot beantwoord", "Aan een medewerker"),
        tuple(
            (_week(line.week), _subject(line.subject), line.asked, line.answered, line.tickets)
            for line in numbers.weeks
        ),
    )


def _unanswered(numbers: Numbers) -> Table:
    bars = [(_subject(line.subject), float(line.total), str(line.total)) for line in numbers.unanswered]
    return Table(
        "onbeantwoord",
        "Onbeantwoorde onderwerpen",
        "Waar de bot geen antwoord op had. Meldingen komen van de knop ‘Dit had de bot moeten weten’.",
        ("Onderwerp", "Niet in de bronnen", "Niet begrepen", "Gemeld", "Samen"),
        tuple(
            (_subject(line.subject), line.not_in_sources, line.not_understood, line.should_have_known, line.total)
            for line in numbers.unanswered
        ),
        _chart("Bij welke onderwerpen de bot het vaakst geen antwoord had.", bars),
    )


def _response(numbers: Numbers) -> Table:
    lines = numbers.response
    bars = [
        (_urgency(line.urgency), line.median_hours, f"{spelled(line.median_hours)} uur")
        for line in lines
        if line.median_hours is not None
    ]
    return Table(
        "antwoordtijd",
        "Tijd tot het eerste antwoord",
        "In kantooruren, vanaf het moment dat de vraag binnenkwam. De helft kreeg binnen de middelste tijd antwoord.",
        ("Urgentie", "Beantwoord", "Wacht nog", "Middelste tijd (uur)", "90 % binnen (uur)", "Op tijd"),
        tuple(
            (_urgency(line.urgency), line.answered, line.open, line.median_hours, line.p90_hours, line.in_time)
            for line in lines
        ),
        _chart("De middelste tijd tot het eerste antwoord, per urgentie.", bars),
    )


def _rest(numbers: Numbers) -> Table:
    return Table(
        "oordelen",
        "Wat bezoekers vonden",
        "Duimen bij antwoorden, en vragen zonder goed antwoord die voor de inhoud bewaard zijn.",
        ("Wat", "Aantal"),
        (
            ("Duim omhoog", numbers.thumbs_up),
            ("Duim omlaag", numbers.thumbs_down),
            *((f"Bewaard: {name}", count) for name, count in sorted(numbers.kept.items())),
        ),
    )


def _chart(told: str, bars: Sequence[tuple[str, float, str]], most: float = 0) -> Chart | None:
    """Return the bars, or None without any; `most` is what the whole width means, the longest bar when it is 0."""
    most = most or max((value for _, value, _ in bars), default=0)
    if not bars or not most:
        return None
    return Chart(told, tuple(Bar(label, shown, round(100 * value / most, 1)) for label, value, shown in bars))


def _week(week: str) -> str:
    """Return "2026-W47" as people say it."""
    year, _, number = week.partition("-W")
    return f"week {int(number)}, {year}" if number.isdecimal() else "Hele periode"


def _subject(subject: str) -> str:
    return words.CATEGORIES.get(subject, subject)


def _urgency(urgency: str) -> str:
    return words.URGENCIES.get(urgency, "Alle")


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{round(share * 100)} %"
