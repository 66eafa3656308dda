"""Loads the lists of a form's choices, again when what they depend on is another, the newest wish winning."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from PySide6.QtCore import QObject, QTimer
from shiboken6 import isValid

from console.domain.errors import ConsoleError
from console.domain.messages import Message
from console.reports.schema import Choice, Param
from console.tasks import TaskScope
from console.ui.forms.choices_field import ChoicesEditor
from console.ui.forms.choices_state import ListPhase, ListState
from console.ui.forms.report_base import Held
from console.ui.text import tr, translate


class LoadedList(Protocol):
    """What a loader gives: a `console.reports.runner.Directory`, or what looks like one."""

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be chosen."""
        ...

    @property
    def notes(self) -> tuple[Message, ...]:
        """What is odd about the list."""
        ...


LoadChoices = Callable[[str, str], Awaitable[LoadedList]]
"""Gives a directory by its name and the value it depends on; raises `ConsoleError`."""

REST_MS = 200  # after the last change of a value that a list depends on
_numbers = itertools.count(1)


class Directories(QObject):
    """Fills the editors whose choices the system gives.

    Args:
        read: the value another parameter has now, as text, and whether that parameter needs one.
    """

    def __init__(
        self,
        parent: QObject,
        scope: TaskScope | None,
        load: LoadChoices | None,
        editors: Mapping[str, ChoicesEditor],
        params: Mapping[str, Param],
        read: Callable[[str], Held],
    ) -> None:
        super().__init__(parent)
        self._scope = scope
        self._load = load
        self._editors = editors
        self._params = params
        self._read = read
        self._prefix = f"choices.{next(_numbers)}"
        self._asked: dict[str, str] = {}
        self._is_begun = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._on_rested)
        for editor in editors.values():
            editor.retry_wanted.connect(self._on_retry)

    def begin(self) -> None:
        """Load everything; needs a running loop."""
        if self._load is None or self._scope is None:
            return
        self._is_begun = True
        for name in self._editors:
            self._start(name)

    def stop(self) -> None:
        """Cancel what is still loading."""
        self._timer.stop()
        self._is_begun = False
        if self._scope is not None:
            for name in self._editors:
                self._scope.cancel(f"{self._prefix}.{name}")

    def note_change(self, name: str) -> None:
        """A parameter has another value: lists that depend on it load again after a moment's rest."""
        if self._is_begun and any(editor.param.depends_on == name for editor in self._editors.values()):
            self._timer.start()

    def _on_rested(self) -> None:
        for name, editor in self._editors.items():
            if editor.param.depends_on and self._asked.get(name) != self._depends(editor.param):
                self._start(name)

    def _on_retry(self) -> None:
        editor = self.sender()
        for name, known in self._editors.items():
            if known is editor:
                self._start(name)

    def _depends(self, param: Param) -> str:
        return depends_text(self._read(param.depends_on)) if param.depends_on else ""

    def _start(self, name: str) -> None:
        editor = self._editors[name]
        depends = self._depends(editor.param)
        self._asked[name] = depends
        other = self._params.get(editor.param.depends_on)
        flight = f"{self._prefix}.{name}"
        if self._scope is None:
            return
        if other is not None and other.required and not depends:
            self._scope.cancel(flight)
            editor.set_choices(editor.param.choices, is_complete=False)
            editor.show_list_state(ListState(ListPhase.WAITING, (tr("Choose “{name}” first.", name=other.label),)))
            return
        editor.show_list_state(ListState(ListPhase.LOADING))
        self._scope.restart(flight, lambda: self._fill(editor, depends))

    async def _fill(self, editor: ChoicesEditor, depends: str) -> None:
        assert self._load is not None
        try:
            found = await self._load(editor.param.directory, depends)
        except ConsoleError as error:
            self._fail(editor, translate(error.message))
        except Exception:
            self._fail(editor, tr("The list could not be read."))
            raise
        else:
            if isValid(editor):
                choices = (*editor.param.choices, *found.choices)
                editor.set_choices(choices, is_complete=True)
                notes = tuple(translate(note) for note in found.notes)
                editor.show_list_state(ListState(ListPhase.READY, notes, is_empty=not found.choices))

    def _fail(self, editor: ChoicesEditor, sentence: str) -> None:
        if isValid(editor):
            editor.show_list_state(ListState(ListPhase.FAILED, (sentence,)))


def depends_text(value: Held) -> str:
    """A value as the text a directory is narrowed by; several are parted by commas."""
    if isinstance(value, list):
        return ",".join(depends_text(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""
