"""Whole hand-overs over the widget's port and REST: to a person and back, over kills, with mail, and what must go."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.model import Floor
from bot.store.conversations import conversation_of
from tests.fakes.desk import KNOWLEDGE, Clock, DeskSite, FakeMailer, desk_site, judged
from tests.fakes.widget_client import WidgetClient

ADDRESS = "k.overwater@posthuis.example"
MASKED = "k…@posthuis.example"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[DeskSite]:
    with desk_site(tmp_path) as site:
        yield site
        WidgetClient.close_all()


class Tab(WidgetClient):
    """A tab that waits for what its messages bring."""

    def ask(self, text: str, message_id: str = "") -> str:
        """Say something; return what came for it, texts only."""
        message_id = message_id or uuid.uuid4().hex
        assert self.post(text, message_id).status_code == 202
        self.until(lambda log: any(e.get("answers") == message_id and e.get("last") for e in log))
        return "\n".join(e.get("text", "") for e in self.log if e.get("answers") == message_id)

    def seen(self, who: str) -> list[str]:
        """Return what one kind of speaker said."""
        self.poll()
        return [entry["text"] for entry in self.log if entry["who"] == who]


@pytest.fixture
def tab(site: DeskSite) -> Tab:
    opened = Tab(site.address)
    opened.open()
    opened.ask("hallo")
    return opened


def eventually(true: Callable[[], object], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it doesn't happen"
        time.sleep(0.02)


def talk_of(tab: WidgetClient) -> str:
    return conversation_of(tab.token)


# --- to a person


def test_a_wish_becomes_a_ticket_with_all_that_an_employee_needs(site: DeskSite, tab: Tab) -> None:
    tab.ask("wij zijn een ribw en halen criterium 1 tot en met 4")
    tab.ask("wie betaalt ons traject eigenlijk als de gemeente dat weigert?")
    said = tab.ask("mag ik een mens spreken?")
    (ticket,) = site.tickets
    assert (ticket.channel, ticket.why, ticket.category, ticket.urgency) == (
        "widget",
        "gevraagd",
        "financiering",
        "normaal",
    )
    assert ticket.flags == ("mens_nodig",)
    assert ticket.conversation == talk_of(tab)
    assert "wie betaalt ons traject" in ticket.subject
    assert [each.text for each in ticket.messages if each.who == "asker"][-1] == "mag ik een mens spreken?"
    assert any("ribw" in each.text for each in ticket.messages)
    assert any("beschermd wonen" in line for line in ticket.summary)
    assert any("Advies tot nu toe" in line for line in ticket.summary)
    assert "nummer 1" in said
    assert "uiterlijk dinsdag 24 november" in said.replace("morgen", "dinsdag 24 november") or "uiterlijk" in said
    assert "e-mail" in said
    assert "30 dagen" in said


def test_the_deadline_is_in_office_hours_and_said_in_plain_dutch(site: DeskSite, tab: Tab) -> None:
    site.rasa.triage = judged("hoog")
    assert "Je krijgt antwoord uiterlijk vandaag om 14.00 uur." in tab.ask("mens")
    site.clock.pass_by(days=5, hours=3)  # Saturday
    other = Tab(site.address)
    other.open()
    said = other.ask("medewerker aub")
    assert "Er is nu niemand aanwezig" in said
    assert "maandag tot en met vrijdag van 9.00 tot 17.00 uur" in said
    assert "uiterlijk maandag 30 november om 13.00 uur" in said


def test_the_triage_reads_the_question_and_not_the_wish(site: DeskSite, tab: Tab) -> None:
    tab.ask("de gemeente stopt onze subsidie, wat nu?")
    tab.ask("kan iemand me bellen")
    heard = site.rasa.understood[-1]["text"]
    assert "subsidie" in heard
    assert "bellen" not in heard


def test_a_ticket_is_opened_though_the_triage_is_down(site: DeskSite, tab: Tab) -> None:
    site.rasa.triage = {}
    assert "nummer 1" in tab.ask("mens")
    assert (site.tickets[0].category, site.tickets[0].urgency) == ("overig", "normaal")


def test_asking_again_tells_how_it_stands(site: DeskSite, tab: Tab) -> None:
    tab.ask("mens")
    tab.ask("nee")
    assert "Nog niemand heeft hem opgepakt" in tab.ask("waar blijft die medewerker? ik wil een mens spreken")
    assert len(site.tickets) == 1
    site.clock.pass_by(days=9)
    assert "duurt langer" in tab.ask("ik wil een mens spreken")
    site.helpdesk.close(1, "Ans")
    assert "nummer 2" in tab.ask("ik wil een mens spreken")


def test_until_somebody_comes_the_bot_goes_on_and_the_ticket_follows(site: DeskSite, tab: Tab) -> None:
    tab.ask("mens")
    assert "113.250" in tab.ask("wat kosten 10 epa trajecten?")
    eventually(lambda: any("113.250" in each.text for each in site.tickets[0].messages))
    assert [each.text for each in site.tickets[0].messages if each.who == "asker"][-1] == "wat kosten 10 epa trajecten?"


def test_an_offer_comes_only_where_somebody_must_look(site: DeskSite, tab: Tab) -> None:
    assert 'Zeg "mens"' in tab.ask("flepse droem in de wasstraat van ome jan")
    other = Tab(site.address)
    other.open()
    site.rasa.triage = judged(reply="geen")
    assert 'Zeg "mens"' not in other.ask("flepse droem in de wasstraat van ome jan")
    assert site.tickets == ()


def test_it_can_be_withdrawn_until_somebody_has_it(site: DeskSite, tab: Tab) -> None:
    tab.ask("mens")
    assert "ingetrokken" in tab.ask("ik heb toch geen mens nodig")
    assert site.tickets[0].state == "opgelost"


# --- the address


def test_an_address_stands_in_the_ticket_only(site: DeskSite, tab: Tab, tmp_path: Path) -> None:
    tab.ask("mens")
    said = tab.ask(f"mijn adres is {ADDRESS}")
    assert MASKED in said
    assert "onleesbaar" not in said
    contact = site.tickets[0].contact
    assert contact
    assert (contact.email, "30 dagen" in contact.consent) == (ADDRESS, True)
    assert ADDRESS not in str(site.store.after(talk_of(tab), 0))
    assert ADDRESS not in str(site.dossiers.load(talk_of(tab)))
    assert not any(ADDRESS in event.detail.values() for event in site.helpdesk.events(1))
    assert MASKED in tab.ask("ik wil een mens spreken"), "asked again: no second question for it"


def test_a_phone_number_is_still_hidden(site: DeskSite, tab: Tab) -> None:
    tab.ask("mens")
    assert "telefoonnummer" in tab.ask("bel me op 06-48151623")
    assert "48151623" not in str(site.tickets[0])


def test_an_address_that_a_kill_took_is_asked_for_again(tmp_path: Path) -> None:
    with desk_site(tmp_path) as site:
        tab = Tab(site.address)
        tab.open()
        tab.ask("mens")
        site.rasa.status = 500
        mark = tab.say(ADDRESS)
        token = tab.token
        WidgetClient.close_all()
    with desk_site(tmp_path) as site:
        tab = Tab(site.address, token)
        tab.until(lambda log: any(entry.get("answers") == mark for entry in log))
        assert "typ het alsjeblieft nog een keer" in tab.log[-1]["text"].lower()
        assert MASKED in tab.ask(ADDRESS)
        WidgetClient.close_all()


# --- a person has the floor


def test_a_whole_hand_over(site: DeskSite, tab: Tab) -> None:
    tab.ask("mens")
    tab.ask("nee")
    site.helpdesk.take(1, "Ans")
    assert "Ans (medewerker) doet nu mee" in tab.seen("notice")[-1]
    bots = len(tab.seen("bot"))
    tab.ask("wij hebben ruzie met de gemeente")
    assert site.tickets[0].messages[-1].text == "wij hebben ruzie met de gemeente"
    site.helpdesk.answer(1, "Ans", "Vertel, wat is er gebeurd?", "a1", seen=site.tickets[0].version)
    tab.ask("ze betalen niet")
    site.helpdesk.answer(1, "Ans", "Ik bel ze. **Morgen** hoor je meer.", "a2")
    site.helpdesk.hand_back(1, "Ans")
    assert tab.seen("person") == ["Vertel, wat is er gebeurd?", "Ik bel ze. **Morgen** hoor je meer."]
    assert [entry["name"] for entry in tab.log if entry["who"] == "person"] == ["Ans", "Ans"]
    assert "chatbot weer" in tab.seen("notice")[-1]
    assert len(tab.seen("bot")) == bots
    assert "113.250" in tab.ask("wat kosten 10 epa trajecten?")
    assert tab.seen("person")[2:] == []


def test_a_reply_that_was_on_its_way_is_dropped_and_the_message_reaches_the_person(site: DeskSite, tab: Tab) -> None:
    tab.ask("mens")
    site.rasa.delay = 0.6
    heard = len(site.rasa.heard)
    mark = tab.say("wat kosten 10 epa trajecten?")
    eventually(lambda: len(site.rasa.heard) > heard)
    site.helpdesk.take(1, "Ans")
    tab.until(lambda log: any(entry.get("answers") == mark for entry in log))
    time.sleep(0.3)
    assert "113.250" not in str(tab.seen("bot"))
    assert [each.text for each in site.tickets[0].messages if each.who == "asker"].count(
        "wat kosten 10 epa trajecten?"
    ) == 1


def test_danger_gets_its_numbers_as_a_notice_and_the_ticket_comes_first(site: DeskSite, tab: Tab) -> None:
    tab.ask("mens")
    site.helpdesk.take(1, "Ans")
    bots = len(tab.seen("bot"))
    assert "113" in tab.ask("ik wil niet meer leven")
    assert "113" in tab.seen("notice")[-1]
    assert len(tab.seen("bot")) == bots
    ticket = site.tickets[0]
    assert (ticket.urgency, ticket.flags) == ("direct", ("crisis", "mens_nodig"))
    assert site.helpdesk.corrections() == (), "the triage was right when it was made"


def test_danger_before_anybody_came_puts_the_ticket_first_too(site: DeskSite, tab: Tab) -> None:
    tab.ask("mens")
    assert "113" in tab.ask("ik wil niet meer leven")
    eventually(lambda: site.tickets[0].urgency == "direct")


def test_who_is_in_danger_and_asks_for_a_person_gets_the_numbers_and_a_ticket(site: DeskSite, tab: Tab) -> None:
    said = tab.ask("ik wil niet meer leven, kan iemand mij bellen")
    assert said.index("113") < said.index("nummer 1")
    assert (site.tickets[0].urgency, site.tickets[0].why) == ("direct", "nood")
    assert "113" in rest(site, "ik wil niet meer leven, kan iemand mij bellen")[0]["text"]
    assert len(site.tickets) == 2


def test_closing_gives_the_floor_back_after_the_last_answer(site: DeskSite, tab: Tab) -> None:
    tab.ask("mens")
    site.helpdesk.answer(1, "Ans", "Zo is het.", "a1")
    site.helpdesk.close(1, "Ans")
    tab.poll()
    assert [entry["who"] for entry in tab.log][-3:] == ["notice", "person", "notice"]


def test_another_process_s_employee_is_heard_too(site: DeskSite, tab: Tab) -> None:
    """Without a witness, as when the act was done elsewhere: the audit trail brings it."""
    tab.ask("mens")
    site.helpdesk.witnesses.clear()
    site.helpdesk.answer(1, "Ans", "Van ver.", "a1")
    eventually(lambda: tab.seen("person") == ["Van ver."])
    site.helpdesk.hand_back(1, "Ans")
    eventually(lambda: "chatbot weer" in tab.seen("notice")[-1])


def test_who_erases_a_ticket_gives_the_conversation_back(site: DeskSite, tab: Tab) -> None:
    tab.ask("mens")
    site.helpdesk.take(1, "Ans")
    site.helpdesk.erase(1, "Ans")
    assert "113.250" in tab.ask("wat kosten 10 epa trajecten?")


# --- kills


def test_a_kill_between_the_dialogue_and_the_ticket_loses_nothing(tmp_path: Path) -> None:
    """The dialogue did its part, the ticket store was away, then the process died; the next one opens one ticket."""
    with desk_site(tmp_path) as site:
        tab = Tab(site.address)
        tab.open()
        tab.ask("hallo")
        site.widget.answering._patience = 0.1
        broken = site.helpdesk.open
        site.helpdesk.open = _killed  # type: ignore[method-assign]
        mark = tab.say("mag ik een mens spreken?")
        eventually(lambda: ("mag ik een mens spreken?") in str(site.rasa.heard))
        time.sleep(0.3)
        assert site.tickets == ()
        site.helpdesk.open = broken  # type: ignore[method-assign]
        token = tab.token
        WidgetClient.close_all()
    with desk_site(tmp_path) as site:
        tab = Tab(site.address, token)
        tab.until(lambda log: any(entry.get("answers") == mark and entry.get("last") for entry in log))
        assert len(site.tickets) == 1
        assert "nummer 1" in str(tab.seen("bot"))
        assert tab.seen("user").count("mag ik een mens spreken?") == 1
        WidgetClient.close_all()


def _killed(_ticket: Any) -> Any:
    raise SystemError("killed")


def test_a_kill_after_the_ticket_opens_no_second(site: DeskSite, tab: Tab) -> None:
    desk = site.widget.answering._desk
    assert desk
    tab.ask("mens", "m" * 16)
    waiting = site.store.after(talk_of(tab), 0)
    assert waiting
    again = {"sender": talk_of(tab), "message": "mens", "metadata": {"message_id": "m" * 16}}
    replies = httpx.post(f"http://127.0.0.1:{_rasa(site)}/webhooks/rest/webhook", json=again).json()
    assert replies[0]["custom"]["handover"] == {"open": "gevraagd"}, "the dialogue gives the same marks"
    assert len(site.tickets) == 1


def _rasa(site: DeskSite) -> str:
    return site.widget._chat._rasa._workers[0].rasa_url.rpartition(":")[2]


def test_what_was_said_to_a_person_is_not_lost_over_a_kill(tmp_path: Path) -> None:
    with desk_site(tmp_path) as site:
        tab = Tab(site.address)
        tab.open()
        tab.ask("mens")
        site.helpdesk.take(1, "Ans")
        site.helpdesk.asker_said = _killed_there  # type: ignore[method-assign]
        tab.say("dit mag niet kwijt")
        token = tab.token
        time.sleep(0.2)
        WidgetClient.close_all()
    with desk_site(tmp_path) as site:
        eventually(lambda: "dit mag niet kwijt" in str(site.tickets[0].messages))
        assert str(site.tickets[0].messages).count("dit mag niet kwijt") == 1
        assert Tab(site.address, token).seen("bot")[-1] != ""
        WidgetClient.close_all()


def _killed_there(*_: Any) -> Any:
    raise SystemError("killed")


def test_an_answer_comes_once_over_kills_of_the_courier(tmp_path: Path) -> None:
    clock, mailer = Clock(), FakeMailer()
    mailer.down = True
    with desk_site(tmp_path, clock=clock, mailer=mailer) as site:
        tab = Tab(site.address)
        tab.open()
        tab.ask("mens")
        tab.ask(ADDRESS)
        token = tab.token
        WidgetClient.close_all()
        clock.pass_by(minutes=10)
        site.widget.feed._left.clear()
        site.helpdesk.answer(1, "Ans", "Het mag.", "a1")
        eventually(lambda: mailer.tries >= 1)
    mailer.down = False
    with desk_site(tmp_path, clock=clock, mailer=mailer) as site:
        eventually(lambda: mailer.sent)
        assert Tab(site.address, token).seen("person") == ["Het mag."]
        ((to, subject, text),) = mailer.sent.values()
        assert to == ADDRESS
        assert "nummer 1" in subject
        assert "Het mag." in text
        WidgetClient.close_all()


# --- mail


def test_who_is_still_there_gets_no_mail(site: DeskSite, tab: Tab) -> None:
    tab.ask("mens")
    tab.ask(ADDRESS)
    site.helpdesk.answer(1, "Ans", "Het mag.", "a1")
    eventually(lambda: tab.seen("person"))
    cursor = site.helpdesk.events(1)[-1].id
    eventually(lambda: (site.helpdesk._tickets.cursor("courier") or 0) >= cursor)
    assert site.mailer.sent == {}


def test_without_mail_a_note_asks_the_employee(tmp_path: Path) -> None:
    with desk_site(tmp_path) as site:
        site.courier._mailer = None
        http = httpx.Client(base_url=site.address, timeout=20)
        for text in ("mens", ADDRESS):
            http.post("/webhooks/rest/webhook", json={"sender": "jan", "message": text})
        site.helpdesk.answer(1, "Ans", "Het mag.", "a1")
        eventually(lambda: any(each.who == "note" for each in site.tickets[0].messages))
        http.close()


# --- REST


def rest(site: DeskSite, text: str, **more: Any) -> list[dict[str, Any]]:
    body = {"sender": "jan", "message": text, **more}
    response = httpx.post(f"{site.address}/webhooks/rest/webhook", json=body, timeout=20, trust_env=False)
    assert response.status_code == 200
    return list(response.json())


def test_over_rest_an_answer_can_come_by_mail_only_and_that_is_said(site: DeskSite) -> None:
    said = rest(site, "mag ik een mens spreken?", client_message_id="een")
    text = "\n".join(each["text"] for each in said)
    assert "alleen per e-mail" in text
    assert "wissen het 30 dagen" in text
    assert [each["custom"]["handover"]["state"] for each in said if "handover" in each.get("custom", {})] == [
        "opened",
        "address",
    ]
    assert rest(site, "mag ik een mens spreken?", client_message_id="een") == said
    assert len(site.tickets) == 1
    assert (site.tickets[0].channel, "jan" in site.tickets[0].conversation) == ("rest", False)
    assert MASKED in rest(site, ADDRESS)[0]["text"]
    site.helpdesk.answer(1, "Ans", "Het mag.", "a1")
    eventually(lambda: site.mailer.sent)
    assert "Ja" not in rest(site, "wat kosten 10 epa trajecten?")[0]["text"][:3], "the bot goes on: it has no log"


def test_over_rest_too_all_can_go(site: DeskSite) -> None:
    rest(site, "mens")
    rest(site, ADDRESS)
    rest(site, "verwijder mijn gegevens")
    rest(site, "ja")
    assert site.tickets[0].contact is None
    assert ADDRESS not in str(site.tickets)


# --- what must go


def test_all_can_go_while_a_person_has_the_floor(site: DeskSite, tab: Tab) -> None:
    tab.ask("ons bestuur heet pelikanenkolonie")
    tab.ask("mens")
    tab.ask(ADDRESS)
    site.helpdesk.take(1, "Ans")
    assert "gewist" in tab.ask("verwijder mijn gegevens")
    ticket = site.tickets[0]
    assert "pelikanen" not in str(ticket)
    assert (ticket.contact, ticket.held) == (None, False)
    assert "pelikanen" not in str(site.store.after(talk_of(tab), 0))
    assert site.store.floor(talk_of(tab)) == Floor()
    assert "113.250" in tab.ask("wat kosten 10 epa trajecten?")


def test_deleting_the_conversation_erases_its_ticket(site: DeskSite, tab: Tab) -> None:
    tab.ask("ons bestuur heet pelikanenkolonie")
    tab.ask("mens")
    assert tab.http.delete("/widget/session", headers=tab.headers).status_code == 204
    eventually(lambda: "pelikanen" not in str(site.tickets))


def test_every_text_about_a_person_is_used_and_there() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (Path(__file__).parents[2] / "bot").rglob("*.py")
        if path.name in ("handover.py", "courier.py")
    )
    names = [name.removeprefix("person_") for name in KNOWLEDGE.texts if name.startswith("person_")]
    assert len(names) > 30
    used = [name for name in names if any(f"{q}{p}{name}{q}" in source for q in "'\"" for p in ("", "person_"))]
    assert sorted(set(names) - set(used) - {"button"}) == []
