"""Writing a result to a file in the background, with progress, Stop, and what came of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from console.domain.errors import ConsoleError
from console.reports.export import Exported, ExportFormat, ExportOptions
from console.reports.result import ReportResult
from console.tasks import TaskScope
from console.ui.text import plural, tr, translate
from console.ui.theme import Space, Theme
from console.ui.widgets import ElidedLabel, IconButton, push_button

if TYPE_CHECKING:
    from console.reports.table import Stop, View

_TICK_MS = 200
_CHUNK = 1 << 20


class CountedView:
    """A view that counts the rows it gives out; any thread may read `done`."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.done = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._view, name)

    def batches(self, *args: Any, **more: Any) -> Iterator[Any]:
        """See `View.batches`."""
        for rows in self._view.batches(*args, **more):
            yield rows
            self.done += len(rows)


class SaveBar(QWidget):
    """One line at the foot of the window: what is being written, Stop, and what came of it. Hidden before.

    Signals:
        folder_asked: the folder of the last file is to be opened.
    """

    folder_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.stop: Callable[[], None] | None = None
        self.label = ElidedLabel(theme, parent=self)
        self.progress = QProgressBar(self)
        self.progress.setFixedWidth(160)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Progress"))
        self.stop_button = push_button(theme, tr("Stop"), parent=self)
        self.folder_button = push_button(theme, tr("Open folder"), "quiet", self)
        self.close_button = IconButton(theme, "x", tr("Close this line"), parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.BETWEEN, Space.TIGHT, Space.INSIDE, Space.TIGHT)
        row.setSpacing(Space.INSIDE)
        row.addWidget(self.label, 1)
        for widget in (self.progress, self.stop_button, self.folder_button, self.close_button):
            row.addWidget(widget)
        self.stop_button.clicked.connect(self._on_stop)
        self.folder_button.clicked.connect(self.folder_asked)
        self.close_button.clicked.connect(self.hide)
        self.hide()

    def show_work(self, text: str, done: int, total: int) -> None:
        """Say what is being written; without `total` the end is not known."""
        self.label.setText(text)
        self.progress.setRange(0, 1000 if total else 0)
        self.progress.setValue(min(1000, done * 1000 // total) if total else 0)
        self._arrange(is_working=True, has_folder=False)

    def show_end(self, text: str, *, has_folder: bool) -> None:
        """Say what came of it."""
        self.label.setText(text)
        self._arrange(is_working=False, has_folder=has_folder)

    def _arrange(self, *, is_working: bool, has_folder: bool) -> None:
        self.progress.setVisible(is_working)
        self.stop_button.setVisible(is_working)
        self.stop_button.setEnabled(is_working)
        self.folder_button.setVisible(has_folder)
        self.close_button.setVisible(not is_working)
        self.show()

    @Slot()
    def _on_stop(self) -> None:
        self.stop_button.setEnabled(False)
        if self.stop is not None:
            self.stop()


class Saver(QObject):
    """Writes one file at a time. `last` is the file written last."""

    def __init__(self, theme: Theme, bar: SaveBar, scope: TaskScope) -> None:
        super().__init__(bar)
        self._bar = bar
        self._scope = scope
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)
        self._tick: Callable[[], None] = lambda: None
        self.last: Path | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a file is being written."""
        return self._timer.isActive()

    async def export(
        self, result: ReportResult, path: Path, format: ExportFormat, options: ExportOptions, view: View | None
    ) -> None:
        """Write a result; progress and end are told by the bar."""
        from console.reports.table import Stop

        stop = Stop()
        counted = CountedView(view) if view is not None else None
        total = view.row_count if view is not None and format is not ExportFormat.PARQUET else 0

        def tick() -> None:
            rows = plural("{n} row", "{n} rows", total)
            done = counted.done if counted is not None else 0
            self._bar.show_work(tr("Saving {file}, {rows}…", file=path.name, rows=rows), done, total)

        await self._run(
            path, lambda: _write(result, path, format, options, cast("View", counted), stop), stop.set, tick
        )

    async def copy_file(self, source: Path, path: Path, size: int) -> None:
        """Copy one of the server's files, byte for byte."""
        ended = threading.Event()
        done = [0]

        def tick() -> None:
            self._bar.show_work(tr("Saving {file}…", file=path.name), done[0], size)

        await self._run(path, lambda: _copy(source, path, done, ended), ended.set, tick)

    async def _run(
        self, path: Path, work: Callable[[], Exported], stop: Callable[[], None], tick: Callable[[], None]
    ) -> None:
        from console.reports.table import Interrupted

        self._tick, self._bar.stop = tick, stop
        tick()
        self._timer.start()
        try:
            written = await asyncio.to_thread(work)
        except Interrupted:
            self._bar.show_end(tr("Stopped. Nothing was written."), has_folder=False)
        except ConsoleError as error:
            self._bar.show_end(translate(error.message), has_folder=False)
        except asyncio.CancelledError:
            stop()
            raise
        else:
            self.last = written.path
            self._bar.show_end(_told(written), has_folder=True)
        finally:
            self._timer.stop()
            self._bar.stop = None

    @Slot()
    def _on_tick(self) -> None:
        self._tick()


def _write(
    result: ReportResult, path: Path, format: ExportFormat, options: ExportOptions, view: View | None, stop: Stop
) -> Exported:
    if format is ExportFormat.PDF:
        from console.ui.pdf import write_pdf

        return write_pdf(result, path, options, view=view, stop=stop)
    from console.reports.export import export

    return export(result, path, format, options, view=view, stop=stop)


def _copy(source: Path, path: Path, done: list[int], ended: threading.Event) -> Exported:
    from console.reports.table import Interrupted
    from console.reports.whole_file import whole_file

    with whole_file(path, replace=True) as file, source.open("rb") as read, file.open("wb") as write:
        while chunk := read.read(_CHUNK):
            if ended.is_set():
                raise Interrupted
            write.write(chunk)
            done[0] += len(chunk)
    return Exported(path)


def _told(written: Exported) -> str:
    rows = ", " + plural("{n} row", "{n} rows", written.rows) if written.rows else ""
    notes = "".join(" " + translate(note) for note in written.notes)
    return tr("Saved {file}{rows}.", file=written.path.name, rows=rows) + notes
