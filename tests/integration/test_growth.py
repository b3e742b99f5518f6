"""Two web processes and two Rasas on PostgreSQL and Redis: the same conversations, and the long runs in small."""

from __future__ import annotations

import asyncio
import json
import os
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conversations.test_conversations import FILES, converse
from tests.fakes.postgres import postgres_programs
from tests.fakes.redis import redis_program
from tests.soak.kills import kills
from tests.soak.load import load
from tests.soak.stack import Stack, running


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    if not (postgres_programs() and redis_program()) and not os.environ.get("CI"):
        pytest.skip("no PostgreSQL or no Redis: install Debian's packages postgresql and redis-server")
    with running(web=2, rasa=2, postgres=True, redis=True, IPS_RATE_PER_MINUTE="100000") as stack:
        yield stack


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_same_conversation_on_postgresql_and_redis(file: Path, stack: Stack, sender: str) -> None:
    def say(message: str) -> list[dict[str, Any]]:
        body = json.dumps({"sender": sender, "message": message}).encode()
        url = f"{stack.address}/webhooks/rest/webhook"
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            return list(json.load(response))

    converse(file, say)


def test_people_at_once_get_their_own_answers(stack: Stack) -> None:
    few = load(stack.address, people=8, seconds=4, median=0.3, crowd=0, crowd_seconds=0, goal=60)
    result = asyncio.run(few)
    assert result.faults == []


def test_killed_parts_lose_and_double_nothing(stack: Stack) -> None:
    result = asyncio.run(kills(stack, count=5, people=3, between=(0.5, 1.5)))
    assert result.faults == []
    assert stack.process.poll() is None
