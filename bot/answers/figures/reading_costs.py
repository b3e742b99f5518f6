"""Which sum a message asks for, if any: "tien EPA en 5 cmd", "20 trajecten waarvan 8 cmd", "en zonder AMR?"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.answers.figures.asked import Costs, Situation, extras_of
from bot.answers.figures.words import MOST_WORDS, NUMBER, plain
from bot.model import CostBook
from bot.rules.costs import MOST_TRAJECTORIES, pilot_counts

_KIND = r"(epa|cmd)"
_TRAJ = r"(?:ips )?traject(?:en|jes?)?"
_OF = r"(?:(?:van|met|voor|type) (?:mensen |clienten |iemand )?(?:met )?(?:een )?)?"
_COSTS = re.compile(
    r"\b(?:kost|kosten|kostte|kostprijs|prijs|prijskaartje|betaal\w*|betalen|bedrag|bedragen|totaal|totale|budget"
    r"|begrot\w*|begroting|reken\w*|bereken\w*|uitrekenen|duur|euro|kwijt|optelsom|rekening|som|geld|uitgave\w*)\b|€"
    r"|\b(?:duurder|goedkoper)\b|\b(?:hoeveel|wat) (?:is|zijn|wordt)\b|="
)
_ASKS = re.compile(
    r"\?|\b(?:wat|hoeveel|welk bedrag)\b|\b(?:be)?reken\b|\bverdeel\b|^(?:en )?(?:als|stel|zonder|met)\b|="
)
# How a message begins, or what it points with, when it goes on about the last sum.
_GOES_ON = re.compile(
    r"^(?:en|maar|of|dan|stel|als|zonder|alleen|wat als|tel|verdeel|splits|nog|alles|allemaal|waarvan"
    r"|met (?!wie|welke|wat))\b|\b(?:dan|daarvan)\b"
)
_POINTS_BACK = re.compile(r"\bdat\b|\bdie\b(?! \d)")
# Another subject that has cards of its own, or that no figure of the plan can tell.
_OTHER_SUBJECT = re.compile(
    r"\b(?:uwv|lvb|verstandelijk\w*|cordaan|pluryn|gehandicapten\w*|jobcoach\w*|risico\w*|lasten|meerprijs|waarom"
    r"|verreken\w*|verrekend|fte|caseload|subsidie\w*"
    r"|(?:minder|meer) dan \d+ (?:ips )?traject\w*|te weinig|te veel|niveau|criteri\w+|phrenos"
    r"|\w*begeleiders?|coach(?:es)?|punten|modeltrouw\w*|levert? op|oplever\w*|bespa\w+|baten)\b"
)
_OTHER_TIME = re.compile(
    r"\b(?:dit jaar|volgend jaar|komend jaar|tegenwoordig|op dit moment|momenteel|actuele?|huidige)\b"
)
_OTHER_PLACE = re.compile(r"\b(?:landelijk\w*|heel nederland|andere regio'?s?|elders|buiten limburg|ergens anders)\b")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b(?! (?:epa|cmd|ips|traject))")
_EUROS = re.compile(rf"(?:€|\beuro) ?({NUMBER})(?:,-)?|({NUMBER})(?:,-)? ?(?:€|euro\b)")
_PERCENT = re.compile(rf"({NUMBER}) ?(?:%|procent\b)")
_FILLER = re.compile(
    rf"\b(?:en|plus|dus|hoi|hallo|graag|aub|svp|samen|bij elkaar|ook|nog|ips|de rest|rest|waarvan|waaronder|daarvan"
    rf"|helft|een|{_TRAJ}|{_KIND})\b|{NUMBER}|[^a-z0-9 ]|\bx\b"
)
_AMR = r"(?:amr|arbeidsmarktregio|bijdrage|bijdragen)"
_NOTHING = re.compile(
    rf"\b{_AMR}\b.{{0,30}}\b(?:niets|niks|nul|0|geen cent|geen|vervalt|wegvalt|weg|stopt|niet|afhaakt)\b"
    rf"|\b(?:zonder|geen)\b.{{0,25}}\b{_AMR}\b"
)
_PLANNED = re.compile(rf"\b(?:met|inclusief|incl|wel|weer)\b.{{0,15}}\b{_AMR}\b|\b{_AMR}\b.{{0,15}}\b(?:wel|weer)\b")
_SUPPOSES = re.compile(r"\b(?:als|stel|zonder|wanneer|mocht|geen)\b")
_ABOUT_AMR = re.compile(rf"\b{_AMR}\b")
_DIVIDE = re.compile(r"\b(?:verdeel|verdelen|verdeling|verdeeld|omslaan|uitsplitsen|splits|verdeelsleutel)\b")
_IMPERATIVE = re.compile(r"\b(?:verdeel|splits)\b")
_PER_GEMEENTE = re.compile(r"\b(?:per|elke|iedere) gemeente\b|\bgemeentes?n?\b.{0,15}\bapart\b")
_GEMEENTEN = re.compile(r"\bgemeente[ns]?\b|\bsleutel\b|\bregio\b|\b(?:dat|het|die|deze)\b")
_PLACES = re.compile(
    r"\bhoeveel (?:ips )?(?:traject\w*|plek\w*|plaats\w*|kandidat\w*)\b|\b(?:verdeel|die|de) (?:\d+ )?traject"
)
_JUST_A_PLACE = re.compile(r"(?:en|maar|dan)(?: voor| in| bij)?(?: gemeente)?(?: \w+){1,2}(?: dan)?[ ?.!]*$")
_EXTRAS = {
    "overige_kosten": re.compile(r"\boverige (?:kosten|posten)\b|\bscholing\w*\b|\bopleiding\w*\b|\binvestering\w*\b"),
    "coordinator": re.compile(r"\b(?:proces ?)?coordinator\b"),
}
_ADDS = re.compile(r"\b(?:met|inclusief|incl|plus|erbij|bij|ook|tel|erbovenop)\b")
_WITHOUT = re.compile(r"\b(?:zonder|exclusief|excl|geen|haal|laat)\b")
_PILOT = re.compile(r"\b(?:de|hele|die) pilot(?:fase)?\b")
_EXTRA_ONES = re.compile(r"\b(?:erbij|meer|extra|bovenop)\b")
_FEWER_ONES = re.compile(r"\b(?:minder|eraf)\b")
_ONLY = re.compile(r"\b(?:alleen|enkel|uitsluitend|alles)\b")
_SPAN = re.compile(rf"\d (?:(?:tot|tot en met|a|of|t/m) )?\d+ (?:{_TRAJ}\b|{_KIND})|\btussen (?:de )?\d+ en ")
_EITHER = re.compile(
    rf"\d+ (?:{_TRAJ} )?{_KIND}(?: {_TRAJ})?,?(?: duurder| goedkoper)? (?:of|dan|versus|tegen) (?:met )?\d+"
    rf" (?:{_TRAJ} )?{_KIND}"
)
_HALF = re.compile(r"\b(?:de )?helft(?: van)? (?:is |zijn )?" + _KIND)
_ALL_OF_KIND = re.compile(rf"\b(?:alleen|enkel|uitsluitend|alles|allemaal) {_KIND}\b")
_NO_KIND = re.compile(rf"\b(?:zonder|geen) (?:de )?{_KIND}\b")
_AGAIN = re.compile(
    r"(?:en )?(?:wat is |hoeveel is )?(?:dat |het )?(?:dan )?(?:in )?totaal(?: dan)?[ ?.!]*"
    r"|(?:en )?(?:wat|hoeveel) (?:betaalt|betalen|kost|blijft er|is er)(?: dat| het)?(?: dan)?(?: over)?(?: voor)?"
    r" ?(?:de )?gemeenten?(?: dan| nog| over)*[ ?.!]*|(?:en )?wat blijft er dan over[ ?.!]*"
)
_ELSEWHERE_TOO = re.compile(r"^(?:en|maar)\b|^(?:geldt|is|klopt|kost) dat\b")
_PAYS = re.compile(r"\bbijdra\w*|\bbijdroeg\b|\b(?:mee)?betaal\w*|\b(?:geeft|legt|leggen|bij)\b|€")
_MOST_WORDS_LEANING = 10


@dataclass(frozen=True)
class _Found:
    """The numbers in a message: by kind, without a kind, euros; `rest` is what is left without them."""

    typed: Mapping[str, Decimal]
    untyped: Decimal | None
    euros: tuple[Decimal, ...]
    share: Mapping[str, Decimal]  # a part of the whole, 0.5 for "de helft"
    rest: str


def read_costs(text: str, book: CostBook, situation: Situation) -> Costs | None:
    """Return the sum that a message asks for, or None when it asks for none."""
    words = plain(text, [name for share in book.shares for name in (share.gemeente, *share.names)])
    if len(words.split()) > MOST_WORDS or _OTHER_SUBJECT.search(words):
        return None
    if situation.interview and not _ASKS.search(words):
        return None
    found = _numbers(words, _counts_articles(words, situation))
    asked = _own_sum(words, found, book, situation) or _follow_up(words, found, book, situation)
    if asked is None:
        return None
    return asked if asked.problem else _elsewhere(words, book, asked) or asked


def _counts_articles(words: str, situation: Situation) -> bool:
    """Whether "een EPA" counts as one: beside another number, or after a calculation."""
    if re.search(rf"\d ?(?:{_TRAJ}\b|{_KIND})", words):
        return True
    return isinstance(situation.last, Costs) and re.match(r"(?:en|maar|nog|met|stel|dan)\b", words) is not None


# --- numbers -----------------------------------------------------------------------------------------------------


def _numbers(words: str, articles: bool) -> _Found:
    euros = tuple(Decimal(match[1] or match[2]) for match in _EUROS.finditer(words))
    rest = _YEAR.sub(" ", _EUROS.sub(" € ", words))
    share = {match[1]: Decimal("0.5") for match in _HALF.finditer(rest)}
    share |= {m[2]: Decimal(m[1]) / 100 for m in re.finditer(rf"({NUMBER}) ?(?:%|procent) (?:is )?{_KIND}", rest)}
    rest = _PERCENT.sub(" ", rest)
    if articles:
        rest = re.sub(rf"(?<!met )(?<!voor )\been (?=(?:{_TRAJ} )?{_KIND}\b)", "1 ", rest)
    typed, rest = _typed(rest)
    match = re.search(rf"({NUMBER}) ?(?:x )?{_TRAJ}\b(?! {_KIND})", rest)
    untyped = Decimal(match[1]) if match else None
    return _Found(typed, untyped, euros, share, rest.replace(match[0], " ", 1) if match else rest)


def _typed(words: str) -> tuple[dict[str, Decimal], str]:
    """Return the numbers that stand with a kind, before it ("10 epa") or after it ("epa: 10"), and the other words."""
    before = re.compile(rf"({NUMBER}) ?(?:x|keer|stuks|maal|extra)? ?(?:{_TRAJ} )?{_OF}{_KIND}\b")
    after = re.compile(rf"\b{_KIND}(?: {_TRAJ})? ?[:=x]? ?({NUMBER})")
    kind_first = re.match(rf"[^\d]*?\b{_KIND}(?: {_TRAJ})? ?[:=x]? ?{NUMBER}", words) is not None
    typed: dict[str, Decimal] = {}
    if kind_first:
        pairs = [(match[1], match[2]) for match in after.finditer(words)]
        rest = after.sub(" ", words)
    else:
        pairs = [(match[2], match[1]) for match in before.finditer(words)]
        rest = before.sub(" ", words)
    for kind, number in pairs:
        typed[kind] = typed.get(kind, Decimal(0)) + Decimal(number)
    return typed, rest


# --- a sum of its own --------------------------------------------------------------------------------------------


def _own_sum(words: str, found: _Found, book: CostBook, situation: Situation) -> Costs | None:
    """A message that names trajectories and asks what they cost, or names nothing else at all."""
    if not found.typed and found.untyped is None:
        return _pilot(words, book, situation)
    asks = _COSTS.search(words) or _ABOUT_AMR.search(words) or _IMPERATIVE.search(words)
    bare = not _FILLER.sub(" ", words).strip()
    if not asks and not (bare and found.typed):
        return None
    if (_leans_on(words, situation) and _changes_counts(words, found)) or (bare and _fills_in(found, situation)):
        return None
    unclear = _unclear(words, found)
    if unclear:
        return unclear
    if found.untyped is not None and not found.typed and not found.share and _is_pilot_size(found.untyped, book):
        asked = Costs(pilot_counts(book), pilot_assumed=True)
    else:
        asked = _counted(found, book)
    return asked if asked.problem else _variants(words, found, book, asked)


def _unclear(words: str, found: _Found) -> Costs | None:
    """A span ("10 tot 15 epa") or a choice ("10 epa of 14 cmd") is more than one sum."""
    if _SPAN.search(_YEAR.sub("", words)):
        return Costs(problem="figures_span")
    if _EITHER.search(words) and not _bad_number(list(found.typed.values())):
        return Costs({kind: int(count) for kind, count in found.typed.items()}, problem="figures_either")
    return None


def _pilot(words: str, book: CostBook, situation: Situation) -> Costs | None:
    """ "Wat kost de pilot zonder AMR?": the plain question has a card, a variation on it is ours."""
    supposes = (
        _SUPPOSES.search(words) and _ABOUT_AMR.search(words) and (_NOTHING.search(words) or _supposes_amount(words))
    )
    if isinstance(situation.last, Costs) or not (supposes or (_PILOT.search(words) and _variation(words))):
        return None
    found = _numbers(words, articles=False)
    return _variants(words, found, book, Costs(pilot_counts(book), pilot_assumed=True))


def _variation(words: str) -> bool:
    """Whether the message changes the pilot's sum or asks to divide it."""
    extras = any(each.search(words) for each in _EXTRAS.values()) and re.search(
        r"\b(?:zonder|inclusief|incl|plus)\b", words
    )
    asks = _COSTS.search(words) or _SUPPOSES.search(words)
    return bool(_IMPERATIVE.search(words) or (asks and (extras or _NOTHING.search(words))))


