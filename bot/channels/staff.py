"""A ticket as employees see it in a staff channel: a card without anything of the asker, and what was said under it.

Two drawings of the same card, for Slack (Block Kit) and Teams (Adaptive Card); and what came in from a staff channel.
Formats are those of Slack's and Microsoft's pages that bot/channels/slack.py and teams.py name.
"""

from __future__ import annotations

import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from bot.channels import slack, teams

CARD, SAID = "ticket", "bericht"  # how the blocks begin that are ours
ACT, NUMBER = "desk", "number"  # what a button in Teams brings
PIECE = 580  # characters of one block: escaped at most five times as long, which Slack still takes
MOST_WEIGHT = 12_000  # characters of one message, as JSON


@dataclass(frozen=True)
class Card:
    """What a card shows; `buttons` are (act, title), `name` is unique to this ticket of this installation."""

    number: int
    name: str
    title: str
    lines: tuple[str, ...]
    how: str
    buttons: tuple[tuple[str, str], ...]
    link: str
    link_title: str


@dataclass(frozen=True)
class Spoken:
    """What somebody wrote in a thread of the staff channel, or which button they pressed (`act`)."""

    id: str
    user: str
    thread: str
    text: str = ""
    act: str = ""
    number: int = 0
    files: bool = False
    where: teams.Reference | None = None  # in Teams: where to answer


# --- Slack


def slack_card(card: Card) -> dict[str, Any]:
    """Return the card as a message of Slack."""
    buttons = [
        {"type": "button", "action_id": act, "text": _plain(title), "value": str(card.number)}
        for act, title in card.buttons
    ]
    if card.link.startswith("https://"):
        buttons.append({"type": "button", "action_id": "open", "text": _plain(card.link_title), "url": card.link})
    lines = "\n".join(slack.escape(line) for line in card.lines)
    blocks: list[dict[str, Any]] = [_section(f"*{slack.escape(card.title)}*\n{lines}".strip()[:3000])]
    if buttons:
        blocks.append({"type": "actions", "block_id": f"{CARD}|{card.name}", "elements": buttons})
    else:
        blocks[0]["block_id"] = f"{CARD}|{card.name}"
    if card.how:
        blocks.append({"type": "context", "elements": [_mrkdwn(slack.escape(card.how))]})
    return {"text": slack.escape(f"{card.title}. {' · '.join(card.lines)}"), "blocks": blocks}


def slack_said(text: str, name: str) -> list[dict[str, Any]]:
    """Return what was said as messages of Slack, each with a mark of its own; nothing in it is markup or a mention."""
    pieces = [slack.escape(text[at : at + PIECE]) for at in range(0, len(text), PIECE)]
    pieces = [piece for piece in pieces if piece.strip()]
    batches: list[list[str]] = [[]]
    for piece in pieces:
        if sum(map(_weight, (*batches[-1], piece))) > MOST_WEIGHT:
            batches.append([])
        batches[-1].append(piece)
    messages = []
    for number, batch in enumerate(filter(None, batches)):
        blocks = [_section(piece) for piece in batch]
        blocks[0]["block_id"] = f"{SAID}|{name}|{number}"
        messages.append({"text": batch[0][:200].rpartition("&")[0] or batch[0][:200], "blocks": blocks})
    return messages


