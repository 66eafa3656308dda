"""Which reports the demo's administrator has enabled, under which key, with which prompts.

Titles are the vendor's. The prompts of "Agent Talking Summary" and "Agent Call Volume" are known, those of the others
are inferred: ``Report Timeframe`` everywhere, ``Rows (X)`` where X makes the rows, a bare name where it filters or
makes sub-reports. There are no chats in the demo's world, so the chat reports are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from console.demo.servers import xima_reports_agents as agents
from console.demo.servers import xima_reports_calls as calls
from console.demo.servers import xima_reports_features as features
from console.demo.servers import xima_reports_queues as queues
from console.demo.servers.xima_report_facts import Facts
from console.demo.servers.xima_report_request import COST_PROFILE, FEATURES, Asked, Parameter
from console.demo.servers.xima_report_table import Table

Make = Callable[[Facts, Asked], Table]
TIMEFRAME: Final = Parameter("Report Timeframe", "REPORT_TIMEFRAME")


@dataclass(frozen=True, slots=True)
class Report:
    """One enabled report. ``number`` is its ``reportId``; ``limited``: whether the limited service user has it."""

    number: int
    key: str
    title: str
    parameters: tuple[Parameter, ...]
    make: Make
    limited: bool = True


def reports_of(word: str, roles: dict[str, str], key_of: Callable[[int], str]) -> dict[str, Report]:
    """Give the reports of a product by key; ``word`` is what it calls a queue, ``roles`` are names by id."""
    rows_agent = Parameter("Rows (Agent)", "PBX_USERS")
    rows_time = Parameter("Rows (Time)", "TIME_ROW")
    agent, agent_filter = Parameter("Agent", "PBX_USERS"), Parameter("Agent", "PBX_USERS", required=False)
    kind = f"{word.upper()}S"
    queue, queue_filter = Parameter(word, kind), Parameter(word, kind, required=False)
    level = Parameter("Service Level", "DURATION", required=False)
    volume = agents.volume_with_callbacks if word == "Skill" else agents.volume_by_direction
    by_queue = f"Agent Call Summary by {word}"
    listed: list[tuple[str, tuple[Parameter, ...], Make, bool]] = [
        ("Agent Talking Summary", (rows_agent,), agents.talking_summary, True),
        ("Agent Call Summary", (rows_agent,), agents.call_summary, True),
        ("Agent Call Volume", (rows_time, agent), volume, True),
        (by_queue, (queue, Parameter("Rows (Agent)", "PBX_USERS", required=False)), agents.summary_by_queue, True),
        ("Inbound Call Service Level", (rows_time, queue, level), queues.service_level, True),
        ("Call Performance", (rows_time, queue_filter), queues.performance, True),
        (f"{word} Call Summary", (Parameter(f"Rows ({word})", kind),), _headed(queues.queue_summary, word), True),
        ("Call Details", (agent_filter,), calls.details, True),
        ("Abandoned Calls", (queue_filter,), _headed(calls.abandoned, word), True),
        ("External Number Summary", (), calls.external_numbers, False),
        (
            "Account Code Summary",
            (Parameter("Rows (Account Code)", "ACCOUNT_CODES", required=False),),
            calls.account_codes,
            True,
        ),
        ("Agent Reason Code Trace", (agent,), features.reason_codes, True),
        (
            "Agent Feature Trace",
            (agent, Parameter("Feature Types", "FEATURE_TYPES", required=False)),
            features.feature_trace,
            True,
        ),
        ("Agent Time Card", (agent,), features.time_card, False),
        (
            "Roles Call Cost Summary",
            (Parameter("Roles", "PBX_USERS"), Parameter("Call Cost Profile", "CALL_COST_PROFILE", required=False)),
            lambda facts, asked: calls.role_costs(facts, asked, roles),
            False,
        ),
    ]
    made = {}
    for place, (title, parameters, make, limited) in enumerate(listed):
        key = key_of(place)
        made[key] = Report(48 + place, key, title, (TIMEFRAME, *parameters), make, limited)
    return made


def _headed(make: Make, word: str) -> Make:
    """Name the column of queues as the product does."""

    def headed(facts: Facts, asked: Asked) -> Table:
        table = make(facts, asked)
        table.columns = [(title or word, form) for title, form in table.columns]
        return table

    return headed


class Samples:
    """Answers to prompts as an administrator might have given them, for the request details."""

    def __init__(self, *, agents: list[str], queues: list[str], codes: list[str], roles: list[str]) -> None:
        self._agents = agents
        self._queues = queues
        self._codes = codes
        self._roles = roles

    def body(self, report: Report, start: str, end: str) -> dict[str, Any]:
        """A request body that runs: the first agents and queues of the site, days as rows."""
        given = [self._parameter(each, start, end) for each in report.parameters]
        return {"format": "json", "parameters": given}

    def _parameter(self, parameter: Parameter, start: str, end: str) -> dict[str, Any]:
        kind = parameter.kind
        value: dict[str, Any] = {"type": kind}
        extra: dict[str, Any] = {"required": parameter.required, "editable": True}
        if kind == "REPORT_TIMEFRAME":
            value |= {"start": start, "end": end}
        elif kind == "PBX_USERS" and parameter.name == "Roles":
            value |= {"pbxUsers": [], "roles": [{"key": role} for role in self._roles]}
        elif kind == "PBX_USERS":
            value |= {"pbxUsers": [{"key": key} for key in self._agents]}
            extra |= {"criteriaParameters": {"filter": "REPORTS", "type": "PBX_USERS"}}
            extra |= {"subGroupSelection": True} if parameter.name == "Agent" else {}
        elif kind == "TIME_ROW":
            value |= {"intervalLength": 1, "intervalType": "DAYS"}
        elif kind in ("SKILLS", "GROUPS"):
            value |= {kind.lower(): [{"key": name} for name in self._queues]}
        elif kind == "ACCOUNT_CODES":
            value |= {"accountCodes": [{"key": code} for code in self._codes]}
        elif kind == "FEATURE_TYPES":
            value |= {"featureTypes": [{"key": each} for each in FEATURES]}
        elif kind == "CALL_COST_PROFILE":
            value |= {"key": COST_PROFILE}
        else:
            value |= {"duration": queues.DEFAULT_LEVEL_MS}
        return {"name": parameter.name, "valueType": kind, "value": value} | extra
