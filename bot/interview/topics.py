"""Facts in content words: how people say that they outsource, lack people, sit close by, have it on paper …

Each `Topic` is one way of saying one value. A topic never fires on words that only come near it: a missed fact is asked
later, a wrong one may spoil the advice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.interview.clauses import NEGATION, Clause, Mood
from bot.interview.findings import Finding
from bot.interview.organisations import AGENCY, GGZ, HOUSING, OWN, PARTNER, TOWN, UWV, Mention
from bot.interview.subjects import EACH, JOINT, Subjects
from bot.model import FactValue, Status, criterion_key

_OURS = frozenset((OWN, EACH, JOINT))
_ANYBODY = frozenset((OWN, PARTNER, EACH, JOINT))
_YES, _NO = Status.VOLDOET.value, Status.VOLDOET_NIET.value

_COACH = (
    r"(?:ips ?)?(?:traject ?begeleid(?:ers|er|ster|sters)|begeleiders?|ips'?ers|coach(?:es)?|job ?coach(?:es)?|consulent(?:en)?|klantmanagers?|"
    r"ips medewerkers?|medewerkers?|mensen|personeel|collega'?s?|professionals?|krachten)"
)
_TRAINED = r"(?:ips )?(?:getrainde|opgeleide|geschoolde|gecertificeerde|gediplomeerde|ips getrainde|ips opgeleide|ips geschoolde)"
_TRAINED_ADV = r"(?:getraind|opgeleid|geschoold|gecertificeerd|gediplomeerd)"
_BOARD = (
    r"(?:raad van bestuur|bestuur|bestuurders?|directie|directeur|management|rvb|mt|managers?|top|leiding|"
    r"behandelaren|behandelaars|psychiaters|werkvloer|organisatie|collega's|lagen|iedereen)"
)
_WE = r"(?:we |wij |ik |ze |zij |er |nog |nu |ook |wel |al |zelf |hier |toch |gewoon |echt |eigenlijk |momenteel |op dit moment |hebben |heb |dan )"


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
    who: frozenset[str] = _OURS
    also: re.Pattern[str] | None = None
    never: re.Pattern[str] | None = None


def _topic(
    key: str, value: FactValue, pattern: str, denied: FactValue | None = None, *, fixed: bool = False, planned: bool = False,
    who: frozenset[str] = _OURS, also: str | None = None, never: str | None = None,
) -> Topic:  # fmt: skip
    return Topic(
        key, value, re.compile(pattern), denied, fixed, planned, who,
        re.compile(also) if also else None, re.compile(never) if never else None,
    )  # fmt: skip


_MODAL = r"\b(?:willen|wil|kunnen|kan|mogen|mag|moeten|moet|zouden|zou)\b"
_NOT_IPS_NOUN = r"(?! ?(?:nodig|traject\w*|begeleid\w*|coach\w*|getrain\w*|opleid\w*|opgelei\w*|geschool\w*|scholing|cursus|diploma\w*|certific\w*|gedachte\w*|partner\w*|training\w*|criteri\w*|plan\w*|werk\w*|scenario\w*))"

_IPS_FILLER = (
    r"(?:(?:we|wij|zelf|al|nu|hier|ook|sinds|lang|langer|jaar|jaren|\d{1,4}(?:\.\d)?|een|eigen|ons|gewoon|succesvol|met|enkele|bij|onze|"
    r"maanden|volop|wel|nog|geen|niet|helemaal|momenteel|inmiddels|allang|succes|op dit moment|even|nooit|anderhalf|wat|zowel) ){0,7}"
)

_TOPICS: tuple[Topic, ...] = (
    # --- IPS now
    _topic("delivers_ips_now", True,
           rf"\b(?:doen|bieden|leveren|voeren|hebben|doet|biedt|levert|voert|heeft|werken|werkt) {_IPS_FILLER}ips\b{_NOT_IPS_NOUN}",
           False, who=frozenset((OWN, EACH)), never=_MODAL + r"|\b(?:niks|niets|iets|ervaring|vragen|interesse|samen|training|aanvraag)\b"),
    _topic("delivers_ips_now", True, r"\bips (?:doen|bieden|leveren|voeren|hebben|doet|biedt|voert|wordt (?:\w+ ){0,4}(?:aangeboden|uitgevoerd|gedaan|geboden))\b", False,
           who=frozenset((OWN, EACH)), never=_MODAL + r"|\b(?:nodig|samen|graag|gaan)\b"),
    _topic("delivers_ips_now", True, r"\b(?:gestart|begonnen) (?:\w+ ){0,3}ips\b|\bips (?:\w+ ){0,2}in huis\b", False,
           who=frozenset((OWN, EACH)), never=_MODAL),
    _topic("delivers_ips_now", False, r"\b(?:nog )?(?:niks|niets) (?:met|aan) ips\b|\b(?:geen|nog geen) (?:eigen )?ips(?! ?\w)|\bips is er (?:bij ons |hier )?(?:nog )?niet\b",
           fixed=True, who=frozenset((OWN, EACH)), never=r"\b(?:ervaring|kennis|waar|daar|in zorg)\b"),
    # --- outsourcing
    _topic("prefers_outsourcing", False, r"\b(?:niet|geen|nooit) (?:\w+ ){0,3}(?:uitbested\w*|uitbesteding)|\buitbested\w* (?:\w+ ){0,5}(?:niet|geen)\b|"
           r"\b(?:liever|liefst|willen (?:het|dit|ips) (?:\w+ )?|gaan (?:het|dit|ips) |blijven (?:het|dit|ips) )zelf (?:\w+ )?(?:doen|uitvoeren|aanbieden|houden|blijven|organiseren|regelen)\b|\bliever zelf$|"
           r"\b(?:niet|nooit) uit handen (?:geven|willen)\b|\bin eigen hand houden\b", fixed=True, planned=True, who=frozenset((OWN, EACH)), never=r"\bliever niet zelf\b|\bniet zelf\b|\bkan|kunnen\b"),
    _topic("prefers_outsourcing", True,
           r"\b(?:will?en|wil|liever|liefst|graag|voorkeur|gaan|van plan|het plan is|besloten|kiezen (?:voor|ervoor)|overwegen)\b(?: [\w'.]+){0,8} (?:uitbested\w*|uit te besteden|uitbesteding|neerleggen bij|uit handen geven|"
           r"laten (?:doen|uitvoeren) door)|\buitbesteden? (?:\w+ ){0,3}(?:heeft|onze|de) (?:\w+ )?voorkeur|\buitbesteden (?:willen|wil) (?:we|wij|ik)\b|\bbesteden (?:we|wij|het|ips) (?:\w+ ){0,5}(?:liever|graag|het liefst)\b|"
           r"\b(?:we|wij|liever) besteden (?:\w+ ){0,4}uit\b|\buitbesteden lijkt (?:ons|me|mij)\b", planned=True, who=frozenset((OWN, EACH)), never=NEGATION.pattern),
    # --- few clients
    _topic("few_clients", True, r"\b(?:te weinig|maar weinig|heel weinig|erg weinig|weinig|niet genoeg|onvoldoende|niet veel|nauwelijks|amper|maar een paar|slechts een paar|een handje?vol|klein aantal|kleine aantallen|maar een klein aantal) "
           r"(?:ips )?(?:clienten|client|kandidaten|klanten|bewoners|aanmeldingen|deelnemers|patienten)\b|\b(?:clienten|kandidaten) (?:hebben we|zijn er|zijn) (?:\w+ ){0,2}(?:weinig|niet veel|niet genoeg)\b|"
           r"\bte (?:klein|weinig) voor een eigen (?:ips )?team\b", fixed=True, who=frozenset((OWN, EACH)), never=r"\b(?:niet te weinig|per fte|caseload|in zorg|trajectbegeleid\w+)\b"),
    _topic("few_clients", True, r"\b(?:maar|slechts|hooguit|nog geen|amper|hoogstens|maximaal) (?:ongeveer )?(?:een )?(?:[1-9]|1\d) (?:ips )?(?:clienten|kandidaten|klanten|bewoners|deelnemers|patienten)\b",
           fixed=True, who=frozenset((OWN, EACH)), never=r"\b(?:per|fte|caseload|begeleider\w*|trajectbegeleid\w*|heeft|op)\b"),
    _topic("few_clients", False, r"\b(?:genoeg|voldoende|meer dan genoeg|heel veel|veel|zat|honderden|tientallen) (?:ips )?(?:clienten|kandidaten|klanten|bewoners|aanmeldingen|patienten)\b",
           who=frozenset((OWN, EACH)), never=r"\b(?:per fte|caseload|te veel|hoeveel|niet|in zorg)\b"),
    # --- money and power
    _topic("lacks_funding_or_governance_power", True,
           r"\b(?:te weinig|geen|onvoldoende|niet genoeg|nauwelijks|amper|zonder|missen|mist|ontbreekt|tekort aan|gebrek aan|niet voldoende|weinig) (?:het |de |aan |ook |wij |we |eigen |financiele |en |geld |budget )*(?:geld|budget|middelen|"
           r"slagkracht|bestuurskracht|bestuurlijke (?:slag)?kracht|financiele (?:slagkracht|middelen|ruimte))\b|\b(?:geld|budget|slagkracht|bestuurskracht|middelen) (?:\w+ ){0,4}(?:niet|ontbreekt|ontbreken|tekort|te weinig|nauwelijks)\b|"
           r"\b(?:kunnen|kan) (?:\w+ ){0,3}niet (?:alleen |zelf )?(?:betalen|bekostigen|financieren|dragen|trekken|opbrengen)\b", fixed=True, who=frozenset((OWN, EACH)),
           never=r"\b(?:afgesproken|afspraken|weet|weten|probleem|prima|gaat niet om|clienten)\b"),
    _topic("lacks_funding_or_governance_power", False,
           r"\b(?:genoeg|voldoende|ruim) (?:geld|budget|middelen|slagkracht|bestuurskracht|financiele (?:middelen|ruimte|slagkracht))\b|\b(?:geld|budget|slagkracht|financiering) (?:is )?(?:\w+ )?prima\b|\bgeld (?:is er|hebben we)(?: wel| genoeg)?$",
           who=frozenset((OWN, EACH)), never=r"\bniet\b"),
    # --- agreements
    _topic("agreements_refused", True,
           r"\b(?:wil|willen|weiger|weigert|weigeren) (?:[\w']+ ){0,5}?(?:geen|nergens|niks|niets|niet) (?:\w+ ){0,4}(?:afspraken|vastleggen|tekenen|ondertekenen|overeenkomst|afspreken|op papier)|"
           r"\bweiger\w* (?:\w+ ){0,5}(?:afspraken|tekenen|ondertekenen|overeenkomst|contract)|\bafspraken (?:wil|willen|weigeren) (?:\w+ ){0,4}(?:niet|geen|maken)\b(?: niet)?|\bzien niks in afspraken\b",
           fixed=True, planned=True, who=_ANYBODY, never=r"\b(?:mondelinge|vage|losse|phrenos)\b|\bafspraken willen (?:we|ze|zij|wij) (?:wel|graag)?maken$"),
    _topic("agreements_refused", False, r"\b(?:wil|willen) (?:\w+ ){0,3}(?:wel|best|graag|allemaal|zeker|ook) (?:\w+ ){0,4}(?:afspraken|tekenen|vastleggen)\b|\biedereen wil (?:\w+ ){0,3}afspraken\b",
           planned=True, who=_ANYBODY, never=NEGATION.pattern),
    _topic("written_agreements", True,
           r"\b(?:afspraken|overeenkomst|samenwerkingsovereenkomst|samenwerkingsafspraken|convenant|contract) (?:[\w']+ ){0,7}?(?:op papier|zwart op wit|schriftelijk|vastgelegd|getekend|ondertekend)\b|\b(?:gegevens en privacy|dat|die|alles|privacy) (?:[\w']+ ){0,7}?(?:op papier|zwart op wit)\b|"
           r"\b(?:op papier|zwart op wit|schriftelijk|vastgelegd) (?:staan|staat|hebben|zijn|is) (?:\w+ ){0,4}(?:afspraken|overeenkomst)|\bschriftelijke (?:samenwerkings ?)?(?:afspraken|overeenkomst)\b|"
           r"\b(?:getekende|ondertekende) (?:samenwerkings)?(?:overeenkomst|afspraken|convenant)\b|\ber ligt (?:al )?een (?:\w+ )?(?:samenwerkings)?(?:overeenkomst|convenant)\b",
           False, who=_ANYBODY, never=r"\b(?:moeten|moet|wil|willen|gaan|zetten|komen|maken|mag|hoeft|hoeven|nodig|plan|implementatieplan|gedeeltelijk)\b"),
    _topic("written_agreements", False, r"\b(?:alleen |nog )?mondelinge? (?:afspraken)?|\b(?:niks|niets|geen enkele afspraak) (?:\w+ )?op papier\b|\bop papier (?:\w+ ){0,2}(?:niks|niets)\b|\b(?:nog )?geen (?:schriftelijke |samenwerkings ?)?(?:afspraken|overeenkomst)\b",
           fixed=True, who=_ANYBODY, never=r"\b(?:wil|willen|weiger\w*|niet mondeling)\b"),
    # --- Phrenos
    _topic("phrenos_review_refused", True,
           r"\b(?:wil|willen|weiger|weigert|weigeren|zien|ziet|zin|van ons|pottenkijkers)\b", fixed=True, planned=True, who=_ANYBODY,
           also=r"\bphrenos\b(?=.{0,120})", never=r"\b(?:wel|graag|best|moet|moeten|prima)\b"),
    _topic("phrenos_review_refused", False,
           r"\bphrenos (?:mag|kan) (?:\w+ ){0,5}(?:toetsen|beoordelen|meekijken|kijken|zien)\b|\b(?:laten|door) phrenos (?:\w+ ){0,2}(?:toetsen|beoordelen|getoetst)\b(?: .{0,20}prima)?|\btoets (?:door|van) phrenos (?:\w+ ){0,3}(?:prima|akkoord|goed|fijn|graag|welkom|geen bezwaar)\b",
           planned=True, who=_ANYBODY, never=NEGATION.pattern + r"|\b(?:moet|moeten|nog|verplicht)\b"),
    # --- whose clients
    _topic("only_own_clients", True,
           r"\b(?:alleen|enkel|uitsluitend|puur|slechts) (?:[\w']+ ){0,4}?(?:eigen|onze|onze eigen) (?:ggz )?(?:clienten|bewoners|patienten|klanten|mensen|doelgroep)\b|\b(?:alleen|enkel|uitsluitend) (?:\w+ )?(?:clienten|bewoners|patienten) van (?:onszelf|onze eigen|ons)\b", False, planned=True,
           who=_OURS, never=r"\b(?:te weinig|niet genoeg|niet alleen)\b"),
    _topic("only_own_clients", False,
           r"\bniet alleen (?:\w+ ){0,3}eigen (?:clienten|bewoners|patienten|klanten)\b|\book (?:\w+ ){0,3}(?:clienten|klanten|mensen|patienten) (?:van (?:andere|anderen|buiten|elders|de huisarts\w*|de gemeente|het uwv)|buiten de)|\book (?:voor )?andere clienten\b",
           fixed=True, planned=True, who=_ANYBODY),
    # --- shape of the team
    _topic("team_form", "aparte_organisatie",
           r"\b(?:aparte|eigen|nieuwe|losse|zelfstandige|aparte zelfstandige|gezamenlijke) (?:stichting|organisatie|bv|rechtspersoon|entiteit|vereniging|cooperatie)\b|\b(?:stichting|cooperatie|bv) (?:\w+ ){0,2}(?:op(?: te)? ?richten|oprichten|opgericht)\b",
           planned=True, who=_ANYBODY, also=r"\b(?:team|samen|gezamenlijk|oprichten|op|apart\w*|stichting|voor ips|wordt|regionaal)\b", never=NEGATION.pattern + r"|\b(?:wij zijn|we zijn|uitbested\w*)\b"),
    _topic("team_form", "onderdeel_van_een_ggz",
           r"\b(?:team|het|dat) (?:\w+ ){0,4}(?:onderdeel van|ondergebracht bij|onder gebracht bij|valt onder|komt onder|onder) (?:een van|1 van|de|een|ons|onze|die) (?:\w+ ){0,3}(?:ggz|ons|instelling\w*|organisaties?|partners?)\b|"
           r"\bonderdeel van (?:een|1|de|een van de|1 van de) ggz\b", planned=True, who=_ANYBODY, never=NEGATION.pattern + r"|\b(?:hij|zij wordt|ingehuurd\w*|coach|consulent|trajectbegeleider)\b"),
    # --- criteria in words
    _topic(criterion_key(3), _NO,
           rf"\b{_BOARD} (?:[\w']+ ){{0,6}}?(?:niet achter|niks in|niets in|niet zitten|niet mee|is tegen|zijn tegen|geen fan|niet in ips|sceptisch|wil er niet aan|willen er niet aan|geen heil in|niet gedragen)\b|"
           r"\b(?:geen|nauwelijks|amper|weinig|te weinig|onvoldoende) (?:\w+ )?(?:draagvlak|steun van (?:het|de) (?:bestuur|directie|raad van bestuur|management))\b|\bdraagvlak (?:\w+ ){0,3}(?:ontbreekt|niet)\b|\bniet (?:breed )?gedragen\b",
           fixed=True, who=_ANYBODY, never=r"\b(?:inhuren|uitbesteden|uitbesteding|scenario|team met|laten toetsen|phrenos)\b"),
    _topic(criterion_key(3), _YES,
           rf"\b(?:bestuur|directie|raad van bestuur|rvb|management|hele organisatie|iedereen|alle lagen|bestuurders) (?:[\w']+ ){{0,6}}?(?:achter|erachter|helemaal voor|enthousiast|draagt het|dragen het)\b|"
           r"\b(?:breed gedragen|gedragen in alle lagen|(?:breed|genoeg|voldoende|veel|volop) draagvlak|draagvlak is er|alle lagen dragen)\b", None, who=frozenset((OWN, EACH)),
           never=r"\b(?:behalve|alleen|nog niet|moet|moeten|terughoudend|komen er)\b"),
    _topic(criterion_key(4), _NO, r"\b(?:geen|nauwelijks|amper|weinig|te weinig) (?:\w+ )?(?:afstemming|overleg|contact) (?:\w+ )?met (?:de |het |een |onze |hun )?(?:hoofd|regie)?(?:behandelaars?|behandelaren|behandelteams?|begeleidingsteam|zorgteams?)\b",
           fixed=True, who=frozenset((OWN, EACH))),
    _topic(criterion_key(4), _YES,
           r"\b(?:intensie(?:f|ve)|nauw|nauwe|dagelijks|dagelijkse|wekelijks|wekelijkse|goede|veel) (?:\w+ )?(?:overleg|overleggen|afstemming|contact|af|afstemmen) (?:\w+ )?met (?:de |het |een |onze )?(?:hoofd|regie)?(?:behandelaars?|behandelaren|behandelteams?|begeleidingsteam|zorgteams?)\b|"
           r"\b(?:onze |de )?(?:ips )?trajectbegeleiders (?:\w+ ){0,2}(?:schuiven|sluiten|zitten|doen) (?:\w+ ){0,3}(?:bij|in|aan|mee)\b.{0,25}\b(?:mdo|fact|behandelteam)\b",
           None, who=frozenset((OWN, EACH)), never=NEGATION.pattern + "|" + _MODAL + r"|\b(?:hun|partner|reintegratiebedrijf)\b"),
    _topic(criterion_key(5), _NO, r"\b(?:andere |de )?teams (?:\w+ ){0,2}(?:kennen|weten) (?:\w+ ){0,3}(?:niet|niks|niets|nauwelijks)\b|\bips is (?:\w+ ){0,3}(?:niet|nauwelijks|amper) (?:breed |goed )?bekend\b|\bniet iedereen (?:\w+ ){0,4}(?:toegang|terecht)\b",
           fixed=True, who=frozenset((OWN, EACH))),
    _topic(criterion_key(7), _NO, r"\b(?:geen|nauwelijks een|amper een) (?:\w+ )?netwerk\b|\bnetwerk (?:\w+ ){0,3}(?:lukt niet|krijgen we niet|kunnen we niet|niet op te bouwen)\b|\bgeen (?:enkel )?(?:contact|contacten|lijntjes?) met (?:\w+ ){0,3}(?:werkgevers|uwv)\b",
           fixed=True, who=_ANYBODY, never=r"\b(?:nog|maar wel|opbouwen lukt|kunnen we opbouwen)\b"),
    _topic(criterion_key(7), _YES, r"\b(?:goed|groot|stevig|uitgebreid|sterk|breed|prima|mooi|fijn|flink) (?:\w+ )?netwerk\b|\bnetwerk (?:\w+ ){0,4}(?:staat|is er|hebben we|op orde|in orde|prima|opbouwen lukt)\b|"
           r"\b(?:goede|korte|warme|prima|veel) (?:contacten|lijnen|lijntjes|banden|samenwerking) met (?:\w+ ){0,4}(?:werkgevers|uwv|gemeenten?) ?(?:,|en) ?(?:\w+ ){0,3}(?:werkgevers|uwv|gemeenten?|wsp)\b",
           None, who=frozenset((OWN, EACH)), never=NEGATION.pattern + "|" + _MODAL),
    _topic(criterion_key(8), _NO, r"\b(?:geen|nauwelijks|amper|weinig|te weinig|onvoldoende|niet genoeg|niet de) (?:vrije )?(?:ruimte|vrijheid|speelruimte)\b", fixed=True, who=frozenset((OWN, EACH)),
           also=r"\b(?:trajectbegeleid\w*|begeleiders|coaches|vrije ruimte|ips)\b"),
    _topic(criterion_key(8), _YES, r"\b(?:alle|volle|veel|voldoende|genoeg|de|hun|volledige) (?:vrije )?(?:ruimte|vrijheid|speelruimte)\b|\bvrije ruimte\b", None, who=frozenset((OWN, EACH)),
           also=r"\b(?:krijgen|krijgt|geven|hebben|heeft|is er|bieden|krijg)\b.{0,60}|\bkrijgen\b", never=NEGATION.pattern + "|" + _MODAL + r"|\b(?:financiele|kantoor|vergader\w*|werkruimte|meer)\b"),
)  # fmt: skip

_REVIEW = re.compile(r"\b(?:toets\w*|getoetst|beoorde\w*|bekijken|bekeken|meekijk\w*|kijken|kijkt|langs|goedkeur\w*|controle\w*|controleren|bemoei\w*|inmeng\w*|bij hebben|over de vloer|erbij|meelez\w*)\b")


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
    return found


def _reserved(finding: Finding, clauses: Sequence[Clause], index: int) -> Finding:
    """Take back a yes to a criterion when the next clause limits it ("… maar de behandelaren niet")."""
    if finding.value != _YES or index + 1 == len(clauses):
        return finding
    following = clauses[index + 1]
    limits = re.match(r"(?:maar|alleen|behalve|hoewel|al)\b", following.text) or re.search(rf"\b{_BOARD}\b", following.text)
    if following.sentence != clauses[index].sentence or not limits or not (following.negated or following.hedged):
        return finding
    return Finding(finding.key, finding.at, unclear="dat geldt nog niet voor iedereen")


def _apply(topic: Topic, clause: Clause, subjects: Subjects) -> Finding | None:
    if clause.mood is Mood.PLANNED and not topic.planned:
        return None
    match = topic.pattern.search(clause.text)
    if not match or (topic.also and not topic.also.search(clause.text)) or (topic.never and topic.never.search(clause.text)):
        return None
    if topic.key == "phrenos_review_refused" and not (_REVIEW.search(clause.text) and NEGATION.search(clause.text)) and topic.value is True:
        return None
    subject = subjects.of_position(clause, clause.start + match.start())
    if topic.key.startswith("criteria.") and subject == PARTNER:
        return _partners_criterion(topic, clause)
    if subject not in topic.who:
        return None
    return _weighed(topic, clause)


def _partners_criterion(topic: Topic, clause: Clause) -> Finding | None:
    """A partner that misses one criterion doesn't meet all eight; one that it meets says nothing yet."""
    if topic.value != _NO or clause.hedged:
        return None
    return Finding("partner_meets_criteria", clause.start, False)


