"""The public port over a real socket, with a fake Rasa behind it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bot.settings import Settings
from bot.web.app import PublicPort, create_app
from bot.web.plans import PlanDesk
from tests.fakes.knowledge import FACTS, SAFETY, SOURCES, advise
from tests.fakes.rasa import FakeRasa, echo
from tests.fakes.serving import free_port, serving
from tests.fakes.store import MemoryDossierStore

BSN = "123456782"


@dataclass
class Site:
    """The public port, its fakes, and a client."""

    http: httpx.Client
    rasa: FakeRasa
    store: MemoryDossierStore
    rasa_port: int

    def say(self, message: Any, sender: Any = "tester", **more: Any) -> httpx.Response:
        return self.http.post("/webhooks/rest/webhook", json={"sender": sender, "message": message, **more})


@pytest.fixture
def open_site() -> Iterator[Callable[..., Site]]:
    """Return a function that opens a site with some settings changed; `rasa_up=False` leaves Rasa out."""
    opened: list[Any] = []

    def enter(context: Any) -> Any:
        opened.append(context)
        return context.__enter__()

    def open_one(rasa_up: bool = True, **environ: str) -> Site:
        rasa, store, rasa_port = FakeRasa(), MemoryDossierStore(lambda: None), free_port()  # type: ignore[arg-type,return-value]
        if rasa_up:
            enter(serving(rasa.app, rasa_port))
        ports = {"IPS_RASA_PORT": str(rasa_port), "IPS_ACTIONS_PORT": str(rasa_port)}
        settings = Settings.from_environment({**ports, **environ})
        port = PublicPort(settings, advise=advise, facts=FACTS, sources=SOURCES, store=store, safety=SAFETY)
        address = enter(serving(create_app(port, settings.allowed_origins)))
        return Site(enter(httpx.Client(base_url=address, timeout=20)), rasa, store, rasa_port)

    yield open_one
    for context in reversed(opened):
        context.__exit__(None, None, None)


@pytest.fixture
def site(open_site: Callable[..., Site]) -> Site:
    return open_site()


def error_of(response: httpx.Response) -> dict[str, Any]:
    error = response.json()["error"]
    assert set(error) == {"code", "message", "field"}
    assert error["code"]
    assert error["message"]
    return dict(error)


# --- chat


def test_a_message_goes_to_rasa_and_its_replies_come_back(site: Site) -> None:
    site.rasa.answer = lambda sender, _message: [
        {"recipient_id": sender, "text": "Hoi", "buttons": [{"title": "Ja", "payload": "ja"}]},
        {"recipient_id": sender, "text": "Nog iets", "custom": {"sources": []}},
    ]
    response = site.say("hallo")
    assert response.status_code == 200
    assert response.json() == site.rasa.answer("tester", "hallo")
    assert site.rasa.heard == [("tester", "hallo")]


def test_charset_in_the_content_type_is_fine(site: Site) -> None:
    body = json.dumps({"sender": "a", "message": "één"}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert site.http.post("/webhooks/rest/webhook", content=body, headers=headers).json()[0]["text"] == "echo: één"


@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        ("  hallo  ", "hallo"),
        ("/restart", "restart"),
        ("/ / //intent{}", "intent{}"),
        ("\u200b/stop\u202e", "stop"),
        ("\ufeff\u00a0/\u200b/x", "x"),
        ("a\u0000b\u001bc", "abc"),
        ("caf\u0065\u0301", "café"),
        ("regel een\r\nregel twee", "regel een\nregel twee"),
        ("half \ud83d teken", "half  teken"),
        ("3/4 van de cliënten", "3/4 van de cliënten"),
    ],
)
def test_what_rasa_hears(site: Site, sent: str, heard: str) -> None:
    body = json.dumps({"sender": "a", "message": sent})
    response = site.http.post("/webhooks/rest/webhook", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 200
    assert site.rasa.heard == [("a", heard)]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (b"{", "geen_json", None),
        (b"", "geen_json", None),
        (b"\xff\xfe", "geen_json", None),
        (b"[" * 60_000, "geen_json", None),
        (b"[]", "geen_object", None),
        (b'"hoi"', "geen_object", None),
        (b"null", "geen_object", None),
        (b"{}", "afzender_ontbreekt", "sender"),
        (b'{"message": "a"}', "afzender_ontbreekt", "sender"),
        (b'{"sender": 5, "message": "a"}', "afzender_ontbreekt", "sender"),
        (b'{"sender": "", "message": "a"}', "afzender_ontbreekt", "sender"),
        (b'{"sender": "a b", "message": "a"}', "afzender_ongeldig", "sender"),
        (b'{"sender": "../x", "message": "a"}', "afzender_ongeldig", "sender"),
        (b'{"sender": "a\\n", "message": "a"}', "afzender_ongeldig", "sender"),
        (json.dumps({"sender": "a" * 129, "message": "a"}).encode(), "afzender_ongeldig", "sender"),
        (b'{"sender": "a"}', "bericht_ontbreekt", "message"),
        (b'{"sender": "a", "message": null}', "bericht_ontbreekt", "message"),
        (b'{"sender": "a", "message": ["b"]}', "bericht_ontbreekt", "message"),
        (b'{"sender": "a", "message": ""}', "bericht_leeg", "message"),
        (b'{"sender": "a", "message": " \\n\\u200b "}', "bericht_leeg", "message"),
        (b'{"sender": "a", "message": "/"}', "bericht_leeg", "message"),
        (b'{"sender": "a", "message": "b", "client_message_id": 5}', "kenmerk_ongeldig", "client_message_id"),
        (b'{"sender": "a", "message": "b", "client_message_id": ""}', "kenmerk_ongeldig", "client_message_id"),
    ],
)
def test_bad_input_is_400_and_reaches_nobody(site: Site, body: bytes, code: str, field: str | None) -> None:
    response = site.http.post("/webhooks/rest/webhook", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400
    error = error_of(response)
    assert (error["code"], error["field"]) == (code, field)
    assert site.rasa.heard == []


def test_8000_characters_pass_and_8001_are_explained(site: Site) -> None:
    assert site.say("é" * 8000).status_code == 200
    response = site.say("é" * 8001)
    assert response.status_code == 400
    assert "8001" in error_of(response)["message"]
    assert "8000" in error_of(response)["message"]
    assert len(site.rasa.heard) == 1


def test_a_big_body_is_413(site: Site) -> None:
    assert error_of(site.say("a" * 70_000))["code"] == "te_groot"
    assert site.say("a" * 70_000).status_code == 413


def test_a_big_body_without_its_length_is_413(site: Site) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"sender": "a", "message": "'
        for _ in range(100):
            yield b"a" * 1000
        yield b'"}'

    response = site.http.post("/webhooks/rest/webhook", content=chunks(), headers={"Content-Type": "application/json"})
    assert response.status_code == 413


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
def test_another_content_type_is_415(site: Site, content_type: str) -> None:
    response = site.http.post("/webhooks/rest/webhook", content=b"{}", headers={"Content-Type": content_type})
    assert response.status_code == 415
    error_of(response)


def test_unknown_path_and_wrong_method(site: Site) -> None:
    assert site.http.get("/nergens").status_code == 404
    assert error_of(site.http.get("/nergens"))["code"] == "onbekend_pad"
    response = site.http.get("/webhooks/rest/webhook")
    assert response.status_code == 405
    assert error_of(response)["code"] == "verkeerde_methode"
    assert error_of(site.http.post("/api/v1/advice/", json={}))["code"] == "onbekend_pad"


def test_a_sender_that_asks_too_often_waits(open_site: Callable[..., Site]) -> None:
    site = open_site(IPS_RATE_PER_MINUTE="3")
    assert [site.say("x").status_code for _ in range(4)] == [200, 200, 200, 429]
    response = site.say("x")
    assert int(response.headers["retry-after"]) >= 1
    assert error_of(response)["code"] == "te_veel"
    assert site.say("x", sender="ander").status_code == 200


def test_an_address_that_asks_too_often_waits(open_site: Callable[..., Site]) -> None:
    site = open_site(IPS_RATE_PER_ADDRESS="3")
    assert [site.say("x", sender=f"s{n}").status_code for n in range(4)] == [200, 200, 200, 429]
    assert site.http.post("/api/v1/advice", json={}).status_code == 429
    assert site.http.get("/healthz").status_code == 200


def test_evaluation_pace_is_not_refused(site: Site) -> None:
    codes = {site.say("vraag", sender=f"eval-{number}").status_code for number in range(200)}
    assert codes == {200}


# --- safety and masking


def test_danger_gets_help_first_and_rasa_hears_nothing(site: Site) -> None:
    replies = site.say("ik wil niet meer leven").json()
    assert "0800-0113" in replies[0]["text"]
    assert "112" in replies[0]["text"]
    assert replies[0]["custom"] == {"kind": "safety"}
    assert len(replies) == 2
    assert site.rasa.heard == []


@pytest.mark.parametrize("message", ["Ik wil dood. " + "x" * 5000, "ik wil dood"])
def test_danger_is_answered_over_every_bound(open_site: Callable[..., Site], message: str) -> None:
    site = open_site(rasa_up=False, IPS_RATE_PER_MINUTE="1")
    for _ in range(3):
        response = site.say(message)
        assert response.status_code == 200
        assert "113" in response.json()[0]["text"]


def test_contact_details_travel_beside_the_message_and_nothing_else_does(site: Site) -> None:
    site.say(f"Jan, BSN {BSN}, jan@linde.nl, 06-12345678")
    site.say(f"BSN {BSN}")
    beside, nothing = site.rasa.metadata
    assert beside == {"contact": "Jan, BSN [bsn], jan@linde.nl, 06-12345678"}
    assert nothing is None


def test_kept_contact_details_are_not_said_to_be_hidden(site: Site) -> None:
    site.rasa.answer = lambda sender, message: [{"text": "Genoteerd.", "custom": {"contact_kept": True}}]
    assert [reply["text"] for reply in site.say("Jan, jan@linde.nl").json()] == ["Genoteerd."]
    notice = site.say(f"Jan, jan@linde.nl, BSN {BSN}").json()[0]["custom"]
    assert notice["masked"] == ["bsn"]


def test_rasa_never_sees_personal_data(site: Site) -> None:
    replies = site.say(f"BSN {BSN}, mail jan@linde.nl, bel 06-12345678").json()
    heard = site.rasa.heard[0][1]
    assert heard == "BSN [bsn], mail [e-mailadres], bel [telefoonnummer]"
    kinds = ["e-mailadres", "bsn", "telefoonnummer"]
    assert replies[0]["custom"] == {"kind": "masked", "masked": kinds, "message": heard}
    assert replies[1]["text"] == f"echo: {heard}"
    assert BSN not in json.dumps(replies)


# --- when the rest is down


def test_without_rasa_there_is_a_clear_sentence(open_site: Callable[..., Site]) -> None:
    site = open_site(rasa_up=False)
    response = site.say("hallo")
    assert response.status_code == 200
    assert response.json()[0]["custom"] == {"kind": "unavailable"}
    assert "bewaard" in response.json()[0]["text"]


@pytest.mark.parametrize(("status", "replies"), [(500, {"x": 1}), (200, []), (200, "?"), (200, [1])])
def test_a_rasa_that_fails_gives_the_same_sentence(site: Site, status: int, replies: Any) -> None:
    site.rasa.status, site.rasa.answer = status, lambda _sender, _message: replies
    assert site.say("hallo").json()[0]["custom"] == {"kind": "unavailable"}


def test_a_refused_connection_is_tried_again(open_site: Callable[..., Site]) -> None:
    site = open_site(rasa_up=False)
    rasa = FakeRasa()
    stop = threading.Event()

    def start_late() -> None:
        time.sleep(0.3)
        with serving(rasa.app, site.rasa_port):
            stop.wait(10)

    thread = threading.Thread(target=start_late)
    thread.start()
    try:
        assert site.say("hallo").json()[0]["text"] == "echo: hallo"
    finally:
        stop.set()
        thread.join()
    assert len(rasa.heard) == 1


def test_a_slow_turn_gives_the_sentence_and_its_reply_to_the_retry(open_site: Callable[..., Site]) -> None:
    site = open_site(IPS_RASA_TIMEOUT="0.5")
    site.rasa.delay = 0.8
    first = site.say("traag", client_message_id="m1").json()
    second = site.say("traag", client_message_id="m1").json()
    assert first[0]["custom"] == {"kind": "unavailable"}
    assert second[0]["text"] == "echo: traag"
    assert len(site.rasa.heard) == 1


# --- the same message twice, and turns in order


def test_the_same_message_id_is_forwarded_once(site: Site) -> None:
    first = site.say("een", client_message_id="m1")
    again = site.say("een", client_message_id="m1")
    other_sender = site.say("een", sender="ander", client_message_id="m1")
    assert first.json() == again.json()
    assert other_sender.status_code == 200
    assert [sender for sender, _ in site.rasa.heard] == ["tester", "ander"]


def test_duplicates_at_the_same_time_wait_for_the_first(site: Site) -> None:
    site.rasa.delay = 0.2
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: site.say("een", client_message_id="m1").json(), range(6)))
    assert len(site.rasa.heard) == 1
    assert all(answer == answers[0] for answer in answers)


def test_a_failed_message_may_be_sent_again(site: Site) -> None:
    site.rasa.status = 500
    assert site.say("een", client_message_id="m1").json()[0]["custom"] == {"kind": "unavailable"}
    site.rasa.status = 200
    assert site.say("een", client_message_id="m1").json()[0]["text"] == "echo: een"


def test_turns_of_one_sender_never_overlap(site: Site) -> None:
    site.rasa.delay = 0.05
    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(lambda n: site.say(f"bericht {n}").status_code, range(6)))
    assert codes == [200] * 6
    assert not site.rasa.overlapped


def test_senders_do_not_wait_for_each_other(site: Site) -> None:
    site.rasa.delay = 0.3
    started = time.monotonic()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: site.say("x", sender=f"s{n}"), range(6)))
    assert time.monotonic() - started < 1.5


def test_a_sender_can_not_pile_up_turns(site: Site) -> None:
    site.rasa.delay = 0.3
    with ThreadPoolExecutor(12) as pool:
        codes = list(pool.map(lambda n: site.say(f"bericht {n}").status_code, range(12)))
    assert sorted(set(codes)) == [200, 429]


# --- advice


def test_advice_has_the_contracts_shape(site: Site) -> None:
    source = {"id": "praktijkscenarios", "title": "Praktijkscenario's", "section": "scenario 1, Toepassing"}
    advice = site.http.post("/api/v1/advice", json={"organisation_type": "ggz"}).json()
    assert set(advice) == {"best", "possible", "options", "next_question", "knowledge_version"}
    option = advice["options"][0]
    assert option["status"] == "impossible"
    assert option["reasons"] == [{"code": "eigen_criteria_niet_gehaald", "text": "Criterium 6 niet.", "source": source}]
    assert option["missing"] == [
        {"code": "implementatieplan", "text": "Schrijf een plan.", "required": True, "source": source}
    ]
    assert set(option["responsible"]) == {"execution", "contract", "funding", "fidelity_review"}
    assert advice["next_question"]["key"] == "near_partner"


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"onzin": 1}, "onbekende_sleutel", "onzin"),
        ({"organisation_type": "bakker"}, "ongeldige_waarde", "organisation_type"),
    ],
)
def test_unknown_facts_are_422(site: Site, facts: dict[str, Any], code: str, field: str) -> None:
    response = site.http.post("/api/v1/advice", json=facts)
    assert response.status_code == 422
    error = error_of(response)
    assert (error["code"], error["field"]) == (code, field)


def test_half_a_character_in_a_key_is_422(site: Site) -> None:
    headers = {"Content-Type": "application/json"}
    assert site.http.post("/api/v1/advice", content=b'{"\\ud800": 1}', headers=headers).status_code == 422


def test_openapi_names_every_fact(site: Site) -> None:
    described = site.http.get("/api/v1/openapi.json").json()
    schema = described["paths"]["/api/v1/advice"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(schema["properties"]) == {"organisation_type", "criteria", "near_partner", "partner_types"}
    assert schema["properties"]["criteria"]["properties"]["1"]["enum"] == ["voldoet"]


# --- operating


def test_every_path_of_the_api_is_described_with_its_errors(site: Site) -> None:
    paths = site.http.get("/api/v1/openapi.json").json()["paths"]
    desk = PlanDesk(None, None, None, 1)  # type: ignore[arg-type]
    served = {route.path for route in desk.routes()} | {"/api/v1/advice", "/api/v1/triage", "/api/v1/openapi.json"}
    assert {path.replace("{token}.{format}", "{name}") for path in paths} == served
    desk.close()
    for operations in paths.values():
        for method, operation in operations.items():
            answers = set(operation["responses"])
            assert {"200", "400", "403", "405", "429", "500", "503"} <= answers
            assert method == "get" or {"408", "413", "415", "422"} <= answers


def test_health_and_readiness(site: Site) -> None:
    assert site.http.get("/healthz").status_code == 200
    assert site.http.get("/readyz").json() == {"status": "ok", "missing": []}
    site.rasa.loaded = False
    site.store.down = True
    time.sleep(0.6)
    response = site.http.get("/readyz")
    assert (response.status_code, response.json()["missing"]) == (503, ["rasa", "store"])


def test_nothing_is_ready_without_rasa(open_site: Callable[..., Site]) -> None:
    assert open_site(rasa_up=False).http.get("/readyz").json()["missing"] == ["rasa", "actions"]


def test_metrics_count_without_texts(site: Site) -> None:
    site.say(f"mijn bsn is {BSN}", sender="geheim")
    site.say("ik wil dood", sender="geheim")
    site.say("")
    text = site.http.get("/metrics").text
    assert 'ips_messages_total{outcome="answered"} 1.0' in text
    assert 'ips_messages_total{outcome="danger"} 1.0' in text
    assert 'ips_masked_total{kind="bsn"} 1.0' in text
    assert 'ips_refused_total{code="bericht_leeg"} 1.0' in text
    assert "geheim" not in text


def test_metrics_are_not_public(open_site: Callable[..., Site]) -> None:
    site = open_site(IPS_METRICS_TOKEN="sleutel")
    elsewhere = {"X-Forwarded-For": "203.0.113.5"}
    assert site.http.get("/metrics", headers=elsewhere).status_code == 403
    assert site.http.get("/metrics", headers={**elsewhere, "Authorization": "Bearer fout"}).status_code == 403
    assert site.http.get("/metrics", headers={**elsewhere, "Authorization": "Bearer sleutel"}).status_code == 200
    assert open_site().http.get("/metrics", headers={**elsewhere, "Authorization": "Bearer"}).status_code == 403


# --- headers and origins


@pytest.mark.parametrize(
    "path", ["/", "/widget.js", "/healthz", "/nergens", "/api/v1/openapi.json", "/static/page.css"]
)
def test_security_headers_on_everything(site: Site, path: str) -> None:
    headers = site.http.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers or "python" not in headers["server"].lower()


def test_the_page_embeds_the_public_snippet_and_nothing_inline(site: Site) -> None:
    page = site.http.get("/").text
    assert '<script src="/widget.js" defer></script>' in page
    assert "<ips-wijzer></ips-wijzer>" in page
    assert "<style" not in page
    assert " style=" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_origins(open_site: Callable[..., Site]) -> None:
    site = open_site(IPS_ALLOWED_ORIGINS="https://www.linde.example")
    body = {"sender": "a", "message": "hoi"}
    url = "/webhooks/rest/webhook"
    allowed = site.http.post(url, json=body, headers={"Origin": "https://www.linde.example"})
    own = site.http.post(url, json=body, headers={"Origin": str(site.http.base_url).rstrip("/")})
    strange = site.http.post(url, json=body, headers={"Origin": "https://boef.example"})
    opaque = site.http.post(url, json=body, headers={"Origin": "null"})
    assert allowed.headers["access-control-allow-origin"] == "https://www.linde.example"
    assert own.status_code == 200
    assert (strange.status_code, opaque.status_code) == (403, 403)
    assert "access-control-allow-origin" not in strange.headers
    assert error_of(strange)["code"] == "herkomst_geweigerd"
    assert len(site.rasa.heard) == 2


def test_preflight(open_site: Callable[..., Site]) -> None:
    site = open_site(IPS_ALLOWED_ORIGINS="https://www.linde.example")
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    url = "/webhooks/rest/webhook"
    good = site.http.options(url, headers={"Origin": "https://www.linde.example", **asked})
    bad = site.http.options(url, headers={"Origin": "https://boef.example", **asked})
    assert good.status_code == 204
    assert good.headers["access-control-allow-headers"] == "Content-Type"
    assert bad.status_code == 403
    assert "access-control-allow-origin" not in bad.headers


def test_an_unexpected_error_tells_nothing(open_site: Callable[..., Site], monkeypatch: pytest.MonkeyPatch) -> None:
    site = open_site()
    site.rasa.answer = echo

    def broken(_message: str) -> bool:
        raise RuntimeError("geheim")

    monkeypatch.setattr("bot.web.chat.danger", broken)
    response = site.say("hallo")
    assert response.status_code == 500
    assert "geheim" not in response.text
    assert error_of(response)["code"] == "fout"
    assert "content-security-policy" in response.headers
