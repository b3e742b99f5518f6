"""Ranks cards for a message: a vector and its words in, ranking out; no model, no I/O.

Every example question of every card is a point. A message is compared with all of them, by meaning (the vector of the
sentence encoder) and by word fragments; a ridge regression on those likenesses says how much each card is meant. The
words of the card's own text count too, for what no example asks.
Questions that no publication answers are one more "card", OUTSIDE, so that "not in my sources" is ranked with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from scipy.linalg import solve
from scipy.sparse import csc_matrix

from bot.answers.fragments import BUCKETS, Array, fragments, rarity
from bot.model import Card, Knowledge, RankedAnswer

OUTSIDE = "buiten-de-bronnen"

# Chosen by leave-one-out over the cards' examples and half of the held-out questions.
FRAGMENT_WEIGHT = 0.4  # how much the likeness of fragments counts beside that of meaning
SHARPNESS = 2.0  # how fast an example's say fades with distance
RIDGE = 0.03
TEXT_WEIGHT = 0.5  # how much the likeness to the card's own text adds
# Fitted on held-out questions, also mistyped, and on those outside the sources, each topic left out in turn.
# OUTSIDE's share went down when its questions doubled: mistyped questions are refused about as seldom as before.
BY_SCORE, BY_OUTSIDE, BY_NOTHING = 6.7, -7.5, -1.52


@dataclass(frozen=True)
class AnswerIndex:
    """`vectors`: (examples, dimensions), centred on `mean`; `fragments`: (examples, buckets), weighed by `idf`.

    `weights`: (examples, cards), the regression from likeness to cards; `texts`: (cards, buckets), the cards' own text.
    Numbers are float32. `vectors` lie column by column: a product with one message then takes half the time.
    """

    card_ids: tuple[str, ...]
    mean: Array
    vectors: Array
    idf: Array
    fragments: csc_matrix
    weights: Array
    texts: csc_matrix

    def rank(self, text: str, vector: Array, most: int = 20, part: int = 0) -> tuple[RankedAnswer, ...]:
        """Return the cards that the message most likely asks for, best first; `vector`: (dimensions,), as encoded."""
        scores = dict(zip(self.card_ids, self.scores(text, vector).tolist(), strict=True))
        outside = max(0.0, scores.pop(OUTSIDE, 0.0))
        best = sorted(scores.items(), key=lambda item: -item[1])[:most]
        return tuple(RankedAnswer(card, chance(score, outside), part) for card, score in best)

    def scores(self, text: str, vector: Array) -> Array:
        """Return each card's score, (cards,): about 1 when it is surely meant, about 0 when it is not."""
        if not self.card_ids:
            return np.zeros(0, np.float32)
        meaning = self.vectors @ centred(vector[None, :], self.mean)[0]
        row = fragments([text], self.idf)
        words = self.fragments[:, row.indices] @ row.data  # only the columns of the message's own fragments
        by_examples = _kernel(meaning, words) @ self.weights
        return np.asarray(by_examples + TEXT_WEIGHT * (self.texts[:, row.indices] @ row.data))

    def arrays(self) -> dict[str, Array]:
        """Return the index as plain arrays; `index_of` makes it again."""
        return {
            "card_ids": np.array(self.card_ids),
            "mean": self.mean,
            "vectors": self.vectors,
            "idf": self.idf,
            "weights": self.weights,
            **_taken_apart("fragments", self.fragments),
            **_taken_apart("texts", self.texts),
        }


def chance(score: float, outside: float) -> float:
    """Return the chance that a card answers the message, from its score and that of OUTSIDE (a logistic curve)."""
    return 1 / (1 + exp(-(BY_SCORE * score + BY_OUTSIDE * outside + BY_NOTHING)))


def index_of(arrays: Mapping[str, Array]) -> AnswerIndex:
    """Return the index that `AnswerIndex.arrays` took apart."""
    return AnswerIndex(
        card_ids=tuple(arrays["card_ids"].tolist()),
        mean=arrays["mean"],
        vectors=arrays["vectors"],
        idf=arrays["idf"],
        fragments=_put_together("fragments", arrays),
        weights=arrays["weights"],
        texts=_put_together("texts", arrays),
    )


_ROWS = {"fragments": "vectors", "texts": "card_ids"}  # whose length is the number of rows


def _taken_apart(name: str, matrix: csc_matrix) -> dict[str, Array]:
    return {f"{name}_{part}": getattr(matrix, part) for part in ("data", "indices", "indptr")}


def _put_together(name: str, arrays: Mapping[str, Array]) -> csc_matrix:
    data, indices, indptr = (arrays[f"{name}_{part}"] for part in ("data", "indices", "indptr"))
    return csc_matrix((data, indices, indptr), shape=(len(arrays[_ROWS[name]]), BUCKETS))


def examples_of(knowledge: Knowledge) -> tuple[list[str], list[str]]:
    """Return what the index is made of, two lists of one length: the card of each example, and its text."""
    pairs = [(card.id, text) for card in knowledge.cards.values() for text in (card.title, *card.examples)]
    pairs += [(OUTSIDE, text) for text in knowledge.outside]
    return [owner for owner, _ in pairs], [text for _, text in pairs]


def build_index(knowledge: Knowledge, encode: Callable[[Sequence[str]], Array]) -> AnswerIndex:
    """Return the index of all cards; `encode` gives the vectors, (texts, dimensions), of the example questions."""
    owners, examples = examples_of(knowledge)
    card_ids = tuple(dict.fromkeys(owners))
    if not card_ids:
        none, no_rows = np.zeros(0, np.float32), csc_matrix((0, BUCKETS), dtype=np.float32)
        return AnswerIndex((), none, none, none, no_rows, none, no_rows)
    vectors = encode(examples)
    mean, idf = vectors.mean(axis=0), rarity(examples)
    points, parts = np.asfortranarray(centred(vectors, mean)), fragments(examples, idf)
    likeness = _kernel(points @ points.T, (parts @ parts.T).toarray())
    np.fill_diagonal(likeness, likeness.diagonal() + RIDGE)
    meant = np.asarray([[owner == card for card in card_ids] for owner in owners], dtype=np.float32)
    weights = solve(likeness, meant, assume_a="pos", overwrite_a=True, check_finite=False)
    texts = fragments([_text_of(knowledge.cards.get(card)) for card in card_ids], idf)
    return AnswerIndex(card_ids, mean, points, idf, parts.tocsc(), weights.astype(np.float32), texts.tocsc())


def _text_of(card: Card | None) -> str:
    return f"{card.title} {card.answer} {card.more or ''}" if card else ""


def centred(vectors: Array, mean: Array) -> Array:
    """Return unit vectors around `mean`: those of a sentence encoder sit in a narrow cone otherwise."""
    moved = vectors - mean
    return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _kernel(meaning: Array, words: Array) -> Array:
    near = (1 - FRAGMENT_WEIGHT) * meaning + FRAGMENT_WEIGHT * words
    return np.asarray(np.exp(SHARPNESS * (near - 1)), dtype=np.float32)
