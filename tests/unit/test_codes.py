"""Codes and tokens: hard to guess, easy to type, never spoiled by masking."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator

import pytest

from bot.codes import HIDDEN, find_code, hide_codes, is_code, make_code, make_token, normalise
from bot.masking import mask


def _codes(number: int, seed: int) -> list[str]:
    """Codes as `make_code` makes them, the same in every run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "choice", random.Random(seed).choice)
        return [make_code() for _ in range(number)]


CODES = _codes(2000, seed=1)


def test_codes_are_all_different_and_in_form() -> None:
    assert len(set(CODES)) == len(CODES)
    assert all(is_code(code) and normalise(code) == code.replace("-", "") for code in CODES)


@pytest.mark.parametrize("unfit", ["DANK", "DEZE", "P1AN", "C0DE", "0PEN", "H1ER", "M1JN", "0NZE", "1234", "NL91"])
@pytest.mark.parametrize("place", range(5))
def test_no_code_holds_a_group_that_reads_as_something_else(
    unfit: str, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ["7K3M", "Q2RT", "5VWX", "Z9A1", "B2CD"], ["2AB3"] * 5
    drawn: Iterator[str] = iter("".join([*first[:place], unfit, *first[place + 1 :], *second]))
    monkeypatch.setattr(secrets, "choice", lambda _alphabet: next(drawn))
    assert make_code() == "-".join(second)


@pytest.mark.parametrize("form", ["{}", "mijn code is {} graag", "code:{}.", "bel 06 {} en NL91 ABNA", "plan {}12"])
def test_masking_leaves_a_code_alone(form: str) -> None:
    for code in CODES:
        for typed in (code, code.lower().replace("-", ""), code.replace("-", " ")):
            assert typed in mask(form.format(typed)).text


def test_a_code_is_found_in_a_message() -> None:
    for code in CODES:
        for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " "), code.replace("0", "o")):
            assert find_code(f"Ik wil verder met {typed}, graag.") == normalise(code)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "multidisciplinariteit",
        "dit is geen code",
        "deze week gaan alle mens",
        "onze organisatie heeft 25 cliënten per fte in 2026",
        "NL91 ABNA 0417 1643 00",
        "7K3M-Q2RT-0VWX-Z9A1",
        "7K3M-Q2RT-0VWX-Z9A1-BCDEF",
        "7K3M-Q2RT-0VWX-Z9A1-BCDU",
    ],
)
def test_other_messages_hold_no_code(message: str) -> None:
    assert find_code(message) is None


def test_tokens() -> None:
    tokens = {make_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) >= 43 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)


@pytest.mark.parametrize(
    "around", ["ga verder met code {}", "code {}", "ons plan {} dank je", "{} dank", "mijn code is {}"]
)
def test_a_short_word_beside_a_code_is_no_group_of_it(around: str) -> None:
    for code in CODES[:200]:
        for spelled in (code, code.replace("-", " "), code.replace("-", "")):
            assert find_code(around.format(spelled)) == normalise(code)


def test_codes_are_hidden_however_they_are_typed() -> None:
    for code in CODES[:300]:
        for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " "), code.replace("-", " - ")):
            assert hide_codes(f"Ik wil verder met **{typed}**, graag.") == f"Ik wil verder met **{HIDDEN}**, graag."
        assert hide_codes(hide_codes(f"code {code}")) == f"code {HIDDEN}"


@pytest.mark.parametrize(
    "typed", ["7K3M-Q2RT-0VWX-Z9A1-BC2", "7K3M Q2RT 0VWX Z9A", "7K3MQ2RT0VWXZ9A1B2", "7K3M-Q2RT-0VWX-Z9A1-B2CU"]
)
def test_a_code_with_a_typing_error_is_hidden_too(typed: str) -> None:
    assert hide_codes(f"ga verder met code {typed} graag") == f"ga verder met code {HIDDEN} graag"


@pytest.mark.parametrize("form", ["{}", "plan {}", "ga verder met code {} graag"])
def test_a_code_that_lacks_a_character_is_hidden(form: str) -> None:
    for number, code in enumerate(CODES[:400]):
        at = number % len(code)
        lacking = code[:at] + code[at + 1 :] if code[at] != "-" else code[:-1]
        for typed in (lacking, lacking.lower(), lacking.replace("-", " ")):
            assert hide_codes(form.format(typed)) == form.format(HIDDEN), typed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "in 2025 2026 2027 2028 2029 doen we dit",
        "de multidisciplinaire samenwerkingsovereenkomst begint op 01-01-2027",
        "we hebben 25 cliënten per fte, 2 coaches en 1e lijn, 24uur per week",
        "NL91 ABNA 0417 1643 00 en 06 12 34 56 78",
        "COVID-19 duurde van 2020 tot 2022, zie ISO-9001-2015",
        "[code] en [bsn]",
    ],
)
def test_other_texts_are_left_alone(text: str) -> None:
    assert hide_codes(text) == text
