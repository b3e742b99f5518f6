"""The chat in real Chromium on a connection that dies, drags or comes and goes; and a server that restarts."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import open_chat, say
from tests.fakes.proxy import chaos_proxy
from tests.fakes.serving import free_port, serving
from tests.fakes.site import WidgetSite, widget_site

# What a screen reader does with a log: reads each node that is added while the region is live, once, in order.
LISTEN = """() => {
    const root = document.querySelector('ips-wijzer').shadowRoot;
    window.announced = []; window.said = [];
    const log = root.querySelector('[role=log]'), status = root.querySelector('.status');
    new MutationObserver((changes) => {
        if (log.getAttribute('aria-live') === 'off' || log.closest('[hidden]')) return;
        for (const change of changes) for (const node of change.addedNodes)
            if (node.matches?.('.message')) window.announced.push(node.textContent);
    }).observe(log, {childList: true});
    new MutationObserver(() => status.textContent && window.said.push(status.textContent))
        .observe(status, {childList: true, characterData: true, subtree: true});
}"""


def messages(page: Page) -> list[str]:
    """Return what stands on screen, but for the greeting."""
    return page.locator("ips-wijzer .message p").all_inner_texts()[1:]


def test_offline_is_said_once_and_what_waited_goes_out_once(
    page: Page, context: BrowserContext, site: WidgetSite
) -> None:
    open_chat(page)
    say(page, "eerst")
    expect(page.get_by_text("Je zei: eerst")).to_be_visible()
    page.evaluate(LISTEN)
    context.set_offline(True)
    say(page, "een")
    say(page, "twee")
    expect(page.get_by_role("status").filter(has_text="Geen verbinding")).to_be_visible()
    expect(page.get_by_text("Wacht op verbinding")).to_have_count(2)
    time.sleep(2.5)
    assert site.heard == ["eerst"]
    context.set_offline(False)
    expect(page.get_by_text("Je zei: twee")).to_be_visible()
    expect(page.get_by_text("Wacht op verbinding")).to_have_count(0)
    order = messages(page)[2:]
    assert sorted(order) == ["Je zei: een", "Je zei: twee", "een", "twee"]
    assert order.index("een") < order.index("twee")
    assert order.index("Je zei: een") < order.index("Je zei: twee")
    assert site.heard == ["eerst", "een", "twee"]
    said = page.evaluate("window.said")
    assert sum("Geen verbinding" in each for each in said) == 1
    announced = [each.replace("Wacht op verbinding", "") for each in page.evaluate("window.announced")]
    assert sorted(announced) == ["IPS-wijzer: Je zei: een", "IPS-wijzer: Je zei: twee", "Jij: een", "Jij: twee"]


def test_a_message_typed_offline_survives_a_reload(page: Page, context: BrowserContext, site: WidgetSite) -> None:
    open_chat(page)
    say(page, "eerst")
    expect(page.get_by_text("Je zei: eerst")).to_be_visible()
    page.route("**/widget/**", lambda route: route.abort())
    say(page, "onderweg")
    expect(page.get_by_text("Wacht op verbinding")).to_be_visible()
    page.reload()
    expect(page.get_by_text("onderweg", exact=True)).to_be_visible()
    page.unroute("**/widget/**")
    page.reload()
    expect(page.get_by_text("Je zei: onderweg")).to_be_visible()
    assert messages(page) == ["eerst", "Je zei: eerst", "onderweg", "Je zei: onderweg"]
    assert site.heard == ["eerst", "onderweg"]


def test_an_acknowledgement_lost_on_the_way_does_nothing_twice(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    lost: list[Any] = []

    def lose_the_answer(route: Any) -> None:
        if len(lost) < 3:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    page.route("**/widget/messages", lose_the_answer)
    say(page, "ja")
    expect(page.get_by_text("En criterium 2?")).to_be_visible()
    time.sleep(2)
    assert messages(page) == ["ja", "Genoteerd.", "En criterium 2?"]
    assert site.heard == ["ja"]


def test_where_streams_do_not_get_through_it_polls(page: Page, site: WidgetSite) -> None:
    """A proxy that keeps a stream back until it ends: the chat asks in small pieces instead."""

    def refuse_streams(route: Any) -> None:
        if "event-stream" in route.request.headers.get("accept", ""):
            return  # never an answer
        route.continue_()

    page.route("**/widget/events**", refuse_streams)
    open_chat(page)
    say(page, "hallo")
    expect(page.get_by_text("Je zei: hallo")).to_be_visible(timeout=20_000)
    say(page, "nog eens")
    expect(page.get_by_text("Je zei: nog eens")).to_be_visible()


def test_each_message_is_announced_once_and_in_order(page: Page, context: BrowserContext, site: WidgetSite) -> None:
    open_chat(page)
    page.evaluate(LISTEN)
    say(page, "een")
    expect(page.get_by_text("Je zei: een")).to_be_visible()
    page.get_by_label("Je bericht").fill("ja")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_text("En criterium 2?")).to_be_visible()
    assert page.evaluate("window.announced") == [
        "Jij: een",
        "IPS-wijzer: Je zei: een",
        "Jij: ja",
        "IPS-wijzer: Genoteerd.",
        "IPS-wijzer: En criterium 2?",
    ]
    page.reload()
    page.evaluate(LISTEN)
    expect(page.get_by_text("En criterium 2?")).to_be_visible()
    time.sleep(0.5)
    assert page.evaluate("window.announced") == []
    say(page, "twee")
    expect(page.get_by_text("Je zei: twee")).to_be_visible()
    assert page.evaluate("window.announced") == ["Jij: twee", "IPS-wijzer: Je zei: twee"]


def test_forced_disconnects_in_two_real_tabs(browser: Browser, site: WidgetSite) -> None:
    """Connections that die at any byte; every message stands once, in order, in both tabs."""
    with chaos_proxy(int(site.address.rpartition(":")[2]), most_bytes=2500) as proxy:
        context = browser.new_context()
        context.set_default_timeout(20_000)
        tabs = [context.new_page() for _ in range(2)]
        for tab in tabs:
            tab.goto(proxy.address)
            open_chat(tab)
        proxy.cut_chance = 0.5
        spoken: list[str] = []
        while len(spoken) < 16 or (proxy.cuts < 24 and len(spoken) < 60):  # until it has been hard enough
            spoken.append(f"bericht {len(spoken)}")
            say(tabs[len(spoken) % 2], spoken[-1])
            if len(spoken) % 2 == 0:
                proxy.cut_all()
            tabs[0].wait_for_timeout(60)
        proxy.cut_chance = 0.0
        proxy.cut_all()
        for tab in tabs:
            for text in spoken:
                expect(tab.get_by_text(f"Je zei: {text}", exact=True)).to_be_visible(timeout=40_000)
        shown = [messages(tab) for tab in tabs]
        assert all(sorted(each) == sorted([*spoken, *(f"Je zei: {text}" for text in spoken)]) for each in shown)
        assert sorted(site.heard) == sorted(spoken)
        for tab in tabs:
            tab.reload()
            expect(tab.get_by_text(f"Je zei: {spoken[-1]}", exact=True)).to_be_visible()
        assert messages(tabs[0]) == messages(tabs[1])
        assert proxy.cuts >= 24
        context.close()


def test_a_server_that_restarts_in_the_middle(context: BrowserContext, tmp_path: Path) -> None:
    port = free_port()
    with widget_site(tmp_path, rasa_up=False, port=port) as first:
        page = context.new_page()
        page.goto(first.address)
        open_chat(page)
        say(page, "voor de herstart")
        expect(page.get_by_text("IPS-wijzer typt …")).to_be_visible()
        page.wait_for_timeout(300)
    say(page, "tijdens de herstart")
    expect(page.get_by_role("status").filter(has_text="Geen verbinding")).to_be_visible()
    with widget_site(tmp_path, port=port) as second:
        expect(page.get_by_text("Je zei: tijdens de herstart")).to_be_visible(timeout=30_000)
        assert second.heard == ["voor de herstart", "tijdens de herstart"]
        assert sorted(messages(page)) == sorted(
            [
                "voor de herstart",
                "tijdens de herstart",
                "Je zei: voor de herstart",
                "Je zei: tijdens de herstart",
            ]
        )
        page.close()


def test_when_rasa_stays_away_it_may_be_asked_again(context: BrowserContext, tmp_path: Path) -> None:
    with widget_site(tmp_path, rasa_up=False, IPS_RASA_TIMEOUT="0.2") as site:
        page = context.new_page()
        page.goto(site.address)
        open_chat(page)
        say(page, "hallo")
        again = page.get_by_role("button", name="Opnieuw versturen")
        expect(again).to_be_in_viewport()
        with serving(site.rasa.app, site.rasa_port):
            again.click()
            expect(page.get_by_text("Je zei: hallo")).to_be_visible()
            expect(again).to_have_count(0)
            assert site.heard == ["hallo"]
            site.rasa.status = 500
            say(page, "ja")
            expect(again).to_be_visible()
            site.rasa.status = 200
            say(page, "Ga na of wij IPS mogen doen")
            expect(page.get_by_text("Kunnen jullie cliënten")).to_be_visible()
            expect(again).to_have_count(0)  # an old yes must not answer the new question


def test_on_a_slow_line(page: Page, context: BrowserContext) -> None:
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 900, "downloadThroughput": 6_000, "uploadThroughput": 3_000},
    )
    page.reload()
    open_chat(page)
    say(page, "Wat is IPS?")
    expect(page.get_by_text("IPS-wijzer typt …")).to_be_visible()
    expect(page.get_by_text("steun erbij")).to_be_visible(timeout=30_000)
    assert page.get_by_role("status").filter(has_text="Geen verbinding").count() == 0
