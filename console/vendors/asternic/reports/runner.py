"""The report runner over an open connection."""

from __future__ import annotations

import asyncio
from pathlib import Path

from console.domain.callflow import CallFlow
from console.domain.clock import Clock
from console.domain.errors import NotFound, ProtocolError, UserError
from console.domain.messages import message
from console.domain.model import ProfileId
from console.domain.text import safe_text
from console.reports.request import RequestAuth, RunPlan
from console.reports.result import ReportResult, Tell
from console.reports.runner import Directory, PlanContext, SiteFacts
from console.reports.schema import Choice, ReportDefinition, Values
from console.vendors.asternic.client import AsternicClient
from console.vendors.asternic.places import AGENTS, QUEUES, REPORTS
from console.vendors.asternic.reports import definitions
from console.vendors.asternic.reports.cells import plain
from console.vendors.asternic.reports.flow import flow_of
from console.vendors.asternic.reports.foreign import foreign_events
from console.vendors.asternic.reports.plan import make_plan
from console.vendors.asternic.reports.run import Run
from console.vendors.asternic.reports.shape import call_id
from console.vendors.asternic.reports.spool import envelope
from console.vendors.asternic.wire import PSEUDO, Json, key_text, scalar_text

_STEM = {QUEUES: "queue", AGENTS: "agent"}


class AsternicReports:
    """See `console.reports.runner.ReportRunner` and `console.domain.callflow.CallFlowSource`.

    Args:
        user: sent with Basic; the password is the profile's.
    """

    def __init__(self, client: AsternicClient, clock: Clock, profile_id: ProfileId, user: str) -> None:
        self._client = client
        self._clock = clock
        self._profile_id = profile_id
        self._user = user

    async def definitions(self) -> tuple[ReportDefinition, ...]:
        """See `ReportRunner.definitions`: what ``entity=reports`` names, then the search and the lists.

        A server that does not know that entity gets those of the vendor's page.
        """
        await self._client.locate()
        try:
            value, _, _ = await self._client.listing(REPORTS)
        except NotFound:
            return definitions.static()
        names = [_report_name(row) for row in _rows(value)]
        return definitions.listed(names) if any(names) else definitions.static()

    async def choices(self, directory: str, depends: str = "") -> Directory:
        """See `ReportRunner.choices`: ``queues`` and ``agents``, without the entries that stand for all and none."""
        stem = _STEM.get(directory)
        if stem is None:
            return Directory(())
        await self._client.locate()
        value, _, notes = await self._client.listing(directory)
        found: dict[str, Choice] = {}
        left_out: dict[str, None] = {}
        for row in _rows(value):
            if not isinstance(row, dict):
                continue
            key = plain(scalar_text(row.get(stem)))
            if key in PSEUDO or scalar_text(row.get(f"{stem}_id")) == "-1":
                left_out[key or "-1"] = None
            elif key:
                label = plain(scalar_text(row.get(f"{stem}_name"))) or key
                found.setdefault(key, Choice(key_text(key), safe_text(label), note="" if label == key else key))
        ordered = tuple(sorted(found.values(), key=lambda choice: _natural(choice.label)))
        if left_out:
            notes = (*notes, message("run.pseudo_left_out", names=", ".join(safe_text(name, 40) for name in left_out)))
        return Directory(ordered, notes)

    async def site(self) -> SiteFacts:
        """See `ReportRunner.site`: the interface says nothing of its zone; its folder is found here."""
        await self._client.locate()
        return SiteFacts()

    def plan(self, definition: ReportDefinition, values: Values, context: PlanContext) -> RunPlan:
        """See `ReportRunner.plan`."""
        path = self._client.likely_path
        notes = () if self._client.path else (message("run.folder_guessed", path=path),)
        return make_plan(self._profile_id, path, definition, values, context, notes)

    @property
    def auth(self) -> RequestAuth:
        """See `ReportRunner.auth`: Basic on every request."""
        return RequestAuth(basic_user=self._user, basic_password="password")  # noqa: S106 - the name of a field

    async def run(self, definition: ReportDefinition, plan: RunPlan, folder: Path, tell: Tell) -> ReportResult:
        """See `ReportRunner.run`."""
        return await Run(self._client, self._clock, definition, plan, folder, tell).result()

    async def call_flow(self, call_id: str) -> CallFlow:
        """See `CallFlowSource.call_flow`; a whole call flow link will do as well, of which only the id is used."""
        wanted = _checked(call_id)
        value, reply, notes = await self._client.call(wanted)
        sheet = envelope(value)
        if sheet is None:
            shape = message("reply.shape", host=self._client.host, pointer="/data", what="a list was expected")
            raise ProtocolError(shape, pointer="/data", status=reply.status, exchange_id=reply.exchange_id)
        if other := foreign_events(sheet.rows):
            wrong = message("run.other_report", host=self._client.host, found=other)
            raise ProtocolError(wrong, pointer="/data/0", status=reply.status, exchange_id=reply.exchange_id)
        if not sheet.rows:
            raise NotFound(message("flow.nothing", host=self._client.host, id=wanted), exchange_id=reply.exchange_id)
        return await asyncio.to_thread(flow_of, wanted, sheet.rows, exchange_id=reply.exchange_id, notes=notes)


def _checked(text: str) -> str:
    found = call_id(text)
    if not found:
        raise UserError(message("flow.bad_id", id=safe_text(text, 60) or "(empty)"))
    return found


def _rows(value: Json) -> list[Json]:
    sheet = envelope(value)
    return sheet.rows if sheet is not None else []


def _report_name(row: Json) -> str:
    if isinstance(row, dict):
        return scalar_text(row.get("report") or row.get("name"))
    return scalar_text(row)


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Order in which 9 comes before 10, as queues are numbered."""
    import re

    parts = re.split(r"([0-9]{1,15})", text.casefold())
    return [(0, int(part), "") if part.isascii() and part.isdigit() else (1, 0, part) for part in parts if part]
