"""Tables made from rows: what is kept, how it is ordered, found, added up."""

from __future__ import annotations

import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from console.reports.columns import Column
from console.reports.table import Filter, Match, Predicate, SortKey, Table, TableBuilder, TableError
from tests.reports.tables import (
    DATETIME,
    DURATION,
    FLAG,
    MONEY,
    NUMBER,
    PERCENT,
    TEXT,
    column,
    columns,
    every_row,
    made,
    values,
)

NOON = datetime(2016, 8, 1, 12)  # noqa: DTZ001 - a site's wall clock has no zone


def test_absent_blank_and_foreign_cells_are_three_things():
    with made(columns(NUMBER, TEXT), [[None, None], ["", ""], ["n/a", "n/a"], [0, "0"]]) as table:
        assert every_row(table) == [
            ((None, None), (None, None)),
            ((None, ""), ("", None)),
            ((None, "n/a"), ("n/a", None)),
            ((0, None), ("0", None)),
        ]
        assert table.problems.unread == {"a": 1}


def test_value_sorts_and_text_shows():
    rows = [[(60_000, "0:01:00")], [(5_000, "0:00:05")], [(36_000_000, "10:00:00")]]
    with made(columns(DURATION), rows) as table:
        assert table.columns[0].has_text
        assert every_row(table.view([SortKey("a")])) == [
            ((5_000, "0:00:05"),),
            ((60_000, "0:01:00"),),
            ((36_000_000, "10:00:00"),),
        ]


def test_every_kind_comes_back():
    row = ["words", 3, 1.5, 60_000, 92.67, 12.5, NOON, True]
    with made(columns(TEXT, NUMBER, NUMBER, DURATION, PERCENT, MONEY, DATETIME, FLAG), [row]) as table:
        assert values(table) == [tuple(row)]
        assert isinstance(values(table)[0][1], int)
        assert not any(known.has_text for known in table.columns)


def test_a_value_of_another_kind_keeps_its_words():
    zoned = datetime(2016, 8, 1, 12, tzinfo=UTC)
    kinds = columns(NUMBER, NUMBER, DATETIME, FLAG, TEXT, NUMBER)
    with made(kinds, [[True, float("nan"), zoned, 1, 7, 2**70]]) as table:
        assert every_row(table) == [
            (
                (None, "true"),
                (None, "nan"),
                (None, "2016-08-01 12:00:00+00:00"),
                (None, "1"),
                ("7", None),
                (float(2**70), str(2**70)),
            )
        ]
        assert table.problems.unread == {"a": 1, "b": 1, "c": 1, "d": 1}


def test_rows_of_a_wrong_length_lose_nothing():
    with made(columns(TEXT, NUMBER), [["a"], ["b", 2, 3, (4, "four")], ["c", 5]]) as table:
        assert every_row(table) == [
            (("a", None), (None, None)),
            (("b", None), (2, "2 | 3 | four")),
            (("c", None), (5, None)),
        ]
        assert table.problems.wrong_length == 2


HOSTILE = ['"', '"; DROP TABLE t; --', "", "", "'", "c0", "rowid", "t", "a\0b", "x" * 100_000, "ſ\u202e", "%_\\"]


def test_hostile_titles_are_only_titles(tmp_path: Path):
    given = tuple(Column(f"{title}#{number}", title) for number, title in enumerate(HOSTILE))
    with made(given, [[f"{title}!" for title in HOSTILE]]) as table:
        assert [known.title for known in table.columns] == HOSTILE
        for number, known in enumerate(given):
            view = table.view([SortKey(known.id)], Filter(columns={known.id: Predicate(Match.EQUALS, "nothing")}))
            assert view.row_count == 0
            assert table.view([SortKey(number)]).totals()[known.id].count == 1
        table.view().write_parquet(tmp_path / "hostile.parquet")
        assert values(table) == [tuple(f"{title}!" for title in HOSTILE)]


