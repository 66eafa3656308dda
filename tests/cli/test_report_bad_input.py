"""What goes wrong with reports on the command line: one plain sentence, the right exit code, nothing half-written."""

from __future__ import annotations

import http.server
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from console.cli.exits import INTERRUPTED, OK, REFUSED, UNREACHABLE, USAGE
from console.demo.options import Options
from console.engine import jobs
from console.net.limits import LIMITS, Deadlines
from console.vendors.xima.reports import runner as xima_runner
from tests.canaries import leaks
from tests.report_floor import Desk, Floor, Said, floor

pytestmark = pytest.mark.allow_warnings  # failed runs are logged, too

RANGE = ("--timeframe", "2026-09-22..2026-09-23")
REPORTS = {
    "asternic": ("answered_calls_detail", *RANGE),
    "yeastar": ("queueperformance", "--set", "queue_id_list=*", *RANGE),
}
ADDRESS = {"chronicall": "historic-data", "xima": "historic-data", "asternic": "rest/", "yeastar": "call_report"}


@pytest.fixture(scope="module")
def small() -> Iterator[Floor]:
    """A small floor at a standstill."""
    options = Options(seed=7, queues=3, agents=8, manual=True, start="2026-09-24T11:00", site_zone="Europe/Madrid")
    with floor(options) as running:
        yield running


@dataclass
class Place:
    """A person with every system's profile, and the folder they save to."""

    desk: Desk
    folder: Path
    reports: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def floor(self) -> Floor:
        return self.desk.floor

    def name(self, backend: str) -> str:
        return str(self.floor.profiles[backend]["name"])

    def run(self, backend: str, *arguments: str) -> Said:
        """Run the backend's report into a file, unless it is said otherwise."""
        output = () if "--output" in arguments else ("--output", str(self.folder / "calls.csv"))
        return self.desk("report", "run", self.name(backend), *self.reports[backend], *output, *arguments)

    def check(self, said: Said, code: int, *words: str, kept: tuple[str, ...] = (), ran: bool = False) -> None:
        """One sentence with these words, this exit code, no file, no trace of the run, no secret.

        A report that `ran` well and could not be saved may have notes of its own before it.
        """
        assert said.code == code, said.err
        assert ran or len(said.complaints) == 1, said.err
        assert said.err.rstrip().endswith((".", "?")), said.err
        for word in words:
            assert word in said.complaints[-1], said.err
        assert said.out == ""
        self.check_traces(said.out + said.err, kept)

    def check_traces(self, text: str, kept: tuple[str, ...] = ()) -> None:
        """No file but those kept, no folder of a run, no secret."""
        assert sorted(path.name for path in self.folder.iterdir()) == sorted(kept)
        assert self.desk.runs == []
        assert leaks(text, self.floor.secrets) == []


@pytest.fixture
def place(small: Floor, tmp_path: Path) -> Iterator[Place]:
    """A fresh settings folder; faults are over afterwards."""
    folder = tmp_path / "reports"
    folder.mkdir()
    place = Place(Desk(tmp_path / "home", small), folder, dict(REPORTS))
    for backend in small.profiles:
        name = place.desk.add(backend)
        if backend in ("chronicall", "xima"):
            offer = small.pasted(backend)[0]
            pasted = offer["request_details"].encode()
            said = place.desk("report", "import", name, "--from", "-", "--title", "Talking", stdin=pasted)
            assert said.code == 0, said.err
            place.reports[backend] = (f"custom-{offer['key']}", *RANGE)
    yield place
    small.fault("clear")


TALK = "Show Request Details"
ANSWERS = [
    ("chronicall", 400, UNREACHABLE, TALK),
    ("chronicall", 401, REFUSED, "enter the current one in the profile"),
    ("chronicall", 403, REFUSED, "Choose others, or ask the administrator"),
    ("chronicall", 404, UNREACHABLE, "API Enablement > Historical Data Access"),
    ("chronicall", 500, UNREACHABLE, "try it later"),
    ("xima", 400, UNREACHABLE, TALK),
    ("xima", 403, REFUSED, "ask the administrator"),
    ("xima", 404, UNREACHABLE, "case-sensitive"),
    ("asternic", 400, UNREACHABLE, "tell the administrator"),
    ("asternic", 401, REFUSED, "Enter the current one in the profile"),
    ("asternic", 403, REFUSED, "Ask the administrator"),
    ("asternic", 404, UNREACHABLE, "Enter the base path in the profile"),
    ("asternic", 429, UNREACHABLE, "Wait a little"),
    ("asternic", 503, UNREACHABLE, "Try it again later"),
    ("yeastar", 403, REFUSED, "Ask the administrator"),
    ("yeastar", 404, UNREACHABLE, "Check the address"),
    ("yeastar", 500, UNREACHABLE, "Try it again later"),
]


