"""No pattern of the product can take exponential time; `tests/soak/patterns.py` also times each of them."""

from __future__ import annotations

import re

import pytest

from bot.answers.splitting import asks_in_anger
from bot.web.intake import clean
from tests.soak.patterns import nested, patterns


def test_no_repeat_without_a_bound_holds_another_of_the_same() -> None:
    every = patterns()
    assert len(every) > 800, "all rooms are searched"
    assert [where for pattern, where in every.items() if nested(pattern)] == []


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"(?:\w*)*$", r"^(\s*a?)*x", r"((?:x*)+)y"])
def test_a_pattern_that_blows_up_is_seen(pattern: str) -> None:
    assert nested(re.compile(pattern))


@pytest.mark.parametrize("pattern", [r"(?:a+b)+c", r"\w+\s+\w+", r"(?:\d+,)*\d+", r"(?:[a-z]+ ){0,3}x"])
def test_a_pattern_that_is_kept_apart_is_left(pattern: str) -> None:
    assert not nested(re.compile(pattern))


def test_a_wall_of_white_is_cut() -> None:
    assert clean("ja" + " " * 5000 + "nee" + "\n" * 500 + "ja") == "ja" + " " * 20 + "nee" + "\n" * 20 + "ja"
    assert clean("a\n\n  b\tc") == "a\n\n  b\tc"
    asks_in_anger("!" * 8000)  # took ten seconds
