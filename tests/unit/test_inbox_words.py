"""What the inbox says, and its numbers as tables, bars and CSV: pure parts."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta, timezone

import pytest

from bot import helpdesk
from bot.model import Ticket, TicketEvent, TicketMessage
from bot.rules import triage
from bot.rules.numbers import ALL, Numbers, ResponseTimes, Share, Unanswered, WeekLine
from bot.web.inbox import figures, words
from bot.web.inbox.forms import tidy

NOW = datetime(2026, 11, 19, 9, 0, tzinfo=timezone.utc)
TICKET = Ticket("k", "widget", "training", "hoog", number=7)
FORMULA = '=HYPERLINK("https://boef.example")'
NUMBERS = Numbers(
    date(2026, 11, 9),
    (
        WeekLine("2026-W46", "training", 10, 6, 1),
        WeekLine("2026-W47", "training", 4, 4, 0),
        WeekLine("2026-W47", FORMULA, 1, 0, 0),
    ),
    (Share("2026-W46", 10, 6), Share("2026-W47", 0, 0), Share(ALL, 10, 6)),
    (Unanswered("training", 3, 1, 2),),
    (ResponseTimes("hoog", 4, 1, 1.25, 3.0, 3), ResponseTimes("laag", 0, 2, None, None, 0)),
    {"@boef": 2},
    5,
    1,
)


def test_every_code_of_the_helpdesk_and_the_triage_is_spelled_out() -> None:
    assert set(words.EVENTS) == set(helpdesk.WHAT)
    assert set(words.STATES) == set(helpdesk.STATES)
    assert words.OPEN == helpdesk.OPEN
    assert set(words.CATEGORIES) == set(triage.CATEGORIES)
    assert list(words.URGENCIES) == list(triage.URGENCIES)
    assert set(words.FLAGS) == set(triage.FLAGS)


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        ({}, "vandaag om 10:00"),
        ({"hours": 14}, "morgen om 00:00"),
        ({"hours": -11}, "gisteren om 23:00"),
        ({"days": 4}, "ma 23 nov om 10:00"),
        ({"days": -200}, "zo 3 mei om 11:00"),
        ({"days": 60}, "ma 18 jan 2027 om 10:00"),
    ],
)
def test_a_moment_is_told_in_dutch_time(ahead: dict[str, int], told: str) -> None:
    assert words.moment(NOW + timedelta(**ahead), NOW) == told


def test_what_is_due_is_told_only_while_somebody_waits_for_us() -> None:
    late, early = TICKET.with_(due=NOW - timedelta(hours=1)), TICKET.with_(due=NOW + timedelta(hours=1))
    assert words.due(early, NOW) == "Antwoord uiterlijk vandaag om 11:00"
    assert words.due(late, NOW) == "Te laat: het antwoord moest er vandaag om 09:00 zijn"
    for state in ("wacht_op_vrager", "opgelost"):
        assert words.due(late.with_(state=state), NOW) == ""
    assert words.due(TICKET, NOW) == ""


def test_a_title_is_the_subject_or_the_last_words_of_the_asker() -> None:
    said = (TicketMessage("a", "asker", "Hallo", NOW), TicketMessage("b", "asker", "Een\nvraag " + "x" * 200, NOW))
    assert words.title(TICKET.with_(subject="Onderwerp", messages=said)) == "Onderwerp"
    assert words.title(TICKET.with_(messages=said)).startswith("Een vraag xxx")
    assert len(words.title(TICKET.with_(messages=said))) == 90
    assert words.title(TICKET) == "Vraag zonder tekst"


def test_an_event_is_told_with_what_changed() -> None:
    detail = {
        "category": "training",
        "urgency": "laag",
        "category_was": "overig",
        "urgency_was": "laag",
        "version": "3",
    }
    told = words.event(TicketEvent(7, "triage_gewijzigd", detail=detail))
    assert told == "Indeling verbeterd (Training, Laag, eerst Overig en Laag)"
    assert words.event(TicketEvent(7, "toegewezen", detail={"to": ""})) == "Toegewezen (aan niemand)"
    assert words.event(TicketEvent(7, "iets nieuws", detail={"x": "y"})) == "iets nieuws"


@pytest.mark.parametrize(
    ("seconds", "told"), [(1, "1 seconde"), (59, "59 seconden"), (60, "1 minuut"), (61, "2 minuten")]
)
def test_a_wait_is_told_in_whole_minutes(seconds: int, told: str) -> None:
    assert words.wait(seconds) == told


def test_what_is_typed_loses_what_nobody_sees_and_nothing_else() -> None:
    assert tidy(" a\r\nb\rc\x00\x1b\u202e \ud800 é👩‍💻\t= /x ") == "a\nb\nc  é👩‍💻\t= /x"


def test_weeks_begin_on_a_monday() -> None:
    assert figures.since("4", date(2026, 11, 19)) == date(2026, 10, 26)
    assert figures.since("onzin", date(2026, 11, 16)) == date(2026, 8, 31)


def test_tables_hold_every_number() -> None:
    shares, subjects, weeks, unanswered, response, rest = figures.tables(NUMBERS)
    assert shares.rows[0] == ("week 46, 2026", 10, 6, "60 %")
    assert shares.rows[-1] == ("Hele periode", 10, 6, "60 %")
    assert subjects.rows[0] == ("Training", 14, 10, 1)
    assert len(weeks.rows) == 3
    assert unanswered.rows == (("Training", 3, 1, 2, 6),)
    assert response.rows == (("Hoog", 4, 1, 1.25, 3.0, 3), ("Laag", 0, 2, None, None, 0))
    assert rest.rows[0] == ("Duim omhoog", 5)
    assert [figures.spelled(cell) for cell in response.rows[1]] == ["Laag", "0", "2", "–", "–", "0"]
    assert figures.spelled(1.25) == "1,2"


def test_bars_are_as_long_as_their_numbers() -> None:
    shares, subjects, _, _, response, _ = figures.tables(NUMBERS)
    assert shares.chart
    assert [bar.length for bar in shares.chart.bars] == [60.0, 0.0]
    assert subjects.chart
    assert [bar.length for bar in subjects.chart.bars] == [100.0, 6.7]
    assert response.chart
    assert [bar.label for bar in response.chart.bars] == ["Hoog"]


def test_nothing_counted_is_no_chart_and_no_error() -> None:
    empty = Numbers(date(2026, 11, 9), (), (Share(ALL, 0, 0),), (), (), {}, 0, 0)
    assert [table.chart for table in figures.tables(empty)] == [None] * 6


@pytest.mark.parametrize("nasty", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", FORMULA, 'a";=1', "a\n=1"])
def test_a_csv_holds_no_formula(nasty: str) -> None:
    table = figures.Table("t", "T", "", ("Wat", nasty), ((nasty, 1.5), ("gewoon", None)))
    text = figures.to_csv(table).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert [len(row) for row in rows] == [2, 2, 2]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝")) for row in rows for cell in row)
    assert rows[1][0].removeprefix("'") == nasty
    assert rows[1][1] == "1,5"
    assert rows[2] == ["gewoon", ""]
