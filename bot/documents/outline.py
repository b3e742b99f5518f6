"""An implementation plan as a document: what was said word for word, what is open, and what the advice rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.documents import wording as say
from bot.documents.content import (
    Block,
    Bullets,
    Checklist,
    Citation,
    Document,
    Heading,
    Item,
    Open,
    Paragraph,
    Question,
    Quotation,
    Remark,
    Table,
    citations,
)
from bot.documents.dates import dutch_date, dutch_day
from bot.documents.plaintext import line, lines
from bot.model import (
    CRITERION_NUMBERS,
    Advice,
    FactValue,
    Knowledge,
    Missing,
    OptionStatus,
    OptionVerdict,
    Plan,
    PlanAnswer,
    PlanQuestion,
    PlanRemark,
    Reason,
    SourceRef,
    Status,
    criterion_key,
)

NAME_QUESTION = "organisatie.naam"
LONGEST_NAME = 200  # characters on the title page; the whole answer stands in the plan


@dataclass(frozen=True)
class Standing:
    """How a plan stands by the rules: the questions that it must answer, what the criteria check or the advice already
    says about some of them, and the advice on its facts."""

    asked: tuple[PlanQuestion, ...]
    known: Mapping[str, FactValue]
    advice: Advice


def outline(plan: Plan, standing: Standing, knowledge: Knowledge, made_on: date) -> Document:
    """Return the document of a plan, made on a day with this knowledge; it never says more than was answered."""
    return _Outline(plan, standing, knowledge).document(made_on)


class _Outline:
    """One plan with what it is read by."""

    def __init__(self, plan: Plan, standing: Standing, knowledge: Knowledge) -> None:
        self._plan, self._knowledge = plan, knowledge
        self._asked, self._known, self._advice = standing.asked, standing.known, standing.advice

    def document(self, made_on: date) -> Document:
        front = (
            Paragraph(say.MADE_ON.format(date=dutch_date(made_on), version=self._knowledge.version)),
            self._cited(say.CONCEPT),
            self._cited(say.SEND),
            Paragraph(say.WHOSE_WORDS),
        )
        body = (*self._plan_part(), *self._open_part(), *self._advice_part(), *self._changes_part())
        used = [*citations(front), *citations(body)]
        return Document(say.TITLE, self._name(), made_on, front, (*body, *self._sources_part(used)))

    # --- what was answered

    def _plan_part(self) -> Iterator[Block]:
        yield Heading(1, say.PLAN)
        chapters = dict.fromkeys((*say.CHAPTERS, *(question.chapter for question in self._asked)))
        for chapter in chapters:
            if not chapter.startswith("criterium."):
                yield from self._chapter(chapter)
        yield Heading(2, say.VERDICTS)
        yield Paragraph(say.VERDICTS_INTRO)
        yield self._verdict_table()
        for number in CRITERION_NUMBERS:
            yield from self._criterion(number)
        yield from self._unknown_answers()

    def _chapter(self, chapter: str) -> Iterator[Block]:
        questions = [each for each in self._asked if each.chapter == chapter]
        if not questions:
            return
        source = questions[0].source
        yield Heading(2, say.CHAPTERS.get(chapter, chapter))
        yield Paragraph(say.CHAPTER_INTROS.get(chapter, say.CHAPTER_INTRO), self._citation(source))
        for question in questions:
            yield from self._answered(question, source)

    def _criterion(self, number: int) -> Iterator[Block]:
        criterion = self._knowledge.criteria[number]
        yield Heading(2, say.CRITERION.format(number=number, name=criterion.name))
        yield Paragraph(criterion.asks, self._citation(criterion.source))
        yield Paragraph(say.VERDICT.format(verdict=self._verdict(number), basis=self._basis(number)))
        for question in self._asked:
            if question.chapter == f"criterium.{number}":
                yield from self._answered(question, criterion.source)

    def _answered(self, question: PlanQuestion, chapter_source: SourceRef) -> Iterator[Block]:
        source = None if question.source == chapter_source else self._citation(question.source)
        yield Question(question.ask, source)
        answer = self._answer(question.id)
        if answer:
            yield from self._given(answer)
        elif question.id in self._known:
            form = say.FROM_THE_CHECK if question.fact else say.FROM_THE_ADVICE
            yield Paragraph(form.format(value=self._known_value(question)))
        else:
            yield Open(say.SKIPPED if question.id in self._plan.skipped else say.OPEN)

    def _given(self, answer: PlanAnswer) -> Iterator[Block]:
        date_given = dutch_date(dutch_day(answer.at))
        form = say.GIVEN_BY if line(answer.by) else say.GIVEN
        yield Quotation(lines(answer.text), form.format(by=line(answer.by), date=date_given))
        for remark in answer.remarks:
            yield Remark(say.REMARK.format(text=line(remark.text)), self._source_of(remark))

    def _unknown_answers(self) -> Iterator[Block]:
        """Answers to questions that are no longer asked: they are the user's, so they stay."""
        asked = {question.id for question in self._asked}
        left = [each for each in self._plan.answers.values() if each.question not in asked and lines(each.text)]
        if left:
            yield Heading(2, say.OTHER_ANSWERS)
            yield Paragraph(say.OTHER_ANSWERS_INTRO)
        for answer in left:
            question = self._knowledge.plan.get(answer.question)
            source = self._citation(question.source) if question else None
            yield Question(question.ask if question else line(answer.question), source)
            yield from self._given(answer)

    # --- the criteria

    def _verdict_table(self) -> Table:
        rows = tuple(
            (f"{number}. {self._knowledge.criteria[number].name}", self._verdict(number), self._basis(number))
            for number in CRITERION_NUMBERS
        )
        return Table(say.VERDICT_HEADER, rows, (5, 2, 4), self._citation_of(*say.CRITERIA_SOURCE))

    def _verdict(self, number: int) -> str:
        return say.STATUS[self._status(number)]

    def _status(self, number: int) -> Status:
        value = self._plan.facts.get(criterion_key(number), Status.ONBEKEND.value)
        return Status(value) if isinstance(value, str) else Status.ONBEKEND

    def _basis(self, number: int) -> str:
        key = criterion_key(number)
        if key not in self._plan.facts:
            return say.NOT_ANSWERED
        note = line(self._plan.notes.get(key, ""))
        return say.OWN_NUMBERS.format(note=note) if note else say.OWN_WORD

    def _known_value(self, question: PlanQuestion) -> str:
        """Return what is known as people say it."""
        value = self._known[question.id]
        definition = self._knowledge.facts.get(question.fact or "")
        labels = dict(definition.values if definition else question.values)
        values = value if isinstance(value, tuple) else (str(value).lower() if isinstance(value, bool) else value,)
        return ", ".join(labels.get(each, line(each)) for each in values) or say.NONE

    # --- what is open

    def _open_part(self) -> Iterator[Block]:
        yield Heading(1, say.OPEN_POINTS)
        groups = (
            (say.OPEN_CRITERIA, self._open_criteria()),
            (say.OPEN_QUESTIONS, self._open_questions(skipped=False)),
            (say.OPEN_SKIPPED, self._open_questions(skipped=True)),
            (say.OPEN_REMARKS, self._open_remarks()),
        )
        found = [(title, items) for title, each in groups if (items := tuple(each))]
        yield Paragraph(say.OPEN_INTRO if found else say.NOTHING_OPEN)
        for title, items in found:
            yield Heading(2, title)
            yield Checklist(items)

    def _open_criteria(self) -> Iterator[Item]:
        for number in CRITERION_NUMBERS:
            if self._status(number) is not Status.VOLDOET:
                criterion = self._knowledge.criteria[number]
                text = say.OPEN_CRITERION.format(number=number, name=criterion.name, verdict=self._verdict(number))
                yield Item(text, self._citation(criterion.source))

    def _open_questions(self, skipped: bool) -> Iterator[Item]:
        for question in self._asked:
            settled = self._answer(question.id) or question.id in self._known
            if not settled and (question.id in self._plan.skipped) == skipped:
                yield Item(f"{say.chapter_name(question.chapter)}: {question.ask}", self._citation(question.source))

    def _open_remarks(self) -> Iterator[Item]:
        for answer in self._plan.answers.values():
            question = self._knowledge.plan.get(answer.question)
            place = say.chapter_name(question.chapter) if question else say.OTHER_ANSWERS
            for remark in answer.remarks:
                yield Item(f"{place}: {line(remark.text)}", self._source_of(remark))

    # --- the advice

    def _advice_part(self) -> Iterator[Block]:
        yield Heading(1, say.ADVICE)
        yield Paragraph(say.ADVICE_INTRO)
        yield Heading(2, say.BEST)
        best = self._best()
        if best is None:
            yield Paragraph(say.NO_BEST[self._advice.best])
        else:
            option = self._knowledge.options[best.id]
            yield Paragraph(f"{_capital(best.name)}. {option.summary}", self._citation(option.source))
            yield from self._reasons(Bullets, best.fits)
            yield from self._responsible(best)
            yield from self._under(say.REQUIRED, Checklist, [each for each in best.missing if each.required])
            yield from self._under(say.RECOMMENDED, Checklist, [each for each in best.missing if not each.required])
            yield from self._under(say.SILENT, Bullets, best.remarks)
        yield Heading(2, say.OTHERS if best else say.ALL_OPTIONS)
        for verdict in self._advice.options:
            if verdict is not best:
                yield from self._other(verdict)

    def _best(self) -> OptionVerdict | None:
        return self._advice.option(self._advice.best) if self._advice.best in self._advice.possible else None

    def _responsible(self, verdict: OptionVerdict) -> Iterator[Block]:
        who = verdict.responsible
        rows = zip(say.RESPONSIBLE, (who.execution, who.contract, who.funding, who.fidelity_review), strict=True)
        yield Heading(3, say.RESPONSIBLE_TITLE)
        yield Table(say.RESPONSIBLE_HEADER, tuple(rows), (1, 3), self._citation(who.source) if who.source else None)

    def _other(self, verdict: OptionVerdict) -> Iterator[Block]:
        yield Heading(3, say.OPTION.format(name=_capital(verdict.name), status=say.OPTION_STATUS[verdict.status]))
        why: tuple[Reason | Missing, ...] = verdict.reasons
        if not why and verdict.status is not OptionStatus.POSSIBLE:
            why = tuple(each for each in verdict.missing if each.required)
        option = self._knowledge.options[verdict.id]
        if not why:
            yield Paragraph(option.summary, self._citation(option.source))
        yield from self._reasons(Bullets, why)

    def _under(
        self, title: str, kind: type[Bullets | Checklist], reasons: Iterable[Reason | Missing]
    ) -> Iterator[Block]:
        if reasons := tuple(reasons):
            yield Heading(3, title)
            yield from self._reasons(kind, reasons)

    def _reasons(self, kind: type[Bullets | Checklist], reasons: Iterable[Reason | Missing]) -> Iterator[Block]:
        items = tuple(Item(each.text, self._citation(each.source)) for each in reasons)
        if items:
            yield kind(items)

    # --- who did what, and the sources

    def _changes_part(self) -> Iterator[Block]:
        if not self._plan.changes:
            return
        yield Heading(1, say.CHANGES)
        yield Paragraph(say.CHANGES_INTRO)
        groups: dict[tuple[str, str, str], list[str]] = {}
        for each in self._plan.changes:
            key = (dutch_date(dutch_day(each.at)), line(each.by) or say.NO_INITIALS, line(each.kind))
            groups.setdefault(key, []).append(self._question_name(each.question))
        rows = tuple((*key, "; ".join(dict.fromkeys(names))) for key, names in groups.items())
        yield Table(say.CHANGES_HEADER, rows, (3, 2, 2, 8))

    def _question_name(self, question_id: str) -> str:
        question = self._knowledge.plan.get(question_id)
        if question is None:
            return line(question_id)
        return f"{say.chapter_name(question.chapter)}: {question.name or question.ask}"

    def _sources_part(self, used: list[Citation]) -> Iterator[Block]:
        refs = {each.ref for each in used}
        sections = {
            source.id: [name for name in source.sections if SourceRef(source.id, name) in refs]
            for source in self._knowledge.sources.values()
        }
        rows = tuple(
            (source.title, source.publisher, source.date, "; ".join(sections[source.id]))
            for source in self._knowledge.sources.values()
            if sections[source.id]
        )
        yield Heading(1, say.SOURCES)
        yield Paragraph(say.SOURCES_INTRO)
        yield Table(say.SOURCES_HEADER, rows, (4, 3, 2, 6))

    # --- small things

    def _answer(self, question_id: str) -> PlanAnswer | None:
        answer = self._plan.answers.get(question_id)
        return answer if answer and lines(answer.text) else None

    def _name(self) -> str:
        answer = self._answer(NAME_QUESTION)
        if answer is None:
            return say.NO_NAME
        name = line(answer.text)
        return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}\N{HORIZONTAL ELLIPSIS}"

    def _source_of(self, remark: PlanRemark) -> Citation | None:
        return self._citation(remark.source) if remark.source else None

    def _citation(self, ref: SourceRef) -> Citation:
        return Citation(ref, f"{self._knowledge.sources[ref.id].short}, {ref.section}")

    def _citation_of(self, ref: SourceRef, section: str) -> Citation:
        return Citation(ref, f"{self._knowledge.sources[ref.id].short}, {section}")

    def _cited(self, statement: tuple[str, SourceRef]) -> Paragraph:
        text, ref = statement
        return Paragraph(text, self._citation(ref))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
