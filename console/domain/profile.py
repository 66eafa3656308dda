"""A profile: one configured server of one backend. Holds no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.domain.model import ProfileId

DEFAULT_POLL_S = 5.0
MIN_POLL_S = 1.0
MAX_POLL_S = 3600.0
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Profile:
    """What the console knows about a connection; frozen, changed by `dataclasses.replace`.

    Attributes:
        id: UUID text; names the keyring entries, never changes.
        name: what people call it; unique without regard to case.
        backend: id of a `BackendSpec`.
        url: origin and optional base path of the server, without credentials, query or fragment.
        fields: the backend's declared non-secret fields.
        mapping: standard column id -> vendor metric id, overriding what is proposed from names
            (key ``queues.waiting`` or ``agents.state``; an empty value switches a proposal off).
        pin: SHA-256 (64 hex digits) of the server's leaf certificate, or empty.
        ca_file: path of a PEM file of certification authorities, or empty for the system's own.
        allow_plain_http: consent to send the secret over http to a host that is not this machine.
        proxy: ``system``, ``none`` or the URL of a proxy.
        poll_s: seconds between polls.
        site_zone: IANA name of the zone the system's days are counted in; empty: what the server says, else this
            computer's own.
        week_start: the first day of a week, 0 Monday to 6 Sunday.
    """

    id: ProfileId
    name: str
    backend: str
    url: str
    enabled: bool = True
    fields: Mapping[str, str] = field(default_factory=dict)
    mapping: Mapping[str, str] = field(default_factory=dict)
    pin: str = ""
    ca_file: str = ""
    allow_plain_http: bool = False
    proxy: str = "system"
    poll_s: float = DEFAULT_POLL_S
    site_zone: str = ""
    week_start: int = 0
