"""`python -m bot.knowledge`: validate the knowledge and say what is in it."""

from __future__ import annotations

import sys

from bot.errors import KnowledgeError
from bot.knowledge.loader import load


def main() -> int:
    """Print counts, or the first mistake with its file and line; return the exit status."""
    try:
        knowledge = load()
    except KnowledgeError as mistake:
        print(mistake, file=sys.stderr)
        return 1
    counts = {
        "bronnen": len(knowledge.sources),
        "kwaliteitscriteria": len(knowledge.criteria),
        "opties": len(knowledge.options),
        "begrippen": len(knowledge.terms),
        "antwoorden": len(knowledge.cards),
        "voorbeeldvragen": sum(len(card.examples) for card in knowledge.cards.values()),
    }
    print("Kennis in orde: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
