"""One process at a time at a piece of work, when there are several: it holds a lease for as long as it is busy."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool

from bot.errors import StoreError
from bot.ports import Leases

LEASE_SECONDS = 8.0  # how long the work of a process that was killed waits for another one
RENEW_SECONDS = 2.0
LOOK_SECONDS = 0.05, 0.5  # between two tries to get a lease that somebody else has: the first, the longest


class Holding:
    """Holds leases; without any to hold (one process) everything is ours."""

    def __init__(self, leases: Leases | None = None) -> None:
        self._leases = leases

    @asynccontextmanager
    async def hold(self, name: str, wait_seconds: float = 0.0) -> AsyncIterator[bool]:
        """Hold a lease during the block, and yield whether we have it; raises StoreError before the block only."""
        if self._leases is None:
            yield True
            return
        held = await self._take(self._leases, name, wait_seconds)
        keeping = asyncio.get_running_loop().create_task(self._keep(self._leases, name)) if held else None
        try:
            yield held
        finally:
            if keeping:
                keeping.cancel()
                with contextlib.suppress(StoreError):  # then it ends by itself
                    await run_in_threadpool(self._leases.give_back, name)

    @staticmethod
    async def _take(leases: Leases, name: str, wait_seconds: float) -> bool:
        loop, (pause, longest) = asyncio.get_running_loop(), LOOK_SECONDS
        until = loop.time() + wait_seconds
        while not await run_in_threadpool(leases.take, name, LEASE_SECONDS):
            if loop.time() + pause > until:
                return False
            await asyncio.sleep(pause)
            pause = min(2 * pause, longest)
        return True

    @staticmethod
    async def _keep(leases: Leases, name: str) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with contextlib.suppress(StoreError):
                await run_in_threadpool(leases.take, name, LEASE_SECONDS)
