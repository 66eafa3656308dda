"""Results as files: under which name, whole or not at all, and never over another without a word. Blocking."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import secrets
import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from console.domain.errors import UserError
from console.domain.messages import message
from console.reports.naming import DEFAULT_TEMPLATE, check_template, file_name
from console.reports.request import RunPlan
from console.reports.result import RawFile, ReportResult

STDOUT = "-"
MEDIA = {
    "csv": "text/csv",
    "json": "application/json",
    "html": "text/html",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
BINARY = ("xlsx", "pdf", "parquet", "original")
_CHUNK = 1024 * 1024


def format_of(output: str | None, chosen: str | None) -> str:
    """What to write: as was said, else what the file's name says, else CSV."""
    if chosen:
        return chosen
    ending = Path(output or "").suffix.lower().lstrip(".")
    return ending if ending in MEDIA else "html" if ending == "htm" else "csv"


def target_of(output: str, plan: RunPlan, site: str, format: str, media_type: str, now: datetime) -> Path:
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
        kind=format,
        now=f"{now:%Y-%m-%dT%H%M}",
    )
    return path.with_name(name)


def refuse_taken(path: Path, force: bool) -> None:
    """Raise UserError for a file that is there and may not be replaced, and for a place where none can be."""
    if path.is_dir():
        raise UserError(message("io.write", path=str(path), reason="it is a folder"))
    if not path.parent.is_dir():
        raise UserError(message("io.write", path=str(path), reason="there is no such folder"))
    if not force and (path.exists() or path.is_symlink()):
        raise UserError(message("report.file_exists", path=str(path)))


def exported(result: ReportResult, folder: Path, format: str) -> Path:
    """A file of the result in a format of ours, in the run's own folder; raises ConsoleError."""
    path = folder / f"export-{secrets.token_hex(4)}.{format}"
    export_module().export(result, path, format)
    return path


def export_module() -> Any:
    """What writes files; its libraries are heavy and seldom needed."""
    return importlib.import_module("console.reports.export")


def originals(result: ReportResult) -> Sequence[RawFile]:
    """The system's own files; raises UserError where it sent none."""
    if not result.files:
        raise UserError(message("report.no_original"))
    return result.files


def numbered(path: Path, number: int) -> Path:
    """The name of a further file: ``calls.csv``, ``calls (2).csv``."""
    return path if number == 1 else path.with_name(f"{path.stem} ({number}){path.suffix}")


def place(source: Path, target: Path, *, force: bool) -> Path:
    """Copy a finished file to where it was wanted: after any failure there is no part of it. Raises UserError."""
    refuse_taken(target, force)
    part = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}.part")
    try:
        try:
            with source.open("rb") as read, part.open("xb") as write:
                shutil.copyfileobj(read, write, _CHUNK)
                write.flush()
                os.fsync(write.fileno())
            _move(part, target, force)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
    except FileExistsError as failure:
        raise UserError(message("report.file_exists", path=str(target))) from failure
    except PermissionError as failure:
        raise UserError(message("report.file_held", path=str(target))) from failure
    except OSError as failure:
        raise UserError(message("io.write", path=str(target), reason=failure.strerror or "unknown")) from failure
    return target


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


def _move(part: Path, target: Path, force: bool) -> None:
    """Rename without ever overwriting what was not to be: a link fails where a file has come up meanwhile."""
    if force or os.name == "nt":  # a plain rename refuses an existing file there by itself
        (os.replace if force else os.rename)(part, target)
        return
    try:
        os.link(part, target)
    except OSError as failure:
        if failure.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
            raise
        if target.exists():  # a file system without links
            raise FileExistsError from failure
        os.rename(part, target)
