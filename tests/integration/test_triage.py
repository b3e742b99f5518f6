"""POST /api/v1/triage over a real socket, with a fake Rasa behind it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import httpx
import pytest

from bot.knowledge.loader import load
from bot.rules.triage import CATEGORIES
from bot.settings import Settings
from bot.web.app import PublicPort, create_app
from bot.web.triage import MOST_SUBJECT, MOST_TEXT
from tests.fakes.knowledge import FACTS, SAFETY, advise
from tests.fakes.rasa import FakeRasa
from tests.fakes.serving import free_port, serving
from tests.fakes.store import MemoryDossierStore

KNOWLEDGE = load()
CARD = "s1-wie-vraagt-financiering-aan"
A_MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)


def understood(reply: str = "automatisch", score: float = 0.9) -> dict[str, Any]:
    """Return what Rasa's triage says, in its own shape."""
    category = {**dict.fromkeys(CATEGORIES, 0.01), "financiering": 0.9}
    return {
        "triage": {"category": category, "urgency": {"normaal": 0.9, "hoog": 0.1}, "reply": {reply: 1.0}},
        "answers": [{"card": CARD, "score": score, "part": part} for part in (0, 1)],
    }


@dataclass
class Desk:
    """The public port with a fake Rasa."""

    http: httpx.Client
    rasa: FakeRasa
    store: MemoryDossierStore

    def judge(self, text: Any, **more: Any) -> httpx.Response:
        return self.http.post("/api/v1/triage", json={"channel": "chat", "text": text, **more})


@pytest.fixture
def desk() -> Iterator[Desk]:
    rasa, store, rasa_port = FakeRasa(), MemoryDossierStore(lambda: None), free_port()  # type: ignore[arg-type,return-value]
    rasa.triage = understood()
    settings = Settings.from_environment({"IPS_RASA_PORT": str(rasa_port), "IPS_ACTIONS_PORT": str(rasa_port)})
    port = PublicPort(
        settings,
        advise=advise,
        facts=FACTS,
        sources=KNOWLEDGE.sources,
        store=store,
        safety=SAFETY,
        knowledge=KNOWLEDGE,
        clock=lambda: A_MONDAY,
    )
    client_of = lambda address: httpx.Client(base_url=address, timeout=20)  # noqa: E731
    with serving(rasa.app, rasa_port), serving(create_app(port)) as address, client_of(address) as client:
        yield Desk(client, rasa, store)


def test_the_contract(desk: Desk) -> None:
    body = desk.judge("wie vraagt de financiering aan als wij uitbesteden?", channel="teams").json()
    assert list(body) == ["category", "category_confidence", "urgency", "flags", "answer", "redacted_text"]
    assert (body["category"], body["urgency"], body["flags"]) == ("financiering", "normaal", ["automatisch"])
    assert 0 <= body["category_confidence"] <= 1
    assert body["answer"]["sources"][0]["id"] == "praktijkscenarios"
    assert "Bron" in body["answer"]["text"]
    assert body["redacted_text"] == "wie vraagt de financiering aan als wij uitbesteden?"


def test_without_a_sure_card_there_is_no_answer_and_a_person_is_needed(desk: Desk) -> None:
    desk.rasa.triage = understood(score=0.05)
    body = desk.judge("wat kost dat nu?").json()
    assert (body["answer"], body["flags"]) == (None, ["mens_nodig"])


def test_a_message_that_needs_no_reply(desk: Desk) -> None:
    desk.rasa.triage = understood("geen")
    body = desk.judge("bedankt!").json()
    assert (body["answer"], body["flags"], body["urgency"]) == (None, [], "laag")


def test_only_masked_text_reaches_rasa(desk: Desk) -> None:
    text = "Mag Ruben Alders (schizofrenie, bsn 111222333, geb. 4-5-1990) meedoen? Bel 06-12345678."
    body = desk.judge(text, channel="mail", subject="cliënt Ruben Alders").json()
    assert body["flags"] == ["persoonsgegevens", "mens_nodig"]
    for secret in ("Ruben", "Alders", "111222333", "4-5-1990", "06-12345678"):
        assert secret not in body["redacted_text"]
        assert secret not in str(desk.rasa.understood)
    assert "[naam]" in body["redacted_text"]


