"""Turns of a conversation without Rasa: what the service says and what the dossier holds after it."""

from __future__ import annotations

import threading
from dataclasses import fields
from datetime import datetime, timezone

import pytest

from bot.errors import StaleDossier
from bot.helpdesk import Helpdesk, is_erased
from bot.knowledge.loader import load
from bot.model import Dossier, KeptQuestion, Message, Miss, RankedAnswer, Ticket
from bot.rules.officehours import OfficeHours
from bot.service import MAY_WE, SMALL_TALK, Service
from tests.fakes.counts import MemoryCountStore
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.store import MemoryDossierStore
from tests.fakes.tickets import MemoryTicketStore

KNOWLEDGE = load()


def clock() -> datetime:
    return datetime(2026, 11, 21, tzinfo=timezone.utc)


class Talk:
    """A conversation with a service of its own."""

    def __init__(self) -> None:
        self.store = MemoryDossierStore(clock)
        self.questions = MemoryQuestionLog()
        self.counts = MemoryCountStore()
        self.tickets = MemoryTicketStore(clock)
        self.helpdesk = Helpdesk(self.tickets, clock, OfficeHours(), {}, self.questions)
        self.service = Service(KNOWLEDGE, self.store, self.questions, clock, helpdesk=self.helpdesk, counts=self.counts)

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


def test_wiping_erases_the_conversation_s_ticket(talk: Talk) -> None:
    talk.helpdesk.open(Ticket("k", "rest", "overig", "normaal", conversation="c", subject="geheim"))
    talk.say("wij zijn een ggz-instelling")
    talk.say("wis mijn gegevens", "opnieuw")
    assert not is_erased(talk.helpdesk.load(1))
    talk.say("ja", "bevestigen")
    assert is_erased(talk.helpdesk.load(1))
    assert "geheim" not in repr(talk.helpdesk.load(1))


def counted(talk: Talk) -> list[tuple[str, str, int]]:
    return [(each.subject, each.outcome, each.count) for each in talk.counts.counts(clock().date())]


def test_questions_are_counted_by_subject_and_outcome(talk: Talk) -> None:
    talk.say("hallo", "groeten")
    talk.say("wij zijn een ggz-instelling")
    talk.say("ja", "bevestigen")
    assert counted(talk) == []
    for _ in range(2):
        talk.say("max caseload?", "vraag", card="c6-wat-vraagt-het")
    talk.say("wat kosten 10 epa-trajecten?", "vraag")
    talk.say("wat verdient een loodgieter?", "vraag")
    assert counted(talk) == [
        ("financiering", "beantwoord", 1),
        ("kwaliteitscriteria", "beantwoord", 2),
        ("overig", "niet_in_bronnen", 1),
    ]


def test_a_question_that_comes_again_is_counted_once(talk: Talk) -> None:
    for _ in range(2):
        talk.service.turn(Message("c", "caseload?", "vraag", 0.9, (RankedAnswer("c6-wat-vraagt-het", 0.9),), id="m1"))
    assert counted(talk) == [("kwaliteitscriteria", "beantwoord", 1)]


def test_a_question_is_answered_when_it_can_t_be_counted(talk: Talk) -> None:
    talk.counts.down = True
    assert "25" in talk.say("max caseload?", "vraag", card="c6-wat-vraagt-het")


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


def test_a_sum_is_computed_and_the_next_message_leans_on_it(talk: Talk) -> None:
    assert "€ 153.250" in talk.say("wat kosten 10 epa en 5 cmd?", "vraag")
    assert "€ 209.875" in talk.say("en met 15 epa?", "vraag")
    assert talk.dossier.figures == {"hot": True, "costs": {"counts": {"epa": 15, "cmd": 5}}}


