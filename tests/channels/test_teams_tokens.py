"""Requests that aren't from Teams, or not for us: all refused, nothing heard, nothing of the body in the log.

The rules are those of "Authentication with the Bot Connector API", section "Authenticate requests from the Bot
Connector service to your bot".
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import NotReady
from bot.web.teams_tokens import BadToken, SigningKeys, TokenCheck, check_activity, service_address
from tests.fakes.teams import APP_ID, TENANT, FakeTeams, jwk, rsa_key
from tests.fakes.teams_site import TeamsSite, teams_site

BODY_TEXT = "vertrouwelijke zin"
OTHER_TENANT = "bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee"


@pytest.fixture(scope="module")
def site() -> Iterator[TeamsSite]:
    with teams_site() as opened:
        opened.teams.keys += [
            jwk(rsa_key("unendorsed"), "unendorsed", endorsements=["webchat"]),
            jwk(rsa_key("short", 1024), "short"),
            jwk(rsa_key("cipher"), "cipher", use="enc"),
            jwk(rsa_key("bare"), "bare", endorsements=None),
            {"kty": "oct", "kid": "oct", "k": "AAAA", "endorsements": ["msteams"]},
            {"kty": "RSA", "kid": "broken", "n": 5, "e": "AQAB", "endorsements": ["msteams"]},
        ]
        yield opened


def segment(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def hmac_token(teams: FakeTeams, secret: bytes, algorithm: str = "HS256") -> str:
    signed = f"{segment({'alg': algorithm, 'typ': 'JWT', 'kid': 'first'})}.{segment(teams.claims())}"
    return f"{signed}.{segment(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def public_pem() -> bytes:
    return rsa_key("first").public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def unsigned(teams: FakeTeams, algorithm: str) -> str:
    return f"{segment({'alg': algorithm, 'kid': 'first'})}.{segment(teams.claims())}."


def changed_claim(teams: FakeTeams) -> str:
    """Return a good token whose payload was changed after signing."""
    header, _, signature = teams.token().split(".")
    return f"{header}.{segment({**teams.claims(), 'exp': int(time.time()) + 99999})}.{signature}"


def own_key_in_header(teams: FakeTeams) -> str:
    forged = rsa_key("forger")
    return teams.token(forged, headers={"jwk": jwk(forged, "first"), "jku": "https://boef.example/keys", "x5u": "x"})


def raw_token(teams: FakeTeams, key: str = "first", bits: int = 2048, **changed: Any) -> str:
    """Sign what PyJWT itself would not sign."""
    signed = f"{segment({'alg': 'RS256', 'kid': key})}.{segment({**teams.claims(), **changed})}"
    return f"{signed}.{segment(rsa_key(key, bits).sign(signed.encode(), PKCS1v15(), SHA256()))}"


Tokens = Callable[[FakeTeams], str]
FORGED: dict[str, Tokens] = {
    "not a token": lambda t: "abc",
    "two parts": lambda t: "a.b",
    "empty parts": lambda t: "..",
    "five parts": lambda t: "a.b.c.d.e",
    "very long": lambda t: "a" * 20_000,
    "header is a list": lambda t: f"{segment([1])}.{segment(t.claims())}.AAAA",
    "alg none": lambda t: unsigned(t, "none"),
    "alg None": lambda t: unsigned(t, "None"),
    "alg nOnE": lambda t: unsigned(t, "nOnE"),
    "alg empty": lambda t: unsigned(t, ""),
    "RS256 without signature": lambda t: unsigned(t, "RS256"),
    "HS256 with the public key": lambda t: hmac_token(t, public_pem()),
    "HS256 with an empty secret": lambda t: hmac_token(t, b""),
    "HS256 with the app id": lambda t: hmac_token(t, APP_ID.encode()),
    "HMAC that calls itself RS256": lambda t: hmac_token(t, public_pem(), "RS256"),
    "RS384": lambda t: t.token(algorithm="RS384"),
    "RS512": lambda t: t.token(algorithm="RS512"),
    "PS256": lambda t: t.token(algorithm="PS256"),
    "another key": lambda t: t.token(rsa_key("forger")),
    "another key with its own address": own_key_in_header,
    "no kid": lambda t: t.token(headers={"kid": None}),
    "unknown kid": lambda t: t.token(headers={"kid": "onbekend"}),
    "kid is a path": lambda t: t.token(headers={"kid": "../../etc/passwd"}),
    "key not for signatures": lambda t: t.token(rsa_key("cipher"), headers={"kid": "cipher"}),
    "key too short": lambda t: raw_token(t, "short", 1024),
    "key that is no RSA key": lambda t: t.token(headers={"kid": "oct"}),
    "key that is broken": lambda t: t.token(headers={"kid": "broken"}),
    "key not for Teams": lambda t: t.token(rsa_key("unendorsed"), headers={"kid": "unendorsed"}),
    "key without endorsements": lambda t: t.token(rsa_key("bare"), headers={"kid": "bare"}),
    "critical header": lambda t: t.token(headers={"crit": ["exp2"], "exp2": 1}),
    "expired": lambda t: t.token(exp=int(time.time()) - 301),
    "expired long ago": lambda t: t.token(exp=1),
    "no exp": lambda t: t.token(exp=None),
    "exp is text": lambda t: t.token(exp="morgen"),
    "not yet valid": lambda t: t.token(nbf=int(time.time()) + 900),
    "nbf is text": lambda t: t.token(nbf="straks"),
    "no issuer": lambda t: t.token(iss=None),
    "other issuer": lambda t: t.token(iss="https://sts.windows.net/x/"),
    "issuer with a slash": lambda t: t.token(iss="https://api.botframework.com/"),
    "issuers": lambda t: raw_token(t, iss=["https://api.botframework.com"]),
    "no audience": lambda t: t.token(aud=None),
    "other audience": lambda t: t.token(aud="99999999-2222-3333-4444-555555555555"),
    "several audiences": lambda t: t.token(aud=[APP_ID, "anders"]),
    "empty audience": lambda t: t.token(aud=""),
    "audience with a space": lambda t: t.token(aud=f"{APP_ID} "),
    "claims changed after signing": changed_claim,
    "no serviceurl": lambda t: t.token(serviceurl=None),
    "serviceurl of another": lambda t: t.token(serviceurl="https://smba.trafficmanager.net/emea/"),
    "serviceurl without its slash": lambda t: t.token(serviceurl=t.service.rstrip("/")),
    "serviceurl is a list": lambda t: t.token(serviceurl=[t.service]),
}


def is_refused(site: TeamsSite, response: httpx.Response, caplog: pytest.LogCaptureFixture) -> None:
    assert response.status_code in (401, 403)
    assert response.json()["error"]["code"] == "geen_toegang"
    assert "refused" in caplog.text
    assert BODY_TEXT not in caplog.text
    assert site.rasa.heard == []
    assert site.teams.sent == []


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_is_refused(site: TeamsSite, name: str, caplog: pytest.LogCaptureFixture) -> None:
    response = site.post(site.teams.message(BODY_TEXT), FORGED[name](site.teams))
    is_refused(site, response, caplog)


def test_two_schemes_and_another_scheme_are_refused(site: TeamsSite, caplog: pytest.LogCaptureFixture) -> None:
    token = site.teams.token()
    for value in (f"Basic {token}", token, f"Bearer  {token}", f"Bearer {token}, Bearer {token}", "Bearer", ""):
        headers = {"Authorization": value}
        response = site.http.post("/webhooks/botframework/webhook", json=site.teams.message(BODY_TEXT), headers=headers)
        is_refused(site, response, caplog)


WRONG_SERVICES = [
    "https://boef.example/",
    "http://smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net.boef.example/",
    "https://smba.trafficmanager.net@boef.example/",
    "https://boef.example#smba.trafficmanager.net/",
    "https://boef.example/?smba.trafficmanager.net",
    "https://boef@smba.trafficmanager.net/emea/",
    "https://smba.trafficmanager.net:8443/emea/",
    "https://smba.trafficmanager.net\\@boef.example/",
    "https://smba.trafficmanager.net/../x",
    "https://smba.trafficmanager.net/%2e%2e/x",
    "https://smba.trafficmanager.net/emea/?x=1",
    "https://smba.trafficmanager.net/emea/ x",
    "https://smba.trafficmanager.net/emea/\r\nX: y",
    "https://ѕmba.trafficmanager.net/",
    "https://127.0.0.1/",
    "http://127.0.0.1:5005/",
    "http://[::1]:5005/",
    "http://169.254.169.254/latest/meta-data/",
    "http://localhost/",
    "https://[smba.trafficmanager.net/",
    "https://smba.trafficmanager.net:99999/",
    "file:///etc/passwd",
    "gopher://smba.trafficmanager.net/",
    "//smba.trafficmanager.net/",
    "smba.trafficmanager.net",
    "",
]


@pytest.mark.parametrize("url", WRONG_SERVICES)
def test_answers_go_to_no_other_address_even_with_a_good_token(
    site: TeamsSite, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    activity = site.teams.message(BODY_TEXT, serviceUrl=url)
    is_refused(site, site.post(activity, site.teams.token(serviceurl=url)), caplog)
    with pytest.raises(BadToken):
        service_address(url, ("https://smba.trafficmanager.net",))


def test_the_known_service_is_allowed() -> None:
    allowed = ("https://smba.trafficmanager.net",)
    assert service_address("https://smba.trafficmanager.net/emea/", allowed) == "https://smba.trafficmanager.net/emea"
    with_tenant = f"https://SMBA.trafficmanager.net:443/amer/{TENANT}/"
    assert service_address(with_tenant, allowed) == with_tenant.rstrip("/")


@pytest.mark.parametrize(
    "changed",
    [
        {"channelData": {"tenant": {"id": OTHER_TENANT}}},
        {"conversation": {"conversationType": "personal", "tenantId": OTHER_TENANT, "id": "a:1"}},
        {"channelData": {}, "conversation": {"conversationType": "personal", "id": "a:1"}},
        {"channelData": {"tenant": {"id": [TENANT]}}},
        {"channelData": {"tenant": {"id": ""}}},
        {"channelData": {"tenant": TENANT}},
        {"channelId": "webchat"},
        {"channelId": None},
        {"channelId": ["msteams"]},
        {"serviceUrl": None},
        {"serviceUrl": ["x"]},
    ],
)
def test_another_tenant_or_channel_is_refused(
    site: TeamsSite, changed: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    response = site.post(site.teams.message(BODY_TEXT, **changed))
    is_refused(site, response, caplog)
    assert response.status_code == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"from": None},
        {"from": {"id": 5}},
        {"from": {"id": ""}},
        {"conversation": {"tenantId": TENANT}},
        {"conversation": {"tenantId": TENANT, "id": "a\nb"}},
        {"recipient": []},
        {"id": None},
        {"id": "x" * 501},
    ],
)
def test_a_broken_activity_is_refused(site: TeamsSite, changed: dict[str, Any]) -> None:
    assert site.post(site.teams.message("x", **changed)).status_code == 400
    assert site.rasa.heard == []


@pytest.mark.parametrize(
    "changed",
    [
        {"entities": "x"},
        {"entities": [5, {"type": "mention"}, {"type": "mention", "mentioned": 5, "text": None}]},
        {"value": "{"},
        {"value": [1]},
        {"value": {"ips": {"a": 1}}},
        {"text": 5},
        {"type": 5},
        {"type": "invoke", "name": 5},
        {"type": "invoke", "name": "adaptiveCard/action", "value": 5},
        {"type": "conversationUpdate", "membersAdded": [5, {}]},
    ],
)
def test_a_strange_activity_breaks_nothing(changed: dict[str, Any]) -> None:
    with teams_site() as site:
        assert site.post({**site.teams.message("x"), **changed}).status_code in (200, 202, 501)
        site.settled()


def test_the_body_is_not_read_before_the_token_is_good(site: TeamsSite) -> None:
    headers = {"Authorization": "Bearer x", "Content-Type": "application/json"}
    response = site.http.post("/webhooks/botframework/webhook", content=b"x" * 200_000, headers=headers)
    assert response.status_code == 401


def test_too_many_forgeries_from_one_address_are_slowed_down() -> None:
    with teams_site(IPS_RATE_PER_ADDRESS="3") as site:
        statuses = [site.post({}, "x").status_code for _ in range(5)]
        assert statuses == [401, 401, 401, 429, 429]
        assert site.post(site.teams.message("hoi")).status_code == 202


# --- keys


def test_keys_are_fetched_when_needed_and_once() -> None:
    with teams_site() as site:
        assert site.teams.key_fetches == 0
        for number in (1, 2, 3):
            site.post(site.teams.message("hoi", number))
        assert site.teams.key_fetches == 1


def test_an_unknown_key_is_looked_up_once_a_minute_and_all_after_a_day() -> None:
    with teams_site() as site:
        site.post(site.teams.message("hoi", 1))
        for _ in range(5):
            assert site.post({}, site.teams.token(headers={"kid": "nieuw"})).status_code == 401
        assert site.teams.key_fetches == 1
        site.teams.keys.append(jwk(rsa_key("nieuw"), "nieuw"))
        site.shift[0] = 61
        new = site.teams.token(rsa_key("nieuw"), headers={"kid": "nieuw"})
        assert site.post(site.teams.message("hoi", 2), new).status_code == 202
        assert site.teams.key_fetches == 2
        site.teams.keys = site.teams.keys[1:]  # the first was withdrawn
        site.shift[0] = 61 + 24 * 3600
        assert site.post(site.teams.message("hoi", 3)).status_code == 401


def test_known_keys_serve_while_the_key_server_is_down_but_not_for_ever() -> None:
    with teams_site() as site:
        site.post(site.teams.message("hoi", 1))
        site.teams.keys_status = 500
        site.shift[0] = 2 * 24 * 3600
        assert site.post(site.teams.message("hoi", 2)).status_code == 202
        site.shift[0] = 6 * 24 * 3600
        assert site.post(site.teams.message("hoi", 3)).status_code == 503


def test_without_keys_nothing_is_believed() -> None:
    with teams_site() as site:
        site.teams.keys_status = 500
        assert site.post(site.teams.message("hoi", 1)).status_code == 503
        assert site.rasa.heard == []
        site.teams.keys_status = 200
        site.shift[0] = 10
        assert site.post(site.teams.message("hoi", 1)).status_code == 202


def test_keys_on_another_host_are_not_fetched() -> None:
    with teams_site() as site:
        site.teams.keys_elsewhere = "http://169.254.169.254/keys"
        assert site.post(site.teams.message("hoi", 1)).status_code == 503


# --- properties


class Checker:
    """A token check without sockets."""

    def __init__(self) -> None:
        self.teams = FakeTeams()
        self.teams.address = "https://smba.trafficmanager.net"
        transport = httpx.MockTransport(self._answer)
        self.client = httpx.AsyncClient(transport=transport)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("keys"):
            return httpx.Response(200, json={"keys": self.teams.keys})
        return httpx.Response(200, json={"jwks_uri": "https://login.example/keys"})

    def believes(self, token: str) -> bool:
        async def check() -> bool:
            keys = SigningKeys(self.client, "https://login.example/meta", time.monotonic)
            try:
                claims = await TokenCheck(keys, APP_ID).claims(f"Bearer {token}")
                check_activity(claims, self.teams.message("x"), frozenset([TENANT]))
            except (BadToken, NotReady):
                return False
            return True

        return asyncio.run(check())


CHECKER = Checker()


def test_the_good_token_is_believed() -> None:
    assert CHECKER.believes(CHECKER.teams.token())


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_a_token_with_one_other_byte_is_never_believed(place: int, flip: int) -> None:
    parts = CHECKER.teams.token().split(".")
    raw = [bytearray(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in parts]
    whole = [(part, index) for part in range(3) for index in range(len(raw[part]))]
    part, index = whole[place % len(whole)]
    raw[part][index] ^= flip
    assert not CHECKER.believes(".".join(segment(bytes(each)) for each in raw))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_no_token(text: str) -> None:
    assert not CHECKER.believes(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["iss", "aud", "exp", "serviceurl"]), JSON)
def test_a_signed_token_with_a_wrong_claim_is_never_believed(name: str, value: Any) -> None:
    if name == "exp" and isinstance(value, (int, float)) and not value < time.time() - 400:
        return
    assert not CHECKER.believes(raw_token(CHECKER.teams, **{name: value}))
