"""One turn in plan mode: a message, a seat and a plan in; a new seat and plan and the replies out. Pure.

A message that isn't plainly a command or a question is the answer, word for word. What only the service can do (make a
code, delete, offer a download, answer a question about IPS) is named in `PlanTurn.do` or `PlanTurn.side`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.interview import commands as general
from bot.interview.commands import plain
from bot.interview.plan import gaps, refs, saying
from bot.interview.plan.commands import PlanCommand, command_of, is_yes
from bot.interview.plan.seat import ANSWER, APPEND, CLARIFY, REPLACE, Seat
from bot.interview.terms import asks_about_my_words, find_term
from bot.model import Button, Knowledge, Message, Plan, PlanAnswer, PlanChange, PlanQuestion, Reply
from bot.rules.plan import asked, is_answered, open_ones

GIVEN, ADDED, CHANGED, ERASED = "gegeven", "aangevuld", "gewijzigd", "gewist"
SURE_CARD = 0.6
LONG = 60  # words from which the reply says how many arrived
MOST_QUESTION_WORDS = 35
MOST_CHANGES = 2000  # a plan keeps this many; the oldest go
_ASKING = (
    r"(?:hoe|wat|wie|waar|waarom|wanneer|welke?|hoeveel|hoelang|waarvoor|waarmee|kan|kun|kunt|kunnen|mag|mogen|moet|moeten|is|zijn|"
    r"heb|hebben|geldt|gelden|telt|tellen|bestaat|bestaan|staat|wordt|worden|zit|kost|krijg|krijgen|krijgt|bedoel|bedoelen|"
    r"zou|zouden|klopt|doet|doen|hoort|horen|weet|wil|heeft)"
)
_BEFORE = r"(?:(?:en|maar|eh+m?|euh|oh|ok|oke|sorry|hm+|ja|nou|even|vraagje|vraag|ps)[ ,:]+){0,3}"
_PREPOSITION = (
    r"(?:in|op|bij|met|voor|van|aan|door|over|onder|tussen|naar|uit|tot|vanaf|sinds|binnen|na|per|volgens|om)"
)
_STARTS_ASKING = re.compile(_BEFORE + rf"(?:{_ASKING}|{_PREPOSITION} (?:wie|wiens|wat|welke?|hoeveel|waar|wanneer))\b")
_ENDS_ASKING = re.compile(r"[,.;:]\s*(?:en |maar )?" + _ASKING + r"\b[^,.;:]{3,}$")
_PLAINLY_ASKS = re.compile(
    r"(?:(?:en|maar|eh+m?|euh|sorry|hm+)[ ,]+)*(?:wat (?:is|zijn|betekent|betekenen|houdt) |wat bedoel\w* (?:je|jullie) met |"
    r"hoeveel .{0,30}\b(?:mag|mogen)\b|(?:mag|mogen|moet|moeten) (?:we|wij|je|ik|een|het|de|dat)\b)"
)
_VERB = (
    r"(?:is|zijn|word|wordt|worden|moet|moeten|mag|mogen|kan|kun|kunt|kunnen|heeft|hebben|doet|doen|gaat|gaan|staat|staan|geldt|gelden|"
    r"telt|tellen|hoort|horen|betaalt|betalen|kost|kosten|krijgt|krijgen|toetst|checkt|vraagt|bestaat|bestaan|zit|zitten|houdt|betekent)"
)
# "wie is verantwoordelijk", "welke vier scenarios zijn er", but not "wie dat doet is nog open": the verb comes at once.
_ASKS_BY_ORDER = re.compile(
    _BEFORE + rf"(?:{_PREPOSITION} )?(?:(?:wie|waar|waarom|wanneer|waarvoor|hoe|hoe vaak|hoe lang) {_VERB}|"
    rf"(?:welke?|wat voor|hoeveel)(?: [\w-]+){{1,3}} {_VERB})\b(?!.*\b(?:weten|bepalen|volgt|nog niet|nog open)\b)[^,:;]*$"
)
_SEEKS_ASSENT = re.compile(r"[, ](?:toch|he|niet|niet waar|niet dan)\W*$")
_CONTACT = re.compile(r"\[(?:e-mailadres|telefoonnummer)\]")
MOST_CONTACT_WORDS = 20


@dataclass(frozen=True)
class PlanTurn:
    """What a message did. `do` is what the service must do: "download", "delete", "wipe", "new", "code", "check"."""

    seat: Seat
    plan: Plan
    replies: tuple[Reply, ...] = ()
    side: str | None = None
    do: str | None = None


@dataclass(frozen=True)
class _Context:
    message: Message
    command: PlanCommand | None
    seat: Seat
    plan: Plan
    knowledge: Knowledge
    now: datetime

    def say(self, text_id: str, **words: object) -> Reply:
        return Reply(saying.say(self.knowledge, text_id, **words))

    @property
    def text(self) -> str:
        """The message as it may be kept: with contact details only where the plan asks for them."""
        asks_contact = self.question is not None and self.question.kind == "contact"
        return self.message.contact if asks_contact and self.message.contact else self.message.text

    @property
    def question(self) -> PlanQuestion | None:
        return self.knowledge.plan.get(self.seat.pending or "")

    @property
    def asked(self) -> tuple[PlanQuestion, ...]:
        return asked(self.plan, self.knowledge)

    def turn(self, *replies: Reply, seat: Seat | None = None, plan: Plan | None = None, **more: str) -> PlanTurn:
        return PlanTurn(seat or self.seat, plan or self.plan, replies, **more)


def take(message: Message, seat: Seat, plan: Plan, knowledge: Knowledge, now: datetime) -> PlanTurn:
    """Let a message do what it says to the plan; the first step that recognises it decides."""
    context = _Context(message, command_of(message.text), seat, plan, knowledge, now)
    for step in (_settle, _do_command, _small_talk, _ask, _answer):
        turn = step(context)
        if turn is not None:
            return turn
    aside = seat.with_(aside=message.text)
    return context.turn(context.say("all_answered"), seat=aside)


def question(seat: Seat, plan: Plan, knowledge: Knowledge) -> tuple[Seat, tuple[Reply, ...]]:
    """Return the question to ask now; when all are answered or skipped, how it stands, and the plan rests."""
    if seat.proposal:
        return seat, (_proposal(seat, knowledge),)
    item = knowledge.plan.get(seat.pending or "")
    if seat.mode != ANSWER and item:
        return seat, _changing(seat, item, plan, knowledge)
    item = _next(seat, plan, knowledge)
    if item is None:
        resting = seat.with_(open=False, pending=None, chapter="", finished=True)
        return resting, (saying.updated(plan, knowledge),) if seat.finished else saying.finished(plan, knowledge)
    reply = saying.question(item, seat, plan, knowledge)
    return seat.with_(pending=item.id, chapter=item.chapter, finished=False), (reply,)


def _next(seat: Seat, plan: Plan, knowledge: Knowledge) -> PlanQuestion | None:
    """The pending question while it has no answer, else the one that follows it."""
    pending = knowledge.plan.get(seat.pending or "")
    return pending if pending in open_ones(plan, knowledge) else _following(pending, plan, knowledge)


def _following(item: PlanQuestion | None, plan: Plan, knowledge: Knowledge) -> PlanQuestion | None:
    """The first question behind this one that is neither answered nor skipped, else the first of all."""
    order = list(knowledge.plan.values())
    place = order.index(item) if item else -1
    waiting = [each for each in open_ones(plan, knowledge) if each.id not in plan.skipped and each != item]
    return next((each for each in waiting if order.index(each) > place), waiting[0] if waiting else None)


# --- a question of our own ---------------------------------------------------------------------------------------


def _proposal(seat: Seat, knowledge: Knowledge) -> Reply:
    text = {"delete": "delete_question", "wipe": "wipe_question", "new": "new_question", "code": "new_code_question"}
    buttons = saying.yes_no(knowledge)[:2]
    return Reply(saying.say(knowledge, text[seat.proposal or ""]), buttons)


_OK = re.compile(r"\s*ok", re.IGNORECASE)


def _settle(c: _Context) -> PlanTurn | None:
    if not c.seat.proposal:
        return None
    yes = is_yes(c.message.text)
    if yes and c.seat.proposal in ("delete", "wipe") and _OK.match(c.message.text):
        yes = None  # too little to delete on
    settled = c.seat.with_(proposal=None, open=not c.seat.rests, rests=False)
    if yes is None:  # anything else is no yes; it is read as it would have been
        return take(c.message, settled, c.plan, c.knowledge, c.now)
    if not yes:
        return c.turn(c.say("kept"), seat=settled)
    return c.turn(seat=settled, do=c.seat.proposal)


# --- answers -----------------------------------------------------------------------------------------------------


def _answer(c: _Context) -> PlanTurn | None:
    item = c.question
    if item is None:
        return None
    last = c.knowledge.plan.get(c.seat.last or "")
    if last and last.kind == "contact" and item.kind != "contact" and _completes_contact(c, last):
        adding = replace(c, seat=c.seat.with_(pending=last.id, mode=APPEND))
        return _returned(c, _put(adding, last, c.message.contact or c.message.text, append=True))
    return _put(c, item, c.text, append=c.seat.mode in (APPEND, CLARIFY))


def _completes_contact(c: _Context, item: PlanQuestion) -> bool:
    """Whether a message brings the address or number that was missed a moment ago."""
    answer, words = c.plan.answers.get(item.id), plain(c.message.text)
    missed = answer is not None and any(remark.code == "contact" for remark in answer.remarks)
    return missed and bool(_CONTACT.search(words)) and len(words.split()) <= MOST_CONTACT_WORDS


def _put(c: _Context, item: PlanQuestion, text: str, *, append: bool) -> PlanTurn:
    """Write an answer, or put it under what is there; name its gaps; sum up when its chapter is complete."""
    before = c.plan.answers.get(item.id)
    if before and before.text == text:
        return c.turn(c.say("same"), seat=_settled(c.seat, item))
    meanwhile = before is not None and _is_newer(c.seat, before)
    if before and (append or meanwhile):
        kind, whole = ADDED, f"{before.text}\n{text}"
    else:
        kind, whole = CHANGED if before else GIVEN, text
    value = _value(item, text, whole, before, c.knowledge)
    found = gaps.remarks(item, whole, value, c.plan, c.knowledge)
    answer = PlanAnswer(item.id, whole, c.now, c.seat.by, found, value)
    plan = _written(c.plan, answer, kind)
    undo = _undo(item, before, c.now)
    seat = _settled(c.seat, item).with_(undo=undo, aside="")
    if not value and item.kind in ("yes_no", "choice") and kind != ADDED and not _is_open(answer):
        return PlanTurn(seat.with_(mode=CLARIFY), plan)  # kept as it is; the choice is asked for, once
    replies = [_confirm(c, item, kind, text, before if meanwhile else None)]
    said = {remark.code for remark in before.remarks} if before and c.seat.mode != CLARIFY else set()
    gap = saying.remarks([remark for remark in found if remark.code not in said], c.knowledge)
    replies += [gap] if gap else []
    replies += _summary(c, item, plan)
    return PlanTurn(seat, plan, tuple(replies))


def _is_open(answer: PlanAnswer) -> bool:
    return any(remark.code == "open" for remark in answer.remarks)


def _is_newer(seat: Seat, before: PlanAnswer) -> bool:
    """Whether an answer was given after this conversation last looked at it; not when it is adding to its own."""
    if seat.mode == ANSWER:
        return True
    return seat.mode == REPLACE and bool(seat.seen) and before.at.isoformat() > seat.seen


def _value(item: PlanQuestion, text: str, whole: str, before: PlanAnswer | None, knowledge: Knowledge) -> str:
    """What was said last counts; what is added without a choice leaves the choice as it was."""
    return gaps.value_of(item, text, knowledge) or (before.value if before and whole != text else "")


def _written(plan: Plan, answer: PlanAnswer, kind: str) -> Plan:
    change = PlanChange(answer.question, kind, answer.at, answer.by)
    return plan.with_(
        answers={**plan.answers, answer.question: answer},
        skipped=tuple(each for each in plan.skipped if each != answer.question),
        changes=(*plan.changes, change)[-MOST_CHANGES:],
    )


def _undo(item: PlanQuestion, before: PlanAnswer | None, now: datetime) -> Mapping[str, str] | None:
    """How to take an answer back. Contact details are kept in the plan only, so those can't be put back."""
    undo = {"question": item.id, "at": now.isoformat()}
    if before is None:
        return undo
    return None if item.kind == "contact" else {**undo, "before": before.text}


