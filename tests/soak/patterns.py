"""Regular expressions that blow up: every pattern of the product against texts made of its own pieces.

`python -m tests.soak.patterns [characters] [seconds]` prints the patterns that take longer than so many
seconds at so many characters. The structural half (`nested`) is also a test: tests/unit/test_patterns.py.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sre_constants
import sre_parse
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

import bot

LENGTHS = (16, 20, 24, 28, 40, 100, 400, 2000, 8000, 20000)
CHARACTERS, SECONDS = 8000, 0.25
LEFT_OUT = (  # they import Rasa, and their patterns are few; or they run when they are imported
    "bot.nlu",
    "bot.store.rasa_tracker",
    "bot.channels.rasa_",
    "bot.store.migrations",
    "bot.knowledge.__main__",
)
TAIL = "\x00"
MOST_TEXTS = 16  # for each pattern
_REPEATS = {sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT}
_UNBOUNDED = 20


@dataclass(frozen=True)
class Slow:
    """A pattern, where it stands, and how long it took on how many characters of what."""

    where: str
    seconds: float
    length: int
    piece: str


# --- finding the patterns


def patterns() -> dict[re.Pattern[str], str]:
    """Return every pattern of the product with the place where it stands."""
    found: dict[re.Pattern[str], str] = {}
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if not module.name.startswith(LEFT_OUT):
            for name, value in vars(importlib.import_module(module.name)).items():
                for pattern in _within(value, 0):
                    found.setdefault(pattern, f"{module.name}.{name}")
    root = Path(bot.__file__).parent
    for path in sorted(root.rglob("*.py")):
        for line, source in _inline(path.read_text(encoding="utf-8")):
            found.setdefault(re.compile(source), f"{path.relative_to(root)}:{line}")
    return found


def _within(value: Any, depth: int) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 5:
        children: list[Any] = []
        if isinstance(value, Mapping):
            children = [*value.keys(), *value.values()]
        elif isinstance(value, (list, tuple, set, frozenset)):
            children = list(value)
        elif is_dataclass(value):
            children = [getattr(value, each.name, None) for each in fields(value)]
        for child in children:
            yield from _within(child, depth + 1)


def _inline(source: str) -> Iterator[tuple[int, str]]:
    """Yield the patterns that are written in a call of `re`, as far as they are plain text."""
    for node in ast.walk(ast.parse(source)):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and isinstance(node.func.value, ast.Name) and node.func.value.id == "re" and node.args:  # type: ignore[attr-defined]
            first = node.args[0]  # type: ignore[attr-defined]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value  # type: ignore[attr-defined]


# --- the structure


def nested(pattern: re.Pattern[str]) -> bool:
    """Tell whether an unbounded repeat holds an unbounded repeat that may take the same text in two ways.

    That is: the body of the outer one can begin or end with the inner one's characters, and nothing else keeps two
    rounds apart. Such a pattern can take exponential time.
    """
    return any(_is_ambiguous(body) for body in _unbounded(sre_parse.parse(pattern.pattern, pattern.flags)))


def _unbounded(tree: Any) -> Iterator[Any]:
    """Yield the bodies of the repeats without a bound, at any depth."""
    for operator, argument in tree:
        if operator in _REPEATS:
            _low, high, body = argument
            if high == sre_constants.MAXREPEAT:
                yield body
        for child in _children(operator, argument):
            yield from _unbounded(child)


def _children(operator: Any, argument: Any) -> Iterator[Any]:
    if operator in _REPEATS:
        yield argument[2]
    elif operator is sre_constants.SUBPATTERN:
        yield argument[3]
    elif operator is sre_constants.BRANCH:
        yield from argument[1]
    elif operator in (sre_constants.ASSERT, sre_constants.ASSERT_NOT):
        yield argument[1]
    elif operator is sre_constants.GROUPREF_EXISTS:
        yield from (each for each in argument[1:] if each)


def _is_ambiguous(body: Any) -> bool:
    """A body that is nothing but optional pieces around an unbounded repeat has no fixed piece between two rounds."""
    has_repeat, has_fixed = False, False
    for operator, argument in _flat(body):
        if operator in _REPEATS:
            low, high, _inner = argument
            has_repeat |= high == sre_constants.MAXREPEAT
            has_fixed |= low > 0 and high != sre_constants.MAXREPEAT
        elif operator not in (sre_constants.AT, sre_constants.ASSERT, sre_constants.ASSERT_NOT):
            has_fixed = True
    return has_repeat and not has_fixed


def _flat(body: Any) -> Iterator[tuple[Any, Any]]:
    for operator, argument in body:
        if operator is sre_constants.SUBPATTERN:
            yield from _flat(argument[3])
        else:
            yield operator, argument


# --- the time


def slow(pattern: re.Pattern[str], where: str, characters: int, seconds: float) -> Slow | None:
    """Return the first text on which the pattern takes longer than `seconds` at `characters` or less, or None."""
    for piece in _pieces(pattern):
        for length in LENGTHS:
            if length > characters:
                break
            took = _time(pattern, (piece * (length // len(piece) + 1))[:length] + TAIL)
            if took > seconds:
                return Slow(where, took, length, piece)
            if length >= 400 and took * (characters / length) ** 2 < seconds / 4:
                break  # far from any harm at the greatest length, were it quadratic
    return None


def _time(pattern: re.Pattern[str], text: str) -> float:
    started = time.process_time()
    for _ in pattern.finditer(text):
        pass
    return time.process_time() - started


def _pieces(pattern: re.Pattern[str]) -> list[str]:
    """Return texts that the repeats of the pattern like, with what stands before them, and a few for all."""
    tree = sre_parse.parse(pattern.pattern, pattern.flags)
    found = dict.fromkeys(["a ", "Aa ", "1 ", " ", _sample(tree), *_repeated(tree), "a", "1", "1-", "a, "])
    return [piece for piece in found if piece][:MOST_TEXTS]


def _repeated(tree: Any) -> Iterator[str]:
    before = ""
    for operator, argument in tree:
        if operator in _REPEATS and argument[1] >= _UNBOUNDED:
            body = _sample(argument[2])
            yield body
            yield before + body
            yield before + body * 3
        for child in _children(operator, argument):
            yield from _repeated(child)
        before += _sample([(operator, argument)])
        if before:
            yield before


def _sample(tree: Any) -> str:
    """Return a short text that the pattern may match."""
    return "".join(_sample_one(operator, argument) for operator, argument in tree)


def _sample_one(operator: Any, argument: Any) -> str:
    if operator is sre_constants.LITERAL:
        return chr(argument)
    if operator is sre_constants.NOT_LITERAL:
        return "a" if argument != ord("a") else "b"
    if operator is sre_constants.ANY:
        return "a"
    if operator is sre_constants.IN:
        return _member(argument)
    if operator is sre_constants.BRANCH:
        return _sample(argument[1][0])
    if operator is sre_constants.SUBPATTERN:
        return _sample(argument[3])
    if operator in _REPEATS:
        return _sample(argument[2]) * max(1, min(argument[0], 12))
    return ""


def _member(members: Any) -> str:
    classes = {
        sre_constants.CATEGORY_DIGIT: "1",
        sre_constants.CATEGORY_WORD: "a",
        sre_constants.CATEGORY_SPACE: " ",
        sre_constants.CATEGORY_NOT_SPACE: "a",
        sre_constants.CATEGORY_NOT_WORD: " ",
        sre_constants.CATEGORY_NOT_DIGIT: "a",
    }
    if members[0][0] is sre_constants.NEGATE:
        source = "[^" + "".join(_class_text(each) for each in members[1:]) + "]"
        return next((each for each in "a 1A.,-\n_" if re.match(source, each)), "é")
    operator, argument = members[0]
    if operator is sre_constants.LITERAL:
        return chr(argument)
    if operator is sre_constants.RANGE:
        return chr(argument[0])
    return classes.get(argument, "a")


def _class_text(member: Any) -> str:
    operator, argument = member
    if operator is sre_constants.LITERAL:
        return re.escape(chr(argument))
    if operator is sre_constants.RANGE:
        return f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}"
    return {
        sre_constants.CATEGORY_DIGIT: r"\d",
        sre_constants.CATEGORY_WORD: r"\w",
        sre_constants.CATEGORY_SPACE: r"\s",
        sre_constants.CATEGORY_NOT_SPACE: r"\S",
        sre_constants.CATEGORY_NOT_WORD: r"\W",
        sre_constants.CATEGORY_NOT_DIGIT: r"\D",
    }.get(argument, "")


def main(arguments: list[str]) -> int:
    """Print the slow ones; 1 when there are any."""
    characters = int(arguments[0]) if arguments else CHARACTERS
    seconds = float(arguments[1]) if len(arguments) > 1 else SECONDS
    every = patterns()
    found = []
    for pattern, where in every.items():
        if each := slow(pattern, where, characters, seconds):
            found.append(each)
            print(f"{where}: {each.seconds:.2f} s at {each.length} characters of {each.piece[:60]!r}", flush=True)
    print(f"patterns: {len(every) - len(found)}/{len(every)} within {seconds} s at {characters} characters")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
