"""What the facts say about each option's conditions, in three values: an unknown fact is never a no.

Each function returns findings, in the order in which people should read them; a condition that is met leaves none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from bot.model import OptionStatus
from bot.rules.case import BUREAU, CARE, EXECUTORS, GGZ, LENDERS, LENDERS_ONLY, REINTEGRATION, Case


class Kind(Enum):
    """What a finding does to its option.

    FAILED: a hard condition fails (impossible). WAITS: an unknown fact decides (undecided). LACKS: something known to
    be absent, which could be found, or on which the source is silent (undecided). TO_DO: still to arrange; the option
    stays as it is. MUST_DO: the same, and required whatever the knowledge says.
    """

    FAILED = "failed"
    WAITS = "waits"
    LACKS = "lacks"
    TO_DO = "to_do"
    MUST_DO = "must_do"


class Finding(NamedTuple):
    """A kind with a code: of a condition when FAILED, else of something missing."""

    kind: Kind
    code: str


Findings = Iterator[Finding]

TYPE_UNKNOWN = Finding(Kind.WAITS, "type_organisatie_uitzoeken")
ASK_PHRENOS = Finding(Kind.LACKS, "gesprek_phrenos")


def status_of(findings: tuple[Finding, ...]) -> OptionStatus:
    """Return the status of an option with these findings."""
    kinds = {finding.kind for finding in findings}
    if Kind.FAILED in kinds:
        return OptionStatus.IMPOSSIBLE
    return OptionStatus.UNDECIDED if kinds & {Kind.WAITS, Kind.LACKS} else OptionStatus.POSSIBLE


def only_waits(findings: tuple[Finding, ...]) -> bool:
    """Return whether unknown facts alone keep this option from being possible."""
    kinds = {finding.kind for finding in findings}
    return Kind.WAITS in kinds and not kinds & {Kind.FAILED, Kind.LACKS}


def _failed(when: bool, code: str) -> Findings:
    if when:
        yield Finding(Kind.FAILED, code)


def _waits(when: bool, code: str) -> Findings:
    if when:
        yield Finding(Kind.WAITS, code)


def _lacks(when: bool, code: str) -> Findings:
    if when:
        yield Finding(Kind.LACKS, code)


def _to_do(when: bool, code: str) -> Findings:
    if when:
        yield Finding(Kind.TO_DO, code)


def _own_criteria(case: Case) -> Findings:
    yield from _failed(bool(case.failing), "eigen_criteria_niet_gehaald")
    yield from _waits(not case.failing and bool(case.open), "criterium_uitzoeken")


# --- alone -------------------------------------------------------------------------------------------------------


def zelfstandig(case: Case) -> Findings:
    """Alone: all eight criteria (praktijkscenarios, Aanleiding); never a re-integratiebedrijf (scenario 3)."""
    yield from _failed(case.type == REINTEGRATION, "alleen_met_ggz")
    yield from _own_criteria(case)
    if case.type is None:
        yield TYPE_UNKNOWN
    if case.type in LENDERS_ONLY or case.type == "anders":
        yield ASK_PHRENOS
    yield from _lack_of_strength(case)
    yield from _to_do(bool(case.open) and case.unknown("capacity"), "capaciteit_uitzoeken")
    yield from _to_do(True, "implementatieplan")
    yield Finding(Kind.MUST_DO if case.type == "gehandicaptenzorg" else Kind.TO_DO, "gesprek_phrenos")


def _lack_of_strength(case: Case) -> Findings:
    """A reason to work together keeps this open, never makes it impossible; who already does IPS goes on."""
    if case.yes("delivers_ips_now"):
        return
    yield from _lacks(case.shortage, "voldoende_capaciteit")
    yield from _lacks(case.yes("lacks_funding_or_governance_power"), "geld_en_bestuurskracht")
    yield from _lacks(case.yes("few_clients"), "voldoende_clienten")


# --- scenario 1 --------------------------------------------------------------------------------------------------


def onderaannemerschap(case: Case) -> Findings:
    """Scenario 1: as the ggz-organisatie that outsources, or as the organisation that carries it out."""
    if case.type is None:
        yield TYPE_UNKNOWN
        return
    yield from _outsourcing(case) if case.type in CARE else _executing(case)
    yield from _failed(case.facts.get("coach_alignment") == "minder", "geen_intensieve_afstemming")
    yield from _lacks(case.yes("agreements_refused") and case.may_have_partner(EXECUTORS), "afspraken_met_uitvoerder")
    yield from _to_do(case.unknown("only_own_clients"), "alleen_clienten_van_hoofd")
    yield from _to_do(case.unknown("coach_alignment"), "intensieve_afstemming")
    yield from _to_do(True, "implementatieplan_aanbevolen")
    yield from _to_do(not case.yes("written_agreements"), "overeenkomst_onderaannemerschap_aanbevolen")


def _outsourcing(case: Case) -> Findings:
    yield from _own_criteria(case)
    yield from _failed(case.no("only_own_clients"), "andere_clienten_dan_van_hoofd")
    if case.type not in GGZ:
        yield ASK_PHRENOS
        return
    yield from _waits(case.partners is None, "partners_uitzoeken")
    yield from _lacks(not case.may_have_partner(EXECUTORS), "uitvoerder_voor_onderaannemerschap")
    yield from _role_of_ggz_partner(case)


def _role_of_ggz_partner(case: Case) -> Findings:
    """A ggz partner may be a fellow participant or the one who carries it out: the wish or the need tells which."""
    if not case.has_partner(EXECUTORS) or case.has_partner(BUREAU):
        return
    wants = case.yes("prefers_outsourcing") or case.shortage or case.topic == "onderaannemerschap"
    decided = case.no("prefers_outsourcing") and not case.unknown("capacity")
    yield from _waits(not wants and not decided, "rol_partner_uitzoeken")
    yield from _lacks(not wants and decided, "rol_partner_uitzoeken")


def _executing(case: Case) -> Findings:
    yield from _ggz_that_asks(case)
    yield from _failed(_serves_others(case), "andere_clienten_dan_van_hoofd")
    contradictory = case.yes("only_own_clients") and case.no("clients_in_care_with_partner")
    yield from _waits(contradictory, "alleen_clienten_van_hoofd")
    if case.type in LENDERS_ONLY:
        yield ASK_PHRENOS


def _serves_others(case: Case) -> bool:
    """Clients who aren't in care with the ggz aren't its clients either."""
    if case.no("only_own_clients"):
        return True
    return case.unknown("only_own_clients") and case.no("clients_in_care_with_partner")


def _ggz_that_asks(case: Case) -> Findings:
    """The partner is a ggz that meets all eight on its own; if they don't even meet them together, it does not."""
    yield from _failed(not case.may_have_partner(GGZ), "geen_ggz_partner")
    yield from _waits(case.partners is None, "partners_uitzoeken")
    not_even_together = case.no("jointly_meets_criteria")
    alone = case.facts.get("partner_meets_criteria")
    yield from _failed(alone is False or (alone is None and not_even_together), "partner_criteria_niet_gehaald")
    yield from _waits(alone is None or not_even_together, "partner_criteria_uitzoeken")


