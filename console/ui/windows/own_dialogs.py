"""The dialogs about the program itself: settings, about, keyboard shortcuts. Imported when one is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.settings.schema import General
from console.ui.services import Services
from console.ui.theme import Theme

if TYPE_CHECKING:
    from console.ui.windows.main_window import MainWindow


def open_own(what: str, window: MainWindow, theme: Theme, general: General, services: Services | None) -> None:
    """Open ``settings``, ``about`` or ``keys``."""
    folders = services.folders if services is not None else {}
    if what == "settings":
        from console.ui.windows.settings_dialog import SettingsDialog

        store = services.secret_store() if services is not None else ""

        def settings() -> SettingsDialog:
            dialog = SettingsDialog(window, theme, general, folders=folders, secret_store=store)
            dialog.changed.connect(window.change_general)
            dialog.asked.connect(window.perform)
            return dialog

        window.actions_.open(settings)
        return
    from console.ui.windows.about import AboutDialog, ShortcutsDialog
    from console.ui.windows.key_table import room_keys

    specs = services.profiles.specs() if services is not None else ()
    if what == "about":
        window.actions_.open(lambda: AboutDialog(window, theme, specs=specs, folders=folders))
    else:
        window.actions_.open(lambda: ShortcutsDialog(window, theme, window.menus.keys, room_keys()))
