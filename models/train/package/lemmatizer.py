"""A Dutch lemmatizer of tables and rules: treebank lexicon, lookup table, learned suffix rules, compound splitter.

Lemmas follow the convention of the Lassy treebanks: the parts of a compound and a separable verb's particle are set
apart by an underscore (`vak_gebied`, `op_bellen`), also where the particle stands elsewhere in the sentence.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import srsly
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.pipeline.lemmatizer import lemmatizer_score
from spacy.tokens import Doc, Token
from spacy.training import Example

OPEN_CLASSES = frozenset({"NOUN", "VERB", "AUX", "ADJ"})
KEEPS_CASE = frozenset({"PROPN", "X", "SYM"})
VERBAL = {"VERB": "AUX", "AUX": "VERB"}
MIN_PART = 3
MAX_SUFFIX = 6
WINDOW = 12
VOWELS, CONSONANTS = frozenset("aeiouy"), frozenset("bcdfgklmnprstvz")
VOICED = {"f": "v", "s": "z"}
CLAUSE_ENDS = frozenset(".?!;:,")
STRANDING = frozenset({"er", "daar", "hier", "waar"})  # "daar praten we over": no particle
PLACE_ENDINGS = ("isch", "er", "s")


@Language.factory(
    "treebank_lemmatizer",
    assigns=["token.lemma"],
    requires=["token.pos", "token.tag", "token.dep"],
    default_score_weights={"lemma_acc": 1.0},
)
def make_lemmatizer(nlp: Language, name: str) -> "TreebankLemmatizer":
    """The factory behind the component name `lemmatizer`."""
    return TreebankLemmatizer(name)


class TreebankLemmatizer(Pipe):
    """Sets `token.lemma_` from form, tag, part of speech and, where the parser ran, dependency."""

    def __init__(self, name: str = "lemmatizer") -> None:
        self.name = name
        self.tables: dict[str, Any] = {}
        self._open = lru_cache(maxsize=20_000)(self._open_class)

    def load_tables(self, tables: dict[str, Any]) -> None:
        """Take over the tables that `lemma_tables.build` made."""
        self.tables = tables
        self._open.cache_clear()

    def __call__(self, doc: Doc) -> Doc:
        particles = self._particles(doc)
        for token in doc:
            lemma = self.lemma(token.text, token.pos_, token.tag_)
            if token.i in particles:
                lemma = f"{particles[token.i]}_{lemma.rsplit('_', 1)[-1]}"
            token.lemma_ = lemma
        return doc

    def _particles(self, doc: Doc) -> dict[int, str]:
        known = self.tables.get("particles", {})
        parsed = doc.has_annotation("DEP")
        found: dict[int, str] = {}
        for token in doc:
            if token.lower_ in known:
                verb = _parsed_verb(token) if parsed else self._nearest_verb(token)
                if verb is not None:
                    found[verb.i] = token.lower_
        return found

    def _nearest_verb(self, particle: Token) -> Token | None:
        """Without a parser (Rasa loads the pipeline without): the last finite verb before what ends its clause."""
        if particle.tag_ not in ("VZ|fin", "BW"):
            return None
        for token in reversed(particle.doc[max(0, particle.i - WINDOW) : particle.i]):
            if token.text in CLAUSE_ENDS or token.lower_ in STRANDING:
                return None
            if token.tag_.startswith("WW|pv"):
                whole = particle.lower_ + self.lemma(token.text, token.pos_, token.tag_)
                return token if particle.tag_ == "VZ|fin" or whole in self.tables.get("verbs", {}) else None
        return None

    def lemma(self, form: str, pos: str, tag: str) -> str:
        """The lemma of a form without its sentence, so without a particle that stands elsewhere."""
        lower = form.lower()
        lexicon = self.tables.get("lexicon", {})
        if pos in KEEPS_CASE:
            found = lexicon.get(f"{form}|{pos}")
            return str(found) if found else self._name(form, tag)
        for key in (f"{lower}|{tag}", f"{lower}|{pos}", f"{lower}|{VERBAL.get(pos, pos)}"):
            if key in lexicon:
                return str(lexicon[key])
        if pos in OPEN_CLASSES and any(c.isalpha() for c in form):
            return self._open(form, pos, tag)
        return _ordinal(lower) if pos == "NUM" else lower

    def _name(self, form: str, tag: str) -> str:
        if not tag.startswith("N|eigen"):
            return form
        if tag.endswith("|gen"):
            form = form.removesuffix("s").removesuffix("'").removesuffix("’")
        elif "|mv|" in tag and form[1:].islower():
            form = self.by_suffix(form.lower(), "NOUN").capitalize()
        return form

    def _open_class(self, form: str, pos: str, tag: str) -> str:
        stem, _, last = form.rpartition("-")
        if stem and len(last) >= MIN_PART and len(stem) > 1:
            return f"{_part_case(stem)}_{self.lemma(last, pos, tag)}"
        if pos == "ADJ" and form[0].isdigit():
            return _ordinal(form)
        base = self._base(form, pos, tag)
        if pos in VERBAL:
            return self._separable(base, form.lower())
        seen = self.tables.get("lexicon", {}).get(f"{base}|{pos}")
        return str(seen) if seen else self._compound(base, pos)

    def _base(self, form: str, pos: str, tag: str) -> str:
        word = form.lower()
        if _is_base(tag):
            lemma = word
        elif pos in VERBAL:
            return self._verb(word, tag)
        else:
            if pos == "ADJ" and word[-1] in "ns" and tag.endswith(("mv-n", "met-s")):
                word = word[:-1]
            lemma = self._inflected(word.replace("'s", "").replace("’s", "") if "mv" in tag else word, pos)
        keeps = pos == "ADJ" and form[0].isupper() and lemma.endswith(PLACE_ENDINGS)
        return lemma[0].upper() + lemma[1:] if keeps else lemma

    def _inflected(self, word: str, pos: str) -> str:
        return str(self.tables.get("lookup", {}).get(f"{word}|{pos}") or self.by_suffix(word, pos))

    def _verb(self, word: str, tag: str) -> str:
        verbs = self.tables.get("verbs", {})
        bare = self.without_ge(word) if tag.startswith("WW|vd") else word
        tries = [i for stem in stems(bare, tag) for i in infinitives(stem)]
        tries = [i for i in tries if i in verbs] + [self._inflected(word, "VERB")]
        if bare != word:
            tries += [self._inflected(bare, "VERB"), bare]
        known = [lemma for lemma in tries if lemma in verbs]
        if known:
            return known[0]
        for particle in self._leading(word):
            rest = self._verb(word[len(particle) :], tag)
            if rest in verbs:
                return particle + rest
        return tries[1] if len(tries) > 1 else tries[0]

    def _leading(self, word: str) -> list[str]:
        particles = self.tables.get("particles", {})
        return [word[:size] for size in range(min(8, len(word) - 3), 1, -1) if word[:size] in particles]

    def by_suffix(self, word: str, pos: str) -> str:
        """The lemma by the learned rule for the longest known ending."""
        rules = self.tables.get("suffixes", {})
        for size in range(min(MAX_SUFFIX, len(word) - 1), -1, -1):
            rule = rules.get(f"{word[len(word) - size :]}|{pos}")
            if rule:
                drop, add, ge = rule.split(":")
                stem = word[: len(word) - int(drop)] + add
                return self.without_ge(stem) if ge else stem
        return word

    def without_ge(self, stem: str) -> str:
        """The stem without the participle's `ge`, at its start or after a separable particle."""
        if stem.startswith("ge"):
            return stem[2:]
        for size in range(8, 1, -1):
            if stem[size : size + 2] == "ge" and stem[:size] in self.tables.get("particles", {}):
                return stem[:size] + stem[size + 2 :]
        return stem

    def _separable(self, lemma: str, form: str) -> str:
        verbs, particles = self.tables.get("verbs", {}), self.tables.get("particles", {})
        for particle in self._leading(lemma):
            rest = lemma[len(particle) :]
            if rest in verbs and _separates(particle, form, particles[particle]):
                return f"{particle}_{rest}"
        return lemma

    def _compound(self, lemma: str, pos: str) -> str:
        best, score = lemma, 0.0
        heads = self.tables.get("heads", {})
        for at in range(MIN_PART, len(lemma) - MIN_PART + 1):
            head = heads.get(f"{lemma[at:]}|{pos}")
            for modifier, weight in self._modifiers(lemma[:at]) if head else ():
                if head[1] + weight > score:
                    best, score = f"{modifier}_{head[0]}", head[1] + weight
        return best

    def _modifiers(self, text: str) -> Iterator[tuple[str, float]]:
        known, links = self.tables.get("modifiers", {}), self.tables.get("links", {})
        for kind, plain in linked(text, self):
            if plain in known:
                yield known[plain][0], known[plain][1] + links[kind]

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Lemma accuracy, as spaCy's own lemmatizer reports it."""
        return dict(lemmatizer_score(examples, **kwargs))

    def initialize(self, get_examples: Any, *, nlp: Language | None = None) -> None:
        """Nothing to do: `load_tables` brings all that there is."""

    def to_bytes(self, *, exclude: Any = ()) -> bytes:
        return bytes(srsly.msgpack_dumps(self.tables))

    def from_bytes(self, data: bytes, *, exclude: Any = ()) -> "TreebankLemmatizer":
        self.load_tables(srsly.msgpack_loads(data))
        return self

    def to_disk(self, path: str | Path, *, exclude: Any = ()) -> None:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tables.msgpack").write_bytes(self.to_bytes())

    def from_disk(self, path: str | Path, *, exclude: Any = ()) -> "TreebankLemmatizer":
        return self.from_bytes((Path(path) / "tables.msgpack").read_bytes())


