"""What the service needs from outside, as Protocols; adapters live in `store/`, fakes in `tests/`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from bot.model import (
    Account,
    Delivery,
    Dossier,
    Entry,
    Feedback,
    Floor,
    InboxSession,
    KeptQuestion,
    MailListing,
    MailPlace,
    MailThread,
    Plan,
    QuestionCount,
    RawMail,
    Ticket,
    TicketEvent,
    Waiting,
)


class Clock(Protocol):
    """Tells the time (aware, UTC)."""

    def __call__(self) -> datetime: ...


class DossierStore(Protocol):
    """Keeps one dossier per conversation."""

    def load(self, conversation: str) -> Dossier | None:
        """Return the dossier or None; raises StoreError."""

    def save(self, dossier: Dossier) -> Dossier:
        """Store it and return it with its version raised by one; raises StaleDossier or StoreError."""

    def delete(self, conversation: str) -> None:
        """Forget the dossier; no error when there is none; raises StoreError."""

    def delete_older(self, moment: datetime) -> int:
        """Forget dossiers without activity since `moment` and return how many; raises StoreError."""

    def ping(self) -> None:
        """Raise StoreError when the store can't be reached."""


class QuestionLog(Protocol):
    """Keeps masked questions that got no good answer, for the people who keep the content."""

    def keep(self, question: KeptQuestion) -> None:
        """Store a question; raises StoreError."""

    def kept(self) -> tuple[KeptQuestion, ...]:
        """Return all questions, oldest first; raises StoreError."""

    def delete_older(self, day: date) -> int:
        """Delete the questions from before that day and return how many; raises StoreError."""


class CountStore(Protocol):
    """Counts questions per day, subject and outcome: no texts, no senders."""

    def count(self, day: date, subject: str, outcome: str) -> None:
        """Count one question; raises StoreError."""

    def counts(self, since: date) -> tuple[QuestionCount, ...]:
        """Return the counts from that day on, in order of day, subject and outcome; raises StoreError."""

    def delete_older(self, day: date) -> int:
        """Delete the counts from before that day and return how many; raises StoreError."""


class PlanStore(Protocol):
    """Keeps implementation plans. A plan is found by its code, of which only a hash is kept, or by its internal id."""

    def create(self, plan: Plan, code: str) -> Plan:
        """Store a new plan under a code and return it with version 1; raises StoreError."""

    def find(self, code: str) -> Plan | None:
        """Return the plan of a code or None; raises StoreError."""

    def load(self, plan_id: str) -> Plan | None:
        """Return the plan or None; raises StoreError."""

    def save(self, plan: Plan) -> Plan:
        """Store it and return it with its version raised by one; raises StaleDossier or StoreError."""

    def delete(self, plan_id: str) -> None:
        """Delete the plan with its code and download tokens; no error when there is none; raises StoreError."""

    def delete_older(self, moment: datetime) -> int:
        """Delete plans without activity since `moment`, and every token that has expired by now.

        Returns how many plans went; raises StoreError.
        """

    def offer(self, plan_id: str, token: str, until: datetime) -> None:
        """Let `token` (of which only a hash is kept) fetch the plan's document until that moment; raises StoreError."""

    def offered(self, token: str, now: datetime) -> Plan | None:
        """Return the plan that a valid token may fetch, or None; raises StoreError."""


class ConversationStore(Protocol):
    """Keeps the log of every widget conversation. A conversation is opened by its token, which is kept nowhere."""

    def open(self, token: str) -> str:
        """Begin the conversation of a new token and return its id; raises StoreError."""

    def find(self, token: str) -> str | None:
        """Return the conversation of a token, or None; raises StoreError."""

    def heads(self, conversations: Collection[str]) -> Mapping[str, int]:
        """Return the last sequence number of each of these that exists; raises StoreError."""

    def after(self, conversation: str, seq: int, limit: int = 200) -> tuple[Entry, ...]:
        """Return at most `limit` entries after a sequence number, in order; raises StoreError."""

    def say(self, conversation: str, entry: Entry, says: str, masked: Sequence[str] = ()) -> str | None:
        """Add a user's message once by its id and return its state (None: no such conversation); raises StoreError."""

    def answer(self, conversation: str, message_id: str, replies: Sequence[Entry], failed: bool = False) -> bool:
        """Add the replies to a message that waits, all at once; tell whether they were added; raises StoreError."""

    def pass_on(self, conversation: str, message_id: str, notices: Sequence[Entry] = ()) -> bool:
        """Mark a message as heard by the person who has the floor; tell whether it was; raises StoreError."""

    def append(self, conversation: str, entry: Entry, once: str = "") -> int | None:
        """Add an entry, once by a mark; return its sequence number, None when it can't be there; raises StoreError."""

    def give_floor(self, conversation: str, floor: Floor, notice: Entry | None = None) -> bool:
        """Give the floor to a person or back to the assistant; tell whether it changed hands; raises StoreError."""

    def floor(self, conversation: str) -> Floor:
        """Return who has the floor in a conversation; raises StoreError."""

    def waiting(self, conversation: str | None = None) -> tuple[Waiting, ...]:
        """Return the messages without an answer, of one conversation or of all, in order; raises StoreError."""

    def delete(self, conversation: str) -> None:
        """Delete what was said and close the conversation; `bury` takes away the last trace; raises StoreError."""

    def bury(self, conversation: str) -> None:
        """Forget that a deleted conversation was there; raises StoreError."""

    def gone(self) -> tuple[str, ...]:
        """Return the deleted conversations that are not buried yet; raises StoreError."""

    def older(self, moment: datetime) -> tuple[str, ...]:
        """Return the conversations in which nothing happened since `moment`; raises StoreError."""


