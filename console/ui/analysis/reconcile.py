"""Today's live figures beside the system's own report of today, with what explains the difference."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableView, QVBoxLayout, QWidget

from console.domain.clock import to_datetime
from console.domain.model import ProfileId
from console.engine.reconcile import Reconciled, Verdict
from console.tasks import Report
from console.ui.analysis.compared import ComparedModel
from console.ui.analysis.window import AnalysisWindow
from console.ui.connection import LightTone
from console.ui.delegates.padded import PaddedDelegate
from console.ui.forms.editors import BooleanEditor, ChoiceEditor
from console.ui.forms.row import FieldRow
from console.ui.marks import MessageLine
from console.ui.services import Services
from console.ui.text import plural, tr, translate
from console.ui.theme import Space, Theme, Type
from console.ui.theme.sizes import CELL_PADDING
from console.ui.widgets import Label, push_button

_WIDTHS = (190, 124, 76, 76, 96)  # px; the last column takes the rest
_FIRST = (
    Verdict.DIFFERENT,
    Verdict.EXPLAINED,
    Verdict.ONLY_REPORT,
    Verdict.ONLY_LIVE,
    Verdict.MOVED,
    Verdict.SAME,
)
_NOTES = 4  # notes shown; more would push the table away


class ReconcileWindow(AnalysisWindow):
    """Runs the report of the day and lays both sides beside each other."""

    def __init__(
        self, theme: Theme, services: Services, *, is_demo: bool = False, report: Report | None = None
    ) -> None:
        lead = tr("Do the live figures agree with the system's own report of today?")
        super().__init__(theme, services, tr("Reconcile with a report"), lead, is_demo=is_demo, report=report)
        self.found: Reconciled | None = None
        known = services.reconciler
        profiles = [p for p in services.profiles.all if p.enabled and known is not None and known.can(p.id)]
        self.profile = ChoiceEditor(tuple((str(p.id), p.name) for p in profiles))
        self.only = BooleanEditor(tr("Only what differs"))
        self.run_button = push_button(theme, tr("Compare now"), "primary")
        self._fill_questions()
        self.answer = self._answer()
        self.stack.addWidget(self.answer)
        self.run_button.clicked.connect(self.compare)
        self.profile.changed.connect(self._on_profile)
        self.only.changed.connect(self._show_rows)
        self.fit(1080, 700)
        self._on_profile()

    def compare(self) -> None:
        """Run the report and compare."""
        reconciler = self.services.reconciler
        if reconciler is None or not self.profile.value():
            return
        profile_id = ProfileId(self.profile.value())
        line = tr("The system makes its report of today; large ones take it a while.")
        self.say("hourglass", tr("Asking for the report"), line)

        async def work() -> None:
            self.show_found(await reconciler.reconcile(profile_id))

        self.ask(work)

    def show_found(self, found: Reconciled) -> None:
        """Show a comparison."""
        self.found = found
        self.headline.setText(_summary(found))
        self.about.setText(_about(found))
        while item := self.notes.takeAt(0):
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for reset in found.resets[:_NOTES]:
            at = to_datetime(reset.at_ms).astimezone().strftime("%H:%M")
            self._note(tr("Source reset at {at}: counters of the day went down.", at=at), LightTone.CAUTION)
        for note in found.notes[:_NOTES]:
            self._note(translate(note), LightTone.QUIET)
        self._show_rows()
        self.stack.setCurrentWidget(self.answer)

    def act(self, action: str) -> None:
        """Compare, again where it failed."""
        self.compare()

    # -- inside

    def _fill_questions(self) -> None:
        theme, column = self.theme, self.questions
        column.addWidget(FieldRow(theme, tr("Connection"), self.profile))
        column.addWidget(self.run_button)
        column.addWidget(self.only)
        column.addSpacing(Space.INSIDE)
        column.addWidget(
            Label(
                theme,
                tr(
                    "The report is run for today and compared with the live figures right before and after it. The "
                    "run is listed under Report runs."
                ),
                Type.SMALL,
                muted=True,
                wrap=True,
            )
        )
        column.addStretch(1)

    def _answer(self) -> QWidget:
        theme = self.theme
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, Space.AROUND, 0, 0)
        column.setSpacing(Space.INSIDE)
        words = QVBoxLayout()
        words.setContentsMargins(Space.GROUPS, 0, Space.GROUPS, 0)
        words.setSpacing(Space.TIGHT)
        self.headline = Label(theme, "", Type.TITLE, bold=True, wrap=True)
        self.about = Label(theme, "", muted=True, wrap=True)
        self.notes = QVBoxLayout()
        self.notes.setSpacing(Space.TIGHT)
        words.addWidget(self.headline)
        words.addWidget(self.about)
        words.addLayout(self.notes)
        column.addLayout(words)
        self.model = ComparedModel(theme)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(tr("Comparison"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setItemDelegate(PaddedDelegate(self.table))
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.row_height)
        self.table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self.table.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for place, width in enumerate(_WIDTHS):
            self.table.setColumnWidth(place, width)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        beside = QHBoxLayout()  # the texts of the first column stand below the heading
        beside.setContentsMargins(Space.GROUPS - CELL_PADDING, 0, 0, 0)
        beside.addWidget(self.table)
        column.addLayout(beside, 1)
        self.reason = Label(theme, "", wrap=True)
        self.reason.setContentsMargins(Space.GROUPS, Space.INSIDE, Space.GROUPS, Space.BETWEEN)
        self.reason.setMinimumHeight(56)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.reason)
        return page

    def _note(self, text: str, tone: LightTone) -> None:
        line = MessageLine(self.theme)
        line.say(tone, text)
        self.notes.addWidget(line)

    def _on_profile(self) -> None:
        if not self.profile.value():
            title = tr("No live connection to compare")
            self.say("inbox", title, tr("Only systems with a report that counts by queue can be compared."))
            self.run_button.setEnabled(False)
            return
        line = tr("The report of today is run and laid beside the live figures.")
        self.say("search", tr("Compare live figures with a report"), line)

    def _show_rows(self) -> None:
        if self.found is None:
            return
        quiet = (Verdict.SAME, Verdict.MOVED)
        only = self.only.value() == "true"
        shown = [row for row in self.found.rows if not only or row.verdict not in quiet]
        self.model.show_rows(sorted(shown, key=lambda row: _FIRST.index(row.verdict)))  # what needs a look comes first
        self.reason.setText(tr("Choose a line to see what explains it."))

    def _on_row(self, current: QModelIndex, _former: QModelIndex) -> None:
        if current.isValid():
            row = self.model.compared(current.row())
            said = " ".join(translate(reason) for reason in row.reasons)
            self.reason.setText(said or tr("Both say the same."))


def _summary(found: Reconciled) -> str:
    comparable = [row for row in found.rows if row.report is not None and row.after is not None]
    bad = sum(row.verdict is Verdict.DIFFERENT for row in comparable)
    explained = sum(row.verdict is Verdict.EXPLAINED for row in comparable)
    said = tr("{same} of {all} figures agree", same=found.agreeing, all=len(comparable))
    if explained:
        said += ", " + plural("{n} differs with a reason", "{n} differ with a reason", explained)
    if bad:
        said += ", " + plural("{n} differs for no known reason", "{n} differ for no known reason", bad)
    return said


def _about(found: Reconciled) -> str:
    at = found.at.astimezone().strftime("%H:%M:%S")
    if found.timeframe is None:
        return tr("{report}, asked for at {at}", report=found.report_title, at=at)
    day = found.timeframe.start.strftime("%d %b %Y")
    zone = found.timeframe.zone
    return tr("{report} of {day} ({zone}), asked for at {at}", report=found.report_title, day=day, zone=zone, at=at)
