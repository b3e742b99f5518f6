"""Rasa component: which answer cards a message may be asking for, by the vector that the featurizer made."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.answers import fragments, matching
from bot.answers.matching import AnswerIndex, build_index, index_of
from bot.answers.splitting import calmed, questions_of
from bot.knowledge.loader import load
from bot.nlu.encoder import EncodingCache, encode
from bot.nlu.featurizer import sentence_vector
from bot.nlu.trained import TrainedComponent

ANSWERS = "answers"  # the key under which the ranking travels with the message
TRIAGE = "triage"  # the key in the metadata of a helpdesk message
MOST_PER_QUESTION = 2


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AnswerRanker(TrainedComponent):
    """Keeps the vectors of every card's examples and ranks the cards for each message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults; `most` is how many cards travel with a message."""
        return {"most": 20, "cache": ".cache/encodings.npz"}

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str | None:
        """Build the index again when the knowledge changed, or how it is indexed."""
        return load().version + "".join(inspect.getsource(module) for module in (matching, fragments))

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self._index: AnswerIndex | None = None

    def _read(self, folder: Path) -> None:
        with np.load(folder / "answers.npz") as stored:
            self._index = index_of(stored)

    def train(self, training_data: TrainingData) -> Resource:
        """Index the examples and the title of every card, and the questions that no publication answers."""
        cache = EncodingCache(Path(self._config["cache"]))
        self._index = build_index(load(), cache.encode)
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "answers.npz", **self._index.arrays())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set `answers`: a list of {"card", "score", "part"}, best first; a second question is encoded by itself."""
        for message in messages:
            vector = sentence_vector(message)
            if vector is None or self._index is None:
                continue
            said, most = message.get(TEXT), self._config["most"]
            text = calmed(said)
            if text != said:  # anger draws the vector away from what is asked
                vector = encode([text])[0]
            ranked = list(self._index.rank(text, vector, most))
            questions = _asked(message) or questions_of(text)
            for part, (question, own) in enumerate(zip(questions, encode(questions), strict=True), start=1):
                ranked += self._index.rank(question, own, MOST_PER_QUESTION, part)
            found = [{"card": item.card_id, "score": round(item.score, 4), "part": item.part} for item in ranked]
            message.set(ANSWERS, found, add_to_output=True)
        return messages


def _asked(message: Message) -> tuple[str, ...]:
    """Return the questions that came with a helpdesk message: long mails are taken apart before they get here."""
    return tuple(((message.get("metadata") or {}).get(TRIAGE) or {}).get("questions", ()))
