"""What the tests of this room share: a client against a fault server, with small limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from console.domain.clock import SystemClock
from console.domain.messages import english
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.allow import AllowRule
from console.net.auth import Auth, Bearer
from console.net.exchange import ExchangeLog
from console.net.http import Request, VendorHttp
from console.net.limits import Deadlines, Limits
from console.net.socket import VendorSocket

KEY = "Canary/9f+key=="
ALLOW = (
    AllowRule("GET", "/data", "read the data"),
    AllowRule("GET", "/data/*", "read one item"),
    AllowRule("POST", "/report", "run a report"),
    AllowRule("GET", "/live", "follow the data"),
)
FAST = Limits(
    poll=Deadlines(connect_s=0.6, read_s=0.6, total_s=0.8, pool_s=0.3),
    close_s=0.5,
    ping_s=0.15,
    pong_s=0.15,
)
PATIENT = Limits(close_s=0.5)  # for a busy machine: where the time limit is not what is tested
GET = Request("GET", "/data")


def profile(url: str, **changes: Any) -> Profile:
    """A profile of that address; nothing of the environment steers it."""
    return replace(Profile(id="p1", name="Floor", backend="xima", url=url, proxy="none"), **changes)


def client(url: str, *, auth: Auth | None = None, limits: Limits = PATIENT, **options: Any) -> VendorHttp:
    """A client with the canary key, for the rules above."""
    changes = options.pop("changes", {})
    return VendorHttp(
        profile(url, **changes),
        allow=ALLOW,
        clock=options.pop("clock", None) or SystemClock(),
        exchanges=options.pop("exchanges", None) or ExchangeLog(),
        auth=auth if auth is not None else Bearer(Secret(KEY)),
        limits=limits,
        **options,
    )


def live(url: str, *, limits: Limits = PATIENT, **options: Any) -> VendorSocket:
    """A websocket client for the rules above."""
    changes = options.pop("changes", {})
    return VendorSocket(
        profile(url, **changes),
        allow=ALLOW,
        clock=SystemClock(),
        exchanges=options.pop("exchanges", None) or ExchangeLog(),
        limits=limits,
        **options,
    )


def said(error: Any) -> str:
    """Everything an error could show anybody."""
    parts: list[str] = []
    todo = [error]
    while todo:
        item = todo.pop()
        if item is None:
            continue
        parts += [str(item), repr(item), getattr(item, "detail", "")]
        if hasattr(item, "message"):
            parts.append(english(item.message))
        todo += [item.__cause__]
    return "\n".join(parts)
