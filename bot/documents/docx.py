"""A document as DOCX, to edit: real headings, lists, table headers, page numbers, Dutch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_BREAK, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph as DocxParagraph

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
    Table,
)

LANGUAGE = "nl-NL"
FONT = "Calibri"
INK, ACCENT, QUIET, WARNING, HEADER_SHADE = "1F2933", "1B4F72", "52606D", "8A3B12", "E4EBF1"
TEXT_WIDTH = 16.0  # cm
_STATUS_SHADES = {
    say.STATUS[status]: shade for status, shade in zip(say.STATUS, ("DDEFE3", "F8E0D8", "ECEFF2"), strict=True)
}
SHORT_ANSWER = 8  # lines that are kept on one page


def render(document: Document) -> bytes:
    """Return the document as a DOCX file."""
    drawn = docx.Document()
    _set_up(drawn, document)
    _draw_front(drawn, document)
    for block in document.body:
        _DRAW[type(block)](drawn, block)
    file = BytesIO()
    drawn.save(file)
    return file.getvalue()


# --- page, styles, metadata


def _set_up(drawn: Any, document: Document) -> None:
    section = drawn.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin, section.bottom_margin = Cm(2.5), Cm(2.2)
    section.different_first_page_header_footer = True
    _metadata(drawn.core_properties, document)
    _language(drawn.styles)
    _styles(drawn)
    _footer(section.footer.paragraphs[0])


def _metadata(properties: Any, document: Document) -> None:
    made = datetime(document.made_on.year, document.made_on.month, document.made_on.day)  # noqa: DTZ001  a day, no moment
    properties.title = f"{document.title}: {document.subtitle}"[:255]
    properties.subject, properties.author = document.title, "IPS-wijzer"
    properties.last_modified_by, properties.comments, properties.keywords = "IPS-wijzer", "", "IPS, implementatieplan"
    properties.language, properties.category = LANGUAGE, "concept"
    properties.created = properties.modified = made
    properties.revision = 1


def _language(styles: Any) -> None:
    defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    defaults.append(_element("w:lang", val=LANGUAGE, eastAsia=LANGUAGE, bidi=LANGUAGE))


def _styles(drawn: Any) -> None:
    """Define the styles; python-docx makes a style's id from its name, without the spaces."""
    styles = drawn.styles
    _style(styles["Normal"], 11, INK, after=6)
    styles["Normal"].paragraph_format.line_spacing = 1.15
    _style(styles["Title"], 30, ACCENT, bold=True, after=6)
    _border(styles["Title"], "bottom", "FFFFFF", 0)
    _style(styles["Subtitle"], 16, QUIET, after=30)
    for level, size in ((1, 20), (2, 14), (3, 11.5)):
        _style(styles[f"Heading {level}"], size, ACCENT, bold=True, before=18 if level < 3 else 12, after=6)
    styles["Heading 1"].paragraph_format.page_break_before = True
    _style(_new(styles, "Toelichting", keep=True), 11, INK, after=6)
    _style(_new(styles, "Vraag", keep=True), 11, INK, bold=True, before=10, after=3)
    answer = _new(styles, "Antwoord")
    _style(answer, 11, INK, after=2)
    answer.paragraph_format.left_indent = Cm(0.6)
    _border(answer, "left", ACCENT, 18)
    _style(_new(styles, "Antwoord kort", base="Antwoord", keep=True), 11, INK, after=2)
    _style(_new(styles, "Antwoord van", base="Antwoord"), 9, QUIET, after=8)
    _style(_new(styles, "Nog open"), 11, QUIET, italic=True, after=8)
    remark = _new(styles, "Let op")
    _style(remark, 10.5, WARNING, after=8)
    remark.paragraph_format.left_indent = Cm(0.6)
    _style(_new(styles, "Bron"), 9, QUIET, before=3, after=8)
    _style(_new(styles, "In een tabel"), 10, INK, before=3, after=3)
    _lists(drawn)
    mention = styles.add_style("Bronvermelding", WD_STYLE_TYPE.CHARACTER)
    mention.font.size, mention.font.bold, mention.font.color.rgb = Pt(9), False, RGBColor.from_string(QUIET)


