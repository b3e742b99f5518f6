"""Hides personal data in a message before anything else sees it. Pure: text in, text and kinds out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

BSN, EMAIL, PHONE, IBAN, BIRTHDATE = "bsn", "e-mailadres", "telefoonnummer", "iban", "geboortedatum"
PUBLIC_MAIL_DOMAIN = "kcphrenos.nl"

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")

_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?=[ .\-‐‑]{0,2}[A-Za-z0-9])")
_IBAN_NEXT = re.compile(r"[ .\-‐‑]{0,2}([A-Za-z0-9])")
_IBAN_LENGTHS = range(15, 35)
_DUTCH_IBAN = re.compile(r"(?i)NL[0-9]{2}[A-Z]{4}[0-9]{10}")

_MONTH = (
    "(?:jan(?:uari)?|feb(?:ruari)?|mrt|maart|apr(?:il)?|mei|juni?|juli?|aug(?:ustus)?"
    "|sep(?:t(?:ember)?)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = (
    r"(?:\d{4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}|\d{1,2}\s?[-/. ]\s?\d{1,2}\s?[-/. ]\s?(?:\d{4}|\d{2})"
    rf"|\d{{1,2}}\s?{_MONTH}\b\.?(?:\s?(?:\d{{4}}|'?\d{{2}}))?|\d{{8}})"
)
_BIRTHDATE = re.compile(
    rf"(?i)((?<!\[)\b(?:geboortedatum|geboorte\s?dag|geboren|geb|dob)\b[^\d\n\[\]]{{0,30}}){_DATE}(?!\d)"
)

# Nine digits in one go, or in groups of two to four with one kind of separator between them, or one by one.
_GROUPED_NINE = (
    r"(?:\d{9}"
    r"|\d{2,4}([ .\-‐‑–/])(?:\d{2,4}\%d)+\d{2,4}"
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

_SEP = r"[ .\-‐‑–/]{0,3}"
_PHONE = re.compile(
    r"(?<![\w€])(?<!\d[.,\-/])(?:"
    rf"(?:\+|00\s?)(?:3[12])\s?(?:\(0\))?(?:{_SEP}\d){{8,9}}"  # the Netherlands and Belgium, from abroad
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


def mask(text: str) -> Masked:
    """Return `text` with placeholders such as `[bsn]` for personal data; idempotent, never raises."""
    kinds: dict[str, None] = {}
    while (masked := _mask_once(text, kinds)) != text:
        text = masked
    return Masked(text, tuple(kinds))


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


def _mask_once(text: str, kinds: dict[str, None]) -> str:
    text = _replace(_EMAIL, EMAIL, text, kinds, _is_private_mail)
    text = _mask_ibans(text, kinds)
    text = _replace(_BIRTHDATE, BIRTHDATE, text, kinds)
    text = _replace(_NAMED_BSN, BSN, text, kinds, _has_bsn_length)
    text = _replace(_PHONE, PHONE, text, kinds, _is_phone)
    return _mask_bsns(text, kinds)


def _replace(
    pattern: re.Pattern[str],
    kind: str,
    text: str,
    kinds: dict[str, None],
    accept: Callable[[str], bool] = lambda found: True,
) -> str:
    """Put the placeholder where `pattern` matches; group 1, when the pattern starts with one, is kept."""

    def placeholder(match: re.Match[str]) -> str:
        kept = (match.group(1) or "") if pattern in (_BIRTHDATE, _NAMED_BSN) else ""
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
    if found.startswith(("+", "00")):
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
