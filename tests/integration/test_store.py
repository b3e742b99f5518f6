"""One contract for every dossier store: in memory, SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StaleDossier, StoreError
from bot.model import Dossier
from bot.store.engine import FOLD_SECONDS
from bot.store.sql import SqlDossierStore
from tests.fakes.disk import on_disk
from tests.fakes.store import MemoryDossierStore

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)


def clock() -> datetime:
    return NOW


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryDossierStore(clock)
    elif request.param == "sqlite":
        made = SqlDossierStore(f"sqlite:///{tmp_path / 'new' / 'dossiers.sqlite'}", clock)
        yield made
        made.close()
    else:
        monkeypatch.setattr("bot.store.sql._dossiers.schema", request.getfixturevalue("postgres_schema"))
        made = SqlDossierStore(request.getfixturevalue("postgres"), clock)
        yield made
        made.close()


FULL = Dossier(
    conversation="gesprek-1",
    facts={"organisation_type": "ggz", "near_partner": True, "partner_types": ("gemeente", "uwv")},
    notes={"criteria.6": "26 cliënten per fte, 'krap' \"🙂\""},
    skipped=("criteria.2",),
    active=True,
    greeted=True,
    advised=True,
    pending="criteria.4",
    proposal={"key": "partner_types", "value": ("ggz",)},
    history=({"near_partner": False}, {"partner_types": ("ggz", "uwv"), "near_partner": True}),
    last_card="caseload",
    figures={"hot": True, "costs": {"counts": {"epa": 10, "cmd": 5}, "extras": ("overige_kosten",)}},
)


def test_an_unknown_conversation_has_no_dossier(store: Any) -> None:
    assert store.load("niemand") is None


def test_everything_survives_the_round_trip(store: Any) -> None:
    saved = store.save(FULL)
    assert store.load("gesprek-1") == saved == FULL.with_(version=1, updated_at=NOW)


def test_tuples_come_back_as_tuples(store: Any) -> None:
    store.save(FULL)
    loaded = store.load("gesprek-1")
    assert loaded.facts["partner_types"] == ("gemeente", "uwv")
    assert loaded.history[1]["partner_types"] == ("ggz", "uwv")
    assert loaded.proposal["value"] == ("ggz",)


def test_each_save_raises_the_version(store: Any) -> None:
    second = store.save(store.save(FULL).with_(pending=None))
    assert second.version == 2
    assert store.load("gesprek-1").pending is None


def test_an_old_copy_is_refused(store: Any) -> None:
    first = store.save(FULL)
    store.save(first.with_(pending="criteria.5"))
    with pytest.raises(StaleDossier):
        store.save(first.with_(pending="criteria.8"))
    assert store.load("gesprek-1").pending == "criteria.5"


def test_a_second_first_save_is_refused(store: Any) -> None:
    store.save(FULL)
    with pytest.raises(StaleDossier):
        store.save(FULL.with_(pending=None))
    assert store.load("gesprek-1").pending == "criteria.4"


def test_a_deleted_dossier_stays_deleted(store: Any) -> None:
    saved = store.save(FULL)
    store.delete("gesprek-1")
    store.delete("gesprek-1")
    assert store.load("gesprek-1") is None
    with pytest.raises(StaleDossier):
        store.save(saved)


def test_conversations_are_apart(store: Any) -> None:
    store.save(FULL)
    store.save(Dossier(conversation="gesprek-2"))
    store.delete("gesprek-2")
    assert store.load("gesprek-1") is not None


def test_old_dossiers_go_and_newer_stay(store: Any) -> None:
    store.save(FULL)
    assert store.delete_older(NOW) == 0
    assert store.load("gesprek-1") is not None
    assert store.delete_older(NOW + timedelta(seconds=1)) == 1
    assert store.load("gesprek-1") is None


def test_half_a_character_and_a_nul_are_kept(store: Any) -> None:
    store.save(FULL.with_(notes={"criteria.6": "half \ud83d en \x00"}))
    assert store.load("gesprek-1").notes == {"criteria.6": "half \ud83d en \x00"}


def test_ping(store: Any) -> None:
    store.ping()


def test_of_many_writers_one_wins(store: Any) -> None:
    first = store.save(FULL)

    def write(number: int) -> bool:
        try:
            store.save(first.with_(last_card=str(number)))
        except StaleDossier:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(24))) == 1


def test_dossiers_outlive_the_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'dossiers.sqlite'}"
    SqlDossierStore(url, clock).save(FULL)
    assert SqlDossierStore(url, lambda: NOW + timedelta(days=1)).load("gesprek-1") == FULL.with_(
        version=1, updated_at=NOW
    )


def test_the_conversation_id_is_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "dossiers.sqlite"
    store = SqlDossierStore(f"sqlite:///{path}", clock)
    store.save(FULL)
    store.close()
    assert b"gesprek-1" not in on_disk(tmp_path)


def test_sqlite_waits_for_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "dossiers.sqlite"
    store = SqlDossierStore(f"sqlite:///{path}", clock)
    store.ping()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:
        saving = pool.submit(store.save, FULL)
        other.execute("COMMIT")
        assert saving.result(timeout=10).version == 1
    other.close()


@pytest.mark.parametrize(
    "url", ["sqlite:////proc/nergens/dossiers.sqlite", "postgresql://nobody@127.0.0.1:9/x", "mysql://x/y", "onzin"]
)
def test_a_store_out_of_reach_is_a_store_error(url: str) -> None:
    with pytest.raises(StoreError):
        SqlDossierStore(url, clock).ping()


def test_a_store_that_vanishes_is_a_store_error(tmp_path: Path) -> None:
    store = SqlDossierStore(f"sqlite:///{tmp_path / 'dossiers.sqlite'}", clock)
    store.ping()
    for path in tmp_path.glob("dossiers.sqlite*"):
        path.unlink()
    (tmp_path / "dossiers.sqlite").write_bytes(b"dit is geen database" * 100)
    for use in (store.ping, lambda: store.load("x"), lambda: store.save(FULL), lambda: store.delete("x")):
        with pytest.raises(StoreError):
            use()


def test_what_is_deleted_leaves_the_files_while_connections_stay_open(tmp_path: Path) -> None:
    file = tmp_path / "dossiers.sqlite"
    store = SqlDossierStore(f"sqlite:///{file}", clock)
    with closing(sqlite3.connect(file)) as another:  # as of another process, which reads now and then
        for number in range(30):
            store.save(Dossier(f"gesprek-{number}", facts={"organisation_type": "geheimpje"}))
        another.execute("SELECT count(*) FROM dossiers").fetchone()
        assert b"geheimpje" in on_disk(tmp_path)
        for number in range(30):
            store.delete(f"gesprek-{number}")
        until = time.monotonic() + 20
        while b"geheimpje" in on_disk(tmp_path):
            assert time.monotonic() < until
            time.sleep(0.05)
        assert store.load("gesprek-1") is None


def test_a_reader_in_the_way_delays_that_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "dossiers.sqlite"
    store = SqlDossierStore(f"sqlite:///{file}", clock)
    store.save(Dossier("gesprek", facts={"organisation_type": "geheimpje"}))
    with closing(sqlite3.connect(file, isolation_level=None)) as another:
        another.execute("BEGIN")
        another.execute("SELECT count(*) FROM dossiers").fetchone()
        store.delete("gesprek")
        time.sleep(1.0)
        assert b"geheimpje" in on_disk(tmp_path)
        another.execute("COMMIT")
        until = time.monotonic() + 20
        while b"geheimpje" in on_disk(tmp_path):
            assert time.monotonic() < until
            time.sleep(0.05)


def test_a_file_that_is_put_back_is_the_one_that_is_used(tmp_path: Path) -> None:
    file = tmp_path / "dossiers.sqlite"
    store = SqlDossierStore(f"sqlite:///{file}", clock)
    store.save(Dossier("gesprek"))
    store.close()
    copy = file.read_bytes()
    store.delete("gesprek")
    store.ping()
    for path in tmp_path.iterdir():
        path.unlink()
    file.write_bytes(copy)
    assert store.load("gesprek") is not None


def test_a_closed_store_makes_no_file_anew(tmp_path: Path) -> None:
    store = SqlDossierStore(f"sqlite:///{tmp_path / 'dossiers.sqlite'}", clock)
    store.save(Dossier("gesprek"))
    store.close()
    for path in tmp_path.iterdir():
        path.unlink()
    time.sleep(3 * FOLD_SECONDS)
    assert list(tmp_path.iterdir()) == []
