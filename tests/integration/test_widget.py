"""The widget's conversations over real sockets: whose they are, that nothing is lost or done twice, that all can go."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.errors import StoreError
from bot.model import Dossier, Entry
from bot.store.conversations import conversation_of
from tests.fakes.disk import on_disk
from tests.fakes.proxy import chaos_proxy
from tests.fakes.serving import free_port, serving
from tests.fakes.site import WidgetSite, now, widget_site
from tests.fakes.widget_client import WidgetClient

BSN = "123456782"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[WidgetSite]:
    with widget_site(tmp_path) as site:
        yield site
        WidgetClient.close_all()


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    WidgetClient.close_all()


@pytest.fixture
def tab(site: WidgetSite) -> WidgetClient:
    return WidgetClient(site.address).open()


def answered(count: int) -> Any:
    return lambda log: sum(bool(entry.get("last")) for entry in log) >= count


def said(log: list[dict[str, Any]]) -> list[str]:
    return [f"{entry['who']}: {entry['text']}" for entry in log if entry.get("text")]


# --- a conversation


def test_a_message_is_taken_and_its_reply_comes_after(site: WidgetSite, tab: WidgetClient) -> None:
    response = tab.post("hallo", "a" * 16)
    assert (response.status_code, response.json()) == (202, {"state": "waiting"})
    first, second = tab.until(answered(1))
    assert (first["who"], first["text"], first["id"], first["seq"]) == ("user", "hallo", "a" * 16, 1)
    assert (second["who"], second["text"], second["answers"], second["last"]) == (
        "bot",
        "Je zei: hallo",
        "a" * 16,
        True,
    )
    assert second["at"]


def test_buttons_and_custom_come_along_and_a_button_shows_its_title(tab: WidgetClient) -> None:
    tab.post("Ga na of wij IPS mogen doen", shown="Ga na")
    log = tab.until(answered(1))
    assert log[0]["text"] == "Ga na"
    assert log[1]["buttons"][0] == {"title": "Ja", "payload": "ja"}
    assert log[1]["custom"]["progress"]["total"] == 8


def test_a_stream_tells_history_then_ready_then_news(site: WidgetSite, tab: WidgetClient) -> None:
    tab.say("een")
    tab.until(answered(1))
    events: list[str] = []
    headers = {**tab.headers, "Accept": "text/event-stream"}
    with tab.http.stream("GET", "/widget/events?after=1", headers=headers) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-accel-buffering"] == "no"
        for line in response.iter_lines():
            if line.startswith("event: "):
                events.append(line.removeprefix("event: "))
                if events == ["entry", "ready"]:
                    WidgetClient(site.address, tab.token).say("twee")
            if len(events) == 4:
                break
    assert events == ["entry", "ready", "entry", "entry"]


def test_messages_sent_at_once_are_answered_in_order(site: WidgetSite, tab: WidgetClient) -> None:
    site.rasa.delay = 0.05
    for number in range(6):
        tab.say(f"bericht {number}")
    log = tab.until(answered(6))
    assert [text for text in said(log) if text.startswith("bot")] == [f"bot: Je zei: bericht {n}" for n in range(6)]
    assert not site.rasa.overlapped


def test_danger_is_answered_whatever_else_is_the_matter(tmp_path: Path) -> None:
    with widget_site(tmp_path, rasa_up=False, IPS_RATE_PER_MINUTE="1") as site:
        tab = WidgetClient(site.address).open()
        for number in range(3):
            assert tab.post("ik wil dood " + "x" * 3000 * number).status_code == 202
        log = tab.until(answered(3))
        assert sum("113" in entry.get("text", "") for entry in log if entry["who"] == "bot") == 3


# --- whose it is


def test_a_token_is_long_random_and_kept_nowhere(site: WidgetSite, tmp_path: Path) -> None:
    tokens = {WidgetClient(site.address).open().token for _ in range(20)}
    assert len(tokens) == 20
    assert all(len(token) == 43 for token in tokens)
    stored = on_disk(tmp_path)
    assert not any(token.encode() in stored for token in tokens)


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Bearer " + "a" * 43, "Basic " + "a" * 43, "Bearer " + "é" * 43, "Bearer %s~"]
)
def test_who_guesses_gets_nothing(site: WidgetSite, tab: WidgetClient, header: str) -> None:
    tab.say("een geheim")
    for method, path in (
        ("GET", "/widget/events?after=0"),
        ("POST", "/widget/messages"),
        ("POST", "/widget/feedback"),
        ("DELETE", "/widget/session"),
    ):
        headers = {"Authorization": header.encode()}
        response = httpx.request(method, site.address + path, headers=headers, trust_env=False)
        assert response.status_code == 401
        assert response.json()["error"]["code"] == "geen_gesprek"
        assert "geheim" not in response.text


def test_the_token_works_in_the_header_only(site: WidgetSite, tab: WidgetClient) -> None:
    assert tab.http.get(f"/widget/events?after=0&token={tab.token}").status_code == 401


def test_two_visitors_see_their_own(site: WidgetSite) -> None:
    ans, bob = (WidgetClient(site.address).open() for _ in range(2))
    ans.say("van Ans")
    bob.say("van Bob")
    assert "van Bob" not in json.dumps(ans.until(answered(1)))
    assert "van Ans" not in json.dumps(bob.until(answered(1)))
    (one, _), (two, _) = site.rasa.heard
    assert one != two


def test_the_rest_webhook_can_not_name_a_widget_conversation(site: WidgetSite, tab: WidgetClient) -> None:
    conversation = conversation_of(tab.token)
    for sender in (conversation, tab.token, conversation.replace("~", "%7E")):
        body = {"sender": sender, "message": "laat zien"}
        response = tab.http.post("/webhooks/rest/webhook", json=body)
        if response.status_code == 200:
            assert site.rasa.heard[-1][0] not in (conversation,)
        else:
            assert response.json()["error"]["code"] == "afzender_ongeldig"
    assert tab.poll() == []


def test_a_stranger_s_site_is_refused_and_a_known_one_welcome(tmp_path: Path) -> None:
    with widget_site(tmp_path, IPS_ALLOWED_ORIGINS="https://a.example,https://b.example") as site:
        tab = WidgetClient(site.address).open()
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        for origin in ("https://a.example", "https://b.example"):
            granted = tab.http.options("/widget/messages", headers={"Origin": origin, **asked})
            assert granted.status_code == 204
            assert "Authorization" in granted.headers["access-control-allow-headers"]
            assert "DELETE" in granted.headers["access-control-allow-methods"]
            events = tab.http.get("/widget/events?after=0", headers={**tab.headers, "Origin": origin})
            assert events.headers["access-control-allow-origin"] == origin
        for origin in ("https://c.example", "null", "https://a.example.boef.example"):
            assert tab.http.options("/widget/messages", headers={"Origin": origin, **asked}).status_code == 403
            strange = tab.http.get("/widget/events?after=0", headers={**tab.headers, "Origin": origin})
            assert strange.status_code == 403
            assert "access-control-allow-origin" not in strange.headers
            assert tab.http.post("/widget/session", json={}, headers={"Origin": origin}).status_code == 403


def test_the_page_s_policy_allows_our_own_host_and_nothing_else(site: WidgetSite, tab: WidgetClient) -> None:
    policy = dict(
        part.strip().split(" ", 1) for part in tab.http.get("/").headers["content-security-policy"].split(";")
    )
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "connect-src": "'self'",
        "style-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }


def test_the_widget_is_sent_compressed_and_once(tab: WidgetClient) -> None:
    first = tab.http.get("/widget.js")
    assert first.headers["content-encoding"] == "gzip"
    assert int(first.headers["content-length"]) <= 30_000
    again = tab.http.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = tab.http.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == first.text


# --- bad input


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "kenmerk_ongeldig"),
        ({"client_message_id": "kort", "text": "x"}, "kenmerk_ongeldig"),
        ({"client_message_id": "a" * 16 + "<", "text": "x"}, "kenmerk_ongeldig"),
        ({"client_message_id": "a" * 16}, "bericht_ontbreekt"),
        ({"client_message_id": "a" * 16, "text": 5}, "bericht_ontbreekt"),
        ({"client_message_id": "a" * 16, "text": " \u200b"}, "bericht_leeg"),
        ({"client_message_id": "a" * 16, "text": "x" * 8001}, "bericht_te_lang"),
        ({"client_message_id": "a" * 16, "text": "x", "shown": ["x"]}, "ongeldige_waarde"),
    ],
)
def test_bad_messages_are_refused_and_change_nothing(site: WidgetSite, tab: WidgetClient, body: Any, code: str) -> None:
    response = tab.http.post("/widget/messages", json=body, headers=tab.headers)
    assert (response.status_code, response.json()["error"]["code"]) == (400, code)
    assert tab.poll() == []
    assert site.heard == []


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=1&wait=x", "after=" + "9" * 30])
def test_bad_numbers_are_refused(tab: WidgetClient, query: str) -> None:
    assert tab.http.get(f"/widget/events?{query}", headers=tab.headers).status_code == 400


def test_one_conversation_and_one_address_are_bounded(tmp_path: Path) -> None:
    with widget_site(tmp_path, IPS_RATE_PER_MINUTE="3") as site:
        tab = WidgetClient(site.address).open()
        assert [tab.post("x").status_code for _ in range(4)] == [202, 202, 202, 429]
        opened = [tab.http.post("/widget/session", json={}).status_code for _ in range(4)]
        assert opened.count(429) == 2


def test_no_more_than_eight_streams_of_one_conversation(site: WidgetSite, tab: WidgetClient) -> None:
    headers = {**tab.headers, "Accept": "text/event-stream"}
    streams, kinds = [], []
    for _ in range(9):
        request = tab.http.build_request("GET", "/widget/events?after=0", headers=headers)
        response = tab.http.send(request, stream=True)
        kinds.append(response.headers["content-type"].partition(";")[0])
        lines = response.iter_lines()
        next(lines)
        streams.append((response, lines))
    for response, _ in streams:
        response.close()
    assert kinds == ["text/event-stream"] * 8 + ["application/json"]


# --- personal data


def test_personal_data_is_masked_before_it_is_stored(site: WidgetSite, tab: WidgetClient, tmp_path: Path) -> None:
    tab.post(f"mijn bsn is {BSN}", shown=f"bsn {BSN}")
    log = tab.until(answered(1))
    assert log[0]["text"] == "bsn [bsn]"
    assert "persoonsgegevens" in log[1]["text"]
    assert site.heard == ["mijn bsn is [bsn]"]
    assert BSN.encode() not in on_disk(tmp_path)


def test_wiping_in_the_chat_empties_the_log(tab: WidgetClient, tmp_path: Path) -> None:
    tab.say("een geheim")
    tab.say("wis mijn gegevens")
    log = tab.until(answered(2))
    assert log[-1]["clears"] == log[-2]["seq"]
    later = WidgetClient(str(tab.http.base_url), tab.token)
    later.poll()
    assert said(later.log) == ["bot: Alles is gewist."]


def test_deleting_takes_everything_and_closes_every_tab(site: WidgetSite, tab: WidgetClient, tmp_path: Path) -> None:
    conversation = conversation_of(tab.token)
    site.dossiers.save(Dossier(conversation))
    tab.say("een geheim")
    tab.until(answered(1))
    headers = {**tab.headers, "Accept": "text/event-stream"}
    with tab.http.stream("GET", "/widget/events?after=9", headers=headers) as stream:
        lines = stream.iter_lines()
        assert "event: ready" in lines
        assert (
            WidgetClient(site.address, tab.token).http.delete("/widget/session", headers=tab.headers).status_code == 204
        )
        assert any(line == "event: gone" for line in lines)
    assert tab.post("hallo").status_code == 401
    assert site.dossiers.load(conversation) is None
    assert site.store.gone() == ()
    site.store.close()
    assert b"een geheim" not in b"".join(path.read_bytes() for path in tmp_path.glob("*.sqlite"))


def test_a_turn_that_runs_while_its_conversation_is_deleted_leaves_no_dossier(
    site: WidgetSite, tab: WidgetClient
) -> None:
    conversation = conversation_of(tab.token)
    site.rasa.delay = 0.4

    def answer(_sender: str, message: str) -> list[dict[str, Any]]:
        site.dossiers.save(Dossier(conversation))  # as the action does, late
        return [{"text": "klaar"}]

    site.rasa.answer = answer
    tab.say("ja")
    time.sleep(0.1)
    assert tab.http.delete("/widget/session", headers=tab.headers).status_code == 204
    deadline = time.monotonic() + 5
    while site.store.gone() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert site.store.gone() == ()
    assert site.dossiers.load(conversation) is None


def test_old_conversations_go_with_their_dossiers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with widget_site(tmp_path, IPS_CONVERSATION_DAYS="30") as site:
        tab = WidgetClient(site.address).open()
        tab.say("hallo")
        tab.until(answered(1))
        site.dossiers.save(Dossier(conversation_of(tab.token)))
        answering = site.widget.answering
        tidy(site, answering)
        assert tab.post("nog").status_code == 202
        tab.until(answered(2))
        monkeypatch.setattr(answering, "_now", lambda: now() + timedelta(days=31))
        tidy(site, answering)
        assert tab.post("weg").status_code == 401
        assert site.dossiers.load(conversation_of(tab.token)) is None


def tidy(site: WidgetSite, answering: Any) -> None:
    """Run the tidying on the server's own loop."""
    import asyncio

    loop = answering._tidying.get_loop()
    asyncio.run_coroutine_threadsafe(answering.tidy(), loop).result(10)


