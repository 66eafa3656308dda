"""The list of a multi-select: choices under their headings, filtered at each key, without a proxy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from console.domain.text import safe_text
from console.reports.schema import Choice
from console.ui.forms.choices import ChoiceBook
from console.ui.text import plural, tooltip, tr

Index = QModelIndex | QPersistentModelIndex
_LONGEST = 200  # characters of a label on screen


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of the choices below it, as far as the filter lets them through."""

    title: str
    members: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Stray:
    """A key that is not in the list."""

    key: str


Entry = Choice | Heading | Stray


class ChoicesModel(QAbstractListModel):
    """Shows a book of choices; it is the only one that changes the book while it is shown.

    Args:
        is_single: one choice at most.
        can_clear: pressing the one choice again takes it away.

    Signals:
        chosen_changed: other keys are chosen now.
    """

    chosen_changed = Signal()

    def __init__(
        self, book: ChoiceBook, *, is_single: bool = False, can_clear: bool = True, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.book = book
        self.is_single = is_single
        self.can_clear = can_clear
        self.text = ""
        self.shown: Sequence[Choice] = ()
        self._entries: list[Entry] = []
        self._fill()

    # -- reading

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Number of entries, headings included."""
        return 0 if parent.isValid() else len(self._entries)

    def entry(self, row: int) -> Entry:
        """What stands in a row."""
        return self._entries[row]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Label, check mark, tooltip and spoken text of a row."""
        if not index.isValid() or index.row() >= len(self._entries):
            return None
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._label(entry)
        if role == Qt.ItemDataRole.CheckStateRole:
            return self.state(entry)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltip(self._tip(entry))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(entry)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every row can be reached and pressed."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if not (self.is_single and isinstance(self._entries[index.row()], Heading)):
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def state(self, entry: Entry) -> Qt.CheckState:
        """Whether an entry is chosen; a heading may be so in part."""
        book = self.book
        if isinstance(entry, Heading):
            count = book.count_of(entry.members)
            if count == 0:
                return Qt.CheckState.Unchecked
            return Qt.CheckState.Checked if count == len(entry.members) else Qt.CheckState.PartiallyChecked
        key = entry.key if isinstance(entry, Stray) else entry.value
        return Qt.CheckState.Checked if book.is_chosen(key) else Qt.CheckState.Unchecked

    def first(self) -> int:
        """The first row that can be chosen, -1 without one."""
        return next((row for row, entry in enumerate(self._entries) if not isinstance(entry, Heading)), -1)

    def row_of(self, key: str) -> int:
        """The row of a key, -1 where it is not shown."""
        for row, entry in enumerate(self._entries):
            if (isinstance(entry, Choice) and entry.value == key) or (isinstance(entry, Stray) and entry.key == key):
                return row
        return -1

    # -- changing

    def reload(self) -> None:
        """The book has other choices or other chosen keys."""
        self.beginResetModel()
        self._fill()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        """Show what matches."""
        if text.split() == self.text.split():
            self.text = text
            return
        self.text = text
        self.reload()

    def press(self, row: int) -> None:
        """Turn a row round; a heading turns all below it, to chosen unless all are."""
        entry = self._entries[row]
        if isinstance(entry, Heading):
            if self.is_single:
                return
            keys = [choice.value for choice in entry.members]
            if self.state(entry) is Qt.CheckState.Checked:
                self.book.remove(keys)
            else:
                self.book.add(keys)
        else:
            key = entry.key if isinstance(entry, Stray) else entry.value
            if self.is_single and not (self.can_clear and self.book.is_chosen(key)):
                self.book.choose_only(key)
            else:
                self.book.toggle((key,))
        self._tell()

    def choose_shown(self) -> None:
        """Choose all that match the filter."""
        self.book.add(choice.value for choice in self.shown)
        self._tell()

    def drop_shown(self) -> None:
        """Choose none of those that match the filter."""
        self.book.remove([choice.value for choice in self.shown])
        self.book.remove(self.book.offered_unknown(self.text))
        self._tell()

    def invert_shown(self) -> None:
        """Turn each that matches the filter round."""
        self.book.toggle([choice.value for choice in self.shown])
        self._tell()

    def add_keys(self, keys: Sequence[str]) -> None:
        """Choose keys, be they in the list or not."""
        if self.is_single and keys:
            self.book.choose_only(keys[0])
        else:
            self.book.add(keys)
        self.reload()
        self.chosen_changed.emit()

    # -- inside

    def _tell(self) -> None:
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1), [Qt.ItemDataRole.CheckStateRole])
        self.chosen_changed.emit()

    def _fill(self) -> None:
        found = self.book.match(self.text)
        self.shown = found
        strays = self.book.offered_unknown(self.text)
        entries: list[Entry] = [Stray(key) for key in strays]
        if not any(choice.group for choice in found):
            entries += found
        else:
            start = 0
            for at in range(1, len(found) + 1):
                if at == len(found) or found[at].group != found[start].group:
                    members = tuple(found[start:at])
                    if members[0].group:
                        entries.append(Heading(members[0].group, members))
                    entries += members
                    start = at
        self._entries = entries

    def _label(self, entry: Entry) -> str:
        if isinstance(entry, Heading):
            return safe_text(entry.title, _LONGEST)
        if isinstance(entry, Stray):
            return safe_text(entry.key, _LONGEST)
        return safe_text(entry.label or entry.value, _LONGEST)

    def _tip(self, entry: Entry) -> str:
        if isinstance(entry, Heading):
            return entry.title
        if isinstance(entry, Stray):
            return tr("{key} is not in the list of the system; it is kept and sent as it is.", key=entry.key)
        return "\n".join(dict.fromkeys(part for part in (entry.label, entry.note, entry.value) if part))

    def _spoken(self, entry: Entry) -> str:
        state = self.state(entry)
        if isinstance(entry, Heading):
            count = plural("{n} entry", "{n} entries", len(entry.members))
            return tr("{title}, heading, {count}", title=entry.title, count=count)
        word = tr("chosen") if state is Qt.CheckState.Checked else tr("not chosen")
        if isinstance(entry, Stray):
            return tr("{key}, not in the list, {state}", key=entry.key, state=word)
        name = ", ".join(part for part in (entry.label or entry.value, entry.note) if part)
        return f"{name}, {word}"
