"""What the two mail protocols share: TLS that is checked, and a time after which a connection is cut."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socket import SHUT_RDWR, socket

TLS, STARTTLS, NONE = MODES = ("tls", "starttls", "geen")


@dataclass(frozen=True)
class Line:
    """How to reach a mail server. `tls` is one of MODES; `authority` a file with the authority to trust, or "".

    `seconds` is how long one answer may take, `most_seconds` how long everything on one connection may.
    """

    host: str
    port: int
    tls: str
    user: str = ""
    password: str = ""
    authority: str = ""
    seconds: float = 20.0
    most_seconds: float = 300.0

    def __repr__(self) -> str:
        return f"Line({self.host}:{self.port} {self.tls})"

    def context(self) -> ssl.SSLContext:
        """Return what checks the server's certificate and name; raises OSError when `authority` can't be read."""
        context = ssl.create_default_context(cafile=self.authority or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context


@contextmanager
def cut_after(seconds: float, connection: socket) -> Iterator[None]:
    """Cut the connection after that time, also when the other side keeps sending a byte now and then."""
    timer = threading.Timer(seconds, _cut, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: socket) -> None:
    with suppress(OSError):
        connection.shutdown(SHUT_RDWR)