# --- others


def test_an_employee_s_message_arrives_without_being_asked_for(site: WidgetSite, tab: WidgetClient) -> None:
    listening = WidgetClient(site.address, tab.token)
    thread = listening.listen()
    time.sleep(0.3)
    conversation = conversation_of(tab.token)
    assert site.widget.feed.publish(conversation, Entry("person", "Hallo, met Ans.", extra={"name": "Ans"}))
    assert not site.widget.feed.publish("widget~geen", Entry("person", "hallo"))
    deadline = time.monotonic() + 3
    while not listening.log and time.monotonic() < deadline:
        time.sleep(0.02)
    listening.stop()
    site.widget.feed.publish(conversation, Entry("person", "tot ziens"))  # so that the stream notices
    thread.join(5)
    assert listening.log[0]["text"] == "Hallo, met Ans."
    assert listening.log[0]["name"] == "Ans"


def test_an_entry_by_another_process_is_seen_within_seconds(site: WidgetSite, tab: WidgetClient) -> None:
    started = time.monotonic()
    timer = threading.Timer(0.2, lambda: site.store.append(conversation_of(tab.token), Entry("person", "Van buiten.")))
    timer.start()
    assert tab.poll(wait=10)[0]["text"] == "Van buiten."
    assert time.monotonic() - started < 4


