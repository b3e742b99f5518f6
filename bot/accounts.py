"""Employees of the inbox: their accounts, logging in with back-off after failed tries, and sessions that end.

No knowledge of web: a session is a token in, an account out. Passwords are hashed with argon2 (RFC 9106).
"""

from __future__ import annotations

import ipaddress
import math
import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from bot.errors import InvalidValue, LoginRefused
from bot.model import Account
from bot.ports import AccountStore, Clock

EMPLOYEE, ADMIN = ROLES = ("medewerker", "beheerder")
SHORTEST, LONGEST = 12, 200  # characters of a password
FEWEST_SIGNS = 5  # different characters in a password
FREE_TRIES, FREE_TRIES_OF_ADDRESS = 5, 30  # an address may be a whole office
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(minutes=15)
MEMORY = timedelta(hours=12)  # how long failed tries count
TOUCH_EVERY = timedelta(minutes=1)

_NAME = re.compile(r"[^\W_][\w .@'’+-]{0,58}[^\W_.]")

NAME_WRONG = "Een naam heeft 2 tot 60 letters of cijfers. Een spatie, punt, streepje, apostrof of @ mag erin."
NAME_TAKEN = "Er is al een account met deze naam."
NO_ACCOUNT = "Er is geen account met deze naam."
ROLE_WRONG = "Kies als rol medewerker of beheerder."
PASSWORD_SHORT = f"Een wachtwoord heeft minstens {SHORTEST} tekens. Een zin van een paar woorden is goed."
PASSWORD_LONG = f"Een wachtwoord heeft hooguit {LONGEST} tekens."
PASSWORD_SIMPLE = "Dit wachtwoord is te makkelijk te raden. Neem meer verschillende tekens, en niet de naam zelf."  # noqa: S105
NO_PASSWORD = "Deze medewerker logt in via de eigen organisatie en heeft hier geen wachtwoord."  # noqa: S105


