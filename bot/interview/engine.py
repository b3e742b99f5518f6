"""One turn of the interview: a message and a dossier in, a new dossier and replies out. Pure: no I/O, no clock.

What the interview can't answer itself (a content question, small talk) it names in `Turn.side`; the service answers
that and the interview then repeats its question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.interview import advising, wording
from bot.interview import dossier as change
from bot.interview.commands import Command, command_of, is_only_a_mark, plain
from bot.interview.reading import Reading, read
from bot.interview.terms import asks_about_my_words, find_term
from bot.model import Button, Dossier, Facts, FactValue, Knowledge, Message, Reply, Status
from bot.rules.options import open_questions
from bot.rules.whatif import what_if

SURE_QUESTION = 0.85
LIKELY_CARD = 0.35
SURE_CARD = 0.6  # "wat is modeltrouw?" deserves the full answer where there is one; "wat bedoel je met fte?" the word
_WANTS_IPS = re.compile(r"\b(wil|willen|wilt|zouden|gaan|overwegen)\b.{0,40}\bips\b")
# "Wij zijn een gemeente, wat mogen wij": asked without a mark.
_ASKS_MAY = re.compile(
    r"(?:^|[,.;:!] ?|\b(?:bot|en|maar|dus|nou) )(?:(?:wat|hoe) (?:mogen|mag|kunnen|kan|moeten) (?:wij|we|ik|dat)|"
    r"(?:mogen|mag|kunnen) (?:wij|we|dat))\b"
)
_WORDS_BEFORE = r"(?:(?:oh?|ow|nee|ja|wacht|sorry|maar|en|hm+|of|dat|we|wij|kan|lukt|halen|ons)[ ,]+)*"
_STILL_YES = re.compile(rf"{_WORDS_BEFORE}toch (?:wel|ja)")
_STILL = re.compile(rf"{_WORDS_BEFORE}toch (?:wel|ja|niet|nee)")
STARTERS = frozenset({"informeren", "start", "corrigeren", "stel_dat", "advies"})
MANY_MISSES = 2  # from here we ask in another way, and say how to get past the question
SIDES = frozenset(
    [
        "vraag",
        "mens",
        "groeten",
        "bedanken",
        "afscheid",
        "wie_ben_je",
        "hulpvraag",
        "misbruik",
        "buiten_onderwerp",
        "wissen",
    ]
)


@dataclass(frozen=True)
class Turn:
    """What a message did: the dossier after it, replies, what the service must still answer, whether to forget."""

    dossier: Dossier
    replies: tuple[Reply, ...] = ()
    side: str | None = None
    forget: bool = False
    otherwise: Turn | None = None  # what to do instead when there is no answer to the question


@dataclass(frozen=True)
class _Context:
    message: Message
    reading: Reading
    command: Command | None
    dossier: Dossier
    knowledge: Knowledge

    def say(self, text_id: str, **words: object) -> Reply:
        return Reply(wording.say(self.knowledge, text_id, **words))

    def is_(self, name: str, certain: bool = False) -> bool:
        return self.command is not None and self.command.name == name and (self.command.certain or not certain)


def take(message: Message, dossier: Dossier, knowledge: Knowledge) -> Turn:
    """Let a message do what it says; the first step that recognises it decides."""
    message = replace(message, text=_after_all(_chosen(message.text, dossier, knowledge), dossier))
    context = _Context(
        message,
        _read(message.text, dossier, knowledge),
        command_of(message.text, message.intent, message.confidence),
        dossier,
        knowledge,
    )
    for step in _STEPS:
        turn = step(context)
        if turn is not None:
            return _counted(turn, context)
    return _counted(Turn(dossier, side="vraag" if _is_question(context) else "onduidelijk"), context)


def _chosen(text: str, dossier: Dossier, knowledge: Knowledge) -> str:
    """Return the choice that a bare number means, once the choices of the open question were numbered."""
    definition = knowledge.facts.get(dossier.pending or "") if dossier.misses >= MANY_MISSES else None
    number = plain(text)
    if definition is None or not dossier.active or not number.isdecimal() or len(number) > 2:
        return text
    labels = [label for _, label in definition.values]
    return labels[int(number) - 1] if 1 <= int(number) <= len(labels) else text


def _after_all(text: str, dossier: Dossier) -> str:
    """ "Toch wel" after the advice is about the one criterion that isn't met, when there is just one."""
    missed = [key for key, fact in dossier.facts.items() if fact == Status.VOLDOET_NIET.value]
    if not dossier.advised or len(missed) != 1 or not _STILL_YES.fullmatch(plain(text)):
        return text
    return f"criterium {wording.criterion_number(missed[0])} toch wel"


