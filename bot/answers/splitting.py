"""Two questions in one message: where the second begins."""

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
