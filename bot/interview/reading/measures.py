"""Durations and caseloads: measures that decide criterion 1, 2 or 6."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from bot.errors import InvalidValue
from bot.interview.reading.clauses import Clause, Mood, at
from bot.interview.reading.findings import MEASURED, Finding
from bot.interview.reading.numbers import MODIFIER, NUMBER, Quantity, quantity, shown
from bot.model import Criterion, CriterionVerdict, Knowledge, Status, criterion_key
from bot.rules.criteria import LEAST_FTE, judge_caseload, judge_measure

CARE, GUIDANCE, CAPACITY = 1, 2, 6

Judge = Callable[[Decimal], CriterionVerdict]

_UNIT = r"jaren|jaar|maanden|maand|weken|week|half jaar"
_IN_YEARS = {"jaar": Decimal(1), "jaren": Decimal(1), "maand": Decimal(12), "week": Decimal(52), "weke": Decimal(52)}
_DURATION = re.compile(
    rf"(?:\b(?P<mod>{MODIFIER}) (?:nog )?)?(?:\b(?:een|de) )?(?:"
    rf"(?<![\d.])(?P<a>{NUMBER}) ?(?P<au>{_UNIT})? ?(?:-|a|tot|t/m|of) (?:de )?(?P<b>{NUMBER}) ?(?P<bu>{_UNIT})|"
    rf"(?<![\d.])(?P<da>{NUMBER})-(?P<db>{NUMBER}) ?(?P<du>{_UNIT})|"
    rf"(?<![\d.])(?P<y>{NUMBER}) jaar en (?P<m>{NUMBER}) maand(?:en)?|"
    rf"(?<![\d.])(?P<n>{NUMBER}) ?(?:vol(?:le)? |heel |hele )?(?P<u>{_UNIT}))\b(?P<more> of (?:meer|langer)|"
    rf" plus| minimaal| minstens)?"
    rf"(?P<most> of (?:minder|korter)| maximaal| max| hooguit)?"
)
_MANY_YEARS = re.compile(r"\b(?:nog )(?:vele |heel wat |meerdere |een paar |enkele )?jaren(?:lang)?\b")
_ELSEWHERE = re.compile(
    r"\b(?:al|sinds|bestaan|bestaat|geleden|ervaring|oud|afgelopen|laatste|komend|komende|vorig|vorige|over|binnen|"
    r"per(?! (?:persoon|client|kandidaat|deelnemer|traject))|"
    r"wachtlijst|wachttijd|contract|subsidie|pilot|proef|draaien|plan|beleidsplan|opleiding|training|geduurd|"
    r"ziek|leeftijd|"
    r"eerder|jonger|ouder|verleden|openingstijd|tweejaarlijks|project|werkzaam|in dienst|leasen|huren|huurcontract|"
    r"meerjarenplan|gewacht|kinderen|jeugdigen|jongeren|tieners|subsidies|wachten|later|pas|nog maar|geworden|"
    r"toen|jarige?|"
    r"duurt het voor|duurt het voordat)\b"
)
_CARE_WORDS = re.compile(
    r"\b(?:zorg|in beeld|in behandeling|behandeling|behandeld|behandelen|blijven (?:hier|bij ons)|(?:wonen|"
    r"woont|verblijven|"
    r"verblijft|blijft|blijven) (?:hier|bij ons|in ons|daar|nog|gemiddeld)|ondersteuning|bij ons (?:blijven|"
    r"wonen|zijn)|"
    r"krijgen (?:\w+ ){0,5}(?:begeleiding|hulp)|hebben (?:[\w.]+ ){0,5}begeleiding nodig|in zorg|uit zorg|"
    r"woonbegeleiding|ambulante begeleiding|"
    r"patienten|verblijf)\b"
)
_GUIDANCE_WORDS = re.compile(
    r"\b(?:ips|traject|trajecten|begeleiden|begeleid|coachen|coaching|trajectbegeleiding|jobcoaching|trajectduur|"
    r"begeleiding)\b"
)
_CAN = re.compile(
    r"\b(?:prima|haalbaar|lukt|lukken|kan|kunnen|haalt|halen|bieden|biedt|garanderen|garandeert|toezeggen|geven|"
    r"doen|duurt|duren|"
    r"krijgen|krijgt|begeleiden|begeleid|blijven|blijft|in zorg|zit|zitten|is|zijn|loopt|lopen|mogelijk|"
    r"verwachten|gemiddeld|"
    r"staat|staan|rekenen|vast|hebben|heeft|wonen)\b"
)
_PERSON = (
    r"(?:clienten|client|klanten|klant|mensen|man|personen|deelnemers|kandidaten|bewoners|patienten|trajecten|"
    r"gevallen|caseload)"
)
_PER_FTE = re.compile(
    rf"(?:\b(?P<mod>{MODIFIER}) )?(?:de )?(?<![\d.,:])(?:(?P<a>{NUMBER}) ?(?:-|a|tot|t/m|"
    rf"of) ?)?(?P<n>{NUMBER})(?P<plus> ?\+)? ?"
    rf"(?:{_PERSON})?(?: (?:is|zijn|we|hebben|max|maximaal|gemiddeld|dat is|ips|actieve|lopende)){{0,2}} ?"
    rf"(?:per|op|voor|bij|/|iedere|elke|op iedere|op elke) ?(?:1 |een |elke |iedere |hele |volle |1\.0 )?fte\b"
)
_FTE_FIRST = re.compile(
    rf"\bper (?:1 )?fte (?:\w+ ){{0,4}}?(?:(?P<mod>{MODIFIER}) )?(?P<n>{NUMBER})(?: (?:{_PERSON}))?\b(?! (?:uur|"
    rf"fte|jaar|maand|week|weken|dagen))"
)
_ONE_TO = re.compile(
    rf"(?<![\d.,:/])1(?:\.0)? ?(?:op(?P<de> de)?|:|staat tot|"
    rf"tegen) ?(?:(?P<mod>{MODIFIER}) )?(?P<n>{NUMBER})\b(?! ?%)"
)
_CASELOAD = re.compile(
    rf"\bcaseloads?(?: (?:van|zo|varieren|varieert|is|zijn|zit|ligt|op|rond|we|wij|ons|onze|bij|hebben|nu|momenteel|"
    rf"hier|met|komt|"
    rf"per|fte|trajectbegeleider|de|een|staat|"
    rf"ongeveer op|uit)){{0,5}} ?:? ?(?:(?P<mod>{MODIFIER}) )?(?:de )?(?:(?P<a>{NUMBER}) ?(?:-|a|tot|t/m|"
    rf"of) ?)?(?P<n>{NUMBER})\b(?! ?(?:%|uur|jaar|maand|week))"
)
_CASELOAD_AFTER = re.compile(
    rf"(?:\b(?P<mod>{MODIFIER}) )?(?P<n>{NUMBER}) (?:als|aan|per|in de|in onze|"
    rf"in hun|is (?:nu )?(?:onze|de)) caseload\b"
)
_PERSON_HAS = re.compile(
    rf"\b(?:iedere|elke|per|een|1|onze|mijn) (?:ips )?(?:trajectbegeleider|begeleider|coach|jobcoach|medewerker|"
    rf"consulent) (?:heeft|doet|begeleidt|krijgt|draait|draagt) (?:er )?(?:nu |gemiddeld )?"
    rf"(?:(?P<mod>{MODIFIER}) )?(?P<n>{NUMBER})(?: (?:{_PERSON}))?\b(?! (?:uur|fte|jaar|dagen|maand))"
)
_EACH_HAS = re.compile(
    rf"\b(?:doen|hebben|begeleiden|krijgen|met) (?:er |ze )?(?:elk|ieder|allemaal) (?:(?P<mod>{MODIFIER}) )?(?P<n>{NUMBER})"
    rf"(?: (?:{_PERSON}))?\b(?![.,]\d)(?! (?:uur|fte|jaar|dagen|maand))"
)
_UNDER_ONE = re.compile(
    rf"^(?!.*\b(?:teams?|wij|we)\b).*?(?:\b(?P<mod>{MODIFIER}) )?\b(?P<n>{NUMBER}) (?:{_PERSON} )?onder "
    rf"(?:zich|(?:haar|zijn) hoede)\b"
)
_PER_PERSON = re.compile(
    rf"(?:\b(?P<mod>{MODIFIER}) )?(?:(?P<a>{NUMBER}) ?(?:-|a|tot|t/m|of) ?)?(?P<n>{NUMBER}) (?:{_PERSON} )?(?:per|elke|iedere|ieder|op (?:1|een|elke|iedere)) "
    rf"(?:ips )?(?:trajectbegeleider|begeleider|coach|jobcoach|medewerker|consulent|collega)\b"
)
_OF_ONE_PERSON = (_PER_PERSON, _PERSON_HAS, _EACH_HAS, _UNDER_ONE)
_FTE = re.compile(
    r"(?:\b(?P<count>[2-9]|1\d) (?:ips )?(?:trajectbegeleiders|begeleiders|coaches|jobcoaches|"
    r"mensen|medewerkers) (?:van |met |a |voor )?"
    r"(?P<each>ieder |elk |elk van |allebei |"
    r"allemaal )?)?(?<![\d.,])(?P<n>\d{1,3}(?:\.\d{1,2})?) ?fte\b"
)
_FTE_WITH = re.compile(
    rf"(?<![\d.,])(?P<fte>\d{{1,2}}(?:\.\d{{1,2}})?) fte (?:met|heeft|begeleidt|doet) (?:er )?(?:(?P<mod>{MODIFIER}) )?"
    rf"(?P<n>\d{{1,3}})(?= ?(?:$|[,.;]|{_PERSON}\b|onder zich))"
)
_CLIENTS = re.compile(
    rf"(?<![\d.,])(?:(?P<mod>{MODIFIER}) )?(?P<n>\d{{1,4}}) (?:ips |lopende |actieve |"
    rf"huidige )?(?:{_PERSON})\b"
)
_ON_PART = re.compile(
    rf"(?<![\d.,])(?P<n>\d{{1,4}}) (?:ips |lopende |actieve )?(?:{_PERSON}) (?:op|voor|bij|met|"
    rf"door) (?:ongeveer )?(?P<fte>0\.\d{{1,2}}|1\.\d)\b(?! ?(?:%|jaar|maand|dag|week|uur))"
)
_ON_FTE = re.compile(
    rf"(?:\b(?P<mod>{MODIFIER}) )?(?<![\d.,])(?P<n>\d{{1,4}})(?: (?:ips |lopende |actieve )?{_PERSON})? (?:op|over|voor|met) (?:ongeveer )?"
    r"(?P<fte>\d{1,2}(?:\.\d{1,2})?|(?:1|een) kwart|3 ?kwart|halve?) fte\b"
)
_PARTS = {"1 kwart": "0.25", "een kwart": "0.25", "3 kwart": "0.75", "3kwart": "0.75", "half": "0.5", "halve": "0.5"}
_HOURS = re.compile(r"\b\d{1,3} ?(?:uur|u|uren)\b(?! (?:rijden|reizen|afstand))")
_BARE = re.compile(
    rf"^(?:nee |ja |nou |eh |uh |ik bedoel |bedoel |eerder |zo'n |dat is |dat zijn |het is |we hebben er |"
    rf"er zijn er |er |zijn er |"
    rf"we zitten op |wij zitten op |zitten op |we hebben |wij hebben |hebben |nu |momenteel |nee,? |,|gewoon ){{0,4}}"
    rf"(?:(?P<mod>{MODIFIER}) )?(?:de )?(?:(?P<a>{NUMBER}) ?(?:-|a|tot|t/m|of) ?)?(?P<n>{NUMBER})"
    rf"(?P<unit> (?:{_PERSON}|fte))?(?: (?:ongeveer|max|maximaal|minimaal|hooguit|denk ik|geloof ik|of zo|per|"
    rf"elk|ieder|hoor|dus))*$"
)
_MOST_RATIOS = 10
_MOST_SANE = Decimal(60)
_MOST_PER_FTE = Decimal(150)
_MOST_YEARS = Decimal(20)
_IN_PART = re.compile(r"\b(?:liefst|idealiter|zelden|vrijwel nooit|niet vaak|\d+ van de \d+|procent)\b|%")
_WE_DO = re.compile(r"\b(?:we|wij|team) (?:doen|doet)\b|\b(?:doen|doet) (?:we|wij)\b")
_SHORT = 10  # words in a clause that answers the question without naming its subject
_FAR = {CARE: Decimal(120), GUIDANCE: Decimal(120), CAPACITY: Decimal(9999)}


def read_measures(
    text: str, clauses: Sequence[Clause], pending: str | None, knowledge: Knowledge, *, bare: bool = True
) -> list[Finding]:
    """Return what the durations and caseloads in a normalised message say about criteria 1, 2 and 6.

    Without `bare` a number that has no unit is no measure.
    """
    found = _durations(text, clauses, pending, knowledge)
    found += _caseloads(text, clauses, pending, knowledge)
    return found or (_bare(clauses, pending, knowledge) if bare else [])


# --- durations ---------------------------------------------------------------------------------------------------


_SOME = re.compile(r"\b(?:bijna|meeste|sommige|helft|deel)\b")


def _durations(text: str, clauses: Sequence[Clause], pending: str | None, knowledge: Knowledge) -> list[Finding]:
    found = []
    for match in _DURATION.finditer(text):
        clause = at(clauses, match.start("n") if match["n"] else match.start())
        number = _about(clause, match, pending)
        if number is None:
            continue
        found.append(_duration(clause, match, number, knowledge))
    if len({finding.value for finding in found if finding.key == criterion_key(CARE)}) > 1:
        found = [_several(found)]
    if not found:
        found = [
            Finding(criterion_key(CARE), clause.start, Status.VOLDOET.value, "nog jaren zorg of ondersteuning")
            for clause in clauses
            if _MANY_YEARS.search(clause.text) and _CARE_WORDS.search(clause.text) and not clause.negated
            and not _SOME.search(clause.text)
        ]  # fmt: skip
    return found


def _several(found: Sequence[Finding]) -> Finding:
    """Several durations that don't agree ("sommigen 3 maanden, anderen 5 jaar") decide nothing."""
    reason = "je noemt meer dan één duur; wat geldt voor de cliënten om wie het gaat?"
    return Finding(found[0].key, found[0].at, weight=MEASURED, unclear=reason)


