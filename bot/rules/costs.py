"""What trajectories cost by the projectplan Midden-Limburg (source: projectplan): counts in, a receipt out."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.errors import InvalidValue
from bot.model import CostBook, CostLine, ExtraCost, Receipt, SourceRef

MOST_TRAJECTORIES = 1000  # in one calculation; the plan itself speaks of 125


def calculate(
    counts: Mapping[str, int], book: CostBook, contribution: int | None = None, extras: Collection[str] = ()
) -> Receipt:
    """Return the receipt for `counts` trajectories by kind ("epa", "cmd").

    `contribution` is what the AMR pays per trajectory in euro cents (None: what the plan proposes), `extras` are ids of
    fixed amounts to add. Raises InvalidValue for an unknown kind or extra, a count below 0 or above
    MOST_TRAJECTORIES in all, and a contribution below 0 or above the cheapest trajectory asked.
    """
    _refuse_counts(counts, book)
    wanted = {kind: counts[kind] for kind in book.trajectories if counts.get(kind)}
    costs = [_trajectory_line(kind, count, book) for kind, count in wanted.items()]
    covered = _contribution_lines(wanted, book, contribution)
    for extra in (_known_extra(name, book) for name in dict.fromkeys(extras)):
        line = CostLine(extra.name, 1, extra.amount, extra.amount, extra.sources)
        costs.append(line)
        covered.append(CostLine(extra.paid_from, 1, extra.amount, extra.amount, extra.sources))
    total = sum(line.amount for line in costs)
    given = sum(wanted.values()) * _per_trajectory(book, contribution)
    return Receipt(
        costs=tuple(costs),
        covered=tuple(covered),
        total=total,
        remains=total - sum(line.amount for line in covered),
        trajectories=sum(wanted.values()),
        beyond_reserve=max(0, given - book.contribution.reserved),
        is_pilot=wanted == pilot_counts(book),
    )


def pilot_counts(book: CostBook) -> dict[str, int]:
    """Return how many trajectories of each kind the pilot has."""
    return {kind: trajectory.pilot for kind, trajectory in book.trajectories.items()}


def pilot_extras(book: CostBook) -> tuple[str, ...]:
    """Return the ids of the fixed amounts that the plan adds to the pilot."""
    return tuple(name for name, extra in book.extras.items() if extra.pilot)


def between(count: int, book: CostBook, contribution: int | None = None) -> tuple[Receipt, Receipt]:
    """Return the cheapest and the dearest that `count` trajectories of unknown kind can be; raises InvalidValue."""
    receipts = [calculate({kind: count}, book, contribution) for kind in book.trajectories]
    receipts.sort(key=lambda receipt: receipt.total)
    return receipts[0], receipts[-1]


def distribute(whole: int, shares: Mapping[str, int]) -> dict[str, int]:
    """Return `whole` divided by shares into whole parts that add up to it exactly.

    Every part is rounded down; what is left goes, one by one, to the parts that lost most by that (the larger share
    first, then the order given). Raises InvalidValue when `whole` is negative or no share is above zero.
    """
    parts = sum(shares.values())
    if whole < 0 or parts <= 0 or min(shares.values()) < 0:
        raise InvalidValue("Daar valt niets te verdelen.", "shares")
    found = {name: whole * share // parts for name, share in shares.items()}
    by_loss = sorted(shares, key=lambda name: (-(whole * shares[name] % parts), -shares[name]))
    for name in by_loss[: whole - sum(found.values())]:
        found[name] += 1
    return found


def key_shares(book: CostBook) -> dict[str, int]:
    """Return the key: gemeente to its number of candidates."""
    return {share.gemeente: share.share for share in book.shares}


def _trajectory_line(kind: str, count: int, book: CostBook) -> CostLine:
    trajectory = book.trajectories[kind]
    name = trajectory.name if count == 1 else trajectory.plural
    return CostLine(name, count, trajectory.price, count * trajectory.price, (trajectory.price_source,))


def _contribution_lines(wanted: Mapping[str, int], book: CostBook, contribution: int | None) -> list[CostLine]:
    each = _per_trajectory(book, contribution)
    if contribution is not None and not 0 <= each <= min((book.trajectories[kind].price for kind in wanted), default=0):
        raise InvalidValue("Een bijdrage is niet negatief en niet hoger dan de prijs van een traject.", "contribution")
    count = sum(wanted.values())
    sources: tuple[SourceRef, ...] = (book.contribution.source,)
    return [CostLine(book.contribution.name, count, each, count * each, sources)] if count and each else []


def _per_trajectory(book: CostBook, contribution: int | None) -> int:
    return book.contribution.per_trajectory if contribution is None else contribution


def _known_extra(name: str, book: CostBook) -> ExtraCost:
    if name not in book.extras:
        raise InvalidValue(f"Onbekende kosten: {name}.", "extras")
    return book.extras[name]


def _refuse_counts(counts: Mapping[str, int], book: CostBook) -> None:
    for kind, count in counts.items():
        if kind not in book.trajectories:
            raise InvalidValue(f"Onbekend soort traject: {kind}.", "counts")
        if count < 0:
            raise InvalidValue("Een aantal trajecten is nooit kleiner dan nul.", "counts")
    if sum(counts.values()) > MOST_TRAJECTORIES:
        raise InvalidValue(f"Ik reken tot en met {MOST_TRAJECTORIES} trajecten.", "counts")
