"""Several tables as one, and two against each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.domain.values import Origin
from console.reports.columns import Column
from console.reports.table import Interrupted, SortKey, Stop, TableBuilder, compare, union
from tests.reports.tables import DURATION, NUMBER, TEXT, columns, every_row, made, values


def test_union_has_a_leading_site_and_all_columns():
    first = made((Column("q", "Queue"), Column("n", "Calls", NUMBER)), [["A", 1], ["B", None]])
    second = made((Column("n", "Calls", NUMBER), Column("w", "Wait", DURATION)), [[5, (1_000, "0:01")]])
    empty = made((Column("x", "More"),), [])
    with first, second, empty, union([("Nord", first), ('it\'s "Süd"', second), ("", empty)], "Site") as table:
        assert [known.title for known in table.columns] == ["Site", "Queue", "Calls", "Wait", "More"]
        assert table.columns[0].origin is Origin.COMPUTED
        assert every_row(table) == [
            (("Nord", None), ("A", None), (1, None), (None, None), (None, None)),
            (("Nord", None), ("B", None), (None, None), (None, None), (None, None)),
            (('it\'s "Süd"', None), (None, None), (5, None), (1_000, "0:01"), (None, None)),
        ]
        first.close()
        assert table.view([SortKey("n", descending=True)]).page(0, 1)[0][2] == (5, None)


def test_union_of_different_kinds_becomes_words():
    first = made((Column("v", "V", NUMBER),), [[1], [2.5], ["n/a"], [None]])
    second = made((Column("v", "V"),), [["x\0"], [""]])
    with first, second, union([("a", first), ("b", second)], "Site") as table:
        assert table.columns[1].kind is TEXT
        assert [row[1] for row in values(table)] == ["1", "2.5", "n/a", None, "x\0", ""]


def test_union_survives_a_column_called_site_and_hostile_ids():
    given = (Column("site", "Site"), Column('"; DROP TABLE part', ""))
    with made(given, [["own", "x"]]) as first, union([("ours", first)], "Site") as table:
        assert values(table) == [("ours", "own", "x")]


def test_union_of_nothing():
    with union([], "Site") as table:
        assert (table.row_count, len(table.columns)) == (0, 1)


def test_compare_tells_what_changed():
    before = made(
        (Column("q", "Queue"), Column("n", "Calls", NUMBER), Column("w", "Wait", DURATION), Column("o", "Old")),
        [["A", 1, (1_000, "0:01"), "o"], ["B", 2, None, None], ["C", 3, "n/a", None], [None, 4, 5, None]],
    )
    after = made(
        (Column("q", "Queue"), Column("w", "Wait", DURATION), Column("n", "Calls", NUMBER)),
        [["D", 9, 9], ["C", "n/a", 5], ["A", (1_000, "00:01"), 1], [None, 5, 4], ["a", 1, 1]],
    )
    with before, after, compare(before, after, ["q"]) as table:
        assert [known.id for known in table.columns] == [
            "q",
            "status",
            "n:before",
            "n:after",
            "n:change",
            "w:before",
            "w:after",
            "w:change",
            "o:before",
        ]
        assert table.columns[4].origin is Origin.COMPUTED
        assert [(row[0], row[1], row[4]) for row in values(table)] == [
            ("A", "same", 0),
            ("B", "removed", None),
            ("C", "changed", 2),
            (None, "same", 0),
            ("D", "added", None),
            ("a", "added", None),
        ]
        assert every_row(table)[0][5:7] == ((1_000, "0:01"), (1_000, "00:01"))
        assert every_row(table)[2][5:7] == ((None, "n/a"), (None, "n/a"))


def test_compare_pairs_equal_keys_in_order_and_takes_several():
    given = columns(TEXT, NUMBER, TEXT)
    before = made(given, [["A", 1, "x"], ["A", 1, "y"], ["A", 2, "z"]])
    after = made(given, [["A", 1, "x"], ["A", 1, "Y"], ["A", 1, "new"]])
    with before, after, compare(before, after, ["a", "b"], titles=lambda title, which: f"{which}:{title}") as table:
        assert [known.title for known in table.columns][2:] == ["status:", "before:Title 2", "after:Title 2"]
        assert [row[2:] for row in values(table)] == [
            ("same", "x", "x"),
            ("changed", "y", "Y"),
            ("removed", "z", None),
            ("added", None, "new"),
        ]


def test_compare_by_a_key_with_text():
    before = made(columns(NUMBER, TEXT), [[(1, "one"), "x"], [(None, "none"), "y"]])
    after = made(columns(NUMBER, TEXT), [[1, "x"], [(None, "none"), "z"]])
    with before, after, compare(before, after, ["a"]) as table:
        assert every_row(table) == [
            ((1, "one"), ("same", None), ("x", None), ("x", None)),
            ((None, "none"), ("changed", None), ("y", None), ("z", None)),
        ]


def test_compare_refuses_what_it_cannot_match():
    with made(columns(TEXT), [["A"]]) as table:
        with pytest.raises(KeyError):
            compare(table, table, ["nobody"])
        with pytest.raises(ValueError, match="at least one"):
            compare(table, table, [])
        with compare(table, table, ["a"]) as same:
            assert values(same) == [("A", "same")]


def test_a_stopped_combination_leaves_nothing(tmp_path: Path):
    stop = Stop()
    stop.set()
    with made(columns(TEXT), [["A"]]) as table:
        for work in (
            lambda: union([("a", table)], "Site", folder=tmp_path, stop=stop),
            lambda: compare(table, table, ["a"], folder=tmp_path, stop=stop),
        ):
            with pytest.raises(Interrupted):
                work()
            assert list(tmp_path.iterdir()) == []


def test_stopping_a_builder():
    stop = Stop()
    builder = TableBuilder(columns(NUMBER), stop=stop)
    builder.append([[1]])
    stop.set()
    with pytest.raises(Interrupted):
        builder.append([[n] for n in range(20_000)])
    builder.abandon()
