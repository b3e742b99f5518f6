"""Who has the floor in a conversation: a person or the assistant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "widget_floors",
        sa.Column("conversation", sa.String(80), primary_key=True),
        sa.Column("holder", sa.String(200), nullable=False),
        sa.Column("ticket", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
