"""The chat in real Chromium, with a fake Rasa behind the public port: what people do with it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bot.model import Entry
from bot.store.conversations import conversation_of
from tests.browser.conftest import CHROMIUM, WATCH, open_chat, say
from tests.fakes.site import WidgetSite, widget_site

WIDGET = Path(__file__).parents[2] / "bot/web/widget/widget.js"


def log_of(page: Page) -> Locator:
    return page.get_by_role("log", name="Gesprek")


def kept(page: Page) -> tuple[dict[str, str], dict[str, str]]:
    """Return what lies in the browser: localStorage and sessionStorage."""
    both = page.evaluate("[{...localStorage}, {...sessionStorage}]")
    return both[0], both[1]


def conversation(page: Page) -> str:
    return conversation_of(next(iter(kept(page)[0].values())))


def test_a_whole_small_conversation(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    expect(page.get_by_label("Je bericht")).to_be_focused()
    log = log_of(page)
    page.get_by_role("button", name="Wat is IPS?").click()
    expect(log.get_by_role("listitem").first).to_have_text("een gewone baan")
    expect(log.locator("strong")).to_have_text("IPS")
    say(page, "Ga na of wij IPS mogen doen")
    expect(page.get_by_role("progressbar", name="Criterium 1 van 8")).to_have_attribute("value", "1")
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(log.get_by_text("En criterium 2?")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Criterium 2 van 8")).to_be_visible()
    expect(page.get_by_role("button", name="Weet ik niet")).to_have_count(0)
    page.get_by_role("button", name="Praat met een medewerker").click()
    expect(log.get_by_text("Je zei: praat met een medewerker")).to_be_visible()
    assert site.heard == ["Wat is IPS?", "Ga na of wij IPS mogen doen", "ja", "praat met een medewerker"]
    assert len({sender for sender, _ in site.rasa.heard}) == 1


def test_sources_are_named_in_short_and_unfold(page: Page) -> None:
    open_chat(page)
    say(page, "Wat is IPS?")
    short = log_of(page).get_by_text("Bronnen: Handreiking, Praktijkscenario's")
    expect(short).to_be_visible()
    place = log_of(page).get_by_text("Praktijkscenario's IPS: scenario 1, Toepassing")
    expect(place).to_be_hidden()
    short.click()
    expect(place).to_be_visible()


def test_the_plan_can_be_fetched_from_our_own_host_only(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    say(page, "maak het plan")
    links = log_of(page).get_by_role("link")
    expect(links).to_have_text(["Download Implementatieplan (Word)", "Download Implementatieplan (PDF)"])
    assert links.first.get_attribute("href") == f"{site.address}/plan/abc.docx"


def test_links_only_to_hosts_that_we_know(page: Page, site: WidgetSite) -> None:
    site.rasa.answer = lambda _sender, _message: [
        {
            "text": "Kijk op www.113.nl. Of https://www.kcphrenos.nl/ips, [hier](https://www.113.nl/a), "
            "ips@kcphrenos.nl; niet op https://boef.example/x, [daar](https://boef.example), "
            "[zo](javascript:alert(1)), https://113.nl.boef.example, https://113.nl@boef.example of a@boef.example."
        }
    ]
    open_chat(page)
    say(page, "hoi")
    links = log_of(page).get_by_role("link")
    expect(links).to_have_count(4)
    found = [links.nth(number).get_attribute("href") for number in range(4)]
    assert found == [
        "https://www.113.nl/",
        "https://www.kcphrenos.nl/ips",
        "https://www.113.nl/a",
        "mailto:ips@kcphrenos.nl",
    ]
    assert links.first.get_attribute("rel") == "noopener noreferrer"


def test_a_thumb_and_a_word(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    say(page, "Wat is IPS?")
    down = page.get_by_role("button", name="Geen goed antwoord")
    down.click()
    expect(down).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Wil je er iets bij zeggen?").fill("te kort, bel 06-12345678")
    page.get_by_label("Wil je er iets bij zeggen?").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Bedankt")).to_be_visible()
    expect(page.get_by_label("Wil je er iets bij zeggen?")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Geen goed antwoord")).to_have_attribute("aria-pressed", "true")
    entries = site.store.after(conversation(page), 0)
    assert entries[-1].extra["word"] == "te kort, bel [telefoonnummer]"


def test_restart_clears_what_is_on_screen(page: Page) -> None:
    open_chat(page)
    say(page, "een oud verhaal")
    expect(page.get_by_text("Je zei: een oud verhaal")).to_be_visible()
    page.get_by_role("button", name="Meer").click()
    page.get_by_role("button", name="Opnieuw beginnen").click()
    expect(page.get_by_text("We beginnen opnieuw.")).to_be_visible()
    expect(page.get_by_text("een oud verhaal")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("We beginnen opnieuw.")).to_be_visible()
    expect(page.get_by_text("een oud verhaal")).to_have_count(0)


def test_the_conversation_can_be_copied(page: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_chat(page)
    say(page, "Wat is IPS?")
    expect(page.get_by_text("steun erbij")).to_be_visible()
    page.get_by_role("button", name="Meer").click()
    page.get_by_role("button", name="Gesprek kopiëren").click()
    expect(page.get_by_text("Het gesprek is gekopieerd.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Jij: Wat is IPS?" in copied
    assert "IPS-wijzer: IPS is hulp bij werk." in copied


def test_deleting_asks_first_and_then_takes_everything(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    say(page, "een geheim")
    expect(page.get_by_text("Je zei: een geheim")).to_be_visible()
    gone = conversation(page)
    page.get_by_role("button", name="Meer").click()
    page.get_by_role("button", name="Mijn gegevens verwijderen").click()
    expect(page.get_by_role("dialog")).to_contain_text("Weet je het zeker?")
    page.get_by_role("button", name="Nee, laat staan").click()
    expect(page.get_by_role("button", name="Meer")).to_be_focused()
    expect(page.get_by_text("Je zei: een geheim")).to_be_visible()
    page.get_by_role("button", name="Meer").click()
    page.get_by_role("button", name="Mijn gegevens verwijderen").click()
    page.get_by_role("button", name="Ja, verwijder alles").click()
    expect(page.get_by_text("Je gegevens zijn verwijderd.")).to_be_visible()
    expect(page.get_by_text("een geheim")).to_have_count(0)
    assert site.store.heads([gone]) == {}
    assert kept(page)[0] == {}
    say(page, "nieuw begin")
    expect(page.get_by_text("Je zei: nieuw begin")).to_be_visible()
    assert conversation(page) != gone


def test_history_and_draft_survive_a_reload_and_another_page(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    say(page, "Ga na of wij IPS mogen doen")
    expect(page.get_by_role("button", name="Ja", exact=True)).to_be_visible()
    page.get_by_label("Je bericht").fill("half getypt")
    for go in (page.reload, lambda: page.goto(site.address + "/?pagina=2")):
        go()
        expect(log_of(page).get_by_text("Kunnen jullie cliënten")).to_be_visible()
        expect(page.get_by_label("Je bericht")).to_have_value("half getypt")
        expect(page.get_by_role("progressbar", name="Criterium 1 van 8")).to_be_visible()
    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_text("En criterium 2?")).to_be_visible()
    assert len({sender for sender, _ in site.rasa.heard}) == 1


def test_a_reload_while_the_answer_is_on_its_way(page: Page, site: WidgetSite) -> None:
    site.rasa.delay = 1.0
    open_chat(page)
    say(page, "hallo")
    expect(page.get_by_text("IPS-wijzer typt …")).to_be_visible()
    page.reload()
    expect(page.get_by_text("IPS-wijzer typt …")).to_be_visible()
    expect(page.get_by_text("Je zei: hallo")).to_be_visible()
    expect(page.get_by_text("IPS-wijzer typt …")).to_have_count(0)
    assert site.heard == ["hallo"]


def test_two_tabs_are_in_step(page: Page, context: BrowserContext, site: WidgetSite) -> None:
    other = context.new_page()
    other.goto(site.address)
    open_chat(page)
    open_chat(other)
    say(page, "van de eerste")
    expect(other.get_by_text("Je zei: van de eerste")).to_be_visible()
    say(other, "van de tweede")
    expect(page.get_by_text("Je zei: van de tweede")).to_be_visible()
    texts = [log_of(tab).locator(".message p").all_inner_texts()[1:] for tab in (page, other)]
    assert (
        texts[0]
        == texts[1]
        == [
            "van de eerste",
            "Je zei: van de eerste",
            "van de tweede",
            "Je zei: van de tweede",
        ]
    )
    other.get_by_role("button", name="Meer").click()
    other.get_by_role("button", name="Mijn gegevens verwijderen").click()
    other.get_by_role("button", name="Ja, verwijder alles").click()
    expect(page.get_by_text("Je zei: van de eerste")).to_have_count(0)
    expect(page.get_by_text("Het vorige gesprek is verwijderd.")).to_be_visible()
    say(page, "opnieuw samen")
    expect(other.get_by_text("Je zei: opnieuw samen")).to_be_visible()


def test_two_tabs_that_begin_at_the_same_time_share_one_conversation(
    page: Page, context: BrowserContext, site: WidgetSite
) -> None:
    other = context.new_page()
    other.goto(site.address)
    for tab in (page, other):
        open_chat(tab)
    for tab, text in ((page, "van links"), (other, "van rechts")):
        tab.get_by_label("Je bericht").fill(text)
    page.get_by_label("Je bericht").press("Enter", no_wait_after=True)
    other.get_by_label("Je bericht").press("Enter", no_wait_after=True)
    for tab in (page, other):
        for text in ("van links", "van rechts"):
            expect(tab.get_by_text(f"Je zei: {text}")).to_be_visible()
    assert len({sender for sender, _ in site.rasa.heard}) == 1
    assert sorted(site.heard) == ["van links", "van rechts"]


def test_two_visitors_get_nothing_of_each_other(browser: Browser, site: WidgetSite) -> None:
    pages = []
    for name in ("Ans", "Bob"):
        context = browser.new_context()
        page = context.new_page()
        page.goto(site.address)
        open_chat(page)
        say(page, f"ik ben {name}")
        expect(page.get_by_text(f"Je zei: ik ben {name}")).to_be_visible()
        pages.append(page)
    ans, bob = pages
    ask = """async ([address, token]) => {
        const headers = token ? {Authorization: `Bearer ${token}`} : {};
        const response = await fetch(`${address}/widget/events?after=0`, {headers});
        return [response.status, await response.text()];
    }"""
    guesses = ["", "a" * 43, conversation(ans), conversation(ans).removeprefix("widget~")]
    for guess in guesses:
        status, body = bob.evaluate(ask, [site.address, guess])
        assert status == 401
        assert "Ans" not in body
    assert "token" not in "".join(request for request in (ans.url, bob.url))
    for page in pages:
        page.context.close()


def test_no_token_in_any_address(page: Page) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    open_chat(page)
    say(page, "hallo")
    expect(page.get_by_text("Je zei: hallo")).to_be_visible()
    (token,) = kept(page)[0].values()
    assert addresses
    assert not any(token in address for address in addresses)


def test_an_employee_s_message_arrives_by_itself(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    say(page, "hallo")
    expect(page.get_by_text("Je zei: hallo")).to_be_visible()
    site.widget.feed.publish(conversation(page), Entry("person", "Hallo, ik lees mee.", extra={"name": "Ans"}))
    expect(log_of(page).get_by_text("Hallo, ik lees mee.")).to_be_visible()
    expect(log_of(page).get_by_text("Medewerker Ans")).to_be_visible()


def test_a_closed_chat_tells_of_news(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    site.rasa.delay = 0.5
    say(page, "hallo")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Chat met IPS-wijzer 1 nieuw bericht")).to_be_visible()
    page.get_by_role("button", name="Chat met IPS-wijzer").click()
    expect(page.get_by_text("Je zei: hallo")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Chat met IPS-wijzer")).to_have_text("Chat met IPS-wijzer")


def test_personal_data_does_not_stay_in_the_browser(page: Page) -> None:
    open_chat(page)
    say(page, "mijn bsn is 123456782")
    expect(page.get_by_text("Ik heb persoonsgegevens")).to_be_visible()
    expect(page.get_by_text("mijn bsn is [bsn]", exact=True)).to_be_visible()
    expect(page.get_by_text("123456782")).to_have_count(0)
    local, tab = kept(page)
    assert "123456782" not in json.dumps([local, tab])
    assert all(re.fullmatch(r"[\w-]{43}", value) for value in local.values())


def test_too_long_a_message_is_explained_and_kept(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    say(page, "a" * 8003)
    expect(page.get_by_text("3 tekens te veel").first).to_be_visible()
    expect(page.get_by_label("Je bericht")).to_have_attribute("aria-invalid", "true")
    assert len(page.get_by_label("Je bericht").input_value()) == 8003
    assert site.heard == []


def test_what_the_server_refuses_comes_back_with_the_reason(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    refusal = {"error": {"code": "x", "message": "Dat kan hier niet.", "field": None}}
    page.route("**/widget/messages", lambda route: route.fulfill(status=400, json=refusal))
    say(page, "mag dit?")
    expect(page.get_by_role("alert")).to_have_text("Niet verstuurd. Dat kan hier niet.")
    expect(page.get_by_label("Je bericht")).to_have_value("mag dit?")
    page.unroute("**/widget/messages")
    page.get_by_label("Je bericht").press("Enter")
    expect(page.get_by_text("Je zei: mag dit?")).to_be_visible()


def test_a_link_to_a_plan_is_asked_about_and_leaves_the_address_bar(page: Page, site: WidgetSite) -> None:
    page.goto(site.address + "/?a=1#ips-plan=7KQ2-M3TZ-9HWP-AB3D-XY4F")
    page.reload()
    code = "7KQ2-M3TZ-9HWP-AB3D-XY4F"
    page.goto("about:blank")
    page.goto(f"{site.address}/?a=1#ips-plan={code}")
    question = page.get_by_role("group", name=f"Wil je verder met het implementatieplan met code {code}?")
    expect(question).to_be_visible()
    assert page.url == f"{site.address}/?a=1"
    assert site.heard == []
    question.get_by_role("button", name="Ja, ga verder").click()
    expect(question).to_be_hidden()
    expect(page.get_by_text(f"Je zei: ga verder met code {code}")).to_be_visible()
    expect(page.get_by_text("Verder met mijn plan")).to_be_visible()
    assert site.heard == [f"ga verder met code {code}"]
    page.evaluate("location.hash = '#ips-plan=%3Cimg%20src=x%3E'")
    expect(page.get_by_role("group", name="Wil je verder")).to_have_count(0)


def test_attributes(page: Page, context: BrowserContext, site: WidgetSite) -> None:
    page.evaluate(
        """() => {
            document.querySelector('ips-wijzer').remove();
            const chat = document.createElement('ips-wijzer');
            chat.setAttribute('title', 'Vraag het Linde');
            chat.setAttribute('position', 'left');
            chat.setAttribute('start-question', 'Mogen wij dit? | Hoe begin ik?');
            chat.setAttribute('privacy', '/privacy');
            chat.setAttribute('open', '');
            document.body.append(chat);
        }"""
    )
    shell = page.get_by_role("region", name="Vraag het Linde")
    expect(shell).to_be_visible()
    box = shell.bounding_box()
    assert box
    assert box["x"] < 100
    page.get_by_role("button", name="Meer").click()
    link = page.get_by_role("link", name="Privacy (opent in een nieuw venster)")
    assert link.get_attribute("href") == "/privacy" or link.get_attribute("href") == site.address + "/privacy"
    page.get_by_role("button", name="Hoe begin ik?").click()
    expect(page.get_by_text("Je zei: Hoe begin ik?")).to_be_visible()
    page.evaluate("document.querySelector('ips-wijzer').removeAttribute('open')")
    expect(shell).to_be_hidden()
    page.evaluate("document.querySelector('ips-wijzer').setAttribute('title', 'Anders')")
    page.get_by_role("button", name="Chat met IPS-wijzer").click()
    expect(page.get_by_role("heading", name="Anders")).to_be_visible()


def test_english_interface_where_the_page_asks_for_it(page: Page) -> None:
    page.evaluate(
        """() => {
            document.querySelector('ips-wijzer').remove();
            document.documentElement.lang = 'en';
            document.body.append(document.createElement('ips-wijzer'));
        }"""
    )
    page.get_by_role("button", name="Chat with IPS-wijzer").click()
    page.get_by_label("Your message").fill("hoi")
    page.get_by_role("button", name="Send").click()
    answer = page.locator(".message.bot", has_text="Je zei: hoi")
    expect(answer).to_have_attribute("lang", "nl")
    expect(page.get_by_role("region", name="IPS-wijzer")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("button", name="Delete my data")).to_be_visible()


def test_nothing_comes_from_elsewhere(context: BrowserContext, site: WidgetSite) -> None:
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


def test_the_widget_stays_small() -> None:
    import gzip

    assert len(gzip.compress(WIDGET.read_bytes(), 9)) <= 30_000


def test_without_storage_the_chat_still_works(browser: Browser, site: WidgetSite) -> None:
    context = browser.new_context()
    context.add_init_script(
        """for (const name of ['localStorage', 'sessionStorage'])
            Object.defineProperty(window, name, {get() { throw new DOMException('off', 'SecurityError'); }});"""
    )
    page = context.new_page()
    page.goto(site.address)
    open_chat(page)
    for text in ("een", "twee"):
        say(page, text)
        expect(page.get_by_text(f"Je zei: {text}")).to_be_visible()
    assert len({sender for sender, _ in site.rasa.heard}) == 1
    context.close()


ATTACKS = (
    "<img src=x onerror=window.hacked=1>",
    "<svg/onload=window.hacked=1>",
    "**<script>window.hacked=1</script>**",
    "[klik](javascript:window.hacked=1)",
    '[klik](https://113.nl" onmouseover="window.hacked=1)',
    "- <iframe srcdoc='<script>parent.hacked=1</script>'>",
    "Bron: <b onclick=window.hacked=1>x</b>, y",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_stays_text_through_every_field(page: Page, site: WidgetSite, attack: str) -> None:
    """Stored and reflected: what the visitor says, what the bot says in any field, what an employee says."""

    def evil(_sender: str, message: str) -> list[dict[str, Any]]:
        return [
            {
                "text": f"{message}\n{attack}\n\nBron: {attack}",
                "buttons": [{"title": attack, "payload": attack}],
                "custom": {
                    "kind": attack,
                    "sources": [{"id": attack, "title": attack, "section": attack}],
                    "download": {
                        "title": attack,
                        "formats": [
                            {"format": attack, "url": "javascript:window.hacked=1"},
                            {"format": attack, "url": "/" + attack},
                        ],
                    },
                },
            },
            {"text": "?", "custom": {"progress": {"done": attack, "total": attack, "label": attack}}},
        ]

    site.rasa.answer = evil
    open_chat(page)
    say(page, attack)
    expect(page.locator(".message.bot", has_text="?").last).to_be_visible()
    person = Entry("person", attack, extra={"name": attack, "custom": {"kind": attack}, "buttons": [{"title": attack}]})
    site.widget.feed.publish(conversation(page), person)
    expect(page.locator(".message.person")).to_be_visible()
    page.reload()
    expect(page.locator(".message.person")).to_be_visible()
    page.evaluate(f"location.hash = '#ips-plan=' + encodeURIComponent({json.dumps(attack)})")
    page.evaluate(f"document.querySelector('ips-wijzer').setAttribute('title', {json.dumps(attack)})")
    page.evaluate("document.querySelector('ips-wijzer').setAttribute('privacy', 'javascript:window.hacked=1')")
    for each in page.locator("ips-wijzer button:visible:not([tabindex])").all()[:12]:
        each.hover()
    assert page.evaluate("window.hacked") is None
    unsafe = """() => [...document.querySelector('ips-wijzer').shadowRoot.querySelectorAll('*')].filter(e =>
        /^(img|script|iframe|b|object|embed)$/.test(e.localName) || [...e.attributes].some(a => /^on/.test(a.name)) ||
        /^javascript/.test(e.href || '')).length"""
    assert page.evaluate(unsafe) == 0


def test_on_another_site_under_the_strictest_policy(browser: Browser, tmp_path: Path) -> None:
    """The policy of the documentation, no img-src, no unsafe-anything, Trusted Types on, another origin."""
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    from tests.fakes.serving import free_port, serving

    assert CHROMIUM
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    with widget_site(tmp_path, IPS_ALLOWED_ORIGINS=origin) as site:
        host = site.address.replace("127.0.0.1", "localhost")
        policy = (
            f"default-src 'none'; script-src 'self' {host}; connect-src {host}; style-src {host}; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )
        html = (
            f'<!doctype html><html lang="nl"><title>x</title><h1>x</h1><script src="{host}/widget.js" defer></script>'
        )

        async def page_of_host(_request: Any) -> HTMLResponse:
            return HTMLResponse(html + "<ips-wijzer></ips-wijzer>", headers={"Content-Security-Policy": policy})

        with serving(Starlette(routes=[Route("/", page_of_host)]), port) as address:
            context = browser.new_context()
            context.add_init_script(WATCH)
            page = context.new_page()
            refused: list[str] = []
            page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
            page.goto(address)
            open_chat(page)
            say(page, "Wat is IPS?")
            expect(page.get_by_text("steun erbij")).to_be_visible()
            page.get_by_role("button", name="Goed antwoord", exact=True).click()
            expect(page.get_by_text("Bedankt")).to_be_visible()
            page.get_by_role("button", name="Meer").click()
            page.get_by_role("button", name="Mijn gegevens verwijderen").click()
            page.get_by_role("button", name="Ja, verwijder alles").click()
            expect(page.get_by_text("Je gegevens zijn verwijderd.")).to_be_visible()
            assert page.evaluate("window.violationsSeen") == []
            assert [each for each in refused if "favicon" not in each] == []
            context.close()
