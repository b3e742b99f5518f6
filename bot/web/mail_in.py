"""What becomes of a mail: a ticket, a message in one, an employee's answer, or nothing because it was here before.

Everything is done once by the mail's own mark, and noted as taken in only at the end. So a mail that comes again after
a stop in between gives the same ticket.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.concurrency import run_in_threadpool

from bot.errors import InvalidValue, NotReady, StaleTicket, Taken, UnknownTicket
from bot.helpdesk import Helpdesk, is_erased
from bot.hiding import hide_personal
from bot.mail import texts
from bot.mail.genuine import is_genuine
from bot.mail.incoming import AUTOMATIC, BOUNCE, LIST, PERSON, Incoming
from bot.mail.reading import read
from bot.mail.signing import Signer, without_tokens
from bot.model import Contact, MailThread, RawMail, Ticket, TicketMessage, Triage
from bot.ports import Clock, MailLog
from bot.rules import triage as rules
from bot.rules.mailtext import letter_of, reply_in
from bot.web.triage import MOST_TEXT, Triager

log = logging.getLogger(__name__)

ASKER, STAFF = "asker", "staff"
BY = "mail"  # who writes the notes that tell what a mail did
SAME_TEXT = timedelta(days=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_TICKETS, MOST_MAILS = 20, 100  # of one sender in an hour: then its mails go to one ticket, then to none
MOST_ALARMS, MOST_ANSWERS = 3, 5  # mails of our own accord to one sender in a day
UNREADABLE = ("versleuteld", "ondertekend_dicht", "kapot", "leeg")
INCOMPLETE = (*UNREADABLE, "afgekapt", "winmail", "te_veel_delen", "ingekort", "agenda")
UNJUDGED = Triage("overig", 0.0, rules.NORMAL, (rules.PERSON,), None, "")  # for a person, who judges it
COMMANDS = ("#notitie", "#teruggeven", "#opgelost")


@dataclass(frozen=True)
class Ways:
    """How the operator wants mail handled.

    `address` is the helpdesk's own, `desk` where employees read about tickets; `staff` are addresses and "@domains"
    whose people may answer by mail; `server` is the name under which our mail server writes whom it believes;
    `answer_from` is how sure an answer must be to be sent without a person, None for never.
    """

    address: str
    desk: str = ""
    staff: tuple[str, ...] = ()
    server: str = ""
    answer_from: float | None = None


class MailIntake:
    """Takes mails in, one at a time."""

    def __init__(
        self,
        helpdesk: Helpdesk,
        triager: Triager,
        mails: MailLog,
        signer: Signer,
        alarm: str,
        ways: Ways,
        now: Clock,
        tell: Callable[[str, int, str, str], None],
        send_alarm: Callable[[int], None],
    ) -> None:
        """`alarm` is what somebody in danger is told.

        `tell(to, ticket, text, in_reply_to)` mails an employee why their answer was not passed on; `send_alarm(ticket)`
        mails an alarm before anything else that waits.
        """
        self._helpdesk, self._triager, self._mails, self._signer = helpdesk, triager, mails, signer
        self._alarm, self._ways, self._now, self._tell = alarm, ways, now, tell
        self._send_alarm = send_alarm

    async def take(self, raw: RawMail, waited: bool = False) -> bool:
        """Take a mail in; tell whether it may be marked as done with. Raises NotReady, StoreError: then try again.

        `waited`: it waited long enough for the triage, and becomes a ticket without.
        """
        mail = await run_in_threadpool(read, raw.raw, raw.whole)
        key = f"{mail.sender}|{mail.message_id or mail.digest}"
        if (known := await run_in_threadpool(self._mails.taken, key)) is not None:
            return known > 0
        if self._signer.ticket_of(mail.message_id):  # our own mail, sent round
            await run_in_threadpool(self._note_taken, mail, key, 0)
            return False
        sent = await run_in_threadpool(self._mails.count, mail.sender, self._now() - HOUR)
        if sent >= MOST_MAILS:
            number = await run_in_threadpool(self._too_many, mail)
            await run_in_threadpool(self._note_taken, mail, key, number)
            return False
        number = await self._place(mail, key, sent >= MOST_TICKETS, waited)
        await run_in_threadpool(self._note_taken, mail, key, number)
        log.info("a mail was taken in for ticket %d", number)
        return True

    async def _place(self, mail: Incoming, key: str, many: bool, waited: bool) -> int:
        """Put a mail where it belongs and return its ticket."""
        thread = await run_in_threadpool(self._thread, mail)
        kind = mail.nature.kind
        if thread and kind == BOUNCE:
            return await run_in_threadpool(self._bounced, mail, thread)
        is_theirs = thread is not None and thread.address == self._signer.fingerprint(mail.sender)
        if thread and kind == AUTOMATIC and (is_theirs or thread.side == STAFF):
            return await run_in_threadpool(self._answered_by_program, mail, thread)
        genuine = is_genuine(mail.authentication, self._ways.server, mail.sender)
        if thread and thread.side == STAFF:
            if reason := self._not_allowed(mail, thread, genuine):
                note = texts.NOT_ALLOWED.format(ticket=thread.ticket, reason=texts.REASONS[reason])
                return await self._new(mail, key, (note,), waited)
            return await run_in_threadpool(self._staff_said, mail, thread)
        if thread and is_theirs and genuine is not False:
            return await self._asker_said(mail, key, thread)
        if thread:
            why = texts.NOT_GENUINE if is_theirs else texts.STRANGER
            return await self._new(mail, key, (why.format(ticket=thread.ticket),), waited)
        if mail.nature.kind != BOUNCE and (number := await run_in_threadpool(self._same_as, mail)):
            return number
        if many and (number := await run_in_threadpool(self._last, mail)):
            return await run_in_threadpool(self._joined, mail, number)
        return await self._new(mail, key, (), waited)

    # --- threads

    def _thread(self, mail: Incoming) -> MailThread | None:
        """Return the thread that a mail answers, of a ticket that still is there with what it told."""
        named = (*(mail.bounce.message_ids if mail.bounce else ()), *mail.answers)
        for message_id in named[:50]:
            thread = self._mails.thread(message_id) or self._courier_thread(message_id)
            if thread and self._ticket(thread.ticket):
                return thread
        return None

    def _courier_thread(self, message_id: str) -> MailThread | None:
        """Return the thread of an answer that went by mail to somebody who had asked elsewhere."""
        ours = self._signer.ticket_of(message_id)
        ticket = self._ticket(ours[0]) if ours and not ours[1].startswith("desk") else None
        if ticket is None or ticket.contact is None:
            return None
        whose = self._signer.fingerprint(ticket.contact.email.lower())
        return MailThread(message_id, ticket.number, ASKER, whose, self._now())

    def _ticket(self, number: int) -> Ticket | None:
        try:
            ticket = self._helpdesk.load(number)
        except UnknownTicket:
            return None
        return None if is_erased(ticket) else ticket

    def _bounced(self, mail: Incoming, thread: MailThread) -> int:
        status = f" (code {mail.bounce.status})" if mail.bounce and mail.bounce.status else ""
        asker = thread.side == ASKER
        delayed = bool(mail.bounce and mail.bounce.delayed)
        text = (texts.DELAYED if delayed else texts.BOUNCED) if asker else texts.STAFF_BOUNCED
        self._note(
            thread.ticket, text.format(status=status), ("onbestelbaar-" if asker else "mail-") + mail.digest[:40]
        )
        return thread.ticket

    def _answered_by_program(self, mail: Incoming, thread: MailThread) -> int:
        text = texts.AUTO_REPLY.format(text=hide_personal(reply_in(mail.text))[:2000] or texts.NO_TEXT)
        self._note(thread.ticket, text, "mail-" + mail.digest[:40])
        return thread.ticket

    # --- the asker

    async def _asker_said(self, mail: Incoming, key: str, thread: MailThread) -> int:
        """Add an answer of the asker; one that speaks of danger to life gets a ticket of its own, to be seen."""
        said = letter_of(_part(mail), mail.subject)
        if rules.in_danger(said):
            number = await self._new(mail, key, (texts.BELONGS_TO.format(ticket=thread.ticket),))
            note = texts.DANGER_IN_REPLY.format(ticket=number)
            await run_in_threadpool(self._note, thread.ticket, note, "mail-" + mail.digest[:40])
            return number
        return await run_in_threadpool(self._joined, mail, thread.ticket)

    def _joined(self, mail: Incoming, number: int) -> int:
        text = hide_personal(reply_in(mail.text)[:MOST_TEXT])
        beside = "\n".join(_remarks(mail))
        self._helpdesk.asker_said(
            number, "mail-" + mail.digest[:40], "\n\n".join(filter(None, (text or texts.NO_TEXT, beside)))
        )
        self._note_asker(mail, number)
        return number

    def _same_as(self, mail: Incoming) -> int:
        """Return the ticket of the same text by the same sender, a while ago; 0 when there is none."""
        if not mail.text.strip() or not mail.sender:
            return 0
        found = self._mails.same_text(mail.sender, self._said(mail), self._now() - SAME_TEXT)
        if not found or self._ticket(found) is None:
            return 0
        self._note_asker(mail, found)
        return found

    def _last(self, mail: Incoming) -> int:
        """Return the ticket of this sender's newest mail while it is there, else 0."""
        number = self._mails.last(mail.sender) or 0
        return number if number and self._ticket(number) else 0

    def _too_many(self, mail: Incoming) -> int:
        if number := self._last(mail):
            hour = self._now().strftime("%Y%m%d%H")
            self._note(number, texts.FLOOD, f"mail-veel-{hour}")
        log.warning("too many mails of one sender: they stay in the mailbox")
        return number

    # --- a new ticket

    async def _new(self, mail: Incoming, key: str, notes: tuple[str, ...], waited: bool = False) -> int:
        try:
            triage = await self._triager.judge("mail", _part(mail), mail.subject)
        except NotReady:
            if not waited:
                raise
            log.warning("a mail waited too long for the triage: it becomes a ticket without")
            triage, notes = UNJUDGED, (*notes, texts.UNJUDGED)
        made = self._made(mail, key, triage, notes)
        ticket = await run_in_threadpool(self._helpdesk.open, made)
        await run_in_threadpool(self._after_opening, mail, ticket.number, triage)
        return ticket.number

    def _made(self, mail: Incoming, key: str, triage: Triage, notes: Sequence[str]) -> Ticket:
        now, danger = self._now(), rules.CRISIS in triage.flags
        flags, urgency = triage.flags, triage.urgency
        if mail.nature.kind in (AUTOMATIC, BOUNCE) and not danger:
            urgency, flags = rules.LOW, tuple(flag for flag in flags if flag == rules.PERSONAL)
        elif set(mail.remarks) & set(UNREADABLE) and not danger:
            flags = (*(flag for flag in flags if flag == rules.PERSONAL), rules.PERSON)
            urgency = rules.NORMAL if urgency == rules.LOW else urgency
        text = hide_personal(_part(mail)) or texts.NO_TEXT
        beside = "\n".join((*notes, *_remarks(mail)))
        said = (TicketMessage("mail-" + mail.digest[:40], "asker", text, now),)
        noted = (TicketMessage("mail-bij", "note", beside, now, BY),) if beside else ()
        answer = triage.answer if flags == triage.flags else None
        wants = mail.nature.kind in (PERSON, LIST) and self._is_reachable(mail)
        return Ticket(
            key="mail:" + self._signer.fingerprint(key),
            channel="mail",
            category=triage.category,
            urgency=urgency,
            why="nood" if danger else "mail",
            flags=flags,
            reasons=triage.reasons,
            subject=hide_personal(mail.subject),
            messages=said + noted,
            suggestion=answer.text if answer else "",
            suggestion_sources=answer.sources if answer else (),
            contact=Contact(mail.answer_to, texts.CONSENT, now) if wants else None,
        )

    def _is_reachable(self, mail: Incoming) -> bool:
        """Tell whether a mail can be answered at all: not to a program, and not to ourselves."""
        ours = ("", self._ways.address, self._ways.desk)
        from_program = "afzender_is_programma" in mail.nature.signs and mail.answer_to == mail.sender
        return mail.answer_to not in ours and not from_program

    def _after_opening(self, mail: Incoming, number: int, triage: Triage) -> None:
        """Note whose thread it is, and answer where a program may."""
        self._note_asker(mail, number)
        if mail.nature.kind != PERSON or not self._is_reachable(mail):
            return
        if rules.CRISIS in triage.flags:
            if "lus" not in mail.nature.signs and self._may("nood", mail, number, MOST_ALARMS):
                self._helpdesk.bot_said(number, "nood", self._alarm)
                self._send_alarm(number)
        elif triage.answer and self._is_sure(mail, triage) and self._may("antwoord", mail, number, MOST_ANSWERS):
            answer = triage.answer
            self._helpdesk.bot_said(number, "bot", answer.text, answer.sources)
            self._helpdesk.close(number, "")

    def _is_sure(self, mail: Incoming, triage: Triage) -> bool:
        sure = self._ways.answer_from is not None and triage.category_confidence >= self._ways.answer_from
        plain = mail.nature.answerable and not mail.attachments and not set(mail.remarks) & set(INCOMPLETE)
        return sure and plain and rules.AUTOMATIC in triage.flags and rules.PERSONAL not in triage.flags

    def _may(self, what: str, mail: Incoming, number: int, most: int) -> bool:
        """Tell whether this address may get one more mail of our own accord today, and note that it does."""
        to, now = f"{what}>{mail.answer_to}", self._now()
        key = f"{to}|{number}"
        if self._mails.taken(key) is None:
            if self._mails.count(to, now - DAY) >= most:
                return False
            self._mails.take(key, number, to, "", now)
        return True

    # --- employees

    def _not_allowed(self, mail: Incoming, thread: MailThread, genuine: bool | None) -> str:
        """Return why this is not an employee's answer, "" when it is: address, token and our server's word."""
        domain = "@" + mail.sender.rpartition("@")[2]
        if not mail.sender or not {mail.sender, domain}.intersection(self._ways.staff):
            return "adres"
        if not self._signer.may_answer(thread.ticket, mail.subject, mail.text):
            return "kenmerk"
        if self._ways.server and genuine is not True:
            return "echtheid"
        return ""

    def _staff_said(self, mail: Incoming, thread: MailThread) -> int:
        """Pass an employee's answer on, and tell them when that can't be."""
        number, by = thread.ticket, mail.sender.partition("@")[0]  # the asker sees this name, and no address
        lines = without_tokens(reply_in(mail.text)).splitlines()
        commands = {line.strip().lower() for line in lines} & set(COMMANDS)
        text = "\n".join(line for line in lines if line.strip().lower() not in COMMANDS).strip()
        key = "mail-" + mail.digest[:40]
        try:
            self._do(number, by, text, key, commands, _version(self._signer, thread.message_id))
        except Taken as problem:
            at = problem.at.strftime("%d-%m-%Y %H:%M")
            self._tell(mail.sender, number, texts.TAKEN.format(ticket=number, by=problem.by, at=at), mail.message_id)
        except StaleTicket:
            self._tell(mail.sender, number, texts.STALE.format(ticket=number), mail.message_id)
        except UnknownTicket:
            self._tell(mail.sender, number, texts.ERASED.format(ticket=number), mail.message_id)
        except InvalidValue:
            self._tell(mail.sender, number, texts.EMPTY.format(ticket=number), mail.message_id)
        else:
            whose = self._signer.fingerprint(mail.sender)
            self._mails.note_thread(MailThread(mail.message_id or mail.digest, number, STAFF, whose, self._now()))
        return number

    def _do(self, number: int, by: str, text: str, key: str, commands: set[str], seen: int | None) -> None:
        if "#notitie" in commands:
            self._helpdesk.note(number, by, text, key)
        elif text or not commands:
            self._helpdesk.answer(number, by, text, key, seen)
        if "#opgelost" in commands:
            self._helpdesk.close(number, by)
        elif "#teruggeven" in commands:
            self._helpdesk.hand_back(number, by)

    # --- what is remembered

    def _note(self, number: int, text: str, key: str) -> None:
        try:
            self._helpdesk.note(number, BY, text, key)
        except InvalidValue:  # erased in between: there is nothing left to note it beside
            log.warning("ticket %d was erased: a note about a mail is dropped", number)

    def _note_asker(self, mail: Incoming, number: int) -> None:
        """Note a mail of the asker: an answer to it, or to our answer, belongs to this ticket."""
        if mail.sender and mail.message_id and mail.nature.kind in (PERSON, LIST):
            whose = self._signer.fingerprint(mail.sender)
            self._mails.note_thread(MailThread(mail.message_id, number, ASKER, whose, self._now()))

    def _note_taken(self, mail: Incoming, key: str, number: int) -> None:
        self._mails.take(key, number, mail.sender, self._said(mail), self._now())

    def _said(self, mail: Incoming) -> str:
        names = "|".join(attachment.name for attachment in mail.attachments)
        return self._signer.fingerprint(f"{mail.subject}|{' '.join(mail.text.split())}|{names}")


def _part(mail: Incoming) -> str:
    """Return the part of a mail that is judged: its beginning, or the first part that speaks of danger to life."""
    parts = [mail.text[start : start + MOST_TEXT] for start in range(0, len(mail.text), MOST_TEXT)] or [""]
    return next((part for part in parts[1:] if rules.in_danger(letter_of(part))), parts[0])


def _remarks(mail: Incoming) -> list[str]:
    """Return what employees must know about a mail, a line each."""
    lines = [texts.NATURES[mail.nature.kind]] if mail.nature.kind in texts.NATURES else []
    lines += [texts.REMARKS[code] for code in mail.remarks if code in texts.REMARKS]
    if mail.attachments:
        names = ", ".join(hide_personal(attachment.name.replace("_", " ")) for attachment in mail.attachments[:20])
        lines.append(texts.ATTACHMENTS.format(names=names))
    return lines


def _version(signer: Signer, message_id: str) -> int | None:
    """Return the ticket's version that a mail of ours to the employees showed."""
    ours = signer.ticket_of(message_id)
    last = ours[1].rpartition("-")[2] if ours else ""
    return int(last) if last.isdigit() else None
