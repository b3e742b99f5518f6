"""The only reader of the environment: every setting with its name, default and help, declared once."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.errors import SettingError

_META = "setting"


@dataclass(frozen=True)
class Declaration:
    """What a setting is called, what it does, its default as people write it, and how its text is read."""

    name: str
    help: str
    default: str
    read: Callable[[str], Any]
    secret: bool = False


def _text(value: str) -> str:
    return value


def _folder(value: str) -> Path:
    if not value:
        raise ValueError("mag niet leeg zijn")
    return Path(value)


def _address(value: str) -> str:
    if value == "localhost":
        return value
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise ValueError("moet een IP-adres of localhost zijn") from None


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
            raise ValueError(f"moet een heel getal van {low} tot en met {high} zijn")
        return int(value)

    return read


def _seconds(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0.1 <= number <= 300:
        raise ValueError("moet een aantal seconden van 0.1 tot en met 300 zijn")
    return number


def _names(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _origins(value: str) -> tuple[str, ...]:
    origins = _names(value)
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc or f"{parts.scheme}://{parts.netloc}" != origin:
            raise ValueError(
                f"bevat geen geldige herkomst: {origin} (bedoeld is bijvoorbeeld https://www.voorbeeld.nl)"
            )
    return origins


def _setting(name: str, default: str, read: Callable[[str], Any], help: str) -> Any:
    return field(metadata={_META: Declaration(name, help, default, read)})


def _secret(name: str, help: str) -> Any:
    return field(repr=False, metadata={_META: Declaration(name, help, "", _text, secret=True)})


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set. Build it with `from_environment`; a secret that isn't set is empty."""

    host: str = _setting("IPS_HOST", "127.0.0.1", _address, "Address of the public port.")
    port: int = _setting("IPS_PORT", "8080", _whole(1, 65535), "The public port.")
    data: Path = _setting("IPS_DATA", "var", _folder, "Folder for the database and the logs.")  # noqa: RUF009
    database_url: str = _setting(
        "IPS_DATABASE_URL", "", _text, "SQLAlchemy URL of the dossiers; empty: one SQLite file in IPS_DATA."
    )
    rasa_port: int = _setting("IPS_RASA_PORT", "5005", _whole(1, 65535), "Rasa's port, on loopback only.")
    actions_port: int = _setting(
        "IPS_ACTIONS_PORT", "5055", _whole(1, 65535), "The action server's port, on loopback only."
    )
    model: str = _setting("IPS_MODEL", "models", _text, "Rasa model, or the folder that holds it.")
    max_message: int = _setting("IPS_MAX_MESSAGE", "2000", _whole(1, 20000), "Longest message, in characters.")
    rate_per_minute: int = _setting(
        "IPS_RATE_PER_MINUTE", "60", _whole(1, 100000), "Messages a minute that one sender may send."
    )
    rate_per_address: int = _setting(
        "IPS_RATE_PER_ADDRESS", "1200", _whole(1, 1000000), "Requests a minute that one client address may send."
    )
    rasa_timeout: float = _setting(
        "IPS_RASA_TIMEOUT", "20", _seconds, "Seconds that a visitor waits for an answer before the holding reply."
    )
    allowed_origins: tuple[str, ...] = _setting(
        "IPS_ALLOWED_ORIGINS",
        "",
        _origins,
        "Sites that may embed the chat, comma-separated, as https://www.example.nl.",
    )
    trusted_proxies: tuple[str, ...] = _setting(
        "IPS_TRUSTED_PROXIES", "127.0.0.1", _names, "Addresses of reverse proxies whose X-Forwarded-For is believed."
    )
    metrics_token: str = _secret(
        "IPS_METRICS_TOKEN", "Bearer token for /metrics from elsewhere; without it only loopback may read it."
    )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read all settings from `environ` (default: the process's); raises SettingError, one line with the name."""
        environ = os.environ if environ is None else environ
        return cls(**{each.name: _read(each.metadata[_META], environ) for each in fields(cls)})

    @classmethod
    def declarations(cls) -> tuple[Declaration, ...]:
        """Return every setting's declaration, in order."""
        return tuple(each.metadata[_META] for each in fields(cls))

    @property
    def store_url(self) -> str:
        """The SQLAlchemy URL of the dossiers."""
        return self.database_url or f"sqlite:///{self.data / 'ips-wijzer.sqlite'}"

    @property
    def rasa_url(self) -> str:
        """Where Rasa listens."""
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        """Where the action server listens."""
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def public_url(self) -> str:
        """The address to show to people."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


def _read(declaration: Declaration, environ: Mapping[str, str]) -> Any:
    value = environ.get(declaration.name, declaration.default).strip() or declaration.default
    try:
        return declaration.read(value)
    except ValueError as problem:
        raise SettingError(declaration.name, str(problem)) from None
