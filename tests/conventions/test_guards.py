"""The guards of ``conftest.py`` guard: no way out, no real keyring, no unnoticed warning."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
from pathlib import Path

import keyring
import pytest

from tests.conventions.sources import ROOT
from tests.loopback_only import LoopbackOnly, RefusedAddressError


@pytest.fixture
def guard() -> LoopbackOnly:
    return LoopbackOnly()


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "2001:db8::1", "::ffff:192.0.2.1"])
def test_connect_refuses_other_computers(guard, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with guard, socket.socket(family) as sock:
        with pytest.raises(RefusedAddressError, match="this computer only"):
            sock.connect((address, 443))
        with pytest.raises(RefusedAddressError):
            sock.connect_ex((address, 443))
    with guard, socket.socket(family, socket.SOCK_DGRAM) as sock, pytest.raises(RefusedAddressError):
        sock.sendto(b"?", (address, 53))
    assert len(guard.refused) == 3


def test_lookup_refuses_names_and_knows_the_reserved_one(guard):
    with guard:
        with pytest.raises(RefusedAddressError):
            socket.getaddrinfo("example.com", 443)
        with pytest.raises(socket.gaierror):
            socket.getaddrinfo("nowhere.invalid", 443)
        assert socket.getaddrinfo("localhost", 80)
        assert socket.getaddrinfo("192.0.2.1", 80), "a number needs no lookup"
    assert guard.refused == ["the name example.com"]


async def test_asyncio_goes_through_the_guard(guard):
    with guard, pytest.raises(RefusedAddressError):
        await asyncio.open_connection("192.0.2.1", 443)


async def test_loopback_stays_open():
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readline())
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("localhost", port)
        writer.write(b"hello\n")
        assert await reader.readline() == b"hello\n"
        writer.close()


@pytest.mark.parametrize("attempt", range(2))
def test_keyring_is_in_memory_and_empty_for_each_test(attempt):
    assert keyring.get_password("supervisor-console", "somebody") is None
    keyring.set_password("supervisor-console", "somebody", f"secret {attempt}")
    assert keyring.get_password("supervisor-console", "somebody") == f"secret {attempt}"


@pytest.mark.secretservice
def test_marked_test_has_the_keyring_of_its_session():
    """Run by ``packaging/run.py test`` on a bus of its own; a keyring in memory here would prove nothing."""
    assert "SecretService" in repr(keyring.get_keyring())
    keyring.set_password("supervisor-console-test", "somebody", "kept by the session")
    assert keyring.get_password("supervisor-console-test", "somebody") == "kept by the session"
    keyring.delete_password("supervisor-console-test", "somebody")
    assert keyring.get_password("supervisor-console-test", "somebody") is None


def test_environment_is_ours(console_home: Path):
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
    assert os.environ["SUPERVISOR_CONSOLE_HOME"] == str(console_home)
    assert not console_home.exists()
    assert not [name for name in os.environ if name.lower().endswith("_proxy") or name == "SSLKEYLOGFILE"]


@pytest.mark.allow_warnings
def test_marked_test_may_log_a_warning():
    logging.getLogger("console").warning("this one is meant")


_OFFENDERS = """
import contextlib, logging, socket

def test_logs():
    logging.getLogger("console.x").error("not meant")

def test_goes_out():
    with contextlib.suppress(Exception), socket.socket() as sock:
        sock.connect(("192.0.2.1", 443))

def test_widgets_outlive_the_style_sheet_they_were_made_under(qapp):
    from PySide6.QtCore import QEvent
    from PySide6.QtWidgets import QComboBox, QWidget

    qapp.setStyleSheet("QComboBox { color: red }")
    windows = [QWidget() for _ in range(30)]
    boxes = [QComboBox(window) for window in windows]
    for sheet in ("QComboBox { color: blue }", "", "QComboBox { color: red }"):
        qapp.setStyleSheet(sheet)
    for window in windows:
        window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.setStyleSheet("QComboBox { color: blue }")
    qapp.setStyleSheet("")
"""


def test_unmarked_warnings_and_hidden_ways_out_fail_their_tests(tmp_path: Path):
    offenders = tmp_path / "test_offenders.py"
    offenders.write_text(_OFFENDERS, encoding="utf-8")
    # a plugin named on the command line comes before pytest-qt's own; a conftest after it, as ours does
    (tmp_path / "conftest.py").write_text("from tests.conftest import qapp\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider"]
    command += ["--rootdir", str(tmp_path), "-c", os.devnull, str(offenders)]
    environment = {**os.environ, "PYTHONMALLOC": "malloc", "MALLOC_PERTURB_": "165"}  # what is freed is filled at once
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert "3 passed, 2 errors" in done.stdout
    assert "ERROR console.x: not meant" in done.stdout
    assert "tried to reach 192.0.2.1:443" in done.stdout
