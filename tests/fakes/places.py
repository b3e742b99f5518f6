"""Every place where employees answer, seen alike: what stands there of a ticket, and what an employee does.

A new place is a class with the methods of `Place` and a line in `PLACES`; tests/helpdesk/test_places.py runs over it.
What can't be in a place stands in its `lacks`, with why.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import datetime, timezone
from email.message import EmailMessage
from email.utils import make_msgid
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, ClassVar, Protocol

import httpx
from starlette.applications import Starlette
from starlette.responses import Response

from bot.errors import InputError, MailError, StoreError
from bot.helpdesk import Helpdesk
from bot.knowledge.loader import load
from bot.mail.signing import Signer
from bot.model import Knowledge, Ticket, TicketMessage
from bot.rules.officehours import OfficeHours
from bot.settings import Settings
from bot.store.tickets import SqlTicketStore
from bot.web.desk.wiring import Places, places
from bot.web.followers import Followers
from bot.web.guard import refusal
from bot.web.inbox import words as inbox_words
from bot.web.mail import MailPort
from bot.web.mail_in import MailIntake, Ways
from bot.web.mail_out import DESK_FOLLOWER, MailFollower
from tests.fakes import zammad as fake_zammad
from tests.fakes.inbox import Employee, Inbox, inbox_site
from tests.fakes.mail import MemoryMailbox, MemoryMailer, MemoryMailLog, PlainTriager, Sent
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.serving import free_port, serving
from tests.fakes.slack import FakeSlack, SlackSite, slack_site, words
from tests.fakes.teams import FakeTeams, actions_of, texts_of
from tests.fakes.teams_site import TeamsSite, teams_site
from tests.fakes.tickets import MemoryTicketStore
from tests.fakes.zammad import EMMA, HOOK_SECRET, JACOB, TOKEN, FakeZammad, hook_headers

SLACK_CHANNEL, TEAMS_CHANNEL = "C0STAFF", "19:staff@thread.tacv2"
ANNA, BRAM = "anna", "bram"
REFUSAL = ("Niet verstuurd: {by}", "sinds")


class Place(Protocol):
    """A place with its site around it."""

    helpdesk: Helpdesk
    names: dict[str, str]  # what ANNA and BRAM are called there
    refusal: tuple[str, ...]  # what the second of two is told, with {by}: who was first

    def seen(self, number: int) -> str:
        """Return what an employee sees of a ticket, "" when it isn't there."""

    def card(self, number: int) -> str:
        """Return the part that says at a glance which ticket it is."""

    def glimpse(self, number: int) -> str:
        """Return what shows to who is near the place and opens nothing, in a notification, say."""

    def answers(self, number: int, who: str, text: str) -> None:
        """Let an employee answer the asker."""

    def notes(self, number: int, who: str, text: str) -> None:
        """Let an employee write for colleagues only."""

    def hands_back(self, number: int, who: str) -> None: ...

    def closes(self, number: int, who: str) -> None: ...

    def again(self) -> None:
        """Send what an employee did last once more, as a platform does that heard no answer."""

    def told(self, number: int) -> str:
        """Return what employees were told beside the conversation."""

    def breaks(self, times: int) -> None:
        """Let the next calls to the place fail in passing."""


def wait_for(true: Callable[[], Any], seconds: float = 15.0) -> None:
    """Wait until something is true."""
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "it doesn't happen"
        time.sleep(0.02)


def now() -> datetime:
    """Return the time."""
    return datetime.now(timezone.utc)


def ticket(key: str = "een", text: str = "Hoe vraag ik subsidie aan?", **more: Any) -> Ticket:
    """Return a new ticket with one message."""
    asked = TicketMessage(f"vraag-{key}", "asker", text, now())
    fields = {"channel": "widget", "category": "financiering", "urgency": "normaal", "subject": "", **more}
    return Ticket(key=key, conversation=f"widget~{key}", messages=(asked,), **fields)


