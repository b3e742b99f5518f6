"""Who has the floor in a conversation: while a person has it, not one message of the assistant gets in."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.model import Entry, Floor
from bot.store.conversations import SqlConversationStore
from tests.fakes.conversations import MemoryConversationStore

TOKEN = "t" * 43
JOINED, LEFT = Entry("notice", "Ans doet mee"), Entry("notice", "Ans is weg")


def now() -> datetime:
    return datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryConversationStore()
        return
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'log.sqlite'}"
    else:
        schema = request.getfixturevalue("postgres_schema")
        for table in ("_conversations", "_entries", "_floors"):
            monkeypatch.setattr(f"bot.store.conversations.{table}.schema", schema)
        url = request.getfixturevalue("postgres")
    made = SqlConversationStore(url, now)
    yield made
    made.close()


@pytest.fixture
def talk(store: Any) -> str:
    return str(store.open(TOKEN))


def user(message_id: str) -> Entry:
    return Entry("user", "hoi", message_id)


def texts(store: Any, conversation: str) -> list[str]:
    return [f"{each.who}: {each.text}" for each in store.after(conversation, 0)]


# --- the contract


def test_a_person_gets_the_floor_and_gives_it_back(store: Any, talk: str) -> None:
    assert store.floor(talk).holder == ""
    assert store.give_floor(talk, Floor("Ans", 7, 2), JOINED)
    assert store.floor(talk).holder == "Ans"
    assert store.give_floor(talk, Floor("", 7, 4), LEFT)
    assert store.floor(talk).holder == ""
    assert texts(store, talk) == ["notice: Ans doet mee", "notice: Ans is weg"]


def test_what_comes_late_or_twice_changes_nothing(store: Any, talk: str) -> None:
    assert store.give_floor(talk, Floor("Ans", 7, 2), JOINED)
    assert not store.give_floor(talk, Floor("Ans", 7, 2), JOINED)
    assert not store.give_floor(talk, Floor("Ans", 7, 3), JOINED), "the same employee, a later version"
    assert not store.give_floor(talk, Floor("", 7, 1), LEFT)
    assert not store.give_floor(talk, Floor("", 6, 9), LEFT), "an older ticket"
    assert store.floor(talk).holder == "Ans"
    assert texts(store, talk) == ["notice: Ans doet mee"]
    assert not store.give_floor("widget~geen", Floor("Ans", 8, 1), JOINED)


def test_the_assistant_s_replies_are_refused_and_the_message_is_passed_on_once(store: Any, talk: str) -> None:
    store.say(talk, user("m1"), "hoi")
    store.give_floor(talk, Floor("Ans", 7, 2))
    assert not store.answer(talk, "m1", [Entry("bot", "te laat")])
    assert not store.answer(talk, "m1", [Entry("bot", "mislukt")], failed=True)
    assert store.append(talk, Entry("bot", "niet zo snel")) is None
    assert [each.id for each in store.waiting(talk)] == ["m1"]
    assert store.pass_on(talk, "m1")
    assert not store.pass_on(talk, "m1")
    assert store.waiting(talk) == ()
    assert store.after(talk, 1)[0].answers == "m1"
    assert store.after(talk, 1)[0].last
    assert texts(store, talk) == ["user: hoi", "system: "]


def test_nothing_is_passed_on_once_the_floor_is_back(store: Any, talk: str) -> None:
    store.say(talk, user("m1"), "hoi")
    assert not store.pass_on(talk, "m1")
    assert store.answer(talk, "m1", [Entry("bot", "hallo")])


def test_a_person_s_answer_comes_once_and_goes_with_the_rest(store: Any, talk: str) -> None:
    answer = Entry("person", "Bel me gerust.", extra={"name": "Ans"})
    assert store.append(talk, answer, once="t7:a1") == 1
    assert store.append(talk, answer, once="t7:a1") == 1
    assert texts(store, talk) == ["person: Bel me gerust."]
    assert store.after(talk, 0)[0].id == ""
    store.say(talk, user("m1"), "wis alles")
    store.answer(talk, "m1", [Entry("bot", "gewist", extra={"clears": True})])
    assert "Bel me" not in str(store.after(talk, 0))


def test_a_wipe_frees_the_floor_and_a_deletion_leaves_no_trace_of_it(store: Any, talk: str) -> None:
    store.give_floor(talk, Floor("Ans", 7, 2), JOINED)
    store.say(talk, user("m1"), "wis alles")
    assert store.pass_on(talk, "m1", [Entry("notice", "gewist", extra={"clears": True})])
    assert store.floor(talk).holder == ""
    assert texts(store, talk)[-1] == "notice: gewist"
    assert "Ans" not in str(store.after(talk, 0))
    store.give_floor(talk, Floor("Ans", 8, 2))
    store.delete(talk)
    assert store.floor(talk).holder == ""


# --- the race


class Race:
    """Askers, the assistant, an employee and a channel's warnings, all at once in a few conversations."""

    def __init__(self, store: Any, events: int) -> None:
        """It goes on until there were so many events."""
        self.store, self.wanted = store, events
        self.talks = [store.open(f"{number:043d}") for number in range(2)]
        self.said: Counter[str] = Counter()
        self.random = random.Random(8)
        self.heard: Counter[tuple[str, str]] = Counter()  # what reached the ticket
        self.given: list[tuple[str, str]] = []  # the employee's answers
        self.events = 0
        self.done = threading.Event()
        self._counting = threading.Lock()

    def _did(self) -> None:
        with self._counting:
            self.events += 1

    def ask(self, talk: str) -> Iterator[None]:
        while self.events < self.wanted:
            assert self.store.say(talk, user(f"m{self.said[talk]}"), "hoi") == "waiting"
            self.said[talk] += 1
            self._did()
            yield

    def bot(self, talk: str) -> Iterator[None]:
        """Answer what waits, as Answering does, in order; what may not be answered goes to the ticket."""
        while True:
            finished, waiting = self.done.is_set(), self.store.waiting(talk)
            if finished and not waiting:
                return
            for message in waiting:
                while not self.store.answer(talk, message.id, [Entry("bot", "a"), Entry("bot", "b")]):
                    self._did()
                    yield
                    if self.store.pass_on(talk, message.id):
                        self.heard[(talk, message.id)] += 1
                        self._did()
                        break
                else:
                    self._did()
                yield
            if not waiting:
                self.store.append(talk, Entry("bot", "rustig aan"))
                self._did()
                yield

    def person(self, talk: str) -> Iterator[None]:
        """Take the conversation, answer, hand it back; each act done twice, as after a kill."""
        version = 0
        while not self.done.is_set():
            version += 1
            for _ in range(2):
                self.store.give_floor(talk, Floor("Ans", 1, version), JOINED)
                self._did()
                yield
            mark = f"t1:{version}"
            self.given.append((talk, mark))
            for _ in range(2):
                self.store.append(talk, Entry("person", mark), once=mark)
                self._did()
                yield
            version += 1
            for floor in (Floor("", 1, version), Floor("Ans", 1, version - 1), Floor("", 1, version)):
                self.store.give_floor(talk, floor, LEFT)
                self._did()
                yield

    def works(self) -> tuple[list[Iterator[None]], list[Iterator[None]]]:
        """Return the askers, and everybody who works until those are done."""
        return [self.ask(talk) for talk in self.talks], [
            work(talk) for talk in self.talks for work in (self.bot, self.person)
        ]

    def judge(self) -> None:
        """Every message was answered or reached the ticket, once; nothing of the bot's stands where it may not."""
        slipped = 0
        for talk in self.talks:
            entries, person = [], False
            while batch := self.store.after(talk, entries[-1].seq if entries else 0):
                entries += batch
            assert [each.seq for each in entries] == list(range(1, len(entries) + 1))
            answered: Counter[str] = Counter()
            for each in entries:
                if each.who == "notice":
                    assert person == (each.text == LEFT.text), "joined and left take turns"
                    person = each.text == JOINED.text
                if each.who == "bot":
                    slipped += person
                if each.who == "bot" and each.answers:
                    answered[each.answers] += 1
            for number in range(self.said[talk]):
                told = self.heard[(talk, f"m{number}")]
                assert (answered[f"m{number}"], told) in ((2, 0), (0, 1)), f"lost or double: m{number}"
            mine = [each.text for each in entries if each.who == "person"]
            assert mine == [mark for whose, mark in self.given if whose == talk]
        assert slipped == 0
        assert self.store.waiting() == ()


