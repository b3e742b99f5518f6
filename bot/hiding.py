"""What must not be kept is hidden before anything is stored: personal data, a client's name, a plan's code. Pure."""

from __future__ import annotations

from bot.codes import hide_codes
from bot.masking import mask
from bot.rules.clients import client_data


def hide_personal(text: str) -> str:
    """Return what somebody or the assistant said as it may be kept: masked, without clients' names and codes."""
    return hide_people(mask(text).text)


def hide_people(text: str) -> str:
    """Return what a user said, masked already, as it may be kept: without clients' names and codes as well."""
    return hide_codes(client_data(text).hide(text))
