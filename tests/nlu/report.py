"""Prints how many held-out messages get the right intent and the right facts; `make evaluate` runs it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import warnings
from pathlib import Path

HERE = Path(__file__).parent
MODEL = HERE.parents[1] / "models" / "ips-wijzer.tar.gz"


def main() -> None:
    """Print a line a measure, and the misses before them."""
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    from rasa.core.agent import Agent

    from bot.interview.reading import read
    from bot.knowledge.loader import load

    agent, knowledge = Agent.load(str(MODEL)), load()
    cases = [json.loads(line) for line in (HERE / "heldout_intents.jsonl").read_text(encoding="utf-8").splitlines()]
    intents = facts = 0
    for case in cases:
        intent = asyncio.run(agent.parse_message(case["text"]))["intent"]["name"]
        stated = {
            key: sorted(v) if isinstance(v, tuple) else v
            for key, v in read(case["text"], None, knowledge).facts.items()
        }
        expected = {key: sorted(v) if isinstance(v, list) else v for key, v in case["facts"].items()}
        intents += intent == case["intent"]
        facts += stated == expected
        if intent != case["intent"] or stated != expected:
            print(f"- {case['text']!r}: {intent} {stated}; verwacht {case['intent']} {expected}")
    print(f"intent: {intents}/{len(cases)} = {intents / len(cases):.3f}")
    print(f"feiten: {facts}/{len(cases)} = {facts / len(cases):.3f}")


if __name__ == "__main__":
    main()
