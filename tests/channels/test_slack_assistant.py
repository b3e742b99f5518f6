"""The recorded conversations, the check and the plan included, through Slack with the real assistant behind it."""

from __future__ import annotations

import html
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.store.conversations import conversation_of
from tests.channels.test_rendering import letters
from tests.conftest import RunningAssistant
from tests.fakes.slack import TEAM, SlackSite, slack_site, words

FILES = sorted((Path(__file__).parents[1] / "conversations").glob("*.yml"))


def ports(assistant: RunningAssistant) -> dict[str, str]:
    """Return the settings that put our Slack before the running assistant."""
    return {"IPS_RASA_PORT": str(assistant.ports["rasa"]), "IPS_ACTIONS_PORT": str(assistant.ports["actions"])}


@pytest.fixture
def user() -> str:
    """Return somebody whom the assistant does not know."""
    return f"U{uuid.uuid4().hex[:10].upper()}"


def turn(site: SlackSite, user: str, text: str) -> list[dict[str, Any]]:
    """Say something; return the messages that answer it, all delivered."""
    talk = conversation_of(f"slack:{TEAM}:im:{user}")
    before, seq = len(site.slack.messages), site.store.heads([talk]).get(talk, 0)
    assert site.direct(text, user=user, channel=f"D{user[1:]}").status_code == 200

    def answered() -> bool:
        replied = any(entry.last for entry in site.store.after(talk, seq))  # first: it is written before the rest
        place, head = site.places.find(talk), site.store.heads([talk]).get(talk, 0)
        return place is not None and replied and place.seq == head

    site.wait(answered, 60)
    return site.slack.messages[before:]


def as_read(messages: list[dict[str, Any]]) -> str:
    """Return what somebody reads, without markup."""
    seen = re.sub(r"<(?:https|mailto)[^|>]*\|([^>]*)>", r"\1", "\n".join(map(words, messages)))
    return html.unescape(seen).replace("\u200b", "").replace("*", "")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_conversation(file: Path, assistant: RunningAssistant, tmp_path: Path, user: str) -> None:
    with slack_site(tmp_path, rasa_up=False, **ports(assistant)) as site:
        for number, each in enumerate(yaml.safe_load(file.read_text(encoding="utf-8")), start=1):
            seen = as_read(turn(site, user, each["say"]))
            place = f"turn {number}, {each['say']!r}, refused {site.slack.refused}:\n{seen}"
            for pattern in each.get("holds", []):
                plain = pattern.replace(r"\*\*", "")
                assert re.search(plain, seen, re.IGNORECASE | re.DOTALL), f"no {pattern!r} after {place}"
            for pattern in each.get("lacks", []):
                assert not re.search(pattern, seen, re.IGNORECASE | re.DOTALL), f"{pattern!r} after {place}"
        assert site.slack.refused == []


SAID = [
    "hallo",
    "Wat is IPS?",
    "Wie betaalt een IPS-traject?",
    "ips ggz lukt dat",
    "Ga na of wij IPS mogen doen",
    "Wij zijn een ribw, wij halen alle acht criteria",
    "we willen het uitbesteden aan een ggz-instelling in de buurt die zelf alle criteria haalt",
    "wat raad je aan?",
    "maak een implementatieplan",
    "Anna Jansen",
    "maak het document",
]


def test_slack_says_all_that_rest_says(assistant: RunningAssistant, tmp_path: Path, sender: str, user: str) -> None:
    """Turn by turn the same as over REST: each text, button, source, step and document."""
    kinds = set()
    with slack_site(tmp_path, rasa_up=False, **ports(assistant)) as site:
        for text in SAID:
            replies, messages = assistant.say(text, sender), turn(site, user, text)
            seen = letters(as_read(messages))
            elements = [e for m in messages for b in m["blocks"] if b["type"] == "actions" for e in b["elements"]]
            for reply in replies:
                custom = reply.get("custom", {})
                kinds |= {name for name in ("buttons", *custom) if name in custom or name in reply}
                body = "\n".join(re.sub(r"^\s*- ", "", line) for line in reply.get("text", "").split("\n"))
                body = re.sub(r"[A-Z0-9]{4}(?:-[A-Z0-9]{4})+", "", body)  # a plan's code is another for each
                for line in body.split("\n"):
                    assert letters(line) in seen, f"{line!r} is not in what Slack got after {text!r}"
                for button in reply.get("buttons", ()):
                    assert button["payload"] in [each.get("value") for each in elements]
                for source in custom.get("sources", ()):
                    assert letters(source["section"]) in seen
                if "progress" in custom:
                    assert letters(custom["progress"]["label"]) in seen
                if "download" in custom:
                    assert len([each for each in elements if "url" in each]) == len(custom["download"]["formats"])
        assert site.slack.refused == []
    assert {"buttons", "sources", "progress", "download"} <= kinds