def _counted(turn: Turn, c: _Context) -> Turn:
    """Count how often in a row the open question got no answer; the second time we ask in another way."""
    before, after = c.dossier, turn.dossier
    if not before.active or not after.active or before.pending is None:
        return replace(turn, dossier=after.with_(misses=0)) if after.misses else turn
    same = after.facts == before.facts and after.skipped == before.skipped and after.pending == before.pending
    missed = turn.side == "onduidelijk" or bool(c.reading.unclear and turn.replies)
    if not same:
        return replace(turn, dossier=after.with_(misses=0))
    if not missed:
        return turn
    turn = replace(turn, dossier=after.with_(misses=before.misses + 1))
    if turn.side == "onduidelijk" or turn.dossier.misses < MANY_MISSES:
        return turn
    return replace(turn, replies=(*turn.replies, wording.stuck(c.knowledge, before.pending)))


def _read(text: str, dossier: Dossier, knowledge: Knowledge) -> Reading:
    """Read a message against the open question; "nee ik bedoel twee jaar" against the one just answered."""
    reading = read(text, dossier.pending if dossier.active else None, knowledge)
    if reading.corrects and not reading.facts and dossier.history:
        earlier = read(text, dossier.history[-1]["pending"], knowledge)
        return earlier if earlier.facts else reading
    return reading


def question(dossier: Dossier, knowledge: Knowledge) -> tuple[Dossier, tuple[Reply, ...]]:
    """Return the question to ask now. When nothing matters any more, return the advice and close the interview."""
    if dossier.proposal:
        return dossier, (_proposal_question(dossier, knowledge),)
    left = remaining(dossier, knowledge)
    if not left:
        done = dossier.with_(active=False, advised=True, pending=None)
        return done, advising.full(done.facts, knowledge, done.skipped)
    key = dossier.pending if dossier.pending in left else left[0]
    return dossier.with_(pending=key), (wording.question(knowledge, key, len(left)),)


def remaining(dossier: Dossier, knowledge: Knowledge) -> tuple[str, ...]:
    """Return the keys that are still to be asked: open, not answered with 'weet ik niet', not skipped."""
    known = set(dossier.facts) | set(dossier.skipped)
    return tuple(key for key in open_questions(dossier.facts, knowledge) if key not in known)


# --- steps, in order ---------------------------------------------------------------------------------------------


def _settle_proposal(c: _Context) -> Turn | None:
    proposal = c.dossier.proposal
    if not proposal or c.reading.answer not in ("ja", "nee") or (c.reading.facts and c.command):
        return None
    settle = {"contradiction": _settle_contradiction, "restart": _settle_restart, "wipe": _settle_wipe}[
        proposal["kind"]
    ]
    return settle(c, c.reading.answer == "ja")


def _settle_contradiction(c: _Context, yes: bool) -> Turn:
    assert c.dossier.proposal
    key, new, note = c.dossier.proposal["key"], c.dossier.proposal["new"], c.dossier.proposal["note"]
    clear = c.dossier.with_(proposal=None)
    if not yes:
        old = wording.value(c.knowledge, key, clear.facts[key])
        return Turn(clear, (c.say("contradiction_kept", subject=wording.subject(c.knowledge, key), old=old),))
    fact: FactValue = tuple(new) if isinstance(new, list) else new
    notes = {key: note} if note else {}
    after = change.put(change.remember(clear), {key: fact}, notes)
    return Turn(after, (c.say("changed", facts=wording.described(c.knowledge, {key: fact}, notes)),))


def _settle_restart(c: _Context, yes: bool) -> Turn:
    if not yes:
        return Turn(c.dossier.with_(proposal=None), (c.say("kept"),))
    return Turn(_empty(c.dossier).with_(active=True), (replace(c.say("restarted"), restart=True),))


