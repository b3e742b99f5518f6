"""Slack, in two translators: what Slack sends -> what was said or pressed and where; a reply -> Block Kit messages.

Facts about the formats are from Slack's own pages: "Verifying requests from Slack", "Events API", "app_mention event",
"message event", "block_actions payload", "Slash commands", "Formatting message text" and the Block Kit reference.
"""

from __future__ import annotations

import hashlib
import hmac
import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from bot.channels.rendering import LIST, SOURCE, TEXT, File, Line, Part, Rendered, Run, Step

WINDOW_SECONDS = 300  # a signed request is good for so long
MOST_TITLE, MOST_VALUE, MOST_TEXT, MOST_BLOCKS, MOST_BUTTONS = 75, 2000, 3000, 50, 5
MOST_MESSAGE = 12_000  # characters of all blocks together, well under what Slack refuses
CHUNK = 400  # characters of a long run; escaped it is at most five times as long
CHOICES, PROGRESS, FILES = "keuze", "voortgang", "bestand"
EMPTY_COMMAND = "hallo"  # /ips without a word

_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)
_STAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_REFERENCE = re.compile(r"<([^<>\n]*)>")
_SPOKEN = (None, "file_share", "thread_broadcast")  # subtypes of a message that a person wrote
_MARKS = re.compile(r"(?<!\w)[*_~`](?=\S)|(?<=\S)[*_~`](?!\w)|^(?=>)|^(?=\d+\.\s)", re.MULTILINE)
_UNMARKED = "\u200b"


@dataclass(frozen=True)
class Where:
    """A place to answer in: `thread` is "" between two; `user` is whose it is, "" when everybody's."""

    team: str
    channel: str
    thread: str = ""
    user: str = ""


@dataclass(frozen=True)
class Challenge:
    """Slack asks whether this address is ours."""

    value: str


@dataclass(frozen=True)
class Said:
    """A message. `known`: keys of conversations that it belongs to if they exist; else it begins `new` (or none)."""

    id: str
    text: str
    user: str
    where: Where
    known: tuple[str, ...]
    new: str | None
    own: bool = False  # a conversation begun or kept for this user alone
    command: bool = False


@dataclass(frozen=True)
class Pressed:
    """A button: `block` names the conversation and its entry, `message` is what holds the button, to be redrawn."""

    id: str
    payload: str
    title: str
    user: str
    where: Where
    conversation: str
    seq: int
    ts: str
    message: Mapping[str, Any]


Incoming = Challenge | Said | Pressed


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Return the signature that Slack gives a body sent at `stamp`."""
    return "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, stamp: str, given: str, body: bytes, now: float) -> bool:
    """Tell whether Slack signed these bytes less than five minutes from `now`; the bytes are not looked into."""
    if not secret or not _STAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(given):
        return False
    if abs(now - int(stamp)) > WINDOW_SECONDS:
        return False
    return hmac.compare_digest(signature(secret, stamp, body).encode(), given.encode())


# --- what comes in


def read(content_type: str, body: bytes) -> Incoming | None:
    """Return what a signed request says; None for what is not for us; raises ValueError for what is no request."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        return _read_event(_object(body.decode("utf-8")))
    if kind != "application/x-www-form-urlencoded":
        raise ValueError("neither JSON nor a form")
    form = {name: values[0] for name, values in parse_qs(body.decode("utf-8"), keep_blank_values=True).items()}
    if "payload" in form:
        return _read_press(_object(form["payload"]))
    return _read_command(form) if "command" in form else None


def plain(text: str, bot: str = "") -> str:
    """Return Slack's text as its writer saw it, without the mention of the bot itself."""
    return html.unescape(_REFERENCE.sub(lambda found: _reference(found[1], bot), text)).strip()


def _reference(inner: str, bot: str) -> str:
    """Return what stands for <@U…>, <#C…|name>, <!here>, <mailto:…|…> and <https://…|…>."""
    address, _, label = inner.partition("|")
    if address.startswith("@"):
        return "" if address[1:] == bot else _labelled("@", label)
    if address.startswith("#"):
        return _labelled("#", label)
    if address.startswith("!"):
        return label
    if address.lower().startswith(("mailto:", "tel:")):
        return address.partition(":")[2]
    return label or address


def _labelled(mark: str, label: str) -> str:
    return f"{mark}{label.lstrip(mark)}" if label else ""


