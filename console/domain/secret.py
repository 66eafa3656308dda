"""A secret value that does not show itself."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Wraps a secret text: `str`, `repr` and `format` are masked, pickling is refused.

    Only `reveal()` gives the text; call it at the last moment, at the wire or the keyring.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret text itself."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(("Secret", self._text))

    def __repr__(self) -> str:
        return "Secret(********)"

    def __str__(self) -> str:
        return "********"

    def __format__(self, spec: str) -> str:
        return "********"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled")
