"""Teams: what an activity of the Bot Framework says, and what a reply looks like as Adaptive Cards.

Two translators without any network. Text stands in text runs, which know no Markdown, no markup and no mentions, so
what a person typed is shown as it was typed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.channels.rendering import LIST, SOURCE, Choice, Line, Part, Rendered, Run, split_long

PREFIX = "teams~"  # no sender of the REST channel can hold a ~
CHOICE = "ips"  # the key of a button's payload
CARD_TYPE = "application/vnd.microsoft.card.adaptive"
CARD_VERSION = "1.4"
LARGEST_MESSAGE = 28 * 1024  # bytes of a message as Teams counts them: two for each character
MOST_TOGETHER = 5  # buttons in one row; Teams hides those after the sixth
LONG_TITLE = 40  # a longer title gets a row of its own
LONGEST_BLOCK = 3000  # characters of one block of text
LONGEST_SUMMARY = 150
LONGEST_ID = 500
_TAG = re.compile(r"</?at\b[^<>]*>", re.IGNORECASE)
_SPACE = re.compile(r"&nbsp;|\u00a0")
NO_ADDRESS = "Downloaden kan hier nog niet: het openbare adres van deze assistent is niet ingesteld."
CHOOSE = "Typ je keuze: "


@dataclass(frozen=True)
class Reference:
    """Where a conversation is: enough to answer in it now or to say something in it later.

    `reply_to` is the activity that is answered, "" for a message of our own accord.
    """

    service: str
    conversation: str
    bot: str
    user: str
    tenant: str
    reply_to: str = ""

    def plain(self) -> dict[str, str]:
        """Return it as it can be stored; `Reference(**plain)` reads it back."""
        return asdict(self)


@dataclass(frozen=True)
class Incoming:
    """What came in. `key` is the conversation that a dossier belongs to; `thread` a channel's thread, else "".

    `addressed` tells whether it was said to the assistant: in private, by mention, or with a button of its own.
    `greets` is an arrival of the assistant in a conversation; then there is no text. `bare` is a mention alone.
    """

    key: str
    text: str
    id: str
    where: Reference
    thread: str = ""
    addressed: bool = True
    greets: bool = False
    bare: bool = False


def read(activity: Mapping[str, Any]) -> Incoming | None:
    """Return what an activity says to the assistant, None when it says nothing; raises ValueError when it is broken."""
    kind = activity.get("type")
    if kind == "message":
        return _message(activity, text_of(activity))
    if kind == "invoke" and activity.get("name") == "adaptiveCard/action":
        choice = _choice(_mapping(_mapping(activity.get("value")).get("action")).get("data"))
        return _message(activity, choice) if choice else None
    if kind == "conversationUpdate" and _arrived(activity):
        return _incoming(activity, "", addressed=True, greets=True)
    return None


def _message(activity: Mapping[str, Any], text: str) -> Incoming | None:
    if identity(activity, "from") == identity(activity, "recipient"):
        return None  # our own echo
    pressed = bool(_choice(activity.get("value")) or activity.get("type") == "invoke")
    addressed = pressed or _is_private(activity) or any(_mentions(activity))
    bare = not text and any(_mentions(activity))
    return _incoming(activity, text, addressed=addressed, bare=bare)


def _incoming(
    activity: Mapping[str, Any], text: str, *, addressed: bool, greets: bool = False, bare: bool = False
) -> Incoming:
    conversation, user = identity(activity, "conversation"), identity(activity, "from")
    tenant = tenant_of(activity)
    private = _is_private(activity)
    owner = ("personal", tenant, user) if private else ("group", tenant, conversation, user)
    where = Reference(
        service=str(activity.get("serviceUrl", "")),
        conversation=conversation,
        bot=identity(activity, "recipient"),
        user=user,
        tenant=tenant,
        reply_to="" if greets else identity(activity, ""),
    )
    thread = conversation if _mapping(activity.get("conversation")).get("conversationType") == "channel" else ""
    return Incoming(_key(owner), text, identity(activity, ""), where, thread, addressed, greets, bare)


def tenant_of(activity: Mapping[str, Any]) -> str:
    """Return the tenant that an activity comes from, in lower case."""
    told = _mapping(_mapping(activity.get("channelData")).get("tenant")).get("id")
    told = told or _mapping(activity.get("conversation")).get("tenantId")
    return told.lower() if isinstance(told, str) else ""


def _key(owner: Sequence[str]) -> str:
    """Return a conversation id: no name of a person, tenant or channel can be read from it."""
    return PREFIX + hashlib.sha256(json.dumps(owner).encode()).hexdigest()[:48]


def _is_private(activity: Mapping[str, Any]) -> bool:
    conversation = _mapping(activity.get("conversation"))
    return conversation.get("conversationType") == "personal" and not conversation.get("isGroup")


def text_of(activity: Mapping[str, Any]) -> str:
    """Return what a message says: a button's payload, or the text without the mention of the assistant."""
    if choice := _choice(activity.get("value")):
        return choice
    text = activity.get("text")
    if not isinstance(text, str):
        return ""
    for mention in _mentions(activity):
        text = text.replace(mention, " ")
    return _SPACE.sub(" ", _TAG.sub("", text)).strip()


