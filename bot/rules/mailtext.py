"""What of a mail is the message: the sender's own words, apart from signature, disclaimer and quoted replies. Pure.

A part that the sender forwards is kept beside the own words, for that is what the mail is about; a reply that is quoted
under the own words is not judged again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GREETING = re.compile(
    r"(?i)^(?:beste|geachte|hallo|hoi|hai|hey|hi|dag|goede?n?\s?(?:morgen|middag|dag|avond)|lieve|waarde|l\.?s\.?|dear"
    r"|hello|good (?:morning|afternoon)|mevrouw|meneer|collega'?s?)\b(?:\s+[\w'’./-]+){0,6}\s*[,!.:]?$"
)
_CLOSING = re.compile(
    r"(?i)^(?:(?:met|de|hele?|veel|een)\s+)*(?:(?:hartelijke|vriendelijke|collegiale|beste|warme|lieve|zonnige)\s+)*"
    r"(?:groet(?:en|jes)?|gr\b\.?|grt\w*|mvg|m\.v\.g\.?|vr\.? ?gr\.?|vg|liefs|hartelijks?|hoogachtend|sincerely"
    r"|(?:alvast )?(?:dank|bedankt)(?: alvast| voor (?:de|uw|je) moeite)?|bvd|b\.v\.d\.?|(?:kind |best |warm )?regards"
    r"|best(?: wishes)?|thanks(?: in advance)?|thank you|cheers|yours \w+|tot (?:ziens|snel|horens|dan))\b[^?]{0,45}$"
)
_ORIGINAL = re.compile(
    r"(?i)^[\s>]*(?:[-_*]{2,}\s*(?:oorspronkelijk bericht|original message|forwarded message|doorgestuurd bericht"
    r"|begin doorgestuurd bericht)\b.*|begin forwarded message:?)\s*$"
)
_HEADER = re.compile(r"(?i)^[\s>*]*(?:van|from|aan|to|cc|verzonden|sent|datum|date|onderwerp|subject)\s*\*?:\s*\S")
_FIRST_HEADER = re.compile(r"(?i)^[\s>*]*(?:van|from)\s*\*?:\s*\S")
_WROTE = re.compile(r"(?i)^[\s>]*(?:op|on)\b.{3,120}\b(?:(?:schreef|wrote)\b.{0,120}|het volgende geschreven\s?):\s*$")
_RULE = re.compile(r"^\s*_{20,}\s*$")
_QUOTE = re.compile(r"^\s*>")
_DISCLAIMER = re.compile(
    r"(?i)\bvertrouwelijk\w*\b.{0,80}\b(?:bericht|e-?mail|inhoud|bestemd|informatie)|(?:bericht|e-?mail|mail)\b.{0,60}"
    r"\b(?:vertrouwelijk|uitsluitend bestemd|alleen bestemd|confidential)|niet de (?:bedoelde|beoogde) ontvanger"
    r"|intended (?:recipient|solely)|geen rechten (?:worden )?(?:ontleend|ontlenen)|^\s*disclaimer\b"
    r"|denk aan het milieu|consider the environment"
)
_DEVICE = re.compile(r"(?i)^(?:verstuurd|verzonden|sent) (?:vanaf|met|from|via) (?:mijn|my|outlook|de)\b.{0,40}$")
_POSTSCRIPT = re.compile(r"(?i)^(?:p\.?\s?s\.?|n\.?b\.?|o,|o ja|oh ja|en nog|nog iets|ow)(?=[\s:,.]|$)")
_FORWARDING = re.compile(r"(?i)^\s*(?:fw|fwd|doorst|doorgestuurd|wg)\s*:")
_POINTS_DOWN = re.compile(
    r"(?i)\b(?:zie (?:hier)?onder|zie beneden|hieronder|onderstaande?|stuur\w*(?: \w+){0,3} door|doorgestuurd|ter info"
    r"|fyi|see below|forward\w*|kun(?:nen)? (?:jij|je|u|jullie) (?:dit|hier)|kan de helpdesk)\b"
)
_PREFIX = re.compile(r"(?i)^\s*(?:(?:re|aw|antw|betreft|fw|fwd|doorst|wg)\s*:\s*)+")
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
LONGEST_SIGNATURE_LINE = 7  # words; a line with more that ends as a sentence is said, not signed


@dataclass(frozen=True)
class Letter:
    """A message taken apart; every part may be empty. `body` is what gets judged."""

    subject: str
    own: str
    forwarded: str = ""
    quoted: str = ""
    signature: str = ""
    disclaimer: str = ""

    @property
    def body(self) -> str:
        """The subject, the sender's words and what they forward, as one text."""
        return "\n".join(part for part in (self.subject, self.own, self.forwarded) if part)

    @property
    def everything(self) -> str:
        """All that is not a quoted reply or a disclaimer: where nothing that must be seen may be lost."""
        return "\n".join(part for part in (self.subject, self.own, self.forwarded, self.signature) if part)


