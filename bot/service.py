"""The use cases: one turn of a conversation, the open question, an advice on facts. Knows no channel and no Rasa."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from bot.answers.ladder import answer, reply_of
from bot.errors import StaleDossier
from bot.interview import engine, wording
from bot.interview.commands import speaks_of_a_client
from bot.model import Advice, Button, Dossier, Facts, Knowledge, Message, Reply
from bot.ports import Clock, DossierStore
from bot.rules.options import advise

log = logging.getLogger(__name__)

TRIES = 4  # how often a turn is done over when somebody else saved the same dossier in between

SMALL_TALK = {
    "groeten": "greeting",
    "bedanken": "thanks",
    "afscheid": "bye",
    "wie_ben_je": "who",
    "mens": "person",
    "hulpvraag": "private_help",
    "misbruik": "abuse",
    "buiten_onderwerp": "off_topic",
    "crisis": "safety",
}
# "Mogen wij IPS doen?" in one answer, by the asker's type; the interview then finds out the rest.
MAY_WE = {
    "ggz": "wanneer-zelfstandig",
    "beschermd_wonen": "welk-scenario-beschermd-wonen",
    "reintegratiebedrijf": "welk-scenario-re-integratiebedrijf",
    "gemeente": "welk-scenario-gemeente",
    "uwv": "welk-scenario-uwv",
    "gehandicaptenzorg": "scenarios-gehandicaptenzorg",
}
SURE_OF_DANGER = 0.6  # a false alarm costs a sentence, a miss may cost a life
LIKELY_ANSWER = (
    0.35  # below this an answer does not keep a message that also tells something from opening the interview
)
ANSWERS_TO_A_QUESTION = frozenset({"bevestigen", "ontkennen", "weet_niet"})


@dataclass(frozen=True)
class Outcome:
    """What a turn gives: the replies, whether an interview is going on, and whether the conversation's text must go."""

    replies: tuple[Reply, ...]
    active: bool
    forget: bool = False


class Service:
    """The assistant behind every channel."""

    def __init__(self, knowledge: Knowledge, store: DossierStore, clock: Clock) -> None:
        self.knowledge = knowledge
        self._store = store
        self._clock = clock

    def advise(self, facts: Facts) -> Advice:
        """Return the verdict on all five options."""
        return advise(facts, self.knowledge)

    def turn(self, message: Message) -> Outcome:
        """Do what a message says and return the replies, without the open question; raises StoreError."""
        for attempt in range(1, TRIES + 1):
            dossier = self._load(message.conversation)
            if message.intent == "crisis" and message.confidence >= SURE_OF_DANGER:
                return self._in_danger(dossier)
            turn = engine.take(message, dossier, self.knowledge)
            side, last_card = self._side(turn.side, message, turn.dossier)
            if turn.otherwise and (last_card is None or not self._likely(message)):
                turn = turn.otherwise
                side, last_card = self._side(turn.side, message, turn.dossier)
            notice = () if dossier.greeted else (Reply(self.knowledge.texts["notice"]),)
            after = turn.dossier.with_(greeted=True, last_card=last_card or turn.dossier.last_card)
            try:
                if turn.forget:
                    self._store.delete(message.conversation)
                else:
                    after = self._save(after)
            except StaleDossier:
                if attempt == TRIES:
                    raise
                continue
            return Outcome((*notice, *turn.replies, *side), after.active, turn.forget)
        raise AssertionError("unreachable")

    def _in_danger(self, dossier: Dossier) -> Outcome:
        """The public port catches danger by its words; what only the classifier hears gets the same reply, first."""
        words = self.knowledge.texts
        return Outcome((Reply(words["safety"]), Reply(words["safety_later"])), dossier.active)

    def question(self, conversation: str) -> Outcome:
        """Return the question that is open now, or the advice when nothing matters any more; raises StoreError."""
        for attempt in range(1, TRIES + 1):
            dossier = self._load(conversation)
            if not dossier.active:
                return Outcome((), active=False)
            after, replies = engine.question(dossier, self.knowledge)
            try:
                after = self._save(after) if after != dossier else after
            except StaleDossier:
                if attempt == TRIES:
                    raise
                continue
            return Outcome(replies, after.active)
        raise AssertionError("unreachable")

    def _load(self, conversation: str) -> Dossier:
        return self._store.load(conversation) or Dossier(conversation)

    def _save(self, dossier: Dossier) -> Dossier:
        return self._store.save(dossier.with_(updated_at=self._clock()))

    @staticmethod
    def _likely(message: Message) -> bool:
        """Whether the best card is likely enough to come before what else the message says."""
        return bool(message.answers) and message.answers[0].score >= LIKELY_ANSWER

    def _side(self, side: str | None, message: Message, dossier: Dossier) -> tuple[tuple[Reply, ...], str | None]:
        """Answer what the interview left to us."""
        if message.intent == "hulpvraag" and speaks_of_a_client(message.text):
            message = replace(message, intent="vraag")
        if side is None:
            return (), None
        if side == "vraag":
            reply, card = answer(message.answers, self.knowledge, message, dossier.last_card)
            return (reply if dossier.active else self._with_start(reply),), card
        if side == "vraag_bij_feiten":
            return self._question_beside_facts(message, dossier)
        if side == "onduidelijk":
            return self._not_understood(message, dossier)
        return (self._small_talk(side, dossier),), None

    def _question_beside_facts(self, message: Message, dossier: Dossier) -> tuple[tuple[Reply, ...], str | None]:
        """A message that tells and asks: the interview goes on, so only an answer that we are sure of comes between."""
        reply, card = answer(message.answers, self.knowledge, message, dossier.last_card)
        if card:
            return (reply,), card
        card = MAY_WE.get(str(dossier.facts.get("organisation_type")))
        return ((reply_of(self.knowledge.cards[card], self.knowledge),), card) if card else ((), None)

    def _small_talk(self, side: str, dossier: Dossier) -> Reply:
        reply = Reply(self.knowledge.texts[SMALL_TALK[side]])
        if dossier.active or side not in ("groeten", "wie_ben_je", "buiten_onderwerp"):
            return reply
        return self._with_start(reply)

    def _not_understood(self, message: Message, dossier: Dossier) -> tuple[tuple[Reply, ...], str | None]:
        words = self.knowledge.texts
        if dossier.active:
            return (Reply(f"{words[self._how_unclear(dossier)]} {words['not_understood_choice']}"),), None
        if dossier.facts and not dossier.advised and message.intent in ANSWERS_TO_A_QUESTION:
            return (Reply(words["paused_hint"], (Button(words["continue_button"], "verder"),)),), None
        if message.intent in ANSWERS_TO_A_QUESTION:
            return (self._with_start(Reply(self.knowledge.texts["no_question_open"])),), None
        reply, card = answer(message.answers, self.knowledge, message, dossier.last_card)
        return (self._with_start(reply),), card

    def _how_unclear(self, dossier: Dossier) -> str:
        definition = self.knowledge.facts.get(dossier.pending or "")
        yes_or_no = definition is not None and definition.kind in ("bool", "criterion")
        return "confirm_anyway" if yes_or_no else "not_understood"

    def _with_start(self, reply: Reply) -> Reply:
        """Offer the check and a person under a reply outside the interview."""
        titles = [wording.say(self.knowledge, name) for name in ("start_button", "person_button")]
        return Reply(reply.text, (*reply.buttons, *(Button(t, t) for t in titles)), reply.sources, reply.progress)
