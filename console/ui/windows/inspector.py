"""Where a figure came from: the request, the place in the reply, and what the console made of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor, QTextFormat
from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QTabWidget, QTextEdit, QWidget
from shiboken6 import isValid

from console.domain.errors import ConsoleError
from console.domain.provenance import Exchange
from console.domain.text import safe_text
from console.domain.values import Origin, Reading
from console.tasks import Report, TaskScope
from console.ui.source_text import Fragment, fragment, pretty
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, code_box, push_button
from console.ui.windows.frame import FramedDialog

if TYPE_CHECKING:
    from console.reports.request import RequestDetails

AT_ONCE = 64 * 1024  # characters read on the window's own thread; more goes to a worker
_WIDTH, _HEIGHT = 760, 620
AskRequests = Callable[[Exchange, str], Awaitable[Sequence[tuple[str, "RequestDetails"]]]]
_LONGEST = 2000  # characters of an address or formula on screen


class SourceDialog(FramedDialog):
    """Shows one reading's exchange. Call `begin` once, and await `aclose` at the end.

    Args:
        reading: the figure.
        exchange: its exchange; None where it has been evicted, or never was one.
        heading: what the figure is of, and what it says.
        formula: the formula in words, empty where the value was taken as sent.
    """

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        reading: Reading,
        exchange: Exchange | None,
        heading: str,
        formula: str = "",
        report: Report | None = None,
    ) -> None:
        super().__init__(parent, theme, tr("Where this figure comes from"))
        self._reading = reading
        self._exchange = exchange
        self._scope = TaskScope("source", report)
        self._ask: AskRequests | None = None
        self.body.addWidget(Label(theme, safe_text(heading, 200), Type.SECTION, bold=True, wrap=True))
        self.body.addLayout(self._facts(formula))
        self.note = Label(theme, muted=True, wrap=True)
        self.note.hide()
        self.body.addWidget(self.note)
        self.reply = code_box(tr("Part of the reply"))
        self.request = code_box(tr("Request"))
        self.copy_button = push_button(theme, tr("Copy"), "quiet")
        self.copy_button.clicked.connect(self._on_copy)
        self.tabs = QTabWidget()
        for named in (self.tabs, self.tabs.tabBar()):
            named.setAccessibleName(tr("Reply and requests"))
        self.tabs.setDocumentMode(True)
        if exchange is not None:
            self.tabs.currentChanged.connect(self._on_tab)
            self.tabs.addTab(self.reply, tr("Part of the reply"))
            self.tabs.addTab(self.request, tr("Request"))
            self.body.addWidget(self.tabs, 1)
            self.footer.insertWidget(0, self.copy_button)
            self.fit(_WIDTH, _HEIGHT)
        else:
            self.body.addStretch(1)
            self._say(self._missing())
            layout = self.layout()
            self.fit(_WIDTH, max(240, layout.totalHeightForWidth(_WIDTH) if layout is not None else 0))
        self.cancel_button.setDefault(True)

    def ask_requests_by(self, ask: AskRequests | None) -> None:
        """Where to ask for the requests by which the figure can be had elsewhere; each gets a tab."""
        self._ask = ask

    def begin(self) -> None:
        """Read the reply, a large one on a worker thread; then ask for requests to be made elsewhere."""
        exchange = self._exchange
        if exchange is None:
            return
        if self._ask is not None:
            self._scope.start(self._add_requests(self._ask, exchange), "requests")
        self.request.setPlainText(_request_text(exchange))
        if len(exchange.body) <= AT_ONCE:
            self._show(fragment(exchange.body, self._pointer, is_cut=exchange.truncated))
        else:
            self.reply.setPlainText(tr("The reply is being read…"))
            self._scope.start(self._read(exchange), "read")

    async def aclose(self) -> None:
        """End what is under way."""
        await self._scope.aclose()

    @property
    def _pointer(self) -> str:
        return self._reading.source.pointer if self._reading.source is not None else ""

    async def _read(self, exchange: Exchange) -> None:
        self._show(await asyncio.to_thread(fragment, exchange.body, self._pointer, is_cut=exchange.truncated))

    async def _add_requests(self, ask: AskRequests, exchange: Exchange) -> None:
        """One tab for each; a figure without any, or a system that cannot be asked now, has none."""
        try:
            found = await ask(exchange, self._pointer)
        except ConsoleError:
            return
        if not found or not isValid(self):
            return
        from console.ui.reports.request_tab import RequestView

        for title, details in found:
            view = RequestView(self.theme, self._scope)
            view.show_details(details)
            self.tabs.addTab(view, safe_text(title, 60))

    def _show(self, shown: Fragment) -> None:
        self.reply.setPlainText(shown.text)
        self._mark(shown.first, shown.last)
        self._say(
            {
                "cut": tr("Of this large reply only the beginning was kept, and the figure's place is not in it."),
                "no_place": tr("The reply has no such place any more; this is how it begins."),
                "no_json": tr("The reply is not JSON; this is how it begins."),
            }.get(shown.note, "")
        )

    def _mark(self, first: int, last: int) -> None:
        """Lay a tint behind the figure's lines, and bring them into sight."""
        if first < 0:
            return
        document, theme = self.reply.document(), self.theme
        start = document.findBlockByNumber(first)
        cursor = QTextCursor(start)
        self.reply.setTextCursor(cursor)
        marks = []
        for number in range(first, last + 1):
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(theme.colour(theme.palette.selection))  # type: ignore[attr-defined]
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)  # type: ignore[attr-defined]
            mark.cursor = QTextCursor(document.findBlockByNumber(number))  # type: ignore[attr-defined]
            marks.append(mark)
        self.reply.setExtraSelections(marks)
        self.reply.centerCursor()

    def _say(self, sentence: str) -> None:
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    def _missing(self) -> str:
        source = self._reading.source
        if source is None or not source.exchange_id:
            return tr("The console made this figure itself; there is no single request behind it.")
        return tr(
            "The exchange this figure came from is not kept any more: only the latest are. "
            "Close this, wait for fresh figures, and ask again."
        )

    def _facts(self, formula: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.AROUND)
        grid.setVerticalSpacing(Space.TIGHT)
        grid.setColumnStretch(1, 1)
        facts = [(tr("Made by"), _origin(self._reading))]
        if self._exchange is not None:
            exchange = self._exchange
            facts.insert(0, (tr("Request"), f"{exchange.method} {exchange.url}"[:_LONGEST]))
            facts.insert(1, (tr("Answer"), _answer(exchange)))
            if exchange.instead_of is not None:
                first = exchange.instead_of.astimezone().strftime("%H:%M:%S")
                stands = tr("The figure stands since the answer of {at}; this is the newest.", at=first)
                facts.insert(2, (tr("Older"), stands))
        if self._pointer:
            facts.append((tr("Place in the reply"), self._pointer[:_LONGEST]))
        if formula:
            facts.append((tr("Formula"), formula[:_LONGEST]))
        for row, (caption, text) in enumerate(facts):
            grid.addWidget(Label(self.theme, caption, muted=True), row, 0, Qt.AlignmentFlag.AlignTop)
            value = Label(self.theme, _breakable(safe_text(text, _LONGEST)), wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(value, row, 1)
        return grid

    def _on_tab(self, _at: int) -> None:
        """Requests have copy buttons of their own."""
        self.copy_button.setVisible(isinstance(self.tabs.currentWidget(), QPlainTextEdit))

    def _on_copy(self) -> None:
        shown = self.tabs.currentWidget()
        if isinstance(shown, QPlainTextEdit):
            QGuiApplication.clipboard().setText(shown.toPlainText())


def _breakable(text: str) -> str:
    """A text whose lists of ids may go on in the next line: one word of two thousand letters would widen the window."""
    return text.replace(",", ",\u200b").replace("&", "&\u200b")


def _origin(reading: Reading) -> str:
    return {
        Origin.VENDOR: tr("The system itself"),
        Origin.COMPUTED: tr("The console, from what the system sends"),
        Origin.INFERRED: tr("The system; that it belongs in this column was inferred from its name"),
    }[reading.origin]


def _answer(exchange: Exchange) -> str:
    """Status, time it took, size and clock time, as far as each is known."""
    parts = [str(exchange.status)] if exchange.status is not None else []
    if exchange.error:
        parts.append(exchange.error)
    if exchange.latency_ms is not None:
        parts.append(tr("{n} ms", n=round(exchange.latency_ms)))
    if exchange.size or exchange.body:
        size = exchange.size or len(exchange.body)
        parts.append(tr("{n} kB", n=f"{size / 1000:.1f}") if size >= 1000 else tr("{n} bytes", n=size))
    parts.append(exchange.at.astimezone().strftime("%H:%M:%S"))
    return "  ·  ".join(parts)


def _request_text(exchange: Exchange) -> str:
    """The request as it was sent, secrets redacted."""
    lines = [
        f"{exchange.method} {exchange.url}",
        *(f"{name}: {value}" for name, value in exchange.request_headers.items()),
    ]
    if exchange.request_body:
        lines += ["", pretty(exchange.request_body)]
    return "\n".join(lines)
