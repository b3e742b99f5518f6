"""Criteria by number or all at once: "1 t/m 3 zijn in orde, 6 weet ik niet", "alles behalve 7", "acht uit acht"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from bot.interview.reading.clauses import HEDGE, PROGRESS, Clause, at
from bot.interview.reading.findings import NUMBERED, UNIVERSAL, Finding
from bot.interview.reading.organisations import OWN, PARTNER
from bot.interview.reading.subjects import EACH, JOINT, SOMEBODY, Subjects
from bot.model import CRITERION_NUMBERS, Status, criterion_key

YES, NO, UNKNOWN, PARTLY, WORKING = "ja", "nee", "weet_niet", "deels", "bezig"

_STATUS = {YES: Status.VOLDOET.value, NO: Status.VOLDOET_NIET.value, UNKNOWN: Status.ONBEKEND.value}
_WORDS = {YES: "voldoet", NO: "voldoet niet", UNKNOWN: "weet je nog niet"}

_NAME = r"(?:criterium|criteria|nummer)"
_ITEM = rf"(?:(?:de |het )?{_NAME} )?[1-8](?:e)?(?![\d%]|[.,:]\d| ?(?:%|euro)| op (?:de )?\d)"
_LIST = re.compile(
    rf"(?<![\d.,:/€-])\b{_ITEM}(?: ?(?:t/m|-|,? en ook|,? en|,? &|\+|,|/|"
    rf",? ook)? ?{_ITEM}){{0,9}}\b(?![.,:]?\d)"
)
_NUMBER_OR_RANGE = re.compile(r"([1-8])(?:e? ?(?:t/m|-) ?(?:" + _NAME + r" )?([1-8]))?")
_UP_TO = re.compile(r"\b[1-8] tot [1-8]\b")
_CONTEXT = re.compile(rf"\b(?:criteri\w+|kwaliteitskader|alle 8|8 (?:uit|van de|van) 8)\b|\b{_NAME} [1-8]\b")
_FOREIGN = re.compile(
    r"\b(?:scenario'?s?|optie|opties|vraag|vragen|stap|stappen|bijlage|document|hulpdocument|hulpdocumenten|"
    r"figuur|hoofdstuk|"
    r"paragraaf|artikel|bron|fase|vorm|praktijkscenario'?s?|locatie|route|variant|deel|tabel|pagina|januari|"
    r"februari|maart|april|"
    r"mei|juni|juli|augustus|september|oktober|november|december|om|rond|sinds|over|team|schaal|niveau|met zijn|"
    r"er|nog|die|"
    r"de|het|alle|deze|onze|ons|hun|een|per|ongeveer|circa|wij|ruim|minimaal|maximaal|bijna)$"
)
_AFTER = re.compile(
    r"^ ?(?:$|[,.;:=?!()-]|(?:halen|haal|haalt|voldoen|voldoet|voldaan|zijn|is|in|op|ok|oke|ja|nee|neen|niet|"
    r"wel|weet|weten|lukt|lukken|"
    r"zit|zitten|staat|staan|hebben|heb|kunnen|kan|missen|mis|ontbreekt|ontbreken|moet|moeten|gaan|gaat|werken|"
    r"werkt|geen|"
    r"deels|half|nog|twijfel|twijfelen|daar|dat|die|prima|goed|groen|rood|onbekend|onzeker|durf|ook|allemaal|na|"
    r"naar|we|wij|"
    r"ik|gedeeltelijk|bijna|behaald|gehaald|geregeld|akkoord|klopt|blijft|blijven|onduidelijk|sowieso|zeker|net|"
    r"maar|snap|"
    r"worden|wordt|van|toch|juist|lastig|moeilijk|een|aan|gedaan|rond|ontbreekt|mee|lijkt|denk|soms|want|omdat|"
    r"helaas|samen|voor|dus|al|"
    r"x|v|j|n|ben|nvt|check|behalve|en|over)\b)"
)
_ALL = re.compile(
    r"\b(?:alle 8(?: (?:de )?criteria| punten)?(?! \w*(?:clienten|client|trajectbegeleiders|begeleiders|teams|"
    r"mensen|gemeenten|"
    r"organisaties|instellingen|partners|locaties|jaar|maanden|vragen|collega's|stappen|opties))|alle (?:de )?criteria|"
    r"(?:de|aan|onze) 8 criteria|8 criteria|8 (?:uit|van de|van|op de|op) (?:de )?8\b(?!\.\d)|elk criterium|"
    r"ieder criterium|alle criterium|"
    r"aan alles|overal aan|alles|allemaal|alle(?= (?:behalve|op \d|wel|ja|in orde|ok|halen|uitgezonderd)))\b"
)
_STRONG_ALL = re.compile(r"8|criteri")
_NONE = re.compile(
    r"\b(?:geen enkel criterium|geen enkele criteria|geen (?:1|een) criterium|geen van (?:de |"
    r"alle |die )?(?:8|criteria|alle)(?: criteria)?|"
    r"aan geen enkele?|nul van de 8|0 van de 8|0 criteria)\b"
)
_COUNT = re.compile(
    r"\b(?:(?P<n>[0-7]) (?:uit|van de|van|op de) (?:de )?8\b(?: criteria)?|(?P<m>[1-7]) criteria|er (?:ook |"
    r"wel |maar |zelf |nu )?(?P<k>[1-7])\b(?! \w)|"
    r"op (?P<minus>[1-7]) na (?:aan )?(?:alle|alles|allemaal)\b(?: criteria)?|(?:alle|alles|"
    r"allemaal)(?: 8)?(?: de)?(?: criteria)? op (?P<less>[1-7]) na|"
    r"(?P<vague>de meeste(?: criteria)?|bijna alle(?: 8)?(?: criteria)?|bijna alles|bijna allemaal|"
    r"bijna elk criterium|een paar(?: criteria)|sommige criteria|"
    r"een aantal criteria|enkele criteria|de helft(?: van de criteria)|vrijwel alle(?:s|maal)?(?: criteria)?|"
    r"zo goed als alle(?:s|maal)?(?: criteria)?)\b)"
)
_REST = re.compile(
    r"\b(?:de rest|de andere(?:n)?(?: criteria| \d)?|de overige(?:n)?(?: criteria)?|"
    r"al het andere|de andere criteria|verder alles|de resterende)\b"
)
_EXCEPT_LEFT = re.compile(
    r"\b(?:behalve(?: aan)?|uitgezonderd|met uitzondering van|buiten|behoudens|exclusief|"
    r"zonder|op|minus|uitgenomen)(?: voor)?(?: het| de| aan)? $"
)
_ALL_YES = re.compile(r"alles (?:is )?(?:ja|ok|oke|in orde|op orde)|(?:ja|ok|oke) (?:op|bij) alles")
_EXCEPT_WORDS = re.compile(r"\b(?:behalve|uitgezonderd|met uitzondering van|behoudens|op (?:\w+ ){1,4}na)\b")
_EXCEPT_RIGHT = re.compile(r"^ ?na\b")

_CUT = re.compile(
    r",|[():;]| - |=|\.(?!\d)| (?=(?:maar|terwijl|doch|alleen|want|omdat|en (?!ook \d|\d)|behalve|"
    r"verder|al|hoewel)\b)|[!?]+"
)

_KNOWING = re.compile(
    r"\b(?:snap|snappen|begrijp|begrijpen|sla|overslaan|terug|ga naar|ingevuld|ken|kennen|kent|lees|lezen|"
    r"gelezen|bekijk|bekijken|doornemen|doorlopen|nalopen|langslopen|"
    r"langs te lopen|invullen|uitleg|"
    r"uitleggen|leg|vertel|toelichten|toelichting|betekent|betekenen|bedoel je|gehoord|gaat over|gaan over|laat|"
    r"tonen|noem|noemen|"
    r"staan er|staat er|beantwoorden? we later|vragen over|vraag over|informatie|horen bij|hoort bij|nodig|"
    r"verplicht|eisen?|"
    r"moeten (?:we|wij|ze|zij|je)?|moet (?:je|men|een|ik)|bestaan|hulpdocument\w*|gelden|geldt)\b"
)
_UNKNOWN_WORDS = re.compile(
    r"\b(?:weet|weten|wist) (?:\w+ ){0,4}(?:niet|nooit)\b|\b(?:geen (?:flauw )?idee|onbekend|onzeker|twijfel\w*|"
    r"onduidelijk|kweenie|"
    r"niet (?:zeker|bekend|duidelijk|bekeken)|durf (?:ik|we) niet|(?:uitzoeken|navragen|checken|nakijken)|"
    r"weet niet|weten niet|"
    r"nog niet (?:bekeken|gekeken|uitgezocht)|geen antwoord op|kan ik niet zeggen|weetniet)\b"
)
_WORKING_ON = re.compile(r"\bwerk(?:en)? (?:we|wij|ik)\b|\baan (?:wordt )?(?:ge)?werk(?:en|t)?\b")
_PARTLY_WORDS = re.compile(
    r"\b(?:deels|gedeeltelijk|half|bijna|soms|niet helemaal|niet volledig|grotendeels|beetje|matig|wisselend|"
    r"lastig|moeilijk|krap|"
    r"twijfelachtig|ongeveer|nog niet helemaal|meestal|misschien|hopelijk|zou|zouden|straks|binnenkort)\b"
)
_NO_WORDS = re.compile(
    r"\b(?:n|noch|niet|geen|nee|neen|missen|mis|mist|ontbreek\w*|ontbreken|rood|onvoldoende|nooit|"
    r"nergens|niks|tekort|zonder|gezakt|fout)\b"
)
_YES_WORDS = re.compile(
    r"\b(?:j|ja|jawel|halen|haal|haalt|haalden|voldoe|voldoen|voldoet|voldaan|orde|ok|oke|okay|prima|goed|groen|"
    r"gelukt|lukt|lukken|geregeld|wel|"
    r"kunnen|kan|behaald|gehaald|akkoord|klopt|kloppen|zeker|check|vinkje|staan|staat|hebben|heeft|dekken|"
    r"redden|in huis|rond|groene|yes|scoren|binnen|positief)\b"
)


_MOST_LISTS = 40
_ONLY_ALL = re.compile(
    r"^(?:(?:met|en|ook|elk|ieder|alle|\d|los|van|elkaar|voor|zich|apart|zelfstandig|zelf|"
    r"gewoon|dus)\b\W*)*$"
)
_FIRST_LAST = re.compile(
    r"\b(?:de )?(eerste|laatste) ([2-7])(?: criteria)?\b(?! (?!wel|niet|ja|nee|halen|zijn|"
    r"ok|oke|in|op|voldoen|weet|lukken|nog|missen)\w)"
)
_JUDGED_BEFORE = re.compile(
    r"\b(?:voldoen|voldoet|halen|missen|scoren)(?: (?:we|wij|ik))?(?: (?:aan|op|alleen|"
    r"wel|ook|nog|niet|goed))*$"
)
_JUDGED_AFTER = re.compile(r"^ ?[:=]? ?(?:j|n|ja|nee|neen|wel|niet|ok|oke|weet|geen idee|deels|onbekend|prima|goed)\b")


@dataclass(frozen=True)
class _Item:
    """A piece of text about criteria: `kind` list, all, none, rest or count; what numbers; whether an exception."""

    kind: str
    start: int
    end: int
    numbers: tuple[int, ...] = ()
    excepted: bool = False
    count: int | None = None
    ands: int = 0


@dataclass
class _Part:
    """A stretch of a sentence with its items and polarity."""

    items: list[_Item]
    text: str
    start: int
    polarity: str | None = None
    hedged: bool = False


def read_bulk(text: str, clauses: Sequence[Clause], subjects: Subjects, pending: str | None) -> list[Finding]:
    """Return what a normalised message says about criteria by number, or about all of them."""
    context = _CONTEXT.search(text) is not None or (pending or "").startswith("criteria")
    everything = pending == criterion_key(1) and _ALL_YES.fullmatch(text.strip(" .!")) is not None
    loose = pending == "criteria" or everything or _CONTEXT.search(text) is not None
    items = _items(text, context, loose=loose, short=len(text.split()) <= 8)
    if not items:
        return []
    if _unreadable(text, items):
        return [
            Finding(
                "criteria", items[0].start, weight=NUMBERED, unclear="welke criteria halen jullie wel en welke niet?"
            )
        ]
    parts = _parts(text, items)
    _fill(parts, lone=len(text.split()) <= 6)
    return _findings(parts, clauses, subjects, pending)


# --- finding the items -------------------------------------------------------------------------------------------


def _unreadable(text: str, items: Sequence[_Item]) -> bool:
    """Say whether the message has an exception or a range that we can't read, so that a bulk yes would be too much."""
    excepted = any(item.excepted for item in items)
    everything = any(item.kind in ("all", "rest") for item in items)
    return (everything and not excepted and _EXCEPT_WORDS.search(text) is not None) or _UP_TO.search(text) is not None


