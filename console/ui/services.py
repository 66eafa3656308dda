"""What the window asks of the rooms below it, as narrow as it is used. The engine's own objects fit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from console.domain.messages import Message
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.provenance import Exchange
from console.domain.secret import Secret

if TYPE_CHECKING:
    from console.engine.alerts.service import Alerts
    from console.engine.autostart import LoginBoards
    from console.engine.frames import FrameFeed
    from console.engine.history.base import History
    from console.engine.limits import LimitBook
    from console.engine.reconcile import Reconciler
    from console.engine.reports import Reports
    from console.engine.schedules.service import Schedules
    from console.engine.service_levels import CallCounter
    from console.engine.store import Store
    from console.engine.wallboards import WallboardBook
    from console.reports.request import RequestDetails
    from console.ui.forms.editors import DeclaredField


class AllowedRequest(Protocol):
    """One request the console may make."""

    @property
    def method(self) -> str:
        """HTTP method."""
        ...

    @property
    def path(self) -> str:
        """Path pattern below the profile's address."""
        ...

    @property
    def purpose(self) -> str:
        """What for."""
        ...


class SystemSpec(Protocol):
    """A kind of server a profile can be made for."""

    @property
    def id(self) -> str:
        """Stable id."""
        ...

    @property
    def title(self) -> str:
        """Product name."""
        ...

    @property
    def url_example(self) -> str:
        """A believable address."""
        ...

    @property
    def fields(self) -> Sequence[DeclaredField]:
        """What a profile of it needs."""
        ...

    @property
    def allow(self) -> Sequence[AllowedRequest]:
        """Everything the console may ask of such a server."""
        ...

    @property
    def can_map_metrics(self) -> bool:
        """Whether columns are tied to vendor metrics per profile."""
        ...


class Metric(Protocol):
    """A vendor metric a column can be tied to."""

    @property
    def id(self) -> str:
        """The vendor's id."""
        ...

    @property
    def title(self) -> str:
        """The vendor's name for it."""
        ...

    @property
    def category(self) -> str:
        """What it belongs to."""
        ...

    @property
    def proposed(self) -> str:
        """The standard column it is tied to without a word from the user, or empty."""
        ...


class CheckOutcome(Protocol):
    """What a connection test found."""

    @property
    def findings(self) -> Sequence[Message]:
        """Good news."""
        ...

    @property
    def warnings(self) -> Sequence[Message]:
        """What works but deserves a look."""
        ...

    @property
    def metrics(self) -> Sequence[Metric]:
        """The metrics that can be mapped."""
        ...


class Certificate(Protocol):
    """A server's certificate that nobody has trusted yet."""

    @property
    def sha256(self) -> str:
        """64 hexadecimal digits of the whole certificate."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """DNS names and addresses it is made for."""
        ...

    @property
    def subject(self) -> str:
        """Whom it names, for one without names."""
        ...

    @property
    def issuer(self) -> str:
        """Who signed it."""
        ...

    @property
    def not_before(self) -> datetime:
        """When it begins."""
        ...

    @property
    def not_after(self) -> datetime:
        """When it ends."""
        ...


class SavedProfile(Protocol):
    """A saved profile and what the user should know about it."""

    @property
    def profile(self) -> Profile:
        """As it now stands."""
        ...

    @property
    def messages(self) -> Sequence[Message]:
        """What to tell."""
        ...

    @property
    def secrets_kept(self) -> bool:
        """False: a secret lives in this session only."""
        ...


class ProfileService(Protocol):
    """The engine's profiles, as far as the window uses them; see `console.engine.profiles.Profiles`."""

    @property
    def all(self) -> Sequence[Profile]:
        """Every profile in the user's order."""
        ...

    def specs(self) -> Sequence[SystemSpec]:
        """All systems."""
        ...

    def get(self, profile_id: ProfileId) -> Profile | None:
        """The profile of that id."""
        ...

    def subscribe(self, listener: Callable[[], None]) -> object:
        """Call `listener` after each change of the list."""
        ...

    def try_now(self, profile_id: ProfileId) -> None:
        """Probe a waiting profile at once."""
        ...

    def try_all_now(self) -> None:
        """Probe every waiting profile at once."""
        ...

    async def save(
        self, profile: Profile, secrets: Mapping[str, Secret] | None = None, *, session_only: bool = False
    ) -> SavedProfile:
        """Add or replace a profile."""
        ...

    async def check(self, profile: Profile, secrets: Mapping[str, Secret] | None = None) -> CheckOutcome:
        """Test a connection once."""
        ...

    async def fetch_fingerprint(self, profile: Profile) -> Certificate:
        """The server's certificate, unverified."""
        ...

    async def remove(self, profile: Profile) -> Sequence[Message]:
        """Remove a profile and its secrets."""
        ...

    async def duplicate(self, profile: Profile) -> SavedProfile:
        """Copy a profile."""
        ...

    async def set_enabled(self, profile: Profile, enabled: bool) -> Sequence[Message]:
        """Switch a profile on or off."""
        ...

    async def replace_all(self, profiles: Sequence[Profile]) -> Sequence[Message]:
        """Set the list as a whole."""
        ...


