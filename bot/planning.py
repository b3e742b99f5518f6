"""The use cases of the implementation plan: begin, go on by code, a turn in plan mode, the document, the end of it."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.codes import HIDDEN, find_code, hide_codes, is_code, make_code, make_token
from bot.errors import StaleDossier
from bot.interview import commands as general
from bot.interview import engine as check
from bot.interview.commands import plain
from bot.interview.plan import engine, saying
from bot.interview.plan.commands import command_of
from bot.interview.plan.seat import ANSWER, Seat, from_dossier, to_dossier
from bot.interview.reading import read
from bot.model import Button, Dossier, Download, Knowledge, Message, Plan, Reply
from bot.ports import Clock, PlanStore

log = logging.getLogger(__name__)

DOWNLOAD_MINUTES = 30
FEWEST_WORDS = 3  # of a text that may have been meant for a finished plan
FORMATS = ("docx", "pdf", "md")
MOST_WRONG_CODES, WAIT_MINUTES = 5, 15

_WISH = (
    r"(?:ik wil|wij willen|we willen|wil ik|willen we|willen wij|graag|kun je|kunt u|kan je|kan ik|kunnen we|kunnen wij|"
    r"mag ik|help|laten we|zullen we|ik zou|we zouden|wij zouden|ik ga|we gaan)"
)
_A_PLAN = r"\b(?:implementatie ?|ips[- ]?)?plan(?:netje)?\b"
_START = re.compile(
    rf"(?:.{{0,40}}\b{_WISH}\b.{{0,45}}|(?:ok |oke |ja |nou |dan )*(?:maak|start|begin|beginnen|doe|door|aan de slag|nu|we maken|wij maken|"
    rf"we moeten|wij moeten|ik moet|samen|tijd)\b.{{0,40}}|(?:het |een |ons )?){_A_PLAN}.{{0,40}}"
)
_VERB = re.compile(
    r"\b(?:maken|maak|schrijven|opstellen|invullen|beginnen|begin|starten|start|opzetten|uitwerken|doen|doe|aan de slag|aan het|help\w*)\b"
)
_ENDS = re.compile(rf"{_A_PLAN}(?: graag| aub| svp| alsjeblieft)*$")
_OTHER_PLAN = re.compile(r"\bplan (?:is|was|van aanpak|voor de)\b|\b(?:inzien|lezen|bekijken|opvragen)\b")
_ASKS = re.compile(
    r"^(?:hoe|wat|wie|waar\w*|wanneer|welke?|moet\w*|is|hoeft|hoeven|heeft)\b|\bweten\b|\bvraag\w* over\b|\bhebben (?:een|al)\b"
)
_MOST_START_WORDS = 14
_GO_ON_CODE = re.compile(r"\b(?:code|verder|plan|open|inloggen|hervat\w*)\b")
_CODE_PHRASE = re.compile(
    r"(?:.{0,25}\b(?:verder|door|inloggen|open|openen|hervat\w*)\b.{0,20})?\bcode\b(?: is)?\s*[:=]?\s*(?P<rest>.*)",
    re.S,
)
_MOST_CODE_WORDS = 18  # five groups with spaces and "ik wil graag verder met ons plan met de code"

# What is about the plan even when it rests, as long as nothing else is going on; with "plan" in it, always.
_AT_REST = frozenset(
    [
        "download",
        "wissen",
        "verwijder",
        "nieuwe_code",
        "code",
        "wie",
        "verder",
        "weer",
        "noteer",
        "aanvullen",
        "verander",
        "naar",
        "toon",
        "ontbreekt",
        "overzicht",
        "nieuw_plan",
        "ongedaan",
        "initialen",
        "klaar",
    ]
)
_PLAN_NUMBER = re.compile(r"\b[1-9]\.\d\b")
_ALWAYS = frozenset(["download", "wissen", "verwijder", "verder", "nieuwe_code"])


class Planning:
    """The implementation plan behind every channel."""

    def __init__(self, knowledge: Knowledge, plans: PlanStore, clock: Clock, days: int) -> None:
        """`days` without activity are the end of a plan."""
        self._knowledge, self._plans, self._clock, self._days = knowledge, plans, clock, days

    def turn(self, message: Message, dossier: Dossier) -> check.Turn | None:
        """Do what a message says to the plan and save that; None when it isn't for the plan.

        Raises StaleDossier when somebody else saved the plan meanwhile (nothing is changed then), or StoreError.
        """
        seat = from_dossier(dossier.plan)
        if _gives_code(message.text):
            return self._by_code(message, dossier)
        if not (seat and seat.open) and _starts(message.text):
            return self._start(dossier, seat)
        if seat and (seat.open or _is_about_the_plan(message, dossier, seat)):
            return self._sit(message, dossier, seat)
        if seat and seat.finished and not dossier.active and _tells(message, self._knowledge):
            return self._after_the_end(message, dossier, seat)
        if seat is None and _looks_for_a_plan(message.text):
            return check.Turn(dossier, (replace(self._say("which"), buttons=(self._button("button"),)),))
        return None

    def question(self, dossier: Dossier) -> tuple[Dossier, tuple[Reply, ...]] | None:
        """Return the plan's open question, None when the plan rests; raises StoreError."""
        seat = from_dossier(dossier.plan)
        if not seat or not seat.open:
            return None
        plan = self._load(seat.id)
        if plan is None:
            return _left(dossier), (self._say("gone"),)
        after, replies = engine.question(seat, plan, self._knowledge)
        if after.finished and not seat.finished:
            replies = self._with_download(replies, plan)
        return _seated(dossier, after), replies

    # --- beginning and going on ----------------------------------------------------------------------------------

    def _start(self, dossier: Dossier, seat: Seat | None) -> check.Turn:
        plan = self._load(seat.id) if seat else None
        if seat and plan:
            after = self._saved(plan, engine.asked_again(plan, self._knowledge))
            return check.Turn(_seated(dossier, seat.with_(open=True)), (self._say("already"),) if after else ())
        return self._begin(dossier)

    def _begin(self, dossier: Dossier) -> check.Turn:
        """Make a plan that starts with what the check knows; say its code, this once."""
        self._delete_old()
        code = make_code()
        plan = Plan(uuid.uuid4().hex, facts=dict(dossier.facts), notes=dict(dossier.notes))
        self._plans.create(plan, code)
        log.info("plan begun")
        head = saying.say(self._knowledge, "start")
        told = saying.say(self._knowledge, "code", code=code, days=self._days)
        return check.Turn(_seated(dossier, Seat(plan.id)), (Reply(f"{head}\n\n{told}"), self._say("how")), side=None)

    def _by_code(self, message: Message, dossier: Dossier) -> check.Turn:
        now = self._clock()
        if (minutes := _minutes_to_wait(dossier.codes, now)) > 0:
            return check.Turn(dossier, (self._say("wait", minutes=minutes),))
        code = find_code(message.text)
        if code is None and not re.search(r"\d", _after_code(message.text)):
            return check.Turn(dossier, (self._say("no_code"),))
        self._delete_old()
        plan = self._plans.find(code) if code else None
        if plan is None:
            return self._wrong_code(dossier, now)
        self._touch(plan)
        known = dossier.facts or plan.facts  # the check can go on here with what the plan knows
        notes = dossier.notes if dossier.facts else plan.notes
        seat = Seat(plan.id, own=not dossier.facts)
        progress = saying.progress_line(plan, self._knowledge)
        after = _seated(dossier, seat).with_(facts=known, notes=notes, codes={})
        return check.Turn(after, (self._say("resumed_by", progress=progress),))

    def _wrong_code(self, dossier: Dossier, now: datetime) -> check.Turn:
        wrong = int(dossier.codes.get("wrong", 0)) + 1
        codes: dict[str, object] = {"wrong": wrong}
        if wrong >= MOST_WRONG_CODES:
            codes = {"wrong": 0, "until": (now + timedelta(minutes=WAIT_MINUTES)).isoformat()}
            log.warning("too many wrong plan codes in one conversation")
        return check.Turn(dossier.with_(codes=codes), (self._say("wrong_code"),))

    def _touch(self, plan: Plan) -> None:
        """Going on is activity; that somebody else saved the plan just now is too."""
        try:
            self._plans.save(engine.asked_again(plan, self._knowledge))
        except StaleDossier:
            log.info("a plan was saved elsewhere while it was opened")

    # --- a turn --------------------------------------------------------------------------------------------------

    def _sit(self, message: Message, dossier: Dossier, seat: Seat) -> check.Turn:
        plan = self._load(seat.id)
        if plan is None:
            return check.Turn(_left(dossier), (self._say("gone"),))
        told = _with_check(plan, dossier) if seat.own and not seat.open else plan
        turn = engine.take(message, seat, told, self._knowledge, self._clock())
        if turn.do in ("delete", "wipe"):
            return self._end(dossier, seat, forget=turn.do == "wipe")
        self._saved(plan, turn.plan)
        if dossier.active and not seat.open and turn.do is None and _is_done(message, turn.seat):
            rests = turn.seat.with_(open=False, pending=seat.pending)
            return check.Turn(dossier.with_(plan=to_dossier(rests)), turn.replies, side=turn.side)  # back to the check
        return self._done(turn, dossier)

    def _after_the_end(self, message: Message, dossier: Dossier, seat: Seat) -> check.Turn | None:
        plan = self._load(seat.id)
        if plan is None:
            return None
        turn = engine.after_the_end(message, seat, plan, self._knowledge, self._clock())
        return check.Turn(_seated(dossier, turn.seat), turn.replies)

    def _done(self, turn: engine.PlanTurn, dossier: Dossier) -> check.Turn:
        after = _seated(dossier, turn.seat)
        if turn.do == "new":
            return self._begin(after)
        if turn.do == "code":
            return self._new_code(turn, dossier)
        if turn.do == "check":
            return check.Turn(after.with_(active=True), turn.replies)
        replies = self._with_download(turn.replies, turn.plan) if turn.do == "download" else turn.replies
        return check.Turn(after, replies, side=turn.side)

    def _end(self, dossier: Dossier, seat: Seat, forget: bool) -> check.Turn:
        self._plans.delete(seat.id)
        log.info("plan deleted on request")
        reply = Reply(self._knowledge.texts["wiped"]) if forget else replace(self._say("deleted"), restart=True)
        return check.Turn(_left(dossier), (reply,), forget=forget)

    def _new_code(self, turn: engine.PlanTurn, dossier: Dossier) -> check.Turn:
        """The same plan under a new code; with the old plan its code goes too."""
        code, plan = make_code(), replace(turn.plan, id=uuid.uuid4().hex)
        self._plans.create(plan, code)
        self._plans.delete(turn.plan.id)
        after = _seated(dossier, turn.seat.with_(id=plan.id))
        return check.Turn(after, (self._say("new_code", code=code),))

    def _with_download(self, replies: tuple[Reply, ...], plan: Plan) -> tuple[Reply, ...]:
        """The links come last, with under them the buttons of what was said: a chat shows only the last ones."""
        buttons = tuple(button for reply in replies for button in reply.buttons)
        without = (replace(reply, buttons=()) for reply in replies)
        return (*without, replace(self._download(plan), buttons=buttons))

    def _download(self, plan: Plan) -> Reply:
        if not plan.answers and not plan.facts:
            return self._say("empty")
        token = make_token()
        self._plans.offer(plan.id, token, self._clock() + timedelta(minutes=DOWNLOAD_MINUTES))
        title = saying.say(self._knowledge, "download_title")
        return replace(self._say("download"), download=Download(title, FORMATS, token))

    # --- the store -----------------------------------------------------------------------------------------------

    def _load(self, plan_id: str) -> Plan | None:
        plan = self._plans.load(plan_id)
        if plan and plan.updated_at and plan.updated_at < self._oldest():
            self._plans.delete(plan.id)
            return None
        return plan

    def _saved(self, before: Plan, after: Plan) -> Plan:
        return self._plans.save(after) if after != before else before

    def _delete_old(self) -> None:
        gone = self._plans.delete_older(self._oldest())
        if gone:
            log.info("deleted %d plans without activity", gone)

    def _oldest(self) -> datetime:
        return self._clock() - timedelta(days=self._days)

    def _button(self, text_id: str) -> Button:
        return saying.button(self._knowledge, text_id)

    def _say(self, text_id: str, **words: object) -> Reply:
        return Reply(saying.say(self._knowledge, text_id, **words))


