"""Arithmetic on the fidelity review (source: adviesrapport-vgn, 2.5): points, percentage, average per item.

No publication says at how many points a verdict begins, so nothing here gives a verdict on a score that isn't printed.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from bot.errors import InvalidValue
from bot.model import FidelityResult, FidelityScale

_TENTH, _HUNDREDTH = Decimal("0.1"), Decimal("0.01")


def score(points: Decimal, scale: FidelityScale) -> FidelityResult:
    """Return what a number of points says beside the maximum; raises InvalidValue below 0 or above the maximum."""
    if not 0 <= points <= scale.maximum:
        raise InvalidValue(f"Een score ligt tussen 0 en {scale.maximum} punten.", "points")
    known = next((each for each in scale.known_scores if each.points == points), None)
    return FidelityResult(
        points=points,
        maximum=scale.maximum,
        percent=(points * 100 / scale.maximum).quantize(_TENTH, ROUND_HALF_UP),
        average=(points / scale.items).quantize(_HUNDREDTH, ROUND_HALF_UP),
        short_of_maximum=scale.maximum - points,
        verdict_known=known,
        sources=known.sources if known else (scale.source,),
    )


def points_of_average(average: Decimal, scale: FidelityScale) -> tuple[int, int]:
    """Return the fewest and the most whole points that give this average per item, as far as it was rounded.

    Raises InvalidValue below 0, above the points per item, or when no whole number of points gives it.
    """
    if not 0 <= average <= scale.anchor_points:
        raise InvalidValue(f"Een gemiddelde per item is hooguit {scale.anchor_points}.", "average")
    exact = average * scale.items
    if exact == exact.to_integral_value():
        return int(exact), int(exact)
    half = Decimal(1).scaleb(int(average.as_tuple().exponent)) / 2
    low = ((average - half) * scale.items).to_integral_value(ROUND_CEILING)
    high = ((average + half) * scale.items).to_integral_value(ROUND_FLOOR)
    if low > high:
        raise InvalidValue("Geen heel aantal punten geeft dat gemiddelde.", "average")
    return int(low), min(int(high), scale.maximum)


def points_of_percent(percent: Decimal, scale: FidelityScale) -> Decimal:
    """Return how many points a percentage of the maximum is, with at most one decimal; raises InvalidValue."""
    if not 0 <= percent <= 100:
        raise InvalidValue("Een percentage ligt tussen 0 en 100.", "percent")
    return (percent * scale.maximum / 100).quantize(_TENTH, ROUND_HALF_UP)
