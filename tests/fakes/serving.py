"""Serves an ASGI app on a real loopback socket, in a thread of this process."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from bot.web.connections import BoundedProtocol

PORTS = range(10_000, 32_000)  # below those that the system gives to clients: one could have it before we listen
_given: set[int] = set()


def free_port() -> int:
    """Return a port that nobody listens on now, each time another."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _given:
                _given.add(port)
                return port


@contextmanager
def serving(app: ASGIApp, port: int | None = None, http: Any = BoundedProtocol) -> Iterator[str]:
    """Serve `app`; yield its address; stop it afterwards."""
    port = port or free_port()
    config = uvicorn.Config(app, port=port, log_level="error", ws="none", http=http, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline, "the server doesn't start"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
