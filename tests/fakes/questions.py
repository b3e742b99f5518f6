"""A QuestionLog in memory; it passes the same contract suite as the real one."""

from __future__ import annotations

from datetime import date

from bot.errors import StoreError
from bot.model import KeptQuestion


class MemoryQuestionLog:
    """Keeps questions in a list; set `down` to make every call fail."""

    def __init__(self) -> None:
        self._kept: list[KeptQuestion] = []
        self.down = False

    def keep(self, question: KeptQuestion) -> None:
        self._check()
        self._kept.append(question)

    def kept(self) -> tuple[KeptQuestion, ...]:
        self._check()
        return tuple(self._kept)

    def delete_older(self, day: date) -> int:
        self._check()
        before = len(self._kept)
        self._kept = [question for question in self._kept if question.on >= day]
        return before - len(self._kept)

    def close(self) -> None:
        self._kept.clear()

    def _check(self) -> None:
        if self.down:
            raise StoreError("down")
