"""Somebody who uses the chat: opens a conversation, types, waits, reads, and keeps a book of what must be there."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

PAUSE = 0.25  # before a request that failed is made again
GONE_SECONDS = 120.0  # without any answer of the port: parts that were killed are back long before
LONGEST_WAIT = 600.0  # for one answer, before the run calls it lost


@dataclass
class Sent:
    """A message: when it was sent, when the server said that it has it, and when its answer was whole."""

    id: str
    text: str
    started: float
    acknowledged: float | None = None
    answered: float | None = None
    given_up: int = 0  # how often the assistant said that it could not answer, after which it was asked again


@dataclass
class Person:
    """One tab. `log` holds the entries in the order in which they came; `faults` what should never be."""

    name: str
    http: httpx.AsyncClient
    token: str = ""
    sent: list[Sent] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _listening: asyncio.Task[None] | None = None
    _silent_since: float = 0.0

    async def open(self) -> None:
        """Begin a conversation and listen to it."""
        while not self.token:
            response = await self._request("POST", "/widget/session", json={})
            if response is not None and response.status_code == 201:
                self.token = response.json()["token"]
            else:
                await asyncio.sleep(PAUSE)
        self._listening = asyncio.get_running_loop().create_task(self._listen())

    async def close(self) -> None:
        """Stop listening."""
        if self._listening:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def ask(self, text: str) -> list[dict[str, Any]]:
        """Send a message until it is taken, wait for its answer and return that; [] when it never came."""
        sent = await self.send(text)
        return await self.answer(sent)

    async def send(self, text: str, insist: bool = True) -> Sent:
        """Send a message, by its own mark, until the server has it (or once)."""
        sent = Sent(uuid.uuid4().hex, text, time.monotonic())
        self.sent.append(sent)
        body = {"client_message_id": sent.id, "text": text}
        while sent.acknowledged is None:
            response = await self._request("POST", "/widget/messages", json=body)
            if response is not None and response.status_code == 202:
                sent.acknowledged = time.monotonic()
            elif not insist:
                self.sent.remove(sent)
                break
            else:
                wait = float(response.headers.get("Retry-After", PAUSE)) if response is not None else PAUSE
                await asyncio.sleep(min(wait, 10.0))
        return sent

    async def answer(self, sent: Sent, seconds: float = LONGEST_WAIT) -> list[dict[str, Any]]:
        """Wait for the whole answer to a message."""
        until = time.monotonic() + seconds
        while sent.answered is None and time.monotonic() < until:
            self._news.clear()
            found = [each for each in self.log if each.get("answers") == sent.id]
            if any(each.get("last") and not _is_unavailable(each) for each in found):
                sent.answered = time.monotonic()
                return found
            if sum(map(_is_unavailable, found)) > sent.given_up:
                await self._again(sent)
            try:
                await asyncio.wait_for(self._news.wait(), 1.0)
            except asyncio.TimeoutError:
                continue
        self.faults.append(f"{self.name}: no answer")
        return []

    async def _again(self, sent: Sent) -> None:
        """Press the button under a message that could not be answered: the same message, by the same mark."""
        sent.given_up += 1
        body = {"client_message_id": sent.id, "text": sent.text}
        while (response := await self._request("POST", "/widget/messages", json=body)) is None or (
            response.status_code != 202
        ):
            await asyncio.sleep(PAUSE)

    async def judge(self) -> list[str]:
        """Read the whole conversation anew and return what is wrong with it: lost, doubled, mixed up, out of order."""
        entries = await self._everything()
        faults = list(self.faults)
        mine = [each.id for each in self.sent if each.acknowledged]
        said = [each["id"] for each in entries if each["who"] == "user"]
        faults += [f"{self.name}: lost" for each in mine if each not in said]
        faults += [f"{self.name}: doubled" for each in set(said) if said.count(each) > 1]
        known = {each.id: each.text for each in self.sent}
        for each in entries:
            if each["who"] == "system":
                continue
            owner = each["id"] if each["who"] == "user" else each.get("answers")
            if owner not in known or (each["who"] == "user" and each["text"] != known[owner]):
                faults.append(f"{self.name}: somebody else's entry")
        ends = [each["answers"] for each in entries if each.get("last") and not _is_unavailable(each)]
        faults += [f"{self.name}: answered {ends.count(each)} times" for each in mine if ends.count(each) != 1]
        if [each for each in said if each in mine] != mine or ends != sorted(ends, key=mine.index):
            faults.append(f"{self.name}: out of order")
        if [each["seq"] for each in entries] != sorted({each["seq"] for each in entries}):
            faults.append(f"{self.name}: numbers out of order")
        return faults

    async def _everything(self) -> list[dict[str, Any]]:
        """Return the conversation from its start; asked until there is one."""
        entries: list[dict[str, Any]] = []
        while True:
            after = entries[-1]["seq"] if entries else 0
            response = await self._request("GET", f"/widget/events?after={after}")
            if response is None or response.status_code != 200:
                await asyncio.sleep(PAUSE)
                continue
            more = response.json()["entries"]
            entries += more
            if not more:
                return entries

    async def _request(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """Ask once; None when nobody answered. Raises RuntimeError when nobody does for minutes on end."""
        try:
            response = await self.http.request(method, path, headers=self._headers, timeout=20, **more)
        except httpx.TransportError:
            self._count(0)
            self._silent_since = self._silent_since or time.monotonic()
            if time.monotonic() - self._silent_since > GONE_SECONDS:
                raise RuntimeError("the assistant is gone") from None
            return None
        self._silent_since = 0.0
        self._count(response.status_code)
        if response.status_code >= 400 and not _is_polite(response):
            self.faults.append(f"{self.name}: status {response.status_code} without a Dutch error")
        return response

    def _count(self, status: int) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    async def _listen(self) -> None:
        """Follow the stream over whatever happens to it, whole events only."""
        headers = {**self._headers, "Accept": "text/event-stream"}
        while True:
            after = self.log[-1]["seq"] if self.log else 0
            try:
                async with self.http.stream(
                    "GET", f"/widget/events?after={after}", headers=headers, timeout=httpx.Timeout(10, read=40)
                ) as response:
                    await self._read(response)
            except httpx.TransportError:
                pass
            await asyncio.sleep(PAUSE)

    async def _read(self, response: httpx.Response) -> None:
        if response.status_code != 200:
            await response.aread()
            return
        if not response.headers["content-type"].startswith("text/event-stream"):
            await response.aread()
            self._take(response.json()["entries"])
            return
        rest = ""
        async for chunk in response.aiter_text():
            *events, rest = (rest + chunk).split("\n\n")
            self._take([json.loads(each.partition("data: ")[2]) for each in events if each.startswith("event: entry")])

    def _take(self, entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            if not self.log or entry["seq"] > self.log[-1]["seq"]:
                self.log.append(entry)
        self._news.set()


def _is_unavailable(entry: dict[str, Any]) -> bool:
    return bool((entry.get("custom") or {}).get("kind") == "unavailable")


def _is_polite(response: httpx.Response) -> bool:
    try:
        error = response.json()["error"]
    except (ValueError, KeyError, TypeError):
        return False
    return bool(error.get("code")) and bool(error.get("message"))
