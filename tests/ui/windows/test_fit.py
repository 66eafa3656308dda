"""No text of a window or dialog is cut off: in German, Chinese and English, in both themes and at every row height."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from console.domain.provenance import Exchange, SourceRef
from console.domain.values import Reading, Status
from console.settings.schema import General
from console.ui.runtime.dialogs import PlainDialog
from console.ui.theme import Theme
from console.ui.windows.about import AboutDialog, ShortcutsDialog
from console.ui.windows.check_dialog import CheckDialog
from console.ui.windows.connections import ConnectionsDialog
from console.ui.windows.inspector import SourceDialog
from console.ui.windows.main_window import MainWindow
from console.ui.windows.profile_editor import ProfileEditor
from console.ui.windows.settings_dialog import SettingsDialog
from console.vendors.registry import backends
from tests.ui.windows.fakes import FakeProfiles, StillClock, attach, many_sites, profile, two_sites
from tests.ui.windows.walk import clipped, complaints

GERMAN = "Vertragsverlängerungsrückfragen Großkunden Süddeutschland und Österreich"
CHINESE = "客户服务中心与技术支持热线（全天候）"
FOLDERS = {"Settings": Path("/home/a-rather-long-user-name/.config/supervisor-console"), "Logs": Path("/logs")}
Build = Callable[[Theme], QWidget]


def editor(theme: Theme, backend: str | None) -> QWidget:
    service = FakeProfiles((profile(GERMAN, backend or "chronicall"),), systems=tuple(backends().values()))
    return ProfileEditor(None, theme, service, service.profiles[0] if backend else None)


def source(theme: Theme, *, is_kept: bool) -> QWidget:
    body = json.dumps({"rows": [{"name": CHINESE, "waiting": 60}]})
    at = datetime(2026, 5, 12, 10, 30, tzinfo=UTC)
    kept = Exchange("x", "p", "GET", f"https://pbx.example/{'very-long/' * 30}?a=***", at, 41.0, 200, body=body)
    reading = Reading(Status.OK, 60, source=SourceRef("x", "/rows/0/waiting", "f"))
    dialog = SourceDialog(None, theme, reading, kept if is_kept else None, f"{GERMAN} · Waiting: 60", "a + b " * 40)
    dialog.begin()
    return dialog


DIALOGS: dict[str, Build] = {
    "about": lambda theme: AboutDialog(None, theme, specs=tuple(backends().values()), folders=FOLDERS),
    "settings": lambda theme: SettingsDialog(None, theme, General(), folders=FOLDERS, secret_store=GERMAN),
    "connections": lambda theme: ConnectionsDialog(
        None, theme, FakeProfiles((profile(GERMAN), profile(CHINESE, "asternic"))), None
    ),
    "check": lambda theme: CheckDialog(None, theme, FakeProfiles(), profile(GERMAN), None),
    "question": lambda theme: PlainDialog(
        None, theme, f"Remove {GERMAN}?", GERMAN * 3, confirm="Remove", cancel="Cancel", detail=CHINESE
    ),
    "source": lambda theme: source(theme, is_kept=True),
    "evicted": lambda theme: source(theme, is_kept=False),
    "add": lambda theme: editor(theme, None),
    **{f"edit {name}": lambda theme, name=name: editor(theme, name) for name in sorted(backends())},
}


@pytest.mark.parametrize("name", sorted(DIALOGS))
def test_nothing_is_cut_off_in_a_dialog(theme: Theme, name: str) -> None:
    dialog = DIALOGS[name](theme)
    dialog.show()
    QApplication.sendPostedEvents()
    assert clipped(dialog) == []
    assert complaints(dialog) == []
    dialog.grab()
    dialog.close()
    dialog.deleteLater()


@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080), (900, 600)])
@pytest.mark.parametrize("density", ["compact", "roomy"])
def test_nothing_is_cut_off_in_the_window(
    make: Callable[..., MainWindow], clock: StillClock, size: tuple[int, int], density: str
) -> None:
    window = make(general=General(theme="dark", density=density), is_demo=True)
    window.resize(*size)
    window.show()
    assert clipped(window) == []
    for board in (two_sites(clock), many_sites(clock, 8, stem=GERMAN)):
        attach(window, board)
        QApplication.sendPostedEvents()
        for name in window.docks.docks:
            window.docks.focus_pane(name)
        assert clipped(window) == []
        assert complaints(window) == []
    window.grab()


def test_the_keys_and_the_first_page_fit(make: Callable[..., MainWindow], theme: Theme) -> None:
    window = make()
    window.show()
    keys = ShortcutsDialog(window, theme, window.menus.keys)
    keys.show()
    QApplication.sendPostedEvents()
    assert clipped(window) == []
    assert clipped(keys) == []
    assert {"F1", "F5", "F6", "Return", "Space"} <= {key.toString() for _, key in window.menus.keys}
