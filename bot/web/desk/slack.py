"""The staff channel in Slack: a card for each ticket, what was said in its thread, and what employees write there.

Which messages stand in a thread is read from Slack when we don't know it: after a start, after a fault. So a card or a
message that was posted just before we were killed isn't posted again.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool

from bot.channels.staff import Card, Spoken, read_slack, slack_card, slack_names, slack_said
from bot.errors import StoreError
from bot.helpdesk import Helpdesk, is_erased
from bot.model import Ticket, TicketEvent
from bot.ports import Clock, DeliveryStore, TicketStore
from bot.web.deliveries import TryLater, Undeliverable
from bot.web.desk import texts
from bot.web.desk.staff import SILENT, Acts, card, gone_card, thread
from bot.web.slack_api import SlackApi

log = logging.getLogger(__name__)

SYSTEM, TRY, KEPT = "slack", "slack_try", "staff-slack"
MEND_SECONDS = 60.0  # between tries of what an operator must mend: the app in the channel
MEMBERS_SECONDS, NAMES_SECONDS = 60.0, 600.0
MOST_PAGES, PAGE = 20, 200
MOST_THREADS = 500
_NO_BLOCKS = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long")
_GONE = ("message_not_found", "thread_not_found", "cant_update_message", "cant_delete_message")


class SlackStaff:
    """The follower and what comes in."""

    name = SYSTEM

    def __init__(
        self,
        helpdesk: Helpdesk,
        tickets: TicketStore,
        kept: DeliveryStore,
        api: SlackApi,
        *,
        channel: str,
        base: str,
        now: Clock,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`kept` remembers where the card of a deleted ticket stands; `base` is our public address."""
        self._desk, self._tickets, self._kept, self._api, self._channel = helpdesk, tickets, kept, api, channel
        self._acts, self._base, self._now, self._clock = Acts(helpdesk), base, now, clock
        self._threads: OrderedDict[int, set[str]] = OrderedDict()  # the marks of what stands in a ticket's thread
        self._drawn: dict[int, Card] = {}
        self._members: tuple[float, frozenset[str]] = (-1e9, frozenset())
        self._names: dict[str, tuple[float, str]] = {}

    # --- what comes in

    def read(self, content_type: str, body: bytes) -> Spoken | None:
        """Return what a signed request says in the staff channel, None for anything else."""
        return read_slack(content_type, body, self._channel)

    async def take(self, spoken: Spoken) -> bool:
        """Do what an employee wrote or pressed; tell whether it was about a ticket. Raises StoreError."""
        ticket = await run_in_threadpool(self._tickets.outside, SYSTEM, f"{self._channel}:{spoken.thread}")
        if ticket is None or (spoken.number and spoken.number != ticket.number):
            return bool(spoken.act)
        try:
            by = await self._employee(spoken.user)
        except (TryLater, Undeliverable) as problem:
            raise StoreError(f"Slack doesn't say who this is: {problem}") from None
        told = await self._acts.do(spoken, ticket.number, by) if by else texts.NOT_A_MEMBER
        if told:
            await self.whisper(spoken, told)
        return True

    async def whisper(self, spoken: Spoken, text: str) -> None:
        """Tell one employee something."""
        body = {"channel": self._channel, "user": spoken.user, "text": text, "thread_ts": spoken.thread}
        try:
            await self._api.call("chat.postEphemeral", body)
        except (TryLater, Undeliverable) as problem:
            log.warning("an employee could not be told: %s", problem)

    async def _employee(self, user: str) -> str:
        """Return who a verified user is, "" for who is not in the staff channel."""
        if user not in await self._who(fresh=False) and user not in await self._who(fresh=True):
            return ""
        at, name = self._names.get(user, (-1e9, ""))
        if self._clock() - at > NAMES_SECONDS:
            found = (await self._api.ask("users.info", {"user": user})).get("user")
            if not isinstance(found, dict) or found.get("deleted") or found.get("is_bot") or found.get("is_stranger"):
                return ""
            profile = found.get("profile") or {}
            called = str(profile.get("display_name") or profile.get("real_name") or found.get("name") or "medewerker")
            name = f"{' '.join(called.split())[:60]} (Slack {user})"
            self._names[user] = (self._clock(), name)
        return name

    async def _who(self, fresh: bool) -> frozenset[str]:
        """Return who is in the staff channel; a minute old, or a few seconds when that matters."""
        at, members = self._members
        if self._clock() - at > (5.0 if fresh else MEMBERS_SECONDS):
            members = frozenset([str(each) async for each in self._pages("conversations.members", "members")])
            self._members = (self._clock(), members)
        return members

    # --- what goes out

    async def handle(self, event: TicketEvent, ticket: Ticket | None) -> None:
        """Bring card and thread up to date; raises TryLater, StoreError. The same event twice does no harm."""
        if event.what in SILENT:
            return
        try:
            if ticket is None or is_erased(ticket):
                await self._erase(event.ticket)
                return
            ts = await self._carded(ticket)
            await self._fill(ticket, ts)
            await self._redraw(ticket, ts)
        except TryLater:
            self._threads.pop(event.ticket, None)
            raise
        except Undeliverable as problem:
            self._threads.pop(event.ticket, None)
            if str(problem) in _GONE:
                log.warning("the card of ticket %d is gone", event.ticket)
                return
            log.error("the staff channel in Slack refuses ticket %d: %s", event.ticket, problem)
            raise TryLater(str(problem), MEND_SECONDS) from None

    async def _carded(self, ticket: Ticket) -> str:
        """Return the mark of a ticket's card, posted when there is none."""
        if known := ticket.outside.get(SYSTEM):
            return known.rpartition(":")[2]
        drawn = self._card(ticket)
        tried = ticket.outside.get(TRY, "").partition("@")[2]
        ts = await self._found(drawn, tried) if tried else ""
        if not ts:
            await self._link(ticket, TRY, f"{ticket.number}@{self._now().isoformat()}")
            ts = await self._post(slack_card(drawn))
            self._threads[ticket.number] = set()
            self._drawn[ticket.number] = drawn
        await run_in_threadpool(self._kept.place, _name(ticket.number), KEPT, {"ts": ts})
        await self._link(ticket, SYSTEM, f"{self._channel}:{ts}")
        return ts

    async def _found(self, drawn: Card, tried: str) -> str:
        """Return a card that was posted and not noted, "" when there is none."""
        oldest = f"{datetime.fromisoformat(tried).timestamp() - 60:.6f}"
        mark = slack_names(slack_card(drawn))
        async for each in self._pages("conversations.history", "messages", oldest=oldest):
            if isinstance(each, dict) and set(mark) & set(slack_names(each)):
                return str(each.get("ts", ""))
        return ""

    async def _fill(self, ticket: Ticket, ts: str) -> None:
        """Post what does not stand in the thread yet."""
        there = self._threads.get(ticket.number)
        if there is None:
            there = {name async for each in self._replies(ts) for name in slack_names(each)}
        self._threads[ticket.number] = there
        self._threads.move_to_end(ticket.number)
        while len(self._threads) > MOST_THREADS:
            gone, _ = self._threads.popitem(last=False)
            self._drawn.pop(gone, None)
        for name, text in thread(ticket, f"{SYSTEM}-{self._channel}-"):
            for message in slack_said(text, name):
                (own,) = slack_names(message)
                if own not in there:
                    await self._post(message, ts)
                    there.add(own)

    async def _redraw(self, ticket: Ticket, ts: str) -> None:
        drawn = self._card(ticket)
        if self._drawn.get(ticket.number) != drawn:
            await self._api.call("chat.update", {"channel": self._channel, "ts": ts, **slack_card(drawn)})
            self._drawn[ticket.number] = drawn

    async def _erase(self, number: int) -> None:
        """Take what was told out of the thread."""
        kept = await run_in_threadpool(self._kept.find, _name(number))
        if kept is None:
            return
        ts = str(kept.address["ts"])
        ours = [each async for each in self._replies(ts) if slack_names(each) and each.get("ts") != ts]
        for each in ours:
            await self._api.call("chat.delete", {"channel": self._channel, "ts": str(each["ts"])})
        await self._api.call("chat.update", {"channel": self._channel, "ts": ts, **slack_card(gone_card(number))})
        await run_in_threadpool(self._kept.forget, _name(number))
        self._threads.pop(number, None)
        self._drawn.pop(number, None)

    def _card(self, ticket: Ticket) -> Card:
        return card(ticket, self._base, texts.CARD_HOW)

    async def _post(self, message: Mapping[str, Any], thread_ts: str = "") -> str:
        place = {"channel": self._channel, **({"thread_ts": thread_ts} if thread_ts else {})}
        quiet = {"unfurl_links": False, "unfurl_media": False}
        answer = await self._api.call("chat.postMessage", {**place, **quiet, **message})
        if not isinstance(answer.get("ts"), str):
            raise TryLater("not what Slack answers")
        return str(answer["ts"])

    async def _replies(self, ts: str) -> AsyncIterator[Mapping[str, Any]]:
        async for each in self._pages("conversations.replies", "messages", ts=ts):
            if isinstance(each, dict):
                yield each

    async def _pages(self, method: str, what: str, **arguments: str) -> AsyncIterator[Any]:
        """Yield everything of a list that comes in pages."""
        cursor = ""
        for _ in range(MOST_PAGES):
            more = {"cursor": cursor} if cursor else {}
            answer = await self._api.ask(method, {"channel": self._channel, "limit": str(PAGE), **arguments, **more})
            listed = answer.get(what)
            if not isinstance(listed, list):
                raise TryLater("not what Slack answers")
            for each in listed:
                yield each
            about = answer.get("response_metadata")
            cursor = str(about.get("next_cursor") or "") if isinstance(about, dict) else ""
            if not cursor:
                return

    async def _link(self, ticket: Ticket, system: str, name: str) -> None:
        await run_in_threadpool(self._desk.link, ticket.number, system, name)


def _name(number: int) -> str:
    return f"{KEPT}~{number}"
