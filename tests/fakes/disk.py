"""What stands on disk, for tests that search it."""

from __future__ import annotations

from pathlib import Path


def on_disk(folder: Path) -> bytes:
    """Return all files under a folder as one; a write-ahead log may be folded in, and go, while we look."""
    found = []
    for path in folder.rglob("*"):
        try:
            found.append(path.read_bytes() if path.is_file() else b"")
        except FileNotFoundError:
            continue
    return b"".join(found)
