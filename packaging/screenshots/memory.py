"""Draw what the console remembers, with the program itself: ``memory.py FOLDER``.

Runs the demo off screen at sixty times the speed of time, until there is something to remember, and takes pictures of
the replay, the trends, the try of an alert rule and a wallboard.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

REMEMBER_S = 75.0  # an hour and a quarter of the demo's time
SETTLE_S = 2.5


def main(folder: str) -> int:
    """Run the demo off screen and take the pictures where the program would take one of its main window."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from console.app import window as program
    from console.app.main import main as run

    async def take(_program: object, window: Any, _leave: asyncio.Event) -> int:
        from console.ui.theme import Mode

        await asyncio.sleep(REMEMBER_S)
        window.resize(1600, 900)
        taken = [await replay(window, Path(folder) / "rewind-dark.png")]
        taken.append(await rule(window, Path(folder) / "rule-dark.png"))
        taken.append(await wallboard(window, Path(folder) / "wallboard-dark.png"))
        window._theme.set_mode(Mode.LIGHT)
        taken.append(await trends(window, Path(folder) / "trends-light.png"))
        return 0 if all(taken) else 1

    program._Program._take_picture = take  # type: ignore[method-assign, assignment]
    sys.argv = ["supervisor-console", "--demo", "--seed", "3", "--agents", "50", "--speed", "60", "--theme", "dark"]
    sys.argv += ["--screenshot", str(Path(folder) / "unused.png")]
    return run()


def desk(window: Any, command: str) -> Any:
    """The desk that carries out a command."""
    return next(each for each in window.desks.desks if command in each.COMMANDS)


async def replay(window: Any, picture: Path) -> bool:
    """The main window at a recorded moment."""
    window.perform("rewind")
    await asyncio.sleep(SETTLE_S)
    done = window.grab().save(str(picture), "PNG")
    window.perform("rewind")
    await asyncio.sleep(SETTLE_S)
    return bool(done)


async def rule(window: Any, picture: Path) -> bool:
    """An alert rule, tried on the recording."""
    from PySide6.QtWidgets import QApplication

    from console.ui.alerts.rules_dialog import RulesDialog

    window.perform("rules")
    await asyncio.sleep(SETTLE_S)
    dialog = next(each for each in QApplication.topLevelWidgets() if isinstance(each, RulesDialog) and each.isVisible())
    dialog.resize(1100, 720)
    dialog.tabs.setCurrentIndex(1)
    dialog.test.range.setCurrentIndex(0)
    dialog.test.begin()
    await asyncio.sleep(SETTLE_S)
    done = dialog.grab().save(str(picture), "PNG")
    dialog.reject()
    await asyncio.sleep(1)
    return bool(done)


async def wallboard(window: Any, picture: Path) -> bool:
    """The board that is made of what the systems offer, as on a display."""
    from PySide6.QtCore import QSize

    walls = desk(window, "wallboards")
    shown = walls.open(walls.boards()[0], size=QSize(1920, 1080))
    await asyncio.sleep(2 * SETTLE_S)
    done = shown.grab().save(str(picture), "PNG")
    shown.close()
    return bool(done)


async def trends(window: Any, picture: Path) -> bool:
    """Figures of some queues over the last hour."""
    window.perform("trends")
    await asyncio.sleep(SETTLE_S)
    shown = desk(window, "trends").trends
    shown.resize(1280, 760)
    for box, word in ((shown.picker.figure, "Available"), (shown.picker.second, "Service level")):
        box.setCurrentIndex(max(0, box.findText(word)))
        box.activated.emit(box.currentIndex())
        await asyncio.sleep(SETTLE_S)
    await asyncio.sleep(SETTLE_S)
    return bool(shown.grab().save(str(picture), "PNG"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
