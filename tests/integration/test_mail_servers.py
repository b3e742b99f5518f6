"""Mail against real servers on loopback (dovecot, aiosmtpd), and against servers that stall, break off and lie."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from bot.errors import MailError, MailRefused
from bot.helpdesk import Helpdesk
from bot.knowledge.loader import load
from bot.mail.imap import BEGINNING, ImapMailbox
from bot.mail.line import Line
from bot.mail.reading import read
from bot.mail.smtp import SmtpMailer
from bot.model import MailPlace
from bot.rules.officehours import OfficeHours
from bot.settings import Settings
from bot.store.mail import SqlMailLog
from bot.web.mail import mail_of
from tests.fakes.disk import on_disk
from tests.fakes.mail import PlainTriager
from tests.fakes.mailservers import (
    PASSWORD,
    USER,
    Certificate,
    Dovecot,
    dovecot_program,
    imap_script,
    make_certificate,
    running_dovecot,
    running_smtp,
    saying,
)
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.tickets import MemoryTicketStore

NOW = datetime.now(timezone.utc)
US, ANNA = "helpdesk@phrenos.example", "anna@ggz.example"
SMALL = b"From: anna@ggz.example\r\nSubject: vraag\r\nMessage-ID: <s@ggz.example>\r\n\r\nMag dit?\r\n"


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    program = dovecot_program()
    if program is None and not os.environ.get("CI"):
        pytest.skip("no IMAP server: install Debian's package dovecot-imapd")
    assert program is not None, "no dovecot in CI"
    with running_dovecot(program) as server:
        yield server


@pytest.fixture
def box(dovecot: Dovecot) -> Dovecot:
    """An empty mailbox with a new UIDVALIDITY."""
    dovecot.forget()
    return dovecot


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("cert"))


def mailbox(server: Dovecot, done: str = "", most: int = 100_000, **changes: Any) -> ImapMailbox:
    line = Line("127.0.0.1", server.tls, "tls", USER, PASSWORD, server.certificate.certificate, 5)
    return ImapMailbox(replace(line, **changes), "INBOX", done, most, lambda: NOW)


def start_of(imap: ImapMailbox) -> MailPlace:
    with imap.open() as session:
        listing = session.listing(None, 0)
    return MailPlace(listing.validity, 0, NOW)


# --- a real IMAP server


@pytest.mark.parametrize("tls", ["tls", "starttls", "geen"])
def test_mail_is_fetched_by_uid_and_stays_unread(box: Dovecot, tls: str) -> None:
    box.put(SMALL)
    box.put(SMALL.replace(b"Mag dit?", b"En dit?"))
    imap = mailbox(box, tls=tls, port=box.tls if tls == "tls" else box.plain)
    place = start_of(imap)
    for _ in range(2):
        with imap.open() as session:
            listing = session.listing(place, 0)
            assert (listing.uids, listing.end, listing.in_order) == ((1, 2), 2, True)
            fetched = [session.fetch(uid) for uid in listing.uids]
            assert {mail.raw.split(b"\r\n\r\n")[1] for mail in fetched if mail} == {b"Mag dit?\r\n", b"En dit?\r\n"}
    assert not list((box.mails / "cur").glob("*:2,*S*"))


def test_a_mail_that_is_done_is_marked(box: Dovecot) -> None:
    box.put(SMALL)
    with mailbox(box).open() as session:
        session.done(1)
        session.done(99)  # gone: nothing happens
    (path,) = (box.mails / "cur").glob("*")
    assert "S" in path.name.partition(":2,")[2]


def test_a_mail_that_is_done_is_moved(box: Dovecot) -> None:
    box.put(SMALL)
    imap = mailbox(box, "Verwerkt door IPS")
    with imap.open() as session:
        session.done(1)
        assert session.listing(MailPlace(session._validity, 0, NOW), 0).uids == ()
    moved = ImapMailbox(imap._line, "Verwerkt door IPS", "", 100_000, lambda: NOW)
    with moved.open() as session:
        mail = session.fetch(1)
    assert mail
    assert mail.raw == SMALL


def test_without_a_place_only_new_mail_or_some_days_are_taken(box: Dovecot) -> None:
    box.put(SMALL)
    with mailbox(box).open() as session:
        nothing, days = session.listing(None, 0), session.listing(None, 3)
    assert (nothing.uids, nothing.end) == ((), 1)
    assert (days.uids, days.in_order) == ((1,), False)


def test_a_new_uidvalidity_is_seen(box: Dovecot) -> None:
    box.put(SMALL)
    imap = mailbox(box)
    place = start_of(imap)
    with imap.open() as session:
        listing = session.listing(MailPlace(place.validity - 1, 7, NOW - timedelta(days=1)), 0)
    assert (listing.uids, listing.in_order) == ((1,), False)


def test_a_mail_that_is_too_big_is_fetched_in_part(box: Dovecot) -> None:
    box.put(SMALL + b"x" * 70 + b"\r\n" + b"lange regel\r\n" * 20_000)
    with mailbox(box, most=50_000).open() as session:
        mail = session.fetch(1)
    assert mail
    assert (mail.whole, len(mail.raw)) == (False, min(50_000, BEGINNING))
    letter = read(mail.raw, mail.whole)
    assert letter.text.startswith("Mag dit?")
    assert "afgekapt" in letter.remarks


def test_a_mail_that_is_gone_is_none_and_an_empty_one_is_empty(box: Dovecot) -> None:
    box.put(b"")
    with mailbox(box).open() as session:
        assert session.fetch(77) is None
        empty = session.fetch(1)
    assert empty is None or empty.raw == b""


def test_a_wrong_password_a_strange_certificate_and_a_missing_folder(box: Dovecot) -> None:
    with pytest.raises(MailError, match="error"), mailbox(box, password="fout").open():
        pass
    with pytest.raises(MailError, match="certificate"), mailbox(box, authority="").open():
        pass
    with pytest.raises(MailError, match="certificate"), mailbox(box, host="localhost").open():
        pass
    missing = ImapMailbox(mailbox(box)._line, "Bestaat niet", "", 1000, lambda: NOW)
    with pytest.raises(MailError, match="SELECT NO"), missing.open():
        pass


def test_a_server_that_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    away = ImapMailbox(Line("127.0.0.1", port, "geen", "u", "p"), "INBOX", "", 1000, lambda: NOW)
    with pytest.raises(MailError), away.open():
        pass


# --- IMAP servers that are not well


CAPABLE = b"* CAPABILITY IMAP4rev1\r\n"
SELECTED = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n* OK [UIDNEXT 4] ok\r\n"


def script(**said: bytes | None) -> Any:
    """Return a server that answers like any other, but for the commands that are named."""
    usual: dict[str, bytes | None] = {
        "CAPABILITY": CAPABLE,
        "SELECT": SELECTED,
        "SEARCH": b"* SEARCH 1 2 3\r\n",
        "SIZE": b"* 1 FETCH (UID 1 RFC822.SIZE 8)\r\n",
        "BODY": b"* 1 FETCH (UID 1 BODY[]<0> {8}\r\nA: b\r\n\r\n)\r\n",
        **said,
    }

    def answer(command: str, tag: str) -> bytes | None:
        words = command.upper()
        kind = next((name for name in ("CAPABILITY", "SELECT", "SEARCH", "BODY", "SIZE") if name in words), "")
        before = usual.get(kind, b"")
        if before is None:
            return None
        return before if before.endswith(b"\0") else before + f"{tag} OK klaar\r\n".encode()

    return answer


def look_at(port: int, seconds: float = 2, most_seconds: float = 10) -> list[Any]:
    """Fetch everything from a server; return what it gave."""
    line = Line("127.0.0.1", port, "geen", "u", "p", seconds=seconds, most_seconds=most_seconds)
    with ImapMailbox(line, "INBOX", "", 10_000, lambda: NOW).open() as session:
        listing = session.listing(MailPlace(5, 0, NOW), 0)
        return [session.fetch(uid) for uid in listing.uids]


def test_the_script_behaves_when_it_is_not_told_otherwise() -> None:
    with saying(imap_script(script())) as port:
        assert [mail and mail.raw for mail in look_at(port)] == [b"A: b\r\n\r\n", None, None]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("lies on exists", {"SELECT": SELECTED.replace(b"3 EXISTS", b"999999999 EXISTS")}),
        ("uids that are none", {"SEARCH": b"* SEARCH 1 -2 x 99999999999999999999 \xff\r\n"}),
        ("search says nothing", {"SEARCH": b""}),
        ("another mail than asked", {"BODY": b"* 7 FETCH (UID 7 BODY[]<0> {3}\r\nabc)\r\n"}),
        ("a body that is nil", {"BODY": b"* 1 FETCH (UID 1 BODY[]<0> NIL)\r\n"}),
        ("a size that is none", {"SIZE": b"* 1 FETCH (UID 1 RFC822.SIZE x)\r\n"}),
        ("news in between", {"BODY": b"* 4 EXISTS\r\n* 1 EXPUNGE\r\n* 1 FETCH (UID 1 BODY[]<0> {3}\r\nabc)\r\n"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_server_that_lies_does_no_harm(name: str, said: dict[str, bytes]) -> None:
    with saying(imap_script(script(**said))) as port:
        for mail in look_at(port):
            assert mail is None or len(mail.raw) < 100


@pytest.mark.parametrize(
    "said",
    [
        {"SELECT": b"* OK [UIDVALIDITY x] ok\r\n"},
        {"SELECT": None},
        {"CAPABILITY": None},
        {"SEARCH": None},
        {"BODY": None},
        {"BODY": b"* 1 FETCH (UID 1 BODY[]<0> {99999999999}\r\nabc\0"},
        {"BODY": b"* 1 FETCH (UID 1 BODY[]<0> {9000}\r\nabc\0"},
        {"BODY": b"\r\n\0"},
        {"SEARCH": b"wat?\r\n\0"},
        {"SEARCH": b"* SEARCH " + b"1 " * 600_000 + b"\r\n"},
    ],
    ids=str,
)
def test_a_server_that_breaks_off_or_babbles_gives_an_error_of_ours(said: dict[str, bytes | None]) -> None:
    with saying(imap_script(script(**said))) as port, pytest.raises(MailError):
        look_at(port, seconds=0.5)


@pytest.mark.parametrize(
    "greeting",
    [
        b"220 smtp.example ESMTP\r\n",
        b"* BYE vol\r\n",
        b"* PREAUTH welkom\r\n",
        b"\xff\xfe\r\n",
        b"HTTP/1.1 400\r\n\r\n",
    ],
)
def test_a_greeting_that_is_none(greeting: bytes) -> None:
    with saying(imap_script(script(), greeting)) as port, pytest.raises(MailError):
        look_at(port, seconds=0.5)


def test_a_server_that_says_nothing_is_left() -> None:
    with saying(lambda connection: time.sleep(0.8)) as port, pytest.raises(MailError):
        look_at(port, seconds=0.3)


def test_a_server_that_sends_a_byte_now_and_then_is_cut_off() -> None:
    def drip(connection: socket.socket) -> None:
        for _ in range(40):
            connection.sendall(b"x")
            time.sleep(0.1)

    with saying(drip) as port:
        with pytest.raises(MailError):
            smtp(port).send(ANNA, "x", "x", message_id="a@b")
        line = Line("127.0.0.1", port, "geen", "u", "p", seconds=0.5, most_seconds=0.6)
        with pytest.raises(MailError), ImapMailbox(line, "INBOX", "", 1000, lambda: NOW).open():
            pass


def test_nothing_is_said_before_starttls() -> None:
    heard: list[str] = []

    def answer(command: str, tag: str) -> bytes | None:
        heard.append(command)
        return CAPABLE + f"{tag} OK\r\n".encode() if "CAPABILITY" in command else f"{tag} NO\r\n".encode()

    with saying(imap_script(answer)) as port:
        line = Line("127.0.0.1", port, "starttls", "naam", "geheim", seconds=1)
        with pytest.raises(MailError), ImapMailbox(line, "INBOX", "", 1000, lambda: NOW).open():
            pass
    assert not [said for said in heard if "geheim" in said or "naam" in said]


# --- SMTP


def smtp(port: int, tls: str = "geen", authority: str = "", password: str = PASSWORD, user: str = "") -> SmtpMailer:
    line = Line(
        "127.0.0.1", port, tls, user, password, authority, 0.5 if tls == "geen" else 5, 0.6 if tls == "geen" else 20
    )
    return SmtpMailer(line, US, "Helpdesk IPS – vragen", lambda: NOW)


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_a_mail_is_sent(certificate: Certificate, implicit: bool) -> None:
    text = "Hallo,\n\n.\nEen punt, een é en een € 😀.\nFrom hier verder.\n" + "lang " * 300
    with running_smtp(certificate, implicit) as (port, box):
        mailer = smtp(port, "tls" if implicit else "starttls", certificate.certificate, user=USER)
        mailer.check()
        mailer.send(
            ANNA,
            "Re: cliënten\r\nBcc: x@y.example",
            text,
            message_id="ips.1.a@b.example",
            in_reply_to="q@x",
            automatic=True,
        )
        mailer.send(ANNA, "Kort", "Van een mens.", message_id="ips.1.c@b.example")
    (raw, second), (sender, recipients) = box.mails, box.senders[0]
    mail = message_from_bytes(raw)
    assert (sender, recipients) == (US, [ANNA])
    assert mail.get_payload(decode=True).decode().replace("\r\n", "\n") == text.rstrip() + "\n"  # type: ignore[union-attr]
    assert mail["Message-ID"] == "<ips.1.a@b.example>"
    assert mail["In-Reply-To"] == mail["References"] == "<q@x>"
    assert (mail["Auto-Submitted"], mail["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert mail["Bcc"] is None
    assert read(raw).subject == "Re: cliënten Bcc: x@y.example"
    assert read(raw).sender == US
    assert b"Auto-Submitted" not in second


def test_a_login_and_a_certificate_that_are_wrong(certificate: Certificate) -> None:
    with running_smtp(certificate) as (port, box):
        for mailer in (
            smtp(port, "starttls", certificate.certificate, "fout", USER),
            smtp(port, "starttls", "", user=USER),
            smtp(port, "tls", certificate.certificate, user=USER),
        ):
            with pytest.raises(MailError) as problem:
                mailer.send(ANNA, "x", "x", message_id="a@b")
            assert not isinstance(problem.value, MailRefused)
    assert not box.mails


@pytest.mark.parametrize(
    ("rcpt", "data", "refused"),
    [
        ("550 5.1.1 onbekend", "250 OK", True),
        ("450 4.2.0 greylisted", "250 OK", False),
        ("250 OK", "552 te groot", True),
        ("250 OK", "451 probeer later", False),
    ],
)
def test_no_for_good_and_no_for_now(certificate: Certificate, rcpt: str, data: str, refused: bool) -> None:
    with running_smtp(certificate) as (port, box):
        box.rcpt_answer, box.answer = rcpt, data
        mailer = smtp(port, "starttls", certificate.certificate, user=USER)
        with pytest.raises(MailError) as problem:
            mailer.send(ANNA, "x", "x", message_id="a@b")
        assert isinstance(problem.value, MailRefused) is refused
        box.rcpt_answer = box.answer = "250 OK"
        mailer.send(ANNA, "x", "x", message_id="a@b")
    assert len(box.mails) == 1


@pytest.mark.parametrize(
    "said", [b"", b"554 nee\r\n", b"220-a\r\n", b"* OK imap\r\n", b"220 ok\r\n250", b"\xff" * 9000]
)
def test_smtp_servers_that_are_not_well(said: bytes) -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(said)

    with saying(serve) as port, pytest.raises(MailError):
        smtp(port).send(ANNA, "x", "x", message_id="a@b")


def test_a_mail_that_was_taken_counts_though_the_server_hangs_up_at_once() -> None:
    def serve(connection: socket.socket) -> None:
        connection.sendall(b"220 hallo\r\n")
        with connection.makefile("rb") as lines:
            body = False
            for line in lines:
                if body and line == b".\r\n":
                    connection.sendall(b"250 gekregen\r\n")
                    return
                body = body or line.upper().startswith(b"DATA")
                if not body:
                    connection.sendall(b"250 goed\r\n")
                elif line.upper().startswith(b"DATA"):
                    connection.sendall(b"354 kom maar\r\n")

    with saying(serve) as port:
        smtp(port).send(ANNA, "x", "x", message_id="a@b")


@pytest.mark.parametrize(
    "to", ["", "a@b", "a@b.nl\r\nBcc: x@y.nl", "a@b.nl, c@d.nl", "<a@b.nl>", "é@b.nl", "x" * 300 + "@b.nl"]
)
def test_what_is_no_address_is_refused(to: str) -> None:
    with pytest.raises(MailRefused):
        smtp(1).send(to, "x", "x", message_id="a@b")


def test_what_is_no_message_id_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MailRefused):
        smtp(1).send(ANNA, "x", "x", message_id="a@b>\r\nX: y")


# --- from mailbox to mailbox


def settings_for(server: Dovecot, port: int) -> dict[str, str]:
    """Return what an operator sets for these servers."""
    return {
        "IPS_MAIL_ADDRESS": US,
        "IPS_MAIL_SECRET": "s" * 30,
        "IPS_MAIL_CA": server.certificate.certificate,
        "IPS_IMAP_HOST": "127.0.0.1",
        "IPS_IMAP_PORT": str(server.tls),
        "IPS_IMAP_USER": USER,
        "IPS_IMAP_PASSWORD": PASSWORD,
        "IPS_SMTP_HOST": "127.0.0.1",
        "IPS_SMTP_PORT": str(port),
        "IPS_SMTP_USER": USER,
        "IPS_SMTP_PASSWORD": PASSWORD,
    }


def test_a_question_by_mail_is_answered_from_the_helpdesks_mailbox(box: Dovecot, tmp_path: Path) -> None:
    more = {"IPS_MAIL_DESK": "team@phrenos.example", "IPS_MAIL_STAFF": "@phrenos.example"}
    tickets = MemoryTicketStore(lambda: NOW)
    helpdesk = Helpdesk(tickets, lambda: NOW, OfficeHours(), {}, MemoryQuestionLog())
    mails = SqlMailLog(f"sqlite:///{tmp_path / 'mail.sqlite'}")
    with running_smtp(box.certificate) as (port, postbox):
        settings = Settings.from_environment({**settings_for(box, port), **more})
        mail = mail_of(settings, helpdesk, PlainTriager(), mails, load(), lambda: NOW)  # type: ignore[arg-type]

        def turn(raw: bytes) -> bytes:
            """Deliver a mail, let everything happen, return the last mail that went out."""
            if raw:
                box.put(raw)
            assert mail.port
            asyncio.run(mail.port.look())
            for event in tickets.events_after(0):  # again from the start: nothing may go twice
                for handle in mail.handlers.values():
                    asyncio.run(handle(event, tickets.load(event.ticket)))  # type: ignore[arg-type]
            return postbox.mails[-1] if postbox.mails else b""

        assert turn(b"") == b""
        to_desk = message_from_bytes(turn(SMALL))
        assert to_desk["To"] == "team@phrenos.example"
        head = f"From: Eva <eva@phrenos.example>\r\nSubject: Re: {read(to_desk.as_bytes()).subject}\r\n"
        reply = f"{head}Message-ID: <e@p>\r\nIn-Reply-To: {to_desk['Message-ID']}\r\n\r\nJa, dat mag.\r\n"
        answer = message_from_bytes(turn(reply.encode()))
        assert (answer["To"], answer["In-Reply-To"]) == (ANNA, "<s@ggz.example>")
        assert answer.get_payload(decode=True).startswith(b"Ja, dat mag.\r\n")  # type: ignore[union-attr]
        again = SMALL.replace(b"<s@", b"<t@").replace(b"Mag dit?", b"En dit?")
        turn(again.replace(b"\r\n\r\n", f"\r\nIn-Reply-To: {answer['Message-ID']}\r\n\r\n".encode()))
    mails.close()
    assert [len(each.messages) for each in tickets.all()] == [3]
    assert len(postbox.mails) == 3
    assert not [path for path in (box.mails / "cur").glob("*") if "S" not in path.name.partition(":2,")[2]]
    assert b"anna" not in on_disk(tmp_path)


# --- what operators run


def check(environment: dict[str, str]) -> tuple[int, str]:
    """Return the exit status of scripts/mail-check and what it prints."""
    root = Path(__file__).parents[2]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IPS_")}
    command = [sys.executable, str(root / "scripts" / "mail-check")]
    done = subprocess.run(command, env={**kept, **environment}, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout


def test_mail_check_says_what_works(box: Dovecot) -> None:
    with running_smtp(box.certificate) as (port, postbox):
        right = settings_for(box, port)
        assert check(right) == (0, "Versturen: in orde\nOphalen: in orde\n")
        status, said = check({**right, "IPS_IMAP_PASSWORD": "fout", "IPS_MAIL_DESK": "team@phrenos.example"})
    assert status == 1
    assert "Ophalen: niet in orde" in said
    assert "IPS_MAIL_STAFF" in said
    assert PASSWORD not in said
    assert postbox.mails == []


def test_mail_check_without_settings() -> None:
    assert check({}) == (0, "Versturen: uit. Er is niets ingesteld.\nOphalen: uit. Er is niets ingesteld.\n")
    status, said = check({"IPS_SMTP_HOST": "mail.example.nl"})
    assert (status, "IPS_MAIL_ADDRESS" in said) == (1, True)
