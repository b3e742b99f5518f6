"""The hand-over to a person: what the dialogue asks for (`custom.handover`) becomes a ticket, and what it may promise.

A ticket is opened by conversation and message id before the reply stands in the log. A process that is killed in
between leaves the message waiting; asked again it gets the same marks, finds its own ticket and promises the same.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool

from bot.errors import InvalidValue, NotReady
from bot.helpdesk import BUSY, DONE, NEW, WAITS, Helpdesk, called, is_erased
from bot.hiding import hide_people, hide_personal
from bot.interview.commands import command_of
from bot.interview.handover import DISTRESS, masked_address, summary, wishes
from bot.masking import emails, mask
from bot.model import Entry, Floor, Knowledge, Message, Ticket, TicketMessage, Triage, Waiting
from bot.ports import Clock, ConversationStore, DeliveryStore, DossierStore
from bot.rules.officehours import say_hours, say_when
from bot.rules.safety import danger
from bot.rules.triage import LOW, NORMAL, PERSON
from bot.web.triage import Triager

log = logging.getLogger(__name__)

Reply = dict[str, Any]
REST, WIDGET = "rest", "widget"
MOST_TOLD = 60  # entries of a conversation that go along
MOST_JUDGED = 6  # of the asker's own messages that the triage reads
FEWEST_WORDS = 4  # of a message that may be the question itself
LONGEST_SUBJECT = 80


class Desk:
    """Where the web process meets the helpdesk on behalf of an asker; one object for all channels."""

    def __init__(
        self,
        helpdesk: Helpdesk,
        triager: Triager,
        dossiers: DossierStore,
        knowledge: Knowledge,
        now: Clock,
        *,
        contact_days: int,
        conversations: ConversationStore,
        deliveries: DeliveryStore | None = None,
    ) -> None:
        """`contact_days` is how long an address is kept after closing, for the consent line."""
        self._helpdesk, self._triager, self._dossiers = helpdesk, triager, dossiers
        self._knowledge, self._now, self._days = knowledge, now, contact_days
        self._conversations, self._deliveries = conversations, deliveries

    @property
    def opening(self) -> str:
        """What is said first when a person is asked for."""
        return self._say("opened")

    # --- what the dialogue asks for

    async def settle(self, message: Waiting, replies: Sequence[Reply]) -> list[Reply]:
        """Do what the replies' marks ask for and return the replies as the asker gets them; raises StoreError."""
        settled: list[Reply] = []
        for reply in replies:
            mark = (reply.get("custom") or {}).get("handover")
            settled += [reply] if not mark else await self._marked(message, reply, mark)
        return settled

    async def _marked(self, message: Waiting, reply: Reply, mark: Mapping[str, Any]) -> list[Reply]:
        standing = await run_in_threadpool(self._open_ticket, message.conversation)
        if "open" in mark:
            return [await self._opened(message, reply, str(mark["open"]), standing)]
        if mark.get("ask") == "contact":
            known = standing and standing.contact
            return [] if known else [_with(reply, self._address_question(message), "address")]
        if "contact" in mark:
            return [await run_in_threadpool(self._contact, message, reply, standing)]
        if mark.get("no") == "contact":
            rest = self._channel(message.conversation) == REST
            return [_with(reply, self._say("no_mail_rest") if rest else reply["text"], "no_address")]
        if "consent" in mark:
            return [_with(reply, self._say("consent_again", consent=self._consent()), "address")]
        if "withdraw" in mark:
            return [await run_in_threadpool(self._withdrawn, reply, standing)]
        if "standing" in mark:
            text = await run_in_threadpool(self._told_again, message, standing) if standing else self._say("no_ticket")
            return [_with(reply, text, "standing" if standing else "none")]
        if "maybe" in mark:
            return await self._perhaps_offered(message, reply, standing)
        return self._offered(reply, mark, standing)

    async def _opened(self, message: Waiting, reply: Reply, why: str, standing: Ticket | None) -> Reply:
        key = f"{message.conversation}:{message.id or uuid.uuid4().hex}"
        mine = await run_in_threadpool(self._helpdesk.find, key)
        if standing and (mine is None or mine.number != standing.number):
            return _with(reply, await run_in_threadpool(self._told_again, message, standing), "standing")
        ticket = mine or await self._make(message, key, why)
        return _with(reply, f"{reply['text']}\n\n{self._promise(ticket)}", "opened")

    async def _make(self, message: Waiting, key: str, why: str) -> Ticket:
        """Open a ticket with all that an employee needs; it is opened whatever the triage can say."""
        entries = await run_in_threadpool(self._entries, message.conversation)
        channel = await run_in_threadpool(self._channel, message.conversation)
        own = _own_words(entries, message)
        triage = await self._judged(channel, own)
        ticket = Ticket(
            key,
            channel,
            triage.category if triage else "overig",
            triage.urgency if triage and triage.urgency != LOW else NORMAL,  # who asks for a person wants an answer
            why=why,
            flags=_needs_a_person(triage.flags if triage else ()),
            reasons=triage.reasons if triage else (),
            conversation=message.conversation,
            subject=own[-1].replace("\n", " ")[:LONGEST_SUBJECT],
            messages=_told(entries, message, self._now()),
            summary=await run_in_threadpool(self._summary, message.conversation),
            suggestion=triage.answer.text if triage and triage.answer else "",
            suggestion_sources=triage.answer.sources if triage and triage.answer else (),
        )
        opened = await run_in_threadpool(self._helpdesk.open, ticket)
        log.info("ticket %d opened: %s, %s, %s", opened.number, channel, why, opened.urgency)
        return opened

    async def _judged(self, channel: str, own: Sequence[str]) -> Triage | None:
        try:
            return await self._triager.judge("teams" if channel == "teams" else "chat", "\n".join(own))
        except NotReady:
            log.warning("a ticket without triage")
            return None

    def _told_again(self, message: Waiting, ticket: Ticket) -> str:
        """Add the request to the ticket that is there, and say how that stands."""
        if message.id:
            self._helpdesk.asker_said(ticket.number, message.id, _kept(message.text))
        return self._standing(ticket)

    def _contact(self, message: Waiting, reply: Reply, ticket: Ticket | None) -> Reply:
        """Put the address in the ticket, and nowhere else."""
        if ticket is None:
            return _with(reply, self._say("no_ticket"), "none")
        found, kept = emails(message.raw), ticket.contact
        try:
            if len(found) == 1:
                kept = self._helpdesk.give_contact(ticket.number, found[0], self._consent()).contact
        except InvalidValue:
            return _with(reply, self._say("no_address"), "address")
        if kept is None:  # a crash took what was typed
            return _with(reply, self._say("address_lost"), "address")
        address = masked_address(kept.email)
        rest = self._channel(message.conversation) == REST
        noted = self._say("address_noted_rest" if rest else "address_noted", address=address)
        return _with(reply, noted, "address_noted", contact=True)

    def _withdrawn(self, reply: Reply, ticket: Ticket | None) -> Reply:
        if ticket is None:
            return _with(reply, self._say("no_ticket"), "none")
        if ticket.state != NEW:
            return _with(reply, self._say("withdraw_late"), "standing")
        self._helpdesk.close(ticket.number, "")
        return _with(reply, reply["text"], "withdrawn")

    async def _perhaps_offered(self, message: Waiting, reply: Reply, standing: Ticket | None) -> list[Reply]:
        """Offer a person where no source answers and the triage says that somebody must; else leave the reply."""
        plain = _with(reply, reply["text"], "")
        if standing:
            return [plain]
        triage = await self._judged(await run_in_threadpool(self._channel, message.conversation), [message.text])
        if triage is None or PERSON not in triage.flags:
            return [plain]
        return [_with(reply, f"{reply['text']}\n\n{self._say('needed')} {self._say('how')}", "offered")]

    def _offered(self, reply: Reply, mark: Mapping[str, Any], standing: Ticket | None) -> list[Reply]:
        if standing is None:
            return [_with(reply, reply["text"], "offered")]
        if not mark.get("always"):
            return []
        kind = f"{self._say('distress')} " if mark["offer"] == DISTRESS else ""
        return [_with({**reply, "buttons": []}, f"{kind}{self._standing(standing)}", "standing")]

    # --- while a person has the floor, and before

    def heard(self, message: Waiting) -> tuple[Entry, ...] | None:
        """Give a message to the ticket of the person who has the floor; raises StoreError.

        Returns what the system itself must say all the same (where to call when life is in danger); None when nobody
        has the floor, so that the assistant answers.
        """
        floor = self._conversations.floor(message.conversation)
        if not floor.holder:
            return None
        said = message.raw or message.text
        wipe = command_of(message.text, "", 0.0)
        if wipe and wipe.name == "wissen":
            self._dossiers.delete(message.conversation)
            self._helpdesk.forget(message.conversation)
            return (Entry("notice", self._say("wiped"), extra={"clears": True, "floor": "bot"}),)
        ticket = self._helpdesk.holder(message.conversation)
        if ticket is None:  # handed back, or erased, and nobody said so here
            self.give_floor(message.conversation, Floor("", floor.ticket, floor.version + 1))
            return None
        self._helpdesk.asker_said(ticket.number, message.id, _kept(message.text))
        if not danger(said):
            return ()
        self._helpdesk.in_danger(ticket.number)
        return (Entry("notice", self._knowledge.texts["safety"], extra={"custom": {"kind": "safety"}}),)

    def told(self, message: Waiting) -> None:
        """Add a message to a ticket that waits for somebody, though the assistant answers it; raises StoreError."""
        ticket = self._open_ticket(message.conversation)
        if ticket is None or ticket.held or ticket.state == WAITS:
            return
        self._helpdesk.asker_said(ticket.number, message.id, _kept(message.text))
        if danger(message.raw or message.text):
            self._helpdesk.in_danger(ticket.number)

    def replied(self, message: Waiting, replies: Sequence[Entry]) -> None:
        """Add what the assistant answered to that ticket; raises StoreError."""
        ticket = self._open_ticket(message.conversation)
        if ticket is None or ticket.state == WAITS:
            return
        for number, reply in enumerate(replies):
            if reply.text:
                self._helpdesk.bot_said(ticket.number, f"{message.id}.{number}", hide_personal(reply.text))

    def give_floor(self, conversation: str, floor: Floor) -> bool:
        """Give the floor to somebody and say so in the conversation; raises StoreError."""
        text = self._say("joined", name=called(floor.holder)) if floor.holder else self._say("left")
        speaks = {"floor": "person", "name": called(floor.holder)} if floor.holder else {"floor": "bot"}
        return self._conversations.give_floor(conversation, floor, Entry("notice", text, extra=speaks))

    # --- how

    def _open_ticket(self, conversation: str) -> Ticket | None:
        ticket = self._helpdesk.of_conversation(conversation)
        return ticket if ticket and ticket.state != DONE and not is_erased(ticket) else None

    def _channel(self, conversation: str) -> str:
        if "~" not in conversation:
            return REST
        place = self._deliveries.find(conversation) if self._deliveries else None
        return place.channel if place else WIDGET

    def _entries(self, conversation: str) -> list[Entry]:
        """Return the last entries of a conversation's log; a sender of the REST webhook has none."""
        if "~" not in conversation:
            return []
        head = self._conversations.heads([conversation]).get(conversation, 0)
        return list(self._conversations.after(conversation, max(0, head - MOST_TOLD)))

    def _summary(self, conversation: str) -> tuple[str, ...]:
        dossier = self._dossiers.load(conversation)
        return summary(dossier, self._knowledge) if dossier else ()

    def _promise(self, ticket: Ticket) -> str:
        """Say until when the answer may take, and where it comes."""
        now, words = self._now(), {"number": ticket.number}
        if ticket.due is None:
            when = self._say("when_none", **words)
        elif self._helpdesk.hours.open_now(now):
            when = self._say("when_open", when=say_when(ticket.due, now), **words)
        else:
            hours = say_hours(self._helpdesk.hours)
            when = self._say("when_closed", when=say_when(ticket.due, now), hours=hours, **words)
        return f"{when} {self._say('rest_only_mail' if ticket.channel == REST else 'meanwhile')}"

    def _standing(self, ticket: Ticket) -> str:
        now, until = self._now(), ""
        if ticket.due is not None:
            late = ticket.due < now
            until = self._say("standing_late") if late else self._say("standing_until", when=say_when(ticket.due, now))
        if ticket.state == WAITS:
            text = self._say("standing_answered", number=ticket.number)
        elif ticket.state == BUSY and ticket.assignee:
            text = self._say("standing_busy", number=ticket.number, name=called(ticket.assignee), when=until)
        else:
            text = self._say("standing_new", number=ticket.number, when=until)
        if ticket.contact:
            text = f"{text} {self._say('standing_mail', address=masked_address(ticket.contact.email))}"
        return text.strip()

    def _address_question(self, message: Waiting) -> str:
        rest = self._channel(message.conversation) == REST
        return self._say("address_question_rest" if rest else "address_question", consent=self._consent())

    def _consent(self) -> str:
        return self._say("consent", days=self._days)

    def _say(self, text_id: str, /, **words: object) -> str:
        return self._knowledge.texts[f"person_{text_id}"].format(**words)


