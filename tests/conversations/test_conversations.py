"""Recorded conversations, driven over HTTP against the running assistant.

A file holds one conversation: a list of turns with `say` and what the replies together must hold (`holds`: every
regular expression is found; `lacks`: none is). Case does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import RunningAssistant

FILES = sorted(Path(__file__).parent.glob("*.yml"))


def read(replies: list[dict[str, Any]]) -> str:
    """Return all that the user sees: texts, then button titles."""
    texts = [reply.get("text", "") for reply in replies]
    buttons = [f"[{button['title']}]" for reply in replies for button in reply.get("buttons", [])]
    return "\n".join([*texts, *buttons])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_conversation(file: Path, assistant: RunningAssistant, sender: str) -> None:
    converse(file, lambda message: assistant.say(message, sender))


def converse(file: Path, say: Callable[[str], list[dict[str, Any]]]) -> None:
    """Have a recorded conversation with an assistant that `say` reaches."""
    turns = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert len(turns) >= 12, "a recorded conversation has at least twelve turns"
    for number, turn in enumerate(turns, start=1):
        seen = read(say(turn["say"]))
        place = f"turn {number}, {turn['say']!r}:\n{seen}"
        for pattern in turn.get("holds", []):
            assert re.search(pattern, seen, re.IGNORECASE | re.DOTALL), f"no {pattern!r} after {place}"
        for pattern in turn.get("lacks", []):
            assert not re.search(pattern, seen, re.IGNORECASE | re.DOTALL), f"{pattern!r} after {place}"
