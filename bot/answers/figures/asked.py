"""What a message asks to be computed. Small and plain: it is also what the dossier keeps of the last calculation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from bot.model import CostBook
from bot.rules.costs import pilot_counts, pilot_extras


@dataclass(frozen=True)
class Costs:
    """A question about costs.

    `counts` is by kind, `untyped` a number of trajectories of which the kind was not said. `contribution` is what the
    AMR pays per trajectory in euro cents when the asker supposes an amount (None: as in the plan). `view` is "som",
    "gemeenten" (money by gemeente) or "trajecten" (trajectories by gemeente), both narrowed to `gemeente` when one is
    named. `problem` names the text that says why it can't be computed, `word` what that text quotes.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    untyped: int | None = None
    contribution: int | None = None
    extras: tuple[str, ...] | None = None  # None: as in the plan
    view: str = "som"
    gemeente: str | None = None
    problem: str | None = None
    word: str = ""
    pilot_assumed: bool = False

    def with_(self, **changes: Any) -> Costs:
        """Return a copy with these fields replaced."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Score:
    """A question about a fidelity score: one of points, average per item, or percentage; none asks for the maximum."""

    points: Decimal | None = None
    average: Decimal | None = None
    percent: Decimal | None = None
    problem: str | None = None
    word: str = ""


Asked = Costs | Score


def extras_of(asked: Costs, book: CostBook) -> tuple[str, ...]:
    """Return the fixed amounts that count: those asked for, else those that the plan adds to its pilot."""
    if asked.extras is not None:
        return asked.extras
    is_pilot = {kind: count for kind, count in asked.counts.items() if count} == pilot_counts(book)
    return pilot_extras(book) if is_pilot else ()


@dataclass(frozen=True)
class Situation:
    """What a message may lean on: the last calculation, whether it was the last thing said, and an open interview."""

    last: Asked | None = None
    hot: bool = False
    interview: bool = False


def to_state(asked: Asked, hot: bool = True) -> dict[str, Any]:
    """Return what the dossier keeps: numbers, texts, tuples and mappings of them."""
    if isinstance(asked, Score):
        numbers = {name: getattr(asked, name) for name in ("points", "average", "percent")}
        return {"hot": hot, "score": {name: str(each) for name, each in numbers.items() if each is not None}}
    kept: dict[str, Any] = {"counts": dict(asked.counts)}
    for name in ("untyped", "contribution"):
        if getattr(asked, name) is not None:
            kept[name] = getattr(asked, name)
    if asked.extras is not None:
        kept["extras"] = asked.extras
    return {"hot": hot, "costs": kept}


def from_state(state: Mapping[str, Any] | None) -> Asked | None:
    """Return the calculation that the dossier kept, or None."""
    if not state:
        return None
    if "score" in state:
        points, average, percent = (_decimal(state["score"].get(name)) for name in ("points", "average", "percent"))
        return Score(points, average, percent)
    kept = dict(state["costs"])
    extras = kept.pop("extras", None)
    return Costs(**kept, extras=None if extras is None else tuple(extras))


def _decimal(kept: str | None) -> Decimal | None:
    return None if kept is None else Decimal(kept)