def _settled(seat: Seat, item: PlanQuestion) -> Seat:
    before_last = seat.before_last if seat.last == item.id else seat.last
    return seat.with_(pending=item.id, mode=ANSWER, seen="", last=item.id, before_last=before_last)


def _confirm(c: _Context, item: PlanQuestion, kind: str, text: str, colleague: PlanAnswer | None) -> Reply:
    if colleague:
        by = f" ({colleague.by})" if colleague.by else ""
        reply = c.say("both", name=item.name, by=by)
    elif kind == ADDED and c.seat.mode != CLARIFY:
        reply = c.say("appended", name=item.name)
    elif kind == CHANGED:
        reply = c.say("replaced", name=item.name)
    elif "?" in text and len(text.split()) <= MOST_QUESTION_WORDS:
        reply = c.say("noted_doubt")
    else:
        words = len(text.split())
        reply = c.say("noted_long", words=words) if words >= LONG else c.say("noted")
    if item.kind == "contact" and c.message.contact:
        return replace(reply, text=f"{reply.text} {saying.say(c.knowledge, 'contact_kept')}", contact_kept=True)
    return reply


def _summary(c: _Context, item: PlanQuestion, plan: Plan) -> list[Reply]:
    """Sum a chapter up at the moment that its last open question is answered or skipped."""
    here = refs.of_chapter(item.chapter, asked(plan, c.knowledge))
    done = all(is_answered(each, plan, c.knowledge) or each.id in plan.skipped for each in here)
    before = refs.of_chapter(item.chapter, c.asked)
    was_done = all(is_answered(each, c.plan, c.knowledge) or each.id in c.plan.skipped for each in before)
    if len(here) < 2 or not done or was_done:
        return []
    return [saying.chapter(item.chapter, plan, c.knowledge)]


