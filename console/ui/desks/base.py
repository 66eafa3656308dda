"""What a desk is, and what the main window gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from console.domain.clock import Clock
from console.tasks import Report
from console.ui.services import Services, StateProvider
from console.ui.theme import Theme

if TYPE_CHECKING:
    from console.engine.store import Store
    from console.settings.schema import General
    from console.ui.windows.docks import DockArea
    from console.ui.windows.main_window import MainWindow


@dataclass(frozen=True)
class DeskContext:
    """What every desk may use.

    Attributes:
        window: the main window: parent of dialogs and windows.
        clock: what the window shows its figures by: the live one, or the replay's while one is looked at.
        live_clock: the clock of now, replay or not.
        add_strip: puts a widget of full width above the floor (a banner); it is shown and hidden by its owner.
        add_foot: the same below the floor (the replay's slider).
        look_at: show another store by another clock instead of the live ones; (None, None) goes back to now.
        general: the preferences as they are now.
        change_general: puts other preferences into effect and saves them.
        go_to: shows a pane and selects the row of (pane name, profile id, row id).
        perform: carries out a command of the menus.
    """

    window: MainWindow
    theme: Theme
    clock: Clock
    live_clock: Clock
    state: StateProvider
    docks: DockArea
    is_demo: bool
    report: Report | None
    add_strip: Callable[[QWidget], None]
    add_foot: Callable[[QWidget], None]
    look_at: Callable[[Store | None, Clock | None], None]
    general: Callable[[], General]
    change_general: Callable[[General], None]
    go_to: Callable[[str, str, str], None]
    perform: Callable[[str], None]


class Desk(QObject):
    """One room of the program behind commands of the menus; opens its windows on demand.

    Class attributes:
        COMMANDS: the commands it carries out; of ``kind:which`` only ``kind``.
    """

    COMMANDS: frozenset[str] = frozenset()

    def __init__(self, context: DeskContext) -> None:
        super().__init__(context.window)
        self.context = context
        self.services: Services | None = None

    def attach(self, services: Services) -> None:
        """Take the services; called once, after the first paint."""
        self.services = services

    def perform(self, command: str) -> None:
        """Carry out one of `COMMANDS`; called only after `attach`."""

    def general_changed(self) -> None:
        """The preferences are others now."""

    def save_state(self) -> None:
        """Remember what was opened where."""

    async def aclose(self) -> None:
        """Close what was opened, before the engine closes."""
