"""Conversations through Slack, against a strict Slack on loopback; tests/fakes/slack.py names the payloads' pages."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.errors import StoreError
from bot.settings import Settings
from bot.web.app import PublicPort, create_app
from tests.fakes.knowledge import FACTS, SAFETY, SOURCES, advise
from tests.fakes.rasa import FakeRasa
from tests.fakes.serving import serving
from tests.fakes.site import now
from tests.fakes.slack import BOT, CHANNEL, IM, USER, FakeSlack, SlackSite, slack_site, words
from tests.fakes.store import MemoryDossierStore

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[SlackSite]:
    with slack_site(tmp_path) as site:
        yield site


def settled(site: SlackSite) -> None:
    """Give what should not come the time to come."""
    time.sleep(0.4)


# --- in and out


def test_slack_asks_whether_the_address_is_ours(site: SlackSite) -> None:
    """After docs.slack.dev/reference/events/url_verification."""
    body = b'{"token":"Jhj5dZrVaK7ZwHHjRyZWjbDl","challenge":"3eZbrw1aBm2rZgRNFdxV","type":"url_verification"}'
    assert site.post(body).json() == {"challenge": "3eZbrw1aBm2rZgRNFdxV"}


def test_a_question_is_answered_with_its_source(site: SlackSite) -> None:
    assert site.direct("Wat is IPS?").status_code == 200
    first, second = site.until(2)
    assert first["channel"] == second["channel"] == IM
    assert "thread_ts" not in first
    assert words(second).startswith("*IPS* is hulp bij werk.\n\n• een gewone baan\n• steun erbij")
    assert "Bronnen: Handreiking, Toelichting op de criteria | Praktijkscenario's, scenario 1" in words(second)
    assert second["blocks"][-1]["type"] == "context"


def test_json_with_a_charset_is_json(site: SlackSite) -> None:
    event = {"type": "message", "channel": IM, "channel_type": "im", "text": "hallo"}
    body = json.dumps(site.envelope(event)).encode()
    assert site.post(body, "application/json; charset=utf-8").status_code == 200
    site.until(1)


def test_buttons_say_their_payload_and_go_away(site: SlackSite) -> None:
    site.direct("Ga na of wij IPS mogen doen")
    (question,) = site.until(1)
    assert question["blocks"][0]["elements"][0]["text"] == "Criterium 1 van 8"
    assert site.press(question, "Weet ik niet").status_code == 200
    site.until(2)
    site.wait(lambda: any(method == "chat.update" for method, _ in site.slack.posted))
    assert site.heard[-1] == "weet ik niet"
    changed = next(body for method, body in site.slack.posted if method == "chat.update")
    assert (changed["channel"], changed["ts"]) == (IM, "1548261231.000200")
    assert words(changed) == "Kunnen jullie cliënten minstens een jaar zorg krijgen?\nGekozen: Weet ik niet"


def test_a_button_pressed_twice_says_it_once(site: SlackSite) -> None:
    site.direct("Ga na of wij IPS mogen doen")
    (question,) = site.until(1)
    for title in ("Ja", "Ja", "Weet ik niet"):
        site.press(question, title)
    site.until(3)
    settled(site)
    assert site.heard == ["Ga na of wij IPS mogen doen", "ja"]


def test_a_button_of_a_question_that_is_over_says_nothing(site: SlackSite) -> None:
    site.direct("Ga na of wij IPS mogen doen")
    (question,) = site.until(1)
    site.direct("ja")
    site.until(3)
    site.press(question, "Ja")
    site.wait(lambda: any(method == "chat.update" for method, _ in site.slack.posted))
    assert "al voorbij" in words(site.slack.posted[-1][1])
    assert site.heard == ["Ga na of wij IPS mogen doen", "ja"]


def test_the_plan_comes_as_links(site: SlackSite) -> None:
    site.direct("maak het plan")
    (message,) = site.until(1)
    buttons = message["blocks"][-1]["elements"]
    assert [button["text"]["text"] for button in buttons] == ["Implementatieplan (DOCX)", "Implementatieplan (PDF)"]
    assert buttons[0]["url"] == "https://ips.voorbeeld.nl/plan/abc.docx"
    site.press({**message, "blocks": message["blocks"]}, "Implementatieplan (PDF)")  # Slack tells of it as well
    settled(site)
    assert site.heard == ["maak het plan"]


def test_the_command_is_answered_in_private(site: SlackSite) -> None:
    answer = site.command("Wat is IPS?", "13345224609.738474920.8088930838d88f008e0")
    assert answer.json()["response_type"] == "ephemeral"
    site.command("Wat is IPS?", "13345224609.738474920.8088930838d88f008e0")
    messages = site.until(2)
    assert {message["channel"] for message in messages} == {USER}
    site.command("")
    site.wait(lambda: site.heard == ["Wat is IPS?", "hallo"])
    site.direct("ja")
    site.wait(lambda: len(site.rasa.heard) == 3)
    assert len({sender for sender, _ in site.rasa.heard}) == 1


def test_what_slack_marks_up_reaches_the_assistant_as_it_was_typed(site: SlackSite) -> None:
    """After docs.slack.dev/messaging/formatting-message-text, "Retrieving messages"."""
    raw = (
        "<@U0LAN0Z89> mail <mailto:ips@kcphrenos.nl|ips@kcphrenos.nl> &amp; zie "
        "<https://www.kcphrenos.nl/a?b=1&amp;c=2> of <http://voorbeeld.nl|voorbeeld.nl>, vraag <@U999|bob> in "
        "<#C1|ips> &lt;3 <!here> <!subteam^S1|@team>"
    )
    site.direct(raw)
    site.wait(lambda: bool(site.heard))
    assert site.heard == [
        "mail ips@kcphrenos.nl & zie https://www.kcphrenos.nl/a?b=1&c=2 of voorbeeld.nl, vraag @bob in #ips <3  @team"
    ]


def test_personal_data_is_hidden_and_the_way_out_is_told(site: SlackSite) -> None:
    site.direct("bsn 123456782 en <mailto:jan@voorbeeld.nl|jan@voorbeeld.nl>")
    first, _ = site.until(2)
    assert "In Slack zelf staat je bericht er nog" in words(first)
    assert "123456782" not in site.heard[0]
    assert "jan@" not in site.heard[0]


def test_danger_is_answered_though_rasa_is_down(tmp_path: Path) -> None:
    with slack_site(tmp_path, rasa_up=False, IPS_RATE_PER_MINUTE="1") as site:
        for number in range(3):
            site.direct("ik wil dood " + "x" * 3000 * number)
        assert sum("113" in words(message) for message in site.until(6)) == 3


def test_danger_is_answered_though_the_store_is_down(site: SlackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise StoreError("down")

    monkeypatch.setattr(site.store, "find", down)
    started = time.monotonic()
    assert site.direct("ik wil dood").status_code == 200
    assert time.monotonic() - started < 3
    assert "113" in words(site.until(2)[0])


def test_a_store_that_comes_back_loses_nothing(site: SlackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    real, left = site.store.find, [3]

    def flaky(token: str) -> str | None:
        if left[0]:
            left[0] -= 1
            raise StoreError("down")
        return real(token)

    monkeypatch.setattr(site.store, "find", flaky)
    assert site.direct("hallo").status_code == 200
    assert words(site.until(1)[0]) == "Je zei: hallo"


def test_too_much_is_refused_in_words(tmp_path: Path) -> None:
    with slack_site(tmp_path, IPS_RATE_PER_MINUTE="2") as site:
        site.direct("x" * 9000)
        assert "te lang" in words(site.until(1)[0])
        for _ in range(8):
            site.direct("nog een")
        site.wait(lambda: any("achter elkaar" in words(each) for each in site.slack.messages))
        settled(site)
        assert len(site.heard) <= 2


# --- who talks with whom


def test_a_mention_begins_a_thread_that_everybody_shares(site: SlackSite) -> None:
    site.mention("Ga na of wij IPS mogen doen")
    (question,) = site.until(1)
    root = site.ts()
    assert (question["channel"], question["thread_ts"]) == (CHANNEL, root)
    site.in_channel("ja", thread_ts=root, user="U2OTHER")
    site.until(3)
    site.press(site.slack.messages[0], "Ja")
    settled(site)
    assert [message for _, message in site.rasa.heard] == ["Ga na of wij IPS mogen doen", "ja"]
    assert len({sender for sender, _ in site.rasa.heard}) == 1


def test_people_in_one_channel_share_no_dossier(site: SlackSite) -> None:
    site.mention("een")
    site.mention("twee", user="U2OTHER")
    site.direct("drie")
    site.direct("vier", user="U2OTHER", channel="D2OTHER")
    site.wait(lambda: len(site.rasa.heard) == 4)
    assert len({sender for sender, _ in site.rasa.heard}) == 4


def test_in_a_thread_of_others_each_has_a_dossier_of_their_own(site: SlackSite) -> None:
    root = "1515440000.000001"
    site.mention("Ga na of wij IPS mogen doen", thread_ts=root)
    (question,) = site.until(1)
    site.mention("hallo", thread_ts=root, user="U2OTHER")
    site.until(2)
    assert {message["thread_ts"] for message in site.slack.messages} == {root}
    assert len({sender for sender, _ in site.rasa.heard}) == 2
    site.press(question, "Ja", user="U2OTHER")
    site.wait(lambda: any(method == "chat.postEphemeral" for method, _ in site.slack.posted))
    site.in_channel("ik denk van niet", thread_ts=root)
    settled(site)
    assert "ja" not in site.heard
    site.press(question, "Ja")
    site.wait(lambda: site.heard[-1] == "ja")


IGNORED: dict[str, dict[str, Any]] = {
    "our own": {"user": BOT},
    "a bot's": {"bot_id": "B19LU7CSY"},
    "bot_message": {"subtype": "bot_message", "bot_id": "B19LU7CSY"},
    "an edit": {"subtype": "message_changed", "hidden": True, "message": {"text": "x"}},
    "an edited text": {"edited": {"user": USER, "ts": "1.2"}},
    "a deletion": {"subtype": "message_deleted", "hidden": True},
    "a join": {"subtype": "channel_join", "text": f"<@{USER}> has joined the channel"},
    "a topic": {"subtype": "channel_topic"},
    "no text": {"text": ""},
    "only a mention": {"text": f"<@{BOT}>"},
    "no user": {"user": ""},
    "Slackbot": {"user": "USLACKBOT"},
    "a number for a text": {"text": 7},
}


@pytest.mark.parametrize("change", IGNORED.values(), ids=IGNORED)
def test_what_nobody_said_is_ignored(site: SlackSite, change: dict[str, Any]) -> None:
    assert site.direct("x", **change).status_code == 200 if "text" not in change else True
    if "text" in change:
        event = {"type": "message", "channel": IM, "channel_type": "im", **change}
        assert site.event(event).status_code == 200
    settled(site)
    assert site.heard == []


def test_talk_in_a_channel_is_not_ours(site: SlackSite) -> None:
    site.in_channel("Wat is IPS?")
    site.in_channel("Wat is IPS?", thread_ts="1515449000.000001")
    site.mention("hallo")
    root = site.ts()
    site.until(1)
    site.in_channel("<@U777> wat denk jij?", thread_ts=root)
    settled(site)
    assert site.heard == ["hallo"]


ODD: dict[str, bytes] = {
    "no event": b'{"type":"event_callback","team_id":"T1"}',
    "another type": b'{"type":"app_rate_limited","team_id":"T1","minute_rate_limited":1518467820}',
    "a list for an event": b'{"type":"event_callback","team_id":"T1","event":[]}',
    "authorizations of nothing": b'{"type":"event_callback","authorizations":[7,null],"event":{"type":"x"}}',
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_odd_events_are_acknowledged(site: SlackSite, body: bytes) -> None:
    assert site.post(body).status_code == 200


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "view_submission"},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [7]},
    ],
)
def test_odd_payloads_are_acknowledged(site: SlackSite, payload: dict[str, Any]) -> None:
    from urllib.parse import urlencode

    assert site.post(urlencode({"payload": json.dumps(payload)}).encode(), FORM).status_code == 200


def test_a_button_can_name_no_other_conversation(site: SlackSite) -> None:
    site.direct("Ga na of wij IPS mogen doen")
    (question,) = site.until(1)
    site.press(question, "Ja", user="U2OTHER")
    site.wait(lambda: any(method == "chat.postEphemeral" for method, _ in site.slack.posted))
    settled(site)
    assert site.heard == ["Ga na of wij IPS mogen doen"]


# --- once, in time, whatever happens


def test_an_event_that_comes_again_is_answered_once(site: SlackSite) -> None:
    event = {"type": "message", "channel": IM, "channel_type": "im", "text": "hallo"}
    body = json.dumps(site.envelope(event)).encode()
    for number in range(4):
        retry = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_error"} if number else {}
        assert site.post(body, **retry).status_code == 200
    site.until(1)
    settled(site)
    assert site.heard == ["hallo"]
    assert len(site.slack.messages) == 1


def test_a_retry_after_a_restart_is_answered_once(tmp_path: Path) -> None:
    slack, event = FakeSlack(), {"type": "message", "channel": IM, "channel_type": "im", "text": "hallo"}
    heard = []
    with slack_site(tmp_path, slack) as site:
        body = json.dumps(site.envelope(event)).encode()
        site.post(body)
        site.until(1)
        heard += site.heard
    with slack_site(tmp_path, slack) as site:
        site.post(body, **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"})
        settled(site)
        heard += site.heard
    assert heard == ["hallo"]
    assert len(slack.messages) == 1


def test_a_mention_that_comes_as_two_events_is_answered_once(site: SlackSite) -> None:
    same = {"ts": "1515449522.000016", "event_ts": "1515449522.000016"}
    site.in_channel(f"<@{BOT}> hallo", **same)
    site.mention("hallo", **same)
    site.in_channel(f"<@{BOT}> hallo", **same)
    site.until(1)
    settled(site)
    assert site.heard == ["hallo"]


def test_slack_hears_in_time_though_the_answer_takes_long(site: SlackSite) -> None:
    site.rasa.delay = 4.0
    started = time.monotonic()
    for number in range(5):
        assert site.direct(f"vraag {number}").status_code == 200
    assert time.monotonic() - started < 3.0
    site.until(1, 15)


FAULTS: dict[str, Any] = {
    "500": lambda: PlainTextResponse("oops", 500),
    "503": lambda: Response(status_code=503),
    "no JSON": lambda: PlainTextResponse("<html>"),
    "internal_error": lambda: JSONResponse({"ok": False, "error": "internal_error"}),
    "a list": lambda: JSONResponse([]),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_reply_waits_until_slack_is_well(site: SlackSite, fault: Any) -> None:
    site.slack.faults = [fault, fault]
    site.direct("hallo")
    assert words(site.until(1)[0]) == "Je zei: hallo"
    settled(site)
    assert len(site.slack.messages) == 1


def test_too_fast_waits_as_long_as_slack_says(site: SlackSite) -> None:
    site.slack.faults = [lambda: JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "2"})]
    site.direct("hallo")
    site.until(1)
    first, second = site.slack.calls
    assert second - first >= 2.0


def test_a_slack_of_one_message_a_second_gets_all_in_order(site: SlackSite) -> None:
    site.slack.seconds_between = 1.0
    for number in range(4):
        site.direct(f"bericht {number}")
    assert [words(each) for each in site.until(4, 20)] == [f"Je zei: bericht {number}" for number in range(4)]


def test_a_reply_outlives_a_restart_of_ours_while_slack_is_down(tmp_path: Path) -> None:
    slack = FakeSlack()
    slack.faults = [FAULTS["500"]] * 50
    with slack_site(tmp_path, slack) as site:
        site.direct("Wat is IPS?")
        site.wait(lambda: bool(slack.calls) and bool(site.heard))
    slack.faults = []
    with slack_site(tmp_path, slack) as site:
        first, second = site.until(2)
        assert words(first) == "Ik ben een chatbot."
        assert "Bronnen: Handreiking" in words(second)
        assert site.heard == []


def test_a_token_that_is_mended_lets_the_reply_through(site: SlackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.slack_api.MEND_SECONDS", 0.2)
    site.slack.faults = [lambda: JSONResponse({"ok": False, "error": "token_revoked"})] * 3
    site.direct("hallo")
    site.until(1)


def test_what_slack_never_takes_holds_up_nothing(site: SlackSite) -> None:
    site.slack.faults = [lambda: JSONResponse({"ok": False, "error": "is_archived"})]
    site.direct("een")
    site.direct("twee")
    assert words(site.until(1)[0]) == "Je zei: twee"


def test_blocks_that_slack_refuses_go_as_text(site: SlackSite) -> None:
    site.slack.faults = [lambda: JSONResponse({"ok": False, "error": "invalid_blocks"})]
    site.direct("Ga na of wij IPS mogen doen")
    (message,) = site.until(1)
    assert "blocks" not in message
    assert "Kunnen jullie cliënten" in message["text"]
    assert "• Weet ik niet" in message["text"]


def test_what_a_colleague_writes_comes_too(site: SlackSite) -> None:
    from bot.model import Entry
    from bot.store.conversations import conversation_of
    from tests.fakes.slack import TEAM

    site.direct("hallo")
    site.until(1)
    site.store.append(conversation_of(f"slack:{TEAM}:im:{USER}"), Entry("person", "Ik bel je morgen."))
    assert words(site.until(2)[1]) == "*Medewerker:* Ik bel je morgen."


def test_logs_hold_no_messages(site: SlackSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    site.slack.faults = [FAULTS["500"]]
    site.direct("een geheim bericht")
    site.until(1)
    assert "geheim" not in caplog.text


# --- off


def test_without_secrets_slack_is_off_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    from bot.web.app import slack_port

    caplog.set_level(logging.INFO)
    for environ in ({}, {"IPS_SLACK_SIGNING_SECRET": "x"}, {"IPS_SLACK_BOT_TOKEN": "x"}):
        caplog.clear()
        settings = Settings.from_environment(environ)
        assert slack_port(None, None, settings, None, None, now) is None  # type: ignore[arg-type]
        assert caplog.text.count("Slack staat uit") == 1


def test_a_port_without_slack_has_no_such_address() -> None:
    settings, store = Settings.from_environment({}), MemoryDossierStore(now)
    public = PublicPort(settings, advise=advise, facts=FACTS, sources=SOURCES, store=store, safety=SAFETY)
    import httpx

    with serving(create_app(public)) as address, serving(FakeRasa().app):
        assert httpx.post(f"{address}/webhooks/slack/webhook", content=b"{}", trust_env=False).status_code == 404
