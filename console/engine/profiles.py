"""The profiles service: add, edit, duplicate, test, switch, remove connections; owns their sessions.

Every change goes to the settings file first and to the sessions after it; a file that cannot be written keeps the
change in memory and says so.
"""

from __future__ import annotations

import contextlib
import logging
import random
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from console.domain.clock import Clock, now
from console.domain.enums import HealthState
from console.domain.errors import ConsoleError, SecretStoreError, UserError
from console.domain.messages import Message, message, once
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.secret import Secret
from console.engine.leases import Leases
from console.engine.resume import SPREAD_S, ResumeWatch
from console.engine.session import ReportBug, Session, first_health
from console.engine.store import Store
from console.net.address import parse_address
from console.net.exchange import ExchangeLog
from console.net.pace import Backoff
from console.net.proxy import choose_proxy
from console.net.redact import Redactor
from console.net.tls import LeafInfo, fetch_fingerprint
from console.reports.runner import ReportRunner
from console.settings import profiles as book
from console.settings.checks import Problem, check_fields, check_profile, field_problems
from console.settings.secrets import Secrets, variable_name
from console.settings.store import SettingsKeeper
from console.tasks import TaskScope
from console.vendors.base import Backend, BackendSpec, CheckResult, Connection
from console.vendors.registry import backends

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Saved:
    """A profile as it now stands, and what the user should know about how it was kept."""

    profile: Profile
    messages: tuple[Message, ...] = ()
    secrets_kept: bool = True  # False: a secret lives in this session only


