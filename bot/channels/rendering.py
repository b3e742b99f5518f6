"""A reply described once, for whoever draws it: parts of text, choices, places in publications, progress and a file.

Replies come as Rasa's REST protocol has them (see bot.channels.rest). Slack and Teams draw a `Rendered`; the widget
reads the same light Markdown by the same rules in its own language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.model import Entry

TEXT, LIST, SOURCE = "text", "list", "source"
LINK_HOSTS = ("kcphrenos.nl", "113.nl", "112.nl", "movisie.nl")  # the widget's own list; other addresses stay text
_INLINE = re.compile(
    r"\*\*(?P<bold>.+?)\*\*"
    r"|\[(?P<shown>[^\[\]\n]{1,300})\]\((?P<target>https://[^\s()]+)\)"
    r"|(?P<bare>https://[^\s<>\"'()|]+|\bwww\.[\w.-]+\.[a-z]{2,}(?:/[^\s<>\"'()|]*)?)"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*- ")
_SOURCE = re.compile(r"Bron(nen)?: ")
_AFTER_ADDRESS = ".,;:!?"


@dataclass(frozen=True)
class Run:
    """Some characters that look alike; `link` is an https or mailto address of a host that we know, or ""."""

    text: str
    bold: bool = False
    link: str = ""


Line = tuple[Run, ...]


@dataclass(frozen=True)
class Part:
    """A paragraph ("text"), the items of a list ("list") or the line that names the publications ("source")."""

    kind: str
    lines: tuple[Line, ...]

    def plain(self) -> str:
        """Return the part without markup."""
        mark = "- " if self.kind == LIST else ""
        return "\n".join(mark + "".join(run.text for run in line) for line in self.lines)


@dataclass(frozen=True)
class Choice:
    """A button: what it shows and what pressing it says."""

    title: str
    payload: str


@dataclass(frozen=True)
class Place:
    """A place in a publication."""

    id: str
    title: str
    section: str


@dataclass(frozen=True)
class Step:
    """How far the interview is."""

    done: int
    total: int
    label: str


@dataclass(frozen=True)
class File:
    """A document: its title and, for each format ("docx"), its absolute address."""

    title: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Rendered:
    """One reply. `parts` hold all of its text, the source line included; `places` name the same sources for programs.

    `clears` says that what stood above it in the conversation is over (wiped or begun anew).
    """

    parts: tuple[Part, ...] = ()
    choices: tuple[Choice, ...] = ()
    places: tuple[Place, ...] = ()
    progress: Step | None = None
    file: File | None = None
    clears: bool = False
    custom: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> str:
        """Return the text without markup, for notifications and clients that draw nothing else."""
        return "\n\n".join(part.plain() for part in self.parts)


def by_name(entry: Entry) -> str:
    """Return what an employee said, with who says it, for a place where all comes under the assistant's name."""
    name = str(entry.extra.get("name") or "").replace("*", "").strip()
    return f"**{name} (medewerker):** {entry.text}" if name else f"**Medewerker:** {entry.text}"


def rendered(reply: Mapping[str, Any], base: str) -> Rendered:
    """Return a REST reply as it is to be drawn; `base` is the public address of this assistant, for its documents."""
    custom = reply.get("custom") or {}
    return Rendered(
        parts=parts(reply.get("text") or ""),
        choices=tuple(Choice(each["title"], each["payload"]) for each in reply.get("buttons") or ()),
        places=tuple(Place(each["id"], each["title"], each["section"]) for each in custom.get("sources") or ()),
        progress=Step(**custom["progress"]) if custom.get("progress") else None,
        file=_file(custom["download"], base) if custom.get("download") else None,
        clears=bool(custom.get("forget") or custom.get("restart")),
        custom=custom,
    )


def parts(text: str) -> tuple[Part, ...]:
    """Return light Markdown (paragraphs, `- ` lists, **bold**, addresses) in parts; no word of it is dropped."""
    found: list[tuple[str, list[Line]]] = []
    before = None
    for line in text.split("\n"):
        kind = _kind(line)
        if kind is not None:
            if kind != before:
                found.append((kind, []))
            content = _ITEM.sub("", line, count=1) if kind == LIST else line
            found[-1][1].append(tuple(_runs(content)))
        before = kind
    return tuple(Part(kind, tuple(lines)) for kind, lines in found)


def split_long(text: str, limit: int) -> list[str]:
    """Return `text` in pieces of at most `limit` characters, cut between paragraphs, sentences or words if it can.

    The pieces hold every word, in order; only the white space where it was cut is gone.
    """
    pieces = []
    while len(text) > limit:
        at = _cut(text, limit)
        pieces.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [piece for piece in (*pieces, text) if piece]


def known_link(address: str) -> bool:
    """Tell whether an address is https and on a host of LINK_HOSTS, without a name or password in it."""
    try:
        url = urlsplit(address)
        host = (url.hostname or "").lower()
    except ValueError:
        return False
    return url.scheme == "https" and "@" not in url.netloc and _knows(host)


def _knows(host: str) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in LINK_HOSTS)


def _kind(line: str) -> str | None:
    if not line.strip():
        return None
    if _ITEM.match(line):
        return LIST
    return SOURCE if _SOURCE.match(line) else TEXT


def _runs(text: str, bold: bool = False) -> Iterator[Run]:
    at = 0
    for found in _INLINE.finditer(text):
        yield from _filled(Run(text[at : found.start()], bold))
        at = found.end()
        if found["bold"]:
            yield from _runs(found["bold"], bold=True)
        elif found["target"]:
            yield from _linked(found["shown"], found["target"], bold)
        elif found["bare"]:
            address = found["bare"].rstrip(_AFTER_ADDRESS)
            whole = f"https://{address}" if address.lower().startswith("www.") else address
            yield from _linked(address, whole, bold)
            yield from _filled(Run(found["bare"][len(address) :], bold))
        else:
            known = _knows(found["mail"].split("@")[1].lower())
            yield Run(found["mail"], bold, f"mailto:{found['mail']}" if known else "")
    yield from _filled(Run(text[at:], bold))


def _linked(shown: str, address: str, bold: bool) -> Iterator[Run]:
    """Yield a link; what it shows stays when we don't know the host, with the address behind it."""
    if known_link(address):
        yield Run(shown, bold, address)
    else:
        yield Run(shown if address.endswith(shown) else f"{shown} ({address})", bold)


def _filled(*runs: Run) -> Iterable[Run]:
    return (run for run in runs if run.text)


def _file(download: Mapping[str, Any], base: str) -> File | None:
    """Return a document's links; only our own paths, since a link with another host is no document of ours."""
    links = tuple(
        (str(each["format"]), f"{base.rstrip('/')}{each['url']}")
        for each in download.get("formats") or ()
        if str(each["url"]).startswith("/") and not str(each["url"]).startswith("//")
    )
    return File(str(download["title"]), links) if links else None


def _cut(text: str, limit: int) -> int:
    """Return where to cut: after a paragraph, a line, a sentence or a word, or at the limit itself."""
    window = text[: limit + 1]
    for between in ("\n\n", "\n", ". ", " "):
        at = window.rfind(between)
        if at > limit // 3:
            return min(at + len(between.rstrip(" ")), limit) if between == ". " else at
    return limit
