"""What is read of a mail that came in. Nothing of an attachment is kept but its name."""

from __future__ import annotations

from dataclasses import dataclass

PERSON, AUTOMATIC, BOUNCE, LIST = "persoon", "automatisch", "onbestelbaar", "lijst"


@dataclass(frozen=True)
class Attachment:
    """An attachment as the mail names it; `kind` is its content type."""

    name: str
    kind: str


@dataclass(frozen=True)
class Bounce:
    """A mail program's word that a mail did not arrive (yet): which one, and the status code, such as "5.1.1"."""

    message_ids: tuple[str, ...]
    status: str = ""
    delayed: bool = False


@dataclass(frozen=True)
class Nature:
    """What kind of mail it is; `answerable` tells whether a program may answer it, `signs` say why (not)."""

    kind: str = PERSON
    answerable: bool = True
    signs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Incoming:
    """A mail, read. Addresses are in small letters, "" where the mail gives none that can be trusted to be one.

    `sender` is the one address of From; `answer_to` is where its writer wants the answer. `remarks` are codes of what
    was odd about it (bot.mail.reading.REMARKS). `digest` names the mail's bytes.
    """

    digest: str
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: str = ""
    answer_to: str = ""
    to: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    nature: Nature = Nature()
    attachments: tuple[Attachment, ...] = ()
    bounce: Bounce | None = None
    authentication: tuple[str, ...] = ()  # Authentication-Results as they stand, the newest first
    remarks: tuple[str, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        """The Message-IDs that this mail says it is an answer to, the nearest first."""
        return tuple(dict.fromkeys((*self.in_reply_to, *reversed(self.references))))
