"""The advice: facts in, a verdict on all five options out. Pure; texts and sources come from the knowledge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.model import (
    CRITERION_NUMBERS,
    Advice,
    Condition,
    Criterion,
    Facts,
    Knowledge,
    Missing,
    Note,
    OptionDefinition,
    OptionStatus,
    OptionVerdict,
    Question,
    Reason,
    Responsible,
    When,
)
from bot.rules.case import Case
from bot.rules.conditions import Finding, Kind
from bot.rules.questions import deciding_key, open_keys
from bot.rules.ranking import Judgement, judge

_REQUIRED_KINDS = (Kind.WAITS, Kind.LACKS, Kind.MUST_DO)


def advise(facts: Facts, knowledge: Knowledge) -> Advice:
    """Return the verdict on all five options, the best one, and the question that would change it most.

    `best` is an option that is possible, or `nog_niet` (nothing is) or `meer_informatie` (a fact decides).
    """
    judged = judge(facts)
    key = deciding_key(judged)
    return Advice(
        best=judged.best,
        possible=judged.possible,
        options=tuple(_verdict(judged, option, knowledge) for option in judged.findings),
        next_question=_question(key, knowledge) if key else None,
        knowledge_version=knowledge.version,
    )


def open_questions(facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    """Return the keys of all unknown facts that can still matter, in asking order.

    A criterion that is given as `onbekend` counts as answered.
    """
    return tuple(key for key in open_keys(judge(facts)) if key in knowledge.facts)


def _question(key: str, knowledge: Knowledge) -> Question:
    definition = knowledge.facts[key]
    return Question(key, definition.question, definition.why, definition.source)


def _verdict(judged: Judgement, option_id: str, knowledge: Knowledge) -> OptionVerdict:
    option, findings = knowledge.options[option_id], judged.findings[option_id]
    case, status = judged.case, judged.statuses[option_id]
    failed = [option.conditions[finding.code] for finding in findings if finding.kind is Kind.FAILED]
    return OptionVerdict(
        id=option_id,
        name=option.name,
        status=status,
        reasons=tuple(_reason(condition, case) for condition in failed),
        missing=tuple(_missing(case, option, findings, failed, knowledge)),
        responsible=_responsible(option, case.facts),
        remarks=tuple(_remarks(option.remarks, case.facts, status)),
        fits=() if failed else tuple(note.reason for note in option.fits if _holds(note.when, case.facts)),
    )


def _reason(condition: Condition, case: Case) -> Reason:
    text = condition.fails.format(criteria=_listed(case.failing)) if case.failing else condition.fails
    return Reason(condition.code, text, condition.source)


def _listed(numbers: tuple[int, ...]) -> str:
    """Return "criterium 3", "criterium 3 en 7" or "criterium 1, 3 en 7"."""
    *head, last = map(str, numbers)
    return f"criterium {', '.join(head)} en {last}" if head else f"criterium {last}"


def _responsible(option: OptionDefinition, facts: Facts) -> Responsible:
    return next(case.responsible for case in option.responsible if _holds(case.when, facts))


def _remarks(notes: Iterable[Note], facts: Facts, status: OptionStatus) -> Iterator[Reason]:
    """Remarks about these facts come first and always; general ones only while the option isn't ruled out."""
    yield from (note.reason for note in notes if note.when and _holds(note.when, facts))
    if status is not OptionStatus.IMPOSSIBLE:
        yield from (note.reason for note in notes if not note.when)


def _holds(when: When, facts: Facts) -> bool:
    for key, allowed in when.items():
        value = facts.get(key)
        given = value if isinstance(value, tuple) else (value,)
        if not any(item in allowed for item in given):
            return False
    return True


# --- what is missing ---------------------------------------------------------------------------------------------


def _missing(
    case: Case, option: OptionDefinition, findings: Iterable[Finding], failed: list[Condition], knowledge: Knowledge
) -> Iterator[Missing]:
    """List what must or should be arranged, each thing once; nothing for an option that nothing can mend."""
    if any(condition.remedy is None for condition in failed):
        return
    todo = [Finding(Kind.MUST_DO, condition.remedy) for condition in failed if condition.remedy]
    todo += [finding for finding in findings if finding.kind is Kind.LACKS or not failed]
    for finding in dict.fromkeys(_strongest(todo)):
        for missing in _spelled_out(case, option, finding.code, knowledge):
            yield replace(missing, required=True) if finding.kind in _REQUIRED_KINDS else missing


def _strongest(findings: list[Finding]) -> Iterator[Finding]:
    """Keep one finding a code: the first, made required when a later one is."""
    required = {finding.code for finding in findings if finding.kind in _REQUIRED_KINDS}
    for finding in findings:
        yield Finding(Kind.MUST_DO if finding.code in required else Kind.TO_DO, finding.code)


def _spelled_out(case: Case, option: OptionDefinition, code: str, knowledge: Knowledge) -> Iterator[Missing]:
    """Turn the two entries about criteria into one for each criterion that fails or is open."""
    missing = option.missing[code]
    if code == "criterium":
        yield from (_about(missing, knowledge.criteria[number], "criterium_{}") for number in case.failing)
    elif code == "criterium_uitzoeken" and len(case.open) < len(CRITERION_NUMBERS):
        yield from (_about(missing, knowledge.criteria[number], "criterium_{}_uitzoeken") for number in case.open)
    elif code == "criterium_uitzoeken":
        yield option.missing["criteria_1_tm_8_uitzoeken"]
    else:
        yield missing


def _about(missing: Missing, criterion: Criterion, code: str) -> Missing:
    name = criterion.name[:1].lower() + criterion.name[1:]
    return replace(
        missing,
        code=code.format(criterion.number),
        text=missing.text.format(number=criterion.number, name=name),
        source=criterion.source,
    )
