"""Two employees and an asker at once: nothing is lost, nothing doubled, and the audit trail explains the state.

Acts interrupt each other between reading a ticket and writing it, which is where races are.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import InvalidValue, StaleTicket, Taken
from bot.helpdesk import Helpdesk, is_erased
from bot.model import Ticket, TicketEvent, TicketMessage
from bot.ports import TicketStore
from bot.rules.officehours import OfficeHours
from bot.store.tickets import SqlTicketStore
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.tickets import MemoryTicketStore

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=timezone.utc)
TALK = "widget~abc"


class Passing:
    """A clock that goes on a second with every look, so that no two things happen at once."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Interrupted(MemoryTicketStore):
    """A store in which somebody else may come between, just before a write."""

    def __init__(self, between: Callable[[], None]) -> None:
        super().__init__(Passing())
        self._between = between

    def save(self, ticket: Ticket, *events: TicketEvent) -> Ticket:
        self._between()
        return super().save(ticket, *events)


# --- what the audit trail says


@dataclass
class Told:
    """A ticket as its audit trail tells it; `answers` are who answered, in order."""

    state: str = ""
    assignee: str = ""
    held: bool = False
    answered: bool = False
    answers: list[str] = field(default_factory=list)

    def hear(self, event: TicketEvent) -> None:
        """Take one event in; it must be possible."""
        assert event.what in ("geopend", "bekeken") or self.state
        if hear := getattr(self, f"on_{event.what}", None):
            hear(event)

    def on_geopend(self, _: TicketEvent) -> None:
        assert not self.state
        self.state = "nieuw"

    def on_bericht(self, _: TicketEvent) -> None:
        self.answered = False

    def on_opgepakt(self, event: TicketEvent) -> None:
        assert not self.held, "somebody took what a colleague had"
        self.assignee, self.held = event.by, True
        self.state = self.state if self.state == "wacht_op_vrager" else "in_behandeling"

    def on_antwoord(self, event: TicketEvent) -> None:
        assert (self.held, self.assignee) == (True, event.by), "somebody answered past a colleague"
        self.answered = True
        self.answers.append(event.by)

    def on_wacht(self, _: TicketEvent) -> None:
        self.state = "wacht_op_vrager"

    def on_toegewezen(self, event: TicketEvent) -> None:
        self.assignee = event.detail["to"]
        self.held = self.held and bool(self.assignee)
        if self.state in ("nieuw", "in_behandeling"):
            self.state = "in_behandeling" if self.assignee else "nieuw"

    def on_teruggegeven(self, _: TicketEvent) -> None:
        assert self.held
        self.held = False
        self.state = "wacht_op_vrager" if self.answered else "nieuw"
        self.assignee = self.assignee if self.answered else ""

    def on_opgelost(self, _: TicketEvent) -> None:
        assert self.state != "opgelost"
        self.state, self.held = "opgelost", False

    def on_heropend(self, _: TicketEvent) -> None:
        assert self.state in ("opgelost", "wacht_op_vrager")
        self.state = "in_behandeling" if self.assignee else "nieuw"


def check(store: TicketStore, done: Done) -> None:
    """Compare a ticket, its trail and what everybody was told."""
    ticket, trail = store.load(1), store.events(1)
    assert ticket
    told = Told()
    for event in trail:
        told.hear(event)
    assert (told.state, told.assignee, told.held) == (ticket.state, ticket.assignee, ticket.held)
    assert not ticket.held or (ticket.assignee and ticket.state != "opgelost")
    assert (ticket.closed_at is not None) == (ticket.state == "opgelost")
    texts = [message.text for message in ticket.messages[1:]]
    assert sorted(texts) == sorted(done.texts), "each text that was accepted stands there once, no other does"
    said = [event.detail["message"] for event in trail if event.what in ("bericht", "antwoord", "notitie")]
    assert said == [message.id for message in ticket.messages[1:]], "the trail and the ticket agree on the order"
    versions = [int(event.detail["version"]) for event in trail if "version" in event.detail]
    assert versions == sorted(versions)
    assert set(range(2, ticket.version + 1)) == set(versions), "every version has its events"
    assert not done.unseen, "somebody answered to what they had not seen"
    assert not done.absurd
    assert store.verify() == ()


# --- who does what


class Done:
    """What was accepted, by its text, and the answers that should have been refused."""

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self.unseen: list[str] = []
        self.absurd: list[str] = []  # who was told that they themselves stood in their way


