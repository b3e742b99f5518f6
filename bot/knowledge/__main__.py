"""`python -m bot.knowledge`: validate the knowledge and say what is in it; `dekking` also writes docs/dekking.md."""

from __future__ import annotations

import sys

from bot.errors import KnowledgeError
from bot.knowledge.coverage import PAGE, card_paths, page, read_coverage
from bot.knowledge.loader import FOLDER, load
from bot.model import Knowledge


def main(arguments: list[str]) -> int:
    """Print counts, or the first mistake with its file and line; return the exit status."""
    if arguments not in ([], ["dekking"]):
        print("usage: python -m bot.knowledge [dekking]", file=sys.stderr)
        return 2
    try:
        knowledge = load()
    except KnowledgeError as mistake:
        print(mistake, file=sys.stderr)
        return 1
    if arguments:
        PAGE.write_text(coverage_page(knowledge), encoding="utf-8")
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


def coverage_page(knowledge: Knowledge) -> str:
    """Return what docs/dekking.md should hold for our own knowledge."""
    return page(read_coverage(FOLDER, knowledge.sources, knowledge.cards), knowledge, card_paths(FOLDER))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
