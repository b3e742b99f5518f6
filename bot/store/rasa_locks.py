"""Rasa's lock store for several Rasa processes: its own in Redis, and in memory while Redis is out of reach.

The public port already sees to it that a conversation has one turn at a time, so memory may serve for a while; without
that, nothing would be answered when Redis is down.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.utils.endpoints import EndpointConfig
from redis.connection import parse_url
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

SECONDS = 1.0  # for one command: Rasa waits for it
LEFT_ALONE_SECONDS = 5.0  # after Redis gave no answer
Result = TypeVar("Result")


class TurnLocks(LockStore):
    """Locks in Redis (`url` in endpoints.yml), or in memory without one."""

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        super().__init__()
        self._memory, self._redis = InMemoryLockStore(), _redis(endpoint_config.url or "")
        self._away_until = float("-inf")

    def get_lock(self, conversation_id: str) -> TicketLock | None:
        """Return the lock of a conversation."""
        return self._use(lambda store: store.get_lock(conversation_id))

    def delete_lock(self, conversation_id: str) -> None:
        """Forget the lock of a conversation."""
        self._use(lambda store: store.delete_lock(conversation_id))

    def save_lock(self, lock: TicketLock) -> None:
        """Keep a lock."""
        self._use(lambda store: store.save_lock(lock))

    def _use(self, call: Callable[[LockStore], Result]) -> Result:
        if self._redis is not None and time.monotonic() >= self._away_until:
            try:
                return call(self._redis)
            except RedisError as problem:
                log.warning("locks in memory for now: %s", type(problem).__name__)
                self._away_until = time.monotonic() + LEFT_ALONE_SECONDS
        return call(self._memory)


def _redis(url: str) -> RedisLockStore | None:
    if not url:
        return None
    known: dict[str, Any] = parse_url(url)
    names = ("host", "port", "db", "username", "password")
    given = {name: known[name] for name in names if name in known}
    return RedisLockStore(**given, use_ssl=url.startswith("rediss:"), socket_timeout=SECONDS, key_prefix="ips")