def letter_of(text: str, subject: str = "", channel: str = "mail") -> Letter:
    """Return the parts of a message; `channel` is mail, chat or teams (only a mail has a signature)."""
    plain_subject = _PREFIX.sub("", subject).strip()
    if channel != "mail":
        return Letter(plain_subject, text.strip())
    above, below = _split_at_original(text.splitlines())
    said, quotes = _without_quotes(above)
    own, signature, disclaimer = _take_apart(said)
    if below and (_FORWARDING.match(subject) or not own.strip() or _POINTS_DOWN.search(own)):
        passed_on, _, more = _take_apart([line for line in below if not _HEADER.match(line)])
        return Letter(plain_subject, own, passed_on, quotes, signature, "\n".join(filter(None, (disclaimer, more))))
    if not own.strip() and quotes:  # somebody who answers between or under the quoted lines, or sends only those
        return Letter(plain_subject, "", re.sub(r"(?m)^\s*>\s?", "", quotes), "", signature, disclaimer)
    return Letter(plain_subject, own, "", "\n".join(filter(None, (quotes, "\n".join(below)))), signature, disclaimer)


def reply_in(text: str) -> str:
    """Return what the writer of a reply wrote, with greeting and signature, without what they reply to.

    Words between or under quoted lines are the writer's own; where a program quotes without marks, all below is quoted.
    """
    above, below = _split_at_original(text.splitlines())
    marked = any(_QUOTE.match(line) for line in below)
    lines = [line for line in (*above, *(below if marked else ())) if not _QUOTE.match(line) and not _RULE.match(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a text, a line at most each, without greeting lines."""
    lines = [line for line in text.splitlines() if not _GREETING.match(line.strip())]
    return [found.strip() for line in lines for found in _SENTENCE.findall(line) if found.strip(" .!?…-")]


def _split_at_original(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines above the first forwarded or quoted original, and those below."""
    for number, line in enumerate(lines):
        if _ORIGINAL.match(line) or _WROTE.match(line):
            return lines[:number], lines[number + 1 :]
        if _WROTE.match(" ".join(lines[number : number + 2])):  # a program broke the line
            return lines[:number], lines[number + 2 :]
        if _FIRST_HEADER.match(line) and any(_HEADER.match(later) for later in lines[number + 1 : number + 5]):
            return lines[:number], lines[number:]
    return lines, []


def _without_quotes(lines: list[str]) -> tuple[list[str], str]:
    kept = [line for line in lines if not _QUOTE.match(line)]
    return kept, "\n".join(line for line in lines if _QUOTE.match(line))


def _take_apart(lines: list[str]) -> tuple[str, str, str]:
    """Return own words, signature and disclaimer. What is said below a signature is not part of it."""
    said: list[str] = []
    signed: list[str] = []
    legal: list[str] = []
    closed = in_disclaimer = False
    for line in lines:
        bare = line.strip()
        in_disclaimer = bool(bare) and (in_disclaimer or bool(_DISCLAIMER.search(bare)))
        if in_disclaimer:
            legal.append(bare)
        elif _DEVICE.match(bare):
            signed.append(bare)
        elif not closed and (bare == "--" or (said and _CLOSING.match(bare))):
            closed = True
            signed.append(bare)
        elif closed and not _is_said(bare):
            signed.append(bare)
        elif not (_GREETING.match(bare) and not "".join(said).strip()):
            said.append(bare)
    return "\n".join(said).strip(), "\n".join(signed).strip(), "\n".join(legal)


def _is_said(line: str) -> bool:
    words = line.split()
    if _POSTSCRIPT.match(line):
        return True
    return len(words) > 3 and ("?" in line or (len(words) > LONGEST_SIGNATURE_LINE and line[-1:] in ".!…"))
