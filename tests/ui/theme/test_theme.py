"""The theme: fonts, sheet, icons, and the switch between dark and light."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QFile, QRectF
from PySide6.QtGui import QFont, QFontMetrics, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton

from console.assets import MissingAssetError
from console.ui.theme import DARK, LIGHT, Density, Mode, Shape, Theme, Type, paint_shape
from console.ui.theme.resources import ResourceFolder
from console.ui.theme.style import SHEET_ICONS, style_sheet
from tests.ui.conftest import applied


@pytest.fixture
def dark(qapp: QApplication) -> Iterator[Theme]:
    with applied(qapp, Mode.DARK) as theme:
        yield theme


def test_mode_chooses_the_palette_and_says_so(qapp: QApplication, dark: Theme) -> None:
    heard: list[str] = []
    dark.changed.connect(lambda: heard.append(dark.palette.name))
    assert dark.palette is DARK
    dark.set_mode("light")
    assert dark.palette is LIGHT
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == LIGHT.window
    dark.set_mode(Mode.LIGHT)
    assert heard == ["light"]
    dark.set_mode("dark")
    assert heard == ["light", "dark"]


def test_system_mode_follows_the_system_scheme(qapp: QApplication, dark: Theme) -> None:
    dark.set_mode(Mode.SYSTEM)
    wanted = DARK if qapp.styleHints().colorScheme().name == "Dark" else LIGHT
    assert dark.palette is wanted
    qapp.styleHints().colorSchemeChanged.emit(qapp.styleHints().colorScheme())
    assert dark.palette is wanted


def test_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="purple"):
        Theme("purple")


@pytest.mark.parametrize("size", list(Type))
@pytest.mark.parametrize("bold", [False, True])
def test_all_figures_have_one_width(dark: Theme, size: Type, bold: bool) -> None:
    metrics = QFontMetrics(dark.font(size, bold=bold))
    assert {metrics.horizontalAdvance(digit * 8) for digit in "0123456789"} == {metrics.horizontalAdvance("0" * 8)}


def test_the_style_sheet_keeps_the_figures(qapp: QApplication, dark: Theme) -> None:
    for widget in (QLabel("1"), QLineEdit("1"), QPushButton("1")):
        widget.ensurePolished()
        metrics = QFontMetrics(widget.font())
        assert widget.font().family() == "Inter"
        assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("0000")


def test_a_font_is_a_copy(dark: Theme) -> None:
    dark.font().setPixelSize(99)
    assert dark.font().pixelSize() == Type.BODY
    assert dark.font(bold=True).weight() == QFont.Weight.DemiBold


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda palette: palette.name)
def test_the_sheet_leaves_no_placeholder(palette) -> None:
    sheet = style_sheet(palette, lambda name: f":/x/{name}")
    assert "$" not in sheet
    assert "@" not in sheet
    assert "{r}" not in sheet
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", sheet)) <= {
        value.upper() if value.startswith("#") else value for value in _colours(palette)
    }
    assert sheet.count("{") == sheet.count("}")


def _colours(palette) -> set[str]:
    found = set()
    for name in palette.__slots__:
        value = getattr(palette, name)
        if isinstance(value, str) and value.startswith("#"):
            found.add(value)
        elif hasattr(value, "fill"):
            found |= {value.fill, value.edge}
    return found


def test_resources_can_be_read_back() -> None:
    files = {f"file{number}.svg": bytes([number]) * (number + 1) for number in range(40)}
    folder = ResourceFolder("test", files)
    for name, content in files.items():
        file = QFile(folder.url(name))
        assert file.open(QFile.OpenModeFlag.ReadOnly)
        assert bytes(file.readAll().data()) == content
        file.close()
    folder.close()
    assert not QFile.exists(folder.url("file0.svg"))


def test_the_sheet_icons_exist_in_both_themes(dark: Theme) -> None:
    dark.set_mode("light")
    for theme in ("dark", "light"):
        for name in SHEET_ICONS:
            assert QFile.exists(f":/console-theme/{theme}/{name}"), name


def test_icons_are_tinted_and_crisp(dark: Theme) -> None:
    pixmap = dark.pixmap("square", "#FF0000", 16, 2.0)
    assert pixmap.width() == 32
    assert pixmap.devicePixelRatio() == 2.0
    assert _inks(pixmap.toImage()) == {"#ff0000"}
    assert dark.pixmap("square", "#FF0000", 16, 2.0).cacheKey() == pixmap.cacheKey()
    assert not dark.icon("search").isNull()
    with pytest.raises(MissingAssetError):
        dark.icon("no-such-icon")


def _inks(image: QImage) -> set[str]:
    colours = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {colour.name() for colour in colours if colour.alpha() == 255}


def test_density_changes_rows_and_says_so(dark: Theme) -> None:
    heard: list[int] = []
    dark.changed.connect(lambda: heard.append(dark.row_height))
    assert dark.row_height == 30
    dark.set_density(Density.COMPACT)
    dark.set_density(Density.COMPACT)
    dark.set_density(Density.ROOMY)
    assert heard == [24, 38]


@pytest.mark.parametrize("shape", list(Shape))
@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_every_shape_paints_inside_its_square(dark: Theme, shape: Shape, scale: float) -> None:
    edge = round(20 * scale)
    image = QImage(edge, edge, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(0)
    painter = QPainter(image)
    paint_shape(painter, QRectF(4, 4, 12, 12), shape, DARK.available)
    painter.end()
    painted = [(x, y) for x in range(edge) for y in range(edge) if image.pixelColor(x, y).alpha()]
    assert painted
    low, high = int(3 * scale), int(17 * scale) + 1
    assert all(low <= x <= high and low <= y <= high for x, y in painted)


def test_shapes_differ_without_colour(dark: Theme) -> None:
    seen = {}
    for shape in Shape:
        image = QImage(12, 12, QImage.Format.Format_Alpha8)
        image.fill(0)
        painter = QPainter(image)
        paint_shape(painter, QRectF(0, 0, 12, 12), shape, DARK.off)
        painter.end()
        seen[shape] = bytes(image.constBits())
    assert len(set(seen.values())) == len(Shape)
