"""Settings: names, defaults, clear refusals, and an operator's page that names them all."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from bot.errors import SettingError
from bot.rules import triage
from bot.rules.officehours import OfficeHours
from bot.settings import URGENCIES, Settings

OPERATING = Path(__file__).resolve().parents[2] / "docs" / "operating.md"


def test_defaults() -> None:
    settings = Settings.from_environment({})
    assert (settings.host, settings.port, settings.max_message) == ("127.0.0.1", 8080, 8000)
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


def test_office_hours_and_deadlines_are_read() -> None:
    settings = Settings.from_environment(
        {
            "IPS_OFFICE_HOURS": "Wo 9:00-12:30, wo 13.00-17.00, ma-di 8.30-17.00",
            "IPS_CLOSED_DAYS": "2026-12-24, 2026-12-31",
            "IPS_DEADLINES": "hoog = 8, laag=80",
        }
    )
    assert settings.office_hours == (
        (0, time(8, 30), time(17)),
        (1, time(8, 30), time(17)),
        (2, time(9), time(12, 30)),
        (2, time(13), time(17)),
    )
    assert settings.closed_days == {date(2026, 12, 24), date(2026, 12, 31)}
    assert settings.deadlines == (("hoog", 8), ("laag", 80))


def test_the_defaults_of_office_hours_are_those_of_the_rules() -> None:
    settings = Settings.from_environment({})
    assert settings.office_hours == OfficeHours().week
    assert {name for name, _ in settings.deadlines} == set(URGENCIES) == set(triage.URGENCIES)


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
        ("IPS_LOG_FORMAT", "xml"),
        ("IPS_SECURITY_CONTACT", "de beheerder"),
        ("IPS_SECURITY_CONTACT", "http://a.nl/lek"),
        ("IPS_PRIVACY_CONTACT", "https://a.nl/ x"),
        ("IPS_PRIVACY_CONTACT", "a@b.nl\nContact: c"),
        ("IPS_OFFICE_HOURS", "altijd"),
        ("IPS_OFFICE_HOURS", ","),
        ("IPS_OFFICE_HOURS", "ma-vr 17.00-9.00"),
        ("IPS_OFFICE_HOURS", "ma-vr 9.00-25.00"),
        ("IPS_OFFICE_HOURS", "vr-ma 9.00-17.00"),
        ("IPS_OFFICE_HOURS", "ma-vr 9.00-17.00, wo 12.00-13.00"),
        ("IPS_OFFICE_HOURS", "ma-xx 9.00-17.00"),
        ("IPS_CLOSED_DAYS", "kerst"),
        ("IPS_CLOSED_DAYS", "24-12-2026"),
        ("IPS_DEADLINES", "spoed=1"),
        ("IPS_DEADLINES", "hoog=0"),
        ("IPS_DEADLINES", "hoog=1,hoog=2"),
        ("IPS_DEADLINES", "hoog"),
        ("IPS_TICKET_DAYS", "0"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_setting(name: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        Settings.from_environment({name: value})
    assert str(refused.value).startswith(f"{name} ")
    assert "\n" not in str(refused.value)


def test_several_web_processes_need_redis_and_a_key_must_be_long() -> None:
    with pytest.raises(SettingError, match="IPS_REDIS_URL"):
        Settings.from_environment({"IPS_WEB_WORKERS": "2"})
    with pytest.raises(SettingError, match="IPS_SHARED_KEY"):
        Settings.from_environment({"IPS_SHARED_KEY": "kort"})
    with pytest.raises(SettingError, match="IPS_REDIS_URL"):
        Settings.from_environment({"IPS_REDIS_URL": "localhost:6379"})


@pytest.mark.parametrize("declaration", Settings.declarations(), ids=lambda declaration: declaration.name)
def test_every_setting_is_declared_and_documented(declaration: object) -> None:
    name, help_text = declaration.name, declaration.help  # type: ignore[attr-defined]
    assert name.startswith("IPS_")
    assert help_text.endswith(".")
    assert f"`{name}`" in OPERATING.read_text(encoding="utf-8")


def test_secrets_have_no_default_and_are_not_shown() -> None:
    secrets = [declaration for declaration in Settings.declarations() if declaration.secret]
    names = [
        "IPS_SLACK_SIGNING_SECRET",
        "IPS_SLACK_BOT_TOKEN",
        "IPS_TEAMS_APP_PASSWORD",
        "IPS_METRICS_TOKEN",
        "IPS_ZAMMAD_TOKEN",
        "IPS_ZAMMAD_WEBHOOK_SECRET",
        "IPS_SHARED_KEY",
        "IPS_OIDC_CLIENT_SECRET",
        "IPS_MAIL_SECRET",
        "IPS_IMAP_PASSWORD",
        "IPS_SMTP_PASSWORD",
    ]
    assert sorted(declaration.name for declaration in secrets) == sorted(names)
    assert all(declaration.default == "" for declaration in secrets)
    assert "geheim" not in repr(Settings.from_environment({"IPS_METRICS_TOKEN": "geheim"}))
