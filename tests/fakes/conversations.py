"""A log of conversations in memory, by the same contract: what the race for the floor needs of it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone

from bot.model import Entry, Floor, Waiting
from bot.store.conversations import conversation_of


class MemoryConversationStore:
    """Every call holds one lock, as every call of the real store holds its conversation's row."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, list[Entry]] = {}
        self._says: dict[tuple[str, str], str] = {}  # of messages that wait
        self._floors: dict[str, Floor] = {}

    def open(self, token: str) -> str:
        self._entries[conversation_of(token)] = []
        return conversation_of(token)

    def after(self, conversation: str, seq: int, limit: int = 200) -> tuple[Entry, ...]:
        with self._lock:
            return tuple(each for each in self._entries.get(conversation, [])[seq : seq + limit])

    def say(self, conversation: str, entry: Entry, says: str, masked: Sequence[str] = ()) -> str | None:
        with self._lock:
            if conversation not in self._entries:
                return None
            if all(each.id != entry.id for each in self._entries[conversation]):
                self._add(conversation, entry)
                self._says[(conversation, entry.id)] = says
            return "waiting" if (conversation, entry.id) in self._says else "done"

    def answer(self, conversation: str, message_id: str, replies: Sequence[Entry], failed: bool = False) -> bool:
        with self._lock:
            return not self._held(conversation) and self._settle(conversation, message_id, replies)

    def pass_on(self, conversation: str, message_id: str, notices: Sequence[Entry] = ()) -> bool:
        with self._lock:
            settled = bool(self._held(conversation)) and self._settle(
                conversation, message_id, notices or (Entry("system"),)
            )
            if settled and any(notice.extra.get("clears") for notice in notices):
                del self._floors[conversation]
            return settled

    def append(self, conversation: str, entry: Entry, once: str = "") -> int | None:
        with self._lock:
            entries = self._entries.get(conversation)
            if entries is None:
                return None
            for each in entries:
                if once and each.extra.get("_once") == once:
                    return each.seq
            if entry.who == "bot" and self._held(conversation):
                return None
            return self._add(conversation, replace(entry, extra={**entry.extra, "_once": once}))

    def give_floor(self, conversation: str, floor: Floor, notice: Entry | None = None) -> bool:
        with self._lock:
            before = self._floors.get(conversation, Floor())
            late = (floor.ticket, floor.version) <= (before.ticket, before.version)
            if conversation not in self._entries or late:
                return False
            self._floors[conversation] = floor
            changed = before.holder != floor.holder
            if changed and notice:
                self._add(conversation, notice)
            return changed

    def floor(self, conversation: str) -> Floor:
        with self._lock:
            return self._floors.get(conversation, Floor())

    def waiting(self, conversation: str | None = None) -> tuple[Waiting, ...]:
        with self._lock:
            at = datetime(2026, 11, 21, tzinfo=timezone.utc)
            return tuple(
                Waiting(whose, mark, says, (), at)
                for (whose, mark), says in self._says.items()
                if conversation in (None, whose)
            )

    def delete(self, conversation: str) -> None:
        with self._lock:
            self._entries.pop(conversation, None)
            self._floors.pop(conversation, None)
            self._says = {key: says for key, says in self._says.items() if key[0] != conversation}

    def close(self) -> None:
        """Nothing to give back."""

    def _held(self, conversation: str) -> str:
        return self._floors.get(conversation, Floor()).holder

    def _settle(self, conversation: str, message_id: str, replies: Sequence[Entry]) -> bool:
        if self._says.pop((conversation, message_id), None) is None:
            return False
        if any(reply.extra.get("clears") for reply in replies):
            entries = self._entries[conversation]
            entries[:] = [Entry("system", seq=each.seq) for each in entries]
        for number, reply in enumerate(replies, start=1):
            self._add(conversation, replace(reply, answers=message_id, last=number == len(replies)))
        return True

    def _add(self, conversation: str, entry: Entry) -> int:
        entries = self._entries[conversation]
        entries.append(replace(entry, seq=len(entries) + 1))
        return len(entries)
