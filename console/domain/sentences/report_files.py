"""Sentences about results and files: export, download, tables."""

from __future__ import annotations

FILES: dict[str, str] = {
    "file.exists": "There is already a file {path}. Choose another name, or say that it may be replaced.",
    "file.folder": "{path} is a folder. Name the file in it.",
    "file.no_folder": "There is no folder {path}. Make it first, or choose another.",
    "file.link": "{path} is a link to another file. Choose a name of its own, so that nothing elsewhere is overwritten.",
    "file.in_use": "{path} cannot be replaced: it is open in another program, or protected. Close it there, or choose another name.",
    "file.disk_full": "There is no room left on the disk for {path}. Nothing was written; free some space and save again.",
    "file.no_rows": "This result has no rows to write. Save the original file of the system instead.",
    "file.no_original": "The system sent no file of its own for this result. Choose another format.",
    "file.more_originals": "The system sent {count} more files for this result; the first was saved.",
    "file.format": "This result cannot be written as {format}. Choose another format.",
    "file.without_sub_reports": "The sub-reports are not in this file, which can hold one table. Save as XLSX or JSON to have both.",
    "file.only_sub_reports": "This file holds the rows of the sub-reports. Save as XLSX or JSON to have the summary rows as well.",
    "file.text_cut": "{count} texts were longer than the {limit} characters a cell of a spreadsheet can hold, and were cut.",
    "file.more_sheets": "A sheet of a spreadsheet holds 1,048,575 rows; the rows go on over {count} sheets.",
    "file.cut_in_pdf": "Some texts are too wide for the page and were cut. Choose fewer columns, or save as XLSX.",
    "file.too_long_for_pdf": "{rows} rows are too many for a PDF (the most is {limit}). Filter the table, or save as XLSX or CSV.",
}
