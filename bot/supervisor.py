"""Keeps child processes running: starts them together, restarts what dies, and leaves none behind."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0  # seconds before a restart
STEADY_SECONDS = 30.0  # a child that lived this long starts again with the first pause
FAILURES_BEFORE_WORD = 4
STOP_SECONDS = 5.0  # for what is asked to stop last
FIRST_OUT_SECONDS = 11.0  # for what goes first: it finishes what it is answering, with the help of the others
TICK_SECONDS = 0.1
READY_EVERY_SECONDS = 0.3
LARGEST_LOG = 10 * 1024 * 1024  # bytes
PROCESSES = "processes.json"
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Command:
    """What to run: a name for people, the arguments, and the environment of the child."""

    name: str
    arguments: Sequence[str]
    environ: Mapping[str, str]
    folder: Path


@dataclass
class _Child:
    """A command and how it fares. `failures` counts quick deaths in a row."""

    command: Command
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0
    restarts: int = 0
    group: int = field(default=0)


class Supervisor:
    """Runs commands until a signal comes."""

    def __init__(
        self,
        commands: Sequence[Command],
        logs: Path,
        *,
        is_ready: Callable[[], bool],
        say: Callable[[str], None],
        first_out: Sequence[str] = (),
    ) -> None:
        """`logs` is the folder of the children's output; `say` shows a line to people.

        The children named in `first_out` are stopped before the others, which they need to finish their work.
        """
        logs.mkdir(parents=True, exist_ok=True)
        self._processes, self._first_out = logs / PROCESSES, frozenset(first_out)
        self._children = [_Child(command, logs / f"{command.name}.log") for command in commands]
        self._is_ready, self._say = is_ready, say
        self._stopping = False

    def run(self, ready_line: str) -> int:
        """Start everything, say `ready_line` once it answers, go on until SIGINT or SIGTERM.

        Returns the exit status: 0 after a signal, 1 when a child keeps failing before all was ever ready.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        for child in self._children:
            _turn_over(child.log)
            self._start(child)
        try:
            return self._watch(ready_line)
        finally:
            self._stop()

    def _watch(self, ready_line: str) -> int:
        ready, look_at = False, 0.0
        while not self._stopping:
            for child in self._children:
                self._care(child)
            if not ready and any(child.failures >= FAILURES_BEFORE_WORD for child in self._children):
                return 1
            if not ready and time.monotonic() >= look_at:
                ready = self._is_ready()
                look_at = time.monotonic() + READY_EVERY_SECONDS
                if ready:
                    self._say(ready_line)
            time.sleep(TICK_SECONDS)
        return 0

    def _on_signal(self, _number: int, _frame: object) -> None:
        if self._stopping:  # asked twice: at once
            self._signal_all(signal.SIGKILL)
        self._stopping = True

    def _start(self, child: _Child) -> None:
        with child.log.open("ab") as output:
            child.process = subprocess.Popen(  # noqa: S603
                child.command.arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(child.command.environ),
                cwd=child.command.folder,
                start_new_session=True,
                preexec_fn=_die_with_parent(os.getpid()),
            )
        child.group = child.process.pid
        child.started_at = time.monotonic()
        self._note()

    def _note(self) -> None:
        """Write down which processes run and how often each was started again, for the metrics."""
        now = {
            child.command.name: {"pid": child.process.pid if child.process else None, "restarts": child.restarts}
            for child in self._children
        }
        fresh = self._processes.with_suffix(".new")
        fresh.write_text(json.dumps(now), encoding="utf-8")
        fresh.replace(self._processes)

    def _care(self, child: _Child) -> None:
        """Notice a child's death, and start it again after its pause."""
        if child.process is None:
            if time.monotonic() >= child.start_at:
                child.restarts += 1
                self._start(child)
            return
        code = child.process.poll()
        if code is None:
            _keep_small(child.log)
            return
        _kill_group(child.group, signal.SIGKILL)  # what it left behind
        lived = time.monotonic() - child.started_at
        child.failures = 1 if lived >= STEADY_SECONDS else child.failures + 1
        pause = min(FIRST_PAUSE * 2 ** (child.failures - 1), LONGEST_PAUSE)
        child.process, child.start_at = None, time.monotonic() + pause
        if child.failures == 1:
            self._say(f"{child.command.name} is gestopt (code {code}) en start opnieuw.")
        elif child.failures == FAILURES_BEFORE_WORD:
            self._say(f"{child.command.name} stopt steeds weer (code {code}). Kijk in {child.log}.")

    def _stop(self) -> None:
        self._stopping = True
        self._end([child for child in self._children if child.command.name in self._first_out], FIRST_OUT_SECONDS)
        self._end(self._children, STOP_SECONDS)
        self._signal_all(signal.SIGKILL)
        self._processes.unlink(missing_ok=True)
        for child in self._children:
            if child.process is not None:
                child.process.wait()

    def _signal_all(self, number: signal.Signals) -> None:
        _signal(self._children, number)

    @staticmethod
    def _end(children: Sequence[_Child], seconds: float) -> None:
        """Ask these to stop and wait at most so long; what they left behind goes with them."""
        _signal(children, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(_is_alive(child) for child in children):
            time.sleep(TICK_SECONDS / 2)
        _signal(children, signal.SIGKILL)


def _is_alive(child: _Child) -> bool:
    return child.process is not None and child.process.poll() is None


def _signal(children: Sequence[_Child], number: signal.Signals) -> None:
    for child in children:
        if child.process is not None:
            _kill_group(child.group, number)


def _kill_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return


def _die_with_parent(parent: int) -> Callable[[], None]:
    """Return what a child runs first, so that it doesn't outlive a supervisor that is killed outright (Linux)."""
    library = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def arrange() -> None:
        if library is not None:
            library.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def _turn_over(path: Path) -> None:
    """Begin a log anew and keep the last one, which may tell why there was a stop."""
    if path.exists() and path.stat().st_size:
        path.replace(path.with_suffix(".log.1"))
    path.write_bytes(b"")


def _keep_small(path: Path) -> None:
    """Keep one older copy of a log that has grown large; the child appends, so it may be cut."""
    if path.stat().st_size > LARGEST_LOG:
        shutil.copyfile(path, path.with_suffix(".log.1"))
        os.truncate(path, 0)
