"""`report ...` over a scripted phone system: what is said, what is written, and how it ends."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from console.cli import report_files
from console.cli.main import run
from console.cli.parser import build_parser
from console.domain.callflow import CallFlow, EventKind, FlowEvent, FlowSpan, SpanKind
from console.domain.errors import AuthError, ConnectFailed, UserError
from console.domain.messages import message
from console.net.redact import Redactor
from console.reports.export import Exported, ExportOptions
from console.reports.result import Phase, Progress, ReportResult, Tell
from console.reports.schema import Choice, Param, ParamKind
from console.settings.paths import resolve_paths
from tests.engine.report_fakes import CALLS, Server, spec_of


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Call = Callable[..., Said]


def fake_pdf(result: ReportResult, path: Path, options: ExportOptions) -> Exported:
    path.write_text(f"%PDF {options.site}")
    return Exported(path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server(zone="America/New_York")
    monkeypatch.setattr("console.engine.profiles.backends", lambda: {"fake": spec_of(server)})
    return server


@pytest.fixture
def call(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Call:
    paths = resolve_paths(tmp_path / "home")

    def call(*arguments: str, stdin: bytes = b"") -> Said:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        args = build_parser().parse_args(arguments)
        code = run(args, paths, Redactor(), lambda where, error: pytest.fail(f"{where}: {error!r}"), fake_pdf)
        out, err = capfdbinary.readouterr()
        return Said(code, out.decode(), err.decode())

    for name in ("North", "South"):
        added = call("profile", "add", name, "--backend", "fake", "--url", "https://pbx.example")
        assert added.code == 0, added.err
    return call


def test_list_asks_the_system_and_falls_back_on_what_is_known(call: Call, server: Server) -> None:
    said = call("report", "list", "North")
    assert said.out.splitlines() == ["calls\tCalls by Queue", "keyed\tCalls of an Account"]
    assert call("report", "list", "north", "--offline").out.splitlines() == ["calls\tCalls by Queue"]
    documents = json.loads(call("report", "list", "North,South", "--json").out)
    assert [d["profile"] for d in documents] == ["North", "North", "South", "South"]
    assert documents[0]["formats"] == ["table", "csv"]


def test_describe_tells_what_to_set(call: Call) -> None:
    said = call("report", "describe", "North", "Calls by")
    assert "Calls by Queue (calls)" in said.out
    assert "--timeframe yesterday" in said.out
    assert "a list of the system (queues)" in said.out
    assert json.loads(call("report", "describe", "North", "calls", "--json").out)["params"][0]["id"] == "when"


def test_request_is_a_snippet_without_the_secret(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPERVISOR_CONSOLE_SECRET_NORTH_KEY", "canary-report-key-1")
    said = call("report", "request", "North", "calls", "--timeframe", "yesterday", "--as", "curl")
    assert said.code == 0
    assert "SUPERVISOR_CONSOLE_SECRET_NORTH_KEY" in said.out
    assert "canary" not in said.out + said.err
    assert "https://pbx.example/report" in said.out


def test_run_prints_title_range_and_rows(call: Call) -> None:
    said = call("report", "run", "North", "calls", "--timeframe", "2026-08-01..2026-08-10")
    assert said.code == 0, said.err
    assert said.out.splitlines()[0] == "Calls by Queue (North)"
    assert said.out.splitlines()[1].startswith("Sat 1 Aug 2026 00:00:00 -> Mon 10 Aug 2026 23:59:59")
    assert "America/New_York" in said.out
    assert "Sales       12       1:01" in said.out
    assert said.out.rstrip().endswith("2 rows")
    assert said.err == ""


def test_choices_are_named_as_people_do(call: Call, server: Server) -> None:
    said = call("report", "run", "North", "calls", "--set", "queues=Sales,service,Night", "--set", "queues=s")
    assert said.code == 0
    assert server.plans[-1].values["queues"] == ["s", "v", "Night"]
    assert "does not list Night" in said.err


def test_original_keeps_the_bytes(call: Call, tmp_path: Path) -> None:
    target = tmp_path / "calls.csv"
    said = call("report", "run", "North", "calls", "--format", "original", "--output", str(target))
    assert said.code == 0, said.err
    assert target.read_bytes() == b"Queue,Calls\r\nSales,12\r\n"
    assert said.out == f"{target}: 2 rows.\n"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    piped = call("report", "run", "North", "calls", "--format", "original", "--output", "-")
    assert piped.out == "Queue,Calls\r\nSales,12\r\n"


def test_file_names_take_report_site_and_dates(call: Call, tmp_path: Path) -> None:
    template = str(tmp_path / "{site}-{from}-{to}")
    said = call("report", "run", "North", "calls", "--timeframe", "2026-08-01..2026-08-02", "--output", template)
    assert said.code == 0, said.err
    text = (tmp_path / "North-2026-08-01-2026-08-02.csv").read_text("utf-8-sig")
    assert "Sales,12" in text
    assert call("report", "run", "North", "calls", "--output", str(tmp_path), "--format", "xlsx").code == 0
    assert len(list(tmp_path.glob("Calls by Queue North *.xlsx"))) == 1
    wrong = call("report", "run", "North", "calls", "--output", str(tmp_path / "{month}.csv"))
    assert wrong.code == 2
    assert "{report} {site} {from} {to}" in wrong.err


def test_a_file_is_never_replaced_without_a_word(call: Call, server: Server, tmp_path: Path) -> None:
    target = tmp_path / "mine.csv"
    target.write_text("precious")
    said = call("report", "run", "North", "calls", "--output", str(target))
    assert said.code == 2
    assert "--force" in said.err
    assert target.read_text() == "precious"
    assert server.plans == [], "it is said before the system works for it"
    assert call("report", "run", "North", "calls", "--output", str(target), "--force", "--quiet").out == ""
    assert "Sales,12" in target.read_text("utf-8-sig")
    nowhere = call("report", "run", "North", "calls", "--output", str(tmp_path / "no" / "x.csv"))
    assert (nowhere.code, "no folder" in nowhere.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        (("report", "run", "East", "calls"), 2, "no profile East"),
        (("report", "run", "North", "missed"), 2, "no report missed"),
        (("report", "run", "North", "c"), 2, "may be any of these"),
        (("report", "run", "North", "calls", "--timeframe", "next_week"), 2, "yesterday"),
        (("report", "run", "North", "calls", "--timeframe", "2026-08-10..2026-08-01"), 2, "end"),
        (("report", "run", "North", "calls", "--set", "queue=1"), 2, "queues"),
        (("report", "run", "North", "calls", "--set", "queues"), 2, "NAME=VALUE"),
        (("report", "run", "North", "keyed"), 2, "Report key"),
        (("report", "run", "North", "keyed", "--timeframe", "today"), 2, "no timeframe"),
        (("report", "run", "North", "calls", "--as-format", "pdf"), 2, "does not come as pdf"),
        (("report", "run", "North", "calls", "--preset", "Morning"), 2, "no preset Morning"),
        (("report", "import", "North", "--from", "/no/such/file"), 2, "cannot be read"),
        (("report", "import", "North", "--from", "-"), 2, "empty"),
    ],
)
def test_bad_input_is_one_sentence(
    call: Call, server: Server, arguments: tuple[str, ...], code: int, word: str
) -> None:
    said = call(*arguments)
    assert said.code == code
    assert word in said.err
    assert len(said.err.splitlines()) == 1
    assert server.plans == []


@pytest.mark.allow_warnings
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AuthError(message("http.unauthorized", host="h", secret="key")), 3),
        (ConnectFailed(message("connect.refused", host="h", port=1)), 4),
        (UserError(message("run.empty", host="h")), 2),
    ],
)
def test_a_failed_run_says_why_and_leaves_no_file(
    call: Call, server: Server, tmp_path: Path, error: Exception, code: int
) -> None:
    server.script.append(error)
    target = tmp_path / "out.csv"
    said = call("report", "run", "North", "calls", "--format", "original", "--output", str(target))
    assert said.code == code
    assert len(said.err.splitlines()) == 1
    assert not target.exists()
    assert list((tmp_path / "home" / "runs").glob("*")) == []


@pytest.mark.allow_warnings
def test_several_sites_are_united_and_a_failed_one_is_named(call: Call, server: Server) -> None:
    said = call("report", "run", "North,South", "calls")
    assert said.code == 0, said.err
    assert said.out.splitlines()[0] == "Calls by Queue (North, South)"
    assert said.out.rstrip().endswith("4 rows")
    server.script.append(ConnectFailed(message("connect.refused", host="h", port=1)))
    partly = call("report", "run", "North", "calls", "--profile", "South")
    assert partly.code == 4
    assert partly.out.rstrip().endswith("2 rows")
    assert "is missing" in partly.err


@pytest.mark.allow_warnings  # presets and history cannot be saved on it either
def test_a_full_disk_leaves_nothing_half_written(call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(fd: int) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "out.csv"
    monkeypatch.setattr(report_files.os, "fsync", full)
    said = call("report", "run", "North", "calls", "--format", "original", "--output", str(target))
    assert said.code == 2
    assert "No space left on device" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


def test_a_pdf_is_written_by_what_the_program_brings_for_it(call: Call, tmp_path: Path) -> None:
    target = tmp_path / "calls.pdf"
    assert call("report", "run", "North", "calls", "--output", str(target)).code == 0
    assert target.read_bytes() == b"%PDF North"


def test_the_format_follows_the_name_of_the_file_or_the_word(call: Call, tmp_path: Path) -> None:
    assert call("report", "run", "North", "calls", "--output", str(tmp_path / "a.json")).code == 0
    assert json.loads((tmp_path / "a.json").read_text("utf-8-sig"))
    piped = call("report", "run", "North", "calls", "--format", "csv")
    assert "Sales,12" in piped.out


def test_an_imported_report_is_there_from_now_on(call: Call, server: Server, tmp_path: Path) -> None:
    paste = tmp_path / "paste.txt"
    paste.write_text("Billing Calls")
    said = call("report", "import", "North", "--from", str(paste))
    assert said.out == "Imported: Billing Calls (billing-calls).\n"
    again = call("report", "import", "North", "--from", "-", stdin=b"Billing Calls")
    assert (again.code, "already has a report" in again.err, "--keep-both" in again.err) == (2, True, True)
    both = call("report", "import", "North", "--from", "-", "--keep-both", "--title", "Mine", stdin=b"Billing Calls")
    assert both.out == "Imported: Mine (billing-calls-2).\n"
    assert "billing-calls\tBilling Calls\t\timported" in call("report", "list", "North").out
    assert call("report", "run", "North", "Billing Calls").code == 0
    assert server.plans[-1].values == {"report_key": "Billing Calls"}


def test_an_interrupt_says_that_the_system_may_go_on(
    call: Call, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os
    import signal

    async def step(tell: Tell) -> None:
        import asyncio

        tell(Progress(Phase.WAITING))
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(30)

    server.script.append(step)
    said = call("report", "run", "North", "calls")
    assert said.code == 130
    assert said.err == "Cancelled. The system may still be working on the report.\n"


def test_a_schedule_notes_what_its_run_came_to(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "schedules"
    folder.mkdir()
    (folder / "abc123.json").write_text("{}")
    target = tmp_path / "out.csv"
    arguments = ("report", "run", "North", "calls", "--format", "original", "--output", str(target), "--quiet")
    assert call(*arguments, "--scheduled", "abc123").out == ""
    assert json.loads((folder / "abc123.outcome").read_text())["text"] == str(target)
    assert call(*arguments, "--scheduled", "abc123").code == 2
    assert "--force" in json.loads((folder / "abc123.outcome").read_text())["text"]


def test_a_star_chooses_everything_the_system_lists(call: Call, server: Server) -> None:
    assert call("report", "run", "North", "calls", "--set", "queues=*").code == 0
    assert server.plans[-1].values["queues"] == ["s", "v"]


def test_a_star_is_no_single_choice(call: Call, server: Server) -> None:
    choices = (Choice("a", "A"), Choice("b", "B"))
    more = (*CALLS.params, Param("one", ParamKind.CHOICE, "One", choices=choices))
    server.listed = (CALLS, replace(CALLS, id="single", title="One at a time", params=more))
    said = call("report", "run", "North", "single", "--set", "one=*")
    assert said.code == 2
    assert "takes one of its choices" in said.err


def test_what_must_be_given_is_told_with_how_to_say_it(call: Call) -> None:
    call("report", "list", "North")
    said = call("report", "run", "North", "keyed")
    assert said.code == 2
    assert "--set report_key=VALUE" in said.err


def test_the_course_of_a_call_is_told_where_the_system_tells_it(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    said = call("report", "flow", "North", "17.4")
    assert (said.code, said.out) == (2, "")
    assert "does not tell the course" in said.err

    async def call_flow(self: object, call_id: str) -> CallFlow:
        event = FlowEvent("ENTER", EventKind.ENTER, None, 0, "Sales", details=(("caller", "+49 1\x1b[2J"),))
        span = FlowSpan(SpanKind.WAITING, 0, 65_000, 1, "Sales", is_open=True)
        return CallFlow(call_id, None, 65_000, (event,), (span,), remarks=(message("text.plain", text="odd"),))

    monkeypatch.setattr("tests.engine.report_fakes.FakeRunner.call_flow", call_flow, raising=False)
    said = call("report", "flow", "North", "17.4")
    assert said.code == 0
    assert "waiting  Sales  1:05  end not recorded" in said.out
    assert "\x1b" not in said.out
    assert said.err == "odd\n"
    document = json.loads(call("report", "flow", "North", "17.4", "--json").out)
    assert document["spans"][0]["is_open"] is True
    assert document["events"][0]["event"] == "ENTER"
