"""The staff channels in detail: who may, what is never said twice, what kills and faults in between do."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from bot.channels.staff import read_slack, read_teams, slack_card, slack_said, teams_card, teams_said
from bot.channels.teams import Reference
from bot.errors import StoreError
from bot.helpdesk import Helpdesk, called
from bot.model import Delivery, Ticket
from bot.rules.officehours import OfficeHours
from bot.settings import Settings
from bot.web.deliveries import TryLater
from bot.web.desk.slack import SlackStaff
from bot.web.desk.staff import card
from bot.web.desk.teams import TeamsStaff
from bot.web.desk.words import moment, shown
from bot.web.slack_api import SlackApi
from bot.web.teams_connector import Connector
from tests.fakes.places import ANNA, SLACK_CHANNEL, TEAMS_CHANNEL, slack_place, teams_place, ticket, wait_for
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.slack import BOT, TOKEN, FakeSlack, words, wrong
from tests.fakes.teams import APP_ID, TENANT, FakeTeams, texts_of, wrong_with
from tests.fakes.tickets import MemoryTicketStore

START = datetime(2026, 11, 23, 9, 0, tzinfo=timezone.utc)


class Killed(BaseException):
    """This process dies here."""


class MemoryDeliveries:
    """As much of a DeliveryStore as is used."""

    def __init__(self) -> None:
        self.rows: dict[str, Any] = {}

    def place(self, conversation: str, channel: str, address: Any, begins: bool = False) -> None:
        self.rows[conversation] = Delivery(conversation, channel, json.loads(json.dumps(address)))

    def find(self, conversation: str) -> Any:
        return self.rows.get(conversation)

    def forget(self, conversation: str) -> None:
        self.rows.pop(conversation, None)


class Bench:
    """A helpdesk with a staff channel in Slack, without a loop of its own."""

    def __init__(self) -> None:
        self.time = datetime.now(timezone.utc)
        self.tickets = MemoryTicketStore(lambda: self.time)
        settings = Settings.from_environment({})
        hours = OfficeHours(settings.office_hours, settings.closed_days)
        self.helpdesk = Helpdesk(self.tickets, lambda: self.time, hours, {"normaal": 8}, MemoryQuestionLog())
        self.slack = FakeSlack()
        self.slack.page = 3
        self.kept = MemoryDeliveries()
        self._done = self._events = 0
        self.seconds = 0.0
        self.start()

    def start(self) -> None:
        """Be a process that starts."""
        client = httpx.AsyncClient(transport=httpx.ASGITransport(self.slack.app))
        api = SlackApi(client, "http://slack/api", TOKEN)
        base = "https://ips.voorbeeld.nl"
        self.staff = SlackStaff(
            self.helpdesk,
            self.tickets,
            self.kept,  # type: ignore[arg-type]
            api,
            channel=SLACK_CHANNEL,
            base=base,
            now=lambda: self.time,
            clock=lambda: self.seconds,
        )

    def open(self, **more: Any) -> int:
        return self.helpdesk.open(ticket(**more)).number

    def follow(self) -> None:
        async def run() -> None:
            for event in self.tickets.events_after(self._done):
                await self.staff.handle(event, self.tickets.load(event.ticket))
                self._done = event.id

        asyncio.run(run())

    def ts(self, number: int) -> str:
        return self.helpdesk.load(number).outside["slack"].rpartition(":")[2]

    def says(self, number: int, text: str, user: str = "U0ANNA", **more: Any) -> bool:
        self._events += 1
        event = {"type": "message", "channel": SLACK_CHANNEL, "user": user, "text": text, **more}
        place = {"thread_ts": self.ts(number), "ts": f"1700000000.{self._events:06}"}
        return self.take({"type": "event_callback", "event": {**place, **event}})

    def take(self, content: dict[str, Any]) -> bool:
        spoken = self.staff.read("application/json", json.dumps(content).encode())
        return spoken is not None and asyncio.run(self.staff.take(spoken))

    def press(self, number: int, act: str, user: str = "U0ANNA", value: str = "", ts: str = "") -> bool:
        action = {"action_id": act, "block_id": f"ticket|{number}|x", "value": value or str(number), "action_ts": "1"}
        content = {
            "type": "block_actions",
            "user": {"id": user},
            "channel": {"id": SLACK_CHANNEL},
            "message": {"ts": ts or self.ts(number)},
            "actions": [action],
        }
        body = httpx.Request("POST", "http://x", data={"payload": json.dumps(content)}).content
        spoken = self.staff.read("application/x-www-form-urlencoded", body)
        return spoken is not None and asyncio.run(self.staff.take(spoken))

    def answers(self, number: int) -> list[str]:
        return [each.text for each in self.helpdesk.load(number).messages if each.who == "person"]

    @property
    def whispers(self) -> list[str]:
        return [body["text"] for method, body in self.slack.posted if method == "chat.postEphemeral"]

    @property
    def cards(self) -> list[dict[str, Any]]:
        return [body for body in self.slack.stands.values() if "thread_ts" not in body]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_one_card_that_changes(bench: Bench) -> None:
    number = bench.open(urgency="hoog")
    bench.follow()
    assert "[Oppakken]" in words(bench.cards[0])
    bench.press(number, "take")
    bench.follow()
    assert len(bench.cards) == 1
    assert "Opgepakt door: Anna (Slack)" in words(bench.cards[0])
    assert "U0ANNA" not in words(bench.cards[0])
    bench.press(number, "close")
    bench.follow()
    assert "[Heropenen]" in words(bench.cards[0])
    bench.press(number, "reopen")
    bench.follow()
    assert "[Afsluiten]" in words(bench.cards[0])
    assert bench.whispers == ["Je hebt vraag 1 opgepakt.", "Vraag 1 is afgesloten.", "Vraag 1 is weer open."]


@pytest.mark.parametrize("who", ["U0STRANGER", "U0NOBODY"])
def test_who_is_not_in_the_channel_does_nothing(bench: Bench, who: str) -> None:
    number = bench.open()
    bench.follow()
    assert bench.says(number, "Ik doe ook mee", who)
    assert bench.press(number, "take", who)
    assert bench.answers(number) == []
    assert not bench.helpdesk.load(number).held
    assert bench.whispers == ["Alleen wie in dit kanaal zit, kan vragen beantwoorden."] * 2


def test_who_comes_and_goes(bench: Bench) -> None:
    number = bench.open()
    bench.follow()
    bench.says(number, "Nog niet", "U0STRANGER")
    bench.slack.members[SLACK_CHANNEL].append("U0STRANGER")
    bench.seconds += 10
    bench.says(number, "Nu wel", "U0STRANGER")
    assert bench.answers(number) == ["Nu wel"]
    bench.slack.members[SLACK_CHANNEL].remove("U0STRANGER")
    bench.seconds += 61
    bench.says(number, "Niet meer", "U0STRANGER")
    assert bench.answers(number) == ["Nu wel"]


def test_two_with_one_name_are_two(bench: Bench) -> None:
    bench.slack.people["U0BRAM"] = "Anna"
    number = bench.open()
    bench.follow()
    bench.says(number, "Van Anna")
    bench.says(number, "Van wie zich Anna noemt", "U0BRAM")
    assert bench.answers(number) == ["Van Anna"]
    assert bench.whispers[-1].startswith("Niet verstuurd: Anna (Slack) beantwoordt")


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B0"},
        {"app_id": "A0"},
        {"hidden": True},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"edited": {"user": "U0ANNA"}},
        {"thread_ts": None},
        {"user": "USLACKBOT"},
        {"channel": "C0OTHER"},
    ],
    ids=str,
)
def test_what_nobody_wrote_in_the_thread_is_not_sent(bench: Bench, more: dict[str, Any]) -> None:
    number = bench.open()
    bench.follow()
    assert not bench.says(number, "Niet sturen", **more)
    assert bench.answers(number) == []


def test_a_message_that_two_events_tell_of_is_sent_once(bench: Bench) -> None:
    number = bench.open()
    bench.follow()
    bench.says(number, f"<@{BOT}> Antwoord", ts="1700000001.000001")
    bench.says(number, f"<@{BOT}> Antwoord", type="app_mention", ts="1700000001.000001")
    assert len(bench.answers(number)) == 1


def test_slacks_markup_becomes_text(bench: Bench) -> None:
    number = bench.open()
    bench.follow()
    bench.says(number, "Zie <https://a.nl/x|de site> &amp; bel <tel:0612345678|06>")
    assert bench.answers(number) == ["Zie de site & bel 0612345678"]


@pytest.mark.parametrize(
    "text", ["!notitie bel terug", "!Notitie: bel terug", "  ! notitie - bel terug", "!intern bel terug"]
)
def test_notes(bench: Bench, text: str) -> None:
    number = bench.open()
    bench.follow()
    bench.says(number, text)
    assert bench.answers(number) == []
    assert [(m.who, m.text) for m in bench.helpdesk.load(number).messages][1:] == [("note", "bel terug")]


def test_files_cannot_come_along_and_that_is_said(bench: Bench) -> None:
    number = bench.open()
    bench.follow()
    bench.says(number, "Zie de bijlage", subtype="file_share", files=[{"id": "F1"}])
    bench.says(number, "", subtype="file_share", files=[{"id": "F2"}])
    bench.says(number, "a" * 8001)
    assert bench.answers(number) == ["Zie de bijlage"]
    assert bench.whispers[0] == "Alleen je tekst is verstuurd. Bestanden kunnen niet mee."
    assert bench.whispers[1].startswith("Niet verstuurd: een bestand")
    assert "te lang (8001 tekens" in bench.whispers[2]


def test_what_is_deleted_leaves_nothing_behind(bench: Bench) -> None:
    number = bench.open(suggestion="Kijk in de handreiking.")
    bench.follow()
    ts = bench.ts(number)
    bench.says(number, "Van een medewerker")
    bench.tickets.delete(number)
    bench.follow()
    assert [words(body) for body in bench.slack.thread(ts)] == ["*Vraag 1: verwijderd*"]
    assert not bench.kept.rows


def test_a_button_of_another_card_does_nothing(bench: Bench) -> None:
    one, two = bench.open(key="een"), bench.open(key="twee")
    bench.follow()
    assert bench.press(one, "take", value=str(two))
    assert bench.press(one, "take", ts="1600000000.000001")
    assert bench.press(one, "formatteer")
    assert not any(bench.helpdesk.load(each).held for each in (one, two))


def test_a_thread_without_a_card_is_not_ours(bench: Bench) -> None:
    number = bench.open()
    bench.follow()
    assert not bench.says(number, "Koffie?", thread_ts="1600000000.000001")


def test_a_card_whose_posting_was_not_heard_of_is_not_posted_again(bench: Bench) -> None:
    number = bench.open()
    bench.slack.lose_next = True
    with pytest.raises(TryLater):
        bench.follow()
    bench.follow()
    assert len(bench.cards) == 1
    assert bench.ts(number) == bench.cards[0]["ts"]


@pytest.mark.parametrize("others", [0, 5])
def test_killed_between_posting_and_noting_a_card(bench: Bench, others: int) -> None:
    number = bench.open()
    link, bench.helpdesk.link = bench.helpdesk.link, _dies_at_slack(bench.helpdesk)  # type: ignore[method-assign]
    with pytest.raises(Killed):
        bench.follow()
    bench.helpdesk.link = link  # type: ignore[method-assign]
    bench.start()
    for other in range(others):  # more than one page
        at = f"{int(bench.time.timestamp()) + 5}.{other:06}"
        bench.slack.stands[at] = {"channel": SLACK_CHANNEL, "ts": at, "text": "koffie", "user": "U0BRAM"}
    bench.follow()
    ours = [body for body in bench.cards if body.get("blocks")]
    assert [body["ts"] for body in ours] == [bench.ts(number)]
    assert len(bench.slack.thread(bench.ts(number))) == 2


def _dies_at_slack(helpdesk: Helpdesk) -> Any:
    link = helpdesk.link

    def dies(number: int, system: str, name: str) -> Ticket:
        if system == "slack":
            raise Killed
        return link(number, system, name)

    return dies


def test_killed_between_posting_and_the_next_event(bench: Bench) -> None:
    """All events come again to a process that starts; nothing is said twice, however long the thread."""
    number = bench.open(suggestion="Kijk in de handreiking.")
    for each in range(7):
        bench.helpdesk.asker_said(number, f"m{each}", f"bericht {each}")
    bench.follow()
    before = [words(body) for body in bench.slack.thread(bench.ts(number))]
    bench._done = 0
    bench.start()
    bench.follow()
    assert [words(body) for body in bench.slack.thread(bench.ts(number))] == before
    assert len(before) == 10


@pytest.mark.parametrize("calls", range(6))
def test_a_fault_at_any_call_loses_and_doubles_nothing(bench: Bench, calls: int) -> None:
    number = bench.open()
    bench.helpdesk.asker_said(number, "m1", "bericht")
    bench.slack.faults = _after(bench.slack, calls, lambda: Response(status_code=503))
    for _ in range(3):
        try:
            bench.follow()
        except TryLater:
            continue
    assert len(bench.cards) == 1
    assert len(bench.slack.thread(bench.ts(number))) == 3


class _after(list):  # type: ignore[type-arg]
    """A list of faults that is empty for so many calls."""

    def __init__(self, slack: FakeSlack, calls: int, fault: Any) -> None:
        super().__init__([fault])
        self.slack, self.calls = slack, calls

    def __bool__(self) -> bool:
        if len(self) and self.calls:
            self.calls -= 1
            return False
        return len(self) > 0


def test_too_fast_waits_as_long_as_slack_says(bench: Bench) -> None:
    bench.slack.faults = [lambda: JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "0"})]
    bench.open()
    with pytest.raises(TryLater) as problem:
        bench.follow()
    assert problem.value.seconds == 0
    bench.follow()
    assert len(bench.cards) == 1


def test_an_app_that_is_not_in_the_channel_waits_for_the_operator(bench: Bench) -> None:
    bench.slack.closed.add(SLACK_CHANNEL)
    bench.open()
    with pytest.raises(TryLater) as problem:
        bench.follow()
    assert problem.value.seconds == 60
    bench.slack.closed.remove(SLACK_CHANNEL)
    bench.follow()
    assert len(bench.cards) == 1


def test_a_store_that_is_away_makes_it_come_again(bench: Bench) -> None:
    number = bench.open()
    bench.follow()
    ts = bench.ts(number)
    bench.tickets.down = True
    event = {"type": "message", "channel": SLACK_CHANNEL, "user": "U0ANNA", "text": "Hoi", "ts": "1.1", "thread_ts": ts}
    with pytest.raises(StoreError):
        bench.take({"type": "event_callback", "event": event})
    bench.tickets.down = False
    assert bench.take({"type": "event_callback", "event": event})
    assert bench.answers(number) == ["Hoi"]


def test_slack_away_while_asking_who_it_is_makes_it_come_again(bench: Bench) -> None:
    number = bench.open()
    bench.follow()
    bench.slack.faults = [lambda: Response(status_code=503)]
    with pytest.raises(StoreError):
        bench.says(number, "Hoi")
    assert bench.answers(number) == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"event": []}', b'{"type":"event_callback","event":{"channel":1}}']
)
def test_strange_requests_say_nothing(body: bytes) -> None:
    assert read_slack("application/json", body, SLACK_CHANNEL) is None
    assert read_slack("application/x-www-form-urlencoded", b"payload=" + body, SLACK_CHANNEL) is None
    assert read_slack("text/plain", body, SLACK_CHANNEL) is None


# --- drawing

NASTY = ["<!channel> & *vet*", "&" * 20_000, "a\n" * 3000, "<@U0ANNA>", "😀" * 9000, "`code` _x_ ~y~ > z", "  x  "]


@pytest.mark.parametrize("text", NASTY, ids=lambda text: text[:8])
def test_whatever_was_typed_fits_and_says_itself(text: str) -> None:
    messages = slack_said(text, "m")
    for message in messages:
        assert wrong("chat.postMessage", {"channel": "C0STAFF", **message}) == ""
    joined = "".join(block["text"]["text"] for message in messages for block in message["blocks"])
    assert "<!" not in joined
    assert "<@" not in joined
    for _, message in teams_said(text, "m"):
        activity = {**message, "from": {"id": "x"}, "recipient": {"id": "y"}}
        assert wrong_with(activity) == ""
        assert len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le")) <= 28 * 1024
    assert "".join(texts_of(message) for _, message in teams_said(text, "m")) == text


@pytest.mark.parametrize("state", ["nieuw", "in_behandeling", "wacht_op_vrager", "opgelost"])
def test_a_card_holds_nothing_of_the_asker(state: str) -> None:
    asked = ticket(text="Karin Smit, 06-12345678", subject="Over Karin", summary=("criterium 1: voldoet",))
    made = asked.with_(number=7, state=state, due=START, assignee="Anna (Slack U0ANNA)", held=state == "in_behandeling")
    drawn = card(made, "https://ips.voorbeeld.nl", "Zo werkt het.")
    for message in (slack_card(drawn), teams_card(drawn)):
        text = json.dumps(message, ensure_ascii=False)
        assert "Karin" not in text
        assert "criterium" not in text
        assert "widget~" not in text
        assert "https://ips.voorbeeld.nl/inbox/vraag/7" in text
    assert wrong("chat.postMessage", {"channel": "C0STAFF", **slack_card(drawn)}) == ""
    assert wrong_with({**teams_card(drawn), "from": {"id": "x"}, "recipient": {"id": "y"}}) == ""


def test_how_names_and_moments_are_said() -> None:
    assert shown("Anna (Slack U061F7AUR)") == "Anna (Slack)"
    assert shown("Anna") == "Anna"
    assert shown("Anna de Vries (Zammad 5)") == "Anna de Vries (Zammad)"
    assert moment(START) == "23 nov 10:00"


# --- Teams


class Token:
    """Proves nothing; the fake takes it."""

    async def get(self) -> str:
        return "token"

    def forget(self, token: str) -> None: ...


class TeamsBench(Bench):
    """The same with Teams; what was posted is kept in memory."""

    def start(self) -> None:
        self.teams = getattr(self, "teams", None) or FakeTeams()
        self.teams.valid_tokens.add("token")
        client = httpx.AsyncClient(transport=httpx.ASGITransport(self.teams.app))
        connector = Connector(client, Token(), ("http://teams",))  # type: ignore[arg-type]
        place = Reference("http://teams/emea", TEAMS_CHANNEL, f"28:{APP_ID}", "", TENANT)
        base = "https://ips.voorbeeld.nl"
        self.staff = TeamsStaff(self.helpdesk, self.tickets, self.kept, connector, channel=place, base=base)  # type: ignore[assignment, arg-type]

    def thread(self, number: int) -> str:
        return self.helpdesk.load(number).outside["teams"]

    def says(self, number: int, text: str, user: str = "29:anna", **more: Any) -> bool:
        self._events += 1
        activity = self.teams.in_thread(self.thread(number), text, self._events, user, **more)
        spoken = self.staff.read(activity)  # type: ignore[arg-type, call-arg]
        return spoken is not None and asyncio.run(self.staff.take(spoken))


@pytest.fixture
def teams() -> TeamsBench:
    return TeamsBench()


def test_teams_who_is_not_in_the_team_does_nothing(teams: TeamsBench) -> None:
    number = teams.open()
    teams.follow()
    assert teams.says(number, "Ik ook", "29:vreemd")
    assert teams.answers(number) == []
    assert "Alleen wie in dit kanaal zit" in json.dumps(teams.teams.stands)


def test_teams_a_restart_says_nothing_twice(teams: TeamsBench) -> None:
    number = teams.open(suggestion="Kijk in de handreiking.")
    teams.helpdesk.asker_said(number, "m1", "bericht " * 500)
    teams.follow()
    there = {name: texts_of(each) for name, each in teams.teams.stands[teams.thread(number)].items()}
    teams._done = 0
    teams.start()
    teams.follow()
    assert {name: texts_of(each) for name, each in teams.teams.stands[teams.thread(number)].items()} == there
    assert len(teams.teams.stands) == 1


@pytest.mark.parametrize("calls", range(5))
@pytest.mark.parametrize("status", [429, 500, 403])
def test_teams_a_fault_at_any_call_loses_nothing(teams: TeamsBench, calls: int, status: int) -> None:
    teams.teams.statuses = [201] * calls + [status]
    number = teams.open()
    teams.helpdesk.asker_said(number, "m1", "bericht")
    for _ in range(3):
        try:
            teams.follow()
        except TryLater:
            continue
    assert len(teams.teams.stands) == 1
    assert [texts_of(each) for each in list(teams.teams.stands[teams.thread(number)].values())[1:]] == [
        "Vrager: Hoe vraag ik subsidie aan?",
        "Vrager: bericht",
    ]


def test_teams_what_is_deleted_leaves_nothing_behind(teams: TeamsBench) -> None:
    number = teams.open(suggestion="Kijk in de handreiking.")
    teams.follow()
    thread = teams.thread(number)
    assert len(teams.teams.stands[thread]) == 3
    teams.tickets.delete(number)
    teams.follow()
    assert [texts_of(each) for each in teams.teams.stands[thread].values()] == ["Vraag 1: verwijderd"]
    assert not teams.kept.rows


@pytest.mark.parametrize(
    "change",
    [
        {"conversation": {"id": TEAMS_CHANNEL}},
        {"conversation": {"id": "19:other@thread.tacv2;messageid=1"}},
        {"type": "messageReaction"},
        {"from": {"id": f"28:{APP_ID}"}},
    ],
    ids=str,
)
def test_teams_what_is_not_said_under_a_card(change: dict[str, Any]) -> None:
    activity = FakeTeams().in_thread(f"{TEAMS_CHANNEL};messageid=1", "Hoi", 1, "29:anna")
    assert read_teams(activity, TEAMS_CHANNEL) is not None
    assert read_teams({**activity, **change}, TEAMS_CHANNEL) is None


# --- beside the assistant


def test_in_slack_the_assistant_still_answers_elsewhere(tmp_path: Path) -> None:
    with slack_place(tmp_path) as place:
        number = place.helpdesk.open(ticket()).number
        wait_for(lambda: "subsidie" in place.seen(number))
        place.site.direct("Wat is IPS?")
        wait_for(lambda: "Wat is IPS?" in place.site.heard)
        place.answers(number, ANNA, f"<@{BOT}> Dit is voor de vrager", type="app_mention")
        wait_for(lambda: place.helpdesk.load(number).held)
        place.site.event({"type": "app_mention", "channel": SLACK_CHANNEL, "text": f"<@{BOT}> hallo"})
        wait_for(lambda: "hallo" in place.site.heard)
        assert "Dit is voor de vrager" not in place.site.heard


def test_in_teams_the_assistant_still_answers_elsewhere(tmp_path: Path) -> None:
    with teams_place(tmp_path) as place:
        number = place.helpdesk.open(ticket()).number
        wait_for(lambda: "subsidie" in place.seen(number))
        place.answers(number, ANNA, "Dit is voor de vrager")
        other = place.teams.in_thread(f"{TEAMS_CHANNEL};messageid=1", "Wat is IPS?", 9, "29:anna")
        place.site.post(other)
        wait_for(lambda: any("Wat is IPS?" in message for _, message in place.site.rasa.heard))
        assert not any("voor de vrager" in message for _, message in place.site.rasa.heard)


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("Anna (Slack U0ANNA)", "Anna"),
        ("Anna de Vries (Teams 99f0a1b2c3d4)", "Anna de Vries"),
        ("Emma (zzp) (Zammad 5)", "Emma (zzp)"),
        ("Chris", "Chris"),
        ("Chris (zzp)", "Chris (zzp)"),
    ],
)
def test_an_asker_reads_a_name_without_an_account(by: str, name: str) -> None:
    assert called(by) == name
