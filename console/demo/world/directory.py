"""The site's directory: trunks, numbers, menus, groups, extensions, rates. Fixed for the life of a world.

Everything is addressed by its position in its tuple; numbers and names are for the wires. Money is counted in
ten-thousandths of the currency's unit.
"""

from __future__ import annotations

from dataclasses import dataclass

CURRENCY = "EUR"
MONEY_SCALE = 10_000
"""Rates and costs are whole numbers of 1/10,000 EUR."""
AGENT_ROLE = "Agents"


@dataclass(frozen=True, slots=True)
class TrunkInfo:
    """A line to a carrier."""

    index: int
    name: str


@dataclass(frozen=True, slots=True)
class DidInfo:
    """A number that can be called from outside.

    ``kind`` is ``ivr``, ``queue``, ``ring_group`` or ``extension``; ``target`` the position of that destination.
    ``tag`` and ``url`` are put on every call that comes in here.
    """

    index: int
    number: str
    name: str
    trunk: int
    kind: str
    target: int
    tag: str
    url: str


@dataclass(frozen=True, slots=True)
class DodInfo:
    """An outbound caller id, and the trunk its calls go out on."""

    index: int
    number: str
    name: str
    trunk: int


@dataclass(frozen=True, slots=True)
class IvrKey:
    """What a key of a menu does: ``kind`` and ``target`` as in `DidInfo`."""

    key: str
    kind: str
    target: int


@dataclass(frozen=True, slots=True)
class IvrInfo:
    """A menu. Without a key in ``timeout_ms`` it starts again."""

    index: int
    name: str
    number: str
    timeout_ms: int
    keys: tuple[IvrKey, ...]


@dataclass(frozen=True, slots=True)
class RingGroupInfo:
    """Extensions (positions) that ring together for ``ring_ms`` at most."""

    index: int
    name: str
    number: str
    members: tuple[int, ...]
    ring_ms: int


@dataclass(frozen=True, slots=True)
class ExtensionInfo:
    """A phone. Those of agents come first and share the agents' positions; ``agent`` is -1 for all others.

    ``role`` is one of `Directory.roles`; ``dod`` the outbound caller id it calls out with.
    """

    index: int
    number: str
    name: str
    agent: int
    role: str
    dod: int

    @property
    def key(self) -> str:
        """Name and number, e.g. ``Reception(101)``."""
        return f"{self.name}({self.number})"


@dataclass(frozen=True, slots=True)
class ExtensionGroup:
    """A team: a named set of extensions (positions)."""

    index: int
    name: str
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PauseReason:
    """A reason for a pause, and the feature code that dials it; no code: set by the system."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Rate:
    """What calls to numbers with ``prefix`` over ``trunk`` cost; of several that fit, the longest prefix holds.

    An answered call costs ``connection`` plus ``per_minute`` for its talk time, rounded up to whole blocks of
    ``block_s`` seconds. Both in 1/10,000 of the currency's unit. The prefix is matched without spaces.
    """

    index: int
    trunk: int
    prefix: str
    name: str
    connection: int
    per_minute: int
    block_s: int


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """How a queue treats its callers; position = that of the queue.

    ``fail_kind`` says what happens after ``max_wait_ms``: ``voicemail``, ``hangup`` or ``queue`` (then
    ``fail_target`` is the queue that takes over). ``exit_key`` leads to voicemail, ``callback_key`` asks for a
    callback; None where not offered. ``survey`` says whether callers are asked afterwards.
    """

    sla_ms: int
    max_wait_ms: int
    agent_timeout_ms: int
    ring_strategy: str
    fail_kind: str
    fail_target: int
    exit_key: str | None
    callback_key: str | None
    survey: bool
    leave_when_empty: bool


@dataclass(frozen=True, slots=True)
class SurveyQuestion:
    """A question asked after a call, answered by a key from ``lowest`` to ``highest``."""

    id: str
    text: str
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True)
class Directory:
    """All of it. Positions in these tuples are what events and records refer to."""

    trunks: tuple[TrunkInfo, ...]
    dids: tuple[DidInfo, ...]
    dods: tuple[DodInfo, ...]
    ivrs: tuple[IvrInfo, ...]
    ring_groups: tuple[RingGroupInfo, ...]
    extensions: tuple[ExtensionInfo, ...]
    teams: tuple[ExtensionGroup, ...]
    roles: tuple[str, ...]
    pause_reasons: tuple[PauseReason, ...]
    account_codes: tuple[str, ...]
    tags: tuple[str, ...]
    rates: tuple[Rate, ...]
    queue_settings: tuple[QueueSettings, ...]
    questions: tuple[SurveyQuestion, ...]
    queue_dids: tuple[int, ...]
    queue_keys: tuple[tuple[int, str], ...]
    currency: str = CURRENCY

    def rate_of(self, trunk: int, number: str) -> Rate | None:
        """Give the rate for a call out, None where the trunk has none for that number."""
        digits = number.replace(" ", "")
        fitting = [rate for rate in self.rates if rate.trunk == trunk and digits.startswith(rate.prefix)]
        return max(fitting, key=lambda rate: len(rate.prefix), default=None)


def cost_of(rate: Rate, talk_ms: int) -> int:
    """Give the cost of an answered call in 1/10,000 of the currency's unit, rounded half up."""
    blocks = -(-talk_ms // (rate.block_s * 1000))
    return rate.connection + (blocks * rate.block_s * rate.per_minute * 2 + 60) // 120
