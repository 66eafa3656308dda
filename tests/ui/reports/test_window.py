"""The report window: nothing entered is lost, what is wrong is said in place, a run never blocks it."""

from __future__ import annotations

import asyncio
import json

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.domain.errors import UserError
from console.domain.messages import message
from console.reports.result import Phase
from console.ui.reports.history_tab import range_words
from console.ui.reports.window import ABOUT, HISTORY, PREVIEW, REQUEST
from console.ui.services import MemoryState
from tests.engine.report_fakes import waits_for
from tests.ui.conftest import RunCoroutine, until
from tests.ui.reports.conftest import MakeStage
from tests.ui.windows.walk import clipped, complaints


def test_it_lists_reports_and_shows_the_form_of_the_chosen_one(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            await on.choose()
            assert on.window.column.title.text() == "Calls by Queue"
            assert on.window.desk.form.values()["when"] == {"preset": "yesterday"}
            titles = [row.title for row in on.window.list.view.reports.rows if not row.is_heading]
            assert titles == ["Calls by Queue"]
            assert complaints(on.window) == []
            assert clipped(on.window) == []

    arun(play())


def test_drafts_outlive_other_reports_and_other_sites(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage("Berlin", "Wien") as on:
            on.window.desk.discover()
            await on.choose("keyed")
            on.window.desk.form.set_values({"report_key": "half typ"})
            await on.choose("calls")
            on.window.desk.form.set_values({"when": {"preset": "last_days", "days": 9}})
            await on.choose("keyed")
            assert on.window.desk.form.values()["report_key"] == "half typ"
            on.window.list.profile.setCurrentIndex(1)
            await until(lambda: bool(on.window.desk.definitions))
            on.window.list.profile.setCurrentIndex(0)
            await on.choose("calls")
            assert on.window.desk.form.values()["when"] == {"preset": "last_days", "days": 9}

    arun(play())


def test_a_run_is_told_in_the_strip_and_its_rows_in_the_preview(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            await on.choose()
            assert not on.window.jobs.isVisible()
            await on.run()
            assert on.window.jobs.isVisible()
            (row,) = on.window.jobs.rows.values()
            assert "Done" in row.state.full_text()
            assert "2 rows" in row.state.full_text()
            on.window.tabs.setCurrentIndex(PREVIEW)
            await until(lambda: on.window.preview.rows.model() is not None)
            assert on.window.preview.rows.model().rowCount() == 2
            on.window.preview.open_button.click()
            assert [site for site, _ in on.opener.opened] == ["Site"]

    arun(play())


def test_a_run_neither_blocks_nor_closes_and_can_be_cancelled(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        never = asyncio.Event()
        async with stage() as on:
            on.server.script = [waits_for(never), waits_for(never)]
            await on.choose()
            on.window.run()
            await until(lambda: bool(on.window.jobs.rows))
            (row,) = on.window.jobs.rows.values()
            await until(lambda: row.job.phase is Phase.WAITING)
            assert on.window.column.run_button.isEnabled()
            await until(lambda: "Waiting for the server" in row.state.full_text())
            assert not row.buttons["retry"].isVisible()
            row.buttons["cancel"].click()
            await until(lambda: "still be working" in row.state.full_text())
            row.buttons["retry"].click()
            await until(lambda: len(on.window.jobs.rows) == 2)
            row.buttons["remove"].click()
            await until(lambda: len(on.window.jobs.rows) == 1)

    arun(play())


def test_what_is_wrong_is_said_where_it_is_and_nothing_is_sent(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            on.window.desk.discover()
            await on.choose("keyed")
            on.window.tabs.setCurrentIndex(REQUEST)
            on.window.run()
            assert "fields above" in on.window.column.problem.text
            assert on.window.desk.form.row("report_key").problem
            await until(lambda: "key" in on.window.request.empty.line().lower())
            assert on.server.plans == []

    arun(play())


def test_a_refusal_stands_above_the_button_and_the_form_stays(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            on.server.site_error = UserError(message("report.none", title="Fake PBX"))
            await on.choose()
            on.window.run()
            await until(lambda: "not available" in on.window.column.problem.text)
            assert on.window.column.run_button.isEnabled()
            assert on.window.desk.form.values()["when"] == {"preset": "yesterday"}

    arun(play())


def test_the_request_follows_the_form_in_every_language(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            await on.choose()
            view = on.window.request
            on.window.tabs.setCurrentIndex(REQUEST)
            await until(lambda: view.text.toPlainText().startswith(("#", "POST")))
            assert "SUPERVISOR_CONSOLE_SECRET_SITE_KEY" in view.variables.text()
            seen = set()
            for chip in view.languages.chips():
                chip.click()
                language = view.language
                await until(lambda: view._whole not in seen and bool(view._whole))
                seen.add(view._whole)
                assert language == view.language
            view.copy_button.click()
            assert json.loads(QApplication.clipboard().text())
            first = view._whole
            on.window.desk.form.editor("when").chips.chip("today").click()
            await until(lambda: view._whole != first)

    arun(play())


def test_history_runs_again_copies_and_compares(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            await on.choose()
            await on.run()
            on.window.desk.form.set_values({"when": {"preset": "today"}})
            on.server.rows = (("Sales", 13, 61_000),)
            await on.run()
            tab = on.window.history
            on.window.tabs.setCurrentIndex(HISTORY)
            await until(lambda: len(tab.model.entries) == 2)
            tab.table.selectRow(1)
            assert "yesterday" in tab.details.text()
            tab.buttons["copy"].click()
            assert on.window.desk.form.values()["when"] == {"preset": "yesterday"}
            tab.buttons["retry"].click()
            await until(lambda: len(on.server.plans) == 3)
            assert on.server.plans[2] is on.server.plans[0]
            tab.buttons["again"].click()
            await until(lambda: len(on.server.plans) == 4)
            assert on.server.plans[3].values == on.server.plans[0].values
            await until(lambda: len(tab.model.entries) == 4)
            tab.buttons["open"].click()
            assert len(on.opener.opened) == 1
            tab.table.selectAll()
            assert not tab.buttons["compare"].isEnabled()
            tab.table.clearSelection()
            flags = tab.table.selectionModel().SelectionFlag
            for row in (2, 3):
                tab.table.selectionModel().select(tab.model.index(row, 0), flags.Select | flags.Rows)
            tab.buttons["compare"].click()
            await until(lambda: len(on.opener.opened) == 2)
            compared = on.opener.opened[-1][1]
            assert compared.plan.timeframe is None  # two ranges have no common one: the title names both
            assert all(part in compared.title for part in {range_words(e.timeframe) for e in tab.model.entries[2:]})
            compared.close()

    arun(play())


def test_several_sites_run_as_one(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage("Berlin", "Wien", "Zürich") as on:
            await on.choose()
            tick = next(iter(on.window.list._ticks.values()))
            tick.setChecked(True)
            assert on.window.column.run_button.text() == "Run on 2 sites"
            await on.run()
            (job,) = on.rig.core.reports.jobs.all
            assert job.result.table.row_count == 4
            assert "Site" in on.window.preview.head.text() or job.profile_name == "Berlin, Wien"

    arun(play())


def test_stars_and_presets_come_on_top(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            await on.choose()
            on.window.column.star.click()
            on.window.acts.save_preset()
            await until(lambda: on.window.acts.dialog is not None)
            dialog = on.window.acts.dialog
            dialog.name.setText("Every morning")
            assert complaints(dialog) == []
            dialog.on_primary()
            await until(lambda: on.window.acts.dialog is None)
            headings = [row.title for row in on.window.list.view.reports.rows if row.is_heading]
            assert headings == ["Starred", "Presets", "All reports"]
            on.window.desk.form.set_values({"when": {"preset": "today"}})
            row = next(r for r in on.window.list.view.reports.rows if r.preset_id)
            on.window.list.view.chosen.emit(row)
            assert on.window.desk.form.values()["when"] == {"preset": "yesterday"}
            on.window.acts.save_preset()
            await until(lambda: on.window.acts.dialog is not None)
            dialog = on.window.acts.dialog
            dialog.name.setText("every MORNING")
            dialog.on_primary()
            assert "already a preset" in dialog.row.problem
            dialog.on_primary()
            await until(lambda: on.window.acts.dialog is None)

    arun(play())


def test_search_narrows_the_list_and_keys_reach_everything(arun: RunCoroutine, stage: MakeStage, qtbot: QtBot) -> None:
    async def play() -> None:
        async with stage() as on:
            on.window.desk.discover()
            await on.choose("keyed")
            on.window._on_find()
            qtbot.keyClicks(on.window.list.search, "queue")
            shown = [row.report_id for row in on.window.list.view.reports.rows if not row.is_heading]
            assert shown == ["calls"]
            qtbot.keyClick(on.window.list.search, Qt.Key.Key_Down)
            assert on.window.desk.definition.id == "calls"
            qtbot.keyClick(on.window.list.view, Qt.Key.Key_Asterisk)
            assert on.window.desk.is_starred()
            qtbot.keyClick(on.window.list.view, Qt.Key.Key_Return)
            assert on.window.desk.form.isAncestorOf(on.window.focusWidget())
            on.window.list.search.setText("nothing like it")
            assert "No report matches" in on.window.list.nothing.text()

    arun(play())


def test_a_list_that_cannot_be_had_is_a_sentence(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            await on.choose()
            await until(lambda: "site" in on.server.asked)
            on.server.list_error = UserError(message("report.none", title="Fake PBX"))
            on.window.list.refresh_button.click()
            await until(lambda: "not available" in on.window.list.note.text)
            assert on.window.list.refresh_button.isEnabled()
            assert on.window.desk.definition.id == "calls"

    arun(play())


def test_it_comes_back_as_it_was_left(arun: RunCoroutine, stage: MakeStage) -> None:
    state = MemoryState()

    async def leave() -> None:
        async with stage("Berlin", "Wien", state=state) as on:
            on.window.list.profile.setCurrentIndex(1)
            await on.choose()
            on.window.tabs.setCurrentIndex(ABOUT)
            on.window.request.set_language("python")

    async def return_to() -> None:
        async with stage("Berlin", "Wien", state=state) as on:
            await until(lambda: on.window.desk.definition is not None)
            assert on.window.desk.profile_id == "wien"
            assert on.window.desk.definition.id == "calls"
            assert on.window.tabs.currentIndex() == ABOUT
            assert on.window.request.language == "python"

    arun(leave())
    arun(return_to())
