"""The advice as the contract writes it, and the description of /api/v1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.model import Advice, FactDefinition, OptionVerdict, Source, SourceRef
from bot.web import triage

Json = dict[str, Any]
OPTIONS = ("zelfstandig", "onderaannemerschap", "regionaal_team", "reintegratiebedrijf", "inhuren")


def to_json(advice: Advice, sources: Mapping[str, Source]) -> Json:
    """Return the response body of POST /api/v1/advice."""
    question = advice.next_question
    return {
        "best": advice.best,
        "possible": list(advice.possible),
        "options": [_option(verdict, sources) for verdict in advice.options],
        "next_question": question
        and {
            "key": question.key,
            "text": question.text,
            "why": question.why,
            "source": _source(question.source, sources),
        },
        "knowledge_version": advice.knowledge_version,
    }


def _option(verdict: OptionVerdict, sources: Mapping[str, Source]) -> Json:
    who = verdict.responsible
    return {
        "id": verdict.id,
        "name": verdict.name,
        "status": verdict.status.value,
        "reasons": [_reason(reason, sources) for reason in verdict.reasons],
        "missing": [{**_reason(missing, sources), "required": missing.required} for missing in verdict.missing],
        "responsible": {
            "execution": who.execution,
            "contract": who.contract,
            "funding": who.funding,
            "fidelity_review": who.fidelity_review,
        },
        "fits": [_reason(reason, sources) for reason in verdict.fits],
        "remarks": [_reason(reason, sources) for reason in verdict.remarks],
    }


def _reason(reason: Any, sources: Mapping[str, Source]) -> Json:
    return {"code": reason.code, "text": reason.text, "source": _source(reason.source, sources)}


def _source(ref: SourceRef, sources: Mapping[str, Source]) -> Json:
    return {"id": ref.id, "title": sources[ref.id].title, "section": ref.section}


def openapi(facts: Mapping[str, FactDefinition]) -> Json:
    """Return the OpenAPI description of /api/v1, its keys and values from the knowledge."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "IPS-wijzer", "version": "1"},
        "paths": {
            "/api/v1/advice": {
                "post": {
                    "summary": "Advies over de vijf opties. Een sleutel die ontbreekt, is onbekend.",
                    "requestBody": {"required": True, "content": _json_of(_facts_schema(facts))},
                    "responses": {
                        "200": {"description": "Het advies", "content": _json_of(_ADVICE_SCHEMA)},
                        "422": {"description": "Onbekende sleutel of waarde", "content": _json_of(_ERROR_SCHEMA)},
                    },
                }
            },
            "/api/v1/triage": triage.openapi_path(),
            "/api/v1/openapi.json": {
                "get": {
                    "summary": "Deze beschrijving.",
                    "responses": {"200": {"description": "OpenAPI", "content": _json_of({"type": "object"})}},
                }
            },
        },
    }


def with_common_errors(description: Json) -> Json:
    """Return the description with the errors that every operation may give, beside what it says itself."""
    paths = {
        path: {method: _with_errors(method, operation) for method, operation in operations.items()}
        for path, operations in description["paths"].items()
    }
    return {**description, "paths": paths}


def _with_errors(method: str, operation: Json) -> Json:
    common = {**_ERRORS, **(_ERRORS_OF_A_BODY if method == "post" else {})}
    errors = {code: {"description": text, "content": _json_of(_ERROR_SCHEMA)} for code, text in common.items()}
    return {**operation, "responses": {**errors, **operation["responses"]}}


def _json_of(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _facts_schema(facts: Mapping[str, FactDefinition]) -> Json:
    criteria = {key.partition(".")[2]: _fact(fact) for key, fact in facts.items() if key.startswith("criteria.")}
    properties = {key: _fact(fact) for key, fact in facts.items() if not key.startswith("criteria.")}
    if criteria:
        properties["criteria"] = {"type": "object", "additionalProperties": False, "properties": criteria}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _fact(fact: FactDefinition) -> Json:
    values = [value for value, _label in fact.values]
    if fact.kind == "bool":
        return {"type": "boolean", "description": fact.question}
    if fact.kind == "choices":
        return {"type": "array", "items": {"type": "string", "enum": values}, "description": fact.question}
    return {"type": "string", "enum": values, "description": fact.question}


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


_TEXT: Json = {"type": "string"}
_SOURCE_SCHEMA = _object(id=_TEXT, title=_TEXT, section=_TEXT)
_REASON_SCHEMA = _object(code=_TEXT, text=_TEXT, source=_SOURCE_SCHEMA)
_MISSING_SCHEMA = _object(code=_TEXT, text=_TEXT, required={"type": "boolean"}, source=_SOURCE_SCHEMA)
_OPTION_SCHEMA = _object(
    id={"type": "string", "enum": list(OPTIONS)},
    name=_TEXT,
    status={"type": "string", "enum": ["possible", "impossible", "undecided"]},
    reasons=_list(_REASON_SCHEMA),
    missing=_list(_MISSING_SCHEMA),
    responsible=_object(execution=_TEXT, contract=_TEXT, funding=_TEXT, fidelity_review=_TEXT),
    fits=_list(_REASON_SCHEMA),
    remarks=_list(_REASON_SCHEMA),
)
_ADVICE_SCHEMA = _object(
    best={"type": "string", "enum": [*OPTIONS, "nog_niet", "meer_informatie"]},
    possible=_list(_TEXT),
    options=_list(_OPTION_SCHEMA),
    next_question={**_object(key=_TEXT, text=_TEXT, why=_TEXT, source=_SOURCE_SCHEMA), "nullable": True},
    knowledge_version=_TEXT,
)
_ERROR_SCHEMA = _object(error=_object(code=_TEXT, message=_TEXT, field={"type": "string", "nullable": True}))
_ERRORS = {
    "400": "Geen geldig verzoek",
    "403": "Deze website mag hier niet vragen",
    "405": "Deze manier van vragen kan hier niet",
    "429": "Te veel verzoeken",
    "500": "Er ging bij ons iets mis",
    "503": "Start nog op, of te druk",
}
_ERRORS_OF_A_BODY = {"408": "Het bericht kwam niet op tijd binnen", "413": "Te groot", "415": "Geen JSON"}
