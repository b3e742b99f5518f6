"""Brings a database to today's tables, whatever it was before, once, while everybody else waits."""

from __future__ import annotations

import logging
import threading
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.engine import Connection, Engine

from bot.errors import StoreError

FOLDER = Path(__file__).parent / "migrations"
AT_ONCE = {"begin": "BEGIN IMMEDIATE"}  # an execution option that engine.py reads: SQLite's lock from the start
_LOCK = 0x1B5  # PostgreSQL's advisory lock: any number, but always the same
_WAIT = "2min"  # for another process that migrates
log = logging.getLogger(__name__)

_alembic = threading.Lock()  # its `op` and `context` are global to the process


@lru_cache(maxsize=1)
def head() -> str:
    """Return the revision that this program needs."""
    return str(ScriptDirectory(str(FOLDER)).get_current_head())


def migrate(engine: Engine) -> None:
    """Do the steps that the database still lacks, all or none; raises StoreError when it is newer than we are."""
    with engine.connect() as connection:
        if _revision(connection) == head():
            return
    with _alembic, engine.connect().execution_options(**AT_ONCE) as connection, connection.begin():
        _lock(connection)
        if _revision(connection) != head():  # another process may have done it meanwhile
            _upgrade(connection)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{_WAIT}'"))
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
        log.info("the tables are now those of step %s", head())
    except CommandError as problem:
        raise StoreError(f"the database is not one of ours, or newer than this program: {problem}") from problem
