"""Criteria from answers and from numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.errors import InvalidValue
from bot.knowledge.loader import load
from bot.model import Status
from bot.rules.criteria import judge_answer, judge_caseload, judge_measure, months_in_years

CRITERIA = load().criteria


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("number", list(CRITERIA))
def test_an_answer_counts_as_given(number: int, status: Status) -> None:
    verdict = judge_answer(CRITERIA[number], status)
    assert (verdict.number, verdict.status) == (number, status)
    assert str(number) in verdict.reason
    assert verdict.source == CRITERIA[number].source


@pytest.mark.parametrize(
    ("number", "value", "status"),
    [
        (1, "1", Status.VOLDOET),  # precisely a year is enough
        (1, "0.99", Status.VOLDOET_NIET),
        (1, "5", Status.VOLDOET),
        (1, "0", Status.VOLDOET_NIET),
        (2, "2", Status.VOLDOET),
        (2, "1.5", Status.VOLDOET_NIET),
        (6, "25", Status.VOLDOET),  # precisely 25 is allowed
        (6, "25.01", Status.VOLDOET_NIET),
        (6, "30", Status.VOLDOET_NIET),
        (6, "0", Status.VOLDOET),
    ],
)
def test_a_measure_is_held_against_the_limit(number: int, value: str, status: Status) -> None:
    assert judge_measure(CRITERIA[number], Decimal(value)).status is status


@pytest.mark.parametrize(
    ("clients", "fte", "status"),
    [
        ("12", "0.5", Status.VOLDOET),
        ("13", "0.5", Status.VOLDOET_NIET),
        ("25", "1", Status.VOLDOET),
        ("26", "1", Status.VOLDOET_NIET),
        ("90", "3.6", Status.VOLDOET),
        ("91", "3.6", Status.VOLDOET_NIET),
        ("0", "1", Status.VOLDOET),
    ],
)
def test_a_caseload_is_reckoned_pro_rata(clients: str, fte: str, status: Status) -> None:
    assert judge_caseload(CRITERIA[6], Decimal(clients), Decimal(fte)).status is status


def test_the_reason_shows_the_arithmetic_in_dutch() -> None:
    assert judge_caseload(CRITERIA[6], Decimal("13"), Decimal("0.5")).reason == (
        "13 cliënten op 0,5 fte is 26 per fte; de grens is hoogstens 25 cliënten per fte. Dat is te veel."
    )
    assert judge_measure(CRITERIA[2], Decimal("1.5")).reason == (
        "1,5 jaar; de grens is minstens 2 jaar. Dat is te kort."
    )
    assert judge_caseload(CRITERIA[6], Decimal("1"), Decimal("1")).reason.startswith("1 cliënt op 1 fte is 1 per fte")


def test_a_number_beside_the_limit_is_not_rounded_onto_it() -> None:
    assert "ruim 25 per fte" in judge_caseload(CRITERIA[6], Decimal("751"), Decimal("30")).reason
    assert judge_measure(CRITERIA[1], Decimal("0.99")).reason.startswith("Bijna 1 jaar")


@pytest.mark.parametrize(("months", "status"), [("11", Status.VOLDOET_NIET), ("12", Status.VOLDOET)])
def test_months_become_years(months: str, status: Status) -> None:
    assert judge_measure(CRITERIA[1], months_in_years(Decimal(months))).status is status


@pytest.mark.parametrize(
    ("clients", "fte"),
    [
        ("5", "0"),
        ("5", "-1"),
        ("-5", "1"),
        ("5", "NaN"),
        ("NaN", "1"),
        ("5", "Infinity"),
        ("1e30", "1"),
        ("5", "1e-20"),
    ],
)
def test_absurd_caseloads_are_refused(clients: str, fte: str) -> None:
    with pytest.raises(InvalidValue):
        judge_caseload(CRITERIA[6], Decimal(clients), Decimal(fte))


@pytest.mark.parametrize(("number", "value"), [(1, "-1"), (1, "500"), (2, "NaN"), (6, "-0.1"), (6, "1e99")])
def test_absurd_measures_are_refused(number: int, value: str) -> None:
    with pytest.raises(InvalidValue):
        judge_measure(CRITERIA[number], Decimal(value))


def test_a_criterion_without_a_limit_has_no_measure() -> None:
    with pytest.raises(ValueError, match="criterion 3"):
        judge_measure(CRITERIA[3], Decimal(1))
