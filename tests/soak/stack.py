"""The whole assistant on the stores that a run asks for, each part of which can be killed and comes back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

from tests.fakes.postgres import postgres_programs
from tests.fakes.redis import OwnRedis, redis_program
from tests.fakes.serving import free_port

ROOT = Path(__file__).parents[2]
READY = "IPS-wijzer draait op http"  # so that the line of code in a traceback is not taken for it
START_SECONDS = 300.0
KEPT_LOGS = ROOT / ".cache" / "soak" / "log"  # of the last run: there are no messages in them


def free_ports(count: int) -> int:
    """Return the first of so many ports in a row that nobody uses now."""
    import socket

    for _ in range(50):
        first = free_port()
        with ExitStack() as held:
            try:
                for number in range(count):
                    held.enter_context(socket.socket()).bind(("127.0.0.1", first + number))
            except (OSError, OverflowError):
                continue
            return first
    raise RuntimeError("no ports in a row")


class OwnPostgres:
    """A PostgreSQL that survives being killed: what it has told that it stored is there after a new start."""

    def __init__(self, folder: str) -> None:
        programs = postgres_programs()
        if programs is None:
            raise RuntimeError("no PostgreSQL: install Debian's package postgresql")
        self._programs, self._folder, self.port = programs, folder, free_port()
        self._user = "postgres" if os.geteuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None
        if self._user:
            shutil.chown(folder, self._user)
        command = [str(programs / "initdb"), "-D", self._data, "-A", "trust", "-U", "postgres"]
        subprocess.run(command, user=self._user, cwd=folder, check=True, capture_output=True, timeout=120)

    @property
    def _data(self) -> str:
        return str(Path(self._folder) / "data")

    @property
    def url(self) -> str:
        """Return where to connect."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers; processes of a killed one may be in the way for a moment."""
        deadline = time.monotonic() + 60
        while True:
            if self.process is None or self.process.poll() is not None:
                self._launch()
            try:
                psycopg2.connect(self.url, connect_timeout=2).close()
                return
            except psycopg2.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _launch(self) -> None:
        options = ["-p", str(self.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]
        with (Path(self._folder) / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self._programs / "postgres"), "-D", self._data, *options],
                user=self._user,
                cwd=self._folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End the server at once; its children notice and go."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """Stop it and all its children."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


@dataclass
class Stack:
    """A running assistant with its stores."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    redis: OwnRedis | None
    postgres: OwnPostgres | None
    restarts: list[Callable[[], None]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Return the public port's address."""
        return f"http://127.0.0.1:{self.port}"

    def parts(self) -> dict[str, int]:
        """Return the process ids of the supervisor's children by name: web-1, rasa-2 and so on."""
        found: dict[str, int] = {}
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for pid in sorted(children, key=int):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            kind = "rasa" if "rasa" in words else "actions" if "actions" in words else "web"
            number = 1 + sum(name.startswith(kind) for name in found)
            found[f"{kind}-{number}"] = int(pid)
        return found

    def processor_seconds(self) -> dict[str, float]:
        """Return the processor time that each kind of part has used (rasa, actions, web), and the stores."""
        used = {"web": 0.0, "rasa": 0.0, "actions": 0.0, "stores": 0.0}
        for name, pid in self.parts().items():
            used[name.partition("-")[0]] += _processor_seconds(pid)
        if self.redis and self.redis.process:
            used["stores"] += _processor_seconds(self.redis.process.pid)
        if self.postgres and self.postgres.process:
            postmaster = self.postgres.process.pid
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
            used["stores"] += sum(_processor_seconds(int(pid)) for pid in (postmaster, *children))
        return used

    def memory(self) -> float:
        """Return the megabytes of the assistant's own processes; what they share counts once."""
        total = 0
        for pid in (self.process.pid, *self.parts().values()):
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            except (FileNotFoundError, ProcessLookupError):
                continue
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024


@contextmanager
def running(
    *, web: int = 1, rasa: int = 1, postgres: bool = False, redis: bool = False, **environ: str
) -> Iterator[Stack]:
    """Run everything on free ports with data of its own; raises RuntimeError when it doesn't start."""
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        own_redis, own_postgres = None, None
        stores: dict[str, str] = {}
        if redis:
            program = redis_program()
            if program is None:
                raise RuntimeError("no Redis: install Debian's package redis-server")
            own_redis = OwnRedis(program, str(folder))
            own_redis.start()
            held.callback(own_redis.kill)
            stores["IPS_REDIS_URL"] = own_redis.url
        if postgres:
            place = held.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            own_postgres = OwnPostgres(place)
            own_postgres.start()
            held.callback(own_postgres.stop)
            stores["IPS_DATABASE_URL"] = own_postgres.url
        first = free_ports(1 + 2 * rasa)
        settings = {
            "IPS_PORT": str(first),
            "IPS_RASA_PORT": str(first + 1),
            "IPS_ACTIONS_PORT": str(first + 1 + rasa),
            "IPS_DATA": str(folder / "data"),
            "IPS_WEB_WORKERS": str(web),
            "IPS_RASA_WORKERS": str(rasa),
            "IPS_RATE_PER_ADDRESS": "1000000",
        }
        log = folder / "start.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot.run", "start"],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **settings, **stores, **environ},
                stdout=out,
                stderr=out,
            )
        held.callback(_end, process)
        until = time.monotonic() + START_SECONDS
        while READY not in log.read_text(encoding="utf-8", errors="replace"):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the assistant did not start: " + log.read_text(encoding="utf-8", errors="replace"))
            time.sleep(0.1)
        try:
            yield Stack(folder, first, process, own_redis, own_postgres)
        finally:
            shutil.copytree(folder / "data" / "log", KEPT_LOGS, dirs_exist_ok=True)


def _processor_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(40)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
