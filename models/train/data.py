"""Read Universal Dependencies files, split them by document, and turn them into spaCy training data."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

TYPOS = 0.04  # share of words with a typing error in the sentences made chat-like
HELD_OUT_FILE = "nl_lassysmall-test.conllu"
DEV_DOCUMENTS = frozenset({"wiki-3781", "wiki-6984", "WR-P-E-I-0000039589", "wiki-3821", "wiki-5452"})


@dataclass(frozen=True)
class Word:
    """One syntactic word: what the pipeline learns of it. `head` is an index, the own one for the root."""

    form: str
    lemma: str
    pos: str
    tag: str
    feats: str
    head: int
    dep: str
    space: bool


@dataclass(frozen=True)
class Sentence:
    """A sentence with the document that it comes from."""

    document: str
    words: tuple[Word, ...]


def read(path: Path) -> list[Sentence]:
    """Read one CoNLL-U file: sentences in file order. Raises ValueError on a line without ten columns."""
    blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    return [_sentence(block.split("\n")) for block in blocks]


def _sentence(lines: Sequence[str]) -> Sentence:
    document = ""
    words: list[Word] = []
    no_space: set[int] = set()
    for line in lines:
        if line.startswith("# sent_id = "):
            document = re.sub(r"\.p\..*", "", line[12:].rsplit("\\", 1)[-1])
        elif line and not line.startswith("#"):
            columns = line.split("\t")
            if len(columns) != 10:
                raise ValueError(f"not a CoNLL-U line: {line!r}")
            if "-" in columns[0]:
                no_space |= _inside(columns[0], columns[9])
            elif "." not in columns[0]:
                words.append(_word(columns))
    spaced = tuple(replace(w, space=False) if i in no_space else w for i, w in enumerate(words))
    return Sentence(document, spaced)


def _inside(span: str, misc: str) -> set[int]:
    first, last = (int(n) for n in span.split("-"))
    return set(range(first - 1, last if "SpaceAfter=No" in misc else last - 1))


def _word(columns: Sequence[str]) -> Word:
    index, form, lemma, pos, tag, feats, head, dep, _, misc = columns
    own = int(index) - 1
    return Word(
        form=form,
        lemma=lemma if lemma != "_" else form,
        pos=pos,
        tag=tag if tag != "_" else "",
        feats="" if feats == "_" else feats,
        head=own if head == "0" else int(head) - 1,
        dep="ROOT" if head == "0" else dep,
        space="SpaceAfter=No" not in misc,
    )


def sections(name: str) -> dict[str, list[str]]:
    """The sections of a names file: names apart, or one frame a line."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), [])
            by_line = line in ("[FRAMES]", "[PLAIN]")
        elif line and not line.startswith("#"):
            current += [line] if by_line else [part.strip() for part in line.split(";") if part.strip()]
    return found


def documents(sentences: Iterable[Sentence]) -> list[str]:
    """The document ids in order of first appearance."""
    return list(dict.fromkeys(s.document for s in sentences))


def split(folder: Path) -> tuple[list[Sentence], list[Sentence], list[Sentence]]:
    """Split all treebank files of a folder into (train, dev, held out).

    Held out: the last nine of the eighteen documents of the LassySmall test file, as they stand in it. Dev: five small
    documents named in DEV_DOCUMENTS. Train: all the rest, any other *.conllu in the folder included, unless one of its
    documents is held out too.
    """
    test = read(folder / HELD_OUT_FILE)
    order = documents(test)
    held = set(order[len(order) // 2 :])
    rest: list[Sentence] = []
    for path in sorted(folder.glob("*.conllu")):
        rest += [s for s in read(path) if s.document not in held]
    train = [s for s in rest if s.document not in DEV_DOCUMENTS]
    dev = [s for s in rest if s.document in DEV_DOCUMENTS]
    return train, dev, [s for s in test if s.document in held]


def to_doc(nlp: Language, sentences: Sequence[Sentence]) -> Doc:
    """One spaCy Doc with gold annotation out of some sentences."""
    words = [w for s in sentences for w in s.words]
    heads: list[int] = []
    starts: list[bool] = []
    for sentence in sentences:
        offset = len(heads)
        heads += [offset + w.head for w in sentence.words]
        starts += [i == 0 for i in range(len(sentence.words))]
    doc = Doc(
        nlp.vocab,
        words=[w.form for w in words],
        spaces=[w.space for w in words],
        tags=[w.tag for w in words],
        pos=[w.pos for w in words],
        morphs=[w.feats for w in words],
        lemmas=[w.lemma for w in words],
        heads=heads,
        deps=[w.dep for w in words],
    )
    for token, start in zip(doc, starts):
        if start != bool(token.is_sent_start):
            raise ValueError(f"a sentence boundary got lost in {sentences[0].document}")
    return doc


def grouped(sentences: Sequence[Sentence], size: int) -> Iterator[list[Sentence]]:
    """Groups of at most `size` successive sentences of one document."""
    group: list[Sentence] = []
    for sentence in sentences:
        if group and (len(group) == size or group[0].document != sentence.document):
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


def chatty(sentence: Sentence, rng: random.Random) -> Sentence:
    """The sentence as someone would type it in a chat: lower case, no final stop, a typing error."""
    words = list(sentence.words)
    if rng.random() < 0.6:
        words = _without_final_punctuation(words)
    lower = rng.random()
    if lower < 0.45:
        words = [replace(w, form=w.form.lower()) for w in words]
    elif lower < 0.7:
        words[0] = replace(words[0], form=words[0].form.lower())
    words = [replace(w, form=_typo(w.form, rng)) if rng.random() < TYPOS else w for w in words]
    return replace(sentence, words=tuple(words))


def _without_final_punctuation(words: list[Word]) -> list[Word]:
    last = len(words) - 1
    used = {w.head for i, w in enumerate(words) if i != last}
    if last > 1 and words[last].form in {".", "?", "!", ";", "..."} and last not in used:
        return [*words[:-2], replace(words[-2], space=True)]
    return words


def _typo(form: str, rng: random.Random) -> str:
    if len(form) < 5 or not form.isalpha():
        return form
    at = rng.randrange(1, len(form) - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return form[:at] + form[at + 1 :]
    if kind == 1:
        return form[:at] + form[at] + form[at:]
    return form[:at] + form[at + 1] + form[at] + form[at + 2 :]
