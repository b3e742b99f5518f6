"""How well personal data is hidden: recall per kind, and professional messages that were touched without need.

A line of a file is a message with what must `go` (a piece of the text and its kind) and what must `stay`. A message
where nothing must go must come out untouched.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.hiding import hide_personal
from bot.masking import mask

FOLDER = Path(__file__).parent
FILES = ("blind", "open", "fresh")
Row = Mapping[str, Any]

# What a piece may leave behind without telling who it is about.
_NOTHING = (
    "de het van der den ten ter te el al een op in aan mevrouw meneer heer mw dhr mevr mej nummer nr hs bis dossier"
)
_TELLS_NOTHING = frozenset(_NOTHING.split())


@dataclass(frozen=True)
class Score:
    """What a mask did to a set of messages: pieces per kind and those hidden, messages touched for nothing, misses."""

    there: Counter[str]
    hidden: Counter[str]
    professional: int
    touched: int
    misses: tuple[str, ...]

    @property
    def recall(self) -> float:
        """Return the share of the pieces that were hidden."""
        return self.hidden.total() / max(1, self.there.total())

    @property
    def false_alarms(self) -> float:
        """Return the share of the professional messages that were touched."""
        return self.touched / max(1, self.professional)


def at_the_port(text: str) -> str:
    """Return what Rasa, the dossier and the plan get to see of a chat message."""
    return mask(text).text


# What Rasa, the dossier and the plan see; what is kept of a conversation, a missed question, a triage and a ticket.
MASKS: Mapping[str, Callable[[str], str]] = {"poort": at_the_port, "bewaard": hide_personal}


def rows(name: str) -> list[Row]:
    """Return the messages of a file."""
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def score(messages: Iterable[Row], hide: Callable[[str], str]) -> Score:
    """Return how `hide` does on the messages."""
    there, hidden, misses = Counter[str](), Counter[str](), []
    professional = touched = 0
    for row in messages:
        after = hide(row["text"])
        if not row.get("go"):
            professional += 1
            if after != row["text"]:
                touched += 1
                misses.append(f"{row['id']} touched: {row['text']} -> {after}")
        left = _left(row, after)
        for piece in row.get("go", ()):
            there[piece["kind"]] += 1
            hidden[piece["kind"]] += not (words_of(piece["text"]) & left)
        if left:
            misses.append(f"{row['id']} left {sorted(left)}: {row['text']} -> {after}")
        misses += [f"{row['id']} lost {piece!r}: {after}" for piece in row.get("stay", ()) if piece not in after]
    return Score(there, hidden, professional, touched, tuple(misses))


def words_of(text: str) -> set[str]:
    """Return the words and numbers that tell something."""
    return {word for word in re.findall(r"\w{2,}", text.lower()) if word not in _TELLS_NOTHING}


def _left(row: Row, after: str) -> set[str]:
    """Return the words of the pieces that stand in the masked text more often than the rest of the message has them."""
    rest = row["text"]
    for piece in row.get("go", ()):
        rest = rest.replace(piece["text"], " ", 1)
    may_stand, stand = Counter(re.findall(r"\w{2,}", rest.lower())), Counter(re.findall(r"\w{2,}", after.lower()))
    must_go = {word for piece in row.get("go", ()) for word in words_of(piece["text"])}
    return {word for word in must_go if stand[word] > may_stand[word] + after.count(f"[{word}]")}
