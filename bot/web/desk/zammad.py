"""Zammad as the place where people answer: tickets go there, public articles of agents come back.

Where Zammad is set up it leads: what an agent changes there is done here. Nothing rests on what a webhook says but
which ticket to look at; what is there is read from the API. So a webhook that comes again, late or never does no harm:
the same look is taken every few minutes.

To Zammad: `handle` makes what it holds equal to a ticket. The title has a mark of the ticket, an article's subject a
mark of its message: what is there already isn't made again, whoever was killed when. From Zammad: `look` compares with
what was there last (`Base`) and does what changed.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.errors import InvalidValue, Refused, StoreError, Taken, UnknownTicket
from bot.helpdesk import Helpdesk, called, is_erased
from bot.model import Ticket, TicketEvent, TicketMessage
from bot.ports import Clock, TicketStore
from bot.web import texts as port_texts
from bot.web.deliveries import TryLater, Undeliverable
from bot.web.desk import texts
from bot.web.desk.plaintext import text_of
from bot.web.desk.words import inbox_link, moment, said, shown
from bot.web.desk.zammad_api import Gone, Unprocessable, ZammadApi, listed, whole
from bot.web.guard import Json
from bot.web.holding import Holding
from bot.web.intake import clean, read_body

log = logging.getLogger(__name__)

SYSTEM = "zammad"
TRY, BASE = "zammad_try", "zammad_base"
OWN = re.compile(r" \(Zammad \d+\)$")  # behind an agent's name: their acts need not go back
NOBODY = 1  # Zammad's owner of what nobody owns
SETTLE = timedelta(seconds=60)  # how long a ticket that was perhaps made may stay out of Zammad's index
WAIT_DAYS = 7  # of a reminder on what waits for the asker
LOOK_SECONDS = 300.0  # between two looks at all open tickets
OTHERS_SECONDS = 20.0  # for another process that is at the same ticket
LOOK_BACK = timedelta(days=7)  # at tickets that were closed since
MAX_BODY = 2 * 1024 * 1024  # bytes of a webhook: a mail's text, never its attachments
MOST_TEXT = 8000  # characters of an answer
MOST_NAMES = 500
PASSED_ON = ("note", "email", "web")  # types of articles that are answers; a phone note is none
HAND_BACK = "!teruggeven"
_OURS = {"nieuw": "new", "in_behandeling": "open", "wacht_op_vrager": "pending reminder", "opgelost": "closed"}
_THEIRS = {
    "new": "nieuw",
    "open": "in_behandeling",
    "pending reminder": "wacht_op_vrager",
    "pending close": "wacht_op_vrager",
    "closed": "opgelost",
    "merged": "opgelost",
    "removed": "opgelost",
}
_GONE = ("merged", "removed")
_SIGNATURE = re.compile(r"sha1=[0-9a-f]{40}", re.ASCII)
_SILENT = ("bekeken", "contact", "gekoppeld", "had_geweten", "te_laat")  # events that change nothing in Zammad


@dataclass(frozen=True)
class Base:
    """What was in Zammad when we last looked: state, owner, the newest article that was dealt with."""

    state: str
    owner: int
    article: int

    def written(self, zammad: int) -> str:
        """Return it as it is kept with the ticket, beginning with Zammad's number for it."""
        return f"{zammad}|{self.owner}|{self.article}|{self.state}"

    @classmethod
    def read(cls, text: str) -> Base:
        """Read it back; nothing was seen yet when there is none."""
        parts = text.split("|", 3)
        return cls(parts[3], int(parts[1]), int(parts[2])) if len(parts) == 4 else cls("new", NOBODY, 0)


@dataclass(frozen=True)
class Mapped:
    """What an operator chose: groups per category (and else), priorities per urgency, whose the tickets are."""

    group: str
    groups: Mapping[str, str]
    priorities: Mapping[str, str]
    customer: str = ""  # login of a user in Zammad, "": the token's own


