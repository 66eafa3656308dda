"""VendorHttp: one profile's requests, permitted, bounded, recorded, their failures translated."""

from __future__ import annotations

import asyncio
import math
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from console.domain.clock import Clock, now
from console.domain.errors import ConnectFailed, ConsoleError, ProtocolError, ServerBusy, UserError
from console.domain.messages import Message, message
from console.domain.profile import Profile
from console.domain.provenance import Exchange
from console.net.address import own_link, profile_address
from console.net.allow import AllowRule, find_rule
from console.net.auth import Auth
from console.net.decode import parse_json
from console.net.dial import Resolver
from console.net.exchange import ExchangeLog
from console.net.filesink import DiskError, FileSink, OnBytes
from console.net.headers import USER_AGENT, encode_header
from console.net.limits import LIMITS, CallClass, Limits
from console.net.pace import HostPace
from console.net.proxy import choose_proxy
from console.net.tls import Trust
from console.net.translate import DoorError, Refusal, Where, cause_of, clock_text, http_date_ms, translate
from console.net.transport import Attempt, Closed, Transport


@dataclass(frozen=True)
class Request:
    """One request, relative to the profile's base path.

    Attributes:
        path: unencoded path; its segments are percent-encoded by the transport.
        query: unencoded names and values, in order; commas stay as they are.
        purpose: what it is for, for sentences; the allow rule's purpose when empty.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    purpose: str = ""
    call: CallClass = CallClass.POLL


@dataclass(frozen=True)
class Reply:
    """A whole reply, unpacked.

    Attributes:
        headers: lower-case names; repeated headers are joined by a comma.
        exchange_id: key of the stored exchange.
        received_ms: the console's wall clock when the headers had arrived, for clock comparison.
        date_ms: the server's ``Date`` header, epoch milliseconds.
        latency_ms: from sending to the end of the body.
        notes: remarks for the user that are no errors.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    exchange_id: str
    received_ms: float
    date_ms: float | None
    latency_ms: float
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Download:
    """A reply whose body lies in a file.

    Attributes:
        size: bytes of the file, unpacked.
        head: the beginning of it, at most `Limits.head_bytes`.
    """

    status: int
    headers: Mapping[str, str]
    path: Path
    size: int
    head: bytes
    exchange_id: str
    received_ms: float
    latency_ms: float
    notes: tuple[Message, ...] = ()


