"""The gate on triage: held-out messages, written before anything was trained. Needs no trained Rasa model.

The floors lie well below what was measured: category 0.91, urgency 0.95, reply 0.93 and more, client data 1.00.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.nlu import linear
from bot.nlu.encoder import EncodingCache
from bot.nlu.linear import Array
from bot.nlu.triage_model import A_MONDAY, best_scores, example_of, read_examples, train_model
from bot.rules import triage
from bot.rules.mailtext import letter_of
from bot.web.triage import SURE_ENOUGH

HERE = Path(__file__).parent
FEWEST = 35  # training messages in a category
CASES: list[Mapping[str, Any]] = [
    json.loads(line) for line in (HERE / "triage_heldout.jsonl").read_text(encoding="utf-8").splitlines()
]


def encode(texts: Sequence[str]) -> Array:
    return EncodingCache(Path(".cache/encodings.npz")).encode(texts)


def judge(case: Mapping[str, Any], guess: Mapping[str, Any], scores: Sequence[float]) -> triage.Judgement:
    letter = letter_of(case["text"], case.get("subject", ""), case["channel"])
    signals = triage.signals_of(letter, A_MONDAY)
    return triage.judge(signals, triage.Guess(**guess), max(scores) >= SURE_ENOUGH)


@pytest.fixture(scope="module")
def judged() -> list[tuple[Mapping[str, Any], triage.Judgement]]:
    examples = read_examples()
    asked = [example_of(case["text"], case.get("subject", ""), case["channel"]) for case in CASES]
    vectors = encode([each.core for each in (*examples, *asked)])
    scores = best_scores([*examples, *asked], encode)
    model = train_model(examples, vectors[: len(examples)], scores[: len(examples)])
    rest: Iterator[Any] = zip(CASES, asked, vectors[len(examples) :], scores[len(examples) :], strict=True)
    return [(case, judge(case, model.guess(each, vector, found), found)) for case, each, vector, found in rest]


def test_enough_messages_of_every_category() -> None:
    counts = {name: sum(each.category == name for each in read_examples()) for name in triage.CATEGORIES}
    assert min(counts.values()) >= FEWEST
    assert len(CASES) >= 120


def test_no_held_out_message_is_trained_on() -> None:
    seen = {each.core.lower() for each in read_examples()}
    assert not [
        c["id"] for c in CASES if example_of(c["text"], c.get("subject", ""), c["channel"]).core.lower() in seen
    ]


def test_held_out_messages_are_judged_well(judged: list[tuple[Mapping[str, Any], triage.Judgement]]) -> None:
    count = len(judged)
    category = sum(v.category in (case["category"], *case["also"]) for case, v in judged) / count
    urgency = sum(v.urgency == case["urgency"] for case, v in judged) / count
    flags = {f: sum((f in v.flags) == (f in case["flags"]) for case, v in judged) / count for f in triage.FLAGS}
    assert category >= 0.82
    assert urgency >= 0.85
    assert flags[triage.PERSONAL] >= 0.95
    assert min(flags[triage.PERSON], flags[triage.AUTOMATIC]) >= 0.85


def test_danger_is_never_missed(judged: list[tuple[Mapping[str, Any], triage.Judgement]]) -> None:
    assert not [case["id"] for case, v in judged if triage.CRISIS in case["flags"] and triage.CRISIS not in v.flags]
    assert sum(triage.CRISIS not in case["flags"] and triage.CRISIS in v.flags for case, v in judged) <= 1


def test_fitting_on_shortened_rows_gives_the_same_model(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(7)
    dense, wide = chance.normal(size=(12, 4)), csr_matrix(chance.normal(size=(12, 400)))
    labels = ["a", "b", "c"] * 4
    short = linear.fit(dense, wide, labels, 1.0)
    monkeypatch.setattr(linear, "MANY", 10_000)
    whole = linear.fit(dense, wide, labels, 1.0)
    assert np.allclose(short.chances(dense, wide), whole.chances(dense, wide), atol=0.01)
