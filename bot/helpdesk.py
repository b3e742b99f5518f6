"""Use cases of the helpdesk: a question comes in, employees answer it, and what was told goes when it must.

Knows no web, Slack or mail: those follow the audit trail (bot/web/followers.py). Every change is one write with the
events that tell of it. An act that comes again, by its `key` or its message's id, is not done again; a change that lost
a race is done over on the newer ticket.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import InvalidValue, StaleTicket, Taken, UnknownTicket
from bot.hiding import hide_personal
from bot.model import Contact, KeptQuestion, Miss, SourceRef, Ticket, TicketEvent, TicketMessage
from bot.ports import Clock, QuestionLog, TicketStore
from bot.rules.officehours import OfficeHours
from bot.rules.triage import AUTOMATIC, CATEGORIES, CRISIS, DIRECT, FLAGS, PERSON, URGENCIES

WHAT = (
    "geopend", "bericht", "bot_antwoord", "antwoord", "notitie", "opgepakt", "toegewezen", "teruggegeven", "wacht",
    "opgelost", "heropend", "triage_gewijzigd", "had_geweten", "contact", "bekeken", "gekoppeld", "te_laat", "gewist",
    "verwijderd",
)  # fmt: skip
NEW, BUSY, WAITS, DONE = STATES = ("nieuw", "in_behandeling", "wacht_op_vrager", "opgelost")
OPEN = (NEW, BUSY, WAITS)
TRIES = 12  # how often a change is done over when somebody else saved the same ticket in between
LOOK_AGAIN = timedelta(minutes=10)  # within these minutes an employee who looks again looked once
MANY = 1000  # events read at once
MOST_KEPT = 500  # characters of a question that is kept for the keepers
LONGEST = 20_000  # characters of one message
ERASED = "gewist"  # the id of the one note that is left of what was said
ERASED_NOTE = "Gewist door de vrager."
_NO_SUCH = "Dit ticket is er niet (meer)."
_GONE = "De vrager heeft zijn gegevens gewist. Je kunt niet meer antwoorden."
_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:~-]{1,80}")
_ACCOUNT = re.compile(r" \((?:Slack|Teams|Zammad) [\w:.@-]+\)$")
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+")

_Change = tuple[Ticket, tuple[TicketEvent, ...]]


@dataclass(frozen=True)
class Correction:
    """A message whose triage an employee corrected: an example for training, masked."""

    channel: str
    subject: str
    text: str
    category: str
    urgency: str
    flags: tuple[str, ...]


class Helpdesk:
    """Everything that happens to tickets; one object for a process, called from any of its threads."""

    def __init__(
        self,
        tickets: TicketStore,
        clock: Clock,
        hours: OfficeHours,
        deadlines: Mapping[str, int],
        questions: QuestionLog,
    ) -> None:
        """`deadlines` says how many office hours an answer may take, per urgency; one that it lacks has no deadline."""
        self._tickets, self._clock, self.hours, self._questions = tickets, clock, hours, questions
        self._deadlines = dict(deadlines)
        self.listeners: list[Callable[[], None]] = []  # told after every change, in the thread that made it
        # Told of a change (before, after) before it is said to be done: who takes a conversation, has it then.
        self.witnesses: list[Callable[[Ticket, Ticket], None]] = []

    # --- bringing in

    def open(self, ticket: Ticket) -> Ticket:
        """Store a new ticket with its deadline and return it; the one that is there for the same key."""
        now = self._clock()
        messages = tuple(replace(each, id=_mark(each.id), text=_kept(each)) for each in ticket.messages)
        fresh = ticket.with_(messages=messages, state=NEW, held=False, assignee="", closed_at=None)
        fresh = fresh.with_(subject=hide_personal(ticket.subject), due=self._due(fresh, now))
        detail = {"category": ticket.category, "urgency": ticket.urgency, "why": ticket.why, "channel": ticket.channel}
        opened = self._tickets.open(fresh, TicketEvent(0, "geopend", detail=detail))
        self._tell()
        return opened

    def asker_said(self, number: int, message_id: str, text: str) -> Ticket:
        """Add what the asker said, once by its id; a ticket that waits or is closed is open again."""

        def change(ticket: Ticket) -> _Change | None:
            message = TicketMessage(_mark(message_id), "asker", text, self._clock())
            if is_erased(ticket) or _has(ticket, message):
                return None
            said = _add(ticket, message)
            event = self._event(ticket, "bericht", message=message.id)
            if ticket.state not in (WAITS, DONE):
                return said, (event,)
            return self._reopened(said), (event, self._event(ticket, "heropend"))

        return self._change(number, change)

    def bot_said(self, number: int, message_id: str, text: str, sources: Sequence[SourceRef] = ()) -> Ticket:
        """Add what the bot said in the conversation, once by its id."""

        def change(ticket: Ticket) -> _Change | None:
            message = TicketMessage(_mark(message_id), "bot", text, self._clock(), sources=tuple(sources))
            if is_erased(ticket) or _has(ticket, message):
                return None
            return _add(ticket, message), (self._event(ticket, "bot_antwoord", message=message.id),)

        return self._change(number, change)

    def in_danger(self, number: int) -> Ticket:
        """Put a ticket whose asker speaks of danger to life before all others. That is no correction of its triage."""

        def change(ticket: Ticket) -> _Change | None:
            if ticket.urgency == DIRECT or is_erased(ticket):
                return None
            flags = tuple(flag for flag in FLAGS if flag in (*ticket.flags, CRISIS, PERSON) and flag != AUTOMATIC)
            urgent = ticket.with_(urgency=DIRECT, flags=flags, reasons=(*ticket.reasons, "gevaar"))
            urgent = urgent.with_(due=self._due(urgent, self._clock()))
            detail = {"urgency_was": ticket.urgency, "urgency": DIRECT}
            return urgent, (self._event(ticket, "triage_gewijzigd", **detail),)

        return self._change(number, change)

    def give_contact(self, number: int, email: str, consent: str) -> Ticket:
        """Keep where the asker wants the answer, with the sentence they agreed to; raises InvalidValue."""
        address = email.strip()
        if not _EMAIL.fullmatch(address) or len(address) > 254:
            raise InvalidValue("Dit is geen e-mailadres.", "email")

        def change(ticket: Ticket) -> _Change | None:
            if is_erased(ticket) or (ticket.contact and ticket.contact.email == address):
                return None
            contact = Contact(address, consent, self._clock())
            return ticket.with_(contact=contact), (self._event(ticket, "contact"),)

        return self._change(number, change)

    # --- employees

    def look(self, number: int, by: str) -> Ticket:
        """Return a ticket and note who looked at it; raises UnknownTicket."""
        ticket = self.load(number)
        looked = [each for each in self._tickets.events(number) if each.what == "bekeken" and each.by == by]
        if not looked or looked[-1].at is None or self._clock() - looked[-1].at >= LOOK_AGAIN:
            self._tickets.note(TicketEvent(number, "bekeken", by))
        return ticket

    def take(self, number: int, by: str) -> Ticket:
        """Let an employee have the conversation: the bot is silent; raises Taken when a colleague has it."""

        def change(ticket: Ticket) -> _Change | None:
            self._mine(ticket, by)
            self._there(ticket)
            if ticket.held:
                return None
            return _taken(ticket, by), (*self._opens(ticket, by), self._event(ticket, "opgepakt", by))

        return self._change(number, change)

    def assign(self, number: int, by: str, to: str) -> Ticket:
        """Give a ticket to an employee ("": to nobody, and the bot speaks); whoever had it has it no more."""

        def change(ticket: Ticket) -> _Change | None:
            if ticket.assignee == to:
                return None
            self._there(ticket)
            state = ticket.state if ticket.state in (WAITS, DONE) else (BUSY if to else NEW)
            given = ticket.with_(assignee=to, held=ticket.held and bool(to), state=state)
            return given, (self._event(ticket, "toegewezen", by, to=to),)

        return self._change(number, change)

    def answer(
        self,
        number: int,
        by: str,
        text: str,
        key: str,
        seen: int | None = None,
        sources: Sequence[SourceRef] = (),
    ) -> Ticket:
        """Add an employee's answer, once by its key; it takes the conversation when that is free.

        Raises Taken when a colleague has it, and StaleTicket when the asker or a colleague said something since the
        version `seen`.
        """

        def change(ticket: Ticket) -> _Change | None:
            message = TicketMessage(_mark(key), "person", _bounded(text), self._clock(), by, tuple(sources))
            if _has(ticket, message):
                return None
            self._mine(ticket, by)
            self._there(ticket)
            if seen is not None and self._said_since(ticket, seen, by):
                raise StaleTicket("something was said since the employee looked")
            took = () if ticket.held else (*self._opens(ticket, by), self._event(ticket, "opgepakt", by))
            answered = _add(_taken(ticket, by), message).with_(state=WAITS)
            event = self._event(ticket, "antwoord", by, message=message.id)
            return answered, (*took, event, self._event(ticket, "wacht", by))

        return self._change(number, change)

    def note(self, number: int, by: str, text: str, key: str) -> Ticket:
        """Add a note for employees only, once by its key."""

        def change(ticket: Ticket) -> _Change | None:
            message = TicketMessage(_mark(key), "note", _bounded(text), self._clock(), by)
            if _has(ticket, message):
                return None
            self._there(ticket)
            return _add(ticket, message), (self._event(ticket, "notitie", by, message=message.id),)

        return self._change(number, change)

    def hand_back(self, number: int, by: str) -> Ticket:
        """Let the bot speak again. A question that has no answer yet is nobody's again."""

        def change(ticket: Ticket) -> _Change | None:
            if not ticket.held:
                return None
            left = {"state": WAITS} if is_answered(ticket) else {"state": NEW, "assignee": ""}
            return ticket.with_(held=False, **left), (self._event(ticket, "teruggegeven", by),)

        return self._change(number, change)

    def wait(self, number: int, by: str) -> Ticket:
        """Say that the asker is up next, after a call, say; a closed ticket stays closed."""

        def change(ticket: Ticket) -> _Change | None:
            if ticket.state in (WAITS, DONE):
                return None
            return ticket.with_(state=WAITS), (self._event(ticket, "wacht", by),)

        return self._change(number, change)

    def close(self, number: int, by: str) -> Ticket:
        """Be done with a ticket; the bot speaks again."""

        def change(ticket: Ticket) -> _Change | None:
            if ticket.state == DONE:
                return None
            closed = ticket.with_(state=DONE, held=False, closed_at=self._clock())
            return closed, (self._event(ticket, "opgelost", by),)

        return self._change(number, change)

    def reopen(self, number: int, by: str) -> Ticket:
        """Undo that a ticket was closed."""

        def change(ticket: Ticket) -> _Change | None:
            if ticket.state != DONE:
                return None
            self._there(ticket)
            return self._reopened(ticket), (self._event(ticket, "heropend", by),)

        return self._change(number, change)

    def correct(self, number: int, by: str, category: str | None = None, urgency: str | None = None) -> Ticket:
        """Set right what the triage made of it; the message is an example for training then (`corrections`)."""
        if category not in (None, *CATEGORIES):
            raise InvalidValue("Dit onderwerp bestaat niet.", "category")
        if urgency not in (None, *URGENCIES):
            raise InvalidValue("Deze urgentie bestaat niet.", "urgency")

        def change(ticket: Ticket) -> _Change | None:
            right = ticket.with_(category=category or ticket.category, urgency=urgency or ticket.urgency)
            if (right.category, right.urgency) == (ticket.category, ticket.urgency):
                return None
            if right.urgency != ticket.urgency and ticket.state in (NEW, BUSY):
                right = right.with_(due=self._due(right, ticket.created_at or self._clock()))
            was = {"category_was": ticket.category, "urgency_was": ticket.urgency}
            now = {"category": right.category, "urgency": right.urgency}
            return right, (self._event(ticket, "triage_gewijzigd", by, **was, **now),)

        return self._change(number, change)

    def should_have_known(self, number: int, by: str) -> Ticket:
        """Give the question to the people who keep the content, once."""
        kept = False

        def change(ticket: Ticket) -> _Change | None:
            nonlocal kept
            text = question_of(ticket)
            if not text or any(each.what == "had_geweten" for each in self._tickets.events(number)):
                return None
            if not kept:
                self._questions.keep(KeptQuestion(self._clock().date(), Miss.NIET_IN_BRONNEN, text[:MOST_KEPT]))
                kept = True
            return ticket, (self._event(ticket, "had_geweten", by),)

        return self._change(number, change)

    def link(self, number: int, system: str, name: str) -> Ticket:
        """Note what another system calls this ticket."""

        def change(ticket: Ticket) -> _Change | None:
            if ticket.outside.get(system) == name:
                return None
            linked = ticket.with_(outside={**ticket.outside, system: name})
            return linked, (self._event(ticket, "gekoppeld", system, name=_mark(name)),)

        return self._change(number, change)

    # --- deadlines

    def overdue(self) -> tuple[Ticket, ...]:
        """Return the tickets that are past due and nobody's, longest first."""
        now = self._clock()
        late = [t for t in self._tickets.all((NEW, BUSY)) if t.due and t.due < now and not t.assignee]
        return tuple(sorted(late, key=lambda ticket: (ticket.due, ticket.number)))

    def note_late(self) -> int:
        """Note of each overdue ticket, once for its deadline, that nobody took it in time; return how many."""

        def change(ticket: Ticket) -> _Change | None:
            due = ticket.due.isoformat() if ticket.due else ""
            noted = any(e.what == "te_laat" and e.detail.get("due") == due for e in self._tickets.events(ticket.number))
            if noted or ticket.assignee or ticket.state not in (NEW, BUSY):
                return None
            return ticket, (self._event(ticket, "te_laat", due=due),)

        return sum(self._change(t.number, change).version > t.version for t in self.overdue())

    # --- privacy

    def forget(self, conversation: str) -> int:
        """Erase what a conversation told, in all its tickets, open or not; return how many. Its numbers stay."""
        erased = 0
        while ticket := self._tickets.of_conversation(conversation):
            self._change(ticket.number, lambda each: self._erased(each, ""))
            erased += 1
        return erased

    def erase(self, number: int, by: str) -> Ticket:
        """Erase what one ticket holds of its asker, for somebody who asked for that by mail, say."""
        return self._change(number, lambda ticket: self._erased(ticket, by))

    def clean_up(self, tickets_before: datetime, contacts_before: datetime) -> tuple[int, int]:
        """Delete tickets and contact details whose time is over; return how many of each.

        A ticket goes when it was closed before the first moment, or nothing happened to it since; contact details go
        when it was closed, or has waited for its asker, since before the second.
        """
        tickets = contacts = 0
        for ticket in self._tickets.all():
            ended = ticket.closed_at or ticket.updated_at
            if ended and ended < tickets_before:
                self._tickets.delete(ticket.number)
                tickets += 1
            elif ended and ended < contacts_before and ticket.contact and ticket.state in (WAITS, DONE):
                self._change(ticket.number, self._without_contact)
                contacts += 1
        if tickets:
            self._tell()
        return tickets, contacts

    # --- reading

    def load(self, number: int) -> Ticket:
        """Return a ticket; raises UnknownTicket."""
        ticket = self._tickets.load(number)
        if ticket is None:
            raise UnknownTicket(_NO_SUCH)
        return ticket

    def list(self, states: Collection[str] = OPEN, since: datetime | None = None) -> tuple[Ticket, ...]:
        """Return the tickets in these states (none: in any), made since a moment, newest first."""
        return self._tickets.all(states, since)

    def events(self, number: int) -> tuple[TicketEvent, ...]:
        """Return a ticket's audit trail, oldest first."""
        return self._tickets.events(number)

    def trails(self) -> Mapping[int, tuple[TicketEvent, ...]]:
        """Return every ticket's audit trail by its number."""
        found: dict[int, tuple[TicketEvent, ...]] = {}
        last = 0
        while events := self._tickets.events_after(last, MANY):
            last = events[-1].id
            for event in events:
                found[event.ticket] = (*found.get(event.ticket, ()), event)
        return found

    def find(self, key: str) -> Ticket | None:
        """Return the ticket that was made for this key, or None."""
        return self._tickets.find(key)

    def of_conversation(self, conversation: str) -> Ticket | None:
        """Return the newest ticket of a conversation, open before closed, or None."""
        return self._tickets.of_conversation(conversation)

    def holder(self, conversation: str) -> Ticket | None:
        """Return the ticket whose employee has this conversation, or None: the bot speaks."""
        ticket = self._tickets.of_conversation(conversation)
        return ticket if ticket and ticket.held else None

    def corrections(self) -> tuple[Correction, ...]:
        """Return the messages whose triage was corrected, oldest first, as examples for training."""
        found, trails = [], self.trails()
        for ticket in reversed(self._tickets.all()):
            corrected = any(each.what == "triage_gewijzigd" and each.by for each in trails.get(ticket.number, ()))
            if corrected and (text := question_of(ticket)):
                found.append(
                    Correction(ticket.channel, ticket.subject, text, ticket.category, ticket.urgency, ticket.flags)
                )
        return tuple(found)

    # --- how

    def _change(self, number: int, change: Callable[[Ticket], _Change | None]) -> Ticket:
        """Do a change, over again on the newer ticket when somebody else saved in between; raises UnknownTicket."""
        for attempt in range(1, TRIES + 1):
            ticket = self.load(number)
            changed = change(ticket)
            if changed is None:
                return ticket
            try:
                saved = self._tickets.save(changed[0], *changed[1])
            except StaleTicket:
                if attempt == TRIES:
                    raise
                continue
            for witness in tuple(self.witnesses):
                witness(ticket, saved)
            self._tell()
            return saved
        raise AssertionError("unreachable")

    def _tell(self) -> None:
        for listener in tuple(self.listeners):
            listener()

    @staticmethod
    def _event(ticket: Ticket, what: str, by: str = "", **detail: str) -> TicketEvent:
        """Return an event that says in which version of the ticket it is."""
        return TicketEvent(ticket.number, what, by, {**detail, "version": str(ticket.version + 1)})

    def _opens(self, ticket: Ticket, by: str) -> tuple[TicketEvent, ...]:
        return (self._event(ticket, "heropend", by),) if ticket.state == DONE else ()

    def _mine(self, ticket: Ticket, by: str) -> None:
        """Raise Taken when a colleague has the conversation."""
        if ticket.held and ticket.assignee != by:
            had = [each for each in self._tickets.events(ticket.number) if each.what in ("opgepakt", "toegewezen")]
            raise Taken(ticket.assignee, (had and had[-1].at) or ticket.updated_at or self._clock())

    @staticmethod
    def _there(ticket: Ticket) -> None:
        if is_erased(ticket):
            raise InvalidValue(_GONE)

    def _said_since(self, ticket: Ticket, version: int, by: str) -> bool:
        """Tell whether the asker or a colleague said something after that version."""
        if ticket.version <= version:
            return False
        later = [e for e in self._tickets.events(ticket.number) if int(e.detail.get("version", 0)) > version]
        return any(e.what == "bericht" or (e.what in ("antwoord", "notitie") and e.by != by) for e in later)

    def _reopened(self, ticket: Ticket) -> Ticket:
        state = BUSY if ticket.assignee else NEW
        return ticket.with_(state=state, closed_at=None, due=self._due(ticket, self._clock()))

    def _due(self, ticket: Ticket, since: datetime) -> datetime | None:
        no_reply = ticket.why == "mail" and not {PERSON, AUTOMATIC}.intersection(ticket.flags)
        hours = None if no_reply else self._deadlines.get(ticket.urgency)
        return None if hours is None else self.hours.deadline(since, hours)

    def _erased(self, ticket: Ticket, by: str) -> _Change | None:
        if is_erased(ticket) and not ticket.conversation:
            return None
        note = TicketMessage(ERASED, "note", ERASED_NOTE, self._clock())
        bare = ticket.with_(
            messages=(note,), summary=(), suggestion="", suggestion_sources=(), subject="", contact=None
        )
        bare = bare.with_(conversation="", held=False, state=DONE, closed_at=ticket.closed_at or self._clock())
        return bare, (self._event(ticket, "gewist", by, of="alles"),)

    def _without_contact(self, ticket: Ticket) -> _Change | None:
        if ticket.contact is None or ticket.state not in (WAITS, DONE):
            return None
        return ticket.with_(contact=None), (self._event(ticket, "gewist", of="contact"),)