_CARE_OR_GUIDANCE = re.compile(r"\b(?:zorg of|zorg en) (?:\w+ )?begeleiding")
_TRAJECT = re.compile(r"\btraject")
_THOSE_TWO_YEARS = re.compile(r"\bdie 2 jaar\b")  # of criterion 2; criterion 1 asks one
_RECEIVE = re.compile(r"\b(?:krijgen|nodig)\b")


# "Elke 2 weken", "om de 3 maanden", "1x per 6 weken": how often, not how long.
_FREQUENCY_LEFT = re.compile(
    r"\b(?:elke|iedere|om de|per|\d ?x|(?:keer|eens|maal|x) (?:in de|per|in)|1x|om) (?:de |de andere )?"
    r"(?:ongeveer )?$|\d ?x (?:in de|per|in) $"
)


def _number_at(match: re.Match[str]) -> int:
    """Return where the first number of a duration stands."""
    return min(match.start(group) for group in ("a", "da", "y", "n") if match[group])


def _about(clause: Clause, match: re.Match[str], pending: str | None) -> int | None:
    """Return which criterion a duration is about, or None when it is about something else."""
    around = clause.text
    if _FREQUENCY_LEFT.search(clause.text[: max(0, _number_at(match) - clause.start)]):
        return None
    if _ELSEWHERE.search(around):
        return None
    if _WE_DO.search(around) and not _TRAJECT.search(around):
        return None
    care, guidance = _CARE_WORDS.search(around), _GUIDANCE_WORDS.search(around)
    if care and guidance:
        if _RECEIVE.search(care.group()):
            return CARE
        if guidance.group() == "begeleiding" and _CARE_OR_GUIDANCE.search(around):
            return CARE
        return _pending_number(pending)
    if care or guidance:
        return CARE if care else GUIDANCE
    asked = _pending_number(pending) if len(around.split()) <= _SHORT else None
    return asked or (GUIDANCE if _THOSE_TWO_YEARS.search(around) else None)


