"""Every transport failure and every refusing status becomes one error of the tree, in one function."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

from console.domain.errors import (
    AuthError,
    ConnectFailed,
    ConsoleError,
    NotFound,
    NotPermitted,
    ProtocolError,
    ServerBusy,
    TimedOut,
    TlsError,
    UserError,
)
from console.domain.messages import message
from console.domain.text import safe_text
from console.net.address import Address
from console.net.redact import Redactor, plain_ascii

MAX_RETRY_AFTER_S = 900.0
DETAIL_LIMIT = 500


class Refusal(Exception):
    """An answer with a status that the caller did not ask for."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes = b"", now_ms: float = 0.0) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.headers = headers
        self.body = body
        self.now_ms = now_ms


class DoorError(Exception):
    """A reply was stopped by a limit or an unknown packing; carries the message code and its arguments."""

    def __init__(self, code: str, **args: object) -> None:
        super().__init__(code)
        self.code = code
        self.args_for_text = args


class Cause(Exception):
    """Stands in for a library's exception as the cause of ours: only the kinds, from the outermost to the root.

    The originals hold requests, headers and replies, tokens included; a crash report must not print them.
    """


def cause_of(failure: BaseException) -> Cause:
    """The kinds of a failure and of its causes."""
    return Cause(" < ".join(type(item).__qualname__ for item in _causes(failure)))


@dataclass(frozen=True, slots=True)
class Where:
    """What the sentences need to know about the call that failed.

    Attributes:
        path: path of the request, for "knows no such address".
        purpose: what the request was for, in the words of its allow rule.
        secret: the name of the credential, as forms call it.
        has_worked: the credential has been accepted before, so a 401 now means that it was replaced.
        now: the computer's clock as text, for the certificate sentence.
        proxy: host of the proxy in use, empty for none.
    """

    address: Address
    redactor: Redactor
    exchange_id: str = ""
    path: str = ""
    url: str = ""
    purpose: str = ""
    secret: str = "key"  # noqa: S105 - a word for a sentence
    has_worked: bool = False
    connect_s: float = 5.0
    total_s: float = 10.0
    now: str = ""
    proxy: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


def translate(failure: BaseException, where: Where) -> ConsoleError:
    """The one place where failures of the wire get their class and their sentence.

    The transport's own exception text is never shown: it may hold URLs with tokens. Only its kind is used.
    """
    if isinstance(failure, ConsoleError):
        failure.exchange_id = failure.exchange_id or where.exchange_id
        return failure
    if isinstance(failure, Refusal):
        return _refused(failure, where)
    host, eid = where.address.shown, where.exchange_id
    if isinstance(failure, DoorError):
        return ProtocolError(message(failure.code, host=host, **failure.args_for_text), exchange_id=eid)
    chain = list(_causes(failure))
    names = {cls.__name__ for item in chain for cls in type(item).__mro__}
    kinds = _connection_error(chain, names, where)
    if kinds is not None:
        return kinds
    if "ConnectTimeout" in names or "PoolTimeout" in names:
        return TimedOut(message("connect.timeout", host=host, seconds=_seconds(where.connect_s)), exchange_id=eid)
    if isinstance(failure, TimeoutError) or names & {"ReadTimeout", "WriteTimeout"}:
        what = where.purpose or "the request"
        return TimedOut(message("connect.slow", host=host, what=what, seconds=_seconds(where.total_s)), exchange_id=eid)
    if "ProxyError" in names:
        return ConnectFailed(message("connect.proxy", host=where.proxy or host), exchange_id=eid)
    if "LocalProtocolError" in names:
        return UserError(message("http.secret_characters", secret=where.secret), exchange_id=eid)
    if names & {"RemoteProtocolError", "InvalidHandshake", "InvalidMessage"} and not _was_cut(chain):
        return ProtocolError(message("http.malformed", host=host), exchange_id=eid)
    if names & {"ReadError", "WriteError", "CloseError", "RemoteProtocolError", "InvalidMessage", "ConnectionError"}:
        return ConnectFailed(message("connect.reset", host=host), exchange_id=eid)
    return ConnectFailed(message("connect.failed", host=host), exchange_id=eid)


