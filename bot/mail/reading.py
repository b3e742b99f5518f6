"""Reads a raw mail. Never raises: of a mail that can't be read it returns what could, with a remark that says so.

Nothing of an attachment is opened. What is bounded: bytes, parts, depth, the length of every text.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from bot.mail.headers import addresses_of, decode, message_ids, one_address, raw_value, raw_values, text_of
from bot.mail.incoming import BOUNCE, Attachment, Bounce, Incoming, Nature
from bot.mail.nature import nature_of
from bot.mail.plain import decoded, in_one_line, plain, text_of_html, unflowed

LONGEST_TEXT = 100_000  # characters of a mail that are read
LONGEST_SUBJECT = 300
LONGEST_NAME = 120
MOST_PARTS, MOST_DEPTH, MOST_ATTACHMENTS = 200, 12, 50
MOST_BOUNDARIES = 300  # a mail with more was made to break programs
STUB = 0.3  # a plain text this much shorter than its HTML only says that there is HTML

# What can be odd about a mail; the sentences are in bot/mail/texts.py.
REMARKS = (
    "kapot", "afgekapt", "leeg", "versleuteld", "ondertekend_dicht", "winmail", "agenda", "doorgestuurd_als_bijlage",
    "te_veel_delen", "ingekort", "afzender_onduidelijk",
)  # fmt: skip

_SIGNATURES = ("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
LONGEST_REPORT = 256 * 1024  # bytes of a mail with a report of a mail program that are read
_REPORT = re.compile(rb"(?i)content-type:\s{0,20}message/delivery-status")
_UUENCODED = re.compile(r"(?ms)^begin [0-7]{3,4} ([^\n]{1,200})\n(?:[ -`]{1,62}\n)*?(?:`|\s)?\n?end\s*$")
_PGP_ENCRYPTED = re.compile(r"(?s)-----BEGIN PGP MESSAGE-----.*?(?:-----END PGP MESSAGE-----|\Z)")
_PGP_SIGNATURE = re.compile(r"(?s)-----BEGIN PGP SIGNATURE-----.*?(?:-----END PGP SIGNATURE-----|\Z)")
_PGP_SIGNED = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash:[^\n]*\n)*\n?")
_ICS_TEXT = re.compile(r"(?m)^(?:SUMMARY|DESCRIPTION|LOCATION)(?:;[^:\n]*)?:(.*)$")
_STATUS = re.compile(r"(?im)^Status:\s*([245]\.\d{1,3}\.\d{1,3})")
_ACTION = re.compile(r"(?im)^Action:\s*([a-z]+)")
_ANY_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,2}\.\d{1,3})(?![\d.])")
_BARE_NAME = re.compile(r"(?i)\bfilename\s*=\s*\"?([^\";]+)")
_ANY_ID = re.compile(r"(?im)^[ \t>]{0,20}Message-ID:[ \t]{0,20}<([^<>\s]{1,500})>")


@dataclass
class _Found:
    """What a walk over the parts has found so far."""

    texts: list[str] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)
    invitation: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)
    report: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    parts: int = 0

    def remark(self, code: str) -> None:
        self.remarks[code] = None


def read(raw: bytes, whole: bool = True) -> Incoming:
    """Return the mail in `raw`; `whole` says whether these are all its bytes. Never raises."""
    digest = hashlib.sha256(raw).hexdigest()
    try:
        return _read(raw, whole, digest)
    except Exception:  # broken on purpose, or in a way that the parser does not foresee: RecursionError, LookupError
        return _crude(raw, digest)


def _read(raw: bytes, whole: bool, digest: str) -> Incoming:
    if raw.lower().count(b"boundary=") > MOST_BOUNDARIES:
        return _crude(raw, digest)
    if _REPORT.search(raw) and len(raw) > LONGEST_REPORT:  # the parser takes long over its empty lines
        raw, whole = raw[:LONGEST_REPORT], False
    message = BytesParser(policy=compat32).parsebytes(_without_preamble(raw))
    nature = nature_of(message)
    found = _Found()
    if not whole:
        found.remark("afgekapt")
    if not message.keys():
        found.remark("kapot")
    _walk(message, found, 0, nature.kind == BOUNCE)
    sender = one_address(message, "From")
    if not sender:
        found.remark("afzender_onduidelijk")
    subject = text_of(message, "Subject")[:LONGEST_SUBJECT]
    text = _text(found)
    return Incoming(
        digest,
        next(iter(message_ids(message, "Message-ID")), ""),
        message_ids(message, "In-Reply-To"),
        message_ids(message, "References"),
        sender,
        one_address(message, "Reply-To") or sender,
        addresses_of(message, "To") + addresses_of(message, "Cc"),
        subject,
        text,
        nature,
        tuple(found.attachments),
        _bounce(found, message) if nature.kind == BOUNCE else None,
        tuple(" ".join(value.split()) for value in raw_values(message, "Authentication-Results")[:5]),
        tuple(found.remarks),
    )


def _without_preamble(raw: bytes) -> bytes:
    """Return the mail without empty lines, a byte order mark or an mbox line in front."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    return raw.split(b"\n", 1)[1] if raw.startswith(b"From ") and b"\n" in raw else raw


