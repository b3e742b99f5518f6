"""Is a message English? A guess by its small words, good enough for one polite line."""

from __future__ import annotations

from bot.answers.fragments import words_of

_ENGLISH = """the what which who how does do did can could should would are this that these with from for and you your
    our they there where when why many much have has must need to of about it at by or not i my we"""
_DUTCH = """de het een en van wat welke wie hoe kan kunnen moet moeten mag zijn dit dat deze met voor er je jij jullie
    wij ons onze waar wanneer waarom hoeveel veel heeft hebben of niet ik mijn bij naar op te aan ook om als is in we"""
_ENGLISH_WORDS, _DUTCH_WORDS = frozenset(_ENGLISH.split()), frozenset(_DUTCH.split())
FEWEST = 2  # English small words that a message must hold


def is_english(text: str) -> bool:
    """Return whether the message reads as English rather than Dutch."""
    words = words_of(text)
    english = sum(word in _ENGLISH_WORDS for word in words)
    return english >= FEWEST and english > sum(word in _DUTCH_WORDS for word in words)
