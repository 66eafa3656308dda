"""What must be said of a result, above its rows: parts that are missing first, then remarks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from console.domain.messages import Message
from console.domain.text import safe_text
from console.ui.text import plural, tr, translate
from console.ui.theme import Theme
from console.ui.widgets import MessageStrip, Tone

_AT_FIRST = 2  # remarks shown at once
_NAMED = 6  # missing parts that are named; the rest are counted


class NotesStrip(QWidget):
    """Sentences; with more than a few the rest waits behind a button."""

    def __init__(self, theme: Theme, notes: Sequence[Message], missing: Sequence[str], parent: QWidget | None = None):
        super().__init__(parent)
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self.strips: list[MessageStrip] = []
        if missing:
            self._add(missing_text(missing), Tone.CAUTION)
        unique = tuple(dict.fromkeys(translate(note) for note in notes))
        kept = unique if len(unique) <= _AT_FIRST + 1 else unique[:_AT_FIRST]
        for text in kept:
            self._add(text, Tone.INFO)
        self._later = unique[len(kept) :]
        if self._later:
            more = plural("There is {n} more remark.", "There are {n} more remarks.", len(self._later))
            strip = self._add(more, Tone.INFO, tr("Show"))
            strip.action_triggered.connect(self._on_more)
        self.setVisible(bool(self.strips))

    @property
    def text(self) -> str:
        """Everything it says now."""
        return "\n".join(strip.text() for strip in self.strips)

    def _add(self, text: str, tone: Tone, caption: str = "") -> MessageStrip:
        strip = MessageStrip(self._theme, self)
        strip.show_message(text, tone, "more" if caption else "", caption)
        self._column.addWidget(strip)
        self.strips.append(strip)
        return strip

    def _on_more(self) -> None:
        self.strips.pop().hide()
        for text in self._later:
            self._add(text, Tone.INFO)


def missing_text(missing: Sequence[str]) -> str:
    """Which parts of the range could not be had."""
    named = ", ".join(safe_text(part, 80) for part in missing[:_NAMED])
    if len(missing) > _NAMED:
        named += " " + tr("and {n} more", n=len(missing) - _NAMED)
    return tr("Not everything is here. Missing: {parts}. Run the report again for these.", parts=named)