def _text(found: _Found) -> str:
    text = "\n\n".join(filter(None, found.texts))
    if not text.strip() and found.invitation:
        text = "\n".join(found.invitation)
    if found.forwarded:
        text = "\n\n".join(filter(None, (text, *found.forwarded)))
    if len(text) > LONGEST_TEXT:
        found.remark("ingekort")
    if not text.strip():
        found.remark("leeg")
    return text[:LONGEST_TEXT]


# --- parts


def _walk(part: Message, found: _Found, depth: int, report: bool) -> None:
    found.parts += 1
    if found.parts > MOST_PARTS or depth > MOST_DEPTH:
        found.remark("te_veel_delen")
        return
    kind = part.get_content_type()
    if kind == "multipart/encrypted":
        found.remark("versleuteld")
    elif kind == "multipart/alternative" and part.is_multipart():
        _alternative(part, found, depth, report)
    elif kind == "message/rfc822" and _children(part):
        _nested(part, found, depth, report)
    elif part.is_multipart() and not kind.startswith("message/"):
        for child in _children(part):
            _walk(child, found, depth + 1, report)
    else:
        _leaf(part, kind, found, report)


def _is_drawn_in_text(part: Message, kind: str, name: str) -> bool:
    return kind.startswith("image/") and bool(raw_value(part, "Content-ID")) and not name


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _leaf(part: Message, kind: str, found: _Found, report: bool) -> None:
    name = _name(part)
    if kind == "message/delivery-status" or (report and kind == "text/rfc822-headers"):
        said = "\n".join(str(each) for each in part.get_payload()) if part.is_multipart() else _content(part)
        found.report.append(said)
        found.ids.extend(_ANY_ID.findall(said))
    elif kind in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == "winmail.dat":
        found.remark("winmail")
        _attach(found, name or "winmail.dat", kind)
    elif kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
        signed = "signed-data" in raw_value(part, "Content-Type").lower()
        found.remark("ondertekend_dicht" if signed else "versleuteld")
    elif kind == "text/calendar":
        found.remark("agenda")
        found.invitation.extend(_invitation(_content(part)))
    elif kind in ("text/plain", "text/html") and not _is_attachment(part, name):
        _say(part, kind, found)
    elif kind.startswith("multipart/") and not part.is_multipart():  # its boundary is missing
        found.remark("kapot")
        found.texts.append(_said(plain(_content(part)), found))
    elif kind not in _SIGNATURES and not _is_drawn_in_text(part, kind, name):
        _attach(found, name, kind)


def _alternative(part: Message, found: _Found, depth: int, report: bool) -> None:
    """Take the plain text, or the HTML where the plain text says next to nothing; walk what is neither."""
    children = _children(part)
    plains = [child for child in children if child.get_content_type() == "text/plain"]
    written = "\n".join(_plain_of(child) for child in plains).strip()
    others = [child for child in children if child not in plains]
    if not others:
        found.texts.append(_said(written, found))
        return
    beside = _Found(parts=found.parts)
    for child in others:
        _walk(child, beside, depth + 1, report)
    drawn = "\n\n".join(filter(None, beside.texts))
    stub = len(written) < STUB * len(drawn)
    found.texts.append(drawn if stub else _said(written, found))
    found.parts = beside.parts
    found.forwarded += beside.forwarded
    found.invitation += beside.invitation
    found.attachments += beside.attachments[: MOST_ATTACHMENTS - len(found.attachments)]
    for code in beside.remarks:
        found.remark(code)


