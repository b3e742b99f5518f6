"""What kind of mail it is: a person's, a machine's, a bounce or a list's, and whether a program may answer it. Pure.

A program that answers programs makes loops, so one sign is enough for silence (RFC 3834). A mail that is not answered
is still somebody's: it gets a ticket all the same.
"""

from __future__ import annotations

import re
from email.message import Message

from bot.mail.headers import one_address, raw_value, raw_values, text_of
from bot.mail.incoming import AUTOMATIC, BOUNCE, LIST, PERSON, Nature

_ANSWERING_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-autoreply-from")
_LIST_HEADERS = ("list-id", "list-post", "list-unsubscribe", "list-help", "x-mailing-list", "mailing-list")
_BULK = ("bulk", "list", "junk")
_DAEMON = re.compile(r"(?i)^(?:mailer-daemon|postmaster|mail-daemon|microsoftexchange[0-9a-f]+|bounces?)(?:[+=-].*)?@")
_MACHINE = re.compile(
    r"(?i)^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|geen[-_.]?antwoord|niet[-_.]?beantwoorden|noreply[-+].*|listserv"
    r"|majordomo|mailman|root|cron|daemon|nobody|www-data|owner-.*|.*-(?:request|bounces|owner))@"
)
_AWAY = re.compile(
    r"(?i)^\s*(?:automatisch (?:antwoord|bericht|e-?mailbericht)|automatic reply|auto(?:matische)?[- ]?reply|auto:"
    r"|out of (?:the )?office|afwezig(?:heids?(?:bericht|assistent|melding))?\s*(?:[:(]|t/m|tot\b|$)"
    r"|r[ée]ponse automatique|abwesenheitsnotiz|automatische antwort|ontvangstbevestiging\b)"
)
_FAILED = re.compile(
    r"(?i)^\s*(?:undeliver(?:able|ed)|onbestelbaar|delivery (?:status notification|failure|has failed)|failure notice"
    r"|mail delivery (?:failed|subsystem)|returned mail|niet te bezorgen|retour(?:gezonden)? e-?mail|warning: message)"
)
_RECEIPT = re.compile(r"(?i)^\s*(?:gelezen|read|leesbevestiging|not read|niet gelezen|bezorgd|delivered)\s*:")


def nature_of(message: Message) -> Nature:
    """Return what the headers say of a mail."""
    signs = tuple(_signs(message))
    if _is_bounce(message, signs):
        return Nature(BOUNCE, False, signs)
    if any(sign in ("auto-submitted", "antwoordprogramma", "onderwerp", "leesbevestiging") for sign in signs):
        return Nature(AUTOMATIC, False, signs)
    if any(sign in ("lijst", "precedence") for sign in signs):
        return Nature(LIST, False, signs)
    return Nature(PERSON, not signs, signs)


def _signs(message: Message) -> list[str]:
    sender, subject = one_address(message, "From"), text_of(message, "Subject")
    submitted = raw_value(message, "Auto-Submitted").partition(";")[0].strip().lower()
    precedence = raw_value(message, "Precedence").strip().lower()
    return_path = [value.strip() for value in raw_values(message, "Return-Path")]
    report = _report_type(message)
    found = {
        "auto-submitted": submitted not in ("", "no"),
        "antwoordprogramma": any(raw_values(message, name) for name in _ANSWERING_HEADERS)
        or precedence in ("auto_reply", "auto-reply"),
        "onderwerp": bool(_AWAY.match(subject)),
        "leesbevestiging": report == "disposition-notification"
        or (bool(_RECEIPT.match(subject)) and message.get_content_type() == "multipart/report"),
        "lijst": any(raw_values(message, name) for name in _LIST_HEADERS),
        "precedence": precedence in _BULK,
        "niet_beantwoorden": bool(raw_values(message, "X-Auto-Response-Suppress")),
        "leeg_retouradres": "<>" in return_path,
        "afzender_is_programma": bool(_DAEMON.match(sender) or _MACHINE.match(sender)),
        "bezorgprogramma": bool(_DAEMON.match(sender)),
        "bezorgrapport": report == "delivery-status" or bool(raw_values(message, "X-Failed-Recipients")),
        "bezorgonderwerp": bool(_FAILED.match(subject)),
        "spam": raw_value(message, "X-Spam-Flag").strip().lower() == "yes",
        "geen_afzender": not sender,
        "lus": any(raw_values(message, name) for name in ("X-Loop", "X-IPS-Wijzer"))
        or len(raw_values(message, "Received")) > 50,
    }
    return [sign for sign, holds in found.items() if holds]


def _is_bounce(message: Message, signs: tuple[str, ...]) -> bool:
    if "bezorgrapport" in signs:
        return True
    machine = "bezorgprogramma" in signs or "leeg_retouradres" in signs
    return machine and "bezorgonderwerp" in signs


def _report_type(message: Message) -> str:
    if message.get_content_type() != "multipart/report":
        return ""
    found = re.search(r"(?i)report-type\s*=\s*\"?([a-z-]+)", raw_value(message, "Content-Type"))
    return found.group(1).lower() if found else ""
