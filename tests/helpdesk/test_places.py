"""What must hold wherever employees answer: one suite, run over every place."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.places import ANNA, BRAM, LACKS, PLACES, ticket, wait_for


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test over every place; one that has no meaning somewhere says so in its id."""
    params = []
    for name in PLACES:
        lack = LACKS.get(name, {}).get(metafunc.function.__name__)
        marks = [pytest.mark.skip(reason=f"not in {name}: {lack}")] if lack else []
        params.append(pytest.param(name, id=f"{name}, not here: {lack}" if lack else name, marks=marks))
    metafunc.parametrize("place", params, indirect=True)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    with PLACES[request.param](tmp_path) as made:
        yield made


def opened(place: Any, **more: Any) -> int:
    """Open a ticket and wait until it stands in the place."""
    number = place.helpdesk.open(ticket(**more)).number
    wait_for(lambda: "subsidie" in place.seen(number))
    return int(number)


def answers_of(place: Any, number: int) -> list[str]:
    """Return what employees answered."""
    return [message.text for message in place.helpdesk.load(number).messages if message.who == "person"]


def done(place: Any, number: int) -> list[str]:
    """Return what happened to a ticket, apart from who looked and where it stands."""
    return [each.what for each in place.helpdesk.events(number) if each.what not in ("gekoppeld", "bekeken")]


def test_a_new_ticket_shows_without_the_asker_on_the_card(place: Any) -> None:
    number = opened(place, suggestion="Kijk in de handreiking.", urgency="hoog")
    wait_for(lambda: "Kijk in de handreiking" in place.seen(number))
    card = place.card(number).lower()
    for fact in (str(number), "hoog", "financiering"):
        assert fact in card
    assert "subsidie" not in place.glimpse(number)
    assert place.seen(number).count("Hoe vraag ik subsidie aan?") == 1


def test_what_the_asker_says_later_shows_once_in_order(place: Any) -> None:
    number = opened(place)
    place.helpdesk.asker_said(number, "m2", "En <b>wanneer</b>?")
    place.helpdesk.asker_said(number, "m3", "@channel Haast *niet*")
    place.helpdesk.asker_said(number, "m3", "@channel Haast *niet*")
    wait_for(lambda: "Haast" in place.seen(number))
    seen = place.seen(number)
    assert seen.index("subsidie") < seen.index("wanneer") < seen.index("Haast")
    assert seen.count("Haast") == 1


def is_refused(place: Any, number: int, first: str) -> bool:
    """Tell whether an employee was told that an answer wasn't sent, and who was first since when."""
    return all(part.format(by=first) in place.told(number) for part in place.refusal)


def test_an_employee_answers_the_asker(place: Any) -> None:
    number = opened(place)
    place.answers(number, ANNA, "Dat kan bij de gemeente.")
    wait_for(lambda: answers_of(place, number))
    known = place.helpdesk.load(number)
    assert answers_of(place, number) == ["Dat kan bij de gemeente."]
    assert (known.assignee, known.held, known.state) == (place.names[ANNA], True, "wacht_op_vrager")
    place.helpdesk.asker_said(number, "m2", "Dank je wel")
    wait_for(lambda: "Dank je wel" in place.seen(number))
    assert place.seen(number).count("Dat kan bij de gemeente.") <= 1  # not said back to who wrote it


def test_a_note_is_not_sent(place: Any) -> None:
    number = opened(place)
    place.notes(number, ANNA, "Dit is een lastige klant")
    place.answers(number, ANNA, "Dat kan.")
    wait_for(lambda: answers_of(place, number))
    assert answers_of(place, number) == ["Dat kan."]


def test_the_second_of_two_is_told_who_and_when(place: Any) -> None:
    number = opened(place)
    place.answers(number, ANNA, "Ik help je.")
    wait_for(lambda: answers_of(place, number))
    place.answers(number, BRAM, "Ik ook!")
    first = place.names[ANNA].partition(" (")[0]
    wait_for(lambda: is_refused(place, number, first))
    assert answers_of(place, number) == ["Ik help je."]


