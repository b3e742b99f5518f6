"""A client of Slack's Web API, no larger than what we use of it: messages, and who is in a channel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx

from bot.web.deliveries import TryLater, Undeliverable

CALL_SECONDS = 15.0
LONGEST_QUIET = 900.0  # of a Retry-After that we believe
_PASSING = frozenset(
    [
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "ratelimited",
        "rate_limited",
    ]
)
# What an operator can mend while the reply waits.
_MENDABLE = frozenset(
    [
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "org_login_required",
    ]
)
MEND_SECONDS = 60.0


class SlackApi:
    """Posts. When Slack says that we are too fast, every call waits until it may go on."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str) -> None:
        """`client` is closed by whoever made it."""
        self._client, self._url = client, url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}
        self._quiet_until = 0.0

    async def call(self, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what Slack answers; raises TryLater or Undeliverable."""
        return await self._call(method, json=body)

    async def ask(self, method: str, arguments: Mapping[str, str]) -> Mapping[str, Any]:
        """The same for a method that reads: those take a form, no JSON."""
        return await self._call(method, data=arguments)

    async def _call(self, method: str, **body: Any) -> Mapping[str, Any]:
        while (wait := self._quiet_until - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        try:
            response = await self._client.post(
                f"{self._url}/{method}", **body, headers=self._headers, timeout=CALL_SECONDS
            )
            answer = response.json() if response.is_success else {}
        except (httpx.HTTPError, ValueError) as problem:
            raise TryLater(type(problem).__name__) from problem
        if response.status_code == 429:
            seconds = _retry_after(response)
            self._quiet_until = time.monotonic() + seconds
            raise TryLater("too fast", seconds)
        return _checked(response.status_code, answer)


def _checked(status: int, answer: Any) -> Mapping[str, Any]:
    if status != 200 or not isinstance(answer, dict):
        raise TryLater(f"status {status}")
    if answer.get("ok") is True:
        return answer
    code = str(answer.get("error", ""))[:60]
    if code in _MENDABLE:
        raise TryLater(code, MEND_SECONDS)
    raise TryLater(code) if code in _PASSING else Undeliverable(code)


def _retry_after(response: httpx.Response) -> float:
    given = response.headers.get("retry-after", "")
    return min(float(given), LONGEST_QUIET) if given.isascii() and given.isdigit() else 1.0
