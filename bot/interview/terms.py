"""Finds the word that somebody asks the meaning of."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

from bot.interview.commands import plain
from bot.model import Knowledge, Term

_LEAD = re.compile(
    r"^(en |maar |eh |sorry )?("
    r"wat (is|zijn|betekent|betekenen)( dat)?|wat houdt|wa is"
    r"|wat (bedoel|word)\w* (je|jij|u|ge|bedoel\w*)( (precies|eigenlijk))? (met|hier met)"
    r"|wat versta\w* (je|jij|u|ge) onder"
    r"|leg( eens| even)? uit( wat)?|betekenis( van)?|begrip|uitleg( over| van)?"
    r")\s*"
)
_TAIL = re.compile(r"\s*(precies|eigenlijk|ook alweer|in|nou|nu|dan|hier|aub|is|zijn|betekent|bedoel je( daarmee)?)$")
_ARTICLE = re.compile(r"^(een|de|het|'t|n|zo'n|die|dat|jullie)\s+")
_MY_WORDS = re.compile(r"\b(bedoel\w* (je|jij|u|ge)|versta\w* (je|jij|u|ge))\b")
CLOSE_ENOUGH = 88


def asks_about_my_words(text: str) -> bool:
    """Return whether the message asks what the assistant meant, rather than for all there is to know."""
    return bool(_MY_WORDS.search(plain(text)))


def find_term(text: str, knowledge: Knowledge) -> Term | None:
    """Return the term when the message asks just that word's meaning ("wat bedoel je met fte?", "fte?"), else None."""
    words = _LEAD.sub("", plain(text))
    for _ in range(2):
        words = _TAIL.sub("", words)
        words = _ARTICLE.sub("", words)
    names = {name.lower(): term for term in knowledge.terms.values() for name in term.names}
    if not words or not names:
        return None
    if words in names:
        return names[words]
    if len(words) < 5 or any(letter.isdigit() for letter in words):
        return None  # too short to guess at, or about one of a row ("kwaliteitscriterium 1")
    found = process.extractOne(words, list(names), scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH)
    return names[found[0]] if found else None
