"""What goes wrong around a report: pages instead of data, damage, refusals, cancellation, live figures beside it."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from console.domain.errors import AuthError, ConsoleError, NotFound, ProtocolError, ServerBusy, UserError
from console.domain.messages import english
from console.reports.result import Phase, Progress
from console.tasks import TaskScope
from console.vendors.asternic import client as client_module
from tests.faultserver.server import Call
from tests.support import until
from tests.vendors.asternic.report_support import ReportServer, codes, detail, frame, rows_of, run, sheet
from tests.vendors.asternic.support import dump, first, serving

DETAIL = "reports/answered_calls_detail"
ROW = detail("01-08-2026 10:00:00")
ONE = dump(sheet([ROW]))


async def outcome(tmp_path: Path, body: Any, status: int = 200) -> ConsoleError:
    """The failure of a run that gets this answer; it leaves nothing behind."""
    server = ReportServer(answers={DETAIL: lambda _: body})
    server.statuses[DETAIL] = status
    async with serving(server) as backend:
        with pytest.raises(ConsoleError) as caught:
            await run(backend.reports(), "answered_calls_detail", frame("2026-08-01"), tmp_path)
    assert names(tmp_path) == []
    return caught.value


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html><form><input type='password' name=p></form></html>", "reply.login_page"),
        (b"<html><body>Your licence has expired</body></html>", "reply.licence"),
        (b'{"error": "License not valid"}', "reply.licence"),
        (b"<html><body>It works!</body></html>", "reply.html"),
        (b"", "reply.empty"),
        (b"Warning: mysqli_connect() failed", "reply.json"),
        (ONE[:-40], "reply.json"),
        (b'{"rows": 7}', "reply.shape"),
        (b'{"x": 7}', "reply.shape"),
        (b"[]", "reply.shape"),
        (b"null", "reply.shape"),
    ],
)
async def test_trap_21_what_is_no_report_is_said_and_not_kept(tmp_path: Path, body: bytes, code: str) -> None:
    error = await outcome(tmp_path, body)
    assert isinstance(error, ProtocolError)
    assert error.message.code == code
    assert error.exchange_id


@pytest.mark.parametrize(("status", "kind"), [(401, AuthError), (403, AuthError), (404, NotFound), (500, ServerBusy)])
async def test_refusals(tmp_path: Path, status: int, kind: type[ConsoleError]) -> None:
    assert isinstance(await outcome(tmp_path, b"no", status), kind)


async def test_refused_credentials_end_the_run_at_once_so_that_no_account_is_locked(tmp_path: Path) -> None:
    server = ReportServer(answers={DETAIL: lambda _: ONE})
    async with serving(server) as backend:
        reports = backend.reports()
        await reports.site()
        definition = next(item for item in await reports.definitions() if item.id == "answered_calls_detail")
        server.password = "changed"
        from tests.vendors.asternic.report_support import context

        plan = reports.plan(definition, {}, context(frame("2026-08-01", "2026-08-09")))
        with pytest.raises(AuthError):
            await reports.run(definition, plan, tmp_path, lambda _: None)
    assert len(server.asked_for(DETAIL)) == 1


async def test_refused_half_way_keeps_what_came_and_names_the_rest(tmp_path: Path) -> None:
    def answer(query: dict[str, str]) -> Any:
        server.statuses[DETAIL] = 200 if query["start"].endswith("01") else 401
        return ONE

    server = ReportServer(answers={DETAIL: answer})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01", "2026-08-04"), tmp_path)
    assert len(rows_of(result)) == 1
    assert result.missing == ("2026-08-02", "2026-08-03", "2026-08-04")
    assert len(server.asked_for(DETAIL)) == 2
    result.close()


async def test_damage_is_repaired_and_said(tmp_path: Path) -> None:
    body = b"<br />\nNotice: x in y.php\n" + dump(sheet([ROW])).replace(b'"+4930555"', b'"say "hi" \t"').replace(
        b"]}", b",]}"
    )
    server = ReportServer(answers={DETAIL: lambda _: body})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01"), tmp_path)
    assert rows_of(result)[0]["did"][0] == 'say "hi" \t'
    assert codes(result) == ["reply.repaired"]
    assert result.files[0].path.read_bytes() == body
    result.close()


async def test_trap_22_latin_1_is_read_and_said(tmp_path: Path) -> None:
    body = ONE.replace(b"Sales", "Ventas España".encode("latin-1"))
    server = ReportServer(answers={DETAIL: lambda _: body})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01"), tmp_path)
    assert rows_of(result)[0]["queue_name"][0] == "Ventas España"
    assert codes(result) == ["reply.charset"]
    result.close()


async def test_half_an_answer_is_never_half_a_table(tmp_path: Path) -> None:
    whole = dump(sheet([detail("01-08-2026 10:00:00", number) for number in range(3)]))
    cut = [whole[:length] for length in range(1, len(whole) - 1, 61)]
    server = ReportServer(answers={DETAIL: lambda _: cut.pop()})
    async with serving(server) as backend:
        reports = backend.reports()
        while cut:
            with pytest.raises(ProtocolError):
                await run(reports, "answered_calls_detail", frame("2026-08-01"), tmp_path)
    assert names(tmp_path) == []


async def test_a_mutilated_answer_ends_in_a_table_or_a_sentence(tmp_path: Path) -> None:
    dice = random.Random(4)
    whole = dump(sheet([detail("01-08-2026 10:00:00", 1), detail("x", 2, callerid={"a": ["&amp;"]})], 7))
    done = {"table": 0, "sentence": 0}

    def mutilated(_: dict[str, str]) -> bytes:
        data = bytearray(whole)
        for _ in range(dice.randint(1, 5)):
            at = dice.randrange(len(data))
            data[at : at + dice.randint(0, 4)] = dice.choice(
                [b"", b'"', b"{", b"]", b",", b"\xff", b"\\", b"\x00", b"-1"]
            )
        return bytes(data)

    server = ReportServer(answers={DETAIL: mutilated})
    async with serving(server) as backend:
        reports = backend.reports()
        for number in range(60):
            try:
                result = await run(reports, "answered_calls_detail", frame("2026-08-01"), _made(tmp_path / str(number)))
            except ConsoleError as error:
                done["sentence"] += bool(english(error.message))
            else:
                assert all(english(note) for note in result.notes)
                rows_of(result)
                result.close()
                done["table"] += 1
    assert min(done.values()) > 0


async def test_a_redirect_to_the_sign_in_is_said_and_not_followed(tmp_path: Path) -> None:
    server = ReportServer(answers={DETAIL: lambda _: b""}, headers={"Location": "/stats/login.php"})
    server.statuses[DETAIL] = 302
    async with serving(server) as backend:
        with pytest.raises(ProtocolError) as caught:
            await run(backend.reports(), "answered_calls_detail", frame("2026-08-01"), tmp_path)
    assert caught.value.message.code == "reply.login_page"
    assert set(server.paths) == {"/stats/rest/index.php"}


async def test_an_answer_too_large_to_read_is_kept_as_a_file_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(query: dict[str, str]) -> Any:
        return dump(sheet([ROW] * (50 if query["start"].endswith("02") else 1)))

    monkeypatch.setattr(client_module, "MOST_READ", 4_000)
    server = ReportServer(answers={DETAIL: answer})
    async with serving(server) as backend:
        result = await run(backend.reports(), "answered_calls_detail", frame("2026-08-01", "2026-08-02"), tmp_path)
    assert result.missing == ("2026-08-02",)
    assert [file.size > 4_000 for file in result.files] == [False, True]
    assert "run.file_large" not in codes(result)
    assert "is kept as a file only" in str(result.notes[-1].args["why"])
    result.close()


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    async with serving(ReportServer(answers={DETAIL: lambda _: ONE})) as backend:
        with pytest.raises(UserError, match="cannot be written"):
            await run(backend.reports(), "answered_calls_detail", frame("2026-08-01"), tmp_path / "gone")


async def test_cancelling_in_the_middle_is_immediate_and_leaves_no_spool(tmp_path: Path) -> None:
    server = ReportServer(answers={DETAIL: lambda _: ONE})
    told: list[Progress] = []

    def tell(progress: Progress) -> None:
        told.append(progress)
        if progress.phase is Phase.RUNNING and progress.part == 2:
            server.hold = asyncio.Event()  # the second day never comes

    async with serving(server) as backend, TaskScope("test") as scope:
        reports = backend.reports()
        asked = frame("2026-08-01", "2026-08-31")
        task = scope.start(run(reports, "answered_calls_detail", asked, tmp_path, tell=tell), "run")
        await until(lambda: len(server.asked_for(DETAIL)) == 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert server.hold is not None
        server.hold.set()
        assert names(tmp_path) == ["answer0001.json"]
        server.hold = None
        again = await run(reports, "answered_calls_detail", frame("2026-08-01"), _made(tmp_path / "again"))
        assert len(rows_of(again)) == 1  # the slot is free again
        again.close()


async def test_cancelling_while_rows_are_read_is_immediate_too(tmp_path: Path) -> None:
    body = dump(sheet([detail("01-08-2026 10:00:00", n) for n in range(20_000)]))
    server = ReportServer(answers={DETAIL: lambda _: body})
    async with serving(server) as backend, TaskScope("test") as scope:
        reading = asyncio.Event()

        def tell(progress: Progress) -> None:
            if progress.phase is Phase.READING:
                reading.set()

        asked = frame("2026-08-01")
        task = scope.start(run(backend.reports(), "answered_calls_detail", asked, tmp_path, tell=tell), "run")
        await reading.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert names(tmp_path) == ["answer0001.json"]


async def test_live_figures_go_on_beside_a_slow_report_and_reports_are_not_stacked(tmp_path: Path) -> None:
    let_go = asyncio.Event()

    class Slow(ReportServer):
        reports_now = 0
        most_reports = 0

        async def _answer(self, call: Call) -> None:
            is_report = "answered_calls" in call.target
            self.reports_now += is_report
            self.most_reports = max(self.most_reports, self.reports_now)
            try:
                if is_report:
                    await let_go.wait()
                await super()._answer(call)
            finally:
                self.reports_now -= is_report

    server = Slow(answers={DETAIL: lambda _: ONE})
    async with serving(server) as backend, TaskScope("test") as scope:
        reports = backend.reports()
        tasks = [
            scope.start(run(reports, "answered_calls_detail", frame("2026-08-01"), _made(tmp_path / name)), name)
            for name in "abc"
        ]
        await until(lambda: server.reports_now == 1)
        for _ in range(3):
            assert (await first(backend)).queues
        assert (await reports.choices("queues")).choices
        assert server.most_reports == 1
        let_go.set()
        for task in tasks:
            (await task).close()
    assert server.most_reports == 1


async def test_trap_31_the_secret_is_in_no_plan_file_or_error(tmp_path: Path) -> None:
    from tests.vendors.asternic.support import PASSWORD

    server = ReportServer(answers={DETAIL: lambda _: ONE})
    async with serving(server) as backend:
        reports = backend.reports()
        result = await run(reports, "answered_calls_detail", frame("2026-08-01"), tmp_path)
        assert PASSWORD not in repr((result.plan, reports.auth, result.notes))
    result.close()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix in (".json", ".jsonl"))


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
