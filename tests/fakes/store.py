"""A DossierStore in memory; it passes the same contract suite as the real one."""

from __future__ import annotations

from bot.errors import StaleDossier, StoreError
from bot.model import Dossier
from bot.ports import Clock


class MemoryDossierStore:
    """Keeps dossiers in a dict; set `down` to make every call fail."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._dossiers: dict[str, Dossier] = {}
        self.down = False

    def load(self, conversation: str) -> Dossier | None:
        self.ping()
        return self._dossiers.get(conversation)

    def save(self, dossier: Dossier) -> Dossier:
        self.ping()
        known = self._dossiers.get(dossier.conversation)
        if (known.version if known else 0) != dossier.version:
            raise StaleDossier("saved by somebody else")
        saved = dossier.with_(version=dossier.version + 1, updated_at=self._clock())
        self._dossiers[dossier.conversation] = saved
        return saved

    def delete(self, conversation: str) -> None:
        self.ping()
        self._dossiers.pop(conversation, None)

    def ping(self) -> None:
        if self.down:
            raise StoreError("down")

    def close(self) -> None:
        self._dossiers.clear()
