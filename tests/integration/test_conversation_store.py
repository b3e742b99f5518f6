"""One contract for the log of the widget's conversations: SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StoreError
from bot.model import Entry, SourceRef
from bot.store.conversations import PREFIX, SqlConversationStore, conversation_of
from bot.web.intake import _SENDER

TOKEN = "t" * 43


class Clock:
    """A clock that the test sets."""

    now = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'log.sqlite'}"
    else:
        schema = request.getfixturevalue("postgres_schema")
        for table in ("_conversations", "_entries"):
            monkeypatch.setattr(f"bot.store.conversations.{table}.schema", schema)
        url = request.getfixturevalue("postgres")
    made = SqlConversationStore(url, Clock())
    yield made
    made.close()


@pytest.fixture
def talk(store: Any) -> str:
    return str(store.open(TOKEN))


def user(message_id: str, text: str = "hoi") -> Entry:
    return Entry("user", text, message_id)


def texts(store: Any, conversation: str) -> list[str]:
    return [f"{each.who}: {each.text}" for each in store.after(conversation, 0) if each.text]


def test_a_conversation_is_found_by_its_token_only(store: Any, talk: str) -> None:
    assert store.find(TOKEN) == talk == conversation_of(TOKEN)
    assert store.find("u" * 43) is None
    assert store.find(talk) is None
    assert TOKEN not in talk


def test_no_sender_of_the_rest_webhook_can_be_a_conversation(talk: str) -> None:
    assert talk.startswith(PREFIX)
    assert not _SENDER.fullmatch(talk)


def test_a_message_and_its_replies_come_in_order(store: Any, talk: str) -> None:
    assert store.say(talk, user("m1"), "hoi daar", ("bsn",)) == "waiting"
    waiting = store.waiting(talk)
    assert [(each.id, each.text, each.masked) for each in waiting] == [("m1", "hoi daar", ("bsn",))]
    assert store.answer(talk, "m1", [Entry("bot", "een"), Entry("bot", "twee", extra={"buttons": [{"title": "x"}]})])
    entries = store.after(talk, 0)
    assert [(each.seq, each.who, each.text, each.answers, each.last) for each in entries] == [
        (1, "user", "hoi", "", False),
        (2, "bot", "een", "m1", False),
        (3, "bot", "twee", "m1", True),
    ]
    assert entries[2].extra == {"buttons": ({"title": "x"},)}
    assert store.after(talk, 2) == entries[2:]
    assert store.after(talk, 0, limit=1) == entries[:1]
    assert store.heads([talk, "geen"]) == {talk: 3}
    assert store.waiting() == ()


def test_a_message_is_taken_and_answered_once(store: Any, talk: str) -> None:
    for _ in range(3):
        assert store.say(talk, user("m1"), "hoi") == "waiting"
    assert store.answer(talk, "m1", [Entry("bot", "een")])
    assert not store.answer(talk, "m1", [Entry("bot", "nog eens")])
    assert store.say(talk, user("m1"), "hoi") == "done"
    assert texts(store, talk) == ["user: hoi", "bot: een"]


def test_many_tabs_at_once_take_a_message_once(store: Any, talk: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: store.say(talk, user(f"m{number % 3}"), "hoi"), range(24)))
        done = list(pool.map(lambda _: store.answer(talk, "m1", [Entry("bot", "een"), Entry("bot", "twee")]), range(8)))
    assert sum(done) == 1
    assert [each.seq for each in store.after(talk, 0)] == [1, 2, 3, 4, 5]


def test_a_failed_message_waits_again_only_while_it_is_the_newest(store: Any, talk: str) -> None:
    store.say(talk, user("m1"), "hoi")
    store.answer(talk, "m1", [Entry("bot", "mislukt")], failed=True)
    assert store.waiting(talk) == ()
    assert store.say(talk, user("m1"), "hoi") == "waiting"
    assert [each.text for each in store.waiting(talk)] == ["hoi"]
    store.answer(talk, "m1", [Entry("bot", "mislukt")], failed=True)
    store.say(talk, user("m2"), "later")
    assert store.say(talk, user("m1"), "hoi") == "failed"
    assert [each.id for each in store.waiting(talk)] == ["m2"]


def test_what_the_assistant_had_to_hear_goes_once_it_answered(store: Any, talk: str, tmp_path: Path) -> None:
    store.say(talk, user("m1", "Verder met mijn plan"), "ga verder met code geheimpje")
    store.answer(talk, "m1", [Entry("bot", "ja")])
    assert "geheimpje" not in str(store.after(talk, 0))
    if (file := tmp_path / "log.sqlite").exists():
        store.close()
        assert b"geheimpje" not in file.read_bytes()


def test_clearing_empties_what_stood_above_and_remembers_the_marks(store: Any, talk: str) -> None:
    store.say(talk, user("m1", "een geheim"), "een geheim")
    store.answer(talk, "m1", [Entry("bot", "zeg ja")])
    store.say(talk, user("m2", "ja"), "ja")
    store.say(talk, user("m3", "en nu?"), "en nu?")
    assert store.answer(talk, "m2", [Entry("bot", "gewist", extra={"clears": True}), Entry("bot", "verder")])
    assert texts(store, talk) == ["user: en nu?", "bot: gewist", "bot: verder"]
    assert store.after(talk, 4)[0].extra == {"clears": 4}
    assert [store.say(talk, user(mark), "x") for mark in ("m1", "m2", "m3")] == ["done", "done", "waiting"]


def test_others_write_in_the_same_log(store: Any, talk: str) -> None:
    assert store.append(talk, Entry("person", "Hallo, met Ans.", extra={"name": "Ans"})) == 1
    assert store.append("widget~geen", Entry("person", "hallo")) is None
    assert store.after(talk, 0)[0].extra == {"name": "Ans"}


def test_deleting_leaves_nothing_and_takes_nothing_more(store: Any, talk: str) -> None:
    store.say(talk, user("m1", "een geheim"), "een geheim")
    store.delete(talk)
    assert store.find(TOKEN) is None
    assert store.after(talk, 0) == ()
    assert store.say(talk, user("m2"), "hoi") is None
    assert not store.answer(talk, "m1", [Entry("bot", "een")])
    assert store.append(talk, Entry("person", "hallo")) is None
    assert store.gone() == (talk,)
    store.bury(talk)
    assert store.gone() == ()


def test_conversations_grow_old(store: Any, talk: str) -> None:
    assert store.older(Clock.now) == ()
    assert store.older(Clock.now + timedelta(seconds=1)) == (talk,)


def test_feedback_comes_with_what_it_is_about(store: Any, talk: str) -> None:
    store.say(talk, user("m1", "wat is ips?"), "wat is ips?")
    sources = [{"id": "handreiking", "title": "Handreiking", "section": "1"}]
    store.answer(talk, "m1", [Entry("bot", "IPS is hulp.", extra={"custom": {"sources": sources}})])
    store.append(talk, Entry("feedback", extra={"of": 2, "value": "up", "word": ""}))
    store.append(talk, Entry("feedback", extra={"of": 2, "value": "down", "word": "te kort"}))
    store.append(talk, Entry("feedback", extra={"of": 9, "value": "down", "word": ""}))
    (found, *more) = store.feedback(Clock.now - timedelta(days=1))
    assert (found.value, found.word, found.question, found.answer) == ("down", "te kort", "wat is ips?", "IPS is hulp.")
    assert found.sources == (SourceRef("handreiking", "1"),)
    assert more == []
    assert store.feedback(Clock.now + timedelta(seconds=1)) == ()


def test_out_of_reach_is_a_store_error() -> None:
    store = SqlConversationStore("postgresql://nobody@127.0.0.1:9/x", Clock())
    with pytest.raises(StoreError):
        store.ping()
