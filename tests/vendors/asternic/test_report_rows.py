"""Rows to columns: other names, unknown keys, dates in two orders, nobody's numbers, what is derived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.values import Origin
from console.reports.columns import ColumnKind
from console.vendors.asternic.lenient import Repeated
from console.vendors.asternic.reports import known
from console.vendors.asternic.reports.cells import MAKERS, date_time, text_cell
from console.vendors.asternic.reports.shape import MOST_COLUMNS, Shaper, call_id
from console.vendors.asternic.reports.spool import envelope
from tests.vendors.asternic.report_support import detail, found


def shaped(*rows: Any, is_detail: bool = True, stem: str = "") -> tuple[list[dict[str, str] | None], dict[str, Any]]:
    """Records, and columns by id."""
    shaper = Shaper((), is_detail=is_detail, stem=stem)
    records = [shaper.record(row) for row in rows]
    return records, {column.id: column for column in shaper.columns()}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("01-08-2016 10:31:21", (2016, 8, 1, 10, 31, 21)),
        ("2016-08-01 10:31:21", (2016, 8, 1, 10, 31, 21)),
        ("2016-08-01T10:31", (2016, 8, 1, 10, 31, 0)),
        ("13/02/2016", (2016, 2, 13, 0, 0, 0)),
    ],
)
def test_trap_5_two_date_orders(text: str, parts: tuple[int, ...]) -> None:
    assert date_time(text) == datetime(*parts)  # noqa: DTZ001 - the server names no zone


@pytest.mark.parametrize("text", ["0000-00-00 00:00:00", "31-02-2016 00:00:00", "", "yesterday", "2016-08-01 25:00:00"])
def test_trap_5_zero_and_impossible_dates_have_no_value_and_keep_their_text(text: str) -> None:
    assert MAKERS[ColumnKind.DATETIME](text) == (None, text or None)


def test_trap_8_names_vary_with_the_version() -> None:
    (first, second), columns = shaped(
        {"callerid": "+1", "queue": "100", "queue_name": "Sales"},
        {"clid": "+2", "queuereal": "200", "queuename": "Help", "recordingFilename": "x.wav"},
    )
    assert first == {"caller_id": "+1", "queue": "100", "queue_name": "Sales"}
    assert second == {"caller_id": "+2", "queue": "200", "queue_name": "Help", "recording": "x.wav"}
    assert columns["queue"].kind is ColumnKind.TEXT


def test_trap_8_two_names_in_one_row_are_one_column_while_they_agree() -> None:
    (first, second), columns = shaped(
        {"queuename": "Sales", "queue_name": "Sales"}, {"queuename": "Sales", "queue_name": "Old"}
    )
    assert first == {"queue_name": "Sales"}
    assert second == {"queue_name": "Sales", "queue_name_2": "Old"}
    assert columns["queue_name_2"].title == "queue_name"


def test_trap_8_unknown_keys_become_columns_of_the_kind_all_their_values_have() -> None:
    _, columns = shaped(
        {
            "Score": "5",
            "Avg Wait": "00:00:52",
            "Rate": "3.5 %",
            "Since": "01-08-2026 10:00:00",
            "Mixed": "1",
            "Ext": "301",
        },
        {
            "Score": "4.5",
            "Avg Wait": "",
            "Rate": "100%",
            "Since": "",
            "Mixed": "n/a",
            "Phone": "0049301234",
            "Fax": "007",
        },
    )
    assert {name: column.kind.value for name, column in columns.items()} == {
        "score": "number",
        "avg_wait": "duration",
        "rate": "percent",
        "since": "datetime",
        "mixed": "text",
        "phone": "text",
        "fax": "text",
        "ext": "text",
    }
    assert columns["avg_wait"].title == "Avg Wait"


def test_a_counted_thing_that_looks_like_a_number_stays_a_name() -> None:
    (record,), columns = shaped({"Queue": "2000", "Received": "165", "% Calls": "71.12"}, is_detail=False)
    assert record == {"queue": "2000", "received": "165", "percent_calls": "71.12"}
    assert [column.kind.value for column in columns.values()] == ["text", "number", "percent"]
    _, columns = shaped({"Hold time": "30", "Received": "2"}, is_detail=False)
    assert columns["hold_time"].kind is ColumnKind.TEXT


def test_trap_9_talk_is_derived_and_marked() -> None:
    records, columns = shaped(
        found("2026-08-01 10:00:00"),
        found("2026-08-01 10:00:00", talkTime="60"),
        found("2026-08-01 10:00:00", talkTime="0", waitTime="99"),
        found("2026-08-01 10:00:00", totalDuration=""),
    )
    assert [record and record[known.TALK_DERIVED] for record in records] == ["63", "60", "", ""]
    assert columns[known.TALK_DERIVED].origin is Origin.COMPUTED
    assert "derived" in columns[known.TALK_DERIVED].title
    assert "call flow" in known.column("ring_time").help


def test_trap_10_only_above_one_is_overflow() -> None:
    records, _ = shaped(*(found("2026-08-01 10:00:00", overflow=text) for text in ("0", "1", "2", "x")))
    assert [record and record[known.OVERFLOWED] for record in records] == ["false", "false", "true", ""]


@pytest.mark.parametrize("sent", ["asterisk", "Unknown", "anonymous", ""])
def test_trap_28_nobody_has_no_caller_id_but_what_was_sent_is_kept(sent: str) -> None:
    (record,), _ = shaped(detail("01-08-2026 10:00:00", callerid=sent))
    assert record is not None
    assert record["caller_id"] == known.NO_CALLER
    assert record.get(known.CALLER_SENT, "") == sent


def test_trap_11_pseudo_rows_are_labelled() -> None:
    records, _ = shaped(
        {"queue_id": "2", "queue": "100", "queue_name": "Sales"},
        {"queue_id": "-1", "queue": "TODAS", "queue_name": "Todas"},
        {"queue_id": "7", "queue": "NONE", "queue_name": "NONE"},
        is_detail=False,
        stem="queue",
    )
    assert [record and record[known.ROW_KIND] for record in records] == ["queue", "pseudo row", "pseudo row"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("/asternicjquery/rest/index.php?entity=call/1327498260.2637", "1327498260.2637"),
        ("https://evil.example/x?entity=call/pbx-1327498260.2637", "pbx-1327498260.2637"),
        ("/x?entity=call%2F13.2", ""),
        ("13.2", "13.2"),
        ("call/../../etc", ""),
        ("call/1.2?x=1", ""),
        ("", ""),
    ],
)
def test_trap_1_the_id_is_what_stands_behind_call(text: str, wanted: str) -> None:
    assert call_id(text) == wanted


def test_a_made_up_id_of_a_row_gives_way_to_the_one_in_its_link() -> None:
    (first, second), _ = shaped(
        detail("01-08-2026 10:00:00", uniqueid="1.1_2", callflow="/x?entity=call/1.1"),
        detail("01-08-2026 10:00:00", uniqueid="1.3", callflow=""),
    )
    assert first is not None
    assert second is not None
    assert (first["call_id"], second["call_id"]) == ("1.1", "1.3")


def test_entities_are_read_and_what_was_sent_stays_beside() -> None:
    assert text_cell("Ventas Espa&ntilde;a") == ("Ventas España", "Ventas Espa&ntilde;a")
    _, columns = shaped(detail("01-08-2026 10:00:00", agentName="Jos&eacute;"))
    assert columns["agent_name"].has_text
    assert not columns["agent"].has_text


def test_odd_rows() -> None:
    repeated = Repeated({"Queue": "1"})
    repeated.again = (("Queue", "2"),)
    records, _ = shaped({"id": "1", "cell": ["a", "b"]}, ["c"], 7, None, {}, repeated, {"x": {"y": [1]}})
    assert records == [
        {"column_1": "a", "column_2": "b"},
        {"column_1": "c"},
        None,
        None,
        None,
        {"queue": "1", "queue_again": "2"},
        {"x": '{"y": [1]}'},
    ]


def test_columns_without_end_are_gathered_in_one() -> None:
    shaper = Shaper((), is_detail=True)
    for number in range(MOST_COLUMNS + 50):
        shaper.record({f"key {number}": "1"})
    assert len(shaper.columns()) == MOST_COLUMNS + 1
    assert shaper.columns()[-1].title == "More fields"


@pytest.mark.parametrize("empty", [None, "", [], {}])
def test_trap_16_empty_is_spelled_in_many_ways(empty: Any) -> None:
    sheet = envelope({"page": "1", "total": "0", "records": "0", "rows": empty})
    assert sheet is not None
    assert (sheet.rows, sheet.records, sheet.pages) == ([], 0, 0)


def test_trap_3_all_envelopes_are_read() -> None:
    assert envelope({"totalpages": "1", "currpage": "1", "totalrecords": "3", "data": [1]}) is not None
    assert envelope({"data": {"0": {"a": 1}}}).rows == [{"a": 1}]  # type: ignore[union-attr]
    assert envelope({"rows": 7}) is None
    assert envelope([1]) is None
    assert envelope({}) is None


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=8,
)


@given(
    st.lists(st.dictionaries(st.one_of(st.text(max_size=6), st.sampled_from(sorted(detail("x")))), _JSON), max_size=6)
)
def test_any_rows_fit_the_columns_they_made(rows: list[dict[str, Any]]) -> None:
    shaper = Shaper((), is_detail=True)
    records = [record for row in rows if (record := shaper.record(row)) is not None]
    columns = {column.id: column for column in shaper.columns()}
    assert len(columns) == len(shaper.columns())
    for record in records:
        for name, text in record.items():
            MAKERS[columns[name].kind](text)
