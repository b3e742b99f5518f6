"""Starts the assistant: `python -m bot.run start`. `python -m bot.run web` is the public port alone."""

from __future__ import annotations

import http.client
import json
import os
import runpy
import secrets
import socket
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from bot import logs
from bot.errors import IpsWijzerError, SettingError
from bot.settings import Settings
from bot.supervisor import Command, Supervisor

ROOT = Path(__file__).resolve().parents[1]
LOCK_SECONDS = "10"  # how long a conversation's lock in Redis outlives a Rasa that was killed
GRACE_SECONDS = 8  # for messages that are being answered when a stop is asked
_NOT_INHERITED = ("SANIC_HOST", "SANIC_WORKERS", "SANIC_PORT")
_CHILD_ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "-1",
    # Threads that spin long while they wait take the core from the one they wait for; those that sleep at once wake
    # too late, so briefly (docs/metingen.md).
    "GOMP_SPINCOUNT": "1000",
    "OPENBLAS_NUM_THREADS": "1",
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
        if arguments[:1] == ["rasa"]:
            return rasa(settings, arguments)
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
        first_out=_named("web", settings.web_workers),
        is_ready=lambda: is_ready(settings),
        say=lambda line: print(line, flush=True),
    )
    return supervisor.run(f"IPS-wijzer draait op {settings.public_url}")


def commands(settings: Settings, environ: Mapping[str, str]) -> tuple[Command, ...]:
    """Return the children: each Rasa with an action server of its own, and the public port's processes."""
    environ = child_environment(settings, environ)
    pairs = [each for number in range(settings.rasa_workers) for each in _pair(settings, environ, number)]
    public = [sys.executable, "-m", "bot.run", "web"]
    names = _named("web", settings.web_workers)
    return (*pairs, *(Command(name, public, environ, ROOT) for name in names))


def _pair(settings: Settings, environ: Mapping[str, str], number: int) -> tuple[Command, Command]:
    rasa_port, actions_port = str(settings.rasa_port + number), str(settings.actions_port + number)
    rasa = ["-m", "bot.run", "rasa", "run", "-i", "127.0.0.1", "-p", rasa_port, "--enable-api", "-m", settings.model]
    files = ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    own = {**environ, "IPS_RASA_PORT": rasa_port, "IPS_ACTIONS_PORT": actions_port}
    rasa_name, actions_name = (_named(kind, settings.rasa_workers)[number] for kind in ("rasa", "actions"))
    return (
        Command(rasa_name, [sys.executable, *rasa, *files], own, ROOT),
        Command(actions_name, [sys.executable, "-m", "actions"], own, ROOT),
    )


def _named(kind: str, count: int) -> list[str]:
    return [kind] if count == 1 else [f"{kind}-{number + 1}" for number in range(count)]


def child_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return `environ` with what endpoints.yml, the web processes together and quiet libraries need."""
    cores, workers = os.cpu_count() or 1, settings.rasa_workers
    threads = str(max(1, min(2, cores // workers)))
    is_shared = settings.database_url.startswith("postgresql")
    kept = {name: value for name, value in environ.items() if name not in _NOT_INHERITED}
    own = {
        "IPS_DATA": str(settings.data.resolve()),
        "IPS_RASA_PORT": str(settings.rasa_port),
        "IPS_ACTIONS_PORT": str(settings.actions_port),
        "IPS_TRACKER_URL": settings.database_url if is_shared else "",
        "IPS_REDIS_URL": settings.redis_url,
        "IPS_SHARED_KEY": settings.shared_key or secrets.token_urlsafe(32),
        "TICKET_LOCK_LIFETIME": LOCK_SECONDS,
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
        for rasa, _actions in settings.rasa_workers_urls:
            with urllib.request.urlopen(f"{rasa}/status", timeout=5):  # noqa: S310
                pass
        with urllib.request.urlopen(f"{base}/readyz", timeout=5):  # noqa: S310
            pass
        with urllib.request.urlopen(question, timeout=30) as response:  # noqa: S310
            replies = json.load(response)
    except (http.client.HTTPException, OSError, ValueError):  # whatever is at the port, it may not be ours
        return False
    return not any((reply.get("custom") or {}).get("kind") == "unavailable" for reply in replies)


def rasa(settings: Settings, arguments: list[str]) -> int:
    """Run Rasa's own command line in this process, with our log lines instead of its colours."""
    logs.configure("rasa", settings.log_format)
    sys.modules["jax"] = None  # type: ignore[assignment]  # TensorFlow imports it where it stands, for a second; unused
    import rasa.utils.io

    from bot.channels.rasa_actions import check_schema_once

    check_schema_once()
    rasa.utils.io.configure_colored_logging = lambda _level: None
    sys.argv = arguments
    runpy.run_module("rasa", run_name="__main__", alter_sys=True)
    return 0


