"""One parameter of a report's form: label with its marks, editor, and what is wrong or what helps."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from console.reports.schema import Param, ParamKind
from console.ui.connection import LightTone
from console.ui.forms.report_base import ParamEditor
from console.ui.marks import MessageLine
from console.ui.text import tr
from console.ui.theme import Space, Theme, Type
from console.ui.theme.sizes import RADIUS
from console.ui.widgets import Label, set_tip

_LABEL_WIDTH = 220  # px before a label wraps


class Badge(QWidget):
    """A word in a frame beside a label; the tooltip says what it means."""

    def __init__(self, theme: Theme, word: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._word = word
        self.setFont(theme.font(Type.CAPTION))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{word}. {tip}")
        set_tip(self, tip)
        theme.changed.connect(self.update)

    def text(self) -> str:
        """The word."""
        return self._word

    def sizeHint(self) -> QSize:
        """The word in its frame."""
        return QSize(self.fontMetrics().horizontalAdvance(self._word) + 2 * 6, self.fontMetrics().height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame and word."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour(palette.outline), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS - 2, RADIUS - 2)
        painter.setPen(colour(palette.muted))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self._word)
        painter.end()


class ParamRow(QWidget):
    """Places an editor below its label."""

    def __init__(self, theme: Theme, param: Param, editor: ParamEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.param = param
        self.editor = editor
        self._problem = ""
        self._is_warning = False
        self._message = MessageLine(theme)
        self._help = Label(theme, param.help, Type.SMALL, muted=True, wrap=True)
        self._help.setVisible(bool(param.help))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.TIGHT)
        head = self._head(theme)
        if param.kind is ParamKind.BOOLEAN:
            editor_row = QHBoxLayout()
            editor_row.setSpacing(Space.INSIDE)
            editor_row.addWidget(editor)
            for badge in head:
                editor_row.addWidget(badge)
            editor_row.addStretch(1)
            column.addLayout(editor_row)
        else:
            caption_row = QHBoxLayout()
            caption_row.setSpacing(Space.INSIDE)
            caption = Label(theme, param.label, Type.SMALL, bold=True, wrap=True)
            caption.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
            caption.setMinimumWidth(min(_LABEL_WIDTH, caption.fontMetrics().horizontalAdvance(param.label) + 4))
            caption_row.addWidget(caption)
            for badge in head:
                caption_row.addWidget(badge, 0, Qt.AlignmentFlag.AlignVCenter)
            caption_row.addStretch(1)
            column.addLayout(caption_row)
            column.addWidget(editor)
        column.addWidget(self._message)
        column.addWidget(self._help)
        name = param.label
        editor.name_parts(tr("{name}, required", name=name) if param.required else name)
        editor.describe(param.help)

    @property
    def problem(self) -> str:
        """What is wrong, as shown; empty when nothing is."""
        return self._problem

    def set_problem(self, text: str, is_warning: bool = False) -> None:
        """Show what is wrong, or that nothing is; a warning leaves the frame as it is."""
        if (text, is_warning) == (self._problem, self._is_warning):
            return
        self._problem, self._is_warning = text, is_warning
        self._message.say(LightTone.CAUTION if is_warning else LightTone.CRITICAL, text)
        self._help.setVisible(not text and bool(self.param.help))
        self.editor.set_problem(bool(text) and not is_warning)
        self.editor.describe(text or self.param.help)

    def _head(self, theme: Theme) -> list[QWidget]:
        param = self.param
        found: list[QWidget] = []
        if param.required:
            found.append(Label(theme, tr("required"), Type.CAPTION, muted=True))
        if param.inferred:
            tip = tr("The vendor's documents do not say this; it was inferred from how the system behaves.")
            found.append(Badge(theme, tr("inferred"), tip))
        if not param.editable:
            found.append(Badge(theme, tr("fixed"), tr("Sent as it is; it cannot be changed here.")))
        return found
