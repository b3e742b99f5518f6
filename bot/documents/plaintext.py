"""What people typed, as characters that every format can hold. Nothing that can be read is lost."""

from __future__ import annotations

import re
import unicodedata

REPLACEMENT = "\ufffd"
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029\u0085\u000b\u000c]")
_JOINERS = "\u200c\u200d"  # they hold an emoji or a word together


def shown(text: str) -> str:
    """Return `text` without what nobody can see or what turns the rest of a line around.

    Line ends become newlines, tabs stay. Control characters and marks of direction go. Half a character, which no
    file can hold, becomes the replacement character.
    """
    text = _LINE_ENDS.sub("\n", _whole(text))
    return "".join(character for character in text if not _unseen(character))


def lines(text: str) -> tuple[str, ...]:
    """Return the lines of `text` that can be shown, without empty ones at either end."""
    kept = [line.rstrip() for line in shown(text).strip("\n").split("\n")]
    while kept and not kept[0].strip():
        kept.pop(0)
    while kept and not kept[-1].strip():
        kept.pop()
    return tuple(kept)


def line(text: str) -> str:
    """Return `text` on one line."""
    return " ".join(shown(text).split())


def _whole(text: str) -> str:
    """Join surrogates that make a pair; replace the others, and code points that are no characters."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(REPLACEMENT if _is_no_character(ord(character)) else character for character in text)


def _is_no_character(point: int) -> bool:
    return 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE


def _unseen(character: str) -> bool:
    if character in "\n\t" or character in _JOINERS:
        return False
    return unicodedata.category(character) in ("Cc", "Cf")
