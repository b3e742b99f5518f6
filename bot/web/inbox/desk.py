"""The pages of the inbox: the list, a ticket, what employees do with it, accounts and what is kept how long."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timezone
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.accounts import Accounts
from bot.errors import InputError, InvalidValue, Refused, StaleTicket, StoreError, Taken, UnknownTicket
from bot.helpdesk import Helpdesk, is_erased
from bot.model import Source, SourceRef, Ticket, TicketMessage
from bot.ports import Clock
from bot.rules.numbers import Numbers
from bot.settings import Settings
from bot.web.inbox import figures, words
from bot.web.inbox.forms import Form
from bot.web.inbox.gate import Gate, Visit
from bot.web.inbox.pages import STATIC, Headers, Pages

log = logging.getLogger(__name__)

MOST_SHOWN = 100  # tickets on one page of the list
FAR_AWAY = datetime(9999, 1, 1, tzinfo=timezone.utc)
URGENT_FIRST = {name: place for place, name in enumerate(words.URGENCIES)}
MINE, NOBODY = "mij", "niemand"


class InboxDesk:
    """The handlers, and what they share."""

    def __init__(
        self,
        settings: Settings,
        accounts: Accounts,
        helpdesk: Helpdesk,
        sources: Mapping[str, Source],
        numbers: Callable[[date], Numbers],
        clock: Clock,
        count: Callable[[Request], None],
    ) -> None:
        """`numbers` gives the institute's numbers since a day; `count` refuses an address that asks too often."""
        self._settings, self._accounts, self._helpdesk = settings, accounts, helpdesk
        self._sources, self._numbers, self._clock = sources, numbers, clock
        self.pages = Pages(words=words, source=self._source, when=lambda at: words.moment(at, clock()), local=_local)
        self.gate = Gate(settings, accounts, self.pages, count)

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the public port."""
        return [Route("/inbox", _to_home), Mount("/inbox", self.app())]

    def app(self) -> Headers:
        """Return the inbox as an app of its own, with errors as pages."""
        page, watch = self.gate.page, self.gate.watch
        acts = [
            Route(f"/vraag/{{number:int}}/{name}", page(self._act(name, act)), methods=["POST"])
            for name, act in self._acts().items()
        ]
        routes = [
            Route("/", page(self.list), methods=["GET"]),
            Route("/stand", watch(self.stand), methods=["GET"]),
            Route("/vraag/{number:int}", page(self.ticket), methods=["GET"]),
            Route("/vraag/{number:int}/nieuw", watch(self.fresh), methods=["GET"]),
            Route("/vraag/{number:int}/antwoord", page(self.answer), methods=["POST"]),
            *acts,
            Route("/cijfers", page(self.figures), methods=["GET"]),
            Route("/cijfers/{table}.csv", page(self.export, admin=True), methods=["GET"]),
            Route("/accounts", page(self.people, admin=True), methods=["GET"]),
            Route("/accounts/zet", page(self.switch, admin=True), methods=["POST"]),
            Route("/bewaren", page(self.retention, admin=True), methods=["GET"]),
            Route("/static/{name}", _static, methods=["GET"]),
            *self.gate.routes(),
        ]
        app = Starlette(
            routes=routes,
            exception_handlers={
                InputError: self._refused,
                StoreError: self._refused,
                HTTPException: self._refused,
                Exception: self._refused,
            },
        )
        app.router.redirect_slashes = False
        return Headers(app)

    # --- the list

    async def list(self, visit: Visit) -> Response:
        """GET /inbox/: the questions, those that must be answered first on top."""
        wanted = {name: visit.request.query_params.get(name, "") for name in ("status", "urgentie", "onderwerp", "van")}
        everything = await run_in_threadpool(self._helpdesk.list, () if wanted["status"] else words.OPEN)
        stamp = _stamp([ticket for ticket in everything if ticket.state in words.OPEN])
        in_state = [ticket for ticket in everything if _in_state(ticket, wanted["status"])]
        elsewhere = [ticket for ticket in in_state if _fits(ticket, {**wanted, "urgentie": ""}, visit.name)]
        shown = sorted((t for t in elsewhere if _fits(t, wanted, visit.name)), key=self._order)
        now = self._clock()
        return self._draw(
            visit,
            "lijst",
            tickets=shown[:MOST_SHOWN],
            left_out=max(0, len(shown) - MOST_SHOWN),
            counts=Counter(ticket.urgency for ticket in elsewhere),
            late=sum(words.is_overdue(ticket, now) for ticket in elsewhere),
            wanted=wanted,
            filtered=any(wanted.values()),
            stamp=stamp,
            now=now,
        )

    async def stand(self, visit: Visit) -> Response:
        """GET /inbox/stand: a mark that changes when anything in the open tickets does."""
        return JSONResponse({"stand": _stamp(await run_in_threadpool(self._helpdesk.list, words.OPEN))})

    # --- a ticket

    async def ticket(self, visit: Visit) -> Response:
        """GET /inbox/vraag/{number}."""
        ticket = await run_in_threadpool(self._helpdesk.look, _number(visit), visit.name)
        return await self._show(visit, ticket)

    async def fresh(self, visit: Visit) -> Response:
        """GET /inbox/vraag/{number}/nieuw?na=N: the messages after the first N, for the page that is open."""
        ticket = await run_in_threadpool(self._helpdesk.load, _number(visit))
        told = visit.request.query_params.get("na", "")
        after = int(told) if told.isascii() and told.isdigit() and len(told) < 6 else len(ticket.messages)
        messages = [self._plain(message) for message in ticket.messages[after:]]
        state, who = words.STATES.get(ticket.state, ticket.state), ticket.assignee
        return JSONResponse(
            {"version": ticket.version, "count": len(ticket.messages), "messages": messages, "state": state, "who": who}
        )

    async def answer(self, visit: Visit) -> Response:
        """POST /inbox/vraag/{number}/antwoord: to the asker, unless a colleague was first or something came in."""
        number, form = _number(visit), visit.form
        try:
            text = form.text("tekst", words.EMPTY_ANSWER)
            if form.get("overnemen"):
                await run_in_threadpool(self._helpdesk.assign, number, visit.name, visit.name)
            await run_in_threadpool(
                self._helpdesk.answer,
                number,
                visit.name,
                text,
                _key(form),
                form.whole("gezien"),
                await self._sources_in(form, number),
            )
        except Taken as taken:
            told = words.TAKEN.format(by=taken.by, at=words.moment(taken.at, self._clock()))
            return await self._again(visit, told, 409, taken=taken.by)
        except StaleTicket:
            return await self._again(visit, words.STALE, 409)
        except InvalidValue as wrong:
            return await self._again(visit, wrong.message, 422)
        return _done(number, "antwoord")

    def _acts(self) -> dict[str, Callable[[Visit, int], None]]:
        """Return what an employee can do with a ticket, by its path."""
        desk = self._helpdesk
        return {
            "pak-op": lambda visit, number: _none(desk.take(number, visit.name)),
            "wijs-toe": lambda visit, number: _none(desk.assign(number, visit.name, self._person(visit.form))),
            "geef-terug": lambda visit, number: _none(desk.hand_back(number, visit.name)),
            "wacht": lambda visit, number: _none(desk.wait(number, visit.name)),
            "sluit": lambda visit, number: _none(desk.close(number, visit.name)),
            "heropen": lambda visit, number: _none(desk.reopen(number, visit.name)),
            "wis": lambda visit, number: _none(desk.erase(number, visit.name)),
            "had-geweten": lambda visit, number: _none(desk.should_have_known(number, visit.name)),
            "notitie": self._note,
            "triage": self._correct,
        }

    def _act(self, name: str, act: Callable[[Visit, int], None]) -> Callable[[Visit], Any]:
        async def handler(visit: Visit) -> Response:
            number = _number(visit)
            try:
                await run_in_threadpool(act, visit, number)
            except Taken as taken:
                told = words.TAKEN_ACT.format(by=taken.by, at=words.moment(taken.at, self._clock()))
                return await self._again(visit, told, 409, taken=taken.by)
            except StaleTicket:
                return await self._again(visit, words.STALE_ACT, 409)
            except InvalidValue as wrong:
                return await self._again(visit, wrong.message, 422)
            return _done(number, name)

        return handler

    def _note(self, visit: Visit, number: int) -> None:
        self._helpdesk.note(number, visit.name, visit.form.text("notitie", words.EMPTY_NOTE), _key(visit.form))

    def _correct(self, visit: Visit, number: int) -> None:
        category = visit.form.choice("onderwerp", words.CATEGORIES, words.CHOOSE_CATEGORY)
        urgency = visit.form.choice("urgentie", words.URGENCIES, words.CHOOSE_URGENCY)
        self._helpdesk.correct(number, visit.name, category, urgency)

    def _person(self, form: Form) -> str:
        name = form.get("aan")
        if name and name not in {account.name for account in self._accounts.all() if not account.disabled}:
            raise InvalidValue(words.CHOOSE_PERSON, "aan")
        return name

    async def _show(
        self, visit: Visit, ticket: Ticket, status: int = 200, *, error: str = "", taken: str = ""
    ) -> Response:
        """Draw a ticket; with an error what was typed stands in the form again, and what is new is marked."""
        form, now = visit.form, self._clock()
        trail = await run_in_threadpool(self._helpdesk.events, ticket.number)
        people = [each.name for each in await run_in_threadpool(self._accounts.all) if not each.disabled]
        if ticket.assignee and ticket.assignee not in people:  # closed meanwhile, or working elsewhere
            people.append(ticket.assignee)
        known = form.whole("bekend") if error else None
        answered = any(message.who == "person" for message in ticket.messages)
        suggested = "" if answered else ticket.suggestion
        return self._draw(
            visit,
            "vraag",
            status,
            ticket=ticket,
            title=words.title(ticket),
            reasons=words.reasons(ticket),
            due=words.due(ticket, now),
            overdue=words.is_overdue(ticket, now),
            trail=trail,
            people=[(name, name) for name in people],
            known=len(ticket.messages) if known is None else known,
            typed=form.get("tekst") if form.get("tekst") else suggested,
            note=form.get("notitie"),
            key=_key(form) if "tekst" in form.fields else secrets.token_hex(16),
            note_key=_key(form) if "notitie" in form.fields else secrets.token_hex(16),
            erased=is_erased(ticket),
            reported=any(event.what == "had_geweten" for event in trail),
            colleague=ticket.assignee if ticket.held and ticket.assignee != visit.name else "",
            error=error,
            taken=taken,
            now=now,
        )

    async def _again(self, visit: Visit, error: str, status: int, taken: str = "") -> Response:
        ticket = await run_in_threadpool(self._helpdesk.load, _number(visit))
        return await self._show(visit, ticket, status, error=error, taken=taken)

    async def _sources_in(self, form: Form, number: int) -> tuple[SourceRef, ...]:
        """Return the sources of the suggestion that the employee left ticked."""
        ticket = await run_in_threadpool(self._helpdesk.load, number)
        ticked = form.fields.get("bron", ())
        return tuple(ref for place, ref in enumerate(ticket.suggestion_sources) if str(place) in ticked)

    def _plain(self, message: TicketMessage) -> dict[str, Any]:
        now = self._clock()
        sources = [self._source(ref) for ref in message.sources]
        return {
            "who": message.who,
            "name": message.by or words.WHO.get(message.who, message.who),
            "text": message.text,
            "at": words.moment(message.at, now),
            "sources": sources,
        }

    def _source(self, ref: SourceRef) -> str:
        known = self._sources.get(ref.id)
        return f"{known.title if known else ref.id}, {ref.section}"

    def _order(self, ticket: Ticket) -> tuple[Any, ...]:
        """Sort by what must be done first: ours before theirs, then what is late, urgent, due soon, oldest."""
        late = words.is_overdue(ticket, self._clock())
        ours = ticket.state in words.OURS
        return (not ours, not late, URGENT_FIRST.get(ticket.urgency, 9), ticket.due or FAR_AWAY, ticket.number)

    # --- numbers

    async def figures(self, visit: Visit) -> Response:
        """GET /inbox/cijfers."""
        span, since = self._span(visit)
        shown = figures.tables(await run_in_threadpool(self._numbers, since))
        told = f"{since.day} {words.MONTHS[since.month - 1]} {since.year}"
        spans = words.options(figures.SPANS)
        return self._draw(
            visit,
            "cijfers",
            tables=shown,
            span=span,
            spans=spans,
            since=told,
            spelled=figures.spelled,
            is_amount=figures.is_amount,
        )

    async def export(self, visit: Visit) -> Response:
        """GET /inbox/cijfers/{table}.csv, for beheerders."""
        _, since = self._span(visit)
        shown = figures.tables(await run_in_threadpool(self._numbers, since))
        table = next((each for each in shown if each.id == visit.request.path_params["table"]), None)
        if table is None:
            raise Refused(404, "onbekend_pad", words.NO_PAGE)
        headers = {"Content-Disposition": f'attachment; filename="ips-wijzer-{table.id}-{since.isoformat()}.csv"'}
        return Response(figures.to_csv(table), media_type="text/csv; charset=utf-8", headers=headers)

    def _span(self, visit: Visit) -> tuple[str, date]:
        asked = visit.request.query_params.get("weken", "")
        span = asked if asked in figures.SPANS else figures.USUAL_SPAN
        return span, figures.since(span, self._clock().astimezone(words.HERE).date())

    # --- for beheerders

    async def people(self, visit: Visit) -> Response:
        """GET /inbox/accounts."""
        return self._draw(visit, "accounts", accounts=await run_in_threadpool(self._accounts.all))

    async def switch(self, visit: Visit) -> Response:
        """POST /inbox/accounts/zet: close an account at once, or open it again; not one's own."""
        name, on = visit.form.get("naam"), visit.form.get("stand") == "aan"
        if name == visit.name:
            raise Refused(422, "eigen_account", "Je kunt je eigen account niet uitzetten.")
        await run_in_threadpool(self._accounts.enable if on else self._accounts.disable, name)
        return RedirectResponse(f"/inbox/accounts?gedaan=account-{'aan' if on else 'uit'}", 303)

    async def retention(self, visit: Visit) -> Response:
        """GET /inbox/bewaren: what is kept, and for how long."""
        settings = self._settings
        kept = (
            ("Vragen aan medewerkers met hun spoor, na het sluiten", settings.ticket_days, "IPS_TICKET_DAYS"),
            ("Contactgegevens van vragers, na het sluiten", settings.contact_days, "IPS_CONTACT_DAYS"),
            ("Gesprekken met de bot, na het laatste bericht", settings.conversation_days, "IPS_CONVERSATION_DAYS"),
            ("Implementatieplannen, na de laatste wijziging", settings.plan_days, "IPS_PLAN_DAYS"),
            ("Vragen zonder goed antwoord, zonder afzender", settings.question_days, "IPS_QUESTION_DAYS"),
        )
        return self._draw(visit, "bewaren", kept=kept)

    # --- how

    def _draw(self, visit: Visit, name: str, status: int = 200, **values: Any) -> Response:
        done = words.DONE.get(visit.request.query_params.get("gedaan", ""), "")
        path = visit.request.scope["path"]
        return self.pages.draw(name, status, visit=visit, csrf=visit.csrf, done=done, path=path, **values)

    async def _refused(self, request: Request, error: Exception) -> Response:
        """Say in Dutch what is wrong, as a page."""
        status, told, headers = 500, words.BROKEN, None
        if isinstance(error, Refused):
            status, told = error.status, error.message
            headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
        elif isinstance(error, UnknownTicket):
            status, told = 404, words.NO_TICKET
        elif isinstance(error, InputError):
            status, told = 422, error.message
        elif isinstance(error, StoreError):
            log.warning("the inbox can't reach the store: %s", error)
            status, told = 503, words.STORE_DOWN
        elif isinstance(error, HTTPException):
            status, told = error.status_code, words.NO_PAGE if error.status_code == 404 else words.WRONG_METHOD
            headers = dict(error.headers or {})
        return self.pages.draw("fout", status, headers, status=status, told=told, typed="")