def stems(word: str, tag: str) -> list[str]:
    """What may be the stem of a regular verb form, by its tag; for an irregular form the stem leads nowhere."""
    if tag.startswith("WW|pv|tgw|ev"):
        return [word]
    if tag.startswith("WW|pv|tgw|met-t"):
        return [word.removesuffix("t"), word]
    if tag.startswith("WW|pv|verl"):
        return [word[: -len(end)] for end in ("ten", "den", "te", "de") if word.endswith(end)][:1]
    if tag.startswith("WW|vd"):
        plain = word[:-1] if word.endswith(("te", "de")) else word[:-2] if word.endswith(("ten", "den")) else word
        return [plain[:-1], plain] if plain.endswith(("t", "d")) else []
    return []


def infinitives(stem: str) -> list[str]:
    """Infinitives that a stem may have by Dutch spelling, the likeliest first."""
    if len(stem) < 2:
        return []
    last, before = stem[-1], stem[-2]
    found = []
    if last in CONSONANTS and before in VOWELS:
        long = len(stem) > 2 and stem[-3] == before
        if long:
            found += [f"{stem[:-2]}{VOICED.get(last, last)}en", f"{stem[:-2]}{last}en"]
        elif len(stem) < 3 or stem[-3] not in VOWELS:
            found.append(f"{stem}{last}en")
    if last in VOICED and (before not in VOWELS or stem[-3:-2] in VOWELS):
        found.append(f"{stem[:-1]}{VOICED[last]}en")
    return [*found, f"{stem}en", f"{stem}n"]


