"""Clauses of a message and how they are meant: stated, asked, supposed, planned, or not known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum


class Mood(str, Enum):
    """How a clause is meant. Only STATED (and in part PLANNED) says something about now."""

    STATED = "stated"
    ASKED = "asked"
    SUPPOSED = "supposed"
    PLANNED = "planned"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Clause:
    """A piece of a normalised message, from `start` to `end`, in sentence number `sentence`."""

    text: str
    start: int
    end: int
    sentence: int
    mood: Mood

    @property
    def negated(self) -> bool:
        """Say whether the clause holds a word of negation."""
        return NEGATION.search(self.text) is not None

    @property
    def hedged(self) -> bool:
        """Say whether the speaker isn't sure or says that it holds in part only."""
        return HEDGE.search(self.text) is not None

    @property
    def in_progress(self) -> bool:
        """Say whether the clause says that it is being worked on."""
        return PROGRESS.search(self.text) is not None


NEGATION = re.compile(
    r"\b(?:niet|geen|noch|nooit|niks|niets|nergens|niemand|zonder|nauwelijks|amper|nee|neen|nog te weinig|te weinig|"
    r"onvoldoende)\b"
)
HEDGE = re.compile(
    r"\b(?:denk ik|ik denk|dacht ik|ik dacht|we denken|denken we|volgens mij|vermoedelijk|waarschijnlijk|misschien|"
    r"wellicht|mogelijk|hopelijk|hoop ik|ik hoop|lijkt me|lijkt mij|ik geloof|geloof ik|naar ik meen|vermoed|"
    r"in principe|"
    r"meestal|soms|deels|gedeeltelijk|grotendeels|sommige|sommigen|de meesten?|niet altijd|niet allemaal|niet iedereen|"
    r"af en toe|een beetje|min of meer|enigszins|half om half|de helft|bijna|zo goed als|niet helemaal|niet echt|"
    r"niet volledig|wisselend|hangt er ?vanaf|hangt af|ligt eraan|een deel|een aantal|niet elke|niet alle|"
    r"nog niet alle|lang niet iedereen)\b"
)
PROGRESS = re.compile(
    r"\b(?:werken (?:we |wij |nog |er |hier |daar |hard )*(?:aan|naartoe)|werk(?:en)? (?:er|hier|daar)aan|"
    r"(?:er|eraan|hieraan|daaraan|aan) (?:wordt )?(?:aan )?(?:ge)?werkt?|wordt (?:er )?(?:nog )?(?:hard )?aan gewerkt|"
    r"\baan (?:\w+ ){1,6}werk(?:en|t)? (?:we|wij|ik|nog)\b|mee bezig|bezig (?:mee|met|om)|(?:er|daar|"
    r"hier)mee bezig|zijn (?:we |wij |nog |er |nu |volop )*(?:mee )?bezig|"
    r"aan het (?:regelen|opzetten|opbouwen|schrijven|opstellen|uitwerken|werken|onderzoeken|maken|inrichten|werven|"
    r"bouwen|organiseren|opleiden|trainen|opschalen)|in (?:ontwikkeling|de maak|voorbereiding|opbouw|oprichting|"
    r"concept)|"
    r"in de (?:steigers|planning|pijplijn)|komt eraan|komen eraan|loopt nog|lopen nog|volgt nog|onderweg|"
    r"moet(?:en)? (?:we |wij |nog |dat |het |er )*(?:nog )?(?:geregeld|opgeleid|getraind|geschoold|regelen|"
    r"opzetten|opbouwen|opstellen|maken|komen))\b"
)
_PLAN = re.compile(
    r"\b(?:(?<!die )wil|(?<!die )willen|wilden|wensen|hopen|gaan (?:we|wij|ze|zij)(?! uit van)|(?:we|wij|ze|zij|"
    r"ik) (?:gaan|ga|zullen|zal)(?! uit van)|"
    r"zullen (?:we|wij|ze|zij)|straks|van plan|het plan is|plannen om|overwegen|denken (?:er)?(?:aan|over)|binnenkort|"
    r"volgend jaar|in de toekomst|op termijn|ooit|streven|streefdoel|ambitie|voornemen|zouden graag|graag willen|"
    r"beginnen met|starten met|gaan starten|willen starten|"
    r"(?:moet|moeten)(?! (?:[\w']+ ){0,4}(?:verantwoord|toestemming))|zoeken|op zoek|interesse)\b"
)
_SUPPOSE = re.compile(
    r"\b(?:stel|stel dat|stel nou|stel nu|stel je voor|gesteld dat|veronderstel|wat als|wat indien|wat gebeurt er als|"
    r"als (?:nou |nu |wel |niet |dan )*(?:we|wij|ze|zij|ik|het|dat|er|onze|ons|de|hun|hij|je|jullie|iemand|mensen|die|"
    r"clienten|iedereen|niemand|alles)\b|indien|mits|tenzij|zodra|zolang|mocht|mochten|in het geval|"
    r"op voorwaarde|pas als|alleen als|behalve als|ook als|zou|zouden|zoude|bijvoorbeeld als|hypothetisch\w*|"
    r"theoretisch|in theorie|aangenomen dat|even aangenomen|ervan uitgaand\w*|laten we (?:zeggen|aannemen)|alsof|"
    r"(?<!we )(?<!wij )(?<!ik )ga er (?:\w+ ){0,2}van ?uit)\b"
)
_BACKWARD = re.compile(r"^(?:mits|tenzij|zolang|pas als|alleen als|op voorwaarde|indien|als|zodra|behalve als)\b")
_SUPPOSE_ALL = re.compile(
    r"\b(?:stel|stel je voor|gesteld|veronderstel|even aangenomen|wat als|hypothetisch\w*|alsof)\b"
)
# "Bij 20 per fte, wat dan?": a fragment before a question about what would change is supposed, not stated.
_FRAGMENT = re.compile(r"^(?:en |maar |dus )?(?:bij|met|zonder)\b|\bin plaats van\b")
_WHAT_CHANGES = re.compile(
    r"\b(?:verandert|veranderen|wat dan|hoe (?:zit|gaat) (?:het|dat) dan|wordt (?:het|dat) anders|scheelt)\b"
)
_NOT_KNOWN = re.compile(
    r"\b(?<!teams )(?<!afdelingen )(?:weet|weten|wist|wisten) (?:\w+ ){0,4}(?:niet|nog niet|nooit)\b|"
    r"\bgeen (?:flauw |enkel )?idee\b|"
    r"\bniet (?:\w+ ){0,2}(?:zeker|duidelijk|bekend|gekeken|nagegaan|uitgezocht|onderzocht|bekeken)\b|"
    r"\b(?:vraag|vragen|vroeg|vroegen) (?:me|mij|ons|we ons|wij ons|ik me) af\b|\bafvragen\b|\bbenieuwd\b|"
    r"\bkweenie\b|\bkweet niet\b|"
    r"\bkeine ahnung\b|\bmoet(?:en)? (?:ik|we|wij) (?:nog )?(?:even )?(?:navragen|uitzoeken|checken|nakijken|"
    r"opzoeken)\b|"
    r"\b(?:onbekend|onduidelijk|onzeker|twijfel|twijfelen)\b"
)
# What a publication or somebody else says, or what holds for anybody, isn't about the speaker.
_REPORTED = re.compile(
    r"\b(?:gelezen|staat (?:er )?dat|volgens (?!mij\b)|handreiking|publicatie|de regels?|zei|zeggen|"
    r"zegt|vertelde|(?:beweert|vindt|schrijft|meent|meldt|claimt|denkt|roept) (?:\w+ ){0,2}dat|"
    r"gehoord dat|ik begreep|ik begrijp|als ik het goed begrijp|het maximum is|de norm is|de grens is|de eis is)\b"
)
# "Noteer overal ja": told what to write down, we know nothing.
_DICTATED = re.compile(
    r"\b(?:zeg|noteer|schrijf|vul|zet|maak|markeer|vink|registreer|beschouw|reken|geef)\b(?: \w+){0,4} "
    r"(?:dat|overal|alles|alle|allemaal)\b"
)
_GENERIC = re.compile(r"\b(?:je|men)\b")
_OURS = re.compile(r"\b(?:we|wij|ik|onze|ons|hier)\b")
# At the start of a sentence a verb or question word asks, unless it is an answer with its topic left out.
_FIRST_OPENER = re.compile(
    r"^(?:(?:moet|moeten|mag|mogen|telt|tellen|geldt|gelden|hoeft|hoeven|kan|kunnen) "
    r"(?!niet\b|nog\b|wel\b|ook\b|geen\b|al\b|zeker\b|altijd\b|allemaal\b|we wel\b|we niet\b|lukken\b|"
    r"kunnen\b|een ander (?:\w+ )?doen$)\w+ \w+ \w+|"
    r"(?:is|zijn) (?:\d|een|het|de|dit|iemand|beschermd|ggz)\b(?: \w+){2,}|welke? \w+|wat (?!betreft|"
    r"ons betreft|mij betreft|we )\w+|"
    r"waar (?!we|wij)\w+ \w+)"
)
_WHAT_IF = re.compile(r"\b(?:wat als|wat indien|wat gebeurt er als)\b")
_WHETHER = re.compile(r"\b(?:weet|weten|wist|wisten|niet|idee|zeker|af|vraag|benieuwd|twijfel)(?: \w+){0,3} of\b")
_EMBEDDED = re.compile(r"^(?:of|wie|welk|welke|hoeveel|hoe|waarom|wanneer) ")
_OPENER = re.compile(
    r"^(?:en |maar |dus |want |ook |dan |of |ja |nee |nou |ok |oke )*(?:"
    r"(?:(?:aan|bij|van|met|voor|in|op|door|over|tot) )?(?:hoe|wie|waar|waarom|wanneer|welke?|hoeveel|hoezo|"
    r"waarvoor|waarmee|wiens)\b|"
    r"wat (?!betreft|ons betreft|mij betreft)|"
    r"(?:mag|mogen|kan|kun|kunnen|moet|moeten|hoef|hoeft|hoeven|is|zijn|ben|bent|klopt|heeft|heb|hebben|zal|"
    r"zullen|wordt|"
    r"worden|gaat|telt|tellen|zit|zitten|voldoen|voldoet|komt|komen|doet|doen|geldt|gelden|maakt|krijgen|krijgt|"
    r"werkt|zou|"
    r"zouden|staat|vallen|valt|vervalt|past|lukt|halen|haalt|tel|horen|hoort) "
    r"(?:we|wij|ik|je|jij|jullie|u|men|dat|dit|het|er|een|de|ons|onze|zij|ze|die|deze|iedereen|ook|dan|\d|elke|"
    r"alle|ggz|"
    r"uwv|ribw|gemeente|reintegratiebedrijf|nu|nog|niet|gewoon|toch|zo|wel)\b)"
)
# Verb first without a question mark: only what is hardly ever an answer with its topic left out ("halen we niet").
_BARE_OPENER = re.compile(
    r"^(?:en |maar |dus |dan |of |ja |nee |nou |ok |oke )*(?:"
    r"(?:hoe|wie|waarom|wanneer|hoeveel|hoezo|waarvoor|wiens)\b|(?:aan|bij|van|met|voor|in|op|door) (?:welke?|"
    r"wie|wat|hoeveel)\b|wat (?:moet|moeten|kan|kunnen|is|zijn|als|nu|dan|betekent|verandert|scheelt|"
    r"bedoel|bedoelt|houdt|doen|mag|zegt)\b|welke? \w+ (?:moet|moeten|kan|kunnen|is|zijn|mag|mogen|past|passen|"
    r"hoort)\b|"
    r"(?:mag|mogen) (?:we|wij|ik|dat|dit|een|ook|je|u|de|er|het|jullie|ons|onze|ggz|uwv|gemeente|"
    r"reintegratiebedrijf)\b(?! niet$| ander (?:\w+ )?doen$)|"
    r"(?:kan|kun|moet|is|telt|klopt|hoeft) (?:dat|dit|een|je|u|ik|jij)\b(?! (?:ook |wel |niet |echt )*(?:niet|"
    r"ook|wel|zo)?$)|"
    r"(?:klopt|is) het (?:dat|zo|waar|erg|nodig|verplicht|genoeg|te)\b|(?:geldt|geld|betekent) (?:dat|dit|het)\b|"
    r"(?:kan|mag|is|moet|telt|lukt) het (?:dan|ook|wel|zo|nog)\b|"
    r"waar (?:kan|kunnen|moet|moeten|vind|vinden|mag|haal|staat|gaat)\b|"
    r"(?:kan|kunnen|moeten|hoeven|is) (?:we|wij|ze|zij|het|er|de|jullie)(?: \w+){3,})"
)

