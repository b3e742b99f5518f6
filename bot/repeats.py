"""What a dossier remembers of its last messages, so that one that comes again is answered again and not done again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from bot.hiding import hide_personal
from bot.model import Button, Dossier, Download, Progress, Reply, SourceRef

_NAMES = frozenset(each.name for each in fields(Reply)) - {"missed"}  # the first time it was kept for the keepers
KEPT = 8  # messages; a client sends again within seconds, and a widget's own log reaches further back


def known(dossier: Dossier, message_id: str) -> Mapping[str, Any] | None:
    """Return what was done for a message: {"id", "replies", "forget"?, "asked"?}, or None when it is new."""
    return next((each for each in dossier.answered if message_id and each["id"] == message_id), None)


def answered(
    dossier: Dossier, message_id: str, replies: Sequence[Reply], forget: bool
) -> tuple[Mapping[str, Any], ...]:
    """Return `dossier.answered` with this message added; one that makes us forget leaves only itself."""
    anew = forget or any(reply.restart for reply in replies)  # what was said before is over
    if not message_id:
        return () if anew else dossier.answered
    entry: dict[str, Any] = {"id": message_id, "replies": tuple(_plain(reply) for reply in replies)}
    if anew:
        return ({**entry, "forget": True} if forget else entry,)
    return (*dossier.answered, entry)[-KEPT:]


def asked(dossier: Dossier, message_id: str, replies: Sequence[Reply]) -> tuple[Mapping[str, Any], ...]:
    """Return `dossier.answered` with the question (or advice) that followed this message."""
    plain = tuple(_plain(reply) for reply in replies)
    return tuple(
        {**each, "asked": plain} if message_id and each["id"] == message_id else each for each in dossier.answered
    )


def replies_of(plain: Sequence[Mapping[str, Any]]) -> tuple[Reply, ...]:
    """Return the replies again."""
    return tuple(_reply(each) for each in plain)


def _plain(reply: Reply) -> dict[str, Any]:
    """Return a reply as JSON can hold it, without what is empty and without what may be shown only once."""
    download = replace(reply.download, token="") if reply.download else None
    kept = replace(reply, text=hide_personal(reply.text), download=download)
    return {name: value for name, value in asdict(kept).items() if value and name in _NAMES}


def _reply(plain: Mapping[str, Any]) -> Reply:
    made: dict[str, Any] = {name: value for name, value in plain.items() if name in _NAMES}
    made["buttons"] = tuple(Button(**each) for each in plain.get("buttons", ()))
    made["sources"] = tuple(SourceRef(**each) for each in plain.get("sources", ()))
    if "progress" in plain:
        made["progress"] = Progress(**plain["progress"])
    if "download" in plain:
        made["download"] = Download(**{**plain["download"], "formats": tuple(plain["download"]["formats"])})
    return Reply(**made)
