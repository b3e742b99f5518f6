"""The public port: the only door for people, sites and programs."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.errors import InputError, NotReady, Refused, StoreError
from bot.helpdesk import Helpdesk
from bot.model import Advice, FactDefinition, Knowledge, Source
from bot.ports import Clock, ConversationStore, DeliveryStore, DossierStore, Mailer
from bot.settings import Settings
from bot.web import advice as advice_format
from bot.web import texts
from bot.web import triage as triage_format
from bot.web.answering import Answering
from bot.web.chat import Chat, Safety
from bot.web.courier import Courier
from bot.web.desk.wiring import Places
from bot.web.feed import Feed
from bot.web.followers import Followers
from bot.web.guard import Guard, Json, check_operator, client_address, error_answer, http_error, refusal
from bot.web.handover import Desk
from bot.web.holding import Holding
from bot.web.inbox.desk import InboxDesk
from bot.web.intake import read_chat, read_object
from bot.web.limits import RateLimiter
from bot.web.mail import MailPort
from bot.web.metrics import PARTS, Metrics
from bot.web.notices import Notices
from bot.web.once import ShownOnce
from bot.web.plans import PATHS as PLAN_PATHS
from bot.web.plans import PlanDesk
from bot.web.rasa import RasaClient
from bot.web.requests_log import RequestLog
from bot.web.siblings import Siblings
from bot.web.slack import SlackPort
from bot.web.teams import TeamsPort, missing_settings
from bot.web.triage import Triager
from bot.web.turns import Turns
from bot.web.upkeep import every_day
from bot.web.widget_port import WidgetPort

log = logging.getLogger(__name__)

HERE = Path(__file__).parent
PATIENCE = 6  # times the seconds that a REST client waits: a widget's message may wait for a restart of everything
Observer = Callable[[Metrics], Awaitable[None]]
READY_SECONDS = 0.5  # how long a verdict on readiness is kept


@lru_cache(maxsize=1)
def _widget() -> tuple[bytes, bytes, str]:
    """Return the widget as it is, compressed, and the mark of this version."""
    plain = (HERE / "widget" / "widget.js").read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0), f'"{hashlib.sha256(plain).hexdigest()[:16]}"'


class PublicPort:
    """The handlers, and what they share."""

    def __init__(
        self,
        settings: Settings,
        *,
        advise: Callable[[Mapping[str, Any]], Advice],
        facts: Mapping[str, FactDefinition],
        sources: Mapping[str, Source],
        store: DossierStore,
        safety: Safety,
        knowledge: Knowledge | None = None,
        clock: Clock | None = None,
        client: httpx.AsyncClient | None = None,
        helpdesk: Helpdesk | None = None,
        conversations: ConversationStore | None = None,
        deliveries: DeliveryStore | None = None,
        holding: Holding | None = None,
        siblings: Siblings | None = None,
    ) -> None:
        """`advise` takes the request body of POST /api/v1/advice and raises InputError; `client` is for tests.

        Without `knowledge` and `clock` there is no triage; without those, `helpdesk` and `conversations` no hand-over.
        `holding` and `siblings` are for several processes.
        """
        self.holding, self.siblings = holding or Holding(), siblings or Siblings()
        self._settings, self._advise, self._sources, self._store = settings, advise, sources, store
        self._client = client or httpx.AsyncClient(
            trust_env=False, limits=httpx.Limits(max_connections=settings.most_at_once + 40)
        )
        self.numbers = Metrics()
        self._observers: list[Observer] = [self._look_around]
        self._rasa = RasaClient(self._client, settings.rasa_workers_urls)
        self._knowledge = knowledge
        self._triager = Triager(knowledge, self._rasa.understand, clock) if knowledge and clock else None
        self.desk: Desk | None = None
        if self._triager and knowledge and clock and helpdesk and conversations:
            self.desk = Desk(
                helpdesk,
                self._triager,
                store,
                knowledge,
                clock,
                contact_days=settings.contact_days,
                conversations=conversations,
                deliveries=deliveries,
            )
        self._turns = Turns(time.monotonic, self.holding)
        self._per_address = self.siblings.limit("address", RateLimiter(settings.rate_per_address, time.monotonic))
        description = advice_format.openapi(facts)
        description["paths"].update(PLAN_PATHS)
        self._description = advice_format.with_common_errors(description)
        self.notices = Notices(settings, clock or (lambda: datetime.now(timezone.utc)))
        self._ready: tuple[float, tuple[str, ...]] = (float("-inf"), ())
        self._ready_lock = asyncio.Lock()
        self.talk = Chat(
            self._rasa,
            self._turns,
            self.siblings.limit("sender", RateLimiter(settings.rate_per_minute, time.monotonic)),
            self.numbers,
            safety,
            max_message=settings.max_message,
            wait_seconds=settings.rasa_timeout,
            desk=self.desk,
            most_at_once=settings.most_at_once,
        )

    @property
    def triager(self) -> Triager | None:
        """What judges messages to the helpdesk; None when there is no triage."""
        return self._triager

    async def page(self, _request: Request) -> Response:
        """GET /: a fictitious site that embeds the chat."""
        return FileResponse(HERE / "page" / "index.html", headers={"Cache-Control": "no-cache"})

    async def widget(self, request: Request) -> Response:
        """GET /widget.js, compressed; a browser that has this version already gets none."""
        plain, packed, tag = await run_in_threadpool(_widget)
        headers = {"Cache-Control": "no-cache", "ETag": tag, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(plain, media_type="text/javascript", headers=headers)
        return Response(packed, media_type="text/javascript", headers={**headers, "Content-Encoding": "gzip"})

    async def chat(self, request: Request) -> Response:
        """POST /webhooks/rest/webhook."""
        self.count(request)
        replies = await self.talk.answer(read_chat(await read_object(request)))
        return Json(replies, headers={"Cache-Control": "no-store"})

    async def advice(self, request: Request) -> Response:
        """POST /api/v1/advice."""
        self.count(request)
        content = await read_object(request)
        with self.numbers.advice_seconds.time():
            advice = await run_in_threadpool(self._advise, content)
        return Json(advice_format.to_json(advice, self._sources), headers={"Cache-Control": "no-store"})

    async def triage(self, request: Request) -> Response:
        """POST /api/v1/triage."""
        self.count(request)
        channel, text, subject = triage_format.read_request(await read_object(request))
        if self._triager is None or self._knowledge is None:
            raise NotReady("no knowledge")
        triage = await self._triager.judge(channel, text, subject)
        return Json(triage_format.to_json(triage, self._knowledge), headers={"Cache-Control": "no-store"})

    async def openapi(self, _request: Request) -> Response:
        """GET /api/v1/openapi.json."""
        return Json(self._description)

    async def healthz(self, _request: Request) -> Response:
        """GET /healthz: this process lives."""
        return Json({"status": "ok"})

    async def readyz(self, _request: Request) -> Response:
        """GET /readyz: a question can be answered now."""
        missing = await self._missing()
        return Json({"status": "wacht" if missing else "ok", "missing": list(missing)}, 503 if missing else 200)

    async def metrics(self, request: Request) -> Response:
        """GET /metrics, for loopback or the token."""
        check_operator(request, self._settings.metrics_token)
        for observe in self._observers:
            try:
                await observe(self.numbers)
            except StoreError:
                self.numbers.store_errors.inc()
        return Response(self.numbers.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    def observe(self, *observers: Observer) -> None:
        """Let these set their numbers whenever somebody asks for the metrics; one that raises StoreError is skipped."""
        self._observers += observers

    async def _look_around(self, numbers: Metrics) -> None:
        missing = await self._missing()
        for part in PARTS:
            numbers.ready.labels(part).set(part not in missing)
        numbers.read_processes(self._settings.data / "log" / "processes.json")
        numbers.runs(self._knowledge.version if self._knowledge else "", await self._rasa.model())

    async def refuse(self, _request: Request, error: Exception) -> Response:
        """Translate our own errors: a refusal as it is, other bad input as 422."""
        if isinstance(error, Refused):
            self.numbers.refused.labels(error.code).inc()
            return refusal(error)
        if isinstance(error, InputError):
            self.numbers.refused.labels(error.code).inc()
            return error_answer(422, error.code, error.message, error.field)
        if isinstance(error, StoreError):
            self.numbers.store_errors.inc()
        return error_answer(503, "niet_klaar", texts.NOT_READY)

    async def close(self) -> None:
        """Stop the turns and the connections."""
        await self._turns.close()
        await self._client.aclose()
        await self.siblings.close()

    def count(self, request: Request) -> None:
        """Count a request of a client address; raises Refused (429)."""
        if seconds := self._per_address.take(client_address(request)):
            raise Refused(429, "te_veel", texts.TOO_MANY.format(seconds=seconds), retry_after=seconds)

    async def _missing(self) -> tuple[str, ...]:
        async with self._ready_lock:
            checked_at, missing = self._ready
            if time.monotonic() - checked_at > READY_SECONDS:
                missing = await self._rasa.missing() + await run_in_threadpool(self._missing_store)
                self._ready = (time.monotonic(), missing)
            return missing

    def _missing_store(self) -> tuple[str, ...]:
        try:
            self._store.ping()
        except StoreError:
            return ("store",)
        return ()


def widget_port(
    port: PublicPort,
    settings: Settings,
    store: ConversationStore,
    dossiers: DossierStore,
    now: Clock,
    forget: Callable[[str], object] = lambda conversation: None,
) -> WidgetPort:
    """Return what the widget talks to, beside a public port; `forget` erases what a conversation's tickets hold."""
    once = ShownOnce(time.monotonic, port.siblings)
    feed = Feed(store, once, port.siblings)
    answering = Answering(
        port.talk.settle,
        store,
        dossiers,
        feed,
        once,
        patience_seconds=PATIENCE * settings.rasa_timeout,
        keep_days=settings.conversation_days,
        now=now,
        forget=forget,
        desk=port.desk,
        holding=port.holding,
        siblings=port.siblings,
    )
    new_sessions = port.siblings.limit("sessions", RateLimiter(settings.rate_per_minute, time.monotonic))
    return WidgetPort(port.talk, store, feed, answering, count=port.count, new_sessions=new_sessions)


