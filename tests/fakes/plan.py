"""A few questions of an implementation plan, a plan that answers some, and all the text of a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timezone
from functools import cache

from bot.documents import wording as say
from bot.documents.content import (
    Block,
    Bullets,
    Checklist,
    Citation,
    Document,
    Heading,
    Open,
    Quotation,
    Table,
)
from bot.documents.outline import Standing
from bot.drawing import standing_of
from bot.knowledge.loader import load
from bot.model import Knowledge, Plan, PlanAnswer, PlanChange, PlanQuestion, PlanRemark, SourceRef, When

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
GENERAL = SourceRef("handreiking", "Algemene informatie organisatie of samenwerkingscoalitie")
C4, C6 = SourceRef("handreiking", "kwaliteitscriterium 4"), SourceRef("handreiking", "kwaliteitscriterium 6")
SCENARIO_2 = SourceRef("praktijkscenarios", "scenario 2, Overige voorwaarden")


def question(
    id_: str, chapter: str, ask: str, source: SourceRef, when: When | None = None, fact: str | None = None
) -> PlanQuestion:
    return PlanQuestion(id_, chapter, "text", ask, "hulp", "voorbeeld", (), when or {}, fact, source)


QUESTIONS = (
    question("contact.gegevens", "contact", "Wie is de contactpersoon?", GENERAL),
    question("organisatie.naam", "organisatie", "Hoe heet de organisatie?", GENERAL),
    question("organisatie.soort", "organisatie", "Wat voor organisatie?", GENERAL, fact="organisation_type"),
    question("motivatie", "motivatie", "Waarom IPS?", GENERAL),
    question("s2.dienst", "samenwerking", "Wie neemt mensen in dienst?", SCENARIO_2, {"organisation_type": ("ggz",)}),
    question("k4.mdo", "criterium.4", "Werken jullie multidisciplinair?", C4),
    question("k4.hoe", "criterium.4", "Hoe sluit de begeleider aan?", C4, {"k4.mdo": ("ja",)}),
    question("k6.aantal", "criterium.6", "Hoeveel cliënten per fte?", C6),
    question("k6.plan", "criterium.6", "Wat als het er te veel zijn?", C6),
)  # fmt: skip
PLAN = Plan(
    id="plan-1",
    answers={
        "contact.gegevens": PlanAnswer("contact.gegevens", "J. de Vries\njdv@voorbeeld.example", NOW, "JV"),
        "organisatie.naam": PlanAnswer("organisatie.naam", "Stichting Voorbeeld & Co", NOW, "JV"),
        "k4.mdo": PlanAnswer("k4.mdo", "Nee, nog niet", NOW, "", (), "nee"),
        "k6.aantal": PlanAnswer("k6.aantal", "30 per fte", NOW, "AB", (PlanRemark("veel", "30 is meer dan 25.", C6),)),
    },
    facts={"organisation_type": "ggz", "criteria.1": "voldoet", "criteria.6": "voldoet_niet", "criteria.8": "onbekend"},
    notes={"criteria.6": "30 cliënten per fte"},
    skipped=("k6.plan",),
    changes=(PlanChange("k6.aantal", "gegeven", NOW, "AB"), PlanChange("k6.aantal", "gewijzigd", NOW, "")),
    version=3,
    created_at=NOW,
    updated_at=NOW,
)


@cache
def knowledge() -> Knowledge:
    """Return the real knowledge with these few questions."""
    return replace(load(), plan={each.id: each for each in QUESTIONS})


def standing(plan: Plan) -> Standing:
    """Return how a plan stands by the real rules."""
    return standing_of(plan, knowledge())


def texts(document: Document, bullet: str = "", box: str = "") -> Iterator[str]:
    """Yield every text of a document in reading order; `bullet` and `box` are what stands before a list's entries."""
    yield document.title
    yield document.subtitle
    for block in (*document.front, *document.body):
        yield from _texts(block, bullet, box)


def _texts(block: Block, bullet: str, box: str) -> Iterator[str]:
    if isinstance(block, Quotation):
        yield from (*block.lines, block.given)
    elif isinstance(block, Table):
        yield from (*block.header, *(cell for row in block.rows for cell in row), *_source(block.source))
    elif isinstance(block, (Bullets, Checklist)):
        for item in block.items:
            yield from (box if isinstance(block, Checklist) else bullet, item.text, *_source(item.source))
    elif isinstance(block, (Heading, Open)):
        yield block.text
    else:
        yield from (block.text, *_source(block.source))


def _source(source: Citation | None) -> tuple[str, ...]:
    return (say.SOURCE.format(source=source.text),) if source else ()