def _seated(dossier: Dossier, seat: Seat) -> Dossier:
    return dossier.with_(plan=to_dossier(seat), active=seat.open, proposal=None)


def _left(dossier: Dossier) -> Dossier:
    return dossier.with_(plan=None, active=False)


def _with_check(plan: Plan, dossier: Dossier) -> Plan:
    """Take over what the check learnt since."""
    facts = {**plan.facts, **dossier.facts}
    return plan if facts == plan.facts else plan.with_(facts=facts, notes={**plan.notes, **dossier.notes})


def _starts(text: str) -> bool:
    words = plain(text)
    if len(words.split()) > _MOST_START_WORDS or _ASKS.search(words) or not _START.fullmatch(words):
        return False
    return bool(_VERB.search(words) or _ENDS.search(words)) and not _OTHER_PLAN.search(words)


def _looks_for_a_plan(text: str) -> bool:
    command = command_of(text)
    return command is not None and command.name in _ALWAYS and re.search(_A_PLAN, plain(text)) is not None


def without_codes(message: Message) -> Message:
    """Return a message without the codes that it only mentions: nothing that is kept may hold one."""
    if _gives_code(message.text):
        return message
    return replace(message, text=hide_codes(message.text), contact=hide_codes(message.contact))


def _gives_code(text: str) -> bool:
    """Whether a message offers a code: a short one that names it, or nothing but the code itself."""
    words = plain(text)
    if len(words.split()) > _MOST_CODE_WORDS:
        return False
    if HIDDEN in text:  # it was said before a restart, and codes are not kept
        return True
    phrase = _CODE_PHRASE.fullmatch(words)
    if find_code(text):
        return bool(_GO_ON_CODE.search(words)) or is_code(text)
    asks = phrase and re.search(r"\b(?:verder|door|inloggen|hervat\w*)\b.*\bcode\b", words)
    return bool(asks and phrase and (not phrase["rest"] or re.search(r"\d", phrase["rest"])))


