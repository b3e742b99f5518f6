"""Random interviews by several people: no answer is ever lost or moved, and the plan holds nothing that wasn't said.

The test keeps its own book of what was said where; after every step the plan must hold exactly that.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bot.codes import find_code
from bot.interview.plan.refs import number_of
from bot.knowledge.loader import load
from bot.model import Message, Plan
from bot.planning import Planning
from bot.rules.plan import asked
from bot.service import Service
from tests.fakes.questions import MemoryQuestionLog
from tests.fakes.store import MemoryDossierStore, MemoryPlanStore

KNOWLEDGE = load()
PEOPLE = ("anna", "bram", "carla")
INTERVIEWS, STEPS = 500, 30
# Texts that are answers: free words, lists, tables, numbers, signs; a mark makes each of them one of a kind.
WORDS = st.sampled_from(
    [
        "Wij bespreken dat elke week in het team",
        "ja, dat doen we al jaren zo",
        "nee, dat lukt ons niet",
        "deels, alleen op de grote locaties",
        "ongeveer 120 cliënten op 6 fte",
        "30 cliënten per fte is bij ons gewoon",
        "dat duurt een jaar en dan stopt het",
        "- punt een\n- punt twee",
        "naam\taantal\nRoermond\t12",
        '=HYPERLINK("http://voorbeeld.example")',
        "<b>vet</b> {{ sjabloon }} 🙂",
        "weet ik nog niet precies hoe dat moet",
        "Regionaal IPS-team met de buren",
        "onderaannemerschap zoals in het vorige jaar",
        "stoppen doen we niet, verder gaan we samen",
    ]
)


class Interview(RuleBasedStateMachine):
    """People who share one plan, each on a device of their own, and the book of what they said."""

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime(2026, 11, 21, tzinfo=timezone.utc)
        self.dossiers, self.plans = MemoryDossierStore(self.clock), MemoryPlanStore(self.clock)
        self.service = self.start()
        self.said: dict[str, str] = {}
        self.count = 0
        self.device = dict.fromkeys(PEOPLE, 0)
        spelled = find_code(self.say("anna", "ik wil een implementatieplan maken")) or ""
        self.code = "-".join(spelled[place : place + 4] for place in range(0, 20, 4))
        for person in PEOPLE[1:]:
            self.say(person, f"ga verder met code {self.code}")

    def start(self) -> Service:
        return Service(
            KNOWLEDGE,
            self.dossiers,
            MemoryQuestionLog(),
            self.clock,
            Planning(KNOWLEDGE, self.plans, self.clock, days=90),
        )

    def clock(self) -> datetime:
        self.now += timedelta(seconds=7)
        return self.now

    def say(self, person: str, text: str) -> str:
        conversation = f"{person}-{self.device[person]}"
        outcome = self.service.turn(Message(conversation, text, "informeren", 0.4))
        asked_now = self.service.question(conversation).replies if outcome.active else ()
        return "\n".join(reply.text for reply in (*outcome.replies, *asked_now))

    def seat(self, person: str) -> dict[str, object]:
        dossier = self.dossiers.load(f"{person}-{self.device[person]}")
        assert dossier
        assert dossier.plan is not None
        return dict(dossier.plan)

    @property
    def plan(self) -> Plan:
        found = self.plans.find(self.code)
        assert found
        return found

    def marked(self, words: str) -> str:
        self.count += 1
        return f"{words} ({self.count}x)"

    def answered(self) -> list[str]:
        return [item.id for item in asked(self.plan, KNOWLEDGE) if item.id in self.said]

    # --- what people do ------------------------------------------------------------------------------------------

    @rule(person=st.sampled_from(PEOPLE), words=WORDS)
    def answers(self, person: str, words: str) -> None:
        seat, text = self.seat(person), self.marked(words)
        pending, mode = seat["pending"], seat["mode"]
        if not seat["open"] or not isinstance(pending, str):
            return
        before = self.said.get(pending)
        at = self.plan.answers[pending].at.isoformat() if pending in self.plan.answers else ""
        kept = before is not None and (mode != "replace" or at > str(seat["seen"]))
        self.say(person, text)
        self.said[pending] = f"{before}\n{text}" if kept else text

    @rule(person=st.sampled_from(PEOPLE), words=WORDS)
    def adds(self, person: str, words: str) -> None:
        self.sit(person)
        seat, text = self.seat(person), self.marked(words)
        target = seat["pending"] if seat["mode"] != "answer" and seat["pending"] else seat["last"]
        if not isinstance(target, str) or target not in self.said:
            return
        self.say(person, f"en verder: {text}")
        self.said[target] = f"{self.said[target]}\n{text}"

    @precondition(lambda self: self.answered())
    @rule(person=st.sampled_from(PEOPLE), words=WORDS, data=st.data())
    def corrects(self, person: str, words: str, data: st.DataObject) -> None:
        self.sit(person)
        question, text = data.draw(st.sampled_from(self.answered())), self.marked(words)
        self.say(person, f"verander {self.named(question)}: {text}")
        self.said[question] = text

    @precondition(lambda self: self.answered())
    @rule(person=st.sampled_from(PEOPLE), data=st.data())
    def opens_an_answer(self, person: str, data: st.DataObject) -> None:
        self.sit(person)
        self.say(person, f"verander {self.named(data.draw(st.sampled_from(self.answered())))}")

    @rule(person=st.sampled_from(PEOPLE), chapter=st.integers(1, 8))
    def jumps(self, person: str, chapter: int) -> None:
        self.say(person, f"ga naar criterium {chapter}")

    @rule(
        person=st.sampled_from(PEOPLE),
        command=st.sampled_from(
            [
                "terug",
                "sla over",
                "verder met het plan",
                "overzicht",
                "wat ontbreekt nog",
                "voorbeeld",
                "wat wordt hier bedoeld",
                "stop, later verder",
                "klaar",
                "download",
                "wie heeft wat ingevuld",
                "ik ben XY",
                "mijn code",
                "verwijder het plan",
                "nee, toch niet",
                "naar de motivatie",
                "naar de samenwerking",
                "terug naar de check",
                "ok",
                "hoeveel cliënten mag een fte hebben?",
                "dank je wel",
            ]
        ),
    )
    def steers(self, person: str, command: str) -> None:
        if command.startswith("nee") and self.seat(person)["proposal"] is None:
            return
        self.say(person, command)

    @rule(person=st.sampled_from(PEOPLE))
    def takes_back(self, person: str) -> None:
        self.sit(person)
        undo = self.seat(person)["undo"]
        answer = self.plan.answers.get(undo.get("question", "")) if isinstance(undo, dict) else None
        self.say(person, "haal dat weg")
        if not isinstance(undo, dict) or answer is None or answer.at.isoformat() != undo["at"]:
            return  # nothing of one's own to take back
        if "before" in undo:
            self.said[answer.question] = undo["before"]
        else:
            del self.said[answer.question]

    @rule(person=st.sampled_from(PEOPLE))
    def goes_on_elsewhere(self, person: str) -> None:
        self.device[person] += 1
        self.say(person, f"ga verder met code {self.code.lower()}")

    @rule()
    def restarts(self) -> None:
        self.service = self.start()

    @rule(days=st.integers(1, 80))
    def waits(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.say("anna", "verder met het plan")
        self.plans.save(self.plan)  # somebody keeps it alive

    def sit(self, person: str) -> None:
        """While the check has the floor, what is said is for the check."""
        if not self.seat(person)["open"]:
            self.say(person, "verder met het plan")

    def named(self, question: str) -> str:
        item = KNOWLEDGE.plan[question]
        return number_of(item, asked(self.plan, KNOWLEDGE)) or item.name

    # --- what must hold ------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost_moved_or_made_up(self) -> None:
        if self.code:
            assert {key: answer.text for key, answer in self.plan.answers.items()} == self.said

    @invariant()
    def a_remark_is_about_an_answer_and_the_book_of_changes_names_only_questions(self) -> None:
        if self.code:
            assert all(change.question in KNOWLEDGE.plan for change in self.plan.changes)
            assert all(answer.remarks == () or answer.text for answer in self.plan.answers.values())
            assert not set(self.plan.skipped) & set(self.said)


def test_random_interviews() -> None:
    run_state_machine_as_test(
        Interview,
        settings=settings(
            max_examples=INTERVIEWS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