def called(by: str) -> str:
    """Return what an asker reads of an employee: "Anna (Slack U061F7AUR)", who answered in Slack, is Anna."""
    return _ACCOUNT.sub("", by)


def is_erased(ticket: Ticket) -> bool:
    """Tell whether what the asker told was erased."""
    return any(message.id == ERASED and message.who == "note" for message in ticket.messages)


def is_answered(ticket: Ticket) -> bool:
    """Tell whether a person answered after the asker's last message."""
    said = [message.who for message in ticket.messages if message.who in ("asker", "person")]
    return said[-1:] == ["person"]


def question_of(ticket: Ticket) -> str:
    """Return the question that a ticket is about: the asker's last message before a person answered."""
    asked = ""
    for message in ticket.messages:
        if message.who == "person" and asked:
            break
        if message.who == "asker":
            asked = message.text
    return asked


def _taken(ticket: Ticket, by: str) -> Ticket:
    state = WAITS if ticket.state == WAITS else BUSY
    return ticket.with_(assignee=by, held=True, state=state, closed_at=None)


def _add(ticket: Ticket, message: TicketMessage) -> Ticket:
    return ticket.with_(messages=(*ticket.messages, replace(message, text=_kept(message))))


def _has(ticket: Ticket, message: TicketMessage) -> bool:
    return any((each.id, each.who) == (message.id, message.who) for each in ticket.messages)


def _kept(message: TicketMessage) -> str:
    """Return a text as it may be kept. What an asker says is masked already; the bot may repeat it."""
    text = message.text.replace("\0", "")[:LONGEST]
    return hide_personal(text) if message.who in ("asker", "bot") else text


def _bounded(text: str) -> str:
    if not text.strip():
        raise InvalidValue("Er staat geen tekst.", "text")
    if len(text) > LONGEST:
        raise InvalidValue(f"De tekst is te lang. Houd hem onder de {LONGEST} tekens.", "text")
    return text.strip()


def _mark(name: str) -> str:
    """Return an id as it may stand in the audit trail: one of a mail can hold an address, so it becomes a hash."""
    if _PLAIN_ID.fullmatch(name) and name != ERASED:
        return name
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:40]
