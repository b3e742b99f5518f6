"""From sloppy Dutch to plain words and digits, as the readers of figures expect them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache

from bot.numerals import NUMBER_WORDS, TENS, UNITS

NUMBER = r"-?(?<!\d)\d+(?:\.\d+)?"  # never from the middle of one: a long row of digits would be read at each
MOST_WORDS = 40  # a longer message tells a story; it isn't a sum
_ALIKE = 0.86  # how near a word must be to be read as one of ours
_SHORTEST = 5  # letters of a word that may be mended

# Words that a sum is recognised by, and their neighbours that mean something else and must stay as they are.
_WORDS = (
    "traject", "trajecten", "gemeente", "gemeenten", "gemeentelijk", "verdeel", "verdeeld", "verdelen", "verdeling",
    "bijdrage", "bijdraagt", "bijdragen", "kosten", "betaalt", "betalen", "betaald", "arbeidsmarktregio", "punten",
    "modeltrouw", "procent", "gemiddeld", "gemiddelde", "maximale", "maximaal", "maximum", "bereken", "berekend",
    "overige", "zonder", "onder", "waarvan", "scoren", "scoort", "score", "pilot", "coordinator",
)  # fmt: skip
_SPELLINGS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\be\.p\.a\.?", "epa"),
        (r"\bc\.m\.d\.?", "cmd"),
        (r"\bcommon mental disorders?\b", "cmd"),
        (r"\bernstige psych(?:iatr)?ische aandoening(?:en)?\b", "epa"),
        (r"\b(epa|cmd)['’]?s\b", r"\1"),
        (r"\b(epa|cmd)[- ]?(?=traj)", r"\1 "),
        (r"\ba\.?m\.?r\.?\b", "amr"),
        (r"(?<=\d)(?=[a-z])", " "),
        (r"\b(?:min|minus) (?=\d+(?:\.\d+)? (?:epa|cmd|traj|punten))", "-"),
        (r"(?<=[a-z])-(?=[a-z0-9])|(?<=\d)-(?=[a-z0-9])", " "),
        (r"\been (?=(?:duizend|miljoen|miljard)\b)", "1 "),
    )
)
_THOUSANDS = re.compile(r"\b\d{1,3}(?:\.\d{3})+\b")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_TOKEN = re.compile(r"[a-z]+")
_BIG = {"duizend": 1000, "miljoen": 10**6, "miljard": 10**9}
_SPACED_COMPOUND = re.compile(rf"\b({'|'.join(UNITS[1:])}) en ({'|'.join(TENS)})\b")
_BIG_NUMBER = re.compile(rf"(?:\b(\d+(?:\.\d+)?) ?)?\b({'|'.join(_BIG)})\b")
_SPACES = re.compile(r"\s+")


def plain(text: str, names: Collection[str] = ()) -> str:
    """Return the text in lower case without accents, number words as digits, our own words and `names` mended."""
    text = re.sub(r"[eé][eé]n(?=[^a-z]|$)", _article_or_one, text.lower().replace("’", "'").replace("–", "-"))
    text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    text = _THOUSANDS.sub(lambda match: match.group().replace(".", ""), text)
    text = _DECIMAL_COMMA.sub(".", text)
    for pattern, replacement in _SPELLINGS:
        text = pattern.sub(replacement, text)
    text = _SPACED_COMPOUND.sub(r"\1en\2", text)
    known = (*_WORDS, *(name.lower() for name in names))
    text = _TOKEN.sub(lambda match: _mended(match.group(), known), text)
    text = _BIG_NUMBER.sub(lambda match: str(int(Decimal(match[1] or 1) * _BIG[match[2]])), text)
    return _SPACES.sub(" ", text).strip()


def _article_or_one(match: re.Match[str]) -> str:
    return "een" if match.group() == "een" else "1"


@lru_cache(maxsize=4096)
def _mended(word: str, known: tuple[str, ...]) -> str:
    if word in NUMBER_WORDS:
        return NUMBER_WORDS[word]
    if len(word) < _SHORTEST or word in known:
        return word
    near = get_close_matches(word, known, n=1, cutoff=_ALIKE)
    return near[0] if near else word
