"""Numbers for the institute: what is asked, what the bot answers itself, what it can't, how long people take. Pure.

They are made of counts, tickets' events and kept questions, and hold subjects and amounts only: nobody's words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.model import Card, Feedback, KeptQuestion, Miss, QuestionCount, Ticket, TicketEvent
from bot.rules.officehours import HERE, OfficeHours
from bot.rules.triage import CATEGORIES, URGENCIES

ANSWERED = "beantwoord"
OUTCOMES = (ANSWERED, *(miss.name.lower() for miss in Miss))
# What the bot did not answer. A choice that it asks for is followed by another message; a doubt follows an answer.
UNANSWERED = (Miss.NIET_IN_BRONNEN.name.lower(), Miss.NIET_BEGREPEN.name.lower())
ALL = "alle"
OTHER = "overig"
# A card's subject, in the categories of the triage: by the first pattern that is in its id, else by its publication.
_SUBJECTS = (
    ("modeltrouw", r"modeltrouw|modelgetrouw|lagere-scores|perfecte-score|tweejaarlijks"),
    ("financiering", r"financ|kosten|tarie[fv]|geld|participatiewet|pay-for|wie-vraagt-financiering"),
    ("training", r"training|scholing|handboek|certificering"),
    ("toepasbaarheid", r"^welk-scenario|zelfstandig|wie-kan-|gehandicaptenzorg|doelgroep$|wat-telt-als"),
    ("kwaliteitscriteria", r"^c\d-|criteri|^hd-|kwaliteitskader"),
    ("implementatieplan", r"implementatieplan|-plan\b|plan-en-toets|toets-phrenos|keurt-plan"),
    ("hulpvraag", r"iets-voor-mij|lvb-aanmelden"),
    ("onderzoek", r"onderzoek|effect"),
)
_BY_SOURCE = {
    "handreiking": "implementatieplan",
    "praktijkscenarios": "samenwerking",
    "projectplan": "financiering",
    "phrenos-onderzoek": "onderzoek",
    "adviesrapport-vgn": "toepasbaarheid",
}


@dataclass(frozen=True)
class WeekLine:
    """One subject in one ISO week ("2026-W47"): questions to the bot, how many it answered, tickets for people."""

    week: str
    subject: str
    asked: int
    answered: int
    tickets: int

    @property
    def unanswered(self) -> int:
        """How many questions the bot had no answer to."""
        return self.asked - self.answered


@dataclass(frozen=True)
class Share:
    """How many of the questions of a week (or of ALL) got their answer without a person; `share` is None without any.

    A ticket counts as a question that was not, also when the bot answered something before it. What the bot could not
    answer and the ticket that came of it are one question where both have the same subject.
    """

    week: str
    questions: int
    without_person: int

    @property
    def share(self) -> float | None:
        """From 0 to 1."""
        return self.without_person / self.questions if self.questions else None


@dataclass(frozen=True)
class Unanswered:
    """What a subject's questions lacked: no answer in the sources, not understood, "dit had de bot moeten weten"."""

    subject: str
    not_in_sources: int
    not_understood: int
    should_have_known: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.not_in_sources + self.not_understood + self.should_have_known


@dataclass(frozen=True)
class ResponseTimes:
    """How long people took to answer first, in office hours, per urgency or for ALL; None where nothing was answered.

    `in_time` of the `answered` came within the deadline of their urgency; `open` tickets still wait for an answer.
    """

    urgency: str
    answered: int
    open: int
    median_hours: float | None
    p90_hours: float | None
    in_time: int


@dataclass(frozen=True)
class Numbers:
    """Everything since a day."""

    since: date
    weeks: tuple[WeekLine, ...]  # in order of week and subject
    shares: tuple[Share, ...]  # per week, in order, and ALL at the end
    unanswered: tuple[Unanswered, ...]  # the most first
    response: tuple[ResponseTimes, ...]  # per urgency that occurs, and ALL at the end
    kept: Mapping[str, int]  # kept questions per Miss (its text)
    thumbs_up: int
    thumbs_down: int


def subject_of(card: Card) -> str:
    """Return the subject of an answer, one of the categories of the triage."""
    for subject, pattern in _SUBJECTS:
        if re.search(pattern, card.id):
            return subject
    return _BY_SOURCE.get(card.sources[0].id, OTHER) if card.sources else OTHER


