"""Hides personal data in a message before anything else sees it. Pure: text in, text and kinds out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.masking.marks import accounts, client_numbers, plates, spelled_mails, spelled_phones
from bot.masking.places import places

BSN, EMAIL, PHONE, IBAN, BIRTHDATE = "bsn", "e-mailadres", "telefoonnummer", "iban", "geboortedatum"
ADDRESS, CLIENT_NUMBER, PLATE = "adres", "cliëntnummer", "kenteken"
CONTACT = frozenset([EMAIL, PHONE])
MOST_ROUNDS = 8  # one thing hidden may uncover the next; a text made to go on for ever is left after this
PUBLIC_MAIL_DOMAIN = "kcphrenos.nl"

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")

_IBAN_START = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]{2}|(?:NL|BE) )[0-9]{2}(?=[ .\-‐‑]{0,2}[A-Za-z0-9])")
_IBAN_NEXT = re.compile(r"[ .\-‐‑]{0,2}([A-Za-z0-9])")
_IBAN_LENGTHS = range(15, 35)
_DUTCH_IBAN = re.compile(r"(?i)NL[0-9]{2}[A-Z]{4}[0-9]{10}")

_MONTH = (
    "(?:jan(?:uari)?|feb(?:ruari)?|mrt|maart|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?"
    "|sep(?:t(?:ember)?)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?:\d{4}|['’‘]?\d{2})"
_DATE = (
    r"(?:\d{4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}"
    rf"|\d{{1,2}}\s?[-/. ]\s?\d{{1,2}}\s?[-/. ]\s?{_YEAR}"
    rf"|\d{{1,2}}(?:e|ste|de)?[-\s]?{_MONTH}\b\.?(?:[-\s]?{_YEAR})?|[a-zë]{{3,20}}\s{_MONTH}\s\d{{4}}|\d{{8}}|\d{{6}})"
)
_BIRTHDATE = re.compile(
    r"(?i)((?<!\[)(?:\b(?:geboortedatum|geboortedata|geboorte\s?dag|geb\.?[\s-]?(?:datum|dat|dtm)|geboren|geb|dob"
    rf"|d\.o\.b|verjaart|verjaardag|jarig)\b|°)[^\d\n\[\]]{{0,30}}?){_DATE}(?!\d)"
)
_FULL_DATE = rf"(?:\d{{1,2}}\s?[-/. ]\s?\d{{1,2}}\s?[-/. ]\s?\d{{4}}|\d{{1,2}}\s{_MONTH}\b\.?\s\d{{4}})"
_BORN_ON = re.compile(rf"(?i)(?<![\d\[]){_FULL_DATE}(?=\s(?:is\s|ben\s|werd\s)?(?:(?:hij|zij|ze|ik)\s)?geb(?:oren)?\b)")
_IS_OF = re.compile(
    r"(?i)(\b(?:hij|zij|ze|ik|cli[eë]nte?|pati[eë]nte?)\s(?:is|ben)\svan\s)"
    rf"(?:\d{{1,2}}\s?[-/. ]\s?\d{{1,2}}\s?[-/. ]\s?|\d{{1,2}}\s{_MONTH}\b\.?\s)(?:19[2-9]\d|200\d|201[0-2])(?!\d)"
)
_KEPT_FIRST = (_BIRTHDATE, _IS_OF)  # patterns whose first group stays

# Nine digits in one go, or in groups of two to four with one kind of separator between them, or one by one.
_GROUPED_NINE = (
    r"(?:\d{9}"
    r"|\d{2,4}([ .\-‐‑–/])(?:\d{2,4}\%d){1,2}\d{2,4}"
    r"|\d{4,5}([ .\-‐‑–/])\d{4,5}"
    r"|\d(?:[ .\-‐‑–]\d){8})"
)
_NAMED_BSN = re.compile(
    r"(?i)((?<!\[)\b(?:bsn|burgerservice|sofi)(?:[-\s]?(?:nummers?|nrs?))?\b[^\d\n\[\]]{0,40})"
    rf"(?P<number>{_GROUPED_NINE % 3}|\d{{8}})(?!\d)"
)
_NINE_DIGITS = re.compile(rf"(?<!\d)(?P<number>{_GROUPED_NINE % 2})(?!\d)")
_MONEY_BEFORE = re.compile(r"(?:€|\beuro?)\s*$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"\s*(?:€|euro?\b|,\d|,-)", re.IGNORECASE)

_SEP = r"[ ._\-‐‑–/]{0,3}"
_PHONE = re.compile(
    r"(?<![\w€])(?<!\d[.,\-/])(?:"
    rf"\(?(?:\+|00\s?)(?:3[12])\)?\s?(?:\(0\))?(?:{_SEP}\d){{8,9}}"  # the Netherlands and Belgium, from abroad
    rf"|\+[1-9]\d{{0,2}}(?:{_SEP}\d){{8,12}}"  # other countries
    rf"|\(0\d{{1,3}}\)(?:{_SEP}\d){{6,8}}"  # (020) 123 45 67
    r"|(?!0[89]00)(?!\d{2}[-/. ]\d{2}[-/. ](?:19|20)\d\d)"  # no free or paid service number, no date
    rf"(?:0[23469](?!\d)|0\d{{2,3}}(?!\d)|0[1-9](?=\d{{7}}))(?:{_SEP}\d){{5,8}}"
    r")(?!\d)(?![.,]\d)"
)


@dataclass(frozen=True)
class Masked:
    """A text without the personal data that we recognise, and the kinds that were hidden, each once, in order."""

    text: str
    kinds: tuple[str, ...]


def mask(text: str, but: frozenset[str] = frozenset()) -> Masked:
    """Return `text` with placeholders such as `[bsn]` for personal data; never raises, takes time in proportion.

    The kinds in `but` are left as they are: only CONTACT may be, for the plan's contact person.
    """
    kinds: dict[str, None] = {}
    for _ in range(MOST_ROUNDS):
        masked = _mask_once(text, kinds, but & CONTACT)
        if masked == text:
            break
        text = masked
    return Masked(text, tuple(kinds))


def emails(text: str) -> tuple[str, ...]:
    """Return the e-mail addresses in a text, each once, in order."""
    return tuple(dict.fromkeys(match.group().strip(".") for match in _EMAIL.finditer(text)))


def is_bsn(text: str) -> bool:
    """Tell whether the digits of `text` are nine and pass the 11-test of a burgerservicenummer."""
    digits = [int(character) for character in text if character.isdecimal()]
    if len(digits) != 9 or not any(digits):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11 == 0


def is_iban(text: str) -> bool:
    """Tell whether `text`, spaces, dots and dashes aside, is an IBAN with a right checksum (modulo 97)."""
    code = re.sub(r"[ .\-‐‑]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", code):
        return False
    return int("".join(str(int(character, 36)) for character in code[4:] + code[:4])) % 97 == 1


def _looks_like_iban(text: str) -> bool:
    """A right checksum, or the Dutch form: a mistyped account number is still somebody's."""
    return is_iban(text) or bool(_DUTCH_IBAN.fullmatch(re.sub(r"[^A-Za-z0-9]", "", text)))