@contextmanager
def desk(folder: Path, settings: Settings) -> Iterator[tuple[Helpdesk, Places, Followers, str]]:
    """Serve the places that need no port of their own; one on the same folder goes on where the last stopped."""
    tickets = SqlTicketStore(f"sqlite:///{folder / 'log.sqlite'}", now)
    helpdesk = Helpdesk(tickets, now, OfficeHours(settings.office_hours, settings.closed_days), {}, MemoryQuestionLog())
    made = places(
        settings,
        helpdesk,
        tickets,
        None,
        slack=None,
        teams=None,
        count=lambda _request: None,
        now=now,  # type: ignore[arg-type]
    )
    followers = Followers(tickets, made.handlers, now, helpdesk)

    async def refuse(_request: Any, error: Exception) -> Any:
        return refusal(error)  # type: ignore[arg-type]

    @contextmanager
    def site() -> Iterator[str]:
        @asynccontextmanager
        async def lifespan(_app: Any) -> Any:
            followers.start()
            made.start()
            yield
            await followers.close()
            await made.close()

        app = Starlette(routes=list(made.routes), lifespan=lifespan, exception_handlers={InputError: refuse})
        with serving(app) as address:
            yield address

    with site() as address:
        yield helpdesk, made, followers, address
    tickets.close()


# --- Zammad


class ZammadPlace:
    """Zammad, with its webhooks brought over by hand."""

    names: ClassVar = {ANNA: "Emma Taylor (Zammad 5)", BRAM: "Jacob Smit (Zammad 4)"}
    refusal = REFUSAL
    _users: ClassVar = {ANNA: EMMA, BRAM: JACOB}

    def __init__(self, helpdesk: Helpdesk, zammad: FakeZammad, address: str) -> None:
        self.helpdesk, self.zammad, self._address = helpdesk, zammad, address
        self._last: tuple[bytes, dict[str, str]] = (b"", {})
        self.responses: list[int] = []

    def of(self, number: int) -> int:
        """Return the number that Zammad has for a ticket, 0 for none."""
        return int(self.helpdesk.load(number).outside.get("zammad", 0))

    def seen(self, number: int) -> str:
        return self.zammad.seen(self.of(number))

    def card(self, number: int) -> str:
        return str(self.zammad.tickets.get(self.of(number), {}).get("title", ""))

    def glimpse(self, number: int) -> str:
        return self.card(number)

    def answers(self, number: int, who: str, text: str) -> None:
        self._says(number, text, who, internal=False)

    def notes(self, number: int, who: str, text: str) -> None:
        self._says(number, text, who, internal=True)

    def hands_back(self, number: int, who: str) -> None:
        self._says(number, "!teruggeven", who, internal=True)

    def closes(self, number: int, who: str) -> None:
        self.zammad.sets(self.of(number), self._users[who], state="closed")
        self._hook(self.zammad.payload(self.of(number)))

    def again(self) -> None:
        self._hook(self._last[0])

    def told(self, number: int) -> str:
        return self.seen(number)

    def breaks(self, times: int) -> None:
        self.zammad.faults += [fake_zammad.status(500)] * times

    def _says(self, number: int, text: str, who: str, internal: bool) -> None:
        article = self.zammad.says(self.of(number), text, self._users[who], internal)
        self._hook(self.zammad.payload(self.of(number), article["id"]))

    def _hook(self, body: bytes) -> None:
        """Bring a webhook, and again when it must be, as Zammad does: up to four times more."""
        self._last = (body, hook_headers(body))
        for _ in range(5):
            status = self.post(*self._last)
            if status < 400:
                return
            time.sleep(0.1)

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        response = httpx.post(
            f"{self._address}/webhooks/zammad", content=body, headers=headers, timeout=20, trust_env=False
        )
        self.responses.append(response.status_code)
        return response.status_code


