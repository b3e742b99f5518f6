"""Copies of what is kept: consistent while others write, no secrets in them, and back into an empty place only."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from bot.backup import backup, read_manifest, restore
from bot.errors import BackupError
from bot.model import Dossier, Entry, Plan
from bot.settings import Settings
from bot.store.conversations import SqlConversationStore
from bot.store.plans import SqlPlanStore
from bot.store.sql import SqlDossierStore
from tests.fakes.site import now

ROOT = Path(__file__).parents[2]
CODE, TOKEN = "BCDF-GHJK-MNPQ-RSTV", "t" * 43
SECRETS = {"IPS_SLACK_BOT_TOKEN": "xoxb-geheim-1", "IPS_METRICS_TOKEN": "geheim-2"}
MOMENT = datetime(2026, 11, 22, 2, 30, tzinfo=timezone.utc)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Settings]]:
    """Return a function that gives the settings of an empty place by its name."""
    made: list[tuple[str, str]] = []

    def settings(name: str) -> Settings:
        environ = {**SECRETS, "IPS_DATA": str(tmp_path / name), "IPS_MODEL": str(tmp_path / "models")}
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres")
            database = f"ips_{name}_{os.getpid()}"
            run_sql(server, f"CREATE DATABASE {database}")
            made.append((server, database))
            environ["IPS_DATABASE_URL"] = make_url(server).set(database=database).render_as_string(hide_password=False)
        return Settings.from_environment(environ)

    yield settings
    for server, database in made:
        run_sql(server, f"DROP DATABASE {database} WITH (FORCE)")


def run_sql(server: str, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(statement))


def fill(settings: Settings) -> None:
    """Say something in every kind of store."""
    dossiers, plans = SqlDossierStore(settings.store_url, now), SqlPlanStore(settings.store_url, now)
    log = SqlConversationStore(settings.store_url, now)
    dossiers.save(Dossier("een", facts={"organisation_type": "ggz"}))
    plans.create(Plan("p1", facts={"organisation_type": "ggz"}), CODE)
    conversation = log.open(TOKEN)
    log.say(conversation, Entry("user", "hallo \udc3d \0 €", "m" * 16), "hallo")
    log.answer(conversation, "m" * 16, [Entry("bot", "dag")])
    for store in (dossiers, plans, log):
        store.close()


def told(settings: Settings) -> tuple[object, object, list[str]]:
    """Return what was said there."""
    dossiers, plans = SqlDossierStore(settings.store_url, now), SqlPlanStore(settings.store_url, now)
    log = SqlConversationStore(settings.store_url, now)
    dossier, plan, conversation = dossiers.load("een"), plans.find(CODE), log.find(TOKEN)
    said = [entry.text for entry in log.after(conversation, 0)] if conversation else []
    for store in (dossiers, plans, log):
        store.close()
    return dossier and dict(dossier.facts), plan and plan.id, said


def copy(settings: Settings, folder: Path) -> Path:
    return backup(settings, folder, MOMENT, "abc", {**SECRETS, "IPS_DATABASE_URL": settings.database_url})


def test_everything_is_there_again_in_an_empty_place(place: Callable[[str], Settings], tmp_path: Path) -> None:
    old, new = place("oud"), place("nieuw")
    fill(old)
    made = copy(old, tmp_path / "b")
    assert made.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in (tmp_path / "b").iterdir()] == ["ips-wijzer-20261122T023000Z.tar.gz"]
    manifest = restore(new, made)
    assert (manifest.rows["dossiers"], manifest.rows["plans"], manifest.rows["widget_entries"]) == (1, 1, 2)
    assert told(new) == told(old) == ({"organisation_type": "ggz"}, "p1", ["hallo \udc3d \0 €", "dag"])
    fill_more = SqlConversationStore(new.store_url, now)
    conversation = fill_more.find(TOKEN)
    assert conversation
    assert fill_more.say(conversation, Entry("user", "verder", "n" * 16), "verder") == "waiting"  # it goes on there
    fill_more.close()


def test_a_filled_place_is_left_alone_unless_told(place: Callable[[str], Settings], tmp_path: Path) -> None:
    old, new = place("oud"), place("nieuw")
    fill(old)
    made = copy(old, tmp_path / "b")
    dossiers = SqlDossierStore(new.store_url, now)
    dossiers.save(Dossier("twee"))
    with pytest.raises(BackupError, match="OVERWRITE=1"):
        restore(new, made)
    assert dossiers.load("twee")
    restore(new, made, overwrite=True)
    assert dossiers.load("twee") is None
    assert told(new) == told(old)
    dossiers.close()


def test_a_copy_holds_no_secret_of_ours(place: Callable[[str], Settings], tmp_path: Path) -> None:
    old = place("oud")
    fill(old)
    named = make_url(old.store_url)
    url = named.set(password="geheim-3").render_as_string(hide_password=False) if named.host else ""
    made = backup(old, tmp_path, MOMENT, "abc", {**SECRETS, "IPS_PORT": "9000", "IPS_DATABASE_URL": url})
    with tarfile.open(made) as archive:
        content = b"".join(archive.extractfile(name).read() for name in archive.getnames())  # type: ignore[union-attr]
    assert b"geheim" not in content
    manifest = read_manifest(made)
    assert manifest.secrets == ("IPS_SLACK_BOT_TOKEN", "IPS_METRICS_TOKEN")
    assert manifest.settings["IPS_PORT"] == "9000"
    assert (manifest.version, manifest.knowledge) == ("0.1.0", "abc")


def test_a_copy_is_of_one_moment_while_others_write(tmp_path: Path) -> None:
    settings = Settings.from_environment({"IPS_DATA": str(tmp_path / "d")})
    fill(settings)
    stop = threading.Event()

    def write() -> None:
        """Keep two rows equal, in one transaction each time."""
        with sqlite3.connect(tmp_path / "d" / "ips-wijzer.sqlite", timeout=30) as connection:
            connection.execute("CREATE TABLE pair (a INTEGER, b INTEGER)")
            connection.execute("INSERT INTO pair VALUES (0, 0)")
            connection.commit()
            while not stop.is_set():
                connection.execute("UPDATE pair SET a = a + 1")
                connection.execute("UPDATE pair SET b = b + 1")
                connection.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backup(settings, tmp_path / str(number), MOMENT, "", {}) for number in range(5)]
    finally:
        stop.set()
        writer.join()
    for number, archive in enumerate(made):
        new = Settings.from_environment({"IPS_DATA": str(tmp_path / f"n{number}")})
        restore(new, archive)
        with sqlite3.connect(tmp_path / f"n{number}" / "ips-wijzer.sqlite") as connection:
            pairs = connection.execute("SELECT a = b FROM pair").fetchall() if number else [(1,)]
        assert pairs == [(1,)]


def test_a_damaged_or_strange_file_changes_nothing(tmp_path: Path) -> None:
    old, new = (Settings.from_environment({"IPS_DATA": str(tmp_path / name)}) for name in ("a", "b"))
    fill(old)
    made = backup(old, tmp_path, MOMENT, "", {})
    with tarfile.open(made) as archive:
        archive.extractall(tmp_path / "x", filter="data")
    database = bytearray((tmp_path / "x" / "database.sqlite").read_bytes())
    database[-1] ^= 1
    (tmp_path / "x" / "database.sqlite").write_bytes(database)
    bad = tmp_path / "bad.tar.gz"
    with tarfile.open(bad, "w:gz") as archive:
        for name in ("manifest.json", "database.sqlite"):
            archive.add(tmp_path / "x" / name, name)
    (tmp_path / "not.tar.gz").write_bytes(b"hallo")
    for file, words in ((bad, "controlesom"), (tmp_path / "not.tar.gz", "geen leesbare"), (tmp_path / "no", "geen")):
        with pytest.raises(BackupError, match=words):
            restore(new, file)
    assert not (tmp_path / "b").exists()


def test_not_under_a_running_assistant(tmp_path: Path) -> None:
    settings = Settings.from_environment({"IPS_DATA": str(tmp_path)})
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "processes.json").write_text(json.dumps({"web": {"pid": os.getpid(), "restarts": 0}}))
    with pytest.raises(BackupError, match="draait"):
        restore(settings, tmp_path / "x", overwrite=True)


def test_the_commands_say_what_they_did(tmp_path: Path) -> None:
    fill(Settings.from_environment({"IPS_DATA": str(tmp_path / "a")}))

    def run(script: str, data: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "IPS_DATA": str(tmp_path / data)}
        command = [sys.executable, str(ROOT / "scripts" / script), *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)

    made = run("backup", "a", str(tmp_path / "b"))
    assert "Back-up gemaakt en nagelezen" in made.stdout, made.stderr
    archive = str(next((tmp_path / "b").glob("*.tar.gz")))
    assert "Teruggezet" in run("restore", "c", archive).stdout
    refused = run("restore", "c", archive)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("FOUT: Hier staan al gegevens.")
    assert "Teruggezet" in run("restore", "c", archive, "--overwrite").stdout
