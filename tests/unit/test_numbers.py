"""Numbers for the institute: counted by hand here, and without anybody's words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from bot.knowledge.loader import load
from bot.model import Feedback, KeptQuestion, Miss, QuestionCount, Ticket, TicketEvent, TicketMessage
from bot.rules.numbers import ALL, OUTCOMES, Numbers, Share, Unanswered, WeekLine, numbers, subject_of, week_of
from bot.rules.officehours import OfficeHours
from bot.rules.triage import CATEGORIES

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=timezone.utc)  # ten o'clock in Amsterdam, week 47
SECRET = "vuurtorenberaad"
DEADLINES = {"direct": 1, "hoog": 4, "normaal": 16}


def ticket(number: int, after: timedelta = timedelta(), urgency: str = "normaal", **more: Any) -> Ticket:
    said = (TicketMessage("m", "asker", SECRET, MONDAY),)
    given: dict[str, Any] = {"category": "training", "number": number, "messages": said, "subject": SECRET, **more}
    return Ticket(str(number), "widget", urgency=urgency, created_at=MONDAY + after, **given)


def answered(number: int, after: timedelta, what: str = "antwoord") -> tuple[TicketEvent, ...]:
    return (TicketEvent(number, what, "An de Wit", at=MONDAY + after),)


def made(**more: Any) -> Numbers:
    given: dict[str, Any] = {"counts": (), "tickets": (), "trails": {}, "questions": (), "feedback": (), **more}
    return numbers(date(2026, 11, 2), **given, hours=OfficeHours(), deadlines=DEADLINES)


def test_questions_per_subject_and_week() -> None:
    counts = (
        QuestionCount(date(2026, 11, 15), "training", "beantwoord", 4),
        QuestionCount(date(2026, 11, 16), "training", "beantwoord", 3),
        QuestionCount(date(2026, 11, 22), "training", "niet_in_bronnen", 2),
        QuestionCount(date(2026, 11, 22), "training", "keuze_gevraagd", 9),
        QuestionCount(date(2026, 11, 17), "financiering", "niet_begrepen", 1),
        QuestionCount(date(2026, 11, 1), "training", "beantwoord", 50),  # before the day asked for
    )
    found = made(counts=counts, tickets=[ticket(1)])
    assert found.weeks == (
        WeekLine("2026-W46", "training", 4, 4, 0),
        WeekLine("2026-W47", "financiering", 1, 0, 0),
        WeekLine("2026-W47", "training", 5, 3, 1),
    )
    assert found.weeks[-1].unanswered == 2


def test_the_share_without_a_person() -> None:
    counts = (
        QuestionCount(date(2026, 11, 16), "training", "beantwoord", 6),
        QuestionCount(date(2026, 11, 16), "training", "niet_in_bronnen", 1),
    )
    found = made(counts=counts, tickets=[ticket(1), ticket(2)])
    assert found.shares == (Share("2026-W47", 8, 6), Share(ALL, 8, 6))
    assert found.shares[-1].share == 0.75


def test_a_mail_that_the_bot_answered_needed_no_person() -> None:
    def trail(number: int, *acts: tuple[str, str]) -> tuple[TicketEvent, ...]:
        return tuple(TicketEvent(number, what, by, at=MONDAY) for what, by in acts)

    tickets = [replace(ticket(number), channel="mail") for number in (1, 2, 3, 4)]
    trails = {
        1: trail(1, ("bot_antwoord", ""), ("opgelost", "")),
        2: trail(2, ("bot_antwoord", ""), ("opgelost", "An")),
        3: trail(3, ("bot_antwoord", ""), ("opgelost", ""), ("heropend", ""), ("antwoord", "An"), ("opgelost", "")),
        4: trail(4, ("bot_antwoord", "")),
        5: trail(5, ("bot_antwoord", ""), ("opgelost", "")),
    }
    found = made(tickets=[*tickets, ticket(5)], trails=trails)
    assert found.weeks == (WeekLine("2026-W47", "training", 1, 1, 4),)
    assert found.shares[-1] == Share(ALL, 5, 1)


def test_nothing_asked_has_no_share() -> None:
    found = made()
    assert (found.weeks, found.shares, found.unanswered, found.response) == ((), (Share(ALL, 0, 0),), (), ())
    assert found.shares[0].share is None


def test_unanswered_subjects_the_most_first() -> None:
    counts = (
        QuestionCount(date(2026, 11, 16), "training", "niet_begrepen", 1),
        QuestionCount(date(2026, 11, 16), "financiering", "niet_in_bronnen", 3),
        QuestionCount(date(2026, 11, 16), "overig", "beantwoord", 7),
    )
    trails = {1: answered(1, timedelta(), "had_geweten"), 2: answered(2, timedelta(), "bekeken")}
    found = made(counts=counts, tickets=[ticket(1), ticket(2, category="onderzoek")], trails=trails)
    assert found.unanswered == (Unanswered("financiering", 3, 0, 0), Unanswered("training", 0, 1, 1))


def test_response_times_in_office_hours() -> None:
    hour = timedelta(hours=1)
    tickets = [
        ticket(1),
        ticket(2),
        ticket(3, urgency="hoog"),
        ticket(4, urgency="hoog"),
        ticket(5, urgency="hoog", state="opgelost"),
    ]
    trails = {
        1: (*answered(1, hour), *answered(1, 9 * hour)),  # only the first counts
        2: answered(2, 24 * hour),  # tuesday at ten: seven hours and one
        3: answered(3, 48 * hour),  # two days of eight
        4: answered(4, hour, "notitie"),
    }
    found = {line.urgency: line for line in made(tickets=tickets, trails=trails).response}
    assert list(found) == ["hoog", "normaal", ALL]
    normal, high, everything = found["normaal"], found["hoog"], found[ALL]
    assert (normal.answered, normal.open, normal.median_hours, normal.p90_hours, normal.in_time) == (2, 0, 1, 8, 2)
    assert (high.answered, high.open, high.median_hours, high.p90_hours, high.in_time) == (1, 1, 16, 16, 0)
    assert (everything.answered, everything.median_hours, everything.p90_hours) == (3, 8, 16)


def test_questions_and_thumbs_are_counted_without_their_words() -> None:
    day = MONDAY.date()
    questions = [
        KeptQuestion(day, Miss.NIET_BEGREPEN, SECRET),
        KeptQuestion(date(2026, 10, 1), Miss.BETWIJFELD, SECRET),
    ]
    feedback = [Feedback(MONDAY, value, SECRET, SECRET, SECRET) for value in ("up", "up", "down")]
    found = made(
        questions=questions, feedback=feedback, tickets=[ticket(1)], trails={1: answered(1, timedelta(hours=1))}
    )
    assert found.kept == {"niet begrepen": 1}
    assert (found.thumbs_up, found.thumbs_down) == (2, 1)
    assert SECRET not in repr(found)
    assert "An de Wit" not in repr(found)


@pytest.mark.parametrize(
    ("day", "week"), [(date(2026, 12, 31), "2026-W53"), (date(2027, 1, 3), "2026-W53"), (date(2027, 1, 4), "2027-W01")]
)
def test_weeks_are_iso_weeks(day: date, week: str) -> None:
    assert week_of(day) == week


def test_every_card_has_a_subject_of_the_triage() -> None:
    subjects = {card.id: subject_of(card) for card in load().cards.values()}
    assert set(subjects.values()) <= set(CATEGORIES)
    assert "overig" not in subjects.values()
    assert subjects["s3-wie-vraagt-financiering-aan"] == "financiering"
    assert subjects["c6-wat-vraagt-het"] == "kwaliteitscriteria"
    assert subjects["s1-modeltrouwmeting"] == "modeltrouw"
    assert subjects["welk-scenario-uwv"] == "toepasbaarheid"


def test_outcomes_fit_the_store() -> None:
    assert all(len(outcome) <= 40 for outcome in OUTCOMES)
