"""Rasa component: which answer cards a message may be asking for, by the vector that the featurizer made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.answers.matching import AnswerIndex, build_index
from bot.knowledge.loader import load
from bot.nlu.encoder import EncodingCache
from bot.nlu.featurizer import sentence_vector

ANSWERS = "answers"  # the key under which the ranking travels with the message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AnswerRanker(GraphComponent):
    """Keeps the vectors of every card's examples and ranks the cards for each message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults; `most` is how many cards travel with a message."""
        return {"most": 5, "cache": ".cache/encodings.npz"}

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str | None:
        """Build the index again when the knowledge changed."""
        return load().version

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage, self._resource = model_storage, resource
        self._index: AnswerIndex = build_index([])
        self._mean = np.zeros(0)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AnswerRanker:
        """Make an empty ranker."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AnswerRanker:
        """Read the index from the model."""
        ranker = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder, np.load(folder / "answers.npz") as stored:
            ranker._mean = stored["mean"]
            ranker._index = AnswerIndex(tuple(stored["card_ids"].tolist()), stored["owners"], stored["vectors"])
        return ranker

    def train(self, training_data: TrainingData) -> Resource:
        """Encode the examples and the title of every card."""
        pairs = [(card.id, text) for card in load().cards.values() for text in (card.title, *card.examples)]
        vectors = EncodingCache(Path(self._config["cache"])).encode([text for _, text in pairs])
        self._mean = vectors.mean(axis=0) if len(vectors) else np.zeros(1, np.float32)
        owners = [card for card, _ in pairs]
        self._index = build_index(list(zip(owners, self._centre(vectors), strict=True)))
        with self._storage.write_to(self._resource) as folder:
            np.savez(
                folder / "answers.npz",
                mean=self._mean,
                card_ids=np.array(self._index.card_ids),
                owners=self._index.owners,
                vectors=self._index.vectors,
            )
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `answers`: a list of {"card", "score"}, best first."""
        for message in messages:
            vector = sentence_vector(message)
            if vector is None or not self._index.card_ids:
                continue
            ranked = self._index.rank(self._centre(vector[None, :])[0], self._config["most"])
            found = [{"card": answer.card_id, "score": round(answer.score, 4)} for answer in ranked]
            message.set(ANSWERS, found, add_to_output=True)
        return messages

    def _centre(self, vectors: np.ndarray) -> np.ndarray:
        centred = vectors - self._mean
        return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9))
