"""Office hours: when people answer, until when an answer may take, and how both are said in Dutch. Pure.

Closed are the Dutch public holidays of the library `holidays` (those of the Algemene termijnenwet, with Bevrijdingsdag
once in five years) and the days that the institute adds itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

HERE = ZoneInfo("Europe/Amsterdam")
LOOK_AHEAD = 3660  # days in which an open moment must come
_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november",
    "december",
)  # fmt: skip
_Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class OfficeHours:
    """The week of an office: (weekday, from, until), Monday is 0, in Dutch time; `closed` are days off of its own."""

    week: Sequence[tuple[int, time, time]] = tuple((day, time(9), time(17)) for day in range(5))
    closed: frozenset[date] = field(default_factory=frozenset)

    def open_now(self, at: datetime) -> bool:
        """Tell whether somebody is there."""
        begin, end = next(self._spans(at), (None, at))
        return begin is not None and begin <= at < end

    def opens_at(self, at: datetime) -> datetime:
        """Return the first moment from `at` on at which somebody is there: `at` itself when that is now.

        Raises ValueError when that is in none of the next ten years.
        """
        for begin, _ in self._spans(at):
            return max(begin, _utc(at))
        raise ValueError("the office never opens")

    def deadline(self, at: datetime, hours: float) -> datetime:
        """Return when so many office hours have passed since `at`, in UTC; raises ValueError as `opens_at`."""
        left = timedelta(hours=hours)
        for begin, end in self._spans(at):
            begin = max(begin, _utc(at))
            if end - begin >= left:
                return begin + left
            left -= end - begin
        raise ValueError("the office never opens")

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Return how many office hours lie between two moments, none when `end` comes first."""
        total = timedelta()
        for opens, closes in self._spans(start):
            if opens >= _utc(end):
                break
            total += min(closes, _utc(end)) - max(opens, _utc(start))
        return total

    def _spans(self, at: datetime) -> Iterator[_Span]:
        """Yield the open spans, in UTC and in order, that end after `at`."""
        today = at.astimezone(HERE).date()
        for ahead in range(LOOK_AHEAD):
            day = today + timedelta(days=ahead)
            if day in self.closed or day in _holidays(day.year):
                continue
            for weekday, opens, closes in sorted(self.week):
                span = _moment(day, opens), _moment(day, closes)
                if weekday == day.weekday() and span[1] > _utc(at):
                    yield span


def say_when(moment: datetime, now: datetime) -> str:
    """Return a moment as people say it: "vandaag om 16.30 uur", "morgen om …", "maandag 23 november om 9.00 uur"."""
    return f"{say_day(moment, now)} om {say_time(moment)}"


def say_day(moment: datetime, now: datetime) -> str:
    """Return the day of a moment: "vandaag", "morgen", "maandag 23 november", with the year when it is another one."""
    there, today = moment.astimezone(HERE).date(), now.astimezone(HERE).date()
    near = {today - timedelta(days=1): "gisteren", today: "vandaag", today + timedelta(days=1): "morgen"}
    if there in near:
        return near[there]
    year = f" {there.year}" if there.year != today.year else ""
    return f"{_DAYS[there.weekday()]} {there.day} {_MONTHS[there.month - 1]}{year}"


def say_time(moment: datetime) -> str:
    """Return the time of a moment in the Netherlands, as "9.00 uur"."""
    there = moment.astimezone(HERE)
    return f"{there.hour}.{there.minute:02} uur"


def say_hours(hours: OfficeHours) -> str:
    """Return the office hours of a week: "maandag tot en met vrijdag van 9.00 tot 17.00 uur"."""
    runs: list[tuple[int, int, time, time]] = []
    for weekday, opens, closes in sorted(hours.week):
        if runs and runs[-1][1] == weekday - 1 and runs[-1][2:] == (opens, closes):
            runs[-1] = (runs[-1][0], weekday, opens, closes)
        else:
            runs.append((weekday, weekday, opens, closes))
    said = [f"{_run(first, last)} van {_clock(opens)} tot {_clock(closes)} uur" for first, last, opens, closes in runs]
    return " en ".join(filter(None, (", ".join(said[:-1]), said[-1])))


def _run(first: int, last: int) -> str:
    if first == last:
        return _DAYS[first]
    return f"{_DAYS[first]} {'en' if last == first + 1 else 'tot en met'} {_DAYS[last]}"


def _clock(moment: time) -> str:
    return f"{moment.hour}.{moment.minute:02}"


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, HERE).astimezone(timezone.utc)


def _utc(at: datetime) -> datetime:
    """Sums on Dutch times go wrong when the clocks change; on UTC they don't."""
    return at.astimezone(timezone.utc)


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NL", years=year))
