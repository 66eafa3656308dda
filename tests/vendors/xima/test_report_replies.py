"""JSON replies of reports at the mapping seam: sub-reports, odd cells, damage at every byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.domain.errors import ConsoleError, ProtocolError
from console.reports.columns import ColumnKind
from console.reports.table import Interrupted, Stop
from console.vendors.xima.reports.reply import Reading, read_reply
from tests.vendors.xima.report_support import columns, definition, encoded, plan, row, talking


def read(folder: Path, body: Any, headers: dict[str, str] | None = None, stop: Stop | None = None) -> Reading:
    """Read a body given as bytes or as a value."""
    path = folder / "answer"
    path.write_bytes(body if isinstance(body, bytes) else encoded(body))
    return read_reply(path, headers or {}, plan(), definition().columns, folder, "server", stop)


def rows(reading: Reading) -> list[tuple[Any, ...]]:
    """The main table's rows."""
    assert reading.table is not None
    return [tuple(cells) for cells in reading.table.view().page(0, 1000)]


def sub_rows(reading: Reading) -> list[list[Any]]:
    """Values of the flattened table."""
    assert reading.sub_table is not None
    return [[value for value, _ in cells] for cells in reading.sub_table.view().page(0, 1000)]


def refused(folder: Path, body: Any) -> ProtocolError:
    """The error a body ends in."""
    with pytest.raises(ProtocolError) as caught:
        read(folder, body)
    return caught.value


CALLS = columns(("Day", "STRING"), ("Total Calls", "NUMBER"))


