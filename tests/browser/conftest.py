"""A real Chromium, a site with the widget, and what every browser test does with the chat."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.fakes.site import WidgetSite, widget_site

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PICTURES = Path(__file__).parents[2] / ".pictures"  # to look at; ignored by git
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WATCH = """
window.violationsSeen = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.violationsSeen.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="package")  # no longer: Playwright's event loop keeps other tests of this thread from theirs
def browser() -> Iterator[Browser]:
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no Chromium: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="nl-NL")
    context.set_default_timeout(10_000)
    context.add_init_script(WATCH)
    yield context
    context.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[WidgetSite]:
    with widget_site(tmp_path) as site:
        yield site


def watched(page: Page) -> list[str]:
    """Return a list that fills with every script error and every violation of the page's policy."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    told = ("Content Security Policy", "TrustedHTML", "TrustedScript")
    page.on("console", lambda line: problems.append(line.text) if any(each in line.text for each in told) else None)
    return problems


@pytest.fixture
def page(context: BrowserContext, site: WidgetSite) -> Iterator[Page]:
    page = context.new_page()
    problems = watched(page)
    page.goto(site.address)
    yield page
    assert problems == []
    assert page.evaluate("window.violationsSeen") == []


def open_chat(page: Page) -> None:
    page.get_by_role("button", name="Chat met IPS-wijzer").click()


def say(page: Page, text: str) -> None:
    page.get_by_label("Je bericht").fill(text)
    page.get_by_label("Je bericht").press("Enter")


def violations(page: Page) -> list[Any]:
    return [(found["id"], found["nodes"][0]["html"]) for found in Axe().run(page, options=WCAG).response["violations"]]


def picture(page: Page, name: str) -> None:
    """Keep a screenshot to look at."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png")
