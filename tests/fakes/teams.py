"""Teams on loopback: OpenID keys, tokens, and a Bot Connector that refuses what the real one refuses.

Shapes are those of Microsoft's documentation: "Authentication with the Bot Connector API", "API reference for the Bot
Framework Connector service" (Activity object, reply to activity) and "Cards actions" and "Format cards" of Teams.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

APP_ID = "11111111-2222-3333-4444-555555555555"
SECRET = "geheim-van-de-bot"
TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
BOT = f"28:{APP_ID}"
KNOWN_FIELDS = {
    "type", "from", "recipient", "conversation", "replyToId", "text", "textFormat", "summary", "attachments",
}  # fmt: skip
ELEMENTS = {
    "RichTextBlock": {"type", "inlines"},
    "TextRun": {"type", "text", "weight", "isSubtle", "size", "selectAction"},
    "ActionSet": {"type", "actions"},
    "Action.Submit": {"type", "title", "data"},
    "Action.OpenUrl": {"type", "title", "url"},
}


@lru_cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return a key, the same for the same name."""
    return rsa.generate_private_key(65537, bits)


def jwk(key: rsa.RSAPrivateKey, key_id: str, **more: Any) -> dict[str, Any]:
    """Return the public part as the keys document has it."""
    numbers = key.public_key().public_numbers()

    def encode(number: int) -> str:
        return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()

    public = {"kty": "RSA", "use": "sig", "kid": key_id, "n": encode(numbers.n), "e": encode(numbers.e)}
    return {**public, "x5t": key_id, "endorsements": ["msteams", "webchat"], **more}


