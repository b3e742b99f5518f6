"""A document as Markdown (CommonMark with tables). Every text is escaped: what people typed is never markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

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
)

_ANYWHERE = re.compile(r"[\\`*_{}\[\]<>&|~$#]")
_AT_THE_START = re.compile(r"^(?:[+\-=:]|\d{1,9}(?=[.)]))")
_LINK = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp|www)(?=[:.])")
_FIXED_SPACE, _TAB = "\u00a0", "\u2003"


def render(document: Document) -> bytes:
    """Return the document as UTF-8."""
    head = [f"# {_text(document.title)}", f"**{_text(document.subtitle)}**"]
    parts = [*head, *_blocks(document.front), "---", *_blocks(document.body)]
    return ("\n\n".join(parts) + "\n").encode()


def _blocks(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * (block.level + 1)} {_text(block.text)}"
    elif isinstance(block, (Paragraph, Question)):
        strong = "**" if isinstance(block, Question) else ""
        yield f"{strong}{_text(block.text)}{strong}{_source(block.source)}"
    elif isinstance(block, Quotation):
        yield "\n".join(_quoted(block))
    elif isinstance(block, Open):
        yield f"*{_text(block.text)}*"
    elif isinstance(block, Remark):
        yield f"**{_text(block.text)}**{_source(block.source)}"
    elif isinstance(block, (Bullets, Checklist)):
        yield "\n".join(_item(each, "- [ ] " if isinstance(block, Checklist) else "- ") for each in block.items)
    else:
        yield from _table(block)


def _quoted(block: Quotation) -> Iterator[str]:
    """Line by line, so that a list or a pasted table keeps its lines; an empty line parts paragraphs."""
    for number, line in enumerate(block.lines):
        following = block.lines[number + 1] if number + 1 < len(block.lines) else ""
        yield f"> {_text(line)}{chr(92) if line.strip() and following.strip() else ''}" if line.strip() else ">"
    yield ">"
    yield f"> *{_text(block.given)}*"


def _item(item: Item, mark: str) -> str:
    return f"{mark}{_text(item.text)}{_source(item.source)}"


def _table(table: Table) -> Iterator[str]:
    rows = [table.header, ("---",) * len(table.header)]
    lines = [f"| {' | '.join(map(_text, rows[0]))} |", f"| {' | '.join(rows[1])} |"]
    lines += [f"| {' | '.join(_text(cell) for cell in row)} |" for row in table.rows]
    yield "\n".join(lines)
    if table.source:
        yield _source(table.source).lstrip("\\\n ")


def _source(source: Citation | None) -> str:
    """Return the source on a line of its own; indented, so that it stays in the entry of a list."""
    return f"\\\n  *{_text(say.SOURCE.format(source=source.text))}*" if source else ""


def _text(text: str) -> str:
    """Return `text` on one line, with every character that could be markup escaped."""
    text = text.replace("\n", " ").replace("\t", _TAB)
    start = len(text) - len(text.lstrip(" "))  # four spaces would make code of it
    text = _FIXED_SPACE * start + text[start:].rstrip(" ")
    text = _ANYWHERE.sub(r"\\\g<0>", text)
    text = _LINK.sub(lambda found: f"{found.group()[:-1]}&#{ord(found.group()[-1])};", text)
    return _AT_THE_START.sub(_escaped_start, text)


def _escaped_start(found: re.Match[str]) -> str:
    mark = found.group()
    return f"{mark[:-1]}&#{ord(mark[-1])};" if mark.isdigit() else f"\\{mark}"
