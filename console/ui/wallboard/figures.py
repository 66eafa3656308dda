"""What a tile says: one queue's figure, a key figure, or queues taken together where that can be done honestly.

Counts are added up, the longest wait is the longest of all, a rate is the sum of its numerators over the sum of its
denominators. Nothing else is combined: a mean of percentages is nobody's percentage. Agents are counted from the table
of agents, because a queue counts those who serve several queues once in each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeGuard

from console.domain.board import Board, Source
from console.domain.columns import find, standard
from console.domain.enums import AgentStatus, Section
from console.domain.model import Row
from console.domain.service_level import BY_ID, COMPUTED_COLUMN, FORMULA_PREFIX, Variant, counts_of, total
from console.domain.text import Look, Shown, format_age, safe_text, show
from console.domain.thresholds import COLUMNS, Level, Threshold, worst
from console.domain.values import NOT_APPLICABLE, UNSUPPORTED, WARMING, Origin, Reading, Status, Unit
from console.domain.wallboard import Kind, Widget
from console.ui.models.rows import Freshness, moment
from console.ui.text import level_word, plural, tr
from console.ui.tiles.figures import Figure, figures, split_unit

STATE: Final = "state:"  # columns that count agents by what they do
STATE_GROUPS: Final[Mapping[str, frozenset[AgentStatus]]] = {
    "available": frozenset({AgentStatus.AVAILABLE}),
    "busy": frozenset({AgentStatus.RINGING, AgentStatus.ON_CALL, AgentStatus.OTHER_CALL, AgentStatus.AFTER_CALL}),
    "paused": frozenset({AgentStatus.PAUSED}),
    "signed_in": frozenset(AgentStatus) - {AgentStatus.LOGGED_OFF, AgentStatus.UNKNOWN},
}
_TIMED: Final = ("answered_in_target", "abandoned_in_target", "short_abandoned")
ADDED: Final = frozenset(("waiting", "offered", "answered", "unanswered", "abandoned", *_TIMED))
LONGEST: Final = frozenset({"longest_wait"})
RATES: Final[Mapping[str, tuple[str, str]]] = {"abandon_rate": ("abandoned", "offered")}


class Cell(NamedTuple):
    """One row's reading of a column, at its source's moment."""

    source: Source
    row: Row
    reading: Reading
    at: Freshness


@dataclass(frozen=True, slots=True)
class Face:
    """A tile as it appears.

    Attributes:
        number, unit: the value, its unit apart so that it can be small.
        word: what a missing value means, or how old an old one is; empty for a fresh value.
        target: what is aimed at.
        note: what the figure leaves out; empty when it leaves out nothing.
    """

    title: str
    number: str
    unit: str
    look: Look
    level: Level
    word: str
    target: str
    note: str
    spoken: str


def can_combine(column: str) -> bool:
    """Whether a column may be shown for several queues taken together."""
    return column in ADDED or column in LONGEST or is_rate(column) or column.startswith(STATE)


def is_rate(column: str) -> bool:
    """Whether several queues come to a sum over a sum."""
    return column in RATES or column == COMPUTED_COLUMN


def column_title(column: str) -> str:
    """A column of tiles and charts in words."""
    if column.startswith(STATE):
        words = {
            "available": tr("Agents available"),
            "busy": tr("Agents busy"),
            "paused": tr("Agents paused"),
            "signed_in": tr("Agents signed in"),
        }
        return words.get(column.removeprefix(STATE), column)
    known = find(Section.QUEUES, column)
    return tr(known.title) if known is not None else column


def offered_columns(board: Board) -> tuple[str, ...]:
    """The columns that some system fills, in the order they are offered; then the agents counted by state."""
    snapshots = [source.snapshot for source in board.sources if source.snapshot is not None]
    filled = {info.id for each in snapshots for info in each.columns.get(Section.QUEUES, ())}
    has_agents = any(Section.AGENTS in each.columns for each in snapshots)
    states = tuple(STATE + name for name in STATE_GROUPS) if has_agents else ()
    return (*(column.id for column in standard(Section.QUEUES) if column.id in filled), *states)


def column_unit(column: str) -> Unit:
    """The unit of such a column."""
    known = find(Section.QUEUES, column)
    return known.unit if known is not None else Unit.COUNT


def face(widget: Widget, board: Board, now_ms: float, mono: float) -> Face:
    """What a tile shows at a moment."""
    if not widget.column:
        return _metric_face(widget, board, now_ms, mono)
    sources = _sources(widget, board)
    at = {str(source.profile.id): moment(source, now_ms, mono) for source in sources}
    if widget.column.startswith(STATE):
        found, age_s, note = _agents(widget.column, sources, at)
        return _finished(widget, column_title(widget.column), found, 0.0, age_s, _own_level(widget, found), note, None)
    cells = _cells(widget, sources, at)
    title = (
        tr("Service level") if widget.column == COMPUTED_COLUMN else column_title(widget.column)
    )  # its note has more
    if len(widget.picks) == 1:
        title = f"{title} · {safe_text(cells[0].row.name if cells else widget.picks[0].name)}"
    found, server_ms, age_s, note = _taken_together(widget, sources, cells)
    fresh = age_s is None and found.status is Status.OK
    level = _level(widget, found, server_ms, cells) if fresh else Level.NONE
    return _finished(widget, title, found, server_ms, age_s, level, note, _usual_target(widget, cells))


def _sources(widget: Widget, board: Board) -> tuple[Source, ...]:
    wanted = {pick.profile_id for pick in widget.picks} if widget.picks else set(widget.profiles)
    return tuple(source for source in board.sources if not wanted or str(source.profile.id) in wanted)


def _cells(widget: Widget, sources: Sequence[Source], at: Mapping[str, Freshness]) -> list[Cell]:
    wanted = {(pick.profile_id, pick.row_id) for pick in widget.picks}
    cells: list[Cell] = []
    for source in sources:
        owner = str(source.profile.id)
        for row in source.snapshot.queues if source.snapshot is not None else ():
            if not wanted or (owner, row.id) in wanted:
                cells.append(Cell(source, row, row.reading(widget.column), at[owner]))
    return cells


def _taken_together(
    widget: Widget, sources: Sequence[Source], cells: Sequence[Cell]
) -> tuple[Reading, float, float | None, str]:
    """The reading, the server's time to show it at, the age where it is old, and what it leaves out."""
    absent = [source for source in sources if source.snapshot is None]
    if not cells:
        if absent:
            return WARMING, 0.0, None, ""
        gone = replace(NOT_APPLICABLE, text=tr("The queue is not there any more.") if widget.picks else "")
        return gone, 0.0, None, ""
    age_s = max((cell.at.stale_age_s for cell in cells if cell.at.stale_age_s is not None), default=None)
    if len(cells) == 1 and not absent:
        variant = _variant_of(cells[0].reading)
        return cells[0].reading, cells[0].at.server_ms, age_s, variant.id if variant is not None else ""
    if not can_combine(widget.column):
        return replace(UNSUPPORTED, text=tr("Queues have no common figure of this kind.")), 0.0, None, ""
    note = ""
    if widget.column == COMPUTED_COLUMN:
        found, counted, note = _service_level(cells)
    elif widget.column in RATES:
        found, counted = _rate(widget.column, cells)
    else:
        found, counted = _combined(widget.column, cells)
    if not found.has_value:
        return found, 0.0, age_s, ""
    left_out = _left_out(len(cells) - counted, absent)
    return found, 0.0, age_s, ", ".join(filter(None, (note, left_out)))