def web(settings: Settings) -> int:
    """Serve the public port in this process."""
    import uvicorn

    from bot.app import build, utc_now
    from bot.web.app import PublicPort, courier, create_app, slack_port, teams_port, widget_port
    from bot.web.chat import Safety
    from bot.web.connections import BoundedProtocol
    from bot.web.courier import NAME as courier_name
    from bot.web.desk.wiring import places
    from bot.web.followers import Followers
    from bot.web.holding import Holding
    from bot.web.inbox.desk import InboxDesk
    from bot.web.mail import mail_of
    from bot.web.metrics import tickets_observer
    from bot.web.plans import PlanDesk
    from bot.web.siblings import RedisSiblings, Siblings

    logs.configure("web", settings.log_format)
    assistant = build(settings)
    if settings.redis_url and not settings.shared_key:
        raise SettingError("IPS_SHARED_KEY", "ontbreekt")
    siblings = RedisSiblings(settings.redis_url, settings.shared_key) if settings.redis_url else Siblings()
    port = PublicPort(
        settings,
        advise=assistant.advise,
        facts=assistant.knowledge.facts,
        sources=assistant.knowledge.sources,
        store=assistant.store,
        safety=Safety(assistant.knowledge.texts["safety"], assistant.knowledge.texts["safety_later"]),
        knowledge=assistant.knowledge,
        clock=utc_now,
        helpdesk=assistant.helpdesk,
        conversations=assistant.conversations,
        deliveries=assistant.deliveries,
        holding=Holding(assistant.leases),
        siblings=siblings,
    )
    port.numbers.count_lines()
    port.observe(tickets_observer(assistant.tickets))
    desk = PlanDesk(assistant.plans, assistant.draw, utc_now, settings.plan_days, siblings=siblings)
    forget = assistant.helpdesk.forget
    widget = widget_port(port, settings, assistant.conversations, assistant.store, utc_now, forget)
    slack = slack_port(port, widget, settings, assistant.conversations, assistant.deliveries, utc_now)
    teams = teams_port(port, widget, settings, assistant.conversations, assistant.deliveries, utc_now)
    sources = assistant.knowledge.sources
    inbox = InboxDesk(settings, assistant.accounts, assistant.helpdesk, sources, assistant.numbers, utc_now, port.count)
    mail = mail_of(
        settings, assistant.helpdesk, port.triager, assistant.mails, assistant.knowledge, utc_now, port.holding
    )
    outside = places(
        settings,
        assistant.helpdesk,
        assistant.tickets,
        assistant.deliveries,
        slack=slack,
        teams=teams,
        mailer=mail.mailer,
        count=port.count,
        now=utc_now,
        holding=port.holding,
    )
    brings = courier(
        port,
        widget,
        assistant.helpdesk,
        assistant.conversations,
        assistant.knowledge,
        utc_now,
        mail.mailer,
        mail.mail_id,
    )
    handlers = {**({courier_name: brings.handle} if brings else {}), **mail.handlers, **outside.handlers}
    followers = Followers(assistant.tickets, handlers, utc_now, assistant.helpdesk, port.holding)
    app = create_app(
        port,
        settings.allowed_origins,
        plans=desk,
        clean_up=assistant.clean_up,
        widget=widget,
        slack=slack,
        teams=teams,
        inbox=inbox,
        followers=followers,
        outside=outside,
        mail=mail.port,
    )
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=BoundedProtocol,
        ws="none",
        access_log=False,
        server_header=False,
        log_config=None,
        forwarded_allow_ips=list(settings.trusted_proxies),
        limit_concurrency=1200,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )

    class Server(uvicorn.Server):
        """Lets what is being answered be answered, and then ends the open streams: they would hold up a stop."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            widget.stop_soon(GRACE_SECONDS - 2)
            super().handle_exit(sig, frame)

    Server(config).run(sockets=[_shared_socket(settings)] if settings.web_workers > 1 else None)
    return 0


def _shared_socket(settings: Settings) -> socket.socket:
    """Return a socket on the public port that other processes may listen on too; the kernel spreads connections."""
    public = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    public.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    public.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    public.bind((settings.host, settings.port))
    public.set_inheritable(True)
    return public


def _obstacles(settings: Settings) -> list[str]:
    """Return why it can't start, a line each."""
    workers = range(settings.rasa_workers)
    ports = (
        ("IPS_PORT", settings.host, settings.port),
        *(("IPS_RASA_PORT", "127.0.0.1", settings.rasa_port + number) for number in workers),
        *(("IPS_ACTIONS_PORT", "127.0.0.1", settings.actions_port + number) for number in workers),
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
