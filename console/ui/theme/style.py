"""The one style sheet over Fusion, and the application palette that goes with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from PySide6.QtGui import QColor, QPalette

from console.ui.theme.palette import Palette
from console.ui.theme.sizes import CONTROL_HEIGHT, RADIUS

# icon file of the style sheet -> (bundled icon, colour of the palette)
SHEET_ICONS: dict[str, tuple[str, str]] = {
    "check.svg": ("check", "on_primary"),
    "partial.svg": ("minus", "on_primary"),
    "menu-check.svg": ("check", "accent"),
    "down.svg": ("chevron-down", "muted"),
    "up.svg": ("chevron-up", "muted"),
    "left.svg": ("chevron-left", "muted"),
    "right.svg": ("chevron-right", "muted"),
    "close.svg": ("x", "muted"),
    "float.svg": ("external-link", "muted"),
}

_SHEET = """
* { outline: none; }
QMainWindow, QDialog, QWidget#surface-window { background: $window; }
QToolTip { background: $tooltip; color: $tooltip_text; border: none; padding: 6px 8px; }
QLabel { background: transparent; color: $text; }
QLabel[ink="muted"] { color: $muted; }
QLabel:disabled { color: $muted; }
QFrame#surface-pane, QWidget#surface-pane { background: $pane; }
QFrame[surface="pane"], QWidget[surface="pane"] { background: $pane; }
QFrame[surface="raised"], QWidget[surface="raised"] { background: $raised; }
QFrame[line="horizontal"] { background: $hairline; max-height: 1px; min-height: 1px; border: none; }
QFrame[line="vertical"] { background: $hairline; max-width: 1px; min-width: 1px; border: none; }

QPushButton { background: $raised; color: $text; border: 1px solid $outline; border-radius: {r}px;
  padding: 0 13px; min-height: {inner}px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border: 2px solid $accent; padding: 0 12px; min-height: {inner2}px; }
QPushButton:disabled { color: $muted; border-color: $hairline; background: $window; }
QPushButton[role="primary"] { background: $primary; color: $on_primary; border: 1px solid $primary;
  font-weight: 600; }
QPushButton[role="primary"]:hover { background: $primary_hover; border-color: $primary_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $track; color: $muted; border-color: $track; }
QPushButton[role="quiet"] { background: transparent; border-color: transparent; color: $link; }
QPushButton[role="quiet"]:hover { background: $hover; }
QPushButton[role="quiet"]:focus { border: 2px solid $accent; }
QPushButton[role="quiet"]:disabled { background: transparent; border-color: transparent; color: $muted; }

QToolButton { background: transparent; color: $text; border: 2px solid transparent; border-radius: {r}px;
  padding: 3px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $pressed; }
QToolButton:focus { border: 2px solid $accent; }
QToolButton::menu-indicator { image: none; }

QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox, QComboBox { background: $raised; color: $text;
  border: 1px solid $outline; border-radius: {r}px; padding: 0 8px; min-height: {inner}px;
  selection-background-color: $primary; selection-color: $on_primary; placeholder-text-color: $muted; }
QTextEdit, QPlainTextEdit { padding: 6px 8px; }
QLineEdit:focus, QTextEdit:focus, QPlainTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
  border: 2px solid $accent; padding: 0 7px; min-height: {inner2}px; }
QTextEdit:focus, QPlainTextEdit:focus { padding: 5px 7px; }
QLineEdit:disabled, QTextEdit:disabled, QPlainTextEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
  color: $muted; background: $window; border-color: $hairline; }
QLineEdit:read-only { background: $window; }
QLineEdit[problem="true"], QComboBox[problem="true"], QAbstractSpinBox[problem="true"] {
  border: 2px solid $critical_edge; padding: 0 7px; }
QLineEdit QToolButton { border: none; padding: 0; background: transparent; }

QComboBox { padding-right: 26px; selection-background-color: $selection; selection-color: $text; }
QComboBox:hover, QLineEdit:hover:!focus { border-color: $muted; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url(@down.svg); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $hairline; padding: 4px;
  selection-background-color: $selection; selection-color: $text; outline: none; }
QComboBox QAbstractItemView::item { min-height: 26px; padding: 0 6px; border-radius: 4px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; background: transparent; width: 20px; }
QAbstractSpinBox::up-button { subcontrol-position: top right; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; }
QAbstractSpinBox::up-arrow { image: url(@up.svg); width: 12px; height: 12px; }
QAbstractSpinBox::down-arrow { image: url(@down.svg); width: 12px; height: 12px; }

QCheckBox, QRadioButton { color: $text; spacing: 8px; background: transparent; min-height: 24px; }
QCheckBox::indicator, QRadioButton::indicator { width: 16px; height: 16px; border: 1px solid $outline;
  background: $raised; }
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: 9px; }
QListView::indicator { width: 16px; height: 16px; border: 1px solid $outline; background: $raised; border-radius: 4px; }
QListView::indicator:checked { background: $primary; border-color: $primary; image: url(@check.svg); }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; width: 14px; height: 14px; }
QCheckBox::indicator:checked { background: $primary; border-color: $primary; image: url(@check.svg); }
QCheckBox::indicator:indeterminate { background: $primary; border-color: $primary; image: url(@partial.svg); }
QCheckBox::indicator:checked:focus, QCheckBox::indicator:indeterminate:focus { border: 2px solid $text; }
QRadioButton::indicator:checked { border: 5px solid $primary; width: 8px; height: 8px; background: $on_primary; }
QCheckBox:disabled, QRadioButton:disabled { color: $muted; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $hairline; background: $window; }
QGroupBox { border: none; margin-top: 24px; font-weight: 600; color: $text; }
QGroupBox::title { subcontrol-origin: margin; left: 0; padding: 0; }

