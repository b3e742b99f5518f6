"""Rasa component: a regularised linear intent classifier on the sentence vector and on sparse n-grams."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, vstack

from bot.nlu.featurizer import sentence_vector
from bot.nlu.linear import LinearModel, fit, model_of
from bot.nlu.trained import TrainedComponent

RANKING_LENGTH = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, TrainedComponent):
    """Multinomial logistic regression; its confidence is a calibrated-enough probability (see `make evaluate`)."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: inverse regularisation strength and the weight of the sparse features."""
        return {"c": 20.0, "sparse_weight": 1.0}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self._model: LinearModel | None = None

    def _read(self, folder: Path) -> None:
        with np.load(folder / "classifier.npz") as stored:
            self._model = model_of(stored)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the intent examples and on some questions of every card."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        dense = np.stack([vector for e in examples if (vector := sentence_vector(e)) is not None])
        sparse = vstack([self._sparse(e) for e in examples]) * self._config["sparse_weight"]
        self._model = fit(dense, sparse, [e.get(INTENT) for e in examples], self._config["c"])
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / "classifier.npz", **self._model.arrays())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking`."""
        for message in messages:
            vector = sentence_vector(message)
            if vector is None or self._model is None:
                continue
            chances = self._model.chances(vector[None, :], self._sparse(message) * self._config["sparse_weight"])[0]
            ranking = [
                {"name": self._model.labels[i], "confidence": float(chances[i])}
                for i in np.argsort(-chances)[:RANKING_LENGTH]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    @staticmethod
    def _sparse(message: Message) -> csr_matrix:
        _, sentence = message.get_sparse_features(TEXT)
        if sentence is None:
            return csr_matrix((1, 0))
        row = sentence.features.tocsr().astype(np.float32)
        row.data = np.log1p(row.data)
        row.data /= max(np.linalg.norm(row.data), 1e-9)
        return row
