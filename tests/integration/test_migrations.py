"""The tables: what the steps make is what the stores expect, from nothing and from every older database."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import bot.store
from bot.errors import StoreError
from bot.model import Entry, Miss
from bot.store.conversations import SqlConversationStore, conversation_of
from bot.store.deliveries import SqlDeliveryStore
from bot.store.engine import TABLES, Database
from bot.store.migrating import FOLDER, head, migrate
from bot.store.plans import SqlPlanStore
from bot.store.questions import SqlQuestionLog
from bot.store.sql import SqlDossierStore

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
OLDER = Path(__file__).parents[1] / "older"  # databases as these commits made them, with data


def clock() -> datetime:
    return NOW


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'db.sqlite'}"
    return str(request.getfixturevalue("postgres_database"))


@pytest.fixture
def engine(url: str) -> Iterator[sa.engine.Engine]:
    made = Database(url)._engine
    yield made
    made.dispose()


def older(engine: sa.engine.Engine, commit: str) -> None:
    """Put an older database in place."""
    statements = (OLDER / f"{commit}.{engine.dialect.name}.sql").read_text(encoding="utf-8")
    raw = engine.raw_connection()
    if engine.dialect.name == "sqlite":
        raw.driver_connection.executescript(statements)
    else:
        with raw.cursor() as cursor:
            cursor.execute(statements)
    raw.commit()
    raw.close()


def differences(engine: sa.engine.Engine) -> list[Any]:
    for module in pkgutil.iter_modules(bot.store.__path__):
        importlib.import_module(f"bot.store.{module.name}")
    with engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), TABLES))


def test_the_steps_make_the_tables_of_the_stores(engine: sa.engine.Engine) -> None:
    migrate(engine)
    assert differences(engine) == [], "a table changed: add a step to bot/store/migrations/versions"


def test_the_steps_stand_in_one_line() -> None:
    assert ScriptDirectory(str(FOLDER)).get_heads() == [head()]


def test_a_second_time_does_nothing(engine: sa.engine.Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO dossiers VALUES ('x', 1, 'toen', '{}')"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM dossiers")).scalar_one() == 1


def test_many_processes_at_once_make_them_once(url: str) -> None:
    def first_use(_number: int) -> None:
        store = SqlDossierStore(url, clock)
        store.ping()
        store.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(first_use, range(6)))


@pytest.mark.parametrize("commit", ["60c7522", "a418545"])
def test_an_older_database_comes_through_with_its_dossiers(engine: sa.engine.Engine, url: str, commit: str) -> None:
    older(engine, commit)
    dossiers = SqlDossierStore(url, clock)
    first, second = (dossiers.load(f"gesprek-{number}") for number in (1, 2))
    assert first is not None
    assert second is not None
    assert (first.version, first.pending, first.active) == (2, "criteria.4", True)
    assert first.facts == {"organisation_type": "ggz", "partner_types": ("gemeente", "uwv")}
    assert first.notes == {"criteria.6": "26 per fte 🙂"}
    assert dossiers.save(first.with_(pending=None)).version == 3
    assert differences(engine) == []
    dossiers.close()


def test_an_older_database_comes_through_with_everything_else(engine: sa.engine.Engine, url: str) -> None:
    older(engine, "a418545")
    plans, talks = SqlPlanStore(url, clock), SqlConversationStore(url, clock)
    questions, deliveries = SqlQuestionLog(url), SqlDeliveryStore(url)
    plan = plans.find("7K3M-Q2RT-0VWX-Z9A1-BCDE")
    assert plan is not None
    assert plan.answers["k6.aantal"].text == 'Wij hebben "30" cliënten per fte 🙂'
    assert plans.offered("t" * 43, NOW + timedelta(minutes=29)) == plan
    talk = conversation_of("a" * 43)
    assert [(each.who, each.text) for each in talks.after(talk, 0)] == [
        ("user", "wat is ips?"),
        ("bot", "IPS is hulp bij werk."),
        ("user", "en verder?"),
        ("feedback", ""),
    ]
    assert [(each.id, each.text, each.masked) for each in talks.waiting()] == [("n" * 16, "en verder?", ("bsn",))]
    assert talks.gone() == (conversation_of("b" * 43),)
    assert talks.append(talk, Entry("person", "Hallo.")) == 5
    assert [each.miss for each in questions.kept()] == [Miss.NIET_IN_BRONNEN, Miss.BETWIJFELD]
    assert questions.delete_older(date(2026, 11, 21)) == 1
    found = deliveries.find(talk)
    assert found is not None
    assert (found.seq, found.part, found.address) == (1, 1, {"channel": "C1", "thread": "1.2"})
    for store in (plans, talks, questions, deliveries):
        store.close()


def test_a_newer_database_is_refused_and_left_alone(engine: sa.engine.Engine, url: str) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    store = SqlDossierStore(url, clock)
    with pytest.raises(StoreError, match="newer"):
        store.ping()
    store.close()
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_a_step_that_fails_leaves_the_database_as_it_was(engine: sa.engine.Engine, url: str) -> None:
    older(engine, "a418545")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE leases (wat_anders INTEGER)"))
    store = SqlDossierStore(url, clock)
    with pytest.raises(StoreError):
        store.ping()
    store.close()
    assert "rasa_forms" not in sa.inspect(engine).get_table_names()
    assert "alembic_version" not in sa.inspect(engine).get_table_names()
