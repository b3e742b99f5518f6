"""The parsers under a fuzzer that looks for new paths: atheris, each for some minutes.

`python -m tests.soak.fuzz [seconds a parser] [parser ...]`. It stands beside the product, not in it (2.3.0 has
a wheel for Python 3.10); IPS_SOAK_ATHERIS names a folder that has it. What it finds is kept in .cache/soak/found.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import yaml

from tests.soak.findings import Findings

ROOT = Path(__file__).resolve().parents[2]
ATHERIS, FOLDER = "atheris==2.3.0", ROOT / ".cache" / "soak" / "atheris"
FOUND = ROOT / ".cache" / "soak" / "found"
SECONDS, LONGEST, SLOW = 300, 2000, 10  # of a parser; characters of a text; seconds of one text
NAMES = ("chat", "interview", "plan", "mail", "hiding", "slack", "teams", "yaml")
_RUNS = re.compile(r"Done (\d+)|#(\d+)\s")


def fuzz(seconds: int = SECONDS, names: Iterable[str] = NAMES) -> Findings:
    """Fuzz each parser for so many seconds; a fault is an exception that it doesn't announce, or a slow text."""
    findings, folder = Findings(), _atheris()
    for name in names:
        corpus, found = FOUND.parent / "corpus" / name, FOUND / f"{name}-"
        corpus.mkdir(parents=True, exist_ok=True)
        FOUND.mkdir(parents=True, exist_ok=True)
        _seeds(corpus)
        environ = {**os.environ, "PYTHONPATH": f"{ROOT}:{folder}", "IPS_SOAK_PARSER": name}
        command = [sys.executable, "-m", "tests.soak.fuzz_one", str(corpus), f"-max_total_time={seconds}"]
        command += [f"-max_len={LONGEST}", f"-timeout={SLOW}", f"-artifact_prefix={found}", "-verbosity=1"]
        result = subprocess.run(
            command,
            cwd=ROOT,
            env=environ,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds + 600,
            check=False,
        )
        print(f"{name}: {result.returncode}", file=sys.stderr, flush=True)
        runs = max((int(a or b) for a, b in _RUNS.findall(result.stderr)), default=0)
        findings.rows.append((name, f"{runs} teksten in {seconds} s"))
        if result.returncode:
            findings.faults.append(f"{name}: {result.stdout[-800:]} {result.stderr[-1500:]}")
    return findings


def _seeds(corpus: Path) -> None:
    """Begin with what people say: the cases of the tests."""
    texts: list[str] = []
    for path in sorted((ROOT / "tests" / "cases").rglob("*.yml"))[:20]:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        texts += [str(each["text"]) for each in content if isinstance(each, dict) and "text" in each][:15]
    rows = (ROOT / "tests" / "masking" / "open.jsonl").read_text(encoding="utf-8").splitlines()
    texts += [json.loads(row)["text"] for row in rows[::4]]
    for number, text in enumerate(texts):
        (corpus / f"seed-{number}").write_text(text, encoding="utf-8")


def _atheris() -> Path:
    if given := os.environ.get("IPS_SOAK_ATHERIS"):
        return Path(given)
    if not (FOLDER / "atheris").exists():
        uv = [
            str(ROOT / ".cache" / "uv" / "bin" / "uv"),
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--python",
            sys.executable,
        ]
        subprocess.run([*uv, "--target", str(FOLDER), ATHERIS], check=True, timeout=600)
    return FOLDER


if __name__ == "__main__":
    sys.exit(fuzz(int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS, sys.argv[2:] or NAMES).show())
