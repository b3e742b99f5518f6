"""`make channels-check` says what is missing, and the manifest asks for what we use."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.serving import serving
from tests.fakes.zammad import TOKEN, FakeZammad

ROOT = Path(__file__).parents[2]
SCOPES = (
    "app_mentions:read,channels:history,channels:read,chat:write,commands,groups:history,groups:read,im:history,"
    "users:read"
)
OLD_SCOPES = "app_mentions:read,channels:history,chat:write,commands,groups:history,im:history"
RIGHT = {
    "IPS_PUBLIC_URL": "https://ips.voorbeeld.nl",
    "IPS_SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99eee1e85a55",
    "IPS_SLACK_BOT_TOKEN": "xoxb-right",
}


OTHERS_OFF = "Teams: uit. Er is niets ingesteld.\nZammad: uit. Er is niets ingesteld.\n"


async def auth_test(request: Request) -> Response:
    """Answer as docs.slack.dev/reference/methods/auth.test says."""
    scopes = {"Bearer xoxb-right": SCOPES, "Bearer xoxb-old": OLD_SCOPES}.get(request.headers["authorization"])
    if scopes is None:
        return JSONResponse({"ok": False, "error": "invalid_auth"})
    return JSONResponse({"ok": True, "team_id": "T1"}, headers={"X-OAuth-Scopes": scopes})


def check(**environ: str) -> tuple[int, str]:
    with serving(Starlette(routes=[Route("/api/auth.test", auth_test, methods=["POST"])])) as address:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("IPS_")}
        ours = {**kept, "IPS_SLACK_API_URL": f"{address}/api", **environ}
        command = [sys.executable, str(ROOT / "scripts" / "channels-check")]
        done = subprocess.run(command, env=ours, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_nothing_set_is_off_and_no_mistake() -> None:
    assert check() == (0, f"Slack: uit. Er is niets ingesteld.\n{OTHERS_OFF}")


def test_all_in_order() -> None:
    assert check(**RIGHT) == (0, f"Slack: in orde\n{OTHERS_OFF}")


WRONG = {
    "IPS_PUBLIC_URL ontbreekt": {"IPS_PUBLIC_URL": ""},
    "begint niet met https": {"IPS_PUBLIC_URL": "http://ips.voorbeeld.nl"},
    "een adres van binnen": {"IPS_PUBLIC_URL": "https://10.0.0.1"},
    "IPS_SLACK_SIGNING_SECRET ontbreekt": {"IPS_SLACK_SIGNING_SECRET": ""},
    "ziet er anders uit": {"IPS_SLACK_SIGNING_SECRET": "kort"},
    "IPS_SLACK_BOT_TOKEN ontbreekt": {"IPS_SLACK_BOT_TOKEN": ""},
    "begint niet met xoxb-": {"IPS_SLACK_BOT_TOKEN": "xoxp-1"},
    "invalid_auth": {"IPS_SLACK_BOT_TOKEN": "xoxb-wrong"},
    "niet te bereiken": {"IPS_SLACK_API_URL": "http://127.0.0.1:9/api"},
}


@pytest.mark.parametrize(("says", "change"), WRONG.items(), ids=WRONG)
def test_it_says_what_is_wrong(says: str, change: dict[str, str]) -> None:
    status, printed = check(**{**RIGHT, **change})
    assert status == 1
    assert says in printed
    assert "xoxb-" not in printed.replace("niet met xoxb-.", "")


def test_a_staff_channel_needs_more_rights() -> None:
    old = {"IPS_SLACK_BOT_TOKEN": "xoxb-old"}
    assert check(**{**RIGHT, **old})[0] == 0
    status, printed = check(**{**RIGHT, **old, "IPS_STAFF_SLACK_CHANNEL": "C0STAFF"})
    assert status == 1
    assert "channels:read, groups:read, users:read" in printed


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "Zammad: in orde"),
        ({"IPS_ZAMMAD_TOKEN": "fout"}, "Zammad neemt het token niet aan"),
        ({"IPS_ZAMMAD_URL": "http://127.0.0.1:9"}, "niet te bereiken"),
        ({"IPS_ZAMMAD_WEBHOOK_SECRET": ""}, "IPS_ZAMMAD_WEBHOOK_SECRET ontbreekt"),
    ],
)
def test_zammad_is_asked(change: dict[str, str], says: str) -> None:
    with serving(FakeZammad().app) as address:
        own = {"IPS_ZAMMAD_URL": address, "IPS_ZAMMAD_TOKEN": TOKEN, "IPS_ZAMMAD_WEBHOOK_SECRET": "geheim"}
        status, printed = check(**{**own, **change})
    assert says in printed
    assert (status == 0) == (change == {})
    assert TOKEN not in printed


# What docs.slack.dev/reference/app-manifest knows of what we use, with the longest text of a field.
MANIFEST = {
    "display_information": {"name": 35, "description": 140, "long_description": 4000, "background_color": 7},
    "features.app_home": {"home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"},
    "features.bot_user": {"display_name": 80, "always_online": 0},
    "features.slash_commands.0": {
        "command": 32,
        "description": 2000,
        "should_escape": 0,
        "url": 3000,
        "usage_hint": 1000,
    },
    "oauth_config.scopes": {"bot", "user"},
    "settings.event_subscriptions": {"request_url", "bot_events", "user_events", "metadata_subscriptions"},
    "settings.interactivity": {"is_enabled", "request_url", "message_menu_options_url"},
}
BRANCHES = {
    "": {"_metadata", "display_information", "features", "oauth_config", "settings"},
    "features": {"app_home", "bot_user", "shortcuts", "slash_commands", "unfurl_domains"},
    "oauth_config": {"scopes", "redirect_urls", "token_management_enabled"},
    "settings": {
        "allowed_ip_address_ranges", "event_subscriptions", "incoming_webhooks", "interactivity", "org_deploy_enabled",
        "socket_mode_enabled", "token_rotation_enabled", "is_hosted", "function_runtime",
    },
}  # fmt: skip


@pytest.mark.parametrize("path", [*MANIFEST, *BRANCHES])
def test_the_manifest_holds_fields_that_slack_knows(path: str) -> None:
    part: Any = yaml.safe_load((ROOT / "deploy" / "slack-manifest.yml").read_text(encoding="utf-8"))
    for step in filter(None, path.split(".")):
        part = part[int(step) if step.isdigit() else step]
    known: Any = MANIFEST.get(path) or BRANCHES[path]
    assert set(part) <= set(known)
    if isinstance(known, dict):
        assert all(len(part[name]) <= most for name, most in known.items() if isinstance(part.get(name), str))


def test_the_manifest_asks_for_what_we_use() -> None:
    manifest: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "slack-manifest.yml").read_text(encoding="utf-8"))
    settings, features = manifest["settings"], manifest["features"]
    path = "/webhooks/slack/webhook"
    urls = [settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]]
    assert all(url.endswith(path) for url in [*urls, features["slash_commands"][0]["url"]])
    assert set(settings["event_subscriptions"]["bot_events"]) == {
        "app_mention",
        "message.channels",
        "message.groups",
        "message.im",
    }
    assert sorted(manifest["oauth_config"]["scopes"]["bot"]) == SCOPES.split(",")
    assert features["slash_commands"][0]["command"] == "/ips"
    assert not settings["socket_mode_enabled"]
