"""Bundled line icons in theme colours, crisp at every scale, drawn once per name, colour, size and scale."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QGuiApplication, QIcon, QImageReader, QPixmap

from console.assets import icon_path
from console.ui.theme.sizes import ICON


def tinted_svg(name: str, colour: str) -> bytes:
    """The icon's SVG with ``currentColor`` replaced; MissingAssetError for a name that is not bundled."""
    return icon_path(name).read_text(encoding="utf-8").replace("currentColor", colour).encode()


class IconCache:
    """Draws and keeps icons; one per theme object."""

    def __init__(self) -> None:
        self._svg: dict[tuple[str, str], bytes] = {}
        self._pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}
        self._icons: dict[tuple[str, str, str, int], QIcon] = {}

    def svg(self, name: str, colour: str) -> bytes:
        """The tinted SVG."""
        key = (name, colour)
        if key not in self._svg:
            self._svg[key] = tinted_svg(name, colour)
        return self._svg[key]

    def pixmap(self, name: str, colour: str, size: int = ICON, scale: float = 1.0) -> QPixmap:
        """The icon as a pixmap of `size` logical pixels at a device pixel ratio of `scale`."""
        key = (name, colour, size, scale)
        if key not in self._pixmaps:
            buffer = QBuffer()
            buffer.setData(QByteArray(self.svg(name, colour)))
            buffer.open(QIODevice.OpenModeFlag.ReadOnly)
            reader = QImageReader(buffer, QByteArray(b"svg"))
            edge = round(size * scale)
            reader.setScaledSize(QSize(edge, edge))
            pixmap = QPixmap.fromImage(reader.read())
            pixmap.setDevicePixelRatio(scale)
            self._pixmaps[key] = pixmap
        return self._pixmaps[key]

    def icon(self, name: str, colour: str, disabled: str, size: int = ICON) -> QIcon:
        """The icon for buttons and menus, with a paler face while disabled, for the scales of all screens."""
        key = (name, colour, disabled, size)
        if key not in self._icons:
            icon = QIcon()
            scales = sorted({screen.devicePixelRatio() for screen in QGuiApplication.screens()} | {1.0, 2.0})
            for scale in scales:
                icon.addPixmap(self.pixmap(name, colour, size, scale))
                icon.addPixmap(self.pixmap(name, disabled, size, scale), QIcon.Mode.Disabled)
            self._icons[key] = icon
        return self._icons[key]

    def clear(self) -> None:
        """Forget everything, after a change of theme."""
        self._svg.clear()
        self._pixmaps.clear()
        self._icons.clear()