class Zammad:
    """The follower, the webhook and the regular look."""

    name = SYSTEM

    def __init__(
        self,
        helpdesk: Helpdesk,
        tickets: TicketStore,
        client: httpx.AsyncClient,
        *,
        url: str,
        token: str,
        secret: str,
        mapped: Mapped,
        base: str,
        count: Callable[[Request], None],
        now: Clock,
        settle: timedelta = SETTLE,
        holding: Holding | None = None,
    ) -> None:
        """`base` is our public address; `count` refuses a client address that asks too often.

        `holding` keeps other processes from the same ticket.
        """
        self._desk, self._tickets, self._client, self._secret = helpdesk, tickets, client, secret
        self._api, self._mapped, self._link, self._count, self._now = (
            ZammadApi(client, url, token),
            mapped,
            base,
            count,
            now,
        )
        self._settle, self._holding = settle, holding or Holding()
        self._me = 0
        self._names: dict[int, str] = {}
        self._locks: dict[int, asyncio.Lock] = {}
        self._looking: asyncio.Task[None] | None = None

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [Route("/webhooks/zammad", self.receive, methods=["POST"])]

    def start(self) -> None:
        """Begin to look, now and every few minutes."""
        self._looking = asyncio.get_running_loop().create_task(self._look_often())

    async def close(self) -> None:
        """Stop."""
        if self._looking:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self._client.aclose()

    # --- the webhook

    async def receive(self, request: Request) -> Response:
        """POST /webhooks/zammad: look at the ticket that it tells of. The signature comes before everything else."""
        body = await read_body(request, MAX_BODY)
        given = request.headers.getlist("x-hub-signature")
        if len(given) != 1 or not is_signed(self._secret, given[0], body):
            self._count(request)
            log.warning("a webhook that Zammad did not sign was refused")
            raise Refused(401, "niet_ondertekend", port_texts.NOT_SIGNED)
        number = _ticket_of(body)
        ticket = await self._of(number) if number else None
        if ticket is None:
            return Json({"ok": True})  # a ticket of their own
        try:
            await self.look(ticket.number)
        except (TryLater, StoreError) as problem:
            log.warning("a webhook of Zammad must wait: %s", problem)
            raise Refused(503, "later", port_texts.NOT_READY, retry_after=10) from None
        except (Undeliverable, UnknownTicket) as problem:
            log.warning("a webhook of Zammad told of nothing that we can read: %s", problem)
        return Json({"ok": True})

    # --- from Zammad

    async def look_around(self) -> None:
        """Look at every ticket that can have changed; raises StoreError."""
        since = self._now() - LOOK_BACK
        for ticket in await run_in_threadpool(self._tickets.all):
            if SYSTEM not in ticket.outside or (ticket.closed_at and ticket.closed_at < since):
                continue
            try:
                await self.look(ticket.number)
            except (TryLater, Undeliverable, UnknownTicket) as problem:
                log.warning("ticket %d could not be looked at: %s", ticket.number, problem)

    async def look(self, number: int) -> None:
        """Do what agents did to a ticket since the last look; raises TryLater, Undeliverable, StoreError."""
        async with self._alone(number):
            ticket = await self._load(number)
            if SYSTEM in ticket.outside and not is_erased(ticket):
                await self._look(ticket)

    async def _look(self, ticket: Ticket) -> Mapping[str, Any]:
        """Return what Zammad holds of it."""
        zammad = int(ticket.outside[SYSTEM])
        theirs = whole(await self._api.get(f"tickets/{zammad}", expand="true"), "id", "owner_id", "created_by_id")
        if theirs["id"] != zammad or not isinstance(theirs.get("state"), str):
            raise TryLater("another ticket than asked for")
        articles = await self._articles(zammad)
        base = Base.read(ticket.outside.get(BASE, ""))
        if theirs["state"] not in _GONE:
            for article in articles:
                if article["id"] > base.article:
                    await self._article(ticket, article, theirs["created_by_id"], articles)
        await self._owner(ticket, base, theirs)
        state = await self._state(ticket, base, theirs)
        newest = max((article["id"] for article in articles), default=base.article)
        await self._remember(ticket.number, zammad, Base(state, theirs["owner_id"], max(newest, base.article)))
        return theirs

    async def _article(
        self, ticket: Ticket, article: Mapping[str, Any], ours: int, articles: Sequence[Mapping[str, Any]]
    ) -> None:
        """Pass an agent's article on; an internal one can only hand the conversation back."""
        if article["created_by_id"] == ours or article.get("sender") != "Agent":
            return
        text = clean(text_of(str(article.get("body") or ""), str(article.get("content_type") or "")))
        by = await self._person(article["created_by_id"])
        if article.get("internal") is not False:
            if text.lower().startswith(HAND_BACK):
                await self._do(self._desk.hand_back, ticket.number, by)
        elif article.get("type") in PASSED_ON and text:
            await self._answer(ticket.number, by, text, f"{SYSTEM}-{article['id']}", articles)

    async def _answer(self, number: int, by: str, text: str, key: str, articles: Sequence[Mapping[str, Any]]) -> None:
        refused = f"niet {key}"
        if subject_of(refused) in {article.get("subject") for article in articles}:
            return  # whoever was told so counts on it, also when the conversation is free by now
        refusal = ""
        try:
            if len(text) > MOST_TEXT:
                refusal = texts.ZAMMAD_TOO_LONG.format(length=len(text), limit=MOST_TEXT)
            else:
                await run_in_threadpool(self._desk.answer, number, by, text, key)
        except Taken as problem:
            refusal = texts.TAKEN.format(name=shown(problem.by), since=moment(problem.at))
        except InvalidValue as problem:
            refusal = texts.REFUSED.format(reason=problem.message)
        if refusal:
            await self._tell(int((await self._load(number)).outside[SYSTEM]), refusal, refused)

    async def _tell(self, zammad: int, text: str, name: str) -> None:
        """Tell agents something."""
        await self._post(zammad, {"subject": subject_of(name), "body": text, "type": "note", "internal": True})

    async def _owner(self, ticket: Ticket, base: Base, theirs: Mapping[str, Any]) -> None:
        owner = theirs["owner_id"]
        if owner in (base.owner, NOBODY, theirs["created_by_id"]):
            return
        ticket = await self._load(ticket.number)
        name = await self._person(owner)
        if ticket.held and not OWN.search(ticket.assignee):
            log.info("ticket %d is answered elsewhere and keeps its owner", ticket.number)
        elif ticket.assignee != name:
            await self._do(self._desk.assign, ticket.number, name, name)

    async def _state(self, ticket: Ticket, base: Base, theirs: Mapping[str, Any]) -> str:
        """Follow a change of state; return the state that is dealt with now."""
        state = str(theirs["state"])
        now = await self._load(ticket.number)
        wanted = _THEIRS.get(state)
        if state == base.state or wanted is None or wanted == now.state:
            return state
        if _asked_since(now, str(theirs.get("updated_at", ""))):
            return base.state  # the asker spoke after the agent did: what we send next opens it again
        by = await self._person(theirs.get("updated_by_id"))
        if wanted == "opgelost":
            await self._do(self._desk.close, ticket.number, by)
        elif now.state == "opgelost":
            await self._do(self._desk.reopen, ticket.number, by)
        return state

    async def _look_often(self) -> None:
        while True:
            try:
                async with self._holding.hold("looking at zammad") as held:  # one process looks
                    if held:
                        await self.look_around()
            except StoreError as problem:
                log.warning("Zammad can't be looked at: %s", problem)
            except Exception as problem:  # the next look may go better
                log.error("a look at Zammad broke: %s", type(problem).__name__)
            await asyncio.sleep(LOOK_SECONDS)

    # --- to Zammad

    async def handle(self, event: TicketEvent, ticket: Ticket | None) -> None:
        """Make Zammad hold what a ticket holds; raises TryLater, StoreError. The same event twice does no harm."""
        if event.what in _SILENT:
            return
        async with self._alone(event.ticket):
            try:
                await self._follow(event)
            except UnknownTicket:
                return
            except Undeliverable as problem:
                log.error("ticket %d could not be brought to Zammad: %s", event.ticket, problem)

    async def _follow(self, event: TicketEvent) -> None:
        ticket = await self._load(event.ticket)
        if is_erased(ticket):
            if event.what == "gewist":
                await self._erase(ticket)
            return
        ticket = await self._made(ticket)
        theirs = await self._look(ticket)
        ticket = await self._load(event.ticket)
        await self._fill(ticket)
        if not OWN.search(event.by):
            await self._push(ticket, theirs)

    async def _made(self, ticket: Ticket) -> Ticket:
        """Return the ticket once it has a counterpart; one that was perhaps made is looked for first."""
        if SYSTEM in ticket.outside:
            return ticket
        mark = mark_of(ticket)
        tried = ticket.outside.get(TRY, "").partition("@")[2]
        if tried:
            found = await self._found(mark)
            if found:
                return await self._linked(ticket.number, SYSTEM, str(found))
            if self._now() - datetime.fromisoformat(tried) < self._settle:
                raise TryLater("perhaps made, not found yet", min(5.0, self._settle.total_seconds()))
        await self._linked(ticket.number, TRY, f"{ticket.number}@{self._now().isoformat()}")
        made = whole(await self._create(ticket, mark), "id")
        if made.get("title") != self._title(ticket, mark):
            raise TryLater("another ticket than asked for")
        return await self._linked(ticket.number, SYSTEM, str(made["id"]))

    async def _create(self, ticket: Ticket, mark: str) -> Any:
        """Create it; where the operator's group or priority is unknown to Zammad it goes in the general group."""
        first = next((each for each in ticket.messages if each.who == "asker"), None)
        article = self._as_article(ticket, first) if first else self._about(ticket)
        body = {
            "title": self._title(ticket, mark),
            "group": self._mapped.groups.get(ticket.category, self._mapped.group),
            "customer_id": await self._customer(),
            "article": article,
        }
        priority = self._mapped.priorities.get(ticket.urgency)
        try:
            return await self._api.post("tickets", {**body, **({"priority": priority} if priority else {})})
        except Unprocessable as problem:
            log.error("Zammad won't have group %r with priority %r: %s", body["group"], priority, problem)
        try:
            return await self._api.post("tickets", {**body, "group": self._mapped.group})
        except Unprocessable as problem:
            raise TryLater(str(problem), 60.0) from None  # no ticket may be lost: an operator must mend this

    async def _fill(self, ticket: Ticket) -> None:
        """Write the articles that are not there yet, in order."""
        zammad = int(ticket.outside[SYSTEM])
        there = {article.get("subject") for article in await self._articles(zammad)}
        wanted = [self._about(ticket)]
        wanted += [self._as_article(ticket, each) for each in ticket.messages if not each.id.startswith(f"{SYSTEM}-")]
        missing = [article for article in wanted if article["subject"] not in there]
        for article in missing:
            await self._post(zammad, article)
        if wanted[0] in missing:
            for tag in ("ips-wijzer", ticket.category, ticket.urgency, ticket.channel, *ticket.flags):
                await self._api.post("tags/add", {"item": tag, "object": "Ticket", "o_id": zammad})

    async def _push(self, ticket: Ticket, theirs: Mapping[str, Any]) -> None:
        """Make state and, where the name is an agent's, owner in Zammad what they are here."""
        change: dict[str, Any] = {}
        if _THEIRS.get(theirs["state"]) != ticket.state and theirs["state"] not in _GONE:
            change["state"] = _OURS[ticket.state]
            if ticket.state == "wacht_op_vrager":
                change["pending_time"] = (self._now() + timedelta(days=WAIT_DAYS)).isoformat()
        owner = await self._agent(ticket.assignee)
        if owner and owner != theirs["owner_id"]:
            change["owner_id"] = owner
        if not change:
            return
        zammad = int(ticket.outside[SYSTEM])
        await self._api.put(f"tickets/{zammad}", change)
        base = Base.read((await self._load(ticket.number)).outside.get(BASE, ""))
        base = replace(base, state=change.get("state", base.state), owner=change.get("owner_id", base.owner))
        await self._remember(ticket.number, zammad, base)

    async def _erase(self, ticket: Ticket) -> None:
        """Delete the counterpart of a ticket that was wiped; tell the agents to, when we may not."""
        name = ticket.outside.get(SYSTEM, "")
        if not name and ticket.outside.get(TRY):
            name = str(await self._found(mark_of(ticket)) or "")
        if not name:
            return
        try:
            await self._api.delete(f"tickets/{int(name)}")
        except Gone:
            return
        except Unprocessable as problem:
            log.error("a ticket could not be deleted in Zammad, its agents are told: %s", problem)
            change = {"title": texts.ZAMMAD_ERASED_TITLE, "state": "open"}
            note = {"subject": subject_of("gewist"), "body": texts.ZAMMAD_ERASED, "type": "note", "internal": True}
            await self._api.put(f"tickets/{int(name)}", {**change, "article": note})

    # --- small things

    def _title(self, ticket: Ticket, mark: str) -> str:
        return texts.ZAMMAD_TITLE.format(
            number=ticket.number, category=ticket.category, urgency=ticket.urgency, mark=mark
        )

    def _as_article(self, ticket: Ticket, message: TicketMessage) -> dict[str, Any]:
        """Return a message as an article; only the asker's and a colleague's words can be seen by a customer."""
        sender = {"asker": "Customer", "bot": "System"}.get(message.who, "Agent")
        return {
            "subject": subject_of(message.id),
            "body": said(message, asker_named=False),
            "content_type": "text/plain",
            "type": "note",
            "sender": sender,
            "internal": message.who in ("bot", "note"),
        }

    def _about(self, ticket: Ticket) -> dict[str, Any]:
        """Return the internal note that tells of a ticket: its triage, what was told, a suggested answer."""
        about = texts.ZAMMAD_ABOUT.format(
            number=ticket.number,
            channel=texts.CHANNELS.get(ticket.channel, ticket.channel),
            category=ticket.category,
            urgency=ticket.urgency,
            due=moment(ticket.due) if ticket.due else texts.ZAMMAD_NO_DUE,
            link=inbox_link(self._link, ticket.number),
        )
        parts = [about]
        if ticket.summary:
            parts.append("\n".join((texts.ZAMMAD_SUMMARY, *(f"- {line}" for line in ticket.summary))))
        if ticket.suggestion:
            parts.append(f"{texts.SUGGESTION}:\n{ticket.suggestion}")
        return {
            "subject": subject_of("over"),
            "body": "\n\n".join(parts),
            "content_type": "text/plain",
            "type": "note",
            "sender": "Agent",
            "internal": True,
        }

    async def _post(self, zammad: int, article: Mapping[str, Any]) -> None:
        made = whole(await self._api.post("ticket_articles", {"ticket_id": zammad, **article}), "id", "ticket_id")
        if made["ticket_id"] != zammad:
            raise TryLater("another article than asked for")

    async def _articles(self, zammad: int) -> Sequence[Mapping[str, Any]]:
        """Return the articles of a ticket, oldest first."""
        found = listed(await self._api.get(f"ticket_articles/by_ticket/{zammad}"), "id", "ticket_id", "created_by_id")
        own = [each for each in found if each["ticket_id"] == zammad]
        if not own:
            raise TryLater("not what Zammad answers")  # a ticket begins with an article
        return sorted(own, key=lambda each: int(each["id"]))

    async def _found(self, mark: str) -> int | None:
        answer = whole(await self._api.get("tickets/search", query=f'title:"{mark}"', limit=10))
        tickets = (answer.get("assets") or {}).get("Ticket") or {}
        hits = [each for each in tickets.values() if f"[{mark}]" in str(each.get("title"))]
        return min((int(whole(each, "id")["id"]) for each in hits), default=None)

    async def _customer(self) -> int:
        """Return whose the tickets are: never the asker, of whom Zammad need not know."""
        if not self._me:
            self._me = int(whole(await self._api.get("users/me"), "id")["id"])
            if self._mapped.customer:
                hits = listed(await self._api.get("users/search", query=self._mapped.customer, limit=10), "id")
                same = [
                    each for each in hits if self._mapped.customer.lower() in (each.get("login"), each.get("email"))
                ]
                self._me = int(same[0]["id"]) if same else self._me
        return self._me

    async def _agent(self, name: str) -> int | None:
        """Return the one user in Zammad with this name, if there is just one."""
        plain = called(name)
        if not plain:
            return None
        hits = listed(await self._api.get("users/search", query=plain, limit=10), "id")
        same = [each["id"] for each in hits if _full_name(each) == plain and each.get("active") is not False]
        return int(same[0]) if len(same) == 1 else None

    async def _person(self, user: Any) -> str:
        """Return an agent's name."""
        if type(user) is not int:
            raise TryLater("not what Zammad answers")
        if user not in self._names:
            found = whole(await self._api.get(f"users/{user}"), "id")
            if len(self._names) >= MOST_NAMES:
                self._names.clear()
            self._names[user] = f"{_full_name(found)[:60] or 'medewerker'} (Zammad {user})"
        return self._names[user]

    async def _do(self, act: Callable[..., Ticket], *arguments: Any) -> None:
        """Do what an agent did; Zammad leads, but it can't push a colleague aside who is answering elsewhere."""
        try:
            await run_in_threadpool(act, *arguments)
        except (Taken, InvalidValue) as problem:
            log.info("ticket %s stays as it is: %s", arguments[0], type(problem).__name__)

    async def _of(self, zammad: int) -> Ticket | None:
        return await run_in_threadpool(self._tickets.outside, SYSTEM, str(zammad))

    async def _load(self, number: int) -> Ticket:
        return await run_in_threadpool(self._desk.load, number)

    async def _linked(self, number: int, system: str, name: str) -> Ticket:
        return await run_in_threadpool(self._desk.link, number, system, name)

    async def _remember(self, number: int, zammad: int, base: Base) -> None:
        written = base.written(zammad)
        if (await self._load(number)).outside.get(BASE) != written:
            await self._linked(number, BASE, written)

    @asynccontextmanager
    async def _alone(self, number: int) -> AsyncIterator[None]:
        """Keep everybody else from a ticket; raises TryLater, StoreError, and what the block raises."""
        async with self._lock(number), self._holding.hold(f"zammad {number}", OTHERS_SECONDS) as held:
            if not held:
                raise TryLater("another process is at this ticket")
            yield

    def _lock(self, number: int) -> asyncio.Lock:
        if len(self._locks) > MOST_NAMES:
            self._locks = {each: lock for each, lock in self._locks.items() if lock.locked()}
        return self._locks.setdefault(number, asyncio.Lock())


