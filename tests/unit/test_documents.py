"""The document of a plan: what it says, and that its three formats say the same, whatever people typed."""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from io import BytesIO
from typing import Any

import docx as python_docx
import pdfua
import pytest
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pypdf import PdfReader

from bot.documents import docx, markdown, pdf
from bot.documents import wording as say
from bot.documents.content import Checklist, Document, Heading, Open, Paragraph, Question, Quotation, Remark, Table
from bot.documents.dates import dutch_date, dutch_day
from bot.documents.outline import outline
from bot.documents.plaintext import line, lines, shown
from bot.model import Plan, PlanAnswer, PlanChange, PlanRemark, SourceRef
from tests.fakes.plan import C6, NOW, PLAN, QUESTIONS, knowledge, standing, texts

DAY = date(2026, 11, 21)
FACTS = {f"criteria.{number}": "voldoet" for number in range(1, 9)}


def drawn(plan: Plan) -> Document:
    return outline(plan, standing(plan), knowledge(), DAY)


def answered(*given_texts: str, **more: Any) -> Plan:
    """Return a plan with these answers to the first questions."""
    pairs = zip(QUESTIONS, given_texts, strict=False)
    return PLAN.with_(answers={q.id: PlanAnswer(q.id, text, NOW, **more) for q, text in pairs})


def all_text(plan: Plan) -> str:
    return "\n".join(texts(drawn(plan)))


# --- reading the three formats back


def squeezed(text: str) -> str:
    """Return `text` without spaces and places to break: where lines end differs from format to format."""
    return re.sub(r"[\s]", "", unicodedata.normalize("NFC", text))


def docx_text(file: bytes) -> str:
    body = python_docx.Document(BytesIO(file)).element.body
    tags = {qn("w:t"): lambda each: each.text or "", qn("w:tab"): lambda each: "\t", qn("w:br"): lambda each: "\n"}
    return "".join(tags[each.tag](each) for each in body.iter(*tags))


FOOT = re.compile(rf"\s*{re.escape(say.FOOTER)}\s*pagina \d+ van \d+\s*$")
HEADERS = tuple(
    "".join(header).replace(" ", "") for header in (say.VERDICT_HEADER, say.CHANGES_HEADER, say.SOURCES_HEADER)
)


def pdf_text(file: bytes) -> str:
    """Return the squeezed text of all pages but the contents, without the page's foot and the tables' headers."""
    pages = [page.extract_text() for page in PdfReader(BytesIO(file)).pages]
    assert pages[1].startswith(say.CONTENTS)
    assert all(FOOT.search(page) for page in pages[1:])
    return "".join(without_headers(squeezed(FOOT.sub("", page))) for page in [pages[0], *pages[2:]])


def without_headers(text: str) -> str:
    """A table's header stands on each of its pages."""
    for header in HEADERS:
        text = text.replace(header, "")
    return text


def markdown_text(file: bytes) -> str:
    found, inside = [], []  # type: tuple[list[str], list[str]]
    for token in MarkdownIt("commonmark").enable("table").parse(file.decode()):
        inside += [token.tag] * (token.type == "bullet_list_open")
        del inside[len(inside) - (token.type == "bullet_list_close") :]
        assert token.type not in ("html_block", "fence", "code_block", "ordered_list_open"), token
        for number, child in enumerate(token.children or ()):
            assert child.type not in ("link_open", "image", "code_inline", "html_inline"), child
            is_box = inside == ["ul"] and number == 0 and child.content.startswith("[ ] ")
            found.append("\n" if child.type in ("softbreak", "hardbreak") else child.content[4 * is_box :])
    return "\n".join(found)


def check_all_formats(document: Document, *, with_pdf: bool = True) -> None:
    said = squeezed("".join(texts(document)))
    assert squeezed(docx_text(docx.render(document))) == said
    assert squeezed(markdown_text(markdown.render(document))) == said
    if with_pdf:
        expected = squeezed("".join(pdf.drawable(text) for text in texts(document, "•", "☐")))
        assert pdf_text(pdf.render(document)) == without_headers(expected)


# --- what it says