def _mask_once(text: str, kinds: dict[str, None], but: frozenset[str]) -> str:
    if EMAIL not in but:
        text = _replace(_EMAIL, EMAIL, text, kinds, _is_private_mail)
        text = _put(text, EMAIL, spelled_mails(text), kinds)
    text = _mask_ibans(text, kinds)
    text = _put(text, IBAN, accounts(text), kinds)
    for pattern in (_BIRTHDATE, _BORN_ON, _IS_OF):
        text = _replace(pattern, BIRTHDATE, text, kinds)
    text = _replace(_NAMED_BSN, BSN, text, kinds, _has_bsn_length)
    text = _put(text, CLIENT_NUMBER, client_numbers(text), kinds)
    text = _put(text, ADDRESS, places(text), kinds)
    text = _put(text, PLATE, plates(text), kinds)
    if PHONE not in but:
        text = _replace(_PHONE, PHONE, text, kinds, _is_phone)
        text = _put(text, PHONE, spelled_phones(text), kinds)
    return _mask_bsns(text, kinds)


def _put(text: str, kind: str, found: Iterable[tuple[int, int]], kinds: dict[str, None]) -> str:
    """Put the placeholder of `kind` where `found` says, the first of two that overlap."""
    parts, position = [], 0
    for start, end in sorted(found):
        if start >= position:
            kinds[kind] = None
            parts += [text[position:start], f"[{kind}]"]
            position = end
    return "".join([*parts, text[position:]])


