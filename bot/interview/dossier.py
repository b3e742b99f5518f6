"""Changes to a dossier, each a pure function from dossier to dossier, undone by `back`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.model import Dossier, FactValue, Status

KEEP_STEPS = 30  # how far 'terug' reaches


def remember(dossier: Dossier) -> Dossier:
    """Keep the present state for 'terug'."""
    state = {
        "facts": dict(dossier.facts),
        "notes": dict(dossier.notes),
        "skipped": dossier.skipped,
        "pending": dossier.pending,
    }
    return dossier.with_(history=(*dossier.history, state)[-KEEP_STEPS:])


def back(dossier: Dossier) -> Dossier | None:
    """Return the dossier as it was before the last answer, or None when there is nothing to go back to."""
    if not dossier.history:
        return None
    state = dossier.history[-1]
    return dossier.with_(
        facts=state["facts"],
        notes=state["notes"],
        skipped=tuple(state["skipped"]),
        pending=state["pending"],
        proposal=None,
        advised=False,
        history=dossier.history[:-1],
    )


def put(dossier: Dossier, facts: Mapping[str, FactValue], notes: Mapping[str, str]) -> Dossier:
    """Store facts with what they rest on; a key that is answered is no longer skipped."""
    if not facts:
        return dossier
    kept = {key: note for key, note in dossier.notes.items() if key not in facts}
    return dossier.with_(
        facts={**dossier.facts, **facts},
        notes={**kept, **{key: note for key, note in notes.items() if key in facts}},
        skipped=tuple(key for key in dossier.skipped if key not in facts),
        advised=False,
    )


def skip(dossier: Dossier, key: str) -> Dossier:
    """Don't ask this key again in this round."""
    return dossier if key in dossier.skipped else dossier.with_(skipped=(*dossier.skipped, key))


def contradictions(dossier: Dossier, facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """Return the facts that say otherwise than what was noted; filling in an unknown is no contradiction."""
    return {key: value for key, value in facts.items() if _contradicts(dossier.facts.get(key), value)}


def _contradicts(old: Any, new: Any) -> bool:
    if old is None or Status.ONBEKEND.value in (old, new):
        return False
    if isinstance(old, tuple) and isinstance(new, tuple):
        return not new and bool(old)  # naming one more partner adds; "none" contradicts
    return bool(old != new)


def merged(dossier: Dossier, facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    """Return the facts with lists joined to what was known, so that a second partner doesn't drop the first."""
    joined: dict[str, FactValue] = {}
    for key, value in facts.items():
        old = dossier.facts.get(key)
        if isinstance(value, tuple) and isinstance(old, tuple) and value:
            joined[key] = tuple(dict.fromkeys((*old, *value)))
        else:
            joined[key] = value
    return joined
