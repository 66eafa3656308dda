"""Replies that belong to another report than the one that was asked for: a mistaken key, or a server that mixed up."""

from __future__ import annotations

from console.domain.errors import ProtocolError
from console.domain.messages import Message, message
from console.reports.columns import Column
from console.reports.schema import ReportDefinition
from console.vendors.xima.reports.reply import Reading


def other_report(definition: ReportDefinition, reading: Reading, host: str) -> Message | None:
    """What must be said of a reply with another title than a standard report has; None when there is nothing.

    A title alone proves nothing: a site may have given its report another name. Imported reports have no title that
    could be compared.

    Raises:
        ProtocolError: it is certainly another report's: its range is another one as well, or no column is known;
            the reading's tables are closed.
    """
    if definition.is_custom or _plain(reading.title).startswith(_plain(definition.title)):
        return None
    if reading.is_other_range or not _has_known_column(definition, reading):
        for table in (reading.table, reading.sub_table):
            if table is not None:
                table.close()
        raise ProtocolError(message("historic.foreign", host=host, got=reading.title, asked=definition.title))
    return message("historic.other_report", host=host, got=reading.title, asked=definition.title)


def _has_known_column(definition: ReportDefinition, reading: Reading) -> bool:
    """Whether a column is one of the report's; also when there are none to compare."""
    known = {_plain(column.title) for column in definition.columns}
    found = {_plain(column.title) for column in _columns(reading)}
    return not known or not found or bool(known & found)


def _columns(reading: Reading) -> tuple[Column, ...]:
    """All columns of a reading but the one that the console puts before those of sub-reports."""
    own = () if reading.table is None else tuple(reading.table.columns)
    return own if reading.sub_table is None else (*own, *reading.sub_table.columns[1:])


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())
