"""Tokens of the Bot Framework: is a request really from Teams, and what proves to Teams that an answer is ours.

Follows "Authentication with the Bot Connector API" of Microsoft's Bot Service documentation.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt

from bot.errors import NotReady

log = logging.getLogger(__name__)

ISSUER = "https://api.botframework.com"
CHANNEL = "msteams"
SCOPE = "https://api.botframework.com/.default"
LEEWAY_SECONDS = 300  # the clock skew that the documentation names
FRESH_SECONDS = 24 * 3600.0  # keys are looked at anew after a day
STALE_SECONDS = 5 * 24 * 3600.0  # and used no longer than this when they can't be fetched
PAUSE_SECONDS = 60.0  # between two fetches of the keys
SHORT_PAUSE_SECONDS = 5.0  # the same while there are none
FETCH_SECONDS = 10.0
LARGEST_ANSWER = 256 * 1024  # bytes of a document with keys
SMALLEST_KEY = 2048  # bits
LONGEST_TOKEN = 16 * 1024
EARLY_SECONDS = 300.0  # our own token is renewed this long before it expires
_ERROR_CODE = re.compile(r"[a-z_]{1,40}", re.ASCII)


@dataclass(frozen=True)
class Endpoints:
    """Where the keys and our token come from and which hosts answers may go to; tests put a loopback address here."""

    metadata: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    token: str = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"  # noqa: S105
    services: tuple[str, ...] = ("https://smba.trafficmanager.net",)
    anywhere: str = "https://smba.trafficmanager.net/teams"  # for what we say of our own accord, in every region


class BadToken(Exception):
    """A request that doesn't prove where it comes from; `status` is 401 or 403, the text is a reason for the log."""

    def __init__(self, reason: str, status: int = 401) -> None:
        self.status = status
        super().__init__(reason)


class TokenRefused(Exception):
    """We get no token: the app id or its secret is wrong. Asking again won't help."""


@dataclass(frozen=True)
class _Key:
    key: Any
    endorsements: tuple[str, ...]


