"""One contract for every ticket store: in memory, SQLite and PostgreSQL; and an audit trail that can't be edited."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.errors import StaleTicket, StoreError
from bot.model import Contact, SourceRef, Ticket, TicketEvent, TicketMessage
from bot.store import tickets
from bot.store.tickets import SqlTicketStore
from tests.fakes.tickets import MemoryTicketStore

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
SOURCE = SourceRef("handreiking", "kwaliteitscriterium 6")
OPENED = TicketEvent(0, "geopend")
FULL = Ticket(
    key="widget~abc:bericht-1",
    channel="widget",
    category="financiering",
    urgency="hoog",
    why="mens_nodig",
    flags=("mens_nodig",),
    reasons=("termijn",),
    conversation="widget~abc",
    subject='Vraag over "loon" 🙂 \ud83d',
    messages=(
        TicketMessage("bericht-1", "asker", "Mogen wij\nIPS doen? \x00", NOW),
        TicketMessage("antwoord-1", "person", "Ja", NOW + timedelta(minutes=5), "An de Wit", (SOURCE, SOURCE)),
    ),
    summary=("Criterium 6: voldoet niet", "Scenario: inhuren"),
    suggestion="Ja, dat mag.",
    suggestion_sources=(SOURCE,),
    contact=Contact("a@b.example", "Ik vind het goed.", NOW),
    assignee="An de Wit",
    held=True,
    due=NOW + timedelta(hours=4),
    outside={"zammad": "42", "slack": "C1/17.3"},
    closed_at=NOW + timedelta(days=1),
)


class Ticking:
    """A clock that a test can move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


Make = Callable[[str], Any]


@pytest.fixture
def make(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Ticking
) -> Iterator[Make]:
    """Makes the store of a kind."""
    made = []

    def of(kind: str) -> Any:
        if kind == "memory":
            made.append(MemoryTicketStore(clock))
        elif kind == "sqlite":
            made.append(SqlTicketStore(f"sqlite:///{tmp_path / 'tickets.sqlite'}", clock))
        else:
            schema = request.getfixturevalue("postgres_schema_to_break")
            for table in (tickets._tickets, tickets._outside, tickets._events, tickets._counters, tickets._cursors):
                monkeypatch.setattr(table, "schema", schema)
            made.append(SqlTicketStore(request.getfixturevalue("postgres"), clock))
        return made[-1]

    yield of
    for each in made:
        each.close()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, make: Make) -> Any:
    return make(request.param)


@pytest.fixture(params=["sqlite", "postgresql"])
def sql(request: pytest.FixtureRequest, make: Make) -> Any:
    """A store with a database under it: a fake has no triggers and no hashes."""
    return make(request.param)


def ticket(key: str, **more: Any) -> Ticket:
    return Ticket(key, "widget", "overig", "normaal", **more)


def event(what: str, number: int = 0, by: str = "", **detail: str) -> TicketEvent:
    return TicketEvent(number, what, by, detail)


# --- tickets


def test_everything_survives_the_round_trip(store: Any) -> None:
    made = store.open(FULL, OPENED)
    assert store.load(1) == store.find(FULL.key) == made
    assert made == FULL.with_(number=1, version=1, key=made.key, created_at=NOW, updated_at=NOW)
    assert FULL.key not in made.key


def test_a_key_makes_one_ticket(store: Any) -> None:
    made = store.open(FULL, OPENED)
    assert store.open(ticket(FULL.key, subject="anders"), OPENED) == made
    assert len(store.all()) == len(store.events_after(0)) == 1
    assert store.find("iets anders") is None
    assert store.load(2) is None


def test_numbers_are_given_out_in_order_and_once(store: Any) -> None:
    assert [store.open(ticket(key), OPENED).number for key in "abc"] == [1, 2, 3]
    store.delete(3)
    assert store.open(ticket("d"), OPENED).number == 4


def test_many_who_open_the_same_get_the_same(store: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: store.open(ticket(f"k{number % 3}"), OPENED), range(18)))
    assert {each.number for each in made} == {1, 2, 3}
    assert len(store.events_after(0)) == 3


def test_a_save_raises_the_version_and_tells_its_events(store: Any, clock: Ticking) -> None:
    made = store.open(ticket("a"), OPENED)
    clock.now += timedelta(hours=1)
    saved = store.save(made.with_(assignee="An"), event("opgepakt", by="An"), event("wacht", by="An"))
    assert store.load(1) == saved == made.with_(assignee="An", version=2, updated_at=clock.now)
    assert [(each.what, each.by, each.ticket) for each in store.events(1)] == [
        ("geopend", "", 1),
        ("opgepakt", "An", 1),
        ("wacht", "An", 1),
    ]


