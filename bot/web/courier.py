"""Brings an employee's answer to where it was asked: the conversation's log (the widget, Slack and Teams read that).

It is brought before the employee hears that it was sent (`witness`), and again from the audit trail (`handle`), so that
a kill in between loses nothing; the log takes each answer once. It goes by mail too when the asker left an address and
is gone: no tab waits and nothing was asked for AWAY. Over REST, which has no log, mail is the only way.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta

from starlette.concurrency import run_in_threadpool

from bot.errors import MailRefused, StoreError
from bot.helpdesk import Helpdesk, called
from bot.mail import texts as mail_texts
from bot.model import Entry, Floor, Knowledge, Ticket, TicketEvent, TicketMessage
from bot.ports import Clock, ConversationStore, Mailer
from bot.web.feed import Feed
from bot.web.handover import Desk

log = logging.getLogger(__name__)

NAME = "courier"
AWAY = timedelta(minutes=2)
OUTSIDE = ("mail",)  # channels with a way of their own
_FLOOR = ("opgepakt", "toegewezen", "teruggegeven", "opgelost", "heropend", "antwoord")


class Courier:
    """A follower of the audit trail, and a witness of what employees do in this process."""

    def __init__(
        self,
        helpdesk: Helpdesk,
        desk: Desk,
        store: ConversationStore,
        feed: Feed,
        knowledge: Knowledge,
        now: Clock,
        mailer: Mailer | None = None,
        mail_id: Callable[[int, str], str] = lambda ticket, what: f"ips.{ticket}.{what}@ips-wijzer.invalid",
    ) -> None:
        """Without a `mailer` a note asks the employees to mail; `mail_id` makes a Message-ID of a ticket and a mark."""
        self._helpdesk, self._desk, self._store, self._feed = helpdesk, desk, store, feed
        self._knowledge, self._now, self._mailer, self._mail_id = knowledge, now, mailer, mail_id

    def witness(self, before: Ticket, after: Ticket) -> None:
        """Do at once, in the employee's own thread, what their change means; the trail does it over when we fail."""
        if not _has_log(after):
            return
        known = {each.id for each in before.messages if each.who == "person"}
        answers = [each for each in after.messages if each.who == "person" and each.id not in known]
        if not answers and (before.held, before.assignee) == (after.held, after.assignee):
            return
        try:
            self._bring(after, answers)
        except StoreError as problem:
            if after.held:  # the bot would speak on: the employee must know that this did not work
                raise
            log.warning("what happened to ticket %d must wait: %s", after.number, problem)

    async def handle(self, event: TicketEvent, ticket: Ticket | None) -> None:
        """Do what an event means, unless that was done; raises StoreError or MailError to be asked again."""
        if ticket is None or event.what not in _FLOOR or ticket.channel in OUTSIDE:
            return
        named = event.detail.get("message", "") if event.what == "antwoord" else ""
        answers = [each for each in ticket.messages if each.who == "person" and each.id == named]
        there = await run_in_threadpool(self._bring, ticket, answers) if _has_log(ticket) else False
        for answer in answers:
            if not there or await run_in_threadpool(self._is_away, ticket):
                await run_in_threadpool(self._mail, ticket, answer)

    def _bring(self, ticket: Ticket, answers: list[TicketMessage]) -> bool:
        """Set the floor as the ticket has it and write the answers; tell whether there is such a conversation.

        Who comes is announced before the first answer, who goes after the last.
        """
        floor = Floor(ticket.assignee if ticket.held else "", ticket.number, ticket.version)
        if floor.holder:
            self._desk.give_floor(ticket.conversation, floor)
        there = True
        for answer in answers:
            entry = Entry("person", answer.text, extra={"name": called(answer.by)})
            there = (
                self._store.append(ticket.conversation, entry, f"ticket:{ticket.number}:{answer.id}"[:64]) is not None
            )
        if not floor.holder:
            self._desk.give_floor(ticket.conversation, floor)
        self._feed.tell(ticket.conversation)
        return there

    def _is_away(self, ticket: Ticket) -> bool:
        """Tell whether the asker is gone: no tab waits here, and nothing was asked lately."""
        if ticket.contact is None or self._feed.is_listening(ticket.conversation):
            return False
        said = [each.at for each in ticket.messages if each.who == "asker"]
        return not said or self._now() - max(said) >= AWAY

    def _mail(self, ticket: Ticket, answer: TicketMessage) -> None:
        """Mail an answer to the address that the asker left; raises MailError.

        A kill may send it twice: then under the same Message-ID, by which a mail program knows it.
        """
        if ticket.contact is None:
            return
        if self._mailer is None:
            text = self._knowledge.texts["person_mail_by_hand"]
            self._helpdesk.note(ticket.number, "", text, f"{answer.id}.mail")
            return
        mark = hashlib.sha256(answer.id.encode()).hexdigest()[:16]
        words = {"number": ticket.number, "name": called(answer.by), "answer": answer.text}
        subject = self._knowledge.texts["person_mail_subject"].format(**words)
        text = self._knowledge.texts["person_mail_text"].format(**words)
        message_id = self._mail_id(ticket.number, f"antwoord-{mark}")
        try:
            self._mailer.send(ticket.contact.email, subject, text, message_id=message_id)
        except MailRefused:
            self._helpdesk.note(ticket.number, "", mail_texts.REFUSED, f"{answer.id}.mail")
            return
        log.info("an answer of ticket %d went by mail", ticket.number)


def _has_log(ticket: Ticket) -> bool:
    return "~" in ticket.conversation and not ticket.conversation.startswith("rest~")
