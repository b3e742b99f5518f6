"""Scores the answer cards on held-out questions; the tests, `make kennis` and the comparison with peers use it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bot.answers.ladder import reply_of
from bot.answers.matching import AnswerIndex
from bot.channels.rest import with_sources
from bot.model import Knowledge, RankedAnswer
from bot.nlu.encoder import EncodingCache

HERE = Path(__file__).parent
CACHE = Path(".cache/encodings.npz")
HELD_OUT = ("heldout_qa.jsonl",)

Case = dict[str, Any]
Rank = Callable[[Sequence[str]], list[tuple[RankedAnswer, ...]]]


def lines(name: str) -> list[Case]:
    """Return the cases of a file beside this one."""
    with (HERE / name).open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def ranker(index: AnswerIndex) -> Rank:
    """Return what ranks the cards for many texts at once."""

    def ranked(texts: Sequence[str]) -> list[tuple[RankedAnswer, ...]]:
        vectors = EncodingCache(CACHE).encode(texts)
        return [index.rank(text, vector) for text, vector in zip(texts, vectors, strict=True)]

    return ranked


def holds(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE | re.DOTALL) is not None


def answers(case: Case, card_id: str, knowledge: Knowledge) -> bool:
    """Return whether a card answers a held-out question: all facts, no forbidden words, one of the sources."""
    reply = reply_of(knowledge.cards[card_id], knowledge)
    text = with_sources(reply, knowledge).replace("\u00a0", " ").replace("\u202f", " ")
    wanted = case["source"] if isinstance(case["source"], list) else [case["source"]]
    return (
        all(any(holds(pattern, text) for pattern in group) for group in case["must"])
        and not any(holds(pattern, text) for pattern in case.get("must_not", ()))
        and any(ref.id in wanted for ref in reply.sources)
    )


def share_answered(cases: Sequence[Case], questions: Sequence[str], rank: Rank, knowledge: Knowledge) -> float:
    best = [ranked[0].card_id for ranked in rank(questions)]
    return sum(answers(case, card, knowledge) for case, card in zip(cases, best, strict=True)) / len(cases)


def with_typos(text: str, chance: random.Random) -> str:
    """Return the text with one random edit for every six words, in words of more than three letters."""
    words = text.split()
    long = [i for i, word in enumerate(words) if len(word) > 3]
    for i in chance.sample(long, min(len(long), max(1, round(len(words) / 6)))):
        word, place = words[i], chance.randrange(1, len(words[i]))
        letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
        edits = [
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place:],
            word[:place] + letter + word[place + 1 :],
            word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :],
        ]
        words[i] = chance.choice(edits)
    return " ".join(words)