def _changing(seat: Seat, item: PlanQuestion, plan: Plan, knowledge: Knowledge) -> tuple[Reply, ...]:
    if seat.mode == CLARIFY:
        if item.kind == "choice":
            buttons = tuple(Button(label, label) for _, label in item.values)
            return (Reply(saying.say(knowledge, "clarify_choice"), buttons),)
        return (Reply(saying.say(knowledge, "clarify_yes_no"), saying.yes_no(knowledge)),)
    if seat.mode == APPEND:
        return (Reply(saying.say(knowledge, "add_what", name=item.name)),)
    answer = plan.answers.get(item.id)
    if answer is None:  # the check answered it
        return (saying.question(item, seat.with_(chapter=item.chapter), plan, knowledge),)
    text = saying.say(knowledge, "change_this", name=item.name, text=saying.answer_text(answer))
    return (Reply(text, (saying.button(knowledge, "example_button"),)),)


# --- a question about IPS, small talk ----------------------------------------------------------------------------


def _ask(c: _Context) -> PlanTurn | None:
    """A message that is a question and nothing else is answered; in doubt it is an answer."""
    if not asks(c.message):
        return None
    seat = c.seat.with_(aside=c.message.text)
    term = find_term(c.message.text, c.knowledge)
    best = next(iter(c.message.answers), None)
    if term and (asks_about_my_words(c.message.text) or not best or best.score < SURE_CARD):
        return c.turn(Reply(term.explanation, sources=(term.source,) if term.source else ()), seat=seat)
    return c.turn(seat=seat, side="vraag")


