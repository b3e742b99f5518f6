"""Tickets in SQL, with an audit trail that only grows.

A trigger (migrations/, step 3) refuses to change an event, and to delete one while its ticket is there; each event
carries the hash of the one before it, and the ticket that of its last. So whoever changes the trail with the
database's own tools breaks a chain that `verify` reads. (Who can also compute every hash anew and write the ticket is
not stopped by that: keep the database's owner and the assistant's user apart.)
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.errors import StaleTicket
from bot.model import Contact, SourceRef, Ticket, TicketEvent, TicketMessage
from bot.ports import Clock
from bot.store.engine import TABLES, Database, from_json, hashed, stamp, to_json

OPEN_STATES = ("nieuw", "in_behandeling", "wacht_op_vrager")
DELETED = "verwijderd"
_OWN_COLUMNS = ("number", "key", "version", "state", "conversation", "created_at", "updated_at")

_tickets = sa.Table(
    "tickets",
    TABLES,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(64), nullable=False, unique=True),  # SHA-256
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("conversation", sa.String(80), nullable=False, index=True),
    sa.Column("created_at", sa.String(40), nullable=False, index=True),  # ISO 8601, UTC, sorts by time
    sa.Column("updated_at", sa.String(40), nullable=False),
    sa.Column("trail", sa.String(64), nullable=False),  # the hash of its last event
    sa.Column("body", sa.Text, nullable=False),
)
_outside = sa.Table(
    "ticket_names",
    TABLES,
    sa.Column("system", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("ticket", sa.Integer, nullable=False, index=True),
)
_events = sa.Table(
    "ticket_events",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("ticket", sa.Integer, nullable=False, index=True),
    sa.Column("what", sa.String(40), nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
_counters = sa.Table(  # one row: what was given out; who holds it is the only one that writes events
    "ticket_counters",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("tickets", sa.Integer, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
)
_cursors = sa.Table(
    "ticket_followers",
    TABLES,
    sa.Column("follower", sa.String(40), primary_key=True),
    sa.Column("event", sa.Integer, nullable=False),
)


def room_of(conversation: str) -> str:
    """Return how a conversation is called here. Ids with a ~ are ours; any other is a sender's name, kept as a hash."""
    return conversation if "~" in conversation or not conversation else f"rest~{hashed(conversation)}"


