"""What holds on every combination of facts, found by trying many."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.knowledge.loader import load
from bot.model import Advice, FactDefinition, Facts, FactValue, OptionStatus
from bot.rules.options import advise, open_questions
from bot.rules.whatif import what_if

KNOWLEDGE = load()
REASONS_TO_LIKE = ("capacity", "few_clients", "lacks_funding_or_governance_power", "prefers_outsourcing")
MANY = settings(deadline=None, max_examples=150)


def values_of(definition: FactDefinition) -> st.SearchStrategy[FactValue]:
    names = [name for name, _ in definition.values]
    if definition.kind == "bool":
        return st.booleans()
    if definition.kind == "choices":
        return st.lists(st.sampled_from(names), unique=True, max_size=3).map(tuple)
    return st.sampled_from(names)


VALUES = {key: values_of(definition) for key, definition in KNOWLEDGE.facts.items()}
ANY_FACTS: st.SearchStrategy[dict[str, FactValue]] = st.fixed_dictionaries({}, optional=VALUES)
# Random criteria almost never make all eight, so half of the cases get them.
ALL_MET: dict[str, FactValue] = {f"criteria.{number}": "voldoet" for number in range(1, 9)}
CASES = st.one_of(ANY_FACTS, ANY_FACTS.map(lambda facts: {**facts, **ALL_MET}))
ONE_FACT = st.sampled_from(sorted(VALUES)).flatmap(lambda key: st.tuples(st.just(key), VALUES[key]))


def statuses(advice: Advice) -> dict[str, OptionStatus]:
    return {option.id: option.status for option in advice.options}


def verdict(advice: Advice) -> Any:
    """Everything that an answer could change."""
    return advice.best, [
        (option.status, [r.text for r in option.reasons], [m.code for m in option.missing]) for option in advice.options
    ]


@MANY
@given(CASES)
def test_no_combination_crashes_and_the_advice_agrees_with_itself(facts: Facts) -> None:
    advice = advise(facts, KNOWLEDGE)
    found = statuses(advice)
    assert list(found) == list(KNOWLEDGE.options)
    assert advice.possible == tuple(option for option, status in found.items() if status is OptionStatus.POSSIBLE)
    assert advice.best in (*advice.possible, "nog_niet", "meer_informatie")
    assert advice.best != "nog_niet" or not advice.possible
    for option in advice.options:
        assert bool(option.reasons) is (option.status is OptionStatus.IMPOSSIBLE)
        assert not any("{" in text for text in [r.text for r in option.reasons] + [m.text for m in option.missing])
        codes = [missing.code for missing in option.missing]
        assert len(codes) == len(set(codes))
        if option.status is OptionStatus.UNDECIDED:
            assert any(missing.required for missing in option.missing)


@MANY
@given(CASES, ONE_FACT)
def test_adding_a_fact_never_makes_an_impossible_option_possible(facts: Facts, added: tuple[str, FactValue]) -> None:
    key, value = added
    assume(key not in facts)
    before, after = statuses(advise(facts, KNOWLEDGE)), statuses(advise({**facts, key: value}, KNOWLEDGE))
    for option, status in before.items():
        assert not (status is OptionStatus.IMPOSSIBLE and after[option] is OptionStatus.POSSIBLE)


@MANY
@given(CASES, st.sampled_from(REASONS_TO_LIKE).flatmap(lambda key: st.tuples(st.just(key), VALUES[key])))
def test_a_reason_to_like_an_option_never_makes_one_impossible(facts: Facts, reason: tuple[str, FactValue]) -> None:
    key, value = reason
    without = {name: fact for name, fact in facts.items() if name != key}
    before, after = statuses(advise(without, KNOWLEDGE)), statuses(advise({**without, key: value}, KNOWLEDGE))
    for option, status in before.items():
        assert (status is OptionStatus.IMPOSSIBLE) is (after[option] is OptionStatus.IMPOSSIBLE)


@MANY
@given(CASES)
def test_a_refusal_never_opens_anything(facts: Facts) -> None:
    for key in ("agreements_refused", "phrenos_review_refused"):
        willing, refusing = ({**facts, key: value} for value in (False, True))
        assert set(advise(refusing, KNOWLEDGE).possible) <= set(advise(willing, KNOWLEDGE).possible)


@MANY
@given(CASES)
def test_the_next_question_is_open_and_some_answer_to_it_changes_the_verdict(facts: Facts) -> None:
    advice = advise(facts, KNOWLEDGE)
    question = advice.next_question
    if question is None:
        return
    assert facts.get(question.key, "onbekend") == "onbekend"
    assert question.key in open_questions(facts, KNOWLEDGE) or facts.get(question.key) == "onbekend"
    definition = KNOWLEDGE.facts[question.key]
    assert question.text == definition.question
    assert any(
        verdict(advise({**facts, question.key: value}, KNOWLEDGE)) != verdict(advice) for value in every(definition)
    )


def every(definition: FactDefinition) -> list[FactValue]:
    if definition.kind == "bool":
        return [True, False]
    names = [name for name, _ in definition.values]
    return [(), *((name,) for name in names)] if definition.kind == "choices" else list(names)


@MANY
@given(CASES)
def test_only_unknown_facts_are_asked_each_once(facts: Facts) -> None:
    keys = open_questions(facts, KNOWLEDGE)
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(facts)
    if "organisation_type" not in facts:
        assert keys[0] == "organisation_type"


@MANY
@given(st.fixed_dictionaries(VALUES))
def test_an_interview_ends(truth: Facts) -> None:
    facts: dict[str, FactValue] = {}
    for _ in range(len(KNOWLEDGE.facts) + 1):
        keys = open_questions(facts, KNOWLEDGE)
        if not keys:
            return
        facts[keys[0]] = truth[keys[0]]
    raise AssertionError("still asking")


@MANY
@given(CASES, ONE_FACT)
def test_what_if_tells_exactly_what_differs(facts: Facts, change: tuple[str, FactValue]) -> None:
    original = dict(facts)
    difference = what_if(facts, dict([change]), KNOWLEDGE)
    assert facts == original
    before, after = statuses(difference.before), statuses(difference.after)
    assert difference.changed == tuple(option for option in before if before[option] is not after[option])
    assert difference.after == advise({**facts, change[0]: change[1]}, KNOWLEDGE)