class DeliveryStore(Protocol):
    """Knows where conversations on other platforms are answered and how far they were."""

    def place(self, conversation: str, channel: str, address: Mapping[str, Any], begins: bool = False) -> None:
        """Say where a conversation is answered from now on; `begins`: nothing was delivered yet; raises StoreError."""

    def find(self, conversation: str) -> Delivery | None:
        """Return where a conversation is answered, or None; raises StoreError."""

    def all(self, channel: str) -> tuple[Delivery, ...]:
        """Return those of a channel; raises StoreError."""

    def note(self, conversation: str, seq: int, part: int) -> None:
        """Note that all up to `seq`, and `part` messages of the next entry, were delivered; raises StoreError."""

    def forget(self, conversation: str) -> None:
        """Forget where a conversation was; raises StoreError."""


class Leases(Protocol):
    """Who is at work on what, so that of several processes one does it. A lease ends by itself when its owner dies."""

    def take(self, name: str, seconds: float) -> bool:
        """Take or prolong a lease; tell whether we have it now; raises StoreError."""

    def give_back(self, name: str) -> None:
        """End a lease of ours; raises StoreError."""


class FeedbackStore(Protocol):
    """Knows what visitors thought of answers."""

    def feedback(self, since: datetime) -> tuple[Feedback, ...]:
        """Return the feedback since a moment, the last word on each answer; raises StoreError."""


class TicketStore(Protocol):
    """Keeps tickets and their audit trail. Every change comes with the event that tells of it, in one transaction.

    Of a key only the SHA-256 is kept: that is `key` of a loaded ticket. A conversation without ~ in its id is a
    sender's name: it becomes `rest~` and its SHA-256; `of_conversation` finds it by the name as well.
    """

    def open(self, ticket: Ticket, event: TicketEvent) -> Ticket:
        """Store a new ticket under the next number and return it, or the one its key has; raises StoreError."""

    def load(self, number: int) -> Ticket | None:
        """Return a ticket or None; raises StoreError."""

    def find(self, key: str) -> Ticket | None:
        """Return the ticket of a key or None; raises StoreError."""

    def of_conversation(self, conversation: str) -> Ticket | None:
        """Return the newest ticket of a conversation, open before closed, or None; raises StoreError."""

    def outside(self, system: str, name: str) -> Ticket | None:
        """Return the ticket that another system calls `name`, or None; raises StoreError."""

    def save(self, ticket: Ticket, *events: TicketEvent) -> Ticket:
        """Store it and return it with its version raised by one; raises StaleTicket or StoreError."""

    def note(self, event: TicketEvent) -> None:
        """Add an event that changes nothing, such as that somebody looked; raises StoreError."""

    def all(self, states: Collection[str] = (), since: datetime | None = None) -> tuple[Ticket, ...]:
        """Return the tickets in these states (none: in any), made since a moment, newest first; raises StoreError."""

    def events(self, number: int) -> tuple[TicketEvent, ...]:
        """Return a ticket's audit trail, oldest first; raises StoreError."""

    def events_after(self, event_id: int, limit: int = 200) -> tuple[TicketEvent, ...]:
        """Return the events of all tickets after this one, in order; raises StoreError."""

    def head(self) -> int:
        """Return the id of the last event of all tickets, 0 before the first; raises StoreError."""

    def cursor(self, follower: str) -> int | None:
        """Return the last event that a follower (mail, Zammad, a staff channel) is done with; raises StoreError."""

    def advance(self, follower: str, event_id: int) -> None:
        """Note that a follower is done with all events up to this one; raises StoreError."""

    def delete(self, number: int) -> None:
        """Delete a ticket and its audit trail, but for one event that it was deleted; raises StoreError."""

    def verify(self) -> tuple[str, ...]:
        """Return what is wrong with the audit trails, a line each in Dutch; () when all is well; raises StoreError."""

    def ping(self) -> None:
        """Raise StoreError when the store can't be reached."""


class Mailer(Protocol):
    """Sends mail."""

    def send(
        self, to: str, subject: str, text: str, *, message_id: str, in_reply_to: str = "", automatic: bool = False
    ) -> None:
        """Send one mail as the helpdesk; `automatic`: no person wrote it, and it says so to other programs.

        `message_id` and `in_reply_to` are without brackets. Raises MailError, MailRefused.
        """


