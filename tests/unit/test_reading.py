"""The reading as a whole: what holds for every message, whatever it says."""

from __future__ import annotations

import time
from dataclasses import fields
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.interview.reading import Reading, read
from bot.interview.reading.clauses import split
from bot.interview.reading.normalise import normalise
from bot.knowledge.loader import load
from bot.model import Knowledge, Status

CASES = Path(__file__).parents[1] / "cases" / "reading"
ANSWERS = {None, "ja", "nee", "weet_niet", "deels"}
KNOWLEDGE = load()
KEYS = (None, "criteria", *KNOWLEDGE.facts)

# Pieces that the readers look for, to make messages that come near to meaning something.
PIECES = (
    "wij zijn een", "ggz", "ribw", "gemeente", "re-integratiebedrijf", "samen met", "geen", "niet", "maar",
    "als we", "stel dat", "criterium", "1", "3", "t/m", "8", "alle", "behalve", "0,5", "fte", "dertien cliënten",
    "jaar", "anderhalf", "ja", "nee", "weet ik niet", "?", ".", ",", "caseload van", "30", "per", "hooguit",
    "tussen", "en", "tot", "uitbesteden", "trajectbegeleiders", "getrainde", "op papier", "afspraken", "Phrenos",
    "willen", "mdo", "bestuur", "verander", "naar", "zij halen", "wij", "de rest",
)  # fmt: skip


def texts() -> list[tuple[str, str | None]]:
    """Return every text of the cases with its pending key."""
    found = []
    for path in sorted(CASES.glob("*.yml")):
        found += [(case["text"], case.get("pending")) for case in yaml.safe_load(path.read_text(encoding="utf-8"))]
    return found


def check(reading: Reading) -> None:
    """Check what must hold for any reading."""
    for facts in (reading.facts, reading.hypothetical):
        for key, value in facts.items():
            definition = KNOWLEDGE.facts[key]
            allowed = {name for name, _ in definition.values}
            if definition.kind == "bool":
                assert value in (True, False)
            elif isinstance(value, tuple):
                assert set(value) <= allowed
            else:
                assert value in allowed, key
    assert set(reading.notes) == set(reading.facts)
    assert all(reading.notes.values())
    assert not set(reading.facts) & set(reading.unclear)
    assert not set(reading.facts) & set(reading.in_progress)
    assert all(reading.unclear.values())
    assert reading.answer in ANSWERS
    for number, verdict in reading.verdicts.items():
        assert reading.facts[f"criteria.{number}"] == verdict.status.value


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return KNOWLEDGE


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=2000), pending=st.sampled_from(KEYS))
def test_any_text_is_read_without_an_error(text: str, pending: str | None) -> None:
    check(read(text, pending, KNOWLEDGE))


@settings(max_examples=600, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=25), pending=st.sampled_from(KEYS))
def test_any_mix_of_meaningful_pieces_is_read_without_an_error(pieces: list[str], pending: str | None) -> None:
    check(read(" ".join(pieces), pending, KNOWLEDGE))


@pytest.mark.parametrize(("text", "pending"), texts())
def test_capitals_do_not_matter(text: str, pending: str | None, knowledge: Knowledge) -> None:
    assert read(text.upper(), pending, knowledge).facts == read(text, pending, knowledge).facts


def statements() -> list[str]:
    """Return the texts that state something in one clause without a question before them."""
    plain = []
    for text, pending in texts():
        single = len(split(normalise(text))) == 1
        reading = read(text, pending, KNOWLEDGE)
        if pending is None and single and reading.facts and not reading.corrects and not reading.asks:
            plain.append(text)
    return plain


@pytest.mark.parametrize("text", statements())
def test_a_supposition_or_question_states_nothing(text: str, knowledge: Knowledge) -> None:
    assert not read(f"stel dat {text}", None, knowledge).facts
    assert not read(f"{text.rstrip('.!')}?", None, knowledge).facts
    assert not read(f"klopt het dat {text}", None, knowledge).facts


@pytest.mark.parametrize("text", statements())
def test_what_is_not_known_is_not_stated(text: str, knowledge: Knowledge) -> None:
    facts = read(f"ik weet niet of {text}", None, knowledge).facts
    assert Status.VOLDOET.value not in facts.values()


HOSTILE = (
    "a" * 2000, "1 " * 1000, "1," * 1000, "geen " * 400, "ja maar " * 250, "wij zijn een " * 150,
    "criterium 1 en " * 130, "afspraken " * 200, "onze trajectbegeleiders " * 80, "ggz " * 500,
    "met een ggz " * 160, "1 t/m " * 330, "30 per " * 280, "? " * 1000, "(" * 2000, "0.5 fte en 13 clienten " * 85,
    "een " * 500, "reintegratiebedrij " * 105, "x\n" * 1000, "aan " * 500, "1-2-3-4-5-6-7-8-" * 120,
    "caseload van " * 150, "niet boven de " * 140, "tussen de 1 en " * 130, "stel dat " * 220, " " * 2000,
    "de instelling waar wij " * 90, "noteer maar dat " * 130, "niet 30 maar " * 160, "28 onder zich " * 150,
    "bij 20 per fte, wat dan " * 85, "nooit overleg " * 150, "wij behandelen mensen met " * 80, "2 jaar niet " * 170,
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:16]))
@pytest.mark.parametrize("pending", [None, "criteria.1", "criteria.6", "capacity"])
def test_a_hostile_message_takes_no_longer_than_its_length_allows(
    text: str, pending: str | None, knowledge: Knowledge
) -> None:
    start = time.process_time()
    check(read(text[:2000], pending, knowledge))
    assert time.process_time() - start < 1.0


def test_a_reading_of_nothing_is_empty(knowledge: Knowledge) -> None:
    reading = read("", None, knowledge)
    assert all(not getattr(reading, field.name) for field in fields(reading))


def test_a_verdict_says_its_reason_and_source(knowledge: Knowledge) -> None:
    verdict = read("0,5 fte en dertien cliënten", None, knowledge).verdicts[6]
    assert "26" in verdict.reason
    assert verdict.source.id == "handreiking"


def test_a_verdict_on_a_bound_repeats_the_words_of_the_speaker(knowledge: Knowledge) -> None:
    verdict = read("meer dan 25 per fte", None, knowledge).verdicts[6]
    assert verdict.reason.startswith("Meer dan 25 cliënten per fte; ")


def test_an_unclear_measure_says_why(knowledge: Knowledge) -> None:
    reason = read("6 tot 18 maanden", "criteria.1", knowledge).unclear["criteria.1"]
    assert "6 tot 18 maanden" in reason
    assert "1 jaar" in reason
