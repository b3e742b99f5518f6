"""Rasa's side of the REST channel: text, buttons and `custom` of one reply stay together in one message."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import logs

log = logging.getLogger(__name__)


class WholeReplyOutput(CollectingOutputChannel):
    """Collects each reply whole; Rasa's own channel splits `custom` off into a message of its own."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one reply as {"recipient_id", "text"?, "buttons"?, "custom"?}."""
        kept = {key: message[key] for key in ("text", "buttons", "custom") if message.get(key)}
        if kept:
            await self._persist_message({"recipient_id": recipient_id, **kept})


class WholeReplyRest(InputChannel):
    """`POST /webhooks/rest/webhook` on loopback; the public port stands before it and has checked the message."""

    @classmethod
    def name(cls) -> str:
        """Return the name in the path."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("whole_reply_rest")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            return json({"status": "ok"})

        @routes.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            replies = WholeReplyOutput()
            body = request.json
            with logs.for_request(request.headers.get(logs.REQUEST_HEADER, "")) as request_id:
                started = time.monotonic()
                metadata = {**(body.get("metadata") or {}), "request_id": request_id}
                message = UserMessage(
                    body["message"], replies, body["sender"], input_channel=self.name(), metadata=metadata
                )
                await on_new_message(message)
                # The id stands in the text too: Rasa drops a line that is the same as the one before it.
                took = logs.milliseconds(time.monotonic() - started)
                log.info("message of %s", request_id, extra=logs.counts(ms=took, replies=len(replies.messages)))
            return json(replies.messages)

        return routes
