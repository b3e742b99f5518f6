"""The coverage of the publications: ours is complete and its page is current; a wrong one is refused with its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.errors import KnowledgeError
from bot.knowledge.__main__ import coverage_page
from bot.knowledge.coverage import PAGE, read_coverage
from bot.knowledge.loader import FOLDER, load
from bot.model import Knowledge


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of our coverage, to break."""
    shutil.copytree(FOLDER / "coverage", tmp_path / "coverage")
    return tmp_path


def change(folder: Path, old: str, new: str, source_id: str = "handreiking") -> int:
    """Replace the first `old` in a coverage file; return the line where it stood."""
    path = folder / "coverage" / f"{source_id}.yml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def refused(folder: Path, knowledge: Knowledge) -> KnowledgeError:
    with pytest.raises(KnowledgeError) as caught:
        read_coverage(folder, knowledge.sources, knowledge.cards)
    return caught.value


def test_the_page_is_current(knowledge: Knowledge) -> None:
    assert PAGE.read_text(encoding="utf-8") == coverage_page(knowledge), "run: python -m bot.knowledge dekking"


def test_every_link_of_the_page_leads_to_a_card(knowledge: Knowledge) -> None:
    page = coverage_page(knowledge)
    assert all((PAGE.parent / link.split(")")[0]).is_file() for link in page.split("](")[1:])
    assert all(f"[{card_id}](" in page for card_id in knowledge.cards)


def test_every_section_has_an_answer_or_says_why_not(knowledge: Knowledge) -> None:
    coverage = read_coverage(FOLDER, knowledge.sources, knowledge.cards)
    assert list(coverage) == list(knowledge.sources)
    for source_id, sections in coverage.items():
        assert tuple(section.name for section in sections) == knowledge.sources[source_id].sections
        assert all(item.cards or item.without for section in sections for item in section.paragraphs)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("hr-schrijvers", "hr-schrijver", "unknown card: hr-schrijver"),
        ("cards: [hr-schrijvers", "cards: [po-overleg, hr-schrijvers", "the card po-overleg does not name"),
        ('"kwaliteitscriterium 3"', '"kwaliteitscriterium 9"', "has no section: kwaliteitscriterium 9"),
        ('"kwaliteitscriterium 3"', '"kwaliteitscriterium 4"', "expected the section: kwaliteitscriterium 3"),
        ("cards: [hr-plan-na-de-start]", "note: niets", "unknown key: note"),
        ("cards: [hr-plan-na-de-start]", "cards: []", "expected at least 1 items"),
    ],
)
def test_what_dangles_is_refused_with_its_line(
    folder: Path, knowledge: Knowledge, old: str, new: str, problem: str
) -> None:
    line = change(folder, old, new)
    mistake = refused(folder, knowledge)
    assert (mistake.file, mistake.line) == ("coverage/handreiking.yml", line)
    assert problem in mistake.problem


def test_a_paragraph_has_cards_or_a_reason_not_both(folder: Path, knowledge: Knowledge) -> None:
    change(folder, "cards: [hr-plan-na-de-start]", "cards: [hr-plan-na-de-start]\n      geen: niets")
    assert "either" in refused(folder, knowledge).problem


def test_a_forgotten_card_section_or_file_is_refused(folder: Path, knowledge: Knowledge) -> None:
    change(folder, "cards: [hr-plan-na-de-start]", "geen: vergeten")
    assert "no paragraph names the card: hr-plan-na-de-start" in refused(folder, knowledge).problem
    text = (FOLDER / "coverage" / "handreiking.yml").read_text(encoding="utf-8")
    cut = text[: text.index('\n- section: "Hulpdocumenten"')]
    (folder / "coverage" / "handreiking.yml").write_text(cut, encoding="utf-8")
    assert "missing section: Hulpdocumenten" in refused(folder, knowledge).problem
    (folder / "coverage" / "handreiking.yml").unlink()
    assert refused(folder, knowledge).file == "coverage/handreiking.yml"


def test_a_file_of_no_publication_is_refused(folder: Path, knowledge: Knowledge) -> None:
    (folder / "coverage" / "krant.yml").write_text("[]", encoding="utf-8")
    assert "unknown source: krant" in refused(folder, knowledge).problem
