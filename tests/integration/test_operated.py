"""The whole assistant as its operator meets it: log lines, numbers, readiness, a stop, a crash, and a copy put back."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path

import httpx
import pytest

from bot.backup import backup, restore
from bot.settings import Settings
from tests.conftest import RunningAssistant
from tests.conversations.test_conversations import read
from tests.fakes.widget_client import WidgetClient
from tests.integration.test_restart import children
from tests.unit.test_metrics import given, names_in_files

PLANTED = "zonderlinge zeepaardenvijver"
EXIT_SECONDS = 60  # generous; the bound itself stands in test_supervisor_stop
SECONDS = 60


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    """Return an assistant of this module's own; the tests below are its day, in order."""
    running = RunningAssistant(tmp_path_factory.mktemp("data"))
    running.start()
    yield running
    running.stop()
    WidgetClient.close_all()


@pytest.fixture(scope="module")
def tab(own: RunningAssistant) -> WidgetClient:
    return WidgetClient(own.base).open()


@pytest.fixture(scope="module")
def copy(own: RunningAssistant, tab: WidgetClient, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy that was made while the assistant ran."""
    own.say("wij zijn een ribw", "terug-1")
    ask(tab, "Wat is IPS?")
    settings = Settings.from_environment({"IPS_DATA": str(own.data)})
    return backup(settings, tmp_path_factory.mktemp("copy"), datetime.now(timezone.utc), "", {})


def ask(tab: WidgetClient, text: str) -> str:
    """Say something in the chat and return the answer."""
    mark = tab.say(text)
    tab.until(lambda log: any(entry.get("answers") == mark and entry.get("last") for entry in log), SECONDS)
    return "\n".join(entry["text"] for entry in tab.log if entry.get("answers") == mark)


def get(own: RunningAssistant, path: str) -> httpx.Response:
    return httpx.get(f"{own.base}{path}", trust_env=False, timeout=20)


def lines(own: RunningAssistant, name: str) -> list[dict[str, object]]:
    """Return a process's log; every line of it must be JSON."""
    return [json.loads(line) for line in (own.data / "log" / f"{name}.log").read_text(encoding="utf-8").splitlines()]


def until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)


@contextmanager
def asleep(own: RunningAssistant, part: str) -> Iterator[None]:
    """Keep a process from doing anything."""
    pid = children(own)[part]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def test_one_request_is_followed_through_all_processes_by_its_id_only(own: RunningAssistant, tab: WidgetClient) -> None:
    body = {"sender": "volg-1", "message": f"wij zijn een ribw met een {PLANTED}"}
    answered = httpx.post(f"{own.base}/webhooks/rest/webhook", json=body, trust_env=False, timeout=60)
    asked = [answered.headers["x-request-id"]]
    posted = tab.post(f"wat kost een {PLANTED}?")
    asked.append(posted.headers["x-request-id"])
    tab.until(lambda log: any(entry.get("last") for entry in log), SECONDS)
    for request in asked:
        for name in ("web", "rasa", "actions"):
            found = [line for line in lines(own, name) if line.get("request") == request]
            assert any("ms" in line for line in found), (name, request)
    log = "".join(path.read_text(encoding="utf-8") for path in (own.data / "log").iterdir())
    assert PLANTED not in log
    assert "volg-1" not in log
    assert "DeprecationWarning" not in log


def test_the_running_app_gives_every_number_that_is_asked_for(own: RunningAssistant, copy: Path) -> None:
    text = get(own, "/metrics").text
    assert names_in_files()["dashboard"] | names_in_files()["alerts"] <= given(text)
    assert 'ips_ready{part="rasa"} 1.0' in text
    assert 'ips_process_restarts{process="rasa"} 0.0' in text
    assert 'model="ips-wijzer' in text
    counted = [line.split()[1] for line in text.splitlines() if line.startswith('ips_happenings_total{what="answered')]
    assert float(counted[0]) >= 1
    assert PLANTED not in text


@pytest.mark.parametrize("part", ["rasa", "actions"])
def test_readiness_tells_of_a_part_that_hangs_and_of_its_return(own: RunningAssistant, part: str) -> None:
    assert get(own, "/readyz").status_code == 200
    with asleep(own, part):
        until(lambda: get(own, "/readyz").json() == {"status": "wacht", "missing": [part]})
        assert get(own, "/readyz").status_code == 503
        assert get(own, "/healthz").status_code == 200
        assert f'ips_ready{{part="{part}"}} 0.0' in get(own, "/metrics").text
    until(lambda: get(own, "/readyz").status_code == 200)


def test_a_stop_answers_what_is_being_handled(own: RunningAssistant, tab: WidgetClient) -> None:
    assert own.process
    process, seen = own.process, len(tab.log)
    listening = tab.listen()
    with ThreadPoolExecutor(1) as pool:
        with asleep(own, "rasa"):
            over_rest = pool.submit(own.say, "Wat is een implementatieplan?", "stop-1")
            in_the_chat = tab.say("Wat is IPS?")
            until(lambda: float(number(own, "ips_waiting_messages")) == 1)
            time.sleep(0.5)  # the REST message is on its way to Rasa too
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
        assert process.wait(timeout=EXIT_SECONDS) == 0
        answer = read(over_rest.result())
    tab.stop()
    listening.join(20)
    assert "start even opnieuw op" not in answer
    assert "Bron" in answer
    replies = [entry["text"] for entry in tab.log[seen:] if entry.get("answers") == in_the_chat]
    assert any("Bron" in text for text in replies), f"the stream did not tell the answer before it ended: {replies}"
    assert process.stdout
    process.stdout.close()
    own.process = None


def number(own: RunningAssistant, name: str) -> str:
    return next(line.split()[1] for line in get(own, "/metrics").text.splitlines() if line.startswith(f"{name} "))


def test_put_back_in_an_empty_place_the_conversations_go_on(
    own: RunningAssistant, tab: WidgetClient, copy: Path, tmp_path: Path
) -> None:
    assert own.process is None, "this runs after the stop"
    own.data = tmp_path
    restore(Settings.from_environment({"IPS_DATA": str(tmp_path)}), copy)
    own.start()
    assert "beschermd wonen" in read(own.say("laat zien wat ik heb ingevuld", "terug-1"))
    again = WidgetClient(own.base, tab.token)
    again.poll()
    assert any("Wat is IPS?" in entry["text"] for entry in again.log)
    assert "Bron" in ask(again, "Wat is een fidelity review?")


def test_a_crash_in_the_middle_of_a_message_leaves_no_word_of_it(own: RunningAssistant) -> None:
    """With its table gone the store fails, and the error of the driver holds what was to be written."""
    database = own.data / "ips-wijzer.sqlite"
    with sqlite3.connect(database) as connection:
        connection.execute("ALTER TABLE dossiers RENAME TO away")
    assert get(own, "/healthz").status_code == 200
    until(lambda: get(own, "/readyz").json()["missing"] == ["store"])
    said = own.say(f"wij zijn een ribw met een {PLANTED}", "stuk-1")
    assert said[0]["custom"] == {"kind": "unavailable"}
    with sqlite3.connect(database) as connection:
        connection.execute("ALTER TABLE away RENAME TO dossiers")
    until(lambda: get(own, "/readyz").status_code == 200)
    assert any(line.get("error") == "StoreError" and line["way"] for line in lines(own, "actions"))
    log = "".join(path.read_text(encoding="utf-8") for path in (own.data / "log").iterdir())
    assert PLANTED not in log
    assert "stuk-1" not in log