class SigningKeys:
    """The keys that Teams signs with, fetched when first needed."""

    def __init__(self, client: httpx.AsyncClient, metadata_url: str, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go back; `client` is closed by whoever made it."""
        self._client, self._url, self._clock = client, metadata_url, clock
        self._keys: dict[str, _Key] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, key_id: str) -> _Key:
        """Return a key; raises BadToken when there is none by this id, NotReady when the keys can't be had."""
        if not self._is_fresh() or key_id not in self._keys:
            async with self._lock:
                await self._refresh(key_id)
        if self._clock() - self._fetched_at > STALE_SECONDS:
            raise NotReady("the signing keys of Teams can't be fetched")
        if key_id not in self._keys:
            raise BadToken("unknown key")
        return self._keys[key_id]

    def _is_fresh(self) -> bool:
        return self._clock() - self._fetched_at < FRESH_SECONDS

    async def _refresh(self, key_id: str) -> None:
        """Fetch the keys, unless somebody just did."""
        pause = PAUSE_SECONDS if self._keys else SHORT_PAUSE_SECONDS
        if (self._is_fresh() and key_id in self._keys) or self._clock() - self._tried_at < pause:
            return
        self._tried_at = self._clock()
        try:
            document = await self._fetch(self._url)
            self._keys = _read_keys(await self._fetch(self._own_host(document.get("jwks_uri"))))
            self._fetched_at = self._clock()
        except (httpx.HTTPError, ValueError) as problem:
            log.warning("no signing keys of Teams: %s", type(problem).__name__)

    def _own_host(self, url: Any) -> str:
        """Return the address of the keys when it is on the host of the document that names it."""
        if not isinstance(url, str) or _origin(url) != _origin(self._url):
            raise ValueError("the keys are elsewhere")
        return url

    async def _fetch(self, url: str) -> Mapping[str, Any]:
        response = await asyncio.wait_for(self._client.get(url, timeout=FETCH_SECONDS), FETCH_SECONDS + 1)
        if not response.is_success or len(response.content) > LARGEST_ANSWER:
            raise ValueError("no document")
        document = response.json()
        if not isinstance(document, dict):
            raise ValueError("no object")
        return document


def _read_keys(document: Mapping[str, Any]) -> dict[str, _Key]:
    """Return the RSA keys for signatures by id; raises ValueError when there are none."""
    keys = {}
    for each in document.get("keys") or ():
        if not isinstance(each, dict) or each.get("kty") != "RSA" or each.get("use", "sig") != "sig":
            continue
        try:
            key = jwt.PyJWK({"kty": "RSA", "n": each["n"], "e": each["e"]}, algorithm="RS256").key
        except (KeyError, TypeError, ValueError, jwt.PyJWTError):
            continue
        if isinstance(each.get("kid"), str) and key.key_size >= SMALLEST_KEY:
            keys[each["kid"]] = _Key(key, tuple(each.get("endorsements") or ()))
    if not keys:
        raise ValueError("no keys")
    return keys


class TokenCheck:
    """Tells whether a request is from Teams and meant for this bot."""

    def __init__(self, keys: SigningKeys, app_id: str) -> None:
        self._keys, self._app_id = keys, app_id

    async def claims(self, authorization: str) -> Mapping[str, Any]:
        """Return the claims of a request's token; raises BadToken, NotReady.

        The algorithm is ours: what the token's header says of it, or of a key or its address, is not followed.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > LONGEST_TOKEN:
            raise BadToken("no bearer token")
        key = await self._keys.find(_key_id(token))
        if CHANNEL not in key.endorsements:
            raise BadToken("key not endorsed for Teams", 403)
        required = {"require": ["exp", "iss", "aud"], "enforce_minimum_key_length": True}
        try:
            claims = jwt.decode(
                token,
                key.key,
                algorithms=["RS256"],
                audience=self._app_id,
                issuer=ISSUER,
                leeway=LEEWAY_SECONDS,
                options=required,  # type: ignore[arg-type]
            )
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as problem:
            raise BadToken(type(problem).__name__) from None
        if claims["aud"] != self._app_id or claims["iss"] != ISSUER:  # one of several is not enough
            raise BadToken("audience or issuer")
        return claims


def _key_id(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise BadToken("no token") from None
    key_id = header.get("kid")
    if header.get("alg") != "RS256" or not isinstance(key_id, str):
        raise BadToken("wrong algorithm or no key id")
    return key_id


def check_activity(claims: Mapping[str, Any], activity: Mapping[str, Any], tenants: frozenset[str]) -> None:
    """Raise BadToken (403) unless the token is for this activity's service and its tenant is one of ours."""
    if activity.get("channelId") != CHANNEL:
        raise BadToken("other channel", 403)
    service = activity.get("serviceUrl")
    if not isinstance(service, str) or not service or claims.get("serviceurl") != service:
        raise BadToken("serviceUrl is not the token's", 403)
    stated = _tenants(activity)
    if not stated or not stated <= tenants:
        raise BadToken("tenant not allowed", 403)


def _tenants(activity: Mapping[str, Any]) -> frozenset[str]:
    """Return every tenant that an activity names; "" for one that can't be read."""
    found = []
    for place, key in (("channelData", "tenant"), ("conversation", "tenantId")):
        outer = activity.get(place)
        value = outer.get(key) if isinstance(outer, dict) else None
        if value is not None:
            told = (value.get("id") if isinstance(value, dict) else None) if key == "tenant" else value
            found.append(told.lower() if isinstance(told, str) else "")
    return frozenset(found)


def service_address(url: str, allowed: tuple[str, ...]) -> str:
    """Return the address that answers go to, without a slash at the end; raises BadToken (403) for another host."""
    try:
        parts = urlsplit(url)
        strange = parts.username or parts.password or parts.query or parts.fragment or ".." in parts.path
        known = _origin(url) in allowed and not strange
    except ValueError:
        known = False
    if not known or not re.fullmatch(r"[!-~]{1,500}", url) or "\\" in url or "%" in url:
        raise BadToken("serviceUrl not allowed", 403)
    return url.rstrip("/")


def _origin(url: str) -> str:
    """Return scheme, host and port, for comparing; raises ValueError."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port and parts.port != 443 else ""
    return f"{parts.scheme}://{(parts.hostname or '').lower()}{port}"


class OwnToken:
    """Our proof to Teams: fetched when first needed, kept, and renewed before it expires."""

    def __init__(
        self, client: httpx.AsyncClient, url: str, app_id: str, secret: str, clock: Callable[[], float]
    ) -> None:
        """`clock` gives seconds that never go back; `client` is closed by whoever made it."""
        self._client, self._url, self._clock = client, url, clock
        self._form = {
            "grant_type": "client_credentials",
            "client_id": app_id,
            "client_secret": secret,
            "scope": SCOPE,
        }
        self._token, self._until = "", float("-inf")
        self._lock = asyncio.Lock()

    async def get(self) -> str:
        """Return a token; raises TokenRefused, or NotReady when asking again later may help."""
        async with self._lock:
            if self._clock() >= self._until:
                await self._renew()
            return self._token

    def forget(self, token: str) -> None:
        """Don't use this token again: it was refused."""
        if token == self._token:
            self._until = float("-inf")

    async def _renew(self) -> None:
        try:
            response = await self._client.post(self._url, data=self._form, timeout=FETCH_SECONDS)
            content = response.json()
        except (httpx.HTTPError, ValueError) as problem:
            raise NotReady(f"no token for Teams: {type(problem).__name__}") from None
        if response.status_code in (400, 401, 403):
            code = content.get("error") if isinstance(content, dict) else None
            shown = code if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else response.status_code
            raise TokenRefused(f"no token for Teams: {shown}")
        token = content.get("access_token") if isinstance(content, dict) else None
        if not response.is_success or not isinstance(token, str) or not token.isascii():
            raise NotReady(f"no token for Teams: {response.status_code}")
        seconds = content.get("expires_in")
        seconds = float(seconds) if isinstance(seconds, int) and not isinstance(seconds, bool) else 600.0
        self._token, self._until = token, self._clock() + max(seconds - EARLY_SECONDS, seconds / 2)
