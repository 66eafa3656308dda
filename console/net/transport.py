"""The only user of httpx: pools, deadlines, raw bodies. Raises httpx's and our door errors; `translate` names them.

httpx's transport is used without its client: the client logs full URLs (https://github.com/encode/httpx/issues/2760),
keeps cookies and can follow redirects. None of that happens one level below.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from console.domain.clock import Clock
from console.net.body import BodyReader
from console.net.dial import Resolver
from console.net.filesink import FileSink
from console.net.lazy import load
from console.net.limits import CallClass, Deadlines, Limits, RateWatch
from console.net.tls import Trust

if TYPE_CHECKING:
    import httpx


class Closed(Exception):
    """The transport was closed while the call was under way, or before."""


@dataclass
class Attempt:
    """One call and what is known about it so far; filled in as the reply arrives, also when it fails half-way.

    Attributes:
        ok: statuses whose body is wanted whole; of others only the beginning is read.
        is_anew: a connection was opened for it (False: a kept-alive one was used).
        has_reply: the first byte of the reply has arrived.
        sink: takes the body of a status that is `ok`; None keeps it in `body`.
    """

    method: str
    url: str
    headers: list[tuple[bytes, bytes]]
    content: bytes | None
    ok: frozenset[int]
    call: CallClass
    sink: FileSink | None = None
    status: int = 0
    reply_headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    received_ms: float = 0.0
    is_anew: bool = False
    has_reply: bool = False

    async def trace(self, event: str, _info: Mapping[str, Any]) -> None:
        """Listens to httpcore's events."""
        if event.startswith("connection.connect_"):
            self.is_anew = True

    def received(self, _size: int) -> None:
        """Called when bytes arrive."""
        self.has_reply = True


class _Pool:
    """One httpx transport with the number of calls inside, so that a replaced one is closed once it is empty."""

    def __init__(self, inner: httpx.AsyncHTTPTransport) -> None:
        self.inner = inner
        self.calls = 0


