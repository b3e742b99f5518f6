"""deploy/: there is no container engine here, so the files are held against what they speak of."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
NEEDED = {"POSTGRES_PASSWORD": "p" * 32, "REDIS_PASSWORD": "r" * 32, "IPS_SHARED_KEY": "s" * 64, "IPS_DOMAIN": "a.nl"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8")))


def filled(value: object) -> str:
    """Fill in ${NAME:?…} and ${NAME:-default} as compose does."""
    return re.sub(
        r"\$\{(\w+)(?::\?[^}]*|:-([^}]*))\}", lambda found: NEEDED.get(found[1]) or found[2] or "", str(value)
    )


def test_the_services_get_settings_that_exist_and_hold(compose: dict[str, Any]) -> None:
    environ = {name: filled(value) for name, value in compose["services"]["ips"]["environment"].items()}
    assert set(environ) <= {each.name for each in Settings.declarations()}
    settings = Settings.from_environment(environ)
    assert settings.database_url == f"postgresql://ips:{'p' * 32}@postgres/ips"
    assert settings.redis_url == f"redis://:{'r' * 32}@redis:6379/0"
    assert settings.rasa_workers == 2
    proxy = compose["services"]["proxy"]["networks"]["inside"]["ipv4_address"]
    assert settings.trusted_proxies == (proxy,)


def test_only_the_proxy_is_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == ["proxy"]
    assert all("privileged" not in service for service in compose["services"].values())


def test_what_is_named_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        assert set(service["networks"]) <= set(compose["networks"])
        named = [each.partition(":")[0] for each in service.get("volumes", ())]
        assert all(each in compose["volumes"] or (DEPLOY / each).is_file() for each in named)
    build = services["ips"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert all((ROOT / script).is_file() for script in re.findall(r"scripts/\w+", dockerfile))


def test_the_example_names_every_variable_and_no_secret() -> None:
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    example = dict(
        line.split("=", 1)
        for line in (DEPLOY / "example.env").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
    assert set(re.findall(r"\$\{(\w+)", text)) == set(example)
    assert all(not value for name, value in example.items() if re.search("PASSWORD|KEY|TOKEN", name))
    assert "/deploy/.env" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()


def test_the_proxy_speaks_to_the_service_and_holds_no_stream_back() -> None:
    text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
    plain = "\n".join(line for line in text.splitlines() if not line.strip().startswith("#"))
    assert plain.count("{") == plain.count("}")
    assert re.search(r"dynamic a ips 8080", plain)
    assert re.search(r"flush_interval -1", plain)
    assert "request>uri replace hidden" in plain  # a link to a document is a key
