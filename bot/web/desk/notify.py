"""Tells the chosen place at once of a ticket that can't wait, and a second place when nobody takes it in time.

A message has the number, the urgency and a link, nothing of the asker. It is told once: that it was is kept with the
ticket. Whoever is killed in between looks in Slack whether it stands there; a mail and a call to an address have the
same id again; in Teams it may come twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from starlette.concurrency import run_in_threadpool

from bot.channels.staff import slack_names, slack_said, teams_said
from bot.channels.teams import Reference
from bot.errors import IpsWijzerError, MailError, UnknownTicket
from bot.helpdesk import Helpdesk, is_erased
from bot.model import Ticket, TicketEvent
from bot.ports import Clock, Mailer
from bot.web.deliveries import TryLater, Undeliverable
from bot.web.desk import texts
from bot.web.desk.outgoing import Outgoing
from bot.web.desk.words import inbox_link
from bot.web.holding import Holding
from bot.web.slack_api import SlackApi
from bot.web.teams_connector import Connector

log = logging.getLogger(__name__)

FIRST, HIGHER = "notify", "notify_higher"  # that, and when, a place was told
TRY = "_try"
PRESSING = ("direct", "hoog")
FREE = ("nieuw", "in_behandeling")
LOOK_SECONDS = 10.0
MEND_SECONDS = 60.0


class Place(Protocol):
    """Somewhere to tell."""

    async def tell(self, number: int, key: str, subject: str, text: str, tried: datetime | None) -> None:
        """Say it, once by its key; `tried` is when that was perhaps done already. Raises TryLater, Undeliverable."""


class Notify:
    """The follower, and the watch over what nobody takes."""

    name = "notify"

    def __init__(
        self,
        helpdesk: Helpdesk,
        first: Place | None,
        higher: Place | None,
        minutes: Mapping[str, int],
        base: str,
        now: Clock,
        holding: Holding | None = None,
    ) -> None:
        """`minutes` says per urgency how long a ticket may be nobody's; `base` is our public address.

        `holding` keeps other processes from telling the same.
        """
        self._desk, self._first, self._higher, self._minutes = helpdesk, first, higher, minutes
        self._base, self._now, self._holding = base, now, holding or Holding()
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._watch = asyncio.get_running_loop().create_task(self._look_out())

    async def close(self) -> None:
        """Stop."""
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    async def handle(self, event: TicketEvent, ticket: Ticket | None) -> None:
        """Tell of a ticket that can't wait; raises TryLater, StoreError. The same event twice does no harm."""
        tells = event.what in ("geopend", "triage_gewijzigd", "heropend")
        if tells and self._first and ticket is not None and _presses(ticket):
            await self._tell(ticket, FIRST, self._first, texts.NOTIFY)

    async def look(self) -> None:
        """Tell higher up of what nobody took in time; raises StoreError."""
        if self._higher is None:
            return
        late = {ticket.number for ticket in await run_in_threadpool(self._desk.overdue)}
        for ticket in await run_in_threadpool(self._desk.list, FREE):
            if _presses(ticket) and not ticket.assignee and (ticket.number in late or self._waits_too_long(ticket)):
                try:
                    await self._tell(ticket, HIGHER, self._higher, texts.NOTIFY_HIGHER)
                except (TryLater, UnknownTicket) as problem:
                    log.warning("ticket %d could not be told higher up: %s", ticket.number, problem)

    def _waits_too_long(self, ticket: Ticket) -> bool:
        told = ticket.outside.get(FIRST, "").partition("@")[2]
        since = datetime.fromisoformat(told) if told else ticket.created_at
        minutes = self._minutes.get(ticket.urgency)
        return minutes is not None and since is not None and self._now() - since >= timedelta(minutes=minutes)

    async def _tell(self, ticket: Ticket, what: str, place: Place, text: str) -> None:
        """Tell a place, once; raises TryLater, StoreError."""
        if what in ticket.outside:
            return
        tried = ticket.outside.get(what + TRY, "").partition("@")[2]
        await self._link(ticket, what + TRY)
        waits = self._now() - (ticket.created_at or self._now())
        said = text.format(
            number=ticket.number,
            urgency=ticket.urgency,
            link=inbox_link(self._base, ticket.number),
            minutes=int(waits.total_seconds() // 60),
        )
        subject = texts.NOTIFY_SUBJECT.format(number=ticket.number, urgency=ticket.urgency)
        key = hashlib.sha256(f"{what} {ticket.key}".encode()).hexdigest()[:32]
        try:
            await place.tell(ticket.number, key, subject, said, datetime.fromisoformat(tried) if tried else None)
        except Undeliverable as problem:
            log.error("nobody could be told of ticket %d: %s", ticket.number, problem)
            raise TryLater(str(problem), MEND_SECONDS) from None
        await self._link(ticket, what)

    async def _link(self, ticket: Ticket, what: str) -> None:
        name = f"{ticket.number}@{self._now().isoformat()}"
        await run_in_threadpool(self._desk.link, ticket.number, what, name)

    async def _look_out(self) -> None:
        while True:
            try:
                async with self._holding.hold("watching tickets") as held:  # one process watches
                    if held:
                        await self.look()
            except IpsWijzerError as problem:
                log.warning("the watch must wait: %s", problem)
            except Exception as problem:  # the next look may go better
                log.error("the watch broke: %s", type(problem).__name__)
            await asyncio.sleep(LOOK_SECONDS)


def _presses(ticket: Ticket) -> bool:
    return ticket.urgency in PRESSING and ticket.state in FREE and not is_erased(ticket)


class SlackPlace:
    """A channel in Slack."""

    def __init__(self, api: SlackApi, channel: str) -> None:
        self._api, self._channel = api, channel

    async def tell(self, number: int, key: str, subject: str, text: str, tried: datetime | None) -> None:
        """Post it, unless it stands there; raises TryLater, Undeliverable."""
        (message,) = slack_said(text, key)
        if tried and await self._stands(slack_names(message), tried):
            return
        await self._api.call("chat.postMessage", {"channel": self._channel, "unfurl_links": False, **message})

    async def _stands(self, names: tuple[str, ...], tried: datetime) -> bool:
        oldest = f"{tried.timestamp() - 60:.6f}"
        found = await self._api.ask(
            "conversations.history", {"channel": self._channel, "oldest": oldest, "limit": "200"}
        )
        messages = found.get("messages")
        return any(isinstance(m, dict) and set(names) & set(slack_names(m)) for m in messages or ())


class TeamsPlace:
    """A channel in Teams."""

    def __init__(self, connector: Connector, channel: Reference) -> None:
        self._connector, self._channel = connector, channel

    async def tell(self, number: int, key: str, subject: str, text: str, tried: datetime | None) -> None:
        """Post it; raises TryLater, Undeliverable."""
        ((_, message),) = teams_said(text, key)
        await self._connector.begin(self._channel, message)


class MailPlace:
    """A mailbox."""

    def __init__(self, mailer: Mailer, to: str, domain: str) -> None:
        self._mailer, self._to, self._domain = mailer, to, domain

    async def tell(self, number: int, key: str, subject: str, text: str, tried: datetime | None) -> None:
        """Mail it, with the same Message-ID each time; raises TryLater."""
        message_id = f"<melding-{key}@{self._domain}>"
        try:
            await run_in_threadpool(lambda: self._mailer.send(self._to, subject, text, message_id=message_id))
        except MailError as problem:
            raise TryLater(type(problem).__name__) from None


class HookPlace:
    """An address that takes JSON: {"text", "subject", "number", "id"}; "text" is what chat services show."""

    def __init__(self, outgoing: Outgoing, url: str) -> None:
        self._outgoing, self._url = outgoing, url

    async def tell(self, number: int, key: str, subject: str, text: str, tried: datetime | None) -> None:
        """Post it, with the same id each time; raises TryLater, Undeliverable."""
        await self._outgoing.post(self._url, {"text": text, "subject": subject, "number": number, "id": key}, key)