def _supposes_amount(words: str) -> bool:
    """Whether a message supposes an amount for the contribution."""
    return re.search(rf"\b{_AMR}\b.{{0,30}}\d{{3,}}", words) is not None


def _is_pilot_size(count: Decimal, book: CostBook) -> bool:
    return count == sum(pilot_counts(book).values())


def _counted(found: _Found, book: CostBook) -> Costs:
    """Return the counts of a message, or the problem with them."""
    numbers = [*found.typed.values(), *([] if found.untyped is None else [found.untyped])]
    problem = _bad_number(numbers)
    if problem:
        return problem
    counts = {kind: int(number) for kind, number in found.typed.items()}
    if found.untyped is None:
        return Costs(counts) if any(counts.values()) else Costs(problem="figures_none")
    return _of_a_whole(int(found.untyped), counts, found.share, book)


def _bad_number(numbers: list[Decimal]) -> Costs | None:
    for number in numbers:
        if number < 0:
            return Costs(problem="figures_negative")
        if number != number.to_integral_value():
            return Costs(problem="figures_fraction")
    if sum(numbers) > MOST_TRAJECTORIES:
        return Costs(problem="figures_too_many")
    return None


def _of_a_whole(whole: int, counts: dict[str, int], share: Mapping[str, Decimal], book: CostBook) -> Costs:
    """ "20 trajecten waarvan 8 cmd": what is left is of the other kind."""
    parts = {kind: whole * part for kind, part in share.items()}
    if any(part != part.to_integral_value() for part in parts.values()):
        return Costs(problem="figures_fraction")
    counts = counts | {kind: int(part) for kind, part in parts.items()}
    others = [kind for kind in book.trajectories if kind not in counts]
    left = whole - sum(counts.values())
    if not counts:
        return Costs(untyped=whole) if whole else Costs(problem="figures_none")
    if left < 0 or (left and len(others) != 1):
        return Costs(problem="figures_mismatch", word=f"{sum(counts.values())}, geen {whole}")
    return Costs({**counts, **dict.fromkeys(others, left)})


