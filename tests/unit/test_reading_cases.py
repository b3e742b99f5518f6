"""Every utterance under tests/cases/reading: what is read from it, and above all what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.interview.reading import Reading, read
from bot.knowledge.loader import load
from bot.model import Knowledge

CASES = Path(__file__).parents[1] / "cases" / "reading"
STATUS = {"J": "voldoet", "N": "voldoet_niet", "?": "onbekend"}


def cases() -> list[Any]:
    found = []
    for path in sorted(CASES.glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append(pytest.param(case, id=f"{path.stem}: {case['text'][:70]} [{case.get('pending')}]"))
    return found


def expected_facts(case: dict[str, Any], field: str = "facts") -> dict[str, Any]:
    """Return the facts of a case; `criteria: "JJN-?---"` is short for criteria.1 to criteria.8."""
    facts = {key: tuple(value) if isinstance(value, list) else value for key, value in case.get(field, {}).items()}
    signs = case.get("criteria", "") if field == "facts" else ""
    return facts | {f"criteria.{n}": STATUS[sign] for n, sign in enumerate(signs, 1) if sign != "-"}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def test_there_are_enough_cases() -> None:
    assert len(cases()) >= 250


@pytest.mark.parametrize("case", cases())
def test_case(case: dict[str, Any], knowledge: Knowledge) -> None:
    reading = read(case["text"], case.get("pending"), knowledge)
    assert reading.facts == expected_facts(case)
    assert set(reading.unclear) == set(case.get("unclear", ()))
    assert set(reading.in_progress) == set(case.get("in_progress", ()))
    assert reading.hypothetical == expected_facts(case, "hypothetical")
    for field in ("answer", "asks", "corrects"):
        if field in case:
            assert getattr(reading, field) == case[field], field
    check_notes(reading, case)


def check_notes(reading: Reading, case: dict[str, Any]) -> None:
    assert set(reading.notes) == set(reading.facts)
    for key, note in case.get("notes", {}).items():
        assert reading.notes[key] == note
    for number in case.get("verdicts", ()):
        assert reading.verdicts[number].status.value == reading.facts[f"criteria.{number}"]
