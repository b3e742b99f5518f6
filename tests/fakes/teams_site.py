"""The public port with Teams switched on, between a fake Teams and a fake Rasa, over real sockets."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bot.helpdesk import Helpdesk
from bot.rules.officehours import OfficeHours
from bot.settings import Settings
from bot.store.conversations import SqlConversationStore
from bot.store.deliveries import SqlDeliveryStore
from bot.store.tickets import SqlTicketStore
from bot.web.app import PublicPort, create_app, widget_port
from bot.web.desk.wiring import places as desk_places
from bot.web.followers import Followers
from bot.web.teams import TeamsPort
from bot.web.teams_tokens import Endpoints
from bot.web.widget_port import WidgetPort
from tests.fakes.knowledge import FACTS, SAFETY, SOURCES, advise
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.rasa import FakeRasa
from tests.fakes.serving import free_port, serving
from tests.fakes.site import now
from tests.fakes.store import MemoryDossierStore
from tests.fakes.teams import APP_ID, SECRET, TENANT, FakeTeams

SETTINGS = {
    "IPS_TEAMS_APP_ID": APP_ID,
    "IPS_TEAMS_APP_PASSWORD": SECRET,
    "IPS_TEAMS_TENANTS": TENANT,
    "IPS_PUBLIC_URL": "https://ips.voorbeeld.nl",
}


@dataclass
class TeamsSite:
    """The public port, its fakes and a client. `shift` moves the clock of the port's tokens, in seconds."""

    http: httpx.Client
    rasa: FakeRasa
    teams: FakeTeams
    port: TeamsPort
    shift: list[float]
    store: SqlConversationStore
    widget: WidgetPort
    helpdesk: Helpdesk | None = None
    followers: Followers | None = None

    def post(self, activity: Any, token: str | None = None, **more: Any) -> httpx.Response:
        token = self.teams.token() if token is None else token
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        return self.http.post("/webhooks/botframework/webhook", json=activity, headers=headers, **more)

    def hears(self, count: int, seconds: float = 10) -> list[dict[str, Any]]:
        """Return what Teams was sent, once there are `count` messages."""
        wait_for(lambda: len(self.teams.sent) >= count, seconds)
        return [activity for _, activity in self.teams.sent]

    def settled(self, seconds: float = 10) -> None:
        """Wait until nothing is being taken in, answered or delivered."""
        feed, deliverer = self.port._answering, self.port.deliverer
        wait_for(lambda: not (self.port._tasks or feed._workers or deliverer._workers), seconds)


def wait_for(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something is true."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it doesn't happen"
        time.sleep(0.01)


@contextmanager
def teams_site(folder: Path | None = None, teams: FakeTeams | None = None, **environ: str) -> Iterator[TeamsSite]:
    """Serve everything; yield it; stop it afterwards. One on the same `folder` goes on where the last one stopped."""
    rasa, rasa_port, shift = FakeRasa(), free_port(), [0.0]
    teams = teams or FakeTeams()
    with ExitStack() as stack:
        folder = folder or Path(stack.enter_context(TemporaryDirectory()))
        stack.enter_context(serving(rasa.app, rasa_port))
        teams.address = stack.enter_context(serving(teams.app, teams.port))
        teams.port = int(teams.address.rpartition(":")[2])
        ports = {"IPS_RASA_PORT": str(rasa_port), "IPS_ACTIONS_PORT": str(rasa_port)}
        settings = Settings.from_environment({**SETTINGS, **ports, **environ})
        dossiers = MemoryDossierStore(now)
        store = SqlConversationStore(f"sqlite:///{folder / 'log.sqlite'}", now)
        places = SqlDeliveryStore(f"sqlite:///{folder / 'log.sqlite'}")
        stack.callback(store.close)
        stack.callback(places.close)
        public = PublicPort(settings, advise=advise, facts=FACTS, sources=SOURCES, store=dossiers, safety=SAFETY)
        widget = widget_port(public, settings, store, dossiers, now)
        endpoints = Endpoints(
            f"{teams.address}/v1/.well-known/openidconfiguration",
            teams.address + "/{tenant}/oauth2/v2.0/token",
            (teams.address,),
            f"{teams.address}/emea",
        )
        port = TeamsPort(
            settings,
            public.talk,
            store,
            places,
            widget.feed,
            widget.answering,
            count=public.count,
            now=now,
            endpoints=endpoints,
            clock=lambda: time.monotonic() + shift[0],
        )
        tickets = SqlTicketStore(f"sqlite:///{folder / 'log.sqlite'}", now)
        stack.callback(tickets.close)
        helpdesk = Helpdesk(
            tickets, now, OfficeHours(settings.office_hours, settings.closed_days), {}, MemoryQuestionLog()
        )
        outside = desk_places(settings, helpdesk, tickets, places, slack=None, teams=port, count=public.count, now=now)
        followers = Followers(tickets, outside.handlers, now, helpdesk) if outside.handlers else None
        app = create_app(public, widget=widget, teams=port, followers=followers, outside=outside)
        address = stack.enter_context(serving(app))
        client = stack.enter_context(httpx.Client(base_url=address, timeout=20))
        yield TeamsSite(client, rasa, teams, port, shift, store, widget, helpdesk, followers)