class Profiles:
    """The one owner of profiles and sessions. All methods run on the event loop's thread."""

    def __init__(
        self,
        *,
        settings: SettingsKeeper,
        secrets: Secrets,
        store: Store,
        clock: Clock,
        exchanges: ExchangeLog,
        redactor: Redactor,
        report_bug: ReportBug,
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._store = store
        self._clock = clock
        self._exchanges = exchanges
        self._redactor = redactor
        self._report_bug = report_bug
        self._resume_watch = ResumeWatch(clock, self.resumed, wall_s)
        self._scope = TaskScope("profiles", report_bug)
        self._leases = Leases(
            open_backend=self._open_shared, get_secrets=self.secrets_of, clock=clock, report_bug=report_bug
        )
        self._sessions: dict[ProfileId, Session] = {}
        self._listeners: list[Callable[[], None]] = []
        self._running = False
        self._seen: dict[ProfileId, Profile] = {}  # as last acted upon, to tell what another copy has changed
        self._only: Collection[ProfileId] | None = None
        self._errors: dict[ProfileId, ConsoleError] = {}

    # -- reading

    @property
    def all(self) -> tuple[Profile, ...]:
        """Every profile, enabled or not, in the user's order."""
        return self._settings.settings.profiles

    def find(self, name: str) -> Profile:
        """The profile of that name or id; raises UserError naming the known ones."""
        return book.find(self.all, name)

    def get(self, profile_id: ProfileId) -> Profile | None:
        """The profile of that id, or None."""
        return next((profile for profile in self.all if profile.id == profile_id), None)

    @staticmethod
    def spec(backend: str) -> BackendSpec:
        """The backend of that id; raises UserError naming the known ones."""
        known = backends()
        if backend not in known:
            raise UserError(message("profile.backend", backend=backend, known=", ".join(known)))
        return known[backend]

    @staticmethod
    def specs() -> tuple[BackendSpec, ...]:
        """All backends a profile can be made for."""
        return tuple(backends().values())

    @staticmethod
    def own_problems(profile: Profile) -> tuple[Problem, ...]:
        """What is wrong with the fields of the profile's own kind of system."""
        spec = backends().get(profile.backend)
        return () if spec is None else field_problems(spec.fields, profile.fields, title=spec.title)

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each change of the list of profiles."""
        self._listeners.append(listener)

    # -- life

    def start(self, only: Collection[ProfileId] | None = None) -> None:
        """Open a session for every enabled profile, or for those in `only`, enabled or not."""
        self._running = True
        self._only = only
        self._seen = {profile.id: profile for profile in self.all}
        self._scope.single_flight("resume", self._resume_watch.run)
        self._arrange()

    async def aclose(self) -> None:
        """Close every session."""
        self._running = False
        self._sessions.clear()
        await self._scope.aclose()
        await self._leases.aclose()

    def try_now(self, profile_id: ProfileId) -> None:
        """Probe a waiting profile at once."""
        if (session := self._sessions.get(profile_id)) is not None:
            session.try_now()

    def try_all_now(self) -> None:
        """Probe every waiting profile at once."""
        for session in self._sessions.values():
            session.try_now()

    def resumed(self) -> None:
        """The computer has slept: nothing on screen is fresh, and no connection or token can be relied on.

        Values are marked stale at once, and every session starts anew within a few seconds, with fresh connections
        and without its former back-off. One that waits for a person goes on waiting: a refused secret is not better
        for a night's sleep.
        """
        log.info("the computer has slept; all connections start anew")
        for source in self._store.board.sources:
            session = self._sessions.get(source.profile.id)
            if session is None or session.waits_for_person:
                continue
            if source.health.state is HealthState.LIVE:
                stale = replace(source.health, state=HealthState.STALE, since=now(self._clock))
                self._store.put(source.profile.id, stale)
            self._drop(source.profile.id)
            self._leases.retire(source.profile.id)
            self._open(source.profile, delay_s=random.uniform(0.0, SPREAD_S))

    def last_error(self, profile_id: ProfileId) -> ConsoleError | None:
        """The newest failure of a profile's session in this run."""
        return self._errors.get(profile_id)

    # -- changing

    def validated(self, profile: Profile) -> Profile:
        """The profile in its one spelling; raises UserError for the first thing that is wrong with it."""
        spec = self.spec(profile.backend)
        checked = check_profile(profile, example=spec.url_example)
        for other in self.all:  # a variable must not give one server's secret to another
            variable = variable_name(checked.name, "")
            if other.id != checked.id and variable_name(other.name, "") == variable:
                code = "profile.exists" if book.same_name(other.name, checked.name) else "profile.too_like"
                raise UserError(message(code, name=other.name, variable=f"{variable}..."))
        return replace(checked, fields=check_fields(spec.fields, checked.fields, title=spec.title))

    async def save(
        self, profile: Profile, secrets: Mapping[str, Secret] | None = None, *, session_only: bool = False
    ) -> Saved:
        """Add or replace a profile, with the secrets that were entered.

        A changed scheme, host or port drops the stored secrets unless new ones come along: an edited profile must
        not send an old key to a new host. Raises UserError for anything wrong with the profile.
        """
        profile = self.validated(profile)
        old = self.get(profile.id)
        profiles = book.add(self.all, profile) if old is None else book.replace(self.all, profile)
        given = {field: secret for field, secret in (secrets or {}).items() if secret}
        moved = old is not None and book.origin_changed(old, profile)
        messages: list[Message] = []
        if moved:
            missing = [field for field in self._secret_fields(profile) if field not in given]
            messages += await self._secrets.forget(profile, missing)
            if missing:
                messages.append(message("secret.host_changed", profile=profile.name))
        kept, notes = await self._put_secrets(profile, given, session_only=session_only)
        messages += notes
        if moved:
            self._store.forget(profile.id, first_health(profile, self._clock))
        if given or moved:
            self._revoke(profile)
            self._drop(profile.id)  # though perhaps nothing in the profile changed: connect anew
        messages += await self._write(profiles)
        return Saved(profile, tuple(messages), kept)

    async def remove(self, profile: Profile) -> tuple[Message, ...]:
        """Remove a profile and its secrets; returns what could not be done."""
        messages = await self._write(book.remove(self.all, profile.id))
        return (*messages, *await self._secrets.forget(profile, self._secret_fields(profile)))

    async def duplicate(self, profile: Profile) -> Saved:
        """A copy under a new name and id, with its own copy of the secrets, switched off until it is looked at."""
        profiles, copy = book.duplicate(self.all, profile.id)
        profiles = book.set_enabled(profiles, copy.id, False)
        messages = await self._secrets.copy(profile, copy, self._secret_fields(profile))
        messages = (*messages, *await self._write(profiles))
        return Saved(book.find_id(profiles, copy.id), messages)

    async def set_enabled(self, profile: Profile, enabled: bool) -> tuple[Message, ...]:
        """Switch a profile on or off."""
        return await self._write(book.set_enabled(self.all, profile.id, enabled))

    async def set_mapping(self, profile: Profile, column: str, metric: str | None) -> Saved:
        """Tie a standard column (``queues.waiting`` or ``waiting``) to a vendor metric.

        An empty metric switches a proposal off, None lets it count again.
        """
        profiles = book.set_mapping(self.all, profile.id, column, metric)
        return Saved(book.find_id(profiles, profile.id), await self._write(profiles))

    def adopt(self) -> None:
        """Follow profiles that another copy of the console has changed.

        One that now names another server loses the secrets of this session and its figures, as if it had been
        edited here; those in the keyring are the other copy's matter.
        """
        for profile in self.all:
            former = self._seen.get(profile.id)
            if former is not None and book.origin_changed(former, profile):
                self._secrets.forget_session(profile, {*self._secret_fields(former), *self._secret_fields(profile)})
                self._store.forget(profile.id, first_health(profile, self._clock))
                self._drop(profile.id)
        self._changed()

    async def replace_all(self, profiles: Sequence[Profile]) -> tuple[Message, ...]:
        """Set the list as a whole (import, new order)."""
        return await self._write(tuple(profiles))

    # -- testing

    async def secrets_of(self, profile: Profile) -> dict[str, Secret]:
        """The profile's secrets; raises SecretStoreError naming the first that is needed and not known."""
        found = await self._secrets.get_all(profile, self._secret_fields(profile))
        for declared in self.spec(profile.backend).secret_fields:
            if declared.required and declared.id not in found:
                raise SecretStoreError(self._secrets.missing(profile, declared.id, declared.label))
        return found

    async def open_backend(self, profile: Profile) -> Backend:
        """An open connection of a profile outside any session; the caller closes it."""
        spec = self.spec(profile.backend)
        return spec.open(Connection(profile, await self.secrets_of(profile), self._clock, self._exchanges))

    @contextlib.asynccontextmanager
    async def lease(self, profile_id: ProfileId) -> AsyncIterator[Backend]:
        """The profile's open connection for the length of the block: the live session's own where there is one.

        Works for profiles that are switched off too. Raises `ConsoleError`: no such profile, a secret is missing, or
        the profile was changed or removed meanwhile.
        """
        async with self._leases.lease(book.find_id(self.all, profile_id)) as backend:
            yield backend

    @contextlib.asynccontextmanager
    async def report_runner(self, profile_id: ProfileId) -> AsyncIterator[ReportRunner]:
        """What runs reports over the profile's open connection; see `lease`.

        Raises UserError also for a kind of system without reports.
        """
        profile = book.find_id(self.all, profile_id)
        spec = self.spec(profile.backend)
        if spec.open_reports is None:
            raise UserError(message("report.none", title=spec.title))
        try:
            async with self._leases.runner(profile, spec.open_reports) as runner:
                yield runner
        except ConsoleError as error:
            error.message = once(error.message)
            raise

    async def fetch_fingerprint(self, profile: Profile) -> LeafInfo:
        """The certificate the server shows, for a person to compare; sends not one byte of a request.

        Raises the `ConsoleError` that says why there is none.
        """
        address = parse_address(self.validated(profile).url)
        return await fetch_fingerprint(address.host, address.port, proxy=choose_proxy(profile.proxy, address))

    async def check(self, profile: Profile, secrets: Mapping[str, Secret] | None = None) -> CheckResult:
        """Test a connection once, with the entered secrets over the stored ones; changes nothing.

        The profile may be an unsaved draft. Raises the `ConsoleError` that says what is wrong.
        """
        spec = self.spec(profile.backend)
        profile = self.validated(profile)
        given = {field: secret for field, secret in (secrets or {}).items() if secret}
        for secret in given.values():
            self._redactor.register(secret)
        old = self.get(profile.id)
        moved = old is not None and book.origin_changed(old, profile)  # then a stored secret is not for this server
        missing = [f for f in spec.secret_fields if f.required and f.id not in given]
        if moved and missing:
            raise UserError(message("secret.host_changed", profile=profile.name))
        stored = await self.secrets_of(profile) if missing else {}
        backend = spec.open(Connection(profile, {**stored, **given}, self._clock, self._exchanges))
        try:
            return await backend.check()
        finally:
            await backend.aclose()

    # -- inside

    def _secret_fields(self, profile: Profile) -> list[str]:
        known = backends().get(profile.backend)
        return [field.id for field in known.secret_fields] if known is not None else []

    async def _put_secrets(
        self, profile: Profile, secrets: Mapping[str, Secret], *, session_only: bool
    ) -> tuple[bool, list[Message]]:
        kept = True
        notes: list[Message] = []
        labels = {f.id: f.label for f in self.spec(profile.backend).secret_fields}
        for field, secret in secrets.items():
            outcome = await self._secrets.put(
                profile, field, secret, session_only=session_only, label=labels.get(field, field)
            )
            kept = kept and not outcome.is_fallback
            notes += outcome.messages
        return kept, notes

    async def _write(self, profiles: tuple[Profile, ...]) -> tuple[Message, ...]:
        self._settings.change(lambda settings: replace(settings, profiles=profiles))
        self._changed()
        await self._settings.flush()
        return () if self._settings.problem is None else (self._settings.problem,)

    def _open_shared(self, profile: Profile, secrets: Mapping[str, Secret]) -> Backend:
        return self.spec(profile.backend).open(Connection(profile, secrets, self._clock, self._exchanges))

    def _revoke(self, profile: Profile) -> None:
        self._leases.revoke(profile.id, UserError(message("report.profile_changed", profile=profile.name)))

    def _changed(self) -> None:
        present = {profile.id: profile for profile in self.all}
        for former in self._seen.values():
            profile = present.get(former.id)
            if profile is None or _reaches_elsewhere(former, profile):
                self._revoke(former)
        self._seen = present
        self._arrange()
        for listener in tuple(self._listeners):
            listener()

    def _arrange(self) -> None:
        """Make sessions and store follow the list of enabled profiles."""
        if not self._running:
            return
        wanted_ids = self._only
        enabled = [
            p for p in self.all if (p.enabled if wanted_ids is None else p.id in wanted_ids) and p.backend in backends()
        ]
        self._store.arrange((p, backends()[p.backend].title, first_health(p, self._clock)) for p in enabled)
        wanted = {p.id: p for p in enabled}
        for profile_id, session in list(self._sessions.items()):
            if wanted.get(profile_id) != session.profile:
                self._drop(profile_id)
        for profile in enabled:
            if profile.id not in self._sessions:
                self._open(profile)

    def _drop(self, profile_id: ProfileId) -> None:
        if self._sessions.pop(profile_id, None) is not None:
            self._scope.cancel(f"session.{profile_id}")

    def _open(self, profile: Profile, delay_s: float = 0.0) -> None:
        session = Session(
            profile,
            open_backend=lambda secrets: self._leases.for_session(profile, secrets),
            get_secrets=lambda: self.secrets_of(profile),
            publish=lambda health, snapshot: self._publish(session, health, snapshot),
            backoff=Backoff(profile.poll_s, self._clock),
            clock=self._clock,
            report_bug=self._report_bug,
            on_error=lambda error: self._errors.__setitem__(profile.id, error),
            retire=lambda: self._leases.retire(profile.id),
        )
        self._sessions[profile.id] = session
        self._scope.restart(f"session.{profile.id}", lambda: session.run(delay_s))

    def _publish(self, session: Session, health: object, snapshot: object) -> None:
        if self._sessions.get(session.profile.id) is session:  # a closing session has no say any more
            self._store.put(session.profile.id, health, snapshot)  # type: ignore[arg-type]


def _reaches_elsewhere(old: Profile, new: Profile) -> bool:
    """Whether an open connection of the one would be wrong for the other; its name and its days play no part."""
    keys = ("backend", "url", "fields", "pin", "ca_file", "allow_plain_http", "proxy")
    return any(getattr(old, key) != getattr(new, key) for key in keys)
