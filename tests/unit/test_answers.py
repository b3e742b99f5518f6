"""The ladder of confidence, follow-ups and the ranking, on a handful of cards and made-up vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from zlib import crc32

import numpy as np
import pytest

from bot.answers.followup import asks_where, leans, same_elsewhere
from bot.answers.fragments import Array, fragments, rarity
from bot.answers.ladder import Ladder, answer, reply_of
from bot.answers.language import is_english
from bot.answers.matching import build_index, index_of
from bot.answers.splitting import calmed, questions_of
from bot.knowledge.loader import load
from bot.model import Card, Knowledge, Message, RankedAnswer, Source, SourceRef

REF = SourceRef("handreiking", "kwaliteitscriterium 6")
TEXTS = {
    "unknown_answer": "Dat staat niet in mijn bronnen.",
    "off_topic": "Alleen IPS.",
    "private_help": "Vraag je huisarts.",
    "unsure": "Welke bedoel je?",
    "more_on": "Misschien bedoel je ook:",
    "either": "Een van deze twee:",
    "beyond": "Geen {what} {number}, wel {count}.",
    "more_button": "Meer uitleg",
    "stands_in": "Het staat hier:",
    "english": "I answer in Dutch.",
}


def card(card_id: str, title: str, related: tuple[str, ...] = (), more: str | None = None) -> Card:
    answer_text = f"Antwoord van {card_id}."
    return Card(card_id, title, answer_text, more, (REF,), None, related, date(2026, 1, 1), (title,))


CARDS = (
    card("s1-wie-betaalt", "Wie betaalt bij scenario 1?", related=("s1-wat",), more="Nog iets."),
    card("s1-wat", "Wat is scenario 1?"),
    card("s3-wie-betaalt", "Wie betaalt bij scenario 3?"),
    card("s3-wat", "Wat is scenario 3?"),
    card("los", "Hoe ver is het?"),
)


@pytest.fixture
def knowledge() -> Knowledge:
    source = Source("handreiking", "Handreiking", "Handreiking", "Phrenos", "september 2024", "wie", (REF.section,))
    cards = MappingProxyType({item.id: item for item in CARDS})
    return Knowledge({"handreiking": source}, {}, (), {}, {}, {}, cards, TEXTS, "v1")


def ranked(*pairs: tuple[str, float]) -> tuple[RankedAnswer, ...]:
    return tuple(RankedAnswer(card_id, score) for card_id, score in pairs)


def said(text: str, intent: str = "vraag", confidence: float = 0.9) -> Message:
    return Message("c", text, intent, confidence)


# --- ladder ------------------------------------------------------------------------------------------------------


def test_a_sure_card_is_answered_with_its_source(knowledge: Knowledge) -> None:
    reply, card_id = answer(ranked(("los", 0.9), ("s1-wat", 0.5)), knowledge)
    assert (reply.text, reply.sources, reply.buttons, card_id) == ("Antwoord van los.", (REF,), (), "los")


def test_a_near_card_is_answered_and_names_its_neighbours(knowledge: Knowledge) -> None:
    reply, card_id = answer(ranked(("los", 0.5), ("s1-wat", 0.25), ("s3-wat", 0.2), ("s1-wie-betaalt", 0.1)), knowledge)
    assert (reply.text, card_id) == ("Antwoord van los.\n\nMisschien bedoel je ook:", "los")
    assert [button.title for button in reply.buttons] == ["Wat is scenario 1?", "Wat is scenario 3?"]


def test_two_cards_about_as_near_are_both_answered(knowledge: Knowledge) -> None:
    reply, card_id = answer(ranked(("los", 0.5), ("s1-wie-betaalt", 0.3), ("s3-wat", 0.2)), knowledge)
    assert card_id == "los"
    assert reply.text.split("\n\n") == [
        "Een van deze twee:",
        "**Hoe ver is het?**\nAntwoord van los.",
        "**Wie betaalt bij scenario 1?**\nAntwoord van s1-wie-betaalt.",
        "Misschien bedoel je ook:",
    ]
    assert [button.title for button in reply.buttons] == ["Wat is scenario 3?"]
    assert reply.sources == (REF,)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("wat is criterium 9", "Er is geen criterium 9. De bron noemt er 8."),
        ("en scenario vijf dan?", "Er is geen scenario 5. De bron noemt er 4."),
        ("hulpdocument 7", "Er is geen hulpdocument 7. De bron noemt er 6."),
        ("waar staat kwaliteitscriterium 0?", "Er is geen kwaliteitscriterium 0. De bron noemt er 8."),
    ],
)
def test_a_number_that_does_not_exist_is_not_answered(text: str, says: str) -> None:
    reply, card_id = answer(ranked(("hd-overzicht", 0.9)), load(), said(text), "hd-overzicht")
    assert (reply.text, card_id) == (says, None)
    assert len(reply.sources) == 1


@pytest.mark.parametrize(
    "text", ["criterium 8", "scenario 4 en scenario 1", "hulpdocument zes", "kwaliteitscriterium 1"]
)
def test_a_number_that_exists_is_answered(text: str) -> None:
    assert answer(ranked(("hd-overzicht", 0.9)), load(), said(text))[1] == "hd-overzicht"


def test_an_unsure_ranking_asks_which(knowledge: Knowledge) -> None:
    reply, card_id = answer(ranked(("los", 0.2), ("s1-wat", 0.2), ("s3-wat", 0.1)), knowledge)
    assert card_id is None
    assert reply.sources == ()
    assert len(reply.buttons) == 3


@pytest.mark.parametrize("found", [(), (("los", 0.1),), (("no-such-card", 0.9),)])
def test_what_no_card_is_near_is_not_in_the_sources(knowledge: Knowledge, found: tuple[tuple[str, float], ...]) -> None:
    reply, card_id = answer(ranked(*found), knowledge, said("iets anders"))
    assert (reply.text, card_id) == (TEXTS["unknown_answer"], None)
    assert [button.title for button in reply.buttons] == (["Hoe ver is het?"] if found == (("los", 0.1),) else [])


@pytest.mark.parametrize(("intent", "text"), [("buiten_onderwerp", "off_topic"), ("hulpvraag", "private_help")])
def test_the_intent_says_why_there_is_no_answer(knowledge: Knowledge, intent: str, text: str) -> None:
    assert answer((), knowledge, said("eh", intent, 0.4))[0].text == TEXTS[text]
    assert answer((), knowledge, said("eh", intent, 0.2))[0].text == TEXTS["unknown_answer"]
    assert answer(ranked(("los", 0.5)), knowledge, said("eh", intent, 0.4))[0].text == TEXTS[text]
    assert answer(ranked(("los", 0.9)), knowledge, said("eh", intent, 0.4))[1] == "los"


def test_two_questions_get_two_answers_when_both_are_sure(knowledge: Knowledge) -> None:
    parts = (RankedAnswer("los", 0.4), RankedAnswer("s1-wat", 0.9, 1), RankedAnswer("los", 0.9, 2))
    reply, _ = answer(parts, knowledge)
    assert reply.text == "Antwoord van s1-wat.\n\nAntwoord van los."
    unsure = (*parts[:2], RankedAnswer("los", 0.5, 2))
    assert answer(unsure, knowledge)[1] == "los"


def test_an_english_question_gets_one_english_line(knowledge: Knowledge) -> None:
    reply, _ = answer(ranked(("los", 0.9)), knowledge, said("how far is it from the team?"))
    assert reply.text.startswith("I answer in Dutch.\n\nAntwoord")


# --- follow-ups --------------------------------------------------------------------------------------------------


def test_where_an_answer_stands(knowledge: Knowledge) -> None:
    reply, card_id = answer((), knowledge, said("waar staat dat precies?"), "los")
    assert "Handreiking, kwaliteitscriterium 6 (Phrenos, september 2024)" in reply.text
    assert card_id == "los"


def test_more_about_the_last_answer(knowledge: Knowledge) -> None:
    assert answer((), knowledge, said("meer uitleg"), "s1-wie-betaalt")[0].text == "Nog iets."


def test_a_long_explanation_waits_behind_a_button(knowledge: Knowledge) -> None:
    short = reply_of(CARDS[0], knowledge)
    assert (short.text, short.buttons) == ("Antwoord van s1-wie-betaalt.\n\nNog iets.", ())
    long = reply_of(card("lang", "Lang?", more="Uitleg. " * 100), knowledge)
    assert (long.text, [button.title for button in long.buttons]) == ("Antwoord van lang.", ["Meer uitleg"])


def test_the_same_question_for_another_scenario(knowledge: Knowledge) -> None:
    asked = said("en bij scenario 3?")
    assert answer(ranked(("s3-wat", 0.9)), knowledge, asked, "s1-wie-betaalt")[1] == "s3-wie-betaalt"
    assert same_elsewhere("en bij scenario 9?", CARDS[0], knowledge) is None


def test_a_short_message_leans_on_the_last_answer(knowledge: Knowledge) -> None:
    close = ranked(("los", 0.5), ("s1-wie-betaalt", 0.2))
    assert answer(close, knowledge, said("wie betaalt dat dan?"), "s1-wat")[1] == "s1-wie-betaalt"
    assert answer(close, knowledge, said("wie betaalt dat dan?"), None)[1] == "los"
    off_topic = ranked(("los", 0.2), ("s1-wie-betaalt", 0.1))
    assert answer(off_topic, knowledge, said("en in 2026?"), "s1-wat")[1] is None
    long = "wie betaalt dat eigenlijk als wij het helemaal zelf gaan uitvoeren in onze regio"
    assert answer(close, knowledge, said(long), "s1-wat")[1] == "los"


def test_words_that_lean() -> None:
    assert leans("en bij criterium 4?")
    assert not leans("caseload lvb cordaan")
    assert asks_where("Waar staat dit?")
    assert asks_where("klopt dat wel?")


# --- language and splitting --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("What is the maximum caseload for a coach?", True),
        ("can we do this with a partner", True),
        ("wat is de maximale caseload", False),
        ("IPS fidelity review", False),
        ("hoe werkt supported employment in de praktijk", False),
    ],
)
def test_english_or_not(text: str, english: bool) -> None:
    assert is_english(text) is english


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Wat is IPS? En wie betaalt het?", 2),
        ("wie vraagt de financiering aan en waar is de modeltrouwmeting", 2),
        ("wat is ips", 0),
        ("wij zijn een ggz en willen starten", 0),
        ("wie? en wat?", 0),
    ],
)
def test_two_questions_in_one_message(text: str, parts: int) -> None:
    assert len(questions_of(text)) == parts


# --- ranking -----------------------------------------------------------------------------------------------------


def test_fragments_are_of_unit_length_and_forgive_a_typo() -> None:
    texts = ["caseload per fte", "caselaod per fte", "hoeveel gemeenten"]
    rows = fragments(texts, rarity(texts))
    likeness = (rows @ rows.T).toarray()
    assert np.allclose(np.diag(likeness), 1, atol=1e-5)
    assert likeness[0, 1] > 0.5 > likeness[0, 2]
    assert fragments([""]).nnz == 0


def vectors_of(texts: Sequence[str]) -> Array:
    """Return made-up unit vectors, the same for the same text."""
    rows = [np.random.default_rng(crc32(text.encode())).normal(size=16) for text in texts]
    return np.asarray([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


def test_the_index_finds_its_examples_again_and_survives_storing(knowledge: Knowledge) -> None:
    outside = "wordt het morgen mooi weer"
    index = index_of(build_index(replace(knowledge, outside=(outside,)), vectors_of).arrays())
    for item in CARDS:
        best = index.rank(item.title, vectors_of([item.title])[0], most=2)
        assert best[0].card_id == item.id
        assert 1 >= best[0].score > best[1].score >= 0
    far = index.rank(outside, vectors_of([outside])[0], most=9)
    assert {item.card_id for item in far} == {item.id for item in CARDS}
    assert all(item.score < 0.2 for item in far)


def test_words_of_the_answer_count_where_no_example_has_them(knowledge: Knowledge) -> None:
    index = build_index(knowledge, vectors_of)
    plain, telling = (
        index.scores(text, vectors_of(["iets"])[0])[4] for text in ("hoe dan", "hoe dan antwoord van los")
    )
    assert telling > plain


def test_an_empty_index_ranks_nothing(knowledge: Knowledge) -> None:
    empty = build_index(replace(knowledge, cards={}), vectors_of)
    assert empty.rank("iets", np.ones(16, np.float32)) == ()


def test_the_steps_of_the_ladder_are_in_order() -> None:
    ladder = Ladder()
    assert 0 < ladder.faint < ladder.unsure < ladder.near < ladder.sure < 1


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("jullie zijn waardeloos, wat kost een traject nou godverdomme", "wat kost een traject nou"),
        ("kut bot hoeveel klanten mag 1 begeleider hebben", "bot hoeveel klanten mag 1 begeleider hebben"),
        ("wat kost een traject", "wat kost een traject"),
    ],
)
def test_anger_does_not_stand_before_the_question(text: str, asked: str) -> None:
    assert calmed(text) == asked