@contextmanager
def zammad_place(folder: Path, zammad: FakeZammad | None = None, **environ: str) -> Iterator[ZammadPlace]:
    """Serve a desk with Zammad."""
    zammad = zammad or FakeZammad()
    with ExitStack() as stack:
        url = stack.enter_context(serving(zammad.app, free_port()))
        own = {
            "IPS_ZAMMAD_URL": url,
            "IPS_ZAMMAD_TOKEN": TOKEN,
            "IPS_ZAMMAD_WEBHOOK_SECRET": HOOK_SECRET,
            "IPS_ZAMMAD_GROUPS": "financiering=Financiën",
            "IPS_PUBLIC_URL": "https://ips.voorbeeld.nl",
        }
        settings = Settings.from_environment({**own, **environ})
        helpdesk, _, _, address = stack.enter_context(desk(folder, settings))
        wait_for(lambda: helpdesk._tickets.cursor("zammad") is not None)
        yield ZammadPlace(helpdesk, zammad, address)


# --- Slack


class SlackPlace:
    """The staff channel in Slack."""

    names: ClassVar = {ANNA: "Anna (Slack U0ANNA)", BRAM: "Bram (Slack U0BRAM)"}
    refusal = REFUSAL
    _users: ClassVar = {ANNA: "U0ANNA", BRAM: "U0BRAM"}

    def __init__(self, site: SlackSite) -> None:
        assert site.helpdesk is not None
        self.helpdesk, self.site, self.slack = site.helpdesk, site, site.slack
        self._last: Callable[[], Any] = lambda: None
        self._lock = threading.Lock()

    def of(self, number: int) -> str:
        return self.helpdesk.load(number).outside.get("slack", "").rpartition(":")[2]

    def seen(self, number: int) -> str:
        return "\n".join(map(words, self.slack.thread(self.of(number)))) if self.of(number) else ""

    def card(self, number: int) -> str:
        return words(self.slack.stands[self.of(number)]) if self.of(number) else ""

    def glimpse(self, number: int) -> str:
        return self.card(number)

    def answers(self, number: int, who: str, text: str, **more: Any) -> None:
        event = {"type": "message", "channel": SLACK_CHANNEL, "channel_type": "group", "text": text}
        with self._lock:
            self.site.number += 1
            place = {"thread_ts": self.of(number), "user": self._users.get(who, who), "ts": self.site.ts(), **more}
        self._do(lambda: self.site.event({**event, **place}))

    def notes(self, number: int, who: str, text: str) -> None:
        self.answers(number, who, f"!notitie {text}")

    def hands_back(self, number: int, who: str) -> None:
        self.presses(number, who, "Teruggeven aan IPS-wijzer")

    def closes(self, number: int, who: str) -> None:
        self.presses(number, who, "Afsluiten")

    def presses(self, number: int, who: str, title: str) -> None:
        """Press a button of the card as it stands."""
        wait_for(lambda: f"[{title}]" in self.card(number))
        message = self.slack.stands[self.of(number)]
        self._do(lambda: self.site.press(message, title, self._users.get(who, who), self.of(number)))

    def again(self) -> None:
        self._last()

    def told(self, number: int) -> str:
        return "\n".join(body["text"] for method, body in self.slack.posted if method == "chat.postEphemeral")

    def breaks(self, times: int) -> None:
        self.slack.faults += [lambda: Response(status_code=503)] * times

    def _do(self, act: Callable[[], Any]) -> None:
        self._last = act
        assert act().status_code == 200


@contextmanager
def slack_place(folder: Path, slack: FakeSlack | None = None, **environ: str) -> Iterator[SlackPlace]:
    """Serve a site whose staff is in Slack."""
    with slack_site(folder, slack, IPS_STAFF_SLACK_CHANNEL=SLACK_CHANNEL, **environ) as site:
        place = SlackPlace(site)
        wait_for(lambda: place.helpdesk._tickets.cursor("slack") is not None)
        yield place


# --- Teams


