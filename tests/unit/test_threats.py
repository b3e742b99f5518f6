"""Every test that docs/threats.md names exists."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "threats.md"


def test_every_threat_names_a_test_that_exists() -> None:
    page = PAGE.read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", page))
    there = {
        name for path in TESTS.rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
    }
    assert len(named) > 50
    assert named - there == set()


def test_every_row_of_a_table_of_threats_names_one() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.count(" | ") == 2]
    threats = [row for row in rows if not row.startswith(("| what |", "| threat |", "|---"))]
    first_table = [row for row in threats if "`" not in row]
    assert len(first_table) == 5, "only the things to protect have no test"