def _object(text: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(content, dict):
        raise ValueError("no object")
    return content


def _text(content: Mapping[str, Any], *names: str) -> str:
    """Return the text under a path of names, or ""."""
    value: Any = content
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def _read_event(content: Mapping[str, Any]) -> Challenge | Said | None:
    if content.get("type") == "url_verification":
        return Challenge(_text(content, "challenge"))
    event = content.get("event")
    if content.get("type") != "event_callback" or not isinstance(event, dict):
        return None
    team, user, bot = _text(content, "team_id"), _text(event, "user"), _bot(content)
    if not team or not user or not _text(event, "channel") or not _text(event, "ts") or not _by_a_person(event, bot):
        return None
    if event.get("type") == "app_mention":
        return _mentioned(event, team, user, bot)
    if event.get("type") == "message":
        if event.get("channel_type") == "im":
            return _direct(event, team, user, bot)
        return _in_thread(event, team, user, bot)
    return None


def _bot(content: Mapping[str, Any]) -> str:
    for each in content.get("authorizations") or ():
        if isinstance(each, dict) and each.get("is_bot"):
            return _text(each, "user_id")
    return ""


def _by_a_person(event: Mapping[str, Any], bot: str) -> bool:
    """Leave out what we or other bots said, edits, deletions, joins and the like."""
    if event.get("bot_id") or event.get("hidden") or event.get("edited") or event.get("subtype") not in _SPOKEN:
        return False
    return event["user"] not in (bot, "USLACKBOT")


def _said_id(event: Mapping[str, Any]) -> str:
    """Return one mark for a message, however many events tell of it and however often they are sent."""
    return f"{event['channel']}-{event['ts']}"[:64]


def _mentioned(event: Mapping[str, Any], team: str, user: str, bot: str) -> Said:
    channel, thread = event["channel"], _text(event, "thread_ts")
    shared, mine = f"slack:{team}:{channel}:{thread or event['ts']}", f"slack:{team}:{channel}:{thread}:{user}"
    where = Where(team, channel, thread or event["ts"], user if thread else "")
    text = plain(_text(event, "text"), bot or _first_mention(_text(event, "text"))) or EMPTY_COMMAND
    known = (shared, mine) if thread else (shared,)
    return Said(_said_id(event), text, user, where, known, mine if thread else shared, own=bool(thread))


def _first_mention(text: str) -> str:
    found = re.search(r"<@([A-Z0-9]+)", text)
    return found[1] if found else ""


def _direct(event: Mapping[str, Any], team: str, user: str, bot: str) -> Said | None:
    text = plain(_text(event, "text"), bot)
    where = Where(team, event["channel"], _text(event, "thread_ts"), user)
    key = _direct_key(team, user)
    return Said(_said_id(event), text, user, where, (key,), key, own=True) if text else None


def _direct_key(team: str, user: str) -> str:
    return f"slack:{team}:im:{user}"


def _in_thread(event: Mapping[str, Any], team: str, user: str, bot: str) -> Said | None:
    """Return a message in a thread that may be ours; not one by which people there talk to each other."""
    thread, raw = _text(event, "thread_ts"), _text(event, "text")
    text = plain(raw, bot)
    to_others = raw.lstrip().startswith("<@") and _first_mention(raw) != bot
    if not thread or not text or to_others:
        return None
    where = Where(team, event["channel"], thread)
    return Said(_said_id(event), text, user, where, (f"slack:{team}:{event['channel']}:{thread}",), None)


def _read_command(form: Mapping[str, str]) -> Said | None:
    team, user = form.get("team_id", ""), form.get("user_id", "")
    if not team or not user:
        return None
    mark = form.get("trigger_id") or json.dumps(form, sort_keys=True)
    text, key = plain(form.get("text", "")) or EMPTY_COMMAND, _direct_key(team, user)
    message_id = "ips-" + hashlib.sha256(mark.encode()).hexdigest()[:40]
    return Said(message_id, text, user, Where(team, user, "", user), (key,), key, own=True, command=True)


def _read_press(content: Mapping[str, Any]) -> Pressed | None:
    actions = content.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    conversation, seq = _of_block(_text(action, "block_id"))
    payload, message = _text(action, "value"), content.get("message")
    ids = [_text(content, *path) for path in (("team", "id"), ("user", "id"), ("channel", "id"), ("message", "ts"))]
    if content.get("type") != "block_actions" or not payload or not conversation or not all(ids):
        return None
    assert isinstance(message, dict)  # it has a ts
    team, user, channel, ts = ids
    where = Where(team, channel, _text(message, "thread_ts"), user)
    title = html.unescape(_text(action, "text", "text"))
    return Pressed(f"knop-{channel}-{ts}"[:64], payload, title, user, where, conversation, seq, ts, message)


def _of_block(block: str) -> tuple[str, int]:
    """Return the conversation and the entry that a block of buttons belongs to."""
    kind, _, rest = block.partition("|")
    conversation, _, numbers = rest.rpartition("|")
    seq = numbers.partition(".")[0]
    return (conversation, int(seq)) if kind == CHOICES and seq.isascii() and seq.isdigit() else ("", 0)


# --- what goes out


def draw(reply: Rendered, conversation: str, seq: int) -> list[dict[str, Any]]:
    """Return a reply as messages ({"text", "blocks"}) within Slack's bounds: split where needed, nothing cut off."""
    blocks = [*_progress(reply.progress), *_prose(reply.parts)]
    if reply.places and not any(part.kind == SOURCE for part in reply.parts):
        named = "; ".join(f"{place.title}, {place.section}" for place in reply.places)
        blocks += [_context(piece) for piece in _pieces((Run(f"Bron: {named}"),), "")]
    blocks += [*_files(reply.file), *_buttons(reply, conversation, seq)]
    return [_message(batch) for batch in _batches(blocks)]


def pressed(message: Mapping[str, Any], note: str) -> dict[str, Any]:
    """Return a message as it stands once its question is answered: no buttons, no progress, a line that says so."""
    gone = (f"{CHOICES}|", PROGRESS)
    kept = [
        block
        for block in message.get("blocks") or ()
        if isinstance(block, dict) and not str(block.get("block_id", "")).startswith(gone)
    ]
    return _message([*kept[: MOST_BLOCKS - 1], _context(escape(note)[:MOST_TEXT])])


def as_text(message: Mapping[str, Any]) -> str:
    """Return all that a message says as text, for when Slack won't have its blocks."""
    lines = []
    for block in message["blocks"]:
        lines.append(_seen(block))
        for button in block["elements"] if block["type"] == "actions" else ():
            lines.append(f"• {escape(button['text']['text'])}" + (f": {button['url']}" if "url" in button else ""))
    return "\n".join(filter(None, lines))


def escape(text: str) -> str:
    """Return text in which Slack sees no mention, link or markup."""
    safe = _MARKS.sub(lambda found: _UNMARKED + found[0] + (_UNMARKED if found[0] else ""), text)
    return html.escape(safe, quote=False)


def _progress(step: Step | None) -> list[dict[str, Any]]:
    if step is None:
        return []
    return [{**_context(escape(step.label)[:MOST_TEXT]), "block_id": PROGRESS}]


def _prose(parts: tuple[Part, ...]) -> Iterator[dict[str, Any]]:
    """Yield sections, each as full as it can be, and a context block for the line with the sources."""
    text = ""
    for part in parts:
        if part.kind == SOURCE:
            yield from _sections(text)
            text = ""
            for line in part.lines:
                yield from (_context(piece) for piece in _pieces(line, ""))
            continue
        for number, line in enumerate(part.lines):
            between = "" if not text else "\n" if number else "\n\n"
            for piece in _pieces(line, "• " if part.kind == LIST else ""):
                if len(text) + len(between) + len(piece) > MOST_TEXT:
                    yield from _sections(text)
                    text, between = "", ""
                text, between = text + between + piece, ""
    yield from _sections(text)


def _sections(text: str) -> Iterator[dict[str, Any]]:
    if text.strip():
        yield {"type": "section", "text": _mrkdwn(text)}


def _pieces(line: Line, mark: str) -> list[str]:
    """Return a line as mrkdwn in as few pieces as fit a section; no piece breaks an escape or a link."""
    pieces = [mark]
    for run in line:
        for bit in _bits(run):
            if len(pieces[-1]) + len(bit) > MOST_TEXT:
                pieces.append("")
            pieces[-1] += bit
    return [piece for piece in pieces if piece.strip()]


def _bits(run: Run) -> Iterator[str]:
    if run.link and len(run.text) <= CHUNK:
        shown = escape(run.text).replace("|", "¦")
        yield f"<{html.escape(run.link, quote=False)}|{shown}>"
        return
    for start in range(0, len(run.text), CHUNK):
        piece = run.text[start : start + CHUNK]
        yield _bold(piece) if run.bold else escape(piece)


def _bold(text: str) -> str:
    """Return bold text; the marks stand against its words, as Slack wants them."""
    inner = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}*{escape(inner)}*{after}" if inner else text


