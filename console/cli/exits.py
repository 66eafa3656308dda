"""Exit codes, what a command says on standard output, and the one sentence an error leaves on standard error."""

from __future__ import annotations

import contextlib
import os
import sys

from console.domain.errors import AuthError, ConsoleError, SecretStoreError, SettingsError, UserError
from console.domain.messages import Message, english, message
from console.net.redact import one_line

OK = 0
BUG = 1
USAGE = 2
REFUSED = 3
UNREACHABLE = 4
SECRET_STORE = 5
INTERRUPTED = 130


def exit_code(error: ConsoleError) -> int:
    """The exit code that tells a script what kind of failure it was."""
    if isinstance(error, AuthError):
        return REFUSED
    if isinstance(error, SecretStoreError):
        return SECRET_STORE
    if isinstance(error, (UserError, SettingsError)):
        return USAGE
    return UNREACHABLE


def say(text: str) -> None:
    """Text on standard output, at once.

    Raises:
        BrokenPipeError: the reader has gone.
        UserError: it cannot be written, because a disk is full for example.
    """
    try:
        print(text, flush=True)
    except BrokenPipeError:
        raise
    except OSError as failure:
        reason = failure.strerror or "unknown"
        raise UserError(message("io.write", path="The standard output", reason=reason)) from failure


def complain(error: ConsoleError | Message | str) -> None:
    """One plain sentence on standard error; names in it that a server or a file gave cannot steer the terminal."""
    if isinstance(error, ConsoleError):
        error = error.message
    text = error if isinstance(error, str) else english(error)
    if sys.stderr is not None:  # closed, or a windowed program: `print` would take standard output instead
        with contextlib.suppress(OSError):
            print(one_line(text), file=sys.stderr, flush=True)


def drop_output() -> None:
    """Let go of a standard output that takes nothing: what is left in it would fail once more at the very end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
