"""A run written down for other programs: http, curl, python, powershell, json. No secret is ever in one.

Every credential is an environment variable that the snippet reads when it runs; a sign-in comes first where the system
needs one. Bodies are what the console itself sends, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from console.domain.errors import UserError
from console.domain.messages import message
from console.reports.request import RequestDetails
from console.reports.snippets_curl import curl
from console.reports.snippets_http import as_json, http
from console.reports.snippets_parts import Script, script_of
from console.reports.snippets_powershell import powershell
from console.reports.snippets_python import python


class Language(StrEnum):
    """What a snippet can be written in."""

    HTTP = "http"  # the format of VS Code's REST Client
    CURL = "curl"  # for a POSIX shell
    PYTHON = "python"  # with the package httpx
    POWERSHELL = "powershell"  # Windows PowerShell 5.1 and PowerShell 7
    JSON = "json"  # for programs


def snippet(details: RequestDetails, language: str) -> str:
    """The requests as text in a language, ending in a line end.

    Raises:
        UserError: no such language; a value that cannot be written down; a websocket in a language without one.
    """
    known = ", ".join(item.value for item in Language)
    try:
        chosen = Language(language)
    except ValueError:
        raise UserError(message("snippet.language", language=language, known=known)) from None
    if details.base_url.startswith("ws") and chosen not in (Language.HTTP, Language.JSON):
        raise UserError(message("snippet.websocket", language=language))
    return _WRITERS[chosen](script_of(details))


_WRITERS: dict[Language, Callable[[Script], str]] = {
    Language.HTTP: http,
    Language.CURL: curl,
    Language.PYTHON: python,
    Language.POWERSHELL: powershell,
    Language.JSON: as_json,
}
