"""Replies read with the help of the one before: the same result as the strict reader's, or left to it."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from console.domain.errors import ProtocolError
from console.net.decode import parse_json
from console.net.limits import LIMITS, Limits
from console.vendors.xima.board import RENEW_S, Batch, Board, polled, pushed
from console.vendors.xima.mapping import make_plan
from console.vendors.xima.recall import Memory, Remembered, recall
from console.vendors.xima.values import Origins
from console.vendors.xima.wire import MetricDef, ValuesReply, parse_values
from tests.fuzz.mutate import mutated
from tests.vendors.xima.support import count, duration, string

STRICT = replace(LIMITS, depth=8)


def entry(metric_id: str, category: str, value: Any) -> dict[str, Any]:
    """One entry of `results`."""
    return {"key": {"metricId": metric_id, "categoryValue": category}, "value": value}


def floor(numbers: list[int]) -> bytes:
    """A reply with a count, a duration and a word for each number."""
    results = []
    for place, number in enumerate(numbers):
        results.append(entry("m-1", f"Agent {place}", {**count(number), "lastUpdateTime": "2024-02-26T09:00:00Z"}))
        results.append(entry("m-2", f"Agente ñ {place}", duration(number, up=1)))
        results.append(entry("m-3", f"Agent {place}", string("Ready")))
    return json.dumps({"results": results, "initializing": [{"metricId": "m-9"}]}, ensure_ascii=False).encode()


def strict(body: bytes, limits: Limits = STRICT) -> ValuesReply | None:
    """What the strict reader makes of a body; None for nothing."""
    try:
        return parse_values(parse_json(body, {}, limits).value, "h")
    except ProtocolError:
        return None


def read(former: Remembered | None, body: bytes) -> tuple[ValuesReply, Remembered]:
    """Read a body that must not be left to the strict reader."""
    found = recall(former, body, STRICT, "h")
    assert found is not None
    return found


def test_what_stayed_is_the_same_object_and_what_changed_is_read() -> None:
    before = floor([1, 2, 3])
    first, remembered = read(None, before)
    assert first == strict(before)
    after = before.replace(b'"count": 2', b'"count": 7')
    second, _ = read(remembered, after)
    assert second == strict(after)
    assert [new is old for new, old in zip(second.items, first.items, strict=True)].count(False) == 1


def test_rows_that_come_and_go_cost_only_themselves() -> None:
    body = json.loads(floor([1, 2, 3, 4]))
    first, remembered = read(None, json.dumps(body).encode())
    body["results"] = [*body["results"][6:], entry("m-1", "New", count(1)), *body["results"][:3]]
    after = json.dumps(body).encode()
    second, _ = read(remembered, after)
    assert second == strict(after)
    known = {id(item) for item in first.items}
    assert sum(id(item) not in known for item in second.items) == 1


def test_what_is_remembered_outlives_the_emptying_of_what_was_handed_out() -> None:
    body = floor([1, 2])
    first, remembered = read(None, body)
    first.items.clear()
    assert read(remembered, body)[0] == strict(body)


@pytest.mark.parametrize(
    "text",
    [
        '{"results":[{"a":1e999}],"results":[]}',
        '{"results":[],"initializing":[1],"initializing":[]}',
        '{"results":[],"results":[],"x":0}',
        '{"results":[],"":"\\ud800","":0}',
        '{"results":null}',
        '{"results":{}}',
        '{"results":[],"x":9007199254740993}',
        '{"results":[],"x":[[[[[[[[[]]]]]]]]]}',
        '{"results":[{"key":{"metricId":"m"},"value":[[[[[[[]]]]]]]}]}',
        '{"results":[{"key":7}]}',
        '{"initializing":[]}',
        "[]",
        "",
        "<html>",
        '\ufeff{"results":[]}',
    ],
)
def test_the_unusual_is_left_to_the_strict_reader(text: str) -> None:
    assert recall(None, text.encode(), STRICT, "h") is None


def test_what_is_no_utf_8_is_left_to_the_strict_reader_even_beside_what_is_known() -> None:
    body = floor([1, 2, 3])
    _, remembered = read(None, body)
    damaged = body.replace("ñ 2".encode(), "ñ 2".encode("cp1252"))
    assert len(damaged) != len(body)
    assert recall(remembered, damaged, STRICT, "h") is None


def test_a_body_that_may_hold_too_many_values_is_left_to_the_strict_reader() -> None:
    body = floor([1])
    assert recall(None, body, replace(STRICT, items=len(body) // 2 - 1), "h") is None


def test_no_damage_is_read_otherwise_than_by_the_strict_reader() -> None:
    dice = random.Random(20_240_226)
    whole = floor([5, 2**52, 7])
    _, remembered = read(None, whole)
    taken = 0
    for _ in range(3_000):
        body = mutated(whole, dice)
        found = recall(dice.choice([None, remembered]), body, STRICT, "h")
        if found is None:
            continue
        taken += 1
        assert repr(found[0]) == repr(strict(body))  # by its text, for what is no number equals nothing
        again = recall(found[1], body, STRICT, "h")
        assert again is not None
        assert repr(again[0]) == repr(found[0])
    assert taken > 100


def test_answers_to_questions_cut_otherwise_are_let_go() -> None:
    memory = Memory()
    kept = read(None, floor([1]))[1]
    memory.put(("a", "b"), kept)
    memory.put(("c",), kept)
    memory.put(("b", "d"), kept)
    assert [memory.get(ids) is kept for ids in (("a", "b"), ("c",), ("b", "d"))] == [False, True, True]
    for number in range(200):
        memory.put((str(number),), kept)
    assert memory.get(("c",)) is None
    assert memory.get(("199",)) is kept


PLAN = make_plan([MetricDef(f"m-{number}", f"Figure {number}", "AGENT") for number in range(4)], {})


def test_a_board_made_from_what_differs_is_the_board_made_anew() -> None:
    dice = random.Random(7)
    asked = [frozenset({"m-0", "m-1"}), frozenset({"m-2", "m-3"})]
    replies = [
        [((metric_id, f"Agent {place}"), count(place)) for metric_id in sorted(ids) for place in range(8)]
        for ids in asked
    ]
    quick = slow = Board()
    moment, taken = 0.0, 0
    for number in range(400):
        for items in replies:
            _change(items, dice)
        moment += dice.choice([0.5, 1.0])
        batches = [
            Batch(items.copy(), Origins(f"x{number}", "/results", None, moment), ids)
            for ids, items in zip(asked, replies, strict=True)
        ]
        if dice.random() < 0.05:
            pushes: Any = {
                dice.choice(replies[0])[0]: (count(dice.randrange(99)), Origins(f"p{number}", "", None, moment))
            }
            quick, slow = pushed(quick, pushes), pushed(slow, pushes)
        taken += bool(quick.replies)
        quick, slow = polled(quick, PLAN, batches, []), polled(replace(slow, replies={}), PLAN, batches, [])
        assert shown(quick) == shown(slow)
        assert quick.cells.keys() == slow.cells.keys()
        assert all(cell.raw == slow.cells[key].raw for key, cell in quick.cells.items())
        assert all(cell.mono > moment - RENEW_S for cell in quick.cells.values())
    assert taken > 50


def _change(items: list[Any], dice: random.Random) -> None:
    """A few values change; now and then lines come, go, change places or are sent twice."""
    for _ in range(dice.randrange(3)):
        place = dice.randrange(len(items))
        items[place] = (items[place][0], count(dice.randrange(4), datetime.fromtimestamp(dice.randrange(2**30), UTC)))
    if dice.random() < 0.03:
        dice.shuffle(items)
    if dice.random() < 0.03 and len(items) > 4:
        del items[dice.randrange(len(items))]
    if dice.random() < 0.03:
        (metric_id, _), raw = dice.choice(items)
        items.append(((metric_id, f"Agent {dice.randrange(12)}"), raw))


def shown(board: Board) -> Any:
    """What a board shows, whichever exchange the figures point at."""
    return {
        section: [
            (row.id, {c: (r.status, r.value, r.rate, r.at_ms, r.text) for c, r in row.readings.items()})
            for row in sorted(board.section(section), key=lambda row: row.id)
        ]
        for section in board.rows
    }