_SENTENCE_END = re.compile(r"(?:(?<!\d)\.|\.(?!\d)|[!?;])+")
_BOUNDARY = re.compile(
    r",|[():](?!\d)|(?<=[a-z]):| - |"
    r" (?=(?:maar(?! (?:\d|ongeveer|een paar|weinig|een klein|hooguit|half|heel weinig|1\b))|doch|want|omdat|"
    r"doordat|terwijl|hoewel|dus|zodat|alleen (?:zitten|hebben|is|zijn|wil|willen|criterium|"
    r"nummer|\d|het|de|we|wij|aan|als))\b)|"
    r" (?=en (?:we|wij|ik|ze|zij|hij|die|dat|dit|er|het(?! uwv)|onze|ons|hun|als|niet|geen|wel|nu|daar|ook|verder|"
    r"zelf|samen|"
    r"hebben|heb|doen|zijn|werken|willen|criterium|nummer|halen|voldoen|bieden|hoe|wat|wie|mag|mogen|moet|kan|moeten|"
    r"alle|alles|aan|nog|met|in|op|heeft|haalt|doet|voldoet|wil|kunnen|gaan)\b)|"
    r" (?=(?:stel|wat als|als (?:we|wij|ze|zij|het|er|onze|de|hun|dat|iemand|ik|je|mijn|nu|nou)|mits|tenzij|"
    r"indien|mocht|mochten|"
    r"zodra|zolang)\b)|"
    r" (?=of (?:we|wij|ze|zij|dat|het|er|onze|de|hun|ik|die|ons|alle|iedereen|mag|moet|is|kan|moeten|kunnen|mogen)\b)|"
    r" (?=(?:mag|kan|moet|is|klopt|telt) (?:dat|dit)\b)|"
    r" (?=(?:mogen|mag|moeten|kunnen) (?:we|wij|ik)\b)|"
    r" (?=(?:hoe|hoeveel|waarom|wanneer|welke?|wie) (?:zit|is|zijn|moet|moeten|kan|kunnen|mag|mogen|gaat|doen|"
    r"we|criteri\w+|"
    r"werkt|vraagt|regelen)\b)|"
    r" (?=(?:nee|ja) (?:maar|want)\b)"
)
_TRIM = " ,():"
# "De andere criteria kunnen we halen" is one clause; "we hebben 30 per fte mogen we dat" is two.
_INVERTED = re.compile(r"(?:mogen|mag|moeten|kunnen) (?:we|wij|ik)\b")
_FINITE = re.compile(r"\b(?:we|wij|ik|is|zijn|heeft|hebben|heb|doen|doet|willen|wil|per fte)\b")
# "Zeg maar dat …", "ga er maar van uit dat …": no conjunction.
_TOLD = re.compile(r"\b(?:zeg|noteer|schrijf|vul|zet|maak|doe|geef|ga er|laat|reken)$")
# A lone word of these opens the clause that follows.
_LEADERS = frozenset(
    (
        "wat",
        "hoe",
        "en",
        "of",
        "dan",
        "nu",
        "waar",
        "wie",
        "welke",
        "maar",
        "dus",
        "waarom",
        "want",
        "ook",
        "aan",
        "bij",
        "van",
        "met",
        "voor",
        "in",
        "op",
    )
)


