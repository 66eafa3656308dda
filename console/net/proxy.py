"""Which proxy a request goes through: the profile decides, never the environment alone."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit
from urllib.request import getproxies

from console.domain.errors import UserError
from console.domain.messages import message
from console.net.address import Address, is_loopback


def choose_proxy(setting: str, address: Address, system: Callable[[], Mapping[str, str]] = getproxies) -> str | None:
    """The URL of the proxy for an address, or None for a direct connection.

    Args:
        setting: ``system``, ``none`` or a URL, as in `Profile.proxy`.
        system: the operating system's proxies by scheme, with ``no`` for the exceptions.

    Raises:
        UserError: the profile names a proxy of a kind the console cannot use.
    """
    wanted = setting.strip()
    if wanted.lower() in ("none", ""):
        return None
    if wanted.lower() != "system":
        return _usable(wanted)
    if is_private(address.host):
        return None
    found = system()
    if bypassed(address.host, address.port, found.get("no", "")):
        return None
    url = found.get(address.scheme) or found.get("all") or ""
    if not url:
        return None
    return _usable(url if "://" in url else f"http://{url}")


def is_private(host: str) -> bool:
    """Whether a host is in the local network by its address or its form: such hosts are reached directly."""
    if is_loopback(host):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".lan", ".internal", ".home.arpa"))


def bypassed(host: str, port: int, exceptions: str) -> bool:
    """Whether the ``no_proxy`` list names the host: names, suffixes, addresses, CIDR ranges, ``host:port``, ``*``."""
    for entry in (part.strip().lower() for part in exceptions.replace(";", ",").split(",")):
        if not entry:
            continue
        name, colon, digits = entry.rpartition(":")
        if colon and digits.isascii() and digits.isdigit() and ":" not in name:
            if int(digits) != port:
                continue
            entry = name
        if entry == "*" or _names(entry, host.lower()):
            return True
    return False


def _names(entry: str, host: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except (ValueError, TypeError):
        suffix = entry.removeprefix("*").removeprefix(".")
        return host == suffix or host.endswith(f".{suffix}")


def _usable(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if parts_scheme(url) != "http" or not host or port == 0:
        raise UserError(message("connect.proxy_kind", what=parts_scheme(url) or "no address"))
    return url


def parts_scheme(url: str) -> str:
    """The scheme of a URL in lower case, empty when it has none; short, for a sentence."""
    scheme, mark, _ = url.partition("://")
    return scheme.lower()[:20] if mark else ""
