"""Words that change an earlier answer: "verander criterium 5 naar nee", "criterium 2 moet ja zijn", "ik bedoel 20"."""

from __future__ import annotations

import re

from bot.interview.reading.findings import CORRECTED, Finding
from bot.model import Status, criterion_key

_VALUE = (
    r"(?P<value>niet voldoet|voldoet niet|voldoen niet|niet gehaald|niet bekend|weet (?:ik |we )?(?:het )?niet|"
    r"geen idee|onbekend|vraagteken|"
    r"voldoet|voldoen|gehaald|ja|wel|nee|neen|niet)"
)
_CRITERION = r"(?:het |de )?(?:antwoord (?:op|bij|van) )?(?:(?:criterium|nummer|vraag) )?(?P<n>[1-8])"
_CHANGE = r"(?:verander(?:en)?|wijzig(?:en)?|zet|corrigeer|maak|pas|doe|aanpassen|veranderen|wijzigen|vervang)"
_COMMANDS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_CHANGE} (?:mijn |dan |maar |even |toch )*(?:van )?{_CRITERION}(?: (?:aan|maar|even|toch|van \w+|"
        rf"alsjeblieft|aub|antwoord))* ?(?:naar|in|op|:|=|een|tot|is|als)? ?(?:een |maar |toch )?{_VALUE}\b",
        rf"\bmaak (?:van |bij )?{_CRITERION} (?:\w+ )?{_VALUE}\b",
        rf"\b(?:criterium|nummer) (?P<n>[1-8]) (?:moet|moest|had|wordt|hoort) (?:toch |eigenlijk |op |naar |"
        rf"een |dus |wel |zijn )*{_VALUE}(?: (?:zijn|worden|moeten zijn|staan|te zijn))?\b",
        rf"(?<!\w )\b(?P<n>[1-8]) (?:moet|moest|had) (?:toch |eigenlijk |een |dus |op )*{_VALUE} (?:zijn|worden|"
        rf"moeten zijn|staan)\b",
        rf"\b(?:criterium|nummer) (?P<n>[1-8]) (?:graag |kunnen )?(?:veranderen|wijzigen|aanpassen|"
        rf"omzetten) (?:naar|in|op) (?:een )?{_VALUE}\b",
        rf"\bkan (?:criterium|nummer) (?P<n>[1-8]) (?:nog |ook |toch |misschien )*(?:naar|op|in) (?:een )?{_VALUE}\b",
        rf"(?:\b(?:criterium|nummer) |^(?:(?:oh?|ow|nee|ja|wacht|sorry|maar|en),? )*)(?P<n>[1-8])"
        rf"(?: (?:halen|haal|lukt|kan|kunnen|voldoet|we|wij|ik|dat|er|dus|eigenlijk|ook|aan)){{0,4}} toch (?:nog |ook )?"
        rf"{_VALUE}(?= ?(?:$|[.,;!]))",
        rf"\b(?:criterium|nummer) (?P<n>[1-8]) (?:is|was) (?:toch|eigenlijk|bij nader inzien) (?:een |wel |"
        rf"gewoon )?{_VALUE}\b",
        rf"\bik (?:zei|schreef|antwoordde)(?: \w+){{0,3}} (?:criterium|nummer) (?P<n>[1-8])(?: \w+){{0,2}},? maar "
        rf"(?:het|dat) (?:is|moet|was) (?:toch |een )*{_VALUE}\b",
    )
)
_AND_ANOTHER = re.compile(rf",?(?: en| ,)? {_CRITERION} (?:naar|in|op|moet|wordt)? ?(?:een )?{_VALUE}\b")
_OTHER = re.compile(
    r"\b(?:verander|wijzig|zet|corrigeer|pas|maak)(?: van)? (?:het |de |mijn |onze |ons |even |"
    r"maar )*(?P<what>[a-z][a-z ]{2,40}?) (?:aan )?(?:naar|in|op|tot|een) (?P<to>.{1,80})$"
)
_NAMED_WRONG = re.compile(
    r"\b(?:dat van|wat ik zei over|die|dat|het|de) (?:de |die |dat |het |onze |ons |"
    r"mijn )?(?P<what>[a-z][a-z ]{2,30}?) "
    r"klopt niet,? (?:want |maar )?(?:het|dat) (?:is|zijn|moet|was) (?:toch )?(?P<to>.{1,80})$"
)
_AT_CRITERION = re.compile(
    r"\b(?:bij|van|voor) (?P<what>(?:criterium|nummer) [1-8]) (?:moet|moest|hoort|had) (?:het |er |dat |eigenlijk |"
    r"toch )*"
    r"(?P<to>.{1,60}?) (?:zijn|staan|worden|moeten zijn|te staan)\b"
)
_ALIASES = tuple(
    (key, re.compile(alias))
    for key, alias in (
        ("organisation_type", r"(?:type |soort )?organisatie(?:type|soort)?|type|soort organisatie|instelling"),
        ("criteria.6", r"(?:de )?caseloads?"),
        ("capacity", r"capaciteit|aantal mensen(?: voor ips)?|tekort|personeel"),
        ("partner_types", r"(?:mogelijke )?partners?(?:types?)?|samenwerkingspartners?"),
        ("prefers_outsourcing", r"uitbesteden|uitbesteding|voorkeur"),
        ("few_clients", r"(?:aantal )?clienten(?: voor ips)?"),
        ("lacks_funding_or_governance_power", r"geld(?: en bestuurskracht)?|bestuurskracht|financiering"),
        ("delivers_ips_now", r"ips|zelf al ips(?: uitvoeren)?|ips nu"),
        ("trained_coaches", r"(?:getrainde )?trajectbegeleiders|getrainde mensen"),
        ("near_partner", r"afstand(?: tot de partner)?|nabijheid"),
        ("written_agreements", r"afspraken(?: op papier)?|overeenkomst"),
        ("phrenos_review_refused", r"toets(?: door phrenos)?"),
        ("coach_alignment", r"overleg|afstemming"),
        ("team_form", r"(?:vorm(?: van het (?:regionale )?team)?|team|teamvorm)"),
        ("partner_meets_criteria", r"criteria van de partner"),
        ("jointly_meets_criteria", r"samen de criteria(?: halen)?"),
    )
)  # fmt: skip
_MARKERS = re.compile(
    r"\b(?:ik bedoel\w*|bedoel(?:de)? (?:ik|eigenlijk)|verander(?:en)?|wijzig(?:en)?|corrigeer\w*|correctie|"
    r"vergis\w*|verkeerd|foutje?|oeps|aanpassen|pas (?:het|dat|criterium|\w+) aan|"
    r"klopt niet|niet juist|niet goed ingevuld|in plaats van|bij nader inzien|moest zijn|moet .{1,20} zijn|"
    r"had .{1,20} moeten zijn|toch (?:geen|niet|wel|een|nee|ja)|"
    r"maak van|rechtzetting|herstel|zeg ik verkeerd|zei ik verkeerd|eerder zei ik|neem terug|moet .{1,20} worden|"
    r"ik (?:zei|schreef|antwoordde|gaf aan)|(?:nee|oh|sorry|ho),? wacht)\b"
)


