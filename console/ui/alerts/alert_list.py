"""The list of alerts: two lines each, kept in place by key however many come and go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.domain.alerts import Alert, AlertState
from console.domain.privacy import HIDDEN
from console.domain.text import Look, Shown
from console.domain.thresholds import Level
from console.domain.values import Unit
from console.domain.values import text as text_reading
from console.ui.alerts.words import (
    exact_time,
    facts,
    figure_text,
    headline,
    is_snoozed,
    life,
    place,
    spoken,
    spoken_value,
    value_text,
)
from console.ui.models.cells import Cell
from console.ui.models.columns import Column, Kind
from console.ui.models.keyed import KeyedTableModel
from console.ui.models.rows import Freshness, ViewRow
from console.ui.text import tr
from console.ui.theme import Shape, Space, Theme, Type, level_shape, paint_shape
from console.ui.theme.sizes import ALARM_EDGE, FOCUS_RING

HEIGHT: Final = 48  # px of a row
_SHAPE: Final = 13
_ICON: Final = 13
_Index = QModelIndex | QPersistentModelIndex

KEYS: Final = {  # a key in the list -> what it does
    Qt.Key.Key_A: "acknowledge",
    Qt.Key.Key_S: "snooze",
    Qt.Key.Key_N: "note",
    Qt.Key.Key_Return: "go",
    Qt.Key.Key_Enter: "go",
    Qt.Key.Key_Delete: "archive",
}


def _no_reading(_row: ViewRow, _at: Freshness) -> object:  # the model asks `AlertCells`, never the column
    return text_reading("")


COLUMN: Final = Column("name", "", Kind.TEXT, Unit.TEXT, _no_reading, 0)  # type: ignore[arg-type]


class AlertCells:
    """What a row says now: figures from `figure`, times from `now_ms`."""

    def __init__(self, now_ms: Callable[[], float], figure: Callable[[Alert], Shown | None]) -> None:
        self.now_ms = now_ms
        self._figure = figure
        self.is_private = False

    def figure(self, alert: Alert) -> Shown:
        """The figure at the right: as it is now while the alert is open, else the worst it came to."""
        if figure_text(alert, alert.limit, is_private=self.is_private) == HIDDEN:
            return Shown(HIDDEN, Look.VALUE, tr("hidden"))
        found = self._figure(alert) if alert.is_open else None
        if found is not None:
            return found
        worst = alert.worst if alert.worst is not None else alert.value
        look = Look.STALE if alert.is_open else Look.VALUE
        return Shown(value_text(worst, alert.unit), look, spoken_value(worst, alert.unit))

    def cell(self, row: Alert, column: Column) -> Cell:
        """All that is shown of an alert, as one text: where nothing of it has changed, nothing is painted."""
        now = self.now_ms()
        figure = self.figure(row)
        head = headline(row, is_private=self.is_private)
        text = "\n".join((head, figure.text, *facts(row, now)))
        sentence = spoken(row, now, figure.spoken, is_private=self.is_private)
        told = [f"{exact_time(ms)}  {words}" for ms, words in life(row, is_private=self.is_private)]
        tip = "\n".join((head, *told, row.note))
        return Cell(Shown(text, figure.look, sentence, tip), text_reading(""), row.level)

    def level(self, row: Alert) -> Level:
        """The alert's own."""
        return row.level

    def sentence(self, row: Alert, _columns: tuple[Column, ...]) -> str:
        """For a screen reader."""
        return spoken(row, self.now_ms(), self.figure(row).spoken, is_private=self.is_private)


class AlertModel(KeyedTableModel[Alert]):
    """The alerts of one kind, filtered and sorted by whoever calls `apply`."""

    def __init__(self, cells: AlertCells, parent: QObject | None = None) -> None:
        super().__init__((COLUMN,), _key, cells, cells.sentence, parent)


def _key(alert: Alert) -> str:
    return alert.id