def _settle_wipe(c: _Context, yes: bool) -> Turn:
    if not yes:
        return Turn(c.dossier.with_(proposal=None), (c.say("kept"),))
    return Turn(_empty(c.dossier), (c.say("wiped"),), forget=True)


def _empty(dossier: Dossier) -> Dossier:
    return Dossier(dossier.conversation, greeted=True, version=dossier.version)


def _do_command(c: _Context) -> Turn | None:
    if c.command is None or not c.command.certain:
        return None
    return _dispatch(c, c.command.name)


def _do_likely_command(c: _Context) -> Turn | None:
    best = next(iter(c.message.answers), None)
    if c.command is None or (c.command.name == "misbruik" and c.reading.asks and best and best.score >= LIKELY_CARD):
        return None  # angry, but with a question that has an answer
    return _dispatch(c, c.command.name)


def _dispatch(c: _Context, name: str) -> Turn | None:
    if name in _COMMANDS:
        return _COMMANDS[name](c)
    return Turn(c.dossier.with_(), side=name) if name in SIDES else None


def _take_facts(c: _Context) -> Turn | None:
    facts, unclear = c.reading.facts, c.reading.unclear
    if not facts and not unclear and not c.reading.in_progress:
        return None
    if not c.dossier.active and not _starts(c):
        return None
    facts = change.merged(c.dossier, facts)
    clash = {} if _corrects(c) else change.contradictions(c.dossier, facts)
    fresh = {key: fact for key, fact in facts.items() if key not in clash and c.dossier.facts.get(key) != fact}
    after = change.remember(c.dossier) if fresh or c.reading.in_progress else c.dossier
    after = change.put(after, fresh, _measured(c.reading))
    replies = [*_noted(c, fresh), *_in_progress(c)]
    after = _set_in_progress(after, c)
    if facts and not fresh and not clash and not unclear and not c.reading.in_progress:
        replies.append(c.say("already_noted", facts=wording.described(c.knowledge, facts, {})))
    matters = set(remaining(after, c.knowledge))
    replies += [Reply(text[:1].upper() + text[1:]) for key, text in unclear.items() if key in matters or not replies]
    asked, asks = after, _just_asks(c)
    after = after.with_(active=True, pending=next(iter(unclear), after.pending))
    if clash:
        after = after.with_(proposal=_contradiction(c, clash))
    if c.dossier.advised and fresh and not clash and not unclear and not remaining(after, c.knowledge):
        return _advised_anew(c, after, fresh, replies)
    opened = Turn(after, tuple(replies), side="vraag_bij_feiten" if _is_question(c) else None)
    return Turn(asked, side="vraag", otherwise=opened) if asks else opened


def _advised_anew(c: _Context, after: Dossier, fresh: Facts, replies: list[Reply]) -> Turn:
    """After the advice a change gets the new verdict at once: what it makes different, not the whole story again."""
    difference = what_if(c.dossier.facts, fresh, c.knowledge)
    replies += advising.changed(difference, after.facts, c.knowledge)
    return Turn(after.with_(active=False, advised=True, pending=None), tuple(replies))


def _starts(c: _Context) -> bool:
    """Outside the interview, only a message about the own organisation opens it; a question is answered first."""
    return bool(c.dossier.facts) or c.message.intent in STARTERS or "organisation_type" in c.reading.facts


def _just_asks(c: _Context) -> bool:
    """A question that tells something on the way is answered; what it told is repeated when the interview starts."""
    wants = c.message.intent in STARTERS or _WANTS_IPS.search(plain(c.message.text))
    return not c.dossier.active and _is_question(c) and not wants


def _corrects(c: _Context) -> bool:
    return c.reading.corrects or c.is_("corrigeren")


def _contradiction(c: _Context, clash: Mapping[str, FactValue]) -> dict[str, object]:
    key, new = next(iter(clash.items()))
    stored = list(new) if isinstance(new, tuple) else new
    return {"kind": "contradiction", "key": key, "new": stored, "note": _measured(c.reading).get(key, "")}


def _measured(reading: Reading) -> dict[str, str]:
    """Return the notes worth keeping: the numbers that a criterion was judged by."""
    return {key: note for key, note in reading.notes.items() if wording.criterion_number(key) in reading.verdicts}


