"""Runs tests/cases/advice/*.yml: organisations with the verdict that the publications lead to.

A case gives `facts` as POST /api/v1/advice takes them, except that `criteria` may hold `all: <status>` for all eight.
It expects any of: best, possible (exactly these), impossible (option: exactly these reason codes), undecided
(options), missing (option: codes that must be there), not_missing, required and recommended (option: exactly these
codes), remarks and fits (option: codes), next_question (a key or null). `why` is the place that the case rests on.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.loader import load
from bot.model import Advice, OptionStatus
from bot.rules.facts import parse_facts
from bot.rules.options import advise

FOLDER = Path(__file__).parent / "advice"
KNOWLEDGE = load()
EXPECTATIONS = {
    "best",
    "possible",
    "impossible",
    "undecided",
    "missing",
    "not_missing",
    "required",
    "recommended",
    "remarks",
    "fits",
    "next_question",
}

Case = Mapping[str, Any]


def read_cases() -> list[tuple[str, Case]]:
    return [
        (f"{path.stem}:{case['id']}", case)
        for path in sorted(FOLDER.glob("*.yml"))
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]


CASES = read_cases()


def request_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request of a case, with `all` spelled out as eight criteria."""
    criteria = dict(facts.get("criteria", {}))
    status = criteria.pop("all", None)
    spelled_out = {str(number): status for number in range(1, 9)} if status else {}
    request = {**facts, "criteria": {**spelled_out, **criteria}}
    return request if request["criteria"] else {key: value for key, value in facts.items() if key != "criteria"}


def advice_on(case: Case) -> Advice:
    return advise(parse_facts(request_of(case["facts"]), KNOWLEDGE), KNOWLEDGE)


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[case_id for case_id, _ in CASES])
def test_case(case: Case) -> None:
    assert set(case) == {"id", "facts", "expect", "why"}
    expect, advice = case["expect"], advice_on(case)
    assert set(expect) <= EXPECTATIONS
    assert advice.best == expect.get("best", advice.best)
    assert list(advice.possible) == expect.get("possible", list(advice.possible))
    check_statuses(expect, advice)
    check_lists(expect, advice)
    if "next_question" in expect:
        assert (advice.next_question.key if advice.next_question else None) == expect["next_question"]


def check_statuses(expect: Case, advice: Advice) -> None:
    for option, codes in expect.get("impossible", {}).items():
        assert advice.option(option).status is OptionStatus.IMPOSSIBLE, option
        assert [reason.code for reason in advice.option(option).reasons] == codes, option
    for option in expect.get("undecided", []):
        assert advice.option(option).status is OptionStatus.UNDECIDED, option
        assert advice.option(option).reasons == ()


def check_lists(expect: Case, advice: Advice) -> None:
    for option, codes in expect.get("missing", {}).items():
        assert set(codes) <= {missing.code for missing in advice.option(option).missing}, option
    for option, codes in expect.get("not_missing", {}).items():
        assert not set(codes) & {missing.code for missing in advice.option(option).missing}, option
    for name, required in (("required", True), ("recommended", False)):
        for option, codes in expect.get(name, {}).items():
            found = [missing.code for missing in advice.option(option).missing if missing.required is required]
            assert found == codes, option
    for name in ("remarks", "fits"):
        for option, codes in expect.get(name, {}).items():
            assert set(codes) <= {reason.code for reason in getattr(advice.option(option), name)}, option


@pytest.mark.parametrize(
    ("option", "code"),
    [(option.id, code) for option in KNOWLEDGE.options.values() for code in option.conditions],
)
def test_every_condition_of_every_option_fails_in_some_case(option: str, code: str) -> None:
    assert any(code in case["expect"].get("impossible", {}).get(option, []) for _, case in CASES)


@pytest.mark.parametrize("option", list(KNOWLEDGE.options))
def test_every_option_is_the_best_of_some_case(option: str) -> None:
    assert any(case["expect"].get("best") == option for _, case in CASES)
