"""Exit codes, and the one sentence an error leaves on standard error."""

from __future__ import annotations

import sys

from console.domain.errors import AuthError, ConsoleError, SecretStoreError, SettingsError, UserError
from console.domain.messages import Message, english

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


def complain(error: ConsoleError | Message | str) -> None:
    """One plain sentence on standard error."""
    if isinstance(error, ConsoleError):
        error = error.message
    text = error if isinstance(error, str) else english(error)
    print(text, file=sys.stderr, flush=True)
