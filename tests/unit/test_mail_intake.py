"""What becomes of a mail, with everything around it in memory."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.errors import MailError, NotReady
from bot.helpdesk import Helpdesk
from bot.knowledge.loader import load
from bot.mail import texts
from bot.mail.signing import Signer
from bot.model import MailPlace, RawMail, Ticket, TicketMessage
from bot.rules.officehours import OfficeHours
from bot.web.courier import Courier
from bot.web.mail import FAILS, MOST_WAITS, MailPort
from bot.web.mail_in import MOST_MAILS, MOST_TICKETS, MailIntake, Ways
from bot.web.mail_out import MailFollower
from tests.fakes.mail import MemoryMailbox, MemoryMailer, MemoryMailLog, PlainTriager
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.tickets import MemoryTicketStore

MAILS = Path(__file__).parents[1] / "cases" / "mail"
US, DESK, ASKER, EMPLOYEE = (
    "helpdesk@phrenos.example",
    "team@phrenos.example",
    "anna@ggz.example",
    "eva@phrenos.example",
)
KNOWLEDGE = load()
TUESDAY = datetime(2026, 11, 17, 9, 0, tzinfo=timezone.utc)


class Office:
    """A helpdesk with mail, in memory."""

    def __init__(self, **ways: Any) -> None:
        self.now = TUESDAY
        self.tickets, self.mails, self.mailer = MemoryTicketStore(self.clock), MemoryMailLog(), MemoryMailer()
        deadlines = {"direct": 1, "hoog": 4, "normaal": 16}
        self.helpdesk = Helpdesk(self.tickets, self.clock, OfficeHours(), deadlines, MemoryQuestionLog())
        self.signer, self.triager, self.box = Signer("s" * 32, "phrenos.example"), PlainTriager(), MemoryMailbox()
        self.follower = MailFollower(
            self.helpdesk,
            self.mailer,
            self.mails,
            self.signer,
            KNOWLEDGE,
            self.clock,
            desk=DESK,
            base="https://ips.example",
        )
        settings = Ways(**{"address": US, "desk": DESK, "staff": (EMPLOYEE, "@team.example"), **ways})
        alarm = "Bel **113** of **112**."
        self.intake = MailIntake(
            self.helpdesk,
            self.triager,
            self.mails,
            self.signer,
            alarm,
            settings,
            self.clock,
            self.follower.tell,
            self.follower.alarm,  # type: ignore[arg-type]
        )
        self.port = MailPort(self.box, self.intake, self.mails, self.clock, every_seconds=30, first_days=0)
        self._cursor = self._uid = 0

    def clock(self) -> datetime:
        return self.now

    def take(self, raw: bytes) -> bool:
        """Take a mail in and let the follower do what follows."""
        self._uid += 1
        done = asyncio.run(self.intake.take(RawMail(self._uid, raw)))
        self.follow()
        return done

    def follow(self) -> None:
        """Let the follower handle what happened."""
        for event in self.tickets.events_after(self._cursor):
            ticket = self.tickets.load(event.ticket)
            asyncio.run(self.follower.handle(event, ticket))
            asyncio.run(self.follower.handle_for_desk(event, ticket))
            self._cursor = event.id

    def all(self) -> list[Ticket]:
        return sorted(self.tickets.all(), key=lambda ticket: ticket.number)

    def said(self, number: int, who: str) -> list[str]:
        return [each.text for each in self.helpdesk.load(number).messages if each.who == who]


@pytest.fixture
def office() -> Office:
    return Office()


def mail(text: str = "Hoeveel cliënten mag een coach hebben?", sender: str = ASKER, **headers: str) -> bytes:
    """Return a mail; a header's underscores are dashes."""
    mail.count += 1  # type: ignore[attr-defined]
    given = {
        "From": sender,
        "To": US,
        "Subject": "Vraag",
        "Message-ID": f"<m{mail.count}@ggz.example>",  # type: ignore[attr-defined]
        "Content-Type": "text/plain; charset=utf-8",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
    return (head + "\r\n" + text.replace("\n", "\r\n") + "\r\n").encode()


mail.count = 0  # type: ignore[attr-defined]


# --- a new ticket


def test_a_mail_becomes_a_ticket(office: Office) -> None:
    assert office.take(mail())
    (ticket,) = office.all()
    assert (ticket.channel, ticket.why, ticket.subject, ticket.state) == ("mail", "mail", "Vraag", "nieuw")
    assert ticket.contact
    assert (ticket.contact.email, ticket.contact.consent) == (ASKER, texts.CONSENT)
    assert office.said(1, "asker") == ["Hoeveel cliënten mag een coach hebben?"]
    assert ticket.due
    assert not office.mailer.to(ASKER)  # nothing goes out by itself


def test_only_masked_text_is_kept(office: Office) -> None:
    office.take(
        mail("Cliënt Jan de Vries, BSN 123456782, bel 06-12345678 of j.devries@prive.nl.", Subject="BSN 123456782")
    )
    kept = repr(office.all()[0].with_(contact=None)) + repr(office.mailer.sent)
    for personal in ("123456782", "06-12345678", "j.devries@prive.nl", "Jan de Vries"):
        assert personal not in kept


def test_attachments_are_named_and_not_kept(office: Office) -> None:
    office.take((MAILS / "clientnaam_in_bijlage.eml").read_bytes())
    (note,) = office.said(1, "note")
    assert "dossier BSN" in note
    assert "123456782" not in note


@pytest.mark.parametrize("path", sorted(MAILS.glob("*.eml")), ids=lambda path: path.stem)
def test_no_mail_is_lost(path: Path) -> None:
    office = Office()
    assert office.take(path.read_bytes())
    (ticket,) = office.all()
    assert ticket.messages
    assert ticket.messages[0].text.strip()
    kept = tickets_of_mails(office)
    assert kept == [ticket.number]
    assert all(sent.to in (DESK, ticket.contact and ticket.contact.email) for sent in office.mailer.sent)
    assert len(office.mailer.to(DESK)) == 1
    before = len(office.mailer.sent)
    office.take(path.read_bytes())  # again, as after a stop
    assert len(office.all()) == 1
    assert len(office.mailer.sent) == before


def tickets_of_mails(office: Office) -> list[int]:
    """Return the tickets that the log knows mails of."""
    return [row[0] for key, row in office.mails._taken.items() if not key.startswith(("nood>", "antwoord>"))]


@pytest.mark.parametrize(
    "name", ["pgp_mime", "winmail_zonder_tekst", "alleen_rommel", "helemaal_leeg", "genest_duizend"]
)
def test_an_unreadable_mail_says_so_and_waits_for_a_person(office: Office, name: str) -> None:
    office.triager.guess = office.triager.guess.__class__("overig", 0.5, "laag", (), None, "")
    office.take((MAILS / f"{name}.eml").read_bytes())
    (ticket,) = office.all()
    assert "mens_nodig" in ticket.flags
    assert ticket.due
    assert "mailbox" in office.said(1, "note")[0]


def test_nothing_is_taken_while_the_triage_is_down(office: Office) -> None:
    office.triager.down = True
    raw = mail()
    with pytest.raises(NotReady):
        office.take(raw)
    assert not office.all()
    office.triager.down = False
    office.take(raw)
    assert len(office.all()) == 1


# --- duplicates and floods


def test_the_same_mail_twice_is_one_ticket(office: Office) -> None:
    raw = mail()
    office.take(raw)
    office.take(raw.replace(b"To: ", b"Delivered-To: x@y.example\r\nTo: "))
    assert len(office.all()) == 1


def test_the_same_message_id_by_a_stranger_is_another_mail(office: Office) -> None:
    office.take(mail(Message_ID="<zelfde@ggz.example>"))
    office.take(mail("Iets anders.", "x@elders.example", Message_ID="<zelfde@ggz.example>"))
    assert len(office.all()) == 2


def test_the_same_text_again_within_a_day_is_one_ticket(office: Office) -> None:
    office.take(mail())
    office.take(mail())
    assert len(office.all()) == 1
    office.take(mail(sender="bob@ggz.example"))
    assert len(office.all()) == 2
    office.now += timedelta(days=2)
    office.take(mail())
    assert len(office.all()) == 3


def test_a_sender_who_floods_gets_few_tickets_and_loses_nothing(office: Office) -> None:
    for number in range(MOST_MAILS + 10):
        done = office.take(mail(f"Bericht {number}, en nog wat."))
        assert done is (number < MOST_MAILS)  # what is in no ticket stays unread in the mailbox
    tickets = office.all()
    assert len(tickets) == MOST_TICKETS
    assert sum(len(office.said(each.number, "asker")) for each in tickets) == MOST_MAILS
    assert texts.FLOOD in office.said(MOST_TICKETS, "note")


# --- programs


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<x.example>"},
        {"X_Auto_Response_Suppress": "All"},
        {"X_IPS_Wijzer": "1"},
        {"Return_Path": "<>"},
        {"From": "no-reply@ggz.example"},
        {"From": US},
        {"From": DESK},
        {"Subject": "Automatisch antwoord: weg"},
    ],
    ids=str,
)
def test_a_program_is_never_answered(headers: dict[str, str]) -> None:
    office = Office(answer_from=0.5)
    office.triager.knows(0.99)
    office.take(mail(**headers))
    assert [each.to for each in office.mailer.sent] == [DESK]
    assert len(office.all()) == 1


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "list"}, {"From": US}], ids=str)
def test_not_even_in_danger(office: Office, headers: dict[str, str]) -> None:
    office.take(mail("Ik wil dood.", **headers))
    assert [each.to for each in office.mailer.sent] == [DESK]
    assert office.all()[0].urgency == "direct"


