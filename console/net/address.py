"""Addresses: the profile's origin and base path, and requests' URLs built from them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from console.domain.errors import ProtocolError, UserError
from console.domain.messages import message
from console.domain.profile import Profile

_PORTS = {"http": 80, "https": 443}
_EXAMPLE = "https://pbx.example.com"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a profile's server is.

    Attributes:
        scheme: ``http`` or ``https``.
        host: name or IP address, without brackets, lower case.
        port: TCP port.
        base: base path without trailing slash, percent-encoded; empty for none.
    """

    scheme: str
    host: str
    port: int
    base: str = ""

    @property
    def is_tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.scheme == "https"

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine."""
        return is_loopback(self.host)

    @property
    def shown(self) -> str:
        """Host for a sentence, with the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port, as a URL begins."""
        return f"{self.scheme}://{self.shown}"

    def url(self, path: str, query: Iterable[tuple[str, str]] = (), *, websocket: bool = False) -> str:
        """A complete URL. Path segments and query are percent-encoded here; commas in values stay as they are."""
        scheme = ("wss" if self.is_tls else "ws") if websocket else self.scheme
        steps = "/".join(_quote(part, ":@!$'()*,~-._") for part in path.removeprefix("/").split("/"))
        pairs = "&".join(f"{_quote(name, '')}={_quote(value, ',')}" for name, value in query)
        return f"{scheme}://{self.shown}{self.base}/{steps}" + (f"?{pairs}" if pairs else "")


def _quote(text: str, safe: str) -> str:
    """Percent-encode; a lone surrogate, which has no bytes, becomes a question mark."""
    return quote(text, safe=safe, errors="replace")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def parse_address(url: str) -> Address:
    """Take a profile's URL apart.

    Raises:
        UserError: it is no http(s) address, or holds credentials, a query or a fragment.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = (parts.hostname or "").encode("ascii" if (parts.hostname or "").isascii() else "idna").decode("ascii")
    except (ValueError, UnicodeError):
        raise UserError(message("profile.url", url=_bare(url), what="it cannot be read", example=_EXAMPLE)) from None
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise UserError(message("profile.url_secret"))
    if parts.scheme not in _PORTS:
        raise UserError(
            message("profile.url", url=_bare(url), what="it must begin with https:// or http://", example=_EXAMPLE)
        )
    if not host or port == 0 or any(char.isspace() for char in host):
        raise UserError(message("profile.url", url=_bare(url), what="it names no host", example=_EXAMPLE))
    base = quote(parts.path.rstrip("/"), safe="/%:@!$'()*,~-._")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], base)


def profile_address(profile: Profile, *, has_secret: bool) -> Address:
    """The address of a profile, after the question whether a secret may travel there unprotected.

    Raises:
        UserError: unusable address, or plain http with a secret to another machine without consent.
    """
    address = parse_address(profile.url)
    if has_secret and not address.is_tls and not address.is_loopback and not profile.allow_plain_http:
        raise UserError(message("tls.plain_http", profile=profile.name))
    return address


def own_link(address: Address, link: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Path (below the base) and query of a link a server gave, unencoded.

    A link without origin is meant from the profile's base, with or without a leading slash, as vendors print them.

    Raises:
        ProtocolError: ``http.foreign_link``: another origin, an encoded slash, or a way out of the folder.
    """
    refused = ProtocolError(message("http.foreign_link", host=address.shown, target=_bare(link)))
    if any(ord(char) < 32 or char in "\x7f\\" for char in link) or link.startswith("//"):
        raise refused
    try:
        parts = urlsplit(link)
        port = parts.port
    except ValueError:
        raise refused from None
    if parts.scheme or parts.netloc:
        origin = (parts.scheme.lower(), (parts.hostname or "").lower(), port or _PORTS.get(parts.scheme.lower(), 0))
        if origin != (address.scheme, address.host, address.port) or "@" in parts.netloc:
            raise refused
    path = parts.path.lstrip("/")
    base = address.base.strip("/")
    if base and (path == base or path.startswith(base + "/")):
        path = path[len(base) :].lstrip("/")
    if "%2f" in path.lower() or "%5c" in path.lower() or not path:
        raise refused
    path = unquote(path)
    if any(step in (".", "..") for step in path.split("/")):
        raise refused
    query = [pair.partition("=") for pair in parts.query.split("&") if pair]
    return path, tuple((unquote(name), unquote(value)) for name, _, value in query)


def _bare(url: str) -> str:
    """A foreign URL for a sentence: no credentials, no query, short."""
    text = url.split("?", 1)[0].split("#", 1)[0]
    if "@" in text:
        text = text.rpartition("@")[2]
    return text[:200]