def _service_level(cells: Sequence[Cell]) -> tuple[Reading, int, str]:
    """The computed service level of several queues, each by its own formula, and by which formulas."""
    said = [cell for cell in cells if cell.reading.status is not Status.UNSUPPORTED]
    for blocking in (Status.WARMING, Status.ERROR):
        for cell in said:
            if cell.reading.status is blocking:
                return cell.reading, 0, ""
    parts = [(variant, counts_of(cell.row)) for cell in said if (variant := _variant_of(cell.reading)) is not None]
    whole = total(parts)
    return whole.reading, whole.counted, ", ".join(sorted({variant.id for variant, _ in parts}))


def _variant_of(reading: Reading) -> Variant | None:
    formula = reading.source.formula if reading.source is not None else ""
    return BY_ID.get(formula.removeprefix(FORMULA_PREFIX))


def _combined(column: str, cells: Sequence[Cell]) -> tuple[Reading, int]:
    """The sum or the longest, and how many queues took part."""
    unit = column_unit(column)
    said = [cell for cell in cells if cell.reading.status is not Status.UNSUPPORTED]
    if not said:
        return cells[0].reading, 0
    for blocking in (Status.WARMING, Status.ERROR):
        for cell in said:
            if cell.reading.status is blocking:
                return cell.reading, 0
    values = [float(value) for cell in said if _is_number(value := cell.reading.value_at(cell.at.server_ms))]
    if not values:
        return NOT_APPLICABLE, 0
    total = max(values) if column in LONGEST else math.fsum(values)
    is_old = any(cell.reading.status is Status.STALE for cell in said)
    counted = len(said) if column in LONGEST else len(values)  # where nobody waits there is no wait to leave out
    return Reading(Status.STALE if is_old else Status.OK, total, unit, origin=Origin.COMPUTED), counted


