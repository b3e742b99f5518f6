"""Reading mails of any bytes, marks that only we can make, and what a mail of ours looks like."""

from __future__ import annotations

import random
from datetime import datetime, timezone
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import SettingError
from bot.mail.incoming import Incoming
from bot.mail.outgoing import compose
from bot.mail.plain import text_of_html
from bot.mail.reading import LONGEST_NAME, LONGEST_SUBJECT, LONGEST_TEXT, MOST_ATTACHMENTS, REMARKS, read
from bot.mail.signing import Signer, without_tokens
from bot.rules.mailtext import reply_in
from bot.settings import Settings

MAILS = sorted((Path(__file__).parents[1] / "cases" / "mail").glob("*.eml"))
NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
QUIET = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
SIGNER = Signer("k" * 32, "phrenos.example")


def holds(mail: Incoming) -> None:
    """Check what must hold of any mail that was read."""
    assert len(mail.text) <= LONGEST_TEXT
    assert len(mail.subject) <= LONGEST_SUBJECT
    assert len(mail.attachments) <= MOST_ATTACHMENTS
    assert all(0 < len(each.name) <= LONGEST_NAME for each in mail.attachments)
    assert set(mail.remarks) <= set(REMARKS)
    for line in (mail.subject, mail.sender, mail.answer_to, *(each.name for each in mail.attachments)):
        assert not set(line) & set("\r\n\0")
    for text in (mail.text, mail.subject):
        text.encode("utf-8")  # no half characters
        assert "\0" not in text
        assert "\u202e" not in text
    assert mail.text.strip() or "leeg" in mail.remarks or "kapot" in mail.remarks
    reply_in(mail.text)


@QUIET
@given(st.binary(max_size=3000))
def test_any_bytes_are_read(raw: bytes) -> None:
    holds(read(raw))


@QUIET
@given(st.sampled_from(MAILS), st.integers(0, 2**32), st.integers(1, 12))
def test_a_mail_that_was_damaged_is_read(path: Path, seed: int, times: int) -> None:
    """Bytes flipped, cut, doubled and moved; also in headers, boundaries and encodings."""
    raw, dice = bytearray(path.read_bytes()[:6000]), random.Random(seed)
    for _ in range(times):
        at, length = dice.randrange(len(raw) + 1), dice.randrange(1, 60)
        kind = dice.randrange(4)
        if kind == 0:
            raw[at : at + 1] = bytes([dice.randrange(256)])
        elif kind == 1:
            del raw[at : at + length]
        elif kind == 2:
            raw[at:at] = raw[at : at + length]
        else:
            raw[at:at] = dice.choice(
                [b"\r\n", b"\r\n\r\n", b"\0", b"--", b"=?utf-8?b?", b"\xff", b"<", b'"', b"boundary="]
            )
    holds(read(bytes(raw)))


@QUIET
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<blockquote>",
                "</blockquote>",
                "<pre>",
                "</pre>",
                "<br>",
                "<li>",
                "<",
                ">",
                "a",
                "&eacute;",
                "<!--",
                "<style>",
                "\n",
                "<div style='display:none'>",
                "</div>",
                "<table><td>",
            ]
        ),
        max_size=60,
    )
)
def test_any_html_is_read(parts: list[str]) -> None:
    assert "\0" not in text_of_html("".join(parts))


def test_a_mail_that_is_cut_off_says_so() -> None:
    mail = read(b"From: a@b.nl\r\n\r\nhet begin", whole=False)
    assert mail.remarks == ("afgekapt",)


def test_a_very_long_mail_is_shortened_and_says_so() -> None:
    mail = read(b"From: a@b.nl\r\n\r\n" + b"woord " * 30_000)
    assert mail.remarks == ("ingekort",)
    assert len(mail.text) == LONGEST_TEXT


@pytest.mark.parametrize(
    ("header", "sender"),
    [
        ('"a, b" <x@y.nl>', "x@y.nl"),
        ('"a\\" <eva@p.nl>" <x@y.nl>', "x@y.nl"),
        ("Bakker, Tom <t@x.nl>", "t@x.nl"),
        ("x@y.nl (naam (bijnaam))", "x@y.nl"),
        ("O'Brien <o@b.ie>", "o@b.ie"),
        ('eva@p.nl" <x@y.nl>', ""),
        ("eva@p.nl ( <x@y.nl>", ""),
        ("eva@p.nl <x@y.nl>", ""),
        ("eva@p.nl, x@y.nl", ""),
        ("eva@p.nl)x@y.nl", ""),
        ('"eva@p.nl"', ""),
        ("eva@p.nl;x@y.nl", ""),
        ("eva@p.nl\u202e", ""),
    ],
)
def test_who_sent_a_mail_is_certain_or_nobody(header: str, sender: str) -> None:
    assert read(f"From: {header}\n\nx".encode()).sender == sender


