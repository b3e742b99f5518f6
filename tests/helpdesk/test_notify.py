"""Who is told at once: once, without anything of the asker, and higher up when nobody takes it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from bot.channels.teams import Reference
from bot.errors import MailError, SettingError
from bot.helpdesk import Helpdesk
from bot.model import Ticket
from bot.rules.officehours import OfficeHours
from bot.settings import Settings
from bot.web.deliveries import TryLater, Undeliverable
from bot.web.desk.notify import HookPlace, MailPlace, Notify, SlackPlace, TeamsPlace
from bot.web.desk.outgoing import Outgoing, is_public
from bot.web.slack_api import SlackApi
from bot.web.teams_connector import Connector
from tests.fakes.places import ticket
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.slack import TOKEN, FakeSlack
from tests.fakes.teams import APP_ID, TENANT, FakeTeams, texts_of
from tests.fakes.tickets import MemoryTicketStore

HOOK = "https://hooks.voorbeeld.nl/services/T0/B0?x=1"


class Killed(BaseException):
    """This process dies here."""


class Place:
    """Somewhere to tell; `said` has what arrived, `lose` makes the next one arrive without our hearing of it."""

    def __init__(self) -> None:
        self.lose = False
        self.faults = 0

    def made(self) -> Any:
        raise NotImplementedError

    def texts(self) -> list[str]:
        raise NotImplementedError


class InSlack(Place):
    def __init__(self) -> None:
        super().__init__()
        self.slack = FakeSlack()

    def made(self) -> Any:
        self.slack.lose_next = self.lose
        self.slack.faults = [lambda: httpx_500()] * self.faults
        client = httpx.AsyncClient(transport=httpx.ASGITransport(self.slack.app))
        return SlackPlace(SlackApi(client, "http://slack/api", TOKEN), "C0STAFF")

    def texts(self) -> list[str]:
        return [body["blocks"][0]["text"]["text"] for body in self.slack.stands.values()]


class InTeams(Place):
    def __init__(self) -> None:
        super().__init__()
        self.teams = FakeTeams()
        self.teams.valid_tokens.add("token")

    def made(self) -> Any:
        self.teams.statuses = [503] * self.faults
        client = httpx.AsyncClient(transport=httpx.ASGITransport(self.teams.app))
        where = Reference("http://teams/emea", "19:desk@thread.tacv2", f"28:{APP_ID}", "", TENANT)
        return TeamsPlace(Connector(client, Token(), ("http://teams",)), where)  # type: ignore[arg-type]

    def texts(self) -> list[str]:
        return [texts_of(next(iter(there.values()))) for there in self.teams.stands.values()]


class InMail(Place):
    """A mailbox whose server knows a mail by its Message-ID, as every mailbox shows it."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: dict[str, tuple[str, str, str]] = {}

    def made(self) -> Any:
        return MailPlace(self, "wacht@organisatie.nl", "organisatie.nl")  # type: ignore[arg-type]

    def send(self, to: str, subject: str, text: str, *, message_id: str, in_reply_to: str = "") -> None:
        if self.faults:
            self.faults -= 1
            raise MailError("away")
        self.mails[message_id] = (to, subject, text)
        if self.lose:
            self.lose = False
            raise MailError("cut")

    def texts(self) -> list[str]:
        return [text for _, _, text in self.mails.values()]


