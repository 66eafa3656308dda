"""The rules: which there are, what each says now, and the editor of the chosen one."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidgetItem, QSplitter, QTabWidget, QVBoxLayout, QWidget

from console.domain.alert_rules import Compare, Condition, Rule, Scope
from console.domain.alerts import RuleState
from console.domain.clock import Clock
from console.domain.errors import ConsoleError
from console.domain.text import safe_text
from console.tasks import Report, TaskScope
from console.ui.alerts.back_test_panel import BackTestPanel
from console.ui.alerts.rule_form import RuleForm
from console.ui.alerts.rule_words import Known
from console.ui.alerts.service import RuleService
from console.ui.alerts.words import NAME
from console.ui.connection import LightTone
from console.ui.marks import MessageLine
from console.ui.runtime.dialogs import ask
from console.ui.text import plural, tr, translate
from console.ui.theme import Space, Theme
from console.ui.widgets import EmptyState, IconButton, ListBox, push_button, set_tip
from console.ui.windows.frame import FramedDialog

TICK_MS: Final = 1000
_ID = Qt.ItemDataRole.UserRole + 1


def state_line(rule: Rule, service: RuleService, known: Known) -> str:
    """What a rule says now, in few words."""
    if not rule.known:
        return tr("needs a newer version")
    if not rule.is_enabled:
        return tr("off")
    states = service.state_of(rule.id)
    counts = states.counts
    words = (
        (RuleState.FIRING, tr("{n} firing")),
        (RuleState.PENDING, tr("{n} pending")),
        (RuleState.NO_DATA, tr("{n} without data")),
    )
    parts = [text.format(n=counts[state]) for state, text in words if counts.get(state)]
    errors = {target[0] for target, state in states.targets.items() if state is RuleState.ERROR}
    if errors:
        names = ", ".join(safe_text(known.profiles.get(one, one), 40) for one in sorted(errors)[:2])
        more = f" +{len(errors) - 2}" if len(errors) > 2 else ""
        parts.append(tr("not possible at {names}: no such figure there", names=names + more))
    return "  ·  ".join(parts) or tr("quiet")


def new_rule() -> Rule:
    """What a new rule begins with; off until it is saved."""
    condition = Condition("longest_wait", Compare.AT_LEAST, 120_000.0, dead_band=30_000.0)
    return Rule(uuid.uuid4().hex, tr("New rule"), Scope.QUEUE, (condition,), for_s=10)


class RulesDialog(FramedDialog):
    """Lists and edits rules; `aclose` is awaited at the end.

    Signals:
        moment_asked: show the floor at this moment (epoch ms).
        settings_asked: sounds and notifications.
    """

    moment_asked = Signal(float)
    settings_asked = Signal()

    def __init__(
        self,
        parent: QWidget | None,
        theme: Theme,
        clock: Clock,
        service: RuleService,
        known: Known,
        *,
        is_private: bool = False,
        report: Report | None = None,
    ) -> None:
        super().__init__(parent, theme, tr("Alert rules"))
        self._service = service
        self._known = known
        self._scope = TaskScope("rules", report)
        self._shown: Rule | None = None
        self._is_new = False
        self._is_filling = False
        self.list = ListBox()
        self.list.setAccessibleName(tr("Alert rules"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.form = RuleForm(theme, known)
        self.test = BackTestPanel(theme, clock, self.form.rule, service.back_test, report)
        self.test.is_private = is_private
        self.tabs = QTabWidget()
        for named in (self.tabs, self.tabs.tabBar()):
            named.setAccessibleName(tr("The rule and its past"))
        self.tabs.addTab(self.form, tr("Rule"))
        self.tabs.addTab(self.test, tr("Try on the past"))
        self.empty = EmptyState(theme)
        self.empty.show_state("bell", tr("No rules"), tr("A rule says when you want to be called."))
        self.note = MessageLine(theme)
        self.save = push_button(theme, tr("Save the rule"), "primary")
        self.undo = push_button(theme, tr("Undo"))
        self.settings = push_button(theme, tr("Sounds and notifications…"), "quiet")
        self._build()
        self._ticker = QTimer(self)
        self._ticker.setInterval(TICK_MS)
        self._ticker.timeout.connect(self._show_states)
        self._unsubscribe = service.subscribe(self._on_news)
        self.primary_button = self.save  # Enter saves, and the keyboard begins at the list
        self._fill()
        self._ticker.start()
        self.fit(1040, 720)

    # what the owner calls

    def choose(self, rule_id: str) -> None:
        """Go to a rule."""
        for at in range(self.list.count()):
            if self.list.item(at).data(_ID) == rule_id:
                self.list.setCurrentRow(at)

    async def aclose(self) -> None:
        """End what is under way."""
        self._ticker.stop()
        self._unsubscribe()
        await self.test.aclose()
        await self._scope.aclose()

    @property
    def is_changed(self) -> bool:
        """Whether something is entered that is not saved."""
        return self._shown is not None and (self._is_new or self.form.rule() != self._shown)

    def reject(self) -> None:
        """Close; what is not saved is asked about first."""
        if self.is_changed and not self._service.is_read_only:
            self._scope.single_flight("leave", self._leave)
        else:
            super().reject()

    # building

    def _build(self) -> None:
        theme = self.theme
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, Space.BETWEEN, 0)
        column.setSpacing(Space.INSIDE)
        column.addWidget(self.list, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.TIGHT)
        self.buttons: dict[str, IconButton] = {}
        for name, icon, caption, slot in (
            ("add", "plus", tr("Add a rule"), self._on_add),
            ("copy", "copy", tr("Duplicate the rule"), self._on_copy),
            ("remove", "trash", tr("Remove the rule"), self._on_remove),
        ):
            button = self.buttons[name] = IconButton(theme, icon, caption)
            button.clicked.connect(slot)
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        right = QWidget()
        pages = QVBoxLayout(right)
        pages.setContentsMargins(Space.BETWEEN, 0, 0, 0)
        pages.setSpacing(Space.INSIDE)
        pages.addWidget(self.note)
        pages.addWidget(self.tabs, 1)
        pages.addWidget(self.empty, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([290, 720])
        splitter.setChildrenCollapsible(False)
        self.body.addWidget(splitter, 1)
        self.footer.insertWidget(0, self.settings)
        self.footer.insertWidget(self.footer.count() - 1, self.undo)
        self.footer.addWidget(self.save)
        self.settings.clicked.connect(self.settings_asked)
        self.save.clicked.connect(self._on_save)
        self.undo.clicked.connect(self._on_undo)
        self.list.currentItemChanged.connect(self._on_current)
        self.list.itemChanged.connect(self._on_item_changed)
        self.form.changed.connect(self._on_edited)
        self.test.moment_asked.connect(self._on_moment)

    # the list

    def _fill(self, wanted: str = "") -> None:
        """List the rules anew; the chosen one stays."""
        wanted = wanted or (self._shown.id if self._shown is not None else "")
        self._is_filling = True
        self.list.clear()
        rules = [*self._service.rules, *([self._shown] if self._is_new and self._shown is not None else [])]
        is_fixed = self._service.is_read_only
        for rule in rules:
            item = QListWidgetItem()
            item.setData(_ID, rule.id)
            flags = item.flags() & ~Qt.ItemFlag.ItemIsUserCheckable
            if rule.known and not is_fixed and not (self._is_new and rule is self._shown):
                flags |= Qt.ItemFlag.ItemIsUserCheckable
            item.setFlags(flags)
            item.setCheckState(Qt.CheckState.Checked if rule.is_enabled else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self._show_states()
        self._is_filling = False
        ids = [rule.id for rule in rules]
        if ids:
            self.list.setCurrentRow(ids.index(wanted) if wanted in ids else 0)
        else:
            self._show(None)

    def _show_states(self) -> None:
        was, self._is_filling = self._is_filling, True
        rules = {rule.id: rule for rule in self._service.rules}
        for at in range(self.list.count()):
            item = self.list.item(at)
            rule = rules.get(str(item.data(_ID)))
            name = rule.name if rule is not None else self.form.name.text()
            line = state_line(rule, self._service, self._known) if rule is not None else tr("not saved yet")
            text = f"{safe_text(name, NAME)}\n{line}"
            if item.text() != text:
                item.setText(text)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, text.replace("\n", ", "))
        self._is_filling = was

    def _show(self, rule: Rule | None, *, is_new: bool = False) -> None:
        self._shown, self._is_new = rule, is_new
        is_fixed = self._service.is_read_only or (rule is not None and not rule.known)
        self.tabs.setVisible(rule is not None)
        self.empty.setVisible(rule is None)
        if rule is not None:
            self.form.show_rule(rule, self._known)
            self.form.set_read_only(is_fixed)
        self.test.forget()
        self.buttons["add"].setEnabled(not self._service.is_read_only)
        self.buttons["copy"].setEnabled(rule is not None and not is_fixed)
        self.buttons["remove"].setEnabled(rule is not None and not self._service.is_read_only)
        if self._service.is_read_only:
            words = tr(
                "These rules were written by a newer version, or cannot be read. They run, but stay as they are."
            )
            self.note.say(LightTone.CAUTION, words)
        elif rule is not None and not rule.known:
            words = tr("This rule needs a newer version of the console. It is kept as it is, and does not run.")
            self.note.say(LightTone.CAUTION, words)
        else:
            self.note.say(LightTone.QUIET, "")
        self._show_changed()

    def _show_changed(self) -> None:
        can = self._shown is not None and self._shown.known and not self._service.is_read_only
        is_changed = can and self.is_changed
        self.save.setEnabled(is_changed)
        self.undo.setEnabled(is_changed)
        set_tip(self.save, "" if is_changed else tr("Nothing has changed."))

    # slots

    def _on_news(self, news: tuple[object, ...]) -> None:
        if not news:  # rules or muting have changed
            known = [rule.id for rule in self._service.rules]
            listed = [self.list.item(at).data(_ID) for at in range(self.list.count())]
            if not self._is_new and known != listed:
                self._fill()
        self._show_states()

    def _on_current(self, item: QListWidgetItem | None, former: QListWidgetItem | None) -> None:
        if self._is_filling or item is None:
            return
        rule_id = str(item.data(_ID))
        if self._shown is not None and rule_id == self._shown.id:
            return
        if self.is_changed and former is not None and not self._service.is_read_only:
            self._is_filling = True
            self.list.setCurrentItem(former)
            self._is_filling = False
            self._scope.single_flight("switch", lambda: self._switch(rule_id))
            return
        self._show(self._rule(rule_id))

    def _on_item_changed(self, item: QListWidgetItem) -> None:
        """The switch."""
        if self._is_filling:
            return
        rule_id, is_on = str(item.data(_ID)), item.checkState() is Qt.CheckState.Checked
        rule = self._rule(rule_id)
        if rule is None or rule.is_enabled is is_on:
            return
        was_changed = self.is_changed
        try:
            saved = self._service.set_enabled(rule_id, is_on)
        except ConsoleError as error:
            self._fail(error)
            self._fill()
            return
        if self._shown is not None and self._shown.id == rule_id:
            entered = self.form.rule() if was_changed else None
            self._shown = saved
            self.form.show_rule(replace(entered, is_enabled=is_on) if entered is not None else saved, self._known)
            self._shown = saved
        self._show_states()
        self._show_changed()

    def _on_edited(self) -> None:
        self.test.forget()
        self._show_changed()
        if self._is_new:
            self._show_states()

    def _on_add(self) -> None:
        self._guarded(lambda: self._begin(new_rule()))

    def _on_copy(self) -> None:
        rule = self.form.rule() or self._shown
        if rule is not None:
            name = safe_text(tr("{name} (copy)", name=rule.name), NAME)
            self._guarded(lambda: self._begin(replace(rule, id=uuid.uuid4().hex, name=name)))

    def _begin(self, rule: Rule) -> None:
        self._shown, self._is_new = rule, True
        self._fill(rule.id)
        self._show(rule, is_new=True)
        self.tabs.setCurrentWidget(self.form)
        self.form.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.form.name.selectAll()

    def _on_remove(self) -> None:
        if self._shown is not None:
            self._scope.single_flight("remove", self._remove)

    def _on_undo(self) -> None:
        if self._is_new:
            self._shown, self._is_new = None, False
            self._fill()
        elif self._shown is not None:
            self._show(self._shown)

    def _on_save(self) -> None:
        self._keep()

    def _on_moment(self, at_ms: float) -> None:
        self.moment_asked.emit(at_ms)

    # inside

    def _rule(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self._service.rules if rule.id == rule_id), None)

    def _keep(self) -> bool:
        """Save what is entered; says what is wrong."""
        rule = self.form.rule()
        if not self.form.check() or rule is None:
            self.tabs.setCurrentWidget(self.form)
            self.note.say(LightTone.CRITICAL, tr("Something is missing or cannot be read; see the marked fields."))
            return False
        try:
            saved = self._service.save_rule(rule)
        except ConsoleError as error:
            self._fail(error)
            return False
        self._shown, self._is_new = saved, False
        self._fill(saved.id)
        self._show(saved)
        self.note.say(LightTone.GOOD, tr("Saved; it runs from now on.") if saved.is_enabled else tr("Saved."))
        return True

    def _fail(self, error: ConsoleError) -> None:
        self.note.say(LightTone.CRITICAL, translate(error.message))

    def _guarded(self, go_on: object) -> None:
        """Do it now, or after what is not saved has been asked about."""
        assert callable(go_on)
        if self.is_changed:
            self._scope.single_flight("ask", lambda: self._after_asking(go_on))
        else:
            go_on()

    async def _after_asking(self, go_on: object) -> None:
        if await self._may_drop():
            assert callable(go_on)
            go_on()

    async def _may_drop(self) -> bool:
        name = safe_text(self.form.name.text(), NAME)
        question = tr("{name} has changes that are not saved. They are lost if you go on.", name=name)
        may = await ask(self, self.theme, tr("Drop the changes?"), question, confirm=tr("Drop them"), cancel=tr("Stay"))
        if may:
            self._on_undo()
        return may

    async def _switch(self, rule_id: str) -> None:
        if await self._may_drop():
            self.choose(rule_id)

    async def _leave(self) -> None:
        if await self._may_drop():
            super().reject()

    async def _remove(self) -> None:
        rule = self._shown
        if rule is None:
            return
        if self._is_new:
            self._on_undo()
            return
        name = safe_text(rule.name, NAME)
        question = tr("{name} is removed, and its open alerts are archived.", name=name)
        if not await ask(self, self.theme, tr("Remove the rule?"), question, confirm=tr("Remove")):
            return
        try:
            self._service.remove_rule(rule.id)
        except ConsoleError as error:
            self._fail(error)
            return
        self._shown = None
        self._fill()
        count = len(self._service.rules)
        self.note.say(LightTone.QUIET, plural("{n} rule is left.", "{n} rules are left.", count) if count else "")
