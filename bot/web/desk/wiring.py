"""Puts together the places that an operator set up: followers for the audit trail, routes, and what runs beside."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import httpx
from starlette.requests import Request
from starlette.routing import Route

from bot.channels.teams import Reference
from bot.helpdesk import Helpdesk
from bot.model import Ticket, TicketEvent
from bot.ports import Clock, DeliveryStore, Mailer, TicketStore
from bot.settings import Settings
from bot.web.desk.notify import HookPlace, MailPlace, Notify, Place, SlackPlace, TeamsPlace
from bot.web.desk.outgoing import Outgoing
from bot.web.desk.slack import SlackStaff
from bot.web.desk.teams import TeamsStaff
from bot.web.desk.zammad import Mapped, Zammad
from bot.web.holding import Holding
from bot.web.slack import SlackPort
from bot.web.teams import TeamsPort

log = logging.getLogger(__name__)


class Runs(Protocol):
    """Something that runs beside the followers."""

    def start(self) -> None: ...

    async def close(self) -> None: ...


@dataclass
class Places:
    """What was set up. `leads` names the system that leads where people answer, "" when that is the inbox."""

    handlers: dict[str, Callable[[TicketEvent, Ticket | None], Awaitable[None]]] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)
    running: list[Runs] = field(default_factory=list)
    client: httpx.AsyncClient | None = None
    leads: str = ""

    def start(self) -> None:
        """Begin; on the event loop."""
        for each in self.running:
            each.start()

    async def close(self) -> None:
        """Stop."""
        for each in self.running:
            await each.close()
        if self.client:
            await self.client.aclose()


def places(
    settings: Settings,
    helpdesk: Helpdesk,
    tickets: TicketStore,
    kept: DeliveryStore,
    *,
    slack: SlackPort | None,
    teams: TeamsPort | None,
    count: Callable[[Request], None],
    now: Clock,
    mailer: Mailer | None = None,
    holding: Holding | None = None,
) -> Places:
    """Return what is set up, with a line in the log for what lacks something; `holding` is for several processes."""
    made = Places()
    if settings.staff_slack:
        if slack:
            slack.staff = SlackStaff(
                helpdesk, tickets, kept, slack.api, channel=settings.staff_slack, base=settings.link_base, now=now
            )
            made.handlers["slack"] = slack.staff.handle
        else:
            log.warning("Het medewerkerskanaal in Slack staat uit: Slack zelf is niet ingesteld.")
    if settings.staff_teams:
        if teams:
            channel = _teams_channel(settings, settings.staff_teams, teams)
            teams.staff = TeamsStaff(helpdesk, tickets, kept, teams.connector, channel=channel, base=settings.link_base)
            made.handlers["teams"] = teams.staff.handle
        else:
            log.warning("Het medewerkerskanaal in Teams staat uit: Teams zelf is niet ingesteld.")
    if zammad := _zammad(settings, helpdesk, tickets, count, now, holding):
        made.handlers["zammad"], made.leads = zammad.handle, zammad.name
        made.routes += zammad.routes()
        made.running.append(zammad)
    if notify := _notify(settings, helpdesk, made, slack, teams, mailer, now, holding):
        made.handlers["notify"] = notify.handle
        made.running.append(notify)
    return made


def _zammad(
    settings: Settings,
    helpdesk: Helpdesk,
    tickets: TicketStore,
    count: Callable[[Request], None],
    now: Clock,
    holding: Holding | None,
) -> Zammad | None:
    if not (settings.zammad_url and settings.zammad_token and settings.zammad_webhook_secret):
        log.info(
            "Zammad staat uit: IPS_ZAMMAD_URL, IPS_ZAMMAD_TOKEN en IPS_ZAMMAD_WEBHOOK_SECRET zijn niet alle gezet."
        )
        return None
    return Zammad(
        helpdesk,
        tickets,
        httpx.AsyncClient(trust_env=False, follow_redirects=False),
        url=settings.zammad_url,
        token=settings.zammad_token,
        secret=settings.zammad_webhook_secret,
        mapped=Mapped(
            settings.zammad_group,
            dict(settings.zammad_groups),
            dict(settings.zammad_priorities),
            settings.zammad_customer,
        ),
        base=settings.link_base,
        count=count,
        now=now,
        holding=holding,
    )


def _notify(
    settings: Settings,
    helpdesk: Helpdesk,
    made: Places,
    slack: SlackPort | None,
    teams: TeamsPort | None,
    mailer: Mailer | None,
    now: Clock,
    holding: Holding | None,
) -> Notify | None:
    def place(where: str) -> Place | None:
        kind, _, rest = where.partition(":")
        if kind == "slack":
            return SlackPlace(slack.api, rest) if slack else None
        if kind == "teams":
            return TeamsPlace(teams.connector, _teams_channel(settings, rest, teams)) if teams else None
        if kind == "mail":
            return MailPlace(mailer, rest, rest.rpartition("@")[2]) if mailer else None
        if made.client is None:
            made.client = httpx.AsyncClient(trust_env=False, follow_redirects=False)
        return HookPlace(Outgoing(made.client), where)

    first = place(settings.notify) if settings.notify else None
    higher = place(settings.notify_higher) if settings.notify_higher else None
    for name, where, found in (
        ("IPS_NOTIFY", settings.notify, first),
        ("IPS_NOTIFY_HIGHER", settings.notify_higher, higher),
    ):
        if where and not found:
            log.error("%s: die plek is niet ingesteld (Slack, Teams of mail staat uit).", name)
    if first is None and higher is None:
        return None
    return Notify(helpdesk, first, higher, dict(settings.notify_minutes), settings.link_base, now, holding)


def _teams_channel(settings: Settings, channel: str, teams: TeamsPort) -> Reference:
    """Return a channel as a place to post in."""
    tenant = settings.teams_app_tenant or settings.teams_tenants[0]
    return Reference(teams.anywhere, channel, f"28:{settings.teams_app_id}", "", tenant)
