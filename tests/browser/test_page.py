"""The page and the chat in real Chromium, with a fake Rasa behind the public port."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.settings import Settings
from bot.web.app import PublicPort, create_app
from tests.browser.conftest import open_chat, say
from tests.fakes.knowledge import FACTS, SAFETY, SOURCES, advise
from tests.fakes.rasa import FakeRasa
from tests.fakes.serving import free_port, serving
from tests.fakes.store import MemoryDossierStore

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def converse(sender: str, message: str) -> list[dict[str, Any]]:
    """Answer like a tiny interview."""

    def reply(text: str, **more: Any) -> dict[str, Any]:
        return {"recipient_id": sender, "text": text, **more}

    answers = {
        "Wat is IPS?": [
            reply("Ik ben een chatbot."),
            reply(
                "**IPS** is hulp bij werk.\n\n- een gewone baan\n- steun erbij\n\nBron: Handreiking, Toelichting",
                custom={"sources": [{"id": "handreiking", "title": "Handreiking", "section": "Toelichting"}]},
            ),
        ],
        "Ga na of wij IPS mogen doen": [
            reply(
                "Kunnen jullie cliënten minstens een jaar zorg krijgen?",
                buttons=[{"title": "Ja", "payload": "ja"}, {"title": "Weet ik niet", "payload": "weet ik niet"}],
                custom={"progress": {"done": 1, "total": 8, "label": "Criterium 1 van 8"}},
            )
        ],
        "ja": [
            reply("Genoteerd."),
            reply("En criterium 2?", custom={"progress": {"done": 2, "total": 8, "label": "Criterium 2 van 8"}}),
        ],
        "wis mijn gegevens": [{"recipient_id": sender, "custom": {"forget": True}}, reply("Alles is gewist.")],
    }
    return answers.get(message, [reply(f"Je zei: {message}")])


class Site:
    """The running page and its fake Rasa."""

    def __init__(self, address: str, rasa: FakeRasa) -> None:
        self.address, self.rasa = address, rasa


@pytest.fixture
def site() -> Iterator[Site]:
    rasa, rasa_port = FakeRasa(), free_port()
    rasa.answer = converse
    settings = Settings.from_environment({"IPS_RASA_PORT": str(rasa_port), "IPS_ACTIONS_PORT": str(rasa_port)})
    store = MemoryDossierStore(lambda: None)  # type: ignore[arg-type,return-value]
    port = PublicPort(settings, advise=advise, facts=FACTS, sources=SOURCES, store=store, safety=SAFETY)
    with serving(rasa.app, rasa_port), serving(create_app(port)) as address:
        yield Site(address, rasa)


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Iterator[Page]:
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(site.address)
    yield page
    assert problems == []


def violations(page: Page) -> list[Any]:
    return [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page, options=WCAG).response["violations"]]


def test_a_whole_small_conversation(page: Page, site: Site) -> None:
    open_chat(page)
    expect(page.get_by_label("Je bericht")).to_be_focused()
    log = page.get_by_role("log", name="Gesprek")

    page.get_by_role("button", name="Wat is IPS?").click()
    expect(log.get_by_role("listitem")).to_have_text(["een gewone baan", "steun erbij"])
    expect(log.locator("strong")).to_have_text("IPS")
    expect(log.get_by_text("Bron: Handreiking, Toelichting")).to_be_visible()

    say(page, "Ga na of wij IPS mogen doen")
    expect(page.get_by_role("progressbar", name="Criterium 1 van 8")).to_have_attribute("value", "1")
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(log.get_by_text("En criterium 2?")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Criterium 2 van 8")).to_be_visible()
    expect(page.get_by_role("button", name="Weet ik niet")).to_have_count(0)

    page.get_by_role("button", name="Praat met een mens").click()
    expect(log.get_by_text("Je zei: ik wil een mens spreken")).to_be_visible()
    heard = [message for _, message in site.rasa.heard]
    assert heard == ["Wat is IPS?", "Ga na of wij IPS mogen doen", "ja", "ik wil een mens spreken"]
    assert len({sender for sender, _ in site.rasa.heard}) == 1


def test_markup_stays_text(page: Page) -> None:
    open_chat(page)
    attack = "<img src=x onerror=alert(1)> **<b>vet</b>** [x](javascript:alert(1))"
    say(page, attack)
    log = page.get_by_role("log")
    expect(log.get_by_text("Je zei: <img src=x onerror=alert(1)>")).to_be_visible()
    expect(log.locator("strong")).to_have_text("<b>vet</b>")
    assert log.locator("img, a, script, b").count() == 0


def test_history_survives_a_reload(page: Page, site: Site) -> None:
    open_chat(page)
    say(page, "Ga na of wij IPS mogen doen")
    expect(page.get_by_role("button", name="Ja", exact=True)).to_be_visible()
    page.get_by_label("Je bericht").fill("half getypt")
    page.reload()
    expect(page.get_by_role("log").get_by_text("Kunnen jullie cliënten")).to_be_visible()
    expect(page.get_by_label("Je bericht")).to_have_value("half getypt")
    expect(page.get_by_role("progressbar", name="Criterium 1 van 8")).to_be_visible()
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_text("En criterium 2?")).to_be_visible()
    assert len({sender for sender, _ in site.rasa.heard}) == 1


def test_sessions_are_unguessable_and_apart(browser: Browser, site: Site) -> None:
    for _ in range(2):
        context = browser.new_context()
        page = context.new_page()
        page.goto(site.address)
        open_chat(page)
        say(page, "hallo")
        expect(page.get_by_text("Je zei: hallo")).to_be_visible()
        context.close()
    (first, _), (second, _) = site.rasa.heard
    assert first != second
    assert len(first) == len("web-") + 32


def test_forgetting_empties_the_screen_and_the_browser(page: Page) -> None:
    open_chat(page)
    say(page, "een geheim")
    expect(page.get_by_text("Je zei: een geheim")).to_be_visible()
    say(page, "wis mijn gegevens")
    expect(page.get_by_text("Alles is gewist.")).to_be_visible()
    expect(page.get_by_text("een geheim")).to_have_count(0)
    assert "een geheim" not in str(page.evaluate("JSON.stringify(localStorage)"))


def test_personal_data_does_not_stay_in_the_browser(page: Page) -> None:
    open_chat(page)
    say(page, "mijn bsn is 123456782")
    expect(page.get_by_text("Ik heb persoonsgegevens")).to_be_visible()
    expect(page.get_by_text("mijn bsn is [bsn]", exact=True)).to_be_visible()
    assert "123456782" not in str(page.evaluate("JSON.stringify(localStorage)"))


def test_the_newest_answer_and_its_buttons_are_in_sight(page: Page) -> None:
    open_chat(page)
    for _ in range(5):
        say(page, "Wat is IPS?")
        expect(page.get_by_role("status")).to_have_text("")
    say(page, "Ga na of wij IPS mogen doen")
    expect(page.get_by_role("button", name="Weet ik niet")).to_be_in_viewport(ratio=1)


def test_keyboard_only(page: Page) -> None:
    def focused() -> str:
        script = (
            "() => { let e = document.activeElement; while (e.shadowRoot) e = e.shadowRoot.activeElement; return e; }"
        )
        handle = page.evaluate_handle(script).as_element()
        assert handle is not None
        return str(handle.evaluate("e => e.getAttribute('aria-label') || e.id || e.textContent"))

    for _ in range(10):
        page.keyboard.press("Tab")
        if focused() == "Chat met IPS-wijzer":
            break
    page.keyboard.press("Enter")
    assert focused() == "input"
    page.keyboard.type("eerste")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("tweede")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Je zei: eerste")).to_be_visible()
    page.keyboard.type("Ga na of wij IPS mogen doen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Weet ik niet")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    assert focused() == "Weet ik niet"
    page.keyboard.press("Space")
    expect(page.get_by_text("Je zei: weet ik niet")).to_be_visible()
    assert focused() == "input"
    seen = set()
    for _ in range(6):
        page.keyboard.press("Tab")
        seen.add(focused())
    assert {"Verstuur", "Praat met een mens", "Opnieuw beginnen"} <= seen
    open_chat_label = "Chat met IPS-wijzer"
    page.get_by_label("Je bericht").focus()
    page.keyboard.press("Escape")
    assert focused() == open_chat_label
    expect(page.get_by_role("log")).to_be_hidden()


def test_a_broken_connection_keeps_the_message_and_sends_it_once(page: Page, site: Site) -> None:
    open_chat(page)
    page.route("**/webhooks/**", lambda route: route.abort())
    say(page, "hallo daar")
    expect(page.get_by_role("alert")).to_have_text("Niet verstuurd. Je bericht staat hier nog.")
    page.unroute("**/webhooks/**")
    page.get_by_role("button", name="Opnieuw versturen").click()
    expect(page.get_by_text("Je zei: hallo daar")).to_be_visible()
    expect(page.get_by_role("button", name="Opnieuw versturen")).to_have_count(0)
    assert [message for _, message in site.rasa.heard] == ["hallo daar"]


def test_an_answer_lost_on_the_way_is_not_asked_twice(page: Page, site: Site) -> None:
    open_chat(page)

    def lose_the_answer(route: Any) -> None:
        route.fetch()
        route.abort()

    page.route("**/webhooks/**", lose_the_answer)
    say(page, "ja")
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute("**/webhooks/**")
    page.get_by_role("button", name="Opnieuw versturen").click()
    expect(page.get_by_text("En criterium 2?")).to_be_visible()
    assert [message for _, message in site.rasa.heard] == ["ja"]


def test_when_rasa_is_down_the_message_can_be_sent_again(page: Page, site: Site) -> None:
    open_chat(page)
    site.rasa.status = 500
    say(page, "hallo")
    expect(page.get_by_text("Ik start even opnieuw op")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="IPS-wijzer")).to_be_in_viewport(ratio=1)
    site.rasa.status = 200
    page.get_by_role("button", name="Opnieuw versturen").click()
    expect(page.get_by_text("Je zei: hallo")).to_be_visible()


def test_too_long_a_message_is_explained_and_kept(page: Page, site: Site) -> None:
    open_chat(page)
    say(page, "a" * 2003)
    expect(page.get_by_text("3 tekens te veel").first).to_be_visible()
    expect(page.get_by_label("Je bericht")).to_have_attribute("aria-invalid", "true")
    assert len(page.get_by_label("Je bericht").input_value()) == 2003
    assert site.rasa.heard == []


def test_a_typing_notice_in_words(page: Page, site: Site) -> None:
    site.rasa.delay = 0.6
    open_chat(page)
    say(page, "hallo")
    expect(page.get_by_text("IPS-wijzer typt …")).to_be_visible()
    expect(page.get_by_text("Je zei: hallo")).to_be_visible()
    expect(page.get_by_text("IPS-wijzer typt …")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (320, 640), (320, 256)])
def test_no_axe_violations_and_no_sideways_scrolling(page: Page, site: Site, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    assert violations(page) == []
    open_chat(page)
    assert violations(page) == []
    say(page, "Wat is IPS?")
    expect(page.get_by_role("listitem")).to_have_count(2)
    say(page, "Ga na of wij IPS mogen doen")
    expect(page.get_by_role("button", name="Ja", exact=True)).to_be_visible()
    say(page, "ik wil niet meer leven")
    expect(page.get_by_text("0800-0113").last).to_be_visible()
    site.rasa.status = 500
    say(page, "x" * 300)
    expect(page.get_by_role("button", name="Opnieuw versturen")).to_be_visible()
    page.get_by_label("Je bericht").fill("a" * 2100)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    overflowing = """() => [...document.querySelector('ips-wijzer').shadowRoot.querySelectorAll('.shell, .log')]
        .filter(e => e.scrollWidth > e.clientWidth).length"""
    assert page.evaluate(overflowing) == 0


def test_nothing_comes_from_elsewhere(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.address)
    open_chat(page)
    say(page, "hallo")
    expect(page.get_by_text("Je zei: hallo")).to_be_visible()
    assert asked
    assert all(url.startswith(site.address) for url in asked)
    assert context.cookies() == []
