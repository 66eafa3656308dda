"""Service levels of the demo's day, live and call by call, recounted from the world's own calls."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from console.demo.main import start
from console.demo.options import Options
from console.demo.world.records import QueueLeg
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.domain.service_level import COMPUTED_COLUMN, Choice, Counts
from console.domain.values import Status
from console.engine.core import Core, open_core
from console.engine.limit_records import Edit
from console.engine.service_levels import CallCounter
from console.net.redact import Redactor
from console.settings.paths import prepare, resolve_paths

XIMA, ASTERNIC = ProfileId("chronicall"), ProfileId("asternic")


async def test_live_and_call_by_call_agree_with_the_world(tmp_path: Path) -> None:
    async with start(Options(seed=3, queues=4, agents=14, manual=True, warm_polls=0)) as demo:
        core = open_core(
            prepare(resolve_paths(tmp_path)),
            report_bug=lambda _where, error: None,
            redactor=Redactor(),
            tell=lambda _note: None,
            in_memory_secrets=True,
        )
        for offered in demo.announcement()["profiles"]:
            if offered["backend"] in (XIMA, ASTERNIC):
                secrets = {key: Secret(value) for key, value in offered["secrets"].items()}
                profile = Profile(
                    ProfileId(offered["backend"]),
                    offered["name"],
                    offered["backend"],
                    offered["url"],
                    fields=offered["fields"],
                )
                await core.profiles.save(profile, secrets, session_only=True)
        calls = demo.world.calls(0)
        names = demo.world.site.queue_names
        try:
            await check_live(core, [leg for call in calls for leg in call.queues], names)
            over = [call.queues for call in calls if call.queues and all(leg.outcome != "open" for leg in call.queues)]
            finished = [legs[-1] for legs in over if all(leg.ended is not None for leg in legs)]
            await check_calls(core, finished, names)
        finally:
            await core.aclose()


async def check_live(core: Core, legs: Iterable[QueueLeg], names: Sequence[str]) -> None:
    """Hold the computed column of a system that counts calls in time against every leg of the day."""
    core.limits.edit(XIMA, [Edit("service_level", value=Choice("SL-2"), queue=names[0])])
    core.profiles.start((XIMA,))
    for _ in range(400):
        source = core.store.source(XIMA)
        if source is not None and source.snapshot is not None and not source.snapshot.is_warming:
            break
        await asyncio.sleep(0.02)
    assert source is not None
    assert source.snapshot is not None
    in_time: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for leg in legs:
        sums = in_time[names[leg.queue]]
        if leg.answered is not None:
            sums[0] += 1
            sums[2] += leg.answered - leg.entered <= 20_000
        sums[1] += leg.outcome == "abandoned"
    for row in source.snapshot.queues:
        answered, abandoned, within = in_time[row.name]
        below = answered if row.name == names[0] else answered + abandoned
        reading = row.reading(COMPUTED_COLUMN)
        if below:
            assert reading.value == 100 * within / below
        else:
            assert reading.status is Status.NOT_APPLICABLE


async def check_calls(core: Core, legs: Iterable[QueueLeg], names: Sequence[str]) -> None:
    """Hold the counts of a list of calls against the last leg of every finished call, in whole seconds."""

    def call_list(backend: str) -> tuple[str, object]:
        spec = core.profiles.spec(backend)
        return spec.title, spec.call_list

    counter = CallCounter(
        reports=core.reports,
        clock=core.clock,
        profile=core.profiles.get,
        call_list=call_list,  # type: ignore[arg-type]
    )
    assert counter.can(ASTERNIC)
    assert not counter.can(XIMA)
    day = await counter.today(ASTERNIC)
    assert not day.unread
    wanted: dict[str, list[int]] = defaultdict(lambda: [0] * 7)
    for leg in legs:
        sums = wanted[names[leg.queue]]
        ended = leg.answered if leg.answered is not None else leg.ended
        assert ended is not None
        wait = ended // 1000 - leg.entered // 1000
        sums[0] += 1
        if leg.answered is not None:
            sums[1] += 1
            sums[2] += wait <= 10
        elif leg.outcome == "abandoned":
            sums[3] += 1
            sums[4] += wait <= 10
            sums[5] += wait <= 3
        else:
            sums[6] += 1
    assert day.counts(Choice("SL-1", 10, 3)) == {name: Counts(*sums) for name, sums in wanted.items()}
