"""The public port with the widget's conversations, over a real socket, with a fake Rasa behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.settings import Settings
from bot.store.conversations import SqlConversationStore
from bot.store.leases import SqlLeases
from bot.web.app import PublicPort, create_app, widget_port
from bot.web.holding import Holding
from bot.web.siblings import RedisSiblings
from bot.web.widget_port import WidgetPort
from tests.fakes.knowledge import FACTS, SAFETY, SOURCES, advise
from tests.fakes.rasa import FakeRasa
from tests.fakes.serving import free_port, serving
from tests.fakes.store import MemoryDossierStore

SHARED_KEY = "een lange sleutel die alle processen kennen"


def now() -> datetime:
    """Return the time."""
    return datetime.now(timezone.utc)


def converse(sender: str, message: str) -> list[dict[str, Any]]:
    """Answer like a tiny interview."""

    def reply(text: str, **more: Any) -> dict[str, Any]:
        return {"recipient_id": sender, "text": text, **more}

    sources = [
        {"id": "handreiking", "title": "Handreiking implementatieplan IPS", "section": "Toelichting op de criteria"},
        {"id": "praktijkscenarios", "title": "Praktijkscenario's IPS", "section": "scenario 1, Toepassing"},
    ]
    answers = {
        "Wat is IPS?": [
            reply("Ik ben een chatbot."),
            reply(
                "**IPS** is hulp bij werk.\n\n- een gewone baan\n- steun erbij\n\nBronnen: Handreiking, Toelichting op "
                "de criteria | Praktijkscenario's, scenario 1, Toepassing",
                custom={"sources": sources},
            ),
        ],
        "Ga na of wij IPS mogen doen": [
            reply(
                "Kunnen jullie cliënten minstens een jaar zorg krijgen?",
                buttons=[{"title": "Ja", "payload": "ja"}, {"title": "Weet ik niet", "payload": "weet ik niet"}],
                custom={"progress": {"done": 1, "total": 8, "label": "Criterium 1 van 8"}},
            )
        ],
        "ja": [
            reply("Genoteerd."),
            reply("En criterium 2?", custom={"progress": {"done": 2, "total": 8, "label": "Criterium 2 van 8"}}),
        ],
        "maak het plan": [
            reply(
                "Het plan is klaar.",
                custom={
                    "download": {
                        "title": "Implementatieplan",
                        "formats": [
                            {"format": "docx", "url": "/plan/abc.docx"},
                            {"format": "pdf", "url": "/plan/abc.pdf"},
                            {"format": "exe", "url": "https://boef.example/x.exe"},
                        ],
                    }
                },
            )
        ],
        "wis mijn gegevens": [reply("Alles is gewist.", custom={"forget": True})],
        "opnieuw beginnen": [reply("We beginnen opnieuw.", custom={"restart": True})],
    }
    return answers.get(message, [reply(f"Je zei: {message}")])


@dataclass
class WidgetSite:
    """The running site and its parts."""

    address: str
    rasa: FakeRasa
    rasa_port: int
    dossiers: MemoryDossierStore
    store: SqlConversationStore
    widget: WidgetPort

    @property
    def heard(self) -> list[str]:
        """Return what Rasa heard, in order."""
        return [message for _, message in self.rasa.heard]


@contextmanager
def widget_site(
    folder: Path, *, rasa_up: bool = True, port: int | None = None, redis: str = "", **environ: str
) -> Iterator[WidgetSite]:
    """Serve a site with its log in a SQLite file in `folder`; one on the same folder goes on where the last stopped.

    With `redis` it is one of several processes on that folder.
    """
    rasa, rasa_port = FakeRasa(), free_port()
    rasa.answer = converse
    ports = {"IPS_RASA_PORT": str(rasa_port), "IPS_ACTIONS_PORT": str(rasa_port)}
    generous = {"IPS_RATE_PER_MINUTE": "100000", "IPS_RATE_PER_ADDRESS": "1000000"}
    settings = Settings.from_environment({**ports, **generous, **environ})
    dossiers = MemoryDossierStore(now)
    url = f"sqlite:///{folder / 'log.sqlite'}"
    store, leases = SqlConversationStore(url, now), SqlLeases(url, now) if redis else None
    public = PublicPort(
        settings,
        advise=advise,
        facts=FACTS,
        sources=SOURCES,
        store=dossiers,
        safety=SAFETY,
        holding=Holding(leases),
        siblings=RedisSiblings(redis, SHARED_KEY) if redis else None,
    )
    widget = widget_port(public, settings, store, dossiers, now)
    with serving(create_app(public, settings.allowed_origins, widget=widget), port) as address:
        site = WidgetSite(address, rasa, rasa_port, dossiers, store, widget)
        with serving(rasa.app, rasa_port) if rasa_up else nullcontext():
            yield site
        on_loop(widget, widget.feed.stop)  # as a signal does: streams would hold up the stop
    store.close()
    if leases:
        leases.close()


def on_loop(widget: WidgetPort, call: Callable[[], object]) -> None:
    """Call something on the server's own event loop."""
    tidying = widget.answering._tidying
    assert tidying is not None
    tidying.get_loop().call_soon_threadsafe(call)
