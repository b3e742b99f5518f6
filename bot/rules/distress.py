"""Recognises somebody who is desperate or very upset, apart from danger to life (bot/rules/safety). Pure.

Lexical, and sparing: work in this field is full of people in trouble, and a professional who writes about those is not
upset. What stands here is said of oneself.
"""

from __future__ import annotations

import re

_VERY = (
    r"(?:echt |helemaal |zo |nu |gewoon |even |allemaal |al weken |al dagen |volledig |compleet |totaal |heel |erg )*"
)
_SELF = tuple(
    re.compile(pattern)
    for pattern in (
        r"\bten einde raad\b",
        r"\b(?:ik|k) (?:ben|word|raak) "
        + _VERY
        + r"(?:wanhopig|radeloos|overstuur|in paniek|op|kapot|gek van)\b(?! zoek)",
        r"\b(?:ben|word) (?:ik|k) " + _VERY + r"(?:wanhopig|radeloos|overstuur|in paniek)\b(?! op zoek)",
        r"\b(?:ik|k) zit (?:er )?"
        + _VERY
        + r"(?:doorheen|er doorheen|stuk|aan de grond|met (?:mijn|de|m'n) handen in het haar)\b",
        r"\b(?:ik|k) (?:trek|red|hou|houd) (?:dit|het|t|'t|er) "
        + _VERY
        + r"(?:zo )?niet (?:meer|langer)(?: vol| aan)?$",
        r"^(?:pff+ |sorry |maar |en )*(?:ik|k) kan " + _VERY + r"niet meer$",
        r"\b(?:ik|k) kan (?:dit |het |t |er )?" + _VERY + r"niet meer (?:aan|tegen|opbrengen)\b",
        r"\b(?:ik|k) weet (?:het )?"
        + _VERY
        + r"niet meer (?:wat (?:ik|k) (?:nog )?moet|hoe (?:het|t|ik|k) (?:nu |nog )?verder)\b",
        r"\b(?:ik|k) (?:zit|lig|moet|loop|sta) (?:hier )?(?:alleen )?(?:maar |steeds |de hele dag |bijna )*te (?:huilen|janken)\b",
        r"\b(?:ik|k) (?:moet|kan) (?:er )?(?:wel |alleen maar |bijna )*(?:van |om )?(?:huilen|janken)\b",
        r"\b(?:ik|k) huil\b|\bin tranen\b",
        r"\bpaniekaanval\b.{0,20}\b(?:nu|net|krijg)\b",
        r"\bniemand (?:die )?(?:helpt|luistert|naar (?:mij|me) luistert)\b.{0,30}$",
        r"\bhelp (?:me|mij) (?:alsjeblieft|alstublieft|asjeblieft|aub|toch|nou)\b",
        r"\b(?:ik|k) ga (?:hier |er )?(?:helemaal )?(?:aan )?(?:onderdoor|kapot)\b",
    )
)


def distressed(text: str) -> bool:
    """Tell whether somebody says to be desperate or very upset."""
    words = " ".join(text.lower().replace("’", "'").split())
    sentences = (part.strip(" ,;:") for part in re.split(r"[.!?\n]+", words))
    return any(pattern.search(sentence) for sentence in sentences for pattern in _SELF)
