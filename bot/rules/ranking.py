"""Which option the facts speak for. The publications don't rank the options; the asker's wish and reasons do.

A pull counts what speaks for an option: the wish most, then reasons that only this option answers, then reasons that it
shares, and last that the asker talks about it. It only chooses among options that are open; it never closes one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from bot.model import Facts, OptionStatus
from bot.rules.case import BUREAU, CARE, GGZ, LENDERS, LENDERS_ONLY, REINTEGRATION, Case, read_case
from bot.rules.conditions import OPTIONS, Finding, only_waits, status_of

WISH, OWN_REASON, SHARED_REASON, TOPIC, PARTNER_READY, AGAINST_WISH = 8, 2, 1, 1, 2, -2
NOT_YET, MORE_INFORMATION = "nog_niet", "meer_informatie"


class Judgement(NamedTuple):
    """All options judged on one case: findings and status by option, and the best of them (or what to say instead)."""

    case: Case
    findings: Mapping[str, tuple[Finding, ...]]
    statuses: Mapping[str, OptionStatus]
    best: str

    @property
    def possible(self) -> tuple[str, ...]:
        """The options that are possible, in the order of the publications."""
        return tuple(option for option, status in self.statuses.items() if status is OptionStatus.POSSIBLE)


def judge(facts: Facts) -> Judgement:
    """Return every option's findings and status on these facts, and the best option."""
    case = read_case(facts)
    findings = {option: tuple(check(case)) for option, check in OPTIONS.items()}
    statuses = {option: status_of(found) for option, found in findings.items()}
    return Judgement(case, findings, statuses, _best(case, findings, statuses))


def _best(case: Case, findings: Mapping[str, tuple[Finding, ...]], statuses: Mapping[str, OptionStatus]) -> str:
    if _must_know_more(case, statuses):
        return MORE_INFORMATION
    pulls = {option: pull(case, option) for option in OPTIONS}
    possible = [option for option, status in statuses.items() if status is OptionStatus.POSSIBLE]
    waiting = [option for option, found in findings.items() if only_waits(found)]
    if not possible:
        return MORE_INFORMATION if set(waiting) & _wanted(case, pulls) else NOT_YET
    rivals = possible + [option for option in waiting if pulls[option] > 0]
    top = max(pulls[option] for option in rivals)
    leaders = [option for option in rivals if pulls[option] == top]
    return leaders[0] if len(leaders) == 1 and leaders[0] in possible else MORE_INFORMATION


def _wanted(case: Case, pulls: Mapping[str, int]) -> set[str]:
    """Return the options that the asker looks at: the wish, else what the facts speak for, else all.

    With a criterion that fails the wish is moot: then only the way with a re-integratiebedrijf is left.
    """
    if case.yes("prefers_outsourcing") and case.type in GGZ and not case.failing:
        return {"onderaannemerschap"}
    return {option for option in OPTIONS if pulls[option] > 0} or set(OPTIONS)


def _must_know_more(case: Case, statuses: Mapping[str, OptionStatus]) -> bool:
    """Own criteria that are open and none that fails: first find those out. Another type: ask Phrenos."""
    if case.type == "anders":
        return statuses["zelfstandig"] is not OptionStatus.IMPOSSIBLE
    return case.type in GGZ | {"gehandicaptenzorg"} and bool(case.open) and not case.failing


def pull(case: Case, option: str) -> int:
    """Return how strongly the facts speak for an option; 0 when nothing does, less when the wish is against it."""
    return _PULLS[option](case)


def _topic(case: Case, option: str) -> int:
    return TOPIC if case.topic == option else 0


def _with_partner(reasons: int, ready: bool) -> int:
    """A partner that is there strengthens a reason; without a reason it says nothing."""
    return reasons + PARTNER_READY if ready and reasons > 0 else reasons


def _shortage_that_stops(case: Case) -> bool:
    """A temporary shortage doesn't stop who already does IPS: only hiring answers that."""
    temporary = case.facts.get("capacity") == "tijdelijk_tekort"
    return case.shortage and not (temporary and case.yes("delivers_ips_now"))


def _zelfstandig(case: Case) -> int:
    enough = case.facts.get("capacity") == "voldoende"
    return OWN_REASON * (enough + case.no("prefers_outsourcing")) + SHARED_REASON * case.yes("delivers_ips_now")


def _onderaannemerschap(case: Case) -> int:
    wish = WISH * case.yes("prefers_outsourcing") + _topic(case, "onderaannemerschap")
    against = AGAINST_WISH * case.no("prefers_outsourcing")
    if case.type not in CARE:
        return wish + against + SHARED_REASON * case.yes("partner_meets_criteria")
    reasons = wish + SHARED_REASON * _shortage_that_stops(case)
    return _with_partner(reasons, case.has_partner(BUREAU)) + against


def _regionaal_team(case: Case) -> int:
    own = case.yes("few_clients") + case.yes("lacks_funding_or_governance_power")
    shared = SHARED_REASON * _shortage_that_stops(case)
    ready = case.has_partner(GGZ) and case.yes("partner_meets_criteria") and case.yes("near_partner")
    return _with_partner(OWN_REASON * own + shared + _topic(case, "regionaal_team"), ready)


def _reintegratiebedrijf(case: Case) -> int:
    topic = _topic(case, "reintegratiebedrijf")
    if case.type == REINTEGRATION:
        return SHARED_REASON + topic
    return _with_partner(SHARED_REASON * bool(case.failing) + topic, case.has_partner(BUREAU))


def _inhuren(case: Case) -> int:
    topic = _topic(case, "inhuren")
    if case.type in LENDERS_ONLY:
        return SHARED_REASON
    if case.type == REINTEGRATION:
        return _with_partner(topic, True)
    has_ips = case.shortage and case.yes("delivers_ips_now")
    reasons = SHARED_REASON * (case.shortage + has_ips) + topic
    return _with_partner(reasons, has_ips and case.has_partner(LENDERS))


_PULLS: Mapping[str, Callable[[Case], int]] = {
    "zelfstandig": _zelfstandig,
    "onderaannemerschap": _onderaannemerschap,
    "regionaal_team": _regionaal_team,
    "reintegratiebedrijf": _reintegratiebedrijf,
    "inhuren": _inhuren,
}