def _items(text: str, context: bool, *, loose: bool, short: bool) -> list[_Item]:
    taken: list[tuple[int, int]] = []
    items: list[_Item] = []

    def free(start: int, end: int) -> bool:
        return all(end <= a or start >= b for a, b in taken)

    def add(item: _Item) -> None:
        taken.append((item.start, item.end))
        items.append(item)

    for match in _FIRST_LAST.finditer(text) if context else ():
        amount = int(match[2])
        numbers = range(1, amount + 1) if match[1] == "eerste" else range(9 - amount, 9)
        add(_Item("list", match.start(), match.end(), tuple(numbers)))
    for match in _NONE.finditer(text):
        add(_Item("none", match.start(), match.end(), CRITERION_NUMBERS))
    for match in _COUNT.finditer(text):
        if match["vague"] and not loose:
            continue
        if free(*match.span()) and (context or any(match[group] for group in ("n", "m", "minus", "less"))):
            item = _count(match, context)
            if item:
                add(item)
    for match in _ALL.finditer(text):
        if free(*match.span()) and (_STRONG_ALL.search(match.group()) or loose or (short and "behalve" in text)):
            add(_Item("all", match.start(), match.end(), CRITERION_NUMBERS))
    if (context or items) and _LIST.search(text):
        for match in _REST.finditer(text):
            if free(*match.span()):
                add(_Item("rest", match.start(), match.end()))
    rest = text
    for start, end in taken:
        rest = rest[:start] + "#" * (end - start) + rest[end:]
    lists = list(islice(_LIST.finditer(rest), _MOST_LISTS))
    judged = [match for match in lists if _JUDGED_AFTER.match(text[match.end() :]) and _is_criteria(text, match)]
    sure = (
        context
        or len(judged) > 1
        or any(_sure_list(text, match) for match in lists)
        or any(item.kind == "all" for item in items)
    )
    for match in lists if sure else ():
        if _is_criteria(text, match):
            for item in _list_items(text, match):
                add(item)
    return sorted(items, key=lambda item: item.start)


