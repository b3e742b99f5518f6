"""A message that comes again by its id: the same replies, no second effect, wherever the first time was cut off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from itertools import count

import pytest

from bot import repeats
from bot.errors import StoreError
from bot.knowledge.loader import load
from bot.model import Button, Dossier, Download, Message, Progress, Reply, SourceRef
from bot.service import Outcome, Service
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.store import MemoryDossierStore

KNOWLEDGE = load()


def clock() -> datetime:
    return datetime(2026, 11, 21, tzinfo=timezone.utc)


class CrashingStore(MemoryDossierStore):
    """Fails at the n-th save, before it (nothing written) or after it (written, but nobody is told)."""

    def __init__(self, at: int = 0, written: bool = True) -> None:
        super().__init__(clock)
        self.at, self.written, self.saves = at, written, count(1)

    def save(self, dossier: Dossier) -> Dossier:
        crash = next(self.saves) == self.at
        if crash and not self.written:
            raise StoreError("killed")
        saved = super().save(dossier)
        if crash:
            raise StoreError("killed")
        return saved


CONVERSATION = (
    ("wij zijn een ribw, we willen ips gaan doen", "informeren"),
    ("ja", "bevestigen"),
    ("ja", "bevestigen"),
    ("3 tot en met 7 halen we", "informeren"),
    ("ja", "bevestigen"),
    ("we hebben genoeg mensen en doen het liever zelf", "informeren"),
    ("opnieuw beginnen", "opnieuw"),
    ("ja", "bevestigen"),
    ("wij zijn een gemeente", "informeren"),
    ("wis mijn gegevens", "wissen"),
    ("ja", "bevestigen"),
)


def turn(service: Service, text: str, intent: str, message_id: str) -> tuple[tuple[Reply, ...], bool, bool]:
    """Do what Rasa's actions do in a turn; return the replies, whether the interview is open, whether to forget."""
    outcome = service.turn(Message("c", text, intent, 0.9, id=message_id))
    asked = service.question("c", message_id) if outcome.active else Outcome((), False)
    return (*outcome.replies, *asked.replies), asked.active, outcome.forget


def talk(store: MemoryDossierStore, times: int = 1) -> tuple[list[object], Dossier]:
    """Hold the conversation, each message `times` times, and again after a crash; return what was seen and the end."""
    service, seen = Service(KNOWLEDGE, store, MemoryQuestionLog(), clock), []
    for number, (text, intent) in enumerate(CONVERSATION):
        for _ in range(times):
            try:
                answer = turn(service, text, intent, f"m{number}")
            except StoreError:
                answer = turn(Service(KNOWLEDGE, store, MemoryQuestionLog(), clock), text, intent, f"m{number}")
        seen.append(answer)
    return seen, (store.load("c") or Dossier("c")).with_(version=0, updated_at=None)


def test_twice_is_the_same_as_once() -> None:
    assert talk(CrashingStore(), times=2) == talk(CrashingStore()) == talk(CrashingStore(), times=3)


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("at", range(1, 20))
def test_a_crash_at_any_save_changes_nothing(at: int, written: bool) -> None:
    assert talk(CrashingStore(at, written)) == talk(CrashingStore())


def test_without_an_id_a_yes_is_a_yes_each_time() -> None:
    store = CrashingStore()
    service = Service(KNOWLEDGE, store, MemoryQuestionLog(), clock)
    turn(service, "wij zijn een ribw, we willen ips gaan doen", "informeren", "")
    turn(service, "ja", "bevestigen", "")
    turn(service, "ja", "bevestigen", "")
    dossier = store.load("c")
    assert dossier
    assert [dossier.facts.get(f"criteria.{number}") for number in (1, 2, 3)] == ["voldoet", "voldoet", None]
    assert dossier.answered == ()


def test_what_is_wiped_is_gone_but_for_the_mark() -> None:
    _, dossier = talk(CrashingStore())
    assert (dossier.facts, dossier.notes, dossier.history) == ({}, {}, ())
    assert [each["id"] for each in dossier.answered] == [f"m{len(CONVERSATION) - 1}"]


def test_only_the_last_messages_are_remembered() -> None:
    dossier = Dossier("c")
    for number in range(20):
        dossier = dossier.with_(answered=repeats.answered(dossier, f"m{number}", [Reply("x")], False))
    assert [each["id"] for each in dossier.answered] == [f"m{number}" for number in range(12, 20)]
    assert repeats.known(dossier, "m3") is None
    assert repeats.known(dossier, "") is None


def test_replies_come_back_whole() -> None:
    reply = Reply(
        "tekst",
        (Button("Ja", "ja"),),
        (SourceRef("handreiking", "1"),),
        Progress(1, 8, "Criterium 1 van 8"),
        Download("Plan", ("docx", "pdf"), token="geheim"),
        restart=True,
    )
    dossier = Dossier("c", answered=repeats.answered(Dossier("c"), "m", [reply, Reply("kort")], False))
    found = repeats.known(dossier, "m")
    assert found
    without_link = replace(reply, download=Download("Plan", ("docx", "pdf"), token=""))
    assert repeats.replies_of(found["replies"]) == (without_link, Reply("kort"))


def test_what_is_shown_once_is_not_remembered() -> None:
    said = Reply("Dit is jullie code: **7K3M-Q2RT-0VWX-Z9A1-BC2D**. Mail jan@vennedal.example.")
    (kept,) = repeats.answered(Dossier("c"), "m", [said], False)
    assert kept["replies"][0]["text"] == "Dit is jullie code: **[code]**. Mail [e-mailadres]."


def test_what_stood_above_a_new_beginning_is_not_remembered() -> None:
    before = Dossier("c", answered=repeats.answered(Dossier("c"), "m1", [Reply("jullie antwoord")], False))
    after = repeats.answered(before, "m2", [Reply("weg", restart=True)], False)
    assert [each["id"] for each in after] == ["m2"]
    assert repeats.answered(before, "", [Reply("weg", restart=True)], False) == ()
