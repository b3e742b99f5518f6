"""Teams over real sockets: whole conversations, and Teams when it is slow, full or down."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.model import Entry
from bot.settings import Settings
from bot.web.app import teams_port
from tests.fakes.knowledge import SAFETY
from tests.fakes.serving import free_port
from tests.fakes.teams import BOT, TENANT, actions_of, texts_of
from tests.fakes.teams_site import TeamsSite, teams_site, wait_for

DOWNLOAD = {
    "title": "Implementatieplan",
    "formats": [
        {"format": "docx", "url": "/api/v1/plan/document/abc.docx"},
        {"format": "pdf", "url": "/api/v1/plan/document/abc.pdf"},
    ],
}


@pytest.fixture
def site() -> Iterator[TeamsSite]:
    with teams_site() as opened:
        yield opened


def interview(sender: str, message: str) -> list[dict[str, Any]]:
    """Answer as a tiny interview that ends with a plan."""
    told = {
        "doe de check": {
            "text": "Wat voor **organisatie** zijn jullie?",
            "buttons": [{"title": "Ggz", "payload": "ggz"}, {"title": "Gemeente", "payload": "gemeente"}],
            "custom": {"progress": {"done": 1, "total": 3, "label": "Stap 1 van 3"}},
        },
        "gemeente": {
            "text": "Dan kan het zo.\n\nBron: Handreiking, criterium 6",
            "custom": {"sources": [{"id": "handreiking", "title": "Handreiking", "section": "criterium 6"}]},
        },
        "plan klaar": {"text": "Je plan staat klaar.", "custom": {"download": DOWNLOAD}},
    }
    return [{"recipient_id": sender, **told.get(message, {"text": f"echo: {message}"})}]


def test_a_whole_conversation(site: TeamsSite) -> None:
    site.rasa.answer = interview
    assert site.post(site.teams.message("doe de check", 1)).status_code == 202
    (question,) = site.hears(1)
    assert "organisatie" in texts_of(question)
    assert "Stap 1 van 3" in texts_of(question)
    button = actions_of(question)[1]
    assert button["data"]["msteams"]["displayText"] == "Gemeente"
    value = {key: value for key, value in button["data"].items() if key != "msteams"}
    assert site.post(site.teams.pressed("Gemeente", value, 2)).status_code == 202
    answer = site.hears(2)[1]
    assert "Bron: Handreiking, criterium 6" in texts_of(answer)
    site.post(site.teams.message("plan klaar", 3))
    links = actions_of(site.hears(3)[2])
    assert [link["url"] for link in links] == [
        "https://ips.voorbeeld.nl/api/v1/plan/document/abc.docx",
        "https://ips.voorbeeld.nl/api/v1/plan/document/abc.pdf",
    ]
    assert [message for _, message in site.rasa.heard] == ["doe de check", "gemeente", "plan klaar"]
    assert len({sender for sender, _ in site.rasa.heard}) == 1
    assert site.teams.refused == []


def test_an_answer_goes_to_its_own_message_and_person(site: TeamsSite) -> None:
    site.post(site.teams.message("hoi", 7))
    site.hears(1)
    path, activity = site.teams.sent[0]
    assert path == "/emea/v3/conversations/a%3Apersonal-29%3Aanna/activities/1700000000007"
    assert activity["replyToId"] == "1700000000007"
    assert activity["recipient"] == {"id": "29:anna"}
    assert activity["from"] == {"id": BOT}


def test_the_sender_is_one_that_the_rest_channel_refuses(site: TeamsSite) -> None:
    site.post(site.teams.message("hoi"))
    site.hears(1)
    sender = site.rasa.heard[0][0]
    assert site.http.post("/webhooks/rest/webhook", json={"sender": sender, "message": "x"}).status_code == 400
    assert "anna" not in sender
    assert TENANT not in sender


def test_in_a_channel_only_a_mention_counts_and_it_is_stripped(site: TeamsSite) -> None:
    assert site.post(site.teams.in_channel("praten jullie even bij?", 1, mention=False)).status_code == 202
    assert site.post(site.teams.in_channel("<at>IPS-wijzer</at>&nbsp; wat is IPS?", 2)).status_code == 202
    site.hears(1)
    assert [message for _, message in site.rasa.heard] == ["wat is IPS?"]
    path = site.teams.sent[0][0]
    assert "messageid%3D1700000000000" in path


def test_in_a_thread_of_its_own_no_mention_is_needed(site: TeamsSite) -> None:
    site.post(site.teams.in_channel("<at>IPS-wijzer</at> wat is IPS?", 1))
    site.hears(1)
    site.settled()
    site.post(site.teams.in_channel("en wie doet dat?", 2, mention=False))
    site.hears(2)
    assert [message for _, message in site.rasa.heard] == ["wat is IPS?", "en wie doet dat?"]


def test_two_people_in_a_channel_have_two_dossiers(site: TeamsSite) -> None:
    site.post(site.teams.in_channel("<at>IPS-wijzer</at> een", 1, "29:anna"))
    site.post(site.teams.in_channel("<at>IPS-wijzer</at> twee", 2, "29:bas"))
    site.post(site.teams.message("drie", 3, "29:anna"))
    site.hears(3)
    assert len({sender for sender, _ in site.rasa.heard}) == 3


def test_the_name_of_another_person_stays_in_the_text(site: TeamsSite) -> None:
    site.post(site.teams.in_channel("<at>IPS-wijzer</at> wat vindt <at>Bas</at>?", 1))
    site.hears(1)
    assert site.rasa.heard[0][1] == "wat vindt Bas?"


def test_a_group_chat_needs_a_mention_each_time(site: TeamsSite) -> None:
    conversation = {"isGroup": True, "conversationType": "groupChat", "tenantId": TENANT, "id": "19:groep@thread.v2"}
    mentioned = {**site.teams.in_channel("<at>IPS-wijzer</at> hoi", 1), "conversation": conversation}
    site.post(mentioned)
    site.hears(1)
    site.settled()
    site.post({**site.teams.in_channel("zonder", 2, mention=False), "conversation": conversation})
    site.settled()
    assert [message for _, message in site.rasa.heard] == ["hoi"]


def test_a_bare_mention_says_hello_and_a_picture_gets_a_sentence(site: TeamsSite) -> None:
    site.post(site.teams.in_channel("<at>IPS-wijzer</at>", 1))
    site.hears(1)
    site.post(site.teams.message(None, 2, attachments=[{"contentType": "image/png", "contentUrl": "https://x.nl"}]))
    assert "alleen tekst" in texts_of(site.hears(2)[1])
    assert [message for _, message in site.rasa.heard] == ["hallo"]


def test_it_greets_once_when_it_arrives(site: TeamsSite) -> None:
    arrival = site.teams.message(None, 1, type="conversationUpdate", membersAdded=[{"id": BOT}, {"id": "29:anna"}])
    other = site.teams.message(None, 2, type="conversationUpdate", membersAdded=[{"id": "29:bas"}])
    for activity in (arrival, arrival, {**arrival, "id": "1700000000099"}, other):
        assert site.post(activity).status_code in (200, 202)
    site.hears(1)
    site.settled()
    assert [message for _, message in site.rasa.heard] == ["hallo"]
    assert "replyToId" not in site.teams.sent[0][1]


def test_the_same_activity_is_answered_once(site: TeamsSite) -> None:
    for _ in range(5):
        assert site.post(site.teams.message("hoi", 1)).status_code == 202
    site.hears(1)
    site.settled()
    assert len(site.teams.sent) == 1


@pytest.mark.parametrize(
    "value", [{"ips": "ggz"}, '{"ips": "ggz"}', {"ips": "ggz", "extra": "x"}], ids=["object", "text", "more"]
)
def test_a_button_without_text_says_its_payload(site: TeamsSite, value: Any) -> None:
    site.post(site.teams.message(None, 1, value=value))
    site.hears(1)
    assert site.rasa.heard[0][1] == "ggz"


def test_a_button_needs_no_mention_in_a_channel(site: TeamsSite) -> None:
    site.post({**site.teams.in_channel("ggz", 1, mention=False), "value": {"ips": "ggz"}})
    site.hears(1)
    assert site.rasa.heard[0][1] == "ggz"


def test_an_execute_of_a_card_is_answered_and_another_invoke_is_not_known(site: TeamsSite) -> None:
    action = {"action": {"type": "Action.Execute", "data": {"ips": "ggz"}}, "trigger": "manual"}
    executed = site.post(site.teams.message(None, 1, type="invoke", name="adaptiveCard/action", value=action))
    assert executed.json()["statusCode"] == 200
    site.hears(1)
    assert site.rasa.heard[0][1] == "ggz"
    assert site.post(site.teams.message(None, 2, type="invoke", name="composeExtension/query")).status_code == 501


@pytest.mark.parametrize("kind", ["typing", "messageReaction", "installationUpdate", "endOfConversation", "nieuw"])
def test_other_activities_are_taken_and_not_answered(site: TeamsSite, kind: str) -> None:
    assert site.post(site.teams.message("x", 1, type=kind)).status_code == 200
    assert site.rasa.heard == []


def test_danger_gets_the_safety_reply(site: TeamsSite) -> None:
    site.post(site.teams.message("ik wil dood", 2))
    assert texts_of(site.hears(1)[0]) == SAFETY.text.replace("**", "")
    assert site.rasa.heard == []


def test_personal_data_is_masked_before_rasa(site: TeamsSite) -> None:
    site.post(site.teams.message("mijn bsn is 123456782", 1))
    site.hears(2)
    assert "123456782" not in site.rasa.heard[0][1]


def test_a_message_that_is_too_long_gets_a_sentence(site: TeamsSite) -> None:
    site.post(site.teams.message("woord " * 2000, 1))
    assert "te lang" in texts_of(site.hears(1)[0])
    assert site.rasa.heard == []


def test_a_person_who_asks_too_often_is_told_so() -> None:
    with teams_site(IPS_RATE_PER_MINUTE="2") as site:
        for number in range(1, 4):
            site.post(site.teams.message(f"vraag {number}", number))
        assert any("veel berichten" in texts_of(each) for each in site.hears(3))
        site.post(site.teams.message("hoi", 4, "29:bas"))
        assert "echo" in texts_of(site.hears(4)[3])


def test_the_answer_to_teams_does_not_wait_for_rasa(site: TeamsSite) -> None:
    site.rasa.delay = 2.0
    response = site.post(site.teams.message("hoi", 1))
    assert response.elapsed.total_seconds() < 1
    assert len(site.hears(1)) == 1


def test_messages_of_one_person_are_answered_in_order(site: TeamsSite) -> None:
    site.teams.statuses = [503, 429, 500]
    for number in range(1, 6):
        site.post(site.teams.message(f"vraag {number}", number))
    assert [texts_of(each) for each in site.hears(5)] == [f"echo: vraag {number}" for number in range(1, 6)]


@pytest.mark.parametrize("status", [408, 412, 429, 500, 502, 503, 504])
def test_what_teams_cannot_take_now_is_sent_again(site: TeamsSite, status: int) -> None:
    site.teams.statuses = [status, status]
    site.post(site.teams.message("hoi", 1))
    assert "echo: hoi" in texts_of(site.hears(1)[0])
    assert len(site.rasa.heard) == 1


def test_it_waits_as_long_as_teams_asks(site: TeamsSite) -> None:
    site.teams.statuses, site.teams.retry_after = [429], "1"
    site.post(site.teams.message("hoi", 1))
    with pytest.raises(AssertionError):
        site.hears(1, seconds=0.8)
    site.hears(1)


@pytest.mark.parametrize("status", [403, 404, 501])
def test_what_teams_never_takes_is_given_up_and_the_next_goes_on(
    site: TeamsSite, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    site.teams.statuses = [status]
    site.post(site.teams.message("geheime vraag", 1))
    wait_for(lambda: "can't be delivered" in caplog.text)
    assert site.teams.sent == []
    assert "geheime vraag" not in caplog.text
    site.post(site.teams.message("hoi", 2))
    site.hears(1)


def test_an_answer_outlives_an_outage_of_teams_and_a_stop_of_ours(tmp_path: Path) -> None:
    with teams_site(tmp_path) as site:
        site.teams.statuses = [503] * 100
        site.post(site.teams.message("hoi", 1))
        wait_for(lambda: len(site.teams.refused) >= 2)
        assert len(site.rasa.heard) == 1
    site.teams.statuses = []
    with teams_site(tmp_path, site.teams) as later:
        assert "echo: hoi" in texts_of(later.hears(1)[0])
        later.post(later.teams.message("hoi", 1))  # Teams didn't hear our 202 and sends it again
        later.settled()
        assert len(later.teams.sent) == 1
        assert later.rasa.heard == []


def test_a_colleague_or_a_plan_can_speak_first(site: TeamsSite) -> None:
    site.post(site.teams.message("hoi", 1))
    site.hears(1)
    site.settled()
    (conversation,) = site.port._ours
    site.widget.feed.publish(conversation, Entry("person", "Hier Sanne van de helpdesk."))
    assert "Hier Sanne van de helpdesk." in texts_of(site.hears(2)[1])


def test_a_long_answer_is_sent_in_parts_once_each(site: TeamsSite) -> None:
    text = "\n\n".join(f"Alinea {number}. " + "woord " * 300 for number in range(12))
    site.rasa.answer = lambda sender, _message: [{"recipient_id": sender, "text": text}]
    site.teams.statuses = [201, 503]
    site.post(site.teams.message("hoi", 1))
    site.settled()
    site.settled()
    wait_for(lambda: "Alinea 11." in texts_of(site.teams.sent[-1][1]))
    shown = "\n".join(texts_of(activity) for _, activity in site.teams.sent)
    assert shown.split() == text.split()
    assert len(site.teams.sent) > 1


def test_a_card_that_is_refused_goes_as_text(site: TeamsSite) -> None:
    site.rasa.answer = interview
    site.teams.refuse_cards = True
    site.post(site.teams.message("doe de check", 1))
    (answer,) = site.hears(1)
    assert "attachments" not in answer
    for word in ("organisatie", "Stap 1 van 3", "Ggz", "Gemeente"):
        assert word in answer["text"]


def test_our_token_is_fetched_once_and_renewed_before_it_expires(site: TeamsSite) -> None:
    for number in (1, 2):
        site.post(site.teams.message("hoi", number))
        site.hears(number)
        site.settled()
    assert site.teams.token_fetches == 1
    site.shift[0] = 3600 - 200
    site.post(site.teams.message("hoi", 3))
    site.hears(3)
    assert site.teams.token_fetches == 2


def test_a_token_that_teams_revoked_is_fetched_anew(site: TeamsSite) -> None:
    site.post(site.teams.message("hoi", 1))
    site.hears(1)
    site.teams.valid_tokens.clear()
    site.post(site.teams.message("hoi", 2))
    site.hears(2)
    assert site.teams.token_fetches == 2


def test_a_token_server_that_is_down_for_a_while(site: TeamsSite) -> None:
    site.teams.token_status = 503
    site.post(site.teams.message("hoi", 1))
    while not site.teams.token_fetches:
        pass
    site.teams.token_status = 200
    site.hears(1)


def test_a_wrong_secret_is_tried_once_and_logged_without_it(caplog: pytest.LogCaptureFixture) -> None:
    with teams_site(IPS_TEAMS_APP_PASSWORD="fout-geheim") as site:
        site.post(site.teams.message("hoi", 1))
        site.settled()
        assert site.teams.token_fetches == 1
    assert "invalid_client" in caplog.text
    assert "fout-geheim" not in caplog.text


def test_a_redirect_is_not_followed(site: TeamsSite) -> None:
    site.teams.redirect_to = f"http://127.0.0.1:{free_port()}/elders"
    site.post(site.teams.message("hoi", 1))
    site.settled()
    assert [status for status, _ in site.teams.refused] == [307]


def test_without_settings_teams_is_off_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    nothing: Any = None
    assert teams_port(nothing, nothing, Settings.from_environment({}), nothing, nothing, nothing) is None
    assert "Teams staat uit: IPS_TEAMS_APP_ID, IPS_TEAMS_APP_PASSWORD, IPS_TEAMS_TENANTS niet gezet." in caplog.text


def test_a_connector_that_is_gone_does_not_stop_the_port(site: TeamsSite) -> None:
    site.port.connector._services = ("http://127.0.0.1:9",)
    assert site.post(site.teams.message("hoi", 1)).status_code == 202
    site.settled()
    assert httpx.get(f"{site.http.base_url}/healthz").status_code == 200
