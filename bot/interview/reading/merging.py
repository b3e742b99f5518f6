"""From findings to facts: what weighs more wins, what contradicts is unclear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.interview.reading.findings import MEASURED, Finding
from bot.interview.reading.organisations import LABELS
from bot.model import CriterionVerdict, FactValue, Knowledge, Status

_STATUS_WORDS = {
    Status.VOLDOET.value: "voldoet",
    Status.VOLDOET_NIET.value: "voldoet niet",
    Status.ONBEKEND.value: "weet je nog niet",
}


@dataclass
class Merged:
    """Facts, notes, verdicts, unclear and in-progress keys of one message."""

    facts: dict[str, FactValue] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    verdicts: dict[int, CriterionVerdict] = field(default_factory=dict)
    unclear: dict[str, str] = field(default_factory=dict)
    in_progress: list[str] = field(default_factory=list)


def merge(findings: Iterable[Finding], *, last_wins: bool) -> Merged:
    """Weigh the findings per key; `last_wins` when the message corrects itself."""
    merged = Merged()
    by_key: dict[str, list[Finding]] = {}
    for finding in findings:
        by_key.setdefault(finding.key, []).append(finding)
    for key, group in by_key.items():
        _settle(merged, key, group, last_wins=last_wins)
    return merged


def _settle(merged: Merged, key: str, group: list[Finding], *, last_wins: bool) -> None:
    top = max(finding.weight for finding in group)
    heaviest = sorted((finding for finding in group if finding.weight == top), key=lambda finding: finding.at)
    if top < MEASURED and any(finding.in_progress for finding in heaviest):
        merged.in_progress.append(key)
        return
    valued = [finding for finding in heaviest if finding.value is not None]
    if not valued:
        merged.unclear[key] = next(f.unclear for f in heaviest if f.unclear) if heaviest[0].unclear else ""
        return
    if len({finding.value for finding in valued}) > 1 and not last_wins:
        merged.unclear[key] = _contradiction(key)
        return
    chosen = valued[-1]
    assert chosen.value is not None
    merged.facts[key] = chosen.value
    if chosen.note:
        merged.notes[key] = chosen.note
    if chosen.verdict:
        merged.verdicts[chosen.verdict.number] = chosen.verdict


def _contradiction(key: str) -> str:
    if key == "organisation_type":
        return "je noemt meer dan één soort organisatie; bij welke werk je zelf?"
    return "je zegt hier twee dingen die elkaar tegenspreken; wat klopt er?"


def label(key: str, value: FactValue, knowledge: Knowledge) -> str:
    """Return a short Dutch phrase for a fact, from the knowledge where it has a label."""
    if key.startswith("criteria."):
        return f"criterium {key.rpartition('.')[2]}: {_STATUS_WORDS[str(value)]}"
    if isinstance(value, tuple):
        return ", ".join(LABELS.get(kind, kind) for kind in value) or "geen partner"
    definition = knowledge.facts.get(key)
    labels = dict(definition.values) if definition else {}
    return labels.get(str(value).lower(), str(value))
