"""What Teams shows: of no kind of reply a text, button, source or file is lost, bounds hold, and text stays text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.rendering import rendered
from bot.channels.teams import LARGEST_MESSAGE, Reference, addressed, as_text, draw, read, size
from tests.channels.test_rendering import BASE, KINDS, letters, said
from tests.fakes.teams import FakeTeams, actions_of, texts_of, wrong_with

WHERE = Reference("https://smba.trafficmanager.net/emea/", "a:1", "28:bot", "29:anna", "t", "17")


def drawn(reply: dict[str, Any], base: str = BASE) -> list[dict[str, Any]]:
    """Return what is sent for a reply, each found good by the connector."""
    messages = [addressed(message, WHERE) for message in draw(rendered(reply, base))]
    for message in messages:
        assert wrong_with(message) == ""
        assert size(message) <= LARGEST_MESSAGE + 600  # ids come on top
        assert wrong_with(addressed(as_text(message), WHERE)) == ""
    return messages


@pytest.mark.parametrize("reply", KINDS.values(), ids=KINDS)
def test_teams_loses_nothing_and_keeps_to_its_bounds(reply: dict[str, Any]) -> None:
    messages = drawn(reply)
    shown = "\n".join(texts_of(message) for message in messages)
    fallback = "\n".join(as_text(message)["text"] for message in messages)
    actions = [action for message in messages for action in actions_of(message)]
    custom = reply.get("custom", {})
    for text in (shown, fallback):
        assert letters(said(reply)) in letters(text)
        assert all(source["section"] in text for source in custom.get("sources", ()))
        assert custom.get("progress", {}).get("label", "") in text
        assert custom.get("download", {}).get("title", "") in text
    for button in reply.get("buttons", ()):
        (action,) = [each for each in actions if each["title"] == button["title"]]
        assert action["data"]["ips"] == action["data"]["msteams"]["text"] == button["payload"]
        assert button["title"] in fallback
    for each in custom.get("download", {}).get("formats", ()):
        assert f"{BASE}{each['url']}" in [action.get("url") for action in actions]
        assert f"{BASE}{each['url']}" in fallback


def test_without_a_public_address_the_document_is_named_and_has_no_link() -> None:
    (message,) = drawn(KINDS["a plan with its document"], "")
    assert actions_of(message) == []
    assert "Implementatieplan" in texts_of(message)
    assert "niet ingesteld" in texts_of(message)


@given(st.text(max_size=400))
def test_no_text_becomes_a_mention_markup_or_a_link(text: str) -> None:
    reply = {"text": f"Je zei: {text} <at>Iedereen</at> [klik](https://boef.nl)"}
    for message in drawn(reply):
        assert "entities" not in json.dumps(message)
        for element in message["attachments"][0]["content"]["body"]:
            assert element["type"] == "RichTextBlock"  # its runs know no markup
            assert all("boef" not in json.dumps(run.get("selectAction", "")) for run in element["inlines"])


def test_what_a_button_sends_is_read_back() -> None:
    teams = FakeTeams()
    teams.address = "https://smba.trafficmanager.net"
    for reply in KINDS.values():
        for message in drawn(reply):
            for action in actions_of(message):
                if action["type"] == "Action.Submit":
                    told = action["data"]["msteams"]
                    for value in (told["value"], json.loads(told["value"])):
                        incoming = read(teams.message(told["text"], value=value))
                        assert incoming is not None
                        assert incoming.text == action["data"]["ips"]


def test_a_reference_can_be_stored() -> None:
    assert Reference(**json.loads(json.dumps(WHERE.plain()))) == WHERE
