"""Every report of the demo's four systems by the command line, as text and in three kinds of file."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from console.demo.options import Options
from tests.report_floor import Desk, Floor, floor

RANGE = ("--timeframe", "2026-09-23..2026-09-23")
PERIOD = ("--timeframe", "2026-09-23")
XIMA = ("chronicall", "xima")
# what the demo's exchange answers with an error, as an exchange without that firmware or licence does
NOT_THERE = {"qosreport", "aisttusage", "aireceptionistcallactivity", "my_report"}
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def small() -> Iterator[Floor]:
    """A small floor at a standstill."""
    options = Options(seed=7, queues=3, agents=8, manual=True, start="2026-09-24T11:00", site_zone="Europe/Madrid")
    with floor(options) as running:
        yield running


@pytest.fixture
def desk(small: Floor, tmp_path: Path) -> Desk:
    return Desk(tmp_path / "home", small)


def reports(desk: Desk, backend: str, name: str) -> list[str]:
    """Ids of all reports to run: those the system lists, for Xima those imported from what its own pages show."""
    if backend in XIMA:
        for offer in desk.floor.pasted(backend):
            pasted = offer["request_details"].encode()
            said = desk("report", "import", name, "--from", "-", "--title", offer["title"], stdin=pasted)
            assert said.code == 0, said.err
    said = desk("report", "list", name, "--json")
    assert (said.code, said.err) == (0, "")
    return [report["id"] for report in json.loads(said.out) if report["imported"] or backend not in XIMA]


def values(desk: Desk, name: str, report: str) -> list[str]:
    """What a person would have to say: the day, and everything for what is needed, or the first where one is asked."""
    document = json.loads(desk("report", "describe", name, report, "--json").out)
    said: list[str] = []
    for param in document["params"]:
        kind = param["kind"]
        if kind in ("timeframe", "period"):
            said += RANGE if kind == "timeframe" else PERIOD
        elif param.get("required") and param.get("directory"):
            chosen = "*" if kind == "multi_choice" else desk.floor.first(param["directory"])
            said += ["--set", f"{param['id']}={chosen}"]
    return said


def rows_of_text(text: str) -> list[int]:
    """How many rows each table of a printed report claims to have."""
    lines = [line.split() for line in text.splitlines()]
    return [int(line[0].replace(",", "")) for line in lines if len(line) == 2 and line[1] in ("row", "rows")]


def rows_of_sheets(path: Path) -> tuple[list[str], list[int]]:
    """Names of the sheets and their rows without the header line; the file is read as zip and XML."""
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        for part in book.namelist():
            ElementTree.fromstring(book.read(part))
        workbook = ElementTree.fromstring(book.read("xl/workbook.xml"))
        names = [sheet.attrib["name"] for sheet in workbook.iter(f"{SHEET}sheet")]
        counts = []
        for number in range(1, len(names) + 1):
            sheet = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            counts.append(sum(1 for row in sheet.iter(f"{SHEET}row") if len(row)) - 1)
    return names, counts


def as_csv(document: dict[str, Any], which: str) -> list[list[str]]:
    """The rows of a JSON file written as the CSV file should have them."""
    columns = document[f"{which}columns"]
    header: list[str] = []
    for column in columns:
        header += [column["title"]] + ([f"{column['title']} (s)"] if column["kind"] == "duration" else [])
    lines = [header]
    for row in document[f"{which}rows"]:
        line: list[str] = []
        for column in columns:
            value = row.get(column["id"])
            if column["kind"] == "duration":
                line += durations(value)
            elif isinstance(value, bool):
                line.append("yes" if value else "no")
            else:
                line.append("" if value is None else str(value))
        lines.append(line)
    return lines


def durations(value: Any) -> list[str]:
    """Milliseconds as h:mm:ss and as seconds."""
    if not isinstance(value, (int, float)):
        return ["" if value is None else str(value), ""]
    whole, sign = int(abs(value) // 1000), "-" if value <= -1000 else ""
    seconds = value / 1000
    exact = int(seconds) if seconds == int(seconds) else round(seconds, 3)
    return [f"{sign}{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}", str(exact)]


def unguarded(line: list[str]) -> list[str]:
    """A line without the mark that keeps a spreadsheet from taking text for a formula."""
    return [cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@" else cell for cell in line]


def faults(desk: Desk, folder: Path, name: str, report: str) -> list[str]:
    """Run a report in all formats; what is wrong with it, in words."""
    said = values(desk, name, report)
    run = ("report", "run", name, report, *said)
    printed = desk(*run)
    if printed.code:
        return [f"{report}: exit {printed.code}: {printed.err}"]
    wrong = [f"{report}: nothing printed"] if not printed.out.strip() else []
    files = {kind: folder / f"{report}.{kind}" for kind in ("csv", "xlsx", "json")}
    for kind, path in files.items():
        saved = desk(*run, "--output", str(path))
        if saved.code or not path.exists():
            return [*wrong, f"{report}: {kind}: exit {saved.code}: {saved.err}"]
    document = json.loads(files["json"].read_text("utf-8"))
    tables = [which for which in ("", "sub_report_") if f"{which}rows" in document]
    counts = [len(document[f"{which}rows"]) for which in tables]
    lines = list(csv.reader(io.StringIO(files["csv"].read_text("utf-8-sig"), newline="")))
    main = "sub_report_" if tables == ["sub_report_"] or (counts[0] == 0 and len(tables) == 2) else ""
    if [unguarded(line) for line in lines] != as_csv(document, main):
        wrong.append(f"{report}: the rows of CSV and JSON differ")
    sheets, filled = rows_of_sheets(files["xlsx"])
    if filled[: len(counts)] != counts or sheets[-1] != "About":
        wrong.append(f"{report}: XLSX has {sheets} with {filled} rows, JSON {counts}")
    if rows_of_text(printed.out) != counts:
        wrong.append(f"{report}: the terminal says {rows_of_text(printed.out)}, JSON {counts}")
    if not sum(counts):
        wrong.append(f"{report}: no row at all")
    return wrong


@pytest.mark.allow_warnings  # reports the demo's exchange does not know are logged as failed
@pytest.mark.parametrize(("backend", "count"), [("chronicall", 15), ("xima", 15), ("yeastar", 25), ("asternic", 17)])
def test_every_report_is_the_same_in_every_format(desk: Desk, tmp_path: Path, backend: str, count: int) -> None:
    name = desk.add(backend)
    found = reports(desk, backend, name)
    assert len(found) == count
    wrong = []
    for report in found:
        if report in NOT_THERE:
            said = desk("report", "run", name, report, *values(desk, name, report))
            assert (said.code, said.out) == (4, "")
            assert "does not know this report" in said.err
        else:
            wrong += faults(desk, tmp_path, name, report)
    assert wrong == []
    assert desk.runs == []