def test_our_own_mail_that_comes_back_is_left_alone(office: Office) -> None:
    office.take(mail())
    own = office.mailer.to(DESK)[0]
    assert not office.take(mail("rond", US, Message_ID=f"<{own.message_id}>"))
    assert len(office.all()) == 1
    assert len(office.mailer.sent) == 1


def test_two_assistants_do_not_talk_to_each_other(office: Office) -> None:
    """An automatic answer comes back to us as their automatic answer, for ever: it ends at once."""
    office.triager.knows(0.99)
    office.intake._ways = Ways(US, DESK, (), "", 0.5)
    office.take(mail())
    for _ in range(5):
        last = office.mailer.to(ASKER)[-1]
        office.take(mail("Uw mail is ontvangen.", In_Reply_To=f"<{last.message_id}>", Auto_Submitted="auto-replied"))
    assert len(office.mailer.to(ASKER)) == 1
    assert len(office.all()) == 1


def test_a_bounce_of_our_answer_shows_on_its_ticket(office: Office) -> None:
    office.take(mail())
    office.helpdesk.answer(1, "Eva", "Hoogstens twintig.", "k1")
    office.follow()
    (answer,) = office.mailer.to(ASKER)
    raw = (MAILS / "postfix_dsn.eml").read_bytes()
    raw = raw.replace(b"ips.7.antwoord-21.aaaaaaaaaaaaaaaaaaaa@phrenos.example", answer.message_id.encode())
    office.take(raw)
    assert len(office.all()) == 1
    assert office.said(1, "note") == [texts.BOUNCED.format(status=" (code 5.1.1)")]
    assert texts.BOUNCED.format(status=" (code 5.1.1)") in office.mailer.to(DESK)[-1].text


