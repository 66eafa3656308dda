"""Where a list that the system gives stands: waiting for another choice, loading, failed, empty, here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from console.ui.connection import LightTone
from console.ui.marks import MessageLine
from console.ui.text import tr
from console.ui.theme import Space, Theme
from console.ui.widgets import push_button


class ListPhase(Enum):
    """See the module."""

    READY = "ready"
    LOADING = "loading"
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class ListState:
    """The phase, and sentences: why it failed, what is waited for, what is odd about the list."""

    phase: ListPhase = ListPhase.READY
    sentences: tuple[str, ...] = ()
    is_empty: bool = False


class StateLine(QWidget):
    """Says it in a line or two, with a button where a try may help; takes no room when there is nothing to say.

    Signals:
        retry_wanted: load again.
    """

    retry_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = MessageLine(theme)
        self.button = push_button(theme, tr("Try again"), "quiet")
        self.button.clicked.connect(self.retry_wanted)
        self.button.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.INSIDE)
        row.addWidget(self._line, 1, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._line.text

    def show_state(self, state: ListState, more: str = "") -> None:
        """Say where the list stands; `more` is a caution about the chosen keys."""
        tone, sentences = LightTone.QUIET, list(state.sentences)
        if state.phase is ListPhase.LOADING:
            sentences = [tr("Loading the list…")]
        elif state.phase is ListPhase.FAILED:
            tone = LightTone.CRITICAL
            sentences.append(tr("Keys can be typed meanwhile."))
        elif state.phase is ListPhase.READY and state.is_empty:
            sentences.insert(0, tr("The system's list is empty."))
        if more:
            tone = LightTone.CAUTION if tone is LightTone.QUIET else tone
            sentences.append(more)
        self._line.say(tone, " ".join(sentences))
        self.button.setVisible(state.phase is ListPhase.FAILED)
        self.setVisible(bool(sentences))
