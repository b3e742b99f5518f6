"""Triage: what a message's words say for certain, and how that and the classifier's guess become one verdict. Pure.

Rules stand here only for what must never be missed: danger to life, a client's personal data, a deadline, a complaint,
a data leak. Everything else is the classifier's (bot/nlu/triage.py).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.rules.clients import ClientData, client_data
from bot.rules.deadlines import ABOUT_A_WEEK, days_left, moments
from bot.rules.mailtext import Letter, sentences_of
from bot.rules.safety import danger

CATEGORIES = (
    "toepasbaarheid",
    "kwaliteitscriteria",
    "samenwerking",
    "implementatieplan",
    "financiering",
    "modeltrouw",
    "training",
    "onderzoek",
    "hulpvraag",
    "techniek",
    "overig",
)
DIRECT, HIGH, NORMAL, LOW = URGENCIES = ("direct", "hoog", "normaal", "laag")
PERSONAL, CRISIS, PERSON, AUTOMATIC = FLAGS = ("persoonsgegevens", "crisis", "mens_nodig", "automatisch")
NO_REPLY = "geen"  # beside PERSON and AUTOMATIC: what kind of reply a message needs
MOST_QUESTIONS = 4
LONGEST_CORE = 1500  # characters of a message that are understood; what follows is still searched by the rules

_COMPLAINT = re.compile(
    r"(?i)(?<!geen )(?<!niet als )\bklacht\b(?! (?:is|was) (?:opgelost|afgehandeld))|\b(?:formal|official|file a|make a"
    r"|lodge a) complaint\b|\b(?:dien|dienen|diende) (?:ik |wij |we )?(?:een |mijn |onze )?klacht|\bmijn beklag\b"
)
_ILLNESS = re.compile(r"(?i)\b(?:psychische|lichamelijke|medische|ggz|somber\w*|angst\w*)\s+klacht\b")
_LEAK = re.compile(
    r"(?i)\b(?:een|dit|het|mogelijk|ernstig|data ?breach:?|melding) data-?\s?lek\b|^data-?\s?lek\b|\bdata breach\b"
    r"|\b(?:verkeerde|foute) (?:bijlage|bestand|mail|lijst|persoon|ontvanger|adres)\b.{0,120}\b(?:gegevens|cli[eë]nt\w*"
    r"|namen|bsn|dossier\w*)"
    r"|\bper (?:ongeluk|abuis)\b.{0,100}\b(?:cli[eë]nt\w*|gegevens|dossier\w*|bsn|namen|diagnoses?)\b"
    r"|\b(?:gegevens|dossiers?|gesprek|rapport|namen) van (?:iemand anders|een ander\w*|andere \w+|onbekenden)\b"
    r".{0,80}\b(?:zie|zien|gezien|ontv\w+|kreeg|naam|datalek)|\bzie\b.{0,60}\b(?:gegevens|dossier|gesprek)\b.{0,20}"
    r"\b(?:iemand anders|een ander|andere)\b|\bgehackt\b|\b(?:gegevens|cli[eë]nt\w*|namen)\b.{0,60}\bop straat\b"
    r"|\b(?:namen|gegevens|dossiers?) van (?:onze |jullie |uw )?cli[eë]nten\b.{0,60}\b(?:openbaar|open|zichtbaar|online)\b"
)
_NO_HURRY = re.compile(
    r"(?i)\b(?:geen|zonder) (?:\w+ )?(?:haast|spoed|druk|prioriteit)\b|\bniet (?:zo )?(?:dringend|urgent|spoedeisend)\b"
    r"|\b(?:alle|ruim de) tijd\b|\bmag (?:gerust |rustig |best )?(?:even )?wachten\b|\brustig aan\b|\bop (?:je|uw|jullie) gemak\b"
    r"|\bals (?:je|u|jullie|iemand)(?: het)?(?: ooit| een keer| eens| nog)* (?:tijd|ruimte)\b"
    r"|\bwanneer (?:je|u|jullie) (?:een keer )?tijd\b|\bmag rustig\b|\bniet belangrijk\b|\bno (?:rush|hurry)\b|\bnot urgent\b"
    r"|\bnieuwsgierig\w*\b|\bpure? (?:uit )?interesse\b|\bgewoon interesse\b|\bneem (?:gerust )?(?:de|je|uw) tijd\b"
)
_PRESSING = re.compile(
    r"(?i)\b(?:met |grote )?spoed\b|\bzsm\b|\bzo snel mogelijk\b|\bdringend\b|\burgent\b|\basap\b|\b(?:2e|3e|tweede|derde"
    r"|vierde|vijfde) (?:keer|mail|maal)\b|!!|\?\?\?|\bhelp\b|\bper direct\b|\bonmiddellijk\b"
)
_LOSS = re.compile(
    r"(?i)\b(?:subsidie|financiering|vergoeding|trajectvergoeding|certifica\w+|contract|uitkering|inkoop|betaling|geld"
    r"|overeenkomst|betaal\w*)\b.{0,70}\b(?:verva\w+|stop\w*|trekt?|kwijt|verlopen|verlie\w*|intrek\w*|beëindig\w*|eindig\w*"
    r"|loopt\b.{0,20}\baf|schrap\w*)"
)
_HYPOTHESIS = re.compile(r"(?i)\b(?:wat als|wat gebeurt er als|stel dat|volgens het (?:project)?plan|what if)\b")
_AUTOMATIC_REPLY = re.compile(
    r"(?i)^(?:automatisch (?:antwoord|bericht)|automatic reply|auto(?:matische)?[- ]?reply|out of (?:the )?office"
    r"|afwezig(?:heid)?\b|undeliverable|onbestelbaar|delivery (?:status|failure)|mail delivery)"
)
_THANKS = re.compile(r"(?i)\b(?:dank\w*|bedankt|merci|thanks|thank you|top|thx)\b")
_ASKS = re.compile(
    r"(?i)\?|^(?:en |maar |dus |ok |hoi |hallo |hey )*(?:wie|wat|wa|waar|welke?|hoe|hoeveel|wanneer|waarom|mag|mogen|moet"
    r"|moeten|kan|kunnen|kun|is|zijn|heeft|hebben|geldt|gelden|telt|tellen|werkt|bestaat|what|who|which|how|can|may|must|is|are"
    r"|do|does)\b|\b(?:vraag(?:t|en)?(?: mij| me| ons)? (?:mij |me |ons )?af|wil(?:len)? (?:graag )?weten|wil weten|zoek|zoeken"
    r"|benieuwd|weet (?:je|u|iemand)|wondering)\b"
)
_COURTESY = re.compile(
    r"(?i)^(?:kun(?:nen|t)?|kan|wil(?:t|len)?|zou(?:den)?|weet|weten)\b.{0,45}\b(?:helpen|meedenken|dit|uitzoeken|beantwoorden"
    r"|reageren|navragen|antwoorden|op zeggen)\b.{0,20}\?*$"
)


@dataclass(frozen=True)
class Signals:
    """What the words of a message say for certain; `days` is until the nearest deadline, None without one."""

    danger: bool
    client: ClientData
    days: int | None
    near: bool
    far: bool
    complaint: bool
    leak: bool
    no_hurry: bool
    pressing: bool
    loss: bool
    automatic_reply: bool
    thanks: bool

    @property
    def due_soon(self) -> bool:
        """Whether something is due within about a week."""
        return self.days is not None and self.days <= ABOUT_A_WEEK

    def numbers(self) -> tuple[float, ...]:
        """Return the signals as features for the classifier."""
        marks = (self.due_soon, self.near, self.far, self.complaint, self.leak, self.no_hurry, self.pressing, self.loss)
        return tuple(float(mark) for mark in (*marks, self.automatic_reply, self.thanks, self.client.present))


@dataclass(frozen=True)
class Guess:
    """What the classifier makes of a message: a chance for each category, urgency (not `direct`) and kind of reply."""

    category: Mapping[str, float]
    urgency: Mapping[str, float]
    reply: Mapping[str, float]


@dataclass(frozen=True)
class Judgement:
    """The verdict, with the rules that made it (`reasons`, codes) where rules did."""

    category: str
    confidence: float
    urgency: str
    flags: tuple[str, ...]
    reasons: tuple[str, ...]


def signals_of(letter: Letter, today: date) -> Signals:
    """Return what the words of a message say; `today` is the day of writing."""
    said = letter.body
    ahead = moments(said, today)
    return Signals(
        danger=in_danger(letter),
        client=client_data(said + ("\n" + letter.quoted if letter.quoted else "")),
        days=days_left(said, today),
        near=any(moment.days <= ABOUT_A_WEEK for moment in ahead),
        far=any(moment.days > 2 * ABOUT_A_WEEK for moment in ahead),
        complaint=bool(_COMPLAINT.search(_ILLNESS.sub("", said))),
        leak=bool(_LEAK.search(said.replace("\n", " "))),
        no_hurry=bool(_NO_HURRY.search(said)),
        pressing=bool(_PRESSING.search(said)),
        loss=bool(_LOSS.search(said.replace("\n", " "))) and not _HYPOTHESIS.search(said),
        automatic_reply=bool(_AUTOMATIC_REPLY.search(letter.subject)),
        thanks=bool(_THANKS.search(said)),
    )


def in_danger(letter: Letter) -> bool:
    """Tell whether a message speaks of danger to life, also where a mail program broke its lines."""
    return danger(letter.everything) or danger(" ".join(letter.own.split()))


def core_of(letter: Letter) -> str:
    """Return the text that the classifier reads: the message in one line, bounded."""
    return (" ".join(letter.body.split()) or " ".join(letter.everything.split())).lstrip("/ ")[:LONGEST_CORE]


def questions_of(letter: Letter) -> tuple[str, ...]:
    """Return the questions of a message, at most MOST_QUESTIONS, in order; the whole message when it asks none."""
    said = f"{letter.own}\n{letter.forwarded}"
    asked = [sentence for sentence in sentences_of(said) if _ASKS.search(sentence) and not _COURTESY.match(sentence)]
    long_enough = [sentence for sentence in asked if len(sentence.split()) > 2]
    return tuple(long_enough[:MOST_QUESTIONS]) or (core_of(letter),)


def judge(signals: Signals, guess: Guess | None, answered: bool) -> Judgement:
    """Return the verdict; `answered`: the sources' answer cards answer every question of the message.

    Without a guess (the classifier is down) only what the rules see is judged, and a person must look.
    """
    category, confidence = _best(guess.category) if guess else (None, 0.0)
    if signals.danger:
        return Judgement(category or "hulpvraag", confidence, DIRECT, _flags(signals, PERSON), ("gevaar",))
    reply = _best(guess.reply)[0] if guess else PERSON
    reasons = tuple(
        code
        for code, holds in (
            ("klacht", signals.complaint),
            ("datalek", signals.leak),
            ("termijn", signals.due_soon),
            ("persoonsgegevens", signals.client.present),
        )
        if holds
    )
    if signals.complaint or signals.leak or signals.client.present:
        reply = PERSON
    if reply == AUTOMATIC and not answered:
        reply = PERSON
    urgency = _urgency(signals, guess, reply)
    return Judgement(category or "overig", confidence, urgency, _flags(signals, reply), reasons)


def _urgency(signals: Signals, guess: Guess | None, reply: str) -> str:
    if signals.complaint or signals.leak:
        return HIGH
    if reply == NO_REPLY:
        return LOW
    if signals.due_soon:
        return HIGH
    guessed = _best(guess.urgency)[0] if guess else NORMAL
    return LOW if signals.no_hurry and guessed != HIGH else guessed


def _flags(signals: Signals, reply: str) -> tuple[str, ...]:
    held = {PERSONAL: signals.client.present, CRISIS: signals.danger, reply: True}
    return tuple(flag for flag in FLAGS if held.get(flag))


def _best(chances: Mapping[str, float]) -> tuple[str, float]:
    return max(chances.items(), key=lambda item: item[1])