def _files(file: File | None) -> Iterator[dict[str, Any]]:
    if file is None:
        return
    buttons = []
    for number, (form, url) in enumerate(file.links):
        title = f"{file.title} ({form.upper()})"
        if len(title) > MOST_TITLE:
            title = form.upper()
        buttons.append({"type": "button", "text": _plain(title), "url": url, "action_id": f"{FILES}.{number}"})
    if any(len(f"{file.title} ({form.upper()})") > MOST_TITLE for form, _ in file.links):
        yield from _prose((Part(TEXT, ((Run(file.title),),)),))
    for number in range(0, len(buttons), MOST_BUTTONS):
        batch = buttons[number : number + MOST_BUTTONS]
        yield {"type": "actions", "block_id": f"{FILES}|{number}", "elements": batch}


def _buttons(reply: Rendered, conversation: str, seq: int) -> Iterator[dict[str, Any]]:
    """Yield the buttons, five a block; a title or payload that a button can't hold is written out above them."""
    written = [(choice.title, choice.payload) for choice in reply.choices if len(choice.title) > MOST_TITLE]
    unheld = [choice for choice in reply.choices if len(choice.payload) > MOST_VALUE]
    items = tuple((Run(title),) for title, _ in written) + tuple((Run(each.payload),) for each in unheld)
    yield from _prose((Part(LIST, items),) if items else ())
    elements = [
        {
            "type": "button",
            "action_id": f"{CHOICES}.{number}",
            "text": _plain(_short(choice.title)),
            "value": choice.payload,
        }
        for number, choice in enumerate(reply.choices)
        if choice not in unheld
    ]
    for start in range(0, len(elements), MOST_BUTTONS):
        block = f"{CHOICES}|{conversation}|{seq}.{start // MOST_BUTTONS}"
        yield {"type": "actions", "block_id": block, "elements": elements[start : start + MOST_BUTTONS]}


