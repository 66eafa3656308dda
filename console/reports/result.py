"""What a run gives: tables, summary, the server's own files, and what must be said about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.messages import Message
from console.reports.columns import ColumnKind, Value
from console.reports.request import RunPlan
from console.reports.schema import Json

if TYPE_CHECKING:
    from console.reports.table import Table

SUB_REPORT = "sub_report"  # id of the leading column of a flattened table


class Phase(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"  # the server is preparing the answer (202, asynchronous run)
    DOWNLOADING = "downloading"
    READING = "reading"  # the whole answer is here and being read
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Progress:
    """A sign of life of a run.

    Attributes:
        received: bytes of the answer so far.
        expected: its size, when the server says so.
        part, parts: which of several requests.
        message: what the server is waited for, when there is more to say.
    """

    phase: Phase
    received: int = 0
    expected: int | None = None
    part: int = 1
    parts: int = 1
    message: Message | None = None


Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class SummaryItem:
    """A figure of the summary strip, as the vendor sent it."""

    title: str
    value: Value
    text: str = ""
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True, slots=True)
class SubReport:
    """One sub-report; its rows are those of `ReportResult.sub_table` whose first column says `key`."""

    key: str
    title: str
    summary: tuple[SummaryItem, ...] = ()
    children: tuple[SubReport, ...] = ()
    row_count: int = 0


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file as the server sent it, byte for byte.

    Attributes:
        path: where it lies (the job's own folder).
        name: a safe file name made from what the server proposed and what the content is.
        media_type: as sniffed from the content.
    """

    path: Path
    name: str
    media_type: str
    size: int
    exchange_id: str = ""


@dataclass(frozen=True)
class ReportResult:
    """A finished run.

    Attributes:
        table: the rows; None when only files came (PDF).
        sub_table: the rows of all sub-reports, flattened, first column `SUB_REPORT`.
        metadata: what else the server said of the run (report id, execution id, skin), label and text.
        missing: parts of the range that could not be had, as sentences' arguments (days).
        charts: the vendor's own chart description, as sent.
    """

    plan: RunPlan
    title: str
    table: Table | None = None
    sub_table: Table | None = None
    sub_reports: tuple[SubReport, ...] = ()
    summary: tuple[SummaryItem, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    files: tuple[RawFile, ...] = ()
    notes: tuple[Message, ...] = ()
    missing: tuple[str, ...] = ()
    charts: Json = None
    exchange_ids: tuple[str, ...] = field(default=())

    def close(self) -> None:
        """Free the tables; the files belong to the job's folder. Blocking, and safe to call twice."""
        for table in (self.table, self.sub_table):
            if table is not None:
                table.close()
