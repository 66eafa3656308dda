"""The menu bar: every command of the window, with its keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from console.settings.schema import DENSITIES, THEMES, General
from console.ui.text import mnemonic_safe, tr

Slot = Callable[[], object]
Key = QKeySequence | QKeySequence.StandardKey | str | None


class WindowMenus(QObject):
    """Builds the menus of a window; commands are told by id through `perform`.

    Args:
        window: whose menu bar is filled.
        perform: carries out a command by its id (``add``, ``pane:agents``, ``theme:dark`` …).
    """

    def __init__(self, window: QMainWindow, perform: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window = window
        self._perform = perform
        self.actions: dict[str, QAction] = {}
        bar = window.menuBar()
        self._fill_file(bar.addMenu(tr("&File")))
        self._fill_edit(bar.addMenu(tr("&Edit")))
        self.view = bar.addMenu(tr("&View"))
        self._fill_view(self.view)
        self._fill_alarms(bar.addMenu(tr("&Alarms")))
        self._fill_history(bar.addMenu(tr("&History")))
        self._fill_reports(bar.addMenu(tr("&Reports")))
        self._fill_connections(bar.addMenu(tr("&Connections")))
        self._fill_help(bar.addMenu(tr("&Help")))

    @property
    def keys(self) -> list[tuple[str, QKeySequence]]:
        """Caption and key of every command that has one, in the order of the menus."""
        return [
            (action.text().replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…"), action.shortcut())
            for action in self.actions.values()
            if not action.shortcut().isEmpty()
        ] + [(caption, QKeySequence(key)) for caption, key in _table_keys()]

    def add_panes(self, toggles: tuple[QAction, ...]) -> None:
        """Put the panes' own show-and-hide entries first in View."""
        before = self.view.actions()[0]
        self.view.insertActions(before, list(toggles))
        self.view.insertSeparator(before)

    def show_general(self, general: General) -> None:
        """Tick what is chosen."""
        for name in (f"theme:{general.theme}", f"density:{general.density}"):
            if name in self.actions:
                self.actions[name].setChecked(True)
        self.actions["privacy"].setChecked(general.privacy)

    def _fill_file(self, menu: QMenu) -> None:
        self._add(menu, "add", tr("&Add connection…"), QKeySequence.StandardKey.New)
        menu.addSeparator()
        self._add(menu, "import", tr("&Import profiles…"))
        self._add(menu, "export", tr("&Export profiles…"))
        menu.addSeparator()
        settings = self._add(menu, "settings", tr("&Settings…"), QKeySequence("Ctrl+,"))
        settings.setMenuRole(QAction.MenuRole.PreferencesRole)
        menu.addSeparator()
        leave = self._add(menu, "quit", tr("&Quit"), QKeySequence("Ctrl+Q"))
        leave.setMenuRole(QAction.MenuRole.QuitRole)
        leave.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)  # also where a report or result is in front

    def _fill_edit(self, menu: QMenu) -> None:
        """What can be done with the rows of the pane that has the keyboard."""
        self._add(menu, "copy", tr("&Copy rows"), QKeySequence.StandardKey.Copy)
        self._add(menu, "filter", tr("&Find in the pane"), QKeySequence.StandardKey.Find)
        menu.addSeparator()
        self._add(menu, "definition", tr("Show &definition"), QKeySequence("F1"))
        self._add(menu, "source", tr("Show &request"), QKeySequence("Ctrl+Shift+R"))

    def _fill_view(self, menu: QMenu) -> None:
        go = menu.addMenu(tr("&Go to pane"))
        for at, (name, caption) in enumerate(
            (
                ("queues", tr("Queues")),
                ("agents", tr("Agents")),
                ("waiting", tr("Waiting callers")),
                ("metrics", tr("Metrics")),
            ),
            start=1,
        ):
            self._add(go, f"pane:{name}", mnemonic_safe(caption), QKeySequence(f"Ctrl+{at}"))
        self._add(go, "pane:next", tr("&Next pane"), QKeySequence("F6"))
        menu.addSeparator()
        looks = menu.addMenu(tr("&Theme"))
        words = {"system": tr("As the &system"), "dark": tr("&Dark"), "light": tr("&Light")}
        self._add_choice(looks, "theme", {name: words[name] for name in THEMES})
        heights = menu.addMenu(tr("Row &height"))
        words = {"compact": tr("&Compact"), "regular": tr("&Regular"), "roomy": tr("R&oomy")}
        self._add_choice(heights, "density", {name: words[name] for name in DENSITIES})
        menu.addSeparator()
        self._add(menu, "wallboards", tr("&Wallboards…"), QKeySequence("Ctrl+B"))
        self._add_switch(menu, "privacy", tr("&Privacy: hide numbers and names"), QKeySequence("Ctrl+Shift+P"))
        menu.addSeparator()
        self._add(menu, "reset", tr("&Reset layout"))
        full = self._add(menu, "full_screen", tr("F&ull screen"), QKeySequence(QKeySequence.StandardKey.FullScreen))
        if full.shortcut().isEmpty():
            full.setShortcut(QKeySequence("F11"))

    def _fill_alarms(self, menu: QMenu) -> None:
        self._add(menu, "alerts", tr("Alert &centre"), QKeySequence("Ctrl+L"))
        self._add(menu, "acknowledge", tr("&Acknowledge all that is new"), QKeySequence("Ctrl+Shift+A"))
        self._add(menu, "mute", tr("&Mute…"), QKeySequence("Ctrl+M"))
        menu.addSeparator()
        self._add(menu, "rules", tr("Alert &rules…"))
        self._add(menu, "thresholds", tr("&Thresholds…"))
        self._add(menu, "alarm_settings", tr("&Sounds and notifications…"))

    def _fill_history(self, menu: QMenu) -> None:
        self._add(menu, "trends", tr("&Trends"), QKeySequence("Ctrl+T"))
        self._add(menu, "agent_day", tr("&Agents' day"), QKeySequence("Ctrl+Shift+T"))
        self._add(menu, "rewind", tr("&Rewind"), QKeySequence("Ctrl+H"))
        menu.addSeparator()
        self._add(menu, "service_level", tr("&Service level…"))
        self._add(menu, "reconcile", tr("Re&concile with a report…"))
        self._add(menu, "what_if", tr("&What if…"))
        menu.addSeparator()
        self._add(menu, "recorder", tr("R&ecorder…"))

    def _fill_reports(self, menu: QMenu) -> None:
        self._add(menu, "reports", tr("&Run a report…"), QKeySequence("Ctrl+R"))
        self._add(menu, "jobs", tr("&Show runs"), QKeySequence("Ctrl+J"))

    def _fill_connections(self, menu: QMenu) -> None:
        self._add(menu, "list", tr("&Manage connections…"))
        self._add(menu, "try_all", tr("&Try all now"), QKeySequence("F5"))
        self._add(menu, "all", tr("&Show all connections"))

    def _fill_help(self, menu: QMenu) -> None:
        self._add(menu, "keys", tr("&Keyboard shortcuts"))
        about = self._add(menu, "about", tr("&About Supervisor Console"))
        about.setMenuRole(QAction.MenuRole.AboutRole)

    def _add(self, menu: QMenu, name: str, caption: str, key: Key = None) -> QAction:
        action = menu.addAction(caption)
        action.setData(name)
        if key is not None:
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(self._on_triggered)
        self.actions[name] = action
        return action

    def _add_switch(self, menu: QMenu, name: str, caption: str, key: Key = None) -> QAction:
        action = self._add(menu, name, caption, key)
        action.setCheckable(True)
        return action

    def _add_choice(self, menu: QMenu, kind: str, choices: dict[str, str]) -> None:
        group = QActionGroup(self)
        for name, caption in choices.items():
            action = self._add(menu, f"{kind}:{name}", caption)
            action.setCheckable(True)
            group.addAction(action)

    def _on_triggered(self) -> None:
        sender = self.sender()
        if isinstance(sender, QAction):
            self._perform(str(sender.data()))


def _table_keys() -> tuple[tuple[str, Qt.Key], ...]:
    """Keys with a meaning in a table only."""
    return (
        (tr("Agents of the queue, or the request behind a figure"), Qt.Key.Key_Return),
        (tr("Open or close a group"), Qt.Key.Key_Space),
        (tr("Filter the table"), Qt.Key.Key_Slash),
        (tr("Clear the filter, or the selection"), Qt.Key.Key_Escape),
    )
