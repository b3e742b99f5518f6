"""Dossiers in SQL: one SQLite file by default, PostgreSQL by its URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.errors import StaleDossier
from bot.model import Dossier
from bot.ports import Clock
from bot.store.engine import TABLES, Database, from_json, hashed, stamp, to_json

_OWN_COLUMNS = ("conversation", "version", "updated_at")

_dossiers = sa.Table(
    "dossiers",
    TABLES,
    sa.Column("conversation", sa.String(64), primary_key=True),  # SHA-256 of the conversation's id
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("updated_at", sa.String(40), nullable=False),  # ISO 8601, UTC
    sa.Column("body", sa.Text, nullable=False),
)


class SqlDossierStore:
    """A DossierStore over SQLAlchemy. It keeps no conversation ids, only their SHA-256."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Connect at first use, so that the rest starts while the database is down; raises StoreError for a bad URL."""
        self._clock = clock
        self._database = Database(url)

    def load(self, conversation: str) -> Dossier | None:
        """Return the dossier or None; raises StoreError."""
        query = sa.select(_dossiers).where(_dossiers.c.conversation == hashed(conversation))
        with self._database.begin() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        stored = from_json(row.body)
        content = {name: stored[name] for name in _content_names() if name in stored}
        updated_at = datetime.fromisoformat(row.updated_at)
        return Dossier(conversation=conversation, version=row.version, updated_at=updated_at, **content)

    def save(self, dossier: Dossier) -> Dossier:
        """Store the dossier; return it with its next version and time; raises StaleDossier or StoreError."""
        saved = dossier.with_(version=dossier.version + 1, updated_at=self._clock())
        body = to_json({name: getattr(saved, name) for name in _content_names()})
        row = {"version": saved.version, "updated_at": stamp(saved.updated_at), "body": body}  # type: ignore[arg-type]
        with self._database.begin() as connection:
            if not self._write(connection, hashed(dossier.conversation), dossier.version, row):
                raise StaleDossier("the dossier was saved by somebody else since it was read")
        return saved

    def delete(self, conversation: str) -> None:
        """Forget the dossier; raises StoreError."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(_dossiers).where(_dossiers.c.conversation == hashed(conversation)))

    def delete_older(self, moment: datetime) -> int:
        """Forget dossiers without activity since `moment` and return how many; raises StoreError."""
        with self._database.begin() as connection:
            gone = connection.execute(sa.delete(_dossiers).where(_dossiers.c.updated_at < stamp(moment)))
        return int(gone.rowcount)

    def ping(self) -> None:
        """Raise StoreError when the store can't be reached."""
        with self._database.begin() as connection:
            connection.execute(sa.select(_dossiers.c.version).limit(1))

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    @staticmethod
    def _write(connection: Connection, key: str, version: int, row: Mapping[str, Any]) -> bool:
        """Update the row of this version, or insert the first; tell whether it worked."""
        if version > 0:
            update = sa.update(_dossiers).where(_dossiers.c.conversation == key, _dossiers.c.version == version)
            return bool(connection.execute(update.values(**row)).rowcount == 1)
        try:
            with connection.begin_nested():
                connection.execute(sa.insert(_dossiers).values(conversation=key, **row))
        except sa.exc.IntegrityError:
            return False
        return True


def _content_names() -> tuple[str, ...]:
    return tuple(each.name for each in fields(Dossier) if each.name not in _OWN_COLUMNS)
