"""What a staff channel shows of a ticket and what employees do there, alike in Slack and Teams."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from bot.channels.staff import Card, Spoken
from bot.errors import InvalidValue, StaleTicket, Taken, UnknownTicket
from bot.helpdesk import Helpdesk, is_erased
from bot.model import Ticket
from bot.web.desk import texts
from bot.web.desk.words import inbox_link, moment, said, shown
from bot.web.intake import clean

SILENT = ("bekeken", "contact", "gekoppeld", "had_geweten")  # events that a card does not show
MOST_TEXT = 8000  # characters of an answer
_NOTE = re.compile(r"(?i)^\s*!\s*(?:notitie|intern|noot)\b[\s:,-]*")
SUGGESTED = "voorstel"


def card(ticket: Ticket, base: str, how: str) -> Card:
    """Return the card of a ticket: number, kind and state. Nothing of the asker, and no text."""
    name = f"{ticket.number}|{hashlib.sha256(ticket.key.encode()).hexdigest()[:12]}"
    title = texts.CARD_TITLE.format(number=ticket.number)
    if is_erased(ticket):
        return gone_card(ticket.number)
    lines = [
        texts.CARD_URGENCY.format(urgency=ticket.urgency),
        texts.CARD_CATEGORY.format(category=ticket.category),
        texts.CARD_CHANNEL.format(channel=texts.CHANNELS.get(ticket.channel, ticket.channel)),
        texts.CARD_STATE.format(state=texts.STATES[ticket.state]),
        texts.CARD_ASSIGNEE.format(name=shown(ticket.assignee)) if ticket.assignee else texts.CARD_NOBODY,
    ]
    if ticket.due and ticket.state in ("nieuw", "in_behandeling"):
        lines.append(texts.CARD_DUE.format(due=moment(ticket.due)))
    link = inbox_link(base, ticket.number) if base.startswith("https://") else ""
    return Card(ticket.number, name, title, tuple(lines), how, _buttons(ticket), link, texts.CARD_OPEN)


def gone_card(number: int) -> Card:
    """Return what is left of the card of a ticket that was wiped or deleted."""
    return Card(number, f"{number}|weg", texts.CARD_GONE.format(number=number), (), "", (), "", "")


def _buttons(ticket: Ticket) -> tuple[tuple[str, str], ...]:
    if ticket.state == "opgelost":
        return (("reopen", texts.REOPEN),)
    first = ("hand_back", texts.HAND_BACK) if ticket.held else ("take", texts.TAKE)
    return (first, ("close", texts.CLOSE))


def thread(ticket: Ticket, own: str) -> tuple[tuple[str, str], ...]:
    """Return what stands under a card, as (mark, text): all but what was written there (ids that begin with `own`)."""
    parts = [(mark(each.id, each.who), said(each)) for each in ticket.messages if not each.id.startswith(own)]
    if ticket.suggestion:
        parts.insert(1, (mark(SUGGESTED, ""), f"{texts.SUGGESTION}:\n{ticket.suggestion}"))
    return tuple(parts)


def mark(name: str, who: str) -> str:
    """Return the mark of a message."""
    return hashlib.sha256(f"{who} {name}".encode()).hexdigest()[:16]


class Acts:
    """What employees do in a thread; each returns the sentence that only they see."""

    def __init__(self, helpdesk: Helpdesk) -> None:
        self._desk = helpdesk

    async def do(self, spoken: Spoken, number: int, by: str) -> str:
        """Do it, once by its id; raises StoreError."""
        if spoken.act:
            return await self._pressed(spoken, number, by)
        text = clean(spoken.text)
        if not text:
            return texts.NO_WORDS if spoken.files else ""
        if len(text) > MOST_TEXT:
            return texts.TOO_LONG.format(length=len(text), limit=MOST_TEXT)
        if note := _NOTE.match(text):
            told = await self._try(self._desk.note, number, by, text[note.end() :] or texts.NO_TEXT, spoken.id)
            return told or texts.NOTED
        told = await self._try(self._desk.answer, number, by, text, spoken.id)
        return told or (texts.ONLY_WORDS if spoken.files else texts.SENT)

    async def _pressed(self, spoken: Spoken, number: int, by: str) -> str:
        acts: dict[str, Callable[..., Ticket]] = {
            "take": self._desk.take,
            "hand_back": self._desk.hand_back,
            "close": self._desk.close,
            "reopen": self._desk.reopen,
        }
        act = acts.get(spoken.act)
        if act is None:
            return ""
        told = await self._try(act, number, by, taken=texts.TAKEN_ACT)
        return told or texts.DONE[spoken.act].format(number=number)

    async def _try(self, act: Callable[..., Ticket], *arguments: object, taken: str = texts.TAKEN) -> str:
        """Return why it could not be done, "" when it was."""
        try:
            await run_in_threadpool(act, *arguments)
        except Taken as problem:
            return taken.format(name=shown(problem.by), since=moment(problem.at))
        except StaleTicket:
            return texts.STALE
        except UnknownTicket:
            return texts.UNKNOWN
        except InvalidValue as problem:
            return texts.REFUSED.format(reason=problem.message)
        return ""
