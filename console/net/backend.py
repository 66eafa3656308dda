"""Our network backend for httpcore: the resolver of `dial`, and a note of the first reply byte.

Imported by `transport` when the first connection is made, not before.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

import httpcore
from httpcore._backends.anyio import AnyIOBackend  # the only asyncio backend httpcore has; not exported by it

from console.net.dial import Resolver, race, resolve

# called with the size of what arrives for the request of the running task
on_received: ContextVar[Callable[[int], None] | None] = ContextVar("on_received", default=None)


class Stream(httpcore.AsyncNetworkStream):
    """A connection that tells when bytes arrive."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See httpcore."""
        data = await self._inner.read(max_bytes, timeout)
        tell = on_received.get()
        if data and tell is not None:
            tell(len(data))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See httpcore."""
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """See httpcore."""
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """See httpcore."""
        try:
            return Stream(await self._inner.start_tls(ssl_context, server_hostname, timeout))
        except asyncio.CancelledError:  # httpcore closes the connection after every other failure
            await self._inner.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        """See httpcore."""
        return self._inner.get_extra_info(info)


class Backend(httpcore.AsyncNetworkBackend):
    """Connects by our own resolver, to several addresses in parallel."""

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver
        self._inner = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """See httpcore; `timeout` holds over the name and all addresses."""

        async def connect(address: str) -> httpcore.AsyncNetworkStream:
            return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)

        async def discard(stream: httpcore.AsyncNetworkStream) -> None:
            await stream.aclose()

        try:
            async with asyncio.timeout(timeout):
                addresses = await resolve(host, port, self._resolver)
                return Stream(await race(addresses, connect, discard))
        except TimeoutError as exc:
            raise httpcore.ConnectTimeout(str(exc)) from exc
        except OSError as exc:
            raise httpcore.ConnectError(str(exc)) from exc

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Never used."""
        raise httpcore.ConnectError("no unix sockets")

    async def sleep(self, seconds: float) -> None:
        """See httpcore."""
        await self._inner.sleep(seconds)
