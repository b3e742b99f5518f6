"""What a supposition supposes in words that would state nothing: "stel dat we het toch zelf doen"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.interview.reading.clauses import Clause, Mood
from bot.interview.reading.findings import Finding
from bot.model import FactValue

_CLIENTS = r"(?:ze|zij|(?:de|onze|alle|die) (?:clienten|mensen|kandidaten|deelnemers)|iedereen)"
_HIRED = r"(?:(?:de|een) ingehuurde(?: \w+)?|(?:de|een) (?:\w+ )?(?:consulent|coach|jobcoach|trajectbegeleider))"
_SUPPOSED: tuple[tuple[str, FactValue, re.Pattern[str]], ...] = (
    (
        "clients_in_care_with_partner",
        False,
        re.compile(rf"\b{_CLIENTS} (?:(?:toch|dan|ook|nu) )*(?:niet|geen)(?: \w+)? in (?:zorg|behandeling) (?:zijn|zitten)$"),
    ),
    (
        "clients_in_care_with_partner",
        True,
        re.compile(rf"\b{_CLIENTS} (?:(?:wel|toch|allemaal|dan|ook|nu) )*in (?:zorg|behandeling) (?:zijn|zitten)$"),
    ),
    (
        "phrenos_review_refused",
        True,
        re.compile(r"\bphrenos (?:\w+ )?(?:niet|nooit) (?:mag|mogen) (?:\w+ )?(?:toetsen|beoordelen|kijken|meekijken)\b|"
                   r"\bphrenos (?:\w+ )?(?:niet|nooit) (?:toetsen|beoordelen|kijken|meekijken) mag\b"),
    ),
    (
        "prefers_outsourcing",
        False,
        re.compile(r"\b(?:we|wij) (?:het|dat|dit|ips) (?:(?:toch|dan|wel|liever|gewoon|maar) )*zelf (?:gaan |willen |blijven )?(?:doen|"
                   r"uitvoeren|aanbieden|houden)\b"),
    ),
    (
        "hired_coach_same_location",
        False,
        re.compile(rf"\b{_HIRED} (?:\w+ )?(?:op|vanuit|in) (?:het (?:gemeentehuis|stadhuis|stadskantoor)|een andere locatie|"
                   r"kantoor van de gemeente) "),
    ),
)  # fmt: skip


def read_hypotheses(clauses: Sequence[Clause], found: Sequence[Finding]) -> list[Finding]:
    """Return what supposed clauses suppose, for keys that nothing else read."""
    known = {finding.key for finding in found}
    more: dict[str, Finding] = {}
    for clause in clauses:
        for key, value, pattern in _SUPPOSED if clause.mood is Mood.SUPPOSED else ():
            if key not in known and pattern.search(clause.text):
                more.setdefault(key, Finding(key, clause.start, value))
    return list(more.values())
