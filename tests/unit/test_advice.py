"""What an advice says besides its codes: texts, sources, responsibility, questions in a natural order."""

from __future__ import annotations

import time

import pytest

from bot.knowledge.loader import load
from bot.model import Advice, FactValue, OptionStatus
from bot.rules.conditions import OPTIONS
from bot.rules.options import advise, open_questions
from bot.rules.whatif import what_if

KNOWLEDGE = load()
ALL_MET: dict[str, FactValue] = {f"criteria.{number}": "voldoet" for number in range(1, 9)}
GGZ: dict[str, FactValue] = {"organisation_type": "ggz", **ALL_MET}


def on(**facts: FactValue) -> Advice:
    return advise({**GGZ, **facts}, KNOWLEDGE)


def test_the_rules_and_the_knowledge_have_the_same_options() -> None:
    assert list(OPTIONS) == list(KNOWLEDGE.options)


def test_a_failing_criterion_is_named() -> None:
    reasons = advise({**GGZ, "criteria.3": "voldoet_niet"}, KNOWLEDGE).option("zelfstandig").reasons
    assert "criterium 3" in reasons[0].text
    three = {**GGZ, "criteria.1": "voldoet_niet", "criteria.3": "voldoet_niet", "criteria.7": "voldoet_niet"}
    assert "criterium 1, 3 en 7" in advise(three, KNOWLEDGE).option("regionaal_team").reasons[0].text


def test_what_is_missing_about_a_criterion_rests_on_that_criterion() -> None:
    missing = advise({**GGZ, "criteria.6": "onbekend"}, KNOWLEDGE).option("zelfstandig").missing[0]
    assert missing.code == "criterium_6_uitzoeken"
    assert missing.source == KNOWLEDGE.criteria[6].source
    assert "25 cliënten per fte" in missing.text


@pytest.mark.parametrize("option", list(KNOWLEDGE.options))
def test_every_option_says_who_is_responsible_with_a_source(option: str) -> None:
    responsible = on().option(option).responsible
    assert all([responsible.execution, responsible.contract, responsible.funding, responsible.fidelity_review])
    assert responsible.source is not None


def test_the_form_of_a_regional_team_decides_who_is_responsible() -> None:
    apart = on(team_form="aparte_organisatie").option("regionaal_team").responsible
    part = on(team_form="onderdeel_van_een_ggz").option("regionaal_team").responsible
    unknown = on().option("regionaal_team").responsible
    assert "open" in apart.funding
    assert "hoort" in part.execution
    assert len({apart.funding, part.funding, unknown.funding}) == 3


def test_a_ruled_out_option_keeps_only_the_remarks_about_these_facts() -> None:
    verdict = advise({"organisation_type": "gemeente", "partner_types": ()}, KNOWLEDGE).option("inhuren")
    assert verdict.status is OptionStatus.IMPOSSIBLE
    assert [remark.code for remark in verdict.remarks] == ["ips_in_huis_bij_partner"]
    assert verdict.fits == ()


def test_remarks_on_silence_point_to_phrenos() -> None:
    for option in KNOWLEDGE.options.values():
        for note in option.remarks:
            if "zegt niet" in note.reason.text or "staat er niet." in note.reason.text:
                assert "Phrenos" in note.reason.text, (option.id, note.reason.code)


def test_an_interview_asks_the_type_then_the_criteria_in_order_then_the_rest() -> None:
    facts: dict[str, FactValue] = {}
    answers: dict[str, FactValue] = {
        **GGZ,
        "capacity": "structureel_tekort",
        "delivers_ips_now": False,
        "prefers_outsourcing": False,
        "few_clients": True,
        "lacks_funding_or_governance_power": False,
        "partner_types": ("ggz",),
        "partner_meets_criteria": True,
        "near_partner": True,
    }
    asked = []
    while keys := open_questions(facts, KNOWLEDGE):
        asked.append(keys[0])
        facts[keys[0]] = answers[keys[0]]
    assert asked[:10] == ["organisation_type", *ALL_MET, "capacity"]
    assert set(asked) == set(answers)
    assert asked[-3] == "partner_types"
    assert advise(facts, KNOWLEDGE).best == "regionaal_team"


def test_enough_people_closes_the_questions_about_partners_and_hiring() -> None:
    keys = open_questions({**GGZ, "capacity": "voldoende"}, KNOWLEDGE)
    assert set(keys) == {"prefers_outsourcing", "few_clients", "lacks_funding_or_governance_power"}


@pytest.mark.parametrize("kind", ["reintegratiebedrijf", "gemeente", "uwv"])
def test_who_treats_nobody_is_not_asked_about_criteria(kind: str) -> None:
    assert open_questions({"organisation_type": kind}, KNOWLEDGE) == ("partner_types",)


def test_all_eight_criteria_are_asked_even_after_one_failed() -> None:
    keys = open_questions({"organisation_type": "ggz", "criteria.1": "voldoet_niet"}, KNOWLEDGE)
    assert keys[:7] == tuple(f"criteria.{number}" for number in range(2, 9))


def test_a_hired_coach_is_asked_about_only_when_hiring_leads() -> None:
    hiring = {**GGZ, "delivers_ips_now": True, "capacity": "tijdelijk_tekort", "partner_types": ("uwv",)}
    assert "hired_coach_same_location" in open_questions(hiring, KNOWLEDGE)
    assert "hired_coach_same_location" not in open_questions({**hiring, "delivers_ips_now": False}, KNOWLEDGE)
    assert "hired_coach_same_location" not in open_questions({**hiring, "capacity": "voldoende"}, KNOWLEDGE)


def test_what_if_shows_the_difference() -> None:
    facts: dict[str, FactValue] = {
        "organisation_type": "reintegratiebedrijf",
        "partner_types": ("ggz",),
        "partner_meets_criteria": False,
        "jointly_meets_criteria": True,
        "clients_in_care_with_partner": False,
        "trained_coaches": "eigen",
    }
    difference = what_if(facts, {"clients_in_care_with_partner": True}, KNOWLEDGE)
    assert (difference.before.best, difference.after.best) == ("nog_niet", "reintegratiebedrijf")
    assert difference.changed == ("reintegratiebedrijf",)
    assert facts["clients_in_care_with_partner"] is False


def test_an_advice_is_quick() -> None:
    start = time.perf_counter()
    for _ in range(20):
        advise(GGZ, KNOWLEDGE)
    assert (time.perf_counter() - start) / 20 < 0.05  # 2 ms here; the margin is for busy machines
