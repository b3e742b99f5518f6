"""A copy of everything that is kept, made while the assistant runs, and its way back into an empty place.

A copy is one tar file, readable by its owner only: `manifest.json` and the database (a SQLite file, or pg_dump's custom
format). It names the settings and the model that it was made with and holds no secret of ours. It does hold what people
typed, so it is as private as the database itself: encrypting and deleting it is the operator's (docs/bijwerken.md).
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

import bot
from bot.errors import BackupError
from bot.settings import Settings
from bot.supervisor import PROCESSES

FORMAT = 1
MANIFEST = "manifest.json"
FILES = {"sqlite": "database.sqlite", "postgresql": "database.dump"}
LONGEST_SECONDS = 3600
_CHUNK = 1 << 20
_PG = {"host": "PGHOST", "port": "PGPORT", "username": "PGUSER", "password": "PGPASSWORD", "database": "PGDATABASE"}
_PG_QUERY = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "options": "PGOPTIONS"}


@dataclass(frozen=True)
class Manifest:
    """What a copy is of. `settings` holds those that aren't secret, `secrets` the names of those that were set."""

    made_at: str
    version: str
    database: str  # "sqlite" | "postgresql"
    sha256: str
    rows: Mapping[str, int]
    knowledge: str
    model: Mapping[str, str]
    settings: Mapping[str, str]
    secrets: tuple[str, ...]
    format: int = field(default=FORMAT)


def backup(settings: Settings, folder: Path, now: datetime, knowledge: str, environ: Mapping[str, str]) -> Path:
    """Write a copy into `folder` and return its path; raises BackupError."""
    url = make_url(settings.store_url)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".backup-") as place:  # 0700, and on the same disk
        file = Path(place) / FILES[_kind(url)]
        rows = _copy_sqlite(url, file) if _kind(url) == "sqlite" else _dump_postgres(url, file)
        known, secrets = _settings(environ)
        manifest = Manifest(
            made_at=now.isoformat(timespec="seconds"),
            version=bot.__version__,
            database=_kind(url),
            sha256=_sha256(file),
            rows=rows,
            knowledge=knowledge,
            model=_model(Path(settings.model)),
            settings=known,
            secrets=secrets,
        )
        (Path(place) / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2), encoding="utf-8")
        whole = Path(place) / "whole"
        with tarfile.open(whole, "x:gz", compresslevel=6) as archive:
            for each in (Path(place) / MANIFEST, file):
                archive.add(each, each.name)
        whole.chmod(0o600)
        target = folder / f"ips-wijzer-{now:%Y%m%dT%H%M%SZ}.tar.gz"
        whole.rename(target)
    return target


def restore(settings: Settings, archive: Path, *, overwrite: bool = False) -> Manifest:
    """Put a copy back and return its manifest; raises BackupError, and then nothing is changed.

    Not over a place that holds something already, unless `overwrite`, and not under an assistant that runs.
    """
    url = make_url(settings.store_url)
    if _runs(settings.data / "log" / PROCESSES):
        raise BackupError("IPS-wijzer draait op deze gegevens. Stop hem eerst.")
    if not overwrite and any(_rows(url).values()):
        raise BackupError("Hier staan al gegevens. Terugzetten wist ze; zeg OVERWRITE=1 als dat de bedoeling is.")
    with tempfile.TemporaryDirectory(prefix="ips-restore-") as place:
        manifest = _unpack(archive, Path(place))
        if manifest.database != _kind(url):
            raise BackupError(f"Deze back-up is van {manifest.database}, en IPS_DATABASE_URL wijst naar {_kind(url)}.")
        file = Path(place) / FILES[manifest.database]
        if manifest.database == "sqlite":
            _restore_sqlite(url, file)
        else:
            _restore_postgres(url, file, overwrite)
    found = _rows(url)
    if {name: found.get(name) for name in manifest.rows} != dict(manifest.rows):
        raise BackupError("Na het terugzetten klopt het aantal rijen niet met de back-up.")
    return manifest


def read_manifest(archive: Path) -> Manifest:
    """Return what a copy says about itself; raises BackupError."""
    with tempfile.TemporaryDirectory(prefix="ips-restore-") as place:
        return _unpack(archive, Path(place))


# --- the archive


def _unpack(archive: Path, place: Path) -> Manifest:
    try:
        with tarfile.open(archive, "r:gz") as whole:
            for name in (MANIFEST, *FILES.values()):
                _extract(whole, name, place)
        content = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
        content["secrets"] = tuple(content["secrets"])
        manifest = Manifest(**content)
        whole_file = _sha256(place / FILES[manifest.database]) == manifest.sha256
    except (OSError, tarfile.TarError, ValueError, TypeError, KeyError) as problem:
        raise BackupError(f"Dit is geen leesbare back-up: {archive} ({type(problem).__name__}).") from problem
    if manifest.format != FORMAT:
        raise BackupError(f"Deze back-up heeft vorm {manifest.format}; deze versie leest vorm {FORMAT}.")
    if not whole_file:
        raise BackupError("De back-up is beschadigd: de controlesom klopt niet.")
    return manifest