def test_feedback_is_kept_with_the_answer_and_masked(site: WidgetSite, tab: WidgetClient) -> None:
    tab.say("Wat is IPS?")
    answer = tab.until(answered(1))[-1]
    body = {"seq": answer["seq"], "value": "down", "word": f"bel 06-12345678 of {BSN}"}
    assert tab.http.post("/widget/feedback", json=body, headers=tab.headers).status_code == 204
    (found,) = site.store.feedback(now() - timedelta(hours=1))
    assert (found.value, found.word, found.question) == ("down", "bel [telefoonnummer] of [bsn]", "Wat is IPS?")
    assert found.sources[0].id == "handreiking"
    tab.poll()
    assert tab.log[-1]["of"] == answer["seq"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"seq": 1, "value": "up"},
        {"seq": 99, "value": "up"},
        {"seq": True, "value": "up"},
        {"seq": 2, "value": "meh"},
        {"seq": 2, "value": "up", "word": "x" * 501},
        {"seq": 2, "value": "up", "word": 5},
    ],
)
def test_feedback_on_nothing_is_refused(site: WidgetSite, tab: WidgetClient, body: Any) -> None:
    tab.say("hallo")
    tab.until(answered(1))
    assert tab.http.post("/widget/feedback", json=body, headers=tab.headers).status_code == 400
    assert site.store.feedback(now() - timedelta(hours=1)) == ()