def _parsed_verb(particle: Token) -> Token | None:
    head = particle.head
    return head if particle.dep_ == "compound:prt" and head.pos_ in ("VERB", "AUX") else None


def linked(text: str, lemmatizer: "TreebankLemmatizer") -> list[tuple[str, str]]:
    """What a compound's first part may be, by kind of link: as it stands, with -s, with a plural ending, or with -e."""
    found = [("", text)]
    if text.endswith("s"):
        found.append(("s", text[:-1]))
    if text.endswith("n"):
        found.append(("en", lemmatizer.by_suffix(text, "NOUN")))
    if text.endswith("e"):
        found.append(("e", text[:-1]))
    return [(kind, plain) for kind, plain in found if kind == "" or plain != text]


def _is_base(tag: str) -> bool:
    return tag.startswith(("N|soort|ev|basis", "WW|inf", "WW|pv|tgw|mv")) or (
        tag.startswith("ADJ|") and "basis|zonder" in tag
    )


def _separates(particle: str, form: str, weight: int) -> bool:
    if not form.startswith(particle):
        return False
    rest = form[len(particle) :]
    return weight == 1 or rest.startswith("ge")


def _ordinal(form: str) -> str:
    for ending in ("ste", "de", "e"):
        if form.endswith(ending) and form[: -len(ending)].isdigit():
            return form[: -len(ending)]
    return form.replace("-", "_") if form[0].isdigit() and form[-1].isalpha() else form


def _part_case(part: str) -> str:
    return part if part.isupper() or part[1:] != part[1:].lower() else part.lower()