def _weighed(topic: Topic, clause: Clause) -> Finding | None:
    if clause.in_progress:
        return Finding(topic.key, clause.start, in_progress=True)
    value = topic.value
    if not topic.fixed and clause.negated:
        if topic.denied is None:
            return None
        value = topic.denied
    if clause.hedged and clause.mood is Mood.STATED:
        return Finding(topic.key, clause.start, unclear="dat is nog niet zeker of geldt maar deels")
    return Finding(topic.key, clause.start, value)


# --- capacity ----------------------------------------------------------------------------------------------------

_SHORT = re.compile(
    rf"\b(?:te weinig|niet genoeg|onvoldoende|niet voldoende|tekort aan|gebrek aan|geen(?! (?:ips )?(?:getrain|opgeleid|geschoold|gecertif))) (?:ips |nieuwe |getrainde |opgeleide |goede |eigen |vaste )*(?:{_COACH}|capaciteit|fte|handen|uren|formatie)\b|"
    rf"\b(?:krijgen|vinden|krijgen we) (?:\w+ ){{0,4}}geen (?:\w+ )?{_COACH}\b|\b(?:personeels|capaciteits)? ?tekort\b|\bkrap\b|\bonderbezet\w*\b|\bonderbezetting\b|"
    rf"\b{_COACH} (?:\w+ ){{0,4}}(?:te ?kort|niet genoeg|te weinig)\b|\bcapaciteit (?:\w+ ){{0,4}}(?:niet|te weinig|te ?kort|onvoldoende)\b|\b(?:handen|mensen) te ?kort\b|\bmeer uren komen er niet\b|\bvacatures? (?:\w+ ){0,6}(?:niet ingevuld|niet vervuld|onvervuld)|\bzonder (?:ips )?trajectbegeleiders?\b"
)
_ENOUGH = re.compile(
    rf"\b(?:genoeg|voldoende|ruim voldoende|meer dan genoeg) (?:ips |getrainde |opgeleide |eigen )*(?:(?:ips )?trajectbegeleiders|begeleiders|coaches|jobcoaches|capaciteit|fte|personeel|handen|formatie|menskracht)\b|"
    r"\bgenoeg mensen (?:om|in dienst|voor ips|hiervoor|in huis)\b|\bgenoeg (?:\w+ )?mensen$|\bcapaciteit (?:is |hebben we )?(?:\w+ )?(?:ruim |op orde|in orde|prima|voldoende|genoeg|zat)|\bgeen (?:personeels |capaciteits )?tekort\b|\bgenoeg (?:\w+ )?in huis\b"
)
_FTE_ENOUGH = re.compile(r"\bfte\b.{0,40},? (?:dat is |ruim |dus )*(?:genoeg|voldoende)\b")
_TEMPORARY = re.compile(
    r"\b(?:tijdelijk|tijdelijke|tot (?:en met )?(?:\w+ )?(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december|zomer|najaar|voorjaar|winter|herfst|"
    r"volgend jaar|volgende maand|de vakantie|eind|begin|het eind|na de)|zwangerschap\w*|zwanger|met verlof|door ziekte|ziek|ziekteverlof|uitval|uitgevallen|"
    r"komende (?:maanden|weken|tijd|periode)|deze (?:zomer|maanden|winter)|de komende|even te weinig|maar even|een paar maanden|kort(?:durend)?|overbrug\w*)\b"
)
_LASTING = re.compile(r"\b(?:structureel|structurele|blijvend|blijvende|chronisch|chronische|al jaren|jarenlang|permanent|altijd al|altijd|komen er niet|nooit genoeg|steeds|voortdurend|continu)\b")
_NAMED_SHORTAGE = re.compile(r"\b(?:tijdelijke?|structurele?|structureel|blijvende?|chronisch|permanent)\b")
_JUST_ENOUGH = re.compile(r"(?:(?:ja|nee|wel|ruim|meer|dan|we|wij|hebben|er|zijn|hoor|dus|nu|mensen) )*(?:genoeg|voldoende|zat|ruim)(?: (?:mensen|hoor|ja|wel|denk ik))*")
_NOT_TEMPORARY = re.compile(r"\b(?:niet|geen|niet meer|niet zomaar|niet echt) (?:een )?tijdelijke?\b")
_NOT_LASTING = re.compile(r"\b(?:niet|geen) (?:een )?(?:structureel|structurele|blijvende?)\b")
_CRAMPED_BUDGET = re.compile(r"\b(?:krap bij kas|geld|budget|financieel|clienten|woningmarkt|arbeidsmarkt is)\b")


