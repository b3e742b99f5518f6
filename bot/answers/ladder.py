"""From ranked cards to a reply: sure, near, unsure, or honestly not in the sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.model import Button, Card, Knowledge, RankedAnswer, Reply


@dataclass(frozen=True)
class Ladder:
    """Where the steps are: scores are cosines of centred vectors (see `make evaluate` for how they were chosen)."""

    sure: float = 0.62
    near: float = 0.50
    unsure: float = 0.42
    margin: float = 0.03  # closer than this to the next card, and both are named


def answer(ranked: Sequence[RankedAnswer], knowledge: Knowledge, ladder: Ladder = Ladder()) -> tuple[Reply, str | None]:
    """Return the reply and the id of the card that it answers with (None when it answers with none)."""
    found = [(knowledge.cards[item.card_id], item.score) for item in ranked if item.card_id in knowledge.cards]
    if not found or found[0][1] < ladder.unsure:
        return Reply(knowledge.texts["unknown_answer"]), None
    (card, score), others = found[0], found[1:]
    if score >= ladder.near:
        rivals = [other for other, near in others if score < ladder.sure or score - near < ladder.margin][:2]
        return reply_of(card, knowledge, rivals), card.id
    buttons = tuple(Button(item.title, item.title) for item, _ in found[:3])
    return Reply(knowledge.texts["unsure"], buttons), None


def reply_of(card: Card, knowledge: Knowledge, others: Sequence[Card] = ()) -> Reply:
    """Return a card as a reply: answer, where and when it holds, sources, and its neighbours as buttons."""
    text = card.answer.strip()
    if card.scope:
        text += f"\n\nDit geldt voor: {card.scope}."
    if others:
        text += "\n\n" + knowledge.texts["more_on"]
    return Reply(text, tuple(Button(other.title, other.title) for other in others), card.sources)
