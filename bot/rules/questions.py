"""What may still be asked: only what can change the verdict, in the order of a natural interview.

Refusals (no agreements, no toets) are never asked: they count when somebody tells them, until then the thing itself
stands among what is missing. The same goes for what can be arranged, like training or a place in the team.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.model import FactValue, OptionStatus, Status, criterion_key
from bot.rules.case import BUREAU, CARE, GGZ, LENDERS_ONLY, REINTEGRATION
from bot.rules.conditions import Kind
from bot.rules.ranking import MORE_INFORMATION, PARTNER_READY, Judgement, judge, pull

_CRITERIA = tuple(criterion_key(number) for number in range(1, 9))
# Asked group by group; within a group, what changes the verdict most comes first.
GROUPS: tuple[tuple[str, ...], ...] = (
    ("organisation_type",),
    _CRITERIA,
    ("capacity", "delivers_ips_now", "prefers_outsourcing", "few_clients", "lacks_funding_or_governance_power"),
    ("partner_types",),
    (
        "jointly_meets_criteria",
        "partner_meets_criteria",
        "clients_in_care_with_partner",
        "near_partner",
        "trained_coaches",
    ),
    ("only_own_clients", "coach_alignment", "hired_coach_experience", "hired_coach_same_location"),
)
_YES_NO: tuple[FactValue, ...] = (True, False)
_ANSWERS: dict[str, tuple[FactValue, ...]] = {
    "organisation_type": (
        "ggz",
        "beschermd_wonen",
        "reintegratiebedrijf",
        "gemeente",
        "uwv",
        "gehandicaptenzorg",
        "anders",
    ),
    "capacity": ("voldoende", "tijdelijk_tekort", "structureel_tekort"),
    "partner_types": ((), ("ggz",), ("beschermd_wonen",), ("reintegratiebedrijf",), ("gemeente",)),
    "trained_coaches": ("eigen", "partner", "geen"),
    "coach_alignment": ("tweewekelijks_met_behandelaar", "sluit_aan_bij_mdo", "minder"),
    **dict.fromkeys(_CRITERIA, (Status.VOLDOET.value, Status.VOLDOET_NIET.value)),
}
_BEST_CHANGED, _STATUS_CHANGED, _CRITERION_FAILED = 3, 2, 1


def open_keys(judged: Judgement) -> tuple[str, ...]:
    """Return all unknown facts that can still matter, in asking order."""
    found: list[str] = []
    for group in _open_groups(judged):
        found += sorted(group, key=lambda key: -impact(judged, key))
    return tuple(found)


def deciding_key(judged: Judgement) -> str | None:
    """Return the first open fact of which some answer changes the verdict, or None when none does.

    When everything else has been asked, that may be a criterion that the asker called `onbekend`.
    """
    for group in _open_groups(judged):
        scores = {key: impact(judged, key) for key in group}
        best = max(scores, key=lambda key: scores[key])
        if scores[best] > 0:
            return best
    return _criterion_to_find_out(judged)


def impact(judged: Judgement, key: str) -> float:
    """Return how much an answer to this key changes the verdict, averaged over its answers; 0 when none does."""
    answers = _ANSWERS.get(key, _YES_NO)
    return sum(_change(judged, judge({**judged.case.facts, key: answer})) for answer in answers) / len(answers)


def _change(before: Judgement, after: Judgement) -> int:
    statuses = sum(before.statuses[option] is not after.statuses[option] for option in before.statuses)
    failing = before.case.failing != after.case.failing
    return _BEST_CHANGED * (before.best != after.best) + _STATUS_CHANGED * statuses + _CRITERION_FAILED * failing


def _criterion_to_find_out(judged: Judgement) -> str | None:
    if judged.case.type not in CARE:
        return None
    keys = (criterion_key(number) for number in judged.case.open)
    return next((key for key in keys if impact(judged, key) > 0), None)


# --- which facts can matter --------------------------------------------------------------------------------------


def _open_groups(judged: Judgement) -> Iterator[tuple[str, ...]]:
    relevant = set(_relevant(judged))
    for group in GROUPS:
        keys = tuple(key for key in group if key in relevant and judged.case.unknown(key))
        if keys:
            yield keys


def _relevant(judged: Judgement) -> Iterator[str]:
    case = judged.case
    if case.type is None:
        yield from ("organisation_type", *_CRITERIA)
    elif case.type in LENDERS_ONLY:
        yield from _of_lender(judged)
    elif case.type == REINTEGRATION:
        yield from _of_bureau(judged)
    else:
        yield from _CRITERIA
        yield from _of_failing_criteria(judged) if case.failing else _of_strength(judged)


def _is_open(judged: Judgement, option: str) -> bool:
    """Not ruled out, and nothing is lacking: only unknown facts stand in the way, if anything does."""
    return not any(finding.kind in (Kind.FAILED, Kind.LACKS) for finding in judged.findings[option])


def _may_lead(judged: Judgement, option: str) -> bool:
    """Possible, and no other possible option has more that speaks for it."""
    pulls = {rival: pull(judged.case, rival) for rival in judged.possible}
    return option in pulls and pulls[option] == max(pulls.values()) and judged.best in (option, MORE_INFORMATION)


def _details(judged: Judgement) -> Iterator[str]:
    """Conditions that come up only once a route is open to the asker."""
    if _may_lead(judged, "onderaannemerschap"):
        yield from ("only_own_clients", "coach_alignment")
    if _may_lead(judged, "inhuren"):
        yield from ("hired_coach_experience", "hired_coach_same_location")


def _of_lender(judged: Judgement) -> Iterator[str]:
    if _is_open(judged, "inhuren"):
        yield "partner_types"
        yield from ("partner_meets_criteria",) if judged.case.has_partner(GGZ) else ()
    yield from _details(judged)


def _of_bureau(judged: Judgement) -> Iterator[str]:
    case = judged.case
    yield "partner_types"
    if not case.has_partner(GGZ):
        return
    main, others = _is_open(judged, "reintegratiebedrijf"), _is_open(judged, "onderaannemerschap")
    if main:
        yield from ("clients_in_care_with_partner", "trained_coaches")
    if main and not case.yes("partner_meets_criteria"):
        yield "jointly_meets_criteria"
    if others:
        yield "partner_meets_criteria"
    if judged.best == MORE_INFORMATION and judged.statuses["onderaannemerschap"] is OptionStatus.POSSIBLE:
        yield "prefers_outsourcing"
    yield from _details(judged)


def _of_failing_criteria(judged: Judgement) -> Iterator[str]:
    """A criterion fails: what is left is a re-integratiebedrijf with which all eight are met together."""
    if judged.case.type in GGZ and _is_open(judged, "reintegratiebedrijf"):
        yield "partner_types"
        if judged.case.has_partner(BUREAU):
            yield from ("jointly_meets_criteria", "clients_in_care_with_partner")


def _of_strength(judged: Judgement) -> Iterator[str]:
    case = judged.case
    if case.type == "anders":
        return
    yield from ("capacity", "few_clients", "lacks_funding_or_governance_power")
    weak = case.yes("few_clients") or case.yes("lacks_funding_or_governance_power") or case.shortage
    if weak or (case.unknown("capacity") and case.type in GGZ):
        yield "delivers_ips_now"
    if case.type in GGZ:
        yield from _of_cooperation(judged, weak)


def _of_cooperation(judged: Judgement, weak: bool) -> Iterator[str]:
    if _is_open(judged, "onderaannemerschap"):
        yield "prefers_outsourcing"
    if weak or judged.case.yes("prefers_outsourcing"):
        yield "partner_types"
    regional = weak and judged.case.has_partner(GGZ) and _is_open(judged, "regionaal_team")
    if regional and _can_catch_up(judged, "regionaal_team"):
        yield from ("partner_meets_criteria", "near_partner")
    yield from _details(judged)


def _can_catch_up(judged: Judgement, option: str) -> bool:
    """Whether an option, once its partner proves ready, would be as good as the best of the possible ones."""
    others = [pull(judged.case, rival) for rival in judged.possible if rival != option]
    return not others or pull(judged.case, option) + PARTNER_READY >= max(others)
