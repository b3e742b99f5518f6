"""Characters that nobody sees, or that have two spellings, hide neither danger nor personal data."""

from __future__ import annotations

import unicodedata

import pytest

from bot.hiding import hide_personal
from bot.rules.safety import danger
from bot.web.intake import clean, read_chat

UNSEEN = ["\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\u2066", "\x1b", "\x00", "\u180e"]


@pytest.mark.parametrize("unseen", UNSEEN, ids=[f"{ord(each):04x}" for each in UNSEEN])
def test_unseen_characters_hide_nothing(unseen: str) -> None:
    def within(text: str) -> str:
        return clean(unseen.join(text))

    assert danger(within("ik wil dood"))
    assert hide_personal(within("bsn 123456782")) == "bsn [bsn]"
    assert hide_personal(within("mail jan@voorbeeld.nl")) == "mail [e-mailadres]"
    assert "Alders" not in hide_personal(within("mijn cliënt Ruben Alders (schizofrenie)"))


@pytest.mark.parametrize("zero", ["０", "٠", "०", "𝟎"], ids=["full width", "Arabic", "Devanagari", "mathematical"])
def test_other_digits_are_digits(zero: str) -> None:
    number = "".join(chr(ord(zero) + int(digit)) for digit in "123456782")
    assert unicodedata.decimal(number[0]) == 1
    assert hide_personal(clean(f"bsn {number}")) == "bsn [bsn]"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_both_spellings_of_a_letter_are_one(form: str) -> None:
    text = clean(unicodedata.normalize(form, "mijn cliënte Zoë Bérénice (suïcidaal) heeft bsn 123456782"))
    assert hide_personal(text) == "mijn cliënte [naam] (suïcidaal) heeft bsn [bsn]"


@pytest.mark.parametrize("space", ["\u00a0", "\u2003", "\u202f", "\u3000"])
def test_other_spaces_are_spaces(space: str) -> None:
    assert danger(clean(f"ik{space}wil{space}dood"))
    assert hide_personal(clean(f"bsn{space}123{space}456{space}782")) == "bsn [bsn]"


def test_a_line_break_in_a_message_is_no_line_in_a_log() -> None:
    assert (
        read_chat({"sender": "a", "message": "een\u2028twee\x85drie\r\nvier\x1b[31m"}).message
        == "een\ntwee\ndrie\nvier[31m"
    )
