"""Zammad in detail: its error answers, kills in between, what a webhook may not do, and both directions of a state.

The fake is made from docs.zammad.org (REST API: Introduction, Tickets, Articles, States, Priorities, Tags, User) and
admin-docs.zammad.org (Webhook: Adding Webhooks, Webhook Payload).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.errors import InputError, StoreError
from bot.helpdesk import Helpdesk
from bot.model import Ticket
from bot.rules.officehours import OfficeHours
from bot.settings import Settings
from bot.store.leases import SqlLeases
from bot.web.deliveries import TryLater
from bot.web.desk.plaintext import text_of
from bot.web.desk.zammad import Mapped, Zammad, is_signed, mark_of
from bot.web.guard import refusal
from bot.web.holding import Holding
from tests.fakes.places import ticket
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.tickets import MemoryTicketStore
from tests.fakes.zammad import EMMA, HOOK_SECRET, JACOB, ME, TOKEN, FakeZammad, hook_headers, lie, status

START = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)


class Killed(BaseException):
    """This process dies here."""


class Flaky(httpx.AsyncBaseTransport):
    """The way to a fake; `cuts` are raised first, before the call arrives or after it was done."""

    def __init__(self, app: Any) -> None:
        self._inner, self.before, self.after = httpx.ASGITransport(app), [], []  # type: ignore[var-annotated]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.before:
            raise self.before.pop(0)
        response = await self._inner.handle_async_request(request)
        if self.after and request.method == "POST":
            raise self.after.pop(0)
        return response


class Bench:
    """A helpdesk with Zammad, without a loop of its own: a test says when what is done."""

    def __init__(self, settle: timedelta = timedelta(seconds=120), **mapped: Any) -> None:
        self.time = START
        self.tickets = MemoryTicketStore(lambda: self.time)
        settings = Settings.from_environment({})
        hours = OfficeHours(settings.office_hours, settings.closed_days)
        self.helpdesk = Helpdesk(self.tickets, lambda: self.time, hours, {"normaal": 8}, MemoryQuestionLog())
        self.fake = FakeZammad()
        self.fake.now = lambda: self.time  # type: ignore[assignment]
        self.way = Flaky(self.fake.app)
        self.counted = 0
        chosen = {"group": "Users", "groups": {"financiering": "Financiën"}, "priorities": {"hoog": "3 high"}, **mapped}
        self._chosen, self._settle = Mapped(**chosen), settle
        self.zammad = self.start()
        self._done = 0

    def start(self, holding: Holding | None = None) -> Zammad:
        """Return Zammad as a process that starts has it."""
        self.zammad = Zammad(
            self.helpdesk,
            self.tickets,
            httpx.AsyncClient(transport=self.way),
            url="http://127.0.0.1:3000",
            token=TOKEN,
            secret=HOOK_SECRET,
            mapped=self._chosen,
            base="https://ips.voorbeeld.nl",
            count=lambda _request: setattr(self, "counted", self.counted + 1),
            now=lambda: self.time,
            settle=self._settle,
            holding=holding,
        )
        return self.zammad

    def open(self, **more: Any) -> Ticket:
        return self.helpdesk.open(ticket(**more))

    def follow(self) -> None:
        """Handle every event that is new; one that fails stays."""

        async def run() -> None:
            for event in self.tickets.events_after(self._done):
                await self.zammad.handle(event, self.tickets.load(event.ticket))
                self._done = event.id

        asyncio.run(run())

    def look(self, number: int) -> None:
        asyncio.run(self.zammad.look(number))

    def of(self, number: int) -> int:
        return int(self.helpdesk.load(number).outside["zammad"])

    def theirs(self, number: int) -> dict[str, Any]:
        return self.fake.tickets[self.of(number)]

    def later(self, **by: float) -> None:
        self.time += timedelta(**by)

    def answers(self, number: int) -> list[str]:
        return [each.text for each in self.helpdesk.load(number).messages if each.who == "person"]


@pytest.fixture
def bench() -> Bench:
    return Bench()


# --- to Zammad


def test_group_priority_tags_and_nothing_of_the_asker(bench: Bench) -> None:
    number = bench.open(urgency="hoog", flags=("mens_nodig",), summary=("criterium 1: voldoet",)).number
    bench.helpdesk.give_contact(number, "vrager@organisatie.nl", "Mail mij het antwoord.")
    bench.follow()
    made = bench.theirs(number)
    assert (made["group"], made["priority"], made["state"], made["customer_id"]) == ("Financiën", "3 high", "new", ME)
    assert bench.fake.tags[made["id"]] == ["ips-wijzer", "financiering", "hoog", "widget", "mens_nodig"]
    about = bench.fake.of(made["id"])[1]
    assert about["internal"]
    assert "criterium 1: voldoet" in about["body"]
    assert f"https://ips.voorbeeld.nl/inbox/vraag/{number}" in about["body"]
    assert "organisatie.nl" not in json.dumps([bench.fake.tickets, bench.fake.articles, bench.fake.tags])


def test_a_customer_of_the_operators_choice() -> None:
    bench = Bench(customer="jacob@example.com")
    number = bench.open().number
    bench.follow()
    assert bench.theirs(number)["customer_id"] == JACOB


def test_a_group_that_zammad_lacks_costs_no_ticket() -> None:
    bench = Bench(groups={"financiering": "Bestaat niet"}, priorities={"normaal": "9 raar"})
    number = bench.open().number
    bench.follow()
    assert (bench.theirs(number)["group"], bench.theirs(number)["priority"]) == ("Users", "2 normal")


def test_no_group_at_all_waits_for_the_operator() -> None:
    bench = Bench(group="Bestaat niet", groups={})
    number = bench.open().number
    with pytest.raises(TryLater) as problem:
        bench.follow()
    assert problem.value.seconds == 60
    bench.fake.groups.append("Bestaat niet")
    bench.later(minutes=5)
    bench.follow()
    assert bench.theirs(number)["group"] == "Bestaat niet"
    assert len(bench.fake.tickets) == 1


ERRORS: dict[str, Callable[[Bench], None]] = {
    "401": lambda bench: bench.fake.faults.append(status(401, "Invalid BasicAuth credentials")),
    "403": lambda bench: bench.fake.faults.append(status(403, "Not authorized")),
    "429": lambda bench: bench.fake.faults.append(status(429, "slow down", **{"Retry-After": "0"})),
    "500": lambda bench: bench.fake.faults.append(status(500)),
    "502": lambda bench: bench.fake.faults.append(status(502)),
    "elsewhere": lambda bench: bench.fake.faults.append(status(302, "", Location="http://127.0.0.1:1/boef")),
    "a login page": lambda bench: bench.fake.faults.append(lie(b"<html>Log in</html>")),
    "a list": lambda bench: bench.fake.faults.append(lie([])),
    "no id": lambda bench: bench.fake.faults.append(lie({"id": "17"})),
    "slow": lambda bench: bench.way.before.append(httpx.ReadTimeout("slow")),
    "cut": lambda bench: bench.way.before.append(httpx.RemoteProtocolError("cut")),
    "cut after it was done": lambda bench: bench.way.after.append(httpx.ReadError("cut")),
}


@pytest.mark.parametrize("fault", ERRORS)
@pytest.mark.parametrize("calls", range(8))
def test_a_fault_at_any_call_loses_and_doubles_nothing(bench: Bench, fault: str, calls: int) -> None:
    """The first calls go well, the next one fails; it is asked again as a follower does, until it is done."""
    number = bench.open(suggestion="Kijk in de handreiking.").number
    bench.helpdesk.asker_said(number, "m2", "En wanneer?")
    bench.fake.faults += [lambda _request: None] * calls if not fault.startswith(("slow", "cut")) else []
    ERRORS[fault](bench)
    for _ in range(4):
        try:
            bench.follow()
        except TryLater:
            bench.later(minutes=3)
    assert len(bench.fake.tickets) == 1
    subjects = [article["subject"] for article in bench.fake.of(bench.of(number))]
    assert len(subjects) == len(set(subjects)) == 3


def test_a_ticket_that_is_gone_in_zammad_stops_nobody(bench: Bench) -> None:
    number = bench.open().number
    bench.follow()
    del bench.fake.tickets[bench.of(number)]
    bench.helpdesk.asker_said(number, "m2", "Hallo?")
    bench.follow()
    other = bench.open(key="twee").number
    bench.follow()
    assert bench.theirs(other)


def test_an_article_that_zammad_refuses_stops_nobody(bench: Bench) -> None:
    number = bench.open().number
    bench.follow()
    bench.helpdesk.asker_said(number, "m2", "Hallo?")
    bench.fake.faults += [lambda _request: None] * 3 + [status(422, "Validation failed")]
    bench.follow()
    bench.helpdesk.asker_said(number, "m3", "Ben je daar?")
    bench.follow()
    assert "Ben je daar?" in bench.fake.seen(bench.of(number))


@pytest.mark.parametrize("lag", [0, 1, 2])
def test_killed_between_making_and_noting(bench: Bench, lag: int) -> None:
    """The process dies when Zammad has made the ticket and before that is noted; the index may be behind."""
    number = bench.open().number
    link = bench.helpdesk.link

    def dies(ticket_number: int, system: str, name: str) -> Ticket:
        if system == "zammad":
            raise Killed
        return link(ticket_number, system, name)

    bench.helpdesk.link = dies  # type: ignore[method-assign]
    with pytest.raises(Killed):
        bench.follow()
    assert len(bench.fake.tickets) == 1
    bench.helpdesk.link = link  # type: ignore[method-assign]
    bench.fake.index_lag = lag
    bench.start()
    for _ in range(lag):
        with pytest.raises(TryLater):
            bench.follow()
        bench.later(seconds=10)
    bench.follow()
    assert len(bench.fake.tickets) == 1
    assert bench.of(number) in bench.fake.tickets


def test_one_that_was_never_made_is_made_after_a_while(bench: Bench) -> None:
    number = bench.open().number
    bench.helpdesk.link(number, "zammad_try", f"{number}@{bench.time.isoformat()}")
    with pytest.raises(TryLater, match="perhaps"):
        bench.follow()
    bench.later(minutes=3)
    bench.follow()
    assert len(bench.fake.tickets) == 1


def test_a_ticket_with_the_same_number_of_another_time_is_not_ours(bench: Bench) -> None:
    number = bench.open().number
    loaded = bench.helpdesk.load(number)
    other = loaded.with_(key="van vroeger")
    assert mark_of(loaded) != mark_of(other)


def test_states_go_there(bench: Bench) -> None:
    number = bench.open().number
    bench.helpdesk.take(number, "Chris")
    bench.follow()
    assert bench.theirs(number)["state"] == "open"
    bench.helpdesk.answer(number, "Chris", "Zo.", "k1")
    bench.follow()
    assert bench.theirs(number)["state"] == "pending reminder"
    assert bench.theirs(number)["pending_time"] > bench.time.isoformat()
    bench.helpdesk.asker_said(number, "m2", "En nu?")
    bench.follow()
    assert bench.theirs(number)["state"] == "open"
    bench.helpdesk.close(number, "Chris")
    bench.follow()
    assert bench.theirs(number)["state"] == "closed"
    assert bench.fake.refused == []


def test_an_owner_who_has_an_account_there_goes_there(bench: Bench) -> None:
    number = bench.open().number
    bench.helpdesk.assign(number, "Chris", "Jacob Smit (Slack U0JACOB)")
    bench.follow()
    assert bench.theirs(number)["owner_id"] == JACOB


def test_what_was_wiped_is_deleted_or_pointed_out(bench: Bench) -> None:
    first, second = bench.open(key="een").number, bench.open(key="twee").number
    bench.follow()
    bench.helpdesk.forget("widget~een")
    kept = bench.of(second)
    bench.follow()
    assert list(bench.fake.tickets) == [kept]
    bench.fake.may_delete = False
    bench.helpdesk.forget("widget~twee")
    bench.follow()
    assert bench.fake.tickets[kept]["title"] == "IPS-wijzer: gewist op verzoek"
    assert "Verwijder dit ticket" in bench.fake.seen(kept)
    assert first != second


# --- from Zammad


def test_an_agents_html_becomes_text(bench: Bench) -> None:
    number = bench.open().number
    bench.follow()
    html = (
        '<div>Beste vrager,</div><div><br></div><ul><li>een</li><li>twee &amp; drie</li></ul><a href="https://a.nl/x">'
        'hier</a><div data-signature="true">Emma<br>Zammad BV</div><blockquote type="cite">oude mail</blockquote>'
    )
    bench.fake.says(bench.of(number), html, type="email")
    bench.look(number)
    assert bench.answers(number) == ["Beste vrager,\n\n- een\n- twee & drie\nhier (https://a.nl/x)"]


@pytest.mark.parametrize(
    "article",
    [
        {"internal": True},
        {"sender": "Customer"},
        {"sender": "System"},
        {"type": "phone"},
        {"text": "<img src='https://a.nl/x.png'>"},
        {"internal": None},
    ],
    ids=str,
)
def test_what_is_no_answer_is_not_sent(bench: Bench, article: dict[str, Any]) -> None:
    number = bench.open().number
    bench.follow()
    bench.fake.says(bench.of(number), **{"text": "Niet voor de vrager", **article})
    bench.look(number)
    assert bench.answers(number) == []
    bench.fake.says(bench.of(number), "Wel voor de vrager")
    bench.look(number)
    assert bench.answers(number) == ["Wel voor de vrager"]


def test_our_own_articles_do_not_come_back(bench: Bench) -> None:
    number = bench.open().number
    bench.helpdesk.answer(number, "Chris", "Van elders.", "k1")
    bench.follow()
    assert "Van elders." in bench.fake.seen(bench.of(number))
    bench.look(number)
    bench.look(number)
    assert bench.answers(number) == ["Van elders."]


def test_a_ticket_that_is_merged_away_is_closed_and_says_nothing(bench: Bench) -> None:
    number = bench.open().number
    bench.follow()
    bench.fake.says(bench.of(number), "merged", content_type="text/plain")
    bench.fake.sets(bench.of(number), state="merged")
    bench.look(number)
    assert bench.answers(number) == []
    assert bench.helpdesk.load(number).state == "opgelost"


def test_what_was_answered_before_a_merge_into_ours_is_not_sent(bench: Bench) -> None:
    number = bench.open().number
    bench.follow()
    foreign = bench.fake.articles[max(bench.fake.articles)] | {"id": 7, "sender": "Agent", "created_by_id": EMMA}
    bench.fake.articles[7] = {**foreign, "internal": False, "body": "Voor een ander"}
    bench.look(number)
    assert bench.answers(number) == []


def test_a_too_long_answer_is_refused_and_the_agent_told_once(bench: Bench) -> None:
    number = bench.open().number
    bench.follow()
    bench.fake.says(bench.of(number), "a" * 8001)
    bench.look(number)
    bench.look(number)
    assert bench.answers(number) == []
    assert bench.fake.seen(bench.of(number)).count("te lang") == 1


def test_two_processes_tell_an_agent_once(bench: Bench, tmp_path: Path) -> None:
    number = bench.open().number
    bench.follow()
    bench.fake.says(bench.of(number), "x" * 8001)
    leases = [SqlLeases(f"sqlite:///{tmp_path / 'leases.sqlite'}", lambda: datetime.now(timezone.utc)) for _ in "ab"]
    processes = [bench.start(Holding(each)) for each in leases]

    async def look() -> None:
        await asyncio.gather(*(each.look(number) for each in processes))

    asyncio.run(look())
    assert bench.fake.seen(bench.of(number)).count("te lang") == 1
    assert bench.answers(number) == []


def test_states_and_owners_come_here(bench: Bench) -> None:
    number = bench.open().number
    bench.follow()
    bench.fake.sets(bench.of(number), owner_id=EMMA, state="open")
    bench.look(number)
    assert bench.helpdesk.load(number).assignee == "Emma Taylor (Zammad 5)"
    bench.fake.sets(bench.of(number), by=JACOB, state="closed")
    bench.look(number)
    assert bench.helpdesk.load(number).state == "opgelost"
    assert bench.helpdesk.events(number)[-2].by == "Jacob Smit (Zammad 4)"
    bench.fake.sets(bench.of(number), state="open")
    bench.look(number)
    assert bench.helpdesk.load(number).state == "in_behandeling"
    bench.follow()
    assert bench.theirs(number)["state"] == "open"  # nothing was sent back


def test_an_owner_does_not_push_aside_who_is_answering(bench: Bench) -> None:
    number = bench.open().number
    bench.helpdesk.take(number, "Chris")
    bench.follow()
    bench.fake.sets(bench.of(number), owner_id=EMMA)
    bench.look(number)
    assert bench.helpdesk.load(number).assignee == "Chris"


def test_an_asker_who_speaks_after_the_agent_closed_opens_it_again(bench: Bench) -> None:
    number = bench.open().number
    bench.follow()
    bench.later(minutes=1)
    bench.fake.sets(bench.of(number), state="closed")
    bench.later(minutes=1)
    bench.helpdesk.asker_said(number, "m2", "Toch nog iets")
    bench.follow()
    assert bench.helpdesk.load(number).state == "nieuw"
    assert bench.theirs(number)["state"] == "new"


def test_what_webhooks_missed_is_found(bench: Bench) -> None:
    number = bench.open().number
    bench.follow()
    bench.fake.says(bench.of(number), "Het antwoord")
    asyncio.run(bench.zammad.look_around())
    assert bench.answers(number) == ["Het antwoord"]


def test_killed_while_taking_an_answer_in(bench: Bench) -> None:
    number = bench.open().number
    bench.follow()
    bench.fake.says(bench.of(number), "Het antwoord")
    link, bench.helpdesk.link = bench.helpdesk.link, _dies  # type: ignore[method-assign]
    with pytest.raises(Killed):
        bench.look(number)
    bench.helpdesk.link = link  # type: ignore[method-assign]
    bench.start()
    bench.look(number)
    assert bench.answers(number) == ["Het antwoord"]


def _dies(*_: Any) -> Ticket:
    raise Killed


# --- the webhook


@pytest.fixture
def hook(bench: Bench) -> Any:
    def post(body: bytes, headers: Any = None) -> int:
        async def send() -> int:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ips") as client:
                sent = await client.post("/webhooks/zammad", content=body, headers=headers or hook_headers(body))
                return sent.status_code

        return asyncio.run(send())

    async def refuse(_request: Any, error: Exception) -> Any:
        return refusal(error)  # type: ignore[arg-type]

    app = Starlette(routes=bench.zammad.routes(), exception_handlers={InputError: refuse})
    return post


def test_the_signature_of_the_documentation() -> None:
    """RFC 2202, test case 2 of HMAC-SHA1, with the prefix that Zammad writes."""
    body, mark = b"what do ya want for nothing?", "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
    assert is_signed("Jefe", mark, body)
    assert not is_signed("Jefe", mark.upper(), body)
    assert not is_signed("", mark, body)
    assert not is_signed("Jefe", mark, body + b" ")


def test_an_unsigned_webhook_does_nothing(bench: Bench, hook: Any) -> None:
    number = bench.open().number
    bench.follow()
    bench.fake.says(bench.of(number), "Het antwoord")
    body = bench.fake.payload(bench.of(number))
    for headers in (
        {"Content-Type": "application/json"},
        hook_headers(body, "ander-geheim"),
        hook_headers(body + b" "),
        hook_headers(body, **{"X-Hub-Signature": "sha1=" + "0" * 40}),
        hook_headers(body, **{"X-Hub-Signature": "sha256=" + "0" * 64}),
        [*hook_headers(body).items(), ("X-Hub-Signature", "sha1=" + "0" * 40)],
    ):
        assert hook(body, headers) == 401
    assert bench.counted == 6
    assert bench.answers(number) == []
    assert hook(body) == 200
    assert bench.answers(number) == ["Het antwoord"]


@pytest.mark.parametrize(
    ("body", "status_code"),
    [
        (b"geen json", 400),
        (b"[]", 400),
        (b"{}", 400),
        (b'{"ticket": null}', 400),
        (b'{"ticket": {"id": "17"}}', 200),
        (b'{"ticket": {"id": 999}}', 200),
        (b"[" * 100_000, 400),
        (b"x" * (2 * 1024 * 1024 + 1), 413),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_strange_body_does_nothing(bench: Bench, hook: Any, body: bytes, status_code: int) -> None:
    bench.open()
    assert hook(body) == status_code


def test_what_a_webhook_says_is_not_believed(bench: Bench, hook: Any) -> None:
    """One that was kept and sent again, or made with a stolen secret, can only make us look."""
    number = bench.open().number
    bench.follow()
    told = json.loads(bench.fake.payload(bench.of(number)))
    told["ticket"]["state"] = "closed"
    told["article"] = {"id": 99, "body": "Verzonnen", "internal": False, "sender": "Agent", "type": "note"}
    before = bench.helpdesk.load(number)
    assert hook(json.dumps(told).encode()) == 200
    known = bench.helpdesk.load(number)
    assert (known.state, known.messages) == (before.state, before.messages)


def test_a_webhook_that_can_not_be_followed_now_comes_again(bench: Bench, hook: Any) -> None:
    number = bench.open().number
    bench.follow()
    bench.fake.says(bench.of(number), "Het antwoord")
    body = bench.fake.payload(bench.of(number))
    bench.fake.faults += [status(500)] * 3
    assert hook(body) == 503
    assert hook(body) == 200
    assert hook(body) == 200
    assert bench.answers(number) == ["Het antwoord"]


def test_a_webhook_while_the_store_is_away_comes_again(bench: Bench, hook: Any) -> None:
    number = bench.open().number
    bench.follow()
    zammad = bench.of(number)
    bench.fake.says(zammad, "Het antwoord")
    answer, bench.helpdesk.answer = bench.helpdesk.answer, _away  # type: ignore[method-assign]
    assert hook(bench.fake.payload(zammad)) == 503
    bench.helpdesk.answer = answer  # type: ignore[method-assign]
    assert hook(bench.fake.payload(zammad)) == 200
    assert bench.answers(number) == ["Het antwoord"]


def _away(*_: Any) -> Ticket:
    raise StoreError("away")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("plat <b>vet</b>", "plat vet"),
        ("een<br>twee", "een\ntwee"),
        ("<script>alert(1)</script>tekst<style>p{}</style>", "tekst"),
        ("<p>een</p><p>twee</p>", "een\n\ntwee"),
        ("&lt;b&gt; blijft", "<b> blijft"),
        ("<div><div><div>diep", "diep"),
        ("</div></p>los", "los"),
        ("<blockquote>eigen citaat</blockquote>", "eigen citaat"),
        ('<a href="javascript:alert(1)">klik</a>', "klik"),
        ("<div>" * 5000 + "x", "x"),
    ],
    ids=str,
)
def test_html_as_text(html: str, text: str) -> None:
    assert text_of(html, "text/html") == text


def test_plain_text_stays_as_it_is() -> None:
    assert text_of(" <b>geen html</b> ", "text/plain") == "<b>geen html</b>"
