"""Many people at once: how long they wait, whether anything is lost or mixed up, what a crowd gets, how it recovers."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from tests.soak.person import Person
from tests.soak.scripts import look_back, own_facts, questions, think

P95_SECONDS = 1.5
START_OVER = 20.0  # seconds in which the people arrive
RECOVERY_SECONDS = 90.0
POLITE = {202, 201, 200, 429}


@dataclass
class Result:
    """What a run measured; `faults` are failures."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def note(self, name: str, value: str, good: bool = True) -> None:
        """Add a row, and a fault when it is not good."""
        self.rows.append((name, value))
        if not good:
            self.faults.append(f"{name}: {value}")


async def load(
    address: str,
    *,
    people: int,
    seconds: float,
    median: float,
    crowd: int,
    crowd_seconds: float,
    goal: float = P95_SECONDS,
) -> Result:
    """Let people type for so long; then a crowd that does not think; then a few people again.

    `goal` is what 95 of 100 answers may take, in seconds.
    """
    result = Result()
    async with httpx.AsyncClient(base_url=address, trust_env=False, limits=httpx.Limits(max_connections=None)) as http:
        await _measure(result, "", await _people(http, people, seconds, median), goal)
        if crowd:
            await _crowd(result, http, crowd, crowd_seconds)
            await _recover(result, http)
    return result


async def _people(http: httpx.AsyncClient, count: int, seconds: float, median: float) -> list[Person]:
    people = [Person(f"persoon {number}", http) for number in range(count)]
    until = time.monotonic() + seconds
    await asyncio.gather(*(_type(each, number, until, seconds, median) for number, each in enumerate(people)))
    return people


async def _type(person: Person, number: int, until: float, seconds: float, median: float) -> None:
    """Ask questions, and now and then look back at one's own facts."""
    chance, asked = random.Random(number), questions()
    facts, mark = own_facts(number)
    await asyncio.sleep(chance.uniform(0, min(START_OVER, seconds / 3)))
    await person.open()
    await person.ask(facts)
    turns = 0
    while time.monotonic() < until:
        await asyncio.sleep(think(chance, median))
        turns += 1
        if turns % 4 == 0:
            await look_back(person, mark)
        else:
            await person.ask(chance.choice(asked))
    await look_back(person, mark)


async def _measure(result: Result, when: str, people: list[Person], goal: float) -> None:
    faults = [fault for each in people for fault in await each.judge()]
    for each in people:
        await each.close()
    times = sorted(one.answered - one.started for each in people for one in each.sent if one.answered)
    statuses = sum((Counter(each.statuses) for each in people), Counter[int]())
    result.note(f"{when}berichten", str(sum(len(each.sent) for each in people)))
    for name, share in (("mediaan", 0.5), ("p95", 0.95), ("p99", 0.99), ("langste", 1.0)):
        seconds = times[min(len(times) - 1, int(share * len(times)))]
        good = name != "p95" or seconds < goal
        result.note(
            f"{when}wachttijd {name}", f"{seconds:.2f} s" + (f" (doel: onder {goal} s)" * (name == "p95")), good
        )
    bad = {status: count for status, count in statuses.items() if status == 0 or status >= 400}
    result.note(f"{when}fouten", str(bad or "geen"), not bad)
    result.note(f"{when}verloren, dubbel of van een ander", str(len(faults)), not faults)
    result.faults += faults[:20]


async def _crowd(result: Result, http: httpx.AsyncClient, count: int, seconds: float) -> None:
    """Send without thinking: some are answered, others are told that it is busy, in Dutch; nobody gets an error."""
    people = [Person(f"drukte {number}", http) for number in range(count)]
    until = time.monotonic() + seconds
    taken = await asyncio.gather(*(_press(each, number, until) for number, each in enumerate(people)))
    statuses = sum((Counter(each.statuses) for each in people), Counter[int]())
    result.note("drukte: aangenomen berichten", str(sum(taken)))
    result.note("drukte: antwoorden van de poort", ", ".join(f"{k}: {v}" for k, v in sorted(statuses.items())))
    result.note("drukte: geweigerd met 429", str(statuses[429]))
    unkind = {status: number for status, number in statuses.items() if status not in POLITE}
    result.note("drukte: onbeleefd", str(unkind or "geen"), not unkind)
    started = time.monotonic()
    await asyncio.gather(*(each.answer(one) for each in people for one in each.sent))
    result.note("drukte: daarna nog alles beantwoord in", f"{time.monotonic() - started:.1f} s")
    faults = [fault for each in people for fault in await each.judge()]
    for each in people:
        await each.close()
    result.note("drukte: verloren, dubbel of van een ander", str(len(faults)), not faults)
    result.faults += faults[:20]


async def _press(person: Person, number: int, until: float) -> int:
    chance, asked = random.Random(1000 + number), questions()
    await person.open()
    taken = 0
    while time.monotonic() < until:
        sent = await person.send(chance.choice(asked), insist=False)
        taken += sent.acknowledged is not None
        await asyncio.sleep(0.05 if sent.acknowledged else 1.0)
    return taken


async def _recover(result: Result, http: httpx.AsyncClient) -> None:
    """See how long it takes until somebody waits no longer than usual, and that it stays so."""
    started = time.monotonic()
    while True:
        person = Person("na de drukte", http)
        await person.open()
        await person.ask("wat is ips?")
        (sent,) = person.sent
        waited = (sent.answered or float("inf")) - sent.started
        await person.close()
        if waited < P95_SECONDS or time.monotonic() - started > RECOVERY_SECONDS:
            break
    seconds = time.monotonic() - started
    result.note("na de drukte: weer gewoon snel na", f"{seconds:.1f} s", waited < P95_SECONDS)
    await _measure(result, "na de drukte: ", await _people(http, 5, 10, 2.0), P95_SECONDS)
