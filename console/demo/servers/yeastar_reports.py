"""``call_report/list`` and ``call_report/detail``: one of twenty types, made as a fold over the world's facts.

``detail`` is documented for four of the types ("Query Call Report Detail"). It takes the parameters of the list, and
also ``detail_time_begin`` and ``detail_time_end`` (for the activity report ``detail_time``, one of its buckets) and
for IVRs ``ivr_num``. Its array name, its rows and its pages are the demo's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from aiohttp import web

from console.demo.servers import yeastar_reports_agents as agents
from console.demo.servers import yeastar_reports_phones as phones
from console.demo.servers import yeastar_reports_queues as queues
from console.demo.servers.yeastar_report import performance
from console.demo.servers.yeastar_reports_facts import Facts, Made, Row
from console.demo.servers.yeastar_reports_query import (
    BILLING,
    DETAILED,
    TYPES,
    Query,
    WrongFormat,
    page_of,
    read_query,
)
from console.demo.servers.yeastar_wire import V2, Refused, faulty
from console.demo.tasks import in_thread

if TYPE_CHECKING:
    from console.demo.servers.yeastar import YeastarServer

_PLAIN: dict[str, Callable[[Facts], Made]] = {
    "extcallstatistics": phones.extension_statistics,
    "extcallactivity": phones.extension_activity,
    "trunkactivity": phones.trunk_activity,
    "trunkdiddodactivity": phones.number_activity,
    "ivr": phones.menus,
    "queueavgwaittalktime": queues.wait_and_talk,
    "queuecallbackssummary": queues.callbacks_summary,
    "queuecallbacksactivity": queues.callbacks_activity,
    "queuesatisfaction": queues.satisfaction,
    "queuesatisfactiondetail": queues.satisfaction_detail,
    "queueagentlogintime": agents.logins,
    "queueagentpausetime": agents.pauses,
    "queueagentmisscalls": agents.missed_calls,
    "queueagentinoutcalls": agents.in_and_out,
    "ringgroupstatistics": phones.ring_groups,
    "extcallbilling": phones.billing,
    "extcallbillingdetails": phones.billing_details,
    "unreturnmisscall": queues.unreturned,
}


def make(facts: Facts, *, is_v2: bool) -> Made:
    """Make the report a query asks for."""
    kind = facts.query.type
    if kind == "queueperformance":
        return queues.queue_performance(facts, is_v2=is_v2)
    if kind == "queueperformanceactivity":
        return queues.queue_performance_activity(facts, is_v2=is_v2)
    if kind == "queueagentperformance":
        return agents.agent_performance(facts, is_v2=is_v2)
    return _PLAIN[kind](facts)


class ReportDesk:
    """The reports of one exchange."""

    def __init__(self, server: YeastarServer) -> None:
        self._server = server

    async def listed(self, request: web.Request) -> dict[str, Any]:
        """``call_report/list``. Newer firmware still answers on v1.0, with success and without any row."""
        is_v2 = request.path.startswith(V2)
        query = self.read(request.query, is_v2=is_v2)
        key = TYPES[request.query["type"]].key
        rows = [] if query is None else await self._rows(query, is_v2=is_v2)
        return {
            "total_number": self._server.figure(len(rows)),
            key: self._server.rows(rows),
            "is_12hour": int(self._server.quirks.is_12_hour),
        }

    def read(self, given: Mapping[str, str], *, is_v2: bool) -> Query | None:
        """Read a request; None where the answer is an empty success. Refused says what is wrong with it."""
        try:
            query = read_query(self._server, given, is_v2=is_v2)
        except WrongFormat as wrong:
            if not is_v2:
                return None
            wanted = f"valid format: {wrong.layout}"
            raise Refused(40002, invalid_param_list=[{"field": wrong.field, "valid_msg": wanted}]) from None
        if query.type in BILLING and not self._server.quirks.rates_set:
            raise Refused(70106)
        return query if is_v2 or not self._server.quirks.has_v2 else None

    async def made(self, query: Query, *, is_v2: bool) -> Made:
        """Make a report, beside the loop: live figures go on meanwhile."""
        server = self._server
        facts = Facts(server.stage, server.clock, server.quirks, query)
        return await in_thread(lambda: make(facts, is_v2=is_v2))

    async def _rows(self, query: Query, *, is_v2: bool) -> list[Row]:
        if query.type != "queueperformance" or not query.is_plain:
            return (await self.made(query, is_v2=is_v2)).rows
        # asked every few seconds by wallboards: from the book that grows with the log
        end, site = min(query.end, self._server.stage.world.now), self._server.stage.world.site
        book = await self._server.books.of(query.start, end)
        return [
            {
                "queue": site.queues[index].name,
                "queue_num": site.queues[index].extension,
                **performance(book.sums[index], end, is_v2=is_v2),
            }
            for index in query.queues
        ]

    async def detail(self, request: web.Request) -> dict[str, Any]:
        """``call_report/detail``: the calls behind the figures, line by line, in pages."""
        given, is_v2 = request.query, request.path.startswith(V2)
        key = f"{given.get('type', '')}_detail_list"
        query = self.read(self._of_detail(given), is_v2=is_v2)
        rows: list[Row] = []
        if query is not None:
            made = await self.made(query, is_v2=is_v2)
            chosen = self._lines(query, given)
            rows = [row for place, of_line in enumerate(made.details) if chosen(place) for row in of_line]
        first, size = page_of(given)
        shown = self._server.rows(rows[first : first + size])
        return {"total_number": self._server.figure(len(rows)), key: shown}

    def _of_detail(self, given: Mapping[str, str]) -> dict[str, str]:
        """The same request as ``call_report/list`` would have it: its window is that of the details."""
        name = given.get("type", "")
        if name not in DETAILED:
            raise Refused(-2)
        asked = dict(given)
        needed = {"ivr": ["ivr_num"], "queueperformanceactivity": ["detail_time"]}.get(name, [])
        if not TYPES[name].bucketed:
            needed = [*needed, "detail_time_begin", "detail_time_end"]
        for field in needed:
            if not given.get(field):
                raise faulty(field)
        asked |= {"start_time": given.get("detail_time_begin", ""), "end_time": given.get("detail_time_end", "")}
        return asked

    def _lines(self, query: Query, given: Mapping[str, str]) -> Callable[[int], bool]:
        """Which of the report's lines are meant."""
        if query.type == "ivr":
            menus = self._server.stage.world.site.directory.ivrs
            return lambda place: menus[query.ivrs[place]].number == given["ivr_num"]
        if query.type == "queueperformanceactivity":
            return lambda place: str(query.buckets[place]) == given["detail_time"]
        return lambda _place: True
