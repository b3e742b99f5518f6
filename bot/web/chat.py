"""A message's way through the public port: safety first, bounds, masking, Rasa, and what we add to its replies."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any, NamedTuple

from bot import logs
from bot.errors import NotReady, Refused, StoreError
from bot.happenings import HAPPENINGS
from bot.interview.handover import DISTRESS, wishes
from bot.masking import CONTACT, EMAIL, Masked, mask
from bot.model import Message, Waiting
from bot.rules.safety import danger
from bot.web import texts
from bot.web.handover import Desk
from bot.web.intake import ChatRequest, check_length
from bot.web.limits import RateLimiter
from bot.web.metrics import Metrics
from bot.web.rasa import RasaClient
from bot.web.turns import TooManyWaiting, Turns

log = logging.getLogger(__name__)

CROWDED_SECONDS = 5  # after which somebody who was refused for a crowd may try again
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
        most_at_once: int,
        desk: Desk | None = None,
    ) -> None:
        """Beyond `most_at_once` turns under way, new messages are refused: who waits must still be answered in time.

        `desk` brings in people; without it the dialogue's marks for that are left as they are.
        """
        self._most_at_once, self._under_way = most_at_once, 0
        self._rasa, self._turns, self._per_sender, self._metrics = rasa, turns, per_sender, metrics
        self._safety, self._desk = safety, desk
        self.max_message, self._wait_seconds = max_message, wait_seconds

    async def answer(self, request: ChatRequest) -> list[Reply]:
        """Return the replies, as Rasa's REST protocol has them; raises Refused (400, 429).

        Signs of danger come before every bound: such a message gets the safety reply however long or frequent it is.
        """
        if self.in_danger(request.message):
            self._metrics.messages.labels("danger").inc()
            return await self._in_danger(_waiting(request))
        check_length(request.message, self.max_message)
        self.count(request.sender)
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

    async def settle(self, message: Waiting) -> list[Reply]:
        """Return the replies to a message from a log, checked already; raises NotReady or StoreError."""
        masked = mask(message.raw) if message.raw else Masked(message.text, message.masked)
        if self.in_danger(message.raw or message.text):
            self._metrics.messages.labels("danger").inc()
            return await self._in_danger(replace(message, text=masked.text, masked=masked.kinds))
        replies = await self._ask(replace(message, text=masked.text), masked)
        self._metrics.messages.labels("answered").inc()
        return replies

    @staticmethod
    def in_danger(text: str) -> bool:
        """Tell whether a message speaks of danger to life: it is answered whatever bounds it is over."""
        return danger(text)

    def count(self, sender: str) -> None:
        """Count a message of a sender; raises Refused (429), also when everybody together sends too much."""
        if self._under_way >= self._most_at_once:
            raise Refused(429, "druk", texts.CROWDED.format(seconds=CROWDED_SECONDS), retry_after=CROWDED_SECONDS)
        if seconds := self._per_sender.take(sender):
            raise _too_many(seconds)

    async def _turn(self, request: ChatRequest) -> list[Reply]:
        message = _waiting(request)
        try:
            return await self._ask(message, Masked(message.text, message.masked))
        except StoreError as problem:
            raise NotReady(f"no helpdesk: {problem}") from problem

    async def _in_danger(self, message: Waiting) -> list[Reply]:
        """Say where to call, first and whatever else is down; who asks for a person as well gets one."""
        sender = message.conversation
        replies = _safety(sender, self._safety, Masked(message.text, message.masked))
        if self._desk is None or not wishes(Message(sender, message.text)):
            return replies
        opening = _own(sender, self._desk.opening, handover={"open": DISTRESS})
        try:
            return [*replies, *await self._desk.settle(message, [opening])]
        except (StoreError, NotReady) as problem:
            log.error("somebody in danger asked for a person, and there is no ticket: %s", type(problem).__name__)
            return replies

    async def _ask(self, message: Waiting, masked: Masked) -> list[Reply]:
        """Ask Rasa, and the helpdesk what Rasa's replies need of it; `raw` is "" when what was typed is gone."""
        raw, sender = message.raw, message.conversation
        contact = mask(raw, but=CONTACT).text if raw and CONTACT.intersection(masked.kinds) else None
        started = time.monotonic()
        self._under_way += 1
        try:
            with self._metrics.turn_seconds.time():
                replies = await self._rasa.ask(sender, masked.text, message.id or None, contact)
        finally:
            self._under_way -= 1
        self._note(replies, started)
        for kind in masked.kinds:
            self._metrics.masked.labels(kind).inc()
        if self._desk:
            replies = await self._desk.settle(message, replies)
        kept = _kept(replies)
        hidden = [kind for kind in masked.kinds if kind not in kept]  # the plan says itself what it kept
        if not hidden:
            return replies
        notice = texts.MASKED.format(kinds=", ".join(hidden))
        own = _own(sender, notice, kind="masked", masked=hidden, message=masked.text)
        return [own, *replies]

    def _note(self, replies: list[Reply], started: float) -> None:
        """Count and log what a turn brought about; that is not for the asker's eyes, so it leaves the replies."""
        happened = [name for reply in replies for name in _take_counts(reply)]
        self._metrics.happened(happened)
        took = logs.milliseconds(time.monotonic() - started)
        log.info("turn", extra=logs.counts(ms=took, replies=len(replies), happened=" ".join(happened)))


def _take_counts(reply: Reply) -> list[str]:
    counts = (reply.get("custom") or {}).pop("counts", ())
    if reply.get("custom") == {}:
        del reply["custom"]
    return [name for name in counts if name in HAPPENINGS] if isinstance(counts, list) else []


def _waiting(request: ChatRequest) -> Waiting:
    masked = mask(request.message)
    now = datetime.now(timezone.utc)
    return Waiting(request.sender, request.message_id or "", masked.text, masked.kinds, now, request.message)


def _kept(replies: Sequence[Reply]) -> frozenset[str]:
    """Return the kinds of personal data that were taken all the same: a plan's contact details, a ticket's address."""
    customs = [reply.get("custom") or {} for reply in replies]
    if any(custom.get("contact_kept") for custom in customs):
        return CONTACT
    in_ticket = any((custom.get("handover") or {}).get("contact") for custom in customs)
    return frozenset([EMAIL]) if in_ticket else frozenset()


def _safety(sender: str, safety: Safety, masked: Masked) -> list[Reply]:
    hidden = {"message": masked.text} if masked.kinds else {}  # the client then hides what was typed as well
    return [_own(sender, safety.text, kind="safety", **hidden), _own(sender, safety.later, kind="safety_later")]


def _own(sender: str, text: str, **custom: Any) -> Reply:
    return {"recipient_id": sender, "text": text, "custom": custom}


def _too_many(seconds: int) -> Refused:
    return Refused(429, "te_veel", texts.TOO_MANY.format(seconds=seconds), retry_after=seconds)
