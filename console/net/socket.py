"""VendorSocket: the only user of websockets. One connection that reads; whoever owns the loop reconnects.

Most servers read what is wanted from the URL. Where a vendor wants a list of topics or a sign of life as a message,
the vendor folder `say`s it; a message can ask a server for nothing else.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from console.domain.clock import Clock, now
from console.domain.errors import (
    AuthError,
    ConnectFailed,
    ConsoleError,
    NotPermitted,
    ProtocolError,
    TimedOut,
)
from console.domain.messages import message
from console.domain.profile import Profile
from console.domain.provenance import Exchange
from console.net.address import profile_address
from console.net.allow import AllowRule, find_rule
from console.net.auth import Auth
from console.net.dial import Resolver, open_socket, open_tunnel
from console.net.exchange import FRAME, ExchangeLog
from console.net.headers import USER_AGENT, encode_header
from console.net.lazy import load
from console.net.limits import LIMITS, Limits
from console.net.proxy import choose_proxy
from console.net.tls import Trust
from console.net.translate import Refusal, Where, cause_of, clock_text, translate

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

MAX_FRAGMENTS = 1024  # of one message; more is an attack, not a large update


class Frame(str):
    """The text of one message; also knows when it came and, on demand, the id it is kept under.

    A flood of frames is not recorded: only a frame whose `exchange_id` somebody asks for is.
    """

    received_ms: float
    _keep: Callable[[Frame], str]
    _id: str

    def __new__(cls, text: str, received_ms: float, keep: Callable[[Frame], str]) -> Frame:
        frame = super().__new__(cls, text)
        frame.received_ms = received_ms
        frame._keep = keep
        frame._id = ""
        return frame

    @property
    def exchange_id(self) -> str:
        """The id of the stored exchange; the first call stores it."""
        if not self._id:
            self._id = self._keep(self)
        return self._id


class VendorSocket:
    """Websocket connections of one profile.

    Args:
        allow: rules with method ``GET``; anything else raises before a byte is sent.
        secret_label: what the credential is called in sentences.

    Raises:
        UserError: see `profile_address` and `choose_proxy`; the former is asked when a connection is made.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        allow: Sequence[AllowRule],
        clock: Clock,
        exchanges: ExchangeLog,
        limits: Limits = LIMITS,
        secret_label: str = "key",  # noqa: S107 - a word for a sentence
        user_agent: str = USER_AGENT,
        resolver: Resolver | None = None,
    ) -> None:
        self._resolver = resolver
        self._profile = profile
        self._allow = tuple(allow)
        self._clock = clock
        self._exchanges = exchanges
        self._limits = limits
        self._secret_label = secret_label
        self._user_agent = user_agent
        self._address = profile_address(profile, has_secret=False)
        self._proxy = choose_proxy(profile.proxy, self._address)
        self._trust = Trust(profile, self._address, proxy=self._proxy, limits=limits)
        self._heard_s = clock.monotonic()
        self._is_open = False
        self._open: set[ClientConnection] = set()

    @property
    def is_open(self) -> bool:
        """Whether the handshake is through and the connection has not ended."""
        return self._is_open

    @property
    def idle_s(self) -> float:
        """Seconds since the last message or the handshake; pongs do not count."""
        return self._clock.monotonic() - self._heard_s

    async def frames(
        self, path: str, query: Sequence[tuple[str, str]] = (), auth: Auth | None = None, *, hello: str = ""
    ) -> AsyncIterator[Frame]:
        """Connect and yield the server's text messages until the connection ends, which always raises.

        Close the iterator (`contextlib.aclosing`) to end the connection. A `hello` is said as soon as it stands.

        Raises:
            AuthError: the credential is refused (401 at the handshake, close code 4401).
            NotPermitted: 403, 4403 or 1008.
            ProtocolError: another refusal, or a message beyond the limits, binary or not UTF-8.
            TimedOut: no answer, or the peer went silent (no pong).
            ConnectFailed: no connection, or it ended.
        """
        rule = find_rule(self._allow, "GET", path)
        if rule is None:
            raise ProtocolError(message("http.not_allowed", method="GET", path=path[:80]))
        profile_address(self._profile, has_secret=auth is not None)
        headers: dict[str, str] = {}
        pairs = list(query)
        if auth is not None:
            auth.apply(headers, pairs)
            for secret in auth.secrets:
                self._exchanges.redactor.register(secret)
        url = self._address.url(path, pairs, websocket=True)
        connection = await self._connect(url, headers, path, rule)
        self._open.add(connection)
        self._is_open = True
        self._heard_s = self._clock.monotonic()
        try:
            if hello:
                await self.say(hello)
            while True:
                yield await self._next(connection, url)
        finally:
            self._is_open = False
            self._open.discard(connection)
            connection.transport.abort() if connection.state.name != "OPEN" else await connection.close()

    async def say(self, text: str) -> None:
        """Send a text message over every open connection (a list of topics, a sign of life).

        Raises:
            ConnectFailed: there is no open connection, or it broke.
        """
        from websockets.exceptions import ConnectionClosed

        if not self._open:
            raise ConnectFailed(message("connect.closed", host=self._address.shown))
        try:
            async with asyncio.timeout(self._limits.poll.read_s):
                for connection in tuple(self._open):
                    await connection.send(text)
        except (ConnectionClosed, OSError, TimeoutError) as exc:
            raise ConnectFailed(message("connect.reset", host=self._address.shown)) from exc

    async def ping(self) -> None:
        """Ask the peer of every open connection for a sign of life and wait for it, however long that takes.

        Raises:
            ConnectFailed: there is no open connection, or it ended first.
        """
        from websockets.exceptions import ConnectionClosed

        if not self._open:
            raise ConnectFailed(message("connect.closed", host=self._address.shown))
        try:
            for connection in tuple(self._open):
                await (await connection.ping())
        except (ConnectionClosed, OSError) as exc:
            raise ConnectFailed(message("connect.reset", host=self._address.shown)) from cause_of(exc)

    async def aclose(self) -> None:
        """End the connections at once; their iterators raise."""
        for connection in tuple(self._open):
            connection.transport.abort()

    async def _connect(self, url: str, headers: Mapping[str, str], path: str, rule: AllowRule) -> ClientConnection:
        exchange_id = self._exchanges.new_id()
        at, started = now(self._clock), self._clock.monotonic()
        status: int | None = None
        error = ""
        try:
            extra = [encode_header(name, value, self._secret_label) for name, value in headers.items()]
            connection = await self._dial(url, [(name.decode(), value.decode("latin-1")) for name, value in extra])
            status = 101
            return connection
        except Exception as exc:
            failure = await self._explain(exc, url, path, rule, exchange_id)
            status = getattr(getattr(exc, "response", None), "status_code", None)
            error = f"{failure} {failure.detail}".strip()
            raise failure from cause_of(exc)
        finally:
            self._exchanges.add(
                Exchange(
                    id=exchange_id,
                    profile_id=self._profile.id,
                    method="WS",
                    url=url,
                    at=at,
                    latency_ms=(self._clock.monotonic() - started) * 1000,
                    status=status,
                    request_headers=headers,
                    error=error,
                )
            )

    async def _dial(self, url: str, headers: list[tuple[str, str]]) -> ClientConnection:
        await load("truststore", "msgspec", "console.net.wire")
        from console.net.wire import Connect, Connection

        async with asyncio.timeout(self._limits.poll.total_s):
            extra: dict[str, Any] = {"ssl": await self._trust.context()} if self._address.is_tls else {}
            async with asyncio.timeout(self._limits.poll.connect_s):
                extra["sock"] = await self._open_socket()
            return await Connect(
                url,
                create_connection=Connection,
                additional_headers=headers,
                user_agent_header=self._user_agent,
                proxy=None,  # the socket goes through it already, where there is one
                compression=None,
                open_timeout=None,
                ping_interval=self._limits.ping_s,
                ping_timeout=self._limits.pong_s,
                close_timeout=self._limits.close_s,
                max_size=self._limits.frame_bytes,
                max_queue=self._limits.frame_queue,
                **extra,
            )

    async def _open_socket(self) -> socket.socket:
        host, port = self._address.host, self._address.port
        if self._proxy is not None:
            return await open_tunnel(host, port, self._proxy)
        return await open_socket(host, port, self._resolver)

    async def _next(self, connection: ClientConnection, url: str) -> Frame:
        """The next whole message; a message of endless fragments is cut off."""
        from websockets.exceptions import ConnectionClosed

        parts: list[str] = []
        size = 0
        try:
            async for part in connection.recv_streaming():
                if not isinstance(part, str):
                    raise ProtocolError(message("socket.data", host=self._address.shown, what="binary data"))
                size += len(part)
                parts.append(part)
                if len(parts) > MAX_FRAGMENTS or size > self._limits.frame_bytes:
                    raise ProtocolError(message("socket.data", host=self._address.shown, what="an endless message"))
        except ConnectionClosed as exc:
            raise self._ended(exc) from cause_of(exc)
        except UnicodeDecodeError as exc:
            raise ProtocolError(
                message("socket.data", host=self._address.shown, what="text that is not UTF-8")
            ) from exc
        self._heard_s = self._clock.monotonic()
        return Frame("".join(parts), self._clock.now_ms(), lambda frame: self._keep(frame, url))

    def _keep(self, frame: Frame, url: str) -> str:
        exchange_id = self._exchanges.new_id()
        self._exchanges.add(
            Exchange(
                id=exchange_id,
                profile_id=self._profile.id,
                method=FRAME,
                url=url,
                at=now(self._clock),
                body=str(frame),
                size=len(frame),
            )
        )
        return exchange_id

    def _ended(self, exc: Any) -> ConsoleError:
        """The error of a closed connection: by the server's close code, or by what made us close it."""
        host = self._address.shown
        sent, received = exc.sent, exc.rcvd
        if received is not None and (sent is None or exc.rcvd_then_sent):
            code = received.code
            if code in (4401, 4001):
                return AuthError(message("http.revoked", host=host, secret=self._secret_label))
            if code in (4403, 4003, 1008):
                return NotPermitted(message("socket.refused", host=host))
            return ConnectFailed(message("socket.closed", host=host, number=code))
        if sent is not None and sent.code == 1011:
            silence = self._limits.ping_s + self._limits.pong_s
            return TimedOut(message("socket.silent", host=host, seconds=f"{silence:g}"))
        what = {1009: "a message beyond the size limit", 1007: "text that is not UTF-8", 1002: "malformed frames"}
        if sent is not None and sent.code in what:
            return ProtocolError(message("socket.data", host=host, what=what[sent.code]))
        return ConnectFailed(message("connect.reset", host=host))

    async def _explain(self, exc: Exception, url: str, path: str, rule: AllowRule, exchange_id: str) -> ConsoleError:
        from websockets.exceptions import InvalidStatus, WebSocketException

        failure: BaseException = exc
        if isinstance(exc, InvalidStatus):
            response = exc.response
            headers = {name.lower(): value for name, value in response.headers.raw_items()}
            body = bytes(response.body or b"")[: self._limits.error_bytes]
            failure = Refusal(response.status_code, headers, body, self._clock.now_ms())
        elif not isinstance(exc, (ConsoleError, WebSocketException, OSError, TimeoutError, ssl.SSLError, EOFError)):
            raise exc
        where = Where(
            address=self._address,
            redactor=self._exchanges.redactor,
            exchange_id=exchange_id,
            path=path,
            url=url,
            purpose=rule.purpose,
            secret=self._secret_label,
            connect_s=self._limits.poll.connect_s,
            total_s=self._limits.poll.total_s,
            now=clock_text(self._clock.now_ms()),
            proxy=(urlsplit(self._proxy).hostname or "") if self._proxy else "",
        )
        return await self._trust.explain(translate(failure, where))
