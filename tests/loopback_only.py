"""A guard that keeps the test process on this computer: sockets connect to loopback only, names are not looked up."""

from __future__ import annotations

import ipaddress
import socket
from types import TracebackType
from typing import Any


class RefusedAddressError(RuntimeError):
    """A test tried to leave this computer. No OSError, so that code under test cannot take it for a network fault."""


class LoopbackOnly:
    """Context manager that replaces the ways out of the socket module; ``refused`` lists what was tried."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self._originals: list[tuple[Any, str, Any]] = []

    def __enter__(self) -> LoopbackOnly:
        for name in ("connect", "connect_ex"):
            self._replace(socket.socket, name, self._guard_connect)
        self._replace(socket.socket, "sendto", self._guard_sendto)
        self._replace(socket, "getaddrinfo", self._guard_lookup)
        self._replace(socket, "gethostbyname", self._guard_lookup)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for owner, name, original in reversed(self._originals):
            setattr(owner, name, original)
        self._originals.clear()

    def _replace(self, owner: Any, name: str, make: Any) -> None:
        original = getattr(owner, name)
        self._originals.append((owner, name, original))
        setattr(owner, name, make(original))

    def _guard_connect(self, original: Any) -> Any:
        def connect(sock: socket.socket, address: Any) -> Any:
            self._check(sock, address)
            return original(sock, address)

        return connect

    def _guard_sendto(self, original: Any) -> Any:
        def sendto(sock: socket.socket, data: bytes, *rest: Any) -> Any:
            self._check(sock, rest[-1])
            return original(sock, data, *rest)

        return sendto

    def _guard_lookup(self, original: Any) -> Any:
        def look_up(host: Any, *arguments: Any, **options: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            if name and name.endswith(".invalid"):  # reserved: no network would know it
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            if name and not _is_literal(name) and not _is_local_name(name):
                self._refuse(f"the name {name}")
            return original(host, *arguments, **options)

        return look_up

    def _check(self, sock: socket.socket, address: Any) -> None:
        if sock.family not in (socket.AF_INET, socket.AF_INET6):
            return
        host = address[0]
        if _is_local_name(host) or (_is_literal(host) and _is_loopback(host)):
            return
        self._refuse(f"{host}:{address[1]}")

    def _refuse(self, what: str) -> None:
        self.refused.append(what)
        raise RefusedAddressError(f"tests speak to this computer only, not to {what}")


def _is_local_name(host: str) -> bool:
    return host in {"", "localhost"} or host.endswith(".localhost")


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    address = ipaddress.ip_address(host)
    mapped = getattr(address, "ipv4_mapped", None)
    # the unspecified address connects to this computer too
    return (mapped or address).is_loopback or (mapped or address).is_unspecified
