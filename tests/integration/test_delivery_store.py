"""One contract for where conversations on Slack and Teams are answered: SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.model import Delivery
from bot.store.deliveries import SqlDeliveryStore

PLACE = {"team": "T1", "channel": "C1", "thread": "", "user": "U1"}


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'log.sqlite'}"
    else:
        schema = request.getfixturevalue("postgres_schema")
        monkeypatch.setattr("bot.store.deliveries._deliveries.schema", schema)
        url = request.getfixturevalue("postgres")
    made = SqlDeliveryStore(url)
    yield made
    made.close()


def test_a_place_is_found_as_it_was_given(store: Any) -> None:
    assert store.find("een") is None
    store.place("een", "slack", PLACE)
    assert store.find("een") == Delivery("een", "slack", PLACE)


def test_a_new_place_keeps_how_far_it_was(store: Any) -> None:
    store.place("een", "slack", PLACE)
    store.note("een", 7, 2)
    store.place("een", "slack", {**PLACE, "channel": "C2"})
    assert store.find("een") == Delivery("een", "slack", {**PLACE, "channel": "C2"}, 7, 2)
    store.place("een", "slack", PLACE, True)
    assert store.find("een") == Delivery("een", "slack", PLACE)


def test_each_channel_has_its_own(store: Any) -> None:
    store.place("een", "slack", PLACE)
    store.place("twee", "teams", {"service": "https://smba.trafficmanager.net/emea"})
    store.place("drie", "slack", PLACE)
    assert {each.conversation for each in store.all("slack")} == {"een", "drie"}
    assert [each.conversation for each in store.all("teams")] == ["twee"]
    assert store.all("mail") == ()


def test_what_is_forgotten_is_gone(store: Any) -> None:
    store.place("een", "slack", PLACE)
    store.forget("een")
    store.forget("een")
    store.note("een", 3, 0)
    assert store.find("een") is None


def test_many_at_once_make_one(store: Any) -> None:
    store.find("een")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.place("een", "slack", {"said": {str(number): "x"}}, True), range(24)))
    assert len(store.all("slack")) == 1


def test_what_a_place_holds_comes_back_whole(store: Any) -> None:
    said = {f"{number:016x}": f"1700000000.{number:06}" for number in range(500)}
    store.place("staff-teams~1", "staff-teams", {"thread": "19:é😀@thread.tacv2", "said": said})
    assert store.find("staff-teams~1").address == {"thread": "19:é😀@thread.tacv2", "said": said}


def test_a_database_that_is_not_there_is_a_store_error() -> None:
    store = SqlDeliveryStore("postgresql://postgres@127.0.0.1:9/geen")
    with pytest.raises(StoreError):
        store.find("een")
    store.close()
