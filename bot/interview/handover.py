"""What is said around a person: a wish for one, an offer of one, and where the answer may be mailed. Pure.

The replies here say what holds always; what depends on the ticket (until when, that there is one already) the public
port puts in their place, by the `handover` that they carry (bot/web/handover.py).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.interview import advising, wording
from bot.interview.commands import plain
from bot.masking import EMAIL, emails
from bot.model import Button, Dossier, Knowledge, Message, Miss, Reply
from bot.rules.distress import distressed
from bot.rules.options import advise, open_questions

ASKED, NOT_UNDERSTOOD, NEEDED, DISTRESS = "gevraagd", "niet_begrepen", "mens_nodig", "nood"  # why; as in Ticket.why
CONTACT, OFFERED = "contact", "offered"  # what we asked last: an address, or whether a person should come
MISSES = 2  # in a row, and we offer a person
AFTER_A_NO = -3  # so many more misses, and then we may offer again
MOST_WORDS = 14  # of a wish for a person
MOST_WORDS_ADDRESS = 12  # of a message that gives an address

_PERSON = (
    r"(?:mens(?:ch)?|persoon|medewerk\w+|iemand|ie?mand|collega|adviseur|deskundige|expert|echte?|helpdesk|"
    r"klantenservice|phrenos|jullie|baliemedewerker|consulent)"
)
_TALK = (
    r"(?:spreken|spreke|praten|prate|bellen|belle|chatten|overleggen|contact|mailen|sparren|kletsen|babbelen|gesprek|"
    r"aan de lijn|aan de telefoon|doorverbonden|doorverbinden)"
)
_WANT = (
    r"(?:ik wil|wil ik|kwil|^wil|^wou|^praat met|^praten met|^verder met|ik wou|mag ik|kan ik|kan k|kannik|mogen we|kunnen we|zou ik|ik zou|graag|liever|liefst|heb liever|"
    r"ik spreek|ik praat|geef me|geef mij|^geef|haal|roep|is er|zijn er|zit er|heb je|hebben jullie|ff|even|doe mij|doe maar)"
)
_WISHES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_WANT}\b(?: \S+){{0,6}}? {_PERSON}\b(?: \S+){{0,4}}? {_TALK}\b",
        rf"\b{_WANT}\b(?: \S+){{0,4}}? (?:mens(?:ch)?|medewerk\w+|echte? persoon)\b",
        rf"\b{_WANT}\b(?: \S+){{0,4}}? {_TALK}\b(?: \S+){{0,2}} met (?:\S+ ){{0,3}}?{_PERSON}\b",
        r"\bbel (?:me|mij|ons)\b",
        r"\b(?:kan|kun|kunt|kunnen|wil|willen|mag|laat|zou|zouden)\b(?: \S+){0,3}? (?:me|mij|ons)\b(?: \S+){0,4}? "
        r"(?:terug ?)?(?:bellen|belle|opbellen|terugbellen|mailen|terugmailen)\b",
        r"\b(?:kan|kun|kunnen|wil|mag|zou)\b(?: er)? (?:iemand|een medewerk\w+|een collega|een mens)\b(?: \S+){0,4}? "
        r"(?:meekijke?n?|meedenke?n?|meehelpe?n?|helpen?|overnemen|reageren|antwoorden)\b",
        r"\bterug ?(?:bellen|gebeld|belverzoek)\b",
        r"\b(?:ik wil|wil graag|graag) gebeld\b",
        r"\bneem\w* (?:\S+ ){0,3}contact (?:met (?:mij|me|ons) )?op\b|\bcontact met (?:mij|me|ons)\b",
        r"\bverbind (?:me|mij)\b|\bdoorverbind\w*\b|\bdoorverbonden\b",
        r"\b(?:geen|niet met|niet met een|niet met n) (?:ro?bot|bot|chatbot|computer|machine)\b",
        r"\b(?:stuur|zet|geef|speel) (?:dit|dat|het|mijn vraag|m'n vraag|deze vraag|mij|me)\b(?: \S+){0,3}? door\b",
    )
)
_ALONE = re.compile(
    r"(?:(?:ok\w*|ja|nee|pff+|hm+|nou|dan|graag|een|n|echte?|gewoon|ff|even|hallo|hoi|help)[ ,]+)*"
    r"(?:mens|mensch|mesn|medewerker|persoon|iemand|collega|helpdesk|klantenservice|operator|human|agent|adviseur|"
    r"menselijk contact|callcenter)(?: (?:aub|svp|graag|please|alsjeblieft|alstublieft|nu|spreken|ajb))*"
)
_NO_WISH = re.compile(
    r"\b(?:ben|bent|is dit|is het|praat ik|spreek ik|zit ik|chat ik)\b.{0,25}\b(?:mens|robot|computer|bot|persoon|medewerker)\b"
    r"|^(?:wij|we|onze|ons|hij|zij|ze|de|het|er|een|bij|mijn|als|wie|hoe|hoeveel|welke|wanneer|waarom|wat|moet|moeten)\b"
    r"(?!.{0,40}\b(?:bel|mail)(?:len|en)? (?:me|mij|ons)\b)|\bcli[eë]nt\w*\b|\bgeen (?:mens|medewerker)\b"
)
_CONTACT_DETAILS = re.compile(
    r"telefoonnum|telefoon ?nr|\bnummer\b|mail ?adres|e-?mail ?adres|contactgegevens|\badres\b|bereikbaar|\bbereik\w*\b|"
    r"openingstijd|^contact(?: met phrenos)?$|hoe (?:neem|kom|krijg) (?:\S+ ){0,4}contact|naar wie|wie (?:kan|mag|moet)"
)
_YES = re.compile(
    r"(?:(?:o+k\w*|oh?|nou|dan|ja+|jawel|jep|jup|yes|prima|goed|is goed|graag|heel graag|doe maar|doe dat|doe|maar|toch|wel|alsjeblieft|"
    r"aub|svp|natuurlijk|zeker|lijkt me goed|fijn|top|top idee|dat is goed|dat zou fijn zijn)[ ,.!]*)+"
)
_NO = re.compile(
    r"(?:(?:nee+|neen|nope|nah|nie|niet|hoeft niet|hoeft nie|hoef niet|niet nodig|geen mail|geen e-?mail|geen mailadres|"
    r"liever niet|laat maar|laat ma|laat zitten|dank je|dankje|dankjewel|bedankt|hier is (?:goed|prima)|hier|dat hoeft niet|"
    r"zonder mail|hoor|doe maar niet|toch niet|nu niet|geen mens|geen behoefte(?: aan)?|nvt|maar|wel goed zo|zo is het goed|"
    r"ik wacht (?:hier )?wel|ik kijk hier wel)[ ,.!]*)+"
)
_WITHDRAWS = re.compile(
    r"(?:.{0,25}\b(?:toch |al )?)?\b(?:geen (?:mens|medewerker|persoon) (?:meer )?(?:nodig|hoeft?)|"
    r"(?:mens|medewerker|hij|die|ze) hoeft (?:toch )?niet meer|trek (?:mijn|de|die|m'n) (?:vraag|verzoek) (?:maar )?in|"
    r"annuleer\w* (?:mijn|de|het|die|maar)?.{0,15}|hoeft (?:al )?niet meer,? (?:ik )?(?:weet|ben|heb).{0,30})"
)
_HOW_IT_STANDS = re.compile(
    r"(?:waar blijf\w*|hoe staat het|hoe ?lang duurt|wanneer (?:krijg|komt|hoor|belt|mailt|reageer\w*)|komt er nog|krijg ik nog|hoor ik nog|"
    r"heeft (?:er )?al iemand|is er al iemand|al (?:een )?antwoord|nog steeds (?:geen|niemand)|duurt (?:wel )?lang)\b.{0,60}"
)
_ABOUT_A_PERSON = re.compile(
    r"\b(?:medewerk\w*|mens|iemand|antwoord\w*|reactie|collega|ticket|niemand|belt|mailt|gekeken|mijn vraag|hoor|duurt)\b"
)
_WILLING = re.compile(r"graag|doe|aub|svp|alsjeblieft|prima|goed|fijn|natuurlijk|zeker|top")
_PRIVACY = re.compile(
    r"\b(?:wat (?:doe|doen|gebeurt)|hoe ?lang|waarom|waarvoor|bewaar|privacy|avg|veilig|wie ziet|wie krijgt|gebruik)\b"
)
_ATTEMPT = re.compile(r"@|apenstaart|\bat\b.{1,25}\b(?:punt|dot)\b|\b(?:gmail|hotmail|outlook|ziggo|kpn|live)\b")


@dataclass(frozen=True)
class Said:
    """What a message did around a person: the dossier after it and the replies."""

    dossier: Dossier
    replies: tuple[Reply, ...]


def take(message: Message, dossier: Dossier, knowledge: Knowledge) -> Said | None:
    """Do what a message says about a person; None when it is about something else.

    `perhaps`: the public port may have offered a person, or not; a bare yes is about something else then.
    """
    state = dossier.person or {}
    stage, words = state.get("stage", ""), plain(message.text)
    if state.get("asked") and _WITHDRAWS.fullmatch(words):
        return _say(
            dossier, knowledge, {"missed": 0}, Reply(_text(knowledge, "withdrawn"), handover={"withdraw": True})
        )
    found = emails(message.contact) or emails(message.text)
    gives = bool(found or f"[{EMAIL}]" in message.text) and len(words.split()) <= MOST_WORDS_ADDRESS
    if gives and (stage == CONTACT or (state.get("asked") and not _plan_is_open(dossier))):
        return _address(found, dossier, knowledge)
    if wishes(message, _plan_is_open(dossier)):
        why = DISTRESS if distressed(message.text) else state.get("why", ASKED) if stage == OFFERED else ASKED
        return asked(dossier, knowledge, why, found if len(found) == 1 else ())
    if stage == CONTACT:
        return _about_address(words, dossier, knowledge)
    if state.get("asked") and _HOW_IT_STANDS.search(words) and _ABOUT_A_PERSON.search(words) and not stage:
        return _say(dossier, knowledge, state, Reply(_text(knowledge, "no_ticket"), handover={"standing": True}))
    sure = _WILLING.search(words) if state.get("perhaps") else True
    if stage == OFFERED and sure and _YES.fullmatch(words):
        return asked(dossier, knowledge, state.get("why", ASKED))
    if stage == OFFERED and _NO.fullmatch(words):
        return _say(
            dossier, knowledge, {**state, "stage": "", "missed": AFTER_A_NO}, Reply(_text(knowledge, "declined"))
        )
    return None


def wishes(message: Message, in_a_plan: bool = False) -> bool:
    """Tell whether a message plainly wishes for a person. In a plan, where all is an answer first, it must be short."""
    words = plain(message.text)
    spelled = " ".join(_spelled(word) for word in words.split())
    if len(spelled.split()) > (7 if in_a_plan else MOST_WORDS * 2):
        return False
    if _ALONE.fullmatch(spelled):
        return True
    clauses = [clause.strip() for clause in re.split(r"[.,;!?]| (?:dus|want|en) ", spelled)]
    return any(
        pattern.search(clause) and not _NO_WISH.search(clause)
        for clause in clauses
        if 0 < len(clause.split()) <= MOST_WORDS
        for pattern in _WISHES
    )


def asks_for_contact_details(text: str) -> bool:
    """Tell whether somebody asks how to reach the institute, rather than for somebody here."""
    return _CONTACT_DETAILS.search(plain(text)) is not None


def asked(dossier: Dossier, knowledge: Knowledge, why: str, addresses: tuple[str, ...] = ()) -> Said:
    """Bring in a person, and ask where the answer may be mailed, unless an address came along."""
    state = {"asked": True, "stage": CONTACT, "why": why, "missed": 0}
    opened = Reply(_text(knowledge, "opened"), handover={"open": why})
    if len(addresses) == 1:
        given = _given(addresses[0], knowledge)
        return _say(dossier, knowledge, {**state, "stage": ""}, opened, given)
    no = Button(_text(knowledge, "no_mail_button"), _text(knowledge, "no_mail_button"))
    question = Reply(_text(knowledge, "address_question").format(consent=""), (no,), handover={"ask": CONTACT})
    return _say(dossier, knowledge, state, opened, question)


def details(dossier: Dossier, knowledge: Knowledge) -> Said:
    """Say how the institute is reached, and offer to pass the question on from here."""
    return offered(dossier, knowledge, ASKED, "details", always=True)


def offered(dossier: Dossier, knowledge: Knowledge, why: str, text_id: str, always: bool = False) -> Said:
    """Offer a person; in an open interview, where a yes would answer its question, by the words to say only."""
    titles = [_text(knowledge, name) for name in ("yes_button", "no_button")]
    text = _text(knowledge, text_id)
    mark = {"offer": why, **({"always": True} if always else {})}
    state = {**(dossier.person or {}), "missed": 0, "why": why, "perhaps": False}
    if dossier.active:
        return _say(
            dossier, knowledge, {**state, "stage": ""}, Reply(f"{text} {_text(knowledge, 'how')}", handover=mark)
        )
    buttons = tuple(Button(title, title) for title in titles)
    reply = Reply(f"{text} {_text(knowledge, 'shall_i')}", buttons, handover=mark)
    return _say(dossier, knowledge, {**state, "stage": OFFERED}, reply)


def after(message: Message, before: Dossier, now: Dossier, replies: tuple[Reply, ...], knowledge: Knowledge) -> Said:
    """Return a turn with what must be offered after it: to the upset, after two misses, where no source answers.

    Whoever asked for a person already is offered none; the public port leaves an offer out when there is a ticket.
    """
    state = before.person or {}
    heard = {name: kept for name, kept in {**state, "stage": ""}.items() if name != "perhaps"} if state else {}
    now = now.with_(person=heard or None)
    missed = [reply.missed for reply in replies if reply.missed not in (None, Miss.BETWIJFELD)]
    told_at_length = _plan_is_open(before) and len(message.text.split()) > MOST_WORDS
    if distressed(message.text) and not told_at_length:
        asks = "?" in message.text or now.active
        kept = tuple(reply for reply in replies if asks and (reply.missed is None or now.active))
        said = offered(now, knowledge, DISTRESS, "distress", always=True)
        return Said(said.dossier, (*kept, *said.replies))
    count = state.get("missed", 0) + 1 if missed else min(state.get("missed", 0), 0)
    if count >= MISSES and not before.active:
        said = offered(now, knowledge, NOT_UNDERSTOOD, "after_misses")
        return Said(said.dossier, (*_without_buttons(replies), *said.replies))
    if Miss.NIET_IN_BRONNEN in missed and count >= 0:
        replies = tuple(replace(r, handover={"maybe": NEEDED}) if r.missed else r for r in replies)
        stage = "" if now.active else OFFERED
        person = {**heard, "missed": count, "stage": stage, "why": NEEDED, "perhaps": True}
        return Said(now.with_(person=person), replies)
    if heard or count:
        now = now.with_(person={**heard, "missed": count})
    return Said(now, replies)


def waits_for_an_answer(dossier: Dossier) -> bool:
    """Tell whether what we asked last is about a person, so that the interview's question must wait for its turn."""
    return bool((dossier.person or {}).get("stage"))


