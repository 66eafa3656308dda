"""The chart of the rows on screen, with choosers, a readout, and a sentence that says what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.reports.columns import Column
from console.tasks import TaskScope
from console.ui.charts.data import (
    ChartData,
    ChartSpec,
    category_columns,
    fetch,
    figure_columns,
    measures,
    propose,
)
from console.ui.charts.scales import exact
from console.ui.text import plural, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import ElidedLabel, EmptyState, FlowLayout, Label, line, push_button
from console.ui.windows.frame import scrolled

if TYPE_CHECKING:
    from console.reports.table import View
    from console.ui.charts.canvas import ChartCanvas

NamePicture = Callable[[str], Awaitable[Path | None]]
_BUCKETS = ("", "minute", "hour", "day", "week", "month", "year")


class ChartPage(QWidget):
    """Draws a view. It rests while it is not on screen.

    Signals:
        saved: a sentence about a picture that was written, and its path (None where it was not).

    Args:
        view: gives the rows as they are on screen now.
        columns: the table's columns.
        name_picture: lets the user name a picture; given the proposed ending's label.
    """

    saved = Signal(str, object)

    def __init__(
        self,
        theme: Theme,
        scope: TaskScope,
        columns: tuple[Column, ...],
        view: Callable[[], View],
        title: str,
        name_picture: NamePicture,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scope = scope
        self._columns = columns
        self._view = view
        self._heading = title
        self._name_picture = name_picture
        self._is_dirty = True
        self._is_filling = False
        self.spec: ChartSpec | None = None
        self.data: ChartData | None = None
        self.canvas: ChartCanvas | None = None
        self._build()
        theme.changed.connect(self._redraw)

    @Slot()
    def refresh(self) -> None:
        """The rows on screen are others now."""
        self._is_dirty = True
        if self.isVisible():
            self._begin()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what was missed."""
        super().showEvent(event)
        if self._is_dirty:
            self._begin()

    def choose(self, spec: ChartSpec) -> None:
        """Draw something else."""
        self.spec = spec
        self._begin()

    def dispose(self) -> None:
        """The window closes."""
        self.data = None
        if self.canvas is not None:
            self.area.takeWidget()
            self.canvas.dispose()
            self.canvas = None

    # -- building

    def _build(self) -> None:
        theme = self._theme
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.figure, self.measure = self._chooser(tr("Figure")), self._chooser(tr("Sum or average"))
        self.by, self.bucket = self._chooser(tr("By")), self._chooser(tr("Length of time"))
        self.figure.addItem(tr("Number of rows"), "")
        for column in figure_columns(self._columns):
            self.figure.addItem(safe_text(column.title, 60), column.id)
        for column in category_columns(self._columns):
            self.by.addItem(safe_text(column.title, 60), column.id)
        words = (tr("whatever suits"), tr("minute"), tr("hour"), tr("day"), tr("week"), tr("month"), tr("year"))
        for bucket, word in zip(_BUCKETS, words, strict=True):
            self.bucket.addItem(word, bucket)
        self.reset_button = push_button(theme, tr("Reset view"), "quiet")
        self.save_button = push_button(theme, tr("Save picture…"), "quiet")
        choosers = QWidget()
        flow = FlowLayout(Space.INSIDE, choosers)
        for widget in (self.measure, self.figure, Label(theme, tr("by"), muted=True), self.by, self.bucket):
            if isinstance(widget, Label):
                widget.setFixedHeight(30)
            flow.addWidget(widget)
        head = QHBoxLayout()
        head.setContentsMargins(Space.BETWEEN, Space.INSIDE, Space.INSIDE, Space.INSIDE)
        head.addWidget(choosers, 1)
        head.addWidget(self.reset_button)
        head.addWidget(self.save_button)
        self.sentence = Label(theme, muted=True, wrap=True)
        self.sentence.setContentsMargins(Space.AROUND, Space.INSIDE, Space.AROUND, 0)
        self.readout = ElidedLabel(theme, size=Type.SMALL)
        self.readout.setContentsMargins(Space.AROUND, Space.TIGHT, Space.AROUND, Space.TIGHT)
        self.empty = EmptyState(theme)
        self.stack = QStackedWidget()
        self.area = scrolled(QWidget())
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.area)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(0)
        column_layout.addLayout(head)
        column_layout.addWidget(line())
        column_layout.addWidget(self.sentence)
        column_layout.addWidget(self.stack, 1)
        column_layout.addWidget(self.readout)
        for box in (self.figure, self.measure, self.by, self.bucket):
            box.activated.connect(self._on_chosen)
        self.reset_button.clicked.connect(self._on_reset)
        self.save_button.clicked.connect(self._on_save)
        self._say("hourglass", tr("The chart is being drawn"), tr("It appears in a moment."))

    def _chooser(self, spoken: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(spoken)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMaximumWidth(260)
        return box

    # -- inside

    def _begin(self) -> None:
        self._is_dirty = False
        self._scope.restart("chart", self._work)

    async def _work(self) -> None:
        view = self._view()
        try:
            if self.spec is None:
                self.spec = await asyncio.to_thread(propose, view, self._columns)
            if self.spec is None:
                self._nothing(view.row_count)
                return
            data = await asyncio.to_thread(fetch, view, self._columns, self.spec)
            await asyncio.to_thread(import_module, "pyqtgraph")  # takes a third of a second the first time
        except ConsoleError as error:
            self._say("circle-alert", tr("The chart cannot be drawn"), translate(error.message))
            return
        self._show(data)

    def _nothing(self, rows: int) -> None:
        text = (
            tr("A chart needs a column of names or times that repeat, and figures.")
            if rows
            else tr("The filter or the report left none.")
        )
        self._say(
            "chart-column", tr("There is nothing sensible to draw") if rows else tr("There are no rows to draw"), text
        )
        self._set_choosers(False)

    def _say(self, icon: str, title: str, text: str) -> None:
        self.empty.show_state(icon, title, text)
        self.stack.setCurrentWidget(self.empty)
        self.sentence.setText("")
        self.sentence.hide()

    def _set_choosers(self, are_on: bool) -> None:
        has_columns = self.by.count() > 0
        for widget in (self.figure, self.measure, self.by):
            widget.setVisible(are_on or has_columns)
        for button in (self.reset_button, self.save_button):
            button.setEnabled(are_on)

    def _show(self, data: ChartData) -> None:
        self.data, self.spec = data, data.spec if not data.is_line else self.spec
        self._fill(data)
        self._set_choosers(True)
        if not any(point.value is not None for point in data.points):
            self._say("chart-column", tr("There are no values to draw"), tr("Choose another figure."))
            return
        self._redraw()

    @Slot()
    def _redraw(self) -> None:
        if self.data is None:
            return
        from console.ui.charts.canvas import ChartCanvas

        former = self.canvas
        self.canvas = ChartCanvas(self.data, self._theme.palette, self._theme.font(Type.SMALL))
        self.canvas.pointed.connect(self.readout.setText)
        self.canvas.setAccessibleName(tr("Chart"))
        text = sentence(self.data, self._columns)
        self.canvas.setAccessibleDescription(text)
        self.sentence.setText(text)
        self.sentence.show()
        self.area.takeWidget()
        self.area.setWidget(self.canvas)
        self.stack.setCurrentWidget(self.area)
        if former is not None:
            former.dispose()

    def _fill(self, data: ChartData) -> None:
        """Bring the choosers in step with what is drawn."""
        spec = data.spec
        column = next((c for c in self._columns if c.id == spec.figure), None)
        self.measure.clear()
        for measure in measures(column):
            self.measure.addItem(tr("Sum of") if measure == "sum" else tr("Average of"), measure)
        self.measure.setVisible(column is not None)
        for box, value in ((self.figure, spec.figure), (self.measure, spec.measure), (self.by, spec.by)):
            box.setCurrentIndex(max(0, box.findData(value)))
        self.bucket.setVisible(data.is_line)
        if data.is_line and self.spec is not None and not self.spec.bucket:
            used = self.bucket.itemText(max(0, self.bucket.findData(spec.bucket)))
            self.bucket.setItemText(0, tr("automatic: {bucket}", bucket=used))

    @Slot()
    def _on_chosen(self) -> None:
        figure = self.figure.currentData() or ""
        column = next((c for c in self._columns if c.id == figure), None)
        measure = self.measure.currentData()
        if measure not in measures(column):
            measure = measures(column)[0]
        self.choose(ChartSpec(self.by.currentData() or "", figure, measure, self.bucket.currentData() or ""))

    @Slot()
    def _on_reset(self) -> None:
        if self.canvas is not None:
            self.canvas.reset()

    @Slot()
    def _on_save(self) -> None:
        self._scope.single_flight("picture", self._save)

    async def _save(self) -> None:
        if self.data is None:
            return
        path = await self._name_picture(".png")
        if path is None:
            return
        from console.ui.charts.picture import write_picture

        try:
            write_picture(self.data, path, self._heading, sentence(self.data, self._columns), self._theme)
        except ConsoleError as error:
            self.saved.emit(translate(error.message), None)
        else:
            self.saved.emit(tr("Saved {file}.", file=path.name), path)


def sentence(data: ChartData, columns: tuple[Column, ...]) -> str:
    """What a chart shows and where its extremes are, for those who do not see it."""
    known = {column.id: safe_text(column.title, 60) for column in columns}
    spec = data.spec
    what = known.get(spec.figure, "")
    subject = tr("Number of rows") if not what else tr("Sum of {figure}", figure=what)
    if what and spec.measure == "avg":
        subject = tr("Plain average of {figure}", figure=what)
    by = known.get(spec.by, spec.by)
    drawn = [point for point in data.points if point.value is not None and not point.is_rest]
    if not drawn:
        return tr("{subject} by {by}: no values.", subject=subject, by=by)
    high = max(drawn, key=lambda point: point.value or 0.0)
    low = min(drawn, key=lambda point: point.value or 0.0)
    from console.ui.charts.canvas import name_of

    parts = [
        tr(
            "{subject} by {by}, computed by the console over the rows shown: "
            "highest {high} ({most}), lowest {low} ({least}).",
            subject=subject,
            by=by,
            high=name_of(high, data),
            most=exact(high.value, data.kind, data.unit),
            low=name_of(low, data),
            least=exact(low.value, data.kind, data.unit),
        )
    ]
    if data.is_line:
        gaps = sum(point.value is None for point in data.points)
        parts += [plural("{n} gap without values.", "{n} gaps without values.", gaps)] if gaps else []
    elif data.hidden and not any(point.is_rest for point in data.points):
        more = plural("{n} more is not drawn", "{n} more are not drawn", data.hidden)
        if data.is_partial:
            more = tr("All others are not drawn")
        come = exact(data.rest, data.kind, data.unit)
        parts.append(f"{more}." if data.rest is None else tr("{more}; they come to {sum}.", more=more, sum=come))
    if data.is_partial:
        parts.append(tr("Only the most frequent 1,000 were compared."))
    return " ".join(parts)
