"""One contract for every log of mails: in memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.model import MailPlace, MailThread
from bot.store.mail import SqlMailLog
from tests.fakes.mail import MemoryMailLog

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)
EARLIER = NOW - timedelta(days=2)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def log(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryMailLog()
        return
    if request.param == "sqlite":
        made = SqlMailLog(f"sqlite:///{tmp_path / 'new' / 'mail.sqlite'}")
    else:
        schema = request.getfixturevalue("postgres_schema")
        for table in ("_places", "_taken", "_threads", "_sent"):
            monkeypatch.setattr(f"bot.store.mail.{table}.schema", schema)
        made = SqlMailLog(request.getfixturevalue("postgres"))
    yield made
    made.close()


def test_a_place_is_kept_per_mailbox(log: Any) -> None:
    assert log.place("a") is None
    log.note_place("a", MailPlace(4_000_000_000, 1, EARLIER))
    log.note_place("a", MailPlace(4_000_000_000, 9, NOW))
    log.note_place("b", MailPlace(1, 2, NOW))
    assert log.place("a") == MailPlace(4_000_000_000, 9, NOW)
    assert log.place("b") == MailPlace(1, 2, NOW)


def test_a_mail_is_taken_once(log: Any) -> None:
    assert log.taken("k") is None
    log.take("k", 7, "anna", "tekst", NOW)
    log.take("k", 8, "bob", "tekst", NOW)
    assert log.taken("k") == 7


def test_the_same_text_of_the_same_sender_is_found(log: Any) -> None:
    log.take("a", 1, "anna", "tekst", EARLIER)
    log.take("b", 0, "anna", "van ons zelf", NOW)
    log.take("c", 3, "anna", "ander", NOW)
    assert log.same_text("anna", "tekst", EARLIER) == 1
    assert log.same_text("anna", "tekst", NOW) is None
    assert log.same_text("bob", "tekst", EARLIER) is None
    assert log.same_text("anna", "van ons zelf", EARLIER) is None
    assert (log.count("anna", EARLIER), log.count("anna", NOW), log.count("bob", EARLIER)) == (3, 2, 0)
    assert (log.last("anna"), log.last("bob")) == (3, None)


def test_threads(log: Any) -> None:
    first, second = MailThread("a@b", 1, "asker", "x", NOW), MailThread("c@d", 1, "asker", "y", NOW)
    staff = MailThread("e@f", 1, "staff", "z", NOW)
    for thread in (first, staff, second, MailThread("a@b", 2, "staff", "q", NOW)):
        log.note_thread(thread)
    assert log.thread("a@b") == first
    assert log.thread("x") is None
    assert (log.newest(1, "asker"), log.newest(1, "staff"), log.newest(2, "staff")) == (second, staff, None)


def test_what_was_sent(log: Any) -> None:
    assert not log.sent("a@b")
    log.note_sent("a@b", 1, NOW)
    log.note_sent("a@b", 1, NOW)
    assert log.sent("a@b")


def test_a_ticket_is_forgotten(log: Any) -> None:
    log.take("a", 1, "anna", "tekst", NOW)
    log.take("b", 2, "anna", "tekst", NOW)
    log.note_thread(MailThread("a@b", 1, "asker", "x", NOW))
    log.note_thread(MailThread("c@d", 2, "asker", "x", NOW))
    log.forget(1)
    assert log.taken("a") == 0  # so that a mail that comes again makes no new ticket
    assert log.thread("a@b") is None
    assert log.thread("c@d")
    assert (log.count("anna", EARLIER), log.last("anna")) == (1, 2)


def test_what_is_old_goes(log: Any) -> None:
    for name, at in (("a", EARLIER), ("b", NOW)):
        log.take(name, 1, "anna", "tekst", at)
        log.note_thread(MailThread(name, 1, "asker", "x", at))
        log.note_sent(name, 1, at)
    assert log.delete_older(NOW) == 3
    assert log.delete_older(NOW) == 0
    assert (log.taken("a"), log.thread("a"), log.sent("a")) == (None, None, False)
    assert (log.taken("b"), log.sent("b")) == (1, True)


def test_two_at_once_note_one(log: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: log.take("k", number, "anna", "t", NOW), range(1, 20)))
        list(pool.map(lambda number: log.note_sent("s", number, NOW), range(1, 20)))
    assert log.count("anna", EARLIER) == 1


def test_a_bad_url_is_a_store_error() -> None:
    with pytest.raises(StoreError):
        SqlMailLog("mysql://x/y")
