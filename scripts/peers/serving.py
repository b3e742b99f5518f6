"""Running bots to measure: the assistant, and a bare Rasa bot whose only action echoes. Used by scripts/bench."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS = 600  # a busy machine is slow, but a bench that hangs helps nobody
ECHO = {
    "config.yml": """recipe: default.v1
assistant_id: echo
language: nl
pipeline:
  - name: WhitespaceTokenizer
  - name: CountVectorsFeaturizer
  - name: LogisticRegressionClassifier
policies:
  - name: RulePolicy
""",
    "domain.yml": """version: "3.1"
intents: [vraag, groet]
actions: [action_echo]
""",
    "data/nlu.yml": """version: "3.1"
nlu:
  - intent: vraag
    examples: |
      - wat is dit
      - hoe werkt dat
      - wie betaalt het
  - intent: groet
    examples: |
      - hallo
      - dag
""",
    "data/rules.yml": """version: "3.1"
rules:
  - rule: vraag
    steps: [{intent: vraag}, {action: action_echo}]
  - rule: groet
    steps: [{intent: groet}, {action: action_echo}]
""",
    "credentials.yml": "rest:\n",
    "echo_action.py": """from rasa_sdk import Action


class Echo(Action):
    def name(self):
        return "action_echo"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text=tracker.latest_message.get("text"))
        return []
""",
}


class Bot:
    """A bot behind a REST channel, asked over one connection that stays open."""

    def __init__(
        self, port: int, processes: Sequence[subprocess.Popen[bytes]], rasa_port: int = 0, actions_port: int = 0
    ) -> None:
        self._port, self._processes = port, processes
        self.rasa_port, self.actions_port = rasa_port, actions_port
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, sender: str, message: str) -> float:
        """Return the seconds until the reply; raises RuntimeError when there is none."""
        body = json.dumps({"sender": sender, "message": message}).encode()
        started = time.perf_counter()
        self._connection.request("POST", "/webhooks/rest/webhook", body, {"Content-Type": "application/json"})
        response = self._connection.getresponse()
        replies = json.loads(response.read())
        seconds = time.perf_counter() - started
        kinds = {(reply.get("custom") or {}).get("kind") for reply in replies} if response.status == 200 else set()
        if not replies or response.status != 200 or "unavailable" in kinds:
            raise RuntimeError(f"no reply on port {self._port}: status {response.status}")
        return seconds

    def memory(self) -> tuple[int, int]:
        """Return the bytes of all its processes: resident, and proportional (what is shared counts once)."""
        pids = [pid for process in self._processes for pid in _family(process.pid)]
        return sum(_of(pid, "Rss") for pid in pids), sum(_of(pid, "Pss") for pid in pids)


@contextmanager
def assistant(folder: Path) -> Iterator[tuple[Bot, float]]:
    """Run the assistant with its data in `folder`; yields it with the seconds until it was ready."""
    ports = dict(zip(("IPS_PORT", "IPS_RASA_PORT", "IPS_ACTIONS_PORT"), _ports(3), strict=True))
    environ = {**os.environ, **{name: str(port) for name, port in ports.items()}, "IPS_DATA": str(folder)}
    environ |= {"IPS_RATE_PER_MINUTE": "100000", "IPS_HOST": "127.0.0.1"}
    started = time.perf_counter()
    with _running([sys.executable, "-m", "bot.run", "start"], ROOT, environ, folder / "bench.log") as process:
        _wait(process, lambda: "draait op http" in (folder / "bench.log").read_text(encoding="utf-8", errors="replace"))
        bot = Bot(ports["IPS_PORT"], [process], ports["IPS_RASA_PORT"], ports["IPS_ACTIONS_PORT"])
        yield bot, time.perf_counter() - started


@contextmanager
def echo(folder: Path) -> Iterator[Bot]:
    """Train and run a Rasa bot that understands next to nothing and echoes through its action server."""
    port, actions_port = _ports(2)
    for name, text in ECHO.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "endpoints.yml").write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions_port}/webhook\n")
    rasa, log = [sys.executable, "-m", "rasa"], folder / "bench.log"
    subprocess.run([*rasa, "train"], cwd=folder, check=True, capture_output=True, timeout=MOST_SECONDS)  # noqa: S603
    serve = [*rasa, "run", "-i", "127.0.0.1", "-p", str(port), "--credentials", "credentials.yml"]
    act = [sys.executable, "-m", "rasa_sdk", "--actions", "echo_action", "-p", str(actions_port)]
    with ExitStack() as running:
        processes = [
            running.enter_context(_running(each, folder, dict(os.environ), log.with_suffix(f".{number}")))
            for number, each in enumerate((act, serve))
        ]
        bot = Bot(port, processes)
        _wait(processes[1], lambda: _answers(bot))
        yield bot


def _answers(bot: Bot) -> bool:
    try:
        bot.ask("opstart", "hallo")
    except (OSError, ValueError, RuntimeError, http.client.HTTPException):
        bot._connection.close()
        return False
    return True


def _wait(process: subprocess.Popen[bytes], is_ready) -> None:  # type: ignore[no-untyped-def]
    until = time.monotonic() + MOST_SECONDS
    while not is_ready():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{process.args} did not get ready")
        time.sleep(0.1)


@contextmanager
def _running(command: list[str], folder: Path, environ: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=out, stderr=out)  # noqa: S603
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ports(how_many: int) -> list[int]:
    """Return ports that are free now."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(how_many)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _family(pid: int) -> list[int]:
    """Return the process and its descendants (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _of(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))