def _count(match: re.Match[str], context: bool) -> _Item | None:
    if match["vague"]:
        return _Item("count", match.start(), match.end()) if context or "criteri" in match.group() else None
    minus = match["minus"] or match["less"]
    number = 8 - int(minus) if minus else int(match["n"] or match["m"] or match["k"])
    return _Item("count", match.start(), match.end(), count=number)


_SURE_AFTER = re.compile(
    r" (?:(?:zijn|zitten|staan|is|hebben|halen|haal|voldoen|lukken|lukt|zit|staat) ?(?:we|wij|ik|dat|er|"
    r"allemaal|wel|ook)? ?(?:in orde|op orde|ok|oke|goed|prima|"
    r"groen|niet|wel|geregeld|$|[,.;])|ja\b|nee\b|weet ik niet|weten we niet|werken we|wel\b|niet\b|in orde|"
    r"op orde|ok\b|oke\b|goed\b|halen we|halen wij|voldoen we|haal ik)"
)


def _sure_list(text: str, match: re.Match[str]) -> bool:
    """Say whether a list shows by itself that it is about criteria: several numbers and a judgement right after."""
    several = len(_NUMBER_OR_RANGE.findall(match.group())) > 1 or "t/m" in match.group()
    after = text[match.end() : match.end() + 40]
    judged = _SURE_AFTER.match(
        after,
    )
    named_first = _JUDGED_BEFORE.search(text[: match.start()].rstrip()) is not None
    return several and (judged is not None or named_first) and _is_criteria(text, match)


