"""What the report dialog works on: connection, reports, the form with its drafts. Widgets are handed in and told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from console.domain.clock import Clock, now
from console.domain.errors import ConsoleError, UserError
from console.domain.messages import message
from console.domain.model import ProfileId
from console.engine.report_records import HistoryEntry, Preset
from console.engine.reports import Job, KnownChoices, Reports
from console.reports.schema import Json, ReportDefinition, Values
from console.tasks import TaskScope
from console.ui.forms.report_directories import LoadChoices
from console.ui.forms.report_form import ReportForm
from console.ui.forms.timeframe_editor import FormSite
from console.ui.reports.list_rows import Shelf, last_runs
from console.ui.services import ProfileService
from console.ui.text import translate
from console.ui.theme import Theme


@dataclass(frozen=True)
class Draft:
    """What stands in a form that is not shown at the moment."""

    values: dict[str, Json]
    texts: dict[str, str] = field(default_factory=dict)
    format: str = ""


class Desk(QObject):
    """Keeps which report of which connection is worked on, and never loses what was entered.

    Signals:
        shelf_changed: other reports, presets, stars or runs are known.
        report_changed: `definition` and `form` are others.
        told: a sentence about the connection; empty when there is nothing to say. Carries whether it is a failure.
        busy_changed: the server is being asked for its reports.
    """

    shelf_changed = Signal()
    report_changed = Signal()
    told = Signal(bool, str)
    busy_changed = Signal(bool)

    def __init__(
        self,
        theme: Theme,
        clock: Clock,
        reports: Reports,
        profiles: ProfileService,
        scope: TaskScope,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._clock = clock
        self.reports = reports
        self._profiles = profiles
        self._scope = scope
        self._drafts: dict[tuple[ProfileId, str], Draft] = {}
        self._chosen: dict[ProfileId, str] = {}
        self.profile_id: ProfileId | None = None
        self.definitions: tuple[ReportDefinition, ...] = ()
        self.definition: ReportDefinition | None = None
        self.form: ReportForm | None = None
        self.first_format = ""
        self._format: Callable[[], str] = str

    def format_name(self) -> str:
        """The format that stands on screen."""
        return self._format()

    def read_format_by(self, read: Callable[[], str]) -> None:
        """Where the format that stands on screen is read."""
        self._format = read

    # -- connection

    def use_profile(self, profile_id: ProfileId, report_id: str = "") -> None:
        """Work on a connection; its reports follow, and the one worked on last there."""
        self.keep_draft()
        self.profile_id = profile_id
        if report_id:
            self._chosen[profile_id] = report_id
        self.definitions = ()
        self._show(None)
        self.shelf_changed.emit()
        self._scope.restart("definitions", lambda: self._load(profile_id))

    def drop_profile(self) -> None:
        """There is no connection."""
        self.keep_draft()
        self.profile_id, self.definitions = None, ()
        self._show(None)
        self.shelf_changed.emit()

    def discover(self) -> None:
        """Ask the server for its reports."""
        profile_id = self.profile_id
        if profile_id is not None:
            self._scope.single_flight(f"discover.{profile_id}", lambda: self._discover(profile_id))

    async def _load(self, profile_id: ProfileId) -> None:
        try:
            await self.reports.load()
            found = await self.reports.definitions(profile_id)
        except ConsoleError as error:
            self._tell(profile_id, True, translate(error.message))
            return
        self._take(profile_id, found)
        if not found:
            await self._discover(profile_id)
        await self._ask_site(profile_id)

    async def _discover(self, profile_id: ProfileId) -> None:
        self.busy_changed.emit(True)
        try:
            found = await self.reports.discover(profile_id)
        except ConsoleError as error:
            self._tell(profile_id, True, translate(error.message))
        else:
            self._tell(profile_id, False, "")
            self._take(profile_id, found)
        finally:
            if isValid(self):
                self.busy_changed.emit(False)

    async def _ask_site(self, profile_id: ProfileId) -> None:
        """Zone and formats of the server; without them the form works with what is known."""
        try:
            facts = await self.reports.site(profile_id)
        except ConsoleError as error:
            self._tell(profile_id, True, translate(error.message))
            return
        self._tell(profile_id, False, " ".join(translate(note) for note in facts.notes))
        if isValid(self) and profile_id == self.profile_id and self.form is not None:
            self.form.set_site(self._site(profile_id))

    def _take(self, profile_id: ProfileId, found: tuple[ReportDefinition, ...]) -> None:
        if not isValid(self) or profile_id != self.profile_id:
            return
        self.definitions = found
        self.shelf_changed.emit()
        wanted = self._chosen.get(profile_id, "")
        current = self.definition
        renewed = next((d for d in found if current is not None and d.id == current.id), None)
        if current is None or renewed is None:
            self.choose(wanted)
        elif renewed != current:
            self.choose(renewed.id)

    def _tell(self, profile_id: ProfileId, is_failure: bool, sentence: str) -> None:
        if isValid(self) and profile_id == self.profile_id:
            self.told.emit(is_failure, sentence)

    def renew_site(self) -> None:
        """The profile may say another zone or first day of the week."""
        if self.form is not None and self.profile_id is not None:
            self.form.set_site(self._site(self.profile_id))

    # -- report and form

    def choose(self, report_id: str, preset: Preset | None = None) -> bool:
        """Show a report's form as it was left, or with a preset's values; False for one that is not known."""
        profile_id = self.profile_id
        definition = next((d for d in self.definitions if d.id == report_id), None)
        if profile_id is None or definition is None:
            return False
        self.keep_draft()
        self._chosen[profile_id] = report_id
        draft = self._drafts.get((profile_id, report_id))
        if preset is not None:
            draft = Draft(dict(preset.values), {}, preset.format)
        self._show(definition, draft)
        return True

    def fill(self, values: Values, format_name: str = "") -> None:
        """Put values into the form shown."""
        if self.form is not None:
            self.form.set_values(values)
            self.first_format = format_name

    def reset(self) -> None:
        """The form as it is on the first day."""
        if self.form is None or self.definition is None or self.profile_id is None:
            return
        self._drafts.pop((self.profile_id, self.definition.id), None)
        self._begin(self.form, self.definition, self.profile_id)

    def keep_draft(self) -> None:
        """Remember what stands in the form."""
        if self.form is not None and self.definition is not None and self.profile_id is not None:
            key = (self.profile_id, self.definition.id)
            self._drafts[key] = Draft(self.form.values(), self.form.drafts(), self._format())

    def _show(self, definition: ReportDefinition | None, draft: Draft | None = None) -> None:
        former, profile_id = self.form, self.profile_id
        if former is not None:
            former.stop()
        self.definition, self.form, self.first_format = definition, None, ""
        if definition is not None and profile_id is not None:
            form = ReportForm(
                self._theme,
                definition,
                load_choices=self._loader(profile_id),
                scope=self._scope,
                site=self._site(profile_id),
            )
            self._begin(form, definition, profile_id)
            if draft is not None:
                form.set_values(draft.values, draft.texts)
                self.first_format = draft.format
            self.form = form
            form.load()
        self.report_changed.emit()

    def _begin(self, form: ReportForm, definition: ReportDefinition, profile_id: ProfileId) -> None:
        form.reset()
        initial = self.reports.memory.initial_values(profile_id, definition)
        values = form.values()
        if any(values.get(name) != value for name, value in initial.items()):
            form.set_values({**values, **initial})

    def _loader(self, profile_id: ProfileId) -> LoadChoices:
        async def load(directory: str, depends: str) -> KnownChoices:
            return await self.reports.choices(profile_id, directory, depends)

        return load

    def _site(self, profile_id: ProfileId) -> FormSite:
        profile = self._profiles.get(profile_id)
        week_start = profile.week_start if profile is not None else 0
        return FormSite(self.reports.zone_of(profile_id), week_start, lambda: now(self._clock))

    # -- what is remembered

    def shelf(self) -> Shelf:
        """What the list shows."""
        profile_id, memory = self.profile_id, self.reports.memory
        if profile_id is None:
            return Shelf(())
        try:
            return Shelf(
                self.definitions,
                memory.presets(profile_id),
                tuple(report for _, report in memory.recent(profile_id)),
                frozenset(memory.starred(profile_id)),
                last_runs(memory.history(profile_id)),
            )
        except ConsoleError:  # the profile went a moment ago
            return Shelf(())

    def history(self, sites: tuple[ProfileId, ...]) -> tuple[HistoryEntry, ...]:
        """The runs of the report shown at these sites."""
        if self.definition is None:
            return ()
        entries = self.reports.memory.history(None, self.definition.id)
        return tuple(e for e in entries if e.profile_id in sites and e.backend == self.definition.backend)

    def result_job(self, entry_id: str) -> Job | None:
        """The job of a run, if its result is still there."""
        job = self.reports.jobs.get(entry_id)
        return job if job is not None and job.result is not None else None

    def last_job(self, sites: tuple[ProfileId, ...]) -> Job | None:
        """The newest run of the report shown that has a result."""
        if self.definition is None:
            return None
        for job in reversed(self.reports.jobs.all):
            fits = job.definition.id == self.definition.id and job.backend == self.definition.backend
            if fits and job.result is not None and (job.profile_id in sites or job.parts):
                return job
        return None

    def is_starred(self) -> bool:
        """Whether the report shown is starred."""
        return self.definition is not None and self.reports.memory.is_starred(self.definition)

    def preset(self, preset_id: str) -> Preset | None:
        """A preset by its id."""
        if self.profile_id is None:
            return None
        return next((p for p in self.reports.memory.presets(self.profile_id) if p.id == preset_id), None)

    def must_have_report(self) -> tuple[ProfileId, ReportDefinition, ReportForm]:
        """What is worked on; raises UserError where that is nothing."""
        if self.profile_id is None or self.definition is None or self.form is None:
            raise UserError(message("report.profile_gone"))
        return self.profile_id, self.definition, self.form
