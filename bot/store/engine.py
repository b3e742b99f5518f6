"""One database for every store: SQLite or PostgreSQL, bounded waits, errors of our own, and how we write values."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from bot.errors import StoreError
from bot.store.migrating import migrate

TABLES = sa.MetaData()  # of every store; the steps in migrations/ make these, and a test compares them
WAIT_SECONDS = 5  # for a connection, a lock or a statement


class Database:
    """A connection for one store. It connects at first use, so that the rest starts while the database is down."""

    def __init__(self, url: str) -> None:
        """Raises StoreError for a bad URL."""
        self._migrated = False
        self._migrating = threading.Lock()
        with _store_errors():
            self._engine = _engine(url)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a connection in a transaction, at first with today's tables made; raises StoreError."""
        with _store_errors():
            if not self._migrated:
                self._migrate()
            with self._engine.begin() as connection:
                yield connection

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _migrate(self) -> None:
        with self._migrating:
            if not self._migrated:
                migrate(self._engine)
                self._migrated = True


def hashed(secret: str) -> str:
    """Return the SHA-256 under which a conversation id, code or token is kept."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def stamp(moment: datetime) -> str:
    """Return an aware moment as text that sorts by time."""
    return moment.astimezone(timezone.utc).isoformat(timespec="microseconds")


def to_json(content: Mapping[str, Any]) -> str:
    """Return a body to store. It is ASCII, so that half a character or a NUL is kept as well."""
    return json.dumps(_freeze(content))


def from_json(body: str) -> dict[str, Any]:
    """Undo `to_json`."""
    return {key: _thaw(value) for key, value in json.loads(body).items()}


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
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    """Readers don't wait for the writer; pysqlite's own transactions are off, so that BEGIN and SAVEPOINT are ours."""
    connection.isolation_level = None
    cursor = connection.cursor()
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, not left in free pages
    cursor.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
    cursor.close()


def _write_ahead(cursor: Any) -> None:
    """Ask for a write-ahead log. While another connection begins one, SQLite refuses at once instead of waiting."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"the store refused: {type(error).__name__}") from error
