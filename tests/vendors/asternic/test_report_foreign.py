"""Rows of another report than asked for, and what unknown columns become."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from console.domain.errors import ProtocolError
from console.domain.messages import english
from console.reports.columns import ColumnKind
from console.vendors.asternic.reports import definitions
from console.vendors.asternic.reports.foreign import foreign_columns, foreign_events
from tests.vendors.asternic.report_support import ReportServer, detail, found, frame, rows_of, run, sheet
from tests.vendors.asternic.support import serving

HOURS = [{"Hour": "09", "Received": "3", "Answered": "2"}]
DAY = frame("2026-08-01")


@pytest.mark.parametrize(
    ("name", "row", "is_foreign"),
    [
        ("answered_calls_detail", HOURS[0], True),
        ("answered_calls_detail", {"Fila": "1"}, True),  # its keys are on the vendor's page
        ("answered_calls_detail", {"clid": "1", "more": "2"}, False),
        ("unanswered_calls_detail", {"Fila": "1"}, False),  # its keys are on no page
        ("unanswered_calls_detail", HOURS[0], True),
        ("agents_sessions_detail", HOURS[0], True),
        ("agents_sessions_detail", {"agent": "Anna", "start": "x"}, False),
        ("answered_calls_by_queue", HOURS[0], True),
        ("answered_calls_by_queue", {"Queue": "100", "Received": "3", "% Calls": "100"}, False),
        ("answered_calls_by_queue", {"Cola": "100", "Recibidas": "3"}, False),  # titles may be in any language
        ("answered_calls_by_queue", detail("01-08-2026 10:00:00"), True),
        ("answered_calls_by_holdtime", {"Hold Time": "0 - 15"}, False),
        ("answered_calls_by_agent", {"Queue": "100", "Agent": "Anna"}, False),
        ("distribution_by_day", {"Date": "2026-08-01", "Received": "3"}, False),
        ("distribution_by_day", HOURS[0], True),
        ("distribution_by_mood", HOURS[0], False),
        ("agents_sessions", HOURS[0], False),
        ("search", HOURS[0], True),
        ("search", found("2026-08-01 10:00:00"), False),
        ("queues", {"queue_id": "1"}, False),
        ("agents", HOURS[0], True),
    ],
)
def test_only_what_cannot_be_otherwise_is_another_reports(name: str, row: dict[str, Any], is_foreign: bool) -> None:
    known = {of.id: of for of in definitions.static()}
    assert bool(foreign_columns(known.get(name) or definitions.report(name), [row])) == is_foreign


def test_rows_that_name_nothing_are_no_proof() -> None:
    of = definitions.report("answered_calls_detail")
    for rows in ([], [[1, 2]], [None, {}], [{"0": "x", "1": "y"}], [{"id": "1", "cell": ["a", "b"]}]):
        assert foreign_columns(of, rows) == ""
        assert foreign_events(rows) == ""
    assert foreign_columns(of, [{"id": "1", "cell": HOURS[0]}]) == "Hour, Received, Answered"
    assert foreign_events(HOURS) == "Hour, Received, Answered"
    assert foreign_events([*HOURS, {"event": "CONNECT"}]) == ""


async def test_a_day_of_another_report_is_missing_and_its_file_is_gone(tmp_path: Path) -> None:
    def answer(query: dict[str, str]) -> Any:
        return sheet(HOURS if query["start"].endswith("02") else [detail(f"{query['start'][8:]}-08-2026 10:00:00")])

    server = ReportServer(answers={"reports/answered_calls_detail": answer})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01", "2026-08-03"), tmp_path)
    assert len(rows_of(result)) == 2
    assert result.missing == ("2026-08-02",)
    assert "another report (its columns: Hour, Received, Answered)" in english(result.notes[-1])
    assert {file for file in os.listdir(tmp_path) if file.startswith("answer")} == {f.path.name for f in result.files}
    result.close()


async def test_a_single_answer_of_another_report_is_an_error(tmp_path: Path) -> None:
    server = ReportServer(answers={"reports/answered_calls_by_queue": lambda query: sheet(HOURS)})
    async with serving(server) as backend:
        with pytest.raises(ProtocolError) as caught:
            await run(backend.reports(), "answered_calls_by_queue", DAY, tmp_path)
    assert caught.value.message.code == "run.other_report"
    assert caught.value.exchange_id


async def test_unknown_columns_are_what_their_texts_say_and_no_more(tmp_path: Path) -> None:
    """A clock is a duration; seconds of a column with "time" in its title may be anything and stay numbers."""
    rows = [
        {"Queue": "Sales", "Avg Call Time": "65", "Longest": "1:01:05", "Logged": "00:00:09", "Pause": "5:30"},
        {"Queue": "Night", "Avg Call Time": "0", "Longest": "0:00:00", "Logged": "", "Pause": "12"},
    ]
    server = ReportServer(answers={"reports/answered_calls_by_queue": lambda query: sheet(rows)})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_by_queue", DAY, tmp_path)
    assert result.table is not None
    kinds = {column.title: column.kind for column in result.table.columns}
    assert kinds == {
        "Queue": ColumnKind.TEXT,
        "Avg Call Time": ColumnKind.NUMBER,
        "Longest": ColumnKind.DURATION,
        "Logged": ColumnKind.DURATION,
        "Pause": ColumnKind.TEXT,
    }
    first, second = result.table.view().page(0, 2)
    assert first[1:4] == ((65, None), (3_665_000, "1:01:05"), (9_000, "00:00:09"))
    assert second[2:4] == ((0, "0:00:00"), (None, None))
    result.close()
