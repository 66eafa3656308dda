"""The properties of what is chosen on a page, and of the board where nothing is: every change is seen at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from console.domain.board import Board
from console.domain.text import safe_text
from console.domain.values import Unit
from console.domain.wallboard import NAME_LIMIT, TEXT_LIMIT, Kind, Pick, Widget
from console.ui.text import mnemonic_safe, tr
from console.ui.theme import Space, Theme, Type
from console.ui.tiles.figures import figures
from console.ui.wallboard.choices import parse_value, rotation_title, show_value
from console.ui.wallboard.figures import STATE, can_combine, column_title, column_unit, is_table, offered_columns
from console.ui.wallboard.table_rows import chosen_columns, columns_of
from console.ui.widgets import Label, push_button
from console.ui.widgets.fields import ListBox
from console.ui.windows.frame import scrolled

if TYPE_CHECKING:
    from console.ui.runtime.bridge import StoreBridge
    from console.ui.wallboard.draft import Draft

WIDTH: Final = 320
METRIC: Final = "metric|"  # begins the data of a key figure
HOURS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 12.0)
ROTATIONS: Final = (0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
SCALES: Final = (0.75, 0.9, 1.0, 1.15, 1.3, 1.5)


class PropertyPanel(QWidget):
    """Edits a draft.

    Signals:
        deleted, duplicated: the buttons for the chosen widget.
    """

    deleted = Signal()
    duplicated = Signal()

    def __init__(self, theme: Theme, draft: Draft, bridge: StoreBridge) -> None:
        super().__init__()
        self._theme = theme
        self._draft = draft
        self._bridge = bridge
        self._shown: tuple[str, ...] = ()
        self._is_filling = False
        self.fields: dict[str, QWidget] = {}
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(tr("Properties"))
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._area: QWidget | None = None

    def follow(self) -> None:
        """Show the fields of what is chosen now; typing does not make them anew."""
        widget = self._draft.selected
        shown = (widget.id, widget.kind, widget.column) if widget is not None else ("", self._draft.page.id)
        if shown != self._shown:
            self._shown = shown
            self._rebuild(widget)
        elif widget is not None:
            self._refresh(widget)

    def focus_first(self) -> None:
        """Begin at the first field."""
        first = next(iter(self.fields.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The console's own surface beside the board."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(palette.raised))
        painter.fillRect(0, 0, 1, self.height(), colour(palette.hairline))
        painter.end()

    # -- building

    def _rebuild(self, widget: Widget | None) -> None:
        from console.ui.wallboard.edit import kind_title

        if self._area is not None:
            self._outer.removeWidget(self._area)
            self._area.hide()
            self._area.deleteLater()
        self._is_filling = True
        self.fields = {}
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(Space.AROUND, Space.AROUND, Space.AROUND, Space.AROUND)
        self._column.setSpacing(Space.TIGHT)
        title = kind_title(widget.kind) if widget is not None else tr("Board")
        self._column.addWidget(Label(self._theme, title, Type.SECTION, bold=True))
        self._column.addSpacing(Space.INSIDE)
        if widget is None:
            self._build_board()
        else:
            self._build_widget(widget)
        self._column.addStretch(1)
        self._area = scrolled(content)
        self._outer.addWidget(self._area)
        self._is_filling = False

    def _build_widget(self, widget: Widget) -> None:
        kind, board = widget.kind, self._bridge.board
        if kind is Kind.TILE:
            self._build_figure(widget, board)
        elif kind is Kind.CHART:
            columns = [name for name in offered_columns(board) if not name.startswith(STATE)]
            self._add_choice("column", tr("Shows"), [(column_title(name), name) for name in columns], widget.column)
            titles = [(tr("{n} min", n=30) if h < 1 else tr("{n} h", n=int(h)), h) for h in HOURS]
            self._add_choice("hours", tr("How far back"), titles, widget.hours)
        self._add_text("title", tr("Caption"), widget.title, tr("As usual"))
        if kind is Kind.TEXT:
            self._add_notice(widget)
        if kind in (Kind.TILE, Kind.CHART) and widget.column and not widget.column.startswith(STATE):
            self._add_queues(widget, board)
        elif is_table(kind) or kind is Kind.ALERTS or widget.column.startswith(STATE):
            self._add_systems(widget, board)
        if is_table(kind):
            self._add_columns(widget, board)
        if kind is Kind.TILE:
            self._build_limits(widget)
        self._column.addSpacing(Space.BETWEEN)
        row = QHBoxLayout()
        for caption, signal in ((tr("Duplicate"), self.duplicated), (tr("Delete"), self.deleted)):
            button = push_button(self._theme, caption)
            button.clicked.connect(signal)
            row.addWidget(button)
        self._column.addLayout(row)

    def _build_figure(self, widget: Widget, board: Board) -> None:
        entries: list[tuple[str, object]] = [(column_title(name), name) for name in offered_columns(board)]
        is_shared = len(board.sources) > 1
        for figure in figures(board):
            where = f" · {safe_text(figure.profile, 24)}" if is_shared else ""
            entries.append((f"{safe_text(figure.title, 40)}{where}", METRIC + figure.key))
        now = widget.column
        if not now and widget.picks:
            now = f"{METRIC}{widget.picks[0].profile_id}/{widget.picks[0].row_id}"
        self._add_choice("column", tr("Shows"), entries, now)

    def _build_limits(self, widget: Widget) -> None:
        unit = self._unit(widget)
        self._add_text("target", tr("Target"), show_value(widget.target, unit), tr("As the thresholds say"))
        self._add_text("caution", tr("Caution from"), show_value(widget.caution, unit), tr("As the thresholds say"))
        self._add_text("critical", tr("Critical from"), show_value(widget.critical, unit), tr("As the thresholds say"))
        if widget.column and can_combine(widget.column) and unit is Unit.COUNT:
            hint = tr("A count of several queues has only the limits set here: what is much for one is little for all.")
            self._column.addWidget(Label(self._theme, hint, Type.SMALL, muted=True, wrap=True))

    def _build_board(self) -> None:
        board, page = self._draft.board, self._draft.page
        self._add_text("board_name", tr("Name"), board.name, "")
        self._add_text("page_name", tr("Name of this page"), page.name, "")
        titles = [(rotation_title(seconds), seconds) for seconds in ROTATIONS]
        self._add_choice("every_s", tr("Turn pages"), titles, board.every_s)
        looks = [(tr("As the console"), "follow"), (tr("Dark"), "dark"), (tr("Light"), "light")]
        self._add_choice("theme", tr("Theme"), looks, board.theme)
        self._add_choice(
            "scale", tr("Size of type"), [(f"{scale * 100:.0f} %", scale) for scale in SCALES], board.scale
        )
        box = QCheckBox(mnemonic_safe(tr("Hide numbers and names")))
        box.setChecked(board.privacy)
        box.toggled.connect(self._on_privacy)
        self.fields["privacy"] = box
        self._column.addSpacing(Space.INSIDE)
        self._column.addWidget(box)
        self._column.addSpacing(Space.BETWEEN)
        hint = tr(
            "Choose something on the page to change it. Drag moves it, its edges resize it; with the keyboard: Tab "
            "chooses, arrows move, Shift with arrows resizes, Delete removes, Ctrl+Z takes back."
        )
        self._column.addWidget(Label(self._theme, hint, Type.SMALL, muted=True, wrap=True))

    def _add_caption(self, text: str) -> None:
        self._column.addSpacing(Space.INSIDE)
        self._column.addWidget(Label(self._theme, text, Type.SMALL, muted=True))

    def _add_text(self, name: str, caption: str, value: str, placeholder: str) -> None:
        self._add_caption(caption)
        edit = QLineEdit(value)
        edit.setPlaceholderText(placeholder)
        edit.setMaxLength(NAME_LIMIT)
        edit.setAccessibleName(caption)
        edit.setObjectName(name)
        edit.textEdited.connect(self._on_typed)
        self.fields[name] = edit
        self._column.addWidget(edit)

    def _add_notice(self, widget: Widget) -> None:
        self._add_caption(tr("Text"))
        edit = QPlainTextEdit(widget.text)
        edit.setAccessibleName(tr("Text"))
        edit.setTabChangesFocus(True)
        edit.setFixedHeight(160)
        edit.textChanged.connect(self._on_notice)
        self.fields["text"] = edit
        self._column.addWidget(edit)

    def _add_choice(self, name: str, caption: str, entries: Sequence[tuple[str, object]], now: object) -> None:
        self._add_caption(caption)
        combo = QComboBox()
        combo.setObjectName(name)
        combo.setAccessibleName(caption)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for title, data in entries:
            combo.addItem(title, data)
        at = combo.findData(now)
        if at < 0 and now not in ("", None):
            combo.addItem(column_title(now) if isinstance(now, str) else str(now), now)
            at = combo.count() - 1
        combo.setCurrentIndex(at)
        combo.activated.connect(self._on_chosen)
        self.fields[name] = combo
        self._column.addWidget(combo)

    def _add_checks(self, name: str, caption: str, entries: Sequence[tuple[str, object]], on: Sequence[object]) -> None:
        self._add_caption(caption)
        box = ListBox()
        box.setObjectName(name)
        box.setAccessibleName(caption)
        box.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        box.setFixedHeight(min(240, 34 * max(2, len(entries)) + 6))
        for title, data in entries:
            item = QListWidgetItem(title)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if data in on else Qt.CheckState.Unchecked)
            item.setData(Qt.ItemDataRole.UserRole, data)
            box.addItem(item)
        box.itemChanged.connect(self._on_checked)
        self.fields[name] = box
        self._column.addWidget(box)

    def _add_queues(self, widget: Widget, board: Board) -> None:
        is_shared = len(board.sources) > 1
        entries: list[tuple[str, object]] = []
        for source in board.sources:
            for row in source.snapshot.queues if source.snapshot is not None else ():
                where = f" · {safe_text(source.profile.name, 24)}" if is_shared else ""
                pick = (str(source.profile.id), row.id, row.name)
                entries.append((f"{safe_text(row.name, 60)}{where}", pick))
        known = {(entry[1][0], entry[1][1]): entry[1] for entry in entries if isinstance(entry[1], tuple)}
        on: list[object] = []
        for chosen in widget.picks:
            data = known.get((chosen.profile_id, chosen.row_id))
            if data is None:
                data = (chosen.profile_id, chosen.row_id, chosen.name)
                entries.append((tr("{name} (not there now)", name=safe_text(chosen.name or chosen.row_id, 60)), data))
            on.append(data)
        caption = tr("Queues (none chosen: all)")
        if widget.kind is Kind.CHART:
            caption = tr("Queues (none chosen: the busiest six)")
        elif not can_combine(widget.column):
            caption = tr("Queue (this figure is of one queue only)")
        self._add_checks("picks", caption, entries, on)

    def _add_systems(self, widget: Widget, board: Board) -> None:
        entries = [(safe_text(source.profile.name, 60), str(source.profile.id)) for source in board.sources]
        if len(entries) > 1:
            self._add_checks("profiles", tr("Systems (none chosen: all)"), entries, widget.profiles)

    def _add_columns(self, widget: Widget, board: Board) -> None:
        entries = [(column.title, column.id) for column in columns_of(widget.kind)]
        on = [column.id for column in chosen_columns(widget, board)]
        self._add_checks("columns", tr("Columns"), entries, on)

    def _unit(self, widget: Widget) -> Unit:
        if widget.column:
            return column_unit(widget.column)
        keys = {f"{pick.profile_id}/{pick.row_id}" for pick in widget.picks}
        return next((each.reading.unit for each in figures(self._bridge.board) if each.key in keys), Unit.COUNT)

    def _refresh(self, widget: Widget) -> None:
        """Undo may have changed a text that is on screen."""
        edit = self.fields.get("title")
        if isinstance(edit, QLineEdit) and not edit.hasFocus() and edit.text() != widget.title:
            edit.setText(widget.title)
        notice = self.fields.get("text")
        if isinstance(notice, QPlainTextEdit) and not notice.hasFocus() and notice.toPlainText() != widget.text:
            self._is_filling = True
            notice.setPlainText(widget.text)
            self._is_filling = False

    # -- changes

    def _on_typed(self, text: str) -> None:
        sender = self.sender()
        name = sender.objectName() if sender is not None else ""
        widget = self._draft.selected
        if name == "board_name":
            if text.strip():
                self._draft.change_board(name=text.strip())
        elif name == "page_name":
            self._draft.rename_page(text)
        elif name == "title":
            self._draft.change(title=text)
        elif widget is not None and isinstance(sender, QLineEdit):
            value, is_good = parse_value(text, self._unit(widget))
            sender.setProperty("invalid", not is_good)
            sender.style().unpolish(sender)
            sender.style().polish(sender)
            if is_good:
                self._draft.change(**{name: value})

    def _on_notice(self) -> None:
        edit = self.fields.get("text")
        if isinstance(edit, QPlainTextEdit) and not self._is_filling:
            self._draft.change(text=edit.toPlainText()[:TEXT_LIMIT])

    def _on_chosen(self, _at: int) -> None:
        combo = self.sender()
        if not isinstance(combo, QComboBox):
            return
        name, data = combo.objectName(), combo.currentData()
        if name in ("every_s", "theme", "scale"):
            self._draft.change_board(**{name: data})
        elif name == "column" and isinstance(data, str):
            self._draft.change(**self._column_fields(data, combo.currentText()))
        else:
            self._draft.change(**{name: data})

    def _column_fields(self, data: str, title: str) -> dict[str, Any]:
        """What else changes with the figure: limits are in another unit, and one queue is all some figures have."""
        fresh: dict[str, Any] = {"target": None, "caution": None, "critical": None}
        widget = self._draft.selected
        if data.startswith(METRIC):
            profile_id, _, metric_id = data.removeprefix(METRIC).partition("/")
            return {**fresh, "column": "", "picks": (Pick(profile_id, metric_id, title),)}
        picks = widget.picks if widget is not None and widget.column else ()
        if data.startswith(STATE):
            picks = ()
        elif widget is not None and widget.kind is Kind.TILE and not can_combine(data):
            picks = picks[:1] or self._first_queue()
        return {**fresh, "column": data, "picks": picks}

    def _first_queue(self) -> tuple[Pick, ...]:
        for source in self._bridge.board.sources:
            if source.snapshot is not None and source.snapshot.queues:
                row = source.snapshot.queues[0]
                return (Pick(str(source.profile.id), row.id, row.name),)
        return ()

    def _on_checked(self, item: QListWidgetItem) -> None:
        box = item.listWidget()
        widget = self._draft.selected
        if self._is_filling or box is None or widget is None:
            return
        name, role = box.objectName(), Qt.ItemDataRole.UserRole
        if name == "picks" and widget.kind is Kind.TILE and not can_combine(widget.column):
            self._keep_one(box, item)
        items = [box.item(at) for at in range(box.count())]
        on = [each.data(role) for each in items if each.checkState() == Qt.CheckState.Checked]
        if name == "picks":
            self._draft.change(picks=tuple(Pick(*data) for data in on))
        else:
            self._draft.change(**{name: tuple(str(data) for data in on)})

    def _keep_one(self, box: Any, item: QListWidgetItem) -> None:
        self._is_filling = True
        for at in range(box.count()):
            each = box.item(at)
            each.setCheckState(Qt.CheckState.Checked if each is item else Qt.CheckState.Unchecked)
        self._is_filling = False

    def _on_privacy(self, is_on: bool) -> None:
        self._draft.change_board(privacy=is_on)
