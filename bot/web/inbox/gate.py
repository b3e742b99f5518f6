"""Who gets in: the login page, OpenID Connect, the session's cookie, and what a page needs to be shown."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import anyio
import anyio.to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.accounts import ADMIN, Accounts
from bot.errors import LoginRefused, NotReady, Refused, StoreError
from bot.model import Account
from bot.settings import Settings
from bot.web.guard import client_address
from bot.web.inbox import oidc, words
from bot.web.inbox.forms import Form, check_token, read_form, token_of
from bot.web.inbox.pages import Pages

log = logging.getLogger(__name__)

HOME = "/inbox/"
SESSION, BEFORE, ON_THE_WAY = "ips_inbox", "ips_inbox_login", "ips_inbox_oidc"
AT_ONCE = 2  # passwords that are checked at the same time: argon2 takes 64 MB for each
LOGIN_SECONDS = 3600  # that a login page may stand open
_GOAL = re.compile(r"/inbox/[A-Za-z0-9/_?=&%.-]{0,300}")


@dataclass(frozen=True)
class Visit:
    """One request of an employee: who they are, the token for their forms, and the form they sent."""

    request: Request
    account: Account
    csrf: str
    form: Form = field(default_factory=Form)

    @property
    def name(self) -> str:
        """The employee's name."""
        return self.account.name

    @property
    def is_admin(self) -> bool:
        """Whether they may see what is for beheerders."""
        return self.account.role == ADMIN


