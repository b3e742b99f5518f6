"""Employees of the inbox in SQL: accounts, sessions, failed tries, and logins that are on their way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.model import Account, InboxSession
from bot.store.engine import TABLES, Database, from_json, hashed, stamp, to_json

_accounts = sa.Table(
    "inbox_accounts",
    TABLES,
    sa.Column("key", sa.String(200), primary_key=True),  # the name, in one case
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("password", sa.String(200), nullable=False),  # argon2
    sa.Column("subject", sa.String(64), unique=True),  # SHA-256
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("created_at", sa.String(40)),
    sa.Column("seen_at", sa.String(40)),
)
_sessions = sa.Table(
    "inbox_sessions",
    TABLES,
    sa.Column("token", sa.String(64), primary_key=True),  # SHA-256
    sa.Column("account", sa.String(200), nullable=False, index=True),
    sa.Column("started_at", sa.String(40), nullable=False),
    sa.Column("used_at", sa.String(40), nullable=False, index=True),
)
_tries = sa.Table(
    "inbox_tries",
    TABLES,
    sa.Column("key", sa.String(64), primary_key=True),  # SHA-256: an address is personal data
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("last_at", sa.String(40), nullable=False, index=True),
    sa.Column("until", sa.String(40), nullable=False),
)
_logins = sa.Table(
    "inbox_logins",
    TABLES,
    sa.Column("token", sa.String(64), primary_key=True),  # SHA-256
    sa.Column("until", sa.String(40), nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
)


class SqlAccountStore:
    """An AccountStore over SQLAlchemy."""

    def __init__(self, url: str) -> None:
        """Connect at first use; raises StoreError for a bad URL."""
        self._database = Database(url)

    def create(self, account: Account) -> bool:
        """Store a new account; False when its name, in whatever case, or its subject is taken; raises StoreError."""
        row = {"key": _key(account.name), "subject": _subject(account.subject), **_row(account)}
        with self._database.begin() as connection:
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(_accounts).values(**row))
            except sa.exc.IntegrityError:
                return False
        return True

    def save(self, account: Account) -> None:
        """Store the account of this name anew; raises StoreError."""
        update = sa.update(_accounts).where(_accounts.c.key == _key(account.name))
        with self._database.begin() as connection:
            connection.execute(update.values(**_row(account)))

    def find(self, name: str) -> Account | None:
        """Return the account of a name, in whatever case, or None; raises StoreError."""
        return self._first(sa.select(_accounts).where(_accounts.c.key == _key(name)))

    def of_subject(self, subject: str) -> Account | None:
        """Return the account of somebody who comes over OpenID Connect, or None; raises StoreError."""
        account = self._first(sa.select(_accounts).where(_accounts.c.subject == _subject(subject)))
        return account and account.with_(subject=subject)

    def all(self) -> tuple[Account, ...]:
        """Return all accounts by name; raises StoreError."""
        with self._database.begin() as connection:
            return tuple(_account(row) for row in connection.execute(sa.select(_accounts).order_by(_accounts.c.key)))

    def begin(self, token: str, name: str, at: datetime) -> None:
        """Start a session; raises StoreError."""
        row = {"token": hashed(token), "account": _key(name), "started_at": stamp(at), "used_at": stamp(at)}
        with self._database.begin() as connection:
            connection.execute(sa.insert(_sessions).values(**row))

    def session(self, token: str) -> InboxSession | None:
        """Return the session of a token, or None; raises StoreError."""
        query = (
            sa.select(_accounts, _sessions.c.started_at, _sessions.c.used_at)
            .join(_sessions, _sessions.c.account == _accounts.c.key)
            .where(_sessions.c.token == hashed(token))
        )
        with self._database.begin() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        return InboxSession(_account(row), _moment(row.started_at), _moment(row.used_at))

    def touch(self, token: str, at: datetime) -> None:
        """Note that a session was used; raises StoreError."""
        update = sa.update(_sessions).where(_sessions.c.token == hashed(token))
        with self._database.begin() as connection:
            connection.execute(update.values(used_at=stamp(at)))

    def end(self, token: str) -> None:
        """End a session; no error when there is none; raises StoreError."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(_sessions).where(_sessions.c.token == hashed(token)))

    def end_all(self, name: str) -> None:
        """End every session of an account; raises StoreError."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(_sessions).where(_sessions.c.account == _key(name)))

    def attempt(self, key: str, at: datetime, pause: Callable[[int], timedelta], memory: timedelta) -> datetime | None:
        """Count a try, after which none may follow for `pause(tries)`; None when it was counted, else from when.

        The update comes first and takes the row, so that of many at once each waits for the one before.
        """
        mine = _tries.c.key == hashed(key)
        forgotten = _tries.c.last_at < stamp(at - memory)
        count = sa.case((forgotten, 1), else_=_tries.c.tries + 1)
        update = sa.update(_tries).where(mine, _tries.c.until <= stamp(at)).values(tries=count, last_at=stamp(at))
        first = {"key": hashed(key), "tries": 1, "last_at": stamp(at), "until": stamp(at)}
        with self._database.begin() as connection:
            if not connection.execute(update).rowcount and not _inserted(connection, first):
                again = connection.execute(update).rowcount  # another one made the row meanwhile
                if not again:
                    return _moment(connection.execute(sa.select(_tries.c.until).where(mine)).scalar_one())
            tries = connection.execute(sa.select(_tries.c.tries).where(mine)).scalar_one()
            connection.execute(sa.update(_tries).where(mine).values(until=stamp(at + pause(tries))))
        return None

    def forgive(self, key: str, tries: int | None = None) -> None:
        """Take back so many tries (None: all); raises StoreError."""
        mine = _tries.c.key == hashed(key)
        fewer = sa.update(_tries).where(mine, _tries.c.tries > (tries or 0))
        with self._database.begin() as connection:
            if (
                tries is None
                or not connection.execute(fewer.values(tries=_tries.c.tries - tries, until=_tries.c.last_at)).rowcount
            ):
                connection.execute(sa.delete(_tries).where(mine))

    def keep(self, token: str, body: Mapping[str, Any], until: datetime) -> None:
        """Keep what a login over OpenID Connect needs when it comes back; raises StoreError."""
        row = {"token": hashed(token), "until": stamp(until), "body": to_json(body)}
        with self._database.begin() as connection:
            connection.execute(sa.insert(_logins).values(**row))

    def take(self, token: str, at: datetime) -> Mapping[str, Any] | None:
        """Return and forget what `keep` kept, None when there is none or it is too old; raises StoreError."""
        mine = _logins.c.token == hashed(token)
        with self._database.begin() as connection:
            row = connection.execute(sa.select(_logins).where(mine)).one_or_none()
            taken = connection.execute(sa.delete(_logins).where(mine)).rowcount
        return from_json(row.body) if row and taken and row.until > stamp(at) else None

    def clean_up(self, sessions: datetime, now: datetime) -> None:
        """Forget sessions unused since `sessions`, tries of a day ago and logins that never came back."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(_sessions).where(_sessions.c.used_at < stamp(sessions)))
            connection.execute(sa.delete(_tries).where(_tries.c.last_at < stamp(now - timedelta(days=1))))
            connection.execute(sa.delete(_logins).where(_logins.c.until < stamp(now)))

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    def _first(self, query: Any) -> Account | None:
        with self._database.begin() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _account(row)


def _inserted(connection: Connection, row: Mapping[str, Any]) -> bool:
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(_tries).values(**row))
    except sa.exc.IntegrityError:
        return False
    return True


def _key(name: str) -> str:
    return name.casefold()


def _subject(subject: str) -> str | None:
    return hashed(subject) if subject else None


def _row(account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "role": account.role,
        "password": account.password,
        "disabled": account.disabled,
        "created_at": account.created_at and stamp(account.created_at),
        "seen_at": account.seen_at and stamp(account.seen_at),
    }


def _account(row: Any) -> Account:
    """Return an account; of a subject only the hash is known."""
    return Account(
        row.name,
        row.role,
        row.password,
        row.subject or "",
        bool(row.disabled),
        row.created_at and _moment(row.created_at),
        row.seen_at and _moment(row.seen_at),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
