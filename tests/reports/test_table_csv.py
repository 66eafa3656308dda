"""Tables made from a server's CSV: typed by declared kinds, never a row dropped, never a number invented."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from console.reports.columns import Column, ColumnKind
from console.reports.table import Interrupted, Problems, SortKey, Stop, Table, TableError
from console.reports.table_spelling import Spelling
from tests.reports.tables import (
    DATETIME,
    DURATION,
    FLAG,
    MONEY,
    NUMBER,
    PERCENT,
    TEXT,
    columns,
    every_row,
    values,
    written,
)

WELL_MADE = b'Queue,Calls,Wait,SL\r\nQueue 1,10,0:01:05,92.67%\r\n"Queue, ""2""",,2:30,\r\n'


def test_declared_kinds_keep_value_and_writing(tmp_path: Path):
    with Table.from_csv(written(tmp_path, WELL_MADE), columns(TEXT, NUMBER, DURATION, PERCENT)) as table:
        assert every_row(table) == [
            (("Queue 1", None), (10, "10"), (65_000, "0:01:05"), (92.67, "92.67%")),
            (('Queue, "2"', None), (None, ""), (150_000, "2:30"), (None, "")),
        ]
        assert not table.problems
        assert [known.has_text for known in table.columns] == [False, True, True, True]


def test_undeclared_columns_are_numbers_only_when_all_are(tmp_path: Path):
    late = "".join(f"{n},{n},007,+49,{n}.5,\n" for n in range(1, 300)) + "x,300,1,2,3,\n"
    with Table.from_csv(written(tmp_path, "a,b,c,d,e,f\n" + late)) as table:
        assert [(known.id, known.kind) for known in table.columns] == [
            ("a", TEXT),
            ("b", NUMBER),
            ("c", TEXT),
            ("d", TEXT),
            ("e", NUMBER),
            ("f", TEXT),
        ]
        assert not table.problems
        assert values(table)[-1] == ("x", 300, "1", "2", 3, "")


def test_titles_may_be_blank_double_and_hostile(tmp_path: Path):
    path = written(tmp_path, 'a,a,,"""; DROP TABLE t",\n1,2,3,4,5\n')
    with Table.from_csv(path) as table:
        assert [known.id for known in table.columns] == ["a", "a (2)", "column 3", '"; DROP TABLE t', "column 5"]
        assert [known.title for known in table.columns] == ["a", "a", "", '"; DROP TABLE t', ""]
        assert values(table.view([SortKey('"; DROP TABLE t')])) == [(1, 2, 3, 4, 5)]


def test_further_columns_of_the_file_come_along(tmp_path: Path):
    with Table.from_csv(written(tmp_path, "q,n,more\nA,1,x\n"), columns(TEXT)) as table:
        assert [known.id for known in table.columns] == ["a", "n", "more"]
    with Table.from_csv(written(tmp_path, "q\nA\n"), columns(TEXT, NUMBER)) as table:
        assert every_row(table) == [(("A", None), (None, None))]
        assert table.problems.wrong_length == 1


@pytest.mark.parametrize(
    ("content", "wanted", "problems"),
    [
        (b"q,n\nA\nB,2\n", [("A", None), ("B", 2)], Problems(1)),
        (b"q,n\nA,1,2,3\nB,2\n", [("A", None), ("B", 2)], Problems(1, {"b": 1})),
        (b"q,n\nA,x\n\n\nB,2\n", [("A", None), ("B", 2)], Problems(0, {"b": 1})),
        (b'q,n\nA "x" y,1\nB,2\n', [('A "x" y', 1), ("B", 2)], Problems()),
        (b'q,n\n"A"x,1\nB,2\n', [("Ax", 1), ("B", 2)], Problems()),
        (b'q,n\nA,1\n"B,2\nC,3\n', [("A", 1), ("B,2\nC,3\n", None)], Problems(1)),
        (b"q,n\r\nA,1\nB,2\r\n", [("A", 1), ("B", 2)], Problems()),
        (b"q,n\rA,1\rB,2\r", [("A", 1), ("B", 2)], Problems()),
        (b"\xef\xbb\xbfq,n\nA,1\nB,2", [("A", 1), ("B", 2)], Problems()),
        (b"q,n\nM\xfcller \x80,1\n", [("Müller €", 1)], Problems(encoding="cp1252")),
        (b"q,n\nA\0B,1\n", [("A\0B", 1)], Problems()),
        (b'q,n\n"A\n\nB",1\n', [("A\n\nB", 1)], Problems()),
        (b"q,n\n" + b"x" * 3_000_000 + b",1\nB,2\n", [("x" * 3_000_000, 1), ("B", 2)], Problems()),
        (b"q,n\n", [], Problems()),
        (b"", [], Problems()),
    ],
)
def test_badly_made_files(tmp_path: Path, content: bytes, wanted: list[tuple[object, ...]], problems: Problems):
    with Table.from_csv(written(tmp_path, content), columns(TEXT, NUMBER)) as table:
        assert values(table) == wanted
        assert table.problems == problems


def test_too_many_cells_stay_readable(tmp_path: Path):
    with Table.from_csv(written(tmp_path, "q,n\nA,1,2,3\n"), columns(TEXT, NUMBER)) as table:
        assert every_row(table) == [(("A", None), (None, "1,2,3"))]


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-16", ";"), ("cp1252", "\t"), ("no-such", "|"), ("utf-8", "'")]
)
def test_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str):
    real = "utf-8" if encoding == "no-such" else encoding
    path = written(tmp_path, f"q{delimiter}n\nMüller{delimiter}7\n".encode(real))
    with Table.from_csv(path, columns(TEXT, NUMBER), encoding=encoding, delimiter=delimiter) as table:
        assert values(table) == [("Müller", 7)]


