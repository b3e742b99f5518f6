"""A JSON message to an address on the internet that an operator chose, and to nowhere else.

The host is looked up once, its addresses must all be public, and the connection goes to the one that was looked at: a
name that points inside, now or a moment later, gets nothing. TLS only, no redirects, nothing of the answer is read.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.web.deliveries import TryLater, Undeliverable

SECONDS = 10.0
LONGEST_PAUSE = 900.0
Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]


async def look_up(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host; raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


class Outgoing:
    """Posts; `resolve` is another one in tests."""

    def __init__(self, client: httpx.AsyncClient, resolve: Resolve = look_up) -> None:
        """`client` follows no redirects and is closed by whoever made it."""
        self._client, self._resolve = client, resolve

    async def post(self, url: str, body: Mapping[str, Any], key: str) -> None:
        """Post once more than never: `key` is the same each time. Raises TryLater, Undeliverable."""
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        if parts.scheme != "https" or not host or parts.username or parts.password:
            raise Undeliverable("not an address for messages")
        address = await self._public(host, port)
        shown = f"[{address}]" if ":" in address else address
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        request = self._client.build_request(
            "POST",
            f"https://{shown}:{port}{path}",
            json=body,
            headers={"Host": host if port == 443 else f"{host}:{port}", "Idempotency-Key": key},
            extensions={"sni_hostname": host},
            timeout=SECONDS,
        )
        try:
            response = await asyncio.wait_for(self._client.send(request, stream=True), 2 * SECONDS)
            await response.aclose()
        except (httpx.HTTPError, asyncio.TimeoutError) as problem:
            raise TryLater(type(problem).__name__) from None
        if response.status_code in (408, 425, 429) or response.status_code >= 500:
            raise TryLater(f"status {response.status_code}", _seconds(response))
        if not response.is_success:
            raise Undeliverable(f"status {response.status_code}")

    async def _public(self, host: str, port: int) -> str:
        """Return an address of a host that is on the internet; raises TryLater, Undeliverable."""
        try:
            found = await asyncio.wait_for(self._resolve(host, port), SECONDS)
        except (OSError, UnicodeError, asyncio.TimeoutError) as problem:
            raise TryLater(type(problem).__name__) from None
        if not found or not all(map(is_public, found)):
            raise Undeliverable("an address inside")
        return found[0]


def is_public(address: str) -> bool:
    """Tell whether an address is on the internet, as it stands or wrapped in another."""
    try:
        read = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = [read]
    if isinstance(read, ipaddress.IPv6Address):
        wrapped = [read.ipv4_mapped, read.sixtofour, *(read.teredo or ())]
        nat64 = ipaddress.IPv4Address(int(read) & 0xFFFFFFFF) if read in ipaddress.ip_network("64:ff9b::/96") else None
        inner += [each for each in (*wrapped, nat64) if each is not None]
    return all(each.is_global and not each.is_multicast and not each.is_reserved for each in inner)


def _seconds(response: httpx.Response) -> float | None:
    told = response.headers.get("retry-after", "")
    return min(float(told), LONGEST_PAUSE) if told.isascii() and told.isdigit() and len(told) < 7 else None
