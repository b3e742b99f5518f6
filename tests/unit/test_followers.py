"""The followers' loop: every event in order, over outages, failures and kills; nothing lost."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.errors import MailError, StoreError
from bot.helpdesk import Helpdesk
from bot.model import Ticket, TicketEvent
from bot.rules.officehours import OfficeHours
from bot.web import followers
from bot.web.deliveries import TryLater, Undeliverable
from bot.web.followers import Followers, Handle
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.tickets import MemoryTicketStore

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=timezone.utc)


class Killed(BaseException):
    """The process dies here."""


class Store(MemoryTicketStore):
    """A store in which something may happen just before a follower's place is noted."""

    before_advance: Callable[[], None] | None = None

    def advance(self, follower: str, event_id: int) -> None:
        if self.before_advance:
            self.before_advance()
        super().advance(follower, event_id)


class Place:
    """A store, a helpdesk, a follower that writes down what it handled, and a clock that a test can move."""

    def __init__(self) -> None:
        self.now = NOW
        self.store = Store(self.clock)
        self.helpdesk = Helpdesk(self.store, self.clock, OfficeHours(), {"normaal": 1}, MemoryQuestionLog())
        self.handled: list[tuple[int, str]] = []
        self.store.advance("mail", 0)

    def clock(self) -> datetime:
        return self.now

    def opened(self, key: str) -> int:
        return self.helpdesk.open(Ticket(key, "widget", "overig", "normaal")).number

    async def handle(self, event: TicketEvent, ticket: Ticket | None) -> None:
        assert ticket is None or ticket.number == event.ticket
        self.handled.append((event.ticket, event.what))

    def loop(self, handle: Handle | None = None) -> Followers:
        return Followers(self.store, {"mail": handle or self.handle}, self.clock, self.helpdesk)

    @property
    def all(self) -> list[tuple[int, str]]:
        return [(event.ticket, event.what) for event in self.store.events_after(0)]


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    for name, value in (("FIRST_PAUSE", 0.01), ("LONGEST_PAUSE", 0.02), ("LOOK_SECONDS", 0.02)):
        monkeypatch.setattr(followers, name, value)
    return Place()


def run(loop: Followers, until: Callable[[], bool], also: Callable[[], Awaitable[Any]] | None = None) -> None:
    """Let the followers work until something holds."""

    async def work() -> None:
        loop.start()
        if also:
            await also()
        try:
            await asyncio.wait_for(reached(), 30)
        finally:
            await loop.close()

    async def reached() -> None:
        while not until():
            await asyncio.sleep(0.005)

    asyncio.run(work())


def test_what_lies_there_and_what_comes_is_handled_in_order(place: Place) -> None:
    place.opened("a")

    async def also() -> None:
        await asyncio.to_thread(place.opened, "b")
        await asyncio.to_thread(place.helpdesk.take, 1, "An")

    run(place.loop(), lambda: len(place.handled) == 3, also)
    assert place.handled == place.all == [(1, "geopend"), (2, "geopend"), (1, "opgepakt")]
    assert place.store.cursor("mail") == place.store.head()


def test_what_another_process_wrote_is_seen_too(place: Place) -> None:
    async def also() -> None:
        await asyncio.sleep(0.03)
        elsewhere = Helpdesk(place.store, place.clock, OfficeHours(), {}, MemoryQuestionLog())
        elsewhere.open(Ticket("a", "widget", "overig", "normaal"))

    run(place.loop(), lambda: bool(place.handled), also)
    assert place.handled == place.all


def test_a_change_here_is_handled_without_waiting_for_the_next_look(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followers, "LOOK_SECONDS", 3600.0)

    async def also() -> None:
        await asyncio.sleep(0.05)
        await asyncio.to_thread(place.opened, "a")

    run(place.loop(), lambda: bool(place.handled), also)
    assert place.handled == place.all


def test_who_is_new_begins_with_what_comes(place: Place) -> None:
    place.opened("a")
    loop = Followers(place.store, {"zammad": place.handle}, place.clock, place.helpdesk)

    async def also() -> None:
        while place.store.cursor("zammad") is None:
            await asyncio.sleep(0.005)
        place.opened("b")

    run(loop, lambda: bool(place.handled), also)
    assert place.handled == [(2, "geopend")]


