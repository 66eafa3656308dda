"""Server addresses as people type them: checked, brought to one spelling, never guessed."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from console.domain.errors import UserError
from console.domain.messages import message

EXAMPLE: Final = "https://pbx.example.com:8443"
URL_LIMIT: Final = 1024  # characters
DEFAULT_PORTS: Final = {"https": 443, "http": 80}
PROXY_WORDS: Final = ("system", "none")

_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}\w)?\Z|\w\Z")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def normalise_url(text: str, *, example: str = EXAMPLE) -> str:
    """The address in one spelling: lower-case scheme and host, no usual port, no slash at the end.

    Raises UserError: profile.url_secret when it carries a user name, a query or a fragment (its text is then not
    repeated, it may be a password), profile.url for anything else that is not an origin with an optional base path.
    """
    url = text.strip()
    if "@" in url or "?" in url.rstrip("?") or "#" in url.rstrip("#"):
        raise UserError(message("profile.url_secret"))
    url = url.rstrip("?#")
    parts = _split(url, example)
    host = _host(parts, url, example)
    port = _port(parts, url, example)
    scheme = parts.scheme.lower()
    at = "" if port is None or port == DEFAULT_PORTS[scheme] else f":{port}"
    return f"{scheme}://{host}{at}{_path(parts.path, url, example)}"


def normalise_proxy(text: str) -> str:
    """``system``, ``none`` or the URL of a proxy without credentials; raises UserError like `normalise_url`."""
    word = text.strip().lower()
    if word in PROXY_WORDS:
        return word
    return normalise_url(text, example="http://proxy.example.com:3128") if word else "system"


def split_origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address; an address that cannot be read is an origin of its own."""
    try:
        parts = urlsplit(normalise_url(url))
        return parts.scheme, parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    except (UserError, ValueError):
        return "", url, 0


def _bad(url: str, what: str, example: str) -> UserError:
    shown = url if len(url) <= 80 else url[:79] + "…"
    return UserError(message("profile.url", url=shown or "An empty text", what=what, example=example))


def _split(url: str, example: str) -> SplitResult:
    if not url:
        raise _bad(url, "it is empty", example)
    if len(url) > URL_LIMIT:
        raise _bad(url, f"it is longer than {URL_LIMIT} characters", example)
    if not url.isprintable() or " " in url or "\\" in url:
        raise _bad(ascii(url)[1:-1], "it holds a space, a backslash or an invisible character", example)
    found = _SCHEME.match(url)
    if found is None:
        suggestion = example
        bare = url.lstrip("/")
        if bare and re.match(r"[\w.\-\[\]:]+(/|\Z)", bare) and not bare.lower().startswith(("http:", "https:")):
            suggestion = f"https://{bare}"
        raise _bad(url, "it does not say https:// or http://", suggestion)
    if found.group(1).lower() not in DEFAULT_PORTS:
        raise _bad(url, f"{found.group(1)} is not https or http", example)
    try:
        return urlsplit(url)
    except ValueError:
        raise _bad(url, "its host cannot be read", example) from None


def _host(parts: SplitResult, url: str, example: str) -> str:
    try:
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        host = ""
    if not host:
        raise _bad(url, "it names no host", example)
    if parts.netloc.startswith("["):
        try:
            if "%" in host:  # a zone is this computer's own numbering, no address to keep
                raise ValueError
            return f"[{ipaddress.IPv6Address(host).compressed}]"
        except ValueError:
            raise _bad(url, "its IPv6 address cannot be read", example) from None
    if len(host) > 253 or not all(_LABEL.match(label) for label in host.split(".")):
        raise _bad(url, "its host cannot be read", example)
    return host


def _port(parts: SplitResult, url: str, example: str) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise _bad(url, "its port is not a number from 1 to 65535", example)
    return port


def _path(path: str, url: str, example: str) -> str:
    trimmed = path.rstrip("/")
    if not trimmed:
        return ""
    segments = [segment for segment in trimmed.split("/") if segment]
    if any(segment in (".", "..") or "%2e" in segment.lower() for segment in segments):
        raise _bad(url, "its path has dots that lead elsewhere", example)
    return "/" + "/".join(segments)
