"""Counts for the operator: no texts, no senders."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60)


class Metrics:
    """The numbers of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.messages = Counter(
            "ips_messages", "Chat messages by outcome.", ("outcome",), registry=self._registry
        )  # answered, danger, unavailable
        self.masked = Counter("ips_masked", "Messages with hidden personal data.", ("kind",), registry=self._registry)
        self.refused = Counter("ips_refused", "Refused requests by code.", ("code",), registry=self._registry)
        self.turn_seconds = Histogram(
            "ips_turn_seconds", "Time of a turn through Rasa.", registry=self._registry, buckets=_SECONDS
        )
        self.advice_seconds = Histogram(
            "ips_advice_seconds", "Time of an advice over the API.", registry=self._registry, buckets=_SECONDS
        )

    def text(self) -> bytes:
        """Return the numbers in Prometheus's text format."""
        return generate_latest(self._registry)
