"""Groups messages by likeness and finds examples that resemble each other: vectors in, indices out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from bot.answers.fragments import Array, fragments
from bot.answers.matching import FRAGMENT_WEIGHT, centred

SAME_GROUP = 0.25  # mean likeness from which messages stand in one group: one subject, however it is worded


def likeness(texts: Sequence[str], vectors: Array, mean: Array, idf: Array | None = None) -> Array:
    """Return how alike texts are, (texts, texts), by meaning and by word fragments, 1 for the same text.

    `vectors`: (texts, dimensions) as encoded; `mean`: (dimensions,), around which they are centred.
    """
    meaning, words = centred(vectors, mean), fragments(texts, idf)
    alike = (1 - FRAGMENT_WEIGHT) * (meaning @ meaning.T) + FRAGMENT_WEIGHT * (words @ words.T).toarray()
    return np.asarray(alike, dtype=np.float32)


def groups(alike: Array, same: float = SAME_GROUP) -> list[list[int]]:
    """Return the indices of texts in groups, the largest first, by average linkage on a matrix of `likeness`."""
    count = len(alike)
    if count < 2:
        return [[index] for index in range(count)]
    distances = np.clip(1 - alike, 0, None)[np.triu_indices(count, 1)]
    labels = fcluster(linkage(distances, "average"), 1 - same, "distance")
    found: dict[int, list[int]] = {}
    for index, label in enumerate(labels.tolist()):
        found.setdefault(label, []).append(index)
    return sorted(found.values(), key=lambda group: (-len(group), group[0]))


def pairs_alike(alike: Array, owners: Sequence[str], least: float) -> list[tuple[int, int]]:
    """Return pairs of texts of different owners that are at least so alike, the most alike first."""
    rows, columns = np.nonzero(np.triu(alike, 1) >= least)
    pairs = [(i, j) for i, j in zip(rows.tolist(), columns.tolist(), strict=True) if owners[i] != owners[j]]
    return sorted(pairs, key=lambda pair: -float(alike[pair]))
