"""The use cases: one turn of a conversation, the open question, an advice on facts. Knows no channel and no Rasa."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot import repeats
from bot.answers import figures
from bot.answers.ladder import Ladder, answer, reply_of
from bot.answers.splitting import asks_in_anger
from bot.errors import StaleDossier, StoreError
from bot.happenings import happenings
from bot.helpdesk import Helpdesk
from bot.hiding import hide_people
from bot.interview import engine, handover, wording
from bot.interview.commands import speaks_of_a_client
from bot.model import Advice, Button, Dossier, Facts, KeptQuestion, Knowledge, Message, Miss, Reply
from bot.planning import Planning, without_codes
from bot.ports import Clock, CountStore, DossierStore, QuestionLog
from bot.rules.numbers import ANSWERED, OTHER, subject_of
from bot.rules.options import advise

log = logging.getLogger(__name__)

TRIES = 4  # how often a turn is done over when somebody else saved the same dossier in between

SMALL_TALK = {
    "groeten": "greeting",
    "bedanken": "thanks",
    "afscheid": "bye",
    "wie_ben_je": "who",
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
LONG_ANSWER = 40  # words
SURE_OF_DANGER = 0.6  # a false alarm costs a sentence, a miss may cost a life
LIKELY_ANSWER = (
    0.35  # below this an answer does not keep a message that also tells something from opening the interview
)
MOST_KEPT = 500  # characters of a question that is kept for the keepers
ANSWERS_TO_A_QUESTION = frozenset({"bevestigen", "ontkennen", "weet_niet"})


@dataclass(frozen=True)
class Outcome:
    """What a turn gives: the replies, whether an interview is going on, and whether the conversation's text must go."""

    replies: tuple[Reply, ...]
    active: bool
    forget: bool = False
    counts: tuple[str, ...] = ()  # what happened, for the operator's numbers; names of bot.happenings


_NOTHING: tuple[Reply, ...] = ()
_Taken = tuple[engine.Turn, tuple[Reply, ...], str | None]  # the turn, what we add to it, the card that answers


