"""Results as files: CSV, HTML, Excel, OpenDocument, PDF. The same figures, as the product's screens show them.

Which formats the vendor's interface gives is not documented; these are those of its export dialog. Both Excel words
give the newer format. Sub-reports are put into one list with their title in front.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from html import escape
from typing import Final

from console.demo.servers.xima_report_pdf import pdf
from console.demo.servers.xima_report_table import BOOLEAN, DATE_TIME, DURATION, STRING, Row, Table, Value, shown
from console.demo.world.zone import Zone

TYPES: Final = {
    "csv": "text/csv",
    "html": "text/html",
    "pdf": "application/pdf",
    "xls": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
}
_ENDINGS: Final = {"xls": "xlsx"}
_DAY_MS = 86_400_000


def file_of(form: str, title: str, table: Table, zone: Zone) -> tuple[str, bytes]:
    """Give the file's name and its bytes."""
    name = f"{title.replace(' ', '_')}.{_ENDINGS.get(form, form)}"
    columns, rows = _flat(table)
    if form in ("xls", "xlsx"):
        return name, _xlsx(columns, rows, zone)
    texts = [[text for text, _ in columns]]
    texts += [[shown(value, kind, zone) for value, (_, kind) in zip(row, columns, strict=True)] for row in rows]
    if form == "csv":
        return name, _csv(texts)
    summary = [f"{label}: {shown(value, kind, zone)}" for label, value, kind in table.summary]
    if form == "html":
        return name, _html(title, summary, texts)
    if form == "odt":
        return name, _odt(title, summary, texts)
    return name, pdf(title, [*summary, "", *("   ".join(line) for line in texts)])


def _flat(table: Table) -> tuple[list[tuple[str, str]], list[Row]]:
    if table.subs is None:
        return table.columns, table.rows
    first: Value
    rows: list[Row] = []
    for sub in table.subs:
        first = sub.title
        rows += [[first, *row] for row in sub.rows]
    return [("Sub Report", STRING), *table.columns], rows


def _csv(texts: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(texts)
    return out.getvalue().encode()


def _html(title: str, summary: Sequence[str], texts: Sequence[Sequence[str]]) -> bytes:
    lines = [f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in line)}</tr>" for line in texts[1:]]
    head = "".join(f"<th>{escape(text)}</th>" for text in texts[0])
    items = "".join(f"<p>{escape(text)}</p>" for text in summary)
    page = (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{escape(title)}</title></head><body>'
        f"<h1>{escape(title)}</h1>{items}\n<table>\n<tr>{head}</tr>\n" + "\n".join(lines) + "\n</table></body></html>\n"
    )
    return page.encode()


def _xlsx(columns: Sequence[tuple[str, str]], rows: Sequence[Row], zone: Zone) -> bytes:
    import xlsxwriter  # only who asks for such a file pays for it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Report")
        formats = {DURATION: book.add_format({"num_format": "[h]:mm:ss"})}
        formats[DATE_TIME] = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for place, (title, _) in enumerate(columns):
            sheet.write_string(0, place, title)
        for line, row in enumerate(rows, 1):
            for place, (value, (_, kind)) in enumerate(zip(row, columns, strict=True)):
                if value is None:
                    continue
                if kind == DURATION:
                    sheet.write_number(line, place, float(value) / _DAY_MS, formats[kind])
                elif kind == DATE_TIME:
                    sheet.write_datetime(line, place, zone.local(int(value)).replace(tzinfo=None), formats[kind])
                elif kind == BOOLEAN:
                    sheet.write_boolean(line, place, bool(value))
                elif isinstance(value, str):
                    sheet.write_string(line, place, value)
                else:
                    sheet.write_number(line, place, value)
    return out.getvalue()


_ODT = "application/vnd.oasis.opendocument.text"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.2" '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODT}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def _odt(title: str, summary: Sequence[str], texts: Sequence[Sequence[str]]) -> bytes:
    paragraphs = "".join(f"<text:p>{escape(text)}</text:p>" for text in (title, *summary))
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{escape(text)}</text:p></table:table-cell>" for text in line)
        + "</table:table-row>"
        for line in texts
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.2" '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:text>'
        f'{paragraphs}<table:table table:name="Report">'
        f'<table:table-column table:number-columns-repeated="{len(texts[0])}"/>{rows}</table:table>'
        "</office:text></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), _ODT)  # first and not compressed, as the format asks
        archive.writestr("META-INF/manifest.xml", _MANIFEST, zipfile.ZIP_DEFLATED)
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