class TestCells:
    """What a cell may hold."""

    @pytest.mark.parametrize(
        ("form", "cell", "expected"),
        [
            ("STRING", {"value": "Ann(1)"}, ("Ann(1)", None)),
            ("STRING", {"value": 12}, ("12", None)),
            ("STRING", {"value": True}, ("true", None)),
            ("STRING", {"value": {"a": [1]}}, ('{"a": [1]}', None)),
            ("STRING", {"value": ""}, (None, None)),
            ("STRING", {"value": None}, (None, None)),
            ("STRING", {}, (None, None)),
            ("STRING", ..., (None, None)),
            ("STRING", "bare", ("bare", None)),
            ("NUMBER", {"value": 14.0, "formattedValue": "14.0"}, (14, "14.0")),
            ("NUMBER", {"value": 4}, (4, None)),
            ("NUMBER", {"value": 0, "formattedValue": "0"}, (0, "0")),
            ("NUMBER", {"value": None, "formattedValue": ""}, (None, None)),
            ("NUMBER", {"value": "", "formattedValue": ""}, (None, None)),
            ("NUMBER", {"value": "n/a"}, (None, "n/a")),
            ("NUMBER", {"value": False}, (None, "false")),
            ("NUMBER", {"formattedValue": "-"}, (None, "-")),
            ("NUMBER", {"other": 1}, (None, '{"other": 1}')),
            ("DURATION", {"value": 90_000_000, "formattedValue": "25:00:00"}, (90_000_000, "25:00:00")),
            ("DURATION", {"value": 0}, (0, None)),
            ("DURATION", {"value": "1:00"}, (None, "1:00")),
        ],
    )
    def test_each_is_kept(self, tmp_path: Path, form: str, cell: Any, expected: tuple[Any, Any]) -> None:
        line = row("x", ...) if cell is ... else {"values": {"0": {"value": "x"}, "1": cell}}
        body = talking(columns=columns(("Name", "STRING"), ("It", form)), rows=[line, row("y", ...)])
        reading = read(tmp_path, body)
        assert rows(reading)[0][1] == expected

    def test_an_unknown_format_of_numbers_sorts_as_numbers_and_shows_the_text(self, tmp_path: Path) -> None:
        lines = [row((0.5, "50%")), row((0.09, "9%")), row(...)]
        reading = read(tmp_path, talking(columns=columns(("Share", "PERCENT")), rows=lines))
        assert reading.table is not None
        assert reading.table.columns[0].kind is ColumnKind.NUMBER
        assert reading.table.columns[0].vendor_format == "PERCENT"
        assert rows(reading) == [((0.5, "50%"),), ((0.09, "9%"),), ((None, None),)]

    def test_an_unknown_format_of_words_is_shown_as_sent(self, tmp_path: Path) -> None:
        lines = [row(("2026-03-01T08:00:00", "3/1/2026 8:00 AM")), row({"value": 5}), row({"formattedValue": "yes"})]
        reading = read(tmp_path, talking(columns=columns(("When", "DATE_TIME")), rows=lines))
        assert rows(reading) == [(("2026-03-01T08:00:00", "3/1/2026 8:00 AM"),), (("5", None),), (("yes", None),)]

    def test_more_digits_than_a_number_has_stay_as_text(self, tmp_path: Path) -> None:
        line = row({"value": 12345678901234567890})
        reading = read(tmp_path, talking(columns=columns(("Id", "NUMBER")), rows=[line]))
        assert rows(reading)[0][0][1] == "12345678901234567890"

    def test_ten_columns_stand_in_their_order(self, tmp_path: Path) -> None:
        heads = columns(*((f"C{n}", "NUMBER") for n in range(12)))
        line = {"values": {str(n): {"value": n} for n in reversed(range(12))}}
        reading = read(tmp_path, talking(columns=heads, rows=[line]))
        assert [value for value, _ in rows(reading)[0]] == list(range(12))

    def test_titles_may_repeat(self, tmp_path: Path) -> None:
        heads = columns(("Calls", "NUMBER"), ("Calls", "NUMBER"), ("Sub Report", "STRING"), ("日本", "STRING"))
        reading = read(tmp_path, talking(columns=heads, rows=[row(1, 2, "s", "j")]))
        assert reading.table is not None
        ids = [column.id for column in reading.table.columns]
        assert len(set(ids)) == 4
        assert ids[:2] == ["calls", "calls_2"]
        assert "sub_report" not in ids

    def test_cells_without_a_column_are_told(self, tmp_path: Path) -> None:
        reading = read(tmp_path, talking(columns=CALLS, rows=[row("a", 1, 2, 3)]))
        note = reading.notes[0]
        assert note.code == "historic.extra_cells"
        assert note.args["count"] == 2

    def test_odd_summaries_are_told(self, tmp_path: Path) -> None:
        items = [7, {"title": "A", "value": "many", "format": "NUMBER"}, {"value": None}]
        reading = read(tmp_path, talking(summaryItems=items))
        assert [note.code for note in reading.notes] == ["historic.odd_summary"]
        assert [(s.title, s.value, s.text) for s in reading.summary] == [("A", None, "many"), ("", None, "")]

    def test_a_clock_that_is_not_the_value_is_no_duration(self, tmp_path: Path) -> None:
        items = [{"title": "Most at", "value": 14, "formattedValue": "14:00:00", "format": "NUMBER"}]
        assert read(tmp_path, talking(summaryItems=items)).summary[0].kind is ColumnKind.NUMBER

    def test_unknown_fields_are_metadata(self, tmp_path: Path) -> None:
        reading = read(tmp_path, talking(dataFlag="PARTIAL", more={"a": 1}))
        assert ("Data flag", "PARTIAL") in reading.metadata
        assert ("more", '{"a": 1}') in reading.metadata

    def test_charts_are_kept_as_sent(self, tmp_path: Path) -> None:
        charts = {"type": "CHARTS", "rows": [{"who": ["knows"]}]}
        assert read(tmp_path, talking(charts=charts)).charts == charts