class Service:
    """The assistant behind every channel."""

    def __init__(
        self,
        knowledge: Knowledge,
        store: DossierStore,
        questions: QuestionLog,
        clock: Clock,
        planning: Planning | None = None,
        helpdesk: Helpdesk | None = None,
        counts: CountStore | None = None,
    ) -> None:
        """Without `helpdesk` there are no tickets to forget, without `counts` nothing is counted."""
        self.knowledge, self._helpdesk, self._counts = knowledge, helpdesk, counts
        self._store, self._questions = store, questions
        self._clock = clock
        self._planning = planning

    def advise(self, facts: Facts) -> Advice:
        """Return the verdict on all five options."""
        return advise(facts, self.knowledge)

    def turn(self, message: Message) -> Outcome:
        """Do what a message says and return the replies, without the open question; raises StoreError.

        A message that comes again by its id is not done again: it gets the replies that it got.
        """
        message = without_codes(message)
        for attempt in range(1, TRIES + 1):
            dossier = self._load(message.conversation)
            if before := repeats.known(dossier, message.id):
                again = repeats.replies_of(before["replies"])
                return Outcome(again, dossier.active or "asked" in before, bool(before.get("forget")))
            if self._sounds_like_danger(message, dossier):
                return self._in_danger(dossier)
            person = handover.take(message, dossier, self.knowledge)
            try:
                planned = self._planning.turn(message, dossier) if self._planning and not person else None
            except StaleDossier:  # a colleague saved the same plan; nothing has been done yet
                if attempt == TRIES:
                    raise
                continue
            if person:
                turn, side, last_card = engine.Turn(person.dossier, person.replies), _NOTHING, None
            elif planned:
                turn, side, last_card = self._beside_the_plan(planned, message)
            else:
                heard = self._through_anger(message)
                turn, side, last_card = self._computed(heard, dossier) or self._taken(heard, dossier)
            notice: tuple[Reply, ...] = () if dossier.greeted else (Reply(self.knowledge.texts["notice"]),)
            said = handover.Said(turn.dossier, (*turn.replies, *side))
            if not person and not turn.forget and turn.side != "mens":
                said = handover.after(message, dossier, turn.dossier, said.replies, self.knowledge)
            replies = (*notice, *said.replies)
            after = said.dossier.with_(
                greeted=True,
                last_card=last_card or turn.dossier.last_card,
                answered=repeats.answered(dossier, message.id, replies, turn.forget),
            )
            if turn.forget and self._helpdesk:
                self._helpdesk.forget(message.conversation)
            try:
                if turn.forget and not message.id:
                    self._store.delete(message.conversation)
                else:  # a wiped dossier holds nothing but that this message wiped it
                    after = self._follow(after) if planned else self._save(after)
            except StaleDossier:
                if attempt == TRIES:
                    raise
                continue
            self._keep(message, side, dossier.last_card)
            summed = turn.dossier.figures if turn.dossier.figures != dossier.figures else None
            self._count(message, side, last_card, summed if summed and summed["hot"] else None)
            return Outcome(replies, after.active, turn.forget, happenings(dossier, after, replies))
        raise AssertionError("unreachable")

    def _keep(self, message: Message, replies: tuple[Reply, ...], card: str | None) -> None:
        """Keep a message that got no good answer; a conversation never waits for or fails on this."""
        for reply in replies:
            if reply.missed is None:
                continue
            try:
                text = hide_people(message.text)[:MOST_KEPT]
                self._questions.keep(KeptQuestion(self._clock().date(), reply.missed, text, card))
            except StoreError as problem:
                log.warning("a missed question was not kept: %s", problem)

    def _count(
        self, message: Message, side: tuple[Reply, ...], card: str | None, figures: Mapping[str, object] | None
    ) -> None:
        """Count a question by its subject and how it ended; a conversation never waits for or fails on this.

        An unanswered question has the subject of the card that came nearest: an indication, no more.
        """
        missed = next((reply.missed for reply in side if reply.missed), None)
        if self._counts is None or not (missed or card or figures):
            return
        if figures:
            subject = "modeltrouw" if "score" in figures else "financiering"
        else:
            nearest = self.knowledge.cards.get(card or next((item.card_id for item in message.answers), ""))
            subject = subject_of(nearest) if nearest else OTHER
        try:
            self._counts.count(self._clock().date(), subject, missed.name.lower() if missed else ANSWERED)
        except StoreError as problem:
            log.warning("a question was not counted: %s", problem)

    def _through_anger(self, message: Message) -> Message:
        """Who is angry but asks something gets the answer; who only swears does not."""
        angry = message.intent == "misbruik" and asks_in_anger(message.text) and self._likely(message)
        return replace(message, intent="vraag") if angry else message

    def _computed(self, message: Message, dossier: Dossier) -> _Taken | None:
        """A sum comes before the interview and the cards; the interview stays where it was, but for what is told."""
        beside, message = self._asked_beside_a_sum(message, dossier)
        told, message = self._told_before_a_sum(message, dossier)
        found = figures.take(message, dossier, self.knowledge)
        if found is None:
            return None
        after = told.dossier.with_(figures=found.figures, last_card=None)
        return engine.Turn(after, (*told.replies, found.reply)), beside, None

    def _told_before_a_sum(self, message: Message, dossier: Dossier) -> tuple[engine.Turn, Message]:
        """When a message first tells facts and then asks for a sum: what the facts do, and the sum."""
        parts = figures.told_first(message.text)
        if parts and figures.take(replace(message, text=parts[1]), dossier, self.knowledge):
            told = engine.take(replace(message, text=parts[0]), dossier, self.knowledge)
            if told.dossier.facts != dossier.facts:
                return told, replace(message, text=parts[1])
        return engine.Turn(dossier), message

    def _asked_beside_a_sum(self, message: Message, dossier: Dossier) -> tuple[tuple[Reply, ...], Message]:
        """When a message asks for a sum and something else that a card surely answers: that answer, and the sum."""
        two = figures.sum_of_two(message, dossier, self.knowledge)
        ranked = [replace(item, part=0) for item in message.answers if two and item.part == 3 - two[0]]
        if not two or not ranked or ranked[0].score < Ladder().sure:
            return (), message
        return (answer(ranked, self.knowledge)[0],), replace(message, text=two[1])

    def _beside_the_plan(self, turn: engine.Turn, message: Message) -> _Taken:
        turn, side, last_card = self._answered(turn, message)
        if turn.side == "vraag" and last_card is None:
            side = (*side, Reply(self.knowledge.texts["plan_aside"]))
        return turn, side, last_card

    def _taken(self, message: Message, dossier: Dossier) -> _Taken:
        return self._answered(
            engine.take(message, dossier.with_(figures=figures.cooled(dossier.figures)), self.knowledge), message
        )

    def _answered(self, turn: engine.Turn, message: Message) -> _Taken:
        """Answer what the turn left to us, or do instead what it proposes when there is no answer."""
        if turn.side == "mens":
            person = self._person(message, turn.dossier)
            return replace(turn, dossier=person.dossier, replies=(*turn.replies, *person.replies)), (), None
        side, last_card = self._side(turn.side, message, turn.dossier)
        if turn.otherwise and (last_card is None or not self._likely(message)):
            turn = turn.otherwise
            side, last_card = self._side(turn.side, message, turn.dossier)
        return turn, side, last_card

    def _person(self, message: Message, dossier: Dossier) -> handover.Said:
        """Bring in a person for who wants one; who only speaks of one is offered one."""
        if handover.asks_for_contact_details(message.text):
            return handover.details(dossier, self.knowledge)
        if message.intent == "mens":
            return handover.asked(dossier, self.knowledge, handover.ASKED)
        return handover.offered(dossier, self.knowledge, handover.ASKED, "offer")

    def _in_danger(self, dossier: Dossier) -> Outcome:
        """The public port catches danger by its words; what only the classifier hears gets the same reply, first."""
        words = self.knowledge.texts
        return Outcome((Reply(words["safety"]), Reply(words["safety_later"])), dossier.active)

    def question(self, conversation: str, message_id: str = "") -> Outcome:
        """Return the question that is open now, or the advice when nothing matters any more; raises StoreError.

        After a message that came again (by its id) it is what followed that message.
        """
        for attempt in range(1, TRIES + 1):
            dossier = self._load(conversation)
            before = repeats.known(dossier, message_id)
            if before and "asked" in before:
                return Outcome(repeats.replies_of(before["asked"]), dossier.active)
            if not dossier.active or handover.waits_for_an_answer(dossier):
                return Outcome((), dossier.active)
            planned = self._planning.question(dossier) if self._planning else None
            after, replies = planned or engine.question(dossier, self.knowledge)
            try:
                if after != dossier:
                    after = self._save(after.with_(answered=repeats.asked(dossier, message_id, replies)))
            except StaleDossier:
                if attempt == TRIES:
                    raise
                continue
            return Outcome(replies, after.active, counts=happenings(dossier, after, replies))
        raise AssertionError("unreachable")

    def forget(self, conversation: str) -> None:
        """Delete everything that a conversation told; raises StoreError."""
        if self._helpdesk:
            self._helpdesk.forget(conversation)
        self._store.delete(conversation)

    def _load(self, conversation: str) -> Dossier:
        return self._store.load(conversation) or Dossier(conversation)

    def _save(self, dossier: Dossier) -> Dossier:
        return self._store.save(dossier.with_(updated_at=self._clock()))

    def _follow(self, dossier: Dossier) -> Dossier:
        """Save the dossier after its plan was: that turn can't be done over, so the seat goes into a newer dossier."""
        try:
            return self._save(dossier)
        except StaleDossier:
            newer = self._load(dossier.conversation)
            return self._save(
                newer.with_(
                    plan=dossier.plan,
                    active=dossier.active,
                    codes=dossier.codes,
                    answered=dossier.answered,
                    person=dossier.person,
                )
            )

    @staticmethod
    def _sounds_like_danger(message: Message, dossier: Dossier) -> bool:
        """The classifier hears danger; in a long answer about clients it doesn't hear well (words do, at the port)."""
        about_clients = bool(dossier.plan and dossier.plan.get("open")) and len(message.text.split()) > LONG_ANSWER
        return message.intent == "crisis" and message.confidence >= SURE_OF_DANGER and not about_clients

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
        if dossier.active and dossier.pending and dossier.misses >= engine.MANY_MISSES:
            return (replace(wording.stuck(self.knowledge, dossier.pending), missed=Miss.NIET_BEGREPEN),), None
        if dossier.active:
            text = f"{words[self._how_unclear(dossier)]} {words['not_understood_choice']}"
            return (Reply(text, missed=Miss.NIET_BEGREPEN),), None
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
        titles = [wording.say(self.knowledge, name) for name in ("start_button", "plan_button", "person_button")]
        return replace(reply, buttons=(*reply.buttons, *(Button(t, t) for t in titles)))
