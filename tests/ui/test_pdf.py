"""A result as PDF: written whole, with every page's header, refused where it would be a book."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest

from console.domain.errors import UserError
from console.reports.columns import Column, ColumnKind
from console.reports.export import ExportOptions
from console.reports.result import ReportResult
from console.reports.table import TableBuilder
from console.ui import pdf
from tests.reports.test_export import PLAN, result

pytestmark = pytest.mark.usefixtures("qapp")


def pages(path: Path) -> int:
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    data += b"".join(_unpacked(part) for part in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL))
    return len(re.findall(rb"/Type\s*/Page\b", data))


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data)
    except zlib.error:
        return b""


def many(rows: int, width: int = 1) -> ReportResult:
    columns = [Column("n", "Number", ColumnKind.NUMBER), *(Column(f"t{i}", f"Text {i}") for i in range(width))]
    builder = TableBuilder(columns)
    builder.append([(number, *("x" * 30,) * width) for number in range(rows)])
    return ReportResult(PLAN, "Many", builder.finish())


def test_a_result_becomes_a_page(tmp_path: Path) -> None:
    done = pdf.write_pdf(result(), tmp_path / "a.pdf", ExportOptions(site="Main", mark="DEMO"))
    assert (done.rows, done.notes) == (3, ())
    assert pages(tmp_path / "a.pdf") == 1


def test_a_long_one_goes_over_pages(tmp_path: Path) -> None:
    pdf.write_pdf(many(300), tmp_path / "a.pdf")
    assert pages(tmp_path / "a.pdf") > 3


def test_what_does_not_fit_the_page_is_cut_and_said(tmp_path: Path) -> None:
    done = pdf.write_pdf(many(3, width=30), tmp_path / "a.pdf")
    assert [note.code for note in done.notes] == ["file.cut_in_pdf"]


def test_a_book_is_refused_before_it_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "MAX_ROWS", 2)
    with pytest.raises(UserError) as caught:
        pdf.write_pdf(result(), tmp_path / "a.pdf")
    assert caught.value.message.code == "file.too_long_for_pdf"
    with pytest.raises(UserError):
        pdf.write_pdf(ReportResult(PLAN, "Only a file"), tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []
