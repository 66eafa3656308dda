"""Keyring back ends that behave as the real ones do on bad days."""

from __future__ import annotations

import threading
from collections.abc import Callable

import keyring.errors


class FakeRing:
    """A keyring in memory; `before` runs ahead of each call and may raise or wait."""

    def __init__(self, before: Callable[[str], None] | None = None) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.calls: list[str] = []
        self.threads: set[str] = set()
        self._before = before

    def _call(self, name: str) -> None:
        self.calls.append(name)
        self.threads.add(threading.current_thread().name)
        if self._before is not None:
            self._before(name)

    def get_password(self, service: str, username: str) -> str | None:
        self._call("get")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._call("set")
        if len(password.encode("utf-16-le")) > 2560:
            raise OSError("(1783, 'CredWrite', 'The stub received bad data')")
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._call("delete")
        if self.entries.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError("not found")


class Forgetful(FakeRing):
    """Accepts everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self._call("set")


class Mangling(FakeRing):
    """Keeps something else."""

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:-1])


class Hanging(FakeRing):
    """Hangs at calls of one name until `release` is set."""

    def __init__(self, name: str) -> None:
        self.release = threading.Event()
        self.entered = threading.Event()
        super().__init__(self._hang)
        self._name = name

    def _hang(self, name: str) -> None:
        if name == self._name:
            self.entered.set()
            self.release.wait(20)


def raising(error: BaseException) -> FakeRing:
    """A keyring whose every call fails the same way."""

    def fail(name: str) -> None:
        raise error

    return FakeRing(fail)