def week_of(day: date) -> str:
    """Return the ISO week of a day, as "2026-W47"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def numbers(
    since: date,
    counts: Sequence[QuestionCount],
    tickets: Sequence[Ticket],
    trails: Mapping[int, Sequence[TicketEvent]],
    questions: Sequence[KeptQuestion],
    feedback: Sequence[Feedback],
    hours: OfficeHours,
    deadlines: Mapping[str, int],
) -> Numbers:
    """Return the numbers since a day; `trails` holds the events of each ticket by its number."""
    young = [count for count in counts if count.day >= since]
    made = [ticket for ticket in tickets if ticket.created_at and _day(ticket.created_at) >= since]
    weeks = _weeks(young, made, trails)
    return Numbers(
        since,
        weeks,
        _shares(weeks),
        _unanswered(young, made, trails),
        _response(made, trails, hours, deadlines),
        dict(Counter(question.miss.value for question in questions if question.on >= since)),
        sum(each.value == "up" for each in feedback),
        sum(each.value == "down" for each in feedback),
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(HERE).date()


def _by_the_bot(ticket: Ticket, trail: Sequence[TicketEvent]) -> bool:
    """Tell whether a mail was answered and closed by the bot. (What the bot says in a chat is counted already.)"""
    acts = {(event.what, event.by) for event in trail}
    by_a_person = any(what == "antwoord" for what, _ in acts)
    return ticket.channel == "mail" and {("bot_antwoord", ""), ("opgelost", "")} <= acts and not by_a_person


def _weeks(
    counts: Sequence[QuestionCount], tickets: Sequence[Ticket], trails: Mapping[int, Sequence[TicketEvent]]
) -> tuple[WeekLine, ...]:
    asked: Counter[tuple[str, str]] = Counter()
    answered: Counter[tuple[str, str]] = Counter()
    brought: Counter[tuple[str, str]] = Counter()
    for count in counts:
        key = week_of(count.day), count.subject
        asked[key] += count.count if count.outcome in (ANSWERED, *UNANSWERED) else 0
        answered[key] += count.count if count.outcome == ANSWERED else 0
    for ticket in tickets:
        assert ticket.created_at
        key = week_of(_day(ticket.created_at)), ticket.category
        if _by_the_bot(ticket, trails.get(ticket.number, ())):
            asked[key] += 1
            answered[key] += 1
        else:
            brought[key] += 1
    keys = sorted((+asked + brought).keys(), key=lambda key: (key[0], _place(key[1])))
    return tuple(WeekLine(*key, asked[key], answered[key], brought[key]) for key in keys)


def _place(subject: str) -> int:
    return CATEGORIES.index(subject) if subject in CATEGORIES else len(CATEGORIES)


def _shares(weeks: Sequence[WeekLine]) -> tuple[Share, ...]:
    questions: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for line in weeks:
        for week in (line.week, ALL):
            questions[week] += line.answered + max(line.unanswered, line.tickets)
            alone[week] += line.answered
    named = sorted(week for week in questions if week != ALL)
    return tuple(Share(week, questions[week], alone[week]) for week in (*named, ALL))


def _unanswered(
    counts: Sequence[QuestionCount], tickets: Sequence[Ticket], trails: Mapping[int, Sequence[TicketEvent]]
) -> tuple[Unanswered, ...]:
    lacked = {outcome: Counter[str]() for outcome in UNANSWERED}
    for count in counts:
        if count.outcome in lacked:
            lacked[count.outcome][count.subject] += count.count
    known = Counter(
        ticket.category
        for ticket in tickets
        if any(event.what == "had_geweten" for event in trails.get(ticket.number, ()))
    )
    subjects = set(known).union(*lacked.values())
    absent, unclear = (lacked[outcome] for outcome in UNANSWERED)
    found = [Unanswered(each, absent[each], unclear[each], known[each]) for each in subjects]
    return tuple(sorted(found, key=lambda line: (-line.total, _place(line.subject))))


def _response(
    tickets: Sequence[Ticket],
    trails: Mapping[int, Sequence[TicketEvent]],
    hours: OfficeHours,
    deadlines: Mapping[str, int],
) -> tuple[ResponseTimes, ...]:
    took: dict[str, list[float]] = {}
    waiting: Counter[str] = Counter()
    in_time: Counter[str] = Counter()
    for ticket in tickets:
        hours_taken = _first_answer(ticket, trails.get(ticket.number, ()), hours)
        for name in (ticket.urgency, ALL):
            times = took.setdefault(name, [])
            if hours_taken is None:
                waiting[name] += ticket.state != "opgelost"
            else:
                times.append(hours_taken)
                in_time[name] += hours_taken <= deadlines.get(ticket.urgency, math.inf)
    return tuple(
        ResponseTimes(
            name, len(took[name]), waiting[name], _quantile(took[name], 0.5), _quantile(took[name], 0.9), in_time[name]
        )
        for name in (*URGENCIES, ALL)
        if name in took
    )


def _first_answer(ticket: Ticket, trail: Sequence[TicketEvent], hours: OfficeHours) -> float | None:
    """Return after how many office hours a person answered first, None when nobody did."""
    answers = [event.at for event in trail if event.what == "antwoord" and event.at]
    if not answers or ticket.created_at is None:
        return None
    return round(hours.worked(ticket.created_at, answers[0]).total_seconds() / 3600, 2)


def _quantile(values: Sequence[float], part: float) -> float | None:
    """Return the smallest value that at least this part of all values don't exceed."""
    ordered = sorted(values)
    return ordered[max(math.ceil(part * len(ordered)), 1) - 1] if ordered else None