def slack_names(message: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the marks of a message of ours, as its blocks' ids."""
    blocks = message.get("blocks")
    found = [str(block.get("block_id", "")) for block in blocks or () if isinstance(block, dict)]
    return tuple(name for name in found if name.startswith((f"{CARD}|", f"{SAID}|")))


def read_slack(content_type: str, body: bytes, channel: str) -> Spoken | None:
    """Return what a signed request says from a thread or a card of the staff channel, None for anything else."""
    kind = content_type.partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            return _slack_event(json.loads(body), channel)
        form = parse_qs(body.decode("utf-8")) if kind == "application/x-www-form-urlencoded" else {}
        return _slack_press(json.loads(form["payload"][0]), channel) if "payload" in form else None
    except (ValueError, RecursionError, AttributeError, TypeError, KeyError, IndexError):
        return None


def _slack_event(content: Mapping[str, Any], channel: str) -> Spoken | None:
    event = content.get("event")
    if content.get("type") != "event_callback" or not isinstance(event, dict) or event.get("channel") != channel:
        return None
    thread, user, ts = (str(event.get(name) or "") for name in ("thread_ts", "user", "ts"))
    spoken = event.get("subtype") in (None, "file_share", "thread_broadcast")
    by_machine = event.get("bot_id") or event.get("app_id") or event.get("hidden") or event.get("edited")
    if event.get("type") not in ("message", "app_mention") or by_machine or not spoken:
        return None
    if not thread or thread == ts or not user or user == "USLACKBOT":
        return None
    text = slack.plain(str(event.get("text") or ""), _slack_bot(content))
    return Spoken(f"slack-{channel}-{ts}"[:64], user, thread, text, files=bool(event.get("files")))


def _slack_bot(content: Mapping[str, Any]) -> str:
    for each in content.get("authorizations") or ():
        if isinstance(each, dict) and each.get("is_bot"):
            return str(each.get("user_id") or "")
    return ""


def _slack_press(content: Mapping[str, Any], channel: str) -> Spoken | None:
    action, message = content["actions"][0], content["message"]
    if content.get("type") != "block_actions" or content["channel"]["id"] != channel:
        return None
    if not str(action.get("block_id", "")).startswith(f"{CARD}|") or not str(action.get("value", "")).isdigit():
        return None
    user, ts = str(content["user"]["id"]), str(message["ts"])
    mark = f"knop-{ts}-{action.get('action_ts', '')}"[:64]
    return Spoken(mark, user, ts, act=str(action["action_id"]), number=int(action["value"]))


def _weight(text: str) -> int:
    return len(json.dumps(text))


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": html.unescape(text)[: slack.MOST_TITLE], "emoji": False}


# --- Teams


def teams_card(card: Card) -> dict[str, Any]:
    """Return the card as a message of Teams."""
    body = [_text(card.title, bold=True), *map(_text, card.lines)]
    actions: list[dict[str, Any]] = [
        {"type": "Action.Submit", "title": title, "data": {ACT: act, NUMBER: card.number}}
        for act, title in card.buttons
    ]
    if card.link.startswith("https://"):
        actions.append({"type": "Action.OpenUrl", "title": card.link_title, "url": card.link})
    if actions:
        body.append({"type": "ActionSet", "actions": actions})
    if card.how:
        body.append(_text(card.how, subtle=True))
    return _activity(body, "\n\n".join((card.title, *card.lines, card.link, card.how)).strip())


def teams_said(text: str, name: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what was said as messages of Teams, each with a mark; text runs know no markup and no mentions."""
    pieces = [text[at : at + teams.LONGEST_BLOCK] for at in range(0, len(text), teams.LONGEST_BLOCK)]
    return [(f"{name}|{at}", _activity([_text(piece)], piece)) for at, piece in enumerate(pieces) if piece.strip()]


def read_teams(activity: Mapping[str, Any], channel: str) -> Spoken | None:
    """Return what an activity says in a thread of the staff channel, None for anything else; raises ValueError."""
    thread = teams.identity(activity, "conversation")
    root, _, inside = thread.partition(";")
    user = teams.identity(activity, "from")
    if (
        activity.get("type") != "message"
        or root != channel
        or not inside
        or user == teams.identity(activity, "recipient")
    ):
        return None
    where = teams.Reference(
        str(activity.get("serviceUrl", "")),
        thread,
        teams.identity(activity, "recipient"),
        user,
        teams.tenant_of(activity),
    )
    value = activity.get("value")
    given = value if isinstance(value, dict) else {}
    act, number = given.get(ACT), given.get(NUMBER)
    if isinstance(act, str) and type(number) is int:
        return Spoken(_id(activity), user, thread, act=act, number=number, where=where)
    attached = activity.get("attachments")
    files = any(isinstance(each, dict) and each.get("contentType") != "text/html" for each in attached or ())
    return Spoken(_id(activity), user, thread, teams.text_of(activity), files=files, where=where)


def _id(activity: Mapping[str, Any]) -> str:
    name = teams.identity(activity, "")
    return f"teams-{name}" if len(name) <= 50 else f"teams-{hashlib.sha256(name.encode()).hexdigest()[:50]}"


def _activity(body: list[dict[str, Any]], plain: str) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": teams.CARD_VERSION,
        "fallbackText": plain,
        "msteams": {"width": "Full"},
        "body": body,
    }
    summary = plain[: teams.LONGEST_SUMMARY]
    return {"type": "message", "summary": summary, "attachments": [{"contentType": teams.CARD_TYPE, "content": card}]}


def _text(text: str, bold: bool = False, subtle: bool = False) -> dict[str, Any]:
    run: dict[str, Any] = {"type": "TextRun", "text": text}
    if bold:
        run["weight"] = "Bolder"
    if subtle:
        run |= {"isSubtle": True, "size": "Small"}
    return {"type": "RichTextBlock", "inlines": [run]}
