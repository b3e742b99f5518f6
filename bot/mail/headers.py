"""Headers of mails as strangers write them: decoded, bounded, and never trusted to be well made."""

from __future__ import annotations

import re
from email.header import decode_header
from email.message import Message

from bot.mail.plain import decoded, in_one_line

LONGEST_HEADER = 20_000  # characters that are looked at
MOST_IDS = 50
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,500})>")
_ENCODED = re.compile(r"=\?[^?\s]{1,60}\?[BbQq]\?[^?]*\?=")
LONGEST_ADDRESS = 254


def raw_values(message: Message, name: str) -> tuple[str, ...]:
    """Return every value of a header as it stands in the mail, at most LONGEST_HEADER characters each."""
    name = name.lower()
    return tuple(_as_text(value)[:LONGEST_HEADER] for key, value in message.raw_items() if key.lower() == name)


def raw_value(message: Message, name: str) -> str:
    """Return the first value of a header as it stands in the mail, unfolded, or ""."""
    values = raw_values(message, name)
    return " ".join(values[0].split()) if values else ""


def text_of(message: Message, name: str) -> str:
    """Return a header as people read it, in one line."""
    return in_one_line(decode(raw_value(message, name)))


def decode(value: str) -> str:
    """Return a header with its encoded words decoded; as it stands where they are broken."""
    if not _ENCODED.search(value):
        return value
    try:
        parts = decode_header(value)
    except Exception:  # the library fails in many ways on broken words: binascii, ValueError, IndexError
        return value
    return "".join(part if isinstance(part, str) else decoded(part, charset or "us-ascii") for part, charset in parts)


def addresses_of(message: Message, name: str) -> tuple[str, ...]:
    """Return the addresses in a header, in small letters; () unless each part of it is plainly one address.

    The name beside an address may hold anything, another address as well. So the raw value is judged, quoted names
    and comments taken away, and whatever doesn't then look like `name <address>` or `address` is no address.
    """
    found: list[str] = []
    for value in raw_values(message, name):
        for part in _bare(value).split(","):
            if "@" not in part and "<" not in part:  # `Bakker, Tom <t@x.nl>`: a name with a comma, not in quotes
                continue
            address = _address_in(part.strip())
            if address is None:
                return ()
            found.append(address)
    return tuple(found[:100])


def one_address(message: Message, name: str) -> str:
    """Return the address of a header that stands once and holds one; else ""."""
    found = addresses_of(message, name)
    return found[0] if len(found) == 1 and len(raw_values(message, name)) == 1 else ""


def message_ids(message: Message, name: str) -> tuple[str, ...]:
    """Return the Message-IDs in a header, without brackets, at most MOST_IDS (the last ones)."""
    return tuple(found for value in raw_values(message, name) for found in _MESSAGE_ID.findall(value))[-MOST_IDS:]


def is_address(text: str) -> bool:
    """Tell whether `text` is one mail address and nothing else."""
    return len(text) <= LONGEST_ADDRESS and bool(_ADDRESS.fullmatch(text))


def _bare(value: str) -> str:
    """Return a header without quoted names and comments, in one pass: a pattern takes long over one made for that."""
    kept: list[str] = []
    quoted = escaped = False
    depth = 0
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\" and (quoted or depth):
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
        elif not quoted and character in "()":
            depth = max(0, depth + (1 if character == "(" else -1))
        elif not quoted and not depth:
            kept.append(character)
            continue
        kept.append(" ")
    return "<>" if quoted or depth else "".join(kept)  # one that is left open hides what comes after it: no address


def _address_in(part: str) -> str | None:
    named = re.fullmatch(r"[^<>@]*<([^<>\s]+)>", part)
    candidate = named.group(1) if named else part
    return candidate.lower() if is_address(candidate) else None


def _as_text(value: object) -> str:
    """Return a header's value; bytes outside ASCII come as lone surrogates and are read as UTF-8 or Windows-1252."""
    text = str(value)
    if text.isascii():
        return text
    return decoded(text.encode("ascii", "surrogateescape"), "us-ascii") if _only_surrogates(text) else text


def _only_surrogates(text: str) -> bool:
    return all(character < "\x80" or "\udc80" <= character <= "\udcff" for character in text)
