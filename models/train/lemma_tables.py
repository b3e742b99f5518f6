"""Build the tables of the lemmatizer from the treebank, spacy-lookups-data (MIT) and wordfreq (CC BY-SA 4.0)."""

from __future__ import annotations

import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import spacy_lookups_data
from data import Sentence, Word, sections
from package.lemmatizer import KEEPS_CASE, MAX_SUFFIX, MIN_PART, OPEN_CLASSES, TreebankLemmatizer, linked
from sklearn.linear_model import LogisticRegression
from wordfreq import zipf_frequency

INDEX = {"noun": "NOUN", "verb": "VERB", "adj": "ADJ"}
KNOWN_WORD = 1.5  # zipf frequency from which a form of the lookup table is kept
LINKS = ("s", "en", "e")
KNOWN_VERB = 2.0
KNOWN_PART = 2.6  # zipf frequency from which a word counts as a part of compounds
NO_PARTICLES = frozenset({"on", "oor", "her", "waar", "niet", "Frans", "jagen"})

Observation = tuple[str, str, str, str]  # form in lower case, pos, tag, lemma


def build(sentences: Sequence[Sentence]) -> dict[str, Any]:
    """All tables, for the given training sentences."""
    observed = list(_observations(sentences))
    observed += _domain_compounds({lemma.replace("_", "") for _, _, _, lemma in observed})
    pairs = list(_lookup_pairs())
    tables: dict[str, Any] = {"lexicon": _lexicon(observed), "particles": _particles(observed)}
    tables["verbs"] = _verbs(observed)
    lemmatizer = TreebankLemmatizer()
    lemmatizer.load_tables(tables)
    tables["suffixes"] = _suffixes(pairs + list(_inflected(observed)), lemmatizer)
    lemmatizer.load_tables(tables)
    tables["lookup"] = {
        f"{form}|{pos}": lemma
        for form, pos, lemma in pairs
        if lemmatizer.by_suffix(form, pos) != lemma and zipf_frequency(form, "nl") >= KNOWN_WORD
    }
    lemmatizer.load_tables(tables)
    tables["heads"], tables["modifiers"], tables["links"] = _parts(observed, lemmatizer)
    return {name: dict(sorted(table.items())) for name, table in tables.items()}


def _domain_compounds(known: set[str]) -> list[Observation]:
    words = ((lemma.replace("_", ""), lemma) for lemma in sections("domain.txt")["COMPOUNDS"])
    return [(form, "NOUN", "N|soort|ev|basis|zijd|stan", lemma) for form, lemma in words if form not in known]


def _observations(sentences: Iterable[Sentence]) -> Iterator[Observation]:
    for sentence in sentences:
        for i, word in enumerate(sentence.words):
            lemma = _bare(word, i, sentence.words)
            form = word.form if word.pos in KEEPS_CASE else word.form.lower()
            yield form, word.pos, word.tag, lemma


def _bare(word: Word, index: int, words: Sequence[Word]) -> str:
    particles = [w.form.lower() for w in words if w.head == index and w.dep == "compound:prt"]
    for particle in particles:
        if word.lemma.startswith(f"{particle}_"):
            return word.lemma[len(particle) + 1 :]
    return word.lemma


def _lexicon(observed: Iterable[Observation]) -> dict[str, str]:
    by_pos: dict[str, Counter[str]] = defaultdict(Counter)
    by_tag: dict[str, Counter[str]] = defaultdict(Counter)
    for form, pos, tag, lemma in observed:
        by_pos[f"{form}|{pos}"][lemma] += 1
        by_tag[f"{form}|{tag}"][lemma] += 1
        if pos in KEEPS_CASE and lemma == form:
            by_pos.pop(f"{form}|{pos}") if sum(by_pos[f"{form}|{pos}"].values()) == 1 else None
    lexicon = {key: counts.most_common(1)[0][0] for key, counts in by_pos.items()}
    pos_of = {f"{form}|{tag}": f"{form}|{pos}" for form, pos, tag, _ in observed if pos not in KEEPS_CASE}
    for key, pos_key in pos_of.items():
        lemma = by_tag[key].most_common(1)[0][0]
        if lexicon.get(pos_key) != lemma:
            lexicon[key] = lemma
    return lexicon


