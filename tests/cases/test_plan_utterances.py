"""What people type while a plan question is open: an answer (kept word for word), a command, a question, small talk."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.interview.plan import engine
from bot.interview.plan.commands import command_of
from bot.interview.plan.engine import PlanTurn
from bot.interview.plan.seat import Seat
from bot.knowledge.loader import load
from bot.model import Message, Plan, PlanAnswer, RankedAnswer

KNOWLEDGE = load()
CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "plan_utterances.yml").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 21, tzinfo=timezone.utc)
GIVEN = {
    "organisatie.doelgroep": PlanAnswer("organisatie.doelgroep", "mensen met een psychose", NOW),
    "k1.aantal": PlanAnswer("k1.aantal", "140", NOW),
}
PLAN = Plan("p", GIVEN)
# These bring a text, so they do change the plan.
WRITES = ("verander", "aanvullen")


def take(text: str, on: str = "motivatie", plan: Plan = PLAN) -> PlanTurn:
    seat = Seat("p", pending=on, last="organisatie.doelgroep", undo=None)
    return engine.take(Message("c", text), seat, plan, KNOWLEDGE, NOW)


def pairs(group: str) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in CASES[group].items() for text in texts]


def test_the_table_is_long_enough() -> None:
    assert len(CASES["answer"]) + len(pairs("command")) + len(CASES["question"]) + len(pairs("small_talk")) >= 180


@pytest.mark.parametrize("case", CASES["answer"], ids=lambda case: case["say"][:40])
def test_an_answer_is_kept_word_for_word_where_it_was_asked(case: dict[str, str]) -> None:
    on = case.get("open", "motivatie")
    plan = take(case["say"], on, PLAN.with_(answers={key: each for key, each in GIVEN.items() if key != on})).plan
    assert on in plan.answers, "not taken as an answer"
    assert plan.answers[on].text == case["say"]


@pytest.mark.parametrize(("name", "text"), pairs("command"))
def test_a_command_is_no_answer(name: str, text: str) -> None:
    turn, command = take(text), command_of(text)
    assert command is not None
    assert command.name == name
    if name not in WRITES:
        assert dict(turn.plan.answers) == GIVEN


@pytest.mark.parametrize("text", CASES["question"])
def test_a_question_changes_nothing_and_can_still_be_noted(text: str) -> None:
    turn = take(text)
    assert turn.side == "vraag" or turn.replies
    assert dict(turn.plan.answers) == GIVEN
    noted = engine.take(Message("c", "noteer dit"), turn.seat, turn.plan, KNOWLEDGE, NOW)
    assert noted.plan.answers["motivatie"].text == text


def near_a_card(text: str) -> PlanTurn:
    seat = Seat("p", pending="motivatie", last="organisatie.doelgroep", undo=None)
    message = Message("c", text, answers=(RankedAnswer("wat-is-ips", 0.9),))
    return engine.take(message, seat, PLAN, KNOWLEDGE, NOW)


@pytest.mark.parametrize("text", CASES["question_near_a_card"])
def test_a_question_in_doubt_is_one_when_a_card_comes_near(text: str) -> None:
    assert dict(near_a_card(text).plan.answers) == GIVEN
    assert near_a_card(text).side == "vraag" or near_a_card(text).replies
    assert take(text).plan.answers["motivatie"].text == text


@pytest.mark.parametrize("text", CASES["answer_near_a_card"])
def test_an_answer_is_one_though_a_card_comes_near(text: str) -> None:
    assert near_a_card(text).plan.answers["motivatie"].text == text


@pytest.mark.parametrize(("name", "text"), pairs("small_talk"))
def test_small_talk(name: str, text: str) -> None:
    turn = take(text)
    assert turn.side == name
    assert dict(turn.plan.answers) == GIVEN
