"""Fetches mail over IMAP: by UID, bounded, and nothing that a server says is believed beyond what it can harm."""

from __future__ import annotations

import imaplib
import logging
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from bot.errors import MailError
from bot.mail.line import STARTTLS, TLS, Line, cut_after
from bot.model import MailListing, MailPlace, RawMail
from bot.ports import Clock

log = logging.getLogger(__name__)

T = TypeVar("T")
MARK = "$IpsWijzer"
LOOK_BACK = timedelta(days=2)  # a server's days are in its own time zone
BEGINNING = 512 * 1024  # bytes that are fetched of a mail that is too big
MOST_UIDS = 10_000
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UID, _SIZE = re.compile(rb"\bUID (\d{1,10})\b"), re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b")


class _Bounded:
    """An IMAP connection that reads no literal beyond a bound: a server may announce any number of bytes."""

    most_bytes = 0
    opened: ClassVar[Callable[..., None]]

    def open(self, *where: Any, **options: Any) -> None:
        super().open(*where, **options)  # type: ignore[misc]
        self.opened()  # as a method: it gets the client

    def read(self, size: int) -> bytes:
        if not 0 <= size <= self.most_bytes:
            raise imaplib.IMAP4.abort("a literal that is too big")
        return super().read(size)  # type: ignore[misc, no-any-return]


class _Plain(_Bounded, imaplib.IMAP4):
    pass


class _Tls(_Bounded, imaplib.IMAP4_SSL):
    pass


class ImapMailbox:
    """A Mailbox over IMAP; every `open` is a connection of its own."""

    def __init__(self, line: Line, folder: str, done_folder: str, most_bytes: int, now: Clock) -> None:
        """`done_folder` is where a mail goes that is done with, "" to leave it, marked as read."""
        self._line, self._folder, self._done_folder, self._most_bytes, self._now = (
            line,
            folder,
            done_folder,
            most_bytes,
            now,
        )
        self.name = f"{line.user}@{line.host}:{line.port}/{folder}"

    @contextmanager
    def open(self) -> Iterator[ImapSession]:
        """Connect, log in and select the folder; raises MailError."""
        with ExitStack() as stack:
            client = _asked(lambda: self._connect(stack))
            session = ImapSession(client, self._folder, self._done_folder, self._most_bytes, self._now)
            session.select()
            yield session

    def _connect(self, stack: ExitStack) -> imaplib.IMAP4:
        line = self._line

        def cut_in_time(client: imaplib.IMAP4) -> None:
            stack.enter_context(cut_after(line.most_seconds, client.socket()))

        bounds = {"most_bytes": self._most_bytes + 1024, "opened": cut_in_time}
        kind = type("Client", (_Tls if line.tls == TLS else _Plain,), bounds)
        options: dict[str, Any] = {"ssl_context": line.context()} if line.tls == TLS else {}
        client: imaplib.IMAP4 = kind(line.host, line.port, timeout=line.seconds, **options)
        stack.callback(_leave, client)
        if line.tls == STARTTLS:
            client.starttls(line.context())
            cut_in_time(client)
        if client.state != "NONAUTH":  # whoever greets us as known already has somebody in between
            raise imaplib.IMAP4.error("PREAUTH")
        if "AUTH=PLAIN" in client.capabilities:
            secret = f"\0{line.user}\0{line.password}".encode()
            client.authenticate("PLAIN", lambda _challenge: secret)
        else:
            client.login(_quoted(line.user), line.password)
        return client