@pytest.mark.parametrize("cell", ["a\0b", "'; DROP TABLE t; --", "%", "_", "\\", '"', "\n", "x" * 3_000_000, "ß", "🙂"])
def test_hostile_cells_come_back_and_are_found(cell: str):
    with made(columns(TEXT), [["plain"], [cell]]) as table:
        assert column(table, 0) == ["plain", cell]
        assert column(table.view(where=Filter(text=cell)), 0) == [cell]
        assert table.view(where=Filter(columns={"a": Predicate(Match.ONE_OF, [cell])})).row_count == 1


def test_lone_surrogates_are_replaced():
    with made(columns(TEXT, NUMBER), [["a\ud800b", ("x", "\udfff")]]) as table:
        assert every_row(table) == [(("a�b", None), (None, "�"))]


def test_numbers_in_words_count():
    queues = ["Queue 10", "queue 2", "Queue 1", None, "Zoo", "Queue 002", "", "Queue " + "9" * 5_000]
    with made(columns(TEXT), [[queue] for queue in queues]) as table:
        rising = ["", "Queue 1", "queue 2", "Queue 002", "Queue 10", queues[-1], "Zoo", None]
        assert column(table.view([SortKey("a")]), 0) == rising
        assert column(table.view([SortKey("a", descending=True)]), 0) == [
            "Zoo",
            queues[-1],
            "Queue 10",
            "queue 2",
            "Queue 002",
            "Queue 1",
            "",
            None,
        ]


