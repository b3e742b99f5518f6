"""Runs tests/cases/triage/*.yml: what the rules of triage see in a message, each with counterexamples."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.hiding import hide_personal
from bot.rules import triage
from bot.rules.clients import client_data
from bot.rules.deadlines import days_left
from bot.rules.mailtext import letter_of

FOLDER = Path(__file__).parent / "triage"
A_MONDAY = date(2026, 11, 23)
GUESS = triage.Guess({"financiering": 0.9, "overig": 0.1}, {"normaal": 1.0}, {"automatisch": 1.0})

Case = Mapping[str, Any]


def cases(name: str) -> Any:
    found = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return pytest.mark.parametrize("case", found, ids=[case["id"] for case in found])


@cases("deadlines")
def test_deadlines(case: Case) -> None:
    assert days_left(case["text"], A_MONDAY) == case["days"]


@cases("clients")
def test_client_data(case: Case) -> None:
    found = client_data(case["text"])
    assert found.present == case["present"]
    kept = hide_personal(case["text"])
    assert not any(word in kept for word in case.get("hidden", ()))


@cases("mailtext")
def test_mail_text(case: Case) -> None:
    letter = letter_of(case["text"], case.get("subject", ""), case.get("channel", "mail"))
    assert [line for line in letter.own.splitlines() if line] == case["own"].splitlines()
    assert letter.forwarded.strip() == case.get("forwarded", letter.forwarded).strip()
    assert all(part in letter.signature for part in case.get("signature_has", ()))
    assert all(part in letter.disclaimer for part in case.get("disclaimer_has", ()))


@cases("rules")
def test_rules(case: Case) -> None:
    letter = letter_of(case["text"], case.get("subject", ""), case.get("channel", "chat"))
    verdict = triage.judge(triage.signals_of(letter, A_MONDAY), GUESS, answered=True)
    assert (verdict.urgency, list(verdict.flags)) == (case["urgency"], case["flags"])


def test_without_a_sure_answer_a_person_is_needed() -> None:
    signals = triage.signals_of(letter_of("wie betaalt?", "", "chat"), A_MONDAY)
    assert triage.judge(signals, GUESS, answered=False).flags == (triage.PERSON,)


def test_without_the_classifier_a_person_is_needed() -> None:
    signals = triage.signals_of(letter_of("wie betaalt?", "", "chat"), A_MONDAY)
    verdict = triage.judge(signals, None, answered=False)
    assert (verdict.flags, verdict.confidence) == ((triage.PERSON,), 0.0)


def test_a_message_without_reply_has_low_urgency_and_no_flag() -> None:
    guess = triage.Guess({"overig": 1.0}, {"hoog": 1.0}, {"geen": 1.0})
    signals = triage.signals_of(letter_of("Deze actie loopt tot vrijdag!", "Aanbieding"), A_MONDAY)
    verdict = triage.judge(signals, guess, answered=False)
    assert (verdict.urgency, verdict.flags) == ("laag", ())