Handler = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Gate:
    """The handlers of logging in and out; `page` puts the gate before another handler."""

    def __init__(self, settings: Settings, accounts: Accounts, pages: Pages, count: Callable[[Request], None]) -> None:
        """`count` refuses a client address that asks too often."""
        self._settings, self._accounts, self._pages, self._count = settings, accounts, pages, count
        self._room: anyio.CapacityLimiter | None = None
        self._oidc = oidc.OpenIdConnect(settings, accounts) if oidc.is_set(settings) else None

    def routes(self) -> list[Route]:
        """Return the routes, below /inbox."""
        return [
            Route("/inloggen", self.ask, methods=["GET"]),
            Route("/inloggen", self.login, methods=["POST"]),
            Route("/uitloggen", self.page(self.logout), methods=["POST"]),
            Route("/oidc/begin", self.depart, methods=["GET"]),
            Route("/oidc/terug", self.arrive, methods=["GET"]),
        ]

    def page(self, handler: Handler, *, admin: bool = False) -> Endpoint:
        """Return `handler` for employees only, its form read and checked; `admin`: for beheerders only."""

        async def endpoint(request: Request) -> Response:
            form = await read_form(request) if request.method == "POST" else Form()
            try:
                return await self._inside(request, form, handler, admin)
            except StoreError as problem:
                log.warning("the inbox can't reach the store: %s", problem)
                return self._pages.draw("fout", 503, status=503, told=words.STORE_DOWN, typed=_typed(form))

        return endpoint

    async def _inside(self, request: Request, form: Form, handler: Handler, admin: bool) -> Response:
        token = request.cookies.get(self._cookie(request, SESSION), "")
        account = await run_in_threadpool(self._accounts.who, token) if token else None
        if account is None:
            return await self._outside(request, form)
        if request.method == "POST":
            check_token(form, token)
        if admin and account.role != ADMIN:
            raise Refused(403, "alleen_beheerder", words.NOT_ALLOWED)
        return await handler(Visit(request, account, token_of(token), form))

    def watch(self, handler: Handler) -> Endpoint:
        """Return `handler` for what a page asks by itself: that keeps nobody logged in, and outside it is a 401."""

        async def endpoint(request: Request) -> Response:
            token = request.cookies.get(self._cookie(request, SESSION), "")
            account = await run_in_threadpool(self._accounts.who, token, False) if token else None
            if account is None:
                return JSONResponse({"uitgelogd": True}, 401)
            return await handler(Visit(request, account, token_of(token)))

        return endpoint

    async def ask(self, request: Request) -> Response:
        """GET /inbox/inloggen."""
        return await self._login_page(request, _goal(request.query_params.get("naar", "")))

    async def login(self, request: Request) -> Response:
        """POST /inbox/inloggen."""
        self._count(request)
        form = await read_form(request)
        goal, name = _goal(form.get("naar")), form.get("naam")[:100]
        before = request.cookies.get(self._cookie(request, BEFORE), "")
        if not before or not secrets.compare_digest(form.get("csrf").encode("utf-8", "replace"), before.encode()):
            return await self._login_page(request, goal, words.LOGIN_LAPSED, 403, name=name)
        try:
            token = await self._login(name, form.get("wachtwoord"), client_address(request))
        except LoginRefused as refused:
            if refused.seconds:
                told, headers = words.WAIT_LOGIN.format(wait=words.wait(refused.seconds)), str(refused.seconds)
                return await self._login_page(request, goal, told, 429, name=name, retry_after=headers)
            return await self._login_page(request, goal, words.WRONG_LOGIN, 422, name=name)
        return await self._let_in(request, token, goal)

    async def logout(self, visit: Visit) -> Response:
        """POST /inbox/uitloggen."""
        cookie = self._cookie(visit.request, SESSION)
        await run_in_threadpool(self._accounts.logout, visit.request.cookies[cookie])
        answer = RedirectResponse("/inbox/inloggen?uit=1", 303)
        self._set(visit.request, answer, SESSION, "", 0)
        return answer

    async def depart(self, request: Request) -> Response:
        """GET /inbox/oidc/begin: to the institute's own provider."""
        if self._oidc is None:
            raise Refused(404, "onbekend_pad", words.NO_PAGE)
        self._count(request)
        goal = _goal(request.query_params.get("naar", ""))
        try:
            departure = await self._oidc.depart(request, goal)
        except NotReady:
            return await self._login_page(request, goal, words.OIDC_DOWN, 503)
        answer = RedirectResponse(departure.url, 303)
        self._set(request, answer, ON_THE_WAY, departure.token, oidc.SECONDS)
        return answer

    async def arrive(self, request: Request) -> Response:
        """GET /inbox/oidc/terug: back from there."""
        if self._oidc is None:
            raise Refused(404, "onbekend_pad", words.NO_PAGE)
        on_the_way = request.cookies.get(self._cookie(request, ON_THE_WAY), "")
        try:
            token, goal = await self._oidc.arrive(request, on_the_way)
        except LoginRefused:
            return await self._login_page(request, HOME, words.OIDC_REFUSED, 403)
        except NotReady:
            return await self._login_page(request, HOME, words.OIDC_DOWN, 503)
        answer = await self._let_in(request, token, _goal(goal))
        self._set(request, answer, ON_THE_WAY, "", 0)
        return answer

    async def _login(self, name: str, password: str, address: str) -> str:
        """Check a password; who must wait for that waits here, and holds up no thread that others need."""
        self._room = self._room or anyio.CapacityLimiter(AT_ONCE)
        return await anyio.to_thread.run_sync(self._accounts.login, name, password, address, limiter=self._room)

    async def _let_in(self, request: Request, token: str, goal: str) -> Response:
        """Send on with a new session; one that this browser had before ends."""
        if old := request.cookies.get(self._cookie(request, SESSION)):
            await run_in_threadpool(self._accounts.logout, old)
        answer = RedirectResponse(goal, 303)
        self._set(request, answer, SESSION, token, None)
        self._set(request, answer, BEFORE, "", 0)
        return answer

    async def _outside(self, request: Request, form: Form) -> Response:
        """Answer somebody who isn't logged in (any more); what they typed is given back, not lost."""
        if request.method != "POST":
            path = request.scope["path"]
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"/inbox/inloggen?naar={quote(_goal(path + query))}", 303)
        goal = _goal(re.sub(r"(/vraag/\d+)/.*", r"\1", request.scope["path"]))
        return self._pages.draw("verlopen", 401, typed=_typed(form), goal=goal)

    async def _login_page(
        self, request: Request, goal: str, error: str = "", status: int = 200, name: str = "", retry_after: str = ""
    ) -> Response:
        some = self._oidc is not None or bool(await run_in_threadpool(self._accounts.all))
        if not some:
            return self._pages.draw("dicht", 403)
        before = request.cookies.get(self._cookie(request, BEFORE), "") or secrets.token_urlsafe(32)
        answer = self._pages.draw(
            "inloggen",
            status,
            {"Retry-After": retry_after} if retry_after else None,
            csrf=before,
            goal=goal,
            error=error,
            name=name,
            oidc=self._oidc is not None,
            out=request.query_params.get("uit") == "1",
        )
        self._set(request, answer, BEFORE, before, LOGIN_SECONDS)
        return answer

    def _cookie(self, request: Request, name: str) -> str:
        return f"__Secure-{name}" if self._is_secure(request) else name

    def _is_secure(self, request: Request) -> bool:
        """Tell whether this request came over TLS, here or at the proxy in front."""
        site = urlsplit(self._settings.site)
        return request.url.scheme == "https" or (site.scheme == "https" and request.headers.get("host") == site.netloc)

    def _set(self, request: Request, answer: Response, name: str, value: str, seconds: int | None) -> None:
        answer.set_cookie(
            self._cookie(request, name),
            value,
            max_age=seconds,
            path="/inbox",
            secure=self._is_secure(request),
            httponly=True,
            samesite="lax",  # strict would shut out whoever follows a link in a mail or comes from OpenID Connect
        )


def _typed(form: Form) -> str:
    """Return what somebody wrote, to give it back where it can't be kept."""
    return form.get("tekst") or form.get("notitie")


def _goal(path: str) -> str:
    """Return a page of ours to go to after the login; never another site."""
    inside = _GOAL.fullmatch(path) and "//" not in path and not path.startswith(("/inbox/inloggen", "/inbox/oidc"))
    return path if inside else HOME