def read_capacity(clauses: Sequence[Clause], subjects: Subjects, pending: str | None) -> list[Finding]:
    """Return what is said about having enough trajectbegeleiders: enough, a temporary or a lasting shortage."""
    found = []
    for clause in clauses:
        if clause.mood in (Mood.ASKED, Mood.UNKNOWN, Mood.PLANNED) or subjects.of(clause) == PARTNER:
            continue
        value = _capacity(clause, pending)
        if value == "tekort":
            found.append(Finding("capacity", clause.start, unclear="is het tekort aan mensen tijdelijk of blijvend?"))
        elif value:
            hedge = clause.hedged and pending != "capacity"
            found.append(Finding("capacity", clause.start, None if hedge else value, unclear="dat is nog niet zeker" if hedge else None))
    if any(finding.value for finding in found):
        return [finding for finding in found if finding.value]
    return found or _fte_enough(clauses, subjects)


def _fte_enough(clauses: Sequence[Clause], subjects: Subjects) -> list[Finding]:
    """Read "2,5 fte, ruim genoeg" across the comma."""
    for one, two in zip(clauses, clauses[1:]):
        both = f"{one.text}, {two.text}"
        if one.mood is Mood.STATED is two.mood and subjects.of(one) != PARTNER and _FTE_ENOUGH.search(both) and not NEGATION.search(both):
            return [Finding("capacity", one.start, "voldoende")]
    return []


