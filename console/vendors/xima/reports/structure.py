"""The outline of a JSON reply: which parts it has, its rows still unread, its sub-reports found.

Rows stay slices of the file until they are wanted, so a reply of a million rows costs its own size and little more.
``subReports`` are not documented, but real: each has ``title`` and ``rows``; whether ``columns`` stand in them or in
their parent is not known, so both are tried, as is nesting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import msgspec

from console.domain.errors import ProtocolError
from console.domain.messages import message
from console.net.decode import PARSE_ERRORS, parse_json
from console.reports.result import SummaryItem
from console.vendors.xima.reports.cells import TITLE_LIMIT, WireColumn, as_text, summary_items

MAX_COLUMNS = 1000
MAX_SUB_REPORTS = 100_000
MAX_DEPTH = 16
KNOWN = frozenset({"columns", "rows", "summaryItems", "subReports", "title"})

Parts = dict[str, msgspec.Raw]


@dataclass(frozen=True)
class Part:
    """A report or sub-report: what it says of itself, and its rows, each a slice of the reply.

    Attributes:
        columns: its own, else those of its parent.
        rest: all other fields, decoded.
        odd_summary: entries of the summary that could not be read.
    """

    title: str
    pointer: str
    columns: tuple[WireColumn, ...]
    rows: list[msgspec.Raw]
    summary: tuple[SummaryItem, ...] = ()
    children: tuple[Part, ...] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)
    odd_summary: int = 0


class Outline:
    """Reads the outline of a reply.

    Args:
        host: for sentences.
    """

    def __init__(self, host: str) -> None:
        self._host = host
        self._count = 0

    def read(self, body: Any) -> Part:
        """Take a reply apart.

        Args:
            body: UTF-8 bytes, or anything that gives them as a buffer.

        Raises:
            ProtocolError: it is no JSON, or no report; the pointer says where.
        """
        parts = self._object(body, "")
        if not KNOWN.intersection(parts) - {"title"}:
            self._bad("", "it has neither rows nor columns, so it is no report")
        return self._part(parts, "", (), 0)

    def rows_of(self, raw: msgspec.Raw, pointer: str) -> Mapping[str, Any]:
        """The cells of one row by column key.

        Raises:
            ProtocolError: it is no object with ``values``.
        """
        row = self.value(raw, pointer)
        values = row.get("values") if isinstance(row, dict) else None
        if not isinstance(values, dict):
            self._bad(pointer, "an object with values was expected")
        return values

    def value(self, raw: Any, pointer: str) -> Any:
        """The decoded value of a slice."""
        try:
            return msgspec.json.decode(raw)
        except RecursionError as exc:
            raise self._deep(pointer) from exc
        except PARSE_ERRORS:
            try:  # half a character may be mended, anything else gets its sentence
                return parse_json(bytes(raw), {}, host=self._host).value
            except ProtocolError as exc:
                exc.pointer = exc.pointer or pointer
                raise

    def _object(self, raw: Any, pointer: str) -> Parts:
        try:
            return msgspec.json.decode(raw, type=Parts)
        except RecursionError as exc:
            raise self._deep(pointer) from exc
        except msgspec.ValidationError:
            self._bad(pointer, "an object was expected")
        except PARSE_ERRORS as exc:
            mended = self._mended(raw, exc)
            if not isinstance(mended, dict):
                self._bad(pointer, "an object was expected")
            return msgspec.json.decode(msgspec.json.encode(mended), type=Parts)

    def _list(self, raw: msgspec.Raw | None, pointer: str) -> list[msgspec.Raw]:
        if raw is None or bytes(memoryview(raw)[:16]).strip() == b"null":
            return []
        try:
            return msgspec.json.decode(raw, type=list[msgspec.Raw])
        except RecursionError as exc:
            raise self._deep(pointer) from exc
        except msgspec.ValidationError:
            self._bad(pointer, "a list was expected")
        except PARSE_ERRORS as exc:
            mended = self._mended(raw, exc)
            if not isinstance(mended, list):
                self._bad(pointer, "a list was expected")
            return msgspec.json.decode(msgspec.json.encode(mended), type=list[msgspec.Raw])

    def _mended(self, raw: Any, failure: BaseException) -> Any:
        """The value of a body that the strict reader refuses, if the lenient one takes it."""
        try:
            return parse_json(bytes(raw), {}, host=self._host).value
        except ProtocolError as exc:
            raise exc from failure

    def _part(self, parts: Parts, pointer: str, inherited: tuple[WireColumn, ...], depth: int) -> Part:
        if depth > MAX_DEPTH:
            raise self._deep(pointer)
        self._count += 1
        if self._count > MAX_SUB_REPORTS:
            raise ProtocolError(message("reply.limits", host=self._host, what=f"over {MAX_SUB_REPORTS} sub-reports"))
        columns = self._columns(parts.get("columns"), f"{pointer}/columns") or inherited
        rows = self._list(parts.get("rows"), f"{pointer}/rows")
        summary, odd = summary_items(self._field(parts, "summaryItems", pointer))
        children = tuple(
            self._part(
                self._object(raw, f"{pointer}/subReports/{index}"), f"{pointer}/subReports/{index}", columns, depth + 1
            )
            for index, raw in enumerate(self._list(parts.get("subReports"), f"{pointer}/subReports"))
        )
        if rows and not columns:
            self._bad(f"{pointer}/columns", "there are rows, but no columns")
        rest = {name: self._field(parts, name, pointer) for name in parts if name not in KNOWN}
        title = as_text(self._field(parts, "title", pointer))[:TITLE_LIMIT]
        return Part(title, pointer, columns, rows, summary, children, rest, odd)

    def _field(self, parts: Parts, name: str, pointer: str) -> Any:
        return self.value(parts[name], f"{pointer}/{name}") if name in parts else None

    def _columns(self, raw: msgspec.Raw | None, pointer: str) -> tuple[WireColumn, ...]:
        items = self._list(raw, pointer)
        if len(items) > MAX_COLUMNS:
            raise ProtocolError(message("reply.limits", host=self._host, what=f"{len(items)} columns"))
        found = []
        for index, item in enumerate(items):
            column = self.value(item, f"{pointer}/{index}")
            key = column.get("key") if isinstance(column, dict) else None
            if not isinstance(key, (str, int)) or isinstance(key, bool):
                self._bad(f"{pointer}/{index}", "an object with a key was expected")
            title = as_text(column.get("title"))[:TITLE_LIMIT] or str(key)
            found.append(WireColumn(str(key), title, as_text(column.get("format"))[:TITLE_LIMIT]))
        return tuple(found)

    def _bad(self, pointer: str, what: str) -> NoReturn:
        shown = pointer or "its top"
        raise ProtocolError(message("reply.shape", host=self._host, pointer=shown, what=what), pointer=pointer)

    def _deep(self, pointer: str) -> ProtocolError:
        return ProtocolError(message("reply.limits", host=self._host, what="nested too deep"), pointer=pointer)
