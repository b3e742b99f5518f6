"""Slack at the public port: is it Slack, was it here before, take it in, and let the answer follow by itself.

A Slack conversation is one in the same log as the widget's, so it has the same way in (safety, masking, bounds), the
same exactly-once and the same clean-up. Its key is no widget token and no REST sender, so neither can reach it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels import slack
from bot.channels.rendering import by_name, rendered
from bot.channels.staff import Spoken
from bot.errors import Refused, StoreError
from bot.hiding import hide_people, hide_personal
from bot.masking import mask
from bot.model import Delivery, Entry
from bot.ports import ConversationStore, DeliveryStore
from bot.web import texts
from bot.web.answering import Answering
from bot.web.chat import Chat
from bot.web.deliveries import Deliverer, TryLater, Undeliverable
from bot.web.desk.slack import SlackStaff
from bot.web.feed import Feed
from bot.web.guard import Json
from bot.web.intake import ChatRequest, check_length, clean, read_body
from bot.web.limits import RateLimiter
from bot.web.slack_api import SlackApi

log = logging.getLogger(__name__)

CHANNEL = "slack"
MAX_BODY = 512 * 1024  # bytes: a press on a button brings the whole message along
ACK_SECONDS = 2.0  # Slack waits three
MOST_AT_WORK = 500  # requests that are taken in at the same time
MOST_SEEN = 20_000
TRIES, PAUSE = 6, 0.5  # to take a message in while the store is away
MOST_WAITING = 20
WARNINGS_A_MINUTE = 2
_NO_BLOCKS = ("invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long")
Work = Callable[[], Coroutine[Any, Any, bool]]  # tells whether it was for us


class SlackPort:
    """The handler, and what it needs to take a message in and to bring an answer."""

    def __init__(
        self,
        chat: Chat,
        store: ConversationStore,
        deliveries: DeliveryStore,
        feed: Feed,
        answering: Answering,
        client: httpx.AsyncClient,
        *,
        signing_secret: str,
        token: str,
        api_url: str,
        base: str,
        count: Callable[[Request], None],
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`base` is our public address; `clock` gives the seconds that signatures are judged by."""
        self._chat, self._store, self._places, self._feed, self._answering = chat, store, deliveries, feed, answering
        self._secret, self._base, self._count, self._clock = signing_secret, base, count, clock
        self._client, self.api = client, SlackApi(client, api_url, token)
        self.deliverer = Deliverer(CHANNEL, deliveries, store, self._send, now, feed.whole, answering.holding)
        self.staff: SlackStaff | None = None  # what employees write in their own channel goes there first
        self._ours: set[str] = set()
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._warnings = RateLimiter(WARNINGS_A_MINUTE, time.monotonic)

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/webhooks/slack/webhook", self.receive, methods=["POST"])]

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
        """POST /webhooks/slack/webhook: events, buttons and the command. The signature comes before everything else."""
        body = await read_body(request, MAX_BODY)
        stamps, signatures = (request.headers.getlist(f"x-slack-{name}") for name in ("request-timestamp", "signature"))
        single = len(stamps) == 1 and len(signatures) == 1
        if not single or not slack.is_signed(self._secret, stamps[0], signatures[0], body, self._clock()):
            self._count(request)
            log.warning("a request that Slack did not sign was refused")
            raise Refused(401, "niet_ondertekend", texts.NOT_SIGNED)
        kind = request.headers.get("content-type", "")
        try:
            incoming = slack.read(kind, body)
        except ValueError:
            raise Refused(400, "geen_json", texts.NOT_JSON) from None
        if isinstance(incoming, slack.Challenge):
            return Json({"challenge": incoming.value})
        if self.staff and (spoken := self.staff.read(kind, body)):
            await self._take(spoken, self._from_staff(self.staff, spoken, incoming))
        elif incoming is not None:
            await self._take(incoming, self._work(incoming))
        if isinstance(incoming, slack.Said) and incoming.command:
            return Json({"response_type": "ephemeral", "text": texts.SLACK_COMMAND})
        return Response(status_code=200)

    # --- what comes in

    def _work(self, incoming: slack.Said | slack.Pressed) -> Work:
        return self._said(incoming) if isinstance(incoming, slack.Said) else self._pressed(incoming)

    def _from_staff(self, staff: SlackStaff, spoken: Spoken, otherwise: slack.Said | slack.Pressed | None) -> Work:
        async def take() -> bool:
            if await staff.take(spoken):
                return True
            return await self._work(otherwise)() if otherwise else False

        return take

    async def _take(self, incoming: slack.Said | slack.Pressed | Spoken, work: Work) -> None:
        """Take it in once; wait for that a little, so that Slack hears of it in time whatever happens."""
        if incoming.id in self._seen:
            return
        if len(self._tasks) >= MOST_AT_WORK:
            raise Refused(503, "druk", texts.NOT_READY, retry_after=5)
        self._seen[incoming.id] = None
        while len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)
        task = self._spawn(self._persist(incoming, work))
        await asyncio.wait((task,), timeout=ACK_SECONDS)

    async def _persist(self, incoming: slack.Said | slack.Pressed | Spoken, work: Work) -> None:
        """Do the work, again while the store is away; forget the mark of what was not for us or could not be done."""
        taken = False
        try:
            for attempt in range(TRIES):
                try:
                    taken = await work()
                    return
                except StoreError as problem:
                    log.warning("a message from Slack must wait: %s", problem)
                    if attempt == 0 and isinstance(incoming, slack.Said) and self._chat.in_danger(incoming.text):
                        await self._answer_at_once(incoming)
                    await asyncio.sleep(PAUSE * 2**attempt)
            log.error("a message from Slack could not be taken in")
            if self.staff and isinstance(incoming, Spoken):
                await self.staff.whisper(incoming, texts.STAFF_NOT_TAKEN)
        finally:
            if not taken:
                self._seen.pop(incoming.id, None)

    def _said(self, said: slack.Said) -> Work:
        async def take() -> bool:
            conversation = await self._conversation(said)
            if conversation is None:
                return False
            await self._say(conversation, said.id, clean(said.text))
            return True

        return take

    async def _conversation(self, said: slack.Said) -> str | None:
        """Return the conversation that a message belongs to, begun when it is to be; raises StoreError."""
        for key in said.known:
            if conversation := await run_in_threadpool(self._store.find, key):
                shared = key != said.new and bool(said.own)
                where = {**asdict(said.where), **({"user": ""} if shared else {})}
                await run_in_threadpool(self._places.place, conversation, CHANNEL, where)
                return conversation
        if said.new is None:
            return None
        try:
            conversation = await run_in_threadpool(self._store.open, said.new)
        except StoreError:  # another message began it just now, or the store is away
            found = await run_in_threadpool(self._store.find, said.new)
            if found is None:
                raise
            return found
        await run_in_threadpool(self._places.place, conversation, CHANNEL, asdict(said.where), True)
        return conversation

    async def _say(self, conversation: str, message_id: str, text: str, shown: str = "") -> None:
        """Put a message in the log, once, and let it be answered; raises StoreError."""
        if not text:
            return
        self._ours.add(conversation)
        masked = mask(text)
        if not self._chat.in_danger(text) and (problem := await self._refusal(conversation, text)):
            if not self._warnings.take(conversation):
                await run_in_threadpool(self._feed.publish, conversation, Entry("notice", problem.message))
                self.deliverer.take_up(conversation)
            return
        says = hide_people(masked.text)
        entry = Entry("user", (hide_personal(shown) if shown else says)[: self._chat.max_message], message_id)
        raw = text if says != text else ""
        if raw:
            await self._answering.remember(conversation, message_id, raw)
        state = await run_in_threadpool(self._store.say, conversation, entry, says, masked.kinds)
        if state == "waiting":
            self._answering.take_up(conversation, message_id, raw)

    async def _refusal(self, conversation: str, text: str) -> Refused | None:
        try:
            check_length(text, self._chat.max_message)
            self._chat.count(conversation)
        except Refused as problem:
            return problem
        if len(await run_in_threadpool(self._store.waiting, conversation)) >= MOST_WAITING:
            return Refused(429, "te_veel", texts.TOO_MANY.format(seconds=5))
        return None

    async def _answer_at_once(self, said: slack.Said) -> None:
        """Answer a message about danger without the store."""
        for reply in await self._chat.answer(ChatRequest(said.id, clean(said.text), None)):
            for message in slack.draw(rendered(reply, self._base), "", 0):
                await self._try("chat.postMessage", {**_target(asdict(said.where)), **message})

    def _pressed(self, press: slack.Pressed) -> Work:
        async def take() -> bool:
            place = await run_in_threadpool(self._places.find, press.conversation)
            if place is None or not _belongs(place.address, press.where):
                self._spawn(self._redraw(press, texts.SLACK_OVER))
            elif place.address["user"] not in ("", press.user):
                self._spawn(self._try("chat.postEphemeral", _whisper(press, texts.SLACK_NOT_YOURS)))
                return False
            else:
                await self._press(press)
            return True

        return take

    async def _press(self, press: slack.Pressed) -> None:
        later = await run_in_threadpool(self._store.after, press.conversation, press.seq)
        if any(entry.id == press.id for entry in later):
            return
        if any(entry.who == "user" or entry.extra.get("clears") for entry in later):
            self._spawn(self._redraw(press, texts.SLACK_STALE))
            return
        await self._say(press.conversation, press.id, clean(press.payload), clean(press.title))
        self._spawn(self._redraw(press, texts.SLACK_CHOSEN.format(title=press.title)))

    async def _redraw(self, press: slack.Pressed, note: str) -> None:
        """Take the buttons away from the message that was pressed."""
        body = {"channel": press.where.channel, "ts": press.ts, **slack.pressed(press.message, note)}
        await self._try("chat.update", body)

    # --- what goes out

    def _news(self, conversation: str) -> None:
        if conversation in self._ours:
            self.deliverer.take_up(conversation)

    async def _send(self, delivery: Delivery, entry: Entry) -> bool:
        """Post one message of an entry; tell whether there are more; raises TryLater or Undeliverable."""
        self._ours.add(delivery.conversation)
        reply = rendered({"text": _full_text(entry), **entry.extra}, self._base)
        messages = slack.draw(reply, delivery.conversation, entry.seq)
        if delivery.part >= len(messages):
            return False
        message = messages[delivery.part]
        target = _target(delivery.address)
        try:
            await self.api.call("chat.postMessage", {**target, **message})
        except Undeliverable as problem:
            if str(problem) not in _NO_BLOCKS:
                raise
            await self.api.call("chat.postMessage", {**target, "text": slack.as_text(message)})
        return delivery.part + 1 < len(messages)

    async def _try(self, method: str, body: Mapping[str, Any]) -> None:
        """Call Slack for what is nice to have."""
        try:
            await self.api.call(method, body)
        except (TryLater, Undeliverable) as problem:
            log.warning("%s did not work: %s", method, problem)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (problem := task.exception()):
            log.error("a request from Slack broke: %s", type(problem).__name__)


def _full_text(entry: Entry) -> str:
    """Return an entry's text; what was typed can't be hidden in Slack itself, and people should know."""
    if entry.who == "person":
        return by_name(entry)
    kind = (entry.extra.get("custom") or {}).get("kind")
    return f"{entry.text} {texts.SLACK_MASKED}" if kind == "masked" else entry.text


def _target(address: Mapping[str, Any]) -> dict[str, Any]:
    """Return where a message is posted, and that Slack fetches no links from it."""
    thread = {"thread_ts": address["thread"]} if address["thread"] else {}
    return {"channel": address["channel"], **thread, "unfurl_links": False, "unfurl_media": False}


def _belongs(address: Mapping[str, Any], where: slack.Where) -> bool:
    """Tell whether a button was pressed where its conversation is; one of two people has no other place."""
    if address["team"] != where.team:
        return False
    return bool(address["user"]) or (address["channel"], address["thread"]) == (where.channel, where.thread)


def _whisper(press: slack.Pressed, text: str) -> dict[str, Any]:
    thread = {"thread_ts": press.where.thread} if press.where.thread else {}
    return {"channel": press.where.channel, "user": press.user, "text": text, **thread}
