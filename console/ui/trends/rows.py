"""The list of rows to choose from: a check, the colour of its curve, a name. Thousands of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.ui.text import tooltip, tr
from console.ui.theme import Theme, Type
from console.ui.trends.choice import Picked
from console.ui.trends.names import Offer

Index = QModelIndex | QPersistentModelIndex
_OFFER = Qt.ItemDataRole.UserRole + 1
_BOX, _PAD = 16, 10


class RowModel(QAbstractListModel):
    """The rows and which of them are chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.offers: Sequence[Offer] = ()
        self.colours: Mapping[Picked, int] = {}
        self.names_profiles = False

    def fill(self, offers: Sequence[Offer], colours: Mapping[Picked, int], *, names_profiles: bool) -> None:
        """Show rows; those with a colour are the chosen ones."""
        is_same = offers == self.offers
        if not is_same:
            self.beginResetModel()
        self.offers, self.colours, self.names_profiles = offers, dict(colours), names_profiles
        if not is_same:
            self.endResetModel()
        elif offers:
            self.dataChanged.emit(self.index(0), self.index(len(offers) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The rows."""
        return 0 if parent.isValid() else len(self.offers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, check, and what a screen reader says."""
        if not index.isValid() or index.row() >= len(self.offers):
            return None
        offer = self.offers[index.row()]
        if role == _OFFER:
            return offer
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{offer.name}, {offer.profile}" if self.names_profiles else offer.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(f"{offer.name}, {offer.profile}")
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if offer.picked in self.colours else Qt.CheckState.Unchecked
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows are checked, never edited."""
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable


class RowDelegate(QStyledItemDelegate):
    """Paints a row."""

    def __init__(self, theme: Theme, model: RowModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are alike."""
        return QSize(120, self._theme.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, box, colour, name, connection."""
        offer: Offer | None = index.data(_OFFER)
        if offer is None:
            return
        palette, colour = self._theme.palette, self._theme.colour
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        if state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, colour(palette.hover))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colour(palette.accent), 2))
            painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1))
        number = self._model.colours.get(offer.picked)
        box = QRectF(rect.left() + _PAD, rect.center().y() - _BOX / 2 + 0.5, _BOX, _BOX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if number is None:
            painter.setPen(QPen(colour(palette.outline), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(palette.series[number % len(palette.series)]))
            painter.drawRoundedRect(box, 4, 4)
            mark = self._theme.pixmap("check", palette.pane, 12, option.widget.devicePixelRatioF())  # type: ignore[attr-defined]
            painter.drawPixmap(box.topLeft().toPoint() + QRect(2, 2, 0, 0).topLeft(), mark)
        self._paint_words(painter, rect.adjusted(_PAD + _BOX + 8, 0, -_PAD, 0), offer)
        painter.restore()

    def _paint_words(self, painter: QPainter, area: QRect, offer: Offer) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        painter.setFont(self._theme.font(Type.SMALL))
        aside = 0
        if self._model.names_profiles and offer.profile:
            text = painter.fontMetrics().elidedText(offer.profile, Qt.TextElideMode.ElideMiddle, area.width() // 2)
            aside = painter.fontMetrics().horizontalAdvance(text) + 10
            painter.setPen(colour(palette.muted))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        painter.setFont(self._theme.font())
        painter.setPen(colour(palette.text))
        name = painter.fontMetrics().elidedText(offer.name, Qt.TextElideMode.ElideMiddle, area.width() - aside)
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), name)


class RowList(QListView):
    """Rows that are chosen by a click or with Space.

    Signals:
        toggled: the row to be chosen, or no longer; carries its `Picked`.
    """

    toggled = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = RowModel(self)
        self.setModel(self.rows)
        self.setItemDelegate(RowDelegate(theme, self.rows, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Curves to draw"))
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.changed.connect(self.viewport().update)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click anywhere in a row chooses it."""
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._toggle(self.indexAt(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space and Enter choose."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle(self.currentIndex())
            return
        super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Hover follows the pointer."""
        if event.type() == QEvent.Type.Leave:
            self.viewport().update()
        return super().viewportEvent(event)

    def _toggle(self, index: QModelIndex) -> None:
        if index.isValid():
            self.toggled.emit(self.rows.offers[index.row()].picked)