def _pending_number(pending: str | None) -> int | None:
    return {criterion_key(CARE): CARE, criterion_key(GUIDANCE): GUIDANCE}.get(pending or "")


_CORRECTING = re.compile(r"^(?:(?:nee|neen|oeps|sorry|oh),? )+(?=(?:ik )?bedoel|wacht)")
_OUT_OF_REACH = re.compile(r"\b(?:niet|geen|nooit|onhaalbaar|nauwelijks|nee)\b")


def _duration(clause: Clause, match: re.Match[str], number: int, knowledge: Knowledge) -> Finding:
    criterion = knowledge.criteria[number]
    said = _years(match)
    note = match.group().strip()
    ability = _CORRECTING.sub("", clause.text.replace(match.group(), " "))
    if _OUT_OF_REACH.search(ability):
        return _unable(criterion, said, note, clause.start, ability)
    finding = judge(criterion, said, lambda value: judge_measure(criterion, value), note, clause.start)
    part = clause.hedged or said.average or _IN_PART.search(clause.text) is not None
    return _uncertain(finding, note) if part and finding.value is not None else finding


_BUT_DO = re.compile(r"\bwel\b")


def _unable(criterion: Criterion, said: Quantity, note: str, where: int, rest: str) -> Finding:
    """ "Twee jaar lukt niet": not met when the limit or less is out of reach, else we can't tell."""
    assert criterion.limit is not None
    if _BUT_DO.search(rest) or said.low > criterion.limit.value or said.high is None or said.low != said.high:
        return Finding(
            criterion_key(criterion.number),
            where,
            unclear=f"uit '{_dutch(note)}' blijkt niet of de grens wordt gehaald",
        )
    return Finding(
        criterion_key(criterion.number), where, Status.VOLDOET_NIET.value, f"{_dutch(note)} lukt niet", MEASURED
    )