def asks(message: Message) -> bool:
    """Return whether a message is plainly a question to us."""
    text = message.text.strip()
    words = plain(text)
    count = len(words.split())
    if "\n" in text or not 1 < count <= MOST_QUESTION_WORDS:
        return False
    sentences = [part for part in re.split(r"(?<=[.!?])\s+", text) if part]
    best = next(iter(message.answers), None)
    near = bool(best and best.score >= SURE_CARD)
    if text.endswith("?"):
        if near:
            return not _SEEKS_ASSENT.search(words)
        if len(sentences) == 1:
            return bool(_STARTS_ASKING.match(words) or (count <= 14 and _ENDS_ASKING.search(words)))
        return all(part.endswith("?") for part in sentences) and bool(_STARTS_ASKING.match(words))
    sure = near or (message.intent == "vraag" and message.confidence >= 0.85)
    plainly = _PLAINLY_ASKS.match(words) or _ASKS_BY_ORDER.match(words)
    return sure and len(sentences) == 1 and count <= 14 and bool(plainly)


def _small_talk(c: _Context) -> PlanTurn | None:
    if c.command and c.command.name == "mens":
        return c.turn(side="mens")
    found = general.command_of(c.message.text, "", 0.0)
    if found and found.name in ("groeten", "bedanken", "afscheid") and len(plain(c.message.text).split()) <= 6:
        return _stop(c) if found.name == "afscheid" else c.turn(side=found.name)
    clear = c.message.intent in ("mens", "misbruik", "hulpvraag") and c.message.confidence >= 0.9
    if clear and len(c.message.text.split()) <= 12 and c.message.text.strip().endswith(("?", "!")):
        return c.turn(side=c.message.intent, seat=c.seat.with_(aside=c.message.text))
    return None


