"""Saving a result: every format, rows as shown or all of them, stopped, failed, never half a file."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from console.reports.export import ExportFormat, ExportOptions
from console.reports.result import RawFile
from console.reports.table import Interrupted
from console.ui.results import ResultWindow
from console.ui.results import saving as saving_room
from console.ui.results.save_dialog import SaveChoice, SaveDialog, Sizes, remembered
from console.ui.services import MemoryState
from console.ui.theme import Theme
from tests.ui.conftest import until
from tests.ui.results.support import FakeDesktop, result, with_sub_reports

Run = Callable[..., Any]
Body = Callable[[ResultWindow], Awaitable[None]]


@pytest.mark.parametrize("format", [format for format in ExportFormat if format is not ExportFormat.ORIGINAL])
def test_every_format_writes_the_rows_on_screen(shown: Run, tmp_path: Path, format: ExportFormat) -> None:
    path = tmp_path / window_name(format)

    async def body(window: ResultWindow) -> None:
        assert window.panel is not None
        window.panel.search.setText("support 2")
        await until(lambda: window.panel is not None and window.panel.model.rowCount() == 10)
        window.panel.columns.set_shown(1, False)
        await window.saving.save(SaveChoice(format, True, ExportOptions()), path)
        assert window.bar.label.full_text().startswith(f"Saved {path.name}, 10 rows.")
        assert not window.bar.folder_button.isHidden()

    shown(result(), body, site="Denver")
    assert path.stat().st_size > 100
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
    if format is ExportFormat.CSV:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) == 11
        assert lines[0].startswith("Call ID,Queue,")


def window_name(format: ExportFormat) -> str:
    """A file name for a format."""
    return f"calls.{format.value}"


def test_everything_means_all_rows_and_columns(shown: Run, tmp_path: Path) -> None:
    path = tmp_path / "all.csv"

    async def body(window: ResultWindow) -> None:
        assert window.panel is not None
        window.panel.search.setText("support 2")
        await until(lambda: window.panel is not None and window.panel.model.rowCount() == 10)
        await window.saving.save(SaveChoice(ExportFormat.CSV, False, ExportOptions()), path)

    shown(result(), body)
    assert len(path.read_text(encoding="utf-8-sig").splitlines()) == 41


def test_rows_of_sub_reports_are_saved_from_their_tab(shown: Run, tmp_path: Path) -> None:
    path = tmp_path / "sub.csv"

    async def body(window: ResultWindow) -> None:
        assert window.sub_page is not None
        window.tabs.setCurrentWidget(window.sub_page)
        window.sub_page.choose("a")
        await until(lambda: window.sub_page is not None and window.sub_page.panel.model.rowCount() == 3)
        await window.saving.save(SaveChoice(ExportFormat.CSV, True, ExportOptions(sub_reports=True)), path)

    shown(with_sub_reports(), body)
    assert path.read_text(encoding="utf-8-sig").splitlines() == ["Queue,Calls", "Q0,0", "Q1,1", "Q2,2"]


def test_the_original_is_the_servers_bytes(shown: Run, tmp_path: Path) -> None:
    source, path = tmp_path / "raw", tmp_path / "raw.csv"
    source.write_bytes(b"\xff\x00as sent")
    made = result(files=(RawFile(source, "raw.csv", "text/csv", 9),))

    async def body(window: ResultWindow) -> None:
        assert window.saving.name_for(ExportFormat.ORIGINAL) == "DEMO Call records Denver 2016-08-01 2016-08-03.csv"
        await window.saving.save(SaveChoice(ExportFormat.ORIGINAL, True, ExportOptions()), path)

    shown(made, body, site="Denver", is_demo=True)
    assert path.read_bytes() == b"\xff\x00as sent"


def test_a_file_that_cannot_be_written_is_a_sentence(shown: Run, tmp_path: Path) -> None:
    async def body(window: ResultWindow) -> None:
        await window.saving.save(SaveChoice(ExportFormat.CSV, True, ExportOptions()), tmp_path / "gone" / "x.csv")
        assert "There is no folder" in window.bar.label.full_text()
        assert window.bar.folder_button.isHidden()

    shown(result(), body)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Hold every export until it is stopped; yields the event that lets it go on."""
    go_on = threading.Event()

    def write(_result: Any, _path: Path, _format: Any, _options: Any, _view: Any, stop: Any) -> Any:
        while not go_on.wait(0.005):
            if stop.is_set:
                raise Interrupted
        raise Interrupted

    monkeypatch.setattr(saving_room, "_write", write)
    yield go_on
    go_on.set()


