"""What a reader found in a message, before moods and conflicts are weighed."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import CriterionVerdict, FactValue

# How much a finding weighs against another about the same key.
UNIVERSAL, WORDS, NUMBERED, MEASURED, CORRECTED = 0, 1, 2, 3, 4


@dataclass(frozen=True)
class Finding:
    """Something said about `key` at position `at`: a `value`, or why it is `unclear`, or that it is `in_progress`."""

    key: str
    at: int
    value: FactValue | None = None
    note: str | None = None
    weight: int = WORDS
    verdict: CriterionVerdict | None = None
    unclear: str | None = None
    in_progress: bool = False
