"""What employees send: bounded forms from our own pages only, with the token of their session."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

from bot.errors import InvalidValue, Refused
from bot.web.inbox import words
from bot.web.intake import read_body

MOST_BYTES = 512 * 1024
MOST_FIELDS = 60
LONGEST_TEXT = 20_000  # characters
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True)
class Form:
    """The fields of a form, each with its values in order."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """Return the first value of a field, "" when it has none."""
        return self.fields.get(name, ("",))[0]

    def text(self, name: str, when_empty: str) -> str:
        """Return a text that was typed; raises InvalidValue when it is empty or too long."""
        text = tidy(self.get(name))
        if not text:
            raise InvalidValue(when_empty, name)
        if len(text) > LONGEST_TEXT:
            raise InvalidValue(words.TOO_LONG.format(length=len(text), limit=LONGEST_TEXT), name)
        return text

    def choice(self, name: str, allowed: Mapping[str, str], otherwise: str) -> str:
        """Return one of the allowed values; raises InvalidValue."""
        if (value := self.get(name)) not in allowed:
            raise InvalidValue(otherwise, name)
        return value

    def whole(self, name: str) -> int | None:
        """Return a number from 0, or None."""
        value = self.get(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None


async def read_form(request: Request) -> Form:
    """Return the form in a request from our own page; raises Refused (403, 408, 413, 415)."""
    check_origin(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refused(415, "verkeerd_type", words.WRONG_TYPE)
    body = await read_body(request, MOST_BYTES)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError:
        raise Refused(400, "verkeerd_formulier", words.WRONG_TYPE) from None
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return Form(fields)


def check_origin(request: Request) -> None:
    """Raise Refused (403) unless the browser says that the form stood on a page of ours.

    Every browser of today names the origin of a POST; the sites that embed the chat are not welcome here.
    """
    origin = request.headers.get("origin", "")
    if not origin or urlsplit(origin).netloc != request.headers.get("host"):
        raise Refused(403, "verkeerde_herkomst", words.WRONG_FORM)


def token_of(session: str) -> str:
    """Return what every form of a session carries. It is made from the session's token, which pages never show."""
    return hashlib.sha256(f"inbox form {session}".encode()).hexdigest()


def check_token(form: Form, session: str) -> None:
    """Raise Refused (403) when the form doesn't carry the session's token."""
    if not secrets.compare_digest(form.get("csrf").encode("utf-8", "replace"), token_of(session).encode()):
        raise Refused(403, "verkeerd_formulier", words.WRONG_FORM)


def tidy(text: str) -> str:
    """Return what somebody typed in NFC, with plain line ends and without control characters or marks of direction."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in text if each in "\n\t" or not _hidden(each)).strip()


def _hidden(character: str) -> bool:
    return character in _BIDI or unicodedata.category(character) in ("Cc", "Cs")
