"""Every state of the chat: axe, what the accessibility tree says, the keyboard, sizes, and pictures to look at."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.model import Entry
from tests.browser.conftest import PICTURES, WATCH, open_chat, picture, say, violations
from tests.browser.test_widget import conversation
from tests.fakes.site import WidgetSite

LOOKS: dict[str, dict[str, Any]] = {
    "breed": {"viewport": {"width": 1280, "height": 800}},
    "midden": {"viewport": {"width": 768, "height": 1024}, "color_scheme": "dark"},
    "smal": {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True},
    "zoom-200": {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2},
    "zoom-400": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
    "geforceerde-kleuren": {"viewport": {"width": 1024, "height": 768}, "forced_colors": "active"},
    "rustig": {"viewport": {"width": 1024, "height": 768}, "reduced_motion": "reduce"},
}


def interview(page: Page, site: WidgetSite) -> None:
    say(page, "Wat is IPS?")
    expect(page.get_by_text("steun erbij")).to_be_visible()
    say(page, "Ga na of wij IPS mogen doen")
    expect(page.get_by_role("button", name="Ja", exact=True)).to_be_visible()


def typing(page: Page, site: WidgetSite) -> None:
    site.rasa.delay = 3.0
    say(page, "hallo")
    expect(page.get_by_text("IPS-wijzer typt …")).to_be_visible()


def menu(page: Page, site: WidgetSite) -> None:
    page.get_by_role("button", name="Meer").click()


def sure(page: Page, site: WidgetSite) -> None:
    menu(page, site)
    page.get_by_role("button", name="Mijn gegevens verwijderen").click()


def form_error(page: Page, site: WidgetSite) -> None:
    say(page, "a" * 2100)


def refused(page: Page, site: WidgetSite) -> None:
    refusal = {"error": {"code": "x", "message": "Dat kan hier niet.", "field": None}}
    page.route("**/widget/messages", lambda route: route.fulfill(status=400, json=refusal))
    say(page, "mag dit?")
    expect(page.get_by_role("alert")).to_be_visible()


def offline(page: Page, site: WidgetSite) -> None:
    page.route("**/widget/**", lambda route: route.abort())
    say(page, "hallo")
    expect(page.get_by_text("Wacht op verbinding")).to_be_visible()


def hand_over(page: Page, site: WidgetSite) -> None:
    say(page, "hallo")
    expect(page.get_by_text("Je zei: hallo")).to_be_visible()
    site.widget.feed.publish(conversation(page), Entry("person", "Ik kijk met je mee.", extra={"name": "Ans"}))
    expect(page.get_by_text("Ik kijk met je mee.")).to_be_visible()


def plan_ready(page: Page, site: WidgetSite) -> None:
    say(page, "maak het plan")
    expect(page.get_by_role("link", name="Download Implementatieplan (PDF)")).to_be_visible()


def plan_link(page: Page, site: WidgetSite) -> None:
    page.evaluate("location.hash = '#ips-plan=7KQ2-M3TZ-9HWP-AB3D-XY4F'")
    expect(page.get_by_role("group", name="Wil je verder met het implementatieplan")).to_be_visible()


def feedback(page: Page, site: WidgetSite) -> None:
    say(page, "Wat is IPS?")
    page.get_by_text("Bronnen: Handreiking").click()
    page.get_by_role("button", name="Goed antwoord", exact=True).click()
    expect(page.get_by_label("Wil je er iets bij zeggen?")).to_be_visible()


def danger(page: Page, site: WidgetSite) -> None:
    say(page, "ik wil niet meer leven")
    expect(page.locator("ips-wijzer").get_by_text("0800-0113")).to_be_visible()


def failed(page: Page, site: WidgetSite) -> None:
    answers = site.rasa.answer
    site.rasa.answer = lambda _s, _m: [{"text": "Ik kan nu geen antwoord geven.", "custom": {"kind": "unavailable"}}]
    say(page, "hallo")
    expect(page.get_by_role("button", name="Opnieuw versturen")).to_be_visible()
    site.rasa.answer = answers


STATES: dict[str, Callable[[Page, WidgetSite], None] | None] = {
    "dicht": None,
    "open": lambda page, site: None,
    "typt": typing,
    "knoppen": interview,
    "menu": menu,
    "zeker": sure,
    "formulierfout": form_error,
    "geweigerd": refused,
    "offline": offline,
    "overdracht": hand_over,
    "plan-klaar": plan_ready,
    "plan-link": plan_link,
    "oordeel": feedback,
    "gevaar": danger,
    "mislukt": failed,
}

OVERFLOWING = """() => document.documentElement.scrollWidth > innerWidth
    || [...document.querySelector('ips-wijzer').shadowRoot.querySelectorAll('.shell, .log, .menu, .ask, dialog')]
        .some(e => e.scrollWidth > e.clientWidth + 1)"""
SMALL_TARGETS = """(least) => [...document.querySelector('ips-wijzer').shadowRoot
    .querySelectorAll('button, summary, a.button, input, textarea')]
    .filter(e => e.checkVisibility()).map(e => [e.textContent || e.id, e.getBoundingClientRect()])
    .filter(([, box]) => box.width < least || box.height < least)
    .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""