def test_a_mail_is_reduced_to_its_message_and_questions(desk: Desk) -> None:
    text = "Beste,\n\nWij zijn een RIBW. Mogen wij dit ook?\n\nGroet,\nSam Blok\n\n> Hoe vaak is de audit?"
    desk.judge(text, channel="mail", subject="RE: vraag")
    assert desk.rasa.understood[0]["text"] == "vraag Wij zijn een RIBW. Mogen wij dit ook?"
    assert desk.rasa.understood[0]["questions"] == ["Mogen wij dit ook?"]


def test_a_deadline_is_read_from_the_clock(desk: Desk) -> None:
    assert desk.judge("Het moet voor 27 november klaar zijn, mag dat?").json()["urgency"] == "hoog"
    assert desk.judge("Het moet voor 27 december klaar zijn, mag dat?").json()["urgency"] == "normaal"


def test_danger_is_judged_also_when_rasa_is_down(desk: Desk) -> None:
    desk.rasa.status = 500
    body = desk.judge("ik wil niet meer leven").json()
    assert (body["category"], body["urgency"], body["flags"]) == ("hulpvraag", "direct", ["crisis", "mens_nodig"])
    assert body["answer"] is None


def test_rasa_down_is_said_plainly(desk: Desk) -> None:
    desk.rasa.status = 500
    response = desk.judge("wie betaalt?")
    assert (response.status_code, response.json()["error"]["code"]) == (503, "niet_klaar")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "hallo"}, "channel"),
        ({"channel": "fax", "text": "hallo"}, "channel"),
        ({"channel": ["mail"], "text": "hallo"}, "channel"),
        ({"channel": "mail"}, "text"),
        ({"channel": "mail", "text": ""}, "text"),
        ({"channel": "mail", "text": " \n​"}, "text"),
        ({"channel": "mail", "text": 12}, "text"),
        ({"channel": "mail", "text": "x" * (MOST_TEXT + 1)}, "text"),
        ({"channel": "mail", "text": "hallo", "subject": 3}, "subject"),
        ({"channel": "mail", "text": "hallo", "subject": "x" * (MOST_SUBJECT + 1)}, "subject"),
        ({"channel": "mail", "text": "hallo", "from": "ik"}, "from"),
    ],
)
def test_bad_input_is_refused(desk: Desk, body: Any, field: str) -> None:
    response = desk.http.post("/api/v1/triage", json=body)
    assert response.status_code == 422
    error = response.json()["error"]
    assert (error["field"], set(error)) == (field, {"code", "message", "field"})
    assert desk.rasa.understood == []


@pytest.mark.parametrize(
    "text", ["/restart", ">", "> oud\n> nieuw", "🙂", "--", "Groet,\nSam", "x" * MOST_TEXT, "\ud800a"]
)
def test_strange_messages_are_judged(desk: Desk, text: str) -> None:
    body = ('{"channel": "mail", "text": ' + json.dumps(text) + "}").encode()
    response = desk.http.post("/api/v1/triage", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 200
    assert desk.rasa.understood[-1]["text"]
    assert not desk.rasa.understood[-1]["text"].startswith("/")


def test_nothing_is_stored_or_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="bot")
    before = dict(vars(desk.store))
    desk.judge("geheim-woord: wie betaalt?")
    assert vars(desk.store) == before
    assert desk.rasa.heard == []  # no conversation
    assert "geheim-woord" not in caplog.text


def test_the_rate_is_limited() -> None:
    settings = Settings.from_environment({"IPS_RATE_PER_ADDRESS": "2"})
    store = MemoryDossierStore(lambda: None)  # type: ignore[arg-type,return-value]
    port = PublicPort(settings, advise=advise, facts=FACTS, sources=KNOWLEDGE.sources, store=store, safety=SAFETY)
    with serving(create_app(port)) as address, httpx.Client(base_url=address, timeout=20) as client:
        answers = [client.post("/api/v1/triage", json={"channel": "fax", "text": "a"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_it_is_described(desk: Desk) -> None:
    described = desk.http.get("/api/v1/openapi.json").json()["paths"]["/api/v1/triage"]["post"]
    request = described["requestBody"]["content"]["application/json"]["schema"]
    assert request["properties"]["channel"]["enum"] == ["mail", "chat", "teams"]
    response = described["responses"]["200"]["content"]["application/json"]["schema"]
    assert response["required"] == list(desk.judge("wie betaalt?").json())