class StateProvider(Protocol):
    """Where the window keeps what it remembers: plain JSON values by dotted key."""

    def get(self, key: str) -> object:
        """The value, or None."""
        ...

    def put(self, key: str, value: object) -> None:
        """Keep a value; written later, debounced."""
        ...


class MemoryState:
    """A `StateProvider` that forgets with the program: demo, tests, the time before settings are there."""

    def __init__(self, values: Mapping[str, object] | None = None) -> None:
        self.values: dict[str, object] = dict(values or {})

    def get(self, key: str) -> object:
        """See `StateProvider.get`."""
        return self.values.get(key)

    def put(self, key: str, value: object) -> None:
        """See `StateProvider.put`."""
        self.values[key] = value


def _nothing_kept(_exchange_id: str) -> None:
    """No exchange is kept."""


@dataclass(frozen=True)
class Services:
    """Everything the window is given once it has been painted.

    Attributes:
        store: live state.
        profiles: the profile service.
        secret_store: which secret store is in use, in one line; asked for when it is shown.
        folders: label -> folder, for settings and about.
        export_profiles: writes the profiles, without secrets, to a file; returns what to tell.
        import_profiles: adds the profiles of such a file; returns what to tell. Both raise `ConsoleError`.
        messages: what happened while the settings were read.
        exchange: a kept exchange by its id, for "show request"; None once it has been evicted.
        formula: a formula's id as a sentence; the id itself where nobody wrote one.
        reports: what can be asked for, and the runs; None where there is no engine.
        schedules: the schedules of this installation; None where there can be none.
        schedules_off: why there can be none, as a sentence.
        requests_of: the requests by which the figure at a place (JSON pointer) of an exchange can be asked for again,
            each with the name of its tab; none where there is no such request. Raises `ConsoleError`.
        frames: every state of every source as it comes.
        history: what was recorded; None where there is none.
        alerts: alert rules and alerts; None where there is no engine.
        limits: the thresholds and service-level formulas of all profiles.
        call_counter: counts today's calls one by one, where a system lists them.
        wallboards: the wallboards; None where there can be none.
        login_boards: which of them open at log-in; None where that cannot be arranged.
        reconciler: compares live figures with the reports of the same day; None where there is no engine.
    """

    store: Store
    profiles: ProfileService
    secret_store: Callable[[], str] = field(default=lambda: "")
    folders: Mapping[str, Path] = field(default_factory=dict)
    export_profiles: Callable[[Path], Awaitable[Sequence[Message]]] | None = None
    import_profiles: Callable[[Path], Awaitable[Sequence[Message]]] | None = None
    messages: Sequence[Message] = ()
    exchange: Callable[[str], Exchange | None] = field(default=_nothing_kept)
    formula: Callable[[str], str] = field(default=str)
    reports: Reports | None = None
    schedules: Schedules | None = None
    schedules_off: str = ""
    requests_of: Callable[[Exchange, str], Awaitable[Sequence[tuple[str, RequestDetails]]]] | None = None
    frames: FrameFeed | None = None
    history: History | None = None
    wallboards: WallboardBook | None = None
    login_boards: LoginBoards | None = None
    limits: LimitBook | None = None
    call_counter: CallCounter | None = None
    alerts: Alerts | None = None
    reconciler: Reconciler | None = None
