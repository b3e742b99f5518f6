"""What a visitor sees once: a plan's code, a link to its document, contact details. For minutes, and in memory only.

With several web processes it is shared among them (`siblings.py`): who shows a reply is often not who got it.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.codes import HIDDEN
from bot.hiding import hide_people, hide_personal
from bot.model import Entry
from bot.planning import DOWNLOAD_MINUTES
from bot.web import texts
from bot.web.siblings import Siblings

SHOWN_SECONDS = 600.0
LINK_SECONDS = DOWNLOAD_MINUTES * 60.0
MOST_KEPT = 2000  # replies; the oldest goes first
MARK = "once"  # in an entry's `extra`: under what the rest of it is kept here


@dataclass(frozen=True)
class _Kept:
    conversation: str
    entry: Entry
    until: float


class ShownOnce:
    """Replies with what may not be stored; on the event loop only."""

    def __init__(self, ticks: Callable[[], float], siblings: Siblings | None = None) -> None:
        self._ticks, self._siblings = ticks, siblings or Siblings()
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._siblings.listen("forget", self.forget)

    def hide(self, conversation: str, entry: Entry) -> Entry:
        """Return a reply as it may be stored, and remember for a while what it hides."""
        hidden = _hidden(entry)
        if hidden == entry:
            return entry
        mark = secrets.token_hex(8)
        seconds = LINK_SECONDS if "download" in (entry.extra.get("custom") or {}) else SHOWN_SECONDS
        self._kept[mark] = _Kept(conversation, entry, self._ticks() + seconds)
        self._drop(lambda each: each.until <= self._ticks())
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return replace(hidden, extra={**hidden.extra, MARK: mark})

    async def share(self, conversation: str, entries: Sequence[Entry]) -> None:
        """Let the other processes show what these entries, hidden already, hide."""
        for mark in _marks(entries):
            if kept := self._kept.get(mark):
                whole = {"text": kept.entry.text, "custom": kept.entry.extra.get("custom")}
                await self._siblings.keep(conversation, mark, whole, kept.until - self._ticks())

    async def fetch(self, conversation: str, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Return stored entries whole, as long as what they hide is remembered, by us or by another process."""
        shown = {}
        for mark in _marks(entries):
            if mark not in self._kept and (whole := await self._siblings.kept(conversation, mark)):
                shown[mark] = whole
        return tuple(_whole(each, shown.get(each.extra.get(MARK, ""))) or self.show(each) for each in entries)

    def show(self, entry: Entry) -> Entry:
        """Return a stored reply whole, as long as that is remembered; else as it is stored."""
        kept = self._kept.get(entry.extra.get(MARK, ""))
        if kept is None or kept.until <= self._ticks():
            return entry
        custom = {"custom": kept.entry.extra["custom"]} if "custom" in kept.entry.extra else {}
        return replace(entry, text=kept.entry.text, extra={**entry.extra, **custom})

    async def forget_everywhere(self, conversation: str) -> None:
        """Forget what belongs to a conversation, in the other processes too."""
        self.forget(conversation)
        self._siblings.tell("forget", conversation)
        await self._siblings.forget(conversation)

    def forget(self, conversation: str) -> None:
        """Forget what belongs to a conversation."""
        self._drop(lambda each: each.conversation == conversation)

    def _drop(self, goes: Callable[[_Kept], bool]) -> None:
        self._kept = OrderedDict((mark, each) for mark, each in self._kept.items() if not goes(each))


def _marks(entries: Sequence[Entry]) -> list[str]:
    return [mark for entry in entries if (mark := entry.extra.get(MARK, ""))]


def _whole(entry: Entry, kept: Mapping[str, Any] | None) -> Entry | None:
    if kept is None:
        return None
    custom = {"custom": kept["custom"]} if kept["custom"] else {}
    return replace(entry, text=kept["text"], extra={**entry.extra, **custom})


def _hidden(entry: Entry) -> Entry:
    text = hide_personal(entry.text)
    if HIDDEN in text and HIDDEN not in entry.text:
        text = f"{text}\n\n{texts.CODE_LOST}"
    custom = entry.extra.get("custom")
    return replace(entry, text=text, extra={**entry.extra, "custom": _custom(custom)} if custom else entry.extra)


def _custom(custom: Mapping[str, Any]) -> dict[str, Any]:
    """Return what goes beside a text without links that expire; `message` is what the user typed."""
    hidden = dict(custom)
    if "download" in hidden:
        hidden["download"] = {"title": hidden["download"].get("title", ""), "formats": [], "expired": True}
    if "message" in hidden:
        hidden["message"] = hide_people(hidden["message"])
    return hidden
