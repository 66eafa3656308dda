"""Files of a result: what a spreadsheet reads from them, and that none is ever half-written."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import threading
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.errors import UserError
from console.domain.model import ProfileId
from console.reports import whole_file as whole
from console.reports.columns import Column, ColumnKind
from console.reports.export import ExportFormat, ExportOptions, export
from console.reports.export_csv import guarded
from console.reports.export_xlsx import MAX_TEXT
from console.reports.request import RunPlan
from console.reports.result import SUB_REPORT, RawFile, ReportResult, SummaryItem
from console.reports.table import Filter, SortKey, Stop, Table, TableBuilder
from console.reports.timeframe import ResolvedTimeframe

BERLIN = ZoneInfo("Europe/Berlin")
FRAME = ResolvedTimeframe(
    datetime(2026, 11, 1, tzinfo=BERLIN), datetime(2026, 11, 2, 23, 59, 59, tzinfo=BERLIN), "Europe/Berlin"
)
PLAN = RunPlan(ProfileId("p1"), "agents", "Agents", {"queue": "1"}, "table", (), FRAME)
COLUMNS = (
    Column("agent", "Agent"),
    Column("calls", "Calls", ColumnKind.NUMBER),
    Column("talk", "Talk time", ColumnKind.DURATION, has_text=True),
    Column("rate", "Answered", ColumnKind.PERCENT, has_text=True),
    Column("last", "Last call", ColumnKind.DATETIME),
    Column("cost", "Cost", ColumnKind.MONEY, unit="EUR"),
    Column("ok", "Met", ColumnKind.FLAG),
)
NOON = datetime(2026, 11, 2, 12, 30, 5)  # noqa: DTZ001 - a site's wall clock
ROWS = [
    ("Ann <1>", 14, (12_673_424, "3:31:13"), (92.67, "92.67%"), NOON, 1.5, True),
    ("=HYPERLINK(1)", -5, (90_000, None), (None, "n/a"), None, None, False),
    ("+49 30 1", 0, None, 0.0, NOON, 0.0, None),
]
NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def table(rows: Sequence[Sequence[object]] = ROWS, columns: Sequence[Column] = COLUMNS) -> Table:
    builder = TableBuilder(columns)
    builder.append(rows)
    return builder.finish()


def result(**changes: object) -> ReportResult:
    whole_: dict[str, object] = {
        "table": table(),
        "summary": (SummaryItem("Total <talk>", 12_763_424, "3:32:43", ColumnKind.DURATION),),
        "metadata": (("Report id", "17"),),
        "title": "Agents",
    }
    return ReportResult(PLAN, **{**whole_, **changes})  # type: ignore[arg-type]


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def read_xlsx(path: Path) -> dict[str, list[list[object]]]:
    """The sheets of a workbook: numbers as float, texts as str, each with its number format where it has one."""
    with zipfile.ZipFile(path) as book:
        styles = ET.fromstring(book.read("xl/styles.xml"))
        formats = {f.get("numFmtId"): f.get("formatCode") for f in styles.findall("x:numFmts/x:numFmt", NS)}
        used = [formats.get(f.get("numFmtId"), "") for f in styles.findall("x:cellXfs/x:xf", NS)]
        names = [s.get("name") for s in ET.fromstring(book.read("xl/workbook.xml")).findall("x:sheets/x:sheet", NS)]
        sheets: dict[str, list[list[object]]] = {}
        for number, name in enumerate(names, 1):
            sheet = ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            assert sheet.find(".//x:f", NS) is None
            lines: list[list[object]] = []
            for row in sheet.iterfind("x:sheetData/x:row", NS):
                line: list[object] = []
                for cell in row.iterfind("x:c", NS):
                    letters = re.sub(r"\d", "", cell.get("r") or "")
                    line += [None] * (ord(letters) - ord("A") - len(line))
                    if cell.get("t") == "inlineStr":
                        line.append("".join(cell.itertext()))
                    else:
                        value = cell.findtext("x:v", None, NS)
                        line.append((float(value or "nan"), used[int(cell.get("s") or 0)]))
                lines.append(line)
            sheets[str(name)] = lines
    return sheets


def test_csv_is_what_a_spreadsheet_can_add_up(tmp_path: Path) -> None:
    done = export(result(), tmp_path / "a.csv", ExportFormat.CSV)
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert read_csv(done.path) == [
        ["Agent", "Calls", "Talk time", "Talk time (s)", "Answered", "Last call", "Cost", "Met"],
        ["Ann <1>", "14", "3:31:13", "12673.424", "92.67", "2026-11-02 12:30:05", "1.5", "yes"],
        ["'=HYPERLINK(1)", "-5", "0:01:30", "90", "n/a", "", "", "no"],
        ["'+49 30 1", "0", "", "", "0.0", "2026-11-02 12:30:05", "0.0", ""],
    ]
    assert done.rows == 3


@pytest.mark.parametrize("format", [ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.JSON])
def test_a_format_nobody_knows_is_written_as_it_was_shown(format: ExportFormat, tmp_path: Path) -> None:
    column = Column("in", "First login", ColumnKind.NUMBER, vendor_format="DATE_TIME", has_text=True)
    export(result(table=table([((1790087493583, "9/22/2026 2:31 PM"),)], (column,))), tmp_path / "a", format)
    if format is ExportFormat.CSV:
        assert read_csv(tmp_path / "a")[1] == ["9/22/2026 2:31 PM"]
    elif format is ExportFormat.XLSX:
        assert read_xlsx(tmp_path / "a")["Report"][1] == ["9/22/2026 2:31 PM"]
    else:
        assert json.loads((tmp_path / "a").read_text())["rows"] == [{"in": "9/22/2026 2:31 PM"}]


def test_csv_options(tmp_path: Path) -> None:
    options = ExportOptions(
        bom=False, delimiter=";", guard_formulas=False, both_durations=False, columns=("talk", "agent")
    )
    export(result(), tmp_path / "a.csv", ExportFormat.CSV, options)
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()
    assert lines == ["Talk time;Agent", "12673.424;Ann <1>", "90;=HYPERLINK(1)", ";+49 30 1"]


def test_csv_writes_the_rows_as_they_are_on_screen(tmp_path: Path) -> None:
    shown = result()
    assert shown.table is not None
    view = shown.table.view((SortKey("calls", True),), Filter("1"))
    export(shown, tmp_path / "a.csv", ExportFormat.CSV, view=view)
    assert [line[1] for line in read_csv(tmp_path / "a.csv")[1:]] == ["14", "0", "-5"]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\uff1dx", "|cmd", "\n=1", " =1", '="a,b"', "-5 and 'more'\n\"q\""]
)
def test_fl_07_a_text_that_could_be_a_formula_is_text(text: str, tmp_path: Path) -> None:
    export(result(table=table([(text, 1, 1, 1, None, 1, True)])), tmp_path / "a.csv", ExportFormat.CSV)
    assert read_csv(tmp_path / "a.csv")[1][0] == f"'{text}"
    export(result(table=table([(text, 1, 1, 1, None, 1, True)])), tmp_path / "a.xlsx", ExportFormat.XLSX)
    assert read_xlsx(tmp_path / "a.xlsx")["Report"][1][0] == text.replace("\r", "_x000D_")


@given(st.text(max_size=20))
def test_fl_07_guarding_is_undone_by_taking_one_sign_away(text: str) -> None:
    safe = guarded(text)
    assert safe in (text, f"'{text}")
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "|"))


def test_xlsx_has_typed_cells(tmp_path: Path) -> None:
    export(result(), tmp_path / "a.xlsx", ExportFormat.XLSX, ExportOptions(site="Main", mark="DEMO"))
    sheets = read_xlsx(tmp_path / "a.xlsx")
    assert list(sheets) == ["Report", "About"]
    header, first, second, third = sheets["Report"]
    assert header[:2] == ["Agent", "Calls"]
    assert first[0] == "Ann <1>"
    assert first[1] == (14.0, "")
    assert first[2] == (pytest.approx(12_673_424 / 86_400_000), "[h]:mm:ss")
    assert first[3] == (pytest.approx(0.9267), "0.00%")
    assert first[4] == (pytest.approx(46328.521, abs=0.001), "yyyy-mm-dd hh:mm:ss")
    assert second[0] == "=HYPERLINK(1)"
    assert second[3] == "n/a"
    assert third[2] is None
    assert ["DEMO", ""] in sheets["About"]
    assert ["Total <talk>", "3:32:43"] in sheets["About"]


def test_xlsx_cuts_only_what_no_cell_can_hold_and_says_so(tmp_path: Path) -> None:
    long = result(table=table([("x" * (MAX_TEXT + 1), 1, 1, 1, None, 1, True)]))
    done = export(long, tmp_path / "a.xlsx", ExportFormat.XLSX)
    assert [note.code for note in done.notes] == ["file.text_cut"]


def test_xlsx_goes_on_on_the_next_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.reports.export_xlsx.MAX_ROWS", 2)
    done = export(result(), tmp_path / "a.xlsx", ExportFormat.XLSX)
    sheets = read_xlsx(tmp_path / "a.xlsx")
    assert [len(sheets["Report"]), len(sheets["Report 2"])] == [3, 2]
    assert [note.code for note in done.notes] == ["file.more_sheets"]


def test_json_holds_everything(tmp_path: Path) -> None:
    sub = table([("Sales", 3)], (Column(SUB_REPORT, "Sub report"), COLUMNS[1]))
    export(result(sub_table=sub), tmp_path / "a.json", ExportFormat.JSON, ExportOptions(site="Main"))
    body = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert body["timeframe"]["start"] == "2026-11-01T00:00:00+01:00"
    assert body["rows"][0] == {
        "agent": "Ann <1>", "calls": 14, "talk": 12_673_424, "rate": 92.67, "last": "2026-11-02 12:30:05",
        "cost": 1.5, "ok": True,
    }  # fmt: skip
    assert body["rows"][1]["rate"] == "n/a"
    assert "talk" not in body["rows"][2]
    assert body["columns"][2] == {
        "id": "talk", "title": "Talk time", "kind": "duration", "unit": "ms", "origin": "vendor"
    }  # fmt: skip
    assert body["sub_report_rows"] == [{"sub_report": "Sales", "calls": 3}]
    assert body["parameters"] == {"queue": "1"}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.integers(-(10**6), 10**6)), max_size=8))
def test_json_and_csv_give_back_what_was_in_the_table(rows: list[tuple[str, int]]) -> None:
    import tempfile

    rows = [(re.sub(r"[\x00\r\ud800-\udfff]", "", text), number) for text, number in rows]
    filled = result(table=table(rows, COLUMNS[:2]), summary=())
    with tempfile.TemporaryDirectory() as folder:
        export(filled, Path(folder) / "a.json", ExportFormat.JSON)
        body = json.loads((Path(folder) / "a.json").read_text(encoding="utf-8"))
        assert [(row["agent"], row["calls"]) for row in body["rows"]] == rows
        export(filled, Path(folder) / "a.csv", ExportFormat.CSV, ExportOptions(guard_formulas=False))
        assert [(line[0], int(line[1])) for line in read_csv(Path(folder) / "a.csv")[1:]] == rows


def test_html_is_a_page_and_never_markup_of_others(tmp_path: Path) -> None:
    hostile = result(table=table([("<script>x</script>", 1, 1, 1, None, 1, True)]), title="A & B")
    export(hostile, tmp_path / "a.html", ExportFormat.HTML, ExportOptions(site="<b>"))
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "<b>" not in page
    assert "A &amp; B" in page
    assert 'class="n">0:00:00' in page


def test_the_original_is_the_servers_bytes(tmp_path: Path) -> None:
    (tmp_path / "raw").write_bytes(b"\x00\xff%PDF")
    raw = RawFile(tmp_path / "raw", "x.pdf", "application/pdf", 6)
    export(result(files=(raw,)), tmp_path / "a.pdf", ExportFormat.ORIGINAL)
    assert (tmp_path / "a.pdf").read_bytes() == b"\x00\xff%PDF"
    with pytest.raises(UserError) as caught:
        export(result(), tmp_path / "b.pdf", ExportFormat.ORIGINAL)
    assert caught.value.message.code == "file.no_original"


def test_a_csv_says_which_rows_it_leaves_out(tmp_path: Path) -> None:
    sub = table([("Sales", 3)], (Column(SUB_REPORT, "Sub report"), COLUMNS[1]))
    both = result(sub_table=sub)
    one = export(both, tmp_path / "a.csv", ExportFormat.CSV)
    other = export(both, tmp_path / "b.csv", ExportFormat.CSV, ExportOptions(sub_reports=True))
    assert [note.code for note in one.notes + other.notes] == ["file.without_sub_reports", "file.only_sub_reports"]
    assert read_csv(tmp_path / "b.csv") == [["Sub report", "Calls"], ["Sales", "3"]]
    only = export(result(table=None, sub_table=sub), tmp_path / "c.csv", ExportFormat.CSV)
    assert (only.rows, only.notes) == (1, ())
    with pytest.raises(UserError):
        export(result(table=None), tmp_path / "d.csv", ExportFormat.CSV)


@pytest.mark.parametrize("format", [ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.JSON, ExportFormat.HTML])
def test_an_empty_result_makes_a_proper_file(format: ExportFormat, tmp_path: Path) -> None:
    done = export(result(table=table([])), tmp_path / "a", format)
    assert done.rows == 0
    assert (tmp_path / "a").stat().st_size > 20


def test_parquet_keeps_the_values(tmp_path: Path) -> None:
    import duckdb

    export(result(), tmp_path / "a.parquet", ExportFormat.PARQUET)
    found = duckdb.sql(f"SELECT * FROM '{tmp_path / 'a.parquet'}'").fetchall()
    assert len(found) == 3
    assert found[0][:2] == ("Ann <1>", 14)


# -- FL-04: whole or not at all


def left_over(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_fl_04_nothing_is_overwritten_silently(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(UserError) as caught:
        export(result(), tmp_path / "a.csv", ExportFormat.CSV)
    assert caught.value.message.code == "file.exists"
    assert (tmp_path / "a.csv").read_text() == "mine"
    export(result(), tmp_path / "a.csv", ExportFormat.CSV, ExportOptions(replace=True))
    assert read_csv(tmp_path / "a.csv")[1][0] == "Ann <1>"
    assert left_over(tmp_path) == ["a.csv"]


def test_a_file_made_meanwhile_is_not_overwritten_either(tmp_path: Path) -> None:
    def write() -> None:
        with whole.whole_file(tmp_path / "a") as file:
            file.write_text("ours")
            (tmp_path / "a").write_text("theirs")

    with pytest.raises(UserError) as caught:
        write()
    assert caught.value.message.code == "file.exists"
    assert (tmp_path / "a").read_text() == "theirs"
    assert left_over(tmp_path) == ["a"]


@pytest.mark.parametrize("case", ["folder", "link", "no folder"])
def test_fl_04_places_that_cannot_be_written(case: str, tmp_path: Path) -> None:
    target = tmp_path / "a"
    if case == "folder":
        target.mkdir()
    elif case == "link":
        (tmp_path / "other").write_text("mine")
        target.symlink_to(tmp_path / "other")
    else:
        target = tmp_path / "none" / "a"
    before = left_over(tmp_path)
    with pytest.raises(UserError) as caught:
        export(result(), target, ExportFormat.CSV, ExportOptions(replace=True))
    assert caught.value.message.code == f"file.{case.replace(' ', '_')}"
    assert left_over(tmp_path) == before
    if case == "link":
        assert (tmp_path / "other").read_text() == "mine"


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "file.disk_full"),
        (OSError(errno.EIO, "Input/output error"), "io.write"),
        (PermissionError(errno.EACCES, "Permission denied"), "file.in_use"),
    ],
)
def test_a_failure_half_way_leaves_the_old_file(
    failure: OSError, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").write_text("mine")

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(whole, "_take_name", fail)
    with pytest.raises(UserError) as caught:
        export(result(), tmp_path / "a", ExportFormat.CSV, ExportOptions(replace=True))
    assert caught.value.message.code == code
    assert (tmp_path / "a").read_text() == "mine"
    assert left_over(tmp_path) == ["a"]


def test_fl_04_two_exports_to_one_name_make_one_whole_file(tmp_path: Path) -> None:
    failures: list[str] = []

    def write() -> None:
        try:
            export(result(), tmp_path / "a.csv", ExportFormat.CSV)
        except UserError as error:
            failures.append(error.message.code)

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == ["file.exists"]
    assert len(read_csv(tmp_path / "a.csv")) == 4
    assert left_over(tmp_path) == ["a.csv"]


def test_a_stopped_export_leaves_nothing(tmp_path: Path) -> None:
    stop = Stop()
    stop.set()
    with pytest.raises(Exception, match="Stopped"):
        export(result(), tmp_path / "a.csv", ExportFormat.CSV, stop=stop)
    assert left_over(tmp_path) == []


def test_a_free_name_is_found(tmp_path: Path) -> None:
    assert whole.free_name(tmp_path / "a.csv").name == "a.csv"
    (tmp_path / "a.csv").touch()
    (tmp_path / "a (2).csv").touch()
    assert whole.free_name(tmp_path / "a.csv").name == "a (3).csv"
