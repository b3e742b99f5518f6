"""Ranks cards for a message: pure vectors in, ranking out; no model, no I/O.

A card stands in the index as one vector per example question. A message is compared with all of them; a card scores by
its best examples, so that one odd example neither makes nor breaks it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.model import RankedAnswer

SECOND_BEST_WEIGHT = 0.3  # how much a card's second-nearest example counts beside its nearest


@dataclass(frozen=True)
class AnswerIndex:
    """`vectors`: (examples, dimensions), unit length; `owners`: for each row the position of its card in `card_ids`."""

    card_ids: tuple[str, ...]
    owners: np.ndarray
    vectors: np.ndarray

    def rank(self, vector: np.ndarray, most: int = 5) -> tuple[RankedAnswer, ...]:
        """Return the nearest cards, best first, with a score from 0 to 1; `vector`: (dimensions,), unit length."""
        if not self.card_ids:
            return ()
        similarity = self.vectors @ vector
        best = np.full(len(self.card_ids), -1.0)
        second = np.full(len(self.card_ids), -1.0)
        for row in np.argsort(similarity):  # ascending: the last writes win
            card = self.owners[row]
            second[card], best[card] = best[card], similarity[row]
        second = np.maximum(second, best - 0.2)
        score = (1 - SECOND_BEST_WEIGHT) * best + SECOND_BEST_WEIGHT * second
        order = np.argsort(-score)[:most]
        return tuple(RankedAnswer(self.card_ids[i], float(max(0.0, score[i]))) for i in order)


def build_index(examples: Sequence[tuple[str, np.ndarray]]) -> AnswerIndex:
    """Return the index of (card id, example vector) pairs."""
    card_ids = tuple(dict.fromkeys(card for card, _ in examples))
    place = {card: i for i, card in enumerate(card_ids)}
    owners = np.array([place[card] for card, _ in examples], dtype=np.int32)
    vectors = (
        np.stack([vector for _, vector in examples]).astype(np.float32) if examples else np.zeros((0, 1), np.float32)
    )
    return AnswerIndex(card_ids, owners, vectors)