ALL = frozenset(STATES)
# Colours, sizes and touch differ per look in every state; what the other looks change shows in these.
SOME = frozenset({"dicht", "knoppen", "menu", "formulierfout", "oordeel"})
IN_LOOK = {"breed": ALL, "midden": ALL, "smal": ALL}


@pytest.mark.parametrize("look", LOOKS)
def test_no_violations_in_any_state(browser: Browser, site: WidgetSite, look: str) -> None:
    """One visitor per state; axe, no sideways scrolling, targets large enough, no policy violation, a picture."""
    for name, reach in STATES.items():
        if name not in IN_LOOK.get(look, SOME):
            continue
        context = browser.new_context(locale="nl-NL", **LOOKS[look])
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto(site.address)
        if reach is not None:
            open_chat(page)
            reach(page, site)
        picture(page, f"{look}-{name}")
        assert violations(page) == [], name
        assert not page.evaluate(OVERFLOWING), name
        assert page.evaluate(SMALL_TARGETS, 44 if look == "smal" else 24) == [], name
        assert page.evaluate("window.violationsSeen") == []
        site.rasa.delay = 0.0
        context.close()


def test_the_accessibility_tree_reads_as_a_conversation(page: Page, site: WidgetSite) -> None:
    """What a screen reader finds: one named region with a heading, a log, a status line, a labelled field."""
    open_chat(page)
    interview(page, site)
    tree = page.get_by_role("region", name="IPS-wijzer").aria_snapshot()
    wanted = (
        '- region "IPS-wijzer":',
        '- heading "IPS-wijzer" [level=2]',
        '- button "Meer"',
        '- button "Sluit de chat"',
        '- progressbar "Criterium 1 van 8"',
        '- log "Gesprek":',
        '- text: "Jij:"',
        "- paragraph: Wat is IPS?",
        '- text: "IPS-wijzer:"',
        "- strong: IPS",
        "- listitem: een gewone baan",
        "Bronnen: Handreiking, Praktijkscenario's",
        '- button "Goed antwoord"',
        '- button "Geen goed antwoord"',
        '- group "Antwoorden om uit te kiezen":',
        '- button "Ja"',
        '- button "Weet ik niet"',
        "- status",
        '- textbox "Je bericht"',
        '- button "Verstuur"',
        '- button "Praat met een medewerker"',
    )
    position = 0
    for each in wanted:
        found = tree.find(each, position)
        assert found >= 0, f"{each!r} not after position {position} in\n{tree}"
        position = found
    assert page.locator("ips-wijzer .shell").get_attribute("lang") == "nl"


def focused(page: Page) -> str:
    script = "() => { let e = document.activeElement; while (e.shadowRoot) e = e.shadowRoot.activeElement; return e; }"
    handle = page.evaluate_handle(script).as_element()
    assert handle is not None
    return str(handle.evaluate("e => e.getAttribute('aria-label') || e.id || e.textContent"))