def test_a_bounce_of_the_desk_mail_makes_no_new_mail(office: Office) -> None:
    office.take(mail())
    (desk,) = office.mailer.to(DESK)
    raw = (MAILS / "postfix_dsn.eml").read_bytes()
    office.take(raw.replace(b"ips.7.antwoord-21.aaaaaaaaaaaaaaaaaaaa@phrenos.example", desk.message_id.encode()))
    assert len(office.all()) == 1
    assert len(office.mailer.sent) == 1


def test_an_absence_of_the_asker_shows_on_the_ticket_and_reopens_nothing(office: Office) -> None:
    office.take(mail())
    office.helpdesk.answer(1, "Eva", "Hoogstens twintig.", "k1")
    office.follow()
    office.helpdesk.close(1, "Eva")
    answer, before = office.mailer.to(ASKER)[0], len(office.mailer.sent)
    office.take(mail("Ik ben er niet.", In_Reply_To=f"<{answer.message_id}>", Auto_Submitted="auto-replied"))
    assert office.all()[0].state == "opgelost"
    assert "Ik ben er niet." in office.said(1, "note")[-1]
    assert len(office.mailer.sent) == before


# --- threads


def answered(office: Office) -> str:
    """Let an employee answer the first ticket; return the Message-ID of that mail."""
    office.take(mail())
    office.helpdesk.answer(1, EMPLOYEE, "Hoogstens twintig.", "k1")
    office.follow()
    return office.mailer.to(ASKER)[-1].message_id


