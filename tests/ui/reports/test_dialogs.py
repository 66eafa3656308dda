"""Importing request details and scheduling a report."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from console.domain.clock import SystemClock, now
from console.domain.errors import UserError
from console.domain.messages import message
from console.engine.schedules.schedule import Every, Outcome
from console.engine.schedules.service import write_outcome
from console.ui.runtime.dialogs import PlainDialog
from tests.ui.conftest import RunCoroutine, until
from tests.ui.reports.conftest import MakeStage
from tests.ui.windows.walk import complaints, shown_texts


def test_pasted_text_is_read_as_it_is_typed_and_kept_when_asked(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            await on.choose()
            assert on.window.list.import_button.isVisible()
            on.window.list.import_button.click()
            await until(lambda: on.window.acts.dialog is not None)
            dialog = on.window.acts.dialog
            assert complaints(dialog) == []
            assert not dialog.primary_button.isEnabled()
            dialog.text.setPlainText("My Own Report")
            await until(dialog.primary_button.isEnabled)
            assert "My Own Report" in dialog.found.text()
            assert "not available" in dialog.status.text  # the note of the reader
            dialog.name.setText("Another title")
            dialog.on_primary()
            await until(lambda: on.window.acts.dialog is None)
            await until(lambda: on.window.desk.definition is not None and on.window.desk.definition.is_custom)
            assert on.window.column.title.text() == "Another title"

    arun(play())


def test_a_taken_id_is_asked_about_in_place(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            await on.choose()
            on.window.acts.import_details()
            await until(lambda: on.window.acts.dialog is not None)
            dialog = on.window.acts.dialog
            await until(lambda: "calls" in dialog._taken)
            dialog.text.setPlainText("calls")
            await until(lambda: dialog.collision_row.isVisible())
            dialog.on_primary()
            await until(lambda: on.window.desk.definition is not None and on.window.desk.definition.id == "calls-2")

    arun(play())


def test_a_schedule_is_shown_as_its_command_line_kept_and_listed(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            await on.choose()
            on.window.acts.schedule()
            await until(lambda: on.window.acts.dialog is not None)
            dialog = on.window.acts.dialog
            assert complaints(dialog) == []
            dialog.name.setText("Daily list")
            dialog.folder.setText("/tmp/reports")
            assert "--preset 'Daily list'" in dialog.command.toPlainText()
            assert "Calls by Queue Site" in dialog.example.text()
            dialog.file_name.setText("{wrong}")
            assert "{wrong}" in dialog.problem.text
            assert not dialog.primary_button.isEnabled()
            dialog.file_name.setText("{report}")
            dialog.every.setCurrentIndex(dialog.every.findData(Every.WEEK.value))
            dialog.weekdays[0].setChecked(False)
            assert "at least one day" in dialog.problem.text
            dialog.weekdays[4].setChecked(True)
            on.scheduler.error = UserError(message("schedule.refused", scheduler="test timers", what="no"))
            dialog.on_primary()
            await until(lambda: "did not accept" in dialog.problem.text)
            on.scheduler.error = None
            dialog.on_primary()
            await until(lambda: len(on.scheduler.known) == 1)
            await until(lambda: on.window.acts.dialog not in (None, dialog))
            panel = on.window.acts.dialog.panel
            await until(lambda: len(panel.rows) == 1)
            said = " ".join(shown_texts(panel.rows[0]))
            assert "Friday at 07:00" in said
            assert "has not run yet" in said
            (schedule_id,) = on.scheduler.known
            folder = panel._schedules._folder
            write_outcome(folder, schedule_id, Outcome(now(SystemClock()), 3, "The server could not be reached."))
            on.scheduler.known.clear()
            panel.load()
            await until(lambda: "Removed in the system" in panel.rows[0].state.text())
            assert "could not be reached" in panel.rows[0].state.text()
            panel.rows[0].remove.click()
            await until(lambda: panel.rows == [])
            on.window.acts.dialog.reject()
            await until(lambda: on.window.acts.dialog is None)

    arun(play())


def test_without_a_scheduler_it_is_said_why(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage(schedules=False) as on:
            await on.choose()
            on.window.list.schedules_button.click()
            await until(lambda: bool(on.window.findChildren(PlainDialog)))
            (dialog,) = on.window.findChildren(PlainDialog)
            assert "Not in a test." in " ".join(shown_texts(dialog))
            dialog.accept()
            await until(lambda: not on.window.findChildren(PlainDialog))

    arun(play())


def test_presets_and_imported_reports_can_be_renamed_and_removed(arun: RunCoroutine, stage: MakeStage) -> None:
    async def play() -> None:
        async with stage() as on:
            await on.choose()
            acts, memory = on.window.shelf_acts, on.rig.core.reports.memory
            memory.save_preset("site", on.window.desk.definition, "Old name", on.window.desk.form.values())
            row = next(r for r in on.window.list.view.reports.rows if r.preset_id)
            acts.show_menu(row, QPoint(0, 0))
            assert [action.text() for action in acts.menu.actions()] == ["Star", "", "Rename…", "Delete preset…"]
            acts.menu.close()
            acts.rename(row)
            await until(lambda: acts.dialog is not None)
            acts.dialog.name.setText("  ")
            acts.dialog.on_primary()
            assert acts.dialog.row.problem
            acts.dialog.name.setText("New name")
            acts.dialog.on_primary()
            await until(lambda: acts.dialog is None)
            assert [preset.name for preset in memory.presets("site")] == ["New name"]
            acts.delete(row)
            await until(lambda: bool(on.window.findChildren(PlainDialog)))
            on.window.findChildren(PlainDialog)[0].accept()
            await until(lambda: not memory.presets("site"))
            await on.rig.core.reports.import_report("site", "Pasted one")
            on.window.desk.use_profile("site")
            await on.choose("pasted-one")
            row = next(r for r in on.window.list.view.reports.rows if r.report_id == "pasted-one")
            acts.delete(row)
            await until(lambda: bool(on.window.findChildren(PlainDialog)))
            on.window.findChildren(PlainDialog)[-1].accept()
            await until(lambda: [d.id for d in on.window.desk.definitions] == ["calls"])

    arun(play())
