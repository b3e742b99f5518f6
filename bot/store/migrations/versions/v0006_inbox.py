"""The inbox: accounts of employees, their sessions, failed tries, and logins that are on their way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "inbox_accounts",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(64), unique=True),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.String(40)),
        sa.Column("seen_at", sa.String(40)),
    )
    op.create_table(
        "inbox_sessions",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(200), nullable=False, index=True),
        sa.Column("started_at", sa.String(40), nullable=False),
        sa.Column("used_at", sa.String(40), nullable=False, index=True),
    )
    op.create_table(
        "inbox_tries",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("last_at", sa.String(40), nullable=False, index=True),
        sa.Column("until", sa.String(40), nullable=False),
    )
    op.create_table(
        "inbox_logins",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("until", sa.String(40), nullable=False, index=True),
        sa.Column("body", sa.Text, nullable=False),
    )
