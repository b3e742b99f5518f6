"""Sends mail over SMTP. A mail may arrive twice when a connection breaks at its end, under the same Message-ID."""

from __future__ import annotations

import base64
import logging
import smtplib
import ssl
from collections.abc import Callable
from contextlib import ExitStack, suppress
from socket import socket
from typing import Any

from bot.errors import MailError, MailRefused
from bot.mail.line import STARTTLS, TLS, Line, cut_after
from bot.mail.outgoing import compose
from bot.ports import Clock

log = logging.getLogger(__name__)

# Answers that say no for good about this mail. 530, 534, 535, 538: we may not send at all, which is nobody's address.
_OURS_TO_MEND = (530, 534, 535, 538)


class SmtpMailer:
    """A Mailer over one SMTP server."""

    def __init__(self, line: Line, sender: str, name: str, now: Clock) -> None:
        """`sender` and `name` are what From shows."""
        self._line, self._sender, self._name, self._now = line, sender, name, now

    def send(
        self, to: str, subject: str, text: str, *, message_id: str, in_reply_to: str = "", automatic: bool = False
    ) -> None:
        """Send one mail; raises MailError when it must be tried again, MailRefused when it never will be accepted."""
        mail = compose(
            self._sender,
            self._name,
            to,
            subject,
            text,
            message_id=message_id,
            at=self._now(),
            in_reply_to=in_reply_to,
            automatic=automatic,
        )
        self._within(lambda smtp: smtp.sendmail(self._sender, [to], mail))

    def check(self) -> None:
        """Log in and do nothing; raises MailError."""
        self._within(lambda smtp: smtp.noop())

    def _within(self, work: Callable[[smtplib.SMTP], object]) -> None:
        try:
            with ExitStack() as stack:
                smtp = self._connect(stack)
                work(smtp)
                with suppress(smtplib.SMTPException, OSError):  # it stands; how they say goodbye is theirs
                    smtp.quit()
        except smtplib.SMTPRecipientsRefused as problem:
            raise _verdict(next(iter(problem.recipients.values()))[0]) from None
        except smtplib.SMTPResponseException as problem:
            raise _verdict(problem.smtp_code) from None
        except (smtplib.SMTPException, OSError, ValueError, EOFError) as problem:
            raise MailError(f"SMTP: {_name(problem)}") from None

    def _connect(self, stack: ExitStack) -> smtplib.SMTP:
        line = self._line

        def cut_in_time(connection: socket) -> None:
            stack.enter_context(cut_after(line.most_seconds, connection))

        kind = type("Client", (_Tls if line.tls == TLS else _Plain,), {"opened": staticmethod(cut_in_time)})
        options: dict[str, Any] = {"context": line.context()} if line.tls == TLS else {}
        smtp: smtplib.SMTP = kind(line.host, line.port, timeout=line.seconds, **options)
        stack.callback(smtp.close)
        if line.tls == STARTTLS:
            smtp.starttls(context=line.context())
            assert smtp.sock is not None  # it is connected
            cut_in_time(smtp.sock)
        if line.user:
            _log_in(smtp, line)
        return smtp


class _Cut:
    """An SMTP connection whose socket is cut in time, from the greeting on."""

    opened: Callable[[socket], None]

    def _get_socket(self, *where: Any) -> socket:
        connection: socket = super()._get_socket(*where)  # type: ignore[misc]
        self.opened(connection)
        return connection


class _Plain(_Cut, smtplib.SMTP):
    pass


class _Tls(_Cut, smtplib.SMTP_SSL):
    pass


def _log_in(smtp: smtplib.SMTP, line: Line) -> None:
    """Log in; the library's own way takes ASCII passwords only."""
    smtp.ehlo_or_helo_if_needed()
    if "PLAIN" not in smtp.esmtp_features.get("auth", "").upper().split():
        smtp.login(line.user, line.password)
        return
    secret = base64.b64encode(f"\0{line.user}\0{line.password}".encode()).decode()
    code, said = smtp.docmd("AUTH", f"PLAIN {secret}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code if code in _OURS_TO_MEND else 535, said)


def _verdict(code: int) -> MailError:
    if 500 <= code < 600 and code not in _OURS_TO_MEND:
        return MailRefused(f"SMTP: {code}")
    return MailError(f"SMTP: {code}")


def _name(problem: BaseException) -> str:
    """Return what to log: what kind of problem, and for TLS which. Never what a server said: it may quote the mail."""
    return problem.verify_message if isinstance(problem, ssl.SSLCertVerificationError) else type(problem).__name__