def _rate(column: str, cells: Sequence[Cell]) -> tuple[Reading, int]:
    """Sum of the numerators over the sum of the denominators, of those queues that say both."""
    above, below = RATES[column]
    both = [
        cell
        for cell in cells
        if all(cell.row.reading(part).status is not Status.UNSUPPORTED for part in (above, below))
    ]
    if not both:
        return replace(UNSUPPORTED, text=tr("No system says the counts behind it.")), 0
    both = [
        cell
        for cell in both
        if all(cell.row.reading(part).status is not Status.NOT_APPLICABLE for part in (above, below))
    ]
    if not both:
        return NOT_APPLICABLE, 0
    parts = [
        _combined(part, [cell._replace(reading=cell.row.reading(part)) for cell in both]) for part in (above, below)
    ]
    for part, _ in parts:
        if not part.has_value:
            return part, 0
    (top, counted), (bottom, _) = parts
    assert isinstance(top.value, float)
    assert isinstance(bottom.value, float)
    if bottom.value <= 0:
        return NOT_APPLICABLE, counted
    status = Status.STALE if Status.STALE in (top.status, bottom.status) else Status.OK
    share = 100 * top.value / bottom.value
    return Reading(status, share, Unit.PERCENT, origin=Origin.COMPUTED), counted


def _agents(column: str, sources: Sequence[Source], at: Mapping[str, Freshness]) -> tuple[Reading, float | None, str]:
    """How many agents are in a group of states, counted from the tables of agents."""
    group = {status.value for status in STATE_GROUPS.get(column.removeprefix(STATE), ())}
    telling = [s for s in sources if s.snapshot is not None and Section.AGENTS in s.snapshot.columns]
    absent = [source for source in sources if source.snapshot is None]
    if not telling:
        return (WARMING if absent else UNSUPPORTED), None, ""
    states = [row.reading("state") for s in telling if s.snapshot is not None for row in s.snapshot.agents]
    known = [state.value for state in states if state.has_value]
    if not known and any(s.snapshot is not None and s.snapshot.is_warming for s in telling):
        return WARMING, None, ""
    if states and not known:
        return states[0], None, ""
    ages = [at[str(source.profile.id)].stale_age_s for source in telling]
    age_s = max((age for age in ages if age is not None), default=None)
    total = sum(value in group for value in known)
    note = _left_out(0, absent, len(states) - len(known))
    status = Status.STALE if any(state.status is Status.STALE for state in states) else Status.OK
    return Reading(status, total, Unit.COUNT, origin=Origin.COMPUTED), age_s, note


def _left_out(queues: int, absent: Sequence[Source], agents: int = 0) -> str:
    parts = [tr("without {name}", name=safe_text(source.profile.name, 40)) for source in absent]
    if queues:
        parts.append(plural("without {n} queue", "without {n} queues", queues))
    if agents:
        parts.append(plural("without {n} agent", "without {n} agents", agents))
    return ", ".join(parts)


def _metric_face(widget: Widget, board: Board, now_ms: float, mono: float) -> Face:
    """One key figure of one system."""
    pick = widget.picks[0] if widget.picks else None
    wanted = f"{pick.profile_id}/{pick.row_id}" if pick is not None else ""
    figure: Figure | None = next((each for each in figures(board) if each.key == wanted), None)
    title = safe_text(figure.title if figure is not None else pick.name if pick is not None else "")
    if figure is None:
        owner = next((s for s in board.sources if pick is not None and str(s.profile.id) == pick.profile_id), None)
        reading = WARMING if owner is not None and owner.snapshot is None else UNSUPPORTED
        return _finished(widget, title, reading, 0.0, None, Level.NONE, "", None)
    health = figure.source.health
    age_s = health.age_s(mono) if health.is_stale_at(mono) else None
    server_ms = figure.server_ms(now_ms, mono)
    level = _own_level(widget, figure.reading, server_ms) if age_s is None else Level.NONE
    level = max(level, figure.level(now_ms, mono)) if widget.critical is None else level
    return _finished(widget, title, figure.reading, server_ms, age_s, level, "", None)


