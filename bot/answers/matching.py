"""Ranks cards for a message: a vector and its words in, ranking out; no model, no I/O.

Every example question of every card is a point. A message is compared with all of them, by meaning (the vector of the
sentence encoder) and by word fragments; a ridge regression on those likenesses says how much each card is meant.
Questions that no publication answers are one more "card", OUTSIDE, so that "not in my sources" is ranked with the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from scipy.linalg import solve
from scipy.sparse import csr_matrix

from bot.answers.fragments import BUCKETS, Array, fragments, rarity
from bot.model import Knowledge, RankedAnswer

OUTSIDE = "buiten-de-bronnen"

# Chosen by leave-one-out over the cards' examples and half of the held-out questions.
FRAGMENT_WEIGHT = 0.4  # how much the likeness of fragments counts beside that of meaning
SHARPNESS = 2.0  # how fast an example's say fades with distance
RIDGE = 0.03
# Fitted on held-out questions, also with typing mistakes, and on those outside the sources, each topic left out in
# turn.
BY_SCORE, BY_OUTSIDE, BY_NOTHING = 9.4, -13.8, -0.95


@dataclass(frozen=True)
class AnswerIndex:
    """`vectors`: (examples, dimensions), centred on `mean`; `fragments`: (examples, buckets) weighed by `idf`.

    `weights`: (examples, cards), the regression from likeness to cards; float32 arrays all.
    """

    card_ids: tuple[str, ...]
    mean: Array
    vectors: Array
    idf: Array
    fragments: csr_matrix
    weights: Array

    def rank(self, text: str, vector: Array, most: int = 8, part: int = 0) -> tuple[RankedAnswer, ...]:
        """Return the cards that the message most likely asks for, best first; `vector`: (dimensions,), as encoded."""
        scores = dict(zip(self.card_ids, self.scores(text, vector).tolist(), strict=True))
        outside = max(0.0, scores.pop(OUTSIDE, 0.0))
        best = sorted(scores.items(), key=lambda item: -item[1])[:most]
        return tuple(RankedAnswer(card, chance(score, outside), part) for card, score in best)

    def scores(self, text: str, vector: Array) -> Array:
        """Return each card's score, (cards,): about 1 when it is surely meant, about 0 when it is not."""
        if not self.card_ids:
            return np.zeros(0, np.float32)
        meaning = self.vectors @ _centred(vector[None, :], self.mean)[0]
        words = np.zeros(BUCKETS, dtype=np.float32)
        row = fragments([text], self.idf)
        words[row.indices] = row.data
        return np.asarray(_kernel(meaning, self.fragments @ words) @ self.weights)

    def arrays(self) -> dict[str, Array]:
        """Return the index as plain arrays; `index_of` makes it again."""
        return {
            "card_ids": np.array(self.card_ids),
            "mean": self.mean,
            "vectors": self.vectors,
            "idf": self.idf,
            "data": self.fragments.data,
            "indices": self.fragments.indices,
            "indptr": self.fragments.indptr,
            "weights": self.weights,
        }


def chance(score: float, outside: float) -> float:
    """Return the chance that a card answers the message, from its score and that of OUTSIDE (a logistic curve)."""
    return 1 / (1 + exp(-(BY_SCORE * score + BY_OUTSIDE * outside + BY_NOTHING)))


def index_of(arrays: Mapping[str, Array]) -> AnswerIndex:
    """Return the index that `AnswerIndex.arrays` took apart."""
    parts = (arrays["data"], arrays["indices"], arrays["indptr"])
    matrix = csr_matrix(parts, shape=(len(arrays["vectors"]), BUCKETS))
    ids = tuple(arrays["card_ids"].tolist())
    return AnswerIndex(ids, arrays["mean"], arrays["vectors"], arrays["idf"], matrix, arrays["weights"])


def examples_of(knowledge: Knowledge) -> tuple[list[str], list[str]]:
    """Return what the index is made of, two lists of one length: the card of each example, and its text."""
    pairs = [(card.id, text) for card in knowledge.cards.values() for text in (card.title, *card.examples)]
    pairs += [(OUTSIDE, text) for text in knowledge.outside]
    return [owner for owner, _ in pairs], [text for _, text in pairs]


def build_index(owners: Sequence[str], texts: Sequence[str], vectors: Array) -> AnswerIndex:
    """Return the index of examples: the card of each, its text, and its vector as encoded, (examples, dimensions)."""
    card_ids = tuple(dict.fromkeys(owners))
    if not card_ids:
        empty = np.zeros((0, 1), np.float32)
        return AnswerIndex((), empty[0:0, 0], empty, np.ones(BUCKETS, np.float32), csr_matrix((0, BUCKETS)), empty)
    mean = vectors.mean(axis=0)
    centred = _centred(vectors, mean)
    idf = rarity(texts)
    parts = fragments(texts, idf)
    likeness = _kernel(centred @ centred.T, (parts @ parts.T).toarray())
    meant = np.asarray([[owner == card for card in card_ids] for owner in owners], dtype=np.float32)
    np.fill_diagonal(likeness, likeness.diagonal() + RIDGE)
    weights = solve(likeness, meant, assume_a="pos", overwrite_a=True, check_finite=False)
    return AnswerIndex(card_ids, mean, centred, idf, parts, weights.astype(np.float32))


def _centred(vectors: Array, mean: Array) -> Array:
    """Return unit vectors around `mean`: those of a sentence encoder sit in a narrow cone otherwise."""
    moved = vectors - mean
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _kernel(meaning: Array, words: Array) -> Array:
    near = (1 - FRAGMENT_WEIGHT) * meaning + FRAGMENT_WEIGHT * words
    return np.asarray(np.exp(SHARPNESS * (near - 1)), dtype=np.float32)
