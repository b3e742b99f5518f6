"""Masks the messages of tests/masking with the library `deduce`: messages as JSON lines in, masked ones out.

It runs in a virtual environment of its own (`deduce==3.0.3`, `rapidfuzz<3`), for its pins clash with Rasa's.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from deduce import Deduce


def main(cache: str, people_only: bool) -> None:
    """Read rows on standard input; write their masked texts, with the milliseconds."""
    deduce = Deduce(cache_path=Path(cache))
    disabled = {"institutions", "placename"} if people_only else set()
    for line in sys.stdin:
        row = json.loads(line)
        started = time.perf_counter()
        masked = deduce.deidentify(row["text"], disabled=disabled).deidentified_text
        print(json.dumps({"id": row["id"], "masked": masked, "ms": (time.perf_counter() - started) * 1000}))


if __name__ == "__main__":
    main(sys.argv[1], "--people-only" in sys.argv)
