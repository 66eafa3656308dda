"""The files of reports: marks, totals, a table inside the table, kinds and damage; trap 48."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from console.domain.errors import ProtocolError
from console.reports.columns import ColumnKind
from console.reports.table_engine import Interrupted
from console.vendors.yeastar.dates import DateFormat
from console.vendors.yeastar.reports.drafts import Parts
from console.vendors.yeastar.reports.files import Source, read_file
from tests.vendors.yeastar.report_pbx import DEFINITIONS, cells

DATES = DateFormat("DMY", "/", is_12_hour=True)
DETAILED = """Queue,Total Calls,Answered,Abandoned,AVG Handle Time,AVG Waiting Time (Answered Calls),Answered Rate
"Sales, inbound",2,1,1,00:03:20,17,50.00%
"",ID,Time,Call From,Ada<1001>,Status,Wait
"",1,15/01/2027 02:30:00 PM,"Eva ""E"" <0301>",Ada<1001>,Answered,00:00:17
"",2,15/01/2027 02:45:10 PM,00490302,,Abandoned(UnHandled//),00:00:05
Support,1,1,0,00:01:00,0,100.00%
"",ID,Time,Call From,Ada<1001>,Status,Wait
"",3,15/01/2027 03:00:00 PM,0303,Bob<1002>,Answered,00:00:00
Total,3,2,1,00:02:10,8,66.67%
"""


def read(folder: Path, content: str | bytes, report: str = "queueperformance") -> Parts:
    data = content.encode("utf-8-sig") if isinstance(content, str) else content
    path = folder / "report.csv"
    path.write_bytes(data)
    return read_file(DEFINITIONS[report], Source(path, data[:4096], "pbx"), DATES, folder)


def table(parts: Parts) -> list[dict[str, Any]]:
    found = cells(parts.table)
    parts.close()
    return found


def test_trap_48_the_table_inside_the_table_and_the_totals_are_told_apart(tmp_path: Path) -> None:
    parts = read(tmp_path, DETAILED)
    assert parts.sub_table is not None
    inner, kinds = cells(parts.sub_table), {column.id: column.kind for column in parts.sub_table.columns}
    rows = table(parts)
    assert [(row["queue"], row["total_calls"], row["answered_rate"]) for row in rows] == [
        ("Sales, inbound", 2, 50.0),
        ("Support", 1, 100.0),
    ]
    assert (rows[0]["average_handle_time"], rows[0]["average_waiting_time"]) == (200_000, 17_000)
    assert [(item.title, item.value) for item in parts.summary][:2] == [
        ("Total: Total Calls", 3),
        ("Total: Answered", 2),
    ]
    assert [row["sub_report"] for row in inner] == ["Sales, inbound", "Sales, inbound", "Support"]
    assert inner[0]["call_from"] == 'Eva "E" <0301>'
    assert inner[1]["call_from"] == "00490302"
    assert inner[0]["time"] == datetime(2027, 1, 15, 14, 30)  # noqa: DTZ001 - a wall clock
    assert inner[1]["wait"] == 5000
    assert inner[1]["status"] == "Abandoned(UnHandled//)"
    assert (kinds["time"], kinds["wait"], kinds["id"]) == (
        ColumnKind.DATETIME,
        ColumnKind.DURATION,
        ColumnKind.TEXT,
    )
    assert [(sub.key, sub.row_count) for sub in parts.sub_reports] == [("Sales, inbound", 2), ("Support", 1)]


def test_the_writing_of_a_figure_is_kept_beside_its_value(tmp_path: Path) -> None:
    parts = read(tmp_path, "Queue,Answered Rate\nSales,92.67%\n")
    assert parts.table is not None
    assert parts.table.view().page(0, 1)[0][1] == (92.67, "92.67%")
    parts.close()


def test_a_figure_that_is_none_keeps_its_text_and_has_no_value(tmp_path: Path) -> None:
    parts = read(tmp_path, "Queue,Answered,SLA\nSales,many,--\n")
    assert parts.table is not None
    assert parts.table.view().page(0, 1)[0][1:] == ((None, "many"), (None, "--"))
    parts.close()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbfQueue,Total Calls\r\n",
        b"\r\n\r\n",
    ],
)
def test_trap_48_a_file_without_rows_is_empty(tmp_path: Path, content: bytes) -> None:
    parts = read(tmp_path, content)
    assert parts.is_empty
    assert table(parts) == []


def test_a_totals_row_alone_is_an_empty_report(tmp_path: Path) -> None:
    parts = read(tmp_path, "Queue,Total Calls\nTotal,0\n")
    assert parts.is_empty
    assert table(parts) == []
    assert parts.summary[0].value == 0


def test_a_queue_called_total_in_the_middle_is_a_queue(tmp_path: Path) -> None:
    parts = read(tmp_path, "Queue,Total Calls\nTotal,1\nSales,2\n")
    assert [row["queue"] for row in table(parts)] == ["Total", "Sales"]
    assert parts.summary == ()


def test_columns_nobody_knows_are_taken_as_they_come(tmp_path: Path) -> None:
    content = "Agent;Agent Number;Punkte;Quote;Beginn;Punkte;Dauer\nAda;0101;12;5%;15/01/2027 02:30:00 PM;1;0:00:05;x\n"
    parts = read(tmp_path, content, "queueagentlogintime")
    assert parts.table is not None
    kinds = {column.title: column.kind for column in parts.table.columns}
    (row,) = table(parts)
    assert kinds["Quote"] is ColumnKind.PERCENT
    assert kinds["Beginn"] is ColumnKind.DATETIME
    assert (row["agent_number"], row["punkte"], row["punkte_2"], row["dauer"]) == ("0101", 12, 1, 5000)
    assert row["column_8"] == "x"


def test_an_older_character_set_is_read_and_said(tmp_path: Path) -> None:
    parts = read(tmp_path, "Queue,Total Calls\nB\u00fcro,1\n".encode("cp1252"))
    assert table(parts)[0]["queue"] == "B\u00fcro"
    assert [note.code for note in parts.notes] == ["reply.charset"]


def test_utf_16_is_read_by_its_mark(tmp_path: Path) -> None:
    parts = read(tmp_path, "Queue,Total Calls\nB\u00fcro,1\n".encode("utf-16"))
    assert table(parts)[0]["queue"] == "B\u00fcro"


def test_truncated_files_are_read_up_to_the_cut_and_never_crash(tmp_path: Path) -> None:
    data = DETAILED.encode("utf-8-sig")
    said = 0
    for end in range(0, len(data), 7):
        try:
            parts = read(tmp_path, data[:end])
        except ProtocolError:
            continue
        said += any(note.code == "pbx.file_cut" for note in parts.notes)
        parts.close()
    assert said > 10


def test_a_monstrous_row_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError) as caught:
        read(tmp_path, "a" + ",b" * 2000)
    assert caught.value.message.code == "pbx.file_unreadable"


def test_many_rows_stay_in_order(tmp_path: Path) -> None:
    lines = "\n".join(f"Queue {number},{number}" for number in range(5000))
    parts = read(tmp_path, f"Queue,Total Calls\n{lines}\nTotal,0\n")
    assert parts.table is not None
    assert parts.table.row_count == 5000
    assert parts.table.view().page(4999, 1)[0][1][0] == 4999
    parts.close()


@pytest.mark.parametrize(
    ("cell", "value", "kind"),
    [
        ("8", 8, ColumnKind.NUMBER),
        ("08:00-09:00", "08:00-09:00", ColumnKind.TEXT),
        ("15/01/2027 08:00:00 AM", datetime(2027, 1, 15, 8), ColumnKind.DATETIME),  # noqa: DTZ001 - a wall clock
    ],
)
def test_the_hour_of_a_row_is_what_the_file_writes(tmp_path: Path, cell: str, value: object, kind: ColumnKind) -> None:
    parts = read(tmp_path, f"Time,Answered\n{cell},1\n", "queueavgwaittalktime")
    assert parts.table is not None
    assert parts.table.columns[0].kind is kind
    assert table(parts)[0]["time"] == value


def test_a_halted_reading_ends_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_bytes(DETAILED.encode())
    source = Source(path, b"", "pbx")
    source.halt.set()
    with pytest.raises(Interrupted):
        read_file(DEFINITIONS["queueperformance"], source, DATES, tmp_path)


GROUPS = """Ring Group,Ring Group Number,Member,Member Number,Answered,Total Calls
Porters,6300,,,3,6
{again}Ada,0101,2,5
{again}Bob,0102,1,4
Night,6301,,,0,0
"""


@pytest.mark.parametrize("again", [",,", "Porters,6300,"])
def test_lines_of_members_stand_in_a_table_of_their_own(tmp_path: Path, again: str) -> None:
    parts = read(tmp_path, GROUPS.format(again=again), "ringgroupstatistics")
    assert parts.sub_table is not None
    inner = cells(parts.sub_table)
    assert table(parts) == [
        {"group_name": "Porters", "group_num": "6300", "answered_calls": 3, "total_calls": 6},
        {"group_name": "Night", "group_num": "6301", "answered_calls": 0, "total_calls": 0},
    ]
    assert inner[0] == {
        "sub_report": "Porters",
        "ext_name": "Ada",
        "ext_num": "0101",
        "answered_calls": 2,
        "total_calls": 5,
    }
    assert [(sub.key, sub.row_count) for sub in parts.sub_reports] == [("Porters", 2)]
    assert parts.notes == []


def test_a_file_of_members_alone_stays_one_table_and_says_what_a_sum_would_count(tmp_path: Path) -> None:
    content = "Ring Group,Member,Answered,Total Calls\nPorters,Ada,2,5\nPorters,Bob,1,4\n"
    parts = read(tmp_path, content, "ringgroupstatistics")
    assert [note.code for note in parts.notes] == ["pbx.members_only"]
    assert (parts.sub_table, parts.is_empty) == (None, False)
    assert [(row["ext_name"], row["total_calls"]) for row in table(parts)] == [("Ada", 5), ("Bob", 4)]


@pytest.mark.parametrize(
    ("heading", "line", "expected"),
    [
        ("Extension,Extension Number", "Ada,0101", [("ext_name", "Extension"), ("ext_num", "Extension Number")]),
        ("Extension,Name", "0101,Ada", [("ext_num", "Extension"), ("ext_name", "Name")]),
        ("Extension", "Ada<0101>", [("ext_name", "Extension")]),
    ],
)
def test_a_heading_that_says_number_over_names_is_one_of_names(
    tmp_path: Path, heading: str, line: str, expected: list[tuple[str, str]]
) -> None:
    parts = read(tmp_path, f"{heading},Answered\n{line},1\n", "extcallstatistics")
    assert parts.table is not None
    assert [(column.id, column.title) for column in parts.table.columns][:-1] == expected
    parts.close()


EVEN = """Time,Extension,Extension Number,Call To,Talk Duration,Cost,Share,Done
15/01/2027 02:30:00 PM,Ada,0101,"+49 30, 1",00:01:05,0.0500,92.67%,2
16/01/2027 12:00:01 AM,"Bob ""B"" C",0102,007,12:00:00,1.2500,0.00%,
,,0103,,,,--,12
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "utf-16", "cp1252"])
def test_a_plain_file_reads_the_same_at_once_as_row_by_row(tmp_path: Path, encoding: str) -> None:
    content = EVEN.replace("Ada", "J\u00fcrgen")
    at_once = read(tmp_path, content.encode(encoding), "extcallbillingdetails")
    by_rows = read(tmp_path, f"{content}\n".encode(encoding), "extcallbillingdetails")
    assert at_once.table is not None
    assert by_rows.table is not None
    assert [(each.id, each.title, each.kind) for each in at_once.table.columns] == [
        (each.id, each.title, each.kind) for each in by_rows.table.columns
    ]
    assert [each.kind for each in at_once.table.columns][4:7] == [
        ColumnKind.DURATION,
        ColumnKind.NUMBER,
        ColumnKind.PERCENT,
    ]
    rows = [[(value or None, text or None) for value, text in row] for row in at_once.table.view().page(0, 9)]
    assert rows == [[(value or None, text or None) for value, text in row] for row in by_rows.table.view().page(0, 9)]
    at_once.close()
    by_rows.close()


def test_a_column_of_moments_is_told_by_their_look_after_many(tmp_path: Path) -> None:
    lines = [f"{day:02d}/01/2027 02:30:{second:02d} PM,1" for day in range(1, 29) for second in range(60)]
    parts = read(tmp_path, "\n".join(["Begin,Number", *lines, "yesterday,1"]), "queueagentlogintime")
    assert parts.table is not None
    assert parts.table.columns[0].kind is ColumnKind.TEXT
    parts.close()