def _noted(c: _Context, fresh: Facts) -> list[Reply]:
    """Repeat in one line what was read, unless it was a plain answer to the question asked."""
    judged = [v for n, v in c.reading.verdicts.items() if f"criteria.{n}" in fresh]
    replies = [Reply(verdict.reason, sources=(verdict.source,)) for verdict in judged]
    rest = {key: fact for key, fact in fresh.items() if key not in {f"criteria.{v.number}" for v in judged}}
    if rest and (set(rest) != {c.dossier.pending} or c.reading.answer is None):
        first = not c.dossier.facts
        text = wording.described(c.knowledge, rest, {})
        text_id = "read_back" if first and len(plain(c.message.text).split()) > 5 else "noted"
        replies.insert(0, c.say("changed" if _corrects(c) else text_id, facts=text))
    return replies


def _in_progress(c: _Context) -> list[Reply]:
    return [c.say("not_yes", subject=wording.subject(c.knowledge, key)) for key in c.reading.in_progress]


def _set_in_progress(dossier: Dossier, c: _Context) -> Dossier:
    for key in c.reading.in_progress:
        dossier = _unsure(dossier, key, "in ontwikkeling")
    return dossier


def _unsure(dossier: Dossier, key: str, note: str) -> Dossier:
    """Note that a key isn't known: a criterion becomes 'onbekend', another key is not asked again."""
    if wording.criterion_number(key) is not None:
        return change.put(dossier, {key: Status.ONBEKEND.value}, {key: note} if note else {})
    return change.skip(dossier, key)


def _take_hypothesis(c: _Context) -> Turn | None:
    if not c.reading.hypothetical and not c.is_("stel_dat", certain=True):
        return None
    if not c.reading.hypothetical and "organisation_type" in c.dossier.facts and advising.options_named(c.message.text):
        left = len(remaining(c.dossier, c.knowledge)) if c.dossier.active else 0
        return Turn(c.dossier, advising.why_not(c.message.text, c.dossier, c.knowledge, left))  # "wat als we inhuren"
    if not c.reading.hypothetical:
        return Turn(c.dossier, side="vraag") if not c.dossier.facts else Turn(c.dossier, (c.say("whatif_unclear"),))
    if "organisation_type" not in c.dossier.facts and "organisation_type" not in c.reading.hypothetical:
        if c.reading.asks or not c.dossier.active:
            return Turn(c.dossier, side="vraag")
        return Turn(c.dossier, (c.say("need_type"),))
    changed = {key: fact for key, fact in c.reading.hypothetical.items() if c.dossier.facts.get(key) != fact}
    difference = what_if(c.dossier.facts, changed, c.knowledge)
    replies = advising.difference(difference, changed or c.reading.hypothetical, c.knowledge)
    return Turn(c.dossier, replies, side="vraag_bij_feiten" if c.message.intent == "vraag" else None)


def _take_question_on_advice(c: _Context) -> Turn | None:
    """After the advice, "wie vraagt de financiering aan?" is about that advice."""
    if not c.dossier.advised or c.command is None or c.command.name not in ("vraag", "advies"):
        return None
    part = advising.part(c.message.text, c.dossier, c.knowledge)
    return Turn(c.dossier, part) if part else None


def _take_after_all(c: _Context) -> Turn | None:
    """ "Toch niet" after the advice, when it could be about more than one answer."""
    if not c.dossier.advised or c.dossier.active or not _STILL.fullmatch(plain(c.message.text)):
        return None
    return Turn(c.dossier, (c.say("change_which"),))


def _take_question_on_case(c: _Context) -> Turn | None:
    """ "Wie vraagt de financiering aan?" in the check: what differs by form is said for the forms that still can."""
    if "organisation_type" not in c.dossier.facts or c.reading.facts or not _is_question(c):
        return None
    reply = advising.who(c.message.text, c.dossier.facts, c.knowledge)
    return Turn(c.dossier, (reply,)) if reply else None


def _take_why_not(c: _Context) -> Turn | None:
    """ "Waarom niet?" and "waarom kan inhuren niet?" ask for the reasons of the verdict."""
    if "organisation_type" not in c.dossier.facts or not advising.asks_why_not(c.message.text):
        return None
    left = len(remaining(c.dossier, c.knowledge)) if c.dossier.active else 0
    replies = advising.why_not(c.message.text, c.dossier, c.knowledge, left)
    return Turn(c.dossier, replies) if replies else None


