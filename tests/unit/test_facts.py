"""From a request to facts: the contract's keys and values, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from bot.errors import InputError, InvalidValue, UnknownFact
from bot.knowledge.loader import load
from bot.rules.facts import parse_facts

KNOWLEDGE = load()

CONTRACT_KEYS = {
    "organisation_type",
    *(f"criteria.{number}" for number in range(1, 9)),
    "delivers_ips_now",
    "prefers_outsourcing",
    "few_clients",
    "lacks_funding_or_governance_power",
    "capacity",
    "partner_types",
    "partner_meets_criteria",
    "jointly_meets_criteria",
    "clients_in_care_with_partner",
    "trained_coaches",
    "near_partner",
    "written_agreements",
    "agreements_refused",
    "phrenos_review_refused",
    "only_own_clients",
    "coach_alignment",
    "team_form",
    "coaches_know_target_group",
    "hired_coach_trained",
    "hired_coach_experience",
    "hired_coach_in_team",
    "hired_coach_same_location",
}


def test_the_knowledge_has_exactly_the_keys_of_the_contract() -> None:
    assert set(KNOWLEDGE.facts) == CONTRACT_KEYS


@pytest.mark.parametrize("key", sorted(CONTRACT_KEYS))
def test_every_value_of_every_fact_is_taken(key: str) -> None:
    definition = KNOWLEDGE.facts[key]
    for name, _ in definition.values:
        value: Any = name == "true" if definition.kind == "bool" else name
        value = [value] if definition.kind == "choices" else value
        request = {"criteria": {key[-1]: value}} if definition.kind == "criterion" else {key: value}
        expected = tuple(value) if definition.kind == "choices" else value
        assert parse_facts(request, KNOWLEDGE) == {key: expected}


def test_absent_means_unknown() -> None:
    assert parse_facts({}, KNOWLEDGE) == {}
    assert parse_facts({"criteria": {}}, KNOWLEDGE) == {}


def test_partners_come_once_and_may_be_none() -> None:
    assert parse_facts({"partner_types": []}, KNOWLEDGE) == {"partner_types": ()}
    assert parse_facts({"partner_types": ["ggz", "uwv", "ggz"]}, KNOWLEDGE) == {"partner_types": ("ggz", "uwv")}


def test_facts_come_in_the_order_of_the_knowledge() -> None:
    facts = parse_facts({"capacity": "voldoende", "criteria": {"2": "voldoet", "1": "onbekend"}}, KNOWLEDGE)
    assert list(facts) == ["criteria.1", "criteria.2", "capacity"]


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"colour": "blue"}, "colour"),
        ({"criteria.6": "voldoet"}, "criteria.6"),
        ({"criteria": {"9": "voldoet"}}, "criteria.9"),
        ({"criteria": {"": "voldoet"}}, "criteria."),
        ({"x" * 500: 1}, "x" * 40 + "…"),
        ({"a\x00b": 1}, "a?b"),
    ],
)
def test_unknown_keys_are_refused(request_: dict[str, object], field: str) -> None:
    with pytest.raises(UnknownFact) as caught:
        parse_facts(request_, KNOWLEDGE)
    assert caught.value.field == field
    assert caught.value.code == "onbekende_sleutel"


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"organisation_type": "kerk"}, "organisation_type"),
        ({"organisation_type": None}, "organisation_type"),
        ({"organisation_type": ["ggz"]}, "organisation_type"),
        ({"few_clients": "ja"}, "few_clients"),
        ({"few_clients": 1}, "few_clients"),
        ({"few_clients": None}, "few_clients"),
        ({"criteria": {"3": True}}, "criteria.3"),
        ({"criteria": {"3": "VOLDOET"}}, "criteria.3"),
        ({"criteria": ["voldoet"]}, "criteria"),
        ({"criteria": None}, "criteria"),
        ({"criteria": dict.fromkeys(map(str, range(200)), "voldoet")}, "criteria"),
        ({"partner_types": "ggz"}, "partner_types"),
        ({"partner_types": [["ggz"]]}, "partner_types"),
        ({"partner_types": ["ggz"] * 21}, "partner_types"),
        ({"partner_types": {"ggz": True}}, "partner_types"),
    ],
)
def test_wrong_values_are_refused(request_: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse_facts(request_, KNOWLEDGE)
    assert caught.value.field == field
    assert caught.value.code == "ongeldige_waarde"


@pytest.mark.parametrize("request_", [[], "ggz", None, 5, {str(n): 1 for n in range(101)}])
def test_what_is_no_small_object_is_refused(request_: Any) -> None:
    with pytest.raises(InputError):
        parse_facts(request_, KNOWLEDGE)
