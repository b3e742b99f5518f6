"""What an answer still lacks, or where it goes against a criterion, the check or another answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.interview import advising, wording
from bot.interview.commands import plain
from bot.interview.reading import Reading, read
from bot.model import Criterion, CriterionVerdict, Knowledge, Plan, PlanQuestion, PlanRemark, Status, criterion_key
from bot.rules.plan import known

PIECE = 1500  # characters that are read at once
FEW_WORDS = 4
MEASURED = (1, 2, 6)  # the criteria with a limit in a number
GUIDANCE = 2
_ENDS = re.compile(r"\b(?:stop(?:t|pen)|eindig\w*|houdt op|duurt|hooguit|maximaal|hoogstens|nog) ", re.I)
_OPEN = re.compile(
    r"\b(?:weet|weten) (?:\w+ ){0,4}(?:nog )?niet\b|\bgeen (?:flauw )?idee\b|\bnog (?:niet|niks) (?:bekend|duidelijk|zeker|besproken|uitgezocht|besloten|bedacht|over nagedacht)\b"
    r"|\b(?:nog )?(?:onbekend|onduidelijk)\b|\buit ?zoeken\b|\buit te zoeken\b|\bnader te bepalen\b|\b(?:volgt|komt) (?:nog|later)\b|^volgt$|\bn\.?t\.?b\.?(?:\b|$)|^tbd$|^p\.?m\.?$"
    r"|\bmoet(?:en)? (?:we|ik|wij) nog\b|\bnavragen\b|\bgeen antwoord\b|^[?.\-x ]+$|^\.+$"
)
_MOST_OPEN_WORDS = 12  # in a longer text such a phrase is about a part of it
_JUST_YES = re.compile(
    r"(?:ja+|nee+|jazeker|zeker|klopt|jawel|ja hoor|nee hoor|ok|oke|goed|prima|deels|een beetje|misschien|soms)(?: \w+)?"
)
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+\.\w+|\[e-mailadres\]")
_PHONE = re.compile(r"(?:\+|\b0)\d(?:[ .\-]?\d){7,11}|\[telefoonnummer\]")
_LEADS = re.compile(r"(ja|nee)\b(?!(?: en nee| en ja|,? maar| ?/))")  # "ja, alleen op dinsdag" is a yes
_PARTS = re.compile(r"(?<=[.!?])\s+|\n+")


def value_of(question: PlanQuestion, text: str, knowledge: Knowledge) -> str:
    """Return what the words say to a yes/no question or a choice; "" when that can't be read."""
    if question.kind == "choice":
        found = advising.options_named(text)
        return found[0] if len(found) == 1 and found[0] in dict(question.values) else ""
    if question.kind != "yes_no":
        return ""
    first = next(iter(_pieces(text)), text)
    led = _LEADS.match(plain(text))
    if led:
        return led[1]
    answer = read(first, None, knowledge).answer
    return answer or ("weet_niet" if _is_open(text) else "")


def remarks(question: PlanQuestion, text: str, value: str, plan: Plan, knowledge: Knowledge) -> tuple[PlanRemark, ...]:
    """Return the gaps in an answer, each with its rule and source where it rests on one."""
    found = [*_incomplete(question, text, value, knowledge), *_against(question, text, value, plan, knowledge)]
    return tuple({remark.code: remark for remark in found}.values())


# --- incomplete --------------------------------------------------------------------------------------------------


def _incomplete(question: PlanQuestion, text: str, value: str, knowledge: Knowledge) -> Iterator[PlanRemark]:
    def remark(code: str, **words: object) -> PlanRemark:
        return PlanRemark(code, wording.say(knowledge, f"plan_gap_{code}", **words), None)

    if _is_open(text):
        yield remark("open")
    elif question.kind == "contact":
        missing = [
            name for name, pattern in (("e-mailadres", _MAIL), ("telefoonnummer", _PHONE)) if not pattern.search(text)
        ]
        if missing:
            yield remark("contact", missing=" en geen ".join(missing))
    elif question.kind == "text" and _JUST_YES.fullmatch(plain(text)):
        yield remark("alleen_ja")
    elif question.kind == "text" and len(text.split()) < FEW_WORDS:
        yield remark("te_kort")
    elif question.kind == "number" and not re.search(r"\d", text) and not _number_word(text):
        yield remark("geen_getal")
    elif question.kind in ("yes_no", "choice") and not value:
        yield remark("kies" if question.kind == "yes_no" else "keuze")


