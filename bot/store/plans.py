"""Implementation plans in SQL. Of codes and tokens only the SHA-256 is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.codes import normalise
from bot.errors import StaleDossier
from bot.model import Plan, PlanAnswer, PlanChange, PlanRemark, SourceRef
from bot.ports import Clock
from bot.store.engine import TABLES, Database, from_json, hashed, stamp, to_json

_plans = sa.Table(
    "plans",
    TABLES,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("code", sa.String(64), nullable=False, unique=True),  # SHA-256
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", sa.String(40), nullable=False),  # ISO 8601, UTC, sorts by time
    sa.Column("updated_at", sa.String(40), nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
)
_tokens = sa.Table(
    "plan_tokens",
    TABLES,
    sa.Column("token", sa.String(64), primary_key=True),  # SHA-256
    sa.Column("plan_id", sa.String(64), nullable=False, index=True),
    sa.Column("until", sa.String(40), nullable=False),
)


class SqlPlanStore:
    """A PlanStore over SQLAlchemy."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Connect at first use, so that the rest starts while the database is down; raises StoreError for a bad URL."""
        self._clock = clock
        self._database = Database(url)

    def create(self, plan: Plan, code: str) -> Plan:
        """Store a new plan under a code and return it with version 1; raises StoreError."""
        now = self._clock()
        made = plan.with_(version=1, created_at=now, updated_at=now)
        row = {"id": made.id, "code": _code_key(code), "created_at": stamp(now), **_row(made)}
        with self._database.begin() as connection:
            connection.execute(sa.insert(_plans).values(**row))
        return made

    def find(self, code: str) -> Plan | None:
        """Return the plan of a code, however it is spelled, or None; raises StoreError."""
        return self._first(sa.select(_plans).where(_plans.c.code == _code_key(code)))

    def load(self, plan_id: str) -> Plan | None:
        """Return the plan or None; raises StoreError."""
        return self._first(sa.select(_plans).where(_plans.c.id == plan_id))

    def save(self, plan: Plan) -> Plan:
        """Store the plan; return it with its next version and time; raises StaleDossier or StoreError."""
        saved = plan.with_(version=plan.version + 1, updated_at=self._clock())
        update = sa.update(_plans).where(_plans.c.id == plan.id, _plans.c.version == plan.version)
        with self._database.begin() as connection:
            if connection.execute(update.values(**_row(saved))).rowcount != 1:
                raise StaleDossier("the plan was saved or deleted by somebody else since it was read")
        return saved

    def delete(self, plan_id: str) -> None:
        """Delete the plan with its code and download tokens; raises StoreError."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(_plans).where(_plans.c.id == plan_id))
            connection.execute(sa.delete(_tokens).where(_tokens.c.plan_id == plan_id))

    def delete_older(self, moment: datetime) -> int:
        """Delete plans without activity since `moment`, and tokens that expired; return how many plans went."""
        with self._database.begin() as connection:
            gone = connection.execute(sa.delete(_plans).where(_plans.c.updated_at < stamp(moment))).rowcount
            self._delete_dead_tokens(connection)
        return int(gone)

    def offer(self, plan_id: str, token: str, until: datetime) -> None:
        """Let `token` fetch the plan's document until that moment; raises StoreError."""
        row = {"token": hashed(token), "plan_id": plan_id, "until": stamp(until)}
        with self._database.begin() as connection:
            connection.execute(sa.insert(_tokens).values(**row))

    def offered(self, token: str, now: datetime) -> Plan | None:
        """Return the plan that a valid token may fetch, or None; raises StoreError."""
        valid = (_tokens.c.token == hashed(token)) & (_tokens.c.until > stamp(now))
        return self._first(sa.select(_plans).join(_tokens, _tokens.c.plan_id == _plans.c.id).where(valid))

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    def _first(self, query: Any) -> Plan | None:
        with self._database.begin() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _plan(row)

    def _delete_dead_tokens(self, connection: Connection) -> None:
        orphaned = _tokens.c.plan_id.not_in(sa.select(_plans.c.id))
        expired = _tokens.c.until <= stamp(self._clock())
        connection.execute(sa.delete(_tokens).where(expired | orphaned))


def _code_key(code: str) -> str:
    return hashed(normalise(code))


def _row(plan: Plan) -> Mapping[str, Any]:
    """Return what every write of a plan sets."""
    assert plan.updated_at is not None
    content = {
        "answers": [_flat(answer) for answer in plan.answers.values()],  # a list: their order is kept
        "facts": plan.facts,
        "notes": plan.notes,
        "skipped": plan.skipped,
        "changes": [_flat(change) for change in plan.changes],
    }
    return {"version": plan.version, "updated_at": stamp(plan.updated_at), "body": to_json(content)}


def _flat(value: PlanAnswer | PlanChange) -> dict[str, Any]:
    return {**asdict(value), "at": value.at.isoformat()}


def _plan(row: Any) -> Plan:
    stored = from_json(row.body)
    answers = (_answer(each) for each in stored["answers"])
    return Plan(
        id=row.id,
        answers={each.question: each for each in answers},
        facts=stored["facts"],
        notes=stored["notes"],
        skipped=stored["skipped"],
        changes=tuple(PlanChange(**_dated(each)) for each in stored["changes"]),
        version=row.version,
        created_at=datetime.fromisoformat(row.created_at),
        updated_at=datetime.fromisoformat(row.updated_at),
    )


def _answer(stored: Mapping[str, Any]) -> PlanAnswer:
    return PlanAnswer(**{**_dated(stored), "remarks": tuple(_remark(each) for each in stored["remarks"])})


def _remark(stored: Mapping[str, Any]) -> PlanRemark:
    source = SourceRef(**stored["source"]) if stored["source"] else None
    return PlanRemark(**{**stored, "source": source})


def _dated(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {**stored, "at": datetime.fromisoformat(stored["at"])}