# --- marks


def test_only_we_make_our_message_ids() -> None:
    made = SIGNER.message_id(12, "antwoord-5")
    assert SIGNER.ticket_of(made) == (12, "antwoord-5")
    for other in (made.replace("ips.12", "ips.13"), made.replace("antwoord-5", "antwoord-6"), "x" + made, "a@b", ""):
        assert SIGNER.ticket_of(other) is None
    assert Signer("j" * 32, "phrenos.example").ticket_of(made) is None


def test_a_token_is_for_one_ticket_and_one_use() -> None:
    token = SIGNER.token(12)
    assert SIGNER.may_answer(12, "", f"Re: ticket [{token}]")
    assert SIGNER.may_answer(12, token.lower())
    assert not SIGNER.may_answer(13, token)
    assert not SIGNER.may_answer(13, token.replace("12", "13"))
    assert not SIGNER.may_answer(1, SIGNER.message_id(1, "desk-1"))
    assert not SIGNER.may_answer(12, "")
    assert without_tokens(f"a {token} b") == "a  b"


# --- mails of ours


@settings(QUIET, max_examples=50)
@given(name=st.text(max_size=80), subject=st.text(max_size=300), text=st.text(max_size=500), reply=st.text(max_size=60))
def test_nothing_in_a_mail_makes_a_header(name: str, subject: str, text: str, reply: str) -> None:
    encodable = "".join(character for character in text if not "\ud800" <= character <= "\udfff")
    raw = compose(
        "h@p.example",
        name,
        "a@b.example",
        subject,
        encodable,
        message_id="ips.1.a@p.example",
        at=NOW,
        in_reply_to=reply,
    )
    mail = message_from_bytes(raw)
    known = {"Content-Type", "MIME-Version", "Content-Transfer-Encoding", "From", "To", "Subject", "Date", "Message-ID"}
    assert set(mail.keys()) <= known | {"In-Reply-To", "References", "X-IPS-Wijzer"}
    assert len(mail.keys()) == len(set(mail.keys()))
    assert max(map(len, raw.split(b"\r\n"))) < 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert read(raw).sender == "h@p.example"


# --- settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IPS_MAIL_ADDRESS", "geen adres"),
        ("IPS_MAIL_DESK", "a@b.nl, c@d.nl"),
        ("IPS_MAIL_STAFF", "a@b.nl, @"),
        ("IPS_MAIL_SECRET", "kort"),
        ("IPS_MAIL_ANSWER_FROM", "0.4"),
        ("IPS_MAIL_ANSWER_FROM", "ja"),
        ("IPS_IMAP_TLS", "misschien"),
    ],
)
def test_a_wrong_setting_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        Settings.from_environment({name: value})


def test_without_tls_only_on_this_machine() -> None:
    Settings.from_environment({"IPS_SMTP_HOST": "127.0.0.1", "IPS_SMTP_TLS": "geen"})
    for kind in ("IMAP", "SMTP"):
        with pytest.raises(SettingError, match=f"IPS_{kind}_TLS"):
            Settings.from_environment({f"IPS_{kind}_HOST": "mail.example.nl", f"IPS_{kind}_TLS": "geen"})


def test_tickets_are_not_mailed_to_the_mailbox_that_is_read() -> None:
    with pytest.raises(SettingError, match="IPS_MAIL_DESK"):
        Settings.from_environment({"IPS_MAIL_ADDRESS": "h@p.nl", "IPS_MAIL_DESK": "H@P.nl"})


def test_secrets_are_not_shown() -> None:
    given = {"IPS_MAIL_SECRET": "s" * 30, "IPS_IMAP_PASSWORD": "wachtwoord1", "IPS_SMTP_PASSWORD": "wachtwoord2"}
    shown = repr(Settings.from_environment(given))
    assert not any(value in shown for value in given.values())