class TestSubReports:
    """Rows that come in parts."""

    def test_they_inherit_columns_and_become_one_table(self, tmp_path: Path) -> None:
        subs = [
            {
                "title": "Ann(1)",
                "rows": [row("Mon", 1), row("Tue", 2)],
                "summaryItems": [{"title": "Total", "value": 3}],
            },
            {"title": "Bo(2)", "rows": []},
            {"title": "Ann(1)", "rows": [row("Mon", 9)]},
        ]
        body = talking(columns=CALLS, subReports=subs)
        del body["rows"]
        reading = read(tmp_path, body)
        assert reading.table is None
        assert [(s.key, s.row_count) for s in reading.sub_reports] == [("Ann(1)", 2), ("Bo(2)", 0), ("Ann(1) (2)", 1)]
        assert reading.sub_reports[0].summary[0].value == 3
        assert sub_rows(reading) == [["Ann(1)", "Mon", 1], ["Ann(1)", "Tue", 2], ["Ann(1) (2)", "Mon", 9]]
        assert reading.sub_table is not None
        assert reading.sub_table.columns[0].id == "sub_report"

    def test_columns_of_their_own_are_united_by_title(self, tmp_path: Path) -> None:
        subs = [
            {"title": "A", "columns": columns(("Day", "STRING"), ("Calls", "NUMBER")), "rows": [row("Mon", 1)]},
            {"title": "B", "columns": columns(("Calls", "NUMBER"), ("Talk", "DURATION")), "rows": [row(2, 3000)]},
        ]
        reading = read(tmp_path, {"title": "T", "subReports": subs})
        assert sub_rows(reading) == [["A", "Mon", 1, None], ["B", None, 2, 3000]]

    def test_one_title_of_two_formats_is_text(self, tmp_path: Path) -> None:
        subs = [
            {"title": "A", "columns": columns(("It", "NUMBER")), "rows": [row((1, "1"))]},
            {"title": "B", "columns": columns(("It", "DURATION")), "rows": [row((3000, "0:00:03"))]},
        ]
        reading = read(tmp_path, {"title": "T", "subReports": subs})
        assert reading.sub_table is not None
        assert reading.sub_table.columns[1].kind is ColumnKind.TEXT
        assert reading.sub_table.view().page(1, 1)[0][1] == ("3000", "0:00:03")

    def test_they_nest(self, tmp_path: Path) -> None:
        inner = {"title": "Ann(1)", "rows": [row("Mon", 1)]}
        body = {"title": "T", "columns": CALLS, "subReports": [{"title": "Sales", "subReports": [inner]}]}
        reading = read(tmp_path, body)
        assert reading.sub_reports[0].children[0].key == "Sales / Ann(1)"
        assert sub_rows(reading) == [["Sales / Ann(1)", "Mon", 1]]

    def test_rows_and_sub_reports_may_stand_side_by_side(self, tmp_path: Path) -> None:
        body = talking(columns=CALLS, rows=[row("All", 3)], subReports=[{"title": "A", "rows": [row("Mon", 3)]}])
        reading = read(tmp_path, body)
        assert rows(reading) == [(("All", None), (3, None))]
        assert sub_rows(reading) == [["A", "Mon", 3]]

    def test_endless_nesting_is_refused(self, tmp_path: Path) -> None:
        body: dict[str, Any] = {"title": "x", "columns": CALLS, "rows": [row("a", 1)]}
        for _ in range(40):
            body = {"title": "x", "columns": CALLS, "subReports": [body]}
        assert refused(tmp_path, body).message.code == "reply.limits"


