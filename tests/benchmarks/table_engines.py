"""One engine with the large file, in a process of its own: prints what it took, in ms, as JSON.

Each does what a result window asks for: typed values beside the file's own writing for six of twelve columns, a sort
by a number and by words without regard to case (equal rows in their order, absent ones last), words found in six
columns, and pages of 200 rows as Python values. The peers are given the same work in the fewest words they have.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from callfile import HEADER, TEXTS

SOUGHT = "seitz"
PAGE = 200
NAMES = [f"c{n}" for n in range(len(HEADER))]
Figures = dict[str, float]


@contextmanager
def timed(seen: Figures, name: str) -> Iterator[None]:
    """Note how long a block takes."""
    started, spent = perf_counter(), process_time()
    yield
    seen[name] = (perf_counter() - started) * 1000
    if name == "load":
        seen["load_cpu"] = (process_time() - spent) * 1000


def ours(path: Path, seen: Figures) -> None:
    """The table of reports."""
    with timed(seen, "import"):
        from console.reports.columns import Column, ColumnKind
        from console.reports.table import Filter, SortKey, Table
    kind = ColumnKind
    kinds = (kind.NUMBER, kind.DATETIME, *[kind.TEXT] * 6, kind.NUMBER, kind.DURATION, kind.DURATION, kind.PERCENT)
    columns = tuple(Column(title, title, own) for title, own in zip(HEADER, kinds, strict=True))
    with timed(seen, "first_rows"):
        first = Table.first_rows(path, PAGE, columns)
        assert len(first.view().page(0, PAGE)) == PAGE
    first.close()
    with timed(seen, "load"):
        table = Table.from_csv(path, columns)
    assert not table.problems
    with timed(seen, "sort_number"):
        table.view([SortKey("Calls")])
    with timed(seen, "sort_text"):
        by_note = table.view([SortKey("Note")])
    with timed(seen, "sort_queue"):
        table.view([SortKey("Queue")])
    with timed(seen, "filter"):
        table.view(where=Filter(text=SOUGHT, text_columns=TEXTS))
    with timed(seen, "page"):
        table.view().page(table.row_count // 2, PAGE)
    with timed(seen, "page_sorted"):
        by_note.page(table.row_count // 2, PAGE)
    table.close()


def duckdb(path: Path, seen: Figures) -> None:
    """The bare engine."""
    with timed(seen, "import"):
        import duckdb as engine
    database = engine.connect()
    fields = ", ".join(f"'{name}': 'VARCHAR'" for name in NAMES)
    with timed(seen, "load"):
        form = "CASE WHEN strlen(c9) < 7 THEN try_strptime(c9, '%M:%S') ELSE try_strptime(c9, '%H:%M:%S') END"
        database.execute(
            "CREATE TABLE t AS SELECT *, try_cast(c0 AS DOUBLE) v0, try_strptime(c1, '%Y-%m-%d %H:%M:%S') v1, "
            f"try_cast(c8 AS DOUBLE) v8, epoch_ms({form}) v9, epoch_ms(try_strptime(c10, '%H:%M:%S')) v10, "
            "try_cast(left(c11, -1) AS DOUBLE) v11 "
            f"FROM read_csv('{path}', auto_detect = false, header = true, columns = {{{fields}}})"
        )

    def order(sql: str) -> Any:
        return database.execute(f"SELECT rowid r FROM t {sql}").fetchnumpy()["r"]

    _sorted_and_filtered(
        seen,
        lambda: order("ORDER BY v8 NULLS LAST, rowid"),
        lambda: order("ORDER BY lower(c7) NULLS LAST, rowid"),
        lambda: order("WHERE " + " OR ".join(f"c{n} ILIKE '%{SOUGHT}%'" for n in TEXTS)),
        lambda rows: database.execute("FROM t WHERE rowid IN (SELECT unnest(?))", [rows.tolist()]).fetchall(),
    )


def polars(path: Path, seen: Figures) -> None:
    """The bare engine."""
    with timed(seen, "import"):
        import polars as pl

    def milliseconds(name: str) -> Any:
        parts = pl.col(name).str.split(":")
        part = [parts.list.get(n, null_on_oob=True).cast(pl.Int64, strict=False) for n in (-1, -2, -3)]
        return part[0] * 1000 + part[1] * 60_000 + part[2].fill_null(0) * 3_600_000

    with timed(seen, "load"):
        lines = pl.scan_csv(path, with_column_names=lambda _: NAMES, infer_schema=False)
        table = lines.with_columns(
            v0=pl.col("c0").cast(pl.Float64, strict=False),
            v1=pl.col("c1").str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False),
            v8=pl.col("c8").cast(pl.Float64, strict=False),
            v9=milliseconds("c9"),
            v10=milliseconds("c10"),
            v11=pl.col("c11").str.strip_chars_end("%").cast(pl.Float64, strict=False),
        ).collect(engine="streaming")

    def order(key: Any) -> Any:
        return table.select(pl.arg_sort_by(key, nulls_last=True, maintain_order=True)).to_series()

    found = pl.any_horizontal([pl.col(f"c{n}").str.contains(f"(?i){SOUGHT}") for n in TEXTS])
    _sorted_and_filtered(
        seen,
        lambda: order(pl.col("v8")),
        lambda: order(pl.col("c7").str.to_lowercase()),
        lambda: table.lazy().select(found.arg_true()).collect(),
        lambda rows: table[rows].rows(),
    )


def pyarrow(path: Path, seen: Figures) -> None:
    """The fastest reader; it has no notion of a duration in a file, which stays text."""
    with timed(seen, "import"):
        import pyarrow.compute as pc
        from pyarrow import csv as reader
    with timed(seen, "load"):
        given = reader.ReadOptions(column_names=NAMES, skip_rows=1)
        table = reader.read_csv(path, read_options=given)

    def order(key: Any) -> Any:
        return pc.sort_indices(key)

    def wanted() -> Any:
        masks = [pc.match_substring(table[f"c{n}"].cast("string"), SOUGHT, ignore_case=True) for n in TEXTS]
        found = masks[0]
        for mask in masks[1:]:
            found = pc.or_kleene(found, mask)
        return pc.indices_nonzero(found)

    _sorted_and_filtered(
        seen,
        lambda: order(table["c8"]),
        lambda: order(pc.utf8_lower(table["c7"])),
        wanted,
        lambda rows: table.take(rows).to_pydict(),
    )


def _sorted_and_filtered(
    seen: Figures,
    by_number: Callable[[], Any],
    by_text: Callable[[], Any],
    found: Callable[[], Any],
    page: Callable[[Any], Any],
) -> None:
    with timed(seen, "sort_number"):
        by_number()
    with timed(seen, "sort_text"):
        rows = by_text()
    with timed(seen, "filter"):
        found()
    with timed(seen, "page_sorted"):
        page(rows[500_000 : 500_000 + PAGE])


def csv_module(path: Path, seen: Figures) -> None:
    """The standard library and lists."""
    with timed(seen, "load"), path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        rows = [tuple(row) for row in reader]
    with timed(seen, "sort_number"):
        sorted(range(len(rows)), key=lambda at: int(rows[at][8]))
    with timed(seen, "sort_text"):
        sorted(range(len(rows)), key=lambda at: rows[at][7].lower())
    with timed(seen, "filter"):
        assert [at for at, row in enumerate(rows) if any(SOUGHT in row[n].lower() for n in TEXTS)]


def sqlite(path: Path, seen: Figures) -> None:
    """The standard library's database, in memory."""
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE TABLE t ({', '.join(NAMES)})")
    with timed(seen, "load"), path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        database.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(NAMES))})", reader)
    with timed(seen, "sort_number"):
        database.execute("SELECT rowid FROM t ORDER BY CAST(c8 AS REAL), rowid").fetchall()
    with timed(seen, "sort_text"):
        database.execute("SELECT rowid FROM t ORDER BY c7 COLLATE NOCASE, rowid").fetchall()
    with timed(seen, "filter"):
        found = " OR ".join(f"c{n} LIKE '%{SOUGHT}%'" for n in TEXTS)
        database.execute(f"SELECT rowid FROM t WHERE {found}").fetchall()


def peak_mb() -> float:
    """The most memory this process has held."""
    if sys.platform == "win32":
        import psutil

        return float(psutil.Process().memory_info().peak_wset) / 1e6
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def main() -> None:
    """Measure the engine named first with the file named second."""
    engines = {
        "ours": ours,
        "duckdb": duckdb,
        "polars": polars,
        "pyarrow": pyarrow,
        "csv": csv_module,
        "sqlite": sqlite,
    }
    seen: Figures = {}
    engines[sys.argv[1]](Path(sys.argv[2]), seen)
    print(json.dumps(seen | {"peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
