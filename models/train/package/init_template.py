"""A small Dutch pipeline, trained by the project IPS-wijzer. Not the official model of this name: see meta.json."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.util import get_model_meta, load_model_from_init_py

from . import lemmatizer as lemmatizer

__version__ = get_model_meta(Path(__file__).parent)["version"]


def load(**overrides: Any) -> Language:
    """Load the pipeline; what `spacy.load("nl_core_news_sm")` calls."""
    exclude = [
        *overrides.pop("exclude", ()),
        "tokenizer",
    ]  # the language's own, unchanged: reading it again takes as long
    return load_model_from_init_py(__file__, exclude=exclude, **overrides)