def courier(
    port: PublicPort,
    widget: WidgetPort,
    helpdesk: Helpdesk,
    store: ConversationStore,
    knowledge: Knowledge,
    now: Clock,
    mailer: Mailer | None = None,
    mail_id: Callable[[int, str], str] | None = None,
) -> Courier | None:
    """Return what brings employees' answers to conversations, on the watch already; None without a hand-over."""
    if port.desk is None:
        return None
    named = {"mail_id": mail_id} if mail_id else {}
    made = Courier(helpdesk, port.desk, store, widget.feed, knowledge, now, mailer, **named)
    helpdesk.witnesses.append(made.witness)
    return made


def slack_port(
    port: PublicPort,
    widget: WidgetPort,
    settings: Settings,
    store: ConversationStore,
    places: DeliveryStore,
    now: Clock,
) -> SlackPort | None:
    """Return what Slack talks to, or None, with a line in the log, when it is not set up."""
    if not settings.slack_signing_secret or not settings.slack_bot_token:
        log.info("Slack staat uit: IPS_SLACK_SIGNING_SECRET en IPS_SLACK_BOT_TOKEN zijn niet allebei gezet.")
        return None
    return SlackPort(
        port.talk,
        store,
        places,
        widget.feed,
        widget.answering,
        httpx.AsyncClient(trust_env=False),
        signing_secret=settings.slack_signing_secret,
        token=settings.slack_bot_token,
        api_url=settings.slack_api_url,
        base=settings.link_base,
        count=port.count,
        now=now,
    )


