"""Who is at work on what, so that of several processes one does it. A lease ends by itself when its owner dies."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

from bot.ports import Clock
from bot.store.engine import TABLES, Database, hashed, stamp

_leases = sa.Table(
    "leases",
    TABLES,
    sa.Column("name", sa.String(64), primary_key=True),  # SHA-256
    sa.Column("owner", sa.String(32), nullable=False),
    sa.Column("until", sa.String(40), nullable=False, index=True),
)
_TAKE = sa.text(  # one statement, the same for both databases: who comes second waits for the first and then sees it
    "INSERT INTO leases (name, owner, until) VALUES (:name, :owner, :until) "
    "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until "
    "WHERE leases.owner = excluded.owner OR leases.until < :now"
)


class SqlLeases:
    """Leases of one process."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Connect at first use; raises StoreError for a bad URL. Clocks of machines that share should agree."""
        self._clock, self._owner = clock, secrets.token_hex(16)
        self._database = Database(url)

    def take(self, name: str, seconds: float) -> bool:
        """Take or prolong a lease; tell whether we have it now; raises StoreError."""
        now = self._clock()
        until = stamp(now + timedelta(seconds=seconds))
        row = {"name": hashed(name), "owner": self._owner, "until": until, "now": stamp(now)}
        with self._database.begin() as connection:
            return bool(connection.execute(_TAKE, row).rowcount == 1)

    def give_back(self, name: str) -> None:
        """End a lease of ours; raises StoreError."""
        ours = (_leases.c.name == hashed(name)) & (_leases.c.owner == self._owner)
        with self._database.begin() as connection:
            connection.execute(sa.delete(_leases).where(ours))

    def sweep(self) -> None:
        """Delete leases that ended by themselves; raises StoreError."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(_leases).where(_leases.c.until < stamp(self._clock())))

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()
