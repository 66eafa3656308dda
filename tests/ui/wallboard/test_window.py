"""A board on a display: pages in turn, hands and mice, lost connections, displays that go, and no growth overnight."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from console.domain.board import Board
from console.domain.enums import HealthState
from console.domain.wallboard import Kind, Page, Place, Wallboard, Widget
from console.engine.store import Store
from console.tasks import TaskScope
from console.ui.services import MemoryState
from console.ui.theme import Theme
from console.ui.wallboard import screens
from console.ui.wallboard.base import Moment, WallContext
from console.ui.wallboard.chart_view import ChartView
from console.ui.wallboard.footer import connection_line
from console.ui.wallboard.table_view import TableView
from console.ui.wallboard.tile_view import TileView
from console.ui.wallboard.window import WallboardWindow
from tests.ui.boards import StillClock
from tests.ui.conftest import RunCoroutine
from tests.ui.wallboard.boards import board, everything, floor, lost, profile_id, services_of, store_of

Make = Callable[..., WallboardWindow]


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def store() -> Store:
    return store_of(floor())


@pytest.fixture
def make(theme: Theme, clock: StillClock, store: Store, arun: RunCoroutine) -> Iterator[Make]:
    windows: list[WallboardWindow] = []

    def build(shown: Wallboard, state: MemoryState | None = None, **more: Any) -> WallboardWindow:
        window = WallboardWindow(theme, clock, services_of(store), shown, state or MemoryState(), **more)
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        window.resize(1280, 720)
        window.show()
        windows.append(window)
        return window

    yield build
    for window in windows:
        arun(window.aclose())
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def two_pages(**more: Any) -> Wallboard:
    return board(everything("one"), everything("two"), every_s=10.0, **more)


def move(window: WallboardWindow, x: float) -> None:
    kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
    spot = QPointF(x, 300)
    window.mouseMoveEvent(QMouseEvent(kind, spot, spot, none, none, Qt.KeyboardModifier.NoModifier))


def test_pages_turn_by_the_clock_and_go_on_where_they_were(make: Make, clock: StillClock) -> None:
    state = MemoryState()
    window = make(two_pages(), state)
    clock.step(9)
    window.refresh()
    assert window.page_number == 0
    clock.step(1)
    window.refresh()
    assert window.page_number == 1
    clock.step(8 * 3600)  # the computer slept: one page further, not many
    window.refresh()
    assert window.page_number == 0
    window.turn_to(1)
    assert make(two_pages(), state).page_number == 1


def test_a_hand_on_mouse_or_keys_holds_the_page_for_a_while(make: Make, clock: StillClock) -> None:
    window = make(two_pages())
    move(window, 100)
    assert not window.is_paused  # the pointer rested there when the board was opened
    move(window, 140)
    assert window.bar.isVisible()
    clock.step(14)
    window.refresh()
    assert window.page_number == 0
    clock.step(12)
    window.refresh()
    assert window.page_number == 1
    QTest.keyClick(window, Qt.Key.Key_Space)
    clock.step(600)
    window.refresh()
    assert (window.page_number, window.is_held) == (1, True)
    QTest.keyClick(window, Qt.Key.Key_Left)
    assert window.page_number == 0


def test_cursor_and_buttons_go_when_nobody_moves(make: Make) -> None:
    window = make(two_pages())
    window.touch()
    window.bar.clearFocus()
    window._on_still()
    assert window.cursor().shape() is Qt.CursorShape.BlankCursor
    assert not window.bar.isVisible()
    window.touch()
    assert window.cursor().shape() is not Qt.CursorShape.BlankCursor


def test_esc_leaves_and_says_so_once(make: Make) -> None:
    window = make(two_pages())
    closed: list[str] = []
    window.closed.connect(closed.append)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()
    window.close()
    assert closed == ["b1"]


def test_a_lost_connection_is_said_with_its_age_and_marks_every_value(
    make: Make, clock: StillClock, store: Store
) -> None:
    window = make(board())
    assert [line.words for line in window.footer.lines] == ["live"]
    store.put(profile_id(), lost(clock.mono))
    clock.step(48)
    window.refresh()
    line = window.footer.lines[0]
    assert "unreachable" in line.words
    assert "48 s ago" in line.words
    tile = next(view for view in window.findChildren(TileView))
    assert tile.face is not None
    assert tile.face.word == "48 s old"
    source = store.source(profile_id())
    assert source is not None
    store.put(profile_id(), floor().health, source.snapshot)
    clock.mono = 1_000.0
    window.refresh()
    assert tile.face.word == ""
    assert connection_line(floor(), clock.mono).words == "live"
    assert source.health.state is HealthState.UNREACHABLE


def test_names_and_numbers_are_hidden_by_either_switch(make: Make) -> None:
    own = make(board(privacy=True))
    assert own.is_private
    assert "123456" not in str(own.bridge.board)
    window = make(board())
    assert "Anna" in str(window.bridge.board)
    window.set_privacy(True)
    assert "Anna" not in str(window.bridge.board)


def test_rows_of_one_name_say_whose_they_are_however_narrow_the_table_is(make: Make, store: Store) -> None:
    one, other = floor(), floor(profile="p2")
    store.arrange((each.profile, each.backend_title, each.health) for each in (one, other))
    for each in (one, other):
        store.put(each.profile.id, each.health, each.snapshot)
    view = next(view for view in make(board()).findChildren(TableView) if view.widget.kind is Kind.QUEUES)

    def columns(room: float) -> tuple[list[str], set[str]]:
        cells = [[view._cell(column, line) for column in view._columns] for line in view._lines]
        kept, _ = view._layout(cells, 25.0, room)
        return [view._columns[at].id for at in kept], {row[1].text for row in cells}

    assert columns(2000.0)[1] == {"Site p1", "Site p2"}
    shown, owners = columns(500.0)
    assert shown[:2] == ["name", "profile"]
    assert 2 < len(shown) < len(view._columns)
    assert owners == {"p1", "p2"}
    view._is_alike = False
    assert "profile" not in columns(500.0)[0]


def test_a_board_of_its_own_theme_stays_dark_in_a_light_console(make: Make, theme: Theme) -> None:
    window = make(board(theme="dark"))
    assert window.theme.palette.is_dark
    assert not theme.palette.is_dark
    view = window.findChildren(TableView)[0]
    assert view.theme is window.theme
    window.show_board(board(theme="follow"))
    assert window.theme is theme
    assert all(view.theme is theme for view in window.current.findChildren(TableView))  # type: ignore[union-attr]


@pytest.mark.parametrize("size", [(1920, 1080), (3840, 2160), (1024, 600)])
def test_type_follows_the_window_and_values_are_never_smaller_than_44_px_on_a_display(
    make: Make, size: tuple[int, int]
) -> None:
    window = make(board())
    window.resize(*size)
    QApplication.sendPostedEvents()
    tile = window.findChildren(TileView)[0]
    assert tile.value_size() >= 44 * min(1.0, size[1] / 1080)
    picture = window.grab()
    assert (picture.width(), picture.height()) == size


class Display:
    def __init__(self, name: str, serial: str) -> None:
        self._name, self._serial = name, serial

    def name(self) -> str:
        return self._name

    def serialNumber(self) -> str:
        return self._serial


def test_a_display_is_known_by_monitor_then_by_connector() -> None:
    left, right = Display("HDMI-1", "A"), Display("DP-2", "B")
    both: Any = [left, right]
    assert screens.find("DP-2|B", both) is right
    assert screens.find("HDMI-1|B", both) is right  # the monitor was plugged in elsewhere
    assert screens.find("DP-2|Z", both) is right
    assert screens.find("VGA|Z", both) is None
    assert screens.find("", both) is None


def test_a_board_moves_when_its_display_goes_and_comes_back(make: Make, qapp: QApplication) -> None:
    screen = qapp.primaryScreen()
    window = make(board())
    window.open_on(screen)
    assert window.isFullScreen()
    assert window.screen_key == screens.key_of(screen)
    window._on_screen_removed(screen)  # the last one: there is nowhere to go
    window._on_screen_added(screen)
    assert window.isVisible()


def test_hundreds_of_pages_reconnections_and_themes_leave_nothing_behind(
    make: Make, clock: StillClock, store: Store, theme: Theme
) -> None:
    window = make(two_pages())

    def a_while(rounds: int) -> None:
        for n in range(rounds):
            clock.step(11)
            if n % 10 == 0:
                store.put(profile_id(), lost(clock.mono - 30))
            else:
                store.put(profile_id(), floor().health, floor(3 + n % 5).snapshot)
            window.refresh()
            if n % 50 == 0:
                theme.set_mode("dark" if n % 100 else "light")
            if n % 25 == 0:
                window.grab()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    a_while(120)
    _objects()  # looking itself makes some objects the first time
    before = _objects()
    a_while(200)
    grown = {name: n - before[name] for name, n in _objects().items() if n - before[name] > 20}
    assert not grown
    assert len(window.pages) == 2
    theme.set_mode("light")


def _objects() -> Counter[str]:
    gc.collect()
    found = Counter(type(each).__name__ for each in gc.get_objects())
    found["QObject"] = sum(1 for each in gc.get_objects() if isinstance(each, QObject))
    return found


def test_pages_that_are_gone_are_taken_apart(make: Make) -> None:
    window = make(two_pages())
    window.turn_to(1)
    assert len(window.pages) == 2
    window.show_board(board(Page("one")))
    assert [view.page.id for view in window.pages] == ["one"]


def test_a_chart_asks_as_soon_as_a_queue_is_known(clock: StillClock, theme: Theme, arun: RunCoroutine) -> None:
    asked: list[float] = []

    class Memory:
        async def series(self, key: object, start_ms: float, end_ms: float) -> None:
            asked.append(end_ms)

    async def look() -> None:
        async with TaskScope("chart") as scope:
            services = services_of(store_of(), history=Memory())  # type: ignore[arg-type]
            chart = ChartView(WallContext(theme, clock, services, scope), Widget("w", Kind.CHART, Place(0, 0, 6, 4)))
            chart.set_active(True)
            for each in (Board(()), Board((floor(),))):
                chart.show_moment(Moment(each, {}, clock.now_ms(), clock.monotonic()))
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                clock.step(1)
            chart.dispose()
            chart.deleteLater()

    arun(look())
    assert asked
