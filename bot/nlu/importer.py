"""Rasa importer: what the files in data/ say, plus questions from the answer cards as examples of `vraag`.

So a new card teaches the intent classifier too, and Rasa sees for itself when the knowledge changed.
"""

from __future__ import annotations

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.knowledge.loader import load

QUESTION_INTENT = "vraag"
QUESTIONS_PER_CARD = 3


class KnowledgeImporter(RasaFileImporter):
    """Adds the first questions of each card to the training data."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return the training data with the cards' questions."""
        data = super().get_nlu_data(language)
        known = {str(example.get(TEXT)).lower() for example in data.training_examples}
        questions = [text for card in load().cards.values() for text in card.examples[:QUESTIONS_PER_CARD]]
        new = [Message({TEXT: text, INTENT: QUESTION_INTENT}) for text in questions if text.lower() not in known]
        return data.merge(TrainingData(training_examples=new))
