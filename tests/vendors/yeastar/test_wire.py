"""Replies in all their shapes: traps 1, 20 to 27, and every reply cut at every byte."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.domain.errors import ProtocolError
from console.domain.values import Status
from console.net.decode import parse_json
from console.vendors.yeastar import fields
from console.vendors.yeastar.counters import figures
from console.vendors.yeastar.dates import read_clock
from console.vendors.yeastar.envelope import error_number
from console.vendors.yeastar.events import parse_event
from console.vendors.yeastar.wire import parse_agents, parse_calls, parse_extensions, parse_queues, promised
from tests.vendors.yeastar.support import INFO, agent, call, calls, performance, queue

HOST = "pbx.example.com"
REPLIES: dict[str, tuple[Any, dict[str, Any]]] = {
    "calls": (
        parse_calls,
        calls([call("1800.25", "+49 30 23125 001", "Ünal & Sohn", "6400", 17)], [call("1800.3", "x", "", "1001", 5)]),
    ),
    "agents": (parse_agents, {"total_number": 2, "data": [agent("0042", "Zoë"), agent("1002", "Bob", is_pause=1)]}),
    "queues": (parse_queues, {"total_number": 1, "queue_list": [queue(3, "0099", "Café", ("1001", "Ada"))]}),
    "extensions": (
        parse_extensions,
        {"total_number": 1, "data": [{"id": "71", "number": "0042", "caller_id_name": "Zoë"}]},
    ),
}


def test_trap_01_the_code_is_read_as_number_and_as_text() -> None:
    good = {0: 0, "0": 0, " 10004 ": 10004, "-1": -1, 2: 2, 60001.0: 60001}
    for sent, number in good.items():
        assert error_number({"errcode": sent}) == number
    for sent in (None, "", "zero", True, 1.5, [], {}, "٣", "1" * 40):
        assert error_number({"errcode": sent}) is None
    for body in (None, [], "x", 5):
        assert error_number(body) is None


@pytest.mark.parametrize("empty", [None, [], {}])
def test_trap_20_empty_lists_have_several_spellings(empty: object) -> None:
    assert parse_calls({"waiting_list": empty, "waiting_calls": 0}, HOST).waiting == ()
    assert parse_agents({"data": empty}, HOST) == []
    assert parse_queues({"queue_list": empty}, HOST) == []
    assert parse_queues({}, HOST) == []


def test_trap_20_an_array_under_another_key_is_found() -> None:
    assert [each.name for each in parse_queues({"data": [queue(1, "6400", "Sales")]}, HOST)] == ["Sales"]
    assert [each.name for each in parse_queues({"items": [queue(1, "6400", "Sales")]}, HOST)] == ["Sales"]


@pytest.mark.parametrize("wrong", ["text", 5, True, [1], ["x"], [[]], {"a": 1}])
def test_a_list_that_is_none_fails_the_reply(wrong: object) -> None:
    for parse, key in ((parse_queues, "queue_list"), (parse_agents, "data"), (parse_calls, "waiting_list")):
        with pytest.raises(ProtocolError) as caught:
            parse({key: wrong}, HOST)
        assert caught.value.pointer.startswith(f"/{key}")


def test_a_reply_without_a_word_about_calls_is_no_idle_queue() -> None:
    with pytest.raises(ProtocolError):
        parse_calls({"errcode": 0, "errmsg": "SUCCESS"}, HOST)


def test_trap_21_numbers_are_text_and_keep_their_zeros() -> None:
    (found,) = parse_queues({"queue_list": [queue(3, "0099", "Night")]}, HOST)
    assert (found.id, found.number) == ("3", "0099")
    assert parse_queues({"queue_list": [{"id": "3", "number": 99, "name": "N"}]}, HOST)[0].number == "99"
    line = parse_calls(calls([call("1651057476.3620", "0049", "n", "6400", 3)]), HOST).waiting[0]
    assert line.call_id == "1651057476.3620"
    assert line.caller_number == "0049"
    assert parse_agents({"data": [agent("0042", "Zoë")]}, HOST)[0].number == "0042"


def test_trap_22_numbers_may_come_as_text_and_rates_with_a_sign() -> None:
    status = parse_calls(calls([call("1", "2", "3", "4", "12")]) | {"waiting_calls": "1"}, HOST)
    assert status.waiting_calls == 1
    assert status.waiting[0].duration_s == 12
    assert [fields.percent(value) for value in (92.67, "92.67%", "92.67", 0, "100%")] == [92.67, 92.67, 92.67, 0, 100]


@pytest.mark.parametrize("value", [-1, "-1", 1.5, "1e3", None, True, "12:30", 10**18, "٣", {}, 60 * 60 * 24 * 40])
def test_durations_that_cannot_be_are_unknown_never_zero(value: object) -> None:
    assert parse_calls(calls([call("1", "2", "3", "4", value)]), HOST).waiting[0].duration_s is None


@pytest.mark.parametrize("value", [-1, 101, "101%", None, True, "many", float("inf")])
def test_percentages_that_cannot_be_are_unknown(value: object) -> None:
    assert fields.percent(value) is None


def test_trap_24_a_queue_is_written_in_two_ways() -> None:
    assert fields.queue_number("queue-6402") == fields.queue_number("6402") == fields.queue_number(6402) == "6402"
    assert fields.queue_number("Queue-0099") == "0099"


def test_trap_26_a_blank_is_a_space() -> None:
    line = parse_calls(calls([call("1", " ", " ", "6400", 3)]), HOST).waiting[0]
    assert (line.caller_number, line.caller_name, line.caller) == ("", "", "")


def test_trap_27_an_unknown_call_status_is_kept() -> None:
    assert parse_agents({"data": [agent("1", "A", call_status=77)]}, HOST)[0].call_status == 77
    assert parse_agents({"data": [agent("1", "A", call_status="busy")]}, HOST)[0].call_status is None


def test_an_agent_without_a_name_or_number_fails_the_reply() -> None:
    with pytest.raises(ProtocolError):
        parse_agents({"data": [{"is_login": 1}]}, HOST)


def test_the_promised_number_of_rows() -> None:
    assert promised({"total_number": 28}) == promised({"total_number": "28"}) == 28
    assert promised({"total_number": -1}) is None


@pytest.mark.parametrize("name", REPLIES)
def test_every_reply_cut_at_every_byte_fails_as_a_whole(name: str) -> None:
    parse, body = REPLIES[name]
    data = json.dumps({"errcode": 0, "errmsg": "SUCCESS", **body}, ensure_ascii=False).encode()
    whole = parse(parse_json(data, {}).value, HOST)
    assert whole
    for cut in range(len(data)):
        with pytest.raises(ProtocolError):
            parse(parse_json(data[:cut], {}).value, HOST)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def leaves(body: Any) -> list[Any]:
    """All values in a body."""
    if isinstance(body, dict):
        return [leaf for value in body.values() for leaf in leaves(value)]
    if isinstance(body, list):
        return [leaf for value in body for leaf in leaves(value)]
    return [body]


@settings(max_examples=1200)
@given(st.sampled_from(sorted(REPLIES)), st.data())
def test_mutated_replies_end_in_what_was_sent_or_in_a_typed_error(name: str, data: st.DataObject) -> None:
    """2,000 in the whole folder: fields replaced, dropped, doubled, of other types."""
    parse, body = REPLIES[name]
    mutated = json.loads(json.dumps(body))
    for _ in range(data.draw(st.integers(1, 3))):
        target: Any = mutated
        while isinstance(target, (dict, list)) and target:
            keys = list(target) if isinstance(target, dict) else list(range(len(target)))
            key = data.draw(st.sampled_from(keys))
            if isinstance(target[key], (dict, list)) and target[key] and data.draw(st.booleans()):
                target = target[key]
                continue
            if data.draw(st.booleans()):
                target[key] = data.draw(VALUES)
            elif isinstance(target, dict):
                del target[key]
            break
    try:
        found = parse(mutated, HOST)
    except ProtocolError:
        return
    sent = leaves(mutated)
    numbers, words = {fields.whole(leaf) for leaf in sent}, {fields.text(leaf) for leaf in sent}
    if name == "calls":
        assert found.waiting_calls in numbers | {None}
        for line in (*found.waiting, *found.active, *found.ringing):
            assert line.duration_s in numbers | {None}
            assert {line.call_id, line.caller_number, line.caller_name, line.callee_number} <= words | {""}
    elif name == "agents":
        for line in found:
            assert {line.number, line.name, line.reason} <= words | {""}
            assert line.call_status in numbers | {None}
    elif name == "extensions":
        assert {extension.number for extension in found} <= words
    else:
        assert {each.id for each in found} <= words


@given(VALUES)
def test_trap_23_any_frame_is_an_event_or_nothing(body: Any) -> None:
    parse_event(body)
    for kind in (30011, 30012, 30025, 30026, 30029, "30029"):
        parse_event({"type": kind, "msg": body})
        parse_event({"type": kind, "msg": json.dumps(body)})
        parse_event({"type": kind, "msg": {"members": [{"extension": body}, body], "queue_number": body}})


@settings(max_examples=400)
@given(st.dictionaries(st.sampled_from(sorted(performance("6400"))), VALUES, max_size=4))
def test_mutated_figures_are_what_was_sent_or_unreadable(changes: dict[str, Any]) -> None:
    row = {**performance("6400"), **changes}
    numbers = {fields.whole(value) for value in row.values()} | {fields.percent(value) for value in row.values()}
    sums = {row_sum(row)}
    times = {number * 1000 for number in numbers if number is not None}
    for reading in figures(row, "as of now", "x1", 0, Status.OK).values():
        assert reading.value is None or reading.value in numbers | sums | times
        assert (reading.value is None) == (reading.status is not Status.OK)


def row_sum(row: dict[str, Any]) -> int | None:
    """Missed and abandoned together."""
    missed, abandoned = fields.count(row["missed_calls"]), fields.count(row["abandoned_calls"])
    return None if missed is None or abandoned is None else missed + abandoned


@settings(max_examples=400)
@given(st.dictionaries(st.sampled_from(sorted(INFO)), VALUES, max_size=3))
def test_a_mutated_system_information_is_read_or_unknown(changes: dict[str, Any]) -> None:
    clock = read_clock({**INFO, **changes})
    assert clock.dates is None or clock.dates.label == "YYYY/MM/DD HH:mm:ss"
