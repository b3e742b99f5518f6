"""The operator's numbers: every name in the dashboard and the alerts is there, and no label can grow."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from datetime import datetime, timezone
from pathlib import Path

import pytest
import yaml

from bot.codes import make_code
from bot.happenings import HAPPENINGS, happenings
from bot.model import Dossier, Download, Miss, Progress, Reply, SourceRef, Ticket
from bot.web.metrics import Metrics, tickets_observer

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"\bips_[a-z_]+")


def names_in_files() -> dict[str, set[str]]:
    """Return the metric names that the dashboard and the alerts ask for."""
    dashboard = json.loads((ROOT / "deploy" / "grafana-dashboard.json").read_text(encoding="utf-8"))
    alerts = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
    return {"dashboard": set(NAME.findall(" ".join(asked))), "alerts": set(NAME.findall(" ".join(rules)))}


def given(text: str) -> set[str]:
    """Return the names of metrics, as Prometheus stores them, in /metrics."""
    families = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    return families | {line.partition("{")[0].partition(" ")[0] for line in text.splitlines() if line[:1] != "#"}


@pytest.mark.parametrize("file", ["dashboard", "alerts"])
def test_every_metric_that_is_asked_for_exists(file: str) -> None:
    asked = names_in_files()[file]
    assert len(asked) > 8
    assert asked <= given(Metrics().text().decode())


def test_every_metric_is_on_the_dashboard() -> None:
    families = {line.split()[2] for line in Metrics().text().decode().splitlines() if line.startswith("# TYPE")}
    assert families <= {re.sub(r"_bucket$", "", name) for name in names_in_files()["dashboard"]}


def test_what_is_not_ours_is_not_counted() -> None:
    metrics = Metrics()
    before = metrics.text()
    metrics.happened(["jan@linde.nl", {"x": 1}, None, "missed_"])
    assert metrics.text() == before
    metrics.happened(["plan_begun", "plan_begun"])
    assert 'ips_happenings_total{what="plan_begun"} 2.0' in metrics.text().decode()


def test_one_series_says_what_runs() -> None:
    metrics = Metrics()
    metrics.runs("k1", "m1")
    metrics.runs("k1", "m2")
    assert [line for line in metrics.text().decode().splitlines() if line.startswith("ips_info{")] == [
        'ips_info{knowledge="k1",model="m2",version="0.1.0"} 1.0'
    ]


def test_processes_are_read_from_the_supervisor_s_note(tmp_path: Path) -> None:
    metrics = Metrics()
    file = tmp_path / "processes.json"
    for content in ("", "{", "[]", '{"web": 5}', '{"web": {}}'):
        file.write_text(content)
        metrics.read_processes(file)
    file.write_text(json.dumps({"web": {"pid": os.getpid(), "restarts": 3}, "rasa": {"pid": None, "restarts": 0}}))
    metrics.read_processes(file)
    text = metrics.text().decode()
    assert 'ips_process_restarts{process="web"} 3.0' in text
    assert 'ips_process_resident_bytes{process="rasa"} 0.0' in text
    resident = re.search(r'ips_process_resident_bytes\{process="web"\} (\S+)', text)
    assert resident
    assert float(resident[1]) > 1e6


def test_warnings_and_errors_are_counted() -> None:
    metrics, root = Metrics(), logging.getLogger()
    before = list(root.handlers)
    metrics.count_lines()
    try:
        logging.getLogger("bot.x").warning("a")
        logging.getLogger("bot.x").error("b")
        logging.getLogger("bot.x").info("c")
    finally:
        root.handlers[:] = before
    text = metrics.text().decode()
    assert 'ips_log_lines_total{level="WARNING"} 1.0' in text
    assert 'ips_log_lines_total{level="ERROR"} 1.0' in text


class OpenTickets:
    """A ticket store that knows only what is open."""

    def all(self, states: object = (), since: datetime | None = None) -> tuple[Ticket, ...]:
        assert states == ("nieuw", "in_behandeling", "wacht_op_vrager")
        return (Ticket("a", "mail", "x", "hoog"), Ticket("b", "mail", "x", "hoog"), Ticket("c", "mail", "x", "direct"))


def test_open_tickets_by_urgency() -> None:
    metrics = Metrics()
    asyncio.run(tickets_observer(OpenTickets())(metrics))  # type: ignore[arg-type]
    lines = [line for line in metrics.text().decode().splitlines() if line.startswith("ips_tickets_open{")]
    assert lines == [
        'ips_tickets_open{urgency="direct"} 1.0',
        'ips_tickets_open{urgency="hoog"} 2.0',
        'ips_tickets_open{urgency="normaal"} 0.0',
        'ips_tickets_open{urgency="laag"} 0.0',
    ]


# --- what a turn brought about

NOW = datetime(2026, 11, 22, tzinfo=timezone.utc)
A = Dossier("a")
WITH_PLAN = A.with_(plan={"id": "p1"})


@pytest.mark.parametrize(
    ("before", "after", "reply", "expected"),
    [
        (A, A, Reply("x"), ()),
        (A, A, Reply("x", sources=(SourceRef("handreiking", "1"),)), ("answered_with_source",)),
        (A, A, Reply("x", missed=Miss.NIET_IN_BRONNEN), ("missed_niet_in_bronnen",)),
        (A, A, Reply("x", progress=Progress(1, 8, "1")), ("question_asked",)),
        (A, A.with_(advised=True), Reply("x"), ("advice_given",)),
        (A.with_(advised=True), A.with_(advised=True), Reply("x"), ()),
        (A, WITH_PLAN, Reply("Welkom terug"), ("plan_opened",)),
        (A, WITH_PLAN, Reply(f"Je code is {make_code()}."), ("plan_begun",)),
        (WITH_PLAN, A, Reply("weg"), ("plan_deleted",)),
        (WITH_PLAN, WITH_PLAN, Reply("x", download=Download("Plan", ("docx",), "token")), ("plan_offered",)),
    ],
)
def test_happenings(before: Dossier, after: Dossier, reply: Reply, expected: tuple[str, ...]) -> None:
    assert happenings(before, after, [reply]) == expected
    assert set(expected) <= set(HAPPENINGS)