_TOWARDS_CRITERIA = re.compile(r"\b(?:criteria (?:\w+ )?|aan )$")
_OTHER_NUMBERED = re.compile(r"\b(?:scenario|optie|vraag|hulpdocument|document|stap)$")
_NAMED = re.compile(rf"(?:de |het )?{_NAME}\b")


def _is_criteria(text: str, match: re.Match[str]) -> bool:
    named = _NAMED.match(match.group())
    left, right = text[: match.start()].rstrip(" ("), text[match.end() :]
    if named:
        return not _OTHER_NUMBERED.search(left)
    if _FOREIGN.search(left) and not _TOWARDS_CRITERIA.search(left):
        return False
    return _AFTER.match(right) is not None


def _list_items(text: str, match: re.Match[str]) -> list[_Item]:
    """Return the list as one item, or as two where the numbers start over ("1, 2, 5 en 3 en 4 niet")."""
    pieces = list(_NUMBER_OR_RANGE.finditer(match.group()))
    for before, after in pairwise(pieces):
        if int(after[1]) < int(before[2] or before[1]):
            cut = match.start() + after.start()
            return [_list_item(text, match.start(), match.start() + before.end()), _list_item(text, cut, match.end())]
    return [_list_item(text, match.start(), match.end())]


_AFTER_OP_THE = re.compile(r"\bop (?:de |het )?$")
_AFTER_OP = re.compile(r"\bop $")


