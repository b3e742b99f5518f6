"""Rasa component: triage of helpdesk messages, beside the understanding of chats and with the same sentence encoder.

It works on messages that carry TRIAGE in their metadata only, so a chat costs nothing more.
"""

from __future__ import annotations

import hashlib
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

from bot.knowledge.loader import load
from bot.nlu import linear, triage_model
from bot.nlu.encoder import EncodingCache
from bot.nlu.featurizer import sentence_vector
from bot.nlu.ranker import ANSWERS, TRIAGE
from bot.nlu.trained import TrainedComponent
from bot.nlu.triage_model import FOLDER, STRENGTH, Example, TriageModel, best_scores, read_examples, train_model
from bot.rules import deadlines, mailtext
from bot.rules import triage as rules


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TriageClassifier(TrainedComponent):
    """Sets TRIAGE, the chances for category, urgency and reply, on a message that asks for it in its metadata."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults; `cache` is the file that keeps vectors between trainings."""
        return {"cache": ".cache/encodings.npz"}

    @staticmethod
    def fingerprint_addon(config: dict[str, Any]) -> str | None:
        """Train again when the messages, the knowledge, the rules or the features changed."""
        files = b"".join(path.read_bytes() for path in sorted(FOLDER.glob("*.yml")))
        code = "".join(inspect.getsource(each) for each in (rules, mailtext, deadlines, linear, triage_model))
        return load().version + hashlib.sha256(files + code.encode()).hexdigest()

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(config, model_storage, resource)
        self._model: TriageModel | None = None

    def _read(self, folder: Path) -> None:
        models = {}
        for name in STRENGTH:
            with np.load(folder / f"triage_{name}.npz") as stored:
                models[name] = linear.model_of(stored)
        with np.load(folder / "triage_idf.npz") as stored:
            self._model = TriageModel(stored["idf"], models)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on the messages in data/triage; Rasa's own training data is for chats."""
        encode = EncodingCache(Path(self._config["cache"])).encode
        examples = read_examples()
        model = train_model(examples, encode([each.core for each in examples]), best_scores(examples, encode))
        with self._storage.write_to(self._resource) as folder:
            np.savez_compressed(folder / "triage_idf.npz", idf=model.idf)
            for name, part in model.models.items():
                np.savez_compressed(folder / f"triage_{name}.npz", **part.arrays())
        self._model = model
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set TRIAGE; runs after the ranker, which ranks the cards for each question in the metadata."""
        for message in messages:
            asked = (message.get("metadata") or {}).get(TRIAGE)
            vector = sentence_vector(message)
            if not asked or vector is None or self._model is None:
                continue
            best: dict[int, float] = {}
            for item in message.get(ANSWERS) or ():
                if item["part"]:
                    best[item["part"]] = max(item["score"], best.get(item["part"], 0.0))
            example = Example(message.get(TEXT), tuple(asked["questions"]), tuple(asked["signals"]))
            message.set(TRIAGE, self._model.guess(example, vector, list(best.values())), add_to_output=True)
        return messages
