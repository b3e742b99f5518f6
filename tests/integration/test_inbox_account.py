"""The command line that makes and keeps accounts of the inbox."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bot.app import accounts_of
from bot.settings import Settings
from tests.fakes.inbox import PASSWORD

ROOT = Path(__file__).parents[2]


def run(data: Path, *arguments: str, typed: str = "") -> tuple[int, str]:
    """Return the exit status and what was printed."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts/inbox-account"), *arguments],
        input=typed,
        capture_output=True,
        text=True,
        env={**os.environ, "IPS_DATA": str(data), "IPS_DATABASE_URL": ""},
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_accounts_are_made_kept_and_closed_on_the_command_line(tmp_path: Path) -> None:
    status, told = run(tmp_path, typed=f"Anna de Vries\nja\n{PASSWORD}\n")
    assert status == 0
    assert told.endswith("Anna de Vries kan nu inloggen op /inbox, als beheerder.\n")
    accounts = accounts_of(Settings.from_environment({"IPS_DATA": str(tmp_path)}))
    assert accounts.who(accounts.login("anna de vries", PASSWORD, "")), "with the argon2 of every day"
    assert run(tmp_path, "uit", "anna de vries")[0] == 0
    listed = run(tmp_path, "lijst")[1]
    assert "Anna de Vries\tbeheerder\tuit" in listed
    assert PASSWORD not in listed


def test_what_it_refuses_is_one_line_in_dutch(tmp_path: Path) -> None:
    status, told = run(tmp_path, "nieuw", "Anna", typed="kort\n")
    assert status == 1
    assert told == "Een wachtwoord heeft minstens 12 tekens. Een zin van een paar woorden is goed.\n"
    assert accounts_of(Settings.from_environment({"IPS_DATA": str(tmp_path)})).all() == ()