def signature(secret: str, body: bytes) -> str:
    """Return the signature that Zammad gives a body."""
    return "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()


def is_signed(secret: str, given: str, body: bytes) -> bool:
    """Tell whether Zammad signed these bytes; the bytes are not looked into."""
    if not secret or not _SIGNATURE.fullmatch(given):
        return False
    return hmac.compare_digest(signature(secret, body).encode(), given.encode())


def mark_of(ticket: Ticket) -> str:
    """Return the mark of a ticket in its title: no other has it, not one of the same number before a loss either."""
    return f"ips-{ticket.number}-{hashlib.sha256(ticket.key.encode()).hexdigest()[:8]}"


def subject_of(name: str) -> str:
    """Return the subject of the article of a message, or of another thing that is said once."""
    return f"IPS-wijzer {hashlib.sha256(name.encode()).hexdigest()[:12]}"


def _ticket_of(body: bytes) -> int:
    """Return the number that Zammad has for the ticket that a webhook tells of; raises Refused."""
    try:
        content = json.loads(body)
        number = content["ticket"]["id"]
    except (ValueError, RecursionError, KeyError, TypeError):
        raise Refused(400, "geen_json", port_texts.NOT_JSON) from None
    return number if type(number) is int else 0


def _full_name(user: Mapping[str, Any]) -> str:
    return " ".join(str(user.get(name) or "").strip() for name in ("firstname", "lastname")).strip(" -")


def _asked_since(ticket: Ticket, updated_at: str) -> bool:
    """Tell whether the asker spoke after Zammad's ticket was last changed."""
    last = max((each.at for each in ticket.messages if each.who == "asker"), default=None)
    try:
        return last is not None and last > datetime.fromisoformat(updated_at.replace("Z", "+00:00"))
    except (ValueError, TypeError):
        return False
