"""The staff channel in Teams: a card for each ticket, what was said in its thread, and what employees write there.

Teams tells a bot only what names it, unless the app may read the whole channel; and it can't be asked what stands in a
thread. So the ids of what we posted are kept (in the store of deliveries, under a name that no conversation has). Who
is killed between posting and keeping may post once more.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool

from bot.channels.staff import Card, Spoken, read_teams, teams_card, teams_said
from bot.channels.teams import Reference
from bot.errors import StoreError
from bot.helpdesk import Helpdesk, is_erased
from bot.model import Ticket, TicketEvent
from bot.ports import DeliveryStore, TicketStore
from bot.web.deliveries import TryLater, Undeliverable
from bot.web.desk import texts
from bot.web.desk.staff import SILENT, Acts, card, gone_card, thread
from bot.web.teams_connector import Connector

log = logging.getLogger(__name__)

SYSTEM, CHANNEL = "teams", "staff-teams"
MEND_SECONDS = 60.0
MOST_DRAWN = 500
_SAID_BY_THE_CARD = {texts.SENT, *(text.partition("{")[0] for text in texts.DONE.values())}


class TeamsStaff:
    """The follower and what comes in."""

    name = SYSTEM

    def __init__(
        self,
        helpdesk: Helpdesk,
        tickets: TicketStore,
        kept: DeliveryStore,
        connector: Connector,
        *,
        channel: Reference,
        base: str,
    ) -> None:
        """`channel` is the staff channel as a place; `base` is our public address."""
        self._desk, self._tickets, self._kept, self._connector = helpdesk, tickets, kept, connector
        self._channel, self._base, self._acts = channel, base, Acts(helpdesk)
        self._drawn: dict[int, Card] = {}

    # --- what comes in

    def read(self, activity: Any) -> Spoken | None:
        """Return what an activity says in the staff channel, None for anything else; raises ValueError."""
        return read_teams(activity, self._channel.conversation)

    async def take(self, spoken: Spoken) -> bool:
        """Do what an employee wrote or pressed; tell whether it was about a ticket. Raises StoreError."""
        ticket = await run_in_threadpool(self._tickets.outside, SYSTEM, spoken.thread)
        if ticket is None or (spoken.number and spoken.number != ticket.number):
            return bool(spoken.act)
        try:
            by = await self._employee(spoken.user)
        except (TryLater, Undeliverable) as problem:
            raise StoreError(f"Teams doesn't say who this is: {problem}") from None
        told = await self._acts.do(spoken, ticket.number, by) if by else texts.NOT_A_MEMBER
        if told and not told.startswith(tuple(_SAID_BY_THE_CARD)):
            await self.tell(spoken, told)
        return True

    async def tell(self, spoken: Spoken, text: str) -> None:
        """Say something in the thread; nobody can be told alone there."""
        try:
            await self._connector.send(
                self._at(spoken.thread), {"type": "message", "textFormat": "plain", "text": text}
            )
        except (TryLater, Undeliverable) as problem:
            log.warning("an employee could not be told: %s", problem)

    async def _employee(self, user: str) -> str:
        """Return who a verified user is, "" for who is not in the staff channel."""
        found = await self._connector.member(self._channel, user)
        if found is None or found.get("id", user) != user:
            return ""
        account = str(found.get("aadObjectId") or found.get("objectId") or user)[-12:]
        return f"{' '.join(str(found.get('name') or 'medewerker').split())[:60]} (Teams {account})"

    # --- what goes out

    async def handle(self, event: TicketEvent, ticket: Ticket | None) -> None:
        """Bring card and thread up to date; raises TryLater, StoreError. The same event twice does no harm."""
        if event.what in SILENT:
            return
        try:
            if ticket is None or is_erased(ticket):
                await self._erase(event.ticket)
                return
            where = await self._carded(ticket)
            await self._fill(ticket, where)
            await self._redraw(ticket.number, where, card(ticket, self._base, texts.CARD_HOW_TEAMS))
        except Undeliverable as problem:
            log.error("the staff channel in Teams refuses ticket %d: %s", event.ticket, problem)
            raise TryLater(str(problem), MEND_SECONDS) from None

    async def _carded(self, ticket: Ticket) -> Reference:
        """Return the thread of a ticket's card, posted when there is none."""
        if known := ticket.outside.get(SYSTEM):
            return self._at(known)
        drawn = card(ticket, self._base, texts.CARD_HOW_TEAMS)
        begun = await self._connector.begin(self._channel, teams_card(drawn))
        await self._keep(ticket.number, begun, {})
        await run_in_threadpool(self._desk.link, ticket.number, SYSTEM, begun)
        self._drawn[ticket.number] = drawn
        return self._at(begun)

    async def _fill(self, ticket: Ticket, where: Reference) -> None:
        """Post what does not stand in the thread yet."""
        there = await self._posted(ticket.number)
        for name, text in thread(ticket, f"{SYSTEM}-"):
            for own, message in teams_said(text, name):
                if own not in there:
                    there[own] = await self._connector.send(where, message)
                    await self._keep(ticket.number, where.conversation, there)

    async def _redraw(self, number: int, where: Reference, drawn: Card) -> None:
        if self._drawn.get(number) == drawn:
            return
        root = where.conversation.rpartition("messageid=")[2]
        try:
            await self._connector.update(where, root, teams_card(drawn))
        except Undeliverable as problem:
            log.warning("the card of ticket %d stays as it was: %s", number, problem)
        if len(self._drawn) > MOST_DRAWN:
            self._drawn.clear()
        self._drawn[number] = drawn

    async def _erase(self, number: int) -> None:
        """Take what was told out of the thread."""
        kept = await run_in_threadpool(self._kept.find, _name(number))
        if kept is None:
            return
        where = self._at(str(kept.address["thread"]))
        for activity in filter(None, kept.address["said"].values()):
            await self._connector.remove(where, activity)
        await self._redraw(number, where, gone_card(number))
        await run_in_threadpool(self._kept.forget, _name(number))

    async def _keep(self, number: int, thread: str, said: Mapping[str, str]) -> None:
        await run_in_threadpool(self._kept.place, _name(number), CHANNEL, {"thread": thread, "said": dict(said)})

    async def _posted(self, number: int) -> dict[str, str]:
        kept = await run_in_threadpool(self._kept.find, _name(number))
        return dict(kept.address.get("said") or {}) if kept else {}

    def _at(self, conversation: str) -> Reference:
        channel = self._channel
        return Reference(channel.service, conversation, channel.bot, channel.user, channel.tenant)


def _name(number: int) -> str:
    return f"{CHANNEL}~{number}"