def _list_item(text: str, start: int, end: int) -> _Item:
    numbers: set[int] = set()
    for first, last in _NUMBER_OR_RANGE.findall(text[start:end]):
        numbers.update(range(int(first), int(last) + 1) if last else (int(first),))
    left, right = text[:start], text[end:]
    after_op = _AFTER_OP.search(left) is not None or _AFTER_OP_THE.search(left) is not None
    excepted = _EXCEPT_LEFT.search(left) is not None and (not after_op or _EXCEPT_RIGHT.match(right) is not None)
    return _Item("list", start, end, tuple(sorted(numbers)), excepted, ands=text[start:end].count(" en "))


# --- cutting and weighing ----------------------------------------------------------------------------------------


def _parts(text: str, items: Sequence[_Item]) -> list[_Part]:
    cuts = [0]
    for match in _CUT.finditer(text):
        if not any(item.start < match.end() and match.start() < item.end for item in items):
            cuts.extend((match.start(), match.end()))
    cuts.append(len(text))
    parts = []
    for start, end in pairwise(cuts):
        inside = [item for item in items if start <= item.start < end]
        if inside or text[start:end].strip(" ,:;=()-.!?"):
            parts.extend(_split_run(text, start, end, inside))
    return parts


_ONLY_LEADIN = re.compile(r"(?:dus|ok|oke|nou|en|van)")


def _split_run(text: str, start: int, end: int, inside: list[_Item]) -> list[_Part]:
    """Cut "1 ja 2 nee 3 ja" before each item, and "ja 1 nee 2" after each; one item is one part."""
    plain = [item for item in inside if not item.excepted]
    if len(plain) < 2:
        return [_Part(inside, _blanked(text, start, end, inside), start)]
    lead = text[start : plain[0].start].strip()
    at_front = not _polarity(lead) or _ONLY_LEADIN.fullmatch(lead)
    marks = [item.start for item in plain[1:]] if at_front else [item.end for item in plain[:-1]]
    edges = [start, *marks, end]
    return [
        _Part([item for item in inside if a <= item.start < b], _blanked(text, a, b, inside), a)
        for a, b in pairwise(edges)
    ]


_SPACES = re.compile(r" +")


def _blanked(text: str, start: int, end: int, items: Sequence[_Item]) -> str:
    piece, shift = text[start:end], start
    for item in items:
        if start <= item.start and item.end <= end:
            a, b = item.start - shift, item.end - shift
            piece = piece[:a] + " " * (b - a) + piece[b:]
    return _SPACES.sub(" ", piece).strip()


_NIET = re.compile(r"\bniet\b")
_WEL = re.compile(r"\bwel\b")


