"""Talks to Rasa and the action server on loopback."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx

from bot.errors import NotReady

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = (0.1, 0.3, 0.8)  # only when the connection was refused: then nothing has been done yet
PING_SECONDS = 2.0
TURN_SECONDS = 60.0  # a turn may finish after its client stopped waiting


class RasaClient:
    """Rasa's REST channel and the health of both processes."""

    def __init__(self, client: httpx.AsyncClient, rasa_url: str, actions_url: str) -> None:
        """`client` is closed by whoever made it."""
        self._client, self._rasa_url, self._actions_url = client, rasa_url, actions_url

    async def ask(self, sender: str, message: str) -> list[dict[str, Any]]:
        """Return Rasa's replies to a message, at least one; raises NotReady."""
        for pause in (*RETRY_AFTER_SECONDS, None):
            try:
                return await self._ask_once(sender, message)
            except httpx.ConnectError:
                if pause is None:
                    break
                await asyncio.sleep(pause)
        raise NotReady("Rasa refuses connections")

    async def _ask_once(self, sender: str, message: str) -> list[dict[str, Any]]:
        url = f"{self._rasa_url}/webhooks/rest/webhook"
        try:
            response = await self._client.post(url, json={"sender": sender, "message": message}, timeout=TURN_SECONDS)
            replies = response.json() if response.is_success else None
        except httpx.ConnectError:
            raise
        except (httpx.HTTPError, ValueError) as error:
            raise NotReady(f"Rasa gave no answer: {type(error).__name__}") from error
        if not isinstance(replies, list) or not replies or not all(isinstance(reply, dict) for reply in replies):
            raise NotReady(f"Rasa answered {response.status_code} without replies")
        return replies

    async def missing(self) -> tuple[str, ...]:
        """Return which of `rasa` (with a model loaded) and `actions` can't answer now."""
        rasa, actions = await asyncio.gather(
            self._is_well(f"{self._rasa_url}/status", "model_file"),
            self._is_well(f"{self._actions_url}/health", "status"),
        )
        return tuple(name for name, well in (("rasa", rasa), ("actions", actions)) if not well)

    async def _is_well(self, url: str, key: str) -> bool:
        try:
            response = await self._client.get(url, timeout=PING_SECONDS)
            return response.is_success and bool(response.json().get(key))
        except (httpx.HTTPError, ValueError, AttributeError):
            return False
