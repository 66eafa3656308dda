"""A schedule's words and names, apart from any widget."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from console.engine.schedules.schedule import Cadence, Every
from console.reports.export import MEDIA_TYPES, ExportFormat
from console.reports.naming import file_name
from console.reports.timeframe import ResolvedTimeframe
from console.ui.text import tr


def day_name(day: int) -> str:
    """A day of the week, 0 is Monday."""
    return (
        tr("Monday"),
        tr("Tuesday"),
        tr("Wednesday"),
        tr("Thursday"),
        tr("Friday"),
        tr("Saturday"),
        tr("Sunday"),
    )[day]


def export_title(kind: ExportFormat) -> str:
    """A kind of file in words."""
    return {
        ExportFormat.CSV: tr("CSV"),
        ExportFormat.XLSX: tr("Excel (xlsx)"),
        ExportFormat.JSON: tr("JSON"),
        ExportFormat.HTML: tr("HTML"),
        ExportFormat.PDF: tr("PDF"),
        ExportFormat.ORIGINAL: tr("As the system sends it"),
    }.get(kind, kind.value)


def every_title(every: Every) -> str:
    """How often, in a word."""
    return {
        Every.HOUR: tr("Every hour"),
        Every.DAY: tr("Every day"),
        Every.WEEK: tr("Every week"),
        Every.MONTH: tr("Every month"),
    }[every]


def cadence_words(cadence: Cadence) -> str:
    """When, in words."""
    clock = f"{cadence.at:%H:%M}"
    if cadence.every is Every.HOUR:
        return tr("every hour at minute {n}", n=f"{cadence.at.minute:02d}")
    if cadence.every is Every.DAY:
        return tr("every day at {time}", time=clock)
    if cadence.every is Every.MONTH:
        return tr("on day {n} of each month at {time}", n=cadence.day, time=clock)
    days = ", ".join(day_name(day) for day in sorted(set(cadence.weekdays)))
    return tr("{days} at {time}", days=days, time=clock)


def command_line(argv: Sequence[str], *, windows: bool = os.name == "nt") -> str:
    """A command as it would be typed on this system."""
    return subprocess.list2cmdline(argv) if windows else shlex.join(argv)


def example_path(
    folder: str,
    template: str,
    *,
    report: str,
    site: str,
    kind: ExportFormat,
    frame: ResolvedTimeframe | None,
    at: datetime,
) -> str:
    """What a file of today would be called. Raises UserError for a template with unknown placeholders."""
    name = file_name(
        template,
        report=report,
        site=site,
        media_type=MEDIA_TYPES.get(kind, MEDIA_TYPES[ExportFormat.CSV]),
        timeframe=frame,
        kind=kind.value,
        now=f"{at:%Y-%m-%dT%H%M}",
    )
    return str(Path(folder) / name) if folder else name
