"""The events a call's course was drawn from, as they were recorded."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from console.domain.callflow import CallFlow, FlowEvent
from console.domain.text import safe_text
from console.ui.callflow.lanes import clock
from console.ui.text import tooltip, tr, translate
from console.ui.theme import Theme, Type

_SHOWN = 5000  # events; a call of more is a log that went astray
_WIDTHS = (96, 150, 150, 150)


class EventList(QTreeWidget):
    """Time, event, queue, agent, details; below each event its fields exactly as they were sent."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setColumnCount(5)
        self.setHeaderLabels([tr("At"), tr("Event"), tr("Queue"), tr("Agent"), tr("Details")])
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("Recorded events"))
        self.setFont(theme.font())
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = self.header()
        header.setFont(theme.font(Type.SMALL, bold=True))
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for place, width in enumerate(_WIDTHS):
            header.resizeSection(place, width)

    def show_flow(self, flow: CallFlow) -> None:
        """Show another call's events."""
        self.clear()
        items = [_item(event) for event in flow.events[:_SHOWN]]
        if len(flow.events) > _SHOWN:
            items.append(QTreeWidgetItem(["", tr("and {n} more", n=len(flow.events) - _SHOWN)]))
        self.addTopLevelItems(items)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the chosen lines."""
        if event.matches(QKeySequence.StandardKey.Copy):
            lines = ["\t".join(item.text(column) for column in range(5)) for item in self.selectedItems()]
            QGuiApplication.clipboard().setText("\n".join(lines))
        else:
            super().keyPressEvent(event)


def _item(event: FlowEvent) -> QTreeWidgetItem:
    details = [f"{name} {text}" for name, text in event.details] + [translate(mark) for mark in event.marks]
    shown = safe_text("  ·  ".join(details), 400)
    texts = [
        clock(event.at_ms),
        safe_text(event.name, 80),
        safe_text(event.queue, 80),
        safe_text(event.agent, 80),
        shown,
    ]
    item = QTreeWidgetItem(texts)
    item.setTextAlignment(0, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    when = f"{event.at:%Y-%m-%d %H:%M:%S}" if event.at is not None else tr("no readable time")
    for column in range(5):
        item.setData(column, Qt.ItemDataRole.ToolTipRole, tooltip("\n".join(part for part in (when, shown) if part)))
    for name, text in event.sent:
        item.addChild(QTreeWidgetItem(["", safe_text(name, 80), "", "", safe_text(text, 400)]))
    return item