def split(text: str) -> tuple[Clause, ...]:
    """Split a normalised message in clauses, in order, each with its mood."""
    clauses: list[Clause] = []
    suppose_rest = False
    for number, (start, end, asks) in enumerate(_sentences(text)):
        spans = _spans(text, start, end)
        moods = _moods([text[a:b] for a, b in spans], _separators(text, spans), asks)
        if suppose_rest and Mood.STATED in moods and _continues(text[start:end]):
            moods = [Mood.SUPPOSED if mood in (Mood.STATED, Mood.PLANNED) else mood for mood in moods]
        suppose_rest = suppose_rest or any(_SUPPOSE_ALL.search(text[a:b]) for a, b in spans)
        clauses.extend(Clause(text[a:b], a, b, number, mood) for (a, b), mood in zip(spans, moods, strict=True))
    return tuple(clauses)


def asks(text: str, clauses: Sequence[Clause]) -> bool:
    """Say whether a message asks something, a "wat als …" included."""
    return "?" in text or _WHAT_IF.search(text) is not None or any(clause.mood is Mood.ASKED for clause in clauses)


def at(clauses: Sequence[Clause], position: int) -> Clause:
    """Return the clause that holds `position` (the last one that starts before it)."""
    found = clauses[0]
    for clause in clauses:
        if clause.start > position:
            break
        found = clause
    return found