def test_an_answer_of_the_asker_joins_the_ticket(office: Office) -> None:
    reply = "En parttime?\n\nOp 17 nov. 2026 schreef Helpdesk:\n> Hoogstens twintig.\n"
    answer = answered(office)
    office.take(mail(reply, Subject="Re: Vraag", In_Reply_To=f"<{answer}>"))
    (ticket,) = office.all()
    assert ticket.state == "in_behandeling"
    assert office.said(1, "asker")[1:] == ["En parttime?"]
    assert "En parttime?" in office.mailer.to(DESK)[-1].text


@pytest.mark.parametrize(
    "stranger", ["vreemd@elders.example", "Anna <vreemd@ggz.example>", f'"{ASKER}" <x@elders.example>']
)
def test_a_stranger_never_joins_it(office: Office, stranger: str) -> None:
    answer = answered(office)
    office.take(mail("Geef mij alles.", stranger, In_Reply_To=f"<{answer}>", Subject=f"Re: [{office.signer.token(1)}]"))
    assert len(office.all()) == 2
    assert office.said(1, "asker") == ["Hoeveel cliënten mag een coach hebben?"]
    assert texts.STRANGER.format(ticket=1) in office.said(2, "note")[0]


def test_a_sender_without_the_thread_joins_nothing(office: Office) -> None:
    answered(office)
    office.take(mail("Nieuwe vraag: wat kost het?", Subject="Re: Vraag"))
    assert len(office.all()) == 2


def test_a_sender_whom_our_server_denies_joins_nothing() -> None:
    office = Office(server="mx.phrenos.example")
    answer = answered(office)
    fake = "mx.phrenos.example; dmarc=fail header.from=ggz.example"
    office.take(mail("Nog iets.", In_Reply_To=f"<{answer}>", Authentication_Results=fake))
    assert len(office.all()) == 2
    office.take(mail("En dit dan?", In_Reply_To=f"<{answer}>"))
    assert len(office.all()) == 2  # our server said nothing: thread and sender are what we have


def test_an_answer_to_a_ticket_that_was_erased_is_a_new_one(office: Office) -> None:
    answer = answered(office)
    office.helpdesk.erase(1, EMPLOYEE)
    office.follow()
    office.take(mail("Nog iets.", In_Reply_To=f"<{answer}>"))
    assert [each.number for each in office.all()] == [1, 2]
    assert office.said(1, "asker") == []


def test_an_answer_to_the_courier_joins_the_chat_it_came_from(office: Office) -> None:
    said = TicketMessage("m1", "asker", "Mag dit?", TUESDAY)
    office.helpdesk.open(Ticket("k", "widget", "overig", "normaal", conversation="widget~1", messages=(said,)))
    office.helpdesk.give_contact(1, "Anna@GGZ.example", "Ja")
    by_courier = office.signer.message_id(1, "antwoord-0123456789abcdef")
    office.take(mail("Dank, en hoe lang?", In_Reply_To=f"<{by_courier}>"))
    assert office.said(1, "asker") == ["Mag dit?", "Dank, en hoe lang?"]
    office.take(mail("Ik ook!", "x@elders.example", In_Reply_To=f"<{by_courier}>"))
    assert len(office.all()) == 2


