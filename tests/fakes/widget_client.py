"""Speaks the widget's protocol: sends until a message is taken, and asks for what came after until it has it."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

import httpx


class WidgetClient:
    """One tab. `log` holds the entries in the order in which they came."""

    opened: ClassVar[list[WidgetClient]] = []

    def __init__(self, address: str, token: str = "") -> None:
        self.opened.append(self)
        self.http = httpx.Client(base_url=address, timeout=10, trust_env=False, verify=False)
        self.token, self.log = token, list[dict[str, Any]]()
        self.resent = self.reconnected = 0
        self._stop = threading.Event()

    @classmethod
    def close_all(cls) -> None:
        """Close the connections of every tab."""
        while cls.opened:
            cls.opened.pop().http.close()

    @property
    def headers(self) -> dict[str, str]:
        """Return what a request carries."""
        return {"Authorization": f"Bearer {self.token}"}

    def open(self) -> WidgetClient:
        """Begin a conversation."""
        self.token = self.http.post("/widget/session", json={}).json()["token"]
        return self

    def post(self, text: str, message_id: str = "", **more: Any) -> httpx.Response:
        """Send a message once."""
        body = {"client_message_id": message_id or uuid.uuid4().hex, "text": text, **more}
        return self.http.post("/widget/messages", json=body, headers=self.headers)

    def say(self, text: str) -> str:
        """Send a message again and again until the server says that it has it; return its mark."""
        message_id = uuid.uuid4().hex
        while True:
            try:
                response = self.post(text, message_id)
            except httpx.TransportError:
                self.resent += 1
                continue
            assert response.status_code == 202, response.text
            return message_id

    def poll(self, wait: int = 0) -> list[dict[str, Any]]:
        """Ask once for what came after; return it and keep it."""
        url = f"/widget/events?after={self._seen}&wait={wait}"
        entries = self.http.get(url, headers=self.headers, timeout=wait + 10).json()["entries"]
        self._take(entries)
        return list(entries)

    def until(self, happened: Callable[[list[dict[str, Any]]], bool], seconds: float = 20) -> list[dict[str, Any]]:
        """Poll until the log is as wanted; return it."""
        deadline = time.monotonic() + seconds
        while not happened(self.log):
            assert time.monotonic() < deadline, self.log
            self.poll(wait=1)
        return self.log

    def listen(self) -> threading.Thread:
        """Follow the stream in a thread, over whatever happens to the connection, until `stop`."""
        thread = threading.Thread(target=self._listen, daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        """Stop listening."""
        self._stop.set()

    def _listen(self) -> None:
        while not self._stop.is_set():
            headers = {**self.headers, "Accept": "text/event-stream"}
            try:
                url = f"/widget/events?after={self._seen}"
                with self.http.stream("GET", url, headers=headers) as response:
                    self._read(response)
            except httpx.TransportError:
                self.reconnected += 1

    def _read(self, response: httpx.Response) -> None:
        """Take whole events only: one that was cut off comes again."""
        rest = ""
        for chunk in response.iter_text():
            *events, rest = (rest + chunk).split("\n\n")
            for event in events:
                if event.startswith("event: entry\n"):
                    self._take([json.loads(event.partition("data: ")[2])])
            if self._stop.is_set():
                return

    @property
    def _seen(self) -> int:
        return int(self.log[-1]["seq"]) if self.log else 0

    def _take(self, entries: list[dict[str, Any]]) -> None:
        self.log += [entry for entry in entries if entry["seq"] > self._seen]
