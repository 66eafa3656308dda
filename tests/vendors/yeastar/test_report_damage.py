"""Answers that are damaged or odd: each is read as far as it goes or refused with a sentence, never a crash."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from console.domain.errors import ProtocolError
from console.net.decode import parse_json
from console.vendors.yeastar.dates import DateFormat
from console.vendors.yeastar.reports.answers import read_answer
from console.vendors.yeastar.reports.cells import span_ms, to_cell
from tests.vendors.yeastar.report_pbx import DEFINITIONS

DATES = DateFormat("YMD", "/", is_12_hour=False)
AGENTS = {
    "errcode": 0,
    "errmsg": "SUCCESS",
    "total_number": 1,
    "is_12hour": 0,
    "queue_agent_performance_list": [
        {
            "queue": "Sales",
            "queue_num": "6400",
            "total_calls": 3,
            "detail": [{"agent_name": "Ada", "agent_number": "0101", "total_calls": "4", "max_waiting_time": 9}],
        }
    ],
}
GROUPS = {
    "errcode": 0,
    "ring_group_statistics_list": [
        {"group_name": "Porters", "group_num": "6300", "member_list": [{"ext_name": "Ada", "total_calls": 2}]}
    ],
}
IVRS = {"errcode": 0, "ivr_list": [{"ivr_name": "Welcome", "ivr_num": "6200", "press_count": {"press_1": 2}}]}
SAMPLES = {"queueagentperformance": AGENTS, "ringgroupstatistics": GROUPS, "ivr": IVRS}
STRANGE: list[Any] = [None, True, -1, 1e300, "", " ", "x" * 9000, "\ud800", [], [1], [[]], {}, {"a": {"b": []}}, [{}]]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container and key below a value."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


@pytest.mark.parametrize("report", SAMPLES)
def test_any_value_in_any_place_is_read_or_refused(report: str, tmp_path: Path) -> None:
    read = refused = 0
    for number in range(len(list(places(SAMPLES[report])))):
        for strange in STRANGE:
            body = copy.deepcopy(SAMPLES[report])
            holder, key = list(places(body))[number]
            holder[key] = strange
            try:
                read_answer(DEFINITIONS[report], body, "pbx", DATES, tmp_path).close()
                read += 1
            except ProtocolError:
                refused += 1
    assert read > 50
    assert refused > 3


@pytest.mark.parametrize("report", SAMPLES)
def test_an_answer_cut_off_anywhere_is_refused(report: str) -> None:
    data = json.dumps(SAMPLES[report]).encode()
    for end in range(len(data)):
        with pytest.raises(ProtocolError):
            parse_json(data[:end], {})


def test_several_strange_lists_are_not_guessed_at(tmp_path: Path) -> None:
    with pytest.raises(ProtocolError):
        read_answer(DEFINITIONS["queuesatisfaction"], {"a": [{}], "b": [{}]}, "pbx", None, tmp_path)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("0:00:05", 5000), ("100:00:00", 360_000_000), ("17", 17_000), (17.94, 17_940), ("-1", None), ("0:61:00", None)],
)
def test_durations_are_seconds_or_a_clock(raw: object, expected: int | None) -> None:
    assert span_ms(raw) == expected


def test_what_is_no_value_of_its_kind_keeps_its_text() -> None:
    kinds = {column.id: column.kind for column in DEFINITIONS["queueperformance"].columns}
    assert to_cell(kinds["sla"], "n/a", None) == (None, "n/a")
    assert to_cell(kinds["sla"], None, None) == (None, None)
    assert to_cell(kinds["total_calls"], 0, None) == (0, None)
    assert to_cell(kinds["queue_num"], 6400, None) == ("6400", None)