def test_danger_in_an_answer_is_seen_at_once(office: Office) -> None:
    answer = answered(office)
    office.take(mail("Laat maar, ik wil niet meer leven.", In_Reply_To=f"<{answer}>"))
    assert office.all()[1].urgency == "direct"
    assert texts.DANGER_IN_REPLY.format(ticket=2) in office.said(1, "note")
    assert "113" in office.mailer.to(ASKER)[-1].text


# --- danger and answers of our own accord


def test_somebody_in_danger_hears_of_113_and_112_at_once(office: Office) -> None:
    office.triager.down = True  # the rules need no classifier
    office.take(mail("ik wil dood"))
    (alarm,) = office.mailer.to(ASKER)
    assert alarm.automatic
    for said in ("113", "112", "computerprogramma", "nummer 1"):
        assert said in alarm.text
    (ticket,) = office.all()
    assert (ticket.urgency, ticket.why, ticket.state) == ("direct", "nood", "nieuw")


def test_an_alarm_waits_for_nothing_and_is_never_lost(office: Office) -> None:
    asyncio.run(office.intake.take(RawMail(1, mail("ik wil dood"))))
    assert [each.to for each in office.mailer.sent] == [ASKER]  # before any follower runs
    office.follow()
    assert len(office.mailer.to(ASKER)) == 1
    office.mailer.down = True
    asyncio.run(office.intake.take(RawMail(2, mail("ik wil dood", "bob@ggz.example"))))
    office.mailer.down = False
    office.follow()
    assert len(office.mailer.to("bob@ggz.example")) == 1


def test_an_alarm_goes_to_one_address_a_few_times_a_day_at_most(office: Office) -> None:
    for number in range(9):
        office.take(mail(f"Ik wil dood, zei ik {number} keer."))
    assert len(office.mailer.to(ASKER)) == 3
    assert len(office.all()) == 9


@pytest.mark.parametrize(
    ("threshold", "confidence", "goes"), [(None, 1.0, False), (0.8, 0.79, False), (0.8, 0.8, True)]
)
def test_the_bot_answers_above_the_operators_threshold_only(threshold: Any, confidence: float, goes: bool) -> None:
    office = Office(answer_from=threshold)
    office.triager.knows(confidence)
    office.take(mail())
    (ticket,) = office.all()
    assert ticket.suggestion == "Hoogstens 20 cliënten."
    assert bool(office.mailer.to(ASKER)) is goes
    assert ticket.state == ("opgelost" if goes else "nieuw")
    if goes:
        (sent,) = office.mailer.to(ASKER)
        assert sent.automatic
        for said in ("computerprogramma", "mens", "Bron:", "kwaliteitscriterium 6", "Hoogstens 20 cliënten."):
            assert said in sent.text
        office.take(mail("Dat bedoelde ik niet.", In_Reply_To=f"<{sent.message_id}>"))
        assert office.all()[0].state == "nieuw"  # a person, now
        assert len(office.mailer.to(ASKER)) == 1


def test_a_mail_with_an_attachment_is_for_a_person() -> None:
    office = Office(answer_from=0.5)
    office.triager.knows(0.99)
    office.take((MAILS / "pdf_bijlage.eml").read_bytes())
    assert [each.to for each in office.mailer.sent] == [DESK]


# --- employees


def test_the_desks_mail_holds_no_address_and_how_to_answer(office: Office) -> None:
    office.take(mail("Ik ben Anna, mail mij op anna.prive@thuis.nl of anna@ggz.example."))
    (sent,) = office.mailer.to(DESK)
    assert "anna@" not in sent.text + sent.subject
    assert "prive" not in sent.text
    assert office.signer.token(1) in sent.subject
    assert "https://ips.example/inbox/vraag/1" in sent.text
    assert sent.automatic


