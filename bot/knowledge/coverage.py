"""Which answers carry which paragraph of the publications: `coverage/<source-id>.yml`, and the page made from it.

Each file lists its publication's sections in order. Each paragraph of a section, in words of our own, names the cards
that carry it (`cards`) or why there is none (`geen`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.errors import KnowledgeError
from bot.knowledge.reader import Value, read_file
from bot.model import Card, Knowledge, Source

PAGE = Path(__file__).parents[2] / "docs" / "dekking.md"
HEAD = """\
# Dekking van de publicaties

Welk antwoord draagt welk stuk van de vijf publicaties? Deze pagina komt uit `bot/knowledge/coverage/` en wordt gemaakt
met `.venv/bin/python -m bot.knowledge dekking`. Pas haar niet met de hand aan. De omschrijvingen zijn van ons.
"""


@dataclass(frozen=True)
class Paragraph:
    """What a paragraph is about, the cards that carry it, or the reason that none does."""

    about: str
    cards: tuple[str, ...]
    without: str | None


@dataclass(frozen=True)
class Section:
    """A section of a publication and its paragraphs, in the publication's order."""

    name: str
    paragraphs: tuple[Paragraph, ...]


Coverage = Mapping[str, tuple[Section, ...]]  # by source


def read_coverage(folder: Path, sources: Mapping[str, Source], cards: Mapping[str, Card]) -> Coverage:
    """Return the coverage of every source; raises KnowledgeError for what is unknown, left out or out of order.

    A folder without `coverage/` has none.
    """
    if not (folder / "coverage").exists():
        return {}
    for path in (folder / "coverage").glob("*.yml"):
        if path.stem not in sources:
            raise KnowledgeError(f"coverage/{path.name}", None, f"unknown source: {path.stem}")
    roots = {source_id: read_file(folder, f"coverage/{source_id}.yml") for source_id in sources}
    coverage = {source_id: _sections(root, sources[source_id], cards) for source_id, root in roots.items()}
    _refuse_forgotten_cards(coverage, cards, roots)
    return coverage


def _sections(root: Value, source: Source, cards: Mapping[str, Card]) -> tuple[Section, ...]:
    found = tuple(_section(value, source, cards) for value in root.items(1))
    names = tuple(section.name for section in found)
    for value, name, expected in zip(root.items(), names, source.sections, strict=False):
        if name != expected:
            raise value.error(f"expected the section: {expected}")
    if len(names) < len(source.sections):
        raise root.error(f"missing section: {source.sections[len(names)]}")
    if len(names) > len(source.sections):
        raise root.items()[-1].error(f"given twice: {names[-1]}")
    return found


def _section(value: Value, source: Source, cards: Mapping[str, Card]) -> Section:
    fields = value.fields(("section", "paragraphs"))
    name = fields["section"].text()
    if name not in source.sections:
        raise fields["section"].error(f"source {source.id} has no section: {name}")
    return Section(name, tuple(_paragraph(item, source, cards) for item in fields["paragraphs"].items(1)))


def _paragraph(value: Value, source: Source, cards: Mapping[str, Card]) -> Paragraph:
    fields = value.fields(("about",), ("cards", "geen"))
    if ("cards" in fields) == ("geen" in fields):
        raise value.error("expected either `cards` or `geen`")
    named = fields["cards"].items(1) if "cards" in fields else ()
    for item in named:
        _refuse_wrong_card(item, source, cards)
    return Paragraph(
        about=fields["about"].text(),
        cards=tuple(item.text() for item in named),
        without=fields["geen"].text() if "geen" in fields else None,
    )


def _refuse_wrong_card(item: Value, source: Source, cards: Mapping[str, Card]) -> None:
    card_id = item.text()
    if card_id not in cards:
        raise item.error(f"unknown card: {card_id}")
    if all(ref.id != source.id for ref in cards[card_id].sources):
        raise item.error(f"the card {card_id} does not name this publication among its sources")


def _refuse_forgotten_cards(coverage: Coverage, cards: Mapping[str, Card], roots: Mapping[str, Value]) -> None:
    named = {card_id for sections in coverage.values() for item in _paragraphs(sections) for card_id in item.cards}
    for card in cards.values():
        if card.id not in named:
            raise roots[card.sources[0].id].error(f"no paragraph names the card: {card.id}")


def _paragraphs(sections: Iterable[Section]) -> list[Paragraph]:
    return [item for section in sections for item in section.paragraphs]


# --- the page ----------------------------------------------------------------------------------------------------


def page(coverage: Coverage, knowledge: Knowledge, paths: Mapping[str, str]) -> str:
    """Return docs/dekking.md; `paths` says where, seen from docs/, each card's file is."""
    parts = [HEAD, _summary(coverage, knowledge)]
    parts += [_table(knowledge.sources[source_id], sections, paths) for source_id, sections in coverage.items()]
    return "\n".join(parts)


def _summary(coverage: Coverage, knowledge: Knowledge) -> str:
    lines = ["| publicatie | stukken | met antwoord | zonder | antwoorden |", "|---|---:|---:|---:|---:|"]
    for source_id, sections in coverage.items():
        items = _paragraphs(sections)
        cards = {card_id for item in items for card_id in item.cards}
        covered = sum(bool(item.cards) for item in items)
        title = _cell(knowledge.sources[source_id].title)
        lines.append(f"| {title} | {len(items)} | {covered} | {len(items) - covered} | {len(cards)} |")
    return "\n".join(lines) + "\n"


def _table(source: Source, sections: Iterable[Section], paths: Mapping[str, str]) -> str:
    lines = [f"## {source.title}", "", f"{source.publisher}, {source.date}.", ""]
    lines += ["| sectie | wat er staat | antwoorden |", "|---|---|---|"]
    for section in sections:
        for place, item in enumerate(section.paragraphs):
            name = _cell(section.name) if place == 0 else ""
            lines.append(f"| {name} | {_cell(item.about)} | {_answers(item, paths)} |")
    return "\n".join(lines) + "\n"


def _answers(item: Paragraph, paths: Mapping[str, str]) -> str:
    if item.without is not None:
        return f"*geen: {_cell(item.without)}*"
    return ", ".join(f"[{card_id}]({paths[card_id]})" for card_id in item.cards)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def card_paths(folder: Path) -> Mapping[str, str]:
    """Return, for each card, the way from docs/ to its file."""
    return {
        path.stem: f"../bot/knowledge/{path.relative_to(folder).as_posix()}"
        for path in sorted((folder / "answers").rglob("*.yml"))
    }
