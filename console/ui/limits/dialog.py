"""Thresholds: when a figure deserves a look and when it needs an act, by profile and queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from console.domain.board import Source
from console.domain.clock import Clock
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.text import safe_text
from console.domain.thresholds import Level, Limits
from console.engine.limits import LimitBook
from console.engine.store import Store
from console.ui.limits.draft import Draft, Entry, groups, preview
from console.ui.limits.row import COLUMNS, LimitRow
from console.ui.text import level_word, tr
from console.ui.theme import Space, Theme, Type, level_shape
from console.ui.widgets import Chip, EmptyState, Label, line, push_button
from console.ui.windows.frame import FramedDialog, WheelGuard, scrolled

_WIDTH, _HEIGHT = 780, 700
_PREVIEW_MS: Final = 1000
_TITLE_WIDTH, _RESET_WIDTH = 150, 28  # px


class ThresholdsDialog(FramedDialog):
    """Edits the limits of any profile and queue; nothing holds before it is saved.

    Args:
        profiles: those that can be chosen, in the user's order.
        begin: profile id and queue to begin with, both may be empty.
    """

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        clock: Clock,
        store: Store,
        book: LimitBook,
        profiles: Sequence[Profile],
        begin: tuple[str, str] = ("", ""),
    ) -> None:
        super().__init__(parent, theme, tr("Thresholds"), primary=tr("Save"))
        self.setObjectName("thresholds")
        self._clock, self._store, self._book = clock, store, book
        self.draft = Draft(book.limits)
        self._guard = WheelGuard(self)
        self.rows: dict[Entry, LimitRow] = {}
        self._titles: list[str] = []
        self.profile = QComboBox()
        self.profile.setAccessibleName(tr("Connection"))
        self.queue = QComboBox()
        self.queue.setAccessibleName(tr("For which queues"))
        for each in profiles:
            self.profile.addItem(safe_text(each.name, 80), str(each.id))
        for combo in (self.profile, self.queue):
            combo.installEventFilter(self._guard)
            combo.setMinimumWidth(240)
        self._build(bool(profiles))
        self.profile.setCurrentIndex(max(0, self.profile.findData(begin[0])))
        self._fill_queues(begin[1])
        self._show_rows()
        self.profile.currentIndexChanged.connect(self._on_profile)
        self.queue.currentIndexChanged.connect(self._show_rows)
        self._timer = QTimer(self)
        self._timer.setInterval(_PREVIEW_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        theme.changed.connect(self._paint_heads)
        self.fit(_WIDTH, _HEIGHT)

    # -- what is shown

    @property
    def profile_id(self) -> ProfileId:
        """The chosen profile."""
        return ProfileId(str(self.profile.currentData() or ""))

    @property
    def queue_name(self) -> str:
        """The chosen queue, empty for the profile as a whole."""
        return str(self.queue.currentData() or "")

    def refresh(self) -> None:
        """Count anew what would be coloured now."""
        source = self._source()
        counts = {}
        if source is not None:
            limits: Limits = self.draft.limits(self.profile_id)
            now_ms, mono = self._clock.now_ms(), self._clock.monotonic()
            counts = preview(source, limits, tuple(self.rows), self.queue_name, now_ms, mono)
        for entry, row in self.rows.items():
            row.show_counts(counts.get(entry))

    def on_primary(self) -> None:
        """Save, unless a limit cannot be: then the keyboard goes there."""
        bad = next((row for row in self.rows.values() if row.problem), None)
        if bad is not None:
            bad.critical.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        for profile_id, edits in self.draft.edits().items():
            self._book.edit(profile_id, edits)
        self.accept()

    # -- inside

    def _build(self, has_profiles: bool) -> None:
        scope = QHBoxLayout()
        scope.setSpacing(Space.INSIDE)
        for caption, combo in ((tr("Connection"), self.profile), (tr("For"), self.queue)):
            scope.addWidget(Label(self.theme, caption, muted=True))
            scope.addWidget(combo, 1)
            scope.addSpacing(Space.INSIDE)
        self.body.addLayout(scope)
        words = tr(
            "At a limit a figure gets a shape, a word and a colour. Times are minutes and seconds. Where caution is "
            "empty, it is 70\u202f% of the way to critical."
        )
        self.body.addWidget(Label(self.theme, words, Type.SMALL, muted=True, wrap=True))
        if self._book.is_read_only:
            note = tr("The file of the thresholds is of a newer version: changes hold until the console is left.")
            self.body.addWidget(Label(self.theme, note, Type.SMALL, wrap=True))
        self.body.addWidget(line())
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, Space.BETWEEN, 0)
        self._table = QWidget()
        self._column.addWidget(self._table)
        self._column.addStretch(1)
        self._heads = {level: Chip(self.theme) for level in (Level.CAUTION, Level.CRITICAL)}
        if has_profiles:
            self.body.addWidget(scrolled(content), 1)
        else:
            empty = EmptyState(self.theme)
            empty.show_state("gauge", tr("No connections yet"), tr("Thresholds belong to a connection: add one first."))
            self.body.addWidget(empty, 1)
        self.reset_button = push_button(self.theme, tr("Reset all of these"), "quiet")
        self.reset_button.clicked.connect(self._on_reset_all)
        self.footer.insertWidget(0, self.reset_button)

    def _source(self) -> Source | None:
        return self._store.source(self.profile_id)

    def _fill_queues(self, chosen: str = "") -> None:
        self.queue.blockSignals(True)
        self.queue.clear()
        self.queue.addItem(tr("All queues, unless set for one"), "")
        source = self._source()
        names = [row.name for row in source.snapshot.queues] if source is not None and source.snapshot else []
        present = {name.casefold() for name in names}
        gone = [name for name in self.draft.limits(self.profile_id).queues if name not in present]
        own = self.draft.limits(self.profile_id).queues
        for name in dict.fromkeys(names):
            mark = tr("{queue}  (set)", queue=safe_text(name, 80)) if name.casefold() in own else safe_text(name, 80)
            self.queue.addItem(mark, name)
        for name in gone:
            self.queue.addItem(tr("{queue}  (not there now)", queue=safe_text(name, 80)), name)
        self.queue.setCurrentIndex(max(0, self.queue.findData(chosen)))
        self.queue.blockSignals(False)

    def _show_rows(self) -> None:
        """The rows of the chosen place; limits that could not be read are forgotten with the former ones."""
        self._table.hide()
        self._column.removeWidget(self._table)
        self._table.deleteLater()
        self._table = QWidget()
        self.rows = {}
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.BETWEEN)
        grid.setVerticalSpacing(Space.TIGHT)
        grid.setColumnMinimumWidth(COLUMNS - 1, _RESET_WIDTH)
        grid.setColumnMinimumWidth(0, _TITLE_WIDTH)
        grid.setColumnStretch(0, 1)
        at = 0
        for title, entries in groups(self._source(), self.queue_name):
            at = self._add_group(grid, at, title, entries)
        self._column.insertWidget(0, self._table)
        self._table.show()
        self._show_reset()
        self.refresh()

    def _add_group(self, grid: QGridLayout, at: int, title: str, entries: tuple[Entry, ...]) -> int:
        heading = Label(self.theme, title, Type.BODY, bold=True)
        heading.setContentsMargins(0, Space.BETWEEN if at else 0, 0, 0)
        grid.addWidget(heading, at, 0, 1, 2)
        if at == 0:
            self._heads = {level: Chip(self.theme) for level in self._heads}
            for column, chip in enumerate(self._heads.values(), start=2):
                grid.addWidget(chip, at, column)
            grid.addWidget(Label(self.theme, tr("Now"), Type.SMALL, muted=True), at, 4)
            self._paint_heads()
        at += 1
        for entry in entries:
            row = LimitRow(self.theme, entry, self._guard, self._table)
            row.place(grid, at)
            row.changed.connect(self._on_row_changed)
            row.reset_wanted.connect(self._on_row_reset)
            self.rows[entry] = row
            self._show_value(row)
            at += 2
        return at

    def _paint_heads(self) -> None:
        for level, chip in self._heads.items():
            chip.show_state(level_shape(level), self.theme.palette.level(level), level_word(level))

    def _show_value(self, row: LimitRow) -> None:
        place = (self.profile_id, self.queue_name, row.entry)
        value = self.draft.value(*place)
        is_own = self.draft.is_own(*place)
        fallback = self.draft.inherited(*place) or row.entry.default
        row.show_value(value, fallback, is_own=is_own, queue=self.queue_name)

    def _show_reset(self) -> None:
        owns = (self.draft.is_own(self.profile_id, self.queue_name, entry) for entry in self.rows)
        self.reset_button.setEnabled(any(owns))

    # -- slots

    def _on_profile(self) -> None:
        self._fill_queues()
        self._show_rows()

    def _on_row_changed(self, entry: Entry) -> None:
        row = self.rows[entry]
        value, problem = row.outcome()
        if not problem:
            self.draft.set(self.profile_id, self.queue_name, entry, value)
            is_own = self.draft.is_own(self.profile_id, self.queue_name, entry)
            row.show_origin(is_own=is_own, queue=self.queue_name)
        self._show_reset()
        self.refresh()

    def _on_row_reset(self, entry: Entry) -> None:
        self.draft.reset(self.profile_id, self.queue_name, entry)
        self._show_value(self.rows[entry])
        self._show_reset()
        self.refresh()

    def _on_reset_all(self) -> None:
        for entry, row in self.rows.items():
            self.draft.reset(self.profile_id, self.queue_name, entry)
            self._show_value(row)
        self._show_reset()
        self.refresh()
