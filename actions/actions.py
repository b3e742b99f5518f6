"""Rasa's actions: read the turn, call the service, utter what it returns. No decisions here."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from bot import logs
from bot.app import build
from bot.channels.rest import to_rest
from bot.model import Message, RankedAnswer
from bot.service import Outcome, Service
from bot.settings import Settings

log = logging.getLogger(__name__)

FORM = "criteriacheck"
DONE = "klaar"


@lru_cache(maxsize=1)
def service() -> Service:
    """Return the one service of this process; built at the first call, not at import."""
    return build(Settings.from_environment()).service


def message_of(tracker: Tracker) -> Message:
    """Return what the NLU found in the last message."""
    latest: Mapping[str, Any] = tracker.latest_message or {}
    intent = latest.get("intent") or {}
    answers = tuple(
        RankedAnswer(item["card"], item["score"], item.get("part", 0)) for item in latest.get("answers") or ()
    )
    return Message(
        conversation=tracker.sender_id,
        text=latest.get("text") or "",
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        answers=answers,
        contact=str((latest.get("metadata") or {}).get("contact") or ""),
        id=message_id(tracker),
    )


def message_id(tracker: Tracker) -> str:
    """Return the client's mark of the last message, which travels as its metadata; "" when it gave none."""
    user: Mapping[str, Any] = next((event for event in reversed(tracker.events) if event.get("event") == "user"), {})
    return str((user.get("metadata") or {}).get("message_id") or "")


async def handled(tracker: Tracker, name: str, use_case: Callable[[], Outcome]) -> Outcome:
    """Do a use case in a thread, under the id of the request that it is for, and log how long it took."""
    latest: Mapping[str, Any] = tracker.latest_message or {}
    with logs.for_request(str((latest.get("metadata") or {}).get("request_id") or "")):
        started = time.monotonic()
        outcome = await asyncio.to_thread(use_case)
        took = logs.milliseconds(time.monotonic() - started)
        log.info("%s", name, extra=logs.counts(ms=took, replies=len(outcome.replies)))
        return outcome


def utter(outcome: Outcome, dispatcher: CollectingDispatcher) -> None:
    """Send the replies in order; the last one says when the client must forget the conversation too."""
    for number, reply in enumerate(outcome.replies, start=1):
        message = to_rest(reply, service().knowledge)
        custom = dict(message.get("custom", {}))
        if outcome.forget and number == len(outcome.replies):
            custom["forget"] = True
        if outcome.counts and number == len(outcome.replies):
            custom["counts"] = list(outcome.counts)  # for the public port's metrics, which takes them out
        dispatcher.utter_message(text=message["text"], buttons=message.get("buttons"), json_message=custom or None)


class ActionTurn(Action):
    """Handles a message outside the interview; hands over to the form when the interview is open after it."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_turn"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Utter the replies; the form then asks the open question."""
        outcome = await handled(tracker, "turn", partial(service().turn, message_of(tracker)))
        utter(outcome, dispatcher)
        return [FollowupAction(FORM)] if outcome.active else []


class ValidateCriteriacheck(FormValidationAction):
    """Handles a message inside the interview."""

    def name(self) -> str:
        """Return the name in the domain."""
        return f"validate_{FORM}"

    async def validate_answer(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Utter the replies; an empty slot makes the form ask on, a filled one closes it."""
        outcome = await handled(tracker, "turn", partial(service().turn, message_of(tracker)))
        utter(outcome, dispatcher)
        return {"answer": None if outcome.active else DONE}


class ActionAskAnswer(Action):
    """Asks the open question of the interview, or gives the advice when there is none left."""

    def name(self) -> str:
        """Return the name in the domain."""
        return f"action_ask_{FORM}_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Utter the question."""
        ask = partial(service().question, tracker.sender_id, message_id(tracker))
        outcome = await handled(tracker, "question", ask)
        utter(outcome, dispatcher)
        return []


class ActionCloseCheck(Action):
    """Empties the slot, so that the form can open again."""

    def name(self) -> str:
        """Return the name in the domain."""
        return "action_close_check"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Reset the slot."""
        return [SlotSet("answer", None)]
