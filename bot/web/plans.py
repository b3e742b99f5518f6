"""The implementation plan over /api/v1: its document for a code or a token, and its deletion.

A wrong, unknown or expired code or token gets one and the same answer, and only a few a minute from one address.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.codes import is_code
from bot.errors import Refused
from bot.model import Plan
from bot.ports import Clock, PlanStore
from bot.web import texts
from bot.web.guard import Json, client_address
from bot.web.intake import read_object
from bot.web.limits import RateLimiter
from bot.web.siblings import Siblings

log = logging.getLogger(__name__)

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
}
FILE_NAME = "implementatieplan-ips"
WRONG_PER_MINUTE = 10
DOCUMENTS_PER_MINUTE = 30
DRAWN_AT_ONCE, WAITING = 2, 8
DRAW_SECONDS = 30.0
LONGEST = 200  # characters of a code or token that are looked at
_TEXT: dict[str, Any] = {"type": "string"}
_DELETED = {"type": "object", "required": ["deleted"], "properties": {"deleted": {"type": "boolean"}}}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "field"],
            "properties": {"code": _TEXT, "message": _TEXT, "field": {**_TEXT, "nullable": True}},
        }
    },
}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _ERROR}}}


def _body(**properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": ["code"], "properties": properties}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


_FILE = {
    "200": {
        "description": "Het document",
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()},
    }
}
_PLAN_ERRORS = {
    "404": _problem("Onbekende, verkeerde of verlopen code of link"),
    "429": _problem("Te veel pogingen"),
    "503": _problem("Te druk, of de opslag is niet bereikbaar"),
}
_INPUT_ERROR = {"422": _problem("Er ontbreekt een code, of het formaat klopt niet")}
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

PATHS: dict[str, Any] = {
    "/api/v1/plan/document": {
        "post": {
            "summary": "Het implementatieplan bij een code, als document.",
            "requestBody": _body(code=_TEXT, format={"type": "string", "enum": list(MEDIA_TYPES), "default": "docx"}),
            "responses": {**_FILE, **_PLAN_ERRORS, **_INPUT_ERROR},
        }
    },
    "/api/v1/plan/document/{token}.{format}": {
        "get": {
            "summary": "Het implementatieplan bij een tijdelijke link, als document.",
            "parameters": [
                {"name": "token", "in": "path", "required": True, "schema": _TEXT},
                {
                    "name": "format",
                    "in": "path",
                    "required": True,
                    "schema": {"type": "string", "enum": list(MEDIA_TYPES)},
                },
            ],
            "responses": {**_FILE, **_PLAN_ERRORS},
        }
    },
    "/api/v1/plan/delete": {
        "post": {
            "summary": "Verwijdert het implementatieplan bij een code, meteen en voorgoed.",
            "requestBody": _body(code=_TEXT),
            "responses": {
                "200": {"description": "Verwijderd", "content": {"application/json": {"schema": _DELETED}}},
                **_PLAN_ERRORS,
                **_INPUT_ERROR,
            },
        }
    },
}

Draw = Callable[[Plan, str], bytes]


class PlanDesk:
    """Hands out and deletes plans; one object for the whole process."""

    def __init__(
        self,
        plans: PlanStore,
        draw: Draw,
        clock: Clock,
        days: int,
        *,
        ticks: Callable[[], float] = time.monotonic,
        seconds: float = DRAW_SECONDS,
        siblings: Siblings | None = None,
    ) -> None:
        """`draw` makes the file of a plan in a format; a plan without activity for `days` counts as gone."""
        self._plans, self._draw, self._clock, self._days, self._seconds = plans, draw, clock, days, seconds
        together = siblings or Siblings()
        self._wrong = together.limit("wrong codes", RateLimiter(WRONG_PER_MINUTE, ticks))
        self._documents = together.limit("documents", RateLimiter(DOCUMENTS_PER_MINUTE, ticks))
        self._pool = ThreadPoolExecutor(DRAWN_AT_ONCE, thread_name_prefix="document")
        self._places = BoundedSemaphore(DRAWN_AT_ONCE + WAITING)
        self.on_drawn: Callable[[str], object] = lambda form: None  # told of the format of each document

    def routes(self) -> list[Route]:
        """Return the paths."""
        return [
            Route("/api/v1/plan/document", self.by_code, methods=["POST"]),
            Route("/api/v1/plan/document/{name}", self.by_token, methods=["GET"]),
            Route("/api/v1/plan/delete", self.delete, methods=["POST"]),
        ]

    async def by_code(self, request: Request) -> Response:
        """POST /api/v1/plan/document: {"code", "format"} -> the file."""
        content = await read_object(request)
        form = content.get("format", "docx")
        if not isinstance(form, str) or form not in MEDIA_TYPES:
            raise Refused(422, "verkeerd_formaat", texts.FORMAT_WRONG, "format")
        plan = await self._plan_of(request, _code(content))
        return await self._file(request, plan, form)

    async def by_token(self, request: Request) -> Response:
        """GET /api/v1/plan/document/{token}.{format}."""
        token, _, form = request.path_params["name"].rpartition(".")
        plan = await self._found(request, self._offered, token if form in MEDIA_TYPES else "")
        return await self._file(request, plan, form)

    async def delete(self, request: Request) -> Response:
        """POST /api/v1/plan/delete: {"code"} -> the plan is gone, at once."""
        plan = await self._plan_of(request, _code(await read_object(request)))
        await run_in_threadpool(self._plans.delete, plan.id)
        log.info("plan deleted on request")
        return Json({"deleted": True}, headers=_HEADERS)

    def close(self) -> None:
        """Stop drawing what nobody waits for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    # --- finding

    async def _plan_of(self, request: Request, code: str) -> Plan:
        return await self._found(request, self._find, code)

    async def _found(self, request: Request, look_up: Callable[[str], Plan | None], secret: str) -> Plan:
        """Return the plan. Every try counts until it proves right, so that tries at the same moment count as well."""
        address = client_address(request)
        if seconds := self._wrong.take(address):
            raise _too_many(seconds)
        plan = await run_in_threadpool(look_up, secret) if 0 < len(secret) <= LONGEST else None
        if plan is None:
            raise Refused(404, "plan_onbekend", texts.PLAN_UNKNOWN)
        self._wrong.give_back(address)
        return plan

    def _find(self, code: str) -> Plan | None:
        return self._unless_old(self._plans.find(code) if is_code(code) else None)

    def _offered(self, token: str) -> Plan | None:
        return self._unless_old(self._plans.offered(token, self._clock()))

    def _unless_old(self, plan: Plan | None) -> Plan | None:
        """A plan whose days are over is gone, also when the daily clean-up has not come by yet."""
        oldest = self._clock() - timedelta(days=self._days)
        return None if plan is None or (plan.updated_at or oldest) < oldest else plan

    # --- drawing

    async def _file(self, request: Request, plan: Plan, form: str) -> Response:
        if seconds := self._documents.take(client_address(request)):
            raise _too_many(seconds)
        disposition = {"Content-Disposition": f'attachment; filename="{FILE_NAME}.{form}"'}
        file = await self._drawn(plan, form)
        return Response(file, media_type=MEDIA_TYPES[form], headers={**_HEADERS, **disposition})

    async def _drawn(self, plan: Plan, form: str) -> bytes:
        """Draw in a few threads. What takes too long can't be stopped: it keeps its place until it ends."""
        if not self._places.acquire(blocking=False):
            raise Refused(503, "druk", texts.BUSY, retry_after=5)
        started = time.monotonic()
        job = self._pool.submit(self._draw, plan, form)
        job.add_done_callback(lambda _done: self._places.release())
        try:
            file = await asyncio.wait_for(asyncio.wrap_future(job), self._seconds)
        except (TimeoutError, asyncio.TimeoutError):
            log.warning("a document was not ready in %.0f seconds", self._seconds)
            raise Refused(503, "duurt_te_lang", texts.TOO_LONG, retry_after=60) from None
        self.on_drawn(form)
        log.info("document drawn: %s, %d bytes, %.2f s", form, len(file), time.monotonic() - started)
        return file


def _code(content: Mapping[str, Any]) -> str:
    code = content.get("code")
    if not isinstance(code, str) or not code.strip():
        raise Refused(422, "code_ontbreekt", texts.CODE_MISSING, "code")
    return code


def _too_many(seconds: int) -> Refused:
    return Refused(429, "te_veel", texts.TOO_MANY_TRIES.format(seconds=seconds), retry_after=seconds)
