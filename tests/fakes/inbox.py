"""The inbox over a real socket, on stores in memory, with employees and questions in every state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp

from bot.accounts import Accounts
from bot.errors import Refused
from bot.helpdesk import Helpdesk
from bot.model import Contact, QuestionCount, SourceRef, Ticket, TicketMessage
from bot.rules.numbers import Numbers, numbers
from bot.rules.officehours import OfficeHours
from bot.settings import Settings
from bot.web.guard import Guard, client_address
from bot.web.inbox.desk import InboxDesk
from bot.web.limits import RateLimiter
from tests.fakes.accounts import QUICK, MemoryAccountStore
from tests.fakes.knowledge import SOURCES
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.serving import serving
from tests.fakes.tickets import MemoryTicketStore

START = datetime(2026, 11, 19, 9, 0, tzinfo=timezone.utc)  # a Thursday, ten o'clock in the Netherlands
PASSWORD = "drie blauwe fietsen bij het water"
HANDREIKING_6 = SourceRef("handreiking", "kwaliteitscriterium 6")
CONSENT = "Ik vind het goed dat jullie mijn adres gebruiken om mijn vraag te beantwoorden."


class Clock:
    """A clock that a test can move."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def go(self, **ahead: float) -> None:
        self.now += timedelta(**ahead)


@dataclass
class Inbox:
    """An inbox with its parts; Anna is a medewerker, Bram too, Cor is a beheerder."""

    settings: Settings = field(default_factory=lambda: Settings.from_environment({}))
    clock: Clock = field(default_factory=Clock)
    people: bool = True
    per_minute: int = 100_000

    def __post_init__(self) -> None:
        self.tickets = MemoryTicketStore(self.clock)
        self.questions = MemoryQuestionLog()
        self.helpdesk = Helpdesk(self.tickets, self.clock, OfficeHours(), dict(self.settings.deadlines), self.questions)
        self.store = MemoryAccountStore()
        self.accounts = Accounts(self.store, self.clock, hasher=QUICK)
        if self.people:
            for name, role in (("Anna", "medewerker"), ("Bram", "medewerker"), ("Cor", "beheerder")):
                self.accounts.create(name, role, PASSWORD)
        self.limiter = RateLimiter(self.per_minute, lambda: self.clock().timestamp())
        self.desk = InboxDesk(
            self.settings, self.accounts, self.helpdesk, SOURCES, self.numbers, self.clock, self.count
        )
        self.app: ASGIApp = Guard(Starlette(routes=self.desk.routes()), ("https://www.site.example",))

    def count(self, request: Request) -> None:
        """Count a request as the public port does."""
        if seconds := self.limiter.take(client_address(request)):
            raise Refused(429, "te_veel", "Te veel.", retry_after=seconds)

    def numbers(self, since: date) -> Numbers:
        """Return the numbers that an institute could have."""
        counts = [
            QuestionCount(since + timedelta(days=7 * week), subject, outcome, count + week)
            for week in range(4)
            for subject, outcome, count in (
                ("kwaliteitscriteria", "beantwoord", 12),
                ("financiering", "beantwoord", 7),
                ("financiering", "niet_in_bronnen", 4),
                ("overig", "niet_begrepen", 2),
            )
        ]
        tickets = self.tickets.all()
        trails = {ticket.number: self.tickets.events(ticket.number) for ticket in tickets}
        deadlines = dict(self.settings.deadlines)
        return numbers(since, counts, tickets, trails, self.questions.kept(), (), OfficeHours(), deadlines)

    def asked(self, text: str = "Hoeveel cliënten mag een trajectbegeleider hebben?", **more: Any) -> Ticket:
        """Open a ticket for a question in the widget."""
        said = TicketMessage(f"m{len(self.tickets.all())}", "asker", text, self.clock())
        given = {"key": f"k{len(self.tickets.all())}", "channel": "widget", "category": "kwaliteitscriteria"}
        return self.helpdesk.open(Ticket(**{**given, "urgency": "normaal", "messages": (said,), **more}))

    def furnish(self) -> None:
        """Open tickets in every state."""
        now = self.clock()
        self.asked(
            "Goedemorgen. Wij zijn een RIBW en willen weten hoeveel cliënten één trajectbegeleider mag begeleiden.\n\n"
            "En telt een stagiair mee?",
            urgency="hoog",
            flags=("automatisch",),
            reasons=("termijn",),
            conversation="widget~1",
            summary=("Organisatie: beschermd wonen", "Kwaliteitscriterium 1: voldoet"),
            suggestion="Hoogstens 25 cliënten per fte trajectbegeleiding. Precies 25 mag ook.",
            suggestion_sources=(HANDREIKING_6,),
            contact=Contact("petra@voorbeeld.nl", CONSENT, now),
        )
        danger = {"flags": ("crisis", "mens_nodig"), "reasons": ("gevaar",), "why": "nood"}
        self.asked(
            "Ik zie het niet meer zitten.", category="hulpvraag", urgency="direct", conversation="widget~2", **danger
        )
        by_mail = {"channel": "mail", "subject": "Modeltrouwmeting", "why": "mail", "flags": ("mens_nodig",)}
        mail = self.asked("Kunnen jullie een keer bellen?", category="modeltrouw", **by_mail)
        self.helpdesk.take(mail.number, "Bram")
        self.helpdesk.note(mail.number, "Bram", "Ik bel ze donderdag.", "n" * 16)
        self.helpdesk.answer(mail.number, "Bram", "Ik bel je donderdagmiddag.", "a" * 16)
        done = self.asked("Waar vind ik de training?", category="training", urgency="laag", channel="slack")
        self.helpdesk.close(done.number, "Anna")
        self.asked(
            "Wat kost een traject voor een gemeente?", category="financiering", urgency="normaal", channel="teams"
        )


class Employee(httpx.Client):
    """A browser without scripts."""

    def __init__(self, base: str, name: str = "", password: str = PASSWORD) -> None:
        super().__init__(base_url=base, trust_env=False, headers={"Origin": base})
        self._name, self._password = name, password

    def __enter__(self) -> Employee:
        super().__enter__()
        if self._name:
            assert self.login(self._name, self._password).status_code == 303
        return self

    def login(self, name: str, password: str = PASSWORD, **more: str) -> httpx.Response:
        """Fill in the login form."""
        csrf = token_in(self.get("/inbox/inloggen").text)
        return self.post("/inbox/inloggen", data={"csrf": csrf, "naam": name, "wachtwoord": password, **more})

    def do(self, number: int, act: str, **fields: Any) -> httpx.Response:
        """Send a form of a ticket's page as it was drawn now, with these fields filled in."""
        return self.post(f"/inbox/vraag/{number}/{act}", data={**self.form(number, act), **fields})

    def form(self, number: int, act: str) -> dict[str, str]:
        """Return the hidden fields of a form on a ticket's page."""
        drawn = self.get(f"/inbox/vraag/{number}").text
        return hidden_in(drawn, f"/inbox/vraag/{number}/{act}")


def hidden_in(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the form with that action."""
    form = re.search(rf'action="{action}".*?</form>', page, re.S)
    assert form, f"no form for {action}"
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))


def token_in(page: str) -> str:
    """Return the first form's token of a page."""
    return re.findall(r'name="csrf" value="([^"]+)"', page)[0]


@contextmanager
def inbox_site(inbox: Inbox) -> Iterator[str]:
    """Serve an inbox; yield its address."""
    with serving(inbox.app) as address:
        yield address
