"""The schedules themselves: kept, listed, removed, and what their last run came to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from console.domain.errors import UserError
from console.domain.messages import message
from console.engine.schedules.schedule import Cadence, Every, Outcome, Schedule, checked, from_json, to_json
from console.engine.schedules.service import Schedules, read_outcome, write_outcome
from tests.engine.schedules.test_system import SCHEDULE


class FakeScheduler:
    """Keeps the command lines it was given."""

    title = "fake scheduler"

    def __init__(self) -> None:
        self.entries: dict[str, list[str]] = {}
        self.refuses = False

    def install(self, schedule: Schedule, argv: Sequence[str]) -> None:
        if self.refuses:
            raise UserError(message("schedule.refused", scheduler=self.title, what="no"))
        self.entries[schedule.id] = list(argv)

    def remove(self, schedule_id: str) -> None:
        self.entries.pop(schedule_id, None)

    def is_installed(self, schedule_id: str) -> bool:
        return schedule_id in self.entries


@pytest.fixture
def scheduler() -> FakeScheduler:
    return FakeScheduler()


@pytest.fixture
def schedules(tmp_path: Path, scheduler: FakeScheduler) -> Schedules:
    return Schedules(tmp_path / "schedules", scheduler, ("console",))


async def test_a_schedule_is_kept_listed_and_removed(schedules: Schedules, scheduler: FakeScheduler) -> None:
    added = await schedules.add(replace(SCHEDULE, id=""))
    assert len(added.id) == 12
    assert scheduler.entries[added.id] == schedules.command(added)
    (found,) = await schedules.all()
    assert (found.schedule, found.is_installed, found.outcome) == (added, True, None)
    await schedules.remove(added.id)
    assert await schedules.all() == ()
    assert scheduler.entries == {}


async def test_one_that_was_removed_in_the_system_is_listed_as_such(
    schedules: Schedules, scheduler: FakeScheduler
) -> None:
    await schedules.add(SCHEDULE)
    scheduler.entries.clear()
    (found,) = await schedules.all()
    assert not found.is_installed


async def test_a_refused_schedule_leaves_the_former_one(schedules: Schedules, scheduler: FakeScheduler) -> None:
    scheduler.refuses = True
    with pytest.raises(UserError):
        await schedules.add(SCHEDULE)
    assert await schedules.all() == ()
    scheduler.refuses = False
    await schedules.add(SCHEDULE)
    scheduler.refuses = True
    with pytest.raises(UserError):
        await schedules.add(replace(SCHEDULE, title="other"))
    assert [found.schedule.title for found in await schedules.all()] == [SCHEDULE.title]


async def test_the_last_outcome_is_told(schedules: Schedules, tmp_path: Path) -> None:
    await schedules.add(SCHEDULE)
    outcome = Outcome(datetime(2026, 11, 22, 6, 30, tzinfo=UTC), 4, "the server does not answer")
    write_outcome(tmp_path / "schedules", SCHEDULE.id, outcome)
    (found,) = await schedules.all()
    assert found.outcome == outcome


@pytest.mark.parametrize("name", ["0123456789ab", "../../etc/passwd", ""])
def test_nobody_writes_the_outcome_of_an_unknown_schedule(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError):
        write_outcome(tmp_path, name, Outcome(datetime.now(UTC), 0, ""))
    assert list(tmp_path.iterdir()) == []


async def test_foreign_and_damaged_files_are_left_alone(schedules: Schedules, tmp_path: Path) -> None:
    await schedules.add(SCHEDULE)
    folder = tmp_path / "schedules"
    for name, text in {"a.json": "{", "b.json": "[]", "c.json": json.dumps({"every": "never"})}.items():
        (folder / name).write_text(text)
    (folder / f"{SCHEDULE.id}.outcome").write_text("{}")
    (found,) = await schedules.all()
    assert found.outcome is None
    assert (folder / "a.json").exists()
    assert read_outcome(folder, "nobody") is None


@pytest.mark.parametrize(
    "change",
    [
        {"cadence": Cadence(Every.WEEK, time(6, 0))},
        {"cadence": Cadence(Every.MONTH, time(6, 0), day=31)},
        {"output": " "},
        {"title": "a\nExecStart=/bin/evil"},
        {"preset": "a\r"},
        {"preset": ""},
        {"profiles": ()},
        {"id": "../x"},
    ],
)
def test_what_cannot_be_kept_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UserError):
        checked(replace(SCHEDULE, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("every", list(Every))
def test_json_round_trip_and_words(every: Every) -> None:
    schedule = replace(SCHEDULE, cadence=Cadence(every, time(6, 30), (0, 6), 3))
    assert from_json(json.loads(json.dumps(to_json(schedule)))) == schedule
    assert "30" in schedule.cadence.describe()
