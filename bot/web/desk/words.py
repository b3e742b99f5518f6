"""How a ticket's parts are said, in every place alike."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.model import TicketMessage
from bot.web.desk import texts

HERE = ZoneInfo("Europe/Amsterdam")
_MONTHS = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]


def moment(at: datetime) -> str:
    """Return a moment as people here say it: "22 nov 14:03"."""
    local = at.astimezone(HERE)
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%H:%M}"


def said(message: TicketMessage, asker_named: bool = True) -> str:
    """Return what somebody wrote, with who it was."""
    name = texts.WHO[message.who]
    if message.by:
        name = f"{name} {shown(message.by)}" if message.who == "note" else shown(message.by)
    text = message.text.strip() or texts.NO_TEXT
    return text if message.who == "asker" and not asker_named else f"{name}: {text}"


def shown(name: str) -> str:
    """Return an employee's name without the account behind it: "Anna (Slack U061F7AUR)" is Anna, in Slack."""
    return re.sub(r" \((\w+) [\w:.@-]+\)$", r" (\1)", name)


def inbox_link(base: str, number: int) -> str:
    """Return where a ticket stands in the inbox."""
    return f"{base}/inbox/vraag/{number}"