def _replace(
    pattern: re.Pattern[str],
    kind: str,
    text: str,
    kinds: dict[str, None],
    accept: Callable[[str], bool] = lambda found: True,
) -> str:
    """Put the placeholder where `pattern` matches; group 1, when the pattern starts with one, is kept."""

    def placeholder(match: re.Match[str]) -> str:
        kept = (match.group(1) or "") if pattern in (*_KEPT_FIRST, _NAMED_BSN) else ""
        if not accept(match.group()[len(kept) :]):
            return match.group()
        kinds[kind] = None
        return f"{kept}[{kind}]"

    return pattern.sub(placeholder, text)


def _is_private_mail(found: str) -> bool:
    domain = found.rpartition("@")[2].lower()
    return domain != PUBLIC_MAIL_DOMAIN and not domain.endswith("." + PUBLIC_MAIL_DOMAIN)


def _digits(found: str) -> str:
    return "".join(character for character in found if character.isdecimal())


def _has_bsn_length(found: str) -> bool:
    """Nine digits in any grouping; eight only in one go (a dropped zero), for 2023-2024 is eight digits too."""
    return len(_digits(found)) == 9 or found.isdecimal()


def _is_phone(found: str) -> bool:
    """Take ten digits from 0, nine in Belgium, or an international number; a bare BSN is left for its own step."""
    digits = _digits(found)
    if found.lstrip("(").startswith(("+", "00")):
        return not digits.endswith("8000113")
    return len(digits) in (9, 10) and not (found.isdecimal() and is_bsn(found))


def _mask_bsns(text: str, kinds: dict[str, None]) -> str:
    """Hide nine digits that pass the 11-test, unless they are written as an amount of money."""
    parts, position = [], 0
    while match := _NINE_DIGITS.search(text, position):
        number = match.group("number")
        if is_bsn(number) and not _is_money(text, match, number):
            kinds[BSN] = None
            parts += [text[position : match.start()], f"[{BSN}]"]
            position = match.end()
        else:  # the next number may start inside this one: "12 123 456 782"
            end = match.start() + len(re.match(r"\d+", number).group())  # type: ignore[union-attr]
            parts.append(text[position:end])
            position = end
    return "".join([*parts, text[position:]])


def _is_money(text: str, match: re.Match[str], number: str) -> bool:
    if number.isdecimal():
        return False
    before = text[max(0, match.start() - 8) : match.start()]
    return bool(_MONEY_BEFORE.search(before) or _MONEY_AFTER.match(text, match.end()))


def _mask_ibans(text: str, kinds: dict[str, None]) -> str:
    parts, position = [], 0
    while match := _IBAN_START.search(text, position):
        end = _iban_end(text, match.start())
        if end is None:
            parts.append(text[position : match.end()])
            position = match.end()
        else:
            kinds[IBAN] = None
            parts += [text[position : match.start()], f"[{IBAN}]"]
            position = end
    return "".join([*parts, text[position:]])


def _iban_end(text: str, start: int) -> int | None:
    """Return where the longest valid IBAN from `start` ends: the words behind it may look like part of it."""
    end, length, found = start, 0, None
    while length < _IBAN_LENGTHS.stop - 1 and (match := _IBAN_NEXT.match(text, end)):
        end, length = match.end(), length + 1
        at_edge = not text[end : end + 1].isalnum()
        if length in _IBAN_LENGTHS and at_edge and _looks_like_iban(text[start:end]):
            found = end
    return found