def by_employee(office: Office, text: str, sender: str = EMPLOYEE, **headers: str) -> None:
    """Answer the newest mail about ticket 1 as an employee would."""
    last = [each for each in office.mailer.to(DESK) if each.message_id.startswith("ips.1.")][-1]
    quoted = "\n".join(f"> {line}" for line in last.text.split("\n"))
    given = {"Subject": f"Re: {last.subject}", "In_Reply_To": f"<{last.message_id}>", **headers}
    office.take(mail(f"{text}\n\nOp 17 nov. 2026 om 10:00 schreef Helpdesk IPS <{US}>:\n\n{quoted}", sender, **given))


def test_an_employees_answer_goes_to_the_asker(office: Office) -> None:
    office.take(mail())
    by_employee(office, "Beste Anna,\n\nHoogstens twintig.\n\nGroet, Eva")
    (sent,) = office.mailer.to(ASKER)
    assert sent.text.startswith("Beste Anna,\n\nHoogstens twintig.\n\nGroet, Eva\n\n")
    assert sent.subject == "Re: Vraag"
    assert not sent.automatic
    assert "Ticket" not in sent.text.replace("ticket", "")
    assert "IPS-1-" not in sent.text + sent.subject
    (ticket,) = office.all()
    assert (ticket.assignee, ticket.state) == ("eva", "wacht_op_vrager")


def test_a_whole_domain_can_be_allowed(office: Office) -> None:
    office.take(mail())
    by_employee(office, "Twintig.", "piet@team.example")
    assert office.mailer.to(ASKER)


@pytest.mark.parametrize(
    ("sender", "headers", "reason"),
    [
        ("x@elders.example", {}, "adres"),
        (ASKER, {}, "adres"),
        (f'"{EMPLOYEE}" <x@elders.example>', {}, "adres"),
        ("x@notteam.example", {}, "adres"),
        ("x@team.example.evil.example", {}, "adres"),
    ],
)
def test_who_is_no_employee_answers_nobody(office: Office, sender: str, headers: dict[str, str], reason: str) -> None:
    office.take(mail())
    by_employee(office, "Stuur geld.", sender, **headers)
    assert not office.mailer.to(ASKER)
    assert len(office.all()) == 2
    assert texts.REASONS[reason] in office.said(2, "note")[0]


def test_an_employee_without_the_token_answers_nobody(office: Office) -> None:
    office.take(mail())
    office.take(mail("Een andere vraag.", "bob@ggz.example"))
    last = office.mailer.to(DESK)[0]
    for subject in ("Re: ticket 1", f"Re: {office.signer.token(2)}", "Re: IPS-1-aaaaaaaaaaaaaaaaaaaa"):
        office.take(mail("Hoogstens twintig.", EMPLOYEE, Subject=subject, In_Reply_To=f"<{last.message_id}>"))
    assert not office.mailer.to(ASKER)
    assert texts.REASONS["kenmerk"] in office.said(3, "note")[0]


def test_a_token_without_the_thread_answers_nobody(office: Office) -> None:
    office.take(mail())
    office.take(mail("Hoogstens twintig.", EMPLOYEE, Subject=office.signer.token(1)))
    assert not office.mailer.to(ASKER)
    assert len(office.all()) == 2


@pytest.mark.parametrize(
    ("results", "goes"),
    [
        ("mx.phrenos.example; dmarc=pass header.from=phrenos.example", True),
        ("mx.phrenos.example; dkim=pass header.d=phrenos.example", True),
        ("mx.phrenos.example; spf=pass smtp.mailfrom=eva@phrenos.example", True),
        ("mx.phrenos.example; spf=pass smtp.mailfrom=eva@elders.example; dkim=pass header.d=elders.example", False),
        ("mx.phrenos.example; dmarc=fail", False),
        ("mx.elders.example; dmarc=pass", False),
        ("mx.phrenos.example; none (dmarc=pass)", False),
        ("", False),
    ],
)
def test_our_own_servers_word_decides_where_it_is_set(results: str, goes: bool) -> None:
    office = Office(server="mx.phrenos.example")
    office.take(mail())
    by_employee(office, "Twintig.", Authentication_Results=results)
    assert bool(office.mailer.to(ASKER)) is goes