class SqlTicketStore:
    """A TicketStore over SQLAlchemy. Of a ticket's key only the SHA-256 is kept: that is `key` of a loaded ticket."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Connect at first use, so that the rest starts while the database is down; raises StoreError for a bad URL."""
        self._clock = clock
        self._database = Database(url)

    def open(self, ticket: Ticket, event: TicketEvent) -> Ticket:
        """Store a ticket with the next number; return it, or the one that has its key already; raises StoreError."""
        now, key = self._clock(), hashed(ticket.key)
        with self._database.begin() as connection:
            self._lock(connection)
            row = connection.execute(sa.select(_tickets).where(_tickets.c.key == key)).one_or_none()
            if row is not None:
                return _ticket(row)
            number = self._next(connection, "tickets")
            made = replace(
                ticket, number=number, key=key, version=1, conversation=room_of(ticket.conversation), created_at=now
            ).with_(updated_at=now)
            trail = self._add(connection, replace(event, ticket=number), "")
            row = {"number": number, "key": key, "created_at": stamp(now), "trail": trail, **_row(made)}
            connection.execute(sa.insert(_tickets).values(**row))
            self._name(connection, made)
        return made

    def load(self, number: int) -> Ticket | None:
        """Return a ticket or None; raises StoreError."""
        return self._first(sa.select(_tickets).where(_tickets.c.number == number))

    def find(self, key: str) -> Ticket | None:
        """Return the ticket of a key or None; raises StoreError."""
        return self._first(sa.select(_tickets).where(_tickets.c.key == hashed(key)))

    def of_conversation(self, conversation: str) -> Ticket | None:
        """Return the newest ticket of a conversation, open before closed, or None; raises StoreError."""
        if not conversation:
            return None
        here = sa.select(_tickets).where(_tickets.c.conversation == room_of(conversation))
        closed = sa.case((_tickets.c.state.in_(OPEN_STATES), 0), else_=1)
        return self._first(here.order_by(closed, _tickets.c.number.desc()).limit(1))

    def outside(self, system: str, name: str) -> Ticket | None:
        """Return the ticket that another system calls `name`, or None; raises StoreError."""
        named = (_outside.c.system == system) & (_outside.c.name == name)
        return self._first(sa.select(_tickets).join(_outside, _outside.c.ticket == _tickets.c.number).where(named))

    def save(self, ticket: Ticket, *events: TicketEvent) -> Ticket:
        """Store it and return it with its version raised by one; raises StaleTicket or StoreError."""
        saved = ticket.with_(
            version=ticket.version + 1, conversation=room_of(ticket.conversation), updated_at=self._clock()
        )
        with self._database.begin() as connection:
            self._lock(connection)
            this = (_tickets.c.number == ticket.number) & (_tickets.c.version == ticket.version)
            trail = connection.execute(sa.select(_tickets.c.trail).where(this)).scalar_one_or_none()
            if trail is None:
                raise StaleTicket("the ticket was saved or deleted by somebody else since it was read")
            for event in events:
                trail = self._add(connection, replace(event, ticket=ticket.number), trail)
            connection.execute(sa.update(_tickets).where(this).values(trail=trail, **_row(saved)))
            self._name(connection, saved)
        return saved

    def note(self, event: TicketEvent) -> None:
        """Add an event that changes nothing, such as that somebody looked; raises StoreError."""
        with self._database.begin() as connection:
            self._lock(connection)
            this = _tickets.c.number == event.ticket
            trail = connection.execute(sa.select(_tickets.c.trail).where(this)).scalar_one_or_none()
            if trail is None:
                raise StaleTicket("there is no such ticket")
            trail = self._add(connection, event, trail)
            connection.execute(sa.update(_tickets).where(this).values(trail=trail))

    def all(self, states: Collection[str] = (), since: datetime | None = None) -> tuple[Ticket, ...]:
        """Return the tickets in these states (none: in any), made since a moment, newest first; raises StoreError."""
        query = sa.select(_tickets).order_by(_tickets.c.number.desc())
        if states:
            query = query.where(_tickets.c.state.in_(tuple(states)))
        if since:
            query = query.where(_tickets.c.created_at >= stamp(since))
        with self._database.begin() as connection:
            return tuple(_ticket(row) for row in connection.execute(query))

    def events(self, number: int) -> tuple[TicketEvent, ...]:
        """Return a ticket's audit trail, oldest first; raises StoreError."""
        query = sa.select(_events).where(_events.c.ticket == number).order_by(_events.c.id)
        with self._database.begin() as connection:
            return tuple(_event(row) for row in connection.execute(query))

    def events_after(self, event_id: int, limit: int = 200) -> tuple[TicketEvent, ...]:
        """Return the events of all tickets after this one, in order; raises StoreError."""
        query = sa.select(_events).where(_events.c.id > event_id).order_by(_events.c.id).limit(limit)
        with self._database.begin() as connection:
            return tuple(_event(row) for row in connection.execute(query))

    def head(self) -> int:
        """Return the id of the last event of all tickets, 0 before the first; raises StoreError."""
        with self._database.begin() as connection:
            return connection.execute(sa.select(_counters.c.events)).scalar_one_or_none() or 0

    def cursor(self, follower: str) -> int | None:
        """Return the last event that a follower (mail, Zammad, a staff channel) is done with; raises StoreError."""
        query = sa.select(_cursors.c.event).where(_cursors.c.follower == follower)
        with self._database.begin() as connection:
            found = connection.execute(query).scalar_one_or_none()
        return None if found is None else int(found)

    def advance(self, follower: str, event_id: int) -> None:
        """Note that a follower is done with all events up to this one; raises StoreError."""
        update = sa.update(_cursors).where(_cursors.c.follower == follower).values(event=event_id)
        with self._database.begin() as connection:
            if connection.execute(update).rowcount:
                return
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(_cursors).values(follower=follower, event=event_id))
            except sa.exc.IntegrityError:  # another process did so
                connection.execute(update)

    def delete(self, number: int) -> None:
        """Delete a ticket and its audit trail, but for one event that it was deleted; raises StoreError."""
        with self._database.begin() as connection:
            self._lock(connection)
            if connection.execute(sa.delete(_tickets).where(_tickets.c.number == number)).rowcount:
                connection.execute(sa.delete(_outside).where(_outside.c.ticket == number))
                connection.execute(sa.delete(_events).where(_events.c.ticket == number))
                self._add(connection, TicketEvent(number, DELETED), "")

    def verify(self) -> tuple[str, ...]:
        """Return what is wrong with the audit trails, a line each in Dutch; () when all is well; raises StoreError."""
        with self._database.begin() as connection:
            rows = connection.execute(sa.select(_events).order_by(_events.c.id)).all()
            heads = {row.number: row.trail for row in connection.execute(sa.select(_tickets))}
            given_out = connection.execute(sa.select(_counters.c.tickets)).scalar_one_or_none() or 0
        last: dict[int, str] = {}
        wrong: dict[int, str] = {}
        for row in rows:
            last[row.ticket] = _hash(last.get(row.ticket, ""), row)
            if row.hash != last[row.ticket]:
                wrong.setdefault(row.ticket, f"Ticket {row.ticket}: regel {row.id} van het logboek klopt niet.")
                last[row.ticket] = row.hash
        deleted = {row.ticket for row in rows if row.what == DELETED}
        for number in range(1, given_out + 1):
            if number in heads and heads[number] != last.get(number):
                wrong.setdefault(number, f"Ticket {number}: het einde van het logboek klopt niet.")
            if number not in heads and number not in deleted:
                wrong.setdefault(number, f"Ticket {number} is weg, zonder regel in het logboek.")
        return tuple(wrong[number] for number in sorted(wrong))

    def ping(self) -> None:
        """Raise StoreError when the store can't be reached."""
        self.load(0)

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    def _first(self, query: Any) -> Ticket | None:
        with self._database.begin() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _ticket(row)

    def _lock(self, connection: Connection) -> None:
        """Be the only one that writes here until the transaction ends: ids are given out in the order of commits.

        A follower that has seen an event has seen every earlier one.
        """
        mine = sa.update(_counters).values(events=_counters.c.events)
        if not connection.execute(mine).rowcount:
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(_counters).values(id=1, tickets=0, events=0))
            except sa.exc.IntegrityError:  # another process did so
                connection.execute(mine)

    @staticmethod
    def _next(connection: Connection, counter: str) -> int:
        connection.execute(sa.update(_counters).values({counter: _counters.c[counter] + 1}))
        return int(connection.execute(sa.select(_counters.c[counter])).scalar_one())

    def _add(self, connection: Connection, event: TicketEvent, trail: str) -> str:
        """Add an event and return its hash."""
        row = {
            "id": self._next(connection, "events"),
            "ticket": event.ticket,
            "what": event.what,
            "by": event.by.replace("\0", ""),
            "detail": to_json(event.detail),
            "at": stamp(self._clock()),
        }
        made = _hash(trail, row)
        connection.execute(sa.insert(_events).values(**row, hash=made))
        return made

    @staticmethod
    def _name(connection: Connection, ticket: Ticket) -> None:
        """Keep what other systems call it; a name that another ticket had is this one's now."""
        connection.execute(sa.delete(_outside).where(_outside.c.ticket == ticket.number))
        for system, name in ticket.outside.items():
            here = (_outside.c.system == system) & (_outside.c.name == name)
            connection.execute(sa.delete(_outside).where(here))
            connection.execute(sa.insert(_outside).values(system=system, name=name, ticket=ticket.number))


