"""The implementation plan over the public port: what it hands out, and what it withstands."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.codes import make_code, make_token
from bot.drawing import draw
from bot.errors import StoreError
from bot.model import Plan
from bot.settings import Settings
from bot.web import plans as desk_of
from bot.web.app import PublicPort, create_app
from bot.web.plans import MEDIA_TYPES, WRONG_PER_MINUTE, PlanDesk
from tests.fakes.knowledge import FACTS, SAFETY, SOURCES, advise
from tests.fakes.plan import NOW, PLAN, knowledge
from tests.fakes.serving import serving
from tests.fakes.store import MemoryDossierStore, MemoryPlanStore

DOCUMENT, DELETE = "/api/v1/plan/document", "/api/v1/plan/delete"
STARTS = {"docx": b"PK\x03\x04", "pdf": b"%PDF-", "md": b"# Implementatieplan"}


@dataclass
class Office:
    """The public port with a plan desk, its store and its clock."""

    http: httpx.Client
    plans: MemoryPlanStore
    code: str
    now: list[datetime]
    drawn: list[str] = field(default_factory=list)

    def document(self, code: Any, form: Any = "md", **more: Any) -> httpx.Response:
        return self.http.post(DOCUMENT, json={"code": code, "format": form}, **more)

    def offer(self, minutes: int = 15) -> str:
        token = make_token()
        self.plans.offer("plan-1", token, self.now[0] + timedelta(minutes=minutes))
        return token

    def fetch(self, name: str) -> httpx.Response:
        return self.http.get(f"{DOCUMENT}/{name}")


@pytest.fixture
def open_office() -> Iterator[Callable[..., Office]]:
    opened: list[Any] = []

    def enter(context: Any) -> Any:
        opened.append(context)
        return context.__enter__()

    def open_one(
        drawing: Callable[[Plan, str], bytes] | None = None, seconds: float = 30, clean_up: Any = None
    ) -> Office:
        now, drawn, code = [NOW], [], make_code()
        store = MemoryPlanStore(lambda: now[0])
        store.create(PLAN, code)

        def noted(plan: Plan, form: str) -> bytes:
            drawn.append(form)
            return drawing(plan, form) if drawing else draw(plan, form, knowledge(), now[0])

        desk = PlanDesk(store, noted, lambda: now[0], 90, seconds=seconds)
        settings = Settings.from_environment({})
        dossiers = MemoryDossierStore(lambda: now[0])
        port = PublicPort(settings, advise=advise, facts=FACTS, sources=SOURCES, store=dossiers, safety=SAFETY)
        address = enter(serving(create_app(port, plans=desk, clean_up=clean_up)))
        return Office(enter(httpx.Client(base_url=address, timeout=30)), store, code, now, drawn)

    yield open_one
    for context in reversed(opened):
        context.__exit__(None, None, None)


@pytest.fixture
def office(open_office: Callable[..., Office]) -> Office:
    return open_office()


def refused(response: httpx.Response) -> tuple[int, str]:
    error = response.json()["error"]
    assert set(error) == {"code", "message", "field"}
    assert error["message"]
    return response.status_code, error["code"]


UNKNOWN = (404, "plan_onbekend")


# --- handing out


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_code_fetches_the_document(office: Office, form: str) -> None:
    response = office.document(office.code, form)
    assert response.status_code == 200
    assert response.content.startswith(STARTS[form])
    check_headers(response, form)


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_a_token_fetches_the_document(office: Office, form: str) -> None:
    response = office.fetch(f"{office.offer()}.{form}")
    assert response.status_code == 200
    assert response.content.startswith(STARTS[form])
    check_headers(response, form)


def check_headers(response: httpx.Response, form: str) -> None:
    headers = response.headers
    assert headers["content-type"] == MEDIA_TYPES[form]
    assert headers["content-disposition"] == f'attachment; filename="implementatieplan-ips.{form}"'
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_code_may_be_typed_as_people_do(office: Office) -> None:
    for typed in (office.code.lower(), office.code.replace("-", " "), f"  {office.code.replace('0', 'o')}\n"):
        assert office.document(typed).status_code == 200


def test_docx_when_no_format_is_named(office: Office) -> None:
    response = office.http.post(DOCUMENT, json={"code": office.code})
    assert response.content.startswith(STARTS["docx"])


def test_a_token_serves_until_it_expires(office: Office) -> None:
    token = office.offer(15)
    for _ in range(2):
        assert office.fetch(f"{token}.md").status_code == 200
    office.now[0] += timedelta(minutes=15)
    assert refused(office.fetch(f"{token}.md")) == UNKNOWN


def test_what_is_said_is_in_the_document(office: Office) -> None:
    assert "30 per fte" in office.document(office.code).text


# --- deleting


def test_a_plan_is_deleted_at_once_and_for_good(office: Office) -> None:
    token = office.offer()
    response = office.http.post(DELETE, json={"code": office.code})
    assert (response.status_code, response.json()) == (200, {"deleted": True})
    assert refused(office.document(office.code)) == UNKNOWN
    assert refused(office.fetch(f"{token}.pdf")) == UNKNOWN
    assert refused(office.http.post(DELETE, json={"code": office.code})) == UNKNOWN
    assert office.plans.load("plan-1") is None


def test_deleting_asks_for_a_code_not_a_token(office: Office) -> None:
    assert refused(office.http.post(DELETE, json={"code": office.offer()})) == UNKNOWN
    assert office.document(office.code).status_code == 200


def test_another_site_cannot_delete(office: Office) -> None:
    response = office.http.post(DELETE, json={"code": office.code}, headers={"Origin": "https://kwaad.example"})
    assert refused(response) == (403, "herkomst_geweigerd")
    form = office.http.post(DELETE, content=b"code=x", headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert form.status_code == 415
    assert office.http.get(DELETE).status_code == 405
    assert office.plans.load("plan-1") is not None


def test_a_plan_past_its_days_is_gone_before_the_clean_up(office: Office) -> None:
    token = office.offer(60 * 24 * 200)
    office.now[0] += timedelta(days=91)
    assert refused(office.document(office.code)) == UNKNOWN
    assert refused(office.fetch(f"{token}.md")) == UNKNOWN
    assert refused(office.http.post(DELETE, json={"code": office.code})) == UNKNOWN


# --- attacks


@pytest.mark.parametrize(
    "code",
    ["x", "plan-1", "%", "' OR '1'='1", "../../x", "A" * 20, "7" * 100_000, "\ud83d", "\x00", "null", "🙂" * 20],
    ids=ascii,
)  # fmt: skip
def test_every_wrong_code_gets_the_same_answer(office: Office, code: str) -> None:
    body = (b'{"code": "\\ud83d", "format": "md"}', b'{"code": "\\u0000", "format": "md"}')
    if code in ("\ud83d", "\x00"):
        content = body[code == "\x00"]
        response = office.http.post(DOCUMENT, content=content, headers={"Content-Type": "application/json"})
    else:
        response = office.document(code)
    if len(code) > 50_000:
        assert response.status_code == 413
    else:
        assert refused(response) == UNKNOWN
        assert response.content == office.document(make_code()).content


@pytest.mark.parametrize("code", [None, 5, True, ["x"], {"$ne": None}, "", "  "])
def test_what_is_no_code_at_all_is_refused(office: Office, code: Any) -> None:
    assert refused(office.document(code)) == (422, "code_ontbreekt")


@pytest.mark.parametrize("form", ["", "PDF", "exe", "html", "docx.exe", "../md", None, 5, ["md"], {"md": 1}])
def test_a_wrong_format_is_refused(office: Office, form: Any) -> None:
    assert refused(office.document(office.code, form)) == (422, "verkeerd_formaat")


@pytest.mark.parametrize(
    "tail",
    [
        ".exe",
        "",
        ".",
        ".PDF",
        ".pdf.exe",
        ".pdf%00",
        ".pdf/",
        "/../x.pdf",
        "%2e%2e%2fx.pdf",
        ".md%0d%0aX-Kwaad: 1",
        "..pdf",
    ],
)
def test_no_trick_with_the_path_fetches_anything(office: Office, tail: str) -> None:
    response = office.http.get(f"{DOCUMENT}/{office.offer()}{tail}")
    assert response.status_code == 404
    assert "x-kwaad" not in response.headers
    assert not office.drawn


@pytest.mark.parametrize(
    "name",
    [".pdf", "x.pdf", "%2e%2e%2f%2e%2e%2fetc%2fpasswd.md", "..%5c..%5cx.md", "%00.md", "%ff.md", "a" * 5000 + ".md"],
)
def test_what_is_no_token_fetches_nothing(office: Office, name: str) -> None:
    assert office.fetch(name).status_code == 404
    assert not office.drawn


def test_a_code_is_no_token_and_a_token_no_code(office: Office) -> None:
    assert refused(office.fetch(f"{office.code}.md")) == UNKNOWN
    assert refused(office.document(office.offer())) == UNKNOWN


def test_guessing_is_slowed_down_even_all_at_once(office: Office) -> None:
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _n: office.document(make_code()).status_code, range(60)))
    assert statuses.count(404) <= WRONG_PER_MINUTE + 1  # one more may have come back meanwhile
    assert statuses.count(429) == len(statuses) - statuses.count(404)
    refusal = office.document(office.code)
    assert refused(refusal) == (429, "te_veel")  # who guesses gets nothing for a while, the right code included
    assert int(refusal.headers["retry-after"]) >= 1


def test_guessing_tokens_and_deleting_count_together(office: Office) -> None:
    for _ in range(WRONG_PER_MINUTE // 2):
        assert office.fetch(f"{make_token()}.md").status_code == 404
        assert office.http.post(DELETE, json={"code": make_code()}).status_code == 404
    assert refused(office.fetch(f"{make_token()}.md"))[0] == 429


def test_a_right_code_does_not_use_up_the_tries(office: Office) -> None:
    for _ in range(2 * WRONG_PER_MINUTE):
        assert office.document(office.code).status_code == 200


def test_documents_are_limited_for_one_address(open_office: Callable[..., Office]) -> None:
    office = open_office(lambda _plan, _form: b"x")
    statuses = [office.document(office.code).status_code for _ in range(desk_of.DOCUMENTS_PER_MINUTE + 5)]
    assert statuses[: desk_of.DOCUMENTS_PER_MINUTE] == [200] * desk_of.DOCUMENTS_PER_MINUTE
    assert statuses[-1] == 429


def test_a_slow_document_gives_up_and_others_go_on(open_office: Callable[..., Office]) -> None:
    hold = threading.Event()

    def slow(_plan: Plan, form: str) -> bytes:
        if form == "pdf":
            hold.wait(20)
        return b"x"

    office = open_office(slow, seconds=0.5)
    try:
        assert refused(office.document(office.code, "pdf")) == (503, "duurt_te_lang")
        assert office.document(office.code, "md").status_code == 200
        assert office.http.get("/healthz").status_code == 200
    finally:
        hold.set()


def test_only_so_many_documents_are_drawn_or_wait(open_office: Callable[..., Office]) -> None:
    hold, most, running, guard = threading.Event(), [0], [0], threading.Lock()

    def slow(_plan: Plan, _form: str) -> bytes:
        with guard:
            running[0] += 1
            most[0] = max(most[0], running[0])
        hold.wait(20)
        with guard:
            running[0] -= 1
        return b"x"

    office = open_office(slow)
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(office.document, office.code) for _ in range(9)]
        time.sleep(1)
        asked += [pool.submit(office.document, office.code) for _ in range(6)]
        time.sleep(1)
        hold.set()
        statuses = [each.result().status_code for each in asked]
    assert most[0] <= desk_of.DRAWN_AT_ONCE
    assert statuses.count(503) == 15 - desk_of.DRAWN_AT_ONCE - desk_of.WAITING
    assert office.document(office.code).status_code == 200


def test_a_store_that_is_down_says_so(office: Office) -> None:
    office.plans.down = True
    assert refused(office.document(office.code)) == (503, "niet_klaar")


def test_codes_and_tokens_are_not_logged(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    token, wrong = office.offer(), make_code()
    with caplog.at_level(logging.DEBUG):
        office.document(office.code)
        office.document(wrong)
        office.fetch(f"{token}.md")
        office.http.post(DELETE, json={"code": office.code})
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bot"))
    assert "document drawn" in ours
    assert "plan deleted" in ours
    assert not any(secret in ours for secret in (office.code, wrong, token, "30 per fte"))


# --- around it


def test_the_description_names_the_paths(office: Office) -> None:
    paths = office.http.get("/api/v1/openapi.json").json()["paths"]
    assert {DOCUMENT, DELETE, f"{DOCUMENT}/{{token}}.{{format}}"} <= set(paths)
    assert {"200", "404", "422", "429", "503"} < set(paths[DOCUMENT]["post"]["responses"])


def test_the_clean_up_runs_at_the_start_and_survives_a_store_that_is_down(open_office: Callable[..., Office]) -> None:
    called = threading.Event()

    def clean_up() -> None:
        called.set()
        raise StoreError("down")

    office = open_office(clean_up=clean_up)
    assert called.wait(5)
    assert office.http.get("/healthz").status_code == 200
