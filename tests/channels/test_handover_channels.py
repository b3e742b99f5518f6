"""Whole hand-overs in Slack and Teams, between their fakes and a real helpdesk."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from bot.settings import Settings
from bot.store.conversations import SqlConversationStore
from bot.store.deliveries import SqlDeliveryStore
from bot.web.app import PublicPort, slack_port
from bot.web.teams import TeamsPort
from bot.web.teams_tokens import Endpoints
from bot.web.widget_port import WidgetPort
from tests.fakes.desk import Clock, DeskSite, desk_site
from tests.fakes.serving import serving
from tests.fakes.slack import SECRET, TOKEN, FakeSlack, SlackSite, words
from tests.fakes.teams import FakeTeams, texts_of
from tests.fakes.teams_site import SETTINGS as TEAMS_SETTINGS
from tests.fakes.teams_site import TeamsSite, wait_for

ADDRESS = "k.overwater@posthuis.example"


def a_hand_over(site: DeskSite, say: Callable[[str], None], seen: Callable[[], list[str]], channel: str) -> None:
    """Play one from the wish to the way back; `seen` is what the asker was shown, in order."""

    def waits_for(text: str) -> None:
        wait_for(lambda: any(text in each for each in seen()), 20)

    say("kan ik ff iemand spreken aub")
    waits_for("nummer 1")
    say(ADDRESS)
    waits_for("k…@posthuis.example")
    ticket = site.tickets[0]
    assert (ticket.channel, ticket.contact and ticket.contact.email) == (channel, ADDRESS)
    site.helpdesk.take(1, "Ans")
    waits_for("Ans (medewerker) doet nu mee")
    before = len(seen())
    say("wat kosten 10 epa trajecten?")
    wait_for(lambda: "wat kosten 10 epa" in str(site.tickets[0].messages), 20)
    say("ik wil niet meer leven")
    waits_for("113")
    assert site.tickets[0].urgency == "direct"
    site.helpdesk.answer(1, "Ans", "Ik bel je. <b>Nu</b>.", "a1")
    waits_for("Ans (medewerker):")
    site.helpdesk.hand_back(1, "Ans")
    waits_for("chatbot weer")
    shown = seen()[before:]
    assert len(shown) == 3, shown
    assert not any("113.250" in each for each in shown), "the bot was silent"
    say("wat kosten 10 epa trajecten?")
    waits_for("113.250")
    assert sum("Ik bel je" in each for each in seen()) == 1
    assert site.mailer.sent == {}, "they were still there"


def test_in_slack(tmp_path: Path) -> None:
    slack = FakeSlack()
    with serving(slack.app) as api:
        environ = {
            "IPS_SLACK_SIGNING_SECRET": SECRET,
            "IPS_SLACK_BOT_TOKEN": TOKEN,
            "IPS_SLACK_API_URL": f"{api}/api",
            "IPS_PUBLIC_URL": "https://ips.voorbeeld.nl",
        }

        def extras(
            public: PublicPort,
            widget: WidgetPort,
            settings: Settings,
            store: SqlConversationStore,
            places: SqlDeliveryStore,
            clock: Clock,
        ) -> dict[str, Any]:
            return {"slack": slack_port(public, widget, settings, store, places, clock)}

        with desk_site(tmp_path, extras=extras, **environ) as site:
            person = SlackSite(site.address, site.rasa, slack, site.store, site.places, site.extras["slack"])
            a_hand_over(
                site, lambda text: _taken(person.direct(text)), lambda: [words(m) for m in slack.messages], "slack"
            )
            assert slack.refused == []
            person.http.close()


def _taken(response: httpx.Response) -> None:
    assert response.is_success
    time.sleep(0.05)


def test_in_teams(tmp_path: Path) -> None:
    teams = FakeTeams()
    with serving(teams.app) as teams.address:
        teams.port = int(teams.address.rpartition(":")[2])

        def extras(
            public: PublicPort,
            widget: WidgetPort,
            settings: Settings,
            store: SqlConversationStore,
            places: SqlDeliveryStore,
            clock: Clock,
        ) -> dict[str, Any]:
            endpoints = Endpoints(
                f"{teams.address}/v1/.well-known/openidconfiguration",
                teams.address + "/{tenant}/oauth2/v2.0/token",
                (teams.address,),
            )
            port = TeamsPort(
                settings,
                public.talk,
                store,
                places,
                widget.feed,
                widget.answering,
                count=public.count,
                now=clock,
                endpoints=endpoints,
            )
            return {"teams": port}

        with desk_site(tmp_path, extras=extras, **TEAMS_SETTINGS) as site:
            with httpx.Client(base_url=site.address, timeout=20) as client:
                person = TeamsSite(client, site.rasa, teams, site.extras["teams"], [0.0], site.store, site.widget)
                numbers = iter(range(1, 99))
                a_hand_over(
                    site,
                    lambda text: _taken(person.post(teams.message(text, next(numbers)))),
                    lambda: [texts_of(activity) for _, activity in teams.sent],
                    "teams",
                )
            assert teams.refused == []