def _particles(observed: Iterable[Observation]) -> dict[str, int]:
    split: dict[str, set[str]] = defaultdict(set)
    whole: dict[str, set[str]] = defaultdict(set)
    lemmas = {lemma for _, pos, _, lemma in observed if pos == "VERB"}
    for lemma in lemmas:
        head, _, rest = lemma.rpartition("_")
        if head and "_" not in head and head not in NO_PARTICLES and rest.endswith("n"):
            split[head].add(rest)
    verbs = set(_index()["verb"])
    for lemma in lemmas:
        for size in range(2, len(lemma) - 3):
            if lemma[:size] in split and lemma[size:] in verbs:
                whole[lemma[:size]].add(lemma)
    weights = {p: int(len(split[p]) >= 2 * len(whole[p])) for p in split}
    return {**weights, **{p: weights.get(p, 1) for p in sections("domain.txt")["PARTICLES"]}}


def _verbs(observed: Iterable[Observation]) -> dict[str, int]:
    seen = {lemma.rpartition("_")[2] for _, pos, _, lemma in observed if pos == "VERB"}
    known = {v for v in _index()["verb"] if zipf_frequency(v, "nl") >= KNOWN_VERB and v.endswith("n") and len(v) > 3}
    return dict.fromkeys(sorted(seen | known), 1)


def _index() -> Any:
    return _load("nl_lemma_index")


@cache
def _load(name: str) -> Any:
    path = Path(spacy_lookups_data.__file__).parent / "data" / f"{name}.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return json.load(file)


def _lookup_pairs() -> Iterator[tuple[str, str, str]]:
    index = {INDEX[k]: set(v) for k, v in _index().items() if k in INDEX}
    for form, lemma in _load("nl_lemma_lookup").items():
        if form != lemma and form.isalpha() and form.islower():
            for pos, lemmas in index.items():
                if lemma in lemmas:
                    yield form, pos, lemma


def _inflected(observed: Iterable[Observation]) -> Iterator[tuple[str, str, str]]:
    seen = {(form, pos, lemma.replace("_", "").lower()) for form, pos, _, lemma in observed if pos in OPEN_CLASSES}
    return ((form, pos, lemma) for form, pos, lemma in sorted(seen) if form.isalpha() and form != lemma)