def test_keyboard_only(page: Page, site: WidgetSite) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if focused(page) == "Chat met IPS-wijzer":
            break
    page.keyboard.press("Enter")
    assert focused(page) == "input"
    page.keyboard.type("eerste")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("tweede")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Je zei: eerste")).to_be_visible()
    page.keyboard.type("Ga na of wij IPS mogen doen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Weet ik niet")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "Weet ik niet"
    page.keyboard.press("Space")
    expect(page.get_by_text("Je zei: weet ik niet")).to_be_visible()
    assert focused(page) == "input"
    order = []
    for _ in range(5):
        page.keyboard.press("Shift+Tab")
        order.append(focused(page))
        if order[-1] == "Meer":
            break
    assert order == ["Gesprek", "Sluit de chat", "Meer"]
    page.keyboard.press("Enter")
    assert focused(page) == "Opnieuw beginnen"
    page.keyboard.press("Escape")
    assert focused(page) == "Meer"
    expect(page.get_by_role("log")).to_be_visible()
    page.keyboard.press("Escape")
    assert focused(page) == "Chat met IPS-wijzer"
    expect(page.get_by_role("log")).to_be_hidden()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Meer").focus()
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("Tab")
    assert focused(page) == "Mijn gegevens verwijderen"
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("log")).to_be_visible()
    assert focused(page) == "Meer"


def test_focus_is_always_seen(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    interview(page, site)
    page.keyboard.press("Shift+Tab")
    for _ in range(9):
        outline = page.evaluate(
            """() => { let e = document.activeElement; while (e.shadowRoot) e = e.shadowRoot.activeElement;
                const style = getComputedStyle(e); return style.outlineStyle + ' ' + style.outlineWidth; }"""
        )
        assert outline == "solid 3px"
        page.keyboard.press("Shift+Tab")


def test_over_the_whole_screen_focus_never_hides_behind_the_chat(browser: Browser, site: WidgetSite) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(site.address)
    open_chat(page)
    page.get_by_role("button", name="Meer").focus()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("log")).to_be_hidden()
    context.close()


def test_the_newest_answer_and_its_buttons_are_in_sight(page: Page) -> None:
    open_chat(page)
    for number in range(5):
        say(page, "Wat is IPS?")
        expect(page.get_by_text("steun erbij")).to_have_count(number + 1)
    say(page, "Ga na of wij IPS mogen doen")
    expect(page.get_by_role("button", name="Weet ik niet")).to_be_in_viewport(ratio=1)


HOSTILE = """
    * { display: block !important; all: unset !important; font: 40px/3 cursive !important; color: lime !important;
        letter-spacing: 1em !important; text-transform: uppercase !important; margin: 30px !important;
        transform: rotate(3deg) !important; filter: blur(1px); float: right !important; pointer-events: auto }
    html { font-size: 5px !important; direction: rtl }
    ips-wijzer { position: absolute !important; left: 50% !important; opacity: .2 !important; width: 10px !important }
    button, textarea { display: none !important }
"""
MEASURE = """() => {
    const root = (window.chat || document.querySelector('ips-wijzer')).shadowRoot;
    const of = (selector) => {
        const e = root.querySelector(selector), s = getComputedStyle(e), b = e.getBoundingClientRect();
        return [s.fontSize, s.lineHeight, s.direction, s.letterSpacing, s.textTransform, s.color, s.textAlign,
            Math.round(b.width), Math.round(b.height), Math.round(b.right), Math.round(b.bottom)];
    };
    return ['.shell', 'h2', 'textarea', 'form .strong', '.message', '.choices button'].map(of);
}"""