# --- commands ----------------------------------------------------------------------------------------------------


def _do_command(c: _Context) -> PlanTurn | None:
    if c.command is None or c.command.name not in _COMMANDS:
        return None
    return _COMMANDS[c.command.name](c)


def _about(say: Callable[[PlanQuestion, Knowledge], Reply]) -> Callable[[_Context], PlanTurn]:
    def turn(c: _Context) -> PlanTurn:
        return c.turn(say(c.question, c.knowledge) if c.question else c.say("nothing_open"))

    return turn


def _skip(c: _Context) -> PlanTurn | None:
    item = c.question
    if item is None:
        return c.turn(c.say("nothing_open"))
    if c.seat.mode != ANSWER or item.id in c.plan.answers:
        return c.turn(c.say("kept"), seat=c.seat.with_(mode=ANSWER, seen=""))
    plan = c.plan.with_(skipped=(*(each for each in c.plan.skipped if each != item.id), item.id))
    following = _following(item, plan, c.knowledge)
    seat = c.seat.with_(pending=following.id if following else None, undo={"question": "", "skipped": item.id})
    return PlanTurn(seat, plan, (c.say("skipped"), *_summary(c, item, plan)))


def _back(c: _Context) -> PlanTurn:
    questions, item = c.asked, c.question
    until = questions.index(item) if item in questions else len(questions)
    earlier = [each for each in questions[:until] if each.id in c.plan.answers or each.id in c.plan.skipped]
    if not earlier:
        return c.turn(c.say("nothing_back"))
    return _open(c, earlier[-1])


def _go(c: _Context) -> PlanTurn | None:
    """Go to a chapter or a question; words that name nothing in the plan were no command."""
    assert c.command
    found = refs.find(c.command.ref, c.seat, c.asked)
    if found is None:
        return None
    if found.question:
        return _open(c, found.question)
    here = refs.of_chapter(found.chapter, c.asked)
    if not here:
        return c.turn(c.say("unknown_place"))
    left = [each for each in here if not is_answered(each, c.plan, c.knowledge)]
    seat = c.seat.with_(mode=ANSWER, seen="", chapter="")
    if left:
        return c.turn(seat=_at(seat, left[0]))
    return c.turn(saying.chapter(found.chapter, c.plan, c.knowledge), seat=seat)


def _at(seat: Seat, item: PlanQuestion) -> Seat:
    return seat.with_(pending=item.id, undo=None, open=True)


def _open(c: _Context, item: PlanQuestion) -> PlanTurn:
    """Put a question before the user: to answer, or to change when it has an answer."""
    answer = c.plan.answers.get(item.id)
    if answer is None and not is_answered(item, c.plan, c.knowledge):
        return c.turn(seat=_at(c.seat.with_(mode=ANSWER, seen="", chapter=""), item))
    seen = answer.at.isoformat() if answer else ""
    return c.turn(seat=_at(c.seat.with_(mode=REPLACE, seen=seen), item))


