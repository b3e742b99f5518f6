"""The supervisor with tiny children: restarts, clear words, and nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.run import ROOT, child_environment, commands, is_ready
from bot.settings import Settings
from tests.fakes.serving import free_port

# A supervisor over children given as Python texts; ready when the file `ready` exists.
SCRIPT = """
import os, pathlib, sys
import bot.supervisor as supervisor
folder = pathlib.Path(sys.argv[1])
supervisor.FIRST_PAUSE = float(sys.argv[2])
commands = [
    supervisor.Command(f"kind{number}", [sys.executable, "-c", text], os.environ, folder)
    for number, text in enumerate(sys.argv[3:])
]
runner = supervisor.Supervisor(
    commands, folder / "log", is_ready=(folder / "ready").exists, say=lambda line: print(line, flush=True)
)
sys.exit(runner.run("klaar"))
"""
# Writes its pid to a new file, then lives on.
STAYS = (
    "import os, pathlib, time; pathlib.Path(f'pid-{N}-{{os.getpid()}}').touch(); "
    "print('hallo', flush=True); time.sleep(60)"
)
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + STAYS
WITH_GRANDCHILD = (
    "import subprocess, sys, pathlib, time; "
    "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
    "pathlib.Path(f'pid-9-{{p.pid}}').touch(); " + STAYS
)


def child(text: str, number: int) -> str:
    return text.replace("{N}", str(number)).replace("{{", "{").replace("}}", "}")


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition: Callable[[], object], seconds: float = 15) -> object:
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, "it didn't happen in time"
        time.sleep(0.05)
    return result


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, folder: Path, *texts: str, pause: float = 0.1) -> None:
        self.folder = folder
        children = [child(text, number) for number, text in enumerate(texts)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(folder), str(pause), *children],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def pids(self, number: int = 0) -> list[int]:
        return [int(path.name.rpartition("-")[2]) for path in self.folder.glob(f"pid-{number}-*")]

    def end(self) -> str:
        """Return what it said, once it has stopped."""
        output, _ = self.process.communicate(timeout=20)
        return output


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(*texts: str, pause: float = 0.1) -> Running:
        started.append(Running(tmp_path, *texts, pause=pause))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
        each.process.communicate()


def test_starts_all_says_ready_and_stops_cleanly(running: Callable[..., Running], tmp_path: Path) -> None:
    run = running(STAYS, STAYS)
    until(lambda: run.pids(0) and run.pids(1))
    (tmp_path / "ready").touch()
    assert run.process.stdout is not None
    assert run.process.stdout.readline() == "klaar\n"
    run.process.send_signal(signal.SIGINT)
    assert run.end() == ""
    assert run.process.returncode == 0
    assert not any(is_alive(pid) for pid in run.pids(0) + run.pids(1))
    assert (tmp_path / "log" / "kind0.log").read_text() == "hallo\n"


def test_restarts_a_killed_child_and_leaves_the_other(running: Callable[..., Running]) -> None:
    run = running(STAYS, STAYS)
    until(lambda: run.pids(0) and run.pids(1))
    first = run.pids(0)[0]
    os.kill(first, signal.SIGKILL)
    until(lambda: len(run.pids(0)) == 2)
    assert len(run.pids(1)) == 1
    run.process.terminate()
    run.end()
    assert run.process.returncode == 0
    assert not any(is_alive(pid) for pid in run.pids(0) + run.pids(1))


def test_a_stubborn_child_is_killed_on_the_second_signal(running: Callable[..., Running]) -> None:
    run = running(STUBBORN)
    until(lambda: run.pids())
    run.process.terminate()
    time.sleep(0.3)
    assert is_alive(run.pids()[0])
    run.process.terminate()
    run.end()
    assert not is_alive(run.pids()[0])


def test_grandchildren_go_too(running: Callable[..., Running]) -> None:
    run = running(WITH_GRANDCHILD)
    until(lambda: run.pids(0) and run.pids(9))
    run.process.terminate()
    run.end()
    until(lambda: not is_alive(run.pids(9)[0]))


def test_no_orphans_when_the_supervisor_is_killed_outright(running: Callable[..., Running]) -> None:
    run = running(STAYS, STUBBORN)
    until(lambda: run.pids(0) and run.pids(1))
    run.process.kill()
    run.end()
    until(lambda: not any(is_alive(pid) for pid in run.pids(0) + run.pids(1)))


def test_a_child_that_keeps_failing_is_named_and_ends_the_start(running: Callable[..., Running]) -> None:
    run = running("import sys; sys.exit(3)", STAYS, pause=0.02)
    output = run.end()
    assert run.process.returncode == 1
    first, last = output.splitlines()
    assert first == "kind0 is gestopt (code 3) en start opnieuw."
    assert last.startswith("kind0 stopt steeds weer (code 3).")
    assert last.endswith("kind0.log.")
    assert not any(is_alive(pid) for pid in run.pids(1))


# --- the command line


def start(tmp_path: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    ports = {name: str(free_port()) for name in ("IPS_PORT", "IPS_RASA_PORT", "IPS_ACTIONS_PORT")}
    environ = {**os.environ, "IPS_DATA": str(tmp_path), **ports, **environ}
    arguments = [sys.executable, "-m", "bot.run", "start"]
    return subprocess.run(arguments, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = start(tmp_path, IPS_PORT=port)
    assert result.returncode == 1
    assert result.stderr == f"Poort {port} is bezet of niet toegestaan. Kies een andere met IPS_PORT.\n"


def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    result = start(tmp_path, IPS_PORT="tachtig")
    assert result.returncode == 1
    assert result.stderr == "Instelling IPS_PORT moet een heel getal van 1 tot en met 65535 zijn.\n"


def test_a_missing_model_is_one_clear_line(tmp_path: Path) -> None:
    result = start(tmp_path, IPS_MODEL="nergens")
    assert result.returncode == 1
    assert result.stderr.startswith("Er is geen getraind model in nergens.")


@pytest.mark.parametrize(
    "answer", [b"GET /status HTTP/1.1\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\n\r\n<html>", b"HTTP/1.1 500 -\r\n\r\n"]
)
def test_a_stranger_at_the_port_is_not_ready(answer: bytes) -> None:
    """The first is what comes back from a port of which the system made both ends one connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])

        def serve() -> None:
            with listener.accept()[0] as connection:
                connection.recv(1000)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        assert not is_ready(Settings.from_environment({"IPS_PORT": port, "IPS_RASA_PORT": port}))
        thread.join()