@pytest.mark.parametrize(
    "problem", [TryLater("busy", 0.01), TryLater("busy"), MailError("down"), StoreError("down"), ValueError("a bug")]
)
def test_what_fails_is_handled_again_and_nothing_passes_it(place: Place, problem: Exception) -> None:
    for key in "abc":
        place.opened(key)
    tried: list[int] = []

    async def handle(event: TicketEvent, ticket: Ticket | None) -> None:
        tried.append(event.ticket)
        if tried.count(2) < 3 and event.ticket == 2:
            raise problem
        await place.handle(event, ticket)

    run(place.loop(handle), lambda: len(place.handled) == 3)
    assert tried == [1, 2, 2, 2, 3]
    assert place.handled == place.all


def test_what_never_can_be_handled_is_passed_over_at_once(place: Place) -> None:
    for key in "ab":
        place.opened(key)
    tried: list[int] = []

    async def handle(event: TicketEvent, ticket: Ticket | None) -> None:
        tried.append(event.ticket)
        if event.ticket == 1:
            raise Undeliverable("no such channel")
        await place.handle(event, ticket)

    run(place.loop(handle), lambda: bool(place.handled))
    assert tried == [1, 2]


def test_a_bug_does_not_stop_the_rest_for_ever(place: Place) -> None:
    for key in "ab":
        place.opened(key)
    tried: list[int] = []

    async def handle(event: TicketEvent, ticket: Ticket | None) -> None:
        tried.append(event.ticket)
        if event.ticket == 1:
            raise KeyError("a bug")
        await place.handle(event, ticket)

    run(place.loop(handle), lambda: bool(place.handled))
    assert tried == [1] * followers.BUGS + [2]


def test_an_outage_is_waited_for_longer_than_a_weekend_but_not_for_ever(place: Place) -> None:
    for key in "ab":
        place.opened(key)
    down = [True]
    tried: list[int] = []

    async def handle(event: TicketEvent, ticket: Ticket | None) -> None:
        tried.append(event.ticket)
        if down[0]:
            raise TryLater("down", 0.005)
        await place.handle(event, ticket)

    place.now = NOW + timedelta(days=4)
    run(place.loop(handle), lambda: len(tried) > 5)
    assert set(tried) == {1}
    place.now = NOW + timedelta(days=6)
    run(place.loop(handle), lambda: place.store.cursor("mail") == 2)  # what was noted on the fourth day waits


def test_a_store_that_is_away_is_waited_for(place: Place) -> None:
    place.opened("a")
    place.store.down = True

    async def also() -> None:
        await asyncio.sleep(0.05)
        assert not place.handled
        place.store.down = False

    run(place.loop(), lambda: bool(place.handled), also)
    assert place.handled == place.all


def test_a_deleted_ticket_s_line_comes_without_a_ticket(place: Place) -> None:
    place.opened("a")
    seen: list[Ticket | None] = []
    place.store.delete(1)

    async def handle(event: TicketEvent, ticket: Ticket | None) -> None:
        seen.append(ticket)

    run(place.loop(handle), lambda: bool(seen))
    assert seen == [None]


def test_followers_do_not_wait_for_each_other(place: Place) -> None:
    place.opened("a")
    place.store.advance("slow", 0)

    async def never(event: TicketEvent, ticket: Ticket | None) -> None:
        raise TryLater("down", 60)

    run(Followers(place.store, {"slow": never, "mail": place.handle}, place.clock), lambda: bool(place.handled))
    assert place.store.cursor("slow") == 0


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_lost_over_kills(place: Place, seed: int) -> None:
    """The process dies at any moment: before, in and after handling, and between handling and noting so."""
    dice = random.Random(seed)
    for key in range(30):
        place.opened(str(key))

    deaths: list[str] = []

    def perhaps_die(where: str) -> None:
        if dice.random() < 0.1:
            deaths.append(where)
            raise Killed

    async def deadly(event: TicketEvent, ticket: Ticket | None) -> None:
        perhaps_die("before")
        await place.handle(event, ticket)
        perhaps_die("after")

    place.store.before_advance = lambda: perhaps_die("noting")
    while place.store.cursor("mail") != place.store.head():
        lives = len(deaths)
        run(place.loop(deadly), lambda: len(deaths) > lives or place.store.cursor("mail") == place.store.head())  # noqa: B023
    assert len(deaths) > 2
    assert list(dict.fromkeys(place.handled)) == place.all


def test_lateness_is_noted_and_followed(place: Place) -> None:
    place.opened("a")
    place.now = NOW + timedelta(hours=3)
    run(place.loop(), lambda: len(place.handled) == 2)
    assert place.handled == [(1, "geopend"), (1, "te_laat")]


def test_a_closed_loop_listens_no_more(place: Place) -> None:
    run(place.loop(), lambda: True)
    assert place.helpdesk.listeners == []
    place.opened("a")
    assert not place.handled
