"""Does a message hold a client's personal data, and where? A sender's professional signature is not meant. Pure.

A number that only one person has (BSN, date of birth) is enough. A name is not: it counts beside what makes it a
client's (a diagnosis, an age, a home address, care), or where the message calls that person a client.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.rules.first_names import FIRST_NAMES, LOWER_TOO, WORDS

NAME, BIRTHDATE = "naam", "geboortedatum"
NEAR = 110  # characters between a name and what is told about that person

_PARTICLE = r"(?:[Vv]an|[Dd]e|[Dd]er|[Dd]en|[Tt]en|[Tt]er|[Tt]e|[Ee]l|[Aa]l|[Bb]en|[Vv]on|[Dd]u|[Ll]a|'t|’t|in|op)"
_CAPITAL = r"(?:[A-ZÀ-Þ](?=[\w'’]{0,20}[a-zß-ÿ])[\w'’]{1,24}(?:-\w{1,24})?)"
_INITIALS = r"(?:(?:[A-Z]\.\s?){1,4})"
_NO_FIRST_NAME = (
    r"(?:Mag|Kan|Namens|Jeugdige|Jongere|Zorgvrager|Betreft|Kandidaat|Patiënt|Kunnen|Kunt|Is|Zijn|Heeft|Hebben|Wij|We|Onze|Ons|Mijn|Mevrouw|Mevr|Meneer|Met|Deze|De|Het|Een|Als|Bij|Voor"
    r"|Van|Naar|Over|Wie|Wat|Hoe|Waar|Wanneer|Welke|Dat|Dit|En|Maar|Ook|Moet|Telt|Geldt|Blijft|Beste|Geachte|Dear|Can|The"
    r"|My|Our|Volgens|In|Op|Cli[eë]nte?|Deelne\w+|Bewo\w+|Graag|Omdat|Nu|Sinds|Vandaag|Morgen|Wil|Wilt|Zou|Hallo|Hoi)\b"
)
_FULL_NAME = re.compile(
    rf"\b(?!{_NO_FIRST_NAME})(?P<first>{_CAPITAL}) +(?:{_PARTICLE} +){{0,3}}(?:{_CAPITAL}|[A-Z]\.)(?![\w])"
)
_TITLED = re.compile(
    rf"\b(?:[Mm]evrouw|[Mm]evr\.?|[Mm]w\.?|[Mm]eneer|[Dd]hr\.?|[Dd]e heer|[Mm]r\.|[Mm]rs\.?)\s+"
    rf"(?P<name>{_INITIALS}?(?:{_PARTICLE} ){{0,3}}{_CAPITAL}(?:\s+(?:{_PARTICLE}\s+)*{_CAPITAL})?)"
)
_CLIENT = (
    r"(?:cli[eë]nte?|deelne(?:e?m)(?:er|ster)|bewo(?:ner|onster)|pati[eë]nte?|kandida(?:at|te)|klant|cursist|zorgvrager"
    r"|jeugdige|jongere|werkzoekende)"
)
_FAMILY = (
    r"(?:zoon|dochter|zus(?:je)?|broer(?:tje)?|man|vrouw|moeder|vader|partner|vriend(?:in)?|buurman|buurvrouw|neef|nicht"
    r"|jongen|meisje|dame|son|daughter|brother|sister|husband|wife)"
)
_CALLED = re.compile(
    rf"(?i:\b(?P<kind>{_CLIENT}|{_FAMILY}))(?i:\s+(?:van \d\d|van ons|genaamd|heet|named|is))?[\s,:]+"
    rf"(?P<name>(?:{_PARTICLE}\s+){{0,3}}{_CAPITAL}(?:\s+(?:{_PARTICLE}\s+){{0,3}}(?:{_CAPITAL}|[A-Z]\.?))?"
    rf"|{_INITIALS}(?:(?:{_PARTICLE}\s+){{0,3}}{_CAPITAL})?)(?!\w)"
)
_ALONE = re.compile(
    rf"(?<![\w.])(?P<name>{_CAPITAL}|(?:[A-Z]\.\s?){{2,3}})\s*[,(]\s*(?P<detail>\d{{2}}\b|geb\b|BSN|bsn)"
)
_APPOSED = re.compile(
    rf"(?<![\w.])(?!{_NO_FIRST_NAME})(?P<name>(?:{_CAPITAL} +)?(?:{_PARTICLE} +){{0,3}}{_CAPITAL})\s?[,(]\s?(?i:(?:een|onze|mijn) )?{_CLIENT}\b(?!en)"
)
_LOWER = re.compile(
    rf"(?i)\b(?:{_CLIENT}|{_FAMILY}|mevrouw|meneer|mevr|dhr|mw)\s+(?P<name>(?!{_FAMILY}\b|{_CLIENT}\b)[a-zß-ÿ]{{3,}}"
    rf"(?:\s+(?:{_PARTICLE}\s+)?[a-zß-ÿ]{{3,}})?)\s*(?:\(|,)\s*(?:\d{{2}}\b|geb\b|bsn\b|geboren\b|woont\b)"
)
_INITIALED = re.compile(
    rf"(?P<name>(?<![\w.])(?:[A-Z]\.\s?){{1,4}}(?:{_PARTICLE}\s+){{0,3}}{_CAPITAL}"
    rf"|(?<![\w.])(?:[A-Z]\.\s?){{2,3}}(?![a-z])|\b(?i:{_CLIENT})\s+[A-Z]\b\.?)"
)
_FIRST_NAME = re.compile(r"(?<![\w@.-])[a-zß-ÿA-ZÀ-Þ]{2,14}(?![\w@])")
_SURNAME = re.compile(rf" +(?:{_PARTICLE} +){{0,3}}{_CAPITAL}(?!\w)| +(?:{_PARTICLE} +){{1,3}}[a-zß-ÿ]{{3,20}}(?!\w)")
_HIDDEN_LOWER = re.compile(
    rf"(?i)\b(?:{_CLIENT})\s+(?P<name>(?P<first>[a-zß-ÿ]{{2,14}})(?:\s+(?:{_PARTICLE}\s+){{0,3}}[a-zß-ÿ]{{3,20}})?)(?!\w)"
)
_NO_SURNAME = frozenset(
    [
        "heeft",
        "had",
        "is",
        "was",
        "wil",
        "wilde",
        "zit",
        "zat",
        "kan",
        "kon",
        "mag",
        "gaat",
        "ging",
        "komt",
        "kwam",
        "krijgt",
        "kreeg",
        "werkt",
        "werkte",
        "woont",
        "woonde",
        "moet",
        "moest",
        "en",
        "of",
        "met",
        "uit",
        "van",
        "die",
        "dat",
        "in",
        "op",
        "bij",
        "voor",
        "naar",
        "aan",
        "niet",
        "ook",
        "al",
        "weer",
        "nog",
        "nu",
        "zoekt",
        "slikt",
        "hoort",
        "gebruikt",
        "start",
        "stopt",
        "loopt",
        "doet",
        "zou",
        "zal",
        "wordt",
        "werd",
        "geboren",
        "heet",
    ]
)
_CLIENT_BEFORE = re.compile(rf"(?i)\b{_CLIENT}[ :,]{{1,3}}$")
_WE = re.compile(r"(?i)\b(?:wij|we|cli[eë]nten|pati[eë]nten|deelnemers|bewoners|mensen|doelgroep|vanuit|organisatie)\b")
_OURSELVES = re.compile(
    r"(?i)\b(?:ik ben|ik heet|mijn naam is|met|beste|geachte|groeten?|hallo|hoi|dag|namens|sint|st|stichting|coach|collega|behandelaar)[\s,.:]*(?:[A-Z][\w.]+ +(?:en|,) +)?$"
)
_INSTITUTE = re.compile(r"(?i)[ -]?(?:\w*ziekenhuis|\w*kliniek|stichting|groep|\w*zorg|college|instituut|fonds|huis)\b")
_BIRTHDAY = re.compile(r"^[^\n\d]{0,25}?(?P<date>\b\d{1,2}[-/. ]\d{1,2}[-/. ](?:19[2-9]\d|200\d|201[0-2]))(?!\d)")

_ABOUT_A_CLIENT = re.compile(
    r"(?i)\b(?:gediagnosticeerd|diagnose|schizo\w+|psycho(?:se|ses|tisch\w*)|depress\w+|bipola\w+|borderline|ptss|ptsd"
    r"|angststoornis\w*|paniek\w*|anorexia|boulimia|autis\w+|adhd|add|verslaa?v\w*|alcohol\w*|drugs\w*"
    r"|\w*stoornis(?:sen)?|lvb|verstandelijke beperking|suicid\w*|suïcid\w*|opgenomen|opname|medicatie|in behandeling"
    r"|behandelplan|dossier|in zorg|uit zorg|trauma\w*|dwang\w*|manisch\w*|wa(?:nen|an\w+)|stemmen|disorder"
    r"|zelfmoord\w*|zelfdoding|odd|ass|wajong|ziektewet|bewind|lithium|depot|cli[eë]nt(?:e|nummer|nr)?\b(?!en)|burn-?out"
    r"|(?:1[5-9]|[2-7]\d) ?(?:jaar|jr|j\.)|geb\b|geboren|bsn)\b|\((?:1[5-9]|[2-7]\d)(?=[ ,)j])|,\s*(?:1[5-9]|[2-7]\d)\s*,"
    r"|\((?:19[4-9]\d|200\d)\)"
)
_ADDRESS = re.compile(
    r"\[adres\]|\b[A-ZÀ-Þ][\w'’]{0,25}?(?:straat|laan|weg|plein|hof|dreef|kade|singel|gracht|dijk|plantsoen|steeg)\s+\d{1,4}"
)
_LIVES = re.compile(r"(?i)\b(?:woont|wonende|woonachtig|woonadres|thuisadres|lives)\b")
_NUMBER_OF_A_PERSON = re.compile(
    r"(?i)\b(?:bsn|burgerservice\w*|sofi\w*)\b[^\d\n]{0,30}\d[\d .\-]{6,}\d"
    r"|\b(?:geb\.?|geboren|geboortedatum|born|dob)\b[^\d\n]{0,25}(?:\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}|\d{1,2}\s?[a-z]{3,9}\b\.?"
    r"(?:\s?\d{2,4})?|(?:19|20)\d\d)"
)
_BORN_ORGANISATION = re.compile(
    r"(?i)\b(?:idee|plan|project|samenwerking|initiatief|organisatie|stichting|ips)\b[^.\n]{0,30}$"
)

_AT_WORK = re.compile(
    r"(?i)\b(?:psychiater|psycholoog|behandelaar|arts|dr|drs|prof|professor|hoogleraar|mr|ir|collega'?s?|trajectbegeleid(?:er|ster)"
    r"|begeleid(?:er|ster)|coach|jobcoach|teamleider|auditor|adviseur|trainer|docent|directeur|bestuurder|manager|schrijver"
    r"|auteur|onderzoeker|wethouder|coördinator|coordinator|contactpersoon|casemanager|journalist|beste|geachte|dear|groet"
    r"|hallo|hoi|hi|dag|(?:groet|groeten|groetjes) van|namens|kwartiermaker|voorzitter|projectleider|redactie)[\s,.:]*$"
    r"|(?:^|\n)[> ]*(?:van|aan|cc|from|to):\s*$"
)
_NOT_A_PERSON = re.compile(
    r"(?i)\b(?:ggz|stichting|buro|bureau|\w*zorg|fact|ips\w*|uwv|phrenos|movisie|vgn|gemeente|kenniscentrum|centrum|team"
    r"|groep|midden|noord|zuid|oost|west|limburg|holland|werk\w*|praktijk\w*|handreiking|projectplan|adviesrapport"
    r"|kwaliteit\w*|modeltrouw|cordaan|pluryn|arkin|kannerhuis|arkel|altrecht|schrikker|albert heijn|den (?:haag|bosch|dolder|helder)|arntsz\w*|gogh|constandse|foreest|querido|schutter|bosch|kliniek"
    r"|\w+kliniek|at work|heils|supported|employment|verwey\w*|jonker|simpel|switchen|instituut|amsterdam|utrecht|rotterdam|nederland|belgië|vlaanderen|wet|wmo|wlz"
    r"|excel|word|teams|outlook|google|slack|iphone|bsn|ptss|lvb|epa|cmd|hoofdzaak|werken|met|deze|die|dit|een|het|de|wij"
    r"|onze|ons|mijn|als|bij|kan|mag|wie|wat|hoe|dank|alvast|collega\w*|allen|iedereen|graag|hij|zij|ze|er|en|maar|of|ook|voor|van)\b"
)


@dataclass(frozen=True)
class Found:
    """A piece of a client's data in a text: where it stands and what it is (naam, geboortedatum)."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class ClientData:
    """Whether a text holds a client's personal data, and the names and dates of birth among it."""

    present: bool
    found: tuple[Found, ...] = ()

    def hide(self, text: str) -> str:
        """Return the text with a placeholder for each piece that was found."""
        for piece in sorted(self.found, key=lambda each: -each.start):
            text = f"{text[: piece.start]}[{piece.kind}]{text[piece.end :]}"
        return text


