"""The public port with a helpdesk, over real sockets: the real dialogue behind a fake Rasa, a clock, a mailer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from bot.channels.rest import to_rest
from bot.errors import MailError
from bot.helpdesk import Helpdesk
from bot.knowledge.loader import load
from bot.model import Knowledge, Message, Ticket
from bot.rules.officehours import OfficeHours
from bot.rules.triage import CATEGORIES
from bot.service import Service
from bot.settings import Settings
from bot.store.conversations import SqlConversationStore
from bot.store.deliveries import SqlDeliveryStore
from bot.store.sql import SqlDossierStore
from bot.store.tickets import SqlTicketStore
from bot.web.app import PublicPort, courier, create_app, widget_port
from bot.web.courier import NAME, Courier
from bot.web.followers import Followers
from bot.web.widget_port import WidgetPort
from tests.fakes.knowledge import FACTS, SAFETY, SOURCES, advise
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.rasa import FakeRasa
from tests.fakes.serving import free_port, serving
from tests.fakes.site import on_loop

KNOWLEDGE: Knowledge = load()
A_MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)  # ten o'clock in the Netherlands
INTENTS = {"ja": "bevestigen", "nee": "ontkennen", "hallo": "groeten", "bedankt": "bedanken"}
Extras = Callable[[PublicPort, WidgetPort, Settings, SqlConversationStore, SqlDeliveryStore, "Clock"], dict[str, Any]]


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = A_MONDAY

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


class FakeMailer:
    """Keeps what it sends, once by its Message-ID as a mail program shows it; `down` makes it fail."""

    def __init__(self) -> None:
        self.sent: dict[str, tuple[str, str, str]] = {}
        self.tries = 0
        self.down = False

    def send(self, to: str, subject: str, text: str, *, message_id: str, in_reply_to: str = "") -> None:
        self.tries += 1
        if self.down:
            raise MailError("down")
        self.sent[message_id] = (to, subject, text)


def judged(urgency: str = "normaal", reply: str = "mens_nodig") -> dict[str, Any]:
    """Return what Rasa's triage says, in its own shape."""
    category = {**dict.fromkeys(CATEGORIES, 0.01), "financiering": 0.9}
    return {"triage": {"category": category, "urgency": {urgency: 1.0}, "reply": {reply: 1.0}}, "answers": []}


@dataclass
class DeskSite:
    """The running site and its parts."""

    address: str
    rasa: FakeRasa
    helpdesk: Helpdesk
    store: SqlConversationStore
    places: SqlDeliveryStore
    dossiers: SqlDossierStore
    widget: WidgetPort
    courier: Courier
    mailer: FakeMailer
    clock: Clock
    extras: dict[str, Any] = field(default_factory=dict)

    @property
    def tickets(self) -> tuple[Ticket, ...]:
        """Return all tickets, oldest first."""
        return tuple(reversed(self.helpdesk.list(())))


def dialogue(service: Service, rasa: FakeRasa) -> Callable[[str, str], list[dict[str, Any]]]:
    """Answer as Rasa and the actions do, with a plain guess for an intent."""
    turns = threading.Lock()

    def answer(sender: str, text: str) -> list[dict[str, Any]]:
        with turns:
            beside = rasa.metadata[-1] or {}
            intent = INTENTS.get(text.lower().strip(" .!"), "informeren")
            message = Message(
                sender, text, intent, 0.9, id=beside.get("message_id", ""), contact=beside.get("contact", "")
            )
            outcome = service.turn(message)
            asked = service.question(sender, message.id) if outcome.active else None
            replies = [to_rest(reply, KNOWLEDGE) for reply in (*outcome.replies, *(asked.replies if asked else ()))]
            if outcome.forget:
                replies[-1].setdefault("custom", {})["forget"] = True
            return [{"recipient_id": sender, **reply} for reply in replies]

    return answer


@contextmanager
def desk_site(
    folder: Path,
    *,
    clock: Clock | None = None,
    mailer: FakeMailer | None = None,
    extras: Extras | None = None,
    **environ: str,
) -> Iterator[DeskSite]:
    """Serve a site with all its stores in `folder`; one on the same folder goes on where the last stopped."""
    clock, mailer, rasa, rasa_port = clock or Clock(), mailer or FakeMailer(), FakeRasa(), free_port()
    rasa.triage = judged()
    ports = {"IPS_RASA_PORT": str(rasa_port), "IPS_ACTIONS_PORT": str(rasa_port)}
    generous = {"IPS_RATE_PER_MINUTE": "100000", "IPS_RATE_PER_ADDRESS": "1000000"}
    settings = Settings.from_environment({**ports, **generous, **environ})
    url = f"sqlite:///{folder / 'desk.sqlite'}"
    store, places, dossiers = SqlConversationStore(url, clock), SqlDeliveryStore(url), SqlDossierStore(url, clock)
    tickets, questions = SqlTicketStore(url, clock), MemoryQuestionLog()
    for ready in (store.ping, dossiers.ping, tickets.ping, lambda: places.all("")):
        ready()  # one after the other: on a busy machine they would wait too long for each other's tables
    helpdesk = Helpdesk(tickets, clock, OfficeHours(), dict(settings.deadlines), questions)
    service = Service(KNOWLEDGE, dossiers, questions, clock, None, helpdesk)
    rasa.answer = dialogue(service, rasa)
    public = PublicPort(
        settings,
        advise=advise,
        facts=FACTS,
        sources=SOURCES,
        store=dossiers,
        safety=SAFETY,
        knowledge=KNOWLEDGE,
        clock=clock,
        helpdesk=helpdesk,
        conversations=store,
        deliveries=places,
    )
    widget = widget_port(public, settings, store, dossiers, clock, helpdesk.forget)
    more = extras(public, widget, settings, store, places, clock) if extras else {}
    brings = courier(public, widget, helpdesk, store, KNOWLEDGE, clock, mailer)
    assert brings
    followers = Followers(tickets, {NAME: brings.handle}, clock, helpdesk)
    app = create_app(public, settings.allowed_origins, widget=widget, followers=followers, **more)
    with serving(rasa.app, rasa_port), serving(app) as address:
        yield DeskSite(address, rasa, helpdesk, store, places, dossiers, widget, brings, mailer, clock, more)
        on_loop(widget, widget.feed.stop)
    for each in (store, places, dossiers, tickets):
        each.close()