async def _to_home(_request: Request) -> Response:
    return RedirectResponse("/inbox/", 307, headers={"Cache-Control": "no-store"})


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in ("inbox.css", "inbox.js"):
        raise Refused(404, "onbekend_pad", words.NO_PAGE)
    return FileResponse(STATIC / name, headers={"Cache-Control": "no-cache"})


def _number(visit: Visit) -> int:
    return int(visit.request.path_params["number"])


def _key(form: Form) -> str:
    """Return the mark of a form that was drawn once: sent twice, it is done once."""
    key = form.get("sleutel")
    if not (16 <= len(key) <= 64 and key.isascii() and key.isalnum()):
        raise Refused(403, "verkeerd_formulier", words.WRONG_FORM)
    return key


def _done(number: int, what: str) -> Response:
    return RedirectResponse(f"/inbox/vraag/{number}?gedaan={what}", 303)


def _none(_ticket: Ticket) -> None:
    return None


def _local(at: datetime) -> str:
    """Return a moment for a <time> element."""
    return at.astimezone(words.HERE).isoformat(timespec="minutes")


def _in_state(ticket: Ticket, wanted: str) -> bool:
    if wanted in words.STATES:
        return ticket.state == wanted
    return wanted == "alles" or ticket.state in words.OPEN


def _fits(ticket: Ticket, wanted: dict[str, str], name: str) -> bool:
    urgency, category, whose = wanted["urgentie"], wanted["onderwerp"], wanted["van"]
    if urgency in words.URGENCIES and ticket.urgency != urgency:
        return False
    if category in words.CATEGORIES and ticket.category != category:
        return False
    return {MINE: ticket.assignee == name, NOBODY: not ticket.assignee}.get(whose, True)


def _stamp(tickets: Sequence[Ticket]) -> str:
    """Return a mark of what stands in the list; it tells nothing about it."""
    said = ",".join(f"{ticket.number}:{ticket.version}" for ticket in sorted(tickets, key=lambda each: each.number))
    return hashlib.sha256(said.encode()).hexdigest()[:16]