def _polarity(text: str) -> str | None:
    if _UNKNOWN_WORDS.search(text):
        return UNKNOWN
    if PROGRESS.search(text) or _WORKING_ON.search(text):
        return WORKING
    if _KNOWING.search(text):
        return None
    if _PARTLY_WORDS.search(text):
        return PARTLY
    no, yes = _NO_WORDS.search(text), _YES_WORDS.search(text)
    if no:
        both = _WEL.search(text) and _NIET.search(text)
        return None if both else NO
    return YES if yes else None


def _fill(parts: list[_Part], *, lone: bool) -> None:
    """Give each part with items its polarity: its own, else that of the neighbour that completes it."""
    for index, part in enumerate(parts):
        part.polarity = PARTLY if _ambiguous(part) else _polarity(part.text)
        part.hedged = HEDGE.search(part.text) is not None and part.polarity in (YES, NO)
        if part.items and part.polarity is None and not _KNOWING.search(part.text):
            part.polarity = _completed(parts, index, lone)


_YES_THEN_NO = re.compile(r"\b(?:halen|voldoen) .*\bniet\b")


def _ambiguous(part: _Part) -> bool:
    """Say whether "we halen 1, 2 en 3 en 6 niet" may stop being a yes halfway the list."""
    text = part.text
    return any(item.ands > 1 for item in part.items) and bool(_YES_THEN_NO.search(text))


def _completed(parts: list[_Part], index: int, lone: bool) -> str | None:
    following = parts[index + 1] if index + 1 < len(parts) else None
    if following and not following.items and len(following.text.split()) <= 6 and _polarity(following.text):
        return _polarity(following.text)
    part = parts[index]
    if all(item.excepted for item in part.items):
        return None
    if index and parts[index - 1].items and parts[index - 1].polarity in (YES, NO):
        return parts[index - 1].polarity
    kinds = {item.kind for item in part.items}
    if index and not parts[index - 1].items and len(part.text.split()) <= 3 and _polarity(parts[index - 1].text) == YES:
        return YES
    if "all" in kinds and (lone or any(item.excepted for item in part.items)):
        return YES
    return YES if "all" in kinds and _ONLY_ALL.match(part.text) else None


# --- from parts to findings --------------------------------------------------------------------------------------


def _findings(
    parts: Sequence[_Part], clauses: Sequence[Clause], subjects: Subjects, pending: str | None
) -> list[Finding]:
    by_subject: dict[str, list[_Part]] = {}
    for part in parts:
        if not part.items or (part.polarity is None and not _harmless(part)):
            continue
        where = part.items[0].start
        clause = at(clauses, where)
        by_subject.setdefault(_asked_about(subjects.of_position(clause, where), clause, pending), []).append(part)
    found: list[Finding] = []
    for subject, group in by_subject.items():
        found.extend(_of_subject(subject, group, subjects))
    return found


_SPEAKER = re.compile(r"\b(?:we|wij|onze|ons|ik)\b")


def _asked_about(subject: str, clause: Clause, pending: str | None) -> str:
    """After a question about the partner, or about both together, an answer without a subject is about them."""
    if subject == OWN and pending == "jointly_meets_criteria":
        return JOINT
    ours = _SPEAKER.search(clause.text)
    return PARTNER if subject == OWN and pending == "partner_meets_criteria" and not ours else subject


def _harmless(part: _Part) -> bool:
    return all(item.excepted or item.kind in ("none", "count") for item in part.items)


def _of_subject(subject: str, parts: Sequence[_Part], subjects: Subjects) -> list[Finding]:
    if subject == JOINT:
        return _as_one("jointly_meets_criteria", parts)
    if subject == PARTNER:
        return _as_one("partner_meets_criteria", parts)
    if subject == SOMEBODY:
        return []
    own = _own(parts)
    return own + (_as_one("partner_meets_criteria", parts) if subject == EACH and subjects.has_partner else [])


def _as_one(key: str, parts: Sequence[_Part]) -> list[Finding]:
    """All eight or not, for a partner or for the coalition."""
    values = _tally(parts)
    where = parts[0].items[0].start
    counted = any(item.count is not None for part in parts for item in part.items)
    not_all = any(part.polarity == NO and item.kind == "all" for part in parts for item in part.items)
    if NO in values.values() or counted or not_all:
        return [Finding(key, where, False)]
    if len(values) == 8 and all(value == YES for value in values.values()):
        return [Finding(key, where, True)]
    return []