class Accounts:
    """The use cases around employees' accounts."""

    def __init__(
        self,
        store: AccountStore,
        clock: Clock,
        *,
        idle: timedelta = timedelta(minutes=60),
        longest: timedelta = timedelta(hours=10),
        hasher: PasswordHasher | None = None,
    ) -> None:
        """A session ends after `idle` without use and `longest` after the login."""
        self._store, self._clock, self._idle, self._longest = store, clock, idle, longest
        self._hasher = hasher or PasswordHasher()
        self._nobody = ""

    # --- keeping accounts ---

    def create(self, name: str, role: str, password: str) -> Account:
        """Make a local account; raises InvalidValue with a Dutch sentence, or StoreError."""
        name = check_name(name)
        _check_role(role)
        check_password(name, password)
        account = Account(name, role, self._hasher.hash(password), created_at=self._clock())
        if not self._store.create(account):
            raise InvalidValue(NAME_TAKEN, "naam")
        return account

    def set_password(self, name: str, password: str) -> Account:
        """Replace a password; who is logged in with the old one is logged out; raises InvalidValue."""
        account = self.get(name)
        if account.subject:
            raise InvalidValue(NO_PASSWORD, "naam")
        check_password(account.name, password)
        return self._change(account.with_(password=self._hasher.hash(password)))

    def set_role(self, name: str, role: str) -> Account:
        """Give another role, which holds at once; raises InvalidValue."""
        _check_role(role)
        account = self.get(name).with_(role=role)
        self._store.save(account)
        return account

    def disable(self, name: str) -> Account:
        """Close an account and end its sessions; raises InvalidValue."""
        return self._change(self.get(name).with_(disabled=True))

    def enable(self, name: str) -> Account:
        """Open a closed account again and forgive its failed tries; raises InvalidValue."""
        account = self.get(name).with_(disabled=False)
        self._store.save(account)
        self._store.forgive(_of_account(account.name))
        return account

    def get(self, name: str) -> Account:
        """Return an account; raises InvalidValue when there is none."""
        account = self._store.find(normal(name))
        if account is None:
            raise InvalidValue(NO_ACCOUNT, "naam")
        return account

    def all(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        return self._store.all()

    def _change(self, account: Account) -> Account:
        self._store.save(account)
        self._store.end_all(account.name)
        return account

    # --- getting in and out ---

    def login(self, name: str, password: str, address: str) -> str:
        """Return the token of a new session; raises LoginRefused, also while a name or an address must wait."""
        name, now = normal(name), self._clock()
        for key, pause in ((_of_address(address), _pause_of_address), (_of_account(name), _pause_of_account)):
            if later := self._store.attempt(key, now, pause, MEMORY):
                raise LoginRefused(max(1, math.ceil((later - now).total_seconds())))
        account = self._store.find(name)
        if not self._is_right(account, password) or account is None or account.disabled:
            raise LoginRefused
        self._store.forgive(_of_account(name))
        self._store.forgive(_of_address(address), 1)
        if self._hasher.check_needs_rehash(account.password):
            account = account.with_(password=self._hasher.hash(password))
        return self._begin(account)

    def welcome(self, subject: str, name: str, role: str) -> str:
        """Return the token of a new session for somebody whom OpenID Connect vouches for; raises LoginRefused.

        The first time makes their account. A name that belongs to somebody else here is refused, not taken over.
        """
        _check_role(role)
        account = self._store.of_subject(subject)
        if account is None:
            account = Account(check_name(name), role, subject=subject, created_at=self._clock())
            if not self._store.create(account):
                raise LoginRefused
        if account.disabled:
            raise LoginRefused
        return self._begin(account.with_(role=role))

    def who(self, token: str, active: bool = True) -> Account | None:
        """Return whose session this is, or None; `active`: they did something, a page that asks by itself doesn't."""
        session, now = self._store.session(token), self._clock()
        if session is None:
            return None
        too_late = now - session.started_at > self._longest or now - session.used_at > self._idle
        if too_late or session.account.disabled:
            self._store.end(token)
            return None
        if active and now - session.used_at > TOUCH_EVERY:
            self._store.touch(token, now)
        return session.account

    def logout(self, token: str) -> None:
        """End a session."""
        self._store.end(token)

    def clean_up(self) -> None:
        """Forget what expired; raises StoreError."""
        now = self._clock()
        self._store.clean_up(now - max(self._idle, self._longest), now)

    # --- what a login over OpenID Connect needs when it comes back ---

    def remember(self, body: Mapping[str, Any], seconds: int) -> str:
        """Keep it under a new token and return that."""
        token = secrets.token_urlsafe(32)
        self._store.keep(token, body, self._clock() + timedelta(seconds=seconds))
        return token

    def recall(self, token: str) -> Mapping[str, Any] | None:
        """Return it, once."""
        return self._store.take(token, self._clock())

    def _begin(self, account: Account) -> str:
        token, now = secrets.token_urlsafe(32), self._clock()
        self._store.save(account.with_(seen_at=now))
        self._store.begin(token, account.name, now)
        return token

    def _is_right(self, account: Account | None, password: str) -> bool:
        """Take as long for a name that nobody has."""
        if not self._nobody:
            self._nobody = self._hasher.hash(secrets.token_hex())
        hashed = account.password if account and account.password else self._nobody
        try:
            return self._hasher.verify(hashed, password[: LONGEST + 1]) and hashed != self._nobody
        except (Argon2Error, InvalidHashError):
            return False


def normal(name: str) -> str:
    """Return a name in one spelling: NFC, single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def check_name(name: str) -> str:
    """Return the name in one spelling; raises InvalidValue."""
    name = normal(name)
    if not _NAME.fullmatch(name):
        raise InvalidValue(NAME_WRONG, "naam")
    return name


def check_password(name: str, password: str) -> None:
    """Raise InvalidValue for a password that is too short, too long or too easily guessed."""
    if len(password) < SHORTEST:
        raise InvalidValue(PASSWORD_SHORT, "wachtwoord")
    if len(password) > LONGEST:
        raise InvalidValue(PASSWORD_LONG, "wachtwoord")
    if len(set(password)) < FEWEST_SIGNS or len(password.casefold().replace(name.casefold(), "")) < SHORTEST / 2:
        raise InvalidValue(PASSWORD_SIMPLE, "wachtwoord")


def pause_after(tries: int, free: int) -> timedelta:
    """Return how long to wait after so many failed tries: nothing at first, then twice as long each time."""
    if tries < free:
        return timedelta(0)
    doubled: int = 2 ** min(tries - free, 20)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def _pause_of_account(tries: int) -> timedelta:
    return pause_after(tries, FREE_TRIES)


def _pause_of_address(tries: int) -> timedelta:
    return pause_after(tries, FREE_TRIES_OF_ADDRESS)


def _of_account(name: str) -> str:
    return f"account {name.casefold()}"


def _of_address(address: str) -> str:
    """Return whose tries these are: of an IPv6 address the network, for one computer has more than can be counted."""
    try:
        network = ipaddress.ip_network((address, 64 if ":" in address else 32), strict=False)
    except ValueError:
        return f"adres {address}"
    return f"adres {network}"


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise InvalidValue(ROLE_WRONG, "rol")
