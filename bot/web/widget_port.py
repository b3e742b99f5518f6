"""What the widget talks to: a session, messages, everything that comes after, feedback, and deletion."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.errors import Refused
from bot.hiding import hide_people, hide_personal
from bot.masking import mask
from bot.model import Entry
from bot.ports import ConversationStore
from bot.web import texts
from bot.web.answering import Answering
from bot.web.chat import Chat
from bot.web.feed import Feed, plain
from bot.web.guard import Json
from bot.web.intake import check_length, clean, read_object
from bot.web.limits import RateLimiter
from bot.web.metrics import Metrics

TOKEN_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
LONGEST_WAIT = 25.0  # seconds of one long poll
LONGEST_WORD = 500  # characters with a thumb
MOST_WAITING = 20  # messages of one conversation without an answer
LAST_LOOK = 0.3  # seconds
NO_STORE = {"Cache-Control": "no-store"}
STREAM_HEADERS = {**NO_STORE, "X-Accel-Buffering": "no"}


@dataclass(frozen=True)
class WidgetMessage:
    """A message as the widget sends it: what the assistant must hear and, for a button, what the button showed."""

    id: str
    text: str
    shown: str


class WidgetPort:
    """The handlers. A conversation is reached with its token only, which travels in a header."""

    def __init__(
        self,
        chat: Chat,
        store: ConversationStore,
        feed: Feed,
        answering: Answering,
        *,
        count: Callable[[Request], None],
        new_sessions: RateLimiter,
    ) -> None:
        """`count` refuses a client address that asks too often; `new_sessions` bounds the sessions of one address."""
        self._chat, self._store, self.feed, self.answering = chat, store, feed, answering
        self._count, self._new_sessions = count, new_sessions
        self._stops: list[asyncio.Task[None]] = []  # kept, or the loop may lose them

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/widget/session", self.open, methods=["POST"]),
            Route("/widget/session", self.delete, methods=["DELETE"]),
            Route("/widget/messages", self.say, methods=["POST"]),
            Route("/widget/events", self.events, methods=["GET"]),
            Route("/widget/feedback", self.rate, methods=["POST"]),
        ]

    def stop_soon(self, seconds: float) -> None:
        """Let what is being answered be answered, at most so long, and then end the streams; from a signal."""
        if loop := self.answering.loop:
            loop.call_soon_threadsafe(lambda: self._stops.append(loop.create_task(self._stop(seconds))))

    async def _stop(self, seconds: float) -> None:
        await self.answering.drain(seconds)
        await asyncio.sleep(LAST_LOOK)  # so that the streams tell the last answer
        self.feed.stop()

    async def observe(self, numbers: Metrics) -> None:
        """Set what waits and who listens; raises StoreError."""
        await self.answering.observe(numbers)
        numbers.streams.set(self.feed.streams)

    async def open(self, request: Request) -> Response:
        """POST /widget/session: a new conversation and the token that opens it, told this once."""
        self._count(request)
        if seconds := self._new_sessions.take(request.client.host if request.client else ""):
            raise Refused(429, "te_veel", texts.TOO_MANY.format(seconds=seconds), retry_after=seconds)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        await run_in_threadpool(self._store.open, token)
        return Json({"token": token}, 201, headers=NO_STORE)

    async def delete(self, request: Request) -> Response:
        """DELETE /widget/session: the conversation, its log and its dossier go."""
        await self.answering.delete(await self._conversation(request))
        return Response(status_code=204, headers=NO_STORE)

    async def say(self, request: Request) -> Response:
        """POST /widget/messages: take a message, once by its id. The replies come with the events."""
        conversation = await self._conversation(request)
        message = read_message(await read_object(request))
        masked = mask(message.text)
        at_once = self._chat.in_danger(message.text)
        if not at_once:
            await self._check(conversation, message)
        says = hide_people(masked.text)
        shown = hide_personal(message.shown) if message.shown else says
        entry = Entry("user", shown[: self._chat.max_message], message.id)
        raw = message.text if says != message.text else ""
        if raw:
            await self.answering.remember(conversation, message.id, raw)
        state = await run_in_threadpool(self._store.say, conversation, entry, says, masked.kinds)
        if state is None:
            raise _no_conversation()
        self.feed.wake(conversation)
        if state == "waiting":
            self.answering.take_up(conversation, message.id, raw)
        return Json({"state": state}, 202, headers=NO_STORE)

    async def events(self, request: Request) -> Response:
        """GET /widget/events?after=N: what came after N, as a stream, or as JSON for a client that polls."""
        conversation = await self._conversation(request)
        after = _whole(request.query_params.get("after", "0"), "after")
        self.answering.take_up(conversation)
        if "text/event-stream" in request.headers.get("accept", "") and not self.feed.is_full(conversation):
            stream = self.feed.stream(conversation, after)
            return StreamingResponse(stream, media_type="text/event-stream", headers=STREAM_HEADERS)
        wait = min(float(_whole(request.query_params.get("wait", "0"), "wait")), LONGEST_WAIT)
        entries = await self.feed.wait(conversation, after, 0 if self.feed.is_full(conversation) else wait)
        if entries is None:
            raise _no_conversation()
        return Json({"entries": [plain(entry) for entry in entries]}, headers=NO_STORE)

    async def rate(self, request: Request) -> Response:
        """POST /widget/feedback: a thumb on a reply, perhaps with a word."""
        conversation = await self._conversation(request)
        content = await read_object(request)
        of, value, word = content.get("seq"), content.get("value"), content.get("word", "")
        if not isinstance(of, int) or isinstance(of, bool) or not 0 < of < 2**31:
            raise Refused(400, "ongeldige_waarde", texts.SEQ_WRONG, "seq")
        if value not in ("up", "down"):
            raise Refused(400, "ongeldige_waarde", texts.THUMB_WRONG, "value")
        if not isinstance(word, str):
            raise Refused(400, "ongeldige_waarde", texts.MESSAGE_MISSING, "word")
        cleaned = clean(word)
        check_length(cleaned, LONGEST_WORD)
        rated = await run_in_threadpool(self._store.after, conversation, of - 1, 1)
        if not rated or rated[0].seq != of or rated[0].who not in ("bot", "person"):
            raise Refused(400, "ongeldige_waarde", texts.SEQ_WRONG, "seq")
        thumb = Entry("feedback", extra={"of": of, "value": value, "word": hide_personal(cleaned)})
        if not await run_in_threadpool(self.feed.publish, conversation, thumb):
            raise _no_conversation()
        return Response(status_code=204, headers=NO_STORE)

    async def _conversation(self, request: Request) -> str:
        """Return the conversation that the request's token opens; raises Refused (401, 429)."""
        self._count(request)
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _TOKEN.fullmatch(token):
            conversation = await run_in_threadpool(self._store.find, token)
            if conversation is not None:
                return conversation
        raise _no_conversation()

    async def _check(self, conversation: str, message: WidgetMessage) -> None:
        check_length(message.text, self._chat.max_message)
        self._chat.count(conversation)
        if len(await run_in_threadpool(self._store.waiting, conversation)) >= MOST_WAITING:
            raise Refused(429, "te_veel", texts.TOO_MANY.format(seconds=5), retry_after=5)


def read_message(content: Mapping[str, Any]) -> WidgetMessage:
    """Return the message in a JSON object, its length not yet judged; raises Refused (400) with the field."""
    message_id, text, shown = content.get("client_message_id"), content.get("text"), content.get("shown", "")
    if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
        raise Refused(400, "kenmerk_ongeldig", texts.WIDGET_ID_WRONG, "client_message_id")
    if not isinstance(text, str):
        raise Refused(400, "bericht_ontbreekt", texts.MESSAGE_MISSING, "text")
    if not isinstance(shown, str) or len(shown) > 200:
        raise Refused(400, "ongeldige_waarde", texts.MESSAGE_MISSING, "shown")
    cleaned = clean(text)
    if not cleaned:
        raise Refused(400, "bericht_leeg", texts.MESSAGE_EMPTY, "text")
    return WidgetMessage(message_id, cleaned, clean(shown))


def _whole(value: str, field: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise Refused(400, "ongeldige_waarde", texts.NOT_A_NUMBER, field)
    return int(value)


def _no_conversation() -> Refused:
    return Refused(401, "geen_gesprek", texts.NO_CONVERSATION)