def _capacity(clause: Clause, pending: str | None) -> str | None:
    text = clause.text
    enough = _ENOUGH.search(text) is not None and re.search(r"\b(?:niet genoeg|niet voldoende|niet ruim)\b", text) is None
    if enough and not re.search(r"\bniet\b|\bte weinig\b", text):
        return "voldoende"
    asked = pending == "capacity"
    short = (_SHORT.search(text) is not None and not _CRAMPED_BUDGET.search(text)) or (
        asked and re.search(r"\b(?:te weinig|tekort|te kort|niet genoeg|onvoldoende|krap)\b", text) is not None
    )
    lasting = _NOT_TEMPORARY.search(text) or (_LASTING.search(text) and not _NOT_LASTING.search(text))
    temporary = _NOT_LASTING.search(text) or _TEMPORARY.search(text)
    if not short and not (asked and len(text.split()) <= 6 and _NAMED_SHORTAGE.search(text)):
        return None if not (asked and _JUST_ENOUGH.fullmatch(text)) else "voldoende"
    if lasting and not _TEMPORARY.search(_NOT_TEMPORARY.sub(" ", text)):
        return "structureel_tekort"
    if temporary and not (_LASTING.search(text) and not _NOT_LASTING.search(text)):
        return "tijdelijk_tekort"
    return "tekort" if short else None


