"""A hand that kills processes at random moments, while a recorder outside keeps book of what was acknowledged."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import time
from collections import Counter

import httpx

from tests.soak.load import Result
from tests.soak.person import Person
from tests.soak.scripts import check_up, look_back, own_facts, questions, think
from tests.soak.stack import Stack

STORES_DOWN = (0.2, 3.0)  # seconds that a killed store stays away
ATTEMPTS = 40  # to find a process to kill that is alive


async def kills(
    stack: Stack, *, count: int, people: int, between: tuple[float, float] = (0.5, 3.0), seed: int = 7
) -> Result:
    """Let people talk while `count` processes are killed; then let all come back, and judge every conversation."""
    result, chance, done = Result(), random.Random(seed), asyncio.Event()
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=stack.address, trust_env=False, limits=limits) as http:
        talking = [asyncio.create_task(_talk(http, number, done)) for number in range(people)]
        killed = Counter[str]()
        for _ in range(count):
            await asyncio.sleep(chance.uniform(*between))
            killed[await asyncio.to_thread(_kill, stack, chance)] += 1
        done.set()
        started = time.monotonic()
        talkers = [person for people_of_one in await asyncio.gather(*talking) for person in people_of_one]
        result.note("gedode processen", ", ".join(f"{name} {number}" for name, number in sorted(killed.items())))
        result.note("samen", str(sum(killed.values())), sum(killed.values()) >= count)
        result.note("na de laatste alles beantwoord in", f"{time.monotonic() - started:.1f} s")
        await _judge(result, talkers)
    return result


async def _judge(result: Result, talkers: list[Person]) -> None:
    faults = [fault for each in talkers for fault in await each.judge()]
    sent = [one for each in talkers for one in each.sent]
    longest = max((one.answered - one.started for one in sent if one.answered), default=0.0)
    result.note("gesprekken", str(len(talkers)))
    result.note("bevestigde berichten", str(sum(one.acknowledged is not None for one in sent)))
    result.note("langste wachttijd", f"{longest:.1f} s")
    result.note("eerst opgegeven, na opnieuw vragen beantwoord", str(sum(one.given_up for one in sent)))
    result.note("verloren, dubbel, door elkaar of van een ander", str(len(faults)), not faults)
    result.faults += faults[:20]


async def _talk(http: httpx.AsyncClient, number: int, done: asyncio.Event) -> list[Person]:
    """Have one conversation after another: questions and own facts, or a check in which each yes must count once."""
    chance, asked, talked = random.Random(number), questions(), []
    while not done.is_set():
        person = Person(f"spreker {number}.{len(talked)}", http)
        talked.append(person)
        await person.open()
        if chance.random() < 0.5:
            await check_up(person, 3)
        else:
            facts, mark = own_facts(number)
            await person.ask(facts)
            for _ in range(3):
                await asyncio.sleep(think(chance, 0.3))
                await person.ask(chance.choice(asked))
            await look_back(person, mark)
        await person.close()
    return talked


def _kill(stack: Stack, chance: random.Random) -> str:
    """Kill one process outright, and tell what it was; a store is started again a little later."""
    for _ in range(ATTEMPTS):
        kinds = ["web", "rasa", "actions", *["redis"] * bool(stack.redis), *["postgres"] * bool(stack.postgres)]
        kind = chance.choice(kinds)
        store = {"redis": stack.redis, "postgres": stack.postgres}.get(kind)
        if store:
            store.kill()
            time.sleep(chance.uniform(*STORES_DOWN))
            store.start()
            return kind
        alive = [pid for name, pid in stack.parts().items() if name.startswith(kind)]
        if alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(chance.choice(alive), signal.SIGKILL)
                return kind
        time.sleep(0.3)
    raise RuntimeError("there is nothing left to kill")
