"""What a file is by its content, and a name for it that does no harm. A server's word is trusted for neither."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

NAME_BYTES = 180  # of UTF-8; the usual limit is 255, and suffixes such as " (2)" and ".part" come on top

CSV, TEXT, JSON_TYPE, HTML, XML = "text/csv", "text/plain", "application/json", "text/html", "application/xml"
PDF, ZIP, GZIP, BINARY = "application/pdf", "application/zip", "application/gzip", "application/octet-stream"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLS = "application/vnd.ms-excel"
ODS, ODT = "application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.text"
OLE = "application/x-ole-storage"

EXTENSIONS: dict[str, tuple[str, ...]] = {
    CSV: (".csv", ".txt", ".tsv"),
    TEXT: (".txt", ".csv", ".tsv", ".log"),
    JSON_TYPE: (".json",),
    HTML: (".html", ".htm"),
    XML: (".xml",),
    PDF: (".pdf",),
    ZIP: (".zip",),
    GZIP: (".gz",),
    XLSX: (".xlsx",),
    XLS: (".xls",),
    OLE: (".xls",),
    ODS: (".ods",),
    ODT: (".odt",),
    BINARY: (".bin",),
}
"""Media type -> extensions that agree with it, the usual one first."""

_END_BYTES = 66_000  # an archive's directory ends within a comment of 65,535 bytes
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|script|table|form|div|center|h1|p)[\s>/]", re.IGNORECASE
)
_PASSWORD_FIELD = re.compile(r"<input\b[^>]*\btype\s*=\s*[\"']?password\b", re.IGNORECASE)
_SIGN_IN_TITLE = re.compile(r"<title[^>]*>[^<]*\b(?:log[ -]?in|sign[ -]?in|anmeld\w*|authenticat\w*)\b", re.IGNORECASE)
_ERROR_KEY = re.compile(
    r'"(?:errcode|error_?code|errmsg|error|errors|error_?message|exception|fault)"\s*:', re.IGNORECASE
)
_ERROR_FREE = re.compile(
    r'"(?:errcode|error_?code|error|errors)"\s*:\s*(?:0\b|null|""|\[\s*\]|false|"0")', re.IGNORECASE
)
_SUCCESS_FALSE = re.compile(
    r'"(?:success|ok)"\s*:\s*false|"status"\s*:\s*"?(?:error|fail\w*|4\d\d|5\d\d)\b', re.IGNORECASE
)

_DEVICES = {"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"} | {
    f"{name}{digit}" for name in ("com", "lpt") for digit in "0123456789¹²³"
}
_FORBIDDEN = set('<>:"/\\|?*')
_ANY_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,5}\Z")


def sniff(head: bytes) -> str:
    """The media type of a file that begins with `head` (a few kilobytes will do)."""
    if found := _by_magic(head):
        return found
    text = _as_text(head)
    if text is None:
        return BINARY
    body = text.lstrip("\ufeff \t\r\n")
    plain = body.encode("utf-8", "replace")
    if _HTML_TAG.match(plain) or (plain[:1] == b"<" and _HTML_TAG.search(plain[:2048])):
        return HTML
    if body.startswith("<?xml") or re.match(r"<[A-Za-z_][\w:.-]*[\s>/]", body):
        return XML
    if _is_json(body):
        return JSON_TYPE
    return CSV if _is_csv(body) else TEXT


def extension_of(media_type: str) -> str:
    """The usual extension of a media type, with its point; ``.bin`` for one nobody here knows."""
    return EXTENSIONS.get(media_type, EXTENSIONS[BINARY])[0]


def safe_file_name(proposed: str, media_type: str, fallback: str) -> str:
    """A file name without a path that every system can have and that tells what the content is.

    Folders, streams (``f:foo::$DATA``), device names, control and direction characters, trailing points and spaces are
    taken out; the extension is made to agree with the content; the length is bounded in bytes of UTF-8.

    Args:
        proposed: what the server or a template says; may be anything.
        media_type: as sniffed.
        fallback: the stem used when nothing of `proposed` is left; cleaned in the same way.
    """
    stem, extension = _split(_last_part(proposed))
    agreeing = EXTENSIONS.get(media_type)
    if agreeing is None or extension.lower() not in agreeing:
        usual = extension_of(media_type)
        is_program = bool(extension) and extension.lower() not in _KNOWN_EXTENSIONS
        stem, extension = (f"{stem}{extension.replace('.', '_')}" if is_program else stem), usual
    stem = _clean(stem) or _clean(_split(_last_part(fallback))[0]) or "report"
    return _fit(stem, extension.lower())


def safe_stem(text: str, fallback: str = "report") -> str:
    """A piece of text as a part of a file name: slashes become dashes, nothing is taken for a folder."""
    return _fit(_clean(re.sub(r"[/\\]", "-", text)) or fallback, "")


def is_login_page(head: bytes) -> bool:
    """Whether a file that should be a report is a page that asks for a password."""
    if sniff(head) != HTML:
        return False
    text = _as_text(head) or ""
    return bool(_PASSWORD_FIELD.search(text) or _SIGN_IN_TITLE.search(text))


def is_error_json(head: bytes) -> bool:
    """Whether a file that should be a report is a JSON notice of failure: an error key that says something."""
    if sniff(head) != JSON_TYPE:
        return False
    text = (_as_text(head) or "").lstrip("\ufeff \t\r\n")
    if not text.startswith("{"):
        return False
    top = text[:1024]
    return bool(_SUCCESS_FALSE.search(top) or (_ERROR_KEY.search(top) and not _ERROR_FREE.search(top)))


_KNOWN_EXTENSIONS = frozenset(extension for group in EXTENSIONS.values() for extension in group)


def is_cut_short(path: Path, media_type: str) -> bool:
    """Whether a file ends before its format says so: a PDF without its end mark, an archive without its directory.

    Blocking. Files of other types cannot be told; they are never called cut.
    """
    marks = {PDF: b"%%EOF", **dict.fromkeys((ZIP, XLSX, ODS, ODT), b"PK\x05\x06")}
    mark = marks.get(media_type)
    if mark is None:
        return False
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END_BYTES))
        return mark not in file.read()


def _by_magic(head: bytes) -> str:
    if b"%PDF-" in head[:1024] and not head[:64].lstrip().startswith((b"<", b"{")):
        return PDF
    if head.startswith(b"\x1f\x8b"):
        return GZIP
    if head.startswith(_OLE_MAGIC):
        utf16 = "Workbook".encode("utf-16-le")
        return XLS if utf16 in head or "Book".encode("utf-16-le") in head or len(head) <= 4096 else OLE
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_zip(head)
    return XLS if head.startswith((b"\x09\x08\x10\x00", b"\x09\x08\x08\x00")) else ""  # a workbook without container


def _of_zip(head: bytes) -> str:
    if head[30:38] == b"mimetype":
        for kind in (ODS, ODT):
            if head[38:].startswith(kind.encode()):
                return kind
    is_office = b"[Content_Types].xml" in head or b"_rels/.rels" in head
    return XLSX if b"xl/" in head or (is_office and b"word/" not in head and b"ppt/" not in head) else ZIP


def _as_text(head: bytes) -> str | None:
    """The beginning as text; None when it is none. A letter cut in two at the end does not matter."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head):
        return None
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
    return head.decode("cp1252", "replace")


