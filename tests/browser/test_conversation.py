"""One whole conversation in Chromium with the real assistant: from the first word to the advice."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import open_chat, say
from tests.conftest import RunningAssistant


def test_a_ribw_finds_out_whether_it_may_do_ips(context: BrowserContext, assistant: RunningAssistant) -> None:
    context.set_default_timeout(60_000)
    expect.set_options(timeout=60_000)
    page = context.new_page()
    page.goto(assistant.base)
    open_chat(page)
    log = page.get_by_role("log", name="Gesprek")

    say(page, "hoi wij zijn een ribw met 2 fte trajectbegeleiders, we willen ips gaan doen")
    expect(log.get_by_text("een chatbot en geen mens")).to_be_visible()
    expect(log.get_by_text("beschermd wonen").first).to_be_visible()
    expect(page.get_by_role("progressbar", name="Criterium 1 van 8")).to_be_visible()

    page.get_by_role("button", name="Ja", exact=True).click()
    expect(page.get_by_role("progressbar", name="Criterium 2 van 8")).to_be_visible()
    say(page, "wat bedoel je met trajectbegeleider?")
    expect(log.get_by_text("helpt een cliënt om betaald werk te vinden")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Criterium 2 van 8")).to_be_visible()
    say(page, "2 tot en met 8 halen we ook")
    expect(log.get_by_text("Genoteerd").last).to_contain_text("2, 3, 4, 5, 6, 7 en 8: voldoet")

    page.reload()
    expect(log.get_by_text("Genoteerd").last).to_contain_text("voldoet")
    say(page, "we hebben genoeg mensen en doen het liever zelf")
    expect(log.get_by_text("Genoteerd").last).to_contain_text("genoeg mensen")
    say(page, "geef me het advies")
    advice = log.get_by_text("Advies: zelf IPS uitvoeren").last
    expect(advice).to_be_visible()
    expect(log.get_by_text("Wie waarvoor verantwoordelijk is").last).to_be_visible()
    expect(log.get_by_text("Bron").last).to_be_visible()
