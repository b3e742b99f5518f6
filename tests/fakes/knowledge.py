"""A little knowledge and an advice that reads only `organisation_type`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.errors import InvalidValue, UnknownFact
from bot.model import (
    Advice,
    FactDefinition,
    Missing,
    OptionStatus,
    OptionVerdict,
    Question,
    Reason,
    Responsible,
    Source,
    SourceRef,
)
from bot.web.chat import Safety

REF = SourceRef("praktijkscenarios", "scenario 1, Toepassing")
SOURCES = {
    "praktijkscenarios": Source(
        "praktijkscenarios", "Praktijkscenario's", "Praktijkscenario's", "Phrenos", "2024", "wie", (REF.section,)
    )
}
FACTS = {
    "organisation_type": FactDefinition(
        "organisation_type", "choice", (("ggz", "ggz"), ("gemeente", "gemeente")), "Wat?", "Waarom", "type", REF
    ),
    "criteria.1": FactDefinition(
        "criteria.1", "criterion", (("voldoet", "ja"),), "Haal je 1?", "Daarom", "crit 1", REF
    ),
    "near_partner": FactDefinition(
        "near_partner", "bool", (("true", "ja"), ("false", "nee")), "Dichtbij?", "Daarom", "nabijheid", REF
    ),
    "partner_types": FactDefinition("partner_types", "choices", (("ggz", "ggz"),), "Wie?", "Daarom", "partners", REF),
}


def advise(request: Mapping[str, Any]) -> Advice:
    """Return a fixed advice; refuse what isn't known."""
    for key in request:
        if key not in ("organisation_type", "criteria", "near_partner", "partner_types"):
            raise UnknownFact(f"Onbekende sleutel: {key}", key)
    if request.get("organisation_type", "ggz") not in ("ggz", "gemeente"):
        raise InvalidValue("Onbekende waarde", "organisation_type")
    verdict = OptionVerdict(
        "zelfstandig",
        "Zelfstandig",
        OptionStatus.IMPOSSIBLE,
        (Reason("eigen_criteria_niet_gehaald", "Criterium 6 niet.", REF),),
        (Missing("implementatieplan", "Schrijf een plan.", True, REF),),
        Responsible("jullie", "jullie", "jullie", "jullie"),
    )
    question = Question("near_partner", "Dichtbij?", "Daarom", REF)
    return Advice("meer_informatie", (), (verdict,), question, "v1")


SAFETY = Safety("Bel **113** of 0800-0113, en bij direct gevaar **112**.", "Ons gesprek blijft bewaard.")