# --- what is asked about it --------------------------------------------------------------------------------------


def _variants(words: str, found: _Found, book: CostBook, asked: Costs) -> Costs:
    """Return the sum with what the message says about contribution, extras and division."""
    asked = _contribution(words, found, asked)
    asked = _extras(words, book, asked)
    gemeente = _gemeente(words, book)
    if gemeente and not (_COSTS.search(words) or _PLACES.search(words) or _JUST_A_PLACE.match(words)):
        gemeente = None
    if not gemeente and not _wants_division(words):
        return asked
    view = "trajecten" if _PLACES.search(words) and not _COSTS.search(words) else "gemeenten"
    return asked.with_(view=view, gemeente=gemeente)


def _contribution(words: str, found: _Found, asked: Costs) -> Costs:
    if not _ABOUT_AMR.search(words):
        return asked
    numbers = [*found.euros, *(Decimal(each) for each in re.findall(rf"(?<![\d.]){NUMBER}", found.rest))]
    amounts = [number for number in numbers if number]
    if amounts and _PAYS.search(words):
        cents = amounts[-1] * 100
        if cents < 0 or cents != cents.to_integral_value():
            return asked.with_(problem="figures_contribution")
        return asked.with_(contribution=int(cents))
    if _NOTHING.search(words):
        return asked.with_(contribution=0)
    return asked.with_(contribution=None) if _PLANNED.search(words) else asked


