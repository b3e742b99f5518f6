"""What visitors and finders of holes must be able to read: the privacy page and security.txt, from the settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.settings import Settings

PAGE = Path(__file__).parent / "page" / "privacy.html"
FRESH = timedelta(days=180)  # RFC 9116 wants less than a year; a process that was started since is looked after
SOMEBODY = "de organisatie die deze chat aanbiedt"
# What is kept, by the setting that says for how many days. A setting for days that is missing here fails a test.
KEPT = {
    "conversation_days": (
        "Wat je in het gesprek schrijft, wat de assistent antwoordt en wat hij over je organisatie onthoudt",
        " na je laatste bericht",
    ),
    "plan_days": (
        "Een implementatieplan, met de namen en contactgegevens die je daarin zet",
        " na de laatste keer dat iemand eraan werkte",
    ),
    "ticket_days": ("Een vraag die naar een medewerker ging, met het antwoord", " nadat hij is afgehandeld"),
    "contact_days": ("De contactgegevens die je daarbij gaf", " nadat hij is afgehandeld"),
    "question_days": ("Een vraag waarop geen goed antwoord kwam, zonder wie hem stelde", " na de vraag"),
}
_SLACK = "Gebruik je IPS-wijzer in Slack, dan loopt het gesprek ook over de servers van Slack."
_TEAMS = "Gebruik je IPS-wijzer in Teams, dan loopt het gesprek ook over de servers van Microsoft."
_NOBODY = "Er gaat niets naar andere bedrijven."


class Notices:
    """The handlers."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._settings, self._now = settings, now

    def routes(self) -> list[Route]:
        """Return the routes; without a contact there is no security.txt."""
        privacy = Route("/privacy", self.privacy)
        if not self._settings.security_contact:
            return [privacy]
        return [privacy, Route("/.well-known/security.txt", self.security), Route("/security.txt", self.security)]

    async def privacy(self, _request: Request) -> Response:
        """GET /privacy: what is kept, how long and where, as plain HTML."""
        return Response(privacy_page(self._settings), media_type="text/html", headers={"Cache-Control": "no-cache"})

    async def security(self, _request: Request) -> Response:
        """GET /.well-known/security.txt."""
        return PlainTextResponse(security_txt(self._settings, self._now()), headers={"Cache-Control": "no-cache"})


def privacy_page(settings: Settings) -> str:
    """Return the page; what an operator typed is escaped."""
    rows = (
        f'<tr><th scope="row">{escape(what)}</th><td>{getattr(settings, name)} dagen{escape(since)}</td></tr>'
        for name, (what, since) in KEPT.items()
    )
    elsewhere = [text for on, text in ((_slack_is_on(settings), _SLACK), (_teams_is_on(settings), _TEAMS)) if on]
    return _template().substitute(
        institute=escape(settings.institute or SOMEBODY),
        contact=_contact(settings.privacy_contact),
        rows="\n".join(rows),
        elsewhere=escape(" ".join(elsewhere) or _NOBODY),
    )


def security_txt(settings: Settings, now: datetime) -> str:
    """Return the file of RFC 9116."""
    contact = settings.security_contact
    expires = (now + FRESH).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {contact if contact.startswith('https://') else f'mailto:{contact}'}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: nl, en",
    ]
    if settings.site.startswith("https://"):
        lines.append(f"Canonical: {settings.site}/.well-known/security.txt")
    return "\n".join(lines) + "\n"


def _contact(contact: str) -> str:
    if not contact:
        return f"Vraag het aan {SOMEBODY}; kijk daarvoor op de website waar je de chat vond."
    target = contact if contact.startswith("https://") else f"mailto:{contact}"
    return f'Vraag het via <a href="{escape(target)}">{escape(contact)}</a>.'


def _slack_is_on(settings: Settings) -> bool:
    return bool(settings.slack_signing_secret and settings.slack_bot_token)


def _teams_is_on(settings: Settings) -> bool:
    return bool(settings.teams_app_id and settings.teams_app_password and settings.teams_tenants)


@lru_cache(maxsize=1)
def _template() -> Template:
    return Template(PAGE.read_text(encoding="utf-8"))
