"""A client of Zammad's REST API, no larger than what we use of it.

After docs.zammad.org: "Introduction" (token, JSON, expand), "Tickets", "Articles", "Tags" and "User". Errors are JSON,
`{"error": "…", "error_human": "…"}`. A status that an operator can mend is waited for; nothing is asked twice unasked
but what changes nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.web.deliveries import TryLater, Undeliverable

log = logging.getLogger(__name__)

CALL_SECONDS = 15.0
MEND_SECONDS = 60.0  # between tries of what an operator must mend: a token, a right
LONGEST_PAUSE = 900.0  # of a Retry-After that we believe
LARGEST_ANSWER = 8 * 1024 * 1024
TRIES, PAUSE = 3, 0.3  # of a question that changes nothing
MENDABLE = (401, 403)
PASSING = (408, 425, 429, 500, 502, 503, 504)


class Gone(Undeliverable):
    """There is no such thing in Zammad (any more)."""


class Unprocessable(Undeliverable):
    """Zammad understands the request and won't have it."""


class ZammadApi:
    """Asks and tells. When Zammad says that we are too fast, every call waits until it may go on."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str) -> None:
        """`client` follows no redirects and is closed by whoever made it."""
        self._client, self._url = client, f"{url.rstrip('/')}/api/v1"
        self._headers = {"Authorization": f"Token token={token}", "Accept": "application/json"}
        self._quiet_until = 0.0

    async def get(self, path: str, **query: str | int) -> Any:
        """Return what is there, asked again when that failed in passing; raises TryLater, Undeliverable."""
        for attempt in range(TRIES):
            try:
                return await self._call("GET", path, query=query)
            except TryLater as problem:
                if attempt == TRIES - 1 or problem.seconds is not None:
                    raise
                await asyncio.sleep(PAUSE * 2**attempt)
        raise AssertionError("unreachable")

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Create; never asked again by itself. Raises TryLater, Undeliverable."""
        return await self._call("POST", path, body)

    async def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change; raises TryLater, Undeliverable."""
        return await self._call("PUT", path, body)

    async def delete(self, path: str) -> None:
        """Delete; raises TryLater, Undeliverable. That we may not (403) is final: it takes another right."""
        await self._call("DELETE", path)

    async def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str | int] | None = None,
    ) -> Any:
        loop = asyncio.get_running_loop()
        while (wait := self._quiet_until - loop.time()) > 0:
            await asyncio.sleep(wait)
        request = self._client.build_request(
            method, f"{self._url}/{path}", json=body, params=query or None, headers=self._headers, timeout=CALL_SECONDS
        )
        try:
            status, headers, content = await asyncio.wait_for(self._read(request), 2 * CALL_SECONDS)
        except (httpx.HTTPError, asyncio.TimeoutError) as problem:
            raise TryLater(type(problem).__name__) from None
        if status == 429:
            self._quiet_until = loop.time() + (_seconds(headers) or 1.0)
        return _checked(method, path, status, headers, content)

    async def _read(self, request: httpx.Request) -> tuple[int, httpx.Headers, bytes]:
        response = await self._client.send(request, stream=True)
        try:
            content = b""
            async for piece in response.aiter_bytes():
                content += piece
                if len(content) > LARGEST_ANSWER:
                    raise TryLater("an answer without end")
            return response.status_code, response.headers, content
        finally:
            await response.aclose()


def whole(value: Any, *names: str) -> Mapping[str, Any]:
    """Return an answer of which these fields are whole numbers; raises TryLater for anything else."""
    if not isinstance(value, dict) or any(type(value.get(name)) is not int for name in names):
        raise TryLater("not what Zammad answers")
    return value


def listed(value: Any, *names: str) -> Sequence[Mapping[str, Any]]:
    """Return an answer that is a list of such objects; raises TryLater for anything else."""
    if not isinstance(value, list):
        raise TryLater("not what Zammad answers")
    return [whole(each, *names) for each in value]


def is_safe_address(url: str) -> bool:
    """Tell whether a token may be sent there: over TLS, or to this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))


def _checked(method: str, path: str, status: int, headers: httpx.Headers, content: bytes) -> Any:
    what = path.partition("/")[0].partition("?")[0]
    if 200 <= status < 300:
        return _json(content) if content.strip() or method != "DELETE" else None
    reason = f"{method} {what}: status {status}"
    if status in MENDABLE and (method, status) != ("DELETE", 403):
        log.error("Zammad refuses us (%s): check the token and its rights", reason)
        raise TryLater(reason, MEND_SECONDS)
    if status in PASSING:
        raise TryLater(reason, _seconds(headers))
    if 300 <= status < 400:
        log.error("Zammad sends us elsewhere (%s): check IPS_ZAMMAD_URL", reason)
        raise TryLater(reason, MEND_SECONDS)
    if status == 404:
        raise Gone(reason)
    raise Unprocessable(reason)


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise TryLater("not JSON") from None


def _seconds(headers: httpx.Headers) -> float | None:
    told = headers.get("retry-after", "")
    return min(float(told), LONGEST_PAUSE) if told.isascii() and told.isdigit() and len(told) < 7 else None
