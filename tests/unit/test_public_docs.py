"""What the institute publishes about the assistant is true: terms, versions and notices are those of the product."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.knowledge.loader import load
from bot.model import Dossier, Message
from bot.service import Service
from bot.settings import Settings
from bot.web.notices import KEPT, privacy_page, security_txt
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.store import MemoryDossierStore

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PUBLISHED = ("gegevensbescherming.md", "toegankelijkheidsverklaring.md", "algoritmeregister.md", "ai-verordening.md")
DAYS = [each for each in Settings.declarations() if each.name.endswith("_DAYS") and each.default.isdigit()]
NOW = datetime(2026, 11, 22, 2, 30, tzinfo=timezone.utc)


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("days", DAYS, ids=lambda days: days.name)
def test_every_term_in_the_data_protection_note_is_the_setting_s(days: object) -> None:
    name, default = days.name, days.default  # type: ignore[attr-defined]
    told = re.findall(rf"(\d+) dagen[^|`\n]*\(`{name}`\)", read("gegevensbescherming.md"))
    assert told, f"{name} is missing"
    assert set(told) == {default}


@pytest.mark.parametrize("days", DAYS, ids=lambda days: days.name)
def test_every_term_on_the_privacy_page_is_the_setting_s(days: object) -> None:
    name = days.name  # type: ignore[attr-defined]
    assert name.removeprefix("IPS_").lower() in KEPT
    assert "<td>1234 dagen" in privacy_page(Settings.from_environment({name: "1234"}))


def test_the_terms_for_web_masters_are_the_settings() -> None:
    settings, text = Settings.from_environment({}), read("insluiten.md")
    assert re.findall(r"(\d+) dagen", text) == [str(settings.conversation_days), str(settings.plan_days)]


def test_the_privacy_page_is_whole_and_escaped() -> None:
    page = privacy_page(Settings.from_environment({"IPS_INSTITUTE": "A <b>&</b> $x", "IPS_PRIVACY_CONTACT": "fg@a.nl"}))
    assert "A &lt;b&gt;&amp;&lt;/b&gt; $x" in page
    assert '<a href="mailto:fg@a.nl">fg@a.nl</a>' in page
    assert not re.search(r"\$[a-z]", page.replace("$x", ""))
    assert "Er gaat niets naar andere bedrijven." in page
    assert "script" not in page


def test_the_privacy_page_names_the_channels_that_are_on() -> None:
    slack = {"IPS_SLACK_SIGNING_SECRET": "geheim", "IPS_SLACK_BOT_TOKEN": "geheim"}
    page = privacy_page(Settings.from_environment(slack))
    assert "servers van Slack" in page
    assert "Microsoft" not in page
    assert "niets naar andere" not in page
    assert "geheim" not in page


@pytest.mark.parametrize(
    ("environ", "lines"),
    [
        ({"IPS_SECURITY_CONTACT": "lek@a.nl"}, ["Contact: mailto:lek@a.nl", "Expires: 2027-05-21T00:00:00Z"]),
        (
            {"IPS_SECURITY_CONTACT": "https://a.nl/lek", "IPS_PUBLIC_URL": "https://ips.a.nl"},
            ["Contact: https://a.nl/lek", "Canonical: https://ips.a.nl/.well-known/security.txt"],
        ),
    ],
)
def test_security_txt(environ: dict[str, str], lines: list[str]) -> None:
    text = security_txt(Settings.from_environment(environ), NOW)
    assert set(lines) <= set(text.splitlines())
    expires = datetime.strptime(text.partition("Expires: ")[2][:20], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert 0 < (expires - NOW).days < 365


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_only_the_institute_knows_is_marked(name: str) -> None:
    assert read(name).count("INVULLEN") >= 1


def test_every_part_of_the_lock_that_is_judged_has_its_version_there() -> None:
    locked = dict(re.findall(r"^([\w.\-]+)==(\S+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M))
    judged = re.findall(r"^\| `([\w.\-]+)` (\S+) \|", read("afhankelijkheden.md"), re.M)
    assert len(judged) > 5
    assert [f"{name} {version}" for name, version in judged] == [f"{name} {locked[name]}" for name, _ in judged]


# --- that one talks to a machine


@pytest.mark.parametrize("conversation", ["widget~1", "slack~1", "teams~1", "rest-1"])
def test_the_first_answer_of_every_conversation_says_that_it_is_a_machine(conversation: str) -> None:
    knowledge = load()
    service = Service(knowledge, MemoryDossierStore(lambda: NOW), MemoryQuestionLog(), lambda: NOW)
    first = service.turn(Message(conversation, "hallo", "groeten", 1.0)).replies
    again = service.turn(Message(conversation, "hallo", "groeten", 1.0)).replies
    said = knowledge.texts["notice"]
    assert first[0].text == said
    assert all(reply.text != said for reply in again)
    assert not Dossier(conversation).greeted
    assert "een chatbot en geen mens" in said
    assert "een chatbot en geen mens" in read("ai-verordening.md")


def test_the_chat_says_so_before_the_first_message() -> None:
    widget = (ROOT / "bot" / "web" / "widget" / "widget.js").read_text(encoding="utf-8")
    assert 'subtitle: "Chatbot over IPS"' in widget
    assert "Chatbot over IPS" in read("ai-verordening.md")


def test_the_apps_of_slack_and_teams_say_so_in_their_description() -> None:
    for place in (ROOT / "deploy" / "slack-manifest.yml", ROOT / "scripts" / "teams-app"):
        assert "chatbot" in place.read_text(encoding="utf-8").lower(), place.name
