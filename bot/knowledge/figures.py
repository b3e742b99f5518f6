"""Reads the figures that we compute with: `costs.yml` and `fidelity.yml`. Amounts are euros there and cents here."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import TypeVar

from bot.knowledge.reader import Value
from bot.model import (
    Contribution,
    CostBook,
    ExtraCost,
    FidelityScale,
    KeyShare,
    KnownScore,
    SourceRef,
    TrajectoryPrice,
)

Ref = Callable[[Value], SourceRef]
_Item = TypeVar("_Item")


def cost_book(root: Value, ref: Ref) -> CostBook:
    """Return the costs; `ref` reads a source. Raises KnowledgeError with file and line."""
    fields = root.fields(
        (
            "region",
            "valid_from",
            "valid_until",
            "valid_source",
            "trajectories",
            "contribution",
            "extras",
            "printed_total",
            "key",
            "elsewhere",
        )
    )
    first, last = fields["valid_from"].day(), fields["valid_until"].day()
    if last < first:
        raise fields["valid_until"].error("ends before it begins")
    printed = fields["printed_total"].fields(("amount", "source"))
    key = fields["key"].fields(("source", "shares"))
    trajectories = _once(fields["trajectories"].items(1), lambda value: _trajectory(value, ref), lambda item: item.id)
    extras = _once(fields["extras"].items(), lambda value: _extra(value, ref), lambda item: item.id)
    shares = _once(key["shares"].items(1), _share, lambda item: item.gemeente)
    return CostBook(
        region=fields["region"].text(),
        valid_from=first,
        valid_until=last,
        valid_source=ref(fields["valid_source"]),
        trajectories=MappingProxyType({item.id: item for item in trajectories}),
        contribution=_contribution(fields["contribution"], ref),
        extras=MappingProxyType({item.id: item for item in extras}),
        printed_total=_cents(printed["amount"]),
        printed_source=ref(printed["source"]),
        shares=shares,
        key_source=ref(key["source"]),
        elsewhere=fields["elsewhere"].texts(),
    )


def fidelity_scale(root: Value, ref: Ref) -> FidelityScale:
    """Return the scale of the fidelity review; raises KnowledgeError, also when items and points don't make the
    maximum."""
    fields = root.fields(("items", "anchor_points", "maximum", "verdicts", "source", "known_scores"))
    items, anchors, maximum = (_positive(fields[name]) for name in ("items", "anchor_points", "maximum"))
    if items * anchors != maximum:
        raise fields["maximum"].error(f"{items} items of {anchors} points make {items * anchors}, not {maximum}")
    verdicts = fields["verdicts"].texts(1)
    scores = [_known_score(value, verdicts, maximum, ref) for value in fields["known_scores"].items()]
    return FidelityScale(items, anchors, maximum, verdicts, tuple(scores), ref(fields["source"]))


def _once(
    values: tuple[Value, ...], build: Callable[[Value], _Item], key_of: Callable[[_Item], str]
) -> tuple[_Item, ...]:
    found: dict[str, _Item] = {}
    for value in values:
        item = build(value)
        if key_of(item) in found:
            raise value.error(f"given twice: {key_of(item)}")
        found[key_of(item)] = item
    return tuple(found.values())


def _trajectory(value: Value, ref: Ref) -> TrajectoryPrice:
    fields = value.fields(("id", "name", "plural", "price", "pilot", "price_source", "pilot_source"))
    return TrajectoryPrice(
        id=fields["id"].text(),
        name=fields["name"].text(),
        plural=fields["plural"].text(),
        price=_cents(fields["price"]),
        pilot=_positive(fields["pilot"]),
        price_source=ref(fields["price_source"]),
        pilot_source=ref(fields["pilot_source"]),
    )


def _contribution(value: Value, ref: Ref) -> Contribution:
    fields = value.fields(("name", "per_trajectory", "reserved", "source"))
    per_trajectory, reserved = _cents(fields["per_trajectory"]), _cents(fields["reserved"])
    return Contribution(fields["name"].text(), per_trajectory, reserved, ref(fields["source"]))


def _extra(value: Value, ref: Ref) -> ExtraCost:
    fields = value.fields(("id", "name", "total", "percent", "pilot", "paid_from", "sources"))
    percent, total = _positive(fields["percent"]), _cents(fields["total"])
    if percent > 100:
        raise fields["percent"].error("more than the whole")
    if total * percent % 100:
        raise fields["percent"].error("does not leave whole cents")
    return ExtraCost(
        id=fields["id"].text(),
        name=fields["name"].text(),
        total=total,
        percent=percent,
        pilot=fields["pilot"].flag(),
        paid_from=fields["paid_from"].text(),
        sources=tuple(ref(item) for item in fields["sources"].items(1)),
    )


def _share(value: Value) -> KeyShare:
    fields = value.fields(("gemeente", "share", "names"))
    return KeyShare(fields["gemeente"].text(), _positive(fields["share"]), fields["names"].texts())


def _known_score(value: Value, verdicts: tuple[str, ...], maximum: int, ref: Ref) -> KnownScore:
    fields = value.fields(("points", "teams", "verdict", "sources"), ("remark",))
    points, verdict = _positive(fields["points"]), fields["verdict"].text()
    if points > maximum:
        raise fields["points"].error(f"more than the maximum of {maximum}")
    if verdict not in verdicts:
        raise fields["verdict"].error(f"not one of the verdicts: {verdict}")
    remark = fields["remark"].text() if "remark" in fields else None
    sources = tuple(ref(item) for item in fields["sources"].items(1))
    return KnownScore(points, fields["teams"].text(), verdict, remark, sources)


def _cents(value: Value) -> int:
    """Return an amount in euros as whole cents."""
    cents = value.decimal() * 100
    if cents != cents.to_integral_value() or cents <= 0:
        raise value.error("expected an amount in euros, above zero, with at most two decimals")
    return int(cents)


def _positive(value: Value) -> int:
    if value.whole() <= 0:
        raise value.error("expected a number above zero")
    return value.whole()
