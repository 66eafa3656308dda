"""The main window: before the engine, on a board, in trouble, and on the way out."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from console.domain.board import Board, Source
from console.domain.enums import HealthState
from console.domain.messages import message
from console.domain.text import Look
from console.domain.thresholds import Level
from console.settings.schema import General
from console.ui.services import MemoryState
from console.ui.theme import Density, Theme
from console.ui.windows import geometry
from console.ui.windows.main_window import MainWindow
from tests.ui.conftest import RunCoroutine, until
from tests.ui.windows.fakes import StillClock, attach, health, profile, snapshot, two_sites
from tests.ui.windows.walk import complaints, shown_texts

Make = Callable[..., MainWindow]


def test_window_paints_from_settings_alone(make: Make) -> None:
    window = make(profiles=(profile("Berlin"), replace(profile("Graz"), enabled=False)))
    window.show()
    words = {chip.profile.name: chip.word for chip in window.bar.chips.values()}
    assert words == {"Berlin": "warming up", "Graz": "switched off"}
    assert "Berlin not yet" in window.status.text
    assert window.windowTitle() == "Supervisor Console"
    assert not window.grab().isNull()


def test_importing_the_window_brings_nothing_heavy() -> None:
    late = ("console.ui.panes", "console.ui.windows.profile_editor", "httpx", "keyring", "qasync", "pyqtgraph", "numpy")
    code = f"import sys, console.ui.windows.main_window; print([name for name in {late!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_demo_is_in_the_title(make: Make) -> None:
    window = make(is_demo=True)
    window.show()
    assert window.windowTitle() == "Supervisor Console — DEMO"
    assert "The demo call centre is starting" in shown_texts(window)


def test_first_run_offers_three_ways_in(make: Make, qtbot: QtBot) -> None:
    window = make()
    window.show()
    assert window.start.isVisible()
    with qtbot.waitSignal(window.demo_requested):
        qtbot.mouseClick(window.start.way("demo"), Qt.MouseButton.LeftButton)


def test_a_board_shows_lights_tiles_panes_and_ages(make: Make, clock: StillClock) -> None:
    window = make()
    window.resize(1366, 768)
    window.show()
    attach(window, two_sites(clock))
    berlin, vienna = window.bar.chips.values()
    assert (berlin.word, vienna.word) == ("live 1 s", "unreachable, next try in 12 s")
    assert [tile.text for tile in window.tiles.tiles][:3] == [
        "14 · 14",
        "2:41 · 1:53",  # as it was 48 s ago, when the second source was last heard
        "81.7\u202f% · 81.7\u202f%",
    ]
    for tile in window.tiles.tiles[:3]:
        assert [(value.profile, value.shown.look) for value in tile.values] == [
            ("Berlin", Look.VALUE), ("Vienna", Look.STALE),
        ]  # fmt: skip
    assert window.docks.pane("queues").model.rowCount() == 16
    assert "Berlin 1 s ago" in window.status.text
    clock.move(1)
    window.refresh()
    assert berlin.word == "live 2 s"
    assert window.tiles.tiles[1].text == "2:42 · 1:53"
    assert vienna.word == "unreachable, next try in 11 s"


def test_tiles_tell_five_truths_and_alarms_apart(make: Make, clock: StillClock) -> None:
    window = make(MemoryState({"tiles.chosen": [f"id-Berlin/t{i}" for i in (0, 1, 4, 5, 6, 8, 9)]}))
    window.show()
    attach(window, Board(two_sites(clock).sources[:1]))
    assert [tile.look for tile in window.tiles.tiles] == [
        Look.VALUE, Look.VALUE, Look.VALUE, Look.NOT_APPLICABLE, Look.WARMING, Look.ERROR, Look.UNSUPPORTED,
    ]  # fmt: skip
    assert [tile.level for tile in window.tiles.tiles][:3] == [Level.NONE, Level.CRITICAL, Level.CAUTION]
    clock.move(60)
    window.refresh()
    assert window.tiles.tiles[0].look is Look.STALE
    assert {tile.level for tile in window.tiles.tiles} == {Level.NONE}


def test_a_running_tile_of_a_silent_source_stands_still(make: Make, clock: StillClock) -> None:
    window = make()
    window.show()
    attach(window, two_sites(clock))
    old = window.tiles.tiles[1].values[1].shown.text
    clock.move(20)
    window.refresh()
    assert window.tiles.tiles[1].values[1].shown.text == old


def test_chosen_tiles_are_remembered(make: Make, clock: StillClock) -> None:
    state = MemoryState()
    window = make(state)
    window.show()
    attach(window, Board(two_sites(clock).sources[:1]))
    window.tiles.toggle("id-Berlin/t0")
    window.tiles.toggle("id-Berlin/t7")
    again = make(state)
    attach(again, Board(two_sites(clock).sources[:1]))
    assert len(again.tiles.tiles) == 7
    assert [tile.text for tile in again.tiles.tiles] == [tile.text for tile in window.tiles.tiles]


def test_500_errors_give_one_strip_per_profile(make: Make, clock: StillClock) -> None:
    window = make()
    window.show()
    board = Board(
        tuple(Source(profile(name), "Chronicall", snapshot(profile(name)), health(clock)) for name in ("A", "B", "C"))
    )
    store, _ = attach(window, board)
    before = len(QApplication.topLevelWidgets())
    for number in range(500):
        source = board.sources[number % 3]
        trouble = health(
            clock,
            HealthState.ERROR,
            message=message("reply.shape", host="x", pointer="/a", what=str(number)),
            detail="<b>\u202e" + "x" * 2000,
            next_try_mono=clock.mono + number,
        )
        store.put(source.profile.id, trouble)
    window.refresh()
    assert len(window.bar.strips) == 3
    assert all("tries have failed." in strip.details for strip in window.bar.strips.values())
    assert all("\u202e" not in strip.details for strip in window.bar.strips.values())
    assert len(QApplication.topLevelWidgets()) == before
    assert complaints(window) == []
    for source in board.sources:
        store.put(source.profile.id, health(clock))
    window.refresh()
    assert window.bar.strips == {}


def test_many_troubled_profiles_do_not_push_the_floor_away(make: Make, clock: StillClock) -> None:
    window = make()
    window.show()
    down = health(clock, HealthState.UNREACHABLE, message=message("connect.dns", host="x"))
    attach(window, Board(tuple(Source(profile(f"P{i}"), "Chronicall", None, down) for i in range(9))))
    assert len(window.bar.strips) == 3
    assert "6 more connections need a look." in shown_texts(window)


def test_refused_and_stale_and_warming_have_their_own_words(make: Make, clock: StillClock) -> None:
    window = make()
    window.show()
    refused = message("http.unauthorized", host="x", secret="key")
    sources = (
        Source(profile("R"), "X", None, health(clock, HealthState.REFUSED, message=refused)),
        Source(profile("S"), "X", None, health(clock, age_s=48)),
        Source(profile("W"), "X", None, health(clock, HealthState.WARMING)),
        Source(profile("E"), "X", None, health(clock, HealthState.ERROR, message=message("reply.empty", host="x"))),
        Source(profile("T"), "X", None, health(clock, HealthState.UNREACHABLE, next_try_mono=clock.mono - 1)),
    )
    attach(window, Board(sources))
    assert [chip.word for chip in window.bar.chips.values()] == [
        "sign-in refused",
        "stale 48 s",
        "warming up",
        "error",
        "unreachable, trying now",
    ]


def test_show_only_this_leaves_one_profile_and_comes_back(make: Make, clock: StillClock) -> None:
    window = make()
    window.show()
    attach(window, two_sites(clock))
    window.actions_.run("only", "id-Vienna")
    assert window.docks.pane("queues").model.rowCount() == 4
    assert len(window.bar.chips) == 2
    window.actions_.run("all")
    assert window.docks.pane("queues").model.rowCount() == 16


def test_markup_in_names_stays_literal(make: Make, clock: StillClock) -> None:
    window = make()
    window.show()
    evil = profile("<img src=x> R&D")
    trouble = message("connect.dns", host="<b>host</b>")
    attach(
        window,
        Board((Source(evil, "<i>X</i>", snapshot(evil), health(clock, HealthState.ERROR, message=trouble)),)),
    )
    assert complaints(window) == []
    (strip,) = window.bar.strips.values()
    assert strip.text.startswith("<img src=x> R&D: The name <b>host</b>")


def test_close_is_vetoed_saved_and_announced(make: Make, qtbot: QtBot) -> None:
    state = MemoryState()
    window = make(state, profiles=(profile("Berlin"),))
    window.show()
    with qtbot.waitSignal(window.exit_requested):
        assert window.close() is False
    assert window.isVisible()
    assert isinstance(state.get("main.docks"), str)
    assert isinstance(state.get(geometry.KEY), list)


def test_aclose_ends_tasks_and_closes(make: Make, arun: RunCoroutine, clock: StillClock) -> None:
    window = make()

    async def body() -> None:
        window.show()
        attach(window, two_sites(clock))
        window.perform("about")
        await until(lambda: QApplication.activeModalWidget() is not None or len(QApplication.topLevelWidgets()) > 1)
        await window.aclose()
        assert not window.isVisible()

    arun(body())


def test_layout_comes_back(make: Make) -> None:
    state = MemoryState()
    window = make(state, profiles=(profile("Berlin"),))
    window.setGeometry(40, 30, 1000, 640)
    window.show()
    window.docks.docks["waiting"].close()
    window.docks.pane("queues").columns.sort_by("waiting", True)
    window.docks.pane("queues").search.setText("sales")
    window.close()
    again = make(state, profiles=(profile("Berlin"),))
    again.show()
    assert again.size() == window.size()
    assert again.docks.docks["waiting"].isHidden()
    assert not again.docks.docks["agents"].isHidden()
    assert again.docks.pane("queues").columns.sort == ("waiting", True)
    assert again.docks.pane("queues").search.text() == "sales"
    again.perform("reset")
    assert not again.docks.docks["waiting"].isHidden()
    assert again.docks.pane("queues").search.text() == ""


@pytest.mark.parametrize("junk", [None, 7, "not base64!", "AAAA", [], {"a": 1}])
def test_a_broken_state_gives_the_first_layout(make: Make, junk: object) -> None:
    values = {"main.docks": junk, geometry.KEY: junk, "tiles.chosen": junk, "table.queues": junk}
    window = make(MemoryState(values), profiles=(profile("Berlin"),))
    window.show()
    assert not any(dock.isHidden() for dock in window.docks.docks.values())


def test_a_window_left_on_a_lost_screen_is_centred() -> None:
    screens = [QRect(0, 0, 1920, 1080)]
    assert geometry.fitted(QRect(100, 100, 900, 600), screens) == QRect(100, 100, 900, 600)
    lost = geometry.fitted(QRect(4000, 100, 900, 600), screens)
    assert screens[0].contains(lost)
    assert lost.size().width() == 900
    assert screens[0].contains(geometry.fitted(QRect(100, -700, 900, 600), screens))


def test_a_window_on_a_small_screen_leaves_room_for_its_title_bar(qtbot: QtBot) -> None:
    screen, window = QRect(0, 0, 1366, 768), QWidget()
    qtbot.addWidget(window)
    for first in (geometry.FIRST_SIZE, QSize(1180, 700)):
        assert not geometry.restore(window, None, [screen], first)
        assert screen.contains(window.geometry().marginsAdded(geometry.FRAME))


def test_theme_and_density_take_effect_and_are_told(make: Make, theme: Theme) -> None:
    window = make()
    told: list[General] = []
    window.general_changed.connect(told.append)
    window.perform("theme:dark")
    window.perform("density:compact")
    assert theme.palette.is_dark
    assert theme.density is Density.COMPACT
    assert told[-1] == General(theme="dark", density="compact")


def test_keys_reach_panes_and_filters(make: Make, qtbot: QtBot, clock: StillClock) -> None:
    window = make()
    window.show()
    _, service = attach(window, two_sites(clock))
    window.activateWindow()
    window.perform("pane:agents")
    assert window.docks.current() is window.docks.docks["agents"]
    window.perform("filter")
    assert window.focusWidget() is window.docks.pane("agents").search
    window.perform("pane:next")
    assert window.docks.current() is window.docks.docks["waiting"]
    window.menus.actions["try_all"].trigger()
    assert service.tried == ["all"]
    assert {key.toString() for _, key in window.menus.keys} >= {"Ctrl+F", "Ctrl+1", "Ctrl+4", "F5", "F6", "Ctrl+N"}


def test_hidden_panes_are_made_only_when_seen(make: Make, clock: StillClock) -> None:
    window = make(profiles=(profile("Berlin"),))
    window.show()
    assert window.docks.docks["queues"].pane is None, "the first frame comes first"
    attach(window, two_sites(clock))
    assert window.docks.docks["queues"].pane is not None
    assert window.docks.docks["metrics"].pane is None
    window.perform("pane:metrics")
    assert window.docks.docks["metrics"].pane is not None


def test_everything_is_named_and_plain(make: Make, clock: StillClock) -> None:
    window = make()
    window.show()
    attach(window, two_sites(clock))
    for name in ("queues", "agents", "waiting", "metrics"):
        window.docks.pane(name)
    assert complaints(window) == []


def test_clock_skew_notice_and_server_time_are_in_the_foot(make: Make, clock: StillClock) -> None:
    from datetime import timedelta, timezone

    window = make()
    window.show()
    berlin = profile("Berlin")
    late = message("clock.skew", host="x", amount="1 h", direction="behind")
    here = snapshot(berlin)
    zone = timezone(timedelta(hours=11, minutes=15))
    shot = replace(here, notices=(late,), taken_at=here.taken_at.astimezone(zone))
    attach(window, Board((Source(berlin, "X", shot, health(clock)),)))
    assert "The clock of x is 1 h behind this computer's." in window.status.text
    assert "Berlin 21:45" in window.status.text


def test_a_fault_of_ours_is_told_and_dismissed(make: Make) -> None:
    window = make(profiles=(profile("Berlin"),))
    window.show()
    window.show_fault("KeyError")
    assert "KeyError" in window._strip.text()
    window._on_dismissed("dismiss")
    assert window._strip.text() == ""


def test_import_and_export_are_dialogs_and_failures_are_told(make: Make, arun: RunCoroutine, clock: StillClock) -> None:
    from console.ui.windows.connections import ConnectionsDialog

    window = make()

    async def body() -> None:
        window.show()
        _, service = attach(window, two_sites(clock))
        window.actions_.run("list")
        await until(lambda: bool(window.findChildren(ConnectionsDialog)))
        (dialog,) = window.findChildren(ConnectionsDialog)
        assert complaints(dialog) == []
        dialog.rows[0].switch.click()
        await until(lambda: not service.all[0].enabled)
        await until(lambda: not dialog.rows[0].switch.isChecked())
        dialog.rows[0].buttons["down"].click()
        await until(lambda: [p.name for p in service.all] == ["Vienna", "Berlin"])
        dialog.reject()
        await window.aclose()

    arun(body())


def test_a_board_is_applied_quickly_enough_to_be_followed(make: Make, clock: StillClock) -> None:
    """No time limit here: only that a full floor passes through without a fault."""
    window = make()
    window.show()
    big = profile("Big")
    begin = time.perf_counter()
    attach(window, Board((Source(big, "X", snapshot(big, queues=300, agents=3000), health(clock)),)))
    window.refresh()
    print(f"300 queues, 3000 agents: {1000 * (time.perf_counter() - begin):.0f} ms")
    assert window.docks.pane("queues").model.rowCount() == 300


def test_a_low_window_scrolls_its_panes_instead_of_laying_one_over_the_other(make: Make, clock: StillClock) -> None:
    window = make()
    window.resize(880, 560)
    window.show()
    attach(window, two_sites(clock))
    banner = QWidget()
    banner.setFixedHeight(140)
    window.desks.desks[0].context.add_strip(banner)
    banner.show()
    QApplication.sendPostedEvents()
    docks, room = window.docks, window.docks.parentWidget()
    assert room is not None
    assert docks.height() >= docks.minimumSizeHint().height() > room.height()
    assert docks.width() == room.width()
    assert docks.docks["queues"].geometry().bottom() < docks.docks["agents"].geometry().top()