class VendorHttp:
    """HTTP for one profile.

    Args:
        allow: everything that may be asked; anything else raises before a byte is sent.
        auth: adds the credential to each request; its secrets are registered with the log's redactor.
        secret_label: what the credential is called in sentences.
        resolver: looks names up; the system's when None.

    Raises:
        UserError: the address or the proxy is unusable, or a secret would travel unprotected.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        allow: Sequence[AllowRule],
        clock: Clock,
        exchanges: ExchangeLog,
        auth: Auth | None = None,
        limits: Limits = LIMITS,
        secret_label: str = "key",  # noqa: S107 - a word for a sentence
        user_agent: str = USER_AGENT,
        resolver: Resolver | None = None,
    ) -> None:
        self._profile = profile
        self._allow = tuple(allow)
        self._clock = clock
        self._exchanges = exchanges
        self._auth = auth
        self._limits = limits
        self._secret_label = secret_label
        self._user_agent = user_agent
        self._address = profile_address(profile, has_secret=auth is not None)
        self._proxy = choose_proxy(profile.proxy, self._address)
        self._trust = Trust(profile, self._address, proxy=self._proxy, limits=limits)
        self._transport = Transport(
            self._trust, self._proxy, clock, limits, is_tls=self._address.is_tls, resolver=resolver
        )
        self._pace = HostPace(clock)
        self._has_worked = False
        for secret in auth.secrets if auth is not None else ():
            exchanges.redactor.register(secret)

    @property
    def host(self) -> str:
        """The server as sentences name it."""
        return self._address.shown

    async def send(self, request: Request, *, ok: frozenset[int] = frozenset({200})) -> Reply:
        """Send a request and read the whole reply.

        Args:
            ok: the statuses that are answers; every other status raises.

        Raises:
            ConsoleError: see `console.net.translate`; its `exchange_id` shows the exchange.
        """
        attempt, exchange_id, latency_ms = await self._call(request, ok)
        return Reply(
            status=attempt.status,
            headers=attempt.reply_headers,
            body=attempt.body,
            exchange_id=exchange_id,
            received_ms=attempt.received_ms,
            date_ms=http_date_ms(attempt.reply_headers.get("date", "")),
            latency_ms=latency_ms,
            notes=tuple(self._trust.notes),
        )

    async def download(
        self, request: Request, path: Path, *, ok: frozenset[int] = frozenset({200}), on_bytes: OnBytes | None = None
    ) -> Download:
        """Send a request and stream the unpacked body of the reply to a new file, at most `Limits.file_bytes`.

        Args:
            path: the file; must not exist. After any failure, and when cancelled, there is none.
            ok: the statuses whose body is wanted; every other status raises and writes nothing.
            on_bytes: told the bytes received so far and how many were announced.

        Raises:
            ConsoleError: as of `send`.
            UserError: ``io.write``: the file cannot be written, the disk may be full.
        """
        sink = FileSink(path, self._limits.head_bytes, on_bytes)
        try:
            attempt, exchange_id, latency_ms = await self._call(request, ok, sink)
        except BaseException:
            await sink.discard()
            raise
        return Download(
            status=attempt.status,
            headers=attempt.reply_headers,
            path=path,
            size=sink.size,
            head=sink.head,
            exchange_id=exchange_id,
            received_ms=attempt.received_ms,
            latency_ms=latency_ms,
            notes=tuple(self._trust.notes),
        )

    def own_link(self, link: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Path and query of a link the server gave, for a `Request`; a relative one is meant from the profile's base.

        Raises:
            ProtocolError: ``http.foreign_link``: it leads to another origin, or out of its folder.
        """
        return own_link(self._address, link)

    async def _call(
        self, request: Request, ok: frozenset[int], sink: FileSink | None = None
    ) -> tuple[Attempt, str, float]:
        """One permitted, paced, recorded call: the attempt, the exchange's id, the milliseconds it took."""
        rule = find_rule(self._allow, request.method, request.path)
        if rule is None:
            raise ProtocolError(message("http.not_allowed", method=request.method, path=request.path[:80]))
        if (wait_s := self._pace.held_s) > 0:
            raise ServerBusy(message("http.busy", host=self.host, seconds=math.ceil(wait_s)), retry_after_s=wait_s)
        attempt = self._prepare(request, ok)
        attempt.sink = sink
        exchange_id = self._exchanges.new_id()
        at, started = now(self._clock), self._clock.monotonic()

        def elapsed_ms() -> float:
            return (self._clock.monotonic() - started) * 1000

        try:
            async with self._pace.slot():
                await self._transport.fetch(attempt)
            if attempt.status not in ok:
                raise Refusal(attempt.status, attempt.reply_headers, attempt.body, attempt.received_ms)
        except asyncio.CancelledError:
            self._exchanges.add(self._exchange(exchange_id, at, attempt, elapsed_ms(), "cancelled"))
            raise
        except Exception as exc:
            failure = await self._explain(exc, request, rule, attempt, exchange_id)
            if isinstance(failure, ServerBusy):
                self._pace.hold(failure.retry_after_s)
            error = f"{failure} {failure.detail}".strip()
            self._exchanges.add(self._exchange(exchange_id, at, attempt, elapsed_ms(), error))
            raise failure from cause_of(exc)
        self._has_worked = True
        latency_ms = elapsed_ms()
        await self._keep(self._exchange(exchange_id, at, attempt, latency_ms), len(attempt.body))
        return attempt, exchange_id, latency_ms

    async def decode_json(self, reply: Reply, notes: list[Message] | None = None) -> Any:
        """The JSON value of a reply; large bodies are decoded in a worker thread.

        Args:
            notes: takes remarks, such as a guessed character set.

        Raises:
            ProtocolError: ``reply.empty``, ``reply.html``, ``reply.json`` or ``reply.limits``.
        """
        try:
            if len(reply.body) > self._limits.thread_bytes:
                decoded = await asyncio.to_thread(parse_json, reply.body, reply.headers, self._limits, host=self.host)
            else:
                decoded = parse_json(reply.body, reply.headers, self._limits, host=self.host)
        except ProtocolError as exc:
            exc.exchange_id = reply.exchange_id
            exc.status = reply.status
            raise
        if notes is not None:
            notes.extend(decoded.notes)
        return decoded.value

    async def aclose(self) -> None:
        """End all calls and close all connections, within `Limits.close_s`."""
        await self._transport.aclose()

    def _prepare(self, request: Request, ok: frozenset[int]) -> Attempt:
        headers = {
            "User-Agent": self._user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            **request.headers,
        }
        query = list(request.query)
        if self._auth is not None:
            self._auth.apply(headers, query)
        return Attempt(
            method=request.method.upper(),
            url=self._address.url(request.path, query),
            headers=[encode_header(name, value, self._secret_label) for name, value in headers.items()],
            content=request.body,
            ok=ok,
            call=request.call,
        )

    async def _explain(
        self, exc: Exception, request: Request, rule: AllowRule, attempt: Attempt, exchange_id: str
    ) -> ConsoleError:
        """Translate a failure of the wire; anything else is a bug and raised as it is."""
        import httpx

        if isinstance(exc, DiskError):
            return UserError(message("io.write", path=_name_of(attempt), reason=exc.reason), exchange_id=exchange_id)
        if isinstance(exc, Closed):
            return ConnectFailed(message("connect.closed", host=self.host), exchange_id=exchange_id)
        known = (ConsoleError, Refusal, DoorError, httpx.HTTPError, OSError, TimeoutError, ssl.SSLError)
        if not isinstance(exc, known):
            raise exc
        deadlines = self._limits.deadlines(request.call)
        where = Where(
            address=self._address,
            redactor=self._exchanges.redactor,
            exchange_id=exchange_id,
            path=request.path,
            url=attempt.url,
            purpose=request.purpose or rule.purpose,
            secret=self._secret_label,
            has_worked=self._has_worked,
            connect_s=deadlines.connect_s,
            total_s=deadlines.total_s,
            now=clock_text(self._clock.now_ms()),
            proxy=(urlsplit(self._proxy).hostname or "") if self._proxy else "",
        )
        return await self._trust.explain(translate(exc, where))

    def _exchange(
        self, exchange_id: str, at: datetime, attempt: Attempt, latency_ms: float, error: str = ""
    ) -> Exchange:
        return Exchange(
            id=exchange_id,
            profile_id=self._profile.id,
            method=attempt.method,
            url=attempt.url,
            at=at,
            latency_ms=latency_ms,
            status=attempt.status or None,
            request_headers={name.decode("latin-1"): value.decode("latin-1") for name, value in attempt.headers},
            request_body=(attempt.content or b"").decode("utf-8", "replace"),
            headers=attempt.reply_headers,
            body=attempt.body.decode("utf-8", "replace"),
            size=attempt.sink.size if attempt.sink is not None and attempt.sink.size else len(attempt.body),
            truncated=attempt.sink is not None and attempt.sink.size > len(attempt.body),
            error=error,
        )

    async def _keep(self, exchange: Exchange, size: int) -> None:
        """Store an exchange; the redaction of a large body happens in a worker thread."""
        if size > self._limits.thread_bytes:
            exchange = await asyncio.to_thread(self._exchanges.redacted, exchange)
            self._exchanges.add(exchange, is_redacted=True)
        else:
            self._exchanges.add(exchange)


def _name_of(attempt: Attempt) -> str:
    return attempt.sink.path.name if attempt.sink is not None else ""
