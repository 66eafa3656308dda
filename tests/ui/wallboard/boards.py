"""A floor for wallboards: a store that is fed by hand, and every truth in its queues."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

from console.domain.board import Source
from console.domain.enums import AgentStatus, HealthState
from console.domain.model import Health, ProfileId, Row
from console.domain.values import NOT_APPLICABLE, UNSUPPORTED, WARMING, Reading, count, error
from console.domain.wallboard import Kind, Page, Pick, Place, Wallboard, Widget
from console.engine.store import Store
from console.ui.services import Services
from tests.ui.boards import START_MS, agent, caller, percent, queue, snapshot, source

TRUTHS: dict[str, Reading] = {
    "zero": count(0),
    "warming": WARMING,
    "n/a": NOT_APPLICABLE,
    "never": UNSUPPORTED,
    "unreadable": error("not a number"),
}


def tile(column: str, *picks: tuple[str, str], **fields: Any) -> Widget:
    """A tile of some queues."""
    chosen = tuple(Pick(profile, row, row) for profile, row in picks)
    return Widget(f"tile-{column}", Kind.TILE, Place(0, 0, 2, 2), column=column, picks=chosen, **fields)


def floor(queues: int = 3, profile: str = "p1") -> Source:
    """Some queues, agents and callers of one system."""
    rows = [
        queue(
            f"q{n}",
            f"Queue {n}",
            waiting=n % 3,
            longest_s=30.0 * n,
            offered=count(100),
            answered=count(90),
            abandoned=count(n),
            abandon_rate=percent(float(n)),
            agents_available=count(n),
            service_level=percent(70.0 + n),
        )
        for n in range(queues)
    ]
    agents = [agent("a1", "Anna"), agent("a2", "Ben", AgentStatus.PAUSED), agent("a3", "Cleo", AgentStatus.ON_CALL)]
    snap = snapshot(profile, queues=rows, agents=agents, waiting=[caller("c1", "+49 89 123456", 40)])
    return source(snap, profile=profile, name=f"Site {profile}")


def with_rows(of: Source, *rows: Row) -> Source:
    """The same system with other queues."""
    assert of.snapshot is not None
    return replace(of, snapshot=replace(of.snapshot, queues=tuple(rows)))


def store_of(*sources: Source) -> Store:
    """A store that holds some sources."""
    store = Store()
    store.arrange((each.profile, each.backend_title, each.health) for each in sources)
    for each in sources:
        store.put(each.profile.id, each.health, each.snapshot)
    return store


def services_of(store: Store, **more: Any) -> Services:
    """As much of the services as a wall needs."""
    return Services(store, cast(Any, None), **more)


def lost(ok_mono: float) -> Health:
    """A connection that has been gone since its last good data."""
    at = datetime.fromtimestamp(START_MS / 1000 + ok_mono - 1_000.0, UTC)
    return Health(HealthState.UNREACHABLE, at, None, last_ok_mono=ok_mono, last_ok_at=at)


def board(*pages: Page, **fields: Any) -> Wallboard:
    """A board of some pages, or of one with a bit of everything."""
    return Wallboard("b1", "Floor", pages or (everything(),), **fields)


def everything(page_id: str = "all") -> Page:
    """One widget of each kind."""
    places = [Place(x * 3, y * 4, 3, 4) for y in range(2) for x in range(4)]
    columns = {Kind.TILE: "waiting", Kind.CHART: "waiting"}
    return Page(
        page_id,
        "",
        tuple(
            Widget(f"{page_id}-{kind}", kind, place, column=columns.get(kind, ""), text="Hello")
            for kind, place in zip(Kind, places, strict=True)
        ),
    )


def profile_id(name: str = "p1") -> ProfileId:
    """An id."""
    return ProfileId(name)
