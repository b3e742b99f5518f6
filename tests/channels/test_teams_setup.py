"""What operators run for Teams: the check of the settings and the app package."""

from __future__ import annotations

import json
import re
import runpy
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.web.teams_tokens import Endpoints
from tests.fakes.serving import serving
from tests.fakes.teams import APP_ID, FakeTeams
from tests.fakes.teams_site import SETTINGS

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
CHECK = runpy.run_path(str(SCRIPTS / "channels-check"))
APP = runpy.run_path(str(SCRIPTS / "teams-app"))


@pytest.mark.parametrize("left_out", ["IPS_TEAMS_APP_ID", "IPS_TEAMS_APP_PASSWORD", "IPS_TEAMS_TENANTS"])
def test_what_is_missing_is_named(left_out: str) -> None:
    settings = Settings.from_environment({name: value for name, value in SETTINGS.items() if name != left_out})
    assert not CHECK["teams_is_off"](settings)
    (problem,) = CHECK["teams"](settings)
    assert problem.startswith(f"{left_out} ontbreekt.")


def test_nothing_set_is_off() -> None:
    assert CHECK["teams_is_off"](Settings.from_environment({}))


@pytest.mark.parametrize(
    ("secret", "keys", "found"),
    [
        (SETTINGS["IPS_TEAMS_APP_PASSWORD"], 200, []),
        ("fout", 200, ["geheim niet aan"]),
        (SETTINGS["IPS_TEAMS_APP_PASSWORD"], 500, ["sleutels van Teams"]),
    ],
)
def test_the_check_asks_microsoft(secret: str, keys: int, found: list[str]) -> None:
    teams = FakeTeams()
    teams.keys_status = keys
    settings = Settings.from_environment({**SETTINGS, "IPS_TEAMS_APP_PASSWORD": secret})
    with serving(teams.app) as teams.address:
        metadata = f"{teams.address}/v1/.well-known/openidconfiguration"
        problems = CHECK["teams"](settings, Endpoints(metadata, teams.address + "/{tenant}/oauth2/v2.0/token"))
    assert [part in problem for part, problem in zip(found, problems, strict=True)] == [True] * len(found)
    assert "fout-" not in "".join(problems)


def test_the_app_package_holds_a_manifest_and_two_icons_within_the_bounds_of_teams(tmp_path: Path) -> None:
    APP["build"](tmp_path / "app.zip", APP_ID, "https://ips.voorbeeld.nl")
    with zipfile.ZipFile(tmp_path / "app.zip") as package:
        assert sorted(package.namelist()) == ["color.png", "manifest.json", "outline.png"]
        manifest = json.loads(package.read("manifest.json"))
        sides = [int.from_bytes(package.read(name)[16:20], "big") for name in ("color.png", "outline.png")]
        assert BytesIO(package.read("color.png")).read(8) == b"\x89PNG\r\n\x1a\n"
    assert sides == [192, 32]
    assert manifest["id"] == manifest["bots"][0]["botId"] == APP_ID
    assert manifest["validDomains"] == ["ips.voorbeeld.nl"]
    assert len(manifest["name"]["short"]) <= 30
    assert len(manifest["name"]["full"]) <= 100
    assert len(manifest["description"]["short"]) <= 80
    for command in manifest["bots"][0]["commandLists"][0]["commands"]:
        assert len(command["title"]) <= 32
        assert len(command["description"]) <= 128
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
