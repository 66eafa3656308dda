"""Seed replies of Chronicall, in the shapes of the vendor pages, with values of our own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from console.domain.values import Reading
from console.net.decode import parse_json
from console.net.limits import LIMITS
from console.vendors.base import Backend, Connection
from console.vendors.xima.backend import XimaBackend
from console.vendors.xima.board import Batch, Board, polled, pushed
from console.vendors.xima.flavour import CHRONICALL, Flavour
from console.vendors.xima.mapping import make_plan
from console.vendors.xima.timing import TIMING
from console.vendors.xima.values import Origins
from console.vendors.xima.wire import parse_metrics, parse_push, parse_values
from tests.fuzz.adapter import Seeds

STAMP = "2026-09-24T03:59:30.244-06:00"


def _metric(key: str, name: str, category: str, *chosen: str) -> dict[str, object]:
    return {"metricId": key, "metricName": name, "categoryType": category, "categorySelection": list(chosen)}


def _value(key: str, category: str | None, **value: object) -> dict[str, object]:
    place = {"metricId": key} | ({} if category is None else {"categoryValue": category})
    return {"key": place, "value": {"lastUpdateTime": STAMP, **value}}


LIST = [
    _metric("101", "Calls in Queue", "GROUP", "Sales(70)"),
    _metric("102", "Max Queue Duration", "GROUP", "Sales(70)"),
    _metric("103", "Avg Speed of Answer", "GROUP", "Sales(70)"),
    _metric("K0F", "Agent State", "AGENT", "Jürgen Groß(481)"),
    _metric("K1R", "Answered", "NONE"),
]
VALUES = {
    "results": [
        _value("101", "Sales(70)", type="COUNT", count=17),
        _value("102", "Sales(70)", type="DURATION", finishedDuration=23_451, numCountingUp=1, numCountingDown=0),
        _value(
            "103", "Sales(70)", type="AVERAGE_DURATION", durationSum=98_765, count=7, numCountingUp=0, numCountingDown=0
        ),
        _value("K0F", "Jürgen Groß(481)", type="STRING", value="DND: Lunch"),
    ],
    "initializing": [{"metricId": "K1R"}],
}
PUSH = VALUES["results"][1]
_PLAN = make_plan(parse_metrics(LIST, "h"))


def _readings(board: Board) -> Iterable[Reading]:
    for rows in board.rows.values():
        for row in rows.values():
            yield from row.readings.values()
    for line in board.metrics:
        yield line.reading


def absorb_push(body: bytes) -> Iterable[Reading]:
    """A pushed message on top of a polled board."""
    key, raw = parse_push(parse_json(body, {}, host="h").value, "h")
    reply = parse_values(VALUES, "h")
    origins = Origins("x1", "/results", 1_790_240_400_000.0, 0.0)
    board = polled(Board(), _PLAN, [Batch(list(reply.items), origins, frozenset(_PLAN.metrics))], [])
    return _readings(pushed(board, {key: (raw, Origins("x2", "/value", None, 1.0))}))


def bodies(value: object) -> bytes:
    """JSON as bytes."""
    return json.dumps(value, ensure_ascii=False).encode()


def route(method: str, path: str, query: Mapping[str, str]) -> str:
    """The answer for a request."""
    return path.rpartition("/")[2]


def opener(flavour: Flavour):  # type: ignore[no-untyped-def]
    """Makes a backend of a flavour that polls only."""

    def make(connection: Connection) -> Backend:
        return XimaBackend(connection, flavour, TIMING, replace(LIMITS, close_s=0.1))

    return make


SEEDS = Seeds(
    answers={"metrics": bodies(LIST), "values": bodies(VALUES)},
    route=route,
    open=opener(CHRONICALL),
    secrets={"key": "fuzz-key"},
    fields={"transport": "polling"},
    seams={"push": (bodies(PUSH), absorb_push)},
)