def _tally(parts: Sequence[_Part]) -> dict[int, str]:
    values: dict[int, str] = {}
    for part in parts:
        for number, polarity, _ in _part_values(part, values):
            values[number] = polarity
    return values


def _part_values(part: _Part, earlier: dict[int, str]) -> list[tuple[int, str, int]]:
    """Return (criterion, polarity, weight) of a part, exceptions inverted and the rest worked out."""
    polarity = part.polarity
    excepted = {number for item in part.items if item.excepted for number in item.numbers}
    values: list[tuple[int, str, int]] = []
    for item in part.items:
        if item.kind == "none":
            values += [(number, NO, UNIVERSAL) for number in CRITERION_NUMBERS]
        elif item.excepted:
            inverse = {YES: NO, NO: YES}.get(polarity or YES, UNKNOWN)
            if inverse != YES:
                values += [(number, inverse, NUMBERED) for number in item.numbers]
        elif polarity and item.kind == "rest":
            values += [(number, polarity, UNIVERSAL) for number in CRITERION_NUMBERS if number not in earlier]
        elif polarity and item.kind in ("all", "list"):
            weight = UNIVERSAL if item.kind == "all" else NUMBERED
            if not (item.kind == "all" and polarity == NO):
                values += [(number, polarity, weight) for number in item.numbers if number not in excepted]
    return values


def _own(parts: Sequence[_Part]) -> list[Finding]:
    values: dict[int, tuple[str, int, int, bool]] = {}
    unclear: list[Finding] = []
    named = {n for part in parts for item in part.items if item.kind == "list" for n in item.numbers}
    for part in parts:
        where = part.items[0].start
        for number, polarity, weight in _part_values(part, dict.fromkeys(named, "")):
            if number not in values or weight >= values[number][1]:
                values[number] = (polarity, weight, where, part.hedged)
        if part.polarity == NO and any(item.kind == "all" for item in part.items) and not _has_exceptions(part):
            unclear.append(Finding("criteria", where, unclear="welke criteria halen jullie niet?"))
    values, unclear_counts = _counts(parts, values)
    if len(values) == 8 and all(hedged for *_, hedged in values.values()):
        return [Finding("criteria", parts[0].items[0].start, unclear="welke criteria halen jullie zeker?")]
    found = [_finding(number, *value) for number, value in sorted(values.items())]
    return found + ([] if len(values) == 8 else unclear + unclear_counts)


def _has_exceptions(part: _Part) -> bool:
    return any(item.excepted for item in part.items)


def _counts(
    parts: Sequence[_Part], values: dict[int, tuple[str, int, int, bool]]
) -> tuple[dict[int, tuple[str, int, int, bool]], list[Finding]]:
    """Use "we halen er zeven" when the message also names the ones that fail; else it is unclear which."""
    counts = [(item, part) for part in parts for item in part.items if item.kind == "count"]
    if not counts or len(values) == 8:
        return values, []
    item, part = counts[0]
    failing = {number for number, value in values.items() if value[0] == NO}
    if item.count is not None and failing and len(failing) == 8 - item.count and part.polarity != NO:
        rest = {n: (YES, UNIVERSAL, item.start, False) for n in CRITERION_NUMBERS if n not in values}
        return values | rest, []
    if part.polarity is None and item.count is None and len(part.text.split()) > 2:
        return values, []
    return values, [Finding("criteria", item.start, unclear="welke criteria halen jullie wel en welke niet?")]


def _finding(number: int, polarity: str, weight: int, where: int, hedged: bool) -> Finding:
    key = criterion_key(number)
    if polarity == WORKING:
        return Finding(key, where, weight=weight, in_progress=True)
    if polarity == PARTLY or hedged:
        return Finding(key, where, weight=weight, unclear=f"criterium {number} is nog niet zeker: wel of niet?")
    return Finding(key, where, _STATUS[polarity], f"criterium {number}: {_WORDS[polarity]}", weight)
