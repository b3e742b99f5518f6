"""Which organisations a message names, and which of them is the speaker's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.interview.clauses import Clause, Mood, at

GGZ, HOUSING, AGENCY, TOWN, UWV, DISABILITY, OTHER = (
    "ggz", "beschermd_wonen", "reintegratiebedrijf", "gemeente", "uwv", "gehandicaptenzorg", "anders",
)  # fmt: skip

OWN, PARTNER, DENIED, MENTIONED = "own", "partner", "denied", "mentioned"

_TAIL = (
    r"(?: ?(?:instellingen|instelling|organisaties|organisatie|aanbieders|aanbieder|clubs?|afdeling|teams?|"
    r"bureaus?|bedrijf|bedrijven))?"
)
_TYPES = (
    (HOUSING, r"ribw(?:'s|s)?|bescherm(?:d|t|de|te)? ?wo+n(?:en|vormen|vorm|voorzieningen|voorziening|club|groep|plekken)|"
              r"beschut wonen|woonclub|woonvorm voor ggz"),
    (DISABILITY, r"gehandicapten ?zorg|verstandelijke? (?:gehandicapten|beperkten|beperking)(?: ?zorg)?|"
                 r"vg ?zorg|vg instelling|lvb ?zorg|(?:lvb|lvg|vg|vgn) (?=instelling|organisatie|aanbieder|sector|zorg)|"
                 r"gehandicapten(?= ?(?:instelling|organisatie))|mensen met (?:een )?(?:licht )?verstandelijke? beperking(?:en)?|zorg voor (?:mensen met een )?verstandelijk\w* \w+"),
    (AGENCY, r"reintegratiebedrijf|jobcoach ?(?:bedrijf|bureau|organisatie)|job ?coach(?:ing)? ?(?:bedrijf|bureau)"),
    (OTHER, r"verslavingszorg|verslavings ?kliniek|maatschappelijke opvang|daklozenopvang|vrijgevestigd(?:en|e)?(?: (?:psychiater|psycholoog|praktijk|therapeut|behandelaar)s?)?|jeugdzorg|"
            r"(?:algemeen |gewoon )?(?<!psychiatrisch )ziekenhuis|sw bedrijf|sociale werk(?:voorziening|plaats)|"
            r"onderwijs ?instelling|onderwijs|roc|huisartsen ?praktijk|huisartsenpraktijk|welzijns ?organisatie|zorgboerderij|"
            r"uitzendbureau"),
    (GGZ, r"(?:jeugd )?(?:f)?ggz|fact ?teams?|geestelijke gezondheids ?zorg|psychiatrisch(?:e)? (?:ziekenhuis|instelling|"
          r"kliniek)|psychiatrie|gz instelling"),
    (UWV, r"uwv"),
    (TOWN, r"gemeenten|gemeentes|gemeente(?! ?huis)|sociale dienst|werk en inkomen"),
)  # fmt: skip
_TYPE = re.compile("|".join(rf"(?P<t{i}>\b(?:{pattern}){_TAIL}\b)" for i, (_, pattern) in enumerate(_TYPES)))

LABELS = {
    GGZ: "ggz-organisatie",
    HOUSING: "beschermd wonen",
    AGENCY: "re-integratiebedrijf",
    TOWN: "gemeente",
    UWV: "UWV",
    DISABILITY: "gehandicaptenzorg",
    OTHER: "een ander soort organisatie",
}


@dataclass(frozen=True)
class Mention:
    """An organisation type named from `start` to `end` and its role: own, partner, denied, or only mentioned."""

    type: str
    role: str
    start: int
    end: int


_ADJ = r"(?:\w+(?:e|s|ig|er) |klein |groot |soort |ook |eigenlijk |gewoon |toch |wel |juist |zelf |dus |1 |nu |maar |vooral |nog )"
_DET = r"(?:een |1 |de |het |zo'n |onze |ons |eigen )?"
_ORG_WORDS = r"(?:(?:organisatie|instelling|stichting|aanbieder|club|team|afdeling|voorziening|partij) (?:voor|van|in|binnen|op) )?"
_SELF_LEFT = re.compile(
    rf"(?:\b(?:wij|we) (?:zijn|vormen|werken (?:bij|voor|in|binnen|vanuit|op)|zitten (?:in|bij)|horen bij|komen van|hebben een|"
    rf"runnen een|vallen onder(?: een)?|ben|zin|bennen)|\bik (?:ben|werk|zit|kom|bel|mail|app|schrijf|vraag)(?: als)?(?: (?:een )?(?!van\b|bij\b|voor\b|in\b|geen\b|niet\b)\w+){{0,2}}(?= (?:bij|van|voor|in|op|namens)\b)|\bik (?:ben|werk|zit|kom|bel|mail|app|schrijf|vraag)|\bben(?: ik)?|"
    rf"\bwerk(?:zaam)? (?:ik )?(?=bij|voor|in|op|als)|\bwerkzaam|\b(?:zijn|vormen) (?:wij|we)|\bhier|\bdit is|\bhet is|\bis|\bzijn|"
    rf"\bmijn (?:organisatie|werkgever|baas) is|\bonze organisatie is|\bwij als|\bwe als|\b(?:wij|we) van|\bwij|\bnamens|"
    rf"\bals|\bvanuit|\bhet gaat om|\bbetreft|\borganisatie|\btype)"
    rf"(?: (?:bij|voor|van|in|op|binnen|vanuit|namens|met|van uit))? ?(?:{_ADJ}){{0,4}}{_DET}(?:{_ADJ}){{0,3}}{_ORG_WORDS}$"
)
_STRONG_SELF = re.compile(
    rf"(?:^(?:zijn|is) (?:een |ook |geen )|\b(?:wij|we|ben|werk|werken|werkzaam|namens|als|vanuit|hier|vormen|zit|zitten|werkgever|onze organisatie is)\b)"
)
_OWNING_LEFT = re.compile(rf"(?<!in )(?<!binnen )(?<!met )(?<!van )\b(?:onze|ons) (?:eigen )?(?:{_ADJ}){{0,2}}$")
_WORK_AT_OURS = re.compile(r"\bbij ons (?:op|in|binnen|bij) (?:de |het )?$")
_SELF_RIGHT = re.compile(r"^ ?(?:\w+ ){0,3}?(?:zijn (?:wij|we)|ben ik|hier\b(?! (?:\w+ )?(?:wil|doet|heeft|zoekt|haalt|in|is|biedt|vlak)))")
_NOT_SELF_HERE = re.compile(r"\b(?:de|die|deze|onze) $")
_DENIED_LEFT = re.compile(rf"\b(?:geen|niet (?:een|bij een|van een|de|bij de|echt een)?|niet|geen echte) ?(?:{_ADJ}){{0,2}}$")
_PLACE_LEFT = re.compile(r"\b(?:in|binnen|uit|rond|door) (?:de|onze|deze|die|een|zijn|mijn|alle) $|\b(?:in|binnen|uit) $")
_PARTNER_LEFT = re.compile(
    rf"(?:\bsamen (?:met|werken met|doen met)|\bmet|\bvan|\bbij|\bpartner(?:s)?|\bpartij|\bis|\bzijn|\bdoor|\baan|\bnaar|\ben|\bof|,|/|"
    rf"\buit|\btussen|\bandere|\btweede|\bnaburige|\bcollega|\been|\bde|\bdie|\bdeze|\bhet)"
    rf"(?: (?:een|de|het|die|deze|1|[2-9]|twee|andere|meerdere|paar|enkele|onze|collega|naburige|bevriende|lokale|grote|kleine|"
    rf"regionale|plaatselijke|instellingen|organisaties|organisatie|voor|partijen|aantal|particulier|particuliere|nog|ook|"
    rf"bestaande|ervaren|goed|goede|gespecialiseerd))*{{0,4}} ?$".replace("*{0,4}", "{0,4}")
)
_PARTNER_STRONG = re.compile(
    r"\b(?:samen met|samenwerk\w*|werken samen|werkt samen|partner\w*|partij(?:en)?|uitbested\w*|besteden|inhuren|inhuur|"
    r"ingehuurd\w*|huren|uitlen\w*|lenen|detacher\w*|neerleggen|onderbrengen|met ons|coalitie|combinatie|regionaal|gezamenlijk|"
    r"in zorg|in behandeling|onder behandeling|in dienst|schriftelijke afspraken|afspraken|clienten van|cliënten van|klanten van|"
    r"mensen van|trajectbegeleiders? van|coach(?:es)? van|consulent(?:en)? van|medewerkers? van|uitvoer\w*|collega|andere|"
    r"samen|bureau dat|bedrijf dat|interesse|klaar|voor ons|bij ons)\b"
)
_THIRD_PERSON_RIGHT = re.compile(
    r"^(?: (?:hier|daar|uit|in|naast|vlakbij|verderop|om de hoek|bij ons|die|dat|waar|zelf|de|het|onze|ons|buurt|regio|stad|dorp|wel|ook)){0,5} "
    r"(?:wil|willen|heeft|hebben|doet|doen|biedt|haalt|halen|voldoet|kan|zoekt|vraagt|voert|levert|neemt|gaat|staat|zegt|vindt|"
    r"werkt|zit|blijft|weigert|krijgt)\b"
)
_STAKEHOLDERS = re.compile(r"\b(?:netwerk\w*|contact\w*|werkgevers|wsp|stakeholders|lijntjes|lijnen|samenwerking met)\b")
_EXPERIENCE = re.compile(r"\b(?:ervaring|kennis|jaren|jaar|gewerkt|verleden|achtergrond|opleiding)(?: \w+){0,3} (?:in|met|van|uit) (?:de )?$")
_CLIENT_GROUP_LEFT = re.compile(r"\b(?:mensen|clienten|klanten|kandidaten|doelgroep|patienten|deelnemers) (?:uit|in) (?:de |een )?$|\buit de $")
_GENERAL = re.compile(r"\b(?:mag|mogen|kan|kunnen|moet|moeten|is|zijn|geldt|telt|doet|hoe|wat|welke|wie|waarom)\b")
_ONE_OF = re.compile(r"\b(?:wij|we) zijn (?:er )?(?:1|een) (?:van|daarvan|ervan)\b|\b(?:waarvan|waaronder) (?:wij|we)\b")
_MIXED = re.compile(r"\b(?:wij|we|zijn|vormen|ik) (?:\w+ ){0,4}(?:samenwerking(?:sverband)?|coalitie|combinatie|fusie|samenvoeging) (?:van|tussen|met)\b")
_COORDINATED = re.compile(r"^(?: ?(?:,|/|&|\+) ?| en (?:een |ook )?| of (?:een )?| annex | slash )$")
_LONE = re.compile(r"^(?:(?:een|de|het|wij|we|ik|gewoon|nou|eh|uh|ehm|dat|is|zijn|bij|van|voor|hallo|hoi|goedemiddag|dag|ja|type) )*$")
_LONE_RIGHT = re.compile(r"^(?: (?:in|te|uit|hier|dus|hoor|eigenlijk|ben ik|denk ik|denk|ik)\b.{0,30})?$")
_ZORG_RIGHT = re.compile(r"^ (?:clienten|klanten|client|doelgroep|problematiek|achtergrond|verleden|behandel\w+|ervaring|sector|wet|zorg)\b")
_PARTNER_RIGHT = re.compile(r"^ ?(?:partner|partij|collega)")
_BRACKETED_PARTNER = re.compile(r"\b(?:collega|andere|naburige)(?: \w+){0,2} \($")
_APPOSITION = re.compile(r"(?:^|[.,;] ?)(?:wij|we|ons),? $")
_BRACKETED_OWN = re.compile(r"\b(?:we|wij) \($")
_NO_PARTNER = re.compile(
    r"\b(?:geen|zonder|nog geen|geen enkele) (?:(?:andere|vaste|enkele|geschikte|samenwerkings) ?)?(?:samenwerkings)?partners?\b(?! (?:die|dat|met))|"
    r"\bpartners? (?:hebben|heb|is|zijn|zien) (?:we|wij|ik|er)? ?(?:\w+ ){0,2}(?:niet|geen)\b|\bhelemaal alleen\b|"
    r"\b(?:wij|we) (?:doen|gaan) (?:het|dit) (?:\w+ )?alleen\b|\bmet niemand samen\b|\bwerken niet samen met\b"
)
_SEEKING = re.compile(r"\b(?:zoek|zoeken|gezocht|op zoek|vinden|gevonden)\b")


def mentions(text: str, clauses: Sequence[Clause], pending: str | None) -> tuple[Mention, ...]:
    """Return the organisation types that a normalised message names, in order, each with its role."""
    found = _pass(text, clauses, pending, own_known=False)
    if any(mention.role == OWN for mention in found):
        found = _pass(text, clauses, pending, own_known=True)
    return tuple(_one_of_many(text, found))


def _pass(text: str, clauses: Sequence[Clause], pending: str | None, *, own_known: bool) -> list[Mention]:
    """Give each mention its role; once the own type is known, others that act beside it are partners."""
    found: list[Mention] = []
    for match in _TYPE.finditer(text):
        kind = _TYPES[int((match.lastgroup or "t0")[1:])][0]
        role = _role(text, match.start(), match.end(), kind, clauses, pending, found, own_known=own_known)
        found.append(Mention(kind, role, match.start(), match.end()))
    return found


def no_partner(clause: Clause) -> bool:
    """Say whether a clause states that there is no partner to work with."""
    return _NO_PARTNER.search(clause.text) is not None


def says_own(left: str) -> bool:
    """Say whether the words before "geen ggz" are about the speaker ("wij zijn toch geen ggz")."""
    return re.search(r"\b(?:wij|we|ik|zijn|ben)\b[^.;]{0,40}$", left) is not None


def mixed(text: str) -> bool:
    """Say whether the speaker calls the own side a coalition of several organisations."""
    return _MIXED.search(text) is not None


def _role(
    text: str, start: int, end: int, kind: str, clauses: Sequence[Clause], pending: str | None, earlier: Sequence[Mention],
    *, own_known: bool,
) -> str:  # fmt: skip
    clause = at(clauses, start)
    left, right = text[clause.start : start], text[end : clause.end]
    if _DENIED_LEFT.search(left):
        return DENIED
    if _BRACKETED_PARTNER.search(text[: clause.start]) and len(clause.text) <= end - start + 6:
        return PARTNER
    if clause.mood is Mood.ASKED and not re.search(r"\b(?:als|wij als|we als|wij van|onze|ons) $", left):
        return MENTIONED
    if _MIXED.search(left):
        return MENTIONED
    if _EXPERIENCE.search(left) or _ZORG_RIGHT.match(right):
        return MENTIONED
    if _is_own(text, clause, left, right, kind, pending, earlier):
        return OWN
    if _CLIENT_GROUP_LEFT.search(left) and kind == GGZ and not _PARTNER_RIGHT.match(right):
        return MENTIONED
    partner = _is_partner(text, clause, left, right, kind, pending, earlier, own_known=own_known)
    return PARTNER if partner else MENTIONED


def _is_own(
    text: str, clause: Clause, left: str, right: str, kind: str, pending: str | None, earlier: Sequence[Mention]
) -> bool:
    if kind in (TOWN, UWV) and re.search(r"\b(?:in|binnen) (?:de|onze|deze|een) $|\bonze (?:\w+ )?$", left):
        return False
    if _PARTNER_RIGHT.match(right) or re.search(r"\bpartner (?:is|zijn)? ?(?:een |de )?$", left):
        return False
    previous = earlier[-1] if earlier else None
    gap = text[previous.end : clause.start + len(left)] if previous else ""
    if previous and previous.role == OWN and _COORDINATED.match(gap):
        return not _PARTNER_RIGHT.match(right)
    if previous and previous.role == DENIED and re.match(r"^ ?,? ?(?:maar|wel|eerder) (?:wel )?(?:een |de |van |bij )?(?:\w+ ){0,2}$", gap):
        return True
    if _APPOSITION.search(text[: clause.start]) and _LONE.match(left):
        return True
    if _BRACKETED_OWN.search(text[: clause.start]) and left in ("", "ook ", "zelf ook "):
        return True
    if _SELF_LEFT.search(left):
        return _self_left_holds(clause, left)
    if _WORK_AT_OURS.search(left) or (_OWNING_LEFT.search(left) and kind != TOWN):
        return True
    if _SELF_RIGHT.match(right) and not _NOT_SELF_HERE.search(left):
        return re.match(r"^ ?(?:\w+ ){0,3}?(?:zijn (?:wij|we)|ben ik)", right) is not None or not left.strip()
    lone = _LONE.match(left) is not None and _LONE_RIGHT.match(right) is not None
    plural = text[clause.start + len(left) : clause.end - len(right)].endswith("ten")
    if pending == "organisation_type":
        if plural or re.match(r" (?:telt|is|was|betaalt|zegt|heeft|wil|moet|doet|vindt|kan|zal|gaat|mag)\b", right):
            return False
        return lone or not any(mention.role == OWN for mention in earlier) and len(clause.text.split()) <= 6 and not _WITH.search(left)
    return pending is None and lone and kind != OTHER and not plural and len(text.split()) <= 4


_WITH = re.compile(r"\b(?:met|bij|samen|van|voor|tegen|via) (?:een |de |het )?(?:\w+ )?$")


def _self_left_holds(clause: Clause, left: str) -> bool:
    """Weigh a left side that looks like "wij zijn een …": a bare "is", "zijn", "het is" needs more."""
    if re.search(r"\b(?:partner|partij|die|clienten|klanten|mensen|zij|ze|andere|bewoners) (?:\w+ ){0,6}(?:is|zijn) (?:\w+ ){0,3}$", left):
        return False
    if re.search(r"\bals (?:de|het|die|deze|dat) (?:\w+ )?$", left):
        return False
    if re.search(r"\b(?:zij|ze|die) (?:zijn|werken|zitten) (?:\w+ ){0,3}$", left):
        return False
    if re.search(r"\b(?:met|van|door|naar|aan|tussen) (?:een |de |het )?(?:\w+ )?$", left):
        return re.search(r"\b(?:ben|zijn|we|wij|kom|komen) (?:\w+ )?van (?:een |de |het )?(?:\w+ )?$", left) is not None
    if re.search(r"\bin (?:een |de |het )?(?:\w+ )?$", left):
        return re.search(r"\b(?:werk|werken|werkzaam|zitten|zit) (?:\w+ )?in (?:een |de |het )?(?:\w+ )?$", left) is not None
    if re.search(r"\b(?:onze|ons) (?:\w+ )?$", left) and not re.search(r"\b(?:bij|namens|voor|van|als|is) (?:onze|ons)", left):
        return True
    if re.search(r"\b(?:hebben|vallen)\b", left):
        return False
    return _STRONG_SELF.search(left) is not None or re.search(r"\b(?:dit is|organisatie|werkgever|type|ik|het gaat om|betreft|hier)\b", left) is not None


def _is_partner(
    text: str, clause: Clause, left: str, right: str, kind: str, pending: str | None, earlier: Sequence[Mention],
    *, own_known: bool,
) -> bool:  # fmt: skip
    if clause.mood is Mood.UNKNOWN or _SEEKING.search(clause.text):
        return False
    if pending == "partner_types":
        return not _PLACE_LEFT.search(left) or kind != TOWN
    if _STAKEHOLDERS.search(clause.text) and kind in (TOWN, UWV, OTHER):
        return False
    if kind == TOWN and _PLACE_LEFT.search(left):
        return False
    previous = earlier[-1] if earlier else None
    if previous and previous.role == PARTNER and _COORDINATED.match(text[previous.end : clause.start + len(left)]):
        return True
    if kind == OTHER and re.search(r"\b(?:een|de|het|andere|die|[2-9]|met|ook|en) $", left) is None:
        return False
    strong = _PARTNER_STRONG.search(clause.text) is not None
    if kind in (TOWN, UWV):
        return _town_partner(clause.text, left)
    if _PARTNER_RIGHT.match(right):
        return True
    if _THIRD_PERSON_RIGHT.match(right) and re.search(r"(?:^|\b(?:een|de|die|het|deze|en|maar|want|andere|[2-9]) ?(?:andere |enige )?)$", left):
        return own_known or strong
    if not _PARTNER_LEFT.search(left):
        return False
    return strong or own_known


_TOWN_PARTNER = re.compile(
    r"\b(?:inhuren|inhuur|ingehuurd\w*|huren|uitlen\w*|uitlener|lenen|detacher\w*|uitbested\w*|partner\w*|met ons|"
    r"samen ips|ips samen|samenwerk\w* voor ips|"
    r"(?:trajectbegeleiders?|coach(?:es)?|jobcoach(?:es)?|consulent(?:en)?|medewerkers?|iemand|mensen|klantmanagers?) (?:van|bij|uit|vanuit))\b"
)


def _town_partner(clause: str, left: str) -> bool:
    """A gemeente or UWV is a partner only when it lends people or takes part; else it is a stakeholder."""
    return _TOWN_PARTNER.search(clause) is not None and not re.search(r"\b(?:klanten|clienten) van (?:de |het )?$", left)


def _one_of_many(text: str, found: list[Mention]) -> list[Mention]:
    """Read "vier ggz-instellingen … wij zijn er een van": both own and partner type."""
    match = _ONE_OF.search(text)
    if not match or any(mention.role == OWN for mention in found):
        return found
    before = [mention for mention in found if mention.start < match.start() and mention.role in (MENTIONED, PARTNER)]
    if not before or len({mention.type for mention in before}) != 1:
        return found
    first = before[0]
    own = Mention(first.type, OWN, match.start(), match.end())
    partner = Mention(first.type, PARTNER, first.start, first.end)
    return [partner if mention is first else mention for mention in found] + [own]
