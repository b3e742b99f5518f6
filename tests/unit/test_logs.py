"""Log lines: one line each, with the request's id, and never what somebody said."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.logs import LineFormatter, counts, for_request, request_id

SAID = "zeepaardenvijver"
ROOT = Path(__file__).parents[2]


def line_of(name: str, text: str, *args: object, error: BaseException | None = None, **numbers: object) -> str:
    """Return the JSON line of a record."""
    where = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.WARNING, "/x/site-packages/sanic/app.py", 7, text, args, where)
    record.__dict__.update(counts(**numbers))  # type: ignore[arg-type]
    return LineFormatter("web", "json").format(record)


def fail(text: str) -> BaseException:
    try:
        raise ValueError(text)
    except ValueError as problem:
        return problem


def test_a_line_of_ours_is_json_with_its_numbers() -> None:
    with for_request() as asked:
        line = json.loads(line_of("bot.web.chat", "turn of %s", "x\ny", ms=12))
    assert line["request"] == asked
    assert (line["process"], line["logger"], line["level"]) == ("web", "bot.web.chat", "WARNING")
    assert (line["text"], line["ms"]) == ("turn of x\ny", 12)
    assert line["at"].endswith("+00:00")


def test_every_form_is_one_line() -> None:
    record = logging.LogRecord("bot.x", logging.INFO, "f", 1, "a\nb\r\nc", (), None)
    record.__dict__.update(counts(ms=3))
    assert "\n" not in LineFormatter("web", "json").format(record)
    text = LineFormatter("web", "text").format(record)
    assert text.endswith("INFO bot.x a | b | c ms=3")
    assert len(text.splitlines()) == 1


@pytest.mark.parametrize("name", ["bot.service", "rasa_sdk.endpoint", "sanic.error", "uvicorn.error"])
def test_an_exception_leaves_its_kind_and_its_way(name: str) -> None:
    line = line_of(name, "it failed", error=fail(f"bad: {SAID}"))
    assert SAID not in line
    assert json.loads(line)["error"] == "ValueError"
    assert json.loads(line)["way"][0].endswith(" fail")


def test_what_a_library_says_while_a_message_is_handled_is_left_out() -> None:
    with for_request():
        line = line_of("rasa.core.processor", f"Received user message '{SAID}'")
    assert SAID not in line
    assert json.loads(line)["text"] == "(app.py:7)"
    assert json.loads(line_of("rasa.core.processor", "Loading model"))["text"] == "Loading model"
    assert SAID not in line_of("asyncio", f"Task exception was never retrieved: {SAID}")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"event": "processor.parse", "text": SAID}, "processor.parse (app.py:7)"),
        ({"event": f"no name: {SAID}"}, "(app.py:7)"),
        ({"exception": [{"exc_value": SAID, "frames": [{"locals": {"text": SAID}}]}]}, "(app.py:7)"),
    ],
)
def test_of_a_structured_line_only_the_name_of_its_event_is_kept(said: object, kept: str) -> None:
    assert json.loads(line_of("rasa.core", json.dumps(said)))["text"] == kept


def test_an_id_that_is_not_ours_is_not_taken_over() -> None:
    with for_request("0123456789abcdef") as kept:
        assert kept == request_id() == "0123456789abcdef"
    for given in (SAID, "0123456789abcdef\n", ""):
        with for_request(given) as made:
            assert made != given
            assert len(made) == 16
    assert request_id() == ""


def run(program: str) -> str:
    """Run a program that logs as our processes do; return what it wrote."""
    head = "import logging, sys, threading, warnings; from bot import logs; logs.configure('test', 'json');"
    done = subprocess.run([sys.executable, "-c", head + program], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("program", "holds"),
    [
        (f"raise ValueError('{SAID}')", "ValueError"),
        (f"t = threading.Thread(target=lambda: 1 / 0 if '{SAID}' else 0); t.start(); t.join()", "ZeroDivisionError"),
        ("raise FileNotFoundError('models')", "FileNotFoundError"),
        (f"warnings.warn('{SAID}')", "UserWarning"),
        (f"l = logging.getLogger('cut'); l.propagate = False; l.error('x', exc_info=KeyError('{SAID}'))", "KeyError"),
    ],
)
def test_the_last_words_of_a_process_hold_no_message(program: str, holds: str) -> None:
    written = run(program)
    assert holds in written
    assert SAID not in written
    assert [json.loads(line)["process"] for line in written.splitlines()] == ["test"]


@pytest.mark.parametrize("make", [DeprecationWarning, PendingDeprecationWarning, FutureWarning])
def test_warnings_for_developers_are_not_an_operator_s(make: Callable[[str], Warning]) -> None:
    assert run(f"warnings.simplefilter('always'); warnings.warn('x', {make.__name__})") == ""