def says_unknown(text: str) -> bool:
    """Say whether a clause itself says that something isn't known ("6 weet ik niet")."""
    return _NOT_KNOWN.search(text) is not None


def embeds_question(text: str) -> bool:
    """Say whether what isn't known is a clause of its own ("ik weet niet of wij een ggz zijn")."""
    return _WHETHER.search(text) is not None


_GOES_ON = re.compile(r"\s*(?:en|dan|ook|plus|daarbij|die|dat|zij|ze)\b")


def _continues(sentence: str) -> bool:
    """Say whether a sentence after a supposition still belongs to it ("en ze zitten in zorg", "dan …")."""
    return _GOES_ON.match(sentence) is not None


def _sentences(text: str) -> list[tuple[int, int, bool]]:
    found, start = [], 0
    for match in _SENTENCE_END.finditer(text):
        if text[start : match.start()].strip(_TRIM):
            found.append((start, match.start(), "?" in match.group()))
        start = match.end()
    if text[start:].strip(_TRIM):
        found.append((start, len(text), False))
    return found


def _spans(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans, begin = [], start
    for match in _BOUNDARY.finditer(text, start, end):
        piece = text[begin : match.start()].strip(_TRIM)
        inverted = _INVERTED.match(text, match.end()) and match.group() == " " and not _FINITE.search(piece)
        if piece in _LEADERS or inverted or (_TOLD.search(piece) and text.startswith("maar ", match.end())):
            continue
        spans.append((begin, match.start()))
        begin = match.end()
    spans.append((begin, end))
    return [_trimmed(text, a, b) for a, b in spans if text[a:b].strip(_TRIM)]


def _separators(text: str, spans: list[tuple[int, int]]) -> list[str]:
    """Return what stands before each span: a comma sets a condition apart from what was said before it."""
    ends = [spans[0][0], *(end for _, end in spans)]
    return [text[end:start] for end, (start, _) in zip(ends, spans, strict=False)]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _TRIM:
        start += 1
    while end > start and text[end - 1] in _TRIM:
        end -= 1
    return start, end


_PROVISO = re.compile(r"(?:mits|tenzij|zolang|pas als|alleen als|op voorwaarde)\b")


def _moods(texts: list[str], separators: list[str], asks: bool) -> list[Mood]:
    first_question = _first_question(texts, asks)
    moods: list[Mood] = []
    for index, text in enumerate(texts):
        moods.append(Mood.ASKED if index >= first_question else _mood(text, moods, texts))
    _suppose_around(texts, moods, first_question)
    for index in range(1, len(texts)):
        backward = moods[index] is Mood.SUPPOSED and _BACKWARD.match(texts[index]) and "," not in separators[index]
        strong = _PROVISO.match(texts[index])
        if (backward or strong) and moods[index - 1] is Mood.STATED:
            moods[index - 1] = Mood.SUPPOSED
    return moods


def _suppose_around(texts: list[str], moods: list[Mood], question: int) -> None:
    """Mark what a "wat verandert er" asks about: the fragment before it and the "als …" after it."""
    if question == len(texts) or not _WHAT_CHANGES.search(texts[question]):
        return
    for index, text in enumerate(texts):
        before, after = index < question and _FRAGMENT.search(text), index > question and _SUPPOSE.match(text)
        if before or after:
            moods[index] = Mood.SUPPOSED


def _first_question(texts: list[str], asks: bool) -> int:
    """Return the index of the clause where a question starts (len(texts): nowhere)."""
    opener = _OPENER if asks else _BARE_OPENER
    if _FIRST_OPENER.match(texts[0]) and not _SUPPOSE.match(texts[0]):
        return 0
    for index, text in enumerate(texts):
        if opener.match(text) and not _SUPPOSE.match(text):
            return index
    if not asks:
        return len(texts)
    last = len(texts) - 1
    return len(texts) if _SUPPOSE.search(texts[last]) else last


_AND = re.compile(r"^en ")
_BACK_TO_FACTS = re.compile(
    r"(?:maar (?:we|wij|nu|onze|ik|in|eigenlijk|dat|het|de)|"
    r"we zijn|wij zijn|nu|terwijl|want|omdat)\b"
)


_ONLY_SUPPOSES = re.compile(
    r"(?:(?:en|maar|even|puur|nou|dus) )*(?:hypothetisch|theoretisch|in theorie|stel|stel je voor|gesteld|aangenomen)"
    r"(?: (?:gezien|gesproken|he|eens|dat))*"
)


def _mood(text: str, moods: Sequence[Mood], texts: Sequence[str]) -> Mood:
    previous = moods[-1] if moods else None
    if _SUPPOSE.search(text):
        return Mood.SUPPOSED
    if previous is Mood.SUPPOSED:
        announced = _ONLY_SUPPOSES.fullmatch(texts[len(moods) - 1]) is not None
        if announced or not _BACK_TO_FACTS.match(text):
            return Mood.SUPPOSED
    reported = _REPORTED.search(text) or _DICTATED.search(text)
    if _NOT_KNOWN.search(text) or reported or (_GENERIC.search(text) and not _OURS.search(text)):
        return Mood.UNKNOWN
    if previous is Mood.UNKNOWN and _EMBEDDED.match(_AND.sub("", text)):
        return Mood.UNKNOWN
    if _PLAN.search(text):
        return Mood.PLANNED
    return Mood.STATED