# --- nothing lost, nothing twice


def test_the_same_message_from_many_tabs_is_done_once(site: WidgetSite, tab: WidgetClient) -> None:
    mark = uuid.uuid4().hex
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: tab.post("ja", mark).status_code, range(16)))
    assert set(codes) == {202}
    tab.until(answered(1))
    assert said(tab.log) == ["user: ja", "bot: Genoteerd.", "bot: En criterium 2?"]
    assert site.heard == ["ja"]


def test_while_rasa_is_down_a_message_waits_and_is_then_answered(tmp_path: Path) -> None:
    with widget_site(tmp_path, rasa_up=False) as site:
        tab = WidgetClient(site.address).open()
        tab.say("hallo")
        assert tab.poll(wait=2)[0]["text"] == "hallo"
        with serving(site.rasa.app, site.rasa_port):
            assert said(tab.until(answered(1))) == ["user: hallo", "bot: Je zei: hallo"]
            assert site.heard == ["hallo"]


def test_when_patience_is_out_it_says_so_and_may_be_asked_again_while_newest(tmp_path: Path) -> None:
    with widget_site(tmp_path, rasa_up=False, IPS_RASA_TIMEOUT="0.2") as site:
        tab = WidgetClient(site.address).open()
        mark = tab.say("een")
        log = tab.until(answered(1))
        assert log[-1]["custom"] == {"kind": "unavailable"}
        assert "bewaard" in log[-1]["text"]
        with serving(site.rasa.app, site.rasa_port):
            assert tab.post("een", mark).json() == {"state": "waiting"}
            assert tab.until(answered(2))[-1]["text"] == "Je zei: een"
            assert tab.log[-2]["again"] == mark


