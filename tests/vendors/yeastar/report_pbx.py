"""A scripted PBX that also makes reports, written from the vendor pages, and what the report tests share."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from console.reports.request import RunPlan
from console.reports.result import Progress, ReportResult
from console.reports.runner import PlanContext
from console.reports.schema import ReportDefinition
from console.reports.timeframe import ResolvedTimeframe
from console.vendors.yeastar.backend import YeastarBackend
from console.vendors.yeastar.reports import definitions, site
from console.vendors.yeastar.reports.background import Patience
from console.vendors.yeastar.reports.runner import YeastarReports
from tests.vendors.yeastar.support import INFO, Pbx, make_backend, queue

SITE = timezone(timedelta(hours=1))
FROM, TO = datetime(2027, 1, 4, tzinfo=SITE), datetime(2027, 1, 15, 23, 59, 59, tzinfo=SITE)
FAST = Patience(socket_s=2.0, ready_s=5.0, stray_s=0.05, clock_s=60.0)
LIST, LINK, CALLS = "v2.0/call_report/list", "v2.0/call_report/download", "v2.0/call_report/detail"
MENUS = "v1.0/system/get_menuoptions"
NAME = "QueuePerformance-X.23.0.9-download-20270115153000-Kq7.csv"
FILE = "/api/download/QueuePerformance-x.23.0.9-download-20270115153000-Kq7.csv"
DEFINITIONS = {definition.id: definition for definition in definitions()}


@dataclass
class ReportPbx(Pbx):
    """Adds reports to the scripted PBX.

    Attributes:
        lists: by type, the body of ``call_report/list`` without the envelope.
        files: by path, the bytes behind a link; a list is used up from its front, a number is a status.
        link: what ``call_report/download`` names; a list is used up from its front.
        menus: by menu, or menu and id, the entries.
        is_async: the answer to a download is "processing" where the request wants that.
    """

    lists: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, Any] = field(default_factory=dict)
    link: Any = FILE
    menus: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    named: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def _answer(self, path: str, query: dict[str, str], body: bytes) -> Any:
        if path in self.files:
            if query.get("access_token", "") not in self.live:
                return {"errcode": 10004, "errmsg": "TOKEN EXPIRED"}
            found = self.files[path]
            return found.pop(0) if isinstance(found, list) and len(found) > 1 else _only(found)
        return super()._answer(path, query, body)

    def _data(self, path: str, query: dict[str, str]) -> Any:
        if path.endswith("call_report/list"):
            wanted = query.get("type", "")
            if not any(key.endswith(("_id", "_id_list", "_time")) or key == "time" for key in query):
                return {"errcode": 40002, "errmsg": "PARAMETER ERROR"}
            return self.lists.get(wanted, {"errcode": -2, "errmsg": "INTERNAL SERVER ERROR"})
        if path.endswith("call_report/download"):
            if query.get("is_async") == "1":
                return {"errcode": 2, "errmsg": "PROCESSING"}
            link = self.link.pop(0) if isinstance(self.link, list) and len(self.link) > 1 else _only(self.link)
            return {"file": NAME, "download_resource_url": link}
        if path == MENUS:
            return {"data": self.menus.get("/".join(filter(None, (query["menu"], query.get("id")))))}
        if path in self.named:
            return {"data": self.named[path]}
        return super()._data(path, query)

    def sent(self, path: str) -> dict[str, str]:
        """The newest query of a path, without the token."""
        query = next(query for seen, query in reversed(self.asked) if seen == path and query.get("type") != "probe")
        return {key: value for key, value in query.items() if key != "access_token"}


def _only(found: Any) -> Any:
    return found[0] if isinstance(found, list) else found


def report_pbx(**changes: Any) -> ReportPbx:
    """Two queues and what can be chosen besides."""
    pbx = ReportPbx(
        queues=[
            queue(11, "6400", "Sales", ("1001", "Ada"), ("1002", "Bob")),
            queue(12, "0099", "Support", ("1002", "Bob")),
        ],
        extensions=[{"id": 90 + n, "number": f"100{n}", "caller_id_name": name} for n, name in enumerate("ABC")],
        menus={
            "trunk": [{"text": "Town", "value": "3", "type": "trunk"}],
            "ext_group": [{"text": "Floor", "value": "7", "type": "ext_group"}],
            "IVR": [{"text": "Welcome", "value": "5", "type": "IVR"}],
            "ring_group": [{"text": "Porters", "value": "6"}],
            "queue_agent/11": [{"text": "Ada", "text2": "1001", "value": "91", "type": "extension"}],
        },
        named={"v1.0/queue_pause_reason/list": [{"id": 1, "name": "Lunch", "code": "*01"}]},
        **changes,
    )
    pbx.info = dict(INFO)
    return pbx


@contextlib.asynccontextmanager
async def runner_of(
    pbx: ReportPbx, *, patience: Patience = FAST, **options: Any
) -> AsyncIterator[tuple[YeastarReports, YeastarBackend]]:
    """PBX, backend and runner, all ended at the end."""
    site._memory.clear()
    async with pbx.server, asyncio.timeout(20):
        backend = make_backend(pbx, **options)
        try:
            yield YeastarReports(backend.access, definitions, patience=patience), backend
        finally:
            await backend.aclose()


def context(format_: str = "table", start: datetime = FROM, end: datetime = TO, **more: Any) -> PlanContext:
    """A resolved range for every timeframe and period."""
    window = replace(ResolvedTimeframe(start, end, "Europe/Berlin"), **more)
    return PlanContext({"range": window, "time": window}, TO, format_, {})


def values_of(definition: ReportDefinition, **more: Any) -> dict[str, Any]:
    """Valid values: every required parameter, and the range."""
    usual = {
        "range": {"preset": "custom"},
        "time": {"period": "2027-01-15"},
        "queue_id_list": ["11", "12"],
        "queue_id": "11",
        "ext_id_list": ["90", "7"],
        "trunk_id_list": ["3"],
        "trunk_id": "3",
        "ivr_id_list": ["5"],
        "ring_group_id_list": ["6"],
        "my_report_id": "4",
    }
    wanted = {param.id for param in definition.params if param.required or param.id == "range"}
    return {key: value for key, value in usual.items() if key in wanted} | more


async def planned(
    runner: YeastarReports, ident: str, format_: str = "table", **more: Any
) -> tuple[ReportDefinition, RunPlan]:
    """A definition and a plan of valid values."""
    await runner.site()
    definition = DEFINITIONS[ident]
    return definition, runner.plan(definition, values_of(definition, **more), context(format_))


async def run(
    runner: YeastarReports, folder: Path, ident: str, format_: str = "table", told: Any = None, **more: Any
) -> ReportResult:
    """Plan and run a report."""
    definition, plan = await planned(runner, ident, format_, **more)
    return await runner.run(definition, plan, folder, told if told is not None else _quiet)


def _quiet(progress: Progress) -> None:
    pass


def cells(table: Any) -> list[dict[str, Any]]:
    """A table's values by column id."""
    ids = [column.id for column in table.columns]
    return [{key: cell[0] for key, cell in zip(ids, row, strict=True)} for row in table.view().page(0, 1000)]


def notes(result: ReportResult) -> list[str]:
    """The codes of a result's notes."""
    return [note.code for note in result.notes]