def test_the_front_says_what_it_is() -> None:
    document = drawn(PLAN)
    front = " ".join(block.text for block in document.front if isinstance(block, Paragraph))
    assert document.subtitle == "Stichting Voorbeeld & Co"
    assert "21 november 2026" in front
    assert knowledge().version in front
    assert "concept" in front
    assert "Kenniscentrum Phrenos" in front


def test_answers_stand_word_for_word_with_who_and_when() -> None:
    quotations = [block for block in drawn(PLAN).body if isinstance(block, Quotation)]
    assert Quotation(("J. de Vries", "jdv@voorbeeld.example"), "Antwoord van JV, 21 november 2026") in quotations
    assert Quotation(("Nee, nog niet",), "Antwoord van 21 november 2026") in quotations
    assert len(quotations) == len(PLAN.answers)


def test_a_question_without_an_answer_reads_as_open() -> None:
    body = drawn(PLAN).body
    for ask, said in (("Waarom IPS?", say.OPEN), ("Wat als het er te veel zijn?", say.SKIPPED)):
        at = next(i for i, block in enumerate(body) if isinstance(block, Question) and block.text == ask)
        assert body[at + 1] == Open(said)
    points = [item.text for block in body if isinstance(block, Checklist) for item in block.items]
    assert "Motivatie: Waarom IPS?" in points
    assert "Criterium 6: Wat als het er te veel zijn?" in points


@pytest.mark.parametrize("text", ["", "  \n\t", "\x00\x07", "\u200e\u202e"])
def test_an_answer_without_text_reads_as_open(text: str) -> None:
    document = drawn(answered("", text))
    assert document.subtitle == say.NO_NAME
    assert not [block for block in document.body if isinstance(block, Quotation)]


def test_what_the_criteria_check_knows_is_not_open() -> None:
    assert "Dit is al gezegd in de criteriacheck: ggz-organisatie." in all_text(PLAN)
    assert "Organisatie: Wat voor organisatie?" not in all_text(PLAN)


def test_a_question_is_asked_only_when_it_applies() -> None:
    assert "Hoe sluit de begeleider aan?" not in all_text(PLAN)
    yes = replace(PLAN.answers["k4.mdo"], value="ja")
    assert "Hoe sluit de begeleider aan?" in all_text(PLAN.with_(answers={**PLAN.answers, "k4.mdo": yes}))
    assert "Wie neemt mensen in dienst?" not in all_text(PLAN.with_(facts={}))


def test_no_answer_is_lost_when_its_question_is_no_longer_asked() -> None:
    extra = {key: PlanAnswer(key, f"antwoord op {key}", NOW) for key in ("k4.hoe", "vraag.van.vroeger")}
    text = all_text(PLAN.with_(answers={**PLAN.answers, **extra}))
    assert say.OTHER_ANSWERS in text
    assert "Hoe sluit de begeleider aan?" in text
    assert all(answer.text in text for answer in extra.values())


def test_the_table_of_criteria() -> None:
    table = next(block for block in drawn(PLAN).body if isinstance(block, Table) and block.header == say.VERDICT_HEADER)
    verdicts = [row[1] for row in table.rows]
    assert verdicts == ["voldoet", *["onbekend"] * 4, "voldoet niet", "onbekend", "onbekend"]
    assert table.rows[5][2] == "Eigen antwoord: 30 cliënten per fte."
    assert [row[2] for row in table.rows][6:] == ["Nog niet beantwoord.", "Eigen antwoord."]


def test_a_gap_stands_at_the_answer_and_among_the_open_points() -> None:
    body = drawn(PLAN).body
    at = next(i for i, block in enumerate(body) if isinstance(block, Quotation) and block.lines == ("30 per fte",))
    remark = body[at + 1]
    assert isinstance(remark, Remark)
    assert remark.source
    assert remark.source.ref == C6
    assert "Criterium 6: 30 is meer dan 25." in all_text(PLAN)


def test_an_empty_plan_claims_nothing() -> None:
    document = drawn(Plan("leeg"))
    text = "\n".join(texts(document))
    assert document.subtitle == say.NO_NAME
    assert not [block for block in document.body if isinstance(block, Quotation)]
    assert "Oordeel: voldoet" not in text
    assert say.NO_BEST["meer_informatie"] in text
    check_all_formats(drawn(Plan("leeg")))


