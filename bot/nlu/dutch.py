"""Rasa component: spaCy's Dutch pipeline, with only the part that somebody reads: its tokenizer."""

from __future__ import annotations

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MODEL_LOADER, DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER],
    is_trainable=False,
    model_from="DutchSpacy",
)
class DutchSpacy(SpacyNLP):
    """Rasa's SpacyNLP without tagger, lemmatizer and entity recogniser, which cost 5 ms a message.

    Nothing reads tags or entities. Lemmas would only change the word fragments, where a word's stem is found anyway.
    """

    @staticmethod
    def load_model(spacy_model_name: str) -> SpacyModel:
        """Load the pipeline; raises Rasa's InvalidModelError."""
        model = SpacyNLP.load_model(spacy_model_name)
        for name in model.model.component_names:
            model.model.remove_pipe(name)
        return model
