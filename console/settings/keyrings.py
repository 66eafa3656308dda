"""Which keyring the console trusts, and what its failures mean. Imported on the worker thread only.

Back ends are named here one by one instead of being discovered: discovery would also load plain-text files and
whatever an environment variable names, and finds nothing in a frozen program without package metadata.
"""

from __future__ import annotations

import configparser
import importlib
import os
import sys
from collections.abc import Mapping
from typing import Final, Protocol

from console.domain.errors import SecretStoreError
from console.domain.messages import Message, message
from console.settings.secrets import VARIABLE_PATTERN

SECRET_SERVICE: Final = "keyring.backends.SecretService.Keyring"  # noqa: S105 - the name of a class
TRUSTED: Final[Mapping[str, tuple[str, ...]]] = {
    "win32": ("keyring.backends.Windows.WinVaultKeyring",),
    "darwin": ("keyring.backends.macOS.Keyring",),
    "linux": (
        SECRET_SERVICE,
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.libsecret.Keyring",
    ),
}
TITLES: Final[Mapping[str, str]] = {
    "keyring.backends.Windows.WinVaultKeyring": "Windows Credential Manager",
    "keyring.backends.macOS.Keyring": "macOS Keychain",
    SECRET_SERVICE: "Secret Service",
    "keyring.backends.kwallet.DBusKeyring": "KWallet",
    "keyring.backends.libsecret.Keyring": "Secret Service (libsecret)",
}
_CHAINER: Final = "keyring.backends.chainer.ChainerBackend"  # chains whatever is there: we choose ourselves instead
_FAIL: Final = "keyring.backends.fail.Keyring"
_LOCKED: Final = frozenset(
    {
        "KeyringLocked",
        "InitError",  # Secret Service: "Prompt dismissed" while opening the collection
        "LockedException",
        "PromptDismissedException",
        "KeychainDenied",  # macOS -128
        "SecAuthFailure",  # macOS -25293, also after an update of the program: no word about the password
    }
)


class Ring(Protocol):
    """The three calls of a keyring back end; blocking."""

    def get_password(self, service: str, username: str) -> str | None:
        """The stored text, or None."""
        ...

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a text."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Delete a text."""
        ...


def find_ring(environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> Ring:
    """The trusted keyring of this session; blocks.

    Raises SecretStoreError: secret.foreign_store when the environment or ``keyringrc.cfg`` names another one (its
    code is not loaded), secret.no_store when none answers.
    """
    names = TRUSTED.get(platform, TRUSTED["linux"])
    wanted = _configured(os.environ if environ is None else environ)
    if wanted == _FAIL:
        raise SecretStoreError(_no_store("it is switched off by configuration"))
    if wanted and wanted != _CHAINER:
        if wanted not in TITLES:
            raise SecretStoreError(message("secret.foreign_store", name=wanted))
        names = (wanted,)
    best: Ring | None = None
    best_priority = 0.0
    for name in names:
        found = _load(name)
        if found is not None and found[1] > best_priority:
            best, best_priority = found
    if best is None:
        raise SecretStoreError(_no_store(_absence(platform)))
    return best


def title(ring: Ring) -> str:
    """The name of a keyring as people know it."""
    kind = type(ring)
    name = f"{kind.__module__}.{kind.__qualname__}"
    return TITLES.get(name, name)


def classified(error: BaseException) -> SecretStoreError:
    """A back end's failure as ours. Its own text is left out, because nobody vouches that it holds no secret."""
    if isinstance(error, SecretStoreError):
        return error
    chain: list[str] = []
    at: BaseException | None = error
    while at is not None and len(chain) < 8:
        chain.append(type(at).__name__)
        at = at.__cause__ or at.__context__
    if _LOCKED.intersection(chain):
        return SecretStoreError(message("secret.locked"))
    if "NoKeyringError" in chain:
        return SecretStoreError(_no_store("none is installed"))
    return SecretStoreError(_no_store(f"it failed with {chain[0]}"))


def _configured(environ: Mapping[str, str]) -> str:
    """The back end that variable or file asks for, by name only; loading it is what must not happen."""
    named = environ.get("PYTHON_KEYRING_BACKEND", "").strip()
    if named:
        return named
    from keyring.util import platform_

    parser = configparser.RawConfigParser()
    try:
        parser.read(platform_.config_root() / "keyringrc.cfg", encoding="utf-8")
        return parser.get("backend", "default-keyring", fallback="").strip()
    except (configparser.Error, OSError, UnicodeError):
        return ""


def _load(name: str) -> tuple[Ring, float] | None:
    module, _, cls = name.rpartition(".")
    try:
        kind = getattr(importlib.import_module(module), cls)
        priority = float(kind.priority)  # raises when the back end cannot work here
        ring: Ring = kind()
    except Exception:  # every library below has failures of its own; each means the same: not this one
        return None
    return ring, priority


def _no_store(reason: str) -> Message:
    return message("secret.no_store", reason=reason, variable=VARIABLE_PATTERN)


def _absence(platform: str) -> str:
    if platform == "win32":
        return "the Credential Manager cannot be reached"
    if platform == "darwin":
        return "the Keychain cannot be reached"
    return "no Secret Service or KWallet answers in this session"
