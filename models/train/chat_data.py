"""Hand-tagged chat sentences as training data: tags, parts of speech, features and sentence starts, but no tree."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from data import Sentence, Word, chatty
from spacy.language import Language
from spacy.tokens import Doc

MARKS = {
    "Nz": "N|soort|ev|basis|zijd|stan", "Nh": "N|soort|ev|basis|onz|stan", "Nm": "N|soort|mv|basis",
    "E": "N|eigen|ev|basis|onz|stan", "S": "SPEC|deeleigen", "p1": "WW|pv|tgw|ev", "pt": "WW|pv|tgw|met-t",
    "pm": "WW|pv|tgw|mv", "v1": "WW|pv|verl|ev", "vm": "WW|pv|verl|mv", "inf": "WW|inf|vrij|zonder",
    "vd": "WW|vd|vrij|zonder", "VP": "WW|vd|prenom|zonder", "Wn": "WW|inf|nom|zonder|zonder-n",
    "EZ": "N|eigen|ev|basis|zijd|stan", "Az": "ADJ|prenom|basis|zonder", "PV": "VNW|aanw|pron|stan|vol|3o|ev",
    "Ae": "ADJ|prenom|basis|met-e|stan", "Av": "ADJ|vrij|basis|zonder", "VF": "VZ|fin", "VI": "VZ|init", "BW": "BW",
    "TS": "TSW", "HT": "VNW|pers|pron|stan|red|3|ev|onz", "VG": "VG|onder", "TW": "TW|hoofd|prenom|stan",
}  # fmt: skip
MODALS = frozenset(["mag", "mogen", "kan", "kunnen", "kunt", "kun", "moet", "moeten", "wil"])
HAVING = frozenset(["heb", "hebben", "heeft"])


def docs(nlp: Language, treebank: Iterable[Sentence], rng: random.Random, copies: int) -> Iterator[Doc]:
    """Each sentence as it stands and `copies` times as in a chat."""
    usual = _usual(treebank)
    lines = (Path(__file__).parent / "chat.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            words = tuple(_word(part, usual) for part in line.split())
            sentence = Sentence("chat", tuple(replace(w, pos=_verbal(w, words)) for w in words))
            for variant in (sentence, *(chatty(sentence, rng) for _ in range(copies))):
                yield _doc(nlp, variant)


Usual = dict[str, tuple[str, str, str]]


def _usual(treebank: Iterable[Sentence]) -> Usual:
    counts: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for sentence in treebank:
        for word in sentence.words:
            reading = (word.tag, word.pos, word.feats)
            counts[word.form.lower()][reading] += 1
            counts[f"{word.form.lower()}/{word.tag}"][reading] += 1
            counts[f"/{word.tag}"][reading] += 1
    return {key: counter.most_common(1)[0][0] for key, counter in counts.items()}


def _word(part: str, usual: Usual) -> Word:
    form, _, mark = part.partition("/")
    tag = MARKS.get(mark)
    lower = form.lower()
    if tag is None:
        reading = usual[lower]
    else:
        reading = usual.get(f"{lower}/{tag}") or usual[f"/{tag}"]
    return Word(form, "", reading[1], reading[0], reading[2], 0, "", space=True)


def _verbal(word: Word, words: Sequence[Word]) -> str:
    """AUX or VERB: modals are auxiliaries with an infinitive in the sentence, forms of `hebben` with a participle."""
    lower, tags = word.form.lower(), {w.tag for w in words}
    if not word.tag.startswith("WW|pv") or lower not in MODALS | HAVING:
        return word.pos
    return "AUX" if MARKS["inf" if lower in MODALS else "vd"] in tags else "VERB"


def _doc(nlp: Language, sentence: Sentence) -> Doc:
    words = sentence.words
    return Doc(
        nlp.vocab,
        words=[w.form for w in words],
        tags=[w.tag for w in words],
        pos=[w.pos for w in words],
        morphs=[w.feats for w in words],
        sent_starts=[i == 0 for i in range(len(words))],
    )
