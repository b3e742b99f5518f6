"""Settings: names, defaults, clear refusals, and an operator's page that names them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.settings import Settings

OPERATING = Path(__file__).resolve().parents[2] / "docs" / "operating.md"


def test_defaults() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port, settings.max_message) == ("127.0.0.1", 8080, 2000)
    assert settings.store_url == "sqlite:///var/ips-wijzer.sqlite"
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.allowed_origins == ()


def test_what_is_set_is_read() -> None:
    settings = Settings.from_environment(
        {
            "IPS_HOST": "::1",
            "IPS_PORT": " 9000 ",
            "IPS_DATA": "/srv/ips",
            "IPS_ALLOWED_ORIGINS": "https://a.nl, http://localhost:3000,",
            "IPS_RASA_TIMEOUT": "2.5",
        }
    )
    assert settings.public_url == "http://[::1]:9000"
    assert settings.store_url == "sqlite:////srv/ips/ips-wijzer.sqlite"
    assert settings.allowed_origins == ("https://a.nl", "http://localhost:3000")
    assert settings.rasa_timeout == 2.5


def test_an_empty_variable_is_the_default() -> None:
    assert Settings.from_environment({"IPS_PORT": " "}).port == 8080


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IPS_PORT", "0"),
        ("IPS_PORT", "65536"),
        ("IPS_PORT", "-1"),
        ("IPS_PORT", "8080.5"),
        ("IPS_PORT", "²"),
        ("IPS_HOST", "voorbeeld.nl"),
        ("IPS_RASA_TIMEOUT", "snel"),
        ("IPS_RASA_TIMEOUT", "nan"),
        ("IPS_RASA_TIMEOUT", "0"),
        ("IPS_ALLOWED_ORIGINS", "www.a.nl"),
        ("IPS_ALLOWED_ORIGINS", "https://a.nl/"),
        ("IPS_ALLOWED_ORIGINS", "*"),
        ("IPS_RATE_PER_MINUTE", "0"),
        ("IPS_MAX_MESSAGE", "veel"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_setting(name: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        Settings.from_environment({name: value})
    assert str(refused.value).startswith(f"{name} ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("declaration", Settings.declarations(), ids=lambda declaration: declaration.name)
def test_every_setting_is_declared_and_documented(declaration: object) -> None:
    name, help_text = declaration.name, declaration.help  # type: ignore[attr-defined]
    assert name.startswith("IPS_")
    assert help_text.endswith(".")
    assert f"`{name}`" in OPERATING.read_text(encoding="utf-8")


def test_secrets_have_no_default_and_are_not_shown() -> None:
    secrets = [declaration for declaration in Settings.declarations() if declaration.secret]
    assert [declaration.name for declaration in secrets] == ["IPS_METRICS_TOKEN"]
    assert all(declaration.default == "" for declaration in secrets)
    assert "geheim" not in repr(Settings.from_environment({"IPS_METRICS_TOKEN": "geheim"}))