def _extras(words: str, book: CostBook, asked: Costs) -> Costs:
    named = [name for name, pattern in _EXTRAS.items() if name in book.extras and pattern.search(words)]
    if not named or not (_ADDS.search(words) or _WITHOUT.search(words)):
        return asked
    now = extras_of(asked, book)
    if _WITHOUT.search(words) and not _ABOUT_AMR.search(words):
        return asked.with_(extras=tuple(name for name in now if name not in named))
    return asked.with_(extras=tuple(dict.fromkeys((*now, *named))))


def _wants_division(words: str) -> bool:
    return bool(_PER_GEMEENTE.search(words) or (_DIVIDE.search(words) and _GEMEENTEN.search(words)))


def _gemeente(words: str, book: CostBook) -> str | None:
    for share in book.shares:
        names = [share.gemeente.lower().replace("-", " "), share.gemeente.lower(), *share.names]
        if any(re.search(rf"\b{re.escape(name)}\b", words) for name in names):
            return share.gemeente
    return None


# --- what leans on the last sum ----------------------------------------------------------------------------------


def _leans_on(words: str, situation: Situation) -> bool:
    if not isinstance(situation.last, Costs) or len(words.split()) > _MOST_WORDS_LEANING:
        return False
    points_back = situation.hot and (_POINTS_BACK.search(words) or _AGAIN.fullmatch(words))
    return bool(_GOES_ON.search(words) or points_back)


