"""Our check of an action server's answer gives the same verdicts as Rasa's own, with the same words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction

from bot.channels.rasa_actions import check_schema_once

THEIRS = RemoteAction._validate_action_result
GOOD: list[Any] = [
    {},
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "answer", "value": None}], "responses": [{"text": "Dag", "custom": {}}]},
    {"events": [{"event": "followup", "name": "criteriacheck"}]},
    {"iets": "anders"},
]
BAD: list[Any] = [
    [],
    None,
    "tekst",
    {"events": {}},
    {"events": ["slot"]},
    {"events": [{"name": "answer"}]},
    {"events": [{"event": 3}]},
    {"events": [{"event": "slot", "name": 4}]},
    {"responses": "Dag"},
    {"responses": ["Dag"]},
    {"events": [{"event": "onbekend"}], "responses": 3},
]


@pytest.fixture
def action() -> Iterator[RemoteAction]:
    check_schema_once()
    yield RemoteAction("action_turn", None)
    RemoteAction._validate_action_result = THEIRS


def verdict(check: Any, action: RemoteAction, answer: Any) -> str:
    try:
        assert check(action, answer) is True
    except ValidationError as problem:
        return f"{list(problem.path)} {problem.message.partition('. Failed to validate')[0]}"
    return "good"


@pytest.mark.parametrize("answer", [*GOOD, *BAD], ids=repr)
def test_the_verdict_is_rasas(action: RemoteAction, answer: Any) -> None:
    assert verdict(RemoteAction._validate_action_result, action, answer) == verdict(THEIRS, action, answer)


@pytest.mark.parametrize("answer", [*GOOD, *BAD], ids=repr)
def test_good_answers_pass_and_others_do_not(action: RemoteAction, answer: Any) -> None:
    assert (verdict(RemoteAction._validate_action_result, action, answer) == "good") == (answer in GOOD)


def test_the_schema_is_not_checked_again(action: RemoteAction, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_schema: Any) -> None:
        raise AssertionError("checked again")

    monkeypatch.setattr(validator_for(RemoteAction.action_response_format_spec()), "check_schema", fail)
    assert verdict(RemoteAction._validate_action_result, action, GOOD[2]) == "good"