def _mentions(activity: Mapping[str, Any]) -> list[str]:
    """Return how the assistant is mentioned, as it stands in the text."""
    bot, entities = identity(activity, "recipient"), activity.get("entities")
    found = [each for each in entities if isinstance(each, dict)] if isinstance(entities, list) else []
    return [
        each["text"]
        for each in found
        if each.get("type") == "mention"
        and _mapping(each.get("mentioned")).get("id") == bot
        and isinstance(each.get("text"), str)
        and each["text"]
    ]


def _choice(value: Any) -> str:
    """Return a button's payload, "" for anything else; messageBack may bring the value as a text with JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return ""
    payload = _mapping(value).get(CHOICE)
    return payload if isinstance(payload, str) else ""


def _arrived(activity: Mapping[str, Any]) -> bool:
    members, bot = activity.get("membersAdded"), identity(activity, "recipient")
    return isinstance(members, list) and any(_mapping(each).get("id") == bot for each in members)


def identity(activity: Mapping[str, Any], name: str) -> str:
    """Return the id of a part of an activity ("": of itself); raises ValueError when it has none."""
    return _checked((_mapping(activity.get(name)) if name else activity).get("id"), name or "id")


def _checked(value: Any, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or not value.isprintable():
        raise ValueError(name)
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


# --- drawing


@dataclass(frozen=True)
class _Block:
    """A piece of a card and how it reads without one."""

    element: Mapping[str, Any]
    plain: str


def draw(view: Rendered) -> list[dict[str, Any]]:
    """Return a reply as messages with a card each, in order, none larger than Teams takes."""
    cards: list[list[_Block]] = [[]]
    for block in _blocks(view):
        if cards[-1] and size(_activity([*cards[-1], block])) > LARGEST_MESSAGE:
            cards.append([])
        cards[-1].append(block)
    return [_activity(blocks) for blocks in cards if blocks]


def as_text(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message that was drawn as a card as plain text, for where the card is refused."""
    text = message["attachments"][0]["content"]["fallbackText"]
    return {"type": "message", "textFormat": "plain", "text": text}


def addressed(message: Mapping[str, Any], where: Reference) -> dict[str, Any]:
    """Return a message with its sender, receiver and place."""
    to = {"from": {"id": where.bot}, "recipient": {"id": where.user}, "conversation": {"id": where.conversation}}
    return {**message, **to, **({"replyToId": where.reply_to} if where.reply_to else {})}


def size(message: Mapping[str, Any]) -> int:
    """Return the bytes of a message, as Teams counts: UTF-16, and never fewer than are sent."""
    text = json.dumps(message, ensure_ascii=False)
    return max(len(text.encode("utf-16-le", "replace")), len(text.encode("utf-8", "replace")))