def test_the_advice_names_who_is_responsible_and_what_to_arrange() -> None:
    facts = {**FACTS, "organisation_type": "ggz", "capacity": "voldoende"}
    text = all_text(PLAN.with_(facts=facts))
    assert "Zelf IPS uitvoeren." in text
    assert say.RESPONSIBLE_TITLE in text
    assert all(topic in text for topic in say.RESPONSIBLE)
    assert say.OTHERS in text


def test_every_statement_of_ours_about_ips_has_a_source() -> None:
    """What has none is about the document or the answers themselves: those sentences stand in `wording`."""
    own = {value for value in vars(say).values() if isinstance(value, str)} | {*say.NO_BEST.values()}
    shapes = [re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(text)), re.DOTALL) for text in own]
    for facts in (PLAN.facts, {**FACTS, "organisation_type": "ggz"}):
        document = drawn(PLAN.with_(facts=facts))
        for block in (*document.front, *document.body):
            holders = block.items if hasattr(block, "items") else (block,)
            for holder in holders:
                if isinstance(holder, (Heading, Quotation, Open, Table, Question)) or holder.source:
                    continue
                assert any(shape.fullmatch(holder.text) for shape in shapes), holder


def test_the_wording_names_places_that_exist() -> None:
    refs = [say.CONCEPT[1], say.SEND[1], say.CRITERIA_SOURCE[0]]
    assert all(ref.section in knowledge().sources[ref.id].sections for ref in refs)


def test_the_sources_list_what_was_used() -> None:
    table = [block for block in drawn(PLAN).body if isinstance(block, Table)][-1]
    assert table.header == say.SOURCES_HEADER
    handreiking = next(row for row in table.rows if row[0] == knowledge().sources["handreiking"].title)
    assert "kwaliteitscriterium 6" in handreiking[3]


def test_who_changed_what() -> None:
    table = next(block for block in drawn(PLAN).body if isinstance(block, Table) and block.header == say.CHANGES_HEADER)
    assert table.rows[0] == ("21 november 2026", "AB", "gegeven", "Criterium 6: Hoeveel cliënten per fte?")
    assert table.rows[1][1:3] == ("zonder voorletters", "gewijzigd")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 31, 22, 59, tzinfo=timezone.utc), date(2026, 1, 31)),
        (datetime(2026, 1, 31, 23, 0, tzinfo=timezone.utc), date(2026, 2, 1)),
        (datetime(2026, 6, 30, 21, 59, tzinfo=timezone.utc), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 22, 0, tzinfo=timezone.utc), date(2026, 7, 1)),
        (datetime(2026, 3, 29, 22, 30, tzinfo=timezone.utc), date(2026, 3, 30)),  # summer time began that morning
        (datetime(2026, 3, 28, 22, 30, tzinfo=timezone.utc), date(2026, 3, 28)),
        (datetime(2026, 10, 25, 22, 30, tzinfo=timezone.utc), date(2026, 10, 25)),  # and ended that one
        (datetime(2026, 10, 24, 22, 30, tzinfo=timezone.utc), date(2026, 10, 25)),
        (datetime(2026, 7, 1, 0, 30, tzinfo=timezone(timedelta(hours=2))), date(2026, 7, 1)),
    ],
)
def test_days_are_dutch(moment: datetime, day: date) -> None:
    assert dutch_day(moment) == day


def test_dates_are_dutch() -> None:
    assert dutch_date(date(2027, 3, 1)) == "1 maart 2027"


# --- plain text


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("regel\r\nregel\rregel\u2028regel", "regel\nregel\nregel\nregel"),
        ("a\x00b\x1bc\x7f", "abc"),
        ("links\u202erechts\u2066\u200f", "linksrechts"),
        ("half \ud83d teken", "half \ufffd teken"),
        ("heel \ud83d\ude42 teken", "heel 🙂 teken"),
        ("geen teken \uffff", "geen teken \ufffd"),
        ("👩\u200d⚕️ blijft", "👩\u200d⚕️ blijft"),
        ("a\tb", "a\tb"),
    ],
)
def test_what_is_shown(typed: str, seen: str) -> None:
    assert shown(typed) == seen


