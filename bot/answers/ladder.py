"""From ranked cards to a reply: sure, near, unsure, or honestly not in the sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answers.followup import asks_more, asks_where, beyond, doubts, favour_neighbours, leans, same_elsewhere
from bot.answers.language import is_english
from bot.model import Button, Card, Knowledge, Message, Miss, RankedAnswer, Reply

MOST_LETTERS = 450  # an answer with its explanation is no longer than this
# What to say when the message seems to be no question about IPS at all, and no card is sure.
OTHER_KINDS = {"buiten_onderwerp": "off_topic", "hulpvraag": "private_help", "misbruik": "abuse"}


@dataclass(frozen=True)
class Ladder:
    """Where the steps are, as the chance that the best card answers the message."""

    sure: float = 0.75
    near: float = 0.25
    unsure: float = 0.15
    faint: float = 0.04  # from here a card is still offered under "not in my sources"
    other_kind: float = 0.35  # confidence from which the message's intent weighs more than a card that is not sure
    rival: float = 0.6  # share of the best card's chance from which, in doubt, the second answer is given as well


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
    reply, card_id = (
        _beyond(text, knowledge)
        or _about_last(text, last, knowledge)
        or _climb(known, knowledge, message, last, ladder)
    )
    if is_english(text):
        reply = replace(reply, text=f"{knowledge.texts['english']}\n\n{reply.text}")
    return reply, card_id


def reply_of(card: Card, knowledge: Knowledge, others: Sequence[Card] = ()) -> Reply:
    """Return a card as a reply: answer, explanation, where and when it holds, sources, and its neighbours as buttons.

    A longer explanation waits behind a button, so that a reply stays short.
    """
    paragraphs, titles = [card.answer.strip()], [other.title for other in others]
    if card.more and len(card.answer) + len(card.more) <= MOST_LETTERS:
        paragraphs.append(card.more.strip())
    elif card.more:
        titles.insert(0, knowledge.texts["more_button"])
    if card.scope:
        paragraphs.append(f"Dit geldt voor: {card.scope}.")
    return Reply("\n\n".join(paragraphs), tuple(Button(title, title) for title in titles), card.sources)


def _beyond(text: str, knowledge: Knowledge) -> tuple[Reply, None] | None:
    """Say that there is no ninth criterium, no fifth scenario."""
    found = beyond(text, knowledge)
    if found is None:
        return None
    what, number, count, source = found
    return Reply(knowledge.texts["beyond"].format(what=what, number=number, count=count), (), (source,)), None


def _about_last(text: str, last: Card | None, knowledge: Knowledge) -> tuple[Reply, str] | None:
    """Answer what is asked about the last answer itself, or the same question for another scenario or criterium."""
    if last is None:
        return None
    if asks_where(text):
        return replace(_places(last, knowledge), missed=Miss.BETWIJFELD if doubts(text) else None), last.id
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
    other_kind = _other_kind(message, ladder)
    if other_kind and (not whole or whole[0].score < ladder.sure):
        return Reply(knowledge.texts[other_kind]), None
    if not whole or whole[0].score < ladder.unsure:
        faint = [knowledge.cards[item.card_id].title for item in whole[:2] if item.score >= ladder.faint]
        buttons = tuple(Button(title, title) for title in faint)
        return Reply(knowledge.texts["unknown_answer"], buttons, missed=Miss.NIET_IN_BRONNEN), None
    cards = [knowledge.cards[item.card_id] for item in whole[:3]]
    if whole[0].score < ladder.near:
        buttons = tuple(Button(card.title, card.title) for card in cards)
        return Reply(knowledge.texts["unsure"], buttons, missed=Miss.KEUZE_GEVRAAGD), None
    if whole[0].score >= ladder.sure:
        return reply_of(cards[0], knowledge), cards[0].id
    # In doubt: what else it may be, and that it may not be in the sources at all.
    rivals = [card for card, item in zip(cards[1:], whole[1:], strict=False) if item.score >= ladder.unsure]
    if rivals and whole[1].score >= ladder.rival * whole[0].score:
        return _either(cards[0], rivals, knowledge), cards[0].id
    reply = reply_of(cards[0], knowledge, rivals)
    return replace(reply, text=f"{reply.text}\n\n{knowledge.texts['more_on']}"), cards[0].id


def _either(first: Card, rivals: Sequence[Card], knowledge: Knowledge) -> Reply:
    """Return two answers that are about as likely, short and each under its title; a third waits behind a button."""
    parts = [f"**{card.title}**\n{_short(card)}" for card in (first, rivals[0])]
    others = tuple(Button(card.title, card.title) for card in rivals[1:])
    sources = tuple(dict.fromkeys(first.sources + rivals[0].sources))
    return Reply("\n\n".join([knowledge.texts["either"], *parts, knowledge.texts["more_on"]]), others, sources)


def _short(card: Card) -> str:
    return f"{card.answer.strip()} Dit geldt voor: {card.scope}." if card.scope else card.answer.strip()


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


def _other_kind(message: Message | None, ladder: Ladder) -> str | None:
    """Return the text for a message that seems to be no question about IPS."""
    return OTHER_KINDS.get(message.intent) if message and message.confidence >= ladder.other_kind else None
