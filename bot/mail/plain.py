"""Bytes and HTML of strangers -> plain text that says what a reader would see."""

from __future__ import annotations

import re
import unicodedata

from lxml import etree

LONGEST_HTML = 400_000  # characters of HTML that are read
_UNSEEN = ("Cc", "Cf", "Cs")  # control, format (zero-width, right-to-left marks), lone surrogates
_LINE_ENDS = re.compile(r"\r\n|\r|\u2028|\u2029|\x85|\x0b|\x0c")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BLANKS = re.compile(r"\n{3,}")
_NOT_TEXT = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
_WINDOWS = frozenset({"", "us-ascii", "ascii", "ansi_x3.4-1968", "iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1"})
_STYLED = re.compile("[\U0001d400-\U0001d7ff\uff01-\uff5e]")  # letters that only look like others
_SKIPPED = frozenset({"script", "style", "head", "title", "template", "svg", "math", "object", "noscript", "select"})
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tbody", "tfoot", "thead", "tr", "ul",
))  # fmt: skip
_HIDDEN = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|mso-hide\s*:\s*all")


def decoded(content: bytes, charset: str) -> str:
    """Return bytes as text: by the charset that the mail names where that works, else as UTF-8 or Windows-1252."""
    charset = charset.strip().strip("\"'").lower()
    named = charset not in _WINDOWS and charset.replace("-", "_") not in _NOT_TEXT
    for guess in ([charset] if named else []) + ["utf-8"]:
        try:
            text = content.decode(guess)
        except (UnicodeError, LookupError, ValueError):
            continue
        return text
    return content.decode("cp1252", "replace")


def plain(text: str) -> str:
    """Return text in NFC without what nobody sees, with letters that only look like others made ordinary ones."""
    text = unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", text))
    text = _STYLED.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text)
    text = "".join(map(_seen, text)) if not text.isascii() or not text.isprintable() else text
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return _BLANKS.sub("\n\n", lines).strip("\n")


def in_one_line(text: str) -> str:
    """Return text as one line."""
    return " ".join(plain(text).split())


def unflowed(text: str, delete_space: bool) -> str:
    """Return format=flowed text (RFC 3676) with the lines that the program broke made whole again."""
    made: list[str] = []
    open_depth: int | None = None
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        signature = content == "-- "
        flows = content.endswith(" ") and not signature
        if flows and delete_space:
            content = content[:-1]
        if open_depth == depth and not signature:
            made[-1] += content
        else:
            made.append(f"{'>' * depth} {content}" if depth else content)
        open_depth = depth if flows else None
    return "\n".join(made)


def text_of_html(html: str) -> str:
    """Return what a reader of an HTML mail sees; quoted parts get `> ` before each line. "" when it can't be read."""
    source = html[:LONGEST_HTML].replace("\0", "").encode("utf-8", "replace")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, recover=True)
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError):
        return ""
    text = "" if root is None else _Reader().read(root)
    too_deep = any("depth" in problem.message for problem in parser.error_log)
    return _TAG.sub(" ", html[:LONGEST_HTML]).strip() if too_deep else text


class _Reader:
    """Walks the elements, without recursion, and writes the lines."""

    def __init__(self) -> None:
        self._lines: list[str] = [""]
        self._depth = self._hidden = self._kept = 0

    def read(self, root: etree._Element) -> str:
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                self._begin(tag, element)
            else:
                self._end(tag, element)
        return _BLANKS.sub("\n\n", "\n".join(line.rstrip() for line in self._lines)).strip()

    def _begin(self, tag: str, element: etree._Element) -> None:
        if self._is_hidden(tag, element):
            self._hidden += 1
        elif tag in _BLOCKS:
            self._break()
        if tag == "br":
            self._lines.append("")
        if tag == "blockquote":
            self._depth += 1
        if tag == "pre":
            self._kept += 1
        if tag == "li":
            self._write("- ")
        self._write(element.text)

    def _end(self, tag: str, element: etree._Element) -> None:
        if tag == "pre":
            self._kept -= 1
        if tag == "blockquote":
            self._break()
            self._depth -= 1
            self._lines.append("")
        elif self._is_hidden(tag, element):
            self._hidden -= 1
        elif tag in _BLOCKS:
            self._break()
            if tag in ("p", "h1", "h2", "h3", "table", "ul", "ol"):
                self._lines.append("")
        elif tag in ("td", "th"):
            self._write(" ")
        self._write(element.tail)

    @staticmethod
    def _is_hidden(tag: str, element: etree._Element) -> bool:
        if tag == "blockquote":
            return False
        return tag in _SKIPPED or "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style", "")))

    def _break(self) -> None:
        if self._lines[-1].strip("> "):
            self._lines.append("")

    def _write(self, text: str | None) -> None:
        if not text or self._hidden:
            return
        pieces = text.split("\n") if self._kept else [re.sub(r"[ \t\r\n\f]+", " ", text)]
        for number, piece in enumerate(pieces):
            if number:
                self._lines.append("")
            if not self._lines[-1]:
                piece = piece.lstrip() if not self._kept else piece
                if not piece:
                    continue
                self._lines[-1] = ">" * self._depth + " " if self._depth else ""
            self._lines[-1] += piece


def _seen(character: str) -> str:
    if character in "\n\t":
        return character
    category = unicodedata.category(character)
    if category in _UNSEEN:
        return ""
    return " " if category == "Zs" else character
