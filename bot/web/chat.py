"""A message's way through the public port: safety first, bounds, masking, Rasa, and what we add to its replies."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

from bot.errors import NotReady, Refused
from bot.masking import Masked, mask
from bot.rules.safety import danger
from bot.web import texts
from bot.web.intake import ChatRequest, check_length
from bot.web.limits import RateLimiter
from bot.web.metrics import Metrics
from bot.web.rasa import RasaClient
from bot.web.turns import TooManyWaiting, Turns

log = logging.getLogger(__name__)

Reply = dict[str, Any]


class Safety(NamedTuple):
    """What is said when life is at stake: who to call, and that the conversation can go on later."""

    text: str
    later: str


class Chat:
    """Answers chat messages; one object for the whole process."""

    def __init__(
        self,
        rasa: RasaClient,
        turns: Turns,
        per_sender: RateLimiter,
        metrics: Metrics,
        safety: Safety,
        *,
        max_message: int,
        wait_seconds: float,
    ) -> None:
        self._rasa, self._turns, self._per_sender, self._metrics = rasa, turns, per_sender, metrics
        self._safety = safety
        self._max_message, self._wait_seconds = max_message, wait_seconds

    async def answer(self, request: ChatRequest) -> list[Reply]:
        """Return the replies, as Rasa's REST protocol has them; raises Refused (400, 429).

        Signs of danger come before every bound: such a message gets the safety reply however long or frequent it is.
        """
        if danger(request.message):
            self._metrics.messages.labels("danger").inc()
            return _safety(request.sender, self._safety, mask(request.message))
        check_length(request.message, self._max_message)
        if seconds := self._per_sender.take(request.sender):
            raise _too_many(seconds)
        try:
            replies = await self._turns.run(
                request.sender, request.message_id, lambda: self._turn(request), self._wait_seconds
            )
        except TooManyWaiting:
            raise _too_many(5) from None
        except NotReady as problem:
            log.warning("no answer for a message: %s", problem)
            self._metrics.messages.labels("unavailable").inc()
            return [_own(request.sender, texts.UNAVAILABLE, kind="unavailable")]
        self._metrics.messages.labels("answered").inc()
        return replies

    async def _turn(self, request: ChatRequest) -> list[Reply]:
        masked = mask(request.message)
        with self._metrics.turn_seconds.time():
            replies = await self._rasa.ask(request.sender, masked.text)
        if not masked.kinds:
            return replies
        for kind in masked.kinds:
            self._metrics.masked.labels(kind).inc()
        notice = texts.MASKED.format(kinds=", ".join(masked.kinds))
        own = _own(request.sender, notice, kind="masked", masked=list(masked.kinds), message=masked.text)
        return [own, *replies]


def _safety(sender: str, safety: Safety, masked: Masked) -> list[Reply]:
    hidden = {"message": masked.text} if masked.kinds else {}  # the client then hides what was typed as well
    return [_own(sender, safety.text, kind="safety", **hidden), _own(sender, safety.later, kind="safety_later")]


def _own(sender: str, text: str, **custom: Any) -> Reply:
    return {"recipient_id": sender, "text": text, "custom": custom}


def _too_many(seconds: int) -> Refused:
    return Refused(429, "te_veel", texts.TOO_MANY.format(seconds=seconds), retry_after=seconds)
