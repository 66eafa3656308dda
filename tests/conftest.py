"""What holds for every test: off screen, a home of its own, no real keyring, no network but loopback, no warnings.

The environment is set here, while pytest loads this file, because Qt and keyring read it when they are imported.
"""

from __future__ import annotations

import gc
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

_FOREIGN = re.compile(
    r"(?i)(https?|wss?|ftp|all|no|socks\d?)_proxy|SSLKEYLOGFILE|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE"
    r"|SUPERVISOR_CONSOLE_\w+|LANGUAGE|LC_\w+"
    r"|QT_(SCALE|FONT|STYLE|LOGGING|AUTO|ENABLE|QPA|SCREEN|IM|PLUGIN)\w*|QML?_\w+"
)
for _name in [name for name in os.environ if _FOREIGN.fullmatch(name)]:
    del os.environ[_name]
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_API"] = "pyside6"
os.environ["LANG"] = "C.UTF-8"
# processes started by tests must not find the person's keyring either; in this process see `_memory_keyring`
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

import keyring  # noqa: E402
import keyring.backend  # noqa: E402
import keyring.core  # noqa: E402
import keyring.errors  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

from tests.canaries import leaks  # noqa: E402
from tests.loopback_only import LoopbackOnly  # noqa: E402

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

# Python runs its cycle collector in whichever thread allocates, and a running Qt timer (a closed loop of qasync leaves
# some) that is freed on another thread than Qt's takes the whole process down: see `_collect_garbage_here`
gc.disable()
_FULL_EVERY = 50  # tests; Python's own rule would be about as frequent

# a time limit per example fails on a busy machine and says nothing about the code
settings.register_profile("console", deadline=None)
settings.load_profile("console")


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring that forgets everything with the test."""

    # below "no keyring at all": a search for the system's keyring must never choose this one
    priority = -1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return what was stored, None when there is nothing."""
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a secret."""
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Remove a secret; PasswordDeleteError when there is none."""
        if self.entries.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not found")


@pytest.fixture(autouse=True)
def _collect_garbage_here() -> Iterator[None]:
    """Collect cycles on this thread, between tests."""
    yield
    if gc.get_count()[2] < _FULL_EVERY:
        gc.collect(1)
        return
    gc.collect(2)
    gc.freeze()  # what has outlived so many tests (modules, the tests themselves) need not be looked through again


def pytest_sessionfinish() -> None:
    """Let the interpreter look at everything again as it ends; libraries count what nobody has freed."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> Iterator[QApplication]:
    """Yield pytest-qt's application, in which one widget has a style sheet for as long as the tests run.

    Qt remembers what it has styled as long as anything has a sheet, and hears when that is deleted. Where tests take
    the application's sheet away, it would forget, and listen no more to widgets it has styled before: one that
    outlives its test (a deletion is pending, a window waits for the garbage collector) is remembered by the next
    test's sheet, is deleted unheard, and is read when that test changes its theme. That ends the process.
    """
    from PySide6.QtWidgets import QWidget

    keeper = QWidget()
    keeper.setStyleSheet("QWidget { padding: 0 }")
    yield qapp
    keeper.deleteLater()


@pytest.fixture(autouse=True)
def _memory_keyring(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test an empty keyring in memory; those marked ``secretservice`` get the system's own."""
    if request.node.get_closest_marker("secretservice"):
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    else:
        monkeypatch.setattr(keyring.core, "_keyring_backend", MemoryKeyring())


@pytest.fixture(autouse=True)
def console_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the console at an empty configuration folder (not made yet) and return it."""
    home = tmp_path / "console-home"
    monkeypatch.setenv("SUPERVISOR_CONSOLE_HOME", str(home))
    return home


@pytest.fixture(scope="session")
def _guarded_sockets() -> Iterator[LoopbackOnly]:
    guard = LoopbackOnly()
    with guard:
        yield guard


@pytest.fixture(autouse=True)
def _loopback_only(_guarded_sockets: LoopbackOnly) -> Iterator[None]:
    """Refuse every address outside this computer, and fail the test that tried one even if it hid the error."""
    _guarded_sockets.refused.clear()
    yield
    refused = list(_guarded_sockets.refused)
    if refused:
        pytest.fail(f"tried to reach {', '.join(refused)}: tests speak to this computer only")


class _Collected(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = f"{record.levelname} {record.name}: {record.getMessage()}"
        if record.exc_info and record.exc_info[0]:
            text += f" ({record.exc_info[0].__name__}: {record.exc_info[1]})"
        self.lines.append(text)


@pytest.fixture(autouse=True)
def _no_warnings_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning or worse, unless it is marked ``allow_warnings``."""
    collected = _Collected()
    root = logging.getLogger()
    root.addHandler(collected)
    yield
    root.removeHandler(collected)
    if collected.lines and not request.node.get_closest_marker("allow_warnings"):
        pytest.fail("logged (mark the test allow_warnings if it is meant):\n" + "\n".join(collected.lines))


class _Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(autouse=True)
def _no_canary_logged() -> Iterator[None]:
    """Fail a test in which our own loggers are handed a secret, whether a handler would have masked it or not."""
    collected = _Everything()
    ours = logging.getLogger("console")
    former = ours.level
    ours.setLevel(logging.DEBUG)
    ours.addHandler(collected)
    yield
    ours.removeHandler(collected)
    ours.setLevel(former)
    if found := leaks("\n".join(collected.lines)):
        pytest.fail(f"secrets of tests were logged: {', '.join(found)}")
