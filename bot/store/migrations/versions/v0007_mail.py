"""What is remembered of mails."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "mail_places",
        sa.Column("box", sa.String(64), primary_key=True),
        sa.Column("validity", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    op.create_table(
        "mail_taken",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("ticket", sa.Integer, nullable=False),
        sa.Column("sender", sa.String(64), nullable=False),
        sa.Column("text", sa.String(64), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    op.create_index("mail_taken_sender", "mail_taken", ["sender", "at"])
    op.create_table(
        "mail_threads",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("ticket", sa.Integer, nullable=False),
        sa.Column("side", sa.String(10), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    op.create_index("ix_mail_threads_ticket", "mail_threads", ["ticket"])
    op.create_table(
        "mail_sent",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("ticket", sa.Integer, nullable=False),
        sa.Column("at", sa.String(40), nullable=False),
    )
    op.create_index("ix_mail_sent_ticket", "mail_sent", ["ticket"])
