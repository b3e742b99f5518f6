"""Logging in through the institute's own provider with OpenID Connect: code flow with PKCE, state and nonce.

Authlib does the protocol; we hold it to the issuer, the audience and the signatures that we expect.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from bot.accounts import ADMIN, EMPLOYEE, Accounts
from bot.errors import InvalidValue, LoginRefused, NotReady
from bot.settings import Settings

log = logging.getLogger(__name__)

SECONDS = 600  # in which somebody must come back from the provider
TIMEOUT = 10.0  # seconds
LEEWAY = 60  # seconds that the provider's clock may differ
SIGNATURES = ("RS256", "PS256", "ES256", "EdDSA")  # never "none", and never the client's secret as a key


@dataclass(frozen=True)
class Departure:
    """Where to send somebody, and the token that must be in their browser when they come back."""

    url: str
    token: str


class OpenIdConnect:
    """One provider, named by its issuer."""

    def __init__(self, settings: Settings, accounts: Accounts) -> None:
        self._settings, self._accounts = settings, accounts
        self._back = f"{settings.link_base}/inbox/oidc/terug"
        self._client = _client(settings)

    async def depart(self, request: Request, goal: str) -> Departure:
        """Return where to log in; raises NotReady when the provider can't be reached."""
        await self._metadata()
        request.scope["session"] = {}  # authlib keeps state, nonce and PKCE's verifier in it
        answer = await self._client.authorize_redirect(request, self._back)
        kept = {"session": request.scope["session"], "goal": goal}
        token = await run_in_threadpool(self._accounts.remember, kept, SECONDS)
        return Departure(answer.headers["location"], token)

    async def arrive(self, request: Request, token: str) -> tuple[str, str]:
        """Return the token of a new session and where they wanted to go; raises LoginRefused or NotReady."""
        kept = await run_in_threadpool(self._accounts.recall, token)
        if kept is None:
            raise LoginRefused
        await self._metadata()
        request.scope["session"] = dict(kept["session"])
        claims = await self._claims(request)
        subject = f"{claims['iss']} {claims['sub']}"
        name, role = _text_at(claims, self._settings.oidc_name_claim), self._role(claims)
        if not name or not role:
            log.info("somebody came over OpenID Connect without a name or a role that we know")
            raise LoginRefused
        try:
            return await run_in_threadpool(self._accounts.welcome, subject, name, role), str(kept["goal"])
        except InvalidValue:
            log.info("somebody came over OpenID Connect with a name that can be no account's")
            raise LoginRefused from None

    async def _claims(self, request: Request) -> Mapping[str, Any]:
        """Return what the provider vouches for; whatever is wrong with it, nobody gets in."""
        expected = {
            "iss": {"essential": True, "value": self._settings.oidc_issuer},
            "aud": {"essential": True, "value": self._settings.oidc_client_id},
        }
        try:
            answer = await self._client.authorize_access_token(request, claims_options=expected, leeway=LEEWAY)
        except Exception as problem:  # of authlib, joserfc and httpx, which have no common root
            log.warning("a login over OpenID Connect was refused: %s", type(problem).__name__)
            raise LoginRefused from None
        claims = answer.get("userinfo")
        if not claims or not claims.get("sub"):
            raise LoginRefused
        return dict(claims)

    async def _metadata(self) -> None:
        try:
            known = await self._client.load_server_metadata()
        except Exception as problem:
            log.warning("the provider of OpenID Connect can't be reached: %s", type(problem).__name__)
            raise NotReady("openid connect") from None
        if known.get("issuer") != self._settings.oidc_issuer:
            log.warning("the provider of OpenID Connect calls itself by another name than IPS_OIDC_ISSUER")
            raise NotReady("openid connect")
        offered = known.get("id_token_signing_alg_values_supported") or ["RS256"]
        known["id_token_signing_alg_values_supported"] = [each for each in offered if each in SIGNATURES] or ["RS256"]

    def _role(self, claims: Mapping[str, Any]) -> str:
        given = _at(claims, self._settings.oidc_role_claim)
        values = (given,) if isinstance(given, str) else given if isinstance(given, (list, tuple)) else ()
        if self._settings.oidc_admins in values:
            return ADMIN
        return EMPLOYEE if self._settings.oidc_employees in values else ""


def is_set(settings: Settings) -> bool:
    """Tell whether a provider is set."""
    return bool(settings.oidc_issuer and settings.oidc_client_id)


def _client(settings: Settings) -> Any:
    with warnings.catch_warnings():
        import authlib.deprecate  # turns its own warnings on

        warnings.simplefilter("ignore", authlib.deprecate.AuthlibDeprecationWarning)  # it advises another httpx
        from authlib.integrations.starlette_client import OAuth
    return OAuth().register(
        "inbox",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret or None,
        server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "timeout": TIMEOUT,
            "trust_env": False,
        },
    )


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """Return a claim by its name, or by a path with dots, as in `realm_access.roles`."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _text_at(claims: Mapping[str, Any], path: str) -> str:
    found = _at(claims, path)
    return found if isinstance(found, str) else ""
