"""What a part of the long runs found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Findings:
    """A table, and what failed."""

    rows: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def show(self) -> int:
        """Print both; return the exit status."""
        for name, value in self.rows:
            print(f"{name:<52}{value}")
        for fault in self.faults:
            print(f"  MISLUKT  {fault}")
        return int(bool(self.faults))