def _short(title: str) -> str:
    return title if len(title) <= MOST_TITLE else title[: MOST_TITLE - 1].rstrip() + "…"


def _batches(blocks: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return the blocks in messages; all buttons of a question stay in one, so that pressing one takes all away."""
    choices = [block for block in blocks if _is_choices(block)]
    batches: list[list[dict[str, Any]]] = []
    size = MOST_MESSAGE + 1
    for block in [block for block in blocks if not _is_choices(block)]:
        weight = len(_seen(block))
        if size + weight > MOST_MESSAGE or len(batches[-1]) == MOST_BLOCKS:
            batches.append([])
            size = 0
        batches[-1].append(block)
        size += weight
    if choices and (not batches or len(batches[-1]) + len(choices) > MOST_BLOCKS):
        batches.append([])
    if choices:
        batches[-1] += choices[:MOST_BLOCKS]
    return batches + [choices[at : at + MOST_BLOCKS] for at in range(MOST_BLOCKS, len(choices), MOST_BLOCKS)]


def _is_choices(block: Mapping[str, Any]) -> bool:
    return str(block.get("block_id", "")).startswith(f"{CHOICES}|")


def _message(blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """Return blocks with the text for notifications and for clients that draw no blocks."""
    text = "\n".join(filter(None, map(_seen, blocks)))
    return {"text": _whole_start(text) or "IPS-wijzer", "blocks": blocks}


def _whole_start(text: str) -> str:
    """Return the start of mrkdwn for a notification, not cut inside an escape or a link."""
    if len(text) <= MOST_TEXT:
        return text
    start = text[: MOST_TEXT - 1]
    return re.sub(r"<[^>]*$|&[a-z]*$", "", start).rstrip() + "…"


def _seen(block: Mapping[str, Any]) -> str:
    """Return the words of a block."""
    if block["type"] == "section":
        return str(block["text"]["text"])
    if block["type"] == "context":
        return " ".join(str(each.get("text", "")) for each in block["elements"])
    return ""


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
