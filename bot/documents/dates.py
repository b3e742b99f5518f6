"""Dates as the Dutch write them, on Dutch clocks."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

_MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december".split()  # noqa: SIM905
)


def dutch_date(day: date) -> str:
    """Return "21 november 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def dutch_day(moment: datetime) -> date:
    """Return the day it is in the Netherlands at an aware moment; summer time by the rule in force since 1996."""
    moment = moment.astimezone(timezone.utc)
    summer = _last_sunday(moment.year, 3) <= moment < _last_sunday(moment.year, 10)
    return (moment + timedelta(hours=2 if summer else 1)).date()


def _last_sunday(year: int, month: int) -> datetime:
    """Return 01:00 UTC on the last Sunday of a month of 31 days: the moment that clocks change."""
    last = datetime(year, month, 31, 1, tzinfo=timezone.utc)
    return last - timedelta(days=last.isoweekday() % 7)
