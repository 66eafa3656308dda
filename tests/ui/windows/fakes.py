"""Stand-ins for the engine: a profile service that keeps everything in memory, and a believable board."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from console.domain.board import Board, Source
from console.domain.columns import standard
from console.domain.enums import AgentStatus, HealthState, Section
from console.domain.errors import ConsoleError
from console.domain.messages import Message, message
from console.domain.model import Health, MetricRow, ProfileId, Row, Snapshot
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.domain.values import NOT_APPLICABLE, UNSUPPORTED, WARMING, Reading, Status, Unit, count, error, text
from console.engine.store import Store
from console.settings.profiles import duplicate as duplicated
from console.ui.services import Services
from console.ui.windows.main_window import MainWindow
from console.vendors.base import (
    AllowRule,
    BackendSpec,
    CheckResult,
    FieldKind,
    MetricInfo,
    ProfileField,
)

START_MS = datetime(2026, 5, 12, 10, 30, tzinfo=UTC).timestamp() * 1000


def no_backend(connection: object) -> object:
    """A backend is never opened here."""
    raise AssertionError(connection)


CHRONICALL = BackendSpec(
    "chronicall",
    "Chronicall",
    "https://chronicall.example.com:9080",
    (
        ProfileField("key", "Authentication key", FieldKind.SECRET, required=True),
        ProfileField(
            "transport",
            "Live updates",
            FieldKind.CHOICE,
            default="auto",
            choices=(("auto", "Automatic"), ("poll", "Polling only")),
        ),
        ProfileField("compress", "Ask for packed answers", FieldKind.BOOLEAN, default="true"),
    ),
    (AllowRule("GET", "service/realtime/metrics", "list realtime metrics"),),
    no_backend,  # type: ignore[arg-type]
    can_map_metrics=True,
)
ASTERNIC = BackendSpec(
    "asternic",
    "Asternic PRO",
    "https://pbx.example.com/stats",
    (
        ProfileField("username", "User name", required=True),
        ProfileField("password", "Password", FieldKind.SECRET, required=True),
    ),
    (AllowRule("GET", "realtime.php", "read the realtime view"),),
    no_backend,  # type: ignore[arg-type]
)

METRICS = (
    MetricInfo("m1", "Calls in Queue", "GROUP", "queues.waiting"),
    MetricInfo("m2", "Longest Wait", "GROUP", "queues.longest_wait"),
    MetricInfo("m3", "Agent State", "AGENT", "agents.state"),
    MetricInfo("m4", "Callbacks Pending", "GROUP"),
)


@dataclass(frozen=True)
class FakeSaved:
    """See `console.engine.profiles.Saved`."""

    profile: Profile
    messages: tuple[Message, ...] = ()
    secrets_kept: bool = True


@dataclass(frozen=True)
class FakeLeaf:
    """A fetched certificate."""

    sha256: str = "ab" * 32
    names: tuple[str, ...] = ("pbx.example.com",)
    subject: str = "CN=pbx.example.com"
    issuer: str = "CN=Example CA"
    not_before: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    not_after: datetime = datetime(2027, 1, 1, tzinfo=UTC)


@dataclass
class FakeProfiles:
    """The profile service without an engine; counts calls, fails and hangs on request."""

    profiles: tuple[Profile, ...] = ()
    systems: tuple[BackendSpec, ...] = (CHRONICALL, ASTERNIC)
    check_error: ConsoleError | None = None
    check_gate: asyncio.Event | None = None
    has_keyring: bool = True
    saved: list[tuple[Profile, dict[str, Secret], bool]] = field(default_factory=list)
    checked: list[tuple[Profile, dict[str, Secret]]] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    listeners: list[Callable[[], None]] = field(default_factory=list)

    @property
    def all(self) -> tuple[Profile, ...]:
        """See `Profiles.all`."""
        return self.profiles

    def specs(self) -> tuple[BackendSpec, ...]:
        """See `Profiles.specs`."""
        return self.systems

    def get(self, profile_id: ProfileId) -> Profile | None:
        """See `Profiles.get`."""
        return next((profile for profile in self.profiles if profile.id == profile_id), None)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """See `Profiles.subscribe`."""
        self.listeners.append(listener)

    def try_now(self, profile_id: ProfileId) -> None:
        """See `Profiles.try_now`."""
        self.tried.append(profile_id)

    def try_all_now(self) -> None:
        """See `Profiles.try_all_now`."""
        self.tried.append("all")

    async def save(
        self, profile: Profile, secrets: Mapping[str, Secret] | None = None, *, session_only: bool = False
    ) -> FakeSaved:
        """See `Profiles.save`."""
        await asyncio.sleep(0)
        self.saved.append((profile, dict(secrets or {}), session_only))
        self.set_all((*(p for p in self.profiles if p.id != profile.id), profile))
        if secrets and not self.has_keyring:
            note = message("secret.no_store", reason="no keyring", variable="SUPERVISOR_CONSOLE_SECRET_X_KEY")
            return FakeSaved(profile, (note,), secrets_kept=False)
        return FakeSaved(profile)

    async def check(self, profile: Profile, secrets: Mapping[str, Secret] | None = None) -> CheckResult:
        """See `Profiles.check`."""
        self.checked.append((profile, dict(secrets or {})))
        if self.check_gate is not None:
            await self.check_gate.wait()
        await asyncio.sleep(0)
        if self.check_error is not None:
            raise self.check_error
        found = message("check.ok", host="pbx.example.com", what="Chronicall 4.2")
        return CheckResult((found, message("check.metrics", count=4)), (message("metrics.unmapped"),), METRICS)

    async def fetch_fingerprint(self, profile: Profile) -> FakeLeaf:
        """See `Profiles.fetch_fingerprint`."""
        await asyncio.sleep(0)
        return FakeLeaf()

    async def remove(self, profile: Profile) -> tuple[Message, ...]:
        """See `Profiles.remove`."""
        self.set_all(tuple(p for p in self.profiles if p.id != profile.id))
        return ()

    async def duplicate(self, profile: Profile) -> FakeSaved:
        """See `Profiles.duplicate`."""
        profiles, copy = duplicated(self.profiles, profile.id)
        self.set_all(profiles)
        return FakeSaved(copy)

    async def set_enabled(self, profile: Profile, enabled: bool) -> tuple[Message, ...]:
        """See `Profiles.set_enabled`."""
        self.set_all(tuple(replace(p, enabled=enabled) if p.id == profile.id else p for p in self.profiles))
        return ()

    async def replace_all(self, profiles: Sequence[Profile]) -> tuple[Message, ...]:
        """See `Profiles.replace_all`."""
        self.set_all(tuple(profiles))
        return ()

    def set_all(self, profiles: tuple[Profile, ...]) -> None:
        """Change the list and tell."""
        self.profiles = profiles
        for listener in tuple(self.listeners):
            listener()


class StillClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.wall_ms = START_MS
        self.mono = 1000.0

    def now_ms(self) -> float:
        """See `Clock.now_ms`."""
        return self.wall_ms

    def monotonic(self) -> float:
        """See `Clock.monotonic`."""
        return self.mono

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """See `Clock.wait`."""
        raise AssertionError(seconds)

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.wall_ms += seconds * 1000
        self.mono += seconds


def profile(name: str, backend: str = "chronicall") -> Profile:
    """A profile."""
    return Profile(ProfileId(f"id-{name}"), name, backend, f"https://{name.lower().replace(' ', '-')}.example.com")


def health(clock: StillClock, state: HealthState = HealthState.LIVE, age_s: float = 1.0, **more: object) -> Health:
    """A health in some state."""
    at = datetime.fromtimestamp(clock.wall_ms / 1000 - age_s, UTC)
    return Health(state, at, last_ok_mono=clock.mono - age_s, last_ok_at=at, **more)  # type: ignore[arg-type]


QUEUES = (
    "Sales", "Support", "Support 2nd level", "Billing", "Orders & returns", "Technik Außendienst",
    "客户服务", "Retention", "Claims", "Reception", "VIP", "Rückrufe",
)  # fmt: skip
PEOPLE = (
    "Anna Schmidt", "José García", "王芳", "Olga Ivanova", "Maximilian von Hohenfels", "Fatima Zahra", "Liam O'Brien",
    "Søren Kjær", "Priya Raman", "Jean-Luc Petit", "Ayşe Yılmaz", "Tomasz Nowak",
)  # fmt: skip
TILES: tuple[tuple[str, Reading], ...] = (
    ("Calls in Queue", count(14)),
    ("Longest Wait", Reading(Status.OK, 161_000, Unit.MS, rate=1.0, at_ms=START_MS)),
    ("Service level", Reading(Status.OK, 81.7, Unit.PERCENT)),
    ("Calls Answered", count(1284)),
    ("Abandon rate", Reading(Status.OK, 5.6, Unit.PERCENT)),
    ("Callbacks", NOT_APPLICABLE),
    ("Average Wait", WARMING),
    ("Agents Available", count(0)),
    ("Trunks", error("not a number")),
    ("Mood", UNSUPPORTED),
)


def duration(seconds: float, rate: float = 0.0) -> Reading:
    """A duration that may run."""
    return Reading(Status.OK, seconds * 1000, Unit.MS, rate=rate, at_ms=START_MS if rate else None)


def queue_row(rng: random.Random, index: int, name: str) -> Row:
    """A believable queue."""
    waiting = rng.choice((0, 0, 0, 1, 2, 3, 6, 11))
    offered, lost = rng.randint(40, 400), rng.randint(0, 30)
    readings = {
        "waiting": count(waiting),
        "longest_wait": duration(rng.randint(4, 190), 1.0) if waiting else NOT_APPLICABLE,
        "agents_logged_in": count(12),
        "agents_available": count(rng.randint(0, 4)),
        "agents_busy": count(rng.randint(1, 7)),
        "agents_paused": count(rng.randint(0, 3)),
        "agents_logged_off": count(rng.randint(0, 5)),
        "offered": count(offered),
        "answered": count(offered - lost),
        "abandoned": count(lost),
        "abandon_rate": Reading(Status.OK, 100 * lost / offered, Unit.PERCENT),
        "avg_wait": duration(rng.randint(8, 60)),
        "service_level": Reading(Status.OK, rng.uniform(52, 97), Unit.PERCENT),
    }
    return Row(f"q{index}", name, readings)


def agent_row(rng: random.Random, index: int, queues: Sequence[str]) -> Row:
    """A believable agent."""
    state = rng.choice([s for s in AgentStatus if s is not AgentStatus.UNKNOWN])
    first, _, last = PEOPLE[index % len(PEOPLE)].partition(" ")
    name = f"{first} {last}".strip() + (f" {index // len(PEOPLE) + 1}" if index >= len(PEOPLE) else "")
    on_call = state in (AgentStatus.ON_CALL, AgentStatus.RINGING)
    readings = {
        "state": text(state.value),
        "time_in_state": duration(rng.randint(3, 3000), 1.0),
        "pause_reason": text(rng.choice(("Break", "Lunch", "Coaching")))
        if state is AgentStatus.PAUSED
        else NOT_APPLICABLE,
        "queues": text(rng.choice(list(queues))) if on_call else NOT_APPLICABLE,
        "caller": text(f"+49 30 55{rng.randint(1000, 9999)}") if on_call else NOT_APPLICABLE,
        "calls_taken": count(rng.randint(0, 40)),
        "last_call": duration(rng.randint(10, 900), 1.0),
    }
    return Row(f"a{index}", name, readings)


def snapshot(owner: Profile, *, queues: int = 12, agents: int = 60, seed: int = 7) -> Snapshot:
    """A believable snapshot with every look among its key figures."""
    rng = random.Random(seed)
    names = [QUEUES[i % len(QUEUES)] + (f" {i // len(QUEUES) + 1}" if i >= len(QUEUES) else "") for i in range(queues)]
    waiting = tuple(
        Row(
            f"w{i}",
            f"+49 151 {rng.randint(10**6, 10**7)}",
            {
                "queue": text(rng.choice(names)),
                "caller_number": text(f"+49 151 {rng.randint(10**6, 10**7)}"),
                "caller_name": text(rng.choice(PEOPLE)),
                "wait": duration(rng.randint(2, 170), 1.0),
                "position": count(i + 1),
            },
        )
        for i in range(9)
    )
    columns = {s: tuple(column.info for column in standard(s)) for s in Section}
    return Snapshot(
        owner.id,
        owner.backend,
        datetime.fromtimestamp(START_MS / 1000, UTC),
        columns,
        queues=tuple(queue_row(rng, i, name) for i, name in enumerate(names)),
        agents=tuple(agent_row(rng, i, names) for i in range(agents)),
        waiting=waiting,
        metrics=tuple(MetricRow(f"t{i}", title, "NONE", "", reading) for i, (title, reading) in enumerate(TILES)),
    )


def store_of(sources: Sequence[Source]) -> Store:
    """A store that holds these sources."""
    store = Store()
    store.arrange((source.profile, source.backend_title, source.health) for source in sources)
    for source in sources:
        store.put(source.profile.id, source.health, source.snapshot)
    return store


def two_sites(clock: StillClock) -> Board:
    """Two profiles, one live, one unreachable."""
    berlin, vienna = profile("Berlin"), profile("Vienna", "asternic")
    trouble = message("connect.refused", host="vienna.example.com", port=443)
    return Board(
        (
            Source(berlin, "Chronicall", snapshot(berlin), health(clock)),
            Source(
                vienna,
                "Asternic PRO",
                snapshot(vienna, queues=4, agents=14, seed=3),
                health(
                    clock, HealthState.UNREACHABLE, age_s=48, message=trouble, next_try_mono=clock.mono + 12,
                    detail="[Errno 111] refused"
                ),
            ),
        )
    )  # fmt: skip


def many_sites(clock: StillClock, number: int, *, stem: str = "Site", **more: int) -> Board:
    """So many live profiles with the same figures."""
    owners = [profile(f"{stem} {place}") for place in range(number)]
    shots = [snapshot(owner, seed=place, **more) for place, owner in enumerate(owners)]
    return Board(
        tuple(Source(owner, "Chronicall", shot, health(clock)) for owner, shot in zip(owners, shots, strict=True))
    )


def attach(window: MainWindow, board: Board) -> tuple[Store, FakeProfiles]:
    """Give a window a store and profiles that fit a board."""
    store, service = store_of(board.sources), FakeProfiles(tuple(source.profile for source in board.sources))
    window.attach(Services(store, service))
    return store, service
