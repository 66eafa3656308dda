"""console.engine.store: the newest state per profile, told to listeners."""

from __future__ import annotations

from dataclasses import replace

from console.domain.enums import HealthState
from console.domain.model import Health, ProfileId
from console.domain.profile import Profile
from console.engine.session import first_health
from console.engine.store import Store
from tests.engine.test_session import snapshot
from tests.support import ManualClock

CLOCK = ManualClock()
ONE = Profile(ProfileId("p1"), "One", "fake", "http://h")
TWO = Profile(ProfileId("p2"), "Two", "fake", "http://h")


def test_order_follows_the_profiles_and_state_survives_a_new_order() -> None:
    store = Store()
    health = first_health(ONE, CLOCK)
    store.arrange([(ONE, "Fake", health), (TWO, "Fake", health)])
    live = replace(health, state=HealthState.LIVE)
    store.put(ONE.id, live, snapshot(1))
    store.arrange([(TWO, "Fake", health), (ONE, "Fake", health)])
    assert [source.profile.name for source in store.board.sources] == ["Two", "One"]
    assert store.board.sources[1].snapshot == snapshot(1)
    assert store.board.sources[1].health is live


def test_a_failure_keeps_the_last_snapshot() -> None:
    store = Store()
    store.arrange([(ONE, "Fake", first_health(ONE, CLOCK))])
    store.put(ONE.id, first_health(ONE, CLOCK), snapshot(1))
    store.put(ONE.id, Health(HealthState.UNREACHABLE, first_health(ONE, CLOCK).since))
    source = store.source(ONE.id)
    assert source is not None
    assert source.snapshot == snapshot(1)
    store.forget(ONE.id, first_health(ONE, CLOCK))
    source = store.source(ONE.id)
    assert source is not None
    assert source.snapshot is None


def test_listeners_hear_who_changed_until_they_leave() -> None:
    store = Store()
    heard: list[frozenset[ProfileId]] = []
    leave = store.subscribe(heard.append)
    store.arrange([(ONE, "Fake", first_health(ONE, CLOCK))])
    store.put(ONE.id, first_health(ONE, CLOCK))
    store.put(TWO.id, first_health(TWO, CLOCK))  # unknown: a closing session's last word
    leave()
    store.put(ONE.id, first_health(ONE, CLOCK))
    assert heard == [frozenset((ONE.id,)), frozenset((ONE.id,))]
