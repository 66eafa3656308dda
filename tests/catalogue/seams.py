"""A window that is made to fail at every seam; run as a program of its own, prints what came of it as JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QTimer
from PySide6.QtWidgets import QApplication, QTableView, QWidget

from console.app.crash import CrashHandler
from console.app.logs import set_up_logs
from console.domain.clock import SystemClock
from console.domain.secret import Secret
from console.net.redact import Redactor
from console.settings.schema import General
from console.tasks import TaskScope
from console.ui.runtime.loop import run
from console.ui.services import MemoryState
from console.ui.theme import Theme
from console.ui.windows.main_window import MainWindow

CANARY = "canary-in-a-traceback-77"
TIMES = 20


class BadPaint(QWidget):
    """A widget whose painting fails."""

    def paintEvent(self, _event: object) -> None:
        """See Qt."""
        raise ArithmeticError(f"paint {CANARY}")


class BadModel(QAbstractTableModel):
    """A model that cannot be read."""

    def rowCount(self, _parent: object = None) -> int:
        """See Qt."""
        return 1

    def columnCount(self, _parent: object = None) -> int:
        """See Qt."""
        return 1

    def data(self, _index: object, _role: int = 0) -> object:
        """See Qt."""
        raise MemoryError(f"data {CANARY}")


def bad_slot() -> None:
    """A slot that fails."""
    raise LookupError(f"slot {CANARY}")


async def bad_task() -> None:
    """A task that fails."""
    raise FloatingPointError(f"task {CANARY}")


async def lost_task() -> None:
    """A task nobody awaits."""
    raise BufferError(f"lost {CANARY}")


def bad_thread() -> None:
    """A thread that fails."""
    raise EOFError(f"thread {CANARY}")


def main(folder: Path) -> int:
    """Fail everywhere, twenty times each; the program must live on."""
    redactor = Redactor()
    redactor.register(Secret(CANARY))
    set_up_logs(folder, redactor)
    crash = CrashHandler()
    crash.install(folder)
    app = QApplication([])
    theme = Theme("light")
    theme.apply(app)
    window = MainWindow(theme, SystemClock(), general=General(theme="light"), state=MemoryState())
    window.show()
    crash.tell_through(window.show_fault)

    async def body(_app: QApplication) -> int:
        await asyncio.sleep(0.05)
        scope = TaskScope("seams", crash.report)
        paint = BadPaint(window)
        paint.resize(20, 20)
        paint.show()
        kept = []
        for _ in range(TIMES):
            QTimer.singleShot(0, bad_slot)
            paint.update()
            scope.start(bad_task(), "bad")
            kept.append(asyncio.get_running_loop().create_task(lost_task()))
            thread = threading.Thread(target=bad_thread)
            thread.start()
            thread.join()
            await asyncio.sleep(0.01)
        paint.hide()
        kept.clear()
        import gc

        gc.collect()
        await asyncio.sleep(0.05)
        table = QTableView(window)
        table.setModel(BadModel(table))
        table.resize(200, 100)
        table.show()
        for _ in range(TIMES):
            table.viewport().update()
            await asyncio.sleep(0.01)
        table.hide()
        from tests.ui.windows.walk import shown_texts

        texts = [text for text in shown_texts(window) if "fault of its own" in text]
        print(json.dumps({"banners": len(set(texts)), "alive": window.isVisible()}))
        await scope.aclose()
        await window.aclose()
        return 0

    logging.getLogger("console").info("starting")
    return run(body, app, handler=crash.on_loop_exception)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
