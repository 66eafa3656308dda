"""One line under the profile bar per connection in trouble: what to do, and the server's own words on demand."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from console.domain.profile import Profile
from console.domain.text import safe_text
from console.ui.connection import Light, LightTone
from console.ui.marks import tone_mark, tone_shape
from console.ui.text import plural, tr, translate
from console.ui.theme import Space, Theme, Type, paint_shape
from console.ui.widgets import ElidedLabel, Label, push_button

DETAIL_LIMIT = 500  # characters of a server's own words
_SHAPE = 12


class ProblemStrip(QWidget):
    """Says what is wrong with one connection; there is never more than one strip per connection.

    Signals:
        command: ``edit`` or ``try_now``, with the profile's id.
    """

    command = Signal(str, str)

    def __init__(self, theme: Theme, profile: Profile, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._profile_id = str(profile.id)
        self._tone = LightTone.CRITICAL
        self._sentence = ElidedLabel(theme)
        self._try = push_button(theme, tr("Try now"), "quiet")
        self._try.clicked.connect(self._on_try)
        self._edit = push_button(theme, tr("Edit"), "quiet")
        self._edit.clicked.connect(self._on_edit)
        self._more = push_button(theme, tr("Details"), "quiet")
        self._more.setCheckable(True)
        self._more.toggled.connect(self._on_more)
        self._detail = Label(theme, size=Type.SMALL, wrap=True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._detail.setContentsMargins(Space.GROUPS + _SHAPE + Space.INSIDE, 0, Space.AROUND, Space.INSIDE)
        self._detail.hide()
        row = QHBoxLayout()
        row.setContentsMargins(Space.GROUPS + _SHAPE + Space.INSIDE, 2, Space.INSIDE, 2)
        row.setSpacing(Space.TIGHT)
        row.addWidget(self._sentence, 1)
        for button in (self._more, self._edit, self._try):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self._detail)
        theme.changed.connect(self.update)

    @property
    def text(self) -> str:
        """The whole sentence."""
        return self._sentence.full_text()

    @property
    def details(self) -> str:
        """What the details say, shown or not."""
        return self._detail.text()

    def show_light(self, profile: Profile, light: Light, failures: int, since: datetime) -> None:
        """Show what is wrong; `failures` counts the tries since it went wrong at `since`."""
        self._tone = light.tone
        sentence = translate(light.todo) if light.todo is not None else light.word
        name = safe_text(profile.name, 80)
        self._sentence.setText(f"{name}: {sentence}")
        self.setAccessibleName(f"{name}: {sentence}")
        begun = tr("Since {time}.", time=since.astimezone().strftime("%H:%M:%S"))
        tries = plural("{n} try has failed.", "{n} tries have failed.", failures)
        detail = safe_text(light.detail, DETAIL_LIMIT)
        own = tr("The system's own words: {words}", words=detail) if detail else ""
        shown = "\n".join(filter(None, (f"{safe_text(profile.url, 200)}  ·  {begun} {tries}", own)))
        if shown != self._detail.text():
            self._detail.setText(shown)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tinted surface and the shape."""
        palette = self._theme.palette
        surface = palette.critical_surface if self._tone is LightTone.CRITICAL else palette.caution_surface
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour(surface))
        middle = self._sentence.geometry().center().y() + 1
        square = QRectF(Space.GROUPS, middle - _SHAPE / 2, _SHAPE, _SHAPE)
        paint_shape(painter, square, tone_shape(self._tone), tone_mark(palette, self._tone))
        painter.end()

    def _on_try(self) -> None:
        self.command.emit("try_now", self._profile_id)

    def _on_edit(self) -> None:
        self.command.emit("edit", self._profile_id)

    def _on_more(self, is_open: bool) -> None:
        self._detail.setVisible(is_open)
