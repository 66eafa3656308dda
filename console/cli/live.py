"""`live NAME`: the live figures of one profile, once or as they come."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json

from console.cli.exits import OK, complain, exit_code, say
from console.cli.live_json import document, is_settled
from console.cli.live_text import page
from console.domain.clock import now
from console.domain.enums import HealthState
from console.domain.errors import ConsoleError, ProtocolError
from console.domain.messages import message
from console.domain.model import Health, Snapshot
from console.domain.profile import Profile
from console.engine.core import Core
from console.engine.session import health_state


async def run(args: argparse.Namespace, core: Core) -> int:
    """Run `live`; returns the exit code, raises ConsoleError."""
    profile = core.profiles.find(args.name)
    await core.limits.load()
    return await (_follow(args, core, profile) if args.follow else _once(args, core, profile))


async def _once(args: argparse.Namespace, core: Core, profile: Profile) -> int:
    """Print when nothing is warming any more, at most after `--wait` seconds with what there is."""
    backend = await core.profiles.open_backend(profile)
    snapshot: Snapshot | None = None
    got_mono = core.clock.monotonic()
    failure: ConsoleError | None = None
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(args.wait or None), contextlib.aclosing(backend.snapshots()) as snapshots:
                async for snapshot in snapshots:
                    got_mono = core.clock.monotonic()
                    if is_settled(snapshot) or args.wait == 0:
                        break
    except ConsoleError as error:
        failure = error
    finally:
        await backend.aclose()
    if snapshot is None:
        raise failure or ProtocolError(
            message("connect.slow", host=profile.url, what="live data", seconds=f"{args.wait:g}")
        )
    state = HealthState.LIVE if is_settled(snapshot) else HealthState.WARMING
    if failure is not None:
        complain(failure)
        state = health_state(failure)
    health = Health(
        state,
        now(core.clock),
        None if failure is None else failure.message,
        cadence_s=profile.poll_s,
        last_ok_mono=got_mono,
        last_ok_at=now(core.clock),
    )
    _print(args, core, profile, core.limits.completed(profile.id, snapshot), health)
    return OK if failure is None else exit_code(failure)


async def _follow(args: argparse.Namespace, core: Core, profile: Profile) -> int:
    """Print every new state; a failure is a state too. Ends by interrupt, or when only a person can help."""
    done = asyncio.Event()
    lost: list[Exception] = []

    def on_change(_: object) -> None:
        source = core.store.source(profile.id)
        if source is None or lost:
            return
        try:
            _print(args, core, profile, source.snapshot, source.health)
        except (ConsoleError, OSError) as failure:  # nobody reads on; no matter of the session that is telling us
            lost.append(failure)
            done.set()
        if source.health.message is not None and source.health.next_try_mono is None:
            done.set()

    core.store.subscribe(on_change)
    core.profiles.start((profile.id,))
    await done.wait()
    if lost:
        raise lost[0]
    failure = core.profiles.last_error(profile.id)
    if failure is not None:
        raise failure
    return OK


def _print(args: argparse.Namespace, core: Core, profile: Profile, snapshot: Snapshot | None, health: Health) -> None:
    mono = core.clock.monotonic()
    if args.json:
        say(json.dumps(document(profile, snapshot, health, mono), ensure_ascii=False))
    else:
        title = core.profiles.spec(profile.backend).title
        say(page(profile, title, snapshot, health, mono))
