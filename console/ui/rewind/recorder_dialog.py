"""What is recorded, for how long, where, and how to be rid of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, cast

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QSpinBox, QWidget

from console.domain.errors import ConsoleError
from console.domain.messages import ENGLISH, Message
from console.domain.thresholds import Level
from console.tasks import TaskScope
from console.ui.desks.base import DeskContext
from console.ui.rewind.words import moment_text, size_text
from console.ui.runtime.dialogs import ask
from console.ui.services import Services
from console.ui.text import mnemonic_safe, tr, translate
from console.ui.theme import Shape, Space, Type, level_shape
from console.ui.widgets import Chip, ElidedLabel, IconButton, Label, line, push_button
from console.ui.windows.frame import FramedDialog

if TYPE_CHECKING:
    from console.engine.history.base import Usage

LOOK_MS: Final = 2000
FOLDER: Final = "Recording"  # its name among the folders of the services
SWITCHED_OFF: Final = "record.off"  # the state says so already
DAYS: Final = (1, 400)
MEGABYTES: Final = (50, 1_000_000)


class Forgetful(Protocol):
    """A recording that can be deleted."""

    async def forget_all(self) -> None:
        """Delete everything recorded; recording goes on."""
        ...


class RecorderDialog(FramedDialog):
    """Preferences of the recorder and the state of the recording. Call `begin`, and await `aclose` at the end.

    Signals:
        forgetting: everything recorded is about to be deleted.
    """

    forgetting = Signal()

    def __init__(self, context: DeskContext, services: Services) -> None:
        super().__init__(context.window, context.theme, tr("Recorder"), primary=tr("Save"))
        self._context = context
        self._history = services.history
        self._folder: Path | None = services.folders.get(FOLDER)
        self._scope = TaskScope("recorder", context.report)
        general = context.general()
        self.state = Chip(self.theme)
        self.problem = Label(self.theme, wrap=True)
        self.record = QCheckBox(mnemonic_safe(tr("Keep what the systems say, on this computer")))
        self.record.setChecked(general.record)
        self.masked = QCheckBox(mnemonic_safe(tr("Without callers' numbers and names of callers and agents")))
        self.masked.setChecked(general.record_masked)
        self.days = _spin(DAYS, general.record_days, tr("Days kept"))
        self.megabytes = _spin(MEGABYTES, general.record_mb, tr("Megabytes kept at most"), 100)
        self.size_now = Label(self.theme, muted=True)
        self.extent = Label(self.theme, muted=True)
        self.delete = push_button(self.theme, tr("Delete the recording…"))
        self.delete.clicked.connect(self._on_delete)
        self.delete.setEnabled(callable(getattr(self._history, "forget_all", None)))
        self._lay_out()
        self.footer.insertWidget(0, self.delete)
        self.record.toggled.connect(self._show_enabled)
        self._show_enabled()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)
        self.fit(600, 430)

    def begin(self) -> None:
        """Look how large the recording is, and go on looking."""
        self._show_usage(None)
        self._look()
        self._timer.start()

    async def aclose(self) -> None:
        """End what is under way."""
        self._timer.stop()
        await self._scope.aclose()

    def on_primary(self) -> None:
        """Put what was chosen into effect."""
        general = replace(
            self._context.general(),
            record=self.record.isChecked(),
            record_masked=self.masked.isChecked(),
            record_days=self.days.value(),
            record_mb=self.megabytes.value(),
        )
        self._context.change_general(general)
        self.accept()

    def _lay_out(self) -> None:
        theme, body = self.theme, self.body
        body.addWidget(self.state)
        body.addWidget(self.problem)
        body.addWidget(self.record)
        why = tr("The systems themselves only know now. Charts, rewind and checking alert rules need the recording.")
        body.addWidget(_indented(Label(theme, why, Type.SMALL, muted=True, wrap=True)))
        body.addWidget(self.masked)
        later = tr("From the next figures on; what is recorded already stays as it is.")
        body.addWidget(_indented(Label(theme, later, Type.SMALL, muted=True, wrap=True)))
        grid = QGridLayout()
        grid.setHorizontalSpacing(Space.GROUPS)
        grid.setVerticalSpacing(Space.INSIDE)
        grid.setColumnStretch(2, 1)
        grid.addWidget(Label(theme, tr("Days kept")), 0, 0)
        grid.addWidget(self.days, 0, 1)
        grid.addWidget(Label(theme, tr("today included; the oldest go first"), Type.SMALL, muted=True), 0, 2)
        grid.addWidget(Label(theme, tr("Megabytes at most")), 1, 0)
        grid.addWidget(self.megabytes, 1, 1)
        grid.addWidget(line(), 2, 0, 1, 3)
        grid.addWidget(Label(theme, tr("Size now")), 3, 0)
        grid.addWidget(self.size_now, 3, 1, 1, 2)
        grid.addWidget(Label(theme, tr("Recorded")), 4, 0)
        grid.addWidget(self.extent, 4, 1, 1, 2)
        if self._folder is not None:
            button = IconButton(theme, "folder-open", tr("Open the folder of the recording"))
            button.clicked.connect(self._on_folder)
            grid.addWidget(Label(theme, tr("Folder")), 5, 0)
            where = QHBoxLayout()
            where.setSpacing(Space.INSIDE)
            where.addWidget(ElidedLabel(theme, str(self._folder), muted=True), 1)
            where.addWidget(button)
            grid.addLayout(where, 5, 1, 1, 2)
        body.addLayout(grid)
        body.addStretch(1)

    def _show_enabled(self) -> None:
        for widget in (self.masked, self.days, self.megabytes):
            widget.setEnabled(self.record.isChecked())

    def _look(self) -> None:
        if self._history is not None:
            self._scope.single_flight("look", self._read)

    async def _read(self) -> None:
        if self._history is not None:
            self._show_usage(await self._history.usage())

    def _show_usage(self, usage: Usage | None) -> None:
        palette = self.theme.palette
        code = usage.problem if usage is not None else ""
        problem = _sentence(code) if code not in ("", SWITCHED_OFF) else ""
        if problem:
            self.state.show_state(level_shape(Level.CRITICAL), palette.critical, tr("Nothing is being recorded"))
        elif usage is not None and usage.is_recording:
            self.state.show_state(Shape.DISC, palette.available, tr("Recording"))
        else:
            self.state.show_state(Shape.RING, palette.off, tr("Recording is off"))
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        if usage is None:
            for label in (self.size_now, self.extent):
                label.setText(tr("not known yet") if self._history is not None else tr("nothing yet"))
            return
        self.size_now.setText(size_text(usage.bytes_on_disk))
        if usage.first_ms is None or usage.last_ms is None:
            self.extent.setText(tr("nothing yet"))
        else:
            ends = (moment_text(usage.first_ms), moment_text(usage.last_ms))
            self.extent.setText(tr("{first} to {last}", first=ends[0], last=ends[1]))

    def _on_folder(self) -> None:
        from console.ui.windows.settings_dialog import open_folder

        if self._folder is not None:
            open_folder(self._folder)

    def _on_delete(self) -> None:
        self._scope.single_flight("delete", self._delete)

    async def _delete(self) -> None:
        text = tr("Everything recorded is deleted from this computer and cannot be brought back. Recording goes on.")
        if not await ask(self, self.theme, tr("Delete the recording?"), text, confirm=tr("Delete")):
            return
        self.forgetting.emit()
        try:
            await cast(Forgetful, self._history).forget_all()
        except ConsoleError as error:
            self.problem.setText(translate(error.message))
            self.problem.show()
            return
        await self._read()


def _sentence(code: str) -> str:
    """A problem in words; what its sentence would name was told when it came up."""
    if code in ENGLISH and "{" not in ENGLISH[code]:
        return translate(Message(code))
    if code == "record.folder":
        return tr("The folder of the recording cannot be used. The console tries again by itself; live figures go on.")
    return tr("The recording cannot be written, so it pauses. The console tries again by itself; live figures go on.")


def _spin(span: tuple[int, int], value: int, spoken: str, step: int = 1) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(*span)
    spin.setSingleStep(step)
    spin.setValue(value)
    spin.setGroupSeparatorShown(False)
    spin.setMinimumWidth(110)
    spin.setAccessibleName(spoken)
    return spin


def _indented(widget: QWidget) -> QWidget:
    widget.setContentsMargins(Space.GROUPS, 0, 0, Space.TIGHT)
    return widget
