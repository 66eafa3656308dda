"""The left side of the trends: connection, kind of rows, figure, and the rows themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from console.domain.enums import Section
from console.engine.history.base import RowName
from console.ui.forms.timeframe_chips import ChipRow
from console.ui.models.rows import Words
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.trends.choice import FIGURES, Choice, Picked
from console.ui.trends.names import ColumnOffer, Floor
from console.ui.trends.rows import RowList
from console.ui.widgets import Label, SearchField, push_button

MOST = 20  # curves of one chart
_WIDTH = 290
_PREFERRED = ("waiting", "longest_wait", "time_in_state", "calls_taken")


class Picker(QWidget):
    """Lets the user choose what is drawn.

    Signals:
        chosen: another `Choice`.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._floor: Floor | None = None
        self._recorded: Sequence[RowName] = ()
        self.choice = Choice()
        self.profile, self.figure, self.second = QComboBox(), QComboBox(), QComboBox()
        self.kinds = ChipRow(
            theme,
            (
                (Section.QUEUES.value, tr("Queues"), ""),
                (Section.AGENTS.value, tr("Agents"), ""),
                (FIGURES, tr("Key figures"), ""),
            ),
        )
        self.search = SearchField(theme, tr("Find a row"))
        self.list = RowList(theme)
        self.none_button = push_button(theme, tr("Choose none"), "quiet")
        self.note = Label(theme, size=Type.SMALL, muted=True, wrap=True)
        self._build()

    def show_floor(self, floor: Floor, choice: Choice, recorded: Sequence[RowName] | None = None) -> None:
        """Show what there is and what is chosen of it."""
        self._floor, self.choice = floor, choice
        if recorded is not None:
            self._recorded = recorded
        _fill(self.profile, [(tr("All connections"), ""), *((name, key) for key, name in floor.profiles())])
        _select(self.profile, choice.profile_id)
        self.kinds.show_key(choice.kind)
        columns = floor.columns(choice.kind, [choice.profile_id] if choice.profile_id else [])
        self._fill_columns(columns)
        is_figures = choice.kind == FIGURES
        for widget in (self.figure, self.second, *self._labels):
            widget.setVisible(not is_figures)
        self._fill_rows()

    def offered_column(self) -> str:
        """A column that can be drawn, where the chosen one is not among them."""
        names = [self.figure.itemData(at) for at in range(self.figure.count())]
        if self.choice.column in names or not names:
            return self.choice.column
        return next((name for name in _PREFERRED if name in names), str(names[0]))

    # -- inside

    def _build(self) -> None:
        self.setMinimumWidth(_WIDTH - 50)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.INSIDE)
        grid.setVerticalSpacing(Space.INSIDE)
        grid.setColumnStretch(1, 1)
        self._labels = []
        for row, (caption, box) in enumerate(
            ((tr("Connection"), self.profile), (tr("Figure"), self.figure), (tr("Below it"), self.second))
        ):
            label = Label(self._theme, caption, muted=True)
            label.setBuddy(box)
            box.setAccessibleName(caption)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(10)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
            if row:
                self._labels.append(label)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.BETWEEN, Space.BETWEEN, Space.BETWEEN, Space.INSIDE)
        column.setSpacing(Space.INSIDE)
        column.addWidget(self.kinds)
        column.addLayout(grid)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.note)
        column.addWidget(self.none_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.profile.activated.connect(self._on_profile)
        self.figure.activated.connect(self._on_columns)
        self.second.activated.connect(self._on_columns)
        self.kinds.chosen.connect(self._on_kind)
        self.search.textChanged.connect(self._fill_rows)
        self.search.left.connect(self.list.setFocus)
        self.list.toggled.connect(self._on_toggled)
        self.none_button.clicked.connect(self._on_none)

    def _fill_columns(self, columns: Iterable[ColumnOffer]) -> None:
        pairs = [(column.title, column.id) for column in columns]
        _fill(self.figure, pairs)
        _fill(self.second, [(tr("nothing"), ""), *pairs])
        _select(self.figure, self.choice.column)
        _select(self.second, self.choice.second)

    @Slot()
    def _fill_rows(self) -> None:
        if self._floor is None:
            return
        choice, words = self.choice, Words(self.search.text())
        offers = self._floor.offers(choice.kind, choice.profile_id, self._recorded)
        if words:
            offers = [each for each in offers if words.match(f"{each.name} {each.profile}".casefold())]
        colours = {picked: number for number, picked in enumerate(choice.picked)}
        self.list.rows.fill(offers, colours, names_profiles=not choice.profile_id and len(self._floor.sources) > 1)
        count = len(choice.picked)
        if not offers:
            self.note.setText(tr("Nothing of that name.") if words else tr("There is nothing of this kind here yet."))
        else:
            self.note.setText(tr("{n} of at most {most} chosen", n=count, most=MOST))
        self.none_button.setEnabled(bool(count))

    @Slot()
    def _on_profile(self) -> None:
        owner = self.profile.currentData() or ""
        kept = tuple(each for each in self.choice.picked if not owner or each.profile_id == owner)
        self._choose(replace(self.choice, profile_id=owner, picked=kept))

    @Slot(str)
    def _on_kind(self, kind: str) -> None:
        if kind != self.choice.kind:
            self._recorded = ()
            self._choose(replace(self.choice, kind=kind, picked=()))

    @Slot()
    def _on_columns(self) -> None:
        self._choose(
            replace(self.choice, column=self.figure.currentData() or "", second=self.second.currentData() or "")
        )

    def _on_toggled(self, picked: Picked) -> None:
        rows = self.choice.picked
        if picked in rows:
            rows = tuple(each for each in rows if each != picked)
        elif len(rows) < MOST:
            rows = (*rows, picked)
        else:
            self.note.setText(tr("No more than {most} curves: take one away first.", most=MOST))
            return
        self._choose(replace(self.choice, picked=rows))

    @Slot()
    def _on_none(self) -> None:
        self._choose(replace(self.choice, picked=()))

    def _choose(self, choice: Choice) -> None:
        self.choice = choice
        self.chosen.emit(choice)


def _fill(box: QComboBox, pairs: Sequence[tuple[str, str]]) -> None:
    now = [(box.itemText(at), box.itemData(at)) for at in range(box.count())]
    if now != list(pairs):
        box.clear()
        for text, data in pairs:
            box.addItem(text, data)


def _select(box: QComboBox, data: str) -> None:
    box.setCurrentIndex(max(0, box.findData(data)))
