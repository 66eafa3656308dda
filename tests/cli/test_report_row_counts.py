"""What `report run` says it has written: the rows of the file, wherever they came from."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from console.cli import report_run
from console.reports.columns import Column, ColumnKind
from console.reports.export import ExportFormat, export
from console.reports.request import RunPlan
from console.reports.result import SUB_REPORT, ReportResult
from console.reports.table import Table, TableBuilder

PLAN = RunPlan("p", "r", "Calls", {}, "table", ())  # type: ignore[arg-type]


def table(folder: Path, rows: int) -> Table:
    builder = TableBuilder((Column(SUB_REPORT, "Sub report"), Column("n", "N", ColumnKind.NUMBER)), folder=folder)
    builder.append([[("Ann", None), (number, None)] for number in range(rows)])
    return builder.finish()


@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.JSON, ExportFormat.XLSX])
@pytest.mark.parametrize("main", [None, 0])
def test_rows_of_sub_reports_are_counted_where_there_are_no_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: ExportFormat, main: int | None
) -> None:
    own = None if main is None else table(tmp_path, main)
    result = ReportResult(PLAN, "Calls", own, table(tmp_path, 3))
    try:
        target = tmp_path / f"calls.{form.value}"
        done = export(result, target, form)
        report_run._tell_written(argparse.Namespace(quiet=False), target, result, done.rows)
    finally:
        result.close()
    assert capsys.readouterr().out == f"{target}: 3 rows.\n"


def test_a_file_that_is_no_table_is_as_it_came(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report_run._tell_written(argparse.Namespace(quiet=False), tmp_path / "a.pdf", ReportResult(PLAN, "Calls"), 0)
    assert capsys.readouterr().out == f"{tmp_path / 'a.pdf'}: as the system sent it.\n"