def _nested(part: Message, found: _Found, depth: int, report: bool) -> None:
    """A mail inside the mail: forwarded as an attachment, or, in a bounce, the one that did not arrive."""
    inner = _children(part)[0]
    found.ids.extend(message_ids(inner, "Message-ID")[:1])
    if report:
        return
    inside = _Found(parts=found.parts)
    _walk(inner, inside, depth + 1, report)
    found.parts = inside.parts
    subject = text_of(inner, "Subject")[:LONGEST_SUBJECT]
    body = "\n\n".join(filter(None, [*inside.texts, *inside.forwarded]))
    found.forwarded.append(f"-------- Doorgestuurd bericht --------\nOnderwerp: {subject}\n\n{body}")
    found.remark("doorgestuurd_als_bijlage")
    found.attachments += inside.attachments[: MOST_ATTACHMENTS - len(found.attachments)]
    for code in inside.remarks:
        found.remark(code)


def _say(part: Message, kind: str, found: _Found) -> None:
    if kind == "text/html":
        found.texts.append(_said(plain(text_of_html(_content(part))), found))
    else:
        found.texts.append(_said(_plain_of(part), found))


def _plain_of(part: Message) -> str:
    text = _content(part)
    header = raw_value(part, "Content-Type").lower()
    if "format=flowed" in header.replace(" ", "").replace('"', ""):
        text = unflowed(text.replace("\r\n", "\n"), "delsp=yes" in header.replace(" ", ""))
    return plain(text)


def _said(text: str, found: _Found) -> str:
    """Return a text without what programs wrote into it: PGP's armour, a file in letters."""
    for name in _UUENCODED.findall(text) if "\nend" in text else ():
        _attach(found, name, "application/octet-stream")
    text = _UUENCODED.sub("", text) if "\nend" in text else text
    if "-----BEGIN PGP" in text:
        if _PGP_ENCRYPTED.search(text):
            found.remark("versleuteld")
        text = _PGP_SIGNED.sub("", _PGP_SIGNATURE.sub("", _PGP_ENCRYPTED.sub("", text)))
    return text.strip("\n")


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        charset = part.get_content_charset("") or ""
    except Exception:  # a charset in broken RFC 2231
        charset = ""
    return decoded(payload[: 4 * LONGEST_TEXT], str(charset))


def _is_attachment(part: Message, name: str) -> bool:
    return raw_value(part, "Content-Disposition").lower().startswith("attachment") or bool(name)


def _name(part: Message) -> str:
    shown = decode(raw_value(part, "Content-Disposition"))
    if not shown.isascii() and (bare := _BARE_NAME.search(shown)):  # bytes that should have been encoded
        return in_one_line(bare.group(1))[:LONGEST_NAME]
    try:
        name = part.get_filename("")
    except Exception:  # broken RFC 2231: LookupError, TypeError, IndexError
        return "bijlage"
    return in_one_line(decode(str(name or "")))[:LONGEST_NAME]


def _attach(found: _Found, name: str, kind: str) -> None:
    if len(found.attachments) < MOST_ATTACHMENTS:
        found.attachments.append(Attachment(in_one_line(name)[:LONGEST_NAME] or "zonder naam", kind[:80]))


def _invitation(text: str) -> list[str]:
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    values = [
        value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";") for value in _ICS_TEXT.findall(unfolded)
    ]
    return [plain(value) for value in values if value.strip()][:6]


def _bounce(found: _Found, message: Message) -> Bounce:
    said = "\n".join((*found.report, *found.texts))[:LONGEST_TEXT]
    status = _STATUS.search(said) or _ANY_STATUS.search(said)
    action = _ACTION.search(said)
    ids = (
        *found.ids,
        *_ANY_ID.findall(said),
        *message_ids(message, "In-Reply-To"),
        *message_ids(message, "References"),
    )
    return Bounce(
        tuple(dict.fromkeys(ids))[:20],
        status.group(1) if status else "",
        bool(action and action.group(1).lower() == "delayed"),
    )


# --- what can't be parsed


def _crude(raw: bytes, digest: str) -> Incoming:
    """Return what can be seen of a mail without parsing it."""
    text = plain(decoded(raw[: 4 * LONGEST_TEXT], ""))
    head, _, body = text.partition("\n\n")
    kept = [line for line in body.split("\n") if not _looks_encoded(line)]
    subject = re.search(r"(?im)^Subject:(.{0,300})$", head)
    return Incoming(
        digest,
        subject=in_one_line(subject.group(1)) if subject else "",
        text="\n".join(kept)[:LONGEST_TEXT].strip(),
        nature=Nature(answerable=False, signs=("kapot",)),
        remarks=("kapot", "afzender_onduidelijk"),
    )


def _looks_encoded(line: str) -> bool:
    return len(line) > 40 and " " not in line