def _suffixes(pairs: Iterable[tuple[str, str, str]], lemmatizer: TreebankLemmatizer) -> dict[str, str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for form, pos, lemma in pairs:
        rule = _rule(form, lemma, pos, lemmatizer)
        if rule:
            for size in range(min(MAX_SUFFIX, len(form) - 1) + 1):
                counts[f"{form[len(form) - size :]}|{pos}"][rule] += 1
    rules: dict[str, str] = {}
    for key in sorted(counts, key=len):
        rule, count = counts[key].most_common(1)[0]
        if count >= 3 and rule != _inherited(key, rules):
            rules[key] = rule
    return rules


def _inherited(key: str, rules: dict[str, str]) -> str:
    suffix, pos = key.split("|")
    for start in range(1, len(suffix) + 1):
        if f"{suffix[start:]}|{pos}" in rules:
            return rules[f"{suffix[start:]}|{pos}"]
    return ""


def _rule(form: str, lemma: str, pos: str, lemmatizer: TreebankLemmatizer) -> str:
    plain = _ending(form, lemma)
    if plain or pos != "VERB":
        return plain
    stem = lemmatizer.without_ge(form)
    return f"{with_ge}g" if stem != form and (with_ge := _ending(stem, lemma)) else ""


def _ending(form: str, lemma: str) -> str:
    common = 0
    while common < min(len(form), len(lemma)) and form[common] == lemma[common]:
        common += 1
    drop = len(form) - common
    return f"{drop}:{lemma[common:]}:" if common >= 2 and drop <= MAX_SUFFIX else ""


def _parts(
    observed: Sequence[Observation], lemmatizer: TreebankLemmatizer
) -> tuple[dict[str, Any], dict[str, Any], dict[str, float]]:
    """Scores of compound parts and links: a split counts when the scores of head, modifier and link exceed zero."""
    lemmas = sorted({(lemma, pos) for _, pos, _, lemma in observed if pos in ("NOUN", "ADJ") and "-" not in lemma})
    heads, modifiers = _candidate_heads(lemmas), _candidate_modifiers(lemmas)
    seen_heads = Counter(lemma.rpartition("_")[2] for lemma, _ in lemmas if "_" in lemma)
    seen_modifiers = Counter(lemma.rpartition("_")[0] for lemma, _ in lemmas if "_" in lemma)
    rows: list[list[float]] = []
    labels: list[int] = []
    for lemma, pos, surface in sorted(_surfaces(observed)):
        for at in range(MIN_PART, len(surface) - MIN_PART + 1):
            head = heads.get((surface[at:], pos))
            for kind, plain in linked(surface[:at], lemmatizer) if head else ():
                modifier = modifiers.get(plain)
                if head is None or modifier is None:
                    continue
                own = int("_" in lemma)
                rows.append(
                    _head_features(head, seen_heads[head] - own * (lemma.rpartition("_")[2] == head))
                    + _modifier_features(plain, seen_modifiers[modifier] - own * (lemma.rpartition("_")[0] == modifier))
                    + _link_features(kind)
                )
                labels.append(int(lemma == f"{modifier}_{head}"))
    model = LogisticRegression(C=1.0, max_iter=1000).fit(np.array(rows), labels)
    weights = np.split(model.coef_[0], [len(_head_features("", 0)), -len(LINKS)])
    scored_heads = {
        f"{text}|{pos}": (lemma, round(float(weights[0] @ _head_features(lemma, seen_heads[lemma])), 2))
        for (text, pos), lemma in heads.items()
    }
    scored_modifiers = {
        text: (lemma, round(float(weights[1] @ _modifier_features(text, seen_modifiers[lemma])), 2))
        for text, lemma in modifiers.items()
    }
    links = {k: round(float(model.intercept_[0] + weights[2] @ _link_features(k)), 2) for k in ("", *LINKS)}
    return (*_worthwhile(scored_heads, scored_modifiers, max(links.values())), links)


Scored = dict[str, tuple[str, float]]


def _worthwhile(heads: Scored, modifiers: Scored, link: float) -> tuple[Scored, Scored]:
    best_head = float(np.quantile([s for _, s in heads.values()], 0.9))
    best_modifier = float(np.quantile([s for _, s in modifiers.values()], 0.9))
    return (
        {k: v for k, v in heads.items() if v[1] + best_modifier + link > 0},
        {k: v for k, v in modifiers.items() if v[1] + best_head + link > 0},
    )


def _candidate_heads(lemmas: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    heads = {(lemma.replace("_", ""), pos): lemma for lemma, pos in lemmas}
    for lemma, pos in lemmas:
        heads.setdefault((lemma.rpartition("_")[2], pos), lemma.rpartition("_")[2])
    for source, pos in (("noun", "NOUN"), ("adj", "ADJ")):
        for word in _common(source):
            heads.setdefault((word, pos), word)
    return {k: v for k, v in heads.items() if len(k[0]) >= MIN_PART}


def _candidate_modifiers(lemmas: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for lemma, pos in lemmas:
        if pos == "NOUN":
            found.setdefault(lemma.replace("_", "").lower(), lemma)
        if "_" in lemma:
            part = lemma.rpartition("_")[0]
            found.setdefault(part.replace("_", "").lower(), part)
    for word in [*_common("noun"), *(w for w in _common("adj") if len(w) <= 8 and zipf_frequency(w, "nl") >= 4)]:
        found.setdefault(word, word)
    return {k: v for k, v in found.items() if len(k) >= MIN_PART}


def _common(source: str) -> list[str]:
    words = sorted(_index()[source])
    return [w for w in words if w.isalpha() and w.islower() and len(w) <= 14 and zipf_frequency(w, "nl") >= KNOWN_PART]


def _surfaces(observed: Iterable[Observation]) -> set[tuple[str, str, str]]:
    return {
        (lemma, pos, form)
        for form, pos, tag, lemma in observed
        if ((pos == "NOUN" and "|ev|basis" in tag) or (pos == "ADJ" and "zonder" in tag)) and "-" not in lemma
    }


def _head_features(lemma: str, seen: int) -> list[float]:
    plain = lemma.replace("_", "")
    size = len(plain)
    return [zipf_frequency(plain, "nl"), float(min(size, 8)), float(size == 3), math.log1p(seen), float(seen > 0)]


def _modifier_features(plain: str, seen: int) -> list[float]:
    return _head_features(plain, seen)


def _link_features(kind: str) -> list[float]:
    return [float(kind == link) for link in LINKS]
