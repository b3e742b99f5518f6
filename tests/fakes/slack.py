"""Slack on loopback: a Web API that refuses what Slack's refuses, and a client that signs as Slack signs.

Blocks are judged by Slack's own SDK (slack_sdk.models) and by the limits of the Block Kit reference
(docs.slack.dev/reference/block-kit) and of chat.postMessage's page.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
from slack_sdk.models.blocks import Block
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.helpdesk import Helpdesk
from bot.rules.officehours import OfficeHours
from bot.settings import Settings
from bot.store.conversations import SqlConversationStore
from bot.store.deliveries import SqlDeliveryStore
from bot.store.tickets import SqlTicketStore
from bot.web.app import PublicPort, create_app, slack_port, widget_port
from bot.web.desk.wiring import places as desk_places
from bot.web.followers import Followers
from bot.web.slack import SlackPort
from tests.fakes.desk import KNOWLEDGE
from tests.fakes.knowledge import FACTS, SAFETY, SOURCES, advise
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.rasa import FakeRasa
from tests.fakes.serving import free_port, serving
from tests.fakes.site import converse, now, on_loop
from tests.fakes.store import MemoryDossierStore

SECRET, TOKEN = "8f742231b10e8888abcd99yyyzzz85a5", "xoxb-not-a-real-token"
TEAM, APP, BOT, USER, IM, CHANNEL = "T061EG9R6", "A0PNCHHK2", "U0LAN0Z89", "U061F7AUR", "D024BE91L", "C0LAN2Q65"
_POST = {"channel", "text", "blocks", "thread_ts", "unfurl_links", "unfurl_media", "mrkdwn", "reply_broadcast"}
ARGUMENTS = {
    "chat.postMessage": _POST,
    "chat.update": {"channel", "ts", "text", "blocks"},
    "chat.postEphemeral": {"channel", "user", "text", "blocks", "thread_ts"},
    "chat.delete": {"channel", "ts"},
}
# Methods that read take a form (docs.slack.dev/reference/methods: "Accepts: application/x-www-form-urlencoded").
READS = {
    "conversations.history": {"channel", "cursor", "limit", "oldest"},
    "conversations.replies": {"channel", "ts", "cursor", "limit"},
    "conversations.members": {"channel", "cursor", "limit"},
    "users.info": {"user"},
}
_BLOCK = {
    "section": {"type", "text", "block_id", "fields", "accessory"},
    "context": {"type", "elements", "block_id"},
    "actions": {"type", "elements", "block_id"},
}
_BUTTON = {"type", "text", "action_id", "value", "url", "style"}
_TEXT = {"type", "text", "emoji", "verbatim"}
Fault = Callable[[], Response]


class FakeSlack:
    """`posted` has what was accepted, in order, as (method, body); `faults` are answered first, one a call."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.refused: list[str] = []
        self.faults: list[Fault] = []
        self.calls: list[float] = []
        self.seconds_between = 0.0  # in one channel
        self.closed = {"C0ARCHIVED"}
        self._last: dict[str, float] = {}
        self._number = 0
        self.stands: dict[str, dict[str, Any]] = {}  # what stands in channels, by ts
        self.members = {"C0STAFF": ["U0ANNA", "U0BRAM", "U0LAN0Z89"]}
        self.people = {"U0ANNA": "Anna", "U0BRAM": "Bram", "U0STRANGER": "Stranger"}
        self.page = 100
        self.lose_next = False  # take the next message and lose the answer
        routes = [Route(f"/api/{name}", self._call, methods=["POST"]) for name in ARGUMENTS]
        routes += [Route(f"/api/{name}", self._read, methods=["POST"]) for name in READS]
        self.app = Starlette(routes=routes)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Return the posted messages."""
        return [body for method, body in self.posted if method == "chat.postMessage"]

    async def _call(self, request: Request) -> Response:
        self.calls.append(time.monotonic())
        if self.faults:
            return self.faults.pop(0)()
        method = request.url.path.rpartition("/")[2]
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return self._no("invalid_auth")
        if not request.headers.get("content-type", "").startswith("application/json"):
            return self._no("invalid_post_type")
        body = await request.json()
        if problem := wrong(method, body, self.closed):
            return self._no(problem)
        if time.monotonic() - self._last.get(body["channel"], -1e9) < self.seconds_between:
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "1"})
        self._last[body["channel"]] = time.monotonic()
        if problem := self._change(method, body):
            return self._no(problem)
        self.posted.append((method, body))
        if self.lose_next and method == "chat.postMessage":
            self.lose_next = False
            return Response(status_code=502)
        return JSONResponse({"ok": True, "channel": body["channel"], "ts": body.get("ts", self._ts())})

    def _ts(self) -> str:
        return f"{int(time.time())}.{self._number:06}"

    def _change(self, method: str, body: dict[str, Any]) -> str:
        """Do what a call asks to what stands there; return Slack's word for what is wrong, or ""."""
        if method == "chat.postMessage":
            self._number += 1
            self.stands[self._ts()] = {**body, "ts": self._ts(), "bot_id": "B0", "user": BOT}
        elif method in ("chat.update", "chat.delete") and body["ts"] in self.stands:
            known = self.stands.pop(body["ts"])
            if method == "chat.update":
                self.stands[body["ts"]] = {**known, **body}
        elif method == "chat.delete":
            return "message_not_found"
        return ""

    def thread(self, ts: str) -> list[dict[str, Any]]:
        """Return a message and what stands under it."""
        return [body for at, body in sorted(self.stands.items()) if ts in (at, body.get("thread_ts"))]

    async def _read(self, request: Request) -> Response:
        self.calls.append(time.monotonic())
        if self.faults:
            return self.faults.pop(0)()
        method = request.url.path.rpartition("/")[2]
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return self._no("invalid_auth")
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if set(form) - READS[method] or not request.headers["content-type"].startswith("application/x-www-form"):
            return self._no("invalid_arguments")
        if method == "users.info":
            name = self.people.get(form["user"])
            user = {"id": form["user"], "name": name, "profile": {"display_name": name, "real_name": name}}
            return JSONResponse({"ok": True, "user": user}) if name else self._no("user_not_found")
        if method == "conversations.members":
            return self._page("members", self.members.get(form["channel"], []), form)
        there = [body for _, body in sorted(self.stands.items()) if body["channel"] == form["channel"]]
        if method == "conversations.history":
            since = float(form.get("oldest", 0))
            there = [body for body in there if "thread_ts" not in body and float(body["ts"]) > since]
            return self._page("messages", there[::-1], form)
        return self._page("messages", self.thread(form["ts"]), form)

    def _page(self, what: str, found: list[Any], form: dict[str, str]) -> Response:
        start, size = int(form.get("cursor") or 0), min(self.page, int(form["limit"]))
        after = str(start + size) if start + size < len(found) else ""
        return JSONResponse(
            {"ok": True, what: found[start : start + size], "response_metadata": {"next_cursor": after}}
        )

    def _no(self, code: str) -> Response:
        self.refused.append(code)
        return JSONResponse({"ok": False, "error": code})


