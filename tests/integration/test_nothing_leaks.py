"""The real assistant with secrets planted in its conversations: every file and output is searched for them."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.codes import find_code
from tests.conftest import RunningAssistant
from tests.fakes.widget_client import WidgetClient
from tests.integration.test_restart import children

PLANTED = {
    "bsn": "123456782",
    "mail": "k.overwater@posthuis.example",
    "phone": "06-48151623",
    "iban": "NL91 ABNA 0417 1643 00",
    "birthdate": "14-03-1991",
    "client": "Ruben Alders",
    "address": "Wilgenlaan 73",
    "postcode": "7411 KX",
    "client number": "8840213",
    "plate": "GX-481-P",
}
CLIENT = (
    "mijn cliënt Ruben Alders (schizofrenie), bsn 123456782, geboren 14-03-1991, k.overwater@posthuis.example, "
    "06-48151623, rekening NL91 ABNA 0417 1643 00, woont Wilgenlaan 73, 7411 KX Deventer, cliëntnummer 8840213, "
    "auto GX-481-P"
)
CONTACT = {"contact mail": "s.waterman@lindeboom.example", "contact phone": "06-51623148"}
ADDRESS, BOARD = {"asker": "t.veenstra@molenrad.example"}, "zeepaardjesfanfare"
TALK, PLAN = "pelikanenkolonie", "vuurtorenberaad"  # words of a conversation and of a plan's answer
SECONDS = 60


# --- the search


def squeezed(content: bytes) -> bytes:
    """Return letters and digits only, in lower case: a secret is one with other dashes and spaces too."""
    return re.sub(rb"[^0-9a-z]", b"", content.lower())


def found(secret: str, places: Mapping[str, bytes]) -> list[str]:
    """Return the places that hold a secret, however it is spaced."""
    key = squeezed(secret.encode())
    return [name for name, content in places.items() if key in squeezed(content)]


def leaks(secrets: Mapping[str, str], places: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return the names of the secrets that were found, with where."""
    searched = {name: found(secret, places) for name, secret in secrets.items()}
    return {name: where for name, where in searched.items() if where}


def files(folder: Path) -> dict[str, bytes]:
    """Return every file as it stands on disk: databases with their write-ahead logs, and the logs of the processes."""
    kept = {}
    for path in folder.rglob("*"):
        try:
            kept[str(path.relative_to(folder))] = path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:  # a write-ahead log that was just folded in
            continue
    return kept


def tables(folder: Path) -> dict[str, bytes]:
    """Return every table's rows, and every log."""
    kept = {name: content for name, content in files(folder).items() if name.startswith("log")}
    for path in folder.glob("*.sqlite*"):
        if path.suffix == ".sqlite":
            with sqlite3.connect(path) as connection:
                names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
                for name in names:
                    kept[name] = repr(connection.execute(f'SELECT * FROM "{name}"').fetchall()).encode()
    return kept


def gone(word: str, folder: Path) -> bool:
    """Tell whether a word leaves every file, within the seconds that a write-ahead log needs to be folded in."""
    until = time.monotonic() + 10
    while found(word, files(folder)):
        if time.monotonic() > until:
            return False
        time.sleep(0.2)
    return True


def test_the_search_finds_what_is_planted(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "web.log").write_text("bel 06 48 15 16 23")
    connection = sqlite3.connect(tmp_path / "x.sqlite")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE t (body TEXT)")
    connection.execute("INSERT INTO t VALUES ('NL91ABNA0417164300')")
    connection.commit()
    places = files(tmp_path)
    assert found(PLANTED["phone"], places) == [str(Path("log") / "web.log")]
    assert found(PLANTED["iban"], places) == ["x.sqlite-wal"]
    assert found(PLANTED["iban"], tables(tmp_path)) == ["t"]
    assert found(PLANTED["bsn"], places) == []
    connection.close()


# --- the conversations


