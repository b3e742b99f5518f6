"""What several web processes share through Redis: news of conversations, counts, and what may not be stored.

The database stays the truth. Without Redis, or while it is down, a process is on its own: it sees what others wrote
within a second, counts its own requests only, and shows a code only to who asks this process for it. Everything that
goes to Redis is encrypted with a key that only our processes know, and is gone within half an hour.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import redis.asyncio
from cryptography.fernet import Fernet, InvalidToken
from redis.exceptions import RedisError

from bot.web.limits import RateLimiter

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.02  # what is told within it goes together
SECONDS = 2.0  # for one command
PAUSES = (0.2, 1.0, 5.0)  # before a new connection; the last one again and again
LISTEN_SECONDS = 5.0
MOST_NEWS = 2000  # in one message; a process that is behind drops the rest: the database has it
LEFT_ALONE_SECONDS = 2.0  # after it gave no answer
LONGEST_KEPT = 1800
_TAKEN = "taken"
_AWAY = (RedisError, OSError, asyncio.TimeoutError)

News = Callable[[Any], None]


class Siblings:
    """The only process: nobody to tell, and what it must remember it remembers itself."""

    def start(self) -> None:
        """Begin to listen; on the event loop."""

    async def close(self) -> None:
        """Stop."""

    def tell(self, topic: str, content: Any) -> None:
        """Tell the others, when they can be reached; on the event loop."""

    def listen(self, topic: str, heard: News) -> None:
        """Call `heard` with what others tell."""

    def limit(self, name: str, limiter: RateLimiter) -> RateLimiter:
        """Return the limiter, which from now on counts what others let pass under the same name as well."""
        return limiter

    async def keep(self, conversation: str, name: str, content: Mapping[str, Any], seconds: float) -> None:
        """Keep something of a conversation for the others for so long, encrypted."""

    async def kept(self, conversation: str, name: str) -> dict[str, Any] | None:
        """Return what was kept, or None."""
        return None

    async def forget(self, conversation: str, name: str = "") -> None:
        """Forget what was kept under a name, or all of a conversation."""


class RedisSiblings(Siblings):
    """Several processes, on one machine or more."""

    def __init__(self, url: str, key: str) -> None:
        """`key` is any long secret that all processes have."""
        digest = hashlib.sha256(key.encode()).digest()
        self._secret = Fernet(base64.urlsafe_b64encode(digest))
        self._place = f"ips:{hashlib.sha256(digest).hexdigest()[:12]}"
        self._redis = redis.asyncio.Redis.from_url(url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS)
        self._me = secrets.token_hex(8)
        self._listeners: dict[str, News] = {}
        self._limiters: dict[str, RateLimiter] = {}
        self._news: list[tuple[str, Any]] = []
        self._taken: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._something = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._away_until = float("-inf")
        self._listeners[_TAKEN] = self._elsewhere

    def start(self) -> None:
        """Begin to listen; on the event loop."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._tell_on()), loop.create_task(self._listen_on())]

    async def close(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.close(close_connection_pool=True)

    def tell(self, topic: str, content: Any) -> None:
        """Tell the others, when they can be reached; on the event loop."""
        if len(self._news) < MOST_NEWS:
            self._news.append((topic, content))
        self._something.set()

    def listen(self, topic: str, heard: News) -> None:
        """Call `heard` with what others tell."""
        self._listeners[topic] = heard

    def limit(self, name: str, limiter: RateLimiter) -> RateLimiter:
        """Return the limiter, which from now on counts what others let pass under the same name as well.

        A request need not wait for Redis: each process lets pass by its own count and tells the others right after.
        So at one and the same moment a few more may pass than the limit says; over a minute they do not.
        """

        def taken(key: str, count: int) -> None:
            self._taken[name][key] += count
            self._something.set()

        self._limiters[name], limiter.taken = limiter, taken
        return limiter

    async def keep(self, conversation: str, name: str, content: Mapping[str, Any], seconds: float) -> None:
        """Keep something of a conversation for the others for so long, encrypted."""
        if self._is_away:
            return
        sealed, everything = self._secret.encrypt(json.dumps(content).encode()), self._place_of(conversation)
        place = self._place_of(conversation, name)
        try:
            async with self._redis.pipeline(transaction=True) as together:
                together.set(place, sealed, ex=max(1, int(seconds)))
                together.sadd(everything, place)
                together.expire(everything, LONGEST_KEPT)
                await together.execute()
        except _AWAY as problem:
            self._away(problem)

    async def kept(self, conversation: str, name: str) -> dict[str, Any] | None:
        """Return what was kept, or None."""
        if self._is_away:
            return None
        try:
            sealed = await self._redis.get(self._place_of(conversation, name))
        except _AWAY as problem:
            self._away(problem)
            return None
        found = self._opened(sealed) if sealed else None
        return found if isinstance(found, dict) else None

    async def forget(self, conversation: str, name: str = "") -> None:
        """Forget what was kept under a name, or all of a conversation."""
        everything = self._place_of(conversation)
        try:
            if name:
                place = self._place_of(conversation, name)
                await self._redis.delete(place)
                await self._redis.srem(everything, place)
            else:
                await self._redis.delete(everything, *await self._redis.smembers(everything))
        except _AWAY as problem:
            self._away(problem)

    # --- telling and listening

    async def _tell_on(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            news, self._news = self._news, []
            if self._taken:
                news.append((_TAKEN, {name: dict(counts) for name, counts in self._taken.items()}))
                self._taken.clear()
            sealed = self._secret.encrypt(json.dumps({"by": self._me, "news": news}).encode())
            try:
                await self._redis.publish(self._place, sealed)
            except _AWAY as problem:  # not told again: the others look in the database by themselves
                self._away(problem)
            await asyncio.sleep(GATHER_SECONDS)

    async def _listen_on(self) -> None:
        failures = 0
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(self._place)
                    while True:
                        message = await channel.get_message(ignore_subscribe_messages=True, timeout=LISTEN_SECONDS)
                        failures = 0
                        if message is None:
                            await channel.ping()
                        elif message["type"] == "message":
                            self._hear(message["data"])
            except _AWAY as problem:
                self._away(problem)
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1

    def _hear(self, sealed: bytes) -> None:
        content = self._opened(sealed)
        if not isinstance(content, dict) or content.get("by") == self._me:
            return
        for topic, each in content["news"]:
            if heard := self._listeners.get(topic):
                heard(each)

    def _elsewhere(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        for name, keys in counts.items():
            if limiter := self._limiters.get(name):
                for key, count in keys.items():
                    limiter.taken_elsewhere(key, count)

    def _opened(self, sealed: bytes) -> Any:
        try:
            return json.loads(self._secret.decrypt(sealed))
        except (InvalidToken, ValueError):  # of an installation with another key
            return None

    def _place_of(self, *names: str) -> str:
        """Return a key that tells nothing; a conversation's id is a hash already, but not every sender's."""
        hidden = (hashlib.sha256(f"{self._place} {name}".encode()).hexdigest()[:32] for name in names)
        return ":".join((self._place, *hidden))

    @property
    def _is_away(self) -> bool:
        """Whether Redis gave no answer just now: nobody waits for it then."""
        return time.monotonic() < self._away_until

    def _away(self, problem: BaseException) -> None:
        if not self._is_away:
            log.warning("Redis is out of reach, this process goes on alone: %s", type(problem).__name__)
        self._away_until = time.monotonic() + LEFT_ALONE_SECONDS
