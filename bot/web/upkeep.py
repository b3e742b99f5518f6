"""What the web process does once a day: forget what is too old."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from bot.errors import StoreError

log = logging.getLogger(__name__)

DAY, HOUR = 24 * 3600.0, 3600.0


async def every_day(job: Callable[[], None], day: float = DAY, hour: float = HOUR) -> None:
    """Do `job` now and once a day until cancelled; after an hour again when the store was out of reach."""
    while True:
        try:
            await run_in_threadpool(job)
        except StoreError as problem:
            log.warning("clean-up failed: %s", problem)
            await asyncio.sleep(hour)
        else:
            await asyncio.sleep(day)