def test_two_employees_cannot_answer_past_each_other(office: Office) -> None:
    office.take(mail())
    office.helpdesk.take(1, "piet@team.example")
    by_employee(office, "Twintig.")
    assert not office.mailer.to(ASKER)
    (told,) = office.mailer.to(EMPLOYEE)
    assert "piet@team.example" in told.text
    assert told.automatic


def test_an_answer_to_an_old_mail_is_held_back_when_the_asker_wrote_since(office: Office) -> None:
    raw = mail()
    office.take(raw)
    first = office.mailer.to(DESK)[0]
    asked = raw.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode()
    office.take(mail("O, wacht: ik bedoel iets anders.", In_Reply_To=asked))
    assert len(office.all()) == 1
    office.take(mail("Twintig.", EMPLOYEE, Subject=first.subject, In_Reply_To=f"<{first.message_id}>"))
    assert not office.mailer.to(ASKER)
    assert texts.STALE.format(ticket=1) == office.mailer.to(EMPLOYEE)[0].text


def test_commands_in_an_employees_mail(office: Office) -> None:
    office.take(mail())
    by_employee(office, "#notitie\nEerst met Piet overleggen.")
    assert not office.mailer.to(ASKER)
    assert office.said(1, "note") == ["Eerst met Piet overleggen."]
    by_employee(office, "Twintig.\n\n#opgelost")
    assert "#opgelost" not in office.mailer.to(ASKER)[0].text
    assert office.all()[0].state == "opgelost"


def test_a_mail_with_nothing_but_quotes_is_told(office: Office) -> None:
    office.take(mail())
    by_employee(office, "")
    assert not office.mailer.to(ASKER)
    assert texts.EMPTY.format(ticket=1) == office.mailer.to(EMPLOYEE)[0].text


# --- sending


def test_what_could_not_be_sent_is_sent_later_and_once(office: Office) -> None:
    office.mailer.down = True
    with pytest.raises(MailError):
        office.take(mail())
    office.mailer.down = False
    office.follow()
    (event,) = office.tickets.events(1)
    asyncio.run(office.follower.handle_for_desk(event, office.tickets.load(1)))
    assert len(office.mailer.sent) == 1


def test_an_address_that_is_refused_shows_on_the_ticket(office: Office) -> None:
    office.take(mail())
    office.mailer.refuses = True
    office.helpdesk.answer(1, EMPLOYEE, "Twintig.", "k1")
    office.follow()
    assert office.said(1, "note") == [texts.REFUSED]


def test_other_channels_are_told_to_the_desk_and_answered_elsewhere(office: Office) -> None:
    said = TicketMessage("m1", "asker", "Mag dit?", TUESDAY)
    office.helpdesk.open(
        Ticket("k", "widget", "overig", "hoog", conversation="widget~1", messages=(said,), summary=("Ggz.",))
    )
    office.helpdesk.give_contact(1, ASKER, "Ja")
    office.follow()
    office.helpdesk.answer(1, EMPLOYEE, "Ja.", "k1")
    office.follow()
    assert [each.to for each in office.mailer.sent] == [DESK]
    assert "Vrager: Mag dit?" in office.mailer.sent[0].text


def test_the_couriers_mail_that_is_refused_shows_on_the_ticket_too(office: Office) -> None:
    said = TicketMessage("m1", "asker", "Mag dit?", TUESDAY)
    office.helpdesk.open(Ticket("k", "rest", "overig", "hoog", messages=(said,)))
    office.helpdesk.give_contact(1, ASKER, "Ja")
    ticket = office.helpdesk.answer(1, "Eva", "Ja.", "k1")
    nothing: Any = None
    courier = Courier(office.helpdesk, nothing, nothing, nothing, KNOWLEDGE, office.clock, office.mailer)
    event = next(each for each in office.tickets.events(1) if each.what == "antwoord")
    office.mailer.refuses = True
    asyncio.run(courier.handle(event, ticket))
    assert office.said(1, "note") == [texts.REFUSED]


# --- the mailbox