def test_an_old_copy_is_refused_with_its_events(store: Any) -> None:
    made = store.open(ticket("a"), OPENED)
    store.save(made.with_(assignee="An"), event("opgepakt"))
    with pytest.raises(StaleTicket):
        store.save(made.with_(assignee="Bo"), event("opgepakt"))
    assert store.load(1).assignee == "An"
    assert len(store.events(1)) == 2


def test_of_many_writers_one_wins(store: Any) -> None:
    made = store.open(ticket("a"), OPENED)

    def write(number: int) -> bool:
        try:
            store.save(made.with_(assignee=str(number)), event("opgepakt", by=str(number)))
        except StaleTicket:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(24))) == 1
    assert [each.by for each in store.events(1)] == ["", store.load(1).assignee]


def test_a_conversation_has_its_newest_open_ticket(store: Any) -> None:
    assert store.of_conversation("widget~abc") is None
    first = store.open(ticket("a", conversation="widget~abc"), OPENED)
    second = store.open(ticket("b", conversation="widget~abc"), OPENED)
    store.open(ticket("c"), OPENED)
    assert store.of_conversation("widget~abc") == second
    done = store.save(second.with_(state="opgelost"))
    assert store.of_conversation("widget~abc") == first
    store.save(first.with_(state="opgelost"))
    assert store.of_conversation("widget~abc") == done
    store.save(done.with_(conversation=""))
    assert store.of_conversation("widget~abc").number == 1
    assert store.of_conversation("") is None


def test_the_name_of_a_sender_is_not_kept(store: Any) -> None:
    made = store.open(ticket("a", conversation="jan.jansen"), OPENED)
    assert "jansen" not in made.conversation
    saved = store.save(made.with_(assignee="An"))
    assert store.of_conversation("jan.jansen") == store.of_conversation(made.conversation) == saved


def test_a_name_elsewhere_finds_one_ticket(store: Any) -> None:
    one, two = (store.open(ticket(key), OPENED) for key in "ab")
    store.save(one.with_(outside={"zammad": "42", "mail": "x"}))
    assert store.outside("zammad", "42").number == 1
    assert store.outside("slack", "42") is None
    assert store.outside("zammad", "4") is None
    store.save(two.with_(outside={"zammad": "42"}))
    assert store.outside("zammad", "42").number == 2
    assert store.outside("mail", "x").number == 1


def test_tickets_are_listed_by_state_and_age_newest_first(store: Any, clock: Ticking) -> None:
    for key in "abc":
        store.open(ticket(key), OPENED)
        clock.now += timedelta(days=1)
    store.save(store.load(2).with_(state="opgelost"))
    assert [each.number for each in store.all()] == [3, 2, 1]
    assert [each.number for each in store.all(["nieuw"])] == [3, 1]
    assert [each.number for each in store.all(["nieuw", "opgelost"], NOW + timedelta(days=1))] == [3, 2]
    assert store.all(["wacht_op_vrager"]) == ()


def test_a_deleted_ticket_leaves_one_line(store: Any) -> None:
    made = store.open(FULL, OPENED)
    other = store.open(ticket("b"), OPENED)
    store.note(event("bekeken", 1, "An"))
    for _ in range(2):
        store.delete(1)
    assert store.load(1) is None
    assert store.find(FULL.key) is None
    assert store.of_conversation("widget~abc") is None
    assert store.outside("zammad", "42") is None
    assert [(each.what, each.by, dict(each.detail)) for each in store.events(1)] == [("verwijderd", "", {})]
    with pytest.raises(StaleTicket):
        store.save(made)
    with pytest.raises(StaleTicket):
        store.note(event("bekeken", 1))
    assert store.load(2) == other
    assert store.verify() == ()


# --- the audit trail


def test_a_note_changes_nothing_else(store: Any, clock: Ticking) -> None:
    made = store.open(ticket("a"), OPENED)
    clock.now += timedelta(hours=1)
    store.note(event("bekeken", 1, "An", waar="inbox"))
    assert store.load(1) == made
    noted = store.events(1)[-1]
    assert noted == TicketEvent(1, "bekeken", "An", {"waar": "inbox"}, noted.id, clock.now)


