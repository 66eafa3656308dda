"""From "Save as…" to a file: choices, a name, the work, and what is remembered for the next time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from console.reports.export import MEDIA_TYPES, ExportFormat
from console.reports.naming import DEFAULT_TEMPLATE, file_name
from console.reports.result import RawFile
from console.tasks import TaskScope
from console.ui.results.panel import ResultPanel
from console.ui.results.save_dialog import KEY, SaveChoice, SaveDialog, Sizes, completed, remembered
from console.ui.results.saving import SaveBar, Saver
from console.ui.results.services import Desktop
from console.ui.runtime.dialogs import run_dialog
from console.ui.text import tr

if TYPE_CHECKING:
    from console.reports.table import View
    from console.ui.results.window import ResultWindow

_FOLDER = "results.folder"


class SaveFlow(QObject):
    """What the window's save buttons do; one at a time."""

    def __init__(
        self, window: ResultWindow, bar: SaveBar, scope: TaskScope, desktop: Desktop, folder: Path | None
    ) -> None:
        super().__init__(window)
        self._window = window
        self._scope = scope
        self._desktop = desktop
        self._folder = folder
        self._bar = bar
        self._saver = Saver(window.theme, bar, scope)

    @property
    def is_busy(self) -> bool:
        """Whether a file is being written."""
        return self._saver.is_busy

    @Slot()
    def ask(self) -> None:
        """Ask what to save, and save it."""
        self._scope.single_flight("save", self._ask)

    def ask_for_file(self, file: RawFile) -> None:
        """Ask where to put one of the server's files."""
        self._scope.single_flight("save", lambda: self._save_file(file))

    @Slot()
    def open_folder(self) -> None:
        """Show the folder of the last file."""
        if self._saver.last is not None:
            self._desktop.open_folder(self._saver.last.parent)

    async def save(self, choice: SaveChoice, path: Path) -> None:
        """Write a file as chosen; its name may be taken."""
        window = self._window
        panel, view = window.current_panel(), None
        columns: tuple[str, ...] | None = None
        if panel is not None and choice.format is not ExportFormat.ORIGINAL:
            view = self._view(panel, choice)
            columns = tuple(column.id for column in panel.shown_columns())
        options = completed(choice, site=window.site, mark=tr("DEMO") if window.is_demo else "", columns=columns)
        await self._saver.export(window.result, path, choice.format, options, view)

    def name_for(self, format: ExportFormat) -> str:
        """The file name that is suggested."""
        result = self._window.result
        original = format is ExportFormat.ORIGINAL
        media = result.files[0].media_type if original else MEDIA_TYPES[format]
        mark = tr("DEMO") + " " if self._window.is_demo else ""
        return file_name(
            mark + DEFAULT_TEMPLATE,
            report=result.title,
            site=self._window.site,
            media_type=media,
            timeframe=result.plan.timeframe,
            kind=format.value,
            now=f"{datetime.now().astimezone():%Y-%m-%dT%H%M}",
        )

    async def name_picture(self, suffix: str) -> Path | None:
        """Let the user name a picture; the ending decides what it is."""
        stem = Path(self.name_for(ExportFormat.CSV)).stem
        return await self._name(stem + suffix, [tr("Picture (*.png)"), tr("Drawing (*.svg)")])

    def told(self, text: str, path: Path | None) -> None:
        """Say what came of a file that was written elsewhere."""
        self._saver.last = path or self._saver.last
        self._bar.show_end(text, has_folder=path is not None)

    # -- inside

    async def _ask(self) -> None:
        window = self._window
        panel = window.current_panel()
        is_sub = panel is not None and panel is not window.panel
        dialog = SaveDialog(
            window, window.theme, window.result, self._sizes(panel), is_sub=is_sub, last=window.state.get(KEY)
        )
        await run_dialog(dialog)
        choice = dialog.choice
        if choice is None:
            return
        window.state.put(KEY, remembered(choice))
        path = await self._name(self.name_for(choice.format))
        if path is not None:
            await self.save(choice, path)

    async def _save_file(self, file: RawFile) -> None:
        path = await self._name(file.name)
        if path is not None:
            await self._saver.copy_file(file.path, path, file.size)

    async def _name(self, proposed: str, filters: Sequence[str] = ()) -> Path | None:
        kept = self._window.state.get(_FOLDER)
        folder = Path(kept) if isinstance(kept, str) and kept else self._folder
        kinds = filters or [f"*{Path(proposed).suffix}", tr("All files (*)")]
        path = await self._desktop.save_file(self._window, tr("Save as"), proposed, kinds, folder)
        if path is not None:
            self._window.state.put(_FOLDER, str(path.parent))
        return path

    def _sizes(self, panel: ResultPanel | None) -> Sizes:
        sub = self._window.result.sub_table
        sub_rows = sub.row_count if sub is not None else 0
        if panel is None:
            return Sizes(sub_rows=sub_rows)
        model = panel.model
        shown = len(panel.columns.shown())
        return Sizes(model.rowCount(), model.table.row_count, shown, len(model.columns), sub_rows)

    @staticmethod
    def _view(panel: ResultPanel, choice: SaveChoice) -> View:
        return panel.model.view if choice.as_shown else panel.model.table.view()
