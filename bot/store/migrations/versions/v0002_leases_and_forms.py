"""Several processes: who is at work on what, and which conversations have Rasa's form open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add both tables."""
    op.create_table(
        "leases",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("until", sa.String(40), nullable=False, index=True),
    )
    op.create_table(
        "rasa_forms",
        sa.Column("conversation", sa.String(64), primary_key=True),
        sa.Column("form", sa.String(80)),
        sa.Column("slot", sa.String(80)),
        sa.Column("updated_at", sa.String(40), nullable=False, index=True),
    )
