"""What the user wants done with the plan. A message that isn't plainly a command or a question is an answer.

Commands are recognised by the whole message, never by a word inside it: "dan sla ik de intake over" is an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from bot.interview.commands import comes_back, is_only_a_mark, plain

MOST_WORDS = 14  # no command is longer, but for the text that it brings

_BEFORE = (
    r"(?:(?:ok[eé]?|oh|eh+m?|euh|sorry|hm+|nou|ja|nee|maar|en|hé|hey|wacht|kun je|kan je|kunt u|wil je|mag ik|kan ik|ik wil|"
    r"we willen|wij willen|ik zou|graag|even|eventjes|nu|laten we|liever|toch|dan)[ ,]+)*"
)
_AFTER = (
    r"(?:[ ,]+(?:aub|a\.u\.b|alsjeblieft|alstublieft|graag|svp|ajb|even|eventjes|maar|nu|hoor|dan|eens|weer|nog|toch|"
    r"please|dank je|ok|oke|eerst|willen|zien))*"
)
_THE_PLAN = r"(?:het |ons |mijn |dit |een |je |jullie )?(?:implementatie|ips[- ]?)?plan"

_WHOLE: tuple[tuple[str, str], ...] = (
    (
        "uitleg",
        r"wat (?:wordt|word) (?:hier|hiermee|daarmee|er|ermee|hier mee|daar mee|met deze vraag)(?: precies)?(?: mee)? (?:precies )?bedoeld?t?",
    ),
    (
        "uitleg",
        r"wat bedoel(?:en|t)? (?:je|jullie|ze|u|jij)(?: (?:hier|hiermee|daarmee|precies|nu|mee|met deze vraag|met die vraag|met de vraag|hier mee|met dit))*",
    ),
    (
        "uitleg",
        r"(?:ik )?(?:snap|begrijp|vat)(?: (?:het|dit|deze vraag|de vraag|je|hem|m|er))?(?: (?:echt|even|helemaal))? niet(?: helemaal)?(?: wat (?:je|hier).{0,25})?",
    ),
    (
        "uitleg",
        r"(?:meer |geef |wat )?(?:uitleg|toelichting)(?: (?:bij|over) (?:deze|de) vraag)?|leg (?:het|dit|de vraag|deze vraag|eens|dat)*(?: eens| even)? ?uit|hoe bedoel je(?: dat)?|huh|help(?: me)?",
    ),
    (
        "uitleg",
        r"wat moet(?:en)? (?:ik|we|wij) (?:hier|nu|hierop|daarop)?(?: \w+)? ?(?:invullen|antwoorden|zeggen|schrijven|typen|opschrijven|neerzetten)",
    ),
    ("uitleg", r"wat is (?:de bedoeling|hier de bedoeling)(?: (?:hier|hiervan|van deze vraag))?|uitleggen"),
    (
        "voorbeeld",
        r"(?:geef |heb je |toon |laat |doe )?(?:me |mij |ons )?(?:eens )?(?:een |'n |n |wat )?(?:goed )?voorbeeld(?:je|en)?(?: (?:zien|geven|hiervan|van een antwoord))?",
    ),
    (
        "voorbeeld",
        r"(?:een )?voorbeeld ?antwoord|hoe ziet een (?:goed )?antwoord eruit|hoe zou(?:den)? (?:je|jij|anderen|ik) (?:dit|dat) (?:invullen|beantwoorden|opschrijven)",
    ),
    (
        "waarom",
        r"waarom(?: (?:vraag|wil|moet|is|willen|vragen|moeten)\b.{0,45})?|hoezo|waarvoor(?: is (?:dit|dat))?|waar is (?:dit|dat|deze vraag) (?:voor|goed voor)",
    ),
    (
        "documenten",
        r"(?:welke |zijn er |de )?(?:hulp)?documenten(?: (?:zijn er|helpen|horen hierbij|bij deze vraag|hierbij))?|welk (?:hulp)?document helpt(?: hier)?|waar kan ik (?:hier )?meer over lezen",
    ),
    (
        "overslaan",
        r"sla (?:deze |die |dit |hem |'?m |het |de )?(?:vraag )?(?:voor nu |even |maar |nu )?over|overslaan|skip(?: (?:deze|dit|die|vraag|maar))*|(?:de )?volgende(?: vraag)?|pas|next",
    ),
    (
        "overslaan",
        r"(?:(?:deze|dit|dat|die|doe ik|doen we|doe ik dit|doen we dit|(?:deze|die|dit|dat) (?:vraag )?(?:doe|doen) (?:ik|we))(?: vraag)? )?later|(?:hier |daar |dit |deze vraag )?(?:kom|komen) (?:ik|we) (?:later |nog )?op terug|(?:hier|daar) (?:kom|komen) (?:ik|we) (?:later |nog )?op terug",
    ),
    (
        "terug",
        r"(?:ga |stap )?(?:een |1 |één )?(?:stap |vraag )?terug|(?:ga )?(?:terug )?(?:naar )?(?:de )?vorige(?: vraag)?",
    ),
    (
        "overzicht",
        r"(?:geef |toon |laat |maak )?(?:me |mij |ons )?(?:een |het |mijn |ons )?(?:overzicht|samenvatting)(?: (?:zien|van alles|van (?:het|ons) (?:hele )?plan|tot nu toe|tot zover))*|mijn antwoorden|onze antwoorden",
    ),
    (
        "overzicht",
        r"wat heb(?:ben)? (?:ik|we|wij) (?:al |allemaal |tot nu toe |nu )*(?:ingevuld|opgeschreven|genoteerd|gezegd|geantwoord|staan)|(?:laat|toon) (?:me )?(?:eens )?(?:zien )?wat (?:ik|we) (?:al )?(?:heb|hebben)(?: (?:al )?(?:ingevuld|opgeschreven))?",
    ),
    (
        "ontbreekt",
        r"wat (?:ontbreekt|mist|missen we|mis ik|is|staat)(?: er)?(?: nu)?(?: nog)?(?: open)?(?: te doen)?(?: allemaal)?(?: in (?:het|ons) plan)?|wat moet(?:en)? (?:we|ik|er) (?:nu )?nog(?: (?:doen|invullen|beantwoorden|gebeuren))?",
    ),
    (
        "ontbreekt",
        r"(?:de )?open(?:staande)? (?:vragen|punten)|hoe ?ver (?:zijn we|ben ik|zijn we nu)|(?:de )?voortgang|hoeveel vragen (?:nog|zijn er nog|heb ik nog|krijg ik nog|komen er nog|moet ik nog)|is het plan (?:al )?(?:compleet|af|klaar)",
    ),
    (
        "stop",
        r"(?:ik |we |wij )?(?:stop(?:pen)?|pauze(?:ren)?)(?: (?:er|hier|we|ik|nu|even|voor nu|voor vandaag|ermee|mee|met het plan))*(?:[ ,]+(?:ik |we )?(?:ga |gaan )?(?:later|straks|morgen|volgende week|een andere keer)(?: (?:weer|verder|meer))*)?",
    ),
    (
        "stop",
        r"(?:ik |we |wij )?(?:ga|gaan )?(?:later|morgen|straks|volgende week) (?:gaan we |ga ik |weer )*(?:verder|door)|tot (?:later|morgen|straks|volgende week|een andere keer)|(?:ik|we) (?:ga|gaan) (?:later|morgen|straks|volgende week) (?:weer )?(?:verder|door)",
    ),
    (
        "stop",
        r"(?:voor (?:nu|vandaag) (?:is het )?(?:genoeg|klaar|wel even goed)|genoeg voor (?:nu|vandaag)|ik moet (?:nu |er )?(?:weg|stoppen|vandoor|gaan)|bewaar(?: het)?(?: en stop)?|opslaan(?: en stoppen)?|sla (?:het )?op|afsluiten)",
    ),
    (
        "klaar",
        r"(?:ik ben |we zijn |wij zijn |het plan is |dit is )?(?:nu )?(?:helemaal )?(?:klaar|af|gereed)(?: met (?:het plan|invullen|alles))?|(?:het plan )?afronden|rond (?:het plan )?(?:maar )?af|dat was alles",
    ),
    (
        "download",
        r"download(?:en)?(?: (?:het|ons|mijn|dit|als|in|de|een)? ?(?:plan|document|word|pdf|docx|bestand|(?:word|pdf)[- ]?bestand))*|"
        + _THE_PLAN
        + r" downloaden",
    ),
    (
        "download",
        r"(?:geef|stuur|toon|maak|waar is|waar vind ik|heb je)?(?: me| mij| ons)?(?: van)?(?: het plan)? ?(?:het|de|ons|mijn|een|als)? ?(?:document|pdf|word|docx|word-?bestand|word-?document|pdf-?bestand)(?: (?:maken|downloaden|hebben|zien|van het plan))*|printen|print (?:het )?plan|exporteer(?: het plan)?",
    ),
    (
        "verwijder",
        r"(?:verwijder|wis|gooi|delete|vernietig) (?:maar )?"
        + _THE_PLAN
        + r"(?: (?:maar |helemaal )?(?:weg|volledig|nu))?|"
        + _THE_PLAN
        + r" (?:verwijderen|wissen|weggooien|mag weg|moet weg)",
    ),
    (
        "wissen",
        r"(?:wis|verwijder|vergeet) (?:al )?(?:mijn|onze|alle|m'?n|de) (?:gegevens|data|informatie)|(?:wis|verwijder|vergeet) alles",
    ),
    ("nieuwe_code", r"(?:geef |maak |ik wil )?(?:me |mij |ons )?(?:een )?(?:nieuwe|andere) code(?: maken| geven)?"),
    (
        "code",
        r"(?:wat (?:is|was) |hoe luidt |geef |toon |waar vind ik )?(?:me )?(?:mijn|de|onze|die|m'?n) (?:persoonlijke )?code(?: (?:ook alweer|ook weer|kwijt|nog een keer|vergeten|nou))*|code(?: kwijt| vergeten)?|(?:ik ben|we zijn) (?:mijn|de|onze) code (?:kwijt|vergeten)",
    ),
    (
        "wie",
        r"wie (?:heeft|hebben) (?:er )?(?:wat|dit|dat|alles|welk\w* \w+)(?: \w+){0,4} ?(?:ingevuld|gedaan|veranderd|geschreven|gewijzigd|aangepast)|(?:laat |toon )?(?:de )?(?:wijzigingen|geschiedenis)(?: zien)?|wie heeft (?:er )?(?:aan het plan gewerkt|meegedaan|meegeschreven)",
    ),
    (
        "check",
        r"(?:ga |terug |door |verder )*(?:naar|met|doe) (?:de |het )?(?:check|criteriacheck|criteria-check|criteria check|advies)|(?:doe )?(?:eerst )?de (?:criteria)?check(?: doen)?|geef (?:me |ons )?(?:het |je )?advies",
    ),
    (
        "vorige",
        r"(?:dat|dit|het) (?:hoort|hoorde|was|is) (?:nog )?(?:bij|voor) (?:de |het )?vorige(?: vraag| antwoord)?",
    ),
    (
        "ongedaan",
        r"(?:haal|neem) (?:dat|dit|het|die|mijn antwoord|dat antwoord|mijn laatste antwoord|het laatste antwoord)(?: er)? ?(?:maar |weer )?(?:weg|terug|uit)|ongedaan(?: maken)?|maak (?:dat|dit|het) ?(?:maar |weer )?ongedaan|undo|herstel(?: dat)?",
    ),
    (
        "ongedaan",
        r"(?:dat|dit|het) was (?:geen antwoord|een vraag|niet (?:mijn|het|als|bedoeld als|een) antwoord(?: bedoeld)?)(?:,? maar een vraag)?|(?:wis|verwijder|schrap) (?:dat|dit|mijn|het|mijn laatste|het laatste|mijn vorige)(?: (?:laatste|vorige))?(?: antwoord)?(?: maar| weer)?",
    ),
    (
        "noteer",
        r"noteer (?:dit|dat|het)?(?: (?:toch|wel|maar))?(?: als (?:mijn |het )?antwoord)?|(?:dat|dit|het) was (?:wel |gewoon )?(?:een|mijn|het|ons) antwoord|(?:dat|dit) is (?:wel |gewoon )?(?:een|mijn|het|ons) antwoord",
    ),
    (
        "nieuw_plan",
        r"(?:maak |begin |start |doe )?(?:met |aan )?(?:een )?(?:nieuw|ander|leeg) "
        + r"(?:implementatie|ips[- ]?)?plan(?: (?:maken|beginnen))?|(?:helemaal )?opnieuw(?: beginnen)?|begin (?:helemaal )?opnieuw",
    ),
    (
        "verder",
        r"(?:ga )?(?:maar )?(?:verder|door)(?: (?:met|aan) "
        + _THE_PLAN
        + r")?|doorgaan|we gaan (?:verder|door)|terug naar "
        + _THE_PLAN
        + r"|hervat(?:ten)?(?: het plan)?|volgende graag|waar waren we",
    ),
    (
        "ok",
        r"(?:ok[eé]?|okee|okay|top|prima|duidelijk|begrepen|helder|snap ik|ik snap het|aha|ah|fijn|goed|mooi|laat (?:maar|het)(?: zo)?(?: staan)?|(?:dat )?klopt|akkoord|dat is goed|is goed)(?: (?:dank je|bedankt|dank je wel|hoor|zo))*",
    ),
    (
        "mens",
        r"(?:met )?(?:een |iemand |een echte? |een echt )?(?:mens|persoon|medewerker|iemand)(?: van phrenos)? (?:spreken|praten|bellen|aan de lijn)|(?:ik wil )?(?:een |echt )?(?:mens|medewerker)(?: spreken)?|met een mens(?: praten| spreken)?",
    ),
    (
        "hulp",
        r"wat kan ik (?:hier )?(?:allemaal )?(?:zeggen|doen|typen)|welke commando'?s(?: zijn er)?|hoe werkt (?:dit|het|deze chat)|menu|opties",
    ),
)
_COMPILED = tuple((name, re.compile(_BEFORE + "(?:" + pattern + ")" + _AFTER)) for name, pattern in _WHOLE)

# The few words that people mistype; longer messages are read exactly.
_NEAR = {
    "overzicht": "overzicht",
    "voorbeeld": "voorbeeld",
    "geef een voorbeeld": "voorbeeld",
    "uitleg": "uitleg",
    "wat wordt hier bedoeld": "uitleg",
    "wat bedoel je": "uitleg",
    "overslaan": "overslaan",
    "sla over": "overslaan",
    "volgende": "overslaan",
    "vorige vraag": "terug",
    "download": "download",
    "wat ontbreekt nog": "ontbreekt",
    "stoppen": "stop",
    "later verder": "stop",
    "verwijder het plan": "verwijder",
}
_CLOSE = 82

_INITIALS = re.compile(
    r"(?:ik ben|hier is|dit is|hier|nu|mijn initialen zijn|initialen|mijn initialen|vanaf nu)[: ]+((?:[A-Za-z]\.? ?){1,4})",
    re.I,
)
_FIRST_NAME = re.compile(r"(?:[Ii]k ben|[Hh]ier is|[Dd]it is) ([A-Z][a-zà-ÿ]{1,14})")
_NO_INITIALS = frozenset(
    [
        "er",
        "op",
        "af",
        "aan",
        "in",
        "uit",
        "weg",
        "mee",
        "om",
        "bij",
        "al",
        "zo",
        "nu",
        "de",
        "het",
        "een",
        "ja",
        "nee",
        "ok",
        "wat",
        "wie",
        "hoe",
        "niet",
        "ook",
        "dat",
        "dit",
        "die",
        "ziek",
        "oud",
        "hr",
        "ggz",
        "ribw",
    ]
)
_ADD = re.compile(
    r"(?:(?:oh|ow|o|ja|wacht|sorry),? )?(?:en )?(?:nog iets|nog wat|aanvulling|aanvullend|aanvullen|vul aan|vervolg|en verder|verder)(?: nog| ook)?"
    r"(?: (?:bij|op|over|voor|van) (?P<ref>[^:…\n]{1,60}?))?\s*(?:(?::|…|\.{2,}|\n)\s*(?P<text>.+)|[.!]?$)",
    re.I | re.S,
)
_AND_FURTHER = re.compile(r"en verder\b[ ,]*(?P<text>\S.*)", re.I | re.S)
_CHANGE = re.compile(
    r"(?:(?:ok|oke|oh|o|ow|oeps|hm+|nee|ja|en|maar|wacht|sorry|trouwens|ik wil|we willen|graag|kun je|kan ik|mag ik|even)[ ,]+)*"
    r"(?P<verb>verander|wijzig|pas|corrigeer|verbeter|herschrijf|vervang)(?:en)?(?: (?:even|graag|maar))?(?: (?:mijn|het|ons|de|dat))?"
    r"(?: (?:antwoord(?:en)?|tekst))?(?: (?:op|bij|van|over|voor))? ?(?P<ref>[^:\n]{0,60}?)(?: aan)?"
    r"(?:(?:\s*:\s*| (?:naar|in|door):?\s+)(?P<text>.+))?",
    re.I | re.S,
)
_CHANGE_LAST = re.compile(
    r"(?:ik wil |we willen |mag ik |kan ik )?(?P<ref>.{0,60}?) ?(?:nog )?(?:veranderen|aanpassen|wijzigen|verbeteren|corrigeren)"
)
_GO = re.compile(
    _BEFORE
    + r"(?:(?:(?:ga|terug|door|spring|verder|weer|direct|meteen) )*naar|(?:(?:ga|door|verder|weer|terug) )+(?:met|bij|over)) (?P<ref>.{2,60}?)"
    + _AFTER
)
_GO_BARE = re.compile(_BEFORE + r"(?:doe )?(?P<ref>(?:kwaliteits)?criterium \d|crit(?:erium)? ?\.? ?\d)" + _AFTER)
_SHOW = re.compile(
    _BEFORE
    + r"(?:(?:lees|toon|laat)(?: me)?(?: (?:mijn|ons|het))?(?: (?:antwoord|tekst))?(?: (?:op|bij|van))? (?P<ref>.{2,50}?)(?: (?:zien|voor))?"
    r"|(?:overzicht|samenvatting|antwoorden)(?: van| over| bij)? (?P<ref2>.{2,50}?))" + _AFTER
)


@dataclass(frozen=True)
class PlanCommand:
    """A command's name, the question or chapter that it names in the user's words, and the text that it brings."""

    name: str
    ref: str = ""
    text: str = ""


def command_of(text: str) -> PlanCommand | None:
    """Return the command that a message is, or None. A `ref` still has to turn out to name something."""
    if is_only_a_mark(text):
        return PlanCommand("uitleg")
    if comes_back(text):
        return PlanCommand("weer")
    return _with_text(text) or _short(text)


def is_yes(text: str) -> bool | None:
    """Return what a short reply to a question of our own says: yes, no, or None."""
    words = plain(text)
    if re.fullmatch(r"(?:ja+|jep|jazeker|zeker|doe maar|graag|ok[eé]?|klopt|akkoord|yes)(?:[ ,]+\w+){0,5}", words):
        return True
    if re.fullmatch(r"(?:nee+|neen|nope|niet doen|toch niet|liever niet|laat maar|no)(?:[ ,]+\w+){0,5}", words):
        return False
    return None


def _with_text(text: str) -> PlanCommand | None:
    """Return a command that brings text of its own, kept as it was typed."""
    stripped = text.strip()
    added = _ADD.fullmatch(stripped)
    if added and plain(stripped) != "verder":
        return PlanCommand("aanvullen", (added["ref"] or "").strip(), added["text"] or "")
    if _AND_FURTHER.fullmatch(stripped):
        return PlanCommand("aanvullen", text=stripped)
    changed = _CHANGE.fullmatch(stripped.rstrip(" .!?"))
    if changed and (changed["verb"].lower() != "pas" or re.search(r"\baan\b", stripped)):
        changed_text = _CHANGE.fullmatch(stripped) if changed["text"] else changed
        kept = (changed_text or changed)["text"] or ""
        return PlanCommand("verander", (changed["ref"] or "").strip(), kept)
    return None


def _short(text: str) -> PlanCommand | None:
    words = plain(text)
    if "\n" in text.strip() or len(words.split()) > MOST_WORDS:
        return None
    initials = _initials(text.strip())
    if initials:
        return PlanCommand("initialen", text=initials)
    for name, pattern in _COMPILED:
        if pattern.fullmatch(words):
            return PlanCommand(name)
    for name, pattern in (("toon", _SHOW), ("naar", _GO), ("naar", _GO_BARE), ("verander", _CHANGE_LAST)):
        found = pattern.fullmatch(words)
        if found:
            groups = found.groupdict()
            return PlanCommand(name, (groups.get("ref") or groups.get("ref2") or "").strip())
    return _near(words)


def _near(words: str) -> PlanCommand | None:
    if not 5 <= len(words) <= 24:
        return None
    found = process.extractOne(words, list(_NEAR), scorer=fuzz.ratio, score_cutoff=_CLOSE)
    return PlanCommand(_NEAR[found[0]]) if found else None


def _initials(text: str) -> str:
    """Return the initials that somebody gives ("ik ben J.D."), or a first name, which does as well."""
    found, named = _INITIALS.fullmatch(text.rstrip(" !")), _FIRST_NAME.fullmatch(text.rstrip(" !."))
    letters = re.sub(r"[. ]", "", found[1]) if found else ""
    if letters.lower() in _NO_INITIALS:
        return ""
    asked_for = text.lower().startswith(("initialen", "mijn initialen"))
    spelled = (
        asked_for or letters.isupper() or (found and "." in found[1]) or not re.search("[aeiouy]", letters.lower())
    )
    if letters and (spelled or len(letters) <= 2):
        return letters.upper()
    return named[1] if named else ""
