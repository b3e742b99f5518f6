"""The whole assistant, started once a session on free ports with a data folder of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# The same examples every time, so that a check that passed passes again; HYPOTHESIS_PROFILE=random looks further, and
# so do the long runs. A busy machine is slow: that says nothing about an example.
settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("random", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

ROOT = Path(__file__).parents[1]
START_SECONDS = 180  # generous: CI machines are slow and busy


def free_port() -> int:
    """Return a loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RunningAssistant:
    """A running assistant: talk to it, kill its parts, stop it, start it again on the same data."""

    data: Path
    ports: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in ("public", "rasa", "actions")})
    process: subprocess.Popen[str] | None = None

    @property
    def base(self) -> str:
        """Return the address of the public port."""
        return f"http://127.0.0.1:{self.ports['public']}"

    def start(self) -> None:
        """Start everything and wait for the line that says so."""
        environment = {
            **os.environ,
            "IPS_DATA": str(self.data),
            "IPS_PORT": str(self.ports["public"]),
            "IPS_RASA_PORT": str(self.ports["rasa"]),
            "IPS_ACTIONS_PORT": str(self.ports["actions"]),
            "IPS_RATE_PER_MINUTE": "100000",
            "IPS_RATE_PER_ADDRESS": "100000",
        }
        command = [sys.executable, "-m", "bot.run", "start"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self.process.stdout
        printed = []
        started = time.monotonic()
        for line in self.process.stdout:
            printed.append(line)
            if "IPS-wijzer draait op http" in line:
                return
            assert time.monotonic() - started < START_SECONDS, "".join(printed)
        pytest.fail("the assistant did not start: " + "".join(printed))

    def stop(self) -> None:
        """Stop as Ctrl-C does."""
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=30)
            assert self.process.stdout
            self.process.stdout.close()
            self.process = None

    def say(self, message: str, sender: str) -> list[dict[str, Any]]:
        """Send a message over the REST channel and return the replies."""
        body = json.dumps({"sender": sender, "message": message}).encode()
        request = urllib.request.Request(
            f"{self.base}/webhooks/rest/webhook", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            replies: list[dict[str, Any]] = json.load(response)
        return replies


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """Return the assistant that all tests of this session share; each test talks as a sender of its own."""
    running = RunningAssistant(tmp_path_factory.mktemp("data"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def sender() -> str:
    """Return a new conversation."""
    return f"test-{uuid.uuid4().hex}"
