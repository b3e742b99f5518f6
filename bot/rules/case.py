"""The facts of one case, read once: who asks, which criteria fail or are open, which partners there are."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import CRITERION_NUMBERS, Facts, Status, criterion_key

GGZ = frozenset({"ggz", "beschermd_wonen"})
LENDERS_ONLY = frozenset({"gemeente", "uwv"})
REINTEGRATION = "reintegratiebedrijf"
BUREAU = frozenset({REINTEGRATION})
# Whose own criteria count: everybody who would treat or support the clients.
CARE = GGZ | {"gehandicaptenzorg", "anders"}
# Scenario 1 names a re-integratiebedrijf as its example and leaves room for another ggz-organisatie.
EXECUTORS = BUREAU | {"ggz"}
# UWV, gemeente, re-integratiebedrijf or another ggz (scenario 4; beschermd wonen counts as ggz since scenario 2).
LENDERS = GGZ | LENDERS_ONLY | BUREAU
SHORTAGES = ("tijdelijk_tekort", "structureel_tekort")

# Facts that only one route reads: having them shows which route the asker is looking at.
ROUTE_FACTS = {
    "onderaannemerschap": ("only_own_clients", "coach_alignment"),
    "regionaal_team": ("team_form",),
    "reintegratiebedrijf": ("jointly_meets_criteria", "coaches_know_target_group"),
    "inhuren": ("hired_coach_trained", "hired_coach_experience", "hired_coach_in_team", "hired_coach_same_location"),
}


@dataclass(frozen=True)
class Case:
    """Facts with the few things worked out that every option looks at. `partners` is None when unknown."""

    facts: Facts
    type: str | None
    failing: tuple[int, ...]
    open: tuple[int, ...]
    partners: frozenset[str] | None
    shortage: bool
    topic: str | None

    def yes(self, key: str) -> bool:
        """Return whether a bool is known to be true."""
        return self.facts.get(key) is True

    def no(self, key: str) -> bool:
        """Return whether a bool is known to be false."""
        return self.facts.get(key) is False

    def unknown(self, key: str) -> bool:
        """Return whether nothing is known about a key."""
        return key not in self.facts

    def may_have_partner(self, kinds: frozenset[str]) -> bool:
        """Return whether a partner of one of these kinds is known, or nothing is known about partners."""
        return self.partners is None or bool(self.partners & kinds)

    def has_partner(self, kinds: frozenset[str]) -> bool:
        """Return whether a partner of one of these kinds is known."""
        return self.partners is not None and bool(self.partners & kinds)


def read_case(facts: Facts) -> Case:
    """Return the case that facts describe."""
    statuses = {number: facts.get(criterion_key(number)) for number in CRITERION_NUMBERS}
    organisation_type, partners = facts.get("organisation_type"), facts.get("partner_types")
    return Case(
        facts=facts,
        type=organisation_type if isinstance(organisation_type, str) else None,
        failing=tuple(number for number, status in statuses.items() if status == Status.VOLDOET_NIET.value),
        open=tuple(number for number, status in statuses.items() if status in (None, Status.ONBEKEND.value)),
        partners=frozenset(partners) if isinstance(partners, tuple) else None,
        shortage=facts.get("capacity") in SHORTAGES,
        topic=_topic(facts),
    )


def _topic(facts: Facts) -> str | None:
    """Return the route that the asker says most about, None when that is none or more than one."""
    counts = {route: sum(key in facts for key in keys) for route, keys in ROUTE_FACTS.items()}
    most = max(counts.values())
    routes = [route for route, count in counts.items() if count == most]
    return routes[0] if most and len(routes) == 1 else None