def _change(c: _Context) -> PlanTurn | None:
    assert c.command
    found = refs.find(c.command.ref, c.seat, c.asked)
    if found is None:
        words = c.command.ref.split()
        likely = len(words) <= 4 and not c.command.text and plain(c.message.text).startswith(("verander", "wijzig"))
        return c.turn(c.say("unknown_place")) if likely else None
    if found.question is None:
        here = refs.of_chapter(found.chapter, c.asked)
        if len(here) != 1:
            return c.turn(saying.chapter(found.chapter, c.plan, c.knowledge)) if here else None
        found = refs.Found(found.chapter, here[0])
    assert found.question
    opened = _open(c, found.question)
    if not c.command.text:
        return opened
    text = _unmasked(c, found.question)
    changing = replace(c, seat=opened.seat)
    return _returned(c, _put(changing, found.question, text, append=False))


def _unmasked(c: _Context, item: PlanQuestion) -> str:
    """Return the text that a command brings; for the contact question as it was typed."""
    assert c.command
    if item.kind != "contact" or not c.message.contact:
        return c.command.text
    again = command_of(c.message.contact)
    return again.text if again and again.name == c.command.name else c.command.text


def _returned(c: _Context, turn: PlanTurn) -> PlanTurn:
    """After a change elsewhere the question that was open comes back, unless something must be asked first."""
    if turn.seat.mode != ANSWER or c.question is None or c.seat.mode != ANSWER:
        return turn
    return replace(turn, seat=turn.seat.with_(pending=c.seat.pending))


def _add(c: _Context) -> PlanTurn | None:
    """ "en verder: …" goes to the question answered last, or to the one that it names."""
    assert c.command
    if c.command.ref and not c.command.text and c.seat.aside and c.seat.finished and not c.seat.open:
        given = replace(c.command, text=c.seat.aside)  # what came after the end goes there
        return _add(replace(c, command=given, seat=c.seat.with_(aside="")))
    item = c.knowledge.plan.get(c.seat.last or "") if not c.command.ref else None
    if c.command.ref:
        found = refs.find(c.command.ref, c.seat, c.asked)
        here = refs.of_chapter(found.chapter, c.asked) if found else []
        item = (found.question or (here[0] if len(here) == 1 else None)) if found else None
        if item is None:
            return None  # "nog iets over de intake" is an answer
    if c.seat.mode != ANSWER and c.question:
        item = c.question
    if item and c.command.ref and c.command.text and item.id not in c.plan.answers:
        there = replace(c, seat=c.seat.with_(pending=item.id, mode=ANSWER))
        return _returned(c, _put(there, item, _unmasked(c, item), append=False))
    if item is None or item.id not in c.plan.answers:
        return None if c.command.text else c.turn(c.say("add_nothing"))
    if not c.command.text:
        return c.turn(seat=_at(c.seat.with_(mode=APPEND), item))
    adding = replace(c, seat=c.seat.with_(pending=item.id, mode=APPEND))
    return _returned(c, _put(adding, item, _unmasked(c, item), append=True))


def _move_to_previous(c: _Context) -> PlanTurn:
    """ "Dat hoort bij de vorige": the answer given last goes under the one before it."""
    last, before = c.plan.answers.get(c.seat.last or ""), c.knowledge.plan.get(c.seat.before_last or "")
    fresh = last is not None and c.seat.undo == {"question": last.question, "at": last.at.isoformat()}
    if last is None or before is None or not fresh or before.id not in c.plan.answers or before.kind == "contact":
        return c.turn(c.say("nothing_undo"))
    taken = _without(c, last.question)
    adding = replace(c, plan=taken, seat=c.seat.with_(pending=before.id, mode=APPEND))
    turn = _put(adding, before, last.text, append=True)
    seat = turn.seat.with_(pending=last.question, undo=None, last=before.id, before_last=None)
    return PlanTurn(seat, turn.plan, (c.say("moved", name=before.name), *turn.replies[1:]))


