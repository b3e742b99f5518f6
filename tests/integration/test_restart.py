"""The whole assistant with its parts killed in the middle of a conversation: the user is told, and nothing is lost."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import RunningAssistant
from tests.conversations.test_conversations import read
from tests.fakes.widget_client import WidgetClient

RECOVERY_SECONDS = 120


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """Return an assistant of this module's own, to be mistreated."""
    running = RunningAssistant(tmp_path_factory.mktemp("data"))
    running.start()
    yield running
    running.stop()


def children(running: RunningAssistant) -> dict[str, int]:
    """Return the process ids of the parts by name, from the command lines of the supervisor's children."""
    assert running.process
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == running.process.pid:
            found["rasa" if "rasa" in words else "actions" if "actions" in words else "web"] = int(folder.name)
    return found


def until_answered(running: RunningAssistant, message: str, sender: str) -> str:
    """Say a message until it is answered by the assistant itself; return what it says."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < deadline:
        try:
            seen = read(running.say(message, sender))
        except OSError:
            seen = "start even opnieuw op"  # the public port itself is on its way back
        if "start even opnieuw op" not in seen:
            return seen
        time.sleep(1)
    pytest.fail("the assistant did not come back")


@pytest.mark.parametrize("part", ["rasa", "actions", "web"])
def test_a_killed_part_comes_back_and_the_dossier_is_still_there(own: RunningAssistant, sender: str, part: str) -> None:
    own.say("wij zijn een ggz-instelling, criterium 1 tot en met 3 zijn in orde", sender)
    os.kill(children(own)[part], signal.SIGKILL)
    if part != "web":
        meanwhile = read(own.say("laat zien wat ik heb ingevuld", sender))
        assert "opnieuw" in meanwhile or "ggz-organisatie" in meanwhile
    overview = until_answered(own, "laat zien wat ik heb ingevuld", sender)
    assert "ggz-organisatie" in overview
    assert overview.count("voldoet") == 3
    assert "Criterium 4 van 8" in until_answered(own, "verder", sender)


@pytest.mark.parametrize("part", ["web", "actions"])
def test_an_answer_counts_once_though_a_part_is_killed_in_the_middle(own: RunningAssistant, part: str) -> None:
    tab = WidgetClient(own.base).open()
    tab.say("wij zijn een ribw, we willen ips gaan doen")
    answers = [uuid.uuid4().hex for _ in range(2)]
    for mark in answers:
        until_taken(tab, "ja", mark)
        kill(own, part)
        until_taken(tab, "ja", mark)
    deadline = time.monotonic() + RECOVERY_SECONDS
    while sum(bool(entry.get("last")) for entry in tab.log) < 3:
        assert time.monotonic() < deadline, "no answer"
        with contextlib.suppress(httpx.TransportError):
            tab.poll(wait=1)
    steps = [entry["custom"]["progress"]["done"] for entry in tab.log if "progress" in entry.get("custom", {})]
    assert steps == [1, 2, 3]
    assert [entry["text"] for entry in tab.log if entry["who"] == "user"][1:] == ["ja", "ja"]
    WidgetClient.close_all()


def kill(own: RunningAssistant, part: str) -> None:
    """Kill a part, once it is there again after an earlier kill."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while part not in (found := children(own)):
        assert time.monotonic() < deadline, f"{part} did not come back"
        time.sleep(0.1)
    os.kill(found[part], signal.SIGKILL)


def until_taken(tab: WidgetClient, text: str, mark: str) -> None:
    """Send a message until the public port has it."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if tab.post(text, mark).status_code == 202:
                return
        time.sleep(0.3)
    pytest.fail("the public port did not come back")


def test_the_dossier_is_still_there_after_a_restart_of_everything(own: RunningAssistant, sender: str) -> None:
    own.say("wij zijn een ribw, 0,5 fte en dertien cliënten", sender)
    own.stop()
    own.start()
    overview = read(own.say("laat zien wat ik heb ingevuld", sender))
    assert "beschermd wonen" in overview
    assert "26 per fte" in overview
    assert "Criterium 1 van 8" in read(own.say("ja", sender)) or "Criterium 2 van 8" in read(own.say("verder", sender))


def test_nothing_that_users_say_is_logged(own: RunningAssistant, sender: str) -> None:
    own.say("wij zijn een ribw met een zonderlinge zeepaardenvijver", sender)
    logs = [path.read_text(encoding="utf-8") for path in (own.data / "log").glob("*.log*")]
    assert logs
    assert not any("zeepaardenvijver" in log for log in logs)
    assert not any(sender in log for log in logs)


def test_internal_ports_listen_on_loopback_only(own: RunningAssistant) -> None:
    listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
    ports = {own.ports["rasa"], own.ports["actions"]}
    addresses = [line.split()[1].split(":") for line in listening if line.split()[3] == "0A"]
    hosts = {host for host, port in addresses if int(port, 16) in ports}
    assert hosts == {"0100007F"}
