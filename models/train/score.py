"""Score the installed nl_core_news_sm on the held-out half of LassySmall test and on the hand-annotated entities.

Usage: python models/train/score.py FOLDER_WITH_CONLLU [--model NAME_OR_PATH] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import spacy
from data import Sentence, grouped, split, to_doc
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example

HERE = Path(__file__).parent
GOLD = HERE / "ner_gold.jsonl"
OFFICIAL = {
    "tag_acc": 0.942,
    "pos_acc": 0.959,
    "morph_acc": 0.952,
    "lemma_acc": 0.951,
    "dep_uas": 0.852,
    "dep_las": 0.801,
    "ents_f": 0.724,
}
REPEATS = 3


def syntax(nlp: Language, held_out: Sequence[Sentence]) -> dict[str, Any]:
    """Scores from raw text, so with the pipeline's own tokens; ten sentences of a document at a time."""
    docs = [to_doc(nlp, group) for group in grouped(held_out, 10)]
    return dict(nlp.evaluate([Example(nlp.make_doc(doc.text), doc) for doc in docs]))


def entities(nlp: Language, path: Path = GOLD, part: str = "") -> dict[str, Any]:
    """Entity scores on the hand-annotated sentences; `part` limits them to "chat", "prose" or "unlisted"."""
    examples = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if not part or row["part"] == part:
            doc = nlp.make_doc(row["text"])
            examples.append(Example.from_dict(doc, {"entities": [tuple(e) for e in row["entities"]]}))
    return dict(nlp.evaluate(examples))


def words_per_second(nlp: Language, docs: Sequence[Doc]) -> float:
    """The best of some runs over raw text."""
    texts = [doc.text for doc in docs]
    words = sum(len(doc) for doc in docs)
    best = 0.0
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in nlp.pipe(texts):
            pass
        best = max(best, words / (time.perf_counter() - start))
    return best


def performance(nlp: Language, folder: Path) -> dict[str, Any]:
    """All figures for the model card."""
    held_out = split(folder)[2]
    scores = syntax(nlp, held_out)
    found = {key: round(scores[key], 4) for key in OFFICIAL if key != "ents_f"}
    found |= {key: round(scores[key], 4) for key in ("token_acc", "sents_f")}
    for part in ("chat", "prose", "unlisted", ""):
        result = entities(nlp, part=part)
        suffix = f"_{part}" if part else ""
        found |= {f"ents_{k}{suffix}": round(result[f"ents_{k}"], 4) for k in "prf"}
        found[f"ents_per_type{suffix}"] = result["ents_per_type"]
    return found


def main() -> None:
    """Print the figures beside those that the official model reports on its own test split."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="nl_core_news_sm")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    start = time.perf_counter()
    nlp = spacy.load(arguments.model)
    loaded = time.perf_counter() - start
    found = performance(nlp, arguments.folder)
    docs = [to_doc(nlp, group) for group in grouped(split(arguments.folder)[2], 10)]
    found |= {"load_seconds": round(loaded, 2), "words_per_second": round(words_per_second(nlp, docs))}
    print(f"{nlp.meta['name']} {nlp.meta['version']}, held out: {sum(map(len, docs))} tokens")
    for key, value in found.items():
        if not isinstance(value, dict):
            print(f"{key:16} {value:<10} official: {OFFICIAL.get(key, '-')}")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
