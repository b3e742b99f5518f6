"""A document as tagged PDF (PDF/UA-1), drawn by Typst with the fonts that it brings along.

Those fonts have Latin, Greek, Cyrillic, Hebrew and most signs, no emoji and no Chinese. What they lack is written by
its name in square brackets, so that nothing gets lost: "[slightly smiling face]".
"""

from __future__ import annotations

import bisect
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import typst

from bot.documents import wording as say
from bot.documents.content import (
    Block,
    Bullets,
    Checklist,
    Citation,
    Document,
    Heading,
    Open,
    Paragraph,
    Question,
    Quotation,
    Remark,
)
from bot.model import Status

_TEMPLATE = Path(__file__).with_name("pdf.typ")
LONGEST_WORD = 25  # a longer one is cut into pieces that may part at the end of a line, else it runs off the page
PIECE = 5
LONG_ANSWER = 1500  # characters; a shorter one stays on one page
_TAB = "\u2003"
SHADES = {
    say.STATUS[Status.VOLDOET]: "#ddefe3",
    say.STATUS[Status.VOLDOET_NIET]: "#f8e0d8",
    say.STATUS[Status.ONBEKEND]: "#eceff2",
}
SayAs = Callable[[str], str]
Ranges = tuple[tuple[int, int], ...]
# First and last code points of what the embedded fonts draw; a test draws them all.
_DRAWN: Ranges = (
    (0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x2FF), (0x384, 0x38A), (0x38E, 0x3A1), (0x3A3, 0x482), (0x48A, 0x4FF),
    (0x5D0, 0x5EA), (0x1E00, 0x1EFF), (0x2000, 0x200A), (0x2010, 0x2027), (0x2030, 0x2040), (0x2044, 0x2052),
    (0x2070, 0x2071), (0x2074, 0x208E), (0x20A0, 0x20BF), (0x2100, 0x211E), (0x2122, 0x2122), (0x2126, 0x2126),
    (0x2153, 0x215E), (0x2190, 0x2328), (0x232B, 0x23CF), (0x2500, 0x2604), (0x2610, 0x2613), (0x2639, 0x263B),
    (0x2660, 0x266F),
    (0x2701, 0x2704), (0x2706, 0x2709), (0x270C, 0x2714), (0x2717, 0x2726), (0x2794, 0x2794), (0x2798, 0x27AF),
    (0xFB00, 0xFB06),
)  # fmt: skip
_PLAIN: Ranges = ((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F))
_JOINING = re.compile("[\u200c\u200d\ufe00-\ufe0f]")  # they only say how an emoji looks
_LONG_WORD = re.compile(rf"(\S{{{LONGEST_WORD},}})")
_PIECE = re.compile(rf"\S{{1,{PIECE}}}")


def render(document: Document) -> bytes:
    """Return the document as PDF."""
    made = document.made_on
    moment = datetime(made.year, made.month, made.day, tzinfo=timezone.utc)
    drawn = _compile(document, format="pdf", pdf_standards=["ua-1"], timestamp=moment)
    assert isinstance(drawn, bytes)
    return drawn


def pictures(document: Document, sharpness: float) -> list[bytes]:
    """Return the pages as PNG, `sharpness` in points per inch; for the documentation."""
    drawn = _compile(document, format="png", ppi=sharpness)
    return drawn if isinstance(drawn, list) else [drawn]


def _compile(document: Document, **options: Any) -> Any:
    try:
        return _compile_as(document, drawable, **options)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        # signs that don't go together in one font
        return _compile_as(document, lambda text: drawable(text, _PLAIN), **options)


def _compile_as(document: Document, say_as: SayAs, **options: Any) -> Any:
    inputs = {"document": json.dumps(_document(document, say_as), ensure_ascii=False)}
    compiler = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)
    return compiler.compile(_template(), sys_inputs=inputs, **options)


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def drawable(text: str, drawn: Ranges = _DRAWN) -> str:
    """Return `text` as the embedded fonts can draw it."""
    text = _JOINING.sub("", unicodedata.normalize("NFC", text)).replace("\t", _TAB)
    return "".join(character if _is_drawn(character, drawn) else _named(character) for character in text)


def _pieces(text: str) -> list[str]:
    """Return `text` in pieces between which a line may end.

    Not by zero-width spaces: those end up in the PDF's own record of what its letters are, and nobody finds "IPS".
    """
    parts = _LONG_WORD.split(text)
    return [piece for n, part in enumerate(parts) for piece in (_PIECE.findall(part) if n % 2 else [part]) if piece]


@lru_cache(maxsize=4096)
def _is_drawn(character: str, drawn: Ranges) -> bool:
    place = bisect.bisect_right(drawn, (ord(character), 0x110000)) - 1
    return place >= 0 and ord(character) <= drawn[place][1]


def _named(character: str) -> str:
    name = unicodedata.name(character, f"U+{ord(character):04X}")
    return f"[{name.lower() if not name.startswith('U+') else name}]"


# --- the document as JSON


def _document(document: Document, say_as: SayAs) -> dict[str, Any]:
    made = document.made_on
    return {
        "meta": say_as(f"{document.title}: {document.subtitle}"),
        "title": document.title,
        "subtitle": _pieces(say_as(document.subtitle)),
        "description": say.DESCRIPTION,
        "contents": say.CONTENTS,
        "footer": say.FOOTER,
        "date": [made.year, made.month, made.day],
        "front": [_block(block, say_as) for block in document.front],
        "body": [_block(block, say_as) for block in document.body],
    }


def _block(block: Block, say_as: SayAs) -> Mapping[str, Any]:
    return {"kind": type(block).__name__.lower(), **_content(block, lambda text: _pieces(say_as(text)))}


def _content(block: Block, cut: Callable[[str], list[str]]) -> Mapping[str, Any]:
    if isinstance(block, Heading):
        return {"level": block.level, "text": cut(block.text)}
    if isinstance(block, Open):
        return {"text": cut(block.text)}
    if isinstance(block, (Paragraph, Question, Remark)):
        return _sourced(block.text, block.source, cut)
    if isinstance(block, Quotation):
        size = sum(max(80, len(line)) for line in block.lines)
        return {"lines": list(map(cut, block.lines)), "given": cut(block.given), "long": size > LONG_ANSWER}
    if isinstance(block, (Bullets, Checklist)):
        return {"items": [_sourced(item.text, item.source, cut) for item in block.items]}
    rows = [[{"text": cut(cell), "shade": SHADES.get(cell)} for cell in row] for row in block.rows]
    header, source = list(block.header), _source(block.source, cut)
    return {"header": header, "rows": rows, "widths": list(block.widths), "source": source}


def _sourced(text: str, source: Citation | None, cut: Callable[[str], list[str]]) -> Mapping[str, Any]:
    return {"text": cut(text), "source": _source(source, cut)}


def _source(source: Citation | None, cut: Callable[[str], list[str]]) -> list[str] | None:
    return cut(say.SOURCE.format(source=source.text)) if source else None
