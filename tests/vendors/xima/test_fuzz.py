"""Mutated replies: a value that was in the input, no value, or a typed error; never anything else."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.errors import ProtocolError
from console.domain.values import Reading, Status, Unit
from console.net.decode import parse_json
from console.vendors.xima.board import Batch, Board, polled, pushed
from console.vendors.xima.mapping import make_plan
from console.vendors.xima.states import agent_state
from console.vendors.xima.values import FORMULA_AVERAGE, FORMULA_PERCENT, FORMULA_STATE, Origins, clean
from console.vendors.xima.wire import parse_metrics, parse_push, parse_values
from tests.vendors.xima.support import metric

LIST = [
    metric("K13CJXHV", "Logged In", "AGENT", "Jürgen Groß(481)", "Ann, the 'Ace' (B)(482)"),
    metric("K0FLAEB6", "Calls in Queue", "NONE"),
    metric("101", "Calls in Queue", "GROUP", "Sales(70)", "Support(71)"),
    metric("102", "Max Queue Duration", "GROUP", "Sales(70)"),
    metric("103", "Avg Speed of Answer", "GROUP", "Sales(70)"),
    metric("104", "Agent State", "AGENT", "Jürgen Groß(481)"),
    metric("105", "Service Level", "GROUP", "Sales(70)"),
    metric("106", "Account Codes", "ACCOUNT_CODE", "77"),
]
STAMP = "2024-02-26T10:13:12.244-06:00"
REPLY = {
    "results": [
        {
            "key": {"metricId": "K13CJXHV", "categoryValue": "Jürgen Groß(481)"},
            "value": {"lastUpdateTime": STAMP, "value": False, "type": "BOOLEAN"},
        },
        {"key": {"metricId": "K0FLAEB6"}, "value": {"lastUpdateTime": STAMP, "count": 211, "type": "COUNT"}},
        {
            "key": {"metricId": "101", "categoryValue": "Sales(70)"},
            "value": {"type": "COUNT", "lastUpdateTime": STAMP, "count": 17},
        },
        {
            "key": {"metricId": "102", "categoryValue": "Sales(70)"},
            "value": {
                "type": "DURATION",
                "lastUpdateTime": STAMP,
                "finishedDuration": 23_451,
                "numCountingUp": 2,
                "numCountingDown": 1,
            },
        },
        {
            "key": {"metricId": "103", "categoryValue": "Sales(70)"},
            "value": {
                "type": "AVERAGE_DURATION",
                "lastUpdateTime": STAMP,
                "durationSum": 98_765,
                "count": 7,
                "numCountingUp": 0,
                "numCountingDown": 0,
            },
        },
        {
            "key": {"metricId": "104", "categoryValue": "Jürgen Groß(481)"},
            "value": {"type": "STRING", "lastUpdateTime": STAMP, "value": "DND: Restroom"},
        },
        {
            "key": {"metricId": "105", "categoryValue": "Sales(70)"},
            "value": {"type": "PERCENT", "lastUpdateTime": STAMP, "value": 83.3},
        },
        {"key": {"metricId": "106", "categoryValue": "77"}, "value": {"lastUpdateTime": STAMP}},
    ],
    "initializing": [{"metricId": "101", "categoryValue": "Support(71)"}, {"metricId": "106", "categoryValue": "78"}],
}
PLAN = make_plan(parse_metrics(LIST, "h"), {"agents.pause_reason": ""})
PLAN_REASON = make_plan(parse_metrics(LIST, "h"))

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**60), 2**60),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["COUNT", "DURATION", "AVERAGE_DURATION", "STRING", "BOOLEAN", "101", "Sales(70)", "0", "1e999"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(
        st.sampled_from(["metricId", "type", "value", "count"]), st.integers() | st.text(max_size=4), max_size=2
    ),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a JSON value."""
    if path:
        yield path
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from places(inner, (*path, step))


PLACES = list(places(REPLY))


