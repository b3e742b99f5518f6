"""What goes when an asker wants it and what goes by itself: tickets, contact details, counts. On the real stores."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from bot import app
from bot.app import Assistant, build
from bot.codes import make_token
from bot.errors import UnknownTicket
from bot.helpdesk import is_erased
from bot.model import Dossier, Entry, Message, SourceRef, Ticket, TicketMessage
from bot.settings import Settings
from bot.web.answering import Answering
from bot.web.feed import Feed
from bot.web.once import ShownOnce
from tests.fakes.disk import on_disk

SOURCE = SourceRef("handreiking", "kwaliteitscriterium 6")
WORDS = ("pelikanenkolonie", "vuurtorenberaad", "zweefmolen", "posthuis", "lindeboom", "waterrad")


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    return build(Settings.from_environment({"IPS_DATA": str(tmp_path)}))


def asked(assistant: Assistant, conversation: str, key: str = "k") -> Ticket:
    """Return a ticket that holds every word in another place."""
    now = app.utc_now()
    said = (TicketMessage("m1", "asker", f"Wij zijn de {WORDS[0]}.", now),)
    made = assistant.helpdesk.open(
        Ticket(
            key, "widget", "overig", "normaal", conversation=conversation, subject=WORDS[1], messages=said,
            summary=(WORDS[2],), suggestion=WORDS[3], suggestion_sources=(SOURCE,),
        )
    )  # fmt: skip
    assistant.helpdesk.give_contact(made.number, f"a@{WORDS[4]}.example", "Goed.")
    assistant.helpdesk.note(made.number, "An", WORDS[5], "n1")
    return assistant.helpdesk.answer(made.number, "An", "Ja.", "a1")


def standing(tmp_path: Path) -> set[str]:
    """Return the words that stand in any file, within the seconds that a write-ahead log needs to be folded in."""
    files = on_disk(tmp_path)
    return {word for word in WORDS if word.encode() in files}


def gone(tmp_path: Path, *words: str) -> bool:
    until = time.monotonic() + 5
    while standing(tmp_path).intersection(words or WORDS) and time.monotonic() < until:
        time.sleep(0.1)
    return not standing(tmp_path).intersection(words or WORDS)


def answering(assistant: Assistant, work: Callable[[Answering], Awaitable[None]]) -> None:
    """Let the widget's worker do something."""

    async def run() -> None:
        once = ShownOnce(time.monotonic)
        feed = Feed(assistant.conversations, once)

        async def ask(_: object) -> list[dict[str, object]]:
            return []

        worker = Answering(
            ask, assistant.conversations, assistant.store, feed, once,
            patience_seconds=1, keep_days=30, now=app.utc_now, forget=assistant.helpdesk.forget,
        )  # fmt: skip
        await work(worker)
        await worker.close()

    asyncio.run(run())


def test_the_search_finds_what_is_there(assistant: Assistant, tmp_path: Path) -> None:
    asked(assistant, "widget~abc")
    assert standing(tmp_path) == set(WORDS)


def test_deleting_in_the_widget_takes_the_ticket_s_words(assistant: Assistant, tmp_path: Path) -> None:
    conversation = assistant.conversations.open(make_token())
    assistant.conversations.append(conversation, Entry("user", WORDS[0]))
    asked(assistant, conversation)
    answering(assistant, lambda worker: worker.delete(conversation))
    assert gone(tmp_path)
    ticket = assistant.helpdesk.load(1)
    assert is_erased(ticket)
    assert (ticket.held, ticket.state) == (False, "opgelost")
    assert [event.what for event in assistant.helpdesk.events(1)][-1] == "gewist"
    assert assistant.tickets.verify() == ()


def test_saying_so_takes_them_too(assistant: Assistant, tmp_path: Path) -> None:
    asked(assistant, "jan.jansen")
    assistant.service.turn(Message("jan.jansen", f"wij zijn een ggz en de {WORDS[0]}", id="1"))
    assistant.service.turn(Message("jan.jansen", "wis mijn gegevens", "opnieuw", 0.9, id="2"))
    assistant.service.turn(Message("jan.jansen", "ja", "bevestigen", 0.9, id="3"))
    assert is_erased(assistant.helpdesk.load(1))
    assert gone(tmp_path)
    assert b"jan.jansen" not in on_disk(tmp_path)


def test_a_deletion_that_was_cut_short_is_finished(assistant: Assistant, tmp_path: Path) -> None:
    conversation = assistant.conversations.open(make_token())
    asked(assistant, conversation)
    assistant.conversations.delete(conversation)  # and then the process was killed
    answering(assistant, lambda worker: worker.tidy())
    assert is_erased(assistant.helpdesk.load(1))
    assert assistant.conversations.gone() == ()


def test_an_old_conversation_goes_and_its_ticket_stays(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = assistant.conversations.open(make_token())
    assistant.store.save(Dossier(conversation))
    asked(assistant, conversation)
    later(monkeypatch, 31)
    answering(assistant, lambda worker: worker.tidy())
    assert assistant.conversations.heads([conversation]) == {}
    assert assistant.store.load(conversation) is None
    assert not is_erased(assistant.helpdesk.load(1))


def later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """Let so many days pass for whoever asks the time from now on."""
    moment: datetime = app.utc_now() + timedelta(days=days)
    monkeypatch.setattr(app, "utc_now", lambda: moment)


@pytest.mark.parametrize(("days", "contact", "there"), [(29, True, True), (31, False, True), (366, False, False)])
def test_what_is_past_its_days_goes_by_itself(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, days: int, contact: bool, there: bool
) -> None:
    asked(assistant, "widget~abc")
    assistant.helpdesk.close(1, "An")
    assistant.counts.count(app.utc_now().date(), "training", "beantwoord")
    later(monkeypatch, days)
    build(assistant.settings).clean_up()
    assert bool(assistant.counts.counts(date.min)) == there
    if there:
        assert bool(assistant.helpdesk.load(1).contact) == contact
        assert contact or gone(tmp_path, WORDS[4])
        assert set(WORDS) - standing(tmp_path) == (set() if contact else {WORDS[4]})
    else:
        with pytest.raises(UnknownTicket):
            assistant.helpdesk.load(1)
        assert [event.what for event in assistant.helpdesk.events(1)] == ["verwijderd"]
        assert gone(tmp_path)
    assert assistant.tickets.verify() == ()


def test_the_institute_s_numbers_hold_no_words(assistant: Assistant) -> None:
    asked(assistant, "widget~abc")
    assistant.counts.count(app.utc_now().date(), "training", "beantwoord")
    found = assistant.numbers((app.utc_now() - timedelta(days=7)).date())
    assert [(line.subject, line.asked, line.tickets) for line in found.weeks] == [("training", 1, 0), ("overig", 0, 1)]
    assert [(line.urgency, line.answered) for line in found.response] == [("normaal", 1), ("alle", 1)]
    assert not [word for word in (*WORDS, "An") if word in repr(replace(found))]
