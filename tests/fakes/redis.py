"""A Redis server of the tests' own, from Debian's program, on a free loopback port."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.fakes.serving import free_port


def redis_program() -> str | None:
    """Return the server's program, or None."""
    return shutil.which("redis-server")


@dataclass
class OwnRedis:
    """A server that can be killed and started again; it keeps nothing on disk."""

    program: str
    folder: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return where to connect."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it listens."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder]
        self.process = subprocess.Popen(
            [self.program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "Redis doesn't start"
                time.sleep(0.02)

    def kill(self) -> None:
        """End it at once."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


@contextmanager
def running_redis(program: str) -> Iterator[OwnRedis]:
    """Run a server; end it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        server = OwnRedis(program, folder)
        server.start()
        try:
            yield server
        finally:
            server.kill()
