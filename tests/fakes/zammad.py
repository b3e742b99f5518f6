"""Zammad on loopback, strict: what its documentation does not name it refuses, with Zammad's own error answers.

Made from docs.zammad.org, REST API: "Introduction" (token, JSON, expand), "Tickets", "Articles", "States",
"Priorities", "Tags", "User", "Group"; and admin-docs.zammad.org: "Webhook", "Adding Webhooks", "Webhook Payload"
(`X-Hub-Signature`, payload with ticket and article). Its errors are `{"error": …, "error_human": …}` with 401 (bad
token), 403 ("Not authorized"), 404 ("Couldn't find Ticket with 'id'=…"), 422 and 500, as its server renders them.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN, HOOK_SECRET = "geheim-van-zammad", "geheim-van-de-webhook"
ME, EMMA, JACOB = 3, 5, 4
STATES = ("new", "open", "pending reminder", "closed", "merged", "removed", "pending close")
PRIORITIES = ("1 low", "2 normal", "3 high")
_TICKET = {"title", "group", "customer", "customer_id", "article", "priority", "state", "owner_id", "pending_time"}
_ARTICLE = {"ticket_id", "subject", "body", "content_type", "type", "sender", "internal", "to", "cc", "origin_by_id"}
Fault = Callable[[Request], Response | None]


class FakeZammad:
    """`faults` are asked first, one a call: a response, or None to answer as always. `before` is called first."""

    def __init__(self) -> None:
        self.users = {
            ME: {"id": ME, "login": "ips-wijzer@example.com", "firstname": "IPS", "lastname": "wijzer", "active": True},
            EMMA: {"id": EMMA, "login": "emma@example.com", "firstname": "Emma", "lastname": "Taylor", "active": True},
            JACOB: {
                "id": JACOB,
                "login": "jacob@example.com",
                "firstname": "Jacob",
                "lastname": "Smit",
                "active": True,
            },
            1: {"id": 1, "login": "-", "firstname": "-", "lastname": "", "active": False},
        }
        self.groups = ["Users", "Financiën"]
        self.tickets: dict[int, dict[str, Any]] = {}
        self.articles: dict[int, dict[str, Any]] = {}
        self.tags: dict[int, list[str]] = {}
        self.may_delete = True
        self.index_lag = 0  # searches that don't find the newest ticket yet
        self.faults: list[Fault] = []
        self.lost: list[Callable[[str, str], bool]] = []  # answers that are lost on the way back, by method and path
        self.calls: list[tuple[str, str]] = []
        self.refused: list[tuple[int, str]] = []
        self.now = lambda: datetime.now(timezone.utc)
        self._lock = threading.RLock()
        api = "/api/v1"
        self.app = Starlette(
            routes=[
                Route(f"{api}/users/me", self._answer(self._get_me)),
                Route(f"{api}/users/search", self._answer(self._search_users)),
                Route(f"{api}/users/{{id:int}}", self._answer(self._get_user)),
                Route(f"{api}/tickets/search", self._answer(self._search)),
                Route(f"{api}/tickets", self._answer(self._create), methods=["POST"]),
                Route(f"{api}/tickets/{{id:int}}", self._answer(self._ticket), methods=["GET", "PUT", "DELETE"]),
                Route(f"{api}/ticket_articles/by_ticket/{{id:int}}", self._answer(self._by_ticket)),
                Route(f"{api}/ticket_articles", self._answer(self._write), methods=["POST"]),
                Route(f"{api}/tags/add", self._answer(self._tag), methods=["POST"]),
            ]
        )

    # --- what agents do

    def says(self, ticket: int, text: str, by: int = EMMA, internal: bool = False, **more: Any) -> dict[str, Any]:
        """Let an agent write an article."""
        article = {"body": text, "content_type": "text/html", "type": "note", "internal": internal, "subject": ""}
        return self._add(ticket, {**article, "sender": "Agent", **more}, by)

    def sets(self, ticket: int, by: int = EMMA, **change: Any) -> None:
        """Let an agent change a ticket."""
        with self._lock:
            self.tickets[ticket].update(change, updated_by_id=by, updated_at=self._stamp())

    def payload(self, ticket: int, article: int | None = None) -> bytes:
        """Return what a webhook tells, in the form of "Webhook Payload"."""
        told = dict(self.tickets[ticket])
        told["owner"] = self.users[told["owner_id"]]
        told["article_ids"] = [each["id"] for each in self.of(ticket)]
        return json.dumps({"ticket": told, "article": self.articles[article] if article else {}}).encode()

    def of(self, ticket: int) -> list[dict[str, Any]]:
        """Return the articles of a ticket."""
        return [each for each in self.articles.values() if each["ticket_id"] == ticket]

    def seen(self, ticket: int) -> str:
        """Return what an agent reads, an internal article between brackets."""
        return "\n".join(f"[{a['body']}]" if a["internal"] else a["body"] for a in self.of(ticket))

    # --- the API

    def _answer(self, handle: Callable[[Request, dict[str, Any]], Response]) -> Any:
        async def endpoint(request: Request) -> Response:
            with self._lock:
                self.calls.append((request.method, request.url.path))
                fault = self.faults.pop(0)(request) if self.faults else None
                if fault is not None:
                    return fault
                if request.headers.get("authorization") != f"Token token={TOKEN}":
                    return self._no(401, "Invalid BasicAuth credentials")
                body: dict[str, Any] = {}
                writes = request.method in ("POST", "PUT")
                if writes and request.headers.get("content-type") != "application/json":
                    return self._no(422, "no JSON")
            if writes:
                body = await request.json()
            with self._lock:
                response = handle(request, body)
                if any(lose(request.method, request.url.path) for lose in self.lost):
                    self.lost.clear()
                    return Response(status_code=504)
                return response

        return endpoint

    def _no(self, status: int, error: str) -> Response:
        self.refused.append((status, error))
        return JSONResponse({"error": error, "error_human": error}, status)

    def _get_me(self, _request: Request, _body: dict[str, Any]) -> Response:
        return JSONResponse(self.users[ME])

    def _get_user(self, request: Request, _body: dict[str, Any]) -> Response:
        user = self.users.get(request.path_params["id"])
        return JSONResponse(user) if user else self._missing("User", request)

    def _search_users(self, request: Request, _body: dict[str, Any]) -> Response:
        words = request.query_params["query"].lower().split()
        hits = [u for u in self.users.values() if all(w in " ".join(map(str, u.values())).lower() for w in words)]
        return JSONResponse(hits[: int(request.query_params.get("limit", 10))])

    def _search(self, request: Request, _body: dict[str, Any]) -> Response:
        wanted = request.query_params["query"].removeprefix('title:"').removesuffix('"')
        if self.index_lag:
            self.index_lag -= 1
            wanted = "nothing yet"
        hits = {str(number): each for number, each in self.tickets.items() if wanted in each["title"]}
        ids = [int(number) for number in hits]
        return JSONResponse({"tickets": ids, "tickets_count": len(ids), "assets": {"Ticket": hits} if hits else {}})

    def _create(self, _request: Request, body: dict[str, Any]) -> Response:
        if problem := self._wrong(body):
            return self._no(422, problem)
        for needed in ("title", "group", "customer_id", "article"):
            if not body.get(needed):
                return self._no(422, f"Attribute '{needed}' required!")
        number = max(self.tickets, default=18) + 1
        article = body.pop("article")
        if problem := _wrong_article(article):
            return self._no(422, problem)
        self.tickets[number] = {
            "state": "new", "priority": "2 normal", "owner_id": 1, **body, "id": number, "number": f"220{number}",
            "created_by_id": ME, "updated_by_id": ME, "created_at": self._stamp(), "updated_at": self._stamp(),
            "pending_time": body.get("pending_time"),
        }  # fmt: skip
        self._add(number, article, ME)
        return JSONResponse(self._shown(number, expand=False), 201)

    def _ticket(self, request: Request, body: dict[str, Any]) -> Response:
        number = request.path_params["id"]
        if number not in self.tickets:
            return self._missing("Ticket", request)
        if request.method == "DELETE":
            if not self.may_delete:
                return self._no(403, "Not authorized")
            del self.tickets[number]
            self.articles = {key: each for key, each in self.articles.items() if each["ticket_id"] != number}
            return Response(status_code=200)
        if request.method == "PUT":
            if problem := self._wrong(body):
                return self._no(422, problem)
            article = body.pop("article", None)
            self.tickets[number].update(body, updated_by_id=ME, updated_at=self._stamp())
            if article:
                self._add(number, article, ME)
        return JSONResponse(self._shown(number, request.query_params.get("expand") == "true"))

    def _wrong(self, body: dict[str, Any]) -> str:
        if unknown := set(body) - _TICKET:
            return f"unknown attribute {sorted(unknown)}"
        if body.get("group", "Users") not in self.groups:
            return f"No lookup value found for 'group': \"{body['group']}\""
        if body.get("priority", "2 normal") not in PRIORITIES:
            return f"No lookup value found for 'priority': \"{body['priority']}\""
        if body.get("state", "new") not in STATES:
            return f"No lookup value found for 'state': \"{body['state']}\""
        if str(body.get("state", "")).startswith("pending") and not body.get("pending_time"):
            return "Missing required value for field 'pending_time'!"
        for name in ("owner_id", "customer_id"):
            if name in body and body[name] not in self.users:
                return f"Invalid value for '{name}'"
        return ""

    def _by_ticket(self, request: Request, _body: dict[str, Any]) -> Response:
        number = request.path_params["id"]
        return JSONResponse(self.of(number)) if number in self.tickets else self._missing("Ticket", request)

    def _write(self, request: Request, body: dict[str, Any]) -> Response:
        if problem := _wrong_article(body):
            return self._no(422, problem)
        if body.get("ticket_id") not in self.tickets:
            return self._no(404, f"Couldn't find Ticket with 'id'={body.get('ticket_id')}")
        return JSONResponse(self._add(body.pop("ticket_id"), body, ME), 201)

    def _tag(self, _request: Request, body: dict[str, Any]) -> Response:
        if set(body) != {"item", "object", "o_id"} or body["object"] != "Ticket" or body["o_id"] not in self.tickets:
            return self._no(422, "no such object")
        tags = self.tags.setdefault(body["o_id"], [])
        if body["item"] not in tags:
            tags.append(body["item"])
        return JSONResponse(True, 201)

    def _add(self, ticket: int, article: dict[str, Any], by: int) -> dict[str, Any]:
        with self._lock:
            number = max(self.articles, default=29) + 1
            made = {
                "sender": "Agent", "type": "note", "content_type": "text/plain", "internal": False, "subject": None,
                **article, "id": number, "ticket_id": ticket, "created_by_id": by, "created_at": self._stamp(),
                "created_by": self.users[by]["login"], "from": self.users[by]["firstname"],
            }  # fmt: skip
            self.articles[number] = made
            self.tickets[ticket].update(updated_by_id=by, updated_at=self._stamp())
            return made

    def _shown(self, number: int, expand: bool) -> dict[str, Any]:
        """Return a ticket; names only where they were asked for, as "Response Payloads (expand)" says."""
        ticket = dict(self.tickets[number])
        ids = {
            "state_id": STATES.index(ticket["state"]) + 1,
            "priority_id": PRIORITIES.index(ticket["priority"]) + 1,
            "group_id": self.groups.index(ticket["group"]) + 1,
        }
        if not expand:
            for name in ("state", "priority", "group"):
                del ticket[name]
        return {**ticket, **ids, "article_ids": [each["id"] for each in self.of(number)]}

    def _missing(self, what: str, request: Request) -> Response:
        return self._no(404, f"Couldn't find {what} with 'id'={request.path_params['id']}")

    def _stamp(self) -> str:
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _wrong_article(article: dict[str, Any]) -> str:
    if unknown := set(article) - _ARTICLE:
        return f"unknown attribute {sorted(unknown)}"
    if not article.get("body"):
        return 'Need at least article: { body: "some text" }'
    if article.get("sender", "Agent") not in ("Agent", "Customer", "System"):
        return f"No lookup value found for 'sender': \"{article['sender']}\""
    return ""


def hook_headers(body: bytes, secret: str = HOOK_SECRET, **more: str) -> dict[str, str]:
    """Return the headers of "Webhook Payload" for a body."""
    mark = "sha1=" + hmac.new(secret.encode(), body, hashlib.sha1).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Zammad User Agent",
        "X-Zammad-Trigger": "IPS-wijzer",
        "X-Zammad-Delivery": "82f3d4a0-8a9c-4f1f-9e1d-3d8a0e5f0a11",
        "X-Hub-Signature": mark,
        **more,
    }


def status(code: int, error: str = "told to", **headers: str) -> Fault:
    """Answer with an error."""
    return lambda _request: JSONResponse({"error": error, "error_human": error}, code, headers)


def lie(content: Any) -> Fault:
    """Answer 200 with something else."""
    if isinstance(content, bytes):
        return lambda _request: Response(content, 200, media_type="text/html")
    return lambda _request: JSONResponse(content)