def wrong(method: str, body: dict[str, Any], closed: set[str] = frozenset()) -> str:  # type: ignore[assignment]
    """Return Slack's word for what is wrong with a call, or ""."""
    if set(body) - ARGUMENTS[method]:
        return "invalid_arguments"
    if not re.fullmatch(r"[CDGU][A-Z0-9]+", str(body.get("channel", ""))):
        return "channel_not_found"
    if body["channel"] in closed:
        return "is_archived"
    if method == "chat.delete":
        return ""
    if len(body.get("text", "")) > 40_000:
        return "msg_too_long"
    if not body.get("text") and not body.get("blocks"):
        return "no_text"
    blocks = body.get("blocks", [])
    if not isinstance(blocks, list) or len(blocks) > 50 or any(map(_bad_block, blocks)):
        return "invalid_blocks"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        return "invalid_blocks"
    for block in Block.parse_all(blocks):
        block.validate_json()
    return "msg_blocks_too_long" if len(json.dumps(blocks)) > 60_000 else ""


def _bad_block(block: dict[str, Any]) -> bool:
    kind = block.get("type", "")
    if kind not in _BLOCK or set(block) - _BLOCK[kind] or len(block.get("block_id", "")) > 255:
        return True
    if kind == "section":
        return _bad_text(block["text"], 3000)
    elements = block["elements"]
    if kind == "context":
        return not 0 < len(elements) <= 10 or any(_bad_text(each, 3000) for each in elements)
    return not 0 < len(elements) <= 5 or any(map(_bad_button, elements))


def _bad_text(text: dict[str, Any], most: int) -> bool:
    return bool(set(text) - _TEXT) or not 0 < len(text["text"]) <= most