class TeamsPlace:
    """The staff channel in Teams."""

    names: ClassVar = {ANNA: "Anna (Teams 00000000anna)", BRAM: "Bram (Teams 00000000bram)"}
    refusal = REFUSAL
    _users: ClassVar = {ANNA: "29:anna", BRAM: "29:bram"}

    def __init__(self, site: TeamsSite) -> None:
        assert site.helpdesk is not None
        self.helpdesk, self.site, self.teams = site.helpdesk, site, site.teams
        self._last: dict[str, Any] = {}
        self._number = 0
        self._lock = threading.Lock()

    def of(self, number: int) -> str:
        return self.helpdesk.load(number).outside.get("teams", "")

    def seen(self, number: int) -> str:
        there = self.teams.stands.get(self.of(number), {}).values()
        return "\n".join(_shown(each) for each in there)

    def card(self, number: int) -> str:
        there = list(self.teams.stands.get(self.of(number), {}).values())
        return _shown(there[0]) if there else ""

    def glimpse(self, number: int) -> str:
        return self.card(number)

    def answers(self, number: int, who: str, text: str) -> None:
        with self._lock:
            self._number += 1
            activity = self.teams.in_thread(self.of(number), text, self._number, self._users.get(who, who))
        self._do(activity)

    def notes(self, number: int, who: str, text: str) -> None:
        self.answers(number, who, f"!notitie {text}")

    def hands_back(self, number: int, who: str) -> None:
        self.presses(number, who, "Teruggeven aan IPS-wijzer")

    def closes(self, number: int, who: str) -> None:
        self.presses(number, who, "Afsluiten")

    def presses(self, number: int, who: str, title: str) -> None:
        """Press a button of the card as it stands."""
        wait_for(lambda: f"[{title}]" in self.card(number))
        card = next(iter(self.teams.stands[self.of(number)].values()))
        value = next(action["data"] for action in actions_of(card) if action["title"] == title)
        self._number += 1
        self._do(self.teams.in_thread(self.of(number), None, self._number, self._users.get(who, who), value=value))

    def again(self) -> None:
        self._do(self._last)

    def told(self, number: int) -> str:
        return self.seen(number)

    def breaks(self, times: int) -> None:
        self.teams.statuses += [503] * times

    def _do(self, activity: dict[str, Any]) -> None:
        self._last = activity
        assert self.site.post(activity).status_code == 202


def _shown(activity: dict[str, Any]) -> str:
    if not activity.get("attachments"):
        return str(activity["text"])
    return "\n".join((texts_of(activity), *(f"[{action['title']}]" for action in actions_of(activity))))


@contextmanager
def teams_place(folder: Path, teams: FakeTeams | None = None, **environ: str) -> Iterator[TeamsPlace]:
    """Serve a site whose staff is in Teams."""
    with teams_site(folder, teams, IPS_STAFF_TEAMS_CHANNEL=TEAMS_CHANNEL, **environ) as site:
        place = TeamsPlace(site)
        wait_for(lambda: place.helpdesk._tickets.cursor("teams") is not None)
        yield place


# --- the inbox


class FailingStore:
    """A ticket store whose next calls fail."""

    def __init__(self, store: MemoryTicketStore) -> None:
        self._store, self.faults = store, 0

    def __getattr__(self, name: str) -> Any:
        if self.faults:
            self.faults -= 1
            raise StoreError("down")
        return getattr(self._store, name)


