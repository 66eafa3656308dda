"""How an entry of a multi-select looks."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from console.domain.text import safe_text
from console.reports.schema import Choice
from console.ui.forms.choices_model import ChoicesModel, Heading, Stray
from console.ui.text import tr
from console.ui.theme import Shape, Space, Theme, Type, paint_shape
from console.ui.theme.sizes import FOCUS_RING

ROW = 28  # px
_BOX = 16
_LONGEST = 200


class ChoiceDelegate(QStyledItemDelegate):
    """Paints check box, label and note of an entry; a heading in bold, a stray key with a mark."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fonts: dict[str, tuple[QFont, QFontMetrics]] = {}
        for name, font in (
            ("body", theme.font()),
            ("bold", theme.font(Type.SMALL, bold=True)),
            ("note", theme.font(Type.SMALL)),
        ):
            self._fonts[name] = (font, QFontMetrics(font))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Every row is as high as the next."""
        return QSize(120, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint an entry."""
        model = index.model()
        if not isinstance(model, ChoicesModel):
            return
        entry = model.entry(index.row())
        palette, colour = self._theme.palette, self._theme.colour
        rect: QRect = option.rect  # type: ignore[attr-defined]
        painter.save()
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        if state & QStyle.StateFlag.State_MouseOver or state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, colour(palette.hover))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(colour(palette.accent), FOCUS_RING))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        left = rect.left() + Space.INSIDE + 2
        if not (model.is_single and isinstance(entry, Heading)):
            self._paint_box(painter, QRectF(left, rect.center().y() - _BOX / 2 + 1, _BOX, _BOX), model, entry)
            left += _BOX + Space.INSIDE
        self._paint_words(painter, QRect(left, rect.top(), rect.right() - Space.INSIDE - left, rect.height()), entry)
        painter.restore()

    def _paint_box(self, painter: QPainter, box: QRectF, model: ChoicesModel, entry: Choice | Heading | Stray) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        state = model.state(entry)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_on = state is not Qt.CheckState.Unchecked
        frame = box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour(palette.primary if is_on else palette.outline), 1))
        painter.setBrush(colour(palette.primary if is_on else palette.raised))
        if model.is_single:
            painter.drawEllipse(frame)
            if is_on:
                painter.setBrush(colour(palette.on_primary))
                painter.drawEllipse(frame.adjusted(4, 4, -4, -4))
            return
        painter.drawRoundedRect(frame, 4, 4)
        if is_on:
            icon = "minus" if state is Qt.CheckState.PartiallyChecked else "check"
            device = painter.device()
            scale = device.devicePixelRatioF() if device is not None else 1.0
            painter.drawPixmap(
                QPointF(box.x() + 2, box.y() + 2), self._theme.pixmap(icon, palette.on_primary, 12, scale)
            )

    def _paint_words(self, painter: QPainter, area: QRect, entry: Choice | Heading | Stray) -> None:
        palette, colour = self._theme.palette, self._theme.colour
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        note = ""
        if isinstance(entry, Heading):
            name, text, note = "bold", entry.title, str(len(entry.members))
        elif isinstance(entry, Stray):
            name, text, note = "body", entry.key, tr("not in the list")
            spot = QRectF(area.left(), area.center().y() - 5, 12, 12)
            paint_shape(painter, spot, Shape.TRIANGLE, palette.caution)
            area = area.adjusted(12 + Space.TIGHT + 2, 0, 0, 0)
        else:
            name, text, note = "body", entry.label or entry.value, entry.note
        font, metrics = self._fonts[name]
        note_font, note_metrics = self._fonts["note"]
        note = note_metrics.elidedText(safe_text(note, _LONGEST), Qt.TextElideMode.ElideRight, area.width() // 2)
        room = area.width() - (note_metrics.horizontalAdvance(note) + Space.INSIDE if note else 0)
        shown = metrics.elidedText(safe_text(text, _LONGEST), Qt.TextElideMode.ElideRight, room)
        painter.setFont(font)
        painter.setPen(colour(palette.text))
        painter.drawText(area, middle | int(Qt.AlignmentFlag.AlignLeft), shown)
        if note:
            painter.setFont(note_font)
            painter.setPen(colour(palette.muted))
            painter.drawText(area, middle | int(Qt.AlignmentFlag.AlignRight), note)
