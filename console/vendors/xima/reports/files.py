"""What a file is, and whether it is the report that was asked for. Content types are undocumented: content decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from console.domain.errors import ProtocolError
from console.domain.messages import message
from console.net.decode import PARSE_ERRORS
from console.reports.sniff import HTML, JSON_TYPE, is_cut_short, is_error_json, is_login_page, safe_file_name, sniff

HEAD = 256 * 1024  # bytes of a page or an error that are looked at
_WEB_PAGES = ("html", "htm", "xls")
_REPORT_KEYS = frozenset({"rows", "columns", "subReports"})
_ERROR_WORDS = frozenset({"error", "errors", "message", "status", "errormessage", "errorcode", "exception"})
_MATCHES: Mapping[str, str] = {
    "pdf": "pdf",
    "csv": "csv|plain",
    "html": "html",
    "xls": "ms-excel|ole|spreadsheet|xml|html",
    "xlsx": "spreadsheetml|zip",
    "odt": "opendocument|zip",
    "json": "json",
}
_NAME = re.compile(r"filename\*?=(?:UTF-8'')?\"?([^\";]+)", re.IGNORECASE)


def media_type(head: bytes) -> str:
    """What the content is."""
    return sniff(head)


def is_expected(word: str, found: str) -> bool:
    """Whether that content fits the format asked for; of a free word nothing is expected."""
    pattern = _MATCHES.get(word.lower())
    return pattern is None or re.search(pattern, found) is not None


def refuse_foreign(path: Path, word: str, found: str, host: str) -> None:
    """Refuse a sign-in page or an error instead of a file, and half a file. Blocking.

    Raises:
        ProtocolError: ``run.not_a_file``, ``run.cut_short``.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise ProtocolError(message("reply.empty", host=host))
    if is_login_page(head) or (found == HTML and word.lower() not in _WEB_PAGES):
        raise ProtocolError(message("run.not_a_file", host=host, what="a web page"))
    if found == JSON_TYPE and _is_error(head):
        words = head[:400].decode("utf-8", "replace")
        raise ProtocolError(message("run.not_a_file", host=host, what="an error in JSON"), detail=words)
    if is_cut_short(path, found):
        raise ProtocolError(message("run.cut_short", host=host))


def _is_error(head: bytes) -> bool:
    """Whether JSON tells of a failure; such bodies are not documented, a report has rows, columns or sub-reports."""
    import msgspec

    try:
        value = msgspec.json.decode(head)
    except PARSE_ERRORS:
        return is_error_json(head)
    if not isinstance(value, dict) or _REPORT_KEYS & value.keys():
        return False
    return not value or is_error_json(head) or any(name.lower() in _ERROR_WORDS for name in value)


def file_name(headers: Mapping[str, str], found: str, title: str) -> str:
    """A safe name: the server's own if it proposes one, else the report's title."""
    match = _NAME.search(headers.get("content-disposition", ""))
    return safe_file_name(match[1].strip() if match else "", found, title)