def _hash(before: str, row: Any) -> str:
    """Return the hash of an event: over the hash before it and all that it says."""
    said = row if isinstance(row, dict) else row._mapping
    content = [before, *(said[name] for name in ("id", "ticket", "what", "by", "detail", "at"))]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _row(ticket: Ticket) -> Mapping[str, Any]:
    """Return what every write of a ticket sets."""
    assert ticket.updated_at is not None
    content = {name: _flat(getattr(ticket, name)) for name in _content_names()}
    return {
        "version": ticket.version,
        "state": ticket.state,
        "conversation": ticket.conversation,
        "updated_at": stamp(ticket.updated_at),
        "body": to_json(content),
    }


def _content_names() -> tuple[str, ...]:
    return tuple(each.name for each in fields(Ticket) if each.name not in _OWN_COLUMNS)


def _flat(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, tuple):
        return [_flat(each) for each in value]
    if isinstance(value, (Contact, SourceRef, TicketMessage)):
        return {name: _flat(each) for name, each in asdict(value).items()}
    return value


def _ticket(row: Row) -> Ticket:
    stored = from_json(row.body)
    known = {name: stored[name] for name in _content_names() if name in stored}
    return Ticket(
        **{
            **known,
            "messages": tuple(_message(each) for each in known["messages"]),
            "suggestion_sources": _sources(known["suggestion_sources"]),
            "contact": Contact(**{**known["contact"], "at": _moment(known["contact"]["at"])})
            if known["contact"]
            else None,
            "due": _moment(known["due"]),
            "closed_at": _moment(known["closed_at"]),
        },
        number=row.number,
        key=row.key,
        version=row.version,
        state=row.state,
        conversation=row.conversation,
        created_at=_moment(row.created_at),
        updated_at=_moment(row.updated_at),
    )


def _message(stored: Mapping[str, Any]) -> TicketMessage:
    return TicketMessage(**{**stored, "at": _moment(stored["at"]), "sources": _sources(stored["sources"])})


def _sources(stored: Iterable[Mapping[str, str]]) -> tuple[SourceRef, ...]:
    return tuple(SourceRef(**each) for each in stored)


def _moment(text: str | None) -> Any:
    return datetime.fromisoformat(text) if text else None


def _event(row: Row) -> TicketEvent:
    return TicketEvent(row.ticket, row.what, row.by, from_json(row.detail), row.id, _moment(row.at))