class AccountStore(Protocol):
    """Keeps employees, their sessions and their failed tries; of tokens and of the keys of tries only a hash."""

    def create(self, account: Account) -> bool:
        """Store a new account; False when its name, in whatever case, or its subject is taken; raises StoreError."""

    def save(self, account: Account) -> None:
        """Store the account of this name anew; raises StoreError."""

    def find(self, name: str) -> Account | None:
        """Return the account of a name, in whatever case, or None; raises StoreError."""

    def of_subject(self, subject: str) -> Account | None:
        """Return the account of somebody who comes over OpenID Connect, or None; raises StoreError."""

    def all(self) -> tuple[Account, ...]:
        """Return all accounts by name; raises StoreError."""

    def begin(self, token: str, name: str, at: datetime) -> None:
        """Start a session; raises StoreError."""

    def session(self, token: str) -> InboxSession | None:
        """Return the session of a token, or None; raises StoreError."""

    def touch(self, token: str, at: datetime) -> None:
        """Note that a session was used; raises StoreError."""

    def end(self, token: str) -> None:
        """End a session; no error when there is none; raises StoreError."""

    def end_all(self, name: str) -> None:
        """End every session of an account; raises StoreError."""

    def attempt(self, key: str, at: datetime, pause: Callable[[int], timedelta], memory: timedelta) -> datetime | None:
        """Count a try, after which none may follow for `pause(tries)`; None when it was counted.

        One that comes too early is not counted: the moment from which one may. Tries older than `memory` don't count.
        At once for many that come together: no two of them take the same try. Raises StoreError.
        """

    def forgive(self, key: str, tries: int | None = None) -> None:
        """Take back so many tries (None: all); raises StoreError."""

    def keep(self, token: str, body: Mapping[str, Any], until: datetime) -> None:
        """Keep what a login over OpenID Connect needs when it comes back; raises StoreError."""

    def take(self, token: str, at: datetime) -> Mapping[str, Any] | None:
        """Return and forget what `keep` kept, None when there is none or it is too old; raises StoreError."""

    def clean_up(self, sessions: datetime, now: datetime) -> None:
        """Forget sessions unused since `sessions`, tries of a day ago and logins that never came back."""

    def close(self) -> None:
        """Give the connections back."""


class MailSession(Protocol):
    """A mailbox that is open."""

    def listing(self, place: MailPlace | None, first_days: int) -> MailListing:
        """Return what came after a place; without one, of the last `first_days` days; raises MailError."""

    def fetch(self, uid: int) -> RawMail | None:
        """Return a mail, unread as it was, or None when it is gone; raises MailError."""

    def done(self, uid: int) -> None:
        """Mark a mail as done with, or move it; raises MailError."""


class Mailbox(Protocol):
    """Fetches mail."""

    name: str  # tells mailboxes apart

    def open(self) -> AbstractContextManager[MailSession]:
        """Open the mailbox; raises MailError."""


class MailLog(Protocol):
    """Remembers which mails were taken in and sent, and which thread is whose. Addresses and texts only as hashes."""

    def place(self, box: str) -> MailPlace | None:
        """Return how far a mailbox was read, or None; raises StoreError."""

    def note_place(self, box: str, place: MailPlace) -> None:
        """Note how far a mailbox was read; raises StoreError."""

    def taken(self, key: str) -> int | None:
        """Return the ticket of a mail that was taken in (0: without one), or None; raises StoreError."""

    def same_text(self, sender: str, text: str, since: datetime) -> int | None:
        """Return the ticket that this sender's same text made since then, or None; raises StoreError."""

    def count(self, sender: str, since: datetime) -> int:
        """Return how many mails of a sender were taken in since then; raises StoreError."""

    def last(self, sender: str) -> int | None:
        """Return the ticket of a sender's newest mail, or None; raises StoreError."""

    def take(self, key: str, ticket: int, sender: str, text: str, at: datetime) -> None:
        """Note that a mail was taken in, once by its key; raises StoreError."""

    def thread(self, message_id: str) -> MailThread | None:
        """Return the thread that a mail belongs to, or None; raises StoreError."""

    def newest(self, ticket: int, side: str) -> MailThread | None:
        """Return the newest mail of a side of a ticket, or None; raises StoreError."""

    def note_thread(self, thread: MailThread) -> None:
        """Note a mail, once by its Message-ID; raises StoreError."""

    def sent(self, message_id: str) -> bool:
        """Tell whether a mail of ours was sent; raises StoreError."""

    def note_sent(self, message_id: str, ticket: int, at: datetime) -> None:
        """Note that a mail of ours was sent; raises StoreError."""

    def forget(self, ticket: int) -> None:
        """Forget everything about a ticket; its mails still count as taken in; raises StoreError."""

    def delete_older(self, moment: datetime) -> int:
        """Forget what is older than that and return how much; raises StoreError."""
