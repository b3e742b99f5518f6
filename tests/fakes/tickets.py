"""A TicketStore in memory; it passes the same contract suite as the real one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from bot.errors import StaleTicket, StoreError
from bot.model import Ticket, TicketEvent
from bot.ports import Clock
from bot.store.engine import hashed
from bot.store.tickets import DELETED, OPEN_STATES, room_of


class MemoryTicketStore:
    """Keeps tickets and events in memory; set `down` to make every call fail."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tickets: dict[int, Ticket] = {}
        self._events: list[TicketEvent] = []
        self._cursors: dict[str, int] = {}
        self._numbers = self._ids = 0
        self._lock = threading.RLock()
        self.down = False

    def open(self, ticket: Ticket, event: TicketEvent) -> Ticket:
        with self._lock:
            if known := self.find(ticket.key):
                return known
            now = self._clock()
            self._numbers += 1
            made = replace(ticket, number=self._numbers, key=hashed(ticket.key), version=1, created_at=now)
            made = made.with_(updated_at=now, conversation=room_of(ticket.conversation))
            self._tickets[made.number] = made
            self._add(replace(event, ticket=made.number))
            return made

    def load(self, number: int) -> Ticket | None:
        self.ping()
        return self._tickets.get(number)

    def find(self, key: str) -> Ticket | None:
        return self._first(lambda ticket: ticket.key == hashed(key))

    def of_conversation(self, conversation: str) -> Ticket | None:
        room = room_of(conversation)
        return self._first(lambda ticket: bool(room) and ticket.conversation == room)

    def outside(self, system: str, name: str) -> Ticket | None:
        return self._first(lambda ticket: ticket.outside.get(system) == name)

    def save(self, ticket: Ticket, *events: TicketEvent) -> Ticket:
        with self._lock:
            known = self.load(ticket.number)
            if known is None or known.version != ticket.version:
                raise StaleTicket("saved by somebody else")
            saved = ticket.with_(version=ticket.version + 1, updated_at=self._clock())
            self._tickets[ticket.number] = saved = saved.with_(conversation=room_of(ticket.conversation))
            for other in self._tickets.values():
                if other.number != saved.number:
                    left = {system: n for system, n in other.outside.items() if saved.outside.get(system) != n}
                    self._tickets[other.number] = other.with_(outside=left)
            for event in events:
                self._add(replace(event, ticket=ticket.number))
            return saved

    def note(self, event: TicketEvent) -> None:
        with self._lock:
            if self.load(event.ticket) is None:
                raise StaleTicket("no such ticket")
            self._add(event)

    def all(self, states: Collection[str] = (), since: datetime | None = None) -> tuple[Ticket, ...]:
        self.ping()
        found = [t for t in self._tickets.values() if not states or t.state in states]
        young = [t for t in found if since is None or (t.created_at is not None and t.created_at >= since)]
        return tuple(sorted(young, key=lambda ticket: -ticket.number))

    def events(self, number: int) -> tuple[TicketEvent, ...]:
        self.ping()
        return tuple(event for event in self._events if event.ticket == number)

    def events_after(self, event_id: int, limit: int = 200) -> tuple[TicketEvent, ...]:
        self.ping()
        return tuple([event for event in self._events if event.id > event_id][:limit])

    def head(self) -> int:
        self.ping()
        return self._ids

    def cursor(self, follower: str) -> int | None:
        self.ping()
        return self._cursors.get(follower)

    def advance(self, follower: str, event_id: int) -> None:
        self.ping()
        self._cursors[follower] = event_id

    def delete(self, number: int) -> None:
        with self._lock:
            self.ping()
            if self._tickets.pop(number, None):
                self._events = [event for event in self._events if event.ticket != number]
                self._add(TicketEvent(number, DELETED))

    def verify(self) -> tuple[str, ...]:
        self.ping()
        return ()

    def ping(self) -> None:
        if self.down:
            raise StoreError("down")

    def close(self) -> None:
        self._tickets.clear()

    def _first(self, matches: Callable[[Ticket], bool]) -> Ticket | None:
        self.ping()
        found = sorted(filter(matches, self._tickets.values()), key=lambda t: (t.state not in OPEN_STATES, -t.number))
        return found[0] if found else None

    def _add(self, event: TicketEvent) -> None:
        self._ids += 1
        self._events.append(replace(event, id=self._ids, at=self._clock()))
