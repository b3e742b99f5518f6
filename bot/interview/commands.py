"""What the user wants the assistant to do, apart from what the message states.

Short commands are recognised by their words; longer ones by the intent that the NLU found. Both lead to one name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SURE = 0.55  # from here the classifier's intent alone is enough to act on
SURE_OF = {"hulpvraag": 0.45}  # somebody who asks for help is better served by where to go than by a guess

# Intents that are commands; the others (informeren, bevestigen, ontkennen, weet_niet) are read as content.
COMMAND_INTENTS = frozenset(
    [
        "overslaan",
        "terug",
        "corrigeren",
        "waarom",
        "begrip",
        "overzicht",
        "stoppen",
        "opnieuw",
        "stel_dat",
        "advies",
        "mens",
        "groeten",
        "bedanken",
        "afscheid",
        "wie_ben_je",
        "hulpvraag",
        "misbruik",
        "buiten_onderwerp",
        "start",
        "vraag",
        "crisis",
    ]
)
# Too costly to do on a guess: these ask for the words themselves, or are confirmed before anything is lost.
LEXICAL_ONLY = frozenset({"wissen"})

_HELLO = r"(?:hoi+|hallo+|hey|heej?|hi|moi|goede?(?:morgen|middag|navond)|goeie(?:morgen|middag)|ja|zo|ok[eé]?)"
_ONLY_A_MARK = re.compile(r"[\s.!]{0,20}\?[\s.!?]*|\W{0,20}(?:huh|hè|wat)\b[\s.!]{0,20}\?[\s.!?]*", re.I)

_BACK_AGAIN = re.compile(
    rf"(?:{_HELLO}[ ,!.]*)?(?:(?:daar |hier )?(?:ik ben|ben ik|we zijn|wij zijn|zijn we)(?: er| hier)? (?:weer|terug)(?: hoor| terug)?|"
    rf"(?:weer )?terug van (?:\w+ ){{0,2}}\w+)|{_HELLO} (?:weer|nogmaals)"
)

_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "advies",
        r"^(en )?wat (is|wordt)( nu| dan)? (het|de|je|jouw|jullie) (advies|conclusie|uitslag|uitkomst|oordeel)( (nu|dan))?$",
    ),
    ("advies", r"^wat laat de bron open$"),
    ("wissen", r"(wis|verwijder|delete|vergeet)\w* (al )?(mijn|m'?n|onze|alle) (gegevens|antwoorden|data|gesprek\w*)"),
    (
        "opnieuw",
        r"^(begin |start |we beginnen |ik wil )?(weer |helemaal )?(opnieuw|overnieuw|van voren af aan|reset|restart)\b",
    ),
    ("opnieuw", r"\b(opnieuw|overnieuw) (beginnen|starten|doen)$"),
    (
        "stoppen",
        r"^(stop|stoppen|pauze|pauzeer|ik stop|even (stoppen|pauze)|later verder|exit|quit)( (maar|even|nu|ermee|aub|graag))*$",
    ),
    (
        "verder",
        r"^(verder|ga (maar )?(verder|door)|doorgaan|we gaan verder|vervolg(en)?|hervat(ten)?|verder gaan|verdergaan)( (aub|graag|maar))*$",
    ),
    (
        "start",
        r"^(?:(?:ga|terug|door|verder|weer|even) )*(?:naar|met) (?:de |het )?(?:criteria-?\s?)?check(?: aub| graag)?$",
    ),
    ("terug", r"^(ga |even |een stap )?(terug|vorige)( (vraag|een vraag|een stap|aub|graag))*$"),
    (
        "overslaan",
        r"^(sla (deze |die |dit |'?m |hem )?(vraag )?(maar |even )?over|overslaan|skip( deze)?|volgende( vraag)?( aub)?|pas|next)$",
    ),
    ("overzicht", r"\b(laat|toon|geef)\b.{0,30}\b(ingevuld|overzicht|samenvatting|genoteerd|mijn antwoorden)\b"),
    ("overzicht", r"^(overzicht|samenvatting|mijn antwoorden|wat heb ik (al )?ingevuld)$"),
    ("waarom", r"^(waarom|hoezo|waarvoor|waartoe)( (wil|moet|vraag) (je|jij|u|ge|ik)\b.{0,40})?$"),
    ("waarom", r"\bwaarom (vraag|wil) (je|jij|u|ge) (dat|dit|me dat|mij dat|naar dit|het|weten)"),
    (
        "uitleg",
        r"^((ik )?(snap|begrijp|vat)( de vraag| het| dit| je| dat)? ?(echt |helemaal )?niet|(wat|hoe) bedoel (je|jij|u|ge)( (daarmee|precies|dan))?|leg( het)?( eens)? uit|uitleg)$",
    ),
    ("begrip", r"^wat (is|zijn|betekent|betekenen|bedoel\w* (je|jij|u|ge) met|versta\w* (je|jij|u|ge) onder|houdt)\b"),
    ("begrip", r"\b(betekent|bedoel\w* (je|jij|u|ge) met|versta\w* (je|jij|u|ge) onder|leg (eens |even )?uit wat)\b"),
    (
        "advies",
        r"^(geef (me |mij |ons )?(het |je |jouw )?advies|advies|uitslag|conclusie|resultaat)( (graag|aub|nu|maar))*$",
    ),
    ("mens", r"\b(mens|medewerker|persoon|iemand|collega)\b.{0,20}\b(spreken|praten|bellen|contact|chatten)\b"),
    ("mens", r"^(mens|medewerker|echt persoon)( (aub|graag|svp))*$"),
    ("corrigeren", r"^(verander|wijzig|pas|corrigeer|verbeter)\b.{0,60}"),
    ("stel_dat", r"^(en )?(stel|gesteld|wat als|hoe zit het als|en als|mochten we|als we nu)\b"),
    (
        "groeten",
        r"^(hoi+|hallo+|hey|hi|goede?(morgen|middag|navond|nacht)|goeie(morgen|middag)|dag|moi|heej?)( (daar|allemaal|bot|ips-?wijzer))*$",
    ),
    (
        "bedanken",
        r"^(dank\w*|bedankt|thanks|thx|merci|top,? (bedankt|dank)|super bedankt)( (je|u|jullie|wel|hoor|voor je hulp))*$",
    ),
    ("afscheid", r"^(doei|tot ziens|dag dag|daag|tot (later|snel|volgende keer)|bye|ciao)$"),
    ("start", r"^(ga na of wij ips mogen doen|start( de)? check|doe de check)$"),
)
_WONDERS = re.compile(
    r"waarom|hoezo|waar(?:voor|toe)\b|reden|nodig|nut\b|belang|relevant|uitmaken|maakt .*uit|weten|vraag|vragen|doet .*toe"
)
_LEAVING = re.compile(r"stop|pauz|later|morgen|straks|verder|weg\b|ophoud|kappen|afsluit|sluit|klaar|voor (nu|vandaag)")
_PROFESSIONAL = re.compile(
    r"\b(klant|cli[eë]nt|kandidaat|kandidaten|pati[eë]nt)\w* van (mij|ons)\b|\b(mijn|onze|een) (klant|cli[eë]nt|kandida)\w*"
    r"|\bik ben (een )?(psycholoog|psychiater|behandelaar|consulent|\w*coach|\w*begeleider|arts|verpleegkundige|casemanager)"
)
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _PATTERNS)


@dataclass(frozen=True)
class Command:
    """A command's name and how sure we are of it: `certain` when the words themselves say it."""

    name: str
    certain: bool