# --- scenario 2 --------------------------------------------------------------------------------------------------


def regionaal_team(case: Case) -> Findings:
    """Scenario 2: ggz-organisaties or beschermd wonen, each meeting all eight on its own, near each other."""
    if case.type is None:
        yield TYPE_UNKNOWN
        return
    if case.type not in CARE:
        yield Finding(Kind.FAILED, "geen_ggz_organisatie")
        return
    yield from _own_criteria(case)
    yield from _failed(case.yes("phrenos_review_refused"), "toets_phrenos_geweigerd")
    if case.type not in GGZ:
        yield ASK_PHRENOS
    elif case.may_have_partner(GGZ):
        yield from _fellow_participants(case)
    else:
        yield Finding(Kind.LACKS, "andere_ggz_partner")
    yield from _regional_team_to_do(case)


def _fellow_participants(case: Case) -> Findings:
    yield from _waits(case.partners is None, "partners_uitzoeken")
    yield from _failed(case.no("partner_meets_criteria"), "partner_criteria_niet_gehaald")
    yield from _waits(case.unknown("partner_meets_criteria"), "partner_criteria_uitzoeken")
    yield from _failed(case.no("near_partner"), "geen_fysieke_nabijheid")
    yield from _waits(case.unknown("near_partner"), "nabijheid_uitzoeken")
    yield from _failed(case.yes("agreements_refused"), "geen_goede_afspraken")


def _regional_team_to_do(case: Case) -> Findings:
    agreed = case.yes("written_agreements")
    yield from _to_do(not agreed, "samenwerkingsafspraken")
    yield from _to_do(True, "implementatieplan")
    yield from _to_do(True, "toets_phrenos")
    form = case.facts.get("team_form")
    yield from _to_do(form is None, "keuze_vorm_regionaal_team")
    yield from _to_do(form == "aparte_organisatie" and not agreed, "aanvraag_financiering_afspreken")
    yield from _to_do(form == "onderdeel_van_een_ggz" and not agreed, "verantwoordelijkheid_afspreken")
    yield from _to_do(case.facts.get("trained_coaches") in ("geen", "partner"), "opgeleide_trajectbegeleiders")


# --- scenario 3 --------------------------------------------------------------------------------------------------


def reintegratiebedrijf(case: Case) -> Findings:
    """Scenario 3: a re-integratiebedrijf with one or more ggz-organisaties, together meeting all eight."""
    if case.type is None:
        yield TYPE_UNKNOWN
        return
    if case.type in LENDERS_ONLY:
        yield Finding(Kind.FAILED, "geen_rol_voor_dit_type")
        return
    if case.type not in GGZ and case.type != REINTEGRATION:
        yield ASK_PHRENOS
    yield from _failed(case.yes("phrenos_review_refused"), "toets_phrenos_geweigerd")
    yield from _of_the_bureau(case) if case.type == REINTEGRATION else _of_the_care_organisation(case)
    yield from _bureau_to_do(case)


