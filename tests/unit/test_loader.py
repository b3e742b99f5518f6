"""The knowledge folder: the real one loads; a wrong one is refused with file and line."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest

from bot.errors import KnowledgeError
from bot.knowledge.loader import FOLDER, load

FILES = (
    "sources.yml",
    "criteria.yml",
    "help_documents.yml",
    "facts.yml",
    "options.yml",
    "terms.yml",
    "costs.yml",
    "fidelity.yml",
)
CARD = """\
id: {id}
title: "Een titel"
answer: >-
  Een antwoord.
sources:
  - {{id: handreiking, section: "Toelichting"}}
related: []
reviewed_on: 2026-11-21
examples: [{examples}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of our own knowledge without its cards, to break."""
    for name in FILES:
        shutil.copy(FOLDER / name, tmp_path / name)
    (tmp_path / "answers").mkdir()
    return tmp_path


def put_card(folder: Path, card_id: str, **changes: str) -> Path:
    """Write a right card, with pieces of its text replaced."""
    text = CARD.format(id=card_id, examples=", ".join(f'"{card_id} vraag {n}"' for n in range(6)))
    for old, new in changes.items():
        text = text.replace(old, new)
    path = folder / "answers" / f"{card_id}.yml"
    path.write_text(text, encoding="utf-8")
    return path


def change(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first `old` in a file; return the line where it stood."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r}"
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def refused(folder: Path) -> KnowledgeError:
    with pytest.raises(KnowledgeError) as caught:
        load(folder)
    return caught.value


# --- our own knowledge -------------------------------------------------------------------------------------------


def test_our_own_knowledge_loads_quickly() -> None:
    start = time.perf_counter()
    knowledge = load()
    assert time.perf_counter() - start < 2  # 0.1 s without cards, 0.4 s with 250; the margin is for busy machines
    assert list(knowledge.criteria) == list(range(1, 9))
    assert [document.number for document in knowledge.help_documents] == list(range(1, 7))
    assert list(knowledge.options) == [
        "zelfstandig",
        "onderaannemerschap",
        "regionaal_team",
        "reintegratiebedrijf",
        "inhuren",
    ]
    assert re.fullmatch(r"[0-9a-f]{12}", knowledge.version)


def test_the_limits_are_those_of_the_handreiking() -> None:
    limits = {number: criterion.limit for number, criterion in load().criteria.items()}
    assert {n: (x.kind, int(x.value), x.unit) for n, x in limits.items() if x} == {
        1: ("at_least", 1, "jaar"),
        2: ("at_least", 2, "jaar"),
        6: ("at_most", 25, "clienten_per_fte"),
    }


def test_the_help_documents_serve_the_criteria_that_the_handreiking_names() -> None:
    assert {document.number: document.criteria for document in load().help_documents} == {
        1: (3, 4, 5, 7),
        2: (1, 3, 4),
        3: (1, 2, 3, 4, 6),
        4: (1, 6),
        5: (6,),
        6: (3, 4, 6, 7),
    }
    assert [document.number for document in load().help_documents if document.remark] == [5]


def test_a_term_without_source_says_that_the_explanation_is_ours() -> None:
    for term in load().terms.values():
        if term.source is None:
            assert re.search(r"onze eigen|gebruiken wij zelf", term.explanation), term.id


def test_texts_have_only_the_placeholders_that_the_rules_fill_in() -> None:
    for option in load().options.values():
        for condition in option.conditions.values():
            allowed = {"criteria"} if condition.code == "eigen_criteria_niet_gehaald" else set()
            assert set(re.findall(r"{(\w+)}", condition.fails)) == allowed, condition.code
        for missing in option.missing.values():
            allowed = {"number", "name"} if missing.code in ("criterium", "criterium_uitzoeken") else set()
            assert set(re.findall(r"{(\w+)}", missing.text)) == allowed, missing.code


def test_the_version_follows_the_content(folder: Path) -> None:
    before = load(folder).version
    assert load(folder).version == before
    change(folder, "terms.yml", "betaald werk", "werk")
    assert load(folder).version != before


def test_cards_and_texts_are_read(folder: Path) -> None:
    put_card(folder, "een")
    put_card(folder, "twee", **{"related: []": "related: [een]"})
    (folder / "texts.yml").write_text('hello: "Dag {name}"\n', encoding="utf-8")
    knowledge = load(folder)
    assert list(knowledge.cards) == ["een", "twee"]
    assert knowledge.cards["twee"].related == ("een",)
    assert knowledge.cards["een"].reviewed_on.isoformat() == "2026-11-21"
    assert knowledge.texts == {"hello": "Dag {name}"}


# --- mistakes ----------------------------------------------------------------------------------------------------

MISTAKES = {
    "unknown key in a source": (
        "sources.yml",
        '  short: "Praktijkscen',
        '  colour: "Praktijkscen',
        "unknown key: colour",
    ),
    "missing key in a criterion": (
        "criteria.yml",
        '- number: 8\n  name: "Vrije ruimte voor de trajectbegeleider"\n',
        "- number: 8\n",
        "missing key: name",
    ),
    "number as text": ("criteria.yml", "- number: 3", '- number: "drie"', "whole number"),
    "blank text": ("criteria.yml", '  name: "De hele organisatie staat achter IPS"', '  name: " "', "expected text"),
    "yes as text": ("criteria.yml", '  name: "De hele organisatie staat achter IPS"', "  name: yes", "expected text"),
    "unknown source": (
        "criteria.yml",
        '{id: handreiking, section: "kwaliteitscriterium 2"}',
        '{id: boek, section: "x"}',
        "unknown source: boek",
    ),
    "unknown section": (
        "criteria.yml",
        'section: "kwaliteitscriterium 2"',
        'section: "kwaliteitscriterium 12"',
        "no section: kwaliteitscriterium 12",
    ),
    "unknown unit": ("criteria.yml", "unit: jaar", "unit: eeuw", "expected one of"),
    "limit that is no number": ("criteria.yml", "value: 25", "value: veel", "expected a number"),
    "limit that is not finite": ("criteria.yml", "value: 25", "value: Infinity", "expected a number"),
    "criterion that does not exist": ("help_documents.yml", "[3, 4, 5, 7]", "[3, 4, 5, 9]", "unknown criterion: 9"),
    "list that is no list": ("help_documents.yml", "[3, 4, 5, 7]", "3", "expected a list"),
    "unknown kind": ("facts.yml", "kind: choice\n", "kind: keuze\n", "expected one of"),
    "bool without false": (
        "facts.yml",
        '{true: "doet al IPS", false: "doet nog geen IPS"}',
        '{true: "doet al IPS"}',
        "true and false",
    ),
    "fact given twice": ("facts.yml", "- key: capacity", "- key: delivers_ips_now", "given twice: delivers_ips_now"),
    "key given twice": (
        "facts.yml",
        '  subject: "uitbesteden"',
        '  kind: bool\n  subject: "uitbesteden"',
        "key given twice: kind",
    ),
    "condition on a fact that does not exist": (
        "options.yml",
        "facts: [near_partner]",
        "facts: [nearby]",
        "unknown fact: nearby",
    ),
    "remedy that does not exist": ("options.yml", "remedy: nabijheid", "remedy: verhuizen", "no code: verhuizen"),
    "when on a fact that does not exist": (
        "options.yml",
        "when: {few_clients: [true]}",
        "when: {clients: [true]}",
        "unknown fact: clients",
    ),
    "when with a value that does not exist": (
        "options.yml",
        "when: {team_form: [aparte_organisatie]}",
        "when: {team_form: [stichting]}",
        "expected one of",
    ),
    "flag that is no flag": ("options.yml", "required: true", "required: ja", "expected true or false"),
    "code given twice": (
        "options.yml",
        "      - code: nabijheid\n",
        "      - code: toets_phrenos\n",
        "given twice: toets_phrenos",
    ),
    "option given twice": ("options.yml", "  - id: inhuren", "  - id: zelfstandig", "given twice: zelfstandig"),
    "term given twice": ("terms.yml", "- id: caseload", "- id: fte", "given twice: fte"),
    "name of two terms": ("terms.yml", "names: [caseload,", "names: [fte,", "also one of fte"),
    "not YAML": ("terms.yml", "names: [fte,", "names: [[fte,", "expected"),
}


# Reported where the second one stands, or where the parser noticed, not where we made the mistake.
ELSEWHERE = {"code given twice", "name of two terms", "not YAML"}


@pytest.mark.parametrize("mistake", list(MISTAKES))
def test_a_mistake_is_refused_with_file_and_line(folder: Path, mistake: str) -> None:
    name, old, new, problem = MISTAKES[mistake]
    line = change(folder, name, old, new)
    error = refused(folder)
    assert error.file == name
    assert problem in error.problem
    assert error.line is not None
    if mistake not in ELSEWHERE:
        assert error.line == line
        assert str(error).startswith(f"{name}:{line}: ")


CARD_MISTAKES = {
    "starts with yes": ("Een antwoord.", "Nee, dat niet.", 3, "can't start with yes or no"),
    "unknown key": ("answer: >-", "antwoord: >-", 3, "unknown key: antwoord"),
    "missing key": ("reviewed_on: 2026-11-21\n", "", 1, "missing key: reviewed_on"),
    "id that is not the file's name": ("id: een", "id: ander", 1, "file's name: een"),
    "unknown source": ("id: handreiking", "id: boek", 6, "unknown source: boek"),
    "unknown section": ("Toelichting", "Toelichtingen", 6, "no section: Toelichtingen"),
    "no sources": ('sources:\n  - {id: handreiking, section: "Toelichting"}', "sources: []", 5, "at least 1"),
    "related that dangles": ("related: []", "related: [weg]", 7, "no other card has the id: weg"),
    "related to itself": ("related: []", "related: [een]", 7, "no other card has the id: een"),
    "no date": ("2026-11-21", "gisteren", 8, "expected a date"),
    "too few examples": ('"een vraag 5"', "", 9, "at least 6 items, found 5"),
    "example given twice": ('"een vraag 5"', '"Een  vraag 4"', 9, "example also in answers/een.yml"),
}


@pytest.mark.parametrize("mistake", list(CARD_MISTAKES))
def test_a_wrong_card_is_refused_with_file_and_line(folder: Path, mistake: str) -> None:
    old, new, line, problem = CARD_MISTAKES[mistake]
    put_card(folder, "een", **{old: new})
    error = refused(folder)
    assert (error.file, error.line) == ("answers/een.yml", line)
    assert problem in error.problem


def test_an_example_of_two_cards_is_refused(folder: Path) -> None:
    put_card(folder, "een")
    put_card(folder, "twee", **{"twee vraag 3": "een vraag 3"})
    error = refused(folder)
    assert (error.file, error.line) == ("answers/twee.yml", 9)
    assert "example also in answers/een.yml" in error.problem


def test_a_card_id_may_not_come_twice(folder: Path) -> None:
    path = put_card(folder, "een")
    (folder / "answers" / "more").mkdir()
    shutil.copy(path, folder / "answers" / "more" / "een.yml")
    error = refused(folder)
    assert (error.file, error.line) == ("answers/more/een.yml", 1)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refused(folder).file == name


@pytest.mark.parametrize("content", ["", "# only a comment\n", "just text", "- 1\n- 2\n", "a: 1\n", "\tx: 1"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_form_is_refused(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content, encoding="utf-8")
    error = refused(folder)
    assert error.file == name
    assert error.line is not None


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    (folder / "terms.yml").write_bytes(b"- id: \xff\xfe")
    assert refused(folder).file == "terms.yml"


def test_the_last_responsibility_must_always_hold(folder: Path) -> None:
    text = (folder / "options.yml").read_text(encoding="utf-8")
    start = text.index('      - execution: "Het regionale IPS-team."')
    end = text.index("    remarks:", start)
    (folder / "options.yml").write_text(text[:start] + text[end:], encoding="utf-8")
    assert "hold always" in refused(folder).problem


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("costs.yml", "    price: 11325", "    price: 11325.005", "two decimals"),
        ("costs.yml", "    price: 11325", "    price: 0", "above zero"),
        ("costs.yml", "    price: 11325", "    price: elf", "expected a number"),
        ("costs.yml", "    pilot: 8", "    pilot: -8", "above zero"),
        ("costs.yml", "    percent: 50", "    percent: 150", "more than the whole"),
        ("costs.yml", "valid_until: 2023-12-31", "valid_until: 2022-12-31", "ends before it begins"),
        ("costs.yml", "  reserved: 50000", "  reserve: 50000", "unknown key: reserve"),
        ("costs.yml", 'gemeente: "Weert"', 'gemeente: "Roermond"', "given twice"),
        ("costs.yml", "Bijlage 1", "Bijlage 9", "has no section"),
        ("fidelity.yml", "maximum: 130", "maximum: 131", "make 130, not 131"),
        ("fidelity.yml", "  - points: 115", "  - points: 131", "more than the maximum"),
        ("fidelity.yml", '    verdict: "voorbeeldige', '    verdict: "prachtige', "not one of the verdicts"),
    ],
)
def test_wrong_figures_are_refused_with_their_line(folder: Path, name: str, old: str, new: str, problem: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    error = refused(folder)
    assert (error.file, error.line is not None) == (name, True)
    assert problem in error.problem


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("kind: contact", "kind: gok", "expected one of contact"),
        ("  chapter: contact", "  hoofdstuk: contact", "unknown key: hoofdstuk"),
        ("when: {k4.multidisciplinair: [ja]}", "when: {k4.bestaat_niet: [ja]}", "no earlier yes/no question"),
        ("when: {k4.multidisciplinair: [ja]}", "when: {k8.percentage: [ja]}", "no earlier yes/no question"),
        ("when: {k4.multidisciplinair: [ja]}", "when: {k4.multidisciplinair: [soms]}", "expected one of ja, nee"),
        ("when: {samenwerking.vorm: [inhuren]}", "when: {samenwerking.vorm: [huren]}", "expected one of onderaannemer"),
        ("fact: criteria.2", "fact: criteria.9", "unknown fact: criteria.9"),
        ("- id: k3.lagen", "- id: k1.aantal", "given twice: k1.aantal"),
        ("chapter: criterium.8", "chapter: criterium.1", "out of order: criterium.1"),
        ('section: "kwaliteitscriterium 6"', 'section: "kwaliteitscriterium 60"', "has no section"),
    ],
)
def test_a_wrong_plan_is_refused_with_its_place(folder: Path, old: str, new: str, problem: str) -> None:
    shutil.copy(FOLDER / "plan.yml", folder / "plan.yml")
    line = change(folder, "plan.yml", old, new)
    error = refused(folder)
    assert (error.file, problem in str(error)) == ("plan.yml", True)
    assert error.line is not None
    assert abs(error.line - line) <= 3


def test_help_documents_of_the_plan_are_those_of_the_criterion() -> None:
    plan = load().plan
    assert plan["k6.aantal"].help_documents == (3, 4, 5, 6)
    assert plan["k8.percentage"].help_documents == ()
    assert plan["motivatie"].help_documents == ()
