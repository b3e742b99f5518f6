"""Yes, no, don't know or partly: a message as the answer to a yes/no question."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.interview.reading.clauses import HEDGE, NEGATION, PROGRESS, Clause, Mood
from bot.interview.reading.lexicon import words

YES, NO, UNKNOWN, PARTLY = "ja", "nee", "weet_niet", "deels"


@dataclass(frozen=True)
class Polarity:
    """`answer` as in `Reading`; `firm`: sure enough to fill a fact ("ok" is not); `in_progress`: being worked on."""

    answer: str | None
    firm: bool = True
    in_progress: bool = False


_NOTHING = Polarity(None)
_SHORT = 10

_YES_LEAD = re.compile(
    r"^(?:(?:nou|eh+m?|u+h*m*|oh|ah|ach|en|dus|hm+|nja|gelukkig|tja) )*(?:ja+|jaja|jazeker|jawel|jahoor|jep|jup|"
    r"yep|yup|yes|yess|zeker(?: weten)?(?! \d)|klopt|inderdaad|absoluut|"
    r"natuurlijk|uiteraard|tuurlijk|correct|precies|juist|dat klopt|sowieso|helemaal|volledig|prima|"
    r"(?:dat is |is )?(?:heel |erg |al )?(?:goed|prima) geregeld|wel degelijk|toch wel|wij wel|we wel|wel|100 ?%|[jy]$|beslist|vast en zeker|"
    r"(?P<weak>ok|oke|okay|okee|akkoord|goed|is goed|graag|doe maar|top|fijn|mooi))\b"
)
_NO_LEAD = re.compile(
    r"^(?:(?:nou|eh+|uh+|ehm|oh|ah|ach|en|dus|hm+|helaas|jammer genoeg|tja) )*(?:nee+|nee+n|nein|nope|nop|nah|"
    r"neuh|njet|nooit|niet echt|nog niet|niet(?! alleen)|helemaal niet|absoluut niet|zeker niet|"
    r"natuurlijk niet|totaal niet|bijlange niet|integendeel|geenszins|liever niet|wij niet|we niet|dat niet|"
    r"dat klopt niet|"
    r"klopt niet|sowieso niet|uiteraard niet|toch niet|eigenlijk niet|helaas$|niemand|geen|nergens|n$)\b"
)
_PLAIN_YES = re.compile(
    r"(?:(?:ja+|jaja|jazeker|jawel|jahoor|jep|jup|yep|yup|yes+|zeker|klopt|inderdaad|correct|helaas|dat|is|zo|er|die|"
    r"1|een|"
    r"eentje|hoor|wel|allebei|beide|vooral|partner|partij|missen|we|wij|geld|bestuurskracht)\b[ ,.!]*)+|[jy]"
)
_LEADING_NO = re.compile(
    r"^(?:nou )?(?:nee+n?|nope|nop|zeker niet|absoluut niet|helemaal niet|niemand|"
    r"natuurlijk niet)\b"
)
_AGAIN_NO = re.compile(r"\b(?:niet|geen|nooit|liever|weiger\w*|hebben|heb)\b")
_NOT_AN_ANSWER = re.compile(
    r"^(?:nee|nou nee|neen|ja|sorry|oeps|"
    r"oh nee),? ?(?:maar )?(?:,? ?sorry,? )?(?:ik bedoel\w*|bedoel|ik bedoelde|wacht|"
    r"verander|wijzig|maak|fout|verkeerd|vergeet)\b"
)
_DONT_KNOW = re.compile(
    r"\b(?:weet|weten) (?:\w+ ){0,5}(?:niet|nog niet)\b|\bgeen (?:flauw |enkel )?(?:idee|flauw|gedacht|"
    r"gedacht van)\b|\b(?:kweenie|kweetniet|weetniet|kweet (?:het )?niet|weenie|wnie|idk|"
    r"geen voorkeur|maakt (?:\w+ )?niet uit|om het even|nog niet (?:uit|besloten|beslist|gekozen)|"
    r"geen antwoord|onbekend|joost mag het weten|durf ik niet te zeggen|kan ik niet zeggen|"
    r"zou (?:ik )?(?:het )?niet weten|dat weet (?:mijn|een|onze|de) \w+|niet bekend|niet zeker|onzeker|"
    r"onduidelijk|"
    r"geen weet van|moet ik (?:even )?(?:navragen|uitzoeken|checken|nakijken|vragen)|ga ik (?:even )?navragen|"
    r"weet niet|niet duidelijk|twijfel|zou ik (?:even )?moeten (?:navragen|vragen|uitzoeken|checken|"
    r"nakijken))\b"
)
_PARTLY = re.compile(
    r"\b(?:deels|gedeeltelijk|half|half om half|soms|meestal|grotendeels|een beetje|beetje|misschien|mwah*|mwa|"
    r"wisselend|niet altijd|niet allemaal|niet iedereen|niet helemaal|"
    r"niet volledig|bijna|hangt (?:er ?)?van ?af|hangt ervan|hangt af|ligt eraan|ja en nee|in principe|"
    r"denk (?:ik )?(?:het|van|wel)|denk het|ik denk|denk ik|waarschijnlijk|"
    r"vermoedelijk|volgens mij|zou kunnen|kan zijn|dacht (?:het|van|ik)|hopelijk|ik hoop|sommige|sommigen|"
    r"de meesten?|moet lukken|moet kunnen|komt goed|de helft|een deel|af en toe|niet overal|niet bij iedereen|"
    r"min of meer|enigszins|redelijk|gaat wel$|wel een beetje|bijna altijd|zo half|niet elke|verschilt|varieert|"
    r"lijkt me|lijkt mij|ik geloof|"
    r"geloof ik|wellicht|mogelijk|een aantal|met moeite|matig|nog niet alle\w*)\b"
)
_LIMITING = re.compile(
    r"\b(?:maar|alleen|behalve|mits|tenzij|zolang|hoewel|uitgezonderd|op termijn|straks|"
    r"binnenkort|als)\b"
)
_FUNCTION_WORDS = words(
    """
    dat die dit het er daar daaraan hieraan we wij ze zij ik nou hier nu wel zeker gewoon al ook allemaal is
    zijn staat staan aan voor elkaar geregeld orde in op prima goed lukt lukken halen haal haalt voldoen
    voldoet hebben heb heeft doen doet kunnen kan gelukkig natuurlijk ons met de rond willen wil zit zitten
    bij hoor echt toch helaas niet geen nog nooit ben bent gaat gebeurt klopt kloppen alles dus momenteel
    hoeft past werkt allang krijgen krijgt inmiddels samen jullie zo garanderen waarborgen toezeggen bieden
    redden redt ligt liggen niemand nergens een enkele enkel die
    """
)
_LIMITS_EARLIER = re.compile(r"(?:maar|alleen|behalve|nog|al|hoewel|mits|tenzij)\b")
_NEEDS_LITTLE = ("geen", "niemand", "niet", "nergens")
_PREDICATE = re.compile(
    r"\b(?:halen|haal|haalt|voldoen|voldoet|hebben|heb|heeft|doen|doet|kunnen|kan|lukt|lukken|orde|geregeld|"
    r"prima|is|zijn|staat|staan|wel|klopt|rond|willen|wil|gebeurt|past|werkt|krijgen|krijgt|zit|zitten|"
    r"garanderen|waarborgen|bieden|hoeft|goed|gaat|ligt|liggen|redden|redt)\b"
)


def polarity(text: str, clauses: Sequence[Clause]) -> Polarity:
    """Return what a normalised message answers to a yes/no question."""
    plain = text.strip(" .,!;:")
    if plain and set(plain) <= {"?", " "}:
        return Polarity(UNKNOWN, firm=False)
    if not clauses or clauses[0].mood is Mood.ASKED or _NOT_AN_ANSWER.match(plain):
        return _NOTHING
    stated = _stated(clauses)
    if _says_unknown(stated):
        return Polarity(UNKNOWN)
    if clauses[0].mood is Mood.SUPPOSED:
        if len(stated.split()) <= 4 and _PARTLY.search(stated):
            return Polarity(PARTLY)
        return Polarity(PARTLY) if _YES_LEAD.match(plain) else _NOTHING
    for judge in (_leading_no, _leading_yes, _statement):
        found = judge(plain, stated, clauses)
        if found.answer:
            return found
    return _NOTHING


_GOING_TO = re.compile(
    r"(?:(?:nee|ja|jawel|nou|nog niet|nu nog niet|maar|dus|en)\W+)*(?:(?:dat|die|dit|het|daar|zoiets|ook) )+"
    r"(?:gaan|zullen) (?:we|wij) (?:\w+ ){0,3}(?:regelen|doen|opzetten|organiseren|inrichten|opbouwen|oppakken|"
    r"uitwerken|afspreken|aanpakken|invoeren|beginnen|starten|werken)(?: hoor| denk ik)?"
)


def going_to(text: str) -> bool:
    """Say whether a message only announces: "nee dat gaan we nog regelen", "dat gaan we doen"."""
    found = _GOING_TO.fullmatch(text.strip(" .,!;:"))
    return found is not None and not re.search(r"\b(?:niet|nooit) (?:\w+ )?\w+$", found.group())


def plain_answer(text: str, answer: str) -> bool:
    """Say whether a yes or no is one in so many words: "ja helaas" or "nee hoor", not "nee liever niet"."""
    plain = text.strip(" .,!;:")
    if answer == YES:
        return _PLAIN_YES.fullmatch(plain) is not None
    lead = _LEADING_NO.match(plain)
    return answer != NO or (lead is not None and not _AGAIN_NO.search(plain, lead.end()))


def _stated(clauses: Sequence[Clause]) -> str:
    return " , ".join(clause.text for clause in clauses if clause.mood is not Mood.ASKED)


def _belongs(clauses: Sequence[Clause]) -> str:
    """Return the first sentence and the later ones that limit it ("Ja. Maar nog niet overal.")."""
    openings: dict[int, str] = {}
    for clause in clauses:
        openings.setdefault(clause.sentence, clause.text)
    kept = {number for number, opening in openings.items() if _LIMITS_EARLIER.match(opening)} | {clauses[0].sentence}
    return _stated([clause for clause in clauses if clause.sentence in kept])


def _says_unknown(stated: str) -> bool:
    match = _DONT_KNOW.search(stated)
    return match is not None and (len(stated.split()) <= _SHORT or match.start() <= 5)


def _only_function_words(text: str) -> bool:
    return all(word in _FUNCTION_WORDS for word in text.replace(",", " ").split())


_YET_NO = re.compile(r"\bwel (?:geen|niet)\b")
_YET_YES = re.compile(r"\b(?:wel|klopt|toch)\b")


def _leading_no(plain: str, stated: str, clauses: Sequence[Clause]) -> Polarity:
    match = _NO_LEAD.match(plain)
    if not match or (match.group() in _NEEDS_LITTLE and not _only_function_words(plain)):
        return _NOTHING
    rest = stated[match.end() :] if stated.startswith(plain[: match.end()]) else plain[match.end() :]
    if PROGRESS.search(rest):
        return Polarity(PARTLY, in_progress=True)
    if _PARTLY.search(plain):
        return Polarity(PARTLY)
    contrary = _YET_YES.search(rest) and not _YET_NO.search(rest)
    return Polarity(PARTLY if contrary else NO)


_LATER = re.compile(r"\b(?:straks|gaan|binnenkort|van plan)\b")
_MILD_LEAD = re.compile(r"wel$|helemaal$|volledig$|precies$|juist$|goed$|mooi$|fijn$|graag$|top$")
_NOT_RIGHT_AFTER = re.compile(r" ?,? ?(?:hoor )?(?:niet|geen)\b")


def _leading_yes(plain: str, stated: str, clauses: Sequence[Clause]) -> Polarity:
    match = _YES_LEAD.match(plain)
    if not match:
        return _NOTHING
    lead, rest = match.group(), _belongs(clauses)[match.end() :]
    if _NOT_RIGHT_AFTER.match(rest) and not lead.startswith(("ja", "jep", "yes")):
        return Polarity(NO)
    if PROGRESS.search(rest):
        return Polarity(PARTLY, in_progress=True)
    if _MILD_LEAD.match(lead) and len(rest.split()) > 2:
        return _NOTHING
    if _PARTLY.search(rest) or _LIMITING.search(rest) or NEGATION.search(rest) or HEDGE.search(rest):
        return Polarity(PARTLY)
    if any(clause.mood is Mood.PLANNED for clause in clauses) and _LATER.search(rest):
        return Polarity(PARTLY)
    return Polarity(YES, firm=match["weak"] is None)


_DEPENDS = re.compile(
    r"(?:(?:dat|het|nou|ja|nee) )*(?:hangt|ligt|verschilt|varieert|wisselt) (?:\w+ ){0,2}(?:per|aan|van|af van|tussen) "
    r"(?:\w+ ?){1,4}"
)
_DENIES = re.compile(r"\b(?:niet|geen|nooit|nergens|niemand)\b")


def _statement(plain: str, stated: str, clauses: Sequence[Clause]) -> Polarity:
    """Read "dat halen we", "lukt niet", "nog niet helemaal", "mee bezig": short, without a leading yes or no."""
    said = stated.replace(",", " ").split()
    if len(said) > _SHORT:
        return _NOTHING
    if PROGRESS.search(stated):
        return Polarity(PARTLY, in_progress=True)
    if _DEPENDS.fullmatch(stated) and not _DENIES.search(stated):
        return Polarity(PARTLY)
    known = [word in _FUNCTION_WORDS for word in said]
    if _PARTLY.search(stated):
        rest = _PARTLY.sub(" ", stated).replace(",", " ").split()
        near = sum(word not in _FUNCTION_WORDS for word in rest) <= 2
        return Polarity(PARTLY) if near else _NOTHING
    if not said or not all(known) or (any(clause.mood is Mood.PLANNED for clause in clauses) and "willen" not in said):
        return _NOTHING
    if _DENIES.search(stated):
        return Polarity(NO)
    return Polarity(YES) if _PREDICATE.search(stated) else _NOTHING
