"""How the supervisor stops what depends on what, what it notes, and how large its logs grow; with tiny children."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.run import GRACE_SECONDS, ROOT
from bot.supervisor import FIRST_OUT_SECONDS, STOP_SECONDS
from tests.integration.test_supervisor import until

SCRIPT = """
import os, pathlib, sys
import bot.supervisor as supervisor
folder = pathlib.Path(sys.argv[1])
supervisor.FIRST_PAUSE, supervisor.LARGEST_LOG = 0.1, 5000
if "deaf" in sys.argv[2]:
    supervisor.FIRST_OUT_SECONDS = supervisor.STOP_SECONDS = 0.5
names = ("helper", "front")
commands = [
    supervisor.Command(name, [sys.executable, "-c", text], os.environ, folder)
    for name, text in zip(names, sys.argv[2:])
]
runner = supervisor.Supervisor(
    commands, folder / "log", is_ready=lambda: True, say=lambda line: None, first_out=("front",)
)
sys.exit(runner.run("klaar"))
"""
# Lives until SIGTERM and then writes down that it heard it.
HELPER = (
    "import pathlib, signal, sys, time\n"
    "def stop(*_): pathlib.Path('helper-stopped').touch(); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, stop); pathlib.Path('helper-up').touch(); time.sleep(60)"
)
# At SIGTERM it goes on for a while, as with an answer that is being made, and writes down whether the helper was there.
FRONT = (
    "import pathlib, signal, sys, time\n"
    "def stop(*_):\n"
    "    time.sleep(1)\n"
    "    pathlib.Path('alone' if pathlib.Path('helper-stopped').exists() else 'helped').touch(); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, stop); pathlib.Path('front-up').touch(); time.sleep(60)"
)
LOUD = (
    "import pathlib, time\nfor n in range(3000): print(n, 'x' * 20, flush=True)\n"
    "pathlib.Path('front-up').touch(); time.sleep(60)"
)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def run(*texts: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", SCRIPT, str(tmp_path), *texts]
        started.append(subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE))
        until(lambda: (tmp_path / "helper-up").exists() and (tmp_path / "front-up").exists(), 30)
        return started[-1]

    yield run
    for process in started:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=60)


def noted(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "log" / "processes.json").read_text()))


def test_what_answers_stops_before_what_it_needs(start: Callable[..., Any], tmp_path: Path) -> None:
    process = start(HELPER, FRONT)
    process.terminate()
    assert process.wait(timeout=60) == 0
    assert (tmp_path / "helped").exists()
    assert (tmp_path / "helper-stopped").exists()


def test_what_does_not_answer_a_stop_does_not_hold_it_up(start: Callable[..., Any], tmp_path: Path) -> None:
    deaf = "# deaf\nimport signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    process = start(deaf + HELPER.replace("signal.signal(", "(lambda *_: 0)("), deaf + LOUD)
    process.terminate()
    assert process.wait(timeout=60) == 0
    assert not (tmp_path / "helper-stopped").exists()
    assert "binnen 20 seconden" in (ROOT / "docs" / "bijwerken.md").read_text(encoding="utf-8")
    assert GRACE_SECONDS < FIRST_OUT_SECONDS
    assert FIRST_OUT_SECONDS + STOP_SECONDS < 18  # and some time to look around


def test_restarts_are_noted_and_the_note_goes_with_the_stop(start: Callable[..., Any], tmp_path: Path) -> None:
    process = start(HELPER, FRONT)
    first = noted(tmp_path)
    assert {name: each["restarts"] for name, each in first.items()} == {"helper": 0, "front": 0}
    os.kill(first["helper"]["pid"], signal.SIGKILL)
    until(lambda: noted(tmp_path)["helper"]["restarts"] == 1)
    assert noted(tmp_path)["helper"]["pid"] != first["helper"]["pid"]
    assert noted(tmp_path)["front"] == first["front"]
    process.terminate()
    process.wait(timeout=60)
    assert not (tmp_path / "log" / "processes.json").exists()


def test_a_log_stays_small_and_the_last_run_s_is_kept(start: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "helper.log").write_text("waarom het stopte\n")
    process = start(HELPER, LOUD)
    until(lambda: (tmp_path / "log" / "front.log").stat().st_size <= 5000)
    assert (tmp_path / "log" / "helper.log.1").read_text() == "waarom het stopte\n"
    process.terminate()
    process.wait(timeout=60)
    assert {path.name for path in (tmp_path / "log").iterdir()} == {
        "helper.log",
        "helper.log.1",
        "front.log",
        "front.log.1",
    }
