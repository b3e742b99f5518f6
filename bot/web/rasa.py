"""Talks to Rasa and the action server on loopback."""

from __future__ import annotations

import asyncio
import logging
import time
import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from bot import logs
from bot.errors import NotReady

log = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = (0.1, 0.3, 0.8)  # only when the connection was refused: then nothing has been done yet
PING_SECONDS = 2.0
TRIAGE_SECONDS = 20.0
SHUN_SECONDS = 1.0  # that a process which gave no answer is asked last
TURNS_AT_ONCE = 3  # of one Rasa: one thinks while others are at the actions; who comes later waits here, in order
TURN_SECONDS = 60.0  # a turn may finish after its client stopped waiting


@dataclass
class Worker:
    """A Rasa process and its action server: how many turns it has from us, and until when it is left alone."""

    rasa_url: str
    actions_url: str
    busy: int = 0
    shunned_until: float = 0.0


class RasaClient:
    """Rasa's channels and the health of its processes. One process or several: the least busy gets the turn."""

    def __init__(self, client: httpx.AsyncClient, urls: Sequence[tuple[str, str]]) -> None:
        """`urls` has each Rasa's address and that of its action server; `client` is closed by whoever made it."""
        self._client = client
        self._workers = tuple(Worker(*each) for each in urls)
        self._places = asyncio.Semaphore(TURNS_AT_ONCE * len(self._workers))

    async def ask(
        self, sender: str, message: str, message_id: str | None = None, contact: str | None = None
    ) -> list[dict[str, Any]]:
        """Return Rasa's replies to a message, at least one; raises NotReady. With an id it is safe to ask again.

        `contact` is the message with its e-mail addresses and phone numbers, for the plan's contact question only.
        """
        beside = {key: value for key, value in (("message_id", message_id), ("contact", contact)) if value}
        body = {"sender": sender, "message": message, **({"metadata": beside} if beside else {})}
        for pause in (*RETRY_AFTER_SECONDS, None):
            try:
                return await self._ask_once(body)
            except httpx.ConnectError:
                if pause is None:
                    break
                await asyncio.sleep(pause)
        raise NotReady("Rasa refuses connections")

    async def _ask_once(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        async with self._worker(body["sender"]) as worker:
            url = f"{worker.rasa_url}/webhooks/rest/webhook"
            try:
                response = await self._client.post(url, json=body, timeout=TURN_SECONDS, headers=_named())
                replies = response.json() if response.is_success else None
            except httpx.ConnectError:
                raise
            except (httpx.HTTPError, ValueError) as error:
                raise NotReady(f"Rasa gave no answer: {type(error).__name__}") from error
            if not replies:
                worker.shunned_until = time.monotonic() + SHUN_SECONDS
        if not isinstance(replies, list) or not replies or not all(isinstance(reply, dict) for reply in replies):
            raise NotReady(f"Rasa answered {response.status_code} without replies")
        return replies

    async def understand(self, text: str, questions: Sequence[str], signals: Sequence[float]) -> dict[str, Any]:
        """Return what the NLU makes of a helpdesk message (`triage`, `answers`); raises NotReady."""
        body = {"text": text, "questions": list(questions), "signals": list(signals)}
        try:
            async with self._worker(text) as worker:
                url = f"{worker.rasa_url}/webhooks/triage/parse"
                response = await self._client.post(url, json=body, timeout=TRIAGE_SECONDS, headers=_named())
                found = response.json() if response.is_success else None
        except (httpx.HTTPError, ValueError) as error:
            raise NotReady(f"no triage: {type(error).__name__}") from error
        if not isinstance(found, dict) or "triage" not in found:
            raise NotReady(f"Rasa answered {response.status_code} without triage")
        return found

    async def missing(self) -> tuple[str, ...]:
        """Return which of `rasa` (with a model loaded) and `actions` can't answer now; of several, one must."""
        well = await asyncio.gather(*(self._well(worker) for worker in self._workers))
        if any(rasa and actions for rasa, actions in well):
            return ()
        rasa, actions = well[0]
        return tuple(name for name, is_well in (("rasa", rasa), ("actions", actions)) if not is_well)

    @asynccontextmanager
    async def _worker(self, sender: str) -> AsyncIterator[Worker]:
        """Choose the least busy process, and of equals always the same for a sender; raises what the block raises."""
        home = zlib.crc32(sender.encode("utf-8", "surrogatepass"))
        turned = [self._workers[(home + step) % len(self._workers)] for step in range(len(self._workers))]
        async with self._places:
            now = time.monotonic()
            worker = min(turned, key=lambda each: (each.shunned_until > now, each.busy))
            worker.busy += 1
            try:
                yield worker
            except (httpx.TransportError, NotReady):
                worker.shunned_until = time.monotonic() + SHUN_SECONDS
                raise
            finally:
                worker.busy -= 1

    async def _well(self, worker: Worker) -> tuple[bool, bool]:
        rasa, actions = await asyncio.gather(
            self._is_well(f"{worker.rasa_url}/status", "model_file"),
            self._is_well(f"{worker.actions_url}/health", "status"),
        )
        return rasa, actions

    async def model(self) -> str:
        """Return the name of the model that Rasa answers with, "" when it has none."""
        try:
            status = (await self._client.get(f"{self._workers[0].rasa_url}/status", timeout=PING_SECONDS)).json()
            return f"{status['model_file']} {status['model_id'][:8]}"
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return ""

    async def _is_well(self, url: str, key: str) -> bool:
        try:
            response = await self._client.get(url, timeout=PING_SECONDS)
            return response.is_success and bool(response.json().get(key))
        except (httpx.HTTPError, ValueError, AttributeError):
            return False


def _named() -> dict[str, str]:
    return {logs.REQUEST_HEADER: logs.request_id()} if logs.request_id() else {}