def test_of_two_at_the_same_moment_one_is_sent(place: Any) -> None:
    number = opened(place)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda who: place.answers(number, who, f"Van {who}"), (ANNA, BRAM)))
    wait_for(lambda: answers_of(place, number))
    first = place.helpdesk.load(number).assignee.partition(" (")[0]
    wait_for(lambda: is_refused(place, number, first))
    assert answers_of(place, number) in (["Van anna"], ["Van bram"])


def test_an_answer_elsewhere_shows(place: Any) -> None:
    number = opened(place)
    place.helpdesk.answer(number, "Chris", "Al beantwoord.", "elders-1")
    wait_for(lambda: "Al beantwoord." in place.seen(number))


def test_an_answer_elsewhere_holds_off_the_others(place: Any) -> None:
    number = opened(place)
    place.helpdesk.answer(number, "Chris", "Al beantwoord.", "elders-1")
    place.answers(number, ANNA, "Nog een keer.")
    wait_for(lambda: is_refused(place, number, "Chris"))
    assert answers_of(place, number) == ["Al beantwoord."]


def test_handing_back_lets_the_bot_speak(place: Any) -> None:
    number = opened(place)
    place.answers(number, ANNA, "Ik help je.")
    wait_for(lambda: place.helpdesk.load(number).held)
    place.hands_back(number, ANNA)
    wait_for(lambda: not place.helpdesk.load(number).held)
    assert answers_of(place, number) == ["Ik help je."]


def test_closing_and_what_the_asker_says_then(place: Any) -> None:
    number = opened(place)
    place.answers(number, ANNA, "Geregeld.")
    wait_for(lambda: answers_of(place, number))
    place.closes(number, ANNA)
    wait_for(lambda: place.helpdesk.load(number).state == "opgelost")
    place.helpdesk.asker_said(number, "m9", "Toch nog iets")
    wait_for(lambda: "Toch nog iets" in place.seen(number))
    assert place.helpdesk.load(number).state == "in_behandeling"


def test_the_same_again_is_not_done_again(place: Any) -> None:
    number = opened(place)
    place.answers(number, ANNA, "Eén keer.")
    wait_for(lambda: answers_of(place, number))
    events = len(done(place, number))
    place.again()
    place.again()
    place.helpdesk.asker_said(number, "m2", "Ja")
    wait_for(lambda: "Ja" in place.seen(number))
    assert answers_of(place, number) == ["Eén keer."]
    assert len(done(place, number)) == events + 2


def test_nothing_is_lost_while_the_place_is_away(place: Any) -> None:
    number = opened(place)
    place.breaks(3)
    place.helpdesk.asker_said(number, "m2", "Tijdens de storing")
    wait_for(lambda: "Tijdens de storing" in place.seen(number), 25)
    assert place.seen(number).count("Tijdens de storing") == 1
    place.answers(number, ANNA, "Na de storing.")
    wait_for(lambda: answers_of(place, number))
    assert answers_of(place, number) == ["Na de storing."]


def test_what_an_employee_writes_while_the_place_is_away_arrives_once(place: Any) -> None:
    number = opened(place)
    place.breaks(3)
    place.answers(number, ANNA, "Tijdens de storing.")
    wait_for(lambda: answers_of(place, number), 25)
    assert answers_of(place, number) == ["Tijdens de storing."]


def test_what_is_erased_is_taken_out(place: Any) -> None:
    number = opened(place)
    place.helpdesk.asker_said(number, "m2", "Wis dit ook")
    wait_for(lambda: "Wis dit ook" in place.seen(number))
    place.helpdesk.forget("widget~een")
    wait_for(lambda: "subsidie" not in place.seen(number) and "Wis dit ook" not in place.seen(number))
    assert "Wis dit ook" not in place.card(number)
