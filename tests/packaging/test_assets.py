"""Bundled files are found in the source tree, in an installed wheel and in a frozen build."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from console import assets

ICONS = sorted(assets.asset_path("icons").glob("*.svg"))


def _lay_out(root: Path, resources: str, icons: str) -> None:
    (root / resources / "fonts").mkdir(parents=True)
    (root / icons).mkdir(parents=True)
    (root / resources / "fonts" / "Inter-Regular.otf").write_bytes(b"font")
    (root / icons / "bell.svg").write_bytes(b"icon")


def _assert_found_below(root: Path) -> None:
    assert assets.icon_path("bell").is_relative_to(root)
    assert [path.name for path in assets.font_paths()] == ["Inter-Regular.otf"]
    assert all(path.is_relative_to(root) for path in assets.font_paths())


def test_found_in_the_source_tree():
    assert assets.icon_path("app").is_file()
    assert {path.name for path in assets.font_paths()} >= {"Inter-Regular.otf", "Inter-SemiBold.otf"}


def test_found_in_an_installed_package(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "console"
    _lay_out(package, "_resources", "_icons")
    monkeypatch.setattr(assets, "_PACKAGE", package)
    _assert_found_below(package)


@pytest.mark.parametrize("folders", [("console/_resources", "console/_icons"), ("resources", "icons")])
def test_found_in_a_frozen_build(tmp_path, monkeypatch, folders):
    _lay_out(tmp_path, *folders)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    _assert_found_below(tmp_path)


def test_folders_of_others_beside_an_installed_package_are_not_taken(tmp_path, monkeypatch):
    _lay_out(tmp_path, "resources", "icons")
    monkeypatch.setattr(assets, "_PACKAGE", tmp_path / "console")
    with pytest.raises(assets.MissingAssetError):
        assets.icon_path("bell")


def test_missing_file_is_named():
    with pytest.raises(assets.MissingAssetError, match=r"icons/no-such-icon\.svg is missing from this installation"):
        assets.icon_path("no-such-icon")


def test_missing_fonts_are_told(tmp_path, monkeypatch):
    (tmp_path / "_resources" / "fonts").mkdir(parents=True)
    monkeypatch.setattr(assets, "_PACKAGE", tmp_path)
    with pytest.raises(assets.MissingAssetError, match="No font file"):
        assets.font_paths()


def test_every_icon_draws_something(qapp):
    assert len(ICONS) > 60
    blank = []
    for path in ICONS:
        image = QImage(20, 20, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(0)
        painter = QPainter(image)
        QSvgRenderer(str(path)).render(painter)
        painter.end()
        if not any(bytes(image.constBits())):
            blank.append(path.name)
    assert blank == []


def test_every_icon_but_ours_takes_the_text_colour():
    fixed = [path.name for path in ICONS if "currentColor" not in path.read_text(encoding="utf-8")]
    assert fixed == ["app.svg"]


@pytest.mark.parametrize("weight", [QFont.Weight.Normal, QFont.Weight.DemiBold])
def test_figures_can_be_tabular(qapp, weight):
    """Ticking digits must not shift."""
    for path in assets.font_paths():
        assert QFontDatabase.addApplicationFont(str(path)) >= 0
    font = QFont("Inter", weight=weight)
    font.setPixelSize(28)
    assert font.exactMatch()
    font.setFeature(QFont.Tag("tnum"), 1)
    widths = [QFontMetricsF(font).horizontalAdvance(digit) for digit in "0123456789"]
    # the semi-bold 4 is one font unit narrower than the other figures
    assert max(widths) - min(widths) < 0.05


def test_licences_lie_beside_what_they_cover():
    assert "SIL OPEN FONT LICENSE Version 1.1" in assets.asset_path("resources", "fonts", "OFL.txt").read_text("utf-8")
    assert "ISC License" in assets.asset_path("icons", "LICENSE").read_text("utf-8")
