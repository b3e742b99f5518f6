"""The implementation plan in Chromium with the real assistant: written, fetched as a document, taken up elsewhere."""

from __future__ import annotations

import re
import urllib.request

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import say
from tests.conftest import RunningAssistant

CODE = re.compile(r"\b\w{4}(?:-\w{4}){4}\b")
CONTACT = "Marieke van Dam, manager zorg, m.vandam@vennedal.example, 06-12345678"
ANSWER = "Vier mensen, samen 2,4 fte."


@pytest.fixture(autouse=True)
def patience() -> None:
    """Other tests may leave the machine busy."""
    expect.set_options(timeout=60_000)


def visit(context: BrowserContext, address: str) -> Page:
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto(address)
    return page


def ready_for(page: Page, question: str) -> None:
    expect(page.get_by_role("log", name="Gesprek").get_by_text(question).last).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="typt")).to_have_count(0)


def go_back_to(page: Page, target: Locator) -> None:
    """Walk backwards with the keyboard until `target` has the focus."""
    for _ in range(15):
        page.keyboard.press("Shift+Tab")
        if target.evaluate("(element) => element.matches(':focus')"):
            return
    raise AssertionError(f"the keyboard doesn't reach {target}")


def fetched(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as response:
        content: bytes = response.read()
    return content


def test_a_plan_is_written_fetched_and_taken_up_elsewhere(
    browser: Browser, context: BrowserContext, assistant: RunningAssistant
) -> None:
    page = visit(context, assistant.base)
    page.get_by_role("button", name="Chat met IPS-wijzer").press("Enter")
    log = page.get_by_role("log", name="Gesprek")
    go_back_to(page, page.get_by_role("button", name="Maak een implementatieplan"))
    page.keyboard.press("Enter")
    ready_for(page, "Wie is de contactpersoon")
    found = CODE.search(log.inner_text())
    assert found
    say(page, CONTACT)
    ready_for(page, "samen met andere organisaties")
    expect(log.get_by_text("vennedal.example")).to_have_count(0)  # masked in the chat
    say(page, "naar criterium 6")
    ready_for(page, "Hoeveel trajectbegeleiders")
    say(page, ANSWER)
    ready_for(page, "te veel of juist te weinig")
    say(page, "klaar")
    links = log.get_by_role("link", name="Download Implementatieplan")
    expect(links).to_have_count(3)
    files = [fetched(link.get_attribute("href") or "") for link in links.all()]
    assert [file[:4] for file in files] == [b"PK\x03\x04", b"%PDF", b"# Im"]
    for given in (ANSWER, *CONTACT.split(", ")):
        assert given in files[2].decode()

    go_back_to(page, links.first)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "implementatieplan-ips.docx"

    elsewhere = browser.new_context(locale="nl-NL")
    other = visit(elsewhere, f"{assistant.base}/#ips-plan={found.group()}")
    other.get_by_role("button", name="Ja, ga verder").click()
    ready_for(other, "2 van de 27 vragen")
    assert found.group() not in other.url + other.get_by_role("log", name="Gesprek").inner_text()
    elsewhere.close()
