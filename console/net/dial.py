"""TCP connections: names resolved in a daemon thread, addresses tried in parallel, an HTTP proxy when one is set.

The loop's own resolver uses the default executor, whose threads the program waits for at exit: one name server
that does not answer would hold the quit for half a minute.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from console.tasks import TaskScope

T = TypeVar("T")

STAGGER_S = 0.25  # head start of an address before the next one is tried beside it (RFC 8305)
_MAX_ADDRESSES = 6
_MAX_PROXY_HEAD = 16 * 1024

Resolver = Callable[[str, int], list[str]]


def system_resolver(host: str, port: int) -> list[str]:
    """IP addresses of a name by the operating system; blocks; raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def resolve(host: str, port: int, resolver: Resolver | None = None) -> list[str]:
    """The IP addresses of a host, families alternating, at most six.

    The thread of a call that is given up is left behind; it ends with the process at the latest.

    Raises:
        OSError: the name is unknown or the name server fails.
    """
    try:
        ipaddress.ip_address(host.partition("%")[0])
        return [host]
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(found: list[str], failure: OSError | None) -> None:
        if answer.done():
            return
        if failure is not None:
            answer.set_exception(failure)
        else:
            answer.set_result(found)

    def work() -> None:
        found: list[str] = []
        failure: OSError | None = None
        try:
            found = (resolver or system_resolver)(host, port)
        except OSError as exc:
            failure = exc
        except UnicodeError as exc:  # a label the IDNA codec refuses
            failure = socket.gaierror(socket.EAI_NONAME, str(exc))
        try:
            loop.call_soon_threadsafe(settle, found, failure)
        except RuntimeError:
            pass  # the loop has been closed meanwhile: nobody waits

    threading.Thread(target=work, name="resolve", daemon=True).start()
    addresses = await answer
    if not addresses:
        raise socket.gaierror(socket.EAI_NONAME, "no address")
    return _alternate(addresses)[:_MAX_ADDRESSES]


def _alternate(addresses: list[str]) -> list[str]:
    """IPv6 and IPv4 in turns, beginning with the family the system prefers."""
    first_is_v6 = ":" in addresses[0]
    mine = [item for item in addresses if (":" in item) is first_is_v6]
    other = [item for item in addresses if (":" in item) is not first_is_v6]
    mixed: list[str] = []
    for place in range(max(len(mine), len(other))):
        mixed += mine[place : place + 1] + other[place : place + 1]
    return mixed


async def race(
    addresses: list[str],
    connect: Callable[[str], Awaitable[T]],
    discard: Callable[[T], Awaitable[None]],
    stagger_s: float = STAGGER_S,
) -> T:
    """Connect to the first address that answers; each gets a head start over the next.

    Raises:
        Exception: the first failure, when all fail.
    """
    if len(addresses) == 1:
        return await connect(addresses[0])
    failures: list[Exception] = []
    winner: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    ended = asyncio.Event()

    async def attempt(address: str) -> None:
        try:
            stream = await connect(address)
        except Exception as exc:
            failures.append(exc)
            ended.set()
            if len(failures) == len(addresses) and not winner.done():
                winner.set_exception(failures[0])
            return
        if winner.done():
            await discard(stream)
        else:
            winner.set_result(stream)

    async def start_all(scope: TaskScope) -> None:
        for address in addresses:
            ended.clear()
            scope.start(attempt(address), "attempt")
            try:
                async with asyncio.timeout(stagger_s):
                    await ended.wait()
            except TimeoutError:
                continue

    async with TaskScope("dial") as scope:
        scope.start(start_all(scope), "start")
        try:
            return await winner
        except asyncio.CancelledError:
            if winner.done() and not winner.cancelled() and winner.exception() is None:
                await discard(winner.result())
            raise


async def open_socket(host: str, port: int, resolver: Resolver | None = None) -> socket.socket:
    """A connected, non-blocking TCP socket.

    Raises:
        OSError: no address answers.
    """
    loop = asyncio.get_running_loop()

    async def connect(address: str) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            await loop.sock_connect(sock, (address, port))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            sock.close()
            raise
        return sock

    async def discard(sock: socket.socket) -> None:
        sock.close()

    return await race(await resolve(host, port, resolver), connect, discard)


async def open_tunnel(host: str, port: int, proxy: str) -> socket.socket:
    """A socket to a server behind an HTTP proxy, after a successful CONNECT.

    Raises:
        OSError: the proxy cannot be reached; ConnectionRefusedError when it refuses or gives no sensible answer.
    """
    parts = urlsplit(proxy)
    sock = await open_socket(parts.hostname or "", parts.port or 80)
    try:
        target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            lines.append("Proxy-Authorization: Basic " + base64.b64encode(pair).decode("ascii"))
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(sock, "\r\n".join([*lines, "", ""]).encode("latin-1"))
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = await loop.sock_recv(sock, 1)  # one by one: what follows belongs to the tunnel
            if not piece or len(head) > _MAX_PROXY_HEAD:
                raise ConnectionRefusedError("the proxy gives no answer")
            head += piece
        if head.split(b" ", 2)[1:2] != [b"200"]:
            raise ConnectionRefusedError("the proxy refuses")
    except BaseException:
        sock.close()
        raise
    return sock


async def open_tls(
    host: str, port: int, context: ssl.SSLContext, proxy: str | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A TLS connection on which nothing has been sent but the handshake (and CONNECT to the proxy).

    Raises:
        OSError: no connection; `ssl.SSLError` for a failed handshake.
    """
    sock = await (open_socket(host, port) if proxy is None else open_tunnel(host, port, proxy))
    try:
        return await asyncio.open_connection(sock=sock, ssl=context, server_hostname=host)
    except BaseException:
        sock.close()
        raise
