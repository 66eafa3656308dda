"""The window of one call's course: loading, failed, or drawn, with the recorded events beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from console.domain.callflow import CallFlow
from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.tasks import Report, TaskScope
from console.ui.callflow.canvas import FlowCanvas
from console.ui.callflow.events import EventList
from console.ui.callflow.words import flow_words
from console.ui.results.notes import NotesStrip
from console.ui.text import tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import DemoMark, ElidedLabel, EmptyState, IconButton, line, push_button
from console.ui.windows.frame import scrolled

_WIDTH, _HEIGHT = 980, 640
_RELATED = 5  # ids of other calls that are named


class CallFlowWindow(QWidget):
    """Asks for the course of a call and draws it. `await window.run()` shows it until it is closed.

    Args:
        call_id: the text of a row's call id.
        ask: gives the course; its `ConsoleError` is shown as a sentence with "Try again".
    """

    def __init__(
        self,
        theme: Theme,
        call_id: str,
        ask: Callable[[str], Awaitable[CallFlow]],
        *,
        site: str = "",
        is_demo: bool = False,
        report: Report | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.theme = theme
        self.call_id = call_id
        self.flow: CallFlow | None = None
        self._ask = ask
        self._is_demo = is_demo
        self._site = site
        self._scope = TaskScope("call-flow", report)
        self._ended: asyncio.Future[None] | None = None
        self._notes: NotesStrip | None = None
        self.setObjectName("surface-window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        parts = [tr("DEMO")] if is_demo else []
        parts += [tr("Call {id}", id=safe_text(call_id, 60)), safe_text(site, 60)]
        self.setWindowTitle(" - ".join(part for part in parts if part))
        self._build()
        screen = QGuiApplication.primaryScreen()
        room = screen.availableSize()
        self.resize(min(_WIDTH, int(room.width() * 0.94)), min(_HEIGHT, int(room.height() * 0.9)))

    async def run(self) -> None:
        """Show the window, ask for the call, wait until it is closed, and free it."""
        self.show()
        self.load()
        self._ended = asyncio.get_running_loop().create_future()
        try:
            await self._ended
        finally:
            self._ended = None
            await self.aclose()
            self.deleteLater()

    def load(self) -> None:
        """Ask for the call, again where it failed."""
        self.empty.show_state("hourglass", tr("Asking for the course of the call"), tr("The system is looking it up."))
        self.stack.setCurrentWidget(self.empty)
        self._scope.restart("load", self._load)

    async def aclose(self) -> None:
        """Close, and end what is under way."""
        self.close()
        await self._scope.aclose()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell whoever waits."""
        event.accept()
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    # -- inside

    def _build(self) -> None:
        theme = self.theme
        self.title = ElidedLabel(theme, tr("Call {id}", id=safe_text(self.call_id, 120)), Type.TITLE, bold=True)
        self.facts = ElidedLabel(theme, safe_text(self._site, 120), muted=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.facts)
        self.fit_button = push_button(theme, tr("Fit"))
        self.closer = IconButton(theme, "plus", tr("Look closer"))
        self.farther = IconButton(theme, "minus", tr("Look from farther away"))
        self._head = QHBoxLayout()
        self._head.setContentsMargins(Space.AROUND, Space.BETWEEN, Space.AROUND, Space.BETWEEN)
        self._head.setSpacing(Space.INSIDE)
        self._head.addLayout(words, 1)
        if self._is_demo:
            self._head.addWidget(DemoMark(theme))
        for widget in (self.farther, self.closer, self.fit_button):
            self._head.addWidget(widget)
        self.canvas = FlowCanvas(theme)
        self.events = EventList(theme)
        self.readout = ElidedLabel(theme, size=Type.SMALL)
        self.readout.setContentsMargins(Space.AROUND, Space.TIGHT, Space.AROUND, Space.TIGHT)
        self.empty = EmptyState(theme)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._pages())
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._head)
        self._column.addWidget(line())
        self._column.addWidget(self.stack, 1)
        self.fit_button.clicked.connect(self.canvas.fit)
        self.closer.clicked.connect(self._on_closer)
        self.farther.clicked.connect(self._on_farther)
        self.canvas.pointed.connect(self._on_pointed)
        self.empty.action_triggered.connect(self.load)
        for keys in (QKeySequence(QKeySequence.StandardKey.Close), QKeySequence(Qt.Key.Key_Escape)):
            QShortcut(keys, self).activated.connect(self.close)
        self._set_buttons(False)

    def _pages(self) -> QWidget:
        drawing = QWidget()
        drawing.setProperty("surface", "pane")
        drawing.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(drawing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        lanes = QWidget()
        lanes_column = QVBoxLayout(lanes)
        lanes_column.setContentsMargins(0, 0, 0, 0)
        lanes_column.addWidget(self.canvas)
        lanes_column.addStretch(1)
        column.addWidget(scrolled(lanes), 1)
        column.addWidget(line())
        column.addWidget(self.readout)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(drawing)
        split.addWidget(self.events)
        split.setChildrenCollapsible(False)
        split.setSizes([330, 240])
        return split

    async def _load(self) -> None:
        try:
            flow = await self._ask(self.call_id)
        except ConsoleError as error:
            self.empty.show_state(
                "circle-alert",
                tr("The course of the call is not to be had"),
                translate(error.message),
                "again",
                tr("Try again"),
            )
            return
        self._show(flow)

    def _show(self, flow: CallFlow) -> None:
        self.flow = flow
        begun = f"{flow.start:%Y-%m-%d %H:%M:%S}" if flow.start is not None else ""
        others = ", ".join(safe_text(other, 40) for other in flow.related[:_RELATED])
        related = tr("also names call {ids}", ids=others) if others else ""
        parts = (safe_text(self._site, 120), begun, flow_words(flow), related)
        self.facts.setText("  ·  ".join(part for part in parts if part))
        if flow.remarks:
            self._notes = NotesStrip(self.theme, flow.remarks, ())
            self._column.insertWidget(1, self._notes)
        self.canvas.show_flow(flow)
        self.events.show_flow(flow)
        self._on_pointed("")
        self._set_buttons(bool(flow.spans))
        if flow.events or flow.spans:
            self.stack.setCurrentIndex(1)
            self.canvas.setFocus()
        else:
            self.empty.show_state(
                "inbox", tr("Nothing was recorded of this call"), tr("The system knows it without any event.")
            )

    def _set_buttons(self, are_on: bool) -> None:
        for button in (self.fit_button, self.closer, self.farther):
            button.setVisible(are_on)

    @Slot(str)
    def _on_pointed(self, text: str) -> None:
        hint = tr("Point at a bar to read it off. Left and Right go from one to the next, Ctrl and the wheel zoom.")
        self.readout.setText(text or hint)

    @Slot()
    def _on_closer(self) -> None:
        self.canvas.zoom(0.6)

    @Slot()
    def _on_farther(self) -> None:
        self.canvas.zoom(1.6)
