"""Counts for the operator: no texts, no senders, and no label that an outsider could fill or make grow."""

from __future__ import annotations

import json
import logging
import os
from collections import Counter as Tally
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from starlette.concurrency import run_in_threadpool

import bot
from bot.happenings import HAPPENINGS
from bot.ports import TicketStore
from bot.rules.triage import URGENCIES

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60)
OUTCOMES = ("answered", "danger", "unavailable")
FORMATS = ("docx", "pdf", "md")
PARTS = ("rasa", "actions", "store")
OPEN_STATES = ("nieuw", "in_behandeling", "wacht_op_vrager")
LEVELS = ("WARNING", "ERROR", "CRITICAL")
_STATUSES = ("2xx", "3xx", "4xx", "5xx")


class Metrics:
    """The numbers of one process, in a registry of their own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self.messages = self._counter("ips_messages", "Chat messages by outcome.", "outcome", OUTCOMES)
        self.happenings = self._counter("ips_happenings", "What turns brought about.", "what", HAPPENINGS)
        self.masked = self._counter("ips_masked", "Messages with hidden personal data.", "kind")
        self.refused = self._counter(
            "ips_refused", "Refused requests by code; te_veel is the rate limit.", "code", ("te_veel", "druk")
        )
        self.responses = self._counter("ips_responses", "Answered requests by kind of status.", "status", _STATUSES)
        self.documents = self._counter("ips_plan_documents", "Documents of plans drawn.", "format", FORMATS)
        self.store_errors = Counter("ips_store_errors", "Failures of the store met.", registry=self._registry)
        self.log_lines = self._counter("ips_log_lines", "Lines in the public port's log by level.", "level", LEVELS)
        self.turn_seconds = Histogram(
            "ips_turn_seconds", "Time of a turn through Rasa.", registry=self._registry, buckets=_SECONDS
        )
        self.advice_seconds = Histogram(
            "ips_advice_seconds", "Time of an advice over the API.", registry=self._registry, buckets=_SECONDS
        )
        self.ready = self._gauge("ips_ready", "1 for each part that works, 0 for one that does not.", "part", PARTS)
        self.waiting = self._gauge("ips_waiting_messages", "Messages in the chat's log that wait for an answer.")
        self.waiting_seconds = self._gauge("ips_waiting_oldest_seconds", "How long the oldest of these waits.")
        self.behind = self._gauge("ips_deliveries_behind", "Conversations with replies not yet delivered.", "channel")
        self.tickets = self._gauge("ips_tickets_open", "Tickets that are not solved.", "urgency", URGENCIES)
        self.streams = self._gauge("ips_streams", "Tabs that listen.")
        self.restarts = self._gauge("ips_process_restarts", "Restarts of a process since the start.", "process")
        self.resident = self._gauge("ips_process_resident_bytes", "Memory in use by a process.", "process")
        self.info = Gauge(
            "ips_info", "What runs here.", ("version", "knowledge", "model"), registry=self._registry
        )  # one series: the last one is cleared

    def text(self) -> bytes:
        """Return the numbers in Prometheus's text format."""
        return generate_latest(self._registry)

    def happened(self, names: Iterable[object]) -> None:
        """Count what a turn brought about; a name that isn't ours is left out."""
        for name in names:
            if name in HAPPENINGS:
                self.happenings.labels(name).inc()

    def runs(self, knowledge: str, model: str) -> None:
        """Say what runs here."""
        self.info.clear()
        self.info.labels(bot.__version__, knowledge, model).set(1)

    def count_lines(self) -> None:
        """Count the warnings and errors of this process from now on."""
        logging.getLogger().addHandler(_LineCounter(self.log_lines))

    def read_processes(self, file: Path) -> None:
        """Take over what the supervisor wrote down, if there is one."""
        for name, (restarts, resident) in processes(file).items():
            self.restarts.labels(name).set(restarts)
            self.resident.labels(name).set(resident)

    def _counter(self, name: str, text: str, label: str, values: Iterable[str] = ()) -> Counter:
        counter = Counter(name, text, (label,), registry=self._registry)
        for value in values:
            counter.labels(value)
        return counter

    def _gauge(self, name: str, text: str, label: str = "", values: Iterable[str] = ()) -> Gauge:
        gauge = Gauge(name, text, (label,) if label else (), registry=self._registry)
        for value in values:
            gauge.labels(value)
        return gauge


def tickets_observer(store: TicketStore) -> Callable[[Metrics], Awaitable[None]]:
    """Return what sets how many tickets are not solved, by urgency; it raises StoreError."""

    async def observe(numbers: Metrics) -> None:
        tally = Tally(ticket.urgency for ticket in await run_in_threadpool(store.all, OPEN_STATES))
        for urgency in URGENCIES:
            numbers.tickets.labels(urgency).set(tally[urgency])

    return observe


class _LineCounter(logging.Handler):
    """Counts lines and writes none."""

    def __init__(self, counter: Counter) -> None:
        super().__init__(logging.WARNING)
        self._counter = counter

    def emit(self, record: logging.LogRecord) -> None:
        """Count one."""
        self._counter.labels(record.levelname if record.levelname in LEVELS else "WARNING").inc()


def processes(file: Path) -> Mapping[str, tuple[int, int]]:
    """Return restarts and memory (bytes) of each process that the supervisor noted; nothing where there is no note."""
    try:
        noted = json.loads(file.read_text(encoding="utf-8"))
        return {name: (int(each["restarts"]), _resident(each["pid"])) for name, each in noted.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _resident(pid: int | None) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
