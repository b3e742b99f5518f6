"""What a helpdesk message is about, how urgent it is and whether the sources answer it: three linear models.

They look at the sentence vector of the whole message, at its word fragments and word pairs, at what the rules saw
(bot/rules/triage.py) and at how sure the answer cards are of each of its questions. No Rasa here: `triage.py` is the
component around it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import yaml
from scipy.sparse import csr_matrix, hstack

from bot.answers.fragments import fragments, rarity, words_of
from bot.answers.matching import build_index
from bot.errors import KnowledgeError
from bot.knowledge.loader import load
from bot.nlu import linear
from bot.nlu.linear import Array, LinearModel
from bot.rules import triage as rules
from bot.rules.mailtext import letter_of

FOLDER = Path("data/triage")
WORD_BUCKETS = 1 << 14
A_MONDAY = date(2026, 11, 23)  # the examples name days of the week and few dates: any day will do
# Chosen by five-fold cross-validation of the examples.
STRENGTH = {"category": 30.0, "urgency": 10.0, "reply": 10.0}
MARKS_WEIGHT, WORDS_WEIGHT = 0.7, 0.6


@dataclass(frozen=True)
class Example:
    """A message as the models see it, and what it should become (None: unknown)."""

    core: str
    questions: tuple[str, ...]
    signals: tuple[float, ...]
    category: str | None = None
    urgency: str | None = None
    reply: str | None = None


@dataclass(frozen=True)
class TriageModel:
    """The three models and the rarity of word fragments that they share."""

    idf: Array
    models: Mapping[str, LinearModel]

    def guess(self, example: Example, vector: Array, scores: Sequence[float]) -> dict[str, dict[str, float]]:
        """Return the chances of each label for `category`, `urgency` and `reply`.

        `vector` (dimensions,) is that of the core; `scores` is the chance of the best card for each question.
        """
        dense, sparse = vector[None, :], features([example], [scores], self.idf)
        return {
            name: dict(zip(model.labels, (float(x) for x in model.chances(dense, sparse)[0]), strict=True))
            for name, model in self.models.items()
        }


def example_of(
    text: str, subject: str, channel: str, label: Mapping[str, Any] | None = None, today: date = A_MONDAY
) -> Example:
    """Return a message as the models see it; `label` holds category, urgency and flags."""
    letter = letter_of(text, subject, channel)
    known = label or {}
    flags = known.get("flags", ())
    reply = next((flag for flag in (rules.PERSON, rules.AUTOMATIC) if flag in flags), rules.NO_REPLY)
    return Example(
        rules.core_of(letter),
        rules.questions_of(letter),
        rules.signals_of(letter, today).numbers(),
        known.get("category"),
        known.get("urgency"),
        reply if label else None,
    )


def read_examples(folder: Path = FOLDER) -> list[Example]:
    """Return the training messages; raises KnowledgeError on a wrong label."""
    examples = []
    for path in sorted(folder.glob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for number, message in enumerate(content["messages"], start=1):
            label = {**message, "category": content["category"]}
            if label["category"] not in rules.CATEGORIES or label["urgency"] not in rules.URGENCIES:
                raise KnowledgeError(str(path), None, f"message {number}: unknown category or urgency")
            if unknown := set(label["flags"]) - set(rules.FLAGS):
                raise KnowledgeError(str(path), None, f"message {number}: unknown flags {sorted(unknown)}")
            examples.append(example_of(message["text"], message.get("subject", ""), message["channel"], label))
    return examples


def train_model(examples: Sequence[Example], vectors: Array, scores: Sequence[Sequence[float]]) -> TriageModel:
    """Fit the three models; `vectors` (examples, dimensions) of the cores, `scores` as `guess` takes them."""
    idf = rarity([example.core for example in examples])
    sparse = features(examples, scores, idf)
    calm = [i for i, example in enumerate(examples) if example.urgency != rules.DIRECT]
    rows = {"category": range(len(examples)), "urgency": calm, "reply": range(len(examples))}
    models = {
        name: linear.fit(vectors[list(rows[name])], sparse[list(rows[name])], _labels(examples, name, rows[name]), c)
        for name, c in STRENGTH.items()
    }
    return TriageModel(idf, models)


def _labels(examples: Sequence[Example], name: str, rows: Sequence[int]) -> list[str]:
    return [str(getattr(examples[i], name)) for i in rows]


def features(examples: Sequence[Example], scores: Sequence[Sequence[float]], idf: Array) -> csr_matrix:
    """Return the sparse features, (examples, …): fragments, words and word pairs, signals, sureness of the cards."""
    marks = [[*example.signals, *_sureness(found)] for example, found in zip(examples, scores, strict=True)]
    return hstack(
        [
            fragments([example.core for example in examples], idf),
            _word_rows([example.core for example in examples]) * WORDS_WEIGHT,
            csr_matrix(np.asarray(marks, dtype=np.float32) * MARKS_WEIGHT),
        ]
    ).tocsr()


def _sureness(scores: Sequence[float]) -> tuple[float, ...]:
    """Return how sure the cards are: worst, best and mean question, and how many questions (up to three)."""
    found = list(scores) or [0.0]
    return min(found), max(found), sum(found) / len(found), min(len(found), 3) / 3


def _word_rows(texts: Sequence[str]) -> csr_matrix:
    """Return (texts, WORD_BUCKETS) rows of unit length with the words and word pairs of each text."""
    rows, columns = [], []
    for row, text in enumerate(texts):
        words = words_of(text)
        terms = {*words, *(f"{a} {b}" for a, b in pairwise(words))}
        found = {crc32(term.encode()) % WORD_BUCKETS for term in terms}
        rows += [row] * len(found)
        columns += sorted(found)
    counts = np.bincount(rows, minlength=len(texts)) if rows else np.zeros(len(texts))
    values = [1 / np.sqrt(counts[row]) for row in rows]
    return csr_matrix((values, (rows, columns)), shape=(len(texts), WORD_BUCKETS), dtype=np.float32)


def best_scores(examples: Sequence[Example], encode: Callable[[Sequence[str]], Array]) -> list[list[float]]:
    """Return the chance of the best card for each question of each example."""
    index = build_index(load(), encode)
    asked = [question for example in examples for question in example.questions]
    vectors = dict(zip(asked, encode(asked), strict=True))
    return [[index.rank(q, vectors[q], 1)[0].score for q in example.questions] for example in examples]
