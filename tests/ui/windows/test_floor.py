"""The floor in its window: where panes stand, what leads where, and many connections at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from console.ui.windows.inspector import SourceDialog
from console.ui.windows.main_window import MainWindow
from tests.ui.conftest import RunCoroutine, until
from tests.ui.windows.fakes import StillClock, attach, many_sites, profile, two_sites
from tests.ui.windows.walk import complaints, shown_texts

Make = Callable[..., MainWindow]


def test_panes_stand_by_the_width_until_the_user_moves_one(make: Make) -> None:
    window = make(profiles=(profile("Berlin"),))
    docks = window.docks.docks

    def is_side_by_side() -> bool:
        return docks["agents"].geometry().left() > docks["queues"].geometry().right()

    window.resize(1366, 768)
    window.show()
    assert not is_side_by_side()
    assert docks["queues"].width() == window.docks.width()
    window.resize(1920, 1080)
    QApplication.sendPostedEvents()
    assert is_side_by_side()
    docks["metrics"].toggleViewAction().trigger()
    window.resize(1366, 768)
    assert is_side_by_side()
    window.perform("reset")
    assert not is_side_by_side()
    assert not docks["metrics"].isHidden()


def test_a_floating_pane_is_a_window_that_says_whose(make: Make, clock: StillClock) -> None:
    window = make(is_demo=True)
    window.show()
    attach(window, two_sites(clock))
    dock, pane = window.docks.docks["agents"], window.docks.pane("agents")
    dock._on_float()
    assert dock.isWindow()
    assert dock.windowTitle() == "Agents — Supervisor Console — DEMO"
    assert not pane.fresh_chip.isHidden()
    dock._on_float()
    assert not dock.isWindow()
    assert dock.windowTitle() == "Agents"
    assert not dock.isHidden()


def test_enter_on_a_queue_leads_to_its_agents_and_on_a_figure_to_its_request(
    make: Make, clock: StillClock, arun: RunCoroutine
) -> None:
    async def body() -> None:
        window = make()
        window.show()
        attach(window, two_sites(clock))
        queues, agents = window.docks.pane("queues"), window.docks.pane("agents")
        row = queues.model.rows[0]
        queues.row_activated.emit(row)
        assert row.row.name in agents.queue_chip.text()  # type: ignore[attr-defined]
        agents.clear_filter()
        assert agents.queue_chip.isHidden()  # type: ignore[attr-defined]
        queues.select_key(row.key)
        window.perform("source")
        await until(lambda: window.findChild(SourceDialog) is not None)
        dialog = window.findChild(SourceDialog)
        assert isinstance(dialog, SourceDialog)
        dialog.reject()
        await until(lambda: window.findChild(SourceDialog) is None)
        await window.aclose()

    arun(body())


def test_a_demo_that_does_not_start_says_so_and_can_be_tried_again(make: Make, qtbot: QtBot) -> None:
    window = make(is_demo=True)
    window.show()
    window.show_failure("The demo did not start", "The port is taken.", "demo", "Try again")
    window._show_profiles()
    assert {"The demo did not start", "The port is taken."} <= set(shown_texts(window))
    with qtbot.waitSignal(window.demo_requested):
        window._waiting.findChild(QPushButton).click()  # type: ignore[union-attr]


@pytest.mark.parametrize("number", [1, 4, 8])
def test_many_connections_keep_to_their_rows(make: Make, clock: StillClock, number: int) -> None:
    window = make(is_demo=True)
    window.resize(1366, 768)
    window.show()
    attach(window, many_sites(clock, number, stem="Kundenservice Standort"))
    QApplication.sendPostedEvents()
    assert window.bar.height() <= (46 if number <= 4 else 84)
    assert "DEMO" in shown_texts(window)
    assert complaints(window) == []
    said = window.status.text
    assert (f"{number} of {number} connections live" in said) is (number > 3)