def _connection_error(chain: list[BaseException], names: set[str], where: Where) -> ConsoleError | None:
    """Certificate, name and port errors, found anywhere in the chain of causes."""
    host, eid = where.address.shown, where.exchange_id
    for item in chain:
        if isinstance(item, ssl.SSLError) and not isinstance(item, _WAITING):
            return _tls_error(item, where)
    for item in chain:
        if isinstance(item, socket.gaierror):
            return ConnectFailed(message("connect.dns", host=where.address.host), exchange_id=eid)
        if isinstance(item, ConnectionRefusedError) or getattr(item, "errno", None) == errno.ECONNREFUSED:
            if where.proxy:
                return ConnectFailed(message("connect.proxy", host=where.proxy), exchange_id=eid)
            return ConnectFailed(
                message("connect.refused", host=where.address.host, port=where.address.port), exchange_id=eid
            )
        if getattr(item, "errno", None) == errno.ETIMEDOUT:
            return TimedOut(message("connect.timeout", host=host, seconds=_seconds(where.connect_s)), exchange_id=eid)
    if "ConnectError" in names:
        # the peer accepts and ends it in the handshake: a restart, or something in between
        if names & {"ConnectionResetError", "EndOfStream", "BrokenResourceError", "EOFError"}:
            return ConnectFailed(message("connect.reset", host=host), exchange_id=eid)
        return ConnectFailed(message("connect.failed", host=host), exchange_id=eid)
    return None


_WAITING = (ssl.SSLWantReadError, ssl.SSLWantWriteError)  # no failure: what a handshake raises while it waits
_VERIFY_EXPIRED = (9, 10)  # X509_V_ERR_CERT_NOT_YET_VALID, _HAS_EXPIRED
_VERIFY_NAME = (62, 64)  # hostname mismatch, IP address mismatch
_VERIFY_WEAK = (66, 67, 68)  # key too small, CA key too small, weak digest


def _tls_error(failure: ssl.SSLError, where: Where) -> ConsoleError:
    host, eid = where.address.shown, where.exchange_id
    if isinstance(failure, ssl.SSLCertVerificationError):
        code = getattr(failure, "verify_code", 0)
        said = plain_ascii(str(getattr(failure, "verify_message", "") or ""), DETAIL_LIMIT)
        issuer = where.extra.get("issuer", "")
        detail = plain_ascii(f"{said}; issuer: {issuer}" if issuer else said, DETAIL_LIMIT)
        if code in _VERIFY_EXPIRED:
            return TlsError(message("tls.expired", host=host, now=where.now), detail=detail, exchange_id=eid)
        if code in _VERIFY_NAME or "not match" in said or "mismatch" in said.lower():
            return TlsError(message("tls.name", host=host), detail=detail, exchange_id=eid)
        if code in _VERIFY_WEAK:
            return TlsError(message("tls.weak", host=host), detail=detail, exchange_id=eid)
        return TlsError(message("tls.untrusted", host=host), detail=detail, exchange_id=eid)
    reason = str(getattr(failure, "reason", "") or "").upper()
    if any(word in reason for word in ("PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS", "VERSION_TOO_LOW")):
        return TlsError(message("tls.old", host=host), detail=plain_ascii(reason), exchange_id=eid)
    if "TOO_SMALL" in reason or "TOO_WEAK" in reason:
        return TlsError(message("tls.weak", host=host), detail=plain_ascii(reason), exchange_id=eid)
    if isinstance(failure, (ssl.SSLZeroReturnError, ssl.SSLEOFError)):
        return ConnectFailed(message("connect.reset", host=host), exchange_id=eid)
    return TlsError(message("tls.failed", host=host), detail=plain_ascii(reason), exchange_id=eid)


