"""Teams at the public port: is it Teams, was it here before, take it in, and let the answer follow by itself.

A conversation in Teams is one in the same log as the widget's, so it has the same way in (safety, masking, bounds), the
same exactly-once and the same clean-up. Its key is no widget token and no REST sender, so neither can reach it. Whoever
adds an entry to that log (`Feed.publish`) says something in Teams of our own accord.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Any

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels import teams
from bot.channels.rendering import by_name, rendered
from bot.channels.staff import Spoken
from bot.channels.teams import Incoming, Reference
from bot.errors import Refused, StoreError
from bot.hiding import hide_people
from bot.masking import mask
from bot.model import Delivery, Entry
from bot.ports import ConversationStore, DeliveryStore
from bot.settings import Settings
from bot.web import texts
from bot.web.answering import Answering
from bot.web.chat import Chat
from bot.web.deliveries import Deliverer, TryLater, Undeliverable
from bot.web.desk.teams import TeamsStaff
from bot.web.feed import Feed
from bot.web.guard import Json
from bot.web.intake import ChatRequest, check_length, clean, read_object
from bot.web.limits import RateLimiter
from bot.web.teams_connector import Connector
from bot.web.teams_tokens import (
    BadToken,
    Endpoints,
    OwnToken,
    SigningKeys,
    TokenCheck,
    check_activity,
    service_address,
)

log = logging.getLogger(__name__)

CHANNEL = "teams"
PATH = "/webhooks/botframework/webhook"
HELLO = "hallo"  # what an arrival or a bare mention says to the assistant
ARRIVAL = "arrival"  # its id, so that it is greeted once
ACK_SECONDS = 2.0
MOST_AT_WORK = 500  # activities that are taken in at the same time
MOST_SEEN = 20_000
MOST_WAITING = 20  # messages of one conversation without an answer
TRIES, PAUSE = 6, 0.5  # to take a message in while the store is away
WARNINGS_A_MINUTE = 2
MULTI_TENANT = "botframework.com"
INVOKED = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Even geduld"}
Work = Callable[[], Coroutine[Any, Any, None]]


class TeamsPort:
    """The handler, and what it needs to take an activity in and to bring an answer."""

    def __init__(
        self,
        settings: Settings,
        chat: Chat,
        store: ConversationStore,
        places: DeliveryStore,
        feed: Feed,
        answering: Answering,
        *,
        count: Callable[[Request], None],
        now: Callable[[], datetime],
        endpoints: Endpoints | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`count` refuses a client address that asks too often; `endpoints` and `clock` are for tests."""
        ends = endpoints or Endpoints()
        self._chat, self._store, self._places, self._feed, self._answering = chat, store, places, feed, answering
        self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False)
        self._count, self._site = count, settings.site
        self._services, self._tenants = ends.services, frozenset(settings.teams_tenants)
        self._check = TokenCheck(SigningKeys(self._client, ends.metadata, clock), settings.teams_app_id)
        token_url = ends.token.format(tenant=settings.teams_app_tenant or MULTI_TENANT)
        token = OwnToken(self._client, token_url, settings.teams_app_id, settings.teams_app_password, clock)
        self.anywhere = ends.anywhere
        self.connector = Connector(self._client, token, ends.services)
        self.staff: TeamsStaff | None = None  # what employees write in their own channel goes there first
        self.deliverer = Deliverer(CHANNEL, places, store, self._send, now, feed.whole, answering.holding)
        self._ours: set[str] = set()
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._warnings = RateLimiter(WARNINGS_A_MINUTE, time.monotonic)

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route(PATH, self.receive, methods=["POST"])]

    def start(self) -> None:
        """Begin to deliver, also what an earlier process left."""
        self._feed.listeners.append(self._news)
        self.deliverer.start()

    async def close(self) -> None:
        """Stop; what is not delivered stays in the log."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.deliverer.close()
        await self._client.aclose()

    async def receive(self, request: Request) -> Response:
        """POST /webhooks/botframework/webhook: take an activity; its answer goes to Teams by itself."""
        activity = await self._genuine(request)
        try:
            incoming = teams.read(activity)
            spoken = self.staff.read(activity) if self.staff else None
        except ValueError:
            raise Refused(400, "ongeldige_activiteit", texts.ACTIVITY_WRONG) from None
        invoked = activity.get("type") == "invoke"
        if self.staff and spoken:
            await self._take((spoken.thread, spoken.id), spoken, self._from_staff(self.staff, spoken, incoming))
            return Response(status_code=202)
        if incoming is None:
            return Response(status_code=501 if invoked else 200)
        if incoming.addressed or incoming.thread:
            await self._take((incoming.where.conversation, incoming.id), incoming, lambda: self._said(incoming))
        return Json(INVOKED) if invoked else Response(status_code=202)

    # --- what comes in

    async def _genuine(self, request: Request) -> Mapping[str, Any]:
        """Return the activity when it is from Teams and for us; raises Refused, NotReady."""
        try:
            claims = await self._check.claims(request.headers.get("authorization", ""))
            activity = await read_object(request)
            check_activity(claims, activity, self._tenants)
            service_address(activity["serviceUrl"], self._services)
        except BadToken as problem:
            log.warning("a request for Teams was refused: %s", problem)
            self._count(request)
            raise Refused(problem.status, "geen_toegang", texts.NOT_TEAMS) from None
        return activity

    def _from_staff(self, staff: TeamsStaff, spoken: Spoken, otherwise: Incoming | None) -> Work:
        async def take() -> None:
            if not await staff.take(spoken) and otherwise and (otherwise.addressed or otherwise.thread):
                await self._said(otherwise)

        return take

    async def _take(self, mark: tuple[str, str], incoming: Incoming | Spoken, work: Work) -> None:
        """Take an activity in, once; wait a little for that, which keeps the order. Raises Refused (503)."""
        if mark in self._seen:
            return
        if len(self._tasks) >= MOST_AT_WORK and not self._chat.in_danger(incoming.text):
            raise Refused(503, "te_druk", texts.NOT_READY, retry_after=10)
        self._seen[mark] = None
        while len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)
        task = asyncio.get_running_loop().create_task(self._persist(mark, incoming, work))
        self._tasks.add(task)
        task.add_done_callback(self._done)
        await asyncio.wait((task,), timeout=ACK_SECONDS)

    async def _persist(self, mark: tuple[str, str], incoming: Incoming | Spoken, work: Work) -> None:
        """Put it in the log, again while the store is away; danger is answered without the store."""
        for attempt in range(TRIES):
            try:
                await work()
                return
            except StoreError as problem:
                log.warning("an activity of Teams must wait: %s", problem)
                if attempt == 0 and isinstance(incoming, Incoming) and self._chat.in_danger(incoming.text):
                    await self._answer_at_once(incoming)
                await asyncio.sleep(PAUSE * 2**attempt)
        self._seen.pop(mark, None)
        log.error("an activity of Teams could not be taken in")
        if self.staff and isinstance(incoming, Spoken):
            await self.staff.tell(incoming, texts.STAFF_NOT_TAKEN)

    async def _said(self, incoming: Incoming) -> None:
        """Raises StoreError."""
        conversation = await self._conversation(incoming)
        if conversation is None:
            return
        self._ours.add(conversation)
        text = clean(incoming.text) or (HELLO if incoming.greets or incoming.bare else "")
        if problem := await self._refusal(conversation, text):
            if not self._warnings.take(conversation):
                await run_in_threadpool(self._feed.publish, conversation, Entry("notice", problem))
                self.deliverer.take_up(conversation)
            return
        masked, message_id = mask(text), ARRIVAL if incoming.greets else _mark(incoming.id)
        says = hide_people(masked.text)
        entry = Entry("user", says[: self._chat.max_message], message_id)
        raw = text if says != text else ""
        if raw:
            await self._answering.remember(conversation, message_id, raw)
        state = await run_in_threadpool(self._store.say, conversation, entry, says, masked.kinds)
        if state == "waiting":
            self._answering.take_up(conversation, message_id, raw)

    async def _conversation(self, incoming: Incoming) -> str | None:
        """Return the conversation that it belongs to, None when it was not said to us; raises StoreError."""
        address = incoming.where.plain()
        if found := await run_in_threadpool(self._store.find, incoming.key):
            await run_in_threadpool(self._places.place, found, CHANNEL, address)
            return found
        if not incoming.addressed:
            return None  # a thread in which this person never spoke to us
        try:
            conversation = await run_in_threadpool(self._store.open, incoming.key)
        except StoreError:  # another message began it just now, or the store is away
            if found := await run_in_threadpool(self._store.find, incoming.key):
                return found
            raise
        await run_in_threadpool(self._places.place, conversation, CHANNEL, address, True)
        return conversation

    async def _refusal(self, conversation: str, text: str) -> str:
        """Return what is said of a message that we don't take, "" of one that we do; raises StoreError."""
        if not text:
            return texts.ONLY_TEXT
        if self._chat.in_danger(text):
            return ""
        try:
            check_length(text, self._chat.max_message)
            self._chat.count(conversation)
        except Refused as problem:
            return problem.message
        waiting = await run_in_threadpool(self._store.waiting, conversation)
        return texts.TOO_MANY.format(seconds=5) if len(waiting) >= MOST_WAITING else ""

    async def _answer_at_once(self, incoming: Incoming) -> None:
        for reply in await self._chat.answer(ChatRequest(incoming.key, clean(incoming.text), None)):
            for message in teams.draw(rendered(reply, self._site)):
                try:
                    await self.connector.send(incoming.where, message)
                except (TryLater, Undeliverable) as problem:
                    log.error("a safety reply didn't reach Teams: %s", problem)

    # --- what goes out

    def _news(self, conversation: str) -> None:
        if conversation in self._ours:
            self.deliverer.take_up(conversation)

    async def _send(self, delivery: Delivery, entry: Entry) -> bool:
        """Post one message of an entry; tell whether there are more; raises TryLater or Undeliverable."""
        self._ours.add(delivery.conversation)
        messages = teams.draw(rendered({"text": _full_text(entry), **entry.extra}, self._site))
        if delivery.part >= len(messages):
            return False
        await self.connector.send(Reference(**delivery.address), messages[delivery.part])
        return delivery.part + 1 < len(messages)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            log.error("an activity of Teams broke: %s", type(problem).__name__)


def missing_settings(settings: Settings) -> tuple[str, ...]:
    """Return the names of the settings that Teams still needs."""
    needed = {
        "IPS_TEAMS_APP_ID": settings.teams_app_id,
        "IPS_TEAMS_APP_PASSWORD": settings.teams_app_password,
        "IPS_TEAMS_TENANTS": settings.teams_tenants,
    }
    return tuple(name for name, value in needed.items() if not value)


def _full_text(entry: Entry) -> str:
    """Return an entry's text; what was typed can't be hidden in Teams itself, and people should know."""
    if entry.who == "person":
        return by_name(entry)
    kind = (entry.extra.get("custom") or {}).get("kind")
    return f"{entry.text} {texts.TEAMS_MASKED}" if kind == "masked" else entry.text


def _mark(activity_id: str) -> str:
    """Return an activity's id as the log takes it."""
    return activity_id if len(activity_id) <= 64 else hashlib.sha256(activity_id.encode()).hexdigest()
