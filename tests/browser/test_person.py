"""A person in the chat: who speaks is seen and heard, once; axe; pictures to look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import open_chat, picture, say, violations, watched
from tests.browser.test_widget_network import LISTEN
from tests.fakes.desk import DeskSite, desk_site


def announced(page: Page) -> list[str]:
    return list(page.evaluate("window.announced"))


@pytest.mark.parametrize("look", ["breed", "smal"])
def test_a_person_comes_answers_and_goes(context: BrowserContext, tmp_path: Path, look: str) -> None:
    with desk_site(tmp_path) as site:
        page = context.new_page()
        problems = watched(page)
        if look == "smal":
            page.set_viewport_size({"width": 320, "height": 640})
        page.goto(site.address)
        open_chat(page)
        say(page, "mag ik ff een mens spreken")
        expect(page.get_by_role("button", name="Nee, geen e-mail")).to_be_visible()
        picture(page, f"mens-gevraagd-{look}")
        assert violations(page) == []
        page.get_by_role("button", name="Nee, geen e-mail").click()
        expect(page.get_by_text("alleen hier in dit gesprek")).to_be_visible()
        page.evaluate(LISTEN)
        a_person_speaks(page, site, look)
        assert problems == []


def a_person_speaks(page: Page, site: DeskSite, look: str) -> None:
    site.helpdesk.take(1, "Ans")
    expect(page.get_by_text("Je praat met Ans, medewerker")).to_be_visible()
    say(page, "mogen wij dit ook samen doen?")
    while site.tickets[0].messages[-1].text != "mogen wij dit ook samen doen?":
        page.wait_for_timeout(50)
    site.helpdesk.answer(1, "Ans", "Ja, dat mag.", "a1")
    expect(page.get_by_text("Ja, dat mag.")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="Je bericht gaat naar")).to_have_count(0)
    picture(page, f"mens-antwoordt-{look}")
    assert violations(page) == []
    page.reload()
    expect(page.get_by_text("Je praat met Ans, medewerker")).to_be_visible()
    expect(page.get_by_role("log")).not_to_have_attribute("aria-live", "off")  # what was there already is shown
    page.evaluate(LISTEN)
    site.helpdesk.hand_back(1, "Ans")
    expect(page.get_by_text("Chatbot over IPS")).to_be_visible()
    expect(page.get_by_text("antwoordt de chatbot weer")).to_be_visible()
    assert announced(page) == ["Melding: De medewerker is weer uit dit gesprek. Vanaf nu antwoordt de chatbot weer."], (
        "once, and nothing of before again"
    )
    picture(page, f"mens-weg-{look}")


def test_who_comes_and_what_is_said_is_read_out_once(context: BrowserContext, tmp_path: Path) -> None:
    with desk_site(tmp_path) as site:
        page = context.new_page()
        page.goto(site.address)
        open_chat(page)
        say(page, "mens")
        expect(page.get_by_role("button", name="Nee, geen e-mail")).to_be_visible()
        page.evaluate(LISTEN)
        site.helpdesk.answer(1, "Ans", "Hallo, ik ben Ans.", "a1")
        expect(page.get_by_text("Hallo, ik ben Ans.")).to_be_visible()
        assert announced(page) == [
            "Melding: Ans (medewerker) doet nu mee in dit gesprek. De chatbot zwijgt zolang.",
            "Medewerker AnsHallo, ik ben Ans.",
        ]
