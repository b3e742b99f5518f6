"""Brings what happens to tickets elsewhere: each follower gets every event, in order, until it is done with it.

The audit trail is the outbox, and how far a follower is stands beside it. So an event survives a stop of this process
and an outage elsewhere. It may come twice when we are killed between handling it and noting so; it is never lost.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol

from starlette.concurrency import run_in_threadpool

from bot.errors import IpsWijzerError, StoreError
from bot.model import Ticket, TicketEvent
from bot.ports import TicketStore
from bot.web.deliveries import Undeliverable
from bot.web.holding import Holding

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # how soon an event by another process is seen
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
GIVE_UP = timedelta(days=5)  # for an event that can't be handled: longer than a long weekend
BUGS = 5  # how often a handler may fail in a way that we did not foresee, before its event is passed over
BATCH = 200
LATE_SECONDS = 30.0

Handle = Callable[[TicketEvent, Ticket | None], Awaitable[None]]


class Events(Protocol):
    """What `Followers` need of a helpdesk."""

    listeners: list[Callable[[], None]]

    def note_late(self) -> int: ...


class Followers:
    """One worker for each follower, of all processes.

    A handler gets an event with its ticket as it is now (None: deleted). It must bear the same event twice. To be
    asked again it raises one of our errors (`TryLater` may say how many seconds to wait), `Undeliverable` when it
    never will: others wait for it only in the first case. A follower that is new begins with what happens from then
    on: nobody gets last year's answers when an institute sets up its mail.
    """

    def __init__(
        self,
        tickets: TicketStore,
        handlers: Mapping[str, Handle],
        now: Callable[[], datetime],
        helpdesk: Events | None = None,
        holding: Holding | None = None,
    ) -> None:
        """`handlers` are by the follower's name. With `helpdesk` they are woken at once, and lateness is noted."""
        self._tickets, self._handlers, self._now, self._helpdesk = tickets, dict(handlers), now, helpdesk
        self._holding = holding or Holding()
        self._bells: dict[str, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Take up what is left and what comes; on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._bells = {name: asyncio.Event() for name in self._handlers}
        self._tasks = [self._loop.create_task(self._follow(name)) for name in self._handlers]
        if self._helpdesk:
            self._helpdesk.listeners.append(self.wake)
            self._tasks.append(self._loop.create_task(self._watch_the_clock(self._helpdesk)))

    async def close(self) -> None:
        """Stop; what is left stays so."""
        if self._helpdesk and self.wake in self._helpdesk.listeners:
            self._helpdesk.listeners.remove(self.wake)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def wake(self) -> None:
        """Let every follower look now; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ring)

    def _ring(self) -> None:
        for bell in self._bells.values():
            bell.set()

    async def _follow(self, name: str) -> None:
        while True:
            try:
                async with self._holding.hold(f"following {name}") as held:
                    if held:  # else another process does it
                        await self._catch_up(name)
            except StoreError as problem:
                log.warning("%s must wait: %s", name, problem)
            with suppress(TimeoutError, asyncio.TimeoutError):
                await asyncio.wait_for(self._bells[name].wait(), LOOK_SECONDS)

    async def _catch_up(self, name: str) -> None:
        """Handle every event that a follower has not had; raises StoreError."""
        cursor = await run_in_threadpool(self._tickets.cursor, name)
        if cursor is None:
            cursor = await run_in_threadpool(self._tickets.head)
            await run_in_threadpool(self._tickets.advance, name, cursor)
        while True:
            self._bells[name].clear()
            events = await run_in_threadpool(self._tickets.events_after, cursor, BATCH)
            if not events:
                return
            for event in events:
                await self._handle(name, event)
                await run_in_threadpool(self._tickets.advance, name, event.id)
                cursor = event.id

    async def _handle(self, name: str, event: TicketEvent) -> None:
        """Let a follower handle an event, as often as is needed."""
        pause, bugs = FIRST_PAUSE, 0
        while True:
            try:
                ticket = await run_in_threadpool(self._tickets.load, event.ticket)
                return await self._handlers[name](event, ticket)
            except Undeliverable as problem:
                log.error("%s: event %d can't be handled: %s", name, event.id, problem)
                return None
            except IpsWijzerError as problem:
                if not isinstance(problem, StoreError) and event.at and self._now() - event.at > GIVE_UP:
                    log.error("%s: event %d was given up: %s", name, event.id, type(problem).__name__)
                    return None
                log.warning("%s: event %d must wait: %s", name, event.id, type(problem).__name__)
                seconds = getattr(problem, "seconds", None)
            except Exception as problem:
                bugs += 1
                log.error("%s: event %d failed: %s", name, event.id, type(problem).__name__)
                if bugs == BUGS:
                    return None
                seconds = None
            await asyncio.sleep(pause if seconds is None else seconds)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _watch_the_clock(self, helpdesk: Events) -> None:
        while True:
            try:
                await run_in_threadpool(helpdesk.note_late)
            except StoreError as problem:
                log.warning("deadlines must wait: %s", problem)
            await asyncio.sleep(LATE_SECONDS)
