"""Cells of plain tables, as far from their edges as the captions above them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.ui.theme.sizes import CELL_PADDING

_OWN = 3  # px the style leaves by itself


class PaddedDelegate(QStyledItemDelegate):
    """Paints a cell's ground as ever, and its text moved in."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint ground, then text."""
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        widget = whole.widget  # type: ignore[attr-defined]
        style = widget.style() if widget is not None else QApplication.style()
        text = whole.text  # type: ignore[attr-defined]
        whole.text = ""  # type: ignore[attr-defined]
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, whole, painter, widget)
        area = whole.rect.adjusted(CELL_PADDING, 0, -CELL_PADDING, 0)  # type: ignore[attr-defined]
        shown = whole.fontMetrics.elidedText(text, whole.textElideMode, area.width())  # type: ignore[attr-defined]
        painter.save()
        painter.setFont(whole.font)  # type: ignore[attr-defined]
        painter.setPen(whole.palette.text().color())  # type: ignore[attr-defined]
        painter.drawText(area, int(whole.displayAlignment), shown)  # type: ignore[attr-defined]
        painter.restore()