def _bad_button(button: dict[str, Any]) -> bool:
    return (
        bool(set(button) - _BUTTON)
        or button["text"]["type"] != "plain_text"
        or _bad_text(button["text"], 75)
        or len(button.get("value", "")) > 2000
        or len(button.get("url", "")) > 3000
        or len(button["action_id"]) > 255
    )


def signed(body: bytes, stamp: int | str | None = None, secret: str = SECRET) -> dict[str, str]:
    """Return the headers that Slack sends with a body."""
    stamp = str(int(time.time()) if stamp is None else stamp)
    mark = "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": mark}


@dataclass
class SlackSite:
    """The running site, seen from Slack."""

    address: str
    rasa: FakeRasa
    slack: FakeSlack
    store: SqlConversationStore
    places: SqlDeliveryStore
    port: SlackPort
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=10, trust_env=False))
    number: int = 0
    helpdesk: Helpdesk | None = None
    followers: Followers | None = None

    @property
    def heard(self) -> list[str]:
        """Return what Rasa heard, in order."""
        return [message for _, message in self.rasa.heard]

    def post(
        self, body: bytes, kind: str = "application/json", headers: dict[str, str] | None = None, **more: str
    ) -> httpx.Response:
        """Send bytes as Slack does; `headers` instead of the right signature."""
        headers = signed(body) if headers is None else headers
        url = f"{self.address}/webhooks/slack/webhook"
        return self.http.post(url, content=body, headers={"Content-Type": kind, **headers, **more})

    def event(self, event: dict[str, Any], event_id: str | None = None, **more: str) -> httpx.Response:
        """Send an event."""
        return self.post(json.dumps(self.envelope(event, event_id)).encode(), **more)

    def envelope(self, event: dict[str, Any], event_id: str | None = None) -> dict[str, Any]:
        """Return an event as the Events API wraps it (docs.slack.dev/apis/events-api, "Callback field overview")."""
        self.number += 1
        return {
            "token": "z26uFbvR1xHJEdHE1OQiO6t8",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": {"ts": self.ts(), "event_ts": self.ts(), "user": USER, **event},
            "type": "event_callback",
            "event_id": event_id or f"Ev{self.number:09}",
            "event_time": int(time.time()),
            "authorizations": [
                {"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True, "is_enterprise_install": False}
            ],
            "is_ext_shared_channel": False,
        }

    def ts(self) -> str:
        """Return the mark of the newest message."""
        return f"1515449522.{self.number:06}"

    def direct(self, text: str, **more: Any) -> httpx.Response:
        """Say something to the bot alone (docs.slack.dev/reference/events/message.im)."""
        return self.event({"type": "message", "channel": IM, "channel_type": "im", "text": text, **more})

    def mention(self, text: str, **more: Any) -> httpx.Response:
        """Name the bot in a channel (docs.slack.dev/reference/events/app_mention)."""
        return self.event({"type": "app_mention", "channel": CHANNEL, "text": f"<@{BOT}> {text}", **more})

    def in_channel(self, text: str, **more: Any) -> httpx.Response:
        """Say something in a channel (docs.slack.dev/reference/events/message.channels)."""
        return self.event({"type": "message", "channel": CHANNEL, "channel_type": "channel", "text": text, **more})

    def press(self, message: dict[str, Any], title: str, user: str = USER, ts: str = "1548261231.000200") -> Any:
        """Press a button (docs.slack.dev/reference/interaction-payloads/block_actions-payload)."""
        blocks = [block for block in message["blocks"] if block["type"] == "actions"]
        block, button = next((b, e) for b in blocks for e in b["elements"] if e["text"]["text"] == title)
        action = {**button, "block_id": block["block_id"], "action_ts": "1548426417.840180"}
        holder = {"type": "message", "bot_id": "B0", "user": BOT, "ts": ts, "blocks": message["blocks"], "text": "x"}
        if "thread_ts" in message:
            holder["thread_ts"] = message["thread_ts"]
        channel = message["channel"] if message["channel"][0] != "U" else IM
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM, "domain": "voorbeeld"},
            "user": {"id": user, "username": "anna", "team_id": TEAM},
            "api_app_id": APP,
            "token": "9s8d9as89d8as9d8as989",
            "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False},
            "trigger_id": "12321423423.333649436676.d8c1bb837935619ccad0f624c448ffb3",
            "channel": {"id": channel, "name": "directmessage"},
            "message": holder,
            "response_url": "https://hooks.slack.com/actions/AABA1ABCD/1232321423432/D09sSasdasdAS9091209",
            "actions": [action],
        }
        form = httpx.Request("POST", "http://x", data={"payload": json.dumps(payload)}).content
        return self.post(form, "application/x-www-form-urlencoded")

    def command(self, text: str, trigger: str | None = None) -> httpx.Response:
        """Use the slash command (docs.slack.dev/interactivity/implementing-slash-commands)."""
        self.number += 1
        form = {
            "token": "gIkuvaNzQIHg97ATvDxqgjtO",
            "team_id": TEAM,
            "team_domain": "voorbeeld",
            "channel_id": CHANNEL,
            "channel_name": "ips",
            "user_id": USER,
            "user_name": "anna",
            "command": "/ips",
            "text": text,
            "response_url": "https://hooks.slack.com/commands/1234/5678",
            "trigger_id": trigger or f"13345224609.738474920.{self.number}",
            "api_app_id": APP,
        }
        body = httpx.Request("POST", "http://x", data=form).content
        return self.post(body, "application/x-www-form-urlencoded")

    def until(self, count: int, seconds: float = 10.0) -> list[dict[str, Any]]:
        """Return the posted messages once there are so many."""
        self.wait(lambda: len(self.slack.messages) >= count, seconds)
        return self.slack.messages

    def wait(self, done: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < deadline, (self.slack.posted, self.slack.refused, self.heard)
            time.sleep(0.01)


def words(message: dict[str, Any]) -> str:
    """Return what somebody sees of a message, its buttons between brackets."""
    seen = []
    for block in message.get("blocks", []):
        if block["type"] == "section":
            seen.append(block["text"]["text"])
        elif block["type"] == "context":
            seen += [each["text"] for each in block["elements"]]
        else:
            seen += [f"[{each['text']['text']}]" for each in block["elements"]]
    return "\n".join(seen) or str(message["text"])


@contextmanager
def slack_site(folder: Path, slack: FakeSlack | None = None, *, rasa_up: bool = True, **environ: str) -> Iterator[Any]:
    """Serve a site that Slack and its Web API can reach; one on the same folder goes on where the last stopped."""
    rasa, rasa_port, slack = FakeRasa(), free_port(), slack or FakeSlack()
    rasa.answer = converse
    with serving(slack.app) as api:
        own = {
            "IPS_RASA_PORT": str(rasa_port),
            "IPS_ACTIONS_PORT": str(rasa_port),
            "IPS_RATE_PER_MINUTE": "100000",
            "IPS_RATE_PER_ADDRESS": "1000000",
            "IPS_SLACK_SIGNING_SECRET": SECRET,
            "IPS_SLACK_BOT_TOKEN": TOKEN,
            "IPS_SLACK_API_URL": f"{api}/api",
            "IPS_PUBLIC_URL": "https://ips.voorbeeld.nl",
        }
        settings = Settings.from_environment({**own, **environ})
        url = f"sqlite:///{folder / 'log.sqlite'}"
        dossiers, store, places = MemoryDossierStore(now), SqlConversationStore(url, now), SqlDeliveryStore(url)
        tickets = SqlTicketStore(url, now)
        helpdesk = Helpdesk(tickets, now, OfficeHours(), dict(settings.deadlines), MemoryQuestionLog())
        public = PublicPort(
            settings,
            advise=advise,
            facts=FACTS,
            sources=SOURCES,
            store=dossiers,
            safety=SAFETY,
            knowledge=KNOWLEDGE,
            clock=now,
            helpdesk=helpdesk,
            conversations=store,
            deliveries=places,
        )
        widget = widget_port(public, settings, store, dossiers, now)
        port = slack_port(public, widget, settings, store, places, now)
        outside = desk_places(settings, helpdesk, tickets, places, slack=port, teams=None, count=public.count, now=now)
        followers = Followers(tickets, outside.handlers, now, helpdesk) if outside.handlers else None
        app = create_app(
            public, settings.allowed_origins, widget=widget, slack=port, followers=followers, outside=outside
        )
        with serving(app) as address:
            with serving(rasa.app, rasa_port) if rasa_up else nullcontext():
                site = SlackSite(address, rasa, slack, store, places, port)  # type: ignore[arg-type]
                site.helpdesk, site.followers = helpdesk, followers
                yield site
                site.http.close()
            on_loop(widget, widget.feed.stop)
        for each in (store, places, tickets):
            each.close()
