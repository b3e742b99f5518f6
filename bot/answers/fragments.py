"""Texts as sparse vectors of word fragments: alike even when a letter is wrong or a compound is written apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Array = NDArray[Any]

BUCKETS = 1 << 16  # fragments are hashed, so that no vocabulary needs to be kept
LENGTHS = (2, 3, 4)

_WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, without accents, numbers included."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


@lru_cache(maxsize=20_000)
def _buckets(word: str) -> tuple[int, ...]:
    padded = f" {word} "
    found = (padded[i : i + n] for n in LENGTHS for i in range(len(padded) - n + 1))
    return tuple(crc32(fragment.encode()) % BUCKETS for fragment in found)


def fragments(texts: Sequence[str], idf: Array | None = None) -> csr_matrix:
    """Return (len(texts), BUCKETS), rows of unit length; a fragment counts by its logarithm times its `idf`."""
    columns, counts, ends = [], [], [0]
    for text in texts:
        found, often = np.unique([b for word in words_of(text) for b in _buckets(word)], return_counts=True)
        columns.append(found.astype(np.int32))
        counts.append(1 + np.log(often))
        ends.append(ends[-1] + len(found))
    indices, data = np.concatenate(columns), np.concatenate(counts)
    if idf is not None:
        data *= idf[indices]
    rows = np.repeat(np.arange(len(texts)), np.diff(ends))
    lengths = np.sqrt(np.bincount(rows, data * data, minlength=len(texts)))
    data /= np.maximum(lengths, 1e-9)[rows]
    return csr_matrix((data, indices, ends), shape=(len(texts), BUCKETS), dtype=np.float32)


def rarity(texts: Sequence[str]) -> Array:
    """Return the inverse document frequency of every fragment, (BUCKETS,) float32."""
    seen = np.bincount(fragments(texts).indices, minlength=BUCKETS)
    return np.asarray(np.log((1 + len(texts)) / (1 + seen)) + 1, dtype=np.float32)
