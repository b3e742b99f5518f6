"""Sums in conversation: what trajectories cost by the projectplan, and what a fidelity score is of its maximum.

`take` is the only door. Reading is pure text analysis (`reading_costs`, `reading_fidelity`), computing is `bot/rules`,
saying stands in `saying` and `saying_fidelity`. The dossier keeps the last sum, so that "en met 15 EPA?" leans on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.answers.figures import saying, saying_fidelity
from bot.answers.figures.asked import Costs, Score, Situation, from_state, to_state
from bot.answers.figures.reading_costs import read_costs
from bot.answers.figures.reading_fidelity import read_score
from bot.answers.splitting import questions_of
from bot.errors import InvalidValue
from bot.model import CostBook, Dossier, Knowledge, Message, Reply
from bot.rules.costs import pilot_counts

__all__ = ["Calculation", "cooled", "sum_of_two", "take", "told_first"]

_WHERE = re.compile(
    r"(?:en |maar )?(?:waar (?:staat|vind ik|lees ik|haal je) (?:dat|dit)|klopt dat|weet je (?:dat|het) zeker"
    r"|uit welke bron|welke bron)(?: is dat| komt dat| vandaan| precies| wel| dan| uit)*[ ?.!]*"
)
_TOLD_FIRST = re.compile(
    r"(.+?)[,.;!]\s+((?:(?:en|maar) )?(?:wat|hoeveel|reken|bereken|verdeel)\b.+)", re.IGNORECASE | re.DOTALL
)
PILOT_CARDS = frozenset({"pp-kosten-pilot", "pp-pilot-van-25"})  # after these, "en zonder AMR?" is about the pilot


@dataclass(frozen=True)
class Calculation:
    """The reply to a sum and what the dossier keeps of it."""

    reply: Reply
    figures: Mapping[str, Any] | None


def take(message: Message, dossier: Dossier, knowledge: Knowledge) -> Calculation | None:
    """Return the sum that a message asks for, computed, or None when it asks for none."""
    if knowledge.costs is None or knowledge.fidelity is None:
        return None
    situation = _situation(dossier, knowledge)
    score = read_score(message.text, knowledge.fidelity, situation)
    if score is not None:
        return _kept(saying_fidelity.score(score, knowledge.fidelity, knowledge), score, dossier)
    costs = read_costs(message.text, knowledge.costs, situation)
    if costs is not None:
        return _costs(costs, knowledge.costs, dossier, knowledge)
    return _places(message, situation, dossier, knowledge)


def sum_of_two(message: Message, dossier: Dossier, knowledge: Knowledge) -> tuple[int, str] | None:
    """Return which of a message's two questions is a sum (1 or 2) and its text; None when not just one of them is."""
    parts = questions_of(message.text)
    sums = [n for n, part in enumerate(parts, 1) if take(replace(message, text=part), dossier, knowledge)]
    return (sums[0], parts[sums[0] - 1]) if len(sums) == 1 else None


def told_first(text: str) -> tuple[str, str] | None:
    """Return what a message tells and what it then asks ("wij zijn een ggz, wat kosten 10 EPA?"), or None."""
    match = _TOLD_FIRST.fullmatch(text.strip())
    return (match[1], match[2]) if match else None


def cooled(figures: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return what the dossier keeps when something else was said since: only plain words still lean on it."""
    return {**figures, "hot": False} if figures and figures["hot"] else figures


def _situation(dossier: Dossier, knowledge: Knowledge) -> Situation:
    state = dossier.figures
    if dossier.last_card in PILOT_CARDS and knowledge.costs and not (state and state["hot"]):
        return Situation(Costs(pilot_counts(knowledge.costs)), True, dossier.active)
    return Situation(from_state(state), bool(state and state["hot"]), dossier.active)


def _costs(asked: Costs, book: CostBook, dossier: Dossier, knowledge: Knowledge) -> Calculation:
    try:
        return _kept(saying.costs(asked, book, knowledge), asked, dossier)
    except InvalidValue:
        return Calculation(Reply(knowledge.texts["figures_contribution"]), dossier.figures)


def _kept(reply: Reply, asked: Costs | Score, dossier: Dossier) -> Calculation:
    """A sum that could not be made leaves the last one as it was."""
    return Calculation(reply, dossier.figures if asked.problem else to_state(asked))


def _places(message: Message, situation: Situation, dossier: Dossier, knowledge: Knowledge) -> Calculation | None:
    """ "Waar staat dat?" right after a sum."""
    if (
        not situation.hot
        or not (dossier.figures and dossier.figures["hot"])
        or not _WHERE.fullmatch(message.text.lower().strip())
    ):
        return None
    last = situation.last
    if isinstance(last, Costs):
        assert knowledge.costs
        sources = saying.costs(last, knowledge.costs, knowledge).sources
    elif last is not None:
        assert knowledge.fidelity
        sources = saying_fidelity.score(last, knowledge.fidelity, knowledge).sources
    lines = [
        f"- {knowledge.sources[ref.id].title}, {ref.section} ({knowledge.sources[ref.id].publisher}, "
        f"{knowledge.sources[ref.id].date})"
        for ref in sources
    ]
    return Calculation(Reply("\n".join([knowledge.texts["stands_in"], "", *lines]), (), sources), dossier.figures)