def test_lines_keep_their_shape() -> None:
    assert lines("\n\n  - een\n\n    twee  \n\n") == ("  - een", "", "    twee")
    assert line(" a \n b\tc ") == "a b c"


# --- the same in all formats, whatever was typed

HOSTILE = {
    "formula": '=HYPERLINK("http://kwaad.example","klik")\n+1\n-1\n@SUM(A1)',
    "html": "<script>alert(1)</script><img src=x onerror=y>&amp;&lt; <!-- x --> <?php ?> </w:t></w:p>",
    "jinja": "{{ 7*7 }} {% for x in y %} ${x} #{x} <%= x %> %s {0} {naam}",
    "typst": '#eval("1") #let x = 1 $x^2$ *dik* _schuin_ = Kop @ref <label> #import "x" \\ ~ -- --- "aan" \'halen\'',
    "markdown": "# Kop\n## Kop\n- punt\n* punt\n+ punt\n1. een\n1) een\n> citaat\n```\ncode\n```\n~~~\n    code\n---\n"
    "***\n===\n[naam](http://x) ![b](y) <http://x> http://www.x.nl www.x.nl a@b.nl `code` | a | b |\n|---|---|\n"
    "\\\\ \\* &copy; &#35;",
    "xml": "]]> <![CDATA[ x ]]> &bogus; &#0; &#x1F642; <!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]> &y;",
    "excel": "naam\taantal\tfte\nTeam A\t25\t1,0\nTeam B\t13\t0,5\n\t\t\n",
    "word table": "naam\x07aantal\x07\r\nTeam\x0b A\x0725",
    "emoji": "👍🏽 👩‍⚕️ 🇳🇱 🙂 1️⃣ ❤️ ☺ 🫠",
    "rtl": "\u202eabc\u202c \u200fשלום مرحبا\u2067x\u2069",
    "scripts": "Łódź Ñandú Ελλάδα Привет İstanbul 中文 日本語 한국어 हिन्दी ไทย ﷽ 𝔘𝔫𝔦 ﬁ "
    "½ € ’ “ ” … – — \u00ad\u200b\ufeff",
    "combining": "z̴͔̈a̶l̸g̷o e\u0301 n\u0303 g\u0303 \u0301 x\u20dd",
    "control": "\x00\x01\x02 a\x08b \x1b[31mrood\x1b[0m \x7f\x80\x9f",
    "surrogates": "\ud83d \ude42 \ud83d\ude42 \udfff\ud800",
    "noncharacters": "\ufffe \uffff \ufdd0 \U0001ffff \ue000 \U0010fffd",
    "spaces": "   voor\n\n\n\n    ingesprongen    \n\u00a0\u2007\u3000x   y",
    "word": "x" * 3000,
    "url": "https://voorbeeld.example/" + "pad/" * 100 + "?a=b&c=d",
    "backslashes": "C:\\map\\bestand \\n \\u0000 \\",
    "quotes": "\"'`´‘’“”„‟«»‹›",
    "path": "../../etc/passwd\x00.docx CON NUL",
    "dashes": "- - -\n_ _ _\n* * *\n+ +\n: : :\n1.\n2)\n#\n>",
    "checkbox": "[ ] open\n[x] dicht\n- [ ] taak",
    "reference": "[a]: http://x 'titel'\n[a]\n[^1]: noot\n[^1]",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_was_typed_is_plain_text_in_every_format(name: str) -> None:
    check_all_formats(drawn(answered("gewoon", HOSTILE[name], "", HOSTILE[name], by=HOSTILE[name][:40])))


@pytest.mark.parametrize("name", ["formula", "html", "typst", "emoji", "rtl", "markdown"])
def test_what_was_typed_is_found_back_as_typed(name: str) -> None:
    expected = squeezed("".join(lines(HOSTILE[name])))
    document = drawn(answered("", "", "", HOSTILE[name]))
    assert expected in squeezed(docx_text(docx.render(document)))
    assert expected in squeezed(markdown_text(markdown.render(document)))
    assert squeezed(pdf.drawable(expected)) in squeezed(pdf_text(pdf.render(document)))


def test_remarks_notes_and_initials_are_plain_text_too() -> None:
    bad = "<b>*x*</b> #y {{z}} \x00 🙂 =1+1"
    answer = PlanAnswer("k6.aantal", bad, NOW, bad, (PlanRemark("x", f"Je noemt {bad}.", C6),))
    facts, notes = {"criteria.6": "voldoet_niet", "organisation_type": bad}, {"criteria.6": bad}
    changes = (PlanChange(bad, bad, NOW, bad),)
    check_all_formats(drawn(PLAN.with_(answers={"k6.aantal": answer}, facts=facts, notes=notes, changes=changes)))


TYPED = st.text(
    st.one_of(
        st.characters(max_codepoint=0x17F),
        st.characters(),
        st.sampled_from("\n\t *_#=-+>|[](){}<>&\\`~$@!:.\"'%;^\r\u2028\u202e\ud83d\u200d🙂"),
    ),
    max_size=120,
)
REMARKS = st.lists(st.builds(PlanRemark, st.just("x"), TYPED, st.sampled_from([None, C6])), max_size=2).map(tuple)
STATUSES = st.sampled_from(["voldoet", "voldoet_niet", "onbekend"])
IDS = st.sampled_from([each.id for each in QUESTIONS] + ["vraag.van.vroeger"])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    answers = {}
    for key in draw(st.lists(IDS, unique=True)):
        value = draw(st.sampled_from(["", "ja", "nee"]))
        answers[key] = PlanAnswer(key, draw(TYPED), NOW, draw(TYPED)[:8], draw(REMARKS), value)
    facts: dict[str, Any] = draw(st.dictionaries(st.sampled_from(sorted(FACTS)), STATUSES))
    facts |= draw(
        st.sampled_from([{}, {"organisation_type": "ggz"}, {"partner_types": ("ggz", "uwv"), "near_partner": True}])
    )
    change = st.builds(
        PlanChange, IDS, st.sampled_from(["gegeven", "gewist", "x"]), st.just(NOW), TYPED.map(lambda t: t[:8])
    )
    return Plan(
        "x",
        answers,
        facts,
        {key: draw(TYPED) for key in draw(st.lists(st.sampled_from(sorted(FACTS)), max_size=3))},
        tuple(draw(st.lists(IDS, max_size=3))),
        tuple(draw(st.lists(change, max_size=4))),
    )


def check_claims(plan: Plan) -> None:
    """Every answer stands there once, under its own question; nothing else is quoted."""
    quoted: dict[str, tuple[str, ...]] = {}
    asked = ""
    for block in drawn(plan).body:
        if isinstance(block, Question):
            asked = block.text
        elif isinstance(block, Quotation):
            assert asked not in quoted
            quoted[asked] = block.lines
    asks = {each.id: each.ask for each in QUESTIONS}
    expected = {asks.get(key, key): lines(each.text) for key, each in plan.answers.items() if lines(each.text)}
    assert quoted == expected


@cache
def always() -> frozenset[str]:
    return frozenset(map(repr, drawn(Plan("leeg")).body))


def of_its_own(plan: Plan) -> Document:
    """Return the document without what stands in every one, so that many can be tried."""
    document = drawn(plan)
    body = (block for block in document.body if isinstance(block, Heading) or repr(block) not in always())
    return replace(document, front=(), body=tuple(body))


@given(plans())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_plans_say_the_same_in_docx_and_markdown(plan: Plan) -> None:
    check_claims(plan)
    check_all_formats(of_its_own(plan), with_pdf=False)


@given(plans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_random_plans_say_the_same_in_pdf(plan: Plan) -> None:
    check_all_formats(of_its_own(plan))


def test_fifty_thousand_characters_come_through_in_reasonable_time() -> None:
    long = "\n".join(f"Regel {number}: wij doen dit samen met het team & de cliënt." for number in range(900))[:50_000]
    started = time.process_time()
    check_all_formats(drawn(answered("gewoon", "naam", "", long)))
    assert time.process_time() - started < 30


def test_ten_thousand_short_lines_come_through() -> None:
    document = drawn(answered("gewoon", "naam", "", "a\n" * 10_000))
    started = time.process_time()
    for form in (docx, pdf, markdown):
        form.render(document)
    assert time.process_time() - started < 30


# --- the files themselves


@pytest.fixture(scope="module")
def word() -> Any:
    return python_docx.Document(BytesIO(docx.render(drawn(PLAN))))


def test_docx_has_real_headings_lists_and_table_headers(word: Any) -> None:
    used = {paragraph.style.name for paragraph in word.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet", "Checklist", "Antwoord kort"} <= used
    assert all(table._tbl.tr_lst[0].trPr.find(qn("w:tblHeader")) is not None for table in word.tables)
    number = word.styles["Checklist"].element.pPr.numPr.numId.val
    assert number != word.styles["List Bullet"].element.pPr.numPr.numId.val


def test_docx_uses_only_styles_that_it_has(word: Any) -> None:
    known = {style.style_id for style in word.styles}
    used = {each.get(qn("w:val")) for each in word.element.body.iter(qn("w:pStyle"), qn("w:rStyle"))}
    assert used <= known


def test_docx_is_dutch_and_says_what_it_is(word: Any) -> None:
    languages = [each.get(qn("w:val")) for each in word.styles.element.iter(qn("w:lang"))]
    assert languages == ["nl-NL"]
    properties = word.core_properties
    assert properties.title == "Implementatieplan IPS: Stichting Voorbeeld & Co"
    assert (properties.author, properties.language, properties.created.date()) == ("IPS-wijzer", "nl-NL", DAY)


def test_docx_has_page_numbers(word: Any) -> None:
    fields = [each.text for each in word.sections[0].footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_docx_has_no_links_fields_or_macros_of_its_users() -> None:
    document = python_docx.Document(BytesIO(docx.render(drawn(answered("", "", "", HOSTILE["formula"])))))
    assert not list(document.element.body.iter(qn("w:hyperlink"), qn("w:fldSimple"), qn("w:instrText")))
    assert not [each for each in document.part.rels.values() if each.is_external]


@pytest.mark.parametrize("plan", [PLAN, Plan("leeg"), answered(*HOSTILE.values())], ids=["plan", "empty", "hostile"])
def test_pdf_passes_the_accessibility_checks(plan: Plan, tmp_path: Any) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf.render(drawn(plan)))
    assert pdfua.validate(path).findings == ()


def test_the_accessibility_checks_can_fail(tmp_path: Any) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(pdf._compile(drawn(PLAN), format="pdf", pdf_tags=False))
    assert pdfua.validate(path).findings


def test_pdf_is_tagged_dutch_and_says_what_it_is() -> None:
    reader = PdfReader(BytesIO(pdf.render(drawn(PLAN))))
    assert reader.metadata
    assert reader.metadata.title == "Implementatieplan IPS: Stichting Voorbeeld & Co"
    assert str(reader.root_object["/Lang"]).lower() == "nl-nl"
    assert reader.root_object["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in reader.root_object["/Metadata"].get_object().get_data()


def test_the_same_plan_gives_the_same_pdf() -> None:
    assert pdf.render(drawn(PLAN)) == pdf.render(drawn(PLAN))


def test_what_the_pdf_says_it_can_draw_it_draws() -> None:
    """All of `_DRAWN` at once, and without the fallback that names what fails."""
    characters = [chr(point) for first, last in pdf._DRAWN for point in range(first, last + 1)]
    kept = [each for each in characters if unicodedata.category(each) != "Cn"]
    document = drawn(answered("", "", "", " ".join(kept)))
    assert all(pdf.drawable(each) == unicodedata.normalize("NFC", each) for each in kept)
    pdf._compile_as(document, pdf.drawable, format="pdf", pdf_standards=["ua-1"])


def test_what_the_pdf_cannot_draw_is_named() -> None:
    assert pdf.drawable("ja 🙂") == "ja [slightly smiling face]"
    assert pdf.drawable("\ue000") == "[U+E000]"
    assert pdf.drawable("中") == "[cjk unified ideograph-4e2d]"


def test_a_source_we_do_not_have_is_an_error() -> None:
    remark = PlanRemark("x", "tekst", SourceRef("onbekend", "x"))
    with pytest.raises(KeyError):
        drawn(PLAN.with_(answers={"k6.aantal": PlanAnswer("k6.aantal", "x", NOW, "", (remark,))}))