def _with(reply: Reply, text: str, state: str, **custom: Any) -> Reply:
    """Return a reply with this text; for programs it says how it stands with a person, without our own marks."""
    kept = {name: value for name, value in (reply.get("custom") or {}).items() if name != "handover"}
    told = {"handover": {"state": state, **custom}} if state else {}
    return {**reply, "text": text, "custom": {**kept, **told}}


def _kept(text: str) -> str:
    return hide_people(mask(text).text)


def _own_words(entries: Sequence[Entry], message: Waiting) -> list[str]:
    """Return what the asker said that may hold the question: no bare wish for a person, no yes or no."""
    last = message.raw or message.text
    said = [each.text for each in entries if each.who == "user" and each.text and each.id != message.id]
    telling = [
        text
        for text in (*said[-MOST_JUDGED:], last)
        if len(text.split()) >= FEWEST_WORDS and not wishes(Message("", text))
    ]
    return telling or [last]


def _needs_a_person(flags: Sequence[str]) -> tuple[str, ...]:
    """Return the flags of a ticket: somebody asked for a person, whatever the sources could answer."""
    return tuple(flags) if PERSON in flags else (*flags, PERSON)


def _told(entries: Sequence[Entry], message: Waiting, now: datetime) -> tuple[TicketMessage, ...]:
    """Return a conversation as its ticket shows it; without a log it is the one message."""
    told = []
    for each in entries:
        if each.who == "user" and each.text and each.id:
            told.append(TicketMessage(each.id, "asker", each.text, each.at or now))
        elif each.who == "bot" and each.text:
            told.append(TicketMessage(f"log.{each.seq}", "bot", hide_personal(each.text), each.at or now))
        elif each.who == "person" and each.text:
            name = str(each.extra.get("name") or "")
            told.append(TicketMessage(f"log.{each.seq}", "person", each.text, each.at or now, name))
    if all(each.id != message.id for each in told) or not message.id:
        told.append(TicketMessage(message.id or "bericht", "asker", _kept(message.text), now))
    return tuple(told)
