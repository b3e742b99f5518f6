"""The public port: the only door for people, sites and programs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.errors import InputError, Refused, StoreError
from bot.model import Advice, FactDefinition, Source
from bot.ports import DossierStore
from bot.settings import Settings
from bot.web import advice as advice_format
from bot.web import texts
from bot.web.chat import Chat, Safety
from bot.web.guard import Guard, Json, check_operator, client_address, error_answer, http_error, refusal
from bot.web.intake import read_chat, read_object
from bot.web.limits import RateLimiter
from bot.web.metrics import Metrics
from bot.web.rasa import RasaClient
from bot.web.turns import Turns

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
READY_SECONDS = 0.5  # how long a verdict on readiness is kept


class PublicPort:
    """The handlers, and what they share."""

    def __init__(
        self,
        settings: Settings,
        *,
        advise: Callable[[Mapping[str, Any]], Advice],
        facts: Mapping[str, FactDefinition],
        sources: Mapping[str, Source],
        store: DossierStore,
        safety: Safety,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        """`advise` takes the request body of POST /api/v1/advice and raises InputError; `client` is for tests."""
        self._settings, self._advise, self._sources, self._store = settings, advise, sources, store
        self._client = client or httpx.AsyncClient(trust_env=False, limits=httpx.Limits(max_connections=100))
        self._metrics = Metrics()
        self._rasa = RasaClient(self._client, settings.rasa_url, settings.actions_url)
        self._turns = Turns(time.monotonic)
        self._per_address = RateLimiter(settings.rate_per_address, time.monotonic)
        self._description = advice_format.openapi(facts)
        self._ready: tuple[float, tuple[str, ...]] = (float("-inf"), ())
        self._ready_lock = asyncio.Lock()
        self._chat = Chat(
            self._rasa,
            self._turns,
            RateLimiter(settings.rate_per_minute, time.monotonic),
            self._metrics,
            safety,
            max_message=settings.max_message,
            wait_seconds=settings.rasa_timeout,
        )

    async def page(self, _request: Request) -> Response:
        """GET /: a fictitious site that embeds the chat."""
        return FileResponse(HERE / "page" / "index.html", headers={"Cache-Control": "no-cache"})

    async def widget(self, _request: Request) -> Response:
        """GET /widget.js."""
        headers = {"Cache-Control": "no-cache"}
        return FileResponse(HERE / "widget" / "widget.js", media_type="text/javascript", headers=headers)

    async def chat(self, request: Request) -> Response:
        """POST /webhooks/rest/webhook."""
        self._count(request)
        replies = await self._chat.answer(read_chat(await read_object(request)))
        return Json(replies, headers={"Cache-Control": "no-store"})

    async def advice(self, request: Request) -> Response:
        """POST /api/v1/advice."""
        self._count(request)
        content = await read_object(request)
        with self._metrics.advice_seconds.time():
            advice = await run_in_threadpool(self._advise, content)
        return Json(advice_format.to_json(advice, self._sources), headers={"Cache-Control": "no-store"})

    async def openapi(self, _request: Request) -> Response:
        """GET /api/v1/openapi.json."""
        return Json(self._description)

    async def healthz(self, _request: Request) -> Response:
        """GET /healthz: this process lives."""
        return Json({"status": "ok"})

    async def readyz(self, _request: Request) -> Response:
        """GET /readyz: a question can be answered now."""
        missing = await self._missing()
        return Json({"status": "wacht" if missing else "ok", "missing": list(missing)}, 503 if missing else 200)

    async def metrics(self, request: Request) -> Response:
        """GET /metrics, for loopback or the token."""
        check_operator(request, self._settings.metrics_token)
        return Response(self._metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    async def refuse(self, _request: Request, error: Exception) -> Response:
        """Translate our own errors: a refusal as it is, other bad input as 422."""
        if isinstance(error, Refused):
            self._metrics.refused.labels(error.code).inc()
            return refusal(error)
        if isinstance(error, InputError):
            self._metrics.refused.labels(error.code).inc()
            return error_answer(422, error.code, error.message, error.field)
        return error_answer(503, "niet_klaar", texts.NOT_READY)

    async def close(self) -> None:
        """Stop the turns and the connections."""
        await self._turns.close()
        await self._client.aclose()

    def _count(self, request: Request) -> None:
        if seconds := self._per_address.take(client_address(request)):
            raise Refused(429, "te_veel", texts.TOO_MANY.format(seconds=seconds), retry_after=seconds)

    async def _missing(self) -> tuple[str, ...]:
        async with self._ready_lock:
            checked_at, missing = self._ready
            if time.monotonic() - checked_at > READY_SECONDS:
                missing = await self._rasa.missing() + await run_in_threadpool(self._missing_store)
                self._ready = (time.monotonic(), missing)
            return missing

    def _missing_store(self) -> tuple[str, ...]:
        try:
            self._store.ping()
        except StoreError:
            return ("store",)
        return ()


def create_app(port: PublicPort, allowed_origins: tuple[str, ...] = ()) -> ASGIApp:
    """Return the ASGI app."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await port.close()

    app = Starlette(
        routes=[
            Route("/", port.page),
            Route("/widget.js", port.widget),
            Mount("/static", StaticFiles(directory=HERE / "page" / "static")),
            Route("/webhooks/rest/webhook", port.chat, methods=["POST"]),
            Route("/api/v1/advice", port.advice, methods=["POST"]),
            Route("/api/v1/openapi.json", port.openapi),
            Route("/healthz", port.healthz),
            Route("/readyz", port.readyz),
            Route("/metrics", port.metrics),
        ],
        exception_handlers={
            InputError: port.refuse,
            StoreError: port.refuse,
            HTTPException: http_error,
            Exception: http_error,
        },
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return Guard(app, allowed_origins)