# --- trained people ----------------------------------------------------------------------------------------------

_TRAINED_NOUN = re.compile(rf"\b{_TRAINED} (?:ips )?(?:{_COACH}|mensen)\b")
_TRAINED_VERB = re.compile(rf"\b(?:ze|zij|hij|die) (?:is|zijn) (?:\w+ ){{0,2}}(?:ips )?{_TRAINED_ADV}\b|\b{_COACH} (?:[\w']+ ){{0,5}}?{_TRAINED_ADV}\b|\b{_TRAINED_ADV} (?:zijn|is) (?:\w+ ){{0,3}}{_COACH}|\b{_COACH} (?:hebben|heeft|met) (?:\w+ ){{0,3}}(?:ips training|ips opleiding|training gevolgd|opleiding gevolgd|de training|de opleiding)\b")
_NONE_TRAINED = re.compile(
    rf"\b(?:geen|nog geen|niet over|geen enkele) (?:ips )?(?:{_TRAINED}) (?:ips )?{_COACH}\b|\b(?:niemand|geen van onze \w+) (?:\w+ ){{0,4}}(?:{_TRAINED_ADV}|training|opleiding)\b|"
    rf"\b{_COACH} (?:\w+ ){{0,3}}(?:niet|nog niet) (?:\w+ )?{_TRAINED_ADV}\b|\b(?:geen|nog geen) (?:ips )?trajectbegeleiders\b(?! (?:geworven|te (?:vinden|krijgen)|die|bij))"
)
_EMPLOYED_THERE = re.compile(r"\b(?:alleen )?(?:bij|van) (?:de |die |het |een )?(?:ggz|partner|reintegratiebedrijf|gemeente|uwv|hen|hun)(?: \w+){0,2} in dienst\b|\bin dienst (?:van|bij) (?:de |die |het |een |hun |hen)?(?:ggz|partner|reintegratiebedrijf|gemeente|uwv)\b")
_WE_TRAINED_LATER = re.compile(r"\b(?:moeten|gaan|gaat|worden|laten|wil|willen|kunnen|opleiden|trainen|scholen)\b")


