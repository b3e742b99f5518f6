"""The blind files are well-formed: `scripts/evaluate` scores them, so a slip in them would pass for a miss.

They were written from the publications alone; read their lines only to judge a score, never while writing cards.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.knowledge.loader import load

HERE = Path(__file__).parent
KINDS = {"niet-in-bronnen", "buiten-onderwerp", "individuele-hulpvraag", "crisis", "misbruik"}
QUESTIONS, OUTSIDE = "blind_qa.jsonl", "blind_oos.jsonl"


def lines(name: str) -> list[dict[str, Any]]:
    with (HERE / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def patterns(case: dict[str, Any]) -> list[str]:
    groups: list[list[str]] = [*case.get("must", []), case.get("must_any", []), case["must_not"]]
    return [pattern for group in groups for pattern in group]


@pytest.mark.parametrize("name", [QUESTIONS, OUTSIDE])
def test_every_line_has_its_own_id_and_question(name: str) -> None:
    cases = lines(name)
    assert len({case["id"] for case in cases}) == len(cases)
    assert len({case["q"].casefold() for case in cases}) == len(cases)
    assert all(case["q"].strip() for case in cases)


@pytest.mark.parametrize("name", [QUESTIONS, OUTSIDE])
def test_every_pattern_compiles_and_asks_for_something(name: str) -> None:
    found = [pattern for case in lines(name) for pattern in patterns(case)]
    assert not [pattern for pattern in found if re.compile(pattern, re.IGNORECASE | re.DOTALL).search("")]


def test_every_question_names_its_passage_and_a_known_publication() -> None:
    known = {source.id for source in load().sources.values()}
    for case in lines(QUESTIONS):
        wanted = case["source"] if isinstance(case["source"], list) else [case["source"]]
        assert set(wanted) <= known, case["id"]
        assert all([wanted, case["must"], *case["must"]]), case["id"]
        assert all([case["section"], case["topic"], case["style"]]), case["id"]


def test_the_questions_do_not_hand_over_their_own_answer() -> None:
    """A reply that only repeats the question must not count as right."""
    echoes = [
        case["id"]
        for case in lines(QUESTIONS)
        if all(any(re.search(p, case["q"], re.IGNORECASE | re.DOTALL) for p in group) for group in case["must"])
    ]
    assert not echoes


def test_every_message_outside_the_sources_has_a_known_kind() -> None:
    cases = lines(OUTSIDE)
    assert {case["kind"] for case in cases} == KINDS
    assert all(case["must_any"] for case in cases)
    assert Counter(case["kind"] for case in cases)["niet-in-bronnen"] >= len(cases) / 2


@pytest.mark.parametrize("name", [QUESTIONS, OUTSIDE])
def test_no_pattern_is_met_by_the_introduction_alone(name: str) -> None:
    """The first reply to every sender starts with the notice; its words must not count as an answer or a refusal."""
    notice = load().texts["notice"].lower()
    met = [
        (case["id"], pattern)
        for case in lines(name)
        for pattern in patterns(case)
        if re.search(pattern, notice, re.IGNORECASE | re.DOTALL)
    ]
    assert not met