class TestShapes:
    """What is no report."""

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ([], ""),
            ("text", ""),
            ({"title": "nothing"}, ""),
            ({"columns": {}, "rows": []}, "/columns"),
            ({"columns": [7], "rows": []}, "/columns/0"),
            ({"columns": [{"title": "no key"}], "rows": []}, "/columns/0"),
            ({"columns": CALLS, "rows": {}}, "/rows"),
            ({"columns": CALLS, "rows": [row("a", 1), 7]}, "/rows/1"),
            ({"columns": CALLS, "rows": [{"values": [1]}]}, "/rows/0"),
            ({"rows": [row("a")]}, "/columns"),
            ({"columns": CALLS, "subReports": [7]}, "/subReports/0"),
            ({"columns": CALLS, "subReports": [{"rows": [3]}]}, "/subReports/0/rows/0"),
        ],
    )
    def test_the_error_points_to_the_place(self, tmp_path: Path, body: Any, pointer: str) -> None:
        error = refused(tmp_path, body)
        assert error.message.code == "reply.shape"
        assert error.pointer == pointer

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b"", "reply.empty"),
            (b" \r\n\t", "reply.empty"),
            (b"<html>", "reply.html"),
            (b"{" * 100_000, "reply.limits"),
            (b'{"rows":' + b"[" * 100_000, "reply.limits"),
            (b"\xff\xfe\x00", "reply.json"),
            (b'{"rows":[]} and more', "reply.json"),
        ],
    )
    def test_other_bodies_get_their_sentence(self, tmp_path: Path, body: bytes, code: str) -> None:
        error = refused(tmp_path, body)
        assert error.message.code in {code, "reply.json"}

    def test_null_parts_are_empty(self, tmp_path: Path) -> None:
        reading = read(tmp_path, talking(rows=None, subReports=None, summaryItems=None, charts=None))
        assert rows(reading) == []

    def test_a_cut_reply_never_becomes_a_table(self, tmp_path: Path) -> None:
        whole = encoded(talking(subReports=[{"title": "A", "rows": [row("Öz(1)", (1, "1"))]}]))
        for size in range(len(whole)):
            with pytest.raises(ProtocolError):
                read(tmp_path, whole[:size])

    def test_a_mark_other_character_sets_and_half_characters_are_read(self, tmp_path: Path) -> None:
        body = talking()
        text = json.dumps(body, ensure_ascii=False)
        for data in (b"\xef\xbb\xbf" + text.encode(), text.encode("utf-16")):
            assert rows(read(tmp_path, data))[0][0] == ("Ann Öz(201)", None)
        reading = read(tmp_path, text.encode("cp1252"))
        assert rows(reading)[0][0] == ("Ann Öz(201)", None)
        assert [note.code for note in reading.notes] == ["reply.charset"]
        reading = read(tmp_path, text.replace("Öz", "\\ud83d").encode())
        assert rows(reading)[0][0] == ("Ann \ufffd(201)", None)

    def test_reading_can_be_stopped(self, tmp_path: Path) -> None:
        stop = Stop()
        stop.set()
        with pytest.raises(Interrupted):
            read(tmp_path, talking(), stop=stop)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "formattedValue", "key", "title", "rows", "values", "0"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.sampled_from(["columns", "rows", "summaryItems", "subReports", "timeframe", "title"]), value=JSON_VALUES
)
def test_hostile_parts_end_in_a_reading_or_a_sentence(tmp_path: Path, place: str, value: Any) -> None:
    try:
        reading = read(tmp_path, json.dumps(talking(**{place: value})).encode())
    except ConsoleError:
        return
    for table in (reading.table, reading.sub_table):
        if table is not None:
            table.close()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cell=JSON_VALUES, form=st.sampled_from(["STRING", "NUMBER", "DURATION", "MONEY", ""]))
def test_hostile_cells_are_never_lost_silently(tmp_path: Path, cell: Any, form: str) -> None:
    body = talking(columns=columns(("It", form)), rows=[{"values": {"0": cell}}])
    reading = read(tmp_path, json.dumps(body).encode())
    assert reading.table is not None
    [[(value, text)]] = reading.table.view().page(0, 1)
    said = cell.get("value", cell.get("formattedValue")) if isinstance(cell, dict) else cell
    if said not in (None, "", {}):
        assert value is not None or text
    reading.table.close()
