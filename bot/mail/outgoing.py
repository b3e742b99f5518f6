"""Writes a mail of ours. Nothing in a header can begin another header, and what a program wrote says so."""

from __future__ import annotations

import re
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime

from bot.errors import MailRefused
from bot.mail.headers import is_address
from bot.mail.plain import in_one_line

LONGEST_SUBJECT = 200
OURS = "X-IPS-Wijzer"  # another assistant, or we ourselves, must not answer what we sent
_ID = re.compile(r"[!-;=?-~]{1,240}@[!-;=?-~]{1,240}")  # visible ASCII without < and >
_POLICY = compat32.clone(linesep="\r\n", mangle_from_=False)


def compose(
    sender: str,
    name: str,
    to: str,
    subject: str,
    text: str,
    *,
    message_id: str,
    at: datetime,
    in_reply_to: str = "",
    automatic: bool = False,
) -> bytes:
    """Return the mail, ready to send; raises MailRefused for an address or Message-ID that is none."""
    for address in (sender, to):
        if not is_address(address):
            raise MailRefused("not a mail address")
    if not _ID.fullmatch(message_id):
        raise MailRefused("not a Message-ID")
    charset = Charset("utf-8")
    charset.body_encoding = QP
    mail = MIMENonMultipart("text", "plain", charset="utf-8")
    mail["From"] = f"{Header(in_one_line(name), 'utf-8', 60).encode()} <{sender}>" if name else sender
    mail["To"] = to
    mail["Subject"] = Header(in_one_line(subject)[:LONGEST_SUBJECT], "utf-8", header_name="Subject").encode()
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{message_id}>"
    mail[OURS] = "1"
    if _ID.fullmatch(in_reply_to):
        mail["In-Reply-To"] = mail["References"] = f"<{in_reply_to}>"
    if automatic:
        mail["Auto-Submitted"] = "auto-replied" if in_reply_to else "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
    mail.set_payload(text.replace("\r\n", "\n").rstrip() + "\n", charset)
    return mail.as_bytes(policy=_POLICY)
