"""What is no honest HTTP, at the public port over raw sockets: smuggling, bombs, and clients that dribble."""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from bot.settings import Settings
from bot.web.app import PublicPort, create_app
from bot.web.connections import BoundedProtocol
from tests.fakes.knowledge import FACTS, SAFETY, SOURCES, advise
from tests.fakes.serving import free_port, serving
from tests.fakes.store import MemoryDossierStore

HOST = b"Host: x\r\n"
POST = b"POST /api/v1/advice HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
WAIT = 10.0


class Hasty(BoundedProtocol):
    """The same with less patience."""

    head_seconds = 0.4


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    closed = str(free_port())  # no Rasa: nothing here should reach it
    settings = Settings.from_environment({"IPS_RASA_PORT": closed, "IPS_ACTIONS_PORT": closed})
    store = MemoryDossierStore(lambda: None)  # type: ignore[arg-type,return-value]
    port = PublicPort(settings, advise=advise, facts=FACTS, sources=SOURCES, store=store, safety=SAFETY)
    with serving(create_app(port), http=Hasty) as base:
        parts = urlsplit(base)
        yield str(parts.hostname), int(parts.port or 0)


def send(address: tuple[str, int], *pieces: bytes, pause: float = 0.0) -> bytes:
    """Return everything that comes back on one connection until it is closed; a reset ends it as well."""
    came = b""
    with socket.create_connection(address, timeout=WAIT) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                if select.select([connection], [], [], pause)[0]:
                    came += connection.recv(65536)
            while data := connection.recv(65536):
                came += data
        except (ConnectionResetError, BrokenPipeError):
            pass
    return came


def statuses(came: bytes) -> list[int]:
    """Return the status of each response."""
    return [int(part[:3]) for part in came.split(b"HTTP/1.1 ")[1:]]


NOT_HTTP = {
    "two lengths that differ": POST + b"Content-Length: 2\r\nContent-Length: 50\r\n\r\n{}",
    "a list of lengths": POST + b"Content-Length: 2, 3\r\n\r\n{}",
    "a signed length": POST + b"Content-Length: +2\r\n\r\n{}",
    "a negative length": POST + b"Content-Length: -2\r\n\r\n{}",
    "an encoding that looks chunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "two encodings": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "a space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a control character in a name": POST + b"Transfer-\x0bEncoding: chunked\r\n\r\n0\r\n\r\n",
    "a lone line feed in a value": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\rb\r\n\r\n",
    "a zero byte in a value": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\n" + HOST + HOST + b"\r\n",
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
    "a line that never ends": b"GET /" + b"a" * 100_000,
    "a header that never ends": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 100_000,
    "thousands of headers": b"GET /healthz HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 20_000,
}


@pytest.mark.parametrize("request_", NOT_HTTP.values(), ids=NOT_HTTP)
def test_what_is_no_http_is_refused_and_the_connection_closed(address: tuple[str, int], request_: bytes) -> None:
    came = send(address, request_)
    assert statuses(came) in ([400], [])  # [] when what we didn't read made the kernel reset the connection
    if came:
        head, _, body = came.partition(b"\r\n\r\n")
        assert json.loads(body)["error"]["code"] == "geen_http"
        assert b"server:" not in head.lower()


BROKEN_CHUNKS = {
    "a size of more than 64 bits": CHUNKED + b"fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
    "a negative size": CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n",
    "a size with 0x": CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n",
    "no line end after the data": CHUNKED + b"2\r\n{}0\r\n\r\n",
    "an extension that never ends": CHUNKED + b"2;" + b"a" * 100_000,
    "more than a body may hold": CHUNKED + b"10000\r\n" + b"a" * 65536 + b"\r\n10000\r\n" + b"a" * 65536 + b"\r\n",
}


@pytest.mark.parametrize("request_", BROKEN_CHUNKS.values(), ids=BROKEN_CHUNKS)
def test_broken_chunks_do_nothing(address: tuple[str, int], request_: bytes) -> None:
    came = send(address, request_)
    assert all(400 <= status < 500 for status in statuses(came))
    assert b"Traceback" not in came


def test_a_request_with_two_kinds_of_length_hides_no_second_one(address: tuple[str, int]) -> None:
    hidden = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    came = send(address, POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden)
    assert statuses(came) == [400]
    assert b"twee_lengtes" in came


def test_a_body_that_is_announced_too_big_is_not_asked_for(address: tuple[str, int]) -> None:
    came = send(address, POST + b"Expect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n")
    assert statuses(came) == [413]


@pytest.mark.parametrize(
    "line",
    [
        b"GET /static/../app.py",
        b"GET /static/%2e%2e/%2e%2e/app.py",
        b"GET /static/..%2f..%2fapp.py",
        b"GET /static//etc/passwd",
        b"GET /static/%00",
        b"GET /widget/events%00?after=0",
        b"GET http://127.0.0.1:5005/status",
        b"GET //boef.example/%2f..",
        b"CONNECT 127.0.0.1:5005",
        b"TRACE /healthz",
        b"PRI *",
        b"GET /api/v1/plan/document/%2e%2e%2f%0d%0aX-Evil:%201.md",
    ],
)
def test_odd_targets_lead_nowhere(address: tuple[str, int], line: bytes) -> None:
    came = send(address, line + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    assert len(statuses(came)) == 1
    assert 400 <= statuses(came)[0] < 500
    assert b"Traceback" not in came
    assert b"x-evil" not in came.lower()


def test_a_head_that_dribbles_is_cut(address: tuple[str, int]) -> None:
    pieces = [b"GET /healthz HTTP/1.1\r\n", *[b"X: y\r\n"] * 100]
    assert send(address, *pieces, pause=0.05) == b""


def test_a_connection_that_says_nothing_is_cut(address: tuple[str, int]) -> None:
    assert send(address) == b""


def test_a_second_head_that_dribbles_is_cut(address: tuple[str, int]) -> None:
    first = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    came = send(address, first, *[b"G", *[b"E"] * 100], pause=0.05)
    assert statuses(came) == [200]


def test_a_body_that_goes_on_after_its_answer_is_cut(address: tuple[str, int]) -> None:
    wrong = b"POST /api/v1/advice HTTP/1.1\r\n" + HOST + b"Content-Type: text/plain\r\nContent-Length: 60000\r\n\r\n"
    came = send(address, wrong, *[b"a"] * 100, pause=0.05)
    assert statuses(came) == [415]


def test_hundreds_of_silent_connections_keep_nobody_out(address: tuple[str, int]) -> None:
    silent = [socket.create_connection(address, timeout=WAIT) for _ in range(300)]
    try:
        answer = httpx.get(f"http://{address[0]}:{address[1]}/healthz", trust_env=False, timeout=WAIT)
    finally:
        for each in silent:
            each.close()
    assert answer.status_code == 200