def _years(match: re.Match[str]) -> Quantity:
    mod, more = match["mod"], match["more"] is not None
    if match["y"]:
        return quantity(mod, Decimal(match["y"]) + Decimal(match["m"]) / 12, or_more=more)
    for first, first_unit, second, unit in (
        ("a", "au", "b", "bu"),
        ("da", None, "db", "du"),
    ):
        if match[first]:
            own_unit = match[first_unit] if first_unit and match[first_unit] else match[unit]
            return quantity(mod, _in_years(match[first], own_unit), _in_years(match[second], match[unit]))
    if match["most"]:
        mod = "hooguit"
    return quantity(mod, _in_years(match["n"], match["u"]), or_more=more)


def _in_years(number: str, unit: str) -> Decimal:
    return (
        Decimal(number) / _IN_YEARS[unit[:4] if unit[:4] in _IN_YEARS else unit[:5]]
        if unit != "half jaar"
        else Decimal(number) / 2
    )


# --- caseload ----------------------------------------------------------------------------------------------------


_ABOUT_CASELOAD = re.compile(
    r"\b(?:caseload|fte|clienten|client|begeleid\w*|"
    r"trajectbegeleid\w*)\b"
)


def _caseloads(text: str, clauses: Sequence[Clause], pending: str | None, knowledge: Knowledge) -> list[Finding]:
    criterion = knowledge.criteria[CAPACITY]
    near = pending == criterion_key(CAPACITY) or _ABOUT_CASELOAD.search(
        text,
    )
    for pattern in (_PER_FTE, _FTE_FIRST, _CASELOAD, _CASELOAD_AFTER):
        matches = list(islice(pattern.finditer(text), _MOST_RATIOS))
        if matches:
            return [_ratio(criterion, match, at(clauses, match.start("n")), per_person=False) for match in matches]
    match = next(filter(None, (pattern.search(text) for pattern in _OF_ONE_PERSON)), None)
    if match:
        return [_ratio(criterion, match, at(clauses, match.start()), per_person=True)]
    match = _ONE_TO.search(text)
    if (
        match
        and Decimal(match["n"]) > 3
        and (not match["de"] or pending == criterion_key(CAPACITY))
        and (near or len(text.split()) <= 8)
    ):
        return [_ratio(criterion, match, at(clauses, match.start()), per_person=False)]
    return _clients_and_fte(text, clauses, pending, criterion)


