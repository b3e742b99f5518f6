"""What is remembered of mails, in SQL: which were taken in and sent, whose thread is whose, how far a mailbox was read.

Keys and texts stand here as hashes. Message-IDs stand as they are: an answer has to name them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from bot.model import MailPlace, MailThread
from bot.store.engine import TABLES, Database, hashed, stamp

_places = sa.Table(
    "mail_places",
    TABLES,
    sa.Column("box", sa.String(64), primary_key=True),  # hashed
    sa.Column("validity", sa.BigInteger, nullable=False),
    sa.Column("uid", sa.BigInteger, nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
)
_taken = sa.Table(
    "mail_taken",
    TABLES,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("ticket", sa.Integer, nullable=False),
    sa.Column("sender", sa.String(64), nullable=False),
    sa.Column("text", sa.String(64), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Index("mail_taken_sender", "sender", "at"),
)
_threads = sa.Table(
    "mail_threads",
    TABLES,
    sa.Column("key", sa.String(64), primary_key=True),  # the Message-ID, hashed
    sa.Column("number", sa.Integer, nullable=False),  # in order of arrival within the ticket
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("ticket", sa.Integer, nullable=False, index=True),
    sa.Column("side", sa.String(10), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
)
_sent = sa.Table(
    "mail_sent",
    TABLES,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("ticket", sa.Integer, nullable=False, index=True),
    sa.Column("at", sa.String(40), nullable=False),
)


class SqlMailLog:
    """A MailLog over SQLAlchemy."""

    def __init__(self, url: str) -> None:
        """Connect at first use; raises StoreError for a bad URL."""
        self._database = Database(url)

    def place(self, box: str) -> MailPlace | None:
        """Return how far a mailbox was read, or None; raises StoreError."""
        row = self._one(sa.select(_places).where(_places.c.box == hashed(box)))
        return MailPlace(row.validity, row.uid, datetime.fromisoformat(row.at)) if row else None

    def note_place(self, box: str, place: MailPlace) -> None:
        """Note how far a mailbox was read; raises StoreError."""
        values = {"validity": place.validity, "uid": place.uid, "at": stamp(place.at)}
        mine = _places.c.box == hashed(box)
        with self._database.begin() as connection:
            if not connection.execute(sa.update(_places).where(mine).values(**values)).rowcount:
                _add(connection, _places, {"box": hashed(box), **values})

    def taken(self, key: str) -> int | None:
        """Return the ticket of a mail that was taken in (0: without one), or None; raises StoreError."""
        row = self._one(sa.select(_taken.c.ticket).where(_taken.c.key == hashed(key)))
        return int(row.ticket) if row else None

    def same_text(self, sender: str, text: str, since: datetime) -> int | None:
        """Return the ticket that this sender's same text made since then, or None; raises StoreError."""
        c = _taken.c
        asked = sa.select(c.ticket).where(c.sender == hashed(sender), c.text == hashed(text), c.at >= stamp(since))
        row = self._one(asked.where(c.ticket > 0).order_by(c.at.desc()).limit(1))
        return int(row.ticket) if row else None

    def count(self, sender: str, since: datetime) -> int:
        """Return how many mails of a sender were taken in since then; raises StoreError."""
        asked = sa.select(sa.func.count()).select_from(_taken)
        with self._database.begin() as connection:
            found = connection.execute(asked.where(_taken.c.sender == hashed(sender), _taken.c.at >= stamp(since)))
            return int(found.scalar_one())

    def last(self, sender: str) -> int | None:
        """Return the ticket of a sender's newest mail, or None; raises StoreError."""
        c = _taken.c
        asked = sa.select(c.ticket).where(c.sender == hashed(sender), c.ticket > 0).order_by(c.at.desc()).limit(1)
        row = self._one(asked)
        return int(row.ticket) if row else None

    def take(self, key: str, ticket: int, sender: str, text: str, at: datetime) -> None:
        """Note that a mail was taken in, once by its key; raises StoreError."""
        row = {"key": hashed(key), "ticket": ticket, "sender": hashed(sender), "text": hashed(text), "at": stamp(at)}
        with self._database.begin() as connection:
            _add(connection, _taken, row)

    def thread(self, message_id: str) -> MailThread | None:
        """Return the thread that a mail belongs to, or None; raises StoreError."""
        row = self._one(sa.select(_threads).where(_threads.c.key == hashed(message_id)))
        return _thread(row) if row else None

    def newest(self, ticket: int, side: str) -> MailThread | None:
        """Return the newest mail of a side of a ticket, or None; raises StoreError."""
        asked = sa.select(_threads).where(_threads.c.ticket == ticket, _threads.c.side == side)
        row = self._one(asked.order_by(_threads.c.number.desc()).limit(1))
        return _thread(row) if row else None

    def note_thread(self, thread: MailThread) -> None:
        """Note a mail, once by its Message-ID; raises StoreError."""
        others = sa.select(sa.func.count()).select_from(_threads).where(_threads.c.ticket == thread.ticket)
        row = {
            "key": hashed(thread.message_id),
            "number": others.scalar_subquery(),
            "message_id": thread.message_id.replace("\0", ""),
            "ticket": thread.ticket,
            "side": thread.side,
            "address": thread.address,
            "at": stamp(thread.at),
        }
        with self._database.begin() as connection:
            _add(connection, _threads, row)

    def sent(self, message_id: str) -> bool:
        """Tell whether a mail of ours was sent; raises StoreError."""
        return self._one(sa.select(_sent.c.key).where(_sent.c.key == hashed(message_id))) is not None

    def note_sent(self, message_id: str, ticket: int, at: datetime) -> None:
        """Note that a mail of ours was sent; raises StoreError."""
        row = {"key": hashed(message_id), "ticket": ticket, "at": stamp(at)}
        with self._database.begin() as connection:
            _add(connection, _sent, row)

    def forget(self, ticket: int) -> None:
        """Forget everything about a ticket; its mails still count as taken in; raises StoreError."""
        nobody = {"ticket": 0, "sender": "", "text": ""}
        with self._database.begin() as connection:
            connection.execute(sa.update(_taken).where(_taken.c.ticket == ticket).values(**nobody))
            connection.execute(sa.delete(_threads).where(_threads.c.ticket == ticket))

    def delete_older(self, moment: datetime) -> int:
        """Forget what is older than that and return how much; raises StoreError."""
        with self._database.begin() as connection:
            gone = (connection.execute(sa.delete(each).where(each.c.at < stamp(moment))) for each in _ROWS)
            return sum(result.rowcount for result in gone)

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    def _one(self, asked: Any) -> Any:
        with self._database.begin() as connection:
            return connection.execute(asked).first()


_ROWS = (_taken, _threads, _sent)


def _add(connection: Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    """Insert a row unless its key is there. It is one statement: one that looks first loses a race in SQLite."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(**row).on_conflict_do_nothing())


def _thread(row: Any) -> MailThread:
    return MailThread(row.message_id, row.ticket, row.side, row.address, datetime.fromisoformat(row.at))
