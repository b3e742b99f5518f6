"""Where somebody lives: a street with a number, a postcode. An organisation's own address stays. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

NEAR = 70  # characters before an address in which somebody says whose it is

_PARTICLES = r"(?:van|de|der|den|het|ter|ten|op|'s|’s|[1-9]\d?e)"
_CAPITAL = r"[A-ZÀ-Þ][\w'’.]{0,24}"
_STREET_END = r"(?:straat|str|laan|weg|plein|kade|singel|gracht|dreef|dijk|plantsoen|steeg|wal|hof)"
_ANY_END = r"(?:straat|str\.?|laan|weg|plein|kade|singel|gracht|dreef|dijk|plantsoen|steeg|wal|hof|pad|park|markt|ring|baan|erf|akker|veld|burg|meent|haven|brink|oord|donk)"
_SIDE = r"(?: (?:[Nn]oord|[Zz]uid|[Oo]ost|[Ww]est)(?:zijde)?)?"
_NUMBER = (
    r"\d{1,4}(?![\d,.]*\d)(?: ?(?:hs|bis|huis|zw|rd|[IVX]{1,4}|[a-zA-Z])(?!\w))?"
    r"(?: ?[-/] ?(?:\d{1,4}|[IVX]{1,4}|[a-zA-Z]{1,2}|hs|bis)(?!\w))?"
)
_POSTCODE = r"[1-9]\d{3} ?(?!S[ADS])[A-Z]{2}(?!\w)"
_HOUSE = rf"(?: {_CAPITAL} {_NUMBER}|,? ?(?:huisnummer|huisnr\.?|nummer|nr\.?) ?{_NUMBER})?"
_TAIL = rf"(?:,? {{0,2}}{_POSTCODE})?"

_STREET = re.compile(
    rf"(?<![\w'’])(?:(?:{_PARTICLES}|{_CAPITAL})[ -]){{0,3}}(?:(?:(?<=\w )|(?<=[\w'’s]-))?[A-ZÀ-Þ][\w'’]{{0,24}}?{_STREET_END}){_SIDE}"
    rf" {_NUMBER}{_TAIL}(?!\w)"
)
_STREET_OF = re.compile(
    rf"(?<!\w)(?:Laan|Plein|Weg|Straat|Kade|Hof|Park|Singel|Dreef|Boulevard)"
    rf" (?:(?:van|der|de|den|het|'t) ){{0,3}}{_CAPITAL} {_NUMBER}{_TAIL}(?!\w)"
)
_STREET_APART = re.compile(
    rf"(?<!\w){_CAPITAL} (?:Straat|Laan|Weg|Plein|Kade|Gracht|Singel|Dijk|Dreef|Steeg|Hof|Markt|Baan) {_NUMBER}{_TAIL}(?!\w)"
)
_PLAIN_POSTCODE = re.compile(rf"(?<![\w.,€-]){_POSTCODE}{_HOUSE}")
_NAMED_POSTCODE = re.compile(
    rf"(?i)\bpostcode\b(?:[ :=]|is|van|de|cli[eë]nt|deelnemer|haar|zijn|mijn){{0,8}}(?P<place>[1-9]\d{{3}} ?[a-z]{{2}}(?!\w){_HOUSE})"
)
_HOME = r"(?:woont|woonde|wonend\w{0,3}|woonachtig|woonadres|thuisadres|huisadres|adres|ingeschreven|verblijft|verblijfadres|logeert)"
_FILLER = (
    r"(?:is|nu|nog|thans|momenteel|op|aan|in|bij|te|het|de|van|mijn|haar|zijn|hun|cli[eë]nte?|deelnemer|pati[eë]nte?"
    r"|zus|broer|moeder|vader|ouders|oma|opa|vriend|vriendin|begeleid|zelfstandig)"
)
_AT_HOME = re.compile(
    rf"(?i)\b{_HOME}\b[ :,]{{0,3}}(?:{_FILLER}\b[ :,]{{1,3}}){{0,6}}"
    rf"(?P<place>(?:[\w'’.-]{{1,30}} ){{0,3}}(?:[\w'’.-]{{0,26}}{_ANY_END}|[\w'’.-]{{2,30}}){_SIDE}"
    rf" (?:\d{{4}} )?(?:(?:nummer|nr\.?|huisnummer) ?)?{_NUMBER}{_TAIL})(?!\w)"
)
_BELGIAN = re.compile(rf"(?<!\w)(?P<place>{_CAPITAL} {_NUMBER}, (?:B-)?[1-9]\d{{3}} [A-ZÀ-Þ][a-z]{{2,20}})")

_UNIT = re.compile(
    r"(?i) ?(?:%|jaar|jr|maand|week|weken|dag|uur|km|kilometer|min|mensen|personen|cli[eë]nt|deelnemer|bewoner|ander|keer|fte|huisgenoten|kinderen|mede|meter)"
)
_NO_STREET = re.compile(
    r"(?i)(?:^|\s)(?:al|met|ongeveer|circa|ruim|bijna|sinds|tot|tussen|samen|per|om|over|na|scenario|criterium|artikel|team|unit|fase|stap|vraag|item|punt|bijlage|pagina|paragraaf|en|of|wel|niet|pas|reeds|voor|door|boven|onder)\.?$"
)
_NOT_ITS_NAME = re.compile(
    r"(?i)(?:team|unit|afdeling|fact|groep|locatie|criterium|scenario|bijlage|route|halte|werkplein|leerweg)\b"
)
_OFFICE = re.compile(
    r"(?i)\b(?:\w*kantoor\w*|vestiging\w*|gevestigd|bezoekadres|postadres|locaties?|organisatie|stichting|praktijk|instelling"
    r"|\w*kliniek|bureau|\w*centrum|ons adres|wij zijn verhuisd|we zijn verhuisd|nieuwe adres|relatiebestand|zitten wij|wij zitten|we zitten|zitten we|werkplek|werkgever|bedrijf|afdeling|trainingen?|bijeenkomst|vergader\w*|gemeentehuis)\b"
)
_SOMEBODY = re.compile(
    rf"(?i)\b(?:{_HOME.replace('adres|inge', 'inge')}|cli[eë]nte?|pati[eë]nte?|deelne(?:e?m)(?:er|ster)|bewoner)\b"
)
_FUNCTION_WORDS = frozenset(
    [
        "EN",
        "OF",
        "IN",
        "NA",
        "OP",
        "TE",
        "IS",
        "IK",
        "JE",
        "ZE",
        "WE",
        "ER",
        "AL",
        "DE",
        "HO",
        "HE",
        "NU",
        "AF",
        "UW",
        "OM",
        "ZO",
        "AN",
        "BE",
        "EU",
        "NL",
        "KM",
        "MB",
        "GB",
        "KB",
        "CV",
        "BV",
        "VN",
    ]
)
_YEARS = range(1950, 2050)


def places(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the addresses of people stand, in order, none within another."""
    streets = (match for pattern in (_STREET, _STREET_OF, _STREET_APART) for match in pattern.finditer(text))
    found = [match.span() for match in streets if not _NOT_ITS_NAME.match(match[0])]
    found += [m.span() for m in _PLAIN_POSTCODE.finditer(text) if not _is_year(m[0])]
    found = [place for place in found if not _is_office(text, place[0])]
    found += [m.span("place") for m in _NAMED_POSTCODE.finditer(text) if not _is_office(text, m.start())]
    found += [m.span("place") for m in _AT_HOME.finditer(text) if _is_home(text, m)]
    found += [
        m.span("place")
        for m in _BELGIAN.finditer(text)
        if _SOMEBODY.search(text, max(0, m.start() - NEAR), m.end() + NEAR)
    ]
    end = 0
    for start, stop in sorted(found, key=lambda place: (place[0], -place[1])):
        if start >= end:
            yield start, stop
            end = stop


def _is_year(found: str) -> bool:
    return int(found[:4]) in _YEARS and found[4:].strip()[:2] in _FUNCTION_WORDS


def _is_office(text: str, start: int) -> bool:
    """Tell whether an address is said to be an organisation's, and not that of somebody who lives there."""
    before = text[max(0, start - NEAR) : start].rpartition("\n")[2]
    return bool(_OFFICE.search(before)) and not _SOMEBODY.search(before)


def _is_home(text: str, match: re.Match[str]) -> bool:
    words = re.split(r" \d", match["place"], maxsplit=1)[0]
    is_street = (
        words[:1].isupper() or bool(re.search(rf"(?i){_ANY_END}{_SIDE}$", words)) or words.split()[-1][:1].isupper()
    )
    return is_street and not (
        _UNIT.match(text, match.end()) or _NO_STREET.search(words) or _is_office(text, match.start("place"))
    )
