"""Seed replies of Asternic: both generations of the summary, callers, agents, and the two lists."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from console.net.limits import LIMITS
from console.vendors.asternic.backend import AsternicBackend, Timing
from console.vendors.base import Backend, Connection
from tests.fuzz.adapter import Seeds
from tests.vendors.asternic.support import AGENTS, QUEUES, agent, caller, older

REALTIME = {
    "waiting calls": {"100": {"1": caller("+12025550147", "41", "Hotel Miramar")}, "101": []},
    "summary": {
        "queue": {
            "100": {
                "Waiting": "1",
                "Agents": "3",
                "Busy": "1",
                "Answered": "734",
                "Unanswered": "31",
                "Abandon Rate": "3.17 %",
                "Avg Wait": "00:00:52",
                "Avg Duration": "211",
                "Max. wait time": "41",
            },
            "101": older(answeredCals="5"),
        }
    },
    "agents": {
        "100": {
            "Anna Schmidt": agent("busy", "SIP/301", callerid="+12025550100", duration="95"),
            "José Núñez": agent("not in use", "SIP/302", paused="1", auxType="Lunch", auxSeconds="600"),
        },
        "101": [],
    },
}


def _route(method: str, path: str, query: Mapping[str, str]) -> str:
    return query.get("entity", "")


def _open(connection: Connection) -> Backend:
    return AsternicBackend(connection, Timing(floor_s=0.0, rest_s=0.0), replace(LIMITS, close_s=0.1))


def _bytes(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


SEEDS = Seeds(
    answers={"realtime": _bytes(REALTIME), "queues": _bytes(QUEUES), "agents": _bytes(AGENTS)},
    route=_route,
    open=_open,
    secrets={"username": "fuzz", "password": "fuzz-password"},
    fields={"base_path": "/stats"},
)
