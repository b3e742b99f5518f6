"""What the service needs from outside, as Protocols; adapters live in `store/`, fakes in `tests/`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.model import Dossier


class Clock(Protocol):
    """Tells the time (aware, UTC)."""

    def __call__(self) -> datetime: ...


class DossierStore(Protocol):
    """Keeps one dossier per conversation."""

    def load(self, conversation: str) -> Dossier | None:
        """Return the dossier or None; raises StoreError."""

    def save(self, dossier: Dossier) -> Dossier:
        """Store it and return it with its version raised by one; raises StaleDossier or StoreError."""

    def delete(self, conversation: str) -> None:
        """Forget the dossier; no error when there is none; raises StoreError."""

    def ping(self) -> None:
        """Raise StoreError when the store can't be reached."""
