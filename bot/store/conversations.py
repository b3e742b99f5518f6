"""The log of every conversation in SQL: what was said, in order, and who has the floor: the assistant or a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from bot.model import Entry, Feedback, Floor, SourceRef, Waiting
from bot.ports import Clock
from bot.store.engine import TABLES, Database, from_json, hashed, stamp, to_json

WAITING, FAILED, DONE = "waiting", "failed", "done"
# Senders of the REST webhook are made of letters, digits and . _ : - so that none of them can name a conversation here.
PREFIX = "widget~"

_conversations = sa.Table(
    "widget_conversations",
    TABLES,
    sa.Column("id", sa.String(80), primary_key=True),  # made of the token's SHA-256; the token is kept nowhere
    sa.Column("head", sa.Integer, nullable=False),  # the last sequence number given out
    sa.Column("gone", sa.Boolean, nullable=False),  # deleted by its visitor; the dossier follows
    sa.Column("active_at", sa.String(40), nullable=False, index=True),
)
_entries = sa.Table(
    "widget_entries",
    TABLES,
    sa.Column("conversation", sa.String(80), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("who", sa.String(10), nullable=False),
    sa.Column("message", sa.String(64)),  # the client's mark of a user's message
    sa.Column("state", sa.String(10)),  # of a user's message: waiting, failed, done
    sa.Column("says", sa.Text),  # what the assistant must hear, until it has answered
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("conversation", "message"),
    sa.Index("ix_widget_entries_state", "state"),
    sa.Index("ix_widget_entries_who_at", "who", "at"),
)

# Who has the floor; only read and written by who holds its conversation's row.
_floors = sa.Table(
    "widget_floors",
    TABLES,
    sa.Column("conversation", sa.String(80), primary_key=True),
    sa.Column("holder", sa.String(200), nullable=False),  # the employee who speaks; "" when the assistant does
    sa.Column("ticket", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # of the ticket: what is older than this comes too late
)


def conversation_of(token: str) -> str:
    """Return the conversation that a token opens; nobody can find the token from it."""
    return PREFIX + hashed(token)


class SqlConversationStore:
    """A ConversationStore over SQLAlchemy."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Connect at first use; raises StoreError for a bad URL."""
        self._clock = clock
        self._database = Database(url)

    def open(self, token: str) -> str:
        """Begin the conversation of a new token and return its id; raises StoreError."""
        conversation = conversation_of(token)
        row = {"id": conversation, "head": 0, "gone": False, "active_at": stamp(self._clock())}
        with self._database.begin() as connection:
            connection.execute(sa.insert(_conversations).values(**row))
        return conversation

    def find(self, token: str) -> str | None:
        """Return the conversation of a token, or None; raises StoreError."""
        conversation = conversation_of(token)
        return conversation if self.heads([conversation]) else None

    def heads(self, conversations: Collection[str]) -> Mapping[str, int]:
        """Return the last sequence number of each of these that exists; raises StoreError."""
        columns = (_conversations.c.id, _conversations.c.head)
        query = sa.select(*columns).where(_conversations.c.id.in_(list(conversations)), ~_conversations.c.gone)
        with self._database.begin() as connection:
            return {row.id: row.head for row in connection.execute(query)}

    def after(self, conversation: str, seq: int, limit: int = 200) -> tuple[Entry, ...]:
        """Return at most `limit` entries after a sequence number, in order; raises StoreError."""
        query = sa.select(_entries).where(_entries.c.conversation == conversation, _entries.c.seq > seq)
        with self._database.begin() as connection:
            return tuple(_entry(row) for row in connection.execute(query.order_by(_entries.c.seq).limit(limit)))

    def say(self, conversation: str, entry: Entry, says: str, masked: Sequence[str] = ()) -> str | None:
        """Add a user's message once by its id; raises StoreError.

        Returns its state: "waiting" (for an answer, also when it failed and nothing was said since), "done", "failed"
        (and too late to try again), or None when there is no such conversation.
        """
        with self._database.begin() as connection:
            if not self._lock(connection, conversation):
                return None
            known = self._message(connection, conversation, entry.id)
            if known is None:
                more = {"message": entry.id, "state": WAITING, "says": says}
                self._add(
                    connection, conversation, replace(entry, extra={**entry.extra, "masked": tuple(masked)}), more
                )
                return WAITING
            if known.state != FAILED or not self._is_newest(connection, conversation, known.seq):
                return str(known.state)
            self._set(connection, conversation, known.seq, state=WAITING)
            self._add(connection, conversation, Entry("system", extra={"again": entry.id}))
            return WAITING

    def answer(self, conversation: str, message_id: str, replies: Sequence[Entry], failed: bool = False) -> bool:
        """Add the replies to a message that waits, all at once; tell whether they were; raises StoreError.

        Not when it was answered or deleted in between, nor while a person has the floor: then it goes on waiting, for
        `pass_on`. A reply whose `extra` holds `clears` empties what stood above,
        but for messages that wait; its `clears` becomes the last number that it empties.
        """
        with self._database.begin() as connection:
            if not self._lock(connection, conversation):
                return False
            message = self._message(connection, conversation, message_id)
            if message is None or message.state != WAITING or self._floor(connection, conversation).holder:
                return False
            changes = {"state": FAILED} if failed else {"state": DONE, "says": None}
            self._settle(connection, conversation, message, replies, changes)
            return True

    def pass_on(self, conversation: str, message_id: str, notices: Sequence[Entry] = ()) -> bool:
        """Mark a message that waits as heard by the person who has the floor; tell whether it was; raises StoreError.

        Not when nobody has it any more: then the assistant answers. `notices` are what the system itself must say.
        """
        with self._database.begin() as connection:
            if not self._lock(connection, conversation):
                return False
            message = self._message(connection, conversation, message_id)
            if message is None or message.state != WAITING or not self._floor(connection, conversation).holder:
                return False
            heard = notices or (Entry("system"),)
            if any(notice.extra.get("clears") for notice in notices):  # wiped, its ticket as well: nobody has it now
                connection.execute(sa.delete(_floors).where(_floors.c.conversation == conversation))
            self._settle(connection, conversation, message, heard, {"state": DONE, "says": None})
            return True

    def append(self, conversation: str, entry: Entry, once: str = "") -> int | None:
        """Add an entry; return its sequence number; raises StoreError.

        With a mark in `once` it is added once. None when there is no such conversation, or when it is the assistant's
        and a person has the floor.
        """
        with self._database.begin() as connection:
            if not self._lock(connection, conversation):
                return None
            if once and (known := self._message(connection, conversation, once)):
                return int(known.seq)
            if entry.who == "bot" and self._floor(connection, conversation).holder:
                return None
            return self._add(connection, conversation, entry, {"message": once, "state": DONE} if once else None)

    def give_floor(self, conversation: str, floor: Floor, notice: Entry | None = None) -> bool:
        """Give the floor to a person, or (no holder) back to the assistant; tell if it changed; raises StoreError.

        What comes late, by ticket and version, changes nothing. `notice` is added when it changed hands.
        """
        with self._database.begin() as connection:
            if not self._lock(connection, conversation):
                return False
            before = self._floor(connection, conversation)
            if (floor.ticket, floor.version) <= (before.ticket, before.version):
                return False
            self._put_floor(connection, conversation, before, floor)
            changed = floor.holder != before.holder
            if changed and notice:
                self._add(connection, conversation, notice)
            return changed

    def floor(self, conversation: str) -> Floor:
        """Return who has the floor in a conversation; raises StoreError."""
        with self._database.begin() as connection:
            return self._floor(connection, conversation)

    def waiting(self, conversation: str | None = None) -> tuple[Waiting, ...]:
        """Return the messages without an answer, of one conversation or of all, in order; raises StoreError."""
        query = sa.select(_entries).where(_entries.c.state == WAITING)
        if conversation is not None:
            query = query.where(_entries.c.conversation == conversation)
        with self._database.begin() as connection:
            rows = connection.execute(query.order_by(_entries.c.conversation, _entries.c.seq)).all()
        return tuple(_waiting(row) for row in rows)

    def delete(self, conversation: str) -> None:
        """Delete what was said and close the conversation; `bury` takes away the last trace; raises StoreError."""
        with self._database.begin() as connection:
            connection.execute(sa.update(_conversations).where(_conversations.c.id == conversation).values(gone=True))
            connection.execute(sa.delete(_entries).where(_entries.c.conversation == conversation))
            connection.execute(sa.delete(_floors).where(_floors.c.conversation == conversation))

    def bury(self, conversation: str) -> None:
        """Forget that a deleted conversation was there; raises StoreError."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(_conversations).where(_conversations.c.id == conversation))

    def gone(self) -> tuple[str, ...]:
        """Return the deleted conversations that are not buried yet; raises StoreError."""
        return self._ids(_conversations.c.gone)

    def older(self, moment: datetime) -> tuple[str, ...]:
        """Return the conversations in which nothing happened since `moment`; raises StoreError."""
        return self._ids(_conversations.c.active_at < stamp(moment))

    def feedback(self, since: datetime) -> tuple[Feedback, ...]:
        """Return what visitors thought of answers since a moment, the last word on each; raises StoreError."""
        query = sa.select(_entries).where(_entries.c.who == "feedback", _entries.c.at >= stamp(since))
        with self._database.begin() as connection:
            rows = connection.execute(query.order_by(_entries.c.at, _entries.c.seq)).all()
            last = {(row.conversation, from_json(row.body)["of"]): row for row in rows}
            found = [_feedback(row, self._upto(connection, row.conversation, of)) for (_, of), row in last.items()]
        return tuple(each for each in found if each)

    def ping(self) -> None:
        """Raise StoreError when the store can't be reached."""
        self.heads([PREFIX])

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    def _ids(self, condition: Any) -> tuple[str, ...]:
        with self._database.begin() as connection:
            return tuple(row.id for row in connection.execute(sa.select(_conversations.c.id).where(condition)))

    def _lock(self, connection: Connection, conversation: str) -> bool:
        """Hold the conversation until the transaction ends, so that numbers are given out in the order of commits."""
        update = sa.update(_conversations).where(_conversations.c.id == conversation, ~_conversations.c.gone)
        return bool(connection.execute(update.values(active_at=stamp(self._clock()))).rowcount == 1)

    @staticmethod
    def _floor(connection: Connection, conversation: str) -> Floor:
        row = connection.execute(sa.select(_floors).where(_floors.c.conversation == conversation)).one_or_none()
        return Floor(row.holder, row.ticket, row.version) if row else Floor()

    @staticmethod
    def _put_floor(connection: Connection, conversation: str, before: Floor, floor: Floor) -> None:
        row = {"holder": floor.holder, "ticket": floor.ticket, "version": floor.version}
        if before.ticket:
            update = sa.update(_floors).where(_floors.c.conversation == conversation)
            connection.execute(update.values(**row))
        else:
            connection.execute(sa.insert(_floors).values(conversation=conversation, **row))

    def _settle(
        self,
        connection: Connection,
        conversation: str,
        message: Row,
        replies: Sequence[Entry],
        changes: Mapping[str, Any],
    ) -> None:
        """Change the state of a message that waited and add what came of it."""
        self._set(connection, conversation, message.seq, **changes)
        head = self._head(connection, conversation)
        if any(reply.extra.get("clears") for reply in replies):
            self._clear(connection, conversation)
        for number, reply in enumerate(replies, start=1):
            extra = {**reply.extra, "clears": head} if reply.extra.get("clears") else reply.extra
            whole = replace(reply, answers=message.message, last=number == len(replies), extra=extra)
            self._add(connection, conversation, whole)

    def _add(
        self, connection: Connection, conversation: str, entry: Entry, more: Mapping[str, Any] | None = None
    ) -> int:
        head = sa.update(_conversations).where(_conversations.c.id == conversation)
        connection.execute(head.values(head=_conversations.c.head + 1))
        seq = self._head(connection, conversation)
        row = {"conversation": conversation, "seq": seq, "at": stamp(self._clock()), "who": entry.who}
        connection.execute(sa.insert(_entries).values(**row, **(more or {}), body=to_json(_body(entry))))
        return seq

    @staticmethod
    def _head(connection: Connection, conversation: str) -> int:
        query = sa.select(_conversations.c.head).where(_conversations.c.id == conversation)
        return int(connection.execute(query).scalar_one())

    @staticmethod
    def _set(connection: Connection, conversation: str, seq: int, **values: Any) -> None:
        update = sa.update(_entries).where(_entries.c.conversation == conversation, _entries.c.seq == seq)
        connection.execute(update.values(**values))

    @staticmethod
    def _message(connection: Connection, conversation: str, message_id: str) -> Row | None:
        query = sa.select(_entries).where(_entries.c.conversation == conversation, _entries.c.message == message_id)
        return connection.execute(query).one_or_none()

    @staticmethod
    def _is_newest(connection: Connection, conversation: str, seq: int) -> bool:
        later = sa.select(_entries.c.seq).where(
            _entries.c.conversation == conversation,
            _entries.c.seq > seq,
            _entries.c.message.is_not(None),
            _entries.c.who != "person",
        )
        return connection.execute(later.limit(1)).one_or_none() is None

    @staticmethod
    def _clear(connection: Connection, conversation: str) -> None:
        """Empty what was said; the marks of the messages stay, so that one that comes again is still known."""
        here = _entries.c.conversation == conversation
        connection.execute(sa.delete(_entries).where(here, _entries.c.message.is_(None)))
        said = sa.update(_entries).where(here, _entries.c.state != WAITING)
        connection.execute(said.values(who="system", says=None, state=DONE, body="{}"))

    @staticmethod
    def _upto(connection: Connection, conversation: str, seq: int) -> list[Entry]:
        query = sa.select(_entries).where(_entries.c.conversation == conversation, _entries.c.seq <= seq)
        return [_entry(row) for row in connection.execute(query.order_by(_entries.c.seq))]


