"""Slack, Teams and tickets with a client's data in every field: what they store and log is searched."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.app import build, utc_now
from bot.hiding import hide_personal
from bot.model import Ticket, TicketMessage
from bot.settings import Settings
from tests.fakes.slack import slack_site
from tests.fakes.teams_site import teams_site
from tests.integration.test_nothing_leaks import CLIENT, PLANTED, files, found, leaks

SEEN = "zeemeeuwenkolonie"  # a word that may be kept: the search looks in the right place


def test_slack_keeps_nothing_of_a_client(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with slack_site(tmp_path) as site:
        site.direct(f"{SEEN}: {CLIENT}")
        site.until(1)
        heard = str(site.heard)
    places = {**files(tmp_path), "log": caplog.text.encode()}
    assert found(SEEN, places)
    assert leaks(PLANTED, places) == {}
    assert set(leaks(PLANTED, {"Rasa": heard.encode()})) <= {"client"}, "Rasa forgets, and hears names"


def test_teams_keeps_nothing_of_a_client(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with teams_site(tmp_path) as site:
        site.post(site.teams.message(f"{SEEN}: {CLIENT}", 1))
        site.hears(1)
        site.settled()
    places = {**files(tmp_path), "log": caplog.text.encode()}
    assert found(SEEN, places)
    assert leaks(PLANTED, places) == {}


def test_a_ticket_keeps_nothing_of_a_client(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk = build(Settings.from_environment({"IPS_DATA": str(tmp_path)})).helpdesk
    said = (TicketMessage("m1", "asker", f"{SEEN}: {CLIENT}", utc_now()),)
    made = desk.open(Ticket("k", "widget", "overig", "normaal", subject=f"over {CLIENT}", messages=said))
    desk.asker_said(made.number, "m2", CLIENT)
    desk.bot_said(made.number, "m3", f"Je zei: {CLIENT}")
    places = {**files(tmp_path), "log": caplog.text.encode()}
    assert found(SEEN, places)
    assert leaks(PLANTED, places) == {}


def test_what_is_planted_is_hidden_by_the_rules_alone() -> None:
    assert leaks(PLANTED, {"text": hide_personal(CLIENT).encode()}) == {}
