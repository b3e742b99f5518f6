"""Rasa's tracker store: remembers whether the form is open, and nothing that anybody said.

What the conversation is about stands in the dossier. So a turn costs the same however long the conversation is, Rasa
keeps no text of users, and a restarted Rasa simply finds the form closed: the first message opens it again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME, REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

MOST_CONVERSATIONS = 50_000  # the least recent is dropped; its dossier stays


class OpenFormTrackerStore(TrackerStore):
    """Keeps, per conversation, the open form and the slot that it asks for."""

    def __init__(self, domain: Domain, event_broker: EventBroker | None = None, **kwargs: Any) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._forms: OrderedDict[str, tuple[str, str] | None] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Remember the form's state."""
        loop, slot = tracker.active_loop_name, tracker.get_slot(REQUESTED_SLOT)
        self._forms[tracker.sender_id] = (loop, slot) if loop and slot else None
        self._forms.move_to_end(tracker.sender_id)
        while len(self._forms) > MOST_CONVERSATIONS:
            self._forms.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return a tracker that stands just before the user's next message."""
        if sender_id not in self._forms:
            return None
        events = _just_before_the_next_message(self._forms[sender_id])
        return DialogueStateTracker.from_events(sender_id, events, self.domain.slots)

    async def keys(self) -> Iterable[str]:
        """Return the conversations known."""
        return list(self._forms)


def _just_before_the_next_message(form: tuple[str, str] | None) -> list[Event]:
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
