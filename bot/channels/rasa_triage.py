"""Rasa's side of triage: one message is understood and nothing is remembered, no conversation, no tracker."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from bot import logs

KEPT = ("triage", "answers", "intent")


class TriageParse(InputChannel):
    """`POST /webhooks/triage/parse` on loopback: {"text", "questions", "signals"} -> what the NLU found."""

    @classmethod
    def name(cls) -> str:
        """Return the name in the path."""
        return "triage"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes."""
        routes = Blueprint("triage_parse")

        @routes.post("/parse")
        async def parse(request: Request) -> HTTPResponse:
            body = request.json
            asked = {"questions": body["questions"], "signals": body["signals"]}
            message = UserMessage(body["text"], sender_id="triage", metadata={"triage": asked})
            agent = request.app.ctx.agent
            if agent is None or agent.processor is None:
                return json({}, 503)
            with logs.for_request(request.headers.get(logs.REQUEST_HEADER, "")):
                found = await agent.processor.parse_message(message)
            return json({key: found[key] for key in KEPT if key in found})

        return routes