@pytest.mark.parametrize(("backend", "status", "code", "word"), ANSWERS)
def test_a_refusal_says_what_to_do(place: Place, backend: str, status: int, code: int, word: str) -> None:
    place.floor.fault("status", backend, status=status, path=ADDRESS[backend], body="<b>canary-key-0001</b>")
    said = place.run(backend)
    place.check(said, code, word)
    assert leaks(said.err) == []


@pytest.mark.parametrize("backend", ["chronicall", "xima", "yeastar"])
def test_429_ends_with_the_advice_to_wait(place: Place, monkeypatch: pytest.MonkeyPatch, backend: str) -> None:
    """After three tries."""
    monkeypatch.setattr(jobs, "BUSY_STEP_S", 0.01)
    place.floor.fault("status", backend, status=429, path=ADDRESS[backend], retry_after=0)
    place.check(place.run(backend), UNREACHABLE, "too many requests", "try it again")


@pytest.mark.parametrize("backend", ["chronicall", "xima", "asternic", "yeastar"])
@pytest.mark.parametrize(
    ("kind", "args", "word"),
    [
        ("html", {}, "web page"),
        ("invalid_json", {}, "not valid JSON"),
        ("truncate", {}, "not valid JSON"),
        ("truncate", {"mode": "drop"}, "broke the connection"),
    ],
)
def test_what_is_no_report_is_not_saved(place: Place, backend: str, kind: str, args: dict[str, Any], word: str) -> None:
    for more in ((), ("--format", "original")):
        place.floor.fault(kind, backend, path=ADDRESS[backend], **args)
        place.check(place.run(backend, *more), UNREACHABLE, word)
        place.floor.fault("clear", backend)


@pytest.mark.parametrize("backend", ["chronicall", "xima", "asternic", "yeastar"])
def test_a_server_that_is_down_is_said_to_be(place: Place, backend: str) -> None:
    place.floor.fault("down", backend)
    place.check(place.run(backend), UNREACHABLE, "does not accept connections")
    place.floor.fault("clear", backend)


@pytest.mark.parametrize(
    ("backend", "kind", "code", "word"),
    [
        ("xima", "report_html", UNREACHABLE, "web page instead of the report"),
        ("yeastar", "report_html", UNREACHABLE, "web page instead of the report"),
        ("yeastar", "report_truncate", UNREACHABLE, "broke the connection"),
        ("yeastar", "report_expired", UNREACHABLE, "Run the report again"),
        ("yeastar", "report_failed", UNREACHABLE, "code -1"),
    ],
)
def test_files_that_are_none_are_not_saved(place: Place, backend: str, kind: str, code: int, word: str) -> None:
    place.floor.fault(kind, backend)
    place.check(place.run(backend, "--as-format", "csv", "--format", "original"), code, word)


def test_a_key_that_was_replaced_is_asked_for(place: Place) -> None:
    place.floor.fault("revoke_key", "chronicall")
    place.check(place.run("chronicall"), REFUSED, "authentication key")


