"""The exact request, written for people and for other programs. Holds no secret; says which variables to set."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.reports.request import RequestDetails
from console.reports.snippets import Language, snippet
from console.reports.snippets_parts import Hole, Script, script_of
from console.tasks import TaskScope
from console.ui.connection import LightTone
from console.ui.forms.timeframe_chips import ChipRow
from console.ui.marks import MessageLine
from console.ui.text import plural, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import ElidedLabel, EmptyState, Label, code_box, push_button

_LONGEST = 400_000  # characters shown; the copy button takes everything
_URL = 2000


def language_title(language: Language) -> str:
    """A language as its chip names it."""
    return {
        Language.HTTP: tr("HTTP"),
        Language.CURL: tr("curl"),
        Language.PYTHON: tr("Python"),
        Language.POWERSHELL: tr("PowerShell"),
        Language.JSON: tr("JSON"),
    }.get(language, language.value)


def language_tip(language: Language) -> str:
    """What such a snippet is for."""
    return {
        Language.HTTP: tr("Method, address, headers and body; also the file format of REST clients"),
        Language.CURL: tr("For a POSIX shell"),
        Language.PYTHON: tr("With the package httpx"),
        Language.POWERSHELL: tr("For Windows PowerShell 5.1 and PowerShell 7"),
        Language.JSON: tr("For programs"),
    }.get(language, language.value)


class RequestView(QWidget):
    """Shows the details of one run or call.

    Args:
        scope: owns the writing of snippets.
    """

    def __init__(self, theme: Theme, scope: TaskScope, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scope = scope
        self._details: RequestDetails | None = None
        self._whole = ""
        words = [(item.value, language_title(item), language_tip(item)) for item in Language]
        self.languages = ChipRow(theme, words)
        self.languages.setAccessibleName(tr("Written as"))
        self.languages.show_key(Language.HTTP.value)
        self.languages.chosen.connect(self._on_language)
        self.method = Label(theme, bold=True)
        self.url = ElidedLabel(theme)
        self.count = Label(theme, size=Type.SMALL, muted=True, wrap=True)
        self.variables = Label(theme, size=Type.SMALL, wrap=True)
        self.variables.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes = Label(theme, size=Type.SMALL, muted=True, wrap=True)
        self.problem = MessageLine(theme)
        self.text = code_box(tr("Request"))
        self.copy_button = push_button(theme, tr("Copy all"))
        self.copy_button.clicked.connect(self._on_copy)
        self.copy_url_button = push_button(theme, tr("Copy address"), "quiet")
        self.copy_url_button.clicked.connect(self._on_copy_url)
        self.copy_body_button = push_button(theme, tr("Copy body"), "quiet")
        self.copy_body_button.clicked.connect(self._on_copy_body)
        self.empty = EmptyState(theme)
        self._pages = QStackedWidget()
        self._build()
        self.show_nothing()

    @property
    def language(self) -> str:
        """The chosen language."""
        return self.languages.key

    def set_language(self, language: str) -> None:
        """Choose a language; an unknown one changes nothing."""
        if any(language == item.value for item in Language):
            self.languages.show_key(language)
            self._write()

    def show_nothing(self) -> None:
        """There is no report."""
        self._details = None
        self.empty.show_state("code", tr("No request yet"), tr("Choose a report: the request it comes to stands here."))
        self._pages.setCurrentWidget(self.empty)

    def show_problem(self, sentences: tuple[str, ...]) -> None:
        """Say why there is no request instead of showing an old one."""
        self._details = None
        self.empty.show_state("circle-alert", tr("No request to show"), "\n".join(sentences))
        self._pages.setCurrentWidget(self.empty)

    def show_details(self, details: RequestDetails) -> None:
        """Show requests."""
        try:
            script = script_of(details)
        except ConsoleError as error:
            self.show_problem((translate(error.message),))
            return
        self._details = details
        first = details.requests[0] if details.requests else None
        self.method.setText(first.method if first is not None else "")
        at = 1 if details.auth.sign_in is not None else 0  # the sign-in is the first step
        self.url.setText(safe_text(address_of(script, at), _URL) if first is not None else "")
        more = len(details.requests) - 1
        parts = []
        if details.auth.sign_in is not None:
            parts.append(tr("A sign-in comes first and gives the token."))
        if more > 0:
            parts.append(plural("One more request follows.", "{n} more requests follow, one after the other.", more))
        self.count.setText(" ".join(parts))
        self.count.setVisible(bool(parts))
        names = script.variables
        self.variables.setText(
            tr("No secret is in here. Before running it, set the environment variable {names}.", names=", ".join(names))
            if names
            else tr("No secret is needed for this request.")
        )
        notes = [translate(note) for note in details.notes]
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))
        self.copy_body_button.setEnabled(bool(first is not None and first.body))
        self._pages.setCurrentIndex(1)
        self._write()

    # -- inside

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self._pages.addWidget(self.empty)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(Space.BETWEEN, Space.BETWEEN, Space.BETWEEN, Space.BETWEEN)
        column.setSpacing(Space.INSIDE)
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.INSIDE)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.method, 0, 0)
        grid.addWidget(self.url, 0, 1)
        column.addLayout(grid)
        column.addWidget(self.count)
        column.addWidget(self.languages)
        column.addWidget(self.problem)
        column.addWidget(self.text, 1)
        column.addWidget(self.variables)
        column.addWidget(self.notes)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.TIGHT)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.copy_url_button)
        buttons.addWidget(self.copy_body_button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self._pages.addWidget(page)

    def _write(self) -> None:
        if self._details is not None:
            details, language = self._details, self.languages.key
            self._scope.restart(f"snippet.{id(self)}", lambda: self._written(details, language))

    async def _written(self, details: RequestDetails, language: str) -> None:
        try:
            text = await asyncio.to_thread(snippet, details, language)
        except ConsoleError as error:
            text = ""
            sentence = translate(error.message)
        else:
            sentence = ""
        if isValid(self) and details is self._details and language == self.languages.key:
            self._whole = text
            self.problem.say(LightTone.CAUTION, sentence)
            place = self.text.verticalScrollBar().value()
            self.text.setPlainText(text if len(text) <= _LONGEST else text[:_LONGEST] + "\n…")
            self.text.verticalScrollBar().setValue(place)
            self.copy_button.setEnabled(bool(text))

    def _on_language(self, _key: str) -> None:
        self._write()

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self._whole)

    def _on_copy_url(self) -> None:
        QGuiApplication.clipboard().setText(self.url.full_text())

    def _on_copy_body(self) -> None:
        if self._details is not None and self._details.requests:
            QGuiApplication.clipboard().setText(self._details.requests[0].body)


def address_of(script: Script, number: int) -> str:
    """The whole address of a step; where a secret travels in it, its variable stands."""
    return "".join(piece if isinstance(piece, str) else _hole(piece) for piece in script.steps[number].url)


def _hole(hole: Hole) -> str:
    return "$TOKEN" if hole.is_token else f"${hole.variable}"
