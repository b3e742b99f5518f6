"""What is shown once: whole for some minutes, then as it is stored."""

from __future__ import annotations

from bot.model import Entry
from bot.web.once import LINK_SECONDS, MARK, MOST_KEPT, SHOWN_SECONDS, ShownOnce

CODE = "7K3M-Q2RT-0VWX-Z9A1-BC2D"
SAID = Entry("bot", f"Dit is jullie code: **{CODE}**", extra={"buttons": [{"title": "x", "payload": "x"}]})
FILE = {"title": "Plan", "formats": [{"format": "pdf", "url": "/api/v1/plan/document/geheim.pdf"}]}


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_code_is_shown_for_some_minutes_and_never_stored() -> None:
    clock = Clock()
    once = ShownOnce(clock)
    stored = once.hide("a", SAID)
    assert stored.text == 'Dit is jullie code: **[code]**\n\nKwijt? Zeg "nieuwe code".'
    assert CODE not in repr(stored)
    assert once.show(stored).text == SAID.text
    assert once.show(stored).extra["buttons"] == SAID.extra["buttons"]
    clock.now = SHOWN_SECONDS
    assert once.show(stored) == stored


def test_a_link_is_shown_as_long_as_it_works() -> None:
    clock = Clock()
    once = ShownOnce(clock)
    stored = once.hide("a", Entry("bot", "Het plan.", extra={"custom": {"download": FILE}}))
    assert stored.extra["custom"] == {"download": {"title": "Plan", "formats": [], "expired": True}}
    clock.now = LINK_SECONDS - 1
    assert once.show(stored).extra["custom"]["download"] == FILE
    clock.now = LINK_SECONDS
    assert once.show(stored) == stored


def test_contact_details_are_hidden_in_what_is_stored() -> None:
    stored = ShownOnce(Clock()).hide("a", Entry("bot", "Contact: jan@vennedal.example, 06-12345678"))
    assert stored.text == "Contact: [e-mailadres], [telefoonnummer]"


def test_another_process_shows_what_is_stored() -> None:
    stored = ShownOnce(Clock()).hide("a", SAID)
    assert ShownOnce(Clock()).show(stored) == stored


def test_what_is_forgotten_is_gone_and_others_stay() -> None:
    once = ShownOnce(Clock())
    mine, yours = once.hide("a", SAID), once.hide("b", SAID)
    once.forget("a")
    assert once.show(mine) == mine
    assert once.show(yours).text == SAID.text


def test_memory_is_bounded() -> None:
    once = ShownOnce(Clock())
    stored = [once.hide("a", SAID) for _ in range(MOST_KEPT + 5)]
    assert sum(once.show(each) != each for each in stored) == MOST_KEPT


def test_an_ordinary_reply_is_stored_as_it_is() -> None:
    plain = Entry("bot", "Hallo", extra={"custom": {"progress": {"done": 1}}})
    assert ShownOnce(Clock()).hide("a", plain) is plain
    assert MARK not in plain.extra
