"""What may not be kept is hidden, and our own texts stay whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.hiding import hide_people, hide_personal
from bot.knowledge.loader import load
from bot.masking import mask

KNOWLEDGE = load()
QUESTIONS = Path(__file__).parents[1] / "nlu" / "blind_qa.jsonl"


def test_our_own_texts_are_left_alone() -> None:
    own = [*KNOWLEDGE.texts.values(), *(card.answer for card in KNOWLEDGE.cards.values())]
    assert [text for text in own if hide_personal(text) != text] == []


def test_questions_without_a_client_are_left_alone() -> None:
    asked = [example for card in KNOWLEDGE.cards.values() for example in card.examples]
    blind = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    asked += [value for line in blind for value in line.values() if isinstance(value, str)]
    assert len(asked) > 2000
    assert [text for text in asked if hide_people(mask(text).text) != text] == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Mag Ruben Alders (schizofrenie) instromen?", "Mag [naam] (schizofrenie) instromen?"),
        ("mijn cliënt Youssef wil bij een garage werken", "mijn cliënt [naam] wil bij een garage werken"),
        ("bsn 123456782 en 06-12345678", "bsn [bsn] en [telefoonnummer]"),
        ("Marieke van Dam, manager zorg, hoe begin ik?", "Marieke van Dam, manager zorg, hoe begin ik?"),
    ],
)
def test_clients_are_hidden_and_colleagues_are_not(said: str, kept: str) -> None:
    assert hide_people(mask(said).text) == kept