_DENIED_BOUND = re.compile(r"\b(?:niet|nooit) (?:meer|boven|over|minder)\b")
_DENIED = re.compile(r"\b(?:niet|geen|nooit)\b")


def _ratio(criterion: Criterion, match: re.Match[str], clause: Clause, *, per_person: bool) -> Finding:
    groups = match.groupdict()
    first, second = (groups["a"], match["n"]) if groups.get("a") else (match["n"], None)
    said = quantity(
        groups.get("mod"), Decimal(first), Decimal(second) if second else None, or_more=bool(groups.get("plus"))
    )
    number = f"{_dutch(first)} tot {_dutch(second)}" if second else _dutch(first)
    note = " ".join(
        filter(None, (groups.get("mod"), number, "cliënten per", "trajectbegeleider" if per_person else "fte"))
    )
    if per_person and said.high is not None:
        said = Quantity(said.low, None, said.low_open)
    if said.average:
        said = Quantity(said.low, said.high, said.low_open, said.high_open)
    where = match.start("n")
    finding = judge(criterion, said, lambda value: judge_measure(criterion, value), note, where)
    if _DENIED.search(clause.text) and not _DENIED_BOUND.search(clause.text):
        return Finding(finding.key, where, unclear=f"'{note}' staat in een ontkenning")
    if per_person and finding.unclear:
        return Finding(
            finding.key, where, unclear=f"bij {note} hangt het af van hoeveel fte een trajectbegeleider werkt"
        )
    return finding


