"""Service level: the same calls by seven formulas, which one holds for which queue, and the sum of all queues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget
from shiboken6 import isValid

from console.domain.board import Source
from console.domain.clock import Clock
from console.domain.errors import ConsoleError
from console.domain.model import ProfileId
from console.domain.profile import Profile
from console.domain.service_level import COUNT_WORDS, Counts
from console.domain.text import format_duration, format_number, safe_text
from console.domain.values import Unit
from console.engine.limits import LimitBook
from console.engine.service_levels import CallCounter, DayOfCalls
from console.engine.store import Store
from console.tasks import Report, TaskScope
from console.ui.connection import LightTone
from console.ui.forms.editors import set_problem_frame
from console.ui.limits.draft import read, wanted
from console.ui.limits.level_rows import QueueTable, VariantTable
from console.ui.limits.levels import LevelDraft, live_counts, own_figure, queue_lines, variant_figures
from console.ui.marks import MessageLine
from console.ui.text import plural, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.widgets import Label, line, push_button
from console.ui.windows.frame import FramedDialog, WheelGuard, scrolled

_WIDTH, _HEIGHT = 800, 720
_REFRESH_MS: Final = 1000
_SECONDS_WIDTH: Final = 76  # px
_LIVE, _CALLS = "live", "calls"  # what is counted


class ServiceLevelDialog(FramedDialog):
    """Chooses formulas; `aclose` is awaited at the end.

    Args:
        counter: counts today's calls one by one; None where there is no engine for it.
        profiles: those that can be chosen, in the user's order.
        begin: profile id and queue to begin with, both may be empty.
    """

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        clock: Clock,
        store: Store,
        book: LimitBook,
        counter: CallCounter | None,
        profiles: Sequence[Profile],
        begin: tuple[str, str] = ("", ""),
        report: Report | None = None,
    ) -> None:
        super().__init__(parent, theme, tr("Service level"), primary=tr("Save"))
        self.setObjectName("service_level")
        self._clock, self._store, self._book, self._counter = clock, store, book, counter
        self._scope = TaskScope("service-level", report)
        self._days: dict[ProfileId, DayOfCalls] = {}
        self._has_failed = False
        self.draft = LevelDraft(book.choices)
        guard = WheelGuard(self)
        self.profile, self.queue, self.basis = QComboBox(), QComboBox(), QComboBox()
        spoken = (tr("Connection"), tr("For which queues"), tr("What is counted"))
        for combo, name in zip((self.profile, self.queue, self.basis), spoken, strict=True):
            combo.setAccessibleName(name)
            combo.installEventFilter(guard)
        for each in profiles:
            self.profile.addItem(safe_text(each.name, 80), str(each.id))
        self.basis.addItem(tr("Today, as the system counts live"), _LIVE)
        self.basis.addItem(tr("Today, call by call"), _CALLS)
        self.target, self.short = self._seconds(tr("Target")), self._seconds(tr("Short abandon"))
        self._build()
        self.profile.setCurrentIndex(max(0, self.profile.findData(begin[0])))
        self._fill_queues(begin[1])
        self._show_choice()
        self.profile.currentIndexChanged.connect(self._on_profile)
        self.queue.currentIndexChanged.connect(self._show_choice)
        self.basis.currentIndexChanged.connect(self._on_basis)
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.fit(_WIDTH, _HEIGHT)

    async def aclose(self) -> None:
        """End what is under way."""
        await self._scope.aclose()

    @property
    def profile_id(self) -> ProfileId:
        """The chosen profile."""
        return ProfileId(str(self.profile.currentData() or ""))

    @property
    def queue_name(self) -> str:
        """The chosen queue, empty for all of them."""
        return str(self.queue.currentData() or "")

    def refresh(self) -> None:
        """Show the counts as they are now."""
        source, queue = self._source(), self.queue_name
        counts = self._counts(source)
        for variant, figure in variant_figures(counts, queue).items():
            self.variants.show_figure(variant, figure)
        self.table.show_lines(*queue_lines(counts, self.draft.choices(self.profile_id), source))
        self.facts.setText(_facts(counts, queue))
        if queue:
            own = tr("The system's own figure, by its own formula: {figure}", figure=own_figure(source, queue))
        else:
            own = tr("The sum divides all calls by all calls. The system's own percentages cannot be added up.")
        self.own.setText(own)
        self._show_basis()

    def on_primary(self) -> None:
        """Save, unless a number cannot be read."""
        bad = next((edit for edit in (self.target, self.short) if read(edit.text(), Unit.MS) is None), None)
        if bad is not None:
            bad.setFocus()
            return
        for profile_id, edits in self.draft.edits().items():
            self._book.edit(profile_id, edits)
        self.accept()

    # -- making

    def _build(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(Space.INSIDE)
        self._caption(first, tr("Connection"), self.profile, 1)
        self._caption(first, tr("For"), self.queue, 1)
        self._caption(second, tr("Count"), self.basis, 1)
        self._caption(second, tr("Target"), self.target, 0)
        self._caption(second, tr("Short abandon"), self.short, 0)
        self.count_button: QPushButton = push_button(self.theme, tr("Count now"))
        self.count_button.clicked.connect(self._on_count)
        second.addWidget(self.count_button)
        self.note = MessageLine(self.theme)
        self.problem = MessageLine(self.theme)
        self.facts = Label(self.theme, wrap=True)
        self.own = Label(self.theme, size=Type.SMALL, muted=True, wrap=True)
        self.variants = VariantTable(self.theme)
        self.variants.chosen.connect(self._on_chosen)
        self.table = QueueTable(self.theme)
        by_formula = QWidget()
        column = QVBoxLayout(by_formula)
        column.setContentsMargins(0, Space.BETWEEN, Space.BETWEEN, 0)
        column.setSpacing(Space.BETWEEN)
        for widget in (self.facts, self.variants, self.own):
            column.addWidget(widget)
        column.addStretch(1)
        tabs = QTabWidget()
        for named in (tabs, tabs.tabBar()):
            named.setAccessibleName(tr("How the service level is measured"))
        tabs.setDocumentMode(True)
        tabs.addTab(scrolled(by_formula), tr("By formula"))
        tabs.addTab(self.table, tr("By queue"))
        self.tabs = tabs
        self.body.addLayout(first)
        self.body.addLayout(second)
        self.body.addWidget(self.problem)
        self.body.addWidget(self.note)
        self.body.addWidget(line())
        self.body.addWidget(tabs, 1)
        self.reset_button = push_button(self.theme, tr("As the connection"), "quiet")
        self.reset_button.clicked.connect(self._on_reset)
        self.footer.insertWidget(0, self.reset_button)

    def _caption(self, row: QHBoxLayout, caption: str, widget: QWidget, stretch: int) -> None:
        row.addWidget(Label(self.theme, caption, muted=True))
        row.addWidget(widget, stretch)
        row.addSpacing(Space.INSIDE)

    def _seconds(self, spoken: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setAccessibleName(spoken)
        edit.setFixedWidth(_SECONDS_WIDTH)
        edit.setMaxLength(12)
        edit.textEdited.connect(self._on_seconds)
        return edit

    # -- what there is

    def _source(self) -> Source | None:
        return self._store.source(self.profile_id)

    def _counts(self, source: Source | None) -> dict[str, Counts]:
        if self.basis.currentData() == _LIVE:
            return live_counts(source, self._clock.monotonic())
        day = self._days.get(self.profile_id)
        return {} if day is None else day.counts(self.draft.choice(self.profile_id, self.queue_name))

    def _fill_queues(self, chosen: str = "") -> None:
        self.queue.blockSignals(True)
        self.queue.clear()
        self.queue.addItem(tr("All queues, unless set for one"), "")
        source = self._source()
        rows = source.snapshot.queues if source is not None and source.snapshot is not None else ()
        for name in dict.fromkeys(row.name for row in rows):
            mark = self.draft.is_own(self.profile_id, name)
            shown = safe_text(name, 80)
            self.queue.addItem(tr("{queue}  (set)", queue=shown) if mark else shown, name)
        self.queue.setCurrentIndex(max(0, self.queue.findData(chosen)))
        self.queue.blockSignals(False)

    def _show_choice(self) -> None:
        choice = self.draft.choice(self.profile_id, self.queue_name)
        self.variants.choose(choice.variant)
        self.target.setText(format_duration(choice.target_s * 1000))
        self.short.setText(format_duration(choice.short_s * 1000))
        self._show_problem()
        self.refresh()

    def _show_basis(self) -> None:
        """What the counts are, and what cannot be had."""
        queue = self.queue_name
        self.reset_button.setVisible(bool(queue) and self.draft.is_own(self.profile_id, queue))
        is_live = self.basis.currentData() == _LIVE
        can_count = self._counter is not None and self._counter.can(self.profile_id)
        is_busy = "count" in self._scope.running
        self.count_button.setVisible(not is_live and can_count)
        self.count_button.setEnabled(not is_busy)
        self.count_button.setText(tr("Counting…") if is_busy else tr("Count now"))
        if is_live:
            words = tr("Live counts within a target use the system's own target, whatever is set here.")
        elif not can_count:
            words = tr("This system gives no list of calls with their waits, so they cannot be counted one by one.")
        else:
            words = self._day_words()
        if not self._has_failed:
            self.note.say(LightTone.QUIET, words)

    def _day_words(self) -> str:
        day = self._days.get(self.profile_id)
        if day is None:
            return tr("Count now asks the system for the list of today's calls.")
        words = [
            plural("{n} call", "{n} calls", len(day.calls)),
            tr("as of {at}", at=f"{day.at.astimezone():%H:%M:%S}"),
        ]
        if day.unread:
            words.append(plural("{n} row could not be read", "{n} rows could not be read", day.unread))
        return ". ".join([", ".join(words), *(translate(note) for note in day.notes)])

    # -- slots

    def _on_profile(self) -> None:
        self._has_failed = False
        self._fill_queues()
        self._show_choice()

    def _on_basis(self) -> None:
        self._has_failed = False
        self.refresh()

    def _on_chosen(self, variant: str) -> None:
        choice = self.draft.choice(self.profile_id, self.queue_name)
        self.draft.set(self.profile_id, self.queue_name, replace(choice, variant=variant))
        self.refresh()

    def _on_seconds(self) -> None:
        if self._show_problem():
            return
        target, short = read(self.target.text(), Unit.MS), read(self.short.text(), Unit.MS)
        assert target is not None
        assert short is not None
        choice = self.draft.choice(self.profile_id, self.queue_name)
        choice = replace(choice, target_s=target / 1000, short_s=short / 1000)
        self.draft.set(self.profile_id, self.queue_name, choice)
        self.refresh()

    def _show_problem(self) -> bool:
        has_any = False
        for edit in (self.target, self.short):
            is_bad = read(edit.text(), Unit.MS) is None
            set_problem_frame(edit, is_bad)
            edit.setAccessibleDescription(wanted(Unit.MS) if is_bad else "")
            has_any = has_any or is_bad
        self.problem.say(LightTone.CRITICAL, wanted(Unit.MS) if has_any else "")
        return has_any

    def _on_reset(self) -> None:
        self.draft.reset(self.profile_id, self.queue_name)
        self._show_choice()

    def _on_count(self) -> None:
        counter, profile_id = self._counter, self.profile_id
        if counter is not None:
            self._has_failed = False
            self._scope.single_flight("count", lambda: self._count(counter, profile_id))
            self.refresh()

    async def _count(self, counter: CallCounter, profile_id: ProfileId) -> None:
        try:
            self._days[profile_id] = await counter.today(profile_id)
        except ConsoleError as error:
            if isValid(self):
                self._has_failed = True
                self.note.say(LightTone.CRITICAL, translate(error.message))
            return
        if isValid(self):
            self.refresh()


def _facts(counts: dict[str, Counts], queue: str) -> str:
    """The counts in words: of one queue, or summed up as far as every queue has them."""
    chosen = [counts[queue]] if queue in counts else [] if queue else list(counts.values())
    words = []
    for name, word in COUNT_WORDS.items():
        values = [getattr(each, name) for each in chosen]
        if values and all(value is not None for value in values):
            words.append(f"{tr(word)} {format_number(sum(values))}")
    return "   ·   ".join(words) if words else tr("There are no counts now.")
