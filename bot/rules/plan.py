"""Which questions an implementation plan must answer, and which are answered. Pure."""

from __future__ import annotations

from bot.model import (
    CRITERION_NUMBERS,
    Facts,
    FactValue,
    Knowledge,
    Plan,
    PlanQuestion,
    Status,
    criterion_key,
)
from bot.rules.options import advise

TOGETHER, FORM = "organisatie.samen", "samenwerking.vorm"  # what the advice can answer, though it is no single fact
TYPE, PARTNERS = "organisatie.type", "partner_types"
ALONE = "zelfstandig"
BOTH = "deels"  # an answer between yes and no: the questions behind both are asked


def asked(plan: Plan, knowledge: Knowledge) -> tuple[PlanQuestion, ...]:
    """Return the questions that this plan must answer, in order."""
    return tuple(question for question in knowledge.plan.values() if _holds(question, plan, knowledge))


def open_ones(plan: Plan, knowledge: Knowledge) -> tuple[PlanQuestion, ...]:
    """Return the questions that nothing answers yet, those that were skipped included."""
    return tuple(question for question in asked(plan, knowledge) if not is_answered(question, plan, knowledge))


def is_answered(question: PlanQuestion, plan: Plan, knowledge: Knowledge) -> bool:
    """Return whether the user answered it, or the criteria check does."""
    return question.id in plan.answers or known(question, plan, knowledge) is not None


def known(question: PlanQuestion, plan: Plan, knowledge: Knowledge) -> FactValue | None:
    """Return what the criteria check or the advice already says, None when it doesn't or isn't sure."""
    if question.id in (TOGETHER, FORM):
        return _from_advice(question.id, plan.facts, knowledge)
    if question.id == TYPE and _value(TOGETHER, plan, knowledge) == "ja" and not plan.facts.get(PARTNERS):
        return None  # of a collaboration the type of one organisation isn't enough
    value = plan.facts.get(question.fact) if question.fact else None
    return None if value == Status.ONBEKEND.value else value


def form(plan: Plan, knowledge: Knowledge) -> str | None:
    """Return the scenario of a collaboration: what the user chose, else what the advice found; None without one."""
    if _value(TOGETHER, plan, knowledge) == "nee":
        return None
    found = _value(FORM, plan, knowledge)
    return found if isinstance(found, str) and found in knowledge.options else None


def _from_advice(question_id: str, facts: Facts, knowledge: Knowledge) -> str | None:
    if any(criterion_key(number) not in facts for number in CRITERION_NUMBERS):
        return None  # without the check there is no advice to go by
    best = advise(facts, knowledge).best
    if best not in knowledge.options:
        return None
    if question_id == TOGETHER:
        return "nee" if best == ALONE else "ja"
    return None if best == ALONE else best


def _holds(question: PlanQuestion, plan: Plan, knowledge: Knowledge) -> bool:
    for key, allowed in question.when.items():
        value = _value(key, plan, knowledge) if key in knowledge.plan else plan.facts.get(key)
        asks_it = knowledge.plan.get(key, None)
        if asks_it and not _holds(asks_it, plan, knowledge):
            return False
        if value not in allowed and value != BOTH:
            return False
    return True


def _value(question_id: str, plan: Plan, knowledge: Knowledge) -> FactValue | None:
    if question_id in plan.answers:
        return plan.answers[question_id].value
    value = known(knowledge.plan[question_id], plan, knowledge)
    if knowledge.plan[question_id].kind == "yes_no":
        return {True: "ja", False: "nee", "voldoet": "ja", "voldoet_niet": "nee"}.get(value, value)
    return value