def leaves(value: Any) -> Iterator[Any]:
    """All plain values in a JSON value."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """The reply with one to four places dropped, replaced or doubled."""
    body = copy.deepcopy(REPLY)
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(PLACES))
        holder: Any = body
        try:
            for step in path[:-1]:
                holder = holder[step]
            match draw(st.sampled_from(["drop", "replace", "double"])):
                case "drop":
                    del holder[path[-1]]
                case "replace":
                    holder[path[-1]] = draw(JUNK)
                case "double":
                    holder.insert(path[-1], copy.deepcopy(holder[path[-1]]))
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
    return body


def readings(board: Board) -> Iterator[Reading]:
    """Every reading of a board."""
    for rows in board.rows.values():
        for row in rows.values():
            yield from row.readings.values()
    for line in board.metrics:
        yield line.reading


def check(reading: Reading, body: Any) -> None:
    """A reading without a value has a reason; one with a value has it from the input, by a named formula at most."""
    assert isinstance(reading.status, Status)
    assert isinstance(reading.unit, Unit)
    if reading.status is not Status.OK:
        assert reading.value is None
        assert reading.text or reading.status is not Status.ERROR
        return
    assert reading.source is not None
    sent = list(leaves(body))
    formula = reading.source.formula
    if formula == FORMULA_AVERAGE:
        numbers = [item for item in sent if type(item) in (int, float)]
        assert any(b and a / b == reading.value for a in numbers for b in numbers)
    elif formula == FORMULA_STATE:
        assert any(isinstance(item, str) and agent_state(item)[0] == reading.value for item in sent)
    elif isinstance(reading.value, str):
        assert any(
            isinstance(item, str) and reading.value in (item, clean(item), agent_state(item)[1]) for item in sent
        )
    elif formula == FORMULA_PERCENT:
        assert any(isinstance(item, str) and str(reading.value).removesuffix(".0") in item for item in sent)
    else:
        assert any(type(item) is type(reading.value) and item == reading.value for item in sent)
    moved = reading.value_at(1_708_964_000_000.0)
    assert isinstance(moved, (str, bool)) or moved is None or moved == moved
    if reading.unit is Unit.MS and not isinstance(moved, str):
        assert moved is not None
        assert moved >= 0


def absorb(body: Any) -> Board:
    """The board of a reply, through the door a reply takes."""
    reply = parse_values(body, "h")
    batch = Batch(reply.items, Origins("x1", "/results", 1_708_963_992_300.0, 0.0), frozenset(PLAN.metrics))
    return polled(Board(), PLAN_REASON, [batch], [key for key in reply.initializing if key[0] in PLAN.metrics])


@settings(max_examples=600)
@given(mutated())
def test_a_mutated_reply_never_invents(body: Any) -> None:
    try:
        board = absorb(body)
    except ProtocolError:
        return
    for reading in readings(board):
        check(reading, body)


@settings(max_examples=200)
@given(JUNK)
def test_junk_in_place_of_a_reply_is_a_protocol_error(body: Any) -> None:
    for take in (lambda: absorb(body), lambda: parse_push(body, "h"), lambda: parse_metrics(body, "h")):
        try:
            take()
        except ProtocolError:
            continue


@settings(max_examples=200)
@given(st.sampled_from(PLACES), JUNK)
def test_a_mutated_push_never_invents(path: tuple[Any, ...], junk: Any) -> None:
    board = absorb(REPLY)
    for item in REPLY["results"]:
        message: Any = copy.deepcopy(item)
        if path[0] == "results" and len(path) > 3 and path[2] in message and path[3] in message[path[2]]:
            message[path[2]][path[3]] = junk
        try:
            key, raw = parse_push(message, "h")
        except ProtocolError:
            continue
        after = pushed(board, {key: (raw, Origins("x2", "/value", None, 1.0))})
        for reading in readings(after):
            check(reading, [REPLY, message])


def test_a_reply_cut_at_any_byte_is_refused_as_a_whole() -> None:
    data = json.dumps(REPLY, ensure_ascii=False).encode()
    for cut in range(len(data)):
        try:
            absorb(parse_json(data[:cut], {}, host="h").value)
        except ProtocolError:
            continue
        raise AssertionError(f"{cut} bytes were believed")
    assert len(list(readings(absorb(parse_json(data, {}, host="h").value)))) == 12


def test_a_list_cut_or_mutated_is_an_error_or_a_list() -> None:
    for path in places(LIST):
        for junk in (None, 5, "", [], {}, True, [None], "x" * 10_000):
            body = copy.deepcopy(LIST)
            holder: Any = body
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = junk
            try:
                make_plan(parse_metrics(body, "h"))
            except ProtocolError:
                continue
