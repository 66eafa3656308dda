"""Reports from the main window: the menu opens the window, the first run brings the runs into sight."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from console.app.services import _metric_ids
from console.domain.clock import SystemClock
from console.domain.provenance import Exchange
from console.settings.schema import General
from console.ui.services import MemoryState, Services
from console.ui.theme import Theme
from console.ui.windows.docks import LOW, DockArea
from console.ui.windows.main_window import MainWindow
from console.ui.windows.zone_box import ZoneBox
from tests.engine.report_fakes import YESTERDAY, Server, open_rig
from tests.support import ManualClock
from tests.ui.conftest import RunCoroutine, until
from tests.ui.reports.test_words import entry

Make = Callable[..., Any]


def test_reports_open_once_and_runs_show_below_the_panes(
    arun: RunCoroutine, theme: Theme, server: Server, tmp_path: Path
) -> None:
    async def play() -> None:
        rig = open_rig(tmp_path / "home", server, SystemClock())
        site = await rig.add()
        window = MainWindow(theme, rig.core.clock, general=General(theme="light"), state=MemoryState())
        window.show()
        try:
            window.perform("reports")  # before there is an engine: nothing
            assert window.desk.window is None
            window.attach(Services(rig.core.store, rig.core.profiles, reports=rig.core.reports))  # type: ignore[arg-type]
            window.perform("reports")
            opened = window.desk.window
            assert opened is not None
            opened.close()
            window.perform("reports")
            assert window.desk.window is opened
            assert opened.isVisible()
            assert not window.docks.jobs.isVisible()
            (definition,) = await rig.core.reports.definitions(site)
            job = await rig.core.reports.run(site, definition, YESTERDAY)
            await until(lambda: job.is_over and window.docks.jobs.isVisible())
            assert window.desk.panel is not None
            (row,) = window.desk.panel.rows.values()
            row.buttons["open"].click()
            await until(lambda: len(window.desk._opener.windows) == 1)
            row.buttons["remove"].click()
            await until(lambda: not window.desk.panel.rows and not window.desk._opener.windows)
        finally:
            await window.aclose()
            await rig.core.aclose()
            window.deleteLater()
        assert not rig.bugs

    arun(play(), timeout=10)


def test_a_zone_is_found_by_any_part_of_its_name(theme: Theme, qtbot: Any) -> None:
    box = ZoneBox("UTC+05:30")
    qtbot.addWidget(box)
    assert box.name() == "UTC+05:30"
    box.setEditText("")
    assert box.name() == ""
    assert box.findText("Europe/Berlin") > 0
    completer = box.completer()
    completer.setCompletionPrefix("berlin")
    assert completer.currentCompletion() == "Europe/Berlin"


def test_the_metric_of_a_place_is_read_from_its_reply() -> None:
    body = '{"results": [{"key": {"metricId": "A"}, "value": {"count": 1}}, {"key": {"metricId": "B"}}]}'
    exchange = Exchange("x", "p", "GET", "http://a/", entry().started_at, body=body)
    assert _metric_ids(exchange, "/results/1/value/count") == ("B",)
    assert _metric_ids(exchange, "/nothing") == ()
    assert _metric_ids(Exchange("x", "p", "GET", "http://a/", entry().started_at, body="{"), "/results/0") == ()


def test_on_a_low_screen_runs_stand_under_a_tab(qtbot: Any, theme: Theme) -> None:
    """A third row of panes would be painted over the second."""
    docks = DockArea(theme, ManualClock(), MemoryState())
    qtbot.addWidget(docks)
    docks.resize(1076, LOW - 60)
    docks.show()
    docks.fit_runs()
    assert docks.tabifiedDockWidgets(docks.jobs) == []  # nothing to make room for
    docks.jobs.show()
    docks.fit_runs()
    assert docks.docks["waiting"] in docks.tabifiedDockWidgets(docks.jobs)


def test_quit_is_heard_in_every_window(theme: Theme, qtbot: Any) -> None:
    window = MainWindow(theme, ManualClock(), general=General(theme="light"), state=MemoryState())
    qtbot.addWidget(window)
    assert window.menus.actions["quit"].shortcutContext() is Qt.ShortcutContext.ApplicationShortcut
    assert not QApplication.windowIcon().isNull()