def _take_polarity(c: _Context) -> Turn | None:
    key = c.dossier.pending if c.dossier.active else None
    if key is None or c.dossier.proposal or c.reading.answer is None:
        return None
    name = wording.subject(c.knowledge, key)
    if c.reading.answer == "weet_niet":
        criterion = wording.criterion_number(key) is not None
        reply = c.say("unknown_noted", subject=name) if criterion else c.say("unknown_skipped")
        return Turn(_unsure(change.remember(c.dossier), key, ""), (reply,))
    if c.reading.answer == "deels" and c.knowledge.facts[key].kind in ("bool", "criterion"):
        return Turn(_unsure(change.remember(c.dossier), key, "deels"), (c.say("partly", subject=name),))
    return None


def _is_question(c: _Context) -> bool:
    sure = SURE_QUESTION if c.dossier.active else 0.5  # in the interview a statement is an answer first
    if not c.dossier.active and _ASKS_MAY.search(plain(c.message.text)):
        return True
    return c.reading.asks or (c.message.intent == "vraag" and c.message.confidence >= sure)


_STEPS: tuple[Callable[[_Context], Turn | None], ...] = (
    _settle_proposal,
    _take_why_not,
    _take_hypothesis,
    _do_command,
    _take_facts,
    _take_polarity,
    _take_after_all,
    _take_question_on_advice,
    _take_question_on_case,
    _do_likely_command,
)


# --- commands ----------------------------------------------------------------------------------------------------


def _start(c: _Context) -> Turn:
    asks = c.reading.asks or _ASKS_MAY.search(plain(c.message.text))
    if c.dossier.active and asks and not c.is_("start", certain=True):
        return Turn(c.dossier, side="vraag")  # "mogen wij zelf IPS doen" in the check wants an answer
    replies = () if c.dossier.active else (c.say("intro"), *_known_already(c))
    opened = c.dossier.with_(active=True)
    taken = _take_facts(_Context(c.message, c.reading, None, opened, c.knowledge))
    return Turn(taken.dossier, taken.replies) if taken else Turn(opened, replies)


def _known_already(c: _Context) -> tuple[Reply, ...]:
    if not c.dossier.facts:
        return ()
    return (c.say("known_already", facts=wording.described(c.knowledge, c.dossier.facts, {})),)


def _resume(c: _Context) -> Turn:
    if c.dossier.active:
        return Turn(c.dossier)
    return Turn(c.dossier.with_(active=True), (c.say("resumed" if c.dossier.facts else "intro"),))


def _back_again(c: _Context) -> Turn:
    """Who comes back finds the open question, the verdict, or a greeting when there is nothing to go on with."""
    if c.dossier.active:
        return Turn(c.dossier, (c.say("welcome_back"),))
    if c.dossier.advised:
        return Turn(c.dossier, (advising.again(c.dossier, c.knowledge),))
    if not c.dossier.facts and not c.dossier.skipped:
        return Turn(c.dossier, side="groeten")
    return Turn(c.dossier.with_(active=True), (c.say("welcome_back"),))


def _stop(c: _Context) -> Turn:
    if not c.dossier.active:
        return Turn(c.dossier, (c.say("already_paused" if c.dossier.facts else "bye"),))
    reply = Reply(wording.say(c.knowledge, "paused"), (Button(_title(c, "continue_button"), "verder"),))
    return Turn(c.dossier.with_(active=False, proposal=None), (reply,))


def _restart(c: _Context) -> Turn:
    if not c.dossier.facts and not c.dossier.skipped:
        return Turn(_empty(c.dossier).with_(active=True), (replace(c.say("restarted"), restart=True),))
    return Turn(c.dossier.with_(active=True, proposal={"kind": "restart"}))


def _wipe(c: _Context) -> Turn:
    return Turn(c.dossier.with_(active=True, proposal={"kind": "wipe"}))


def _back(c: _Context) -> Turn:
    before = change.back(c.dossier)
    if before is None:
        return Turn(c.dossier, (c.say("nothing_back"),))
    gone = {key: fact for key, fact in c.dossier.facts.items() if key not in before.facts}
    if len(gone) < 2:
        return Turn(before.with_(active=True), (c.say("back"),))
    return Turn(before.with_(active=True), (c.say("back_more", facts=wording.described(c.knowledge, gone, {})),))


