"""A run, a schedule, a list and values in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from console.domain.clock import SystemClock
from console.domain.errors import TimedOut
from console.domain.messages import message
from console.domain.model import ProfileId
from console.engine.report_job import Job
from console.engine.report_records import HistoryEntry, Preset
from console.engine.schedules.schedule import Cadence, Every
from console.reports.request import RunPlan
from console.reports.result import Phase, Progress
from console.reports.schema import Choice, Param, ParamKind, ReportDefinition
from console.reports.timeframe import ResolvedTimeframe
from console.ui.reports.history_tab import range_words
from console.ui.reports.job_words import ICONS, job_line, job_share, phase_word
from console.ui.reports.list_rows import Shelf, last_runs, make_rows, size_words
from console.ui.reports.schedule_words import cadence_words, command_line
from console.ui.reports.values_text import frozen, values_lines
from tests.support import ManualClock

SITE = ProfileId("p")
CALLS = ReportDefinition(
    "calls",
    "demo",
    "Calls",
    category="Queues",
    params=(
        Param("when", ParamKind.TIMEFRAME, "When"),
        Param("queues", ParamKind.MULTI_CHOICE, "Queues", choices=(Choice("1", "Sales"),)),
    ),
)
OTHER = ReportDefinition("other", "demo", "Other", category="Agents", needs="a licence", inferred=True)
ZONE = ZoneInfo("Europe/Berlin")
DAY = ResolvedTimeframe(
    datetime(2026, 3, 29, tzinfo=ZONE), datetime(2026, 3, 29, 23, 59, 59, tzinfo=ZONE), "Europe/Berlin"
)


def job(phase: Phase, **more: object) -> Job:
    made = Job(
        id="j",
        profile_id=SITE,
        profile_name="Berlin",
        backend="demo",
        definition=CALLS,
        plan=RunPlan(SITE, "calls", "Calls", {}, "table", ()),
        clock=more.pop("clock", SystemClock()),  # type: ignore[arg-type]
        queued_at=datetime(2026, 1, 1, tzinfo=UTC),
        phase=phase,
    )
    for name, value in more.items():
        setattr(made, name, value)
    return made


def entry(report: str = "calls", **more: object) -> HistoryEntry:
    whole = HistoryEntry(
        "h", SITE, "Berlin", "demo", report, "Calls", {}, "", DAY, datetime(2026, 1, 1, tzinfo=UTC), 2.0, 7, 10,
        Phase.DONE,
    )  # fmt: skip
    return replace(whole, **more)  # type: ignore[arg-type]


def test_every_phase_has_a_word_and_a_sign_of_its_own() -> None:
    assert len({phase_word(phase) for phase in Phase}) == len(Phase)
    assert len({ICONS[phase] for phase in Phase}) == len(Phase)


def test_a_download_says_bytes_share_and_rate() -> None:
    clock = ManualClock()
    running = job(Phase.DOWNLOADING, clock=clock, started_mono=clock.monotonic())
    running.progress = Progress(Phase.DOWNLOADING, 500_000, 2_000_000, 2, 4)
    assert "part 2 of 4" in job_line(running)
    assert "500.0 kB / 2.0 MB" in job_line(running)
    assert job_share(running) == pytest.approx((1 + 0.25) / 4)
    assert job_share(job(Phase.RUNNING)) is None


def test_a_failure_is_its_sentence_and_a_cancelled_run_says_what_may_go_on() -> None:
    error = TimedOut(message("report.closed"))
    assert job_line(job(Phase.FAILED, error=error)).startswith("Failed: The console was closing")
    assert "still be working" in job_line(job(Phase.CANCELLED, host_may_still_work=True))
    assert job_line(job(Phase.CANCELLED)) == "Cancelled"


def test_the_list_has_recent_starred_presets_and_categories() -> None:
    preset = Preset("x", "demo", "calls", "Every morning", {}, starred=True)
    shelf = Shelf((CALLS, OTHER), (preset,), ("other",), frozenset({"calls"}), last_runs([entry()]))
    rows = make_rows(shelf)
    assert [row.title for row in rows if row.is_heading] == ["Recent", "Starred", "Presets", "Queues", "Agents"]
    other = next(row for row in rows if row.report_id == "other")
    assert other.marks == ("inferred",)
    assert other.hint.startswith("Not on every system. It takes:")
    assert "7 rows" in next(row for row in rows if row.report_id == "calls").line
    assert [row.title for row in make_rows(shelf, "MORN")] == [
        "Starred", "Every morning", "Presets", "Every morning",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [({"phase": Phase.FAILED}, "failed"), ({"rows": 0}, "no rows"), ({"rows": None}, "a file"), ({"rows": 1}, "1 row")],
)
def test_the_last_run_says_what_came_of_it(change: dict[str, object], words: str) -> None:
    rows = make_rows(Shelf((CALLS,), last=last_runs([entry(**change)])))
    assert rows[-1].line.endswith(words)


def test_values_are_words_and_dates_can_be_frozen() -> None:
    values = {"when": {"preset": "yesterday"}, "queues": ["1", "9"], "odd": {"a": 1}, "none": None}
    assert values_lines(CALLS, values) == ["When: yesterday", "Queues: Sales, 9", 'odd: {"a": 1}']
    again = frozen(CALLS, values, DAY)
    assert again["when"] == {"preset": "custom", "start": "2026-03-29T00:00:00", "end": "2026-03-29T23:59:59"}
    assert frozen(CALLS, values, None) == values
    assert values["when"] == {"preset": "yesterday"}


def test_ranges_are_short() -> None:
    assert range_words(DAY) == "2026-03-29"
    assert range_words(replace(DAY, end=DAY.end.replace(day=30))) == "2026-03-29 – 2026-03-30"
    assert range_words(replace(DAY, end=DAY.start.replace(hour=8))) == "2026-03-29 00:00 – 08:00"
    assert range_words(None) == ""


def test_sizes_take_the_unit_that_suits() -> None:
    assert [size_words(n) for n in (12, 1500, 2_500_000, 3 * 10**9)] == ["12 bytes", "1.5 kB", "2.5 MB", "3.00 GB"]


def test_cadences_and_commands() -> None:
    assert cadence_words(Cadence(Every.HOUR, time(0, 5))) == "every hour at minute 05"
    assert cadence_words(Cadence(Every.DAY, time(7, 30))) == "every day at 07:30"
    assert cadence_words(Cadence(Every.WEEK, time(7), (4, 0))) == "Monday, Friday at 07:00"
    assert cadence_words(Cadence(Every.MONTH, time(7), day=3)) == "on day 3 of each month at 07:00"
    assert command_line(["a b", "c"], windows=False) == "'a b' c"
    assert command_line(["a b", "c"], windows=True) == '"a b" c'
