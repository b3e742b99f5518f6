"""Every request gets an id, which goes with it to Rasa, the actions and every log line, and back in a header."""

from __future__ import annotations

import logging
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot import logs
from bot.web.metrics import Metrics

log = logging.getLogger(__name__)

PROBES = ("/healthz", "/readyz", "/metrics")  # asked all day by machines


class RequestLog:
    """Pure ASGI: counts answers, and writes a line for what changes something or is refused.

    The id is always ours: one that a client may choose could hold anything. The line names the handler, not the path,
    which may hold a token.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started = 500, time.monotonic()
        with logs.for_request() as request_id:

            async def send_named(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    MutableHeaders(scope=message)[logs.REQUEST_HEADER] = request_id
                await send(message)

            try:
                await self._app(scope, receive, send_named)
            finally:
                self._note(scope, status, time.monotonic() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        if scope["path"] in PROBES:
            return
        self._metrics.responses.labels(f"{status // 100}xx").inc()
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") or status >= 400:
            log.info(
                "request", extra=logs.counts(handler=_handler(scope), status=status, ms=logs.milliseconds(seconds))
            )


def _handler(scope: Scope) -> str:
    return str(getattr(scope.get("endpoint"), "__qualname__", "none"))
