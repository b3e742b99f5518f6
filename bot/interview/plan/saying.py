"""How the plan's questions, answers and summaries are said."""

from __future__ import annotations

from collections.abc import Iterable

from bot.interview import wording
from bot.interview.plan import refs
from bot.interview.plan.seat import Seat
from bot.model import (
    Button,
    FactValue,
    HelpDocument,
    Knowledge,
    Plan,
    PlanAnswer,
    PlanQuestion,
    PlanRemark,
    Progress,
    Reply,
    SourceRef,
    criterion_key,
)
from bot.rules.options import advise
from bot.rules.plan import FORM, PARTNERS, TOGETHER, TYPE, asked, form, is_answered, known, open_ones

SHORT = 180  # characters of an answer in a summary
SHOWN = 3000  # characters of an answer when the user asks for it
MOST_LINES = 12
CHAPTER_TITLES = {
    "contact": "Contactpersoon",
    "organisatie": "Organisatie",
    "motivatie": "Motivatie",
    "samenwerking": "Samenwerking",
}
MUST_BE_TESTED = "toets_phrenos"
HANDREIKING = (SourceRef("handreiking", "Toelichting"), SourceRef("handreiking", "Wat kan je met deze handreiking"))


def say(knowledge: Knowledge, text_id: str, **words: object) -> str:
    """Return one of the plan's fixed sentences."""
    return wording.say(knowledge, f"plan_{text_id}", **words)


def button(knowledge: Knowledge, text_id: str, payload: str = "") -> Button:
    """Return a button with a fixed title; it sends its title unless told otherwise."""
    title = say(knowledge, text_id)
    return Button(title, payload or title)


def title(chapter: str, knowledge: Knowledge) -> str:
    """Return a chapter's heading: "Criterium 6 (genoeg capaciteit: hoogstens 25 cliënten per fte)"."""
    if not chapter.startswith("criterium."):
        return CHAPTER_TITLES[chapter]
    number = int(chapter.split(".")[1])
    return f"Criterium {number} ({wording.lower_first(knowledge.criteria[number].name)})"


# --- the open question -------------------------------------------------------------------------------------------


def question(item: PlanQuestion, seat: Seat, plan: Plan, knowledge: Knowledge) -> Reply:
    """Return the question with its buttons, source and progress; a new chapter says what the check knows about it."""
    questions = asked(plan, knowledge)
    here = refs.of_chapter(item.chapter, questions)
    place = here.index(item) + 1
    new = seat.chapter != item.chapter
    head = title(item.chapter, knowledge) if new else title(item.chapter, knowledge).partition(" (")[0]
    label = f"{head}, vraag {place} van {len(here)}" if len(here) > 1 else head
    known_here = from_check(here, item.chapter, plan, knowledge) if new else ""
    text = f"**{label}.** {item.ask}"
    if known_here:
        text = say(knowledge, "from_check", facts=known_here) + "\n\n" + text
    return Reply(text, _buttons(item, knowledge), (item.source,), progress(plan, knowledge, item))


def _buttons(item: PlanQuestion, knowledge: Knowledge) -> tuple[Button, ...]:
    extra = (button(knowledge, "help_button"), button(knowledge, "example_button"), button(knowledge, "skip_button"))
    if item.kind == "yes_no":
        return (*yes_no(knowledge)[:2], *extra)
    return (*(Button(label, label) for _, label in item.values), *extra)


def yes_no(knowledge: Knowledge) -> tuple[Button, ...]:
    """Return the buttons yes, no and partly."""
    titles = (wording.say(knowledge, "yes"), wording.say(knowledge, "no"), say(knowledge, "partly"))
    return tuple(Button(each, each) for each in titles)


def progress(plan: Plan, knowledge: Knowledge, item: PlanQuestion | None = None) -> Progress:
    """Return how many of the questions are answered."""
    questions = asked(plan, knowledge)
    done = sum(is_answered(each, plan, knowledge) for each in questions)
    where = f"{title(item.chapter, knowledge).partition(' (')[0]}: " if item else ""
    return Progress(done, len(questions), f"{where}{done} van {len(questions)} vragen beantwoord")