def test_202_for_ever_ends(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    patience = xima_runner.Patience((0.02,), 0.3)
    monkeypatch.setattr(xima_runner, "Patience", lambda: patience)
    place.floor.fault("report_202_forever", "xima")
    for format in ("json", "pdf"):
        place.check(place.run("xima", "--as-format", format), UNREACHABLE, "Ask for a shorter range, or run it again")


@contextmanager
def hurry() -> Iterator[None]:
    """A call may take half a second instead of an hour."""
    former = {name: getattr(LIMITS, name) for name in ("poll", "report")}
    for name in former:
        object.__setattr__(LIMITS, name, Deadlines(read_s=0.4, total_s=0.5))
    try:
        yield
    finally:
        for name, deadlines in former.items():
            object.__setattr__(LIMITS, name, deadlines)


@pytest.mark.parametrize(
    ("backend", "word"),
    [
        ("chronicall", "Ask for a shorter range, or run it again later"),
        ("xima", "Ask for a shorter range, or run it again later"),
        ("asternic", "answer"),
        ("yeastar", "answer"),
    ],
)
def test_a_time_out_is_told(place: Place, backend: str, word: str) -> None:
    place.floor.fault("hang", backend, path=ADDRESS[backend].replace("rest/", "index.php"), times=3)
    with hurry():
        said = place.run(backend)
    place.check(said, UNREACHABLE, word)
    place.floor.fault("clear", backend)


class _Scripted(http.server.BaseHTTPRequestHandler):
    """Gives every request of a report the same answer."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        media_type, body = self.server.answer  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


Scripted = Callable[[str, bytes], None]


@pytest.fixture
def scripted(place: Place) -> Iterator[Scripted]:
    """A Chronicall of our own in the profile "Scripted"; give it media type and body of what it answers."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Scripted)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    place.desk.add("chronicall", name="Scripted", url=f"http://127.0.0.1:{server.server_port}")

    def answer(media_type: str, body: bytes) -> None:
        server.answer = media_type, body  # type: ignore[attr-defined]

    yield answer
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("format", ["csv", "pdf", "xlsx"])
def test_an_error_in_json_is_not_saved_as_a_file(place: Place, scripted: Scripted, format: str) -> None:
    scripted("application/octet-stream", b'{"error": "canary-key-0001", "status": 500}')
    report, target = place.reports["chronicall"], place.folder / f"calls.{format}"
    run = ("report", "run", "Scripted", *report, "--as-format", format, "--format", "original")
    said = place.desk(*run, "--output", str(target))
    place.check(said, UNREACHABLE)
    assert leaks(said.err) == []


def test_a_login_page_is_not_saved_as_a_file(place: Place, scripted: Scripted) -> None:
    scripted("application/pdf", b"<html><form><input type='password'></form></html>")
    report, target = place.reports["chronicall"], place.folder / "calls.pdf"
    run = ("report", "run", "Scripted", *report, "--as-format", "pdf", "--format", "original")
    place.check(place.desk(*run, "--output", str(target)), UNREACHABLE, "web page")


def test_columns_nobody_knows_are_kept_as_sent(place: Place, scripted: Scripted) -> None:
    columns = [{"key": "0", "title": "Agent", "format": "STRING"}, {"key": "1", "title": "Mood", "format": "WEATHER"}]
    values = {"0": {"value": "Siobhán"}, "1": {"value": {"sun": 1}, "formattedValue": "sunny"}}
    reply = {"title": "Moods", "columns": columns, "rows": [{"values": values}]}
    scripted("application/json", json.dumps(reply).encode())
    said = place.desk("report", "run", "Scripted", *place.reports["chronicall"])
    assert said.code == OK, said.err
    assert "Mood" in said.out
    assert "sunny" in said.out
    place.check_traces(said.out + said.err)


def test_a_parameter_the_server_does_not_know_is_its_refusal(place: Place) -> None:
    offer = place.floor.pasted("chronicall")[0]
    pasted = offer["request_details"].replace("Rows (Agent)", "Rows (Agents)").encode()
    said = place.desk("report", "import", place.name("chronicall"), "--from", "-", "--replace", stdin=pasted)
    assert said.code == OK, said.err
    place.check(place.run("chronicall"), UNREACHABLE, "has another name in this report", TALK)


BACKWARDS = ("--timeframe", "2026-09-23..2026-09-22")
WORDS: list[tuple[str, tuple[str, ...], str]] = [
    ("asternic", ("answered_calls_detail", *BACKWARDS), "end"),
    ("yeastar", ("queueperformance", "--set", "queue_id_list=*", *BACKWARDS), "end"),
    ("yeastar", ("queueperformance", *RANGE), "queue_id_list="),
    ("yeastar", ("queueperformanceactivity", "--set", "queue_id_list=*", *RANGE), "is not a period. Write"),
    ("asternic", ("answered_calls_detail", "--timeframe", "someday"), "yesterday"),
    ("asternic", ("answered_calls_detail", "--set", "agents=1"), "Did you mean agent?"),
    ("asternic", ("answered_calls_detial",), "no report answered_calls_detial"),
    ("asternic", ("answered_calls",), "may be any of these"),
    ("asternic", ("answered_calls_detail", "--preset", "Payroll"), "no preset Payroll"),
    ("asternic", ("answered_calls_detail", "--as-format", "pdf"), "does not come as pdf"),
    ("asternic", ("search", *RANGE, "--set", "agent"), "NAME=VALUE"),
]


@pytest.mark.parametrize(("backend", "words", "told"), WORDS)
def test_what_cannot_be_asked_is_told_before_the_server_is(
    place: Place, backend: str, words: tuple[str, ...], told: str
) -> None:
    target = str(place.folder / "calls.csv")
    place.floor.forget(backend)
    place.check(place.desk("report", "run", place.name(backend), *words, "--output", target), USAGE, told)
    assert [path for path in place.floor.asked(backend) if "call_report" in path or "answered" in path] == []


def test_unknown_profiles_and_formats(place: Place) -> None:
    place.check(place.desk("report", "run", "Nobody", "search"), USAGE, "no profile Nobody")
    said = place.run("asternic", "--format", "docx")
    assert said.code == USAGE
    assert "csv" in said.err
    place.check_traces(said.out + said.err)


def test_an_existing_file_stays(place: Place) -> None:
    target = place.folder / "mine.csv"
    target.write_text("precious")
    for backend in ("chronicall", "asternic"):
        said = place.run(backend, "--output", str(target))
        place.check(said, USAGE, "--force", kept=("mine.csv",))
        assert target.read_text() == "precious"
    # what goes wrong later costs the old file nothing either
    place.floor.fault("html", "asternic", path=ADDRESS["asternic"])
    said = place.run("asternic", "--output", str(target), "--force")
    place.check(said, UNREACHABLE, "web page", kept=("mine.csv",))
    assert target.read_text() == "precious"


def test_a_folder_that_is_missing_is_named(place: Place) -> None:
    target = place.folder / "2026" / "calls.csv"
    place.check(place.run("asternic", "--output", str(target)), USAGE, "no folder", str(target.parent))


@pytest.mark.parametrize("format", ["csv", "original"])
def test_a_file_that_is_open_elsewhere_is_told(place: Place, monkeypatch: pytest.MonkeyPatch, format: str) -> None:
    """Windows lets nobody replace a file that a spreadsheet has open."""
    target = place.folder / "calls.csv"
    target.write_text("precious")
    take = Path.replace

    def replace(self: Path, name: Path) -> Path:
        if Path(name) == target:
            raise PermissionError(13, "Permission denied")
        return take(self, name)

    monkeypatch.setattr(Path, "replace", replace)
    said = place.run("chronicall", "--format", format, "--force")
    place.check(said, USAGE, "open in another program", "choose another name", kept=("calls.csv",), ran=True)
    assert target.read_text() == "precious"


def test_a_folder_that_is_protected_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk may be read-only, or belong to somebody else."""
    make = Path.open

    def refuse(self: Path, *how: Any, **more: Any) -> Any:
        if self.parent == place.folder:
            raise PermissionError(13, "Permission denied")
        return make(self, *how, **more)

    monkeypatch.setattr(Path, "open", refuse)
    place.check(place.run("chronicall"), USAGE, "cannot be written", "Permission denied", ran=True)


if sys.platform != "win32":
    import resource

    @contextmanager
    def disk_of(size: int) -> Iterator[None]:
        """No file may grow beyond so many bytes."""
        former = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, former[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, former)

    @pytest.mark.parametrize(("format", "size"), [("csv", 50_000), ("original", 50_000)])
    def test_a_full_disk_leaves_nothing_of_the_download(place: Place, format: str, size: int) -> None:
        with disk_of(size):
            said = place.run("asternic", "--format", format)
        place.check(said, USAGE, "cannot be written")

    def test_a_full_disk_leaves_nothing_of_the_file(place: Place) -> None:
        target = place.folder / "queues.xlsx"
        run = ("report", "run", place.name("asternic"), "queues", "--output", str(target))
        with disk_of(4096):
            said = place.desk(*run)
        place.check(said, USAGE, str(target), "cannot be written", ran=True)
        assert place.desk(*run).code == OK

    def test_a_reader_who_has_seen_enough_ends_it(place: Place) -> None:
        """``report run ... | head -1``."""
        reading = place.desk.process("report", "run", place.name("asternic"), *place.reports["asternic"])
        assert reading.stdout is not None
        assert reading.stderr is not None
        first = reading.stdout.readline().decode()
        reading.stdout.close()
        told = reading.stderr.read().decode()
        reading.stderr.close()
        assert reading.wait(20) == OK
        assert first.startswith("Answered calls detail")
        assert "Broken" not in told
        assert "Traceback" not in told
        place.check_traces(told)

    def test_ctrl_c_while_waiting_leaves_nothing(place: Place) -> None:
        place.floor.fault("report_202_forever", "xima")
        target = place.folder / "calls.csv"
        process = place.desk.process(
            "report", "run", place.name("xima"), *place.reports["xima"], "--output", str(target)
        )
        until(lambda: any("historic-data" in path for path in place.floor.asked("xima")))
        until(lambda: place.desk.runs != [])
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
        assert process.returncode == INTERRUPTED
        assert out == b""
        assert "Traceback" not in err.decode()
        assert "may still be working" in err.decode()
        place.check_traces(err.decode())

    def until(true: Callable[[], bool]) -> None:
        """Look again until it is so, for as long as a slow computer may need."""
        for _ in range(600):
            if true():
                return
            time.sleep(0.05)
        raise AssertionError("it never came")
