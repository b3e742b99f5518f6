"""Several processes on one conversation: who does what, what they tell each other, and what happens without Redis."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from bot.model import Entry
from bot.store.conversations import conversation_of
from bot.store.forms import SqlForms
from bot.store.leases import SqlLeases
from bot.web.limits import RateLimiter
from bot.web.rasa import TURNS_AT_ONCE, RasaClient
from bot.web.siblings import RedisSiblings
from tests.fakes.rasa import FakeRasa, echo
from tests.fakes.redis import OwnRedis
from tests.fakes.serving import free_port, serving
from tests.fakes.site import SHARED_KEY, WidgetSite, on_loop, widget_site
from tests.fakes.widget_client import WidgetClient

CODE = "7K3M-Q2RT-0VWX-Z9A1-BCDE"
BSN = "123456782"


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)

    def __call__(self) -> datetime:
        return self.now


# --- leases and forms


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'db.sqlite'}"
    return str(request.getfixturevalue("postgres_database"))


def test_one_process_has_a_lease_until_it_gives_it_back_or_dies(url: str) -> None:
    clock = Clock()
    mine, other = SqlLeases(url, clock), SqlLeases(url, clock)
    assert [mine.take("a", 8), other.take("a", 8), other.take("b", 8)] == [True, False, True]
    other.give_back("a")  # not its own
    assert not other.take("a", 8)
    clock.now += timedelta(seconds=6)
    assert mine.take("a", 8)
    clock.now += timedelta(seconds=6)
    assert not other.take("a", 8)
    mine.give_back("a")
    assert other.take("a", 8)
    clock.now += timedelta(seconds=9)
    assert mine.take("a", 8)
    clock.now += timedelta(seconds=9)
    mine.sweep()
    assert other.take("a", 8)
    mine.close()
    other.close()


def test_of_many_at_once_one_gets_the_lease(url: str) -> None:
    leases = [SqlLeases(url, Clock()) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(lambda each: each.take("a", 8), leases)) == 1
    for each in leases:
        each.close()


def test_forms_are_remembered_without_who(url: str, tmp_path: Path) -> None:
    clock = Clock()
    forms = SqlForms(url, clock)
    assert forms.load("gesprek") == (False, None)
    forms.save("gesprek", ("criteriacheck", "answer"))
    assert SqlForms(url, clock).load("gesprek") == (True, ("criteriacheck", "answer"))
    forms.save("gesprek", None)
    assert forms.load("gesprek") == (True, None)
    forms.delete_older(clock.now + timedelta(seconds=1))
    assert forms.load("gesprek") == (False, None)
    forms.close()


# --- Redis between two


def talk(url: str, scenario: Any, other_key: str = SHARED_KEY) -> Any:
    """Run `scenario(one, two)` with two processes that know each other."""

    async def run() -> Any:
        one, two = RedisSiblings(url, SHARED_KEY), RedisSiblings(url, other_key)
        for each in (one, two):
            each.start()
        await asyncio.sleep(0.2)
        try:
            return await scenario(one, two)
        finally:
            await one.close()
            await two.close()

    return asyncio.run(run())


async def until(condition: Any, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it didn't happen"
        await asyncio.sleep(0.02)


def test_news_reaches_the_other_and_not_oneself(own_redis: OwnRedis) -> None:
    async def scenario(one: RedisSiblings, two: RedisSiblings) -> None:
        heard: list[tuple[int, Any]] = []
        one.listen("news", lambda each: heard.append((1, each)))
        two.listen("news", lambda each: heard.append((2, each)))
        one.tell("news", "a")
        one.tell("news", "b")
        await until(lambda: len(heard) == 2)
        assert heard == [(2, "a"), (2, "b")]

    talk(own_redis.url, scenario)


def test_what_one_lets_pass_counts_for_the_other(own_redis: OwnRedis) -> None:
    async def scenario(one: RedisSiblings, two: RedisSiblings) -> None:
        here, there = (each.limit("x", RateLimiter(10, lambda: 0.0)) for each in (one, two))
        assert not any(here.take("ans") for _ in range(10))
        await until(lambda: there.take("ans") > 0)
        assert there.take("bob") == 0
        one.limit("y", RateLimiter(10, lambda: 0.0))
        for _ in range(8):
            here.give_back("ans")
        await until(lambda: there.take("ans") == 0)

    talk(own_redis.url, scenario)


def test_what_is_kept_is_there_for_the_other_and_goes(own_redis: OwnRedis) -> None:
    async def scenario(one: RedisSiblings, two: RedisSiblings) -> None:
        await one.keep("gesprek", "a", {"text": CODE}, 60)
        await one.keep("gesprek", "b", {"text": BSN}, 60)
        assert await two.kept("gesprek", "a") == {"text": CODE}
        assert await two.kept("ander", "a") is None
        everything = stored(own_redis)
        assert CODE.encode() not in everything
        assert b"gesprek" not in everything
        await two.forget("gesprek", "a")
        assert await one.kept("gesprek", "a") is None
        assert await one.kept("gesprek", "b") == {"text": BSN}
        await two.forget("gesprek")
        assert await one.kept("gesprek", "b") is None
        assert stored(own_redis) == b""

    talk(own_redis.url, scenario)


def test_nothing_in_redis_stays(own_redis: OwnRedis) -> None:
    async def scenario(one: RedisSiblings, _two: RedisSiblings) -> None:
        await one.keep("gesprek", "a", {"text": CODE}, 60)

    talk(own_redis.url, scenario)
    with redis.Redis.from_url(own_redis.url) as client:
        assert all(0 < client.ttl(key) <= 1800 for key in client.scan_iter())


def test_another_installation_neither_hears_nor_reads(own_redis: OwnRedis) -> None:
    async def scenario(one: RedisSiblings, stranger: RedisSiblings) -> None:
        heard: list[Any] = []
        stranger.listen("news", heard.append)
        one.tell("news", "a")
        await one.keep("gesprek", "a", {"text": CODE}, 60)
        await asyncio.sleep(0.3)
        assert heard == []
        assert await stranger.kept("gesprek", "a") is None

    talk(own_redis.url, scenario, "een andere sleutel, ook lang genoeg om te gelden")


def test_without_redis_each_goes_on_and_afterwards_they_find_each_other(own_redis: OwnRedis) -> None:
    async def scenario(one: RedisSiblings, two: RedisSiblings) -> None:
        heard: list[Any] = []
        two.listen("news", heard.append)
        own_redis.kill()
        one.tell("news", "weg")
        await one.keep("gesprek", "a", {"text": CODE}, 60)
        assert await two.kept("gesprek", "a") is None
        await one.forget("gesprek")
        await asyncio.to_thread(own_redis.start)
        deadline = time.monotonic() + 20
        while not heard and time.monotonic() < deadline:
            one.tell("news", "terug")
            await asyncio.sleep(0.1)
        assert set(heard) == {"terug"}

    talk(own_redis.url, scenario)


def stored(server: OwnRedis) -> bytes:
    with redis.Redis.from_url(server.url) as client:
        keys = client.keys()
        return b"".join(key + client.dump(key) for key in keys)


# --- two processes behind one port


@pytest.fixture
def sites(tmp_path: Path, own_redis: OwnRedis) -> Iterator[tuple[WidgetSite, WidgetSite]]:
    with ExitStack() as running:
        yield tuple(running.enter_context(widget_site(tmp_path, redis=own_redis.url)) for _ in range(2))  # type: ignore[misc]
        WidgetClient.close_all()


def answered(count: int) -> Any:
    return lambda log: sum(bool(entry.get("last")) for entry in log) >= count


def test_what_one_process_takes_shows_at_the_other(sites: tuple[WidgetSite, WidgetSite]) -> None:
    tab = WidgetClient(sites[0].address).open()
    other = WidgetClient(sites[1].address, tab.token)
    reading = other.listen()
    tab.say("hallo")
    deadline = time.monotonic() + 15
    while not answered(1)(other.log):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert [entry["text"] for entry in other.log] == ["hallo", "Je zei: hallo"]
    other.stop()
    for site in sites:
        on_loop(site.widget, site.widget.feed.stop)
    reading.join(10)


def test_a_process_knows_who_listens_at_the_other(sites: tuple[WidgetSite, WidgetSite]) -> None:
    tab = WidgetClient(sites[0].address).open()
    feed, conversation = sites[1].widget.feed, conversation_of(tab.token)
    assert not feed.is_listening(conversation)
    tab.poll()
    deadline = time.monotonic() + 15
    while not feed.is_listening(conversation):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_messages_spread_over_two_processes_are_answered_once_and_in_order(
    sites: tuple[WidgetSite, WidgetSite],
) -> None:
    tab = WidgetClient(sites[0].address).open()
    tabs = [tab, WidgetClient(sites[1].address, tab.token)]
    for site in sites:
        site.rasa.delay = 0.05
    for number in range(12):
        tabs[number % 2].say(f"bericht {number}")
        tabs[(number + 1) % 2].poll()  # which takes up what waits, in the other process
    log = tab.until(answered(12))
    replies = [entry["text"] for entry in log if entry["who"] == "bot"]
    assert replies == [f"Je zei: bericht {number}" for number in range(12)]
    assert sorted(sites[0].heard + sites[1].heard) == sorted(f"bericht {number}" for number in range(12))


def test_a_code_crosses_processes(sites: tuple[WidgetSite, WidgetSite], own_redis: OwnRedis) -> None:
    one, two = sites
    tab = WidgetClient(one.address).open()
    one.rasa.answer = lambda _sender, _message: [{"text": f"Jullie code: {CODE}"}]
    tab.say("geef de code")
    tab.until(answered(1))
    assert CODE in WidgetClient(two.address, tab.token).until(answered(1))[-1]["text"]
    assert CODE.encode() not in stored(own_redis)


def test_what_was_masked_is_still_heard_when_another_process_answers(
    sites: tuple[WidgetSite, WidgetSite], own_redis: OwnRedis
) -> None:
    one, two = sites
    tab = WidgetClient(one.address).open()
    one.widget.answering.take_up = lambda *_: None  # type: ignore[assignment, misc]  # as if it died right after
    tab.say("mail naar ans@voorbeeld.nl")
    assert b"voorbeeld" not in stored(own_redis)
    WidgetClient(two.address, tab.token).until(answered(1))
    assert two.rasa.metadata[-1]["contact"] == "mail naar ans@voorbeeld.nl"
    deadline = time.monotonic() + 10
    while stored(own_redis):
        assert time.monotonic() < deadline


def test_a_lease_of_a_dead_process_is_taken_over(
    tmp_path: Path, own_redis: OwnRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    with widget_site(tmp_path, redis=own_redis.url) as site:
        tab = WidgetClient(site.address).open()
        dead = SqlLeases(f"sqlite:///{tmp_path / 'log.sqlite'}", lambda: datetime.now(timezone.utc))
        assert dead.take(f"answering {conversation_of(tab.token)}", 1.5)
        tab.say("hallo")
        time.sleep(0.5)
        assert site.heard == []
        assert tab.until(answered(1))[-1]["text"] == "Je zei: hallo"
        dead.close()
        WidgetClient.close_all()


def test_without_redis_the_other_process_shows_it_within_seconds(
    sites: tuple[WidgetSite, WidgetSite], own_redis: OwnRedis
) -> None:
    tab = WidgetClient(sites[0].address).open()
    other = WidgetClient(sites[1].address, tab.token)
    own_redis.kill()
    reading = other.listen()
    tab.say("hallo")
    tab.until(answered(1))
    deadline = time.monotonic() + 20
    while not answered(1)(other.log):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    other.stop()
    for site in sites:
        on_loop(site.widget, site.widget.feed.stop)
    reading.join(10)


def test_the_rate_of_one_sender_counts_over_both(tmp_path: Path, own_redis: OwnRedis) -> None:
    with ExitStack() as running:
        one, two = (
            running.enter_context(widget_site(tmp_path, redis=own_redis.url, IPS_RATE_PER_MINUTE="6")) for _ in range(2)
        )
        body = {"sender": "ans", "message": "hallo"}
        for _ in range(6):
            assert httpx.post(f"{one.address}/webhooks/rest/webhook", json=body, trust_env=False).status_code == 200
        deadline = time.monotonic() + 10
        while httpx.post(f"{two.address}/webhooks/rest/webhook", json=body, trust_env=False).status_code != 429:
            assert time.monotonic() < deadline


def test_turns_of_a_rest_sender_never_overlap(sites: tuple[WidgetSite, WidgetSite]) -> None:
    times: list[tuple[float, float]] = []

    def note(_sender: str, message: str) -> list[dict[str, str]]:
        times.append((time.monotonic() - 0.1, time.monotonic()))
        return [{"text": message}]

    for site in sites:
        site.rasa.delay, site.rasa.answer = 0.1, note
    body = {"sender": "ans", "message": "hallo"}

    def ask(number: int) -> int:
        url = f"{sites[number % 2].address}/webhooks/rest/webhook"
        return httpx.post(url, json=body, trust_env=False, timeout=30).status_code

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(6))) == [200] * 6
    times.sort()
    assert all(end <= start + 0.02 for (_, end), (start, _) in pairwise(times))


def test_deleting_at_one_process_waits_for_the_turn_at_the_other(sites: tuple[WidgetSite, WidgetSite]) -> None:
    one, two = sites
    tab = WidgetClient(one.address).open()
    one.rasa.delay = 0.8
    tab.say("ja")
    time.sleep(0.3)
    assert httpx.delete(f"{two.address}/widget/session", headers=tab.headers, trust_env=False).status_code == 204
    assert two.store.gone() == (conversation_of(tab.token),)
    deadline = time.monotonic() + 15
    while two.store.gone():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert one.store.append(conversation_of(tab.token), Entry("person", "hallo")) is None


# --- several Rasas


def with_rasas(
    scenario: Any, *, second_is_up: bool = True, watch: Callable[[int], object] = lambda _: None
) -> tuple[FakeRasa, FakeRasa]:
    """Run `scenario(client)` with two Rasas; the second may be down. `watch` hears how many turns one has at once."""
    rasas = FakeRasa(), FakeRasa()
    for rasa in rasas:
        rasa.delay = 0.05
        rasa.answer = lambda sender, message, rasa=rasa: (watch(len(rasa.busy) + 1), echo(sender, message))[1]

    async def run(urls: list[str]) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            await scenario(RasaClient(http, [(url, url) for url in urls]))

    with ExitStack() as running:
        first = running.enter_context(serving(rasas[0].app))
        second = running.enter_context(serving(rasas[1].app)) if second_is_up else f"http://127.0.0.1:{free_port()}"
        asyncio.run(run([first, second]))
    return rasas


def test_turns_go_to_the_rasa_that_has_least_to_do() -> None:
    async def scenario(client: RasaClient) -> None:
        await asyncio.gather(*(client.ask("ans", f"bericht {number}") for number in range(4)))

    one, two = with_rasas(scenario)
    assert len(one.heard) == len(two.heard) == 2


def test_a_quiet_sender_stays_with_one_rasa() -> None:
    async def scenario(client: RasaClient) -> None:
        for number in range(4):
            await client.ask("ans", f"bericht {number}")

    assert sorted(len(each.heard) for each in with_rasas(scenario)) == [0, 4]


def test_a_rasa_that_is_down_holds_nobody_up() -> None:
    async def scenario(client: RasaClient) -> None:
        for sender in ("ans", "bob", "cor", "dik"):
            assert await client.ask(sender, "hallo")
        assert await client.missing() == ()

    one, _ = with_rasas(scenario, second_is_up=False)
    assert [sender for sender, _ in one.heard] == ["ans", "bob", "cor", "dik"]


def test_no_more_than_a_few_turns_are_in_a_rasa_at_once() -> None:
    at_once: list[int] = []

    async def scenario(client: RasaClient) -> None:
        await asyncio.gather(*(client.ask(f"zender {number}", "hallo") for number in range(20)))

    rasas = with_rasas(scenario, watch=at_once.append)
    assert len(rasas[0].heard) + len(rasas[1].heard) == 20
    assert 1 < max(at_once) <= TURNS_AT_ONCE
