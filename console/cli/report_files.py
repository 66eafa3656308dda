"""Results as files: under which name, in which format, never over another without a word. Blocking."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from console.domain.errors import UserError
from console.domain.messages import message
from console.reports.export import MEDIA_TYPES, Exported, ExportFormat, ExportOptions, export
from console.reports.naming import DEFAULT_TEMPLATE, check_template, file_name
from console.reports.request import RunPlan
from console.reports.result import RawFile, ReportResult
from console.reports.sniff import BINARY
from console.reports.whole_file import whole_file

STDOUT = "-"
NOT_FOR_TERMINALS = (ExportFormat.XLSX, ExportFormat.PDF, ExportFormat.PARQUET, ExportFormat.ORIGINAL)
_CHUNK = 1024 * 1024

WritePdf = Callable[[ReportResult, Path, ExportOptions], Exported]


def format_of(output: str | None, chosen: str | None) -> ExportFormat | None:
    """What to write: as was said, else what the file's name says, else CSV; None for text on the terminal."""
    if chosen:
        return ExportFormat(chosen)
    if output is None:
        return None
    ending = Path(output).suffix.lower().lstrip(".")
    known = {format.value: format for format in MEDIA_TYPES} | {"htm": ExportFormat.HTML}
    return known.get(ending, ExportFormat.CSV)


def target_of(output: str, plan: RunPlan, site: str, format: ExportFormat, media_type: str, now: datetime) -> Path:
    """The file an output names, its template filled in; a folder gets a file of the usual name. Raises UserError."""
    path = Path(os.path.expanduser(output))
    template = path.name
    if path.is_dir() or output.endswith(("/", os.sep)):
        path, template = path / DEFAULT_TEMPLATE, DEFAULT_TEMPLATE
    check_template(template)
    if "{" not in template:
        return path
    name = file_name(
        template,
        report=plan.title,
        site=site,
        media_type=media_type,
        timeframe=plan.timeframe,
        kind=format.value,
        now=f"{now:%Y-%m-%dT%H%M}",
    )
    return path.with_name(name)


def media_type(format: ExportFormat) -> str:
    """What a file of that format is; the system's own file says its own."""
    return MEDIA_TYPES.get(format, BINARY)


def refuse_taken(path: Path, force: bool) -> None:
    """Raise UserError for a file that is there and may not be replaced, and for a place where none can be."""
    if path.is_dir():
        raise UserError(message("file.folder", path=str(path)))
    if not path.parent.is_dir():
        raise UserError(message("file.no_folder", path=str(path.parent)))
    if not force and os.path.lexists(path):
        raise UserError(message("report.file_exists", path=str(path)))


def write(
    result: ReportResult, path: Path, format: ExportFormat, options: ExportOptions, write_pdf: WritePdf | None
) -> Exported:
    """The result as a file, whole or not at all; raises ConsoleError."""
    refuse_taken(path, options.replace)
    if format is not ExportFormat.PDF:
        return export(result, path, format, options)
    if write_pdf is None:
        raise UserError(message("file.format", format=format.value))
    return write_pdf(result, path, options)


def originals(result: ReportResult) -> tuple[RawFile, ...]:
    """The system's own files; raises UserError where it sent none."""
    if not result.files:
        raise UserError(message("file.no_original"))
    return result.files


def copy_original(file: RawFile, target: Path, *, force: bool) -> None:
    """Copy one of the system's own files, byte for byte, whole or not at all; raises UserError."""
    refuse_taken(target, force)
    with whole_file(target, replace=force) as part:
        shutil.copyfile(file.path, part)


def numbered(path: Path, number: int) -> Path:
    """The name of a further file: ``calls.csv``, ``calls (2).csv``."""
    return path if number == 1 else path.with_name(f"{path.stem} ({number}){path.suffix}")


def pour(source: Path) -> None:
    """A file to standard output, byte for byte; raises BrokenPipeError, UserError."""
    try:
        sys.stdout.flush()
        with source.open("rb") as read:
            shutil.copyfileobj(read, sys.stdout.buffer, _CHUNK)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as failure:
        reason = failure.strerror or "unknown"
        raise UserError(message("io.write", path="The standard output", reason=reason)) from failure


def pour_result(
    result: ReportResult, folder: Path, format: ExportFormat, options: ExportOptions, write_pdf: WritePdf | None
) -> Exported:
    """The result to standard output; `folder` takes the file on its way. Raises what `pour` and `write` do."""
    path = folder / f"export-{secrets.token_hex(4)}.{format.value}"
    try:
        done = write(result, path, format, options, write_pdf)
        pour(path)
        return done
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
