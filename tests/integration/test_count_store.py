"""One contract for every count store: in memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.model import QuestionCount
from bot.store.counts import SqlCountStore
from tests.fakes.counts import MemoryCountStore

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryCountStore()
        return
    if request.param == "sqlite":
        made = SqlCountStore(f"sqlite:///{tmp_path / 'counts.sqlite'}")
    else:
        monkeypatch.setattr("bot.store.counts._counts.schema", request.getfixturevalue("postgres_schema"))
        made = SqlCountStore(request.getfixturevalue("postgres"))
    yield made
    made.close()


def test_counts_by_day_subject_and_outcome(store: Any) -> None:
    assert store.counts(MONDAY) == ()
    for day, subject, outcome in (
        (TUESDAY, "training", "beantwoord"),
        (MONDAY, "training", "beantwoord"),
        (TUESDAY, "training", "niet_begrepen"),
        (TUESDAY, "financiering", "beantwoord"),
        (TUESDAY, "training", "beantwoord"),
    ):
        store.count(day, subject, outcome)
    tuesday = (
        QuestionCount(TUESDAY, "financiering", "beantwoord", 1),
        QuestionCount(TUESDAY, "training", "beantwoord", 2),
        QuestionCount(TUESDAY, "training", "niet_begrepen", 1),
    )
    assert store.counts(TUESDAY) == tuesday
    assert store.counts(MONDAY) == (QuestionCount(MONDAY, "training", "beantwoord", 1), *tuesday)


def test_old_counts_go(store: Any) -> None:
    store.count(MONDAY, "training", "beantwoord")
    store.count(TUESDAY, "training", "beantwoord")
    assert store.delete_older(TUESDAY) == 1
    assert [count.day for count in store.counts(MONDAY)] == [TUESDAY]


def test_many_at_once_are_all_counted(store: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.count(MONDAY, "training", "beantwoord"), range(40)))
    assert store.counts(MONDAY) == (QuestionCount(MONDAY, "training", "beantwoord", 40),)


@pytest.mark.parametrize("url", ["sqlite:////proc/nergens/x.sqlite", "postgresql://nobody@127.0.0.1:9/x"])
def test_a_store_out_of_reach_is_a_store_error(url: str) -> None:
    with pytest.raises(StoreError):
        SqlCountStore(url).count(MONDAY, "training", "beantwoord")