def summary(dossier: Dossier, knowledge: Knowledge) -> tuple[str, ...]:
    """Return what a conversation had told, a line each: what was noted, the advice so far, whether there is a plan."""
    lines = []
    if dossier.facts:
        lines = wording.described(knowledge, dossier.facts, dossier.notes).split("; ")
        advice = advise(dossier.facts, knowledge)
        lines.append(_text(knowledge, "summary_advice").format(best=advising.best_name(advice, knowledge)))
        left = len(open_questions(dossier.facts, knowledge))
        if left:
            lines.append(_text(knowledge, "summary_open").format(left=left))
    if dossier.plan:
        lines.append(_text(knowledge, "summary_plan"))
    return tuple(lines)


def masked_address(address: str) -> str:
    """Return an address as it may be read back: "k…@voorbeeld.nl"."""
    name, _at, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"


def _about_address(words: str, dossier: Dossier, knowledge: Knowledge) -> Said | None:
    """What is said after we asked for an address; anything else simply goes on."""
    state = dict(dossier.person or {})
    if _NO.fullmatch(words):
        return _say(
            dossier, knowledge, {**state, "stage": ""}, Reply(_text(knowledge, "no_mail"), handover={"no": CONTACT})
        )
    if _YES.fullmatch(words):
        return _say(dossier, knowledge, state, Reply(_text(knowledge, "which_address")))
    if _ATTEMPT.search(words) and len(words.split()) <= MOST_WORDS_ADDRESS:
        return _say(dossier, knowledge, state, Reply(_text(knowledge, "no_address")))
    about_it = re.search(r"mail|adres|gegeven|dat|dit|bewaar|\bhet\b|privacy|avg", words)
    if _PRIVACY.search(words) and about_it and len(words.split()) <= MOST_WORDS:
        return _say(
            dossier,
            knowledge,
            state,
            Reply(_text(knowledge, "consent_again").format(consent=""), handover={"consent": True}),
        )
    return None