class Transport:
    """Connections to one server.

    Args:
        proxy: URL of a proxy, or None.
        resolver: looks names up; the system's when None.
    """

    def __init__(
        self,
        trust: Trust,
        proxy: str | None,
        clock: Clock,
        limits: Limits,
        *,
        is_tls: bool,
        resolver: Resolver | None = None,
    ) -> None:
        self._resolver = resolver
        self._trust = trust
        self._proxy = proxy
        self._clock = clock
        self._limits = limits
        self._is_tls = is_tls
        self._pool: _Pool | None = None
        self._retired: set[_Pool] = set()
        self._timeouts: set[asyncio.Timeout] = set()
        self._cancels = 0
        self._closed = False

    async def fetch(self, attempt: Attempt) -> None:
        """Fill `attempt`; the total deadline holds over connecting, a second try and the whole body.

        Raises:
            Exception: httpx errors, `DoorError`, `TimeoutError`, `TlsError`, `Closed`.
        """
        if self._closed:
            raise Closed
        await load("httpx", "truststore", "msgspec", "console.net.backend")
        import httpx

        deadlines = self._limits.deadlines(attempt.call)
        try:
            async with asyncio.timeout(deadlines.total_s) as timeout:
                self._timeouts.add(timeout)
                try:
                    await self._try(attempt, deadlines)
                except httpx.PoolTimeout:
                    # WORKAROUND(https://github.com/encode/httpcore/issues/1093): cancelled calls can leave their
                    # slot taken for ever. Nothing was sent, so a fresh pool may take the same call.
                    await self._retire()
                    await self._try(attempt, deadlines)
                except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                    # the server closed an idle connection just as it was used again: once more, only for GET
                    if attempt.method != "GET" or attempt.is_anew or attempt.has_reply:
                        raise
                    await self._try(attempt, deadlines)
        except (TimeoutError, asyncio.CancelledError):
            self._cancels += 1
            if self._cancels >= self._limits.cancels_before_rebuild:
                await self._retire()
            if self._was_closed() and not _is_cancelling():
                raise Closed from None
            raise
        except httpx.HTTPError:
            if self._was_closed():
                raise Closed from None
            raise
        finally:
            self._timeouts.discard(timeout)

    async def aclose(self) -> None:
        """End all calls at once and close all connections within `Limits.close_s`."""
        self._closed = True
        loop = asyncio.get_running_loop()
        for timeout in tuple(self._timeouts):
            timeout.reschedule(loop.time())
        pools = {*self._retired, *((self._pool,) if self._pool is not None else ())}
        self._pool = None
        self._retired.clear()
        try:
            async with asyncio.timeout(self._limits.close_s):
                for pool in pools:
                    await pool.inner.aclose()
        except TimeoutError:
            pass

    def _was_closed(self) -> bool:
        return self._closed

    async def _try(self, attempt: Attempt, deadlines: Deadlines) -> None:
        import httpx

        from console.net.backend import on_received

        pool = self._pool or await self._open()
        attempt.is_anew = attempt.has_reply = False
        on_received.set(attempt.received)
        request = httpx.Request(attempt.method, attempt.url, headers=attempt.headers, content=attempt.content)
        request.extensions = {
            "timeout": {
                "connect": deadlines.connect_s,
                "read": deadlines.read_s,
                "write": deadlines.read_s,
                "pool": deadlines.pool_s,
            },
            "trace": attempt.trace,
        }
        pool.calls += 1
        try:
            response = await pool.inner.handle_async_request(request)
            try:
                await self._read(attempt, response)
            finally:
                await response.aclose()
        finally:
            pool.calls -= 1
            if pool in self._retired and not pool.calls:
                self._retired.discard(pool)
                await pool.inner.aclose()

    async def _read(self, attempt: Attempt, response: httpx.Response) -> None:
        attempt.status = response.status_code
        attempt.received_ms = self._clock.now_ms()
        attempt.reply_headers = headers = {name.lower(): value for name, value in response.headers.items()}
        coding, length = headers.get("content-encoding", ""), headers.get("content-length", "")
        is_error = attempt.status not in attempt.ok
        sink = None if is_error else attempt.sink
        most = None if sink is None else self._limits.file_bytes
        reader = BodyReader(coding, length, self._limits, is_error=is_error, most=most)
        if sink is not None:
            await sink.open(reader, coding, length)
        watch = RateWatch(self._limits.min_rate, self._limits.rate_window_s, self._clock.monotonic())
        try:
            async for piece in response.aiter_raw():
                if sink is not None:
                    await sink.feed(piece)
                else:
                    reader.feed(piece)
                if reader.done:
                    break
                if watch.too_slow(self._clock.monotonic(), len(piece)):
                    raise TimeoutError
        except Exception:
            if attempt.status in attempt.ok:
                raise
            # the status of a refusal counts, even when its explanation is cut off
        attempt.body = reader.finish() if sink is None else await sink.finish()

    async def _open(self) -> _Pool:
        context = await self._trust.context() if self._is_tls else None
        if self._pool is None:  # another call may have been faster
            self._pool = _Pool(self._make(context))
        return self._pool

    def _make(self, context: ssl.SSLContext | None) -> httpx.AsyncHTTPTransport:
        import httpx

        from console.net.backend import Backend

        inner = httpx.AsyncHTTPTransport(
            # where TLS is not used an empty context will do; httpx's own loads 140 authorities
            verify=context if context is not None else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            trust_env=False,
            proxy=self._proxy,
            limits=httpx.Limits(
                max_connections=self._limits.max_connections,
                max_keepalive_connections=self._limits.max_connections,
                keepalive_expiry=30.0,
            ),
            retries=0,
        )
        # httpx has no parameter for httpcore's network backend
        inner._pool._network_backend = Backend(self._resolver)
        return inner

    async def _retire(self) -> None:
        """Let the next call make a new pool; the old one is closed when the last call has left it."""
        self._cancels = 0
        pool, self._pool = self._pool, None
        if pool is not None and pool.calls:
            self._retired.add(pool)
        elif pool is not None:
            await pool.inner.aclose()


def _is_cancelling() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
