"""What every backend offers: the contract between the engine and a vendor folder.

A vendor folder exports ``BACKENDS: tuple[BackendSpec, ...]``; see `console/vendors/README.md`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from console.domain.clock import Clock
from console.domain.messages import Message
from console.domain.model import Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.allow import AllowRule as AllowRule
from console.reports.call_list import CallList
from console.reports.day_report import DayReport
from console.reports.runner import ImportedReport, ReportRunner
from console.reports.schema import ReportDefinition

if TYPE_CHECKING:
    from console.net.exchange import ExchangeLog


class FieldKind(StrEnum):
    """How a profile field is asked for."""

    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - a kind of field
    CHOICE = "choice"
    BOOLEAN = "boolean"  # kept as "true" or "false"


@dataclass(frozen=True, slots=True)
class ProfileField:
    """One thing a backend needs to know beyond the address; forms and command line derive from it."""

    id: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    default: str = ""
    choices: tuple[tuple[str, str], ...] = ()  # value, label
    placeholder: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """A vendor metric that can be tied to a column, as the profile editor and `profile map` offer it.

    `proposed` is the standard column (``queues.waiting``) it is tied to without a word from the user, or empty.
    """

    id: str
    title: str
    category: str
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a connection test found: sentences, good news first, and the metrics that can be mapped."""

    findings: tuple[Message, ...]
    warnings: tuple[Message, ...] = ()
    metrics: tuple[MetricInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class Connection:
    """All a backend gets to open a connection. Secrets by field id."""

    profile: Profile
    secrets: Mapping[str, Secret]
    clock: Clock
    exchanges: ExchangeLog


class Backend(Protocol):
    """An open connection to one server."""

    def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """Yield a snapshot after each cycle, forever; a polling feed sleeps inside.

        Raises a `ConsoleError` when a cycle fails; the session then backs off and calls `snapshots()` again on
        the same backend, which keeps what it has learned (metric lists, tokens, warm values).
        """
        ...

    async def check(self) -> CheckResult:
        """Test the connection once: sign in, read a little. Raises the `ConsoleError` that says what is wrong."""
        ...

    async def aclose(self) -> None:
        """Close everything, within about a second."""
        ...


@dataclass(frozen=True, slots=True)
class BackendSpec:
    """A kind of server.

    Attributes:
        id: stable id, used by profiles and the command line.
        title: product name on screen.
        url_example: a believable address, shown where one is asked for.
        fields: what a profile of it needs; those of kind SECRET go to the secret store.
        allow: everything the console may ask of such a server.
        can_map_metrics: whether columns are tied to vendor metrics per profile.
        open: makes a backend; does no I/O itself.
        reports: the definitions that are known without asking a server; read from files, so call it in a thread.
        open_reports: makes a report runner over an open backend of this spec; does no I/O itself.
        import_report: reads pasted request details; raises `UserError` when they hold no report.
        day_report: which report counts what the live figures count; None: none is known.
        call_list: which report lists the calls of queues with their waits; None: none does.
    """

    id: str
    title: str
    url_example: str
    fields: tuple[ProfileField, ...]
    allow: tuple[AllowRule, ...]
    open: Callable[[Connection], Backend] = field(compare=False)
    can_map_metrics: bool = False
    reports: Callable[[], tuple[ReportDefinition, ...]] = field(default=tuple, compare=False)
    open_reports: Callable[[Backend], ReportRunner] | None = field(default=None, compare=False)
    import_report: Callable[[str], ImportedReport] | None = field(default=None, compare=False)
    day_report: DayReport | None = None
    call_list: CallList | None = None

    @property
    def secret_fields(self) -> tuple[ProfileField, ...]:
        """The fields that are secrets."""
        return tuple(f for f in self.fields if f.kind is FieldKind.SECRET)
