"""Brings what is written in a conversation's log to a platform: each entry in order, until it is there.

The log is the outbox: an entry stays in it, and how far a conversation was delivered is stored beside it. So a reply
survives a stop of this process and an outage of the platform. An entry may come twice when we are killed between
sending it and noting so; it is never lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool

from bot.errors import IpsWijzerError, StoreError
from bot.model import Delivery, Entry
from bot.ports import ConversationStore, DeliveryStore
from bot.web.holding import Holding
from bot.web.metrics import Metrics

log = logging.getLogger(__name__)

LOOK_SECONDS = 3.0  # how soon what another process wrote, or an earlier one left, is seen
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
GIVE_UP = timedelta(hours=24)
TIDY_LOOKS = 1200  # looks between two clean-ups
BATCH = 50


class TryLater(IpsWijzerError):
    """The platform can't take it now; `seconds` is how long it wants us to wait, None when it did not say."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        self.seconds = seconds
        super().__init__(reason)


class Undeliverable(IpsWijzerError):
    """The platform will never take it."""


class Deliverer:
    """One worker for each conversation that is behind, of all processes."""

    def __init__(
        self,
        channel: str,
        deliveries: DeliveryStore,
        conversations: ConversationStore,
        send: Callable[[Delivery, Entry], Awaitable[bool]],
        now: Callable[[], datetime],
        whole: Callable[[str, Entry], Awaitable[Entry]],
        holding: Holding | None = None,
    ) -> None:
        """`send` delivers part `delivery.part` of an entry, tells if more is left; raises TryLater, Undeliverable.

        `whole` gives back what of a conversation's entry is remembered and not stored: a code, a link.
        """
        self._channel, self._deliveries, self._conversations = channel, deliveries, conversations
        self._send, self._now, self._whole, self._holding = send, now, whole, holding or Holding()
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._lookout: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Take up what is behind, now and ever after."""
        self._lookout = asyncio.get_running_loop().create_task(self._look_out())

    async def close(self) -> None:
        """Stop; what is behind stays so."""
        tasks = [*self._workers.values(), *([self._lookout] if self._lookout else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def take_up(self, conversation: str) -> None:
        """Deliver what a conversation still has; on the event loop only."""
        if conversation in self._workers:
            self._again.add(conversation)
            return
        task = asyncio.get_running_loop().create_task(self._work(conversation))
        self._workers[conversation] = task
        task.add_done_callback(lambda done: self._finished(conversation, done))

    async def behind(self) -> tuple[str, ...]:
        """Return the conversations with entries that were not delivered; raises StoreError."""
        deliveries = await run_in_threadpool(self._deliveries.all, self._channel)
        heads: dict[str, int] = {}
        for start in range(0, len(deliveries), 500):
            ids = [each.conversation for each in deliveries[start : start + 500]]
            heads.update(await run_in_threadpool(self._conversations.heads, ids))
        return tuple(each.conversation for each in deliveries if heads.get(each.conversation, 0) > each.seq)

    async def observe(self, numbers: Metrics) -> None:
        """Set how many conversations are behind; raises StoreError."""
        numbers.behind.labels(self._channel).set(len(await self.behind()))

    async def tidy(self) -> None:
        """Forget where conversations were that are no more; raises StoreError."""
        for each in await run_in_threadpool(self._deliveries.all, self._channel):
            if not await run_in_threadpool(self._conversations.heads, [each.conversation]):
                await run_in_threadpool(self._deliveries.forget, each.conversation)

    async def _look_out(self) -> None:
        looks = 0
        while True:
            try:
                for conversation in await self.behind():
                    if conversation not in self._workers:
                        self.take_up(conversation)
                looks += 1
                if looks % TIDY_LOOKS == 1:
                    await self.tidy()
            except StoreError as problem:
                log.warning("deliveries to %s must wait: %s", self._channel, problem)
            await asyncio.sleep(LOOK_SECONDS)

    def _finished(self, conversation: str, task: asyncio.Task[None]) -> None:
        self._workers.pop(conversation, None)
        if task.cancelled():
            return
        if problem := task.exception():  # the lookout takes it up again
            log.warning("a delivery to %s must wait: %s", self._channel, type(problem).__name__)
        elif conversation in self._again:
            self._again.discard(conversation)
            self.take_up(conversation)

    async def _work(self, conversation: str) -> None:
        self._again.discard(conversation)
        async with self._holding.hold(f"delivering {conversation}") as held:
            if held:  # else another process is at it, and our lookout looks again
                await self._deliver_all(conversation)

    async def _deliver_all(self, conversation: str) -> None:
        while True:
            delivery = await run_in_threadpool(self._deliveries.find, conversation)
            if delivery is None:
                return
            entries = await run_in_threadpool(self._conversations.after, conversation, delivery.seq, BATCH)
            if not entries:
                return
            for entry in entries:
                await self._deliver(conversation, entry)

    async def _deliver(self, conversation: str, entry: Entry) -> None:
        """Send an entry, part by part, each as often as is needed."""
        pause = FIRST_PAUSE
        while entry.who in ("bot", "person", "notice"):
            delivery = await run_in_threadpool(self._deliveries.find, conversation)
            if delivery is None:
                return
            try:
                more = await self._send(delivery, await self._whole(conversation, entry))
            except TryLater as problem:
                if entry.at and self._now() - entry.at > GIVE_UP:
                    log.error("a reply to %s was given up: %s", self._channel, problem)
                    break
                log.warning("a reply to %s must wait: %s", self._channel, problem)
                await asyncio.sleep(problem.seconds if problem.seconds is not None else pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            except Undeliverable as problem:
                log.error("a reply to %s can't be delivered: %s", self._channel, problem)
                break
            if not more:
                break
            pause = FIRST_PAUSE
            await run_in_threadpool(self._deliveries.note, conversation, entry.seq - 1, delivery.part + 1)
        await run_in_threadpool(self._deliveries.note, conversation, entry.seq, 0)
