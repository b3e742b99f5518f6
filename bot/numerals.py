"""Dutch number words, for every room that reads numbers."""

from __future__ import annotations

UNITS = ("nul", "een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen")
_TEENS = (
    "tien", "elf", "twaalf", "dertien", "veertien", "vijftien", "zestien", "zeventien", "achttien", "negentien",
)  # fmt: skip
TENS = {
    "twintig": 20, "dertig": 30, "veertig": 40, "vijftig": 50,
    "zestig": 60, "zeventig": 70, "tachtig": 80, "negentig": 90,
}  # fmt: skip


def _below_hundred() -> dict[str, int]:
    words = {word: value for value, word in enumerate(UNITS)}
    words.update({word: 10 + index for index, word in enumerate(_TEENS)})
    words.update(TENS)
    for ten, value in TENS.items():
        words.update({f"{unit}en{ten}": value + digit for digit, unit in enumerate(UNITS) if digit})
    return words


def _number_words() -> dict[str, str]:
    """Return every written number up to 999, and the halves up to nine and a half, with its digits.

    "een" is left out: it is an article far more often than a number."""
    small = _below_hundred()
    words = {word: str(value) for word, value in small.items()}
    for digit, unit in enumerate(UNITS):
        hundred = "honderd" if digit == 1 else f"{unit}honderd"
        if digit:
            words[hundred] = str(digit * 100)
            words.update({f"{hundred}{rest}": str(digit * 100 + value) for rest, value in small.items() if value})
            words.update({f"{hundred}en{rest}": str(digit * 100 + value) for rest, value in small.items() if value})
            words.update({f"{unit}{en}{half}": f"{digit}.5" for en in ("en", "eneen") for half in ("half", "halve")})
    words.update({"anderhalf": "1.5", "anderhalve": "1.5", "driekwart": "0.75"})
    del words["een"]
    return words


NUMBER_WORDS = _number_words()
