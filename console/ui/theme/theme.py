"""The theme object: palette, fonts, icons and sheet of the window, passed to whoever paints."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPixmap
from PySide6.QtWidgets import QApplication

from console.assets import font_paths
from console.ui.theme.icons import IconCache
from console.ui.theme.palette import DARK, LIGHT, Palette
from console.ui.theme.resources import ResourceFolder
from console.ui.theme.sizes import ICON, Density, Type
from console.ui.theme.style import SHEET_ICONS, qt_palette, style_sheet

FAMILY: Final = "Inter"


class Mode(StrEnum):
    """What the user asked for."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


class Theme(QObject):
    """Holds the look; there is one per application and nobody finds it by name.

    Signals:
        changed: palette or density are different now; repaint, and ask for icons again.
    """

    changed = Signal()

    def __init__(self, mode: Mode | str = Mode.SYSTEM, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode = Mode(mode)
        self._density = Density.NORMAL
        self._icons = IconCache()
        self._resources: dict[str, ResourceFolder] = {}
        self._fonts: dict[tuple[int, bool, bool], QFont] = {}
        self._colours: dict[str, QColor] = {}
        self._app: QApplication | None = None
        self._palette = LIGHT
        self._choose()

    @property
    def mode(self) -> Mode:
        """What the user asked for."""
        return self._mode

    @property
    def palette(self) -> Palette:
        """The colours in use."""
        return self._palette

    @property
    def density(self) -> Density:
        """The height of table rows in use."""
        return self._density

    @property
    def row_height(self) -> int:
        """The same in pixels."""
        return int(self._density)

    def apply(self, app: QApplication) -> None:
        """Give the application style, fonts, palette and sheet, and follow the system from now on.

        Call it before widgets are made: each widget is then polished once.
        """
        if self._app is None:
            self._app = app
            for path in font_paths():
                QFontDatabase.addApplicationFont(str(path))
            app.setStyle("Fusion")
            app.setFont(self.font())
            app.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        self._choose()
        self._install()

    def set_mode(self, mode: Mode | str) -> None:
        """Follow the system, or be dark or light."""
        self._mode = Mode(mode)
        self._refresh()

    def set_density(self, density: Density) -> None:
        """Choose the height of table rows."""
        if density is not self._density:
            self._density = density
            self.changed.emit()

    def colour(self, value: str) -> QColor:
        """A cached colour object for ``#rrggbb``; do not change it."""
        found = self._colours.get(value)
        if found is None:
            found = self._colours[value] = QColor(value)
        return found

    def font(self, size: Type | int = Type.BODY, *, bold: bool = False, italic: bool = False) -> QFont:
        """The bundled family with figures of one width; a copy, free to change."""
        key = (int(size), bold, italic)
        if key not in self._fonts:
            font = QFont(FAMILY)
            font.setPixelSize(int(size))
            font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
            font.setItalic(italic)
            font.setFeature(QFont.Tag("tnum"), 1)
            self._fonts[key] = font
        return QFont(self._fonts[key])

    def icon(self, name: str, colour: str | None = None, size: int = ICON) -> QIcon:
        """A bundled icon in a colour (the text colour unless given); ask again after `changed`."""
        palette = self._palette
        return self._icons.icon(name, colour or palette.text, palette.scroll_hover, size)

    def pixmap(self, name: str, colour: str | None = None, size: int = ICON, scale: float = 1.0) -> QPixmap:
        """The same for painters, at the device pixel ratio of what is painted on."""
        return self._icons.pixmap(name, colour or self._palette.text, size, scale)

    def _choose(self) -> bool:
        wants_dark = self._mode is Mode.DARK
        if self._mode is Mode.SYSTEM and self._app is not None:
            wants_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        chosen = DARK if wants_dark else LIGHT
        is_new = chosen is not self._palette
        self._palette = chosen
        return is_new

    def _install(self) -> None:
        if self._app is None:
            return
        palette = self._palette
        if palette.name not in self._resources:
            files = {
                file: self._icons.svg(icon, getattr(palette, colour)) for file, (icon, colour) in SHEET_ICONS.items()
            }
            self._resources[palette.name] = ResourceFolder(palette.name, files)
        self._app.setPalette(qt_palette(palette))
        self._app.setStyleSheet(style_sheet(palette, self._resources[palette.name].url))

    @Slot()
    def _refresh(self) -> None:
        if self._choose():
            self._icons.clear()
            self._install()
            self.changed.emit()

    @Slot()
    def _on_scheme_changed(self) -> None:
        self._refresh()
