"""Rasa component: a regularised linear intent classifier on the sentence vector and on sparse n-grams."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, vstack

from bot.nlu.featurizer import sentence_vector

RANKING_LENGTH = 5


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum())


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Multinomial logistic regression; its confidence is a calibrated-enough probability (see `make evaluate`).

    The vectors are centred first: those of a sentence encoder sit in a narrow cone, where regularisation drowns what
    differs.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults: inverse regularisation strength and the weight of the sparse features."""
        return {"c": 20.0, "sparse_weight": 1.0}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage, self._resource = model_storage, resource
        self._labels: list[str] = []
        self._mean = np.zeros(0)
        self._weights = np.zeros((0, 0))
        self._intercept = np.zeros(0)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Make an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Read a trained classifier: plain arrays, nothing that runs code."""
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / "classifier.npz") as stored:
            classifier._labels = stored["labels"].tolist()
            classifier._mean, classifier._weights = stored["mean"], stored["weights"]
            classifier._intercept = stored["intercept"]
        return classifier

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the intent examples and on some questions of every card."""
        from sklearn.linear_model import LogisticRegression

        examples = [e for e in training_data.intent_examples if e.get(TEXT) and e.get(INTENT)]
        dense = np.stack([vector for e in examples if (vector := sentence_vector(e)) is not None])
        sparse = vstack([self._sparse(e) for e in examples])
        labels = [e.get(INTENT) for e in examples]
        self._mean = dense.mean(axis=0)
        model = LogisticRegression(C=self._config["c"], class_weight="balanced", max_iter=2000, random_state=7)
        model.fit(hstack([csr_matrix(self._centre(dense)), sparse * self._config["sparse_weight"]]).tocsr(), labels)
        self._labels = [str(label) for label in model.classes_]
        self._weights, self._intercept = model.coef_, model.intercept_
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `intent` and `intent_ranking`."""
        for message in messages:
            vector = sentence_vector(message)
            if vector is None or not self._labels:
                continue
            features = hstack(
                [csr_matrix(self._centre(vector[None, :])), self._sparse(message) * self._config["sparse_weight"]]
            )
            chances = _softmax((features @ self._weights.T)[0] + self._intercept)
            ranking = [
                {"name": self._labels[i], "confidence": float(chances[i])}
                for i in np.argsort(-chances)[:RANKING_LENGTH]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _centre(self, vectors: np.ndarray) -> np.ndarray:
        centred = vectors - self._mean
        return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9))

    @staticmethod
    def _sparse(message: Message) -> csr_matrix:
        _, sentence = message.get_sparse_features(TEXT)
        if sentence is None:
            return csr_matrix((1, 0))
        row = sentence.features.tocsr().astype(np.float32)
        row.data = np.log1p(row.data)
        norm = np.sqrt(row.multiply(row).sum())
        return row / norm if norm else row

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(
                folder / "classifier.npz",
                labels=np.array(self._labels),
                mean=self._mean,
                weights=self._weights.astype(np.float32),
                intercept=self._intercept,
            )