def test_events_are_read_on_from_a_number(store: Any) -> None:
    for key in "abc":
        store.open(ticket(key), OPENED)
    store.note(event("bekeken", 1, "An"))
    assert [each.ticket for each in store.events_after(0)] == [1, 2, 3, 1]
    assert store.events_after(0) == tuple(sorted(store.events_after(0), key=lambda each: each.id))
    some = store.events_after(0, 2)
    assert [each.ticket for each in store.events_after(some[-1].id)] == [3, 1]
    assert store.head() == store.events_after(0)[-1].id
    assert store.events_after(store.head()) == ()


def test_nobody_who_reads_on_misses_an_event(store: Any) -> None:
    """Writers at once, one reader: what it saw in steps is what there is in the end."""
    seen: list[int] = []
    until = time.monotonic() + 60

    def read() -> None:
        while len(seen) < 24 and time.monotonic() < until:
            seen.extend(each.id for each in store.events_after(seen[-1] if seen else 0))

    with ThreadPoolExecutor(6) as pool:
        reader = pool.submit(read)
        list(pool.map(lambda number: store.open(ticket(str(number)), OPENED), range(24)))
        reader.result()
    assert seen == [each.id for each in store.events_after(0)]


def test_a_follower_s_place_is_kept(store: Any) -> None:
    assert store.cursor("mail") is None
    assert store.head() == 0
    store.advance("mail", 0)
    assert store.cursor("mail") == 0
    store.advance("mail", 7)
    assert store.cursor("mail") == 7
    assert store.cursor("zammad") is None


EDITS = (
    "UPDATE {}ticket_events SET by = 'iemand anders' WHERE id = 2",
    "DELETE FROM {}ticket_events WHERE id = 2",
    "DELETE FROM {}ticket_events",
)


def edit(store: Any, statement: str) -> None:
    schema = tickets._events.schema
    with store._database.begin() as connection:
        connection.exec_driver_sql(statement.format(f"{schema}." if schema else ""))


def filled(store: Any) -> None:
    for key in "ab":
        store.open(ticket(key), OPENED)
    store.note(event("bekeken", 1, "An"))
    store.save(store.load(1).with_(state="opgelost"), event("opgelost", by="An"))
    store.open(ticket("c"), OPENED)
    store.delete(3)
    assert store.verify() == ()


@pytest.mark.parametrize("statement", EDITS)
def test_the_audit_trail_can_t_be_edited(sql: Any, statement: str) -> None:
    filled(sql)
    before = sql.events_after(0)
    with pytest.raises(StoreError):
        edit(sql, statement)
    assert sql.events_after(0) == before


def test_nor_the_line_that_says_a_ticket_was_deleted(sql: Any) -> None:
    filled(sql)
    with pytest.raises(StoreError):
        edit(sql, "DELETE FROM {}ticket_events WHERE ticket = 3")


def test_nor_emptied_as_a_whole(make: Make) -> None:
    store = make("postgresql")  # SQLite has no TRUNCATE
    filled(store)
    with pytest.raises(StoreError):
        edit(store, "TRUNCATE {}ticket_events")


TAMPERING = {
    "UPDATE {}ticket_events SET by = 'iemand anders' WHERE id = 3": "Ticket 1: regel 3",
    "UPDATE {}ticket_events SET at = '2020-01-01T00:00:00.000000+00:00' WHERE id = 1": "Ticket 1: regel 1",
    "DELETE FROM {}ticket_events WHERE id = 3": "Ticket 1: regel 4",
    "DELETE FROM {}ticket_events WHERE id = 4": "Ticket 1: het einde",
    "DELETE FROM {}ticket_events WHERE ticket = 2": "Ticket 2: het einde",
    "DELETE FROM {}tickets WHERE number = 2": "Ticket 2 is weg",
    "DELETE FROM {}ticket_events WHERE ticket = 3": "Ticket 3 is weg",
}


@pytest.mark.parametrize("statement", TAMPERING)
def test_tampering_shows(sql: Any, statement: str) -> None:
    """Who may drop the triggers can edit; the chain of hashes then breaks."""
    filled(sql)
    where = "ON {}ticket_events" if tickets._events.schema else ""
    edit(sql, f"DROP TRIGGER ticket_events_stay {where}")
    if not where:
        edit(sql, "DROP TRIGGER ticket_events_remain")
    edit(sql, statement)
    assert [line.startswith(TAMPERING[statement]) for line in sql.verify()] == [True]


@pytest.mark.parametrize("url", ["sqlite:////proc/nergens/x.sqlite", "postgresql://nobody@127.0.0.1:9/x"])
def test_a_store_out_of_reach_is_a_store_error(url: str, clock: Ticking) -> None:
    with pytest.raises(StoreError):
        SqlTicketStore(url, clock).load(1)
