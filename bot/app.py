"""Wires the assistant: knowledge, store and what stands on them. The web process and the action server both use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from bot.knowledge.loader import load
from bot.model import Advice, Knowledge
from bot.ports import Clock, DossierStore
from bot.rules.facts import parse_facts
from bot.rules.options import advise
from bot.settings import Settings
from bot.store.sql import SqlDossierStore


@dataclass(frozen=True)
class Assistant:
    """The parts of a running assistant."""

    settings: Settings
    knowledge: Knowledge
    store: DossierStore
    clock: Clock

    def advise(self, request: Mapping[str, Any]) -> Advice:
        """Return the advice on the facts of a request of POST /api/v1/advice; raises InputError."""
        return advise(parse_facts(request, self.knowledge), self.knowledge)


def build(settings: Settings) -> Assistant:
    """Load the knowledge and open the store; raises KnowledgeError or StoreError."""
    clock = utc_now
    return Assistant(settings, load(), SqlDossierStore(settings.store_url, clock), clock)


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(timezone.utc)
