"""The left column: which connection, which report."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.text import safe_text
from console.ui.connection import LightTone
from console.ui.marks import MessageLine
from console.ui.reports.list_rows import ListRow, Shelf, make_rows
from console.ui.reports.list_view import ReportListView
from console.ui.text import mnemonic_safe, tr
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import IconButton, Label, SearchField, push_button
from console.ui.windows.frame import WheelGuard, scrolled

SITES_HEIGHT = 96  # px; more sites scroll


class ReportList(QWidget):
    """Connections, search, list.

    Signals:
        profile_chosen: another connection leads; carries its id.
        sites_changed: further connections were ticked or not.
        report_chosen: carries a `ListRow`.
        report_opened: Enter on a report; carries a `ListRow`.
        star_wanted: carries a `ListRow`.
        discover_wanted, import_wanted, schedules_wanted: the buttons.
    """

    profile_chosen = Signal(str)
    sites_changed = Signal()
    report_chosen = Signal(object)
    report_opened = Signal(object)
    star_wanted = Signal(object)
    discover_wanted = Signal()
    import_wanted = Signal()
    schedules_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shelf = Shelf(())
        self._profiles: tuple[Profile, ...] = ()
        self._ticks: dict[ProfileId, QCheckBox] = {}
        self.profile = QComboBox()
        self.profile.setAccessibleName(tr("Connection"))
        self.profile.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.profile.setMinimumContentsLength(12)
        self.profile.installEventFilter(WheelGuard(self))
        self.profile.currentIndexChanged.connect(self._on_profile)
        self.refresh_button = IconButton(theme, "refresh-cw", tr("Ask the server for its reports"))
        self.refresh_button.clicked.connect(self.discover_wanted)
        self.search = SearchField(theme, tr("Search reports"))
        self.search.textChanged.connect(self._refill)
        self.view = ReportListView(theme)
        self.search.left.connect(self.view.go_to_first)
        self.view.chosen.connect(self.report_chosen)
        self.view.opened.connect(self.report_opened)
        self.view.star_pressed.connect(self.star_wanted)
        self.note = MessageLine(theme)
        self.nothing = Label(theme, size=Type.SMALL, muted=True, wrap=True)
        self.import_button = push_button(theme, tr("Import request details…"))
        self.import_button.clicked.connect(self.import_wanted)
        self.schedules_button = push_button(theme, tr("Schedules…"), "quiet")
        self.schedules_button.clicked.connect(self.schedules_wanted)
        self._sites = QWidget()
        self._sites_column = QVBoxLayout(self._sites)
        self._sites_column.setContentsMargins(0, 0, 0, 0)
        self._sites_column.setSpacing(0)
        self._sites_area = scrolled(self._sites)
        self._sites_area.setMaximumHeight(SITES_HEIGHT)
        self._sites_label = Label(theme, tr("Run on these as well"), Type.SMALL, muted=True)
        self._build()
        self._show_sites()

    # -- what the window sets

    def show_profiles(self, profiles: Sequence[Profile], leading: ProfileId | None) -> None:
        """Offer these connections; `leading` is the one whose reports are shown."""
        self._profiles = tuple(profiles)
        self.profile.blockSignals(True)
        self.profile.clear()
        for profile in profiles:
            self.profile.addItem(safe_text(profile.name, 80), str(profile.id))
        at = self.profile.findData(str(leading)) if leading is not None else -1
        self.profile.setCurrentIndex(at)
        self.profile.blockSignals(False)
        self._show_sites()

    def leading(self) -> ProfileId | None:
        """The connection whose reports are shown."""
        data = self.profile.currentData()
        return ProfileId(str(data)) if data else None

    def chosen_sites(self) -> tuple[ProfileId, ...]:
        """The leading connection and those that are ticked."""
        leading = self.leading()
        if leading is None:
            return ()
        return (leading, *(profile_id for profile_id, tick in self._ticks.items() if tick.isChecked()))

    def show_shelf(self, shelf: Shelf) -> None:
        """Show these reports."""
        self._shelf = shelf
        self._refill()

    def set_can_import(self, can: bool) -> None:
        """Show or hide the import."""
        self.import_button.setVisible(can)

    def set_busy(self, is_busy: bool) -> None:
        """Show that the server is being asked."""
        self.refresh_button.setEnabled(not is_busy)
        if is_busy:
            self.note.say(LightTone.QUIET, tr("The server is asked for its reports…"))

    def say(self, tone: LightTone, text: str) -> None:
        """Say something above the list."""
        self.note.say(tone, text)

    # -- inside

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.BETWEEN, Space.BETWEEN, Space.INSIDE, Space.INSIDE)
        column.setSpacing(Space.INSIDE)
        row = QHBoxLayout()
        row.setSpacing(Space.TIGHT)
        row.addWidget(self.profile, 1)
        row.addWidget(self.refresh_button)
        column.addLayout(row)
        column.addWidget(self._sites_label)
        column.addWidget(self._sites_area)
        column.addWidget(self.search)
        column.addWidget(self.note)
        column.addWidget(self.nothing)
        column.addWidget(self.view, 1)
        column.addWidget(self.import_button)
        column.addWidget(self.schedules_button)
        self.setMinimumWidth(224)

    def _show_sites(self) -> None:
        kept = {profile_id for profile_id, tick in self._ticks.items() if tick.isChecked()}
        for tick in self._ticks.values():
            tick.hide()
            tick.deleteLater()
        self._ticks = {}
        leading = next((p for p in self._profiles if p.id == self.leading()), None)
        for profile in self._profiles:
            if leading is None or profile.id == leading.id or profile.backend != leading.backend:
                continue
            tick = QCheckBox(mnemonic_safe(safe_text(profile.name, 60)))
            tick.setChecked(profile.id in kept)
            tick.toggled.connect(self.sites_changed)
            self._sites_column.addWidget(tick)
            self._ticks[profile.id] = tick
        self._sites_label.setVisible(bool(self._ticks))
        self._sites_area.setVisible(bool(self._ticks))
        self._sites_area.setFixedHeight(min(SITES_HEIGHT, 26 * max(1, len(self._ticks))))

    def _refill(self) -> None:
        text = self.search.text()
        rows = make_rows(self._shelf, text)
        self.view.fill(rows)
        words = tr("No report matches “{text}”.", text=text[:60]) if text else tr("No reports are known yet.")
        self.nothing.setText(words if not rows else "")
        self.nothing.setVisible(not rows)

    def _on_profile(self, _at: int) -> None:
        self._show_sites()
        leading = self.leading()
        if leading is not None:
            self.profile_chosen.emit(str(leading))


__all__ = ["ListRow", "ReportList"]
