"""Rasa's check of what an action server answers, without proving the check itself right every time.

Rasa hands its schema to `jsonschema.validate`, which first holds that schema against the schema of schemas. That never
changes and takes half as long as the sentence encoder (docs/metingen.md).
"""

from __future__ import annotations

from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction


def check_schema_once() -> None:
    """Make Rasa hold answers of the action server against a schema that is checked now; the verdicts are the same."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate(_action: RemoteAction, result: Any) -> bool:
        if error := best_match(validator.iter_errors(result)):
            raise error
        return True

    RemoteAction._validate_action_result = validate
