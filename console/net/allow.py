"""The allow-list: what the console may ask of a server. Anything else is refused before a byte is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AllowRule:
    """One request the console may make: method and a path pattern relative to the profile's base path.

    In `path`, ``*`` stands for exactly one segment. A websocket is a ``GET``. Anything else is refused by the
    transport.
    """

    method: str
    path: str
    purpose: str

    def matches(self, method: str, path: str) -> bool:
        """Whether a request of this method and (unencoded) path falls under the rule."""
        if method.upper() != self.method.upper():
            return False
        pattern, actual = segments(self.path), segments(path)
        return len(pattern) == len(actual) and all(
            part == seen or (part == "*" and seen != "") for part, seen in zip(pattern, actual, strict=True)
        )


def segments(path: str) -> list[str]:
    """The segments of a path, without regard to a leading slash."""
    return path.removeprefix("/").split("/")


def find_rule(rules: Iterable[AllowRule], method: str, path: str) -> AllowRule | None:
    """The first rule that permits the request, or None. Dot segments and control characters are never permitted."""
    parts = segments(path)
    if any(part in (".", "..") for part in parts) or any(ord(char) < 32 or char == "\x7f" for char in path):
        return None
    return next((rule for rule in rules if rule.matches(method, path)), None)
