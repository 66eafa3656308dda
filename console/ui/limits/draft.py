"""Thresholds while they are edited: what can be set, what holds, what would be coloured now. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from console.domain import columns as domain_columns
from console.domain.board import Source
from console.domain.columns import find
from console.domain.enums import AgentStatus, Section
from console.domain.model import ColumnInfo, ProfileId
from console.domain.service_level import COMPUTED_COLUMN, COUNT_COLUMNS
from console.domain.text import format_duration, format_number, safe_text
from console.domain.thresholds import COLUMNS, STATES, Level, Limits, Threshold
from console.domain.values import Unit
from console.engine.limit_records import Edit
from console.ui.forms.report_parse import parse_duration, parse_number
from console.ui.models.columns import cell_level
from console.ui.models.rows import SourceView, ViewRow, moment
from console.ui.text import state_word, tr

_STATE_ORDER: Final = (
    AgentStatus.RINGING,
    AgentStatus.ON_CALL,
    AgentStatus.AFTER_CALL,
    AgentStatus.PAUSED,
    AgentStatus.AVAILABLE,
    AgentStatus.OTHER_CALL,
)
_NOT_ALONE: Final = frozenset((*COUNT_COLUMNS, COMPUTED_COLUMN)) - {"offered", "answered", "abandoned"}
_NUMBERS: Final = (Unit.COUNT, Unit.MS, Unit.PERCENT)
FREE: Final = "agents_available"
FULL: Final = 100.0  # percent


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing a threshold can be set for.

    Attributes:
        part, key: as in `Edit`.
        section: where its cells are.
    """

    part: str
    key: str
    title: str
    unit: Unit
    section: Section

    @property
    def default(self) -> Threshold | None:
        """What holds while nobody has set anything."""
        return STATES.get(AgentStatus(self.key)) if self.part == "states" else COLUMNS.get(self.key)

    @property
    def column(self) -> str:
        """The column its levels are shown in."""
        return "time_in_state" if self.part == "states" else self.key


Group = tuple[str, tuple[Entry, ...]]


def groups(source: Source | None, queue: str = "") -> tuple[Group, ...]:
    """What can be set, under headings; times in state belong to the profile as a whole."""
    sent: Mapping[Section, tuple[ColumnInfo, ...]] = {}
    if source is not None and source.snapshot is not None:
        sent = source.snapshot.columns
    found = [(tr("Queues"), _usual(sent)), (tr("Waiting callers"), (_known("wait", Section.WAITING),))]
    if not queue:
        states = tuple(
            Entry("states", status.value, state_word(status), Unit.MS, Section.AGENTS) for status in _STATE_ORDER
        )
        found.append((tr("Agents: time in state"), states))
    found.append((tr("Other figures of queues"), _others(sent)))
    return tuple((title, entries) for title, entries in found if entries)


def _usual(sent: Mapping[Section, tuple[ColumnInfo, ...]]) -> tuple[Entry, ...]:
    ids = {info.id for info in sent.get(Section.QUEUES, ())}
    if COMPUTED_COLUMN in ids:
        ids.add("service_level")
    usual = (key for key in COLUMNS if key != "wait" and (not ids or key in ids))
    found = (_known(key, Section.QUEUES) for key in usual)
    return tuple(replace(each, title=tr("Free agents, if calls wait")) if each.key == FREE else each for each in found)


def _others(sent: Mapping[Section, tuple[ColumnInfo, ...]]) -> tuple[Entry, ...]:
    return tuple(
        Entry("columns", info.id, _title(info), info.unit, Section.QUEUES)
        for info in sent.get(Section.QUEUES, ())
        if info.unit in _NUMBERS and info.id not in COLUMNS and info.id not in _NOT_ALONE
    )


def _known(key: str, section: Section) -> Entry:
    column = find(section, key)
    assert column is not None
    return Entry("columns", key, tr(column.title), column.unit, section)


def _title(info: ColumnInfo) -> str:
    known = domain_columns.find(Section.QUEUES, info.id)
    return tr(known.title) if known is not None else safe_text(info.title, 80)


