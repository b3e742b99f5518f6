"""Questions without a good answer, in SQL. Who asked them is not kept."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from bot.model import KeptQuestion, Miss
from bot.store.engine import TABLES, Database

_questions = sa.Table(
    "questions",
    TABLES,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("day", sa.String(10), nullable=False, index=True),  # ISO 8601
    sa.Column("miss", sa.String(20), nullable=False),  # the name of a Miss
    sa.Column("text", sa.Text, nullable=False),  # masked by the public port
    sa.Column("card", sa.String(200)),
)


class SqlQuestionLog:
    """A QuestionLog over SQLAlchemy."""

    def __init__(self, url: str) -> None:
        """Connect at first use; raises StoreError for a bad URL."""
        self._database = Database(url)

    def keep(self, question: KeptQuestion) -> None:
        """Store a question; raises StoreError."""
        row = {
            "day": question.on.isoformat(),
            "miss": question.miss.name,
            "text": question.text.replace("\0", ""),
            "card": question.card,
        }
        with self._database.begin() as connection:
            connection.execute(sa.insert(_questions).values(**row))

    def kept(self) -> tuple[KeptQuestion, ...]:
        """Return all questions, oldest first; raises StoreError."""
        with self._database.begin() as connection:
            rows = connection.execute(sa.select(_questions).order_by(_questions.c.day, _questions.c.id)).all()
        return tuple(KeptQuestion(date.fromisoformat(row.day), Miss[row.miss], row.text, row.card) for row in rows)

    def delete_older(self, day: date) -> int:
        """Delete the questions from before that day and return how many; raises StoreError."""
        with self._database.begin() as connection:
            return int(connection.execute(sa.delete(_questions).where(_questions.c.day < day.isoformat())).rowcount)

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()