class FakeTeams:
    """`sent` holds what the connector took: (path, activity). `statuses` are answered first, one each."""

    def __init__(self) -> None:
        self.address = ""
        self.port: int | None = None
        self.keys = [jwk(rsa_key("first"), "first")]
        self.key_fetches = self.token_fetches = 0
        self.keys_status = self.token_status = 200
        self.token_seconds = 3600
        self.valid_tokens: set[str] = set()
        self.statuses: list[int] = []
        self.retry_after = ""
        self.refused: list[tuple[int, str]] = []
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.sent_at: list[float] = []
        self.redirect_to = ""
        self.refuse_cards = False
        self.keys_elsewhere = ""
        self.stands: dict[str, dict[str, dict[str, Any]]] = {}  # threads in channels: what stands in them, by its id
        self.members = {"29:anna": "Anna", "29:bram": "Bram"}
        self.app = Starlette(
            routes=[
                Route("/v1/.well-known/openidconfiguration", self._metadata),
                Route("/v1/.well-known/keys", self._keys),
                Route("/{tenant}/oauth2/v2.0/token", self._token, methods=["POST"]),
                Route("/emea/v3/conversations/{conversation}/activities", self._take, methods=["POST"]),
                Route("/emea/v3/conversations/{conversation}/activities/{to}", self._take, methods=["POST"]),
                Route("/emea/v3/conversations/{conversation}/activities/{to}", self._change, methods=["PUT", "DELETE"]),
                Route("/emea/v3/conversations/{conversation}/members/{user}", self._member),
                Route("/emea/v3/conversations", self._begin, methods=["POST"]),
            ]
        )

    @property
    def service(self) -> str:
        """The serviceUrl of activities."""
        return f"{self.address}/emea/"

    def claims(self, **changed: Any) -> dict[str, Any]:
        """Return the claims of a good token; one that is changed to None is left out."""
        now = int(time.time())
        good = {
            "iss": "https://api.botframework.com",
            "aud": APP_ID,
            "nbf": now - 60,
            "exp": now + 3600,
            "serviceurl": self.service,
        }
        return {name: value for name, value in {**good, **changed}.items() if value is not None}

    def token(self, key: Any = None, algorithm: str = "RS256", headers: Any = None, **changed: Any) -> str:
        """Return a token as Teams signs it."""
        headers = {"kid": "first", **(headers or {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        return jwt.encode(self.claims(**changed), key or rsa_key("first"), algorithm, headers)

    def message(self, text: str | None, number: int = 1, user: str = "29:anna", **changed: Any) -> dict[str, Any]:
        """Return a personal message in the documented form."""
        return {
            "type": "message",
            "id": f"17000000000{number:02}",
            "timestamp": "2026-01-05T10:00:00.0000000Z",
            "localTimestamp": "2026-01-05T11:00:00.0000000+01:00",
            "serviceUrl": self.service,
            "channelId": "msteams",
            "from": {"id": user, "name": "Anna", "aadObjectId": "99999999-2222-3333-4444-555555555555"},
            "conversation": {"conversationType": "personal", "tenantId": TENANT, "id": f"a:personal-{user}"},
            "recipient": {"id": BOT, "name": "IPS-wijzer"},
            "textFormat": "plain",
            "locale": "nl-NL",
            "entities": [{"type": "clientInfo", "locale": "nl-NL", "country": "NL", "platform": "Windows"}],
            "channelData": {"tenant": {"id": TENANT}},
            **({} if text is None else {"text": text}),
            **changed,
        }

    def in_channel(self, text: str, number: int = 1, user: str = "29:anna", mention: bool = True) -> dict[str, Any]:
        """Return a message in a channel, as "Channel and group chat conversations with a bot" shows it."""
        entity = {"type": "mention", "mentioned": {"id": BOT, "name": "IPS-wijzer"}, "text": "<at>IPS-wijzer</at>"}
        conversation = {
            "isGroup": True,
            "conversationType": "channel",
            "tenantId": TENANT,
            "id": "19:kanaal@thread.tacv2;messageid=1700000000000",
        }
        return self.message(
            text,
            number,
            user,
            conversation=conversation,
            entities=[entity] if mention else [],
            channelData={"tenant": {"id": TENANT}, "team": {"id": "19:team"}, "channel": {"id": "19:kanaal"}},
        )

    def pressed(self, title: str, payload: Any, number: int = 2, user: str = "29:anna") -> dict[str, Any]:
        """Return what comes of a messageBack button, as "Cards actions" shows it."""
        return self.message(payload["ips"], number, user, value=payload, replyToId="f:card", label=title)

    async def _metadata(self, _request: Request) -> Response:
        self.key_fetches += 1
        where = self.keys_elsewhere or f"{self.address}/v1/.well-known/keys"
        return JSONResponse({"issuer": "https://api.botframework.com", "jwks_uri": where}, self.keys_status)

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": self.keys})

    async def _token(self, request: Request) -> Response:
        self.token_fetches += 1
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        expected = {
            "grant_type": "client_credentials",
            "client_id": APP_ID,
            "client_secret": SECRET,
            "scope": "https://api.botframework.com/.default",
        }
        if self.token_status != 200:
            return JSONResponse({"error": "temporarily_unavailable"}, self.token_status)
        if form != expected or request.path_params["tenant"] != "botframework.com":
            return JSONResponse({"error": "invalid_client", "error_description": "AADSTS7000215"}, 401)
        token = f"token-{self.token_fetches}"
        self.valid_tokens.add(token)
        return JSONResponse({"token_type": "Bearer", "expires_in": self.token_seconds, "access_token": token})

    async def _take(self, request: Request) -> Response:
        status, reason = self._judge(request, await request.body())
        if status != 201:
            self.refused.append((status, reason))
            headers = {"Retry-After": self.retry_after} if status == 429 and self.retry_after else {}
            if status == 307:
                headers["Location"] = self.redirect_to
            return JSONResponse({"error": {"code": reason, "message": reason}}, status, headers)
        self.sent.append((request.scope["raw_path"].decode(), await request.json()))
        self.sent_at.append(time.monotonic())
        name = f"f:{len(self.sent)}"
        if (thread := request.path_params["conversation"]) in self.stands:
            self.stands[thread][name] = await request.json()
        return JSONResponse({"id": name}, 201)

    async def _begin(self, request: Request) -> Response:
        """Create a conversation, as "Create Conversation" of the Connector's reference has it for a channel."""
        body = json.loads(await request.body())
        activity = {**body.get("activity", {}), "from": body.get("bot"), "recipient": {"id": "channel"}}
        status, reason = self._judge(request, json.dumps(activity).encode())
        if status == 201 and set(body) != {"isGroup", "bot", "tenantId", "channelData", "activity"}:
            status, reason = 400, "other fields"
        if status != 201:
            self.refused.append((status, reason))
            return JSONResponse({"error": {"code": reason}}, status)
        root = str(1_700_000_000_000 + len(self.stands))
        thread = f"{body['channelData']['channel']['id']};messageid={root}"
        self.stands[thread] = {root: body["activity"]}
        return JSONResponse({"id": thread, "activityId": root}, 201)

    async def _change(self, request: Request) -> Response:
        there = self.stands.get(request.path_params["conversation"], {})
        name = request.path_params["to"]
        body = await request.body() if request.method == "PUT" else b'{"type": "message", "text": "x"}'
        bare = {**json.loads(body), "from": {"id": BOT}, "recipient": {"id": "channel"}}
        bare.pop("id", None)
        status, reason = self._judge(request, json.dumps(bare).encode())
        if status == 201 and name not in there:
            status, reason = 404, "no such activity"
        if status != 201:
            self.refused.append((status, reason))
            return JSONResponse({"error": {"code": reason}}, status)
        if request.method == "DELETE":
            del there[name]
        else:
            there[name] = json.loads(body)
        return JSONResponse({"id": name})

    async def _member(self, request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.valid_tokens:
            return JSONResponse({"error": {"code": "Unauthorized"}}, 401)
        user = request.path_params["user"]
        if user not in self.members:
            return JSONResponse({"error": {"code": "MemberNotFoundInConversation"}}, 404)
        who = {"id": user, "name": self.members[user], "aadObjectId": f"99999999-2222-3333-4444-{user[3:]:0>12}"}
        return JSONResponse({**who, "tenantId": TENANT, "userRole": "user"})

    def in_thread(self, thread: str, text: str | None, number: int, user: str, **changed: Any) -> dict[str, Any]:
        """Return a message in a thread of a channel that names the bot."""
        entity = {"type": "mention", "mentioned": {"id": BOT, "name": "IPS-wijzer"}, "text": "<at>IPS-wijzer</at>"}
        conversation = {"isGroup": True, "conversationType": "channel", "tenantId": TENANT, "id": thread}
        said = None if text is None else f"<at>IPS-wijzer</at> {text}"
        return self.message(said, number, user, conversation=conversation, entities=[entity], **changed)

    def _judge(self, request: Request, body: bytes) -> tuple[int, str]:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.valid_tokens:
            return 401, "Unauthorized"
        if self.redirect_to:
            return 307, "redirect"
        if self.statuses and (status := self.statuses.pop(0)) != 201:
            return status, "told to"
        activity = json.loads(body)
        if len(body.decode().encode("utf-16-le")) > 28 * 1024:
            return 413, "RequestEntityTooLarge"
        problem = wrong_with(activity)
        if self.refuse_cards and activity.get("attachments"):
            problem = "no cards here"
        return (400, problem) if problem else (201, "")


def wrong_with(activity: Mapping[str, Any]) -> str:
    """Return what the connector or the client would not take of a message, "" when all is well."""
    if unknown := set(activity) - KNOWN_FIELDS:
        return f"unknown fields {unknown}"
    if activity.get("type") != "message" or not all(activity.get(name) for name in ("from", "recipient")):
        return "no message, or nobody's"
    if not activity.get("text") and not activity.get("attachments"):
        return "empty message"
    for attachment in activity.get("attachments") or ():
        if attachment["contentType"] != "application/vnd.microsoft.card.adaptive":
            return "other attachment"
        if problem := wrong_with_card(attachment["content"]):
            return problem
    return ""


def wrong_with_card(card: Mapping[str, Any]) -> str:
    """Return what is wrong with an Adaptive Card, "" when nothing is."""
    if (card["type"], card["version"]) != ("AdaptiveCard", "1.4") or not card["body"] or not card["fallbackText"]:
        return "no card 1.4 with a body and a fallback"
    todo = list(card["body"])
    while todo:
        element = todo.pop()
        known = ELEMENTS.get(element.get("type"))
        if known is None or set(element) - known:
            return f"unknown element {element}"
        if element["type"] == "ActionSet" and not 0 < len(element["actions"]) <= 6:
            return "too many actions"
        if element["type"] == "RichTextBlock" and not element["inlines"]:
            return "no text"
        if element["type"] == "TextRun" and not element["text"]:
            return "empty run"
        if element["type"].startswith("Action.") and element["type"] != "Action.OpenUrl" and not element["title"]:
            return "no title"
        if element["type"] == "Action.OpenUrl" and not element["url"].startswith("https://"):
            return "no https"
        todo += element.get("inlines", []) + element.get("actions", [])
    return ""


def texts_of(activity: Mapping[str, Any]) -> str:
    """Return what a card shows as text, a line for each block."""
    return "\n".join(
        "".join(run["text"] for run in element["inlines"])
        for element in activity["attachments"][0]["content"]["body"]
        if element["type"] == "RichTextBlock"
    )


def actions_of(activity: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the buttons of a card."""
    body = activity["attachments"][0]["content"]["body"]
    return [action for element in body if element["type"] == "ActionSet" for action in element["actions"]]