class InHook(Place):
    """An address that knows a call by its Idempotency-Key."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[str, dict[str, Any]] = {}
        self.requests: list[httpx.Request] = []

    def made(self) -> Any:
        return HookPlace(
            Outgoing(httpx.AsyncClient(transport=httpx.MockTransport(self._take)), resolves("93.184.216.34")), HOOK
        )

    def _take(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.faults:
            self.faults -= 1
            return httpx.Response(503)
        self.calls[request.headers["idempotency-key"]] = json.loads(request.content)
        if self.lose:
            self.lose = False
            raise httpx.ReadTimeout("cut")
        return httpx.Response(200)

    def texts(self) -> list[str]:
        return [call["text"] for call in self.calls.values()]


class Token:
    """Proves nothing; the fake takes it."""

    async def get(self) -> str:
        return "token"

    def forget(self, token: str) -> None: ...


def httpx_500() -> Any:
    from starlette.responses import Response

    return Response(status_code=500)


def resolves(*addresses: str) -> Callable[[str, int], Awaitable[tuple[str, ...]]]:
    async def resolve(_host: str, _port: int) -> tuple[str, ...]:
        return addresses

    return resolve


class Bench:
    """A helpdesk whose followers run when a test says so."""

    def __init__(self, first: Place | None, higher: Place | None = None) -> None:
        self.time = datetime.now(timezone.utc)
        self.tickets = MemoryTicketStore(lambda: self.time)
        settings = Settings.from_environment({})
        hours = OfficeHours(settings.office_hours, settings.closed_days)
        self.helpdesk = Helpdesk(self.tickets, lambda: self.time, hours, {"direct": 1, "hoog": 4}, MemoryQuestionLog())
        self.first, self.higher = first, higher
        self._done = 0

    def _notify(self) -> Notify:
        return Notify(
            self.helpdesk,
            self.first.made() if self.first else None,
            self.higher.made() if self.higher else None,
            {"direct": 15, "hoog": 60},
            "https://ips.voorbeeld.nl",
            lambda: self.time,
        )

    def follow(self) -> None:
        async def run() -> None:
            notify = self._notify()
            for event in self.tickets.events_after(self._done):
                await notify.handle(event, self.tickets.load(event.ticket))
                self._done = event.id

        asyncio.run(run())

    def look(self) -> None:
        asyncio.run(self._notify().look())

    def later(self, minutes: float) -> None:
        self.time += timedelta(minutes=minutes)


PLACES = {"slack": InSlack, "teams": InTeams, "mail": InMail, "hook": InHook}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest) -> Any:
    return PLACES[request.param]()


def test_told_once_with_a_link_and_nothing_of_the_asker(place: Any) -> None:
    bench = Bench(place)
    bench.helpdesk.open(ticket(urgency="direct", text="Karin Smit is in gevaar", subject="Karin"))
    bench.helpdesk.open(ticket("twee", urgency="normaal"))
    bench.helpdesk.open(ticket("drie", urgency="laag"))
    bench.follow()
    bench._done = 0  # all events come again
    bench.follow()
    (text,) = place.texts()
    assert "vraag 1 heeft urgentie direct" in text
    assert "https://ips.voorbeeld.nl/inbox/vraag/1" in text
    assert "Karin" not in json.dumps([place.texts(), str(getattr(place, "mails", ""))])


def test_told_when_the_triage_was_wrong(place: Any) -> None:
    bench = Bench(place)
    number = bench.helpdesk.open(ticket(urgency="normaal")).number
    bench.follow()
    assert place.texts() == []
    bench.helpdesk.correct(number, "Anna", urgency="hoog")
    bench.follow()
    assert len(place.texts()) == 1


def test_a_fault_loses_nothing(place: Any) -> None:
    bench = Bench(place)
    bench.helpdesk.open(ticket(urgency="hoog"))
    place.faults = 1
    with pytest.raises(TryLater):
        bench.follow()
    place.faults = 0
    bench.follow()
    assert len(place.texts()) == 1


@pytest.mark.parametrize("name", ["slack", "mail", "hook"])  # Teams can't be asked what stands there
def test_what_arrived_without_our_hearing_of_it_is_there_once(name: str) -> None:
    place = PLACES[name]()
    bench = Bench(place)
    bench.helpdesk.open(ticket(urgency="hoog"))
    place.lose = True
    with pytest.raises(TryLater):
        bench.follow()
    place.lose = False
    bench.follow()
    assert len(place.texts()) == 1


@pytest.mark.parametrize("name", ["slack", "mail", "hook"])
def test_killed_between_telling_and_noting(name: str) -> None:
    place = PLACES[name]()
    bench = Bench(place)
    bench.helpdesk.open(ticket(urgency="hoog"))
    link = bench.helpdesk.link

    def dies(number: int, system: str, said: str) -> Ticket:
        if system == "notify":
            raise Killed
        return link(number, system, said)

    bench.helpdesk.link = dies  # type: ignore[method-assign]
    with pytest.raises(Killed):
        bench.follow()
    bench.helpdesk.link = link  # type: ignore[method-assign]
    bench.follow()
    assert len(place.texts()) == 1


def test_higher_up_when_nobody_takes_it_in_time(place: Any) -> None:
    first = InMail()
    bench = Bench(first, place)
    taken = bench.helpdesk.open(ticket("een", urgency="direct")).number
    bench.helpdesk.open(ticket("twee", urgency="direct"))
    bench.helpdesk.open(ticket("drie", urgency="normaal"))
    bench.follow()
    bench.helpdesk.take(taken, "Anna")
    bench.later(14)
    bench.look()
    assert place.texts() == []
    bench.later(2)
    bench.look()
    bench.look()
    (text,) = place.texts()
    assert "vraag 2 (urgentie direct) is na 16 minuten nog niet opgepakt" in text
    assert len(first.texts()) == 2


def test_higher_up_when_the_deadline_passed(place: Any) -> None:
    bench = Bench(None, place)
    number = bench.helpdesk.open(ticket(urgency="hoog")).number
    bench.helpdesk.assign(number, "Anna", "Bram")
    bench.later(60 * 24 * 7)
    bench.look()
    assert place.texts() == []
    bench.helpdesk.assign(number, "Anna", "")
    bench.look()
    assert len(place.texts()) == 1


def test_what_was_answered_closed_or_wiped_is_not_told() -> None:
    place = InMail()
    bench = Bench(place, place)
    for key in ("een", "twee"):
        bench.helpdesk.open(ticket(key, urgency="direct"))
    bench.helpdesk.close(1, "Anna")
    bench.helpdesk.forget("widget~twee")
    bench.follow()
    bench.later(600)
    bench.look()
    assert place.texts() == []


def test_a_place_that_refuses_is_asked_again_when_somebody_may_have_mended_it() -> None:
    place = InSlack()
    place.slack.closed.add("C0STAFF")
    bench = Bench(place)
    bench.helpdesk.open(ticket(urgency="direct"))
    with pytest.raises(TryLater) as problem:
        bench.follow()
    assert problem.value.seconds == 60


# --- to an address


def post(url: str, *addresses: str, status: int = 200) -> list[httpx.Request]:
    """Post there while its host is at these addresses; return what was sent."""
    sent: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(status, headers={"Location": "https://127.0.0.1/", "Retry-After": "7"})

    outgoing = Outgoing(httpx.AsyncClient(transport=httpx.MockTransport(take)), resolves(*addresses))
    asyncio.run(outgoing.post(url, {"text": "x"}, "sleutel"))
    return sent


def test_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    (request,) = post("https://hooks.voorbeeld.nl:8443/a?b=c", "93.184.216.34")
    assert str(request.url) == "https://93.184.216.34:8443/a?b=c"
    assert request.headers["host"] == "hooks.voorbeeld.nl:8443"
    assert request.extensions["sni_hostname"] == "hooks.voorbeeld.nl"
    (request,) = post("https://hooks.voorbeeld.nl", "2606:2800:220:1:248:1893:25c8:1946")
    assert request.url.host == "2606:2800:220:1:248:1893:25c8:1946"


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"], ["10.0.0.1"], ["192.168.1.1"], ["172.16.0.9"], ["169.254.169.254"], ["0.0.0.0"], ["100.64.0.1"],
        ["224.0.0.1"], ["255.255.255.255"], ["::1"], ["::"], ["fe80::1%eth0"], ["fc00::1"], ["::ffff:127.0.0.1"],
        ["::ffff:10.0.0.1"], ["2002:7f00:1::"], ["64:ff9b::a00:1"], ["93.184.216.34", "10.0.0.1"], ["geen adres"], [],
    ],
    ids=str,
)  # fmt: skip
def test_nothing_goes_inside(addresses: list[str]) -> None:
    with pytest.raises(Undeliverable):
        post(HOOK, *addresses)


@pytest.mark.parametrize(
    "url", ["http://a.nl/", "ftp://a.nl/", "https:///x", "https://u:p@a.nl/", "file:///etc/passwd"]
)
def test_only_over_tls(url: str) -> None:
    with pytest.raises(Undeliverable):
        post(url, "93.184.216.34")


@pytest.mark.parametrize("status", [301, 302, 400, 401, 404, 410])
def test_redirects_and_refusals_are_not_followed(status: int) -> None:
    with pytest.raises(Undeliverable):
        post(HOOK, "93.184.216.34", status=status)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_passes_is_tried_again(status: int) -> None:
    with pytest.raises(TryLater) as problem:
        post(HOOK, "93.184.216.34", status=status)
    assert problem.value.seconds == 7


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_public_addresses(address: str) -> None:
    assert is_public(address)


# --- the settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IPS_NOTIFY", "http://a.nl"),
        ("IPS_NOTIFY", "slack:#helpdesk"),
        ("IPS_NOTIFY", "teams:helpdesk"),
        ("IPS_NOTIFY", "mail:geen adres"),
        ("IPS_NOTIFY", "slack:"),
        ("IPS_NOTIFY_HIGHER", "sms:0612345678"),
        ("IPS_NOTIFY_MINUTES", "normaal=5"),
        ("IPS_NOTIFY_MINUTES", "direct=straks"),
        ("IPS_ZAMMAD_URL", "http://zammad.voorbeeld.nl"),
        ("IPS_ZAMMAD_URL", "https://a:b@zammad.voorbeeld.nl"),
        ("IPS_ZAMMAD_GROUPS", "financiering"),
        ("IPS_STAFF_SLACK_CHANNEL", "#helpdesk"),
        ("IPS_STAFF_TEAMS_CHANNEL", "helpdesk"),
    ],
)
def test_a_wrong_setting_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        Settings.from_environment({name: value})


@pytest.mark.parametrize(
    "value", ["slack:C0STAFF1", "teams:19:abc-d@thread.tacv2", "mail:wacht@organisatie.nl", "https://a.nl/hook?x=1"]
)
def test_a_place_to_tell(value: str) -> None:
    assert Settings.from_environment({"IPS_NOTIFY": value}).notify == value
