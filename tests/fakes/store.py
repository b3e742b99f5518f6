"""Stores in memory; they pass the same contract suites as the real ones."""

from __future__ import annotations

from datetime import datetime

from bot.codes import normalise
from bot.errors import StaleDossier, StoreError
from bot.model import Dossier, Plan
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

    def delete_older(self, moment: datetime) -> int:
        self.ping()
        old = [key for key, each in self._dossiers.items() if each.updated_at and each.updated_at < moment]
        for key in old:
            del self._dossiers[key]
        return len(old)

    def ping(self) -> None:
        if self.down:
            raise StoreError("down")

    def close(self) -> None:
        self._dossiers.clear()


class MemoryPlanStore:
    """A PlanStore in memory; it passes the same contract suite. Set `down` to make every call fail."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._plans: dict[str, Plan] = {}
        self._codes: dict[str, str] = {}
        self._tokens: dict[str, tuple[str, datetime]] = {}
        self.down = False

    def create(self, plan: Plan, code: str) -> Plan:
        self._check()
        if plan.id in self._plans or normalise(code) in self._codes:
            raise StoreError("taken")
        now = self._clock()
        made = self._plans[plan.id] = plan.with_(version=1, created_at=now, updated_at=now)
        self._codes[normalise(code)] = plan.id
        return made

    def find(self, code: str) -> Plan | None:
        return self.load(self._codes.get(normalise(code), ""))

    def load(self, plan_id: str) -> Plan | None:
        self._check()
        return self._plans.get(plan_id)

    def save(self, plan: Plan) -> Plan:
        self._check()
        known = self._plans.get(plan.id)
        if known is None or known.version != plan.version:
            raise StaleDossier("saved by somebody else")
        saved = self._plans[plan.id] = plan.with_(version=plan.version + 1, updated_at=self._clock())
        return saved

    def delete(self, plan_id: str) -> None:
        self._check()
        self._plans.pop(plan_id, None)
        self._codes = {code: each for code, each in self._codes.items() if each != plan_id}
        self._tokens = {token: each for token, each in self._tokens.items() if each[0] != plan_id}

    def delete_older(self, moment: datetime) -> int:
        self._check()
        old = [each.id for each in self._plans.values() if each.updated_at is None or each.updated_at < moment]
        for plan_id in old:
            self.delete(plan_id)
        self._tokens = {token: each for token, each in self._tokens.items() if each[1] > self._clock()}
        return len(old)

    def offer(self, plan_id: str, token: str, until: datetime) -> None:
        self._check()
        self._tokens[token] = (plan_id, until)

    def offered(self, token: str, now: datetime) -> Plan | None:
        self._check()
        plan_id, until = self._tokens.get(token, ("", now))
        return self._plans.get(plan_id) if until > now else None

    def close(self) -> None:
        self._plans.clear()

    def _check(self) -> None:
        if self.down:
            raise StoreError("down")
