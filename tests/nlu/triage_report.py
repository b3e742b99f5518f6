"""Triage in figures; `make evaluate` runs it.

triage_report.py confusion BASE FILE    asks a running assistant; prints which category was taken for which
triage_report.py tfidf                  trains a TF-IDF with a linear model on our examples, scores it on ours held out
"""

from __future__ import annotations

import json
import sys
import urllib.request
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
HELD_OUT = Path(__file__).parent / "triage_heldout.jsonl"
sys.path.insert(0, str(ROOT))

Case = Mapping[str, Any]


def lines(path: Path) -> list[Case]:
    """Return the cases of a file, one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def examples() -> list[Case]:
    """Return our training messages, each with its category."""
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "data/triage").glob("*.yml"))]
    return [{**message, "category": content["category"]} for content in files for message in content["messages"]]


def reply_of(case: Case) -> str:
    """Return what kind of reply a case needs: mens_nodig, automatisch or geen."""
    return next((flag for flag in ("mens_nodig", "automatisch") if flag in case["flags"]), "geen")


def text_of(case: Case) -> str:
    """Return subject and text as one."""
    return f"{case.get('subject', '')}\n{case['text']}"


def ask(base: str, case: Case) -> Case:
    """Return the assistant's triage of a case."""
    body = {key: case[key] for key in ("channel", "subject", "text") if key in case}
    request = urllib.request.Request(
        f"{base}/api/v1/triage", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        found: Case = json.load(response)
    return found


def confusion(base: str, cases: Sequence[Case]) -> None:
    """Print expected against given categories (a second category that also fits counts as right), and the crises."""
    from bot.rules.triage import CATEGORIES

    counts: Counter[tuple[str, str]] = Counter()
    missed = alarms = 0
    for case in cases:
        found = ask(base, case)
        fits = found["category"] in case["also"]
        counts[case["category"], case["category"] if fits else found["category"]] += 1
        missed += "crisis" in case["flags"] and "crisis" not in found["flags"]
        alarms += "crisis" not in case["flags"] and "crisis" in found["flags"]
    print(f"{'verwacht / gegeven':<20}" + "".join(f"{name[:6]:>8}" for name in CATEGORIES))
    for row in CATEGORIES:
        print(f"{row:<20}" + "".join(f"{counts[row, column] or '.':>8}" for column in CATEGORIES))
    print(f"crisis gemist: {missed}, vals alarm: {alarms}")


def tfidf() -> None:
    """Print the scores of a TF-IDF with a linear model, without any of our rules."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    seen, cases = examples(), lines(HELD_OUT)
    for name in ("category", "urgency", "reply"):
        labels = [reply_of(case) if name == "reply" else case[name] for case in seen]
        model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
        )
        model.fit([text_of(case) for case in seen], labels)
        given = model.predict([text_of(case) for case in cases])
        right = sum(is_right(name, case, found) for case, found in zip(cases, given, strict=True))
        print(f"{name}: {right}/{len(cases)} = {right / len(cases):.3f}")


def is_right(name: str, case: Case, found: str) -> bool:
    """Tell whether a label fits a case, as api_eval.py counts."""
    if name == "category":
        return found in (case["category"], *case["also"])
    return bool(found == (reply_of(case) if name == "reply" else case[name]))


if __name__ == "__main__":
    if sys.argv[1] == "confusion":
        confusion(sys.argv[2], lines(Path(sys.argv[3])))
    else:
        tfidf()
