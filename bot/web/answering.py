"""Sees to it that every message in a widget's log is answered, once, and that what must go goes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool

from bot import logs
from bot.errors import NotReady, StoreError
from bot.model import Entry, Waiting
from bot.ports import ConversationStore, DossierStore
from bot.web import texts
from bot.web.feed import Feed
from bot.web.handover import Desk
from bot.web.holding import Holding
from bot.web.metrics import Metrics
from bot.web.once import ShownOnce
from bot.web.siblings import Siblings

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.3, 5.0  # seconds between tries
TIDY_SECONDS = 3600.0
OTHER_SECONDS = 1.0, 4.0  # between two looks at a conversation that another process answers: the first, the longest
MOST_ASKED = 10_000  # messages whose request is remembered; those that another process answered stay until a stop
Reply = dict[str, Any]


class Answering:
    """One worker for each conversation with messages that wait, of all processes; they are answered in order.

    A message waits in the log until its replies stand there too. So a process that is killed in between leaves it
    waiting, and the next one asks again: by its id, which keeps the assistant from doing it twice.
    """

    def __init__(
        self,
        ask: Callable[[Waiting], Awaitable[Sequence[Reply]]],
        store: ConversationStore,
        dossiers: DossierStore,
        feed: Feed,
        once: ShownOnce,
        *,
        patience_seconds: float,
        keep_days: int,
        now: Callable[[], datetime],
        forget: Callable[[str], object] = lambda conversation: None,
        desk: Desk | None = None,
        holding: Holding | None = None,
        siblings: Siblings | None = None,
    ) -> None:
        """`ask` returns the replies to a message, or raises NotReady; after `patience_seconds` of that we give up.

        `forget` erases what a conversation told elsewhere, in its tickets, when its visitor wants that. `desk` hears
        what is said while a person has the floor.
        """
        self._desk = desk
        self._forget_elsewhere = forget
        self.holding, self._siblings = holding or Holding(), siblings or Siblings()
        self._ask, self._store, self._dossiers, self._feed, self._once = ask, store, dossiers, feed, once
        self._patience, self._keep, self._now = patience_seconds, timedelta(days=keep_days), now
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._raw: dict[str, dict[str, str]] = {}  # in memory only, while its conversation has a worker
        self._asked_again: set[str] = set()  # taken up while their worker may have been about to finish
        self._tidying: asyncio.Task[None] | None = None
        self._asked_by: dict[str, str] = {}  # the request that brought a message, for the log lines
        self._stopping = False
        self.loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Take up what an earlier process left, and tidy every hour."""
        self.loop = asyncio.get_running_loop()
        self._tidying = self.loop.create_task(self._tidy_for_ever())

    async def drain(self, seconds: float) -> None:
        """Begin nothing new, and wait at most so long for the messages that are being answered."""
        self._stopping = True
        if self._tidying:
            self._tidying.cancel()
        if self._workers:
            await asyncio.wait(self._workers.values(), timeout=seconds)

    async def observe(self, numbers: Metrics) -> None:
        """Set how many messages wait, of all processes, and how long the oldest; raises StoreError."""
        waiting = await run_in_threadpool(self._store.waiting)
        now = self._now()
        numbers.waiting.set(len(waiting))
        numbers.waiting_seconds.set(max(((now - each.at).total_seconds() for each in waiting if each.at), default=0))

    async def close(self) -> None:
        """Stop; what waits goes on waiting."""
        tasks = [*self._workers.values(), *([self._tidying] if self._tidying else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def take_up(self, conversation: str, message_id: str = "", raw: str = "") -> None:
        """Let a conversation's waiting messages be answered; `raw` is what one said before it was masked.

        With several processes another one may be at it: give `raw` to `remember` before the message is stored.
        """
        if message_id and logs.request_id() and len(self._asked_by) < MOST_ASKED:
            self._asked_by[message_id] = logs.request_id()
        if self._stopping:
            return
        if raw:
            self._raw.setdefault(conversation, {})[message_id] = raw
        if conversation in self._workers:
            self._asked_again.add(conversation)
            return
        task = asyncio.get_running_loop().create_task(self._work(conversation))
        self._workers[conversation] = task
        task.add_done_callback(lambda done: self._finished(conversation, done))

    async def remember(self, conversation: str, message_id: str, raw: str) -> None:
        """Let whichever process answers know what a message said before it was masked, until it is answered."""
        await self._siblings.keep(conversation, message_id, {"raw": raw}, self._patience + LONGEST_PAUSE)

    async def delete(self, conversation: str) -> None:
        """Delete all that a conversation told; again after a turn that still runs, which could write it anew."""
        await run_in_threadpool(self._store.delete, conversation)
        await self._once.forget_everywhere(conversation)
        self._feed.wake(conversation)
        await run_in_threadpool(self._forget, conversation)
        if worker := self._workers.get(conversation):
            worker.add_done_callback(lambda _: self._later(self._bury(conversation)))
        elif not await self._bury(conversation, wait_seconds=0):
            self._later(self._bury(conversation))

    async def tidy(self) -> None:
        """Take up what waits; delete what is old; finish deletions that were cut short; raises StoreError."""
        for message in await run_in_threadpool(self._store.waiting):
            self.take_up(message.conversation)
        oldest = self._now() - self._keep
        for conversation in await run_in_threadpool(self._store.older, oldest):
            await run_in_threadpool(self._store.delete, conversation)
            await run_in_threadpool(self._store.bury, conversation)  # its tickets have days of their own
        await run_in_threadpool(self._dossiers.delete_older, oldest)  # those of other channels too
        for conversation in await run_in_threadpool(self._store.gone):
            if conversation not in self._workers:
                await self._bury(conversation)

    def _forget(self, conversation: str) -> None:
        self._dossiers.delete(conversation)
        self._forget_elsewhere(conversation)

    async def _bury(self, conversation: str, wait_seconds: float = 60.0) -> bool:
        """Take the last traces away, unless another process is at it for too long: the next tidying does it then."""
        async with self.holding.hold(_lease(conversation), wait_seconds) as held:
            if held:
                await run_in_threadpool(self._forget, conversation)
                await run_in_threadpool(self._store.bury, conversation)
            return held

    async def _tidy_for_ever(self) -> None:
        while True:
            try:
                await self.tidy()
            except StoreError as problem:
                log.warning("tidying must wait: %s", problem)
            await asyncio.sleep(TIDY_SECONDS)

    def _later(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())

    def _finished(self, conversation: str, task: asyncio.Task[None]) -> None:
        self._workers.pop(conversation, None)
        if task.cancelled():
            return
        if self._stopping:
            return
        if problem := task.exception():
            log.warning("a conversation's messages must wait: %s", type(problem).__name__)
            asyncio.get_running_loop().call_later(LONGEST_PAUSE, self.take_up, conversation)
        elif conversation in self._asked_again:
            self._asked_again.discard(conversation)
            self.take_up(conversation)
        else:
            self._raw.pop(conversation, None)

    async def _work(self, conversation: str) -> None:
        self._asked_again.discard(conversation)
        pause, longest = OTHER_SECONDS
        while not self._stopping:
            if not await run_in_threadpool(self._store.waiting, conversation):
                return
            async with self.holding.hold(_lease(conversation)) as held:
                if held:
                    await self._answer_all(conversation)
            if not held:
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)

    async def _answer_all(self, conversation: str) -> None:
        while waiting := await run_in_threadpool(self._store.waiting, conversation):
            for message in waiting:
                if self._stopping:
                    return
                with logs.for_request(self._asked_by.pop(message.id, "")):
                    await self._answer(replace(message, raw=await self._raw_of(message)))

    async def _raw_of(self, message: Waiting) -> str:
        if raw := self._raw.get(message.conversation, {}).get(message.id, ""):
            return raw
        kept = await self._siblings.kept(message.conversation, message.id)
        return str(kept["raw"]) if kept else ""

    async def _answer(self, message: Waiting) -> None:
        """Answer a message, or give it to the person who has the floor; what neither could do goes on waiting."""
        if self._desk and (notices := await run_in_threadpool(self._desk.heard, message)) is not None:
            if any(notice.extra.get("clears") for notice in notices):
                await self._once.forget_everywhere(message.conversation)
            await run_in_threadpool(self._store.pass_on, message.conversation, message.id, notices)
            self._feed.wake(message.conversation)
            return
        replies = await self._replies(message)
        if replies is None:
            failure = Entry("bot", texts.NO_ANSWER, extra={"custom": {"kind": "unavailable"}})
            await run_in_threadpool(self._store.answer, message.conversation, message.id, [failure], True)
        else:
            made = [_entry(reply) for reply in replies]
            if any(entry.extra.get("clears") for entry in made):
                await self._once.forget_everywhere(message.conversation)
            entries = [self._once.hide(message.conversation, entry) for entry in made]
            await self._once.share(message.conversation, entries)
            if self._desk:
                await run_in_threadpool(self._desk.told, message)
            answered = await run_in_threadpool(self._store.answer, message.conversation, message.id, entries)
            if answered and self._desk:
                await run_in_threadpool(self._desk.replied, message, entries)
            if message.raw:
                await self._siblings.forget(message.conversation, message.id)
        self._feed.wake(message.conversation)

    async def _replies(self, message: Waiting) -> Sequence[Reply] | None:
        """Ask until there is an answer or patience is out (None)."""
        loop, pause = asyncio.get_running_loop(), FIRST_PAUSE
        until = loop.time() + self._patience
        while True:
            try:
                return await self._ask(message)
            except NotReady as problem:
                log.warning("no answer for a message yet: %s", problem)
            if loop.time() + pause > until:
                return None
            await asyncio.sleep(pause)
            if self._stopping:
                raise NotReady("stopping; the message waits for the next start")
            pause = min(2 * pause, LONGEST_PAUSE)


def _lease(conversation: str) -> str:
    return f"answering {conversation}"


def _entry(reply: Reply) -> Entry:
    """Return a reply as an entry; one that wipes or restarts empties what stood above it."""
    custom = {name: value for name, value in (reply.get("custom") or {}).items() if name not in ("forget", "restart")}
    extra: dict[str, Any] = {}
    if len(custom) < len(reply.get("custom") or {}):
        extra["clears"] = True
    if custom:
        extra["custom"] = custom
    if reply.get("buttons"):
        extra["buttons"] = reply["buttons"]
    return Entry("bot", reply.get("text") or "", extra=extra)
