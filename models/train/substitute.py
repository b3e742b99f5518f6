"""Training sentences with other words of the same form class, so that endings, context and vectors get to count."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

from data import Sentence, Word
from lemma_tables import _index, _lookup_pairs
from ner_data import first_names, last_names, places
from wordfreq import zipf_frequency

RATE = 0.35  # share of the words with a pool that get another word
KNOWN = 1.5  # zipf frequency of the words that come in
NOUN, VERB, ADJECTIVE = "NOUN", "VERB", "ADJ"
FORMS = {
    "N|soort|mv|basis": (NOUN, ("en", "s"), ""),
    "ADJ|prenom|basis|met-e|stan": (ADJECTIVE, ("e",), ""),
    "WW|pv|verl|ev": (VERB, ("te", "de"), ""),
    "WW|pv|verl|mv": (VERB, ("ten", "den"), ""),
    "WW|vd|vrij|zonder": (VERB, ("t", "d", "en"), "ge"),
}
LEMMAS = {
    "WW|inf|vrij|zonder": "verb",
    "ADJ|vrij|basis|zonder": "adj",
    "ADJ|prenom|basis|zonder": "adj",
}


def substituted(sentence: Sentence, rng: random.Random) -> Sentence:
    """The sentence with some open-class words replaced by others that take the same tag and features."""
    words = [replace(w, form=_other(w, rng)) if rng.random() < RATE else w for w in sentence.words]
    return replace(sentence, words=tuple(words))


def _other(word: Word, rng: random.Random) -> str:
    if word.form.isdigit():
        return str(rng.randrange(10 ** (len(word.form) - 1), 10 ** len(word.form)))
    if word.pos == "PROPN":
        return _name(word, rng) if word.form[:1].isupper() and word.form[1:].islower() else word.form
    if not word.form.isalpha() or word.pos not in (NOUN, VERB, ADJECTIVE):
        return word.form
    if word.tag.startswith("N|soort|ev|basis") and len(word.form) > 3 and word.form.islower():
        return rng.choice(_modifiers()) + rng.choice(("", "", "", "s")) + word.form
    pool = _pool(word.tag)
    new = rng.choice(pool) if pool else word.form
    return new.capitalize() if word.form[0].isupper() else new


def _name(word: Word, rng: random.Random) -> str:
    if word.tag == "N|eigen|ev|basis|onz|stan":
        return rng.choice(places())
    if word.tag in ("SPEC|deeleigen", "N|eigen|ev|basis|zijd|stan"):
        return rng.choice(rng.choice((first_names(), last_names()))).split()[-1]
    return word.form


@cache
def _modifiers() -> tuple[str, ...]:
    return tuple(
        w for w in sorted(_index()["noun"]) if w.isalpha() and 3 <= len(w) <= 8 and zipf_frequency(w, "nl") > 3
    )


@cache
def _pool(tag: str) -> tuple[str, ...]:
    if tag in LEMMAS:
        words = {w for w in _index()[LEMMAS[tag]] if w.isalpha() and w.islower() and not w.endswith("e")}
    elif tag in FORMS:
        pos, endings, start = FORMS[tag]
        words = {f for f, p, _ in _lookup_pairs() if p == pos and f.endswith(endings) and f.startswith(start)}
    else:
        return ()
    return tuple(w for w in sorted(words) if zipf_frequency(w, "nl") >= KNOWN)
