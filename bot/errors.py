"""One tree of errors.

IpsWijzerError
├── KnowledgeError       a YAML file is wrong: file, line and what is wrong with it
├── InputError           a program or a person sent something we can't take: a code, a field, a Dutch sentence
│   ├── UnknownFact
│   └── InvalidValue
├── StoreError           the store is down, slow or full
│   └── StaleDossier     somebody else saved this dossier in between
└── NotReady             a part that this request needs has not started (yet)
"""

from __future__ import annotations


class IpsWijzerError(Exception):
    """The root: everything we raise on purpose."""


class KnowledgeError(IpsWijzerError):
    """A knowledge file is wrong; the text names the file and, where known, the line."""

    def __init__(self, file: str, line: int | None, problem: str) -> None:
        self.file, self.line, self.problem = file, line, problem
        place = f"{file}:{line}" if line else file
        super().__init__(f"{place}: {problem}")


class InputError(IpsWijzerError):
    """Input that we refuse; `code` is for programs, `message` is Dutch for people, `field` is its path or None."""

    code = "ongeldige_invoer"

    def __init__(self, message: str, field: str | None = None) -> None:
        self.message, self.field = message, field
        super().__init__(message)


class UnknownFact(InputError):
    """A key that the contract doesn't know."""

    code = "onbekende_sleutel"


class InvalidValue(InputError):
    """A value that its key doesn't allow."""

    code = "ongeldige_waarde"


class StoreError(IpsWijzerError):
    """The store can't be reached or refused to work."""


class StaleDossier(StoreError):
    """The dossier was saved by somebody else since it was read."""


class NotReady(IpsWijzerError):
    """A part that this request needs is not running (yet)."""
