"""What people type, and how it can be seen that an answer is theirs."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from tests.soak.person import Person

QUESTIONS = Path(__file__).parents[1] / "nlu" / "heldout_qa.jsonl"
OVERVIEW = "laat zien wat ik heb ingevuld"
CHECK = "wij zijn een ribw, we willen ips gaan doen"


def questions() -> list[str]:
    """Return questions that have an answer, but for wishes to fill in a plan: its overview shows no facts."""
    found = [json.loads(line)["q"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [question for question in found if "invullen" not in question]


def think(chance: random.Random, median: float) -> float:
    """Return how many seconds somebody reads and types: mostly about the median, now and then far longer."""
    return min(chance.lognormvariate(0, 0.6) * median, 6 * median)


def own_facts(number: int) -> tuple[str, str]:
    """Return what the person with this number tells, and what only their overview shows."""
    return f"wij zijn een ggz-instelling, 1 fte en {number + 3} cliënten", f"{number + 3} per fte"


def texts(entries: list[dict[str, Any]]) -> str:
    """Return all that was said."""
    return "\n".join(each.get("text", "") for each in entries)


async def look_back(person: Person, mark: str) -> None:
    """Ask for the overview: it must be this person's."""
    if mark not in texts(await person.ask(OVERVIEW)):
        person.faults.append(f"{person.name}: the overview is not theirs")


async def check_up(person: Person, yeses: int) -> None:
    """Begin the check and say yes a number of times: each must count once."""
    await person.ask(CHECK)
    for _ in range(yeses):
        await person.ask("ja")
    overview = texts(await person.ask(OVERVIEW))
    if overview.count("voldoet") != yeses:
        person.faults.append(f"{person.name}: {yeses} answers, {overview.count('voldoet')} in the overview")
