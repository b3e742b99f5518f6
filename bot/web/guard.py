"""What every answer carries and who may ask: security headers, origins, and one shape for every error."""

from __future__ import annotations

import ipaddress
import json
import secrets
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import Refused
from bot.web import texts

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",  # the widget is meant for other sites; who may post is CORS
}
PREFLIGHT_SECONDS = "600"
WIDGET_PATHS = "/widget/"  # its requests carry a token, so they are for sites that we know only


class Json(JSONResponse):
    """A JSON answer that never fails on half a character."""

    def render(self, content: Any) -> bytes:
        """Return the bytes."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def refusal(error: Refused) -> Json:
    """Return the answer to a request that we refuse."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    return error_answer(error.status, error.code, error.message, error.field, headers)


def error_answer(
    status: int, code: str, message: str, field: str | None = None, headers: dict[str, str] | None = None
) -> Json:
    """Return an error in the contract's shape."""
    return Json({"error": {"code": code, "message": message, "field": field}}, status, headers)


def http_error(_request: Request, error: Exception) -> Response:
    """Answer what the router refuses: an unknown path or method."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        headers = dict(getattr(error, "headers", None) or {})
        return error_answer(405, "verkeerde_methode", texts.WRONG_METHOD, headers=headers)
    if status == 404:
        return error_answer(404, "onbekend_pad", texts.UNKNOWN_PATH)
    return error_answer(status, "fout", texts.BROKEN)


class Guard:
    """Pure ASGI: adds the security headers, answers preflights, refuses requests from unknown origins."""

    def __init__(self, app: ASGIApp, allowed_origins: tuple[str, ...]) -> None:
        self._app, self._allowed = app, frozenset(allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        allowed = origin is None or origin in self._allowed or _is_own(origin, headers)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    added.setdefault(name, value)
                if origin is not None and allowed:
                    added["Access-Control-Allow-Origin"] = origin
                    added["Access-Control-Expose-Headers"] = "Retry-After"
                added.add_vary_header("Origin")
            await send(message)

        answer = self._answer_early(scope, headers, allowed)
        await (answer or self._app)(scope, receive, send_guarded)

    def _answer_early(self, scope: Scope, headers: Headers, allowed: bool) -> Response | None:
        """Return the answer to a preflight or to a request refused unread, or None when the app should answer."""
        if "transfer-encoding" in headers and "content-length" in headers:  # where it ends depends on who reads it
            return error_answer(400, "twee_lengtes", texts.TWO_LENGTHS, headers={"Connection": "close"})
        preflight = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        for_widget = scope["path"].startswith(WIDGET_PATHS)
        if not allowed and (preflight or for_widget or scope["method"] not in ("GET", "HEAD")):
            return error_answer(403, "herkomst_geweigerd", texts.WRONG_ORIGIN)
        if not preflight:
            return None
        permit = {
            "Access-Control-Allow-Methods": "GET, POST, DELETE" if for_widget else "GET, POST",
            "Access-Control-Allow-Headers": "Content-Type, Authorization" if for_widget else "Content-Type",
            "Access-Control-Max-Age": PREFLIGHT_SECONDS,
        }
        return Response(status_code=204, headers=permit)


def _is_own(origin: str, headers: Headers) -> bool:
    return origin.partition("://")[2] == headers.get("host")


def check_operator(request: Request, token: str) -> None:
    """Let loopback or the bearer of the token pass; raises Refused (403)."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if token and secrets.compare_digest(given.encode(), token.encode()):
        return
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))
    if forwarded or not _is_loopback(request):
        raise Refused(403, "niet_openbaar", texts.FORBIDDEN)


def client_address(request: Request) -> str:
    """Return the client's address, for the rate limit only."""
    return request.client.host if request.client else ""


def _is_loopback(request: Request) -> bool:
    try:
        return ipaddress.ip_address(client_address(request)).is_loopback
    except ValueError:
        return False
