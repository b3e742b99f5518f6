"""Train and pack the Dutch pipeline: python models/train/build.py TREEBANKS WORK [--wheel-folder models/wheels]

TREEBANKS holds the CoNLL-U files, WORK keeps what is made on the way. Steps whose result is in WORK are not repeated.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import chat_data
import ner_data
import score
import spacy
import vectors
from assemble import assemble, describe, pack
from data import chatty, grouped, split, to_doc
from spacy.cli.train import train
from spacy.tokens import DocBin
from substitute import substituted

HERE = Path(__file__).parent
GROUP = 6  # sentences to a training text
DOMAIN_SENTENCES = 14_000
CHAT_COPIES = 3


def write_syntax_data(treebanks: Path, work: Path) -> None:
    """Texts of six sentences; each sentence with other words, also as in a chat; tagged chat sentences; a dev set."""
    nlp, rng = spacy.blank("nl"), random.Random(7)  # noqa: S311
    sentences, dev, _ = split(treebanks)
    docs = [to_doc(nlp, group) for group in grouped(sentences, GROUP)]
    docs += [to_doc(nlp, [substituted(sentence, rng)]) for sentence in sentences]
    docs += [to_doc(nlp, [chatty(substituted(sentence, rng), rng)]) for sentence in sentences]
    docs += chat_data.docs(nlp, sentences, rng, CHAT_COPIES)
    rng.shuffle(docs)
    DocBin(docs=docs).to_disk(work / "train.spacy")
    DocBin(docs=[to_doc(nlp, group) for group in grouped(dev, 5)]).to_disk(work / "dev.spacy")


def write_ner_data(treebanks: Path, work: Path) -> None:
    """Treebank sentences with typed names and sentences from the domain's frames."""
    nlp, rng = spacy.blank("nl"), random.Random(11)  # noqa: S311
    sentences, dev, _ = split(treebanks)
    docs = [*ner_data.treebank_docs(nlp, sentences, rng), *ner_data.domain_docs(nlp, DOMAIN_SENTENCES, rng)]
    rng.shuffle(docs)
    dev_docs = [*ner_data.treebank_docs(nlp, dev, rng), *ner_data.domain_docs(nlp, 100, rng)]
    DocBin(docs=docs).to_disk(work / "ner-train.spacy")
    DocBin(docs=dev_docs).to_disk(work / "ner-dev.spacy")


def _train(config: str, prefix: str, output: Path, work: Path) -> Path:
    if not (output / "model-best").exists():
        paths = {
            "paths.train": str(work / f"{prefix}train.spacy"),
            "paths.dev": str(work / f"{prefix}dev.spacy"),
            "paths.vectors": str(work / "vectors"),
        }
        train(HERE / config, output, overrides=paths)
    return output / "model-best"


def main() -> None:
    """Run all steps and print the wheel's path."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("treebanks", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--wheel-folder", type=Path, default=HERE.parent / "wheels")
    arguments = parser.parse_args()
    treebanks, work = arguments.treebanks, arguments.work
    work.mkdir(parents=True, exist_ok=True)
    if not (work / "vectors").exists():
        vectors.build(work).to_disk(work / "vectors")
    write_syntax_data(treebanks, work)
    write_ner_data(treebanks, work)
    syntax = _train("syntax.cfg", "", work / "syntax", work)
    ner = _train("ner.cfg", "ner-", work / "ner", work)
    sentences, dev, _ = split(treebanks)
    nlp = assemble(syntax, ner, sentences + dev)
    describe(nlp, score.performance(nlp, treebanks))
    print(pack(nlp, arguments.wheel_folder))


if __name__ == "__main__":
    main()
