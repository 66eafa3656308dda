"""Live figures against the report of the same day, of all four systems, on a floor that stands still."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from console.demo.main import start
from console.demo.options import Options
from console.domain.board import Source
from console.domain.enums import HealthState
from console.domain.errors import UserError
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.domain.values import Unit, count
from console.engine.core import Core, open_core
from console.engine.history.base import Reset, Series, SeriesKey
from console.engine.reconcile import Reconciler, Verdict
from console.net.redact import Redactor
from console.settings.paths import prepare, resolve_paths

pytestmark = pytest.mark.asyncio(loop_scope="module")
STATED = {"asternic": 5, "yeastar": 8, "chronicall": 3, "xima": 3}  # figures a queue that can be compared
QUEUES = 4


@dataclass
class Recorded:
    """What a recording would say of a counter that was set to zero."""

    resets_: list[Reset] = field(default_factory=list)
    reached: float = 0.0

    async def resets(self, start_ms: float, end_ms: float) -> list[Reset]:
        return self.resets_

    async def series(self, key: SeriesKey, start_ms: float, end_ms: float) -> Series:
        return Series(key, np.array([start_ms]), np.array([self.reached]), Unit.COUNT, "", "")


@dataclass
class Desk:
    """The console on a floor that stands still, and which calls no report has yet.

    Attributes:
        talking: calls being talked, by queue: Asternic counts a queue's part of a call when it has ended.
        missing: by live column and queue, parts of calls that have not ended: Xima counts whole calls.
    """

    core: Core
    talking: Counter[str]
    missing: dict[str, Counter[str]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("reconcile")
    bugs: list[object] = []
    async with start(Options(seed=3, queues=QUEUES, agents=14, manual=True, warm_polls=0)) as demo:
        core = open_core(
            prepare(resolve_paths(folder)),
            report_bug=lambda _where, error: bugs.append(error),
            redactor=Redactor(),
            tell=lambda _note: None,
            in_memory_secrets=True,
        )
        for number, offered in enumerate(demo.announcement()["profiles"]):
            profile = Profile(
                ProfileId(f"p{number}"), offered["name"], offered["backend"], offered["url"], fields=offered["fields"]
            )
            secrets = {key: Secret(value) for key, value in offered["secrets"].items()}
            await core.profiles.save(profile, secrets, session_only=True)
            if offered.get("report_keys"):
                await core.reports.note_keys(profile.id, offered["report_keys"])
        core.profiles.start()
        await _until(core, lambda source: source.health.state is HealthState.LIVE and not _warm(source))
        names = demo.world.site.queue_names
        calls = demo.world.calls(0)
        talked = [leg for call in calls for leg in call.queues if leg.outcome == "answered" and leg.ended is None]
        unended = [leg for call in calls if call.end is None for leg in call.queues]
        talking = Counter(names[leg.queue] for leg in talked)
        missing = {
            "answered": Counter(names[leg.queue] for leg in unended if leg.outcome == "answered"),
            "offered": Counter(names[leg.queue] for leg in unended),
        }
        yield Desk(core, talking, missing)
        await core.aclose()
    assert not bugs


def _warm(source: Source) -> bool:
    return source.snapshot is None or source.snapshot.is_warming or not source.snapshot.queues


async def _until(core: Core, good: Callable[[Source], bool]) -> None:
    for _ in range(400):
        if all(good(source) for source in core.store.board.sources):
            return
        await asyncio.sleep(0.05)
    raise AssertionError([(source.profile.name, source.health) for source in core.store.board.sources])


def _reconciler(core: Core, history: Recorded | None = None) -> Reconciler:
    def day_report(backend: str) -> tuple[str, object]:
        spec = core.profiles.spec(backend)
        return spec.title, spec.day_report

    return Reconciler(
        store=core.store,
        reports=core.reports,
        history=history,  # type: ignore[arg-type]
        clock=core.clock,
        day_report=day_report,  # type: ignore[arg-type]
    )


def _profile(core: Core, backend: str) -> Profile:
    return next(source.profile for source in core.store.board.sources if source.profile.backend == backend)


@pytest.mark.parametrize("backend", STATED)
async def test_a_floor_that_stands_still_agrees_with_its_report(desk: Desk, backend: str) -> None:
    core = desk.core
    found = await _reconciler(core).reconcile(_profile(core, backend).id)
    comparable = [row for row in found.rows if row.report is not None]
    absent = {row.queue for row in found.rows if [reason.code for reason in row.reasons] == ["reconcile.absent"]}
    assert len(absent) <= 1  # a queue nobody has called today is left out of a report
    assert len(comparable) == STATED[backend] * (QUEUES - len(absent))
    assert {row.verdict for row in comparable} <= {Verdict.SAME, Verdict.EXPLAINED, Verdict.ONLY_REPORT}
    for row in comparable:
        if row.verdict is Verdict.ONLY_REPORT:
            assert row.after is None  # a rate of a queue without calls
        elif row.unit is Unit.COUNT and row.column in ("offered", "answered") and backend != "yeastar":
            left_out = desk.talking if backend == "asternic" else desk.missing[row.column]
            assert row.difference == left_out[row.queue]
    assert found.report_title


async def test_a_counter_that_was_set_to_zero_explains_itself(desk: Desk) -> None:
    core = desk.core
    profile = _profile(core, "asternic")
    source = core.store.source(profile.id)
    assert source is not None
    assert source.snapshot is not None
    row = source.snapshot.queues[0]
    whole = row.reading("unanswered").value
    assert isinstance(whole, int)
    assert whole > 0
    lower = replace(row, readings={**row.readings, "unanswered": count(0)})
    snapshot = replace(source.snapshot, queues=(lower, *source.snapshot.queues[1:]))
    at_ms = core.clock.now_ms() - 60_000
    history = Recorded([Reset(str(profile.id), at_ms, ("unanswered",), 1)], reached=float(whole))

    class Frozen:
        """The store with that one figure set to zero."""

        def source(self, _profile_id: object) -> Source:
            assert source is not None
            fresh = core.store.source(profile.id)
            assert fresh is not None
            return replace(fresh, snapshot=snapshot)

    reconciler = _reconciler(core, history)
    reconciler._store = Frozen()  # type: ignore[assignment]
    found = await reconciler.reconcile(profile.id)
    judged = next(each for each in found.rows if each.column == "unanswered" and each.queue == row.name)
    assert judged.verdict is Verdict.EXPLAINED
    assert judged.reasons[0].code == "reconcile.reset"
    assert judged.reasons[0].args["before"] == str(whole)

    history.reached = whole + 50.0
    found = await reconciler.reconcile(profile.id)
    judged = next(each for each in found.rows if each.column == "unanswered" and each.queue == row.name)
    assert judged.verdict is Verdict.DIFFERENT
    assert judged.reasons[0].code == "reconcile.reset_unequal"


async def test_old_figures_are_not_compared(desk: Desk) -> None:
    core = desk.core
    reconciler = _reconciler(core)
    source = core.store.source(_profile(core, "asternic").id)
    assert source is not None

    class Silent:
        def source(self, _profile_id: object) -> Source:
            return replace(source, snapshot=None)  # type: ignore[type-var]

    reconciler._store = Silent()  # type: ignore[assignment]
    with pytest.raises(UserError, match="no live figures"):
        await reconciler.reconcile(source.profile.id)
