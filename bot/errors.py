"""One tree of errors.

IpsWijzerError
├── KnowledgeError       a YAML file is wrong: file, line and what is wrong with it
├── InputError           a program or a person sent something we can't take: a code, a field, a Dutch sentence
│   ├── Refused          an HTTP request that we refuse: it has a status of its own
│   ├── UnknownFact
│   └── InvalidValue
├── StoreError           the store is down, slow or full
│   └── StaleDossier     somebody else saved this dossier in between
├── SettingError         a setting in the environment has a value that we can't take
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


class Refused(InputError):
    """An HTTP request that we refuse, with its status and, where the sender should wait, the seconds."""

    def __init__(
        self, status: int, code: str, message: str, field: str | None = None, retry_after: int | None = None
    ) -> None:
        self.status, self.code, self.retry_after = status, code, retry_after
        super().__init__(message, field)


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


class SettingError(IpsWijzerError):
    """A setting has a wrong value; the text is one Dutch line that names the setting."""

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        super().__init__(f"{name} {problem}")


class NotReady(IpsWijzerError):
    """A part that this request needs is not running (yet)."""
