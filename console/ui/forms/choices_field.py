"""The editor of one or several choices: a field that says what is chosen and opens the panel."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from console.domain.text import safe_text
from console.reports.schema import Choice, Param, ParamKind
from console.ui.forms.choices import ChoiceBook
from console.ui.forms.choices_panel import ChoicesPanel
from console.ui.forms.choices_state import ListPhase, ListState, StateLine
from console.ui.forms.report_base import UNSET, Held, ParamEditor
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.theme.sizes import CONTROL_HEIGHT, FOCUS_RING, RADIUS
from console.ui.widgets import set_tip

_NAMES = 30  # labels put into the summary; more do not fit on any screen


class SummaryButton(QAbstractButton):
    """Looks like a drop-down field: the names chosen, and how many of how many at its right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names = ""
        self._count = ""
        self._is_hint = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def show_choice(self, names: str, count: str, *, is_hint: bool) -> None:
        """Show what is chosen; a hint is muted."""
        self._names, self._count, self._is_hint = names, count, is_hint
        self.setText(f"{names} {count}".strip().replace("&", "&&"))
        set_tip(self, "" if is_hint else names)
        self.update()

    def names(self) -> str:
        """What it says is chosen."""
        return self._names

    def count(self) -> str:
        """How many of how many."""
        return self._count

    def sizeHint(self) -> QSize:
        """As high as every field."""
        return QSize(240, CONTROL_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Room for a count."""
        return QSize(120, CONTROL_HEIGHT)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Down, F4 open as Space does."""
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_F4)
        if event.key() in keys:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame, names, count and arrow."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border, width = (palette.muted if self.underMouse() else palette.outline), 1.0
        if not self.isEnabled():
            border = palette.hairline
        if self.property("problem"):
            border, width = palette.critical.edge, float(FOCUS_RING)
        elif self.hasFocus():
            border, width = palette.accent, float(FOCUS_RING)
        painter.setPen(QPen(colour(border), width))
        painter.setBrush(colour(palette.raised if self.isEnabled() else palette.window))
        frame = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(frame, RADIUS, RADIUS)
        arrow = self._theme.pixmap("chevron-down", palette.muted, 14, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 14 - Space.INSIDE, (self.height() - 14) // 2, arrow)
        area = self.rect().adjusted(Space.INSIDE + 1, 0, -14 - 2 * Space.INSIDE, 0)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(self._theme.font(Type.SMALL))
        painter.setPen(colour(palette.muted))
        painter.drawText(area, middle | int(Qt.AlignmentFlag.AlignRight), self._count)
        taken = painter.fontMetrics().horizontalAdvance(self._count) + Space.INSIDE if self._count else 0
        painter.setFont(self._theme.font())
        painter.setPen(colour(palette.muted if self._is_hint or not self.isEnabled() else palette.text))
        shown = painter.fontMetrics().elidedText(self._names, Qt.TextElideMode.ElideRight, area.width() - taken)
        painter.drawText(area, middle | int(Qt.AlignmentFlag.AlignLeft), shown)
        painter.end()


class ChoicesEditor(ParamEditor):
    """Chooses one (`ParamKind.CHOICE`) or several of a list that may be long, or still be on its way.

    Signals:
        retry_wanted: load the list again.
    """

    retry_wanted = Signal()

    def __init__(
        self, theme: Theme, param: Param, choices: Sequence[Choice] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, param, parent)
        self.is_single = param.kind is ParamKind.CHOICE
        self.book = ChoiceBook()
        self.button = SummaryButton(theme)
        self.status = StateLine(theme)
        self.list_state = ListState()
        self.panel: ChoicesPanel | None = None
        self._name = param.label
        self.setFocusProxy(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.TIGHT)
        column.addWidget(self.button)
        column.addWidget(self.status)
        self.button.clicked.connect(self.open_panel)
        self.status.retry_wanted.connect(self.retry_wanted)
        self.set_choices(choices, is_complete=not param.directory)

    def framed(self) -> tuple[QWidget, ...]:
        """See `ParamEditor.framed`."""
        return (self.button,)

    def set_problem(self, is_bad: bool) -> None:
        """See `ParamEditor.set_problem`."""
        self.button.setProperty("problem", is_bad)
        self.button.update()

    def name_parts(self, name: str) -> None:
        """See `ParamEditor.name_parts`."""
        self._name = name
        self.setAccessibleName(name)
        self._refresh()

    # -- the list

    def set_choices(self, choices: Sequence[Choice], *, is_complete: bool) -> None:
        """Take the list; `is_complete` says that a key outside it is unknown."""
        self.book.set_choices(choices, is_complete=is_complete)
        self._refresh()

    def show_list_state(self, state: ListState) -> None:
        """Say where the list stands, in the field and in the panel."""
        self.list_state = state
        if state.phase is not ListPhase.READY:
            self.book.is_complete = False
        self._refresh()
        if self.panel is not None:
            self.panel.show_state(state)

    @Slot()
    def open_panel(self) -> None:
        """Open the panel; made when it is first wanted."""
        if self.panel is None:
            self.panel = ChoicesPanel(
                self.theme,
                self.button,
                self.book,
                self._name,
                is_single=self.is_single,
                can_clear=not self.param.required,
            )
            self.panel.changed.connect(self._on_panel_changed)
            self.panel.retry_wanted.connect(self.retry_wanted)
        self.panel.status.show_state(self.list_state)
        self.panel.open(self.button)

    # -- the value

    def _show(self, value: Held) -> None:
        if value is UNSET or value is None:
            self.book.set_chosen(())
        elif isinstance(value, list):
            self.book.set_chosen(value)
        else:
            self.book.set_chosen((value,))
        if self.panel is not None:
            self.panel.model.reload()
            self.panel.refresh()
        self._refresh()

    def _state(self) -> object:
        return self.book.chosen

    def _read(self) -> Held:
        values = self.book.values()
        if self.is_single:
            return values[0] if values else UNSET
        return values if values else UNSET

    def _on_panel_changed(self) -> None:
        self._refresh()
        self._tell()

    def _refresh(self) -> None:
        book = self.book
        chosen, total = book.chosen, len(book.choices)
        names = ", ".join(safe_text(book.label(key), 80) for key in chosen[:_NAMES])
        count = ""
        if chosen and not self.is_single:
            known = len(chosen) - len(book.unknown())
            count = tr("{n} of {total}", n=f"{known:,}", total=f"{total:,}") if total else f"{len(chosen):,}"
            if total > 1 and known == total:
                names = tr("All")
        count = count.replace(",", "\u202f")
        hint = self.param.placeholder or (tr("Choose…") if self.param.required else tr("Nothing chosen"))
        self.button.show_choice(names or hint, count, is_hint=not chosen)
        unknown = book.unknown()
        more = ""
        if unknown:
            listed = ", ".join(safe_text(key, 40) for key in unknown[:3]) + ("…" if len(unknown) > 3 else "")
            more = tr("Not in the list, kept: {names}.", names=listed)
        self.status.show_state(self.list_state, more)
        self.button.setAccessibleName(
            tr("{name}: {chosen}", name=self._name, chosen=self.button.text().replace("&&", "&"))
        )
