"""What comes after: every tab that shows a conversation hears of each new entry, whoever wrote it."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from starlette.concurrency import run_in_threadpool

from bot.errors import StoreError
from bot.model import Entry
from bot.ports import ConversationStore
from bot.web.once import MARK, ShownOnce
from bot.web.siblings import Siblings

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # how soon an entry by another process is seen
HEARTBEAT_SECONDS = 15.0
STREAM_SECONDS = 300.0  # then the client asks anew, so that no proxy has to cut it off
MAX_STREAMS, MAX_STREAMS_EACH = 600, 8  # beyond these a client polls
BATCH = 200
LEFT_SECONDS, MOST_LEFT = 60.0, 5000  # a client that polls is away in between
NEWS, HERE = "news", "here"  # what other processes are told of: an entry; somebody who listens
_PRIVATE = ("masked", MARK)  # what stays on the server


class Feed:
    """The bells of everybody who waits, and the one door through which others write in a conversation."""

    def __init__(self, store: ConversationStore, once: ShownOnce, siblings: Siblings | None = None) -> None:
        """`once` holds what replies show for a while and the store doesn't keep."""
        self._store, self._once, self._siblings = store, once, siblings or Siblings()
        self._siblings.listen(NEWS, self._ring)
        self._siblings.listen(HERE, self._was_here)
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._heads: dict[str, int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lookout: asyncio.Task[None] | None = None
        self._closed = False
        self._left: OrderedDict[str, float] = OrderedDict()  # when the last tab of a conversation stopped waiting
        self.listeners: list[Callable[[str], None]] = []  # told of every conversation with news, on the event loop

    async def whole(self, conversation: str, entry: Entry) -> Entry:
        """Return a stored entry with what is remembered of it for some minutes and not stored."""
        (whole,) = await self._once.fetch(conversation, [entry])
        return whole

    def is_listening(self, conversation: str) -> bool:
        """Tell whether a tab of this process waits in a conversation, or did until a moment ago; from any thread."""
        left = self._left.get(conversation)
        return conversation in self._bells or (left is not None and time.monotonic() - left < LEFT_SECONDS)

    def publish(self, conversation: str, entry: Entry, once: str = "") -> bool:
        """Add an entry by somebody else, such as an employee, and tell whether the conversation is still there.

        For any thread or process: the tabs of processes that Redis connects hear of it at once, others within
        LOOK_SECONDS. The text is shown as it is given; mask it first when it could hold personal data. `once` is a
        mark by which it is added once. Raises StoreError.
        """
        seq = self._store.append(conversation, entry, once)
        self.tell(conversation)
        return seq is not None

    def tell(self, conversation: str) -> None:
        """Let this process's tabs look again; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.wake, conversation)

    def wake(self, conversation: str) -> None:
        """Let everybody who waits in a conversation look again, in every process; on the event loop only."""
        self._ring(conversation)
        self._siblings.tell(NEWS, conversation)

    def _ring(self, conversation: str) -> None:
        for bell in self._bells.get(conversation, ()):
            bell.set()
        for listener in self.listeners:
            listener(conversation)

    @property
    def streams(self) -> int:
        """How many tabs listen."""
        return sum(len(bells) for bells in self._bells.values())

    def _was_here(self, conversation: str) -> None:
        """Note that somebody listened just now, here or in another process."""
        self._left[conversation] = time.monotonic()
        self._left.move_to_end(conversation)
        while len(self._left) > MOST_LEFT:
            self._left.popitem(last=False)

    def is_full(self, conversation: str) -> bool:
        """Tell whether one more stream is too many."""
        return self.streams >= MAX_STREAMS or len(self._bells.get(conversation, ())) >= MAX_STREAMS_EACH

    async def wait(self, conversation: str, after: int, seconds: float) -> tuple[Entry, ...] | None:
        """Return the entries after a number, waiting for one at most so long; None when the conversation is gone."""
        with self._bell(conversation) as bell:
            entries = await self._look(conversation, after)
            if entries != () or not seconds:
                return entries
            await _rung(bell, seconds)
        return await self._look(conversation, after)

    async def stream(self, conversation: str, after: int) -> AsyncIterator[bytes]:
        """Yield server-sent events: entries as they come, "ready" when all there was is told, "gone" at the end."""
        yield b": ips-wijzer\n\n"
        ready, until = False, asyncio.get_running_loop().time() + STREAM_SECONDS
        with self._bell(conversation) as bell:
            while asyncio.get_running_loop().time() < until and not self._closed:
                bell.clear()
                try:
                    entries = await self._look(conversation, after)
                except StoreError:  # the stream may outlive it: the headers are sent, so there is no other answer
                    await asyncio.sleep(LOOK_SECONDS)
                    yield b":\n\n"
                    continue
                if entries is None:
                    yield event("gone", {})
                    return
                for entry in entries:
                    after = entry.seq
                    yield event("entry", plain(entry))
                if len(entries) == BATCH:
                    continue
                if not ready:
                    ready = True
                    yield event("ready", {"seq": after})
                if not await _rung(bell, HEARTBEAT_SECONDS):
                    self._siblings.tell(HERE, conversation)
                    yield b":\n\n"

    def stop(self) -> None:
        """Let every stream end, so that a server that stops need not wait for them."""
        self._closed = True
        self.listeners.clear()
        for conversation in tuple(self._bells):
            self._ring(conversation)
        if self._lookout:
            self._lookout.cancel()

    async def _look(self, conversation: str, after: int) -> tuple[Entry, ...] | None:
        entries = await run_in_threadpool(self._store.after, conversation, after, BATCH)
        if entries:
            return tuple(await self._once.fetch(conversation, entries))
        heads = await run_in_threadpool(self._store.heads, [conversation])
        return () if heads else None

    @contextmanager
    def _bell(self, conversation: str) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._bells.setdefault(conversation, set()).add(bell)
        self._siblings.tell(HERE, conversation)
        if self._lookout is None or self._lookout.done():
            self._lookout = self._loop.create_task(self._look_out())
        try:
            yield bell
        finally:
            bells = self._bells[conversation]
            bells.discard(bell)
            if not bells:
                del self._bells[conversation]
                self._was_here(conversation)

    async def _look_out(self) -> None:
        """While anybody waits, ring for what other processes wrote: one query for all."""
        while self._bells and not self._closed:
            await asyncio.sleep(LOOK_SECONDS)
            watched = tuple(self._bells)
            try:
                heads = await run_in_threadpool(self._store.heads, watched)
            except StoreError:
                continue
            for conversation in watched:
                if self._heads.get(conversation) != heads.get(conversation):
                    self._ring(conversation)
            self._heads = dict(heads)


async def _rung(bell: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(bell.wait(), seconds)
    except (TimeoutError, asyncio.TimeoutError):
        return False
    return True


def plain(entry: Entry) -> dict[str, Any]:
    """Return an entry as the widget reads it, without what is empty."""
    extra = {name: value for name, value in entry.extra.items() if name not in _PRIVATE}
    known = {"id": entry.id, "answers": entry.answers, "last": entry.last, "text": entry.text}
    at = entry.at.isoformat(timespec="seconds") if entry.at else ""
    return {"seq": entry.seq, "who": entry.who, "at": at, **{k: v for k, v in known.items() if v}, **extra}


def event(name: str, content: dict[str, Any]) -> bytes:
    """Return one server-sent event; JSON has no line ends, so one data line does."""
    return f"event: {name}\ndata: {json.dumps(content, separators=(',', ':'))}\n\n".encode()