def _changes_counts(words: str, found: _Found) -> bool:
    """Whether the numbers change the last sum rather than make a new one: one kind only, said as a change."""
    lone = len(found.typed) == 1 and found.untyped is None
    return lone and bool(
        re.match(r"(?:en|maar|of|dan|stel|als|met|nu|wat als|nog)\b", words) or _EXTRA_ONES.search(words)
    )


def _fills_in(found: _Found, situation: Situation) -> bool:
    """Whether one kind is named right after a sum of which the kinds were not known: "8 epa"."""
    last = situation.last
    return situation.hot and isinstance(last, Costs) and last.untyped is not None and len(found.typed) == 1


def _follow_up(words: str, found: _Found, book: CostBook, situation: Situation) -> Costs | None:
    last = situation.last
    if not isinstance(last, Costs) or not (_leans_on(words, situation) or _fills_in(found, situation)):
        return None
    changed = _new_counts(words, found, book, last, situation)
    if changed is not None and changed.problem:
        return changed
    asked = _variants(words, found, book, (changed or last).with_(view="som", gemeente=None, problem=None, word=""))
    new_words = _names_something(words, book, situation)
    if changed is None and asked.with_(pilot_assumed=False) == last.with_(pilot_assumed=False) and not new_words:
        return None
    return asked.with_(pilot_assumed=False)