def _of_the_bureau(case: Case) -> Findings:
    yield from _failed(not case.may_have_partner(GGZ), "geen_ggz_partner")
    yield from _waits(case.partners is None, "partners_uitzoeken")
    together_by_partner = case.yes("partner_meets_criteria")  # who meets all eight alone, meets them together as well
    yield from _joint_conditions(case, together_by_partner)
    yield from _waits(case.unknown("clients_in_care_with_partner"), "clienten_in_zorg_uitzoeken")
    yield from _failed(case.facts.get("trained_coaches") == "partner", "geen_getrainde_trajectbegeleiders_in_dienst")
    yield from _to_do(case.facts.get("trained_coaches") != "eigen", "getrainde_trajectbegeleiders_in_dienst")


def _of_the_care_organisation(case: Case) -> Findings:
    yield from _waits(case.partners is None, "partners_uitzoeken")
    if not case.may_have_partner(BUREAU):
        yield Finding(Kind.LACKS, "partner_reintegratiebedrijf")
        return
    yield from _joint_conditions(case, together_anyway=False)
    yield from _to_do(case.unknown("clients_in_care_with_partner"), "clienten_in_zorg")
    yield from _to_do(case.facts.get("trained_coaches") != "partner", "getrainde_trajectbegeleiders_in_dienst")


def _joint_conditions(case: Case, together_anyway: bool) -> Findings:
    yield from _failed(case.no("jointly_meets_criteria"), "samen_criteria_niet_gehaald")
    unknown = case.unknown("jointly_meets_criteria") and not together_anyway
    yield from _waits(unknown, "samen_acht_criteria_uitzoeken")
    yield from _failed(case.no("clients_in_care_with_partner"), "clienten_niet_in_zorg_bij_ggz")
    yield from _failed(case.yes("agreements_refused"), "geen_afspraken_op_papier")
    yield from _failed(case.yes("agreements_refused"), "geen_goede_afspraken")


def _bureau_to_do(case: Case) -> Findings:
    yield from _to_do(not case.yes("coaches_know_target_group"), "kennis_doelgroep")
    yield from _to_do(not case.yes("written_agreements"), "afspraken_op_papier")
    yield from _to_do(True, "implementatieplan")
    yield from _to_do(True, "toets_phrenos")
    yield from _to_do(True, "clienten_en_financiering_in_beeld")


# --- scenario 4 --------------------------------------------------------------------------------------------------


def inhuren(case: Case) -> Findings:
    """Scenario 4: as the ggz-organisatie that hires, or as the organisation that lends."""
    if case.type is None:
        yield TYPE_UNKNOWN
        return
    yield from _hiring(case) if case.type in CARE else _lending(case)
    yield from _failed(case.yes("agreements_refused") and case.may_have_partner(LENDERS), "geen_goede_afspraken")
    yield from _failed(case.no("hired_coach_experience"), "geen_aantoonbare_kennis_ervaring")
    yield from _failed(case.no("hired_coach_same_location"), "andere_locatie")
    yield from _to_do(not case.yes("written_agreements"), "afspraken_met_uitlener")
    yield from _to_do(not case.yes("hired_coach_trained"), "scholing_ingehuurde_trajectbegeleider")
    yield from _to_do(case.unknown("hired_coach_experience"), "kennis_en_ervaring_aantonen")
    yield from _to_do(not case.yes("hired_coach_in_team"), "plaats_in_ips_team")
    yield from _to_do(case.unknown("hired_coach_same_location"), "zelfde_locatie")


def _hiring(case: Case) -> Findings:
    yield from _own_criteria(case)
    if case.type == "anders":
        yield ASK_PHRENOS
        return
    yield from _failed(case.no("delivers_ips_now"), "voert_zelf_geen_ips_uit")
    yield from _waits(case.unknown("delivers_ips_now"), "ips_in_huis_uitzoeken")
    if case.type not in GGZ:
        yield ASK_PHRENOS
        return
    yield from _waits(case.partners is None, "partners_uitzoeken")
    yield from _lacks(not case.may_have_partner(LENDERS), "andere_uitlener")


def _lending(case: Case) -> Findings:
    yield from _ggz_that_asks(case)
    if case.type == REINTEGRATION:
        yield from _bureau_lending(case)


def _bureau_lending(case: Case) -> Findings:
    """Meeting the criteria only together means that the ggz has no IPS of its own, so nothing to hire for."""
    together = case.yes("jointly_meets_criteria")
    yield from _failed(together and case.unknown("partner_meets_criteria"), "voert_zelf_geen_ips_uit")
    yield from _waits(together and case.yes("partner_meets_criteria"), "ips_in_huis_uitzoeken")
    yield from _lacks(case.topic != "inhuren", "rol_uitlener_uitzoeken")


OPTIONS: Mapping[str, Callable[[Case], Findings]] = {
    "zelfstandig": zelfstandig,
    "onderaannemerschap": onderaannemerschap,
    "regionaal_team": regionaal_team,
    "reintegratiebedrijf": reintegratiebedrijf,
    "inhuren": inhuren,
}
