"""Tickets and their audit trail, with the triggers that keep the trail as it was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_SQLITE_TRIGGERS = (
    """CREATE TRIGGER IF NOT EXISTS ticket_events_stay BEFORE UPDATE ON ticket_events
    BEGIN SELECT RAISE(ABORT, 'ticket_events only grows'); END""",
    """CREATE TRIGGER IF NOT EXISTS ticket_events_remain BEFORE DELETE ON ticket_events
    WHEN OLD.what = 'verwijderd' OR EXISTS (SELECT 1 FROM tickets WHERE number = OLD.ticket)
    BEGIN SELECT RAISE(ABORT, 'ticket_events only grows'); END""",
)
# {schema} stands before a name: what a function calls is looked up when it runs, along the path of whoever runs it.
_POSTGRES_TRIGGERS = (
    """CREATE OR REPLACE FUNCTION {schema}ticket_events_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND OLD.what <> 'verwijderd'
            AND NOT EXISTS (SELECT 1 FROM {schema}tickets WHERE number = OLD.ticket) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'ticket_events only grows';
    END $$""",
    "DROP TRIGGER IF EXISTS ticket_events_stay ON {schema}ticket_events",
    """CREATE TRIGGER ticket_events_stay BEFORE UPDATE OR DELETE ON {schema}ticket_events
    FOR EACH ROW EXECUTE FUNCTION {schema}ticket_events_guard()""",
    "DROP TRIGGER IF EXISTS ticket_events_whole ON {schema}ticket_events",
    """CREATE TRIGGER ticket_events_whole BEFORE TRUNCATE ON {schema}ticket_events
    FOR EACH STATEMENT EXECUTE FUNCTION {schema}ticket_events_guard()""",
)


def upgrade() -> None:
    """Add the tables, and the triggers of one."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    for name, columns in _tables().items():
        if name not in there:  # the first version of tickets made its own tables
            op.create_table(name, *columns)
    for statement in _triggers():
        op.get_bind().exec_driver_sql(statement)


def _triggers() -> tuple[str, ...]:
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        return _SQLITE_TRIGGERS
    schema = bind.execute(sa.text("SELECT current_schema()")).scalar_one()
    return tuple(statement.format(schema=f"{schema}.") for statement in _POSTGRES_TRIGGERS)


def _tables() -> dict[str, tuple[sa.schema.SchemaItem, ...]]:
    return {
        "tickets": (
            sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("key", sa.String(64), nullable=False, unique=True),
            sa.Column("version", sa.Integer, nullable=False),
            sa.Column("state", sa.String(20), nullable=False, index=True),
            sa.Column("conversation", sa.String(80), nullable=False, index=True),
            sa.Column("created_at", sa.String(40), nullable=False, index=True),
            sa.Column("updated_at", sa.String(40), nullable=False),
            sa.Column("trail", sa.String(64), nullable=False),
            sa.Column("body", sa.Text, nullable=False),
        ),
        "ticket_names": (
            sa.Column("system", sa.String(40), primary_key=True),
            sa.Column("name", sa.String(200), primary_key=True),
            sa.Column("ticket", sa.Integer, nullable=False, index=True),
        ),
        "ticket_events": (
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("ticket", sa.Integer, nullable=False, index=True),
            sa.Column("what", sa.String(40), nullable=False),
            sa.Column("by", sa.Text, nullable=False),
            sa.Column("detail", sa.Text, nullable=False),
            sa.Column("at", sa.String(40), nullable=False),
            sa.Column("hash", sa.String(64), nullable=False),
        ),
        "ticket_counters": (
            sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("tickets", sa.Integer, nullable=False),
            sa.Column("events", sa.Integer, nullable=False),
        ),
        "ticket_followers": (
            sa.Column("follower", sa.String(40), primary_key=True),
            sa.Column("event", sa.Integer, nullable=False),
        ),
    }
