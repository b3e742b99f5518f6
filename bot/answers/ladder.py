"""From ranked cards to a reply: sure, near, unsure, or honestly not in the sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers.followup import asks_more, asks_where, favour_neighbours, leans, same_elsewhere
from bot.answers.language import is_english
from bot.model import Button, Card, Knowledge, Message, RankedAnswer, Reply

# What to say at the bottom of the ladder when the message is not a question about IPS at all.
OTHER_KINDS = {"buiten_onderwerp": "off_topic", "hulpvraag": "private_help", "misbruik": "abuse"}


@dataclass(frozen=True)
class Ladder:
    """Where the steps are, as the chance that the best card answers the message."""

    sure: float = 0.60
    near: float = 0.30
    unsure: float = 0.15
    other_kind: float = 0.35  # confidence from which the message's intent explains why no card is near


def answer(
    ranked: Sequence[RankedAnswer],
    knowledge: Knowledge,
    message: Message | None = None,
    last_card: str | None = None,
    ladder: Ladder = Ladder(),
) -> tuple[Reply, str | None]:
    """Return the reply and the id of the card that it answers with (None when it answers with none).

    `message` is what was asked and `last_card` the card that was answered with before; both only help.
    """
    known = [item for item in ranked if item.card_id in knowledge.cards]
    text = message.text if message else ""
    last = knowledge.cards.get(last_card or "")
    reply, card_id = _about_last(text, last, knowledge) or _climb(known, knowledge, message, last, ladder)
    if is_english(text):
        reply = Reply(f"{knowledge.texts['english']}\n\n{reply.text}", reply.buttons, reply.sources, reply.progress)
    return reply, card_id


def reply_of(card: Card, knowledge: Knowledge, others: Sequence[Card] = ()) -> Reply:
    """Return a card as a reply: answer, where and when it holds, sources, and its neighbours as buttons."""
    text = card.answer.strip()
    if card.scope:
        text += f"\n\nDit geldt voor: {card.scope}."
    if others:
        text += "\n\n" + knowledge.texts["more_on"]
    return Reply(text, tuple(Button(other.title, other.title) for other in others), card.sources)


def _about_last(text: str, last: Card | None, knowledge: Knowledge) -> tuple[Reply, str] | None:
    """Answer what is asked about the last answer itself, or the same question for another scenario or criterium."""
    if last is None:
        return None
    if asks_where(text):
        return _places(last, knowledge), last.id
    if asks_more(text) and last.more:
        return Reply(last.more.strip(), (), last.sources), last.id
    twin = same_elsewhere(text, last, knowledge) if leans(text) else None
    return (reply_of(twin, knowledge), twin.id) if twin else None


def _places(card: Card, knowledge: Knowledge) -> Reply:
    """Return where a card's answer stands: title, section and date of each publication."""
    lines = []
    for ref in card.sources:
        source = knowledge.sources[ref.id]
        lines.append(f"- {source.title}, {ref.section} ({source.publisher}, {source.date})")
    return Reply("\n".join([knowledge.texts["stands_in"], "", *lines]), (), card.sources)


def _climb(
    ranked: Sequence[RankedAnswer], knowledge: Knowledge, message: Message | None, last: Card | None, ladder: Ladder
) -> tuple[Reply, str | None]:
    """Take the highest step that the ranking carries."""
    two = _two_answers(ranked, knowledge, ladder)
    if two:
        return two
    whole = tuple(item for item in ranked if item.part == 0)
    if message and last and leans(message.text):
        whole = favour_neighbours(whole, last, knowledge)
    if not whole or whole[0].score < ladder.unsure:
        return Reply(knowledge.texts[_no_card(message, ladder)]), None
    cards = [knowledge.cards[item.card_id] for item in whole[:3]]
    if whole[0].score < ladder.near:
        return Reply(knowledge.texts["unsure"], tuple(Button(card.title, card.title) for card in cards)), None
    return reply_of(cards[0], knowledge, cards[1:] if whole[0].score < ladder.sure else ()), cards[0].id


def _two_answers(
    ranked: Sequence[RankedAnswer], knowledge: Knowledge, ladder: Ladder
) -> tuple[Reply, str | None] | None:
    """Return both answers when the message asks two questions and each has its own sure card."""
    best = [next((item for item in ranked if item.part == part), None) for part in (1, 2)]
    sure = [knowledge.cards[item.card_id] for item in best if item and item.score >= ladder.sure]
    if len(sure) < 2 or sure[0] == sure[1]:
        return None
    first, second = (reply_of(card, knowledge) for card in sure)
    sources = tuple(dict.fromkeys(first.sources + second.sources))
    return Reply(f"{first.text}\n\n{second.text}", (), sources), sure[1].id


def _no_card(message: Message | None, ladder: Ladder) -> str:
    """Return which text says that there is no answer: not in the sources, or not something for this assistant."""
    if message and message.confidence >= ladder.other_kind:
        return OTHER_KINDS.get(message.intent, "unknown_answer")
    return "unknown_answer"
