"""Wires the assistant: knowledge, store and service. The web process and the action server both use it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from bot.knowledge.loader import load
from bot.model import Advice, Knowledge
from bot.ports import DossierStore
from bot.rules.facts import parse_facts
from bot.service import Service
from bot.settings import Settings
from bot.store.sql import SqlDossierStore


@dataclass(frozen=True)
class Assistant:
    """The parts of a running assistant."""

    settings: Settings
    knowledge: Knowledge
    store: DossierStore
    service: Service

    def advise(self, request: Mapping[str, Any]) -> Advice:
        """Return the advice on the facts of a request of POST /api/v1/advice; raises InputError."""
        return self.service.advise(parse_facts(request, self.knowledge))


def build(settings: Settings) -> Assistant:
    """Load the knowledge and open the store; raises KnowledgeError or StoreError."""
    knowledge = load()
    store = SqlDossierStore(settings.store_url, utc_now)
    return Assistant(settings, knowledge, store, Service(knowledge, store, utc_now))


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(timezone.utc)
