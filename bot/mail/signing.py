"""Marks that only we can make: Message-IDs of our own mails, and the token that lets an employee answer by mail."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

TOKEN_LETTERS = 20  # of 5 bits
_TOKEN = re.compile(rf"(?i)\bIPS-([0-9]{{1,9}})-([a-z2-7]{{{TOKEN_LETTERS}}})\b")
_ID = re.compile(rf"(?i)ips\.([0-9]{{1,9}})\.([a-z0-9-]{{1,60}})\.([a-z2-7]{{{TOKEN_LETTERS}}})@[a-z0-9.-]+")


class Signer:
    """Signs with one secret. Two things signed for different uses never have the same mark."""

    def __init__(self, secret: str, domain: str) -> None:
        """`domain` is what Message-IDs end with."""
        self._secret, self._domain = secret.encode(), domain

    def message_id(self, ticket: int, what: str) -> str:
        """Return the Message-ID, without brackets, of the mail `what` (letters, digits, dashes) of a ticket."""
        return f"ips.{ticket}.{what}.{self._mark(f'id.{ticket}.{what}')}@{self._domain}"

    def ticket_of(self, message_id: str) -> tuple[int, str] | None:
        """Return the ticket of a Message-ID that we made, and which of its mails it is; None for another's."""
        found = _ID.fullmatch(message_id)
        if not found or not self._same(found.group(3), f"id.{int(found.group(1))}.{found.group(2)}"):
            return None
        return int(found.group(1)), found.group(2)

    def fingerprint(self, text: str) -> str:
        """Return what stands for an address or a text where it is only compared."""
        return hmac.new(self._secret, f"print.{text}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def token(self, ticket: int) -> str:
        """Return the token that the mails to employees about a ticket carry."""
        return f"IPS-{ticket}-{self._mark(f'answer.{ticket}')}"

    def may_answer(self, ticket: int, *texts: str) -> bool:
        """Tell whether a text holds the token of this ticket."""
        return any(
            int(number) == ticket and self._same(mark, f"answer.{ticket}")
            for text in texts
            for number, mark in _TOKEN.findall(text)[:20]
        )

    def _mark(self, said: str) -> str:
        digest = hmac.new(self._secret, said.encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:TOKEN_LETTERS]

    def _same(self, mark: str, said: str) -> bool:
        return hmac.compare_digest(mark.lower().encode(), self._mark(said.lower()).encode())


def without_tokens(text: str) -> str:
    """Return a text without tokens: what goes to an asker may not hold one."""
    return _TOKEN.sub("", text)
