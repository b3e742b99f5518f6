"""The two commands for who keeps the content: `make kennis` and `make vragen`."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime, timezone
from pathlib import Path

import pytest

from bot.knowledge.loader import load
from bot.model import Entry, KeptQuestion, Miss
from bot.store.conversations import SqlConversationStore
from bot.store.questions import SqlQuestionLog

ROOT = Path(__file__).parents[2]
KENNIS = runpy.run_path(str(ROOT / "scripts" / "kennis"))
KNOWLEDGE = load()
FIRST, SECOND, *_ = KNOWLEDGE.cards.values()


def with_cards(*cards: object) -> object:
    return replace(KNOWLEDGE, cards={card.id: card for card in cards}, outside=())  # type: ignore[attr-defined]


def test_an_example_that_stands_with_two_answers_is_shown() -> None:
    shared = replace(SECOND, examples=(*SECOND.examples, FIRST.examples[0].upper()))
    assert len(KENNIS["doubles"](with_cards(FIRST, shared))) == 1
    assert not KENNIS["doubles"](with_cards(FIRST, SECOND))


def test_examples_that_are_almost_the_same_are_shown() -> None:
    close = replace(SECOND, examples=(*SECOND.examples, FIRST.examples[0] + "?"))
    found = KENNIS["near_doubles"](with_cards(FIRST, close))
    assert any(FIRST.id in line and SECOND.id in line for line in found)


def test_few_examples_and_long_sentences_are_shown() -> None:
    few = replace(FIRST, examples=FIRST.examples[:2], answer="woord " * 29 + ".")
    assert KENNIS["few_examples"]([few]) == [f"{FIRST.id}: 2"]
    assert len(KENNIS["long_sentences"]([replace(few, more=None)])) == 1
    assert not KENNIS["long_sentences"]([replace(few, answer="woord " * 27 + "woord.", more=None)])


def vragen(folder: Path) -> str:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("IPS_")}
    command = [sys.executable, str(ROOT / "scripts" / "vragen")]
    environ["IPS_DATA"] = str(folder)
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def test_missed_questions_are_listed_in_groups(tmp_path: Path) -> None:
    assert "geen vragen" in vragen(tmp_path)
    log = SqlQuestionLog(f"sqlite:///{tmp_path / 'ips-wijzer.sqlite'}")
    for day, text in enumerate(("wat verdient een coach", "salaris coach?", "kan ik\x1b[31m parkeren\nbij phrenos"), 1):
        log.keep(KeptQuestion(date(2026, 11, day), Miss.NIET_IN_BRONNEN, text))
    log.keep(KeptQuestion(date(2026, 11, 4), Miss.BETWIJFELD, "klopt dat wel?", FIRST.id))
    printed = vragen(tmp_path)
    assert "Niet in de bronnen: 3" in printed
    assert "2 keer, 01-11-2026 tot 02-11-2026" in printed
    assert "kan ik [31m parkeren bij phrenos" in printed
    assert FIRST.title in printed
    assert "\x1b" not in printed


@pytest.mark.parametrize("command", ["kennis", "vragen"])
def test_the_guide_for_keepers_names_the_command(command: str) -> None:
    assert f"make {command}" in (ROOT / "docs" / "inhoud.md").read_text(encoding="utf-8")


def test_thumbs_down_are_listed_with_question_and_answer(tmp_path: Path) -> None:
    store = SqlConversationStore(f"sqlite:///{tmp_path / 'ips-wijzer.sqlite'}", lambda: datetime.now(timezone.utc))
    conversation = store.open("token")
    for number, (question, value) in enumerate((("hoeveel criteria", "up"), ("wat kost het", "down")), 1):
        store.say(conversation, Entry("user", question, id=f"m{number}"), question)
        store.answer(conversation, f"m{number}", [Entry("bot", f"Antwoord {number}\x1b[31m.")])
        of = store.after(conversation, 0)[-1].seq
        store.append(conversation, Entry("feedback", extra={"of": of, "value": value, "word": "te vaag"}))
    shown = vragen(tmp_path)
    assert "1 omhoog, 1 omlaag" in shown
    assert "wat kost het (te vaag)\n    <- Antwoord 2 [31m." in shown
    assert "hoeveel criteria" not in shown