class InboxPlace:
    """The small inbox: its pages without scripts. Away means here that the pages can't reach the store."""

    names: ClassVar = {ANNA: "Anna", BRAM: "Bram"}
    refusal = ("{by} heeft deze vraag vandaag om ", "Je antwoord is niet verstuurd")

    def __init__(self, inbox: Inbox, base: str, people: Mapping[str, Employee]) -> None:
        self.inbox, self._base, self._people = inbox, base, people
        self.helpdesk = Helpdesk(inbox.tickets, inbox.clock, OfficeHours(), {}, inbox.questions)  # of all other places
        self.store = FailingStore(inbox.tickets)
        inbox.helpdesk._tickets = self.store  # type: ignore[assignment]
        self._told: list[tuple[int, str]] = []
        self._last: Callable[[], Any] = lambda: None

    def seen(self, number: int) -> str:
        page = self._people["cor"].get(f"/inbox/vraag/{number}").text
        return _plain(page.partition('id="gesprek"')[2].partition("<aside")[0])

    def card(self, number: int) -> str:
        page = self._people["cor"].get("/inbox/?status=alles").text
        rows = [row for row in page.split('<li class="ticket')[1:] if f'"/inbox/vraag/{number}"' in row]
        return _plain("<" + rows[0]) if rows else ""

    def glimpse(self, number: int) -> str:
        """Return what a browser shows to who isn't logged in; the list is for employees, and may hold a question."""
        with Employee(self._base) as stranger:
            pages = [stranger.get(path, follow_redirects=True) for path in ("/inbox/", f"/inbox/vraag/{number}")]
        return "\n".join(_plain(page.text) for page in pages)

    def answers(self, number: int, who: str, text: str) -> None:
        self._sends(number, who, "antwoord", tekst=text)

    def notes(self, number: int, who: str, text: str) -> None:
        self._sends(number, who, "notitie", notitie=text)

    def hands_back(self, number: int, who: str) -> None:
        self._sends(number, who, "geef-terug")

    def closes(self, number: int, who: str) -> None:
        self._sends(number, who, "sluit")

    def again(self) -> None:
        self._last()

    def told(self, number: int) -> str:
        return "\n".join(text for about, text in self._told if about == number)

    def breaks(self, times: int) -> None:
        self.store.faults += times

    def _sends(self, number: int, who: str, act: str, **typed: str) -> None:
        """Send a form as it was drawn before the store went away, and again while the page says that it failed."""
        faults, self.store.faults = self.store.faults, 0
        form = {**self._people[who].form(number, act), **typed}
        self.store.faults = faults
        self._last = lambda: self._people[who].post(f"/inbox/vraag/{number}/{act}", data=form)
        for _ in range(10):
            page = self._last()
            if page.status_code != 503:
                break
            assert inbox_words.STORE_DOWN in _plain(page.text)
            assert all(text in _plain(page.text) for text in typed.values()), "what was typed is gone"
        assert page.status_code in (303, 409)
        if page.status_code == 409:
            assert all(text in _plain(page.text) for text in typed.values()), "what was typed is gone"
            self._told.append((number, _plain(page.text)))