def _lists(drawn: Any) -> None:
    bullets = drawn.styles["List Bullet"]
    _style(bullets, 11, INK, after=5)
    for old in bullets.element.pPr.findall(qn("w:contextualSpacing")):
        bullets.element.pPr.remove(old)
    checklist = _new(drawn.styles, "Checklist", base="List Bullet")
    _style(checklist, 11, INK, after=5)
    _number_with(checklist, _tick_box_list(drawn))


def _new(styles: Any, name: str, *, base: str = "Normal", keep: bool = False) -> Any:
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles[base]
    style.quick_style = True
    style.paragraph_format.keep_with_next = keep
    return style


def _style(
    style: Any,
    size: float,
    colour: str,
    *,
    bold: bool = False,
    italic: bool = False,
    before: float = 0,
    after: float = 0,
) -> None:
    font = style.font
    font.name, font.size, font.bold, font.italic = FONT, Pt(size), bold, italic
    font.color.rgb = RGBColor.from_string(colour)
    fonts = style.element.rPr.rFonts
    for theme in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[theme]
    for kind in ("w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)


def _border(style: Any, side: str, colour: str, width: int) -> None:
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    border = _element("w:pBdr")
    border.append(_element(f"w:{side}", val="single" if width else "nil", sz=str(width), space="8", color=colour))
    properties.insert_element_before(border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")


def _tick_box_list(drawn: Any) -> str:
    """Add a list whose mark is an empty box; return its number."""
    numbering = drawn.part.numbering_part.element
    abstract = _element("w:abstractNum", abstractNumId="900")
    level = _element("w:lvl", ilvl="0")
    for name, value in (("w:start", "1"), ("w:numFmt", "bullet"), ("w:lvlText", "\u2610"), ("w:lvlJc", "left")):
        level.append(_element(name, val=value))
    indent = _element("w:pPr")
    indent.append(_element("w:ind", left="425", hanging="425"))
    level.append(indent)
    font = _element("w:rPr")
    font.append(_element("w:rFonts", ascii="Segoe UI Symbol", hAnsi="Segoe UI Symbol", hint="default"))
    level.append(font)
    abstract.append(_element("w:multiLevelType", val="hybridMultilevel"))
    abstract.append(level)
    first = numbering.find(qn("w:num"))
    first.addprevious(abstract)
    return str(numbering.add_num(900).numId)


def _number_with(style: Any, number: str) -> None:
    properties = style.element.get_or_add_pPr()
    numbers = properties.get_or_add_numPr()
    numbers.append(_element("w:ilvl", val="0"))
    numbers.append(_element("w:numId", val=number))


def _footer(paragraph: Any) -> None:
    stops = paragraph.style.paragraph_format.tab_stops
    stops.clear_all()
    stops.add_tab_stop(Cm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run(f"{say.FOOTER}\tpagina ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" van ")
    _field(paragraph, "NUMPAGES")
    for run in paragraph.runs:
        run._r.style = "Bronvermelding"


def _field(paragraph: Any, name: str) -> None:
    """Add a field that Word and LibreOffice fill in; "1" stands there until they do."""
    instruction = _element("w:instrText")
    instruction.text = name
    for part in (_mark("begin"), instruction, _mark("separate"), None, _mark("end")):
        run = paragraph.add_run("" if part is not None else "1")
        if part is not None:
            run._r.append(part)


def _mark(kind: str) -> Any:
    return _element("w:fldChar", fldCharType=kind)


# --- blocks


def _draw_front(drawn: Any, document: Document) -> None:
    _add(drawn, document.title, "Title").paragraph_format.space_before = Pt(140)
    _add(drawn, document.subtitle, "Subtitle")
    for block in document.front:
        _DRAW[type(block)](drawn, block)


def _heading(drawn: Any, block: Heading) -> None:
    _add(drawn, block.text, f"Heading{block.level}")


def _paragraph(drawn: Any, block: Paragraph) -> None:
    _with_source(_add(drawn, block.text, "Toelichting"), block.source)


def _question(drawn: Any, block: Question) -> None:
    _with_source(_add(drawn, block.text, "Vraag"), block.source)


def _quotation(drawn: Any, block: Quotation) -> None:
    for line in block.lines:
        _add(drawn, line, "Antwoord" if len(block.lines) > SHORT_ANSWER else "Antwoordkort")
    _add(drawn, block.given, "Antwoordvan")


def _open(drawn: Any, block: Open) -> None:
    _add(drawn, block.text, "Nogopen")


def _remark(drawn: Any, block: Remark) -> None:
    _with_source(_add(drawn, block.text, "Letop"), block.source)


def _bullets(drawn: Any, block: Bullets | Checklist) -> None:
    style = "Checklist" if isinstance(block, Checklist) else "ListBullet"
    for item in block.items:
        _with_source(_add(drawn, item.text, style), item.source)


def _table(drawn: Any, block: Table) -> None:
    """Fill the rows by their elements: python-docx reckons the whole grid anew for every row it is asked for."""
    table = drawn.add_table(rows=1 + len(block.rows), cols=len(block.header))
    table.autofit = False
    table._tbl.tblPr.find(qn("w:tblLayout")).addprevious(_borders())
    widths = [Cm(TEXT_WIDTH * share / sum(block.widths)) for share in block.widths]
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = width
    for row, texts in zip(table._tbl.tr_lst, (block.header, *block.rows), strict=True):
        row.get_or_add_trPr().append(_element("w:cantSplit"))
        for cell, text, width in zip(row.tc_lst, texts, widths, strict=True):
            cell.width = width
            _cell(_Cell(cell, table), text, header=texts is block.header)
    table._tbl.tr_lst[0].get_or_add_trPr().append(_element("w:tblHeader"))
    _add(drawn, say.SOURCE.format(source=block.source.text) if block.source else "", "Bron")


def _cell(cell: _Cell, text: str, *, header: bool) -> None:
    shade = HEADER_SHADE if header else _STATUS_SHADES.get(text)
    paragraph = cell.paragraphs[0]
    paragraph._p.style = "Ineentabel"
    paragraph.add_run(text).bold = True if shade else None
    if shade:
        cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=shade))


def _borders() -> Any:
    borders = _element("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        kind = "single" if side in ("top", "bottom", "insideH") else "nil"
        borders.append(_element(f"w:{side}", val=kind, sz="4", space="0", color="B8C4CE"))
    return borders


def _add(drawn: Any, text: str, style_id: str) -> Any:
    """Add a paragraph by its style's id, before the section's properties, which come last.

    python-docx looks through all styles for a name and through the whole body for its end: too slow for long answers.
    """
    element = _element("w:p")
    drawn.element.body[-1].addprevious(element)
    element.style = style_id
    paragraph = DocxParagraph(element, drawn._body)
    paragraph.add_run(text)
    return paragraph


def _with_source(paragraph: Any, source: Citation | None) -> None:
    if source:
        run = paragraph.add_run(style=None)
        run.add_break(WD_BREAK.LINE)
        run.add_text(say.SOURCE.format(source=source.text))
        run._r.style = "Bronvermelding"


def _element(name: str, **attributes: str) -> Any:
    element = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
    return element


_DRAW: dict[type[Block], Callable[[Any, Any], None]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Question: _question,
    Quotation: _quotation,
    Open: _open,
    Remark: _remark,
    Bullets: _bullets,
    Checklist: _bullets,
    Table: _table,
}
