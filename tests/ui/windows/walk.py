"""What must hold for every widget of every window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QTextEdit,
    QWidget,
)

from console.ui.widgets import ElidedLabel


def complaints(window: QWidget) -> list[str]:
    """Labels that would read markup, and controls that a screen reader cannot name."""
    found = [
        f"label {label.objectName() or label.text()!r} is not plain"
        for label in window.findChildren(QLabel)
        if label.textFormat() is not Qt.TextFormat.PlainText and label.text()
    ]
    found += [
        f"{type(button).__name__} {button.objectName()!r} in {type(button.parent()).__name__} has no name"
        for button in window.findChildren(QAbstractButton)
        if not (button.accessibleName() or button.text()) and button.isVisibleTo(window)
    ]
    found += [
        f"{type(control).__name__} {control.objectName()!r} has no name"
        for kind in (QComboBox, QLineEdit)
        for control in window.findChildren(kind)
        if not control.accessibleName() and not isinstance(control.parent(), QComboBox)
        and "spinbox" not in control.objectName()
    ]  # fmt: skip
    found += [f"rich text in {box.objectName()!r}" for box in window.findChildren(QTextEdit)]
    return found


def shown_texts(window: QWidget) -> list[str]:
    """Every text a widget of the window holds."""
    texts: list[str] = []
    for widget in (window, *window.findChildren(QWidget)):
        for name in ("text", "title", "toPlainText", "placeholderText", "currentText"):
            get = getattr(widget, name, None)
            if callable(get):
                texts.append(str(get()))
        texts += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle()]
    return [text for text in texts if text]


def clipped(window: QWidget) -> list[str]:
    """Labels and buttons on screen that are smaller than their text; those that shorten it on purpose are left out."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisibleTo(window) or isinstance(widget, ElidedLabel) or not widget.isVisible():
            continue
        if isinstance(widget, QLabel) and widget.text():
            wanted = widget.sizeHint()
            height = widget.heightForWidth(widget.width()) if widget.wordWrap() else wanted.height()
            is_narrow = not widget.wordWrap() and widget.width() < wanted.width()
            if is_narrow or widget.height() < height - 1:
                found.append(f"label {widget.text()!r}: {widget.size()} for {wanted}, {height} high")
        elif (
            isinstance(widget, (QPushButton, QCheckBox))
            and widget.text()
            and (
                widget.width() < widget.minimumSizeHint().width() or widget.height() < widget.minimumSizeHint().height()
            )
        ):
            found.append(f"button {widget.text()!r}: {widget.size()} for {widget.minimumSizeHint()}")
    return found
