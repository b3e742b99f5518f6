"""What if: the same facts with some changed, and the difference that makes."""

from __future__ import annotations

from bot.model import Difference, Facts, Knowledge
from bot.rules.options import advise


def what_if(facts: Facts, change: Facts, knowledge: Knowledge) -> Difference:
    """Return the advice before and after a change of facts, and the ids of the options whose status differs.

    The facts themselves stay as they are.
    """
    before, after = advise(facts, knowledge), advise({**facts, **change}, knowledge)
    changed = (old.id for old, new in zip(before.options, after.options, strict=True) if old.status is not new.status)
    return Difference(before, after, tuple(changed))
