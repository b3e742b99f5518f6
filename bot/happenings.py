"""What a turn brought about, as short names for the operator's numbers: no texts, nothing about who."""

from __future__ import annotations

from collections.abc import Sequence

from bot.codes import find_code
from bot.model import Dossier, Miss, Reply

MISSED = {miss: f"missed_{miss.name.lower()}" for miss in Miss}
PLAN = ("plan_begun", "plan_opened", "plan_deleted", "plan_offered")
OTHER = ("answered_with_source", "question_asked", "advice_given", "sum_given")
HAPPENINGS = (*MISSED.values(), *PLAN, *OTHER)


def happenings(before: Dossier, after: Dossier, replies: Sequence[Reply]) -> tuple[str, ...]:
    """Return what happened between two states of a conversation, each name once, in the order of HAPPENINGS."""
    found = {MISSED[reply.missed] for reply in replies if reply.missed}
    found |= {
        name
        for name, happened in (
            ("plan_offered", any(reply.download and reply.download.token for reply in replies)),
            ("answered_with_source", any(reply.sources for reply in replies)),
            ("question_asked", any(reply.progress for reply in replies)),
            ("advice_given", after.advised and not before.advised),
            ("sum_given", bool(after.figures) and after.figures != before.figures),
        )
        if happened
    }
    found |= _of_the_plan(before, after, replies)
    return tuple(name for name in HAPPENINGS if name in found)


def _of_the_plan(before: Dossier, after: Dossier, replies: Sequence[Reply]) -> set[str]:
    was, now = _plan_id(before), _plan_id(after)
    if was == now:
        return set()
    if not now:
        return {"plan_deleted"}
    shows_its_code = any(find_code(reply.text) for reply in replies)
    return {"plan_begun" if shows_its_code else "plan_opened"}


def _plan_id(dossier: Dossier) -> str:
    return str((dossier.plan or {}).get("id") or "")
