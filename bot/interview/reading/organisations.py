"""Which organisations a message names, and which of them is the speaker's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from bot.interview.reading.clauses import Clause, Mood, at

GGZ, HOUSING, AGENCY, TOWN, UWV, DISABILITY, OTHER = (
    "ggz", "beschermd_wonen", "reintegratiebedrijf", "gemeente", "uwv", "gehandicaptenzorg", "anders",
)  # fmt: skip

OWN, PARTNER, DENIED, MENTIONED = "own", "partner", "denied", "mentioned"

_TAIL = (
    r"(?: ?(?:instellingen|instelling|organisaties|organisatie|aanbieders|aanbieder|clubs?|afdeling|teams?|"
    r"bureaus?|bedrijf|bedrijven))?"
)
_TYPES = (
    (HOUSING, r"ribw(?:'s|s)?|bescherm(?:d|t|de|te)? ?wo+n(?:en|vormen|vorm|voorzieningen|voorziening|club|"
              r"groep|plekken)|"
              r"beschut wonen|woonclub|woonvorm voor ggz"),
    (DISABILITY, r"gehandicapten ?zorg|verstandelijke? (?:gehandicapten|beperkten|beperking)(?: ?zorg)?|"
                 r"vg ?zorg|vg instelling|vg|lvb ?zorg|(?:lvb|lvg|vg|vgn) (?=instelling|organisatie|aanbieder|"
                 r"sector|zorg)|"
                 r"gehandicapten(?= ?(?:instelling|organisatie))|"
                 r"mensen met (?:een )?(?:lichte? )?verstandelijke? beperking(?:en)?|"
                 r"zorg voor (?:mensen met een )?verstandelijk\w* \w+"),
    (AGENCY, r"reintegratiebedrijf|jobcoach ?(?:bedrijf|bureau|organisatie)|job ?coach(?:ing)? ?(?:bedrijf|bureau)"),
    (OTHER, r"verslavingszorg|verslavings ?kliniek|maatschappelijke opvang|daklozenopvang|vrijgevestigd(?:en|"
            r"e)?(?: (?:psychiater|psycholoog|praktijk|therapeut|behandelaar)s?)?|jeugdzorg|"
            r"(?:algemeen |gewoon )?(?<!psychiatrisch )ziekenhuis|sw bedrijf|sociale werk(?:voorziening|plaats)|"
            r"onderwijs ?instelling|onderwijs|roc|huisartsen ?praktijk|huisartsenpraktijk|welzijns ?organisatie|"
            r"zorgboerderij|"
            r"uitzendbureau"),
    (GGZ, r"(?:jeugd )?(?:f)?ggz|fact ?teams?|geestelijke gezondheids ?zorg|psychiatrisch(?:e)? (?:ziekenhuis|"
          r"instelling|"
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


_ADJ = (
    r"(?:\w+(?:e|s|ig|er) |klein |groot |soort |ook |eigenlijk |gewoon |toch |wel |juist |zelf |dus |1 |nu |"
    r"maar |vooral |nog )"
)
_DET = r"(?:een |'?n |1 |de |het |zo'n |onze |ons |eigen )?"
_ORG_WORDS = (
    r"(?:(?:organisatie|instelling|stichting|aanbieder|club|team|afdeling|voorziening|partij) (?:voor|"
    r"van|in|binnen|op) )?"
)
_ROLE = r"(?: (?:een )?(?!van\b|bij\b|voor\b|in\b|geen\b|niet\b)\w+){0,2}(?= (?:bij|van|voor|in|op|namens)\b)"
_SELF_LEFT = re.compile(
    rf"(?:\b(?:wij|we) (?:zijn|vormen|werken (?:bij|voor|in|binnen|vanuit|op)|zitten (?:in|bij)|horen bij|"
    rf"komen van|hebben een|"
    rf"runnen een|vallen onder(?: een)?|ben|zin|bennen)|\bik (?:ben|werk|zit|kom|bel|mail|app|schrijf|"
    rf"vraag)(?: als)?{_ROLE}|\bik (?:ben|werk|zit|kom|bel|mail|app|schrijf|vraag)|\bben(?: ik)?|"
    rf"\bwerk(?:zaam)? (?:ik )?(?=bij|voor|in|op|als)|\bwerkzaam|\b(?:zijn|vormen) (?:wij|we)|\bhier|\bdit is|"
    rf"\bhet is|\bis|\bzijn|"
    rf"\bmijn (?:organisatie|werkgever|baas) is|\bonze organisatie is|\bwij als|\bwe als|\b(?:wij|we) van|\bwij|"
    rf"\bnamens|"
    rf"\bals|\bvanuit|\bhet gaat om|\bbetreft|\borganisatie|\btype)"
    rf"(?: (?:bij|voor|van|in|op|binnen|vanuit|namens|met|"
    rf"van uit))? ?(?:{_ADJ}){{0,4}}{_DET}(?:{_ADJ}){{0,3}}{_ORG_WORDS}$"
)
_STRONG_SELF = re.compile(
    r"(?:^(?:zijn|is) (?:een |ook |geen )|\b(?:wij|we|ben|werk|werken|werkzaam|namens|als|vanuit|hier|vormen|"
    r"zit|zitten|werkgever|onze organisatie is|dit is|"
    r"organisatie|type|ik|het gaat om|betreft)\b)"
)
_OWNING_LEFT = re.compile(rf"(?<!in )(?<!binnen )(?<!met )(?<!van )\b(?:onze|ons) (?:eigen )?(?:{_ADJ}){{0,2}}$")
_WORK_AT_OURS = re.compile(r"\bbij ons (?:op|in|binnen|bij) (?:de |het )?$")
_SELF_RIGHT = re.compile(
    r"^ ?(?:\w+ ){0,3}?(?:zijn (?:wij|we)|ben ik|hier\b(?! (?:\w+ )?(?:wil|doet|heeft|"
    r"zoekt|haalt|in|is|biedt|vlak)))"
)
_NOT_SELF_HERE = re.compile(r"\b(?:de|die|deze|onze) $")
_DENIED_LEFT = re.compile(
    rf"\b(?:geen|niet (?:een|bij een|van een|de|bij de|echt een)?|niet|"
    rf"geen echte) ?(?:{_ADJ}){{0,2}}$"
)
_PLACE_LEFT = re.compile(
    r"\b(?:in|binnen|uit|rond|door) (?:de|onze|deze|die|een|zijn|mijn|alle) $|\b(?:in|"
    r"binnen|uit) $"
)
_PARTNER_LEFT = re.compile(
    r"(?:\bsamen (?:met|werken met|doen met)|\bmet|\bvan|\bbij|\bpartner(?:s)?|\bpartij|\bis|\bzijn|\bdoor|"
    r"\baan|\bnaar|\ben|\bof|,|/|"
    r"\buit|\btussen|\bandere|\btweede|\bnaburige|\bcollega|\been|\bde|\bdie|\bdeze|\bhet)"
    r"(?: (?:een|de|het|die|deze|1|[2-9]|twee|andere|meerdere|paar|enkele|onze|collega|naburige|bevriende|"
    r"lokale|grote|kleine|"
    r"regionale|plaatselijke|instellingen|organisaties|organisatie|voor|partijen|aantal|particulier|"
    r"particuliere|nog|ook|"
    r"bestaande|ervaren|goed|goede|gespecialiseerd)){0,4} ?$"
)
_PARTNER_STRONG = re.compile(
    r"\b(?:samen met|samenwerk\w*|werken samen|werkt samen|partner\w*|partij(?:en)?|uitbested\w*|besteden|"
    r"inhuren|inhuur|"
    r"ingehuurd\w*|huren|uitlen\w*|lenen|detacher\w*|neerleggen|onderbrengen|met ons|coalitie|combinatie|"
    r"regionaal|gezamenlijk|"
    r"in zorg|in behandeling|onder behandeling|in dienst|schriftelijke afspraken|afspraken|clienten van|"
    r"cliënten van|klanten van|"
    r"mensen van|trajectbegeleiders? van|coach(?:es)? van|consulent(?:en)? van|medewerkers? van|uitvoer\w*|"
    r"collega|andere|"
    r"samen|bureau dat|bedrijf dat|interesse|klaar|voor ons|bij ons)\b"
)
_THIRD_PERSON_RIGHT = re.compile(
    r"^(?: (?:hier|daar|uit|in|naast|vlakbij|verderop|om de hoek|bij ons|die|dat|waar|zelf|de|het|onze|ons|"
    r"buurt|regio|stad|dorp|wel|ook)){0,5} "
    r"(?:wil|willen|heeft|hebben|doet|doen|biedt|haalt|halen|voldoet|kan|zoekt|vraagt|voert|levert|neemt|gaat|"
    r"staat|zegt|vindt|"
    r"werkt|zit|blijft|weigert|krijgt)\b"
)
_STAKEHOLDERS = re.compile(
    r"\b(?:netwerk\w*|contact\w*|werkgevers|wsp|stakeholders|lijntjes|lijnen|"
    r"samenwerking met)\b"
)
_EXPERIENCE = re.compile(
    r"\b(?:ervaring|kennis|jaren|jaar|gewerkt|verleden|achtergrond|"
    r"opleiding)(?: \w+){0,3} (?:in|met|van|uit) (?:de )?$"
)
_CLIENT_GROUP_LEFT = re.compile(
    r"\b(?:mensen|clienten|klanten|kandidaten|doelgroep|patienten|"
    r"deelnemers) (?:uit|in) (?:de |een )?$|\buit de $"
)
_ONE_OF = re.compile(
    r"\b(?:wij|we) zijn (?:er )?(?:1|een) (?:van|daarvan|ervan)\b|\b(?:waarvan|"
    r"waaronder) (?:wij|we)\b"
)
_MIXED = re.compile(
    r"\b(?:wij|we|zijn|vormen|ik) (?:\w+ ){0,4}(?:samenwerking(?:sverband)?|coalitie|combinatie|"
    r"fusie|samenvoeging) (?:van|tussen|met)\b"
)
_COORDINATED = re.compile(r"^(?: ?(?:,|/|&|\+) ?| en (?:een |ook )?| of (?:een )?| annex | slash )$")
_LONE = re.compile(
    r"^(?:(?:een|de|het|wij|we|ik|gewoon|nou|eh|uh|ehm|dat|is|zijn|bij|van|voor|hallo|hoi|"
    r"goedemiddag|dag|ja|type) )*$"
)
_OPENING = re.compile(rf"{_LONE.pattern[:-1]}(?:kleine |grote |middelgrote |particuliere |regionale )?$")
_NEXT_TYPE = re.compile(rf" ?(?:,|/|&|\+|en|of) ?(?:een |de |het |ook )?(?:{_TYPE.pattern})")
_NEARBY_RIGHT = re.compile(r"^ (?:bij ons|in onze|naast ons|om de hoek|verderop|in de buurt)\b")
_TELEGRAM = re.compile(
    r"\b(?:caseload|clienten|kandidaten|criteri\w+|(?:traject)?begeleiders|tekort|fte|ips|partner)\b(?!.*\?)"
)
_LONE_RIGHT = re.compile(
    r"^(?: (?:(?:van|binnen|onder) (?:de|een|het) (?!partner|ander)|in|te|uit|hier|dus|hoor|eigenlijk|ben ik|denk ik|denk|ik)\b.{0,30})?$"
)
_CARE_RIGHT = re.compile(
    r"^ (?:clienten|klanten|client|doelgroep|problematiek|achtergrond|verleden|behandel\w+|"
    r"ervaring|sector|wet|zorg)\b"
)
_PARTNER_RIGHT = re.compile(r"^ ?(?:partner|partij|collega)")
_BRACKETED_PARTNER = re.compile(r"\b(?:collega|andere|naburige)(?: \w+){0,2} \($")
_APPOSITION = re.compile(r"(?:^|[.,;] ?)(?:wij|we|ons),? $")
_BRACKETED_OWN = re.compile(r"\b(?:we|wij) \($")
_NO_PARTNER = re.compile(
    r"\b(?:geen|zonder|nog geen|geen enkele) (?:(?:andere|vaste|enkele|geschikte|"
    r"samenwerkings) ?)?(?:samenwerkings)?partners?\b(?! (?:die|dat|met))|"
    r"\bpartners? (?:hebben|heb|is|zijn|zien) (?:we|wij|ik|er)? ?(?:\w+ ){0,2}(?:niet|geen)\b|\bhelemaal alleen\b|"
    r"\b(?:wij|we) (?:doen|gaan) (?:het|dit) (?:\w+ )?alleen\b|\bmet niemand samen\b|\bwerken niet samen met\b"
)
_SEEKING = re.compile(r"\b(?:zoek|zoeken|gezocht|op zoek|vinden|gevonden)\b")
_SPEAKS_OF_US = re.compile(r"\b(?:we|wij|onze|ons)\b")
_MAYBE = re.compile(r"\b(?:misschien|wellicht|mogelijk)\b")
# A description in place of a name: whom "wij" treat, house or look after says what kind of organisation it is.
_PEOPLE = r"(?:mensen|clienten|patienten|bewoners|volwassenen|jongvolwassenen)"
_ILL = r"(?:psych\w+|schizofrenie|borderline|depressies?|een depressie|trauma\w*)"
_DISABLED = r"(?:licht )?(?:lvb|verstandelijke? beperking(?:en)?)"
_DESCRIPTIONS = (
    (GGZ, re.compile(rf"\b(?:wij|we) behandelen (?:\w+ )?{_PEOPLE} met (?:een )?(?:\w+ )?{_ILL}\b")),
    (HOUSING, re.compile(rf"\b(?:bij ons wonen|(?:wij|we) bieden (?:wonen|woonruimte|"
                         rf"woonplekken)(?: met begeleiding)? aan)"
                         rf" {_PEOPLE} met (?:een )?(?:\w+ )?{_ILL}\b")),
    (DISABILITY, re.compile(rf"\b(?:wij|we) (?:begeleiden|ondersteunen|huisvesten|verzorgen|bieden (?:\w+ ){{1,4}}aan) "
                            rf"(?:\w+ )?{_PEOPLE} met (?:een )?{_DISABLED}\b")),
)  # fmt: skip
_TO_WORK = re.compile(r"\b(?:werk|baan|banen|job|ips|psych\w+ en|en psych\w+)\b")
_PROVIDES_LEFT = re.compile(r"\b(?:wij|we) (?:bieden|leveren|doen|verzorgen) (?:\w+ )?$")
_NO_VERB = re.compile(
    r"\b(?:is|zijn|heeft|hebben|wil|willen|kan|kunnen|doet|doen|moet|moeten|mag|mogen|haalt|biedt|gaat|zit|betaalt|"
    r"vraagt|stuurt|wordt|werkt|levert|zoekt|staat|voldoet|zegt|komt|geeft|krijgt|bestaat)\b"
)
_PRIVATE = re.compile(
    r"\b(?:mijn|onze) (?:zoon|dochter|broer|broertje|zus|zusje|man|vrouw|vriend|vriendin|moeder|vader|kind|neef|"
    r"nicht|buurman)\b|"
    r"\bik (?:ben|zit|loop|sta|was) (?:zelf |nu |al |een |hier )*(?:client|cliente|patient|in behandeling|"
    r"in zorg|onder behandeling|"
    r"opgenomen|werkloos|ziek)\b|\bik (?:ben|zit|loop) (?:\w+ ){0,4}(?:client|patient|in behandeling|"
    r"in zorg) bij\b|\bmijn (?:behandelaar|psychiater)\b"
)
_WITH_LEFT = re.compile(r"\b(?:met|bij|samen|van|voor|tegen|via) (?:een |de |het )?(?:\w+ )?$")
_ABOUT_SPEAKER = re.compile(r"\b(?:wij|we|ik|zijn|ben)\b[^.;]{0,40}$")
_OWN_IN_QUESTION = re.compile(r"\b(?:als|wij als|we als|wij van|onze|ons) $")
_OUR_TOWN_LEFT = re.compile(r"\b(?:in|binnen) (?:de|onze|deze|een) $|\bonze (?:\w+ )?$")
_PARTNER_IS_LEFT = re.compile(r"\bpartner (?:is|zijn)? ?(?:een |de )?$")
_INSTEAD = re.compile(r"^ ?,? ?(?:maar|wel|eerder) (?:wel )?(?:een |de |van |bij )?(?:\w+ ){0,2}$")
_SURE_SELF_RIGHT = re.compile(r"^ ?(?:\w+ ){0,3}?(?:zijn (?:wij|we)|ben ik)")
_THIRD_PERSON_FACT = re.compile(
    r" (?:telt|is|was|betaalt|zegt|heeft|wil|weigert|weet|werkt|vraagt|levert|"
    r"stuurt|neemt|krijgt|zit|staat|wordt|moet|doet|vindt|kan|zal|gaat|mag)\b"
)
# "Directeur hier van een …", "teamleider ribw": who writes, and for whom.
_OFFICER_LEFT = re.compile(
    r"^(?:(?:hallo|hoi|dag|goedemiddag|goedemorgen|goeiedag) )?(?:ik ben )?(?:directeur|bestuurder|manager|teamleider|"
    r"teammanager|projectleider|beleidsmedewerker|coordinator)(?: hier)?(?: (?:van|bij))?(?: (?:een|de|het))? "
    r"(?:(?:kleine|grote|regionale) )?$"
)
_OF_OTHERS = re.compile(
    r"\b(?:clienten|klanten|mensen|contact\w*|samen\w*|contract\w*|partners?|afspraken|verwij\w+) (?:\w+ ){0,2}"
    r"(?:van|uit|via|bij|met) |\b(?:weiger\w*|samenwerk\w*)\b"
)
_WE_COMMA = re.compile(r" ?[,.:-] ?(?:en )?(?:wij|we|kunnen (?:wij|we)|mogen (?:wij|we)) ")
_PART_OF = re.compile(r" (?:van|binnen|onder) (?:een |de |het )?(?:\w+ )?")
_OTHERS_ARE = re.compile(
    r"\b(?:partner|partij|die|clienten|klanten|mensen|zij|ze|andere|bewoners|hiernaast|verderop|buren) "
    r"(?:\w+ ){0,6}(?:is|zijn) (?:\w+ ){0,3}$|"
    r"\b(?:zij|ze|die) (?:zijn|werken|zitten) (?:\w+ ){0,3}$"
)
_AS_THE = re.compile(r"\bals (?:de|het|die|deze|dat) (?:\w+ )?$")
_HAVE = re.compile(r"\b(?:hebben|vallen)\b")
_FROM_LEFT = re.compile(r"\b(?:met|van|door|naar|aan|tussen) (?:een |de |het )?(?:\w+ )?$")
_WE_FROM_LEFT = re.compile(r"\b(?:ben|zijn|we|wij|kom|komen) (?:\w+ )?van (?:een |de |het )?(?:\w+ )?$")
_IN_LEFT = re.compile(r"\bin (?:een |de |het )?(?:\w+ )?$")
_WORK_IN_LEFT = re.compile(r"\b(?:werk|werken|werkzaam|zitten|zit) (?:\w+ )?in (?:een |de |het )?(?:\w+ )?$")
_SUBJECT_LEFT = re.compile(r"(?:^|\b(?:een|de|die|het|deze|en|maar|want|andere|[2-9]) ?(?:andere |enige )?)$")
_OTHER_LEFT = re.compile(r"\b(?:een|de|het|andere|die|[2-9]|met|ook|en) $")
_SENDER_LEFT = re.compile(
    r"\b(?:doorverwezen|verwezen|doorgestuurd|gestuurd|aangemeld|aangeleverd|doorverwijzing\w*|verwijzingen|"
    r"aanmeldingen)"
    r" (?:\w+ ){0,2}(?:door|van|via|vanuit|uit) (?:een |de |het )?$|"
    r"\b(?:kandidaten|klanten|clienten) (?:die )?komen (?:\w+ ){0,2}(?:van|via|uit) (?:een |de |het )?$"
)
_NOT_IN_CARE_LEFT = re.compile(
    r"\b(?:niet|geen|zonder) (?:\w+ ){0,3}(?:in zorg|in behandeling|onder behandeling|bekend|client|patient)? ?"
    r"(?:bij|van) een $"
)
_CLIENTS_OF = re.compile(r"\b(?:klanten|clienten) van (?:de |het )?$")
# A gemeente or UWV is a partner only when it lends people or takes part; else it is a stakeholder.
_LENDS = re.compile(
    r"\b(?:inhuren|inhuur|ingehuurd\w*|huren|uitlen\w*|uitlener|lenen|detacher\w*|uitbested\w*|partner\w*|met ons|"
    r"samen ips|ips samen|samenwerk\w* voor ips|"
    r"(?:trajectbegeleiders?|coach(?:es)?|jobcoach(?:es)?|consulent(?:en)?|medewerkers?|iemand|mensen|klantmanagers?) "
    r"(?:van|bij|uit|vanuit))\b"
)
_WINDOW = 160  # how many characters around a name are looked at
_MOST_MENTIONS = 40


@dataclass(frozen=True)
class Mention:
    """An organisation type named from `start` to `end` and its role: own, partner, denied, or only mentioned."""

    type: str
    role: str
    start: int
    end: int


@dataclass(frozen=True)
class _Spot:
    """One named type in its surroundings: what its role is weighed on."""

    text: str
    clause: Clause
    type: str
    start: int
    end: int
    pending: str | None
    previous: Mention | None
    own_known: bool

    @property
    def left(self) -> str:
        """Return the words of the clause before it."""
        return self.text[max(self.clause.start, self.start - _WINDOW) : self.start]

    @property
    def right(self) -> str:
        """Return the words of the clause after it."""
        return self.text[self.end : min(self.clause.end, self.end + _WINDOW)]

    @property
    def before_clause(self) -> str:
        """Return what stands right before the clause."""
        return self.text[max(0, self.clause.start - 40) : self.clause.start]

    @property
    def gap(self) -> str:
        """Return what stands between the previous mention and this one."""
        return self.text[self.previous.end : self.start] if self.previous else ""

    @property
    def plural(self) -> bool:
        """Say whether it is "gemeenten" rather than one gemeente."""
        return self.text[self.start : self.end].endswith("ten")


def mentions(text: str, clauses: Sequence[Clause], pending: str | None) -> tuple[Mention, ...]:
    """Return the organisation types that a normalised message names, in order, each with its role."""
    found = _pass(text, clauses, pending, own_known=False)
    described = () if any(mention.role == OWN for mention in found) else _described(clauses)
    if described or any(mention.role == OWN for mention in found):
        found = _pass(text, clauses, pending, own_known=True)
    inside = [m for m in found if not any(own.start <= m.start < own.end for own in described)]
    return tuple(_one_of_many(text, [*described, *inside]))


def _described(clauses: Sequence[Clause]) -> tuple[Mention, ...]:
    """Return the own type as a clause describes it ("wij behandelen mensen met psychoses"), if one does."""
    for clause in clauses:
        if clause.mood is not Mood.STATED or clause.negated:
            continue
        for kind, pattern in _DESCRIPTIONS:
            match = pattern.search(clause.text)
            if match and not (kind != GGZ and _TO_WORK.search(clause.text, match.end())):
                return (Mention(kind, OWN, clause.start + match.start(), clause.start + match.end()),)
    return ()


def _pass(text: str, clauses: Sequence[Clause], pending: str | None, *, own_known: bool) -> list[Mention]:
    """Give each mention its role; once the own type is known, others that act beside it are partners."""
    found: list[Mention] = []
    for match in islice(_TYPE.finditer(text), _MOST_MENTIONS):
        kind = _TYPES[int((match.lastgroup or "t0")[1:])][0]
        spot = _Spot(
            text, at(clauses, match.start()), kind, match.start(), match.end(), pending,
            found[-1] if found else None, own_known or any(mention.role == OWN for mention in found),
        )  # fmt: skip
        found.append(Mention(kind, _role(spot), match.start(), match.end()))
    return found


def no_partner(clause: Clause) -> bool:
    """Say whether a clause states that there is no partner to work with."""
    return _NO_PARTNER.search(clause.text) is not None


def private(text: str) -> bool:
    """Say whether somebody speaks as a client or relative, not for an organisation."""
    return _PRIVATE.search(text) is not None


def says_own(left: str) -> bool:
    """Say whether the words before "geen ggz" are about the speaker ("wij zijn toch geen ggz")."""
    return _ABOUT_SPEAKER.search(left) is not None


def mixed(text: str) -> bool:
    """Say whether the speaker calls the own side a coalition of several organisations."""
    return _MIXED.search(text) is not None


def _role(spot: _Spot) -> str:
    if _DENIED_LEFT.search(spot.left):
        return DENIED
    if _BRACKETED_PARTNER.search(spot.before_clause) and len(spot.clause.text) <= spot.end - spot.start + 6:
        return PARTNER
    if spot.clause.mood is Mood.ASKED and not _OWN_IN_QUESTION.search(spot.left):
        return MENTIONED
    if _SENDER_LEFT.search(spot.left) or _NOT_IN_CARE_LEFT.search(spot.left):
        return MENTIONED
    if _MIXED.search(spot.left) or _EXPERIENCE.search(spot.left) or _CARE_RIGHT.match(spot.right):
        return MENTIONED
    if spot.previous and spot.previous.role == OWN and _PART_OF.fullmatch(spot.gap):
        return MENTIONED
    if _is_own(spot):
        return OWN
    if _CLIENT_GROUP_LEFT.search(spot.left) and spot.type == GGZ and not _PARTNER_RIGHT.match(spot.right):
        return MENTIONED
    return PARTNER if _is_partner(spot) else MENTIONED


# --- the own organisation ----------------------------------------------------------------------------------------


def _is_own(spot: _Spot) -> bool:
    if spot.type in (TOWN, UWV) and _OUR_TOWN_LEFT.search(spot.left):
        return False
    if _PARTNER_RIGHT.match(spot.right) or _PARTNER_IS_LEFT.search(spot.left):
        return False
    if spot.previous and _continues_own(spot, spot.previous):
        return True
    alone = _LONE.match(spot.left) is not None
    if (_APPOSITION.search(spot.before_clause) and alone) or _bracketed_own(spot):
        return True
    if _OFFICER_LEFT.search(spot.left) and spot.clause.sentence <= 1:
        return not _THIRD_PERSON_FACT.match(spot.right)
    if _SELF_LEFT.search(spot.left):
        return _self_left_holds(spot.left)
    if spot.type in (HOUSING, DISABILITY) and _PROVIDES_LEFT.search(spot.left):
        return True
    if _WORK_AT_OURS.search(spot.left) or (_OWNING_LEFT.search(spot.left) and spot.type != TOWN):
        return True
    if _SELF_RIGHT.match(spot.right) and not _NOT_SELF_HERE.search(spot.left):
        return _SURE_SELF_RIGHT.match(spot.right) is not None or not spot.left.strip()
    return _is_bare_answer(spot, alone=alone and _LONE_RIGHT.match(spot.right) is not None)


def _continues_own(spot: _Spot, previous: Mention) -> bool:
    """Read on from "wij zijn ggz en …" and "wij zijn geen ggz maar …"."""
    if previous.role == OWN:
        return _COORDINATED.match(spot.gap) is not None
    return _instead_of(spot, previous) and spot.pending != "partner_types" and not _is_others_denied(spot, previous)


def _instead_of(spot: _Spot, previous: Mention) -> bool:
    return previous.role == DENIED and _INSTEAD.match(spot.gap) is not None


def _is_others_denied(spot: _Spot, previous: Mention) -> bool:
    """Say whether "de partner is geen ggz maar een ribw" denies what somebody else is."""
    before = spot.text[max(0, previous.start - _WINDOW) : previous.start]
    return _OTHERS_ARE.search(_DENIED_LEFT.sub("", before)) is not None


def _bracketed_own(spot: _Spot) -> bool:
    return _BRACKETED_OWN.search(spot.before_clause) is not None and spot.left in ("", "ook ", "zelf ook ")


def _is_bare_answer(spot: _Spot, *, alone: bool) -> bool:
    """Say whether the type by itself answers "what kind of organisation": when asked, or as a whole message."""
    if spot.pending == "organisation_type":
        if spot.plural or _THIRD_PERSON_FACT.match(spot.right) or _OF_OTHERS.search(spot.clause.text):
            return False
        return alone or (not spot.own_known and len(spot.clause.text.split()) <= 6 and not _WITH_LEFT.search(spot.left))
    if spot.pending is not None or spot.plural:
        return False
    if spot.type == OTHER:
        whole = spot.left == "" == spot.right and spot.clause.start == 0
        return whole and _WE_COMMA.match(spot.text, spot.end) is not None
    return (alone and len(spot.text.split()) <= 4) or _opens_message(spot)


def _opens_message(spot: _Spot) -> bool:
    """Read "ggz-instelling met drie locaties, we doen …" and "ribw, caseload 22": a type that opens a message."""
    opens = spot.clause.start == 0 and _OPENING.match(spot.left) is not None and spot.type not in (TOWN, UWV)
    if not opens or _NO_VERB.search(spot.clause.text) or _NEXT_TYPE.match(spot.text, spot.end):
        return False
    if _NEARBY_RIGHT.match(spot.right):
        return False
    return _SPEAKS_OF_US.search(spot.text, spot.end) is not None or _TELEGRAM.search(spot.text, spot.end) is not None


def _self_left_holds(left: str) -> bool:
    """Weigh a left side that looks like "wij zijn een …": others may be the subject, or the type a place or partner."""
    if _OTHERS_ARE.search(left) or _AS_THE.search(left) or _HAVE.search(left):
        return False
    if _FROM_LEFT.search(left):
        return _WE_FROM_LEFT.search(left) is not None
    if _IN_LEFT.search(left):
        return _WORK_IN_LEFT.search(left) is not None
    return _STRONG_SELF.search(left) is not None


# --- partners ----------------------------------------------------------------------------------------------------


def _is_partner(spot: _Spot) -> bool:
    left, text = spot.left, spot.clause.text
    if spot.text[spot.start : spot.end].endswith("afdeling") or (
        spot.pending == "partner_types" and _MAYBE.search(text)
    ):
        return False
    if spot.clause.mood is Mood.UNKNOWN or _SEEKING.search(text):
        return False
    if spot.previous and _instead_of(spot, spot.previous) and _is_others_denied(spot, spot.previous):
        return True
    if spot.pending == "partner_types":
        return not _PLACE_LEFT.search(left) or spot.type != TOWN
    if spot.type in (TOWN, UWV, OTHER) and (_STAKEHOLDERS.search(text) or _PLACE_LEFT.search(left)):
        return False
    if spot.previous and spot.previous.role == PARTNER and _COORDINATED.match(spot.gap):
        return True
    if spot.type in (TOWN, UWV):
        return _LENDS.search(text) is not None and not _CLIENTS_OF.search(left)
    if spot.type == OTHER and not _OTHER_LEFT.search(left):
        return False
    if _PARTNER_RIGHT.match(spot.right):
        return True
    known = spot.own_known or _PARTNER_STRONG.search(text) is not None
    acts = _THIRD_PERSON_RIGHT.match(spot.right) is not None and _SUBJECT_LEFT.search(left) is not None
    return known and (acts or _PARTNER_LEFT.search(left) is not None)


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
