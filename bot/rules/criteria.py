"""One kwaliteitscriterium judged: from an answer, or from numbers with the arithmetic spelled out."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from bot.errors import InvalidValue
from bot.model import Criterion, CriterionVerdict, Limit, Status

MOST_CLIENTS = Decimal(1_000_000)
MOST_FTE = Decimal(100_000)
LEAST_FTE = Decimal("0.01")
MOST_YEARS = Decimal(120)
MOST_PER_FTE = MOST_CLIENTS / LEAST_FTE
UNIT_WORDS = {"jaar": "jaar", "clienten_per_fte": "cliënten per fte"}


def judge_answer(criterion: Criterion, status: Status) -> CriterionVerdict:
    """Return the verdict that an answer gives: the asker's own word counts."""
    reasons = {
        Status.VOLDOET: f"Jullie geven aan dat jullie voldoen aan criterium {criterion.number}.",
        Status.VOLDOET_NIET: f"Jullie geven aan dat jullie niet voldoen aan criterium {criterion.number}.",
        Status.ONBEKEND: f"Jullie weten nog niet of jullie voldoen aan criterium {criterion.number}.",
    }
    return CriterionVerdict(criterion.number, status, reasons[status], criterion.source)


def judge_measure(criterion: Criterion, value: Decimal) -> CriterionVerdict:
    """Return the verdict on a measure in the unit of the criterion's limit: years, or clients per fte.

    Raises InvalidValue for a negative or absurd measure, and ValueError for a criterion without a limit.
    """
    limit = _limit(criterion)
    _refuse_absurd(value, limit)
    return _verdict(criterion, value, f"{_said(value, limit)} {UNIT_WORDS[limit.unit]}")


def judge_caseload(criterion: Criterion, clients: Decimal, fte: Decimal) -> CriterionVerdict:
    """Return the verdict on a number of clients for a number of fte, reckoned pro rata.

    Raises InvalidValue when there are no fte, or for a negative or absurd number.
    """
    _refuse_outside(clients, Decimal(0), MOST_CLIENTS, "Dit aantal cliënten kan niet kloppen.")
    _refuse_outside(fte, LEAST_FTE, MOST_FTE, "Het aantal fte moet meer zijn dan 0 en geloofwaardig zijn.")
    limit = _limit(criterion)
    per_fte = clients / fte
    noun = "cliënt" if clients == 1 else "cliënten"
    said = f"{_number(clients)} {noun} op {_number(fte)} fte is {_said(per_fte, limit)} per fte"
    return _verdict(criterion, per_fte, said)


def months_in_years(months: Decimal) -> Decimal:
    """Return a number of months as years, for `judge_measure`."""
    return months / 12


def _limit(criterion: Criterion) -> Limit:
    if criterion.limit is None:
        raise ValueError(f"criterion {criterion.number} has no measurable limit")
    return criterion.limit


def _verdict(criterion: Criterion, value: Decimal, said: str) -> CriterionVerdict:
    limit = _limit(criterion)
    met = value >= limit.value if limit.kind == "at_least" else value <= limit.value
    bound = "minstens" if limit.kind == "at_least" else "hoogstens"
    judgement = "Dat is genoeg" if limit.kind == "at_least" else "Dat past"
    refusal = "Dat is te kort" if limit.kind == "at_least" else "Dat is te veel"
    reason = f"{said[:1].upper()}{said[1:]}; de grens is {bound} {_number(limit.value)} {UNIT_WORDS[limit.unit]}. "
    status = Status.VOLDOET if met else Status.VOLDOET_NIET
    return CriterionVerdict(criterion.number, status, f"{reason}{judgement if met else refusal}.", criterion.source)


def _refuse_absurd(value: Decimal, limit: Limit) -> None:
    if limit.unit == "jaar":
        _refuse_outside(value, Decimal(0), MOST_YEARS, "Dit aantal jaren kan niet kloppen.")
    else:
        _refuse_outside(value, Decimal(0), MOST_PER_FTE, "Dit aantal cliënten per fte kan niet kloppen.")


def _refuse_outside(value: Decimal, least: Decimal, most: Decimal, message: str) -> None:
    if not value.is_finite() or not least <= value <= most:
        raise InvalidValue(message)


def _said(value: Decimal, limit: Limit) -> str:
    """Round to one decimal for people, but never across the limit: 25.01 per fte is said as "ruim 25"."""
    rounded = value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if rounded != limit.value or value == limit.value:
        return _number(rounded)
    return f"{'ruim' if value > limit.value else 'bijna'} {_number(limit.value)}"


def _number(value: Decimal) -> str:
    """Write a number the Dutch way: 0,5 and 12, without trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", ",")
