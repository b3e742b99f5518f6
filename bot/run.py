"""Starts the assistant: `python -m bot.run start`. `python -m bot.run web` is the public port alone."""

from __future__ import annotations

import json
import logging
import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from bot.errors import IpsWijzerError, SettingError
from bot.settings import Settings
from bot.supervisor import Command, Supervisor

ROOT = Path(__file__).resolve().parents[1]
_NOT_INHERITED = ("SANIC_HOST", "SANIC_WORKERS", "SANIC_PORT")
_CHILD_ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONUNBUFFERED": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def main(arguments: list[str]) -> int:
    """Do what the command line asks; return the exit status."""
    try:
        settings = Settings.from_environment()
        if arguments == ["start"]:
            return start(settings)
        if arguments == ["web"]:
            return web(settings)
    except SettingError as problem:
        return _complain(f"Instelling {problem}.")
    except IpsWijzerError as problem:
        return _complain(str(problem))
    return _complain("Gebruik: python -m bot.run start")


def start(settings: Settings) -> int:
    """Run the action server, Rasa and the public port until a signal comes."""
    for line in _obstacles(settings):
        return _complain(line)
    supervisor = Supervisor(
        commands(settings, os.environ),
        settings.data.resolve() / "log",
        is_ready=lambda: is_ready(settings),
        say=lambda line: print(line, flush=True),
    )
    return supervisor.run(f"IPS-wijzer draait op {settings.public_url}")


def commands(settings: Settings, environ: Mapping[str, str]) -> tuple[Command, ...]:
    """Return the three children."""
    environ = child_environment(settings, environ)
    python, rasa_port = sys.executable, str(settings.rasa_port)
    rasa = ["-m", "rasa", "run", "-i", "127.0.0.1", "-p", rasa_port, "--enable-api", "-m", settings.model]
    files = ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    return (
        Command("rasa", [python, *rasa, *files], environ, ROOT),
        Command("actions", [python, "-m", "actions"], environ, ROOT),
        Command("web", [python, "-m", "bot.run", "web"], environ, ROOT),
    )


def child_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` with what endpoints.yml and quiet libraries need."""
    threads = str(min(2, os.cpu_count() or 1))
    kept = {name: value for name, value in environ.items() if name not in _NOT_INHERITED}
    own = {
        "IPS_DATA": str(settings.data.resolve()),
        "IPS_RASA_PORT": str(settings.rasa_port),
        "IPS_ACTIONS_PORT": str(settings.actions_port),
    }
    return {"OMP_NUM_THREADS": threads, **_CHILD_ENVIRONMENT, **kept, **own}


def is_ready(settings: Settings) -> bool:
    """Tell whether a message through the public port is answered; asking one also warms everything up."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    base = f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"
    message = json.dumps({"sender": "opstart", "message": "hallo"}).encode()
    headers = {"Content-Type": "application/json"}
    question = urllib.request.Request(f"{base}/webhooks/rest/webhook", message, headers)  # noqa: S310
    try:
        with urllib.request.urlopen(f"{base}/readyz", timeout=5):  # noqa: S310
            pass
        with urllib.request.urlopen(question, timeout=30) as response:  # noqa: S310
            replies = json.load(response)
    except (urllib.error.URLError, OSError, ValueError):
        return False
    return not any((reply.get("custom") or {}).get("kind") == "unavailable" for reply in replies)


def web(settings: Settings) -> int:
    """Serve the public port in this process."""
    import uvicorn

    from bot.app import build
    from bot.web.app import PublicPort, create_app
    from bot.web.chat import Safety

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    assistant = build(settings)
    port = PublicPort(
        settings,
        advise=assistant.advise,
        facts=assistant.knowledge.facts,
        sources=assistant.knowledge.sources,
        store=assistant.store,
        safety=Safety(assistant.knowledge.texts["safety"], assistant.knowledge.texts["safety_later"]),
    )
    uvicorn.run(
        create_app(port, settings.allowed_origins),
        host=settings.host,
        port=settings.port,
        http="h11",
        ws="none",
        access_log=False,
        server_header=False,
        log_config=None,
        forwarded_allow_ips=list(settings.trusted_proxies),
        limit_concurrency=500,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
    )
    return 0


def _obstacles(settings: Settings) -> list[str]:
    """Return why it can't start, a line each."""
    ports = (
        ("IPS_PORT", settings.host, settings.port),
        ("IPS_RASA_PORT", "127.0.0.1", settings.rasa_port),
        ("IPS_ACTIONS_PORT", "127.0.0.1", settings.actions_port),
    )
    taken = [
        f"Poort {port} is bezet of niet toegestaan. Kies een andere met {name}."
        for name, host, port in ports
        if not _is_free(host, port)
    ]
    model = ROOT / settings.model
    if not (model.is_file() or any(model.glob("*.tar.gz"))):
        taken.append(f"Er is geen getraind model in {settings.model}. Maak het met: make start of scripts/train.")
    return taken


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _complain(line: str) -> int:
    print(line, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
