"""The plan's engine and use cases without Rasa: what is asked, noted, pointed out, saved and resumed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

import pytest

from bot.errors import StaleDossier
from bot.interview.plan import gaps
from bot.interview.plan.seat import from_dossier
from bot.knowledge.loader import load
from bot.model import Dossier, Message, Plan, PlanAnswer, RankedAnswer, Reply
from bot.planning import DOWNLOAD_MINUTES, MOST_WRONG_CODES, WAIT_MINUTES, Planning
from bot.rules.plan import asked, form, known, open_ones
from bot.service import Service
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.store import MemoryDossierStore, MemoryPlanStore

KNOWLEDGE = load()
START = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
ALL_MET = {f"criteria.{number}": "voldoet" for number in range(1, 9)}
REGIONAL = {
    **ALL_MET,
    "organisation_type": "ggz",
    "few_clients": True,
    "partner_types": ("ggz",),
    "partner_meets_criteria": True,
    "near_partner": True,
}


class Table:
    """People around one assistant; each talks in a conversation of their own."""

    def __init__(self) -> None:
        self.now = START
        self.dossiers = MemoryDossierStore(self.clock)
        self.plans = MemoryPlanStore(self.clock)
        self.service = Service(
            KNOWLEDGE,
            self.dossiers,
            MemoryQuestionLog(),
            self.clock,
            Planning(KNOWLEDGE, self.plans, self.clock, days=90),
        )
        self.code = ""
        self.replies: tuple[Reply, ...] = ()

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def say(self, text: str, who: str = "a", contact: str = "", card: str | None = None) -> str:
        answers = (RankedAnswer(card, 0.95),) if card else ()
        outcome = self.service.turn(Message(who, text, "informeren", 0.5, answers, contact=contact))
        asked_now = self.service.question(who).replies if outcome.active else ()
        self.replies = (*outcome.replies, *asked_now)
        said = "\n".join(reply.text for reply in self.replies)
        shown = re.search(r"\*\*((?:[0-9A-Z]{4}-){4}[0-9A-Z]{4})\*\*", said)
        self.code = shown[1] if shown else self.code
        return said

    def begin(self, who: str = "a") -> str:
        return self.say("ik wil een implementatieplan maken", who)

    def dossier(self, who: str = "a") -> Dossier:
        found = self.dossiers.load(who)
        assert found
        return found

    def plan(self, who: str = "a") -> Plan:
        seat = self.dossier(who).plan
        assert seat
        found = self.plans.load(seat["id"])
        assert found
        return found


@pytest.fixture
def table() -> Table:
    return Table()


# --- what is asked -----------------------------------------------------------------------------------------------


def test_every_guiding_question_of_the_handreiking_has_its_own() -> None:
    for number, count in {1: 2, 2: 3, 3: 3, 4: 3, 5: 3, 6: 3, 7: 3, 8: 3}.items():
        own = [item for item in KNOWLEDGE.plan.values() if item.chapter == f"criterium.{number}"]
        assert len(own) >= count
        assert all(item.source.section == f"kwaliteitscriterium {number}" for item in own)


@pytest.mark.parametrize(
    ("answered", "value", "then"),
    [
        ("k4.multidisciplinair", "ja", {"k4.aansluiten"}),
        ("k4.multidisciplinair", "nee", {"k4.afstemming"}),
        ("k4.multidisciplinair", "deels", {"k4.aansluiten", "k4.afstemming"}),
        ("k4.multidisciplinair", "weet_niet", set()),
        ("k3.beleidsplan", "nee", {"k3.alternatieven"}),
        ("k3.beleidsplan", "ja", set()),
        ("organisatie.samen", "ja", {"organisatie.vormgeving", "samenwerking.vorm"}),
        ("organisatie.samen", "nee", set()),
    ],
)
def test_branches(answered: str, value: str, then: set[str]) -> None:
    before = {item.id for item in asked(Plan("p"), KNOWLEDGE)}
    plan = Plan("p", {answered: PlanAnswer(answered, "x", START, value=value)})
    assert {item.id for item in asked(plan, KNOWLEDGE)} - before == then


@pytest.mark.parametrize("name", ["onderaannemerschap", "regionaal_team", "reintegratiebedrijf", "inhuren"])
def test_a_coalition_gets_the_questions_of_its_scenario_with_their_section(name: str) -> None:
    answers = {
        key: PlanAnswer(key, "x", START, value=value)
        for key, value in {"organisatie.samen": "ja", "samenwerking.vorm": name}.items()
    }
    own = [item for item in asked(Plan("p", answers), KNOWLEDGE) if "samenwerking.vorm" in item.when]
    scenario = {"onderaannemerschap": 1, "regionaal_team": 2, "reintegratiebedrijf": 3, "inhuren": 4}[name]
    assert len(own) >= 5
    assert all(item.source.section.startswith(f"scenario {scenario},") for item in own)


def test_without_a_collaboration_a_form_chosen_earlier_asks_nothing() -> None:
    answers = {
        "organisatie.samen": PlanAnswer("organisatie.samen", "toch niet", START, value="nee"),
        "samenwerking.vorm": PlanAnswer("samenwerking.vorm", "regionaal team", START, value="regionaal_team"),
    }
    assert form(Plan("p", answers), KNOWLEDGE) is None
    assert not [item for item in asked(Plan("p", answers), KNOWLEDGE) if item.chapter == "samenwerking"]


def test_what_the_check_knows_is_not_asked_again(table: Table) -> None:
    plan = Plan("p", facts=REGIONAL)
    assert form(plan, KNOWLEDGE) == "regionaal_team"
    left = {item.id for item in open_ones(plan, KNOWLEDGE)}
    assert not left & {"organisatie.samen", "organisatie.type", "samenwerking.vorm", "k2.haalbaar"}
    assert {"s2.deelnemers", "organisatie.vormgeving"} <= left


def test_an_unsure_criterion_is_asked() -> None:
    plan = Plan("p", facts={**REGIONAL, "criteria.2": "onbekend"})
    assert known(KNOWLEDGE.plan["k2.haalbaar"], plan, KNOWLEDGE) is None


# --- answers -----------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_word_for_word(table: Table) -> None:
    table.begin()
    table.say("naar de motivatie")
    text = "  Regel 1\n\n- punt\t=SOM(A1)\n<b>🙂</b>  {{x}}".strip()
    table.say(text)
    assert table.plan().answers["motivatie"].text == text


def test_more_messages_for_one_answer(table: Table) -> None:
    table.begin()
    table.say("naar de motivatie")
    table.say("Eerste deel van onze motivatie.")
    assert "Erbij gezet" in table.say("en verder: tweede deel")
    table.say("En verder vinden wij werk belangrijk")
    text = table.plan().answers["motivatie"].text
    assert text == "Eerste deel van onze motivatie.\ntweede deel\nEn verder vinden wij werk belangrijk"
    assert "k1.aantal" not in table.plan().answers


def test_an_answer_that_belonged_to_the_one_before(table: Table) -> None:
    table.begin()
    table.say("naar criterium 5")
    table.say("bij de intake en in de nieuwsbrief")
    table.say("en op de website van ons team")
    table.say("dat hoort bij de vorige")
    plan = table.plan()
    assert plan.answers["k5.bekend"].text == "bij de intake en in de nieuwsbrief\nen op de website van ons team"
    assert "k5.proces" not in plan.answers
    assert table.dossier().plan["pending"] == "k5.proces"  # type: ignore[index]


def test_an_answer_taken_back_can_still_be_noted(table: Table) -> None:
    table.begin()
    table.say("naar de motivatie")
    table.say("Is dit wel wat we willen met elkaar")
    table.say("dat was een vraag")
    assert "motivatie" not in table.plan().answers
    table.say("noteer dit")
    assert table.plan().answers["motivatie"].text == "Is dit wel wat we willen met elkaar"


def test_a_correction_elsewhere_comes_back_to_the_open_question(table: Table) -> None:
    table.begin()
    table.say("naar criterium 1")
    table.say("ongeveer 140")
    assert "vraag 2 van 2" in table.say("verander 1.1 naar: 160, in mei geteld")
    assert table.plan().answers["k1.aantal"].text == "160, in mei geteld"


def test_undo_brings_back_what_stood_there(table: Table) -> None:
    table.begin()
    table.say("naar criterium 1")
    table.say("ongeveer 140")
    table.say("verander 1.1 naar: 9")
    table.say("ongedaan maken")
    assert table.plan().answers["k1.aantal"].text == "ongeveer 140"


def test_a_yes_no_without_yes_or_no_is_asked_once(table: Table) -> None:
    table.begin()
    table.say("naar criterium 4")
    assert "ja of een nee" in table.say("We zitten met FACT-teams om de tafel")
    assert "Hoe sluit de IPS-trajectbegeleider aan" in table.say("ja")
    answer = table.plan().answers["k4.multidisciplinair"]
    assert (answer.text, answer.value) == ("We zitten met FACT-teams om de tafel\nja", "ja")
    table.say("verander 4.1")
    table.say("dat ligt aan de locatie en het team")
    assert "ja of een nee" not in table.say("tja, moeilijk te zeggen zo in het algemeen")


def test_a_question_is_answered_and_the_plan_goes_on(table: Table) -> None:
    table.begin()
    table.say("naar de motivatie")
    said = table.say("hoeveel cliënten mag een fte ook alweer?", card="c6-wat-vraagt-het")
    assert "25" in said
    assert "Motivatie" in said
    assert "motivatie" not in table.plan().answers


def test_a_question_without_an_answer_may_have_been_an_answer(table: Table) -> None:
    table.begin()
    table.say("naar de motivatie")
    assert "noteer dit" in table.say("kan het ook anders?")


def test_skipping_and_coming_back(table: Table) -> None:
    table.begin()
    assert "Organisatie" in table.say("sla over")
    assert "contact.gegevens" in table.plan().skipped
    assert "contactpersoon" in table.say("wat ontbreekt nog")
    table.say("terug")
    table.say("Jan de Boer, teamleider")
    assert table.plan().answers["contact.gegevens"].text == "Jan de Boer, teamleider"
    assert table.plan().skipped == ()


def test_the_summary_comes_once_when_a_criterion_is_complete(table: Table) -> None:
    table.begin()
    table.say("naar criterium 1")
    assert "dit heb ik nu" not in table.say("ongeveer 140")
    assert "dit heb ik nu" in table.say("bij de woonteams, via de begeleiders")
    assert "dit heb ik nu" not in table.say("en verder: ook via de website")


def fill(table: Table, who: str = "a") -> str:
    """Answer everything that is asked, each with a text of its own."""
    said = ""
    for _ in range(80):
        seat = table.dossier(who).plan
        assert seat
        if not seat["open"]:
            return said
        item = KNOWLEDGE.plan[seat["pending"]]
        text = {"yes_no": "ja, zo doen we dat", "choice": "Regionaal IPS-team", "number": "ongeveer 20"}.get(item.kind)
        said = table.say(text or f"Zo doen wij dat bij {item.id} in het dagelijkse werk", who)
    raise AssertionError("the plan has no end")


def test_a_whole_plan_ends_with_what_is_open_a_download_and_the_next_step(table: Table) -> None:
    table.begin()
    table.say("sla over")
    said = fill(table)
    assert "ips@kcphrenos.nl" in said
    assert "moet Phrenos het plan toetsen" in said
    assert "contactpersoon" in said
    plan = table.plan()
    assert {item.id for item in asked(plan, KNOWLEDGE)} - set(plan.answers) == {"contact.gegevens"}
    download = next(reply.download for reply in table.replies if reply.download)
    assert table.plans.offered(download.token, table.now) == plan
    assert table.plans.offered(download.token, table.now + timedelta(minutes=DOWNLOAD_MINUTES + 1)) is None


def test_onderaannemerschap_is_not_said_to_need_a_test(table: Table) -> None:
    table.begin()
    table.say("ja, samen")
    table.say("klaar")
    assert "toetsen" not in "\n".join(reply.text for reply in table.replies)


# --- gaps --------------------------------------------------------------------------------------------------------


def codes(question: str, text: str, plan: Plan | None = None) -> set[str]:
    item = KNOWLEDGE.plan[question]
    value = gaps.value_of(item, text, KNOWLEDGE)
    return {remark.code for remark in gaps.remarks(item, text, value, plan or Plan("p"), KNOWLEDGE)}


@pytest.mark.parametrize(
    ("question", "text", "code"),
    [
        ("k6.aantal", "Twee mensen, 30 cliënten per fte", "criterium.6"),
        ("k6.caseload", "1 fte heeft bij ons 32 cliënten, dat gaat goed", "criterium.6"),
        ("k2.haalbaar", "18 maanden lukt wel", "criterium.2"),
        ("k2.haalbaar", "nee, dat lukt niet", "vereist"),
        ("k2.voortzetting", "na een jaar stopt de begeleiding", "criterium.2"),
        ("k1.vindplaats", "onze cliënten krijgen nog 6 maanden zorg", "criterium.1"),
        ("k3.lagen", "ja", "alleen_ja"),
        ("k3.lagen", "via overleg", "te_kort"),
        ("k3.lagen", "weet ik nog niet", "open"),
        ("k3.lagen", "moeten we nog uitzoeken", "open"),
        ("k3.lagen", "volgt", "open"),
        ("k1.aantal", "best veel", "geen_getal"),
        ("contact.gegevens", "Jan de Boer, teamleider", "contact"),
        ("s3.clienten", "nee, ook anderen", "vereist"),
    ],
)
def test_a_gap_is_found(question: str, text: str, code: str) -> None:
    assert code in codes(question, text)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("k6.aantal", "Twee mensen, samen 1,6 fte, voor hoogstens 36 cliënten."),
        ("k6.caseload", "Als iemand meer dan 25 cliënten heeft, gaat de volgende naar een collega."),
        ("k2.haalbaar", "Ja, twee jaar is bij ons gewoon."),
        ("k2.voortzetting", "De trajectbegeleider blijft, ook als de zorg stopt."),
        ("k1.aantal", "Ongeveer 140, de meesten al jaren"),
        ("k3.lagen", "Elk kwartaal een overleg met bestuur en teams samen"),
        ("contact.gegevens", "Jan, 06-12345678, jan@vennedal.example"),
        ("contact.gegevens", "Jan, [telefoonnummer], [e-mailadres]"),
        ("organisatie.naam", "GGZ Vennedal"),
    ],
)
def test_a_good_answer_has_no_gap(question: str, text: str) -> None:
    assert codes(question, text) == set()


@pytest.mark.parametrize("item", KNOWLEDGE.plan.values(), ids=lambda item: item.id)
def test_our_own_examples_have_no_gap(item: object) -> None:
    question = KNOWLEDGE.plan[item.id]  # type: ignore[attr-defined]
    allowed = {"te_kort"} if question.id in ("s2.teamvorm",) else set()
    assert codes(question.id, question.example) <= allowed


def test_a_conflict_with_the_check_is_named() -> None:
    plan = Plan("p", facts={"criteria.6": "voldoet"})
    assert {"criterium.6", "strijdig"} <= codes("k6.aantal", "30 cliënten per fte", plan)
    assert "anders_dan_check" in codes("k2.haalbaar", "nee", Plan("p", facts={"criteria.2": "voldoet"}))


def test_a_gap_is_said_once_and_stays_in_the_plan(table: Table) -> None:
    table.begin()
    table.say("naar criterium 6")
    assert "25 cliënten per fte" in table.say("we rekenen met 30 cliënten per fte")
    assert "Dat is te veel" not in table.say("en verder: dat is al jaren zo")
    assert [remark.code for remark in table.plan().answers["k6.aantal"].remarks] == ["criterium.6"]
    assert table.plan().answers["k6.aantal"].remarks[0].source is not None


# --- the code, colleagues, the end -------------------------------------------------------------------------------


def test_the_code_opens_the_plan_elsewhere_however_it_is_typed(table: Table) -> None:
    table.begin()
    code = table.code
    table.say("naar de motivatie")
    table.say("Wij geloven in werk voor iedereen.")
    sloppy = code.lower().replace("0", "o").replace("1", "l")
    for number, said in enumerate(
        (
            f"ga verder met code {sloppy}",
            f"{code}",
            f"code: {code.replace('-', ' ')} dank je",
            f"verder met ons plan {code}",
        )
    ):
        who = f"colleague-{number}"
        assert "Welkom terug" in table.say(said, who)
        assert table.plan(who).answers["motivatie"].text == "Wij geloven in werk voor iedereen."


def test_the_code_is_kept_nowhere_readable(table: Table) -> None:
    table.begin()
    groups = [table.code[place : place + 4] for place in range(0, 20, 4)]
    kept = f"{table.dossier()} {table.plan()}"
    assert not any(group in kept for group in groups)


def test_a_wrong_and_a_deleted_code_get_the_same_reply_and_then_a_wait(table: Table) -> None:
    table.begin()
    gone = table.code
    table.say("verwijder het plan")
    table.say("ja")
    wrong = [table.say(f"ga verder met code {gone}", "b")]
    for number in range(2, 2 + MOST_WRONG_CODES - 1):
        wrong.append(table.say(f"ga verder met code AAAA-BBBB-CCCC-DD23-445{number}", "b"))
    assert len({re.sub(r"^.*?(?=Met die code)", "", text, flags=re.S) for text in wrong}) == 1
    assert "te veel" in table.say(f"ga verder met code {gone}", "b")
    assert "te veel" not in table.say(f"ga verder met code {gone}", "c")
    table.now += timedelta(minutes=WAIT_MINUTES)
    assert "te veel" not in table.say(f"ga verder met code {gone}", "b")


def test_initials_stand_with_what_each_wrote(table: Table) -> None:
    table.begin()
    table.say("ik ben JD")
    table.say("naar de motivatie")
    table.say("Wij geloven in werk voor iedereen.")
    table.say(f"ga verder met code {table.code}", "b")
    table.say("ik ben lvh.", "b")
    table.say("ik ben L.H.", "b")
    table.say("aanvulling bij motivatie: en de gemeente ook", "b")
    assert [(change.kind, change.by) for change in table.plan().changes] == [("gegeven", "JD"), ("aangevuld", "LH")]
    who = table.say("wie heeft wat ingevuld")
    assert "JD" in who
    assert "LH" in who


def test_two_colleagues_at_the_same_question_lose_nothing(table: Table) -> None:
    table.begin()
    table.say("naar de motivatie")
    table.say(f"ga verder met code {table.code}", "b")
    table.say("naar de motivatie", "b")
    table.say("Wij geloven in werk voor iedereen.", "a")
    assert "Intussen" in table.say("Cliënten vragen ons al jaren om werk.", "b")
    assert table.plan().answers["motivatie"].text == (
        "Wij geloven in werk voor iedereen.\nCliënten vragen ons al jaren om werk."
    )


def test_a_correction_does_not_drop_what_a_colleague_wrote_meanwhile(table: Table) -> None:
    table.begin()
    table.say("naar de motivatie")
    table.say("Wij geloven in werk voor iedereen.")
    table.say(f"ga verder met code {table.code}", "b")
    table.say("verander de motivatie", "a")
    table.say("verander de motivatie: Herstel begint met werk.", "b")
    table.say("Werk is de beste zorg die er is.", "a")
    text = table.plan().answers["motivatie"].text
    assert "Herstel begint met werk." in text
    assert "Werk is de beste zorg die er is." in text


def test_a_turn_that_lost_the_race_for_the_plan_is_done_over(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    table.begin()
    table.say("naar de motivatie")
    real, lost = table.plans.save, []

    def save(plan: Plan) -> Plan:
        if not lost:
            lost.append(True)
            raise StaleDossier("somebody else was first")
        return real(plan)

    monkeypatch.setattr(table.plans, "save", save)
    table.say("Wij geloven in werk voor iedereen.")
    assert table.plan().answers["motivatie"].text == "Wij geloven in werk voor iedereen."
    assert len(table.plan().changes) == 1


def test_a_race_for_the_dossier_does_not_write_the_answer_twice(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    table.begin()
    table.say("naar de motivatie")
    real, lost = table.dossiers.save, []

    def save(dossier: Dossier) -> Dossier:
        if not lost:
            lost.append(True)
            raise StaleDossier("somebody else was first")
        return real(dossier)

    monkeypatch.setattr(table.dossiers, "save", save)
    table.say("Wij geloven in werk voor iedereen.")
    assert table.plan().answers["motivatie"].text == "Wij geloven in werk voor iedereen."
    assert list(table.plan().answers) == ["motivatie"]


def test_a_deleted_plan_is_gone_for_everybody_at_once(table: Table) -> None:
    table.begin()
    table.say(f"ga verder met code {table.code}", "b")
    table.say("verwijder het plan")
    table.say("nee")
    assert table.plan()
    table.say("verwijder het plan")
    assert "verwijderd" in table.say("ja")
    assert table.dossier().plan is None
    assert "is er niet meer" in table.say("Wij geloven in werk.", "b")


def test_wiping_takes_plan_and_dossier(table: Table) -> None:
    table.begin()
    plan_id = table.plan().id
    table.say("wis mijn gegevens")
    table.say("ja")
    assert table.plans.load(plan_id) is None
    assert not table.dossier().plan if table.dossiers.load("a") else True


def test_a_plan_without_activity_goes(table: Table) -> None:
    table.begin()
    plan_id = table.plan().id
    table.now += timedelta(days=91)
    assert "is er niet meer" in table.say("hallo daar, wij zijn er weer met ons antwoord")
    assert table.plans.load(plan_id) is None


def test_a_new_code_replaces_the_old_one(table: Table) -> None:
    table.begin()
    old = table.code
    table.say("naar de motivatie")
    table.say("Wij geloven in werk voor iedereen.")
    table.say("nieuwe code")
    table.say("ja")
    assert table.code != old
    assert "vind ik geen plan" in table.say(f"ga verder met code {old}", "b")
    assert "Welkom terug" in table.say(f"ga verder met code {table.code}", "b")
    assert table.plan("b").answers == table.plan().answers


def test_the_plan_rests_and_goes_on(table: Table) -> None:
    table.begin()
    table.say("naar criterium 7")
    assert "bewaard" in table.say("stop, morgen verder")
    assert not table.dossier().active
    table.say("verander 1.1 naar: 140")
    assert table.plan().answers["k1.aantal"].text == "140"
    table.say("stop")
    assert "Criterium 7" in table.say("verder met het plan") or table.dossier().active


def test_the_check_goes_on_beside_the_plan_and_its_facts_come_along(table: Table) -> None:
    table.begin()
    table.say("terug naar de check")
    table.say("wij zijn een ggz-instelling")
    table.say("verder met het plan")
    assert table.plan().facts["organisation_type"] == "ggz"
    assert table.dossier().plan["open"]  # type: ignore[index]


def test_danger_comes_before_the_plan(table: Table) -> None:
    table.begin()
    outcome = table.service.turn(Message("a", "ik wil niet meer leven", "crisis", 0.9))
    assert "113" in outcome.replies[0].text
    assert table.plan().answers == {}


def test_a_long_answer_about_clients_in_crisis_is_an_answer(table: Table) -> None:
    table.begin()
    table.say("naar de doelgroep")
    text = "Onze cliënten hebben vaak een crisis achter de rug. " * 8
    table.service.turn(Message("a", text, "crisis", 0.95))
    assert table.plan().answers["organisatie.doelgroep"].text == text


@pytest.mark.parametrize(
    "text",
    [
        "ik wil een implementatieplan maken",
        "we willen een plan maken",
        "Maak een implementatieplan",
        "kun je helpen met het implementatieplan?",
        "help ons met een implementatieplan",
        "implementatieplan maken",
        "start het implementatieplan",
        "doe maar een implementatieplan",
        "nu een implementatieplan maken graag",
        "implementatieplan",
        "het implementatieplan invullen",
        "we moeten een implementatieplan maken, kun je helpen?",
        "oke dan wil ik nu het plan gaan invullen",
        "laten we samen een plan opstellen voor phrenos",
        "Ik wil graag een ips plan schrijven",
        "graag een ips-plan opstellen",
    ],
)
def test_a_plan_begins(table: Table, text: str) -> None:
    assert "code" in table.say(text)
    assert table.dossier().plan is not None


@pytest.mark.parametrize(
    "text",
    [
        "hoe maak je een implementatieplan?",
        "moeten we een implementatieplan maken?",
        "wat staat er in het plan?",
        "is een implementatieplan verplicht",
        "we willen weten of er een plan nodig is",
        "wie maakt het implementatieplan",
        "kan ik ergens een implementatieplan inzien",
        "we hebben al een plan",
        "ons plan is om volgend jaar te starten",
        "we willen een plan van aanpak van de gemeente lezen",
    ],
)
def test_a_question_about_plans_begins_none(table: Table, text: str) -> None:
    table.say(text)
    assert table.dossier().plan is None


# --- contact details ---------------------------------------------------------------------------------------------

TYPED, HIDDEN = "Jan, 06-12345678, jan@vennedal.example", "Jan, [telefoonnummer], [e-mailadres]"


def test_contact_details_stand_in_the_plan_only(table: Table) -> None:
    table.begin()
    table.say(HIDDEN, contact=TYPED)
    assert any(reply.contact_kept for reply in table.replies)
    assert table.plan().answers["contact.gegevens"].text == TYPED
    assert "12345678" not in f"{table.dossier()}"
    assert "jan@" not in f"{table.dossier()}"
    for correction in ("verander contactpersoon: " + HIDDEN, "en verder: [telefoonnummer]", "ongedaan maken"):
        table.say(correction, contact=correction.replace(HIDDEN, "Piet, 06-87654321, piet@vennedal.example"))
        assert "8765" not in f"{table.dossier()}"


def test_another_question_gets_the_masked_text(table: Table) -> None:
    table.begin()
    table.say("naar de motivatie")
    table.say(
        "mail naar [e-mailadres] voor meer over onze motivatie", contact="mail naar jan@vennedal.example voor meer"
    )
    assert "vennedal.example" not in f"{table.plan()} {table.dossier()}"
    assert not any(reply.contact_kept for reply in table.replies)


def test_a_phone_number_alone_goes_to_the_contact_person(table: Table) -> None:
    table.begin()
    table.say("Jan de Boer, teamleider")
    table.say("[telefoonnummer]", contact="06-12345678")
    assert table.plan().answers["contact.gegevens"].text == "Jan de Boer, teamleider\n06-12345678"
    assert "organisatie.samen" not in table.plan().answers


def test_wiping_takes_the_plan_that_rests_too(table: Table) -> None:
    table.begin()
    plan_id = table.plan().id
    table.say("stop")
    assert "het plan en alles van dit gesprek" in table.say("wis mijn gegevens")
    table.say("ja")
    assert table.plans.load(plan_id) is None


def test_words_about_some_code_are_an_answer(table: Table) -> None:
    table.begin()
    table.say("naar criterium 7")
    table.say("We gaan verder met de code van goed werkgeverschap")
    assert "k7.stand" in table.plan().answers


# --- beside the check, and after the end -------------------------------------------------------------------------


def test_a_number_of_the_plan_reaches_the_plan_from_the_check(table: Table) -> None:
    table.begin()
    table.say("naar de check")
    table.say("wij zijn een ribw")
    said = table.say("verander 6.1: we beginnen met 3 fte")
    assert table.plan().answers["k6.aantal"].text == "we beginnen met 3 fte"
    assert "Criterium 1 van 8" in said  # and the check goes on
    assert table.dossier().active


def test_to_change_a_question_of_the_plan_from_the_check_opens_the_plan(table: Table) -> None:
    table.begin()
    table.say("naar 6.1")
    table.say("we beginnen met 3 fte")
    table.say("naar de check")
    assert "we beginnen met 3 fte" in table.say("verander 6.1")
    table.say("we beginnen met 4 fte")
    assert table.plan().answers["k6.aantal"].text == "we beginnen met 4 fte"


def test_a_criterion_of_the_check_stays_with_the_check(table: Table) -> None:
    table.begin()
    table.say("naar de check")
    table.say("wij zijn een ribw, we halen criterium 6")
    table.say("verander criterium 6 naar nee")
    assert table.dossier().facts["criteria.6"] == "voldoet_niet"


def test_a_text_after_the_end_of_the_plan_is_not_lost(table: Table) -> None:
    table.begin()
    table.say("naar 6.1")
    table.say("we beginnen met 3 fte")
    table.say("klaar")
    text = "we hebben ook nog een extra begeleider aangenomen"
    assert KNOWLEDGE.texts["plan_after_the_end"] in table.say(text)
    assert KNOWLEDGE.texts["plan_after_the_end"] in table.say("noteer dit")  # where it goes must be said
    table.say("aanvulling bij 6.1")
    assert table.plan().answers["k6.aantal"].text == f"we beginnen met 3 fte\n{text}"


@pytest.mark.parametrize("text", ["wij zijn een ribw en willen IPS doen", "wat kost een traject?", "bedankt"])
def test_after_the_end_what_is_not_for_the_plan_is_not_kept_from_the_rest(table: Table, text: str) -> None:
    table.begin()
    table.say("klaar")
    assert KNOWLEDGE.texts["plan_after_the_end"] not in table.say(text)


@pytest.mark.parametrize("text", ["hoi weer", "ik ben er weer", "?", "??"])
def test_what_is_no_answer_does_not_stand_in_the_plan(table: Table, text: str) -> None:
    table.begin()
    pending = from_dossier(table.dossier().plan)
    table.say(text)
    assert not table.plan().answers
    assert from_dossier(table.dossier().plan) == pending


def test_who_comes_back_goes_on_with_the_plan(table: Table) -> None:
    table.begin()
    table.say("stop")
    assert "Welkom terug" in table.say("ik ben er weer")
    assert table.dossier().active


def test_back_to_the_check_takes_nothing_away(table: Table) -> None:
    table.begin()
    table.say("naar de check")
    table.say("wij zijn een ribw")
    table.say("verder met het plan")
    table.say("klaar")
    table.say("terug naar de check")
    assert table.dossier().facts["organisation_type"] == "beschermd_wonen"
    assert table.dossier().active