def _is_json(body: str) -> bool:
    if body[:1] == "{":
        return bool(re.match(r"\{\s*(?:\"|\}|\Z)", body))
    return bool(re.match(r"\[\s*(?:[\[{\"\]0-9-]|true|false|null|\Z)", body))


def _is_csv(body: str) -> bool:
    """Whether the first lines have the same separator, at least once each."""
    lines = [line for line in re.sub(r'"(?:[^"]|"")*"', "x", body).splitlines() if line.strip()]
    if len(lines) > 1 and not body.endswith("\n"):
        lines = lines[:-1]  # the last one may be cut off
    lines = lines[:5]
    return any(lines and all(separator in line for line in lines) for separator in (",", ";", "\t"))


def _last_part(name: str) -> str:
    parts = [part for part in re.split(r"[/\\]", name) if part.strip(". ")]
    last = parts[-1] if parts else ""
    drive = re.match(r"\A[A-Za-z]:", last)
    return (last[2:] if drive else last).partition(":")[0]  # behind a colon: a stream of the file


def _split(name: str) -> tuple[str, str]:
    name = _clean(name)
    match = _ANY_EXTENSION.search(name)
    return (name[: match.start()], match[0]) if match and match.start() else (name, "")


def _clean(text: str) -> str:
    """Without what a file name must not hold; composed, so that equal names are equal bytes."""
    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        category = unicodedata.category(char)
        if category in ("Cc", "Cf", "Cs", "Co", "Cn"):
            continue
        kept.append("_" if char in _FORBIDDEN else " " if category.startswith("Z") else char)
    return re.sub(r" +", " ", "".join(kept)).strip(" .").lstrip("-~ ")


def _fit(stem: str, extension: str) -> str:
    room = NAME_BYTES - len(extension.encode())
    stem = stem.encode()[:room].decode(errors="ignore").rstrip(" .")
    # a device keeps its meaning whatever extension follows: nul.csv, con.tar.gz
    device = stem.partition(".")[0].rstrip(" ").casefold() in _DEVICES
    return f"_{stem}{extension}" if device else f"{stem}{extension}"
