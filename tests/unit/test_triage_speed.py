"""Any text is judged quickly: the patterns of triage see what strangers send, up to the longest message."""

import time
from datetime import date

import pytest

from bot.rules.mailtext import letter_of
from bot.rules.triage import core_of, questions_of, signals_of

LONGEST = 20_000
PIECES = (
    "x",
    "X",
    "Xa",
    "Xa-",
    "Xa ",
    "1",
    "A.",
    "?",
    ">",
    "\n",
    "van: a\n",
    "Jan de Boer ",
    "Xastraat ",
    "morgen ",
    "zie ",
)


@pytest.mark.parametrize("piece", PIECES)
def test_any_text_is_judged_quickly(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    started = time.process_time()
    letter = letter_of(text, "", "mail")
    signals_of(letter, date(2026, 11, 23))
    questions_of(letter)
    core_of(letter)
    assert time.process_time() - started < 5
