"""Where a figure came from: the exchange on the wire and the place in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SourceRef:
    """Points from a reading into a stored exchange.

    Attributes:
        exchange_id: key of an `Exchange` in the exchange log (it may have been evicted since).
        pointer: JSON pointer (RFC 6901) into the reply, e.g. ``/results/3/value``.
        formula: id of the formula applied, empty when the value was taken as sent.
    """

    exchange_id: str
    pointer: str
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its answer, or one socket frame; redacted before it is stored.

    `body` holds at most the log's limit of the decoded reply; `truncated` says whether there was more. `instead_of`
    is the time of an older reply to the same request that this one is shown in place of.
    """

    id: str
    profile_id: str
    method: str
    url: str
    at: datetime
    latency_ms: float | None = None
    status: int | None = None
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    size: int = 0
    truncated: bool = False
    error: str = ""
    instead_of: datetime | None = None
