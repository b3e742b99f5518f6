"""A TCP proxy that cuts connections: after so many bytes, at once, or all of them."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class ChaosProxy:
    """Passes bytes on to `target` on loopback. `cut_chance` of the connections die after a random number of bytes."""

    target: int
    seed: int = 1
    cut_chance: float = 0.0
    most_bytes: int = 900
    down: bool = False
    cuts: int = 0
    port: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    @property
    def address(self) -> str:
        """Return where to connect."""
        return f"http://127.0.0.1:{self.port}"

    def cut_all(self) -> None:
        """Cut every connection that is open now."""
        self._loop.call_soon_threadsafe(self._cut_all)

    def _cut_all(self) -> None:
        for writer in tuple(self._open):
            self._cut(writer)

    def _cut(self, writer: asyncio.StreamWriter) -> None:
        if writer in self._open:
            self._open.discard(writer)
            self.cuts += 1
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        if self.down:
            self._cut(writer)
            return
        left = [self._random.randrange(self.most_bytes)] if self._random.random() < self.cut_chance else [1 << 60]
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            self._cut(writer)
            return
        try:
            there = self._pass(reader, far_writer, writer, left)
            back = self._pass(far_reader, writer, writer, left)
            await asyncio.gather(there, back)
        finally:
            self._open.discard(writer)
            for each in (far_writer, writer):
                each.transport.abort()

    async def _pass(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, near: asyncio.StreamWriter, left: list[int]
    ) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            while data := await source.read(4096):
                passed, left[0] = data[: max(0, left[0])], left[0] - len(data)
                sink.write(passed)
                await sink.drain()
                if left[0] <= 0:
                    self._cut(near)
                    break
        sink.close()

    def run(self, started: threading.Event, stop: list[asyncio.Event]) -> None:
        """Serve until `stop` is set."""

        async def main() -> None:
            server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            stop.append(asyncio.Event())
            started.set()
            await stop[0].wait()
            server.close()
            self._cut_all()
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            await asyncio.sleep(0.05)  # so that the transports close

        asyncio.set_event_loop(self._loop)
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(main())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())


@contextlib.contextmanager
def chaos_proxy(target: int, **more: float) -> Iterator[ChaosProxy]:
    """Run a proxy before a loopback port, in a thread of this process."""
    proxy = ChaosProxy(target, **more)  # type: ignore[arg-type]
    started, stop = threading.Event(), list[asyncio.Event]()
    thread = threading.Thread(target=proxy.run, args=(started, stop), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield proxy
    finally:
        proxy._loop.call_soon_threadsafe(stop[0].set)
        thread.join(10)
        proxy._loop.close()
