"""The book of thresholds: by profile and queue, kept on disk with what it does not understand, put on sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from console.domain.columns import find
from console.domain.enums import AgentStatus, Section
from console.domain.messages import Message
from console.domain.model import ProfileId, Row
from console.domain.service_level import COMPUTED_COLUMN, Choice
from console.domain.thresholds import DEFAULT_LIMITS, Threshold
from console.domain.values import count
from console.engine.limit_records import Edit
from console.engine.limits import LimitBook
from console.engine.store import Store
from tests.ui.boards import queue, snapshot, source

P1 = ProfileId("p1")
STRICT = Threshold(1, 2)


def put(part: str, key: str, value: Threshold | Choice | None, queue: str = "") -> Edit:
    """Return an edit."""
    return Edit(part, key, value, queue)


async def reopened(path: Path, told: list[Message] | None = None) -> LimitBook:
    """Return another book of the same file, as the next start has it."""
    book = LimitBook(path, tell=(told if told is not None else []).append)
    await book.load()
    return book


async def test_what_was_set_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.json"
    book = await reopened(path)
    book.edit(
        P1,
        [
            put("columns", "waiting", STRICT),
            put("columns", "abandon_rate", None),
            put("columns", "waiting", Threshold(8, 9), "Support"),
            put("states", "paused", STRICT),
            put("service_level", "", Choice("SL-2", 30, 6), "Support"),
        ],
    )
    assert book.limits(P1).threshold("waiting") == STRICT
    await book.aclose()
    again = await reopened(path)
    limits, choices = again.limits(P1), again.choices(P1)
    assert limits.threshold("waiting", queue="support") == Threshold(8, 9)
    assert limits.threshold("waiting", queue="Sales") == STRICT
    assert limits.threshold("abandon_rate") is None
    assert limits.threshold("time_in_state", state=AgentStatus.PAUSED) == STRICT
    assert (choices.of("SUPPORT").variant, choices.of("Sales").variant) == ("SL-2", "SL-3")
    assert again.limits(ProfileId("p2")) == DEFAULT_LIMITS
    again.edit(P1, [Edit("columns", "waiting", queue="Support", is_reset=True)])
    assert again.limits(P1).threshold("waiting", queue="Support") == STRICT
    await again.aclose()


async def test_what_is_not_understood_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.json"
    odd: dict[str, Any] = {
        "columns": {"waiting": {"caution": "many"}, "mood": {"caution": 1, "critical": 2, "shape": "star"}},
        "states": {"meditating": {"caution": 1, "critical": 2}},
        "service_level": {"variant": "SL-99"},
    }
    path.write_text(json.dumps({"version": 1, "revision": 1, "profiles": {"p1": odd}, "later": [1]}))
    book = await reopened(path)
    assert book.limits(P1).threshold("waiting") == DEFAULT_LIMITS.threshold("waiting")
    book.edit(P1, [put("columns", "longest_wait", STRICT)])
    await book.aclose()
    held = json.loads(path.read_text())
    assert held["later"] == [1]
    assert held["profiles"]["p1"]["columns"].pop("longest_wait")["critical"] == 2
    assert held["profiles"]["p1"] == odd


@pytest.mark.allow_warnings
async def test_a_newer_file_is_used_and_left_alone(tmp_path: Path) -> None:
    path, told = tmp_path / "thresholds.json", list[Message]()
    columns = {"waiting": {"caution": 1, "critical": 2}}
    path.write_text(json.dumps({"version": 9, "revision": 1, "profiles": {"p1": {"columns": columns}}}))
    before = path.read_bytes()
    book = await reopened(path, told)
    assert book.is_read_only
    assert book.limits(P1).threshold("waiting") == STRICT
    book.edit(P1, [put("columns", "waiting", Threshold(3, 4))])
    assert book.limits(P1).threshold("waiting") == Threshold(3, 4)
    await book.aclose()
    assert path.read_bytes() == before
    assert [note.code for note in told] == ["limits.newer"]


@pytest.mark.allow_warnings
async def test_a_broken_file_is_set_aside_and_said_once(tmp_path: Path) -> None:
    path, told = tmp_path / "thresholds.json", list[Message]()
    path.write_text("{ half a file")
    book = await reopened(path, told)
    assert book.limits(P1) == DEFAULT_LIMITS
    assert [note.code for note in told] == ["limits.broken"]
    assert "thresholds.json.broken-" in str(told[0].args["path"])
    book.edit(P1, [put("columns", "waiting", STRICT)])
    await book.aclose()
    assert (await reopened(path)).limits(P1).threshold("waiting") == STRICT


async def test_sources_carry_their_limits_and_learn_of_changes(tmp_path: Path) -> None:
    book = LimitBook(tmp_path / "thresholds.json", tell=lambda _: None)
    store = Store(book.complete)
    book.subscribe(store.complete_again)
    given = source(snapshot(queues=[queue("1", "Support", 3)], has={}))
    store.arrange([(given.profile, given.backend_title, given.health)])
    store.put(P1, given.health, given.snapshot)
    told: list[frozenset[ProfileId]] = []
    store.subscribe(told.append)
    book.edit(P1, [put("columns", "waiting", STRICT)])
    found = store.source(P1)
    assert found is not None
    assert found.limits.threshold("waiting") == STRICT
    assert found.snapshot is given.snapshot
    assert told == [frozenset({P1})]
    book.edit(ProfileId("another"), [put("columns", "waiting", STRICT)])
    assert len(told) == 1
    await book.aclose()


async def test_the_computed_service_level_follows_the_choice(tmp_path: Path) -> None:
    book = LimitBook(tmp_path / "thresholds.json", tell=lambda _: None)
    calls = {"answered": count(1000), "abandoned": count(60), "answered_in_target": count(860)}
    rows = [Row("1", "Support", calls), Row("2", "Sales", calls)]
    known = find(Section.QUEUES, "answered_in_target")
    assert known is not None
    given = source(snapshot(queues=rows, has={Section.QUEUES: (known.info,)}))
    first = book.complete(given)
    assert first.snapshot is not None
    assert [column.id for column in first.snapshot.columns[Section.QUEUES]] == ["answered_in_target", COMPUTED_COLUMN]
    values = [row.reading(COMPUTED_COLUMN).value for row in first.snapshot.queues]
    assert values == [100 * 860 / 1060] * 2
    assert book.complete(first) is first
    assert book.complete(given).snapshot is first.snapshot
    book.edit(P1, [put("service_level", "", Choice("SL-2"), "support")])
    later = book.complete(first).snapshot
    assert later is not None
    assert later.queues[0].reading(COMPUTED_COLUMN).value == 86.0
    assert later.queues[0].readings[COMPUTED_COLUMN].source is not None
    assert later.queues[1] is first.snapshot.queues[1]
    plain = source(snapshot(queues=rows, has={}))
    assert book.complete(plain) is plain
    await book.aclose()
