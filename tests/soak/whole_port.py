"""The whole public port on the product's own wiring and stores, with a Rasa that answers at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.app import build, utc_now
from bot.rules.triage import CATEGORIES
from bot.settings import Settings
from bot.web.app import PublicPort, create_app, slack_port, widget_port
from bot.web.chat import Safety
from bot.web.plans import PlanDesk
from tests.fakes.rasa import FakeRasa
from tests.fakes.serving import free_port, serving
from tests.fakes.site import on_loop

TRIAGE = {
    "triage": {"category": dict.fromkeys(CATEGORIES, 0.1), "urgency": {"normaal": 1.0}, "reply": {"mens": 1.0}},
    "answers": [],
}


@contextmanager
def whole_port(folder: Path, **environ: str) -> Iterator[str]:
    """Serve it; yield its address. No address is counted, so that a run meets more than refusals."""
    rasa, rasa_port = FakeRasa(), str(free_port())
    rasa.triage = TRIAGE
    places = {"IPS_DATA": str(folder), "IPS_RASA_PORT": rasa_port, "IPS_ACTIONS_PORT": rasa_port}
    generous = {"IPS_RATE_PER_MINUTE": "100000", "IPS_RATE_PER_ADDRESS": "1000000"}
    slack = {"IPS_SLACK_SIGNING_SECRET": "soak", "IPS_SLACK_BOT_TOKEN": "xoxb-soak"}
    slack["IPS_SLACK_API_URL"] = f"http://127.0.0.1:{rasa_port}"
    settings = Settings.from_environment({**places, **generous, **slack, **environ})
    assistant = build(settings)
    port = PublicPort(
        settings,
        advise=assistant.advise,
        facts=assistant.knowledge.facts,
        sources=assistant.knowledge.sources,
        store=assistant.store,
        safety=Safety(assistant.knowledge.texts["safety"], assistant.knowledge.texts["safety_later"]),
        knowledge=assistant.knowledge,
        clock=utc_now,
    )
    desk = PlanDesk(assistant.plans, assistant.draw, utc_now, settings.plan_days)
    widget = widget_port(port, settings, assistant.conversations, assistant.store, utc_now)
    channel = slack_port(port, widget, settings, assistant.conversations, assistant.deliveries, utc_now)
    app = create_app(port, settings.allowed_origins, plans=desk, widget=widget, slack=channel)
    with serving(rasa.app, int(rasa_port)), serving(app) as address:
        yield address
        on_loop(widget, widget.feed.stop)
