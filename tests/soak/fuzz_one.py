"""One parser under atheris (see fuzz.py): the arguments are libFuzzer's, IPS_SOAK_PARSER names the parser."""

from __future__ import annotations

import os
import sys

import atheris

with atheris.instrument_imports(include=["bot"]):
    from tests.soak.parsers import PARSERS, knowledge


def main() -> None:
    """Fuzz until the time is over or something is found."""
    parser = PARSERS[os.environ["IPS_SOAK_PARSER"]]
    knowledge()
    atheris.Setup(
        sys.argv, lambda data: parser(data.decode("utf-8", "surrogateescape" if data[:1] == b"!" else "ignore"))
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