def _clients_and_fte(text: str, clauses: Sequence[Clause], pending: str | None, criterion: Criterion) -> list[Finding]:
    match = _ON_PART.search(text)
    if match:
        return [_divided(criterion, Decimal(match["n"]), Decimal(match["fte"]), match.start())]
    ftes = list(_FTE.finditer(text))
    match = _ON_FTE.search(text)
    if match and len(ftes) <= 1:
        fte = Decimal(_PARTS.get(match["fte"], match["fte"]))
        return [_divided(criterion, Decimal(match["n"]), fte, match.start("n"), match["mod"])]
    match = _FTE_WITH.search(text)
    if match and len(ftes) == 1:
        return [_divided(criterion, Decimal(match["n"]), Decimal(match["fte"]), match.start("n"), match["mod"])]
    clients = [
        found
        for found in _CLIENTS.finditer(text)
        if not _MEANT_OTHERWISE.search(text[max(0, found.start() - 25) : found.start()])
    ]
    if len(clients) == 1 and len(ftes) == 1 and abs(clients[0].start() - ftes[0].start()) <= 90:
        return [_pair(criterion, clients[0], ftes[0], at(clauses, clients[0].start("n")))]
    if len(clients) == 1 and len(ftes) > 1:
        return [
            Finding(
                criterion_key(CAPACITY),
                ftes[0].start(),
                unclear="er staan meer aantallen fte bij; hoeveel fte is het samen?",
            )
        ]
    if pending == criterion_key(CAPACITY) and _HOURS.search(text) and not ftes:
        return [
            Finding(
                criterion_key(CAPACITY),
                0,
                unclear="uren zijn zonder de duur van een werkweek niet om te rekenen naar fte",
            )
        ]
    return []


_MEANT_OTHERWISE = re.compile(r"\b(?:wachtlijst|in totaal|totaal|in zorg|bestand)\b")


def _pair(criterion: Criterion, clients: re.Match[str], fte: re.Match[str], clause: Clause) -> Finding:
    amount = Decimal(fte["n"])
    if fte["count"] and fte["each"]:
        amount *= int(fte["count"])
    elif fte["count"] and amount <= 1:
        return Finding(criterion_key(CAPACITY), fte.start(), unclear="werken ze samen of ieder zoveel fte?")
    return _divided(criterion, Decimal(clients["n"]), amount, clients.start("n"), clients["mod"])


def _divided(criterion: Criterion, clients: Decimal, fte: Decimal, where: int, modifier: str | None = None) -> Finding:
    if not LEAST_FTE <= fte <= 1000:
        return Finding(criterion_key(CAPACITY), where, unclear="het aantal fte kan niet kloppen")
    ratio = clients / fte
    note = f"{shown(fte)} fte en {shown(clients)} cliënten ({shown(ratio)} per fte)"
    if ratio > _MOST_SANE:
        return Finding(criterion_key(CAPACITY), where, unclear=f"{note}: gaat het alleen om cliënten met IPS?")
    if modifier:
        said = quantity(modifier, clients)
        return judge(criterion, said, lambda value: judge_caseload(criterion, value, fte), note, where)
    verdict = judge_caseload(criterion, clients, fte)
    return Finding(criterion_key(CAPACITY), where, verdict.status.value, note, MEASURED, verdict)


# --- judging -----------------------------------------------------------------------------------------------------


