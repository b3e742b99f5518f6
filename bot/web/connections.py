"""Connections of the public port: one that takes its time to ask is closed. uvicorn only closes those that are idle."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from bot.web import texts

HEAD_SECONDS = 15.0  # in which a request's head must have come, and the rest of a body that was answered already


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 with a bound on the time that a client may take for a request's head.

    The body has a bound of its own (`intake.read_body`) until it is answered; whoever dribbles on after that is cut.
    """

    head_seconds = HEAD_SECONDS

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._bound: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count."""
        super().connection_made(transport)
        self._count()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; a whole head stops the count."""
        super().data_received(data)
        if self._is_answering():
            self._stop()

    def on_response_complete(self) -> None:
        """Count again: for the next request's head."""
        super().on_response_complete()
        if not self._is_answering():
            self._count()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP in the shape of every error, and close."""
        error = {"code": "geen_http", "message": texts.NOT_HTTP, "field": None}
        body = json.dumps({"error": error}, ensure_ascii=False).encode()
        headers = [("content-type", "application/json"), ("content-length", str(len(body))), ("connection", "close")]
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _count(self) -> None:
        self._stop()
        self._bound = self.loop.call_later(self.head_seconds, self._close)

    def _stop(self) -> None:
        if self._bound:
            self._bound.cancel()
            self._bound = None

    def _close(self) -> None:
        if not self._is_answering():
            self.transport.abort()