def progress_line(plan: Plan, knowledge: Knowledge) -> str:
    """Return the progress as a sentence."""
    now = progress(plan, knowledge)
    return say(knowledge, "progress", done=now.done, total=now.total)


def from_check(questions: Iterable[PlanQuestion], chapter: str, plan: Plan, knowledge: Knowledge) -> str:
    """Return what the criteria check says about a chapter, as one line; "" when it says nothing."""
    keys = [key for item in questions for key in _facts_of(item) if key in plan.facts]
    if chapter.startswith("criterium."):
        keys = [key for key in (criterion_key(int(chapter.split(".")[1])),) if key in plan.facts]
    parts = [fact_line(key, plan, knowledge) for key in dict.fromkeys(keys)]
    if chapter == "samenwerking" and FORM not in plan.answers and (name := form(plan, knowledge)):
        parts.append(f"advies: {knowledge.options[name].name}")
    return "; ".join(parts)


def fact_line(key: str, plan: Plan, knowledge: Knowledge) -> str:
    """Return one fact of the check with what it rests on: "criterium 6 (…): voldoet (20 cliënten per fte)"."""
    said = wording.value(knowledge, key, plan.facts[key])
    line = said if isinstance(plan.facts[key], bool) else f"{wording.subject(knowledge, key)}: {said}"
    return f"{line} ({plan.notes[key]})" if plan.notes.get(key) else line


def from_elsewhere(item: PlanQuestion, plan: Plan, knowledge: Knowledge) -> str:
    """Return in words what the check or the advice says to a question."""
    value: FactValue | None = known(item, plan, knowledge)
    if value is None:
        return ""
    if item.id in (TOGETHER, FORM):
        return f"{knowledge.options[advise(plan.facts, knowledge).best].name} (uit het advies)"
    lines = [fact_line(key, plan, knowledge) for key in _facts_of(item) if plan.facts.get(key)]
    return f"{'; '.join(lines)} (uit de check)"


def _facts_of(item: PlanQuestion) -> tuple[str, ...]:
    if item.id == TYPE:
        return (str(item.fact), PARTNERS)
    return (item.fact,) if item.fact else ()


# --- help --------------------------------------------------------------------------------------------------------


def help_with(item: PlanQuestion, knowledge: Knowledge) -> Reply:
    """Return what a question means and which help documents serve its criterion."""
    documents = _documents(item, knowledge)
    text = item.help + ("\n\n" + _document_lines(documents, knowledge) if documents else "")
    return Reply(text, (button(knowledge, "example_button"),), (item.source, *_document_sources(documents)))


def documents(item: PlanQuestion, knowledge: Knowledge) -> Reply:
    """Return the help documents for a question, with what each is about and an oddity in the source where it has one."""
    found = _documents(item, knowledge)
    if not found:
        return Reply(say(knowledge, "no_documents"))
    lines = [f"- {each.title}: {each.about} {each.remark or ''}".rstrip() for each in found]
    return Reply(say(knowledge, "documents") + "\n\n" + "\n".join(lines), sources=_document_sources(found))


def example_of(item: PlanQuestion, knowledge: Knowledge) -> Reply:
    """Return an invented answer, and say that it is."""
    return Reply(say(knowledge, "example", example=item.example))


def why(item: PlanQuestion, knowledge: Knowledge) -> Reply:
    """Return why the plan asks this."""
    if item.chapter.startswith("criterium."):
        criterion = knowledge.criteria[int(item.chapter.split(".")[1])]
        return Reply(criterion.why, sources=(criterion.source,))
    return Reply(say(knowledge, "why"), sources=(item.source,))


def _documents(item: PlanQuestion, knowledge: Knowledge) -> list[HelpDocument]:
    return [each for each in knowledge.help_documents if each.number in item.help_documents]


