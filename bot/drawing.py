"""Draws a plan's document: how it stands by the rules, then the outline, then the format asked for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.documents import docx, markdown, pdf
from bot.documents.content import Document
from bot.documents.dates import dutch_day
from bot.documents.outline import Standing, outline
from bot.model import Knowledge, Plan
from bot.rules import plan as rules
from bot.rules.options import advise

RENDERERS: dict[str, Callable[[Document], bytes]] = {"docx": docx.render, "pdf": pdf.render, "md": markdown.render}


def draw(plan: Plan, form: str, knowledge: Knowledge, now: datetime) -> bytes:
    """Return the document of a plan as a file; `form` is a key of RENDERERS."""
    return RENDERERS[form](outline(plan, standing_of(plan, knowledge), knowledge, dutch_day(now)))


def standing_of(plan: Plan, knowledge: Knowledge) -> Standing:
    """Return what must be asked of a plan, what is known without asking, and the advice."""
    asked = rules.asked(plan, knowledge)
    known = {question.id: rules.known(question, plan, knowledge) for question in asked}
    return Standing(
        asked, {key: value for key, value in known.items() if value is not None}, advise(plan.facts, knowledge)
    )