def _after_code(text: str) -> str:
    phrase = _CODE_PHRASE.fullmatch(plain(text))
    return phrase["rest"] if phrase else ""


def _is_about_the_plan(message: Message, dossier: Dossier, seat: Seat) -> bool:
    """Whether a message is for a plan that rests."""
    command = command_of(message.text)
    if command is None:
        return False
    if command.name == "weer" and dossier.pending and not dossier.advised:
        return False  # the check was stopped in the middle, after the plan
    if dossier.active and _PLAN_NUMBER.search(command.ref):  # "6.1" is a question of the plan; the check has none
        return command.name in ("verander", "naar", "toon", "aanvullen")
    if dossier.active:  # the check has the floor
        return command.name in _ALWAYS and (command.name in ("download", "wissen") or "plan" in plain(message.text))
    return command.name in _AT_REST


def _is_done(message: Message, seat: Seat) -> bool:
    """Whether the plan asks for nothing more: a change that brought its text, or something that was only shown."""
    command = command_of(message.text)
    brought = command is not None and bool(command.text)
    return seat.mode == ANSWER and seat.proposal is None and (brought or not seat.open)


def _tells(message: Message, knowledge: Knowledge) -> bool:
    """Whether a message tells something that could be meant for the plan: no question, no wish, not who they are."""
    told = message.intent == "informeren" and general.command_of(message.text, "", 0.0) is None
    if not told or engine.asks(message) or len(message.text.split()) < FEWEST_WORDS:
        return False
    reading = read(message.text, None, knowledge)
    return not (reading.asks or reading.hypothetical or reading.corrects or "organisation_type" in reading.facts)


def _minutes_to_wait(codes: Mapping[str, object], now: datetime) -> int:
    until = codes.get("until")
    if not until:
        return 0
    seconds = (datetime.fromisoformat(str(until)) - now).total_seconds()
    return max(0, int(-(-seconds // 60)))