QMenuBar { background: $window; color: $text; border: none; padding: 2px 8px; }
QMenuBar::item { background: transparent; padding: 5px 10px; border-radius: {r}px; }
QMenuBar::item:selected { background: $pressed; }
QMenu { background: $raised; color: $text; border: 1px solid $hairline; padding: 5px; }
QMenu::item { padding: 6px 28px 6px 14px; border-radius: 4px; }
QMenu::item:selected { background: $selection; color: $text; }
QMenu::item:disabled { color: $muted; }
QMenu::icon { left: 9px; }
QMenu::separator { height: 1px; background: $hairline; margin: 5px 8px; }
QMenu::indicator { width: 14px; height: 14px; left: 9px; }
QMenu::indicator:checked { image: url(@menu-check.svg); }
QMenu::right-arrow { image: url(@right.svg); width: 14px; height: 14px; right: 6px; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $scroll_hover; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QAbstractItemView { background: $pane; color: $text; border: none; outline: none;
  selection-background-color: $selection; selection-color: $text; }
QAbstractItemView#raised { background: $raised; }
QListView::item, QTreeView::item { padding: 6px; border: 2px solid transparent; border-radius: 4px; }
QListView::item:hover, QTreeView::item:hover { background: $hover; }
QListView::item:selected, QTreeView::item:selected { background: $selection; color: $text; }
QListView::item:focus, QTreeView::item:focus { border: 2px solid $accent; }
QTreeView::branch { background: transparent; }
QTreeView::branch:has-children:closed { image: url(@right.svg); }
QTreeView::branch:has-children:open { image: url(@down.svg); }
QTableView { gridline-color: $hairline; }
QTableWidget::item { padding: 0 7px; }
QHeaderView { background: $pane; border: none; }
QHeaderView::section { background: $pane; color: $muted; border: none; border-bottom: 1px solid $hairline;
  padding: 0 10px; min-height: 30px; font-weight: 600; }
QHeaderView::section:hover { color: $text; background: $hover; }
QTableCornerButton::section { background: $pane; border: none; border-bottom: 1px solid $hairline; }

QTabWidget::pane { border: none; border-top: 1px solid $hairline; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $muted; padding: 7px 12px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; font-weight: 600; }
QTabBar::tab:focus { border: 2px solid $accent; border-radius: 4px; padding: 5px 10px; }
QTabBar::close-button { image: url(@close.svg); }

QDockWidget { color: $text; icon-size: 14px;
  titlebar-close-icon: url(@close.svg); titlebar-normal-icon: url(@float.svg); }
QDockWidget::title { background: $window; padding: 7px 12px; text-align: left; }
QDockWidget::close-button, QDockWidget::float-button { border: none; background: transparent;
  border-radius: 4px; padding: 2px; }
QDockWidget::close-button:hover, QDockWidget::float-button:hover { background: $pressed; }
QMainWindow::separator { background: $window; width: 7px; height: 7px; }
QMainWindow::separator:hover { background: $selection; }
QSplitter::handle { background: $window; }
QSplitter::handle:horizontal { width: 7px; }
QSplitter::handle:vertical { height: 7px; }
QSplitter::handle:hover { background: $selection; }

QStatusBar { background: $window; color: $muted; border: none; }
QStatusBar::item { border: none; }
QToolBar { background: $window; border: none; padding: 4px 8px; spacing: 4px; }
QProgressBar { background: $track; border: none; border-radius: 3px; max-height: 6px; text-align: center;
  color: transparent; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QSlider::groove:horizontal { background: $track; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal { background: $primary; width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; }
QSlider::handle:horizontal:focus { border: 2px solid $text; }
"""


def style_sheet(palette: Palette, url: Callable[[str], str]) -> str:
    """The style sheet of a palette; `url` gives the path of each file of `SHEET_ICONS`."""
    colours: dict[str, str] = {}
    for name, value in asdict(palette).items():
        if isinstance(value, dict):
            colours.update({f"{name}_{part}": colour for part, colour in value.items()})
        elif isinstance(value, str):
            colours[name] = value
    sheet = _SHEET.replace("{r}", str(RADIUS))
    sheet = sheet.replace("{inner2}", str(CONTROL_HEIGHT - 4)).replace("{inner}", str(CONTROL_HEIGHT - 2))
    for name in sorted(colours, key=len, reverse=True):
        sheet = sheet.replace(f"${name}", colours[name])
    for name in SHEET_ICONS:
        sheet = sheet.replace(f"@{name}", url(name))
    return sheet


def qt_palette(palette: Palette) -> QPalette:
    """The palette for what no style sheet reaches: item views in dialogs, rubber bands, native pieces."""
    result = QPalette()
    role = QPalette.ColorRole
    for which, colour in (
        (role.Window, palette.window),
        (role.WindowText, palette.text),
        (role.Base, palette.pane),
        (role.AlternateBase, palette.window),
        (role.Text, palette.text),
        (role.PlaceholderText, palette.muted),
        (role.Button, palette.raised),
        (role.ButtonText, palette.text),
        (role.BrightText, palette.critical.edge),
        (role.Highlight, palette.selection),
        (role.HighlightedText, palette.text),
        (role.Accent, palette.accent),
        (role.Link, palette.link),
        (role.LinkVisited, palette.link),
        (role.ToolTipBase, palette.tooltip),
        (role.ToolTipText, palette.tooltip_text),
        (role.Light, palette.raised),
        (role.Midlight, palette.hover),
        (role.Mid, palette.hairline),
        (role.Dark, palette.outline),
        (role.Shadow, palette.window),
    ):
        result.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, which, QColor(palette.muted))
    return result
