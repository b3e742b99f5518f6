"""The contract of every renderer: of no kind of reply a text, button, source or file is lost, and bounds hold."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.rendering import LINK_HOSTS, known_link, parts, rendered, split_long
from bot.channels.slack import draw, plain, pressed
from tests.fakes.slack import words, wrong

BASE = "https://ips.voorbeeld.nl"
TALK = "widget~" + "a" * 64
SOURCES = [
    {"id": "handreiking", "title": "Handreiking implementatieplan IPS", "section": "Toelichting op de criteria"},
    {"id": "praktijkscenarios", "title": "Praktijkscenario's IPS", "section": "scenario 1, Toepassing"},
]
SOURCE_LINE = "Bronnen: Handreiking, Toelichting op de criteria | Praktijkscenario's, scenario 1, Toepassing"


def buttons(*titles: str) -> list[dict[str, str]]:
    return [{"title": title, "payload": f"zeg {title}"} for title in titles]


KINDS: dict[str, dict[str, Any]] = {
    "a plain sentence": {"text": "Dag!"},
    "a question with buttons and progress": {
        "text": "**Criterium 1.** Kunnen jullie cliënten minstens een jaar zorg krijgen?\n\nWaarom: IPS duurt lang.",
        "buttons": buttons("Ja", "Nee", "Weet ik niet", "Waarom vraag je dit?", "Terug", "Stoppen"),
        "custom": {"progress": {"done": 1, "total": 8, "label": "Criterium 1 van 8"}},
    },
    "advice with lists and sources": {
        "text": f"**Onderaannemerschap** past.\n\nWaarom:\n- weinig cliënten\n- een partner & < 3 km\n\n{SOURCE_LINE}",
        "buttons": buttons("Maak een plan", "Waarom niet zelf?"),
        "custom": {"sources": SOURCES},
    },
    "near answers": {
        "text": "Ik weet het niet zeker. Bedoel je een van deze vragen?",
        "buttons": buttons("Wat kost IPS per cliënt?", "Wie betaalt " + "een heel lange vraag " * 9 + "?"),
    },
    "a plan with its document": {
        "text": "Het plan is klaar.",
        "custom": {
            "download": {
                "title": "Implementatieplan van een organisatie met een naam die nergens op een knop zou passen " * 2,
                "formats": [
                    {"format": name, "url": f"/api/v1/plan/document/x.{name}"} for name in ("docx", "pdf", "md")
                ],
            }
        },
    },
    "sources without their line": {"text": "Zo is het.", "custom": {"sources": SOURCES}},
    "very long": {"text": "\n\n".join(f"Alinea {n}. " + "Een zin van deze alinea. " * 40 for n in range(60))},
    "one endless word": {"text": "a&" * 9000},
    "many lists": {"text": "\n".join(f"- punt {n}: **vet** & <b>" for n in range(900))},
    "very many buttons": {"text": "Kies.", "buttons": buttons(*(f"keuze {n}" for n in range(120)))},
    "sources of many pages": {"text": "Zo.\n\nBronnen: " + " | ".join(f"Handreiking, stuk {n}" for n in range(400))},
    "a payload that no button holds": {"text": "Kies.", "buttons": [{"title": "Lang", "payload": "p" * 2500}]},
    "only a button": {"buttons": buttons("Ja")},
    "what a user typed": {"text": "Je zei: <!channel> <@U123|jan> <https://boef.nl|klik> *vet* _x_ ~y~ `z` & > citaat"},
}


def letters(text: str) -> str:
    """Return what is left when markup, escapes and white space go."""
    return re.sub(r"[\s\u200b•*]|^- ", "", html.unescape(text))


def said(reply: dict[str, Any]) -> str:
    return "\n".join(re.sub(r"^\s*- ", "", line) for line in str(reply.get("text", "")).split("\n"))


@pytest.mark.parametrize("reply", KINDS.values(), ids=KINDS)
def test_slack_loses_nothing_and_keeps_to_its_bounds(reply: dict[str, Any]) -> None:
    messages = draw(rendered(reply, BASE), TALK, 7)
    assert messages
    for message in messages:
        assert wrong("chat.postMessage", {"channel": "C1", **message}) == ""
        assert 0 < len(message["text"]) <= 3000
    drawn = "\n".join(words(message) for message in messages)
    seen = re.sub(r"<(?:https|mailto)[^|>]*\|([^>]*)>", r"\1", drawn)
    assert letters(said(reply)) in letters(seen)
    elements = [e for m in messages for b in m["blocks"] if b["type"] == "actions" for e in b["elements"]]
    values = [element.get("value") for element in elements]
    for button in reply.get("buttons", ()):
        assert button["payload"] in values or letters(button["payload"]) in letters(seen)
        assert (
            button["title"] in [element["text"]["text"] for element in elements]
            or button["title"] in seen
            or (len(button["payload"]) > 2000)
        )
    custom = reply.get("custom", {})
    for source in custom.get("sources", ()):
        assert source["section"] in seen
    if "progress" in custom:
        assert custom["progress"]["label"] in seen
    for each in custom.get("download", {}).get("formats", ()):
        assert f"{BASE}{each['url']}" in [element.get("url") for element in elements]
        assert letters(custom["download"]["title"]) in letters(seen)


def test_buttons_of_one_question_stay_in_one_message() -> None:
    messages = draw(rendered({**KINDS["very long"], "buttons": buttons("Ja", "Nee")}, BASE), TALK, 7)
    assert len(messages) > 1
    assert all(block["type"] != "actions" for message in messages[:-1] for block in message["blocks"])
    assert messages[-1]["blocks"][-1]["type"] == "actions"


@given(st.text(max_size=400))
def test_no_text_mentions_links_or_is_lost(text: str) -> None:
    for message in draw(
        rendered({"text": f"Je zei: {text}", "buttons": [{"title": "Ja", "payload": "ja"}]}, BASE), TALK, 1
    ):
        assert wrong("chat.postMessage", {"channel": "C1", **message}) == ""
        for content in (message["text"], words(message)):
            for found in re.findall(r"<([^>]*)>", content):
                address = html.unescape(found.partition("|")[0])
                assert address.startswith("mailto:") or known_link(address)
            assert not re.search(r"&(?!amp;|lt;|gt;)", content)


@given(st.text(max_size=400), st.integers(5, 80))
def test_pieces_hold_every_word_in_order(text: str, limit: int) -> None:
    pieces = split_long(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)


@given(st.text(alphabet="ab*-[]()&<>| \nhttps://.nl", max_size=200))
def test_parts_hold_every_word(text: str) -> None:
    plain_text = "".join(part.plain() for part in parts(text))
    for word in re.findall(r"[ab]+", text):
        assert word in plain_text


@given(st.text(max_size=200))
def test_plain_never_breaks_on_what_slack_sends(text: str) -> None:
    assert "<@U1>" not in plain(f"<@U1> {text}", "U1")


def test_a_pressed_message_keeps_its_text_and_says_what_was_chosen() -> None:
    (message,) = draw(rendered(KINDS["a question with buttons and progress"], BASE), TALK, 7)
    after = pressed(message, "Gekozen: <!channel>")
    assert wrong("chat.update", {"channel": "C1", "ts": "1.2", **after}) == ""
    assert "Kunnen jullie" in words(after)
    assert "&lt;!channel&gt;" in words(after)
    assert "[Ja]" not in words(after)
    assert "1 van 8" not in words(after)


def test_the_widget_and_the_renderers_link_to_the_same_hosts() -> None:
    widget = (Path(__file__).parents[2] / "bot" / "web" / "widget" / "widget.js").read_text(encoding="utf-8")
    (listed,) = re.findall(r"LINK_HOSTS = \[HOST\.hostname, ([^\]]*)\]", widget)
    assert tuple(re.findall(r'"([^"]+)"', listed)) == LINK_HOSTS


LINKS = {
    "https://www.kcphrenos.nl/x": True,
    "https://kcphrenos.nl": True,
    "http://kcphrenos.nl": False,
    "https://kcphrenos.nl.boef.nl": False,
    "https://x@kcphrenos.nl": False,
    "https://boef.nl/kcphrenos.nl": False,
    "https://[::1": False,
}


@pytest.mark.parametrize(("address", "known"), LINKS.items())
def test_links(address: str, known: bool) -> None:
    assert known_link(address) is known


def test_a_document_elsewhere_is_no_document_of_ours() -> None:
    formats = [{"format": "a", "url": "https://boef.nl/x"}, {"format": "b", "url": "//boef.nl/x"}]
    assert rendered({"text": "x", "custom": {"download": {"title": "x", "formats": formats}}}, BASE).file is None
