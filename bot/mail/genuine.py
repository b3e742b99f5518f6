"""What our own mail server says about who sent a mail (RFC 8601). Pure.

Only the topmost Authentication-Results of our own server counts: a sender can write the others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"(?i)\b(dmarc|dkim|spf)\s*=\s*([a-z]+)([^;]*)")
_DKIM_DOMAIN = re.compile(r"(?i)\bheader\.(?:d|i)\s*=\s*\"?(?:[^\s@;\"]*@)?([a-z0-9.-]+)")
_SPF_DOMAIN = re.compile(r"(?i)\bsmtp\.mailfrom\s*=\s*\"?(?:[^\s@;\"]*@)?([a-z0-9.-]+)")


def is_genuine(results: Sequence[str], server: str, sender: str) -> bool | None:
    """Tell whether `server` confirmed the sender's domain (True), denied it (False) or said nothing of use (None)."""
    if not server or not results:
        return None
    named, _, said = _COMMENT.sub(" ", results[0]).partition(";")
    if (named.split() or [""])[0].lower() != server.lower():
        return None
    domain = sender.rpartition("@")[2].lower()
    found = [(method.lower(), verdict.lower(), rest) for method, verdict, rest in _RESULT.findall(said)]
    dmarc = [verdict for method, verdict, _rest in found if method == "dmarc"]
    if "pass" in dmarc:
        return True
    if any(
        method == "dkim" and verdict == "pass" and domain in _DKIM_DOMAIN.findall(rest.lower())
        for method, verdict, rest in found
    ):
        return True
    if any(
        method == "spf" and verdict == "pass" and domain in _SPF_DOMAIN.findall(rest.lower())
        for method, verdict, rest in found
    ):
        return True
    return False if "fail" in dmarc else None
