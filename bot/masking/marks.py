"""Numbers that one person has besides the BSN, and addresses that are spelled out to fool a machine. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PERSON = r"(?:cli[eë]nte?n?|pati[eë]nte?n?|deelnemers?|bewoners?|kandida(?:at|te)n?|dossier|epd|zorg|polis|verzekerden?|zvw|basisregister)"
_WRITTEN = r"(?P<number>(?:[A-Za-z]{1,4}[-/. ]?)?\d[\dA-Za-z]*(?:[-/.]\d?[\dA-Za-z]+){0,4})(?!\w)"
_NUMBERED = re.compile(
    rf"(?i)\b{_PERSON}[- ]?(?:nummers?|nrs?|no|id)\b(?P<gap>[^\w\n\[\]]{{0,4}}"
    rf"(?:(?:is|luidt|van|voor|de|het|mijn|haar|zijn|deze|dit|man|vrouw|jongen|meisje|persoon|heer|mevrouw|meneer|cli[eë]nte?|pati[eë]nte?|deelnemer|nummer)[^\w\n\[\]]{{1,3}}){{0,5}}){_WRITTEN}"
)
_CLIENT = re.compile(
    rf"(?i)\b(?:cli[eë]nte?|pati[eë]nte?|deelnemer|deelneemster|dossier)(?P<gap> (?:nummer )?#?){_WRITTEN}"
)
_YEAR = re.compile(r"(?:19|20)\d\d")

_PLATE_FORMS = "LL-99-99 99-99-LL 99-LL-99 LL-99-LL LL-LL-99 99-LL-LL 99-LLL-9 9-LLL-99 LL-999-L L-999-LL LLL-99-L L-99-LLL 9-LL-999 999-LL-9 9-LLL-999"
_PLATE = re.compile(
    r"(?<![\w-])(?:" + _PLATE_FORMS.replace("L", "[A-Z]").replace("9", r"\d").replace(" ", "|") + r")(?![\w-])"
)
_NAMED_PLATE = re.compile(
    r"(?i)\b(?:kenteken|nummerplaat|nummerbord)(?:nummers?|s)?\b[ :=]{0,3}(?:(?:is|van|de|het|met|zijn|haar|auto)[ :]{1,2}){0,4}"
    r"(?P<number>(?=[a-z -]{0,6}\d)(?=[\d -]{0,6}[a-z])[a-z\d]{1,3}(?:[ -]?[a-z\d]{1,3}){1,3})(?!\w)"
)
_ACCOUNT = re.compile(
    r"(?i)\b(?:giro|bankrekening|rekening)(?:nummer|nr)?\b\.?[ :=]{0,3}(?:is )?(?P<number>\d(?:[ .]?\d){6,9})(?!\d)(?![.,]\d)"
)
_MOBILE = re.compile(
    r"(?i)\b(?:whats?app|app|bel|sms|tel|telefoon(?:nummer)?|mobiel(?:e nummer)?|nummer)\b[^\w\n\[\]]{0,4}(?:(?:me|mij|hem|haar|is|op)[ :]{1,2}){0,3}"
    r"(?P<number>6(?:[ .-]?\d){8})(?!\d)"
)
_SPOKEN_MOBILE = re.compile(r"(?i)\bnul[ -]?zes[ :,.-]{0,3}(?P<number>\d(?:[ .-]?\d){7})(?!\d)")
_AT = r"(?: ?[\[({<] ?(?:at|apenstaart(?:je)?|@) ?[\])}>] ?| (?:apenstaart(?:je)?) )"
_DOT = r"(?:\.| ?[\[({<] ?(?:punt|dot) ?[\])}>] ?| (?:punt|dot) )"
_SPELLED_MAIL = re.compile(
    rf"(?i)(?<![\w.+%-])(?:[\w+%-]{{1,30}} punt ){{0,2}}[\w.+%-]{{1,64}}(?:{_AT}(?:[\w-]{{1,63}}{_DOT}){{1,5}}|(?: at )(?:[\w-]{{1,63}} (?:punt|dot) ){{1,4}})[a-z]{{2,24}}(?!\w)"
)


def client_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the number of a client, a file or an insurance stands."""
    for match in _NUMBERED.finditer(text):
        digits = sum(character.isdecimal() for character in match["number"])
        if digits >= 3 and not (match["gap"].strip(" :.=#") and _YEAR.fullmatch(match["number"])):
            yield match.span("number")
    for match in _CLIENT.finditer(text):
        if sum(character.isdecimal() for character in match["number"]) >= 4 and not _YEAR.match(match["number"]):
            yield match.span("number")


def plates(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a number plate stands: Dutch forms anywhere, others where they are called one."""
    yield from (match.span() for match in _PLATE.finditer(text))
    yield from (match.span("number") for match in _NAMED_PLATE.finditer(text))


def accounts(text: str) -> Iterator[tuple[int, int]]:
    """Yield where an account number from before the IBAN stands."""
    yield from (match.span("number") for match in _ACCOUNT.finditer(text))


def spelled_phones(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a mobile number stands without its zero, or with "nul zes"."""
    yield from (match.span("number") for match in _MOBILE.finditer(text))
    yield from (match.span() for match in _SPOKEN_MOBILE.finditer(text))


def spelled_mails(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a mail address stands with its @ and dots in words."""
    yield from (match.span() for match in _SPELLED_MAIL.finditer(text))
