"""Files of rules, alerts, thresholds, wallboards and recordings that are damaged, foreign or cannot be reached.

For each kind and each fault: one sentence, once; the console goes on with what it has; nothing of the file is lost.
"""

from __future__ import annotations

import errno
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from console.domain.alert_rules import Compare, Condition, Rule, Scope
from console.domain.errors import UserError
from console.domain.messages import Message, english
from console.domain.model import ProfileId
from console.domain.thresholds import Threshold
from console.domain.values import count
from console.domain.wallboard import Page, Wallboard
from console.engine.alerts.service import Alerts
from console.engine.frames import FrameFeed
from console.engine.history.recorder import Recorder
from console.engine.limit_records import Edit
from console.engine.limits import LimitBook
from console.engine.wallboards import WallboardBook
from console.settings.disk import Disk
from console.settings.files import decode_document, encode_document
from console.settings.paths import Paths, resolve_paths
from console.settings.schema import General
from tests.domain.alert_floor import T0, frame, ms
from tests.engine.alerts.rig import HandFeed
from tests.engine.history import floors
from tests.support import ManualClock

pytestmark = pytest.mark.allow_warnings
NUMBERS = itertools.count()
Tell = Callable[[Message], None]
BUSY = Rule("busy", "Busy", Scope.QUEUE, (Condition("waiting", Compare.AT_LEAST, 5.0),))


class Use:
    """One thing that keeps a file: `work` changes something and proves that it goes on."""

    async def work(self, number: int) -> None:
        raise NotImplementedError


@asynccontextmanager
async def alerts(paths: Paths, tell: Tell, disk: Disk) -> AsyncIterator[Use]:
    clock = ManualClock(T0)
    feed = HandFeed(clock)
    engine = Alerts(paths, cast(FrameFeed, feed), clock, tell=tell, disk=disk)

    class Alarms(Use):
        async def work(self, number: int) -> None:
            with suppress(UserError):  # rules of a newer version cannot be changed
                engine.save_rule(replace(BUSY, id=f"busy{next(NUMBERS)}"))
            for step in (0, 20):
                feed.send(frame(number * 100 + step, {"q": {"waiting": count(9), "longest_wait": ms(200)}}))
            assert any(alert.row_id == "q" for alert in engine.open_alerts), "it is judged and listed all the same"
            await engine._book._keeper.flush()
            await engine._file._keeper.flush()

    await engine.start()
    yield Alarms()
    await engine.aclose()


@asynccontextmanager
async def thresholds(paths: Paths, tell: Tell, disk: Disk) -> AsyncIterator[Use]:
    book, profile = LimitBook(paths.thresholds_file, tell=tell, disk=disk), ProfileId("p")

    class Limits(Use):
        async def work(self, number: int) -> None:
            wanted = Threshold(number + 1, number + 2)
            book.edit(profile, [Edit("columns", "waiting", wanted)])
            await book.flush()
            assert book.limits(profile).threshold("waiting") == wanted

    await book.load()
    yield Limits()
    await book.aclose()


@asynccontextmanager
async def wallboards(paths: Paths, tell: Tell, disk: Disk) -> AsyncIterator[Use]:
    book = WallboardBook(paths.wallboards_file, tell=tell, disk=disk)

    class Boards(Use):
        async def work(self, number: int) -> None:
            made = book.add(Wallboard("x", f"Board {number}", pages=(Page("page"),)))
            await book.flush()
            assert book.all.get(made.id) is not None

    await book.load()
    yield Boards()
    await book.aclose()


@asynccontextmanager
async def recordings(paths: Paths, tell: Tell, disk: Disk) -> AsyncIterator[Use]:
    def bug(where: str, error: BaseException) -> None:
        raise AssertionError(where) from error

    recorder = Recorder(
        paths.recordings, clock=ManualClock(floors.START_MS), general=General, tell=tell, report_bug=bug
    )

    class Recording(Use):
        async def work(self, number: int) -> None:
            recorder.take(floors.frame(floors.START_MS + 60_000 * number, queues=(floors.queue(number),)))
            await recorder.usage()
            await recorder.board_at(floors.START_MS + 60_000 * number)

    yield Recording()
    await recorder.aclose()


@dataclass(frozen=True)
class Kind:
    use: Callable[[Paths, Tell, Disk], Any]
    file: Callable[[Paths], Path]
    codes: str  # what its sentences begin with
    is_document: bool = True


def _day(paths: Paths) -> Path:
    return next(iter(paths.recordings.glob("*.sqlite")), paths.recordings)


KINDS = {
    "rules": Kind(alerts, lambda paths: paths.rules_file, "alert.rules_"),
    "alerts": Kind(alerts, lambda paths: paths.alerts_file, "alert.list_"),
    "thresholds": Kind(thresholds, lambda paths: paths.thresholds_file, "limits."),
    "wallboards": Kind(wallboards, lambda paths: paths.wallboards_file, "wallboard."),
    "recordings": Kind(recordings, _day, "record.", is_document=False),
}
DOCUMENTS = [name for name, kind in KINDS.items() if kind.is_document]


def remade(raw: bytes, change: Callable[[dict[str, Any]], object], version: int | None = None) -> bytes:
    """The document with another body, and a checksum that is right."""
    body, own, revision = decode_document(raw)
    change(body)
    return encode_document(body, version or own, revision)


def _main(body: dict[str, Any]) -> str:
    return next(key for key, value in body.items() if isinstance(value, (list, dict)) and value)