def test_stop_ends_it_and_says_that_nothing_was_written(shown: Run, tmp_path: Path, held: threading.Event) -> None:
    desktop = FakeDesktop(tmp_path / "x.csv")

    async def body(window: ResultWindow) -> None:
        choice = SaveChoice(ExportFormat.CSV, True, ExportOptions())
        window._scope.start(window.saving.save(choice, tmp_path / "x.csv"), "test")
        await until(lambda: window.saving.is_busy)
        assert "Saving x.csv, 40 rows" in window.bar.label.full_text()
        window.bar.stop_button.click()
        await until(lambda: not window.saving.is_busy)
        assert window.bar.label.full_text() == "Stopped. Nothing was written."

    shown(result(), body, desktop=desktop)
    assert list(tmp_path.iterdir()) == []


def test_closing_asks_while_a_file_is_being_written(shown: Run, tmp_path: Path, held: threading.Event) -> None:
    async def body(window: ResultWindow) -> None:
        choice = SaveChoice(ExportFormat.CSV, True, ExportOptions())
        window._scope.start(window.saving.save(choice, tmp_path / "x.csv"), "test")
        await until(lambda: window.saving.is_busy)
        window.close()
        assert window.isVisible()
        await until(lambda: any(dialog.isVisible() for dialog in window.findChildren(QWidget, "") if dialog.isModal()))

    shown(result(), body)


def test_the_dialog_and_the_name_lead_to_a_file(shown: Run, tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    desktop, state = FakeDesktop(path), MemoryState()

    async def body(window: ResultWindow) -> None:
        window.save_button.click()
        await until(lambda: bool(window.findChildren(SaveDialog)))
        dialog = window.findChildren(SaveDialog)[0]
        dialog.choose(ExportFormat.JSON)
        dialog.on_primary()
        await until(lambda: not window.bar.folder_button.isHidden() and window.bar.isVisible())
        window.bar.folder_button.click()

    shown(result(), body, desktop=desktop, state=state, site="Denver")
    assert path.stat().st_size > 0
    assert desktop.proposed == ["Call records Denver 2016-08-01 2016-08-03.json"]
    assert desktop.opened == [tmp_path]
    assert state.get("results.folder") == str(tmp_path)


def test_a_cancelled_name_saves_nothing(shown: Run, tmp_path: Path) -> None:
    desktop = FakeDesktop(None)

    async def body(window: ResultWindow) -> None:
        window.saving.ask()
        await until(lambda: bool(window.findChildren(SaveDialog)))
        window.findChildren(SaveDialog)[0].on_primary()
        await until(lambda: bool(desktop.proposed))
        assert window.bar.isHidden()

    shown(result(), body, desktop=desktop)


def test_the_choices_of_last_time_come_back(theme: Theme, qapp: QApplication) -> None:
    parent, made = QWidget(), with_sub_reports()
    sizes = Sizes(3, 40, 6, 7, 8)
    dialog = SaveDialog(parent, theme, made, sizes)
    assert dialog.format is ExportFormat.CSV
    assert "3 of 40 rows, 6 of 7 columns" in dialog.as_shown.text()
    assert "sub-reports are not in this file" in dialog.note.text()
    dialog.choose(ExportFormat.XLSX)
    assert "Sub-reports are written too: 8 rows." in dialog.note.text()
    assert dialog.csv.isHidden()
    dialog.everything.setChecked(True)
    dialog.bom.setChecked(False)
    dialog.delimiter.setCurrentIndex(1)
    dialog.on_primary()
    assert dialog.choice is not None
    again = SaveDialog(parent, theme, made, sizes, last=remembered(dialog.choice))
    assert (again.format, again.as_shown.isChecked(), again.bom.isChecked()) == (ExportFormat.XLSX, False, False)
    assert again.delimiter.currentIndex() == 1
    assert ExportFormat.ORIGINAL not in again._buttons
    made.close()
    parent.deleteLater()
