"""Arranging a board: steps that can be taken back, mouse and keys, properties, done and discarded."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit

from console.domain.wallboard import Kind, Page, Pick, Place, Wallboard
from console.engine.store import Store
from console.ui.theme import Theme
from console.ui.wallboard.draft import Draft
from console.ui.wallboard.edit_layer import Grip, moved
from console.ui.wallboard.window import WallboardWindow
from console.ui.widgets.fields import ListBox
from tests.ui.boards import StillClock
from tests.ui.conftest import RunCoroutine, until
from tests.ui.wallboard.boards import board, floor, store_of, tile
from tests.ui.wallboard.test_window import Make, make

__all__ = ["make"]


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def store() -> Store:
    return store_of(floor())


def drafted(*kinds: Kind) -> Draft:
    draft = Draft(Wallboard("b", "Floor"), 0, lambda: None)
    for kind in kinds:
        assert draft.add(kind)
    return draft


def test_widgets_find_room_and_never_lie_over_each_other() -> None:
    draft = drafted(*Kind)
    places = [widget.place for widget in draft.page.widgets]
    assert all(place.is_inside for place in places)
    assert not any(a.overlaps(b) for n, a in enumerate(places) for b in places[:n])
    while draft.add(Kind.TILE):
        assert len(draft.page.widgets) < 97
    assert not draft.duplicate()


def test_moving_jumps_over_others_and_resizing_stops_at_them() -> None:
    draft = drafted(Kind.TILE, Kind.TILE)
    first, _ = draft.page.widgets
    draft.select(first.id)
    assert draft.move(1, 0)
    assert draft.selected is not None
    assert draft.selected.place == Place(4, 0, 2, 2)  # behind the second one
    assert draft.move(-1, 0)
    assert draft.selected.place == Place(0, 0, 2, 2)
    assert not draft.resize(1, 0)
    assert draft.resize(0, 1)
    assert not draft.move(-1, 0)
    assert not draft.place(first.id, Place(11, 7, 2, 2))


def test_every_step_is_taken_back_and_again_and_typing_is_one() -> None:
    draft = drafted(Kind.TEXT)
    original = draft.board
    for text in ("H", "He", "Hello"):
        draft.change(text=text)
    draft.add_page()
    draft.rename_page("Second")
    assert draft.move_page(-1)
    assert draft.remove_page()
    final = draft.board
    for _ in range(4):
        draft.undo()
    assert draft.selected is not None
    assert draft.selected.text == "Hello"
    draft.undo()
    assert draft.board == original
    while draft.can_redo:
        draft.redo()
    assert draft.board == final
    assert not draft.remove_page()  # the last page stays


@pytest.mark.parametrize(
    ("dx", "dy", "across", "down", "place"),
    [
        (0, 0, 3, -9, Place(5, 0, 4, 2)),
        (1, 0, 20, 5, Place(2, 1, 10, 2)),
        (-1, -1, 9, -5, Place(5, 0, 1, 3)),
        (0, 1, 4, -9, Place(2, 1, 4, 1)),
    ],
)
def test_dragging_stays_on_the_grid(dx: int, dy: int, across: int, down: int, place: Place) -> None:
    assert moved(Grip("w", dx, dy, QPoint(0, 0), Place(2, 1, 4, 2)), across, down) == place


def begun(make: Make, shown: Wallboard | None = None) -> WallboardWindow:
    window = make(shown or board(Page("one", "", (tile("waiting"),))))
    QTest.keyClick(window, Qt.Key.Key_E)
    assert window.edit is not None
    QApplication.sendPostedEvents()
    return window


def test_keys_choose_move_and_take_back_and_done_keeps(make: Make) -> None:
    window = begun(make)
    edited: list[Wallboard] = []
    window.board_edited.connect(edited.append)
    assert window.edit is not None
    draft = window.edit.draft
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(window, key)
    QTest.keyClick(window, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert draft.page.widgets[0].place == Place(1, 1, 3, 2)
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert draft.page.widgets[0].place == Place(1, 1, 2, 2)
    window.edit.finish()
    assert window.edit is None
    assert edited[0].pages[0].widgets[0].place == Place(1, 1, 2, 2)
    assert window.board == edited[0]


def test_the_mouse_moves_and_resizes_on_the_grid(make: Make) -> None:
    window = begun(make)
    assert window.edit is not None
    layer, draft = window.edit.layer, window.edit.draft
    assert layer is not None
    assert window.current is not None
    width, height = window.current.cell()
    inside = QPoint(int(width), int(height))
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=inside)
    QTest.mouseMove(layer, inside + QPoint(int(3 * width), int(2 * height)))
    drag(layer, inside, inside + QPoint(int(3 * width), int(2 * height)))
    assert draft.page.widgets[0].place == Place(3, 2, 2, 2)
    corner = window.current.rect_of(Place(3, 2, 2, 2)).bottomRight() - QPoint(2, 2)
    drag(layer, corner, corner + QPoint(int(width), int(height)))
    assert draft.page.widgets[0].place == Place(3, 2, 3, 3)
    window.edit.discard()


def drag(layer: object, start: QPoint, end: QPoint) -> None:
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind, spot, held in (
        (QEvent.Type.MouseButtonPress, start, left),
        (QEvent.Type.MouseMove, end, left),
        (QEvent.Type.MouseButtonRelease, end, Qt.MouseButton.NoButton),
    ):
        place = QPointF(spot)
        button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else left
        QApplication.sendEvent(layer, QMouseEvent(kind, place, place, button, held, none))  # type: ignore[arg-type]


def test_properties_change_the_tile_at_once(make: Make) -> None:
    window = begun(make)
    assert window.edit is not None
    draft, panel = window.edit.draft, window.edit.panel
    draft.select(draft.page.widgets[0].id)
    target = cast(QLineEdit, panel.fields["target"])
    QTest.keyClicks(target, "5")
    assert draft.selected is not None
    assert draft.selected.target == 5.0
    QTest.keyClicks(target, "x")
    assert draft.selected.target == 5.0  # what cannot be read changes nothing
    shows = cast(QComboBox, panel.fields["column"])
    shows.setCurrentIndex(shows.findData("service_level"))
    shows.activated.emit(shows.currentIndex())
    assert draft.selected.column == "service_level"
    assert draft.selected.target is None  # it was in another unit
    assert draft.selected.picks == (Pick("p1", "q0", "Queue 0"),)  # no figure of all queues
    queues = cast(ListBox, panel.fields["picks"])
    queues.item(2).setCheckState(Qt.CheckState.Checked)
    assert [pick.row_id for pick in draft.selected.picks] == ["q2"]
    draft.select("")
    name = cast(QLineEdit, panel.fields["board_name"])
    name.selectAll()
    QTest.keyClicks(name, "Wall")
    assert draft.board.name == "Wall"
    window.edit.discard()
    assert window.board.name == "Floor"


def test_keys_of_a_field_leave_the_page_alone_and_closing_keeps_the_work(make: Make) -> None:
    window = begun(make)
    edited: list[Wallboard] = []
    window.board_edited.connect(edited.append)
    assert window.edit is not None
    draft = window.edit.draft
    draft.select(draft.page.widgets[0].id)
    shows = window.edit.panel.fields["column"]
    shows.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Delete)
    QTest.keyClick(window, Qt.Key.Key_Right)
    assert draft.page.widgets[0].place == Place(0, 0, 2, 2)
    draft.move(1, 0)
    window.close()
    assert edited[0].pages[0].widgets[0].place == Place(1, 0, 2, 2)


def test_discarding_changes_asks_first(make: Make, arun: RunCoroutine, theme: Theme) -> None:
    window = begun(make)
    edited: list[object] = []
    window.board_edited.connect(edited.append)
    assert window.edit is not None
    window.edit.draft.add(Kind.CLOCK)

    def dialog() -> QDialog | None:
        return next((each for each in window.findChildren(QDialog) if each.isVisible()), None)

    async def go(answer: Callable[[QDialog], None]) -> None:
        assert window.edit is not None
        window.edit.leave()
        await until(lambda: dialog() is not None)
        found = dialog()
        assert found is not None
        answer(found)
        await until(lambda: dialog() is None and not window.scope.running)

    async def both() -> None:
        await go(lambda found: found.reject())
        assert window.edit is not None
        await go(lambda found: found.accept())
        await until(lambda: window.edit is None)

    arun(both())
    assert len(window.board.pages[0].widgets) == 1
    assert edited == []