def _names_something(words: str, book: CostBook, situation: Situation) -> bool:
    """Whether the message asks about the last sum without changing it."""
    supposes = _NOTHING.search(words) or _PLANNED.search(words) or _supposes_amount(words)
    if _wants_division(words) or supposes:
        return True
    if not situation.hot:
        return False
    return bool(_AGAIN.fullmatch(words) or (_ELSEWHERE_TOO.search(words) and _place(words, book)))


def _new_counts(words: str, found: _Found, book: CostBook, last: Costs, situation: Situation) -> Costs | None:
    """Return the last sum with the counts that the message changes, or None when it changes none."""
    only, without = _ALL_OF_KIND.search(words), _NO_KIND.search(words)
    if found.typed:
        problem = _bad_number(list(found.typed.values()))
        if problem:
            return problem
        if last.untyped is not None and len(found.typed) == 1:
            kinds = _of_a_whole(last.untyped, {kind: int(n) for kind, n in found.typed.items()}, {}, book)
            return kinds if kinds.problem else last.with_(counts=kinds.counts, untyped=None)
        return _checked(last.with_(counts=_merged(words, found.typed, last), untyped=None))
    if without and last.counts:
        return _checked(last.with_(counts={kind: n for kind, n in last.counts.items() if kind != without[1]}))
    if only:
        whole = last.untyped if last.untyped is not None else sum(last.counts.values())
        return last.with_(counts={only[1]: whole}, untyped=None)
    return _bare_number(words, last, situation)


def _merged(words: str, typed: Mapping[str, Decimal], last: Costs) -> dict[str, int]:
    sign = 1 if _EXTRA_ONES.search(words) else -1 if _FEWER_ONES.search(words) else 0
    if _ONLY.search(words):
        return {kind: int(number) for kind, number in typed.items()}
    base = dict(last.counts)
    for kind, number in typed.items():
        base[kind] = base.get(kind, 0) + sign * int(number) if sign else int(number)
    return base


def _checked(asked: Costs) -> Costs:
    problem = _bad_number([Decimal(count) for count in asked.counts.values()])
    if problem is None and not any(asked.counts.values()):
        problem = Costs(problem="figures_none")
    return problem or asked


def _bare_number(words: str, last: Costs, situation: Situation) -> Costs | None:
    """ "En 20?" or "en met 20 trajecten?": clear when the last sum had one kind only."""
    match = re.fullmatch(
        rf"(?:en |maar |dan )*(?:met |als het er |bij )?({NUMBER})(?: {_TRAJ})?(?: zijn)?[ ?.!]*", words
    )
    if match is None or not situation.hot or situation.interview:
        return None
    number = Decimal(match[1])
    problem = _bad_number([number])
    if problem:
        return problem
    kinds = [kind for kind, count in last.counts.items() if count]
    if last.untyped is not None or len(kinds) != 1:
        return last.with_(untyped=int(number), counts={}) if number else Costs(problem="figures_none")
    return _checked(last.with_(counts={kinds[0]: int(number)}))


# --- what the plan can't tell ------------------------------------------------------------------------------------


def _place(words: str, book: CostBook) -> str | None:
    """Return the other place or time that a message names."""
    spaced = words.replace("-", " ")
    for name in sorted(book.elsewhere, key=len, reverse=True):
        if re.search(rf"\b{re.escape(name.replace('-', ' '))}\b", spaced):
            return name.title()
    if _OTHER_PLACE.search(words):
        return "heel Nederland" if re.search(r"landelijk|nederland", words) else "andere regio's"
    time = _OTHER_TIME.search(words)
    if time:
        return time[0] if time[0].endswith("jaar") else "nu"
    years = [match[0] for match in _YEAR.finditer(words)]
    return next((year for year in years if not book.valid_from.year <= int(year) <= book.valid_until.year), None)


def _elsewhere(words: str, book: CostBook, asked: Costs) -> Costs | None:
    word = _place(words, book)
    return asked.with_(problem="figures_elsewhere", word=word) if word else None
