"""What may come in: one JSON object, bounded; a sender, a message, and what must not reach Rasa taken out."""

from __future__ import annotations

import asyncio
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import ClientDisconnect, Request

from bot.errors import Refused
from bot.web import texts

MAX_BODY = 64 * 1024  # bytes
BODY_SECONDS = 10.0
_SENDER = re.compile(r"[A-Za-z0-9._:\-]{1,128}", re.ASCII)
_UNSEEN = ("Cc", "Cf", "Cs")  # control, format (zero-width, right-to-left marks), lone surrogates
_SPACES = ("Zs",)
_WHITE = re.compile(r"([^\S\n])\1{19,}|\n{20,}")  # a wall of white: nothing to read, and slow for what looks for words
_LINE_ENDS = re.compile(r"\r\n|\r|\u2028|\u2029|\x85")


@dataclass(frozen=True)
class ChatRequest:
    """One message as it came in, cleaned. `message_id` is the client's own mark for it, or None."""

    sender: str
    message: str
    message_id: str | None


async def read_object(request: Request) -> Mapping[str, Any]:
    """Return the body as a JSON object; raises Refused (400, 408, 413, 415)."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise Refused(415, "verkeerd_type", texts.WRONG_TYPE)
    body = await read_body(request)
    try:
        content = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Refused(400, "geen_json", texts.NOT_JSON) from None
    if not isinstance(content, dict):
        raise Refused(400, "geen_object", texts.NOT_AN_OBJECT)
    return content


async def read_body(request: Request, limit: int = MAX_BODY) -> bytes:
    """Return the body as it came, of at most `limit` bytes; raises Refused (408, 413)."""
    try:
        return await asyncio.wait_for(_read_body(request, limit), BODY_SECONDS)
    except (TimeoutError, asyncio.TimeoutError, ClientDisconnect):
        raise Refused(408, "te_traag", texts.TOO_SLOW) from None


async def _read_body(request: Request, limit: int) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise Refused(413, "te_groot", texts.TOO_BIG)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise Refused(413, "te_groot", texts.TOO_BIG)
    return bytes(body)


def read_chat(content: Mapping[str, Any]) -> ChatRequest:
    """Return the chat request in a JSON object, its length not yet judged; raises Refused (400) with the field."""
    sender, message, message_id = content.get("sender"), content.get("message"), content.get("client_message_id")
    if not isinstance(sender, str) or not sender:
        raise Refused(400, "afzender_ontbreekt", texts.SENDER_MISSING, "sender")
    if not _SENDER.fullmatch(sender):
        raise Refused(400, "afzender_ongeldig", texts.SENDER_WRONG, "sender")
    if not isinstance(message, str):
        raise Refused(400, "bericht_ontbreekt", texts.MESSAGE_MISSING, "message")
    if message_id is not None and not (isinstance(message_id, str) and 0 < len(message_id) <= 64):
        raise Refused(400, "kenmerk_ongeldig", texts.MESSAGE_ID_WRONG, "client_message_id")
    cleaned = clean(message)
    if not cleaned:
        raise Refused(400, "bericht_leeg", texts.MESSAGE_EMPTY, "message")
    return ChatRequest(sender, cleaned, message_id)


def check_length(message: str, limit: int) -> None:
    """Raise Refused (400) when the message has more than `limit` characters."""
    if len(message) > limit:
        explanation = texts.MESSAGE_TOO_LONG.format(length=len(message), limit=limit)
        raise Refused(400, "bericht_te_lang", explanation, "message")


def clean(text: str) -> str:
    """Return `text` in NFC without characters that nobody sees, and without a slash in front.

    Rasa takes a message that starts with a slash for a command ("/restart", "/intent{...}"); people have no commands.
    """
    text = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    text = _WHITE.sub(lambda wall: wall[0][:20], "".join(_seen(character) for character in text))
    return text.strip().lstrip("/ \n\t")


def _seen(character: str) -> str:
    if character in "\n\t":
        return character
    category = unicodedata.category(character)
    if category in _UNSEEN:
        return ""
    return " " if category in _SPACES else character