def look(office: Office) -> bool:
    return asyncio.run(office.port.look())


def test_the_mailbox_is_read_from_now_on(office: Office) -> None:
    office.box.add(mail("oud"))
    assert not look(office)
    assert not office.all()
    office.box.add(mail("nieuw"))
    look(office)
    look(office)
    assert office.said(1, "asker") == ["nieuw"]
    assert len(office.all()) == 1
    assert office.box.handled == [2]


def test_nothing_is_double_after_a_new_uidvalidity(office: Office) -> None:
    office.mails.note_place("doos", MailPlace(1, 0, TUESDAY))
    for number in range(3):
        office.box.add(mail(f"vraag {number}"))
    look(office)
    office.box.validity = 2
    office.box.mails = {uid + 40: raw for uid, raw in office.box.mails.items()}
    office.box.add(mail("vraag 3"))
    look(office)
    assert [each.number for each in office.all()] == [1, 2, 3, 4]
    assert office.mails.place("doos") == MailPlace(2, 44, TUESDAY)


def test_a_mail_that_must_wait_holds_up_the_next_and_is_not_marked(office: Office) -> None:
    office.mails.note_place("doos", MailPlace(1, 0, TUESDAY))
    office.box.add(mail("eerste"))
    office.box.add(mail("tweede"))
    office.triager.down = True
    with pytest.raises(NotReady):
        look(office)
    assert office.box.handled == []
    office.triager.down = False
    look(office)
    assert office.box.handled == [1, 2]
    assert len(office.all()) == 2


def test_a_mail_that_the_triage_cannot_judge_becomes_a_ticket_all_the_same(office: Office) -> None:
    office.mails.note_place("doos", MailPlace(1, 0, TUESDAY))
    office.box.add(mail("eerste"))
    office.triager.down = True
    for _ in range(MOST_WAITS):
        with pytest.raises(NotReady):
            look(office)
    look(office)
    (ticket,) = office.all()
    assert (ticket.category, ticket.flags) == ("overig", ("mens_nodig",))
    assert office.said(1, "note") == [texts.UNJUDGED]


def test_danger_overtakes_a_mail_that_must_wait(office: Office) -> None:
    office.mails.note_place("doos", MailPlace(1, 0, TUESDAY))
    office.box.add(mail("eerste"))
    office.box.add(mail("ik wil dood", "bob@ggz.example"))
    office.triager.down = True
    with pytest.raises(NotReady):
        look(office)
    assert [each.to for each in office.mailer.sent] == ["bob@ggz.example"]
    office.triager.down = False
    look(office)
    assert len(office.all()) == 2
    assert len(office.mailer.to("bob@ggz.example")) == 1


@pytest.mark.parametrize("where", ["fetching", "judging"])
def test_a_mail_that_fails_again_and_again_becomes_a_ticket_that_says_so(office: Office, where: str) -> None:
    office.mails.note_place("doos", MailPlace(1, 0, TUESDAY))
    office.box.add(mail("eerste"))
    office.box.add(mail("tweede"))
    judge, fetch = office.triager.judge, office.box.fetch

    async def fails_to_judge(channel: str, text: str, subject: str = "") -> Any:
        if text == "eerste":
            raise ZeroDivisionError
        return await judge(channel, text, subject)

    def fails_to_fetch(uid: int) -> RawMail | None:
        if uid == 1:
            raise MailError("cut")
        return fetch(uid)

    if where == "judging":
        office.triager.judge = fails_to_judge  # type: ignore[method-assign]
    else:
        office.box.fetch = fails_to_fetch  # type: ignore[method-assign]
    for _ in range(FAILS):
        with pytest.raises((ZeroDivisionError, MailError)):
            look(office)
    look(office)
    assert {each.subject for each in office.all()} == {"Vraag", texts.UNREADABLE}
    (lost,) = [each for each in office.all() if each.subject == texts.UNREADABLE]
    assert "mens_nodig" in lost.flags
    assert office.box.handled[-1] == 2
    assert 1 not in office.box.handled  # it stays unread
    look(office)
    assert len(office.all()) == 2
