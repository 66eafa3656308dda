"""Files that servers send, end to end."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from console.reports.export import ExportFormat, export
from console.reports.result import RawFile, ReportResult
from console.reports.sniff import safe_file_name, sniff
from tests.reports.test_export import PLAN


def hostile_zip() -> bytes:
    """Names that climb out of their folder, a bomb, very many entries, an archive in an archive."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(5_000_000))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.sh", "x")
        archive.writestr("/etc/evil", "x")
        archive.writestr("inner.zip", inner.getvalue())
        for number in range(2000):
            archive.writestr(f"n{number}", "")
    return outer.getvalue()


def test_fl_08_an_archive_is_kept_as_it_came_and_never_unpacked(tmp_path: Path) -> None:
    data = hostile_zip()
    kind = sniff(data[:4096])
    assert kind == "application/zip"
    run = tmp_path / "run"
    run.mkdir()
    (run / "download").write_bytes(data)
    name = safe_file_name("../../report.csv", kind, "report")
    assert name == "report.zip"
    raw = RawFile(run / "download", name, kind, len(data))
    export(ReportResult(PLAN, "Files", files=(raw,)), tmp_path / name, ExportFormat.ORIGINAL)
    assert (tmp_path / name).read_bytes() == data
    assert sorted(os.listdir(tmp_path)) == ["report.zip", "run"]
    assert os.listdir(run) == ["download"]