class ImapSession:
    """A folder that is open."""

    def __init__(self, client: imaplib.IMAP4, folder: str, done_folder: str, most_bytes: int, now: Clock) -> None:
        self._client, self._folder, self._done_folder = client, folder, done_folder
        self._most_bytes, self._now = most_bytes, now
        self._validity = self._next = 0
        self._can: frozenset[bytes] = frozenset()

    def select(self) -> None:
        """Select the folder; raises MailError."""
        said = self._ask("CAPABILITY", self._client.capability)  # a server can do more once we are known
        self._can = frozenset(_bytes(said).upper().split())
        self._ask("SELECT", lambda: self._client.select(_quoted(self._folder)))
        self._validity = self._number("UIDVALIDITY")
        self._next = self._number("UIDNEXT")
        if not self._validity:
            raise MailError("IMAP: no UIDVALIDITY")

    def listing(self, place: MailPlace | None, first_days: int) -> MailListing:
        """Return what came after a place; raises MailError."""
        if place and place.validity == self._validity:
            found = [uid for uid in self._search(f"UID {place.uid + 1}:*") if uid > place.uid]  # * is the last, always
            return MailListing(self._validity, tuple(found), max([place.uid, *found]), True)
        if place is None and not first_days:
            found = []
        else:
            since = (place.at - LOOK_BACK) if place else self._now() - timedelta(days=first_days)
            found = self._search(f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}")
        return MailListing(self._validity, tuple(found), max([self._next - 1, *found, 0]), False)

    def fetch(self, uid: int) -> RawMail | None:
        """Return a mail, or its beginning when it is too big; None when it is gone; raises MailError."""
        size = next(iter(self._fetched(uid, "(UID RFC822.SIZE)", _SIZE)), None)
        if size is None:
            return None
        whole = int(size) <= self._most_bytes
        bound = self._most_bytes if whole else min(BEGINNING, self._most_bytes)
        parts = self._ask("FETCH", lambda: self._client.uid("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{bound}>)"))
        for place, part in enumerate(parts):
            if isinstance(part, tuple) and len(part) == 2:
                beside = part[0] + _bytes(parts[place + 1 : place + 2])
                if str(uid).encode() in _UID.findall(beside):
                    return RawMail(uid, part[1], whole and len(part[1]) < self._most_bytes)
        return RawMail(uid, b"") if self._is_empty(uid, parts) else None

    def done(self, uid: int) -> None:
        """Mark a mail as done with, or move it where the server can; raises MailError."""
        if not self._done_folder or not self._move(str(uid)):
            self._mark(str(uid))

    def _move(self, uid: str) -> bool:
        folder = _quoted(self._done_folder)
        with suppress(imaplib.IMAP4.error):
            self._client.create(folder)  # it may be there already
        if b"MOVE" in self._can:
            return self._said_yes(lambda: self._client.uid("MOVE", uid, folder))
        if b"UIDPLUS" not in self._can:  # a plain EXPUNGE would throw away what others marked
            return False
        copied = self._said_yes(lambda: self._client.uid("COPY", uid, folder))
        if copied:
            self._said_yes(lambda: self._client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
            self._said_yes(lambda: self._client.uid("EXPUNGE", uid))
        return copied

    def _mark(self, uid: str) -> None:
        if not self._said_yes(lambda: self._client.uid("STORE", uid, "+FLAGS.SILENT", rf"(\Seen {MARK})")):
            self._said_yes(lambda: self._client.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))

    def _search(self, what: str) -> list[int]:
        found = self._ask("SEARCH", lambda: self._client.uid("SEARCH", what))
        numbers = {int(word) for line in found for word in _bytes([line]).split() if word.isdigit() and len(word) < 11}
        return sorted(numbers)[:MOST_UIDS]

    def _fetched(self, uid: int, what: str, pattern: re.Pattern[bytes]) -> list[bytes]:
        lines = self._ask("FETCH", lambda: self._client.uid("FETCH", str(uid), what))
        said = [_bytes([line]) for line in lines]
        return [found for line in said if str(uid).encode() in _UID.findall(line) for found in pattern.findall(line)]

    @staticmethod
    def _is_empty(uid: int, parts: Sequence[Any]) -> bool:
        said = b" ".join(_bytes([part]) for part in parts)
        return str(uid).encode() in _UID.findall(said) and (b"NIL" in said or b'""' in said)

    def _number(self, name: str) -> int:
        _kind, values = _asked(lambda: self._client.response(name))
        digits = _bytes(values or [])
        return int(digits) if digits.isdigit() and len(digits) < 11 else 0

    def _ask(self, name: str, question: Callable[[], tuple[str, Any]]) -> Sequence[Any]:
        kind, answer = _asked(question)
        if kind != "OK":
            raise MailError(f"IMAP: {name} {kind}")
        return tuple(answer or ())

    @staticmethod
    def _said_yes(question: Callable[[], tuple[str, Any]]) -> bool:
        try:
            kind, _answer = question()
        except imaplib.IMAP4.abort as problem:
            raise MailError(f"IMAP: {type(problem).__name__}") from None
        except imaplib.IMAP4.error:
            return False
        except (OSError, ValueError) as problem:
            raise MailError(f"IMAP: {type(problem).__name__}") from None
        return kind == "OK"


def _asked(question: Callable[[], T]) -> T:
    """Return what a question gives; raises MailError for everything that goes wrong on the way."""
    try:
        return question()
    except ssl.SSLCertVerificationError as problem:
        raise MailError(f"IMAP: {problem.verify_message}") from None
    except (imaplib.IMAP4.error, OSError, ValueError, EOFError, IndexError, TypeError, AttributeError) as problem:
        raise MailError(f"IMAP: {type(problem).__name__}") from None


def _leave(client: imaplib.IMAP4) -> None:
    with suppress(Exception):  # the line may be cut: there is nobody left to say goodbye to
        client.logout()
    with suppress(OSError):
        client.shutdown()


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bytes(values: Sequence[Any]) -> bytes:
    """Return what imaplib gave as bytes: lines, or pairs of a line and a literal, of which the line counts."""
    return b" ".join(value if isinstance(value, bytes) else value[0] for value in values if value)
