"""An imported report that nobody named takes the title of its first result."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.domain.model import ProfileId
from console.engine.report_library import Imported
from console.reports.result import ReportResult
from console.reports.runner import ImportedReport
from console.reports.schema import MADE_UP_TITLE, ReportDefinition
from tests.engine.report_fakes import CALLS, YESTERDAY, FakeRunner, Rig, Server, open_rig, spec_of
from tests.support import ManualClock

MADE_UP = "Report LT1"


def imports(text: str) -> ImportedReport:
    wire = {"key": text, MADE_UP_TITLE: MADE_UP}
    return ImportedReport(replace(CALLS, id=f"custom-{text}", title=MADE_UP, wire=wire), {})


class Named(FakeRunner):
    """Every result is called as the ready-made report is."""

    async def run(self, definition: ReportDefinition, *arguments: object) -> ReportResult:
        result = await super().run(definition, *arguments)  # type: ignore[arg-type]
        return replace(result, title=CALLS.title)


@pytest.fixture
async def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Rig]:
    server = Server()
    spec = replace(spec_of(server), open_reports=Named, import_report=imports)
    monkeypatch.setattr("console.engine.profiles.backends", lambda: {"fake": spec})
    rig = open_rig(tmp_path, server, ManualClock())
    try:
        yield rig
    finally:
        await rig.core.aclose()


async def ran(rig: Rig, title: str = "") -> tuple[ProfileId, Imported]:
    """A report imported and run once."""
    profile_id = await rig.add()
    imported = await rig.core.reports.import_report(profile_id, "LT1", title=title)
    job = await rig.core.reports.run(profile_id, imported.definition, YESTERDAY)
    await rig.core.reports.jobs.wait(job)
    assert job.error is None
    assert job.title == (title or CALLS.title)
    return profile_id, imported


async def title_of(rig: Rig, profile_id: ProfileId, report_id: str) -> str:
    found = await rig.core.reports.definitions(profile_id)
    return next(definition.title for definition in found if definition.id == report_id)


async def test_the_first_result_names_it(rig: Rig) -> None:
    profile_id, imported = await ran(rig)
    assert imported.definition.title == MADE_UP
    assert await title_of(rig, profile_id, "custom-LT1") == CALLS.title
    assert [entry.title for entry in rig.core.reports.memory.history()] == [CALLS.title]
    found = await rig.core.reports.find(profile_id, CALLS.title)
    assert found.id == "custom-LT1"  # it has its key, the ready-made one of that title has not


async def test_a_name_of_the_users_stays(rig: Rig) -> None:
    profile_id, _ = await ran(rig, "Mondays")
    assert await title_of(rig, profile_id, "custom-LT1") == "Mondays"


async def test_a_report_named_during_the_run_or_removed_is_left_alone(rig: Rig) -> None:
    profile_id, imported = await ran(rig)
    library = rig.core.reports.library
    library.rename(imported.definition, "Mine")
    library.learn_title(imported.definition, "Another")
    assert await title_of(rig, profile_id, "custom-LT1") == "Mine"
    library.remove(imported.definition)
    library.learn_title(imported.definition, "Another")
    library.learn_title(CALLS, "Another")
    assert CALLS.title in [definition.title for definition in await rig.core.reports.definitions(profile_id)]