def read_trained(
    clauses: Sequence[Clause], subjects: Subjects, mentions: Sequence[Mention], *, hiring: bool, own: str | None
) -> list[Finding]:
    """Return whose trained trajectbegeleiders there are, and whether somebody to be hired is trained."""
    found: list[Finding] = []
    for clause in clauses:
        if clause.mood in (Mood.ASKED, Mood.UNKNOWN) or clause.hedged:
            continue
        subject = subjects.of(clause)
        hired = hiring and (subject == PARTNER or own in (TOWN, UWV))
        none = _NONE_TRAINED.search(clause.text)
        if none:
            if clause.mood is Mood.STATED:
                found.append(_none_trained(clause, subject, hired=hired))
            continue
        match = _TRAINED_NOUN.search(clause.text) or _TRAINED_VERB.search(clause.text)
        if match and not clause.negated:
            found.extend(_trained(clause, match, subject, mentions, hired=hired))
    return [finding for finding in found if finding.key]


def _none_trained(clause: Clause, subject: str, *, hired: bool) -> Finding:
    if clause.in_progress:
        return Finding("trained_coaches", clause.start, in_progress=True)
    if hired:
        return Finding("hired_coach_trained", clause.start, False)
    return Finding("trained_coaches" if subject != PARTNER else "", clause.start, "geen")


def _trained(clause: Clause, match: re.Match[str], subject: str, mentions: Sequence[Mention], *, hired: bool) -> list[Finding]:
    if _WE_TRAINED_LATER.search(clause.text) and not _TRAINED_NOUN.search(clause.text):
        return [Finding("trained_coaches", clause.start, in_progress=True)] if subject != PARTNER else []
    near = [m for m in mentions if clause.start <= m.start < clause.start + match.start() and m.role in (OWN, PARTNER)]
    whose = near[-1].role if near else subject
    if near and re.search(r"\b(?:wij|we|onze)\b", clause.text[near[-1].end - clause.start : match.end() + 20]):
        whose = OWN
    if _EMPLOYED_THERE.search(clause.text):
        whose = PARTNER
    if clause.mood is Mood.PLANNED and whose != PARTNER:
        return []
    found = [Finding("trained_coaches", clause.start, "partner" if whose == PARTNER else "eigen")]
    return found + ([Finding("hired_coach_trained", clause.start, True)] if hired else [])


