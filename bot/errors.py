"""One tree of errors.

IpsWijzerError
├── KnowledgeError       a YAML file is wrong: file, line and what is wrong with it
├── InputError           a program or a person sent something we can't take: a code, a field, a Dutch sentence
│   ├── Refused          an HTTP request that we refuse: it has a status of its own
│   ├── UnknownFact
│   ├── UnknownTicket
│   └── InvalidValue
├── StoreError           the store is down, slow or full
│   ├── StaleDossier     somebody else saved this dossier in between
│   └── StaleTicket      the same, for a ticket
├── Taken                somebody else is answering this ticket
├── BackupError          a copy could not be made or put back
├── LoginRefused         no such account with this password, or too many tries
├── MailError            mail could not be fetched or sent now
│   └── MailRefused      a mail will never be accepted
├── SettingError         a setting in the environment has a value that we can't take
└── NotReady             a part that this request needs has not started (yet)
"""

from __future__ import annotations

from datetime import datetime


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


class UnknownTicket(InputError):
    """A ticket that isn't there (any more)."""

    code = "onbekend_ticket"


class InvalidValue(InputError):
    """A value that its key doesn't allow."""

    code = "ongeldige_waarde"


class StoreError(IpsWijzerError):
    """The store can't be reached or refused to work."""


class StaleDossier(StoreError):
    """The dossier was saved by somebody else since it was read."""


class StaleTicket(StoreError):
    """The ticket was saved by somebody else since it was read."""


class Taken(IpsWijzerError):
    """Somebody else is answering this ticket; `by` and `at` say who and since when."""

    def __init__(self, by: str, at: datetime) -> None:
        self.by, self.at = by, at
        super().__init__(f"taken by {by}")


class LoginRefused(IpsWijzerError):
    """Nobody gets in with this; `seconds` is how long to wait before the next try, 0 when one may try at once."""

    def __init__(self, seconds: int = 0) -> None:
        self.seconds = seconds
        super().__init__("login refused")


class MailError(IpsWijzerError):
    """Mail could not be fetched or sent now."""


class MailRefused(MailError):
    """A mail will never be accepted: the address doesn't exist, say."""


class BackupError(IpsWijzerError):
    """A copy of what is kept could not be made or put back; the text is Dutch, for the operator."""


class SettingError(IpsWijzerError):
    """A setting has a wrong value; the text is one Dutch line that names the setting."""

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        super().__init__(f"{name} {problem}")


class NotReady(IpsWijzerError):
    """A part that this request needs is not running (yet)."""