def _set(value: object) -> Callable[[dict[str, Any]], object]:
    return lambda body: body.update({_main(body): value})


def _twice(body: dict[str, Any]) -> None:
    held = body[_main(body)]
    if isinstance(held, list):
        held += held


def _huge(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _huge(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_huge(each) for each in value]
    return 10**400 if isinstance(value, (int, float)) and not isinstance(value, bool) else value


FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda raw: b"",
    "noise": lambda raw: bytes(range(256)) * 8,
    "another file": lambda raw: b'{"hello": "world"}',
    "cut after one": lambda raw: raw[:1],
    "cut at a third": lambda raw: raw[: len(raw) // 3],
    "cut at the end": lambda raw: raw[:-3],
    "one bit": lambda raw: raw[: len(raw) // 2] + bytes((raw[len(raw) // 2] ^ 4,)) + raw[len(raw) // 2 + 1 :],
    "a number": lambda raw: remade(raw, _set(7)),
    "a list of numbers": lambda raw: remade(raw, _set([1, 2, 3])),
    "null": lambda raw: remade(raw, _set(None)),
    "nested": lambda raw: b'{"version":1,"rules":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "huge": lambda raw: remade(raw, lambda body: body.update(_huge(body))),
    "newer": lambda raw: remade(raw, lambda body: body.update(more=[1]), version=99),
}
# alerts are lines of text; a threshold that is none is passed over, and kept word for word
SILENT = {("alerts", "huge"), ("thresholds", "huge")}


async def lived(kind: Kind, paths: Paths, disk: Disk | None = None) -> list[Message]:
    """One run of the console; gives what was said."""
    told: list[Message] = []
    async with kind.use(paths, told.append, disk or Disk()) as use:
        for number in (1, 2):
            await use.work(number)
    return told


def places(path: Path) -> list[bytes]:
    return [each.read_bytes() for each in path.parent.iterdir() if each.is_file()]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_document_that_is_damaged_or_foreign(tmp_path: Path, name: str, fault: str):
    kind, paths = KINDS[name], resolve_paths(tmp_path, environ={})
    assert await lived(kind, paths) == []
    path = kind.file(paths)
    bad = FAULTS[fault](path.read_bytes())
    path.with_name(path.name + ".bak").unlink(missing_ok=True)
    path.write_bytes(bad)
    told = await lived(kind, paths)
    assert len(told) == ((name, fault) not in SILENT), told
    assert all(note.code.startswith(kind.codes) and english(note) for note in told)
    if fault == "newer":
        assert path.read_bytes() == bad, "untouched"
    elif (name, fault) == ("rules", "huge"):
        assert str(10**400).encode() in path.read_bytes(), "a rule that cannot be run is kept in its place"
    elif told:
        assert bad in places(path), "kept aside"
        assert await lived(kind, paths) == [], "and good from now on"


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_entries_that_stand_there_twice(tmp_path: Path, name: str):
    kind, paths = KINDS[name], resolve_paths(tmp_path, environ={})
    await lived(kind, paths)
    path = kind.file(paths)
    bad = remade(path.read_bytes(), _twice)
    path.write_bytes(bad)
    told = await lived(kind, paths)
    assert len(told) <= 1
    assert not told or bad in places(path)


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_file_that_cannot_be_read(tmp_path: Path, name: str):
    kind, paths = KINDS[name], resolve_paths(tmp_path, environ={})
    path = kind.file(paths)
    path.mkdir(parents=True)
    told = await lived(kind, paths)
    assert {note.code.partition(".")[0] for note in told} == {kind.codes.partition(".")[0]}
    assert len({note.code for note in told}) == len(told) <= 2, "that it cannot be read, and that nothing is saved"
    assert path.is_dir()


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_a_full_disk(tmp_path: Path, name: str):
    class Full(Disk):
        def write(self, handle: int, data: memoryview) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    kind, paths = KINDS[name], resolve_paths(tmp_path, environ={})
    await lived(kind, paths)
    path = kind.file(paths)
    before = path.read_bytes()
    told = await lived(kind, paths, Full())
    assert [note.code for note in told if note.code.startswith(kind.codes)] in (
        [kind.codes + "not_saved"],
        [kind.codes + "book_not_saved"],
    )
    assert path.read_bytes() == before
    assert await lived(kind, paths) == []


@pytest.mark.parametrize("fault", ["nothing", "noise", "another file", "cut after one", "cut at a third", "one bit"])
async def test_a_recording_that_is_damaged(tmp_path: Path, fault: str):
    kind, paths = KINDS["recordings"], resolve_paths(tmp_path, environ={})
    assert await lived(kind, paths) == []
    path = kind.file(paths)
    raw = path.read_bytes()
    bad = raw[:40] + b"\xff" * 4000 + raw[4040:] if fault == "one bit" else FAULTS[fault](raw)
    for each in paths.recordings.glob(path.name + "-*"):
        each.unlink()
    path.write_bytes(bad)
    told = await lived(kind, paths)
    if fault != "nothing":  # an empty file is one that was just begun
        assert [note.code for note in told] == ["record.broken"]
        assert bad in places(path), "kept aside"
    assert await lived(kind, paths) == []


async def test_a_recording_that_cannot_be_reached(tmp_path: Path):
    kind, paths = KINDS["recordings"], resolve_paths(tmp_path, environ={})
    paths.recordings.parent.mkdir(parents=True, exist_ok=True)
    paths.recordings.write_text("somebody's")
    assert [note.code for note in await lived(kind, paths)] == ["record.folder"]
    assert paths.recordings.read_text() == "somebody's"