# --- experience, team and place of people ------------------------------------------------------------------------

_KNOWS = re.compile(
    r"\b(?:kennen|kent) (?:\w+ ){0,4}(?:doelgroep|mensen met psychische)\b|\bdoelgroep (?:\w+ ){0,3}(?:goed|door en door)\b|"
    r"\b(?:gedegen |goede |veel |ruime |aantoonbare |jarenlange |jaren |brede )(?:\w+ ){0,3}(?:kennis|ervaring)\b(?: en ervaring)?(?: (?:\w+ ){0,3}(?:met|van|in|over) (?:\w+ ){0,2}(?:psychisch\w*|doelgroep|ggz|psychiatrie|kwetsbare))|"
    r"\bervaring (?:\w+ ){0,2}(?:met|in) (?:mensen met |de |deze |onze )?(?:psychische\w*|doelgroep|ggz|psychiatrie)\b|\bkennis (?:van|over) (?:de |deze )?(?:doelgroep|psychische\w*)\b|"
    r"\b(?:al )?jaren met mensen met (?:een )?psychische\b|\bwerken (?:\w+ ){0,4}met mensen met (?:een )?(?:ernstige )?psychische\b"
)
_IN_TEAM = re.compile(r"\b(?:in|deel van|onderdeel van|bij|komt in|lid van) (?:ons|het|hun|dat|ons eigen|de) (?:eigen )?(?:ips )?team\b")
_APART = re.compile(r"\b(?:niet in (?:ons|het|hun) (?:ips )?team|geen (?:deel|onderdeel) van (?:ons|het|hun) (?:ips )?team|blijft? (?:\w+ ){0,3}(?:los van|buiten) (?:ons|het|hun) (?:ips )?team)\b")
_SAME_PLACE = re.compile(r"\b(?:op|vanaf|vanuit) (?:onze|dezelfde|hun|die|onze eigen|zelfde|de zelfde) (?:ggz )?(?:locatie|plek|kantoor|vestiging|werkplek)\b|\b(?:bij ons|daar) op (?:locatie|kantoor)\b|\bop ons kantoor\b")
_OTHER_PLACE = re.compile(r"\b(?:op|vanuit|vanaf) (?:een )?(?:andere|eigen|haar eigen|zijn eigen|hun eigen) (?:locatie|kantoor|plek|vestiging)\b|\bvanuit het (?:gemeentehuis|stadhuis|stadskantoor)\b|\bniet op (?:onze|dezelfde|hun) (?:locatie|kantoor)\b|\bop afstand\b|\bvanuit huis\b")
HIRING = re.compile(r"\b(?:inhuren|inhuur|ingehuurd\w*|in te huren|hur(?:en|t) (?:\w+ ){0,5}in|uitlen\w*|uitleen\w*|uit te lenen|detacher\w*|gedetacheerd\w*)\b")


def read_people(
    clauses: Sequence[Clause], subjects: Subjects, mentions: Sequence[Mention], *, hiring: bool, own: str | None, pending: str | None
) -> list[Finding]:
    """Return what is said of the people who will do it: knowledge of the target group, team and workplace."""
    found: list[Finding] = []
    hired = hiring or (pending or "").startswith("hired_coach")
    for clause in clauses:
        if clause.mood in (Mood.ASKED, Mood.UNKNOWN):
            continue
        if _KNOWS.search(clause.text) and clause.mood is Mood.STATED:
            key = "hired_coach_experience" if hired else "coaches_know_target_group"
            agency = own == AGENCY or any(m.type == AGENCY and m.role == PARTNER for m in mentions) or pending == key
            if hired or (agency and (own == AGENCY) == (subjects.of(clause) != PARTNER)) or pending == key:
                found.append(_said(key, clause))
        if hired:
            found.extend(_place(clause))
    return found


def _said(key: str, clause: Clause) -> Finding:
    if clause.hedged:
        return Finding(key, clause.start, unclear="dat is nog niet zeker of geldt maar deels")
    return Finding(key, clause.start, not clause.negated)


def _place(clause: Clause) -> list[Finding]:
    found = []
    if _APART.search(clause.text):
        found.append(Finding("hired_coach_in_team", clause.start, False))
    elif _IN_TEAM.search(clause.text) and not clause.negated and not clause.hedged:
        found.append(Finding("hired_coach_in_team", clause.start, True))
    if _OTHER_PLACE.search(clause.text):
        found.append(Finding("hired_coach_same_location", clause.start, False))
    elif _SAME_PLACE.search(clause.text) and not clause.negated and not clause.hedged:
        found.append(Finding("hired_coach_same_location", clause.start, True))
    return found


# --- care, distance, alignment -----------------------------------------------------------------------------------

