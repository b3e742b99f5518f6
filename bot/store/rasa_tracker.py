"""Rasa's tracker store: remembers whether the form is open, and nothing that anybody said.

What the conversation is about stands in the dossier. So a turn costs the same however long the conversation is, Rasa
keeps no text of users, and a restarted Rasa simply finds the form closed: the first message opens it again. With
PostgreSQL it stands there, for whichever Rasa process gets the next turn; memory serves while that is out of reach.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.errors import StoreError
from bot.store.forms import Form, SqlForms

log = logging.getLogger(__name__)

MOST_CONVERSATIONS = 50_000  # the least recent is dropped; its dossier stays


class OpenFormTrackerStore(TrackerStore):
    """Keeps, per conversation, the open form and the slot that it asks for."""

    def __init__(
        self, domain: Domain, event_broker: EventBroker | None = None, host: str | None = None, **kwargs: Any
    ) -> None:
        """`host` is `url` in endpoints.yml: an SQLAlchemy URL, or empty for memory only."""
        super().__init__(domain, event_broker, **kwargs)
        self._forms: OrderedDict[str, Form | None] = OrderedDict()
        self._shared = SqlForms(host, lambda: datetime.now(timezone.utc)) if host else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Remember the form's state."""
        loop, slot = tracker.active_loop_name, tracker.get_slot(REQUESTED_SLOT)
        form = (loop, slot) if loop and slot else None
        known, before = tracker.sender_id in self._forms, self._forms.get(tracker.sender_id)
        self._forms[tracker.sender_id] = form
        self._forms.move_to_end(tracker.sender_id)
        while len(self._forms) > MOST_CONVERSATIONS:
            self._forms.popitem(last=False)
        if self._shared and not (known and form == before):
            await self._try(self._shared.save, tracker.sender_id, form)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return a tracker that stands just before the user's next message."""
        if self._shared and (found := await self._try(self._shared.load, sender_id)):
            known, form = found
            if known:
                self._forms[sender_id] = form
            else:
                self._forms.pop(sender_id, None)
        if sender_id not in self._forms:
            return None
        events = _just_before_the_next_message(self._forms[sender_id])
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def keys(self) -> Iterable[str]:
        """Return the conversations known."""
        return list(self._forms)

    @staticmethod
    async def _try(call: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return await asyncio.to_thread(call, *arguments)
        except StoreError as problem:  # then what this process knows must do
            log.warning("a form's state could not be shared: %s", problem)
            return None


def _just_before_the_next_message(form: Form | None) -> list[Event]:
    events: list[Event] = [
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        ActionExecuted(ACTION_LISTEN_NAME),
    ]
    if form:
        loop, slot = form
        events += [
            ActionExecuted(loop),
            ActiveLoop(loop),
            SlotSet(REQUESTED_SLOT, slot),
            ActionExecuted(ACTION_LISTEN_NAME),
        ]
    return events
