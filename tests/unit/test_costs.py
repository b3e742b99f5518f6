"""The sums of the projectplan: every figure that it prints from its parts, and what holds for every sum."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import InvalidValue
from bot.knowledge.loader import load
from bot.rules.costs import MOST_TRAJECTORIES, between, calculate, distribute, key_shares, pilot_counts, pilot_extras

BOOK = load().costs
assert BOOK
COUNTS = st.fixed_dictionaries({"epa": st.integers(0, 400), "cmd": st.integers(0, 400)})
CONTRIBUTIONS = st.none() | st.integers(0, 800000)
EXTRAS = st.lists(st.sampled_from(sorted(BOOK.extras)), unique=True)
SHARES = st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 50), min_size=1, max_size=9).filter(
    lambda shares: sum(shares.values()) > 0
)


def euros(amount: float) -> int:
    return round(amount * 100)


# --- what the plan prints ----------------------------------------------------------------------------------------


def test_the_pilot_has_25_trajectories() -> None:
    assert pilot_counts(BOOK) == {"epa": 8, "cmd": 17}
    assert sum(pilot_counts(BOOK).values()) == 25


@pytest.mark.parametrize(
    ("counts", "total"), [({"epa": 8}, 90600), ({"cmd": 17}, 136000), ({"epa": 1}, 11325), ({"cmd": 1}, 8000)]
)
def test_prices_times_numbers(counts: dict[str, int], total: int) -> None:
    assert calculate(counts, BOOK).total == euros(total)


def test_half_of_the_other_costs_is_for_the_gemeenten() -> None:
    assert BOOK.extras["overige_kosten"].total == euros(59584)
    assert BOOK.extras["overige_kosten"].amount == euros(29792)


def test_the_parts_of_the_pilot_add_up_to_600_more_than_the_printed_total() -> None:
    receipt = calculate(pilot_counts(BOOK), BOOK, extras=pilot_extras(BOOK))
    assert [line.amount for line in receipt.costs] == [euros(90600), euros(136000), euros(29792)]
    assert receipt.total == euros(256392)
    assert BOOK.printed_total == euros(255792)
    assert receipt.total - BOOK.printed_total == euros(600)
    assert receipt.is_pilot


@pytest.mark.parametrize(("kind", "remains"), [("epa", 9325), ("cmd", 6000)])
def test_what_a_gemeente_pays_per_trajectory(kind: str, remains: int) -> None:
    assert calculate({kind: 1}, BOOK).remains == euros(remains)


def test_the_reserve_is_the_contribution_of_25_trajectories() -> None:
    receipt = calculate(pilot_counts(BOOK), BOOK)
    assert sum(line.amount for line in receipt.covered) == BOOK.contribution.reserved == euros(50000)
    assert receipt.beyond_reserve == 0
    assert calculate({"cmd": 26}, BOOK).beyond_reserve == euros(2000)


def test_what_is_paid_from_the_cost_centre() -> None:
    receipt = calculate(pilot_counts(BOOK), BOOK, extras=sorted(BOOK.extras))
    from_centre = sum(line.amount for line in receipt.covered)
    assert from_centre == euros(50000 + 29792 + 20000)
    assert receipt.remains == euros(90600 + 136000 - 50000)


def test_the_key_gives_the_plans_own_division() -> None:
    assert distribute(25, key_shares(BOOK)) == {
        "Echt-Susteren": 3,
        "Roermond": 9,
        "Leudal": 2,
        "Nederweert": 1,
        "Weert": 5,
        "Cranendonck": 1,
        "Maasgouw": 2,
        "Roerdalen": 2,
    }


def test_ten_epa_and_five_cmd() -> None:
    receipt = calculate({"epa": 10, "cmd": 5}, BOOK)
    assert (receipt.total, receipt.remains) == (euros(153250), euros(123250))
    assert calculate({"epa": 10, "cmd": 5}, BOOK, contribution=0).remains == euros(153250)


def test_of_unknown_kind_between_cheapest_and_dearest() -> None:
    low, high = between(20, BOOK)
    assert (low.total, high.total) == (euros(160000), euros(226500))


def test_what_is_left_over_goes_to_those_who_lost_most() -> None:
    assert distribute(10, {"a": 1, "b": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}
    assert distribute(5, {"a": 9, "b": 1}) == {"a": 5, "b": 0}
    assert distribute(0, {"a": 1}) == {"a": 0}


@pytest.mark.parametrize(
    ("counts", "contribution", "extras"),
    [
        ({"epa": -1}, None, ()),
        ({"ips": 1}, None, ()),
        ({"epa": MOST_TRAJECTORIES, "cmd": 1}, None, ()),
        ({"epa": 1}, -1, ()),
        ({"epa": 1, "cmd": 1}, euros(8000.01), ()),
        ({"epa": 1}, None, ("feest",)),
    ],
)
def test_nonsense_is_refused(counts: dict[str, int], contribution: int | None, extras: tuple[str, ...]) -> None:
    with pytest.raises(InvalidValue):
        calculate(counts, BOOK, contribution, extras)


@pytest.mark.parametrize(("whole", "shares"), [(-1, {"a": 1}), (1, {"a": 0}), (1, {"a": 2, "b": -1})])
def test_what_cannot_be_divided_is_refused(whole: int, shares: dict[str, int]) -> None:
    with pytest.raises(InvalidValue):
        distribute(whole, shares)


# --- what holds for every sum ------------------------------------------------------------------------------------


@given(COUNTS, CONTRIBUTIONS, EXTRAS)
def test_the_lines_are_the_total(counts: dict[str, int], contribution: int | None, extras: list[str]) -> None:
    if not any(counts.values()):
        contribution = None
    receipt = calculate(counts, BOOK, contribution, extras)
    assert all(line.amount == line.count * line.each for line in (*receipt.costs, *receipt.covered))
    assert receipt.total == sum(line.amount for line in receipt.costs)
    assert receipt.remains == receipt.total - sum(line.amount for line in receipt.covered) >= 0
    assert receipt.trajectories == sum(counts.values())
    assert all(line.sources for line in (*receipt.costs, *receipt.covered))


@given(COUNTS, st.sampled_from(["epa", "cmd"]), CONTRIBUTIONS)
def test_one_more_trajectory_is_never_cheaper(counts: dict[str, int], kind: str, contribution: int | None) -> None:
    more = {**counts, kind: counts[kind] + 1}
    if not any(counts.values()):
        contribution = None
    before, after = (calculate(each, BOOK, contribution) for each in (counts, more))
    assert after.total > before.total
    assert after.remains >= before.remains


@given(COUNTS, st.integers(0, 800000), st.integers(0, 800000))
def test_a_higher_contribution_never_leaves_more(counts: dict[str, int], one: int, other: int) -> None:
    if any(counts.values()):
        low, high = sorted((one, other))
        assert calculate(counts, BOOK, high).remains <= calculate(counts, BOOK, low).remains


@given(COUNTS)
def test_every_mix_lies_between_cheapest_and_dearest(counts: dict[str, int]) -> None:
    low, high = between(sum(counts.values()), BOOK)
    assert low.total <= calculate(counts, BOOK).total <= high.total


@given(st.integers(0, 10**9), SHARES)
def test_the_parts_of_a_division_are_the_whole(whole: int, shares: dict[str, int]) -> None:
    parts = distribute(whole, shares)
    assert sum(parts.values()) == whole
    total = sum(shares.values())
    assert all(abs(parts[name] * total - whole * share) < total for name, share in shares.items())
    assert all(parts[a] >= parts[b] for a in shares for b in shares if shares[a] > shares[b])