def _without(c: _Context, question_id: str) -> Plan:
    answers = {key: answer for key, answer in c.plan.answers.items() if key != question_id}
    change = PlanChange(question_id, ERASED, c.now, c.seat.by)
    return c.plan.with_(answers=answers, changes=(*c.plan.changes, change)[-MOST_CHANGES:])


def _take_back(c: _Context) -> PlanTurn:
    undo = c.seat.undo
    if undo and undo.get("skipped"):
        skipped = tuple(each for each in c.plan.skipped if each != undo["skipped"])
        return PlanTurn(_at(c.seat, c.knowledge.plan[undo["skipped"]]), c.plan.with_(skipped=skipped))
    item = c.knowledge.plan.get(undo["question"]) if undo else None
    answer = c.plan.answers.get(item.id) if item else None
    if undo is None or item is None or answer is None or answer.at.isoformat() != undo["at"]:
        return c.turn(c.say("nothing_undo"))  # or a colleague has written here since
    seat = c.seat.with_(pending=item.id, mode=ANSWER, seen="", undo=None)
    if "before" in undo:
        restoring = replace(c, seat=seat.with_(mode=REPLACE))
        turn = _put(restoring, item, undo["before"], append=False)
        return replace(turn, seat=turn.seat.with_(undo=None, mode=ANSWER), replies=(c.say("restored", name=item.name),))
    aside = "" if item.kind == "contact" else answer.text
    return PlanTurn(
        seat.with_(aside=aside, last=seat.before_last), _without(c, item.id), (c.say("undone", name=item.name),)
    )


def _note(c: _Context) -> PlanTurn:
    """Take as an answer what was taken for something else."""
    item = c.question
    if c.seat.aside and c.seat.finished and not c.seat.open:
        return c.turn(_rests(c, "after_the_end"))  # no question is in sight, so where it goes must be said
    if not c.seat.aside or item is None:
        item = item or c.knowledge.plan.get(c.seat.last or "")
        if not c.seat.aside or item is None:
            return c.turn(c.say("nothing_noted"))
        return _put(replace(c, seat=c.seat.with_(mode=APPEND)), item, c.seat.aside, append=True)
    return _put(c, item, c.seat.aside, append=c.seat.mode in (APPEND, CLARIFY))


def _overview(c: _Context) -> PlanTurn:
    replies = [saying.overview(c.plan, c.knowledge)]
    if c.question and any(each.id in c.plan.answers for each in refs.of_chapter(c.question.chapter, c.asked)):
        replies.append(saying.chapter(c.question.chapter, c.plan, c.knowledge))
    return c.turn(*replies)


def _show(c: _Context) -> PlanTurn | None:
    assert c.command
    found = refs.find(c.command.ref, c.seat, c.asked)
    if found is None:
        return None
    if found.question is None:
        return c.turn(saying.chapter(found.chapter, c.plan, c.knowledge, length=4 * saying.SHORT))
    answer = c.plan.answers.get(found.question.id)
    if answer is None:
        return c.turn(c.say("not_answered", name=found.question.name))
    head = f"**{saying.name_of(found.question, c.asked)}**"
    return c.turn(Reply(f"{head}\n\n{saying.answer_text(answer)}"))


def _missing(c: _Context) -> PlanTurn:
    return c.turn(saying.missing(c.plan, c.knowledge))


def _stop(c: _Context) -> PlanTurn:
    progress = saying.progress_line(c.plan, c.knowledge)
    buttons = (saying.button(c.knowledge, "continue_button"), saying.button(c.knowledge, "download_button"))
    reply = Reply(saying.say(c.knowledge, "paused", progress=progress), buttons)
    return c.turn(reply, seat=c.seat.with_(open=False, mode=ANSWER, seen="", chapter=""))


def _finish(c: _Context) -> PlanTurn:
    resting = c.seat.with_(open=False, mode=ANSWER, seen="", chapter="", finished=True)
    return c.turn(*saying.finished(c.plan, c.knowledge), seat=resting, do="download")


def _download(c: _Context) -> PlanTurn:
    return c.turn(do="download")