class Draft:
    """The limits of several profiles, changed here and nowhere else until they are saved.

    Args:
        saved: the limits of a profile as they hold now.
    """

    def __init__(self, saved: Callable[[ProfileId], Limits]) -> None:
        self._saved = saved
        self._working: dict[ProfileId, Limits] = {}

    def limits(self, profile_id: ProfileId) -> Limits:
        """The limits of a profile with the changes made here."""
        return self._working.get(profile_id) or self._saved(profile_id)

    def is_own(self, profile_id: ProfileId, queue: str, entry: Entry) -> bool:
        """Whether something was set for exactly this place."""
        return entry.key in _place(self.limits(profile_id), queue, entry.part)

    def value(self, profile_id: ProfileId, queue: str, entry: Entry) -> Threshold | None:
        """What holds there."""
        own = _place(self.limits(profile_id), queue, entry.part)
        return own[entry.key] if entry.key in own else self.inherited(profile_id, queue, entry)

    def inherited(self, profile_id: ProfileId, queue: str, entry: Entry) -> Threshold | None:
        """What holds there when nothing is set for it."""
        return self.value(profile_id, "", entry) if queue else entry.default

    def set(self, profile_id: ProfileId, queue: str, entry: Entry, value: Threshold | None) -> None:
        """Set a threshold, or switch it off; what would hold anyway is not written down."""
        if value == self.inherited(profile_id, queue, entry):
            self.reset(profile_id, queue, entry)
        else:
            own = dict(_place(self.limits(profile_id), queue, entry.part))
            own[entry.key] = value
            self._put(profile_id, queue, entry.part, own)

    def reset(self, profile_id: ProfileId, queue: str, entry: Entry) -> None:
        """Take away what was set."""
        own = dict(_place(self.limits(profile_id), queue, entry.part))
        if own.pop(entry.key, self) is not self:
            self._put(profile_id, queue, entry.part, own)

    def edits(self) -> dict[ProfileId, list[Edit]]:
        """The changes, by profile."""
        found = {}
        for profile_id, now in self._working.items():
            if edits := _difference(self._saved(profile_id), now):
                found[profile_id] = edits
        return found

    def _put(self, profile_id: ProfileId, queue: str, part: str, own: Mapping[str, Threshold | None]) -> None:
        limits = self.limits(profile_id)
        if part == "states":
            limits = replace(limits, states={AgentStatus(key): value for key, value in own.items()})
        elif queue:
            others = {name: held for name, held in limits.queues.items() if name != queue.casefold()}
            limits = replace(limits, queues={**others, queue.casefold(): own} if own else others)
        else:
            limits = replace(limits, columns=own)
        self._working[profile_id] = limits


def _place(limits: Limits, queue: str, part: str) -> Mapping[str, Threshold | None]:
    if part == "states":
        return {status.value: value for status, value in limits.states.items()}
    return limits.queues.get(queue.casefold(), {}) if queue else limits.columns


def _difference(saved: Limits, now: Limits) -> list[Edit]:
    places = [("columns", ""), ("states", ""), *(("columns", name) for name in {*saved.queues, *now.queues})]
    edits = []
    for part, queue in places:
        old, new = _place(saved, queue, part), _place(now, queue, part)
        edits += [Edit(part, key, queue=queue, is_reset=True) for key in old if key not in new]
        edits += [Edit(part, key, value, queue) for key, value in new.items() if key not in old or old[key] != value]
    return edits


# -- what people type


def text_of(value: float, unit: Unit) -> str:
    """A limit as people write it."""
    if unit is Unit.MS:
        return format_duration(value)
    text = format_number(round(value, 2)).replace("\u202f", "")
    return f"{text} %" if unit is Unit.PERCENT else text


def read(text: str, unit: Unit) -> float | None:
    """A limit in the column's unit; None for what is none."""
    if unit is Unit.MS:
        seconds = parse_duration(text)
        return None if seconds is None or seconds < 0 else seconds * 1000.0
    number = parse_number(text.replace("%", "") if unit is Unit.PERCENT else text)
    if number is None or number < 0 or (unit is Unit.PERCENT and number > FULL):
        return None
    return float(number)


def wanted(unit: Unit) -> str:
    """What is expected where something else was typed."""
    return {
        Unit.MS: tr("Write minutes and seconds like 1:30, or seconds like 90."),
        Unit.PERCENT: tr("Write a percentage from 0 to 100."),
    }.get(unit, tr("Write a number from 0 up."))


def threshold_of(caution: str, critical: str, unit: Unit, *, is_low_bad: bool) -> tuple[Threshold | None, str]:
    """The threshold of two typed limits, or what is wrong with them."""
    upper = read(critical, unit)
    lower = read(caution, unit) if caution.strip() else None
    if upper is None:
        return None, wanted(unit) if critical.strip() else tr("Critical needs a limit; caution may stay empty.")
    if lower is None and caution.strip():
        return None, wanted(unit)
    most = FULL if unit is Unit.PERCENT else float("inf")
    found = Threshold.of(lower, upper, is_low_bad=is_low_bad, most=most)
    if lower is None and unit is Unit.COUNT:
        found = Threshold(float(round(found.caution)), upper, is_low_bad)
    if found.is_ordered:
        return found, ""
    if is_low_bad:
        return None, tr("Caution comes before critical: it must be the higher one where low figures are bad.")
    return None, tr("Caution comes before critical: it must be the lower one where high figures are bad.")


# -- what would be coloured now


def preview(
    source: Source, limits: Limits, entries: Sequence[Entry], queue: str, now_ms: float, mono: float
) -> dict[Entry, tuple[int, int]]:
    """How many cells each of the entries would colour now: caution, critical. Nothing while the source is silent."""
    at = moment(source, now_ms, mono)
    if source.snapshot is None or at.stale_age_s is not None:
        return {}
    at = at._replace(limits=limits)
    view = SourceView(source.profile.id, source.profile.name)
    rows = {
        section: [ViewRow((source.profile.id, row.id), view, row) for row in source.snapshot.rows(section)]
        for section in Section
    }
    found = {}
    for entry in entries:
        levels = [
            cell_level(entry.column, row, at) for row in rows[entry.section] if _is_meant(row, entry, queue.casefold())
        ]
        found[entry] = (levels.count(Level.CAUTION), levels.count(Level.CRITICAL))
    return found


def _is_meant(row: ViewRow, entry: Entry, queue: str) -> bool:
    if entry.part == "states":
        return row.row.reading("state").value == entry.key
    if not queue:
        return True
    named = row.row.reading("queue").value if entry.section is Section.WAITING else row.row.name
    return isinstance(named, str) and named.casefold() == queue