def test_rasa_and_actions_stay_on_loopback() -> None:
    settings = Settings.from_environment({"IPS_HOST": "0.0.0.0"})
    rasa, actions, _web = commands(settings, {})
    assert rasa.arguments[rasa.arguments.index("-i") + 1] == "127.0.0.1"
    assert "--cors" not in rasa.arguments
    assert actions.arguments[-2:] == ["-m", "actions"]


def test_children_get_what_endpoints_yml_reads() -> None:
    environ = child_environment(Settings.from_environment({"IPS_DATA": "x"}), {"SANIC_HOST": "0.0.0.0", "PATH": "p"})
    assert environ["IPS_ACTIONS_PORT"] == "5055"
    assert environ["IPS_DATA"] == str(Path("x").resolve())
    assert environ["PATH"] == "p"
    assert "SANIC_HOST" not in environ


def test_several_workers_have_ports_of_their_own_and_one_key() -> None:
    environ = {"IPS_RASA_WORKERS": "2", "IPS_WEB_WORKERS": "2", "IPS_REDIS_URL": "redis://127.0.0.1:6379/0"}
    made = commands(Settings.from_environment(environ), {"PATH": "p"})
    assert [each.name for each in made] == ["rasa-1", "actions-1", "rasa-2", "actions-2", "web-1", "web-2"]
    assert [each.environ["IPS_ACTIONS_PORT"] for each in made[:4]] == ["5055", "5055", "5056", "5056"]
    assert [each.arguments[each.arguments.index("-p") + 1] for each in made[:4:2]] == ["5005", "5006"]
    keys = {each.environ["IPS_SHARED_KEY"] for each in made}
    assert len(keys) == 1
    assert all(len(key) >= 32 for key in keys)


def test_trackers_go_to_postgresql_and_stay_in_memory_beside_sqlite() -> None:
    url = "postgresql://ips@127.0.0.1/ips"
    assert child_environment(Settings.from_environment({"IPS_DATABASE_URL": url}), {})["IPS_TRACKER_URL"] == url
    assert child_environment(Settings.from_environment({}), {})["IPS_TRACKER_URL"] == ""
