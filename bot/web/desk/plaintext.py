"""The words of an article that was written as HTML: no quoted mail, no signature, links written out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BREAKS = {"br", "p", "div", "li", "tr", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr"}
_UNSEEN = {"script", "style", "head", "title", "template", "svg"}
_VOID = {"br", "hr", "img", "input", "meta", "link", "wbr", "col", "area", "base", "embed", "source", "track"}
_CITE = "blockquote"
DEEPEST = 200


def text_of(body: str, content_type: str) -> str:
    """Return what a person reads."""
    if "html" not in content_type.lower():
        return body.strip()
    reader = _Reader()
    reader.feed(body)
    reader.close()
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Keeps the text; what stands inside an element that people don't see, or quote, is left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._open: list[tuple[str, bool]] = []  # the tag, and whether it hides what is in it
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _BREAKS and not self._hidden:
            self.pieces.append("\n- " if tag == "li" else "\n")
        if tag == "a":
            self._links.append((given.get("href") or "", len(self.pieces)))
        if tag not in _VOID and len(self._open) < DEEPEST:
            hides = tag in _UNSEEN or "data-signature" in given or (tag == _CITE and given.get("type") == "cite")
            self._open.append((tag, hides or self._hidden))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            href, start = self._links.pop()
            shown = "".join(self.pieces[start:]).strip()
            if href.startswith("https://") and shown and href.rstrip("/") != shown.rstrip("/") and not self._hidden:
                self.pieces.append(f" ({href})")
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break
        if tag in ("p", "div", "table", "ul", "ol") and not self._hidden:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data.replace("\n", " "))

    @property
    def _hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]