def _body(entry: Entry) -> dict[str, Any]:
    known = {"text": entry.text, "answers": entry.answers, "last": entry.last}
    return {**entry.extra, **{name: value for name, value in known.items() if value}}


def _entry(row: Row) -> Entry:
    body = from_json(row.body)
    text, answers, last = body.pop("text", ""), body.pop("answers", ""), bool(body.pop("last", False))
    shown_id = row.message if row.who == "user" else ""
    return Entry(row.who, text, shown_id or "", answers, last, body, row.seq, datetime.fromisoformat(row.at))


def _waiting(row: Row) -> Waiting:
    masked = tuple(from_json(row.body).get("masked", ()))
    return Waiting(row.conversation, row.message, row.says, masked, datetime.fromisoformat(row.at))


def _feedback(row: Row, before: Sequence[Entry]) -> Feedback | None:
    """Return what was thought of the last of `before`, or None when that was cleared."""
    body, answer = from_json(row.body), before[-1] if before else None
    if answer is None or answer.seq != body["of"] or answer.who not in ("bot", "person"):
        return None
    question = next((entry.text for entry in reversed(before) if entry.who == "user"), "")
    cited = (answer.extra.get("custom") or {}).get("sources", ())
    sources = tuple(SourceRef(source["id"], source["section"]) for source in cited)
    at = datetime.fromisoformat(row.at)
    return Feedback(at, body["value"], body.get("word", ""), question, answer.text, sources)
