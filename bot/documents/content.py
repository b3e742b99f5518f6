"""What a document is made of, whatever it is drawn as: a few kinds of blocks, all plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.model import SourceRef


@dataclass(frozen=True)
class Citation:
    """A place in a publication, and how it is written."""

    ref: SourceRef
    text: str


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a part, 2 a chapter, 3 a section."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A statement of ours, with its source where it rests on one."""

    text: str
    source: Citation | None = None


@dataclass(frozen=True)
class Question:
    """A question that the plan answers; the source only where it isn't the chapter's."""

    text: str
    source: Citation | None = None


@dataclass(frozen=True)
class Quotation:
    """The user's own words, line by line, and who gave them when."""

    lines: tuple[str, ...]
    given: str


@dataclass(frozen=True)
class Open:
    """Says that a question has no answer."""

    text: str


@dataclass(frozen=True)
class Remark:
    """A gap in an answer, in our words."""

    text: str
    source: Citation | None


@dataclass(frozen=True)
class Item:
    """One entry of a list."""

    text: str
    source: Citation | None = None


@dataclass(frozen=True)
class Bullets:
    """A list."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Checklist:
    """A list of things to tick off."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class Table:
    """A table with a header row; `widths` are shares; the first column names the row."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    source: Citation | None = None


Block = Heading | Paragraph | Question | Quotation | Open | Remark | Bullets | Checklist | Table


@dataclass(frozen=True)
class Document:
    """A whole document. `front` stands on the title page under the title and subtitle."""

    title: str
    subtitle: str
    made_on: date
    front: tuple[Block, ...]
    body: tuple[Block, ...]


def citations(blocks: tuple[Block, ...]) -> Iterator[Citation]:
    """Yield every citation, in order."""
    for block in blocks:
        holders = block.items if isinstance(block, (Bullets, Checklist)) else (block,)
        for holder in holders:
            source = getattr(holder, "source", None)
            if source is not None:
                yield source
