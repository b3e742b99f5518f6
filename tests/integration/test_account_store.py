"""One contract for every account store: in memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.model import Account
from bot.store.accounts import SqlAccountStore
from tests.fakes.accounts import MemoryAccountStore
from tests.fakes.disk import on_disk

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
ANNA = Account("Anna de Vries", "medewerker", "$argon2id$hash", created_at=NOW)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryAccountStore()
        return
    if request.param == "sqlite":
        made = SqlAccountStore(f"sqlite:///{tmp_path / 'accounts.sqlite'}")
    else:
        schema = request.getfixturevalue("postgres_schema")
        for table in ("accounts", "sessions", "tries", "logins"):
            monkeypatch.setattr(f"bot.store.accounts._{table}.schema", schema)
        made = SqlAccountStore(request.getfixturevalue("postgres"))
    yield made
    made.close()


def never(_tries: int) -> timedelta:
    return timedelta(0)


def after_two(tries: int) -> timedelta:
    return timedelta(seconds=60) if tries >= 2 else timedelta(0)


def test_an_account_is_found_in_whatever_case_and_made_once(store: Any) -> None:
    assert store.create(ANNA)
    assert store.find("ANNA DE VRIES") == store.find("anna de vries") == ANNA
    assert not store.create(Account("anna de vries", "beheerder"))
    assert store.find("Bram") is None
    store.save(ANNA.with_(disabled=True, role="beheerder", seen_at=NOW))
    assert store.all() == (ANNA.with_(disabled=True, role="beheerder", seen_at=NOW),)


def test_a_subject_belongs_to_one_account(store: Any) -> None:
    assert store.create(Account("bram", "medewerker", subject="https://login.example 42"))
    assert not store.create(Account("cor", "medewerker", subject="https://login.example 42"))
    assert store.create(Account("dirk", "medewerker"))
    assert store.create(Account("els", "medewerker"))
    found = store.of_subject("https://login.example 42")
    store.save(found.with_(role="beheerder"))
    assert store.of_subject("https://login.example 42").role == "beheerder"
    assert store.of_subject("https://login.example 43") is None
    assert store.find("bram").subject, "somebody who has no password here is known as such"
    assert "login.example" not in store.find("bram").subject


def test_a_session_leads_to_its_account_until_it_ends(store: Any) -> None:
    store.create(ANNA)
    store.begin("one", "Anna de Vries", NOW)
    store.begin("two", "anna de vries", NOW)
    store.touch("one", NOW + HOUR)
    session = store.session("one")
    assert (session.account, session.started_at, session.used_at) == (ANNA, NOW, NOW + HOUR)
    store.end("one")
    store.end("one")
    assert store.session("one") is None
    assert store.session("two")
    store.end_all("ANNA DE VRIES")
    assert store.session("two") is None


def test_tries_wait_longer_and_are_forgiven(store: Any) -> None:
    assert store.attempt("anna", NOW, after_two, DAY) is None
    assert store.attempt("anna", NOW, after_two, DAY) is None
    until = NOW + timedelta(seconds=60)
    assert store.attempt("anna", NOW + timedelta(seconds=59), after_two, DAY) == until
    assert store.attempt("bram", NOW, after_two, DAY) is None
    assert store.attempt("anna", until, after_two, DAY) is None
    assert store.attempt("anna", until, after_two, DAY) == until + timedelta(seconds=60)
    store.forgive("anna", 2)
    assert store.attempt("anna", until, after_two, DAY) is None
    store.forgive("anna")
    assert store.attempt("anna", until, after_two, DAY) is None
    assert store.attempt("anna", until, after_two, DAY) is None
    assert store.attempt("anna", until + 2 * DAY, after_two, DAY) is None
    assert store.attempt("anna", until + 2 * DAY, after_two, DAY) is None, "the old tries no longer count"


def test_many_tries_at_once_are_all_counted(store: Any) -> None:
    def one(_number: int) -> datetime | None:
        return store.attempt("anna", NOW, lambda tries: HOUR if tries >= 5 else timedelta(0), DAY)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(24)))
    assert answers.count(None) == 5
    assert answers.count(NOW + HOUR) == 19


def test_a_login_on_its_way_comes_back_once_and_in_time(store: Any) -> None:
    store.keep("token", {"session": {"state": {"data": {"nonce": "n"}}}, "goal": "/inbox/"}, NOW + HOUR)
    store.keep("late", {"goal": ""}, NOW + HOUR)
    assert store.take("token", NOW)["session"]["state"]["data"]["nonce"] == "n"
    assert store.take("token", NOW) is None
    assert store.take("late", NOW + HOUR) is None
    assert store.take("other", NOW) is None


def test_what_expired_is_forgotten(store: Any) -> None:
    store.create(ANNA)
    store.begin("old", "Anna de Vries", NOW - DAY)
    store.begin("new", "Anna de Vries", NOW)
    store.keep("late", {}, NOW - HOUR)
    store.attempt("anna", NOW - 2 * DAY, never, DAY)
    store.clean_up(NOW - HOUR, NOW)
    assert store.session("old") is None
    assert store.session("new")
    assert store.take("late", NOW - 2 * HOUR) is None


def test_no_token_address_or_subject_lies_on_the_disk(tmp_path: Path) -> None:
    file = tmp_path / "accounts.sqlite"
    store = SqlAccountStore(f"sqlite:///{file}")
    store.create(Account("bram", "medewerker", subject="https://login.example onderwerp-42"))
    store.begin("geheim-token", "bram", NOW)
    store.attempt("adres 192.0.2.17", NOW, never, DAY)
    store.keep("geheim-onderweg", {}, NOW)
    store.close()
    kept = on_disk(tmp_path)
    assert b"bram" in kept
    for secret in (b"geheim-token", b"192.0.2.17", b"onderwerp-42", b"geheim-onderweg"):
        assert secret not in kept


def test_a_store_that_is_away_says_so(tmp_path: Path) -> None:
    store = SqlAccountStore(f"sqlite:///{tmp_path}")
    with pytest.raises(StoreError):
        store.all()
    with pytest.raises(StoreError):
        SqlAccountStore("mysql://x/y")