def test_an_old_failed_message_can_not_answer_a_later_question(tmp_path: Path) -> None:
    with widget_site(tmp_path, rasa_up=False, IPS_RASA_TIMEOUT="0.2") as site:
        tab = WidgetClient(site.address).open()
        mark = tab.say("ja")
        tab.until(answered(1))
        with serving(site.rasa.app, site.rasa_port):
            tab.say("Ga na of wij IPS mogen doen")
            tab.until(answered(2))
            assert tab.post("ja", mark).json() == {"state": "failed"}
            time.sleep(0.2)
            assert site.heard == ["Ga na of wij IPS mogen doen"]


def test_a_server_that_stops_in_the_middle_of_a_turn_answers_after_its_restart(tmp_path: Path) -> None:
    port = free_port()
    with widget_site(tmp_path, rasa_up=False, port=port) as first:
        tab = WidgetClient(first.address).open()
        mark = tab.say("hallo")
        tab.poll()
    with widget_site(tmp_path, port=port) as second:
        again = WidgetClient(second.address, tab.token)
        assert again.post("hallo", mark).status_code == 202
        assert said(again.until(answered(1))) == ["user: hallo", "bot: Je zei: hallo"]
        assert second.heard == ["hallo"]


def test_a_thousand_cuts_lose_nothing_and_do_nothing_twice(site: WidgetSite, tab: WidgetClient) -> None:
    """Three tabs on a connection that keeps dying, at any byte of a request, an answer or a stream."""
    target = int(site.address.rpartition(":")[2])
    with chaos_proxy(target, cut_chance=0.85, most_bytes=1400) as proxy:
        tabs = [WidgetClient(proxy.address, tab.token) for _ in range(3)]
        threads = [each.listen() for each in tabs]
        spoken = []
        deadline = time.monotonic() + 90
        while proxy.cuts < 1000 or len(spoken) < 60:
            assert time.monotonic() < deadline, (proxy.cuts, len(spoken))
            spoken.append(f"bericht {len(spoken)}")
            tabs[len(spoken) % 3].say(spoken[-1])
            if len(spoken) % 5 == 0:
                proxy.cut_all()
        proxy.cut_chance = 0.0
        waiting = time.monotonic() + 20
        while any(not answered(len(spoken))(each.log) for each in tabs) and time.monotonic() < waiting:
            time.sleep(0.05)
        for each in tabs:
            each.stop()
        tabs[0].say("slot")
        for thread in threads:
            thread.join(5)
    assert proxy.cuts >= 1000
    assert [text for text in site.heard if text != "slot"] == spoken
    for each in tabs:
        texts = [entry["text"] for entry in each.log if entry["text"] != "slot" and entry["text"] != "Je zei: slot"]
        assert sorted(texts) == sorted([*spoken, *(f"Je zei: {text}" for text in spoken)])
        assert [text for text in texts if not text.startswith("Je zei")] == spoken
        assert [text for text in texts if text.startswith("Je zei")] == [f"Je zei: {text}" for text in spoken]
        seqs = [entry["seq"] for entry in each.log]
        assert seqs == sorted(set(seqs))
    print(f"{proxy.cuts} cuts, {len(spoken)} messages, {sum(each.resent for each in tabs)} sent again")


def test_a_stream_outlives_a_store_that_is_away(site: WidgetSite, tab: WidgetClient) -> None:
    looked, real = [], site.store.after

    def away(*arguments: Any) -> Any:
        looked.append(arguments)
        if len(looked) < 3:
            raise StoreError("away")
        return real(*arguments)

    site.store.after = away  # type: ignore[method-assign]
    headers = {**tab.headers, "Accept": "text/event-stream"}
    with tab.http.stream("GET", "/widget/events?after=0", headers=headers) as stream:
        assert "event: ready" in stream.iter_lines()
    assert len(looked) == 3


# --- when everybody comes at once


def test_a_crowd_hears_that_it_is_busy_and_danger_is_answered_all_the_same(tmp_path: Path) -> None:
    with widget_site(tmp_path, IPS_MOST_AT_ONCE="2") as site:
        site.rasa.delay = 1.0
        tabs = [WidgetClient(site.address).open() for _ in range(4)]
        assert [tab.post("hallo").status_code for tab in tabs[:2]] == [202, 202]
        deadline = time.monotonic() + 10
        while len(site.heard) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        refused = tabs[2].post("hallo")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert "erg druk" in refused.json()["error"]["message"]
        body = {"sender": "ans", "message": "hallo"}
        assert tabs[2].http.post("/webhooks/rest/webhook", json=body).status_code == 429
        assert tabs[3].post("ik wil dood").status_code == 202
        assert "113" in tabs[3].until(answered(1))[1]["text"]
        tabs[0].until(answered(1))
        assert tabs[2].post("hallo").status_code == 202
        tabs[2].until(answered(1))
