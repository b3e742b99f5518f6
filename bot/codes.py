"""Codes that open a plan and tokens that fetch its document: made by chance, read as people type them. Pure."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise

GROUPS, GROUP = 5, 4  # 20 characters of 5 bits: 100 bits, less what `_may_be_taken_for_other` leaves out
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O and U: they are misread, or make words
_MISREAD = str.maketrans("OIL", "011")
_DASHES = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212_. \u00a0\u202f"
_LETTER = r"[0-9A-Za-z]"
_GROUP = rf"{_LETTER}{{{GROUP}}}"
_CODE = re.compile(
    rf"(?<!{_LETTER})(?=({_GROUP}(?:[{re.escape(_DASHES)}]{{0,3}}{_GROUP}){{{GROUPS - 1}}})(?!{_LETTER}))"
)
_WORD = re.compile(rf"{_LETTER}+")
_GAP = re.compile(rf"[{re.escape(_DASHES)}]{{1,3}}")
_LIKE_A_CODE = range(GROUPS * GROUP - 5, GROUPS * GROUP + 6)  # characters: a group may be missing or typed twice
_MIXED_GROUPS = 3  # that hold both letters and digits
_DIGITS = re.compile(r"[0-9]+")
_RUNS_OF_DIGITS = 3  # in a code without spaces; words with a year or a number have one
HIDDEN = "[code]"
_AROUND = frozenset(["code", "plan", "deze", "onze", "mijn", "hier", "open", "dank"])  # words that look like a group
_AROUND_NORMALISED = frozenset(word.upper().translate(_MISREAD) for word in _AROUND)
_CLEAR_DIGITS = frozenset("23456789")  # 0 and 1 may come back as o, i or l


def make_code() -> str:
    """Return a new code for people to keep: five groups of four, with dashes."""
    while True:
        groups = ["".join(secrets.choice(_ALPHABET) for _ in range(GROUP)) for _ in range(GROUPS)]
        if _has_digits(groups) and not any(map(_may_be_taken_for_other, groups)):
            return "-".join(groups)


def make_token() -> str:
    """Return a new token for a link: 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def normalise(code: str) -> str:
    """Return a code in its one spelling: upper case, no spaces and dashes, O as 0, I and L as 1."""
    kept = (character for character in unicodedata.normalize("NFKC", code).upper() if character.isalnum())
    return "".join(kept).translate(_MISREAD)


def is_code(text: str) -> bool:
    """Tell whether `text` has the form of a code."""
    spelled = normalise(text)
    return len(spelled) == GROUPS * GROUP and all(character in _ALPHABET for character in spelled)


def find_code(message: str) -> str | None:
    """Return the first code in a message, in its one spelling, or None.

    Words alone are no code: `make_code` puts digits in at least two groups.
    """
    exact = next(_exact(message), None)
    return normalise(exact[1]) if exact else None


def hide_codes(text: str) -> str:
    """Return `text` with a placeholder for every code in it, also for one with a typing error; idempotent."""
    exact = _without(text, ((match.start(1), match.end(1)) for match in _exact(text)))
    return _without(exact, _nearly(exact))


def _exact(text: str) -> Iterator[re.Match[str]]:
    """Yield the codes in a text; they may overlap."""
    for match in _CODE.finditer(text):
        groups = re.findall(_GROUP, match[1])
        edges = (groups[0].lower(), groups[-1].lower())
        if is_code(match[1]) and _has_digits(groups) and _AROUND.isdisjoint(edges) and not _has_number(groups):
            yield match


def _nearly(text: str) -> Iterator[tuple[int, int]]:
    """Yield where words in a row have about a code's length and mix letters with digits as only codes do."""
    words = list(_WORD.finditer(text))
    for first, word in enumerate(words):
        row = [word]
        while _is_row(row) and first + len(row) < len(words):
            following = words[first + len(row)]
            if not _GAP.fullmatch(text[row[-1].end() : following.start()]):
                break
            row.append(following)
        for size in range(len(row), 0, -1):
            groups, gaps = row[:size], {text[a.end() : b.start()] for a, b in pairwise(row[:size])}
            if _is_nearly_a_code([each[0] for each in groups], gaps):
                yield word.start(), groups[-1].end()
                break


def _is_row(words: list[re.Match[str]]) -> bool:
    return sum(len(word[0]) for word in words) < _LIKE_A_CODE.stop


def _is_nearly_a_code(groups: list[str], gaps: set[str]) -> bool:
    if sum(map(len, groups)) not in _LIKE_A_CODE:
        return False
    shouted = all(group == group.upper() for group in groups)
    if len(groups) == 1:
        runs = _DIGITS.findall(groups[0])
        return _is_mixed(groups[0]) and len(runs) >= _RUNS_OF_DIGITS - shouted and max(map(len, runs)) <= GROUP + 1
    mixed = sum(map(_is_mixed, groups))
    if _is_mixed(groups[0]) and _is_mixed(groups[-1]) and mixed >= _MIXED_GROUPS:
        return True
    joined = shouted or not gaps & {" "}
    return mixed >= (1 if joined else _MIXED_GROUPS - 1) and len(gaps) == 1 and _has_form(groups, joined)


def _has_form(groups: list[str], joined: bool) -> bool:
    """Tell whether these are about as many groups as a code has, of four, but for one with a typing error.

    Among small letters with spaces (not `joined`) a word beside the code looks like a group too: stricter there.
    """
    edges, odd = (groups[0], groups[-1]), [group for group in groups if len(group) != GROUP]
    numbers = sum(group.isdecimal() for group in groups)  # an IBAN has several
    about = numbers <= 1 and abs(len(groups) - GROUPS) <= (1 if joined else 0) and len(odd) <= 1
    words = [edge for edge in edges if edge.lower() in _AROUND or (edge in odd and edge.isalpha())]
    return about and (joined or not words)


def _is_mixed(group: str) -> bool:
    return not group.isalpha() and not group.isdecimal()


def _without(text: str, places: Iterable[tuple[int, int]]) -> str:
    parts, position = [], 0
    for start, end in places:
        if start >= position:
            parts += [text[position:start], HIDDEN]
            position = end
    return "".join([*parts, text[position:]])


def _has_number(groups: list[str]) -> bool:
    """Tell whether a group is a number, such as a year: `make_code` leaves those out."""
    return any(normalise(group).isdecimal() for group in groups)


def _has_digits(groups: list[str]) -> bool:
    return sum(not _CLEAR_DIGITS.isdisjoint(group) for group in groups) > 1


def _may_be_taken_for_other(group: str) -> bool:
    """Tell whether `group` isn't fit for a code.

    Masking would spoil four digits (part of a phone number or BSN) and "NL12" (the start of an IBAN);
    "DANK" and "P1AN" read as a word beside the code.
    """
    return group.isdecimal() or bool(re.fullmatch(r"[A-Z]{2}[0-9]{2}", group)) or group in _AROUND_NORMALISED
