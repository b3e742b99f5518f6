"""NLP.js in a process of its own, fetched into .cache by its lock file; for scripts/bench and compare-nlpjs."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

PEERS = Path(__file__).parent
NODE = PEERS.parents[1] / ".cache" / "nlpjs"


class Predicted(NamedTuple):
    """What one way of understanding gave: a label per text, seconds of training, milliseconds per text."""

    labels: list[str]
    train_seconds: float
    milliseconds: float


def predict(train: Sequence[tuple[str, str]], test: Sequence[str]) -> Predicted | None:
    """Train NLP.js on (label, text) pairs and label the texts; None where it can't be had."""
    if not (shutil.which("node") and shutil.which("npm")):
        return None
    NODE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "nlpjs.js"):
        shutil.copy(PEERS / name, NODE / name)
    npm_ci = ["npm", "ci", "--ignore-scripts"]
    fresh = not (NODE / "node_modules" / "@nlpjs" / "lang-nl").is_dir()
    if fresh and subprocess.run(npm_ci, cwd=NODE, capture_output=True, check=False).returncode:  # noqa: S603
        return None
    given = json.dumps({"train": train, "test": list(test)})
    done = subprocess.run(["node", "nlpjs.js"], cwd=NODE, input=given, capture_output=True, text=True, check=True)  # noqa: S607
    found = json.loads(done.stdout.splitlines()[-1])
    return Predicted(found["labels"], found["train_seconds"], found["milliseconds"])
