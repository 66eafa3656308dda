"""Reports for window and command line alike: what can be asked, with which choices, what it comes to, and the runs.

All methods run on the event loop's thread; the coroutines raise `ConsoleError`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from console.domain.callflow import CallFlow, CallFlowSource
from console.domain.clock import Clock, now
from console.domain.errors import ConsoleError, UserError
from console.domain.messages import Message, message
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.provenance import Exchange
from console.engine.jobs import Jobs
from console.engine.profiles import Profiles
from console.engine.report_book import ReportBook
from console.engine.report_compare import Comparison, compare_results
from console.engine.report_job import Job, Part, Prepare
from console.engine.report_library import REPORT_KEY, Collision, Imported, Library
from console.engine.report_many import unite
from console.engine.report_memory import Memory
from console.engine.report_request import plan_of
from console.engine.report_zone import computer_zone
from console.engine.session import ReportBug
from console.reports.request import RequestDetails, RunPlan
from console.reports.result import ReportResult
from console.reports.runner import ImportedReport, PlanContext, SiteFacts
from console.reports.schema import Choice, ReportDefinition, Values
from console.reports.timeframe import ResolvedTimeframe, find_zone, offset_zone
from console.reports.validate import Problem, Surroundings, errors, resolve_values, validate
from console.settings.paths import Paths
from console.settings.secrets import variable_name
from console.tasks import TaskScope

CHOICES_MAX_AGE_S = 600.0  # older ones are asked again when they are next wanted


@dataclass(frozen=True, slots=True)
class KnownChoices:
    """A directory of one system as it was at `taken_at`."""

    choices: tuple[Choice, ...]
    notes: tuple[Message, ...]
    taken_at: datetime
    taken_mono: float

    def unknown(self, values: Sequence[str]) -> tuple[str, ...]:
        """Those of `values` that it does not hold."""
        known = {choice.value for choice in self.choices}
        return tuple(value for value in values if value not in known)


class Reports:
    """The one door to reports.

    Attributes:
        jobs: the runs.
        memory: presets, stars, recent reports, history, report keys.
        library: the definitions, imported ones too.
    """

    def __init__(
        self,
        *,
        profiles: Profiles,
        paths: Paths,
        clock: Clock,
        report_bug: ReportBug,
        tell: Callable[[Message], None],
        local_zone: Callable[[], str] = computer_zone,
    ) -> None:
        self._profiles = profiles
        self._clock = clock
        self._local_zone = local_zone
        self._book = ReportBook(paths.reports_file, tell=tell)
        self._scope = TaskScope("reports", report_bug)
        self._sites: dict[ProfileId, SiteFacts] = {}
        self._choices: dict[tuple[ProfileId, str, str], KnownChoices] = {}
        self._reach: dict[ProfileId, tuple[object, ...]] = {}
        self.memory = Memory(self._book, lambda profile_id: self._profile(profile_id).backend)
        self.library = Library(profiles, self._book)
        self.jobs = Jobs(
            runners=profiles.report_runner,
            name_of=self._name_of,
            folder=paths.runs,
            clock=clock,
            report_bug=report_bug,
            on_end=self._ended,
        )
        profiles.subscribe(self._forget_changed)

    async def load(self) -> None:
        """Read what is remembered, and remove what a crash left behind; the other methods wait for it by themselves."""
        await self._book.load()
        await asyncio.shield(self._scope.single_flight("sweep", self.jobs.sweep))

    async def aclose(self) -> None:
        """Cancel the runs, free their tables and files, write what is remembered."""
        await self._scope.aclose()
        await self.jobs.aclose()
        await self._book.aclose()

    # -- what can be asked

    async def definitions(self, profile_id: ProfileId) -> tuple[ReportDefinition, ...]:
        """The reports of a profile as far as they are known without asking its server; imported ones included."""
        await self._book.load()
        return await self.library.definitions(self._profile(profile_id))

    async def discover(self, profile_id: ProfileId) -> tuple[ReportDefinition, ...]:
        """The reports of a profile, asked of the server itself and kept for `definitions`."""
        await self._book.load()
        return await self.library.discover(self._profile(profile_id))

    async def find(self, profile_id: ProfileId, text: str) -> ReportDefinition:
        """The report of that id, key or title, or the only one that begins so; UserError names the candidates.

        Asks the server only when nothing that is known without it fits.
        """
        profile = self._profile(profile_id)
        await self._book.load()
        return await self.library.find(profile, text)

    async def import_report(
        self, profile_id: ProfileId, text: str, *, collision: Collision = Collision.REFUSE, title: str = ""
    ) -> Imported:
        """Make a report of pasted request details; what was in the text are its defaults.

        Raises UserError: it holds no report, or one whose id is taken (``report.import_exists``) under `REFUSE`.
        """
        profile = self._profile(profile_id)
        await self._book.load()
        imported = await self.library.import_text(profile, text, collision=collision, title=title)
        self.memory.note_key(profile_id, imported.definition, imported.values)
        return imported

    def can_import(self, profile_id: ProfileId) -> bool:
        """Whether reports of this kind of system can be made of pasted request details."""
        profile = self._profiles.get(profile_id)
        return profile is not None and self._profiles.spec(profile.backend).import_report is not None

    async def note_keys(self, profile_id: ProfileId, keys: Mapping[str, str]) -> None:
        """Remember keys of reports by their titles, as if each had been entered once (a demo's)."""
        for definition in await self.definitions(profile_id):
            if key := keys.get(definition.title):
                self.memory.note_key(profile_id, definition, {REPORT_KEY: key})

    async def call_flow(self, profile_id: ProfileId, call_id: str) -> CallFlow:
        """The course of one call; UserError where the system does not tell it."""
        async with self._profiles.report_runner(profile_id) as runner:
            if not isinstance(runner, CallFlowSource):
                raise UserError(message("report.no_call_flow", site=self._profile(profile_id).name))
            return await runner.call_flow(call_id)

    async def read_import(self, profile_id: ProfileId, text: str) -> ImportedReport:
        """What pasted request details hold, keeping nothing; raises UserError as `import_report` does."""
        return await self.library.read_text(self._profile(profile_id), text)

    async def choices(
        self, profile_id: ProfileId, directory: str, depends: str = "", *, refresh: bool = False
    ) -> KnownChoices:
        """A directory of the system, from memory while it is younger than `CHOICES_MAX_AGE_S`."""
        key = (profile_id, directory, depends)
        known = self._choices.get(key)
        if known is not None and not refresh and self._clock.monotonic() - known.taken_mono < CHOICES_MAX_AGE_S:
            return known
        flight = f"choices.{'.'.join(key)}"
        found = await asyncio.shield(
            self._scope.single_flight(flight, lambda: self._ask_choices(profile_id, directory, depends))
        )
        if isinstance(found, ConsoleError):
            raise found
        return found

    def known_choices(self, profile_id: ProfileId, directory: str, depends: str = "") -> KnownChoices | None:
        """A directory as far as it has been asked for, however old."""
        return self._choices.get((profile_id, directory, depends))

    async def site(self, profile_id: ProfileId) -> SiteFacts:
        """What the server says of its zone and formats; asked once."""
        known = self._sites.get(profile_id)
        if known is None:
            async with self._profiles.report_runner(profile_id) as runner:
                known = self._sites[profile_id] = await runner.site()
        return known

    # -- what it comes to

    def zone_of(self, profile_id: ProfileId) -> str:
        """The zone the system's days are counted in: the profile's, else the server's if it was asked, else ours.

        An IANA name, or ``UTC+05:30``; see `console.reports.timeframe.find_zone`.
        """
        profile = self._profile(profile_id)
        if profile.site_zone:
            return profile.site_zone
        facts = self._sites.get(profile_id)
        if facts is not None and facts.zone:
            return facts.zone
        if facts is not None and facts.utc_offset_min is not None:
            return offset_zone(facts.utc_offset_min)
        return self._local_zone()

    def has_own_zone(self, profile_id: ProfileId) -> bool:
        """Whether profile or server name the zone; else this computer's is used and that should be said."""
        facts = self._sites.get(profile_id)
        said = facts is not None and bool(facts.zone or facts.utc_offset_min is not None)
        return bool(self._profile(profile_id).site_zone) or said

    def resolve(
        self, profile_id: ProfileId, definition: ReportDefinition, values: Values, at: datetime | None = None
    ) -> dict[str, ResolvedTimeframe]:
        """What the timeframes and periods among the values come to at `at` (now); parameter id -> absolute range.

        Raises UserError for one that is wrong in itself.
        """
        zone, week_start = self.zone_of(profile_id), self._profile(profile_id).week_start
        return dict(resolve_values(definition, values, at or now(self._clock), zone, week_start))

    def problems(self, profile_id: ProfileId, definition: ReportDefinition, values: Values) -> tuple[Problem, ...]:
        """What is wrong with the values, as far as it can be told from what has been loaded; asks nobody.

        Nothing is called future before the site's zone is known: its day may be ahead of ours.
        """
        around = Surroundings(
            now(self._clock) if self.has_own_zone(profile_id) else None,
            self.zone_of(profile_id),
            self._profile(profile_id).week_start,
            {
                name: known.choices
                for (owner, name, depends), known in self._choices.items()
                if owner == profile_id and not depends
            },
        )
        return validate(definition, values, around)

    async def plan(
        self,
        profile_id: ProfileId,
        definition: ReportDefinition,
        values: Values,
        format: str = "",
        *,
        at: datetime | None = None,
    ) -> RunPlan:
        """The frozen requests of a run; relative dates are resolved here, once.

        Raises UserError for values that cannot be sent, `ConsoleError` where the server must be asked and fails.
        """
        wanted = format or definition.formats[0].value
        if not definition.free_format and wanted not in definition.formats:
            known = ", ".join(definition.formats)
            raise UserError(message("report.format", title=definition.title, format=wanted, known=known))
        moment = at or now(self._clock)
        self._refuse(profile_id, definition, values)
        async with self._profiles.report_runner(profile_id) as runner:
            await self.site(profile_id)
            await runner.site()  # a runner of a connection that was opened since must know it, too
            self._refuse(profile_id, definition, values)  # now that its zone is known
            frames = self.resolve(profile_id, definition, values, moment)
            local = moment.astimezone(find_zone(self.zone_of(profile_id)))
            context = PlanContext(frames, local, wanted, self._labels(profile_id))
            plan = runner.plan(definition, values, context)
        if frames and not self.has_own_zone(profile_id):
            profile = self._profile(profile_id)
            note = message("report.no_zone", host=profile.name, zone=self.zone_of(profile_id))
            plan = replace(plan, notes=(*plan.notes, note))
        return plan

    async def details(self, profile_id: ProfileId, plan: RunPlan) -> RequestDetails:
        """All that the Request tab and the snippets need; holds no secret."""
        profile = self._profile(profile_id)
        async with self._profiles.report_runner(profile_id) as runner:
            auth = runner.auth
            base_url = getattr(runner, "base_url", "") or profile.url
        return RequestDetails(
            base_url=base_url,
            auth=auth,
            requests=plan.requests,
            environment=self._variables(profile),
            ca_file=profile.ca_file,
            pin=profile.pin,
            notes=plan.notes,
        )

    async def live_details(
        self, profile_id: ProfileId, metric_ids: Sequence[str]
    ) -> tuple[tuple[str, RequestDetails], ...]:
        """The requests by which live metrics are read, each with its title; none where the system tells of none."""
        profile = self._profile(profile_id)
        async with self._profiles.report_runner(profile_id) as runner:
            ask = getattr(runner, "live_details", None)
            found: tuple[tuple[str, RequestDetails], ...] = ask(tuple(metric_ids)) if ask is not None else ()
        environment = self._variables(profile)
        return tuple((title, replace(details, environment=environment)) for title, details in found)

    async def exchange_details(self, exchange: Exchange) -> RequestDetails | None:
        """A GET that was made, to be made again elsewhere; None for what is no plain GET of a profile there is."""
        profile_id = ProfileId(exchange.profile_id)
        if exchange.method != "GET" or self._profiles.get(profile_id) is None:
            return None
        draft = await self.details(profile_id, RunPlan(profile_id, "", "", {}, "", ()))
        plan = plan_of(exchange, draft.base_url, draft.auth)
        return None if plan is None else replace(draft, requests=(plan,))

    # -- runs

    def start(self, profile_id: ProfileId, definition: ReportDefinition, plan: RunPlan) -> Job:
        """Start what was planned; raises UserError for a profile that is gone."""
        job = self.jobs.start(profile_id, definition, plan)
        self.memory.note_start(profile_id, definition, plan.values)
        return job

    async def run(self, profile_id: ProfileId, definition: ReportDefinition, values: Values, format: str = "") -> Job:
        """Plan and start; raises what `plan` raises. Everything after that is told by the job."""
        await self._book.load()
        return self.start(profile_id, definition, await self.plan(profile_id, definition, values, format))

    async def run_on_many(
        self, profile_ids: Sequence[ProfileId], definition: ReportDefinition, values: Values, format: str = ""
    ) -> Job:
        """One report at several sites at the same moment; its result has a site column. A site that fails is named.

        Raises UserError for no or unknown profiles and for values that are wrong in themselves.
        """
        await self._book.load()
        at = now(self._clock)
        parts = []
        for profile_id in dict.fromkeys(profile_ids):
            profile = self._profile(profile_id)
            self.resolve(profile_id, definition, values, at)
            draft = RunPlan(profile_id, definition.id, definition.title, values, format, ())
            parts.append(
                Part(profile_id, profile.name, definition, draft, self._prepare(profile, definition, draft, at))
            )
            self.memory.note_start(profile_id, definition, values)
        if not parts:
            raise UserError(message("report.profile_gone"))
        return self.jobs.start_many(parts, unite)

    async def compare(self, before: ReportResult, after: ReportResult, keys: Sequence[str] = ()) -> Comparison:
        """What changed between two results; without `keys` the rows are matched by what their columns suggest.

        The caller closes `Comparison.table`. Raises UserError where there is nothing to compare.
        """
        return await asyncio.to_thread(compare_results, before, after, tuple(keys))

    # -- inside

    def _refuse(self, profile_id: ProfileId, definition: ReportDefinition, values: Values) -> None:
        for problem in errors(self.problems(profile_id, definition, values)):
            raise UserError(problem.message)

    def _profile(self, profile_id: ProfileId) -> Profile:
        profile = self._profiles.get(profile_id)
        if profile is None:
            raise UserError(message("report.profile_gone"))
        return profile

    def _variables(self, profile: Profile) -> dict[str, str]:
        """Secret field -> the environment variable a snippet reads it from."""
        fields = self._profiles.spec(profile.backend).secret_fields
        return {field.id: variable_name(profile.name, field.id) for field in fields}

    def _name_of(self, profile_id: ProfileId) -> tuple[str, str]:
        profile = self._profile(profile_id)
        return profile.name, profile.backend

    def _labels(self, profile_id: ProfileId) -> Mapping[str, Mapping[str, str]]:
        labels: dict[str, dict[str, str]] = {}
        for (owner, directory, _), known in self._choices.items():
            if owner == profile_id:
                labels.setdefault(directory, {}).update({c.value: c.label for c in known.choices})
        return labels

    async def _ask_choices(self, profile_id: ProfileId, directory: str, depends: str) -> KnownChoices | ConsoleError:
        """Ask once for everybody who waits; a foreseen failure is theirs, and no fault of this task."""
        try:
            async with self._profiles.report_runner(profile_id) as runner:
                found = await runner.choices(directory, depends)
        except ConsoleError as error:
            return error
        known = KnownChoices(found.choices, found.notes, now(self._clock), self._clock.monotonic())
        self._choices[profile_id, directory, depends] = known
        return known

    def _prepare(self, profile: Profile, definition: ReportDefinition, draft: RunPlan, at: datetime) -> Prepare:
        async def prepare() -> RunPlan:
            if profile.backend != definition.backend:
                raise UserError(message("report.site_elsewhere", site=profile.name))
            plan = await self.plan(profile.id, definition, draft.values, draft.format, at=at)
            return replace(plan, notes=(*plan.notes, *await self._unknown_choices(profile, definition, draft.values)))

        return prepare

    async def _unknown_choices(
        self, profile: Profile, definition: ReportDefinition, values: Values
    ) -> tuple[Message, ...]:
        """Flags what was chosen at another site and is not there; a directory that cannot be had flags nothing."""
        notes: list[Message] = []
        for param in definition.params:
            chosen = values.get(param.id)
            wanted = chosen if isinstance(chosen, list) else [chosen]
            if not param.directory or param.depends_on or chosen in (None, "", []):
                continue
            try:
                known = await self.choices(profile.id, param.directory)
            except ConsoleError:
                continue
            literal = {choice.value for choice in param.choices}
            missing = [v for v in known.unknown([str(v) for v in wanted]) if v not in literal]
            if missing:
                names = ", ".join(missing[:10])
                notes.append(message("report.unknown_choice", site=profile.name, values=names, param=param.label))
        return tuple(notes)

    def _ended(self, job: Job) -> None:
        """A run goes into history, and names its report where nobody has."""
        if job.result is not None and not job.parts:
            self.library.learn_title(job.definition, job.result.title)
        self.memory.note_end(job)

    def _forget_changed(self) -> None:
        """Drop what was learned from a server that a profile no longer names."""
        reach = {p.id: (p.backend, p.url, tuple(sorted(p.fields.items()))) for p in self._profiles.all}
        for profile_id, former in self._reach.items():
            if reach.get(profile_id) != former:
                self._sites.pop(profile_id, None)
                self.library.forget(profile_id)
                for key in [key for key in self._choices if key[0] == profile_id]:
                    del self._choices[key]
        self._reach = dict(reach)


__all__ = ["Comparison", "Job", "KnownChoices", "ReportResult", "Reports"]