def _extract(whole: tarfile.TarFile, name: str, place: Path) -> None:
    """Take out one file by its name; whatever else is in the archive stays there."""
    try:
        content = whole.extractfile(name)
    except KeyError:
        return
    if content is not None:
        with content, (place / name).open("xb") as file:
            while chunk := content.read(_CHUNK):
                file.write(chunk)


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


# --- what is noted


def _settings(environ: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    known, secrets = {}, []
    for each in Settings.declarations():
        value = environ.get(each.name, "").strip()
        if value and each.secret:
            secrets.append(each.name)
        elif value:
            known[each.name] = value
    if url := known.get("IPS_DATABASE_URL"):
        known["IPS_DATABASE_URL"] = make_url(url).set(password=None, query={}).render_as_string()
    return known, tuple(secrets)


def _model(path: Path) -> dict[str, str]:
    """Return the newest trained model's name and hash; it is not in the copy, because it can be trained again."""
    found = sorted(path.glob("*.tar.gz"), key=os.path.getmtime) if path.is_dir() else [path] if path.is_file() else []
    return {"file": found[-1].name, "sha256": _sha256(found[-1])} if found else {}


def _runs(noted: Path) -> bool:
    """Tell whether the supervisor's note names a process that lives."""
    try:
        pids = [each["pid"] for each in json.loads(noted.read_text(encoding="utf-8")).values()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return any(pid and Path(f"/proc/{pid}").exists() for pid in pids)


# --- the databases


def _kind(url: URL) -> str:
    kind = str(url.get_backend_name())
    if kind not in FILES:
        raise BackupError("Alleen SQLite en PostgreSQL worden ondersteund.")
    return kind


def _rows(url: URL) -> dict[str, int]:
    """Return how many rows each table has; a SQLite file that isn't there has none and isn't made."""
    if _kind(url) == "sqlite" and not Path(str(url.database)).exists():
        return {}
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool, future=True)
    try:
        with engine.connect() as connection:
            names = sorted(sa.inspect(connection).get_table_names())
            return {name: _count(connection, name) for name in names}
    except sa.exc.SQLAlchemyError as problem:
        raise BackupError(f"De database is niet te lezen ({type(problem).__name__}).") from problem


def _count(connection: sa.engine.Connection, table: str) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(sa.table(table))).scalar_one())


def _copy_sqlite(url: URL, file: Path) -> dict[str, int]:
    """Copy by SQLite's online backup: one consistent moment, while others read and write."""
    source = Path(str(url.database))
    if not source.exists():
        raise BackupError(f"Er is nog geen database in {source}.")
    try:
        with closing(sqlite3.connect(source, timeout=30)) as old, closing(sqlite3.connect(file)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            if new.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BackupError("De database is beschadigd (integrity_check).")
    except sqlite3.Error as problem:
        raise BackupError(f"De database kon niet gekopieerd worden ({type(problem).__name__}).") from problem
    return _rows(URL.create("sqlite", database=str(file)))


def _restore_sqlite(url: URL, file: Path) -> None:
    target = Path(str(url.database))
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(file)) as old, closing(sqlite3.connect(target, timeout=30)) as new:
            old.backup(new)
    except sqlite3.Error as problem:
        raise BackupError(f"De database kon niet teruggezet worden ({type(problem).__name__}).") from problem


def _dump_postgres(url: URL, file: Path) -> dict[str, int]:
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={file}"], url)
    command = ["pg_restore", "--data-only", "--file=-", str(file)]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8", errors="replace"
    ) as reading:
        assert reading.stdout is not None
        rows = _rows_of_a_dump(line.rstrip("\n") for line in reading.stdout)
    if reading.returncode:
        raise BackupError("De back-up is niet terug te lezen (pg_restore).")
    return rows


def _rows_of_a_dump(lines: Iterable[str]) -> dict[str, int]:
    """Count the rows in a dump as text, so that they are those of its own moment."""
    rows: dict[str, int] = {}
    table = ""
    for line in lines:
        if line == "\\.":
            table = ""
        elif table:
            rows[table] += 1
        elif line.startswith("COPY ") and line.endswith("FROM stdin;"):
            table = line.split()[1].rpartition(".")[2].strip('"')
            rows[table] = 0
    return rows


def _restore_postgres(url: URL, file: Path, overwrite: bool) -> None:
    over = ["--clean", "--if-exists"] if overwrite or _rows(url) else []
    command = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", *over]
    _run([*command, f"--dbname={url.database}", str(file)], url)


def _run(command: list[str], url: URL) -> None:
    """Run one of PostgreSQL's programs; the password goes by its environment, where `ps` doesn't show it."""
    named = {variable: getattr(url, name) for name, variable in _PG.items()}
    asked: dict[str, Any] = {variable: url.query.get(name) for name, variable in _PG_QUERY.items()}
    environ = {**os.environ, **{name: str(value) for name, value in {**named, **asked}.items() if value}}
    try:
        done = subprocess.run(  # noqa: S603
            command, env=environ, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
    except FileNotFoundError:
        raise BackupError(f"{command[0]} ontbreekt: installeer postgresql-client.") from None
    except subprocess.TimeoutExpired:
        raise BackupError(f"{command[0]} duurde te lang.") from None
    if done.returncode:
        first = next((line for line in done.stderr.splitlines() if "error" in line.lower()), "geen uitleg")
        raise BackupError(f"{command[0]} mislukte: {first[:200]}")
