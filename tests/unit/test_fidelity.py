"""Arithmetic on the fidelity review, and no verdict that no source gives."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidValue
from bot.knowledge.loader import load
from bot.rules.fidelity import points_of_average, points_of_percent, score

SCALE = load().fidelity
assert SCALE


def test_the_maximum_is_items_times_anchor_points() -> None:
    assert SCALE.items * SCALE.anchor_points == SCALE.maximum == 130


def test_115_of_130() -> None:
    result = score(Decimal(115), SCALE)
    assert (result.percent, result.average, result.short_of_maximum) == (Decimal("88.5"), Decimal("4.42"), 15)
    assert result.verdict_known
    assert result.verdict_known.verdict == "voorbeeldige modeltrouw"


@given(st.integers(0, 130).filter(lambda points: points != 115))
def test_no_other_score_gets_a_verdict(points: int) -> None:
    assert score(Decimal(points), SCALE).verdict_known is None


@pytest.mark.parametrize("points", ["-1", "131", "1000000000"])
def test_a_score_off_the_scale_is_refused(points: str) -> None:
    with pytest.raises(InvalidValue):
        score(Decimal(points), SCALE)


@pytest.mark.parametrize(
    ("average", "points"),
    [("4.2", (108, 110)), ("4.5", (117, 117)), ("5", (130, 130)), ("0", (0, 0)), ("4.42", (115, 115))],
)
def test_points_of_an_average(average: str, points: tuple[int, int]) -> None:
    assert points_of_average(Decimal(average), SCALE) == points


@pytest.mark.parametrize("average", ["-0.1", "5.1", "4.211"])
def test_an_average_that_cannot_be_is_refused(average: str) -> None:
    with pytest.raises(InvalidValue):
        points_of_average(Decimal(average), SCALE)


@given(st.integers(0, 130))
def test_the_average_of_a_score_leads_back_to_it(points: int) -> None:
    low, high = points_of_average(score(Decimal(points), SCALE).average, SCALE)
    assert low <= points <= high


def test_points_of_a_percentage() -> None:
    assert points_of_percent(Decimal(80), SCALE) == 104
    with pytest.raises(InvalidValue):
        points_of_percent(Decimal(101), SCALE)
