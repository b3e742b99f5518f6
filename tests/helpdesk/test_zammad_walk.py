"""People on both sides do as they like while calls fail and processes die: in the end both sides hold the same."""

from __future__ import annotations

import random
from typing import Any

import httpx
import pytest

from bot.errors import InvalidValue, Taken
from bot.web.deliveries import TryLater
from tests.fakes.zammad import EMMA, JACOB, status
from tests.helpdesk.test_zammad import Bench, Killed

WALKS, STEPS = 12, 40


class Walk:
    """One walk, with a book of its own of what was said."""

    def __init__(self, seed: int) -> None:
        self.random, self.bench = random.Random(seed), Bench()
        self.number = self.bench.open().number
        self.said = {"vraag-een": "Hoe vraag ik subsidie aan?"}
        self.public: list[str] = []
        self.count = 0
        self._link = self.bench.helpdesk.link

    def step(self) -> None:
        """Let somebody do something."""
        self.bench.later(seconds=self.random.randint(1, 50))
        acts = (self.asks, self.agent_says, self.agent_notes, self.agent_sets, self.colleague, self.fault, self.dies)
        self.random.choice(acts)()
        for work in self.random.sample([self.follow, self.look], self.random.randint(0, 2)):
            work()

    def asks(self) -> None:
        self.count += 1
        self.said[f"m{self.count}"] = f"vraag {self.count}"
        self.bench.helpdesk.asker_said(self.number, f"m{self.count}", f"vraag {self.count}")

    def agent_says(self) -> None:
        if zammad := self.zammad:
            self.count += 1
            self.public.append(f"antwoord {self.count}")
            self.bench.fake.says(zammad, f"<p>antwoord {self.count}</p>", self.random.choice((EMMA, JACOB)))

    def agent_notes(self) -> None:
        if zammad := self.zammad:
            text = self.random.choice(("geheim onder ons", "!teruggeven"))
            self.bench.fake.says(zammad, text, self.random.choice((EMMA, JACOB)), internal=True)

    def agent_sets(self) -> None:
        if zammad := self.zammad:
            change: Any = self.random.choice(({"state": "closed"}, {"state": "open"}, {"owner_id": EMMA}))
            self.bench.fake.sets(zammad, JACOB, **change)

    def colleague(self) -> None:
        desk, number = self.bench.helpdesk, self.number
        self.count += 1
        acts = (
            lambda: desk.take(number, "Chris"),
            lambda: desk.answer(number, "Chris", f"van Chris {self.count}", f"k{self.count}"),
            lambda: desk.note(number, "Chris", "noot", f"n{self.count}"),
            lambda: desk.close(number, "Chris"),
            lambda: desk.hand_back(number, "Chris"),
        )
        try:
            self.random.choice(acts)()
        except (Taken, InvalidValue):
            return

    def fault(self) -> None:
        way, fake = self.bench.way, self.bench.fake
        self.random.choice(
            (
                lambda: way.before.append(httpx.ConnectError("no")),
                lambda: way.after.append(httpx.ReadError("cut")),
                lambda: fake.faults.append(status(self.random.choice((429, 500, 503)), **{"Retry-After": "0"})),
            )
        )()

    def dies(self) -> None:
        """Let the process die at its next note of what Zammad holds."""

        def link(*_: Any) -> Any:
            raise Killed

        self.bench.helpdesk.link = link  # type: ignore[method-assign]

    def follow(self) -> None:
        self._run(self.bench.follow)

    def look(self) -> None:
        self._run(lambda: self.bench.look(self.number))

    def _run(self, work: Any) -> None:
        try:
            work()
        except TryLater:
            return
        except Killed:
            self.bench.helpdesk.link = self._link  # type: ignore[method-assign]
            self.bench.start()

    @property
    def zammad(self) -> int:
        return int(self.bench.helpdesk.load(self.number).outside.get("zammad", 0))


@pytest.mark.parametrize("seed", range(WALKS))
def test_in_the_end_both_sides_hold_the_same(seed: int) -> None:
    walk = Walk(seed)
    for _ in range(STEPS):
        walk.step()
    walk.bench.helpdesk.link = walk._link  # type: ignore[method-assign]
    walk.bench.way.before.clear()
    walk.bench.way.after.clear()
    walk.bench.fake.faults.clear()
    for _ in range(3):
        walk.bench.later(minutes=2)
        walk.bench.follow()
        walk.bench.look(walk.number)
    known, fake = walk.bench.helpdesk.load(walk.number), walk.bench.fake
    bodies = [article["body"] for article in fake.of(walk.zammad)]
    assert len(fake.tickets) == 1
    for text in walk.said.values():  # what the asker said is there once
        assert bodies.count(text) == 1
    answers = [message.text for message in known.messages if message.id.startswith("zammad-")]
    assert len(answers) == len(set(answers))
    refused = sum("Niet verstuurd" in body for body in bodies)
    assert len(answers) + refused == len(walk.public)  # each answer was sent once, or its writer told why not
    assert not any("geheim" in message.text for message in known.messages)
    for message in known.messages:  # what colleagues wrote elsewhere is there once, and not said back
        if message.id.startswith("k"):
            assert bodies.count(f"Chris: {message.text}") == 1
    closed = fake.tickets[walk.zammad]["state"] == "closed"
    assert closed == (known.state == "opgelost")
