"""Sends a message to Teams: to a service that we know, with our token."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import httpx

from bot.channels.teams import Reference, addressed, as_text
from bot.errors import NotReady
from bot.web.deliveries import TryLater, Undeliverable
from bot.web.teams_tokens import BadToken, OwnToken, TokenRefused, service_address

log = logging.getLogger(__name__)

SEND_SECONDS = 15.0
LONGEST_PAUSE = 300.0  # that Teams can ask for
AGAIN = (401, 408, 412, 425, 429, 500, 502, 503, 504)
NO_CARD = (400, 413)


class Connector:
    """Posts, changes and deletes messages, and asks who somebody is."""

    def __init__(self, client: httpx.AsyncClient, token: OwnToken, services: tuple[str, ...]) -> None:
        """`client` follows no redirects and is closed by whoever made it."""
        self._client, self._token, self._services = client, token, services

    async def send(self, where: Reference, message: Mapping[str, Any]) -> str:
        """Deliver a message and return its id ("": not told); a card that is refused goes as plain text.

        Raises TryLater, Undeliverable.
        """
        url = self._checked(_activities, where)
        response = await self._call("POST", url, addressed(message, where))
        if response.status_code in NO_CARD and message.get("attachments"):
            log.warning("Teams refused a card (%s); it goes as text", response.status_code)
            response = await self._call("POST", url, addressed(as_text(message), where))
        return str(_content(response).get("id") or "")

    async def begin(self, where: Reference, message: Mapping[str, Any]) -> str:
        """Begin a thread in a channel and return its conversation's id; raises TryLater, Undeliverable."""
        body = {
            "isGroup": True,
            "bot": {"id": where.bot},
            "tenantId": where.tenant,
            "channelData": {"channel": {"id": where.conversation}, "tenant": {"id": where.tenant}},
            "activity": message,
        }
        url = self._checked(
            lambda _where, services: f"{service_address(where.service, services)}/v3/conversations", where
        )
        made = _content(await self._call("POST", url, body)).get("id")
        if not isinstance(made, str) or not made.startswith(f"{where.conversation};"):
            raise TryLater("not what Teams answers")
        return made

    async def update(self, where: Reference, activity: str, message: Mapping[str, Any]) -> None:
        """Change a message of ours; raises TryLater, Undeliverable."""
        url = f"{self._checked(_activities, where)}/{quote(activity, safe='')}"
        _content(await self._call("PUT", url, {**addressed(message, where), "id": activity}))

    async def remove(self, where: Reference, activity: str) -> None:
        """Delete a message of ours; one that is gone is no error. Raises TryLater, Undeliverable."""
        url = f"{self._checked(_activities, where)}/{quote(activity, safe='')}"
        response = await self._call("DELETE", url)
        if response.status_code not in (404, 410):
            _content(response)

    async def member(self, where: Reference, user: str) -> Mapping[str, Any] | None:
        """Return a member of a conversation, None for who is none; raises TryLater, Undeliverable."""
        url = self._checked(_activities, where).rpartition("/")[0]
        response = await self._call("GET", f"{url}/members/{quote(user, safe='')}")
        return None if response.status_code in (400, 403, 404) else _content(response)

    def _checked(self, address: Callable[[Reference, tuple[str, ...]], str], where: Reference) -> str:
        try:
            return address(where, self._services)
        except BadToken as problem:
            raise Undeliverable(str(problem)) from None

    async def _call(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """Ask, with a new token when the old one was refused; raises TryLater, Undeliverable."""
        response = None
        for _ in range(2):
            try:
                token = await self._token.get()
                headers = {"Authorization": f"Bearer {token}"}
                response = await self._client.request(method, url, json=body, headers=headers, timeout=SEND_SECONDS)
            except TokenRefused as problem:
                raise Undeliverable(str(problem)) from None
            except (httpx.HTTPError, NotReady) as problem:
                raise TryLater(type(problem).__name__) from None
            if response.status_code != 401:
                break
            self._token.forget(token)
        assert response is not None
        if response.status_code in AGAIN:
            raise TryLater(f"Teams answered {response.status_code}", _retry_after(response))
        return response


def _content(response: httpx.Response) -> Mapping[str, Any]:
    """Return what Teams answers; raises Undeliverable."""
    if not response.is_success:
        raise Undeliverable(f"Teams answered {response.status_code}")
    try:
        content = response.json() if response.content else {}
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _activities(where: Reference, services: tuple[str, ...]) -> str:
    """Return where a message goes; raises BadToken."""
    conversation = quote(where.conversation, safe="")
    reply_to = f"/{quote(where.reply_to, safe='')}" if where.reply_to else ""
    if {".", ".."} & {where.conversation, where.reply_to}:
        raise BadToken("no conversation", 403)
    return f"{service_address(where.service, services)}/v3/conversations/{conversation}/activities{reply_to}"


def _retry_after(response: httpx.Response) -> float | None:
    told = response.headers.get("retry-after", "")
    return min(float(told), LONGEST_PAUSE) if told.isascii() and told.isdigit() and len(told) < 7 else None
