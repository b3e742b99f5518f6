"""Where conversations on Slack and Teams are answered, and how far they were, in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bot.model import Delivery
from bot.store.engine import TABLES, Database, from_json, to_json

_deliveries = sa.Table(
    "deliveries",
    TABLES,
    sa.Column("conversation", sa.String(80), primary_key=True),
    sa.Column("channel", sa.String(20), nullable=False, index=True),
    sa.Column("seq", sa.Integer, nullable=False),  # the last entry that was delivered whole
    sa.Column("part", sa.Integer, nullable=False),  # how many messages of the next one were
    sa.Column("address", sa.Text, nullable=False),
)


class SqlDeliveryStore:
    """A DeliveryStore over SQLAlchemy."""

    def __init__(self, url: str) -> None:
        """Connect at first use; raises StoreError for a bad URL."""
        self._database = Database(url)

    def place(self, conversation: str, channel: str, address: Mapping[str, Any], begins: bool = False) -> None:
        """Say where a conversation is answered from now on; `begins`: nothing was delivered yet; raises StoreError."""
        body = to_json(address)
        changes = {"address": body, **({"seq": 0, "part": 0} if begins else {})}
        update = sa.update(_deliveries).where(_deliveries.c.conversation == conversation).values(**changes)
        row = {"conversation": conversation, "channel": channel, "seq": 0, "part": 0, "address": body}
        with self._database.begin() as connection:
            if connection.execute(update).rowcount:
                return
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(_deliveries).values(**row))
            except sa.exc.IntegrityError:  # another message of this conversation did so
                connection.execute(update)

    def find(self, conversation: str) -> Delivery | None:
        """Return where a conversation is answered, or None; raises StoreError."""
        query = sa.select(_deliveries).where(_deliveries.c.conversation == conversation)
        with self._database.begin() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _delivery(row)

    def all(self, channel: str) -> tuple[Delivery, ...]:
        """Return those of a channel; raises StoreError."""
        query = sa.select(_deliveries).where(_deliveries.c.channel == channel)
        with self._database.begin() as connection:
            return tuple(_delivery(row) for row in connection.execute(query))

    def note(self, conversation: str, seq: int, part: int) -> None:
        """Note that all up to `seq`, and `part` messages of the next entry, were delivered; raises StoreError."""
        update = sa.update(_deliveries).where(_deliveries.c.conversation == conversation)
        with self._database.begin() as connection:
            connection.execute(update.values(seq=seq, part=part))

    def forget(self, conversation: str) -> None:
        """Forget where a conversation was; raises StoreError."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(_deliveries).where(_deliveries.c.conversation == conversation))

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()


def _delivery(row: Any) -> Delivery:
    return Delivery(row.conversation, row.channel, from_json(row.address), row.seq, row.part)
