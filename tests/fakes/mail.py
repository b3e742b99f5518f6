"""Mail in memory: a log that passes the same contract suite as the real one, a mailer, a mailbox, a triager."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.errors import MailError, MailRefused, NotReady
from bot.hiding import hide_personal
from bot.model import MailListing, MailPlace, MailThread, RawMail, Reply, SourceRef, Triage
from bot.rules import triage as rules
from bot.rules.mailtext import letter_of


class MemoryMailLog:
    """Remembers mails in memory."""

    def __init__(self) -> None:
        self._places: dict[str, MailPlace] = {}
        self._taken: dict[str, tuple[int, str, str, datetime]] = {}
        self._threads: dict[str, MailThread] = {}
        self._sent: dict[str, tuple[int, datetime]] = {}
        self._lock = threading.RLock()

    def place(self, box: str) -> MailPlace | None:
        return self._places.get(box)

    def note_place(self, box: str, place: MailPlace) -> None:
        self._places[box] = place

    def taken(self, key: str) -> int | None:
        return self._taken[key][0] if key in self._taken else None

    def same_text(self, sender: str, text: str, since: datetime) -> int | None:
        found = [(at, t) for t, s, x, at in self._taken.values() if (s, x) == (sender, text) and at >= since and t]
        return max(found)[1] if found else None

    def count(self, sender: str, since: datetime) -> int:
        return sum(s == sender and at >= since for _t, s, _x, at in self._taken.values())

    def last(self, sender: str) -> int | None:
        found = [(at, t) for t, s, _x, at in self._taken.values() if s == sender and t]
        return max(found)[1] if found else None

    def take(self, key: str, ticket: int, sender: str, text: str, at: datetime) -> None:
        with self._lock:
            self._taken.setdefault(key, (ticket, sender, text, at))

    def thread(self, message_id: str) -> MailThread | None:
        return self._threads.get(message_id)

    def newest(self, ticket: int, side: str) -> MailThread | None:
        found = [each for each in self._threads.values() if (each.ticket, each.side) == (ticket, side)]
        return found[-1] if found else None

    def note_thread(self, thread: MailThread) -> None:
        with self._lock:
            self._threads.setdefault(thread.message_id, thread)

    def sent(self, message_id: str) -> bool:
        return message_id in self._sent

    def note_sent(self, message_id: str, ticket: int, at: datetime) -> None:
        self._sent[message_id] = (ticket, at)

    def forget(self, ticket: int) -> None:
        for key, (number, _s, _x, at) in list(self._taken.items()):
            if number == ticket:
                self._taken[key] = (0, "", "", at)
        self._threads = {key: each for key, each in self._threads.items() if each.ticket != ticket}

    def delete_older(self, moment: datetime) -> int:
        before = len(self._taken) + len(self._threads) + len(self._sent)
        self._taken = {key: row for key, row in self._taken.items() if row[3] >= moment}
        self._threads = {key: each for key, each in self._threads.items() if each.at >= moment}
        self._sent = {key: row for key, row in self._sent.items() if row[1] >= moment}
        return before - len(self._taken) - len(self._threads) - len(self._sent)

    def close(self) -> None:
        pass


@dataclass(frozen=True)
class Sent:
    """A mail that was sent."""

    to: str
    subject: str
    text: str
    message_id: str
    in_reply_to: str
    automatic: bool


class MemoryMailer:
    """Keeps what it sends; set `down` or `refuses` to make it fail."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.down = self.refuses = False

    def send(
        self, to: str, subject: str, text: str, *, message_id: str, in_reply_to: str = "", automatic: bool = False
    ) -> None:
        if self.refuses:
            raise MailRefused("550")
        if self.down:
            raise MailError("down")
        self.sent.append(Sent(to, subject, text, message_id, in_reply_to, automatic))

    def to(self, address: str) -> list[Sent]:
        """Return what was sent to an address."""
        return [each for each in self.sent if each.to == address]


@dataclass
class MemoryMailbox:
    """A mailbox and its session in one."""

    name: str = "doos"
    validity: int = 1
    mails: dict[int, bytes] = field(default_factory=dict)
    handled: list[int] = field(default_factory=list)
    down: bool = False

    @contextmanager
    def open(self) -> Iterator[MemoryMailbox]:
        if self.down:
            raise MailError("down")
        yield self

    def add(self, raw: bytes) -> int:
        """Put a mail in it and return its UID."""
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = raw
        return uid

    def listing(self, place: MailPlace | None, first_days: int) -> MailListing:
        in_order = place is not None and place.validity == self.validity
        after = place.uid if place and in_order else (0 if first_days or place else max(self.mails, default=0))
        uids = tuple(uid for uid in sorted(self.mails) if uid > after)
        return MailListing(self.validity, uids, max(self.mails, default=0), in_order)

    def fetch(self, uid: int) -> RawMail | None:
        return RawMail(uid, self.mails[uid]) if uid in self.mails else None

    def done(self, uid: int) -> None:
        self.handled.append(uid)


ANSWER = Reply("Hoogstens 20 cliënten.", (), (SourceRef("handreiking", "kwaliteitscriterium 6"),))


class PlainTriager:
    """Judges with the rules alone; `guess` is what the classifier would add. Set `down` to make it wait."""

    def __init__(self) -> None:
        self.guess = Triage("overig", 0.6, rules.NORMAL, (rules.PERSON,), None, "")
        self.down = False
        self.judged = 0

    def knows(self, confidence: float) -> None:
        """Let it find an answer from the sources."""
        self.guess = Triage("kwaliteitscriteria", confidence, rules.NORMAL, (rules.AUTOMATIC,), ANSWER, "")

    async def judge(self, channel: str, text: str, subject: str = "") -> Triage:
        self.judged += 1
        assert len(text) <= 20_000
        danger = rules.in_danger(letter_of(text, subject, channel))
        if self.down and not danger:
            raise NotReady("Rasa")
        redacted = hide_personal(text)
        if danger:
            flags = (rules.CRISIS, rules.PERSON)
            return Triage("hulpvraag", 0.9, rules.DIRECT, flags, None, redacted, ("gevaar",))
        return replace(self.guess, redacted_text=redacted)
