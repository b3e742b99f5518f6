"""One contract for every plan store: in memory, SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from bot.codes import make_code, make_token
from bot.errors import StaleDossier, StoreError
from bot.model import Plan, PlanAnswer, PlanChange, PlanRemark, SourceRef
from bot.store import plans
from bot.store.plans import SqlPlanStore
from tests.fakes.disk import on_disk
from tests.fakes.store import MemoryPlanStore

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
CODE, OTHER_CODE = "7K3M-Q2RT-0VWX-Z9A1-BCDE", "AAAA-1111-BBBB-2222-CCCC"
HANDREIKING_6 = SourceRef("handreiking", "kwaliteitscriterium 6")
FULL = Plan(
    id="plan-1",
    answers={
        "k6.aantal": PlanAnswer(
            "k6.aantal",
            'Wij hebben "30" cliënten per fte 🙂\nen verder…\t=1+1 \ud83d \x00',
            NOW,
            "AB",
            (PlanRemark("te_veel", "30 is meer dan 25.", HANDREIKING_6), PlanRemark("kort", "Kort antwoord.", None)),
        ),
        "contact.naam": PlanAnswer("contact.naam", "J. de Vries", NOW + timedelta(minutes=1)),
    },
    facts={"organisation_type": "ggz", "near_partner": True, "partner_types": ("gemeente", "uwv")},
    notes={"criteria.6": "26 per fte"},
    skipped=("k1.aantal",),
    changes=(PlanChange("k6.aantal", "gegeven", NOW, "AB"), PlanChange("k6.aantal", "aangevuld", NOW)),
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


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: Ticking
) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryPlanStore(clock)
    elif request.param == "sqlite":
        made = SqlPlanStore(f"sqlite:///{tmp_path / 'plans.sqlite'}", clock)
        yield made
        made.close()
    else:
        schema = request.getfixturevalue("postgres_schema")
        for table in (plans._plans, plans._tokens):
            monkeypatch.setattr(table, "schema", schema)
        made = SqlPlanStore(request.getfixturevalue("postgres"), clock)
        yield made
        made.close()


def test_everything_survives_the_round_trip(store: Any) -> None:
    made = store.create(FULL, CODE)
    assert store.find(CODE) == store.load("plan-1") == made
    assert made == FULL.with_(version=1, created_at=NOW, updated_at=NOW)
    assert list(store.load("plan-1").answers) == ["k6.aantal", "contact.naam"]


@pytest.mark.parametrize(
    "typed", [CODE.lower(), " 7k3m q2rt ovwx z9al bcde ", "7K3MQ2RTOVWXZ9AIBCDE", "7k3m–q2rt–…0vwx.z9a1_bcde"]
)
def test_a_code_may_be_spelled_as_people_do(store: Any, typed: str) -> None:
    store.create(FULL, CODE)
    assert store.find(typed) is not None


@pytest.mark.parametrize(
    "typed", ["", "-", CODE[:-1], CODE + "0", OTHER_CODE, "plan-1", "%", "' OR 1=1 --", "\ud83d", "\x00"]
)
def test_a_wrong_code_finds_nothing(store: Any, typed: str) -> None:
    store.create(FULL, CODE)
    assert store.find(typed) is None


def test_an_unknown_id_finds_nothing(store: Any) -> None:
    assert store.load("niets") is None


def test_a_code_and_an_id_are_given_once(store: Any) -> None:
    store.create(FULL, CODE)
    with pytest.raises(StoreError):
        store.create(FULL.with_(id="plan-2"), CODE)
    with pytest.raises(StoreError):
        store.create(FULL, OTHER_CODE)
    assert store.load("plan-2") is None
    assert store.find(OTHER_CODE) is None


def test_each_save_raises_the_version(store: Any, clock: Ticking) -> None:
    made = store.create(FULL, CODE)
    clock.now += timedelta(hours=1)
    saved = store.save(made.with_(skipped=()))
    assert store.find(CODE) == saved == made.with_(skipped=(), version=2, updated_at=clock.now)


def test_an_old_copy_is_refused(store: Any) -> None:
    made = store.create(FULL, CODE)
    store.save(made.with_(skipped=("a",)))
    with pytest.raises(StaleDossier):
        store.save(made.with_(skipped=("b",)))
    assert store.find(CODE).skipped == ("a",)


def test_of_many_writers_one_wins(store: Any) -> None:
    made = store.create(FULL, CODE)

    def write(number: int) -> bool:
        try:
            store.save(made.with_(skipped=(str(number),)))
        except StaleDossier:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(24))) == 1


def test_a_deleted_plan_leaves_nothing(store: Any) -> None:
    made = store.create(FULL, CODE)
    store.create(Plan("plan-2"), OTHER_CODE)
    store.offer("plan-1", "teken", NOW + timedelta(hours=1))
    store.delete("plan-1")
    store.delete("plan-1")
    assert store.find(CODE) is None
    assert store.load("plan-1") is None
    assert store.offered("teken", NOW) is None
    with pytest.raises(StaleDossier):
        store.save(made)
    assert store.find(OTHER_CODE) is not None
    store.create(FULL, CODE)  # not even an old token comes back with the plan
    assert store.offered("teken", NOW) is None


def test_a_token_fetches_its_plan_until_it_expires(store: Any) -> None:
    made = store.create(FULL, CODE)
    store.create(Plan("plan-2"), OTHER_CODE)
    store.offer("plan-1", "teken", NOW + timedelta(minutes=15))
    assert store.offered("teken", NOW) == made
    assert store.offered("teken", NOW + timedelta(minutes=14, seconds=59)) == made
    assert store.offered("teken", NOW + timedelta(minutes=15)) is None
    assert store.offered("Teken", NOW) is None
    assert store.offered("", NOW) is None
    assert store.offered(CODE, NOW) is None


def test_a_token_of_no_plan_fetches_nothing(store: Any) -> None:
    store.offer("niets", "teken", NOW + timedelta(minutes=15))
    assert store.offered("teken", NOW) is None


def test_plans_without_activity_go_with_their_tokens(store: Any, clock: Ticking) -> None:
    made = store.create(FULL, CODE)
    store.create(Plan("plan-2"), OTHER_CODE)
    clock.now += timedelta(days=89)
    store.save(made)
    store.offer("plan-2", "teken", NOW + timedelta(days=400))
    clock.now = NOW + timedelta(days=91)
    assert store.delete_older(clock.now - timedelta(days=90)) == 1
    assert store.find(OTHER_CODE) is None
    assert store.offered("teken", clock.now) is None
    assert store.find(CODE) is not None
    assert store.delete_older(clock.now - timedelta(days=90)) == 0


def test_cleaning_up_keeps_valid_tokens(store: Any) -> None:
    store.create(FULL, CODE)
    store.offer("plan-1", "geldig", NOW + timedelta(minutes=15))
    store.offer("plan-1", "oud", NOW - timedelta(minutes=15))
    store.delete_older(NOW - timedelta(days=90))
    assert store.offered("geldig", NOW) is not None
    assert store.offered("oud", NOW - timedelta(hours=1)) is None  # gone, whatever the clock says


def test_no_code_and_no_token_is_stored(tmp_path: Path, clock: Ticking) -> None:
    store = SqlPlanStore(f"sqlite:///{tmp_path / 'plans.sqlite'}", clock)
    code, token = make_code(), make_token()
    store.create(FULL, code)
    store.offer("plan-1", token, NOW + timedelta(minutes=15))
    store.close()
    stored = on_disk(tmp_path)
    assert b"30" in stored  # the answers are there
    assert not any(secret.encode() in stored for secret in (code, code.replace("-", ""), token))


@pytest.mark.parametrize(
    "url", ["sqlite:////proc/nergens/x.sqlite", "postgresql://nobody@127.0.0.1:9/x", "mysql://x/y"]
)
def test_a_store_out_of_reach_is_a_store_error(url: str, clock: Ticking) -> None:
    with pytest.raises(StoreError):
        SqlPlanStore(url, clock).find(CODE)