class Tab(WidgetClient):
    """A tab of the widget that waits for its answers."""

    def ask(self, text: str) -> str:
        """Say something; return what came back, with what is beside it."""
        message_id = self.say(text)
        self.until(lambda log: any(e.get("answers") == message_id and e.get("last") for e in log), SECONDS)
        return "\n".join(repr(entry) for entry in self.log if entry.get("answers") == message_id)

    def anew(self) -> list[dict[str, Any]]:
        """Return the whole log as a page that is loaded again gets it."""
        return list(self.http.get("/widget/events?after=0", headers=self.headers).json()["entries"])


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAssistant]:
    running = RunningAssistant(tmp_path_factory.mktemp("data"))
    running.start()
    yield running
    running.stop()
    WidgetClient.close_all()


def test_a_client_s_data_stand_nowhere(own: RunningAssistant) -> None:
    tab = Tab(own.base)
    tab.open()
    tab.ask(f"wij zijn een ribw met een {TALK}")
    assert "onleesbaar gemaakt" in tab.ask(CLIENT)
    tab.ask("stop")
    tab.ask(f"hoeveel zweefvliegtuigen kost {CLIENT}?")
    sender = "lektest-7319"
    for _ in range(2):
        own.say(CLIENT, sender)
        own.say(f"wat kost de pinguïnoverkapping van {CLIENT}?", sender)
    places = files(own.data)
    assert found(TALK, places), "the log holds the conversation, so the search looks in the right place"
    assert leaks(PLANTED, places) == {}
    assert not found(tab.token, places)
    assert not found(sender, places)
    assert b"[naam] (schizofrenie)" in tables(own.data)["questions"], "a missed question is kept, without its client"
    tab.ask("wis mijn gegevens")
    tab.ask("ja")
    assert gone(TALK, own.data)


def test_a_plan_s_secrets_stand_in_the_plan_only_and_go_with_it(own: RunningAssistant) -> None:
    tab = Tab(own.base)
    tab.open()
    begun = tab.ask("maak een implementatieplan")
    code = find_code(begun)
    assert code, begun
    contact = f"Sanne Waterman, {', '.join(CONTACT.values())}"
    assert "alleen in het plan" in tab.ask(contact)
    tab.ask("nee, wij doen het alleen")
    tab.ask(f"Stichting {PLAN}")
    tab.ask("laat zien wat er bij contactpersoon staat")
    tab.ask(f"toon {PLAN}")
    tab.ask("overzicht")
    link = re.search(r"/api/v1/plan/document/([\w-]{40,})\.docx", tab.ask("download"))
    assert link
    assert httpx.get(f"{own.base}{link[0]}", trust_env=False).status_code == 200
    spelled = "-".join(code[at : at + 4] for at in range(0, 20, 4))
    assert "Welkom terug" in str(own.say(f"ga verder met code {spelled.lower()}", "collega-1"))
    other = Tab(own.base)
    other.open()
    assert "Welkom terug" in other.ask(f"ga verder met code {spelled.replace('-', ' ')}")
    other.ask(f"ga verder met code {spelled[:-1]}")  # nearly right is nearly as good to a thief
    assert find_code(str(tab.anew())) == code, "shown once, while it is fresh"
    assert link[1] in str(tab.anew())

    places = files(own.data)
    assert found(PLAN, places), "the search looks in the right place"
    secrets = {"code": code, "most of the code": code[:15], "token": link[1]}
    assert leaks(secrets, places) == {}
    assert leaks(CONTACT, tables(own.data)) == {name: ["plans"] for name in CONTACT}

    restart_web(own)
    after = str(tab.anew())
    assert find_code(after) is None
    assert "Kwijt?" in after
    assert link[1] not in after
    assert "'expired': True" in after
    tab.ask("verder met het plan")
    assert "weg voor iedereen" in tab.ask("verwijder het plan")
    assert "verwijderd" in tab.ask("ja")
    assert gone(PLAN, own.data)
    assert all(gone(secret, own.data) for secret in CONTACT.values())


