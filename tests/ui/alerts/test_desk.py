"""Alerts in the main window: commands, banner, raised rows, muting, the dock, and what is done about an alert."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from console.domain.alert_rules import Action, Scope
from console.domain.alerts import Alert, AlertState
from console.domain.thresholds import Level
from console.ui.alerts.acts import NoteDialog, UntilDialog, trend_command
from console.ui.alerts.mute import FOREVER
from console.ui.desks.alert_desk import AlertDesk
from console.ui.services import MemoryState, Services
from console.ui.windows.main_window import MainWindow
from tests.ui.alerts.fakes import ALL_ACTIONS, FakeAlerts, alert
from tests.ui.conftest import RunCoroutine, until
from tests.ui.windows.conftest import clock, make, profiles
from tests.ui.windows.fakes import FakeProfiles, StillClock, store_of, two_sites

__all__ = ["clock", "make", "profiles"]

Make = Callable[..., MainWindow]


@pytest.fixture
def service(clock: StillClock) -> FakeAlerts:
    found = FakeAlerts()
    found.now_ms = clock.now_ms()
    return found


def opened(make: Make, clock: StillClock, service: FakeAlerts, state: MemoryState | None = None) -> MainWindow:
    board = two_sites(clock)
    window = make(state=state)
    window.resize(1366, 768)
    window.show()
    people = FakeProfiles(tuple(source.profile for source in board.sources))
    window.attach(Services(store_of(board.sources), people, alerts=service))  # type: ignore[arg-type]
    return window


def desk_of(window: MainWindow) -> AlertDesk:
    return next(desk for desk in window.desks.desks if isinstance(desk, AlertDesk))


def of_row(window: MainWindow, number: int, row: int, clock: StillClock) -> Alert:
    shown = window.docks.pane("queues").model.rows[row]
    found = alert(number, shown.row.name, profile_id=shown.key[0], row_id=shown.key[1])
    return replace(found, since_ms=clock.now_ms() - 5000, fired_ms=clock.now_ms())


def test_news_reach_banner_sound_rows_and_centre(
    qtbot: QtBot, make: Make, clock: StillClock, service: FakeAlerts
) -> None:
    window = opened(make, clock, service)
    desk = desk_of(window)
    assert desk.banner is not None
    assert desk.player is not None
    focus = window.focusWidget()
    found = of_row(window, 1, 7, clock)
    key = (found.profile_id, found.row_id)
    service.raised = {Scope.QUEUE: {key: Level.CRITICAL}}
    service.put(found, actions=ALL_ACTIONS)
    assert desk.banner.isVisible()
    assert window.focusWidget() is focus, "it takes no focus"
    assert desk.player.played == ["chime"]
    assert window.docks.pane("queues").model.keys[0] == key
    window.perform("alerts")
    assert desk.dock is not None
    assert desk.dock.isVisible()
    assert [row.id for row in desk.dock.centre.model.rows] == ["a1"]
    service.put(replace(found, firings=2), actions=frozenset())
    assert desk.player.played == ["chime"], "it came back silently"
    window.perform("acknowledge")
    assert service.alerts[0].state is AlertState.ACKNOWLEDGED
    assert not desk.banner.isVisible()


def test_banner_leads_to_its_row_or_to_the_centre(
    qtbot: QtBot, make: Make, clock: StillClock, service: FakeAlerts
) -> None:
    window = opened(make, clock, service)
    desk = desk_of(window)
    assert desk.banner is not None
    first, second = of_row(window, 1, 3, clock), of_row(window, 2, 5, clock)
    service.put(first, actions=ALL_ACTIONS)
    desk.banner.show_button.click()
    table = window.docks.pane("queues").table
    assert table.currentIndex().row() == window.docks.pane("queues").model.row_of((first.profile_id, first.row_id))
    service.put(second, actions=ALL_ACTIONS)
    desk.banner.show_button.click()
    assert desk.dock is not None
    assert {row.id for row in desk.dock.centre.list.selected()} == {"a1", "a2"}
    window.perform("acknowledge")
    service.put(alert(9, "Munich", scope=Scope.CONNECTION, row_id=""), actions=ALL_ACTIONS)
    desk.banner.show_button.click()
    assert [row.id for row in desk.dock.centre.list.selected()] == ["a9"], "a connection has no row to go to"


def test_muted_is_said_across_the_window_until_it_is_undone(
    qtbot: QtBot, make: Make, clock: StillClock, service: FakeAlerts
) -> None:
    window = opened(make, clock, service)
    desk = desk_of(window)
    assert desk.muted is not None
    assert desk.banner is not None
    service.put(of_row(window, 1, 3, clock), actions=ALL_ACTIONS)
    window.perform("mute")
    menu = next(found for found in window.findChildren(QMenu) if found.title() == "Mute")
    menu.actions()[2].trigger()
    menu.close()
    assert service.muted_until == FOREVER
    assert desk.muted.isVisible()
    assert not desk.banner.isVisible()
    desk.muted.badge.button.click()
    assert service.muted_until is None
    assert not desk.muted.isVisible()
    assert desk.banner.isVisible(), "it still waits for an act"


def test_the_dock_is_there_again_the_next_time(
    qtbot: QtBot, make: Make, clock: StillClock, service: FakeAlerts
) -> None:
    state = MemoryState()
    window = opened(make, clock, service, state)
    assert desk_of(window).dock is None, "made when it is wanted"
    window.perform("alerts")
    window.save_state()
    again = desk_of(opened(make, clock, service, MemoryState(state.values))).dock
    assert again is not None
    assert not again.isHidden()


def test_notes_and_snoozes_are_kept(make: Make, clock: StillClock, service: FakeAlerts, arun: RunCoroutine) -> None:
    window = opened(make, clock, service)
    desk = desk_of(window)
    acts = desk.acts
    assert acts is not None
    found = of_row(window, 1, 3, clock)
    service.put(found, actions=frozenset({Action.BANNER}))

    def dialog(kind: type) -> object:
        active = QApplication.activeModalWidget()
        return active if isinstance(active, kind) else None

    async def work() -> None:
        acts.do("note", [found])
        await until(lambda: dialog(NoteDialog) is not None)
        note = dialog(NoteDialog)
        assert isinstance(note, NoteDialog)
        note.edit.setPlainText("  told the team ")
        note.accept()
        await until(lambda: service.alerts[0].note == "told the team")
        await until(lambda: not acts._scope.running)
        acts.do("snooze:15", [found])
        assert service.alerts[0].snoozed_until_ms == clock.now_ms() + 15 * 60_000
        acts.do("snooze:until", [found])
        await until(lambda: dialog(UntilDialog) is not None)
        until_dialog = dialog(UntilDialog)
        assert isinstance(until_dialog, UntilDialog)
        until_dialog.accept()
        await until(lambda: (service.alerts[0].snoozed_until_ms or 0) > clock.now_ms() + 60 * 60_000)
        acts.do("snooze:end", [found])
        assert service.alerts[0].snoozed_until_ms is None
        await acts.aclose()

    arun(work())
    assert trend_command(found) == f"trends:{found.profile_id}/queues/{found.row_id}/longest_wait"
