"""Office hours: a case per entry of office_hours.yml, and what holds for any moment."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.rules.officehours import HERE, OfficeHours, say_hours, say_when

CASES = yaml.safe_load((Path(__file__).parent / "office_hours.yml").read_text(encoding="utf-8"))


def there(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE).astimezone(timezone.utc)


def hours_of(case: dict[str, Any]) -> OfficeHours:
    week = [(day, time.fromisoformat(a), time.fromisoformat(b)) for day, a, b in case.get("week", ())]
    closed = frozenset(date.fromisoformat(day) for day in case.get("closed", ()))
    return OfficeHours(tuple(week), closed) if week else OfficeHours(closed=closed)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    at, hours = there(case["at"]), hours_of(case)
    if "open" in case:
        assert hours.open_now(at) == case["open"]
    if "opens" in case:
        assert hours.opens_at(at) == there(case["opens"])
    if "said" in case:
        assert say_when(hours.opens_at(at), at) == case["said"]
    if "deadline" in case:
        assert hours.deadline(at, case["hours"]) == there(case["deadline"])


def test_an_office_that_never_opens_says_so() -> None:
    hours = OfficeHours(())
    assert not hours.open_now(there("2026-11-17 10:00"))
    with pytest.raises(ValueError, match="never"):
        hours.opens_at(there("2026-11-17 10:00"))
    with pytest.raises(ValueError, match="never"):
        hours.deadline(there("2026-11-17 10:00"), 1)


@pytest.mark.parametrize(
    ("week", "said"),
    [
        (OfficeHours().week, "maandag tot en met vrijdag van 9.00 tot 17.00 uur"),
        (((4, time(9), time(12, 30)),), "vrijdag van 9.00 tot 12.30 uur"),
        (
            ((0, time(9), time(17)), (1, time(9), time(17)), (4, time(9), time(12))),
            "maandag en dinsdag van 9.00 tot 17.00 uur en vrijdag van 9.00 tot 12.00 uur",
        ),
    ],
)
def test_a_week_is_said(week: Any, said: str) -> None:
    assert say_hours(OfficeHours(week)) == said


# --- what holds for any moment

SOME = timedelta(minutes=1)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2031, 12, 31), timezones=st.just(timezone.utc))  # noqa: DTZ001
amounts = st.integers(1, 80 * 4).map(lambda quarters: quarters / 4)
weeks = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 11), st.integers(12, 23)),
    min_size=1,
    max_size=4,
    unique_by=lambda w: w[0],
).map(lambda days: OfficeHours(tuple((day, time(a), time(b)) for day, a, b in days)))


@settings(max_examples=60, deadline=None)
@given(weeks, moments, amounts)
def test_a_deadline_is_never_in_closed_time(hours: OfficeHours, at: datetime, amount: float) -> None:
    due = hours.deadline(at, amount)
    assert hours.open_now(due - SOME)
    assert hours.worked(at, due) == timedelta(hours=amount)


@settings(max_examples=60, deadline=None)
@given(weeks, moments, moments, amounts, amounts)
def test_later_or_longer_is_never_earlier(
    hours: OfficeHours, one: datetime, two: datetime, short: float, long: float
) -> None:
    assert hours.deadline(min(one, two), short) <= hours.deadline(max(one, two), short)
    assert hours.deadline(one, min(short, long)) <= hours.deadline(one, max(short, long))
    assert hours.worked(max(one, two), min(one, two)) == timedelta()


@settings(max_examples=60, deadline=None)
@given(weeks, moments)
def test_it_opens_when_it_says(hours: OfficeHours, at: datetime) -> None:
    opens = hours.opens_at(at)
    assert hours.open_now(opens)
    assert (opens == at) == hours.open_now(at)
    assert opens == at or not hours.open_now(opens - SOME)