def test_a_sum_in_the_interview_leaves_it_where_it_was(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling")
    before = talk.dossier.facts
    seen = talk.say("wat kosten 10 epa en 5 cmd?", "vraag")
    assert "€ 153.250" in seen
    assert "Criterium 1 van 8" in seen
    assert talk.dossier.facts == before


def test_in_the_interview_a_number_is_an_answer_and_no_sum(talk: Talk) -> None:
    talk.say("wat kosten 10 epa?", "vraag")
    talk.say("wij zijn een ggz-instelling, criterium 1 tot en met 5 halen we")
    seen = talk.say("20 per fte")
    assert "EPA" not in seen
    assert talk.dossier.facts["criteria.6"] == "voldoet"


def test_an_answer_in_between_cools_a_sum(talk: Talk) -> None:
    talk.say("wat kosten 10 epa?", "vraag")
    talk.say("max caseload?", "vraag", card="c6-wat-vraagt-het")
    assert "kosten" not in talk.say("en 20?", "vraag")
    assert "€ 226.500" in talk.say("en met 20 epa?", "vraag")


def test_after_the_card_on_the_pilot_a_supposition_is_about_the_pilot(talk: Talk) -> None:
    talk.say("begroting pilot midden-limburg", "vraag", card="pp-kosten-pilot")
    assert "€ 226.600" in talk.say("en zonder de amr en zonder overige kosten?", "vraag")


def test_a_sum_and_another_question_both_get_their_answer(talk: Talk) -> None:
    answers = (RankedAnswer("pp-prijzen", 0.9, 1), RankedAnswer("lvb-modeltrouw", 0.9, 2))
    text = "wat kosten 10 epa trajecten en wat is modeltrouw precies?"
    outcome = talk.service.turn(Message("c", text, "vraag", 0.9, answers))
    said = "\n".join(reply.text for reply in outcome.replies)
    assert "€ 113.250" in said
    assert KNOWLEDGE.cards["lvb-modeltrouw"].answer[:40] in said


def test_a_contribution_that_cannot_be_leaves_the_last_sum_as_it_was(talk: Talk) -> None:
    talk.say("wat kosten 10 epa?", "vraag")
    assert "Met die bijdrage kan ik niet rekenen" in talk.say("en als de amr 20.000 bijdraagt?", "vraag")
    assert "€ 20.000" in talk.say("en met 10 epa?", "vraag")


def test_facts_told_before_a_sum_are_not_lost(talk: Talk) -> None:
    assert "€ 113.250" in talk.say("wij zijn een ggz-instelling, wat kosten 10 epa trajecten?", "vraag")
    assert talk.dossier.facts == {"organisation_type": "ggz"}
    seen = talk.say("we hebben 30 cliënten per fte, wat kosten 5 cmd trajecten?", "vraag")
    assert "€ 40.000" in seen
    assert talk.dossier.facts["criteria.6"] == "voldoet_niet"


def test_danger_comes_before_a_sum(talk: Talk) -> None:
    outcome = talk.service.turn(Message("c", "wat kosten 10 epa? ik wil niet meer", "crisis", 0.9))
    assert "113" in outcome.replies[0].text


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

    service = Service(KNOWLEDGE, AlwaysStale(clock), MemoryQuestionLog(), clock)
    with pytest.raises(StaleDossier):
        service.turn(Message("c", "wij zijn een ggz-instelling", "informeren", 0.9))


def kept(talk: Talk) -> list[tuple[Miss, str, str | None]]:
    return [(question.miss, question.text, question.card) for question in talk.questions.kept()]


def test_a_question_without_an_answer_is_kept_for_the_keepers(talk: Talk) -> None:
    talk.say("wat verdient een trajectbegeleider?", "vraag")
    assert kept(talk) == [(Miss.NIET_IN_BRONNEN, "wat verdient een trajectbegeleider?", None)]
    assert talk.questions.kept()[0].on == clock().date()


def test_a_doubted_answer_is_kept_with_its_card_and_its_place_is_told(talk: Talk) -> None:
    talk.say("max caseload?", "vraag", card="c6-wat-vraagt-het")
    assert "Handreiking" in talk.say("klopt dat wel?", "vraag")
    assert kept(talk) == [(Miss.BETWIJFELD, "klopt dat wel?", "c6-wat-vraagt-het")]


def test_a_question_about_the_place_is_no_doubt(talk: Talk) -> None:
    talk.say("max caseload?", "vraag", card="c6-wat-vraagt-het")
    talk.say("waar staat dat precies?", "vraag")
    assert not kept(talk)


def test_a_private_cry_for_help_is_never_kept(talk: Talk) -> None:
    talk.say("mijn zoon is psychotisch en wil werk", "hulpvraag")
    assert not kept(talk)


def test_an_answer_that_was_not_understood_is_kept(talk: Talk) -> None:
    talk.say("ga na of wij ips mogen doen", "start")
    talk.say("blauw", "vraag_onbekend", 0.1)
    assert kept(talk) == [(Miss.NIET_BEGREPEN, "blauw", None)]


def test_the_conversation_goes_on_when_the_question_log_is_down(talk: Talk) -> None:
    talk.questions.down = True
    assert "niet in mijn bronnen" in talk.say("wat verdient een trajectbegeleider?", "vraag")


def test_what_is_kept_holds_nobody() -> None:
    assert {each.name for each in fields(KeptQuestion)} == {"on", "miss", "text", "card"}


ALL_MET = {f"criteria.{number}": "voldoet" for number in range(1, 9)}
ADVISED = {
    "organisation_type": "ggz",
    **ALL_MET,
    "criteria.6": "voldoet_niet",
    "partner_types": (),
}

WELL = {"prefers_outsourcing": False, "lacks_funding_or_governance_power": False}


def advised(talk: Talk, **facts: object) -> Talk:
    """A conversation that has had its advice on these facts."""
    told = {**ADVISED, **facts}
    talk.store.save(Dossier("c", facts=told, greeted=True, advised=True))  # type: ignore[arg-type]
    return talk


def test_a_second_miss_offers_numbers_a_skip_and_a_person(talk: Talk) -> None:
    talk.say("doe de check", "start")
    assert "1. ggz" not in talk.say("blabla xyz", "", 0.1)
    second = talk.say("dinges", "", 0.1)
    assert "1. ggz-organisatie" in second
    assert "sla over" in second
    assert 'zeg "mens"' in second
    talk.say("3", "", 0.1)
    assert talk.dossier.facts["organisation_type"] == "reintegratiebedrijf"
    assert talk.dossier.misses == 0


def test_a_number_is_no_choice_before_the_choices_were_numbered(talk: Talk) -> None:
    talk.say("doe de check", "start")
    talk.say("3", "", 0.1)
    assert "organisation_type" not in talk.dossier.facts


def test_a_second_miss_on_a_yes_or_no_says_what_to_type(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling")
    talk.say("blabla", "", 0.1)
    said = talk.say("dinges", "", 0.1)
    assert KNOWLEDGE.texts["stuck_yes_no"] in said
    assert "sla over" in said


@pytest.mark.parametrize(
    "text", ["o nee, criterium 6 halen we toch wel", "o nee criterium 6 toch wel", "toch wel", "oh nee toch wel"]
)
def test_a_change_after_the_advice_gives_the_new_verdict(talk: Talk, text: str) -> None:
    said = advised(talk, capacity="voldoende", few_clients=False, **WELL).say(text, "corrigeren")
    assert talk.dossier.facts["criteria.6"] == "voldoet"
    assert "Aangepast" in said
    assert "zelf IPS uitvoeren" in said


def test_toch_niet_after_the_advice_asks_what_is_meant(talk: Talk) -> None:
    assert KNOWLEDGE.texts["change_which"] in advised(talk).say("toch niet", "ontkennen")


def test_why_not_gives_the_reasons_of_the_verdict(talk: Talk) -> None:
    advised(talk)
    said = talk.say("waarom niet", "advies", 0.5, card="vgn-waarom-vertellen")
    assert "criterium 6" in said
    assert "kan niet" in said


@pytest.mark.parametrize("text", ["waarom kan inhuren niet", "hoezo mogen we niet inhuren?", "waarom geen inhuren"])
def test_why_one_form_cannot_be_gives_its_reasons_only(talk: Talk, text: str) -> None:
    said = advised(talk).say(text, "vraag")
    assert said.startswith("**Trajectbegeleiders inhuren: kan niet.**")
    assert KNOWLEDGE.texts["required_title"] not in said


@pytest.mark.parametrize("text", ["ik ben er weer", "hoi weer", "hallo ik ben er weer", "Hoi, we zijn er weer!"])
def test_who_comes_back_finds_the_open_question(talk: Talk, text: str) -> None:
    talk.say("wij zijn een ggz-instelling")
    before = talk.dossier.pending
    talk.say("stop", "stoppen")
    said = talk.say(text, "groeten")
    assert KNOWLEDGE.texts["welcome_back"] in said
    assert talk.dossier.active
    assert talk.dossier.pending == before


def test_who_comes_back_after_the_advice_hears_the_verdict(talk: Talk) -> None:
    assert "Welkom terug" in advised(talk).say("ik ben er weer", "groeten")
    assert not talk.dossier.active


def test_a_question_mark_alone_explains_and_answers_nothing(talk: Talk) -> None:
    talk.say("wij zijn een ggz-instelling")
    before = talk.dossier
    said = talk.say("??", "weet_niet")
    assert KNOWLEDGE.criteria[1].asks in said
    assert talk.dossier.facts == before.facts
    assert talk.dossier.skipped == before.skipped


def test_who_is_angry_but_asks_gets_the_answer(talk: Talk) -> None:
    said = talk.say("jullie zijn waardeloos, wat kost een traject nou godverdomme", "misbruik", 0.9, "pp-prijzen")
    assert "11.325" in said
    assert KNOWLEDGE.texts["abuse"] not in said


def test_who_only_swears_gets_no_answer(talk: Talk) -> None:
    assert KNOWLEDGE.texts["abuse"] in talk.say("wat ben je een klootzak", "misbruik", 0.9)


def test_a_question_in_the_check_uses_what_is_known(talk: Talk) -> None:
    talk.say("wij zijn een gemeente")
    said = talk.say("wie vraagt de financiering aan", "vraag", 0.9, card="vgl-wie-vraagt-financiering-aan")
    assert "vormen die voor jullie nog kunnen" in said
    assert "re-integratiebedrijf vraagt" not in said  # a gemeente has no part in that form
    assert talk.dossier.active


def test_a_question_that_names_a_form_goes_to_its_card(talk: Talk) -> None:
    talk.say("wij zijn een gemeente")
    card = "s3-wie-vraagt-financiering-aan"
    said = talk.say("wie vraagt bij scenario 3 de financiering aan?", "vraag", 0.9, card=card)
    assert "vormen die voor jullie nog kunnen" not in said


def test_what_was_told_before_is_not_passed_over_in_silence(talk: Talk) -> None:
    talk.say("wij zijn een ribw")
    assert "Dat had ik al genoteerd" in talk.say("we zijn een RIBW")


def test_a_question_without_a_mark_is_answered(talk: Talk) -> None:
    said = talk.say("wij zijn een gemeente, wat mogen wij", "advies", 0.5, card="welk-scenario-gemeente")
    assert KNOWLEDGE.cards["welk-scenario-gemeente"].answer[:40] in said


def test_what_is_no_why_is_not_read_as_one(talk: Talk) -> None:
    talk.say("wij zijn een ribw")
    assert "11.325" in talk.say("wat kost dat dan", "waarom", 0.75, card="pp-prijzen")


def test_may_we_in_the_check_is_answered_not_passed_over(talk: Talk) -> None:
    talk.say("wij zijn een gemeente")
    card = "welk-scenario-gemeente"
    assert KNOWLEDGE.cards[card].answer[:40] in talk.say("mogen wij zelf ips doen", "start", 0.8, card=card)


def test_what_if_with_a_form_says_how_that_form_stands(talk: Talk) -> None:
    assert advised(talk).say("wat als we inhuren", "stel_dat").startswith("**Trajectbegeleiders inhuren")


def test_what_is_unclear_is_never_passed_over_in_silence(talk: Talk) -> None:
    talk.say("wij zijn ggz en halen alles behalve 6")
    before = talk.dossier.pending
    question = talk.service.question("c").replies[0].text
    assert talk.say("te weinig mensen, tijdelijk") != question
    assert before
