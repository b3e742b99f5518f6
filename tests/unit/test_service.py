"""Turns of a conversation without Rasa: what the service says and what the dossier holds after it."""

from __future__ import annotations

import threading
from datetime import datetime, timezone

import pytest

from bot.errors import StaleDossier
from bot.knowledge.loader import load
from bot.model import Dossier, Message, RankedAnswer
from bot.service import MAY_WE, SMALL_TALK, Service
from tests.fakes.store import MemoryDossierStore

KNOWLEDGE = load()


def clock() -> datetime:
    return datetime(2026, 11, 21, tzinfo=timezone.utc)


class Talk:
    """A conversation with a service of its own."""

    def __init__(self) -> None:
        self.store = MemoryDossierStore(clock)
        self.service = Service(KNOWLEDGE, self.store, clock)

    def say(self, text: str, intent: str = "informeren", confidence: float = 0.9, card: str | None = None) -> str:
        answers = (RankedAnswer(card, 0.9),) if card else ()
        outcome = self.service.turn(Message("c", text, intent, confidence, answers))
        replies = [*outcome.replies, *(self.service.question("c").replies if outcome.active else ())]
        return "\n".join(reply.text for reply in replies)

    @property
    def dossier(self) -> Dossier:
        found = self.store.load("c")
        assert found
        return found


@pytest.fixture
def talk() -> Talk:
    return Talk()


def test_the_notice_comes_once_and_first_and_the_question_is_still_answered(talk: Talk) -> None:
    first = talk.say("max caseload?", "vraag", card="c6-wat-vraagt-het")
    assert first.startswith(KNOWLEDGE.texts["notice"])
    assert "25" in first
    assert KNOWLEDGE.texts["notice"] not in talk.say("max caseload?", "vraag", card="c6-wat-vraagt-het")


def test_the_notice_is_three_sentences() -> None:
    assert KNOWLEDGE.texts["notice"].count(". ") + 1 == 3


def test_what_was_said_is_not_asked_again(talk: Talk) -> None:
    asked = talk.say("wij zijn een ribw, criterium 1 tot en met 7 zijn in orde")
    assert "Criterium 8 van 8" in asked
    assert "wat voor soort organisatie" not in asked


def test_a_contradiction_is_asked_about_and_nothing_changes_meanwhile(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling, criterium 1 halen we")
    assert "Eerder noteerde ik" in talk.say("criterium 1 halen we niet")
    assert talk.dossier.facts["criteria.1"] == "voldoet"
    talk.say("nee", "ontkennen")
    assert talk.dossier.facts["criteria.1"] == "voldoet"
    talk.say("criterium 1 halen we niet")
    talk.say("ja", "bevestigen")
    assert talk.dossier.facts["criteria.1"] == "voldoet_niet"


def test_a_hypothesis_stays_out_of_the_dossier(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling, alles halen we behalve criterium 6")
    before = talk.dossier.facts
    assert "verander niets" in talk.say("stel dat criterium 6 wel lukt", "stel_dat")
    assert talk.dossier.facts == before


def test_working_on_it_is_not_yes(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling")
    talk.say("we werken eraan")
    assert talk.dossier.facts["criteria.1"] == "onbekend"


def test_back_undoes_the_last_answer_and_asks_it_again(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling")
    talk.say("ja", "bevestigen")
    assert "Criterium 1 van 8" in talk.say("terug", "terug")
    assert "criteria.1" not in talk.dossier.facts


def test_a_side_question_is_answered_and_the_own_question_repeated(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling")
    seen = talk.say("hoeveel hulpdocumenten zijn er?", "vraag", card="hd-overzicht")
    assert "Criterium 1 van 8" in seen
    assert seen.index("Criterium 1 van 8") > 0


def test_stopping_keeps_everything(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling")
    talk.say("ja", "bevestigen")
    assert "bewaard" in talk.say("stop", "stoppen")
    assert "Criterium 2 van 8" in talk.say("verder", "stoppen")


def test_wiping_asks_first_and_leaves_nothing(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling")
    assert "wissen" in talk.say("wis mijn gegevens", "opnieuw")
    assert talk.dossier.facts
    talk.say("ja", "bevestigen")
    assert talk.store.load("c") is None


def test_may_we_gets_an_answer_at_once(talk: Talk) -> None:
    seen = talk.say("ik werk bij een re-integratiebureau, mogen wij ips doen?", "start")
    assert "ggz-organisatie" in seen
    assert talk.dossier.facts["organisation_type"] == "reintegratiebedrijf"


def test_what_only_the_classifier_hears_as_danger_gets_113_first(talk: Talk) -> None:
    outcome = talk.service.turn(Message("c", "het hoeft allemaal niet meer voor mij", "crisis", 0.9))
    assert "113" in outcome.replies[0].text


def test_every_card_and_text_that_the_service_names_exists() -> None:
    assert set(MAY_WE.values()) <= set(KNOWLEDGE.cards)
    assert set(SMALL_TALK.values()) <= set(KNOWLEDGE.texts)


def test_two_writers_at_once_lose_nothing(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling")
    messages = [Message("c", f"criterium {number} halen we", "informeren", 0.9) for number in range(1, 4)]
    threads = [threading.Thread(target=talk.service.turn, args=(message,)) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {key for key in talk.dossier.facts if key.startswith("criteria")} == {f"criteria.{n}" for n in range(1, 4)}


def test_a_dossier_that_is_always_stale_is_an_error_in_the_end(talk: Talk) -> None:
    class AlwaysStale(MemoryDossierStore):
        def save(self, dossier: Dossier) -> Dossier:
            raise StaleDossier("somebody else")

    service = Service(KNOWLEDGE, AlwaysStale(clock), clock)
    with pytest.raises(StaleDossier):
        service.turn(Message("c", "wij zijn een ggz-instelling", "informeren", 0.9))
