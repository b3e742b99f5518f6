"""Everything that reads what strangers write, as functions of a text that may raise nothing but what they announce."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, timezone
from functools import cache
from pathlib import Path

from bot.answers import figures
from bot.answers.splitting import asks_in_anger
from bot.channels import slack, teams
from bot.codes import find_code
from bot.documents import plaintext
from bot.errors import KnowledgeError
from bot.hiding import hide_personal
from bot.interview import engine
from bot.interview.plan import engine as plan_engine
from bot.interview.plan.seat import Seat
from bot.interview.reading import read
from bot.knowledge import loader
from bot.knowledge.reader import read_file
from bot.model import Dossier, Knowledge, Message, Plan
from bot.rules import triage
from bot.rules.mailtext import letter_of
from bot.rules.safety import danger
from bot.web.intake import clean

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
PENDING = (None, "organisation_type", "criteria.6", "near_partner", "capacity")


@cache
def knowledge() -> Knowledge:
    """Return the product's own."""
    return loader.load()


@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def chat(text: str) -> None:
    """Read a message, as an answer to a few questions and out of the blue."""
    for pending in PENDING:
        read(text, pending, knowledge())
    figures.take(Message("c", text), Dossier("c"), knowledge())
    asks_in_anger(text)


def interview(text: str) -> None:
    """Take the lines as the answers of one interview."""
    dossier = Dossier("c", active=True, pending="organisation_type")
    for line in text.splitlines()[:12]:
        if said := clean(line):
            dossier = engine.take(Message("c", said), dossier, knowledge()).dossier


def plan(text: str) -> None:
    """Take the lines as messages to a plan."""
    kept, seat = Plan("plan-1"), Seat("plan-1", pending=next(iter(knowledge().plan)))
    for line in text.splitlines()[:12]:
        if said := clean(line):
            turn = plan_engine.take(Message("c", said), seat, kept, knowledge(), NOW)
            kept, seat = turn.plan or kept, turn.seat or seat


def mail(text: str) -> None:
    """Judge the words of a mail; the first line is its subject."""
    subject, _, body = text.partition("\n")
    for channel in ("mail", "chat", "teams"):
        letter = letter_of(body, subject, channel)
        signals = triage.signals_of(letter, date(2026, 11, 23))
        signals.numbers()
        triage.core_of(letter)
        triage.questions_of(letter)


def hiding(text: str) -> None:
    """Hide personal data: once is enough, and danger is seen."""
    once = hide_personal(text)
    assert hide_personal(once) == once, "hiding twice is not hiding once"
    danger(text)
    find_code(text)
    plaintext.shown(text)


def slack_body(text: str) -> None:
    """Read what Slack might send: the text as a body, and in the fields of an event, a command and a press."""
    event = {"type": "message", "channel_type": "im", "channel": "D1", "user": "U1", "ts": "1.2", "text": text}
    for kind, body in (
        ("application/json", text),
        ("application/x-www-form-urlencoded", text),
        ("application/json", json.dumps({"type": "event_callback", "team_id": "T", "event": event})),
        (
            "application/json",
            json.dumps({"type": "event_callback", "team_id": text, "event": {**event, "blocks": text}}),
        ),
        ("application/x-www-form-urlencoded", f"payload={text}"),
        ("application/x-www-form-urlencoded", f"command=/ips&text={text}"),
    ):
        try:
            slack.read(kind, body.encode("utf-8", "surrogatepass"))
        except ValueError:
            continue
    slack.plain(text, "B1")


def teams_body(text: str) -> None:
    """Read what Teams might send: the text as an activity, and in the fields of a message."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = {}
    person, here = {"id": text or "29:x", "name": text}, {"id": "a:1", "conversationType": "personal", "tenantId": "t"}
    message = {"type": "message", "id": "1", "text": text, "from": person, "recipient": {"id": "28:b"}}
    message |= {"conversation": here, "serviceUrl": "https://smba.trafficmanager.net/emea/", "channelId": "msteams"}
    mention = {"type": "mention", "text": text, "mentioned": {"id": "28:b"}}
    for activity in (content, message, {**message, "entities": [mention]}, {**message, "value": content}):
        if isinstance(activity, dict):
            try:
                teams.read(activity)
                teams.tenant_of(activity)
            except ValueError:
                continue


def yaml_file(text: str) -> None:
    """Load a knowledge file."""
    try:
        (_folder() / "sources.yml").write_bytes(text.encode("utf-8", "surrogatepass"))
        loader._unique(read_file(_folder(), "sources.yml").items(1), loader._source, lambda source: source.id)
    except KnowledgeError:
        return


PARSERS: Mapping[str, Callable[[str], None]] = {
    "chat": chat,
    "interview": interview,
    "plan": plan,
    "mail": mail,
    "hiding": hiding,
    "slack": slack_body,
    "teams": teams_body,
    "yaml": yaml_file,
}
