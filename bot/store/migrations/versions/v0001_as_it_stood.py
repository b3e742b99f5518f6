"""The tables as they stood before there were migrations: every store made its own at first use.

So a database from then has any number of these; whatever it lacks is made.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make what is not there."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    for name, columns in _tables().items():
        if name not in there:
            op.create_table(name, *columns)


def _tables() -> dict[str, tuple[sa.schema.SchemaItem, ...]]:
    return {
        "dossiers": (
            sa.Column("conversation", sa.String(64), primary_key=True),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("updated_at", sa.String(40), nullable=False),
            sa.Column("body", sa.Text, nullable=False),
        ),
        "plans": (
            sa.Column("id", sa.String(64), primary_key=True),
            sa.Column("code", sa.String(64), nullable=False, unique=True),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("created_at", sa.String(40), nullable=False),
            sa.Column("updated_at", sa.String(40), nullable=False, index=True),
            sa.Column("body", sa.Text, nullable=False),
        ),
        "plan_tokens": (
            sa.Column("token", sa.String(64), primary_key=True),
            sa.Column("plan_id", sa.String(64), nullable=False, index=True),
            sa.Column("until", sa.String(40), nullable=False),
        ),
        "questions": (
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("day", sa.String(10), nullable=False, index=True),
            sa.Column("miss", sa.String(20), nullable=False),
            sa.Column("text", sa.Text, nullable=False),
            sa.Column("card", sa.String(200)),
        ),
        "widget_conversations": (
            sa.Column("id", sa.String(80), primary_key=True),
            sa.Column("head", sa.Integer, nullable=False),
            sa.Column("gone", sa.Boolean, nullable=False),
            sa.Column("active_at", sa.String(40), nullable=False, index=True),
        ),
        "widget_entries": (
            sa.Column("conversation", sa.String(80), primary_key=True),
            sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("at", sa.String(40), nullable=False),
            sa.Column("who", sa.String(10), nullable=False),
            sa.Column("message", sa.String(64)),
            sa.Column("state", sa.String(10)),
            sa.Column("says", sa.Text),
            sa.Column("body", sa.Text, nullable=False),
            sa.UniqueConstraint("conversation", "message"),
            sa.Index("ix_widget_entries_state", "state"),
            sa.Index("ix_widget_entries_who_at", "who", "at"),
        ),
        "deliveries": (
            sa.Column("conversation", sa.String(80), primary_key=True),
            sa.Column("channel", sa.String(20), nullable=False, index=True),
            sa.Column("seq", sa.Integer, nullable=False),
            sa.Column("part", sa.Integer, nullable=False),
            sa.Column("address", sa.Text, nullable=False),
        ),
    }
