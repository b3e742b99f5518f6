"""Dossiers in SQL: one SQLite file by default, PostgreSQL by its URL."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.errors import StaleDossier, StoreError
from bot.model import Dossier
from bot.ports import Clock

WAIT_SECONDS = 5  # for a connection, a lock or a statement
_OWN_COLUMNS = ("conversation", "version", "updated_at")

_metadata = sa.MetaData()
_dossiers = sa.Table(
    "dossiers",
    _metadata,
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
        self._has_table = False
        with _store_errors():
            self._engine = _engine(url)

    def load(self, conversation: str) -> Dossier | None:
        """Return the dossier or None; raises StoreError."""
        query = sa.select(_dossiers).where(_dossiers.c.conversation == _key(conversation))
        with self._begin() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        stored = json.loads(row.body)
        content = {name: _thaw(stored[name]) for name in _content_names() if name in stored}
        updated_at = datetime.fromisoformat(row.updated_at)
        return Dossier(conversation=conversation, version=row.version, updated_at=updated_at, **content)

    def save(self, dossier: Dossier) -> Dossier:
        """Store the dossier; return it with its next version and time; raises StaleDossier or StoreError."""
        saved = dossier.with_(version=dossier.version + 1, updated_at=self._clock())
        body = json.dumps({name: _freeze(getattr(saved, name)) for name in _content_names()}, ensure_ascii=False)
        row = {"version": saved.version, "updated_at": saved.updated_at.isoformat(), "body": body}  # type: ignore[union-attr]
        with self._begin() as connection:
            if not self._write(connection, _key(dossier.conversation), dossier.version, row):
                raise StaleDossier("the dossier was saved by somebody else since it was read")
        return saved

    def delete(self, conversation: str) -> None:
        """Forget the dossier; raises StoreError."""
        with self._begin() as connection:
            connection.execute(sa.delete(_dossiers).where(_dossiers.c.conversation == _key(conversation)))

    def ping(self) -> None:
        """Raise StoreError when the store can't be reached."""
        with self._begin() as connection:
            connection.execute(sa.select(_dossiers.c.version).limit(1))

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        with _store_errors():
            if not self._has_table:
                self._make_table()
            with self._engine.begin() as connection:
                yield connection

    def _make_table(self) -> None:
        try:
            _metadata.create_all(self._engine)
        except sa.exc.DBAPIError:  # another process made it between our look and our statement
            _metadata.create_all(self._engine)
        self._has_table = True

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


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        options = f"-c statement_timeout={WAIT_SECONDS * 1000} -c lock_timeout={WAIT_SECONDS * 1000}"
        arguments = {"connect_timeout": WAIT_SECONDS, "options": options}
        return sa.create_engine(
            parsed, future=True, pool_pre_ping=True, pool_timeout=WAIT_SECONDS, connect_args=arguments
        )
    if parsed.get_backend_name() != "sqlite":
        raise StoreError("only sqlite and postgresql are supported")
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(parsed, future=True, poolclass=NullPool, connect_args={"timeout": WAIT_SECONDS})
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    """Readers don't wait for the writer; pysqlite's own transactions are off, so that BEGIN and SAVEPOINT are ours."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
    cursor.close()


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"the dossier store refused: {type(error).__name__}") from error


def _key(conversation: str) -> str:
    return hashlib.sha256(conversation.encode("utf-8", "surrogatepass")).hexdigest()


def _content_names() -> tuple[str, ...]:
    return tuple(each.name for each in fields(Dossier) if each.name not in _OWN_COLUMNS)


def _freeze(value: Any) -> Any:
    """Return `value` as plain JSON; a mapping becomes a dict. JSON has no tuples: every list was one."""
    if isinstance(value, Mapping):
        return {key: _freeze(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [_freeze(each) for each in value]
    return value


def _thaw(value: Any) -> Any:
    """Undo `_freeze`: the model holds tuples only."""
    if isinstance(value, dict):
        return {key: _thaw(each) for key, each in value.items()}
    if isinstance(value, list):
        return tuple(_thaw(each) for each in value)
    return value
