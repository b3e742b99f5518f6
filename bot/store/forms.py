"""Which conversations have Rasa's form open, for several Rasa processes. Nothing that anybody said."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.ports import Clock
from bot.store.engine import TABLES, Database, hashed, stamp

Form = tuple[str, str]  # the form and the slot that it asks for

_forms = sa.Table(
    "rasa_forms",
    TABLES,
    sa.Column("conversation", sa.String(64), primary_key=True),  # SHA-256 of the conversation's id
    sa.Column("form", sa.String(80)),
    sa.Column("slot", sa.String(80)),
    sa.Column("updated_at", sa.String(40), nullable=False, index=True),
)
_SAVE = sa.text(
    "INSERT INTO rasa_forms (conversation, form, slot, updated_at) VALUES (:conversation, :form, :slot, :at) "
    "ON CONFLICT (conversation) DO UPDATE SET form = excluded.form, slot = excluded.slot, "
    "updated_at = excluded.updated_at"
)


class SqlForms:
    """Remembers the open form of each conversation."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Connect at first use; raises StoreError for a bad URL."""
        self._clock = clock
        self._database = Database(url)

    def save(self, conversation: str, form: Form | None) -> None:
        """Remember the form, or that there is none; raises StoreError."""
        name, slot = form or (None, None)
        row = {"conversation": hashed(conversation), "form": name, "slot": slot, "at": stamp(self._clock())}
        with self._database.begin() as connection:
            connection.execute(_SAVE, row)

    def load(self, conversation: str) -> tuple[bool, Form | None]:
        """Return whether the conversation is known, and its form; raises StoreError."""
        query = sa.select(_forms).where(_forms.c.conversation == hashed(conversation))
        with self._database.begin() as connection:
            row = connection.execute(query).one_or_none()
        return row is not None, (row.form, row.slot) if row is not None and row.form else None

    def delete_older(self, moment: datetime) -> None:
        """Forget those in which nothing happened since `moment`; raises StoreError."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(_forms).where(_forms.c.updated_at < stamp(moment)))

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()
