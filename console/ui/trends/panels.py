"""The right side of the trends: one chart or two below each other, their sentence, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.domain.thresholds import Threshold
from console.domain.values import Unit
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import ElidedLabel, EmptyState, Label, set_tip

if TYPE_CHECKING:
    from console.ui.charts.curves import AlertMark, Curve
    from console.ui.charts.timeline import TimelineChart
    from console.ui.charts.timeline_table import TimelineTable

CHART, TABLE, EMPTY = range(3)
_SENTENCE = 3  # lines
_TOLD = 2  # curves that fit into them


@dataclass(frozen=True)
class Drawing:
    """One chart: its curves and what they are of."""

    title: str
    unit: Unit
    curves: Sequence[Curve]
    threshold: Threshold | None = None
    marks: Sequence[AlertMark] = ()


class Panel(QWidget):
    """A title over a chart; its table takes the chart's place."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from console.ui.charts.timeline import TimelineChart
        from console.ui.charts.timeline_table import TimelineTable

        self.title = ElidedLabel(theme, size=Type.BODY, bold=True)
        self.chart: TimelineChart = TimelineChart(theme)
        self.table: TimelineTable = TimelineTable(theme)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.chart)
        self.stack.addWidget(self.table)
        head = QHBoxLayout()
        head.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.BETWEEN, 0)
        head.addWidget(self.title, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.TIGHT)
        column.addLayout(head)
        column.addWidget(self.stack, 1)
        self._zone: tzinfo | None = None

    def draw(self, drawing: Drawing, start_ms: float, end_ms: float, zone: tzinfo, zone_name: str) -> None:
        """Show curves over a range."""
        self.title.setText(drawing.title)
        self.chart.setAccessibleName(drawing.title)
        if (zone, zone_name) != (self._zone, self.chart.frame.zone_name):
            self._zone = zone
            self.chart.set_zone(zone, zone_name)
        self.chart.set_series(
            drawing.curves,
            unit=drawing.unit,
            metric=drawing.title,
            threshold=drawing.threshold,
            marks=drawing.marks,
            span=(start_ms, end_ms),
        )

    def show_table(self, is_table: bool) -> None:
        """The figures in sight, or the chart."""
        if is_table:
            content = self.chart.content
            zone = self.chart.layer.look.zone
            self.table.show_curves(content.curves, *self.chart.in_sight, content.unit, zone)
        self.stack.setCurrentIndex(TABLE if is_table else CHART)

    def dispose(self) -> None:
        """Take it apart."""
        self.stack.removeWidget(self.chart)
        self.chart.dispose()
        self.setParent(None)
        self.deleteLater()


class Panels(QWidget):
    """One or two charts that move together, or a sentence why there is none.

    Signals:
        pointed: what is under the pointer, in words.
        acted: the button of an empty state; carries its command.
    """

    pointed = Signal(str)
    acted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.panels: list[Panel] = []
        self.is_table = False
        self.empty = EmptyState(theme)
        self.empty.action_triggered.connect(self.acted)
        self._charts = QWidget()
        self._column = QVBoxLayout(self._charts)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.INSIDE)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._charts)
        self.stack.addWidget(self.empty)
        self.sentence = Label(theme, size=Type.SMALL, muted=True, wrap=True)
        self.sentence.setContentsMargins(Space.BETWEEN, Space.TIGHT, Space.BETWEEN, Space.TIGHT)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.sentence.setFixedHeight(self.sentence.fontMetrics().lineSpacing() * _SENTENCE + 2 * Space.TIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stack, 1)
        column.addWidget(self.sentence)
        self._is_moving = False

    @property
    def is_drawn(self) -> bool:
        """Whether there is a chart to see."""
        return self.stack.currentWidget() is self._charts and bool(self.panels)

    def draw(self, drawings: Sequence[Drawing], start_ms: float, end_ms: float, zone: tzinfo, zone_name: str) -> None:
        """Show charts below each other."""
        while len(self.panels) > len(drawings):
            self.panels.pop().dispose()
        while len(self.panels) < len(drawings):
            panel = Panel(self._theme)
            panel.chart.range_changed.connect(self._on_moved)
            panel.chart.pointed.connect(self.pointed)
            self._column.addWidget(panel, 1)
            panel.show_table(self.is_table)
            self.panels.append(panel)
        for panel, drawing in zip(self.panels, drawings, strict=True):
            panel.draw(drawing, start_ms, end_ms, zone, zone_name)
        least = max((panel.chart.frame.wanted_left for panel in self.panels), default=0.0)
        for panel in self.panels:
            panel.chart.align_left(least if len(self.panels) > 1 else 0.0)
        self.stack.setCurrentWidget(self._charts)
        self._tell()

    def say(self, icon: str, title: str, text: str = "", action: str = "", caption: str = "") -> None:
        """Say why there is no chart."""
        self.empty.show_state(icon, title, text, action, caption)
        self.stack.setCurrentWidget(self.empty)
        self.sentence.setText("")

    def show_table(self, is_table: bool) -> None:
        """Figures instead of curves, of what is in sight now."""
        self.is_table = is_table
        for panel in self.panels:
            panel.show_table(is_table)

    def reset(self) -> None:
        """Everything again."""
        for panel in self.panels[:1]:
            panel.chart.reset()

    def dispose(self) -> None:
        """Take everything apart."""
        while self.panels:
            self.panels.pop().dispose()

    # -- inside

    def _on_moved(self, start_ms: float, end_ms: float) -> None:
        """The other chart follows."""
        if self._is_moving:
            return
        self._is_moving = True
        for panel in self.panels:
            if panel.chart is not self.sender():
                panel.chart.show_window(start_ms, end_ms)
        self._is_moving = False
        self._tell()

    def _tell(self) -> None:
        """As much as there is room for; all of it to a screen reader and in the tooltip."""
        whole = " ".join(panel.chart.summary() for panel in self.panels)
        most = _TOLD // max(1, len(self.panels))
        text = " ".join(panel.chart.summary(most) for panel in self.panels)
        if (text, whole) != (self.sentence.text(), self.sentence.accessibleName()):
            self.sentence.setText(text)
            self.sentence.setAccessibleName(whole)
            set_tip(self.sentence, whole if whole != text else "")
