"""From the request of POST /api/v1/advice to facts. Whatever the contract doesn't know is refused, in Dutch."""

from __future__ import annotations

from collections.abc import Mapping

from bot.errors import InvalidValue, UnknownFact
from bot.model import FactDefinition, Facts, FactValue, Knowledge

MOST_KEYS = 100
MOST_PARTNERS = 20
LONGEST_ECHO = 40


def parse_facts(request: Mapping[str, object], knowledge: Knowledge) -> Facts:
    """Return the flat facts of a request whose criteria are nested ("criteria": {"6": "voldoet"}).

    Facts come in the order of the knowledge; a criterion that the asker calls `onbekend` is kept as that. Raises
    UnknownFact or InvalidValue with the field's path.
    """
    if not isinstance(request, Mapping):
        raise InvalidValue("Stuur een object met feiten.")
    if len(request) > MOST_KEYS:
        raise InvalidValue("Dit zijn te veel sleutels.")
    flat = _flatten(request)
    for key in flat:
        if key not in knowledge.facts:
            raise UnknownFact(f"Deze sleutel kennen we niet: {_echo(key)}.", _echo(key))
    return {key: _value(knowledge.facts[key], flat[key]) for key in knowledge.facts if key in flat}


def _flatten(request: Mapping[str, object]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in request.items():
        if key == "criteria":
            flat.update(_criteria(value))
        elif not isinstance(key, str) or key.startswith("criteria"):
            raise UnknownFact(f"Deze sleutel kennen we niet: {_echo(key)}.", _echo(key))
        else:
            flat[key] = value
    return flat


def _criteria(value: object) -> dict[str, object]:
    if not isinstance(value, Mapping) or len(value) > MOST_KEYS:
        raise InvalidValue('Geef de criteria als object, zoals {"6": "voldoet"}.', "criteria")
    return {f"criteria.{number}": status for number, status in value.items()}


def _value(definition: FactDefinition, value: object) -> FactValue:
    if definition.kind == "bool":
        return _bool(definition, value)
    if definition.kind == "choices":
        return _choices(definition, value)
    return _choice(definition, value)


def _bool(definition: FactDefinition, value: object) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue("Hier hoort true of false.", definition.key)
    return value


def _choice(definition: FactDefinition, value: object) -> str:
    allowed = [name for name, _ in definition.values]
    if not isinstance(value, str) or value not in allowed:
        raise InvalidValue(f"Hier hoort een van deze waarden: {', '.join(allowed)}.", definition.key)
    return value


def _choices(definition: FactDefinition, value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise InvalidValue("Hier hoort een lijst.", definition.key)
    if len(value) > MOST_PARTNERS:
        raise InvalidValue(f"Hier passen hoogstens {MOST_PARTNERS} waarden.", definition.key)
    return tuple(dict.fromkeys(_choice(definition, item) for item in value))


def _echo(key: object) -> str:
    text = "".join(char if char.isprintable() else "?" for char in str(key)[:LONGEST_ECHO])
    return text if len(str(key)) <= LONGEST_ECHO else f"{text}…"
