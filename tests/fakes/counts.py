"""A CountStore in memory; it passes the same contract suite as the real one."""

from __future__ import annotations

from collections import Counter
from datetime import date

from bot.errors import StoreError
from bot.model import QuestionCount


class MemoryCountStore:
    """Counts in memory; set `down` to make every call fail."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[date, str, str]] = Counter()
        self.down = False

    def count(self, day: date, subject: str, outcome: str) -> None:
        self._check()
        self._counts[day, subject, outcome] += 1

    def counts(self, since: date) -> tuple[QuestionCount, ...]:
        self._check()
        return tuple(QuestionCount(*key, count) for key, count in sorted(self._counts.items()) if key[0] >= since)

    def delete_older(self, day: date) -> int:
        self._check()
        old = [key for key in self._counts if key[0] < day]
        for key in old:
            del self._counts[key]
        return len(old)

    def close(self) -> None:
        self._counts.clear()

    def _check(self) -> None:
        if self.down:
            raise StoreError("down")
