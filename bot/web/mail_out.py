"""The follower that mails: answers to askers who mailed, and tickets to the helpdesk's mailbox.

Every mail has a Message-ID that is made of the event it tells of. So one that was sent is not sent again, and one that
was cut off at its end arrives a second time as the same mail.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool

from bot.channels.rest import with_sources
from bot.errors import InvalidValue, MailError, MailRefused, UnknownTicket
from bot.helpdesk import Helpdesk, is_erased
from bot.mail import texts
from bot.mail.signing import Signer, without_tokens
from bot.model import Knowledge, MailThread, Reply, SourceRef, Ticket, TicketEvent, TicketMessage
from bot.ports import Clock, Mailer, MailLog
from bot.web.mail_in import ASKER, BY, STAFF

log = logging.getLogger(__name__)

FOLLOWER, DESK_FOLLOWER = "mail", "mail-desk"  # two: an asker's mail must not wait for one to the helpdesk
HERE = ZoneInfo("Europe/Amsterdam")
DANGER, BOT = "nood", "bot"  # the ids of what the assistant mails of its own accord
_CHANNELS: Mapping[str, str] = {"widget": "chat op de website", "mail": "mail", "slack": "Slack", "teams": "Teams"}


@dataclass(frozen=True)
class Out:
    """One mail to send: `what` names it within its ticket, `whose` are those who may answer it."""

    to: str
    what: str
    subject: str
    text: str
    whose: str
    automatic: bool


class MailFollower:
    """Sends what events ask for; an event may come twice."""

    def __init__(
        self,
        helpdesk: Helpdesk,
        mailer: Mailer,
        mails: MailLog,
        signer: Signer,
        knowledge: Knowledge,
        now: Clock,
        *,
        desk: str = "",
        base: str = "",
    ) -> None:
        """`desk` is the mailbox where employees read about tickets, "" for none; links begin with `base`."""
        self._helpdesk, self._mailer, self._mails, self._signer, self._now = helpdesk, mailer, mails, signer, now
        self._knowledge, self._desk, self._base = knowledge, desk, base
        self._sending: set[str] = set()
        self._lock = threading.Lock()

    async def handle(self, event: TicketEvent, ticket: Ticket | None) -> None:
        """Mail the asker where an event asks for it; raises MailError or StoreError to be tried again."""
        await run_in_threadpool(self._for_asker, event, ticket)

    async def handle_for_desk(self, event: TicketEvent, ticket: Ticket | None) -> None:
        """Mail the helpdesk where an event asks for it; raises MailError or StoreError to be tried again."""
        await run_in_threadpool(self._for_desk, event, ticket)

    def alarm(self, number: int) -> None:
        """Mail somebody in danger now, before what else is waiting; what fails here the follower does later."""
        ticket = self._helpdesk.load(number)
        said = [message for message in ticket.messages if (message.who, message.id) == ("bot", DANGER)]
        try:
            for message in said:
                self._answer_asker(ticket, message, DANGER)
        except MailError as problem:
            log.warning("ticket %d: the mail with 113 and 112 must wait: %s", number, problem)

    def tell(self, to: str, number: int, text: str, in_reply_to: str) -> None:
        """Mail an employee why their answer was not passed on; raises MailError."""
        what = "bericht-" + self._signer.fingerprint(in_reply_to)[:32]
        out = Out(to, what, texts.NOT_SENT_SUBJECT.format(ticket=number), text, STAFF, True)
        self._send(number, out, in_reply_to)

    def _for_asker(self, event: TicketEvent, ticket: Ticket | None) -> None:
        if ticket is None or event.what in ("gewist", "verwijderd") or is_erased(ticket):
            self._mails.forget(event.ticket)
            return
        message = _named(event, ticket)
        if event.what in ("antwoord", "bot_antwoord") and message and ticket.channel == "mail":
            self._answer_asker(ticket, message, DANGER if message.id == DANGER else str(event.id))

    def _for_desk(self, event: TicketEvent, ticket: Ticket | None) -> None:
        if self._desk and ticket and not is_erased(ticket) and self._is_news(event, _named(event, ticket)):
            self._to_desk(event, ticket, _named(event, ticket))

    # --- the asker

    def _answer_asker(self, ticket: Ticket, message: TicketMessage, what: str) -> None:
        if ticket.contact is None:
            log.warning("ticket %d has no address: an answer was not mailed", ticket.number)
            return
        subject = texts.REPLY_SUBJECT.format(subject=ticket.subject or texts.NO_SUBJECT)
        text = without_tokens(_to_asker(ticket.number, message, self._sourced(message.text, message.sources)))
        out = Out(ticket.contact.email, f"antwoord-{what}", subject, text, ASKER, message.who == "bot")
        newest = self._mails.newest(ticket.number, ASKER)
        try:
            self._send(ticket.number, out, newest.message_id if newest else "")
        except MailRefused:
            log.warning("ticket %d: a mail to the asker was refused", ticket.number)
            self._note(ticket.number, texts.REFUSED, f"onbestelbaar-{what}")

    def _sourced(self, text: str, sources: Sequence[SourceRef]) -> str:
        return with_sources(Reply(text.replace("**", ""), (), tuple(sources)), self._knowledge)

    def _note(self, number: int, text: str, key: str) -> None:
        try:
            self._helpdesk.note(number, BY, text, key)
        except (InvalidValue, UnknownTicket):
            log.warning("ticket %d is gone: a note about a mail is dropped", number)

    # --- the helpdesk

    @staticmethod
    def _is_news(event: TicketEvent, message: TicketMessage | None) -> bool:
        """Tell whether employees get a mail about an event. Never about what their own programs answer: that loops."""
        if event.what == "notitie":
            return message is not None and message.by == BY and message.id.startswith("onbestelbaar-")
        return event.what == "geopend" or (event.what == "bericht" and message is not None)

    def _to_desk(self, event: TicketEvent, ticket: Ticket, message: TicketMessage | None) -> None:
        version = event.detail.get("version", "1")  # a new ticket is the first; what it is now may differ next time
        token = self._signer.token(ticket.number)
        subject = texts.DESK_SUBJECT.format(
            ticket=ticket.number, urgency=ticket.urgency, category=ticket.category, token=token
        )
        suggestion = self._sourced(ticket.suggestion, ticket.suggestion_sources) if ticket.suggestion else ""
        text = _to_desk(ticket.with_(suggestion=suggestion), message, token, self._base)
        first = self._mails.newest(ticket.number, STAFF)
        out = Out(self._desk, f"desk-{event.id}-{version}", subject, text, STAFF, True)
        try:
            self._send(ticket.number, out, first.message_id if first else "")
        except MailRefused:
            log.error("the helpdesk's mailbox refuses a mail about ticket %d (IPS_MAIL_DESK)", ticket.number)

    # --- sending

    def _send(self, number: int, out: Out, in_reply_to: str) -> None:
        """Send a mail once; raises MailError. Its thread is noted first: an answer may come before we are done."""
        message_id = self._signer.message_id(number, out.what)
        with self._alone(message_id):
            if not self._mails.sent(message_id):
                self._send_as(message_id, number, out, in_reply_to)

    def _send_as(self, message_id: str, number: int, out: Out, in_reply_to: str) -> None:
        whose = self._signer.fingerprint(out.to.lower())
        self._mails.note_thread(MailThread(message_id, number, out.whose, whose, self._now()))
        self._mailer.send(
            out.to, out.subject, out.text, message_id=message_id, in_reply_to=in_reply_to, automatic=out.automatic
        )
        self._mails.note_sent(message_id, number, self._now())

    @contextmanager
    def _alone(self, message_id: str) -> Iterator[None]:
        """Let one thread send a mail; raises MailError for another that wants to send it at the same time."""
        with self._lock:
            if message_id in self._sending:
                raise MailError("this mail is being sent")
            self._sending.add(message_id)
        try:
            yield
        finally:
            with self._lock:
                self._sending.discard(message_id)


def _named(event: TicketEvent, ticket: Ticket) -> TicketMessage | None:
    return next((message for message in ticket.messages if message.id == event.detail.get("message")), None)


def _to_asker(number: int, message: TicketMessage, said: str) -> str:
    """Return the text of a mail to an asker; what the assistant wrote says so, and how to reach a person."""
    if message.who != "bot":
        return texts.SIGNED_BY_PERSON.format(text=said, ticket=number)
    opening, closing = (
        (texts.DANGER_OPENING, texts.DANGER_CLOSING) if message.id == DANGER else (texts.BOT_OPENING, texts.BOT_CLOSING)
    )
    return "\n\n".join((opening, said, closing.format(ticket=number)))


def _to_desk(ticket: Ticket, message: TicketMessage | None, token: str, base: str) -> str:
    """Return the text of a mail about a ticket: masked, and without the asker's address."""
    facts = texts.DESK_FACTS.format(
        category=ticket.category, urgency=ticket.urgency, channel=_CHANNELS.get(ticket.channel, ticket.channel)
    )
    if message is None:
        head, shown = texts.DESK_NEW, _opening_of(ticket)
    elif message.who == "note":
        head, shown = texts.DESK_NOTE, [message.text]
    else:
        head, shown = texts.DESK_SAID, [texts.LINE, message.text, texts.LINE]
    due = ticket.due.astimezone(HERE).strftime("%d-%m-%Y %H:%M") if ticket.due else ""
    lines = [
        head.format(ticket=ticket.number),
        facts + (f"\n{texts.DESK_DUE.format(due=due)}" if due else ""),
        *shown,
        texts.DESK_HOW.format(token=token),
        texts.DESK_LINK.format(link=f"{base}/inbox/vraag/{ticket.number}") if base else "",
    ]
    return "\n\n".join(filter(None, lines))


def _opening_of(ticket: Ticket) -> list[str]:
    """Return what a new ticket holds: what was told and said, notes, what the bot answered or would answer."""
    notes = [message.text for message in ticket.messages if message.who == "note"]
    mailed = ticket.channel == "mail"  # elsewhere the bot's words are part of the conversation
    answered = [message.text for message in ticket.messages if mailed and message.who == "bot"]
    said = [message for message in ticket.messages if message.who == "asker" or (message.who == "bot" and not mailed)]
    names = {"asker": "Vrager", "bot": "Bot"}
    shown = [message.text if mailed else f"{names[message.who]}: {message.text}" for message in said]
    lines = [*ticket.summary, *notes, texts.LINE, *([ticket.subject] if ticket.subject else []), *shown, texts.LINE]
    if answered:
        lines += [texts.DESK_ANSWERED, *answered]
    elif ticket.suggestion:
        lines += [texts.DESK_SUGGESTION, ticket.suggestion]
    return lines
