"""One turn of a sender at a time, in order, and the same message never twice."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.errors import NotReady, StoreError
from bot.web.holding import Holding

Replies = list[dict[str, Any]]

REMEMBER_SECONDS = 600.0
MAX_REMEMBERED = 5_000
MAX_WAITING = 8  # turns of one sender
OTHERS_SECONDS = 60.0  # for the turns of this sender in other processes


class TooManyWaiting(Exception):
    """This sender has too many turns waiting already."""


@dataclass
class _Line:
    """The turns of one sender: the lock they queue for and how many there are."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0


@dataclass(frozen=True)
class _Remembered:
    task: asyncio.Task[Replies]
    started_at: float


class Turns:
    """Runs turns. A turn goes on when its client leaves or stops waiting; asked again by its id, it gives one reply."""

    def __init__(self, clock: Callable[[], float], holding: Holding | None = None) -> None:
        """`clock` gives seconds that never go back; `holding` keeps other processes' turns of a sender apart."""
        self._clock, self._holding = clock, holding or Holding()
        self._lines: dict[str, _Line] = {}
        self._remembered: OrderedDict[tuple[str, str], _Remembered] = OrderedDict()
        self._running: set[asyncio.Task[Replies]] = set()

    async def run(
        self, sender: str, message_id: str | None, turn: Callable[[], Awaitable[Replies]], seconds: float
    ) -> Replies:
        """Return the replies of `turn`, or of the earlier turn with this id.

        Waits at most `seconds`. Raises NotReady (also when it takes longer) or TooManyWaiting.
        """
        task = self._earlier(sender, message_id) or self._start(sender, message_id, turn)
        try:
            return await asyncio.wait_for(asyncio.shield(task), seconds)
        except (TimeoutError, asyncio.TimeoutError):
            raise NotReady("the turn takes long") from None

    async def close(self) -> None:
        """Stop what still runs."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _earlier(self, sender: str, message_id: str | None) -> asyncio.Task[Replies] | None:
        self._forget_old()
        if message_id is None:
            return None
        known = self._remembered.get((sender, message_id))
        if known is None or _failed(known.task):
            return None
        return known.task

    def _start(
        self, sender: str, message_id: str | None, turn: Callable[[], Awaitable[Replies]]
    ) -> asyncio.Task[Replies]:
        line = self._lines.setdefault(sender, _Line())
        if line.waiting >= MAX_WAITING:
            raise TooManyWaiting
        line.waiting += 1
        task = asyncio.get_running_loop().create_task(self._in_line(sender, line, turn))
        self._running.add(task)
        task.add_done_callback(self._done)
        if message_id is not None:
            self._remembered[(sender, message_id)] = _Remembered(task, self._clock())
        return task

    async def _in_line(self, sender: str, line: _Line, turn: Callable[[], Awaitable[Replies]]) -> Replies:
        try:
            async with line.lock:
                return await self._alone(sender, turn)
        finally:
            line.waiting -= 1
            if not line.waiting:
                self._lines.pop(sender, None)

    async def _alone(self, sender: str, turn: Callable[[], Awaitable[Replies]]) -> Replies:
        """Run a turn while no other process runs one of this sender; raises NotReady."""
        try:
            async with self._holding.hold(f"turn {sender}", OTHERS_SECONDS) as held:
                if held:
                    return await turn()
        except StoreError as problem:
            raise NotReady("the store is out of reach") from problem
        raise NotReady("another turn of this sender takes long")

    def _done(self, task: asyncio.Task[Replies]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # it was raised to whoever waited; nobody may have

    def _forget_old(self) -> None:
        limit = self._clock() - REMEMBER_SECONDS
        while self._remembered:
            key, oldest = next(iter(self._remembered.items()))
            if oldest.started_at >= limit and len(self._remembered) <= MAX_REMEMBERED:
                return
            del self._remembered[key]


def _failed(task: asyncio.Task[Replies]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
