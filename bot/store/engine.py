"""One database for every store: SQLite or PostgreSQL, bounded waits, errors of our own, and how we write values."""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from bot.errors import StoreError
from bot.store.migrating import migrate

TABLES = sa.MetaData()  # of every store; the steps in migrations/ make these, and a test compares them
WAIT_SECONDS = 5  # for a connection, a lock or a statement
FOLD_SECONDS = 0.3  # after a write, SQLite's write-ahead log is folded in
FOLD_WAIT_SECONDS = 0.1  # for readers that are in its way


class Database:
    """A connection for one store. It connects at first use, so that the rest starts while the database is down."""

    def __init__(self, url: str) -> None:
        """Raises StoreError for a bad URL."""
        self._migrated = False
        self._migrating = threading.Lock()
        with _store_errors():
            self._engine = _engine(url)
        _open.add(self)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Give a connection in a transaction, at first with today's tables made; raises StoreError."""
        with _store_errors():
            if not self._migrated:
                self._migrate()
            with self._engine.begin() as connection:
                changes = _changes(connection)
                yield connection
                wrote = _changes(connection) != changes
            if wrote:
                _folding.soon(self._engine)

    def close(self) -> None:
        """Close the connections; the last one of all processes folds SQLite's write-ahead log in."""
        _folding.leave(self._engine)
        self._engine.dispose()

    def _migrate(self) -> None:
        with self._migrating:
            if not self._migrated:
                migrate(self._engine)
                self._migrated = True


class _Folding:
    """Folds SQLite's write-ahead logs in, a moment after a write, and empties them.

    Connections stay open, because to open and close them takes longer than what is asked of them. SQLite would then
    keep what was deleted in its log until others write over it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._written: dict[str, Engine] = {}  # by the name of its file
        self._thread: threading.Thread | None = None

    def soon(self, engine: Engine) -> None:
        """Fold in what was written; from any thread."""
        with self._lock:
            self._written[str(engine.url)] = engine
            if self._thread is None:
                self._thread = threading.Thread(target=self._fold_all, name="folding", daemon=True)
                self._thread.start()

    def leave(self, engine: Engine) -> None:
        """Open no connection of this engine any more: its file may be gone, and would be made anew."""
        name = str(engine.url)
        with self._lock:
            if self._written.get(name) is engine:
                del self._written[name]

    def _fold_all(self) -> None:
        while True:
            time.sleep(FOLD_SECONDS)
            with self._lock:
                written, self._written = self._written, {}
                if not written:
                    self._thread = None
                    return
            for engine in written.values():
                if not _fold(engine):
                    self.soon(engine)


_open: weakref.WeakSet[Database] = weakref.WeakSet()
_folding = _Folding()


@atexit.register
def _close_all() -> None:
    for database in tuple(_open):
        database.close()


def _fold(engine: Engine) -> bool:
    """Empty a write-ahead log; tell whether that is done, or can't be done."""
    try:
        connection = engine.raw_connection()
        cursor = connection.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout={int(FOLD_WAIT_SECONDS * 1000)}")
            busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
            connection.close()
    except (SQLAlchemyError, sqlite3.Error):  # whoever uses it meets the same
        return True
    return not busy


def _changes(connection: Connection) -> int:
    """Return how many rows an SQLite connection ever changed; 0 for PostgreSQL."""
    return int(getattr(connection.connection.dbapi_connection, "total_changes", 0))


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
    arguments = {"timeout": WAIT_SECONDS, "check_same_thread": False}
    engine = sa.create_engine(parsed, future=True, poolclass=QueuePool, max_overflow=-1, connect_args=arguments)
    sa.event.listen(engine, "connect", _set_up_sqlite)
    sa.event.listen(engine, "checkout", _check_file)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, record: Any) -> None:
    """Readers don't wait for the writer; pysqlite's own transactions are off, so that BEGIN and SAVEPOINT are ours."""
    connection.isolation_level = None
    cursor = connection.cursor()
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a power cut: half a millisecond a write
    cursor.execute("PRAGMA secure_delete=ON")  # what is deleted is overwritten, not left in free pages
    cursor.execute(f"PRAGMA busy_timeout={WAIT_SECONDS * 1000}")
    (_, _, path), *_ = cursor.execute("PRAGMA database_list")
    cursor.close()
    record.info["path"], record.info["file"] = path, _file_at(path)


def _check_file(_connection: Any, record: Any, _given: Any) -> None:
    """Let a connection be made anew when its file was put aside or replaced: it would write where nobody looks."""
    if record.info["file"] != _file_at(record.info["path"]):
        raise DisconnectionError


def _file_at(path: str) -> tuple[int, int]:
    """Return what tells one file from another under the same name; zeros when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


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
