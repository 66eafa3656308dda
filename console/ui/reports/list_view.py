"""The list of reports on screen: headings, two lines a report, a star that can be pressed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from console.ui.reports.list_rows import ListRow
from console.ui.text import tooltip, tr
from console.ui.theme import Space, Theme, Type

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
_ROW, _HEADING = 44, 30  # px
_STAR = 28  # px of the star's place at the right edge
_Index = QModelIndex | QPersistentModelIndex


class ReportModel(QAbstractListModel):
    """Holds the rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[ListRow] = []

    def fill(self, rows: Sequence[ListRow]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """See `QAbstractListModel.rowCount`."""
        return 0 if parent.isValid() else len(self.rows)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        if index.isValid() and not self.rows[index.row()].is_heading:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Title, tooltip, what is spoken, and the row itself."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == ROW_ROLE:
            return row
        if row.is_heading:
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip("\n".join(part for part in (row.title, row.line, ", ".join(row.marks), row.hint) if part))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            star = (tr("starred"),) if row.is_starred else ()
            return ", ".join(part for part in (row.title, *star, *row.marks, row.line, row.hint) if part)
        return None


class _Painter(QStyledItemDelegate):
    """Paints a row; the star shows where it is set or the pointer is."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """One height for headings, one for reports."""
        row = index.data(ROW_ROLE)
        return QSize(120, _HEADING if isinstance(row, ListRow) and row.is_heading else _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint heading or report."""
        row = index.data(ROW_ROLE)
        if not isinstance(row, ListRow):
            return
        area: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        if row.is_heading:
            painter.setFont(self._theme.font(Type.CAPTION, bold=True))
            painter.setPen(self._theme.colour(self._theme.palette.muted))
            place = area.adjusted(Space.INSIDE, 0, -Space.INSIDE, -Space.TIGHT)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft), row.title)
        else:
            self._paint_report(painter, area, state, row)
        painter.restore()

    def _paint_report(self, painter: QPainter, area: QRect, state: QStyle.StateFlag, row: ListRow) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = area.adjusted(1, 1, -1, -1)
        if is_chosen or is_hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(palette.selection if is_chosen else palette.hover))
            painter.drawRoundedRect(frame, 4, 4)
        if state & QStyle.StateFlag.State_HasFocus:
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.SolidLine)
            pen.setColor(colour(palette.accent))
            pen.setWidth(2)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, 4, 4)
        words = area.adjusted(Space.INSIDE, 5, -_STAR, -5)
        marks = "  ".join(row.marks)
        painter.setFont(self._theme.font(Type.CAPTION))
        taken = painter.fontMetrics().horizontalAdvance(marks) + Space.INSIDE if marks else 0
        top = QRect(words.left(), words.top(), words.width(), words.height() // 2)
        painter.setPen(colour(palette.muted))
        if marks:
            painter.drawText(top, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), marks)
        painter.setPen(colour(palette.text))
        painter.setFont(self._theme.font())
        self._line(painter, top.adjusted(0, 0, -taken, 0), row.title)
        painter.setPen(colour(palette.muted))
        painter.setFont(self._theme.font(Type.SMALL))
        self._line(painter, QRect(words.left(), top.bottom() + 1, words.width(), words.height() // 2), row.line)
        if row.is_starred or is_hovered or is_chosen:
            ink = palette.link if row.is_starred else palette.scroll_hover
            pixmap = self._theme.pixmap("star", ink, 14, painter.device().devicePixelRatioF())
            painter.drawPixmap(area.right() - _STAR + 8, area.top() + 8, pixmap)

    def _line(self, painter: QPainter, area: QRect, text: str) -> None:
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


class ReportListView(QListView):
    """The list.

    Signals:
        chosen: the user went to a row; carries its `ListRow`.
        star_pressed: the star of a row was pressed, or ``*`` typed; carries its `ListRow`.
        opened: Enter or double click; carries its `ListRow`.
        menu_wanted: right click or the menu key; carries its `ListRow` and the place on screen.
    """

    chosen = Signal(object)
    star_pressed = Signal(object)
    opened = Signal(object)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_filling = False
        self.reports = ReportModel(self)
        self.setModel(self.reports)
        self.setItemDelegate(_Painter(theme, self))
        self.setAccessibleName(tr("Reports"))
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.activated.connect(self._on_activated)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._on_menu)
        theme.changed.connect(self._on_theme)

    def fill(self, rows: Sequence[ListRow]) -> None:
        """Show rows; the chosen one stays chosen where it still is, without being told again."""
        kept = self.current_row()
        place = self.verticalScrollBar().value()
        self._is_filling = True
        self.reports.fill(rows)
        if kept is not None:
            self.show_chosen(kept.report_id, kept.preset_id, kept.section)
        self.verticalScrollBar().setValue(place)
        self._is_filling = False

    def current_row(self) -> ListRow | None:
        """The chosen row."""
        row = self.currentIndex().data(ROW_ROLE)
        return row if isinstance(row, ListRow) else None

    def show_chosen(self, report_id: str, preset_id: str = "", section: str = "") -> bool:
        """Mark a report or preset without telling; rather in `section`. False where it is not in the list."""
        fits = [
            at
            for at, row in enumerate(self.reports.rows)
            if not row.is_heading and (row.report_id, row.preset_id) == (report_id, preset_id)
        ]
        same = [at for at in fits if self.reports.rows[at].section == section]
        was, self._is_filling = self._is_filling, True
        if fits:
            self.setCurrentIndex(self.reports.index((same or fits)[0]))
        else:
            self.clearSelection()
        self._is_filling = was
        return bool(fits)

    def go_to_first(self) -> None:
        """Put the keyboard onto the list, and choose its first report where none is."""
        self.setFocus(Qt.FocusReason.TabFocusReason)
        first = next((at for at, row in enumerate(self.reports.rows) if not row.is_heading), None)
        if first is not None and not self.currentIndex().isValid():
            self.setCurrentIndex(self.reports.index(first))

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Tell what the user went to."""
        super().currentChanged(current, previous)
        row = current.data(ROW_ROLE) if current.isValid() else None
        if isinstance(row, ListRow) and not row.is_heading and not self._is_filling:
            self.chosen.emit(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the star stars, anywhere else it chooses."""
        index = self.indexAt(event.position().toPoint())
        row = index.data(ROW_ROLE) if index.isValid() else None
        is_star = event.position().x() >= self.viewport().width() - _STAR
        if isinstance(row, ListRow) and not row.is_heading and is_star:
            self.star_pressed.emit(row)
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The asterisk stars."""
        row = self.current_row()
        if event.key() == Qt.Key.Key_Asterisk and row is not None:
            self.star_pressed.emit(row)
            return
        super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Repaint the star of the row the pointer leaves."""
        if event.type() in (QEvent.Type.Leave, QEvent.Type.HoverMove):
            self.viewport().update()
        return super().viewportEvent(event)

    def _on_activated(self, index: QModelIndex) -> None:
        row = index.data(ROW_ROLE)
        if isinstance(row, ListRow) and not row.is_heading:
            self.opened.emit(row)

    def _on_menu(self, place: QPoint) -> None:
        index = self.indexAt(place)
        row = index.data(ROW_ROLE) if index.isValid() else self.current_row()
        if isinstance(row, ListRow) and not row.is_heading:
            self.menu_wanted.emit(row, self.viewport().mapToGlobal(place))

    def _on_theme(self) -> None:
        self.viewport().update()
