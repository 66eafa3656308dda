"""Reports against the demo's own servers: pasted and ready-made, in every format."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from console.domain.clock import SystemClock
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.net.exchange import ExchangeLog
from console.reports.result import ReportResult
from console.reports.runner import PlanContext
from console.reports.schema import Json, ParamKind, ReportDefinition, Values
from console.reports.timeframe import Timeframe, resolve
from console.vendors.base import Connection
from console.vendors.registry import backends
from console.vendors.xima.backend import XimaBackend
from console.vendors.xima.reports.catalogue import definitions_of
from console.vendors.xima.reports.paste import read_request_details
from console.vendors.xima.reports.runner import Patience, XimaReports
from tests.vendors.xima.test_demo import control, demo

NO_CHATS = {"agent-chat-summary", "agent-call-and-chat-performance-summary"}


@contextlib.asynccontextmanager
async def opened(info: dict[str, Any], backend_id: str) -> AsyncIterator[XimaReports]:
    """A runner for one of the demo's servers."""
    entry = next(each for each in info["profiles"] if each["backend"] == backend_id)
    profile = Profile("p", entry["name"], backend_id, entry["url"], fields=entry["fields"], proxy="none")
    secrets = {name: Secret(value) for name, value in entry["secrets"].items()}
    backend = backends()[backend_id].open(Connection(profile, secrets, SystemClock(), ExchangeLog()))
    assert isinstance(backend, XimaBackend)
    runner = backend.reports(Patience((0.05,), 60.0))
    assert isinstance(runner, XimaReports)
    try:
        yield runner
    finally:
        await backend.aclose()


async def run(
    runner: XimaReports, of: ReportDefinition, values: Values, zone: str, folder: Path, form: str = "table"
) -> ReportResult:
    """Plan and run."""
    now = datetime.now(UTC)
    frames = {
        param.id: resolve(Timeframe.from_json(values[param.id]), now, zone)
        for param in of.params
        if param.kind is ParamKind.TIMEFRAME
    }
    return await runner.run(of, runner.plan(of, values, PlanContext(frames, now, form, {})), folder, lambda _: None)


async def offers(info: dict[str, Any], backend_id: str) -> list[dict[str, Any]]:
    """Request details of one server's reports."""
    url = next(each["url"] for each in info["profiles"] if each["backend"] == backend_id)
    found = await control(f"{info['control_url']}/reports")
    return [each for each in found if url in each["request_details"]]


@pytest.mark.parametrize("backend_id", ["chronicall", "xima"])
async def test_every_offer_can_be_pasted_and_run(tmp_path: Path, backend_id: str) -> None:
    async with demo() as info, opened(info, backend_id) as runner:
        listed = await offers(info, backend_id)
        assert listed
        for number, offer in enumerate(listed):
            imported = read_request_details(offer["request_details"], backend_id)
            folder = tmp_path / str(number)
            folder.mkdir()
            result = await run(runner, imported.definition, imported.values, info["site_zone"], folder)
            assert result.title == offer["title"]
            assert {note.code for note in result.notes} <= {"run.empty"}, offer["title"]
            assert result.table is not None or result.sub_table is not None
            result.close()


@pytest.mark.parametrize("backend_id", ["chronicall", "xima"])
async def test_ready_made_reports_run_with_their_key(tmp_path: Path, backend_id: str) -> None:
    async with demo() as info, opened(info, backend_id) as runner:
        keys = {offer["title"]: offer["key"] for offer in await offers(info, backend_id)}
        chosen = {
            name: [choice.value for choice in (await runner.choices(name)).choices][:3]
            for name in ("agents", "skills", "groups")
        }
        ran = []
        for of in definitions_of(backend_id):
            if of.id in NO_CHATS or of.title not in keys:
                continue
            values: dict[str, Json] = {"report_key": keys[of.title]}
            for param in of.params:
                if param.kind is ParamKind.TIMEFRAME:
                    values[param.id] = {"preset": "yesterday"}
                elif param.kind is ParamKind.INTERVAL:
                    values[param.id] = param.default
                elif chosen.get(param.directory):
                    values[param.id] = [*chosen[param.directory]]
            if any(param.required and param.id not in values for param in of.params):
                continue  # roles are known from pasted details only
            folder = tmp_path / of.id
            folder.mkdir()
            result = await run(runner, of, values, info["site_zone"], folder)
            assert {note.code for note in result.notes} <= {"run.empty"}, of.id
            ran.append(of.id)
            result.close()
        assert {"agent-talking-summary", "agent-call-volume", "call-details", "agent-time-card"} <= set(ran)


async def test_every_format_comes_as_a_file(tmp_path: Path) -> None:
    async with demo() as info, opened(info, "xima") as runner:
        offer = next(each for each in await offers(info, "xima") if each["title"] == "Agent Talking Summary")
        imported = read_request_details(offer["request_details"], "xima")
        for form in ("csv", "html", "pdf", "xls", "xlsx", "odt"):
            folder = tmp_path / form
            folder.mkdir()
            result = await run(runner, imported.definition, imported.values, info["site_zone"], folder, form)
            assert result.notes == (), form
            # the content names the file, and what was asked for as xls comes as xlsx
            assert result.files[0].name.endswith(".xlsx" if form == "xls" else f".{form}")
            assert (result.table is not None) == (form == "csv")
            result.close()