def _address(found: tuple[str, ...], dossier: Dossier, knowledge: Knowledge) -> Said:
    state = dict(dossier.person or {})
    if not found:  # a crash took what was typed; only its mask is left
        return _say(dossier, knowledge, {**state, "stage": CONTACT}, Reply(_text(knowledge, "address_lost")))
    if len(found) > 1:
        return _say(dossier, knowledge, {**state, "stage": CONTACT}, Reply(_text(knowledge, "one_address")))
    return _say(dossier, knowledge, {**state, "stage": ""}, _given(found[0], knowledge))


def _given(address: str, knowledge: Knowledge) -> Reply:
    return Reply(_text(knowledge, "address_noted").format(address=masked_address(address)), handover={"contact": True})


def _say(dossier: Dossier, knowledge: Knowledge, state: Mapping[str, Any], *replies: Reply) -> Said:
    return Said(dossier.with_(person=dict(state)), replies)


def _text(knowledge: Knowledge, name: str) -> str:
    return knowledge.texts[f"person_{name}"]


def _plan_is_open(dossier: Dossier) -> bool:
    return bool(dossier.plan and dossier.plan.get("open"))


def _without_buttons(replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """A chat shows the last buttons only, and those must be those of the offer."""
    return tuple(replace(reply, buttons=()) for reply in replies)


def _spelled(word: str) -> str:
    """Return a word as it was meant: "medwerkr" is a medewerker."""
    if len(word) < 7 or not word.startswith("me"):
        return word
    return "medewerker" if difflib.SequenceMatcher(None, word, "medewerker").ratio() >= 0.8 else word
