"""What a backend does for reports: the contract between jobs and a vendor folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from console.domain.messages import Message
from console.reports.request import RequestAuth, RunPlan
from console.reports.result import ReportResult, Tell
from console.reports.schema import Choice, ReportDefinition, Values
from console.reports.timeframe import ResolvedTimeframe


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What a plan depends on besides the values.

    Attributes:
        timeframes: parameter id -> what its timeframe or period was resolved to.
        now: the moment of the run, in the site's zone.
        format: a `Format` value or a free word.
        labels: directory name -> wire value -> label, as far as loaded, for names in sentences.
    """

    timeframes: Mapping[str, ResolvedTimeframe]
    now: datetime
    format: str
    labels: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Directory:
    """A list of the system, to choose from; `notes` says what is odd about it (cut short, pseudo rows left out)."""

    choices: tuple[Choice, ...]
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What the server says of itself that forms need.

    Attributes:
        zone: IANA name, empty when it does not say.
        utc_offset_min: offset from UTC, None when it does not say.
        date_format: its own display format (Yeastar), empty when it has none.
        notes: remarks such as an ambiguous date format.
    """

    zone: str = ""
    utc_offset_min: int | None = None
    date_format: str = ""
    notes: tuple[Message, ...] = ()


class ReportRunner(Protocol):
    """Runs reports over an open backend. All coroutines raise `ConsoleError`; cancelling any of them is immediate."""

    async def definitions(self) -> tuple[ReportDefinition, ...]:
        """What this very server offers, asked of it where it can say (the static ones otherwise)."""
        ...

    async def choices(self, directory: str, depends: str = "") -> Directory:
        """A directory; `depends` is the value of the parameter it depends on."""
        ...

    async def site(self) -> SiteFacts:
        """What the server says of zone and formats; asked once, kept."""
        ...

    def plan(self, definition: ReportDefinition, values: Values, context: PlanContext) -> RunPlan:
        """The requests for valid values. Pure; call after `site()`.

        Raises:
            UserError: the values cannot be sent.
        """
        ...

    @property
    def auth(self) -> RequestAuth:
        """How the credential travels, for the request details."""
        ...

    async def run(self, definition: ReportDefinition, plan: RunPlan, folder: Path, tell: Tell) -> ReportResult:
        """Run a plan: send, wait, download into `folder`, read. Tables are built in a worker thread."""
        ...


@dataclass(frozen=True, slots=True)
class ImportedReport:
    """What was recovered from pasted request details.

    Attributes:
        definition: a custom definition, ready to be stored.
        values: the values that were in the pasted text.
        base_url: address it named, empty when it named none.
        notes: what could not be understood and was kept verbatim, or left out (a credential).
    """

    definition: ReportDefinition
    values: Values
    base_url: str = ""
    notes: tuple[Message, ...] = ()