class Office:
    """Two employees and an asker around one ticket."""

    def __init__(self, store: TicketStore, clock: Callable[[], datetime]) -> None:
        self.store, self.done, self.count = store, Done(), 0
        self.helpdesk = Helpdesk(store, clock, OfficeHours(), {"normaal": 16}, MemoryQuestionLog())
        first = TicketMessage("m0", "asker", "Een vraag", NOW)
        self.helpdesk.open(Ticket("k", "widget", "overig", "normaal", conversation=TALK, messages=(first,)))
        self.seen: dict[str, Ticket] = {}

    def act(self, by: str, what: str) -> None:
        """Do something; who is refused has changed nothing."""
        self.count += 1
        name = f"{by}-{what}-{self.count}"
        other = "Bo" if by == "An" else "An"
        acts: dict[str, Callable[[], Any]] = {
            "look": lambda: self.seen.update({by: self.helpdesk.look(1, by)}),
            "take": lambda: self.helpdesk.take(1, by),
            "answer": lambda: self.answer(by, name),
            "answer blindly": lambda: self.accept(name, lambda: self.helpdesk.answer(1, by, name, name)),
            "note": lambda: self.accept(name, lambda: self.helpdesk.note(1, by, name, name)),
            "give away": lambda: self.helpdesk.assign(1, by, other),
            "take over": lambda: self.helpdesk.assign(1, by, by),
            "let go": lambda: self.helpdesk.assign(1, by, ""),
            "hand back": lambda: self.helpdesk.hand_back(1, by),
            "close": lambda: self.helpdesk.close(1, by),
            "reopen": lambda: self.helpdesk.reopen(1, by),
            "ask": lambda: self.accept(name, lambda: self.helpdesk.asker_said(1, name, name)),
            "erase": lambda: self.helpdesk.forget(TALK),
        }
        try:
            acts[what]()
        except Taken as refusal:
            self.done.absurd += [by] if refusal.by == by else []
        except (StaleTicket, InvalidValue):  # said meanwhile; erased
            pass

    def accept(self, text: str, act: Callable[[], Ticket]) -> Ticket:
        after = act()
        again = act() if self.count % 3 == 0 else after  # an impatient click, a message that is sent again
        if is_erased(again):
            return again
        assert text in [message.text for message in again.messages]
        self.done.texts.add(text)
        return after

    def answer(self, by: str, text: str) -> None:
        """Answer what was seen."""
        seen = self.seen.get(by) or self.helpdesk.load(1)
        known = {message.id for message in seen.messages}
        after = self.accept(text, lambda: self.helpdesk.answer(1, by, text, text, seen=seen.version))
        if is_erased(after):
            return
        before = after.messages[: [message.text for message in after.messages].index(text)]
        self.done.unseen += [m.id for m in before if m.id not in known and m.by != by]


PEOPLE = {
    "asker": ("ask",),
    "An": ("look", "take", "answer", "answer blindly", "note", "give away", "take over", "let go", "hand back", "close",
           "reopen"),
}  # fmt: skip
PEOPLE["Bo"] = PEOPLE["An"]
acts = st.one_of(*(st.tuples(st.just(by), st.sampled_from(what)) for by, what in PEOPLE.items()))


def played(script: Iterable[tuple[str, str]], gaps: Iterable[bool]) -> tuple[Office, TicketStore]:
    """Play a script; where `gaps` says so, the next act comes between before the last one writes."""
    todo, come_between, depth = deque(script), deque(gaps), 0

    def go() -> None:
        nonlocal depth
        depth += 1
        office.act(*todo.popleft())
        depth -= 1

    def between() -> None:
        if depth and depth < 4 and come_between and come_between.popleft() and todo:
            go()

    store = Interrupted(between)
    office = Office(store, store._clock)
    while todo:
        go()
    return office, store


@settings(max_examples=150, deadline=None)
@given(st.lists(acts, max_size=40), st.lists(st.booleans(), max_size=60))
def test_whoever_comes_between(script: list[tuple[str, str]], gaps: Iterable[bool]) -> None:
    office, store = played(script, gaps)
    check(store, office.done)


@settings(max_examples=60, deadline=None)
@given(st.lists(acts, max_size=12), st.lists(acts, max_size=12), st.lists(st.booleans(), max_size=30))
def test_whoever_comes_between_an_erasure(
    before: list[tuple[str, str]], after: list[tuple[str, str]], gaps: Iterable[bool]
) -> None:
    office, store = played([*before, ("asker", "erase"), *after], gaps)
    ticket = store.load(1)
    assert ticket
    assert (ticket.state, ticket.held, ticket.conversation) == ("opgelost", False, "")
    assert [message.text for message in ticket.messages] == ["Gewist door de vrager."]
    assert [event.what for event in store.events(1) if event.what != "bekeken"][-1] == "gewist"
    assert office.helpdesk.forget(TALK) == 0


def test_threads_on_a_real_store(tmp_path: Path) -> None:
    clock = Passing()
    store = SqlTicketStore(f"sqlite:///{tmp_path / 'tickets.sqlite'}", clock)
    office = Office(store, clock)

    def work(by: str) -> None:
        dice = random.Random(by)
        for _ in range(12):
            office.act(by, dice.choice(PEOPLE[by]))

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, PEOPLE))
    check(store, office.done)
    store.close()
