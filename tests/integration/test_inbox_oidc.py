"""Logging in over OpenID Connect, against a provider on loopback that signs real tokens."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.settings import Settings
from bot.web.inbox import words
from tests.fakes.inbox import PASSWORD, Employee, Inbox
from tests.fakes.oidc import CLIENT, SECRET, FakeProvider
from tests.fakes.serving import free_port, serving


@dataclass
class Place:
    """An inbox, where it is, and its provider."""

    inbox: Inbox
    provider: FakeProvider
    base: str


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[FakeProvider, str, dict[str, Any]]]:
    """One provider and one port for all tests; each test has an inbox of its own behind it."""
    provider, port = FakeProvider(), free_port()
    behind: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await behind["app"](scope, receive, send)

    async def quiet(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await app(scope, receive, send)

    with serving(provider.app) as issuer, serving(quiet, port) as base:
        provider.issuer = issuer
        yield provider, base, behind


def place(servers: tuple[FakeProvider, str, dict[str, Any]], **environ: str) -> Place:
    provider, base, behind = servers
    fresh = FakeProvider.__dataclass_fields__
    for name in ("person", "claims", "metadata", "asked"):
        setattr(provider, name, fresh[name].default_factory())  # type: ignore[misc]
    provider.algorithm, provider.forged, provider.answers = "RS256", False, True
    named = {
        "IPS_OIDC_ISSUER": provider.issuer,
        "IPS_OIDC_CLIENT_ID": CLIENT,
        "IPS_OIDC_CLIENT_SECRET": SECRET,
        "IPS_PUBLIC_URL": base,
    }
    inbox = Inbox(Settings.from_environment({**named, **environ}), people=False)
    behind["app"] = inbox.app
    return Place(inbox, provider, base)


@pytest.fixture
def here(servers: tuple[FakeProvider, str, dict[str, Any]]) -> Place:
    return place(servers)


def come(here: Place, goal: str = "/inbox/") -> httpx.Response:
    """Go through the whole login as a browser does; return where it ended."""
    with Employee(here.base) as browser:
        ended = browser.get(f"/inbox/oidc/begin?naar={goal}", follow_redirects=True)
        assert ("ips_inbox" in browser.cookies) is (ended.status_code == 200)
    return ended


def test_who_the_provider_knows_is_in_at_the_page_they_wanted(here: Place) -> None:
    here.inbox.asked()
    with Employee(here.base) as browser:
        shown = browser.get("/inbox/oidc/begin?naar=/inbox/vraag/1", follow_redirects=True)
        assert (shown.status_code, shown.url.path) == (200, "/inbox/vraag/1")
        assert "fatima" in shown.text
        assert [event.by for event in here.inbox.helpdesk.events(1) if event.what == "bekeken"] == ["fatima"]
        assert here.provider.asked["code_challenge_method"] == "S256"
        assert here.provider.asked["redirect_uri"] == f"{here.base}/inbox/oidc/terug"
        assert {"state", "nonce", "code_challenge"} <= set(here.provider.asked)
        assert "ips_inbox_oidc" not in browser.cookies


def test_the_login_page_offers_it_also_before_there_is_an_account(here: Place) -> None:
    with Employee(here.base) as stranger:
        assert "Inloggen via je organisatie" in stranger.get("/inbox/inloggen").text


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (["medewerker"], "medewerker"),
        (["iets", "beheerder", "medewerker"], "beheerder"),
        ("beheerder", "beheerder"),
        (["iets"], None),
        ([], None),
        ({"beheerder": True}, None),
        (None, None),
        (["Beheerder"], None),
        ("beheerder medewerker", None),
    ],
)
def test_the_role_comes_from_the_claim_and_nobody_gets_one_for_free(here: Place, roles: Any, role: str | None) -> None:
    here.provider.claims["roles"] = roles
    shown = come(here)
    if role:
        assert here.inbox.accounts.get("fatima").role == role
    else:
        assert shown.status_code == 403
        assert words.OIDC_REFUSED in shown.text
        assert here.inbox.accounts.all() == ()


def test_roles_may_stand_deeper_and_be_called_otherwise(servers: tuple[FakeProvider, str, dict[str, Any]]) -> None:
    here = place(
        servers, IPS_OIDC_ROLE_CLAIM="realm_access.roles", IPS_OIDC_EMPLOYEES="helpdesk", IPS_OIDC_NAME_CLAIM="email"
    )
    here.provider.claims.update(realm_access={"roles": ["helpdesk"]}, email="f.yilmaz@phrenos.example")
    shown = come(here)
    assert shown.status_code == 200
    assert here.inbox.accounts.get("f.yilmaz@phrenos.example").role == "medewerker"


def test_a_role_that_was_taken_away_is_gone_at_the_next_login(here: Place) -> None:
    here.provider.claims["roles"] = ["beheerder"]
    assert come(here).status_code == 200
    here.provider.claims["roles"] = ["medewerker"]
    assert come(here).status_code == 200
    assert here.inbox.accounts.get("fatima").role == "medewerker"
    here.inbox.accounts.disable("fatima")
    shown = come(here)
    assert shown.status_code == 403


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://boef.example"},
        {"aud": "een-ander-programma"},
        {"aud": None},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"nonce": "van-een-ander"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"iat": int(time.time()) + 7200},
        {"preferred_username": None},
        {"preferred_username": "<script>"},
    ],
    ids=str,
)
def test_a_token_that_says_something_wrong_is_refused(here: Place, wrong: dict[str, Any]) -> None:
    here.provider.claims.update(wrong)
    shown = come(here)
    assert shown.status_code == 403
    assert here.inbox.accounts.all() == ()


@pytest.mark.parametrize("algorithm", ["none", "HS256", "forged"])
def test_a_token_that_the_provider_did_not_sign_is_refused(here: Place, algorithm: str) -> None:
    here.provider.algorithm, here.provider.forged = ("RS256", True) if algorithm == "forged" else (algorithm, False)
    shown = come(here)
    assert shown.status_code == 403
    assert here.inbox.accounts.all() == ()


def test_who_did_not_begin_here_does_not_end_here(here: Place) -> None:
    """A link that logs somebody in as somebody else, and one that is used twice."""
    with Employee(here.base) as mallory, Employee(here.base) as victim:
        sent = mallory.get("/inbox/oidc/begin")
        with httpx.Client(trust_env=False) as at_the_provider:
            link = at_the_provider.get(sent.headers["location"]).headers["location"]
        path = link.removeprefix(here.base)
        assert victim.get(path).status_code == 403, "no cookie of this login"
        victim.get("/inbox/oidc/begin")
        assert victim.get(path).status_code == 403, "the cookie of another login"
        assert mallory.get(path).status_code == 303
        assert mallory.get(path).status_code == 403, "only once"


@pytest.mark.parametrize("change", ["state", "code", "error"])
def test_an_answer_that_was_changed_on_the_way_is_refused(here: Place, change: str) -> None:
    with Employee(here.base) as browser:
        sent = browser.get("/inbox/oidc/begin").headers["location"]
        state = parse_qs(urlsplit(sent).query)["state"][0]
        query = {
            "state": f"code=x&state={state}x",
            "code": f"code=geraden&state={state}",
            "error": "error=access_denied",
        }
        assert browser.get(f"/inbox/oidc/terug?{query[change]}").status_code == 403
        assert "ips_inbox" not in browser.cookies


def test_a_login_that_takes_too_long_is_over(here: Place) -> None:
    with Employee(here.base) as browser:
        sent = browser.get("/inbox/oidc/begin")
        with httpx.Client(trust_env=False) as at_the_provider:
            link = at_the_provider.get(sent.headers["location"]).headers["location"]
        here.inbox.clock.go(seconds=601)
        assert browser.get(link.removeprefix(here.base)).status_code == 403


def test_no_name_of_a_local_account_is_taken_over(here: Place) -> None:
    here.inbox.accounts.create("Fatima", "beheerder", PASSWORD)
    shown = come(here)
    assert shown.status_code == 403
    assert here.inbox.accounts.get("fatima").subject == ""


def test_a_provider_that_is_down_or_another_one_is_said_in_dutch(here: Place) -> None:
    here.provider.answers = False
    with Employee(here.base) as browser:
        down = browser.get("/inbox/oidc/begin")
        assert down.status_code == 503
        assert words.OIDC_DOWN in down.text
        here.provider.answers = True
        here.provider.metadata["issuer"] = "https://boef.example"
        assert browser.get("/inbox/oidc/begin").status_code == 503


def test_the_login_never_leads_elsewhere(here: Place) -> None:
    shown = come(here, "https://boef.example/")
    assert shown.url.path == "/inbox/"
