"""The trained model, loaded once: `make test` trains it first when its inputs changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

MODEL = Path(__file__).parents[2] / "models" / "ips-wijzer.tar.gz"

Parse = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="session")
def parse() -> Parse:
    """Return a function from a message to what the NLU finds in it."""
    from rasa.core.agent import Agent

    if not MODEL.exists():
        pytest.fail("there is no trained model: run `make test`, which trains it")
    agent = Agent.load(str(MODEL))
    return lambda text: asyncio.run(agent.parse_message(text))
