"""What Rasa keeps: the open form, for whichever process gets the next turn, and the lock of a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.store.rasa_locks import TurnLocks
from bot.store.rasa_tracker import OpenFormTrackerStore
from tests.fakes.redis import OwnRedis

DOMAIN = Domain.load(str(Path(__file__).parents[2] / "domain.yml"))
FORM = "criteriacheck"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'db.sqlite'}"
    return str(request.getfixturevalue("postgres_database"))


def tracker(form: str | None) -> DialogueStateTracker:
    slot = "answer" if form else None
    return DialogueStateTracker.from_events("ans", [ActiveLoop(form), SlotSet(REQUESTED_SLOT, slot)], DOMAIN.slots)


def open_form(store: OpenFormTrackerStore) -> str | None:
    found = asyncio.run(store.retrieve("ans"))
    return found.active_loop_name if found else "onbekend"


def test_the_next_turn_finds_the_form_in_whichever_process(url: str) -> None:
    one, two = (OpenFormTrackerStore(DOMAIN, host=url) for _ in range(2))
    assert open_form(two) == "onbekend"
    asyncio.run(one.save(tracker(FORM)))
    assert open_form(two) == FORM
    asyncio.run(two.save(tracker(None)))
    assert open_form(one) is None
    asyncio.run(one.save(tracker(FORM)))
    assert open_form(two) == FORM
    for each in (one, two):
        assert each._shared is not None
        each._shared.close()


def test_while_the_database_is_away_memory_serves(tmp_path: Path) -> None:
    store = OpenFormTrackerStore(DOMAIN, host="postgresql://nobody@127.0.0.1:9/x")
    assert open_form(store) == "onbekend"
    asyncio.run(store.save(tracker(FORM)))
    assert open_form(store) == FORM


def test_without_a_database_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    store = OpenFormTrackerStore(DOMAIN, host="")
    asyncio.run(store.save(tracker(FORM)))
    assert open_form(store) == FORM
    assert list(tmp_path.iterdir()) == []


# --- locks


@pytest.fixture
def locks(own_redis: OwnRedis) -> Iterator[tuple[TurnLocks, TurnLocks]]:
    made = TurnLocks(EndpointConfig(url=own_redis.url)), TurnLocks(EndpointConfig(url=own_redis.url))
    yield made
    for each in made:
        assert each._redis is not None
        each._redis.red.close()


def turns(locks: tuple[TurnLocks, TurnLocks], count: int) -> list[str]:
    """Run turns of one conversation in both processes by turns; return what happened."""
    happened: list[str] = []

    async def turn(number: int) -> None:
        async with locks[number % 2].lock("ans", wait_time_in_seconds=0.02):
            happened.append(f"begin {number}")
            await asyncio.sleep(0.02)
            happened.append(f"end {number}")

    async def all_of_them() -> None:
        await asyncio.gather(*(turn(number) for number in range(count)))

    asyncio.run(all_of_them())
    return happened


def test_turns_over_both_processes_stay_in_order(locks: tuple[TurnLocks, TurnLocks]) -> None:
    assert turns(locks, 6) == [f"{what} {number}" for number in range(6) for what in ("begin", "end")]


def test_without_redis_a_process_orders_its_own_turns(locks: tuple[TurnLocks, TurnLocks], own_redis: OwnRedis) -> None:
    own_redis.kill()
    one = locks[0], locks[0]
    assert turns(one, 4) == [f"{what} {number}" for number in range(4) for what in ("begin", "end")]


def test_without_a_url_locks_stay_in_memory() -> None:
    one = TurnLocks(EndpointConfig(url=""))
    assert one._redis is None
    assert turns((one, one), 3) == [f"{what} {number}" for number in range(3) for what in ("begin", "end")]
