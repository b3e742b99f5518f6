"""What the public port tells its operator and its visitors about itself, over a real socket, with a fake Rasa."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.web.metrics import Metrics
from tests.fakes.site import WidgetSite, widget_site
from tests.fakes.widget_client import WidgetClient


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WidgetSite]:
    environ = {"IPS_SECURITY_CONTACT": "lek@linde.nl", "IPS_INSTITUTE": "Linde", "IPS_RATE_PER_MINUTE": "100000"}
    with widget_site(tmp_path_factory.mktemp("log"), **environ) as opened:
        yield opened
    WidgetClient.close_all()


def get(site: WidgetSite, path: str) -> httpx.Response:
    return httpx.get(f"{site.address}{path}", trust_env=False)


def say(site: WidgetSite, message: str, sender: str = "s") -> httpx.Response:
    body = {"sender": sender, "message": message}
    return httpx.post(f"{site.address}/webhooks/rest/webhook", json=body, trust_env=False)


def number(site: WidgetSite, name: str) -> float:
    return next(float(line.split()[1]) for line in get(site, "/metrics").text.splitlines() if line.startswith(name))


def test_every_answer_carries_an_id_of_ours(site: WidgetSite) -> None:
    given = "a" * 16
    first = httpx.get(f"{site.address}/healthz", headers={"X-Request-ID": given}, trust_env=False)
    ids = {first.headers["x-request-id"], get(site, "/nergens").headers["x-request-id"]}
    assert len(ids) == 2
    assert given not in ids


def test_a_line_names_the_handler_and_not_the_path(site: WidgetSite, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "bot"):
        answered = say(site, "een geheime zin", "geheim-1")
        get(site, "/api/v1/plan/document/geheim-2.pdf")
        get(site, "/readyz")
    lines = [record.__dict__["counts"] for record in caplog.records if record.name == "bot.web.requests_log"]
    assert [(line["handler"], line["status"]) for line in lines] == [("PublicPort.chat", 200), ("none", 404)]
    assert all(isinstance(line["ms"], int) for line in lines)
    assert "geheim" not in " ".join(str(record.__dict__) for record in caplog.records if record.name[:3] == "bot")
    assert answered.status_code == 200


def test_what_a_turn_brought_about_is_counted_and_not_shown(site: WidgetSite) -> None:
    counted = 'ips_happenings_total{what="plan_begun"}'
    before, answer = number(site, counted), site.rasa.answer

    def reply(_sender: str, _message: str) -> list[dict[str, Any]]:
        return [{"text": "a", "custom": {"counts": ["plan_begun", "jan@linde.nl", 5]}}, {"text": "b"}]

    site.rasa.answer = reply
    try:
        assert say(site, "maak een plan").json() == [{"text": "a"}, {"text": "b"}]
    finally:
        site.rasa.answer = answer
    assert number(site, counted) == before + 1
    assert "jan@" not in get(site, "/metrics").text


def test_what_waits_is_told_and_a_stop_lets_it_be_answered(tmp_path: Path) -> None:
    with widget_site(tmp_path) as site:
        site.rasa.delay = 1.5
        tab = WidgetClient(site.address).open()
        mark = tab.say("Wat is IPS?")
        listening = tab.listen()
        deadline = time.monotonic() + 10
        while number(site, "ips_streams ") < 1 or not site.heard:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert number(site, "ips_waiting_messages ") == 1
        site.widget.stop_soon(10)
        time.sleep(0.1)
        later = tab.post("ja")  # it came too late: it is kept
        assert later.status_code == 202
        listening_ends(tab, listening, mark)
        assert [waiting.text for waiting in site.store.waiting()] == ["ja"]
    WidgetClient.close_all()


def listening_ends(tab: WidgetClient, listening: threading.Thread, mark: str) -> None:
    """Wait until the stream told the answer to a message."""
    deadline = time.monotonic() + 20
    while not any(entry.get("answers") == mark and entry.get("last") for entry in tab.log):
        assert time.monotonic() < deadline, tab.log
        time.sleep(0.05)
    tab.stop()
    tab.http.close()
    listening.join(20)


def test_readiness_tells_of_each_part(tmp_path: Path) -> None:
    with widget_site(tmp_path) as site:
        assert get(site, "/readyz").status_code == 200
        site.rasa.loaded = False  # it runs, without a model
        until_missing(site, ["rasa"])
        site.dossiers.down = True
        until_missing(site, ["rasa", "store"])
        assert number(site, 'ips_ready{part="store"}') == 0
        assert get(site, "/healthz").status_code == 200
        site.rasa.loaded, site.dossiers.down = True, False
        until_missing(site, [])


def until_missing(site: WidgetSite, parts: list[str]) -> None:
    deadline = time.monotonic() + 10
    while get(site, "/readyz").json()["missing"] != parts:
        assert time.monotonic() < deadline, get(site, "/readyz").json()
        time.sleep(0.1)


def test_metrics_answer_while_the_store_is_away(tmp_path: Path) -> None:
    with widget_site(tmp_path) as site:
        get(site, "/metrics")
        site.store.close()
        for path in tmp_path.glob("log.sqlite*"):
            path.unlink()
        assert number(site, "ips_store_errors_total") >= 1


def test_the_privacy_page_is_served_with_what_was_set(site: WidgetSite) -> None:
    page = get(site, "/privacy")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Verantwoordelijk is: Linde." in page.text
    assert "30 dagen na je laatste bericht" in page.text
    assert get(site, "/static/privacy.css").status_code == 200
    assert '<html lang="nl">' in page.text
    assert page.text.count("<h1>") == 1


def test_security_txt_is_there_only_with_a_contact(site: WidgetSite, tmp_path: Path) -> None:
    told = get(site, "/.well-known/security.txt")
    assert told.headers["content-type"] == "text/plain; charset=utf-8"
    assert told.text.startswith("Contact: mailto:lek@linde.nl\n")
    with widget_site(tmp_path) as silent:
        assert get(silent, "/.well-known/security.txt").status_code == 404


def test_numbers_of_two_ports_are_apart() -> None:
    one, other = Metrics(), Metrics()
    one.happened(["plan_begun"])
    assert 'what="plan_begun"} 1.0' in one.text().decode()
    assert 'what="plan_begun"} 0.0' in other.text().decode()
