"""Columns of formats that no page documents: what their own cells prove, and nothing beyond it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.errors import ProtocolError
from console.domain.messages import english
from console.reports.columns import ColumnKind
from console.reports.table import Table
from console.vendors.xima.reports.formats import carries, kind_of
from console.vendors.xima.reports.reply import read_reply
from tests.vendors.xima.report_support import answer, columns, desk, encoded, plan, row, talking

N, P, M, F, T = ColumnKind.NUMBER, ColumnKind.PERCENT, ColumnKind.MONEY, ColumnKind.FLAG, ColumnKind.TEXT


def cell(value: Any, *text: str) -> dict[str, Any]:
    return {"value": value} | ({"formattedValue": text[0]} if text else {})


@pytest.mark.parametrize(
    ("form", "cells", "expected"),
    [
        ("PERCENTAGE", [cell(12.5, "12.50%"), cell(0, "0.00%"), None], (P, "")),
        ("percent", [cell(1234.5, "1,234.5 %")], (P, "")),
        ("PERCENT", [cell(0.5, "50%")], (N, "")),  # a share of one is no percentage
        ("PERCENTAGE", [cell(12.5, "12.5%"), cell(13, "13")], (N, "")),
        ("PERCENTAGE", [cell(12.5)], (T, "")),
        ("MONEY", [cell(1234.5, "\u20ac1,234.50"), cell(0.25, "\u20ac0.25")], (M, "\u20ac")),
        ("CURRENCY", [cell(1234.5, "1.234,50 EUR"), cell(-3, "(3,00 EUR)")], (M, "EUR")),
        ("MONEY", [cell(1, "$1.00"), cell(1, "\u20ac1.00")], (N, "")),
        ("MONEY", [cell(125, "$1.25")], (N, "")),  # cents: the number is another one
        ("DATE_TIME", [cell(1_790_240_400_000, "9/23/2026 9:00:00 AM")], (N, "")),
        ("DATE_TIME", [cell("2026-09-23T09:00:00", "9/23/2026")], (T, "")),
        ("NEW", [cell(12.5, "12.5%")], (N, "")),  # a word nobody knows proves nothing
        ("BOOLEAN", [cell(True, "\u2713"), cell(False, "")], (F, "")),
        ("CHECK", [cell(False)], (F, "")),
        ("BOOLEAN", [cell(True), cell(1, "1")], (T, "")),
        ("BOOLEAN", [cell("yes", "yes")], (T, "")),
        ("MONEY", [None, {}, cell(None, ""), cell("", "")], (T, "")),
    ],
)
def test_a_kind_needs_all_cells_to_agree(form: str, cells: list[Any], expected: tuple[ColumnKind, str]) -> None:
    assert kind_of(form, cells) == expected


def test_marks_become_yes_and_no_and_words_stay(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        columns(("Is Answered", "BOOLEAN"), ("Held", "BOOLEAN")),
        [row((True, "\u2713"), (True, "Ja")), row((False, ""), (False, "Nein")), row((None, ""), "perhaps"), row()],
    )
    assert [column.kind for column in table.columns] == [F, T]
    assert [c[0] for c in table.view().page(0, 9)] == [(True, None), (False, None), (None, None), (None, None)]
    assert [c[1] for c in table.view().page(0, 9)][1:3] == [("false", "Nein"), ("perhaps", None)]
    table.close()


def test_a_cell_that_comes_late_and_is_something_else_is_kept_as_text(tmp_path: Path) -> None:
    many = [row((True, "Ja"), (5.0, "5%")) for _ in range(500)]
    last = row((3, "three"), ("n/a", ""))
    table = read(tmp_path, columns(("Held", "BOOLEAN"), ("Share", "PERCENT")), [*many, last])
    assert [(column.kind, column.vendor_format) for column in table.columns] == [(F, "BOOLEAN"), (P, "PERCENT")]
    assert table.view().page(0, 1)[0] == ((True, "Ja"), (5, "5%"))
    assert table.view().page(500, 1)[0] == ((None, "three"), (None, "n/a"))
    table.close()


def test_an_amount_has_its_unit(tmp_path: Path) -> None:
    table = read(tmp_path, columns(("Cost", "MONEY")), [row((3.5, "\u20ac3.50"))])
    assert (table.columns[0].kind, table.columns[0].unit) == (M, "\u20ac")
    table.close()


def read(folder: Path, heads: Any, rows: list[Any]) -> Table:
    path = folder / "answer"
    path.write_bytes(encoded(talking(columns=heads, rows=rows)))
    reading = read_reply(path, {}, plan(), (), folder, "server")
    assert reading.table is not None
    return reading.table


@given(st.text(alphabet="0123456789.,-+()'% \u20ac\u2212", max_size=80), st.floats(-1e9, 1e9))
def test_no_text_breaks_the_comparison(text: str, value: float) -> None:
    assert carries(value, text) in (True, False)


@given(st.integers(-(10**9), 10**9), st.integers(0, 3))
def test_a_number_is_found_in_its_own_text(number: int, decimals: int) -> None:
    value = number / 10**decimals
    shown = f"{value:,.{decimals}f}"
    assert carries(value, shown)
    assert carries(value, f"{shown.translate(str.maketrans(',.', '.,'))} \u20ac")
    assert not carries(value + 2, shown)


OTHER_TIME = {
    "type": "REPORT_TIMEFRAME",
    "start": "2026-03-01T00:00:00-07:00",
    "end": "2026-03-01T23:59:59-07:00",
}


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": columns(("Queue", "STRING"), ("Lost", "NUMBER")), "rows": [row("Sales", 1)]},
        {"timeframe": OTHER_TIME},
        {"columns": columns(("Hour", "STRING")), "rows": None, "subReports": [{"title": "A", "rows": [row("1")]}]},
    ],
)
async def test_what_is_certainly_another_report_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    async with desk(tmp_path, answer(talking(title="Call Details", **changes))) as at:
        with pytest.raises(ProtocolError) as caught:
            await at.run()
        assert caught.value.message.code == "historic.foreign"
        assert "Call Details" in english(caught.value.message)
        assert caught.value.exchange_id
        assert at.files == []


async def test_the_same_report_under_another_heading_is_only_noted(tmp_path: Path) -> None:
    unread = {"type": "REPORT_TIMEFRAME", "start": "yesterday", "end": "yesterday"}
    for changes, codes in (
        ({}, ["historic.other_report"]),
        ({"timeframe": unread}, ["historic.other_report", "historic.other_range"]),
        ({"columns": [], "rows": []}, ["historic.other_report", "run.empty"]),
    ):
        folder = tmp_path / str(len(codes) + len(changes))
        folder.mkdir()
        async with desk(folder, answer(talking(title="Morning shift", **changes))) as at:
            result = await at.run()
            assert [note.code for note in result.notes] == codes
            result.close()
