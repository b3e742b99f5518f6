"""Messages that lean on the answer before them: "en bij scenario 3?", "wie betaalt dat dan?", "waar staat dat?"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.answers.fragments import fragments, words_of
from bot.model import Card, Knowledge, RankedAnswer, SourceRef

MOST_WORDS = 7  # a longer message stands on its own
ON_TOPIC = 0.25  # below this chance of the best card a message is about something else altogether
BONUS = 0.4  # how much likelier a neighbour of the last card is, for a message that leans on it
NOT_FAR = 0.25  # a neighbour must have this share of the best card's chance
NEAR_ENOUGH = 0.25  # likeness of titles from which a card of another scenario or criterium is the same question

_WHERE = re.compile(
    r"\bwaar (staat|vind ik|lees ik|haal je) (dat|dit|het)\b|\bwelke (bron|bladzijde|pagina|paragraaf)\b"
)
_DOUBTS = re.compile(
    r"\bklopt (dat|dit|het)\b|\b(dat|dit) klopt niet\b|\bweet je (dat|het) (wel )?zeker\b"
    r"|\bis (dat|dit) (wel )?(zo|waar|zeker|juist|correct)\b"
)
_MORE = re.compile(
    r"^(meer (uitleg|informatie|weten)|vertel (me )?meer|leg (dat |dit |het )?(eens )?uit"
    r"|(kun|kan) je (dat|dit) (beter |verder )?uitleggen)\b"
)
_LEANS = re.compile(
    r"^(en|maar|of|ook|dus|oké|ok)\b|\b(dat|die|dit|deze|dan|daar|daarvoor|daarbij|daarvan|er|ze|zij|hun)\b"
)
_NUMBERS = {"een": 1, "één": 1, "twee": 2, "drie": 3, "vier": 4, "vijf": 5, "zes": 6, "zeven": 7, "acht": 8}
_NUMBERED = re.compile(rf"\b(scenario|criterium|kwaliteitscriterium|hulpdocument)\s+(\d|{'|'.join(_NUMBERS)})\b")
_FAMILIES = {"scenario": "s", "criterium": "c", "kwaliteitscriterium": "c", "hulpdocument": "hd-"}


def asks_where(text: str) -> bool:
    """Return whether the message asks where the last answer stands, or doubts it."""
    return doubts(text) or (len(words_of(text)) <= MOST_WORDS and _WHERE.search(text.lower()) is not None)


def doubts(text: str) -> bool:
    """Return whether the message doubts the last answer."""
    return len(words_of(text)) <= MOST_WORDS and _DOUBTS.search(text.lower()) is not None


def asks_more(text: str) -> bool:
    """Return whether the message asks for more about the last answer."""
    return len(words_of(text)) <= MOST_WORDS and _MORE.search(text.lower().strip()) is not None


def leans(text: str) -> bool:
    """Return whether a message seems to go on about the last answer."""
    return len(words_of(text)) <= MOST_WORDS and _LEANS.search(text.lower().strip()) is not None


def same_elsewhere(text: str, last: Card, knowledge: Knowledge) -> Card | None:
    """Return the card that answers for the scenario, criterium or document named what `last` answered for another."""
    named = _NUMBERED.search(text.lower())
    if named is None:
        return None
    number = str(_NUMBERS.get(named[2], named[2]))
    family = [card for card in knowledge.cards.values() if card.id.startswith(f"{_FAMILIES[named[1]]}{number}-")]
    if not family:
        return None
    question = re.sub(r"\d+", number, last.title)
    likeness = (fragments([card.title for card in family]) @ fragments([question]).T).toarray().ravel()
    twin = last.id.partition("-")[2]
    best = max(range(len(family)), key=lambda i: (family[i].id.partition("-")[2] == twin, likeness[i]))
    return family[best] if family[best].id.endswith(twin) or likeness[best] >= NEAR_ENOUGH else None


def beyond(text: str, knowledge: Knowledge) -> tuple[str, int, int, SourceRef] | None:
    """Return what is named by a number that doesn't exist, that number, how many there are and where that stands."""
    criteria = [each.source for each in knowledge.criteria.values()]
    scenarios = [each.source for each in knowledge.options.values()][1:]  # the first is doing it alone
    documents = [each.source for each in knowledge.help_documents]
    for what, number in _NUMBERED.findall(text.lower()):
        places = {"scenario": scenarios, "hulpdocument": documents}.get(what, criteria)
        named = int(_NUMBERS.get(number, number))
        if places and not 1 <= named <= len(places):
            return what, named, len(places), places[-1]
    return None


def favour_neighbours(ranked: Sequence[RankedAnswer], last: Card, knowledge: Knowledge) -> tuple[RankedAnswer, ...]:
    """Return the ranking with cards that belong with `last` moved up, unless the message is about something else."""
    if not ranked or ranked[0].score < ON_TOPIC:
        return tuple(ranked)
    least = NOT_FAR * ranked[0].score
    moved = [
        RankedAnswer(item.card_id, min(1.0, item.score + BONUS), item.part)
        if item.score >= least and _neighbours(knowledge.cards[item.card_id], last)
        else item
        for item in ranked
    ]
    return tuple(sorted(moved, key=lambda item: -item.score))


def _neighbours(card: Card, last: Card) -> bool:
    numbered = re.fullmatch(r"[sc]\d", last.id.partition("-")[0]) is not None
    family = numbered and card.id.partition("-")[0] == last.id.partition("-")[0]
    return card.id != last.id and (card.id in last.related or last.id in card.related or family)