def judge(criterion: Criterion, said: Quantity, judge_one: Judge, note: str, where: int) -> Finding:
    """Judge a quantity at both its ends: where they agree it is a verdict, else it is unclear and says why."""
    key = criterion_key(criterion.number)
    if said.low > (_MOST_PER_FTE if criterion.number == CAPACITY else _MOST_YEARS):
        return Finding(key, where, weight=MEASURED, unclear=f"klopt '{_dutch(note)}' wel?")
    try:
        low = judge_one(_nudged(said.low, said.low_open, up=True))
        high = judge_one(_FAR[criterion.number] if said.high is None else _nudged(said.high, said.high_open, up=False))
    except InvalidValue as error:
        return Finding(key, where, unclear=error.message)
    if low.status is not high.status:
        return Finding(
            key,
            where,
            weight=MEASURED,
            unclear=f"'{_dutch(note)}' ligt aan beide kanten van de grens van {_limit(criterion)}",
        )
    verdict = low if said.high is None or said.low > 0 else high
    return Finding(key, where, verdict.status.value, _dutch(note), MEASURED, _as_said(verdict, said, note))


def _as_said(verdict: CriterionVerdict, said: Quantity, note: str) -> CriterionVerdict:
    """Give the verdict on a range the words of the speaker in place of the end that was reckoned with."""
    if said.exact is not None:
        return verdict
    _, separator, rest = verdict.reason.partition(";")
    words = _dutch(note)
    return replace(verdict, reason=f"{words[:1].upper()}{words[1:]}{separator}{rest}") if separator else verdict


def _uncertain(finding: Finding, note: str) -> Finding:
    return Finding(finding.key, finding.at, unclear=f"is '{_dutch(note)}' zeker, en geldt het voor iedere cliënt?")


def _nudged(value: Decimal, is_open: bool, *, up: bool) -> Decimal:
    """Step just past an end that itself doesn't count ("meer dan 25")."""
    if not is_open:
        return value
    step = Decimal(1) if value >= 5 else Decimal("0.01")
    return value + step if up else max(value - step, Decimal(0))


def _limit(criterion: Criterion) -> str:
    assert criterion.limit is not None
    unit = {"jaar": "jaar", "clienten_per_fte": "cliënten per fte"}.get(criterion.limit.unit, criterion.limit.unit)
    return f"{shown(criterion.limit.value)} {unit}"


_DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")


def _dutch(note: str) -> str:
    """Write the numbers of a normalised phrase with a decimal comma."""
    return _DECIMAL_POINT.sub(",", note)


# --- bare numbers ------------------------------------------------------------------------------------------------


def _bare(clauses: Sequence[Clause], pending: str | None, knowledge: Knowledge) -> list[Finding]:
    """Read "30" after the question of criterion 1 (years), 2 (years) or 6 (clients per fte)."""
    number = {criterion_key(n): n for n in (CARE, GUIDANCE, CAPACITY)}.get(pending or "")
    if number is None:
        return []
    for clause in clauses:
        match = _BARE.match(clause.text)
        if not match or clause.mood is Mood.ASKED or (match["unit"] or "").strip() == "fte":
            continue
        return [_bare_number(match, number, clause.start, knowledge)]
    return []


def _bare_number(match: re.Match[str], number: int, where: int, knowledge: Knowledge) -> Finding:
    criterion = knowledge.criteria[number]
    first, second = (match["a"], match["n"]) if match["a"] else (match["n"], None)
    said = quantity(match["mod"], Decimal(first), Decimal(second) if second else None)
    if number != CAPACITY and first == "1" and "t/m" in match.group():
        return Finding(criterion_key(number), where, unclear=f"bedoel je criterium 1 tot en met {second}, of jaren?")
    amount = f"{first} tot {second}" if second else first
    unit = "cliënten per fte" if number == CAPACITY else "jaar"
    note = " ".join(filter(None, (match["mod"], amount, unit)))
    if number == CAPACITY:
        return judge(criterion, said, lambda value: judge_measure(criterion, value), note, where)
    if match["unit"] or said.low > 15:
        return Finding(
            criterion_key(number),
            where,
            unclear="zijn dat maanden of jaren?" if not match["unit"] else "hoe lang is dat in maanden of jaren?",
        )
    return judge(criterion, said, lambda value: judge_measure(criterion, value), note, where)
