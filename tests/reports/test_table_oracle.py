"""Order and filter of small tables against plain Python, on whatever cells come."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from console.reports.table import Filter, Match, Predicate, SortKey
from tests.reports.tables import NUMBER, TEXT, column, columns, made

# letters whose lower case is one and the same for Python and the engine
WORDS = st.text(alphabet="aAbBzZäÄ 0129%_\\\"';\0\n🙂", max_size=6)
NUMBERS = st.one_of(st.integers(-5, 5), st.floats(-1e6, 1e6, allow_nan=False))
ROWS = st.lists(st.tuples(st.none() | WORDS, st.none() | NUMBERS), max_size=25)


def natural(text: str) -> list[Any]:
    """Letters by letters, numbers by numbers."""
    return [int(part or 0) if place % 2 else part for place, part in enumerate(re.split("([0-9]+)", text.lower()))]


def ordered(rows: list[int], keys: dict[int, Any], descending: bool) -> list[int]:
    """Stable, what has no key at the end."""
    there = sorted((row for row in rows if keys[row] is not None), key=lambda row: keys[row], reverse=descending)
    return there + [row for row in rows if keys[row] is None]


@settings(max_examples=25, deadline=None)
@given(rows=ROWS, descending=st.booleans(), second=st.booleans(), least=st.integers(-3, 3), part=WORDS)
def test_sort_and_filter(rows: list[Any], descending: bool, second: bool, least: int, part: str):
    numbers = range(len(rows))
    words = {n: None if rows[n][0] is None else natural(rows[n][0]) for n in numbers}
    counts = {n: rows[n][1] for n in numbers}
    with made(columns(TEXT, NUMBER, NUMBER), [[*row, n] for n, row in enumerate(rows)]) as table:
        assert [row[:2] for row in zip(column(table, 0), column(table, 1), strict=True)] == rows
        keys = [SortKey("a", descending), SortKey("b", second)]
        expected = ordered(ordered(list(numbers), counts, second), words, descending)
        assert column(table.view(keys), 2) == expected
        assert column(table.view(keys[1:]), 2) == ordered(list(numbers), counts, second)
        found = table.view(keys, Filter(text=part, text_columns=("a",)))
        if part:
            expected = [n for n in expected if rows[n][0] is not None and part.lower() in rows[n][0].lower()]
        assert column(found, 2) == expected
        found = table.view(where=Filter(columns={"b": Predicate(Match.AT_LEAST, least)}))
        expected = [n for n in numbers if counts[n] is not None and counts[n] >= least]
        assert column(found, 2) == expected
        assert found.totals()["b"].count == len(expected)
        assert found.row_count == len(expected)
