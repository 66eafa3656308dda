"""Headers as they go out."""

from __future__ import annotations

from console import __version__
from console.domain.errors import UserError
from console.domain.messages import message

USER_AGENT = f"SupervisorConsole/{__version__}"


def encode_header(name: str, value: str, secret_label: str) -> tuple[bytes, bytes]:
    """A header as bytes, non-ASCII as UTF-8.

    Raises:
        UserError: the value holds a line end or another control character; the HTTP library's own error would
            quote it.
    """
    if any(ord(char) < 32 or char == "\x7f" for char in value):
        raise UserError(message("http.secret_characters", secret=secret_label))
    return name.encode("ascii"), value.strip().encode("utf-8")