def test_no_header(tmp_path: Path):
    with Table.from_csv(written(tmp_path, "A,1\nB\n"), has_header=False) as table:
        assert [known.id for known in table.columns] == ["column 1", "column 2"]
        assert values(table) == [("A", 1), ("B", None)]


GERMAN = Spelling(decimal=",", thousands=".", datetimes=("%d.%m.%Y %H:%M",))


@pytest.mark.parametrize(
    ("kind", "text", "value", "spelling"),
    [
        (NUMBER, "12", 12, Spelling()),
        (NUMBER, "-1.50", -1.5, Spelling()),
        (NUMBER, "1,234,567.5", 1_234_567.5, Spelling()),
        (NUMBER, "1,5", None, Spelling()),
        (NUMBER, "1,5", 1.5, GERMAN),
        (NUMBER, "1.234", 1_234, GERMAN),
        (NUMBER, "1.5", None, GERMAN),
        (NUMBER, "1_000", None, Spelling()),
        (NUMBER, "inf", None, Spelling()),
        (NUMBER, "NaN", None, Spelling()),
        (NUMBER, "12 calls", None, Spelling()),
        (NUMBER, "0x10", None, Spelling()),
        (PERCENT, "92.67%", 92.67, Spelling()),
        (PERCENT, "92,67 %", 92.67, GERMAN),
        (PERCENT, "50", 50, Spelling()),
        (PERCENT, "%", None, Spelling()),
        (DURATION, "0:00:00", 0, Spelling()),
        (DURATION, "1:02:03", 3_723_000, Spelling()),
        (DURATION, "1:02:03.5", 3_723_500, Spelling()),
        (DURATION, "123:00:01", 442_801_000, Spelling()),
        (DURATION, "24:00:00", 86_400_000, Spelling()),
        (DURATION, "2:30", 150_000, Spelling()),
        (DURATION, "75:30", 4_530_000, Spelling()),
        (DURATION, "1234:30", 74_070_000, Spelling()),
        (DURATION, "-0:30", -30_000, Spelling()),
        (DURATION, "-1:00:00", -3_600_000, Spelling()),
        (DURATION, "90", 90_000, Spelling()),
        (DURATION, "90", 90, Spelling(number_ms=1)),
        (DURATION, "0:75:00", None, Spelling()),
        (DURATION, "1:75", None, Spelling()),
        (DURATION, "1 day", None, Spelling()),
        (DURATION, "::", None, Spelling()),
        (MONEY, "12.50", 12.5, Spelling()),
        (MONEY, "€ 12.50", 12.5, Spelling()),
        (MONEY, "-$1,234.50", -1_234.5, Spelling()),
        (MONEY, "12,50 EUR", 12.5, GERMAN),
        (MONEY, "12 of 50", None, Spelling()),
        (DATETIME, "2016-08-01 12:30:05", datetime(2016, 8, 1, 12, 30, 5), Spelling()),  # noqa: DTZ001
        (DATETIME, "2016-08-01", datetime(2016, 8, 1), Spelling()),  # noqa: DTZ001
        (DATETIME, "01.08.2016 9:05", datetime(2016, 8, 1, 9, 5), GERMAN),  # noqa: DTZ001
        (DATETIME, "31.02.2016 9:05", None, GERMAN),
        (DATETIME, "08/01/2016", None, Spelling()),
        (FLAG, "Yes", True, Spelling()),
        (FLAG, "0", False, Spelling()),
        (FLAG, "maybe", None, Spelling()),
    ],
)
def test_spellings(tmp_path: Path, kind: ColumnKind, text: str, value: object, spelling: Spelling):
    path = written(tmp_path, f'q;v\nA;"{text}"\nB;\n')
    with Table.from_csv(path, columns(TEXT, kind), delimiter=";", spelling=spelling) as table:
        assert every_row(table) == [(("A", None), (value, text)), (("B", None), (None, ""))]
        assert table.problems.unread == ({} if value is not None else {"b": 1})


def test_the_first_rows_are_those_of_the_whole(tmp_path: Path):
    lines = "".join(f'"w\n{n}",{n}\n' for n in range(50))
    path = written(tmp_path, "q,n\n" + lines)
    given = (Column("q", "Q"), Column("n", "N", NUMBER))
    with Table.first_rows(path, 7, given) as first, Table.from_csv(path, given) as whole:
        assert first.columns == whole.columns
        assert every_row(first) == whole.view().page(0, 7)


def test_missing_and_odd_paths(tmp_path: Path):
    with pytest.raises(TableError, match="calls"):
        Table.from_csv(tmp_path / "calls.csv")
    with pytest.raises(TableError):
        Table.from_csv(tmp_path)
    path = written(tmp_path, "q\nx\n", "it's %d [*] ü.csv")
    with Table.from_csv(path) as table:
        assert values(table) == [("x",)]


def test_a_stopped_read_leaves_nothing(tmp_path: Path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    stop = Stop()
    stop.set()
    with pytest.raises(Interrupted):
        Table.from_csv(written(tmp_path, WELL_MADE), folder=folder, stop=stop)
    with pytest.raises(TableError):
        Table.from_csv(tmp_path / "missing.csv", folder=folder)
    assert list(folder.iterdir()) == []


def test_nothing_of_a_mended_file_stays(tmp_path: Path):
    folder = tmp_path / "temporary"
    folder.mkdir()
    with Table.from_csv(written(tmp_path, "q,n\nA\n"), folder=folder) as table:
        assert not list(folder.rglob("*.csv"))
        assert table.row_count == 1
    assert list(folder.iterdir()) == []