def _refused(refusal: Refusal, where: Where) -> ConsoleError:
    """The error of a status. Only 401 speaks about the credential; a portal or a broken gateway never does."""
    host, eid, status = where.address.shown, where.exchange_id, refusal.status
    detail = server_words(refusal.body, where.redactor)
    if status == 401:
        code = "http.revoked" if where.has_worked else "http.unauthorized"
        return AuthError(message(code, host=host, secret=where.secret), detail=detail, exchange_id=eid)
    if status == 403:
        what = where.purpose or "this"
        return NotPermitted(message("http.forbidden", host=host, what=what), detail=detail, exchange_id=eid)
    if status == 404:
        return NotFound(
            message("http.not_found", host=host, path=where.path), status=status, detail=detail, exchange_id=eid
        )
    if status == 407:
        return ConnectFailed(message("connect.proxy", host=where.proxy or host), detail=detail, exchange_id=eid)
    if status == 511:
        return ProtocolError(message("http.portal", host=host), status=status, detail=detail, exchange_id=eid)
    if 300 <= status < 400 and refusal.headers.get("location"):
        target = redirect_target(where.address, where.url, refusal.headers["location"], where.redactor)
        return ProtocolError(message("http.redirect", host=host, target=target), status=status, exchange_id=eid)
    if status in (408, 429, 500, 502, 503, 504) or 520 <= status < 530:
        wait = retry_after_s(refusal.headers, refusal.now_ms)
        if status == 429:
            sentence = message("http.throttled", host=host)
            if wait:
                sentence = message("http.busy", host=host, seconds=round(wait))
        else:
            code = "http.server_error" if status in (408, 500) else "http.unavailable"
            sentence = message(code, host=host, status=status)
        return ServerBusy(sentence, retry_after_s=wait, detail=detail, exchange_id=eid)
    return ProtocolError(
        message("http.unexpected", host=host, status=status), status=status, detail=detail, exchange_id=eid
    )


def redirect_target(address: Address, url: str, location: str, redactor: Redactor) -> str:
    """Where a redirect points, for a sentence: the new host, or the new path on the same host. Never a query."""
    try:
        parts = urlsplit(urljoin(url, location.strip()))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "an unreadable address"
    if not host or (host == address.host and parts.scheme == address.scheme and (port or address.port) == address.port):
        return redactor.strict(safe_text(parts.path or "/", 80))
    return redactor.strict(safe_text(f"{parts.scheme}://{host}" + (f":{port}" if port else ""), 120))


def retry_after_s(headers: Mapping[str, str], now_ms: float) -> float | None:
    """The wait a server demands, in seconds from 0 to 900; None when it names none that can be read.

    Seconds are ASCII digits (RFC 9110); a date is measured against the reply's own ``Date``, so that a server
    whose clock is wrong is still understood. Of several values the largest counts.
    """
    waits: list[float] = []
    value = headers.get("retry-after", "").strip()
    for part in value.split(",") if re.fullmatch(r"[\d\s,]+", value, re.ASCII) else (value,):
        part = part.strip()
        if re.fullmatch(r"\d+", part, re.ASCII):
            waits.append(float(part[:15]))
        elif (until := http_date_ms(part)) is not None:
            waits.append((until - (http_date_ms(headers.get("date", "")) or now_ms)) / 1000)
    return min(max(waits), MAX_RETRY_AFTER_S) if waits and max(waits) >= 0 else (0.0 if waits else None)


def http_date_ms(value: str) -> float | None:
    """An HTTP date as epoch milliseconds, or None when it is none."""
    if not value or len(value) > 64:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def server_words(body: bytes, redactor: Redactor) -> str:
    """What a server wrote into an error body, for a details view: redacted, printable ASCII, at most 500 characters."""
    return plain_ascii(redactor.strict(body[:8192].decode("utf-8", "replace")).strip(), DETAIL_LIMIT)


def clock_text(now_ms: float) -> str:
    """The computer's clock for a sentence."""
    return datetime.fromtimestamp(now_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _was_cut(chain: list[BaseException]) -> bool:
    """Whether the peer closed the connection, as opposed to sending nonsense."""
    words = " ".join(str(item).lower() for item in chain)
    return any(
        part in words for part in ("disconnected", "peer closed", "closed connection", "did not receive a valid")
    )


def _seconds(value: float) -> str:
    return f"{value:g}"


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """The failure, its causes and contexts, members of groups included; each once."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [failure]
    while todo:
        item = todo.pop(0)
        if item is None or id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        if isinstance(item, BaseExceptionGroup):
            todo.extend(item.exceptions)
        todo.extend((item.__cause__, item.__context__))
