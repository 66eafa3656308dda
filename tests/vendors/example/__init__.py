"""A fifth phone system in one small folder, as an add-on package would bring it.

Its server answers ``GET /floor`` with
``{"time": epoch ms, "lines": [{"id", "label", "waiting", "oldest": epoch ms}]}``.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from console.domain.clock import ServerClock, to_datetime
from console.domain.columns import find
from console.domain.enums import Section
from console.domain.errors import ProtocolError
from console.domain.messages import message
from console.domain.model import Row, Snapshot
from console.domain.provenance import SourceRef
from console.domain.values import NOT_APPLICABLE, Reading, Status, Unit
from console.net.allow import AllowRule
from console.net.auth import Bearer
from console.net.http import Reply, Request, VendorHttp
from console.reports.runner import ReportRunner
from console.vendors.base import Backend, BackendSpec, CheckResult, Connection, FieldKind, ProfileField
from tests.vendors.example.reports import CALLS, ExampleRunner

ALLOW = (AllowRule("GET", "/floor", "see the floor"), AllowRule("GET", "/calls.csv", "run reports"))
COLUMNS = tuple(
    column.info for column in (find(Section.QUEUES, "waiting"), find(Section.QUEUES, "longest_wait")) if column
)


class ExampleBackend:
    """Polls the floor."""

    def __init__(self, connection: Connection) -> None:
        self._profile = connection.profile
        self._clock = connection.clock
        self._server_clock = ServerClock()
        self._http = VendorHttp(
            connection.profile,
            allow=ALLOW,
            clock=connection.clock,
            exchanges=connection.exchanges,
            auth=Bearer(connection.secrets["token"]),
            secret_label="token",
        )

    async def snapshots(self) -> AsyncGenerator[Snapshot, None]:
        """One snapshot per poll."""
        while True:
            yield await self._poll()
            await self._clock.wait(asyncio.Event(), self._profile.poll_s)

    async def check(self) -> CheckResult:
        """Poll once and count."""
        snapshot = await self._poll()
        return CheckResult((message("check.queues", count=len(snapshot.queues)),))

    @property
    def reports(self) -> ExampleRunner:
        """What runs its report, over the same connection."""
        return ExampleRunner(self._http, self._profile)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def _poll(self) -> Snapshot:
        reply = await self._http.send(Request("GET", "/floor"))
        floor = await self._http.decode_json(reply)
        try:
            time_ms, lines = float(floor["time"]), floor["lines"]
            rows = tuple(_row(line, index, reply) for index, line in enumerate(lines))
        except (KeyError, TypeError, ValueError) as failure:
            what = message("reply.shape", host=self._profile.url, pointer="/", what=type(failure).__name__)
            raise ProtocolError(what, exchange_id=reply.exchange_id) from failure
        self._server_clock.observe_stamp(time_ms, reply.received_ms)
        return Snapshot(
            self._profile.id,
            self._profile.backend,
            to_datetime(time_ms),
            {Section.QUEUES: COLUMNS},
            queues=rows,
            unavailable={section: message("source.no_sections") for section in (Section.AGENTS, Section.WAITING)},
            offset_ms=self._server_clock.offset_ms,
        )


def _row(line: Mapping[str, Any], index: int, reply: Reply) -> Row:
    source = SourceRef(reply.exchange_id, f"/lines/{index}")
    oldest = line["oldest"]
    readings = {"waiting": Reading(Status.OK, int(line["waiting"]), Unit.COUNT, source=source)}
    readings["longest_wait"] = (
        NOT_APPLICABLE
        if oldest is None
        else Reading(Status.OK, 0.0, Unit.MS, rate=1.0, at_ms=float(oldest), source=source)
    )
    return Row(str(line["id"]), str(line["label"]), readings)


def _open(connection: Connection) -> Backend:
    return ExampleBackend(connection)


def _open_reports(backend: Backend) -> ReportRunner:
    assert isinstance(backend, ExampleBackend)
    return backend.reports


BACKENDS = (
    BackendSpec(
        id="example",
        title="Example PBX",
        url_example="https://pbx.example",
        fields=(ProfileField("token", "token", FieldKind.SECRET, required=True),),
        allow=ALLOW,
        open=_open,
        reports=lambda: (CALLS,),
        open_reports=_open_reports,
    ),
)