def test_triage_feedback_errors_and_metrics_hold_nothing(own: RunningAssistant) -> None:
    with httpx.Client(base_url=own.base, trust_env=False, timeout=60) as http:
        letter = {"channel": "mail", "subject": "Ruben Alders, bsn 123456782", "text": f"Beste,\n\n{CLIENT}. Mag dat?"}
        judged = http.post("/api/v1/triage", json=letter)
        assert judged.status_code == 200
        assert leaks(PLANTED, {"redacted": judged.json()["redacted_text"].encode()}) == {}
        rate_an_answer(own)
        provoke(http)
        os.kill(children(own)["actions"], signal.SIGKILL)  # what Rasa then says of the message stands in its log
        own.say(f"wat kost de luchtballon van {CLIENT}?", "lektest-7320")
        until = time.monotonic() + 60
        while not http.get("/readyz").is_success:
            assert time.monotonic() < until, "the action server did not come back"
            time.sleep(0.3)
        metrics = http.get("/metrics")
    assert b"ips_masked" in metrics.content
    assert leaks(PLANTED, {"metrics": metrics.content, **files(own.data)}) == {}


def rate_an_answer(own: RunningAssistant) -> None:
    """Give a thumb with a word that holds a client's data."""
    tab = Tab(own.base)
    tab.open()
    tab.ask("wat is criterium 6?")
    of = max(entry["seq"] for entry in tab.log if entry.get("who") == "bot")
    thumb = {"seq": of, "value": "down", "word": CLIENT}
    assert tab.http.post("/widget/feedback", json=thumb, headers=tab.headers).status_code == 204


def provoke(http: httpx.Client) -> None:
    """Make every kind of error with a client's data in it."""
    rest, json_type = "/webhooks/rest/webhook", {"Content-Type": "application/json"}
    refused = [
        http.post(rest, content=f'{{"sender": "x", "message": "{CLIENT}'.encode(), headers=json_type),
        http.post(rest, json={"sender": f"{CLIENT}\nERROR bot: ingelogd als beheerder", "message": "hallo"}),
        http.post(rest, json={"sender": "x", "message": CLIENT * 100}),
        http.post("/api/v1/advice", json={CLIENT: True}),
        http.post("/api/v1/advice", json={"organisation_type": CLIENT}),
        http.post("/api/v1/triage", json={"channel": CLIENT, "text": CLIENT}),
        http.post("/api/v1/plan/document", json={"code": CLIENT}),
        http.get(f"/{CLIENT}"),
        http.get("/widget/events", params={"after": CLIENT}, headers={"Authorization": f"Bearer {'x' * 43}"}),
        http.post("/webhooks/slack/webhook", content=CLIENT.encode()),
        http.post("/webhooks/botframework/webhook", json={"text": CLIENT}),
    ]
    assert all(400 <= answer.status_code < 500 for answer in refused), [answer.status_code for answer in refused]


def test_an_asker_s_address_stands_in_the_ticket_only_and_goes_with_all_else(own: RunningAssistant) -> None:
    tab = Tab(own.base)
    tab.open()
    tab.ask(f"wij zijn een ribw, ons bestuur heet {BOARD}")
    assert "nummer" in tab.ask("mag ik een mens spreken?")
    assert "…@" in tab.ask(f"mijn mail is {ADDRESS['asker']}")
    assert found(BOARD, tables(own.data)), "the search looks in the right place"
    assert leaks(ADDRESS, tables(own.data)) == {"asker": ["tickets"]}
    assert ADDRESS["asker"] not in str(tab.anew())
    tab.ask("verwijder mijn gegevens")
    assert "gewist" in tab.ask("ja")
    assert gone(ADDRESS["asker"], own.data)
    assert gone(BOARD, own.data)


def test_nothing_was_printed_either(own: RunningAssistant) -> None:
    assert own.process
    own.process.send_signal(signal.SIGINT)
    printed, _ = own.process.communicate(timeout=60)
    own.process = None
    places = {"printed": printed.encode(), **files(own.data)}
    assert {"log/web.log", "log/rasa.log", "log/actions.log"} <= set(places)
    secrets = {**PLANTED, **CONTACT, **ADDRESS, "board": BOARD, "talk": TALK, "plan": PLAN}
    assert leaks(secrets, places) == {}


def restart_web(own: RunningAssistant) -> None:
    """Kill the web process and wait until another serves."""
    old = children(own)["web"]
    os.kill(old, signal.SIGKILL)
    until = time.monotonic() + 120
    while True:
        try:
            if children(own).get("web", old) != old and httpx.get(f"{own.base}/readyz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < until, "the web process did not come back"
        time.sleep(0.3)
