"""The vendor's own summary figures, as tiles above the rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from console.domain.text import safe_text
from console.reports.cells import show_value
from console.reports.columns import ColumnKind
from console.reports.result import SummaryItem
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import ElidedLabel, FlowLayout, set_tip

_LEAST, _MOST = 104, 260  # px of a tile
_TALLEST = 124  # px; of more figures the strip scrolls
_SHOWN = 60  # figures; a summary of more is a table that went astray


def item_text(item: SummaryItem) -> str:
    """A figure as shown: the vendor's text, else ours; a dash where it sent nothing."""
    text = item.text or show_value(item.value, item.kind)
    return safe_text(text, 200) or "–"


class SummaryTile(QFrame):
    """One figure with its title above it."""

    def __init__(self, theme: Theme, item: SummaryItem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "pane")
        title, text = safe_text(item.title, 200), item_text(item)
        caption = ElidedLabel(theme, title, Type.SMALL, muted=True, parent=self)
        large = item.kind is not ColumnKind.TEXT or len(text) <= 16
        value = ElidedLabel(theme, text, Type.TITLE if large else Type.BODY, bold=True, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.BETWEEN, Space.TIGHT + 2, Space.BETWEEN, Space.TIGHT + 2)
        column.setSpacing(0)
        column.addWidget(caption)
        column.addWidget(value)
        wide = max(caption.sizeHint().width(), value.sizeHint().width()) + 2 * Space.BETWEEN
        self.setFixedWidth(min(max(wide, _LEAST), _MOST))
        self.setAccessibleName(f"{title}: {text}")
        set_tip(self, f"{title}: {text}")


class SummaryStrip(QScrollArea):
    """A row of tiles that wraps; hidden without figures."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Summary as the system sent it"))
        self.viewport().setAutoFillBackground(False)
        self.tiles: list[SummaryTile] = []
        self._flow: FlowLayout | None = None
        self.hide()

    def show_items(self, items: Sequence[SummaryItem]) -> None:
        """Show other figures."""
        box = QWidget()
        box.setAutoFillBackground(False)
        self._flow = FlowLayout(Space.INSIDE, box)
        self._flow.setContentsMargins(Space.AROUND, 0, Space.AROUND, Space.INSIDE)
        self.tiles = [SummaryTile(self._theme, item, box) for item in items[:_SHOWN]]
        for tile in self.tiles:
            self._flow.addWidget(tile)
        self.setWidget(box)
        self.setVisible(bool(self.tiles))
        self._fit()

    def resizeEvent(self, event: object) -> None:
        """Take the height that the width asks for."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        if self._flow is not None and self.tiles:
            self.setFixedHeight(min(self._flow.heightForWidth(max(self.width(), _MOST)), _TALLEST))