def corrects(text: str) -> bool:
    """Say whether a normalised message has words of correction."""
    return _MARKERS.search(text) is not None or bool(read_commands(text))


# What is put aside in favour of something else: "niet 30 maar 20", "1 jaar niet 10", "een ribw in plaats van een ggz".
_AMOUNT = r"\d[\d.]*(?: (?:per fte|jaar|maanden|weken|clienten|fte))?"
_PUT_ASIDE = re.compile(
    rf"(?<=\bin plaats van )(?:een |de |het |die |dat )?(?:{_AMOUNT}|[a-z]+)|"
    rf"\b(?:niet|geen) {_AMOUNT} maar (?=(?:\w+ )?\d)|"
    rf"(?<= jaar),? (?:en )?(?:niet|geen) {_AMOUNT}(?= ?(?:$|[,.;]))|"
    rf"(?<= maanden),? (?:en )?(?:niet|geen) {_AMOUNT}(?= ?(?:$|[,.;]))|"
    rf", (?:en )?(?:niet|geen) (?:\d{{2,}}|9)(?: per fte)?(?= ?(?:$|[,.;]))"
)


def without_put_aside(text: str) -> str:
    """Return a normalised message without the amounts and kinds that it puts aside in favour of others."""
    return _PUT_ASIDE.sub(lambda match: " " if match.group().endswith(" ") else "", text)


_NOT_A_CRITERION = re.compile(r"\b(?:scenario|optie|hulpdocument|document|stap) $")


def read_commands(text: str) -> list[Finding]:
    """Return what a command such as "verander criterium 5 naar nee" sets."""
    for pattern in _COMMANDS:
        match = pattern.search(text)
        if match and not _NOT_A_CRITERION.search(text[: match.start("n")]):
            return [_finding(match), *_further(text, match.end())]
    return []


def _further(text: str, position: int) -> list[Finding]:
    """Read on after a command: "… en 6 naar ja"."""
    found = []
    match = _AND_ANOTHER.match(text, position)
    while match:
        found.append(_finding(match))
        match = _AND_ANOTHER.match(text, match.end())
    return found


def _finding(match: re.Match[str]) -> Finding:
    return Finding(criterion_key(int(match["n"])), match.start(), _status(match["value"]).value, weight=CORRECTED)


def other_command(text: str) -> tuple[str, str] | None:
    """Return the key that "verander capaciteit naar tijdelijk tekort" changes, and the words of the new value."""
    for pattern in (_OTHER, _NAMED_WRONG, _AT_CRITERION):
        match = pattern.search(text)
        key = _named_key(match["what"].strip()) if match else None
        if match and key:
            return key, match["to"].strip(" .!?")
    return None


def _named_key(words: str) -> str | None:
    if words[:-1] in ("criterium ", "nummer "):
        return criterion_key(int(words[-1]))
    return next((key for key, alias in _ALIASES if alias.fullmatch(words)), None)


_NEGATIVE = re.compile(r"\bniet\b|nee")
_UNSURE = re.compile(r"weet|idee|onbekend|bekend|vraagteken")


def _status(words: str) -> Status:
    if _UNSURE.search(words):
        return Status.ONBEKEND
    return Status.VOLDOET_NIET if _NEGATIVE.search(words) else Status.VOLDOET
