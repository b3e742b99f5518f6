"""Dutch number words and loose quantities: "vijfentwintig", "anderhalf", "6 tot 18", "hooguit 25"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.numerals import NUMBER_WORDS, TENS, UNITS

_WORD = re.compile(r"[a-z]{3,}")
_SPACED_COMPOUND = re.compile(rf"\b({'|'.join(UNITS[1:])}) en ({'|'.join(TENS)})\b")
_AND_A_HALF = re.compile(r"\b(\d{1,2}) en (?:een |1 )?hal(?:f|ve)\b")
_UNIT_AHEAD = r"(?=\s*(?:jaar|jr|fte|ft\b|formatieplaats|voltijd|fulltime))"
_HALF_UNIT = re.compile(r"\b(?:een |1 )?hal(?:f|ve) ?" + _UNIT_AHEAD)
_ONE_UNIT = re.compile(
    r"\been (?=(?:vol |heel )?(?:jaar|jaartje|maand|week|fte|voltijd\w*|fulltime\w*|formatieplaats|kwart)\b)"
)
_ONE_NAMED = re.compile(r"\b((?:criterium|nummer) )een\b")
_NTH = ("eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende", "achtste")
_ORDINALS = {word: str(number) for number, word in enumerate(_NTH, 1)}
_NTH_CRITERION = re.compile(rf"\b(?:het )?({'|'.join(_NTH)}) criterium\b")
_EXCEPT_NTH = re.compile(rf"\b(behalve|alleen|uitgezonderd) (?:de|het|nummer) ({'|'.join(_NTH)})\b(?! \d)")
_ONE_IN = re.compile(r"\been (?=op (?:de )?\d)")
_OR_SO = re.compile(r"\b(?:een |1 )?(jaar|maand|week)(?:tje)? of (\d{1,2})\b")
_BETWEEN = re.compile(r"\btussen (?:de )?(\d{1,3}(?: (?:jaar|maanden|weken))?) en (?:de )?(?=\d)")
_PIECES = re.compile(r"\b(?:een |1 )?stuk of (?=\d)")


_HALF_TIMERS = re.compile(r"\b(?:(\d{1,2}) |een )?half ?(?:timer|tijder)s?\b")


def _half_timers(match: re.Match[str]) -> str:
    return f"{Decimal(match[1] or 1) / 2} fte"


def replace_number_words(text: str) -> str:
    """Write the number words of a lower-case, accent-free text as digits with a decimal point."""
    text = _SPACED_COMPOUND.sub(r"\1en\2", text)
    text = _WORD.sub(lambda match: NUMBER_WORDS.get(match.group(), match.group()), text)
    text = _AND_A_HALF.sub(r"\1.5", text)
    text = _HALF_UNIT.sub("0.5 ", text)
    text = _ONE_UNIT.sub("1 ", text)
    text = _ONE_NAMED.sub(r"\g<1>1", text)
    text = _NTH_CRITERION.sub(lambda match: f"criterium {_ORDINALS[match[1]]}", text)
    text = _EXCEPT_NTH.sub(lambda match: f"{match[1]} criterium {_ORDINALS[match[2]]}", text)
    text = _ONE_IN.sub("1 ", text)
    text = _OR_SO.sub(r"ongeveer \2 \1", text)
    text = _BETWEEN.sub(r"\1 tot ", text)
    text = _HALF_TIMERS.sub(_half_timers, text)
    return _PIECES.sub("ongeveer ", text)


def shown(value: Decimal) -> str:
    """Return a number as people write it in Dutch: a decimal comma, no trailing zeros, at most one decimal more
    than needed ("0,5", "26", "13,3")."""
    rounded = value.quantize(Decimal("0.01")).normalize()
    return f"{rounded:f}".replace(".", ",")


@dataclass(frozen=True)
class Quantity:
    """What somebody said about an amount: from `low` to `high` (None: no upper end), with ends that may not count.

    `average` marks a mean, of which the single cases may lie on either side."""

    low: Decimal
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False
    average: bool = False

    def times(self, factor: Decimal) -> Quantity:
        """Return the same quantity in another unit."""
        high = None if self.high is None else self.high * factor
        return Quantity(self.low * factor, high, self.low_open, self.high_open, self.average)

    @property
    def exact(self) -> Decimal | None:
        """Return the one value that was said, or None when it is a range."""
        return self.low if self.low == self.high and not self.low_open else None


NUMBER = r"\d{1,4}(?:\.\d{1,2})?"

_AT_LEAST = (
    "minimaal", "minstens", "tenminste", "ten minste", "op zijn minst", "op z'n minst", "zeker", "vanaf",
    "niet minder dan", "niet korter dan", "nooit minder dan", "nooit korter dan",
)  # fmt: skip
_AT_MOST = (
    "maximaal", "max", "hooguit", "hoogstens", "ten hoogste", "niet meer dan", "niet langer dan", "nooit meer dan",
    "nooit langer dan", "niet boven de", "niet boven", "niet over de", "tot maximaal", "tot", "op zijn hoogst",
)  # fmt: skip
_MORE = ("meer dan", "langer dan", "boven de", "over de", "ruim boven de", "hoger dan", "ruim")
_LESS = ("minder dan", "korter dan", "onder de", "nog geen", "net geen", "net niet", "bijna", "lager dan", "amper")
_ABOUT = (
    "ongeveer",
    "circa",
    "ca",
    "rond de",
    "rond",
    "zo'n",
    "zon",
    "om en nabij de",
    "plusminus",
    "pakweg",
    "tegen de",
)
_AVERAGE = ("gemiddeld",)


def _modifier_kinds() -> dict[str, str]:
    kinds: dict[str, str] = {}
    for kind, words in (
        ("at_least", _AT_LEAST), ("at_most", _AT_MOST), ("more", _MORE),
        ("less", _LESS), ("about", _ABOUT), ("average", _AVERAGE),
    ):  # fmt: skip
        kinds.update(dict.fromkeys(words, kind))
    return kinds


_KINDS = _modifier_kinds()
MODIFIER = "|".join(sorted(map(re.escape, _KINDS), key=len, reverse=True))


def quantity(modifier: str | None, first: Decimal, second: Decimal | None = None, *, or_more: bool = False) -> Quantity:
    """Return what a modifier ("hooguit", "meer dan", None) with one number, or a range of two, says."""
    kind = _KINDS.get(modifier or "", "")
    if second is not None:
        return Quantity(min(first, second), max(first, second), average=kind == "average")
    if or_more or kind == "at_least":
        return Quantity(first, None)
    if kind == "at_most":
        return Quantity(Decimal(0), first)
    if kind == "more":
        return Quantity(first, None, low_open=True)
    if kind == "less":
        return Quantity(Decimal(0), first, high_open=True)
    if kind == "about":
        return Quantity(first * Decimal("0.9"), first * Decimal("1.1"))
    return Quantity(first, first, average=kind == "average")
