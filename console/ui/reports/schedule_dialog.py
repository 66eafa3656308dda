"""Schedules a report: when, as what, into which file; the system's own scheduler runs the command line shown."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

from PySide6.QtCore import Qt, QTime
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QSpinBox,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.domain.errors import ConsoleError, UserError
from console.domain.messages import message
from console.domain.profile import Profile
from console.domain.text import safe_text
from console.engine.report_memory import NAME_LIMIT
from console.engine.report_records import Preset
from console.engine.schedules.schedule import LAST_DAY, Cadence, Every, Schedule, checked
from console.engine.schedules.service import Schedules, new_id
from console.reports.export import ExportFormat
from console.reports.naming import DEFAULT_TEMPLATE, PLACEHOLDERS
from console.reports.schema import Format, Json
from console.tasks import Report, TaskScope
from console.ui.connection import LightTone
from console.ui.forms.editors import TextEditor
from console.ui.forms.row import FieldRow
from console.ui.marks import MessageLine
from console.ui.reports.desk import Desk
from console.ui.reports.schedule_words import command_line, day_name, every_title, example_path, export_title
from console.ui.runtime.dialogs import choose_folder
from console.ui.text import mnemonic_safe, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, push_button
from console.ui.windows.frame import FramedDialog, WheelGuard, scrolled

_FILES = (ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.JSON, ExportFormat.HTML, ExportFormat.PDF)
_TABLES = (Format.TABLE.value, Format.JSON.value, Format.CSV.value, "")
_FIRST_TIME = QTime(7, 0)


class ScheduleDialog(FramedDialog):
    """Makes one schedule of the form shown; `aclose` is awaited at the end."""

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        schedules: Schedules,
        desk: Desk,
        sites: Sequence[Profile],
        report: Report | None = None,
    ) -> None:
        super().__init__(parent, theme, tr("Schedule a report"), primary=tr("Schedule"))
        self._schedules = schedules
        self._desk = desk
        self._sites = tuple(sites)
        self._scope = TaskScope("schedule", report)
        self._id = new_id()
        self._profile_id, self._definition, form = desk.must_have_report()
        self._values, self._asked = form.values(), desk.format_name()
        self._presets = desk.reports.memory.presets(self._profile_id, self._definition.id)
        self.problem = MessageLine(theme)
        self.command = QPlainTextEdit()
        self.command.setReadOnly(True)
        self.command.setAccessibleName(tr("Command line"))
        self.command.setTabChangesFocus(True)
        self.command.setFixedHeight(72)
        self._make_editors()
        self._arrange()
        self._connect()
        self._refresh()

    async def aclose(self) -> None:
        """End what is under way."""
        await self._scope.aclose()

    def on_primary(self) -> None:
        """Give it to the system."""
        self._scope.single_flight("add", self._add)

    # -- what it comes to

    def schedule(self) -> Schedule:
        """What the dialog says; raises UserError for what cannot be kept."""
        folder = os.path.expanduser(self.folder.text().strip())
        if not folder or not os.path.isabs(folder):
            raise UserError(message("schedule.no_output"))
        name = self.file_name.text().strip() or DEFAULT_TEMPLATE
        self.example.setText(tr("Today: {path}", path=self._example(folder, name)))
        wanted = self.when.time()
        cadence = Cadence(
            Every(str(self.every.currentData())),
            time(wanted.hour(), wanted.minute()),
            tuple(day for day, box in enumerate(self.weekdays) if box.isChecked()),
            self.day.value(),
        )
        return checked(
            Schedule(
                id=self._id,
                title=safe_text(f"{self._definition.title} ({self._preset_name()})", 200),
                profiles=tuple(profile.name for profile in self._sites),
                report=self._definition.id,
                preset=self._preset_name(),
                format=str(self.kind.currentData()),
                output=str(Path(folder) / name),
                cadence=cadence,
                replace=self.replace.isChecked(),
            )
        )

    def _example(self, folder: str, name: str) -> str:
        try:
            frames = self._desk.reports.resolve(self._profile_id, self._definition, self._preset_values())
        except ConsoleError:
            frames = {}
        site = ", ".join(profile.name for profile in self._sites)
        kind = ExportFormat(str(self.kind.currentData()))
        frame, now = next(iter(frames.values()), None), datetime.now().astimezone()
        return example_path(folder, name, report=self._definition.title, site=site, kind=kind, frame=frame, at=now)

    def _preset_name(self) -> str:
        preset = self._chosen()
        return preset.name if preset is not None else self.name.text().strip()

    def _preset_values(self) -> dict[str, Json]:
        preset = self._chosen()
        return dict(preset.values if preset is not None else self._values)

    def _chosen(self) -> Preset | None:
        wanted = self.preset.currentData()
        return next((preset for preset in self._presets if preset.id == wanted), None)

    # -- building

    def _make_editors(self) -> None:
        guard = WheelGuard(self)
        self.preset = QComboBox()
        self.preset.addItem(tr("The form as it stands, saved as a new preset"), "")
        for preset in self._presets:
            self.preset.addItem(safe_text(preset.name, 80), preset.id)
        same = next((p.id for p in self._presets if dict(p.values) == self._values), "")
        self.preset.setCurrentIndex(max(0, self.preset.findData(same)))
        self.name = TextEditor(tr("Name of the preset"))
        self.name.setMaxLength(NAME_LIMIT)
        self.name.setText(self._free_name())
        self.every = QComboBox()
        for every in Every:
            self.every.addItem(every_title(every), every.value)
        self.every.setCurrentIndex(self.every.findData(Every.DAY.value))
        self.when = QTimeEdit(_FIRST_TIME)
        self.when.setDisplayFormat("HH:mm")
        self.when.setFixedWidth(100)
        self.day = QSpinBox()
        self.day.setRange(1, LAST_DAY)
        self.day.setFixedWidth(90)
        self.weekdays = [QCheckBox(mnemonic_safe(day_name(day)[:3])) for day in range(7)]
        for day, box in enumerate(self.weekdays):
            box.setAccessibleName(day_name(day))
        self.weekdays[0].setChecked(True)
        self.kind = QComboBox()
        kinds = (*_FILES, ExportFormat.ORIGINAL) if self._asked in _TABLES else (ExportFormat.ORIGINAL,)
        for kind in kinds:
            self.kind.addItem(export_title(kind), kind.value)
        self.folder = TextEditor()
        documents = Path.home() / "Documents"
        self.folder.setText(str(documents if documents.is_dir() else Path.home()))
        self.browse = push_button(self.theme, tr("Choose…"))
        self.browse.setAccessibleName(tr("Choose the folder"))
        self.file_name = TextEditor()
        self.file_name.setText(DEFAULT_TEMPLATE)
        self.example = Label(self.theme, size=Type.SMALL, muted=True, wrap=True)
        self.replace = QCheckBox(mnemonic_safe(tr("Replace a file of the same name; otherwise that run fails")))
        for editor, spoken in (
            (self.preset, tr("What is run")),
            (self.name, tr("Name of the preset")),
            (self.every, tr("How often")),
            (self.when, tr("At")),
            (self.day, tr("Day of the month")),
            (self.kind, tr("File format")),
            (self.folder, tr("Folder")),
            (self.file_name, tr("File name")),
        ):
            editor.setAccessibleName(spoken)
            if isinstance(editor, QComboBox | QSpinBox | QTimeEdit):
                editor.installEventFilter(guard)

    def _free_name(self) -> str:
        taken = {preset.name.casefold() for preset in self._presets}
        name, number = tr("Scheduled"), 1
        while name.casefold() in taken:
            number += 1
            name = tr("Scheduled {n}", n=number)
        return name

    def _arrange(self) -> None:
        theme = self.theme
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, Space.INSIDE, 0)
        column.setSpacing(Space.BETWEEN)
        sites = ", ".join(safe_text(profile.name, 60) for profile in self._sites)
        column.addWidget(Label(theme, safe_text(self._definition.title, 120), Type.SECTION, bold=True, wrap=True))
        said = tr("On {sites}. It runs while you are signed in to this computer.", sites=sites)
        column.addWidget(Label(theme, said, muted=True, wrap=True))
        column.addWidget(FieldRow(theme, tr("What is run"), self.preset))
        self.name_row = FieldRow(theme, tr("Name of the preset"), self.name)
        column.addWidget(self.name_row)
        when = QGridLayout()
        when.setHorizontalSpacing(Space.BETWEEN)
        top = Qt.AlignmentFlag.AlignTop
        when.addWidget(FieldRow(theme, tr("How often"), self.every), 0, 0, top)
        self.when_row = FieldRow(theme, tr("At"), self.when)
        when.addWidget(self.when_row, 0, 1, top)
        self.day_row = FieldRow(theme, tr("Day of the month"), self.day)
        when.addWidget(self.day_row, 0, 2, top)
        when.setColumnStretch(0, 1)
        when.setColumnStretch(3, 1)
        column.addLayout(when)
        self.days_row = QWidget()
        days = QHBoxLayout(self.days_row)
        days.setContentsMargins(0, 0, 0, 0)
        days.setSpacing(Space.BETWEEN)
        for box in self.weekdays:
            days.addWidget(box)
        days.addStretch(1)
        column.addWidget(self.days_row)
        column.addWidget(FieldRow(theme, tr("File format"), self.kind))
        folder = QWidget()
        row = QHBoxLayout(folder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.INSIDE)
        row.addWidget(self.folder, 1)
        row.addWidget(self.browse)
        column.addWidget(FieldRow(theme, tr("Folder"), folder))
        names = " ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        column.addWidget(FieldRow(theme, tr("File name"), self.file_name, tr("May hold {names}", names=names)))
        column.addWidget(self.example)
        column.addWidget(self.replace)
        column.addWidget(
            Label(theme, tr("What {name} runs", name=self._schedules.scheduler_title), Type.SMALL, bold=True)
        )
        column.addWidget(self.command)
        column.addStretch(1)
        self.body.addWidget(scrolled(page), 1)
        self.body.addWidget(self.problem)
        self.fit(640, 720)

    def _connect(self) -> None:
        self.preset.currentIndexChanged.connect(self._refresh)
        self.every.currentIndexChanged.connect(self._refresh)
        self.kind.currentIndexChanged.connect(self._refresh)
        self.when.timeChanged.connect(self._refresh)
        self.day.valueChanged.connect(self._refresh)
        for editor in (self.name, self.folder, self.file_name):
            editor.textChanged.connect(self._refresh)
        for box in (*self.weekdays, self.replace):
            box.toggled.connect(self._refresh)
        self.browse.clicked.connect(self._on_browse)

    # -- acting

    def _refresh(self, *_: object) -> None:
        every = Every(str(self.every.currentData()))
        self.name_row.setVisible(self._chosen() is None)
        self.days_row.setVisible(every is Every.WEEK)
        self.day_row.setVisible(every is Every.MONTH)
        self.when.setDisplayFormat("mm" if every is Every.HOUR else "HH:mm")
        problem, command = "", ""
        try:
            command = command_line(self._schedules.command(self.schedule()))
        except ConsoleError as error:
            problem = translate(error.message)
        self.command.setPlainText(command)
        self.example.setVisible(not problem)
        self.problem.say(LightTone.CRITICAL, problem)
        if self.primary_button is not None:
            self.primary_button.setEnabled(not problem)

    def _on_browse(self) -> None:
        self._scope.single_flight("folder", self._browse)

    async def _browse(self) -> None:
        picked = await choose_folder(self, tr("Folder of the files"), Path(self.folder.text()))
        if picked is not None and isValid(self):
            self.folder.setText(str(picked))

    async def _add(self) -> None:
        try:
            schedule = self.schedule()
            if self._chosen() is None:
                self._desk.reports.memory.save_preset(
                    self._profile_id, self._definition, self.name.text(), self._values, self._asked
                )
                self._presets = self._desk.reports.memory.presets(self._profile_id, self._definition.id)
                kept = next((p for p in self._presets if p.name == schedule.preset), None)
                if kept is not None:
                    self.preset.addItem(safe_text(kept.name, 80), kept.id)
                    self.preset.setCurrentIndex(self.preset.findData(kept.id))
            await self._schedules.add(schedule)
        except ConsoleError as error:
            if isValid(self):
                self.problem.say(LightTone.CRITICAL, translate(error.message))
            return
        if isValid(self):
            self.accept()
