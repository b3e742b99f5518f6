"""How often somebody may ask: a token bucket for each key, a bounded number of keys."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


class RateLimiter:
    """Allows `per_minute` requests a minute for each key, all at once or spread."""

    def __init__(self, per_minute: int, clock: Callable[[], float], max_keys: int = 10_000) -> None:
        """`clock` gives seconds that never go back; beyond `max_keys` the key that was quiet longest is forgotten."""
        self._capacity = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        self._max_keys = max_keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self.taken: Callable[[str, int], None] = lambda _key, _count: None  # told of each that passes or is undone

    def take(self, key: str) -> int:
        """Count one request; return 0 when it is allowed, else the whole seconds to wait."""
        bucket = self._bucket(key)
        if bucket.tokens < 1:
            return max(1, math.ceil((1 - bucket.tokens) / self._per_second))
        bucket.tokens -= 1
        self.taken(key, 1)
        return 0

    def give_back(self, key: str) -> None:
        """Undo one request that should not have counted."""
        if bucket := self._buckets.get(key):
            bucket.tokens = min(self._capacity, bucket.tokens + 1)
            self.taken(key, -1)

    def taken_elsewhere(self, key: str, count: int) -> None:
        """Count requests that another process let pass; together they may have gone over the limit a little."""
        bucket = self._bucket(key)
        bucket.tokens = max(-self._capacity, min(self._capacity, bucket.tokens - count))

    def _bucket(self, key: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(self._capacity, now))
        self._buckets.move_to_end(key)
        while len(self._buckets) > self._max_keys:
            self._buckets.popitem(last=False)
        bucket.tokens = min(self._capacity, bucket.tokens + (now - bucket.filled_at) * self._per_second)
        bucket.filled_at = now
        return bucket
