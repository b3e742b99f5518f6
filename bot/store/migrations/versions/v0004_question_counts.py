"""How many questions ended how."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "question_counts",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("subject", sa.String(40), primary_key=True),
        sa.Column("outcome", sa.String(40), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