_IN_CARE_THERE = re.compile(
    r"\b(?:daar|er|bij (?:de|die|een|deze|zo'n|onze|hun) (?:\w+ )?(?:ggz|partner|instelling)(?: \w+)?|bij hen|bij hun)(?: [\w']+){0,5} (?:in zorg|in behandeling|onder behandeling|behandeld)\b|"
    r"\b(?:in zorg|in behandeling|onder behandeling|behandeld|patient|client) (?:\w+ ){0,3}(?:bij|door|van) (?:de|die|een|deze|zo'n|onze) (?:\w+ )?(?:ggz|partner)\b|\b(?:in zorg|in behandeling) (?:bij|daar)\b"
)
_NEAR = re.compile(
    r"\b(?:dichtbij|dicht bij|dichtbij elkaar|vlakbij|vlak bij|in de buurt|uit de buurt|dezelfde (?:stad|plaats|dorp|straat|gebouw|pand|wijk)|hetzelfde (?:gebouw|pand|dorp|terrein)|om de hoek|naast (?:ons|elkaar|hun)|verderop|"
    r"op loopafstand|op fietsafstand|(?:een )?kwartier(?:tje)?|(?:[1-9]|1\d|20) (?:min|minuten|minuutjes)(?: (?:rijden|fietsen|lopen|met de auto))?|een paar straten|steenworp)\b"
)
_FAR = re.compile(
    r"\b(?:ver weg|te ver|heel ver|ver uit elkaar|andere kant van het land|andere provincie|(?:1|2|3|een|anderhalf|1\.5|2) uur(?:tje)? (?:rijden|reizen|met de auto|verderop)|niet in de buurt|niet dichtbij|niet dicht bij|niet vlakbij|ver van elkaar|ver bij \w+ vandaan)\b"
)
_UNSURE_DISTANCE = re.compile(r"\b(?:\d{1,3} ?(?:km|kilometer)|(?:2[1-9]|[3-9]\d) (?:min|minuten))\b")
_ABOUT_PARTNER = re.compile(r"\b(?:team|partner|zij|ze|zitten|elkaar|ons|instelling\w*|organisatie\w*|ggz)\b")
_MDO = re.compile(r"\b(?:mdo|teamoverleg(?:gen)?|behandeloverleg|zorgoverleg|multidisciplinair\w*)\b")
_JOINS = re.compile(r"\b(?:schuif|schuift|schuiven|sluit|sluiten|aan|bij|zit|zitten|neemt|nemen|aanwezig|mee|deel|altijd)\b")
_BIWEEKLY = re.compile(
    r"\b(?:tweewekelijks|2 ?wekelijks|om de (?:2|14) (?:weken|dagen)|om de week|elke (?:2|14) (?:weken|dagen)|iedere (?:2|14) (?:weken|dagen)|(?:1|een) ?(?:keer|x|maal)? ?(?:per|in de|in) (?:2|twee) weken|eens (?:per|in de) (?:2|14) (?:weken|dagen)|"
    r"wekelijks|elke week|iedere week|(?:1|2|een) ?(?:keer|x|maal) (?:per|in de) week|eens per week|dagelijks)\b"
)
_SELDOM = re.compile(
    r"\b(?:maandelijks|(?:1|een) ?(?:keer|x|maal) (?:per|in de|in het) (?:maand|kwartaal|jaar)|eens (?:per|in de|in het) (?:maand|kwartaal|jaar)|elke maand|iedere maand|elk kwartaal|per kwartaal|af en toe|zelden|"
    r"alleen als het nodig is|alleen bij problemen|(?:elke|om de|iedere) (?:[3-9]) weken|halfjaarlijks|jaarlijks|nauwelijks|(?:geen|nooit) (?:vast )?overleg)\b"
)
_WITH_CLINICIAN = re.compile(r"\b(?:behandelaars?|behandelaren|hoofdbehandelaar|regiebehandelaar|psychiater|zorgteam|behandelteam|casemanager)\b")


def read_relations(
    clauses: Sequence[Clause], subjects: Subjects, *, own: str | None, pending: str | None
) -> list[Finding]:
    """Return what is said of clients in care with the partner, the distance to it, and the coaches' alignment."""
    found: list[Finding] = []
    for clause in clauses:
        if clause.mood in (Mood.ASKED, Mood.UNKNOWN):
            continue
        for finding in (_care(clause, own, pending), _distance(clause, subjects, pending), _alignment(clause, subjects, own, pending)):
            if finding:
                found.append(finding)
    return found


def _care(clause: Clause, own: str | None, pending: str | None) -> Finding | None:
    key = "clients_in_care_with_partner"
    if own in (GGZ, HOUSING) or clause.mood is Mood.PLANNED or not _IN_CARE_THERE.search(clause.text):
        if pending != key or not re.search(r"\bin (?:zorg|behandeling)\b", clause.text):
            return None
    if re.search(r"\b(?:jaar|maanden|weken)\b", clause.text) and pending != key:
        return None
    if clause.hedged:
        return Finding(key, clause.start, unclear="zijn alle cliënten daar in zorg, of een deel?")
    return Finding(key, clause.start, not clause.negated)


def _distance(clause: Clause, subjects: Subjects, pending: str | None) -> Finding | None:
    asked = pending == "near_partner"
    if not asked and not (subjects.has_partner and (subjects.names_partner(clause) or _ABOUT_PARTNER.search(clause.text) or subjects.of(clause) == PARTNER)):
        return None
    if _FAR.search(clause.text):
        return Finding("near_partner", clause.start, False)
    if _UNSURE_DISTANCE.search(clause.text) and (asked or re.search(r"\b(?:rijden|verderop|afstand|uit elkaar|vandaan)\b", clause.text)):
        return Finding("near_partner", clause.start, unclear="de publicatie noemt geen afstand; vinden jullie dat dichtbij?")
    if not _NEAR.search(clause.text) or clause.negated or re.search(r"\b(?:wachten|overleg|gesprek|werkgevers?|per week|clienten)\b", clause.text):
        return None
    return Finding("near_partner", clause.start, True)


def _alignment(clause: Clause, subjects: Subjects, own: str | None, pending: str | None) -> Finding | None:
    asked = pending == "coach_alignment"
    theirs = asked or subjects.of(clause) == PARTNER or (own == AGENCY and subjects.has_partner)
    if not theirs or clause.mood is Mood.PLANNED:
        return None
    value = _alignment_value(clause, asked=asked)
    if value is None:
        return None
    if clause.hedged and value != "minder":
        return Finding("coach_alignment", clause.start, unclear="gebeurt dat altijd, of soms?")
    return Finding("coach_alignment", clause.start, value)


def _alignment_value(clause: Clause, *, asked: bool) -> str | None:
    text = clause.text
    if _MDO.search(text) and (asked or _JOINS.search(text)):
        return None if clause.negated else "sluit_aan_bij_mdo"
    clinician = (asked and len(text.split()) <= 8) or _WITH_CLINICIAN.search(text) is not None
    if clinician and _SELDOM.search(text):
        return "minder"
    if clinician and _BIWEEKLY.search(text) and not clause.negated:
        return "tweewekelijks_met_behandelaar"
    if asked and re.search(r"^(?:veel |nog )?minder\b|\bminder (?:vaak|dan)\b", text):
        return "minder"
    return None