def _propose(name: str) -> Callable[[_Context], PlanTurn]:
    def turn(c: _Context) -> PlanTurn:
        return c.turn(seat=c.seat.with_(proposal=name, open=True, rests=not c.seat.open))

    return turn


def _code(c: _Context) -> PlanTurn:
    return c.turn(c.say("code_unknown"))


def _initials(c: _Context) -> PlanTurn | None:
    assert c.command
    if c.question and c.question.kind == "contact" and not c.command.text.isupper():
        return None  # "ik ben Sanne" says who the contact person is
    return c.turn(c.say("hello", by=c.command.text), seat=c.seat.with_(by=c.command.text))


def _who(c: _Context) -> PlanTurn:
    return c.turn(saying.who(c.plan, c.knowledge))


def _to_check(c: _Context) -> PlanTurn:
    return c.turn(c.say("to_check"), seat=c.seat.with_(open=False, mode=ANSWER, seen="", chapter=""), do="check")


def _on(c: _Context) -> PlanTurn:
    """ "Verder": leave what was being changed, or sit down again; then what was skipped is asked once more."""
    seat = c.seat.with_(open=True, mode=ANSWER, seen="")
    return c.turn(seat=seat) if c.seat.open else c.turn(seat=seat, plan=asked_again(c.plan, c.knowledge))


def _back_again(c: _Context) -> PlanTurn:
    if c.seat.finished and not c.seat.open:
        return c.turn(_rests(c))
    progress = saying.progress_line(c.plan, c.knowledge)
    return replace(_on(c), replies=(c.say("resumed", progress=progress),))


def _rests(c: _Context, text_id: str = "is_finished") -> Reply:
    """That the plan is finished, and how to add to it or change it."""
    names = ("open_button", "continue_button", "download_button")
    return replace(c.say(text_id), buttons=tuple(saying.button(c.knowledge, name) for name in names))


def after_the_end(message: Message, seat: Seat, plan: Plan, knowledge: Knowledge, now: datetime) -> PlanTurn:
    """A text that comes when the plan is finished: it is not in the plan, but can still be put there."""
    context = _Context(message, None, seat.with_(aside=message.text), plan, knowledge, now)
    return context.turn(_rests(context, "after_the_end"))


def asked_again(plan: Plan, knowledge: Knowledge) -> Plan:
    """Return the plan with what was skipped open again, when nothing else is left to ask."""
    left = [item for item in open_ones(plan, knowledge) if item.id not in plan.skipped]
    return plan if left or not plan.skipped else plan.with_(skipped=())


def _ok(c: _Context) -> PlanTurn | None:
    """ "Ok" answers nothing, but does say yes to a yes/no question."""
    if c.question and c.question.kind == "yes_no" and c.seat.mode in (ANSWER, CLARIFY):
        affirms = plain(c.message.text).startswith(("klopt", "dat klopt", "akkoord"))
        return None if affirms else c.turn()
    return c.turn(seat=c.seat.with_(mode=ANSWER, seen="") if c.seat.mode != CLARIFY else c.seat)


def _menu(c: _Context) -> PlanTurn:
    return c.turn(c.say("what_now"))


_COMMANDS: Mapping[str, Callable[[_Context], PlanTurn | None]] = {
    "uitleg": _about(saying.help_with),
    "voorbeeld": _about(saying.example_of),
    "waarom": _about(saying.why),
    "documenten": _about(saying.documents),
    "overslaan": _skip,
    "terug": _back,
    "naar": _go,
    "verander": _change,
    "aanvullen": _add,
    "vorige": _move_to_previous,
    "ongedaan": _take_back,
    "noteer": _note,
    "overzicht": _overview,
    "toon": _show,
    "ontbreekt": _missing,
    "stop": _stop,
    "klaar": _finish,
    "download": _download,
    "verwijder": _propose("delete"),
    "wissen": _propose("wipe"),
    "nieuw_plan": _propose("new"),
    "nieuwe_code": _propose("code"),
    "code": _code,
    "initialen": _initials,
    "wie": _who,
    "check": _to_check,
    "verder": _on,
    "weer": _back_again,
    "ok": _ok,
    "hulp": _menu,
}
