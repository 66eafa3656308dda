"""Seed replies of a P-Series PBX: sign-in, directories, calls, agents, the day's figures, and an event."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from console.domain.values import Reading
from console.net.decode import parse_json
from console.net.limits import LIMITS
from console.vendors.base import Backend, Connection
from console.vendors.yeastar.backend import YeastarBackend
from console.vendors.yeastar.events import parse_event
from console.vendors.yeastar.timing import TIMING
from tests.fuzz.adapter import Seeds
from tests.vendors.yeastar.support import INFO, agent, call, calls, queue

_OK = {"errcode": 0, "errmsg": "SUCCESS"}
_TOKENS = {
    "access_token_expire_time": 1800,
    "access_token": "fuzz-access",
    "refresh_token_expire_time": 86400,
    "refresh_token": "fuzz-refresh",
}
_ANSWERS = {
    "get_token": _TOKENS,
    "del_token": {},
    "system/information": {"data": INFO},
    "queue/list": {"total_number": 1, "queue_list": [queue(11, "6400", "Sales", ("1001", "Ada"), ("1002", "Bob"))]},
    "extension/list": {"total_number": 1, "data": [{"id": 91, "number": "1001", "caller_id_name": "Ada"}]},
    "queue/call_status": calls(
        [call("1800.1", "+49301", "Eva", "6400", 65)], [call("1800.3", "+49303", "Max", "1001", "12")]
    ),
    "queue/agent_status": {
        "total_number": 2,
        "data": [agent("1001", "Ada", call_status=2), agent("1002", "Bob", is_pause=1, pause_reason="Lunch")],
    },
}
_EVENT = {
    "type": 30029,
    "sn": "369",
    "msg": {"queue_number": "queue-6400", "agent_number": "1001", "old_status": 1, "new_status": 2},
}


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _route(method: str, path: str, query: Mapping[str, str]) -> str:
    return path.partition("/v1.0/")[2]


def _open(connection: Connection) -> Backend:
    return YeastarBackend(connection, timing=replace(TIMING, gap_s=0.0), limits=replace(LIMITS, close_s=0.1))


def _event(body: bytes) -> Iterable[Reading]:
    """An event shows nothing by itself; it must only be read without harm."""
    parse_event(parse_json(body, {}, host="h").value)
    return ()


SEEDS = Seeds(
    answers={name: _bytes({**_OK, **body}) for name, body in _ANSWERS.items()},
    route=_route,
    open=_open,
    secrets={"client_id": "fuzz-id", "client_secret": "fuzz-secret"},
    fields={"events": "false", "counters": "off"},
    seams={"event": (_bytes(_EVENT), _event)},
)
