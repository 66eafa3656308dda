"""The list of wallboards: open, make, copy, move to and from files, and how each is shown."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.domain.wallboard import NAME_LIMIT, Wallboard
from console.tasks import TaskScope
from console.ui.connection import LightTone
from console.ui.marks import MessageLine
from console.ui.runtime.dialogs import ask, open_file, run_dialog, save_file
from console.ui.text import mnemonic_safe, plural, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.wallboard import screens
from console.ui.wallboard.choices import rotation_title
from console.ui.wallboard.panel import ROTATIONS, SCALES
from console.ui.wallboard.starter import TEMPLATES, make, template_title
from console.ui.widgets import Label, push_button
from console.ui.widgets.fields import ListBox
from console.ui.windows.frame import FramedDialog

if TYPE_CHECKING:
    from console.ui.desks.wall_desk import WallDesk

ENDING: Final = ".wallboard.json"
_ROLE: Final = Qt.ItemDataRole.UserRole


class NewBoardDialog(FramedDialog):
    """Name and template of a new board, or another name for one."""

    def __init__(self, parent: QWidget | None, theme: Theme, title: str, name: str, *, has_templates: bool) -> None:
        super().__init__(parent, theme, title, primary=tr("Create") if has_templates else tr("Rename"))
        self.name = QLineEdit(name)
        self.name.setMaxLength(NAME_LIMIT)
        self.name.setAccessibleName(tr("Name"))
        self.name.selectAll()
        self.template = QComboBox()
        self.template.setAccessibleName(tr("Begin with"))
        for each in TEMPLATES:
            self.template.addItem(template_title(each), each)
        self.body.addWidget(Label(theme, tr("Name"), muted=True))
        self.body.addWidget(self.name)
        if has_templates:
            self.body.addWidget(Label(theme, tr("Begin with"), muted=True))
            self.body.addWidget(self.template)
        self.body.addStretch(1)
        self.name.textChanged.connect(self._on_typed)
        self._on_typed(name)
        self.fit(420, 220)

    def _on_typed(self, text: str) -> None:
        if self.primary_button is not None:
            self.primary_button.setEnabled(bool(text.strip()))


class WallboardsDialog(FramedDialog):
    """Boards at the left, how the chosen one is shown at the right; every change is kept at once."""

    def __init__(self, parent: QWidget | None, theme: Theme, desk: WallDesk) -> None:
        super().__init__(parent, theme, tr("Wallboards"), primary=tr("Open"), cancel=tr("Close"))
        self._desk = desk
        assert desk.book is not None
        assert desk.services is not None
        self._book = desk.book
        self._login = desk.services.login_boards
        self._scope = TaskScope("wallboards-dialog", desk.context.report)
        self._is_filling = False
        self.list = ListBox()
        self.list.setAccessibleName(tr("Wallboards"))
        self.list.setMinimumWidth(220)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(self._on_chosen)
        self.list.itemDoubleClicked.connect(self._on_activated)
        self.buttons: dict[str, QWidget] = {}
        self.note = MessageLine(theme)
        row = QHBoxLayout()
        row.setSpacing(Space.GROUPS)
        row.addLayout(self._left(), 1)
        row.addLayout(self._right(), 1)
        self.body.addLayout(row, 1)
        self.body.addWidget(self.note)
        self._unsubscribe = self._book.subscribe(self._fill)
        self._fill()
        if desk.awake.problem:
            self.note.say(LightTone.CAUTION, desk.awake.problem)
        if self._login is not None:
            self._scope.single_flight("log-in", self._look_at_login)
        self.fit(820, 520)
        self.list.setFocus()

    async def aclose(self) -> None:
        """Stop following the boards."""
        self._unsubscribe()
        await self._scope.aclose()

    @property
    def chosen(self) -> Wallboard | None:
        """The board that is chosen; the starter has not been kept yet."""
        item = self.list.currentItem()
        board_id = item.data(_ROLE) if item is not None else ""
        return next((board for board in self._desk.boards() if board.id == board_id), None)

    def on_primary(self) -> None:
        """Open the chosen board on the chosen display, and make room for it."""
        board = self.chosen
        if board is not None:
            number = self.display.currentData()
            self._desk.open(board, number if isinstance(number, int) and number > 0 else None)
            self.accept()

    def run(self, command: str) -> None:
        """Carry out a button's command."""
        works: dict[str, Any] = {
            "new": self._new,
            "rename": self._rename,
            "duplicate": self._duplicate,
            "delete": self._delete,
            "export": self._export,
            "import": self._import,
        }
        self._scope.single_flight("work", lambda: self._guarded(works[command]()))

    # -- building

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(Space.INSIDE)
        column.addWidget(self.list, 1)
        grid = QGridLayout()
        grid.setSpacing(Space.INSIDE)
        for place, (command, caption) in enumerate(
            (
                ("new", tr("New…")),
                ("rename", tr("Rename…")),
                ("duplicate", tr("Duplicate")),
                ("delete", tr("Delete…")),
                ("export", tr("Export…")),
                ("import", tr("Import…")),
            )
        ):
            button = push_button(self.theme, caption)
            button.setProperty("command", command)
            button.clicked.connect(self._on_button)
            self.buttons[command] = button
            grid.addWidget(button, place // 3, place % 3)
        column.addLayout(grid)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(Space.TIGHT)
        self.title = Label(self.theme, "", Type.SECTION, bold=True)
        self.about = Label(self.theme, "", muted=True, wrap=True)
        column.addWidget(self.title)
        column.addWidget(self.about)
        column.addSpacing(Space.BETWEEN)
        self.display = self._combo(column, tr("Display"))
        self.every = self._combo(column, tr("Turn pages"))
        self.look = self._combo(column, tr("Theme"))
        self.type_size = self._combo(column, tr("Size of type"))
        for seconds in ROTATIONS:
            self.every.addItem(rotation_title(seconds), seconds)
        for caption, name in ((tr("As the console"), "follow"), (tr("Dark"), "dark"), (tr("Light"), "light")):
            self.look.addItem(caption, name)
        for scale in SCALES:
            self.type_size.addItem(f"{scale * 100:.0f} %", scale)
        column.addSpacing(Space.INSIDE)
        self.private = QCheckBox(mnemonic_safe(tr("Hide numbers and names")))
        self.login = QCheckBox(mnemonic_safe(tr("Open when I log in to this computer")))
        self.private.clicked.connect(self._on_changed)
        self.login.clicked.connect(self._on_login)
        column.addWidget(self.private)
        column.addWidget(self.login)
        column.addStretch(1)
        hint = tr("In a wallboard: E edits, arrows turn pages, space holds, F11 leaves full screen, Esc closes.")
        column.addWidget(Label(self.theme, hint, Type.SMALL, muted=True, wrap=True))
        return column

    def _combo(self, column: QVBoxLayout, caption: str) -> QComboBox:
        column.addSpacing(Space.TIGHT)
        column.addWidget(Label(self.theme, caption, Type.SMALL, muted=True))
        combo = QComboBox()
        combo.setAccessibleName(caption)
        combo.activated.connect(self._on_changed)
        column.addWidget(combo)
        return combo

    # -- filling

    def _fill(self) -> None:
        former = self.chosen
        self._is_filling = True
        boards = self._desk.boards()
        self.list.clear()
        for board in boards:
            item = QListWidgetItem(safe_text(board.name))
            item.setData(_ROLE, board.id)
            self.list.addItem(item)
        ids = [board.id for board in boards]
        self.list.setCurrentRow(ids.index(former.id) if former is not None and former.id in ids else 0)
        self._is_filling = False
        self._show_chosen()

    def _show_chosen(self) -> None:
        board = self.chosen
        if board is None:
            return
        self._is_filling = True
        self.title.setText(safe_text(board.name))
        widgets = sum(len(page.widgets) for page in board.pages)
        parts = [plural("{n} page", "{n} pages", len(board.pages)), plural("{n} widget", "{n} widgets", widgets)]
        if self._is_starter(board):
            parts = [tr("Made from what your systems offer, as soon as you open it.")]
        self.about.setText(" · ".join(parts))
        self._fill_displays(board)
        for combo, value in ((self.every, board.every_s), (self.look, board.theme), (self.type_size, board.scale)):
            at = combo.findData(value)
            if at < 0 and isinstance(value, float):
                combo.addItem(rotation_title(value) if combo is self.every else f"{value * 100:.0f} %", value)
                at = combo.count() - 1
            combo.setCurrentIndex(at)
        self.private.setChecked(board.privacy)
        self.login.setChecked(board.at_login)
        is_kept = not self._is_starter(board)
        self.login.setEnabled(self._login is not None and is_kept)
        for command in ("rename", "duplicate", "delete", "export"):
            self.buttons[command].setEnabled(is_kept)
        for widget in (self.every, self.look, self.type_size, self.private):
            widget.setEnabled(is_kept)
        self._is_filling = False

    def _fill_displays(self, board: Wallboard) -> None:
        displays = QGuiApplication.screens()
        own = screens.find(board.screen, displays)
        self.display.clear()
        for number, display in enumerate(displays, start=1):
            self.display.addItem(screens.title_of(number, display), number)
        if board.screen and own is None:
            name = board.screen.partition("|")[0]
            self.display.addItem(tr("{name} (not connected now)", name=safe_text(name, 40)), 0)
            self.display.setCurrentIndex(self.display.count() - 1)
        elif own is not None:
            self.display.setCurrentIndex(displays.index(own))

    def _is_starter(self, board: Wallboard) -> bool:
        return self._book.all.get(board.id) is None

    # -- changes

    def _on_chosen(self, _row: int) -> None:
        if not self._is_filling:
            self._show_chosen()

    def _on_activated(self, _item: QListWidgetItem) -> None:
        self.on_primary()

    def _on_button(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.run(str(sender.property("command")))

    def _on_changed(self) -> None:
        board = self.chosen
        if self._is_filling or board is None or self._is_starter(board):
            return
        number, displays = self.display.currentData(), QGuiApplication.screens()
        key = screens.key_of(displays[number - 1]) if isinstance(number, int) and number > 0 else board.screen
        self._book.put(
            replace(
                board,
                every_s=float(self.every.currentData()),
                theme=str(self.look.currentData()),
                scale=float(self.type_size.currentData()),
                privacy=self.private.isChecked(),
                screen=key,
            )
        )

    def _on_login(self, is_on: bool) -> None:
        board = self.chosen
        if board is not None and self._login is not None:
            self._scope.single_flight("work", lambda: self._guarded(self._switch_login(board, is_on)))

    async def _look_at_login(self) -> None:
        """The system has the last word: an entry may have been taken away there."""
        assert self._login is not None
        listed = await self._login.listed()
        for board in self._book.all.boards:
            if board.at_login != (board.id in listed):
                self._book.put(replace(board, at_login=board.id in listed))

    async def _switch_login(self, board: Wallboard, is_on: bool) -> None:
        assert self._login is not None
        await self._login.switch(board, is_on)
        self._book.put(replace(board, at_login=is_on))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        self.note.say(LightTone.QUIET, "")
        try:
            await work
        except ConsoleError as error:
            self.note.say(LightTone.CRITICAL, translate(error.message))
        if isValid(self):
            self._show_chosen()

    async def _new(self) -> None:
        dialog = NewBoardDialog(self, self.theme, tr("New wallboard"), "", has_templates=True)
        if await run_dialog(dialog):
            assert self._desk.services is not None
            board = make(str(dialog.template.currentData()), self._desk.services.store.board, "new")
            self._choose(self._book.add(replace(board, name=dialog.name.text().strip())))

    async def _rename(self) -> None:
        board = self.chosen
        if board is None:
            return
        dialog = NewBoardDialog(self, self.theme, tr("Rename wallboard"), board.name, has_templates=False)
        if await run_dialog(dialog):
            self._book.rename(board.id, dialog.name.text())
            renamed = self._book.all.get(board.id)
            if renamed is not None and renamed.at_login and self._login is not None:
                await self._login.switch(renamed, True)  # the entry names the board

    async def _duplicate(self) -> None:
        board = self.chosen
        copy = self._book.duplicate(board.id) if board is not None else None
        if copy is not None:
            self._choose(copy)

    async def _delete(self) -> None:
        board = self.chosen
        if board is None:
            return
        title = tr("Delete {name}?", name=safe_text(board.name))
        if await ask(self, self.theme, title, tr("The board is gone then, on every display."), confirm=tr("Delete")):
            if board.at_login and self._login is not None:
                await self._login.switch(board, False)
            self._book.delete(board.id)

    async def _export(self) -> None:
        board = self.chosen
        if board is None:
            return
        name = "".join(char if char.isalnum() or char in " -_" else "_" for char in board.name).strip() or "wallboard"
        path = await save_file(self, self.theme, tr("Export wallboard"), name + ENDING, _filters())
        if path is not None:
            await self._book.export(board, path)
            self.note.say(LightTone.GOOD, tr("Exported as {file}.", file=path.name))

    async def _import(self) -> None:
        path = await open_file(self, tr("Import wallboard"), _filters())
        if path is not None:
            self._choose(await self._book.read(path))

    def _choose(self, board: Wallboard) -> None:
        for at in range(self.list.count()):
            if self.list.item(at).data(_ROLE) == board.id:
                self.list.setCurrentRow(at)


def _filters() -> list[str]:
    return [tr("Wallboards (*.wallboard.json *.json)"), tr("All files (*)")]