def _plain(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


@contextmanager
def inbox_place(_folder: Path) -> Iterator[InboxPlace]:
    """Serve an inbox with three employees logged in: two who answer, one who looks."""
    inbox = Inbox()
    with ExitStack() as stack:
        base = stack.enter_context(inbox_site(inbox))
        names = {ANNA: "Anna", BRAM: "Bram", "cor": "Cor"}
        yield InboxPlace(inbox, base, {who: stack.enter_context(Employee(base, name)) for who, name in names.items()})


# --- mail

MAIL_US, MAIL_DESK = "helpdesk@phrenos.example", "team@phrenos.example"


@cache
def _knowledge() -> Knowledge:
    return load()


class FailingMailer(MemoryMailer):
    """A mailer whose next mails fail."""

    faults = 0

    def send(self, to: str, subject: str, text: str, **more: Any) -> None:
        if self.faults:
            self.faults -= 1
            raise MailError("down")
        super().send(to, subject, text, **more)


class FailingMailbox(MemoryMailbox):
    """A mailbox that can't be opened the next times."""

    faults = 0

    @contextmanager
    def open(self) -> Iterator[MemoryMailbox]:
        if self.faults:
            self.faults -= 1
            raise MailError("down")
        with super().open() as session:
            yield session


class MailPlace:
    """The helpdesk's mailbox: what it got of a ticket, and employees who answer its newest mail."""

    names: ClassVar = {ANNA: "anna", BRAM: "bram"}
    refusal = ("Niet verstuurd: ticket ", "{by} behandelt dit ticket al sinds ")
    lacks: ClassVar[Mapping[str, str]] = {
        "test_an_answer_elsewhere_shows": "the helpdesk is mailed what askers say, no answers of colleagues",
        "test_what_is_erased_is_taken_out": "no mail can be called back; its thread is forgotten (test_mail_intake.py)",
    }

    def __init__(self) -> None:
        self.tickets, self.mails = MemoryTicketStore(now), MemoryMailLog()
        self.mailer, self.box, self.signer = FailingMailer(), FailingMailbox(), Signer("s" * 32, "phrenos.example")
        self.helpdesk = Helpdesk(self.tickets, now, OfficeHours(), {}, MemoryQuestionLog())
        follower = MailFollower(
            self.helpdesk,
            self.mailer,
            self.mails,
            self.signer,
            _knowledge(),
            now,
            desk=MAIL_DESK,
            base="https://ips.nl",
        )
        intake = MailIntake(
            self.helpdesk,
            PlainTriager(),  # type: ignore[arg-type]
            self.mails,
            self.signer,
            "",
            Ways(MAIL_US, MAIL_DESK, ("@team.example",)),
            now,
            follower.tell,
            follower.alarm,
        )
        self.port = MailPort(self.box, intake, self.mails, now, every_seconds=0.05, first_days=1)
        self.followers = Followers(self.tickets, {DESK_FOLLOWER: follower.handle_for_desk}, now, self.helpdesk)
        self._last = b""
        self._lock = threading.Lock()

    def of(self, number: int) -> list[Sent]:
        """Return the mails to the helpdesk about a ticket."""
        return [each for each in self.mailer.to(MAIL_DESK) if self.signer.token(number) in each.subject]

    def seen(self, number: int) -> str:
        return "\n".join(each.text for each in self.of(number))

    def card(self, number: int) -> str:
        return self.of(number)[0].subject if self.of(number) else ""

    def glimpse(self, number: int) -> str:
        return self.card(number)

    def answers(self, number: int, who: str, text: str) -> None:
        about = self.of(number)[-1]
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = f"{who}@team.example", MAIL_US, f"Re: {about.subject}"
        mail["Message-ID"], mail["In-Reply-To"] = make_msgid(domain="team.example"), f"<{about.message_id}>"
        quoted = "\n".join(f"> {line}" for line in about.text.splitlines())
        mail.set_content(f"{text}\n\nOp 17 nov. 2026 om 10:00 schreef Helpdesk IPS <{MAIL_US}>:\n\n{quoted}\n")
        self._last = mail.as_bytes()
        self.again()

    def notes(self, number: int, who: str, text: str) -> None:
        self.answers(number, who, f"#notitie\n{text}")

    def hands_back(self, number: int, who: str) -> None:
        self.answers(number, who, "#teruggeven")

    def closes(self, number: int, who: str) -> None:
        self.answers(number, who, "#opgelost")

    def again(self) -> None:
        with self._lock:
            self.box.add(self._last)

    def told(self, number: int) -> str:
        told = [each for each in self.mailer.sent if each.to.endswith("@team.example")]
        return "\n".join(f"{each.subject}\n{each.text}" for each in told)

    def breaks(self, times: int) -> None:
        self.mailer.faults += times
        self.box.faults += times


@contextmanager
def mail_place(_folder: Path) -> Iterator[MailPlace]:
    """Run mail on a mailbox in memory."""
    place = MailPlace()

    @asynccontextmanager
    async def lifespan(_app: Any) -> Any:
        place.followers.start()
        place.port.start()
        yield
        await place.port.close()
        await place.followers.close()

    with serving(Starlette(lifespan=lifespan)):
        wait_for(lambda: place.tickets.cursor(DESK_FOLLOWER) is not None)
        yield place


PLACES: dict[str, Callable[..., Any]] = {
    "zammad": zammad_place,
    "slack": slack_place,
    "teams": teams_place,
    "inbox": inbox_place,
    "mail": mail_place,
}
LACKS: dict[str, Mapping[str, str]] = {"mail": MailPlace.lacks}  # why a test has no meaning in a place
