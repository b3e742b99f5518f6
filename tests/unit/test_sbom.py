"""The bill of materials holds what is locked, and is what CycloneDX says it is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_locked_part_is_in_the_bill(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "scripts" / "sbom"), str(tmp_path / "sbom.json")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    bill = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.5", 1)
    locked = re.findall(r"^([\w.\-]+)==([^\s;\\]+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M)
    found = {(part["name"], part["version"]) for part in bill["components"]}
    assert {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in locked} <= found
    assert any(name == "nl-core-news-sm" for name, _ in found)
    refs = {part["bom-ref"] for part in bill["components"]}
    assert len(refs) == len(bill["components"])
    asked = {each for entry in bill["dependencies"] for each in (entry["ref"], *entry["dependsOn"])}
    assert asked <= refs | {"ips-wijzer"}
    assert any(part["name"] == "rasa" and part["purl"] == "pkg:pypi/rasa@3.6.21" for part in bill["components"])
    assert all("licenses" in part for part in bill["components"])


def test_the_version_is_told_once() -> None:
    import bot

    assert f'version = "{bot.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
