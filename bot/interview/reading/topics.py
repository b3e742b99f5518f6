"""Facts in content words: how people say that they outsource, lack people, sit close by, have it on paper …

Each `Topic` is one way of saying one value. A topic never fires on words that only come near it: a missed fact is asked
later, a wrong one may spoil the advice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.interview.reading.clauses import HEDGE, NEGATION, Clause, Mood
from bot.interview.reading.findings import Finding
from bot.interview.reading.organisations import OWN, PARTNER
from bot.interview.reading.subjects import EACH, JOINT, OURS, Subjects
from bot.model import FactValue, Status, criterion_key

_ANYBODY = frozenset((OWN, PARTNER, EACH, JOINT))
_YES, _NO = Status.VOLDOET.value, Status.VOLDOET_NIET.value

_BOARD = (
    r"(?:raad van bestuur|bestuur|bestuurders?|directie|directeur|management|rvb|mt|managers?|top|leiding|"
    r"behandelaren|behandelaars|psychiaters|werkvloer|organisatie|collega's|lagen|iedereen)"
)


_COACH = r"(?:ips )?(?:trajectbegeleiders?|begeleiders|job ?coach(?:es)?|coach(?:es)?|ips'ers)"
_CLINICIAN = (
    r"(?:hoofd|regie)?(?:behandelaars?|behandelaren|behandelteams?|psychiaters?|zorgteams?|begeleidingsteams?|"
    r"casemanagers?)"
)
_MEET = r"(?:overleg\w*|spreken|spreekt|zien|ziet|contact|afstemming|stemmen)"


@dataclass(frozen=True)
class Topic:
    """One way to say `value` of `key`. `denied` is the value when the clause negates it (None: say nothing then);
    `fixed`: the pattern holds its own negation, so that the clause's isn't weighed; `planned`: holds in plans too;
    `who`: whose clause it must be; `also`/`never`: what the clause must and must not hold besides."""

    key: str
    value: FactValue
    pattern: re.Pattern[str]
    denied: FactValue | None = None
    fixed: bool = False
    planned: bool = False
    who: frozenset[str] = OURS
    also: re.Pattern[str] | None = None
    never: re.Pattern[str] | None = None


def _topic(
    key: str,
    value: FactValue,
    pattern: str,
    denied: FactValue | None = None,
    *,
    fixed: bool = False,
    planned: bool = False,
    who: frozenset[str] = OURS,
    also: str | None = None,
    never: str | None = None,
) -> Topic:
    return Topic(
        key,
        value,
        re.compile(pattern),
        denied,
        fixed,
        planned,
        who,
        re.compile(also) if also else None,
        re.compile(never) if never else None,
    )


_MODAL = r"\b(?:willen|wil|kunnen|kan|mogen|mag|moeten|moet|zouden|zou)\b"
_NOT_IPS_NOUN = (
    r"(?! ?(?:nodig|traject\w*|begeleid\w*|coach\w*|getrain\w*|opleid\w*|opgelei\w*|geschool\w*|"
    r"scholing|cursus|diploma\w*|certific\w*|gedachte\w*|partner\w*|training\w*|criteri\w*|plan\w*|"
    r"werk\w*|scenario\w*))"
)

_IPS_FILLER = (
    r"(?:(?:we|wij|zelf|al|nu|hier|ook|sinds|lang|langer|jaar|jaren|\d{1,4}(?:\.\d)?|een|eigen|ons|gewoon|"
    r"succesvol|met|enkele|bij|onze|"
    r"maanden|volop|wel|nog|geen|niet|helemaal|pas|net|momenteel|inmiddels|allang|succes|op dit moment|even|nooit|"
    r"anderhalf|wat|zowel) ){0,7}"
)

_TOPICS: tuple[Topic, ...] = (
    # --- IPS now
    _topic(
        "delivers_ips_now",
        True,
        rf"\b(?:doen|bieden|leveren|voeren|hebben|doet|biedt|levert|voert|heeft|werken|"
        rf"werkt) {_IPS_FILLER}ips\b{_NOT_IPS_NOUN}",
        False,
        who=frozenset((OWN, EACH)),
        never=_MODAL + r"|\b(?:niks|niets|iets|ervaring|vragen|interesse|samen|training|aanvraag)\b",
    ),
    _topic(
        "delivers_ips_now",
        True,
        r"\bips (?:doen|bieden|leveren|voeren|hebben|doet|biedt|voert|"
        r"wordt (?:\w+ ){0,4}(?:aangeboden|uitgevoerd|gedaan|geboden))\b",
        False,
        who=frozenset((OWN, EACH)),
        never=_MODAL + r"|\b(?:nodig|samen|graag|gaan)\b",
    ),
    _topic(
        "delivers_ips_now",
        True,
        r"\b(?:gestart|begonnen) (?:\w+ ){0,3}ips\b|\bips (?:\w+ ){0,2}in huis\b",
        False,
        who=frozenset((OWN, EACH)),
        never=_MODAL,
    ),
    _topic(
        "delivers_ips_now",
        False,
        r"\b(?:nog )?(?:niks|niets) (?:met|aan) ips\b|\b(?:geen|"
        r"nog geen) (?:eigen )?ips(?! ?\w)|\bips is er (?:bij ons |"
        r"hier )?(?:nog )?niet\b",
        fixed=True,
        who=frozenset((OWN, EACH)),
        never=r"\b(?:ervaring|kennis|waar|daar|in zorg)\b",
    ),
    # --- outsourcing
    _topic(
        "prefers_outsourcing",
        False,
        r"\b(?:niet|geen|nooit) (?:\w+ ){0,3}(?:uitbested\w*|uitbesteding)|"
        r"\buitbested\w* (?:\w+ ){0,5}(?:niet|geen)\b|"
        r"\b(?:liever|liefst|willen (?:het|dit|ips) (?:\w+ )?|gaan (?:het|dit|ips) |blijven (?:het|dit|"
        r"ips) )zelf (?:\w+ )?(?:doen|uitvoeren|aanbieden|houden|blijven|organiseren|regelen)\b|"
        r"\bliever zelf$|"
        r"\b(?:niet|nooit) uit handen (?:geven|willen)\b|\bin eigen (?:hand|beheer) houden\b|"
        r"\bhouden (?:\w+ ){0,4}in eigen (?:hand|beheer)\b",
        fixed=True,
        planned=True,
        who=frozenset((OWN, EACH)),
        never=r"\bliever niet zelf\b|\bniet zelf\b|\bkan|kunnen\b",
    ),
    _topic(
        "prefers_outsourcing",
        True,
        r"\b(?:will?en|wil|liever|liefst|graag|voorkeur|gaan|van plan|het plan is|besloten|kiezen (?:voor|"
        r"ervoor)|overwegen)\b(?: [\w'.]+){0,8} (?:uitbested\w*|uit te besteden|uitbesteding|neerleggen bij|"
        r"uit handen geven|"
        r"laten (?:doen|uitvoeren) door)|\buitbesteden? (?:\w+ ){0,3}(?:heeft|onze|de) (?:\w+ )?voorkeur|"
        r"\buitbesteden (?:willen|wil) (?:we|wij|ik)\b|\bbesteden (?:we|wij|het|ips) (?:\w+ ){0,5}(?:liever|"
        r"graag|het liefst)\b|"
        r"\b(?:we|wij|liever) besteden (?:\w+ ){0,4}uit\b|\buitbesteden lijkt (?:ons|me|mij)\b",
        planned=True,
        who=frozenset((OWN, EACH)),
        never=NEGATION.pattern,
    ),
    # --- few clients
    _topic(
        "few_clients",
        True,
        r"\b(?:te weinig|maar weinig|heel weinig|erg weinig|weinig|niet genoeg|"
        r"onvoldoende|niet veel|nauwelijks|amper|maar een paar|slechts een paar|"
        r"een handje?vol|klein aantal|kleine aantallen|maar een klein aantal) "
        r"(?:ips )?(?:clienten|client|kandidaten|klanten|bewoners|aanmeldingen|deelnemers|patienten)\b|"
        r"\b(?:clienten|kandidaten) (?:hebben we|zijn er|zijn) (?:\w+ ){0,2}(?:weinig|niet veel|"
        r"niet genoeg)\b|"
        r"\bte (?:klein|weinig) voor een eigen (?:ips )?team\b",
        fixed=True,
        who=frozenset((OWN, EACH)),
        never=r"\b(?:niet te weinig|per fte|caseload|in zorg|trajectbegeleid\w+)\b",
    ),
    _topic(
        "few_clients",
        True,
        r"\b(?:maar|slechts|hooguit|nog geen|amper|hoogstens|"
        r"maximaal) (?:ongeveer )?(?:een )?(?:[1-9]|1\d) (?:ips )?(?:clienten|"
        r"kandidaten|klanten|bewoners|deelnemers|patienten)\b",
        fixed=True,
        who=frozenset((OWN, EACH)),
        never=r"\b(?:per|fte|caseload|begeleider\w*|"
        r"trajectbegeleid\w*|heeft|op)\b",
    ),
    _topic(
        "few_clients",
        False,
        r"\b(?:genoeg|voldoende|meer dan genoeg|heel veel|veel|zat|honderden|"
        r"tientallen) (?:ips )?(?:clienten|kandidaten|klanten|bewoners|aanmeldingen|"
        r"patienten)\b",
        who=frozenset((OWN, EACH)),
        never=r"\b(?:per fte|caseload|te veel|hoeveel|niet|in zorg)\b",
    ),
    # --- money and power
    _topic(
        "lacks_funding_or_governance_power",
        True,
        r"\b(?:te weinig|geen|onvoldoende|niet genoeg|nauwelijks|amper|zonder|missen|mist|ontbreekt|"
        r"tekort aan|gebrek aan|niet voldoende|weinig) (?:het |de |aan |ook |wij |we |eigen |financiele |en |"
        r"geld |budget )*(?:geld|budget|middelen|"
        r"slagkracht|bestuurskracht|bestuurlijke (?:slag)?kracht|financiele (?:slagkracht|middelen|"
        r"ruimte))\b|\b(?:geld|budget|slagkracht|bestuurskracht|middelen) (?:\w+ ){0,4}(?:niet|ontbreekt|"
        r"ontbreken|tekort|te weinig|nauwelijks)\b|"
        r"\b(?:kunnen|kan) (?:\w+ ){0,3}niet (?:alleen |zelf )?(?:betalen|bekostigen|financieren|dragen|"
        r"trekken|opbrengen)\b",
        fixed=True,
        who=frozenset((OWN, EACH)),
        never=r"\b(?:afgesproken|afspraken|weet|weten|probleem|prima|gaat niet om|clienten|"
        r"(?:meer|langer) (?:geld|budget|middelen))\b",
    ),
    _topic(
        "lacks_funding_or_governance_power",
        False,
        r"\b(?:genoeg|voldoende|ruim) (?:geld|budget|middelen|slagkracht|bestuurskracht|"
        r"financiele (?:middelen|ruimte|slagkracht))\b|\b(?:geld|budget|slagkracht|"
        r"financiering) (?:is )?(?:\w+ )?prima\b|\bgeld (?:is er|hebben we)(?: wel| genoeg)?$",
        who=frozenset((OWN, EACH)),
        never=r"\bniet\b",
    ),
    # --- agreements
    _topic(
        "agreements_refused",
        True,
        r"\b(?:wil|willen|weiger|weigert|weigeren) (?:[\w']+ ){0,5}?(?:geen|nergens|niks|niets|"
        r"niet) (?:\w+ ){0,4}(?:afspraken|vastleggen|tekenen|ondertekenen|overeenkomst|afspreken|op papier)|"
        r"\bweiger\w* (?:\w+ ){0,5}(?:afspraken|tekenen|ondertekenen|overeenkomst|contract)|"
        r"\bafspraken (?:wil|willen|weigeren) (?:\w+ ){0,4}(?:niet|geen|maken)\b(?: niet)?|"
        r"\bzien niks in afspraken\b",
        fixed=True,
        planned=True,
        who=_ANYBODY,
        never=r"\b(?:mondelinge|vage|losse|phrenos)\b|"
        r"\bafspraken willen (?:we|ze|zij|wij) (?:wel|"
        r"graag)?maken$",
    ),
    _topic(
        "agreements_refused",
        False,
        r"\b(?:wil|willen) (?:\w+ ){0,3}(?:wel|best|graag|allemaal|zeker|"
        r"ook) (?:\w+ ){0,4}(?:afspraken|tekenen|vastleggen)\b|"
        r"\biedereen wil (?:\w+ ){0,3}afspraken\b",
        planned=True,
        who=_ANYBODY,
        never=NEGATION.pattern,
    ),
    _topic(
        "written_agreements",
        True,
        r"\b(?:afspraken|overeenkomst|samenwerkingsovereenkomst|samenwerkingsafspraken|convenant|"
        r"contract) (?:[\w']+ ){0,7}?(?:op papier|zwart op wit|schriftelijk|vastgelegd|getekend|"
        r"ondertekend)\b|\b(?:gegevens en privacy|dat|die|alles|privacy) (?:[\w']+ ){0,7}?(?:op papier|"
        r"zwart op wit)\b|"
        r"\b(?:op papier|zwart op wit|schriftelijk|vastgelegd) (?:staan|staat|hebben|zijn|"
        r"is) (?:\w+ ){0,4}(?:afspraken|overeenkomst)|\bschriftelijke (?:samenwerkings ?)?(?:afspraken|"
        r"overeenkomst)\b|"
        r"\b(?:getekende|ondertekende) (?:samenwerkings)?(?:overeenkomst|afspraken|convenant)\b|"
        r"\ber ligt (?:al )?een (?:\w+ )?(?:samenwerkings)?(?:overeenkomst|convenant)\b",
        False,
        who=_ANYBODY,
        never=r"\b(?:moeten|moet|wil|willen|gaan|zetten|komen|maken|mag|hoeft|hoeven|"
        r"nodig|plan|implementatieplan|gedeeltelijk)\b",
    ),
    _topic(
        "written_agreements",
        False,
        r"\b(?:alleen |nog )?mondelinge? (?:afspraken)?|\b(?:niks|niets|"
        r"geen enkele afspraak) (?:\w+ )?op papier\b|"
        r"\bop papier (?:\w+ ){0,2}(?:niks|niets)\b|"
        r"\b(?:nog )?geen (?:schriftelijke |samenwerkings ?)?(?:afspraken|"
        r"overeenkomst)\b",
        fixed=True,
        who=_ANYBODY,
        never=r"\b(?:wil|willen|weiger\w*|niet mondeling)\b",
    ),
    # --- Phrenos
    _topic(
        "phrenos_review_refused",
        True,
        r"\b(?:wil|willen|weiger|weigert|weigeren|zien|ziet|zin|van ons|pottenkijkers|te wachten|trek|behoefte|"
        r"komt er|gaan)\b",
        fixed=True,
        planned=True,
        who=_ANYBODY,
        also=r"\bphrenos\b(?=.{0,120})",
        never=r"\b(?:wel|graag|best|moet|moeten|prima|nog niet)\b",
    ),
    _topic(
        "phrenos_review_refused",
        False,
        r"\bphrenos (?:mag|kan) (?:\w+ ){0,5}(?:toetsen|beoordelen|meekijken|kijken|zien)\b|\b(?:laten|"
        r"door) phrenos (?:\w+ ){0,2}(?:toetsen|beoordelen|getoetst)\b(?: .{0,20}prima)?|"
        r"\bleggen (?:\w+ ){0,3}graag (?:\w+ )?voor aan phrenos\b|"
        r"\btoets (?:door|"
        r"van) phrenos (?:\w+ ){0,3}(?:prima|akkoord|goed|fijn|graag|welkom|geen bezwaar)\b",
        planned=True,
        who=_ANYBODY,
        never=NEGATION.pattern + r"|\b(?:moet|moeten|nog|verplicht)\b",
    ),
    # --- whose clients
    _topic(
        "only_own_clients",
        True,
        r"\b(?:alleen|enkel|uitsluitend|puur|slechts) (?:[\w']+ ){0,4}?(?:eigen|onze|"
        r"onze eigen) (?:ggz )?(?:clienten|bewoners|patienten|klanten|mensen|doelgroep)\b|\b(?:alleen|enkel|"
        r"uitsluitend) (?:\w+ )?(?:clienten|bewoners|patienten) van (?:onszelf|onze eigen|ons)\b",
        False,
        planned=True,
        who=OURS,
        never=r"\b(?:te weinig|niet genoeg|niet alleen)\b",
    ),
    _topic(
        "only_own_clients",
        False,
        r"\bniet alleen (?:\w+ ){0,3}eigen (?:clienten|bewoners|patienten|klanten)\b|"
        r"\book (?:\w+ ){0,3}(?:clienten|klanten|mensen|patienten) (?:van (?:andere|anderen|buiten|elders|"
        r"de huisarts\w*|de gemeente|het uwv)|buiten de)|\book (?:voor )?andere clienten\b",
        fixed=True,
        planned=True,
        who=_ANYBODY,
    ),
    # --- shape of the team
    _topic(
        "team_form",
        "aparte_organisatie",
        r"\b(?:aparte|eigen|nieuwe|losse|zelfstandige|aparte zelfstandige|gezamenlijke) (?:stichting|"
        r"organisatie|bv|rechtspersoon|entiteit|vereniging|cooperatie)\b|\b(?:stichting|cooperatie|"
        r"bv) (?:\w+ ){0,2}(?:op(?: te)? ?richten|oprichten|opgericht)\b",
        planned=True,
        who=_ANYBODY,
        also=r"\b(?:team|samen|gezamenlijk|oprichten|op|apart\w*|stichting|"
        r"voor ips|wordt|regionaal)\b",
        never=NEGATION.pattern + r"|\b(?:wij zijn|we zijn|uitbested\w*)\b",
    ),
    _topic(
        "team_form",
        "onderdeel_van_een_ggz",
        r"\b(?:team|het|dat) (?:\w+ ){0,4}(?:onderdeel van|ondergebracht bij|onder gebracht bij|valt onder|"
        r"komt onder|onder) (?:een van|1 van|de|een|ons|onze|die) (?:\w+ ){0,3}(?:ggz|ons|instelling\w*|"
        r"organisaties?|partners?)\b|"
        r"\bonderdeel van (?:een|1|de|een van de|1 van de) ggz\b",
        planned=True,
        who=_ANYBODY,
        never=NEGATION.pattern + r"|\b(?:hij|zij wordt|ingehuurd\w*|coach|consulent|trajectbegeleider)\b",
    ),
    # --- criteria in words
    _topic(
        criterion_key(4),
        _YES,
        r"\b(?:dagelijks|wekelijks|(?:elke|iedere) (?:dag|week)|in (?:1|een|hetzelfde) team|"
        r"op dezelfde (?:gang|kamer|afdeling))\b",
        None,
        who=frozenset((OWN, EACH)),
        also=rf"^(?=.*\b(?:{_MEET}|zit|zitten|werken)\b)(?=.*\b(?:{_COACH}|we|wij)(?!\w)).*\b{_CLINICIAN}\b",
        never=NEGATION.pattern + "|" + _MODAL + r"|\b(?:hun|partner|reintegratiebedrijf)\b",
    ),
    _topic(
        criterion_key(4),
        _NO,
        r"\b(?:nooit|nauwelijks|amper|(?:geen|weinig) (?:\w+ )?(?:contact|overleg|afstemming) tussen)\b",
        fixed=True,
        who=frozenset((OWN, EACH)),
        also=rf"^(?=.*\b{_MEET}\b).*\b{_CLINICIAN}\b",
        never=_MODAL + r"|\b(?:hun|partner|reintegratiebedrijf|clienten)\b",
    ),
    _topic(
        criterion_key(5),
        _NO,
        r"\bniemand (?:\w+ ){0,2}kent ips\b|\bniet iedereen (?:\w+ ){0,4}(?:aanmelden|melden|meedoen)\b|"
        r"\b(?:teams|afdelingen) (?:\w+ ){0,4}(?:nooit|niet|niks|niets) (?:\w+ ){0,3}gehoord\b",
        fixed=True,
        who=frozenset((OWN, EACH)),
    ),
    _topic(
        criterion_key(5),
        _YES,
        r"\b(?:iedereen|elke client|iedere client|alle (?:clienten|teams)) (?:\w+ ){0,4}zich (?:\w+ )?"
        r"(?:aanmelden|opgeven|melden (?:voor ips|bij (?:ons|het ips)))(?! bij de)\b|\balle teams kennen (?:ips|ons)\b|"
        r"\b(?:elke|iedere) client (?:die wil )?(?:mag|kan) meedoen\b|\bweten ons (?:\w+ )?te vinden\b",
        None,
        who=frozenset((OWN, EACH)),
        never=NEGATION.pattern + r"|\b(?:moet|moeten|willen|zou|zouden|alleen)\b",
    ),
    _topic(
        criterion_key(7),
        _NO,
        r"\bkennen (?:\w+ )?(?:geen(?: enkele?)?|nauwelijks|amper) werkgevers?\b|"
        r"\bnergens (?:\w+ ){0,2}bij werkgevers\b",
        fixed=True,
        who=frozenset((OWN, EACH)),
    ),
    _topic(
        criterion_key(7),
        _YES,
        r"\b(?:contacten|contact|lijnen|lijntjes|samenwerking) met (?:\w+ ){0,6}?(?:werkgevers|uwv|gemeenten?)\b"
        r"(?: \w+){0,5} (?:goed|prima|uitstekend|soepel|kort)\b|"
        r"\bwerkgevers (?:hebben|is|zijn) (?:we |wij )?(?:\w+ )?(?:goed|goede|prima|korte|veel) (?:contact|contacten|"
        r"lijnen|lijntjes)\b|\bkennen (?:veel|genoeg|heel veel|volop) werkgevers\b",
        None,
        who=frozenset((OWN, EACH)),
        never=NEGATION.pattern + "|" + _MODAL,
    ),
    _topic(
        criterion_key(8),
        _NO,
        rf"\b{_COACH} (?:\w+ ){{0,2}}(?:moeten|moet) (?:\w+ ){{0,2}}(?:alles|elk uur|ieder uur|overal) (?:\w+ ){{0,4}}"
        r"(?:verantwoorden|toestemming)\b",
        fixed=True,
        who=frozenset((OWN, EACH)),
    ),
    _topic(
        criterion_key(8),
        _YES,
        rf"\b{_COACH} (?:\w+ ){{0,2}}(?:(?:mogen|kunnen) (?:\w+ )?zelf (?:bepalen|beslissen|kiezen)|"
        rf"(?:bepalen|beslissen|kiezen) (?:\w+ )?zelf|zijn (?:\w+ ){{0,2}}vrij (?:om|in)|"
        rf"(?:hebben|krijgen) (?:\w+ )?carte blanche|(?:mogen|kunnen) (?:\w+ )?hun eigen gang gaan)\b",
        _NO,
        who=frozenset((OWN, EACH)),
    ),
    _topic(
        criterion_key(3),
        _NO,
        rf"\b{_BOARD} (?:[\w']+ ){{0,6}}?(?:niet achter|niks in|niets in|niet zitten|niet mee|is tegen|"
        rf"zijn tegen|geen fan|niet in ips|sceptisch|wil er niet aan|willen er niet aan|geen heil in|"
        rf"niet gedragen)\b|"
        r"\b(?:geen|nauwelijks|amper|weinig|te weinig|onvoldoende) (?:\w+ )?(?:draagvlak|steun van (?:het|"
        r"de) (?:bestuur|directie|raad van bestuur|management))\b|\bdraagvlak (?:\w+ ){0,3}(?:ontbreekt|"
        r"niet)\b|\bniet (?:breed )?gedragen\b",
        fixed=True,
        who=_ANYBODY,
        never=r"\b(?:inhuren|uitbesteden|uitbesteding|scenario|team met|"
        r"laten toetsen|phrenos)\b",
    ),
    _topic(
        criterion_key(3),
        _YES,
        r"\b(?:bestuur|directie|raad van bestuur|rvb|management|hele organisatie|iedereen|alle lagen|"
        r"bestuurders) (?:[\w']+ ){0,6}?(?:achter|erachter|helemaal voor|enthousiast|draagt het|"
        r"dragen het)\b|"
        r"\b(?:breed gedragen|gedragen in alle lagen|(?:breed|genoeg|voldoende|veel|volop) draagvlak|"
        r"draagvlak is er|alle lagen dragen)\b",
        None,
        who=frozenset((OWN, EACH)),
        never=r"\b(?:behalve|alleen|nog niet|moet|moeten|terughoudend|komen er)\b",
    ),
    _topic(
        criterion_key(4),
        _NO,
        r"\b(?:geen|nauwelijks|amper|weinig|te weinig) (?:\w+ )?(?:afstemming|overleg|"
        r"contact) (?:\w+ )?met (?:de |het |een |onze |hun )?(?:hoofd|"
        r"regie)?(?:behandelaars?|behandelaren|behandelteams?|begeleidingsteam|"
        r"zorgteams?)\b",
        fixed=True,
        who=frozenset((OWN, EACH)),
    ),
    _topic(
        criterion_key(4),
        _YES,
        r"\b(?:intensie(?:f|ve)|nauw|nauwe|dagelijks|dagelijkse|wekelijks|wekelijkse|goede|"
        r"veel) (?:\w+ )?(?:overleg|overleggen|afstemming|contact|af|afstemmen) (?:\w+ )?met (?:de |het |"
        r"een |onze )?(?:hoofd|regie)?(?:behandelaars?|behandelaren|behandelteams?|begeleidingsteam|"
        r"zorgteams?)\b|"
        r"\b(?:onze |de )?(?:ips )?trajectbegeleiders (?:\w+ ){0,2}(?:schuiven|sluiten|zitten|"
        r"doen) (?:\w+ ){0,3}(?:bij|in|aan|mee)\b.{0,25}\b(?:mdo|fact|behandelteam)\b",
        None,
        who=frozenset((OWN, EACH)),
        never=NEGATION.pattern + "|" + _MODAL + r"|\b(?:hun|partner|reintegratiebedrijf)\b",
    ),
    _topic(
        criterion_key(5),
        _NO,
        r"\b(?:andere |de )?teams (?:\w+ ){0,2}(?:kennen|weten) (?:\w+ ){0,3}(?:niet|"
        r"niks|niets|nauwelijks)\b|\bips is (?:\w+ ){0,3}(?:niet|nauwelijks|"
        r"amper) (?:breed |goed )?bekend\b|\bniet iedereen (?:\w+ ){0,4}(?:toegang|"
        r"terecht)\b",
        fixed=True,
        who=frozenset((OWN, EACH)),
    ),
    _topic(
        criterion_key(7),
        _NO,
        r"\b(?:geen|nauwelijks een|amper een) (?:\w+ )?netwerk\b|"
        r"\bnetwerk (?:\w+ ){0,3}(?:lukt niet|krijgen we niet|kunnen we niet|"
        r"niet op te bouwen)\b|\bgeen (?:enkel )?(?:contact|contacten|"
        r"lijntjes?) met (?:\w+ ){0,3}(?:werkgevers|uwv)\b",
        fixed=True,
        who=_ANYBODY,
        never=r"\b(?:nog|maar wel|opbouwen lukt|kunnen we opbouwen)\b",
    ),
    _topic(
        criterion_key(7),
        _YES,
        r"\b(?:goed|groot|stevig|uitgebreid|sterk|breed|prima|mooi|fijn|"
        r"flink) (?:\w+ )?netwerk\b|\bnetwerk (?:\w+ ){0,4}(?:staat|is er|hebben we|"
        r"op orde|in orde|prima|opbouwen lukt)\b|"
        r"\b(?:goede|korte|warme|prima|veel) (?:contacten|lijnen|lijntjes|banden|"
        r"samenwerking) met (?:\w+ ){0,4}(?:werkgevers|uwv|gemeenten?) ?(?:,|en) ?(?:\w+ ){0,3}(?:werkgevers|"
        r"uwv|gemeenten?|wsp)\b",
        None,
        who=frozenset((OWN, EACH)),
        never=NEGATION.pattern + "|" + _MODAL,
    ),
    _topic(
        criterion_key(8),
        _NO,
        r"\b(?:geen|nauwelijks|amper|weinig|te weinig|onvoldoende|niet genoeg|"
        r"niet de) (?:vrije )?(?:ruimte|vrijheid|speelruimte)\b",
        fixed=True,
        who=frozenset((OWN, EACH)),
        also=r"\b(?:trajectbegeleid\w*|begeleiders|coaches|vrije ruimte|ips)\b",
    ),
    _topic(
        criterion_key(8),
        _YES,
        r"\b(?:alle|volle|veel|voldoende|genoeg|de|hun|"
        r"volledige) (?:vrije )?(?:ruimte|vrijheid|speelruimte)\b|\bvrije ruimte\b",
        None,
        who=frozenset((OWN, EACH)),
        also=r"\b(?:krijgen|krijgt|geven|hebben|heeft|is er|bieden|krijg)\b.{0,60}|\bkrijgen\b",
        never=NEGATION.pattern + "|" + _MODAL + r"|\b(?:financiele|kantoor|vergader\w*|werkruimte|meer)\b",
    ),
)

_REVIEW = re.compile(
    r"\b(?:voorleggen|komt er|toets\w*|getoetst|beoorde\w*|bekijken|bekeken|meekijk\w*|kijken|kijkt|langs|"
    r"goedkeur\w*|controle\w*|controleren|bemoei\w*|inmeng\w*|bij hebben|over de vloer|erbij|"
    r"meelez\w*)\b"
)


def read_topics(clauses: Sequence[Clause], subjects: Subjects, pending: str | None) -> list[Finding]:
    """Return the facts that the clauses of a message state in content words."""
    found = []
    for index, clause in enumerate(clauses):
        if clause.mood in (Mood.ASKED, Mood.UNKNOWN):
            continue
        for topic in _TOPICS:
            if topic.key == criterion_key(4) and pending == "coach_alignment":
                continue
            finding = _apply(topic, clause, subjects)
            if finding:
                found.append(_reserved(finding, clauses, index))
    for_part = {finding.key for finding in found if finding.unclear == _FOR_PART}
    return [finding for finding in found if finding.key not in for_part or finding.value != _NO]


def names_criterion(text: str) -> frozenset[str]:
    """Return the keys of the criteria whose content words a text holds, whatever it says about them."""
    return frozenset(
        topic.key
        for topic in _TOPICS
        if topic.key.startswith("criteria.")
        and topic.pattern.search(text)
        and not (topic.also and not topic.also.search(text))
    )


_BOARD_NAMED = re.compile(rf"\b{_BOARD}\b")
_FOR_PART = "dat geldt nog niet voor iedereen; bij wie nog niet?"
_PLACE = re.compile(rf"\b{_BOARD}\b|\b(?:op|bij|in) (?:de|het|sommige|een paar|enkele) (?:\w+ )?(?:teams?|afdeling\w*|"
                    r"locaties?|vloer|uitvoering)\b")  # fmt: skip
_CONTRARY = re.compile(
    rf"{NEGATION.pattern}|\b(?:weinig|minder|sceptisch|terughoudend|huiverig|tegen|moeite|twijfel\w*|weerstand|"
    r"afwachtend|wantrouw\w*)\b"
)
_LIMITS = re.compile(r"(?:maar|alleen|behalve|hoewel|al)\b")


def _reserved(finding: Finding, clauses: Sequence[Clause], index: int) -> Finding:
    """Take back a yes to a criterion when the next clause limits it ("… maar de behandelaren niet")."""
    if finding.value != _YES or index + 1 == len(clauses):
        return finding
    if any(_contrary(later) for later in clauses[index + 1 :] if later.sentence == clauses[index].sentence):
        return Finding(finding.key, finding.at, unclear=_FOR_PART)
    following = clauses[index + 1]
    limits = _LIMITS.match(following.text) or _BOARD_NAMED.search(following.text)
    if following.sentence != clauses[index].sentence or not limits or not (following.negated or following.hedged):
        return finding
    return Finding(finding.key, finding.at, unclear=_FOR_PART)


def _contrary(clause: Clause) -> bool:
    """Say whether a later clause takes a yes back for a part of the people ("maar op de werkvloer … weinig")."""
    return (
        _LIMITS.match(clause.text) is not None
        and _PLACE.search(clause.text) is not None
        and _CONTRARY.search(clause.text) is not None
    )


def _apply(topic: Topic, clause: Clause, subjects: Subjects) -> Finding | None:
    if clause.mood is Mood.PLANNED and not topic.planned:
        return None
    match = topic.pattern.search(clause.text)
    if (
        not match
        or (topic.also and not topic.also.search(clause.text))
        or (topic.never and topic.never.search(clause.text))
    ):
        return None
    if (
        topic.key == "phrenos_review_refused"
        and not (_REVIEW.search(clause.text) and (NEGATION.search(clause.text) or "weiger" in clause.text))
        and topic.value is True
    ):
        return None
    subject = subjects.of_position(clause, clause.start + match.start())
    if topic.key.startswith("criteria.") and subject == PARTNER:
        return _partners_criterion(topic, clause)
    if subject not in topic.who:
        return None
    return _weighed(topic, clause, match.group() if topic.fixed else "")


def _partners_criterion(topic: Topic, clause: Clause) -> Finding | None:
    """A partner that misses one criterion doesn't meet all eight; one that it meets says nothing yet."""
    if topic.value != _NO or clause.hedged:
        return None
    return Finding("partner_meets_criteria", clause.start, False)


def _weighed(topic: Topic, clause: Clause, own_hedge: str) -> Finding | None:
    if clause.in_progress:
        return Finding(topic.key, clause.start, in_progress=True)
    value = topic.value
    if not topic.fixed and clause.negated:
        if topic.denied is None:
            return None
        value = topic.denied
    hedged = HEDGE.search(clause.text.replace(own_hedge, " ") if own_hedge else clause.text)
    if hedged and clause.mood is Mood.STATED:
        return Finding(topic.key, clause.start, unclear="dat is nog niet zeker of geldt maar deels")
    return Finding(topic.key, clause.start, value)