def _skip(c: _Context) -> Turn:
    if not c.dossier.active or c.dossier.pending is None:
        return Turn(c.dossier, (c.say("nothing_to_skip"),))
    after = change.skip(change.remember(c.dossier), c.dossier.pending).with_(pending=None, proposal=None)
    return Turn(after, (c.say("skipped"),))


def _overview(c: _Context) -> Turn:
    return Turn(c.dossier, (wording.overview(c.knowledge, c.dossier),))


def _why(c: _Context) -> Turn | None:
    key = c.dossier.pending if c.dossier.active else None
    if key is None:
        return None
    definition = c.knowledge.facts[key]
    return Turn(c.dossier, (Reply(definition.why, sources=(definition.source,)),))


def _term(c: _Context) -> Turn | None:
    term = find_term(c.message.text, c.knowledge)
    if term is None:
        return None
    best = next(iter(c.message.answers), None)
    if best and best.score >= SURE_CARD and not asks_about_my_words(c.message.text):
        return Turn(c.dossier, side="vraag")
    return Turn(c.dossier, (Reply(term.explanation, sources=(term.source,) if term.source else ()),))


def _explain(c: _Context) -> Turn | None:
    """Say the open question in other words; without one, it is a question for the answers."""
    key = c.dossier.pending if c.dossier.active else None
    if key is None:
        return Turn(c.dossier, (c.say("what_unclear"),)) if is_only_a_mark(c.message.text) else None
    number, definition = wording.criterion_number(key), c.knowledge.facts[key]
    text = c.knowledge.criteria[number].asks if number else definition.why
    return Turn(c.dossier, (Reply(text, sources=(definition.source,)),))


def _advice(c: _Context) -> Turn | None:
    if "organisation_type" not in c.dossier.facts:
        return Turn(c.dossier.with_(active=True), (c.say("need_type"),)) if c.is_("advies", certain=True) else None
    left = len(remaining(c.dossier, c.knowledge)) if c.dossier.active else 0
    return Turn(c.dossier, advising.asked(c.message.text, c.dossier, c.knowledge, left))


def _correct(c: _Context) -> Turn | None:
    taken = _take_facts(c)
    if taken is not None:
        return taken
    key = advising.key_named(c.message.text, c.knowledge)
    if key is None or key not in c.dossier.facts:
        return Turn(c.dossier, (c.say("change_which"),)) if c.command and c.command.certain else None
    facts = {name: fact for name, fact in c.dossier.facts.items() if name != key}
    after = change.remember(c.dossier).with_(facts=facts, active=True, pending=key, advised=False)
    return Turn(after)


def _title(c: _Context, text_id: str) -> str:
    return wording.say(c.knowledge, text_id)


_COMMANDS: Mapping[str, Callable[[_Context], Turn | None]] = {
    "start": _start,
    "verder": _resume,
    "weer": _back_again,
    "stoppen": _stop,
    "opnieuw": _restart,
    "wissen": _wipe,
    "terug": _back,
    "overslaan": _skip,
    "overzicht": _overview,
    "waarom": _why,
    "begrip": _term,
    "uitleg": _explain,
    "advies": _advice,
    "corrigeren": _correct,
}


def _proposal_question(dossier: Dossier, knowledge: Knowledge) -> Reply:
    proposal = dossier.proposal or {}
    buttons = tuple(Button(title, title) for title in (wording.say(knowledge, "yes"), wording.say(knowledge, "no")))
    if proposal["kind"] == "restart":
        return Reply(wording.say(knowledge, "restart_question"), buttons)
    if proposal["kind"] == "wipe":
        return Reply(wording.say(knowledge, "wipe_question"), buttons)
    key = proposal["key"]
    new = tuple(proposal["new"]) if isinstance(proposal["new"], list) else proposal["new"]
    words = {
        "subject": wording.subject(knowledge, key),
        "old": wording.value(knowledge, key, dossier.facts[key]),
        "new": wording.value(knowledge, key, new),
    }
    return Reply(wording.say(knowledge, "contradiction", **words), buttons)