def _document_lines(documents: list[HelpDocument], knowledge: Knowledge) -> str:
    return say(knowledge, "documents") + "\n\n" + "\n".join(f"- {each.title}" for each in documents)


def _document_sources(documents: list[HelpDocument]) -> tuple[SourceRef, ...]:
    return tuple(dict.fromkeys(each.source for each in documents))


# --- what stands in the plan -------------------------------------------------------------------------------------


def short(text: str, length: int = SHORT) -> str:
    """Return an answer on one line, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0] + f" … ({len(line.split())} woorden)"


def name_of(item: PlanQuestion, questions: tuple[PlanQuestion, ...]) -> str:
    """Return what a question is called: "6.2 te hoge of te lage caseload"."""
    number = refs.number_of(item, questions)
    return f"{number} {item.name}" if number else item.name


def chapter(chapter_id: str, plan: Plan, knowledge: Knowledge, length: int = SHORT) -> Reply:
    """Return what stands in the plan for one chapter, with its points of attention."""
    questions = asked(plan, knowledge)
    here = refs.of_chapter(chapter_id, questions)
    lines = [f"- {_line(item, questions, plan, knowledge, length)}" for item in here]
    text = say(knowledge, "summary", title=title(chapter_id, knowledge)) + "\n\n" + "\n".join(lines)
    named = [refs.number_of(item, questions) or item.name for item in here if item.id in plan.answers]
    number = min(named, key=len, default="")
    if number:
        text += "\n\n" + say(knowledge, "summary_change", number=number)
    return Reply(text)


def _line(
    item: PlanQuestion, questions: tuple[PlanQuestion, ...], plan: Plan, knowledge: Knowledge, length: int = SHORT
) -> str:
    name = name_of(item, questions)
    answer = plan.answers.get(item.id)
    if answer:
        mark = " (aandachtspunt)" if answer.remarks else ""
        return f"**{name}**: {short(answer.text, length)}{mark}"
    known_already = from_elsewhere(item, plan, knowledge)
    return f"**{name}**: {known_already or 'nog open'}"


def answer_text(answer: PlanAnswer) -> str:
    """Return the whole answer, or as much as fits a message."""
    return answer.text if len(answer.text) <= SHOWN else answer.text[:SHOWN] + " …"


def overview(plan: Plan, knowledge: Knowledge) -> Reply:
    """Return the whole plan: per chapter how many questions are answered, with what draws attention."""
    questions = asked(plan, knowledge)
    lines = []
    for chapter_id in dict.fromkeys(item.chapter for item in questions):
        here = refs.of_chapter(chapter_id, questions)
        done = sum(is_answered(item, plan, knowledge) for item in here)
        points = sum(bool(plan.answers[item.id].remarks) for item in here if item.id in plan.answers)
        noted = f", {_count(points, 'aandachtspunt', 'aandachtspunten')}" if points else ""
        lines.append(f"- {title(chapter_id, knowledge)}: {done} van {len(here)}{noted}")
    head = say(knowledge, "overview", progress=progress_line(plan, knowledge))
    buttons = (button(knowledge, "open_button"), button(knowledge, "download_button"))
    return Reply(head + "\n\n" + "\n".join(lines), buttons, progress=progress(plan, knowledge))


def missing(plan: Plan, knowledge: Knowledge) -> Reply:
    """Return what is still open and the points of attention, with buttons to the first open ones."""
    questions, left = asked(plan, knowledge), open_ones(plan, knowledge)
    parts = [say(knowledge, "missing_none")]
    if left:
        head = say(knowledge, "missing_title", count=len(left), noun="vraag" if len(left) == 1 else "vragen")
        chapters = dict.fromkeys(item.chapter for item in left)
        lines = [", ".join(name_of(item, questions) for item in left if item.chapter == each) for each in chapters]
        parts = [head, "\n".join(f"- {line}" for line in lines)]
    buttons = tuple(Button(f"Naar {go}", f"naar {go}") for go in (_reference(item, questions) for item in left[:3]))
    sources = [remark.source for answer in plan.answers.values() for remark in answer.remarks if remark.source]
    text = "\n\n".join([*parts, *_points(plan, knowledge)])
    return Reply(text, buttons, tuple(dict.fromkeys(sources)), progress(plan, knowledge))


def _points(plan: Plan, knowledge: Knowledge) -> list[str]:
    """The points of attention under their heading, or nothing."""
    questions = asked(plan, knowledge)
    points = [
        f"{name_of(item, questions)}: {remark.text}"
        for item in questions
        if item.id in plan.answers
        for remark in plan.answers[item.id].remarks
    ]
    return [say(knowledge, "points_title"), _capped(points)] if points else []


def _reference(item: PlanQuestion, questions: tuple[PlanQuestion, ...]) -> str:
    return refs.number_of(item, questions) or item.name


def _capped(lines: list[str]) -> str:
    shown = [f"- {line}" for line in lines[:MOST_LINES]]
    more = len(lines) - len(shown)
    return "\n".join([*shown, *([f"- en nog {more}"] if more else [])])


def _count(number: int, one: str, more: str) -> str:
    return f"{number} {one if number == 1 else more}"


def remarks(found: Iterable[PlanRemark], knowledge: Knowledge) -> Reply | None:
    """Return the gaps in what was just said, None when there are none."""
    found = tuple(found)
    if not found:
        return None
    lines = [remark.text for remark in found]
    text = "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else lines[0]
    if any(remark.source for remark in found):
        text += "\n\n" + say(knowledge, "remarks_kept")
    return Reply(text, sources=tuple(dict.fromkeys(remark.source for remark in found if remark.source)))


def finished(plan: Plan, knowledge: Knowledge) -> tuple[Reply, ...]:
    """Return what is complete, what is open, and the next step."""
    left, state = open_ones(plan, knowledge), missing(plan, knowledge)
    if left:
        parts = [say(knowledge, "finished_open", progress=progress_line(plan, knowledge)), state.text]
    else:
        parts = [say(knowledge, "finished_all", total=len(asked(plan, knowledge))), *_points(plan, knowledge)]
    how_it_stands = Reply("\n\n".join(parts), state.buttons, state.sources, state.progress)
    return (how_it_stands, next_step(plan, knowledge))


def updated(plan: Plan, knowledge: Knowledge) -> Reply:
    """Return, after a change in a plan that was finished before, that it is up to date."""
    buttons = (button(knowledge, "download_button"), button(knowledge, "open_button"))
    text = say(knowledge, "updated", progress=progress_line(plan, knowledge))
    return Reply(text, buttons, progress=progress(plan, knowledge))


def next_step(plan: Plan, knowledge: Knowledge) -> Reply:
    """Return where the plan goes, and that Phrenos must test it where the scenario says so."""
    text, sources = say(knowledge, "next_step"), list(HANDREIKING)
    name = form(plan, knowledge)
    missing_items = knowledge.options[name].missing if name else {}
    if MUST_BE_TESTED in missing_items and missing_items[MUST_BE_TESTED].required:
        text += " " + say(knowledge, "must_test")
        sources.append(missing_items[MUST_BE_TESTED].source)
    return Reply(text, sources=tuple(sources))


def who(plan: Plan, knowledge: Knowledge) -> Reply:
    """Return who did what, the latest first."""
    if not plan.changes:
        return Reply(say(knowledge, "empty"))
    lines = []
    for change in reversed(plan.changes):
        name = knowledge.plan[change.question].name if change.question in knowledge.plan else change.question
        by = change.by or say(knowledge, "who_nobody")
        lines.append(f"{by}, {change.at:%d-%m-%Y}: {name} ({change.kind})")
    return Reply(say(knowledge, "who") + "\n\n" + _capped(lines))
