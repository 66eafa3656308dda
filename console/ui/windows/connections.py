"""The list of connections: switch, order, edit, copy, test, remove."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.domain.errors import ConsoleError
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.text import safe_text
from console.tasks import Report, TaskScope
from console.ui.connection import LightTone
from console.ui.marks import MessageLine
from console.ui.runtime.dialogs import ask, run_dialog
from console.ui.services import ProfileService
from console.ui.text import mnemonic_safe, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import ElidedLabel, EmptyState, IconButton, line, push_button
from console.ui.windows.check_dialog import CheckDialog
from console.ui.windows.frame import FramedDialog, scrolled
from console.ui.windows.profile_editor import add_profile, edit_profile


class ConnectionRow(QWidget):
    """One profile of the list."""

    def __init__(self, dialog: ConnectionsDialog, theme: Theme, profile: Profile, title: str, at: int, of: int) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self.profile = profile
        name = safe_text(profile.name, 80)
        self.switch = QCheckBox()
        self.switch.setText("")
        self.switch.setChecked(profile.enabled)
        self.switch.setAccessibleName(mnemonic_safe(tr("Connect {name}", name=name)))
        self.switch.toggled.connect(self._on_switched)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(ElidedLabel(theme, name, bold=True))
        names.addWidget(ElidedLabel(theme, f"{title}  ·  {safe_text(profile.url)}", Type.SMALL, muted=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, Space.INSIDE, 0, Space.INSIDE)
        row.setSpacing(Space.TIGHT)
        row.addWidget(self.switch)
        row.addSpacing(Space.INSIDE)
        row.addLayout(names, 1)
        self.buttons: dict[str, IconButton] = {}
        for command, icon, caption in (
            ("up", "arrow-up", tr("Move {name} up", name=name)),
            ("down", "arrow-down", tr("Move {name} down", name=name)),
            ("edit", "pencil", tr("Edit {name}", name=name)),
            ("duplicate", "copy", tr("Duplicate {name}", name=name)),
            ("test", "plug-zap", tr("Test {name}", name=name)),
            ("remove", "trash", tr("Remove {name}", name=name)),
        ):
            button = IconButton(theme, icon, caption)
            button.setFixedSize(32, 32)
            button.setProperty("command", command)
            button.clicked.connect(self._on_clicked)
            self.buttons[command] = button
            row.addWidget(button)
        self.buttons["up"].setEnabled(at > 0)
        self.buttons["down"].setEnabled(at < of - 1)

    def _on_switched(self, is_on: bool) -> None:
        self._dialog.run("enable" if is_on else "disable", self.profile.id)

    def _on_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self._dialog.run(str(sender.property("command")), self.profile.id)


class ConnectionsDialog(FramedDialog):
    """Manages all profiles; every change takes effect at once."""

    def __init__(
        self, parent: QWidget | None, theme: Theme, profiles: ProfileService, report: Report | None = None
    ) -> None:
        super().__init__(parent, theme, tr("Connections"))
        self._profiles = profiles
        self._report = report
        self._scope = TaskScope("connections", report)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, Space.INSIDE, 0)
        self._column.setSpacing(0)
        self._note = MessageLine(theme)
        self.rows: list[ConnectionRow] = []
        self.body.addWidget(scrolled(self._list), 1)
        self.body.addWidget(self._note)
        add = push_button(theme, tr("Add a connection"))
        add.clicked.connect(self._on_add)
        self.footer.insertWidget(0, add)
        self.fit(720, 460)
        self.fill()

    def run(self, command: str, profile_id: ProfileId) -> None:
        """Do something with a profile; one thing at a time."""
        profile = self._profiles.get(profile_id)
        if profile is None:
            return
        works: dict[str, Callable[[Profile], Coroutine[Any, Any, object]]] = {
            "up": lambda p: self._move(p, -1),
            "down": lambda p: self._move(p, 1),
            "edit": lambda p: edit_profile(self, self.theme, self._profiles, p, report=self._report),
            "duplicate": self._profiles.duplicate,
            "test": self._test,
            "remove": self._remove,
            "enable": lambda p: self._profiles.set_enabled(p, True),
            "disable": lambda p: self._profiles.set_enabled(p, False),
        }
        self._scope.single_flight("work", lambda: self._work(works[command](profile)))

    async def aclose(self) -> None:
        """End what is under way."""
        await self._scope.aclose()

    def fill(self) -> None:
        """Show the profiles as they now are."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        titles = {spec.id: spec.title for spec in self._profiles.specs()}
        everyone = self._profiles.all
        self.rows = [
            ConnectionRow(self, self.theme, profile, titles.get(profile.backend, profile.backend), at, len(everyone))
            for at, profile in enumerate(everyone)
        ]
        for row in self.rows:
            self._column.addWidget(row)
            self._column.addWidget(line())
        if not self.rows:
            empty = EmptyState(self.theme)
            empty.show_state("plug", tr("No connections yet"), tr("Add one to see its queues and agents."))
            self._column.addWidget(empty, 1)
        else:
            self._column.addStretch(1)

    async def _work(self, work: Coroutine[Any, Any, object]) -> None:
        self._note.say(LightTone.QUIET, "")
        try:
            await work
        except ConsoleError as error:
            self._note.say(LightTone.CRITICAL, translate(error.message))
        if isValid(self):
            self.fill()

    async def _move(self, profile: Profile, step: int) -> None:
        order = list(self._profiles.all)
        at = order.index(profile)
        order.insert(at + step, order.pop(at))
        await self._profiles.replace_all(order)

    async def _test(self, profile: Profile) -> None:
        dialog = CheckDialog(self, self.theme, self._profiles, profile, self._report)
        dialog.begin()
        await run_dialog(dialog, dialog.aclose)

    async def _remove(self, profile: Profile) -> None:
        question = tr("The connection and its secret are removed from this computer. The server is not touched.")
        title = tr("Remove {name}?", name=profile.name)
        if await ask(self, self.theme, title, question, confirm=tr("Remove")):
            await self._profiles.remove(profile)

    def _on_add(self) -> None:
        self._scope.single_flight(
            "work", lambda: self._work(add_profile(self, self.theme, self._profiles, report=self._report))
        )
