"""The inbox in a real Chromium: every state for axe, every size, by keyboard, without script, with nasty texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bot.model import Contact, SourceRef, TicketMessage
from bot.settings import Settings
from tests.browser.conftest import WATCH, picture, violations, watched
from tests.fakes.inbox import PASSWORD, Clock, Inbox, inbox_site

NASTY = '"><script>window.pwned=1</script><img src=x onerror=window.pwned=1></textarea>{{7*7}}'


class Site(Inbox):
    """The inbox that all tests of this module share, and where it is."""

    base = ""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site(Settings.from_environment({}), Clock())
    site.furnish()
    site.clock.go(hours=2)
    with inbox_site(site) as site.base:
        yield site


def logged_in(context: BrowserContext, site: Site, name: str) -> None:
    """Put a session in the browser."""
    token = site.accounts.login(name, PASSWORD, "192.0.2.1")
    context.add_cookies([{"name": "ips_inbox", "value": token, "domain": "127.0.0.1", "path": "/inbox"}])


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Iterator[Page]:
    """A page of Cor, who may see everything; no script error and no violation of the policy may come up."""
    logged_in(context, site, "Cor")
    page = context.new_page()
    problems = watched(page)
    yield page
    assert problems == []
    assert page.evaluate("window.violationsSeen") == []
    assert page.evaluate("window.pwned") is None


def is_in_order(page: Page) -> None:
    """No violation for axe, and nothing to scroll sideways."""
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_every_page_at_every_size_and_in_the_dark(page: Page, site: Site) -> None:
    shown = ("", "?urgentie=laag", "vraag/1", "vraag/2", "vraag/3", "cijfers", "accounts", "bewaren")
    for path in shown:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(f"{site.base}/inbox/{path}")
        is_in_order(page)
        page.set_viewport_size({"width": 320, "height": 640})  # as 1280 at 400 %
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
    page.set_viewport_size({"width": 640, "height": 400})  # as 1280 at 200 %
    page.emulate_media(color_scheme="dark")
    for path in ("vraag/2", "cijfers"):
        page.goto(f"{site.base}/inbox/{path}")
        is_in_order(page)
        picture(page, f"inbox-donker-{path[:5]}")


def test_the_login_and_its_error(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="nl-NL")
    context.add_init_script(WATCH)
    page = context.new_page()
    problems = watched(page)
    page.goto(f"{site.base}/inbox")
    is_in_order(page)
    page.get_by_label("Naam").fill("Anna")
    page.get_by_label("Wachtwoord").fill("fout wachtwoord")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("klopt niet")
    expect(page.get_by_label("Naam")).to_have_value("Anna")
    expect(page.get_by_label("Wachtwoord")).to_have_value("")
    is_in_order(page)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Vragen", exact=True)).to_be_visible()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_role("status")).to_contain_text("uitgelogd")
    page.go_back()
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    assert problems == []
    assert page.evaluate("window.violationsSeen") == []
    context.close()


def test_a_closed_inbox(context: BrowserContext) -> None:
    with inbox_site(Inbox(people=False)) as base:
        page = context.new_page()
        page.goto(f"{base}/inbox")
        expect(page.get_by_role("heading", name="De inbox is dicht")).to_be_visible()
        is_in_order(page)


def test_an_answer_by_keyboard_only(page: Page, site: Site) -> None:
    number = site.asked("Alleen met het toetsenbord").number
    page.goto(f"{site.base}/inbox/?urgentie=normaal")

    def press_until(description: str, holds: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate(f"(() => {{ const here = document.activeElement; return {holds} }})()"):
                return
        pytest.fail(f"the keyboard doesn't reach {description}")

    press_until("the question", f"here.getAttribute('href') === '/inbox/vraag/{number}'")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Alleen met het toetsenbord")).to_be_visible()
    press_until("the answer", "here.id === 'tekst'")
    page.keyboard.type("Met de hand getypt")
    press_until("the button", "here.textContent === 'Verstuur'")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_have_text("Je antwoord is verstuurd.")
    assert site.helpdesk.load(number).messages[-1].text == "Met de hand getypt"
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()


def test_a_conflict_is_announced_and_the_text_is_there(page: Page, site: Site) -> None:
    number = site.asked("Twee tegelijk").number
    page.goto(f"{site.base}/inbox/vraag/{number}")
    page.get_by_label("Antwoord aan de vrager").fill("Mijn antwoord")
    site.helpdesk.answer(number, "Bram", "Het antwoord van Bram", "b" * 16)
    page.get_by_role("button", name="Verstuur", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Bram heeft deze vraag vandaag om")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Antwoord aan de vrager")).to_have_value("Mijn antwoord")
    expect(page.get_by_text("nieuw", exact=True)).to_have_count(1)
    is_in_order(page)
    picture(page, "inbox-conflict")
    page.get_by_role("button", name="Neem over en verstuur").click()
    expect(page.get_by_role("status").first).to_have_text("Je antwoord is verstuurd.")


def test_new_messages_come_by_themselves_and_count_as_seen_when_they_were(page: Page, site: Site) -> None:
    number = site.asked("Iemand typt door").number
    page.clock.install()
    page.goto(f"{site.base}/inbox/vraag/{number}")
    page.get_by_label("Antwoord aan de vrager").fill("Ik ben nog aan het typen")
    site.helpdesk.asker_said(number, "verder", f"O ja, nog iets {NASTY}")
    page.clock.run_for(6_000)
    expect(page.get_by_role("status")).to_contain_text("Nieuw bericht van de vrager")
    expect(page.get_by_role("list").get_by_text("O ja, nog iets")).to_be_visible()
    expect(page.get_by_label("Antwoord aan de vrager")).to_have_value("Ik ben nog aan het typen")
    assert violations(page) == []
    page.get_by_role("link", name="Lees het").click()
    version = site.helpdesk.load(number).version
    expect(page.locator("#antwoordformulier [name=gezien]")).to_have_value(str(version))
    page.get_by_role("button", name="Verstuur", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text("Je antwoord is verstuurd.")


def test_the_list_says_that_it_changed(page: Page, site: Site) -> None:
    page.clock.install()
    page.goto(f"{site.base}/inbox/")
    expect(page.get_by_role("status")).to_be_hidden()
    site.asked("Een vraag die later kwam")
    page.clock.run_for(6_000)
    expect(page.get_by_role("status")).to_contain_text("Er is iets veranderd in de lijst.")
    page.get_by_role("link", name="Ververs").click()
    expect(page.get_by_role("link", name="Een vraag die later kwam")).to_be_visible()


def test_who_is_logged_out_hears_it_before_typing_on(page: Page, site: Site) -> None:
    page.clock.install()
    page.goto(f"{site.base}/inbox/vraag/1")
    site.store.end_all("Cor")
    page.clock.run_for(6_000)
    expect(page.get_by_role("status")).to_contain_text("Je bent uitgelogd.")


def test_without_script_everything_works(browser: Browser, site: Site) -> None:
    number = site.asked("Zonder script").number
    context = browser.new_context(java_script_enabled=False)
    logged_in(context, site, "Anna")
    page = context.new_page()
    page.goto(f"{site.base}/inbox/vraag/{number}")
    page.get_by_role("button", name="Pak op").click()
    expect(page.get_by_role("status").first).to_contain_text("Je hebt de vraag opgepakt.")
    page.get_by_text("Triage klopt niet").click()
    page.get_by_label("Wat is het onderwerp?").select_option("Training")
    page.get_by_role("button", name="Verbeter").click()
    page.get_by_label("Antwoord aan de vrager").fill("Zo dan")
    page.get_by_role("button", name="Verstuur", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text("Je antwoord is verstuurd.")
    ticket = site.helpdesk.load(number)
    assert (ticket.category, ticket.messages[-1].text) == ("training", "Zo dan")
    context.close()


def test_forced_colours_keep_every_mark_visible(browser: Browser, site: Site) -> None:
    context = browser.new_context(forced_colors="active", locale="nl-NL")
    logged_in(context, site, "Cor")
    page = context.new_page()
    for path, inside in (("", ".mark"), ("vraag/2", ".alarm"), ("cijfers", ".bar-fill")):
        page.goto(f"{site.base}/inbox/{path}")
        expect(page.locator(inside).first).to_be_visible()
        picture(page, f"inbox-kleuren-{inside.strip('.')}")
    borders = page.evaluate("getComputedStyle(document.querySelector('.bar-fill')).fill")
    assert borders != page.evaluate("getComputedStyle(document.querySelector('.bar-back')).fill")
    context.close()


def test_markup_in_any_field_stays_text(context: BrowserContext) -> None:
    inbox = Inbox()
    ref = SourceRef(NASTY, NASTY)
    now = inbox.clock()
    said = [
        TicketMessage(f"m{n}", who, f"{who} {NASTY}", now, NASTY, (ref,))
        for n, who in enumerate(("asker", "bot", "x<y"))
    ]
    fields: dict[str, Any] = {"subject": NASTY, "messages": tuple(said), "summary": (NASTY,), "suggestion": NASTY}
    fields |= {"suggestion_sources": (ref,), "contact": Contact(f"a@b.nl{NASTY}", NASTY, now), "category": NASTY}
    fields |= {"urgency": NASTY, "channel": NASTY, "why": NASTY, "flags": (NASTY,), "reasons": (NASTY,)}
    ticket = inbox.asked(**fields)
    inbox.helpdesk.note(ticket.number, NASTY, NASTY, "n" * 16)
    inbox.helpdesk.assign(ticket.number, NASTY, NASTY)
    with inbox_site(inbox) as base:
        page = context.new_page()
        problems = watched(page)
        page.goto(f"{base}/inbox/inloggen?naar=/inbox/{NASTY}")
        page.get_by_label("Naam").fill(NASTY)
        page.get_by_label("Wachtwoord").fill(NASTY)
        page.get_by_role("button", name="Inloggen").click()
        expect(page.get_by_label("Naam")).to_have_value(NASTY)
        page.get_by_label("Naam").fill("Cor")
        page.get_by_label("Wachtwoord").fill(PASSWORD)
        page.get_by_role("button", name="Inloggen").click()
        for path in ("", f"?urgentie={NASTY}&status={NASTY}&gedaan={NASTY}", "cijfers", f"vraag/{ticket.number}"):
            page.goto(f"{base}/inbox/{path}")
            assert page.evaluate("document.images.length") == 0
            assert page.evaluate("document.scripts.length") == 1
        page.get_by_text("Wat de bot al weet").click()
        shown = page.locator("main").inner_text()
        assert shown.count("<script>window.pwned=1</script>") >= 10, "it can be read as it was written"
        assert "49" not in shown
        page.get_by_role("textbox", name="Notitie").fill(NASTY)
        page.get_by_role("button", name="Bewaar notitie").click()
        expect(page.get_by_role("status").first).to_contain_text("De notitie is bewaard")
        page.get_by_label("Antwoord aan de vrager").fill(NASTY)
        inbox.helpdesk.asker_said(ticket.number, "later", NASTY)
        page.get_by_role("button", name="Neem over en verstuur").or_(
            page.get_by_role("button", name="Verstuur", exact=True)
        ).first.click()
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label("Antwoord aan de vrager")).to_have_value(NASTY)
        assert page.evaluate("window.pwned") is None
        assert page.evaluate("window.violationsSeen") == []
        assert problems == []