class AlertDelegate(QStyledItemDelegate):
    """Paints an alert: level by edge and shape, where and what, the figure with its limit, then the facts."""

    def __init__(self, theme: Theme, model: AlertModel, cells: AlertCells, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._cells = cells
        self._fonts()
        theme.changed.connect(self._fonts)

    def _fonts(self) -> None:
        theme = self._theme
        self._plain, self._bold, self._small = theme.font(), theme.font(bold=True), theme.font(Type.SMALL)
        self._wide = {id(font): QFontMetrics(font) for font in (self._plain, self._bold, self._small)}

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """One height for all, so that thousands scroll at once."""
        return QSize(160, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint one alert."""
        area: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        alert = self._model.rows[index.row()]
        palette, colour = self._theme.palette, self._theme.colour
        is_loud = alert.state is AlertState.ACTIVE and not is_snoozed(alert, self._cells.now_ms())
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, colour(palette.selection))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, colour(palette.hover))
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), colour(palette.hairline))
        mark = palette.level(alert.level) if alert.is_open else palette.off
        if is_loud:
            painter.fillRect(QRect(area.left(), area.top(), ALARM_EDGE, area.height() - 1), colour(mark.fill))
        square = QRectF(area.left() + 13, area.top() + 8, _SHAPE, _SHAPE)
        paint_shape(painter, square, level_shape(alert.level) if alert.is_open else Shape.DISC, mark)
        words = area.adjusted(34, 6, -Space.BETWEEN, -7)
        half = words.height() // 2
        top = QRect(words.left(), words.top(), words.width(), half)
        taken = self._paint_figure(painter, top, alert, is_loud=is_loud)
        self._paint_head(painter, top.adjusted(0, 0, -taken, 0), alert, is_loud=is_loud)
        self._paint_facts(painter, QRect(words.left(), words.top() + half, words.width(), half), alert)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour(palette.accent), FOCUS_RING))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(area).adjusted(2, 2, -2, -3), 4, 4)
        painter.restore()

    def _paint_figure(self, painter: QPainter, area: QRect, alert: Alert, *, is_loud: bool) -> int:
        """The figure and its limit at the right; returns the width they took."""
        palette, colour = self._theme.palette, self._theme.colour
        limit = tr("limit {value}", value=figure_text(alert, alert.limit, is_private=self._cells.is_private))
        figure = self._cells.figure(alert)
        font = self._bold if is_loud else self._plain
        wide, small = self._wide[id(font)], self._wide[id(self._small)]
        limit_width, width = small.horizontalAdvance(limit), wide.horizontalAdvance(figure.text)
        if limit_width + width + 3 * Space.INSIDE > area.width() * 3 // 4:
            limit, limit_width = "", 0
        flags = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(self._small)
        painter.setPen(colour(palette.muted))
        painter.drawText(area, flags, limit)
        painter.setFont(font)
        painter.setPen(colour(palette.muted if figure.look is not Look.VALUE else palette.text))
        gap = limit_width + (Space.INSIDE if limit else 0)
        painter.drawText(area.adjusted(0, 0, -gap, 0), flags, figure.text)
        return gap + width + Space.BETWEEN

    def _paint_head(self, painter: QPainter, area: QRect, alert: Alert, *, is_loud: bool) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        font = self._bold if is_loud else self._plain
        wide = self._wide[id(font)]
        name = wide.elidedText(
            place(alert, is_private=self._cells.is_private), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.setFont(font)
        painter.setPen(colour(palette.text if alert.is_open else palette.muted))
        painter.drawText(area, flags, name)
        left = wide.horizontalAdvance(name) + Space.INSIDE
        room = area.width() - left
        if room > 4 * Space.INSIDE:
            rule = self._wide[id(self._plain)].elidedText(alert.rule_name, Qt.TextElideMode.ElideRight, room)
            painter.setFont(self._plain)
            painter.setPen(colour(palette.muted))
            painter.drawText(area.adjusted(left, 0, 0, 0), flags, rule)

    def _paint_facts(self, painter: QPainter, area: QRect, alert: Alert) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        right = area.right()
        if alert.note:
            ratio = painter.device().devicePixelRatioF()
            pixmap = self._theme.pixmap("file-text", palette.muted, _ICON, ratio)
            right -= _ICON
            painter.drawPixmap(right, area.top() + (area.height() - _ICON) // 2, pixmap)
            right -= Space.TIGHT
        words = "  ·  ".join(facts(alert, self._cells.now_ms()))
        painter.setFont(self._small)
        painter.setPen(colour(palette.muted))
        room = QRect(area.left(), area.top(), right - area.left(), area.height())
        shown = self._wide[id(self._small)].elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


class AlertList(QListView):
    """The list on screen.

    Signals:
        acted: a key or a double click; carries the command (`KEYS`).
        chosen: the selection is another.
    """

    acted = Signal(str)
    chosen = Signal()

    def __init__(self, theme: Theme, model: AlertModel, cells: AlertCells, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setItemDelegate(AlertDelegate(theme, model, cells, self))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Alerts"))
        self.doubleClicked.connect(self._on_double)
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self.selectionModel().currentChanged.connect(self._on_selection)
        theme.changed.connect(self.viewport().update)

    def selected(self) -> tuple[Alert, ...]:
        """The selected alerts, in the list's order."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return tuple(self._model.rows[row] for row in rows)

    def visible_rows(self) -> tuple[int, int]:
        """First and last row that can be seen; (0, -1) for none."""
        if not self._model.rowCount():
            return 0, -1
        first = max(0, self.verticalScrollBar().value() // HEIGHT)
        return first, min(self._model.rowCount() - 1, first + self.viewport().height() // HEIGHT + 1)

    def choose(self, ids: Sequence[str]) -> None:
        """Select these, as far as they are shown, and go to the first."""
        selection = self.selectionModel()
        selection.clearSelection()
        flag = selection.SelectionFlag
        places = [place for place in map(self._model.row_of, ids) if place >= 0]
        for place_ in places:
            selection.select(self._model.index(place_, 0), flag.Select)
        if places:
            selection.setCurrentIndex(self._model.index(places[0], 0), flag.NoUpdate)
            self.scrollTo(self._model.index(places[0], 0))

    def select_current(self) -> None:
        """Select the current row where nothing is selected any more."""
        selection, index = self.selectionModel(), self.currentIndex()
        if index.isValid() and not selection.hasSelection():
            selection.select(index, selection.SelectionFlag.Select)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Single keys act on the selection; the others move."""
        command = KEYS.get(Qt.Key(event.key()))
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if command is not None and plain:
            self.acted.emit(command)
        else:
            super().keyPressEvent(event)

    def _on_double(self, _index: QModelIndex) -> None:
        self.acted.emit("go")

    def _on_selection(self, *_: object) -> None:
        self.chosen.emit()
