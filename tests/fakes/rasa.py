"""A Rasa and an action server in one small app: it records what it hears and answers what the test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Reply = dict[str, Any]


def echo(sender: str, message: str) -> list[Reply]:
    """Answer with the message itself."""
    return [{"recipient_id": sender, "text": f"echo: {message}"}]


class FakeRasa:
    """`heard` has (sender, message) in order, `metadata` what came along; `answer` replies; `delay` is in seconds."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.metadata: list[Any] = []
        self.answer: Callable[[str, str], Any] = echo
        self.delay = 0.0
        self.status = 200
        self.understood: list[Reply] = []  # what was asked of the triage, in order
        self.triage: Reply = {}
        self.loaded = True
        self.busy: set[str] = set()
        self.overlapped = False
        self.app = Starlette(
            routes=[
                Route("/webhooks/rest/webhook", self._webhook, methods=["POST"]),
                Route("/webhooks/triage/parse", self._triage, methods=["POST"]),
                Route("/status", self._status),
                Route("/health", self._health),
            ]
        )

    async def _webhook(self, request: Request) -> Response:
        body = await request.json()
        sender, message = body["sender"], body["message"]
        self.metadata.append(body.get("metadata"))
        self.overlapped |= sender in self.busy
        self.busy.add(sender)
        self.heard.append((sender, message))
        await asyncio.sleep(self.delay)
        self.busy.discard(sender)
        return JSONResponse(self.answer(sender, message), self.status)

    async def _triage(self, request: Request) -> Response:
        self.understood.append(await request.json())
        return JSONResponse(self.triage, self.status)

    async def _status(self, _request: Request) -> Response:
        return JSONResponse({"model_file": "model.tar.gz"} if self.loaded else {}, 200 if self.loaded else 409)

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})