def _activity(blocks: Sequence[_Block]) -> dict[str, Any]:
    plain = "\n\n".join(block.plain for block in blocks)
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": CARD_VERSION,
        "fallbackText": plain,
        "msteams": {"width": "Full"},
        "body": [block.element for block in blocks],
    }
    return {
        "type": "message",
        "summary": plain[:LONGEST_SUMMARY],
        "attachments": [{"contentType": CARD_TYPE, "content": card}],
    }


def _blocks(view: Rendered) -> Iterable[_Block]:
    for part in view.parts:
        yield from _text_blocks(part)
    if view.places and not any(part.kind == SOURCE for part in view.parts):
        for place in view.places:
            yield from _said(f"Bron: {place.title}, {place.section}", subtle=True)
    if view.progress:
        yield from _said(view.progress.label, subtle=True)
    if view.file:
        yield from _said(view.file.title, bold=True)
        yield from _file_blocks(view)
    yield from _choice_blocks(view.choices)


def _text_blocks(part: Part) -> Iterable[_Block]:
    """Yield a paragraph as one block, each item of a list as its own."""
    mark = "• " if part.kind == LIST else ""
    for line in part.lines:
        runs = [Run(mark), *line] if mark else list(line)
        yield from _runs(runs, subtle=part.kind == SOURCE)


def _runs(runs: Sequence[Run], *, subtle: bool) -> Iterable[_Block]:
    if sum(len(run.text) for run in runs) <= LONGEST_BLOCK:
        yield _block(tuple(runs), subtle)
        return
    for run in runs:
        for piece in split_long(run.text, LONGEST_BLOCK):
            yield _block((Run(piece, run.bold, run.link),), subtle)


def _said(text: str, *, subtle: bool = False, bold: bool = False) -> Iterable[_Block]:
    return _runs([Run(text, bold)], subtle=subtle)


def _block(line: Line, subtle: bool) -> _Block:
    inlines = [_inline(run, subtle) for run in line]
    return _Block({"type": "RichTextBlock", "inlines": inlines}, "".join(run.text for run in line))


def _inline(run: Run, subtle: bool) -> dict[str, Any]:
    inline: dict[str, Any] = {"type": "TextRun", "text": run.text}
    if run.bold:
        inline["weight"] = "Bolder"
    if subtle:
        inline |= {"isSubtle": True, "size": "Small"}
    if run.link.startswith("https://"):
        inline["selectAction"] = {"type": "Action.OpenUrl", "url": run.link}
    return inline


def _file_blocks(view: Rendered) -> Iterable[_Block]:
    links = view.file.links if view.file else ()
    known = [(name, url) for name, url in links if url.startswith("https://")]
    if not known:
        yield from _said(NO_ADDRESS, subtle=True)
        return
    actions = [{"type": "Action.OpenUrl", "title": name.upper(), "url": url} for name, url in known]
    plain = "\n".join(f"{name.upper()}: {url}" for name, url in known)
    yield _Block({"type": "ActionSet", "actions": actions}, plain)


def _choice_blocks(choices: Sequence[Choice]) -> Iterable[_Block]:
    """Yield the buttons in rows: short ones together, a long one alone."""
    row: list[Choice] = []
    for choice in choices:
        alone = len(choice.title) > LONG_TITLE
        if row and (alone or len(row) == MOST_TOGETHER):
            yield _row(row)
            row = []
        if alone:
            yield _row([choice])
        else:
            row.append(choice)
    if row:
        yield _row(row)


def _row(choices: Sequence[Choice]) -> _Block:
    actions = [
        {
            "type": "Action.Submit",
            "title": choice.title,
            "data": {
                CHOICE: choice.payload,
                "msteams": {
                    "type": "messageBack",
                    "displayText": choice.title,
                    "text": choice.payload,
                    "value": json.dumps({CHOICE: choice.payload}, ensure_ascii=False),
                },
            },
        }
        for choice in choices
    ]
    return _Block({"type": "ActionSet", "actions": actions}, CHOOSE + " / ".join(choice.title for choice in choices))
