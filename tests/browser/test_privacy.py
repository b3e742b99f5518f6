"""The privacy page in a real browser: axe finds nothing, wide and narrow, light and dark, and nothing sticks out."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import picture, violations, watched
from tests.fakes.site import WidgetSite


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("breed", {"viewport": {"width": 1280, "height": 800}}),
        ("smal-donker", {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"}),
    ],
)
def test_the_privacy_page_is_accessible(browser: Browser, site: WidgetSite, name: str, look: dict[str, Any]) -> None:
    context = browser.new_context(locale="nl-NL", **look)
    page = context.new_page()
    problems = watched(page)
    page.goto(f"{site.address}/privacy")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [heading.inner_text() for heading in page.locator("h1").all()] == ["Privacy van IPS-wijzer"]
    picture(page, f"privacy-{name}")
    assert problems == []
    context.close()