def test_many_different_words_sort_plainly(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("console.reports.table_view.NATURAL_LIMIT", 2)
    with made(columns(TEXT), [["b 10"], ["B 2"], ["a"], [None]]) as table:
        for _ in range(2):
            assert column(table.view([SortKey("a")]), 0) == ["a", "b 10", "B 2", None]


def test_equal_keys_keep_their_order_and_absent_ones_are_last():
    rows = [[n % 3 if n % 4 else None, n] for n in range(2_000)]
    with made(columns(NUMBER, NUMBER), rows) as table:
        for descending in (False, True):
            found = values(table.view([SortKey("a", descending)]))
            there = [row for row in rows if row[0] is not None]
            there.sort(key=lambda row: row[0], reverse=descending)  # stable, and so is reverse
            assert [list(row) for row in found] == there + [row for row in rows if row[0] is None]


def test_several_keys():
    with made(columns(TEXT, NUMBER), [["b", 1], ["a", 1], ["B", 2], ["A", 3]]) as table:
        view = table.view([SortKey("a"), SortKey("b", descending=True)])
        assert values(view) == [("A", 3), ("a", 1), ("B", 2), ("b", 1)]


@pytest.mark.parametrize(
    ("predicate", "wanted"),
    [
        (Predicate(Match.AT_LEAST, 60_000), [0, 2]),
        (Predicate(Match.MORE, 60_000), [2]),
        (Predicate(Match.LESS, 60_000.5), [0, 1]),
        (Predicate(Match.AT_MOST, "word"), []),
        (Predicate(Match.EQUALS, 60_000), [0]),
        (Predicate(Match.EQUALS, "0:01:00"), [0]),
        (Predicate(Match.EQUALS, None), [4]),
        (Predicate(Match.DIFFERS, 60_000), [1, 2, 3, 4, 5]),
        (Predicate(Match.ONE_OF, (5_000, None)), [1, 4]),
        (Predicate(Match.ONE_OF, ()), []),
        (Predicate(Match.CONTAINS, "n/"), [3]),
        (Predicate(Match.EXCLUDES, "0:0"), [3, 4, 5]),
        (Predicate(Match.EMPTY), [4, 5]),
        (Predicate(Match.FILLED), [0, 1, 2, 3]),
    ],
)
def test_predicates(predicate: Predicate, wanted: list[int]):
    cells = [(60_000, "0:01:00"), (5_000, "0:00:05"), (36_000_000, "10:00:00"), (None, "n/a"), None, (None, "")]
    with made(columns(DURATION, NUMBER), [[cell, number] for number, cell in enumerate(cells)]) as table:
        view = table.view(where=Filter(columns={"a": predicate}))
        assert column(view, 1) == wanted
        assert view.totals()["b"].sum == (sum(wanted) if wanted else None)


def test_text_is_found_where_it_is_shown():
    rows = [["Anna", 17, (1_000, "0:01"), NOON], ["Bo", 5, 17_000, NOON]]
    with made(columns(TEXT, NUMBER, DURATION, DATETIME), rows) as table:
        assert column(table.view(where=Filter(text="17")), 0) == ["Anna"]  # not the milliseconds of 0:17
        assert column(table.view(where=Filter(text="ANN")), 0) == ["Anna"]
        assert column(table.view(where=Filter(text="0:01")), 0) == ["Anna"]
        assert table.view(where=Filter(text="2016-08")).row_count == 2
        assert table.view(where=Filter(text="17", text_columns=("a",))).row_count == 0


def test_pages_end_where_the_rows_end():
    with made(columns(NUMBER), [[n] for n in range(1_000)]) as table:
        for view in (table.view(), table.view([SortKey(0)])):
            assert [row[0][0] for row in view.page(990, 50)] == list(range(990, 1_000))
            assert view.page(1_000, 5) == []
            assert view.page(5, 0) == []
            assert view.row_ids(998, 9) == [998, 999]
        down = table.view([SortKey(0, descending=True)])
        assert down.row_ids(0, 2) == [999, 998]
        assert [len(batch) for batch in down.batches(400)] == [400, 400, 200]


def test_totals_are_of_what_is_shown():
    rows = [["x", 1, 50.0, NOON], ["x", 3, 100.0, None], ["y", None, None, None]]
    with made(columns(TEXT, NUMBER, PERCENT, DATETIME), rows) as table:
        totals = table.view().totals()
        assert (totals["a"].count, totals["a"].sum, totals["a"].minimum) == (3, None, None)
        assert (totals["b"].sum, totals["b"].average, totals["b"].minimum, totals["b"].maximum) == (4, 2, 1, 3)
        assert (totals["c"].sum, totals["c"].average) == (None, 75)
        assert (totals["d"].count, totals["d"].maximum) == (1, NOON)
        nothing = table.view(where=Filter(text="nowhere")).totals()["b"]
        assert (nothing.count, nothing.sum) == (0, None)


def test_columns_for_charts():
    rows = [["b", 2, NOON, True], ["a", None, None, None]]
    with made(columns(TEXT, NUMBER, DATETIME, FLAG), rows) as table:
        view = table.view([SortKey("a")])
        assert np.isnan(view.column_values("b")[0])
        assert view.column_values("b")[1] == 2
        assert np.isnat(view.column_values("c")[0])
        assert view.column_values("c")[1] == np.datetime64(NOON)
        assert view.column_values("d")[1] == 1.0
        assert view.column_values("a", limit=1).tolist() == ["a"]
        with pytest.raises(ValueError, match="limit"):
            view.column_values("a")


def test_groups():
    rows = [["A", 1, NOON], ["B", 5, NOON.replace(minute=30)], ["A", 2, NOON.replace(hour=9)], [None, 9, None]]
    with made(columns(TEXT, NUMBER, DATETIME), rows) as table:
        view = table.view()
        found = view.groups("a", measure="b")
        assert [(group.value, group.count, group.figure) for group in found] == [("A", 2, 3), ("B", 1, 5), (None, 1, 9)]
        hours = view.groups("c", bucket="hour", measure="b", figure="max")
        assert [(group.value, group.figure) for group in hours] == [(NOON.replace(hour=9), 2), (NOON, 5), (None, 9)]
        assert view.groups("b", limit=1)[0].value == 1
        for wrong in ({"measure": "a"}, {"bucket": "'"}, {"figure": "sum(c0)) --"}):
            with pytest.raises(ValueError, match=r"."):
                view.groups("a", **wrong)


def test_parquet_has_types_texts_and_order(tmp_path: Path):
    import duckdb

    given = (Column("a", 'Na"me'), Column("b", 'na"ME'), Column("c", "Wait", DURATION))
    with made(given, [["x", "1", (2_000, "0:02")], ["y", "0", 1_000]]) as table:
        path = tmp_path / "it's.parquet"
        table.view([SortKey("b")]).write_parquet(path)
        table.view([], Filter(text="x")).write_parquet(tmp_path / "one.parquet")
    with duckdb.connect() as database:
        found = database.execute("SELECT * FROM read_parquet(?)", [str(path)])
        assert [field[0] for field in found.description] == ['Na"me', 'na"ME (2)', "Wait", "Wait (text)"]
        assert found.fetchall() == [("y", "0", 1_000.0, None), ("x", "1", 2_000.0, "0:02")]
        one = database.execute("SELECT count(*) FROM read_parquet(?)", [str(tmp_path / "one.parquet")])
        assert one.fetchall() == [(1,)]


def test_no_columns_and_no_rows():
    with made((), [[], [], [1]]) as table:
        assert (table.row_count, every_row(table), table.view().totals()) == (3, [(), (), ()], {})
    with made(columns(TEXT, NUMBER), []) as table:
        assert (table.row_count, every_row(table.view([SortKey("a")]))) == (0, [])
        assert table.view([SortKey("b")]).column_values("b").tolist() == []
        assert table.view().groups("a") == []


def test_many_batches():
    builder = TableBuilder(columns(NUMBER, TEXT))
    for start in range(0, 12_000, 3_000):
        assert builder.append([n, (f"w{n}", "late" if n == 11_999 else None)] for n in range(start, start + 3_000))
    with builder.finish() as table:
        assert table.row_count == 12_000
        assert column(table, 0) == list(range(12_000))
        assert table.view().page(11_998, 2) == [
            ((11_998, None), ("w11998", None)),
            ((11_999, None), ("w11999", "late")),
        ]


def test_closing_frees_the_folder_and_refuses_more(tmp_path: Path):
    table = made(columns(TEXT), [["a"]], folder=tmp_path)
    (folder,) = tmp_path.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    view = table.view()
    table.close()
    table.close()
    assert list(tmp_path.iterdir()) == []
    for use in (lambda: view.page(0, 1), table.view, lambda: view.groups("a")):
        with pytest.raises(TableError, match="closed"):
            use()


def test_an_abandoned_builder_leaves_nothing(tmp_path: Path):
    builder = TableBuilder(columns(TEXT), folder=tmp_path)
    builder.append([["a"]])
    builder.abandon()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["nobody", -1, 2])
def test_unknown_columns(name: int | str):
    with made(columns(TEXT, TEXT), [["a", "b"]]) as table:
        with pytest.raises(KeyError):
            table.view([SortKey(name)])
        with pytest.raises(KeyError):
            table.view(where=Filter(columns={name: Predicate(Match.EMPTY)}))
        with pytest.raises(KeyError):
            table.view().groups(name)


def test_the_database_reaches_nothing_else(tmp_path: Path):
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with made(columns(TEXT), [["a"]]) as table:
        for sql in (
            f"SELECT * FROM read_csv('{secret}')",
            f"COPY t TO '{tmp_path / 'out.csv'}'",
            f"ATTACH '{tmp_path / 'other.db'}'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET enable_external_access = true",
            "SET memory_limit = '1TB'",
            "SELECT * FROM secret_of_ours",
        ):
            secret_of_ours = {"a": np.arange(3)}
            assert secret_of_ours
            with pytest.raises(TableError):
                table._store.rows(sql)


def test_importing_a_table_costs_no_engine():
    code = "import sys, console.reports.table as t; print([m for m in ('duckdb', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_table_of_nothing_can_be_a_context():
    with made(columns(TEXT), []) as table:
        assert isinstance(table, Table)