def client_data(text: str) -> ClientData:
    """Return what a message (without its signature) tells about a client who can be recognised."""
    names = _apart(_names(text))
    number = any(
        not _BORN_ORGANISATION.search(text[max(0, m.start() - NEAR) : m.start()])
        for m in _NUMBER_OF_A_PERSON.finditer(text)
    )
    if not (names or number):
        return ClientData(False)
    return ClientData(True, _apart((*names, *_birthdays(text, names), *_again(text, names))))


def _names(text: str) -> Iterator[Found]:
    """Yield the names of people of whom the message tells what makes them a client."""
    for match in _CALLED.finditer(text):
        is_client = bool(re.fullmatch(rf"(?i){_CLIENT}", match["kind"]))
        if _is_name(match["name"]) and (is_client or _told_about(text, match.start("name"), match.end("name"))):
            yield Found(match.start("name"), match.end("name"), NAME)
    for pattern, group in ((_TITLED, "name"), (_FULL_NAME, 0), (_INITIALED, "name")):
        for match in pattern.finditer(text):
            start, end = match.span(group)
            at_work = pattern is not _TITLED and _is_at_work(text, start, end)
            told = _told_about(text, start, end) or _CLIENT_BEFORE.search(
                text[max(0, match.start() - 30) : match.start()]
            )
            if _is_name(match[group]) and not at_work and told:
                yield Found(start, end, NAME)
    for pattern in (_ALONE, _LOWER, _APPOSED):
        for match in pattern.finditer(text):
            if _is_name(match["name"]) and not _is_at_work(text, match.start("name"), match.end("name")):
                yield Found(match.start("name"), match.end("name"), NAME)
    yield from _first_names(text)


