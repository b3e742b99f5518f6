"""A provider of OpenID Connect on loopback that signs real tokens; a test says what is wrong with them."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "ips-inbox", "een-geheim-van-de-aanbieder"


@dataclass
class FakeProvider:
    """Whoever comes is logged in as `person`; `claims` and `headers` override what its token says."""

    issuer: str = ""
    person: dict[str, Any] = field(
        default_factory=lambda: {"sub": "42", "preferred_username": "fatima", "roles": ["medewerker"]}
    )
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    forged: bool = False
    answers: bool = True
    asked: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._codes: dict[str, dict[str, str]] = {}
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.describe),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/jwks", self.keys),
            ]
        )

    async def describe(self, _request: Request) -> Response:
        if not self.answers:
            return Response(status_code=503)
        known = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return JSONResponse({**known, **self.metadata})

    async def authorize(self, request: Request) -> Response:
        self.asked = dict(request.query_params)
        code = f"code-{len(self._codes)}"
        self._codes[code] = self.asked
        back = urlencode({"code": code, "state": self.asked["state"]})
        return RedirectResponse(f"{self.asked['redirect_uri']}?{back}")

    async def token(self, request: Request) -> Response:
        given = dict(parse_qsl((await request.body()).decode()))
        asked = self._codes.pop(given.get("code", ""), {})
        verifier = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        client = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        right = (
            asked.get("code_challenge") == challenge
            and asked.get("code_challenge_method") == "S256"
            and given.get("redirect_uri") == asked.get("redirect_uri")
            and request.headers.get("authorization") == f"Basic {client}"
        )
        if not right:
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": self._id_token(asked["nonce"])})

    async def keys(self, _request: Request) -> Response:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return JSONResponse({"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]})

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        usual = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        claims = {name: value for name, value in {**usual, **self.person, **self.claims}.items() if value is not None}
        headers: Mapping[str, str] = {"kid": "one"}
        if self.algorithm == "none":
            return jwt.encode(claims, None, algorithm="none", headers=dict(headers))
        if self.algorithm == "HS256":
            return jwt.encode(claims, SECRET, algorithm="HS256", headers=dict(headers))
        return jwt.encode(claims, self._other if self.forged else self._key, algorithm="RS256", headers=dict(headers))
