"""What can be done with a row of the list of reports: star, rename, delete."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.engine.report_memory import NAME_LIMIT
from console.engine.report_records import Preset
from console.reports.schema import ReportDefinition
from console.tasks import TaskScope
from console.ui.forms.editors import TextEditor
from console.ui.forms.row import FieldRow
from console.ui.reports.desk import Desk
from console.ui.reports.list_rows import ListRow
from console.ui.runtime.dialogs import ask, run_dialog
from console.ui.text import tr, translate
from console.ui.theme import Theme
from console.ui.widgets import add_action
from console.ui.windows.frame import FramedDialog


class NameDialog(FramedDialog):
    """Another name for a preset or an imported report."""

    def __init__(self, parent: QWidget | None, theme: Theme, desk: Desk, what: Preset | ReportDefinition) -> None:
        super().__init__(parent, theme, tr("Rename"), primary=tr("Rename"))
        self._desk = desk
        self._what = what
        self.name = TextEditor()
        self.name.setMaxLength(NAME_LIMIT)
        self.name.setAccessibleName(tr("Name"))
        self.name.setText(what.name if isinstance(what, Preset) else what.title)
        self.row = FieldRow(theme, tr("Name"), self.name)
        self.body.addWidget(self.row)
        self.body.addStretch(1)
        self.fit(420, 170)

    def on_primary(self) -> None:
        """Rename; what stands in the way is said in place."""
        reports = self._desk.reports
        try:
            if isinstance(self._what, Preset):
                reports.memory.rename_preset(self._what, self.name.text())
            else:
                reports.library.rename(self._what, self.name.text())
        except ConsoleError as error:
            self.row.set_problem(translate(error.message))
            return
        self.accept()


class ShelfActs(QObject):
    """Carries out what the menu of a row offers; dialogs are awaited in `scope`."""

    def __init__(self, window: QWidget, theme: Theme, desk: Desk, scope: TaskScope) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._desk = desk
        self._scope = scope
        self._row: ListRow | None = None
        self.dialog: NameDialog | None = None
        self.menu: QMenu | None = None

    def show_menu(self, row: ListRow, place: QPoint) -> None:
        """Open the menu of a row."""
        self._row = row
        menu = self.menu = QMenu(self._window)
        menu.aboutToHide.connect(menu.deleteLater)
        star = tr("Take the star away") if row.is_starred else tr("Star")
        add_action(menu, star).triggered.connect(self._on_star)
        if self._preset(row) is not None or self._custom(row) is not None:
            menu.addSeparator()
            add_action(menu, tr("Rename…")).triggered.connect(self._on_rename)
            caption = tr("Delete preset…") if row.preset_id else tr("Remove imported report…")
            add_action(menu, caption).triggered.connect(self._on_delete)
        menu.popup(place)

    def toggle_star(self, row: ListRow) -> None:
        """Star a report or preset, or take its star away."""
        preset, memory = self._preset(row), self._desk.reports.memory
        definition = next((d for d in self._desk.definitions if d.id == row.report_id), None)
        if preset is not None:
            memory.star_preset(preset, not preset.starred)
        elif definition is not None:
            memory.star(definition, not row.is_starred)

    def rename(self, row: ListRow) -> None:
        """Give a preset or an imported report another name."""
        what = self._preset(row) or self._custom(row)
        if what is not None:
            self._scope.single_flight("dialog", lambda: self._rename(what))

    def delete(self, row: ListRow) -> None:
        """Delete a preset or an imported report, after a question."""
        what = self._preset(row) or self._custom(row)
        if what is not None:
            self._scope.single_flight("dialog", lambda: self._delete(what))

    # -- inside

    def _preset(self, row: ListRow) -> Preset | None:
        return self._desk.preset(row.preset_id) if row.preset_id else None

    def _custom(self, row: ListRow) -> ReportDefinition | None:
        if row.preset_id:
            return None
        return next((d for d in self._desk.definitions if d.id == row.report_id and d.is_custom), None)

    def _on_star(self) -> None:
        if self._row is not None:
            self.toggle_star(self._row)

    def _on_rename(self) -> None:
        if self._row is not None:
            self.rename(self._row)

    def _on_delete(self) -> None:
        if self._row is not None:
            self.delete(self._row)

    async def _rename(self, what: Preset | ReportDefinition) -> None:
        self.dialog = NameDialog(self._window, self._theme, self._desk, what)
        try:
            await run_dialog(self.dialog)
        finally:
            self.dialog = None
        self._renew(what)

    async def _delete(self, what: Preset | ReportDefinition) -> None:
        is_preset = isinstance(what, Preset)
        name = safe_text(what.name if isinstance(what, Preset) else what.title, 80)
        title = tr("Delete {name}?", name=name) if is_preset else tr("Remove {name}?", name=name)
        question = (
            tr("The report itself stays. Schedules that use this preset fail from then on.")
            if is_preset
            else tr("Its form and values are removed from this computer. The server is not touched.")
        )
        confirm = tr("Delete") if is_preset else tr("Remove")
        if not await ask(self._window, self._theme, title, question, confirm=confirm):
            return
        if isinstance(what, Preset):
            self._desk.reports.memory.delete_preset(what)
        else:
            self._desk.reports.library.remove(what)
        self._renew(what)

    def _renew(self, what: Preset | ReportDefinition) -> None:
        """Imported reports are part of the definitions, which are read anew."""
        profile_id = self._desk.profile_id
        if not isinstance(what, Preset) and profile_id is not None:
            self._desk.use_profile(profile_id)
