"""How fidelity arithmetic is said: the points, and honestly that no source gives the limits of a verdict."""

from __future__ import annotations

from decimal import Decimal

from bot.answers.figures.asked import Score
from bot.errors import InvalidValue
from bot.model import Button, FidelityScale, Knowledge, Reply
from bot.rules import fidelity


def number(value: Decimal) -> str:
    """Return a number with a decimal comma and no trailing zeros."""
    return f"{value.normalize():f}".replace(".", ",")


def score(asked: Score, scale: FidelityScale, knowledge: Knowledge) -> Reply:
    """Return the reply to a question about a fidelity score."""
    text = knowledge.texts
    if asked.problem:
        words = {"maximum": scale.maximum, "items": scale.items, "anchors": scale.anchor_points, "word": asked.word}
        return Reply(text[asked.problem].format(**words), (), (scale.source,))
    if asked.average is not None:
        return _average(asked.average, scale, knowledge)
    points = asked.points
    first = ""
    if asked.percent is not None:
        points = fidelity.points_of_percent(asked.percent, scale)
        words = {"percent": number(asked.percent), "maximum": scale.maximum, "points": number(points)}
        first = text["figures_percent"].format(**words)
    if points is None:
        return _maximum(scale, knowledge)
    return _points(points, first, scale, knowledge)


def _points(points: Decimal, first: str, scale: FidelityScale, knowledge: Knowledge) -> Reply:
    text, result = knowledge.texts, fidelity.score(points, scale)
    words = {"points": number(points), "maximum": scale.maximum, "percent": number(result.percent)}
    said = [first or text["figures_score"].format(**words)]
    more = {"average": number(result.average), "items": scale.items, "short": number(result.short_of_maximum)}
    if result.short_of_maximum:
        said[0] += " " + text["figures_score_more"].format(**more)
    else:
        said[0] += " " + text["figures_score_full"].format(items=scale.items, anchors=scale.anchor_points)
    known = result.verdict_known
    if known:
        said.append(text["figures_verdict_known"].format(teams=known.teams, verdict=known.verdict))
        said[-1] += f" {known.remark}" if known.remark else ""
        return Reply("\n\n".join(said), (), result.sources)
    if result.short_of_maximum:
        said.append(text["figures_verdict_unknown"])
    return Reply("\n\n".join([*said, _limits(scale, knowledge)]), _person(knowledge), result.sources)


def _limits(scale: FidelityScale, knowledge: Knowledge) -> str:
    known = scale.known_scores[0]
    words = {"known": known.points, "teams": known.teams, "verdict": known.verdict}
    return knowledge.texts["figures_limits"].format(**words)


def _average(average: Decimal, scale: FidelityScale, knowledge: Knowledge) -> Reply:
    text, words = knowledge.texts, {"average": number(average), "items": scale.items, "maximum": scale.maximum}
    try:
        low, high = fidelity.points_of_average(average, scale)
    except InvalidValue:
        return Reply(text["figures_average_impossible"].format(**words), (), (scale.source,))
    exact = average * scale.items
    percent = number(fidelity.score(exact, scale).percent)
    if low == high == exact:
        said = [text["figures_average"].format(points=low, percent=percent, **words)]
    else:
        said = [
            text["figures_average_rounded"].format(points=number(exact), **words),
            text["figures_average_between"].format(low=low, high=high, **words),
        ]
    said.append(text["figures_verdict_unknown"])
    return Reply("\n\n".join([*said, _limits(scale, knowledge)]), _person(knowledge), (scale.source,))


def _maximum(scale: FidelityScale, knowledge: Knowledge) -> Reply:
    text = knowledge.texts
    words = {"maximum": scale.maximum, "items": scale.items, "anchors": scale.anchor_points}
    said = [
        text["figures_maximum"].format(**words),
        text["figures_verdicts"].format(verdicts=", ".join(scale.verdicts)),
    ]
    return Reply("\n\n".join([*said, _limits(scale, knowledge)]), _person(knowledge), (scale.source,))


def _person(knowledge: Knowledge) -> tuple[Button, ...]:
    title = knowledge.texts["person_button"]
    return (Button(title, title),)