def _is_open(text: str) -> bool:
    words = plain(text) or text
    return len(words.split()) <= _MOST_OPEN_WORDS and bool(_OPEN.search(words))


def _number_word(text: str) -> bool:
    words = r"\b(?:geen|niemand|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|\w+tien|\w*tig|\w*honderd|helft|derde|kwart|alle|iedereen|anderhalve?)\b"
    return bool(re.search(words, text.lower()))


# --- against a rule, the check or another answer -----------------------------------------------------------------


def _against(question: PlanQuestion, text: str, value: str, plan: Plan, knowledge: Knowledge) -> Iterator[PlanRemark]:
    number = wording_number(question)
    if question.unless_yes and value == "nee":
        yield PlanRemark("vereist", question.unless_yes, question.source)
    yield from _other_than_the_check(question, value, plan, knowledge)
    if number not in MEASURED:
        return
    criterion = knowledge.criteria[number]
    for reading in _readings(question, text, number, knowledge):
        verdict, unclear = reading.verdicts.get(number), reading.unclear.get(criterion_key(number))
        if verdict and verdict.status is Status.VOLDOET_NIET:
            yield PlanRemark(f"criterium.{number}", verdict.reason, verdict.source)
            yield from _said_otherwise(question, verdict, plan, knowledge)
        elif unclear:
            words = {"rule": wording.lower_first(criterion.name), "unclear": _closed(unclear)}
            yield PlanRemark(f"onzeker.{number}", wording.say(knowledge, "plan_gap_onzeker", **words), criterion.source)


def _closed(text: str) -> str:
    return text if text.endswith(("?", ".")) else f"{text}."


def wording_number(question: PlanQuestion) -> int:
    """Return the number of the criterion that a question belongs to, 0 for another chapter."""
    return int(question.chapter.split(".")[1]) if question.chapter.startswith("criterium.") else 0


def _readings(question: PlanQuestion, text: str, number: int, knowledge: Knowledge) -> Iterator[Reading]:
    """Read the numbers in a text; a bare "18 maanden" only counts where the question is about that measure."""
    about_it = question.fact == criterion_key(number)
    for piece in _pieces(text):
        ends = number == GUIDANCE and _ENDS.search(piece)
        yield read(piece, criterion_key(number) if about_it or ends else None, knowledge)


def _said_otherwise(
    question: PlanQuestion, verdict: CriterionVerdict, plan: Plan, knowledge: Knowledge
) -> Iterator[PlanRemark]:
    """The check, or the yes to the question about the limit itself, said that the criterion is met."""
    criterion: Criterion = knowledge.criteria[verdict.number]
    if plan.facts.get(criterion_key(verdict.number)) == Status.VOLDOET.value:
        text = wording.say(knowledge, "plan_gap_strijdig_check", number=verdict.number)
        yield PlanRemark("strijdig", text, criterion.source)
    for other in knowledge.plan.values():
        asks_the_limit = other.fact == criterion_key(verdict.number) and other.id != question.id
        if asks_the_limit and other.id in plan.answers and plan.answers[other.id].value == "ja":
            text = wording.say(knowledge, "plan_gap_strijdig_antwoord", name=other.name)
            yield PlanRemark("strijdig", text, criterion.source)


def _other_than_the_check(question: PlanQuestion, value: str, plan: Plan, knowledge: Knowledge) -> Iterator[PlanRemark]:
    """The user answers a question that the check had already answered, and says something else."""
    checked = known(question, plan, knowledge)
    if checked is None or value not in ("ja", "nee"):
        return
    said = {True: "ja", False: "nee", Status.VOLDOET.value: "ja", Status.VOLDOET_NIET.value: "nee"}.get(
        checked, checked
    )
    if said in ("ja", "nee") and said != value:
        text = wording.say(knowledge, "plan_gap_anders", said=said)
        yield PlanRemark("anders_dan_check", text, question.source)


def _pieces(text: str) -> Iterator[str]:
    """Cut a long text at sentences and lines, in pieces that can be read at once."""
    piece = ""
    for part in _PARTS.split(text):
        part = part[:PIECE]
        if piece and len(piece) + len(part) > PIECE:
            yield piece
            piece = part
        else:
            piece = f"{piece} {part}" if piece else part
    if piece.strip():
        yield piece