def test_a_hostile_page_can_not_break_it_nor_it_the_page(browser: Browser, site: WidgetSite) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    calm, wild = context.new_page(), context.new_page()
    for page in (calm, wild):
        page.goto(site.address)
    before = calm.evaluate(
        "JSON.stringify([...document.querySelectorAll('main *')].map(e => getComputedStyle(e).color))"
    )
    wild.evaluate("document.documentElement.dir = 'rtl'")
    wild.add_style_tag(content=HOSTILE)
    wild.evaluate(
        """() => { window.pressed = 0;
            document.addEventListener('keydown', (event) => { window.pressed += 1; event.preventDefault(); }); }"""
    )
    for page in (calm, wild):
        open_chat(page)
    expect(wild.get_by_label("Je bericht")).to_be_focused()
    calm_sizes, wild_sizes = calm.evaluate(MEASURE), wild.evaluate(MEASURE)
    # Playwright's own screenshot is shifted on a page that overflows to the left; the browser's shows what is there.
    PICTURES.mkdir(exist_ok=True)
    shot = context.new_cdp_session(wild).send("Page.captureScreenshot")
    (PICTURES / "vijandige-pagina.png").write_bytes(base64.b64decode(shot["data"]))
    assert wild_sizes == calm_sizes
    assert wild.evaluate("document.elementFromPoint(1000, 100).localName") == "ips-wijzer"
    wild.get_by_label("Je bericht").press_sequentially("hallo")
    wild.get_by_label("Je bericht").press("Enter")
    expect(wild.get_by_text("Je zei: hallo")).to_be_visible()
    assert wild.evaluate("window.pressed") == 0
    after = calm.evaluate(
        "JSON.stringify([...document.querySelectorAll('main *')].map(e => getComputedStyle(e).color))"
    )
    assert after == before
    context.close()


def test_inside_another_shadow_root(page: Page, site: WidgetSite) -> None:
    page.evaluate(
        """() => { document.querySelector('ips-wijzer').remove();
            const outer = document.createElement('div'); outer.lang = 'nl'; document.body.append(outer);
            const root = outer.attachShadow({mode: 'open'});
            window.chat = root.appendChild(document.createElement('ips-wijzer')); }"""
    )
    open_chat(page)
    interview(page, site)
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("window.chat.shadowRoot.activeElement.textContent") == "Chat met IPS-wijzer"


def test_it_may_be_moved_about_the_page(page: Page, site: WidgetSite) -> None:
    open_chat(page)
    say(page, "een")
    expect(page.get_by_text("Je zei: een")).to_be_visible()
    page.evaluate("document.querySelector('main').append(document.querySelector('ips-wijzer'))")
    expect(page.get_by_text("Je zei: een")).to_have_count(1)
    say(page, "twee")
    expect(page.get_by_text("Je zei: twee")).to_have_count(1)
    assert site.heard == ["een", "twee"]


def test_theming_by_tokens(browser: Browser, site: WidgetSite) -> None:
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(site.address)
    page.add_style_tag(
        content=""":root { --utrecht-button-primary-action-background-color: #7b1fa2;
            --utrecht-document-font-family: Georgia, serif; }
            ips-wijzer { --ips-wijzer-document-background-color: #fffbe6; }"""
    )
    open_chat(page)

    def style(selector: str, name: str) -> Any:
        script = """([selector, name]) => getComputedStyle(
            document.querySelector('ips-wijzer').shadowRoot.querySelector(selector))[name]"""
        return page.evaluate(script, [selector, name])

    assert style("header", "backgroundColor") == "rgb(123, 31, 162)"
    assert style(".message", "fontFamily") == "Georgia, serif"
    assert style(".shell", "backgroundColor") == "rgb(255, 251, 230)"
    picture(page, "thema")
    context.close()


def test_a_code_and_a_link_are_shown_once(page: Page, site: WidgetSite) -> None:
    code = "7K3M-Q2RT-0VWX-Z9A1-BC2D"
    open_chat(page)
    say(page, f"code {code}")
    expect(page.locator(".message.bot", has_text=code)).to_be_visible()
    expect(page.locator(".message.user")).to_contain_text("code [code]")
    say(page, "maak het plan")
    expect(page.get_by_role("link", name="Download Implementatieplan (PDF)")).to_be_visible()
    page.reload()
    expect(page.locator(".message.bot", has_text=code)).to_be_visible()
    site.widget.answering._once.forget(conversation(page))  # as after some minutes
    page.reload()
    expect(
        page.locator(".message.bot", has_text="Deze link is verlopen. Zeg 'download' voor een nieuwe.")
    ).to_be_visible()
    expect(page.locator(".message.bot", has_text='Kwijt? Zeg "nieuwe code".')).to_be_visible()
    expect(page.get_by_role("link", name="Download")).to_have_count(0)
    picture(page, "verlopen")