def _first_names(text: str) -> Iterator[Found]:
    """Yield first names, perhaps with more behind them, of whom something close by tells that it is a client."""
    for match in _FIRST_NAME.finditer(text):
        first, start, end = match[0], *match.span()
        if first not in LOWER_TOO and not (first[0].isupper() and first.lower() in FIRST_NAMES):
            continue
        if surname := _SURNAME.match(text, end):
            end = surname.end()
        ours = _OURSELVES.search(text[max(0, start - 40) : start]) or _INSTITUTE.match(text, end)
        if _is_name(text[start:end]) and not ours and not _is_at_work(text, start, end):
            after = _WE.split(text[end : end + NEAR // 2].partition("\n")[0], maxsplit=1)[0]
            if _ABOUT_A_CLIENT.search(after) or _CLIENT_BEFORE.search(text[max(0, start - 30) : start]):
                yield Found(start, end, NAME)
    for match in _HIDDEN_LOWER.finditer(text):
        if match["first"].lower() in FIRST_NAMES - WORDS and _is_name(match["name"]):
            words = match["name"].split()
            has_surname = len(words) > 1 and words[-1].lower() not in _NO_SURNAME
            yield Found(match.start("name"), match.end("name" if has_surname else "first"), NAME)


def _birthdays(text: str, names: Iterable[Found]) -> Iterator[Found]:
    """Yield the dates beside a client's name that can only be a date of birth."""
    for name in names:
        if match := _BIRTHDAY.match(text[name.end : name.end + NEAR]):
            yield Found(name.end + match.start("date"), name.end + match.end("date"), BIRTHDATE)


def _again(text: str, names: Iterable[Found]) -> Iterator[Found]:
    """Yield where a part of a client's name stands again."""
    parts = {word for name in names for word in re.findall(r"[A-ZÀ-Þ][\w'’]{2,}", text[name.start : name.end])}
    for part in parts:
        if not re.fullmatch(rf"(?:{_PARTICLE}|Mevrouw|Meneer|Mevr|Dhr|Heer)", part):
            yield from (Found(m.start(), m.end(), NAME) for m in re.finditer(rf"\b{re.escape(part)}\b", text))


def _is_at_work(text: str, start: int, end: int) -> bool:
    """Tell whether a name is a colleague's or a sender's: what stands before it says so, unless it is called a client."""
    if re.match(rf"\s?[(,]\s?(?:een )?{_CLIENT}\b", text[end : end + 30]):
        return False
    return bool(_AT_WORK.search(text[max(0, start - NEAR) : start]))


def _is_name(words: str) -> bool:
    return not _NOT_A_PERSON.search(re.sub(rf"(?<=\s){_PARTICLE}(?=\s)|^{_PARTICLE}\s", "", words))


def _told_about(text: str, start: int, end: int) -> bool:
    """Tell whether something near the name is told about a client: same line, at most NEAR characters away."""
    before = text[max(0, start - NEAR // 2) : start].rpartition("\n")[2]
    after = _WE.split(text[end : end + NEAR].partition("\n")[0], maxsplit=1)[0]
    return bool(
        _ABOUT_A_CLIENT.search(after)
        or _ABOUT_A_CLIENT.search(before)
        or _ADDRESS.search(after)
        or _LIVES.search(after)
    )


def _apart(found: Iterable[Found]) -> tuple[Found, ...]:
    """Return the pieces in order; those that overlap are one."""
    kept: list[Found] = []
    for piece in sorted(found, key=lambda each: (each.start, -each.end)):
        if kept and piece.start < kept[-1].end:
            kept[-1] = Found(kept[-1].start, max(piece.end, kept[-1].end), kept[-1].kind)
        else:
            kept.append(piece)
    return tuple(kept)