def teams_port(
    port: PublicPort,
    widget: WidgetPort,
    settings: Settings,
    store: ConversationStore,
    places: DeliveryStore,
    now: Clock,
) -> TeamsPort | None:
    """Return what Teams talks to, or None, with a line in the log, when it is not set up."""
    if missing := missing_settings(settings):
        log.info("Teams staat uit: %s niet gezet.", ", ".join(missing))
        return None
    return TeamsPort(settings, port.talk, store, places, widget.feed, widget.answering, count=port.count, now=now)


def create_app(
    port: PublicPort,
    allowed_origins: tuple[str, ...] = (),
    *,
    plans: PlanDesk | None = None,
    clean_up: Callable[[], None] | None = None,
    widget: WidgetPort | None = None,
    slack: SlackPort | None = None,
    teams: TeamsPort | None = None,
    inbox: InboxDesk | None = None,
    followers: Followers | None = None,
    outside: Places | None = None,
    mail: MailPort | None = None,
) -> ASGIApp:
    """Return the ASGI app; `clean_up` forgets what is too old and is called every day.

    Without `widget` it has no conversations that are kept; `slack` and `teams` need them.
    """

    if plans:
        plans.on_drawn = lambda form: port.numbers.documents.labels(form).inc()
    if widget:
        port.observe(widget.observe)
    port.observe(*(channel.deliverer.observe for channel in (slack, teams) if channel))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        port.siblings.start()
        upkeep = asyncio.create_task(every_day(clean_up)) if clean_up else None
        if widget:
            await widget.answering.start()
        if slack:
            slack.start()
        if teams:
            teams.start()
        if followers:
            followers.start()
        if outside:
            outside.start()
        if mail:
            mail.start()
        yield
        if mail:
            await mail.close()
        if followers:
            await followers.close()
        if outside:
            await outside.close()
        if upkeep:
            upkeep.cancel()
        if slack:
            await slack.close()
        if teams:
            await teams.close()
        if widget:
            widget.feed.stop()
            await widget.answering.close()
        if plans:
            plans.close()
        await port.close()

    app = Starlette(
        routes=[
            Route("/", port.page),
            Route("/widget.js", port.widget),
            Mount("/static", StaticFiles(directory=HERE / "page" / "static")),
            Route("/webhooks/rest/webhook", port.chat, methods=["POST"]),
            *port.notices.routes(),
            Route("/api/v1/advice", port.advice, methods=["POST"]),
            Route("/api/v1/triage", port.triage, methods=["POST"]),
            Route("/api/v1/openapi.json", port.openapi),
            Route("/healthz", port.healthz),
            Route("/readyz", port.readyz),
            Route("/metrics", port.metrics),
            *(plans.routes() if plans else ()),
            *(widget.routes() if widget else ()),
            *(slack.routes() if slack else ()),
            *(teams.routes() if teams else ()),
            *(inbox.routes() if inbox else ()),
            *(outside.routes if outside else ()),
        ],
        exception_handlers={
            InputError: port.refuse,
            StoreError: port.refuse,
            NotReady: port.refuse,
            HTTPException: http_error,
            Exception: http_error,
        },
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    return RequestLog(Guard(app, allowed_origins), port.numbers)