def speaks_of_a_client(text: str) -> bool:
    """Return whether a professional speaks, of a client of theirs, rather than somebody who asks for help."""
    return bool(_PROFESSIONAL.search(plain(text)))


def plain(text: str) -> str:
    """Return the text in lower case with single spaces and without closing punctuation."""
    return " ".join(text.lower().replace("’", "'").split()).strip(" .!?,;:")


def is_only_a_mark(text: str) -> bool:
    """Return whether a message is no more than a question mark: what stands there wasn't clear."""
    return _ONLY_A_MARK.fullmatch(text) is not None


def comes_back(text: str) -> bool:
    """Return whether somebody says to be back: "hoi weer", "ik ben er weer"."""
    return _BACK_AGAIN.fullmatch(plain(text)) is not None


def command_of(text: str, intent: str, confidence: float) -> Command | None:
    """Return the command that the message gives, or None; `confidence` is the intent's, from 0 to 1."""
    if is_only_a_mark(text):
        return Command("uitleg", certain=True)
    if comes_back(text):
        return Command("weer", certain=True)
    words = plain(text)
    for name, pattern in _COMPILED:
        if pattern.search(words):
            return Command(name, certain=True)
    if intent == "stoppen" and not _LEAVING.search(words):
        return None  # "ruim genoeg" is an answer, not a goodbye
    if intent == "waarom" and not _WONDERS.search(words):
        return Command("vraag", certain=False)  # "wat kost dat dan" asks something, but not why we ask
    if intent == "hulpvraag" and speaks_of_a_client(text):
        return None  # who speaks of a client of theirs doesn't ask for help for themselves
    if intent in COMMAND_INTENTS and confidence >= SURE_OF.get(intent, SURE):
        return Command(intent, certain=False)
    return None
