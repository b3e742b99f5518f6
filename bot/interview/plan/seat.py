"""Where one conversation is in its plan: a seat at a table that others may sit at too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

ANSWER, REPLACE, APPEND, CLARIFY = "answer", "replace", "append", "clarify"


@dataclass(frozen=True)
class Seat:
    """What the dossier keeps of a plan: which one, what is asked, and how the next answer is meant.

    `mode` says what an answer to `pending` does; `seen` is when the answer that is being changed was given, so that a
    colleague's newer one isn't lost; `last` and `before_last` are the questions answered last; `proposal` waits for a
    yes; `aside` is a message that was not taken as an answer; `undo` is how to take the last change back.
    """

    id: str
    open: bool = True
    pending: str | None = None
    mode: str = ANSWER
    seen: str = ""
    last: str | None = None
    before_last: str | None = None
    by: str = ""
    proposal: str | None = None
    aside: str = ""
    undo: Mapping[str, Any] | None = None
    chapter: str = ""  # the chapter whose questions are being answered
    finished: bool = False  # it has been said how the plan stands
    rests: bool = False  # the plan rested when a yes was asked for
    own: bool = True  # the check of this conversation is about this plan

    def with_(self, **changes: Any) -> Seat:
        """Return a copy with these fields replaced."""
        return replace(self, **changes)


def from_dossier(kept: Mapping[str, Any] | None) -> Seat | None:
    """Return the seat that a dossier keeps, or None."""
    if not kept:
        return None
    names = {each.name for each in fields(Seat)}
    return Seat(**{name: value for name, value in kept.items() if name in names})


def to_dossier(seat: Seat | None) -> Mapping[str, Any] | None:
    """Return what the dossier must keep of a seat."""
    return asdict(seat) if seat else None