def in_threads(race: Race) -> None:
    """Run everybody in a thread of their own."""
    askers, others = race.works()
    problems: list[BaseException] = []

    def run(work: Iterator[None]) -> None:
        try:
            for _ in work:
                pass
        except BaseException as problem:  # a thread's failure must fail the test
            problems.append(problem)
            race.done.set()

    threads = [threading.Thread(target=run, args=(work,)) for work in (*askers, *others)]
    for thread in threads:
        thread.start()
    for thread in threads[: len(askers)]:
        thread.join()
    race.done.set()
    for thread in threads[len(askers) :]:
        thread.join()
    assert problems == []


def in_tasks(race: Race) -> None:
    """Run everybody as a task that gives way at random, each call in the thread pool as the web process does."""

    async def run(work: Iterator[None]) -> None:
        while await asyncio.to_thread(next, work, "over") != "over":
            for _ in range(race.random.randrange(3)):
                await asyncio.sleep(0)

    async def everybody() -> None:
        askers, others = race.works()
        tasks = [asyncio.create_task(run(work)) for work in others]
        await asyncio.gather(*(run(work) for work in askers))
        race.done.set()
        await asyncio.gather(*tasks)

    asyncio.run(everybody())


def at_random(race: Race) -> None:
    """Run everybody an act at a time, whose turn it is by lot: every act is one hold of the conversation's lock."""
    askers, others = race.works()
    while askers or others:
        if not askers:
            race.done.set()
        work = race.random.choice(askers + others)
        if next(work, "over") == "over":
            (askers if work in askers else others).remove(work)


def test_ten_thousand_events_in_memory_and_nothing_slips_through() -> None:
    race = Race(MemoryConversationStore(), 10_000)
    at_random(race)
    race.judge()
    assert race.events >= 10_000
    assert len(race.given) > 300, "a person came and went"


@pytest.mark.parametrize("run", [in_threads, in_tasks])
def test_thousands_of_events_on_disk_and_nothing_slips_through(run: Callable[[Race], None], tmp_path: Path) -> None:
    """On a SQLite file as it is in use."""
    file = tmp_path / "race.sqlite"
    store = SqlConversationStore(f"sqlite:///{file}", now)
    store.ping()
    with closing(sqlite3.connect(file)) as another:  # so that the log is not folded in after every transaction
        another.execute("SELECT count(*) FROM widget_entries").fetchall()
        race = Race(store, 2000)
        run(race)
        race.judge()
    store.close()
    assert race.events >= 2000
    assert min(sum(told.values()) for told in (race.said, race.heard)) > 20
    assert len(race.given) > 20, "a person came and went"


def test_the_race_on_every_store(store: Any) -> None:
    race = Race(store, 400)
    in_threads(race)
    race.judge()
    assert race.given
