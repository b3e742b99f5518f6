"""Typed reading of YAML nodes (which keep their lines): each refusal names the file and the line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml

from bot.errors import KnowledgeError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Value:
    """One YAML node and the file (relative to the knowledge folder) that it stands in."""

    file: str
    node: yaml.Node

    def error(self, problem: str) -> KnowledgeError:
        """Return, not raise, the error that names this node's place."""
        return KnowledgeError(self.file, self.node.start_mark.line + 1, problem)

    @property
    def is_null(self) -> bool:
        """Whether this is YAML's null."""
        return self.node.tag == "tag:yaml.org,2002:null"

    def text(self) -> str:
        """Return a non-blank string; raises KnowledgeError for anything else."""
        if not self._is_scalar("str"):
            raise self.error("expected text (quote it when it looks like a number, a date or yes/no)")
        found: str = self.node.value.strip()
        if not found:
            raise self.error("expected text, found nothing")
        return found

    def raw(self) -> str:
        """Return a scalar as it is written; raises KnowledgeError for a list or mapping."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error("expected a single value")
        return str(self.node.value)

    def whole(self) -> int:
        """Return a whole number; raises KnowledgeError."""
        if not self._is_scalar("int"):
            raise self.error("expected a whole number")
        try:
            return int(self.node.value)
        except ValueError:
            raise self.error("expected a whole number") from None

    def decimal(self) -> Decimal:
        """Return a finite decimal number; raises KnowledgeError."""
        try:
            number = Decimal(self.raw())
        except InvalidOperation:
            raise self.error("expected a number") from None
        if not number.is_finite():
            raise self.error("expected a number")
        return number

    def flag(self) -> bool:
        """Return true or false; raises KnowledgeError."""
        if not self._is_scalar("bool") or self.node.value.lower() not in ("true", "false"):
            raise self.error("expected true or false")
        return bool(self.node.value.lower() == "true")

    def day(self) -> date:
        """Return a date written as 2026-11-21; raises KnowledgeError."""
        try:
            return date.fromisoformat(self.raw())
        except ValueError:
            raise self.error("expected a date like 2026-11-21") from None

    def items(self, at_least: int = 0) -> tuple[Value, ...]:
        """Return the items of a list; raises KnowledgeError for another type or too few items."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("expected a list")
        if len(self.node.value) < at_least:
            raise self.error(f"expected at least {at_least} items, found {len(self.node.value)}")
        return tuple(Value(self.file, node) for node in self.node.value)

    def texts(self, at_least: int = 0) -> tuple[str, ...]:
        """Return a list of strings; raises KnowledgeError."""
        return tuple(item.text() for item in self.items(at_least))

    def entries(self) -> dict[str, Value]:
        """Return a mapping with any keys, in order; raises KnowledgeError for another type or a key given twice."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("expected a mapping")
        found: dict[str, Value] = {}
        for key_node, value_node in self.node.value:
            key = Value(self.file, key_node)
            if key.raw() in found:
                raise key.error(f"key given twice: {key.raw()}")
            found[key.raw()] = Value(self.file, value_node)
        return found

    def fields(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Value]:
        """Return a mapping with exactly these keys; raises KnowledgeError for an unknown or missing one."""
        found = self.entries()
        for key_node, _ in self.node.value:
            if key_node.value not in required and key_node.value not in optional:
                raise Value(self.file, key_node).error(f"unknown key: {key_node.value}")
        missing = [key for key in required if key not in found]
        if missing:
            raise self.error(f"missing key: {', '.join(missing)}")
        return found

    def _is_scalar(self, kind: str) -> bool:
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag == f"tag:yaml.org,2002:{kind}"


def read_file(folder: Path, name: str) -> Value:
    """Return the root of one YAML file; raises KnowledgeError when it is missing, empty or not YAML."""
    try:
        text = (folder / name).read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=_LOADER)
    except (OSError, UnicodeDecodeError) as error:
        raise KnowledgeError(name, None, f"can't be read: {type(error).__name__}") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "not YAML"
        raise KnowledgeError(name, mark.line + 1 if mark else None, str(problem)) from error
    if node is None:
        raise KnowledgeError(name, 1, "the file is empty")
    return Value(name, node)
