"""What a log line looks like: one JSON object or one line of text, with the id of its request and no message bodies.

Our own lines hold ids, counts and durations. What a library says while a message is handled could hold that message, so
of such a line only its place is kept; of an exception its kind and its way through the code, never its text.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import re
import secrets
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType
from typing import Any

REQUEST_HEADER = "X-Request-ID"
FORMATS = ("json", "text")
OWN = ("bot", "actions", "__main__")
LONGEST = 2000  # characters of what a library says
MOST_FRAMES = 40
_TELLTALE = ("asyncio",)  # it shows whole tasks, with the text of their exceptions
_HARMLESS = (OSError, ImportError, KeyboardInterrupt)  # at the end of a process; these speak of files and addresses
_ID = re.compile(r"[0-9a-f]{16}")
_ROOT = Path(__file__).resolve().parents[1]
_QUIET = dict.fromkeys(("alembic", "httpx", "httpcore", "sanic.access"), logging.WARNING)
_KEYS_OF_A_PLACE = ("event",)  # of a structured line by Rasa: its fixed name

_request: ContextVar[str] = ContextVar("request", default="")


def request_id() -> str:
    """Return the id of the request that this code works for, or ""."""
    return _request.get()


@contextmanager
def for_request(given: str = "") -> Iterator[str]:
    """Let every line in here carry this id, or a new one when it isn't one of ours."""
    token = _request.set(given if _ID.fullmatch(given) else secrets.token_hex(8))
    try:
        yield _request.get()
    finally:
        _request.reset(token)


def configure(process: str, form: str) -> None:
    """Send every line of this process to its standard error, warnings and the last words of a crash included."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(LineFormatter(process, form))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.lastResort = handler  # libraries that cut their loggers off from the root
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)
    warnings.showwarning = _show_warning
    sys.excepthook = _last_words
    threading.excepthook = lambda caught: _log_crash("thread", caught.exc_type, caught.exc_traceback)
    faulthandler.enable()  # native crashes: places in the code, no values


class LineFormatter(logging.Formatter):
    """Makes one line of a record."""

    def __init__(self, process: str, form: str) -> None:
        """`form` is one of FORMATS."""
        super().__init__()
        self._process, self._form = process, form

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = self._line(record)
        if self._form == "json":
            return json.dumps(line, ensure_ascii=False, default=str)
        head = " ".join(str(line[name]) for name in ("at", "level", "logger", "request", "text") if name in line)
        rest = {name: value for name, value in line.items() if name not in _HEAD}
        return _one_line(" ".join((head, *(f"{name}={value}" for name, value in rest.items()))))

    def _line(self, record: logging.LogRecord) -> dict[str, Any]:
        at = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {"at": at, "level": record.levelname, "process": self._process, "logger": record.name}
        if request_id():
            line["request"] = request_id()
        line["text"] = record.getMessage() if _is_own(record) else _of_a_library(record)
        line.update(getattr(record, "counts", {}))
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["way"] = _way(record.exc_info[2])
        return line


_HEAD = ("at", "level", "process", "logger", "request", "text")


def counts(**numbers: float | str) -> Mapping[str, Any]:
    """Return the `extra` of a line with numbers and short codes beside its text."""
    return {"counts": numbers}


def milliseconds(seconds: float) -> int:
    """Return a duration as the lines have it."""
    return round(seconds * 1000)


def _is_own(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] in OWN


def _of_a_library(record: logging.LogRecord) -> str:
    """Return what a library says, or only where it says it when a message could be in it."""
    place = f"({Path(record.pathname).name}:{record.lineno})"
    try:
        text = record.getMessage()
    except (TypeError, ValueError):  # a library's wrong format
        return place
    if text.startswith("{"):
        return _structured(text, place)
    if request_id() or record.name.startswith(_TELLTALE):
        return place
    return _one_line(text)[:LONGEST]


def _structured(text: str, place: str) -> str:
    try:
        said = json.loads(text)
    except ValueError:
        return place
    named = [str(said[key]) for key in _KEYS_OF_A_PLACE if isinstance(said.get(key), str)]
    known = named and re.fullmatch(r"[\w.\-]{1,100}", named[0])
    return f"{named[0]} {place}" if known else place


def _one_line(text: str) -> str:
    return " | ".join(text.splitlines())


def _way(way: TracebackType | None) -> list[str]:
    """Return the frames of a traceback: file, line and function, no values and no source."""
    return [f"{_short(at.filename)}:{at.lineno} {at.name}" for at in traceback.extract_tb(way)][-MOST_FRAMES:]


def _short(file: str) -> str:
    """Return a path without where it is installed."""
    path = Path(file)
    if path.is_relative_to(_ROOT) and ".venv" not in path.parts:
        return str(path.relative_to(_ROOT))
    return "/".join(path.parts[-2:])


def _show_warning(
    message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any, **__: Any
) -> None:
    """Log a warning by its kind and place; those about what will once change are for developers."""
    if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning, FutureWarning)):
        logging.getLogger(__name__).info("%s at %s:%d", category.__name__, _short(filename), lineno)


def _last_words(kind: type[BaseException], error: BaseException, way: TracebackType | None) -> None:
    text = f": {_one_line(str(error))[:LONGEST]}" if isinstance(error, _HARMLESS) else ""
    _log_crash(f"process{text}", kind, way)


def _log_crash(what: str, kind: type[BaseException], way: TracebackType | None) -> None:
    logging.getLogger(__name__).critical("the end of this %s", what, extra=counts(error=kind.__name__, way=_way(way)))  # type: ignore[arg-type]
