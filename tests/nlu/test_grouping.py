"""Messages that ask the same thing stand together; the real encoder says what is alike."""

from __future__ import annotations

import numpy as np
import pytest

from bot.answers.grouping import groups, likeness, pairs_alike
from bot.answers.matching import build_index
from bot.knowledge.loader import load
from bot.nlu.encoder import EncodingCache, encode
from tests.nlu.scoring import CACHE

SALARY = ["wat verdient een trajectbegeleider", "salaris trajectbegeleider ips?", "hoeveel verdien je als ips coach"]
TRAINING = ["wanneer begint de volgende training", "startdatum ips training", "wanneer start de opleiding weer"]
PARKING = ["kan ik bij phrenos parkeren"]


@pytest.fixture(scope="module")
def mean() -> np.ndarray:
    return build_index(load(), EncodingCache(CACHE).encode).mean


def test_rewordings_stand_together_and_other_subjects_apart(mean: np.ndarray) -> None:
    texts = [*SALARY, *TRAINING, *PARKING]
    found = groups(likeness(texts, encode(texts), mean))
    assert found == [[0, 1, 2], [3, 4, 5], [6]]


@pytest.mark.parametrize("count", [0, 1])
def test_few_messages_need_no_grouping(count: int, mean: np.ndarray) -> None:
    texts = SALARY[:count]
    alike = likeness(texts, encode(texts), mean) if texts else np.zeros((0, 0), np.float32)
    assert groups(alike) == [[0]] * count


def test_pairs_are_of_different_owners_and_the_most_alike_comes_first() -> None:
    alike = np.array([[1, 0.99, 0.9], [0.99, 1, 0.95], [0.9, 0.95, 1]], dtype=np.float32)
    assert pairs_alike(alike, ["a", "a", "b"], 0.9) == [(1, 2), (0, 2)]
    assert pairs_alike(alike, ["a", "b", "b"], 0.96) == [(0, 1)]
