"""A PostgreSQL for the stores' contract suites."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from bot.store.migrating import migrate
from tests.fakes.postgres import postgres_programs, running_postgres
from tests.fakes.redis import OwnRedis, redis_program, running_redis


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL: IPS_TEST_POSTGRES, or a server of our own that goes afterwards."""
    if named := os.environ.get("IPS_TEST_POSTGRES"):
        yield named
        return
    programs = postgres_programs()
    if programs is None and not os.environ.get("CI"):
        pytest.skip("no PostgreSQL: install Debian's package postgresql, or name one in IPS_TEST_POSTGRES")
    assert programs is not None, "no PostgreSQL in CI"
    with running_postgres(programs) as url:
        yield url


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    """A Redis of this test's own, to be mistreated."""
    program = redis_program()
    if program is None and not os.environ.get("CI"):
        pytest.skip("no Redis: install Debian's package redis-server")
    assert program is not None, "no Redis in CI"
    with running_redis(program) as server:
        yield server


@pytest.fixture
def postgres_database(postgres: str) -> Iterator[str]:
    """The URL of an empty database of our own, dropped afterwards."""
    name = f"ips_test_{uuid.uuid4().hex}"
    with _outside(postgres) as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield sa.engine.make_url(postgres).set(database=name).render_as_string(hide_password=False)
    with _outside(postgres) as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def _postgres_schema(postgres: str) -> Iterator[str]:
    """A schema with today's tables, made once: that takes longer than most tests."""
    with _schema(postgres) as schema:
        yield schema


@pytest.fixture
def postgres_schema_to_break(postgres: str) -> Iterator[str]:
    """A schema with today's tables for a test that tampers with them."""
    with _schema(postgres) as schema:
        yield schema


@pytest.fixture
def postgres_schema(postgres: str, _postgres_schema: str) -> str:
    """The schema with its tables empty."""
    with _outside(postgres) as connection:
        names = sa.inspect(connection).get_table_names(_postgres_schema)
        tables = ", ".join(f"{_postgres_schema}.{name}" for name in names if name != "alembic_version")
        connection.execute(sa.text("SET session_replication_role = replica"))  # without the triggers that forbid it
        connection.execute(sa.text(f"TRUNCATE {tables} RESTART IDENTITY"))
    return _postgres_schema


@contextmanager
def _schema(postgres: str) -> Iterator[str]:
    schema = f"ips_test_{uuid.uuid4().hex}"
    with _outside(postgres) as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    engine = sa.create_engine(
        postgres, future=True, poolclass=sa.pool.NullPool, connect_args={"options": f"-c search_path={schema}"}
    )
    migrate(engine)
    yield schema
    with _outside(postgres) as connection:
        connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))


@contextmanager
def _outside(url: str) -> Iterator[sa.engine.Connection]:
    """A connection without a transaction, as CREATE DATABASE wants it."""
    engine = sa.create_engine(url, future=True, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
