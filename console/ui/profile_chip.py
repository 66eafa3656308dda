"""One connection in the profile bar: name, system, light, menu."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from console.domain.profile import Profile
from console.domain.text import safe_text
from console.ui.connection import Light, LightTone
from console.ui.marks import tone_mark, tone_shape
from console.ui.text import tr
from console.ui.theme import Theme, Type, paint_shape
from console.ui.theme.sizes import FOCUS_RING, RADIUS
from console.ui.widgets import add_action, set_tip

HEIGHT, MAX_NAME, SHORT_NAME = 30, 200, 120  # px
_PAD, _GAP, _SHAPE, _ICON = 10, 8, 11, 16


class ProfileChip(QAbstractButton):
    """A pressed chip means: only this connection is shown.

    Signals:
        command: an entry of the menu; carries its id (`edit`, `duplicate`, `test`, `try_now`, `enable`, `disable`,
            `remove`, `only`, `all`) and the profile's id.
    """

    command = Signal(str, str)

    def __init__(self, theme: Theme, profile: Profile, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.profile = profile
        self._title = title
        self._light: Light | None = None
        self._is_only = False
        self._brevity = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_menu)
        theme.changed.connect(self.update)
        self._describe()

    @property
    def word(self) -> str:
        """What stands beside the light."""
        if self._light is not None:
            return self._light.word
        return tr("not recorded") if self.profile.enabled else tr("switched off")

    @property
    def tone(self) -> LightTone:
        """The tone of the light."""
        return self._light.tone if self._light is not None else LightTone.QUIET

    def show_state(self, profile: Profile, title: str, light: Light | None, *, is_only: bool) -> None:
        """Show a connection; no light for one that is switched off, or not in a recording."""
        if (profile, title, light, is_only) == (self.profile, self._title, self._light, self._is_only):
            return
        size = self.sizeHint()
        self.profile, self._title, self._light, self._is_only = profile, title, light, is_only
        self._describe()
        if self.sizeHint() != size:
            self.updateGeometry()
        self.update()

    def set_brevity(self, brevity: int) -> None:
        """Say less: 0 everything, 1 without the system's title, 2 also without glyph and with a short name."""
        if brevity != self._brevity:
            self._brevity = brevity
            self.updateGeometry()
            self.update()

    def width_at(self, brevity: int) -> int:
        """How wide it would be."""
        icon = _ICON + _GAP if brevity < 2 else 0
        title = self._title_width() + _GAP if brevity < 1 and self._title else 0
        width = _PAD + icon + self._name_width(brevity) + _GAP + title + _GAP
        return width + _SHAPE + 6 + self._word_width() + _GAP + 12 + _PAD

    def open_menu(self) -> None:
        """Open the menu below the chip."""
        self._pop_up(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same menu at the pointer."""
        self._pop_up(event.globalPos())

    def menu_entries(self) -> tuple[tuple[str, str, str], ...]:
        """Id, icon and caption of each entry; an empty id is a line between."""
        is_on = self.profile.enabled
        return (
            ("edit", "pencil", tr("Edit…")),
            ("duplicate", "copy", tr("Duplicate")),
            ("test", "plug-zap", tr("Test connection")),
            *((("try_now", "refresh-cw", tr("Try now")),) if is_on else ()),
            ("", "", ""),
            ("all", "eye", tr("Show all connections")) if self._is_only else ("only", "filter", tr("Show only this")),
            ("disable", "unplug", tr("Switch off")) if is_on else ("enable", "plug", tr("Switch on")),
            ("", "", ""),
            ("remove", "trash", tr("Remove…")),
        )

    def sizeHint(self) -> QSize:
        """Room for glyph, name, system, light and its word; ticking digits do not change it below 100 s."""
        return QSize(self.width_at(self._brevity), HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chip."""
        palette, colour = self._theme.palette, self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong = self.hasFocus() or self._is_only
        width = float(FOCUS_RING) if self.hasFocus() else 1.0
        back = palette.selection if self._is_only else palette.hover if self.underMouse() else palette.raised
        painter.setPen(QPen(colour(palette.accent if strong else palette.hairline), width))
        painter.setBrush(colour(back))
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), RADIUS, RADIUS)
        self._paint_content(painter)
        painter.end()

    def _paint_content(self, painter: QPainter) -> None:
        palette, colour, scale = self._theme.palette, self._theme.colour, self.devicePixelRatioF()
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        is_on = self.profile.enabled
        x, height = _PAD, self.height()
        if self._brevity < 2:
            glyph = self._theme.pixmap("server" if is_on else "server-off", palette.muted, _ICON, scale)
            painter.drawPixmap(QRect(x, (height - _ICON) // 2, _ICON, _ICON), glyph)
            x += _ICON + _GAP
        name_width = self._name_width(self._brevity)
        x = self._paint_word(painter, x, self._name(), name_width, is_bold=True, is_muted=not is_on)
        if self._title and self._brevity < 1:
            x = self._paint_word(painter, x, self._title, self._title_width(), is_bold=False, is_muted=True)
        x += _GAP
        square = QRectF(x, (height - _SHAPE) / 2, _SHAPE, _SHAPE)
        paint_shape(painter, square, tone_shape(self.tone), tone_mark(palette, self.tone))
        x += _SHAPE + 6
        painter.setFont(self._theme.font(Type.SMALL))
        is_loud = self.tone in (LightTone.CAUTION, LightTone.CRITICAL)
        painter.setPen(colour(palette.text if is_loud else palette.muted))
        painter.drawText(QRect(x, 0, self._word_width() + 4, height), middle, self.word)
        chevron = self._theme.pixmap("chevron-down", palette.muted, 12, scale)
        painter.drawPixmap(QRect(self.width() - _PAD - 12, (height - 12) // 2, 12, 12), chevron)

    def _paint_word(self, painter: QPainter, x: int, word: str, width: int, *, is_bold: bool, is_muted: bool) -> int:
        palette = self._theme.palette
        painter.setFont(self._theme.font(Type.BODY if is_bold else Type.SMALL, bold=is_bold))
        painter.setPen(self._theme.colour(palette.muted if is_muted else palette.text))
        shown = painter.fontMetrics().elidedText(word, Qt.TextElideMode.ElideMiddle, width + 1)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.drawText(QRect(x, 0, width + 2, self.height()), flags, shown)
        return x + width + _GAP

    def _name(self) -> str:
        return safe_text(self.profile.name, 80)

    def _name_width(self, brevity: int) -> int:
        most = MAX_NAME if brevity < 2 else SHORT_NAME
        return min(most, self._advance(self._theme, self._name(), bold=True))

    def _title_width(self) -> int:
        return self._advance(self._theme, self._title, small=True)

    def _word_width(self) -> int:
        steady = self._advance(self._theme, tr("live {age}", age="00 s"), small=True)
        return max(steady, self._advance(self._theme, self.word, small=True))

    @staticmethod
    def _advance(theme: Theme, word: str, *, bold: bool = False, small: bool = False) -> int:
        font = theme.font(Type.SMALL if small else Type.BODY, bold=bold)
        return QFontMetrics(font).horizontalAdvance(word) + 1

    def _describe(self) -> None:
        spoken = self._light.spoken if self._light is not None else self.word
        self.setAccessibleName(f"{self.profile.name}: {spoken}")
        set_tip(self, "\n".join(filter(None, (f"{self._title}  {self.profile.url}".strip(), spoken))))

    def _pop_up(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, icon, caption in self.menu_entries():
            if not name:
                menu.addSeparator()
                continue
            action = add_action(menu, caption)
            action.setIcon(self._theme.icon(icon, self._theme.palette.muted))
            action.setData(name)
        menu.triggered.connect(self._on_triggered)
        menu.popup(at)

    def _on_triggered(self, action: QAction) -> None:
        self.command.emit(str(action.data()), str(self.profile.id))
