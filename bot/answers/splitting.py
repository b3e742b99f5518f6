"""What is asked in a message: where a second question begins, and what of it is only anger."""

from __future__ import annotations

import re

_ASKS = r"(?:wie|wat|waar|welke?|hoe|hoeveel|wanneer|waarom|moet(?:en)?|mag|mogen|kan|kunnen|is|zijn|geldt|gelden)"
_BREAK = re.compile(rf"\?\s+(?=\S)|[,;]?\s+en\s+(?={_ASKS}\b)", re.IGNORECASE)
FEWEST_WORDS = 3


def questions_of(text: str) -> tuple[str, ...]:
    """Return the two questions of a message, or nothing when it does not ask exactly two."""
    parts = [part.strip() for part in _BREAK.split(text) if part.strip()]
    if len(parts) != 2 or any(len(part.split()) < FEWEST_WORDS for part in parts):
        return ()
    return tuple(parts)


_ANGER = re.compile(
    r"\b(?:kut\w*|klote\w*|klootza\w+|godver\w*|verdom\w+|tering\w*|tyfus\w*|kanker(?:bot|ding|zooi|chat\w*)|fuck\w*|shit\w*|"
    r"lul(?:len|koek)?|eikels?|sukkels?|debiel\w*|achterlijke?|idio(?:o?t|te|oten)|waardelo(?:os|ze)|stomme?|rot(?:zooi|ding|bot)|"
    r"(?:rot|sodemieter|flikker) (?:toch |eens )?op)\b",
    re.IGNORECASE,
)
_PIECE = re.compile(r"[^,.;!?]+[,.;!?]*\s*")
_BEGINS_ASKING = re.compile(
    rf"\W{{0,9}}(?:(?:en|maar|nou|zeg|bot|gewoon|vertel|weet je|ik wil weten)\W{{1,9}}){{0,9}}{_ASKS}\b", re.IGNORECASE
)


def calmed(text: str) -> str:
    """Return the question in an angry message without the anger; the message itself when there is none in it."""
    if not _ANGER.search(text):
        return text
    pieces = [(_ANGER.sub(" ", piece), _ANGER.search(piece) is None) for piece in _PIECE.findall(text)]
    asking = [piece for piece, _ in pieces if _asks(piece)]
    calm = asking or [piece for piece, is_calm in pieces if is_calm]
    return " ".join(" ".join(calm).split()).strip(" ,;") or text


def asks_in_anger(text: str) -> bool:
    """Return whether an angry message holds a question that goes beyond "wat ben je een …"."""
    return _ANGER.search(text) is not None and any(_asks(_ANGER.sub(" ", piece)) for piece in _PIECE.findall(text))


def _asks(piece: str) -> bool:
    words = piece.split()
    return len(words) >= FEWEST_WORDS and (_BEGINS_ASKING.match(piece) is not None or "?" in piece)