def _finished(
    widget: Widget,
    title: str,
    reading: Reading,
    server_ms: float,
    age_s: float | None,
    level: Level,
    note: str,
    usual: Threshold | None,
) -> Face:
    shown = show(reading, server_ms, age_s)
    number, unit = split_unit(shown)
    target = _target(widget, reading.unit, usual) if reading.has_value else ""  # nothing to hold against it
    title = safe_text(widget.title) or title
    if age_s is not None:
        level = Level.NONE
    alarm = f", {level_word(level)}" if level is not Level.NONE else ""
    spoken = f"{title}: {shown.spoken}{alarm}"
    return Face(title, number, unit, shown.look, level, look_word(shown, age_s), target, note, spoken)


def look_word(shown: Shown, age_s: float | None) -> str:
    """What a missing value means, or how old an old one is, in a few words for a wall."""
    if shown.look is Look.STALE:
        return tr("{age} old", age=format_age(age_s)) if age_s is not None else tr("old")
    return {
        Look.WARMING: tr("being prepared"),
        Look.NOT_APPLICABLE: tr("nothing to measure"),
        Look.UNSUPPORTED: tr("not from this system"),
        Look.ERROR: tr("unreadable"),
    }.get(shown.look, "")


def _target(widget: Widget, unit: Unit, usual: Threshold | None) -> str:
    value = widget.target if widget.target is not None else usual.caution if usual is not None else None
    if value is None:
        return ""
    limit = usual or COLUMNS.get(widget.column)
    text = show(Reading(Status.OK, value, unit), 0.0).text.replace(".0\u202f%", "\u202f%")
    is_low_bad = limit is not None and limit.is_low_bad
    return tr("target ≥ {value}", value=text) if is_low_bad else tr("target < {value}", value=text)


def _usual_target(widget: Widget, cells: Sequence[Cell]) -> Threshold | None:
    """The threshold whose caution level is the target where the user named none; sums of counts have none."""
    own = _own_threshold(widget)
    if own is not None:
        return own if widget.caution is not None else None
    if not cells or (len(cells) > 1 and widget.column in ADDED) or widget.column == "agents_available":
        return None
    source, row = cells[0].source, cells[0].row
    return source.limits.threshold(widget.column, queue=row.name if len(cells) == 1 else "")


def _own_threshold(widget: Widget) -> Threshold | None:
    if widget.caution is None and widget.critical is None:
        return None
    known = COLUMNS.get(widget.column)
    is_low_bad = known.is_low_bad if known is not None else widget.column in (STATE + "available", STATE + "signed_in")
    never = -math.inf if is_low_bad else math.inf
    caution = never if widget.caution is None else widget.caution
    return Threshold(caution, never if widget.critical is None else widget.critical, is_low_bad)


def _own_level(widget: Widget, reading: Reading, server_ms: float = 0.0) -> Level:
    own = _own_threshold(widget)
    value = reading.value_at(server_ms)
    return (
        own.level(float(value)) if own is not None and reading.status is Status.OK and _is_number(value) else Level.NONE
    )


def _level(widget: Widget, reading: Reading, server_ms: float, cells: Sequence[Cell]) -> Level:
    if _own_threshold(widget) is not None:
        return _own_level(widget, reading, server_ms)
    if len(cells) > 1 and is_rate(widget.column):
        value = reading.value
        limits = {id(cell.source): cell.source.limits.threshold(widget.column) for cell in cells}
        return worst(limit.level(float(value)) for limit in limits.values() if limit is not None and _is_number(value))
    if len(cells) > 1 and widget.column in ADDED:
        return Level.NONE  # too many for one queue may be nothing for twenty
    return worst(cell_level(widget.column, cell.source, cell.row, cell.at) for cell in cells)


def cell_level(column: str, source: Source, row: Row, at: Freshness) -> Level:
    """The level of one row's figure by its own limits; old figures have none."""
    reading = row.readings.get(column)
    if reading is None or reading.status is not Status.OK or at.stale_age_s is not None:
        return Level.NONE
    state = None
    if column == "time_in_state":
        word = row.reading("state").value
        state = next((status for status in AgentStatus if status.value == word), None)
    queue = row.name if column != "wait" else str(row.reading("queue").value or "")
    limit = source.limits.threshold(column, state=state, queue=queue)
    value = reading.value_at(at.server_ms)
    if limit is None or not _is_number(value):
        return Level.NONE
    if column == "agents_available":
        waiting = row.reading("waiting")
        if waiting.status is not Status.OK or not waiting.value:
            return Level.NONE  # without callers nobody misses an agent
    return limit.level(float(value))


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value


def is_table(kind: Kind) -> bool:
    """Whether a widget is a table."""
    return kind in (Kind.QUEUES, Kind.AGENTS, Kind.WAITING)
