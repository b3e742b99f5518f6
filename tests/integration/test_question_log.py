"""One contract for every question log: in memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.model import KeptQuestion, Miss
from bot.store.questions import SqlQuestionLog
from tests.fakes.questions import MemoryQuestionLog

FIRST = KeptQuestion(date(2026, 11, 20), Miss.NIET_IN_BRONNEN, "wat verdient een coach? 🙂 'x' \"y\"")
SECOND = KeptQuestion(date(2026, 11, 21), Miss.BETWIJFELD, "klopt dat wel?", "c6-wat-vraagt-het")


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def log(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryQuestionLog()
        return
    if request.param == "sqlite":
        made = SqlQuestionLog(f"sqlite:///{tmp_path / 'new' / 'questions.sqlite'}")
    else:
        monkeypatch.setattr("bot.store.questions._questions.schema", request.getfixturevalue("postgres_schema"))
        made = SqlQuestionLog(request.getfixturevalue("postgres"))
    yield made
    made.close()


def test_questions_come_back_oldest_first(log: Any) -> None:
    assert log.kept() == ()
    log.keep(FIRST)
    log.keep(SECOND)
    assert log.kept() == (FIRST, SECOND)


def test_the_same_question_twice_counts_twice(log: Any) -> None:
    log.keep(FIRST)
    log.keep(FIRST)
    assert log.kept() == (FIRST, FIRST)


def test_old_questions_go(log: Any) -> None:
    log.keep(FIRST)
    log.keep(SECOND)
    assert log.delete_older(date(2026, 11, 21)) == 1
    assert log.kept() == (SECOND,)


def test_many_at_once_are_all_kept(log: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(log.keep, [FIRST] * 40))
    assert len(log.kept()) == 40


def test_a_place_that_cannot_be_written_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError):
        SqlQuestionLog(f"sqlite:///{tmp_path / 'file' / 'q.sqlite'}").keep(FIRST)
