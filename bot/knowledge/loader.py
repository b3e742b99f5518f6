"""Reads and validates the knowledge folder. Any mistake is a KnowledgeError that names the file and the line."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from bot.knowledge.coverage import read_coverage
from bot.knowledge.figures import cost_book, fidelity_scale
from bot.knowledge.reader import Value, read_file
from bot.model import (
    CRITERION_NUMBERS,
    Card,
    Condition,
    Criterion,
    FactDefinition,
    FactValue,
    HelpDocument,
    Knowledge,
    Limit,
    Missing,
    Note,
    OptionDefinition,
    PlanQuestion,
    Reason,
    Responsible,
    ResponsibleCase,
    Source,
    SourceRef,
    Term,
    When,
    criterion_key,
)

FOLDER = Path(__file__).parent
FACT_KINDS = ("choice", "bool", "choices", "criterion")
LIMIT_KINDS = ("at_least", "at_most")
LIMIT_UNITS = ("jaar", "clienten_per_fte")
_YES_OR_NO = re.compile(r"(ja|nee)\b", re.IGNORECASE)
FEWEST_EXAMPLES = 6
PLAN_KINDS = ("contact", "line", "text", "number", "yes_no", "choice")
PLAN_CHAPTERS = ("contact", "organisatie", "motivatie", *(f"criterium.{n}" for n in CRITERION_NUMBERS), "samenwerking")
PLAN_YES_NO = ("ja", "nee")

_Key = TypeVar("_Key", int, str)
_Item = TypeVar("_Item")
_Sources = Mapping[str, Source]
_FactDefinitions = Mapping[str, FactDefinition]


def load(folder: Path | None = None) -> Knowledge:
    """Return all knowledge in a folder (default: this package's own); raises KnowledgeError with file and line.

    `answers/` (one card a file), `coverage/`, `outside.yml`, `plan.yml` and `texts.yml` may be absent; every other file
    must be there.
    """
    folder = folder or FOLDER
    sources = _unique(read_file(folder, "sources.yml").items(1), _source, lambda source: source.id)
    criteria = _criteria(read_file(folder, "criteria.yml"), sources)
    facts = _facts(read_file(folder, "facts.yml"), criteria, sources)
    help_documents = _help_documents(read_file(folder, "help_documents.yml"), criteria, sources)
    cards = _cards(folder, sources)
    read_coverage(folder, sources, cards)  # refuses what dangles; only the page for people needs the coverage itself
    return Knowledge(
        sources=sources,
        criteria=criteria,
        help_documents=help_documents,
        facts=facts,
        options=_options(read_file(folder, "options.yml"), facts, sources),
        terms=_terms(read_file(folder, "terms.yml"), sources),
        cards=cards,
        texts=_texts(folder),
        version=_version(folder),
        outside=_outside(folder),
        costs=cost_book(read_file(folder, "costs.yml"), lambda value: _ref(value, sources)),
        fidelity=fidelity_scale(read_file(folder, "fidelity.yml"), lambda value: _ref(value, sources)),
        plan=_plan(folder, help_documents, facts, sources),
    )


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.yml")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _unique(
    values: Iterable[Value], build: Callable[[Value], _Item], key_of: Callable[[_Item], _Key]
) -> Mapping[_Key, _Item]:
    """Build each value and return them by key, in order; raises KnowledgeError for a key that comes twice."""
    found: dict[_Key, _Item] = {}
    for value in values:
        item = build(value)
        if key_of(item) in found:
            raise value.error(f"given twice: {key_of(item)}")
        found[key_of(item)] = item
    return MappingProxyType(found)


# --- sources -----------------------------------------------------------------------------------------------------


def _source(value: Value) -> Source:
    fields = value.fields(("id", "title", "short", "publisher", "date", "authors", "sections"))
    plain = {name: fields[name].text() for name in fields if name != "sections"}
    return Source(**plain, sections=fields["sections"].texts(1))


def _ref(value: Value, sources: _Sources) -> SourceRef:
    fields = value.fields(("id", "section"))
    source_id, section = fields["id"].text(), fields["section"].text()
    if source_id not in sources:
        raise fields["id"].error(f"unknown source: {source_id}")
    if section not in sources[source_id].sections:
        raise fields["section"].error(f"source {source_id} has no section: {section}")
    return SourceRef(source_id, section)


# --- criteria and help documents ---------------------------------------------------------------------------------


def _criteria(root: Value, sources: _Sources) -> Mapping[int, Criterion]:
    criteria = _unique(root.items(), lambda value: _criterion(value, sources), lambda criterion: criterion.number)
    if tuple(criteria) != CRITERION_NUMBERS:
        raise root.error("expected the criteria 1 to 8, in order")
    return criteria


def _criterion(value: Value, sources: _Sources) -> Criterion:
    fields = value.fields(
        ("number", "name", "asks", "question", "why", "guiding_questions", "source"), ("limit", "silent")
    )
    return Criterion(
        number=fields["number"].whole(),
        name=fields["name"].text(),
        asks=fields["asks"].text(),
        question=fields["question"].text(),
        why=fields["why"].text(),
        limit=_limit(fields["limit"]) if "limit" in fields else None,
        silent=fields["silent"].text() if "silent" in fields else None,
        guiding_questions=fields["guiding_questions"].texts(1),
        source=_ref(fields["source"], sources),
    )


def _limit(value: Value) -> Limit:
    fields = value.fields(("kind", "value", "unit"))
    return Limit(_one_of(fields["kind"], LIMIT_KINDS), fields["value"].decimal(), _one_of(fields["unit"], LIMIT_UNITS))


def _one_of(value: Value, allowed: Iterable[str]) -> str:
    text, choices = value.raw(), tuple(allowed)
    if text not in choices:
        raise value.error(f"expected one of {', '.join(choices)}; found: {text}")
    return text


def _help_documents(root: Value, criteria: Mapping[int, Criterion], sources: _Sources) -> tuple[HelpDocument, ...]:
    found = _unique(root.items(), lambda value: _help_document(value, criteria, sources), lambda item: item.number)
    return tuple(found.values())


def _help_document(value: Value, criteria: Mapping[int, Criterion], sources: _Sources) -> HelpDocument:
    fields = value.fields(("number", "title", "about", "criteria", "source"), ("remark",))
    for item in fields["criteria"].items(1):
        if item.whole() not in criteria:
            raise item.error(f"unknown criterion: {item.whole()}")
    return HelpDocument(
        number=fields["number"].whole(),
        title=fields["title"].text(),
        about=fields["about"].text(),
        criteria=tuple(item.whole() for item in fields["criteria"].items()),
        remark=fields["remark"].text() if "remark" in fields else None,
        source=_ref(fields["source"], sources),
    )


# --- facts -------------------------------------------------------------------------------------------------------


def _facts(root: Value, criteria: Mapping[int, Criterion], sources: _Sources) -> _FactDefinitions:
    found: dict[str, FactDefinition] = {}
    for value in root.items(1):
        for definition in _fact(value, criteria, sources):
            if definition.key in found:
                raise value.error(f"given twice: {definition.key}")
            found[definition.key] = definition
    return MappingProxyType(found)


def _fact(value: Value, criteria: Mapping[int, Criterion], sources: _Sources) -> tuple[FactDefinition, ...]:
    """Return the definitions that an entry stands for: one, or eight for the entry of kind `criterion`."""
    kind = value.entries().get("kind")
    if kind is not None and kind.raw() == "criterion":
        values = _labels(value.fields(("key", "kind", "values"))["values"])
        return tuple(_criterion_fact(criterion, values) for criterion in criteria.values())
    fields = value.fields(("key", "kind", "values", "question", "why", "subject", "source"))
    definition = FactDefinition(
        key=fields["key"].text(),
        kind=_one_of(fields["kind"], FACT_KINDS),
        values=_labels(fields["values"]),
        question=fields["question"].text(),
        why=fields["why"].text(),
        subject=fields["subject"].text(),
        source=_ref(fields["source"], sources),
    )
    if definition.kind == "bool" and [name for name, _ in definition.values] != ["true", "false"]:
        raise fields["values"].error("a bool needs the values true and false, in that order")
    return (definition,)


def _labels(value: Value) -> tuple[tuple[str, str], ...]:
    return tuple((name, label.text()) for name, label in value.entries().items())


def _criterion_fact(criterion: Criterion, values: tuple[tuple[str, str], ...]) -> FactDefinition:
    return FactDefinition(
        key=criterion_key(criterion.number),
        kind="criterion",
        values=values,
        question=criterion.question,
        why=criterion.why,
        subject=f"criterium {criterion.number}",
        source=criterion.source,
    )


# --- options -----------------------------------------------------------------------------------------------------


def _options(root: Value, facts: _FactDefinitions, sources: _Sources) -> Mapping[str, OptionDefinition]:
    fields = root.fields(("shared", "options"))
    shared = fields["shared"].fields(("missing", "remarks"))
    missing = shared["missing"].items()
    remarks = shared["remarks"].items()
    return _unique(
        fields["options"].items(1),
        lambda value: _option(value, missing, remarks, facts, sources),
        lambda option: option.id,
    )


def _option(
    value: Value,
    shared_missing: tuple[Value, ...],
    shared_remarks: tuple[Value, ...],
    facts: _FactDefinitions,
    sources: _Sources,
) -> OptionDefinition:
    fields = value.fields(
        ("id", "name", "summary", "source", "conditions", "fits", "missing", "responsible", "remarks")
    )

    def notes(*values: Value) -> tuple[Note, ...]:
        return tuple(_unique(values, lambda item: _note(item, facts, sources), lambda note: note.reason.code).values())

    missing = _unique(
        (*fields["missing"].items(), *shared_missing), lambda item: _missing(item, sources), lambda item: item.code
    )
    return OptionDefinition(
        id=fields["id"].text(),
        name=fields["name"].text(),
        summary=fields["summary"].text(),
        source=_ref(fields["source"], sources),
        conditions=_unique(
            fields["conditions"].items(1),
            lambda item: _condition(item, missing, facts, sources),
            lambda item: item.code,
        ),
        fits=notes(*fields["fits"].items()),
        missing=missing,
        responsible=_responsible_cases(fields["responsible"], facts, sources),
        remarks=notes(*fields["remarks"].items(), *shared_remarks),
    )


def _condition(value: Value, missing: Mapping[str, Missing], facts: _FactDefinitions, sources: _Sources) -> Condition:
    fields = value.fields(("code", "asks", "fails", "facts", "remedy", "source"))
    for item in fields["facts"].items(1):
        _known_fact(item, item.text(), facts)
    remedy = None if fields["remedy"].is_null else fields["remedy"].text()
    if remedy is not None and remedy not in missing:
        raise fields["remedy"].error(f"this option's missing list has no code: {remedy}")
    return Condition(
        code=fields["code"].text(),
        asks=fields["asks"].text(),
        fails=fields["fails"].text(),
        facts=fields["facts"].texts(),
        remedy=remedy,
        source=_ref(fields["source"], sources),
    )


def _known_fact(value: Value, key: str, facts: _FactDefinitions) -> FactDefinition:
    if key == "criteria":
        return facts[criterion_key(1)]
    if key not in facts:
        raise value.error(f"unknown fact: {key}")
    return facts[key]


def _missing(value: Value, sources: _Sources) -> Missing:
    fields = value.fields(("code", "text", "required", "source"))
    return Missing(
        code=fields["code"].text(),
        text=fields["text"].text(),
        required=fields["required"].flag(),
        source=_ref(fields["source"], sources),
    )


def _note(value: Value, facts: _FactDefinitions, sources: _Sources) -> Note:
    fields = value.fields(("code", "text", "source"), ("when",))
    reason = Reason(fields["code"].text(), fields["text"].text(), _ref(fields["source"], sources))
    return Note(reason, _when(fields.get("when"), facts))


def _when(value: Value | None, facts: _FactDefinitions) -> When:
    if value is None:
        return MappingProxyType({})
    found: dict[str, tuple[FactValue, ...]] = {}
    for key, allowed in value.entries().items():
        definition = _known_fact(allowed, key, facts)
        found[key] = tuple(_fact_value(item, definition) for item in allowed.items(1))
    return MappingProxyType(found)


def _fact_value(value: Value, definition: FactDefinition) -> FactValue:
    _one_of(value, (name for name, _ in definition.values))
    return value.flag() if definition.kind == "bool" else value.raw()


def _responsible_cases(value: Value, facts: _FactDefinitions, sources: _Sources) -> tuple[ResponsibleCase, ...]:
    cases = tuple(_responsible(item, facts, sources) for item in value.items(1))
    if cases[-1].when:
        raise value.items()[-1].error("the last case must hold always: leave out `when`")
    return cases


def _responsible(value: Value, facts: _FactDefinitions, sources: _Sources) -> ResponsibleCase:
    fields = value.fields(("execution", "contract", "funding", "fidelity_review", "source"), ("when",))
    responsible = Responsible(
        execution=fields["execution"].text(),
        contract=fields["contract"].text(),
        funding=fields["funding"].text(),
        fidelity_review=fields["fidelity_review"].text(),
        source=_ref(fields["source"], sources),
    )
    return ResponsibleCase(responsible, _when(fields.get("when"), facts))


# --- the implementation plan -------------------------------------------------------------------------------------


def _plan(
    folder: Path, documents: tuple[HelpDocument, ...], facts: _FactDefinitions, sources: _Sources
) -> Mapping[str, PlanQuestion]:
    """Return the questions in order; a chapter stands in one place, and `when` looks back only."""
    found: dict[str, PlanQuestion] = {}
    if not (folder / "plan.yml").exists():
        return MappingProxyType(found)
    chapter = -1
    for value in read_file(folder, "plan.yml").items(1):
        question = _plan_question(value, found, documents, facts, sources)
        if question.id in found:
            raise value.error(f"given twice: {question.id}")
        if PLAN_CHAPTERS.index(question.chapter) < chapter:
            raise value.entries()["chapter"].error(f"out of order: {question.chapter}")
        chapter = PLAN_CHAPTERS.index(question.chapter)
        found[question.id] = question
    return MappingProxyType(found)


def _plan_question(
    value: Value,
    earlier: Mapping[str, PlanQuestion],
    documents: tuple[HelpDocument, ...],
    facts: _FactDefinitions,
    sources: _Sources,
) -> PlanQuestion:
    fields = value.fields(
        ("id", "chapter", "kind", "name", "ask", "help", "example", "source"), ("when", "fact", "values", "unless_yes")
    )
    chapter, kind = _one_of(fields["chapter"], PLAN_CHAPTERS), _one_of(fields["kind"], PLAN_KINDS)
    if (kind == "choice") != ("values" in fields):
        raise value.error("a choice, and only a choice, has values")
    number = int(chapter.split(".")[1]) if chapter.startswith("criterium.") else 0
    if "fact" in fields and fields["fact"].text() not in facts:
        raise fields["fact"].error(f"unknown fact: {fields['fact'].text()}")
    return PlanQuestion(
        id=fields["id"].text(),
        chapter=chapter,
        kind=kind,
        ask=fields["ask"].text(),
        help=fields["help"].text(),
        example=fields["example"].text(),
        help_documents=tuple(document.number for document in documents if number in document.criteria),
        when=_plan_when(fields.get("when"), earlier, facts),
        fact=fields["fact"].text() if "fact" in fields else None,
        source=_ref(fields["source"], sources),
        name=fields["name"].text(),
        values=_labels(fields["values"]) if "values" in fields else (),
        unless_yes=fields["unless_yes"].text() if "unless_yes" in fields else "",
    )


def _plan_when(value: Value | None, earlier: Mapping[str, PlanQuestion], facts: _FactDefinitions) -> When:
    if value is None:
        return MappingProxyType({})
    found: dict[str, tuple[FactValue, ...]] = {}
    for key, allowed in value.entries().items():
        if key in earlier and earlier[key].kind in ("yes_no", "choice"):
            names = [name for name, _ in earlier[key].values] or PLAN_YES_NO
            found[key] = tuple(_one_of(item, names) for item in allowed.items(1))
        elif key in facts:
            found[key] = tuple(_fact_value(item, facts[key]) for item in allowed.items(1))
        else:
            raise allowed.error(f"no earlier yes/no question, choice or fact: {key}")
    return MappingProxyType(found)


# --- terms, texts and cards --------------------------------------------------------------------------------------


def _terms(root: Value, sources: _Sources) -> Mapping[str, Term]:
    terms = _unique(root.items(), lambda value: _term(value, sources), lambda term: term.id)
    _refuse_shared_names(root, terms)
    return terms


def _term(value: Value, sources: _Sources) -> Term:
    fields = value.fields(("id", "names", "explanation", "source"))
    source = None if fields["source"].is_null else _ref(fields["source"], sources)
    return Term(fields["id"].text(), fields["names"].texts(1), fields["explanation"].text(), source)


def _refuse_shared_names(root: Value, terms: Mapping[str, Term]) -> None:
    owner: dict[str, str] = {}
    for value, term in zip(root.items(), terms.values(), strict=True):
        for name in term.names:
            if owner.setdefault(name.casefold(), term.id) != term.id:
                raise value.error(f"the name {name!r} is also one of {owner[name.casefold()]}")


def _texts(folder: Path) -> Mapping[str, str]:
    if not (folder / "texts.yml").exists():
        return MappingProxyType({})
    entries = read_file(folder, "texts.yml").entries()
    return MappingProxyType({key: value.text() for key, value in entries.items()})


def _outside(folder: Path) -> tuple[str, ...]:
    """Return the questions that no publication answers, from every topic of `outside.yml`."""
    if not (folder / "outside.yml").exists():
        return ()
    topics = (topic.fields(("topic", "examples")) for topic in read_file(folder, "outside.yml").items(1))
    return tuple(question for topic in topics for question in topic["examples"].texts(1))


def _cards(folder: Path, sources: _Sources) -> Mapping[str, Card]:
    names = sorted(path.relative_to(folder).as_posix() for path in (folder / "answers").rglob("*.yml"))
    roots = [read_file(folder, name) for name in names]
    cards = _unique(roots, lambda root: _card(root, sources), lambda card: card.id)
    for root in roots:
        _refuse_dangling(root, cards)
    _refuse_shared_examples(roots)
    return cards


def _card(root: Value, sources: _Sources) -> Card:
    fields = root.fields(("id", "title", "answer", "sources", "reviewed_on", "examples"), ("more", "scope", "related"))
    card_id = fields["id"].text()
    if card_id != Path(root.file).stem:
        raise fields["id"].error(f"the id must be the file's name: {Path(root.file).stem}")
    if _YES_OR_NO.match(fields["answer"].text()):
        raise fields["answer"].error("an answer can't start with yes or no: people ask the opposite as well")
    return Card(
        id=card_id,
        title=fields["title"].text(),
        answer=fields["answer"].text(),
        more=fields["more"].text() if "more" in fields else None,
        sources=tuple(_ref(item, sources) for item in fields["sources"].items(1)),
        scope=fields["scope"].text() if "scope" in fields else None,
        related=fields["related"].texts() if "related" in fields else (),
        reviewed_on=fields["reviewed_on"].day(),
        examples=fields["examples"].texts(FEWEST_EXAMPLES),
    )


def _refuse_dangling(root: Value, cards: Mapping[str, Card]) -> None:
    related = root.entries().get("related")
    for item in related.items() if related else ():
        if item.text() not in cards or item.text() == Path(root.file).stem:
            raise item.error(f"no other card has the id: {item.text()}")


def _refuse_shared_examples(roots: Iterable[Value]) -> None:
    first: dict[str, str] = {}
    for root in roots:
        for item in root.entries()["examples"].items():
            example = " ".join(item.text().casefold().split())
            if example in first:
                raise item.error(f"example also in {first[example]}: {item.text()}")
            first[example] = root.file
