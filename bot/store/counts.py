"""How many questions ended how, in SQL: per day, subject and outcome. No texts, no senders."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from bot.model import QuestionCount
from bot.store.engine import TABLES, Database

_counts = sa.Table(
    "question_counts",
    TABLES,
    sa.Column("day", sa.String(10), primary_key=True),  # ISO 8601
    sa.Column("subject", sa.String(40), primary_key=True),
    sa.Column("outcome", sa.String(40), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)


class SqlCountStore:
    """A CountStore over SQLAlchemy."""

    def __init__(self, url: str) -> None:
        """Connect at first use; raises StoreError for a bad URL."""
        self._database = Database(url)

    def count(self, day: date, subject: str, outcome: str) -> None:
        """Count one question; raises StoreError."""
        key = {"day": day.isoformat(), "subject": subject, "outcome": outcome}
        this = sa.and_(*(_counts.c[name] == value for name, value in key.items()))
        more = sa.update(_counts).where(this).values(count=_counts.c["count"] + 1)
        with self._database.begin() as connection:
            if connection.execute(more).rowcount:
                return
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(_counts).values(**key, count=1))
            except sa.exc.IntegrityError:  # somebody else counted the first
                connection.execute(more)

    def counts(self, since: date) -> tuple[QuestionCount, ...]:
        """Return the counts from that day on, in order of day, subject and outcome; raises StoreError."""
        order = _counts.c.day, _counts.c.subject, _counts.c.outcome
        query = sa.select(_counts).where(_counts.c.day >= since.isoformat()).order_by(*order)
        with self._database.begin() as connection:
            rows = connection.execute(query).all()
        return tuple(
            QuestionCount(date.fromisoformat(row.day), row.subject, row.outcome, row._mapping["count"]) for row in rows
        )

    def delete_older(self, day: date) -> int:
        """Delete the counts from before that day and return how many; raises StoreError."""
        with self._database.begin() as connection:
            return int(connection.execute(sa.delete(_counts).where(_counts.c.day < day.isoformat())).rowcount)

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()
