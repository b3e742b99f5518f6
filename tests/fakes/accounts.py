"""An AccountStore in memory; it passes the same contract suite as the real one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher

from bot.model import Account, InboxSession
from bot.store.engine import hashed

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # no secret rests on it


class MemoryAccountStore:
    """Keeps accounts, sessions and tries in memory."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}
        self._sessions: dict[str, tuple[str, datetime, datetime]] = {}
        self._tries: dict[str, tuple[int, datetime, datetime]] = {}
        self._logins: dict[str, tuple[Mapping[str, Any], datetime]] = {}
        self._lock = threading.Lock()

    def create(self, account: Account) -> bool:
        with self._lock:
            taken = account.subject and self.of_subject(account.subject)
            if account.name.casefold() in self._accounts or taken:
                return False
            self._accounts[account.name.casefold()] = account
            return True

    def save(self, account: Account) -> None:
        known = self._accounts[account.name.casefold()]
        self._accounts[account.name.casefold()] = account.with_(subject=known.subject)

    def find(self, name: str) -> Account | None:
        account = self._accounts.get(name.casefold())
        return account and account.with_(subject=hashed(account.subject) if account.subject else "")

    def of_subject(self, subject: str) -> Account | None:
        return next((each for each in self._accounts.values() if each.subject == subject), None)

    def all(self) -> tuple[Account, ...]:
        found = (self.find(name) for name in sorted(self._accounts))
        return tuple(account for account in found if account)

    def begin(self, token: str, name: str, at: datetime) -> None:
        self._sessions[token] = (name, at, at)

    def session(self, token: str) -> InboxSession | None:
        if token not in self._sessions:
            return None
        name, started_at, used_at = self._sessions[token]
        account = self.find(name)
        return account and InboxSession(account, started_at, used_at)

    def touch(self, token: str, at: datetime) -> None:
        name, started_at, _ = self._sessions[token]
        self._sessions[token] = (name, started_at, at)

    def end(self, token: str) -> None:
        self._sessions.pop(token, None)

    def end_all(self, name: str) -> None:
        for token, (whose, _, _) in list(self._sessions.items()):
            if whose.casefold() == name.casefold():
                self.end(token)

    def attempt(self, key: str, at: datetime, pause: Callable[[int], timedelta], memory: timedelta) -> datetime | None:
        with self._lock:
            tries, last_at, until = self._tries.get(key, (0, at, at))
            if until > at:
                return until
            tries = 1 if last_at < at - memory else tries + 1
            self._tries[key] = (tries, at, at + pause(tries))
            return None

    def forgive(self, key: str, tries: int | None = None) -> None:
        with self._lock:
            had, last_at, _ = self._tries.pop(key, (0, None, None))
            if tries is not None and had > tries and last_at:
                self._tries[key] = (had - tries, last_at, last_at)

    def keep(self, token: str, body: Mapping[str, Any], until: datetime) -> None:
        self._logins[token] = (body, until)

    def take(self, token: str, at: datetime) -> Mapping[str, Any] | None:
        body, until = self._logins.pop(token, (None, at))
        return body if until > at else None

    def clean_up(self, sessions: datetime, now: datetime) -> None:
        self._sessions = {token: each for token, each in self._sessions.items() if each[2] >= sessions}
        self._tries = {key: each for key, each in self._tries.items() if each[1] >= now - timedelta(days=1)}
        self._logins = {token: each for token, each in self._logins.items() if each[1] >= now}

    def close(self) -> None:
        """Nothing to close."""
