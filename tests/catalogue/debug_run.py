"""The program itself with everything logged at DEBUG, libraries included; titles of its windows go to a file."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

import console.app.logs as logs
from console.app.main import main

_real = logs.set_up_logs


def _loud(*args: Any, **kwargs: Any) -> None:
    _real(*args, **{**kwargs, "debug": True})
    for name in ("httpx", "httpcore", "websockets", "asyncio", "console"):
        logging.getLogger(name).setLevel(logging.DEBUG)


if __name__ == "__main__":
    logs.set_up_logs = _loud
    code = main(sys.argv[1:])
    if "PySide6.QtWidgets" in sys.modules:
        from PySide6.QtWidgets import QApplication

        titles = [widget.windowTitle() for widget in QApplication.topLevelWidgets()]
        Path(os.environ["TITLES"]).write_text("\n".join(titles), encoding="utf-8")
    sys.exit(code)
