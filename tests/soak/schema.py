"""Every endpoint with generated requests: schemathesis against the description, and against what it leaves out.

`python -m tests.soak.schema [requests]`. Schemathesis has an environment of its own: its pins clash with Rasa's.
IPS_SOAK_BASE names a running assistant to attack instead of a port with a Rasa that answers at once.
"""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from tests.soak.findings import Findings
from tests.soak.whole_port import whole_port

ROOT = Path(__file__).resolve().parents[2]
SCHEMATHESIS = "schemathesis==4.30.1"
ENVIRONMENT = ROOT / ".cache" / "soak" / "schemathesis"
REQUESTS, CHUNK = 50_000, 2_000  # all, and about how many in one go
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
_GENERATED = re.compile(r"(\d[\d,]*) generated")
_TEXT: dict[str, Any] = {"type": "string"}
_ANY = {"description": "wat dan ook"}


def schema(requests: int = REQUESTS, folder: Path | None = None) -> Findings:
    """Send about so many requests; a fault is a 5xx, an answer that is not described, or a stack trace in a log."""
    findings, sent, seed = Findings(), 0, 1
    program = _program()
    logging.disable(logging.CRITICAL)  # a refused request has a line, and there are many
    with ExitStack() as stack:
        data = folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        base = os.environ.get("IPS_SOAK_BASE") or stack.enter_context(whole_port(data))
        described = httpx.get(f"{base}/api/v1/openapi.json", trust_env=False).json()
        files = [data / "described.json", data / "others.json"]
        for file, content in zip(files, (described, others()), strict=True):
            file.write_text(json.dumps(content), encoding="utf-8")
        started = time.monotonic()
        while sent < requests and len(findings.faults) < 20:
            for file in files:
                sent += _run(program, file, base, seed, findings)
            print(f"{sent} verzoeken, {len(findings.faults)} fouten", file=sys.stderr, flush=True)
            seed += 1
        alive = httpx.get(f"{base}/healthz", trust_env=False).is_success
    findings.rows += [("verzoeken", f"{sent}"), ("duur", f"{(time.monotonic() - started) / 60:.1f} min")]
    findings.rows += [("zaden", f"1 tot en met {seed - 1}"), ("leeft nog", "ja" if alive else "nee")]
    if not alive:
        findings.faults.append("the port doesn't live any more")
    if sent < requests and not findings.faults:
        findings.faults.append(f"only {sent} requests")
    return findings


def others() -> dict[str, Any]:
    """Return a description of the endpoints outside /api/v1: what comes in; what goes out is only not a 5xx."""

    def takes(**properties: Any) -> dict[str, Any]:
        body = {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object", "properties": properties}}},
        }
        return {"requestBody": body, "responses": {"default": _ANY}}

    def bare(*parameters: dict[str, Any]) -> dict[str, Any]:
        return {"parameters": list(parameters), "responses": {"default": _ANY}}

    def parameter(name: str, place: str) -> dict[str, Any]:
        return {"name": name, "in": place, "required": place == "path", "schema": _TEXT}

    bearer = parameter("Authorization", "header")
    after, wait = parameter("after", "query"), {**parameter("wait", "query"), "schema": {"enum": ["0", "x", ""]}}
    signed = [parameter("X-Slack-Signature", "header"), parameter("X-Slack-Request-Timestamp", "header")]
    paths = {
        "/webhooks/rest/webhook": {"post": takes(sender=_TEXT, message=_TEXT, client_message_id=_TEXT)},
        "/webhooks/slack/webhook": {"post": {**takes(type=_TEXT, event={"type": "object"}), "parameters": signed}},
        "/webhooks/botframework/webhook": {"post": {**takes(type=_TEXT, serviceUrl=_TEXT), "parameters": [bearer]}},
        "/widget/session": {"post": bare(), "delete": bare(bearer)},
        "/widget/messages": {
            "post": {**takes(client_message_id=_TEXT, text=_TEXT, shown=_TEXT), "parameters": [bearer]}
        },
        "/widget/events": {"get": bare(bearer, after, wait)},
        "/widget/feedback": {
            "post": {**takes(seq={"type": "integer"}, value=_TEXT, word=_TEXT), "parameters": [bearer]}
        },
        "/static/{name}": {"get": bare(parameter("name", "path"))},
        "/{name}": {"get": bare(parameter("name", "path"))},
        "/healthz": {"get": bare()},
        "/widget.js": {"get": bare(parameter("If-None-Match", "header"), parameter("Accept-Encoding", "header"))},
    }
    return {"openapi": "3.0.3", "info": {"title": "de rest", "version": "1"}, "paths": paths}


def _run(program: Path, file: Path, base: str, seed: int, findings: Findings) -> int:
    """Run schemathesis once; return the number of requests and note what it found."""
    examples = max(1, CHUNK // (2 * len(json.loads(file.read_text(encoding="utf-8"))["paths"])))
    command = [str(program), "--no-color", "run", str(file), "--url", base, "--seed", str(seed), "--workers", "2"]
    command += ["--max-examples", str(examples), "--phases", "examples,coverage,fuzzing", "--checks", CHECKS]
    command += [
        "--continue-on-failure",
        "--warnings",
        "off",
        "--request-timeout",
        "60",
        "--generation-database",
        "none",
    ]
    command += ["--suppress-health-check", "all", "--no-shrink"]
    result = subprocess.run(command, cwd=file.parent, capture_output=True, text=True, timeout=3600, check=False)
    if result.returncode:
        findings.faults.append(f"seed {seed}, {file.name}: " + " ".join(result.stdout[-3000:].split())[-1500:])
    counts = [int(found.replace(",", "")) for found in _GENERATED.findall(result.stdout)]
    if "Traceback (most recent" in result.stdout:
        findings.faults.append(f"seed {seed}, {file.name}: a stack trace in an answer")
    return sum(counts)


def _program() -> Path:
    """Return schemathesis, installed in an environment of its own when it isn't there yet."""
    program = ENVIRONMENT / "bin" / "schemathesis"
    if given := os.environ.get("IPS_SOAK_SCHEMATHESIS"):
        return Path(given)
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True, timeout=300)
        pip = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet", SCHEMATHESIS]
        subprocess.run(pip, check=True, timeout=900)
    return program


if __name__ == "__main__":
    sys.exit(schema(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS).show())
