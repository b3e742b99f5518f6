"""The helpdesk's use cases on a store in memory; what two people at once can do stands in test_helpdesk_races.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.errors import InvalidValue, StaleTicket, StoreError, Taken, UnknownTicket
from bot.helpdesk import WHAT, Helpdesk, is_answered, is_erased
from bot.model import Miss, SourceRef, Ticket, TicketMessage
from bot.rules.officehours import HERE, OfficeHours
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.tickets import MemoryTicketStore

TUESDAY = datetime(2026, 11, 17, 10, 0, tzinfo=HERE).astimezone(timezone.utc)
TALK = "widget~abc"
SOURCE = SourceRef("handreiking", "kwaliteitscriterium 6")


class Ticking:
    """A clock that a test can move."""

    def __init__(self) -> None:
        self.now = TUESDAY

    def __call__(self) -> datetime:
        return self.now


class Desk:
    """A helpdesk with what is under it."""

    def __init__(self) -> None:
        self.clock = Ticking()
        self.store, self.questions = MemoryTicketStore(self.clock), MemoryQuestionLog()
        deadlines = {"direct": 1, "hoog": 4, "normaal": 16}
        self.helpdesk = Helpdesk(self.store, self.clock, OfficeHours(), deadlines, self.questions)

    def asked(self, key: str = "m1", **more: Any) -> Ticket:
        said = TicketMessage(key, "asker", "Mogen wij IPS doen?", self.clock())
        given = {"channel": "widget", "category": "overig", "urgency": "normaal", "conversation": TALK, **more}
        return self.helpdesk.open(Ticket(key, messages=(said,), **given))

    def happened(self, number: int = 1) -> list[str]:
        return [event.what for event in self.helpdesk.events(number)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


# --- bringing in


def test_a_ticket_has_a_deadline_in_office_hours(desk: Desk) -> None:
    ticket = desk.asked(urgency="hoog")
    assert ticket.due == TUESDAY + timedelta(hours=4)
    assert (ticket.number, ticket.state, ticket.held, ticket.assignee) == (1, "nieuw", False, "")
    opened = desk.helpdesk.events(1)[0]
    assert opened.detail == {"category": "overig", "urgency": "hoog", "why": "gevraagd", "channel": "widget"}


def test_an_urgency_without_a_time_has_no_deadline(desk: Desk) -> None:
    assert desk.asked(urgency="laag").due is None


def test_a_mail_that_needs_no_reply_has_no_deadline(desk: Desk) -> None:
    assert desk.asked("a", why="mail").due is None
    assert desk.asked("b", why="mail", flags=("mens_nodig",)).due is not None
    assert desk.asked("c", why="gevraagd").due is not None


def test_the_same_message_makes_no_second_ticket(desk: Desk) -> None:
    first = desk.asked()
    desk.helpdesk.take(1, "An")
    assert desk.asked().number == first.number
    assert desk.asked().assignee == "An"
    assert len(desk.helpdesk.list()) == 1


def test_what_is_kept_of_an_asker_is_masked(desk: Desk) -> None:
    said = "Cliënt Ruben Alders (schizofrenie), bsn 123456782, mail a@b.example"
    first = TicketMessage("<1@b.example>", "asker", said, TUESDAY)
    desk.helpdesk.open(Ticket("k", "mail", "overig", "normaal", subject=said, messages=(first,)))
    desk.helpdesk.asker_said(1, "a@b.example", said)
    everything = repr(desk.helpdesk.load(1)) + repr(desk.helpdesk.events(1))
    for secret in ("Alders", "123456782", "b.example"):
        assert secret not in everything


def test_what_the_asker_and_the_bot_say_is_added_once(desk: Desk) -> None:
    desk.asked()
    for _ in range(2):
        desk.helpdesk.asker_said(1, "m2", "Hallo?")
        desk.helpdesk.bot_said(1, "m2", "Een mens leest mee.", (SOURCE,))
    said = [(each.who, each.text, each.sources) for each in desk.helpdesk.load(1).messages]
    assert said[1:] == [("asker", "Hallo?", ()), ("bot", "Een mens leest mee.", (SOURCE,))]
    assert desk.happened() == ["geopend", "bericht", "bot_antwoord"]


def test_who_asks_on_opens_a_waiting_ticket_again(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.answer(1, "An", "Ja.", "k1")
    desk.clock.now += timedelta(days=1)
    ticket = desk.helpdesk.asker_said(1, "m2", "En wij?")
    assert (ticket.state, ticket.held, ticket.assignee) == ("in_behandeling", True, "An")
    assert ticket.due == desk.clock.now + timedelta(days=2)
    assert desk.happened()[-2:] == ["bericht", "heropend"]


def test_who_asks_on_opens_a_closed_ticket_again(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.close(1, "An")
    ticket = desk.helpdesk.asker_said(1, "m2", "Toch nog iets")
    assert (ticket.state, ticket.held, ticket.closed_at) == ("nieuw", False, None)


@pytest.mark.parametrize(
    "email", ["", "geen adres", "a@b", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example", "<a@b.example>"]
)
def test_no_address_is_refused(desk: Desk, email: str) -> None:
    desk.asked()
    with pytest.raises(InvalidValue):
        desk.helpdesk.give_contact(1, email, "goed")


def test_an_address_is_kept_with_what_was_agreed_to(desk: Desk) -> None:
    desk.asked()
    for _ in range(2):
        ticket = desk.helpdesk.give_contact(1, " a.b+c@sub.b.example ", "Ik vind het goed.")
    assert ticket.contact
    assert (ticket.contact.email, ticket.contact.consent) == ("a.b+c@sub.b.example", "Ik vind het goed.")
    assert desk.happened() == ["geopend", "contact"]
    assert "example" not in repr(desk.helpdesk.events(1))


# --- employees


def test_an_answer_takes_the_conversation(desk: Desk) -> None:
    desk.asked()
    assert desk.helpdesk.holder(TALK) is None
    ticket = desk.helpdesk.answer(1, "An", " Ja, dat mag. ", "k1", sources=(SOURCE,))
    assert (ticket.state, ticket.held, ticket.assignee) == ("wacht_op_vrager", True, "An")
    assert desk.helpdesk.holder(TALK) == ticket
    last = ticket.messages[-1]
    assert (last.who, last.text, last.by, last.sources) == ("person", "Ja, dat mag.", "An", (SOURCE,))
    events = desk.helpdesk.events(1)
    assert [event.what for event in events] == ["geopend", "opgepakt", "antwoord", "wacht"]
    assert events[2].detail["message"] == last.id


def test_the_second_is_told_who_has_it_and_since_when(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.take(1, "An")
    desk.clock.now += timedelta(minutes=5)
    desk.helpdesk.note(1, "Bo", "Ik weet dit ook.", "n1")
    for act in (lambda: desk.helpdesk.take(1, "Bo"), lambda: desk.helpdesk.answer(1, "Bo", "Nee.", "k2")):
        with pytest.raises(Taken) as told:
            act()
        assert (told.value.by, told.value.at) == ("An", TUESDAY)
    assert [message.who for message in desk.helpdesk.load(1).messages] == ["asker", "note"]


def test_an_answer_to_what_was_not_seen_is_refused(desk: Desk) -> None:
    desk.asked()
    seen = desk.helpdesk.look(1, "An").version
    desk.helpdesk.asker_said(1, "m2", "Laat maar, iets anders.")
    with pytest.raises(StaleTicket):
        desk.helpdesk.answer(1, "An", "Ja.", "k1", seen=seen)
    assert desk.helpdesk.answer(1, "An", "Goed.", "k1", seen=seen + 1).messages[-1].text == "Goed."


def test_nor_past_a_colleague_who_was_first(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.answer(1, "An", "Ja.", "k1", seen=1)
    desk.helpdesk.hand_back(1, "An")
    with pytest.raises(StaleTicket):
        desk.helpdesk.answer(1, "Bo", "Nee.", "k2", seen=1)
    assert desk.helpdesk.answer(1, "An", "En ook dit.", "k3", seen=1).version > 2


@pytest.mark.parametrize(
    "between",
    [
        lambda desk: desk.bot_said(1, "b1", "Ik zoek het op."),
        lambda desk: desk.correct(1, "Bo", urgency="hoog"),
        lambda desk: desk.give_contact(1, "a@b.example", "goed"),
    ],
)
def test_what_is_no_answer_does_not_stand_in_the_way(desk: Desk, between: Callable[[Helpdesk], Any]) -> None:
    desk.asked()
    between(desk.helpdesk)
    assert desk.helpdesk.answer(1, "An", "Ja.", "k1", seen=1).held


def test_the_same_act_is_done_once(desk: Desk) -> None:
    desk.asked()
    acts: tuple[Callable[[], Ticket], ...] = (
        lambda: desk.helpdesk.take(1, "An"),
        lambda: desk.helpdesk.note(1, "An", "Bel Bo.", "n1"),
        lambda: desk.helpdesk.answer(1, "An", "Ja.", "k1", seen=3),
        lambda: desk.helpdesk.assign(1, "An", "Bo"),
        lambda: desk.helpdesk.correct(1, "Bo", category="training", urgency="hoog"),
        lambda: desk.helpdesk.should_have_known(1, "Bo"),
        lambda: desk.helpdesk.link(1, "zammad", "42"),
        lambda: desk.helpdesk.hand_back(1, "Bo"),
        lambda: desk.helpdesk.close(1, "Bo"),
        lambda: desk.helpdesk.reopen(1, "Bo"),
    )
    for act in acts:
        assert act() == act()
    assert desk.happened() == [
        "geopend", "opgepakt", "notitie", "antwoord", "wacht", "toegewezen", "triage_gewijzigd", "had_geweten",
        "gekoppeld", "teruggegeven", "opgelost", "heropend",
    ]  # fmt: skip
    assert set(desk.happened()) <= set(WHAT)


def test_an_answer_that_comes_again_after_a_colleague_took_over_is_still_once(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.answer(1, "An", "Ja.", "k1")
    desk.helpdesk.assign(1, "Bo", "Bo")
    desk.helpdesk.answer(1, "Bo", "Nee.", "k2")
    assert [each.text for each in desk.helpdesk.answer(1, "An", "Ja.", "k1").messages[1:]] == ["Ja.", "Nee."]


def test_a_colleague_takes_over_by_assigning(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.take(1, "An")
    ticket = desk.helpdesk.assign(1, "Bo", "Bo")
    assert (ticket.assignee, ticket.held) == ("Bo", True)
    with pytest.raises(Taken):
        desk.helpdesk.answer(1, "An", "Ja.", "k1")


def test_assigned_to_nobody_lets_the_bot_speak(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.take(1, "An")
    ticket = desk.helpdesk.assign(1, "An", "")
    assert (ticket.assignee, ticket.held, ticket.state) == ("", False, "nieuw")


def test_handed_back_without_an_answer_it_is_nobody_s(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.take(1, "An")
    ticket = desk.helpdesk.hand_back(1, "An")
    assert (ticket.state, ticket.held, ticket.assignee) == ("nieuw", False, "")


def test_handed_back_with_an_answer_it_waits(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.answer(1, "An", "Ja.", "k1")
    ticket = desk.helpdesk.hand_back(1, "An")
    assert (ticket.state, ticket.held, ticket.assignee) == ("wacht_op_vrager", False, "An")
    assert is_answered(ticket)
    assert desk.helpdesk.holder(TALK) is None


def test_closed_and_open_again(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.take(1, "An")
    closed = desk.helpdesk.close(1, "An")
    assert (closed.state, closed.held, closed.closed_at) == ("opgelost", False, TUESDAY)
    assert desk.helpdesk.holder(TALK) is None
    opened = desk.helpdesk.reopen(1, "Bo")
    assert (opened.state, opened.held, opened.closed_at, opened.assignee) == ("in_behandeling", False, None, "An")


def test_an_answer_opens_a_closed_ticket(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.close(1, "An")
    ticket = desk.helpdesk.answer(1, "Bo", "Toch: nee.", "k1")
    assert (ticket.state, ticket.closed_at, ticket.assignee) == ("wacht_op_vrager", None, "Bo")
    assert desk.happened()[2:] == ["heropend", "opgepakt", "antwoord", "wacht"]


@pytest.mark.parametrize("text", ["", " \n", "x" * 20_001])
def test_no_text_or_too_much_is_refused(desk: Desk, text: str) -> None:
    desk.asked()
    with pytest.raises(InvalidValue):
        desk.helpdesk.answer(1, "An", text, "k1")
    with pytest.raises(InvalidValue):
        desk.helpdesk.note(1, "An", text, "k1")


def test_every_look_is_noted_but_not_every_reload(desk: Desk) -> None:
    desk.asked()
    for by in ("An", "An", "Bo"):
        desk.helpdesk.look(1, by)
    desk.clock.now += timedelta(minutes=10)
    desk.helpdesk.look(1, "An")
    assert [event.by for event in desk.helpdesk.events(1) if event.what == "bekeken"] == ["An", "Bo", "An"]


@pytest.mark.parametrize("act", ["look", "take", "hand_back", "close", "reopen", "should_have_known"])
def test_a_ticket_that_is_not_there(desk: Desk, act: str) -> None:
    with pytest.raises(UnknownTicket):
        getattr(desk.helpdesk, act)(7, "An")


# --- triage and content


def test_a_corrected_triage_is_an_example(desk: Desk) -> None:
    desk.asked(urgency="laag", flags=("mens_nodig",))
    ticket = desk.helpdesk.correct(1, "An", category="toepasbaarheid", urgency="hoog")
    assert (ticket.category, ticket.urgency, ticket.due) == ("toepasbaarheid", "hoog", TUESDAY + timedelta(hours=4))
    assert desk.helpdesk.events(1)[-1].detail["category_was"] == "overig"
    (example,) = desk.helpdesk.corrections()
    assert (example.text, example.category, example.urgency, example.flags) == (
        "Mogen wij IPS doen?",
        "toepasbaarheid",
        "hoog",
        ("mens_nodig",),
    )


@pytest.mark.parametrize("wrong", [{"category": "iets"}, {"urgency": "nu"}])
def test_a_triage_that_does_not_exist_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    desk.asked()
    with pytest.raises(InvalidValue):
        desk.helpdesk.correct(1, "An", **wrong)


def test_what_the_bot_should_have_known_goes_to_the_keepers(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.answer(1, "An", "Ja.", "k1")
    desk.helpdesk.asker_said(1, "m2", "Dank je!")
    for by in ("An", "Bo"):
        desk.helpdesk.should_have_known(1, by)
    (kept,) = desk.questions.kept()
    assert (kept.text, kept.miss, kept.card) == ("Mogen wij IPS doen?", Miss.NIET_IN_BRONNEN, None)


def test_nothing_is_noted_when_the_keepers_can_t_have_it(desk: Desk) -> None:
    desk.asked()
    desk.questions.down = True
    with pytest.raises(StoreError):
        desk.helpdesk.should_have_known(1, "An")
    desk.questions.down = False
    desk.helpdesk.should_have_known(1, "An")
    assert len(desk.questions.kept()) == 1


# --- deadlines


def test_overdue_is_past_due_and_nobody_s(desk: Desk) -> None:
    desk.asked("a", urgency="normaal")
    desk.asked("b", urgency="hoog")
    desk.asked("c", urgency="hoog")
    desk.asked("d", urgency="laag")
    desk.helpdesk.take(3, "An")
    assert desk.helpdesk.overdue() == ()
    desk.clock.now += timedelta(hours=5)
    assert [ticket.number for ticket in desk.helpdesk.overdue()] == [2]
    desk.clock.now += timedelta(days=3)
    assert [ticket.number for ticket in desk.helpdesk.overdue()] == [2, 1]
    desk.helpdesk.close(2, "An")
    assert [ticket.number for ticket in desk.helpdesk.overdue()] == [1]


def test_lateness_is_noted_once_for_each_deadline(desk: Desk) -> None:
    desk.asked(urgency="hoog")
    desk.clock.now += timedelta(hours=5)
    assert [desk.helpdesk.note_late(), desk.helpdesk.note_late()] == [1, 0]
    desk.helpdesk.close(1, "An")
    desk.helpdesk.asker_said(1, "m2", "Hallo?")
    assert desk.helpdesk.note_late() == 0
    desk.clock.now += timedelta(days=2)
    assert desk.helpdesk.note_late() == 1
    assert desk.happened().count("te_laat") == 2


# --- privacy


def test_forgetting_leaves_numbers_and_no_words(desk: Desk) -> None:
    desk.asked(subject="geheim", summary=("geheim",), suggestion="geheim", suggestion_sources=(SOURCE,))
    desk.helpdesk.give_contact(1, "geheim@b.example", "goed")
    desk.helpdesk.answer(1, "An", "geheim", "k1")
    desk.asked("m2")
    desk.asked("m3", conversation="widget~ander")
    assert desk.helpdesk.forget(TALK) == 2
    ticket = desk.helpdesk.load(1)
    assert is_erased(ticket)
    assert (ticket.state, ticket.held, ticket.category, ticket.due is None) == ("opgelost", False, "overig", False)
    assert [message.text for message in ticket.messages] == ["Gewist door de vrager."]
    assert "geheim" not in repr(ticket) + repr(desk.helpdesk.events(1))
    assert desk.happened()[-1] == "gewist"
    assert desk.helpdesk.of_conversation(TALK) is None
    assert not is_erased(desk.helpdesk.load(3))
    assert desk.helpdesk.forget(TALK) == 0


def test_nothing_is_written_to_what_was_erased(desk: Desk) -> None:
    desk.asked()
    desk.helpdesk.forget(TALK)
    desk.helpdesk.asker_said(1, "m2", "een late herhaling")
    desk.helpdesk.bot_said(1, "m3", "een laat antwoord")
    desk.helpdesk.give_contact(1, "a@b.example", "goed")
    for act in (
        lambda: desk.helpdesk.answer(1, "An", "Ja.", "k1"),
        lambda: desk.helpdesk.take(1, "An"),
        lambda: desk.helpdesk.reopen(1, "An"),
        lambda: desk.helpdesk.assign(1, "An", "Bo"),
        lambda: desk.helpdesk.note(1, "An", "x", "n1"),
    ):
        with pytest.raises(InvalidValue, match="gewist"):
            act()
    assert len(desk.helpdesk.load(1).messages) == 1
    assert desk.helpdesk.load(1).contact is None


def test_one_ticket_can_be_erased(desk: Desk) -> None:
    desk.asked(conversation="")
    assert is_erased(desk.helpdesk.erase(1, "An"))
    assert desk.helpdesk.events(1)[-1].by == "An"


def cleaned(desk: Desk) -> tuple[int, int]:
    now = desk.clock.now
    return desk.helpdesk.clean_up(now - timedelta(days=365), now - timedelta(days=30))


def test_contact_details_go_thirty_days_after_closing(desk: Desk) -> None:
    for key in "abcd":
        number = desk.asked(key).number
        desk.helpdesk.give_contact(number, "a@b.example", "goed")
    desk.helpdesk.close(1, "An")
    desk.helpdesk.answer(2, "An", "Ja.", "k1")
    desk.helpdesk.close(3, "An")
    desk.clock.now += timedelta(days=29)
    desk.helpdesk.reopen(3, "An")
    assert cleaned(desk) == (0, 0)
    desk.clock.now += timedelta(days=2)
    assert cleaned(desk) == (0, 2)
    assert [bool(desk.helpdesk.load(number).contact) for number in (1, 2, 3, 4)] == [False, False, True, True]
    assert desk.helpdesk.load(1).messages[0].text == "Mogen wij IPS doen?"


def test_tickets_go_a_year_after_closing(desk: Desk) -> None:
    desk.asked("a")
    desk.asked("b")
    desk.clock.now += timedelta(days=10)
    desk.helpdesk.close(1, "An")
    desk.clock.now += timedelta(days=356)
    assert cleaned(desk) == (1, 0)
    assert [ticket.number for ticket in desk.helpdesk.list(())] == [1]
    desk.clock.now += timedelta(days=10)
    assert cleaned(desk) == (1, 0)
    assert desk.happened() == ["verwijderd"]


def test_listeners_hear_of_every_change(desk: Desk) -> None:
    heard: list[int] = []
    desk.helpdesk.listeners.append(lambda: heard.append(desk.store.head()))
    desk.asked()
    desk.helpdesk.take(1, "An")
    desk.helpdesk.take(1, "An")
    assert heard == [1, 2]
