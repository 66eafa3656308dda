"""Log set-up: one file, bounded, private, redacted at the handlers; logging never raises."""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys
from io import TextIOWrapper
from pathlib import Path

from console.net.redact import RedactingFilter, Redactor, quiet_libraries

MAX_BYTES = 5 * 1024 * 1024
FILES = 5
FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class _PrivateRotatingHandler(logging.handlers.RotatingFileHandler):
    """Rotates at `MAX_BYTES`, files readable by the user only; a full disk or a lost folder is no failure of ours."""

    def _open(self) -> TextIOWrapper:
        stream = super()._open()
        os.chmod(self.baseFilename, 0o600)
        return stream

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - overrides logging's name
        """Drop the record: there is nobody left to tell."""


def set_up_logs(folder: Path, redactor: Redactor, *, debug: bool = False) -> None:
    """Send our logs to `folder`/console.log, and warnings to standard error when that is a person's terminal."""
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    handlers: list[logging.Handler] = []
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handlers.append(
            _PrivateRotatingHandler(
                folder / "console.log", maxBytes=MAX_BYTES, backupCount=FILES - 1, encoding="utf-8", delay=True
            )
        )
    except OSError:
        handlers.append(logging.NullHandler())  # a console without a log still shows the floor
    if debug:
        handlers.append(logging.StreamHandler(sys.stderr))
    for handler in handlers:
        handler.setFormatter(logging.Formatter(FORMAT))
        handler.addFilter(RedactingFilter(redactor))
        root.addHandler(handler)
    quiet_libraries()
    logging.raiseExceptions = False
